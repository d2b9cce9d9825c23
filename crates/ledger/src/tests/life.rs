//! Tables: what a credit settles, and what an outgoing booking takes back.

use super::*;

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

/// A town's runs: L1 with three debits in two batches, L2 with one that has the mandate and the amount of L1's first.
const RUNS: [(i64, &str, &str, &str); 3] = [
    (1, "EINMAL-A2-L1", "EINMAL-A2-L1-RCUR", "2024-03-27"),
    (1, "EINMAL-A2-L1", "EINMAL-A2-L1-OOFF", "2024-03-27"),
    (2, "EINMAL-A2-L2", "EINMAL-A2-L2-RCUR", "2024-06-27"),
];
const DEBITS: [(i64, usize, &str, &str, i64); 4] = [
    (11, 0, "A2-L1-000001", "M-1", 10_000),
    (12, 0, "A2-L1-000002", "M-2", 20_000),
    (13, 1, "A2-L1-000003", "M-3", 5_000),
    (21, 2, "A2-L2-000001", "M-1", 10_000),
];

/// `11 rejected`, `12 settled 7`, `13 returned 8`, separated by commas.
fn lives(text: &str) -> HashMap<i64, Life> {
    let mut lives: HashMap<i64, Life> = HashMap::new();
    for word in text.split(',').filter(|word| !word.trim().is_empty()) {
        let cells: Vec<&str> = word.split_whitespace().collect();
        let life = lives.entry(cells[0].parse().unwrap()).or_default();
        let booking = cells.get(2).map(|cell| cell.parse().unwrap());
        match cells[1] {
            "rejected" => life.rejected = true,
            "settled" => life.settled = booking,
            _ => life.returned = booking,
        }
    }
    lives
}

fn with<T>(told: &str, ask: impl FnOnce(&Debits<'_>) -> T) -> T {
    let lives = lives(&told.replace("void", ""));
    let batches = RUNS.map(|(run, message, id, due)| Batch {
        run,
        message,
        id,
        due: day(due),
        written: day(due).saturating_sub(5.days()),
        is_void: run == 2 && told.contains("void"),
    });
    let debits = DEBITS.map(|(id, batch, end_to_end, mandate, amount)| Debit {
        id,
        batch,
        end_to_end,
        mandate,
        amount: Cents::new(amount),
        life: lives.get(&id).copied().unwrap_or_default(),
    });
    ask(&Debits::new(&debits, &batches))
}

/// `ID DAY CENTS REFERENCE TEXT…` per credit, `-` for no reference; expected `ID: debits` or `ID: differs`.
#[track_caller]
fn check_settled(told: &str, credits: &[&str], expected: &[(i64, &[i64])]) {
    let credits: Vec<Credit<'_>> = credits
        .iter()
        .map(|text| {
            let cells: Vec<&str> = text.split_whitespace().collect();
            Credit {
                id: cells[0].parse().unwrap(),
                booked: day(cells[1]),
                amount: Cents::new(cells[2].parse().unwrap()),
                references: cells.get(3).copied().filter(|cell| *cell != "-").into_iter().collect(),
                text: cells.get(4..).unwrap_or_default().join(" "),
                announced: None,
                is_bare: cells.get(3).is_none_or(|cell| *cell == "-"),
                comes_back: cells.contains(&"ZURUECK"),
            }
        })
        .collect();
    let found = with(told, |debits| settlements(debits, &credits));
    let mut found: Vec<(i64, Vec<i64>)> = found
        .into_iter()
        .map(|(id, settlement)| match settlement {
            Settlement::Of(debits) => (id, debits),
            Settlement::Differs { run, .. } => (id, vec![-run]),
            Settlement::OfVoid(run) => (id, vec![-10 * run]),
            Settlement::Undone(debits) => (id, debits.into_iter().map(|debit| -debit).collect()),
            Settlement::Unfit => (id, Vec::new()),
        })
        .collect();
    found.sort();
    let expected: Vec<(i64, Vec<i64>)> = expected.iter().map(|(id, debits)| (*id, debits.to_vec())).collect();
    assert_eq!(found, expected, "{told}: {credits:?}");
}

#[test]
fn a_run_is_credited_whole_by_batch_or_one_by_one() {
    check_settled("", &["1 2024-03-27 35000 EINMAL-A2-L1"], &[(1, &[11, 12, 13])]);
    check_settled("", &["1 2024-03-27 35000 einmal-a2-l1"], &[(1, &[11, 12, 13])]);
    check_settled(
        "",
        &["1 2024-03-27 30000 EINMAL-A2-L1-RCUR", "2 2024-03-27 5000 EINMAL-A2-L1-OOFF"],
        &[(1, &[11, 12]), (2, &[13])],
    );
    check_settled(
        "",
        &["1 2024-03-27 10000 A2-L1-000001", "2 2024-03-27 20000 a2-l1-000002"],
        &[(1, &[11]), (2, &[12])],
    );
    check_settled("", &["1 2024-03-28 35000 - SAMMLER"], &[(1, &[11, 12, 13])]);
    check_settled("", &["1 2024-03-28 30000", "2 2024-03-28 5000"], &[(1, &[11, 12]), (2, &[13])]);
    // a message of two batches that names only the message, credited batch by batch
    check_settled("", &["1 2024-03-27 5000 EINMAL-A2-L1"], &[(1, &[13])]);
}

#[test]
fn a_sum_is_a_runs_only_on_its_day_and_once() {
    check_settled("", &["1 2024-05-15 35000"], &[]);
    check_settled("", &["1 2024-02-15 35000"], &[]);
    check_settled("", &["1 2024-03-28 35000", "2 2024-03-29 35000"], &[(1, &[11, 12, 13])]);
    check_settled("", &["1 2024-03-28 34999"], &[]);
    // who names it comes before who only has its sum
    check_settled("", &["1 2024-03-27 35000", "2 2024-03-28 35000 EINMAL-A2-L1"], &[(2, &[11, 12, 13])]);
}

#[test]
fn what_the_bank_rejected_may_be_missing_from_the_credit() {
    check_settled("12 rejected", &["1 2024-03-27 15000 EINMAL-A2-L1"], &[(1, &[11, 13])]);
    // gross: the money is here until the reject is booked by itself
    check_settled("12 rejected", &["1 2024-03-27 35000 EINMAL-A2-L1"], &[(1, &[11, 12, 13])]);
    check_settled("12 rejected", &["1 2024-03-27 15000"], &[(1, &[11, 13])]);
    // one of two rejects was told before the credit, the other after it
    check_settled("11 rejected,12 rejected", &["1 2024-03-27 15000 EINMAL-A2-L1"], &[(1, &[11, 13])]);
    // all of it is rejected and credited
    check_settled("11 rejected,12 rejected,13 rejected", &["1 2024-03-27 35000 EINMAL-A2-L1"], &[(1, &[11, 12, 13])]);
    check_settled("11 rejected,12 rejected", &["1 2024-03-27 15000"], &[]);
}

#[test]
fn what_contradicts_what_was_told_is_for_a_person() {
    check_settled("void", &["1 2024-06-27 10000 EINMAL-A2-L2"], &[(1, &[-20])]);
    check_settled("void", &["1 2024-06-27 10000 A2-L2-000001"], &[(1, &[-20])]);
    check_settled("void", &["1 2024-06-27 10000"], &[]);
    check_settled("11 settled 9,11 returned 8", &["1 2024-03-29 10000 A2-L1-000001 ZURUECK"], &[(1, &[-11])]);
    // another system's file of the same sum
    check_settled("", &["1 2024-03-27 35000 KITA-2024-03"], &[]);
}

#[test]
fn a_credit_that_does_not_add_up_is_for_a_person() {
    check_settled("", &["1 2024-03-27 15000 EINMAL-A2-L1"], &[(1, &[-1])]);
    check_settled("", &["1 2024-03-27 9999 A2-L1-000001"], &[(1, &[-1])]);
    check_settled(
        "11 settled 1",
        &["1 2024-03-27 10000 A2-L1-000001", "2 2024-03-28 10000 A2-L1-000001"],
        &[(1, &[11]), (2, &[-1])],
    );
    // what came back before the credit settles with it
    check_settled("11 returned 9", &["1 2024-03-27 35000 EINMAL-A2-L1"], &[(1, &[11, 12, 13])]);
}

/// `ID DAY CENTS ORIGINAL REFERENCE MANDATE FLAGS TEXT…`; `-` for nothing, flags of `b` (comes back) and `t` (transfer).
/// Expected per booking: debits and charges, or debits and -1 for a doubt.
#[track_caller]
fn check_back(told: &str, rows: &[&str], expected: &[(i64, &[i64], i64)]) {
    let rows: Vec<Taken<'_>> = rows
        .iter()
        .map(|text| {
            let cells: Vec<&str> = text.split_whitespace().collect();
            let cell = |place: usize| cells.get(place).copied().filter(|cell| *cell != "-");
            let cents = |text: &str| Cents::new(text.parse().unwrap());
            Taken {
                id: cells[0].parse().unwrap(),
                booked: day(cells[1]),
                amount: cents(cells[2]),
                original: cell(3).map(cents),
                references: cell(4).into_iter().collect(),
                mandate: cell(5),
                says_back: cells[6].contains('b'),
                is_transfer: cells[6].contains('t'),
                names_another: cells[6].contains('a'),
                is_unfit: cells[6].contains('u'),
                text: cells.get(7..).unwrap_or_default().join(" "),
            }
        })
        .collect();
    let found = with(told, |debits| taken_back(debits, &rows));
    let mut found: Vec<(i64, Vec<i64>, i64)> = found
        .into_iter()
        .map(|(id, back)| match back {
            TakenBack::Of { debits, charges } => (id, debits, charges.get()),
            TakenBack::Doubt(_, debits) => (id, debits, -1),
        })
        .collect();
    found.sort();
    let expected: Vec<(i64, Vec<i64>, i64)> =
        expected.iter().map(|(id, own, more)| (*id, own.to_vec(), *more)).collect();
    assert_eq!(found, expected, "{told}: {rows:?}");
}

#[test]
fn a_debit_comes_back_by_its_id_whatever_the_code() {
    check_back("", &["1 2024-03-29 10000 - A2-L1-000001 - b"], &[(1, &[11], 0)]);
    // a Storno has nothing but the id
    check_back("", &["1 2024-03-29 10000 - A2-L1-000001 - -"], &[(1, &[11], 0)]);
    check_back("", &["1 2024-03-29 10250 10000 A2-L1-000001 - b"], &[(1, &[11], 250)]);
    check_back("", &["1 2024-03-29 10550 - - - b RUECKLASTSCHRIFT EREF+A2-L1-000001 MREF+M-1"], &[(1, &[11], 550)]);
    // a text alone names it, and nothing says that something comes back
    check_back("", &["1 2024-03-29 10000 - - - - Erstattung zu A2-L1-000001"], &[(1, &[11], -1)]);
    check_back("", &["1 2024-03-29 10000 - A2-L1-000001 - bu"], &[(1, &[11], -1)]);
    check_back("void", &["1 2024-06-29 10000 - A2-L2-000001 - b"], &[(1, &[21], -1)]);
    // before the credit of its run
    check_back("", &["1 2024-03-26 10000 - A2-L1-000001 - b"], &[(1, &[11], 0)]);
    // several in one sum
    check_back("", &["1 2024-03-29 30600 - - - b RETOUREN A2-L1-000001 A2-L1-000002"], &[(1, &[11, 12], 600)]);
}

#[test]
fn a_debit_comes_back_once_and_as_its_own_amount() {
    check_back(
        "",
        &["1 2024-03-29 10000 - A2-L1-000001 - b", "2 2024-03-30 10000 - A2-L1-000001 - b"],
        &[(1, &[11], 0), (2, &[11], -1)],
    );
    check_back("11 returned 9", &["2 2024-03-30 10000 - A2-L1-000001 - b"], &[(2, &[11], -1)]);
    check_back("11 returned 2", &["2 2024-03-30 10000 - A2-L1-000001 - b"], &[(2, &[11], 0)]);
    check_back("", &["1 2024-03-29 9000 - A2-L1-000001 - b"], &[(1, &[11], -1)]);
    check_back("", &["1 2024-03-29 19000 - A2-L1-000001 - b"], &[(1, &[11], -1)]);
    check_back("", &["1 2024-03-29 10300 10200 A2-L1-000001 - b"], &[(1, &[11], -1)]);
    // rejected by a report and booked too
    check_back("11 rejected", &["1 2024-03-29 10000 - A2-L1-000001 - b"], &[(1, &[11], 0)]);
    // somebody gives money back and writes the id
    check_back("", &["1 2024-03-29 10000 - A2-L1-000001 - t"], &[(1, &[11], -1)]);
}

#[test]
fn where_no_id_is_given_the_mandate_and_the_amount_tell() {
    check_back("", &["1 2024-03-29 20300 20000 - M-2 b"], &[(1, &[12], 300)]);
    check_back("", &["1 2024-03-29 20300 20000 - m-2 b"], &[(1, &[12], 300)]);
    check_back("", &["1 2024-03-29 10000 - - M-1 b"], &[(1, &[11], 0)]);
    // both debits of the mandate are out: nobody can tell which
    check_back("", &["1 2024-07-02 10000 - - M-1 b"], &[(1, &[11, 21], -1)]);
    check_back("11 returned 9", &["1 2024-07-02 10000 - - M-1 b"], &[(1, &[21], 0)]);
    check_back("", &["1 2024-03-29 20300 20000 - M-2 -"], &[]);
    // another system's debit under the same mandate
    check_back("", &["1 2024-03-29 20000 - ALT-4711 M-2 ba"], &[]);
    check_back("", &["1 2024-03-12 20000 - - M-2 b"], &[]);
    check_back("", &["1 2024-03-29 20300 - - M-2 b"], &[(1, &[12], -1)]);
    check_back("", &["1 2024-03-29 7000 - - M-2 b"], &[(1, &[12], -1)]);
    check_back("", &["1 2024-03-29 7000 - - M-9 b"], &[]);
    check_back("", &["1 2024-03-29 30000 - EINMAL-A2-L1-RCUR - b"], &[(1, &[], -1)]);
    check_back("", &["1 2024-03-29 30000 - EINMAL-A2-L1-RCUR - -"], &[]);
}
