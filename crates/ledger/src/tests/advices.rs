//! Which batch an advice tells of.

use super::*;

/// `ID ENTRY DETAILS AMOUNT REFERENCE [advised] [of=N] [joins=…] [day=…]`; `-` for no reference.
fn line(text: &str) -> Line {
    let cells: Vec<&str> = text.split_whitespace().collect();
    let named = |name: &str| cells.iter().find_map(|cell| cell.strip_prefix(name)).map(str::to_owned);
    Line {
        id: cells[0].parse().unwrap(),
        account: "A".to_owned(),
        entry: cells[1].parse().unwrap(),
        details: cells[2].parse().unwrap(),
        announced: named("of=").map(|number| number.parse().unwrap()),
        amount: Cents::parse(cells[3]).unwrap(),
        booked: named("day=").map_or("2024-03-08".to_owned(), |day| format!("2024-03-{day}")).parse().unwrap(),
        entry_reference: Some(cells[4].to_owned()).filter(|reference| reference != "-"),
        joins: named("joins=").into_iter().collect(),
        advised: cells.contains(&"advised"),
    }
}

#[track_caller]
fn check(lines: &[&str], expected: &[i64]) {
    check_all(lines, expected, &[]);
}

/// What is left out, and what holds.
#[track_caller]
fn check_all(lines: &[&str], expected: &[i64], doubtful: &[i64]) {
    let forward: Vec<Line> = lines.iter().map(|text| line(text)).collect();
    let backward: Vec<Line> = forward.iter().rev().cloned().collect();
    for lines in [forward, backward] {
        let NotMoney { left_out, doubts } = not_money(&lines);
        let [left_out, doubts] =
            [left_out, doubts].map(|ids| ids.into_iter().collect::<std::collections::BTreeSet<_>>());
        assert!(left_out.iter().eq(expected) && doubts.iter().eq(doubtful), "{lines:?} {left_out:?} {doubts:?}");
    }
}

const DETAILS: [&str; 2] = ["2 20 2 60 B1 advised", "3 20 2 40 B1 advised"];
const NAMELESS: [&str; 2] = ["2 20 2 60 - advised", "3 20 2 40 - advised"];

#[test]
fn a_batch_counts_once() {
    check(&["1 10 0 100 B1", DETAILS[0], DETAILS[1]], &[1]);
    check(&["1 10 1 100 B1 of=2", DETAILS[0], DETAILS[1]], &[1]);
    check_all(&["1 10 0 90 B1", DETAILS[0], DETAILS[1]], &[], &[2, 3]);
    check(&DETAILS, &[2, 3]);
}

#[test]
fn a_sum_alone_is_no_name() {
    // somebody's single transfer of that day and sum
    check(&["1 10 1 100 other", DETAILS[0], DETAILS[1]], &[2, 3]);
    check(&["1 10 0 100 -", NAMELESS[0], NAMELESS[1]], &[2, 3]);
    // a batch of another number
    check(&["1 10 0 100 - of=3", NAMELESS[0], NAMELESS[1]], &[2, 3]);
    check(&["1 10 0 100 other of=2", DETAILS[0], DETAILS[1]], &[1]);
    check(&["1 10 0 100 - of=2 day=07", NAMELESS[0], NAMELESS[1]], &[2, 3]);
    // two of that sum and number
    check(&["1 10 0 100 - of=2", "5 11 0 100 - of=2", NAMELESS[0], NAMELESS[1]], &[2, 3]);
}

#[test]
fn message_and_payment_information_join() {
    let told = ["2 20 2 60 - advised joins=M1", "3 20 2 40 - advised joins=M1"];
    check(&["1 10 0 100 - joins=M1", told[0], told[1]], &[1]);
    check(&["1 10 0 100 - joins=M1 day=11", told[0], told[1]], &[1]);
    check(&["1 10 0 100 - joins=M2", told[0], told[1]], &[2, 3]);
    // one message tells of a batch that is booked and of one that is not: the reference comes first
    let booked = ["4 21 2 70 B1 advised joins=M1", "5 21 2 30 B1 advised joins=M1"];
    let unbooked = ["2 20 2 60 B9 advised joins=M1", "3 20 2 40 B9 advised joins=M1"];
    check(&["1 10 0 100 B1 joins=M1", unbooked[0], unbooked[1], booked[0], booked[1]], &[1, 2, 3]);
}

#[test]
fn of_two_equal_batches_the_named_one_is_resolved() {
    check(&["1 10 0 100 B0 of=2", "5 11 0 100 B1 of=2", DETAILS[0], DETAILS[1]], &[5]);
    check(&["1 10 0 100 B0", "5 11 0 100 B2", DETAILS[0], DETAILS[1]], &[2, 3]);
}

#[test]
fn details_of_the_statement_stand_and_no_single_transfer_is_resolved_instead() {
    let own = ["1 10 2 60 B1", "4 10 2 40 B1"];
    check(&[own[0], own[1], DETAILS[0], DETAILS[1]], &[2, 3]);
    check(&[own[0], own[1], "6 12 1 100 B9", DETAILS[0], DETAILS[1]], &[2, 3]);
    check(&[own[0], own[1], "6 12 1 100 B9", NAMELESS[0], NAMELESS[1]], &[2, 3]);
    check(&[own[0], own[1], "6 12 0 100 B9 of=2", NAMELESS[0], NAMELESS[1]], &[2, 3]);
}

#[test]
fn a_reference_that_two_entries_have_names_none() {
    check(&["1 10 0 100 B1", "5 11 0 70 B1", DETAILS[0], DETAILS[1]], &[2, 3]);
    check(&["1 10 0 100 B1 of=2", "5 11 0 70 B1", DETAILS[0], DETAILS[1]], &[1]);
}

#[test]
fn one_detail_stands_for_an_entry_that_has_none() {
    check(&["1 10 0 100 B1", "2 20 1 100 B1 advised"], &[1]);
    check(&["1 10 1 100 B1", "2 20 1 100 B1 advised"], &[2]);
    check(&["1 10 0 100 B2", "2 20 1 100 B1 advised"], &[2]);
}

#[test]
fn what_names_an_entry_and_is_not_all_of_it_holds() {
    let batch = "1 10 0 100 B1 of=2";
    let halves = ["2 20 1 60 B1 advised of=2", "3 21 1 40 B1 advised of=2"];
    // a part, the whole in two messages, the same part twice
    check_all(&[batch, halves[0]], &[], &[2]);
    check_all(&[batch, halves[0], halves[1]], &[1], &[]);
    check_all(&["1 10 0 120 B1 of=2", halves[0], "3 21 1 60 B1 advised of=2"], &[], &[2, 3]);
    check_all(&["1 10 0 100 B1", halves[0], halves[1]], &[], &[2, 3]);
    // less a charge, and more than was booked
    check_all(&["1 10 0 95 B1 of=2", DETAILS[0], DETAILS[1]], &[], &[2, 3]);
    check_all(&["1 10 0 100 - of=3 joins=M1", "2 20 1 60 - advised joins=M1"], &[], &[2]);
    // one detail that a bank writes for the whole batch
    check_all(&["1 10 1 90 B1", DETAILS[0], DETAILS[1]], &[], &[2, 3]);
    // its own details stand, another day or direction is none of it
    check_all(&["1 10 1 100 B1", DETAILS[0]], &[2], &[]);
    check_all(&["1 10 0 100 B1 of=2 day=28", halves[0]], &[2], &[]);
    check_all(&["1 10 0 -100 B1 of=2", halves[0]], &[2], &[]);
    // told once, then a part again
    check_all(&[batch, DETAILS[0], DETAILS[1], "4 22 1 60 B1 advised"], &[1, 4], &[]);
}

#[test]
fn a_batch_told_entry_by_entry() {
    let singles = ["2 20 1 60 - advised joins=M1", "3 21 1 40 - advised joins=M1"];
    check_all(&["1 10 0 100 B1 of=2", singles[0], singles[1]], &[1], &[]);
    check_all(&["1 10 0 100 B1 of=3", singles[0], singles[1]], &[2, 3], &[]);
    check_all(&["1 10 0 100 B1", singles[0], singles[1]], &[2, 3], &[]);
    check_all(&["1 10 0 100 B1 of=2", singles[0], "3 21 1 40 - advised joins=M2"], &[2, 3], &[]);
    check_all(&["1 10 0 100 B1 of=2", "4 11 0 100 B2 of=2", singles[0], singles[1]], &[2, 3], &[]);
}
