//! Items with what lists said about them, mandates, and the counters that a constraint guards.

use std::collections::BTreeSet;

use jiff::civil::Date;

use crate::bulk::{self, BATCH, Target};
use crate::engine::{Stored, Tx};
use crate::facts::{ACCOUNT_CONFIRMATION, ACCOUNT_SIGNATURE, ASSESSMENT, ITEM, MANDATE, SETTING};
use crate::journal::Person;
use crate::{Error, Result, Row, Sql, Value, WriteTx};

/// A fee that is an item of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fee {
    /// The fee for a reminder (Mahngebühr).
    Mahngebuehr,
    /// The late charge (Säumniszuschlag).
    Saeumniszuschlag,
}

impl Fee {
    /// Both kinds.
    pub const ALL: [Fee; 2] = [Fee::Mahngebuehr, Fee::Saeumniszuschlag];

    /// The word that the database stores.
    pub fn word(self) -> &'static str {
        match self {
            Fee::Mahngebuehr => "mahngebuehr",
            Fee::Saeumniszuschlag => "saeumniszuschlag",
        }
    }

    fn parse(word: &str) -> Result<Fee> {
        let of_word = Fee::ALL.into_iter().find(|fee| fee.word() == word);
        let why = || format!("{word:?} is no fee");
        of_word.ok_or_else(|| Error::Inconsistent { column: "fee".to_owned(), why: why() })
    }
}

/// What a list says about an item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewAssessment {
    /// The item's id.
    pub item: i64,
    /// The kind of levy; for a fee, that of the levy that the fee is for.
    pub kind: String,
    /// The day it is due.
    pub due: Date,
    /// The assessed amount in cents.
    pub amount: i64,
    /// What was paid before the list was made, in cents.
    pub paid_before: i64,
    /// The assessed reminder fee in cents.
    pub mahngebuehr: i64,
    /// The assessed late charge in cents.
    pub saeumniszuschlag: i64,
    /// The mandate that the list names for it.
    pub mandate_reference: Option<String>,
    /// The debtor's name.
    pub debtor: String,
    /// The debtor's address.
    pub address: Option<String>,
    /// Which fee it is; `None` for principal.
    pub fee: Option<Fee>,
    /// Whether nobody has said that it is owed: it was made from a pattern.
    pub unconfirmed: bool,
}

/// The newest row that a list gave for an item.
pub type AssessmentRow = NewAssessment;

/// An item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ItemRow {
    /// Its id.
    pub id: i64,
    /// The Kassenzeichen as printed on the Bescheid.
    pub kassenzeichen: String,
    /// The instalment under it: `2023-4`.
    pub posten: String,
    /// What the newest list says about it.
    pub said: AssessmentRow,
    /// The highest amount that any list has given, in cents.
    pub highest: i64,
    /// The journal entry of the newest list that names it.
    pub said_by: i64,
}

/// The counters of an item, in cents.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StateRow {
    /// The item's id.
    pub item: i64,
    /// The assessed amount.
    pub amount: i64,
    /// Paid by transfer, here or before the list was made.
    pub transferred: i64,
    /// Claimed by a debit of a run that is neither cancelled nor void.
    pub in_collection: i64,
    /// Collected by direct debit.
    pub collected: i64,
    /// The run that claims it.
    pub run: Option<i64>,
}

/// What a list says about a mandate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewMandate {
    /// The mandate reference as the debtor signed it.
    pub reference: String,
    /// The Kassenzeichen that it serves.
    pub kassenzeichen: String,
    /// `aktiv` or `widerrufen`.
    pub status: String,
    /// `CORE` or `B2B`.
    pub scheme: String,
    /// Whether it may be used for one debit only.
    pub one_off: bool,
    /// The day it was signed.
    pub signed: Date,
    /// The day it was last used.
    pub last_used: Option<Date>,
    /// The mandate reference that it had before.
    pub old_reference: Option<String>,
    /// The creditor identifier of the creditor that it was given to.
    pub creditor_id: Option<String>,
    /// The former identifier of that creditor.
    pub old_creditor_id: Option<String>,
    /// The account holder.
    pub holder: String,
    /// The account.
    pub iban: String,
    /// The account that it had before.
    pub old_iban: Option<String>,
}

/// A mandate as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MandateRow {
    /// The row's id.
    pub id: i64,
    /// The list that said it.
    pub source_file: i64,
    /// What the list said.
    pub said: NewMandate,
}

impl WriteTx {
    /// Stores new items and returns the first id.
    pub async fn add_items(&mut self, items: &[(String, String)]) -> Result<i64> {
        let first = self.next_item().await?;
        for items in items.chunks(BATCH) {
            let rows: Vec<Vec<Value<'_>>> = items.iter().map(|(kz, posten)| vec![kz.into(), posten.into()]).collect();
            self.add(&ITEM, &rows).await?;
        }
        Ok(first)
    }

    /// Stores what a list says about items.
    pub async fn add_assessments(&mut self, file: i64, assessments: &[NewAssessment]) -> Result<()> {
        for assessments in assessments.chunks(BATCH) {
            self.add_some_assessments(file, assessments).await?;
        }
        Ok(())
    }

    async fn add_some_assessments(&mut self, file: i64, assessments: &[NewAssessment]) -> Result<()> {
        let persons: Vec<Person<'_>> = assessments
            .iter()
            .map(|said| Person { name: Some(&said.debtor), address: said.address.as_deref(), ..Person::default() })
            .collect();
        let first_person = self.add_personal(&persons).await?;
        let rows: Vec<Vec<Value<'_>>> = assessments
            .iter()
            .zip(first_person..)
            .map(|(said, person)| {
                vec![
                    file.into(),
                    said.item.into(),
                    (&said.kind).into(),
                    said.due.into(),
                    said.amount.into(),
                    said.paid_before.into(),
                    said.mahngebuehr.into(),
                    said.saeumniszuschlag.into(),
                    (&said.mandate_reference).into(),
                    person.into(),
                    said.fee.map(Fee::word).into(),
                    said.unconfirmed.then_some(1_i64).into(),
                ]
            })
            .collect();
        self.add(&ASSESSMENT, &rows).await.map(drop)
    }

    /// Stores what a list says about mandates.
    pub async fn add_mandates(&mut self, file: i64, mandates: &[NewMandate]) -> Result<()> {
        for mandates in mandates.chunks(BATCH) {
            self.add_some_mandates(file, mandates).await?;
        }
        Ok(())
    }

    async fn add_some_mandates(&mut self, file: i64, mandates: &[NewMandate]) -> Result<()> {
        let persons: Vec<Person<'_>> = mandates
            .iter()
            .map(|said| Person {
                name: Some(&said.holder),
                iban: Some(&said.iban),
                other_iban: said.old_iban.as_deref(),
                ..Person::default()
            })
            .collect();
        let first_person = self.add_personal(&persons).await?;
        let rows: Vec<Vec<Value<'_>>> = mandates
            .iter()
            .zip(first_person..)
            .map(|(said, person)| {
                vec![
                    file.into(),
                    (&said.reference).into(),
                    (&said.kassenzeichen).into(),
                    (&said.status).into(),
                    (&said.scheme).into(),
                    said.one_off.into(),
                    said.signed.into(),
                    said.last_used.into(),
                    (&said.old_reference).into(),
                    (&said.creditor_id).into(),
                    (&said.old_creditor_id).into(),
                    person.into(),
                ]
            })
            .collect();
        self.add(&MANDATE, &rows).await.map(drop)
    }

    /// Stores that the person who acts is the first of two who confirm the account in this row of a mandate.
    pub async fn add_account_signature(&mut self, mandate: i64) -> Result<()> {
        let actor = self.act().actor.clone();
        self.add(&ACCOUNT_SIGNATURE, &[vec![mandate.into(), actor.into()]]).await.map(drop)
    }

    /// Stores that the person who acts has confirmed the account in this row of a mandate, after the first where it took two.
    pub async fn add_account_confirmation(&mut self, mandate: i64, first: Option<&str>) -> Result<()> {
        let actor = self.act().actor.clone();
        self.add(&ACCOUNT_CONFIRMATION, &[vec![mandate.into(), actor.into(), first.into()]]).await.map(drop)
    }

    /// Stores a value that never changes.
    pub async fn add_setting(&mut self, name: &str, value: &str) -> Result<()> {
        self.add(&SETTING, &[vec![name.into(), value.into()]]).await.map(drop)
    }
}

const SETTING_OF: Sql = Sql::same("SELECT value FROM setting WHERE name = $1");

impl Tx {
    /// The value stored by `add_setting`.
    pub async fn setting(&mut self, name: &str) -> Result<Option<String>> {
        self.row(SETTING_OF, &[name.into()]).await?.map(|row| row.text("value")).transpose()
    }
}

const ITEMS: Sql = Sql::same(
    "SELECT i.id, i.kassenzeichen, i.posten, a.journal, a.kind, a.due, a.amount, a.paid_before, a.mahngebuehr, a.saeumniszuschlag,
            a.mandate_reference, a.fee, a.unconfirmed, p.name, p.address, n.highest
       FROM (SELECT item, MAX(id) AS newest, MAX(amount) AS highest FROM assessment
              WHERE item > $1 GROUP BY item ORDER BY item LIMIT $2) n
       JOIN item i ON i.id = n.item
       JOIN assessment a ON a.id = n.newest
       JOIN personal p ON p.id = a.debtor
      ORDER BY i.id",
);

const FORMER: Sql = Sql::same(
    "SELECT a.item, a.amount, a.paid_before FROM assessment a
      WHERE EXISTS (SELECT 1 FROM assessment n WHERE n.item = a.item AND n.id > a.id) ORDER BY a.id",
);

/// What earlier lists said about items: id, assessed amount, paid before; oldest first.
pub async fn former_assessments(tx: &mut Tx) -> Result<Vec<(i64, i64, i64)>> {
    let rows = tx.many(FORMER, &[], |row| Ok((row.int("item")?, row.int("amount")?, row.int("paid_before")?)));
    rows.await
}

/// Every item with the newest row about it, by Kassenzeichen and instalment.
pub async fn items(tx: &mut Tx) -> Result<Vec<ItemRow>> {
    let items = tx.paged(ITEMS, 0, ItemRow::read).await?;
    Ok(in_order(items))
}

/// The same of these items alone.
pub async fn items_of(tx: &mut Tx, ids: &BTreeSet<i64>) -> Result<Vec<ItemRow>> {
    let items = tx.numbered(ITEMS, ids, ItemRow::read).await?;
    Ok(in_order(items))
}

/// Sorted here: the rows come in the order in which they lie, which is twice as fast.
fn in_order(mut items: Vec<ItemRow>) -> Vec<ItemRow> {
    items.sort_by(|one, other| (&one.kassenzeichen, &one.posten).cmp(&(&other.kassenzeichen, &other.posten)));
    items
}

impl ItemRow {
    fn read(row: &Row) -> Result<ItemRow> {
        let id = row.int("id")?;
        let said = NewAssessment {
            item: id,
            kind: row.text("kind")?,
            due: row.day("due")?,
            amount: row.int("amount")?,
            paid_before: row.int("paid_before")?,
            mahngebuehr: row.int("mahngebuehr")?,
            saeumniszuschlag: row.int("saeumniszuschlag")?,
            mandate_reference: row.opt_text("mandate_reference")?,
            debtor: row.opt_text("name")?.unwrap_or_default(),
            address: row.opt_text("address")?,
            fee: row.opt_text("fee")?.as_deref().map(Fee::parse).transpose()?,
            unconfirmed: row.opt_int("unconfirmed")?.is_some(),
        };
        Ok(ItemRow {
            id,
            kassenzeichen: row.text("kassenzeichen")?,
            posten: row.text("posten")?,
            said,
            highest: row.int("highest")?,
            said_by: row.int("journal")?,
        })
    }
}

const MANDATES: Sql = Sql::same(
    "SELECT m.id, m.source_file, m.reference, m.kassenzeichen, m.status, m.scheme, m.one_off, m.signed, m.last_used, m.old_reference,
            m.creditor_id, m.old_creditor_id, p.name, p.iban, p.other_iban
       FROM mandate m JOIN personal p ON p.id = m.holder WHERE m.id > $1 ORDER BY m.id LIMIT $2",
);

/// Every row that a list ever gave for a mandate, oldest first. Debits refer to such rows.
pub async fn mandates(tx: &mut Tx) -> Result<Vec<MandateRow>> {
    tx.paged(MANDATES, 0, mandate_row).await
}

/// The rows with these ids.
pub async fn mandates_of(tx: &mut Tx, ids: &BTreeSet<i64>) -> Result<Vec<MandateRow>> {
    tx.numbered(MANDATES, ids, mandate_row).await
}

fn mandate_row(row: &Row) -> Result<MandateRow> {
    let said = NewMandate {
        reference: row.text("reference")?,
        kassenzeichen: row.text("kassenzeichen")?,
        status: row.text("status")?,
        scheme: row.text("scheme")?,
        one_off: row.flag("one_off")?,
        signed: row.day("signed")?,
        last_used: row.opt_day("last_used")?,
        old_reference: row.opt_text("old_reference")?,
        creditor_id: row.opt_text("creditor_id")?,
        old_creditor_id: row.opt_text("old_creditor_id")?,
        holder: row.opt_text("name")?.unwrap_or_default(),
        iban: row.opt_text("iban")?.unwrap_or_default(),
        old_iban: row.opt_text("other_iban")?,
    };
    Ok(MandateRow { id: row.int("id")?, source_file: row.int("source_file")?, said })
}

const CONFIRMED: Sql = Sql::same("SELECT mandate FROM account_confirmation ORDER BY id");
const TOLD_BY: Sql = Sql::same("SELECT j.actor FROM mandate m JOIN journal j ON j.seq = m.journal WHERE m.id = $1");

/// The rows of mandates whose accounts a second person has confirmed.
pub async fn confirmed_accounts(tx: &mut Tx) -> Result<Vec<i64>> {
    tx.many(CONFIRMED, &[], |row| row.int("mandate")).await
}

const SIGNED_BY: Sql = Sql::same("SELECT actor FROM account_signature WHERE mandate = $1");

/// The first of two who confirm the account in this row of a mandate.
pub async fn account_signed_by(tx: &mut Tx, mandate: i64) -> Result<Option<String>> {
    tx.row(SIGNED_BY, &[mandate.into()]).await?.map(|row| row.text("actor")).transpose()
}

/// Who imported this row of a mandate.
pub async fn mandate_told_by(tx: &mut Tx, mandate: i64) -> Result<Option<String>> {
    tx.row(TOLD_BY, &[mandate.into()]).await?.map(|row| row.text("actor")).transpose()
}

const STATES: Sql = Sql::same(
    "SELECT item, amount, transferred, in_collection, collected, run FROM item_state WHERE item > $1 ORDER BY item LIMIT $2",
);

const STATE_OF: Sql =
    Sql::same("SELECT item, amount, transferred, in_collection, collected, run FROM item_state WHERE item = $1");

/// The counters of every item.
pub async fn states(tx: &mut Tx) -> Result<Vec<StateRow>> {
    tx.paged(STATES, 0, StateRow::read).await
}

/// The counters of these items.
pub async fn states_of(tx: &mut Tx, items: &BTreeSet<i64>) -> Result<Vec<StateRow>> {
    tx.numbered(STATES, items, StateRow::read).await
}

/// The counters of an item.
pub async fn state(tx: &mut Tx, item: i64) -> Result<Option<StateRow>> {
    tx.row(STATE_OF, &[item.into()]).await?.as_ref().map(StateRow::read).transpose()
}

impl StateRow {
    fn read(row: &Row) -> Result<StateRow> {
        Ok(StateRow {
            item: row.int("item")?,
            amount: row.int("amount")?,
            transferred: row.int("transferred")?,
            in_collection: row.int("in_collection")?,
            collected: row.int("collected")?,
            run: row.opt_int("run")?,
        })
    }
}

/// The columns of the counters, for bulk storing.
pub(crate) fn state_target() -> Target<'static> {
    Target {
        table: "item_state",
        columns: ["item", "amount", "transferred", "in_collection", "collected", "run"]
            .map(|name| (name, Stored::Int))
            .to_vec(),
        conflict: "ON CONFLICT (item) DO UPDATE SET amount = excluded.amount, transferred = excluded.transferred,
            in_collection = excluded.in_collection, collected = excluded.collected, run = excluded.run",
    }
}

/// Stores counters; the database refuses any that claim more than the item's amount.
pub async fn set_state(tx: &mut WriteTx, states: &[StateRow]) -> Result<()> {
    let line = |s: &StateRow| {
        [Some(s.item), Some(s.amount), Some(s.transferred), Some(s.in_collection), Some(s.collected), s.run]
            .map(Value::from)
            .to_vec()
    };
    bulk::store(tx, &state_target(), &states.iter().map(line).collect::<Vec<_>>()).await
}
