//! The journal: who did what, when and why, each entry chained to the one before.
//!
//! Invariant: `hash = SHA-256(previous, seq, at, day, actor, action, subject, reason, digests of the facts)`, and no
//! fact is stored under an entry's number unless that entry is written in the same transaction.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::sync::atomic::{AtomicU64, Ordering};

use jiff::civil::Date;
use sha2::{Digest, Sha256};

use crate::engine::{Db, ReadTx, Turn, Tx};
use crate::facts::{BOOKING, ENTRY, FACTS, FactTable, ITEM, PERSONAL, STATEMENT, absorb, commitment, hex};
use crate::manner::Manner;
use crate::retired::{refuse_backup, refuse_retired};
use crate::{Result, Row, Sql, Value};

/// Who acts, when and why. The time is passed in; nothing below the binary reads a clock.
#[derive(Clone, Debug)]
pub struct Act {
    /// Who acts: a person's name, or `batch` for the nightly job.
    pub actor: String,
    /// The business day.
    pub day: Date,
    /// The wall clock, UTC, as RFC 3339.
    pub at: String,
    /// The action: `import`, `match`, `collect plan` …
    pub action: &'static str,
    /// The reason in the person's words, or empty.
    pub reason: String,
}

/// A key of the settings whose value differs from the one that was stored last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettingChange {
    /// The key with its table, such as `collect.least_amount`.
    pub name: String,
    /// The value before; `None` where the key is new.
    pub before: Option<String>,
    /// The value now; `None` where the key is gone.
    pub after: Option<String>,
}

/// The personal values that belong to one row of another table.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Person<'a> {
    pub(crate) name: Option<&'a str>,
    pub(crate) address: Option<&'a str>,
    pub(crate) iban: Option<&'a str>,
    pub(crate) other_iban: Option<&'a str>,
    pub(crate) text: Option<&'a str>,
    pub(crate) additional: Option<&'a str>,
    pub(crate) ultimate_debtor: Option<&'a str>,
    pub(crate) structured_text: Option<&'a str>,
}

impl<'a> Person<'a> {
    /// The values in the order of the table's columns.
    fn values(&self) -> [Option<&'a str>; 8] {
        let Self { name, address, iban, other_iban, text, additional, ultimate_debtor, structured_text } = *self;
        [name, address, iban, other_iban, text, additional, ultimate_debtor, structured_text]
    }
}

/// The digests of the rows of one table that an entry added.
#[derive(Debug)]
struct Group {
    rows: i64,
    digest: Sha256,
}

/// A transaction that writes, together with the journal entry that it will become.
#[derive(Debug)]
pub struct WriteTx {
    tx: Tx,
    act: Act,
    seq: i64,
    previous: String,
    number: u64,
    groups: BTreeMap<&'static str, Group>,
    next_ids: BTreeMap<&'static str, i64>,
    /// Who answers for the entry, and how each was proven.
    pub(crate) proven: Vec<(String, Manner)>,
    /// What changed in the settings since the last entry.
    pub(crate) settings: Vec<SettingChange>,
    /// The turn to write; it passes on when this transaction ends.
    _turn: Turn,
}

impl std::ops::Deref for WriteTx {
    type Target = Tx;
    fn deref(&self) -> &Tx {
        &self.tx
    }
}
impl std::ops::DerefMut for WriteTx {
    fn deref_mut(&mut self) -> &mut Tx {
        &mut self.tx
    }
}

const HEAD: Sql = Sql::same("SELECT seq, hash FROM journal ORDER BY seq DESC LIMIT 1");
const ADD_ENTRY: Sql = Sql::same(
    "INSERT INTO journal (seq, at, business_day, actor, action, subject, reason, previous, hash) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
);
const ADD_FACTS: Sql =
    Sql::same("INSERT INTO journal_facts (journal, table_name, row_count, digest) VALUES ($1, $2, $3, $4)");

/// A transaction that sees the books at one moment.
pub trait Moment: std::ops::DerefMut<Target = Tx> {
    /// Whether rows have been added in it, beyond what the journal's [`head`] covers: then the transaction's number, which no
    /// other one of this process has.
    fn added_by(&self) -> Option<u64>;
}

impl Moment for ReadTx {
    fn added_by(&self) -> Option<u64> {
        None
    }
}

impl Moment for WriteTx {
    fn added_by(&self) -> Option<u64> {
        (!self.is_empty()).then_some(self.number)
    }
}

/// Numbers for transactions that write.
static NUMBERS: AtomicU64 = AtomicU64::new(1);

/// Number and hash of the newest entry. Where both are the same, all books are the same. 0 and empty before the first
/// entry.
pub async fn head(tx: &mut Tx) -> Result<(i64, String)> {
    tx.row(HEAD, &[]).await?.map_or(Ok((0, String::new())), |row| Ok((row.int("seq")?, row.text("hash")?)))
}

const BY_HASH: Sql = Sql::same("SELECT seq, hash FROM journal WHERE hash LIKE $1 ORDER BY seq LIMIT 1");

/// The entry whose hash begins with these hexadecimal digits: its number and its hash.
pub async fn entry_of_hash(tx: &mut Tx, digits: &str) -> Result<Option<(i64, String)>> {
    let row = tx.row(BY_HASH, &[format!("{digits}%").into()]).await?;
    row.map(|row| Ok((row.int("seq")?, row.text("hash")?))).transpose()
}

const HASH_OF: Sql = Sql::same("SELECT hash FROM journal WHERE seq = $1");

/// Whether these books contain an entry with this number and hash. If so, they contain everything that was there when
/// it was written.
pub async fn has_entry(tx: &mut Tx, (seq, hash): &(i64, String)) -> Result<bool> {
    let own = tx.row(HASH_OF, &[(*seq).into()]).await?.map(|row| row.text("hash")).transpose()?;
    Ok(own.is_some_and(|own| own == *hash))
}

/// How far the tables of facts have grown. Rows are only added, with rising ids, by one writer at a time. So the rows
/// that came since are those above these ids.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Heights(BTreeMap<&'static str, i64>);

impl Heights {
    /// The id of a table's newest row; 0 if it has none.
    pub fn of(&self, table: &str) -> i64 {
        self.0.get(table).copied().unwrap_or(0)
    }
}

/// How far the tables have grown at this moment, including what this transaction added.
pub async fn heights(tx: &mut Tx) -> Result<Heights> {
    let newest = |table: &&FactTable| format!("(SELECT COALESCE(MAX(id), 0) FROM {}) AS {}", table.name, table.name);
    let text = format!("SELECT {}", FACTS.iter().map(newest).collect::<Vec<_>>().join(", "));
    let rows = tx.rows_of(text, &[]).await?;
    let of = |table: &&'static FactTable| Ok((table.name, rows.first().map_or(Ok(0), |row| row.int(table.name))?));
    Ok(Heights(FACTS.iter().map(of).collect::<Result<_>>()?))
}

impl Db {
    /// Begins a write transaction for `act`. Only one writes at a time; dropping it uncommitted leaves nothing behind.
    pub async fn write(&self, act: Act) -> Result<WriteTx> {
        let (mut tx, turn) = self.begin_alone().await?;
        refuse_backup(&mut tx).await?;
        refuse_retired(&mut tx).await?;
        WriteTx::begin(tx, turn, act).await
    }

    /// The same in retired books: for what takes that back.
    pub async fn write_retired(&self, act: Act) -> Result<WriteTx> {
        let (mut tx, turn) = self.begin_alone().await?;
        refuse_backup(&mut tx).await?;
        WriteTx::begin(tx, turn, act).await
    }
}

impl WriteTx {
    pub(crate) async fn begin(mut tx: Tx, turn: Turn, act: Act) -> Result<WriteTx> {
        let (last, previous) = head(&mut tx).await?;
        Ok(WriteTx {
            tx,
            act,
            seq: last + 1,
            previous,
            groups: BTreeMap::new(),
            next_ids: BTreeMap::new(),
            proven: Vec::new(),
            number: NUMBERS.fetch_add(1, Ordering::Relaxed),
            settings: Vec::new(),
            _turn: turn,
        })
    }

    /// Who acts in this transaction, when and why.
    pub fn act(&self) -> &Act {
        &self.act
    }

    /// Whether this transaction has added rows to the table.
    pub fn has_added_to(&self, table: &str) -> bool {
        self.groups.contains_key(table)
    }

    /// The number that the entry of this transaction will have.
    pub(crate) fn seq(&self) -> i64 {
        self.seq
    }

    /// Records how a person who answers for this entry was proven; stored with the entry.
    pub fn prove(&mut self, actor: &str, manner: Manner) {
        self.proven.push((actor.to_owned(), manner));
    }

    /// Whether the transaction has added nothing yet.
    pub fn is_empty(&self) -> bool {
        self.groups.is_empty()
    }

    /// Adds facts and returns the id of the first; the ids of the others follow without a gap.
    pub(crate) async fn add(&mut self, table: &'static FactTable, rows: &[Vec<Value<'_>>]) -> Result<i64> {
        let first = self.next_id(table).await?;
        if rows.is_empty() {
            return Ok(first);
        }
        let count = i64::try_from(rows.len()).unwrap_or(i64::MAX);
        let group = self.groups.entry(table.name).or_insert_with(|| Group { rows: 0, digest: Sha256::new() });
        group.rows += count;
        table.insert(&mut self.tx, self.seq, first, rows, &mut group.digest).await?;
        self.next_ids.insert(table.name, first + count);
        Ok(first)
    }

    /// The id that the next row of a table will have.
    async fn next_id(&mut self, table: &'static FactTable) -> Result<i64> {
        if let Some(id) = self.next_ids.get(table.name) {
            return Ok(*id);
        }
        let text = format!("SELECT CAST(COALESCE(MAX(id), 0) AS BIGINT) AS id FROM {}", table.name);
        let id = match self.tx.rows_of(text, &[]).await?.first() {
            Some(row) => row.int("id")? + 1,
            None => 1,
        };
        self.next_ids.insert(table.name, id);
        Ok(id)
    }

    /// The id that the next item will have.
    pub(crate) async fn next_item(&mut self) -> Result<i64> {
        self.next_id(&ITEM).await
    }

    /// The id that the next statement will have, for entries that are stored before it.
    pub async fn next_statement(&mut self) -> Result<i64> {
        self.next_id(&STATEMENT).await
    }

    /// The id that the next statement entry will have, for bookings that refer to it before it is stored.
    pub async fn next_entry(&mut self) -> Result<i64> {
        self.next_id(&ENTRY).await
    }

    /// The id that the next booking will have, for rows that refer to it before it is stored.
    pub async fn next_booking(&mut self) -> Result<i64> {
        self.next_id(&BOOKING).await
    }

    /// Adds personal values, each row under a random key of its own, and returns the first id.
    pub(crate) async fn add_personal(&mut self, persons: &[Person<'_>]) -> Result<i64> {
        let rows: Vec<Vec<Value<'_>>> = persons
            .iter()
            .map(|person| {
                let key = format!("{:032x}", rand::random::<u128>());
                let values = person.values();
                let mut row: Vec<Value<'_>> = vec![commitment(&key, &values).into(), key.into()];
                row.extend(values.iter().map(|value| Value::from(*value)));
                row
            })
            .collect();
        self.add(&PERSONAL, &rows).await
    }

    /// Writes the journal entry and commits. Without facts no entry is written: nothing happened.
    pub async fn commit(mut self, subject: &str) -> Result<()> {
        if self.groups.is_empty() {
            return Ok(());
        }
        self.add_proofs().await?;
        self.add_settings().await?;
        let facts: Vec<(String, i64, String)> = std::mem::take(&mut self.groups)
            .into_iter()
            .map(|(table, group)| (table.to_owned(), group.rows, hex(&group.digest.finalize())))
            .collect();
        let entry = JournalEntry {
            seq: self.seq,
            at: self.act.at.clone(),
            day: self.act.day,
            actor: self.act.actor.clone(),
            action: self.act.action.to_owned(),
            subject: subject.to_owned(),
            reason: self.act.reason.clone(),
            previous: self.previous.clone(),
            hash: String::new(),
        };
        let hash = entry.expected_hash(&facts);
        for (table, rows, digest) in &facts {
            self.tx.execute(ADD_FACTS, &[self.seq.into(), table.into(), (*rows).into(), digest.into()]).await?;
        }
        let values: [Value<'_>; 9] = [
            entry.seq.into(),
            (&entry.at).into(),
            entry.day.into(),
            (&entry.actor).into(),
            (&entry.action).into(),
            (&entry.subject).into(),
            (&entry.reason).into(),
            (&entry.previous).into(),
            (&hash).into(),
        ];
        self.tx.execute(ADD_ENTRY, &values).await?;
        self.tx.commit().await
    }
}

/// An entry of the journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JournalEntry {
    /// 1, 2, 3 … without a gap.
    pub seq: i64,
    /// The wall clock, UTC, RFC 3339.
    pub at: String,
    /// The business day.
    pub day: Date,
    /// Who acted.
    pub actor: String,
    /// What was done.
    pub action: String,
    /// What it was done to, such as a run's name.
    pub subject: String,
    /// Why.
    pub reason: String,
    /// The hash of the entry before, empty for the first.
    pub previous: String,
    /// This entry's hash.
    pub hash: String,
}

impl JournalEntry {
    /// The hash that the entry must have, given the digests of its facts in the order of the table names.
    pub(crate) fn expected_hash(&self, facts: &[(String, i64, String)]) -> String {
        let mut hash = Sha256::new();
        let mut take = |value: Value<'_>| absorb(&mut hash, &value);
        take(self.previous.as_str().into());
        take(self.seq.into());
        take(self.at.as_str().into());
        take(self.day.into());
        take(self.actor.as_str().into());
        take(self.action.as_str().into());
        take(self.subject.as_str().into());
        take(self.reason.as_str().into());
        for (table, rows, digest) in facts {
            take(table.as_str().into());
            take((*rows).into());
            take(digest.as_str().into());
        }
        hex(&hash.finalize())
    }
}

/// How many rows of a table a journal entry added, and their digest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JournalFacts {
    /// The entry's number.
    pub journal: i64,
    /// The table.
    pub table: String,
    /// How many rows.
    pub rows: i64,
    /// SHA-256 over the rows' digests, hexadecimal.
    pub digest: String,
}

const JOURNAL_FACTS: Sql = Sql::same(
    "SELECT journal, table_name, row_count, digest FROM journal_facts WHERE journal >= $1 AND journal <= $2
     ORDER BY journal, table_name",
);

/// What each of these entries added: rows and digest, by entry and table.
pub async fn journal_facts(tx: &mut Tx, entries: &RangeInclusive<i64>) -> Result<Vec<JournalFacts>> {
    tx.rows(JOURNAL_FACTS, &[(*entries.start()).into(), (*entries.end()).into()])
        .await?
        .iter()
        .map(|row| {
            Ok(JournalFacts {
                journal: row.int("journal")?,
                table: row.text("table_name")?,
                rows: row.int("row_count")?,
                digest: row.text("digest")?,
            })
        })
        .collect()
}

const ENTRIES: Sql = Sql::same(
    "SELECT seq, at, business_day, actor, action, subject, reason, previous, hash FROM journal WHERE seq >= $1 AND seq <= $2
     ORDER BY seq",
);
const ENTRY_OF: Sql = Sql::same(
    "SELECT seq, at, business_day, actor, action, subject, reason, previous, hash FROM journal WHERE seq = $1",
);
const LAST_ENTRY: Sql = Sql::same(
    "SELECT seq, at, business_day, actor, action, subject, reason, previous, hash FROM journal ORDER BY seq DESC LIMIT 1",
);

/// These entries of the journal, oldest first.
pub async fn entries(tx: &mut Tx, numbers: &RangeInclusive<i64>) -> Result<Vec<JournalEntry>> {
    let values = [(*numbers.start()).into(), (*numbers.end()).into()];
    tx.rows(ENTRIES, &values).await?.iter().map(entry_row).collect()
}

/// A search in the journal. An empty field restricts nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EntriesAsked {
    /// Who acted.
    pub actor: String,
    /// The action.
    pub action: String,
    /// A part of the subject, ignoring case.
    pub subject: String,
    /// The first business day.
    pub from: Option<Date>,
    /// The last business day.
    pub until: Option<Date>,
}

const ASKED: Sql = Sql::same(
    "SELECT seq, at, business_day, actor, action, subject, reason, previous, hash FROM journal
     WHERE ($1 = '' OR actor = $1) AND ($2 = '' OR action = $2) AND LOWER(subject) LIKE $3 ESCAPE '!'
       AND business_day >= $4 AND business_day <= $5
     ORDER BY seq DESC LIMIT $6 OFFSET $7",
);
const ASKED_COUNT: Sql = Sql::same(
    "SELECT COUNT(*) AS count FROM journal
     WHERE ($1 = '' OR actor = $1) AND ($2 = '' OR action = $2) AND LOWER(subject) LIKE $3 ESCAPE '!'
       AND business_day >= $4 AND business_day <= $5",
);

/// The entries that match, newest first: at most `most`, skipping `after`, and how many match in all.
pub async fn entries_asked(
    tx: &mut Tx,
    asked: &EntriesAsked,
    most: i64,
    after: i64,
) -> Result<(Vec<JournalEntry>, i64)> {
    // both databases ignore case for ASCII letters only
    let literal = asked.subject.to_ascii_lowercase().replace('!', "!!").replace('%', "!%").replace('_', "!_");
    let subject = format!("%{literal}%");
    let mut values: Vec<Value<'_>> = vec![
        (&asked.actor).into(),
        (&asked.action).into(),
        (&subject).into(),
        asked.from.unwrap_or(jiff::civil::date(1, 1, 1)).into(),
        asked.until.unwrap_or(Date::MAX).into(),
    ];
    let count = tx.row(ASKED_COUNT, &values).await?.map_or(Ok(0), |row| row.int("count"))?;
    values.extend([Value::from(most), Value::from(after)]);
    let rows = tx.rows(ASKED, &values).await?;
    Ok((rows.iter().map(entry_row).collect::<Result<_>>()?, count))
}

const ACTORS: Sql = Sql::same("SELECT DISTINCT actor AS word FROM journal ORDER BY word");
const ACTIONS: Sql = Sql::same("SELECT DISTINCT action AS word FROM journal ORDER BY word");

/// Everybody who has acted, and every action there was.
pub async fn actors_and_actions(tx: &mut Tx) -> Result<(Vec<String>, Vec<String>)> {
    let actors = tx.rows(ACTORS, &[]).await?.iter().map(|row| row.text("word")).collect::<Result<_>>()?;
    let actions = tx.rows(ACTIONS, &[]).await?.iter().map(|row| row.text("word")).collect::<Result<_>>()?;
    Ok((actors, actions))
}

/// An entry by its number.
pub async fn entry(tx: &mut Tx, seq: i64) -> Result<Option<JournalEntry>> {
    tx.row(ENTRY_OF, &[seq.into()]).await?.as_ref().map(entry_row).transpose()
}

/// The newest entry.
pub async fn last_entry(tx: &mut Tx) -> Result<Option<JournalEntry>> {
    tx.row(LAST_ENTRY, &[]).await?.as_ref().map(entry_row).transpose()
}

fn entry_row(row: &Row) -> Result<JournalEntry> {
    Ok(JournalEntry {
        seq: row.int("seq")?,
        at: row.text("at")?,
        day: row.day("business_day")?,
        actor: row.text("actor")?,
        action: row.text("action")?,
        subject: row.text("subject")?,
        reason: row.text("reason")?,
        previous: row.text("previous")?,
        hash: row.text("hash")?,
    })
}
