//! What holds of every verdict, whatever was drawn.

use std::collections::HashMap;

use proptest::prelude::*;

use super::town::{books, payment};
use crate::books::Books;
use crate::decide::Decision;
use crate::matching::match_all;
use crate::payment::Payment;
use sepa::Cents;

/// Twelve who owe three instalments each, some of one family, amounts that differ by cents.
fn crowd() -> Books {
    let lines: Vec<String> = (0..12)
        .flat_map(|n| {
            ["2023-4 2023-11-15", "2024-1 2024-02-15", "2024-2 2024-05-15"].into_iter().zip(0..).map(
                move |(item, part)| {
                    let cents = 5_000 + n / 3 * 700 + part;
                    let name = format!("Anna Altmann{}", (b'a' + n as u8 / 2) as char);
                    format!("P1000{n:02} {item} {}.{:02}; {name}; Kirchweg {n}; {name}", cents / 100, cents % 100)
                },
            )
        })
        .collect();
    books(&lines)
}

/// A payment that quotes up to three Kassenzeichen, with or without an instalment, slips and other words.
fn drawn() -> impl Strategy<Value = (i64, usize, Vec<usize>, &'static str, bool)> {
    let words = prop::sample::select(vec!["", " 2024-1", " 4. Rate 2023", " Kita", " Danke", " Kirchweg 3"]);
    let amount = prop_oneof![Just(5_000_i64), Just(5_001), Just(10_001), Just(15_003), Just(10_700), 1..40_000_i64];
    (amount, 0_usize..14, prop::collection::vec(0_usize..13, 0..4), words, any::<bool>())
}

fn letters(drawn: &[(i64, usize, Vec<usize>, &'static str, bool)]) -> Vec<Payment> {
    (1..)
        .zip(drawn)
        .map(|(id, (cents, payer, quoted, words, own))| {
            let name = format!("Anna Altmann{}", (b'a' + *payer as u8 / 2) as char);
            let references: Vec<String> = quoted.iter().map(|n| format!("P1000{n:02}")).collect();
            let account = if *own { name.as_str() } else { "fremd" };
            let text = format!("{}{words}", references.join(", "));
            payment(id, &format!("{}.{:02}; {name}; {account}; {text}", cents / 100, cents % 100))
        })
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn no_cent_is_lost_or_made(drawn in prop::collection::vec(drawn(), 1..12)) {
        let (books, payments) = (crowd(), letters(&drawn));
        let mut paid: HashMap<usize, i64> = HashMap::new();
        for (payment, verdict) in payments.iter().zip(match_all(&books, &payments, &HashMap::new())) {
            let draft = verdict.draft;
            let placed: i64 = draft.parts.iter().map(|part| part.amount.get()).sum();
            prop_assert_eq!(placed + draft.rest.get(), payment.amount.get(), "{:?}", payment);
            prop_assert!(draft.decision != Decision::Auto || draft.rest == Cents::ZERO, "{:?}", payment);
            prop_assert!(draft.parts.iter().all(|part| part.amount.is_positive()), "{:?}", payment);
            draft.parts.iter().for_each(|part| *paid.entry(part.item).or_default() += part.amount.get());
        }
        for (item, cents) in paid {
            prop_assert!(cents <= books.items[item].amount.get(), "more than is owed for {}", item);
        }
    }
}
