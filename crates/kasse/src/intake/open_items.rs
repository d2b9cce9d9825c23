//! Lists of open items: what is owed.
//!
//! Invariant: an item is its Kassenzeichen, however it is spelt, and its instalment, whatever it is called; a later list never
//! makes a second one of it. A fee for a due day before the outage is an item beside its instalment (`fee_items`). What was
//! paid outside counts once: a later list's »gezahlt« raises what is known, never adds to it. What a later list leaves out
//! stays owed, is named, and is held where the list repeats its levy (`list_holds`). What is less than nothing is a credit
//! (`credit_notes`).

mod credits;
mod listed;
mod renamed;
mod told;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use kassenzeichen::canonical;
use store::{Fee, FileKind, ItemRow, NewAssessment, NewFile, WriteTx};

use crate::base::fee_items::{FeeKinds, Maker, is_called_so};
use crate::base::shown::eur;
use crate::books::excess::excess;
use crate::books::recount::recount;
use crate::books::situation::Situation;
use crate::intake::list_holds::{self, Doubts};
use crate::intake::report::{FileReport, Source, Vanished};
use crate::lists::{List, Row};
use crate::matching::{credit, refunds};
use crate::{Kasse, Result};

pub(crate) use listed::Listed;

/// Stores what a list says that is not known yet.
pub(crate) async fn import(tx: &mut WriteTx, kasse: &Kasse, source: &Source<'_>, list: &List) -> Result<FileReport> {
    let refused = |why: String| source.error(&why);
    let mut listed = read(list, &kasse.config.fee_kinds).map_err(refused)?;
    let situation = kasse.situation(tx).await?;
    let mut report = FileReport::new(source.name, "open items");
    report.warnings.clone_from(&list.warnings);
    // what was made from a debit file is no list
    let is_first = situation.items.iter().all(|item| item.said.unconfirmed);
    if source.as_of.is_some() && !is_first && source.as_of != situation.as_of {
        // what a later list calls paid is set against what was posted here: its day must not take postings back
        report.warnings.push("--as-of belongs to the first list of open items and was ignored".to_owned());
    }
    let mut names = credits::rename(&mut listed, &situation).map_err(refused)?;
    let (mut listed, notes) = credits::split(listed, &situation, &mut report);
    renamed::refuse_twins(&listed).map_err(refused)?;
    names.extend(renamed::rename(&mut listed, &situation).map_err(refused)?);
    renamed::refuse_divided(&listed, &situation).map_err(refused)?;
    report.warnings.extend(told::renamed(&names));
    report.warnings.extend(told::numbers(&listed, &kasse.config.schemes));
    report.warnings.extend(told::debtors(&listed, &situation));
    let mut doubts = left_out(&listed, &situation, source, &mut report);
    report.named.clone_from(&doubts.named);
    let listed = with_fees(listed, &Maker::new(&situation.items, kasse.config.outage));
    let (new, changed) = sort(listed, &situation, source, &mut report, &mut doubts)?;
    let undated = if is_first { source.as_of } else { situation.as_of }.is_none();
    report.warnings.extend(told::undated(&new).filter(|_| undated));
    let change = list_holds::change(tx, &doubts, source.name, source.who).await?;
    if new.is_empty() && changed.is_empty() && notes.is_empty() && change.is_empty() {
        return Ok(report);
    }
    let file = NewFile { as_of: source.as_of, ..source.file(FileKind::OpenItems) };
    let file = tx.add_file(&file).await?;
    let keys: Vec<(String, String)> = new.iter().map(|row| (row.kassenzeichen.clone(), row.posten.clone())).collect();
    let first = tx.add_items(&keys).await?;
    report.named.extend((first..).take(new.len()));
    let mut assessments = changed;
    for (id, row) in (first..).zip(new) {
        assessments.push(NewAssessment { item: id, ..row.said });
    }
    tx.add_assessments(file, &assessments).await?;
    tx.add_credit_notes(file, &notes).await?;
    change.store(tx, file).await?;
    follow(tx, kasse, &mut report).await?;
    Ok(report)
}

/// What new facts make of cases, runs and counters.
async fn follow(tx: &mut WriteTx, kasse: &Kasse, report: &mut FileReport) -> Result<()> {
    let freed = credit::free(tx, kasse).await?;
    if freed > 0 {
        // what goes back of a payment that is decided anew is not what it was
        let after = kasse.situation(tx).await?;
        refunds::fall(tx, kasse, &after).await?;
    }
    if let count @ 1.. = freed {
        let what = format!("{count} cases are open again: less is owed now than people had placed of them");
        report.warnings.push(what);
    }
    recount(tx, kasse).await?;
    let situation = kasse.situation(tx).await?;
    if !situation.runs.is_empty() {
        report.warnings.extend(excess(&situation).iter().map(ToString::to_string));
    }
    Ok(())
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
    doubts: &mut Doubts,
) -> Result<(Vec<Listed>, Vec<NewAssessment>)> {
    let known = known(situation);
    let (mut new, mut changed, mut paid) = (Vec::new(), Vec::new(), Vec::new());
    for mut row in listed {
        let key = (canonical(&row.kassenzeichen), row.posten.as_str());
        let Some(item) = known.get(&key) else {
            if let Some(known) = situation.items.printed(&key.0) {
                known.clone_into(&mut row.kassenzeichen);
            }
            report.added += 1;
            new.push(row);
            continue;
        };
        if !source.amounts_are_assessed
            && let Some(why) = looks_like_the_rest(&row, item, situation)
        {
            return Err(source.error(&why));
        }
        let outside = paid_outside(&row, item, situation);
        if outside.is_in_doubt {
            let concerned = reached(item, outside.most, situation);
            paid.push(told::paid(&row, outside.more));
            doubts.paid.extend(concerned.into_iter().map(|item| (item.id, item.kassenzeichen.clone())));
        }
        let paid_before = (item.said.paid_before + outside.more).min(row.said.amount);
        // a fee stays one, and principal stays principal
        let said = NewAssessment { item: item.id, paid_before, fee: item.said.fee, ..row.said };
        if said == item.said {
            report.known += 1;
        } else {
            report.changed += 1;
            changed.push(said);
        }
    }
    report.warnings.extend(told::paid_elsewhere(&paid));
    Ok((new, changed))
}

/// Items by canonical Kassenzeichen and posten.
fn known(situation: &Situation) -> HashMap<(String, &str), &ItemRow> {
    situation.items.iter().map(|item| ((canonical(&item.kassenzeichen), item.posten.as_str()), item)).collect()
}

/// What a list says was paid of a known item that the books do not know of.
struct Outside {
    /// Cents.
    more: i64,
    /// Whether it may be some of what was posted here, or beside it: then nobody can tell what is still owed.
    is_in_doubt: bool,
    /// What was paid in all if none of it is what was posted here; cents.
    most: i64,
}

fn paid_outside(row: &Listed, item: &ItemRow, situation: &Situation) -> Outside {
    let gone = situation.gone().get(&item.id).copied().unwrap_or(0);
    let here = situation.transferred(item) + gone;
    let more = (row.said.paid_before - here).max(0);
    let posted = here - item.said.paid_before;
    let most = row.said.paid_before + posted.max(0);
    Outside { more, is_in_doubt: more > 0 && posted > 0, most }
}

/// What of a Kassenzeichen may be paid, if so much was paid of one of its items: that item, and as many of the others, oldest
/// first, as what is beyond its amount reaches.
fn reached<'a>(item: &'a ItemRow, most: i64, situation: &'a Situation) -> Vec<&'a ItemRow> {
    let mut beyond = most - item.said.amount;
    let others = situation.items.under(&item.kassenzeichen).filter(|other| other.id != item.id);
    let mut others: Vec<&ItemRow> = others.filter(|other| other.said.fee.is_none()).collect();
    others.sort_by_key(|other| (other.said.due, other.id));
    let mut reached = vec![item];
    for other in others {
        let open = open_of(situation, other);
        if beyond > 0 && open > 0 {
            reached.push(other);
            beyond -= open;
        }
    }
    reached
}

/// Why a fallen amount must be taken for what is left to pay: it fell by exactly what was posted here.
fn looks_like_the_rest(row: &Listed, item: &ItemRow, situation: &Situation) -> Option<String> {
    if item.said.unconfirmed {
        // its amount is what a debit file of another day says
        return None;
    }
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

/// Of a levy: its open items that the list names, and those that it does not.
#[derive(Default)]
struct Levy<'a> {
    named: usize,
    missing: Vec<&'a ItemRow>,
}

/// The keys of levies' names, each made once.
#[derive(Default)]
struct LevyKeys<'a>(HashMap<&'a str, Arc<str>>);

impl<'a> LevyKeys<'a> {
    fn of(&mut self, kind: &'a str) -> Arc<str> {
        Arc::clone(self.0.entry(kind).or_insert_with(|| ledger::levies::key(kind).into()))
    }
}

/// What levies miss, by Kassenzeichen, and what is open of each.
fn missing<'a>(levies: &[&Levy<'a>], situation: &Situation) -> Vec<(&'a ItemRow, i64)> {
    let mut missing: Vec<&ItemRow> = levies.iter().flat_map(|levy| levy.missing.iter().copied()).collect();
    missing.sort_by(|one, other| (&one.kassenzeichen, &one.posten).cmp(&(&other.kassenzeichen, &other.posten)));
    missing.into_iter().map(|item| (item, open_of(situation, item))).collect()
}

/// What the list names and what it leaves out: open items of its levies that it does not name are told, and held where the
/// list names more than half of the levy's.
fn left_out(listed: &[Listed], situation: &Situation, source: &Source<'_>, report: &mut FileReport) -> Doubts {
    let known = known(situation);
    let key = |row: &Listed| known.get(&(canonical(&row.kassenzeichen), row.posten.as_str())).map(|item| item.id);
    let mut doubts = Doubts { named: listed.iter().filter_map(key).collect(), ..Doubts::default() };
    // of a list that comes in several files, an earlier one named some
    let parts: Vec<&HashSet<i64>> =
        source.earlier.iter().filter(|earlier| earlier.is_disjoint(&doubts.named)).collect();
    let is_named = |item: &ItemRow| doubts.named.contains(&item.id) || parts.iter().any(|part| part.contains(&item.id));
    let mut keys = LevyKeys::default();
    // however the list spells or calls a levy, it is that of the items that it names
    let mut levies: HashSet<Arc<str>> = listed.iter().map(|row| keys.of(&row.said.kind)).collect();
    let named = situation.items.iter().filter(|item| item.said.fee.is_none() && doubts.named.contains(&item.id));
    levies.extend(named.map(|item| keys.of(&item.said.kind)));
    let mut by_levy: HashMap<Arc<str>, Levy<'_>> = HashMap::new();
    // a fee goes with its instalment: it is not missed on its own
    for item in situation.items.iter().filter(|item| item.said.fee.is_none() && open_of(situation, item) > 0) {
        let key = keys.of(&item.said.kind);
        if levies.contains(&key) {
            let levy = by_levy.entry(key).or_default();
            if is_named(item) { levy.named += 1 } else { levy.missing.push(item) }
        }
    }
    let is_full = |levy: &&Levy<'_>| !source.partial && levy.named > levy.missing.len();
    let (full, partial): (Vec<&Levy<'_>>, Vec<&Levy<'_>>) = by_levy.values().partition(is_full);
    let repeats = partial.iter().any(|levy| levy.named > 0);
    let (held, owed) = (missing(&full, situation), missing(&partial, situation));
    report.warnings.extend(told::left_out(&held));
    report.warnings.extend(told::stays_owed(&owed, repeats));
    doubts.left_out = held.iter().map(|(item, _)| (item.id, item.kassenzeichen.clone())).collect();
    report.vanished = held
        .iter()
        .chain(&owed)
        .map(|(item, open)| Vanished {
            kassenzeichen: item.kassenzeichen.clone(),
            posten: item.posten.clone(),
            open: eur(*open),
        })
        .collect();
    doubts
}

/// What is open of an item, whatever run claims it, cents.
fn open_of(situation: &Situation, item: &ItemRow) -> i64 {
    situation.states.get(&item.id).map_or(0, |state| state.amount - state.transferred - state.collected)
}

/// The rows of a list under the names by which the books know them, with the fees that are items of their own, and how many
/// rows below zero it has beside them.
///
/// # Errors
/// With line and column, as at an import.
pub(crate) fn named_as_known(
    list: &List,
    fees: &FeeKinds,
    situation: &Situation,
    maker: &Maker,
) -> std::result::Result<(Vec<Listed>, usize), String> {
    let mut listed = read(list, fees)?;
    let rows = listed.len();
    listed.retain(|row| row.said.amount >= 0);
    let credits = rows - listed.len();
    renamed::refuse_twins(&listed)?;
    renamed::rename(&mut listed, situation)?;
    Ok((with_fees(listed, maker), credits))
}

fn read(list: &List, fees: &FeeKinds) -> std::result::Result<Vec<Listed>, String> {
    let mut seen = HashSet::new();
    list.each(|row| {
        let listed = read_row(list, row, fees)?;
        if !seen.insert((canonical(&listed.kassenzeichen), listed.posten.clone())) {
            let twice = format!("{}/{} is in the list twice", listed.kassenzeichen, listed.posten);
            return Err(list.refuse(row, "posten", twice));
        }
        Ok(listed)
    })
}

fn read_row(list: &List, row: &Row, fees: &FeeKinds) -> std::result::Result<Listed, String> {
    let amount = list.some_text(row, "betrag").and_then(|_| list.signed_amount(row, "betrag"))?;
    let paid_before = match amount < 0 {
        true => list.signed_amount(row, "gezahlt")?,
        false => list.amount(row, "gezahlt")?,
    };
    let kassenzeichen = list.reference(row, "kassenzeichen")?.to_owned();
    if canonical(&kassenzeichen).is_empty() {
        return Err(list.refuse(row, "kassenzeichen", "has neither letters nor digits"));
    }
    let posten = list.some_text(row, "posten")?.to_owned();
    if is_called_so(&posten) {
        let why = "is how the fee on an instalment is called: it belongs into the instalment's column for it";
        return Err(list.refuse(row, "posten", why));
    }
    let kind = list.some_text(row, "art")?.to_owned();
    Ok(Listed {
        line: row.line(),
        kassenzeichen,
        posten,
        said: NewAssessment {
            item: 0,
            fee: fees.of(&kind),
            kind,
            due: list.due_day(row, "faellig")?,
            amount,
            paid_before,
            mahngebuehr: list.amount(row, "mahngebuehr")?,
            saeumniszuschlag: list.amount(row, "saeumniszuschlag")?,
            mandate_reference: list.opt_reference(row, "mandat")?.map(str::to_owned),
            debtor: list.text(row, "schuldner").to_owned(),
            address: list.opt_text(row, "anschrift"),
            unconfirmed: false,
        },
    })
}

/// The rows, and behind them the fees that are items of their own.
fn with_fees(mut listed: Vec<Listed>, maker: &Maker) -> Vec<Listed> {
    let fees: Vec<Listed> = listed
        .iter()
        .filter(|row| row.said.fee.is_none())
        .flat_map(|row| {
            let fees = maker.fees(&row.kassenzeichen, &row.posten, &row.said).into_iter();
            fees.map(|(posten, said)| Listed { line: row.line, kassenzeichen: row.kassenzeichen.clone(), posten, said })
        })
        .collect();
    listed.extend(fees);
    listed
}
