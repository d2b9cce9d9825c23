//! Any bytes as MT940: nothing panics, nothing comes after an error, and the size of reads does not matter.
#![no_main]

use std::io::BufReader;

use camt::{Limits, Mt940Reader, Part, ReadError};
use libfuzzer_sys::fuzz_target;

fn read(input: &[u8], size: usize) -> (Vec<Part>, Option<ReadError>) {
    let mut reader = Mt940Reader::new(BufReader::with_capacity(size, input), &Limits::default());
    let mut parts = Vec::new();
    loop {
        match reader.next_part() {
            Ok(Some(part)) => parts.push(part),
            Ok(None) => return (parts, None),
            Err(error) => {
                assert!(matches!(reader.next_part(), Ok(None)), "something after {error}");
                return (parts, Some(error));
            }
        }
    }
}

fuzz_target!(|input: &[u8]| {
    let (parts, error) = read(input, 1 << 16);
    let (same, other) = read(input, 7);
    assert_eq!(parts, same);
    assert_eq!(error.map(|error| error.to_string()), other.map(|error| error.to_string()));
});
