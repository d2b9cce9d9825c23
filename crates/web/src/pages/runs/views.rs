//! The JSON of runs from `kasse` as types, for the templates.
//!
//! Invariant: a missing field is an error, never an empty place on a page on which somebody signs.

use serde::Deserialize;

/// A row of the list of runs.
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
        super::address::href(&self.run)
    }
}

/// The choices when planning.
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
    /// Whether the run is released, and a risk has come up since that nobody has acknowledged.
    pub(super) outdated: bool,
    pub(super) debits: usize,
    pub(super) amount: String,
    pub(super) signatures: usize,
    pub(super) levies: Vec<Levy>,
    pub(super) before: Option<Before>,
    pub(super) announced: usize,
    pub(super) forbidden: Vec<String>,
    /// Who is new of its people, which settings and accounts are others than at the last run, what was taken over.
    pub(super) to_know: Vec<String>,
    pub(super) proofs: Proofs,
    pub(super) reasons: Vec<Reason>,
    pub(super) events: Vec<Event>,
    pub(super) fallen: Vec<Fallen>,
    pub(super) excess: Vec<Excess>,
    /// What the bank did with its debits; nothing before its file was written.
    pub(super) bank: Option<Bank>,
    pub(super) shown_debits: Vec<Debit>,
    pub(super) shown_left_out: LeftOutRows,
}

impl Run {
    pub(super) fn href(&self) -> String {
        super::address::href(&self.run)
    }

    pub(super) fn is(&self, state: &str) -> bool {
        self.state == state
    }

    /// Whether the file was written and is not void.
    pub(super) fn has_left(&self) -> bool {
        self.is("exported") || self.is("sent")
    }
}

/// The run before this one.
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
        super::address::href(&self.run)
    }
}

/// The three proofs.
#[derive(Debug, Deserialize)]
pub(super) struct Proofs {
    pub(super) needed: String,
    pub(super) missing: Vec<String>,
    /// What is taken as given without proof.
    pub(super) given: Vec<String>,
    pub(super) pending: usize,
    pub(super) cases: usize,
    pub(super) residual: Residual,
    pub(super) foreign: Option<Foreign>,
    pub(super) twice: usize,
}

/// Credits for direct debits as one sum that no run of ours explains.
#[derive(Debug, Deserialize)]
pub(super) struct Foreign {
    pub(super) credits: usize,
    pub(super) amount: String,
    pub(super) first: String,
}

/// The residual risk that a releaser acknowledges.
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

/// A reason why items are not in the run.
#[derive(Debug, Deserialize)]
pub(super) struct Reason {
    pub(super) reason: String,
    pub(super) meaning: String,
    pub(super) items: usize,
    pub(super) amount: String,
}

/// An event of the run.
#[derive(Debug, Deserialize)]
pub(super) struct Event {
    pub(super) event: String,
    pub(super) by: String,
    pub(super) with: Option<String>,
    pub(super) note: Option<String>,
    pub(super) day: String,
    pub(super) sha256: Option<String>,
}

/// What the run takes less than was planned.
#[derive(Debug, Deserialize)]
pub(super) struct Fallen {
    pub(super) kassenzeichen: String,
    pub(super) posten: String,
    pub(super) planned: String,
    pub(super) now: String,
    pub(super) why: String,
}

/// What a file that has left takes too much.
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
    /// Where it stands.
    pub(super) state: String,
    /// The bank's code for why it came back.
    pub(super) reason: Option<String>,
    pub(super) came_back: Option<String>,
}

/// What the bank did with the debits of a run.
#[derive(Debug, Deserialize)]
pub(super) struct Bank {
    pub(super) underway: Sum,
    pub(super) settled: Sum,
    pub(super) rejected: Sum,
    pub(super) returned: Sum,
    pub(super) charges: String,
    pub(super) reasons: Vec<CameBack>,
    pub(super) refundable_until: String,
}

/// How many debits, and how much.
#[derive(Debug, Deserialize)]
pub(super) struct Sum {
    pub(super) debits: usize,
    pub(super) amount: String,
}

/// Why debits came back.
#[derive(Debug, Deserialize)]
pub(super) struct CameBack {
    pub(super) text: String,
    pub(super) debits: usize,
    pub(super) amount: String,
}

/// A page of the items that are left out.
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
