//! Any bytes as a file that may be a ZIP: nothing panics, and no more is unpacked than the limits allow.
#![no_main]

use std::io::Write;
use std::ops::ControlFlow;

use camt::{Limits, read_path};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let mut file = tempfile::NamedTempFile::new().expect("a temporary file");
    file.write_all(input).expect("a temporary file that can be written");
    let limits = Limits { unpacked_bytes: 1 << 22, zip_members: 50, ..Limits::default() };
    // Whether it is read or refused does not matter here.
    let _ = read_path(file.path(), &limits, &mut |_, _| ControlFlow::Continue(()));
});
