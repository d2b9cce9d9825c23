//! Laws that hold for every text and every known reference.

use kassenzeichen::{Message, Slip, Spelling, canonical};
use proptest::prelude::*;
use proptest::sample::{Index, select};

use crate::{KNOWN, directory};

const WORDS: [&str; 8] = [
    "Grundbesitzabgaben",
    "Müller",
    "Kassenzeichen",
    "Hauptstr. 5",
    "vom 15.11.2023",
    "4. Rate 2023",
    "EUR 48,50",
    "danke",
];

fn message(remittance: &str) -> Message<'_> {
    Message { remittance, ..Message::default() }
}

/// Texts made of what references, dates and amounts are made of.
fn soup() -> impl Strategy<Value = String> {
    let pieces = prop_oneof![
        4 => "[0-9]{1,13}",
        4 => select(vec![" ", ".", "-", "/", ",", "\n", ":", "+", ""]).prop_map(str::to_owned),
        2 => select(KNOWN.to_vec()).prop_map(|(_, printed)| printed.to_owned()),
        1 => select(vec!["P", "O", "l", "EUR", "DE", "Tel. ", "Rechnung ", "RF", "Q", "I", "|"]).prop_map(str::to_owned),
        1 => select(WORDS.to_vec()).prop_map(str::to_owned),
        1 => any::<char>().prop_map(String::from),
    ];
    prop::collection::vec(pieces, 0..14).prop_map(|pieces| pieces.concat())
}

/// The known references of long schemes: their digits may be cut anywhere.
fn long() -> impl Strategy<Value = &'static str> {
    select(vec!["5.0100.123456.3", "5.0100.001234.1", "5.0100.700000.0", "88.123456.29", "2100.0004711"])
}

fn without_zeros(text: &str) -> String {
    text.chars().filter(|c| *c != '0').collect()
}

/// Is `written` one slip of this kind away from `known`?
fn is_slip(known: &str, written: &str, slip: Slip) -> bool {
    let (known, written): (Vec<char>, Vec<char>) = (known.chars().collect(), written.chars().collect());
    let without = |text: &[char], at: usize| [&text[..at], &text[at + 1..]].concat();
    match slip {
        Slip::Changed => {
            known.len() == written.len() && known.iter().zip(&written).filter(|(one, other)| one != other).count() == 1
        }
        Slip::Swapped => (1..known.len()).any(|at| {
            let mut swapped = known.clone();
            swapped.swap(at - 1, at);
            swapped == written
        }),
        Slip::Lost => (0..known.len()).any(|at| without(&known, at) == written),
        Slip::Added => (0..written.len()).any(|at| without(&written, at) == known),
    }
}

proptest! {
    #[test]
    fn no_text_is_too_odd(text in any::<String>(), other in soup()) {
        for text in [text, other] {
            let findings = directory().find(&Message { counterparty: Some(&text), additional: Some(&text), ..message(&text) });
            for found in &findings.found {
                prop_assert_eq!(text.get(found.span.clone()), Some(found.written.as_str()));
            }
            for unknown in &findings.unknown {
                prop_assert_eq!(text.get(unknown.span.clone()), Some(unknown.written.as_str()));
            }
            let _ = directory().by_spelling(&text);
        }
    }

    #[test]
    fn what_is_found_is_written(text in soup()) {
        let directory = directory();
        for found in directory.find(&message(&text)).found {
            let (known, written) = (canonical(directory.printed(found.reference)), canonical(&found.written));
            let holds = match found.spelling {
                Spelling::Exact => known == written,
                Spelling::LostZeros => without_zeros(&known) == without_zeros(&written),
                Spelling::Partial => known.ends_with(&written),
                Spelling::LookAlike => true,
                Spelling::Near(slip) => is_slip(&known, &written, slip),
            };
            prop_assert!(holds, "{:?} is not {}", found, known);
        }
    }

    #[test]
    fn findings_are_in_order_and_once_at_a_place(text in soup()) {
        let found = directory().find(&message(&text)).found;
        let order = |at: usize| (found[at].span.start, found[at].span.end, found[at].spelling, found[at].reference);
        for one in 0..found.len() {
            for other in one + 1..found.len() {
                prop_assert!(order(one) < order(other));
                let is_apart = found[one].span.end <= found[other].span.start;
                prop_assert!(found[one].reference != found[other].reference || is_apart, "{:?}", found);
            }
        }
    }

    #[test]
    fn a_known_reference_is_found_however_it_is_cut(
        printed in long(),
        separators in prop::collection::vec(select(vec!["", "", "", " ", ".", "-", "/", "\n", "?", " \n"]), 24),
        before in select(WORDS.to_vec()),
        after in select(WORDS.to_vec()),
    ) {
        let mut text = format!("{before} ");
        let start = text.len();
        for (at, (c, separator)) in canonical(printed).chars().zip(&separators).enumerate() {
            text.push_str(if at > 0 { separator } else { "" });
            text.push(c);
        }
        let end = text.len();
        text.push_str(&format!(" {after}"));
        let directory = directory();
        let exact = directory.find(&message(&text)).found.into_iter().filter(|found| found.spelling == Spelling::Exact);
        let exact: Vec<_> = exact.collect();
        prop_assert_eq!(exact.len(), 1, "{:?} in {:?}", &exact, &text);
        prop_assert_eq!(directory.printed(exact[0].reference), printed);
        prop_assert!(exact[0].span.start >= start && exact[0].span.end <= end);
    }

    #[test]
    fn a_known_reference_is_found_glued_to_words_and_cut_once(
        printed in select(KNOWN[..15].to_vec()),
        is_bare in any::<bool>(),
        is_lower in any::<bool>(),
        before in select(vec!["", "KZ ", "KZ:", "SVWZ+", "Hund (", "Müller,", "Kassenzeichen", "zu-"]),
        after in select(vec!["", " Grundsteuer", "Grundsteuer", ")", "; danke", "\nfuer Oma", " 2023-4", " 4. Rate", "."]),
        cut in select(vec!["", "\n", " ", " \n"]),
        at in any::<Index>(),
    ) {
        let mut written = if is_bare { canonical(printed.1) } else { printed.1.to_owned() };
        if is_lower {
            written = written.to_lowercase();
        }
        written.insert_str(at.index(written.len()), cut);
        let is_letter_glued = printed.1.starts_with('P') && before.ends_with(char::is_alphabetic);
        let text = format!("{before}{}{written}{after}", if is_letter_glued { " " } else { "" });
        let directory = directory();
        let exact = directory.find(&message(&text)).found.into_iter().filter(|found| found.spelling == Spelling::Exact);
        let exact: Vec<_> = exact.map(|found| directory.printed(found.reference).to_owned()).collect();
        prop_assert_eq!(exact, vec![printed.1.to_owned()], "{:?}", text);
    }

    #[test]
    fn one_slip_in_a_printed_reference_is_found(
        printed in select(KNOWN[..15].to_vec()),
        at in any::<Index>(),
        by in 1_u32..10,
        kind in 0..4,
    ) {
        let mut symbols: Vec<char> = printed.1.chars().collect();
        let digits: Vec<usize> = (0..symbols.len()).filter(|at| symbols[*at].is_ascii_digit()).collect();
        let at = *at.get(&digits);
        match kind {
            0 => symbols[at] = char::from_digit((symbols[at].to_digit(10).unwrap() + by) % 10, 10).unwrap(),
            1 => symbols.insert(at, char::from_digit(by, 10).unwrap()),
            2 => drop(symbols.remove(at)),
            _ => {
                let next = digits.iter().copied().find(|next| *next > at).unwrap_or(at);
                symbols.swap(at, next);
            }
        }
        let text = format!("Kassenzeichen {} Müller", symbols.into_iter().collect::<String>());
        let directory = directory();
        let findings = directory.find(&message(&text));
        let is_named = findings.found.iter().any(|found| directory.printed(found.reference) == printed.1);
        let is_neighbour = findings.found.iter().any(|found| found.spelling == Spelling::Exact);
        prop_assert!(is_named || is_neighbour, "{} {:?}", text, findings);
    }

    #[test]
    fn another_number_is_not_found(number in "[0-9]{3,16}", word in select(WORDS.to_vec())) {
        let directory = directory();
        let text = format!("{word} {number} {word}");
        let is_known = KNOWN.iter().any(|(_, printed)| {
            let known = canonical(printed);
            known.len() >= number.len() && without_zeros(&known).contains(&without_zeros(&number))
        });
        prop_assume!(!is_known);
        for found in directory.find(&message(&text)).found {
            prop_assert!(matches!(found.spelling, Spelling::Near(_) | Spelling::Partial), "{:?}", found);
        }
    }
}
