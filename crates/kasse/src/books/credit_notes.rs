//! Credits of a Kassenzeichen: what a list says is due to the debtor.
//!
//! Invariant: a credit pays nothing: what is open of an item stays open, so that the books' counters are as they would be
//! without it. It lowers what is collected: never more is claimed under a Kassenzeichen than is open there less its credits.

use std::collections::{BTreeMap, HashMap};

use kassenzeichen::canonical;
use sepa::Cents;
use serde_json::{Value, json};
use store::{CreditNoteRow, ItemRow, Tx};

use crate::base::shown::eur;
use crate::books::situation::Situation;
use crate::{Kasse, Result};

/// The newest of each Kassenzeichen and posten, but those that are none any more.
pub(crate) async fn standing(tx: &mut Tx) -> Result<Vec<CreditNoteRow>> {
    let mut newest: BTreeMap<(String, String), CreditNoteRow> = BTreeMap::new();
    for note in store::credit_notes(tx).await? {
        newest.insert((canonical(&note.kassenzeichen), note.posten.clone()), note);
    }
    Ok(newest.into_values().filter(|note| note.amount > 0).collect())
}

/// Item -> what of it the credits of its Kassenzeichen cover, cents above zero. The oldest items come first (§ 225 (2) AO);
/// what a doubt holds takes no part, for it may be paid already, nor what a person holds for ever. What is held until a day
/// may be collected behind it, and then less its credit.
pub(crate) fn covered(situation: &Situation) -> HashMap<i64, i64> {
    let mut covered = HashMap::new();
    let credits = by_kassenzeichen(situation);
    if credits.is_empty() {
        return covered;
    }
    let (held, by_hand, gone) = (situation.held(), situation.hand_held(), situation.gone());
    let is_kept =
        |item: &ItemRow| by_hand.get(&item.id).is_some_and(|holds| holds.iter().any(|hold| hold.row.until.is_none()));
    let takes_part = |item: &&ItemRow| item.said.fee.is_none() && !held.contains_key(&item.id) && !is_kept(item);
    for (kassenzeichen, mut credit) in credits {
        let mut items: Vec<&ItemRow> = situation.items.of_canonical(&kassenzeichen).filter(takes_part).collect();
        items.sort_by_key(|item| (item.said.due, item.id));
        for item in items {
            let taken = situation.transferred(item) + gone.get(&item.id).copied().unwrap_or(0);
            let part = (item.said.amount - taken).clamp(0, credit);
            if part > 0 {
                covered.insert(item.id, part);
                credit -= part;
            }
        }
    }
    covered
}

/// What is left to pay of each item where the whole credit of its Kassenzeichen is set against it: id, cents, and what was
/// paid before the list was made.
pub(crate) fn beside(situation: &Situation) -> Vec<(i64, Cents, Cents)> {
    let left = |(kassenzeichen, credit): (String, i64)| -> Vec<(i64, Cents, Cents)> {
        let own = situation.items.of_canonical(&kassenzeichen).filter(|item| item.said.fee.is_none());
        let left = own
            .filter(|item| item.said.amount - item.said.paid_before > credit)
            .map(|item| (item.id, Cents::new(item.said.amount - credit), Cents::new(item.said.paid_before)));
        left.collect()
    };
    by_kassenzeichen(situation).into_iter().flat_map(left).collect()
}

/// Canonical Kassenzeichen -> its credits, cents above zero.
fn by_kassenzeichen(situation: &Situation) -> BTreeMap<String, i64> {
    let mut credits: BTreeMap<String, i64> = BTreeMap::new();
    for note in situation.credit_notes.iter() {
        let credit = credits.entry(canonical(&note.kassenzeichen)).or_default();
        *credit = credit.saturating_add(note.amount);
    }
    credits
}

/// An object per credit that stands.
///
/// # Errors
/// What the database says.
pub async fn credits(kasse: &Kasse) -> Result<Vec<Value>> {
    let mut tx = kasse.db.read().await?;
    let situation = kasse.situation(&mut tx).await?;
    let shown = |note: &CreditNoteRow| {
        json!({
            "kassenzeichen": situation.items.printed_as(&note.kassenzeichen), "posten": note.posten, "kind": note.kind,
            "due": note.due.to_string(), "amount": eur(note.amount), "debtor": note.debtor,
        })
    };
    Ok(situation.credit_notes.iter().map(shown).collect())
}
