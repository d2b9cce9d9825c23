//! `einmal guard`: another system's direct-debit file held against bank statements, in books that last as long as the command.
//!
//! Here belongs what turns such a file into lists and the decisions of the rules into another file. It decides nothing: what is
//! paid and what is in doubt is said by the rules that every treasury's books are kept by. How such a file is read is used by `seed` too.

pub(crate) mod check;
pub(crate) mod check_options;
pub(crate) mod fates;
mod known;
mod levies;
pub(crate) mod original;
mod other_money;
mod outputs;
pub(crate) mod owed;
mod own;
mod own_books;
mod period;
mod relief;
mod report;
mod same_debt;
mod scratch_books;
mod sheet;
mod slips;
mod statements;
mod strangers;
