//! A run as steps: what was done, when, and what is to be done now.
//!
//! Decides nothing: it reads the run's events and what became of its debits. Invariant: a step that is done stays before one
//! that is not, so that the first open one is what is to be done.

use crate::pages::runs::views::Run;

/// A step of a run.
pub(super) struct Step {
    /// What it is.
    pub(super) name: &'static str,
    pub(super) is_done: bool,
    /// The day on which it was done, or until which it lasts.
    pub(super) day: Option<String>,
}

impl Step {
    /// The sign in front of it.
    pub(super) fn sign(&self) -> &'static str {
        if self.is_done { "✓" } else { "–" }
    }

    /// What the sign says.
    pub(super) fn word(&self) -> &'static str {
        if self.is_done { "done" } else { "still to come" }
    }
}

/// The steps of a run, in their order; none of one that was given up.
pub(super) fn steps(run: &Run, today: &str) -> Vec<Step> {
    if run.is("cancelled") || run.is("void") {
        return Vec::new();
    }
    let last = |kind: &str| run.events.iter().rfind(|event| event.event == kind).map(|event| event.day.clone());
    let is_released = !run.is("planned");
    let is_out = run.bank.is_some();
    let is_announced = is_out || run.announced >= run.debits && run.debits > 0;
    let is_credited = run.bank.as_ref().is_some_and(|bank| bank.underway.debits == 0);
    let until = run.bank.as_ref().map(|bank| bank.refundable_until.clone());
    let step = |name, is_done, day: Option<String>| Step { name, is_done, day: day.filter(|_| is_done) };
    let mut steps = vec![
        step("Planned", true, None),
        step("Announced to the debtors", is_announced, last("announced")),
        step("Released by a second person", is_released, last("released").or(last("taken_over"))),
        step("File written", is_out, last("exported").or(last("taken_over"))),
        step("Handed to the bank", last("sent").is_some() || is_credited, last("sent")),
        step("Credited or come back", is_credited, None),
    ];
    let is_over = is_credited && until.as_deref().is_some_and(|until| until < today);
    steps.push(Step { name: "Refundable without a reason until", is_done: is_over, day: until });
    steps
}

/// What is to be done now, in one sentence.
pub(super) fn next(run: &Run, today: &str) -> Option<String> {
    let due = &run.due;
    Some(match run.state.as_str() {
        "planned" if run.debits == 0 => "Nothing is left in it: give it up.".to_owned(),
        "planned" if run.announced < run.debits => "Post the notices, and record it.".to_owned(),
        "planned" => "A second person releases it.".to_owned(),
        "released" => "Download the file, and hand it to the bank.".to_owned(),
        "exported" => "Hand the file to the bank, and record its order number.".to_owned(),
        "sent" if due.as_str() > today => format!("Nothing: the bank collects on {due}."),
        "sent" => "Import the bank statements and the bank's answers: the credit must come.".to_owned(),
        "settled" => {
            "Nothing for now: what still comes back is owed again and is held until a person agrees.".to_owned()
        }
        _ => return None,
    })
}
