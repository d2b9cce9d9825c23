//! Lists of open items: what is owed.
//!
//! Invariant: an item is its Kassenzeichen, however it is spelt, and its instalment; a later list never makes a second
//! one of it. A fee for a due day before the outage is an item beside its instalment (`fee_items`). What was paid outside counts once: a later list's »gezahlt« raises what is known, never adds to it. What a later
//! list leaves out stays owed, and is named.

use std::collections::{HashMap, HashSet};

use kassenzeichen::canonical;
use store::{Fee, FileKind, ItemRow, NewAssessment, NewFile, WriteTx};

use crate::cases::eur;
use crate::credit;
use crate::excess::excess;
use crate::fee_items::{Maker, is_called_so};
use crate::import::{FileReport, Source, Vanished};
use crate::lists::{List, Row};
use crate::recount::recount;
use crate::situation::Situation;
use crate::{Kasse, Result};

/// A row of the list.
struct Listed {
    line: u64,
    kassenzeichen: String,
    posten: String,
    said: NewAssessment,
}

/// Stores what a list says that is not known yet.
pub(crate) async fn import(tx: &mut WriteTx, kasse: &Kasse, source: &Source<'_>, list: &List) -> Result<FileReport> {
    let listed = read(list).map_err(|why| source.error(&why))?;
    let situation = kasse.situation(tx).await?;
    let mut report = FileReport::new(source.name, "open items");
    report.warnings.clone_from(&list.warnings);
    if source.as_of.is_some() && !situation.items.is_empty() && source.as_of != situation.as_of {
        // what a later list calls paid is set against what was posted here: its day must not take postings back
        report.warnings.push("--as-of belongs to the first list of open items and was ignored".to_owned());
    }
    report.vanished = vanished(&listed, &situation);
    warn_of_vanished(&mut report);
    let listed = with_fees(listed, &Maker::new(&situation.items, kasse.config.outage));
    let (new, changed) = sort(listed, &situation, source, &mut report)?;
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
    if let count @ 1.. = credit::free(tx, kasse).await? {
        let what = format!("{count} cases are open again: less is owed now than people had placed of them");
        report.warnings.push(what);
    }
    recount(tx, kasse).await?;
    if !situation.runs.is_empty() {
        let situation = kasse.situation(tx).await?;
        report.warnings.extend(excess(&situation).iter().map(ToString::to_string));
    }
    Ok(report)
}

/// New items, and what is said anew of known ones.
///
/// # Errors
/// [`crate::Error::File`] for an amount that is the rest and not the assessed one.
fn sort(
    listed: Vec<Listed>,
    situation: &Situation,
    source: &Source<'_>,
    report: &mut FileReport,
) -> Result<(Vec<Listed>, Vec<NewAssessment>)> {
    let known: HashMap<(String, &str), usize> = situation
        .items
        .iter()
        .enumerate()
        .map(|(place, item)| ((canonical(&item.kassenzeichen), item.posten.as_str()), place))
        .collect();
    let (mut new, mut changed) = (Vec::new(), Vec::new());
    for mut row in listed {
        let key = (canonical(&row.kassenzeichen), row.posten.as_str());
        let item = known.get(&key).and_then(|place| situation.items.get(*place));
        match item {
            None => {
                if let Some(known) = situation.items.printed(&key.0) {
                    known.clone_into(&mut row.kassenzeichen);
                }
                report.added += 1;
                new.push(row);
            }
            Some(item) => {
                if !source.amounts_are_assessed
                    && let Some(why) = looks_like_the_rest(&row, item, situation)
                {
                    return Err(source.error(&why));
                }
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
    Ok((new, changed))
}

/// Why a fallen amount must be taken for what is left to pay: it fell by exactly what was posted here.
fn looks_like_the_rest(row: &Listed, item: &ItemRow, situation: &Situation) -> Option<String> {
    let state = situation.states.get(&item.id)?;
    let posted = state.transferred + state.collected - item.said.paid_before;
    // a fee that is there no more was given up, or is held for paid: either way what was paid on it is for a person
    let is_given_up = row.said.fee.is_some() && row.said.amount == 0;
    let column = row.said.fee.map_or("betrag", Fee::word);
    let is_rest = !is_given_up
        && posted > 0
        && row.said.paid_before == item.said.paid_before
        && row.said.amount + posted == item.said.amount;
    is_rest.then(|| {
        format!(
            "line {}, {column}: {} is {} less the {} that were posted here for {}/{}: {column} is the assessed amount, never the \
             rest; if it was really reduced by just that, import with --amounts-are-assessed",
            row.line,
            eur(row.said.amount),
            eur(item.said.amount),
            eur(posted),
            item.kassenzeichen,
            item.posten
        )
    })
}

/// Open items of the list's levies that the list does not name.
fn vanished(listed: &[Listed], situation: &Situation) -> Vec<Vanished> {
    let named: HashSet<(String, &str)> =
        listed.iter().map(|row| (canonical(&row.kassenzeichen), row.posten.as_str())).collect();
    let is_named = |item: &&ItemRow| named.contains(&(canonical(&item.kassenzeichen), item.posten.as_str()));
    let levies: HashSet<&str> = listed.iter().map(|row| row.said.kind.as_str()).collect();
    // a fee goes with its instalment: it is not missed on its own
    let owed = situation.items.iter().filter(|item| item.said.fee.is_none());
    let gone = owed.filter(|item| levies.contains(item.said.kind.as_str()) && !is_named(item));
    gone.filter_map(|item| {
        let open = situation.states.get(&item.id).map_or(0, |state| state.amount - state.transferred - state.collected);
        (open > 0).then(|| Vanished {
            kassenzeichen: item.kassenzeichen.clone(),
            posten: item.posten.clone(),
            open: eur(open),
        })
    })
    .collect()
}

/// Items that a warning names one by one.
const NAMED: usize = 3;

fn warn_of_vanished(report: &mut FileReport) {
    let (count, gone) = (report.vanished.len(), &report.vanished);
    if gone.is_empty() {
        return;
    }
    let first: Vec<String> = gone
        .iter()
        .take(NAMED)
        .map(|item| format!("{}/{} over {} EUR", item.kassenzeichen, item.posten, item.open))
        .collect();
    let more = if count > NAMED { format!(" and {} more", count - NAMED) } else { String::new() };
    let what = format!(
        "{count} open items of its levies are not in this list and stay owed: {}{more}; where one was settled elsewhere, hold it \
         with `einmal hold add`",
        first.join(", ")
    );
    report.warnings.push(what);
}

fn read(list: &List) -> std::result::Result<Vec<Listed>, String> {
    let mut seen = HashSet::new();
    list.each(|row| {
        let listed = read_row(list, row)?;
        if !seen.insert((canonical(&listed.kassenzeichen), listed.posten.clone())) {
            let twice = format!("{}/{} is in the list twice", listed.kassenzeichen, listed.posten);
            return Err(list.refuse(row, "posten", twice));
        }
        Ok(listed)
    })
}

fn read_row(list: &List, row: &Row) -> std::result::Result<Listed, String> {
    let amount = list.some_text(row, "betrag").and_then(|_| list.amount(row, "betrag"))?;
    let paid_before = list.amount(row, "gezahlt")?;
    if paid_before > amount {
        return Err(list.refuse(row, "gezahlt", "is more than betrag"));
    }
    let kassenzeichen = list.reference(row, "kassenzeichen")?.to_owned();
    if canonical(&kassenzeichen).is_empty() {
        return Err(list.refuse(row, "kassenzeichen", "has neither letters nor digits"));
    }
    let posten = list.some_text(row, "posten")?.to_owned();
    if is_called_so(&posten) {
        let why = "is how the fee on an instalment is called: it belongs into the instalment's column for it";
        return Err(list.refuse(row, "posten", why));
    }
    Ok(Listed {
        line: row.line(),
        kassenzeichen,
        posten,
        said: NewAssessment {
            item: 0,
            kind: list.some_text(row, "art")?.to_owned(),
            due: list.due_day(row, "faellig")?,
            amount,
            paid_before,
            mahngebuehr: list.amount(row, "mahngebuehr")?,
            saeumniszuschlag: list.amount(row, "saeumniszuschlag")?,
            mandate_reference: list.opt_reference(row, "mandat")?.map(str::to_owned),
            debtor: list.text(row, "schuldner").to_owned(),
            address: list.opt_text(row, "anschrift"),
            fee: None,
        },
    })
}

/// The rows, and behind them the fees that are items of their own.
fn with_fees(mut listed: Vec<Listed>, maker: &Maker) -> Vec<Listed> {
    let fees: Vec<Listed> = listed
        .iter()
        .flat_map(|row| {
            let fees = maker.fees(&row.kassenzeichen, &row.posten, &row.said).into_iter();
            fees.map(|(posten, said)| Listed { line: row.line, kassenzeichen: row.kassenzeichen.clone(), posten, said })
        })
        .collect();
    listed.extend(fees);
    listed
}
