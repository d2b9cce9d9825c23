//! Backup, restore, move: all rows of the books into another database, compared before anything is kept.
//!
//! A backup is a database of its own, in a file: every installation can read it, whatever engine wrote it. Invariant: no
//! half of one is ever seen; what was restored or copied is locked (`instance`), and of two copies one is written.

use std::path::{Path, PathBuf};

use jiff::civil::Date;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use store::{Act, Copy, Db, InstanceKind, TableDigest, Tx, without_password};

use crate::base::scratch::Scratch;
use crate::base::shown::hex;
use crate::vault::instance;
use crate::{Error, Kasse, Result};

/// When and by whom something is done to books that are not open yet.
#[derive(Clone, Debug)]
pub struct Operator {
    /// Who.
    pub who: String,
    /// The business date.
    pub today: Date,
    /// The wall clock, UTC, RFC 3339.
    pub now: String,
}

impl Operator {
    fn act(&self, action: &'static str) -> Act {
        Act { actor: self.who.clone(), day: self.today, at: self.now.clone(), action, reason: String::new() }
    }
}

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

/// Writes all books into a file, as they are at one moment; others may go on writing meanwhile.
///
/// # Errors
/// [`Error::Refused`] where there is such a file.
pub async fn backup(kasse: &Kasse, file: &Path) -> Result<Value> {
    if file.exists() {
        return Err(Error::Refused(format!("{} is there already: name a new file", file.display())));
    }
    let aside = with_ending(file, ".part");
    remove(&aside)?;
    let mut tx = kasse.db.read().await?;
    let head = head(&mut tx).await?;
    let target = Db::open(&format!("sqlite://{}", aside.display())).await?;
    let tables = Copy::make(&mut tx, &target).await?.keep().await?;
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
pub async fn restore(file: &Path, url: &str, operator: &Operator) -> Result<Value> {
    // opening brings a database up to date, and the backup stays as it is
    let scratch = Scratch::new().map_err(|error| Error::io(file, error))?;
    let own = scratch.path().join("backup.db");
    std::fs::copy(file, &own).map_err(|error| Error::io(file, error))?;
    let backup = Db::open(&format!("sqlite://{}", own.display())).await?;
    let mut tx = backup.read().await?;
    if let Some(found) = store::verify_chain(&mut tx).await?.first() {
        return Err(Error::Refused(format!("{} does not hold: {}", file.display(), found.0)));
    }
    let head = head(&mut tx).await?;
    if head.is_null() {
        return Err(Error::Refused(format!("{} holds no books", file.display())));
    }
    let copy = Copy::make(&mut tx, &Db::open(url).await?).await?;
    let said = told(&copy.tables, &head);
    let mut target = copy.write(operator.act("restore")).await?;
    let name = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let note = format!("{name}, {}", short(&head));
    instance::begin(&mut target, InstanceKind::Restored, &note).await?;
    target.commit(&note).await?;
    Ok(said)
}

/// Moves the books into another, new database; the old one is never written again.
///
/// # Errors
/// [`store::Error::NotEmpty`] where there are books already, [`store::Error::Retired`] where they have moved before.
pub async fn copy(from: &str, to: &str, operator: &Operator) -> Result<Value> {
    if from == to {
        return Err(Error::Refused("the books are there already".to_owned()));
    }
    let (source, target) = (Db::open(from).await?, Db::open(to).await?);
    let place = without_password(to);
    if !store::is_empty(&mut *target.read().await?).await? {
        return Err(store::Error::NotEmpty.into());
    }
    // The old ones first: were both alive at any moment, both could debit. A copy that a crash has ended is made again.
    retire(&source, &place, operator).await?;
    let mut old = source.read().await?;
    let head = head(&mut old).await?;
    let copy = Copy::make(&mut old, &target).await?;
    let said = told(&copy.tables, &head);
    let mut new = copy.write(operator.act("copy")).await?;
    let note = format!("from {}, {}", without_password(from), short(&head));
    instance::begin(&mut new, InstanceKind::Copied, &note).await?;
    new.commit(&note).await?;
    Ok(said)
}

/// Says in the old books where they go on, unless they say so already.
async fn retire(source: &Db, place: &str, operator: &Operator) -> Result<()> {
    let mut tx = source.read().await?;
    if head(&mut tx).await?.is_null() {
        return Err(Error::Refused("there are no books to copy".to_owned()));
    }
    let last = store::instance_events(&mut tx).await?.pop();
    drop(tx);
    if last.is_some_and(|event| event.kind == InstanceKind::Retired && event.note == place) {
        return Ok(());
    }
    let mut tx = source.write(operator.act("copy")).await?;
    tx.add_instance_event(InstanceKind::Retired, None, None, place).await?;
    Ok(tx.commit(&format!("to {place}")).await?)
}
