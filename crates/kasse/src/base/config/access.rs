//! What is recorded of who saw and who tried.
//!
//! Must not know how. Invariant: something is kept for at least a day.

use serde::Deserialize;

use crate::base::rights::Role;

/// How long it is kept, and what is unusual.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Access {
    /// Days for which the access log is kept.
    pub keep_days: u16,
    /// Citizens whom one person may look at within an hour before the treasurer is told.
    pub lookups_per_hour: u32,
    /// Roles that demand a second factor.
    pub second_factor: Vec<Role>,
}

/// `[access]` in einmal.toml.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct AccessTable {
    keep_days: u16,
    lookups_per_hour: u32,
    second_factor: Vec<String>,
}

impl Default for AccessTable {
    fn default() -> Self {
        AccessTable { keep_days: 730, lookups_per_hour: 60, second_factor: Vec::new() }
    }
}

impl AccessTable {
    /// The setting, or what is wrong with it.
    pub(super) fn read(&self) -> std::result::Result<Access, String> {
        if self.keep_days == 0 || self.lookups_per_hour == 0 {
            return Err("access: keep_days and lookups_per_hour are at least 1".to_owned());
        }
        let role =
            |word: &String| Role::parse(word).ok_or_else(|| format!("access.second_factor: {word:?} is no role"));
        let second_factor = self.second_factor.iter().map(role).collect::<std::result::Result<_, _>>()?;
        Ok(Access { keep_days: self.keep_days, lookups_per_hour: self.lookups_per_hour, second_factor })
    }
}
