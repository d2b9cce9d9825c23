//! Every booking decided by the rules: from rows to the rules' words, and back to verdicts.
//!
//! Here belongs what happens without a person. What a person decides does not: that is `cases`.

pub(crate) mod books;
pub(crate) mod credit;
pub(crate) mod debits;
pub(crate) mod evidence;
pub(crate) mod explained;
pub(crate) mod life;
pub(crate) mod pairs;
pub(crate) mod refunds;
pub(crate) mod verdicts;
