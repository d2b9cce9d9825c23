//! Bookings of statements that do not fit together: which of them a person must look at.
//!
//! The balance decides (`OPBD` + booked entries = `CLBD`), never the reversal indicator (`RvslInd`): a sign is not turned,
//! it is doubted. Invariant: a booking that a statement which fits together tells of too is not doubted.

use std::collections::{BTreeMap, HashMap, HashSet};

use sepa::Cents;

/// A booking, as far as doubting looks at it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line {
    /// Its id.
    pub id: i64,
    /// The statement that told of it first.
    pub statement: i64,
    /// Below zero where our account was debited.
    pub amount: Cents,
    /// Whether the bank marks it as a reversal.
    pub reversal: bool,
}

/// Why a booking is doubted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doubt {
    /// The balance fits only if the reversals of its statement are turned.
    Direction,
    /// The balance does not fit, and nothing tells which entry is wrong.
    Balance,
}

impl Doubt {
    /// One plain sentence.
    pub fn text(self) -> &'static str {
        match self {
            Doubt::Direction => {
                "the bank marks it as a reversal, and the balance of its statement fits only if its direction is turned"
            }
            Doubt::Balance => {
                "its statement does not fit together: the entries do not lead from the opening to the closing balance"
            }
        }
    }
}

/// Whether statements fit together, by what their entries leave unexplained between their balances.
#[derive(Clone, Debug, Default)]
pub struct Fits {
    fitting: HashSet<i64>,
    unexplained: HashMap<i64, Cents>,
}

impl Fits {
    /// Statements without two balances prove nothing and cast no doubt.
    pub fn new(statements: impl IntoIterator<Item = (i64, Option<Cents>)>) -> Fits {
        let mut fits = Fits::default();
        for (id, unexplained) in statements {
            match unexplained {
                Some(Cents::ZERO) => drop(fits.fitting.insert(id)),
                Some(rest) => drop(fits.unexplained.insert(id, rest)),
                None => {}
            }
        }
        fits
    }

    /// Takes a statement for one that fits: it is a page of a statement that does.
    pub fn vouch(&mut self, statement: i64) {
        self.unexplained.remove(&statement);
        self.fitting.insert(statement);
    }

    /// Whether every statement with two balances fits together.
    pub fn all(&self) -> bool {
        self.unexplained.is_empty()
    }
}

/// The bookings that are doubted, and why; `again` are those that a later statement told again: (statement, booking).
pub fn doubted(fits: &Fits, lines: &[Line], again: &[(i64, i64)]) -> BTreeMap<i64, Doubt> {
    let by_id: HashMap<i64, &Line> = lines.iter().map(|line| (line.id, line)).collect();
    let mut told: BTreeMap<i64, Vec<&Line>> = BTreeMap::new();
    let first = lines.iter().map(|line| (line.statement, line));
    let later = again.iter().filter_map(|(statement, booking)| Some((*statement, *by_id.get(booking)?)));
    first.chain(later).for_each(|(statement, line)| told.entry(statement).or_default().push(line));
    let of = |statements: &dyn Fn(i64) -> bool| -> HashSet<i64> {
        told.iter().filter(|(id, _)| statements(**id)).flat_map(|(_, lines)| lines.iter().map(|line| line.id)).collect()
    };
    let proven = of(&|statement| fits.fitting.contains(&statement));
    let mut doubts = BTreeMap::new();
    for (statement, lines) in &told {
        let Some(unexplained) = fits.unexplained.get(statement) else { continue };
        let doubt = if turning_explains(lines, *unexplained) { Doubt::Direction } else { Doubt::Balance };
        let concerned = lines.iter().filter(|line| line.reversal || doubt == Doubt::Balance);
        doubts.extend(concerned.filter(|line| !proven.contains(&line.id)).map(|line| (line.id, doubt)));
    }
    doubts
}

/// Whether the balance fits once every reversal of the statement is booked the other way.
fn turning_explains(lines: &[&Line], unexplained: Cents) -> bool {
    let reversed = Cents::sum(lines.iter().filter(|line| line.reversal).map(|line| line.amount));
    let twice = reversed.filter(|sum| !sum.is_zero()).and_then(|sum| sum.checked_add(sum));
    twice.and_then(Cents::checked_neg) == Some(unexplained)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `ID STATEMENT AMOUNT [reversal]`, a booking told again as `ID STATEMENT again`; `STATEMENT UNEXPLAINED` each.
    #[track_caller]
    fn check(statements: &str, lines: &str, expected: &[(i64, Doubt)]) {
        let fits = Fits::new(statements.split(',').map(|row| {
            let (id, rest) = row.trim().split_once(' ').unwrap();
            (id.parse().unwrap(), (rest != "-").then(|| Cents::parse(rest).unwrap()))
        }));
        let (mut bookings, mut again) = (Vec::new(), Vec::new());
        for row in lines.split(',') {
            let cells: Vec<&str> = row.split_whitespace().collect();
            let (id, statement) = (cells[0].parse().unwrap(), cells[1].parse().unwrap());
            if cells[2] == "again" {
                again.push((statement, id));
            } else {
                let reversal = cells.get(3) == Some(&"reversal");
                bookings.push(Line { id, statement, amount: Cents::parse(cells[2]).unwrap(), reversal });
            }
        }
        let found: Vec<(i64, Doubt)> = doubted(&fits, &bookings, &again).into_iter().collect();
        assert_eq!(found, expected, "{statements} {lines}");
    }

    #[test]
    fn what_fits_together_is_not_doubted() {
        check("1 0.00", "1 1 10.00, 2 1 -5.00 reversal", &[]);
        check("1 -", "1 1 10.00", &[]);
    }

    #[test]
    fn a_balance_that_does_not_fit_concerns_every_entry() {
        check("1 3.00, 2 0.00", "1 1 10.00, 2 1 5.00, 3 2 5.00", &[(1, Doubt::Balance), (2, Doubt::Balance)]);
    }

    #[test]
    fn a_reversal_that_would_explain_it_concerns_only_itself() {
        check("1 10.00", "1 1 10.00, 2 1 -5.00 reversal", &[(2, Doubt::Direction)]);
        check("1 11.00", "1 1 10.00, 2 1 -5.00 reversal", &[(1, Doubt::Balance), (2, Doubt::Balance)]);
    }

    #[test]
    fn a_statement_that_fits_vouches_for_what_it_tells_again() {
        check("1 3.00, 2 0.00", "1 1 10.00, 2 1 5.00, 1 2 again", &[(2, Doubt::Balance)]);
        check("1 3.00, 2 1.00", "1 1 10.00, 1 2 again", &[(1, Doubt::Balance)]);
    }
}
