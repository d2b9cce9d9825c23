//! What the treasury's bank asks for, where banks differ.
//!
//! Knows no table of einmal.toml. Invariant: an hour is one of the day.

use serde::Deserialize;

/// What the treasury's bank asks for, where banks differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bank {
    /// TARGET days that it needs between the file and the collection; EPC: one.
    pub days_before: u8,
    /// Calendar days before the collection from which on it takes the file; EPC: 14.
    pub days_ahead: i32,
    /// How a run reaches it.
    pub files: Files,
    /// Until which hour it takes a file for the next bank day, `HH:MM`.
    pub cut_off: Option<String>,
}

/// Whether the bank takes a message with several batches (`PmtInf`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Files {
    /// One file a run.
    #[default]
    One,
    /// One file for each creditor, account and sequence type.
    PerPmtinf,
}

/// An hour of the day as people write it.
pub(super) fn hour(text: String) -> std::result::Result<String, String> {
    let valid = text.len() == 5 && jiff::civil::Time::strptime("%H:%M", &text).is_ok();
    if valid { Ok(text) } else { Err(format!("bank.cut_off: {text:?} is not an hour (HH:MM)")) }
}
