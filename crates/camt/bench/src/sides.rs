//! The readers that are compared.
//!
//! Knows nothing of clocks: the process is measured from outside. Invariant: every side that extracts takes the same
//! fields: amount, direction, end-to-end id, payer, account and text.

use std::fs::File;
use std::io::BufReader;
use std::ops::ControlFlow;
use std::path::Path;

use camt::{Limits, Part};
use peer::{ParseLimits, camt053};
use quick_xml::Reader;
use quick_xml::events::Event;

use crate::Result;

/// Count, sum and hash of what was extracted.
#[derive(Default)]
struct Digest {
    count: u64,
    cents: i64,
    texts: crc32fast::Hasher,
}

impl Digest {
    fn add(&mut self, cents: Option<i64>, texts: [Option<&str>; 4]) {
        self.count += 1;
        self.cents += cents.unwrap_or_default();
        for text in texts {
            self.texts.update(text.unwrap_or_default().as_bytes());
            self.texts.update(b"\n");
        }
    }

    fn line(self) -> String {
        format!("{} {} {:08x}", self.count, self.cents, self.texts.finalize())
    }
}

/// A bare loop over the events of quick-xml; nothing is extracted.
pub fn events(file: &Path) -> Result<String> {
    let mut reader = Reader::from_reader(BufReader::with_capacity(64 << 10, File::open(file)?));
    let mut buffer = Vec::new();
    let mut count = 0_u64;
    while !matches!(reader.read_event_into(&mut buffer)?, Event::Eof) {
        count += 1;
        buffer.clear();
    }
    Ok(format!("{count} - -"))
}

/// This crate.
pub fn camt(file: &Path, threads: usize) -> Result<String> {
    let mut digest = Digest::default();
    let limits = Limits { threads, ..Limits::default() };
    camt::read_path(file, &limits, &mut |_, part| {
        if let Part::Booking(booking) = part {
            let texts = [&booking.end_to_end_id, &booking.counterparty, &booking.counterparty_iban];
            let [id, name, iban] = texts.map(Option::as_deref);
            digest.add(booking.signed().map(|amount| amount.get()), [id, name, iban, Some(&booking.remittance)]);
        }
        ControlFlow::Continue(())
    })?;
    Ok(digest.line())
}

/// The crate `sepa` from crates.io, with its limits raised.
pub fn peer(file: &Path) -> Result<String> {
    let text = std::fs::read_to_string(file)?;
    let most = usize::MAX >> 2;
    let limits = ParseLimits {
        input_bytes: most,
        nodes: most,
        total_text_bytes: most,
        total_attribute_bytes: most,
        ..ParseLimits::default()
    };
    let document = camt053::parse_camt053_with_limits(&text, limits)?;
    let mut digest = Digest::default();
    for entry in document.statements.iter().flat_map(|statement| &statement.entries) {
        let texts = [entry.end_to_end_id(), entry.counterparty_name(), entry.counterparty_iban(), entry.reference()];
        digest.add(entry.signed_ct(), texts);
    }
    Ok(digest.line())
}
