//! Direct debits from plan to file and after: plan, notices, release, export, sent, void.
//!
//! Here belongs what people do with a run, and what forbids it. What a run takes does not: that is `runs`.

pub(crate) mod cautions;
pub(crate) mod collect;
pub(crate) mod control_sheet;
pub(crate) mod crossing;
pub(crate) mod export;
pub(crate) mod fallen;
pub(crate) mod letterhead;
pub(crate) mod notices;
pub(crate) mod recall;
pub(crate) mod release;
pub(crate) mod run_cautions;
pub(crate) mod run_view;
pub(crate) mod sent;
