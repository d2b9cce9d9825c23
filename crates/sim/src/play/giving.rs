//! Money goes back: people plan, release and export refunds; the bank pays them, rejects some, and some come back.
//!
//! Invariant: what leaves the house is counted by the oracle once, under the credit that it gives back; it draws from a source
//! of its own, so that games without it stay as they were.

use std::collections::BTreeSet;
use std::path::PathBuf;

use anyhow::{Context as _, Result};
use jiff::civil::Date;
use kasse::RefundPlan;
use oracle::file::{Given, read_transfers};
use oracle::{Transfer, days};
use rand::RngExt as _;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom as _;
use serde_json::Value;

use super::Game;
use crate::bank::{Booking, Delivery, Sort};
use crate::staff;
use crate::town::chance;
use crate::view::{list, money, text};

/// What people and the bank do with refunds in a game.
#[derive(Debug)]
pub(super) struct Giving {
    random: StdRng,
    /// Days on which somebody works on refunds, in hundredths.
    share: u32,
    /// Transfers that the bank rejects, and that come back, in hundredths.
    rejects: u32,
    returns: u32,
    /// Files that the bank never gets, in hundredths.
    losses: u32,
    sent: BTreeSet<PathBuf>,
    at_bank: Vec<Paying>,
    coming: Vec<(Date, Owned)>,
    answers: usize,
}

/// A transfer, and the credit that it gives back.
#[derive(Clone, Debug)]
struct Owned {
    given: Given,
    reference: String,
}

/// A file of refunds at the bank.
#[derive(Clone, Debug)]
struct Paying {
    run: String,
    message: String,
    on: Date,
    transfers: Vec<Owned>,
    /// Whether the bank never got it.
    is_lost: bool,
}

impl Giving {
    pub(super) fn draw(mut random: StdRng) -> Giving {
        let mut share = |most: u32| if random.random_bool(0.7) { random.random_range(1..=most) } else { 0 };
        let (share, rejects, returns) = (share(70), share(30), share(40));
        Giving {
            random,
            share,
            rejects,
            returns,
            losses: 10,
            sent: BTreeSet::new(),
            at_bank: Vec::new(),
            coming: Vec::new(),
            answers: 0,
        }
    }
}

impl Game {
    /// Somebody works on refunds: plans what can go back, and takes each run a step further.
    pub(super) async fn give_back(&mut self) -> Result<()> {
        if !chance(&mut self.giving.random, self.giving.share) {
            return Ok(());
        }
        if chance(&mut self.giving.random, 50) {
            self.somebody_gives_back().await?;
        }
        let is_early = chance(&mut self.giving.random, 30);
        self.refunds_go_on(is_early).await
    }

    /// A payer asks for his money while nobody has decided what it is for, and a person agrees.
    async fn somebody_gives_back(&mut self) -> Result<()> {
        let cases = staff::open_cases(&self.kasse).await?;
        let Some(case) = cases.choose(&mut self.giving.random) else { return Ok(()) };
        let reference = self.reference_of(case)?;
        let Some(meant) = self.oracle.meant(&reference).filter(|meant| !meant.parts.is_empty()).cloned() else {
            return Ok(());
        };
        let number = case.get("case").and_then(Value::as_i64).unwrap_or_default();
        let (open, amount) = (money(case, "open")?, money(case, "amount")?);
        if open != amount || self.oracle.is_taken_back(&reference) {
            return Ok(());
        }
        self.tell(format!("{reference} is to go back to its payer"));
        let back = &kasse::Resolution::Refund;
        let done =
            self.survive(|kasse| async move { kasse::resolve(&kasse, number, back, None, "clara").await }).await?;
        let decided = staff::open_cases(&self.kasse).await?;
        if decided.iter().all(|other| other.get("case").and_then(Value::as_i64) != Some(number)) {
            self.explain(case, &reference);
            meant.parts.iter().for_each(|(own, cents)| self.oracle.gives_back(&reference, own, *cents));
        } else if let Err(why) = done {
            self.tell(format!("that was refused: {why}"));
        }
        Ok(())
    }

    /// The faults have ended: whatever people decided to give back goes back, day after day, and what comes back is decided.
    pub(super) async fn all_goes_back(&mut self) -> Result<()> {
        self.giving.losses = 0;
        for _ in 0..8 {
            self.refunds_go_on(true).await?;
            self.bank_pays_back(Date::MAX);
            self.bank.close(&mut self.random, &self.swarm, self.day);
            self.bank.hand_out_rest(&mut self.random, &self.swarm);
            self.day = days::bank_day_after(self.day);
            self.kasse.today = self.day;
            let rest = std::mem::take(&mut self.bank.mailbox);
            self.take_in(rest).await?;
            kasse::match_all(&self.kasse).await?;
            for case in staff::open_cases(&self.kasse).await? {
                self.decide_by_truth(&case).await.with_context(|| format!("case {case}"))?;
            }
            self.look().await?;
        }
        let listed = kasse::refund_list(&self.kasse).await?;
        for row in list(&listed, "refunds") {
            let state = text(row, "state")?;
            if matches!(state.as_str(), "to_plan" | "planned" | "released" | "returnable") {
                self.played.broken.push(format!("nothing stands against it, and it does not go back: {row}"));
            }
        }
        self.refunds_agree().await
    }

    async fn refunds_go_on(&mut self, is_early: bool) -> Result<()> {
        let early = is_early.then(|| "der Zahler wartet".to_owned());
        let on = days::bank_day_after(self.kasse.today);
        let asked =
            RefundPlan { on, planner: "anna".to_owned(), cases: Vec::new(), file_number: None, early: early.clone() };
        let asked = &asked;
        let planned = self.survive(|kasse| async move { kasse::plan_refunds(&kasse, asked).await }).await?;
        if let Ok(planned) = &planned
            && let Ok(run) = text(planned, "run")
        {
            self.tell(format!("refunds {run} over {}", text(planned, "amount")?));
        }
        for (run, state) in self.refund_runs().await? {
            match state.as_str() {
                "planned" if kasse::release_refunds(&self.kasse, &run, "anna", None).await.is_ok() => {
                    self.played.broken.push(format!("refunds {run} were released by their planner"));
                }
                "planned" => self.release_refunds(&run, early.as_deref()).await?,
                "released" => self.export_refunds(&run).await?,
                "exported" | "sent" => self.void_refunds(&run).await?,
                _ => {}
            }
        }
        Ok(())
    }

    /// Runs of refunds and where they stand.
    async fn refund_runs(&self) -> Result<Vec<(String, String)>> {
        let listed = kasse::refund_list(&self.kasse).await?;
        list(&listed, "runs").iter().map(|row| Ok((text(row, "run")?, text(row, "state")?))).collect()
    }

    async fn release_refunds(&mut self, run: &str, early: Option<&str>) -> Result<()> {
        for who in ["bernd", "clara"] {
            let done = self
                .survive(|kasse| async move { kasse::release_refunds(&kasse, run, who, early).await.map(drop) })
                .await?;
            if let Err(why) = done {
                self.tell(format!("{who} does not release {run}: {why}"));
            }
        }
        // a day that has passed is no day to pay on
        let shown = kasse::show_refunds(&self.kasse, run).await?;
        let on: Date = text(&shown, "on")?.parse()?;
        if text(&shown, "state")? == "planned" && (on <= self.kasse.today || list(&shown, "transfers").is_empty()) {
            kasse::cancel_refunds(&self.kasse, run, "anna").await?;
        }
        Ok(())
    }

    /// Writes the file; whatever lies in the folder has left the house.
    async fn export_refunds(&mut self, run: &str) -> Result<()> {
        let folder = self.folder.join("back");
        let to = &folder;
        let done = self.survive(|kasse| async move { kasse::export_refunds(&kasse, run, to).await.map(drop) }).await?;
        if let Err(why) = done {
            self.tell(format!("{run} is not exported: {why}"));
            let shown = kasse::show_refunds(&self.kasse, run).await?;
            if text(&shown, "state")? == "released" && text(&shown, "on")?.parse::<Date>()? < self.kasse.today {
                kasse::cancel_refunds(&self.kasse, run, "anna").await?;
            }
        }
        self.refunds_leave(run).await
    }

    async fn refunds_leave(&mut self, run: &str) -> Result<()> {
        let Ok(entries) = std::fs::read_dir(self.folder.join("back")) else { return Ok(()) };
        for entry in entries {
            let path = entry?.path();
            if path.extension().is_none_or(|ending| ending != "xml") || !self.giving.sent.insert(path.clone()) {
                continue;
            }
            let content = std::fs::read_to_string(&path)?;
            let file = read_transfers(&content).with_context(|| format!("{} is no file of refunds", path.display()))?;
            let broken = self.oracle.pays(&file);
            self.played.broken.extend(broken);
            let shown = kasse::show_refunds(&self.kasse, run).await?;
            let is_lost = chance(&mut self.giving.random, self.giving.losses);
            let mut transfers = Vec::new();
            for given in file.transfers {
                let reference = self.credit_of(&shown, &given).await?;
                if !is_lost {
                    let broken = self.oracle.gives(&reference, given.cents);
                    self.played.broken.extend(broken);
                }
                transfers.push(Owned { given, reference });
            }
            self.tell(format!("{} leaves, lost: {is_lost}: {transfers:?}", file.message));
            let (message, on) = (file.message, file.on.parse()?);
            self.giving.at_bank.push(Paying { run: run.to_owned(), message, on, transfers, is_lost });
        }
        Ok(())
    }

    /// The credit that a transfer gives back, as the oracle names it; it goes to the account that the credit came from.
    async fn credit_of(&mut self, shown: &Value, given: &Given) -> Result<String> {
        let is_own = |row: &&Value| text(row, "end_to_end_id").is_ok_and(|id| id == given.end_to_end_id);
        let own = list(shown, "transfers").iter().find(is_own).context("a transfer that the books do not know")?;
        let reference = text(own, "reference")?;
        let payments = kasse::payments(&self.kasse).await?;
        let payment = payments.iter().find(|row| text(row, "reference").is_ok_and(|name| name == reference));
        let payment = payment.context("a refund of no credit")?;
        let (day, cents): (Date, i64) = (text(payment, "booked")?.parse()?, money(payment, "amount")?);
        let is_it = |booking: &&Booking| match &booking.reference {
            Some(name) => *name == reference,
            None => (booking.day, booking.cents) == (day, cents),
        };
        let paid = self.bank.bookings.iter().find(is_it).context("a refund of a credit that never came")?;
        if paid.iban != given.iban {
            self.played.broken.push(format!("{reference} goes back to {}, it came from {}", given.iban, paid.iban));
        }
        Ok(match &paid.reference {
            Some(name) => name.clone(),
            // of those without a reference nobody knows which is which
            None => oracle::alike(&oracle::nameless(day, cents, 1)).to_owned(),
        })
    }

    /// Two people say that a file never left, usually of one for which that is true.
    async fn void_refunds(&mut self, run: &str) -> Result<()> {
        let Some(place) = self.giving.at_bank.iter().position(|paying| paying.run == run) else { return Ok(()) };
        let Some(paying) = self.giving.at_bank.get(place).cloned() else { return Ok(()) };
        // nobody says so of a file that the bank is yet to carry out
        if !paying.is_lost {
            return Ok(());
        }
        let (who, with, reason) = ("bernd".to_owned(), "clara".to_owned(), "nie angekommen".to_owned());
        let said = &kasse::VoidSaid { who, with, reason, ground: kasse::VoidGround::Refused };
        let done = self.survive(|kasse| async move { kasse::void_refunds(&kasse, run, said).await }).await?;
        self.tell(format!("refunds {run} are void: {done:?}"));
        if text(&kasse::show_refunds(&self.kasse, run).await?, "state")? == "void" {
            self.giving.at_bank.remove(place);
        }
        Ok(())
    }

    /// The bank pays what is due.
    pub(super) fn bank_pays_back(&mut self, until: Date) {
        let (now, later): (Vec<Paying>, Vec<Paying>) =
            self.giving.at_bank.drain(..).partition(|paying| !paying.is_lost && paying.on <= until);
        self.giving.at_bank = later;
        for paying in now {
            let mut rejected = Vec::new();
            let mut paid = Vec::new();
            for own in paying.transfers.clone() {
                if chance(&mut self.giving.random, self.giving.rejects) {
                    self.oracle.gives(&own.reference, -own.given.cents);
                    rejected.push(own);
                } else {
                    paid.push(own);
                }
            }
            self.bank_rejects_refunds(&paying.message, &rejected);
            self.bank_books_refunds(&paid);
            for own in paid {
                if chance(&mut self.giving.random, self.giving.returns) {
                    let later = self.giving.random.random_range(0..4);
                    let day = (0..later).fold(self.day, |day, _| days::bank_day_after(day));
                    self.giving.coming.push((day, own));
                }
            }
        }
        let (now, later): (Vec<_>, Vec<_>) = self.giving.coming.drain(..).partition(|(day, _)| *day <= until);
        self.giving.coming = later;
        for (_, own) in now {
            self.refund_comes_back(&own);
        }
    }

    /// In one sum with the batch's name, one by one with their ids, or one by one without.
    fn bank_books_refunds(&mut self, paid: &[Owned]) {
        let Some(first) = paid.first() else { return };
        let manner = self.giving.random.random_range(0..3);
        if manner == 0 {
            let cents = paid.iter().map(|own| own.given.cents).sum();
            self.bank_debits(cents, ("", ""), format!("SAMMLER {}", first.given.batch), Sort::Gave(None));
            return;
        }
        for own in paid {
            let id = Some(own.given.end_to_end_id.clone()).filter(|_| manner == 1);
            let payee = (own.given.name.as_str(), own.given.iban.as_str());
            self.bank_debits(own.given.cents, payee, "RUECKZAHLUNG".to_owned(), Sort::Gave(id));
        }
    }

    fn bank_debits(&mut self, cents: i64, (name, iban): (&str, &str), text: String, sort: Sort) {
        let reference = format!("G{:05}", self.bank.bookings.len() + 1);
        self.tell(format!("{reference} pays {cents} back: {text} {sort:?}"));
        self.oracle.spends(&reference, self.day, cents);
        self.bank.book(Booking {
            reference: Some(reference),
            day: self.day,
            cents: -cents,
            name: name.to_owned(),
            iban: iban.to_owned(),
            text,
            reversal: false,
            sort,
        });
    }

    fn refund_comes_back(&mut self, own: &Owned) {
        let reference = format!("H{:05}", self.bank.bookings.len() + 1);
        let cents = own.given.cents;
        self.tell(format!("{reference} brings {} back: {cents}", own.given.end_to_end_id));
        // nobody's payment: a person decides what becomes of it
        let nothing = Transfer { day: self.day, cents, knowable: true, ..Transfer::default() };
        self.oracle.transfers(&reference, nothing);
        self.bank.book(Booking {
            reference: Some(reference),
            day: self.day,
            cents,
            name: own.given.name.clone(),
            iban: own.given.iban.clone(),
            text: "RETOURE KONTO ERLOSCHEN".to_owned(),
            reversal: false,
            sort: Sort::RefundBack(own.given.end_to_end_id.clone()),
        });
    }

    /// The bank says which transfers it rejected (pain.002).
    fn bank_rejects_refunds(&mut self, message: &str, rejected: &[Owned]) {
        if rejected.is_empty() {
            return;
        }
        self.giving.answers += 1;
        let one = |own: &Owned| {
            format!(
                "<TxInfAndSts><OrgnlEndToEndId>{}</OrgnlEndToEndId><TxSts>RJCT</TxSts>\
                 <StsRsnInf><Rsn><Cd>AC01</Cd></Rsn></StsRsnInf></TxInfAndSts>",
                own.given.end_to_end_id
            )
        };
        let transactions: String = rejected.iter().map(one).collect();
        let batch = rejected.first().map(|own| own.given.batch.clone()).unwrap_or_default();
        let content = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:pain.002.001.10\"><CstmrPmtStsRpt>\
             <GrpHdr><MsgId>R{}</MsgId><CreDtTm>{}T08:00:00</CreDtTm></GrpHdr><OrgnlGrpInfAndSts><OrgnlMsgId>{message}</OrgnlMsgId>\
             <OrgnlMsgNmId>pain.001.001.09</OrgnlMsgNmId><GrpSts>PART</GrpSts></OrgnlGrpInfAndSts>\
             <OrgnlPmtInfAndSts><OrgnlPmtInfId>{batch}</OrgnlPmtInfId>{transactions}</OrgnlPmtInfAndSts></CstmrPmtStsRpt></Document>",
            self.giving.answers, self.day
        );
        let (name, closes) = (format!("absage-{:03}.xml", self.giving.answers), self.day);
        self.tell(format!("{name} rejects {} refunds of {message}", rejected.len()));
        let download = self.bank.next_download();
        let (bookings, is_wrong, is_early, is_answer) = (Vec::new(), false, false, true);
        self.bank.mailbox.push(Delivery { name, content, bookings, is_wrong, download, closes, is_early, is_answer });
    }

    /// The faults have ended and everything is delivered: what was paid stands as paid, what came back as come back.
    async fn refunds_agree(&mut self) -> Result<()> {
        let listed = kasse::refund_list(&self.kasse).await?;
        let under_way: i64 = list(&listed, "refunds")
            .iter()
            .filter(|row| text(row, "state").is_ok_and(|state| state == "under_way"))
            .map(|row| money(row, "amount"))
            .sum::<Result<i64>>()?;
        let at_bank = self.giving.at_bank.iter().flat_map(|paying| &paying.transfers);
        let expected: i64 = at_bank.map(|own| own.given.cents).sum();
        if under_way != expected {
            self.played.broken.push(format!("refunds: {under_way} is under way in the books, {expected} in truth"));
        }
        for row in kasse::debits(&self.kasse).await? {
            let (reference, decision) = (text(&row, "reference")?, text(&row, "decision")?);
            if reference.starts_with('G') && decision != "refund" {
                self.played.broken.push(format!("{reference} pays refunds of ours, and is {decision}"));
            }
        }
        Ok(())
    }
}
