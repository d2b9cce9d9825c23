//! The verdicts are a function of the books and the payments, whatever reads them.

use std::collections::HashMap;

use super::town::{books, payment};
use crate::books::Books;
use crate::matching::{Manner, Verdict, match_in};
use crate::payment::Payment;

/// Sixty who owe two instalments each, in threes of one family and pairs of one amount.
pub(crate) fn crowd() -> Books {
    let lines: Vec<String> = (0..60)
        .flat_map(|n| {
            let (given, family) =
                (["Anna", "Bert", "Carl"][n % 3], format!("Familie{}", (b'a' + (n / 3) as u8) as char));
            ["2023-4 2023-11-15", "2024-1 2024-02-15"].map(|item| {
                format!("P1000{n:02} {item} {}.00; {given} {family}; Kirchweg {n}; {given} {family}", 50 + n / 2)
            })
        })
        .collect();
    books(&lines)
}

/// Three payments of each kind: as quoted, a slip away, by name, by a stranger, twice, too much.
pub(crate) fn payments() -> Vec<Payment> {
    let line = |n: usize| {
        let (given, family) =
            (["Anna", "Bert", "Carl"][n % 3], format!("Familie{}", (b'a' + (n / 3 % 20) as u8) as char));
        let amount = 50 + n % 60 / 2;
        match n % 6 {
            0 => format!("{amount}.00; {given} {family}; {given} {family}; P1000{:02}", n % 60),
            1 => format!("{amount}.00; {given} {family}; anderes{n}; P1000{:02}", (n + 1) % 60),
            2 => format!("{}.00; {given} {family}; {given} {family}; Pacht", amount * 2),
            3 => format!("{amount}.00; Fremde Person; fremd; Pacht"),
            4 => format!("{amount}.00; Fremde Person; fremd; P1000{:02}", n % 60),
            _ => format!("{}.00; {given} {family}; ; P1000{:02} Kirchweg {}", amount * 3, n % 60, n % 60),
        }
    };
    (0..180).map(|n| payment(n as i64 + 1, &line(n))).collect()
}

fn verdicts(threads: usize) -> Vec<Verdict> {
    let manner = Manner { threads, ..Manner::default() };
    match_in(&crowd(), &payments(), &HashMap::new(), &manner)
}

#[test]
fn any_number_of_threads_gives_the_same_verdicts() {
    let alone = verdicts(1);
    assert_eq!(alone.len(), 180);
    let decisions = |word: &str| alone.iter().filter(|verdict| verdict.draft.decision.word() == word).count();
    assert!(decisions("auto") > 20 && decisions("case") > 20, "{} {}", decisions("auto"), decisions("case"));
    for threads in [0, 2, 3, 7, 500] {
        assert_eq!(verdicts(threads), alone, "{threads} threads");
    }
}
