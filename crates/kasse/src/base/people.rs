//! People: who is registered and with which rights, how he proves that it is he, his tokens.
//!
//! Only names what the files beside it do: how somebody comes to his rights (`appoint`), how he is proven (`proving`), what
//! acts for him (`tokens`).

pub use crate::base::appoint::{
    Given, add_user, confirm_request, set_password, set_user, users, waiting, withdraw_request,
};
pub use crate::base::proven::{BATCH, Proven};
pub use crate::base::proving::{
    FRESH, IDLE, LONGEST, Secret, are_proven, by_password, by_session, by_token, log_in, log_out, name_key,
    name_written, proved_again, seen, sessions,
};
pub use crate::base::tokens::{add_token, end_token};
