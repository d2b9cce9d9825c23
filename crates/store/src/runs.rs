//! Direct-debit runs: their debits, what each debit claims of items, notices, and events of a run.

use std::collections::BTreeSet;

use jiff::civil::Date;

use crate::bulk::{self, Target};
use crate::engine::{Stored, Tx};
use crate::facts::{CLAIM, DEBIT, LEFT_OUT, NOTICE, RUN, RUN_EVENT, UNCLAIMED};
use crate::lives::LifeKind;
use crate::{Result, Row, Sql, Value, WriteTx};

/// A run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunRow {
    /// Its id.
    pub id: i64,
    /// Its name, such as `L1`.
    pub name: String,
    /// The day on which the bank collects.
    pub due: Date,
    /// Who planned it.
    pub planner: String,
}

/// A debit of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DebitRow {
    /// Its id.
    pub id: i64,
    /// The run.
    pub run: i64,
    /// The end-to-end id: unique for ever, in all runs.
    pub end_to_end_id: String,
    /// The row of the mandate that is used.
    pub mandate: i64,
    /// The Kassenzeichen.
    pub kassenzeichen: String,
}

/// What a debit claims of an item. A claim is lowered by a counter-entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimRow {
    /// Its id; ignored when it is stored.
    pub id: i64,
    /// The debit.
    pub debit: i64,
    /// The item.
    pub item: i64,
    /// Cents.
    pub amount: i64,
    /// `planned`, `lowered` or `cancelled`.
    pub cause: String,
}

/// The part of a debit at the bank that has no claim: restored books learned of the debit from its file, and had less
/// free than it takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnclaimedRow {
    /// The debit.
    pub debit: i64,
    /// The item that the debit was for, by its remittance text.
    pub item: i64,
    /// Cents.
    pub amount: i64,
}

/// An item that a plan left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftOutRow {
    /// The run.
    pub run: i64,
    /// The item.
    pub item: i64,
    /// What is open of it, in cents.
    pub amount: i64,
    /// The reason: a word of `ledger::plan::Reason`.
    pub reason: String,
    /// The case that holds it.
    pub case_file: Option<i64>,
}

/// The notice that a debtor got about a debit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoticeRow {
    /// The debit.
    pub debit: i64,
    /// Cents.
    pub amount: i64,
    /// The announced collection day.
    pub due: Date,
    /// When it was posted.
    pub sent: Date,
    /// `letter`, or another form of notice in words.
    pub manner: String,
}

/// How much a plan left out for one reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftOutSum {
    /// The reason.
    pub reason: String,
    /// How many items.
    pub count: i64,
    /// Their sum, cents.
    pub amount: i64,
}

/// The notices of a run, summed by day and form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoticeSum {
    /// The run.
    pub run: i64,
    /// When it was posted.
    pub sent: Date,
    /// `letter`, or another form of notice in words.
    pub manner: String,
    /// How many notices.
    pub count: i64,
    /// Their sum, cents.
    pub amount: i64,
}

/// The events of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventKind {
    /// The notices went out.
    Announced,
    /// One of several signatures was given.
    Signed,
    /// Released: the bytes of the file are fixed.
    Released,
    /// The release is void, because a credit arrived before the export.
    Voided,
    /// The file was written.
    Exported,
    /// The run was taken over from its payment file: restored books did not know it.
    TakenOver,
    /// The same file was written once more (Zweitausfertigung).
    ExportedAgain,
    /// It went to the bank; `note` is the bank's order number.
    Sent,
    /// It was given up before its export.
    Cancelled,
    /// Two people say, and why, that the file was never carried out.
    Void,
    /// The bank's word on the file or a batch of it (pain.002); `note` says which.
    Status,
}

impl EventKind {
    const ALL: [(EventKind, &'static str); 11] = [
        (EventKind::Announced, "announced"),
        (EventKind::Signed, "signed"),
        (EventKind::Released, "released"),
        (EventKind::Voided, "voided"),
        (EventKind::Exported, "exported"),
        (EventKind::TakenOver, "taken_over"),
        (EventKind::ExportedAgain, "exported_again"),
        (EventKind::Sent, "sent"),
        (EventKind::Cancelled, "cancelled"),
        (EventKind::Void, "void"),
        (EventKind::Status, "status"),
    ];

    /// The word that the database stores.
    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|(kind, _)| *kind == self).map_or("", |(_, word)| word)
    }
}

/// An event of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventRow {
    /// The run.
    pub run: i64,
    /// The kind of event.
    pub kind: EventKind,
    /// Who did it.
    pub actor: String,
    /// The business day.
    pub day: Date,
    /// The wall clock, UTC, RFC 3339.
    pub at: String,
    /// The digest of the file, for a release and an export.
    pub sha256: Option<String>,
    /// The second person, where two answer for it.
    pub second: Option<String>,
    /// The bank's order number, or a reason.
    pub note: Option<String>,
    /// The run's planner, repeated here so that a constraint can refuse a release by the planner.
    pub planner: String,
    /// The round of signatures that it belongs to: how many releases became void before.
    pub round: i64,
}

/// The parts of an event beside who and when.
#[derive(Clone, Copy, Debug, Default)]
pub struct EventSaid<'a> {
    /// The digest of the file.
    pub sha256: Option<&'a str>,
    /// The second person, where two answer for it.
    pub second: Option<&'a str>,
    /// The bank's order number, or a reason.
    pub note: Option<&'a str>,
}

/// Which debit reserves which item. An item is reserved by one debit at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReservationRow {
    /// The debit.
    pub debit: i64,
    /// The item.
    pub item: i64,
    /// The claim that lowered the debit's part of the item to zero and so freed it.
    pub freed_by: Option<i64>,
    /// The amount of that claim in cents, negative.
    pub freed_amount: Option<i64>,
    /// The event by which the bank said what became of the debit, and its kind.
    pub ended: Option<(i64, LifeKind)>,
}

impl WriteTx {
    /// Stores a run of direct debits.
    pub async fn add_run(&mut self, name: &str, due: Date, planner: &str) -> Result<i64> {
        let none = || Value::Text(None);
        self.add(&RUN, &[vec![name.into(), due.into(), planner.into(), none(), none()]]).await
    }

    /// Stores debits and returns the first id; the `id` of each is ignored.
    pub async fn add_debits(&mut self, debits: &[DebitRow]) -> Result<i64> {
        let rows: Vec<Vec<Value<'_>>> = debits
            .iter()
            .map(|debit| {
                vec![
                    debit.run.into(),
                    (&debit.end_to_end_id).into(),
                    debit.mandate.into(),
                    (&debit.kassenzeichen).into(),
                ]
            })
            .collect();
        self.add(&DEBIT, &rows).await
    }

    /// Stores claims and counter-entries.
    pub async fn add_claims(&mut self, claims: &[ClaimRow]) -> Result<()> {
        let rows: Vec<Vec<Value<'_>>> = claims
            .iter()
            .map(|claim| vec![claim.debit.into(), claim.item.into(), claim.amount.into(), (&claim.cause).into()])
            .collect();
        self.add(&CLAIM, &rows).await.map(drop)
    }

    /// Stores the parts of debits that have no claim, one row for each item.
    pub async fn add_unclaimed(&mut self, rows: &[UnclaimedRow]) -> Result<()> {
        let rows: Vec<Vec<Value<'_>>> =
            rows.iter().map(|row| vec![row.debit.into(), row.item.into(), row.amount.into()]).collect();
        self.add(&UNCLAIMED, &rows).await.map(drop)
    }

    /// Stores what a plan left out.
    pub async fn add_left_out(&mut self, left_out: &[LeftOutRow]) -> Result<()> {
        let rows: Vec<Vec<Value<'_>>> = left_out
            .iter()
            .map(|out| {
                vec![out.run.into(), out.item.into(), out.amount.into(), (&out.reason).into(), out.case_file.into()]
            })
            .collect();
        self.add(&LEFT_OUT, &rows).await.map(drop)
    }

    /// Stores notices.
    pub async fn add_notices(&mut self, notices: &[NoticeRow]) -> Result<()> {
        let rows: Vec<Vec<Value<'_>>> = notices
            .iter()
            .map(|n| vec![n.debit.into(), n.amount.into(), n.due.into(), n.sent.into(), (&n.manner).into()])
            .collect();
        self.add(&NOTICE, &rows).await.map(drop)
    }

    /// Stores an event of a run, by the person who acts in this transaction.
    pub async fn add_event(&mut self, run: i64, kind: EventKind, said: EventSaid<'_>) -> Result<()> {
        let act = self.act().clone();
        let unknown = || crate::Error::Inconsistent { column: "run".to_owned(), why: format!("there is no run {run}") };
        let of_run = self.row(PLANNER_AND_ROUND, &[run.into()]).await?.ok_or_else(unknown)?;
        let row: Vec<Value<'_>> = vec![
            run.into(),
            kind.word().into(),
            (&act.actor).into(),
            act.day.into(),
            (&act.at).into(),
            said.sha256.into(),
            said.second.into(),
            said.note.into(),
            of_run.text("planner")?.into(),
            of_run.int("round")?.into(),
        ];
        self.add(&RUN_EVENT, &[row]).await.map(drop)
    }
}

const RELEASED_IN: Sql = Sql::same(
    "SELECT CAST(COALESCE(MAX(journal), 0) AS BIGINT) AS entry FROM run_event WHERE run = $1 AND kind IN ('released', 'taken_over')",
);

/// The journal entry in which a run was last released or taken over; 0 where it never was.
pub async fn released_in(tx: &mut Tx, run: i64) -> Result<i64> {
    tx.row(RELEASED_IN, &[run.into()]).await?.map_or(Ok(0), |row| row.int("entry"))
}

const PLANNER_AND_ROUND: Sql = Sql::same(
    "SELECT r.planner, (SELECT COUNT(*) FROM run_event e WHERE e.run = r.id AND e.kind = 'voided') AS round
       FROM run r WHERE r.id = $1",
);

const PLANNED_ON: Sql =
    Sql::same("SELECT j.business_day AS day FROM run r JOIN journal j ON j.seq = r.journal WHERE r.id = $1");

/// The business day on which a run was planned.
pub async fn planned_on(tx: &mut Tx, run: i64) -> Result<Option<Date>> {
    tx.row(PLANNED_ON, &[run.into()]).await?.map(|row| row.day("day")).transpose()
}

const CHANGERS: Sql = Sql::same(
    "WITH own AS (
        SELECT r.item, m.reference, m.kassenzeichen
          FROM reservation r JOIN debit d ON d.id = r.debit JOIN mandate m ON m.id = d.mandate
         WHERE d.run = $1 AND r.freed_by IS NULL AND r.ended_by IS NULL)
     SELECT j.actor FROM assessment a JOIN journal j ON j.seq = a.journal
      WHERE a.item IN (SELECT item FROM own) AND EXISTS (SELECT 1 FROM assessment b WHERE b.item = a.item AND b.id < a.id)
     UNION
     SELECT j.actor FROM mandate a JOIN journal j ON j.seq = a.journal
      WHERE a.reference IN (SELECT reference FROM own)
        AND EXISTS (SELECT 1 FROM mandate b WHERE b.reference = a.reference AND b.id < a.id AND b.journal < a.journal)
     UNION
     SELECT j.actor FROM verdict v JOIN journal j ON j.seq = v.journal
      WHERE j.action = 'resolve' AND v.booking IN (
            SELECT booking FROM allocation WHERE item IN (SELECT item FROM own)
            UNION
            SELECT h.booking FROM hold o JOIN verdict h ON h.id = o.verdict WHERE o.item IN (SELECT item FROM own))
     UNION
     SELECT l.actor FROM hold_lift l JOIN hand_hold h ON h.id = l.hand_hold WHERE h.item IN (SELECT item FROM own)
     UNION
     SELECT l.actor FROM hold_lift l JOIN hand_hold h ON h.id = l.hand_hold
      WHERE h.item IS NULL AND h.kassenzeichen IN (SELECT i.kassenzeichen FROM item i WHERE i.id IN (SELECT item FROM own))
      ORDER BY actor",
);

/// Who has changed what a run takes: by a list that changed one of its items or mandates, by deciding a case about one
/// of its items, or by lifting a hold on one.
pub async fn changers(tx: &mut Tx, run: i64) -> Result<Vec<String>> {
    tx.rows(CHANGERS, &[run.into()]).await?.iter().map(|row| row.text("actor")).collect()
}

const RESERVATIONS: Sql =
    Sql::same("SELECT debit, item, freed_by, freed_amount, ended_by, ended_kind FROM reservation ORDER BY debit, item");

/// Which debit reserves, or once reserved, which item.
pub async fn reservations(tx: &mut Tx) -> Result<Vec<ReservationRow>> {
    tx.many(RESERVATIONS, &[], |row| {
        Ok(ReservationRow {
            debit: row.int("debit")?,
            item: row.int("item")?,
            freed_by: row.opt_int("freed_by")?,
            freed_amount: row.opt_int("freed_amount")?,
            ended: match (row.opt_int("ended_by")?, row.opt_text("ended_kind")?) {
                (Some(event), Some(kind)) => Some((event, LifeKind::parse(&kind)?)),
                (None, None) => None,
                half => {
                    let why = format!("it ends by half: {half:?}");
                    return Err(crate::Error::Inconsistent { column: "ended_by".to_owned(), why });
                }
            },
        })
    })
    .await
}

/// The columns of a reservation, for bulk storing.
pub(crate) fn reservation_target() -> Target<'static> {
    let numbers = ["debit", "item", "freed_by", "freed_amount", "ended_by"].map(|name| (name, Stored::Int));
    Target {
        table: "reservation",
        columns: numbers.into_iter().chain([("ended_kind", Stored::Text)]).collect(),
        conflict: "ON CONFLICT (debit, item) DO UPDATE SET freed_by = excluded.freed_by, freed_amount = excluded.freed_amount, \
                   ended_by = excluded.ended_by, ended_kind = excluded.ended_kind",
    }
}

/// Stores reservations, those that are over first; the database refuses a second one for an item that is not.
pub async fn set_reservations(tx: &mut WriteTx, rows: &[ReservationRow]) -> Result<()> {
    let mut rows: Vec<&ReservationRow> = rows.iter().collect();
    rows.sort_by_key(|row| row.freed_by.is_none() && row.ended.is_none());
    let line = |row: &&ReservationRow| {
        let (ended_by, ended_kind) = row.ended.map(|(event, kind)| (event, kind.word())).unzip();
        vec![
            row.debit.into(),
            row.item.into(),
            row.freed_by.into(),
            row.freed_amount.into(),
            ended_by.into(),
            ended_kind.into(),
        ]
    };
    bulk::store(tx, &reservation_target(), &rows.iter().map(line).collect::<Vec<_>>()).await
}

pub(crate) fn run_row(row: &Row) -> Result<RunRow> {
    Ok(RunRow { id: row.int("id")?, name: row.text("name")?, due: row.day("due")?, planner: row.text("planner")? })
}

const RUNS: Sql = Sql::same("SELECT id, name, due, planner FROM run WHERE id > $1 AND kind IS NULL ORDER BY id");
const RUN_BY_NAME: Sql = Sql::same("SELECT id, name, due, planner FROM run WHERE name = $1 AND kind IS NULL");

/// Every run of direct debits with an id above `after`, oldest first.
pub async fn runs(tx: &mut Tx, after: i64) -> Result<Vec<RunRow>> {
    tx.rows(RUNS, &[after.into()]).await?.iter().map(run_row).collect()
}

/// The run of direct debits of that name.
pub async fn run_by_name(tx: &mut Tx, name: &str) -> Result<Option<RunRow>> {
    tx.row(RUN_BY_NAME, &[name.into()]).await?.as_ref().map(run_row).transpose()
}

const DEBITS: Sql =
    Sql::same("SELECT id, run, end_to_end_id, mandate, kassenzeichen FROM debit WHERE id > $1 ORDER BY id LIMIT $2");

/// Every debit with an id above `after`, of all runs.
pub async fn debits(tx: &mut Tx, after: i64) -> Result<Vec<DebitRow>> {
    tx.paged(DEBITS, after, DebitRow::read).await
}

/// These debits.
pub async fn debits_of(tx: &mut Tx, ids: &BTreeSet<i64>) -> Result<Vec<DebitRow>> {
    tx.numbered(DEBITS, ids, DebitRow::read).await
}

impl DebitRow {
    pub(crate) fn read(row: &Row) -> Result<DebitRow> {
        Ok(DebitRow {
            id: row.int("id")?,
            run: row.int("run")?,
            end_to_end_id: row.text("end_to_end_id")?,
            mandate: row.int("mandate")?,
            kassenzeichen: row.text("kassenzeichen")?,
        })
    }
}

const CLAIMS: Sql = Sql::same("SELECT id, debit, item, amount, cause FROM claim WHERE id > $1 ORDER BY id LIMIT $2");

/// Every claim and counter-entry with an id above `after`.
pub async fn claims(tx: &mut Tx, after: i64) -> Result<Vec<ClaimRow>> {
    tx.paged(CLAIMS, after, ClaimRow::read).await
}

impl ClaimRow {
    pub(crate) fn read(row: &Row) -> Result<ClaimRow> {
        Ok(ClaimRow {
            id: row.int("id")?,
            debit: row.int("debit")?,
            item: row.int("item")?,
            amount: row.int("amount")?,
            cause: row.text("cause")?,
        })
    }
}

const UNCLAIMED_PARTS: Sql = Sql::same("SELECT debit, item, amount FROM unclaimed WHERE id > $1 ORDER BY id");

/// The parts of debits that have no claim, with ids above `after`.
pub async fn unclaimed(tx: &mut Tx, after: i64) -> Result<Vec<UnclaimedRow>> {
    let part =
        |row: &Row| Ok(UnclaimedRow { debit: row.int("debit")?, item: row.int("item")?, amount: row.int("amount")? });
    tx.many(UNCLAIMED_PARTS, &[after.into()], part).await
}

const LEFT_OUT_OF: Sql =
    Sql::same("SELECT run, item, amount, reason, case_file FROM left_out WHERE run = $1 ORDER BY id");

const LEFT_OUT_SUMS: Sql = Sql::same(
    "SELECT reason, COUNT(*) AS count, CAST(SUM(amount) AS BIGINT) AS amount FROM left_out WHERE run = $1
      GROUP BY reason ORDER BY reason",
);

/// How much a run's plan left out for each reason.
pub async fn left_out_sums(tx: &mut Tx, run: i64) -> Result<Vec<LeftOutSum>> {
    let rows = tx.rows(LEFT_OUT_SUMS, &[run.into()]).await?;
    let sum = |row: &Row| {
        Ok(LeftOutSum { reason: row.text("reason")?, count: row.int("count")?, amount: row.int("amount")? })
    };
    rows.iter().map(sum).collect()
}

const LEFT_OUT_PAGE: Sql = Sql::same(
    "SELECT run, item, amount, reason, case_file FROM left_out WHERE run = $1 AND ($2 = '' OR reason = $2)
      ORDER BY id LIMIT $3 OFFSET $4",
);

/// A page of what a plan left out, for one reason if one is named: at most `most` rows, skipping `after`.
pub async fn left_out_page(
    tx: &mut Tx,
    run: i64,
    reason: Option<&str>,
    most: i64,
    after: i64,
) -> Result<Vec<LeftOutRow>> {
    let values = [run.into(), reason.unwrap_or_default().into(), most.into(), after.into()];
    tx.rows(LEFT_OUT_PAGE, &values).await?.iter().map(left_out_row).collect()
}

/// Everything that a run's plan left out.
pub async fn left_out(tx: &mut Tx, run: i64) -> Result<Vec<LeftOutRow>> {
    tx.rows(LEFT_OUT_OF, &[run.into()]).await?.iter().map(left_out_row).collect()
}

fn left_out_row(row: &Row) -> Result<LeftOutRow> {
    Ok(LeftOutRow {
        run: row.int("run")?,
        item: row.int("item")?,
        amount: row.int("amount")?,
        reason: row.text("reason")?,
        case_file: row.opt_int("case_file")?,
    })
}

const NOTICES: Sql = Sql::same(
    "SELECT n.debit, n.amount, n.due, n.sent, n.manner FROM notice n JOIN debit d ON d.id = n.debit WHERE d.run = $1 ORDER BY n.id",
);

/// The notices of a run, oldest first.
pub async fn notices(tx: &mut Tx, run: i64) -> Result<Vec<NoticeRow>> {
    tx.many(NOTICES, &[run.into()], |row| {
        Ok(NoticeRow {
            debit: row.int("debit")?,
            amount: row.int("amount")?,
            due: row.day("due")?,
            sent: row.day("sent")?,
            manner: row.text("manner")?,
        })
    })
    .await
}

const NOTICE_SUMS: Sql = Sql::same(
    "SELECT d.run, n.sent, n.manner, COUNT(*) AS count, CAST(SUM(n.amount) AS BIGINT) AS amount
       FROM notice n JOIN debit d ON d.id = n.debit GROUP BY d.run, n.sent, n.manner ORDER BY d.run, n.sent, n.manner",
);

/// The notices of every run, summed by day and form.
pub async fn notice_sums(tx: &mut Tx) -> Result<Vec<NoticeSum>> {
    tx.many(NOTICE_SUMS, &[], |row| {
        Ok(NoticeSum {
            run: row.int("run")?,
            sent: row.day("sent")?,
            manner: row.text("manner")?,
            count: row.int("count")?,
            amount: row.int("amount")?,
        })
    })
    .await
}

const EVENTS: Sql = Sql::same(
    "SELECT run, kind, actor, day, at, sha256, second, note, planner, round FROM run_event WHERE id > $1 ORDER BY id",
);

/// The events of all runs with ids above `after`, oldest first.
pub async fn events(tx: &mut Tx, after: i64) -> Result<Vec<EventRow>> {
    tx.rows(EVENTS, &[after.into()])
        .await?
        .iter()
        .map(|row| {
            let word = row.text("kind")?;
            let kind = EventKind::ALL.iter().find(|(_, known)| *known == word).map(|(kind, _)| *kind);
            let unknown = || crate::Error::Inconsistent { column: "kind".to_owned(), why: word.clone() };
            Ok(EventRow {
                run: row.int("run")?,
                kind: kind.ok_or_else(unknown)?,
                actor: row.text("actor")?,
                day: row.day("day")?,
                at: row.text("at")?,
                sha256: row.opt_text("sha256")?,
                second: row.opt_text("second")?,
                note: row.opt_text("note")?,
                planner: row.text("planner")?,
                round: row.int("round")?,
            })
        })
        .collect()
}
