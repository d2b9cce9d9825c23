//! What lists say is due to debtors: credits of a Kassenzeichen.

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
    /// Its name there.
    pub posten: String,
    /// The levy.
    pub kind: String,
    /// The day that the list gives it.
    pub due: Date,
    /// What is due to the debtor, cents; 0 where a later list has it no more as a credit.
    pub amount: i64,
    /// Whose it is.
    pub debtor: String,
}

impl WriteTx {
    /// Remembers what a list says of credits.
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

/// All that lists ever said of credits, oldest first.
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
