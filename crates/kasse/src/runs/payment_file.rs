//! What the bank gets of a run: the pain.008 as data and as bytes.
//!
//! Invariant: it is a function of the run as it stands, the settings and the time of its release; nothing else enters.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::civil::{Date, DateTime};
use jiff::tz::Offset;
use kassenzeichen::canonical;
use sepa::{Cents, CreditorId, EndToEndId, Iban, MandateId};
use sepa_xml::{Amendment, DebitBatch, DirectDebit, DirectDebitFile, Sequence, Totals};
use sha2::{Digest, Sha256};
use store::{MandateRow, RunRow};

use crate::base::config::Files;
use crate::base::day::local;
use crate::base::shown::hex;
use crate::books::situation::Situation;
use crate::runs::remittance::remittance;
use crate::runs::takings::{Taking, takings};
use crate::{Error, Kasse, Result};

/// What every message id begins with.
pub(crate) const MESSAGE: &str = "EINMAL-";

/// `ABC234-L7` of the end-to-end id `ABC234-L7-000001`.
pub(crate) fn prefix_of(end_to_end_id: &str) -> Option<&str> {
    end_to_end_id.rsplit_once('-').map(|(prefix, _)| prefix)
}

/// Of the code of the books that planned the run, and its name there: what its end-to-end ids begin with. It never
/// changes, whatever becomes of the books.
pub(crate) fn message_id(situation: &Situation, run: &RunRow) -> String {
    let debit = situation.debits.iter().find(|debit| debit.run == run.id);
    let prefix = debit.and_then(|debit| prefix_of(&debit.end_to_end_id)).unwrap_or(&run.name);
    format!("{MESSAGE}{prefix}")
}

/// A file for the bank, as data and as bytes.
pub(crate) struct Written {
    pub(crate) data: DirectDebitFile,
    pub(crate) bytes: Vec<u8>,
    pub(crate) totals: Totals,
}

/// How a file says when it was made. A run is written as it was released.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stamp {
    /// With the offset of the clocks in Germany from UTC: every bank takes that.
    WithOffset,
    /// Without, as until November 2026.
    Bare,
}

/// The payment files of a run as its claims are now, released at `released_at` (RFC 3339, UTC): one, or one for each batch
/// where the bank asks for that; then a batch's id names its message too.
pub(crate) fn files(
    kasse: &Kasse,
    situation: &Situation,
    run: &RunRow,
    released_at: &str,
    stamp: Stamp,
) -> Result<Vec<Written>> {
    let mut whole = file(kasse, situation, run, released_at)?;
    whole.offset = whole.offset.filter(|_| stamp == Stamp::WithOffset);
    let parts = match kasse.config.bank.files {
        Files::One => vec![whole],
        Files::PerPmtinf => {
            let DirectDebitFile { created, offset, initiator, batches, .. } = whole;
            let alone = |batch: DebitBatch| DirectDebitFile {
                message_id: batch.id.clone(),
                created,
                offset,
                initiator: initiator.clone(),
                batches: vec![batch],
            };
            batches.into_iter().map(alone).collect()
        }
    };
    let write = |data: DirectDebitFile| {
        let mut bytes = Vec::new();
        let totals = sepa_xml::write_pain008(&data, &mut bytes)?;
        Ok(Written { data, bytes, totals })
    };
    parts.into_iter().map(write).collect()
}

/// What a release fixes: the digest of all bytes that leave the house, file after file.
pub(crate) fn digest(files: &[Written]) -> String {
    let mut hash = Sha256::new();
    files.iter().for_each(|file| hash.update(&file.bytes));
    hex(&hash.finalize())
}

/// All of it in one message.
pub(crate) fn file(kasse: &Kasse, situation: &Situation, run: &RunRow, released_at: &str) -> Result<DirectDebitFile> {
    let message_id = message_id(situation, run);
    let items: HashMap<i64, &store::ItemRow> = situation.items.iter().map(|item| (item.id, item)).collect();
    let history = crate::books::accounts::in_effect(situation);
    let mut batches: BTreeMap<(usize, &str), DebitBatch> = BTreeMap::new();
    for taking in takings(situation, run.id) {
        let row = situation
            .mandate_rows
            .get(&taking.debit.mandate)
            .ok_or_else(|| Error::Internal("a debit without mandate".to_owned()))?;
        let place = creditor_place(kasse, situation, &taking)?;
        let creditor = kasse.config.creditor_at(place);
        let changed = amendment(&history, row, &creditor.creditor_id)?;
        let sequence = if row.said.one_off { Sequence::Ooff } else { Sequence::Rcur };
        let batch = || DebitBatch {
            id: batch_id(&message_id, sequence, place),
            sequence,
            due: run.due,
            creditor: creditor.name.clone(),
            account: creditor.account,
            creditor_id: creditor.creditor_id.clone(),
            debits: Vec::new(),
        };
        let debit = direct_debit(&taking, row, &items, changed, run.due)?;
        batches.entry((place, sequence.code())).or_insert_with(batch).debits.push(debit);
    }
    let batches = batches.into_values().collect();
    let (created, offset) = (berlin(released_at)?, Some(berlin_offset(released_at)?));
    Ok(DirectDebitFile { message_id, created, offset, initiator: kasse.config.name.clone(), batches })
}

/// `PmtInfId`: by sequence, and by creditor where it is not the treasury itself.
pub(crate) fn batch_id(message_id: &str, sequence: Sequence, creditor: usize) -> String {
    match creditor {
        0 => format!("{message_id}-{}", sequence.code()),
        place => format!("{message_id}-{}-{place}", sequence.code()),
    }
}

/// The one creditor of a debit's items; a later list may have given one of them to another. A debit at the bank that claims
/// nothing here is that of its Kassenzeichen.
fn creditor_place(kasse: &Kasse, situation: &Situation, taking: &Taking) -> Result<usize> {
    let place = |item: &store::ItemRow| kasse.config.creditor_place(&item.said.kind);
    let claimed = taking.items.keys().filter_map(|item| situation.items.by_id(*item));
    let places: BTreeSet<usize> = claimed.map(place).collect();
    match (places.first(), places.len()) {
        (Some(place), 1) => Ok(*place),
        (None, _) => {
            Ok(situation.items.of_canonical(&canonical(&taking.debit.kassenzeichen)).map(place).min().unwrap_or(0))
        }
        _ => Err(Error::Refused(format!(
            "the levies of debit {} have two creditors by now: cancel the run and plan anew",
            taking.debit.end_to_end_id
        ))),
    }
}

/// A moment as the clocks in Germany showed it.
pub(crate) fn berlin(at: &str) -> Result<DateTime> {
    Ok(local(at)?.datetime())
}

/// By how much they were ahead of UTC then.
pub(crate) fn berlin_offset(at: &str) -> Result<Offset> {
    Ok(local(at)?.offset())
}

/// What the debtor's bank must be told of a mandate that is not what it was: by its list, or because an earlier list gave
/// another account. Said until a debit that carries it has settled; nothing settles yet, so: always. Rows that came after
/// the debit was planned have no part in it: the bytes stay the same.
fn amendment(
    history: &HashMap<&str, Vec<&MandateRow>>,
    row: &MandateRow,
    creditor_id: &CreditorId,
) -> Result<Amendment> {
    let said = &row.said;
    let internal = |error: &dyn std::fmt::Display| Error::Internal(format!("mandate {}: {error}", said.reference));
    let mut rows = history.get(said.reference.as_str()).into_iter().flatten();
    let had_other = rows.any(|other| other.id < row.id && other.said.iban != said.iban);
    let old = said.old_reference.as_deref().filter(|old| *old != said.reference);
    let old_creditor = said.old_creditor_id.as_deref().map(CreditorId::parse).transpose();
    Ok(Amendment {
        mandate: old.map(MandateId::parse).transpose().map_err(|error| internal(&error))?,
        creditor_id: old_creditor.map_err(|error| internal(&error))?.filter(|old| !old.is_same_creditor(creditor_id)),
        account: had_other || said.old_iban.as_ref().is_some_and(|old| *old != said.iban),
    })
}

fn direct_debit(
    taking: &Taking,
    row: &MandateRow,
    items: &HashMap<i64, &store::ItemRow>,
    amendment: Amendment,
    due: Date,
) -> Result<DirectDebit> {
    let internal = |error: &dyn std::fmt::Display| Error::Internal(format!("mandate {}: {error}", row.said.reference));
    let claimed: Vec<&&store::ItemRow> = taking.items.keys().filter_map(|item| items.get(item)).collect();
    let kinds: Vec<&str> = claimed.iter().map(|item| item.said.kind.as_str()).collect();
    let dues: Vec<Date> = claimed.iter().map(|item| item.said.due).collect();
    Ok(DirectDebit {
        end_to_end: EndToEndId::parse(&taking.debit.end_to_end_id).map_err(|error| internal(&error))?,
        amount: Cents::new(taking.amount),
        mandate: MandateId::parse(&row.said.reference).map_err(|error| internal(&error))?,
        signed: row.said.signed,
        amendment,
        debtor: row.said.holder.clone(),
        iban: Iban::parse(&row.said.iban).map_err(|error| internal(&error))?,
        remittance: remittance(&taking.debit.kassenzeichen, &kinds, &dues, due),
    })
}
