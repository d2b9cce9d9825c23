//! What people can do: each act is a method of the right that it needs, so that a handler without the right does not
//! compile.
//!
//! Only this module asks `kasse` to write. Invariant: a request that moves money carries a mark, and is carried out
//! once, however often the form is sent.

use std::path::{Path, PathBuf};

use jiff::civil::Date;
use kasse::people::{self, Given, Proven, Secret};
use kasse::rights::{Roles, Scopes};
use kasse::{
    AccountConfirmed, Acknowledged, CaseNote, Confirm, Exported, GuardOptions, Guarded, ImportOptions, Imported, Kasse,
    Matched, NoticeManner, Notified, Once, PlanOptions, PlanOutcome, Progress, RecallAsked, Recalled, RefundAccount,
    RefundPlan, RefundsExported, Released, Resolution, TwoSay, VoidGround, VoidSaid,
};
use sha2::{Digest as _, Sha256};

use crate::access::{
    Administering, Anyone, Appointing, As, Asking, Deciding, Exporting, Importing, Planning, Releasing, Vouching,
};
use crate::error::Failed;

/// What the sender states about uploaded files.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Of {
    /// The last bank day that the old system had posted.
    pub(crate) as_of: Option<Date>,
    /// Whether lists of open items are partial.
    pub(crate) partial: bool,
}

/// Identifies a request: the mark in its form, or a program's idempotency key.
#[derive(Clone, Debug)]
pub(crate) struct Mark {
    digest: String,
    request: String,
}

impl Mark {
    /// The mark of a form: drawn by its page, and bound to this person and this request.
    ///
    /// # Errors
    /// If the form has no mark.
    pub(crate) fn of_form<R>(user: &As<R>, drawn: &str, request: &str) -> Result<Mark, Failed> {
        match Secret::sent(drawn) {
            Some(_) => Ok(Mark::new(user.name(), drawn, request)),
            None => Err(Failed::Unreadable("the form carries no mark: open its page again".to_owned())),
        }
    }

    /// The mark of a program's request: its idempotency key; without one, a mark that occurs only once.
    pub(crate) fn of_key<R>(user: &As<R>, key: Option<&str>, request: &str) -> Mark {
        match key {
            Some(key) => Mark::new(user.name(), key, request),
            None => Mark::new(user.name(), Secret::new().text(), request),
        }
    }

    fn new(who: &str, drawn: &str, request: &str) -> Mark {
        let digest = |text: &str| Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
        // only digests are stored, not what was asked for
        Mark { digest: digest(&format!("{who}\n{drawn}")), request: digest(request) }
    }

    fn on(self, kasse: Kasse) -> Kasse {
        kasse.once(Once { digest: self.digest, request: self.request })
    }
}

impl As<Importing> {
    /// Imports files, then matches everything.
    pub(crate) async fn import(
        &self,
        paths: &[PathBuf],
        of: Of,
        progress: &dyn Progress,
    ) -> kasse::Result<(Imported, Matched)> {
        let kasse = self.acting();
        let Of { as_of, partial } = of;
        let options = ImportOptions {
            who: Some(self.name().to_owned()),
            as_of,
            partial,
            by_web: true,
            ..ImportOptions::default()
        };
        let mut imported = kasse::import(&kasse, paths, &options, progress).await?;
        let matched = kasse::match_all(&kasse).await?;
        kasse::tell_payments(&kasse, &mut imported).await?;
        Ok((imported, matched))
    }

    /// Matches everything.
    pub(crate) async fn match_all(&self) -> kasse::Result<Matched> {
        kasse::match_all(&self.acting()).await
    }

    /// Confirms a mandate's changed account.
    pub(crate) async fn confirm_account(
        &self,
        mark: Mark,
        mandate: &str,
        iban: &str,
    ) -> kasse::Result<AccountConfirmed> {
        kasse::confirm_account(&mark.on(self.acting()), mandate, iban, self.name()).await
    }
}

impl As<Deciding> {
    /// Decides a case; returns its owner if that is somebody else.
    pub(crate) async fn resolve(
        &self,
        mark: Mark,
        number: i64,
        resolution: &Resolution,
        seen: Option<i64>,
    ) -> kasse::Result<Option<String>> {
        kasse::resolve(&mark.on(self.acting()), number, resolution, seen, self.name()).await
    }

    /// Writes a comment on a case, or changes its owner.
    pub(crate) async fn note(&self, mark: Mark, number: i64, note: &CaseNote) -> kasse::Result<Option<String>> {
        kasse::note_case(&mark.on(self.acting()), number, note, self.name()).await
    }

    /// Holds a Kassenzeichen or an item by hand.
    pub(crate) async fn hold(
        &self,
        mark: Mark,
        what: &str,
        reason: &str,
        until: Option<Date>,
    ) -> kasse::Result<Vec<String>> {
        kasse::hold_add(&mark.on(self.acting()), what, reason, until, self.name()).await
    }

    /// Says, with a second person, to which other account the credit of a case goes back.
    pub(crate) async fn refund_to(&self, mark: Mark, said: &RefundAccount, with: Proven) -> kasse::Result<()> {
        kasse::refund_to(&mark.on(self.acting()).signed(with), said).await
    }

    /// Signs for lifting a hold.
    pub(crate) async fn lift(&self, mark: Mark, what: &str, reason: &str) -> kasse::Result<kasse::Lifted> {
        kasse::hold_lift(&mark.on(self.acting()), what, reason, self.name()).await
    }
}

impl As<Planning> {
    /// Checks another system's debit file. Nothing is written into the books.
    pub(crate) async fn guard(
        &self,
        file: &Path,
        options: &GuardOptions,
        asks_books: bool,
        progress: &dyn Progress,
    ) -> kasse::Result<Guarded> {
        // one at a time: it takes all books, and the file's own beside them
        let _permit = self.app().whole_books().await;
        let kasse = self.kasse();
        let own = asks_books.then_some(&kasse);
        kasse::guard(file, options, own, (self.moment().today, &self.moment().now), progress).await
    }

    /// Plans a run.
    pub(crate) async fn plan(
        &self,
        mark: Mark,
        due: Date,
        kinds: Vec<String>,
        limit: Option<usize>,
    ) -> kasse::Result<PlanOutcome> {
        let options = PlanOptions { due, planner: self.name().to_owned(), kinds, limit };
        kasse::plan(&mark.on(self.acting()), &options).await
    }

    /// Writes a run's notices, and records how the debtors were told.
    pub(crate) async fn notify(
        &self,
        mark: Mark,
        run: &str,
        folder: &Path,
        manner: &NoticeManner,
    ) -> kasse::Result<Notified> {
        kasse::notify(&mark.on(self.acting()), run, folder, self.name(), manner).await
    }

    /// Gives a run up.
    pub(crate) async fn cancel(&self, mark: Mark, run: &str) -> kasse::Result<()> {
        kasse::cancel(&mark.on(self.acting()), run, self.name()).await
    }

    /// Plans a run of refunds.
    pub(crate) async fn plan_refunds(&self, mark: Mark, asked: &RefundPlan) -> kasse::Result<serde_json::Value> {
        kasse::plan_refunds(&mark.on(self.acting()), asked).await
    }

    /// Gives a run of refunds up.
    pub(crate) async fn cancel_refunds(&self, mark: Mark, run: &str) -> kasse::Result<()> {
        kasse::cancel_refunds(&mark.on(self.acting()), run, self.name()).await
    }

    /// Records that a file of refunds went to the bank.
    pub(crate) async fn refunds_sent(&self, mark: Mark, run: &str, order: &str) -> kasse::Result<()> {
        kasse::refunds_sent(&mark.on(self.acting()), run, order, self.name()).await
    }

    /// Prints an order to the bank to give debits up or back, and records it.
    pub(crate) async fn recall(&self, mark: Mark, asked: &RecallAsked, folder: &Path) -> kasse::Result<Recalled> {
        kasse::recall(&mark.on(self.acting()), asked, folder).await
    }

    /// Records that a file went to the bank.
    pub(crate) async fn sent(&self, mark: Mark, run: &str, order: &str) -> kasse::Result<()> {
        kasse::sent(&mark.on(self.acting()), run, order, self.name()).await
    }
}

impl As<Releasing> {
    /// Releases a run; `acknowledged` is the residual risk that the releaser was shown.
    pub(crate) async fn release(&self, mark: Mark, run: &str, acknowledged: Acknowledged) -> kasse::Result<Released> {
        kasse::release(&mark.on(self.acting()), run, self.name(), acknowledged).await
    }

    /// Releases a run of refunds; `early` says why money may go back whose debit can still come back.
    pub(crate) async fn release_refunds(&self, mark: Mark, run: &str, early: Option<&str>) -> kasse::Result<Released> {
        kasse::release_refunds(&mark.on(self.acting()), run, self.name(), early).await
    }

    /// Declares, with a second person, that a file of refunds was never carried out.
    pub(crate) async fn void_refunds(
        &self,
        mark: Mark,
        run: &str,
        with: Proven,
        reason: &str,
        ground: VoidGround,
    ) -> kasse::Result<()> {
        let said =
            VoidSaid { who: self.name().to_owned(), with: with.name().to_owned(), reason: reason.to_owned(), ground };
        kasse::void_refunds(&mark.on(self.acting()).signed(with), run, &said).await
    }

    /// Declares, with a second person, that a file was never carried out.
    pub(crate) async fn void(
        &self,
        mark: Mark,
        run: &str,
        with: Proven,
        reason: &str,
        ground: VoidGround,
    ) -> kasse::Result<()> {
        let said =
            VoidSaid { who: self.name().to_owned(), with: with.name().to_owned(), reason: reason.to_owned(), ground };
        kasse::void(&mark.on(self.acting()).signed(with), run, &said).await
    }
}

impl As<Exporting> {
    /// Writes the files of a released run.
    pub(crate) async fn export(
        &self,
        mark: Mark,
        run: &str,
        folder: &Path,
        early: Option<&str>,
    ) -> kasse::Result<Exported> {
        kasse::export_run(&mark.on(self.acting()), run, folder, early).await
    }

    /// Writes the file of a released run of refunds.
    pub(crate) async fn export_refunds(&self, mark: Mark, run: &str, folder: &Path) -> kasse::Result<RefundsExported> {
        kasse::export_refunds(&mark.on(self.acting()), run, folder).await
    }
}

impl As<Asking> {
    /// Answers a caller about a Kassenzeichen, after these features of the caller fitted; the inquiry is recorded.
    pub(crate) async fn ask(
        &self,
        mark: Mark,
        kassenzeichen: &str,
        features: &[String],
    ) -> kasse::Result<serde_json::Value> {
        kasse::ask(&mark.on(self.acting()), kassenzeichen, features, self.name()).await
    }
}

impl As<Vouching> {
    /// Vouches for a balance.
    pub(crate) async fn confirm(
        &self,
        mark: Mark,
        account: &str,
        what: Confirm,
        day: Date,
        balance: sepa::Cents,
    ) -> kasse::Result<()> {
        kasse::confirm(&mark.on(self.acting()), account, what, day, balance, self.name()).await
    }

    /// Corrects, with a second person, the last bank day that the old system had posted.
    pub(crate) async fn correct_as_of(
        &self,
        mark: Mark,
        day: Option<Date>,
        reason: &str,
        with: Proven,
    ) -> kasse::Result<()> {
        let said = TwoSay { who: self.name().to_owned(), with: with.name().to_owned(), reason: reason.to_owned() };
        kasse::correct_as_of(&mark.on(self.acting()).signed(with), day, &said).await
    }

    /// Declares, with a second person, that the statements of an account are needed no longer.
    pub(crate) async fn end_account(&self, mark: Mark, account: &str, reason: &str, with: Proven) -> kasse::Result<()> {
        let said = TwoSay { who: self.name().to_owned(), with: with.name().to_owned(), reason: reason.to_owned() };
        kasse::end_account(&mark.on(self.acting()).signed(with), account, &said).await
    }

    /// Closes a day with a second person.
    pub(crate) async fn close_day(&self, mark: Mark, day: Date, with: Proven) -> kasse::Result<Vec<serde_json::Value>> {
        let second = with.name().to_owned();
        kasse::close_day(&mark.on(self.acting()).signed(with), day, self.name(), &second).await
    }
}

impl As<Administering> {
    /// Registers a person.
    pub(crate) async fn add_user(&self, mark: Mark, name: &str, roles: &Roles, password: &str) -> kasse::Result<Given> {
        people::add_user(&mark.on(self.acting()), name, roles, password, self.name(), None).await
    }

    /// Gives a person other roles, or takes all.
    pub(crate) async fn set_user(&self, mark: Mark, name: &str, roles: &Roles, active: bool) -> kasse::Result<Given> {
        people::set_user(&mark.on(self.acting()), name, roles, active, self.name(), None).await
    }

    /// Sets another person's password.
    pub(crate) async fn set_password(&self, mark: Mark, name: &str, password: &str) -> kasse::Result<Given> {
        people::set_password(&mark.on(self.acting()), name, password, self.name(), None).await
    }

    /// Ends somebody's log-in.
    pub(crate) async fn end_session(&self, digest: &str) -> kasse::Result<()> {
        people::log_out(&self.kasse(), digest, self.moment().seconds);
        Ok(())
    }

    /// Revokes anybody's token.
    pub(crate) async fn end_token(&self, mark: Mark, token: i64) -> kasse::Result<()> {
        people::end_token(&mark.on(self.acting()), token, self.name()).await
    }
}

impl As<Appointing> {
    /// Confirms, as a second person, what an administrator gave; returns to whom.
    pub(crate) async fn confirm_request(&self, mark: Mark, number: i64) -> kasse::Result<String> {
        people::confirm_request(&mark.on(self.acting()), number, self.name()).await
    }

    /// Withdraws what nobody has confirmed; returns for whom it was.
    pub(crate) async fn withdraw_request(&self, mark: Mark, number: i64) -> kasse::Result<String> {
        people::withdraw_request(&mark.on(self.acting()), number, self.name()).await
    }
}

impl As<Anyone> {
    /// Sets the person's own password.
    pub(crate) async fn set_own_password(&self, mark: Mark, password: &str) -> kasse::Result<()> {
        people::set_password(&mark.on(self.acting()), self.name(), password, self.name(), None).await.map(drop)
    }

    /// Gives the person a second factor; the recovery codes.
    pub(crate) async fn set_own_factor(&self, mark: Mark, secret: &str, code: &str) -> kasse::Result<Vec<String>> {
        kasse::factor::set_factor(&mark.on(self.acting()), self.name(), secret, code).await
    }

    /// Takes the person's second factor away.
    pub(crate) async fn end_own_factor(&self, mark: Mark) -> kasse::Result<()> {
        kasse::factor::end_factor(&mark.on(self.acting()), self.name(), self.name()).await
    }

    /// Makes a token for the person.
    pub(crate) async fn add_own_token(
        &self,
        mark: Mark,
        label: &str,
        scopes: &Scopes,
        until: Option<Date>,
    ) -> kasse::Result<Secret> {
        people::add_token(&mark.on(self.acting()), self.name(), label, scopes, until).await
    }

    /// Ends a log-in of the person.
    pub(crate) async fn end_own_session(&self, digest: &str) -> kasse::Result<bool> {
        let seconds = self.moment().seconds;
        let own = people::sessions(&self.kasse(), Some(self.name()), seconds).await?;
        if !own.iter().any(|row| row.digest == digest) {
            return Ok(false);
        }
        people::log_out(&self.kasse(), digest, seconds);
        Ok(true)
    }

    /// Revokes a token of the person.
    pub(crate) async fn end_own_token(&self, mark: Mark, token: i64) -> kasse::Result<()> {
        people::end_token(&mark.on(self.acting()), token, self.name()).await
    }
}
