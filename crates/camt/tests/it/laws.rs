//! Laws that hold for any statement, however it is written down.

use camt::{Limits, Part, StatementReader};
use proptest::prelude::*;

use crate::show::{parts, show};

const DAY: &str = include_str!("../data/day_08.xml");

/// The day's tags and texts, one after the other.
fn pieces() -> Vec<&'static str> {
    let mut pieces = Vec::new();
    let mut rest = DAY;
    while let Some((text, after)) = rest.split_once('<') {
        let mark = if after.starts_with("![CDATA[") { "]]>" } else { ">" };
        let end = after.find(mark).unwrap() + mark.len();
        let (tag, next) = rest.split_at(text.len()).1.split_at(1 + end);
        pieces.extend([text, tag]);
        rest = next;
    }
    pieces
}

/// The day with another prefix, and `space` between elements.
fn written(prefix: &str, spaces: &[String]) -> String {
    let mut spaces = spaces.iter().cycle();
    let mut out = String::new();
    for piece in pieces() {
        let name = piece.strip_prefix("</").or(piece.strip_prefix('<'));
        match name.filter(|name| !prefix.is_empty() && name.starts_with(|c: char| c.is_ascii_alphabetic())) {
            Some(name) => {
                let slash = if piece.starts_with("</") { "</" } else { "<" };
                out += &format!("{slash}{prefix}:{}", name.replace("xmlns=", &format!("xmlns:{prefix}=")));
            }
            None if piece.trim().is_empty() && out.contains("<Document") => out += spaces.next().unwrap(),
            None if piece.trim().is_empty() => {}
            None => out += piece,
        }
    }
    out
}

proptest! {
    #[test]
    fn prefix_and_space_do_not_matter(prefix in "([a-z][a-z0-9_.-]{0,8})?", spaces in prop::collection::vec("[ \t\r\n]{0,4}", 1..9)) {
        prop_assert_eq!(show(written(&prefix, &spaces).as_bytes()), include_str!("../data/day.txt"));
    }

    #[test]
    fn the_size_of_reads_does_not_matter(size in 1_usize..200) {
        let input = std::io::BufReader::with_capacity(size, DAY.as_bytes());
        let mut reader = StatementReader::new(input, &Limits::default());
        let read: Vec<Part> = std::iter::from_fn(|| reader.next_part().unwrap()).collect();
        prop_assert_eq!(read, parts(DAY.as_bytes()).unwrap());
    }

    #[test]
    fn attributes_in_any_order(order in Just(vec!["Ccy='EUR'", "a='1'", "b='\"2\"'", "xmlns:z='urn:z'"]).prop_shuffle()) {
        let input = DAY.replace("Ccy=\"EUR\"", &order.join(" "));
        prop_assert_eq!(show(input.as_bytes()), include_str!("../data/day.txt"));
    }

    #[test]
    fn a_file_cut_off_is_never_a_statement(cut in 0_usize..DAY.len() - 2) {
        let cut = (0..=cut).rev().find(|at| DAY.is_char_boundary(*at)).unwrap();
        prop_assert!(parts(&DAY.as_bytes()[..cut]).is_err());
    }

    #[test]
    fn damaged_bytes_never_panic(at in 0_usize..DAY.len(), bytes in prop::collection::vec(any::<u8>(), 0..6)) {
        let mut input = DAY.as_bytes().to_vec();
        input.splice(at..(at + bytes.len()).min(DAY.len()), bytes);
        let _ = parts(&input);
    }

    #[test]
    fn any_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = parts(&bytes);
        let _ = camt::looks_like(&bytes);
    }

    #[test]
    fn details_that_sum_to_their_entry_have_no_finding(cents in prop::collection::vec(0_i64..1_000_000, 1..20)) {
        let amount = |cents: i64| format!("<Amt Ccy='EUR'>{}.{:02}</Amt><CdtDbtInd>DBIT</CdtDbtInd>", cents / 100, cents % 100);
        let details: String = cents.iter().map(|cents| format!("<TxDtls>{}</TxDtls>", amount(*cents))).collect();
        let entry = amount(cents.iter().sum());
        let input = format!("<D><BkToCstmrStmt><Stmt><Ntry>{entry}<NtryDtls>{details}</NtryDtls></Ntry></Stmt></BkToCstmrStmt></D>");
        let parts = parts(input.as_bytes()).unwrap();
        let read: Vec<i64> = parts.iter().filter_map(|part| match part {
            Part::Booking(booking) => booking.amount.map(sepa::Cents::get),
            _ => None,
        }).collect();
        prop_assert_eq!(&read, &cents);
        let end = parts.iter().rev().find_map(|part| match part {
            Part::EntryEnd(entry) => Some(entry.clone()),
            _ => None,
        }).unwrap();
        prop_assert_eq!(end.findings, vec![]);
        prop_assert_eq!(end.details_sum, end.amount);
    }
}
