//! The bank's lines as camt.053.001.08, for the import that every finance system has.
//!
//! Decides nothing. Invariant: each entry has the amount, the day and the references of the bank, and the balances of the bank
//! stand around it.

use jiff::civil::Date;
use sepa::{Cents, Iban};
use sepa_xml::{AccountStatement, BatchIds, StatementEntry, StatementFile, StatementPart, write_camt053};

use crate::base::shown::german;
use crate::handback::posted_lines::{Change, PostedLine, PostedLines, PostedPart, PostedStatement};
use crate::runs::payment_file::{MESSAGE, berlin, berlin_offset};
use crate::{Error, Result};

/// The file; `None` where there is nothing to tell. `single`: each part is an entry of its own, with the references of the bank's;
/// its message has another name, so that nobody takes the one for the other.
///
/// # Errors
/// [`Error::Internal`] where the books do not add up.
pub(crate) fn camt053(posted: &PostedLines, single: bool) -> Result<Option<Vec<u8>>> {
    if posted.statements.is_empty() {
        return Ok(None);
    }
    let name = match posted.number {
        0 => posted.code.clone(),
        number => format!("{}-U{number}", posted.code),
    };
    let name = if single { format!("{name}E") } else { name };
    let statements = (1..).zip(&posted.statements).map(|(place, one)| statement(&name, place, one, single));
    let file = StatementFile {
        message_id: format!("{MESSAGE}{name}"),
        created: berlin(&posted.moment)?,
        offset: Some(berlin_offset(&posted.moment)?),
        statements: statements.collect::<Result<_>>()?,
    };
    let written = write_camt053(&file).map_err(|error| Error::Internal(error.to_string()))?;
    Ok(Some(written))
}

fn statement(name: &str, place: usize, posted: &PostedStatement, single: bool) -> Result<AccountStatement> {
    let frame = &posted.frame;
    let account =
        Iban::parse(&frame.account).map_err(|error| Error::Internal(format!("account {}: {error}", frame.account)))?;
    let day = Some(frame.day).filter(|_| frame.correction);
    let whole = posted.lines.iter().map(|line| entry(line, day));
    let entries = if single { whole.flat_map(parted).collect() } else { whole.collect() };
    Ok(AccountStatement {
        id: format!("{name}-{place}"),
        account,
        day: frame.day,
        opening: Cents::new(frame.opening),
        closing: Cents::new(frame.closing),
        entries,
        note: frame.correction.then(|| {
            "Berichtigung früherer Ausgaben: Jede Buchung wird zurückgenommen und so gebucht, wie sie jetzt zugeordnet ist."
                .to_owned()
        }),
    })
}

/// An entry for each part of an entry.
fn parted(entry: StatementEntry) -> Vec<StatementEntry> {
    let own = |part: &StatementPart| StatementEntry {
        reference: part.own_reference.clone(),
        amount: part.amount,
        parts: vec![part.clone()],
        ..entry.clone()
    };
    entry.parts.iter().map(own).collect()
}

/// What is corrected is booked on the day of the correction, and counts from the day from which it counted.
fn entry(line: &PostedLine, corrected_on: Option<Date>) -> StatementEntry {
    let booking = line.parts.first().map(|part| &part.booking);
    let of = |field: fn(&store::BookingRow) -> &Option<String>| booking.and_then(|row| field(row).clone());
    StatementEntry {
        reference: line.reference.clone(),
        amount: line.amount(),
        reversal: matches!(line.change, Change::Reversal(..)),
        booked: corrected_on.unwrap_or(line.booked),
        valued: line.valued.or(corrected_on.map(|_| line.booked)),
        bank_reference: of(|row| &row.entry_reference),
        code: of(|row| &row.bank_code),
        proprietary_code: of(|row| &row.proprietary_code),
        batch: BatchIds { message: of(|row| &row.message_id), payment: of(|row| &row.batch_reference) },
        note: note(line),
        parts: line.parts.iter().map(part).collect(),
    }
}

/// What a correction replaces.
fn note(line: &PostedLine) -> Option<String> {
    let (reference, number) = line.change.replaces()?;
    let does = match line.change {
        Change::Reversal(..) => "Storno",
        Change::New | Change::Corrected(..) => "Ersatz",
    };
    Some(format!("{does} von {reference} aus Ausgabe {number}, gebucht am {}", german(line.booked)))
}

fn part(posted: &PostedPart) -> StatementPart {
    let booking = &posted.booking;
    StatementPart {
        own_reference: posted.number.clone(),
        amount: Cents::new(posted.part.amount),
        bank_reference: posted.bank_reference(),
        instruction_id: booking.instruction_id.clone(),
        end_to_end_id: posted.end_to_end_id.clone(),
        mandate: posted.mandate.clone(),
        party: posted.party.clone(),
        party_iban: posted.party_iban.as_deref().and_then(|iban| Iban::parse(iban).ok()),
        ultimate_debtor: booking.ultimate_debtor.clone(),
        structured: booking.structured_reference.iter().chain(&booking.further_references).cloned().collect(),
        decided: posted.decided(),
        remittance: booking.remittance.clone(),
        return_reason: booking.return_reason.clone(),
        additional: booking.additional.clone(),
    }
}
