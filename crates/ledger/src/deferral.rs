//! Deferrals: due days that were put off for an outage, and how gently debits catch up on them.
//!
//! They bind the plan only: what settles a payment and what fees arose goes by the due day as written. Invariant: where
//! several deferrals concern an item, the gentlest term of each counts.

use jiff::civil::Date;
use sepa::nrw_working_day_on_or_after;

use crate::levies;

/// A deferral that nobody has ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deferral {
    /// Its number.
    pub id: i64,
    /// The levies; all if empty.
    pub kinds: Vec<String>,
    /// The first due day, as written, that is put off.
    pub due_from: Date,
    /// The last one.
    pub due_until: Date,
    /// Nothing is collected before this day.
    pub new_due: Date,
    /// Most instalments of one Kassenzeichen in one run.
    pub instalments: Option<usize>,
    /// Least days between two debits of one account.
    pub days_between: i32,
}

/// Deferrals, asked for one item.
#[derive(Clone, Copy, Debug)]
pub struct Deferrals<'a>(pub &'a [Deferral]);

impl<'a> Deferrals<'a> {
    fn of(self, kind: &str, due: Date) -> impl Iterator<Item = &'a Deferral> {
        let is = move |own: &String| own == kind || levies::key(own) == levies::key(kind);
        let concerns = move |deferral: &&Deferral| {
            let in_days = (deferral.due_from..=deferral.due_until).contains(&due);
            in_days && (deferral.kinds.is_empty() || deferral.kinds.iter().any(is))
        };
        self.0.iter().filter(concerns)
    }

    /// The first day on which an item may be collected: the day on which it is really due (§ 193 BGB), of the day that
    /// was announced where it is deferred.
    pub fn collectable_from(self, kind: &str, due: Date) -> Date {
        let put_off = self.of(kind, due).map(|deferral| deferral.new_due).max();
        nrw_working_day_on_or_after(put_off.map_or(due, |new| new.max(due)))
    }

    /// Most instalments of its Kassenzeichen that one run may take with it.
    pub fn instalments(self, kind: &str, due: Date) -> Option<usize> {
        self.of(kind, due).filter_map(|deferral| deferral.instalments).min()
    }

    /// Least days between two debits of its account; 0 if it is not deferred.
    pub fn days_between(self, kind: &str, due: Date) -> i32 {
        self.of(kind, due).map(|deferral| deferral.days_between).max().unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn deferral(kinds: &[&str], new_due: &str, instalments: Option<usize>, days_between: i32) -> Deferral {
        Deferral {
            id: 1,
            kinds: kinds.iter().map(|kind| (*kind).to_owned()).collect(),
            due_from: "2023-10-30".parse().unwrap(),
            due_until: "2024-02-29".parse().unwrap(),
            new_due: new_due.parse().unwrap(),
            instalments,
            days_between,
        }
    }

    #[track_caller]
    fn check(deferrals: &[Deferral], kind: &str, due: &str, from: &str, instalments: Option<usize>, days: i32) {
        let (asked, due) = (Deferrals(deferrals), due.parse().unwrap());
        assert_eq!(asked.collectable_from(kind, due), from.parse().unwrap(), "{kind} {due}");
        assert_eq!((asked.instalments(kind, due), asked.days_between(kind, due)), (instalments, days), "{kind} {due}");
    }

    #[test]
    fn an_item_goes_by_the_gentlest_term_of_the_deferrals_that_concern_it() {
        let all = deferral(&[], "2024-03-15", Some(2), 0);
        let levy = deferral(&["Hundesteuer"], "2024-04-01", None, 21);
        let both = [all.clone(), levy.clone()];
        let long = [Deferral { due_until: "2024-12-31".parse().unwrap(), ..all.clone() }];
        for (deferrals, kind, due, from, instalments, days) in [
            (&[][..], "Hundesteuer", "2023-11-15", "2023-11-15", None, 0),
            (std::slice::from_ref(&all), "Hundesteuer", "2023-10-29", "2023-10-30", None, 0),
            (std::slice::from_ref(&all), "Hundesteuer", "2023-10-30", "2024-03-15", Some(2), 0),
            (std::slice::from_ref(&all), "Hundesteuer", "2024-02-29", "2024-03-15", Some(2), 0),
            (std::slice::from_ref(&all), "Hundesteuer", "2024-03-01", "2024-03-01", None, 0),
            // Easter Monday gives way to Tuesday
            (&both, "Hundesteuer", "2023-11-15", "2024-04-02", Some(2), 21),
            (&both, "Grundsteuer", "2023-11-15", "2024-03-15", Some(2), 0),
            (&[levy], "Grundsteuer", "2023-11-15", "2023-11-15", None, 0),
            // a due day behind the announced one stays
            (&long, "x", "2024-05-15", "2024-05-15", Some(2), 0),
            // Whit Monday is a bank day and no working day
            (&[], "x", "2027-05-15", "2027-05-18", None, 0),
        ] {
            check(deferrals, kind, due, from, instalments, days);
        }
    }
}
