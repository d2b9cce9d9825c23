//! Pieces of an account's history, and which of them belong together.
//!
//! Must not know what is missing from them. Invariant: two pieces become one only where all bookings of both, each once, lead
//! from one balance to the other, or where one ends on the balance, and at the place within a statement, at which the other
//! begins.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use sepa::Cents;

use super::statement::{Range, Statement};

/// Where a piece begins among the pages of its statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Begin {
    /// A statement begins.
    Statement,
    /// A later page, on a balance that could be a statement's own; or a person's word for the balance of a day.
    Page,
    /// Within a statement: a page comes before.
    Within,
}

/// Adds a span to those it overlaps or continues; all that it joins become one.
pub(super) fn take_in(spans: &mut Vec<Span>, mut span: Span) {
    while let Some(place) = place_of(spans, &span) {
        let other = spans.remove(place);
        let Some(ends) = other.joined(&span) else { break };
        span = other.merged(span, ends);
    }
    let place = spans.iter().rposition(|other| other.days.1 <= span.days.1).map_or(0, |place| place + 1);
    spans.insert(place, span);
}

/// Two pieces that nothing told how to join are one all the same: the account ends where it began. What then continues
/// another is joined with it.
pub(super) fn without_circles(spans: Vec<Span>) -> Vec<Span> {
    let mut found = false;
    let whole = spans.into_iter().fold(Vec::new(), |mut whole: Vec<Span>, span| {
        match whole.iter().rposition(|other| other.circles(&span)) {
            Some(place) => {
                found = true;
                let other = whole.remove(place);
                let ends = Ends::of(&other, &span);
                whole.insert(place, other.merged(span, ends));
            }
            None => whole.push(span),
        }
        whole
    });
    if !found {
        return whole;
    }
    whole.into_iter().fold(Vec::new(), |mut spans, span| {
        take_in(&mut spans, span);
        spans
    })
}

/// Where a span is that another one joins: one of the days before first, for of a day's pieces each could be the first; and
/// none that it runs in a circle with, until it is known where that begins.
fn place_of(spans: &[Span], span: &Span) -> Option<usize> {
    let joins = |other: &Span| !other.circles(span) && other.joined(span).is_some();
    // statements come in the order of their days: most continue the last one
    let ends_before = spans.iter().rposition(|other| other.days.1 < span.days.0 && joins(other));
    ends_before.or_else(|| spans.iter().rposition(joins))
}

/// Days of which every booking is known: the balances at both ends, and what leads from the one to the other.
#[derive(Clone, Debug)]
pub(super) struct Span {
    pub(super) days: (Date, Date),
    ends: Ends,
    statements: usize,
    bookings: BTreeMap<(Date, i64), Cents>,
    /// Where pages end that others go on from: the last day of each, and its balance.
    pages: Vec<(Date, Cents)>,
}

/// The balances at both ends, and where among the pages of a statement they stand.
#[derive(Clone, Copy, Debug)]
struct Ends {
    opening: Cents,
    begin: Begin,
    closing: Cents,
    /// Whether it ends within a statement: a page comes behind.
    ends_within: bool,
}

impl Ends {
    /// From where the one begins to where the other ends.
    fn of(begin: &Span, end: &Span) -> Ends {
        let Ends { opening, begin, .. } = begin.ends;
        let Ends { closing, ends_within, .. } = end.ends;
        Ends { opening, begin, closing, ends_within }
    }
}

impl Span {
    /// A statement that proves something: it has both balances, and its entries lead from one to the other.
    pub(super) fn new(statement: &Statement) -> Option<Span> {
        let (opening, closing) = (statement.opening?, statement.closing?);
        let begin = match statement.page.opens_within {
            true => Begin::Within,
            false if statement.page.number.is_some_and(|page| page > 1) => Begin::Page,
            false => Begin::Statement,
        };
        let ends = Ends { opening, begin, closing, ends_within: statement.page.closes_within };
        (opening.checked_add(statement.movement) == Some(closing)).then(|| Span {
            days: statement.days,
            ends,
            statements: 1,
            bookings: statement.bookings.iter().map(|line| ((line.day, line.id), line.amount)).collect(),
            pages: statement.page.closes_within.then_some((statement.days.1, closing)).into_iter().collect(),
        })
    }

    pub(super) fn range(&self) -> Range {
        Range {
            first: self.days.0,
            last: self.days.1,
            opening: self.ends.opening,
            closing: self.ends.closing,
            statements: self.statements,
            begins_within: self.ends.begin == Begin::Within,
            ends_within: self.ends.ends_within,
        }
    }

    /// Whether each of two pieces of a day ends on the balance on which the other one begins, and money moved between;
    /// pages of a statement tell which of them comes first.
    fn circles(&self, other: &Span) -> bool {
        let moved = self.ends.opening != self.ends.closing;
        let apart = || !self.bookings.keys().any(|line| other.bookings.contains_key(line));
        let on_one_day = self.days.1 == other.days.1;
        on_one_day && moved && self.meets(other) && other.meets(self) && apart()
    }

    /// Whether it ends where the other one begins, as far as balances and pages tell.
    fn meets(&self, next: &Span) -> bool {
        let fits = match (self.ends.ends_within, next.ends.begin) {
            (false, Begin::Statement | Begin::Page) | (true, Begin::Page | Begin::Within) => true,
            // a bank may call the balance of its first page a closing one, and what stands on a later page may have come
            // as a statement of its own before
            (true, Begin::Statement) => self.days.1 == next.days.0,
            (false, Begin::Within) => self.days.1 == next.days.0 || self.is_gone_on_from(),
        };
        fits && self.ends.closing == next.ends.opening
    }

    /// Whether a page ends on its last balance, and nothing moved since: a statement that was quiet, or that tells the same,
    /// says no more.
    fn is_gone_on_from(&self) -> bool {
        let last = self.bookings.last_key_value().map(|((day, _), _)| *day);
        let ends =
            |(day, balance): &(Date, Cents)| *balance == self.ends.closing && last.is_none_or(|last| last <= *day);
        self.pages.iter().any(ends)
    }

    /// Both ends of the two together, if they belong together: they share bookings, and all bookings of both lead from one
    /// opening balance to one closing balance; or the one ends where the other begins.
    fn joined(&self, other: &Span) -> Option<Ends> {
        let (few, many) = if self.bookings.len() < other.bookings.len() { (self, other) } else { (other, self) };
        if few.bookings.keys().any(|line| many.bookings.contains_key(line)) {
            let added =
                Cents::sum(few.bookings.iter().filter(|(line, _)| !many.bookings.contains_key(line)).map(|(_, c)| *c))?;
            let moved = Cents::sum(many.bookings.values().copied())?.checked_add(added)?;
            let ends = [(many, many), (self, other), (other, self), (few, few)];
            let leads = |(begin, end): &(&Span, &Span)| {
                let inner = if std::ptr::eq(*begin, self) { other } else { self };
                begin.ends.opening.checked_add(moved) == Some(end.ends.closing) && begin.passes(inner)
            };
            return ends.iter().find(|ends| leads(ends)).map(|(begin, end)| Ends::of(begin, end));
        }
        if few.bookings.is_empty() && few.ends.opening == few.ends.closing && many.holds(few) {
            return Some(many.ends);
        }
        if self.days.1 <= other.days.1 && self.meets(other) {
            return Some(Ends::of(self, other));
        }
        (other.days.1 <= self.days.1 && other.meets(self)).then(|| Ends::of(other, self))
    }

    /// Whether the balance on which an overlapping span begins is one that this span passes on that day: behind all that
    /// came before the day, and some of the day's bookings that the other one does not tell.
    fn passes(&self, inner: &Span) -> bool {
        let Some(((day, _), _)) = inner.bookings.first_key_value() else { return false };
        let before = Cents::sum(self.bookings.range(..(*day, i64::MIN)).map(|(_, cents)| *cents));
        let start = before.and_then(|moved| self.ends.opening.checked_add(moved));
        let Some(distance) = start.and_then(|start| inner.ends.opening.checked_sub(start)) else { return false };
        let of_day = self.bookings.range((*day, i64::MIN)..=(*day, i64::MAX));
        let untold = of_day.filter(|(line, _)| !inner.bookings.contains_key(line)).map(|(_, cents)| cents.get());
        is_sum_of_some(distance.get(), untold)
    }

    /// Whether a span without bookings lies within this one, and the account had its balance throughout its days, or just
    /// before or behind a day's bookings. Where this one ends or begins within a statement, it says more than that.
    fn holds(&self, quiet: &Span) -> bool {
        let (first, last) = quiet.days;
        let within = self.days.0 <= first && last <= self.days.1;
        let behind = self.ends.ends_within && last >= self.days.1;
        let before = self.ends.begin == Begin::Within && first <= self.days.0;
        let until = |is_before: &dyn Fn(Date) -> bool| {
            let moved = Cents::sum(self.bookings.iter().filter(|(line, _)| is_before(line.0)).map(|(_, cents)| *cents));
            moved.and_then(|moved| self.ends.opening.checked_add(moved))
        };
        let stands = [until(&|day| day < first), until(&|day| day <= last)].contains(&Some(quiet.ends.opening));
        within && !behind && !before && stands
    }

    fn merged(mut self, other: Span, ends: Ends) -> Span {
        let adds = other.bookings.keys().any(|line| !self.bookings.contains_key(line)) || other.bookings.is_empty();
        self.days = (self.days.0.min(other.days.0), self.days.1.max(other.days.1));
        self.ends = ends;
        self.statements += if adds { other.statements } else { 0 };
        self.bookings.extend(other.bookings);
        self.pages.extend(other.pages);
        self
    }
}

/// Whether some of these amounts sum to one; where they are too many to try, they may.
fn is_sum_of_some(wanted: i64, amounts: impl Iterator<Item = i64>) -> bool {
    const MOST_SUMS: usize = 4_096;
    let mut sums = BTreeSet::from([0_i64]);
    for amount in amounts {
        let more: Vec<i64> = sums.iter().map(|sum| sum.saturating_add(amount)).collect();
        sums.extend(more);
        if sums.len() > MOST_SUMS {
            return true;
        }
    }
    sums.contains(&wanted)
}
