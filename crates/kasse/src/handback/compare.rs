//! Another system's list of open items held against ours, so that nobody collects what the other already has.
//!
//! Invariant: changes nothing; each row of the list is answered once, and so is each open item of its levies that it leaves out.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::Path;

use kassenzeichen::canonical;
use ledger::levies;
use serde_json::{Value, json};
use store::ItemRow;

use crate::base::fee_items::{self, Maker};
use crate::base::shown::{self, eur};
use crate::books::situation::Situation;
use crate::intake::open_items::{Listed, named_as_known};
use crate::intake::prepared;
use crate::{Error, Kasse, Result};

/// How an item stands there and here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Finding {
    /// The same is assessed and open.
    Agrees,
    /// Other amounts are assessed.
    Amount,
    /// More is paid there than we know of: we would collect what the other has.
    PaidThere,
    /// More is paid or being collected here: the other would collect what we have.
    PaidHere,
    /// Our books have no such item.
    UnknownHere,
    /// It is open or being collected here, and the list of its levy leaves it out.
    MissingThere,
}

impl Finding {
    const ALL: [Finding; 6] = [
        Finding::Agrees,
        Finding::Amount,
        Finding::PaidThere,
        Finding::PaidHere,
        Finding::UnknownHere,
        Finding::MissingThere,
    ];

    fn word(self) -> &'static str {
        match self {
            Finding::Agrees => "agrees",
            Finding::Amount => "amount_differs",
            Finding::PaidThere => "paid_there",
            Finding::PaidHere => "paid_here",
            Finding::UnknownHere => "unknown_here",
            Finding::MissingThere => "missing_there",
        }
    }
}

/// What one of the two systems says of an item, cents.
#[derive(Clone, Copy, Debug)]
struct Side {
    assessed: i64,
    /// Paid, or being collected.
    paid: i64,
}

impl Side {
    fn open(self) -> i64 {
        self.assessed - self.paid
    }
}

/// What both say is compared by what is open: a list that gives the rest as the assessed amount collects no cent twice.
fn finding(there: Side, here: Side) -> Finding {
    if there.open() == here.open() || there.paid == here.paid {
        return if there.assessed == here.assessed { Finding::Agrees } else { Finding::Amount };
    }
    if there.paid > here.paid { Finding::PaidThere } else { Finding::PaidHere }
}

/// What came of a comparison.
#[derive(Clone, Debug, PartialEq)]
pub struct Compared {
    /// The figures, and an object per item.
    pub value: Value,
    /// Whether all of it agrees.
    pub agrees: bool,
}

/// Holds a list of open items, as the other system writes it, against the books.
///
/// # Errors
/// [`Error::File`] with line and column where the list cannot be read, or is none of open items.
pub async fn compare(kasse: &Kasse, path: &Path) -> Result<Compared> {
    let name = path.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned());
    let list = prepared::open_list(path, &name, kasse).await?;
    let mut tx = kasse.db.read().await?;
    let situation = kasse.situation(&mut tx).await?;
    let maker = Maker::new(&situation.items, kasse.config.outage);
    let (listed, credits) =
        named_as_known(&list, &kasse.config.fee_kinds, &situation, &maker).map_err(|why| Error::file(&name, why))?;
    let known: HashMap<(String, &str), &ItemRow> =
        situation.items.iter().map(|item| ((canonical(&item.kassenzeichen), item.posten.as_str()), item)).collect();
    let item_of = |row: &Listed| known.get(&(canonical(&row.kassenzeichen), row.posten.as_str())).copied();
    let named: HashSet<i64> = listed.iter().filter_map(|row| Some(item_of(row)?.id)).collect();
    let mut sums = Sums { credits, ..Sums::default() };
    let mut rows: Vec<Value> = listed.iter().map(|row| sums.listed(&situation, row, item_of(row))).collect();
    let left_out = left_out(&situation, &listed, &named);
    rows.extend(left_out.into_iter().map(|item| sums.missing(&situation, item)));
    Ok(Compared { agrees: sums.agree(), value: sums.json(&name, rows) })
}

/// Items of the list's levies that it leaves out though they are open or being collected here.
fn left_out<'s>(situation: &'s Situation, listed: &[Listed], named: &HashSet<i64>) -> Vec<&'s ItemRow> {
    let mut kinds: HashSet<&str> = listed.iter().map(|row| row.said.kind.as_str()).collect();
    kinds.extend(situation.items.iter().filter(|item| named.contains(&item.id)).map(|item| item.said.kind.as_str()));
    let listed_levies: HashSet<String> = kinds.into_iter().map(levies::key).collect();
    let is_due = |item: &&ItemRow| situation.open_of(item.id) > 0 || situation.in_collection(item.id).is_some();
    let own = situation.items.iter().filter(|item| !named.contains(&item.id)).filter(is_due);
    own.filter(|item| listed_levies.contains(&levies::key(&item.said.kind))).collect()
}

/// What we know of an item.
fn here(situation: &Situation, item: &ItemRow) -> Side {
    let assessed = situation.states.get(&item.id).map_or(0, |state| state.amount);
    Side { assessed, paid: assessed - situation.open_of(item.id) }
}

/// What debits take of an item now, cents.
fn collecting(situation: &Situation, item: Option<&ItemRow>) -> Option<i64> {
    Some(situation.states.get(&item?.id)?.in_collection)
}

/// How many items stand how, and what is open of them there and here.
#[derive(Default)]
struct Sums {
    count: BTreeMap<Finding, usize>,
    open_there: i64,
    open_here: i64,
    /// Rows below zero: what is due to debtors, and no item to collect.
    credits: usize,
}

impl Sums {
    fn listed(&mut self, situation: &Situation, row: &Listed, item: Option<&ItemRow>) -> Value {
        let there = Side { assessed: row.said.amount, paid: row.said.paid_before };
        let here = item.map(|item| here(situation, item));
        let found = here.map_or(Finding::UnknownHere, |here| finding(there, here));
        let of = (row.kassenzeichen.as_str(), row.posten.as_str(), row.said.kind.as_str());
        self.row(found, of, (Some(there), here), (Some(row.line), collecting(situation, item)))
    }

    fn missing(&mut self, situation: &Situation, item: &ItemRow) -> Value {
        let of = (item.kassenzeichen.as_str(), item.posten.as_str(), fee_items::kind(item));
        let here = here(situation, item);
        self.row(Finding::MissingThere, of, (None, Some(here)), (None, collecting(situation, Some(item))))
    }

    fn row(
        &mut self,
        found: Finding,
        (kassenzeichen, posten, kind): (&str, &str, &str),
        (there, here): (Option<Side>, Option<Side>),
        (line, collecting): (Option<u64>, Option<i64>),
    ) -> Value {
        *self.count.entry(found).or_default() += 1;
        self.open_there += there.map_or(0, Side::open);
        self.open_here += here.map_or(0, Side::open);
        let amount = |side: Option<Side>, of: fn(Side) -> i64| side.map(|side| eur(of(side)));
        json!({
            "line": line,
            "kassenzeichen": kassenzeichen,
            "posten": posten,
            "kind": kind,
            "state": found.word(),
            "amount_there": amount(there, |side| side.assessed),
            "amount_here": amount(here, |side| side.assessed),
            "already_there": amount(there, |side| side.paid),
            "already_here": amount(here, |side| side.paid),
            "open_there": amount(there, Side::open),
            "open_here": amount(here, Side::open),
            "in_collection": collecting.map(eur),
        })
    }

    fn agree(&self) -> bool {
        self.count.keys().all(|found| *found == Finding::Agrees)
    }

    fn json(&self, file: &str, rows: Vec<Value>) -> Value {
        let count = |found: Finding| self.count.get(&found).copied().unwrap_or(0);
        let counts: Value = Finding::ALL.into_iter().map(|found| (found.word(), count(found))).collect();
        let items = rows.len();
        let sums = json!({
            "credits": self.credits, "open_there": eur(self.open_there), "open_here": eur(self.open_here), "rows": rows,
        });
        [counts, sums].into_iter().fold(json!({"file": file, "items": items}), shown::with)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_open_decides_and_then_who_has_more() {
        use Finding::{Agrees, Amount, PaidHere, PaidThere};
        for (there, here, expected) in [
            ((100, 0), (100, 0), Agrees),
            ((100, 100), (100, 100), Agrees),
            ((100, 40), (100, 0), PaidThere),
            ((100, 0), (100, 40), PaidHere),
            // assessed anew, nothing paid
            ((120, 0), (100, 0), Amount),
            // the list gives the rest as the amount: the same is open
            ((60, 0), (100, 40), Amount),
            // more is assessed there and less is paid: it would collect what we have
            ((120, 0), (100, 40), PaidHere),
            ((120, 50), (100, 40), PaidThere),
        ] {
            let side = |(assessed, paid)| Side { assessed, paid };
            assert_eq!(finding(side(there), side(here)), expected, "{there:?} {here:?}");
        }
    }
}
