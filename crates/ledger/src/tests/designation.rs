//! The payer says for whom, or for what (§ 225 (1) AO): what the text tells against the payer's own account and a fitting amount.
//!
//! Each test is a class of payments in which account and amount alone would post to the wrong one.

use super::town::check;

/// Two who owe the same, one with a dog of a flat rate, relatives, and five hundred others.
fn town() -> Vec<String> {
    let lines = [
        "7.100001.2 2023-4 2023-11-15 160.00; Anna Altmann; Kirchweg 3; anna",
        "7.100001.2 2024-1 2024-02-15 160.00; Anna Altmann; Kirchweg 3; anna",
        "7.100002.0 2023-4 2023-11-15 160.00; Bert Bauer; Kirchweg 5; bert",
        "7.100003.8 2023-4 2023-11-15 160.00; Erna Altmann; Feldweg 1; erna",
        "9100001 2023 2023-11-15 96.00; Carl Clasen; Alter Friedhof 7; carl",
        "7.100004.6 2023-4 2023-11-15 185.20; Dora Dahl; Parkstraße 9; dora",
        "9100002 2023 2023-11-15 60.00; Dora Dahl; Parkstraße 9; dora",
    ];
    let others = (0..500).map(|n| format!("8{n:05} 2023-4 2023-11-15 {}.13; Niemand Nr{n}", 400 + n));
    let equal = (0..5).map(|n| format!("7{n:05} 2023-4 2023-11-15 160.00; Gleich Viel{}", "x".repeat(n)));
    lines.iter().map(|line| (*line).to_owned()).chain(others).chain(equal).collect()
}

#[test]
fn who_names_another_debtor_does_not_pay_for_himself() {
    for text in ["Grundbesitzabgaben fuer Bert Bauer", "Abgaben meine Tante Erna Altmann", "Abgaben Objekt Kirchweg 5"]
    {
        // Erna has his family's name, and owes as much
        let who = if text.contains("Erna") { "" } else { "hold 7.100002.0/2023-4 " };
        let expected = format!("case hold 7.100001.2/2023-4 {who}hold 7.100003.8/2023-4");
        let (town, line) = (town(), format!("160.00; Anna Altmann; anna; {text}"));
        check(&town, &[&line], &expected);
    }
    check(&town(), &["160.00; Anna Altmann; anna; Abgaben Kirchweg 3"], "auto 7.100001.2/2023-4=160.00");
    check(&town(), &["160.00; Anna Altmann; anna; Grundbesitzabgaben Anna Altmann"], "auto 7.100001.2/2023-4=160.00");
}

#[test]
fn two_of_ones_own_and_somebody_else_in_the_text() {
    let both = "case hold 7.100001.2/2023-4 hold 7.100001.2/2024-1";
    for (text, expected) in [
        ("7.100001.2 Neffe Bert Bauer", "case hold 7.100001.2/2023-4 hold 7.100002.0/2023-4".to_owned()),
        ("7.100001.2 u. Mutter", format!("{both} hold 7.100003.8/2023-4 risk")),
        (
            "7.100001.2 und E. Altmann",
            "case hold 7.100001.2/2023-4 hold 7.100001.2/2024-1 hold 7.100003.8/2023-4".to_owned(),
        ),
        ("7.100001.2 und Erna", "case hold 7.100001.2/2023-4 hold 7.100001.2/2024-1 hold 7.100003.8/2023-4".to_owned()),
        ("7.100001.2 fuer uns beide", format!("{both} hold 7.100003.8/2023-4 risk")),
        // a second number that is none
        ("7.100001.2 und 7.100009.5", format!("{both} hold 7.100003.8/2023-4 risk")),
        ("7.100001.2 fuer IV/23 und fuer I/24", "auto 7.100001.2/2023-4=160.00 7.100001.2/2024-1=160.00".to_owned()),
        ("7.100001.2 Grundsteuer und Abwasser", "auto 7.100001.2/2023-4=160.00 7.100001.2/2024-1=160.00".to_owned()),
    ] {
        check(&town(), &[&format!("320.00; Anna Altmann; anna; {text}")], &expected);
    }
}

#[test]
fn a_part_beside_somebody_elses_name_is_not_all_for_the_number() {
    let both = "case hold 7.100001.2/2023-4 hold 7.100002.0/2023-4 risk";
    check(&town(), &["150.00; Anna Altmann; anna; 7.100001.2 sowie Bert Bauer"], both);
    check(&town(), &["150.00; Anna Altmann; anna; 7.100001.2 Abschlag"], "auto 7.100001.2/2023-4=150.00");
}

#[test]
fn a_firm_of_a_long_name_is_heard_beside_the_number() {
    let firm = "7.100005.3 2023-4 2023-11-15 77.40; Holzhandel Schulz GmbH & Co. KG; Werkweg 1; holz";
    let owed: Vec<String> = town().into_iter().chain([firm.to_owned()]).collect();
    let line = "237.40; Anna Altmann; anna; 7.100001.2 und Holzhandel Schulz GmbH & Co. KG";
    let all = "case hold 7.100001.2/2023-4 hold 7.100005.3/2023-4";
    check(&owed, &[line], all);
    // with what is said of his own levies nothing is said of others
    let both = "auto 7.100001.2/2023-4=160.00 7.100001.2/2024-1=160.00";
    check(&owed, &["320.00; Anna Altmann; anna; 7.100001.2 Grundsteuer und Abgaben"], both);
}

#[test]
fn what_is_paid_for_decides_not_the_account() {
    for text in [
        "Abschlag Wasser Stadtwerke",
        "2. Rate Zeltlager Ameland",
        "Quartal 2 Turnverein",
        "Grundsteuer B Schrebergarten",
        "Kassenzeichen 99.1234 Sondernutzung",
        "KZ 7.100009.5 Erschliessungsbeitrag",
        "Teilnahmegebuehr Clasen",
    ] {
        check(&town(), &[&format!("96.00; Carl Clasen; carl; {text}")], "case hold 9100001/2023");
    }
    for text in ["Hundesteuer", "2. Rate 2023", "Carl Clasen", "", "Steuern"] {
        check(&town(), &[&format!("96.00; Carl Clasen; carl; {text}")], "auto 9100001/2023=96.00");
    }
}

#[test]
fn a_place_or_a_levy_beside_it_is_no_other_money() {
    for text in ["Steuern Alter Friedhof 7", "Abgaben (Miete Schulz)", "Alter Friedhof 7"] {
        check(&town(), &[&format!("88.00; Carl Clasen; carl; {text}")], "case hold 9100001/2023");
    }
    check(&town(), &["88.00; Carl Clasen; carl; Friedhof Grabpflege"], "other");
    // a quarter under two numbers
    check(&town(), &["245.20; Dora Dahl; dora; Stellplatz Quartal"], "case hold 7.100004.6/2023-4 hold 9100002/2023");
}

#[test]
fn what_is_left_of_a_payment_does_not_tell_whom_it_was_for() {
    use super::town::{books, outcome, payment};
    use crate::matching::match_all;
    use crate::payment::Payment;
    let books = books(&town());
    for (line, expected) in [
        ("80.00; Carl Clasen; carl; 7.100002.0", "case hold 7.100002.0/2023-4 hold 9100001/2023"),
        ("80.00; Bert Bauer; bert; 7.100002.0", "auto 7.100002.0/2023-4=80.00"),
        // she owes under another number too, and a slip between her two numbers looks like this
        ("80.00; Dora Dahl; dora; 7.100004.6", "case hold 7.100004.6/2023-4 hold 9100002/2023"),
    ] {
        let left = Payment { is_rest: true, ..payment(1, line) };
        let verdicts = match_all(&books, &[left], &std::collections::HashMap::new());
        assert_eq!(outcome(&books, &verdicts[0]), expected, "{line}");
    }
}
