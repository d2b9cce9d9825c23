//! People: who is registered, how he proves that it is he, and whether he may do what he asks for.
//!
//! Invariants: once anybody is registered, nothing is written in the name of a person who was not proven, who is not active
//! or whose roles do not give him the right, whatever way he came (page, API, command line); no password and no token is
//! stored, only what can tell whether one is right. Where nobody is registered, names are taken as they are said.

use std::sync::LazyLock;

use argon2::password_hash::phc::PasswordHash;
use argon2::{Argon2, PasswordHasher as _, PasswordVerifier as _};
use jiff::civil::Date;
use ledger::person::is_same;
pub use ledger::person::key as name_key;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use store::{Manner, SessionRow, StaffRow, TokenRow, Tx, WriteTx};
use tokio::sync::Semaphore;

pub use crate::base::proven::{BATCH, Proven};
use crate::base::rights::{Right, Roles, Scopes};
use crate::base::shown::hex;
use crate::{Error, Kasse, Result};

/// What the program itself may do without a person.
const OF_BATCH: [Right; 2] = [Right::Import, Right::Export];

/// A secret that is shown once and stored as a digest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// 256 random bits.
    pub fn new() -> Secret {
        Secret(hex(&rand::random::<[u8; 32]>()))
    }

    /// What was sent; nothing where it is none.
    pub fn sent(text: &str) -> Option<Secret> {
        let is_hex =
            text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit() && !byte.is_ascii_uppercase());
        is_hex.then(|| Secret(text.to_owned()))
    }

    /// To be shown to its owner.
    pub fn text(&self) -> &str {
        &self.0
    }

    /// What is stored of it.
    pub fn digest(&self) -> String {
        hex(&Sha256::digest(self.0.as_bytes()))
    }
}

impl Default for Secret {
    fn default() -> Self {
        Secret::new()
    }
}

/// Fewest characters of a password (BSI: length before variety).
const LEAST_PASSWORD: usize = 12;

/// Most characters of a password: more only costs time.
const MOST_PASSWORD: usize = 256;

/// Whether anybody is registered, and so has to prove himself.
///
/// # Errors
/// What the database says.
pub async fn are_proven(kasse: &Kasse) -> Result<bool> {
    Ok(store::has_staff(&mut *kasse.db.read().await?).await?)
}

/// Proves a person by his password. A wrong name takes as long as a wrong password.
///
/// # Errors
/// [`Error::Refused`] in the same words whatever is wrong.
pub async fn by_password(kasse: &Kasse, name: &str, password: &str) -> Result<Proven> {
    let mut tx = kasse.db.read().await?;
    let named = store::staff(&mut tx).await?.into_iter().find(|row| is_same(&row.name, name));
    let stored = match &named {
        Some(row) => store::credential_of(&mut tx, &row.name).await?,
        None => None,
    };
    let staff = named.filter(|row| row.active);
    drop(tx);
    let known = stored.as_deref().filter(|_| staff.is_some());
    // against nobody's password too, so that nobody learns from the time which names there are
    let hash = known.unwrap_or(&NOBODYS).to_owned();
    let password = password.to_owned();
    let busy = |_| Error::Internal("nobody can be proven any more".to_owned());
    let turn = HASHING.acquire().await.map_err(busy)?;
    let is_right = tokio::task::spawn_blocking(move || is_right(&hash, &password)).await.unwrap_or(false);
    drop(turn);
    match staff.filter(|_| is_right && known.is_some()) {
        Some(row) => {
            Ok(Proven { roles: Roles::parse(&row.roles), name: row.name, manner: Manner::Password, scopes: None })
        }
        None => Err(Error::Refused("name or password is wrong".to_owned())),
    }
}

/// How many passwords are tried at once: each takes some 20 MiB and a processor, and anybody may send any number.
static HASHING: Semaphore = Semaphore::const_new(4);

/// The password of nobody: made anew with each start, known to no one.
static NOBODYS: LazyLock<String> = LazyLock::new(|| hashed(Secret::new().text()).unwrap_or_default());

fn is_right(hash: &str, password: &str) -> bool {
    PasswordHash::new(hash).is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
}

fn hashed(password: &str) -> Result<String> {
    let hash = Argon2::default().hash_password(password.as_bytes());
    hash.map(|hash| hash.to_string()).map_err(|why| Error::Internal(why.to_string()))
}

/// Proves a person by a token.
///
/// # Errors
/// [`Error::Refused`] in the same words whatever is wrong.
pub async fn by_token(kasse: &Kasse, token: &str) -> Result<Proven> {
    let refused = || Error::Refused("the token is unknown, was taken back or has run out".to_owned());
    let digest = Secret::sent(token).ok_or_else(refused)?.digest();
    let mut tx = kasse.db.read().await?;
    let token = store::tokens(&mut tx).await?.into_iter().find(|row| row.digest == digest && !row.ended);
    let token = token.filter(|row| row.until.is_none_or(|until| kasse.today <= until)).ok_or_else(refused)?;
    let staff = active(&mut tx, &token.staff).await?.ok_or_else(refused)?;
    let (manner, scopes) = (Manner::Token, Some(Scopes::parse(&token.scopes)));
    Ok(Proven { roles: Roles::parse(&staff.roles), name: staff.name, manner, scopes })
}

async fn active(tx: &mut Tx, name: &str) -> Result<Option<StaffRow>> {
    Ok(store::staff_of(tx, name).await?.filter(|row| row.active))
}

/// A log-in on the page: what the browser keeps. Moments are seconds since 1970.
///
/// # Errors
/// What the database says.
pub async fn log_in(kasse: &Kasse, who: &Proven, agent: &str, moment: i64) -> Result<Secret> {
    let secret = Secret::new();
    let agent = agent.chars().take(120).collect();
    let row = SessionRow { digest: secret.digest(), staff: who.name.clone(), began: moment, seen: moment, agent };
    kasse.db.add_session(&row).await?;
    Ok(secret)
}

/// Seconds without a request after which a log-in ends.
pub const IDLE: i64 = 30 * 60;

/// Seconds after which a log-in ends whatever happens: a day's work.
pub const LONGEST: i64 = 10 * 60 * 60;

/// Proves a person by what his browser keeps; nothing where the log-in has ended. Says when he was last seen.
///
/// # Errors
/// What the database says.
pub async fn by_session(kasse: &Kasse, secret: &Secret, moment: i64) -> Result<Option<(Proven, SessionRow)>> {
    let mut tx = kasse.db.read().await?;
    let Some(row) = store::session(&mut tx, &secret.digest()).await? else { return Ok(None) };
    if moment - row.began > LONGEST || moment - row.seen > IDLE {
        return Ok(None);
    }
    let staff = active(&mut tx, &row.staff).await?;
    Ok(staff.map(|staff| {
        let roles = Roles::parse(&staff.roles);
        (Proven { roles, name: staff.name, manner: Manner::Session, scopes: None }, row)
    }))
}

/// Remembers that somebody was seen.
///
/// # Errors
/// What the database says.
pub async fn seen(kasse: &Kasse, secret: &Secret, moment: i64) -> Result<()> {
    Ok(kasse.db.touch_session(&secret.digest(), moment).await?)
}

/// Forgets a log-in, and all that have ended by themselves.
///
/// # Errors
/// What the database says.
pub async fn log_out(kasse: &Kasse, digest: &str, moment: i64) -> Result<()> {
    kasse.db.end_session(digest).await?;
    Ok(kasse.db.end_old_sessions(moment - LONGEST, moment - IDLE).await?)
}

/// The log-ins that stand, the latest seen first; of one person, or everybody's.
///
/// # Errors
/// What the database says.
pub async fn sessions(kasse: &Kasse, of: Option<&str>, moment: i64) -> Result<Vec<SessionRow>> {
    let mut rows = store::sessions(&mut *kasse.db.read().await?).await?;
    rows.retain(|row| moment - row.began <= LONGEST && moment - row.seen <= IDLE);
    rows.retain(|row| of.is_none_or(|of| row.staff == of));
    Ok(rows)
}

/// Everybody who is registered, with roles and tokens.
///
/// # Errors
/// What the database says.
pub async fn users(kasse: &Kasse) -> Result<Vec<Value>> {
    let mut tx = kasse.db.read().await?;
    let (staff, tokens) = (store::staff(&mut tx).await?, store::tokens(&mut tx).await?);
    let credentials = store::credentials(&mut tx).await?;
    let shown = |row: &StaffRow| {
        let own: Vec<Value> =
            tokens.iter().filter(|token| token.staff == row.name && !token.ended).map(token_json).collect();
        let has_password = credentials.iter().any(|(name, _)| *name == row.name);
        json!({
            "name": row.name, "roles": row.roles.split(' ').collect::<Vec<_>>(), "active": row.active,
            "has_password": has_password, "tokens": own,
        })
    };
    Ok(staff.iter().map(shown).collect())
}

fn token_json(token: &TokenRow) -> Value {
    json!({
        "token": token.id, "label": token.label, "scopes": token.scopes.split(' ').collect::<Vec<_>>(),
        "until": token.until.map(|day| day.to_string()), "given_by": token.actor,
    })
}

/// Registers a person. The first one is an administrator, and whoever says so is believed.
///
/// # Errors
/// [`Error::Refused`] where the name is taken, the password too short, or the first is no administrator.
pub async fn add_user(kasse: &Kasse, name: &str, roles: &Roles, password: &str, who: &str) -> Result<()> {
    check_name(name)?;
    check_password(name, password)?;
    let hash = hashed(password)?;
    let mut tx = kasse.write(Right::Administer, who, "user add", "").await?;
    if !store::has_staff(&mut tx).await? && !roles.may(Right::Administer) {
        return Err(Error::Refused(
            "the first person must be an administrator: nobody else could add people".to_owned(),
        ));
    }
    let same = |row: &StaffRow| is_same(&row.name, name);
    if store::staff(&mut tx).await?.iter().any(same) {
        return Err(Error::Refused(format!("there is a person of the name {name} already")));
    }
    store_credential(&mut tx, name, roles.text(), &hash, who).await?;
    Ok(tx.commit(name).await?)
}

async fn store_credential(tx: &mut WriteTx, name: &str, roles: String, hash: &str, who: &str) -> Result<()> {
    let credential = Some(digest_of(hash));
    tx.add_staff(&StaffRow { name: name.to_owned(), roles, active: true, credential, actor: who.to_owned() }).await?;
    Ok(tx.set_credential(name, hash).await?)
}

/// What the books keep of a stored password.
fn digest_of(hash: &str) -> String {
    hex(&Sha256::digest(hash.as_bytes()))
}

fn check_name(name: &str) -> Result<()> {
    let plain = !name.is_empty() && name.trim() == name && name.chars().count() <= 60;
    if !plain || name.chars().any(char::is_control) || [BATCH, "einmal"].contains(&name.to_lowercase().as_str()) {
        return Err(Error::Refused(format!("{name:?} is no name for a person")));
    }
    Ok(())
}

fn check_password(name: &str, password: &str) -> Result<()> {
    let length = password.chars().count();
    if !(LEAST_PASSWORD..=MOST_PASSWORD).contains(&length) {
        return Err(Error::Refused(format!("a password has {LEAST_PASSWORD} to {MOST_PASSWORD} characters")));
    }
    if password.to_lowercase().contains(&name.to_lowercase()) {
        return Err(Error::Refused("a password does not contain its owner's name".to_owned()));
    }
    Ok(())
}

/// Another person's row, to be changed.
async fn changed(tx: &mut Tx, name: &str) -> Result<StaffRow> {
    let unknown = || Error::Unknown(format!("there is no person of the name {name}"));
    store::staff_of(tx, name).await?.ok_or_else(unknown)
}

/// Gives a person other roles, or takes all rights from him; his log-ins end.
///
/// # Errors
/// [`Error::Unknown`] for a person who is none; [`Error::Refused`] where no administrator would be left.
pub async fn set_user(kasse: &Kasse, name: &str, roles: &Roles, active: bool, who: &str) -> Result<()> {
    let mut tx = kasse.write(Right::Administer, who, "user set", "").await?;
    let row = changed(&mut tx, name).await?;
    tx.add_staff(&StaffRow { roles: roles.text(), active, actor: who.to_owned(), ..row }).await?;
    let left = store::staff(&mut tx).await?;
    if !left.iter().any(|row| row.active && Roles::parse(&row.roles).may(Right::Administer)) {
        return Err(Error::Refused("no administrator would be left".to_owned()));
    }
    tx.end_sessions_of(name).await?;
    Ok(tx.commit(name).await?)
}

/// Gives a person another password: his own, or, as an administrator, another's; his log-ins end.
///
/// # Errors
/// [`Error::Unknown`] for a person who is none; [`Error::Refused`] for a password that is too short.
pub async fn set_password(kasse: &Kasse, name: &str, password: &str, who: &str) -> Result<()> {
    check_password(name, password)?;
    let hash = hashed(password)?;
    let mut tx = match who == name {
        true => kasse.write_own(who, "user password").await?,
        false => kasse.write(Right::Administer, who, "user password", "").await?,
    };
    let row = changed(&mut tx, name).await?;
    let credential = Some(digest_of(&hash));
    tx.add_staff(&StaffRow { credential, actor: who.to_owned(), ..row }).await?;
    tx.set_credential(name, &hash).await?;
    tx.end_sessions_of(name).await?;
    Ok(tx.commit(name).await?)
}

/// Makes a token for oneself that leaves so much of one's rights; it is shown once. Nobody makes one for another: who had a
/// planner's and a releaser's would be both.
///
/// # Errors
/// [`Error::Unknown`] for a person who is none; [`Error::Refused`] where it does not say what it is for.
pub async fn add_token(kasse: &Kasse, name: &str, label: &str, scopes: &Scopes, until: Option<Date>) -> Result<Secret> {
    if label.trim().is_empty() || scopes.text().is_empty() {
        return Err(Error::Refused("a token needs to say what it is for, and a right".to_owned()));
    }
    let mut tx = kasse.write_own(name, "user token").await?;
    changed(&mut tx, name).await?;
    let secret = Secret::new();
    let row = TokenRow {
        id: 0,
        staff: name.to_owned(),
        label: label.to_owned(),
        scopes: scopes.text(),
        digest: secret.digest(),
        until,
        actor: name.to_owned(),
        ended: false,
    };
    tx.add_token(&row).await?;
    tx.commit(name).await?;
    Ok(secret)
}

/// Takes a token back: his own, or, as an administrator, another's.
///
/// # Errors
/// [`Error::Unknown`] for a token that is none.
pub async fn end_token(kasse: &Kasse, token: i64, who: &str) -> Result<()> {
    let unknown = || Error::Unknown(format!("there is no token {token}"));
    let mut tx = kasse.db.read().await?;
    let row =
        store::tokens(&mut tx).await?.into_iter().find(|row| row.id == token && !row.ended).ok_or_else(unknown)?;
    drop(tx);
    let mut tx = match row.staff == who {
        true => kasse.write_own(who, "user token end").await?,
        false => kasse.write(Right::Administer, who, "user token end", "").await?,
    };
    tx.end_token(token, who).await?;
    Ok(tx.commit(&row.staff).await?)
}

/// Lets a person act in a transaction, or refuses: the one place where rights are asked for.
pub(crate) async fn admit(kasse: &Kasse, tx: &mut WriteTx, right: Option<Right>, who: &str) -> Result<()> {
    if !store::has_staff(tx).await? || who == BATCH && right.is_some_and(|right| OF_BATCH.contains(&right)) {
        return Ok(());
    }
    let Some(proven) = kasse.signed.iter().find(|proven| is_same(&proven.name, who)) else {
        return Err(Error::Forbidden(format!(
            "{who} has not proven to be that person: a password or a token is needed"
        )));
    };
    // as his roles are now, not as they were when he came
    let now = active(tx, &proven.name).await?.map(|row| Roles::parse(&row.roles)).unwrap_or_default();
    let scoped = |right: Right| proven.scopes.as_ref().is_none_or(|scopes| scopes.has(right));
    if let Some(right) = right.filter(|right| !now.may(*right) || !scoped(*right)) {
        return Err(Error::Forbidden(format!("{who} may not do this: it needs the right »{}«", right.name())));
    }
    if right.is_none() && proven.scopes.is_some() {
        // a token that could make another or set the password would have no scope and no end
        return Err(Error::Forbidden(format!("{who} has a token only: for his own log-in the password is needed")));
    }
    if right.is_none() && now == Roles::default() {
        return Err(Error::Forbidden(format!("{who} is not active any more")));
    }
    tx.prove(&proven.name, proven.manner);
    Ok(())
}

/// What in the books does not fit the stored passwords, in words.
pub(crate) async fn breaks(tx: &mut Tx) -> Result<Vec<String>> {
    let staff = store::staff(tx).await?;
    let stored = store::credentials(tx).await?;
    let own = |name: &str| stored.iter().find(|(staff, _)| staff == name).map(|(_, hash)| digest_of(hash));
    let unlike = staff.iter().filter(|row| own(&row.name) != row.credential);
    let mut breaks: Vec<String> =
        unlike.map(|row| format!("credential of {}: the password is not the one that was set", row.name)).collect();
    let nobodys = stored.iter().filter(|(name, _)| !staff.iter().any(|row| row.name == *name));
    breaks.extend(nobodys.map(|(name, _)| format!("credential of {name}: there is no such person")));
    Ok(breaks)
}

/// Refuses one person under two names.
pub(crate) fn two_people(who: &str, with: &str) -> Result<()> {
    if is_same(who, with) { Err(Error::Refused("two people answer for this".to_owned())) } else { Ok(()) }
}
