//! The treasury's use cases: import, match, resolve, plan, release, export, report, verify.
//!
//! The only place where a transaction begins and ends. Each use case loads what a decision needs, asks the pure rules of
//! `ledger`, and writes what they said, in one transaction with its journal entry. It decides nothing itself.

mod base;
mod books;
mod cases;
mod desk;
mod guard;
mod handback;
mod intake;
mod lists;
mod matching;
mod night;
mod orders;
mod refunds;
mod reports;
mod runs;
mod treasury;
mod vault;

pub use base::access::{AccessKind, Way, accesses, looked_at_many, settle};
pub use base::aside::{write_aside, write_whole};
pub use base::config::{
    Access, Backups, Bank, Batch, Config, Creditor, Files, ImportLimits, Letters, StandingOrder, TEMPLATE, Web,
};
pub use base::day::only_looks;
pub use base::error::{Error, Refused, Result};
pub use base::fee_items::FeeKinds;
pub use base::kasse::{Kasse, Once};
pub use base::scratch::Scratch;
pub use base::window::Window;
pub use base::{factor, people, rights};
pub use books::credit_notes::credits;
pub use cases::case_story::{case_story, last_decision};
pub use cases::case_work::{CaseNote, note_case};
pub use cases::explain::{explain, matching_report};
pub use cases::hand_holds::{Lifted, hold_add, hold_lift, hold_list};
pub use cases::queue::{QueueAsk, QueueFilter, QueueOrder, QueueOwner, QueuePage, queue};
pub use cases::resolve::{Resolution, case, cases, cases_page, resolve};
pub use desk::caller::{Caller, Said as CallerSaid, who_is_calling};
pub use desk::find::{find, find_names};
pub use desk::inquiry::{FEATURES, ask};
pub use desk::story::{features, story};
pub use guard::check::{Guarded, guard, learn_schemes};
pub use guard::check_options::{GuardOptions, Partial};
pub use guard::original::is_debit_file;
pub use handback::blocks::blocks;
pub use handback::compare::{Compared, compare};
pub use handback::handed::handed;
pub use handback::handover::{HandedOver, handover, handover_withdraw, handovers};
pub use handback::holds::holds;
pub use handback::living::living;
pub use handback::mandates::mandates;
pub use handback::numbered::{HandbackKind, Next, export_after, exported, exports};
pub use handback::profiles::{Layout, PROFILES, ProfileFile, posted_file};
pub use handback::year_end::year_end;
pub use intake::accounts::{AccountConfirmed, confirm_account, unconfirmed_accounts};
pub use intake::confirm::{Confirm, confirm};
pub use intake::corrections::{TwoSay, as_of, correct_as_of, correct_day, end_account, withdraw_confirmations};
pub use intake::import::{ImportOptions, foreign, import};
pub use intake::import_outcome::tell_payments;
pub use intake::report::{FileReport, Imported, NewPayments, Progress, Repeat};
pub use intake::schemes::{SchemesChecked, check_schemes};
pub use ledger::plan::Reason;
pub use ledger::void::VoidGround;
pub use lists::{Headers, ListLimits};
pub use matching::verdicts::{Matched, match_all};
pub use night::alarm::{Alarm, AlarmKind};
pub use night::doctor::{DoctorAsked, Finding, doctor};
pub use night::filing::NightFile;
pub use night::lock::{Alone, alone};
pub use night::orders::{order_confirm, order_end, order_list, order_make};
pub use night::run::{NightAsked, night};
pub use night::summary::{Night, NightRun, Outcome as NightOutcome};
pub use orders::collect::{PlanOptions, PlanOutcome, cancel, plan, show};
pub use orders::export::{Exported, ExportedFile, export_run, held_back};
pub use orders::notices::{NoticeManner, Notified, notify};
pub use orders::recall::{RecallAsked, Recalled, recall};
pub use orders::release::{Acknowledged, Released, release, residual};
pub use orders::run_view::{RunWindow, plan_proposal, run_preview};
pub use orders::sent::{VoidSaid, sent, void};
pub use refunds::after::{RefundAccount, refund_to, refunds_sent, void_refunds};
pub use refunds::export::{RefundsExported, export_refunds};
pub use refunds::plan::{RefundPlan, cancel_refunds, plan_refunds, show_refunds};
pub use refunds::proposals::refund_list;
pub use refunds::release::{refunds_forbidden, release_refunds};
pub use reports::audit::{actors_and_actions, inquiries, journal_page, run_documents, source_files};
pub use reports::calendar::calendar;
pub use reports::clearing::clearing;
pub use reports::completeness::statements;
pub use reports::journal::{journal, journal_check, journal_entry, journal_head, journal_part};
pub use reports::overview::overview;
pub use reports::owed_and_paid::{
    debits, debits_page, payments, payments_page, postings, postings_page, receivables, receivables_page, runs,
};
pub use reports::returns::returns;
pub use reports::table::csv;
pub use reports::verify::verify;
pub use store::{AccessAsked, EntriesAsked, Error as StoreError, SessionRow, without_password};
pub use treasury::close_day::{close_day, closed_days};
pub use treasury::deferral::{DeferralOptions, deferral_add, deferral_end, deferral_list};
pub use treasury::fee_waivers::{WaiveOptions, fees_list, fees_waive, fees_withdraw};
pub use treasury::fees::{FeesReport, fees_report};
pub use treasury::remind::{Reminded, remind};
pub use vault::archive::{kept_files, take_out};
pub use vault::instance::{taken_over, unlock};
pub use vault::operations::{Source, backup, copy, restore, revive};
