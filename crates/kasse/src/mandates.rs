//! Lists of mandates: who may be debited.
//!
//! Invariant: a mandate has one account; a list that says otherwise is refused.

use std::collections::HashMap;

use kassenzeichen::canonical;
use sepa::{CreditorId, Iban, MandateId};
use store::{FileKind, NewFile, NewMandate, WriteTx};

use crate::import::{FileReport, Source};
use crate::lists::{List, Row};
use crate::recount::recount;
use crate::{Kasse, Result};

/// Stores what a list says that is not known yet.
pub(crate) async fn import(tx: &mut WriteTx, kasse: &Kasse, source: &Source<'_>, list: &List) -> Result<FileReport> {
    let listed = read(list).map_err(|why| source.error(&why))?;
    let known: HashMap<(String, String), NewMandate> =
        store::mandates(tx).await?.into_iter().map(|row| (key(&row.said), row.said)).collect();
    let mut report = FileReport::new(source.name, "mandates");
    report.warnings.clone_from(&list.warnings);
    let mut told = Vec::new();
    for mut mandate in listed {
        let before = known.get(&key(&mandate));
        if let Some(before) = before {
            // another spelling says nothing new
            mandate.kassenzeichen.clone_from(&before.kassenzeichen);
        }
        match before {
            Some(same) if *same == mandate => report.known += 1,
            Some(_) => {
                report.changed += 1;
                told.push(mandate);
            }
            None => {
                report.added += 1;
                told.push(mandate);
            }
        }
    }
    if !told.is_empty() {
        let file = NewFile { name: source.name, kind: FileKind::Mandates, sha256: &source.sha256, as_of: None };
        let file = tx.add_file(&file).await?;
        tx.add_mandates(file, &told).await?;
        recount(tx, kasse).await?;
    }
    Ok(report)
}

fn key(mandate: &NewMandate) -> (String, String) {
    (mandate.reference.clone(), canonical(&mandate.kassenzeichen))
}

fn read(list: &List) -> std::result::Result<Vec<NewMandate>, String> {
    let mut accounts: HashMap<String, String> = HashMap::new();
    let mut seen = HashMap::new();
    let mut mandates = Vec::new();
    for row in &list.rows {
        let mandate = read_row(list, row)?;
        let account = accounts.entry(mandate.reference.clone()).or_insert_with(|| mandate.iban.clone());
        if *account != mandate.iban {
            return Err(list.refuse(row, "iban", format!("the mandate {} has another IBAN above", mandate.reference)));
        }
        match seen.insert(key(&mandate), mandate.clone()) {
            Some(same) if same == mandate => {}
            Some(_) => return Err(list.refuse(row, "mandat", format!("{} is in the list twice", mandate.reference))),
            None => mandates.push(mandate),
        }
    }
    Ok(mandates)
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
        let Some(text) = list.opt_text(row, column) else { return Ok(None) };
        Iban::parse(&text).map(|iban| Some(iban.to_string())).map_err(|why| list.refuse(row, column, why))
    };
    let creditor = |column: &str| -> std::result::Result<Option<String>, String> {
        let Some(text) = list.opt_text(row, column) else { return Ok(None) };
        CreditorId::parse(&text).map(|id| Some(id.to_string())).map_err(|why| list.refuse(row, column, why))
    };
    let reference = MandateId::parse(list.some_text(row, "mandat")?).map_err(|why| list.refuse(row, "mandat", why))?;
    Ok(NewMandate {
        reference: reference.to_string(),
        kassenzeichen: list.some_text(row, "kassenzeichen")?.to_owned(),
        status: one_of("status", &[("aktiv", "aktiv"), ("widerrufen", "widerrufen")])?,
        scheme: one_of("art", &[("", "CORE"), ("CORE", "CORE"), ("B2B", "B2B")])?,
        one_off: one_of(
            "einmalig",
            &[("", "0"), ("ja", "1"), ("nein", "0"), ("1", "1"), ("0", "0"), ("x", "1"), ("true", "1"), ("false", "0")],
        )? == "1",
        signed: list.day(row, "unterschrieben")?,
        last_used: list.opt_day(row, "letzte_nutzung")?,
        old_reference: list
            .opt_text(row, "alte_mandatsreferenz")
            .map(|text| MandateId::parse(&text).map(|id| id.to_string()))
            .transpose()
            .map_err(|why| list.refuse(row, "alte_mandatsreferenz", why))?,
        creditor_id: creditor("glaeubiger_id")?,
        old_creditor_id: creditor("alte_glaeubiger_id")?,
        holder: list.some_text(row, "inhaber")?.to_owned(),
        iban: iban("iban")?.ok_or_else(|| list.refuse(row, "iban", "is empty"))?,
        old_iban: iban("alte_iban")?,
    })
}
