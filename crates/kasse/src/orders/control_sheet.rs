//! The control sheet (Begleitzettel): what goes to the bank with a file, and what people sign. German: it is for the
//! treasury.
//!
//! Invariant: paper and text are made of one model, and that of the run's facts and what is known of the accounts when it is
//! written: the same bytes as long as nothing new is known of these.

use std::path::Path;

use jiff::civil::Date;
use ledger::payment::{Foreign, Nature};
use ledger::person::is_same;
use paper::{Block, Column, Sheet, Table};
use sepa::{Cents, Iban, target_day_before};
use sepa_xml::{DebitBatch, Sequence};
use store::{EventKind, EventRow, RunProofs, RunRow};

use crate::base::shown::german;
use crate::books::situation::Situation;
use crate::matching::books;
use crate::orders::cautions::Cautions;
use crate::orders::letterhead;
use crate::runs::payment_file::{Written, berlin};
use crate::{Error, Kasse, Result};

/// What the sheet tells of a file.
pub(crate) struct File<'a> {
    /// Where it is written; the sheet names it without the folder.
    pub(crate) path: &'a Path,
    /// Its digest, hexadecimal.
    pub(crate) sha256: &'a str,
    /// The file itself.
    pub(crate) written: &'a Written,
    /// The day and the hour of its first export.
    pub(crate) exported: (Date, &'a str),
    /// How planner and releasers were proven.
    pub(crate) proofs: &'a RunProofs,
    /// The first day after the one up to which letters say that a transfer still counts.
    pub(crate) not_before: Option<Date>,
    /// What whoever signs must know.
    pub(crate) cautions: &'a Cautions,
    /// The journal's entry in which it was released, and its hash.
    pub(crate) released_in: (i64, &'a str),
    /// The accounts whose statements had to be complete.
    pub(crate) accounts: &'a [Iban],
}

/// The sheet in both forms: PDF and text.
pub(crate) fn control_sheet(
    kasse: &Kasse,
    situation: &Situation,
    run: &RunRow,
    file: &File<'_>,
) -> Result<(Vec<u8>, String)> {
    let sheet = sheet(kasse, situation, run, file)?;
    let meta = letterhead::meta(kasse, sheet.title.clone(), file.exported.0);
    let printed = paper::sheet(&meta, &sheet).map_err(|why| Error::Internal(why.to_string()))?;
    if let Some(why) = letterhead::unprintable(&printed.missing) {
        tracing::warn!(run = run.name, "{why}");
    }
    Ok((printed.bytes, paper::text(&sheet)))
}

pub(crate) fn named(name: &str, value: impl Into<String>) -> (String, String) {
    (name.to_owned(), value.into())
}

fn sheet(kasse: &Kasse, situation: &Situation, run: &RunRow, file: &File<'_>) -> Result<Sheet> {
    let own: Vec<&EventRow> = situation.events.iter().filter(|event| event.run == run.id).collect();
    Ok(Sheet {
        title: format!("Begleitzettel Lastschriftlauf {}", run.name),
        blocks: vec![
            Block::Facts(order(kasse, run, file)),
            Block::Heading("Nach Sequenztyp und Gläubiger".to_owned()),
            Block::Table(batches(file.written)),
            Block::Heading("Personen".to_owned()),
            Block::Facts(people(run, &own, file.exported)?),
            Block::text(proven(run, &own, file.proofs)),
            Block::Heading("Nachweise".to_owned()),
            Block::Facts(proofs(kasse, situation, &own, file)),
            Block::Heading("Unterschriften".to_owned()),
            Block::Signatures(vec!["Datum, Unterschrift".to_owned(); 2]),
        ],
    })
}

/// What the bank is told.
fn order(kasse: &Kasse, run: &RunRow, file: &File<'_>) -> Vec<(String, String)> {
    let name = file.path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let mut facts = vec![
        named("Kasse", &kasse.config.name),
        named("Datei", name),
        named("SHA-256", file.sha256),
        named("Nachrichten-ID", &file.written.data.message_id),
        // order type and BTF of the SEPA core direct debit (DK, EBICS annex "BTF-Mapping")
        named("Format", "pain.008.001.08 (SEPA-Basislastschrift CORE)"),
        named("Auftragsart", "EBICS CDD; als BTF: Service SDD, Option COR, Nachricht pain.008"),
        named("Fälligkeit", german(run.due)),
        named("Anzahl", file.written.totals.count.to_string()),
        named("Summe", format!("{} EUR", file.written.totals.sum.german())),
        named("Gutschrift auf", once(file.written.data.batches.iter().map(|batch| batch.account.paper()))),
    ];
    if let Some(day) = file.not_before {
        let last = german(target_day_before(day));
        let why = format!("{} (zugesagt: was bis {last} eingeht, wird nicht abgebucht)", german(day));
        facts.push(named("Bei der Bank nicht vor", why));
    }
    let latest = german(target_day_before(run.due));
    facts.push(match &kasse.config.bank.cut_off {
        Some(hour) => named("Bei der Bank bis", format!("{latest}, {hour} Uhr")),
        None => named("Bei der Bank bis", format!("{latest} (Annahmeschluss der Bank beachten)")),
    });
    facts
}

/// Each of some texts once, in their order.
pub(crate) fn once(texts: impl Iterator<Item = String>) -> String {
    texts
        .fold(Vec::new(), |mut known: Vec<String>, text| {
            if !known.contains(&text) {
                known.push(text);
            }
            known
        })
        .join(", ")
}

/// Count and sum of each batch: sequence type and creditor.
fn batches(file: &Written) -> Table {
    let column = |head: &str, width, right| Column { head: head.to_owned(), width, right };
    let row = |batch: &DebitBatch| {
        let sequence = match batch.sequence {
            Sequence::Ooff => "OOFF (einmalig)",
            Sequence::Rcur => "RCUR (wiederkehrend)",
        };
        let sum = Cents::sum(batch.debits.iter().map(|debit| debit.amount)).unwrap_or(Cents::ZERO);
        vec![sequence.to_owned(), batch.creditor_id.to_string(), batch.debits.len().to_string(), sum.german()]
    };
    Table {
        columns: vec![
            column("Sequenztyp", 0, false),
            column("Gläubiger-ID", 50, false),
            column("Anzahl", 20, true),
            column("Summe in EUR", 35, true),
        ],
        rows: file.data.batches.iter().map(row).collect(),
        sum: Some(vec!["zusammen".to_owned(), String::new(), file.totals.count.to_string(), file.totals.sum.german()]),
    }
}

/// The signatures that count.
pub(crate) fn signatures<'a>(own: &[&'a EventRow]) -> impl Iterator<Item = &'a EventRow> {
    // what was signed before a change of the run counts no more
    let since = own.iter().rposition(|event| event.kind == EventKind::Voided).map_or(0, |place| place + 1);
    let signed = own.iter().skip(since).filter(|event| matches!(event.kind, EventKind::Signed | EventKind::Released));
    signed.copied().collect::<Vec<_>>().into_iter()
}

/// Whether those named are those who they say.
pub(crate) fn proven(run: &RunRow, own: &[&EventRow], proofs: &RunProofs) -> String {
    let manner = |word: &str| match word {
        "session" => "Anmeldung",
        "password" => "Passwort",
        _ => "Zugangsschlüssel",
    };
    let planner = proofs.planner.as_deref().map(|word| (&run.planner, word));
    let signed = signatures(own).map(|event| {
        let of = |actor: &str, round: i64| is_same(actor, &event.actor) && round == event.round;
        let word = proofs.signed.iter().find(|(actor, round, _)| of(actor, *round));
        word.map(|(_, _, word)| (&event.actor, word.as_str()))
    });
    let all: Option<Vec<(&String, &str)>> = std::iter::once(planner).chain(signed).collect();
    match all {
        Some(all) => {
            let each = all.iter().map(|(name, word)| format!("{name} durch {}", manner(word)));
            format!("Personen geprüft: {}.", once(each))
        }
        None => "Personen nicht geprüft: die Namen sind so angegeben worden.".to_owned(),
    }
}

/// Who planned, signed and wrote it, and when.
pub(crate) fn people(run: &RunRow, own: &[&EventRow], exported: (Date, &str)) -> Result<Vec<(String, String)>> {
    let mut facts = vec![named("Ersteller", &run.planner)];
    for event in signatures(own) {
        facts.push(named("Freigabe", format!("{} am {}", event.actor, moment(event.day, &event.at)?)));
    }
    let (day, at) = exported;
    facts.push(named("Ausgabe der Datei", moment(day, at)?));
    Ok(facts)
}

/// A business day, and the hour at which it was written down.
pub(crate) fn moment(day: Date, at: &str) -> Result<String> {
    Ok(format!("{} (eingetragen {} Uhr)", german(day), berlin(at)?.strftime("%d.%m.%Y, %H:%M")))
}

/// What had to stand before the file could be written: a release without it is refused (`ledger::gate`).
fn proofs(kasse: &Kasse, situation: &Situation, own: &[&EventRow], file: &File<'_>) -> Vec<(String, String)> {
    let released = own.iter().rfind(|event| event.kind == EventKind::Released).map(|event| event.day);
    // the export proves everything again
    let proved = released.map_or(file.exported.0, |day| day.max(file.exported.0));
    let seen = german(target_day_before(proved));
    let accounts: Vec<String> = file.accounts.iter().map(Iban::paper).collect();
    let mut facts = vec![
        named("1 Alles gesehen", format!("Kontoauszüge lückenlos bis {seen}: {}", accounts.join(", "))),
        named(
            "2 Alles zugeordnet",
            "Jede Gutschrift ist zugeordnet, oder ein Klärfall sperrt, was sie betreffen kann; was kein Klärfall sperren kann, wurde bei der Freigabe zur Kenntnis genommen",
        ),
        named(
            "3 Nichts doppelt",
            "Kein Posten ist über seinen Betrag hinaus oder zweimal beansprucht (Bedingung der Datenbank)",
        ),
    ];
    if let Some((count, sum, first, last)) = foreign(kasse, situation, proved) {
        let days = if first == last { german(first) } else { format!("{} bis {}", german(first), german(last)) };
        facts.push(named(
            "Fremde Einzüge",
            format!(
                "{count} Lastschriftgutschriften ohne Einzelangaben über {} EUR vom {days} sind von keinem eigenen Lauf; wessen Einzug es war, wurde vor der Freigabe festgestellt",
                sum.german()
            ),
        ));
    }
    let (entry, hash) = file.released_in;
    facts.push(named("Journal", format!("Eintrag {entry}, Prüfsumme {hash}")));
    facts.extend(file.cautions.german().into_iter().map(|line| named("Zu beachten", line)));
    facts
}

/// The credits for direct debits in one sum that no run of ours explains, of before a day: how many, their sum, the first and
/// the last day.
fn foreign(kasse: &Kasse, situation: &Situation, before: Date) -> Option<(usize, Cents, Date, Date)> {
    let (payments, _) = books::payments(kasse, situation);
    let own = payments
        .iter()
        .filter(|payment| payment.nature == Nature::ForeignCollection(Foreign::Sum) && payment.booked < before);
    let days: Vec<Date> = own.clone().map(|payment| payment.booked).collect();
    let sum = Cents::sum(own.map(|payment| payment.amount)).unwrap_or(Cents::ZERO);
    Some((days.len(), sum, days.iter().min().copied()?, days.iter().max().copied()?))
}
