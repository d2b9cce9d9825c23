//! What `kasse` says of runs, as the templates show it.
//!
//! Invariant: a field that is missing is an error, never an empty place on a page by which somebody signs.

use serde::Deserialize;

/// A line of the list.
#[derive(Debug, Deserialize)]
pub(super) struct RunRow {
    pub(super) run: String,
    pub(super) due: String,
    pub(super) state: String,
    pub(super) debits: usize,
    pub(super) amount: String,
    pub(super) planner: String,
    pub(super) releasers: Vec<String>,
}

impl RunRow {
    pub(super) fn href(&self) -> String {
        super::href(&self.run)
    }
}

/// What a planner chooses from.
#[derive(Debug, Deserialize)]
pub(super) struct Proposal {
    pub(super) due: String,
    pub(super) earliest: String,
    pub(super) notice_days: i32,
    pub(super) levies: Vec<Levy>,
}

/// Items of a levy and their sum.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Levy {
    pub(super) levy: String,
    pub(super) items: usize,
    pub(super) amount: String,
}

/// A run.
#[derive(Debug, Deserialize)]
pub(super) struct Run {
    pub(super) run: String,
    pub(super) due: String,
    pub(super) planner: String,
    pub(super) state: String,
    pub(super) not_before: Option<String>,
    /// Whether it is released, and a risk that nobody has acknowledged has come since.
    pub(super) outdated: bool,
    pub(super) debits: usize,
    pub(super) amount: String,
    pub(super) signatures: usize,
    pub(super) levies: Vec<Levy>,
    pub(super) before: Option<Before>,
    pub(super) announced: usize,
    pub(super) forbidden: Vec<String>,
    pub(super) proofs: Proofs,
    pub(super) reasons: Vec<Reason>,
    pub(super) events: Vec<Event>,
    pub(super) fallen: Vec<Fallen>,
    pub(super) excess: Vec<Excess>,
    pub(super) shown_debits: Vec<Debit>,
    pub(super) shown_left_out: LeftOutRows,
}

impl Run {
    pub(super) fn href(&self) -> String {
        super::href(&self.run)
    }

    pub(super) fn is(&self, state: &str) -> bool {
        self.state == state
    }

    /// Whether the file was written and still counts.
    pub(super) fn has_left(&self) -> bool {
        self.is("exported") || self.is("sent")
    }
}

/// The run before.
#[derive(Debug, Deserialize)]
pub(super) struct Before {
    pub(super) run: String,
    pub(super) due: String,
    pub(super) debits: usize,
    pub(super) amount: String,
    pub(super) levies: Vec<Levy>,
}

impl Before {
    pub(super) fn href(&self) -> String {
        super::href(&self.run)
    }
}

/// The three proofs.
#[derive(Debug, Deserialize)]
pub(super) struct Proofs {
    pub(super) needed: String,
    pub(super) missing: Vec<String>,
    /// What is taken as given.
    pub(super) given: Vec<String>,
    pub(super) pending: usize,
    pub(super) cases: usize,
    pub(super) residual: Residual,
    pub(super) foreign: Option<Foreign>,
    pub(super) twice: usize,
}

/// Credits for direct debits in one sum that no run of ours explains.
#[derive(Debug, Deserialize)]
pub(super) struct Foreign {
    pub(super) credits: usize,
    pub(super) amount: String,
    pub(super) first: String,
}

/// What a releaser takes upon himself.
#[derive(Debug, Deserialize)]
pub(super) struct Residual {
    pub(super) cases: usize,
    pub(super) amount: String,
    pub(super) largest: Vec<Case>,
}

/// A case without a complete hold.
#[derive(Debug, Deserialize)]
pub(super) struct Case {
    pub(super) case: i64,
    pub(super) amount: String,
}

/// Why something is not in the run.
#[derive(Debug, Deserialize)]
pub(super) struct Reason {
    pub(super) reason: String,
    pub(super) meaning: String,
    pub(super) items: usize,
    pub(super) amount: String,
}

/// What happened.
#[derive(Debug, Deserialize)]
pub(super) struct Event {
    pub(super) event: String,
    pub(super) by: String,
    pub(super) with: Option<String>,
    pub(super) note: Option<String>,
    pub(super) day: String,
    pub(super) sha256: Option<String>,
}

/// What is taken less than was planned.
#[derive(Debug, Deserialize)]
pub(super) struct Fallen {
    pub(super) kassenzeichen: String,
    pub(super) posten: String,
    pub(super) planned: String,
    pub(super) now: String,
    pub(super) why: String,
}

/// What a file that is gone takes too much.
#[derive(Debug, Deserialize)]
pub(super) struct Excess {
    pub(super) kassenzeichen: String,
    pub(super) posten: String,
    pub(super) claimed: String,
    pub(super) owed: String,
    pub(super) excess: String,
}

/// A debit.
#[derive(Debug, Deserialize)]
pub(super) struct Debit {
    pub(super) kassenzeichen: String,
    pub(super) debtor: Option<String>,
    pub(super) posten: Vec<String>,
    pub(super) amount: String,
}

/// A page of what is left out.
#[derive(Debug, Deserialize)]
pub(super) struct LeftOutRows {
    pub(super) all: usize,
    pub(super) rows: Vec<LeftOut>,
}

/// An item that is left out.
#[derive(Debug, Deserialize)]
pub(super) struct LeftOut {
    pub(super) kassenzeichen: String,
    pub(super) posten: String,
    pub(super) amount: String,
    pub(super) reason: String,
    pub(super) case: Option<i64>,
}
