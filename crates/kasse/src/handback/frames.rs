//! Between which balances an export's lines stand: statements of bank days, and statements of corrections.
//!
//! Pure. Invariants: each line of an export is in one statement; the lines of a statement lead from its first balance to its
//! last; a correction takes back what was told and tells it anew, so that the totals of a day stay the bank's.

use std::collections::{BTreeMap, HashMap};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::handback::lines::{BankDay, Line};
use crate::handback::stored_day;

/// A statement of an export.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Frame {
    pub(crate) account: String,
    #[serde(with = "stored_day")]
    pub(crate) day: Date,
    pub(crate) opening: i64,
    pub(crate) closing: i64,
    /// Whether it corrects what was told before.
    pub(crate) correction: bool,
    /// Entries.
    pub(crate) lines: Vec<i64>,
}

/// A line that an export tells: as it is now, and as it was told before.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Change<'a> {
    pub(crate) now: Option<&'a Line>,
    pub(crate) before: Option<&'a Line>,
}

impl Change<'_> {
    /// What it adds to a balance, cents.
    fn sum(&self) -> i64 {
        self.now.map_or(0, Line::amount).saturating_sub(self.before.map_or(0, Line::amount))
    }

    fn account(&self) -> Option<&str> {
        self.now.or(self.before).map(|line| line.account.as_str())
    }
}

/// The statements of an export, by account and day, corrections last. `days` are all that can be told, `told` the lines that
/// earlier exports told and that still stand.
pub(crate) fn frames(changes: &BTreeMap<i64, Change<'_>>, days: &[BankDay], told: &HashMap<i64, i64>) -> Vec<Frame> {
    let mut frames = Vec::new();
    let mut accounts: Vec<&str> = changes.values().filter_map(Change::account).collect();
    accounts.sort_unstable();
    accounts.dedup();
    for account in accounts {
        let own: BTreeMap<i64, Change<'_>> = changes
            .iter()
            .filter(|(_, change)| change.account() == Some(account))
            .map(|(id, one)| (*id, *one))
            .collect();
        frames.extend(of_account(account, &own, days, told));
    }
    frames
}

fn of_account(
    account: &str,
    own: &BTreeMap<i64, Change<'_>>,
    days: &[BankDay],
    told: &HashMap<i64, i64>,
) -> Vec<Frame> {
    let mut days: Vec<&BankDay> = days.iter().filter(|day| day.account == account).collect();
    days.sort_by_key(|day| day.day);
    let seen = days.iter().filter(|day| day.lines.iter().any(|line| told.contains_key(line))).map(|day| day.day);
    let until = seen.chain(own.values().filter_map(|one| one.before).map(|line| line.booked)).max();
    let day_of: HashMap<i64, Date> =
        days.iter().flat_map(|day| day.lines.iter().map(|line| (*line, day.day))).collect();
    let is_new = |id: &i64| own.get(id).is_some_and(|change| change.before.is_none());
    // details that came later stand for a sum that was told: what is gone and what stands for it are one correction
    let is_late = |id: &i64| is_new(id) && day_of.get(id).is_some_and(|day| until.is_some_and(|until| *day <= until));
    let gone: i64 = own.values().filter(|change| change.now.is_none()).map(Change::sum).sum();
    let late: i64 = own.iter().filter(|(id, _)| is_late(id)).map(|(_, change)| change.sum()).sum();
    let replaced = gone != 0 && gone.checked_add(late) == Some(0);
    let corrects = |id: &i64| !is_new(id) || (replaced && is_late(id));
    let mut frames = Vec::new();
    for day in &days {
        let lines: Vec<i64> = day.lines.iter().filter(|id| own.contains_key(id) && !corrects(id)).copied().collect();
        if lines.is_empty() {
            continue;
        }
        let before: i64 = day.lines.iter().filter_map(|id| told.get(id)).sum();
        let opening = day.opening.saturating_add(before);
        let moved: i64 = lines.iter().filter_map(|id| own.get(id)).map(Change::sum).sum();
        let closing = opening.saturating_add(moved);
        frames.push(Frame { account: account.to_owned(), day: day.day, opening, closing, correction: false, lines });
    }
    let corrected: Vec<i64> = own.keys().filter(|id| corrects(id)).copied().collect();
    if !corrected.is_empty() {
        let lines = corrected;
        let moved: i64 = lines.iter().filter_map(|id| own.get(id)).map(Change::sum).sum();
        let (day, closing) = end(&days, told, own, frames.last());
        let opening = closing.saturating_sub(moved);
        frames.push(Frame { account: account.to_owned(), day, opening, closing, correction: true, lines });
    }
    frames
}

/// The last day that was told of an account, and its balance.
fn end(
    days: &[&BankDay],
    told: &HashMap<i64, i64>,
    own: &BTreeMap<i64, Change<'_>>,
    last: Option<&Frame>,
) -> (Date, i64) {
    let amount = |id: &i64| own.get(id).and_then(|one| one.now).map(Line::amount).or(told.get(id).copied());
    let seen = days.iter().rfind(|day| day.lines.iter().any(|id| amount(id).is_some()));
    match (seen, last) {
        (Some(day), _) => (day.day, day.lines.iter().filter_map(amount).fold(day.opening, i64::saturating_add)),
        (None, Some(last)) => (last.day, last.closing),
        (None, None) => {
            (own.values().filter_map(|one| one.before).map(|line| line.booked).max().unwrap_or(Date::ZERO), 0)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::handback::lines::Part;

    fn line(entry: i64, day: &str, amount: i64, item: Option<i64>) -> Line {
        let (levy, due, debit, refund) = (None, None, None, None);
        let part = Part { booking: entry, item, levy, due, debit, refund, amount, decided: "posted".to_owned() };
        let booked = day.parse().unwrap();
        Line { entry, account: "A".to_owned(), booked, valued: None, parts: vec![part] }
    }

    fn day(day: &str, opening: i64, lines: &[i64]) -> BankDay {
        BankDay { account: "A".to_owned(), day: day.parse().unwrap(), opening, lines: lines.to_vec() }
    }

    /// `day opening closing lines`, a `!` before corrections.
    fn shown(changes: &[(i64, Change<'_>)], days: &[BankDay], told: &[(i64, i64)]) -> Vec<String> {
        let frames = frames(&changes.iter().copied().collect(), days, &told.iter().copied().collect());
        let shown = |one: &Frame| {
            let mark = if one.correction { "!" } else { "" };
            format!("{mark}{} {} {} {:?}", one.day.day(), one.opening, one.closing, one.lines)
        };
        frames.iter().map(shown).collect()
    }

    fn new(line: &Line) -> (i64, Change<'_>) {
        (line.entry, Change { now: Some(line), before: None })
    }

    #[test]
    fn new_lines_stand_on_their_days_and_changed_ones_in_a_correction() {
        let lines = [line(1, "2024-03-01", 5, None), line(2, "2024-03-05", -7, None), line(3, "2024-03-05", 1, None)];
        let days = [day("2024-03-01", 100, &[1]), day("2024-03-05", 105, &[2, 3])];
        let all: Vec<_> = lines.iter().map(new).collect();
        assert_eq!(shown(&all, &days, &[]), ["1 100 105 [1]", "5 105 99 [2, 3]"]);
        // the first was told, and is for an item by now
        let other = line(1, "2024-03-01", 5, Some(9));
        let changed = (1, Change { now: Some(&other), before: Some(&lines[0]) });
        assert_eq!(shown(&[changed, all[1], all[2]], &days, &[(1, 5)]), ["5 105 99 [2, 3]", "!5 99 99 [1]"]);
        // a second statement of the same day
        assert_eq!(shown(&[all[2]], &days, &[(1, 5), (2, -7)]), ["5 98 99 [3]"]);
    }

    #[test]
    fn details_that_come_later_are_one_correction_with_their_sum() {
        let sum = line(1, "2024-03-01", 5, None);
        let (one, other) = (line(7, "2024-03-01", 2, None), line(8, "2024-03-01", 3, None));
        let days = [day("2024-03-01", 100, &[7, 8])];
        let gone = (1, Change { now: None, before: Some(&sum) });
        assert_eq!(shown(&[gone, new(&one), new(&other)], &days, &[(1, 5)]), ["!1 105 105 [1, 7, 8]"]);
    }
}
