//! The built program on files: what a treasury types, what it reads, what is stored.
//!
//! Knows the outside only: command line, files, JSON, exit codes, and the tables of the database as an auditor sees
//! them; no crate of the program is linked. Invariant: every town is a temporary folder of its own.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test fails by panicking, and says aloud what it did not run"
)]

mod after_file;
mod alike;
mod alone;
mod archive;
mod bad_input;
mod bank;
mod batch;
mod batch_more;
mod books;
mod cases;
mod collect;
mod collect_money;
mod contract;
mod days;
mod deferral;
mod demo;
mod demo_guard;
mod explain;
mod fee_items;
mod fees;
mod formats;
mod gate;
mod guard;
mod guard_books;
mod guard_doubts;
mod handback;
mod handover;
mod holds;
mod imports;
mod intraday;
mod lang;
mod lists;
mod numbered;
mod operations;
mod orders;
mod pages;
mod pairing;
mod paper;
mod paper_reminders;
mod people;
mod previous;
mod readers;
mod recalls;
mod refunds;
mod rights;
mod runs;
mod schemes;
mod seed;
mod staff;
mod statements;
mod strangers;
mod together;
mod town;
mod verify;
mod witnesses;
