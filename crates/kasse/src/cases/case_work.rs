//! People at a case: whose it is, what they say of it, and what a second one must know before he decides.
//!
//! Invariant: an owner keeps nobody out, he is only named; what was said is never taken back. A decision that was made
//! upon an older state of the case is refused, and so is taking one back on which something was collected.

use std::collections::{BTreeSet, HashMap};

use serde_json::{Value, json};
use store::{CaseNoteRow, ItemRow, Said, Tx, VerdictRow};

use crate::base::rights::Right;
use crate::books::situation::Situation;
use crate::{Error, Kasse, Result};

/// What a person says of a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CaseNote {
    /// The case is this person's now.
    Owner(String),
    /// It is nobody's again.
    Free,
    /// A comment.
    Comment(String),
}

/// Remembers what a person says of a case, whoever's it is; says whose it was.
///
/// # Errors
/// [`Error::Unknown`] where there is no such case, [`Error::Refused`] for a comment or a name without a word.
pub async fn note_case(kasse: &Kasse, number: i64, note: &CaseNote, who: &str) -> Result<Option<String>> {
    let said = match note {
        CaseNote::Owner(owner) if owner.trim().is_empty() => {
            return Err(Error::Refused("an owner needs a name".to_owned()));
        }
        CaseNote::Comment(text) if text.trim().is_empty() => {
            return Err(Error::Refused("the comment is empty".to_owned()));
        }
        CaseNote::Owner(owner) => Said::Owner(owner.clone()),
        CaseNote::Free => Said::Owner(String::new()),
        CaseNote::Comment(text) => Said::Comment(Some(text.clone())),
    };
    let mut tx = kasse.write(Right::Decide, who, "case", "").await?;
    if !store::cases(&mut tx, 0).await?.iter().any(|case| case.id == number) {
        return Err(Error::Unknown(format!("there is no case {number}")));
    }
    let before = CaseWork::load(&mut tx).await?.owner(number).map(str::to_owned);
    tx.add_case_note(&CaseNoteRow { case: number, day: kasse.today, actor: who.to_owned(), said }).await?;
    tx.commit(&format!("case {number}")).await?;
    Ok(before)
}

/// Owners and comments of all cases.
pub(crate) struct CaseWork(HashMap<i64, Vec<CaseNoteRow>>);

impl CaseWork {
    pub(crate) async fn load(tx: &mut Tx) -> Result<CaseWork> {
        let mut notes: HashMap<i64, Vec<CaseNoteRow>> = HashMap::new();
        for note in store::case_notes(tx).await? {
            notes.entry(note.case).or_default().push(note);
        }
        Ok(CaseWork(notes))
    }

    /// Whose the case is now.
    pub(crate) fn owner(&self, number: i64) -> Option<&str> {
        let owner = self.notes(number).iter().rev().find_map(|note| match &note.said {
            Said::Owner(owner) => Some(owner.as_str()),
            Said::Comment(_) => None,
        });
        owner.filter(|owner| !owner.is_empty())
    }

    /// The comments, oldest first.
    pub(crate) fn comments(&self, number: i64) -> Vec<Value> {
        let comment = |note: &CaseNoteRow| match &note.said {
            Said::Comment(text) => Some(json!({"day": note.day.to_string(), "by": note.actor, "text": text})),
            Said::Owner(_) => None,
        };
        self.notes(number).iter().filter_map(comment).collect()
    }

    fn notes(&self, number: i64) -> &[CaseNoteRow] {
        self.0.get(&number).map_or(&[], Vec::as_slice)
    }
}

/// Refuses a decision upon a state of the case that is not the newest: somebody else was faster.
pub(crate) fn check_version(number: i64, seen: Option<i64>, newest: &VerdictRow) -> Result<()> {
    match seen {
        Some(seen) if seen != newest.id => Err(Error::Refused(format!(
            "case {number} has changed since you looked at it (version {seen}, now {}): look again",
            newest.id
        ))),
        _ => Ok(()),
    }
}

/// Refuses to take a decision back once a debit of an item that it freed or paid has left the house: the item would be
/// claimed and in doubt at once.
pub(crate) async fn check_undo(tx: &mut Tx, situation: &Situation, number: i64, booking: i64) -> Result<()> {
    let held = store::held_by_booking(tx, booking).await?.into_iter();
    let touched: BTreeSet<i64> = held.chain(situation.parts_of(booking).into_keys()).collect();
    let gone = situation.gone();
    let taken = |item: &&ItemRow| {
        let collected = situation.states.get(&item.id).is_some_and(|state| state.collected > 0);
        collected || gone.get(&item.id).is_some_and(|cents| *cents > 0)
    };
    let items = touched.iter().filter_map(|item| situation.items.by_id(*item));
    // of several the first in the order of the books
    match items.filter(taken).min_by_key(|item| (&item.kassenzeichen, &item.posten)) {
        None => Ok(()),
        Some(item) => Err(Error::Refused(format!(
            "case {number} stays as it was decided: a debit of {}/{} has left the house since",
            item.kassenzeichen, item.posten
        ))),
    }
}
