//! A town whose people are registered as it should be done: an administrator, a treasurer who confirms, everybody with a
//! password of his own.
//!
//! Knows the command line alone. Invariant: nobody here was made by one person alone but the founders.

use crate::town::{Done, Town};

/// What the administrator sets; good for setting an own one.
pub(crate) const FIRST: &str = "erstes-kennwort";

/// What everybody sets himself.
pub(crate) const PASSWORD: &str = "langes-kennwort";

/// Rights that a token may have.
pub(crate) const RIGHTS: &str = "look import decide plan export ask audit administer";

/// Lindental with chef, the administrator, karin, the treasurer, and one person per role.
pub(crate) struct Staffed {
    pub(crate) town: Town,
}

impl Staffed {
    pub(crate) fn new(people: &[(&'static str, &str)]) -> Staffed {
        let staffed = Staffed { town: Town::lindental() };
        staffed.town.told("user add chef --role administrator", PASSWORD).ok();
        staffed.add("karin", "treasurer", "");
        for (name, roles) in people {
            staffed.add(name, roles, "--with karin");
        }
        staffed
    }

    /// Registers a person who sets a password of his own.
    pub(crate) fn add(&self, name: &str, roles: &str, with: &str) {
        let confirmed = if with.is_empty() { String::new() } else { format!("{PASSWORD} ") };
        let line = format!("--password-stdin user add {name} --role {roles} --as chef {with}");
        self.town.told(&line, &format!("{PASSWORD} {confirmed}{FIRST}")).ok();
        self.town.told(&format!("--password-stdin user password {name}"), &format!("{FIRST} {PASSWORD}")).ok();
    }

    /// Runs the program as one who types his password.
    pub(crate) fn run(&self, name: &str, line: &str) -> Done {
        self.town.told(&format!("--password-stdin {line} --as {name}"), PASSWORD)
    }

    /// The same with a second person.
    pub(crate) fn both(&self, name: &str, with: &str, line: &str) -> Done {
        let line = format!("--password-stdin {line} --as {name} --with {with}");
        self.town.told(&line, &format!("{PASSWORD} {PASSWORD}"))
    }

    /// A token of a person for what a token may have.
    pub(crate) fn token(&self, name: &str) -> String {
        let line = format!("--password-stdin user token {name} --label test --scope {RIGHTS}");
        self.town.told(&line, PASSWORD).ok().out.trim().to_owned()
    }
}
