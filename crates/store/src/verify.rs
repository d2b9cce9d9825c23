//! Proves that no fact and no journal entry was changed, removed or slipped in by hand.
//!
//! It does not know what the facts mean; `kasse::verify` checks whether the sums are right.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use sha2::{Digest, Sha256};

use crate::engine::Tx;
use crate::facts::{FACTS, FactTable, PERSONAL, commitment, hex, seal};
use crate::journal::{JournalEntry, entries, journal_facts};
use crate::{Result, Row};

/// A place where a proof fails, in words that name table and row.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Break(pub String);

/// Every entry number, also impossible ones, which a change by hand might have.
const WHOLE: RangeInclusive<i64> = i64::MIN..=i64::MAX;

/// What an entry says about its facts: table -> (rows, digest).
type Digests = BTreeMap<String, (i64, String)>;

/// Every failed seal, digest and link of the chain, in the order of the tables.
pub async fn verify_chain(tx: &mut Tx) -> Result<Vec<Break>> {
    let mut breaks = Vec::new();
    let mut told: BTreeMap<i64, Digests> = BTreeMap::new();
    for row in journal_facts(tx, &WHOLE).await? {
        told.entry(row.journal).or_default().insert(row.table, (row.rows, row.digest));
    }
    for table in FACTS {
        check_table(tx, table, &told, &mut breaks).await?;
    }
    match entries(tx, &WHOLE).await {
        Ok(journal) => check_entries(&journal, &told, &mut breaks),
        Err(error) => breaks.push(Break(format!("journal: {error}"))),
    }
    Ok(breaks)
}

async fn check_table(
    tx: &mut Tx,
    table: &'static FactTable,
    told: &BTreeMap<i64, Digests>,
    breaks: &mut Vec<Break>,
) -> Result<()> {
    let mut found: BTreeMap<i64, (i64, Sha256)> = BTreeMap::new();
    let rows = table.each(tx, |row| {
        let id = row.int("id")?;
        let group = found.entry(row.int("journal")?).or_insert_with(|| (0, Sha256::new()));
        group.0 += 1;
        match table.values(row) {
            Some(values) => {
                let digest = table.row_digest(id, &values);
                group.1.update(digest);
                if seal(&digest) != row.int("seal")? {
                    breaks.push(Break(format!("{} {id} was changed: it does not fit its seal", table.name)));
                }
            }
            None => breaks.push(Break(format!("{} {id} holds a value that its column must not", table.name))),
        }
        if table.name == PERSONAL.name && !committed(row)? {
            breaks.push(Break(format!("personal {id} was changed: it does not fit its commitment")));
        }
        Ok(())
    });
    rows.await?;
    let gone =
        told.iter().filter(|(journal, digests)| digests.contains_key(table.name) && !found.contains_key(journal));
    for (journal, _) in gone {
        breaks.push(Break(format!("{}: the rows that journal entry {journal} added are gone", table.name)));
    }
    for (journal, (rows, digest)) in found {
        let actual = (rows, hex(&digest.finalize()));
        let said = told.get(&journal).and_then(|digests| digests.get(table.name));
        if said != Some(&actual) {
            breaks.push(Break(format!("{}: the rows of journal entry {journal} are not those it added", table.name)));
        }
    }
    Ok(())
}

/// Whether a row of `personal` is unchanged, or was erased as a whole.
fn committed(row: &Row) -> Result<bool> {
    let Some(key) = row.opt_text("key")? else { return Ok(true) };
    let values = [
        row.opt_text("name")?,
        row.opt_text("address")?,
        row.opt_text("iban")?,
        row.opt_text("other_iban")?,
        row.opt_text("text")?,
        row.opt_text("additional")?,
        row.opt_text("ultimate_debtor")?,
        row.opt_text("structured_text")?,
    ];
    let values: Vec<Option<&str>> = values.iter().map(Option::as_deref).collect();
    Ok(commitment(&key, &values) == row.text("commitment")?)
}

fn check_entries(journal: &[JournalEntry], told: &BTreeMap<i64, Digests>, breaks: &mut Vec<Break>) {
    let mut previous = String::new();
    for (entry, seq) in journal.iter().zip(1..) {
        if entry.seq != seq {
            breaks.push(Break(format!("journal: entry {seq} is missing")));
            return;
        }
        let facts: Vec<(String, i64, String)> = told
            .get(&seq)
            .into_iter()
            .flatten()
            .map(|(table, (rows, digest))| (table.clone(), *rows, digest.clone()))
            .collect();
        if entry.previous != previous || entry.hash != entry.expected_hash(&facts) {
            breaks.push(Break(format!("journal {seq} was changed: it does not fit the chain")));
        }
        previous.clone_from(&entry.hash);
    }
    let last = i64::try_from(journal.len()).unwrap_or(i64::MAX);
    if let Some(beyond) = told.keys().find(|seq| **seq > last) {
        breaks.push(Break(format!("journal: entry {beyond} is missing")));
    }
}
