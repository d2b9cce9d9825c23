//! What was told to the finance system in numbered exports, and the items that it collects again.
//!
//! Knows rows, no rules. Invariant: the database takes each thing as new once, and replaces what was told once.

use std::collections::{BTreeSet, HashMap};

use jiff::civil::Date;

use crate::controls::Countersigned;
use crate::engine::Tx;
use crate::facts::{HANDBACK_EXPORT, HANDBACK_TOLD, HANDOVER, HANDOVER_END, HANDOVER_ITEM};
use crate::keys::SqlOfKeys;
use crate::{Result, Row, Sql, Value, WriteTx};

/// A numbered export.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExportRow {
    /// Its id; ignored when it is stored.
    pub id: i64,
    /// What it is of.
    pub kind: String,
    /// Its number among those of its kind, from 1 on.
    pub number: i64,
    /// The business day on which it was made.
    pub day: Date,
    /// The wall clock then, UTC, RFC 3339.
    pub moment: String,
    /// The code of these books then.
    pub code: String,
    /// Balances that its statements stand between, as JSON.
    pub frame: Option<String>,
    /// Who made it.
    pub actor: String,
}

/// One thing that an export tells, to be stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewTold {
    /// What it is about, such as `entry:17`.
    pub name: String,
    /// What is so of it, as JSON; `None` where it is so no more.
    pub content: Option<String>,
    /// The row that told of it before.
    pub replaces: Option<i64>,
}

/// One thing that an export tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToldRow {
    /// Its id: never used for anything else.
    pub id: i64,
    /// What it is about.
    pub name: String,
    /// What is so of it; `None` where it is so no more.
    pub content: Option<String>,
    /// The number of the export that tells it.
    pub number: i64,
    /// What was told of it before, and in which export, where that was read.
    pub former: Option<FormerTold>,
}

/// What was told before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormerTold {
    /// The row's id.
    pub id: i64,
    /// What was so.
    pub content: Option<String>,
    /// The number of the export.
    pub number: i64,
}

/// Items that the finance system collects again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HandoverRow {
    /// Its number.
    pub id: i64,
    /// The day from which it does, and whose items these are where not all, under two names.
    pub said: Countersigned<(Date, Option<String>)>,
}

impl WriteTx {
    /// Stores a numbered export with all that it tells.
    pub async fn add_handback_export(&mut self, export: &ExportRow, told: &[NewTold]) -> Result<i64> {
        let row: Vec<Value<'_>> = vec![
            (&export.kind).into(),
            export.number.into(),
            export.day.into(),
            (&export.moment).into(),
            (&export.code).into(),
            (&export.frame).into(),
            (&export.actor).into(),
        ];
        let id = self.add(&HANDBACK_EXPORT, &[row]).await?;
        let row = |one| {
            let NewTold { name, content, replaces }: &NewTold = one;
            vec![id.into(), name.into(), content.into(), (*replaces).into()]
        };
        self.add(&HANDBACK_TOLD, &told.iter().map(row).collect::<Vec<Vec<Value<'_>>>>()).await?;
        Ok(id)
    }

    /// Stores that the finance system collects these items again; returns the number of the handover.
    pub async fn add_handover(&mut self, said: &Countersigned<(Date, Option<String>)>, items: &[i64]) -> Result<i64> {
        let (as_of, levy) = &said.what;
        let row: Vec<Value<'_>> =
            vec![(*as_of).into(), levy.into(), (&said.reason).into(), (&said.actor).into(), (&said.second).into()];
        let id = self.add(&HANDOVER, &[row]).await?;
        let rows: Vec<Vec<Value<'_>>> = items.iter().map(|item| vec![id.into(), (*item).into()]).collect();
        self.add(&HANDOVER_ITEM, &rows).await?;
        Ok(id)
    }

    /// Stores that a handover was taken back.
    pub async fn add_handover_end(&mut self, said: &Countersigned<i64>) -> Result<()> {
        let row = vec![said.what.into(), (&said.reason).into(), (&said.actor).into(), (&said.second).into()];
        self.add(&HANDOVER_END, &[row]).await.map(drop)
    }
}

const EXPORTS_MADE: Sql = Sql::same(
    "SELECT id, kind, number, day, moment, code, frame, actor FROM handback_export WHERE kind = $1 ORDER BY number",
);

/// The numbered exports of a kind, oldest first.
pub async fn handback_exports(tx: &mut Tx, kind: &str) -> Result<Vec<ExportRow>> {
    let read = |row: &Row| {
        Ok(ExportRow {
            id: row.int("id")?,
            kind: row.text("kind")?,
            number: row.int("number")?,
            day: row.day("day")?,
            moment: row.text("moment")?,
            code: row.text("code")?,
            frame: row.opt_text("frame")?,
            actor: row.text("actor")?,
        })
    };
    tx.rows(EXPORTS_MADE, &[kind.into()]).await?.iter().map(read).collect()
}

const TOLD_BY_EXPORT: Sql = Sql::same(
    "SELECT id, name, content, replaces, handback_export FROM handback_told WHERE handback_export = $1 ORDER BY id",
);
const TOLD_AS: SqlOfKeys = SqlOfKeys::same(
    "SELECT id, name, content, replaces, handback_export FROM handback_told WHERE id IN ($1) ORDER BY id",
);
const TOLD_LAST: Sql = Sql::same(
    "SELECT t.id, t.name, t.content, t.replaces, t.handback_export
       FROM handback_told t JOIN handback_export e ON e.id = t.handback_export
      WHERE e.kind = $1 AND NOT EXISTS (SELECT 1 FROM handback_told n WHERE n.replaces = t.id) ORDER BY t.id",
);
const EXPORT_NUMBERS: Sql = Sql::same("SELECT id, number FROM handback_export ORDER BY id");

/// A row with the id of the row that it replaces; what that one said is not read yet.
fn told_row(row: &Row, numbers: &HashMap<i64, i64>) -> Result<(ToldRow, Option<i64>)> {
    let number = numbers.get(&row.int("handback_export")?).copied().unwrap_or_default();
    let own = ToldRow {
        id: row.int("id")?,
        name: row.text("name")?,
        content: row.opt_text("content")?,
        number,
        former: None,
    };
    Ok((own, row.opt_int("replaces")?))
}

async fn export_numbers(tx: &mut Tx) -> Result<HashMap<i64, i64>> {
    let rows = tx.rows(EXPORT_NUMBERS, &[]).await?;
    rows.iter().map(|row| Ok((row.int("id")?, row.int("number")?))).collect()
}

/// What one export tells, in its order, with what each row replaces.
pub async fn handback_told(tx: &mut Tx, export: i64) -> Result<Vec<ToldRow>> {
    let numbers = export_numbers(tx).await?;
    let told = tx.many(TOLD_BY_EXPORT, &[export.into()], |row| told_row(row, &numbers)).await?;
    let replaced: BTreeSet<i64> = told.iter().filter_map(|(_, replaces)| *replaces).collect();
    let former = tx.of_keys(TOLD_AS, replaced.iter().copied(), |row| told_row(row, &numbers)).await?;
    let mut former: HashMap<i64, ToldRow> = former.into_iter().map(|(row, _)| (row.id, row)).collect();
    let rows = told.into_iter().map(|(row, replaces)| {
        let former = replaces.and_then(|id| former.remove(&id));
        let former = former.map(|old| FormerTold { id: old.id, content: old.content, number: old.number });
        ToldRow { former, ..row }
    });
    Ok(rows.collect())
}

/// What was told last of each thing by the exports of a kind; what that replaced is not read.
pub async fn handback_standing(tx: &mut Tx, kind: &str) -> Result<Vec<ToldRow>> {
    let numbers = export_numbers(tx).await?;
    let told = tx.many(TOLD_LAST, &[kind.into()], |row| told_row(row, &numbers)).await?;
    Ok(told.into_iter().map(|(row, _)| row).collect())
}

const HANDOVERS: Sql = Sql::same("SELECT id, as_of, levy, reason, actor, second FROM handover ORDER BY id");
const HANDOVER_ENDS: Sql = Sql::same("SELECT handover, reason, actor, second FROM handover_end ORDER BY id");
const HANDED_OVER: Sql = Sql::same(
    "SELECT i.handover, i.item FROM handover_item i
      WHERE NOT EXISTS (SELECT 1 FROM handover_end e WHERE e.handover = i.handover) ORDER BY i.id",
);

/// Every handover, oldest first, also those that were taken back.
pub async fn handovers(tx: &mut Tx) -> Result<Vec<HandoverRow>> {
    let read = |row: &Row| {
        let what = (row.day("as_of")?, row.opt_text("levy")?);
        Ok(HandoverRow { id: row.int("id")?, said: Countersigned::read(row, what)? })
    };
    tx.rows(HANDOVERS, &[]).await?.iter().map(read).collect()
}

/// The handovers that were taken back, oldest first.
pub async fn handover_ends(tx: &mut Tx) -> Result<Vec<Countersigned<i64>>> {
    let read = |row: &Row| Countersigned::read(row, row.int("handover")?);
    tx.rows(HANDOVER_ENDS, &[]).await?.iter().map(read).collect()
}

/// The items that the finance system collects, with the number of the handover that says so.
pub async fn handed_over(tx: &mut Tx) -> Result<Vec<(i64, i64)>> {
    tx.many(HANDED_OVER, &[], |row| Ok((row.int("item")?, row.int("handover")?))).await
}

const BOOKED_LINES: Sql =
    Sql::same("SELECT id, entry, valued, stands_for FROM booking WHERE id > $1 ORDER BY id LIMIT $2");

/// On which line of a statement a booking stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LineRow {
    /// The booking.
    pub id: i64,
    /// The entry that it is a detail of.
    pub entry: i64,
    /// Its value date.
    pub valued: Option<Date>,
    /// The booking whose place it takes.
    pub stands_for: Option<i64>,
}

/// Of every booking, also those for which others stand, its line.
pub async fn lines(tx: &mut Tx) -> Result<Vec<LineRow>> {
    let read = |row: &Row| {
        Ok(LineRow {
            id: row.int("id")?,
            entry: row.int("entry")?,
            valued: row.opt_day("valued")?,
            stands_for: row.opt_int("stands_for")?,
        })
    };
    tx.paged(BOOKED_LINES, 0, read).await
}
