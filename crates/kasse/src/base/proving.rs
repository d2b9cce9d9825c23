//! How a person proves that it is he, and whether he may do what he asks for.
//!
//! Must not know how he came to his rights (`appoint`). Invariants: once anybody is registered, nothing is written in the name of a person who was not proven, who is not active
//! or whose roles do not give him the right, whatever way he came (page, API, command line); no password and no token is
//! stored, only what can tell whether one is right. Where nobody is registered, names are taken as they are said.

use std::sync::LazyLock;

use argon2::password_hash::phc::PasswordHash;
use argon2::{Argon2, PasswordHasher as _, PasswordVerifier as _};
use jiff::ToSpan as _;
use jiff::civil::Date;
use ledger::person::{fault, is_same};
pub use ledger::person::{key as name_key, written as name_written};
use sha2::{Digest as _, Sha256};
use store::{Manner, SessionRow, StaffRow, TokenRow, Tx, WriteTx};
use tokio::sync::Semaphore;

use crate::base::day::wall_day;
use crate::base::factor;
use crate::base::proven::{BATCH, Proven};
use crate::base::rights::{Asked, Right, Roles, Scopes};
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
    let factor = match &staff {
        Some(row) => kasse.db.second_factor(&mut tx, &row.name).await?,
        None => None,
    };
    // where there is a second factor, its code stands behind the password
    let (password, code) = if factor.is_some() { factor::parted(password) } else { (password, "") };
    let known = stored.as_deref().filter(|_| staff.is_some());
    // against nobody's password too, so that nobody learns from the time which names there are
    let hash = known.unwrap_or(&NOBODYS).to_owned();
    let password = password.to_owned();
    let busy = |_| Error::Internal("nobody can be proven any more".to_owned());
    let turn = HASHING.acquire().await.map_err(busy)?;
    let is_right = tokio::task::spawn_blocking(move || is_right(&hash, &password)).await.unwrap_or(false);
    drop(turn);
    let is_right = is_right
        && match &factor {
            Some(factor) => factor::fits(kasse, &mut tx, factor, code).await?,
            None => true,
        };
    drop(tx);
    match staff.filter(|_| is_right && known.is_some()) {
        Some(row) => Ok(Proven::of(&row, Manner::Password)),
        None => Err(Error::Refused("name or password is wrong".to_owned())),
    }
}

/// How many passwords are tried at once: each takes some 20 MiB and a processor, and anybody may send any number.
static HASHING: Semaphore = Semaphore::const_new(4);

/// The password of nobody: made anew with each start, known to no one.
static NOBODYS: LazyLock<String> = LazyLock::new(|| hashed(Secret::new().text()).unwrap_or_default());

pub(super) fn is_right(hash: &str, password: &str) -> bool {
    PasswordHash::new(hash).is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
}

pub(super) fn hashed(password: &str) -> Result<String> {
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
    // by the clock on the wall: the business day is what whoever types it says
    let token = token.ok_or_else(refused)?;
    if last_day(&token)? < wall_day(&kasse.now)? {
        return Err(refused());
    }
    let staff = active(&mut tx, &token.staff).await?.filter(|row| !row.once).ok_or_else(refused)?;
    Ok(Proven { scopes: Some(Scopes::parse(&token.scopes)), ..Proven::of(&staff, Manner::Token) })
}

/// The last day on which a token made on this one may be good.
pub(super) fn at_most(made: Date) -> Date {
    made.saturating_add(1.year())
}

/// The last day on which a token is good: a year at most, whatever an old row says.
fn last_day(token: &TokenRow) -> Result<Date> {
    let most = at_most(wall_day(&token.at)?);
    Ok(token.until.map_or(most, |until| until.min(most)))
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
    let digest = secret.digest();
    let row = SessionRow { digest, staff: who.name.clone(), began: moment, seen: moment, agent, proved: moment };
    kasse.db.add_session(&row).await?;
    Ok(secret)
}

/// Seconds without a request after which a log-in ends.
pub const IDLE: i64 = 30 * 60;

/// Seconds after which a log-in ends whatever happens: a day's work.
pub const LONGEST: i64 = 10 * 60 * 60;

/// Seconds for which what moves money or rights needs no password after it was typed.
pub const FRESH: i64 = 10 * 60;

/// Remembers that a person has typed the own password again.
pub fn proved_again(kasse: &Kasse, secret: &Secret, moment: i64) {
    kasse.db.prove_session(&secret.digest(), moment);
}

/// Proves a person by what his browser keeps; nothing where the log-in has ended. Says when he was last seen.
///
/// # Errors
/// What the database says.
pub async fn by_session(kasse: &Kasse, secret: &Secret, moment: i64) -> Result<Option<(Proven, SessionRow)>> {
    let mut tx = kasse.db.read().await?;
    let Some(row) = kasse.db.session(&mut tx, &secret.digest()).await? else { return Ok(None) };
    if moment - row.began > LONGEST || moment - row.seen > IDLE {
        return Ok(None);
    }
    let staff = active(&mut tx, &row.staff).await?;
    Ok(staff.map(|staff| (Proven::of(&staff, Manner::Session), row)))
}

/// Remembers that somebody was seen.
pub fn seen(kasse: &Kasse, secret: &Secret, moment: i64) {
    kasse.db.touch_session(&secret.digest(), moment);
}

/// Forgets a log-in, and all that have ended by themselves.
pub fn log_out(kasse: &Kasse, digest: &str, moment: i64) {
    kasse.db.end_session(digest);
    kasse.db.end_old_sessions(moment - LONGEST, moment - IDLE);
}

/// The log-ins that stand, the latest seen first; of one person, or everybody's.
///
/// # Errors
/// What the database says.
pub async fn sessions(kasse: &Kasse, of: Option<&str>, moment: i64) -> Result<Vec<SessionRow>> {
    let mut rows = kasse.db.sessions(&mut *kasse.db.read().await?).await?;
    rows.retain(|row| moment - row.began <= LONGEST && moment - row.seen <= IDLE);
    rows.retain(|row| of.is_none_or(|of| row.staff == of));
    Ok(rows)
}

/// Lets a person act in a transaction, or refuses: the one place where rights are asked for.
pub(crate) async fn admit(kasse: &Kasse, tx: &mut WriteTx, asked: Asked, who: &str) -> Result<()> {
    if let Some(proven) = admitted(kasse, tx, asked, who).await? {
        tx.prove(&proven.name, proven.manner);
    }
    Ok(())
}

/// Who may act, or look where that needs a right; nobody in particular where nobody is registered, and where the program itself
/// does what it may.
pub(crate) async fn admitted<'k>(kasse: &'k Kasse, tx: &mut Tx, asked: Asked, who: &str) -> Result<Option<&'k Proven>> {
    if let Some(why) = fault(who) {
        return Err(Error::Refused(format!("{who:?} is no name for a person: {why}")));
    }
    let of_batch = matches!(asked, Asked::Right(right) if OF_BATCH.contains(&right));
    if !store::has_staff(tx).await? || who == BATCH && of_batch {
        return Ok(None);
    }
    let Some(proven) = kasse.proven(who) else {
        return Err(Error::Forbidden(format!(
            "{who} has not proven to be that person: a password or a token is needed"
        )));
    };
    // as he is now, not as he was when he came
    let Some(now) = active(tx, &proven.name).await? else {
        return Err(Error::Forbidden(format!("{who} is not active any more")));
    };
    match asked {
        Asked::OwnPassword if proven.scopes.is_none() => {}
        _ if now.once => {
            return Err(Error::Forbidden(format!(
                "the password of {who} was set by another person: it is good for setting an own one, and for nothing else"
            )));
        }
        Asked::Right(right) => refuse_without(proven, &Roles::parse(&now.roles), right, who)?,
        Asked::Own if proven.scopes.is_none() => {}
        // a token that could make another or set the password would have no scope and no end
        Asked::Own | Asked::OwnPassword => {
            return Err(Error::Forbidden(format!("{who} has a token only: for his own log-in the password is needed")));
        }
    }
    Ok(Some(proven))
}

/// Refuses what somebody's roles do not give him, or no token does.
fn refuse_without(proven: &Proven, roles: &Roles, right: Right, who: &str) -> Result<()> {
    let scoped = proven.scopes.as_ref().is_none_or(|scopes| scopes.has(right));
    if !roles.may(right) || !scoped {
        return Err(Error::Forbidden(format!("{who} may not do this: it needs the right »{}«", right.name())));
    }
    if proven.scopes.is_some() && !right.by_token() {
        return Err(needs_person(who));
    }
    Ok(())
}

/// A token is no person: it neither releases nor vouches nor is anybody's second.
fn needs_person(who: &str) -> Error {
    Error::Forbidden(format!("{who} has a token only: this needs the person, by password or log-in"))
}

impl Kasse {
    /// The person of that name, if he was proven.
    fn proven(&self, who: &str) -> Option<&Proven> {
        self.signed.iter().find(|proven| is_same(&proven.name, who))
    }

    /// Refuses who was proven by a token: where somebody answers as a second person.
    pub(crate) fn refuse_token(&self, who: &str) -> Result<()> {
        match self.proven(who) {
            Some(proven) if proven.scopes.is_some() => Err(needs_person(who)),
            _ => Ok(()),
        }
    }
}

/// What the books keep of a stored password.
pub(super) fn digest_of(hash: &str) -> String {
    hex(&Sha256::digest(hash.as_bytes()))
}

/// What in the books does not fit the stored passwords, in words.
pub(crate) async fn breaks(tx: &mut Tx) -> Result<Vec<String>> {
    let staff = store::staff(tx).await?;
    let stored = store::credentials(tx).await?;
    let own = |name: &str| stored.iter().find(|(staff, _)| staff == name).map(|(_, hash)| digest_of(hash));
    let unlike = staff.iter().filter(|row| own(&row.name) != row.credential);
    let mut breaks: Vec<String> =
        unlike.map(|row| format!("credential of {}: the password is not the one that was set", row.name)).collect();
    let asked = store::open_requests(tx).await?.into_iter().filter_map(|row| Some((row.id, row.credential?)));
    let waits: Vec<(i64, String)> =
        store::credentials_asked(tx).await?.iter().map(|(request, hash)| (*request, digest_of(hash))).collect();
    let (asked, both): (Vec<_>, Vec<_>) = asked.partition(|row| !waits.contains(row));
    let stray = waits.iter().filter(|row| !both.contains(row));
    let other = asked.iter().chain(stray).map(|(request, _)| request);
    breaks.extend(other.map(|one| format!("credential_asked {one}: the password is not the one that was asked for")));
    let nobodys = stored.iter().filter(|(name, _)| !staff.iter().any(|row| row.name == *name));
    breaks.extend(nobodys.map(|(name, _)| format!("credential of {name}: there is no such person")));
    Ok(breaks)
}

/// Entries of people who were not proven, though people were registered by then, in words.
pub(crate) async fn unproven(tx: &mut Tx) -> Result<Vec<String>> {
    let mut breaks: Vec<(i64, String)> = Vec::new();
    let mut proven: Vec<i64> = Vec::new();
    for (entry, actor, action, by) in store::proofs_of_others(tx).await? {
        if by.is_some_and(|by| is_same(&by, &actor)) {
            proven.push(entry);
        }
        breaks.push((entry, format!("journal {entry}: {actor} was not proven ({action})")));
    }
    breaks.retain(|(entry, _)| !proven.contains(entry));
    breaks.dedup();
    Ok(breaks.into_iter().map(|(_, said)| said).collect())
}

/// Whether a person has a right now, by roles alone: for what was said in that name before and is carried out later. Where nobody is
/// registered, everybody has.
pub(crate) async fn still_may(tx: &mut Tx, who: &str, right: Right) -> Result<bool> {
    if !store::has_staff(tx).await? {
        return Ok(true);
    }
    Ok(active(tx, who).await?.is_some_and(|row| !row.once && Roles::parse(&row.roles).may(right)))
}

/// Refuses one person under two names.
pub(crate) fn two_people(who: &str, with: &str) -> Result<()> {
    if is_same(who, with) { Err(Error::Refused("two people answer for this".to_owned())) } else { Ok(()) }
}
