//! What changed in the settings since the books were last changed: it is journalled with the next change, before and after.
//!
//! Must not know what a key means. Invariant: what the newest rows say is what the settings said when the newest entry was
//! written.

use std::collections::BTreeMap;

use sha2::{Digest as _, Sha256};
use store::{SettingChange, Tx, WriteTx};

use crate::base::shown::hex;
use crate::{Config, Result};

/// Tables of settings that only say how lists and letters look, where files are kept, and of what the nightly job tells.
const OF_LOOKS: [&str; 4] = ["archive.", "batch.", "headers.", "letters."];

/// Whether a key decides who is debited, by whom, for which account, when, or how many must agree.
pub(crate) fn controls(name: &str) -> bool {
    name.starts_with("batch.order.") || !OF_LOOKS.iter().any(|table| name.starts_with(table))
}

/// What tells the settings that control from every other: the beginning of the SHA-256 over them.
pub(crate) fn digest(config: &Config) -> String {
    let mut hash = Sha256::new();
    for (name, value) in config.told().iter().filter(|(name, _)| controls(name)) {
        hash.update(format!("{name}={value}\n"));
    }
    hex(&hash.finalize()).chars().take(16).collect()
}

/// What is another now than when the newest entry was written.
pub(crate) async fn pending(tx: &mut Tx, config: &Config) -> Result<Vec<SettingChange>> {
    let known = store::settings_known(tx).await?.into_iter().collect();
    Ok(changes(&known, config.told()))
}

/// Several changes of each key as one, from the first value to the last; none where both are the same.
pub(crate) fn summed(rows: impl IntoIterator<Item = SettingChange>) -> Vec<SettingChange> {
    let mut all: BTreeMap<String, SettingChange> = BTreeMap::new();
    for row in rows {
        match all.get_mut(&row.name) {
            Some(known) => known.after = row.after,
            None => drop(all.insert(row.name.clone(), row)),
        }
    }
    all.into_values().filter(|row| row.before != row.after).collect()
}

/// Notes what changed, to be stored with what this transaction stores.
pub(crate) async fn note(tx: &mut WriteTx, config: &Config) -> Result<()> {
    let changed = pending(tx, config).await?;
    tx.note_settings(changed);
    Ok(())
}

fn changes(known: &BTreeMap<String, String>, now: &BTreeMap<String, String>) -> Vec<SettingChange> {
    let gone = known.keys().filter(|name| !now.contains_key(*name));
    let names: std::collections::BTreeSet<&String> = now.keys().chain(gone).collect();
    let change = |name: &String| {
        let (before, after) = (known.get(name).cloned(), now.get(name).cloned());
        (before != after).then(|| SettingChange { name: name.clone(), before, after })
    };
    names.into_iter().filter_map(change).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> BTreeMap<String, String> {
        crate::base::config::flat::flattened(&toml::from_str(text).unwrap())
    }

    #[test]
    fn several_changes_of_a_key_are_one() {
        let row = |name: &str, before: &str, after: &str| SettingChange {
            name: name.to_owned(),
            before: Some(before.to_owned()),
            after: Some(after.to_owned()),
        };
        let summed = summed([row("a", "1", "2"), row("b", "1", "2"), row("a", "2", "3"), row("b", "2", "1")]);
        assert_eq!(summed, [row("a", "1", "3")]);
        assert!(controls("control.sign_debits") && controls("kasse.accounts") && !controls("letters.sender"));
    }

    #[test]
    fn only_what_is_another_is_a_change() {
        let before = told("[a]\nx = 1\ny = 2\nz = 3");
        let after = told("[a]\nx = 1\ny = 5\nw = \"new\"");
        let said: Vec<String> = changes(&before, &after)
            .iter()
            .map(|row| format!("{} {:?} {:?}", row.name, row.before.as_deref(), row.after.as_deref()))
            .collect();
        assert_eq!(said, ["a.w None Some(\"new\")", "a.y Some(\"2\") Some(\"5\")", "a.z Some(\"3\") None"]);
        assert_eq!(changes(&after, &after), []);
    }
}
