//! What a careful clerk would not post, and what he would keep out of direct debit because of it.
//!
//! Each test is a class of payments, not one payment: the towns differ in what makes the class hard.

use std::collections::HashMap;

use super::town::{books, check, payment};
use crate::matching::match_all;

/// Five hundred others who owe something else, so that names and amounts are as rare as in a town.
fn others() -> Vec<String> {
    (0..500).map(|n| format!("8{n:05} 2023-4 2023-11-15 {}.13; Niemand Nr{n}", 400 + n)).collect()
}

fn town(lines: &[&str]) -> Vec<String> {
    lines.iter().map(|line| (*line).to_owned()).chain(others()).collect()
}

/// Neighbours in a row, as numbers without check digit are given out.
fn row() -> Vec<String> {
    town(&[
        "P100041 2023-4 2023-11-15 50.00; Anna Altmann",
        "P100042 2023-4 2023-11-15 60.00; Bert Bauer",
        "P100043 2023-4 2023-11-15 70.00; Carl Clasen",
        "P100044 2023-4 2023-11-15 70.00; Dora Dahl",
        "P100999 2023-4 2023-11-15 70.00; Emil Engel",
    ])
}

#[test]
fn a_number_without_check_digit_may_be_the_neighbours() {
    // as quoted, by whoever pays what is due there
    check(&row(), &["60.00; Fremde Person; fremd; P100042"], "auto P100042/2023-4=60.00");
    check(&row(), &["33.00; Bert Bauer; bert; P100042"], "auto P100042/2023-4=33.00");
    // a stranger pays what is not due there: those a slip away who owe it, and as few owe it, all who do
    check(
        &row(),
        &["70.00; Fremde Person; fremd; P100042"],
        "case hold P100042/2023-4 hold P100043/2023-4 hold P100044/2023-4 hold P100999/2023-4",
    );
    // nobody a slip away owes it: all of them
    check(
        &row(),
        &["33.00; Fremde Person; fremd; P100042"],
        "case hold P100041/2023-4 hold P100042/2023-4 hold P100043/2023-4 hold P100044/2023-4",
    );
}

#[test]
fn the_family_a_slip_away_who_owes_as_much_was_meant_perhaps() {
    check(&row(), &["70.00; Eheleute Dahl; fremd; P100043"], "case hold P100043/2023-4 hold P100044/2023-4");
}

#[test]
fn a_family_name_with_the_amount_does_not_outweigh_what_is_nearly_quoted() {
    let town =
        town(&["7.100001.2 2023-4 2023-11-15 59.87; Karin Klein", "P100042 2023-4 2023-11-15 60.00; Mehmet Schneider"]);
    check(
        &town,
        &["60.00; Anna Schneider; fremd; Kassenzeichen 7.100001.4"],
        "case hold 7.100001.2/2023-4 hold P100042/2023-4",
    );
}

#[test]
fn a_damaged_number_near_two_of_one_debtor_tells_neither() {
    let owes = ["7.100001.2 2023-4 2023-11-15 439.48; Anna Becker; Kirchweg 3; anna"];
    let payment = &["111.32; Anna Becker; anna; Kassenzeichen 7.100001.4"];
    check(&town(&owes), payment, "auto 7.100001.2/2023-4=111.32");
    let twice = [owes[0], "7.100081.4 2023-4 2023-11-15 227.19; Anna Becker; Kirchweg 3"];
    check(&town(&twice), payment, "case hold 7.100001.2/2023-4 hold 7.100081.4/2023-4");
}

#[test]
fn a_namesake_who_owes_just_this_was_meant_perhaps() {
    let town = town(&[
        "7.100001.2 2023-4 2023-11-15 100.00; Anna Becker; Kirchweg 3; anna",
        "7.200002.9 2023-4 2023-11-15 222.22; Bert Becker; Kirchweg 3; bert",
        "7.300003.6 2023-4 2023-11-15 333.33; Carl Clasen; Kirchweg 3; carl",
        "P100042 2023-4 2023-11-15 60.00; Emil Engel",
        "P100043 2023-4 2023-11-15 70.00; Fritz Falke",
    ]);
    for (payment, expected) in [
        // of two of the family, the one is quoted and the other owes it
        ("222.22; Eheleute Becker; fremd; 7.100001.2", "case hold 7.100001.2/2023-4 hold 7.200002.9/2023-4"),
        // too much there
        ("333.33; Eheleute Clasen; fremd; 7.100001.2", "case hold 7.100001.2/2023-4 hold 7.300003.6/2023-4"),
        // his own name and the other's family only; his own account
        ("50.00; Anna Becker; fremd; 7.100001.2", "auto 7.100001.2/2023-4=50.00"),
        ("50.00; Eheleute Becker; anna; 7.100001.2", "auto 7.100001.2/2023-4=50.00"),
        // a slip away the only one who owes it, though the family quoted is the payer's
        ("70.00; Hans Engel; fremd; P100042", "case hold P100042/2023-4 hold P100043/2023-4"),
        // somebody known elsewhere, whose amount is not due there: no likelier than nobody
        ("33.33; Carl Clasen; carl; 7.100001.2", "case hold 7.100001.2/2023-4 hold 7.300003.6/2023-4"),
    ] {
        check(&town, &[payment], expected);
    }
}

#[test]
fn what_was_open_when_the_list_was_made_is_an_amount_that_fits() {
    let town = town(&[
        "7.100001.2 2023-4 2023-11-15 100.00 44.44; Anna Altmann; Kirchweg 3; anna",
        "7.100001.2 2024-1 2024-02-15 100.00; Anna Altmann; Kirchweg 3; anna",
        "7.200002.9 2023-4 2023-11-15 90.00; Bert Bauer; Kirchweg 4; bert",
    ]);
    // the rest alone, and with the next
    check(&town, &["55.56; Fremde Person; fremd; Grundbesitz"], "case hold 7.100001.2/2023-4");
    check(&town, &["155.56; Anna Altmann; neu; Grundbesitz"], "auto 7.100001.2/2023-4=55.56 7.100001.2/2024-1=100.00");
    // and after another payment came first
    check(
        &town,
        &["55.56; Anna Altmann; anna; 7.100001.2", "55.56; Anna Altmann; neu; Grundbesitz"],
        "auto 7.100001.2/2024-1=55.56",
    );
    check(
        &town,
        &["55.56; Bert Bauer; fremd; 7.100001.2", "55.56; Fremde Person; neu; 7.100001.2"],
        "auto 7.100001.2/2024-1=55.56",
    );
}

#[test]
fn a_family_name_in_the_text_holds_with_the_amount() {
    // too many and too much to hold everybody who owes it
    let flat = town(&[
        "7.100001.2 2023-4 2023-11-15 2000.00; Anna Altmann; Feldweg 3",
        "7.200002.9 2023-4 2023-11-15 2000.00; Bert Bauer; Feldweg 4",
        "7.300003.6 2023-4 2023-11-15 2000.00; Carl Clasen; Feldweg 5",
        "7.300004.4 2023-4 2023-11-15 2000.00; Dora Dahl; Feldweg 6",
        "7.300005.1 2023-4 2023-11-15 30.00; Emil Altmann; Feldweg 7",
    ]);
    let text = "Grundbesitzabgaben fuer Vermieter Altmann";
    check(&flat, &[&format!("2000.00; Emil Engel; fremd; {text}")], "case hold 7.100001.2/2023-4 risk");
}

#[test]
fn an_instalment_or_nothing_said_is_no_other_money() {
    let town = town(&["7.100001.2 2023-4 2023-11-15 100.00; Anna Altmann; Feldweg 3; anna"]);
    for text in ["4. Rate", "1. Quartal", "2023-4", "Ueberweisung", "Rechnung", "Danke", ""] {
        check(&town, &[&format!("77.00; Anna Altmann; anna; {text}")], "case hold 7.100001.2/2023-4");
    }
    // want of a word for a levy proves nothing
    for text in ["Danke Oma", "Beitrag Karate", "wie besprochen"] {
        check(&town, &[&format!("77.00; Anna Altmann; anna; {text}")], "case hold 7.100001.2/2023-4");
    }
    check(&town, &["77.00; Anna Altmann; anna; Rechnung 4711"], "other");
}

#[test]
fn other_taxes_and_compounds_are_other_money_unless_the_amount_fits() {
    let town: Vec<String> = town(&[
        "7.100001.2 2023-4 2023-11-15 100.00; Anna Altmann; Friedhofsweg 3; anna",
        "7.200002.9 2023-4 2023-11-15 200.00; Bert Bauer; Feldweg 3; bert",
    ]);
    let without: Vec<String> = town.iter().filter(|line| line.starts_with('7')).cloned().collect();
    for text in ["Gewerbesteuer 2026", "Stadtbücherei Mahngebühr 980272", "Zweitwohnungssteuer", "Kfz-Steuer HSK-AB 12"]
    {
        check(&town, &[&format!("77.00; Anna Altmann; anna; {text}")], "other");
        check(&town, &[&format!("100.00; Anna Altmann; anna; {text}")], "case hold 7.100001.2/2023-4");
    }
    // where the list holds dog tax, it is none
    check(&without, &["77.00; Anna Altmann; anna; Hundesteuer 2026 HS12345"], "other");
    check(&town, &["77.00; Anna Altmann; anna; Hundesteuer 2026 HS12345"], "case hold 7.100001.2/2023-4");
    // both in one transfer, and a street's name
    check(&town, &["77.00; Anna Altmann; anna; Grundsteuer und Kita"], "case hold 7.100001.2/2023-4");
    check(&town, &["77.00; Anna Altmann; anna; Abfall Friedhofsweg 3"], "case hold 7.100001.2/2023-4");
}

#[test]
fn a_stranger_who_quotes_one_and_pays_what_another_owes_holds_both() {
    let town =
        town(&["7.100001.2 2023-4 2023-11-15 100.00; Anna Altmann", "7.200002.9 2023-4 2023-11-15 222.22; Bert Bauer"]);
    check(
        &town,
        &["222.22; Fremde Person; fremd; KZ 7.100001.2"],
        "case hold 7.100001.2/2023-4 hold 7.200002.9/2023-4",
    );
    check(&town, &["33.33; Fremde Person; fremd; KZ 7.100001.2"], "auto 7.100001.2/2023-4=33.33");
}

#[test]
fn who_owes_the_same_twice_is_asked_which_he_means() {
    let twice = town(&[
        "7.100001.2 2023-4 2023-11-15 100.00; Anna Altmann; Kirchweg 3; anna",
        "7.200002.9 2023-4 2023-11-15 100.00; Anna Altmann; Kirchweg 3; annas zweites",
        "P100042 2023-4 2023-11-15 60.00; Bert Bauer; Kirchweg 4; bert",
        "7.300003.6 2023-4 2023-11-15 60.00; Bert Bauer; Kirchweg 4; berts zweites",
    ]);
    check(&twice, &["100.00; Anna Altmann; anna; Abgaben"], "case hold 7.100001.2/2023-4 hold 7.200002.9/2023-4");
    check(&twice, &["60.00; Bert Bauer; bert; Pacht"], "auto P100042/2023-4=60.00");
}

/// Twelve in five hundred who owe the same.
fn flat() -> Vec<String> {
    let flat = (0..12).flat_map(|n| {
        ["2023-4 2023-11-15", "2024-1 2024-02-15"]
            .map(|item| format!("9{n:05} {item} 20.00; Wer{n} Auch; Kirchweg {n}"))
    });
    flat.chain(others()).collect()
}

#[test]
fn a_strangers_amount_holds_all_who_owe_it_while_that_is_little() {
    let all: String = (0..12).map(|n| format!(" hold 9{n:05}/2023-4 hold 9{n:05}/2024-1")).collect();
    check(&flat(), &["40.00; Fremde Person; fremd; Abgaben"], &format!("case{all}"));
    // who has paid is not meant again
    let paid = "20.00; Wer0 Auch; wer; 900000";
    let rest: String = (1..12).map(|n| format!(" hold 9{n:05}/2023-4 hold 9{n:05}/2024-1")).collect();
    check(&flat(), &[paid, "40.00; Fremde Person; fremd; Abgaben"], &format!("case{rest}"));
    // other money of strangers holds nothing
    check(&flat(), &["40.00; Fremde Person; fremd; Kita Beitrag"], "other");
    // without the others they are half of all that is due: no town is kept from collecting by a stranger
    let few: Vec<String> = flat().into_iter().take(24).collect();
    check(&few, &["40.00; Fremde Person; fremd; Abgaben"], "case risk");
}

#[test]
fn a_property_manager_who_names_the_house_pays_for_its_owner() {
    let house = town(&["7.100001.2 2023-4 2023-11-15 100.00; Anna Altmann; Am Markt 17, 59581 Warstein; anna"]);
    check(
        &house,
        &["100.00; Hausverwaltung Sauerland GmbH; verwalter; Objekt Am Markt 17 Grundbesitzabgaben 2023-4"],
        "auto 7.100001.2/2023-4=100.00",
    );
    check(
        &house,
        &["90.00; Hausverwaltung Sauerland GmbH; verwalter; Objekt Am Markt 17 Grundbesitzabgaben 2023-4"],
        "case hold 7.100001.2/2023-4 risk",
    );
}

#[test]
fn a_payers_own_account_alone_is_no_sureness() {
    let books = books(&town(&["7.100001.2 2023-4 2023-11-15 100.00; Anna Altmann; Feldweg 3; anna"]));
    for (line, least, most) in [
        // he may pay for anything
        ("77.00; Anna Altmann; anna; Rechnung", 0, 200_000),
        // not for anything, and still not surely this
        ("77.00; Anna Altmann; anna; Grundbesitzabgaben", 900_000, 990_000),
        ("100.00; Anna Altmann; anna; Grundbesitzabgaben", 999_000, 1_000_000),
    ] {
        let verdicts = match_all(&books, &[payment(1, line)], &HashMap::new());
        let sure = verdicts[0].draft.confidence.unwrap();
        assert!((least..=most).contains(&sure), "{line}: {sure}");
    }
}

#[test]
fn the_family_that_owes_exactly_this_was_meant_perhaps_whoever_is_quoted() {
    let house = town(&[
        "7.100001.2 2023-4 2023-11-15 100.00; Anna Altmann; Kirchweg 3",
        "7.200002.9 2023-4 2023-11-15 77.64; Bert Altmann; Kirchweg 3",
    ]);
    // of the same family as the quoted one, and the amount is exactly the other's
    check(
        &house,
        &["77.64; Familie Altmann; fremd; KZ 7.100001.2"],
        "case hold 7.100001.2/2023-4 hold 7.200002.9/2023-4",
    );
    check(&house, &["33.00; Familie Altmann; fremd; KZ 7.100001.2"], "auto 7.100001.2/2023-4=33.00");
}

#[test]
fn who_names_the_debtor_pays_for_him() {
    let house = town(&[
        "7.100001.2 2023-4 2023-11-15 100.00; Anna Altmann; Kirchweg 3; anna",
        "7.200002.9 2023-4 2023-11-15 100.00; Bert Bauer; Kirchweg 5; bert",
    ]);
    check(&house, &["100.00; Bert Bauer; bert; 7.100001.2 fuer Anna Altmann"], "auto 7.100001.2/2023-4=100.00");
    check(&house, &["100.00; Bert Bauer; bert; 7.100001.2"], "case hold 7.100001.2/2023-4 hold 7.200002.9/2023-4");
}

#[test]
fn a_family_name_in_the_text_and_the_amount_hold() {
    let house = town(&["7.100001.2 2023-4 2023-11-15 100.00; Anna Altmann; Kirchweg 3; anna"]);
    check(
        &house,
        &["100.00; Carl Clasen; carl; Grundbesitzabgaben fuer Vermieter Altmann"],
        "case hold 7.100001.2/2023-4",
    );
}

#[test]
fn who_prepays_his_own_may_take_the_wrong_number_too() {
    let town = town(&[
        "7.100001.2 2023-4 2023-11-15 100.00; Anna Altmann; Kirchweg 3; anna",
        "7.200002.9 2024-3 2024-08-15 64.20; Bert Bauer; Kirchweg 3; bert",
    ]);
    // Altmann's number, Bauer's name, and what only Bauer will owe
    let both = "case hold 7.100001.2/2023-4 hold 7.200002.9/2024-3";
    check(&town, &["64.20; Bert Bauer; fremd; 7.100001.2"], both);
    check(&town, &["64.20; Bert Bauer; bert; 7.100001.2"], both);
    // what nobody owes is a part payment of what is quoted
    check(&town, &["64.21; Bert Bauer; fremd; 7.100001.2"], "auto 7.100001.2/2023-4=64.21");
}

#[test]
fn who_prepays_from_his_own_account_may_take_a_number_that_owes_as_much() {
    let town = town(&[
        "7.100001.2 2023-4 2023-11-15 100.00; Anna Altmann; Kirchweg 3; anna",
        "7.200002.9 2024-3 2024-08-15 100.00; Bert Bauer; Kirchweg 3; bert",
    ]);
    let both = "case hold 7.100001.2/2023-4 hold 7.200002.9/2024-3";
    check(&town, &["100.00; Bert Bauer; bert; 7.100001.2"], both);
    // he says for whom; or only his account, or only his name, speaks for his own
    let paid = "auto 7.100001.2/2023-4=100.00";
    check(&town, &["100.00; Bert Bauer; bert; 7.100001.2 fuer Anna Altmann"], paid);
    check(&town, &["100.00; Carl Clasen; bert; 7.100001.2"], paid);
    check(&town, &["100.00; Bert Bauer; fremd; 7.100001.2"], paid);
}

#[test]
fn who_pays_by_the_old_bescheid_may_take_the_wrong_number_too() {
    // Altmann's number, with Bauer's name and account, and what Bauer owed before a list said otherwise
    let both = "case hold 7.100001.2/2023-4 hold 7.200002.9/2023-4";
    for now in ["34.78", "140.00"] {
        let bauer = format!("7.200002.9 2023-4 2023-11-15 {now}<100.00; Bert Bauer; Kirchweg 3; bert");
        let town = town(&["7.100001.2 2023-4 2023-11-15 100.00; Anna Altmann; Kirchweg 3; anna", &bauer]);
        check(&town, &["100.00; Bert Bauer; bert; 7.100001.2"], both);
    }
    // nothing that is owed now: neither under the quoted number nor under his own
    let town = town(&[
        "7.100001.2 2023-4 2023-11-15 60.00; Anna Altmann; Kirchweg 3; anna",
        "7.200002.9 2023-4 2023-11-15 150.00<148.50 50.00; Bert Bauer; Kirchweg 3; bert",
    ]);
    check(&town, &["98.50; Bert Bauer; ; 7.100001.2"], both);
}

#[test]
fn who_pays_by_the_old_bescheid_pays() {
    let town = town(&["7.100001.2 2023-4 2023-11-15 120.00<100.00; Anna Altmann; Kirchweg 3; anna"]);
    check(&town, &["100.00; Anna Altmann; anna; Grundbesitzabgaben"], "auto 7.100001.2/2023-4=100.00");
}

#[test]
fn a_doubt_holds_what_it_could_pay_whatever_becomes_of_the_others() {
    // a stranger's 100.00 could be for any of two; Altmann's rest could pay both of what he owes later
    let town = town(&[
        "7.100001.2 2023-4 2023-11-15 50.00; Anna Altmann; Kirchweg 3; anna",
        "7.100001.2 2024-2 2024-05-15 100.00; Anna Altmann; Kirchweg 3; anna",
        "7.100001.2 2024-3 2024-08-15 100.00; Anna Altmann; Kirchweg 3; anna",
    ]);
    let books = books(&town);
    let payments =
        [payment(1, "100.00; Anna Altmann; fremd; Abgaben"), payment(2, "250.00; Anna Altmann; anna; 7.100001.2")];
    let verdicts = match_all(&books, &payments, &HashMap::new());
    for verdict in verdicts.iter().filter(|verdict| verdict.draft.rest > sepa::Cents::new(10_000)) {
        let mut held: Vec<&str> = verdict.holds.iter().map(|hold| books.posten(&books.items[hold.item])).collect();
        held.sort_unstable();
        assert_eq!(held, ["2024-2", "2024-3"]);
    }
    let rests: Vec<i64> = verdicts.iter().map(|verdict| verdict.draft.rest.get()).collect();
    assert_eq!(rests, [10_000, 20_000], "{verdicts:#?}");
}
