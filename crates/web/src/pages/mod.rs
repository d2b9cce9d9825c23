//! The pages: one module for each place in the navigation, with handlers and the data for their templates.

pub(crate) mod accesses;
pub(crate) mod audit;
pub(crate) mod cases;
pub(crate) mod corrections;
pub(crate) mod desk;
pub(crate) mod factor;
pub(crate) mod guard;
pub(crate) mod import;
pub(crate) mod language;
pub(crate) mod login;
pub(crate) mod me;
pub(crate) mod overview;
pub(crate) mod prove;
pub(crate) mod refunds;
pub(crate) mod runs;
pub(crate) mod settings;
pub(crate) mod statements;
pub(crate) mod users;
pub(crate) mod waiting;
