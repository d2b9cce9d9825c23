//! Tests of the pages in this process: from the view of the people who work there, and who may use which address.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test that cannot go on must fail"
)]

mod api;
mod guard;
mod house;
mod imports;
mod matrix;
mod office;
mod queue;
mod runs;
mod trust;
