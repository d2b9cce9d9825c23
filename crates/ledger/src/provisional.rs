//! What an intraday report (camt.052, MT942) tells before the statement does.
//!
//! It is no money: it holds what it could concern, until the statement tells of it. Invariants: each entry of a statement
//! dissolves one provisional entry; and where nothing says that they are the same, another day or account keeps both.

use std::collections::{BTreeMap, HashMap, HashSet};

use jiff::civil::Date;
use sepa::Cents;

/// A booking, as far as dissolving looks at it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line<'a> {
    /// Its id.
    pub id: i64,
    /// Our account.
    pub account: &'a str,
    /// Its entry.
    pub entry: i64,
    /// Below zero where our account was debited.
    pub amount: Cents,
    /// The day it was booked.
    pub booked: Date,
    /// The bank's references of it and of its entry, those that say something.
    pub references: Vec<&'a str>,
    /// The other party's account.
    pub iban: Option<&'a str>,
    /// The other party's name.
    pub name: Option<&'a str>,
    /// What the payer wrote.
    pub text: &'a str,
    /// Whether only an intraday report told of it.
    pub provisional: bool,
}

/// What is paired: an entry with all its bookings, or one booking.
#[derive(Clone, Debug)]
struct Unit<'a> {
    ids: Vec<i64>,
    account: &'a str,
    amount: Cents,
    booked: Date,
    references: HashSet<&'a str>,
    iban: Option<&'a str>,
    /// Of a single booking: name and text, letters and digits alone.
    name: String,
    text: String,
}

/// How surely a provisional unit is one of a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sameness {
    /// A reference says so.
    Named,
    /// The payer's account and about the same day.
    ByAccount,
    /// The day alone; nothing says that they are two.
    ByDay,
}

/// A bank may write another day in its statement than in its report: at most so many days apart.
const DAYS_APART: [(Sameness, i64); 3] = [(Sameness::Named, 10), (Sameness::ByAccount, 4), (Sameness::ByDay, 0)];

/// So many days after it was told, what no statement has is taken for never booked, if statements speak of its day and
/// reach so far.
const DAYS_OPEN: i64 = 7;

/// The provisional bookings that statements tell of by now, or that were never booked. `proven` are days of statements that
/// fit together: (account, first, last).
pub fn dissolved(lines: &[Line<'_>], proven: &[(String, Date, Date)]) -> HashSet<i64> {
    let (mut open, mut booked): (Vec<&Line<'_>>, Vec<&Line<'_>>) = lines.iter().partition(|line| line.provisional);
    let mut done = HashSet::new();
    let mut kept = HashSet::new();
    // whole entries first: a report may tell a batch in one line, or its details
    for units in [entries, single] {
        let pairs = paired(&units(&open), &units(&booked));
        done.extend(pairs.done);
        kept.extend(pairs.kept);
        open.retain(|line| !done.contains(&line.id) && !kept.contains(&line.id));
        booked.retain(|line| !pairs.taken.contains(&line.id));
    }
    let never = |line: &&&Line<'_>| {
        let own = || proven.iter().filter(|(account, ..)| account == line.account);
        let covered = own().any(|(_, first, last)| *first <= line.booked && line.booked <= *last);
        covered && own().any(|(_, _, last)| days_between(line.booked, *last).is_some_and(|days| days >= DAYS_OPEN))
    };
    done.extend(open.iter().filter(never).map(|line| line.id));
    done
}

/// Days from one to another, below zero where it comes before.
fn days_between(one: Date, other: Date) -> Option<i64> {
    one.until(other).ok().map(|span| i64::from(span.get_days()))
}

fn entries<'a>(lines: &[&Line<'a>]) -> Vec<Unit<'a>> {
    let mut groups: BTreeMap<i64, Vec<&Line<'a>>> = BTreeMap::new();
    lines.iter().for_each(|line| groups.entry(line.entry).or_default().push(line));
    groups.into_values().filter_map(|own| unit(&own)).collect()
}

fn single<'a>(lines: &[&Line<'a>]) -> Vec<Unit<'a>> {
    lines.iter().filter_map(|line| unit(&[line])).collect()
}

fn unit<'a>(lines: &[&Line<'a>]) -> Option<Unit<'a>> {
    let first = lines.first()?;
    let letters = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    let own = |text: &str| if lines.len() == 1 { letters(text) } else { String::new() };
    Some(Unit {
        ids: lines.iter().map(|line| line.id).collect(),
        account: first.account,
        amount: Cents::sum(lines.iter().map(|line| line.amount))?,
        booked: first.booked,
        references: lines.iter().flat_map(|line| line.references.iter().copied()).collect(),
        iban: first.iban.filter(|_| lines.len() == 1),
        name: own(first.name.unwrap_or_default()),
        text: own(first.text),
    })
}

/// What is the same on either side.
#[derive(Default)]
struct Paired {
    /// Provisional bookings of which a statement tells.
    done: HashSet<i64>,
    /// Details of an entry that a statement tells as one sum: they go on holding, for only they say who has paid.
    kept: HashSet<i64>,
    /// The statements' bookings that tell of these.
    taken: HashSet<i64>,
}

/// How alike two must be, the surest first.
#[derive(Clone, Copy)]
enum Alike {
    /// The payer wrote the same.
    Text,
    /// The same, or they have one name.
    TextOrName,
    /// Nothing is asked.
    Any,
}

/// What is the same on either side, one to one, the surest first; of several that fit, those first of which the text is the
/// same, then the name, and of these those of the same day.
fn paired(open: &[Unit<'_>], booked: &[Unit<'_>]) -> Paired {
    let mut of_amount: HashMap<(&str, Cents), Vec<&Unit<'_>>> = HashMap::new();
    booked.iter().for_each(|unit| of_amount.entry((unit.account, unit.amount)).or_default().push(unit));
    let mut paired = Paired::default();
    let likes = [Alike::Text, Alike::TextOrName, Alike::Any];
    let rounds = DAYS_APART.into_iter().flat_map(|(sameness, most)| {
        likes.into_iter().flat_map(move |alike| [0, most].map(move |days| (sameness, alike, days)))
    });
    for (sameness, how, days) in rounds {
        for unit in open {
            if unit.ids.first().is_none_or(|id| paired.done.contains(id) || paired.kept.contains(id)) {
                continue;
            }
            let Some(alike) = of_amount.get_mut(&(unit.account, unit.amount)) else { continue };
            let fits = |other: &&Unit<'_>| {
                let apart = days_between(unit.booked, other.booked);
                let is_near = apart.is_some_and(|apart| apart.abs() <= days);
                is_near && unit.is(other, sameness) && unit.is_like(other, how)
            };
            if let Some(place) = alike.iter().position(fits) {
                let other = alike.remove(place);
                paired.taken.extend(other.ids.iter().copied());
                let into = if unit.ids.len() > other.ids.len() { &mut paired.kept } else { &mut paired.done };
                into.extend(unit.ids.iter().copied());
            }
        }
    }
    paired
}

impl Unit<'_> {
    fn is(&self, other: &Unit<'_>, how: Sameness) -> bool {
        let named = !self.references.is_disjoint(&other.references);
        let by_account = self.iban.zip(other.iban).map(|(one, other)| one == other);
        let both_named = !self.references.is_empty() && !other.references.is_empty();
        match how {
            Sameness::Named => named && by_account != Some(false),
            Sameness::ByAccount => by_account == Some(true),
            Sameness::ByDay => by_account.is_none() && !both_named && !self.is_anothers(other),
        }
    }

    /// Whether name and text, as far as both tell them, are so alike.
    fn is_like(&self, other: &Unit<'_>, how: Alike) -> bool {
        let is = |one: &str, other: &str| one == other && !one.is_empty();
        let is_text = || is(&self.text, &other.text) && !self.is_anothers(other);
        match how {
            Alike::Text => is_text(),
            Alike::TextOrName => is_text() || is(&self.name, &other.name),
            Alike::Any => true,
        }
    }

    /// Whether both tell a name, and neither is the other's, cut off or with more behind it.
    fn is_anothers(&self, other: &Unit<'_>) -> bool {
        let both = !self.name.is_empty() && !other.name.is_empty();
        both && !self.name.starts_with(&other.name) && !other.name.starts_with(&self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named<'a>(row: &'a str, name: &str) -> Option<&'a str> {
        row.split_whitespace().find_map(|cell| cell.strip_prefix(name))
    }

    /// `ID ENTRY DAY AMOUNT REFERENCE IBAN [report] [of=NAME] [text=TEXT]`, `-` for what is not told; the ids that are left, and days that
    /// statements prove.
    #[track_caller]
    fn check(rows: &[&str], proven: &[(&str, &str)], left: &[i64]) {
        let day = |text: &str| -> Date { format!("2024-03-{text}").parse().unwrap() };
        let lines: Vec<Line<'_>> = rows
            .iter()
            .map(|row| {
                let cells: Vec<&str> = row.split_whitespace().collect();
                let told = |place: usize| Some(cells[place]).filter(|cell| *cell != "-");
                Line {
                    id: cells[0].parse().unwrap(),
                    account: "A",
                    entry: cells[1].parse().unwrap(),
                    amount: Cents::parse(cells[3]).unwrap(),
                    booked: day(cells[2]),
                    references: told(4).into_iter().collect(),
                    iban: told(5),
                    name: named(row, "of="),
                    text: named(row, "text=").unwrap_or_default(),
                    provisional: cells.get(6) == Some(&"report"),
                }
            })
            .collect();
        let proven: Vec<_> = proven.iter().map(|(first, last)| ("A".to_owned(), day(first), day(last))).collect();
        let backward: Vec<Line<'_>> = lines.iter().rev().cloned().collect();
        for lines in [lines, backward] {
            let gone = dissolved(&lines, &proven);
            let mut open: Vec<i64> = lines.iter().filter(|line| line.provisional).map(|line| line.id).collect();
            open.retain(|id| !gone.contains(id));
            open.sort_unstable();
            assert_eq!(open, left, "{rows:?}");
        }
    }

    #[test]
    fn a_statement_dissolves_what_a_report_told() {
        let told = "1 1 08 100 B001 amsel report";
        check(&[told], &[], &[1]);
        check(&[told, "2 2 08 100 B001 amsel"], &[], &[]);
        // another day, no reference, a reference of its own
        check(&[told, "2 2 11 100 B001 amsel"], &[], &[]);
        check(&[told, "2 2 08 100 - amsel"], &[], &[]);
        check(&[told, "2 2 09 100 X777 amsel"], &[], &[]);
        check(&["1 1 08 100 - - report", "2 2 08 100 B001 -"], &[], &[]);
        // a batch in one line, and with its details
        check(&["1 1 08 100 B001 - report", "2 2 08 60 B001 -", "3 2 08 40 B001 -"], &[], &[]);
        check(
            &["1 1 08 60 - amsel report", "2 1 08 40 - bert report", "3 3 08 60 - amsel", "4 4 08 40 - bert"],
            &[],
            &[],
        );
    }

    #[test]
    fn what_is_another_payment_dissolves_nothing() {
        let told = "1 1 08 100 B001 amsel report";
        check(&[told, "2 2 08 100 B002 bert"], &[], &[1]);
        check(&[told, "2 2 08 101 B001 amsel"], &[], &[1]);
        check(&["1 1 08 100 B001 - report", "2 2 08 100 B002 -"], &[], &[1]);
        check(&["1 1 08 100 - - report", "2 2 07 100 - -"], &[], &[1]);
        // two reported, one booked
        check(&[told, "2 2 08 100 B002 amsel report", "3 3 08 100 B002 amsel"], &[], &[1]);
    }

    #[test]
    fn name_and_text_tell_which_of_two_was_booked() {
        let told = ["1 1 08 100 - - report of=Amsel text=A1", "2 2 08 100 - - report of=Bert text=B1"];
        check(&[told[0], told[1], "3 3 08 100 - - of=Bert text=B1"], &[], &[1]);
        check(&[told[0], told[1], "3 3 08 100 - - of=Amsel text=A1"], &[], &[2]);
        check(&[told[0], told[1], "3 3 08 100 - - text=B1"], &[], &[1]);
        check(&[told[0], told[1], "3 3 08 100 - - of=Cora text=B1"], &[], &[1, 2]);
        check(&[told[0], "3 3 08 100 - - of=Ams text=other"], &[], &[]);
        let account = ["1 1 08 100 - amsel report text=A1", "2 2 08 100 - amsel report text=B1"];
        check(&[account[0], account[1], "3 3 08 100 - amsel text=B1"], &[], &[1]);
    }

    #[test]
    fn what_is_told_of_the_same_day_is_what_was_booked() {
        // three of one payer and one amount; the statement of the first one's day has not come
        let told = [
            "1 1 08 100 - amsel report of=Amsel text=A1",
            "2 2 09 100 - amsel report of=Amsel text=A2",
            "3 3 09 100 - amsel report of=Amsel text=A2",
        ];
        let booked = ["4 4 09 100 - amsel of=Amsel text=A2", "5 5 09 100 - amsel of=Amsel text=A2"];
        check(&[told[0], told[1], told[2], booked[0], booked[1]], &[], &[1]);
        let told = ["1 1 08 100 - amsel report of=Amsel", "2 2 09 100 - amsel report of=Amsel"];
        check(&[told[0], told[1], "3 3 09 100 - amsel of=Amsel"], &[], &[1]);
    }

    #[test]
    fn details_hold_on_where_the_statement_tells_their_sum() {
        let told = ["1 1 08 60 B1 amsel report", "2 1 08 40 B1 bert report"];
        check(&[told[0], told[1], "3 3 08 100 B1 -"], &[("11", "28")], &[1, 2]);
        check(&[told[0], told[1], "3 3 08 60 B1 amsel", "4 3 08 40 B1 bert"], &[], &[]);
    }

    #[test]
    fn what_no_statement_has_a_week_later_was_never_booked() {
        let told = "1 1 08 100 B001 amsel report";
        check(&[told], &[("08", "08"), ("11", "14")], &[1]);
        check(&[told], &[("08", "08"), ("11", "15")], &[]);
        check(&[told], &[("11", "15")], &[1]);
    }
}
