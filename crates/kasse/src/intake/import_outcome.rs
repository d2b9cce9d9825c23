//! What became of the payments that a file brought: of these alone, not of all that is in the books.
//!
//! Invariant: a payment counts for the file that told it first, and in one place.

use std::collections::HashMap;

use crate::intake::report::{Imported, NewPayments};
use crate::{Kasse, Result};

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
