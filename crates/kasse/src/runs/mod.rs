//! What a run takes and the payment file that it makes.
//!
//! Here belongs what follows from a run as it stands, for matching needs it too. Who may plan, release or export does not:
//! that is `orders`.

pub(crate) mod handed;
pub(crate) mod life;
pub(crate) mod payment_file;
pub(crate) mod refund_file;
pub(crate) mod remittance;
pub(crate) mod takings;
