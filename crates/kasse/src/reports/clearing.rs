//! The clearing view: what the movements of each account were for, day by day, until nothing of a day is unexplained.
//!
//! Decides nothing: it sums verdicts. Invariant: the parts of a booking sum to its amount, so the columns of a day sum to
//! what the account gained or lost on it.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde_json::{Map, Value, json};
use store::BookingRow;

use crate::base::shown::eur;
use crate::books::situation::Situation;
use crate::matching::refunds::goes_back;
use crate::treasury::close_day::placed_by_booking;
use crate::{Kasse, Result};

/// What a part of a movement was for. The order is that of the columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum For {
    /// Placed on open items.
    Items,
    /// Credited for direct debits of ours, or taken back with their charges.
    DirectDebits,
    /// Taken back by the bank of the payer, and the credit that it was taken from.
    TakenBack,
    /// To be given back or given back to its payer.
    Refunds,
    /// Moved between own accounts.
    OwnAccounts,
    /// The bank's own: fees, interest.
    Bank,
    /// Other money of the town, by the rules or a person's word.
    Other,
    /// A person must still say what it is.
    Unexplained,
}

impl For {
    const ALL: [For; 8] = [
        For::Items,
        For::DirectDebits,
        For::TakenBack,
        For::Refunds,
        For::OwnAccounts,
        For::Bank,
        For::Other,
        For::Unexplained,
    ];

    /// The column.
    fn word(self) -> &'static str {
        match self {
            For::Items => "on_items",
            For::DirectDebits => "direct_debits",
            For::TakenBack => "taken_back",
            For::Refunds => "given_back",
            For::OwnAccounts => "own_accounts",
            For::Bank => "of_bank",
            For::Other => "other",
            For::Unexplained => "unexplained",
        }
    }
}

/// What of a booking is where, in cents of its own sign.
#[derive(Clone, Copy, Debug, Default)]
struct Movement<'v> {
    amount: i64,
    /// What is placed on items.
    placed: i64,
    /// What the payer's bank took back of it.
    taken_back: i64,
    /// What the town gave back of it outside of our orders.
    given_back: i64,
    /// The word of its newest verdict; none before it was looked at.
    decision: Option<&'v str>,
    /// Whether a person has said that its rest goes back.
    goes_back: bool,
}

/// What the parts of a movement are for.
fn parts(movement: Movement<'_>) -> [(For, i64); 4] {
    let Movement { amount, placed, taken_back, given_back, decision, goes_back } = movement;
    let rest = amount - placed - taken_back - given_back;
    let class = match decision {
        Some("settlement" | "debit_return") => For::DirectDebits,
        Some("returned") => For::TakenBack,
        Some("refund") => For::Refunds,
        Some("transfer") => For::OwnAccounts,
        Some("fee") => For::Bank,
        Some("auto" | "clerk" | "other") if goes_back => For::Refunds,
        Some("auto" | "clerk" | "other") => For::Other,
        _ => For::Unexplained,
    };
    [(For::Items, placed), (For::TakenBack, taken_back), (For::Refunds, given_back), (class, rest)]
}

/// An object per account and day with movements: what came in and went out, and what for. `unexplained` must become zero.
///
/// # Errors
/// What the database says.
pub async fn clearing(kasse: &Kasse) -> Result<Vec<Value>> {
    let mut tx = kasse.db.read().await?;
    let situation = kasse.situation(&mut tx).await?;
    let placed = placed_by_booking(&situation);
    let mut days: BTreeMap<(&str, Date), Day> = BTreeMap::new();
    for row in situation.bookings.iter().filter(|row| !row.provisional) {
        let movement = movement(&situation, row, placed.get(&row.id).copied().unwrap_or(0));
        days.entry((&row.account, row.booked)).or_default().add(movement);
    }
    Ok(days.iter().map(|((account, day), sums)| sums.row(account, *day)).collect())
}

fn movement<'s>(situation: &'s Situation, row: &BookingRow, placed: i64) -> Movement<'s> {
    let verdict = situation.verdicts.get(&row.id);
    let (left, came_in) = match row.amount > 0 {
        true => (situation.left_by_bank(row), situation.came_in(row)),
        false => (row.amount, row.amount),
    };
    Movement {
        amount: row.amount,
        placed,
        taken_back: row.amount - left,
        given_back: left - came_in,
        decision: verdict.map(|verdict| verdict.said.decision.as_str()),
        goes_back: verdict.is_some_and(goes_back),
    }
}

/// The movements of an account on a day, in cents.
#[derive(Debug, Default)]
struct Day {
    incoming: i64,
    outgoing: i64,
    parts: BTreeMap<For, i64>,
}

impl Day {
    fn add(&mut self, movement: Movement<'_>) {
        if movement.amount > 0 {
            self.incoming += movement.amount;
        } else {
            self.outgoing -= movement.amount;
        }
        for (class, cents) in parts(movement) {
            *self.parts.entry(class).or_insert(0) += cents;
        }
    }

    fn row(&self, account: &str, day: Date) -> Value {
        let mut row = Map::new();
        let whole = json!({
            "account": account, "day": day.to_string(), "in": eur(self.incoming), "out": eur(self.outgoing),
        });
        row.extend(whole.as_object().cloned().unwrap_or_default());
        for class in For::ALL {
            row.insert(class.word().to_owned(), eur(self.parts.get(&class).copied().unwrap_or(0)).into());
        }
        row.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Amount, what is placed, what was taken back, the decision, and the parts that are not zero.
    #[track_caller]
    fn check(amount: i64, placed: i64, taken_back: i64, decision: &str, expected: &[(For, i64)]) {
        let decision = Some(decision).filter(|word| !word.is_empty());
        let movement = Movement { amount, placed, taken_back, decision, ..Movement::default() };
        let all = parts(movement);
        let told: Vec<_> = all.into_iter().filter(|(_, cents)| *cents != 0).collect();
        assert_eq!(told, expected, "{movement:?}");
        assert_eq!(all.iter().map(|(_, cents)| cents).sum::<i64>(), amount);
    }

    #[test]
    fn the_parts_of_a_booking_are_its_amount() {
        check(7_710, 7_710, 0, "auto", &[(For::Items, 7_710)]);
        check(8_000, 7_710, 0, "case", &[(For::Items, 7_710), (For::Unexplained, 290)]);
        check(8_000, 7_710, 0, "clerk", &[(For::Items, 7_710), (For::Other, 290)]);
        check(8_000, 3_000, 5_000, "auto", &[(For::Items, 3_000), (For::TakenBack, 5_000)]);
        check(8_000, 0, 0, "returned", &[(For::TakenBack, 8_000)]);
        check(36_530, 0, 0, "settlement", &[(For::DirectDebits, 36_530)]);
        check(-8_260, 0, 0, "debit_return", &[(For::DirectDebits, -8_260)]);
        check(-100, 0, 0, "fee", &[(For::Bank, -100)]);
        check(-8_000, 0, 0, "refund", &[(For::Refunds, -8_000)]);
        check(4_000, 0, 0, "", &[(For::Unexplained, 4_000)]);
        check(-4_000, 0, 0, "case", &[(For::Unexplained, -4_000)]);
    }

    #[test]
    fn what_a_person_sends_back_is_a_refund() {
        let movement = Movement { amount: 500, decision: Some("other"), goes_back: true, ..Movement::default() };
        assert_eq!(parts(movement)[3], (For::Refunds, 500));
        // a part that the town gave back, beside what was placed
        let movement =
            Movement { amount: 500, placed: 300, given_back: 200, decision: Some("auto"), ..Movement::default() };
        let told: Vec<_> = parts(movement).into_iter().filter(|(_, cents)| *cents != 0).collect();
        assert_eq!(told, [(For::Items, 300), (For::Refunds, 200)]);
    }
}
