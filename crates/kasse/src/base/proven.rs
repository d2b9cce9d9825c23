//! A person who was proven, with what he may do.
//!
//! Must not know how he was proven (`people` proves). Invariant: a token never gives a right that the roles do not.

use store::{Manner, StaffRow};

use crate::base::rights::{Right, Roles, Scopes};

/// The name under which the nightly job and the program itself act; no person's.
pub const BATCH: &str = "batch";

/// A person who was proven.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proven {
    pub(super) name: String,
    pub(super) manner: Manner,
    pub(super) roles: Roles,
    /// What a token leaves of his rights; all where he came otherwise.
    pub(super) scopes: Option<Scopes>,
    /// Whether his password is another's, good for setting an own one and for nothing else.
    pub(super) once: bool,
}

impl Proven {
    /// The person of a row, who was proven in this manner.
    pub(super) fn of(row: &StaffRow, manner: Manner) -> Proven {
        Proven { name: row.name.clone(), manner, roles: Roles::parse(&row.roles), scopes: None, once: row.once }
    }

    /// Whether he must set a password of his own before anything else.
    pub fn must_set_password(&self) -> bool {
        self.once
    }

    /// His name, as the journal names him.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// His roles.
    pub fn roles(&self) -> &Roles {
        &self.roles
    }

    /// Whether he may do it, by his roles and by what his token leaves.
    pub fn may(&self, right: Right) -> bool {
        !self.once
            && self.roles.may(right)
            && (self.scopes.is_none() || right.by_token())
            && self.scopes.as_ref().is_none_or(|scopes| scopes.has(right))
    }
}
