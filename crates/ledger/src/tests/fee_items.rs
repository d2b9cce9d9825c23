//! Fees that are items of their own: which money pays them, and what they never do (§ 225 AO).

use std::collections::HashMap;

use proptest::prelude::*;

use super::town::{books, check, payment};
use crate::books::{Books, Class, Whose};
use crate::matching::match_all;
use crate::payment::Payment;
use crate::settle::{Reach, Rooms, settle};
use sepa::Cents;

/// Anna owes two instalments with fees and one that is not due yet; Bert one with a fee; others something else.
fn town() -> Vec<String> {
    let own = [
        "7.100001.2 2023-2+surcharge 2023-05-15 2.50; Anna Altmann; Kirchweg 3; anna",
        "7.100001.2 2023-2+costs 2023-05-15 6.00; Anna Altmann; Kirchweg 3; anna",
        "7.100001.2 2023-2 2023-05-15 100.00; Anna Altmann; Kirchweg 3; anna",
        "7.100001.2 2023-3+costs 2023-08-15 7.00; Anna Altmann; Kirchweg 3; anna",
        "7.100001.2 2023-3 2023-08-15 120.00; Anna Altmann; Kirchweg 3; anna",
        "7.100001.2 2024-2 2024-05-15 110.00; Anna Altmann; Kirchweg 3; anna",
        "7.200002.9 2023-3 2023-08-15 70.00; Bert Bauer; Kirchweg 4; bert",
        "7.200002.9 2023-3+costs 2023-08-15 5.00; Bert Bauer; Kirchweg 4; bert",
    ];
    let others = (0..200).map(|n| format!("8{n:05} 2023-4 2023-11-15 {}.13; Niemand Nr{n}", 400 + n));
    own.into_iter().map(str::to_owned).chain(others).collect()
}

/// What becomes of the last of these payments by Anna.
#[track_caller]
fn check_anna(amounts_and_texts: &[&str], expected: &str) {
    let lines: Vec<String> = amounts_and_texts
        .iter()
        .map(|line| {
            let (amount, text) = line.split_once(' ').unwrap_or((line, ""));
            format!("{amount}; Anna Altmann; anna; 7.100001.2 {text}")
        })
        .collect();
    check(&town(), &lines.iter().map(String::as_str).collect::<Vec<_>>(), expected);
}

#[test]
fn fees_are_paid_after_all_principal_that_is_due_and_costs_before_surcharges() {
    let both = "auto 7.100001.2/2023-2=100.00 7.100001.2/2023-3=120.00";
    for (payments, expected) in [
        // only the principal: the fees stay open
        (&["100.00"][..], "auto 7.100001.2/2023-2=100.00"),
        (&["220.00"], both),
        // one instalment and what was assessed on it, with another one open: principal first
        (&["106.00"], "auto 7.100001.2/2023-2=100.00 7.100001.2/2023-3=6.00"),
        (&["226.00"], &format!("{both} 7.100001.2/2023-2+costs=6.00")),
        (&["228.00"], &format!("{both} 7.100001.2/2023-2+costs=6.00 7.100001.2/2023-3+costs=2.00")),
        (
            &["235.50"],
            &format!(
                "{both} 7.100001.2/2023-2+costs=6.00 7.100001.2/2023-3+costs=7.00 7.100001.2/2023-2+surcharge=2.50"
            ),
        ),
        // the fee later
        (&["220.00", "13.00"], "auto 7.100001.2/2023-2+costs=6.00 7.100001.2/2023-3+costs=7.00"),
        // more than all that is due: never into what is not yet due
        (
            &["220.00", "20.00"],
            "case 7.100001.2/2023-2+costs=6.00 7.100001.2/2023-3+costs=7.00 7.100001.2/2023-2+surcharge=2.50 \
             hold 7.100001.2/2024-2",
        ),
        // exactly what falls due later is not poured into fees
        (&["220.00", "110.00"], "case hold 7.100001.2/2024-2"),
        (&["330.00"], &format!("{} hold 7.100001.2/2024-2", both.replace("auto", "case"))),
        // unless the payer says so
        (&["220.00", "110.00 2024-2"], "auto 7.100001.2/2024-2=110.00"),
    ] {
        check_anna(payments, expected);
    }
}

#[test]
fn a_fee_that_the_payer_names_is_paid_where_the_amount_is_exactly_it() {
    for (payment, expected) in [
        ("6.00 Mahngebühr", "auto 7.100001.2/2023-2+costs=6.00"),
        ("7.00 Mahngebuehr", "auto 7.100001.2/2023-3+costs=7.00"),
        (
            "8.50 Mahnkosten und Säumniszuschläge 2. Rate 2023",
            "auto 7.100001.2/2023-2+costs=6.00 7.100001.2/2023-2+surcharge=2.50",
        ),
        ("127.00 3. Rate 2023 und Mahngebühr", "auto 7.100001.2/2023-3=120.00 7.100001.2/2023-3+costs=7.00"),
        // speaking of a fee takes nothing from the principal
        ("120.00 3. Rate 2023 und Mahngebühr", "auto 7.100001.2/2023-3=120.00"),
        ("90.00 Rate und Mahngebühr", "auto 7.100001.2/2023-2=90.00"),
        ("6.00 Abgaben", "auto 7.100001.2/2023-2=6.00"),
    ] {
        check_anna(&[payment], expected);
    }
}

#[test]
fn an_instalment_with_its_fee_is_an_amount_that_somebody_owes() {
    for (line, expected) in [
        ("75.00; Bert Bauer; bert; Abgaben", "auto 7.200002.9/2023-3=70.00 7.200002.9/2023-3+costs=5.00"),
        ("70.00; Bert Bauer; bert; Abgaben", "auto 7.200002.9/2023-3=70.00"),
        // a stranger: the instalment is held, for a fee there is nothing to hold
        ("75.00; Fremde Person; fremd; Abgaben", "case hold 7.200002.9/2023-3"),
        (
            "301.00; Bert Bauer; bert; 7.100001.2 + 7.200002.9",
            "case hold 7.100001.2/2023-2 hold 7.100001.2/2023-3 hold 7.100001.2/2024-2 hold 7.200002.9/2023-3",
        ),
        (
            "295.00; Anna Altmann; anna; 7.100001.2 + 7.200002.9",
            "auto 7.100001.2/2023-2=100.00 7.100001.2/2023-3=120.00 7.200002.9/2023-3=70.00 7.200002.9/2023-3+costs=5.00",
        ),
    ] {
        check(&town(), &[line], expected);
    }
}

/// The place of each class of Anna's items that are due.
fn due_of(books: &Books, is_fee: bool) -> Vec<usize> {
    let own = books.items_of(0).filter(|(_, item)| books.is_due(item) && item.is_fee() == is_fee);
    own.map(|(place, _)| place).collect()
}

proptest! {
    #[test]
    fn every_cent_has_its_place_and_no_fee_comes_before_principal(
        paid in 0_i64..30_000, then in 1_i64..40_000, all in any::<bool>(),
    ) {
        let books = books(&town());
        let mut rooms = Rooms::new(&books);
        let (before, _) = settle(&books, &rooms, 0, Whose::Only, Cents::new(paid), &[], Reach::Due);
        before.iter().for_each(|part| rooms.take(&books, *part));
        let reach = if all { Reach::All } else { Reach::Due };
        let (parts, rest) = settle(&books, &rooms, 0, Whose::Only, Cents::new(then), &[], reach);
        let placed: i64 = parts.iter().map(|part| part.amount.get()).sum();
        prop_assert_eq!(placed + rest.get(), then);
        parts.iter().for_each(|part| rooms.take(&books, *part));
        let pays_fee = parts.iter().any(|part| books.items[part.item].is_fee());
        prop_assert!(!pays_fee || reach == Reach::Due, "nobody collects a fee: there is nothing to hold");
        let open = |places: Vec<usize>| places.into_iter().any(|place| rooms.of(place).is_positive());
        prop_assert!(!pays_fee || !open(due_of(&books, false)), "{:?}", parts);
        let costs_open = books.items_of(0).any(|(place, item)| item.class == Class::Costs && rooms.of(place).is_positive());
        let pays_surcharge = parts.iter().any(|part| books.items[part.item].class == Class::Surcharge);
        prop_assert!(!pays_surcharge || !costs_open, "{:?}", parts);
        let early = parts.iter().any(|part| !books.is_due(&books.items[part.item]));
        prop_assert!(!early || reach == Reach::All, "{:?}", parts);
    }

    #[test]
    fn no_fee_is_ever_held(amounts in prop::collection::vec(1_i64..40_000, 1..6), quoted in any::<bool>()) {
        let books = books(&town());
        let reference = if quoted { "7.100001.2" } else { "7.10001.2" };
        let payments: Vec<Payment> = (1..)
            .zip(amounts)
            .map(|(id, cents)| payment(id, &format!("{}.{:02}; Anna A; fremd; {reference} Abgaben", cents / 100, cents % 100)))
            .collect();
        for verdict in match_all(&books, &payments, &HashMap::new()) {
            prop_assert!(verdict.holds.iter().all(|hold| !books.items[hold.item].is_fee()));
            let placed: i64 = verdict.draft.parts.iter().map(|part| part.amount.get()).sum();
            let came = payments.iter().find(|payment| payment.id == verdict.payment).map_or(0, |payment| payment.amount.get());
            prop_assert_eq!(placed + verdict.draft.rest.get(), came);
        }
    }
}
