//! Batch bookings that an advice resolves (camt.054 beside camt.053).
//!
//! Invariant: money is counted once: either the statement's one booking of a batch, or the details that an advice tells
//! of it, never both; details that the statement brought itself stand, and details without a booking of a statement are no
//! money at all. An advice resolves an entry only if message, payment information or entry reference say so, or if the
//! entry is a batch of just that sum and number, told in one piece or entry by entry; a sum alone is likeness. What an advice
//! names by a reference and tells in part, or with another sum, is no money but a doubt: its details hold.

use std::collections::{BTreeMap, HashMap, HashSet};

use jiff::civil::Date;
use sepa::Cents;

/// A booking, as far as resolving looks at it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Its id.
    pub id: i64,
    /// Our account.
    pub account: String,
    /// Its entry.
    pub entry: i64,
    /// How many details its entry has.
    pub details: i64,
    /// How many transactions the bank says are in its entry.
    pub announced: Option<i64>,
    /// Below zero where our account was debited.
    pub amount: Cents,
    /// The day it was booked.
    pub booked: Date,
    /// The bank's reference of its entry.
    pub entry_reference: Option<String>,
    /// What else joins a batch with its details: the message that tells them (of an advice its own), payment information.
    pub joins: Vec<String>,
    /// Whether an advice told of it.
    pub advised: bool,
}

/// An entry: its bookings have its references in common.
struct Entry<'a> {
    lines: Vec<&'a Line>,
    sum: Cents,
}

impl<'a> Entry<'a> {
    fn first(&self) -> Option<&'a Line> {
        self.lines.first().copied()
    }

    /// Amounts in order, to see whether two entries tell of the same.
    fn amounts(&self) -> Vec<Cents> {
        let mut amounts: Vec<Cents> = self.lines.iter().map(|line| line.amount).collect();
        amounts.sort_unstable();
        amounts
    }

    /// Whether it brought no details that tell something: the one booking of all of it.
    fn is_whole(&self) -> bool {
        self.lines.len() == 1
    }
}

/// What is not posted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NotMoney {
    /// No money of their own: batches that were resolved, and details that resolve nothing.
    pub left_out: HashSet<i64>,
    /// Details of an entry that stands as it is, since they are not all of it: they hold what they could concern.
    pub doubts: HashSet<i64>,
}

/// The bookings that are no money of their own, or a part of one.
pub fn not_money(lines: &[Line]) -> NotMoney {
    let advices = entries(lines.iter().filter(|line| line.advised));
    let sums: HashSet<(&str, Cents)> =
        advices.values().filter_map(|entry| Some((account(entry)?, entry.sum))).collect();
    let booked = entries(lines.iter().filter(|line| !line.advised));
    let constant = constant_references(&booked);
    let mut by_sum: HashMap<(&str, Cents), Vec<&Entry<'_>>> = HashMap::new();
    for entry in booked.values() {
        if let Some(key) = account(entry).map(|account| (account, entry.sum)).filter(|key| sums.contains(key)) {
            by_sum.entry(key).or_default().push(entry);
        }
    }
    let mut batches: HashMap<(&str, Cents), Vec<&Entry<'_>>> = HashMap::new();
    let is_batch = |entry: &&Entry<'_>| {
        entry.is_whole() && entry.first().is_some_and(|line| line.announced.is_some_and(|number| number > 1))
    };
    for entry in booked.values().filter(is_batch) {
        if let Some(account) = account(entry) {
            batches.entry((account, entry.sum)).or_default().push(entry);
        }
    }
    let wanted: HashSet<&str> = advices.values().flat_map(names_of).collect();
    let mut by_name: HashMap<&str, Vec<&Entry<'_>>> = HashMap::new();
    for entry in booked.values().filter(|entry| entry.is_whole()) {
        for name in names_of(entry).filter(|name| wanted.contains(name)) {
            by_name.entry(name).or_default().push(entry);
        }
    }
    let mut resolving = Resolving {
        by_sum,
        batches,
        by_name,
        constant,
        taken: HashSet::new(),
        left_out: HashSet::new(),
        doubts: HashSet::new(),
    };
    // who is named comes first, so that nobody else takes it
    let unnamed = advices.values().filter(|advice| !resolving.by_name(advice, By::Reference));
    let unnamed: Vec<&Entry<'_>> = unnamed.collect();
    let unnamed = unnamed.into_iter().filter(|advice| !resolving.by_name(advice, By::Join));
    let unnamed: Vec<&Entry<'_>> = unnamed.collect();
    let unnamed: Vec<&Entry<'_>> = unnamed.into_iter().filter(|advice| !resolving.by_number(advice)).collect();
    let unnamed = resolving.in_part(unnamed);
    resolving.entry_by_entry(&unnamed);
    let Resolving { left_out, doubts, .. } = resolving;
    NotMoney { left_out, doubts }
}

/// Whatever names an entry: the bank's reference, message and payment information.
fn names_of<'a>(entry: &Entry<'a>) -> impl Iterator<Item = &'a str> {
    let line = entry.first();
    let names = line.map(|line| line.entry_reference.iter().chain(&line.joins).map(String::as_str));
    names.into_iter().flatten()
}

fn account<'a>(entry: &Entry<'a>) -> Option<&'a str> {
    entry.first().map(|line| line.account.as_str())
}

fn entries<'a>(lines: impl Iterator<Item = &'a Line>) -> BTreeMap<i64, Entry<'a>> {
    let mut entries: BTreeMap<i64, Entry<'a>> = BTreeMap::new();
    for line in lines {
        let entry = entries.entry(line.entry).or_insert(Entry { lines: Vec::new(), sum: Cents::ZERO });
        entry.sum = entry.sum.checked_add(line.amount).unwrap_or(entry.sum);
        entry.lines.push(line);
    }
    entries
}

/// A reference that a bank gives to two entries of a day names none of them.
fn constant_references(booked: &BTreeMap<i64, Entry<'_>>) -> HashSet<(String, String)> {
    let mut seen: HashMap<(&str, &str, Date, bool), usize> = HashMap::new();
    for line in booked.values().filter_map(Entry::first) {
        if let Some(reference) = &line.entry_reference {
            *seen.entry((&line.account, reference, line.booked, line.amount.is_negative())).or_default() += 1;
        }
    }
    let constant = seen.into_iter().filter(|(_, count)| *count > 1);
    constant.map(|((account, reference, ..), _)| (account.to_owned(), reference.to_owned())).collect()
}

/// By what an advice names an entry.
#[derive(Clone, Copy, PartialEq, Eq)]
enum By {
    /// The bank's reference of the entry.
    Reference,
    /// The message that tells of it, or payment information.
    Join,
}

/// Days between an advice and the booking that it names: the advice comes first, or a bank day behind a weekend.
const NAMED_WITHIN: i32 = 7;

struct Resolving<'a> {
    /// By account and sum.
    by_sum: HashMap<(&'a str, Cents), Vec<&'a Entry<'a>>>,
    /// The same of batches of which the bank gives the number.
    batches: HashMap<(&'a str, Cents), Vec<&'a Entry<'a>>>,
    /// Entries in one line by what names them, as far as advices name it.
    by_name: HashMap<&'a str, Vec<&'a Entry<'a>>>,
    constant: HashSet<(String, String)>,
    /// Entries of statements that an advice told of.
    taken: HashSet<i64>,
    left_out: HashSet<i64>,
    doubts: HashSet<i64>,
}

impl<'a> Resolving<'a> {
    fn alike(&self, advice: &Entry<'_>) -> Vec<&'a Entry<'a>> {
        let found = account(advice).and_then(|account| self.by_sum.get(&(account, advice.sum)));
        found.into_iter().flatten().copied().filter(|entry| !self.is_taken(entry)).collect()
    }

    fn is_taken(&self, entry: &Entry<'_>) -> bool {
        entry.first().is_some_and(|line| self.taken.contains(&line.entry))
    }

    fn names(&self, advice: &Line, line: &Line, by: By) -> bool {
        let near = advice.booked.until(line.booked).map_or(0, |span| span.get_days()).abs() <= NAMED_WITHIN;
        let is_constant = |reference: &String| self.constant.contains(&(line.account.clone(), reference.clone()));
        let own = line.entry_reference.as_ref().filter(|reference| !is_constant(reference));
        near && match by {
            By::Reference => own.is_some() && own == advice.entry_reference.as_ref(),
            By::Join => line.joins.iter().any(|join| advice.joins.contains(join)),
        }
    }

    /// Finds the entry that the advice names; whether there is one.
    fn by_name(&mut self, advice: &Entry<'_>, by: By) -> bool {
        let Some(own) = advice.first() else { return true };
        let named: Vec<&Entry<'a>> = self
            .alike(advice)
            .into_iter()
            .filter(|entry| entry.first().is_some_and(|line| self.names(own, line, by)))
            .collect();
        // of several that carry the same name only one of the same day is meant
        let of_day: Vec<&Entry<'a>> =
            named.iter().copied().filter(|entry| entry.first().is_some_and(|line| line.booked == own.booked)).collect();
        match (named.as_slice(), of_day.as_slice()) {
            ([], _) => return false,
            ([only], _) | (_, [only]) => self.tell(advice, only),
            _ => self.drop(advice),
        }
        true
    }

    /// Finds the only batch of the advice's day, sum and number; whether there is one.
    fn by_number(&mut self, advice: &Entry<'_>) -> bool {
        let Some(own) = advice.first() else { return true };
        let number = i64::try_from(advice.lines.len()).unwrap_or(0);
        let of_day: Vec<&Entry<'a>> = self
            .alike(advice)
            .into_iter()
            .filter(|entry| number > 1 && entry.first().is_some_and(|line| line.booked == own.booked))
            .collect();
        // details that the statement has itself are those that the advice tells again
        let itself: Vec<&Entry<'a>> =
            of_day.iter().copied().filter(|entry| entry.amounts() == advice.amounts()).collect();
        let is_batch =
            |entry: &&Entry<'a>| entry.is_whole() && entry.first().is_some_and(|line| line.announced == Some(number));
        let batches: Vec<&Entry<'a>> = of_day.into_iter().filter(is_batch).collect();
        match (itself.as_slice(), batches.as_slice()) {
            ([entry, ..], _) | ([], [entry]) => self.tell(advice, entry),
            _ => return false,
        }
        true
    }

    /// Advices that name an entry and tell a part of it each, or another sum; gives back those that name none.
    fn in_part<'b>(&mut self, advices: Vec<&'b Entry<'b>>) -> Vec<&'b Entry<'b>> {
        let mut parts: BTreeMap<i64, (&'a Entry<'a>, Vec<&'b Entry<'b>>)> = BTreeMap::new();
        let mut others = Vec::new();
        for advice in advices {
            match self.named(advice) {
                Some((entry, whole)) => parts.entry(whole).or_insert((entry, Vec::new())).1.push(advice),
                None => others.push(advice),
            }
        }
        for (entry, advices) in parts.into_values() {
            let lines = || advices.iter().flat_map(|advice| advice.lines.iter());
            let sum = Cents::sum(lines().map(|line| line.amount));
            let number = i64::try_from(lines().count()).unwrap_or(0);
            let announced = entry.first().and_then(|line| line.announced);
            if sum == Some(entry.sum) && announced == Some(number) && are_distinct(&advices) {
                self.taken.extend(entry.first().map(|line| line.entry));
                self.left_out.extend(entry.lines.iter().map(|line| line.id));
            } else {
                self.doubts.extend(lines().map(|line| line.id));
            }
        }
        others
    }

    /// The one entry that an advice names, whatever its sum, which brought no details of its own and was not told yet.
    fn named(&self, advice: &Entry<'_>) -> Option<(&'a Entry<'a>, i64)> {
        let own = advice.first()?;
        let is_named = |line: &Line| [By::Reference, By::Join].into_iter().any(|by| self.names(own, line, by));
        let fits = |entry: &&&Entry<'a>| {
            let told = entry.first().is_some_and(|line| {
                let is_bare = line.details == 0
                    || advice.lines.len() > 1
                    || line.announced.is_some_and(|announced| announced > line.details);
                is_bare && line.account == own.account && is_named(line)
            });
            told && !self.is_taken(entry) && entry.sum.is_negative() == advice.sum.is_negative()
        };
        let mut found: Vec<&'a Entry<'a>> = Vec::new();
        for entry in names_of(advice).filter_map(|name| self.by_name.get(name)).flatten().filter(fits) {
            if !found.iter().any(|known| std::ptr::eq(*known, *entry)) {
                found.push(entry);
            }
        }
        match found.as_slice() {
            [only] => Some((only, only.first()?.entry)),
            _ => None,
        }
    }

    /// Advices that tell each transfer of a batch as an entry of its own: together the only batch of their day, sum and
    /// number. Any other resolves nothing.
    fn entry_by_entry(&mut self, advices: &[&Entry<'_>]) {
        let mut groups: BTreeMap<(&str, Date, &[String]), Vec<&Entry<'_>>> = BTreeMap::new();
        for advice in advices {
            if let Some(line) = advice.first() {
                groups.entry((&line.account, line.booked, &line.joins)).or_default().push(advice);
            }
        }
        for ((account, day, _), advices) in groups {
            let number = i64::try_from(advices.len()).unwrap_or(0);
            let sum = Cents::sum(advices.iter().map(|advice| advice.sum));
            let is_single = advices.iter().all(|advice| advice.is_whole());
            let is_batch = |entry: &&&Entry<'a>| {
                let line = entry.first();
                let is_it = line.is_some_and(|line| line.booked == day && line.announced == Some(number));
                is_it && entry.is_whole() && Some(entry.sum) == sum && !self.is_taken(entry)
            };
            let alike = sum.and_then(|sum| self.batches.get(&(account, sum))).map_or(&[][..], Vec::as_slice);
            let batches: Vec<&Entry<'a>> = alike.iter().filter(is_batch).copied().collect();
            match batches.as_slice() {
                [only] if number > 1 && is_single => {
                    self.taken.extend(only.first().map(|line| line.entry));
                    self.left_out.extend(only.lines.iter().map(|line| line.id));
                }
                _ => advices.into_iter().for_each(|advice| self.drop(advice)),
            }
        }
    }

    /// The advice tells of this entry: its details stand for it where it brought none of its own.
    fn tell(&mut self, advice: &Entry<'_>, entry: &Entry<'_>) {
        self.taken.extend(entry.first().map(|line| line.entry));
        let is_told_more = advice.lines.len() > 1 || entry.first().is_some_and(|line| line.details == 0);
        if entry.is_whole() && is_told_more {
            self.left_out.extend(entry.lines.iter().map(|line| line.id));
        } else {
            self.drop(advice);
        }
    }

    fn drop(&mut self, advice: &Entry<'_>) {
        self.left_out.extend(advice.lines.iter().map(|line| line.id));
    }
}

/// Whether no amount stands in two of them: the same part may have been told twice.
fn are_distinct(advices: &[&Entry<'_>]) -> bool {
    let mut seen: HashMap<Cents, usize> = HashMap::new();
    advices
        .iter()
        .enumerate()
        .all(|(place, advice)| advice.lines.iter().all(|line| *seen.entry(line.amount).or_insert(place) == place))
}

#[cfg(test)]
#[path = "tests/advices.rs"]
mod tests;
