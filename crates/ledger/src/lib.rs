//! The books and every decision about them, pure: plain data in, plain data out.
//!
//! Nothing here reads a file, a database or a clock, or draws a random number. The same books and payments give the
//! same verdicts, in whatever order they arrived; a test or a simulator can ask anything.
//!
//! Reading order: [`books`] what is owed and by whom, [`payment`] what came in, [`returns`] what of it went back, [`life`] what became of our direct debits, [`outgoing`] what went out, [`reading`] what it says, [`evidence`]
//! what speaks for whom and [`weights`] how much, [`settle`] where money goes (§ 225 AO), [`matching`] the verdicts, [`chain`] whether all money has been seen,
//! [`deferral`] what was put off, [`plan`] what may be debited, [`gate`] what forbids a release, [`void`] what forbids to say that a file was never carried out, [`fees`] what a delay would have cost.

pub mod addresses;
pub mod advices;
pub mod because;
pub mod books;
pub mod candidates;
pub mod chain;
pub mod confirmed;
pub mod decide;
pub mod deferral;
pub mod details;
pub mod evidence;
pub mod fees;
pub mod gate;
mod hash;
pub mod history;
pub mod holds;
mod index;
pub mod leaves;
pub mod levies;
pub mod life;
mod mandates;
pub mod matching;
pub mod names;
pub mod outgoing;
pub mod pages;
pub mod payment;
pub mod person;
pub mod plan;
pub mod provisional;
pub mod reading;
mod reason;
pub mod refund;
pub mod remind;
pub mod return_reasons;
pub mod returns;
pub mod rivals;
mod runs;
pub mod sent_back;
pub mod settle;
pub mod standing;

pub mod skips;
mod tokens;
pub mod transfers;
pub mod unproven;
pub mod void;
pub mod ways;
mod weigh;
pub mod weights;
pub mod words;

#[cfg(test)]
mod tests;

/// The version of the rules that a verdict names. It changes whenever a verdict could.
pub const RULES: &str = "2026-12.1";
