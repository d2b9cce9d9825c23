//! Any bytes as MT940: nothing panics, and nothing comes after an error.
#![no_main]

use camt::{Limits, Mt940Reader};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let mut reader = Mt940Reader::new(input, &Limits::default());
    loop {
        match reader.next_part() {
            Ok(Some(_)) => {}
            Ok(None) => return,
            Err(error) => {
                assert!(matches!(reader.next_part(), Ok(None)), "something after {error}");
                return;
            }
        }
    }
});
