//! The bank's answers to our payment files (pain.002): what it took, what it rejected, and why.
//!
//! Invariants: an answer to a file that is not ours, about a debit that is not in it, or with another amount changes nothing;
//! of two statements about the same debit the one of the lower level holds; a reject that was told before, by a report or a
//! booking, is not told again.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::civil::Date;
use ledger::return_reasons::OF_FILE;
use sepa::Cents;
use sepa_xml::{Status, StatusLevel, StatusReason, StatusReport, StatusStatement, StatusTransaction};
use store::{DebitRow, EventKind, EventSaid, FileKind, LifeKind, LifeRow, WriteTx};

use crate::base::shown::eur;
use crate::books::recount::recount;
use crate::intake::report::{FileReport, Source};
use crate::matching::life;
use crate::runs::handed::{Out, out};
use crate::{Kasse, Result};

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
    if report.is_ebics_protocol() {
        return Err(source.error(
            "is the protocol of EBICS: it tells of the transport of orders, not of debits; record the order number with `einmal collect sent`",
        ));
    }
    let situation = kasse.situation(tx).await?;
    let handed = out(kasse, &situation);
    let run = run_of(&handed, report).map_err(|why| source.error(&why))?;
    let day = day_of(report, run.written, kasse.today).map_err(|why| source.error(&why))?;
    let said = Said::new(run, report).map_err(|why| source.error(&why))?;
    let file = tx.add_file(&source.file(FileKind::Status)).await?;
    let (mut told, mut new) = (FileReport::new(source.name, "status report"), Vec::new());
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
                graver.extend(life::holds(&situation, *event, &row));
            }
            None => new.push(row),
        }
    }
    tx.add_hand_holds(&graver).await?;
    for note in &said.notes {
        tx.add_event(run.run.id, EventKind::Status, EventSaid { note: Some(note), ..EventSaid::default() }).await?;
    }
    told.added = new.len();
    if !new.is_empty() {
        let sum = eur(new.iter().map(|row| row.amount).sum());
        let (count, name) = (new.len(), &run.run.name);
        told.warnings
            .push(format!("the bank rejected {count} debits of run {name} over {sum} EUR: they are owed again"));
    }
    let credited = new.iter().filter(|row| situation.life_of(row.debit).is_collected()).count();
    if credited > 0 {
        told.warnings.push(format!(
            "{credited} of them the bank had credited: they count as collected until a booking takes them back"
        ));
    }
    told.warnings.extend(said.unknown.iter().cloned());
    life::add(tx, &situation, &new).await?;
    recount(tx, kasse).await?;
    Ok(told)
}

/// The run whose file is answered.
fn run_of<'o, 's>(handed: &'o [Out<'s>], report: &StatusReport) -> std::result::Result<&'o Out<'s>, String> {
    let Some(message) = report.original_message_id.as_deref().map(str::trim) else {
        return Err("does not say which payment file it answers (OrgnlMsgId): get it anew from the bank".to_owned());
    };
    let is_own = |id: &str| !id.is_empty() && id.eq_ignore_ascii_case(message);
    let known = || handed.iter().filter(|run| !run.is_void);
    let found = known().find(|run| is_own(&run.message) || run.batches.iter().any(|(id, _)| is_own(id)));
    let name = report.original_message_name.as_deref().map(str::trim).unwrap_or_default();
    if !name.is_empty() && !name.to_lowercase().starts_with("pain.008") {
        return Err(format!("answers a {name}, not a direct-debit file (OrgnlMsgNmId): nothing of it is for a run"));
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
    fn new(run: &Out<'_>, report: &StatusReport) -> std::result::Result<Said, String> {
        let mut said =
            Said { rejected: BTreeMap::new(), amounts: HashMap::new(), notes: Vec::new(), unknown: Vec::new() };
        let all = run.batches.iter().flat_map(|(_, debits)| debits);
        said.amounts.extend(all.map(|(row, amount)| (row.id, *amount)));
        let all = run.batches.iter().flat_map(|(_, debits)| debits);
        let by_id = all.map(|(row, _)| (row.end_to_end_id.to_uppercase(), *row)).collect();
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
                .push(format!("the bank counts {counted} rejected debits and names {listed}: ask it for the others"));
        }
        if accepted > 0 {
            said.notes.push(format!("{accepted} debits accepted"));
        }
        Ok(said)
    }

    /// The debits that a statement of the bank is about.
    fn meant<'s>(
        &self,
        run: &Out<'s>,
        by_id: &HashMap<String, &'s DebitRow>,
        one: &StatusStatement<'_>,
    ) -> std::result::Result<Vec<&'s DebitRow>, String> {
        let all = || run.batches.iter().flat_map(|(_, debits)| debits.iter().map(|(row, _)| *row));
        match one.level {
            StatusLevel::Group | StatusLevel::Payment(None) => Ok(all().collect()),
            StatusLevel::Payment(Some(id)) => {
                let own = run.batches.iter().find(|(own, _)| own.eq_ignore_ascii_case(id.trim()));
                let (_, debits) = own.ok_or_else(|| format!("names the batch {id}, which our file does not have"))?;
                Ok(debits.iter().map(|(row, _)| *row).collect())
            }
            StatusLevel::Transaction { end_to_end, .. } => {
                let id =
                    end_to_end.map(str::trim).ok_or("has a transaction without EndToEndId: which debit is meant?")?;
                let own = *by_id.get(&id.to_uppercase()).ok_or_else(|| {
                    format!(
                        "names the debit {id}, which our file does not have: get the answer to our file from the bank"
                    )
                })?;
                self.check_amount(own, one.transaction)?;
                Ok(vec![own])
            }
        }
    }

    fn check_amount(&self, debit: &DebitRow, told: Option<&StatusTransaction>) -> std::result::Result<(), String> {
        let Some((told, own)) = told.and_then(|one| one.amount.as_ref()).zip(self.amounts.get(&debit.id)) else {
            return Ok(());
        };
        let is_euro = told.currency.as_deref().is_none_or(|currency| currency == "EUR");
        match told.cents == Some(*own) && is_euro {
            true => Ok(()),
            false => {
                let (id, text) = (&debit.end_to_end_id, &told.text);
                Err(format!("names the debit {id} with the amount {text}, our file takes {own} EUR: ask the bank"))
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
