//! The pages in process: as those who work there go through them, and who may ask for which address.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test that cannot go on must fail"
)]

mod api;
mod house;
mod imports;
mod matrix;
mod office;
mod queue;
mod runs;
