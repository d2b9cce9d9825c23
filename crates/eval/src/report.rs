//! The tables of an evaluation, as text that is also Markdown.
//!
//! Must not know how anything was counted. Invariant: a broken limit is named in the line of its profile.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::interval::{decimal, wilson};
use crate::profile::{Limits, Profile};
use crate::score::{Counts, Group, SURENESS, Score};

/// A profile and the figures of its towns.
pub struct Section<'a> {
    /// The profile.
    pub profile: &'a Profile,
    /// The number of its towns.
    pub towns: u64,
    /// The figures.
    pub score: &'a Score,
}

impl Section<'_> {
    /// The limits that are broken, in words.
    pub fn broken(&self) -> Vec<String> {
        let Limits { wrong_one_in, double_one_in, unseen_one_in } = self.profile.limits;
        let (wrong, payments) = (self.score.wrongly(), self.score.payments());
        let (double, references) = (self.score.double, self.score.references);
        let mut broken = Vec::new();
        if !Limits::keeps(wrong_one_in, wrong, payments) {
            broken.push(format!("{}: {wrong} of {payments} payments posted wrongly", self.profile.name));
        }
        if !Limits::keeps(double_one_in, double, references) {
            broken.push(format!(
                "{}: {double} of {references} references debited beyond what is owed",
                self.profile.name
            ));
        }
        let unseen = self.score.unseen;
        if !Limits::keeps(unseen_one_in, unseen, references) {
            broken.push(format!(
                "{}: {unseen} of {references} references debited beyond what is owed, and nobody was shown it",
                self.profile.name
            ));
        }
        broken
    }

    fn row(&self) -> String {
        let score = self.score;
        let known = score.group(Group::Knowable);
        let share = score.held_cents.checked_mul(1_000_000).map_or(0, |cents| cents / score.collectable_cents.max(1));
        format!(
            "| {} | {} | {} | {} | {} | {} | {} | {} | {} | {} |",
            self.profile.name,
            self.towns,
            score.payments(),
            wilson(known.right + known.rest, known.all).text(),
            score.wrongly(),
            wilson(score.wrongly(), score.payments()).per_million(),
            decimal(u64::try_from(share).unwrap_or(0)),
            wilson(score.held, score.collectable).text(),
            score.double,
            wilson(score.double, score.references).per_million(),
        )
    }
}

const HEAD: &str = "\
| profile | towns | payments | posted rightly, of what is knowable | wrong | wrong in a million payments | cents held needlessly | references held needlessly | debited beyond | in a million references |
|---|---|---|---|---|---|---|---|---|---|
";

const MANNER_HEAD: &str = "\
| manner | payments | right | with a rest | wrong | case | taken for other money | right or with a rest | wrong, 95 % | holds needlessly |
|---|---|---|---|---|---|---|---|---|---|
";

fn manner_row(name: &str, counts: &Counts) -> String {
    format!(
        "| {name} | {} | {} | {} | {} | {} | {} | {} | <= {} | {} |",
        counts.all,
        counts.right,
        counts.rest,
        counts.wrong,
        counts.case,
        counts.other,
        wilson(counts.right + counts.rest, counts.all).text(),
        decimal(wilson(counts.wrong, counts.all).high),
        counts.held,
    )
}

/// One line for each profile.
pub fn overview(sections: &[Section<'_>]) -> String {
    let rows: Vec<String> = sections.iter().map(Section::row).collect();
    format!("{HEAD}{}\n", rows.join("\n"))
}

/// Payments whose purpose nobody could know, by profile: the residual risk.
pub fn residual(sections: &[Section<'_>]) -> String {
    let mut text = "| profile | payments nobody could know | posted rightly | posted wrongly | case | taken for other money | references concerned | of those debited beyond | debited beyond, and nobody was shown it | cases that the releaser is shown, of all payments |\n|---|---|---|---|---|---|---|---|---|---|\n".to_owned();
    for section in sections {
        let (counts, score) = (section.score.group(Group::Unknowable), section.score);
        let _ = writeln!(
            text,
            "| {} | {} | {} | {} | {} | {} | {} | {} | {} | {} |",
            section.profile.name,
            counts.all,
            counts.right + counts.rest,
            counts.wrong,
            counts.case,
            counts.other,
            score.unknowable,
            score.residual,
            score.unseen,
            score.risks
        );
    }
    text
}

/// How sure verdicts were, and how often their first proposal was right.
pub fn calibration(sections: &[Section<'_>]) -> String {
    let mut text =
        "| confidence at least | verdicts | first proposal meant | share, 95 % |\n|---|---|---|---|\n".to_owned();
    for (class, least) in SURENESS.iter().enumerate() {
        let of = sections.iter().filter_map(|section| section.score.sureness.get(class));
        let (all, right) = of.fold((0, 0), |sum, (all, right)| (sum.0 + all, sum.1 + right));
        let _ = writeln!(
            text,
            "| {}.{:05} | {all} | {right} | {} |",
            least / 1_000_000,
            least % 1_000_000 / 10,
            wilson(right, all).text()
        );
    }
    text
}

/// The manners of one profile, in four tables.
pub fn manners(section: &Section<'_>) -> String {
    let mut text = String::new();
    for (group, title) in [
        (Group::Knowable, "for open items"),
        (Group::Unknowable, "for open items, and nobody could know"),
        (Group::Other, "other money of the town (right: left alone)"),
        (Group::TakenBack, "taken back by the bank (right: not counted as paid)"),
    ] {
        let rows = section.score.manners.iter().filter(|((of, _), _)| *of == group);
        let rows: Vec<String> = rows.map(|((_, name), counts)| manner_row(name, counts)).collect();
        if !rows.is_empty() {
            let all =
                if rows.len() > 1 { manner_row("all", &section.score.group(group)) + "\n" } else { String::new() };
            let (name, rows) = (section.profile.name, rows.join("\n"));
            let _ = writeln!(text, "### {name}: {title}\n\n{MANNER_HEAD}{rows}\n{all}");
        }
    }
    text
}

/// Everything that was posted wrongly or debited beyond what is owed, at most `limit` of each kind.
pub fn flaws(section: &Section<'_>, limit: usize) -> String {
    let mut text = String::new();
    let score = section.score;
    for (title, flaws, asked) in [
        ("posted wrongly", &score.wrong, false),
        ("debited beyond", &score.doubles, false),
        ("asked to be shown", &score.shown, true),
    ] {
        for unknowable in [false, true] {
            let all = flaws.iter().filter(|flaw| flaw.unknowable == unknowable);
            let count = all.clone().count();
            if count == 0 {
                continue;
            }
            let apart = if unknowable { ", and nobody could know" } else { "" };
            let _ = writeln!(text, "{}: {count} {title}{apart}", section.profile.name);
            let mut causes: BTreeMap<&str, usize> = BTreeMap::new();
            all.clone().for_each(|flaw| *causes.entry(flaw.cause.as_str()).or_default() += 1);
            for (cause, count) in causes {
                let _ = writeln!(text, "  {count} x {cause}");
            }
            let mut told: BTreeMap<&str, usize> = BTreeMap::new();
            for flaw in all {
                // of the manner that was asked for, show a few of each kind, because most of it is right
                let told = told.entry(if asked { flaw.cause.as_str() } else { "" }).or_default();
                *told += 1;
                if *told <= limit {
                    let _ = writeln!(text, "- town {}: {}", flaw.seed, flaw.lines.join("\n  "));
                }
            }
        }
    }
    text
}

/// Where a page keeps the last result.
const BEGIN: &str = "<!-- the last result begins here -->\n";
const END: &str = "<!-- the last result ends here -->\n";

/// A page with `result` in place of its last one; `None` if the page has no place for it.
pub fn keep(page: &str, result: &str) -> Option<String> {
    let (before, rest) = page.split_once(BEGIN)?;
    let (_, after) = rest.split_once(END)?;
    Some(format!("{before}{BEGIN}\n{}\n\n{END}{after}", result.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::PROFILES;

    #[test]
    fn a_page_keeps_one_result() {
        let page = format!("before\n{BEGIN}{END}after\n");
        let once = keep(&page, "first\n").unwrap();
        assert_eq!(once, format!("before\n{BEGIN}\nfirst\n\n{END}after\n"));
        assert_eq!(keep(&once, "first").unwrap(), once);
        assert!(!keep(&once, "second").unwrap().contains("first"));
        assert_eq!(keep("no place", "x"), None);
    }

    #[test]
    fn a_broken_limit_is_named() {
        let mut score = Score { references: 100_000, ..Score::default() };
        let counts = |wrong| Counts { all: 100_000, right: 100_000 - wrong, wrong, ..Counts::default() };
        for (profile, wrong, double, broken) in [(1, 0, 0, 0), (1, 1, 0, 1), (1, 1, 1, 2), (3, 5, 4, 0), (3, 6, 5, 2)] {
            score.manners.insert((Group::Knowable, "as printed"), counts(wrong));
            score.double = double;
            let section = Section { profile: &PROFILES[profile], towns: 1, score: &score };
            assert_eq!(section.broken().len(), broken, "{} {wrong} {double}", PROFILES[profile].name);
        }
    }

    #[test]
    fn tables_have_as_many_cells_as_heads() {
        let mut score = Score::default();
        score.manners.insert((Group::Other, "fines"), Counts { all: 3, right: 3, ..Counts::default() });
        let section = Section { profile: &PROFILES[0], towns: 1, score: &score };
        let texts = [manners(&section), overview(&[section]), calibration(&[])];
        for text in texts {
            let bars = |line: &str| line.matches('|').count();
            let rows: Vec<&str> = text.lines().filter(|line| line.starts_with('|')).collect();
            assert!(rows.len() > 2 && rows.iter().all(|row| bars(row) == bars(rows[0])), "{text}");
        }
    }
}
