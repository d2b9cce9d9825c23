//! Any bytes as MT940: nothing panics, nothing comes after an error, and the result does not depend on how many bytes
//! are read at once.
#![no_main]

mod any_size;

use std::io::BufReader;

use camt::{Limits, Mt940Reader};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| any_size::check(|size| {
    let mut reader = Mt940Reader::new(BufReader::with_capacity(size, input), &Limits::default());
    move || reader.next_part()
}));
