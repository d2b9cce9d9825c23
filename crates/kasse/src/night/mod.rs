//! `einmal batch` and `einmal doctor`: a whole night by itself, and what is wrong with an installation.
//!
//! Here belongs what the nightly job does with folders, and the order in which it asks the other rooms; what a file is, who is
//! debited and what may leave is decided there. Nobody is there at night: nothing here releases, signs or vouches. No other room
//! uses this one. [How the nightly job works](../../../../docs/batch.md) says what a kill leaves at each place.

pub(crate) mod alarm;
mod backups;
pub(crate) mod doctor;
mod figures;
pub(crate) mod filing;
mod inbox;
pub(crate) mod lock;
pub(crate) mod orders;
pub(crate) mod outbox;
pub(crate) mod run;
mod staged;
mod still;
pub(crate) mod summary;
