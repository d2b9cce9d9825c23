//! How people come to what they may do: registered, given roles, given a password; by one person, and where it moves money
//! or rights in force by a second.
//!
//! Invariants: nobody gets a right that takes two (`Right::takes_two`), and no password of who has one is set, by one person
//! alone; nobody confirms what he asked for or is given; a password that somebody else set is good for setting an own one.
//! The one exception is the founding: as long as the books have known one person who may confirm, he alone makes the second.

use ledger::person::{fault, is_same, key, looks_like};
use serde_json::{Value, json};
use store::{RequestRow, StaffMoment, StaffRow, TokenRow, Tx, WriteTx};

use crate::base::password;
use crate::base::proven::BATCH;
use crate::base::proving::{digest_of, hashed, is_right};
use crate::base::rights::{Asked, Right, Role, Roles};
use crate::base::tokens::end_tokens_of;
use crate::{Error, Kasse, Result};

/// What became of what was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Given {
    /// It is in force.
    InForce,
    /// It waits for a second person, under this number.
    Waits(i64),
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
            "name": row.name, "roles": Roles::parse(&row.roles).iter().map(Role::word).collect::<Vec<_>>(),
            "active": row.active, "has_password": has_password, "must_set_password": row.once, "tokens": own,
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

/// Registers a person. The first one is an administrator, and whoever says so is believed. What takes two is in force with
/// `with`, or waits.
///
/// # Errors
/// [`Error::Refused`] where the name is taken, the password too short, or the first is no administrator.
pub async fn add_user(
    kasse: &Kasse,
    name: &str,
    roles: &Roles,
    password: &str,
    who: &str,
    with: Option<&str>,
) -> Result<Given> {
    check_name(name)?;
    check_password(name, password)?;
    let hash = hashed(password)?;
    let mut tx = kasse.write(Right::Administer, who, "user add", "").await?;
    let history = store::staff_history(&mut tx).await?;
    if history.is_empty() && !roles.may(Right::Administer) {
        return Err(Error::Refused(
            "the first person must be an administrator: nobody else could add people".to_owned(),
        ));
    }
    if let Some(other) = history.iter().find(|other| is_same(&other.row.name, name)) {
        return Err(Error::Refused(format!("there is a person of the name {} already", other.row.name)));
    }
    if let Some(other) = history.iter().find(|other| looks_like(&other.row.name, name)) {
        let other = &other.row.name;
        return Err(Error::Refused(format!("{name:?} looks like {other:?}, who is registered: choose another name")));
    }
    let gift = Gift { before: &Roles::default(), after: roles, is_first: history.is_empty() };
    let second = second_of(kasse, &mut tx, &history, gift, (who, name), with).await?;
    let row = StaffRow {
        name: name.to_owned(),
        roles: if second.is_wanting() { roles.alone(&Roles::default()) } else { roles.clone() }.text(),
        active: true,
        credential: Some(digest_of(&hash)),
        actor: who.to_owned(),
        second: second.name(),
        once: !is_same(who, name),
    };
    tx.add_staff(&row).await?;
    tx.set_credential(name, &hash).await?;
    let given = if second.is_wanting() { ask_roles(&mut tx, name, roles, who).await? } else { Given::InForce };
    tx.commit(name).await?;
    Ok(given)
}

/// Gives a person other roles, or takes all rights from him; his log-ins end. What takes two is in force with `with`, or
/// waits, and what he had before goes on.
///
/// # Errors
/// [`Error::Unknown`] for a person who is none; [`Error::Refused`] where no administrator would be left, or too few who
/// could confirm.
pub async fn set_user(
    kasse: &Kasse,
    name: &str,
    roles: &Roles,
    active: bool,
    who: &str,
    with: Option<&str>,
) -> Result<Given> {
    let mut tx = kasse.write(Right::Administer, who, "user set", "").await?;
    let row = changed(&mut tx, name).await?;
    let name = row.name.as_str();
    let history = store::staff_history(&mut tx).await?;
    withdraw_open(&mut tx, name, who, |request| request.roles.is_some()).await?;
    let before = if row.active { Roles::parse(&row.roles) } else { Roles::default() };
    let after = if active { roles.clone() } else { Roles::default() };
    let gift = Gift { before: &before, after: &after, is_first: false };
    let second = second_of(kasse, &mut tx, &history, gift, (who, name), with).await?;
    let now = if second.is_wanting() { roles.alone(&before) } else { roles.clone() };
    let new = StaffRow { roles: now.text(), active, actor: who.to_owned(), second: second.name(), ..row.clone() };
    if new.roles != row.roles || new.active != row.active {
        tx.add_staff(&new).await?;
        tx.end_sessions_of(name).await?;
    }
    check_left(&mut tx, &history).await?;
    let given = if second.is_wanting() { ask_roles(&mut tx, name, roles, who).await? } else { Given::InForce };
    tx.commit(name).await?;
    Ok(given)
}

/// Gives a person another password: his own, or, as an administrator, another's, which is good for setting an own one; his
/// log-ins and tokens end. Where the person has rights that take two, it is in force with `with`, or waits.
///
/// # Errors
/// [`Error::Unknown`] for a person who is none; [`Error::Refused`] for a password that is too short, or his present one.
pub async fn set_password(kasse: &Kasse, name: &str, password: &str, who: &str, with: Option<&str>) -> Result<Given> {
    check_password(name, password)?;
    let hash = hashed(password)?;
    let is_own = is_same(who, name);
    let mut tx = match is_own {
        true => kasse.write_own(Asked::OwnPassword, who, "user password").await?,
        false => kasse.write(Right::Administer, who, "user password", "").await?,
    };
    let row = changed(&mut tx, name).await?;
    let name = row.name.as_str();
    let present = store::credential_of(&mut tx, name).await?;
    if is_own && row.once && present.is_some_and(|present| is_right(&present, password)) {
        return Err(Error::Refused("this is the password that another person set: choose one of your own".to_owned()));
    }
    withdraw_open(&mut tx, name, who, |request| request.credential.is_some()).await?;
    let second = match is_own {
        true => Second::NotNeeded,
        false => {
            let history = store::staff_history(&mut tx).await?;
            let has = Roles::parse(&row.roles);
            // what the password opens is what its owner has
            let gift = Gift { before: &Roles::default(), after: &has, is_first: false };
            second_of(kasse, &mut tx, &history, gift, (who, name), with).await?
        }
    };
    let credential = Some(digest_of(&hash));
    if second.is_wanting() {
        let request = RequestRow {
            id: 0,
            name: name.to_owned(),
            roles: None,
            credential,
            actor: who.to_owned(),
            at: String::new(),
        };
        let number = tx.add_staff_request(&request, Some(&hash)).await?;
        tx.commit(name).await?;
        return Ok(Given::Waits(number));
    }
    let new = StaffRow { credential, actor: who.to_owned(), second: second.name(), once: !is_own, ..row.clone() };
    put_password(&mut tx, &new, &hash, who).await?;
    tx.commit(name).await?;
    Ok(Given::InForce)
}

async fn put_password(tx: &mut WriteTx, row: &StaffRow, hash: &str, who: &str) -> Result<()> {
    tx.add_staff(row).await?;
    tx.set_credential(&row.name, hash).await?;
    tx.end_sessions_of(&row.name).await?;
    end_tokens_of(tx, &row.name, who).await
}

/// What waits for a second person.
///
/// # Errors
/// What the database says.
pub async fn waiting(kasse: &Kasse) -> Result<Vec<Value>> {
    let mut tx = kasse.db.read().await?;
    let shown = |row: &RequestRow| {
        json!({
            "request": row.id, "name": row.name, "what": if row.roles.is_some() { "roles" } else { "password" },
            "roles": row.roles.as_deref().map(|roles| roles.split(' ').collect::<Vec<_>>()),
            "asked_by": row.actor, "at": row.at,
        })
    };
    Ok(store::open_requests(&mut tx).await?.iter().map(shown).collect())
}

/// Confirms, as a second person, what was asked for: it is in force.
///
/// # Errors
/// [`Error::Unknown`] where nothing waits under that number; [`Error::Refused`] for who asked or is given it.
pub async fn confirm_request(kasse: &Kasse, number: i64, who: &str) -> Result<String> {
    let mut tx = kasse.db.read().await?;
    let request = open_request(&mut tx, number).await?;
    let right = confirming(&store::staff(&mut tx).await?, &request.actor, &request.name);
    drop(tx);
    let mut tx = kasse.write(right, who, "user confirm", "").await?;
    let request = open_request(&mut tx, number).await?;
    let staff = store::staff(&mut tx).await?;
    check_second(&staff, right, who, &request.actor, &request.name)?;
    let asker = staff.iter().find(|row| is_same(&row.name, &request.actor));
    if !asker.is_some_and(|row| row.active && Roles::parse(&row.roles).may(Right::Administer)) {
        return Err(Error::Refused(format!("{} manages people no more: withdraw what he asked for", request.actor)));
    }
    let row = changed(&mut tx, &request.name).await?;
    if !row.active {
        return Err(Error::Refused(format!("{} is not active any more", row.name)));
    }
    let (actor, second) = (request.actor.clone(), Some(who.to_owned()));
    if let Some(roles) = &request.roles {
        tx.add_staff(&StaffRow { roles: roles.clone(), actor, second, ..row }).await?;
        tx.end_sessions_of(&request.name).await?;
    } else {
        let lost = || Error::Refused("the password that waits is not there: ask anew".to_owned());
        let hash = store::credential_asked(&mut tx, number).await?.ok_or_else(lost)?;
        if request.credential != Some(digest_of(&hash)) {
            return Err(lost());
        }
        let new = StaffRow { credential: request.credential.clone(), actor, second, once: true, ..row };
        put_password(&mut tx, &new, &hash, who).await?;
    }
    tx.add_staff_answer(&request, true, who).await?;
    tx.commit(&request.name).await?;
    Ok(request.name)
}

/// Withdraws what was asked for and nobody has confirmed.
///
/// # Errors
/// [`Error::Unknown`] where nothing waits under that number.
pub async fn withdraw_request(kasse: &Kasse, number: i64, who: &str) -> Result<String> {
    let mut tx = kasse.write(Right::Appoint, who, "user withdraw", "").await?;
    let request = open_request(&mut tx, number).await?;
    tx.add_staff_answer(&request, false, who).await?;
    tx.commit(&request.name).await?;
    Ok(request.name)
}

async fn open_request(tx: &mut Tx, number: i64) -> Result<RequestRow> {
    let found = store::open_requests(tx).await?.into_iter().find(|row| row.id == number);
    found.ok_or_else(|| Error::Unknown(format!("nothing waits for a second person under {number}")))
}

/// Withdraws what waits for a person, because something newer takes its place.
async fn withdraw_open(tx: &mut WriteTx, name: &str, who: &str, of: impl Fn(&RequestRow) -> bool) -> Result<()> {
    let open = store::open_requests(tx).await?;
    for request in open.iter().filter(|request| request.name == name && of(request)) {
        tx.add_staff_answer(request, false, who).await?;
    }
    Ok(())
}

async fn ask_roles(tx: &mut WriteTx, name: &str, roles: &Roles, who: &str) -> Result<Given> {
    let request = RequestRow {
        id: 0,
        name: name.to_owned(),
        roles: Some(roles.text()),
        credential: None,
        actor: who.to_owned(),
        at: String::new(),
    };
    Ok(Given::Waits(tx.add_staff_request(&request, None).await?))
}

/// What somebody would have, and what he had.
#[derive(Clone, Copy)]
struct Gift<'a> {
    before: &'a Roles,
    after: &'a Roles,
    /// Whether nobody is registered yet.
    is_first: bool,
}

/// Whether a second person confirms.
enum Second {
    /// It takes one.
    NotNeeded,
    /// It takes two, and nobody has confirmed yet.
    Wanting,
    /// This one confirms.
    Named(String),
}

impl Second {
    fn is_wanting(&self) -> bool {
        matches!(self, Second::Wanting)
    }

    fn name(&self) -> Option<String> {
        match self {
            Second::Named(name) => Some(name.clone()),
            Second::NotNeeded | Second::Wanting => None,
        }
    }
}

/// Whether what is given takes a second person, and who that is.
async fn second_of(
    kasse: &Kasse,
    tx: &mut WriteTx,
    history: &[StaffMoment],
    gift: Gift<'_>,
    (who, name): (&str, &str),
    with: Option<&str>,
) -> Result<Second> {
    if gift.is_first || !gift.after.gain(gift.before) {
        return Ok(Second::NotNeeded);
    }
    if is_same(who, name) {
        return Err(Error::Refused("nobody gives himself rights: another administrator does".to_owned()));
    }
    if let Some(with) = with {
        let staff = store::staff(tx).await?;
        let right = confirming(&staff, who, name);
        check_second(&staff, right, with, who, name)?;
        kasse.with(tx, right, with).await?;
        // as he is registered, not as he was typed
        let own = staff.iter().find(|row| is_same(&row.name, with)).map_or(with, |row| &row.name);
        return Ok(Second::Named(own.to_owned()));
    }
    let is_founding = ever_appointing(history) < FEWEST_TO_CONFIRM && gift.after.only_appoint();
    Ok(if is_founding { Second::NotNeeded } else { Second::Wanting })
}

/// With so many who may confirm, what takes two can be done by two.
const FEWEST_TO_CONFIRM: usize = 2;

/// How many people could ever confirm.
fn ever_appointing(history: &[StaffMoment]) -> usize {
    let may = |moment: &&StaffMoment| moment.row.active && Roles::parse(&moment.row.roles).may(Right::Appoint);
    let names: std::collections::BTreeSet<String> =
        history.iter().filter(may).map(|moment| key(&moment.row.name)).collect();
    names.len()
}

/// The right by which somebody confirms: that to confirm; where nobody but the two has it, that to release.
fn confirming(staff: &[StaffRow], asker: &str, subject: &str) -> Right {
    let other = |row: &&StaffRow| row.active && !is_same(&row.name, asker) && !is_same(&row.name, subject);
    match staff.iter().filter(other).any(|row| Roles::parse(&row.roles).may(Right::Appoint)) {
        true => Right::Appoint,
        false => Right::Release,
    }
}

fn check_second(staff: &[StaffRow], right: Right, who: &str, asker: &str, subject: &str) -> Result<()> {
    if is_same(who, asker) {
        return Err(Error::Refused(format!("{asker} asked for it: another person confirms")));
    }
    if is_same(who, subject) {
        return Err(Error::Refused("nobody confirms what he is given himself".to_owned()));
    }
    if right != confirming(staff, asker, subject) {
        return Err(Error::Changed("who may confirm has changed meanwhile: look again".to_owned()));
    }
    Ok(())
}

/// Refuses what would leave too few to manage people, or to confirm.
async fn check_left(tx: &mut Tx, history: &[StaffMoment]) -> Result<()> {
    let left = store::staff(tx).await?;
    let with = |right: Right| left.iter().filter(|row| row.active && Roles::parse(&row.roles).may(right)).count();
    if with(Right::Administer) == 0 {
        return Err(Error::Refused("no administrator would be left".to_owned()));
    }
    if with(Right::Appoint) < FEWEST_TO_CONFIRM && ever_appointing(history) >= FEWEST_TO_CONFIRM {
        return Err(Error::Refused(
            "nobody would be left to confirm what an administrator gives: register another administrator or treasurer first"
                .to_owned(),
        ));
    }
    Ok(())
}

fn check_name(name: &str) -> Result<()> {
    let no_name = |why: &str| Error::Refused(format!("{name:?} is no name for a person: {why}"));
    if let Some(why) = fault(name) {
        return Err(no_name(why));
    }
    if name.chars().count() > 60 {
        return Err(no_name("it is too long"));
    }
    if [BATCH, "einmal"].iter().any(|own| is_same(own, name)) {
        return Err(no_name("the program itself is called so"));
    }
    Ok(())
}

fn check_password(name: &str, password: &str) -> Result<()> {
    password::check(name, password).map_err(Error::Refused)
}

/// The row of a person, to be changed.
async fn changed(tx: &mut Tx, name: &str) -> Result<StaffRow> {
    let staff = store::staff(tx).await?.into_iter().find(|row| is_same(&row.name, name));
    staff.ok_or_else(|| Error::Unknown(format!("there is no person of the name {name}")))
}

#[cfg(test)]
mod tests {
    use store::Db;

    use super::*;
    use crate::base::proving::unproven;

    #[tokio::test]
    async fn an_entry_of_somebody_who_was_not_proven_is_found() {
        let folder = tempfile::tempdir().unwrap();
        let db = Db::open(&format!("sqlite://{}", folder.path().join("einmal.db").display())).await.unwrap();
        let today = "2024-03-11".parse().unwrap();
        let kasse = Kasse::unnamed(db, today, "2024-03-11T08:00:00Z").unwrap();
        let write = async |who: &str, value: &str| {
            let mut tx = kasse.db.write(kasse.act(who, "copy", "")).await.unwrap();
            tx.add_setting(value, value).await.unwrap();
            tx.commit(value).await.unwrap();
        };
        write("anna", "before anybody is registered").await;
        let admin = Roles::new(vec![Role::Administrator]).unwrap();
        add_user(&kasse, "chef", &admin, "ein langes wort", "chef", None).await.unwrap();
        write(BATCH, "the nightly job").await;
        assert_eq!(unproven(&mut kasse.db.read().await.unwrap()).await.unwrap(), Vec::<String>::new());
        write("anna", "as nobody").await;
        let found = unproven(&mut kasse.db.read().await.unwrap()).await.unwrap();
        assert_eq!(found, ["journal 4: anna was not proven (copy)"]);
    }
}
