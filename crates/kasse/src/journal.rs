//! `einmal journal`: what auditors take with them.
//!
//! Invariant: it only shows what stands in the books, ids replaced by the names that people know.

use std::collections::HashMap;

use serde_json::{Map, Value, json};
use store::Tx;

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
    let names = Names::load(&mut tx).await?;
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
    async fn load(tx: &mut Tx) -> Result<Names> {
        let items = store::items(tx).await?;
        let items = items.iter().map(|item| (item.id, format!("{}/{}", item.kassenzeichen, item.posten))).collect();
        let bookings = store::bookings(tx).await?.into_iter().map(|booking| (booking.id, booking.reference)).collect();
        let debits = store::debits(tx, 0).await?.into_iter().map(|debit| (debit.id, debit.end_to_end_id)).collect();
        let runs = store::runs(tx, 0).await?.into_iter().map(|run| (run.id, run.name)).collect();
        Ok(Names(HashMap::from([("item", items), ("booking", bookings), ("debit", debits), ("run", runs)])))
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

/// The whole journal: an object per entry, with how many rows of which table it added and their digest.
///
/// # Errors
/// What the database says.
pub async fn journal(kasse: &Kasse) -> Result<Vec<Value>> {
    let mut tx = kasse.db.read().await?;
    let mut facts: HashMap<i64, Vec<Value>> = HashMap::new();
    for row in store::journal_facts(&mut tx).await? {
        let shown = json!({"table": row.table, "rows": row.rows, "digest": row.digest});
        facts.entry(row.journal).or_default().push(shown);
    }
    let rows = store::entries(&mut tx).await?.into_iter().map(|entry| {
        json!({
            "entry": entry.seq, "at": entry.at, "day": entry.day.to_string(), "by": entry.actor, "action": entry.action,
            "subject": entry.subject, "reason": entry.reason, "facts": facts.remove(&entry.seq).unwrap_or_default(),
            "previous": entry.previous, "hash": entry.hash,
        })
    });
    Ok(rows.collect())
}
