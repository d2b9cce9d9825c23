//! The control sheet (Begleitzettel) of a file of refunds: the order to pay, and what people sign. German: it is for the
//! treasury.
//!
//! Invariant: paper and text are made of one model, and that of the run's facts.

use jiff::civil::Date;
use paper::{Block, Column, Sheet, Table};
use sepa::{Iban, target_day_before};
use store::{EventKind, EventRow, RefundRunRow, RunProofs};

use crate::base::shown::german;
use crate::books::situation::Situation;
use crate::orders::cautions::Cautions;
use crate::orders::control_sheet::{named, once, people, proven};
use crate::orders::letterhead;
use crate::runs::refund_file::WrittenRefunds;
use crate::{Error, Kasse, Result};

/// What the sheet tells of a file.
pub(crate) struct RefundSheet<'a> {
    pub(crate) file_name: &'a str,
    pub(crate) written: &'a WrittenRefunds,
    /// The day and the hour of its first export.
    pub(crate) exported: (Date, &'a str),
    /// How planner and releasers were proven.
    pub(crate) proofs: &'a RunProofs,
    /// The journal's entry in which it was released, and its hash.
    pub(crate) released_in: (i64, &'a str),
    /// The accounts whose statements had to be complete.
    pub(crate) accounts: &'a [Iban],
    /// What whoever signs must know.
    pub(crate) cautions: &'a Cautions,
}

/// The sheet in both forms: PDF and text.
pub(crate) fn refund_sheet(
    kasse: &Kasse,
    situation: &Situation,
    row: &RefundRunRow,
    file: &RefundSheet<'_>,
) -> Result<(Vec<u8>, String)> {
    let own: Vec<&EventRow> = situation.events.iter().filter(|event| event.run == row.run.id).collect();
    let sheet = Sheet {
        title: format!("Begleitzettel Erstattungslauf {}", row.run.name),
        blocks: vec![
            Block::Facts(order(kasse, row, file)),
            Block::text(payee_check(file.written.count())),
            Block::Heading("Überweisungen".to_owned()),
            Block::Table(transfers(file.written)),
            Block::Heading("Personen".to_owned()),
            Block::Facts(people(&row.run, &own, file.exported)?),
            Block::text(proven(&row.run, &own, file.proofs)),
            Block::Heading("Nachweise".to_owned()),
            Block::Facts(proofs(&own, file)),
            Block::Heading("Unterschriften".to_owned()),
            Block::Signatures(vec!["Datum, Unterschrift".to_owned(); kasse.config.sign_payouts.max(2)]),
        ],
    };
    let meta = letterhead::meta(kasse, sheet.title.clone(), file.exported.0);
    let printed = paper::sheet(&meta, &sheet).map_err(|why| Error::Internal(why.to_string()))?;
    if let Some(why) = letterhead::unprintable(&printed.missing) {
        tracing::warn!(run = row.run.name, "{why}");
    }
    Ok((printed.bytes, paper::text(&sheet)))
}

/// What the bank is told.
fn order(kasse: &Kasse, row: &RefundRunRow, file: &RefundSheet<'_>) -> Vec<(String, String)> {
    let data = &file.written.data;
    // order types and BTF of SEPA credit transfers: a single one is always checked against the payee's name (EU 2024/886)
    let kind = match file.written.count() {
        1 => "EBICS CTV; als BTF: Service SCT, Option VOI, Nachricht pain.001",
        _ => "EBICS CCT; als BTF: Service SCT, Nachricht pain.001",
    };
    let mut facts = vec![
        named("Kasse", &kasse.config.name),
        named("Auszahlungsanordnung", row.file_number.as_deref().unwrap_or("(kein Aktenzeichen angegeben)")),
        named("Datei", file.file_name),
        named("SHA-256", &file.written.sha256),
        named("Nachrichten-ID", &data.message_id),
        named("Format", "pain.001.001.09 (SEPA-Überweisung)"),
        named("Auftragsart", kind),
        named("Ausführung", german(row.run.due)),
        named("Anzahl", file.written.count().to_string()),
        named("Summe", format!("{} EUR", file.written.sum().german())),
    ];
    facts.push(named("Belastung von", once(data.batches.iter().map(|batch| batch.account.paper()))));
    facts
}

/// What the bank does with the payees' names (Verification of Payee, Regulation (EU) 2024/886 Art. 5c).
fn payee_check(count: usize) -> String {
    match count {
        1 => "Eine einzelne Überweisung prüft die Bank gegen den Namen des Kontoinhabers (Empfängerüberprüfung): Weicht er ab, wird die Datei als Ganzes freigegeben oder zurückgezogen.",
        _ => "Für diese Sammelüberweisung wird auf die Empfängerüberprüfung verzichtet (Opt-out); die Namen sind die, unter denen die Zahlungen eingegangen sind.",
    }
    .to_owned()
}

/// As long a name as the file has.
const NAME: usize = 70;

/// Each transfer: to whom, where, how much.
fn transfers(written: &WrittenRefunds) -> Table {
    let column = |head: &str, width, right| Column { head: head.to_owned(), width, right };
    let all = written.data.batches.iter().flat_map(|batch| &batch.transfers);
    let row = |one: &sepa_xml::CreditTransfer| {
        vec![one.end_to_end.to_string(), sepa::sepa_text(&one.creditor, NAME), one.iban.paper(), one.amount.german()]
    };
    Table {
        columns: vec![
            column("Auftrag", 40, false),
            column("Empfänger", 0, false),
            column("IBAN", 55, false),
            column("EUR", 25, true),
        ],
        rows: all.map(row).collect(),
        sum: Some(vec!["zusammen".to_owned(), String::new(), String::new(), written.sum().german()]),
    }
}

/// What had to stand before the file could be written.
fn proofs(own: &[&EventRow], file: &RefundSheet<'_>) -> Vec<(String, String)> {
    let released = own.iter().rfind(|event| event.kind == EventKind::Released).map(|event| event.day);
    let seen = german(target_day_before(released.map_or(file.exported.0, |day| day.max(file.exported.0))));
    let accounts: Vec<String> = file.accounts.iter().map(Iban::paper).collect();
    let (entry, hash) = file.released_in;
    let mut facts = vec![
        named("1 Alles gesehen", format!("Kontoauszüge lückenlos bis {seen}: {}", accounts.join(", "))),
        named("2 Entschieden", "Jede Rückzahlung hat eine Person zu ihrem Zahlungseingang angeordnet"),
        named(
            "3 Nichts doppelt",
            "Kein Zahlungseingang geht zweimal oder über seinen Betrag hinaus zurück (Bedingung der Datenbank); eine Überweisung, die eine Lastschrift gekreuzt hat, erst wenn diese nicht mehr von selbst zurückkommt, oder mit der im Journal genannten Begründung",
        ),
        named("Journal", format!("Eintrag {entry}, Prüfsumme {hash}")),
    ];
    facts.extend(file.cautions.german().into_iter().map(|line| named("Zu beachten", line)));
    facts
}
