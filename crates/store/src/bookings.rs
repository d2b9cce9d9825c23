//! Bookings. Each is one transaction on a bank statement.

use std::borrow::Cow;
use std::collections::BTreeSet;

use jiff::civil::Date;

use crate::engine::Tx;
use crate::facts::{BOOKING, SIGHTING};
use crate::journal::Person;
use crate::{Result, Row, Sql, Value, WriteTx};

/// A booking to be stored.
#[derive(Clone, Debug)]
pub struct NewBooking {
    /// The id of the statement entry that it belongs to.
    pub entry: i64,
    /// What identifies the booking, in whatever file it comes; unique.
    pub identity: String,
    /// The treasury's account.
    pub account: String,
    /// The bank's reference; where it gave none, one that was made here.
    pub reference: String,
    /// Cents; negative where the treasury's account was debited.
    pub amount: i64,
    /// The day it was booked.
    pub booked: Date,
    /// The value date: the day from which it counts for interest.
    pub valued: Option<Date>,
    /// The payer's end-to-end id.
    pub end_to_end_id: Option<String>,
    /// The mandate that the booking names.
    pub mandate_reference: Option<String>,
    /// The structured creditor reference.
    pub structured_reference: Option<String>,
    /// The bank's reference of the entry, which may have several bookings as details.
    pub entry_reference: Option<String>,
    /// The reference that joins a batch with the payment file that caused it (`Btch/PmtInfId`), or with its advice
    /// (camt.054).
    pub batch_reference: Option<String>,
    /// The bank transaction code, such as `PMNT/RCDT/ESCT`.
    pub bank_code: Option<String>,
    /// The bank's own transaction code, such as `NTRF+166+…`.
    pub proprietary_code: Option<String>,
    /// The kind of transaction that its codes mean: `credit transfer`, `transfer return`, `unknown` …
    pub class: String,
    /// The reason code of a return.
    pub return_reason: Option<String>,
    /// Whether the bank calls it a reversal.
    pub reversal: bool,
    /// What could not be read in it or does not add up; such a booking becomes a case.
    pub finding: Option<String>,
    /// The other party's name.
    pub counterparty: Option<String>,
    /// The other party's account.
    pub counterparty_iban: Option<String>,
    /// The remittance text, the bank's lines joined by line breaks.
    pub remittance: String,
    /// Text that the bank adds on its own.
    pub additional: Option<String>,
    /// The ultimate debtor: on whose behalf the payer pays.
    pub ultimate_debtor: Option<String>,
    /// The name that the payer's program gives the order (`InstrId`).
    pub instruction_id: Option<String>,
    /// Every structured reference after the first, and document numbers.
    pub further_references: Vec<String>,
    /// The free text beside the structured references (`AddtlRmtInf`).
    pub structured_text: Option<String>,
    /// The account's balance before this booking, in cents; `None` where the statement does not add up.
    pub balance_before: Option<i64>,
    /// The id of the message that caused it (`Btch/MsgId`, of a pain.008), or of the one that has its details; for an
    /// advice, its own.
    pub message_id: Option<String>,
    /// The creditor identifier that it names: who collected these direct debits.
    pub creditor_id: Option<String>,
    /// The booking whose place it takes: a statement had that one without details, this one and others are its details.
    pub stands_for: Option<i64>,
    /// What the bank charged for it, in cents.
    pub charges: Option<i64>,
    /// The instructed amount in hundredths; for a return, the amount without charges.
    pub original_amount: Option<i64>,
    /// The currency of `original_amount`.
    pub original_currency: Option<String>,
}

/// A booking as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BookingRow {
    /// Its id.
    pub id: i64,
    /// The id of its statement.
    pub statement: i64,
    /// The journal's entry that added it.
    pub told_by: i64,
    /// The treasury's account.
    pub account: String,
    /// The bank's reference; where it gave none, one that was made here.
    pub reference: String,
    /// Cents; negative where the treasury's account was debited.
    pub amount: i64,
    /// The day it was booked.
    pub booked: Date,
    /// The payer's end-to-end id.
    pub end_to_end_id: Option<String>,
    /// The mandate that the booking names.
    pub mandate_reference: Option<String>,
    /// The structured creditor reference.
    pub structured_reference: Option<String>,
    /// The bank's reference of the entry, which may have several bookings as details.
    pub entry_reference: Option<String>,
    /// The reference that joins a batch with the payment file that caused it (`Btch/PmtInfId`), or with its advice
    /// (camt.054).
    pub batch_reference: Option<String>,
    /// The bank transaction code, such as `PMNT/RCDT/ESCT`.
    pub bank_code: Option<String>,
    /// The bank's own transaction code, such as `NTRF+166+…`.
    pub proprietary_code: Option<String>,
    /// The kind of transaction that its codes mean: `credit transfer`, `transfer return`, `unknown` …
    pub class: String,
    /// The reason code of a return.
    pub return_reason: Option<String>,
    /// Whether the bank calls it a reversal.
    pub reversal: bool,
    /// What could not be read in it or in its entry, or does not add up; such a booking becomes a case.
    pub finding: Option<String>,
    /// The other party's name.
    pub counterparty: Option<String>,
    /// The other party's account.
    pub counterparty_iban: Option<String>,
    /// The remittance text.
    pub remittance: String,
    /// Text that the bank adds on its own.
    pub additional: Option<String>,
    /// The ultimate debtor: on whose behalf the payer pays.
    pub ultimate_debtor: Option<String>,
    /// The name that the payer's program gives the order (`InstrId`).
    pub instruction_id: Option<String>,
    /// Every structured reference after the first, and document numbers.
    pub further_references: Vec<String>,
    /// The free text beside the structured references (`AddtlRmtInf`).
    pub structured_text: Option<String>,
    /// The id of its entry.
    pub entry: i64,
    /// How many bookings its entry has as details.
    pub details: i64,
    /// How many transactions the entry consists of, as the bank says.
    pub announced: Option<i64>,
    /// Whether an advice (camt.054, camt.052) reported it. Then it only describes money that a statement reports.
    pub advised: bool,
    /// The id of the message that caused it (`Btch/MsgId`, of a pain.008), or of the one that has its details; for an
    /// advice, its own.
    pub message_id: Option<String>,
    /// The creditor identifier that it names: who collected these direct debits.
    pub creditor_id: Option<String>,
    /// Whether only an intraday report (camt.052, MT942) reported it.
    pub provisional: bool,
    /// The booking whose place it takes: a statement had that one without details, this one and others are its details.
    pub stands_for: Option<i64>,
    /// What the bank charged for it, in cents.
    pub charges: Option<i64>,
    /// The instructed amount in hundredths; for a return, the amount without charges.
    pub original_amount: Option<i64>,
    /// The currency of `original_amount`.
    pub original_currency: Option<String>,
}

/// Day and amount of a booking, with the statement that it is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Booked {
    /// Its id.
    pub id: i64,
    /// The first statement that reported it.
    pub statement: i64,
    /// The day it was booked.
    pub day: Date,
    /// Cents; negative where the treasury's account was debited.
    pub amount: i64,
}

impl Booked {
    fn read(row: &Row) -> Result<Booked> {
        Ok(Booked {
            id: row.int("id")?,
            statement: row.int("statement")?,
            day: row.day("booked")?,
            amount: row.int("amount")?,
        })
    }
}

/// What is known of a stored booking, for comparing it with one that another statement reports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredBooking {
    /// Its id.
    pub id: i64,
    /// The first statement that reported it.
    pub statement: i64,
    /// The message type of that statement: `camt.053.001.08`.
    pub message: String,
    /// The id of its entry.
    pub entry: i64,
    /// What identifies the booking, in whatever file it comes.
    pub identity: String,
    /// The bank's reference; where it gave none, one that was made here.
    pub reference: String,
    /// The bank's reference of its entry.
    pub entry_reference: Option<String>,
    /// The day it was booked.
    pub day: Date,
    /// Cents; negative where the treasury's account was debited.
    pub amount: i64,
    /// The account's balance before this booking, where it is known.
    pub balance_before: Option<i64>,
    /// The other party's account.
    pub iban: Option<String>,
    /// The remittance text.
    pub text: Option<String>,
}

impl StoredBooking {
    fn read(row: &Row) -> Result<StoredBooking> {
        Ok(StoredBooking {
            id: row.int("id")?,
            statement: row.int("statement")?,
            message: row.text("message")?,
            entry: row.int("entry")?,
            identity: row.text("identity")?,
            reference: row.text("reference")?,
            entry_reference: row.opt_text("entry_reference")?,
            day: row.day("booked")?,
            amount: row.int("amount")?,
            balance_before: row.opt_int("balance_before")?,
            iban: row.opt_text("iban")?,
            text: row.opt_text("text")?,
        })
    }
}

const STORED_ON: Sql = Sql::same(
    "SELECT b.id, e.statement, s.message, b.entry, b.identity, b.reference, b.entry_reference, b.booked, b.amount,
            b.balance_before, p.iban, p.text
       FROM booking b JOIN entry e ON e.id = b.entry JOIN statement s ON s.id = e.statement JOIN personal p ON p.id = b.personal
      WHERE b.account = $1 AND b.booked = $2
      ORDER BY b.id",
);
const STORED_BETWEEN: Sql = Sql::same(
    "SELECT b.id, e.statement, s.message, b.entry, b.identity, b.reference, b.entry_reference, b.booked, b.amount,
            b.balance_before, p.iban, p.text
       FROM booking b JOIN entry e ON e.id = b.entry JOIN statement s ON s.id = e.statement AND s.kind = 'statement'
       JOIN personal p ON p.id = b.personal
      WHERE b.account = $1 AND b.booked >= $2 AND b.booked <= $3
      ORDER BY b.id",
);
const STORED_OF: Sql = Sql::same(
    "SELECT b.id, e.statement, s.message, b.entry, b.identity, b.reference, b.entry_reference, b.booked, b.amount,
            b.balance_before, p.iban, p.text
       FROM booking b JOIN entry e ON e.id = b.entry JOIN statement s ON s.id = e.statement JOIN personal p ON p.id = b.personal
      WHERE b.id IN (SELECT own.id FROM entry told JOIN booking own ON own.entry = told.id WHERE told.statement = $1
                     UNION SELECT booking FROM sighting WHERE statement = $1)
      ORDER BY b.id",
);
const REFERENCE_OF_ANOTHER: Sql = Sql::same(
    "SELECT id FROM booking WHERE account = $1 AND reference = $2 AND (booked <> $3 OR amount <> $4) LIMIT 1",
);

/// The bookings of an account on one day, those of advices included, in the order in which they were stored.
pub async fn stored_on(tx: &mut Tx, account: &str, day: Date) -> Result<Vec<StoredBooking>> {
    tx.rows(STORED_ON, &[account.into(), day.into()]).await?.iter().map(StoredBooking::read).collect()
}

/// The bookings of an account between two days, without those of advices, in the order in which they were stored.
pub async fn stored_between(tx: &mut Tx, account: &str, first: Date, last: Date) -> Result<Vec<StoredBooking>> {
    let values = [account.into(), first.into(), last.into()];
    tx.rows(STORED_BETWEEN, &values).await?.iter().map(StoredBooking::read).collect()
}

/// The bookings on a statement, also those that another statement had reported before.
pub async fn stored_of(tx: &mut Tx, statement: i64) -> Result<Vec<StoredBooking>> {
    tx.rows(STORED_OF, &[statement.into()]).await?.iter().map(StoredBooking::read).collect()
}

/// Whether the bank used this reference for a booking of another day or another amount too.
pub async fn is_reference_of_another(
    tx: &mut Tx,
    account: &str,
    reference: &str,
    day: Date,
    cents: i64,
) -> Result<bool> {
    let values = [account.into(), reference.into(), day.into(), cents.into()];
    Ok(tx.row(REFERENCE_OF_ANOTHER, &values).await?.is_some())
}

const MONEY_LINES: Sql = Sql::same(
    "SELECT b.id, e.statement, b.booked, b.amount
       FROM booking b JOIN entry e ON e.id = b.entry JOIN statement s ON s.id = e.statement AND s.kind = 'statement'
      ORDER BY b.id",
);

/// Day and amount of every booking on a statement, without those of advices.
pub async fn booking_lines(tx: &mut Tx) -> Result<Vec<Booked>> {
    tx.many(MONEY_LINES, &[], Booked::read).await
}

const TOLD: Sql =
    Sql::same("SELECT b.reference, e.statement FROM booking b JOIN entry e ON e.id = b.entry WHERE b.id = $1");

/// A booking's reference, and the first statement that reported it.
pub async fn told(tx: &mut Tx, booking: i64) -> Result<Option<(String, i64)>> {
    tx.row(TOLD, &[booking.into()]).await?.map(|row| Ok((row.text("reference")?, row.int("statement")?))).transpose()
}

const SIGHTINGS: Sql = Sql::same("SELECT statement, booking FROM sighting ORDER BY id");

/// Which statements repeat which bookings: (statement, booking).
pub async fn sightings(tx: &mut Tx) -> Result<Vec<(i64, i64)>> {
    tx.many(SIGHTINGS, &[], |row| Ok((row.int("statement")?, row.int("booking")?))).await
}

impl WriteTx {
    /// Stores which known bookings a statement repeats: (statement, booking).
    pub async fn add_sightings(&mut self, sightings: &[(i64, i64)]) -> Result<()> {
        let rows: Vec<Vec<Value<'_>>> =
            sightings.iter().map(|(statement, booking)| vec![(*statement).into(), (*booking).into()]).collect();
        self.add(&SIGHTING, &rows).await.map(drop)
    }

    /// Stores bookings, and the personal values that belong to them.
    pub async fn add_bookings(&mut self, bookings: &[NewBooking]) -> Result<i64> {
        let persons: Vec<Person<'_>> = bookings
            .iter()
            .map(|booking| Person {
                name: booking.counterparty.as_deref(),
                iban: booking.counterparty_iban.as_deref(),
                text: Some(booking.remittance.as_str()).filter(|text| !text.is_empty()),
                additional: booking.additional.as_deref(),
                ultimate_debtor: booking.ultimate_debtor.as_deref(),
                structured_text: booking.structured_text.as_deref(),
                ..Person::default()
            })
            .collect();
        let first_person = self.add_personal(&persons).await?;
        let rows: Vec<Vec<Value<'_>>> =
            bookings.iter().zip(first_person..).map(|(booking, person)| booking.row(person)).collect();
        self.add(&BOOKING, &rows).await
    }
}

impl NewBooking {
    fn row(&self, person: i64) -> Vec<Value<'_>> {
        vec![
            self.entry.into(),
            (&self.identity).into(),
            (&self.account).into(),
            (&self.reference).into(),
            self.amount.into(),
            self.booked.into(),
            self.valued.into(),
            (&self.end_to_end_id).into(),
            (&self.mandate_reference).into(),
            (&self.structured_reference).into(),
            (&self.entry_reference).into(),
            (&self.batch_reference).into(),
            (&self.bank_code).into(),
            (&self.proprietary_code).into(),
            (&self.class).into(),
            (&self.return_reason).into(),
            self.reversal.into(),
            (&self.finding).into(),
            person.into(),
            self.balance_before.into(),
            (&self.instruction_id).into(),
            match self.further_references.is_empty() {
                true => Value::Text(None),
                false => self.further_references.join("\n").into(),
            },
            (&self.message_id).into(),
            (&self.creditor_id).into(),
            self.stands_for.into(),
            self.charges.into(),
            self.original_amount.into(),
            (&self.original_currency).into(),
        ]
    }
}

fn lines(text: &str) -> Vec<String> {
    text.lines().map(str::to_owned).collect()
}

impl BookingRow {
    /// All text that the payer wrote: the remittance text, and the text beside structured references.
    pub fn text(&self) -> Cow<'_, str> {
        match &self.structured_text {
            Some(more) if self.remittance.is_empty() => more.into(),
            Some(more) => format!("{}\n{more}", self.remittance).into(),
            None => (&self.remittance).into(),
        }
    }
}

const BOOKINGS: Sql = Sql::same(
    "SELECT b.id, e.statement, b.journal, b.account, b.reference, b.amount, b.booked, b.end_to_end_id, b.mandate_reference,
            b.structured_reference, b.entry_reference, b.batch_reference, b.bank_code, b.proprietary_code, b.class, b.return_reason, b.reversal,
            COALESCE(b.finding, e.finding) AS finding, p.name, p.iban, p.text, p.additional, b.entry, e.details, e.announced, b.stands_for, b.charges, b.original_amount,
            b.original_currency,
            b.message_id, b.creditor_id,
            CAST(CASE WHEN s.kind = 'advice' THEN 1 ELSE 0 END AS BIGINT) AS advised,
            b.instruction_id, b.further_references, p.ultimate_debtor, p.structured_text,
            CAST(COALESCE(s.provisional, 0) AS BIGINT) AS provisional, b.identity
       FROM booking b
       JOIN entry e ON e.id = b.entry
       JOIN statement s ON s.id = e.statement
       JOIN personal p ON p.id = b.personal
      WHERE b.id > $1
      ORDER BY b.id LIMIT $2",
);

/// Every booking, in the order in which they are decided: by day, account, reference.
pub async fn bookings(tx: &mut Tx) -> Result<Vec<BookingRow>> {
    let bookings = tx.paged(BOOKINGS, 0, with_identity).await?;
    Ok(as_decided(bookings))
}

/// The same of these bookings alone.
pub async fn bookings_of(tx: &mut Tx, ids: &BTreeSet<i64>) -> Result<Vec<BookingRow>> {
    let bookings = tx.numbered(BOOKINGS, ids, with_identity).await?;
    Ok(as_decided(bookings))
}

fn with_identity(row: &Row) -> Result<(BookingRow, String)> {
    Ok((BookingRow::read(row)?, row.text("identity")?))
}

/// Sorted here: the rows come in the order in which they lie, which is faster.
fn as_decided(mut bookings: Vec<(BookingRow, String)>) -> Vec<BookingRow> {
    bookings.sort_by(|(one, own), (other, others)| {
        (one.booked, &one.account, &one.reference, own).cmp(&(other.booked, &other.account, &other.reference, others))
    });
    bookings.into_iter().map(|(booking, _)| booking).collect()
}

impl BookingRow {
    fn read(row: &Row) -> Result<BookingRow> {
        Ok(BookingRow {
            id: row.int("id")?,
            statement: row.int("statement")?,
            told_by: row.int("journal")?,
            account: row.text("account")?,
            reference: row.text("reference")?,
            amount: row.int("amount")?,
            booked: row.day("booked")?,
            end_to_end_id: row.opt_text("end_to_end_id")?,
            mandate_reference: row.opt_text("mandate_reference")?,
            structured_reference: row.opt_text("structured_reference")?,
            entry_reference: row.opt_text("entry_reference")?,
            batch_reference: row.opt_text("batch_reference")?,
            bank_code: row.opt_text("bank_code")?,
            proprietary_code: row.opt_text("proprietary_code")?,
            class: row.text("class")?,
            return_reason: row.opt_text("return_reason")?,
            reversal: row.flag("reversal")?,
            finding: row.opt_text("finding")?,
            counterparty: row.opt_text("name")?,
            counterparty_iban: row.opt_text("iban")?,
            remittance: row.opt_text("text")?.unwrap_or_default(),
            additional: row.opt_text("additional")?,
            ultimate_debtor: row.opt_text("ultimate_debtor")?,
            instruction_id: row.opt_text("instruction_id")?,
            further_references: row.opt_text("further_references")?.map(|text| lines(&text)).unwrap_or_default(),
            structured_text: row.opt_text("structured_text")?,
            entry: row.int("entry")?,
            details: row.int("details")?,
            announced: row.opt_int("announced")?,
            advised: row.flag("advised")?,
            message_id: row.opt_text("message_id")?,
            creditor_id: row.opt_text("creditor_id")?,
            provisional: row.flag("provisional")?,
            stands_for: row.opt_int("stands_for")?,
            charges: row.opt_int("charges")?,
            original_amount: row.opt_int("original_amount")?,
            original_currency: row.opt_text("original_currency")?,
        })
    }
}
