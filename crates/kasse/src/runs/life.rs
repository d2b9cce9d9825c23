//! What became of a run's debits, one by one and summed, as reports and pages show it.
//!
//! Decides nothing. Invariant: the sums of a run are those of its debits.

use std::collections::{BTreeMap, HashMap};

use jiff::ToSpan;
use jiff::civil::Date;
use ledger::gate::Stage;
use ledger::life::Life;
use serde_json::{Value, json};
use store::{LifeKind, LifeRow, RunRow};

use crate::base::shown::eur;
use crate::books::situation::Situation;
use crate::runs::takings::{Taking, takings};

/// For so long after the collection a debtor may ask for his money back without a reason (EPC SDD Core rulebook 4.3.4).
const REFUNDABLE_WEEKS: i64 = 8;

/// Whether the file of a run may have gone to the bank.
pub(crate) fn is_out(stage: Stage) -> bool {
    matches!(stage, Stage::Exported | Stage::Sent | Stage::Settled)
}

/// The last day on which a debtor may ask for his money back without a reason.
pub(crate) fn refundable_until(run: &RunRow) -> Date {
    run.due.saturating_add(REFUNDABLE_WEEKS.weeks())
}

/// What is stored of what became of debits, by debit.
pub(crate) fn told(situation: &Situation) -> HashMap<i64, Vec<&LifeRow>> {
    let mut told: HashMap<i64, Vec<&LifeRow>> = HashMap::new();
    situation.life.iter().for_each(|row| told.entry(row.debit).or_default().push(row));
    told
}

/// The word for where a debit stands: with the bank by what became of it, before that as its run.
pub(crate) fn word(stage: Stage, life: Life) -> &'static str {
    if is_out(stage) { life.word() } else { stage.word() }
}

/// What became of one debit.
pub(crate) fn of_debit(stage: Stage, life: Life, told: &[&LifeRow]) -> Value {
    let end = told.iter().rfind(|row| row.kind != LifeKind::Settled);
    let settled = told.iter().find(|row| row.kind == LifeKind::Settled);
    json!({
        "state": word(stage, life),
        "credited": settled.map(|row| row.day.to_string()),
        "came_back": end.map(|row| row.day.to_string()),
        "reason": end.and_then(|row| row.reason.as_deref()),
        "charges": eur(told.iter().map(|row| row.charges).sum()),
    })
}

/// The newest wish about a debit: what was asked, and when; null where nothing was.
pub(crate) fn recalled(situation: &Situation, debit: i64) -> Value {
    let newest = situation.recalls.iter().rfind(|row| row.debit == debit);
    newest
        .map_or(Value::Null, |row| json!({"asked": row.kind.word(), "day": row.day.to_string(), "reason": row.reason}))
}

/// How many debits, and how much.
#[derive(Clone, Copy, Default)]
struct Sum {
    debits: usize,
    amount: i64,
}

impl Sum {
    fn add(&mut self, taking: &Taking) {
        self.debits += 1;
        self.amount += taking.amount;
    }

    fn json(self) -> Value {
        json!({"debits": self.debits, "amount": eur(self.amount)})
    }
}

/// What became of all debits of a run; null before its file was written.
pub(crate) fn of_run(situation: &Situation, run: &RunRow, told: &HashMap<i64, Vec<&LifeRow>>) -> Value {
    let stage = situation.stages().get(&run.id).copied().unwrap_or(Stage::Cancelled);
    if !is_out(stage) {
        return Value::Null;
    }
    let (mut sums, mut reasons): (BTreeMap<&str, Sum>, BTreeMap<&str, Sum>) = Default::default();
    let mut charges = 0;
    for taking in &takings(situation, run.id) {
        let life = situation.life_of(taking.debit.id);
        sums.entry(life.word()).or_default().add(taking);
        let own = told.get(&taking.debit.id).map_or(&[][..], Vec::as_slice);
        charges += own.iter().map(|row| row.charges).sum::<i64>();
        if life.has_ended() {
            let reason = own.iter().rfind(|row| row.kind != LifeKind::Settled).and_then(|row| row.reason.as_deref());
            reasons.entry(reason.unwrap_or_default()).or_default().add(taking);
        }
    }
    let sum = |word: &str| sums.get(word).copied().unwrap_or_default().json();
    let reasons = reasons.iter().map(|(reason, sum)| {
        json!({
            "reason": reason, "text": ledger::return_reasons::text(Some(reason)), "debits": sum.debits,
            "amount": eur(sum.amount),
        })
    });
    json!({
        "underway": sum("submitted"), "settled": sum("settled"), "rejected": sum("rejected"), "returned": sum("returned"),
        "charges": eur(charges), "reasons": reasons.collect::<Vec<_>>(),
        "refundable_until": refundable_until(run).to_string(),
    })
}
