//! The JSON of refunds from `kasse` as types, for the templates.
//!
//! Invariant: a missing field is an error, never an empty place on a page on which somebody signs.

use serde::Deserialize;

/// The address of a run of refunds; its name is one of ours.
pub(super) fn href(run: &str) -> String {
    format!("/refunds/{run}")
}

/// The list.
#[derive(Debug, Deserialize)]
pub(super) struct Refunds {
    pub(super) open: usize,
    pub(super) amount: String,
    pub(super) refunds: Vec<Refund>,
    pub(super) runs: Vec<RunRow>,
}

impl Refunds {
    /// What can be planned now, and what waits for a person or a day.
    pub(super) fn waiting(&self) -> impl Iterator<Item = &Refund> {
        self.refunds.iter().filter(|one| one.run.is_none())
    }

    /// What is in a run.
    pub(super) fn in_runs(&self) -> impl Iterator<Item = &Refund> {
        self.refunds.iter().rev().filter(|one| one.run.is_some())
    }

    /// Whether anything can be planned.
    pub(super) fn can_plan(&self) -> bool {
        self.is_early() || self.refunds.iter().any(|one| one.is("to_plan"))
    }

    /// Whether a debit is not credited yet, or can still come back, that money would go back for.
    pub(super) fn is_early(&self) -> bool {
        self.refunds.iter().any(|one| one.is("returnable") || one.is("debit_at_bank"))
    }

    /// Whether somebody must say to which account money goes.
    pub(super) fn needs_account(&self) -> bool {
        self.refunds.iter().any(|one| ["no_account", "outside_eea", "rejected"].iter().any(|state| one.is(state)))
    }
}

/// A credit that goes back.
#[derive(Debug, Deserialize)]
pub(super) struct Refund {
    pub(super) case: Option<i64>,
    pub(super) came_in: String,
    pub(super) kassenzeichen: Option<String>,
    pub(super) name: Option<String>,
    pub(super) iban: Option<String>,
    pub(super) amount: String,
    pub(super) state: String,
    pub(super) day: Option<String>,
    pub(super) reason: Option<String>,
    pub(super) run: Option<String>,
}

impl Refund {
    pub(super) fn is(&self, state: &str) -> bool {
        self.state == state
    }

    /// Where it stands, in words.
    pub(super) fn state_said(&self) -> &'static str {
        match self.state.as_str() {
            "to_decide" => "the direct debit was credited too: decide the case",
            "to_plan" => "can be planned",
            "no_account" => "nobody knows to which account",
            "no_details" => "its transfers are not known: get the details from the bank",
            "outside_eea" => "the account is outside of the EEA: pay it by hand",
            "rejected" => "rejected by the bank",
            "debit_at_bank" => "waits until the bank has credited the direct debit",
            "returnable" => "waits until the direct debit cannot come back by itself any more",
            "planned" => "planned",
            "released" => "released",
            "under_way" => "on its way",
            "paid" => "paid",
            "came_back" => "came back to us",
            _ => "cancelled",
        }
    }

    /// The account without its middle.
    pub(super) fn masked(&self) -> String {
        self.iban.as_deref().map(lang::masked_iban).unwrap_or_default()
    }

    pub(super) fn run_href(&self) -> String {
        self.run.as_deref().map(href).unwrap_or_default()
    }
}

/// A run of refunds in a list.
#[derive(Debug, Deserialize)]
pub(super) struct RunRow {
    pub(super) run: String,
    pub(super) on: String,
    pub(super) state: String,
    pub(super) refunds: usize,
    pub(super) amount: String,
    pub(super) planner: String,
}

impl RunRow {
    pub(super) fn href(&self) -> String {
        href(&self.run)
    }
}

/// A run of refunds.
#[derive(Debug, Deserialize)]
pub(super) struct Run {
    pub(super) run: String,
    pub(super) on: String,
    pub(super) state: String,
    pub(super) planner: String,
    pub(super) file_number: Option<String>,
    pub(super) refunds: usize,
    pub(super) amount: String,
    pub(super) signatures: usize,
    pub(super) transfers: Vec<Refund>,
    pub(super) fallen: Vec<Fallen>,
    pub(super) events: Vec<Event>,
}

impl Run {
    pub(super) fn href(&self) -> String {
        href(&self.run)
    }

    pub(super) fn is(&self, state: &str) -> bool {
        self.state == state
    }

    /// What is to be done now.
    pub(super) fn next(&self) -> Option<&'static str> {
        match self.state.as_str() {
            "planned" if self.refunds == 0 => Some("Nothing is left in it: give the run up."),
            "planned" => Some("Let other people release it."),
            "released" => Some("Download the file and hand it in at the bank."),
            "exported" => Some("Hand the file in at the bank, and record the order number here."),
            "sent" => Some("Import the statements: they show what was paid."),
            _ => None,
        }
    }

    /// Whether the file can be written, or written again.
    pub(super) fn can_export(&self) -> bool {
        ["released", "exported", "sent"].iter().any(|state| self.is(state))
    }

    /// Whether the file was written and nothing has ended it.
    pub(super) fn has_left(&self) -> bool {
        self.is("exported") || self.is("sent")
    }
}

/// A refund that ended without money having left.
#[derive(Debug, Deserialize)]
pub(super) struct Fallen {
    pub(super) case: Option<i64>,
    pub(super) amount: String,
    pub(super) state: String,
    pub(super) day: String,
    pub(super) reason: Option<String>,
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
