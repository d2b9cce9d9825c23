//! Who is new: registered, given rights that move money or rights, or given a password by another, a short time ago.
//!
//! Pure: knows rows about people and moments of the wall clock. Invariant: whoever was made or reset within the days is
//! named, with both who did it; an own password makes nobody new.

use jiff::ToSpan as _;
use jiff::civil::Date;
use ledger::person::is_same;
use store::StaffMoment;

use crate::Result;
use crate::base::day::wall_day;
use crate::base::rights::Roles;
use crate::base::shown::german;

/// Days for which somebody is new.
pub(crate) const DAYS: i64 = 14;

/// What happened to somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum How {
    /// He was registered.
    Registered,
    /// He was given rights that take two.
    Given,
    /// Another set his password.
    Reset,
}

/// Somebody who is new.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Newcomer {
    /// His name.
    pub(crate) name: String,
    how: How,
    day: Date,
    by: String,
    second: Option<String>,
}

/// Those of some people who were new at a moment, in their order.
pub(crate) fn newcomers(history: &[StaffMoment], people: &[&str], at: &str) -> Result<Vec<Newcomer>> {
    let today = wall_day(at)?;
    let mut found: Vec<Newcomer> = Vec::new();
    for who in people {
        if found.iter().any(|known| is_same(&known.name, who)) {
            continue;
        }
        let own: Vec<&StaffMoment> = history.iter().filter(|moment| is_same(&moment.row.name, who)).collect();
        let mut before: Option<&StaffMoment> = None;
        let mut said: Vec<Newcomer> = Vec::new();
        for moment in own {
            let day = wall_day(&moment.at)?;
            let is_recent = day <= today && today <= day.saturating_add(DAYS.days());
            if let Some(how) = how(before, moment).filter(|_| is_recent) {
                // of each kind the latest
                said.retain(|known| known.how != how);
                let (by, second) = (moment.row.actor.clone(), moment.row.second.clone());
                said.push(Newcomer { name: moment.row.name.clone(), how, day, by, second });
            }
            before = Some(moment);
        }
        found.extend(said);
    }
    Ok(found)
}

/// What a row says happened to somebody, beside what he did himself.
fn how(before: Option<&StaffMoment>, now: &StaffMoment) -> Option<How> {
    let Some(before) = before else { return Some(How::Registered) };
    let had = if before.row.active { Roles::parse(&before.row.roles) } else { Roles::default() };
    let has = if now.row.active { Roles::parse(&now.row.roles) } else { Roles::default() };
    if has.gain(&had) {
        Some(How::Given)
    } else if now.row.once && now.row.credential != before.row.credential {
        Some(How::Reset)
    } else {
        None
    }
}

impl std::fmt::Display for Newcomer {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Newcomer { name, how, day, by, second } = self;
        match (how, second) {
            (How::Registered, Some(second)) => {
                write!(out, "{name} was registered on {day} by {by}, confirmed by {second}")
            }
            (How::Registered, None) => write!(out, "{name} was registered on {day} by {by} alone"),
            (How::Given, Some(second)) => {
                write!(out, "{name} was given rights on {day} by {by}, confirmed by {second}")
            }
            (How::Given, None) => write!(out, "{name} was given rights on {day} by {by} alone"),
            (How::Reset, Some(second)) => {
                write!(out, "{name} was given a password on {day} by {by}, confirmed by {second}")
            }
            (How::Reset, None) => write!(out, "{name} was given a password on {day} by {by} alone"),
        }
    }
}

impl Newcomer {
    /// Who made him so.
    pub(crate) fn makers(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.by.as_str()).chain(self.second.as_deref())
    }

    /// As the control sheet says it.
    pub(crate) fn german(&self) -> String {
        let day = german(self.day);
        let what = match self.how {
            How::Registered => "angelegt",
            How::Given => "mit Rechten versehen",
            How::Reset => "mit einem Passwort versehen",
        };
        let by = match &self.second {
            Some(second) => format!("von {} und {second}", self.by),
            None => format!("von {} allein", self.by),
        };
        format!("{} wurde am {day} {by} {what}", self.name)
    }
}

#[cfg(test)]
mod tests {
    use store::StaffRow;

    use super::*;

    fn moment(at: &str, roles: &str, credential: &str, once: bool) -> StaffMoment {
        let row = StaffRow {
            name: "anna".to_owned(),
            roles: roles.to_owned(),
            active: true,
            credential: Some(credential.to_owned()),
            actor: if once { "chef" } else { "anna" }.to_owned(),
            second: (roles == "planner").then(|| "karin".to_owned()),
            once,
        };
        StaffMoment { row, at: format!("2024-{at}T08:00:00Z") }
    }

    #[test]
    fn whoever_was_made_or_reset_is_named_for_a_fortnight() {
        let history = [
            moment("01-02", "", "a", true),
            moment("01-03", "planner", "a", true),
            moment("01-04", "planner", "b", false),
            moment("02-01", "planner", "c", true),
            moment("02-02", "planner", "d", false),
        ];
        let said = |day: &str| {
            let found = newcomers(&history, &["ANNA", "anna", "bernd"], &format!("2024-{day}T12:00:00Z")).unwrap();
            found.iter().map(ToString::to_string).collect::<Vec<_>>()
        };
        let registered = "anna was registered on 2024-01-02 by chef alone";
        let given = "anna was given rights on 2024-01-03 by chef, confirmed by karin";
        assert_eq!(said("01-16"), [registered, given]);
        assert_eq!(said("01-17"), [given]);
        assert_eq!(said("01-18"), Vec::<String>::new());
        assert_eq!(said("02-15"), ["anna was given a password on 2024-02-01 by chef, confirmed by karin"]);
        assert_eq!(said("02-16"), Vec::<String>::new());
        assert_eq!(
            newcomers(&history, &["anna"], "2024-01-16T12:00:00Z").unwrap()[0].german(),
            "anna wurde am 02.01.2024 von chef allein angelegt"
        );
    }
}
