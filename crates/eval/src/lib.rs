//! Draws towns with labelled payments, plays them through the matcher, and measures what it did.
//!
//! Knows the rules only by their input and output. Pure: no clock, no files; chance comes from a seed.
//! Invariant: the same seed, profile and number of payments give the same figures on every machine.
//!
//! Reading order: [`profile`] the kinds of towns, [`town`] who owes what, [`wish`] what people want to pay, [`manners`]
//! how they write it, [`wild`] events that are more than one transfer, [`truth`] what is true of a payment, [`play`]
//! the matcher's turn, [`score`] counting, [`report`] the tables; [`weights`] what the labelled payments say about each
//! witness.

pub mod draw;
pub mod interval;
pub mod letter;
pub mod manners;
pub mod names;
pub mod other;
pub mod payments;
pub mod play;
pub mod profile;
pub mod report;
pub mod schemes;
pub mod score;
pub mod town;
pub mod truth;
pub mod weights;
pub mod wild;
pub mod wish;
