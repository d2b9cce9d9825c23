//! Adds up what statement files hold: how many bookings of each class, and their sum.
//!
//! Usage: `cargo run --example sums -p camt -- FILE…`; exit code 1 if one of the files is refused.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::ops::ControlFlow;
use std::path::Path;
use std::process::ExitCode;

use camt::{Limits, Part};
use sepa::Cents;

fn main() -> io::Result<ExitCode> {
    let mut refused = false;
    for file in std::env::args_os().skip(1) {
        let mut sums: BTreeMap<String, (usize, Cents)> = BTreeMap::new();
        let read = camt::read_path(Path::new(&file), &Limits::default(), &mut |_, part| {
            if let Part::Booking(booking) = part {
                let (count, sum) = sums.entry(booking.class().to_string()).or_default();
                *count += 1;
                *sum = booking.signed().and_then(|amount| sum.checked_add(amount)).unwrap_or(*sum);
            }
            ControlFlow::Continue(())
        });
        match read {
            Ok(_) => sums
                .iter()
                .try_for_each(|(class, (count, sum))| writeln!(io::stdout(), "{class:<20} {count:>8} {sum:>16}"))?,
            Err(error) => {
                writeln!(io::stderr(), "{error}")?;
                refused = true;
            }
        }
    }
    Ok(ExitCode::from(u8::from(refused)))
}
