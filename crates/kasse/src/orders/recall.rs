//! Recalls and reversals: a printed order that asks the bank to give debits up, or to give them back to their payers.
//!
//! Invariants: an order is a wish and changes no debit; of a debit nothing is asked once the transfer that crossed it has been
//! given back, for then both would go back.

use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};

use jiff::civil::Date;
use ledger::gate::Stage;
use ledger::refund::last_recall;
use paper::{Block, Column, Sheet, Table};
use sepa::{Cents, Iban};
use store::{DebitRow, EventKind, RecallKind, RecallRow, RunRow};

use crate::base::aside::write_aside;
use crate::base::rights::Right;
use crate::base::shown::german;
use crate::books::excess::excess;
use crate::books::situation::Situation;
use crate::matching::refunds::crossings_given_back;
use crate::orders::control_sheet::named;
use crate::orders::crossing::crossed_debits;
use crate::orders::letterhead;
use crate::runs::handed::{Out, last, out};
use crate::runs::takings::run_of;
use crate::{Error, Kasse, Result};

/// Which debits of a run are asked back, by whom and why.
#[derive(Clone, Debug)]
pub struct RecallAsked {
    /// The run.
    pub run: String,
    /// End-to-end ids; if empty, every debit that money has crossed or that takes more than is owed.
    pub debits: Vec<String>,
    /// Whether they were credited already, and are to go back to their payers.
    pub reversal: bool,
    /// Why.
    pub reason: String,
    /// Who asks.
    pub who: String,
}

/// A printed order.
#[derive(Clone, Debug)]
pub struct Recalled {
    /// The order as text.
    pub sheet: PathBuf,
    /// The same as PDF.
    pub sheet_pdf: PathBuf,
    /// How many debits it names.
    pub debits: usize,
    /// Their sum.
    pub amount: Cents,
}

/// Prints an order to the bank to give debits up before they are settled, or to give them back after, and records it.
///
/// # Errors
/// [`Error::Refused`] for a run that is not at the bank, for debits of which it can be asked no more, and where there is none.
pub async fn recall(kasse: &Kasse, asked: &RecallAsked, folder: &Path) -> Result<Recalled> {
    let action = if asked.reversal { "collect reverse" } else { "collect recall" };
    let reason = asked.reason.trim();
    if reason.is_empty() {
        return Err(Error::Refused("say why".to_owned()));
    }
    let mut tx = kasse.write(Right::Plan, &asked.who, action, reason).await?;
    let run = run_of(&mut tx, &asked.run).await?;
    let situation = kasse.situation(&mut tx).await?;
    let handed = out(kasse, &situation);
    let handed = handed.iter().find(|one| one.run.id == run.id && !one.is_void);
    let Some(handed) = handed else {
        let stage = situation.stages().get(&run.id).copied().unwrap_or(Stage::Cancelled);
        return Err(Error::Refused(format!("the run is {}, only debits at the bank are asked back", stage.word())));
    };
    let kind = if asked.reversal { RecallKind::Reversal } else { RecallKind::Recall };
    let lines = meant(kasse, &situation, handed, asked, kind)?;
    let new = lines.iter().map(|line| RecallRow {
        debit: line.debit.id,
        kind,
        day: kasse.today,
        reason: reason.to_owned(),
        actor: asked.who.clone(),
    });
    tx.add_recalls(&new.collect::<Vec<_>>()).await?;
    let own: BTreeSet<i64> =
        situation.debits.iter().filter(|debit| debit.run == run.id).map(|debit| debit.id).collect();
    let number = situation
        .recalls
        .iter()
        .filter(|row| own.contains(&row.debit))
        .map(|row| row.day)
        .collect::<BTreeSet<_>>()
        .len()
        + 1;
    let sheet = sheet(kasse, &situation, &run, handed, &lines, kind, reason);
    let meta = letterhead::meta(kasse, sheet.title.clone(), kasse.today);
    let printed = paper::sheet(&meta, &sheet).map_err(|why| Error::Internal(why.to_string()))?;
    let word = if asked.reversal { "reversal" } else { "rueckruf" };
    let base = format!("{word}_{}_{}_{number}", run.name, kasse.today);
    let recalled = Recalled {
        sheet: folder.join(format!("{base}.txt")),
        sheet_pdf: folder.join(format!("{base}.pdf")),
        debits: lines.len(),
        amount: Cents::sum(lines.iter().map(|line| line.amount)).unwrap_or(Cents::ZERO),
    };
    tx.commit(&format!("run {}", run.name)).await?;
    write_aside(&recalled.sheet, paper::text(&sheet).as_bytes())?;
    write_aside(&recalled.sheet_pdf, &printed.bytes)?;
    Ok(recalled)
}

/// One debit of an order, with the batch that it is in.
struct Line<'s> {
    debit: &'s DebitRow,
    batch: String,
    amount: Cents,
}

/// The debits that are meant, each of which can still be asked for.
fn meant<'s>(
    kasse: &Kasse,
    situation: &'s Situation,
    handed: &Out<'s>,
    asked: &RecallAsked,
    kind: RecallKind,
) -> Result<Vec<Line<'s>>> {
    let last = last_recall(handed.run.due);
    if kasse.today > last {
        return Err(Error::Refused(format!(
            "banks give debits back until {last} alone: give the money back by a refund instead"
        )));
    }
    let known: HashMap<i64, RecallKind> =
        situation.recalls.iter().filter(|row| row.kind == kind).map(|row| (row.debit, row.kind)).collect();
    let chosen = match asked.debits.is_empty() {
        true => too_much(kasse, situation, handed.run),
        false => named_debits(situation, handed, &asked.debits)?,
    };
    let given_back = crossings_given_back(situation);
    let all =
        handed.batches.iter().flat_map(|(batch, own)| own.iter().map(move |(debit, amount)| (batch, *debit, *amount)));
    let mut lines = Vec::new();
    for (batch, debit, amount) in all.filter(|(_, debit, _)| chosen.contains(&debit.id)) {
        let life = situation.life_of(debit.id);
        let can = match kind {
            RecallKind::Recall => life.is_underway(),
            RecallKind::Reversal => life.is_collected(),
        };
        if can && !known.contains_key(&debit.id) && !given_back.contains(&debit.id) {
            lines.push(Line { debit, batch: batch.clone(), amount });
        } else if !asked.debits.is_empty() {
            let id = &debit.end_to_end_id;
            return Err(Error::Refused(match (can, given_back.contains(&debit.id)) {
                (_, true) => {
                    format!("the debit {id}: the transfer that crossed it has been given back: both would go back")
                }
                (true, _) => format!("the debit {id} was asked back before"),
                (false, _) => format!("the debit {id} is {}: that cannot be asked of it any more", life.word()),
            }));
        }
    }
    match lines.is_empty() {
        true => {
            Err(Error::Refused("no debit of the run takes more than is owed: name one by its end-to-end id".to_owned()))
        }
        false => Ok(lines),
    }
}

/// The debits of a run that money has crossed, or that take more than is owed.
fn too_much(kasse: &Kasse, situation: &Situation, run: &RunRow) -> BTreeSet<i64> {
    let mut found: BTreeSet<i64> = crossed_debits(kasse, situation, run).into_iter().collect();
    found.extend(excess(situation).iter().filter(|one| one.is_of(run.id)).map(|one| one.debit_id()));
    found
}

/// The debits with these end-to-end ids, which must be in the run's file.
fn named_debits(situation: &Situation, handed: &Out<'_>, ids: &[String]) -> Result<BTreeSet<i64>> {
    let own = |id: &String| {
        let mut own = situation.debits.iter().filter(|debit| debit.run == handed.run.id);
        let found = own.find(|debit| debit.end_to_end_id.eq_ignore_ascii_case(id.trim()));
        found
            .map(|debit| debit.id)
            .ok_or_else(|| Error::Unknown(format!("no debit of run {} is called {id}", handed.run.name)))
    };
    ids.iter().map(own).collect()
}

/// The order on paper, with all that a bank asks for. German: it is for the bank.
fn sheet(
    kasse: &Kasse,
    situation: &Situation,
    run: &RunRow,
    handed: &Out<'_>,
    lines: &[Line<'_>],
    kind: RecallKind,
    reason: &str,
) -> Sheet {
    let title = match kind {
        RecallKind::Recall => format!("Rückruf von Lastschriften vor der Ausführung, Lauf {}", run.name),
        RecallKind::Reversal => {
            format!("Rückgabe von Lastschriften durch den Zahlungsempfänger (Reversal), Lauf {}", run.name)
        }
    };
    let sum = Cents::sum(lines.iter().map(|line| line.amount)).unwrap_or(Cents::ZERO);
    let order = last(situation, run.id, EventKind::Sent).and_then(|event| event.note.clone());
    let facts = vec![
        named("Kasse", &kasse.config.name),
        named("Gläubiger-ID", kasse.config.creditor_id.to_string()),
        named("Nachrichten-ID (MsgId)", &handed.message),
        named("Auftragsnummer der Bank", order.unwrap_or_else(|| "(nicht eingetragen)".to_owned())),
        named("Fälligkeit", german(run.due)),
        named("Anzahl", lines.len().to_string()),
        named("Summe", format!("{} EUR", sum.german())),
        named("Grund", reason),
        named("Datum", german(kasse.today)),
    ];
    Sheet {
        title,
        blocks: vec![
            Block::Facts(facts),
            Block::text(ORDER.to_owned()),
            Block::Table(table(situation, lines, sum)),
            Block::Heading("Unterschriften".to_owned()),
            Block::Signatures(vec!["Datum, Unterschrift".to_owned(); 2]),
        ],
    }
}

const ORDER: &str = "Wir bitten, die folgenden Lastschriften nicht auszuführen oder, wenn sie ausgeführt sind, an die Zahlungspflichtigen zurückzugeben, und uns das Ergebnis mitzuteilen.";

fn table(situation: &Situation, lines: &[Line<'_>], sum: Cents) -> Table {
    let column = |head: &str, width, right| Column { head: head.to_owned(), width, right };
    let row = |line: &Line<'_>| {
        let mandate = situation.mandate_rows.get(&line.debit.mandate).map(|row| &row.said);
        let iban = mandate.and_then(|said| Iban::parse(&said.iban).ok()).map(|iban| iban.paper()).unwrap_or_default();
        vec![
            format!("{} / {}", line.batch, line.debit.end_to_end_id),
            mandate.map(|said| said.reference.clone()).unwrap_or_default(),
            mandate.map(|said| said.holder.clone()).unwrap_or_default(),
            iban,
            line.amount.german(),
        ]
    };
    Table {
        columns: vec![
            column("Sammler / Ende-zu-Ende-ID", 45, false),
            column("Mandat", 25, false),
            column("Zahlungspflichtig", 0, false),
            column("IBAN", 45, false),
            column("EUR", 20, true),
        ],
        rows: lines.iter().map(row).collect(),
        sum: Some(vec!["zusammen".to_owned(), String::new(), String::new(), String::new(), sum.german()]),
    }
}

/// Whether the bank has yet to answer a wish about a debit, as far as banks can.
pub(crate) fn is_awaited(situation: &Situation, debit: &DebitRow, due: Date, today: Date) -> bool {
    let asked = situation.recalls.iter().any(|row| row.debit == debit.id);
    asked && today <= last_recall(due) && !situation.life_of(debit.id).has_ended()
}
