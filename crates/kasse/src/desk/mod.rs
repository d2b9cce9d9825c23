//! Questions at the counter: who is it, what does he owe, what happened to it.
//!
//! Here belongs what is asked about one person or one Kassenzeichen. Lists of everything do not: they are `reports`.

pub(crate) mod caller;
pub(crate) mod find;
pub(crate) mod going_back;
pub(crate) mod inquiry;
pub(crate) mod story;
