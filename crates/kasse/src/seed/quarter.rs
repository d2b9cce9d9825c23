//! `einmal seed quarter`: the instalments that fell due during an outage, made from patterns; nobody has confirmed them.
//!
//! Invariants: what the books know under a Kassenzeichen about that day is no second debt, whatever it is called; twice makes
//! nothing twice; the newest file that tells of a levy under a Kassenzeichen is the one that counts.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::PathBuf;

use jiff::civil::Date;
use kassenzeichen::canonical;
use ledger::levies;
use sepa::Cents;
use serde_json::{Value, json};
use store::{ItemRow, NewAssessment, PatternRow};

use super::file::seed;
use crate::base::rights::Right;
use crate::books::recount::recount;
use crate::books::situation::Situation;
use crate::{Error, Kasse, Result};

/// What is asked for.
#[derive(Clone, Debug)]
pub struct Quarter {
    /// The day on which the instalments are due.
    pub due: Date,
    /// Only these levies, as the file calls them; all if empty.
    pub kinds: Vec<String>,
    /// The file whose patterns count; it is imported where it was not before.
    pub from: Option<PathBuf>,
    /// Who asks; none is the nightly job.
    pub who: Option<String>,
}

/// A due day that lies so many days from another may be the same instalment's: weekends, and what a person mistypes.
const NEAR: i32 = 10;

/// Makes the items of a due day; says how many, and how many were known.
///
/// # Errors
/// [`Error::Refused`] where no pattern is known, or none of that levy; [`Error::File`] for a file that was not understood.
pub async fn seed_quarter(kasse: &Kasse, asked: &Quarter) -> Result<Value> {
    let who = asked.who.as_deref().unwrap_or(kasse.operator());
    let file = match &asked.from {
        Some(path) => Some(seed(kasse, path, who).await?.file),
        None => None,
    };
    let mut tx = kasse.write(Right::Import, who, "seed quarter", "").await?;
    let patterns: Vec<PatternRow> = store::patterns(&mut tx)
        .await?
        .into_iter()
        .filter(|row| file.is_none_or(|own| own == row.source_file))
        .collect();
    let patterns = chosen(patterns, &asked.kinds)?;
    let situation = kasse.situation(&mut tx).await?;
    let is_fee = |row: &PatternRow| kasse.config.fee_kinds.of(&row.kind).is_some();
    let (mut new, mut known): (Vec<&PatternRow>, usize) = (Vec::new(), 0);
    for row in patterns.iter().filter(|row| !is_fee(row)) {
        match is_known(&situation, row, asked.due) {
            true => known += 1,
            false => new.push(row),
        }
    }
    let keys = keys(&situation, &new, asked.due);
    let first = tx.add_items(&keys).await?;
    let mut by_file: BTreeMap<i64, Vec<NewAssessment>> = BTreeMap::new();
    for (item, row) in (first..).zip(&new) {
        by_file.entry(row.source_file).or_default().push(assessment(item, row, asked.due));
    }
    for (file, rows) in &by_file {
        tx.add_assessments(*file, rows).await?;
    }
    let sum = Cents::sum(new.iter().map(|row| Cents::new(row.amount)))
        .ok_or_else(|| Error::Refused("the instalments' sum is too large".to_owned()))?;
    let told = json!({
        "due": asked.due.to_string(), "items": new.len(), "amount": sum.to_string(), "known": known,
        "collected": kasse.config.collect_unconfirmed,
    });
    if !new.is_empty() {
        recount(&mut tx, kasse).await?;
    }
    tx.commit(&format!("{}: {} items", asked.due, new.len())).await?;
    Ok(told)
}

/// The patterns that count: of each levy of a Kassenzeichen those of the newest file that tells of it.
fn chosen(patterns: Vec<PatternRow>, kinds: &[String]) -> Result<Vec<PatternRow>> {
    if patterns.is_empty() {
        let why = "no pattern of instalments is known: name a debit file of the old system (--from)";
        return Err(Error::Refused(why.to_owned()));
    }
    let key = |row: &PatternRow| (canonical(&row.kassenzeichen), levies::key(&row.kind));
    let mut newest: HashMap<(String, String), i64> = HashMap::new();
    for row in &patterns {
        let own = newest.entry(key(row)).or_insert(row.source_file);
        *own = row.source_file.max(*own);
    }
    let wanted: HashSet<String> = kinds.iter().map(|kind| levies::key(kind)).collect();
    let told: HashSet<String> = patterns.iter().map(|row| levies::key(&row.kind)).collect();
    if let Some(strange) = kinds.iter().find(|kind| !told.contains(&levies::key(kind))) {
        let mut all: Vec<&str> = patterns.iter().map(|row| row.kind.as_str()).collect();
        all.sort_unstable();
        all.dedup();
        return Err(Error::Refused(format!("no pattern is of {strange:?}; there are: {}", all.join(", "))));
    }
    let counts = |row: &PatternRow| {
        newest.get(&key(row)) == Some(&row.source_file)
            && (wanted.is_empty() || wanted.contains(&levies::key(&row.kind)))
    };
    let mut seen = HashSet::new();
    Ok(patterns
        .into_iter()
        .filter(|row| counts(row) && seen.insert((key(row), row.mandate_reference.clone(), row.amount)))
        .collect())
}

/// Whether the books know such an instalment about that day, under whatever name.
fn is_known(situation: &Situation, row: &PatternRow, due: Date) -> bool {
    let is_it = |item: &ItemRow| {
        let days = (item.said.due - due).get_days().abs();
        let is_akin = levies::may_be_one(&item.said.kind, &row.kind);
        item.said.fee.is_none() && days <= NEAR && (is_akin || item.said.amount == row.amount)
    };
    situation.items.of_canonical(&canonical(&row.kassenzeichen)).any(is_it)
}

/// Names that no item has: the due day, with a number where one Kassenzeichen has several.
fn keys(situation: &Situation, new: &[&PatternRow], due: Date) -> Vec<(String, String)> {
    let mut taken: HashSet<(String, String)> =
        situation.items.iter().map(|item| (canonical(&item.kassenzeichen), item.posten.clone())).collect();
    let mut free = |row: &&PatternRow| {
        let key = canonical(&row.kassenzeichen);
        let mut posten = due.to_string();
        let mut number = 2;
        while !taken.insert((key.clone(), posten.clone())) {
            posten = format!("{due} ({number})");
            number += 1;
        }
        (situation.items.printed_as(&row.kassenzeichen), posten)
    };
    new.iter().map(&mut free).collect()
}

fn assessment(item: i64, row: &PatternRow, due: Date) -> NewAssessment {
    NewAssessment {
        item,
        kind: row.kind.clone(),
        due,
        amount: row.amount,
        paid_before: 0,
        mahngebuehr: 0,
        saeumniszuschlag: 0,
        mandate_reference: Some(row.mandate_reference.clone()),
        debtor: row.debtor.clone(),
        address: None,
        fee: None,
        unconfirmed: true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pattern(file: i64, kassenzeichen: &str, kind: &str, amount: i64) -> PatternRow {
        PatternRow {
            source_file: file,
            kassenzeichen: kassenzeichen.to_owned(),
            kind: kind.to_owned(),
            amount,
            mandate_reference: "M-1".to_owned(),
            collected: "2023-08-15".parse().unwrap(),
            debtor: "Erika Müller".to_owned(),
        }
    }

    #[test]
    fn the_newest_file_of_a_levy_counts_and_the_same_twice_once() {
        let rows = vec![
            pattern(1, "K-1", "Grundsteuer", 100),
            pattern(1, "K-2", "Grundsteuer", 200),
            pattern(2, "K1", "Grundsteuer", 110),
            pattern(2, "K1", "Grundsteuer", 120),
            pattern(2, "K1", "Grundsteuer", 120),
            pattern(2, "K1", "Hundesteuer", 30),
        ];
        let amounts = |kinds: &[&str]| -> Vec<i64> {
            let kinds: Vec<String> = kinds.iter().map(|kind| (*kind).to_owned()).collect();
            chosen(rows.clone(), &kinds).unwrap().iter().map(|row| row.amount).collect()
        };
        assert_eq!(amounts(&[]), [200, 110, 120, 30]);
        assert_eq!(amounts(&["hundesteuer"]), [30]);
        assert!(chosen(rows.clone(), &["Pacht".to_owned()]).is_err());
        assert!(chosen(Vec::new(), &[]).is_err());
    }
}
