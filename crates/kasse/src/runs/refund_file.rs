//! What the bank gets of a run of refunds: the pain.001 as data and as bytes.
//!
//! Invariant: it is a function of the refunds as they stand, the settings and the time of the release; nothing else enters.

use std::collections::BTreeMap;

use jiff::civil::Date;
use sepa::{Cents, EndToEndId, Iban};
use sepa_xml::{CreditTransfer, CreditTransferFile, TransferBatch};
use sha2::{Digest, Sha256};
use store::{EventKind, RefundRow, RefundRunRow};

use crate::base::shown::hex;
use crate::books::situation::Situation;
use crate::runs::payment_file::{MESSAGE, berlin, berlin_offset, prefix_of};
use crate::{Error, Kasse, Result};

/// At most so many characters (EPC SCT: one `Ustrd` of 140).
const REMITTANCE: usize = 140;

/// A file of transfers for the bank, as data and as bytes.
pub(crate) struct WrittenRefunds {
    pub(crate) data: CreditTransferFile,
    pub(crate) bytes: Vec<u8>,
    /// The digest of the bytes, hexadecimal.
    pub(crate) sha256: String,
}

impl WrittenRefunds {
    /// How many transfers it has.
    pub(crate) fn count(&self) -> usize {
        self.data.batches.iter().map(|batch| batch.transfers.len()).sum()
    }

    /// Their sum.
    pub(crate) fn sum(&self) -> Cents {
        let all = self.data.batches.iter().flat_map(|batch| &batch.transfers).map(|transfer| transfer.amount);
        Cents::sum(all).unwrap_or(Cents::ZERO)
    }
}

/// `MsgId`: the code of the books and the name of the run, as in the end-to-end ids.
pub(crate) fn message_id(situation: &Situation, run: &RefundRunRow) -> String {
    let first = situation.refunds.iter().find(|refund| refund.run == run.run.id);
    let prefix = first.and_then(|refund| prefix_of(&refund.end_to_end_id)).unwrap_or(&run.run.name);
    format!("{MESSAGE}{prefix}")
}

/// The batches of a run, each with its id, the account that pays and its refunds: one for each account that money came in on.
pub(crate) fn batches<'s>(situation: &'s Situation, run: &RefundRunRow) -> Vec<(String, String, Vec<&'s RefundRow>)> {
    let mut by_account: BTreeMap<&str, Vec<&RefundRow>> = BTreeMap::new();
    for refund in situation.refunds_in(run.run.id) {
        let account = situation.bookings.by_id(refund.booking).map_or("", |row| row.account.as_str());
        by_account.entry(account).or_default().push(refund);
    }
    let message = message_id(situation, run);
    let named = (1..).zip(by_account);
    named.map(|(place, (account, own))| (format!("{message}-{place}"), account.to_owned(), own)).collect()
}

/// The payment file of a run, released at `released_at` (RFC 3339, UTC).
pub(crate) fn file(
    kasse: &Kasse,
    situation: &Situation,
    run: &RefundRunRow,
    released_at: &str,
) -> Result<WrittenRefunds> {
    let batches = batches(situation, run).into_iter().map(|(id, account, own)| {
        let account = Iban::parse(&account).map_err(|why| Error::Internal(format!("account {account}: {why}")))?;
        let transfers = own.into_iter().map(|refund| transfer(situation, refund)).collect::<Result<_>>()?;
        let debtor = holder(kasse, &account);
        Ok(TransferBatch { id, execution: run.run.due, debtor, account, transfers })
    });
    let data = CreditTransferFile {
        message_id: message_id(situation, run),
        created: berlin(released_at)?,
        offset: Some(berlin_offset(released_at)?),
        initiator: kasse.config.name.clone(),
        batches: batches.collect::<Result<_>>()?,
    };
    let bytes = sepa_xml::write_pain001(&data)?;
    let sha256 = hex(&Sha256::digest(&bytes));
    Ok(WrittenRefunds { data, bytes, sha256 })
}

/// Who holds an account of the town, as the bank knows it.
fn holder(kasse: &Kasse, account: &Iban) -> String {
    let own = kasse.config.creditors().find(|creditor| creditor.account == *account);
    own.map_or(&*kasse.config.name, |creditor| kasse.config.holder(creditor)).to_owned()
}

fn transfer(situation: &Situation, refund: &RefundRow) -> Result<CreditTransfer> {
    let internal = |why: &dyn std::fmt::Display| Error::Internal(format!("refund {}: {why}", refund.end_to_end_id));
    let row = situation.bookings.by_id(refund.booking).ok_or_else(|| internal(&"its credit is gone"))?;
    let whole = if refund.amount == row.amount {
        "Rueckzahlung Ihrer Ueberweisung"
    } else {
        "Rueckzahlung aus Ihrer Ueberweisung"
    };
    // an id of ours in it would name another order
    let is_own = |word: &&str| situation.refunds.iter().any(|own| word.contains(own.end_to_end_id.as_str()));
    let text = row.remittance.split_whitespace().filter(|word| !is_own(word)).collect::<Vec<_>>().join(" ");
    let text = format!("{whole} vom {}: {text}", row.booked.strftime("%d.%m.%y"));
    Ok(CreditTransfer {
        end_to_end: EndToEndId::parse(&refund.end_to_end_id).map_err(|why| internal(&why))?,
        amount: Cents::new(refund.amount),
        creditor: refund.name.clone().ok_or_else(|| internal(&"nobody is named who is paid"))?,
        iban: Iban::parse(refund.iban.as_deref().unwrap_or_default()).map_err(|why| internal(&why))?,
        remittance: sepa::sepa_text(&text, REMITTANCE),
    })
}

/// The day on which the file of a run was first written; the day of its execution where it never was.
pub(crate) fn written(situation: &Situation, run: &RefundRunRow) -> Date {
    let own = situation.events.iter().find(|event| event.run == run.run.id && event.kind == EventKind::Exported);
    own.map_or(run.run.due, |event| event.day)
}
