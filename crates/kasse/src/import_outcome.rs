//! What became of the payments that a file brought: of these alone, not of all that is in the books.
//!
//! Invariant: a payment counts for the file that told it first, and in one place.

use std::collections::HashMap;

use serde::Serialize;

use crate::import::Imported;
use crate::{Kasse, Result};

/// The new credits of a file, once they were matched.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct NewPayments {
    /// All of them.
    pub new: usize,
    /// Placed, by the rules or by people.
    pub placed: usize,
    /// For people to decide, or not yet looked at.
    pub in_doubt: usize,
    /// Money that is for nothing in the books: other money, the bank's own, what it has taken back.
    pub other: usize,
}

impl NewPayments {
    fn count(&mut self, decision: Option<&str>) {
        self.new += 1;
        *match decision {
            Some("auto" | "clerk") => &mut self.placed,
            None | Some("case") => &mut self.in_doubt,
            Some(_) => &mut self.other,
        } += 1;
    }

    /// Those of several files.
    pub fn sum(files: &Imported) -> NewPayments {
        files.files.iter().filter_map(|file| file.payments).fold(NewPayments::default(), |all, one| NewPayments {
            new: all.new + one.new,
            placed: all.placed + one.placed,
            in_doubt: all.in_doubt + one.in_doubt,
            other: all.other + one.other,
        })
    }
}

/// Says of each file what became of the payments that it brought; to be asked after matching.
///
/// # Errors
/// What the database says.
pub async fn tell_payments(kasse: &Kasse, imported: &mut Imported) -> Result<()> {
    let files = imported.files.iter().enumerate();
    let of: HashMap<i64, usize> =
        files.flat_map(|(place, file)| file.new_statements.iter().map(move |statement| (*statement, place))).collect();
    if of.is_empty() {
        return Ok(());
    }
    let mut tx = kasse.db.read().await?;
    let situation = kasse.situation(&mut tx).await?;
    for file in imported.files.iter_mut().filter(|file| !file.new_statements.is_empty()) {
        file.payments = Some(NewPayments::default());
    }
    for booking in situation.bookings.iter().filter(|booking| booking.amount > 0) {
        let Some(file) = of.get(&booking.statement).and_then(|place| imported.files.get_mut(*place)) else { continue };
        let verdict = situation.verdicts.get(&booking.id).map(|verdict| verdict.said.decision.as_str());
        file.payments.get_or_insert_default().count(verdict);
    }
    Ok(())
}
