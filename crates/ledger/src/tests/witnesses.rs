//! What names whom a payment is for beside payer and text: the ultimate debtor, further references, a mandate's reference.

use std::collections::HashMap;

use super::town::{books, outcome, payment};
use crate::matching::match_all;
use crate::payment::{Beside, Payment};

/// Anna among thirty who owe as much, and who pays what her neighbours owe too.
fn flat_rate() -> Vec<String> {
    let others = (0..30)
        .map(|number| format!("H{number:03} 2023-4 2023-11-15 100.00; Wer{} Sonst; Weg {number}", "x".repeat(number)));
    let anna = "7.100001.2 2023-4 2023-11-15 100.00; Anna Altmann; Feldweg 3; anna".to_owned();
    let bert = "7.200002.9 2023-4 2023-11-15 70.00; Bert Bauer; Kirchweg 4; bert".to_owned();
    let strangers = (0..500).map(|n| format!("8{n:05} 2023-4 2023-11-15 {}.13; Niemand Nr{n}", 400 + n));
    [anna, bert].into_iter().chain(others).chain(strangers).collect()
}

#[test]
fn what_stands_beside_the_text_names_whom_it_is_for() {
    let books = books(&flat_rate());
    let check = |payment: Payment, expected: &str| {
        let verdicts = match_all(&books, std::slice::from_ref(&payment), &HashMap::new());
        assert_eq!(outcome(&books, &verdicts[0]), expected, "{payment:?}");
    };
    let beside = |line: &str, beside: Beside| Payment { beside, ..payment(1, line) };
    let son = "100.00; Peter Fremd; fremd; Abgaben";
    let ultimate_debtor = Some("ALTMANN, ANNA".to_owned());
    check(beside(son, Beside { ultimate_debtor, ..Beside::default() }), "case hold 7.100001.2/2023-4");
    let instruction = Some("71000012".to_owned());
    check(beside(son, Beside { instruction, ..Beside::default() }), "auto 7.100001.2/2023-4=100.00");
    let references = vec!["7.100001.2".to_owned()];
    check(beside(son, Beside { references, ..Beside::default() }), "auto 7.100001.2/2023-4=100.00");
    let references = vec!["71000012".to_owned(), "72000029".to_owned()];
    let both = beside("170.00; Hausverwaltung Sauer GmbH; sauer; ", Beside { references, ..Beside::default() });
    check(both, "auto 7.100001.2/2023-4=100.00 7.200002.9/2023-4=70.00");
}

#[test]
fn the_reference_of_a_mandate_names_what_it_serves() {
    let books = books(&flat_rate());
    for (line, expected) in [
        ("100.00; Lisa Fremd; fremd; Abgaben Mandat lsa2015000777", "case hold 7.100001.2/2023-4"),
        (
            "100.00; Lisa Fremd; fremd; EREF+NOTPROVIDED MREF+LSA-2015-000777 CRED+DE98ZZZ09999999999",
            "case hold 7.100001.2/2023-4",
        ),
        // whatever the amount, and whatever the words
        ("55.00; Lisa Fremd; fremd; LSA-2015-000777", "case hold 7.100001.2/2023-4"),
        // another one's: nothing is said of her
        ("70.00; Bert Bauer; bert; Grundbesitzabgaben 7.200002.9 LSA-2015-000777", "auto 7.200002.9/2023-4=70.00"),
    ] {
        let verdicts = match_all(&books, &[payment(1, line)], &HashMap::new());
        assert_eq!(outcome(&books, &verdicts[0]), expected, "{line}");
    }
    let named =
        Payment { mandate: Some("lsa-2015-000777".to_owned()), ..payment(1, "100.00; Lisa Fremd; fremd; Abgaben") };
    let verdicts = match_all(&books, &[named], &HashMap::new());
    assert_eq!(outcome(&books, &verdicts[0]), "case hold 7.100001.2/2023-4");
}
