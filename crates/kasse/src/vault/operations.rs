//! Backup, restore, move: all rows of the books into another database, compared before anything is kept.
//!
//! A backup is a database of its own, in a file: every installation can read it, whatever engine wrote it. Invariant: no
//! half of one is ever seen; whoever does it was proven by these books; what was restored or copied is locked (`instance`), and of two copies one is written.

use std::path::{Path, PathBuf};

use jiff::civil::Date;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use store::{Act, Copy, Db, InstanceKind, TableDigest, Tx, WriteTx, without_password};

use crate::base::proving::{admit, admitted, two_people};
use crate::base::rights::{Asked, Right};
use crate::base::scratch::Scratch;
use crate::base::shown::hex;
use crate::vault::instance;
use crate::{Error, Kasse, Result};

/// Books that are not opened for work: a backup that is to be restored, those that are to be moved. Whoever does it proves
/// against these that it is he.
#[derive(Debug)]
pub struct Source {
    kasse: Kasse,
    /// What the books are called: a file, or a database without its password.
    name: String,
    /// Where a backup was put to be read; gone with this.
    _scratch: Option<Scratch>,
}

impl Source {
    /// The books in a database.
    ///
    /// # Errors
    /// What [`Db::open`] says.
    pub async fn of(url: &str, today: Date, now: &str) -> Result<Source> {
        let kasse = Kasse::unnamed(Db::open_source(url).await?, today, now)?;
        Ok(Source { kasse, name: without_password(url), _scratch: None })
    }

    /// The books in a backup. Opening brings a database up to date, and the backup stays as it is: so a copy is opened.
    ///
    /// # Errors
    /// [`Error::Io`] where there is none.
    pub async fn of_backup(file: &Path, today: Date, now: &str) -> Result<Source> {
        let scratch = Scratch::new().map_err(|error| Error::io(file, error))?;
        let own = scratch.path().join("backup.db");
        std::fs::copy(file, &own).map_err(|error| Error::io(file, error))?;
        let kasse = Kasse::unnamed(Db::open_source(&format!("sqlite://{}", own.display())).await?, today, now)?;
        Ok(Source { kasse, name: file.display().to_string(), _scratch: Some(scratch) })
    }

    /// The books, for proving people.
    pub fn kasse(&self) -> &Kasse {
        &self.kasse
    }

    /// The same, with everybody who was proven.
    #[must_use]
    pub fn signed(mut self, kasse: Kasse) -> Source {
        self.kasse = kasse;
        self
    }

    /// Whoever is named, else who was proven, else the program itself.
    fn act(&self, who: Option<&str>, action: &'static str) -> Act {
        self.kasse.act(who.unwrap_or(self.kasse.operator()), action, "")
    }
}

/// The right to do something with the books as a whole.
const WHOLE: Asked = Asked::Right(Right::Administer);

/// What a copy holds: rows, a digest of all of them, the journal's head.
fn told(tables: &[TableDigest], head: &Value) -> Value {
    let mut hash = Sha256::new();
    for table in tables {
        hash.update(format!("{} {} {}\n", table.table, table.rows, table.digest));
    }
    let rows: u64 = tables.iter().map(|table| table.rows).sum();
    json!({"rows": rows, "digest": hex(&hash.finalize()), "journal": head})
}

async fn head(tx: &mut Tx) -> Result<Value> {
    let head = store::last_entry(tx).await?;
    Ok(head.map_or(Value::Null, |entry| json!({"entry": entry.seq, "hash": entry.hash})))
}

fn short(head: &Value) -> String {
    let hash = head.get("hash").and_then(Value::as_str).unwrap_or_default();
    let entry = head.get("entry").map(Value::to_string).unwrap_or_default();
    format!("journal entry {entry}, {}", hash.get(..12).unwrap_or(hash))
}

/// Writes all books into a file, as they are at one moment; others may go on writing meanwhile. Nothing is ever changed in
/// what is written.
///
/// # Errors
/// [`Error::Refused`] where there is such a file, [`Error::Forbidden`] for who may not.
pub async fn backup(kasse: &Kasse, file: &Path, who: Option<&str>) -> Result<Value> {
    let mut tx = kasse.db.read().await?;
    admitted(kasse, &mut tx, WHOLE, who.unwrap_or(kasse.operator())).await?;
    if file.exists() {
        return Err(Error::Refused(format!("{} is there already: name a new file", file.display())));
    }
    let aside = with_ending(file, ".part");
    remove(&aside)?;
    let head = head(&mut tx).await?;
    let target = Db::open(&format!("sqlite://{}", aside.display())).await?;
    let tables = Copy::make(&mut tx, &target).await?.keep(&kasse.now).await?;
    target.close().await;
    let written = std::fs::File::open(&aside).and_then(|file| file.sync_all());
    written.and_then(|()| std::fs::rename(&aside, file)).map_err(|error| Error::io(file, error))?;
    Ok(told(&tables, &head))
}

fn with_ending(file: &Path, ending: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

/// Removes what a backup that was killed has left.
fn remove(file: &Path) -> Result<()> {
    for path in ["", "-wal", "-shm"].map(|ending| with_ending(file, ending)) {
        match std::fs::remove_file(&path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(Error::io(&path, error)),
            _ => {}
        }
    }
    Ok(())
}

/// Puts the books of a backup into a new database, locked until two people vouch for the payment files written since.
///
/// # Errors
/// [`Error::Refused`] for a backup that does not hold, [`store::Error::NotEmpty`] where there are books already.
pub async fn restore(backup: &Source, url: &str, who: Option<&str>) -> Result<Value> {
    let mut tx = backup.kasse.db.read().await?;
    if let Some(found) = store::verify_chain(&mut tx).await?.first() {
        return Err(Error::Refused(format!("{} does not hold: {}", backup.name, found.0)));
    }
    let head = head(&mut tx).await?;
    if head.is_null() {
        return Err(Error::Refused(format!("{} holds no books", backup.name)));
    }
    let act = backup.act(who, "restore");
    admitted(&backup.kasse, &mut tx, WHOLE, &act.actor).await?;
    let copy = Copy::make(&mut tx, &Db::open(url).await?).await?;
    let said = told(&copy.tables, &head);
    let who = act.actor.clone();
    let mut target = copy.write(act).await?;
    admit(&backup.kasse, &mut target, WHOLE, &who).await?;
    let name = Path::new(&backup.name).file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let note = format!("{name}, {}", short(&head));
    instance::begin(&mut target, InstanceKind::Restored, &note).await?;
    target.commit(&note).await?;
    Ok(said)
}

/// Moves the books into another, new database; the old one is never written again, unless two people take that back
/// ([`revive`]). All of it is tried before the old books are retired.
///
/// # Errors
/// [`store::Error::NotEmpty`] where there are books already, [`store::Error::Retired`] where they have moved before.
pub async fn copy(source: &Source, from: &str, to: &str, who: Option<&str>) -> Result<Value> {
    if from == to {
        return Err(Error::Refused("the books are there already".to_owned()));
    }
    let target = Db::open(to).await?;
    let place = without_password(to);
    if !store::is_empty(&mut *target.read().await?).await? {
        return Err(store::Error::NotEmpty.into());
    }
    let act = source.act(who, "copy");
    let mut old = source.kasse.db.read().await?;
    admitted(&source.kasse, &mut old, WHOLE, &act.actor).await?;
    refuse_moved(&mut old, &place).await?;
    drop(put(source, &mut old, &target, &act).await?);
    drop(old);
    // The old ones first: were both alive at any moment, both could debit. A copy that a crash has ended is made again.
    retire(source, &place, &act).await?;
    let mut old = source.kasse.db.read().await?;
    let (new, said, note) = put(source, &mut old, &target, &act).await?;
    new.commit(&note).await?;
    Ok(said)
}

/// Puts books into a database, with the entry that says so; nothing of it is committed.
async fn put(source: &Source, old: &mut Tx, target: &Db, act: &Act) -> Result<(WriteTx, Value, String)> {
    let head = head(old).await?;
    let copy = Copy::make(old, target).await?;
    let said = told(&copy.tables, &head);
    let mut new = copy.write(act.clone()).await?;
    admit(&source.kasse, &mut new, WHOLE, &act.actor).await?;
    let note = format!("from {}, {}", source.name, short(&head));
    instance::begin(&mut new, InstanceKind::Copied, &note).await?;
    Ok((new, said, note))
}

/// Refuses books that are none, or that have moved elsewhere.
async fn refuse_moved(tx: &mut Tx, place: &str) -> Result<()> {
    if head(tx).await?.is_null() {
        return Err(Error::Refused("there are no books to copy".to_owned()));
    }
    match retired_to(tx).await? {
        Some(other) if other != place => Err(store::Error::Retired(other).into()),
        _ => Ok(()),
    }
}

/// Where retired books go on.
async fn retired_to(tx: &mut Tx) -> Result<Option<String>> {
    let last = store::instance_events(tx).await?.pop();
    Ok(last.filter(|event| event.kind == InstanceKind::Retired).map(|event| event.note))
}

/// Says in the old books where they go on, unless they say so already.
async fn retire(source: &Source, place: &str, act: &Act) -> Result<()> {
    if retired_to(&mut *source.kasse.db.read().await?).await?.is_some_and(|known| known == place) {
        return Ok(());
    }
    let mut tx = source.kasse.db.write(act.clone()).await?;
    admit(&source.kasse, &mut tx, WHOLE, &act.actor).await?;
    tx.add_instance_event(InstanceKind::Retired, None, None, place).await?;
    Ok(tx.commit(&format!("to {place}")).await?)
}

/// Takes a retirement back, by two people: the books go on here, and those in the other place, if there are any, are retired
/// instead. Refused once these have an entry of their own.
///
/// # Errors
/// [`Error::Refused`] where the books are not retired, have moved to another place, or went on there.
pub async fn revive(source: &Source, from: &str, to: &str, who: &str, with: &str) -> Result<()> {
    two_people(who, with)?;
    let place = without_password(to);
    let vouch = Asked::Right(Right::Vouch);
    let mut old = source.kasse.db.read().await?;
    for person in [who, with] {
        source.kasse.refuse_token(person)?;
        admitted(&source.kasse, &mut old, vouch, person).await?;
    }
    match retired_to(&mut old).await? {
        None => return Err(Error::Refused("these books were not moved: nothing is to be taken back".to_owned())),
        Some(known) if known != place => return Err(Error::Refused(format!("these books were moved to {known}"))),
        Some(_) => {}
    }
    drop(old);
    let act = source.kasse.act(who, "revive", &format!("with {with}"));
    // the other ones first: both are never alive
    let target = Db::open(to).await?;
    retire_copy(source, &target, &act, &without_password(from)).await?;
    let mut tx = source.kasse.db.write_retired(act).await?;
    for person in [who, with] {
        admit(&source.kasse, &mut tx, vouch, person).await?;
    }
    tx.add_instance_event(InstanceKind::Revived, None, Some(with), &place).await?;
    Ok(tx.commit(&format!("from {place}")).await?)
}

/// Retires a copy that has no entry of its own; where there is none, nothing is to be done.
async fn retire_copy(source: &Source, target: &Db, act: &Act, back: &str) -> Result<()> {
    let mut tx = target.read().await?;
    let Some(last) = store::last_entry(&mut tx).await? else { return Ok(()) };
    if retired_to(&mut tx).await?.is_some_and(|known| known == back) {
        return Ok(());
    }
    if last.action != "copy" {
        return Err(Error::Refused(format!(
            "the books in the other place went on there (journal entry {}): they are the ones now",
            last.seq
        )));
    }
    drop(tx);
    let mut tx = target.write(act.clone()).await?;
    admit(&source.kasse, &mut tx, Asked::Right(Right::Vouch), &act.actor).await?;
    if store::last_entry(&mut tx).await?.is_none_or(|now| now.hash != last.hash) {
        return Err(Error::Changed("the books in the other place were changed meanwhile".to_owned()));
    }
    tx.add_instance_event(InstanceKind::Retired, None, None, back).await?;
    Ok(tx.commit(&format!("to {back}")).await?)
}
