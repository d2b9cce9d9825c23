//! The first thing that a clerk reads of a payment names the Kassenzeichen and the amounts.

use std::collections::HashMap;

use super::town::{books, payment};
use crate::matching::match_all;

/// Some who are easily taken for each other, and three hundred who owe something else.
fn town() -> Vec<String> {
    let others = (0..300).map(|n| format!("8{n:05} 2023-4 2023-11-15 {}.13; Niemand Nr{n}", 400 + n));
    let alike = (0..40).map(|n| format!("9{n:05} 2023-4 2023-11-15 54.00; Jedermann Nr{n}"));
    [
        "7.100001.2 2023-4 2023-11-15 100.00; Anna Altmann; Kirchweg 3; anna",
        "7.100001.2 2024-2 2024-05-15 100.00; Anna Altmann; Kirchweg 3; anna",
        "7.200002.9 2023-4 2023-11-15 222.22; Bert Bauer; Am Markt 1; bert",
        "7.300003.6 2023-4 2023-11-15 75.00; Dora Dahl; Kirchweg 5; dora",
        "P100042 2023-4 2023-11-15 75.00; Dora Dahl; Kirchweg 5",
        "P100061 2023-4 2023-11-15 81.00; Emil Engel; Hof 7; emil",
        "P100071 2023-4 2023-11-15 82.00; Fritz Engel; Hof 8; fritz",
        "95555 2023-4 2023-11-15 54.00; Gerda Gross; Talweg 9",
    ]
    .into_iter()
    .map(str::to_owned)
    .chain(others)
    .chain(alike)
    .collect()
}

#[track_caller]
fn check(lines: &[&str], expected: &str) {
    let books = books(&town());
    let payments: Vec<_> = (1..).zip(lines).map(|(id, line)| payment(id, line)).collect();
    let verdicts = match_all(&books, &payments, &HashMap::new());
    let draft = &verdicts.last().unwrap().draft;
    assert_eq!(format!("{}: {}", draft.decision.word(), draft.because(&books)), expected, "{lines:?}");
}

#[test]
fn what_was_posted_says_where_and_why() {
    check(&["100.00; Anna Altmann; anna; 7.100001.2"], "auto: 7.100001.2 is quoted, and nothing speaks against it");
    check(
        &["322.22; Anna Altmann; anna; 7.100001.2 und 7.200002.9"],
        "auto: 7.100001.2 and 7.200002.9 are quoted, and 322.22 EUR divides among them in one way only",
    );
    check(
        &["100.00; Anna Altmann; anna; 7.100010.2"],
        "auto: nearly 7.100001.2 is quoted, the payer's account, the payer's name and the amount agree, and no other comes near",
    );
    check(
        &["100.00; Anna Altmann; anna; Grundbesitzabgaben"],
        "auto: the payer's account, the payer's name and the amount speak for 7.100001.2, and no other comes near",
    );
}

#[test]
fn a_doubt_names_what_it_is_between() {
    check(
        &["150.00; Anna Altmann; anna; 7.100001.2"],
        "case: 150.00 EUR came in for 7.100001.2, where only 100.00 EUR was due: 50.00 EUR of 150.00 EUR is left over",
    );
    check(
        &["100.00; Anna Altmann; anna; 7.100001.2", "100.00; Anna Altmann; anna; 7.100001.2"],
        "case: 100.00 EUR came in for 7.100001.2, where nothing is due any more",
    );
    check(
        &["222.22; Bert Bauer; bert; 7.100001.2"],
        "case: 7.100001.2 is quoted, but 222.22 EUR is not due there, and the payer's account, the payer's name and the amount speak for 7.200002.9",
    );
    check(
        &["200.00; Anna Altmann; anna; 7.100001.2 und 7.200002.9"],
        "case: 7.100001.2 and 7.200002.9 are quoted, and it is not plain which whole instalments of each 200.00 EUR is to pay",
    );
    check(
        &["105.00; Anna Altmann; fremd; 7.100010.2"],
        "case: nearly 7.100001.2 is quoted, but 105.00 EUR is not what is due there",
    );
    check(
        &["100.00; Fremde Person; fremd; 7.100010.2"],
        "case: nearly 7.100001.2 is quoted, but neither the payer's account nor his name speaks for it",
    );
    check(
        &["54.00; Gerda Gross; fremd; 7.100010.2"],
        "case: nearly 7.100001.2 is quoted, but the payer's name and the amount speak for 95555",
    );
    check(
        &["75.00; Dora Dahl; fremd; Abgaben"],
        "case: the same debtor owes 75.00 EUR under P100042 and under 7.300003.6, and neither is quoted",
    );
    check(
        &["33.00; Fremde Person; fremd; P100042"],
        "case: P100042 is quoted, but 33.00 EUR is not due there, the payer is not known there, and the number has no check digit that would show a slip",
    );
    check(
        &["54.00; Gerda Gross; fremd; Abgaben"],
        "case: no known Kassenzeichen is quoted; the payer's name and the amount speak for 95555, but 40 others owe 54.00 EUR too",
    );
    check(
        &["54.00; Fremde Person; fremd; Abgaben"],
        "case: no known Kassenzeichen is quoted, and neither payer nor amount tells whom 54.00 EUR is for",
    );
    check(
        &["100.00; Fremde Person; fremd; Grundbesitzabgaben"],
        "case: no known Kassenzeichen is quoted; the amount speaks for 7.100001.2, but neither the payer's account nor his name speaks for it",
    );
    check(
        &["222.22; Bert Bauer; anna; Kita Beitrag"],
        "case: the text speaks of \"kita\", but the payer's name and the amount speak for 7.200002.9",
    );
    check(
        &["81.00; Fremde Person; fremd; P100051"],
        "case: what is quoted is no known Kassenzeichen and could be P100061 or P100071; as to P100061, neither the payer's account nor his name speaks for it",
    );
    check(
        &["17.00; Fremde Person; fremd; Grundbesitzabgaben"],
        "case: no known Kassenzeichen is quoted, and neither payer nor amount tells whom 17.00 EUR is for",
    );
}
