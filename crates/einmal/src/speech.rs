//! The language of the command line: chosen once, at the start.
//!
//! Knows texts and how they are shown, but no command. Invariant: JSON and CSV are never passed here; they are the same
//! in every language.

use std::sync::OnceLock;

use lang::Lang;

static SPOKEN: OnceLock<Lang> = OnceLock::new();

/// Columns and fields whose values are words or sentences of the program.
const WORDS: [&str; 19] = [
    "action",
    "answer",
    "complete",
    "event",
    "findings",
    "group",
    "hints",
    "kind",
    "left_out",
    "may_be_lifted_by",
    "reason",
    "remark",
    "skipped",
    "state",
    "statement",
    "subject",
    "warnings",
    "what",
    "why",
];

/// Columns and fields whose values are amounts.
const AMOUNTS: [&str; 42] = [
    "already_here",
    "already_there",
    "amount",
    "amount_here",
    "amount_there",
    "assessed_mahngebuehr",
    "assessed_saeumniszuschlag",
    "balance",
    "charges",
    "claimed",
    "closing",
    "collected",
    "direct_debits",
    "excess",
    "given_back",
    "in",
    "in_collection",
    "in_doubt",
    "not_arisen",
    "now",
    "of_bank",
    "on_items",
    "open",
    "open_here",
    "open_there",
    "opening",
    "other",
    "out",
    "owed",
    "own_accounts",
    "paid",
    "payable",
    "placed",
    "planned",
    "posted",
    "sum",
    "taken_back",
    "to_cancel",
    "transferred",
    "unexplained",
    "would_be_mahngebuehr",
    "would_be_saeumniszuschlag",
];

/// Columns and fields whose values are days.
const DAYS: [&str; 21] = [
    "after",
    "announced",
    "before",
    "booked",
    "date",
    "day",
    "due",
    "due_from",
    "due_until",
    "ended",
    "from",
    "needed",
    "new_due",
    "paid_on",
    "reminded",
    "to",
    "until",
    "valued",
    "wait_until",
    "first_collection",
    "effective_due",
];

/// Sets the language for the whole run.
pub(crate) fn speak(lang: Lang) {
    // only the first call counts; a second one has no effect
    let _ = SPOKEN.set(lang);
}

/// The language.
pub(crate) fn spoken() -> Lang {
    SPOKEN.get().copied().unwrap_or_default()
}

/// A text of the program in the language.
pub(crate) fn say(english: &str) -> String {
    spoken().say(english).into_owned()
}

/// An amount in the language's format, without its currency.
pub(crate) fn money(amount: &str) -> String {
    spoken().money_text(amount).into_owned()
}

/// A day in the language's format.
pub(crate) fn day(day: &str) -> String {
    spoken().date(day).into_owned()
}

/// A longer file name stands on a line of its own, with the error below it.
const LONG: usize = 60;

/// Why a file was refused. Its name is not translated; a list of errors stands below the name.
pub(crate) fn refusal(refused: &kasse::Refused) -> String {
    let (file, why) = (&refused.file, say(&refused.why));
    if !file.is_empty() && (why.contains('\n') || file.chars().count() > LONG) {
        format!("{file}:\n  {}", why.replace('\n', "\n  "))
    } else {
        refused.said(|_| why.clone())
    }
}

/// The name of a column or field.
pub(crate) fn label(name: &str) -> String {
    match spoken() {
        Lang::En => name.to_owned(),
        lang => lang.say(&name.to_uppercase().replace('_', " ")).into_owned(),
    }
}

/// The value of a cell or field with this name, line by line.
pub(crate) fn shown(name: &str, text: &str) -> String {
    let line = |line: &str| {
        if WORDS.contains(&name) {
            say(line)
        } else if AMOUNTS.contains(&name) {
            money(line)
        } else if DAYS.contains(&name) {
            day(line)
        } else {
            line.to_owned()
        }
    };
    text.split('\n').map(line).collect::<Vec<_>>().join("\n")
}
