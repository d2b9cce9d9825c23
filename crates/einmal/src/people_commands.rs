//! `einmal user …`, and proving the people who are named on the command line.
//!
//! Invariant: no password is on the command line or in the environment; a token may be (`EINMAL_TOKEN`), or in a file that
//! systemd hands to a service alone.

use std::io::{BufRead as _, IsTerminal as _};

use kasse::people::{self, BATCH, Given};
use kasse::rights::{Right, Role, Roles, Scopes};
use kasse::{AccessAsked, Kasse, Window, without_password};

use crate::cli::User;
use crate::failure::Failure;
use crate::format_cli::Format;
use crate::output::{self, note};

/// The variable with tokens: one for each person who is named, separated by blanks.
const TOKENS: &str = "EINMAL_TOKEN";

/// The credential with tokens that systemd hands to a service, in the folder that this variable names.
const CREDENTIALS: (&str, &str) = ("CREDENTIALS_DIRECTORY", "einmal-token");

/// The tokens of the environment, else those of a credential; none where neither is given.
fn tokens() -> Result<String, Failure> {
    let (folder, name) = CREDENTIALS;
    if let Ok(tokens) = std::env::var(TOKENS) {
        return Ok(tokens);
    }
    let Some(file) = std::env::var_os(folder).map(|folder| std::path::Path::new(&folder).join(name)) else {
        return Ok(String::new());
    };
    match std::fs::read_to_string(&file) {
        Err(why) if why.kind() == std::io::ErrorKind::NotFound => Ok(String::new()),
        read => read.map_err(|why| Failure::File(file.display().to_string(), why)),
    }
}

/// The treasury, with everybody proven whom the command names, if people must be proven.
pub(crate) async fn proven(kasse: Kasse, named: &[String], from_stdin: bool) -> Result<Kasse, Failure> {
    if !people::are_proven(&kasse).await? {
        return Ok(kasse);
    }
    let mut by_token = Vec::new();
    let tokens = tokens()?;
    for token in tokens.split_whitespace() {
        by_token.push(people::by_token(&kasse, token).await?);
    }
    // if nobody is named, the owner of the token acts
    let alone = named.is_empty().then(|| by_token.first().cloned()).flatten();
    let mut signed = kasse.clone();
    for name in named.iter().filter(|name| *name != BATCH) {
        let proven = match by_token.iter().find(|proven| proven.name() == name) {
            Some(proven) => proven.clone(),
            None => people::by_password(&kasse, name, &asked(name, from_stdin)?).await?,
        };
        signed = signed.signed(proven);
    }
    Ok(match alone {
        Some(proven) => signed.signed(proven),
        None => signed,
    })
}

fn asked(name: &str, from_stdin: bool) -> Result<String, Failure> {
    if from_stdin {
        return piped_line();
    }
    if !std::io::stdin().is_terminal() {
        return Err(Failure::Said(format!(
            "{name} must prove to be that person: set {TOKENS} to a token of {name}, type the password on a terminal, or \
             pipe it in with --password-stdin"
        )));
    }
    rpassword::prompt_password(format!("Password of {name}: ")).map_err(Failure::Print)
}

fn piped_line() -> Result<String, Failure> {
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line).map_err(Failure::Print)?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}

/// A new password: typed twice on a terminal, or the next line of stdin.
fn new_password(name: &str) -> Result<String, Failure> {
    if !std::io::stdin().is_terminal() {
        return piped_line();
    }
    let ask = |prompt: &str| rpassword::prompt_password(format!("{prompt} of {name}: ")).map_err(Failure::Print);
    let (once, again) = (ask("New password")?, ask("Once more the new password")?);
    if once != again {
        return Err(Failure::Said("the two passwords differ: nothing was changed".to_owned()));
    }
    Ok(once)
}

fn roles(words: &[String]) -> Result<Roles, Failure> {
    let parse = |word: &String| {
        let all: Vec<&str> = Role::ALL.iter().map(|role| role.word()).collect();
        Role::parse(word).ok_or_else(|| Failure::Said(format!("{word:?} is no role: {}", all.join(", "))))
    };
    let roles = words.iter().map(parse).collect::<Result<Vec<_>, _>>()?;
    Roles::new(roles).map_err(Failure::Said)
}

fn scopes(words: &[String]) -> Result<Scopes, Failure> {
    let parse = |word: &String| {
        let all: Vec<&str> = Right::ALL.iter().map(|right| right.word()).collect();
        Right::parse(word).ok_or_else(|| Failure::Said(format!("{word:?} is no right: {}", all.join(", "))))
    };
    Ok(Scopes::new(words.iter().map(parse).collect::<Result<Vec<_>, _>>()?))
}

/// Says what has to be confirmed yet.
fn told(given: Given) {
    if let Given::Waits(number) = given {
        note(&format!(
            "what moves money or rights waits for a second person: `einmal user confirm {number}` by another administrator or the treasurer"
        ));
    }
}

/// Runs a command about people.
pub(crate) async fn run(kasse: &Kasse, format: Format, user: User, db: &str) -> Result<(), Failure> {
    match user {
        User::List => output::list(format, &people::users(kasse).await?, &["name", "roles", "active", "has_password"])?,
        User::EndFactor { name, who } => {
            kasse::factor::end_factor(kasse, &name, &who).await?;
            note(&format!("{name} has no second factor any more; all log-ins of {name} have ended"));
        }
        User::Accesses { person, most } => {
            let asked = AccessAsked { person: person.unwrap_or_default(), ..AccessAsked::default() };
            let (rows, _) = kasse::accesses(kasse, &asked, Window { most: i64::from(most), after: 0 }).await?;
            output::list(format, &rows, &["at", "person", "kind", "what", "way", "address"])?;
        }
        User::Add { name, role, who, with } => {
            let roles = roles(&role)?;
            let who = who.unwrap_or_else(|| name.clone());
            let password = new_password(&name)?;
            let given = people::add_user(kasse, &name, &roles, &password, &who, with.as_deref()).await?;
            note(&format!("{name} is registered in {} as {}", without_password(db), roles.text()));
            told(given);
            if who != name {
                note(&format!("the password is good for setting an own one: `einmal user password {name}`"));
            }
        }
        User::Set { name, role, inactive, who, with } => {
            let roles = roles(&role)?;
            let given = people::set_user(kasse, &name, &roles, !inactive, &who, with.as_deref()).await?;
            let state = if inactive { "may do nothing any more" } else { "has these roles now" };
            note(&format!("{name} {state}: {}", roles.text()));
            told(given);
        }
        User::Waiting => {
            let columns = ["request", "name", "what", "roles", "asked_by", "at"];
            output::list(format, &people::waiting(kasse).await?, &columns)?;
        }
        User::Confirm { number, who } => {
            let name = people::confirm_request(kasse, number, &who).await?;
            note(&format!("{who} has confirmed it: what {name} was given is in force"));
        }
        User::Withdraw { number, who } => {
            let name = people::withdraw_request(kasse, number, &who).await?;
            note(&format!("what {name} was to be given is withdrawn by {who}"));
        }
        User::Password { name, who, with } => {
            let who = who.unwrap_or_else(|| name.clone());
            let given = people::set_password(kasse, &name, &new_password(&name)?, &who, with.as_deref()).await?;
            match given {
                Given::InForce => {
                    note(&format!("{name} has a new password; all log-ins and tokens of {name} have ended"))
                }
                Given::Waits(_) => told(given),
            }
        }
        User::Token { name, label, scope, until } => {
            let secret = people::add_token(kasse, &name, &label, &scopes(&scope)?, until).await?;
            output::line(secret.text())?;
            note(&format!("this token acts as {name}; it is shown this once"));
        }
        User::EndToken { token, who } => {
            people::end_token(kasse, token, &who).await?;
            note(&format!("token {token} is good for nothing any more"));
        }
    }
    Ok(())
}
