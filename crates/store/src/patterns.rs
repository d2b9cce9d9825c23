//! Patterns of instalments: what another system's debit file tells of what recurs.

use jiff::civil::Date;

use crate::bulk::BATCH;
use crate::engine::Tx;
use crate::facts::PATTERN;
use crate::journal::Person;
use crate::{Result, Row, Sql, Value, WriteTx};

/// A pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PatternRow {
    /// The file that told it; ignored when it is stored.
    pub source_file: i64,
    /// The cash reference.
    pub kassenzeichen: String,
    /// The levy, as the file calls it.
    pub kind: String,
    /// What one instalment comes to, cents.
    pub amount: i64,
    /// The mandate that it was collected by.
    pub mandate_reference: String,
    /// The day on which the file was to be collected.
    pub collected: Date,
    /// The debtor's name.
    pub debtor: String,
}

impl WriteTx {
    /// Stores the patterns that a file tells.
    pub async fn add_patterns(&mut self, file: i64, patterns: &[PatternRow]) -> Result<()> {
        for patterns in patterns.chunks(BATCH) {
            let persons: Vec<Person<'_>> =
                patterns.iter().map(|row| Person { name: Some(&row.debtor), ..Person::default() }).collect();
            let first_person = self.add_personal(&persons).await?;
            let rows: Vec<Vec<Value<'_>>> = patterns
                .iter()
                .zip(first_person..)
                .map(|(row, person)| {
                    vec![
                        file.into(),
                        (&row.kassenzeichen).into(),
                        (&row.kind).into(),
                        row.amount.into(),
                        (&row.mandate_reference).into(),
                        row.collected.into(),
                        person.into(),
                    ]
                })
                .collect();
            self.add(&PATTERN, &rows).await?;
        }
        Ok(())
    }
}

const PATTERNS: Sql = Sql::same(
    "SELECT t.id, t.source_file, t.kassenzeichen, t.kind, t.amount, t.mandate_reference, t.collected, p.name
       FROM pattern t JOIN personal p ON p.id = t.debtor WHERE t.id > $1 ORDER BY t.id LIMIT $2",
);

/// Every pattern, oldest first.
pub async fn patterns(tx: &mut Tx) -> Result<Vec<PatternRow>> {
    tx.paged(PATTERNS, 0, read).await
}

fn read(row: &Row) -> Result<PatternRow> {
    Ok(PatternRow {
        source_file: row.int("source_file")?,
        kassenzeichen: row.text("kassenzeichen")?,
        kind: row.text("kind")?,
        amount: row.int("amount")?,
        mandate_reference: row.text("mandate_reference")?,
        collected: row.day("collected")?,
        debtor: row.opt_text("name")?.unwrap_or_default(),
    })
}
