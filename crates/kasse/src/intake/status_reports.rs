//! The bank's answers to our payment files (pain.002), direct debits and refunds: what it took, what it rejected, and why.
//!
//! Invariants: an answer to a file that is not ours, about a debit that is not in it, or with another amount changes nothing;
//! of two statements about the same debit the one of the lower level holds; a reject that was told before, by a report or a
//! booking, is not told again.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::civil::Date;
use ledger::return_reasons::OF_FILE;
use sepa::Cents;
use sepa_xml::{Status, StatusLevel, StatusReason, StatusReport, StatusStatement, StatusTransaction};
use store::{EventKind, EventSaid, FileKind, LifeKind, LifeRow, RefundEventRow, RefundKind, WriteTx};

use crate::base::error::Refused;
use crate::base::shown::eur;
use crate::books::recount::recount;
use crate::books::situation::Situation;
use crate::intake::report::{FileReport, Source};
use crate::matching::{life, refunds};
use crate::runs::handed::out;
use crate::runs::refund_file::{batches, message_id, written};
use crate::{Kasse, Result};

/// What reports call such a file.
const KIND: &str = "status report";

/// One debit or refund of a file that the bank has.
#[derive(Clone, Copy)]
pub(super) struct Instruction<'s> {
    id: i64,
    end_to_end: &'s str,
    amount: Cents,
}

/// Which way the money of a file goes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// It is debited (pain.008).
    Debits,
    /// It is given back (pain.001).
    Refunds,
}

impl Way {
    /// What `OrgnlMsgNmId` begins with, lower-case.
    fn message(self) -> &'static str {
        match self {
            Way::Debits => "pain.008",
            Way::Refunds => "pain.001",
        }
    }
}

/// A payment file of ours that the bank has, as far as its answer is about it.
pub(super) struct Asked<'s> {
    way: Way,
    pub(super) run: i64,
    pub(super) name: &'s str,
    pub(super) message: String,
    written: Date,
    /// Batch ids, each with its instructions.
    pub(super) batches: Vec<(String, Vec<Instruction<'s>>)>,
}

/// Every payment file of ours that the bank has.
pub(super) fn asked<'s>(kasse: &Kasse, situation: &'s Situation) -> Vec<Asked<'s>> {
    let debits = out(kasse, situation).into_iter().filter(|run| !run.is_void).map(|run| Asked {
        way: Way::Debits,
        run: run.run.id,
        name: &run.run.name,
        message: run.message,
        written: run.written,
        batches: run
            .batches
            .into_iter()
            .map(|(id, own)| {
                let one = |(row, amount): (&'s store::DebitRow, Cents)| Instruction {
                    id: row.id,
                    end_to_end: &row.end_to_end_id,
                    amount,
                };
                (id, own.into_iter().map(one).collect())
            })
            .collect(),
    });
    let is_out = |run: i64| {
        let stage = situation.refund_stage(run);
        stage.is_living() && !stage.yields_to_money()
    };
    let refunds = situation.refund_runs.iter().filter(|row| is_out(row.run.id)).map(|row| Asked {
        way: Way::Refunds,
        run: row.run.id,
        name: &row.run.name,
        message: message_id(situation, row),
        written: written(situation, row),
        batches: batches(situation, row)
            .into_iter()
            .map(|(id, _, own)| {
                let one = |refund: &'s store::RefundRow| Instruction {
                    id: refund.id,
                    end_to_end: &refund.end_to_end_id,
                    amount: Cents::new(refund.amount),
                };
                (id, own.into_iter().map(one).collect())
            })
            .collect(),
    });
    debits.chain(refunds).collect()
}

/// An answer among the members of a container, read or not.
#[derive(Debug)]
pub(crate) struct Answer {
    /// Its name within the container.
    pub(crate) member: String,
    /// What it says, or why it cannot be read.
    pub(crate) read: std::result::Result<StatusReport, String>,
}

/// Takes in what the bank says of a payment file of ours.
///
/// # Errors
/// [`crate::Error::File`] for an answer to another file, and where it does not fit ours.
pub(crate) async fn import(
    tx: &mut WriteTx,
    kasse: &Kasse,
    source: &Source<'_>,
    report: &StatusReport,
) -> Result<FileReport> {
    let mut told = FileReport::new(source.name, KIND);
    take(tx, kasse, (source, &mut None), report, &mut told).await?.map_err(|why| source.error(&why))?;
    Ok(told)
}

/// Takes in a container of nothing but answers.
///
/// # Errors
/// Those of [`import_members`].
pub(crate) async fn import_all(
    tx: &mut WriteTx,
    kasse: &Kasse,
    source: &Source<'_>,
    answers: Vec<Answer>,
) -> Result<FileReport> {
    let mut told = FileReport::new(source.name, KIND);
    import_members(tx, kasse, source, answers, &mut told).await?;
    Ok(told)
}

/// Takes in the answers of a container; one that cannot be taken refuses itself and no other.
///
/// # Errors
/// [`crate::Error::File`] with the first reason where nothing of the container was taken.
pub(crate) async fn import_members(
    tx: &mut WriteTx,
    kasse: &Kasse,
    source: &Source<'_>,
    answers: Vec<Answer>,
    told: &mut FileReport,
) -> Result<()> {
    // the statements of the same container may have made its row
    let mut file = store::file_known(tx, &source.sha256).await?.map(|(file, _)| file);
    for Answer { member, read } in answers {
        let taken = match read {
            Ok(report) => take(tx, kasse, (source, &mut file), &report, told).await?,
            Err(why) => Err(why),
        };
        if let Err(why) = taken {
            told.refused_members.push(Refused { file: format!("{}/{member}", source.name), why });
        }
    }
    match (file, told.refused_members.first()) {
        (None, Some(first)) => Err(crate::Error::file(&first.file, &first.why)),
        _ => Ok(()),
    }
}

/// Takes in one answer. The row of its file is made with the first that can be taken.
async fn take(
    tx: &mut WriteTx,
    kasse: &Kasse,
    (source, row): (&Source<'_>, &mut Option<i64>),
    report: &StatusReport,
    told: &mut FileReport,
) -> Result<std::result::Result<(), String>> {
    if report.is_ebics_protocol() {
        return Ok(Err("is the protocol of EBICS: import it by itself, unpacked".to_owned()));
    }
    let situation = kasse.situation(tx).await?;
    let handed = asked(kasse, &situation);
    let (run, day, said) = match fitted(&handed, report, kasse.today) {
        Ok(fitted) => fitted,
        Err(why) => return Ok(Err(why)),
    };
    let file = match *row {
        Some(file) => file,
        None => *row.insert(tx.add_file(&source.file(FileKind::Status)).await?),
    };
    for note in &said.notes {
        tx.add_event(run.run, EventKind::Status, EventSaid { note: Some(note), ..EventSaid::default() }).await?;
    }
    match run.way {
        Way::Debits => reject_debits(tx, kasse, &situation, (run, &said), (file, day), told).await?,
        Way::Refunds => reject_refunds(tx, &situation, (run, &said), (file, day), told).await?,
    }
    told.warnings.extend(said.unknown.iter().cloned());
    recount(tx, kasse).await?;
    // a transfer that crossed a debit which the bank rejects pays what is owed again: it does not go back
    let after = kasse.situation(tx).await?;
    refunds::fall(tx, kasse, &after).await?;
    Ok(Ok(()))
}

/// The payment file that an answer is for, its day, and what it says of that file.
fn fitted<'o, 's>(
    handed: &'o [Asked<'s>],
    report: &StatusReport,
    today: Date,
) -> std::result::Result<(&'o Asked<'s>, Date, Said), String> {
    let run = run_of(handed, report)?;
    Ok((run, day_of(report, run.written, today)?, Said::new(run, report)?))
}

/// Stores what the bank rejected of a file of debits: it is owed again.
async fn reject_debits(
    tx: &mut WriteTx,
    kasse: &Kasse,
    situation: &Situation,
    (run, said): (&Asked<'_>, &Said),
    (file, day): (i64, Date),
    told: &mut FileReport,
) -> Result<()> {
    let mut new = Vec::new();
    let mut graver = Vec::new();
    let known: HashMap<i64, i64> =
        situation.life.iter().filter(|row| row.kind == LifeKind::Rejected).map(|row| (row.debit, row.id)).collect();
    for (debit, reason) in &said.rejected {
        let row = LifeRow {
            id: 0,
            debit: *debit,
            kind: LifeKind::Rejected,
            day,
            amount: said.amounts.get(debit).map_or(0, |amount| amount.get()),
            charges: 0,
            booking: None,
            report: Some(file),
            reason: reason.clone(),
        };
        // what was told before stays as it was; a graver reason holds more
        match known.get(debit) {
            Some(event) => {
                told.known += 1;
                graver.extend(life::holds(situation, *event, &row));
            }
            None => new.push(row),
        }
    }
    tx.add_hand_holds(&graver).await?;
    told.added += new.len();
    if !new.is_empty() {
        let sum = eur(new.iter().map(|row| row.amount).sum());
        let (count, name) = (new.len(), run.name);
        told.warnings
            .push(format!("the bank rejected {count} debits of run {name} over {sum} EUR: they are owed again"));
    }
    let credited = new.iter().filter(|row| situation.life_of(row.debit).is_collected()).count();
    if credited > 0 {
        told.warnings.push(format!(
            "{credited} of them the bank had credited: they count as collected until a booking takes them back"
        ));
    }
    life::add(tx, kasse, situation, &new).await.map(drop)
}

/// Stores what the bank rejected of a file of refunds: a person decides anew. What a statement shows as paid was paid, whatever is
/// told of it.
async fn reject_refunds(
    tx: &mut WriteTx,
    situation: &Situation,
    (run, said): (&Asked<'_>, &Said),
    (file, day): (i64, Date),
    told: &mut FileReport,
) -> Result<()> {
    let mut new: Vec<RefundEventRow> = Vec::new();
    let mut sum = 0;
    for (refund, reason) in &said.rejected {
        match situation.refund_end(*refund).map(|end| end.kind) {
            Some(RefundKind::Paid) => {
                told.warnings.push(format!(
                    "a refund of run {} that the bank rejects stands as paid in a statement: ask it",
                    run.name
                ));
            }
            Some(_) => told.known += 1,
            None => {
                let Some(row) = situation.refunds.iter().find(|row| row.id == *refund) else { continue };
                sum += row.amount;
                new.push(RefundEventRow {
                    id: 0,
                    journal: 0,
                    refund: *refund,
                    booking: row.booking,
                    kind: RefundKind::Rejected,
                    day,
                    told_by: None,
                    report: Some(file),
                    reason: reason.clone(),
                });
            }
        }
    }
    told.added += new.len();
    if !new.is_empty() {
        let (count, name, sum) = (new.len(), run.name, eur(sum));
        told.warnings.push(format!(
            "the bank rejected {count} refunds of run {name} over {sum} EUR: where the account is the reason, two people name another one"
        ));
    }
    Ok(tx.add_refund_events(&new).await?)
}

/// The run whose file is answered.
fn run_of<'o, 's>(handed: &'o [Asked<'s>], report: &StatusReport) -> std::result::Result<&'o Asked<'s>, String> {
    let Some(message) = report.original_message_id.as_deref().map(str::trim) else {
        return Err("does not say which payment file it answers (OrgnlMsgId): get it anew from the bank".to_owned());
    };
    let is_own = |id: &str| !id.is_empty() && id.eq_ignore_ascii_case(message);
    let found = handed.iter().find(|run| is_own(&run.message) || run.batches.iter().any(|(id, _)| is_own(id)));
    let name = report.original_message_name.as_deref().map(str::trim).unwrap_or_default();
    let named = name.to_lowercase();
    let ways = found.map_or(&[Way::Debits, Way::Refunds][..], |run| std::slice::from_ref(&run.way));
    if !name.is_empty() && !ways.iter().any(|way| named.starts_with(way.message())) {
        return Err(format!("answers a {name}, not a payment file of ours (OrgnlMsgNmId): nothing of it is for a run"));
    }
    found.ok_or_else(|| {
        format!(
            "answers the payment file {message}, which is none that these books have at the bank: it was never written here, or two people have said that it was never carried out"
        )
    })
}

/// The day of a report; a report of a day to come is refused.
fn day_of(report: &StatusReport, written: Date, today: Date) -> std::result::Result<Date, String> {
    let made = report.created.as_deref().and_then(|text| text.get(..10)).and_then(|text| text.parse::<Date>().ok());
    match made {
        Some(day) if day > today => Err(format!("was made on {day}, which is still to come (CreDtTm)")),
        Some(day) if day < written => Err(format!(
            "was made on {day}, before our file was written on {written} (CreDtTm): it answers another one"
        )),
        day => Ok(day.unwrap_or(today)),
    }
}

/// What a report says of the debits of a run.
struct Said {
    /// Debit -> the reason.
    rejected: BTreeMap<i64, Option<String>>,
    amounts: HashMap<i64, Cents>,
    /// What it says of the file and its batches, and of how many debits what.
    notes: Vec<String>,
    /// What it says and nobody understands.
    unknown: Vec<String>,
}

impl Said {
    fn new(run: &Asked<'_>, report: &StatusReport) -> std::result::Result<Said, String> {
        let mut said =
            Said { rejected: BTreeMap::new(), amounts: HashMap::new(), notes: Vec::new(), unknown: Vec::new() };
        let all = || run.batches.iter().flat_map(|(_, own)| own);
        said.amounts.extend(all().map(|one| (one.id, one.amount)));
        let by_id = all().map(|one| (one.end_to_end.to_uppercase(), *one)).collect();
        let mut accepted = 0_usize;
        for one in report.statements() {
            let debits = said.meant(run, &by_id, &one)?;
            match one.level {
                StatusLevel::Transaction { .. } if one.status.is_some_and(Status::is_acceptance) => accepted += 1,
                StatusLevel::Transaction { .. } => {}
                StatusLevel::Group => said.notes.extend(note(&one, None)),
                StatusLevel::Payment(id) => said.notes.extend(note(&one, id)),
            }
            for debit in debits {
                said.judge(debit.id, &one);
            }
        }
        let strange: BTreeSet<&str> = report.statements().filter_map(|one| strange(one.status)).collect();
        said.unknown
            .extend(strange.iter().map(|word| format!("the status {word} is not known here: nothing follows from it")));
        let parts = report.payments.iter().map(|payment| &payment.overall).chain([&report.overall]);
        let counted = parts.flat_map(|overall| &overall.per_status);
        let counted = counted.filter(|one| one.status.as_ref().is_some_and(Status::is_rejection));
        let counted: u64 = counted.filter_map(|one| one.count.as_ref()?.value).sum();
        let listed = u64::try_from(said.rejected.len()).unwrap_or(u64::MAX);
        if counted > listed {
            said.unknown
                .push(format!("the bank counts {counted} rejected orders and names {listed}: ask it for the others"));
        }
        if accepted > 0 {
            said.notes.push(format!("{accepted} orders accepted"));
        }
        Ok(said)
    }

    /// The debits that a statement of the bank is about.
    fn meant<'s>(
        &self,
        run: &Asked<'s>,
        by_id: &HashMap<String, Instruction<'s>>,
        one: &StatusStatement<'_>,
    ) -> std::result::Result<Vec<Instruction<'s>>, String> {
        match one.level {
            StatusLevel::Group | StatusLevel::Payment(None) => {
                Ok(run.batches.iter().flat_map(|(_, own)| own).copied().collect())
            }
            StatusLevel::Payment(Some(id)) => {
                let own = run.batches.iter().find(|(own, _)| own.eq_ignore_ascii_case(id.trim()));
                let (_, debits) = own.ok_or_else(|| format!("names the batch {id}, which our file does not have"))?;
                Ok(debits.clone())
            }
            StatusLevel::Transaction { end_to_end, .. } => {
                let id =
                    end_to_end.map(str::trim).ok_or("has a transaction without EndToEndId: which order is meant?")?;
                let own = *by_id.get(&id.to_uppercase()).ok_or_else(|| {
                    format!(
                        "names the order {id}, which our file does not have: get the answer to our file from the bank"
                    )
                })?;
                Self::check_amount(own, one.transaction)?;
                Ok(vec![own])
            }
        }
    }

    fn check_amount(one: Instruction<'_>, told: Option<&StatusTransaction>) -> std::result::Result<(), String> {
        let Some(told) = told.and_then(|one| one.amount.as_ref()) else { return Ok(()) };
        let own = one.amount;
        let is_euro = told.currency.as_deref().is_none_or(|currency| currency == "EUR");
        match told.cents == Some(own) && is_euro {
            true => Ok(()),
            false => {
                let (id, text) = (one.end_to_end, &told.text);
                Err(format!("names the order {id} with the amount {text}, our file says {own} EUR: ask the bank"))
            }
        }
    }

    /// What is said of a debit; a later statement is of a lower level, and holds.
    fn judge(&mut self, debit: i64, one: &StatusStatement<'_>) {
        let is_its_own = matches!(one.level, StatusLevel::Transaction { .. });
        let is_rejected =
            one.status.is_some_and(|status| status.is_rejection() || status.as_str().eq_ignore_ascii_case("RJCT"));
        if is_rejected || matches!(one.status, Some(Status::Cancelled)) {
            let recalled = matches!(one.status, Some(Status::Cancelled)).then(|| "FOCR".to_owned());
            let reason = reason(one.reasons).or(recalled);
            let of_file = |reason: Option<String>| format!("{OF_FILE}{}", reason.as_deref().unwrap_or(NO_CODE));
            self.rejected.insert(debit, if is_its_own { reason } else { Some(of_file(reason)) });
        } else if one.status.is_some_and(|status| is_its_own || status.is_acceptance()) {
            self.rejected.remove(&debit);
        }
    }
}

/// A status that is none of those that ISO 20022 knows.
fn strange(status: Option<&Status>) -> Option<&str> {
    status
        .filter(|status| matches!(status, Status::Other(_)) && !status.as_str().eq_ignore_ascii_case("RJCT"))
        .map(Status::as_str)
}

/// What stands for a reason that is given in words or not at all (ISO 20022 `NARR`).
const NO_CODE: &str = "NARR";

/// No bank gives a longer reason.
const LONGEST_REASON: usize = 140;

/// The first reason that is given: a code, else the bank's own word for it.
fn reason(reasons: &[StatusReason]) -> Option<String> {
    let given = reasons.iter().find_map(|one| one.code.clone().or_else(|| one.proprietary.clone()));
    given.filter(|text| !text.trim().is_empty()).map(|text| text.chars().take(LONGEST_REASON).collect())
}

/// What is said of a file or a batch: `ACSP`, `RJCT AM10`, each with the batch.
fn note(one: &StatusStatement<'_>, batch: Option<&str>) -> Option<String> {
    let status = one.status?;
    let reason = reason(one.reasons).map(|reason| format!(" {reason}")).unwrap_or_default();
    let batch = batch.map(|id| format!(" {id}")).unwrap_or_default();
    Some(format!("{}{reason}{batch}", status.as_str()))
}
