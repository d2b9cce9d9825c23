//! The treasury's use cases: import, match, resolve, plan, release, export, report, verify.
//!
//! The only place where a transaction begins and ends. Each use case loads what a decision needs, asks the pure rules of
//! `ledger`, and writes what they said, in one transaction with its journal entry. It decides nothing itself.

mod accounts;
mod adopt;
mod aliases;
mod archive;
mod audit;
mod books;
mod calendar;
mod case_story;
mod case_work;
mod cases;
mod cautions;
mod close_day;
mod collect;
mod completeness;
mod config;
mod confirm;
mod control_sheet;
mod corrections;
mod coverage;
mod credit;
mod credit_notes;
mod crossing;
mod debits;
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
mod foreign;
mod hand_holds;
mod import;
mod import_outcome;
mod inquiry;
mod instance;
mod journal;
mod letterhead;
mod likeness;
mod list_holds;
mod lists;
mod mandates;
mod matching;
mod notices;
mod open_items;
mod operations;
mod overview;
mod pairs;
mod payment_file;
pub mod people;
mod queue;
mod recount;
mod release;
mod remind;
mod remittance;
mod reports;
pub mod rights;
mod run_view;
mod schemes;
mod sent;
mod settings;
mod shown;
mod situation;
mod statement_files;
mod statement_shape;
mod story;
mod table;
mod verify;

use jiff::civil::Date;
use store::{Act, Db, WriteTx};

pub use accounts::{confirm_account, unconfirmed_accounts};
pub use archive::{kept_files, take_out};
pub use audit::{Window, actors_and_actions, inquiries, journal_page, run_documents, source_files};
pub use calendar::calendar;
pub use case_story::{case_story, last_decision};
pub use case_work::{CaseNote, note_case};
pub use cases::{Resolution, case, cases, cases_page, resolve};
pub use close_day::{close_day, closed_days};
pub use collect::{PlanOptions, PlanOutcome, cancel, list, plan, show};
pub use completeness::statements;
pub use config::{Bank, Config, Creditor, Files, Letters, TEMPLATE};
pub use confirm::{Confirm, confirm};
pub use corrections::{TwoSay, as_of, correct_as_of, correct_day, end_account, only_looks};
pub use credit_notes::credits;
pub use deferral::{DeferralOptions, deferral_add, deferral_end, deferral_list};
pub use error::{Error, Refused, Result};
pub use explain::{explain, matching_report};
pub use export::{Exported, ExportedFile, export_run, held_back};
pub use fee_items::FeeKinds;
pub use fee_waivers::{WaiveOptions, fees_list, fees_waive, fees_withdraw};
pub use fees::{FeesReport, fees_report};
pub use find::{find, find_names};
pub use hand_holds::{Lifted, hold_add, hold_lift, hold_list};
pub use import::{FileReport, ImportOptions, Imported, Progress, Repeat, foreign, import};
pub use import_outcome::{NewPayments, tell_payments};
pub use inquiry::{FEATURES, ask};
pub use instance::{taken_over, unlock};
pub use journal::{journal, journal_entry, journal_head, journal_part};
pub use ledger::plan::Reason;
pub use ledger::void::VoidGround;
pub use lists::Headers;
pub use matching::{Matched, match_all};
pub use notices::{NoticeManner, Notified, notify};
pub use operations::{Operator, backup, copy, restore};
pub use overview::overview;
pub use queue::{QueueAsk, QueueFilter, QueueOrder, QueueOwner, QueuePage, queue};
pub use release::{Acknowledged, Released, release, residual};
pub use remind::{Reminded, remind};
pub use reports::{
    debits, debits_page, payments, payments_page, postings, postings_page, receivables, receivables_page, runs,
};
pub use run_view::{RunWindow, plan_proposal, run_preview};
pub use schemes::{SchemesChecked, check_schemes};
pub use sent::{VoidSaid, sent, void};
pub use store::{EntriesAsked, Error as StoreError, SessionRow, without_password};
pub use story::{features, story};
pub use table::csv;
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
    /// Who was proven to be who he says.
    signed: Vec<people::Proven>,
    /// What carries an order out once.
    once: Option<Once>,
    known: situation::Known,
    known_books: books::KnownBooks,
    known_chains: situation::KnownChains,
}

/// An order that is carried out once, however often it comes: a form that moves money, a request of a program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Once {
    /// What tells it from every other.
    pub digest: String,
    /// What is asked for: the same order says the same.
    pub request: String,
}

impl Kasse {
    /// Opens the treasury's database and gives a new one its name.
    ///
    /// # Errors
    /// What [`Db::open`] says.
    pub async fn open(config: Config, db: &str, today: Date, now: String) -> Result<Kasse> {
        let kasse = Kasse {
            config,
            db: Db::open(db).await?,
            today,
            now,
            signed: Vec::new(),
            once: None,
            known: situation::Known::default(),
            known_books: books::KnownBooks::default(),
            known_chains: situation::KnownChains::default(),
        };
        instance::name(&kasse).await?;
        Ok(kasse)
    }

    /// The same treasury at another moment.
    #[must_use]
    pub fn at(&self, today: Date, now: String) -> Kasse {
        Kasse { today, now, ..self.clone() }
    }

    /// The same treasury, with one more person who was proven.
    #[must_use]
    pub fn signed(mut self, proven: people::Proven) -> Kasse {
        self.signed.push(proven);
        self
    }

    /// The same treasury; what is written next is written once.
    #[must_use]
    pub fn once(mut self, once: Once) -> Kasse {
        self.once = Some(once);
        self
    }

    /// Who acts where nobody is named: the one who was proven, or the program itself.
    pub(crate) fn operator(&self) -> &str {
        self.signed.first().map_or(people::BATCH, people::Proven::name)
    }

    /// Begins writing in a person's name.
    pub(crate) async fn write(
        &self,
        right: rights::Right,
        who: &str,
        action: &'static str,
        reason: &str,
    ) -> Result<WriteTx> {
        let mut tx = self.begin(Some(right), who, action, reason).await?;
        corrections::refuse_old_day(&mut tx, self.today).await?;
        Ok(tx)
    }

    /// The same where the newest entry is of a later day: for what corrects that.
    pub(crate) async fn write_of_old(
        &self,
        right: rights::Right,
        who: &str,
        action: &'static str,
        reason: &str,
    ) -> Result<WriteTx> {
        self.begin(Some(right), who, action, reason).await
    }

    /// Begins writing what concerns a person alone.
    pub(crate) async fn write_own(&self, who: &str, action: &'static str) -> Result<WriteTx> {
        let mut tx = self.begin(None, who, action, "").await?;
        corrections::refuse_old_day(&mut tx, self.today).await?;
        Ok(tx)
    }

    async fn begin(
        &self,
        right: Option<rights::Right>,
        who: &str,
        action: &'static str,
        reason: &str,
    ) -> Result<WriteTx> {
        let mut tx = self.db.write(self.act(who, action, reason)).await?;
        settings::note(&mut tx, &self.config).await?;
        people::admit(self, &mut tx, right, who).await?;
        if let Some(once) = &self.once
            && !tx.carry_out(&once.digest, &once.request).await?
        {
            let before = store::carried_out(&mut tx, &once.digest).await?;
            let (journal, request) = before.unwrap_or_default();
            return Err(Error::Repeated { journal, same: request == once.request });
        }
        Ok(tx)
    }

    /// Lets a second person answer for what is written.
    pub(crate) async fn with(&self, tx: &mut WriteTx, right: rights::Right, who: &str) -> Result<()> {
        people::admit(self, tx, Some(right), who).await
    }

    /// Who does what in this treasury now.
    fn act(&self, actor: &str, action: &'static str, reason: &str) -> Act {
        Act { actor: actor.to_owned(), day: self.today, at: self.now.clone(), action, reason: reason.to_owned() }
    }
}
