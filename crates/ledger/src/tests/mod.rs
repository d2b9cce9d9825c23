//! The rules as a town sees them: each file is a group of cases, told in lines.

mod because;
pub(crate) mod chains;
mod coverage;
mod designation;
mod doubts;
mod fee_items;
mod late_fees;
mod laws;
mod plans;
mod rests;
mod rivals;
mod settling;
pub(crate) mod threads;
pub(crate) mod town;
mod witnesses;
