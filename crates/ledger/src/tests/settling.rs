//! Where money goes within and among Kassenzeichen (§ 225 AO), by whoever pays and whatever came back.

use std::collections::HashMap;

use super::town::{books, check, outcome, payment};
use crate::matching::{Decided, match_all};
use crate::payment::{Nature, Payment};
use crate::settle::Part;
use sepa::Cents;

fn town() -> Vec<String> {
    let own = [
        "7.100001.2 2023-3 2023-08-15 50.00; Anna Altmann; Kirchweg 3; anna",
        "7.100001.2 2023-4 2023-11-15 100.00; Anna Altmann; Kirchweg 3; anna",
        "7.100001.2 2024-1 2024-02-15 110.00; Anna Altmann; Kirchweg 3; anna",
        "7.100001.2 2024-2 2024-05-15 110.00; Anna Altmann; Kirchweg 3; anna",
        "7.200002.9 2023-4 2023-11-15 70.00; Bert Bauer; Kirchweg 4; bert",
        "7.200002.9 2024-1 2024-02-15 80.00; Bert Bauer; Kirchweg 4; bert",
    ];
    let others = (0..200).map(|n| format!("8{n:05} 2023-4 2023-11-15 {}.13; Niemand Nr{n}", 400 + n));
    own.into_iter().map(str::to_owned).chain(others).collect()
}

#[test]
fn within_a_kassenzeichen_the_payer_decides_then_the_oldest_is_paid() {
    for (payment, expected) in [
        // a named instalment, though an older one is open
        ("110.00; Anna Altmann; anna; 7.100001.2 1. Rate 2024", "auto 7.100001.2/2024-1=110.00"),
        // two that are named
        (
            "210.00; Anna Altmann; anna; 7.100001.2 4/2023 und 1/2024",
            "auto 7.100001.2/2023-4=100.00 7.100001.2/2024-1=110.00",
        ),
        // an exact amount names its instalment
        ("100.00; Anna Altmann; anna; 7.100001.2", "auto 7.100001.2/2023-4=100.00"),
        // an exact sum of two: from the oldest
        ("150.00; Anna Altmann; anna; 7.100001.2", "auto 7.100001.2/2023-3=50.00 7.100001.2/2023-4=100.00"),
        // a part
        ("30.00; Anna Altmann; anna; 7.100001.2", "auto 7.100001.2/2023-3=30.00"),
        ("70.00; Anna Altmann; anna; 7.100001.2", "auto 7.100001.2/2023-3=50.00 7.100001.2/2023-4=20.00"),
        // more than the named one: what is left goes to what else is due, oldest first
        ("120.00; Anna Altmann; anna; 7.100001.2 2024-1", "auto 7.100001.2/2024-1=110.00 7.100001.2/2023-3=10.00"),
        // a prepayment that is named
        ("110.00; Anna Altmann; anna; 7.100001.2 2024-2", "auto 7.100001.2/2024-2=110.00"),
        // more than all that is due: never silently into what is not yet due
        (
            "300.00; Anna Altmann; anna; 7.100001.2",
            "case 7.100001.2/2023-3=50.00 7.100001.2/2023-4=100.00 7.100001.2/2024-1=110.00 hold 7.100001.2/2024-2",
        ),
    ] {
        check(&town(), &[payment], expected);
    }
}

#[test]
fn among_several_the_amount_must_divide_in_one_way() {
    for (payment, expected) in [
        (
            "170.00; Anna Altmann; anna; 7.100001.2 + 7.200002.9",
            "auto 7.100001.2/2023-4=100.00 7.200002.9/2023-4=70.00",
        ),
        (
            // 100 + 80 or 110 + 70
            "180.00; Anna Altmann; anna; 7.100001.2 + 7.200002.9",
            "case hold 7.100001.2/2023-3 hold 7.100001.2/2023-4 hold 7.100001.2/2024-1 hold 7.200002.9/2023-4 hold 7.200002.9/2024-1",
        ),
        (
            "410.00; Anna Altmann; anna; 7.100001.2 + 7.200002.9",
            "auto 7.100001.2/2023-3=50.00 7.100001.2/2023-4=100.00 7.100001.2/2024-1=110.00 7.200002.9/2023-4=70.00 7.200002.9/2024-1=80.00",
        ),
    ] {
        check(&town(), &[payment], expected);
    }
}

#[test]
fn what_the_text_names_of_several_is_what_is_paid() {
    let town: Vec<String> = [
        "7.100001.2 2023-4 2023-11-15 100.02; Anna Altmann; Kirchweg 3; anna",
        "7.100001.2 2024-1 2024-02-15 100.00; Anna Altmann; Kirchweg 3; anna",
        "7.200002.9 2023-4 2023-11-15 70.02; Anna Altmann; Kirchweg 4; anna",
        "7.200002.9 2024-1 2024-02-15 70.00; Anna Altmann; Kirchweg 4; anna",
    ]
    .map(str::to_owned)
    .into();
    for (payments, expected) in [
        // the named ones of each, though there are other ways
        (
            &["170.00; Anna Altmann; anna; 7.100001.2, 7.200002.9 2024-1"][..],
            "auto 7.100001.2/2024-1=100.00 7.200002.9/2024-1=70.00",
        ),
        // others than the named ones, and no other way
        (
            &["170.00; Anna Altmann; anna; 7.100001.2, 7.200002.9 2023-4"],
            "auto 7.100001.2/2023-4=100.00 7.200002.9/2023-4=70.00",
        ),
        // 100.02 + 70.00 or 100.00 + 70.02
        (
            &["170.02; Anna Altmann; anna; 7.100001.2, 7.200002.9 2024-1"],
            "case hold 7.100001.2/2023-4 hold 7.100001.2/2024-1 hold 7.200002.9/2023-4 hold 7.200002.9/2024-1",
        ),
        // one way is left, which is not what is named; the other was closed by another payment
        (
            &[
                "100.02; Anna Altmann; anna; 7.100001.2 2023-4",
                "170.02; Anna Altmann; anna; 7.100001.2, 7.200002.9 2024-1",
            ],
            "case hold 7.100001.2/2024-1 hold 7.200002.9/2023-4 hold 7.200002.9/2024-1",
        ),
    ] {
        check(&town, payments, expected);
    }
}

#[test]
fn whoever_pays_for_another_pays_for_whom_he_names() {
    for payment in [
        "100.00; Erna Altmann; fremd; 7.100001.2 fuer meine Tochter",
        "100.00; Hausverwaltung Sauerland GmbH; verwalter; 7.100001.2",
        "100.00; Bert Bauer; bert; 7.100001.2 Altmann",
    ] {
        check(&town(), &[payment], "auto 7.100001.2/2023-4=100.00");
    }
}

#[test]
fn who_pays_for_many_pays_for_whom_he_quotes() {
    let town: Vec<String> = [
        "7.100001.2 2023-4 2023-11-15 100.00; Anna Altmann; Kirchweg 3",
        "7.200002.9 2023-4 2023-11-15 100.00; Bert Bauer; Kirchweg 4",
        "7.300003.6 2023-4 2023-11-15 100.00; Carl Clasen; Kirchweg 5",
        "7.300004.4 2023-4 2023-11-15 100.00; Dora Dahl; Kirchweg 6; dora",
    ]
    .map(str::to_owned)
    .into();
    let first = "100.00; Hausverwaltung Clasen GmbH; verwalter; 7.100001.2";
    let second = "100.00; Hausverwaltung Clasen GmbH; verwalter; 7.200002.9";
    let third = "100.00; Hausverwaltung Clasen GmbH; verwalter; 7.300004.4";
    check(&town, &[first, second, third], "auto 7.300004.4/2023-4=100.00");
    // the debtor's whole name beside the reference says for whom, even where the payer owes as much
    let another = "100.00; Dora Dahl; dora; 7.200002.9";
    check(&town, &[another], "case hold 7.200002.9/2023-4 hold 7.300004.4/2023-4");
    check(&town, &[&format!("{another} fuer Bert Bauer")], "auto 7.200002.9/2023-4=100.00");
    check(&town, &[&format!("{another} Dora Dahl")], "case hold 7.200002.9/2023-4 hold 7.300004.4/2023-4");
}

#[test]
fn who_pays_the_same_twice_pays_what_is_due_next_and_then_too_much() {
    let once = "100.00; Anna Altmann; anna; 7.100001.2 2023-4";
    check(&town(), &[once, once], "auto 7.100001.2/2023-3=50.00 7.100001.2/2024-1=50.00");
    check(&town(), &[once, once, once], "case 7.100001.2/2024-1=60.00 hold 7.100001.2/2024-2");
}

/// The first of two equal transfers was taken back by the bank.
fn taken_back() -> [Payment; 2] {
    let line = "100.00; Anna Altmann; anna; 7.100001.2 2023-4";
    [Payment { nature: Nature::TakenBack, ..payment(1, line) }, payment(2, line)]
}

#[test]
fn what_was_taken_back_pays_nothing_and_what_comes_again_pays() {
    let books = books(&town());
    let verdicts = match_all(&books, &taken_back(), &HashMap::new());
    let outcomes: Vec<String> = verdicts.iter().map(|verdict| outcome(&books, verdict)).collect();
    assert_eq!(outcomes, ["returned", "auto 7.100001.2/2023-4=100.00"]);
    let again = Payment { nature: Nature::OwnTransferBack, ..payment(1, "100.00; Anna Altmann; anna; 7.100001.2") };
    assert_eq!(outcome(&books, &match_all(&books, &[again], &HashMap::new())[0]), "other");
}

#[test]
fn what_a_person_placed_leaves_less_room() {
    let books = books(&town());
    let decided = HashMap::from([(
        1,
        Decided { parts: vec![Part { item: 1, amount: Cents::new(9_000) }], holds: vec![], is_other: false },
    )]);
    let line = "110.00; Anna Altmann; anna; 7.100001.2 2023-4";
    let verdicts = match_all(&books, &[payment(1, line), payment(2, line)], &decided);
    assert_eq!(
        outcome(&books, &verdicts[0]),
        "auto 7.100001.2/2023-4=10.00 7.100001.2/2023-3=50.00 7.100001.2/2024-1=50.00"
    );
}

#[test]
fn what_a_person_decided_of_a_payer_speaks_for_the_next() {
    let books = books(&town());
    let first = "70.00; Unbekannt Verein; verein; Danke";
    let next = "80.00; Unbekannt Verein; verein; Grundbesitzabgaben";
    let payments = [payment(1, first), payment(2, next)];
    let decided = HashMap::from([(
        1,
        Decided { parts: vec![Part { item: 4, amount: Cents::new(7_000) }], holds: vec![], is_other: false },
    )]);
    let verdict = &match_all(&books, &payments, &decided)[0];
    let best = verdict.draft.best().unwrap();
    assert!(best.own_iban, "{best:?}");
    let told: Vec<String> = best.witnesses().into_iter().map(|witness| witness.text).collect();
    assert!(told.contains(&"the payer's account has paid for it before, as a person decided".to_owned()), "{told:?}");
}
