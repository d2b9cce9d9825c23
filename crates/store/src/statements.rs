//! Files that were read, bank statements and their entries.

use jiff::civil::Date;

use crate::archive::Kept;
use crate::controls::Countersigned;
use crate::engine::Tx;
use crate::facts::{CONFIRMATION, CONFIRMATION_END, ENTRY, SOURCE_FILE, STATEMENT};
use crate::{Result, Row, Sql, Value, WriteTx};

/// The kind of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    /// Bank statements.
    Statements,
    /// A list of open items.
    OpenItems,
    /// A list of mandates.
    Mandates,
    /// A list of old references.
    Aliases,
    /// An own payment file.
    Payments,
    /// The bank's answer to a payment file of our own (pain.002).
    Status,
}

impl FileKind {
    /// The word that the database stores.
    pub fn word(self) -> &'static str {
        match self {
            FileKind::Statements => "statements",
            FileKind::OpenItems => "open_items",
            FileKind::Mandates => "mandates",
            FileKind::Aliases => "aliases",
            FileKind::Payments => "payments",
            FileKind::Status => "status",
        }
    }
}

/// A file to be stored.
#[derive(Clone, Debug)]
pub struct NewFile<'a> {
    /// Its name, without the folder.
    pub name: &'a str,
    /// Its kind.
    pub kind: FileKind,
    /// SHA-256 of its bytes, hexadecimal.
    pub sha256: &'a str,
    /// The last bank day that the system which made an open-items list had posted.
    pub as_of: Option<Date>,
    /// How many files inside this container were refused; the others are stored.
    pub refused: usize,
    /// Where its bytes are kept.
    pub kept: Option<Kept>,
}

/// The place of a statement, or of a page of one, in its sequence.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// The number of the legally valid statement (`LglSeqNb`).
    pub legal_sequence: Option<i64>,
    /// The page's number.
    pub number: Option<i64>,
    /// Whether it is the last one.
    pub is_last: Option<bool>,
    /// Whether its opening balance is an interim balance: it continues another page.
    pub opens_within: bool,
    /// Whether its closing balance is an interim balance: another page continues it.
    pub closes_within: bool,
}

impl Page {
    fn read(row: &Row) -> Result<Page> {
        let flag = |column: &str| Ok::<_, crate::Error>(row.opt_int(column)?.map(|flag| flag != 0));
        Ok(Page {
            legal_sequence: row.opt_int("legal_sequence")?,
            number: row.opt_int("page")?,
            is_last: flag("last_page")?,
            opens_within: flag("opening_interim")?.unwrap_or(false),
            closes_within: flag("closing_interim")?.unwrap_or(false),
        })
    }
}

/// A statement to be stored.
#[derive(Clone, Debug, Default)]
pub struct NewStatement {
    /// What identifies the statement, whatever its file is called and however it is laid out.
    pub identity: String,
    /// Whether it is an advice: it only gives details of a booking that a statement has (camt.054) or will have
    /// (camt.052).
    pub advice: bool,
    /// Whether it is provisional until a statement reports the same bookings (camt.052, MT942).
    pub provisional: bool,
    /// The file's name inside its container, or its own name.
    pub member: String,
    /// `camt.053.001.08`.
    pub message: String,
    /// The treasury's account.
    pub account: String,
    /// The bank's id of the statement.
    pub statement_id: Option<String>,
    /// The bank's number of the statement.
    pub sequence: Option<i64>,
    /// The first and the last day that it covers.
    pub days: (Date, Date),
    /// Cents, negative where overdrawn.
    pub opening: Option<i64>,
    /// Cents, negative where overdrawn.
    pub closing: Option<i64>,
    /// The signed sum of its booked entries, cents.
    pub movement: i64,
    /// What could not be read in it or does not add up.
    pub finding: Option<String>,
    /// Its place among the pages of its statement.
    pub page: Page,
}

/// An entry of a statement, to be stored.
#[derive(Clone, Debug)]
pub struct NewEntry {
    /// The statement's id.
    pub statement: i64,
    /// Its position in the statement.
    pub position: i64,
    /// Cents; negative where the treasury's account was debited.
    pub amount: i64,
    /// How many details (bookings) it has.
    pub details: i64,
    /// The day it was booked.
    pub booked: Date,
    /// What could not be read in it or does not add up.
    pub finding: Option<String>,
    /// How many transactions it consists of, as the bank says.
    pub announced: Option<i64>,
}

const FILE_KNOWN: Sql = Sql::same("SELECT id, refused FROM source_file WHERE sha256 = $1");
const IDENTITY_KNOWN: Sql = Sql::same("SELECT id FROM statement WHERE identity = $1");

const PAYMENT_FILES: Sql =
    Sql::same("SELECT name, sha256 FROM source_file WHERE kind = 'payments' AND journal > $1 ORDER BY id");

/// Name and digest of the own payment files that were imported after this journal entry.
pub async fn payment_files_since(tx: &mut Tx, journal: i64) -> Result<Vec<(String, String)>> {
    let rows = tx.rows(PAYMENT_FILES, &[journal.into()]).await?;
    rows.iter().map(|row| Ok((row.text("name")?, row.text("sha256")?))).collect()
}

/// A file that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceFileRow {
    /// Its name.
    pub name: String,
    /// Its kind, in the word that is stored.
    pub kind: String,
    /// Its digest, hexadecimal.
    pub sha256: String,
    /// The business day on which it was read.
    pub day: Date,
    /// Who imported it.
    pub actor: String,
}

const SOURCE_FILES: Sql = Sql::same(
    "SELECT f.name, f.kind, f.sha256, j.business_day, j.actor FROM source_file f JOIN journal j ON j.seq = f.journal
     ORDER BY f.id DESC LIMIT $1 OFFSET $2",
);
const SOURCE_FILE_COUNT: Sql = Sql::same("SELECT COUNT(*) AS count FROM source_file");

/// The files that were read, newest first: at most `most`, skipping `after`, and how many there are in all.
pub async fn source_files(tx: &mut Tx, most: i64, after: i64) -> Result<(Vec<SourceFileRow>, i64)> {
    let rows = tx.rows(SOURCE_FILES, &[most.into(), after.into()]).await?;
    let rows = rows.iter().map(|row| {
        Ok(SourceFileRow {
            name: row.text("name")?,
            kind: row.text("kind")?,
            sha256: row.text("sha256")?,
            day: row.day("business_day")?,
            actor: row.text("actor")?,
        })
    });
    let rows = rows.collect::<Result<_>>()?;
    let count = tx.row(SOURCE_FILE_COUNT, &[]).await?.map_or(Ok(0), |row| row.int("count"))?;
    Ok((rows, count))
}

/// The file with exactly these bytes, if it was read before: its id, and how many files inside it were refused.
pub async fn file_known(tx: &mut Tx, sha256: &str) -> Result<Option<(i64, i64)>> {
    let row = tx.row(FILE_KNOWN, &[sha256.into()]).await?;
    row.map(|row| Ok((row.int("id")?, row.opt_int("refused")?.unwrap_or(0)))).transpose()
}

/// The stored statement with this identity, if there is one.
pub async fn statement_of(tx: &mut Tx, identity: &str) -> Result<Option<i64>> {
    tx.row(IDENTITY_KNOWN, &[identity.into()]).await?.map(|row| row.int("id")).transpose()
}

impl WriteTx {
    /// Stores a file.
    pub async fn add_file(&mut self, file: &NewFile<'_>) -> Result<i64> {
        let refused = i64::try_from(file.refused).unwrap_or(i64::MAX);
        let row = vec![
            file.name.into(),
            file.kind.word().into(),
            file.sha256.into(),
            file.as_of.into(),
            Some(refused).filter(|count| *count > 0).into(),
            file.kept.map(Kept::word).into(),
        ];
        self.add(&SOURCE_FILE, &[row]).await
    }

    /// Stores a statement of a file, under the id that [`WriteTx::next_statement`] returned.
    pub async fn add_statement(&mut self, file: i64, statement: &NewStatement) -> Result<i64> {
        let row: Vec<Value<'_>> = vec![
            file.into(),
            (&statement.identity).into(),
            if statement.advice { "advice" } else { "statement" }.into(),
            (&statement.member).into(),
            (&statement.message).into(),
            (&statement.account).into(),
            (&statement.statement_id).into(),
            statement.sequence.into(),
            statement.days.0.into(),
            statement.days.1.into(),
            statement.opening.into(),
            statement.closing.into(),
            statement.movement.into(),
            (&statement.finding).into(),
            statement.page.legal_sequence.into(),
            statement.page.number.into(),
            statement.page.is_last.map(i64::from).into(),
            i64::from(statement.page.opens_within).into(),
            i64::from(statement.page.closes_within).into(),
            statement.provisional.then_some(1_i64).into(),
        ];
        self.add(&STATEMENT, &[row]).await
    }

    /// Stores entries and returns the first id.
    pub async fn add_entries(&mut self, entries: &[NewEntry]) -> Result<i64> {
        let rows: Vec<Vec<Value<'_>>> = entries
            .iter()
            .map(|entry| {
                vec![
                    entry.statement.into(),
                    entry.position.into(),
                    entry.amount.into(),
                    entry.details.into(),
                    entry.booked.into(),
                    (&entry.finding).into(),
                    entry.announced.into(),
                ]
            })
            .collect();
        self.add(&ENTRY, &rows).await
    }
}

/// A statement as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatementRow {
    /// Its id.
    pub id: i64,
    /// The name of its file.
    pub file: String,
    /// The file's name inside its container, or empty.
    pub member: String,
    /// `camt.053.001.08`.
    pub message: String,
    /// The treasury's account.
    pub account: String,
    /// The bank's id of it.
    pub statement_id: Option<String>,
    /// The bank's number of it.
    pub sequence: Option<i64>,
    /// The first and the last day that it covers.
    pub days: (Date, Date),
    /// Cents.
    pub opening: Option<i64>,
    /// Cents.
    pub closing: Option<i64>,
    /// The signed sum of its booked entries, cents.
    pub movement: i64,
    /// What could not be read in it or does not add up.
    pub finding: Option<String>,
    /// Its place among the pages of its statement.
    pub page: Page,
}

const STATEMENTS: Sql = Sql::same(
    "SELECT s.id, f.name AS file, s.member, s.message, s.account, s.sequence, s.first_day, s.last_day, s.opening, s.closing,
            s.movement, s.finding, s.statement_id, s.legal_sequence, s.page, s.last_page, s.opening_interim, s.closing_interim
       FROM statement s JOIN source_file f ON f.id = s.source_file
      WHERE s.kind = 'statement' ORDER BY s.account, s.last_day, s.sequence NULLS FIRST, s.id",
);
const STATEMENT_BY_ID: Sql = Sql::same(
    "SELECT s.id, f.name AS file, s.member, s.message, s.account, s.sequence, s.first_day, s.last_day, s.opening, s.closing,
            s.movement, s.finding, s.statement_id, s.legal_sequence, s.page, s.last_page, s.opening_interim, s.closing_interim
       FROM statement s JOIN source_file f ON f.id = s.source_file WHERE s.id = $1",
);

impl StatementRow {
    fn read(row: &Row) -> Result<StatementRow> {
        Ok(StatementRow {
            id: row.int("id")?,
            file: row.text("file")?,
            member: row.text("member")?,
            message: row.text("message")?,
            account: row.text("account")?,
            statement_id: row.opt_text("statement_id")?,
            sequence: row.opt_int("sequence")?,
            days: (row.day("first_day")?, row.day("last_day")?),
            opening: row.opt_int("opening")?,
            closing: row.opt_int("closing")?,
            movement: row.int("movement")?,
            finding: row.opt_text("finding")?,
            page: Page::read(row)?,
        })
    }

    /// A title for messages, such as `auszug.xml: camt.053.001.08 no. 201 of 2024-03-06 to 2024-03-08`.
    pub fn title(&self) -> String {
        let slash = if self.member.is_empty() { "" } else { "/" };
        let (first, last) = self.days;
        let number = self.sequence.filter(|number| *number != 0).map(|number| format!(" no. {number}"));
        let until = if first == last { String::new() } else { format!(" to {last}") };
        let (file, member, message) = (&self.file, &self.member, &self.message);
        format!("{file}{slash}{member}: {message}{} of {first}{until}", number.unwrap_or_default())
    }

    /// The difference between its balances and its entries in cents; `None` where a balance is missing.
    pub fn unexplained(&self) -> Option<i64> {
        self.closing?.checked_sub(self.opening?)?.checked_sub(self.movement)
    }
}

/// Every statement, by account and day, without advices.
pub async fn statements(tx: &mut Tx) -> Result<Vec<StatementRow>> {
    tx.rows(STATEMENTS, &[]).await?.iter().map(StatementRow::read).collect()
}

/// A statement or advice by its id.
pub async fn statement(tx: &mut Tx, id: i64) -> Result<Option<StatementRow>> {
    tx.row(STATEMENT_BY_ID, &[id.into()]).await?.as_ref().map(StatementRow::read).transpose()
}

/// What a person can confirm about a balance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConfirmationKind {
    /// The balance before the first statement of an account.
    Opening,
    /// Nothing moved until a day: the account still has its last known balance.
    Quiet,
}

impl ConfirmationKind {
    fn word(self) -> &'static str {
        match self {
            ConfirmationKind::Opening => "opening",
            ConfirmationKind::Quiet => "quiet",
        }
    }
}

/// A person's confirmation of a balance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfirmationRow {
    /// Its id; 0 before it is stored.
    pub id: i64,
    /// The treasury's account.
    pub account: String,
    /// The kind.
    pub kind: ConfirmationKind,
    /// The day.
    pub day: Date,
    /// Cents.
    pub balance: i64,
    /// Who confirmed it.
    pub actor: String,
}

const CONFIRMATIONS: Sql = Sql::same(
    "SELECT c.id, c.account, c.kind, c.day, c.balance, c.actor FROM confirmation c
      WHERE NOT EXISTS (SELECT 1 FROM confirmation_end e WHERE e.confirmation = c.id) ORDER BY c.id",
);

/// Every confirmation that stands, oldest first.
pub async fn confirmations(tx: &mut Tx) -> Result<Vec<ConfirmationRow>> {
    tx.rows(CONFIRMATIONS, &[])
        .await?
        .iter()
        .map(|row| {
            let opening = row.text("kind")? == ConfirmationKind::Opening.word();
            Ok(ConfirmationRow {
                id: row.int("id")?,
                account: row.text("account")?,
                kind: if opening { ConfirmationKind::Opening } else { ConfirmationKind::Quiet },
                day: row.day("day")?,
                balance: row.int("balance")?,
                actor: row.text("actor")?,
            })
        })
        .collect()
}

impl WriteTx {
    /// Stores that two people withdraw a confirmation.
    pub async fn add_confirmation_end(&mut self, said: &Countersigned<i64>) -> Result<()> {
        let row = vec![said.what.into(), (&said.reason).into(), (&said.actor).into(), (&said.second).into()];
        self.add(&CONFIRMATION_END, &[row]).await.map(drop)
    }

    /// Stores a confirmation.
    pub async fn add_confirmation(&mut self, confirmed: &ConfirmationRow) -> Result<()> {
        let row: Vec<Value<'_>> = vec![
            (&confirmed.account).into(),
            confirmed.kind.word().into(),
            confirmed.day.into(),
            confirmed.balance.into(),
            (&confirmed.actor).into(),
        ];
        self.add(&CONFIRMATION, &[row]).await.map(drop)
    }
}
