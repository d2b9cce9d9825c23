//! Refunds: runs of transfers that give money back, what each gives to whom, and what became of it.
//!
//! Knows rows, no rules. Invariant: the database takes one refund of a credit at a time, and one end of a refund.

use jiff::civil::Date;

use crate::engine::Tx;
use crate::facts::{REFUND, REFUND_ACCOUNT, REFUND_EVENT, RUN};
use crate::journal::Person;
use crate::runs::{RunRow, run_row};
use crate::{Error, Result, Row, Sql, Value, WriteTx};

/// The word by which a run gives money back.
const KIND: &str = "refund";

/// A run of refunds; the `due` of the run is the day on which the bank carries them out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefundRunRow {
    /// Its name, day and planner.
    pub run: RunRow,
    /// The order by which the money is paid out, as the town files it.
    pub file_number: Option<String>,
}

/// One transfer of a run: what of a credit goes back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefundRow {
    /// Its id; ignored when it is stored.
    pub id: i64,
    /// The run.
    pub run: i64,
    /// The end-to-end id: unique for ever.
    pub end_to_end_id: String,
    /// The credit that goes back, or a part of it.
    pub booking: i64,
    /// Cents.
    pub amount: i64,
    /// The row of who is paid.
    pub payee: i64,
    /// His name; ignored when it is stored.
    pub name: Option<String>,
    /// His account; ignored when it is stored.
    pub iban: Option<String>,
    /// The Kassenzeichen for which the money was meant, as far as its text or its payer told.
    pub kassenzeichen: Option<String>,
    /// What went back of the credit by refunds before it, cents.
    pub paid_before: i64,
    /// The event by which the refund before it of the same credit ended.
    pub former_end: Option<i64>,
}

/// What became of a refund.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefundKind {
    /// It fell before its file was written, or its file was never carried out.
    Cancelled,
    /// The bank did not carry it out, as a status report (pain.002) says.
    Rejected,
    /// A statement shows it.
    Paid,
    /// It came back to us.
    CameBack,
}

impl RefundKind {
    /// The word that the database stores.
    pub fn word(self) -> &'static str {
        match self {
            RefundKind::Cancelled => "cancelled",
            RefundKind::Rejected => "rejected",
            RefundKind::Paid => "paid",
            RefundKind::CameBack => "came_back",
        }
    }

    /// Whether no money has left by it.
    pub fn frees(self) -> bool {
        matches!(self, RefundKind::Cancelled | RefundKind::Rejected)
    }

    /// Whether another refund of the credit may follow.
    fn ends(self) -> bool {
        self != RefundKind::CameBack
    }

    fn parse(word: &str) -> Result<RefundKind> {
        let all = [RefundKind::Cancelled, RefundKind::Rejected, RefundKind::Paid, RefundKind::CameBack];
        let unknown =
            || Error::Inconsistent { column: "kind".to_owned(), why: format!("{word:?} becomes of no refund") };
        all.into_iter().find(|kind| kind.word() == word).ok_or_else(unknown)
    }
}

/// Something that became of a refund.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefundEventRow {
    /// Its id; ignored when it is stored.
    pub id: i64,
    /// The journal entry that added it; ignored when it is stored.
    pub journal: i64,
    /// The refund.
    pub refund: i64,
    /// The credit that it gives back.
    pub booking: i64,
    /// What became of it.
    pub kind: RefundKind,
    /// The day of the booking or the report, or the business day.
    pub day: Date,
    /// The booking that says so.
    pub told_by: Option<i64>,
    /// The status report that says so.
    pub report: Option<i64>,
    /// Why.
    pub reason: Option<String>,
}

/// The account to which a credit goes back by the word of two people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefundAccountRow {
    /// The journal entry that added it.
    pub journal: i64,
    /// The credit.
    pub booking: i64,
    /// The row of who is paid.
    pub payee: i64,
    /// His name.
    pub name: Option<String>,
    /// His account.
    pub iban: Option<String>,
    /// Who said so.
    pub actor: String,
    /// Who agreed.
    pub second: String,
}

/// What two people say of the account to which a credit goes back.
#[derive(Clone, Copy, Debug)]
pub struct RefundAccountSaid<'a> {
    /// The holder of the account.
    pub name: &'a str,
    /// The account.
    pub iban: &'a str,
    /// Why not to where it came from.
    pub reason: &'a str,
    /// The second person.
    pub second: &'a str,
}

impl WriteTx {
    /// Stores a run of refunds.
    pub async fn add_refund_run(
        &mut self,
        name: &str,
        due: Date,
        planner: &str,
        file_number: Option<&str>,
    ) -> Result<i64> {
        self.add(&RUN, &[vec![name.into(), due.into(), planner.into(), KIND.into(), file_number.into()]]).await
    }

    /// Stores refunds.
    pub async fn add_refunds(&mut self, rows: &[RefundRow]) -> Result<()> {
        let line = |row: &RefundRow| {
            let values: Vec<Value<'_>> = vec![
                row.run.into(),
                row.end_to_end_id.clone().into(),
                row.booking.into(),
                row.amount.into(),
                row.payee.into(),
                row.kassenzeichen.clone().map_or(Value::Text(None), Value::from),
                row.paid_before.into(),
                row.former_end.into(),
                row.former_end.map(|_| 1).into(),
            ];
            values
        };
        self.add(&REFUND, &rows.iter().map(line).collect::<Vec<_>>()).await.map(drop)
    }

    /// Stores what became of refunds.
    pub async fn add_refund_events(&mut self, rows: &[RefundEventRow]) -> Result<()> {
        let line = |row: &RefundEventRow| {
            let values: Vec<Value<'_>> = vec![
                row.refund.into(),
                row.booking.into(),
                row.kind.word().into(),
                row.kind.ends().into(),
                row.day.into(),
                row.told_by.into(),
                row.report.into(),
                row.reason.clone().map_or(Value::Text(None), Value::from),
            ];
            values
        };
        self.add(&REFUND_EVENT, &rows.iter().map(line).collect::<Vec<_>>()).await.map(drop)
    }

    /// Stores to which account a credit goes back.
    pub async fn add_refund_account(&mut self, booking: i64, said: RefundAccountSaid<'_>) -> Result<()> {
        let actor = self.act().actor.clone();
        let person = Person { name: Some(said.name), iban: Some(said.iban), ..Person::default() };
        let payee = self.add_personal(&[person]).await?;
        let row: Vec<Value<'_>> =
            vec![booking.into(), payee.into(), said.reason.into(), actor.into(), said.second.into()];
        self.add(&REFUND_ACCOUNT, &[row]).await.map(drop)
    }
}

const REFUND_RUNS: Sql =
    Sql::same("SELECT id, name, due, planner, file_number FROM run WHERE id > $1 AND kind = 'refund' ORDER BY id");

/// Every run of refunds with an id above `after`, oldest first.
pub async fn refund_runs(tx: &mut Tx, after: i64) -> Result<Vec<RefundRunRow>> {
    let row = |row: &Row| Ok(RefundRunRow { run: run_row(row)?, file_number: row.opt_text("file_number")? });
    tx.rows(REFUND_RUNS, &[after.into()]).await?.iter().map(row).collect()
}

const REFUNDS: Sql = Sql::same(
    "SELECT r.id, r.run, r.end_to_end_id, r.booking, r.amount, r.payee, r.kassenzeichen, r.paid_before, r.former_end, p.name, p.iban
       FROM refund r JOIN personal p ON p.id = r.payee WHERE r.id > $1 ORDER BY r.id LIMIT $2",
);

/// Every refund with an id above `after`.
pub async fn refunds(tx: &mut Tx, after: i64) -> Result<Vec<RefundRow>> {
    let read = |row: &Row| {
        Ok(RefundRow {
            id: row.int("id")?,
            run: row.int("run")?,
            end_to_end_id: row.text("end_to_end_id")?,
            booking: row.int("booking")?,
            amount: row.int("amount")?,
            payee: row.int("payee")?,
            name: row.opt_text("name")?,
            iban: row.opt_text("iban")?,
            kassenzeichen: row.opt_text("kassenzeichen")?,
            paid_before: row.int("paid_before")?,
            former_end: row.opt_int("former_end")?,
        })
    };
    tx.paged(REFUNDS, after, read).await
}

const REFUND_EVENTS: Sql = Sql::same(
    "SELECT id, journal, refund, booking, kind, day, told_by, source_file, reason FROM refund_event WHERE id > $1 ORDER BY id LIMIT $2",
);

/// What became of refunds, with ids above `after`.
pub async fn refund_events(tx: &mut Tx, after: i64) -> Result<Vec<RefundEventRow>> {
    let read = |row: &Row| {
        Ok(RefundEventRow {
            id: row.int("id")?,
            journal: row.int("journal")?,
            refund: row.int("refund")?,
            booking: row.int("booking")?,
            kind: RefundKind::parse(&row.text("kind")?)?,
            day: row.day("day")?,
            told_by: row.opt_int("told_by")?,
            report: row.opt_int("source_file")?,
            reason: row.opt_text("reason")?,
        })
    };
    tx.paged(REFUND_EVENTS, after, read).await
}

const REFUND_ACCOUNTS: Sql = Sql::same(
    "SELECT a.journal, a.booking, a.payee, a.actor, a.second, p.name, p.iban
       FROM refund_account a JOIN personal p ON p.id = a.payee ORDER BY a.id",
);

/// To which accounts credits go back by the word of two people; the newest of a credit counts.
pub async fn refund_accounts(tx: &mut Tx) -> Result<Vec<RefundAccountRow>> {
    let read = |row: &Row| {
        Ok(RefundAccountRow {
            journal: row.int("journal")?,
            booking: row.int("booking")?,
            payee: row.int("payee")?,
            name: row.opt_text("name")?,
            iban: row.opt_text("iban")?,
            actor: row.text("actor")?,
            second: row.text("second")?,
        })
    };
    tx.rows(REFUND_ACCOUNTS, &[]).await?.iter().map(read).collect()
}

const REFUND_CHANGERS: Sql = Sql::same(
    "SELECT j.actor FROM verdict v JOIN journal j ON j.seq = v.journal
      WHERE j.action = 'resolve' AND v.booking IN (SELECT booking FROM refund WHERE run = $1)
     UNION
     SELECT actor FROM refund_account WHERE booking IN (SELECT booking FROM refund WHERE run = $1)
     UNION
     SELECT second FROM refund_account WHERE booking IN (SELECT booking FROM refund WHERE run = $1)
      ORDER BY actor",
);

/// Who has decided what a run gives back, or to which account.
pub async fn refund_changers(tx: &mut Tx, run: i64) -> Result<Vec<String>> {
    tx.rows(REFUND_CHANGERS, &[run.into()]).await?.iter().map(|row| row.text("actor")).collect()
}

const PAYEE_OF: Sql = Sql::same("SELECT personal FROM booking WHERE id = $1");

/// The row of the other party of a booking.
pub async fn party_of(tx: &mut Tx, booking: i64) -> Result<i64> {
    let unknown =
        || Error::Inconsistent { column: "booking".to_owned(), why: format!("there is no booking {booking}") };
    tx.row(PAYEE_OF, &[booking.into()]).await?.ok_or_else(unknown)?.int("personal")
}
