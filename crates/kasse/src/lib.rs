//! The treasury's use cases: import, match, resolve, plan, release, export, report, verify.
//!
//! The only place where a transaction begins and ends. Each use case loads what a decision needs, asks the pure rules of
//! `ledger`, and writes what they said, in one transaction with its journal entry. It decides nothing itself.

mod accounts;
mod adopt;
mod aliases;
mod books;
mod case_work;
mod cases;
mod close_day;
mod collect;
mod completeness;
mod config;
mod confirm;
mod control_sheet;
mod coverage;
mod credit;
mod deferral;
mod desk;
mod error;
mod excess;
mod explain;
mod export;
mod fallen;
mod fee_items;
mod fee_waivers;
mod fees;
mod find;
mod hand_holds;
mod import;
mod instance;
mod journal;
mod letterhead;
mod lists;
mod mandates;
mod matching;
mod notices;
mod open_items;
mod operations;
mod payment_file;
mod recount;
mod release;
mod remind;
mod remittance;
mod reports;
mod schemes;
mod sent;
mod shown;
mod situation;
mod statement_files;
mod statement_shape;
mod verify;

use jiff::civil::Date;
use store::{Act, Db};

pub use accounts::{confirm_account, unconfirmed_accounts};
pub use case_work::{CaseNote, note_case};
pub use cases::{Resolution, case, cases, resolve};
pub use close_day::{close_day, closed_days};
pub use collect::{PlanOptions, PlanOutcome, cancel, list, plan, show};
pub use completeness::statements;
pub use config::{Bank, Config, Creditor, Files, Letters, TEMPLATE};
pub use confirm::{Confirm, confirm};
pub use deferral::{DeferralOptions, deferral_add, deferral_end, deferral_list};
pub use error::{Error, Result};
pub use explain::{explain, matching_report};
pub use export::{Exported, ExportedFile, export_run};
pub use fee_waivers::{WaiveOptions, fees_list, fees_waive, fees_withdraw};
pub use fees::{FeesReport, fees_report};
pub use find::find;
pub use hand_holds::{Lifted, hold_add, hold_lift, hold_list};
pub use import::{FileReport, ImportOptions, Imported, Progress, Repeat, import};
pub use instance::{taken_over, unlock};
pub use journal::{journal, journal_entry, journal_head};
pub use ledger::plan::Reason;
pub use matching::{Matched, match_all};
pub use notices::{NoticeManner, Notified, notify};
pub use operations::{Operator, backup, copy, restore};
pub use release::{Released, release};
pub use remind::{Reminded, remind};
pub use reports::{payments, postings, receivables, runs};
pub use schemes::{SchemesChecked, check_schemes};
pub use sent::{VoidSaid, sent, void};
pub use store::without_password;
pub use verify::verify;

/// One treasury: its settings, its database, the day and the hour.
#[derive(Clone, Debug)]
pub struct Kasse {
    /// Its settings.
    pub config: Config,
    /// Its database.
    pub db: Db,
    /// The business date.
    pub today: Date,
    /// The wall clock, UTC, RFC 3339; only written down, never decided by.
    pub now: String,
    known: situation::Known,
}

impl Kasse {
    /// Opens the treasury's database and gives a new one its name.
    ///
    /// # Errors
    /// What [`Db::open`] says.
    pub async fn open(config: Config, db: &str, today: Date, now: String) -> Result<Kasse> {
        let kasse = Kasse { config, db: Db::open(db).await?, today, now, known: situation::Known::default() };
        instance::name(&kasse).await?;
        Ok(kasse)
    }

    /// Who does what in this treasury now.
    pub(crate) fn act(&self, actor: &str, action: &'static str, reason: &str) -> Act {
        Act { actor: actor.to_owned(), day: self.today, at: self.now.clone(), action, reason: reason.to_owned() }
    }
}
