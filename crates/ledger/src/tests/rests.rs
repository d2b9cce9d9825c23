//! What is left over of a payment, and texts that mean more than they name.
//!
//! Each test is a class of payments: whoever could have been meant by the rest is held, or the hold says that it is not complete.

use std::collections::HashMap;

use super::town::{books, check, outcome, payment};
use crate::matching::{Decided, match_all};

/// Five hundred others who owe something else.
fn town(lines: &[&str]) -> Vec<String> {
    let others = (0..500).map(|n| format!("8{n:05} 2023-4 2023-11-15 {}.13; Niemand Nr{n}", 400 + n));
    lines.iter().map(|line| (*line).to_owned()).chain(others).collect()
}

/// Owners whose numbers were given out one after the other, and somebody who owes what nobody else does.
fn street() -> Vec<String> {
    town(&[
        "7.100001.2 2023-4 2023-11-15 100.00; Anna Altmann; Kirchweg 3; anna",
        "7.100001.2 2024-1 2024-02-15 100.00; Anna Altmann; Kirchweg 3; anna",
        "7.100002.0 2023-4 2023-11-15 120.00; Bert Bauer; Kirchweg 5; bert",
        "7.100003.8 2023-4 2023-11-15 130.00; Carl Clasen; Kirchweg 7; carl",
        "7.100004.6 2023-4 2023-11-15 140.00; Dora Dahl; Kirchweg 9; dora",
        "7.555555.4 2023-4 2023-11-15 77.77; Erna Engel; Feldweg 1; erna",
    ])
}

#[test]
fn a_rest_holds_whoever_owes_just_that() {
    // Bauer's instalment is paid; only Engel owes what is left
    check(
        &street(),
        &["197.77; Bert Bauer; bert; KZ 7.100002.0"],
        "case 7.100002.0/2023-4=120.00 hold 7.555555.4/2023-4",
    );
    // whoever is named besides, whatever the rest is
    check(
        &street(),
        &["190.00; Bert Bauer; bert; KZ 7.100002.0 auch Erna Engel"],
        "case hold 7.100002.0/2023-4 hold 7.555555.4/2023-4 risk",
    );
    // nobody owes it: nothing is held for it, and that is said
    check(&street(), &["125.01; Bert Bauer; bert; KZ 7.100002.0"], "case 7.100002.0/2023-4=120.00 risk");
}

#[test]
fn a_text_that_names_who_owes_the_rest_is_for_these_two() {
    for text in [
        "KZ 7.100002.0 und fuer meine Mutter Erna Engel",
        "KZ 7.100002.0 und für Erna Engel",
        "7.100002.0 und fuer Engel, Erna",
    ] {
        check(
            &street(),
            &[&format!("197.77; Bert Bauer; bert; {text}")],
            "case hold 7.100002.0/2023-4 hold 7.555555.4/2023-4",
        );
    }
}

#[test]
fn ends_and_ranges_are_paid_if_the_sum_is_theirs_alone() {
    let all = "auto 7.100002.0/2023-4=120.00 7.100003.8/2023-4=130.00 7.100004.6/2023-4=140.00";
    for text in [
        "KZ 7.100002.0, 003.8, 004.6",
        "7.100002.0/03.8/04.6",
        "71000020, 0038 und 0046",
        "7.100002.0 bis 7.100004.6",
        "Objekte 7.100002.0 bis 004.6 Grundbesitzabgaben",
    ] {
        check(&street(), &[&format!("390.00; Hausverwaltung Sauer GmbH; sauer; {text}")], all);
        // another sum: all of them are held
        check(
            &street(),
            &[&format!("333.33; Hausverwaltung Sauer GmbH; sauer; {text}")],
            "case hold 7.100002.0/2023-4 hold 7.100003.8/2023-4 hold 7.100004.6/2023-4",
        );
    }
}

#[test]
fn a_second_person_is_found_whose_name_the_bank_has_cut() {
    check(
        &street(),
        &["250.00; Bert Bauer; bert; KZ 7.100002.0 und Carl Clas\nen Danke"],
        "case hold 7.100002.0/2023-4 hold 7.100003.8/2023-4",
    );
}

#[test]
fn two_instalments_of_ones_own_are_not_what_is_paid_for_two_people() {
    let equal = town(&[
        "7.100001.2 2023-4 2023-11-15 100.00; Anna Altmann; Kirchweg 3; anna",
        "7.100001.2 2024-1 2024-02-15 100.00; Anna Altmann; Kirchweg 3; anna",
        "7.100002.0 2023-4 2023-11-15 100.00; Bert Bauer; Kirchweg 5; bert",
    ]);
    check(
        &equal,
        &["200.00; Anna Altmann; anna; 7.100001.2 Grundbesitzabgaben und Bert Bauer"],
        "case hold 7.100001.2/2023-4 hold 7.100002.0/2023-4",
    );
    check(
        &equal,
        &["200.00; Anna Altmann; anna; 7.100001.2 Grundbesitzabgaben und Abwasser"],
        "auto 7.100001.2/2023-4=100.00 7.100001.2/2024-1=100.00",
    );
}

#[test]
fn one_number_in_a_text_as_long_as_a_form_may_be_the_first_of_a_list() {
    for text in ["Zu Kassenzeichen 7.100002.0", "KZ laut Bescheid 7.100002.0", "Kassenzeichen: 7.100002.0 u"] {
        check(
            &street(),
            &[&format!("333.33; Hausverwaltung Sauer GmbH; sauer; {text}")],
            "case hold 7.100002.0/2023-4 risk",
        );
    }
    check(
        &street(),
        &["120.00; Hausverwaltung Sauer GmbH; sauer; Zu Kassenzeichen 7.100002.0"],
        "auto 7.100002.0/2023-4=120.00",
    );
}

#[test]
fn another_house_or_more_objects_are_others() {
    let anna = "case hold 7.100001.2/2023-4 hold 7.100001.2/2024-1";
    for (text, expected) in [
        (
            "7.100001.2 und Haus Kirchweg 5",
            "case hold 7.100001.2/2023-4 hold 7.100001.2/2024-1 hold 7.100002.0/2023-4 risk",
        ),
        ("7.100001.2, Kirchweg 5", "case hold 7.100001.2/2023-4 hold 7.100001.2/2024-1 hold 7.100002.0/2023-4"),
        ("7.100001.2 Kirchweg 3", "auto 7.100001.2/2023-4=100.00 7.100001.2/2024-1=100.00"),
        ("7.100001.2 + 1 weitere", &format!("{anna} risk")),
        ("7.100001.2 und unser zweites Haus", &format!("{anna} risk")),
    ] {
        check(&street(), &[&format!("200.00; Anna Altmann; anna; {text}")], expected);
    }
    check(
        &street(),
        &["220.00; Anna Altmann; anna; 7.100001.2, Kirchweg 5"],
        "case hold 7.100001.2/2023-4 hold 7.100002.0/2023-4",
    );
    // her own instalment, wherever she lives
    check(&street(), &["100.00; Anna Altmann; anna; 7.100001.2, Kirchweg 5"], "auto 7.100001.2/2023-4=100.00");
}

#[test]
fn several_numbers_are_never_several_instalments_of_the_first() {
    let equal = town(&[
        "7.100002.0 2023-3 2023-08-15 100.00; Bert Bauer; Kirchweg 5; bert",
        "7.100002.0 2023-4 2023-11-15 100.00; Bert Bauer; Kirchweg 5; bert",
        "7.100002.0 2024-1 2024-02-15 100.00; Bert Bauer; Kirchweg 5; bert",
        "7.100003.8 2023-4 2023-11-15 100.00; Carl Clasen; Kirchweg 7; carl",
        "7.100004.6 2023-4 2023-11-15 100.00; Dora Dahl; Kirchweg 9; dora",
    ]);
    check(
        &equal,
        &["300.00; Hausverwaltung Sauer GmbH; sauer; 7.100002.0/03.8/04.6"],
        "auto 7.100002.0/2023-3=100.00 7.100003.8/2023-4=100.00 7.100004.6/2023-4=100.00",
    );
    for text in ["7.100002.0 u.a.", "7.100002.0 laut Liste", "7.100002.0, 7.10000", "7.100002.0 und fuer andere"] {
        check(
            &equal,
            &[&format!("300.00; Hausverwaltung Sauer GmbH; sauer; {text}")],
            "case hold 7.100002.0/2023-3 hold 7.100002.0/2023-4 hold 7.100002.0/2024-1 risk",
        );
        // one instalment is one instalment
        check(&equal, &[&format!("100.00; Hausverwaltung Sauer GmbH; sauer; {text}")], "auto 7.100002.0/2023-3=100.00");
    }
}

#[test]
fn two_debtors_under_one_number_pay_each_their_own() {
    let sold = town(&[
        "7.100001.2 2023-4 2023-11-15 100.00; Anna Altmann; Kirchweg 3; anna",
        "7.100001.2 2024-1 2024-02-15 100.00; Karl Keller; Kirchweg 3; karl",
    ]);
    for (payment, expected) in [
        ("100.00; Karl Keller; karl; KZ 7.100001.2", "auto 7.100001.2/2024-1=100.00"),
        ("100.00; Keller, Karl; fremd; KZ 7.100001.2", "auto 7.100001.2/2024-1=100.00"),
        ("100.00; Fremde Person; karl; KZ 7.100001.2", "auto 7.100001.2/2024-1=100.00"),
        ("100.00; Anna Altmann; anna; KZ 7.100001.2", "auto 7.100001.2/2023-4=100.00"),
        ("100.00; Fremde Person; fremd; KZ 7.100001.2 fuer Karl Keller", "auto 7.100001.2/2024-1=100.00"),
        ("100.00; Fremde Person; fremd; KZ 7.100001.2 1. Quartal 2024", "auto 7.100001.2/2024-1=100.00"),
        // nothing tells which of them
        ("100.00; Fremde Person; fremd; KZ 7.100001.2", "case hold 7.100001.2/2023-4 hold 7.100001.2/2024-1"),
        ("100.00; Karl Keller; anna; KZ 7.100001.2", "case hold 7.100001.2/2023-4 hold 7.100001.2/2024-1"),
    ] {
        check(&sold, &[payment], expected);
    }
    // one person in two spellings is no second debtor
    let one = town(&[
        "7.100001.2 2023-4 2023-11-15 100.00; Anna Altmann; Kirchweg 3; anna",
        "7.100001.2 2024-1 2024-02-15 100.00; Altmann, Dr. Anna; Kirchweg 3; anna",
    ]);
    check(&one, &["100.00; Fremde Person; fremd; KZ 7.100001.2"], "auto 7.100001.2/2023-4=100.00");
}

#[test]
fn a_house_is_held_for_what_its_owners_owe_together() {
    let house = town(&[
        "7.100001.2 2023-4 2023-11-15 100.00; Anna Altmann; Am Markt 9, 59581 Warstein; anna",
        "7.100002.0 2023-4 2023-11-15 120.00; Bert Bauer; Am Markt 9, 59581 Warstein; bert",
        "7.100003.8 2023-4 2023-11-15 130.00; Carl Clasen; Am Markt 9, 59581 Warstein; carl",
        "7.100004.6 2023-4 2023-11-15 140.00; Dora Dahl; Am Markt 9, 59581 Warstein; dora",
    ]);
    check(
        &house,
        &["490.00; WEG-Verwaltung; weg; Haus Am Markt 9 Grundbesitzabgaben"],
        "case hold 7.100001.2/2023-4 hold 7.100002.0/2023-4 hold 7.100003.8/2023-4 hold 7.100004.6/2023-4",
    );
}

#[test]
fn who_paid_for_several_is_asked_for_all_of_them() {
    let list = "220.00; Hausverwaltung Sauer GmbH; sauer; 7.100001.2 7.100002.0";
    let later = town(&[
        "7.100001.2 2023-4 2023-11-15 100.00; Anna Altmann; Kirchweg 3; anna",
        "7.100001.2 2024-1 2024-02-15 100.00; Anna Altmann; Kirchweg 3; anna",
        "7.100002.0 2023-4 2023-11-15 120.00; Bert Bauer; Kirchweg 5; bert",
        "7.100002.0 2024-1 2024-02-15 120.00; Bert Bauer; Kirchweg 5; bert",
    ]);
    check(
        &later,
        &[list, "220.00; Hausverwaltung Sauer GmbH; sauer; Abgaben laut Liste; 2024-02-20"],
        "case hold 7.100001.2/2024-1 hold 7.100002.0/2024-1",
    );
}

#[test]
fn other_money_needs_proof() {
    for text in ["Ferienspiele 2024", "Theaterabo Reihe 5", "Standgeld Kirmes", "Zeltlager"] {
        // own account and the amount of an instalment, and plainly something else
        check(&street(), &[&format!("77.77; Erna Engel; erna; {text}")], "case hold 7.555555.4/2023-4");
        check(&street(), &[&format!("12.34; Erna Engel; erna; {text}")], "case hold 7.555555.4/2023-4");
    }
    for text in ["Kita Beitrag", "Stadtbücherei Mahnung", "Musikschule 1. Halbjahr"] {
        check(&street(), &[&format!("12.34; Erna Engel; erna; {text}")], "other");
        // half an instalment, a third
        check(&street(), &[&format!("38.89; Erna Engel; erna; {text}")], "case hold 7.555555.4/2023-4");
        check(&street(), &[&format!("25.92; Erna Engel; erna; {text}")], "case hold 7.555555.4/2023-4");
    }
    // a word that is a part of another one, a street, a name
    for text in
        ["Friedhofstraße 12", "Am Freibad 3", "Mieter Engel", "Kindergartenweg 4", "Parkstr. 8", "Zahlung Betreuung"]
    {
        check(&street(), &[&format!("70.00; Erna Engel; erna; {text}")], "case hold 7.555555.4/2023-4");
    }
    check(&street(), &["70.00; Erna Spende; erna; Spende"], "case hold 7.555555.4/2023-4");
}

#[test]
fn collective_payers_are_never_other_money() {
    for (name, text) in [
        ("", "SAMMELGUTSCHRIFT ANZAHL 3"),
        ("PayPal Europe S.a.r.l. et Cie S.C.A.", "Kita Auszahlung 4711"),
        ("pmPayment GmbH", "Auszahlung Buergerportal 4711"),
        ("Stadtkasse", "Kassenautomat Tagesabschluss"),
    ] {
        check(&street(), &[&format!("512.34; {name}; fremd; {text}")], "case risk");
    }
}

#[test]
fn of_a_list_that_is_cut_off_each_holds_one_instalment() {
    let lines: Vec<String> = (1..=7)
        .flat_map(|n| {
            ["2023-4 2023-11-15", "2024-1 2024-02-15"]
                .map(|item| format!("P10{n}000 {item} {n}00.10; Wer{n} Auch; Weg {n}"))
        })
        .collect();
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    let held: String = (1..=6).map(|n| format!(" hold P10{n}000/2023-4")).collect();
    let text = "Abgaben P101000, P102000, P103000, P104000, P105000, P106000, P10";
    check(&town(&lines), &[&format!("3500.00; Verwaltung Sauer; sauer; {text}")], &format!("case{held} risk"));
}

#[test]
fn what_a_person_called_other_money_says_nothing_of_a_debtors_own_account() {
    let books = books(&street());
    let other = || Decided { parts: vec![], holds: vec![], is_other: true };
    let check = |before: &str, then: &str, expected: &str| {
        let payments = [payment(1, before), payment(2, then)];
        let verdicts = match_all(&books, &payments, &HashMap::from([(1, other())]));
        assert_eq!(outcome(&books, verdicts.last().unwrap()), expected, "{then}");
    };
    let stranger = "15.00; Karl Fremd; fremd; wie besprochen";
    check(stranger, stranger, "other");
    let debtor = "15.00; Erna Engel; erna; wie besprochen";
    check(debtor, "40.00; Erna Engel; erna; Teilzahlung 1 von 2", "case hold 7.555555.4/2023-4");
}
