//! Credits that the bank took back.
//!
//! A reversal or a recalled transfer is a debit on our account that undoes one credit: same amount, not earlier, and
//! the same payer, text or end-to-end id. Each undoes exactly one; the reversal indicator alone never turns a sign
//! (ISO 20022 `RvslInd`: `CdtDbtInd` is already the direction of the booking).

use std::collections::{HashMap, HashSet};

use jiff::civil::Date;
use sepa::Cents;

/// A booking, as far as taking back looks at it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Booking {
    /// Its id.
    pub id: i64,
    /// Below zero where our account was debited.
    pub amount: Cents,
    /// The day it was booked.
    pub booked: Date,
    /// The other party's account.
    pub iban: Option<String>,
    /// The other party's name.
    pub counterparty: Option<String>,
    /// The text.
    pub remittance: String,
    /// The payer's end-to-end id.
    pub end_to_end: Option<String>,
    /// Whether the bank says that something is undone: `RvslInd`, a return reason, or a code for returns.
    pub undoes: bool,
}

/// What a debit booking's codes say of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Codes<'a> {
    /// The class of its codes.
    pub class: &'a str,
    /// `RvslInd`.
    pub reversal: bool,
    /// Whether it carries a reason of return (`RtrInf`).
    pub reason: bool,
    /// Whether a direct debit of ours came back: by its code, or because it names a mandate.
    pub of_direct_debit: bool,
}

/// Whether a debit undoes a credit. A direct debit of ours that comes back undoes no transfer, even of the same payer and
/// amount: taking it for one would debit him again for what he has paid.
pub fn undoes(codes: Codes<'_>) -> bool {
    let came_back = codes.reversal || codes.reason || matches!(codes.class, "transfer return" | "reversal");
    came_back && !codes.of_direct_debit
}

/// The credits that were taken back: credit -> the debit that undid it. In the order of `bookings`.
pub fn taken_back(bookings: &[Booking]) -> HashMap<i64, i64> {
    let mut undone: HashMap<i64, i64> = HashMap::new();
    let mut by_amount: HashMap<Cents, Vec<&Booking>> = HashMap::new();
    for booking in bookings.iter().filter(|booking| booking.amount.is_positive()) {
        by_amount.entry(booking.amount).or_default().push(booking);
    }
    let mut used: HashSet<i64> = HashSet::new();
    for debit in bookings.iter().filter(|booking| booking.amount.is_negative() && booking.undoes) {
        let credits = by_amount.get(&debit.amount.abs()).map_or(&[][..], Vec::as_slice);
        let of_debit = credits
            .iter()
            .filter(|credit| !used.contains(&credit.id) && credit.booked <= debit.booked)
            .filter(|credit| likeness(credit, debit) > 0)
            .max_by_key(|credit| {
                (likeness(credit, debit), credit.remittance == debit.remittance, credit.booked, credit.id)
            });
        if let Some(credit) = of_debit {
            used.insert(credit.id);
            undone.insert(credit.id, debit.id);
        }
    }
    undone
}

/// How many things say that the debit undoes the credit: account, end-to-end id, text, name.
fn likeness(credit: &Booking, debit: &Booking) -> u8 {
    let same = |a: &Option<String>, b: &Option<String>| a.is_some() && a == b;
    let given = |id: &Option<String>| id.clone().filter(|id| id != "NOTPROVIDED");
    let squash = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).collect::<String>();
    let (theirs, ours) = (squash(&credit.remittance), squash(&debit.remittance));
    u8::from(same(&credit.iban, &debit.iban)) * 2
        + u8::from(same(&given(&credit.end_to_end), &given(&debit.end_to_end))) * 2
        + u8::from(theirs.len() > 5 && ours.contains(&theirs))
        + u8::from(same(&credit.counterparty, &debit.counterparty))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn booking(line: &str) -> Booking {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        let some = |cell: &str| (cell != "-").then(|| cell.to_owned());
        Booking {
            id: cells[0].parse().unwrap(),
            booked: cells[1].parse().unwrap(),
            amount: Cents::parse(cells[2]).unwrap(),
            iban: some(cells[3]),
            counterparty: None,
            remittance: cells[4].to_owned(),
            end_to_end: None,
            undoes: cells[5] == "undoes",
        }
    }

    #[track_caller]
    fn check(lines: &str, expected: &[(i64, i64)]) {
        let bookings: Vec<Booking> = lines.lines().filter(|line| !line.trim().is_empty()).map(booking).collect();
        let mut undone: Vec<(i64, i64)> = taken_back(&bookings).into_iter().collect();
        undone.sort_unstable();
        assert_eq!(undone, expected, "{lines}");
    }

    #[test]
    fn a_returned_direct_debit_undoes_no_transfer() {
        for (class, reversal, reason, of_direct_debit, expected) in [
            ("credit transfer", false, false, false, false),
            ("credit transfer", true, false, false, true),
            ("transfer return", false, false, false, true),
            ("direct-debit return", false, true, false, true),
            ("direct-debit return", false, true, true, false),
            ("reversal", true, false, true, false),
        ] {
            assert_eq!(
                undoes(Codes { class, reversal, reason, of_direct_debit }),
                expected,
                "{class} {reversal} {reason}"
            );
        }
    }

    #[test]
    fn a_reversal_undoes_one_credit() {
        check("1|2023-11-02|100.00|A|KZ 1|-\n2|2023-11-03|-100.00|A|KZ 1|undoes", &[(1, 2)]);
        check("1|2023-11-02|100.00|A|KZ 1|-\n2|2023-11-03|-100.00|A|KZ 1|-", &[]);
        check("1|2023-11-02|100.00|A|KZ 1|-\n2|2023-11-03|-100.00|B|KZ 2|undoes", &[]);
        check("1|2023-11-04|100.00|A|KZ 1|-\n2|2023-11-03|-100.00|A|KZ 1|undoes", &[]);
    }

    #[test]
    fn of_two_alike_the_one_with_the_very_text_is_undone() {
        let two = "1|2023-11-02|100.00|A|KZ 1/2|-\n2|2023-11-03|100.00|A|KZ 1.2|-";
        check(&format!("{two}\n3|2023-11-03|-100.00|A|KZ 1/2|undoes"), &[(1, 3)]);
        check(&format!("{two}\n3|2023-11-03|-100.00|A|KZ 1.2|undoes"), &[(2, 3)]);
    }

    #[test]
    fn twins_are_undone_one_by_one() {
        let twins = "1|2023-11-02|100.00|A|KZ 1|-\n2|2023-11-02|100.00|A|KZ 1|-\n3|2023-11-03|-100.00|A|KZ 1|undoes";
        check(twins, &[(2, 3)]);
        check(&format!("{twins}\n4|2023-11-06|-100.00|A|KZ 1|undoes"), &[(1, 4), (2, 3)]);
    }
}
