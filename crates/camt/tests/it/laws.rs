//! Laws that hold for any statement, whatever notation it uses.

use camt::{Limits, Part, StatementReader};
use proptest::prelude::*;

use crate::show::{parts, show, show_parts};

const DAY: &str = include_str!("../data/day_08.xml");
const SHOWN: &str = include_str!("../data/day.txt");

/// The sample day's tags and texts, one after the other: texts at even indices, what begins with `<` at odd ones.
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

/// The name in a tag of an element, with what follows it.
fn named(tag: &str) -> Option<&str> {
    let name = tag.strip_prefix("</").or(tag.strip_prefix('<'))?;
    name.starts_with(|c: char| c.is_ascii_alphabetic()).then_some(name)
}

/// The sample day in another notation: `tag` and `text` rewrite its pieces, `between` supplies what stands between
/// elements.
fn written(
    mut tag: impl FnMut(&str) -> String,
    mut text: impl FnMut(&str) -> String,
    mut between: impl FnMut() -> String,
) -> String {
    let mut out = String::new();
    for piece in pieces() {
        match piece {
            blank if blank.trim().is_empty() && out.contains("<Document") => out += &between(),
            blank if blank.trim().is_empty() => {}
            piece if named(piece).is_some() => out += &tag(piece),
            piece if piece.starts_with('<') => out += piece,
            piece => out += &text(piece),
        }
    }
    out
}

/// A tag with a prefix.
fn prefixed(tag: &str, prefix: &str) -> String {
    match named(tag).filter(|_| !prefix.is_empty()) {
        Some(name) => {
            let slash = if tag.starts_with("</") { "</" } else { "<" };
            format!("{slash}{prefix}:{}", name.replace("xmlns=", &format!("xmlns:{prefix}=")))
        }
        None => tag.to_owned(),
    }
}

/// A character of a text in one of the notations that XML has for it.
fn character(c: char, way: u8) -> String {
    match way {
        0 => format!("&#{};", u32::from(c)),
        1 => format!("&#x{:X};", u32::from(c)),
        2 => format!("&#x000{:x};", u32::from(c)),
        3 => format!("<![CDATA[{c}]]>"),
        4 => format!("{c}<!-- & < {c} -->"),
        5 => format!("<?pi {c} ?>{c}"),
        _ => c.to_string(),
    }
}

/// A text rewritten character by character; references are left unchanged.
fn rewritten(text: &str, ways: &mut impl Iterator<Item = u8>) -> String {
    let mut out = String::new();
    let mut in_reference = false;
    for c in text.chars() {
        in_reference |= c == '&';
        let way = if in_reference { u8::MAX } else { ways.next().unwrap() };
        in_reference &= c != ';';
        out += &character(c, way);
    }
    out
}

proptest! {
    #[test]
    fn prefix_and_space_do_not_matter(prefix in "([a-z][a-z0-9_.-]{0,8})?", spaces in prop::collection::vec("[ \t\r\n]{0,4}", 1..9)) {
        let mut spaces = spaces.iter().cycle();
        let input = written(|tag| prefixed(tag, &prefix), str::to_owned, || spaces.next().unwrap().clone());
        prop_assert_eq!(show(input.as_bytes()), SHOWN);
    }

    #[test]
    fn comments_and_instructions_between_elements_do_not_matter(
        others in prop::collection::vec("( |\n|<!-- </Ntry> & <Ntry> -->|<!---->|<\\?pi <Ntry>\\?>|<\\?x\\?>){0,3}", 1..9),
    ) {
        let mut others = others.iter().cycle();
        let input = written(str::to_owned, str::to_owned, || others.next().unwrap().replace("-->", "-->\r\n"));
        prop_assert_eq!(show(input.as_bytes()), SHOWN);
    }

    #[test]
    fn how_characters_are_written_does_not_matter(ways in prop::collection::vec(0_u8..12, 1..40)) {
        let mut ways = ways.iter().copied().cycle();
        let input = written(str::to_owned, |text| rewritten(text, &mut ways), String::new);
        prop_assert_eq!(show(input.as_bytes()), SHOWN);
    }

    #[test]
    fn space_in_tags_does_not_matter(spaces in prop::collection::vec("[ \t\r\n]{0,3}", 1..9)) {
        let mut spaces = spaces.iter().cycle();
        let tag = |tag: &str| {
            let end = if tag.ends_with("/>") { "/>" } else { ">" };
            let tag = tag.strip_suffix(end).unwrap();
            let tag = tag.replace(" Ccy=\"EUR\"", &format!("\n{0}Ccy{0}={0}'EUR'", spaces.next().unwrap()));
            format!("{tag}{}{end}", spaces.next().unwrap())
        };
        let input = written(tag, str::to_owned, String::new);
        prop_assert_eq!(show(input.as_bytes()), SHOWN);
    }

    #[test]
    fn attributes_in_any_order(order in Just(vec!["Ccy='EUR'", "a='1'", "b='\"2\"'", "xmlns:z='urn:z'", "z:c='&lt;&#62;'"]).prop_shuffle()) {
        let input = DAY.replace("Ccy=\"EUR\"", &order.join(" "));
        prop_assert_eq!(show(input.as_bytes()), SHOWN);
    }

    #[test]
    fn how_a_text_is_split_does_not_matter(cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..6)) {
        let text = "KZ 5.0100.123456.6 Grundbesitzabgaben & Gebühren 4. Quartal";
        let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(text.chars().count())).collect();
        cuts.sort_unstable();
        let mut ustrd = vec![String::new()];
        for (at, c) in text.chars().enumerate() {
            if cuts.contains(&at) {
                ustrd.push(String::new());
            }
            ustrd.last_mut().unwrap().push(c);
        }
        let ustrd: String = ustrd.iter().map(|piece| format!("<Ustrd>{}</Ustrd>", piece.replace('&', "&amp;"))).collect();
        let input = format!(
            "<D><BkToCstmrStmt><Stmt><Ntry><NtryDtls><TxDtls><RmtInf>{ustrd}</RmtInf></TxDtls></NtryDtls></Ntry></Stmt></BkToCstmrStmt></D>"
        );
        let squashed = |text: &str| text.split_whitespace().collect::<String>();
        let read = parts(input.as_bytes()).unwrap().into_iter().find_map(|part| match part {
            Part::Booking(booking) => Some(booking.remittance),
            _ => None,
        });
        prop_assert_eq!(squashed(&read.unwrap()), squashed(text));
    }

    #[test]
    fn the_size_of_reads_does_not_matter(size in 1_usize..200) {
        let input = std::io::BufReader::with_capacity(size, DAY.as_bytes());
        let mut reader = StatementReader::new(input, &Limits::default());
        let read: Vec<Part> = std::iter::from_fn(|| reader.next_part().unwrap()).collect();
        prop_assert_eq!(read, parts(DAY.as_bytes()).unwrap());
    }

    #[test]
    fn the_encoding_does_not_matter(mark in any::<bool>(), encoding in 0_usize..5) {
        let label = ["UTF-8", "UTF-16", "utf-16", "ISO-8859-1", "windows-1252"][encoding];
        let text = DAY.replace("encoding=\"UTF-8\"", &format!("encoding=\"{label}\""));
        let marked = if mark { format!("\u{feff}{text}") } else { text.clone() };
        let input: Vec<u8> = match encoding {
            0 => marked.into_bytes(),
            1 => marked.encode_utf16().flat_map(u16::to_le_bytes).collect(),
            2 => marked.encode_utf16().flat_map(u16::to_be_bytes).collect(),
            _ => text.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect(),
        };
        prop_assert_eq!(show(&input), SHOWN);
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
        let _ = show_parts(parts(&input));
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
