//! What changed in the settings since the books were last changed: it is journalled with the next change, before and after.
//!
//! Must not know what a key means. Invariant: what the newest rows say is what the settings said when the newest entry was
//! written.

use std::collections::BTreeMap;

use store::{SettingChange, WriteTx};

use crate::{Config, Result};

/// Notes what changed, to be stored with what this transaction stores.
pub(crate) async fn note(tx: &mut WriteTx, config: &Config) -> Result<()> {
    let known = store::settings_known(tx).await?.into_iter().collect();
    tx.note_settings(changes(&known, config.told()));
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
