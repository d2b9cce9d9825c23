//! The vocabulary of SEPA: amounts in cents, IBANs, identifiers, text and calendars.
//!
//! Everything here is a value: it does no I/O, reads no clock and knows neither files nor books. What a type holds is
//! valid, because `parse` is the only way to make one from text.

mod amount;
mod calendar;
mod check_digits;
mod iban;
mod ids;
mod text;

pub use amount::{AmountError, Cents};
pub use calendar::{
    easter_sunday, end_of_grace, first_collection_day, is_nrw_holiday, is_target_day, nrw_working_day_on_or_after,
    target_day_after, target_day_before, target_day_on_or_after,
};
pub use iban::{Iban, IbanError};
pub use ids::{CreditorId, EndToEndId, IdError, MandateId, check_reference};
pub use text::{sepa_text, transliterate};
