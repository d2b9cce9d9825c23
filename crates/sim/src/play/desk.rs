//! What people decide and record at their desks: cases, holds, corrections by lists, accounts, deferrals, waived fees.
//!
//! Invariant: the oracle is told what was done, and only that.

use anyhow::Result;
use jiff::ToSpan as _;
use jiff::civil::Date;
use kasse::{CaseNote, DeferralOptions, Resolution, WaiveOptions};
use oracle::nameless;
use rand::RngExt as _;
use rand::seq::IndexedRandom as _;
use serde_json::Value;

use super::Game;
use crate::acts::Act;
use crate::staff;
use crate::town::{self, Town, chance, iban};
use crate::view::{money, text};

impl Game {
    pub(super) async fn decide(&mut self, act: Act) -> Result<()> {
        let cases = staff::open_cases(&self.kasse).await?;
        if act == Act::Undo {
            if self.most_cases == 0 {
                return self.idle();
            }
            let number = self.random.random_range(1..=self.most_cases);
            self.tell(format!("undo case {number}"));
            kasse::resolve(&self.kasse, number, &Resolution::Undo, None, "clara").await?;
            self.explained.get(&number).into_iter().for_each(|reference| self.oracle.is_strange(reference));
            return Ok(());
        }
        let Some(case) = cases.choose(&mut self.random).cloned() else { return self.idle() };
        let number = case.get("case").and_then(Value::as_i64).unwrap_or_default();
        self.most_cases = self.most_cases.max(number);
        self.tell(format!("{act:?} case {number} ({})", text(&case, "reference")?));
        match act {
            Act::Wait => {
                let until = self.kasse.today.checked_add(self.random.random_range(0..5).days())?;
                kasse::resolve(&self.kasse, number, &Resolution::Wait(until), None, "clara").await?;
            }
            Act::Note => {
                let notes = [
                    CaseNote::Owner("clara".to_owned()),
                    CaseNote::Owner("dora".to_owned()),
                    CaseNote::Free,
                    CaseNote::Comment("angerufen".to_owned()),
                ];
                let Some(note) = notes.choose(&mut self.random) else { return self.idle() };
                kasse::note_case(&self.kasse, number, note, "emil").await?;
            }
            Act::Split => return self.decide_in_part(&case).await,
            _ => self.decide_by_truth(&case).await?,
        }
        Ok(())
    }

    /// The oracle's name of a case's booking.
    pub(super) fn reference_of(&self, case: &Value) -> Result<String> {
        let (day, cents): (Date, i64) = (text(case, "booked")?.parse()?, money(case, "amount")?);
        let reference = text(case, "reference")?;
        Ok(if self.oracle.meant(&reference).is_some() { reference } else { nameless(day, cents, 1) })
    }

    pub(super) async fn decide_by_truth(&mut self, case: &Value) -> Result<()> {
        if money(case, "amount")? < 0 {
            let (number, by) = (case.get("case").and_then(Value::as_i64).unwrap_or_default(), text(case, "reference")?);
            let told = staff::decide_debit(&self.kasse, &self.oracle, number, &by).await?;
            self.tell(format!("{by} {told}"));
            // a sum for direct debits that went back is nobody's any more
            let back = self.oracle.took_back(&by).filter(|_| told != staff::SOMETHING_ELSE).map(str::to_owned);
            back.iter().for_each(|reference| self.explain(case, reference));
            return Ok(());
        }
        let reference = self.reference_of(case)?;
        let done = staff::decide(&self.kasse, &self.oracle, case, &reference).await?;
        self.tell(format!("{reference} is decided: {}", done.told));
        self.explain(case, &reference);
        done.given_back.iter().for_each(|(own, cents)| self.oracle.gives_back(&reference, own, *cents));
        Ok(())
    }

    /// A clerk allocates a part as it was meant and leaves the rest for later.
    async fn decide_in_part(&mut self, case: &Value) -> Result<()> {
        if money(case, "amount")? < 0 {
            return self.idle();
        }
        let reference = self.reference_of(case)?;
        let share = self.random.random_range(1..100);
        match staff::decide_in_part(&self.kasse, &self.oracle, case, &reference, share).await? {
            Some(told) => {
                self.tell(format!("{reference} is placed in part: {told}"));
                self.explain(case, &reference);
            }
            None => return self.idle(),
        }
        Ok(())
    }

    /// If the case was about a sum of foreign direct debits, it is explained now.
    pub(super) fn explain(&mut self, case: &Value, reference: &str) {
        if self.oracle.is_explained(reference) {
            let number = case.get("case").and_then(Value::as_i64).unwrap_or_default();
            self.explained.insert(number, reference.to_owned());
        }
    }

    /// The argument for the program that names a Kassenzeichen, or one instalment of it.
    fn told_as(&self, own: &str, posten: Option<&str>) -> String {
        let citizen = self.town.citizens.iter().find(|citizen| citizen.kassenzeichen == own);
        let posten = posten.map(|posten| citizen.map_or(posten.to_owned(), |citizen| citizen.spelt(posten)));
        posten.map_or_else(|| own.to_owned(), |posten| format!("{own}/{posten}"))
    }

    /// Holds all of a Kassenzeichen or one instalment, for ever or until a day.
    pub(super) async fn hold(&mut self, act: Act) -> Result<()> {
        if act == Act::Lift {
            return self.lift().await;
        }
        let Some(citizen) = self.town.citizens.choose(&mut self.random) else { return self.idle() };
        let own = citizen.kassenzeichen.clone();
        let posten =
            citizen.items.choose(&mut self.random).map(|item| item.posten).filter(|_| chance(&mut self.random, 40));
        let until = match chance(&mut self.random, 30) {
            true => Some(self.kasse.today.checked_add(self.random.random_range(0..12).days())?),
            false => None,
        };
        let what = self.told_as(&own, posten);
        self.tell(format!("hold {what} until {until:?}"));
        kasse::hold_add(&self.kasse, &what, "Widerspruch", until, "dora").await?;
        self.oracle.hold(&own, posten, until);
        self.held.push((own, posten));
        Ok(())
    }

    async fn lift(&mut self) -> Result<()> {
        if self.held.is_empty() {
            return self.idle();
        }
        let (own, posten) = self.held.swap_remove(self.random.random_range(0..self.held.len()));
        let what = self.told_as(&own, posten);
        self.tell(format!("lift {what}"));
        for who in ["dora", "emil"] {
            kasse::hold_lift(&self.kasse, &what, "erledigt", who).await?;
        }
        self.oracle.lift(&own, posten);
        self.held.retain(|held| *held != (own.clone(), posten));
        Ok(())
    }

    /// A later list gives another amount for one item: more, less, or zero.
    pub(super) async fn correct(&mut self) -> Result<()> {
        let Some(place) = (0..self.town.citizens.len()).collect::<Vec<_>>().choose(&mut self.random).copied() else {
            return self.idle();
        };
        let factor = if chance(&mut self.random, 15) { 0 } else { self.random.random_range(20..160) };
        let Some(mut changed) = self.town.citizens.get(place).cloned() else { return self.idle() };
        let which = self.random.random_range(0..changed.items.len().max(1));
        let Some(item) = changed.items.get_mut(which) else { return self.idle() };
        item.cents = (item.cents * factor / 100).max(item.paid_before);
        let (own, posten, due, cents, before) =
            (changed.kassenzeichen.clone(), item.posten, item.due, item.cents, item.paid_before);
        self.tell(format!("{own}/{posten} is {cents} now"));
        let list = Town::items([&changed]);
        if self.list_is_taken(&list).await? {
            self.oracle.owes(&own, posten, due, cents, before);
            self.town.citizens.get_mut(place).into_iter().for_each(|citizen| *citizen = changed.clone());
        }
        Ok(())
    }

    pub(super) async fn revoke(&mut self) -> Result<()> {
        let chosen = self.town.citizens.choose(&mut self.random);
        let Some(citizen) = chosen.filter(|citizen| citizen.has_mandate && citizen.buyer.is_none()).cloned() else {
            return self.idle();
        };
        self.tell(format!("the mandate of {} is revoked", citizen.kassenzeichen));
        if self.list_is_taken(&Town::mandates([&citizen], "widerrufen", self.lists)).await? {
            self.oracle.revoke(&citizen.kassenzeichen);
        }
        Ok(())
    }

    pub(super) async fn list_is_taken(&mut self, list: &str) -> Result<bool> {
        self.lists += 1;
        let path = [self.write(&format!("liste-{}.csv", self.lists), list)?];
        let path = &path;
        let refused = self.survive(|kasse| async move { staff::import(&kasse, path).await }).await??;
        if let Some((_, why)) = refused.first() {
            self.tell(format!("the list was refused: {why}"));
        }
        Ok(refused.is_empty())
    }

    /// A list gives another account for a mandate; nobody knows whether the citizen asked for it.
    pub(super) async fn change_account(&mut self) -> Result<()> {
        let place = self.random.random_range(0..self.town.citizens.len().max(1));
        let chosen = self.town.citizens.get(place);
        let Some(mut changed) = chosen.filter(|citizen| citizen.has_mandate && citizen.buyer.is_none()).cloned() else {
            return self.idle();
        };
        changed.debited = iban(50_010_517, self.random.random_range(10_000_000..90_000_000));
        self.tell(format!("the mandate of {} names {} now", changed.kassenzeichen, changed.debited));
        if self.list_is_taken(&Town::mandates([&changed], "aktiv", self.lists)).await? {
            self.oracle.renews(&changed.kassenzeichen);
            self.town.citizens.get_mut(place).into_iter().for_each(|citizen| *citizen = changed.clone());
        }
        Ok(())
    }

    /// Another person than the importer confirms the account; now and then with a wrong one.
    pub(super) async fn confirm_account(&mut self) -> Result<()> {
        let waiting = kasse::unconfirmed_accounts(&self.kasse).await?;
        let Some(row) = waiting.choose(&mut self.random) else { return self.idle() };
        let own = text(row, "kassenzeichen")?;
        let Some(citizen) = self.town.citizens.iter().find(|citizen| citizen.kassenzeichen == own).cloned() else {
            return self.idle();
        };
        let name = town::mandate(&citizen);
        let is_wrong = chance(&mut self.random, 15);
        let (account, who) = match (is_wrong, self.random.random_bool(0.5)) {
            (true, true) => (citizen.iban.clone(), "bernd"),
            (true, false) => (citizen.debited.clone(), "anna"),
            (false, _) => (citizen.debited.clone(), "bernd"),
        };
        self.tell(format!("{who} confirms {account} for {own}"));
        let (name, account) = (&name, &account);
        let done =
            self.survive(|kasse| async move { kasse::confirm_account(&kasse, name, account, who).await }).await?;
        if is_wrong && done.is_ok() {
            self.played.broken.push(format!("{who} could confirm the account {account} for {own}"));
        }
        let standing = kasse::unconfirmed_accounts(&self.kasse).await?;
        if !standing.iter().any(|row| text(row, "kassenzeichen").is_ok_and(|still| still == own)) {
            self.oracle.debits_from(&own, account);
        }
        done?;
        Ok(())
    }

    pub(super) async fn defer(&mut self) -> Result<()> {
        if !self.deferrals.is_empty() && chance(&mut self.random, 80) {
            return self.idle();
        }
        let new_due = self.kasse.today.checked_add(self.random.random_range(1..12).days())?;
        let from = jiff::civil::date(2023, 10, 30);
        let until =
            if self.random.random_bool(0.5) { from.checked_add(60.days())? } else { from.checked_add(120.days())? };
        let options = DeferralOptions {
            kinds: Vec::new(),
            due_from: Some(from),
            due_until: Some(until),
            new_due,
            instalments: if self.random.random_bool(0.4) { Some(1) } else { None },
            days_between: if self.random.random_bool(0.3) { 7 } else { 0 },
            announced: self.kasse.today,
            text: "Amtsblatt".to_owned(),
            who: "anna".to_owned(),
        };
        self.tell(format!("what was due until {until} is put off to {new_due}"));
        let number = kasse::deferral_add(&self.kasse, &options).await?;
        self.oracle.defers(number, from, until, new_due);
        self.deferrals.push(number);
        Ok(())
    }

    pub(super) async fn end_deferral(&mut self) -> Result<()> {
        let Some(number) = self.deferrals.last().copied() else { return self.idle() };
        self.tell(format!("deferral {number} ends"));
        kasse::deferral_end(&self.kasse, number, "Beschluss", "anna", "bernd").await?;
        // what was refused stands
        self.deferrals.pop();
        self.oracle.ends_deferral(number);
        Ok(())
    }

    pub(super) async fn waive(&mut self) -> Result<()> {
        let Some(citizen) = self.town.citizens.choose(&mut self.random) else { return self.idle() };
        let item = citizen.items.first().map_or(String::new(), |item| citizen.spelt(item.posten));
        let own = &citizen.kassenzeichen;
        let scopes = ["outage".to_owned(), own.clone(), format!("{own}/{item}")];
        let Some(scope) = scopes.choose(&mut self.random).cloned() else { return self.idle() };
        self.tell(format!("fees of {scope} are waived"));
        let options = WaiveOptions {
            decided: self.kasse.today,
            authority: "Rat".to_owned(),
            file_number: format!("W-{}", self.waivers.len() + 1),
            scope,
            ground: "Systemausfall".to_owned(),
            due_from: None,
            due_until: None,
            who: "anna".to_owned(),
            with: "bernd".to_owned(),
        };
        self.waivers.push(kasse::fees_waive(&self.kasse, &options).await?);
        self.look_at_fees().await
    }

    pub(super) async fn withdraw(&mut self) -> Result<()> {
        let Some(number) = self.waivers.last().copied() else { return self.idle() };
        self.tell(format!("decision {number} is withdrawn"));
        kasse::fees_withdraw(&self.kasse, number, "Beschluss", "anna", "bernd").await?;
        // what was refused stands
        self.waivers.pop();
        self.look_at_fees().await
    }

    /// Checks that no fee is cancelled beyond what was assessed, and that none is waived without a valid decision.
    async fn look_at_fees(&mut self) -> Result<()> {
        for row in kasse::fees_report(&self.kasse).await?.items {
            let assessed = money(&row, "assessed_mahngebuehr")? + money(&row, "assessed_saeumniszuschlag")?;
            let name = format!("{}/{}", text(&row, "kassenzeichen")?, text(&row, "posten")?);
            if money(&row, "to_cancel")? > assessed {
                self.played.broken.push(format!("{name}: more fees are to be cancelled than were assessed: {row}"));
            }
            if self.waivers.is_empty() && text(&row, "state")? == "waived" {
                self.played.broken.push(format!("{name}: its fees are waived by no decision that stands"));
            }
        }
        Ok(())
    }
}
