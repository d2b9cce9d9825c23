//! Which database these books are: ids for the bank carry its code, and books that were restored or copied may have
//! forgotten a run that is at the bank.
//!
//! Invariant: from such a restoring on nothing is planned, released or exported until two people have vouched, file by
//! file, that every payment file written since is known here.

use jiff::civil::Date;
use serde_json::{Value, json};
use store::{Db, InstanceKind, InstanceRow, Tx, WriteTx};

use crate::base::config::TEMPLATE;
use crate::base::memory::Memory;
use crate::base::proving::two_people;
use crate::base::rights::Right;
use crate::base::settings;
use crate::{Config, Error, Kasse, Result};

/// The setting that holds the code of a database that was never restored.
const FIRST: &str = "instance";

impl Kasse {
    /// Books without their settings: for proving people, and for what is done to the books as a whole.
    pub(crate) fn unnamed(db: Db, today: Date, now: &str) -> Result<Kasse> {
        let config = Config::parse(TEMPLATE).map_err(Error::Internal)?;
        let now = now.to_owned();
        Ok(Kasse { config, db, today, now, signed: Vec::new(), once: None, stays: false, memory: Memory::default() })
    }

    /// Opens the treasury's database and gives a new one its name.
    ///
    /// # Errors
    /// What [`Db::open`] says.
    pub async fn open(config: Config, db: &str, today: Date, now: String) -> Result<Kasse> {
        let kasse = Kasse {
            config,
            db: Db::open(db).await?,
            today,
            now,
            signed: Vec::new(),
            once: None,
            stays: false,
            memory: Memory::default(),
        };
        name(&kasse).await?;
        Ok(kasse)
    }
}

/// Gives new books their code.
async fn name(kasse: &Kasse) -> Result<()> {
    if kasse.db.read().await?.setting(FIRST).await?.is_some() {
        return Ok(());
    }
    // nobody is there yet
    let mut tx = kasse.db.write(kasse.act("einmal", "init", "")).await?;
    if tx.setting(FIRST).await?.is_none() {
        settings::note(&mut tx, &kasse.config).await?;
        tx.add_setting(FIRST, &new_code()).await?;
        tx.commit("a new database").await?;
    }
    Ok(())
}

/// The code that ids carry now.
pub(crate) async fn code(tx: &mut Tx) -> Result<String> {
    let events = store::instance_events(tx).await?;
    match events.into_iter().filter_map(|event| event.code).next_back() {
        Some(code) => Ok(code),
        None => Ok(tx.setting(FIRST).await?.unwrap_or_default()),
    }
}

/// Six characters without look-alikes: ids for the bank carry them.
pub(crate) fn new_code() -> String {
    const LETTERS: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
    let mut random = rand::random::<u32>();
    std::iter::repeat_with(|| {
        let letter = LETTERS.get((random % 32) as usize).copied().unwrap_or(b'X');
        random /= 32;
        char::from(letter)
    })
    .take(6)
    .collect()
}

/// The restoring or copying that nobody has vouched for.
async fn lock(tx: &mut Tx) -> Result<Option<InstanceRow>> {
    let locks = [InstanceKind::Restored, InstanceKind::Copied, InstanceKind::Unlocked];
    let last = store::instance_events(tx).await?.into_iter().rfind(|event| locks.contains(&event.kind));
    Ok(last.filter(|event| event.kind != InstanceKind::Unlocked))
}

/// Whether these books may have forgotten runs, and nobody has vouched that they have not.
pub(crate) async fn is_locked(tx: &mut Tx) -> Result<bool> {
    Ok(lock(tx).await?.is_some())
}

/// Refuses what would debit, where runs may have been forgotten.
pub(crate) async fn refuse_locked(tx: &mut Tx) -> Result<()> {
    let Some(lock) = lock(tx).await? else { return Ok(()) };
    Err(Error::Refused(format!(
        "these books were {} ({}) and may have forgotten runs that are at the bank: import every payment file written \
         since then, then let two people say `einmal unlock`",
        lock.kind.word(),
        lock.note
    )))
}

/// The payment files that were taken over since the books were restored, and whether they are locked.
pub async fn taken_over(kasse: &Kasse) -> Result<Value> {
    let mut tx = kasse.db.read().await?;
    let lock = lock(&mut tx).await?;
    let since = lock.as_ref().map_or(0, |event| event.journal);
    Ok(json!({
        "locked": lock.is_some(),
        "why": lock.map(|event| format!("{} {}", event.kind.word(), event.note)),
        "files": files_since(&mut tx, since).await?,
    }))
}

async fn files_since(tx: &mut Tx, journal: i64) -> Result<Vec<Value>> {
    let taken = store::payment_files_since(tx, journal).await?;
    Ok(taken.into_iter().map(|(name, sha256)| json!({"file": name, "sha256": sha256})).collect())
}

/// Two people vouch that the books know every payment file written since they were restored: `files` of them.
///
/// # Errors
/// [`Error::Refused`] where nothing is locked, one person alone says it, or another number of files was imported.
pub async fn unlock(kasse: &Kasse, files: usize, who: &str, with: &str) -> Result<()> {
    let mut tx = kasse.write(Right::Vouch, who, "unlock", &format!("with {with}")).await?;
    kasse.with(&mut tx, Right::Vouch, with).await?;
    let Some(lock) = lock(&mut tx).await? else {
        return Err(Error::Refused("these books were not restored since anybody vouched for them".to_owned()));
    };
    two_people(who, with)?;
    let known = files_since(&mut tx, lock.journal).await?.len();
    if known != files {
        return Err(Error::Refused(format!(
            "{known} payment files were imported since the books were {}, not {files}: `einmal unlock --list`",
            lock.kind.word()
        )));
    }
    let note = format!("{files} payment files");
    tx.add_instance_event(InstanceKind::Unlocked, None, Some(with), &note).await?;
    Ok(tx.commit(&note).await?)
}

/// Says in books that were put somewhere what became of them, under a new code.
pub(crate) async fn begin(tx: &mut WriteTx, kind: InstanceKind, note: &str) -> Result<()> {
    Ok(tx.add_instance_event(kind, Some(&new_code()), None, note).await?)
}
