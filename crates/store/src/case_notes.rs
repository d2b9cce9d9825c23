//! Notes on a case: comments, and who works on it.

use jiff::civil::Date;

use crate::engine::Tx;
use crate::facts::CASE_NOTE;
use crate::journal::Person;
use crate::{Result, Sql, Value, WriteTx};

/// The content of a note.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Said {
    /// This person works on the case now; nobody if it is empty.
    Owner(String),
    /// A comment; `None` where it was erased.
    Comment(Option<String>),
}

/// A note on a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseNoteRow {
    /// The case's number.
    pub case: i64,
    /// The business day.
    pub day: Date,
    /// Who wrote it.
    pub actor: String,
    /// The content.
    pub said: Said,
}

impl WriteTx {
    /// Stores a note.
    pub async fn add_case_note(&mut self, note: &CaseNoteRow) -> Result<()> {
        let (owner, comment) = match &note.said {
            Said::Owner(owner) => (Some(owner.as_str()), None),
            Said::Comment(text) => {
                let person = Person { text: text.as_deref(), ..Person::default() };
                (None, Some(self.add_personal(&[person]).await?))
            }
        };
        let row: Vec<Value<'_>> =
            vec![note.case.into(), note.day.into(), (&note.actor).into(), owner.into(), comment.into()];
        self.add(&CASE_NOTE, &[row]).await.map(drop)
    }
}

const CASE_NOTES: Sql = Sql::same(
    "SELECT n.case_file, n.day, n.actor, n.owner, p.text
       FROM case_note n LEFT JOIN personal p ON p.id = n.comment ORDER BY n.id",
);

/// Every note on every case, oldest first.
pub async fn case_notes(tx: &mut Tx) -> Result<Vec<CaseNoteRow>> {
    tx.rows(CASE_NOTES, &[])
        .await?
        .iter()
        .map(|row| {
            let said = match row.opt_text("owner")? {
                Some(owner) => Said::Owner(owner),
                None => Said::Comment(row.opt_text("text")?),
            };
            Ok(CaseNoteRow { case: row.int("case_file")?, day: row.day("day")?, actor: row.text("actor")?, said })
        })
        .collect()
}
