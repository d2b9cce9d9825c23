//! What a clerk needs beside a verdict: where in the bank's texts a reference stands, and what placing the money under a
//! Kassenzeichen would come to.
//!
//! Writes nothing and decides nothing: it asks the rules' own finder and their order of settlement. Invariant: a
//! proposal never exceeds what is still open, of the booking and of each item.

use std::collections::HashSet;
use std::ops::Range;
use std::sync::Arc;

use kassenzeichen::{Directory, Field, Message, Spelling};
use ledger::books::{AccountId, Books, Item, Whose};
use ledger::settle::{Part, Reach, Rooms, named_items, settle};
use sepa::Cents;
use serde_json::{Value, json};
use store::{BookingRow, ItemRow, Tx};

use crate::base::fee_items;
use crate::books::situation::Situation;
use crate::matching::books::is_payable;
use crate::{Kasse, Result};

/// The books as they are now, open on the desk.
pub(crate) struct Desk<'a> {
    books: Arc<Books>,
    /// Every Kassenzeichen, where the books are a part of all.
    all: Option<Directory>,
    situation: &'a Situation,
}

/// A reference, or what looks like one, in a text.
struct Mark {
    field: Field,
    span: Range<usize>,
    /// The Kassenzeichen that it is, or could be; none where nobody has it.
    kassenzeichen: Vec<String>,
    spelling: &'static str,
}

impl<'a> Desk<'a> {
    pub(crate) fn new(kasse: &Kasse, situation: &'a Situation) -> Desk<'a> {
        Desk { books: kasse.books(situation), all: None, situation }
    }

    /// The same for a situation that may be a part of the books: references are looked for among all.
    pub(crate) async fn open(kasse: &Kasse, tx: &mut Tx, situation: &'a Situation) -> Result<Desk<'a>> {
        if !kasse.asks_for_parts(tx).await? {
            return Ok(Desk::new(kasse, situation));
        }
        let names = payable_names(kasse, tx).await?;
        let directory = Directory::new(&kasse.config.schemes, names.iter().map(String::as_str));
        let aliases = situation.aliases.iter().map(|row| (row.old.as_str(), row.kassenzeichen.as_str()));
        Ok(Desk { books: kasse.books_once(situation), all: Some(directory.with_aliases(aliases)), situation })
    }

    fn directory(&self) -> &Directory {
        self.all.as_ref().unwrap_or(&self.books.directory)
    }

    /// The account that prints its Kassenzeichen so.
    fn account(&self, kassenzeichen: &str) -> Option<AccountId> {
        let prints = |account: &AccountId| {
            self.books.account(*account).is_some_and(|account| account.kassenzeichen == kassenzeichen)
        };
        let spelt = self.books.directory.by_spelling(kassenzeichen).filter(prints);
        // several may be spelt alike: then one after the other
        spelt.or_else(|| (0..AccountId::try_from(self.books.len()).ok()?).find(prints))
    }

    /// What is open of an account's items after everything that is placed.
    fn rooms(&self, account: AccountId) -> Rooms {
        let mut rooms = Rooms::new(&self.books);
        for (place, item) in self.books.items_of(account) {
            let amount = Cents::new(self.situation.allocations.paid(item.id));
            rooms.take(&self.books, Part { item: place, amount });
        }
        rooms
    }

    /// How what is not yet placed of a booking would be divided under a Kassenzeichen, in parts as `resolve` takes them. What is not yet due is proposed only where nothing that is due is left, or the amount is just that.
    pub(crate) fn proposal(&self, booking: &BookingRow, kassenzeichen: &str) -> Vec<Value> {
        let Some(account) = self.account(kassenzeichen) else { return Vec::new() };
        let (rooms, left) =
            (self.rooms(account), self.situation.came_in(booking) - self.situation.allocations.sum(booking.id));
        let left = Cents::new(left);
        let named = named_items(&self.books, account, &booking.text());
        let divided = |reach: Reach| settle(&self.books, &rooms, account, Whose::Unclear, left, &named, reach);
        let (due, rest) = divided(Reach::Due);
        let (all, rest_of_all) = divided(Reach::All);
        // fees that are due come before what falls due later; dividing all passes over them
        let pays_fees = due.iter().any(|part| self.books.items.get(part.item).is_some_and(Item::is_fee));
        let is_ahead = due.is_empty() || !pays_fees && rest.is_positive() && rest_of_all.is_zero();
        let parts = if is_ahead { all } else { due };
        let shown = |part: &Part| {
            let posten = self.books.items.get(part.item).map(|item| fee_items::posten_of(&self.books, item));
            json!({"kassenzeichen": kassenzeichen, "posten": posten, "amount": part.amount.to_string()})
        };
        parts.iter().map(shown).collect()
    }

    /// Where references stand in the texts of a booking: places count characters.
    pub(crate) fn marks(&self, booking: &BookingRow) -> Vec<Value> {
        let (text, further) = (booking.text(), booking.further_references.join("\n"));
        let message = Message {
            remittance: &text,
            end_to_end: booking.end_to_end_id.as_deref(),
            structured: booking.structured_reference.as_deref(),
            further: &booking.further_references,
            instruction: booking.instruction_id.as_deref(),
            mandate: booking.mandate_reference.as_deref(),
            counterparty: booking.counterparty.as_deref(),
            additional: booking.additional.as_deref(),
        };
        let mut marks = self.found(&message);
        marks.sort_by_key(|mark| (mark.field, mark.span.start, mark.span.end));
        marks.iter().map(|mark| mark.json(&message, &further, booking.remittance.len())).collect()
    }

    fn found(&self, message: &Message<'_>) -> Vec<Mark> {
        let mut finder = self.directory().finder();
        let findings = finder.find(message);
        let mut marks: Vec<Mark> = Vec::new();
        for found in &findings.found {
            let name = self.directory().printed(found.reference).to_owned();
            let spelling = if found.is_alias { "old" } else { word(found.spelling) };
            let same =
                |mark: &&mut Mark| (mark.field, &mark.span, mark.spelling) == (found.field, &found.span, spelling);
            match marks.iter_mut().find(same) {
                Some(mark) => mark.kassenzeichen.push(name),
                None => {
                    let (field, span) = (found.field, found.span.clone());
                    marks.push(Mark { field, span, kassenzeichen: vec![name], spelling });
                }
            }
        }
        for unknown in &findings.unknown {
            let overlaps = |mark: &Mark| {
                mark.field == unknown.field && mark.span.start < unknown.span.end && unknown.span.start < mark.span.end
            };
            if !marks.iter().any(overlaps) {
                let (field, span) = (unknown.field, unknown.span.clone());
                marks.push(Mark { field, span, kassenzeichen: Vec::new(), spelling: "unknown" });
            }
        }
        marks
    }
}

/// Every Kassenzeichen under which money can be placed, in the order of the books.
async fn payable_names(kasse: &Kasse, tx: &mut Tx) -> Result<Vec<String>> {
    let fees = store::fee_items(tx).await?;
    let fees = store::items_of(tx, &fees).await?;
    let is_unpayable = |row: &&ItemRow| !is_payable(row, &kasse.config);
    let left_out: HashSet<i64> = fees.iter().filter(is_unpayable).map(|row| row.id).collect();
    let mut names: Vec<String> = Vec::new();
    store::each_item_name(tx, |id, name| {
        if !left_out.contains(&id) && names.last() != Some(&name) {
            names.push(name);
        }
    })
    .await?;
    names.sort_unstable();
    names.dedup();
    Ok(names)
}

impl Mark {
    /// `further` are the further references, a line each; the remittance has so many bytes before the text that stands beside
    /// the structured references.
    fn json(&self, message: &Message<'_>, further: &str, length: usize) -> Value {
        let beside = if length == 0 { 0 } else { length + 1 };
        let is_beside = message.remittance.len() > length && self.span.start >= beside;
        let span = match self.field {
            Field::Remittance if is_beside => self.span.start - beside..self.span.end - beside,
            Field::Remittance => self.span.start..self.span.end.min(length),
            _ => self.span.clone(),
        };
        let (name, text) = match self.field {
            Field::Remittance if is_beside => ("structured_text", message.remittance.get(beside..)),
            Field::Remittance => ("remittance", message.remittance.get(..length)),
            Field::EndToEnd => ("end_to_end_id", message.end_to_end),
            Field::Structured => ("structured_reference", message.structured),
            Field::Mandate => ("mandate_reference", message.mandate),
            Field::Counterparty => ("counterparty", message.counterparty),
            Field::Additional => ("additional", message.additional),
            Field::Further => ("further_references", Some(further)),
            Field::Instruction => ("instruction_id", message.instruction),
        };
        let text = text.unwrap_or_default();
        let characters = |until: usize| text.get(..until).map_or(0, |before| before.chars().count());
        json!({
            "field": name,
            "from": characters(span.start),
            "to": characters(span.end),
            "written": text.get(span),
            "kassenzeichen": self.kassenzeichen,
            "spelling": self.spelling,
        })
    }
}

/// A spelling in a word: as it is, nearly, or in part. `old` is an old reference that leads to this one, however spelt.
fn word(spelling: Spelling) -> &'static str {
    match spelling {
        Spelling::Exact | Spelling::LostZeros | Spelling::LookAlike => "clean",
        Spelling::Near(_) => "near",
        Spelling::Partial => "part",
    }
}
