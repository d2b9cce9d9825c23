//! `einmal report fees`: what late charges and reminders would have come to, item by item, and whether they arose.
//!
//! Invariant: nothing here is ever claimed, and the report of receivables and this one ask the same judgement.

use std::collections::HashMap;

use jiff::civil::Date;
use kassenzeichen::canonical;
use ledger::fees::{
    Claim, LateCharge, Standing, Waiver, is_due_before, late_charge, open_after, reminder_if_sent, standing,
};
use ledger::plan::{Mandate, Mandates};
use sepa::{Cents, end_of_grace, nrw_working_day_on_or_after};
use serde_json::{Value, json};
use store::{Fee, ItemRow, Tx};

use crate::base::fee_items;
use crate::base::shown::eur;
use crate::books::situation::Situation;
use crate::treasury::fee_waivers::standing_waivers;
use crate::{Kasse, Result};

/// The report of fees: an object per item that has any, and sums in words.
#[derive(Clone, Debug)]
pub struct FeesReport {
    /// The items.
    pub items: Vec<Value>,
    /// A line for each state.
    pub sums: Vec<String>,
}

/// Everything that a judgement looks at.
pub(crate) struct Fees<'a> {
    kasse: &'a Kasse,
    mandates: Mandates<'a>,
    waivers: Vec<Waiver>,
    /// Item -> what was credited for it on which day.
    paid: HashMap<i64, Vec<(Date, Cents)>>,
}

/// What is to be said of an item's fees; amounts in cents.
pub(crate) struct Judged {
    standing: Standing,
    late: LateCharge,
    reminder: Cents,
    /// What a list says was assessed: reminder fee and late charge together.
    assessed: i64,
    /// The day of the last payment, where nothing is open any more.
    paid_on: Option<Date>,
    open: Cents,
}

impl Judged {
    /// Assessed fees that never arose.
    pub(crate) fn not_arisen(&self) -> i64 {
        if self.standing == Standing::NotArisen { self.assessed } else { 0 }
    }

    /// Assessed fees that a decision waives.
    pub(crate) fn waived(&self) -> i64 {
        if matches!(self.standing, Standing::Waived(_)) { self.assessed } else { 0 }
    }

    fn is_something(&self) -> bool {
        self.late.months > 0 || self.reminder.is_positive() || self.assessed > 0
    }

    /// The word of its state, and why in a few more.
    fn words(&self) -> (&'static str, String) {
        match self.standing {
            Standing::NotArisen => ("not_arisen", "mandate valid on the due day, § 224 (2) Nr. 3 AO".to_owned()),
            Standing::Waived(decision) => ("waived", format!("decision {decision}")),
            Standing::Undecided(missing) => ("undecided", missing.word().to_owned()),
        }
    }
}

impl<'a> Fees<'a> {
    /// `mandates` are those of the situation, as planning looks at them.
    pub(crate) async fn load(
        kasse: &'a Kasse,
        tx: &mut Tx,
        situation: &Situation,
        mandates: &'a [Mandate],
    ) -> Result<Fees<'a>> {
        let waivers = standing_waivers(tx).await?;
        Ok(Fees { kasse, mandates: Mandates::new(mandates), waivers, paid: paid(situation) })
    }

    /// What the law and the recorded decisions say of an item's fees as of today.
    pub(crate) fn of(&self, item: &ItemRow) -> Judged {
        let (said, today) = (&item.said, self.kasse.today);
        let claim = Claim {
            item: item.id,
            kassenzeichen: &canonical(&item.kassenzeichen),
            kind: &said.kind,
            due: said.due,
            mandates: &self.mandates.serving(said.mandate_reference.as_deref(), &item.kassenzeichen),
        };
        // when it was paid before the list was made is not known: it is taken for paid in time
        let principal = Cents::new(said.amount - said.paid_before);
        let is_row = fee_items::is_row(item);
        let paid = self.paid.get(&item.id).map(Vec::as_slice).unwrap_or_default();
        let open = open_after(principal, paid, today);
        // no fee is charged on a fee (§ 240 (2) AO)
        let base = if is_row { Cents::ZERO } else { principal };
        Judged {
            standing: standing(&claim, self.kasse.config.outage, &self.waivers),
            late: late_charge(said.due, base, paid, today, self.kasse.config.fees),
            reminder: reminder_if_sent(said.due, base, paid, today),
            assessed: if is_row { said.amount } else { said.mahngebuehr + said.saeumniszuschlag },
            paid_on: paid.iter().map(|(day, _)| *day).max().filter(|_| open.is_zero()),
            open,
        }
    }
}

/// When what was credited for each item (§ 224 (2) Nr. 2 AO: on the account), and what was collected for it.
fn paid(situation: &Situation) -> HashMap<i64, Vec<(Date, Cents)>> {
    let booked: HashMap<i64, Date> = situation.bookings.iter().map(|row| (row.id, row.booked)).collect();
    let mut paid: HashMap<i64, Vec<(Date, Cents)>> = HashMap::new();
    for (&(booking, item), &amount) in situation.placed() {
        if let Some(day) = booked.get(&booking) {
            paid.entry(item).or_default().push((*day, Cents::new(amount)));
        }
    }
    // what was debited was paid on the day of the collection (§ 224 (2) Nr. 3 AO)
    let due: HashMap<i64, Date> = situation.runs.iter().map(|run| (run.id, run.due)).collect();
    for (item, run, amount) in situation.collected_by_run() {
        if let Some(day) = due.get(&run) {
            paid.entry(item).or_default().push((*day, Cents::new(amount)));
        }
    }
    paid
}

/// An object per item on which a fee was assessed, or would have been.
///
/// # Errors
/// What the database says.
pub async fn fees_report(kasse: &Kasse) -> Result<FeesReport> {
    let mut tx = kasse.db.read().await?;
    let situation = kasse.situation(&mut tx).await?;
    let mandates = situation.plan_mandates();
    let fees = Fees::load(kasse, &mut tx, &situation, mandates).await?;
    // what was assessed for a due day before the outage can be paid, and is no question
    let outage = kasse.config.outage;
    let in_question = |item: &&ItemRow| fee_items::is_row(item) && !is_due_before(item.said.due, outage);
    let principal = situation.items.iter().filter(|item| item.said.fee.is_none() || in_question(item));
    let payable = Payable::new(&situation);
    let judged: Vec<(&ItemRow, Judged)> = principal
        .map(|item| (item, fees.of(item)))
        .filter(|(item, judged)| judged.is_something() || !payable.on(item).is_empty())
        .collect();
    let items = judged.iter().map(|(item, judged)| shown(item, judged, &payable)).collect();
    Ok(FeesReport { items, sums: sums(&judged) })
}

/// The fees that are items of their own, by the instalment they are on.
struct Payable<'a> {
    situation: &'a Situation,
    fees: HashMap<(&'a str, &'a str), Vec<&'a ItemRow>>,
}

impl<'a> Payable<'a> {
    fn new(situation: &'a Situation) -> Payable<'a> {
        let mut fees: HashMap<(&str, &str), Vec<&ItemRow>> = HashMap::new();
        for item in situation.items.iter().filter(|item| item.said.fee.is_some()) {
            fees.entry((&item.kassenzeichen, fee_items::instalment(item))).or_default().push(item);
        }
        Payable { situation, fees }
    }

    /// Those on an instalment.
    fn on(&self, item: &'a ItemRow) -> &[&'a ItemRow] {
        self.fees.get(&(item.kassenzeichen.as_str(), item.posten.as_str())).map_or(&[], Vec::as_slice)
    }

    fn shown(&self, item: &'a ItemRow) -> Vec<Value> {
        let fees = self.on(item).iter().map(|fee| {
            let state = self.situation.states.get(&fee.id).copied().unwrap_or_default();
            let open = eur(self.situation.open_of(fee.id));
            json!({"posten": fee.posten, "amount": eur(state.amount), "paid": eur(state.transferred), "open": open})
        });
        fees.collect()
    }
}

fn shown<'a>(item: &'a ItemRow, judged: &Judged, payable: &Payable<'a>) -> Value {
    let said = &item.said;
    let (state, why) = judged.words();
    let assessed = |fee: Fee, column: i64| if said.fee == Some(fee) { said.amount } else { column };
    let decision = match judged.standing {
        Standing::Waived(decision) => Some(decision),
        Standing::NotArisen | Standing::Undecided(_) => None,
    };
    json!({
        "kassenzeichen": item.kassenzeichen,
        "posten": item.posten,
        "kind": said.kind,
        "due": said.due.to_string(),
        "effective_due": nrw_working_day_on_or_after(said.due).to_string(),
        "grace_until": end_of_grace(said.due).to_string(),
        "paid_on": judged.paid_on.map(|day| day.to_string()),
        "open": judged.open.to_string(),
        "months": judged.late.months,
        "would_be_saeumniszuschlag": judged.late.amount.to_string(),
        "demanded_separately": judged.late.is_demanded(),
        "would_be_mahngebuehr": judged.reminder.to_string(),
        "assessed_saeumniszuschlag": eur(assessed(Fee::Saeumniszuschlag, said.saeumniszuschlag)),
        "assessed_mahngebuehr": eur(assessed(Fee::Mahngebuehr, said.mahngebuehr)),
        "to_cancel": eur(judged.not_arisen() + judged.waived()),
        "payable": payable.shown(item),
        "state": state,
        "why": why,
        "decision": decision,
    })
}

/// What each state comes to.
fn sums(judged: &[(&ItemRow, Judged)]) -> Vec<String> {
    let line = |state: &str| {
        let own = || judged.iter().map(|(_, judged)| judged).filter(|judged| judged.words().0 == state);
        let would: i64 = own().map(|judged| judged.late.amount.get() + judged.reminder.get()).sum();
        let cancel: i64 = own().map(|judged| judged.not_arisen() + judged.waived()).sum();
        let assessed: i64 = own().map(|judged| judged.assessed).sum();
        let (count, would, assessed, cancel) = (own().count(), eur(would), eur(assessed), eur(cancel));
        format!("{state}: {count} items, would be {would} EUR, assessed {assessed} EUR, to cancel {cancel} EUR")
    };
    ["not_arisen", "waived", "undecided"].map(line).to_vec()
}
