//! In which language the command line speaks: chosen once, when it is called.
//!
//! Knows texts and how they are shown, no command. Invariant: JSON and CSV never come here, they are the same everywhere.

use std::sync::OnceLock;

use lang::Lang;

static SPOKEN: OnceLock<Lang> = OnceLock::new();

/// Columns and fields that hold words or sentences of the program.
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

/// Columns and fields that hold amounts.
const AMOUNTS: [&str; 28] = [
    "amount",
    "assessed_mahngebuehr",
    "assessed_saeumniszuschlag",
    "balance",
    "claimed",
    "closing",
    "collected",
    "excess",
    "in",
    "in_collection",
    "in_doubt",
    "not_arisen",
    "now",
    "open",
    "opening",
    "other",
    "out",
    "owed",
    "paid",
    "payable",
    "placed",
    "planned",
    "posted",
    "sum",
    "to_cancel",
    "transferred",
    "would_be_mahngebuehr",
    "would_be_saeumniszuschlag",
];

/// Columns and fields that hold days.
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

/// Says in which language it is spoken from now on.
pub(crate) fn speak(lang: Lang) {
    // it is said once; who says it again is not heard
    let _ = SPOKEN.set(lang);
}

/// The language.
pub(crate) fn spoken() -> Lang {
    SPOKEN.get().copied().unwrap_or_default()
}

/// A text of the program.
pub(crate) fn say(english: &str) -> String {
    spoken().say(english).into_owned()
}

/// An amount without its currency.
pub(crate) fn money(amount: &str) -> String {
    spoken().money_text(amount).into_owned()
}

/// A day.
pub(crate) fn day(day: &str) -> String {
    spoken().date(day).into_owned()
}

/// A name that is longer stands on a line of its own, what is wrong with the file below it.
const LONG: usize = 60;

/// Why a file was refused, its name as it is; a list of what is wrong stands below the name.
pub(crate) fn refusal(refused: &kasse::Refused) -> String {
    let (file, why) = (&refused.file, say(&refused.why));
    if !file.is_empty() && (why.contains('\n') || file.chars().count() > LONG) {
        format!("{file}:\n  {}", why.replace('\n', "\n  "))
    } else {
        refused.said(|_| why.clone())
    }
}

/// What a column or a field is called.
pub(crate) fn label(name: &str) -> String {
    match spoken() {
        Lang::En => name.to_owned(),
        lang => lang.say(&name.to_uppercase().replace('_', " ")).into_owned(),
    }
}

/// What stands in a cell or a field of this name, line by line.
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
