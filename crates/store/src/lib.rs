//! Rows and the journal.
//!
//! This crate knows tables, and no rule of the treasury. Its invariants:
//! * a row that says what happened (a *fact*, `facts`) is only ever added, inside a [`WriteTx`];
//! * a [`WriteTx`] cannot be committed without its journal entry, and the entry's hash covers every fact it added;
//! * only `engine`, `keys`, `bulk` and `schema` know which database is underneath.

mod about;
mod aliases;
mod appointments;
mod archive;
mod beside;
mod bookings;
mod bulk;
mod case_notes;
mod case_story;
mod controls;
mod copy;
mod credit_notes;
mod day_closes;
mod deferrals;
mod engine;
mod entry_facts;
mod error;
mod factors;
mod facts;
mod fee_waivers;
mod hand_holds;
mod handback;
mod health;
mod instances;
mod items;
mod journal;
mod keys;
mod lives;
mod manner;
pub mod migrations;
mod nights;
mod opening;
mod packed;
mod patterns;
mod people;
mod recalls;
mod refunds;
mod reminders;
mod retired;
mod runs;
mod schema;
mod standing;
mod statement_copy;
mod statements;
mod url;
mod verdicts;
mod verify;
mod waiting;

pub use about::{
    Likeness, Mandated, Owed, alike, claiming, claims_of, credits_like, debits_named, each_item_name, each_mandated,
    each_owed, fee_items, former_of, has_advices, held_by, holds_of, items_under, newest_of, open_case_bookings,
    outgoing, paid_by, parts_of,
};
pub use aliases::{AliasRow, aliases};
pub use appointments::{RequestRow, StaffMoment, credential_asked, credentials_asked, open_requests, staff_history};
pub use archive::{Kept, KeptFile, archived, archived_part, is_archived, kept_file_of, kept_files};
pub use beside::{AccessAsked, accesses};
pub use bookings::{
    Booked, BookingRow, NewBooking, StoredBooking, booking_lines, bookings, bookings_of, is_reference_of_another,
    sightings, stored_between, stored_of, stored_on, told,
};
pub use case_notes::{CaseNoteRow, Said, case_notes};
pub use case_story::{ToldVerdict, case_story, latest_subjects};
pub use controls::{
    Countersigned, account_ends, acknowledged, as_of, as_of_corrections, day_corrections, settings_between,
    settings_known, watched_since,
};
pub use copy::{Copy, TableDigest, canonical, is_empty};
pub use credit_notes::{CreditNoteRow, credit_notes};
pub use day_closes::{DayCloseRow, day_closes};
pub use deferrals::{DeferralEndRow, DeferralRow, deferral_ends, deferrals};
pub use engine::{Db, ReadTx, Row, Sql, Tx, Value};
pub use entry_facts::{EntryFact, NAMED, entry_facts, names};
pub use error::{Error, Result};
pub use factors::{FactorRow, has_recovery_code};
pub use facts::{FACTS, FactTable, Kind};
pub use fee_waivers::{FeeWaiverRow, FeeWithdrawalRow, fee_waivers, fee_withdrawals};
pub use hand_holds::{HandHoldRow, HoldLiftRow, LiftGround, ListGround, ListHold, hand_holds, hold_lifts};
pub use handback::{
    ExportRow, FormerTold, HandoverRow, LineRow, NewTold, ToldRow, handback_exports, handback_standing, handback_told,
    handed_over, handover_ends, handovers, lines,
};
pub use health::{newest_migrations, without_statistics};
pub use instances::{InstanceRow, instance_events};
pub use items::{
    AssessmentRow, Fee, ItemRow, MandateRow, NewAssessment, NewMandate, StateRow, account_signed_by,
    confirmed_accounts, former_assessments, items, items_of, mandate_told_by, mandates, mandates_of, set_state, state,
    states, states_of,
};
pub use journal::{
    Act, EntriesAsked, Heights, JournalEntry, JournalFacts, Moment, SettingChange, WriteTx, actors_and_actions,
    entries, entries_asked, entry, entry_of_hash, has_entry, head, heights, journal_facts, last_entry,
};
pub use lives::{LifeKind, LifeRow, life, life_of};
pub use manner::Manner;
pub use nights::{NightRow, OutboxRow, cases_since, nights, outbox_files};
pub use patterns::{PatternRow, patterns};
pub use people::{
    InquiryRow, RunProofs, StaffRow, TokenRow, carried_out, credential_of, credentials, has_staff, inquiries, proofs,
    proofs_of_others, run_proofs, staff, staff_of, tokens,
};
pub use recalls::{RecallKind, RecallRow, recalls};
pub use refunds::{
    RefundAccountRow, RefundAccountSaid, RefundEventRow, RefundKind, RefundRow, RefundRunRow, party_of,
    refund_accounts, refund_changers, refund_events, refund_runs, refunds,
};
pub use reminders::{ReminderRow, reminded, reminder_batches, reminders_of};
pub use retired::InstanceKind;
pub use runs::{
    ClaimRow, DebitRow, EventKind, EventRow, EventSaid, LeftOutRow, LeftOutSum, NoticeRow, NoticeSum, ReservationRow,
    RunRow, UnclaimedRow, changers, claims, debits, debits_of, events, left_out, left_out_page, left_out_sums,
    notice_sums, notices, planned_on, released_in, reservations, run_by_name, runs, set_reservations, unclaimed,
};
pub use schema::{schema, schema_breaks};
pub use standing::{StandingRow, runs_by_order, standing_orders};
pub use statement_copy::copy_statements;
pub use statements::{
    ConfirmationKind, ConfirmationRow, FileKind, NewEntry, NewFile, NewStatement, Page, SourceFileRow, StatementRow,
    confirmations, file_known, payment_files_since, source_files, statement, statement_of, statements,
};
pub use url::without_password;
pub use verdicts::{
    AllocationRow, CaseRow, HoldRow, NewVerdict, PostingRow, VerdictRow, all_verdicts, allocations, cases, evidence,
    evidence_of, held_by_booking, holds, posting_count, postings, verdicts, verdicts_numbered, verdicts_of,
};
pub use verify::{Break, verify_chain};
pub use waiting::{AccessRow, SessionRow};
