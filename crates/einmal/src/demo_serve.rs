//! `einmal demo --serve`: the sample in a browser, with one person per role.
//!
//! It uses a second database beside the story's, in which nothing is planned yet: cases are open, a run can be planned.
//! Invariant: every password is random and shown once; nobody gets in without one.

use std::net::SocketAddr;
use std::path::Path;

use jiff::civil::Date;
use kasse::people::{self, Secret};
use kasse::rights::{Role, Roles};
use kasse::{Config, Kasse};

use crate::cli::Serve;
use crate::clock::now;
use crate::demo_import::bring_in;
use crate::failure::{Failure, Outcome};
use crate::output::line;
use crate::serve_command;
use crate::speech::say;

/// The database file for the pages.
pub(crate) const BOOKS: &str = "im-browser.db";

/// The people. The administrator registers the others, and the treasurer confirms what they get.
const PEOPLE: [(&str, Role); 8] = [
    ("otto", Role::Administrator),
    ("carla", Role::Clerk),
    ("rita", Role::Reviewer),
    ("anna", Role::Planner),
    ("bernd", Role::Releaser),
    ("dora", Role::Desk),
    ("paul", Role::Auditor),
    ("karin", Role::Treasurer),
];

/// Serves the sample in a folder until it is told to stop.
pub(crate) async fn serve(out: &Path, today: Date, listen: SocketAddr) -> Outcome {
    let db = format!("sqlite://{}", out.join(BOOKS).display());
    let kasse = Kasse::open(Config::read(&out.join("einmal.toml"))?, &db, today, now()).await?;
    bring_in(&kasse, out).await?;
    let passwords = register(&kasse).await?;
    line(&format!("\n{}", say("In the browser, on books of their own; each password is shown this once:")))?;
    for ((name, role), password) in PEOPLE.iter().zip(&passwords) {
        line(&format!("  {name:<6} {:<16} {password}", say(role.title())))?;
    }
    let said = Serve { listen, tls_certificate: None, tls_key: None, behind_https: false, log_json: false };
    serve_command::serve(&kasse, &said, Some(today)).await
}

/// Registers everybody and returns the passwords, in the order of [`PEOPLE`]: each has set it as an own one.
async fn register(kasse: &Kasse) -> Result<Vec<String>, Failure> {
    let mut signed = kasse.clone();
    let mut passwords = vec![String::new(); PEOPLE.len()];
    let [(admin, _), .., (treasurer, last)] = PEOPLE;
    let founds = |role: Role| role == Role::Administrator || role == last;
    let (founders, others): (Vec<_>, Vec<_>) = PEOPLE.into_iter().enumerate().partition(|(_, (_, role))| founds(*role));
    for (place, (name, role)) in founders.into_iter().chain(others) {
        let (first, own) = (password(), password());
        let roles = Roles::new(vec![role]).map_err(Failure::Said)?;
        let with = (!founds(role) && roles.gain(&Roles::default())).then_some(treasurer);
        people::add_user(&signed, name, &roles, &first, admin, with).await?;
        let proven = people::by_password(kasse, name, &first).await?;
        people::set_password(&kasse.clone().signed(proven), name, &own, name, None).await?;
        if founds(role) {
            signed = signed.signed(people::by_password(kasse, name, &own).await?);
        }
        if let Some(kept) = passwords.get_mut(place) {
            *kept = own;
        }
    }
    Ok(passwords)
}

/// Sixteen random digits, in groups that can be typed.
fn password() -> String {
    let secret = Secret::new();
    let digits: Vec<char> = secret.text().chars().take(16).collect();
    digits.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join("-")
}
