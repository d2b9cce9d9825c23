//! What is read of MT940 and MT942.

use camt::{Limits, Mt940Reader, Part, ReadError};
use proptest::prelude::*;

use crate::show::show_parts;

const DAY: &str = include_str!("../data/day.sta");

fn parts(input: &[u8], limits: &Limits) -> Result<Vec<Part>, ReadError> {
    let mut reader = Mt940Reader::new(input, limits);
    std::iter::from_fn(|| reader.next_part().transpose()).collect()
}

fn show(input: &[u8]) -> String {
    show_parts(parts(input, &Limits::default()))
}

#[test]
fn a_day() {
    assert_eq!(show(DAY.as_bytes()), include_str!("../data/day_sta.txt"));
}

#[test]
fn line_ends_and_encoding_do_not_matter() {
    let expected = show(DAY.as_bytes());
    assert_eq!(show(DAY.replace("\r\n", "\n").as_bytes()), expected);
    let latin: Vec<u8> = DAY.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
    assert_eq!(show(&latin), expected);
}

#[test]
fn refused() {
    let limits = Limits { text: 300, ..Limits::default() };
    let check = |input: &str, expected: &str| {
        assert_eq!(parts(input.as_bytes(), &limits).unwrap_err().to_string(), expected);
    };
    check("", "line 1: the file holds no statement");
    check(&format!(":20:{}", "x".repeat(300)), "line 1: a text is longer than the limit of 300 bytes");
    check(
        &format!(":20:A\n:86:\n{}", "x\n".repeat(301)),
        "line 303, :86: a text is longer than the limit of 300 bytes",
    );
    let many = ":28C:x\n".repeat(9);
    check(&format!(":20:A\n{many}"), "line 6, :28C: the values of one element exceed the limit of 300 bytes");
}

proptest! {
    #[test]
    fn damaged_bytes_never_panic(at in 0_usize..DAY.len(), bytes in prop::collection::vec(any::<u8>(), 0..6)) {
        let mut input = DAY.as_bytes().to_vec();
        input.splice(at..(at + bytes.len()).min(DAY.len()), bytes);
        let _ = parts(&input, &Limits::default());
    }
}
