//! The control sheet of a checked file, and its report on paper. German: they are for the treasury.
//!
//! Invariant: paper and text are made of one model, and that of what the check came to.

use std::path::PathBuf;

use jiff::civil::Date;
use paper::{Block, Column, Meta, Sheet, Table};
use sepa_xml::{BankObjection, Objection, Rewritten};
use serde_json::{Value, json};

use super::check_options::GuardOptions;
use super::fates::Doubt;
use super::original::Original;
use super::owed::AllOwed;
use super::own::{Asked, OwnDoubt, OwnPaid};
use super::report::{self, Fate, Told, Total, Totals};
use super::strangers::Elsewhere;
use crate::base::shown::german;
use crate::{Error, Result};

/// A file that is written.
pub(super) struct Written {
    pub(super) path: PathBuf,
    pub(super) content: Rewritten,
    /// Its digest, hexadecimal.
    pub(super) sha256: String,
    pub(super) message_id: String,
    /// Whether it holds what is in doubt.
    pub(super) is_held: bool,
}

impl Written {
    fn name(&self) -> String {
        self.path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
    }

    pub(super) fn json(&self) -> Value {
        json!({
            "file": self.path.display().to_string(),
            "held": self.is_held,
            "sha256": self.sha256,
            "message_id": self.message_id,
            "debits": self.content.count,
            "amount": self.content.sum.to_string(),
        })
    }
}

/// What the sheet tells.
pub(super) struct Facts<'a> {
    pub(super) original: &'a Original,
    pub(super) owed: &'a AllOwed,
    pub(super) told: &'a [Told<'a>],
    pub(super) totals: &'a Totals,
    pub(super) written: &'a [Written],
    pub(super) objections: &'a [BankObjection],
    pub(super) residual: &'a [Doubt],
    pub(super) foreign: Option<(usize, sepa::Cents, Date)>,
    pub(super) elsewhere: Elsewhere,
    pub(super) remarks: usize,
    pub(super) accounts: &'a [(String, Date)],
    pub(super) first: Option<Date>,
    pub(super) options: &'a GuardOptions,
    pub(super) today: Date,
    pub(super) asked: Option<&'a Asked>,
}

/// So many cases of the residual risk are named one by one.
const NAMED: usize = 100;

/// The sheet in both forms: PDF and text.
pub(super) fn control_sheet(facts: &Facts<'_>) -> Result<(Vec<u8>, String)> {
    let mut blocks = vec![Block::Facts(files(facts)), Block::Heading("Ergebnis".to_owned()), Block::Table(sums(facts))];
    blocks.extend(bank(facts));
    blocks.extend(risk(facts));
    blocks.push(Block::Heading("Nachweise".to_owned()));
    blocks.push(Block::Facts(proofs(facts)));
    blocks.extend(taken_back(facts));
    blocks.push(Block::Heading("Unterschriften".to_owned()));
    blocks.push(Block::Signatures(vec!["Datum, Unterschrift".to_owned(); 2]));
    let sheet = Sheet { title: "Begleitzettel geprüfte Lastschriftdatei".to_owned(), blocks };
    Ok((printed(facts, &sheet)?, paper::text(&sheet)))
}

/// Each debit with what became of it.
pub(super) fn report(facts: &Facts<'_>) -> Result<Vec<u8>> {
    let mut blocks = vec![Block::Facts(files(facts)), Block::Table(sums(facts))];
    let parts = [
        ("Zurückgehalten", |fate: Fate| fate == Fate::Held),
        ("Entfernt", |fate: Fate| fate == Fate::Removed),
        ("Vermindert", |fate: Fate| matches!(fate, Fate::Reduced(_))),
        ("Unverändert", |fate: Fate| fate == Fate::Kept),
    ] as [(&str, fn(Fate) -> bool); 4];
    for (title, is) in parts {
        let rows: Vec<Vec<String>> = facts.told.iter().filter(|told| is(told.fate)).map(row).collect();
        if !rows.is_empty() {
            blocks.push(Block::Heading(title.to_owned()));
            blocks.push(Block::Table(table(rows)));
        }
    }
    printed(facts, &Sheet { title: "Prüfbericht Lastschriftdatei".to_owned(), blocks })
}

fn printed(facts: &Facts<'_>, sheet: &Sheet) -> Result<Vec<u8>> {
    let author = facts.original.file.batches.first().and_then(|batch| batch.creditor.clone()).unwrap_or_default();
    let meta = Meta { title: sheet.title.clone(), author, date: facts.today };
    let printed = paper::sheet(&meta, sheet).map_err(|why| Error::Internal(why.to_string()))?;
    Ok(printed.bytes)
}

fn named(name: &str, value: impl Into<String>) -> (String, String) {
    (name.to_owned(), value.into())
}

fn column(head: &str, width: u16, right: bool) -> Column {
    Column { head: head.to_owned(), width, right }
}

/// The original and what was made of it.
fn files(facts: &Facts<'_>) -> Vec<(String, String)> {
    let original = facts.original;
    let name = |path: &str| path.rsplit(['/', '\\']).next().unwrap_or(path).to_owned();
    let mut all = vec![
        named("Geprüft am", german(facts.today)),
        named("Ursprüngliche Datei", name(&original.name)),
        named("SHA-256", &original.sha256),
        named("Nachrichten-ID", &original.file.message_id.value),
        named("Anzahl und Summe", total(facts.totals.all)),
    ];
    for file in facts.written {
        let what = if file.is_held { "Zurückgehaltene Datei" } else { "Bereinigte Datei" };
        all.push(named(what, file.name()));
        all.push(named("SHA-256", &file.sha256));
        all.push(named("Nachrichten-ID", &file.message_id));
        all.push(named("Anzahl und Summe", format!("{}; {} EUR", file.content.count, file.content.sum.german())));
    }
    all.push(named("Gefragte Bücher", books(facts.asked)));
    if facts.options.keep_ids {
        all.push(named("Kennungen", "unverändert: Die ursprüngliche Datei hat das Haus nachweislich nie verlassen"));
    }
    all
}

/// Which books were asked.
fn books(asked: Option<&Asked>) -> String {
    match asked {
        Some(Asked { name, head: (entry, hash), bookings }) => {
            format!("{name}: {bookings} Buchungen, eigene Einzüge und Erstattungen, Journal bis Nr. {entry} ({hash})")
        }
        None => "keine: Eigene Einzüge und Erstattungen kennt diese Prüfung nicht".to_owned(),
    }
}

fn total(total: Total) -> String {
    format!("{}; {} EUR", total.count, total.sum.german())
}

fn sums(facts: &Facts<'_>) -> Table {
    let totals = facts.totals;
    let row = |name: &str, total: Total| vec![name.to_owned(), total.count.to_string(), total.sum.german()];
    let rows = vec![
        row("unverändert", totals.kept),
        row("vermindert (ursprünglicher Betrag)", totals.reduced),
        row(
            if facts.asked.is_some() {
                "entfernt: schon überwiesen oder eingezogen"
            } else {
                "entfernt: schon überwiesen"
            },
            totals.removed,
        ),
        row("zurückgehalten: eine Zahlung ist zu klären", totals.held),
    ];
    Table {
        columns: vec![column("Lastschriften", 0, false), column("Anzahl", 25, true), column("Summe in EUR", 35, true)],
        rows,
        sum: Some(row("ursprünglich", totals.all)),
    }
}

/// What the bank would say against the file as it is.
fn bank(facts: &Facts<'_>) -> Vec<Block> {
    if facts.objections.is_empty() {
        return Vec::new();
    }
    let line = |objection: &BankObjection| {
        let more = if objection.count > 1 { format!(" (und {} weitere)", objection.count - 1) } else { String::new() };
        named(&format!("Zeile {}", objection.line), format!("{}{more}", german_of(&objection.what)))
    };
    vec![
        Block::Heading("Was die Bank an der Datei beanstanden würde".to_owned()),
        Block::Facts(facts.objections.iter().map(line).collect()),
    ]
}

fn german_of(objection: &Objection) -> String {
    let text = match objection {
        Objection::OldVersion(version, ended) => {
            let rest = if *ended { "nicht mehr" } else { "nur noch bis November 2026" };
            return format!("{version} nehmen deutsche Banken {rest} an; --version 08 schreibt pain.008.001.08");
        }
        Objection::NoBusinessDay(day, next) => {
            return format!("{} ist kein TARGET-Geschäftstag, der nächste ist der {}", german(*day), german(*next));
        }
        Objection::TooLate(day) => {
            return format!("Der Fälligkeitstag {} ist nicht mehr zu erreichen", german(*day));
        }
        Objection::NoVersion => "Die Datei nennt keine Version von pain.008",
        Objection::MessageId => "MsgId: Zeichen oder Länge nehmen Banken nicht an",
        Objection::Address => "Anschrift ohne Ort (TwnNm) oder Land (Ctry): seit November 2026 nicht mehr zulässig",
        Objection::NoTotals => "PmtInf ohne NbOfTxs oder CtrlSum, die deutsche Banken verlangen",
        Objection::BatchId => "PmtInfId fehlt, oder Zeichen oder Länge nehmen Banken nicht an",
        Objection::Service => "SvcLvl ist nicht SEPA",
        Objection::Instrument => "LclInstrm ist nicht CORE",
        Objection::SequenceType => "SeqTp ist nicht FRST, RCUR, OOFF oder FNAL",
        Objection::Charges => "ChrgBr ist nicht SLEV",
        Objection::CreditorName => "Name des Gläubigers fehlt oder ist länger als 70 Zeichen",
        Objection::EndToEndId => "EndToEndId: Zeichen oder Länge nehmen Banken nicht an",
        Objection::NoSignature => "Unterschriftsdatum des Mandats (DtOfSgntr) fehlt",
        Objection::LongName => "Ein Name ist länger als 70 Zeichen",
        Objection::SeveralTexts => "Verwendungszweck mehrfach angegeben",
        Objection::LongText => "Verwendungszweck länger als 140 Zeichen",
        Objection::OutsideEea => "Konto außerhalb des EWR: Die Bank verlangt die Anschrift des Schuldners",
    };
    text.to_owned()
}

/// Payments that could be anybody's.
fn risk(facts: &Facts<'_>) -> Vec<Block> {
    let heading = Block::Heading("Restrisiko".to_owned());
    if facts.residual.is_empty() {
        return vec![
            heading,
            Block::text(
                "Keine ungeklärte Zahlung, die eine Lastschrift dieser Datei betreffen könnte und keine zurückhält.",
            ),
        ];
    }
    let row = |doubt: &Doubt| {
        let payment = &doubt.payment;
        vec![german(payment.booked), payment.payer.clone(), payment.text.clone(), payment.amount.german()]
    };
    let more = facts.residual.len().saturating_sub(NAMED);
    let sum = sepa::Cents::sum(facts.residual.iter().map(|doubt| doubt.payment.amount)).unwrap_or(sepa::Cents::ZERO);
    let table = Table {
        columns: vec![
            column("Buchungstag", 25, false),
            column("Zahler", 45, false),
            column("Verwendungszweck", 0, false),
            column("EUR", 25, true),
        ],
        rows: facts.residual.iter().take(NAMED).map(row).collect(),
        sum: Some(vec!["zusammen".to_owned(), facts.residual.len().to_string(), String::new(), sum.german()]),
    };
    let said = "Diese Zahlungen konnten niemandem zugeordnet werden, auch nicht als Möglichkeit. Jede kann eine Lastschrift dieser Datei bezahlt haben. Wer unterschreibt, nimmt das zur Kenntnis.";
    let rest = (more > 0).then(|| Block::text(format!("Weitere {more} stehen im Bericht (--report).")));
    [heading, Block::text(said), Block::Table(table)].into_iter().chain(rest).collect()
}

fn proofs(facts: &Facts<'_>) -> Vec<(String, String)> {
    let mut all: Vec<(String, String)> = facts
        .accounts
        .iter()
        .map(|(account, last)| named("Kontoauszüge lückenlos", format!("{account} bis {}", german(*last))))
        .collect();
    if let Some(first) = facts.first {
        all.push(named("Gesehen ab", format!("{}; was vorher einging, kennt diese Prüfung nicht", german(first))));
    }
    for learned in &facts.owed.schemes {
        let (mask, check, count) = (learned.scheme.mask(), learned.scheme.check(), learned.count);
        all.push(named(
            "Nummernkreis",
            format!("{mask}, Prüfziffer {check}, {count} Kassenzeichen (aus der Datei gelernt)"),
        ));
    }
    let without = report::without_text(facts.owed);
    if without > 0 {
        let what = format!(
            "{without} Lastschriften nennen im Text kein Kassenzeichen; sie wurden nach Ende-zu-Ende-Kennung, Mandat, Konto, Namen und Betrag geprüft"
        );
        all.push(named("Ohne Kassenzeichen", what));
    }
    if let Some((count, sum, first)) = facts.foreign {
        let what = format!(
            "{count} Gutschriften für Lastschriften ohne Einzelangaben, zusammen {} EUR, die erste vom {}: Ist eine davon von dieser Datei, so liegt sie der Bank schon vor",
            sum.german(),
            german(first)
        );
        all.push(named("Zu beachten", what));
    }
    let elsewhere = facts.elsewhere;
    if elsewhere.payments > 0 {
        let what = format!(
            "{} Zahlungen über {} EUR nennen {} andere Kassenzeichen oder Häuser als die der Datei und gelten als für andere bestimmt, soweit Zahler und Betrag nicht für eine Lastschrift sprechen",
            elsewhere.payments,
            elsewhere.sum.german(),
            elsewhere.numbers
        );
        all.push(named("Andere Kassenzeichen", what));
    }
    if facts.remarks > 0 {
        all.push(named(
            "Zu beachten",
            format!("{} Bemerkungen zu den Kontoauszügen, siehe Bericht (--report)", facts.remarks),
        ));
    }
    all
}

/// What the old system has booked as collected and must take back.
fn taken_back(facts: &Facts<'_>) -> Vec<Block> {
    let touched: Vec<&Told<'_>> = facts.told.iter().filter(|told| told.fate != Fate::Kept).collect();
    let heading = Block::Heading("Absetzliste".to_owned());
    if touched.is_empty() {
        return vec![heading, Block::text("Nichts: Die Datei bleibt, wie sie ist.")];
    }
    let said = "Das bisherige Verfahren hat diese Lastschriften als eingezogen gebucht oder wird es tun. Dort sind sie abzusetzen; zurückgehaltene werden mit ihrer eigenen Datei eingezogen, sobald die Zahlung geklärt ist.";
    vec![heading, Block::text(said), Block::Table(table(touched.into_iter().map(row).collect()))]
}

fn table(rows: Vec<Vec<String>>) -> Table {
    Table {
        columns: vec![
            column("Kassenzeichen", 36, false),
            column("Schuldner", 38, false),
            column("EUR", 20, true),
            column("Warum", 0, false),
        ],
        rows,
        sum: None,
    }
}

fn row(told: &Told<'_>) -> Vec<String> {
    let outcome = told.outcome;
    let paid = outcome.proofs.iter().map(|proof| {
        format!(
            "bezahlt {} EUR am {} von {} ({})",
            proof.amount.german(),
            german(proof.booked),
            proof.payer,
            proof.reference
        )
    });
    let doubts = outcome.doubts.iter().map(|doubt| {
        let payment = &doubt.payment;
        format!(
            "zu klären: {} EUR vom {} von {} »{}«",
            payment.amount.german(),
            german(payment.booked),
            payment.payer,
            payment.text
        )
    });
    let own = outcome.own.paid.iter().map(OwnPaid::german).chain(outcome.own.doubts.iter().map(OwnDoubt::german));
    let others = (!outcome.reasons.is_empty()).then(|| "steht nicht frei (siehe Bericht)".to_owned());
    let rest = match told.fate {
        Fate::Reduced(rest) => Some(format!("bleibt mit {} EUR", rest.german())),
        _ => None,
    };
    let why: Vec<String> = paid.chain(own).chain(doubts).chain(others).chain(rest).collect();
    vec![told.owed.kassenzeichen.clone(), told.debit.debtor.clone(), told.debit.amount.german(), why.join("; ")]
}
