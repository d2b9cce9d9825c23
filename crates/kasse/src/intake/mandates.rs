//! Lists of mandates: who may be debited.
//!
//! Invariant: a mandate has one account and one creditor, whatever it serves, and is the same however its reference is
//! spelt; a list that says otherwise is refused.

use std::collections::{BTreeMap, HashMap, HashSet};

use kassenzeichen::canonical;
use sepa::{CreditorId, Iban, MandateId};
use store::{FileKind, NewMandate, WriteTx};

use crate::books::recount::recount;
use crate::books::situation::REVOKED;
use crate::intake::report::{FileReport, Source};
use crate::lists::{List, Row};
use crate::{Kasse, Result};

/// A list that names less than one in so many mandates is no full one.
const LEAST_SHARE: usize = 10;

/// Mandates that a warning names one by one.
const NAMED: usize = 20;

/// A mandate as a list tells it, and on which line.
struct Listed {
    line: u64,
    said: NewMandate,
}

/// Stores what a list says that is not known yet.
pub(crate) async fn import(tx: &mut WriteTx, kasse: &Kasse, source: &Source<'_>, list: &List) -> Result<FileReport> {
    let listed = read(list).map_err(|why| source.error(&why))?;
    let rows: Vec<NewMandate> = store::mandates(tx).await?.into_iter().map(|row| row.said).collect();
    let known: HashMap<Key, &NewMandate> = rows.iter().map(|said| (key(said), said)).collect();
    let mut report = FileReport::new(source.name, "mandates");
    report.warnings.clone_from(&list.warnings);

    let listed = spelt_as_known(listed, &rows, &known);
    report.warnings.extend(left_out(&listed, &known));
    check_creditors(&listed, &known).map_err(|why| source.error(&why))?;
    let mut told = Vec::new();
    for mandate in &listed {
        match known.get(&key(&mandate.said)) {
            Some(same) if **same == mandate.said => report.known += 1,
            before => {
                *(if before.is_some() { &mut report.changed } else { &mut report.added }) += 1;
                told.push(mandate.said.clone());
            }
        }
    }
    told.extend(moved_too(&listed, &known));
    if !told.is_empty() {
        let file = source.file(FileKind::Mandates);
        let file = tx.add_file(&file).await?;
        tx.add_mandates(file, &told).await?;
        recount(tx, kasse).await?;
    }
    Ok(report)
}

/// What a mandate is known by: its reference without regard to case, and the Kassenzeichen that it serves.
type Key = (String, String);

fn key(mandate: &NewMandate) -> Key {
    (MandateId::key(&mandate.reference), canonical(&mandate.kassenzeichen))
}

/// The list in the spellings that are known: another one says nothing new.
fn spelt_as_known(listed: Vec<Listed>, rows: &[NewMandate], known: &HashMap<Key, &NewMandate>) -> Vec<Listed> {
    let mut spelt: HashMap<String, &str> = HashMap::new();
    for row in rows {
        spelt.entry(MandateId::key(&row.reference)).or_insert(&row.reference);
    }
    let own = |mut mandate: Listed| {
        if let Some(reference) = spelt.get(&MandateId::key(&mandate.said.reference)) {
            (*reference).clone_into(&mut mandate.said.reference);
        }
        if let Some(before) = known.get(&key(&mandate.said)) {
            mandate.said.kassenzeichen.clone_from(&before.kassenzeichen);
        }
        mandate
    };
    listed.into_iter().map(own).collect()
}

/// A mandate has one account: what a list says of it in the row of one Kassenzeichen counts for the others too.
fn moved_too(listed: &[Listed], known: &HashMap<Key, &NewMandate>) -> Vec<NewMandate> {
    let named: HashSet<Key> = listed.iter().map(|mandate| key(&mandate.said)).collect();
    let accounts: HashMap<String, &NewMandate> =
        listed.iter().map(|mandate| (MandateId::key(&mandate.said.reference), &mandate.said)).collect();
    let mut moved: Vec<NewMandate> = known
        .iter()
        .filter(|(key, _)| !named.contains(*key))
        .filter_map(|((reference, _), before)| {
            let now = accounts.get(reference).filter(|now| now.iban != before.iban)?;
            let (holder, iban, old_iban) = (now.holder.clone(), now.iban.clone(), now.old_iban.clone());
            Some(NewMandate { holder, iban, old_iban, ..NewMandate::clone(before) })
        })
        .collect();
    moved.sort_by(|one, other| (&one.reference, &one.kassenzeichen).cmp(&(&other.reference, &other.kassenzeichen)));
    moved
}

/// A mandate is given to one creditor.
fn check_creditors(listed: &[Listed], known: &HashMap<Key, &NewMandate>) -> std::result::Result<(), String> {
    let creditor = |said: &NewMandate| said.creditor_id.as_deref().and_then(|id| CreditorId::parse(id).ok());
    let named: HashSet<Key> = listed.iter().map(|mandate| key(&mandate.said)).collect();
    let mut given: HashMap<String, CreditorId> = HashMap::new();
    for (key, before) in known.iter().filter(|(key, _)| !named.contains(*key)) {
        creditor(before).into_iter().for_each(|id| drop(given.insert(key.0.clone(), id)));
    }
    for mandate in listed {
        let Some(own) = creditor(&mandate.said) else { continue };
        let first = given.entry(MandateId::key(&mandate.said.reference)).or_insert_with(|| own.clone());
        if !first.is_same_creditor(&own) {
            return Err(format!(
                "line {}, glaeubiger_id: the mandate {} was given to {first}: a mandate is given to one creditor",
                mandate.line, mandate.said.reference
            ));
        }
    }
    Ok(())
}

/// Warns of mandates that a list leaves out which otherwise repeats what is known: perhaps they were revoked.
fn left_out(listed: &[Listed], known: &HashMap<Key, &NewMandate>) -> Option<String> {
    let named: HashSet<String> = listed.iter().map(|mandate| MandateId::key(&mandate.said.reference)).collect();
    let active: BTreeMap<&str, &str> = known
        .iter()
        .filter(|(_, row)| row.status != REVOKED)
        .map(|((reference, _), row)| (reference.as_str(), row.reference.as_str()))
        .collect();
    let missing: Vec<&str> =
        active.iter().filter(|(key, _)| !named.contains(**key)).map(|(_, reference)| *reference).collect();
    // a list of changes repeats nothing, or little
    let repeats = |mandate: &Listed| known.get(&key(&mandate.said)).is_some_and(|row| **row == mandate.said);
    let is_full = (active.len() - missing.len()) * LEAST_SHARE >= active.len() && listed.iter().any(repeats);
    if missing.is_empty() || !is_full {
        return None;
    }
    let more = missing.len().saturating_sub(NAMED);
    let first = missing.iter().take(NAMED).copied().collect::<Vec<_>>().join(", ");
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    Some(format!(
        "{} mandates are not in this list and go on being used: {first}{more}; where one was revoked, list it as widerrufen",
        missing.len()
    ))
}

fn read(list: &List) -> std::result::Result<Vec<Listed>, String> {
    let mut accounts: HashMap<String, String> = HashMap::new();
    let mut seen = HashMap::new();
    let mandates = list.each(|row| {
        let said = read_row(list, row)?;
        let account = accounts.entry(MandateId::key(&said.reference)).or_insert_with(|| said.iban.clone());
        if *account != said.iban {
            return Err(list.refuse(row, "iban", format!("the mandate {} has another IBAN above", said.reference)));
        }
        match seen.insert(key(&said), said.clone()) {
            Some(same) if same == said => Ok(None),
            Some(_) => Err(list.refuse(row, "mandat", format!("{} is in the list twice", said.reference))),
            None => Ok(Some(Listed { line: row.line(), said })),
        }
    })?;
    Ok(mandates.into_iter().flatten().collect())
}

fn read_row(list: &List, row: &Row) -> std::result::Result<NewMandate, String> {
    let one_of = |column: &str, words: &[(&str, &str)]| -> std::result::Result<String, String> {
        let text = list.text(row, column);
        let found = words.iter().find(|(written, _)| written.eq_ignore_ascii_case(text));
        found.map(|(_, stored)| (*stored).to_owned()).ok_or_else(|| {
            let known: Vec<&str> = words.iter().map(|(written, _)| *written).filter(|word| !word.is_empty()).collect();
            list.refuse(row, column, format!("{text:?} is none of {}", known.join(", ")))
        })
    };
    let iban = |column: &str| -> std::result::Result<Option<String>, String> {
        let Some(text) = list.opt_reference(row, column)? else { return Ok(None) };
        Iban::parse(text).map(|iban| Some(iban.to_string())).map_err(|why| list.refuse(row, column, why))
    };
    let creditor = |column: &str| -> std::result::Result<Option<String>, String> {
        let Some(text) = list.opt_text(row, column) else { return Ok(None) };
        CreditorId::parse(&text).map(|id| Some(id.to_string())).map_err(|why| list.refuse(row, column, why))
    };
    let reference = MandateId::parse(list.reference(row, "mandat")?).map_err(|why| list.refuse(row, "mandat", why))?;
    Ok(NewMandate {
        reference: reference.to_string(),
        kassenzeichen: list.reference(row, "kassenzeichen")?.to_owned(),
        status: one_of("status", &[("aktiv", "aktiv"), (REVOKED, REVOKED)])?,
        scheme: one_of("art", &[("", "CORE"), ("CORE", "CORE"), ("B2B", "B2B")])?,
        one_off: one_of(
            "einmalig",
            &[("", "0"), ("ja", "1"), ("nein", "0"), ("1", "1"), ("0", "0"), ("x", "1"), ("true", "1"), ("false", "0")],
        )? == "1",
        signed: list.past_day(row, "unterschrieben")?,
        last_used: list.opt_past_day(row, "letzte_nutzung")?,
        old_reference: list
            .opt_reference(row, "alte_mandatsreferenz")?
            .map(|text| MandateId::parse(text).map(|id| id.to_string()))
            .transpose()
            .map_err(|why| list.refuse(row, "alte_mandatsreferenz", why))?,
        creditor_id: creditor("glaeubiger_id")?,
        old_creditor_id: creditor("alte_glaeubiger_id")?,
        holder: list.some_text(row, "inhaber")?.to_owned(),
        iban: iban("iban")?.ok_or_else(|| list.refuse(row, "iban", "is empty"))?,
        old_iban: iban("alte_iban")?,
    })
}
