//! `einmal journal`: what auditors take with them.
//!
//! Invariant: it only shows what stands in the books, ids replaced by the names that people know.

use std::collections::{BTreeSet, HashMap};

use serde_json::{Map, Value, json};
use store::{EntryFact, Tx};

use crate::base::window::Window;
use crate::{Error, Kasse, Result};

/// One entry with the rows that it added, each with the row whose place it took; at most a thousand of a table.
///
/// # Errors
/// [`Error::Unknown`] for an entry that is none.
pub async fn journal_entry(kasse: &Kasse, number: i64) -> Result<Value> {
    let mut tx = kasse.db.read().await?;
    let Some(entry) = store::entry(&mut tx, number).await? else {
        return Err(Error::Unknown(format!("the journal has no entry {number}")));
    };
    let (facts, count) = store::entry_facts(&mut tx, number, MOST_FACTS).await?;
    let names = Names::load(&mut tx, &facts).await?;
    let rows: Vec<Value> = facts
        .into_iter()
        .map(|fact| {
            let before = fact.before.map(|row| names.put_into(row));
            json!({"table": fact.table, "row": fact.id, "before": before, "after": names.put_into(fact.after)})
        })
        .collect();
    Ok(json!({
        "entry": entry.seq, "at": entry.at, "day": entry.day.to_string(), "by": entry.actor, "action": entry.action,
        "subject": entry.subject, "reason": entry.reason, "rows": count, "facts": rows, "previous": entry.previous,
        "hash": entry.hash,
    }))
}

/// So many rows of a table are shown of one entry; `rows` says how many there are in all.
const MOST_FACTS: i64 = 1_000;

/// What people call the things that rows refer to by their ids.
struct Names(HashMap<&'static str, HashMap<i64, String>>);

impl Names {
    /// The names that these rows need. The rows of one entry lie side by side, and so does what they refer to, mostly.
    async fn load(tx: &mut Tx, facts: &[EntryFact]) -> Result<Names> {
        let mut names = HashMap::new();
        for column in store::NAMED {
            let rows = facts.iter().flat_map(|fact| fact.before.iter().chain([&fact.after]));
            let ids: BTreeSet<i64> = rows.filter_map(|row| row.get(column)?.as_i64()).collect();
            if let (Some(first), Some(last)) = (ids.first(), ids.last()) {
                names.insert(column, store::names(tx, column, *first, *last).await?.into_iter().collect());
            }
        }
        Ok(Names(names))
    }

    fn put_into(&self, row: Map<String, Value>) -> Value {
        let named = |(column, value): (String, Value)| {
            let name = self.0.get(column.as_str()).zip(value.as_i64()).and_then(|(names, id)| names.get(&id));
            let value = name.map_or(value, |name| Value::from(name.as_str()));
            (column, value)
        };
        row.into_iter().map(named).collect::<Map<String, Value>>().into()
    }
}

/// The journal's last entry: its number and hash, to write down or to sign.
///
/// # Errors
/// What the database says.
pub async fn journal_head(kasse: &Kasse) -> Result<Value> {
    let mut tx = kasse.db.read().await?;
    let last = store::last_entry(&mut tx).await?;
    Ok(last.map_or(Value::Null, |entry| json!({"entry": entry.seq, "at": entry.at, "hash": entry.hash})))
}

/// Fewest digits of a hash by which an entry is looked for.
const LEAST_DIGITS: usize = 12;

/// The entry of a hash that was written down or printed, as far as it was: books that were rolled back or put together anew do
/// not have it.
///
/// # Errors
/// [`Error::Unknown`] where no entry has it, [`Error::Refused`] for what is no hash.
pub async fn journal_check(kasse: &Kasse, hash: &str) -> Result<Value> {
    let digits: String = hash.chars().filter(|letter| !letter.is_whitespace()).collect::<String>().to_lowercase();
    if digits.len() < LEAST_DIGITS || digits.len() > 64 || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err(Error::Refused(format!("{hash:?} is no hash: it has {LEAST_DIGITS} to 64 hexadecimal digits")));
    }
    let mut tx = kasse.db.read().await?;
    let found = store::entry_of_hash(&mut tx, &digits).await?;
    let (entry, hash) = found.ok_or_else(|| {
        Error::Unknown(format!("no entry of these books has the hash {digits}: they are others, or were rolled back"))
    })?;
    Ok(json!({"entry": entry, "hash": hash}))
}

/// The whole journal: an object per entry, with how many rows of which table it added and their digest.
///
/// # Errors
/// What the database says.
pub async fn journal(kasse: &Kasse) -> Result<Vec<Value>> {
    Ok(journal_part(kasse, Window::ALL).await?.0)
}

/// The same for a part of it, and how many entries there are.
///
/// # Errors
/// What the database says.
pub async fn journal_part(kasse: &Kasse, window: Window) -> Result<(Vec<Value>, i64)> {
    let mut tx = kasse.db.read().await?;
    // entries are numbered without a gap
    let numbers = window.after.saturating_add(1)..=window.after.saturating_add(window.most);
    let mut facts: HashMap<i64, Vec<Value>> = HashMap::new();
    for row in store::journal_facts(&mut tx, &numbers).await? {
        let shown = json!({"table": row.table, "rows": row.rows, "digest": row.digest});
        facts.entry(row.journal).or_default().push(shown);
    }
    let rows = store::entries(&mut tx, &numbers).await?.into_iter().map(|entry| {
        json!({
            "entry": entry.seq, "at": entry.at, "day": entry.day.to_string(), "by": entry.actor, "action": entry.action,
            "subject": entry.subject, "reason": entry.reason, "facts": facts.remove(&entry.seq).unwrap_or_default(),
            "previous": entry.previous, "hash": entry.hash,
        })
    });
    Ok((rows.collect(), store::head(&mut tx).await?.0))
}
