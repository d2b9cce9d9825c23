//! Progress on stderr, on a terminal only.

use std::io::IsTerminal as _;

use indicatif::{ProgressBar, ProgressStyle};
use kasse::Progress;

use crate::speech::say;

/// A bar that advances by files and shows how many bookings were read.
pub(crate) struct Bar(ProgressBar);

impl Bar {
    /// A bar; hidden if stderr is no terminal.
    pub(crate) fn new() -> Bar {
        if !std::io::stderr().is_terminal() {
            return Bar(ProgressBar::hidden());
        }
        let bar = ProgressBar::new(0);
        if let Ok(style) = ProgressStyle::with_template("{bar:24} {pos}/{len} {wide_msg}") {
            bar.set_style(style);
        }
        Bar(bar)
    }

    /// Removes the bar.
    pub(crate) fn done(&self) {
        self.0.finish_and_clear();
    }
}

impl Progress for Bar {
    fn file(&self, place: usize, of: usize, name: &str) {
        self.0.set_length(of as u64);
        self.0.set_position(place as u64);
        self.0.set_message(name.to_owned());
    }

    fn advance(&self, bookings: usize) {
        if bookings.is_multiple_of(1_000) && bookings > 0 {
            self.0.set_message(say(&format!("{bookings} bookings")));
        }
    }
}
