//! Lists of open items: what is owed.
//!
//! Invariant: an item is its Kassenzeichen, however it is spelt, and its instalment; a later list never makes a second
//! one of it. What was paid outside counts once: a later list's »gezahlt« raises what is known, never adds to it.

use std::collections::{HashMap, HashSet};

use kassenzeichen::canonical;
use store::{FileKind, NewAssessment, NewFile, WriteTx};

use crate::Result;
use crate::import::{FileReport, Source};
use crate::lists::{List, Row};
use crate::recount::recount;
use crate::situation::Situation;

/// A row of the list.
struct Listed {
    kassenzeichen: String,
    posten: String,
    said: NewAssessment,
}

/// Stores what a list says that is not known yet.
pub(crate) async fn import(tx: &mut WriteTx, source: &Source<'_>, list: &List) -> Result<FileReport> {
    let listed = read(list).map_err(|why| source.error(&why))?;
    let situation = Situation::load(tx).await?;
    let mut report = FileReport::new(source.name, "open items");
    report.warnings.clone_from(&list.warnings);
    if source.as_of.is_some() && !situation.items.is_empty() && source.as_of != situation.as_of {
        // what a later list calls paid is set against what was posted here: its day must not take postings back
        report.warnings.push("--as-of belongs to the first list of open items and was ignored".to_owned());
    }
    let (new, changed) = sort(listed, &situation, &mut report);
    if new.is_empty() && changed.is_empty() {
        return Ok(report);
    }
    let file = NewFile { name: source.name, kind: FileKind::OpenItems, sha256: &source.sha256, as_of: source.as_of };
    let file = tx.add_file(&file).await?;
    let keys: Vec<(String, String)> = new.iter().map(|row| (row.kassenzeichen.clone(), row.posten.clone())).collect();
    let first = tx.add_items(&keys).await?;
    let mut assessments = changed;
    for (id, row) in (first..).zip(new) {
        assessments.push(NewAssessment { item: id, ..row.said });
    }
    tx.add_assessments(file, &assessments).await?;
    recount(tx).await?;
    Ok(report)
}

/// New items, and what is said anew of known ones.
fn sort(listed: Vec<Listed>, situation: &Situation, report: &mut FileReport) -> (Vec<Listed>, Vec<NewAssessment>) {
    let known: HashMap<(String, &str), usize> = situation
        .items
        .iter()
        .enumerate()
        .map(|(place, item)| ((canonical(&item.kassenzeichen), item.posten.as_str()), place))
        .collect();
    let printed = situation.printed();
    let (mut new, mut changed) = (Vec::new(), Vec::new());
    for mut row in listed {
        let key = (canonical(&row.kassenzeichen), row.posten.as_str());
        let item = known.get(&key).and_then(|place| situation.items.get(*place));
        match item {
            None => {
                if let Some(known) = printed.get(&key.0) {
                    row.kassenzeichen.clone_from(known);
                }
                report.added += 1;
                new.push(row);
            }
            Some(item) => {
                let transferred = situation.states.get(&item.id).map_or(0, |state| state.transferred);
                let outside = (row.said.paid_before - transferred).max(0);
                let paid_before = (item.said.paid_before + outside).min(row.said.amount);
                let said = NewAssessment { item: item.id, paid_before, ..row.said };
                if said == item.said {
                    report.known += 1;
                } else {
                    report.changed += 1;
                    changed.push(said);
                }
            }
        }
    }
    (new, changed)
}

fn read(list: &List) -> std::result::Result<Vec<Listed>, String> {
    let mut seen = HashSet::new();
    list.rows
        .iter()
        .map(|row| {
            let listed = read_row(list, row)?;
            if !seen.insert((canonical(&listed.kassenzeichen), listed.posten.clone())) {
                let twice = format!("{}/{} is in the list twice", listed.kassenzeichen, listed.posten);
                return Err(list.refuse(row, "posten", twice));
            }
            Ok(listed)
        })
        .collect()
}

fn read_row(list: &List, row: &Row) -> std::result::Result<Listed, String> {
    let amount = list.some_text(row, "betrag").and_then(|_| list.amount(row, "betrag"))?;
    let paid_before = list.amount(row, "gezahlt")?;
    if paid_before > amount {
        return Err(list.refuse(row, "gezahlt", "is more than betrag"));
    }
    let kassenzeichen = list.some_text(row, "kassenzeichen")?.to_owned();
    if canonical(&kassenzeichen).is_empty() {
        return Err(list.refuse(row, "kassenzeichen", "has neither letters nor digits"));
    }
    Ok(Listed {
        kassenzeichen,
        posten: list.some_text(row, "posten")?.to_owned(),
        said: NewAssessment {
            item: 0,
            kind: list.some_text(row, "art")?.to_owned(),
            due: list.day(row, "faellig")?,
            amount,
            paid_before,
            mahngebuehr: list.amount(row, "mahngebuehr")?,
            saeumniszuschlag: list.amount(row, "saeumniszuschlag")?,
            mandate_reference: list.opt_text(row, "mandat"),
            debtor: list.text(row, "schuldner").to_owned(),
            address: list.opt_text(row, "anschrift"),
        },
    })
}
