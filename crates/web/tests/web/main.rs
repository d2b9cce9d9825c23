//! The pages and the API in process: real books on SQLite, requests without a network.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test fails by panicking"
)]

mod api;
mod house;
mod matrix;
mod office;
mod queue;
