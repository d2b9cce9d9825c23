//! Whether all money has been seen: chains of balances, pages, what is missing.

use sepa::Cents;

use crate::chain::{Confirmation, Line, Missing, Page, Statement, chains};

/// `FIRST LAST OPENING CLOSING [MOVEMENT [ID@DAY=AMOUNT,…]] [pN[/]]`; a balance with `~` stands within a statement, a page
/// with `/` is the last one.
fn statement(line: &str) -> Statement {
    let mut cells: Vec<&str> = line.split_whitespace().collect();
    let page = cells.pop_if(|cell| cell.starts_with('p'));
    let within = |place: usize| cells[place].ends_with('~');
    let balance = |place: usize| Cents::parse(cells[place].trim_end_matches('~')).ok();
    let led = || balance(3).unwrap().checked_sub(balance(2).unwrap()).unwrap();
    let number = page.map(|page| page.trim_matches(['p', '/']).parse().unwrap());
    Statement {
        id: 1,
        account: "A".to_owned(),
        name: page.map(|_| "of the day".to_owned()),
        sequence: None,
        legal: None,
        swift: false,
        days: (cells[0].parse().unwrap(), cells[1].parse().unwrap()),
        opening: balance(2),
        closing: balance(3),
        movement: cells.get(4).map_or_else(led, |cell| Cents::parse(cell).unwrap()),
        bookings: cells
            .get(5)
            .into_iter()
            .flat_map(|list| list.split(','))
            .map(|line| {
                let (id, amount) = line.split_once('=').unwrap();
                let (id, day) = id.split_once('@').unwrap();
                let day = format!("2024-03-{day}").parse().unwrap();
                Line { id: id.parse().unwrap(), day, amount: Cents::parse(amount).unwrap() }
            })
            .collect(),
        page: Page {
            number,
            is_last: page.map(|page| page.ends_with('/')),
            opens_within: within(2),
            closes_within: within(3),
        },
    }
}

/// `DAY NUMBER [LEGAL] [mt940]`, `-` for a number that is not told.
pub(crate) fn numbered(row: &str) -> Statement {
    let cells: Vec<&str> = row.split(' ').collect();
    let swift = cells.last() == Some(&"mt940");
    let number = |place: usize| cells.get(place).and_then(|cell| cell.parse().ok());
    Statement { sequence: number(1), legal: number(2), swift, ..statement(&format!("{0} {0} 0 0", cells[0])) }
}

#[track_caller]
fn check(lines: &[&str], needed: &str, expected: &[&str]) {
    let forward: Vec<Statement> = lines.iter().map(|line| statement(line)).collect();
    let backward: Vec<Statement> = forward.iter().rev().cloned().collect();
    for statements in [forward, backward] {
        let chains = chains(&["A".to_owned()], &statements, &[]);
        let missing: Vec<String> = chains[0].missing(needed.parse().unwrap()).iter().map(Missing::to_string).collect();
        assert_eq!(missing, expected, "{lines:?}");
    }
}

#[test]
fn balances_that_meet_are_complete_in_any_order() {
    check(&["2024-03-07 2024-03-07 100 150", "2024-03-08 2024-03-08 150 90"], "2024-03-08", &[]);
    check(&["2024-03-07 2024-03-07 100 150", "2024-03-07 2024-03-07 150 90"], "2024-03-07", &[]);
    check(&["2024-03-07 2024-03-07 100 100", "2024-03-08 2024-03-08 100 100"], "2024-03-08", &[]);
}

#[test]
fn a_day_in_pieces_may_end_on_the_balance_on_which_it_began() {
    let (before, behind) = ("2024-03-06 2024-03-06 80 100", "2024-03-08 2024-03-08 100 130");
    let (up, down) = ("2024-03-07 2024-03-07 100 150", "2024-03-07 2024-03-07 150 100");
    check(&[before, down, up, behind], "2024-03-08", &[]);
    check(&[before, down, up], "2024-03-07", &[]);
    check(&[down, up, behind], "2024-03-08", &[]);
    check(&[down, up], "2024-03-07", &[]);
    let pieces = ["120 100", "100 150", "150 120"].map(|balances| format!("2024-03-07 2024-03-07 {balances}"));
    check(&[before, &pieces[0], &pieces[1], &pieces[2], behind], "2024-03-08", &[]);
    // there, back and there again, as the first that is known
    check(&[up, down, up], "2024-03-07", &[]);
    check(&[up, down, up, "2024-03-08 2024-03-08 150 130"], "2024-03-08", &[]);
}

#[test]
fn an_overlapping_statement_breaks_nothing() {
    let (early, late) = ("2024-03-07 2024-03-07 100 150 50 1@07=50", "2024-03-08 2024-03-08 150 90 -60 2@08=-60");
    check(&[early, late, "2024-03-07 2024-03-08 100 90 -10 1@07=50,2@08=-60"], "2024-03-08", &[]);
    // cut within a day, on either side
    let (begin, end) =
        ("2024-03-07 2024-03-08 100 120 20 1@07=50,2@08=-30", "2024-03-08 2024-03-08 150 130 -20 2@08=-30,3@08=10");
    check(&[begin, end], "2024-03-08", &[]);
    check(&[end, "2024-03-08 2024-03-08 120 130 10 3@08=10"], "2024-03-08", &[]);
}

#[test]
fn a_twin_that_was_lost_breaks_the_chain() {
    // the second statement tells a booking of 50 of its own, taken for the first one's
    check(
        &["2024-03-07 2024-03-07 100 150 50 1@07=50", "2024-03-08 2024-03-08 170 230 60 1@07=50,3@08=10"],
        "2024-03-08",
        &["statements are missing between 2024-03-07 (closing balance 150.00) and 2024-03-08 (opening balance 170.00)"],
    );
}

#[test]
fn a_statement_issued_anew_stands_for_the_one_that_did_not_fit() {
    let unfit = "2024-03-07 2024-03-08 150 90 10";
    let said =
        "the statement of 2024-03-08 does not fit together: its entries do not lead from opening to closing balance";
    check(&["2024-03-07 2024-03-07 150 160", "2024-03-08 2024-03-08 160 90", unfit], "2024-03-08", &[]);
    check(&["2024-03-06 2024-03-06 100 150", "2024-03-08 2024-03-08 150 90", unfit], "2024-03-08", &[said]);
    check(&["2024-03-07 2024-03-08 150 90", unfit], "2024-03-08", &[]);
}

#[test]
fn a_person_confirms_the_first_balance_and_quiet_days() {
    let said = |opening, day: &str, balance: i64| Confirmation {
        account: "A".to_owned(),
        opening,
        day: day.parse().unwrap(),
        balance: Cents::new(balance),
    };
    let statements = [statement("2024-03-07 2024-03-07 100 150")];
    let needed = "2024-03-08".parse().unwrap();
    for (confirmed, is_confirmed, is_complete) in [
        (vec![], false, false),
        (vec![said(true, "2024-03-06", 10_000)], true, false),
        (vec![said(true, "2024-03-06", 9_999)], false, false),
        (vec![said(false, "2024-03-08", 15_000)], false, true),
        (vec![said(false, "2024-03-08", 14_000)], false, false),
    ] {
        let chains = chains(&["A".to_owned()], &statements, &confirmed);
        assert_eq!(chains[0].opening_confirmed, is_confirmed, "{confirmed:?}");
        assert_eq!(chains[0].missing(needed).is_empty(), is_complete, "{confirmed:?}");
    }
}

#[test]
fn what_is_missing_is_named() {
    check(&[], "2024-03-08", &["no statement has been imported"]);
    check(
        &["2024-03-06 2024-03-06 100 150", "2024-03-08 2024-03-08 160 90"],
        "2024-03-08",
        &["statements are missing between 2024-03-06 (closing balance 150.00) and 2024-03-08 (opening balance 160.00)"],
    );
    check(
        &["2024-03-06 2024-03-06 100 150"],
        "2024-03-08",
        &["statements are missing after 2024-03-06, they must reach 2024-03-08"],
    );
    check(
        &["2024-03-08 2024-03-08 100 150 49"],
        "2024-03-08",
        &[
            "the statement of 2024-03-08 does not fit together: its entries do not lead from opening to closing balance",
            "no statement has been imported",
        ],
    );
}

#[test]
fn pages_that_meet_are_a_statement_in_any_order() {
    let (before, behind) = ("2024-03-06 2024-03-06 80 100", "2024-03-08 2024-03-08 130 140");
    let pages = [
        "2024-03-07 2024-03-07 100 150~ p1",
        "2024-03-07 2024-03-07 150~ 160~ p2",
        "2024-03-07 2024-03-07 160~ 130 p3/",
    ];
    check(&[before, pages[0], pages[1], pages[2], behind], "2024-03-08", &[]);
    check(&[pages[1], behind, pages[2], before, pages[0]], "2024-03-08", &[]);
    // of the first days that are known, without numbers, and the first page called closed
    check(&[pages[0], pages[1], pages[2]], "2024-03-07", &[]);
    check(&["2024-03-07 2024-03-07 100 150~", "2024-03-07 2024-03-07 150~ 130"], "2024-03-07", &[]);
    check(&[before, "2024-03-07 2024-03-07 100 150", "2024-03-07 2024-03-07 150~ 130", behind], "2024-03-08", &[]);
    // what stands on the later page came before, as a statement of that day
    check(&[before, "2024-03-07 2024-03-07 100 150~ p1", "2024-03-07 2024-03-07 150 130", behind], "2024-03-08", &[]);
    // a statement tells what stands on the first page, and of quiet days behind it
    let first = "2024-03-06 2024-03-07 80 150~ 70 2@06=20,3@07=50 p1";
    let (quiet, last) = ("2024-03-08 2024-03-08 150 150", "2024-03-11 2024-03-11 150~ 130 p2/");
    let more = "2024-03-05 2024-03-08 60 150 90 1@05=20,2@06=20,3@07=50";
    check(&[first, last], "2024-03-11", &[]);
    check(&[first, quiet, last], "2024-03-11", &[]);
    check(&[first, more, last], "2024-03-11", &[]);
    check(&[first, more, quiet, last], "2024-03-11", &[]);
    let moved = "2024-03-05 2024-03-08 60 150 90 1@05=20,2@06=20,3@07=50,4@08=10,5@08=-10";
    let between = "a page of the statement of 2024-03-11 is missing (between the balances 150.00 and 150.00)";
    check(&[first, moved, last], "2024-03-11", &[between]);
    // the later page begins on what could be a statement's own balance
    check(
        &[before, "2024-03-07 2024-03-07 100 150~ p1", "2024-03-07 2024-03-07 150 130 p2/", behind],
        "2024-03-08",
        &[],
    );
    // a page without entries, and one that runs in a circle
    check(
        &[before, "2024-03-07 2024-03-07 100 130~ p1", "2024-03-07 2024-03-07 130~ 130 p2/", behind],
        "2024-03-08",
        &[],
    );
    check(&["2024-03-07 2024-03-07 100 130~ p1", "2024-03-07 2024-03-07 130~ 100 p2/"], "2024-03-07", &[]);
}

#[test]
fn a_page_that_is_missing_is_named() {
    let (before, behind) = ("2024-03-06 2024-03-06 80 100", "2024-03-08 2024-03-08 130 140");
    let next = "the next page of the statement of 2024-03-07 is missing (it goes on from 150.00)";
    check(&[before, "2024-03-07 2024-03-07 100 150~ p1"], "2024-03-07", &[next]);
    check(&["2024-03-07 2024-03-07 100 150~"], "2024-03-07", &[next]);
    check(&[before, "2024-03-07 2024-03-07 100 150~"], "2024-03-06", &[]);
    let first = "the first page of the statement of 2024-03-07 is missing (it ends on 150.00)";
    check(&["2024-03-07 2024-03-07 150~ 130", behind], "2024-03-08", &[first]);
    let between = |from: &str, to: &str| {
        format!("a page of the statement of 2024-03-07 is missing (between the balances {from} and {to})")
    };
    let second = between("150.00", "130.00");
    check(&[before, "2024-03-07 2024-03-07 100 150~ p1", behind], "2024-03-08", &[&second]);
    // one that sums to nothing
    let (closed, begun) = (between("130.00", "130.00"), between("100.00", "100.00"));
    check(&[before, "2024-03-07 2024-03-07 100 130~ p1", behind], "2024-03-08", &[&closed]);
    check(&[before, "2024-03-07 2024-03-07 100~ 130 p2/", behind], "2024-03-08", &[&begun]);
    let middle = between("150.00", "160.00");
    check(
        &[before, "2024-03-07 2024-03-07 100 150~ p1", "2024-03-07 2024-03-07 160~ 130 p3/", behind],
        "2024-03-08",
        &[&middle],
    );
}

#[test]
fn pages_that_name_the_balances_of_the_whole_prove_it_together() {
    let (before, behind) = ("2024-03-06 2024-03-06 80 100", "2024-03-08 2024-03-08 130 140");
    check(
        &[before, "2024-03-07 2024-03-07 100 130 50 p1", "2024-03-07 2024-03-07 100 130 -20 p2/", behind],
        "2024-03-08",
        &[],
    );
    // the first names the opening, the last the closing balance
    check(
        &[before, "2024-03-07 2024-03-07 100 - 50 p1", "2024-03-07 2024-03-07 - 130 -20 p2/", behind],
        "2024-03-08",
        &[],
    );
    let unfit =
        "the statement of 2024-03-07 does not fit together: its entries do not lead from opening to closing balance";
    let gap =
        "statements are missing between 2024-03-06 (closing balance 100.00) and 2024-03-08 (opening balance 130.00)";
    check(&[before, "2024-03-07 2024-03-07 100 130 50 p1", behind], "2024-03-08", &[unfit, gap]);
}

#[test]
fn who_confirms_that_nothing_followed_ends_a_statement() {
    let said = Confirmation {
        account: "A".to_owned(),
        opening: false,
        day: "2024-03-07".parse().unwrap(),
        balance: Cents::new(15_000),
    };
    let statements = [statement("2024-03-06 2024-03-06 80 100"), statement("2024-03-07 2024-03-07 100 150~ p1")];
    let needed = "2024-03-07".parse().unwrap();
    assert_eq!(chains(&["A".to_owned()], &statements, &[said])[0].missing(needed), []);
}

#[test]
fn a_second_statement_of_a_day_that_does_not_fit_is_not_one_issued_anew() {
    let unfit =
        "the statement of 2024-03-07 does not fit together: its entries do not lead from opening to closing balance";
    check(&["2024-03-07 2024-03-07 100 150", "2024-03-07 2024-03-07 150 170 10"], "2024-03-07", &[unfit]);
    check(&["2024-03-07 2024-03-07 100 150", "2024-03-07 2024-03-07 100 150 40"], "2024-03-07", &[]);
}

#[test]
fn whatever_is_missing_has_a_way_on() {
    let quiet = "if nothing was booked since: `einmal statements confirm-quiet A --day";
    for (lines, expected) in [
        (vec![], vec!["fetch the account's statements from the bank and import them".to_owned()]),
        (
            vec!["2024-03-06 2024-03-06 100 150"],
            vec![
                "fetch the statements of 2024-03-07 to 2024-03-08 from the bank and import them".to_owned(),
                format!("{quiet} 2024-03-08 --balance 150.00 --as USER`"),
            ],
        ),
        (
            vec!["2024-03-06 2024-03-06 100 150", "2024-03-08 2024-03-08 160 90"],
            vec!["fetch the statement of 2024-03-07 from the bank and import it".to_owned()],
        ),
        (
            vec!["2024-03-07 2024-03-07 100 150", "2024-03-08 2024-03-08 160 90"],
            vec!["have the bank issue the statements of 2024-03-07 and 2024-03-08 anew and import them".to_owned()],
        ),
        (
            vec!["2024-03-08 2024-03-08 100 150~"],
            vec![
                "import the file with that page, or have the bank issue the statement of 2024-03-08 anew".to_owned(),
                format!("{quiet} 2024-03-08 --balance 150.00 --as USER`"),
            ],
        ),
        (
            vec!["2024-03-08 2024-03-08 100~ 150"],
            vec![
                "import the file with that page, or have the bank issue the statement of 2024-03-08 anew".to_owned(),
                "if the account begins there: `einmal statements confirm-opening A --day 2024-03-08 --balance 100.00 --as USER`".to_owned(),
            ],
        ),
        (
            vec!["2024-03-07 2024-03-07 100 150", "2024-03-08 2024-03-08 150 160 5"],
            vec![
                "have the bank issue the statement of 2024-03-08 anew and import it: it takes the place of this one".to_owned(),
                "fetch the statement of 2024-03-08 from the bank and import it".to_owned(),
            ],
        ),
    ] {
        let statements: Vec<Statement> = lines.iter().map(|line| statement(line)).collect();
        let chains = chains(&["A".to_owned()], &statements, &[]);
        let ways: Vec<String> =
            chains[0].ways("2024-03-08".parse().unwrap()).iter().map(ToString::to_string).collect();
        assert_eq!(ways, expected, "{lines:?}");
    }
}
