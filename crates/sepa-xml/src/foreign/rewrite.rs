//! Writes a direct-debit file again without some of its debits.
//!
//! It decides nothing. Invariants: what stays is copied as it was, byte for byte and in its order; number and sum of each
//! level are those of what stays; nothing is added that was absent; the encoding stays.

use jiff::civil::Date;
use sepa::Cents;

use super::fault::ForeignError;
use super::file::{ForeignBatch, ForeignFile, Marked, Span};
use crate::source::Source;

/// What becomes of a debit.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fate {
    /// It stays as it is.
    Kept,
    /// It stays, for less.
    Reduced(Cents),
    /// It is cut.
    Cut,
}

/// Ids by which a bank tells the file from the one that it was made of.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NewIds {
    /// `MsgId`; the batches' ids are this one with `-1`, `-2` … behind it.
    pub message_id: String,
    /// `CreDtTm`.
    pub created: String,
}

/// How a file is written again.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Rewrite<'a> {
    /// What becomes of each debit, in the order of the file.
    pub fates: &'a [Fate],
    /// New ids; none where the bank never saw the file.
    pub ids: Option<NewIds>,
    /// Another collection date.
    pub due: Option<Date>,
    /// Whether it is written as pain.008.001.08; then addresses that name no town or country are left out, which that
    /// version does not allow as German banks take it.
    pub as_08: bool,
}

/// What was written.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Rewritten {
    /// The file.
    pub bytes: Vec<u8>,
    /// How many debits it holds.
    pub count: u64,
    /// Their sum.
    pub sum: Cents,
    /// Addresses that were left out.
    pub addresses: usize,
}

/// Writes a file again; `file` is what was read of `bytes`. Nothing, where no debit stays.
///
/// # Errors
/// [`ForeignError`] where the bytes are others than those that were read.
pub fn rewrite(bytes: &[u8], file: &ForeignFile, how: &Rewrite<'_>) -> Result<Option<Rewritten>, ForeignError> {
    let source = Source::new(bytes)?;
    let mut changes = Changes::default();
    let mut fates = how.fates.iter();
    let (mut count, mut sum) = (0, Cents::ZERO);
    for (batch, place) in file.batches.iter().zip(1_usize..) {
        let own = batch_changes(batch, fates.by_ref(), how, place, &mut changes).ok_or_else(too_large)?;
        count += own.0;
        sum = sum.checked_add(own.1).ok_or_else(too_large)?;
    }
    if count == 0 {
        return Ok(None);
    }
    changes.set(file.count.as_ref(), &count.to_string());
    changes.set(file.sum.as_ref(), &sum.to_string());
    if let Some(ids) = &how.ids {
        changes.set(Some(&file.message_id), &ids.message_id);
        changes.set(file.created.as_ref(), &ids.created);
    }
    let mut addresses = 0;
    if how.as_08 {
        file.renamed.iter().for_each(|(span, now)| changes.all.push((*span, (*now).to_owned())));
        changes.all.extend(file.bare_addresses.iter().map(|(_, span)| (*span, String::new())));
        addresses = file.bare_addresses.len();
    }
    let text = changes.applied(&source.text);
    let bytes = source.encode(text).ok_or_else(|| ForeignError::Encoding("of the file".to_owned()))?;
    Ok(Some(Rewritten { bytes, count, sum, addresses }))
}

fn too_large() -> ForeignError {
    ForeignError::Faults(Vec::new(), 1)
}

/// The changes within a batch; number and sum of what stays of it.
fn batch_changes<'f>(
    batch: &ForeignBatch,
    fates: &mut impl Iterator<Item = &'f Fate>,
    how: &Rewrite<'_>,
    place: usize,
    changes: &mut Changes,
) -> Option<(u64, Cents)> {
    let (mut count, mut sum) = (0_u64, Cents::ZERO);
    let first = changes.all.len();
    for (debit, fate) in batch.debits.iter().zip(fates) {
        let amount = match fate {
            Fate::Cut => {
                changes.all.push((debit.span, String::new()));
                continue;
            }
            Fate::Kept => debit.amount,
            Fate::Reduced(amount) => {
                changes.all.push((debit.amount_span, amount.to_string()));
                *amount
            }
        };
        count = count.checked_add(1)?;
        sum = sum.checked_add(amount)?;
    }
    if count == 0 {
        changes.all.truncate(first);
        changes.all.push((batch.span, String::new()));
        return Some((0, Cents::ZERO));
    }
    changes.set(batch.count.as_ref(), &count.to_string());
    changes.set(batch.sum.as_ref(), &sum.to_string());
    if let Some(ids) = &how.ids {
        changes.set(batch.id.as_ref(), &format!("{}-{place}", ids.message_id));
    }
    if let Some(due) = how.due {
        changes.set(Some(&batch.due), &due.to_string());
    }
    Some((count, sum))
}

/// What is put in the place of what.
#[derive(Default)]
struct Changes {
    all: Vec<(Span, String)>,
}

impl Changes {
    /// Puts another value in the place of one that is there. Values of ours need no escaping.
    fn set<T: ToString>(&mut self, known: Option<&Marked<T>>, now: &str) {
        // a sum may be written with other decimals: what is the same stays as it is
        if let Some(known) = known.filter(|known| known.value.to_string() != now) {
            self.all.push((known.span, now.to_owned()));
        }
    }

    /// The text with all of them; what lies within a part that is cut goes with it.
    fn applied(mut self, text: &str) -> String {
        self.all.sort_by_key(|(span, _)| (span.from, std::cmp::Reverse(span.to)));
        let mut written = String::with_capacity(text.len());
        let mut at = 0;
        for (span, now) in self.all {
            if span.from < at {
                continue;
            }
            written.push_str(text.get(at..span.from).unwrap_or_default());
            written.push_str(&now);
            at = span.to;
        }
        written.push_str(text.get(at..).unwrap_or_default());
        written
    }
}
