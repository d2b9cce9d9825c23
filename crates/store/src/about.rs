//! Rows about some Kassenzeichen, items, bookings or debits: what a question about one thing needs, found by index or by one
//! walk through narrow columns.
//!
//! Must not know why something is asked. Invariant: of what is asked for nothing is left out; the row itself is read by the
//! same statement that reads it among all others.

use std::collections::BTreeSet;

use crate::keys::SqlOfKeys;
use crate::{AllocationRow, ClaimRow, DebitRow, HoldRow, Result, Row, Sql, Tx};

const PRINTED: Sql = Sql::same("SELECT id, kassenzeichen FROM item WHERE id > $1 ORDER BY id LIMIT $2");

/// Shows `see` the Kassenzeichen of every item, with the item's id.
pub async fn each_item_name(tx: &mut Tx, mut see: impl FnMut(i64, String)) -> Result<()> {
    let see = |row: &Row| {
        see(row.int("id")?, row.text("kassenzeichen")?);
        Ok(())
    };
    tx.pages(PRINTED.text(), 0, see).await
}

/// What one row of a list says of an item, as far as people search for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owed {
    /// The Kassenzeichen as it is printed.
    pub kassenzeichen: String,
    /// What was assessed, cents.
    pub amount: i64,
    /// The debtor's name.
    pub debtor: String,
}

const OWED: Sql = Sql::same(
    "SELECT a.id, i.kassenzeichen, a.amount, p.name
       FROM assessment a JOIN item i ON i.id = a.item JOIN personal p ON p.id = a.debtor
      WHERE a.id > $1 ORDER BY a.id LIMIT $2",
);

/// Shows `see` each row that a list ever gave for an item.
pub async fn each_owed(tx: &mut Tx, mut see: impl FnMut(&Owed)) -> Result<()> {
    let see = |row: &Row| {
        see(&Owed {
            kassenzeichen: row.text("kassenzeichen")?,
            amount: row.int("amount")?,
            debtor: row.opt_text("name")?.unwrap_or_default(),
        });
        Ok(())
    };
    tx.pages(OWED.text(), 0, see).await
}

/// What one row of a list says of a mandate, as far as people search for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mandated {
    /// The row's id.
    pub id: i64,
    /// The mandate's reference.
    pub reference: String,
    /// The Kassenzeichen as the list spells it.
    pub kassenzeichen: String,
    /// The holder of the account.
    pub holder: String,
    /// The account.
    pub iban: String,
}

const MANDATED: Sql = Sql::same(
    "SELECT m.id, m.reference, m.kassenzeichen, p.name, p.iban
       FROM mandate m JOIN personal p ON p.id = m.holder WHERE m.id > $1 ORDER BY m.id LIMIT $2",
);

/// Shows `see` each row that a list ever gave for a mandate.
pub async fn each_mandated(tx: &mut Tx, mut see: impl FnMut(&Mandated)) -> Result<()> {
    let see = |row: &Row| {
        see(&Mandated {
            id: row.int("id")?,
            reference: row.text("reference")?,
            kassenzeichen: row.text("kassenzeichen")?,
            holder: row.opt_text("name")?.unwrap_or_default(),
            iban: row.opt_text("iban")?.unwrap_or_default(),
        });
        Ok(())
    };
    tx.pages(MANDATED.text(), 0, see).await
}

const ITEMS_UNDER: SqlOfKeys = SqlOfKeys::same("SELECT id FROM item WHERE kassenzeichen IN ($1)");

/// The items that print one of these Kassenzeichen.
pub async fn items_under(tx: &mut Tx, printed: &BTreeSet<String>) -> Result<BTreeSet<i64>> {
    ids(tx, ITEMS_UNDER, printed).await
}

const FEE_ITEMS: Sql = Sql::same("SELECT DISTINCT item AS id FROM assessment WHERE fee IS NOT NULL");

/// The items that a list ever called a fee.
pub async fn fee_items(tx: &mut Tx) -> Result<BTreeSet<i64>> {
    Ok(tx.many(FEE_ITEMS, &[], |row| row.int("id")).await?.into_iter().collect())
}

const FORMER_OF: SqlOfKeys = SqlOfKeys::same(
    "SELECT a.item, a.amount, a.paid_before FROM assessment a
      WHERE a.item IN ($1) AND EXISTS (SELECT 1 FROM assessment n WHERE n.item = a.item AND n.id > a.id) ORDER BY a.id",
);

/// What earlier lists said of these items: id, assessed amount, paid before; of each item the oldest first.
pub async fn former_of(tx: &mut Tx, items: &BTreeSet<i64>) -> Result<Vec<(i64, i64, i64)>> {
    let read = |row: &Row| Ok((row.int("item")?, row.int("amount")?, row.int("paid_before")?));
    tx.of_keys(FORMER_OF, items.iter().copied(), read).await
}

const PAID_BY: SqlOfKeys = SqlOfKeys::same("SELECT DISTINCT booking AS id FROM allocation WHERE item IN ($1)");

/// The bookings of which something was ever placed on one of these items.
pub async fn paid_by(tx: &mut Tx, items: &BTreeSet<i64>) -> Result<BTreeSet<i64>> {
    ids(tx, PAID_BY, items.iter().copied()).await
}

const PARTS_OF: SqlOfKeys =
    SqlOfKeys::same("SELECT verdict, booking, item, amount FROM allocation WHERE booking IN ($1) ORDER BY id");

/// Every allocation and counter-entry of these bookings.
pub async fn parts_of(tx: &mut Tx, bookings: &BTreeSet<i64>) -> Result<Vec<AllocationRow>> {
    tx.of_keys(PARTS_OF, bookings.iter().copied(), AllocationRow::read).await
}

const NEWEST_OF: SqlOfKeys =
    SqlOfKeys::same("SELECT MAX(id) AS id FROM verdict WHERE booking IN ($1) GROUP BY booking");

/// The ids of the newest verdicts of these bookings.
pub async fn newest_of(tx: &mut Tx, bookings: &BTreeSet<i64>) -> Result<BTreeSet<i64>> {
    ids(tx, NEWEST_OF, bookings.iter().copied()).await
}

const HELD_BY: SqlOfKeys = SqlOfKeys::same(
    "SELECT DISTINCT v.booking AS id FROM hold h JOIN verdict v ON v.id = h.verdict WHERE h.item IN ($1)",
);

/// The bookings of which a verdict ever held one of these items.
pub async fn held_by(tx: &mut Tx, items: &BTreeSet<i64>) -> Result<BTreeSet<i64>> {
    ids(tx, HELD_BY, items.iter().copied()).await
}

const HOLDS_OF: SqlOfKeys = SqlOfKeys::same("SELECT verdict, item, reason FROM hold WHERE verdict IN ($1) ORDER BY id");

/// What these verdicts hold.
pub async fn holds_of(tx: &mut Tx, verdicts: &BTreeSet<i64>) -> Result<Vec<HoldRow>> {
    tx.of_keys(HOLDS_OF, verdicts.iter().copied(), HoldRow::read).await
}

const CLAIMING: SqlOfKeys = SqlOfKeys::same("SELECT DISTINCT debit AS id FROM claim WHERE item IN ($1)");

/// The debits that ever claimed one of these items.
pub async fn claiming(tx: &mut Tx, items: &BTreeSet<i64>) -> Result<BTreeSet<i64>> {
    ids(tx, CLAIMING, items.iter().copied()).await
}

const DEBITS_NAMED: SqlOfKeys = SqlOfKeys::same(
    "SELECT id, run, end_to_end_id, mandate, kassenzeichen FROM debit WHERE end_to_end_id IN ($1) ORDER BY id",
);

/// The debits that have one of these end-to-end ids.
pub async fn debits_named(tx: &mut Tx, ids: &BTreeSet<String>) -> Result<Vec<DebitRow>> {
    tx.of_keys(DEBITS_NAMED, ids, DebitRow::read).await
}

const CLAIMS_OF: SqlOfKeys =
    SqlOfKeys::same("SELECT id, debit, item, amount, cause FROM claim WHERE debit IN ($1) ORDER BY id");

/// Every claim and counter-entry of these debits.
pub async fn claims_of(tx: &mut Tx, debits: &BTreeSet<i64>) -> Result<Vec<ClaimRow>> {
    tx.of_keys(CLAIMS_OF, debits.iter().copied(), ClaimRow::read).await
}

const OPEN_CASES: Sql = Sql::same(
    "SELECT c.booking AS id FROM case_file c
      WHERE (SELECT v.decision FROM verdict v WHERE v.booking = c.booking ORDER BY v.id DESC LIMIT 1) = 'case'
      ORDER BY c.id",
);

/// The bookings of the open cases.
pub async fn open_case_bookings(tx: &mut Tx) -> Result<BTreeSet<i64>> {
    Ok(tx.many(OPEN_CASES, &[], |row| row.int("id")).await?.into_iter().collect())
}

const FROM_OR_OF: Sql = Sql::same(
    "SELECT b.id FROM booking b JOIN personal p ON p.id = b.personal WHERE b.amount > 0 AND (b.amount = $1 OR p.iban LIKE $2)",
);

/// Credits of this amount, cents, or from an account that ends so.
pub async fn credits_like(tx: &mut Tx, amount: Option<i64>, iban_end: Option<&str>) -> Result<BTreeSet<i64>> {
    let end = iban_end.map(|end| format!("%{end}"));
    Ok(tx.many(FROM_OR_OF, &[amount.into(), (&end).into()], |row| row.int("id")).await?.into_iter().collect())
}

const OUTGOING: Sql = Sql::same("SELECT id FROM booking WHERE amount < 0 ORDER BY id");

/// Every booking that took money out.
pub async fn outgoing(tx: &mut Tx) -> Result<BTreeSet<i64>> {
    Ok(tx.many(OUTGOING, &[], |row| row.int("id")).await?.into_iter().collect())
}

/// What credits and debits that belong together have in common.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Likeness {
    /// Amounts, cents.
    pub amounts: BTreeSet<i64>,
    /// Accounts of the other party.
    pub ibans: BTreeSet<String>,
    /// End-to-end ids.
    pub end_to_end: BTreeSet<String>,
    /// References of mandates.
    pub mandates: BTreeSet<String>,
}

const OF_AMOUNT: SqlOfKeys = SqlOfKeys::same("SELECT id FROM booking WHERE amount IN ($1)");
const OF_END_TO_END: SqlOfKeys = SqlOfKeys::same("SELECT id FROM booking WHERE end_to_end_id IN ($1)");
const OF_MANDATE: SqlOfKeys = SqlOfKeys::same("SELECT id FROM booking WHERE mandate_reference IN ($1)");
const OF_ACCOUNT: SqlOfKeys =
    SqlOfKeys::same("SELECT b.id FROM booking b JOIN personal p ON p.id = b.personal WHERE p.iban IN ($1)");

/// The bookings that have one of these in common.
pub async fn alike(tx: &mut Tx, likeness: &Likeness) -> Result<BTreeSet<i64>> {
    let mut found = ids(tx, OF_AMOUNT, likeness.amounts.iter().copied()).await?;
    found.extend(ids(tx, OF_ACCOUNT, &likeness.ibans).await?);
    found.extend(ids(tx, OF_END_TO_END, &likeness.end_to_end).await?);
    found.extend(ids(tx, OF_MANDATE, &likeness.mandates).await?);
    Ok(found)
}

const ADVISED: Sql = Sql::same("SELECT id FROM statement WHERE kind = 'advice' OR provisional = 1 LIMIT 1");

/// Whether anything told of bookings that are no statement's.
pub async fn has_advices(tx: &mut Tx) -> Result<bool> {
    Ok(tx.row(ADVISED, &[]).await?.is_some())
}

async fn ids<'v>(
    tx: &mut Tx,
    sql: SqlOfKeys,
    keys: impl IntoIterator<Item = impl Into<crate::Value<'v>>>,
) -> Result<BTreeSet<i64>> {
    Ok(tx.of_keys(sql, keys, |row| row.int("id")).await?.into_iter().collect())
}
