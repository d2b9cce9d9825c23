//! What people confirmed of an account, and statements that come later and say otherwise.
//!
//! Must not know what becomes of such a statement. Invariant: where this finds nothing, every confirmation stands after the
//! statements as it stood before them.

use crate::chain::{Chain, Confirmation, Gap, Statement};

/// The first confirmation that new statements of its account contradict: they begin before the first balance that was
/// confirmed, or put another one in its place; or they tell of movement on days on which somebody said that nothing moved.
pub fn contradicted<'a>(
    before: &Chain,
    after: &Chain,
    new: &[Statement],
    confirmed: &'a [Confirmation],
) -> Option<&'a Confirmation> {
    let mut own = confirmed.iter().filter(|said| said.account == after.account);
    own.find(|said| match said.opening {
        true => before.opening_confirmed && !after.opening_confirmed && begins(before, said),
        false => is_broken(before, after, said) || new.iter().any(|statement| moves(statement, said)),
    })
}

/// Whether it is the balance with which the account begins.
fn begins(chain: &Chain, said: &Confirmation) -> bool {
    chain.ranges.first().is_some_and(|range| said.balance == range.opening && said.day <= range.first)
}

/// Whether what comes before the quiet day does not lead to its balance any more.
fn is_broken(before: &Chain, after: &Chain, said: &Confirmation) -> bool {
    let leads_elsewhere = |gap: &Gap| gap.before == said.day && gap.opening == said.balance;
    after.gaps.iter().any(leads_elsewhere) && !before.gaps.iter().any(leads_elsewhere)
}

/// Whether a statement goes on from the confirmed balance, and tells of a booking on a day on which nothing moved.
fn moves(statement: &Statement, said: &Confirmation) -> bool {
    let goes_on = statement.account == said.account && statement.opening == Some(said.balance);
    goes_on && statement.fits() && statement.bookings.iter().any(|line| line.day <= said.day)
}

#[cfg(test)]
mod tests {
    use jiff::civil::Date;
    use sepa::Cents;

    use super::*;
    use crate::chain::{Line, Page, chains};

    fn day(text: &str) -> Date {
        format!("2024-03-{text}").parse().unwrap()
    }

    fn statement(id: i64, first: &str, last: &str, opening: i64, moved: i64) -> Statement {
        let booking = Line { id, day: day(last), amount: Cents::new(moved) };
        Statement {
            id,
            account: "A".to_owned(),
            name: None,
            sequence: Some(id),
            legal: None,
            swift: false,
            days: (day(first), day(last)),
            opening: Some(Cents::new(opening)),
            closing: Some(Cents::new(opening + moved)),
            movement: Cents::new(moved),
            bookings: if moved == 0 { Vec::new() } else { vec![booking] },
            page: Page::default(),
        }
    }

    #[track_caller]
    fn check(known: &[Statement], new: &Statement, (opening, on, balance): (bool, &str, i64), expected: bool) {
        let confirmed = [Confirmation { account: "A".to_owned(), opening, day: day(on), balance: Cents::new(balance) }];
        let of = |statements: &[Statement]| chains(&["A".to_owned()], statements, &confirmed).remove(0);
        let all: Vec<Statement> = known.iter().chain([new]).cloned().collect();
        let found = contradicted(&of(known), &of(&all), std::slice::from_ref(new), &confirmed);
        assert_eq!(found.is_some(), expected, "{new:?}");
    }

    #[test]
    fn what_was_confirmed_is_not_put_aside_by_a_statement() {
        let known = [statement(5, "05", "05", 100, 50)];
        let opening = (true, "05", 100);
        check(&known, &statement(4, "04", "04", 60, 40), opening, true);
        check(&known, &statement(3, "01", "01", 7, 3), opening, true);
        check(&known, &statement(6, "06", "06", 150, 10), opening, false);
        // nobody has confirmed that one
        check(&known, &statement(4, "04", "04", 60, 40), (true, "05", 99), false);
        let quiet = (false, "08", 150);
        check(&known, &statement(6, "06", "06", 150, 10), quiet, true);
        check(&known, &statement(6, "08", "08", 150, 10), quiet, true);
        check(&known, &statement(6, "11", "11", 150, 10), quiet, false);
        check(&known, &statement(6, "06", "06", 150, 0), quiet, false);
        check(&known, &statement(6, "11", "11", 170, 10), quiet, false);
    }
}
