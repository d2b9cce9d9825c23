//! What a bank would say against a direct-debit file as it is: versions that end, addresses, lengths, days.
//!
//! The rules are those of the German banks' schema GBIC_5 and of Anlage 3 of the DFÜ-Abkommen. It changes nothing.
//! Invariant: each objection says how many debits it concerns and the line of the first.

use std::collections::BTreeMap;
use std::fmt;

use jiff::civil::{Date, date};
use sepa::{check_reference, is_target_day, target_day_before, target_day_on_or_after};

use super::file::{ForeignBatch, ForeignDebit, ForeignFile};

/// The last day on which German banks take the versions before pain.008.001.08 (DK, Anlage 3: the changeover is on 15
/// November 2026; some banks end earlier).
const OLD_VERSIONS_END: Date = date(2026, 11, 14);
/// EPC (EPC130-08): the longest name and the longest remittance text.
const NAME_MAX: usize = 70;
const REMITTANCE_MAX: usize = 140;

/// What a bank would say.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Objection {
    /// The version, which is not taken for long any more, and whether it ended already.
    OldVersion(String, bool),
    /// No version is named.
    NoVersion,
    /// The message's id has characters or a length that banks do not take.
    MessageId,
    /// An address without town or country.
    Address,
    /// The collection date is no TARGET business day; the next one.
    NoBusinessDay(Date, Date),
    /// The collection date cannot be met any more.
    TooLate(Date),
    /// A batch without number or sum.
    NoTotals,
    /// A batch's id is missing, or one that banks do not take.
    BatchId,
    /// Another service level than SEPA.
    Service,
    /// Another local instrument than CORE.
    Instrument,
    /// A sequence type that is not known.
    SequenceType,
    /// Other charges than SLEV.
    Charges,
    /// The creditor's name is missing or too long.
    CreditorName,
    /// An end-to-end id that banks do not take.
    EndToEndId,
    /// Nobody says when a mandate was signed.
    NoSignature,
    /// A name of more than 70 characters.
    LongName,
    /// Remittance information more than once.
    SeveralTexts,
    /// Remittance information of more than 140 characters.
    LongText,
    /// An account outside of the EEA.
    OutsideEea,
}

/// One objection, and where.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BankObjection {
    /// The first line that it concerns, from 1.
    pub line: u64,
    /// How many places it concerns.
    pub count: usize,
    /// What is wrong.
    pub what: Objection,
}

impl fmt::Display for Objection {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Objection::OldVersion(version, true) => write!(
                out,
                "German banks take {version} no more since November 2026; `einmal guard --version 08` writes pain.008.001.08"
            ),
            Objection::OldVersion(version, false) => write!(
                out,
                "German banks take {version} until November 2026, some of them no more already; `einmal guard --version 08` writes pain.008.001.08"
            ),
            Objection::NoVersion => out.write_str("the file names no version of pain.008"),
            Objection::MessageId => out.write_str("MsgId has characters or a length that banks do not take"),
            Objection::Address => out.write_str(
                "an address without town (TwnNm) or country (Ctry) is not taken since November 2026; `einmal guard --version 08` leaves it out",
            ),
            Objection::NoBusinessDay(day, next) => {
                write!(out, "{day} is no TARGET business day: the bank collects on {next}, or refuses")
            }
            Objection::TooLate(day) => write!(out, "the collection date {day} cannot be met any more"),
            Objection::NoTotals => out.write_str("PmtInf has no NbOfTxs or no CtrlSum, which German banks demand"),
            Objection::BatchId => {
                out.write_str("PmtInfId is missing, or has characters or a length that banks do not take")
            }
            Objection::Service => out.write_str("the service level (SvcLvl) is not SEPA"),
            Objection::Instrument => out.write_str("the local instrument (LclInstrm) is not CORE"),
            Objection::SequenceType => out.write_str("the sequence type (SeqTp) is none of FRST, RCUR, OOFF, FNAL"),
            Objection::Charges => out.write_str("the charges (ChrgBr) are not SLEV"),
            Objection::CreditorName => {
                out.write_str("the creditor's name is missing, or longer than 70 characters")
            }
            Objection::EndToEndId => out.write_str("EndToEndId has characters or a length that banks do not take"),
            Objection::NoSignature => {
                out.write_str("the day on which the mandate was signed (DtOfSgntr) is missing")
            }
            Objection::LongName => out.write_str("a name is longer than 70 characters"),
            Objection::SeveralTexts => out.write_str("the remittance information is given more than once"),
            Objection::LongText => out.write_str("the remittance information is longer than 140 characters"),
            Objection::OutsideEea => {
                out.write_str("the account lies outside the EEA: the bank asks for the debtor's address")
            }
        }
    }
}

impl fmt::Display for BankObjection {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.count {
            0 | 1 => write!(out, "line {}: {}", self.line, self.what),
            count => write!(out, "line {} and {} more: {}", self.line, count - 1, self.what),
        }
    }
}

/// What a bank would say against a file that is handed in today.
pub fn bank_objections(file: &ForeignFile, today: Date) -> Vec<BankObjection> {
    let mut found = Found::default();
    match file.version.as_deref() {
        Some(version) if is_old(version) => {
            found.add(1, Objection::OldVersion(version.to_owned(), today > OLD_VERSIONS_END));
        }
        Some(_) => {}
        None => found.add(1, Objection::NoVersion),
    }
    if check_reference(&file.message_id.value).is_err() {
        found.add(file.message_id.line, Objection::MessageId);
    }
    file.bare_addresses.iter().for_each(|(line, _)| found.add(*line, Objection::Address));
    for batch in &file.batches {
        of_batch(batch, today, &mut found);
        batch.debits.iter().for_each(|debit| of_debit(debit, &mut found));
    }
    found.all()
}

/// Whether a version ends: everything of the German schemas before 2019, and ISO's before 001.08.
fn is_old(version: &str) -> bool {
    let mut parts = version.split('.').skip(2).map(|part| part.parse::<u32>().unwrap_or(0));
    let (variant, number) = (parts.next().unwrap_or(0), parts.next().unwrap_or(0));
    variant != 1 || number < 8
}

fn of_batch(batch: &ForeignBatch, today: Date, found: &mut Found) {
    let due = batch.due.value;
    if !is_target_day(due) {
        found.add(batch.due.line, Objection::NoBusinessDay(due, target_day_on_or_after(due)));
    }
    if target_day_before(due) < today {
        found.add(batch.due.line, Objection::TooLate(due));
    }
    let is = |text: &Option<String>, allowed: &[&str]| text.as_deref().is_none_or(|text| allowed.contains(&text));
    let all = [
        (batch.count.is_none() || batch.sum.is_none(), Objection::NoTotals),
        (batch.id.as_ref().is_none_or(|id| check_reference(&id.value).is_err()), Objection::BatchId),
        (!is(&batch.service, &["SEPA"]), Objection::Service),
        (!is(&batch.instrument, &["CORE", "COR1"]), Objection::Instrument),
        (!is(&batch.sequence, &["FRST", "RCUR", "OOFF", "FNAL"]), Objection::SequenceType),
        (!is(&batch.charges, &["SLEV"]), Objection::Charges),
        (batch.creditor.as_deref().is_none_or(is_long_name), Objection::CreditorName),
    ];
    found.add_all(batch.line, all);
}

fn of_debit(debit: &ForeignDebit, found: &mut Found) {
    let is_refused = |id: &String| check_reference(id).is_err();
    let is_long = |text: &String| text.chars().count() > REMITTANCE_MAX;
    let all = [
        (debit.end_to_end.as_ref().is_some_and(is_refused), Objection::EndToEndId),
        (debit.signed.is_none(), Objection::NoSignature),
        (
            is_long_name(&debit.debtor) || debit.ultimate_debtor.as_deref().is_some_and(is_long_name),
            Objection::LongName,
        ),
        (debit.remittance.len() > 1, Objection::SeveralTexts),
        (debit.remittance.iter().any(is_long), Objection::LongText),
        (!debit.iban.in_eea_sdd(), Objection::OutsideEea),
    ];
    found.add_all(debit.line, all);
}

fn is_long_name(name: &str) -> bool {
    name.chars().count() > NAME_MAX
}

/// Objections by what they say.
#[derive(Default)]
struct Found(BTreeMap<Objection, (u64, usize)>);

impl Found {
    fn add(&mut self, line: u64, what: Objection) {
        let (_, count) = self.0.entry(what).or_insert((line, 0));
        *count = count.saturating_add(1);
    }

    fn add_all<const N: usize>(&mut self, line: u64, all: [(bool, Objection); N]) {
        all.into_iter().filter(|(is_so, _)| *is_so).for_each(|(_, what)| self.add(line, what));
    }

    fn all(self) -> Vec<BankObjection> {
        let made = |(what, (line, count))| BankObjection { line, count, what };
        let mut all: Vec<BankObjection> = self.0.into_iter().map(made).collect();
        all.sort_by_key(|objection| objection.line);
        all
    }
}
