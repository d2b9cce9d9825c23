//! Credits of a Kassenzeichen: amounts that a list says are due to the debtor.

use jiff::civil::Date;

use crate::engine::Tx;
use crate::facts::CREDIT_NOTE;
use crate::journal::Person;
use crate::{Result, Sql, Value, WriteTx};

/// A credit of a Kassenzeichen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreditNoteRow {
    /// The Kassenzeichen as the list prints it.
    pub kassenzeichen: String,
    /// The name that the list gives the credit, like an item's Posten.
    pub posten: String,
    /// The kind of levy.
    pub kind: String,
    /// The due day in the list.
    pub due: Date,
    /// What is due to the debtor, in cents; 0 where a later list does not have it as a credit any more.
    pub amount: i64,
    /// The debtor's name.
    pub debtor: String,
}

impl WriteTx {
    /// Stores what a list says about credits.
    pub async fn add_credit_notes(&mut self, file: i64, notes: &[CreditNoteRow]) -> Result<()> {
        let persons: Vec<Person<'_>> =
            notes.iter().map(|note| Person { name: Some(&note.debtor), ..Person::default() }).collect();
        let first_person = self.add_personal(&persons).await?;
        let rows: Vec<Vec<Value<'_>>> = notes
            .iter()
            .zip(first_person..)
            .map(|(note, person)| {
                vec![
                    file.into(),
                    (&note.kassenzeichen).into(),
                    (&note.posten).into(),
                    (&note.kind).into(),
                    note.due.into(),
                    note.amount.into(),
                    person.into(),
                ]
            })
            .collect();
        self.add(&CREDIT_NOTE, &rows).await.map(drop)
    }
}

const CREDIT_NOTES: Sql = Sql::same(
    "SELECT c.kassenzeichen, c.posten, c.kind, c.due, c.amount, p.name
       FROM credit_note c JOIN personal p ON p.id = c.debtor ORDER BY c.id",
);

/// Everything that lists ever said about credits, oldest first.
pub async fn credit_notes(tx: &mut Tx) -> Result<Vec<CreditNoteRow>> {
    let read = |row: &crate::Row| {
        Ok(CreditNoteRow {
            kassenzeichen: row.text("kassenzeichen")?,
            posten: row.text("posten")?,
            kind: row.text("kind")?,
            due: row.day("due")?,
            amount: row.int("amount")?,
            debtor: row.opt_text("name")?.unwrap_or_default(),
        })
    };
    tx.rows(CREDIT_NOTES, &[]).await?.iter().map(read).collect()
}
