//! What the bank does with debits after the file: it rejects some, credits the rest, and takes some back days later.
//!
//! Invariant: each debit ends at most once in truth, however often the bank tells it; the oracle is told when it happens, the
//! program when the bank delivers it. It draws from a source of its own, so that games without it stay as they were.

use anyhow::Result;
use jiff::civil::Date;
use oracle::file::Transaction;
use oracle::{Transfer, days};
use rand::RngExt as _;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom as _;
use serde_json::Value;

use super::Game;
use crate::bank::{Booking, Collection, Delivery, Sort};
use crate::town::{ACCOUNT, chance, point};
use crate::view::text;

/// How the bank treats debits in a game, in hundredths.
#[derive(Debug)]
pub(super) struct After {
    random: StdRng,
    /// It rejects a debit.
    rejects: u32,
    /// It takes a debit back that it had credited.
    returns: u32,
    /// It credits each debit by itself.
    singly: u32,
    /// Debits that come back on a later day.
    coming: Vec<Coming>,
    answers: usize,
}

/// A debit that the bank will take back.
#[derive(Debug)]
struct Coming {
    day: Date,
    debit: Transaction,
    reason: &'static str,
    charges: i64,
    manner: Manner,
}

/// How a booking tells that a debit comes back.
#[derive(Clone, Copy, Debug)]
enum Manner {
    /// With its end-to-end id, the original amount and a reason.
    Whole,
    /// With its end-to-end id alone (the bank's own Storno).
    Storno,
    /// With the id in the text.
    InText,
}

const REASONS: [&str; 6] = ["AM04", "MS03", "AC04", "AC01", "MD06", "MD07"];

impl After {
    pub(super) fn draw(mut random: StdRng) -> After {
        let mut share = |most: u32| if random.random_bool(0.6) { random.random_range(1..=most) } else { 0 };
        let (rejects, returns, singly) = (share(30), share(50), share(60));
        After { random, rejects, returns, singly, coming: Vec::new(), answers: 0 }
    }

    fn manner(&mut self) -> Manner {
        *[Manner::Whole, Manner::Storno, Manner::InText].choose(&mut self.random).unwrap_or(&Manner::Whole)
    }

    /// What the banks take beside the amount; a Storno costs nothing.
    fn charges(&mut self, manner: Manner) -> i64 {
        if matches!(manner, Manner::Storno) || chance(&mut self.random, 40) {
            0
        } else {
            self.random.random_range(100..1_200)
        }
    }

    fn reason(&mut self) -> &'static str {
        REASONS.choose(&mut self.random).copied().unwrap_or("MS03")
    }
}

impl Game {
    /// The bank carries out what is due: it answers, credits, and decides what will come back.
    pub(super) fn bank_collects(&mut self) {
        for collection in self.bank.collected(self.day) {
            let (mut rejected, mut reported, mut missing) = (Vec::new(), Vec::new(), 0);
            let mut taken = Vec::new();
            for debit in collection.debits.clone() {
                if !chance(&mut self.after.random, self.after.rejects) {
                    taken.push(debit);
                    continue;
                }
                self.oracle.debit_ends(&debit.end_to_end_id);
                let reason = self.after.reason();
                // by a report alone (net), by a booking alone (gross), or by both
                let how = self.after.random.random_range(0..3);
                if how != 1 {
                    reported.push((debit.clone(), reason));
                }
                if how == 0 {
                    missing += debit.cents;
                } else {
                    rejected.push((debit.clone(), reason));
                    taken.push(debit);
                }
            }
            self.bank_answers(&collection, &reported);
            self.bank_credits(&collection, &taken, collection.cents - missing);
            for (debit, reason) in &rejected {
                self.bank_returns(debit, reason, 0, Manner::Whole);
            }
            let rejected: Vec<&str> = rejected.iter().map(|(debit, _)| debit.end_to_end_id.as_str()).collect();
            for debit in taken.into_iter().filter(|debit| !rejected.contains(&debit.end_to_end_id.as_str())) {
                if chance(&mut self.after.random, self.after.returns) {
                    let later = self.after.random.random_range(0..6);
                    let day = (0..later).fold(self.day, |day, _| days::bank_day_after(day));
                    let (manner, reason) = (self.after.manner(), self.after.reason());
                    let charges = self.after.charges(manner);
                    self.after.coming.push(Coming { day, debit, reason, charges, manner });
                }
            }
        }
    }

    /// What is to come back by a day does.
    pub(super) fn bank_takes_debits_back(&mut self, until: Date) {
        let (now, later) = self.after.coming.drain(..).partition(|coming| coming.day <= until);
        self.after.coming = later;
        for Coming { debit, reason, charges, manner, .. } in now {
            self.oracle.debit_ends(&debit.end_to_end_id);
            self.bank_returns(&debit, reason, charges, manner);
        }
    }

    /// The bank credits what it collects; now and then it does not say for which file.
    fn bank_credits(&mut self, collection: &Collection, taken: &[Transaction], cents: i64) {
        let message = &collection.message;
        if chance(&mut self.after.random, self.after.singly) {
            for debit in taken {
                let sort = Sort::Collected(Some(debit.end_to_end_id.clone()));
                self.bank_credit(debit.cents, "EINZUG".to_owned(), sort, message);
            }
        } else if cents > 0 {
            let text = if chance(&mut self.random, 70) { format!("SAMMLER {message}") } else { "SAMMLER".to_owned() };
            self.bank_credit(cents, text, Sort::Collected(None), message);
        }
    }

    fn bank_credit(&mut self, cents: i64, text: String, sort: Sort, message: &str) {
        let reference = format!("C{:05}", self.bank.bookings.len() + 1);
        let booking = Booking {
            reference: Some(reference.clone()),
            day: self.day,
            cents,
            name: "Lastschrifteinzug".to_owned(),
            iban: ACCOUNT.to_owned(),
            text,
            reversal: false,
            sort,
        };
        self.tell(format!("{reference} {cents} is credited for {message}"));
        self.oracle.transfers(&reference, Transfer { day: self.day, cents, ..Transfer::default() });
        self.bank.book(booking);
    }

    /// A booking takes a debit back.
    fn bank_returns(&mut self, debit: &Transaction, reason: &'static str, charges: i64, manner: Manner) {
        let reference = format!("Z{:05}", self.bank.bookings.len() + 1);
        let id = &debit.end_to_end_id;
        let (told, original, text) = match manner {
            Manner::Whole => (Some(id.clone()), Some(debit.cents), "RUECKLASTSCHRIFT".to_owned()),
            Manner::Storno => (Some(id.clone()), None, "STORNO".to_owned()),
            Manner::InText => (None, None, format!("RUECKLASTSCHRIFT EREF+{id} {reason}")),
        };
        let reversal = matches!(manner, Manner::Storno);
        let booking = Booking {
            reference: Some(reference.clone()),
            day: self.day,
            cents: -(debit.cents + charges),
            name: "Zahlungspflichtig".to_owned(),
            iban: debit.iban.clone(),
            text,
            reversal,
            sort: Sort::CameBack { end_to_end: told, original, reason },
        };
        self.tell(format!(
            "{reference} takes {id} back: {} cents, {charges} of charges, {reason}, {manner:?}",
            debit.cents
        ));
        self.oracle.spends(&reference, self.day, debit.cents + charges);
        self.bank.book(booking);
    }

    /// The bank says what it rejected (pain.002).
    fn bank_answers(&mut self, collection: &Collection, rejected: &[(Transaction, &'static str)]) {
        if rejected.is_empty() {
            return;
        }
        self.after.answers += 1;
        let transactions: String = rejected
            .iter()
            .map(|(debit, reason)| {
                format!(
                    "<TxInfAndSts><OrgnlEndToEndId>{}</OrgnlEndToEndId><TxSts>RJCT</TxSts><StsRsnInf><Rsn><Cd>{reason}</Cd></Rsn></StsRsnInf>\
                     <OrgnlTxRef><Amt><InstdAmt Ccy=\"EUR\">{}</InstdAmt></Amt></OrgnlTxRef></TxInfAndSts>",
                    debit.end_to_end_id,
                    point(debit.cents)
                )
            })
            .collect();
        let content = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:pain.002.001.10\"><CstmrPmtStsRpt>\
             <GrpHdr><MsgId>P{}</MsgId><CreDtTm>{}T08:00:00</CreDtTm></GrpHdr><OrgnlGrpInfAndSts><OrgnlMsgId>{}</OrgnlMsgId>\
             <OrgnlMsgNmId>pain.008.001.08</OrgnlMsgNmId><GrpSts>PART</GrpSts></OrgnlGrpInfAndSts>\
             <OrgnlPmtInfAndSts>{transactions}</OrgnlPmtInfAndSts></CstmrPmtStsRpt></Document>",
            self.after.answers, self.day, collection.message
        );
        let (name, closes) = (format!("antwort-{:03}.xml", self.after.answers), self.day);
        self.tell(format!("{name} rejects {} debits of {}", rejected.len(), collection.message));
        let download = self.bank.next_download();
        let (bookings, is_wrong, is_early, is_answer) = (Vec::new(), false, false, true);
        self.bank.mailbox.push(Delivery { name, content, bookings, is_wrong, download, closes, is_early, is_answer });
    }

    /// A person agrees that what came back may be debited again.
    pub(super) async fn agree(&mut self) -> Result<()> {
        if !chance(&mut self.after.random, 25) {
            return Ok(());
        }
        let held = self.came_back().await?;
        let Some((own, what)) = held.choose(&mut self.after.random).cloned() else { return Ok(()) };
        self.agree_to(&own, &what).await
    }

    /// The same for everything that came back.
    pub(super) async fn agree_to_all(&mut self) -> Result<()> {
        // who agrees to a Kassenzeichen agrees to its instalments
        while let Some((own, what)) = self.came_back().await?.into_iter().next() {
            self.agree_to(&own, &what).await?;
        }
        Ok(())
    }

    async fn agree_to(&mut self, own: &str, what: &str) -> Result<()> {
        self.tell(format!("{what} may be debited again"));
        let before = self.played.kills;
        let done =
            self.survive(|kasse| async move { kasse::hold_lift(&kasse, what, "gesprochen", "clara").await }).await?;
        // who was killed after it was stored finds nothing to lift
        if self.played.kills == before {
            done?;
        }
        self.oracle.agrees(own);
        Ok(())
    }

    /// What is held because a debit came back, and no person holds too: Kassenzeichen, and how it is named.
    async fn came_back(&self) -> Result<Vec<(String, String)>> {
        let rows = kasse::hold_list(&self.kasse).await?;
        let is_own =
            |row: &Value| text(row, "reason").is_ok_and(|reason| reason.starts_with("a direct debit came back"));
        let by_people: Vec<String> =
            rows.iter().filter(|row| !is_own(row)).filter_map(|row| text(row, "kassenzeichen").ok()).collect();
        let mut held: Vec<(String, String)> = rows
            .iter()
            .filter(|row| is_own(row))
            .filter_map(|row| {
                let own = text(row, "kassenzeichen").ok().filter(|own| !by_people.contains(own))?;
                let what = text(row, "posten").map_or_else(|_| own.clone(), |posten| format!("{own}/{posten}"));
                Some((own, what))
            })
            .collect();
        held.sort();
        held.dedup();
        Ok(held)
    }
}
