//! The lines of the bank's statements, each split by what was decided: what came in for which item, what went back.
//!
//! Decides nothing. Invariants: the parts of a line sum to what the bank booked; only days are told of which every booking has
//! been seen, and that the finance system has not posted itself; the balances are the bank's.

use std::collections::{BTreeMap, HashMap, HashSet};

use jiff::civil::Date;
use ledger::chain::{Chain, Range};
use serde::{Deserialize, Serialize};
use store::{BookingRow, LifeKind, LineRow, RefundKind, Tx};

use crate::Result;
use crate::books::situation::{Situation, of_first};
use crate::handback::stored_day;

/// A part of a line that is posted as a whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Part {
    pub(crate) booking: i64,
    /// The item that it pays, or that is owed again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) item: Option<i64>,
    /// The levy of the item, and its due day, when this was told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) levy: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none", with = "stored_day::optional")]
    pub(crate) due: Option<Date>,
    /// The debit of ours behind it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) debit: Option<i64>,
    /// The refund of ours that it pays.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) refund: Option<i64>,
    /// Cents; below zero where the account was debited.
    pub(crate) amount: i64,
    /// What was decided: `posted`, `collected`, `returned`, `refund`, else the verdict on what is left.
    pub(crate) decided: String,
}

impl Part {
    /// What of it moves money: where only the word for it changes, nothing is told again.
    fn money(&self) -> (i64, Option<i64>, Option<i64>, Option<i64>, i64) {
        (self.booking, self.item, self.debit, self.refund, self.amount)
    }
}

/// One entry of a statement as it is posted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Line {
    pub(crate) entry: i64,
    pub(crate) account: String,
    #[serde(with = "stored_day")]
    pub(crate) booked: Date,
    #[serde(with = "stored_day::optional")]
    pub(crate) valued: Option<Date>,
    pub(crate) parts: Vec<Part>,
}

impl Line {
    pub(crate) fn amount(&self) -> i64 {
        self.parts.iter().map(|part| part.amount).fold(0, i64::saturating_add)
    }

    /// Whether the same is posted by both.
    pub(crate) fn posts_as(&self, other: &Line) -> bool {
        self.parts.iter().map(Part::money).eq(other.parts.iter().map(Part::money))
    }
}

/// One bank day of an account: the balance before it, and its lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct BankDay {
    pub(crate) account: String,
    pub(crate) day: Date,
    pub(crate) opening: i64,
    pub(crate) lines: Vec<i64>,
}

/// All that can be told of the accounts.
#[derive(Debug, Default)]
pub(crate) struct Told {
    pub(crate) lines: BTreeMap<i64, Line>,
    /// By account and day.
    pub(crate) days: Vec<BankDay>,
    /// What cannot be told, and why.
    pub(crate) remarks: Vec<String>,
}

/// The lines of every complete bank day that the finance system has not posted, and those that were told before, whatever became
/// of their days since.
pub(crate) async fn lines(tx: &mut Tx, situation: &Situation, chains: &[Chain], before: &HashSet<i64>) -> Result<Told> {
    let rows = store::lines(tx).await?;
    let all = split(situation, &rows);
    let mut told = Told::default();
    for chain in chains {
        let mut own: Vec<&Line> = all.values().filter(|line| line.account == chain.account).collect();
        own.sort_by_key(|line| (line.booked, line.entry));
        for range in &chain.ranges {
            match days_of(&chain.account, range, &own) {
                Some(days) => told.days.extend(days),
                None => told.remarks.push(format!(
                    "account {}: {} to {} is left out: its lines do not lead from balance to balance",
                    chain.account, range.first, range.last
                )),
            }
        }
    }
    told.days.retain(|day| situation.as_of.is_none_or(|as_of| day.day > as_of));
    let named: HashSet<i64> = told.days.iter().flat_map(|day| &day.lines).copied().collect();
    told.lines = all.into_iter().filter(|(entry, _)| named.contains(entry) || before.contains(entry)).collect();
    Ok(told)
}

/// The days of a complete range with movements; nothing where they do not add up.
fn days_of(account: &str, range: &Range, own: &[&Line]) -> Option<Vec<BankDay>> {
    let mut balance = range.opening.get();
    let mut days: Vec<BankDay> = Vec::new();
    for line in own.iter().filter(|line| (range.first..=range.last).contains(&line.booked)) {
        match days.last_mut().filter(|day| day.day == line.booked) {
            Some(day) => day.lines.push(line.entry),
            None => days.push(BankDay {
                account: account.to_owned(),
                day: line.booked,
                opening: balance,
                lines: vec![line.entry],
            }),
        }
        balance = balance.checked_add(line.amount())?;
    }
    // of a day whose statement lacks a page not every booking has been seen
    let is_whole = |day: &BankDay| {
        let (is_first, is_last) = (day.day == range.first, day.day == range.last);
        !(range.begins_within && is_first || range.ends_within && is_last)
    };
    days.retain(is_whole);
    (balance == range.closing.get()).then_some(days)
}

/// Every line with its parts, by its entry. The details that stand for a sum are the line of that sum.
fn split(situation: &Situation, rows: &[LineRow]) -> BTreeMap<i64, Line> {
    let by_id: HashMap<i64, &LineRow> = rows.iter().map(|row| (row.id, row)).collect();
    let splitter = Splitter::new(situation);
    let mut bookings: Vec<&BookingRow> = situation.bookings.iter().filter(|row| !row.provisional).collect();
    bookings.sort_by_key(|row| row.id);
    let mut lines: BTreeMap<i64, Line> = BTreeMap::new();
    for booking in bookings {
        let Some(own) = by_id.get(&booking.id) else { continue };
        let root = own.stands_for.and_then(|sum| by_id.get(&sum)).unwrap_or(own);
        let line = lines.entry(root.entry).or_insert_with(|| Line {
            entry: root.entry,
            account: booking.account.clone(),
            booked: booking.booked,
            valued: root.valued,
            parts: Vec::new(),
        });
        line.parts.extend(splitter.parts(booking));
    }
    lines
}

/// Knows by booking what it did to items, debits and refunds.
struct Splitter<'s> {
    situation: &'s Situation,
    /// Booking -> debits that it credits or takes back, and which of both.
    debits: HashMap<i64, Vec<(i64, LifeKind)>>,
    /// Booking -> refunds that it pays.
    refunds: HashMap<i64, Vec<i64>>,
}

impl<'s> Splitter<'s> {
    fn new(situation: &'s Situation) -> Splitter<'s> {
        let mut debits: HashMap<i64, Vec<(i64, LifeKind)>> = HashMap::new();
        for row in situation.life.iter() {
            if let Some(booking) = row.booking {
                debits.entry(booking).or_default().push((row.debit, row.kind));
            }
        }
        let mut refunds: HashMap<i64, Vec<i64>> = HashMap::new();
        for row in situation.refund_events.iter().filter(|row| row.kind == RefundKind::Paid) {
            if let Some(booking) = row.told_by {
                refunds.entry(booking).or_default().push(row.refund);
            }
        }
        Splitter { situation, debits, refunds }
    }

    /// What a booking consists of: what was placed of it, what it did to debits and refunds, and the rest.
    fn parts(&self, booking: &BookingRow) -> Vec<Part> {
        let mut parts: Vec<Part> = Vec::new();
        for (item, amount) in self.situation.parts_of(booking.id) {
            parts.push(self.of_item(booking, item, amount, "posted"));
        }
        for (debit, kind) in self.debits.get(&booking.id).into_iter().flatten() {
            parts.extend(self.of_debit(booking, *debit, *kind));
        }
        for id in self.refunds.get(&booking.id).into_iter().flatten() {
            let amount = self.situation.refunds.iter().find(|row| row.id == *id).map_or(0, |row| -row.amount);
            parts.push(Part { refund: Some(*id), ..part(booking, amount, "refund") });
        }
        let placed = parts.iter().map(|part| part.amount).fold(0, i64::saturating_add);
        let rest = booking.amount.saturating_sub(placed);
        if rest != 0 || parts.is_empty() {
            let verdict = self.situation.verdicts.get(&booking.id);
            let word = verdict.map_or("pending", |verdict| verdict.said.decision.as_str());
            parts.push(part(booking, rest, word));
        }
        parts
    }

    /// What a debit takes of its items came in, or went back.
    fn of_debit(&self, booking: &BookingRow, debit: i64, kind: LifeKind) -> Vec<Part> {
        let (sign, word) = match kind {
            LifeKind::Settled => (1, "collected"),
            LifeKind::Returned => (-1, "returned"),
            LifeKind::Rejected => return Vec::new(),
        };
        let claimed = self.situation.claimed().range(of_first(debit)).map(|((_, item), amount)| (*item, *amount));
        let taken = claimed.chain(self.situation.absorbed().of_debit(debit)).filter(|(_, amount)| *amount > 0);
        let part = |(item, amount): (i64, i64)| Part {
            debit: Some(debit),
            ..self.of_item(booking, item, sign * amount, word)
        };
        taken.map(part).collect()
    }

    fn of_item(&self, booking: &BookingRow, item: i64, amount: i64, word: &str) -> Part {
        let said = self.situation.items.by_id(item).map(|row| &row.said);
        let (levy, due) = (said.map(|said| said.kind.clone()), said.map(|said| said.due));
        Part { item: Some(item), levy, due, ..part(booking, amount, word) }
    }
}

fn part(booking: &BookingRow, amount: i64, decided: &str) -> Part {
    let booking = booking.id;
    Part { booking, item: None, levy: None, due: None, debit: None, refund: None, amount, decided: decided.to_owned() }
}

#[cfg(test)]
mod tests {
    use sepa::Cents;

    use super::*;

    fn line(entry: i64, day: &str, amount: i64) -> Line {
        let part = Part {
            booking: entry,
            item: None,
            levy: None,
            due: None,
            debit: None,
            refund: None,
            amount,
            decided: "case".to_owned(),
        };
        let booked = day.parse().unwrap();
        Line { entry, account: "A".to_owned(), booked, valued: None, parts: vec![part] }
    }

    fn range(opening: i64, closing: i64) -> Range {
        Range {
            first: "2024-03-01".parse().unwrap(),
            last: "2024-03-05".parse().unwrap(),
            opening: Cents::new(opening),
            closing: Cents::new(closing),
            statements: 1,
            begins_within: false,
            ends_within: false,
        }
    }

    #[test]
    fn days_stand_between_the_balances_of_the_bank() {
        let lines = [line(1, "2024-03-01", 5), line(2, "2024-03-05", -7), line(3, "2024-03-05", 1)];
        let own: Vec<&Line> = lines.iter().collect();
        let told = |range: &Range| {
            let days = days_of("A", range, &own)?;
            Some(days.iter().map(|day| (day.day.day(), day.opening, day.lines.clone())).collect::<Vec<_>>())
        };
        assert_eq!(told(&range(100, 99)), Some(vec![(1, 100, vec![1]), (5, 105, vec![2, 3])]));
        // a twin that was lost: nothing is told of the range
        assert_eq!(told(&range(100, 98)), None);
        let ends_within = Range { ends_within: true, ..range(100, 99) };
        assert_eq!(told(&ends_within), Some(vec![(1, 100, vec![1])]));
        let begins_within = Range { begins_within: true, ..range(100, 99) };
        assert_eq!(told(&begins_within), Some(vec![(5, 105, vec![2, 3])]));
    }

    #[test]
    fn another_word_for_the_same_money_is_no_change() {
        let (one, mut other) = (line(1, "2024-03-01", 5), line(1, "2024-03-01", 5));
        other.parts[0].decided = "other".to_owned();
        assert!(one.posts_as(&other));
        other.parts[0].item = Some(3);
        assert!(!one.posts_as(&other));
    }
}
