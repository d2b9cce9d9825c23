//! The second factor: a code of an authenticator program (TOTP, RFC 6238), or one of ten recovery codes.
//!
//! Must not know pages. Where a person has one, the code is typed behind the password, with a blank between: so every place
//! that takes a password (log-in, second person, command line) asks for both. Invariants: no code is good twice; what is
//! stored of a recovery code is its digest; a person whose role demands a second factor and who has none can do nothing
//! else before setting one up.

use jiff::Timestamp;
use ledger::person::is_same;
use sha2::{Digest as _, Sha256};
use store::{FactorRow, StaffRow, Tx, WriteTx};
use totp_rs::{Builder, Secret as Shared, Totp};

use crate::base::rights::{Asked, Right, Role, Roles};
use crate::base::shown::hex;
use crate::{Error, Kasse, Result};

/// How many recovery codes there are.
const RECOVERIES: usize = 10;

/// A new secret for an authenticator program, as it is typed there.
pub fn new_secret() -> String {
    Shared::new_stack(rand::random::<[u8; 20]>()).to_base32()
}

fn totp(secret: &str) -> Option<Totp> {
    let secret = Shared::try_from_base32(secret).ok()?;
    Builder::new().with_secret(secret).build().ok()
}

/// The seconds of the wall clock.
fn seconds(kasse: &Kasse) -> u64 {
    kasse.now.parse::<Timestamp>().ok().and_then(|now| u64::try_from(now.as_second()).ok()).unwrap_or_default()
}

/// Password and code, where they are typed together.
pub(crate) fn parted(typed: &str) -> (&str, &str) {
    typed.rsplit_once(' ').unwrap_or((typed, ""))
}

/// Whether a code is right for a person's second factor; it is used up then.
pub(crate) async fn fits(kasse: &Kasse, tx: &mut Tx, factor: &FactorRow, code: &str) -> Result<bool> {
    let step = totp(&factor.secret).and_then(|totp| totp.check(code, seconds(kasse)));
    if let Some(step) = step.and_then(|step| i64::try_from(step).ok()) {
        return Ok(kasse.db.use_step(&factor.staff, factor.step, step));
    }
    let digest = digest(code);
    if store::has_recovery_code(tx, &factor.staff, &digest).await? {
        return Ok(kasse.db.use_recovery_code(&digest));
    }
    Ok(false)
}

fn digest(code: &str) -> String {
    hex(&Sha256::digest(code.as_bytes()))
}

/// Whether a person has a second factor.
///
/// # Errors
/// What the database says.
pub async fn has_factor(kasse: &Kasse, name: &str) -> Result<bool> {
    Ok(kasse.db.second_factor(&mut *kasse.db.read().await?, name).await?.is_some())
}

/// Whether one of these roles demands a second factor by the settings.
pub fn is_demanded(kasse: &Kasse, roles: &Roles) -> bool {
    let demanding: &[Role] = &kasse.config.access.second_factor;
    roles.iter().any(|role| demanding.contains(&role))
}

/// Gives a person a second factor, once the program that will show the codes has shown a right one; the recovery codes,
/// which are shown this once.
///
/// # Errors
/// [`Error::Refused`] for a wrong code or a secret that is none.
pub async fn set_factor(kasse: &Kasse, name: &str, secret: &str, code: &str) -> Result<Vec<String>> {
    let wrong =
        || Error::Refused("this code is not the one of this moment: compare the clock of your device".to_owned());
    let step = totp(secret).and_then(|totp| totp.check(code.trim(), seconds(kasse))).ok_or_else(wrong)?;
    let step = i64::try_from(step).map_err(|_| wrong())?;
    let codes: Vec<String> = (0..RECOVERIES).map(|_| recovery_code()).collect();
    let digests: Vec<String> = codes.iter().map(|code| digest(code)).collect();
    let mut tx = kasse.write_own(Asked::Own, name, "user second factor").await?;
    let row = FactorRow { staff: name.to_owned(), secret: secret.to_owned(), step };
    tx.set_second_factor(&row, &digests).await?;
    say_anew(&mut tx, name, name).await?;
    tx.commit(name).await?;
    Ok(codes)
}

/// Says anew what is true of a person: a fact, so that the entry in the journal stands for something.
async fn say_anew(tx: &mut WriteTx, name: &str, who: &str) -> Result<()> {
    let unknown = || Error::Unknown(format!("there is no person of the name {name}"));
    let row = store::staff_of(tx, name).await?.ok_or_else(unknown)?;
    // nobody confirms this: whoever confirmed the row before may be the one who acts now
    Ok(tx.add_staff(&StaffRow { actor: who.to_owned(), second: None, ..row }).await?)
}

/// 128 random bits, as they can be written down.
fn recovery_code() -> String {
    let text = hex(&rand::random::<[u8; 16]>());
    let parts: Vec<&str> = (0..4).filter_map(|part| text.get(part * 8..part * 8 + 8)).collect();
    parts.join("-")
}

/// Takes a person's second factor away: the own one, or, as an administrator, another's whose device is lost; all log-ins
/// end.
///
/// # Errors
/// [`Error::Unknown`] for a person who has none.
pub async fn end_factor(kasse: &Kasse, name: &str, who: &str) -> Result<()> {
    if !has_factor(kasse, name).await? {
        return Err(Error::Unknown(format!("{name} has no second factor")));
    }
    let mut tx = match is_same(name, who) {
        true => kasse.write_own(Asked::Own, who, "user second factor end").await?,
        false => kasse.write(Right::Administer, who, "user second factor end", "").await?,
    };
    tx.end_second_factor(name).await?;
    say_anew(&mut tx, name, who).await?;
    tx.end_sessions_of(name).await?;
    Ok(tx.commit(name).await?)
}

/// Whether what was sent may be a secret of this crate's making, for a form that carries it to its second step.
pub fn is_secret(text: &str) -> bool {
    totp(text).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::people;

    #[tokio::test]
    async fn who_confirmed_a_person_may_end_the_second_factor() {
        let folder = tempfile::tempdir().unwrap();
        let db = store::Db::open(&format!("sqlite://{}", folder.path().join("einmal.db").display())).await.unwrap();
        // the moment of the code below
        let kasse = Kasse::unnamed(db, "1970-01-01".parse().unwrap(), "1970-01-01T00:00:59Z").unwrap();
        let (admin, planner) = (Roles::parse("administrator"), Roles::parse("planner"));
        let first = "das erste Kennwort";
        let proven = async |name: &str, password: &str| people::by_password(&kasse, name, password).await.unwrap();
        people::add_user(&kasse, "otto", &admin, first, "otto", None).await.unwrap();
        let otto = kasse.clone().signed(proven("otto", first).await);
        people::add_user(&otto, "vera", &admin, first, "otto", None).await.unwrap();
        let own = kasse.clone().signed(proven("vera", first).await);
        people::set_password(&own, "vera", "ein eigenes Kennwort", "vera", None).await.unwrap();
        let both = otto.signed(proven("vera", "ein eigenes Kennwort").await);
        people::add_user(&both, "anna", &planner, first, "otto", Some("vera")).await.unwrap();
        let anna = kasse.clone().signed(proven("anna", first).await);
        people::set_password(&anna, "anna", "noch ein Kennwort hier", "anna", None).await.unwrap();
        people::set_user(&both, "anna", &Roles::parse("clerk"), true, "otto", None).await.unwrap();
        people::set_user(&both, "anna", &planner, true, "otto", Some("vera")).await.unwrap();
        let anna = kasse.clone().signed(proven("anna", "noch ein Kennwort hier").await);
        set_factor(&anna, "anna", "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", "287082").await.unwrap();
        end_factor(&both, "anna", "vera").await.unwrap();
        assert!(!has_factor(&kasse, "anna").await.unwrap());
    }

    #[test]
    fn codes_are_those_of_the_standard() {
        // RFC 6238, appendix B: the key "12345678901234567890" at 59 seconds
        let totp = totp("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ").unwrap();
        assert_eq!(totp.check("287082", 59), Some(1));
        assert_eq!(totp.check("287082", 59 + 300), None);
        assert!(is_secret(&new_secret()) && !is_secret("kurz"));
        assert_eq!(parted("lang genug und geheim 287082"), ("lang genug und geheim", "287082"));
        assert_eq!(recovery_code().len(), 35);
    }
}
