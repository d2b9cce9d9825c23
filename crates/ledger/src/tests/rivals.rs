//! Each rival is told apart from the one that was chosen.

use std::collections::HashMap;

use super::town::{books, payment};
use crate::matching::match_all;

#[track_caller]
fn check(line: &str, expected: &[(&str, &str)]) {
    let others = (0..200).map(|n| format!("8{n:05} 2023-4 2023-11-15 {}.13; Niemand Nr{n}", 400 + n));
    let town: Vec<String> = [
        "7.100001.2 2023-4 2023-11-15 100.00; Anna Altmann; Kirchweg 3; anna",
        "7.200002.9 2023-4 2023-11-15 100.00; Anna Altmann; Am Markt 1; annas zweites",
        "P100042 2023-4 2023-11-15 60.00; Anna Altmann; Kirchweg 4",
        "7.300003.6 2023-4 2023-11-15 75.00; Dora Dahl; Kirchweg 5; dora",
    ]
    .into_iter()
    .map(str::to_owned)
    .chain(others)
    .collect();
    let books = books(&town);
    let verdicts = match_all(&books, &[payment(1, line)], &HashMap::new());
    let rivals: Vec<(String, String)> = verdicts[0]
        .draft
        .rivals()
        .map(|(rival, why)| (books.account(rival.account).unwrap().kassenzeichen.to_owned(), why))
        .collect();
    let rivals: Vec<(&str, &str)> = rivals.iter().map(|(kz, why)| (kz.as_str(), why.as_str())).collect();
    assert_eq!(rivals, expected, "{line}");
}

#[test]
fn every_rival_is_told_why_it_lost() {
    check("100.00; Anna Altmann; anna; 7.100001.2", &[]);
    check(
        "100.00; Anna Altmann; anna; Grundbesitzabgaben Kirchweg 3",
        &[
            (
                "7.200002.9",
                "the payer's account is the mandate's of another Kassenzeichen and its address is not in the text",
            ),
            (
                "P100042",
                "the amount is not due there, the payer's account is the mandate's of another Kassenzeichen and another levy is named",
            ),
        ],
    );
    check("60.00; Fremde Person; fremd; 7.300003.6", &[("P100042", "another Kassenzeichen is quoted")]);
}
