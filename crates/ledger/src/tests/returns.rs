//! What a debit took back.

use super::*;

/// `ID | DAY | AMOUNT | IBAN | NAME | TEXT | SAYS [| END-TO-END [| REFERENCE]]`; `-` for none. Of credits SAYS is `-`,
/// `debits` or `before`; of debits `back`, `something`, `debit` or `-`.
fn booking(line: &str) -> Booking {
    let cells: Vec<&str> = line.split('|').map(str::trim).collect();
    let some = |place: usize| cells.get(place).copied().filter(|cell| *cell != "-").map(str::to_owned);
    Booking {
        id: cells[0].parse().unwrap(),
        booked: format!("2023-11-{}", cells[1]).parse().unwrap(),
        amount: Cents::parse(cells[2]).unwrap(),
        reference: some(8),
        iban: some(3),
        counterparty: some(4),
        remittance: cells[5].to_owned(),
        additional: None,
        end_to_end: some(7),
        mandate: None,
        says: match cells[6] {
            "back" => Says::TransferBack,
            "something" => Says::SomethingBack,
            "debit" => Says::DebitBack,
            _ => Says::Nothing,
        },
        of_debits: cells[6] == "debits",
        posted_before: cells[6] == "before",
        told: 1,
    }
}

fn bookings(lines: &[&str]) -> Vec<Booking> {
    lines.iter().map(|line| booking(line)).collect()
}

#[track_caller]
fn check(lines: &[&str], expected: &[(i64, Back)]) {
    let mut forward = bookings(lines);
    for _ in 0..2 {
        let mut found: Vec<(i64, Back)> = pair(&forward, &HashMap::new()).debits.into_iter().collect();
        found.sort_by_key(|(debit, _)| *debit);
        assert_eq!(found, expected, "{lines:?}");
        forward.reverse();
    }
}

#[test]
fn what_a_debit_says_of_itself() {
    use Says::*;
    // class, reversal, reason, of a direct debit, text
    for (class, reversal, reason, of_direct_debit, text, expected) in [
        ("credit transfer", false, None, false, "Rueckzahlung KZ 1", Nothing),
        ("credit transfer", true, None, false, "", TransferBack),
        ("reversal", true, None, false, "STORNO", TransferBack),
        ("reversal", true, None, false, "RUECKLASTSCHRIFT KZ 1", SomethingBack),
        ("reversal", true, None, true, "", DebitBack),
        ("reversal", true, None, false, "SEPA CREDIT TRANSFER RECALL", TransferBack),
        ("reversal", true, None, false, "CRED: DE98ZZZ09999999999", SomethingBack),
        ("transfer return", false, None, false, "", TransferBack),
        ("transfer return", false, Some("AC04"), false, "RUECKUEBERWEISUNG", TransferBack),
        ("direct-debit return", false, Some("AC04"), false, "KZ 1", SomethingBack),
        ("direct-debit return", false, Some("AC04"), false, "Rücküberweisung KZ 1", TransferBack),
        ("direct-debit return", false, Some("AC04"), false, "Retoure SEPA Lastschrift MREF: M-1", DebitBack),
        ("direct-debit return", false, Some("MD06"), false, "KZ 1", DebitBack),
        ("direct-debit return", false, Some("AC04"), true, "KZ 1", DebitBack),
        ("unknown", false, None, false, "Rueckgabe Beitrag EREF: A-1 MREF: M-1 CRED: DE98", DebitBack),
        ("unknown", false, None, false, "RUECKRUF UEBERWEISUNG", TransferBack),
        ("unknown", false, None, false, "Miete Oktober", Nothing),
    ] {
        assert_eq!(
            says(Codes { class, reversal, reason, of_direct_debit, text }),
            expected,
            "{class} {reason:?} {text}"
        );
    }
}

#[test]
fn the_only_credit_of_account_and_amount_went_back() {
    let credit = "1 | 02 | 100.00 | A | Anna Alt | KZ 100001 | -";
    check(&[credit, "2 | 03 | -100.00 | A | Anna Alt | STORNO | back"], &[(2, Back::Whole(1))]);
    check(&[credit, "2 | 03 | -100.00 | A | Anna Alt | Miete | -"], &[]);
    check(&[credit, "2 | 01 | -100.00 | A | Anna Alt | STORNO | back"], &[(2, Back::Alone)]);
    check(&[credit, "2 | 03 | -100.00 | A | - | STORNO | back"], &[(2, Back::Whole(1))]);
}

#[test]
fn another_account_or_name_is_a_veto() {
    let credit = "1 | 02 | 100.00 | A | Anna Alt | Hundesteuer | - | E-1 | B1000001";
    check(&[credit, "2 | 03 | -100.00 | B | Zoltan Zak | RUECKUEBERWEISUNG Hundesteuer | back"], &[(2, Back::Alone)]);
    check(
        &[credit, "2 | 03 | -100.00 | A | Zoltan Zak | RUECKUEBERWEISUNG Hundesteuer | back"],
        &[(2, Back::Unsure(vec![1]))],
    );
    check(&[credit, "2 | 03 | -100.00 | B | Anna Alt | STORNO | back | E-1"], &[(2, Back::Unsure(vec![1]))]);
    check(&[credit, "2 | 03 | -100.00 | - | - | RUECKUEBERWEISUNG | back"], &[(2, Back::Alone)]);
    check(&[credit, "2 | 03 | -100.00 | - | - | RUECKUEBERWEISUNG Hundesteuer | back"], &[(2, Back::Unsure(vec![1]))]);
    check(&[credit, "2 | 03 | -100.00 | A | A. ALT | STORNO | back"], &[(2, Back::Whole(1))]);
}

#[test]
fn a_reference_names_the_credit() {
    let two = [
        "1 | 02 | 100.00 | A | - | KZ 100001 | - | E-1 | B1000001",
        "2 | 02 | 100.00 | A | - | KZ 200002 | - | E-2 | B1000002",
    ];
    check(&[two[0], two[1], "3 | 03 | -100.00 | A | - | STORNO | back | E-1"], &[(3, Back::Whole(1))]);
    check(&[two[0], two[1], "3 | 03 | -100.00 | A | - | STORNO B1000002 | back"], &[(3, Back::Whole(2))]);
    check(&[two[0], two[1], "3 | 03 | -100.00 | - | - | STORNO B1000002 | something"], &[(3, Back::Whole(2))]);
    check(&[two[0], two[1], "3 | 03 | -100.00 | A | - | STORNO KZ 100001 | back"], &[(3, Back::Whole(1))]);
    check(&[two[0], two[1], "3 | 03 | -100.00 | A | - | KZ 100001 | something"], &[(3, Back::Unsure(vec![1, 2]))]);
    // who is named is not taken by another
    check(
        &[two[0], two[1], "3 | 03 | -100.00 | A | - | STORNO | back", "4 | 03 | -100.00 | A | - | STORNO | back | E-1"],
        &[(3, Back::Whole(2)), (4, Back::Whole(1))],
    );
}

#[test]
fn two_that_fit_are_not_paired_unless_nothing_tells_them_apart() {
    let two = ["1 | 02 | 100.00 | A | - | KZ 100001 | -", "2 | 03 | 100.00 | A | - | KZ 200002 | -"];
    check(&[two[0], two[1], "3 | 03 | -100.00 | A | - | STORNO | back"], &[(3, Back::Unsure(vec![1, 2]))]);
    let twin = "4 | 03 | 100.00 | A | - | KZ 100001 | -";
    check(&[two[0], twin, "3 | 03 | -100.00 | A | - | STORNO | back"], &[(3, Back::Whole(4))]);
    let before = "4 | 03 | 100.00 | A | - | KZ 100001 | before";
    check(&[two[0], before, "3 | 03 | -100.00 | A | - | STORNO | back"], &[(3, Back::Unsure(vec![1, 4]))]);
    let spelt = ["1 | 02 | 100.00 | A | - | KZ 1/234 | -", "2 | 03 | 100.00 | A | - | KZ 1.234 | -"];
    check(&[spelt[0], spelt[1], "3 | 03 | -100.00 | A | - | KZ 1.234 | back"], &[(3, Back::Whole(2))]);
    let longer = "2 | 03 | 100.00 | A | - | KZ 100001 fuer Wilma | -";
    check(&[two[0], longer, "3 | 03 | -100.00 | A | - | STORNO KZ 100001 fuer Wilma | back"], &[(3, Back::Whole(2))]);
}

#[test]
fn a_part_goes_back_of_the_credit_that_is_named_or_repeated() {
    let credit = "1 | 02 | 190.00 | A | Anna Alt | KZ 100001 | - | REF-20231102 | B1";
    check(&[credit, "2 | 03 | -40.17 | A | Anna Alt | TEILRUECKRUF KZ 100001 | back"], &[(2, Back::Part(1))]);
    check(&[credit, "2 | 03 | -40.17 | A | Anna Alt | STORNO | back | REF-20231102"], &[(2, Back::Part(1))]);
    check(&[credit, "2 | 03 | -40.17 | A | Anna Alt | STORNO | back"], &[(2, Back::Alone)]);
    check(&[credit, "2 | 03 | -40.17 | B | Anna Alt | STORNO KZ 100001 | back"], &[(2, Back::Alone)]);
    let rest = "3 | 06 | -149.83 | A | Anna Alt | RUECKRUF KZ 100001 | back";
    let pairs =
        pair(&bookings(&[credit, "2 | 03 | -40.17 | A | - | TEILRUECKRUF KZ 100001 | back", rest]), &HashMap::new());
    assert_eq!(pairs.debits[&2], Back::Part(1));
    assert_eq!(pairs.debits[&3], Back::Alone, "no second guess upon a guess");
    assert_eq!(pairs.credits[&1].amount, Cents::new(4017));
}

#[test]
fn who_takes_a_whole_credit_comes_before_who_takes_a_part() {
    let credits = ["1 | 02 | 528.49 | A | - | KZ 760377 | -", "2 | 02 | 508.16 | A | - | KZ 760377 | -"];
    let part = "3 | 05 | -264.24 | A | - | TEILRUECKRUF KZ 760377 | back";
    let whole = "4 | 12 | -508.16 | A | - | KZ 760377 | back";
    let lines = [credits[0], credits[1], part, whole];
    check(&lines, &[(3, Back::Part(1)), (4, Back::Whole(2))]);
}

#[test]
fn a_returned_direct_debit_takes_no_transfer_back() {
    let transfer = "1 | 02 | 185.20 | A | Till Pohl | KZ 100001 | -";
    check(&[transfer, "2 | 03 | -185.20 | A | Till Pohl | KZ 100001 | debit"], &[(2, Back::Alone)]);
    let collected = "3 | 02 | 185.20 | A | Till Pohl | KZ 100001 | debits | ALT-1";
    check(&[transfer, collected, "2 | 03 | -185.20 | A | - | Retoure | debit | ALT-1"], &[(2, Back::Whole(3))]);
    check(&[transfer, collected, "2 | 03 | -188.20 | A | - | Retoure | debit | ALT-1"], &[(2, Back::Whole(3))]);
    check(&[transfer, collected, "2 | 03 | -185.20 | A | - | Retoure | debit | ALT-2"], &[(2, Back::Alone)]);
    check(&[collected, "2 | 03 | -185.20 | A | - | STORNO | back"], &[(2, Back::Alone)]);
}

#[test]
fn what_a_person_said_stands() {
    let lines = [
        "1 | 02 | 100.00 | A | - | KZ 100001 | -",
        "2 | 03 | 100.00 | A | - | KZ 200002 | -",
        "3 | 03 | -100.00 | A | - | STORNO | back",
        "4 | 04 | -100.00 | A | - | Rueckzahlung | -",
    ];
    let said = HashMap::from([(3, Said::Took(1)), (4, Said::Took(2))]);
    let pairs = pair(&bookings(&lines), &said);
    assert_eq!((&pairs.debits[&3], &pairs.debits[&4]), (&Back::Whole(1), &Back::Whole(2)));
    let pairs = pair(&bookings(&lines[..3]), &HashMap::from([(3, Said::Nothing { until: 1 })]));
    assert!(pairs.credits.is_empty() && pairs.doubts.is_empty());
}

#[test]
fn what_a_person_said_of_a_credit_that_is_told_anew_is_not_lost() {
    // a report had told of credit 7, which was said to have gone back; the statement tells of it as 1
    let (one, other) = ("1 | 02 | 100.00 | A | - | KZ 100001 | -", "2 | 02 | 100.00 | A | - | KZ 200002 | -");
    let debit = "3 | 03 | -100.00 | A | - | STORNO | back";
    let said = HashMap::from([(3, Said::Took(7))]);
    assert_eq!(pair(&bookings(&[one, debit]), &said).debits[&3], Back::Whole(1));
    let pairs = pair(&bookings(&[one, other, debit]), &said);
    assert_eq!((&pairs.debits[&3], pairs.doubts), (&Back::Unsure(vec![1, 2]), HashMap::from([(1, 3), (2, 3)])));
}

#[test]
fn what_a_person_called_other_may_have_taken_back_what_came_later() {
    let debit = "9 | 05 | -100.00 | A | Anna Alt | STORNO KZ 100001 | back";
    for (credit, debit, until, expected) in [
        // she saw the credit when she said so
        ("1 | 02 | 100.00 | A | Anna Alt | KZ 100001 | -", debit, 1, false),
        ("1 | 02 | 100.00 | A | Anna Alt | KZ 100001 | -", debit, 0, true),
        ("1 | 02 | 100.00 | - | - | KZ 100001 | -", debit, 0, true),
        // of another amount, account or name, or of a later day, it is not what went back
        ("1 | 02 | 90.00 | A | Anna Alt | KZ 100001 | -", debit, 0, false),
        ("1 | 02 | 100.00 | B | Anna Alt | KZ 100001 | -", debit, 0, false),
        ("1 | 02 | 100.00 | - | Bert Bauer | KZ 200002 | -", debit, 0, false),
        ("1 | 06 | 100.00 | A | Anna Alt | KZ 100001 | -", debit, 0, false),
        // a part of it
        ("1 | 02 | 150.00 | A | Anna Alt | KZ 100001 | -", debit, 0, true),
        ("1 | 02 | 150.00 | A | Anna Alt | KZ 200002 | -", debit, 0, false),
        (
            "1 | 02 | 150.00 | - | Anna Alt | KZ 200002 | - | E-10001",
            "9 | 05 | -50.00 | - | - | - | back | E-10001",
            0,
            true,
        ),
        // a transfer is no direct debit, and what says nothing takes nothing back
        ("1 | 02 | 100.00 | A | Anna Alt | KZ 100001 | debits", debit, 0, false),
        ("1 | 02 | 100.00 | A | Anna Alt | KZ 1 | -", "9 | 05 | -100.00 | A | Anna Alt | KZ 1 | debit", 0, false),
        ("1 | 02 | 100.00 | A | Anna Alt | KZ 1 | debits", "9 | 05 | -100.00 | A | Anna Alt | KZ 1 | debit", 0, true),
        ("1 | 02 | 100.00 | A | Anna Alt | KZ 1 | -", "9 | 05 | -100.00 | A | Anna Alt | KZ 1 | -", 0, false),
    ] {
        let pairs = pair(&bookings(&[credit, debit]), &HashMap::from([(9, Said::Nothing { until })]));
        assert_eq!((pairs.debits.get(&9), pairs.credits.is_empty()), (Some(&Back::Alone), true));
        assert_eq!(pairs.doubts.get(&1), expected.then_some(&9), "{credit} {debit} {until}");
    }
}
