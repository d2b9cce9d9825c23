//! Direct-debit runs: plan, show, cancel.
//!
//! Invariant: a run takes exactly what its claims say now; they only fall after the plan. What a release fixes are the
//! bytes of the file; anything that changes a claim takes the release back.

use std::collections::{BTreeSet, HashMap, HashSet};

use jiff::civil::Date;
use ledger::gate::{Refusal, Stage, earliest_collection};
use ledger::levies;
use ledger::plan::{OpenItem, Reason, Terms};
use sepa::{Cents, CreditorId, Iban, MandateId, is_target_day, target_day_on_or_after};
use serde_json::{Value, json};
use store::{ClaimRow, DebitRow, EventKind, EventSaid, ItemRow, LeftOutRow, RunRow, WriteTx};

use crate::base::rights::Right;
use crate::base::shown::{eur, with};
use crate::books::credit_notes::covered;
use crate::books::deferrals;
use crate::books::excess::{Excess, excess};
use crate::books::recount::recount;
use crate::books::situation::Situation;
use crate::orders::cautions::Cautions;
use crate::orders::fallen::fallen;
use crate::orders::release::forbidden;
use crate::orders::run_cautions::of_run;
use crate::runs::life;
use crate::runs::takings::{freeing, run_of, takings};
use crate::vault::instance;
use crate::{Config, Error, Kasse, Result};

/// What a planner asks for.
#[derive(Clone, Debug)]
pub struct PlanOptions {
    /// The collection date.
    pub due: Date,
    /// Who plans.
    pub planner: String,
    /// Only these levies; all if empty.
    pub kinds: Vec<String>,
    /// At most so many debits: a pilot run.
    pub limit: Option<usize>,
}

/// A plan as printed, and what forbids its release now.
#[derive(Clone, Debug)]
pub struct PlanOutcome {
    /// The contract's JSON.
    pub plan: Value,
    /// Everything that forbids the release, in words; people and notices aside.
    pub forbidden: Vec<String>,
    /// What else the planner must know.
    pub remarks: Vec<String>,
}

/// Plans a run of everything that may be debited.
///
/// # Errors
/// [`Error::Refused`] for a collection date on a closed day or in the past.
pub async fn plan(kasse: &Kasse, options: &PlanOptions) -> Result<PlanOutcome> {
    check_due(kasse, options.due)?;
    let mut tx = kasse.write(Right::Plan, &options.planner, "collect plan", "").await?;
    let (outcome, name) = plan_in(kasse, &mut tx, options).await?;
    tx.commit(&format!("run {}", name.unwrap_or_default())).await?;
    Ok(outcome)
}

/// Plans a run in a transaction that may hold other changes too; says what it is called, if there is one.
///
/// # Errors
/// Those of [`plan`].
pub(crate) async fn plan_in(
    kasse: &Kasse,
    tx: &mut WriteTx,
    options: &PlanOptions,
) -> Result<(PlanOutcome, Option<String>)> {
    check_due(kasse, options.due)?;
    instance::refuse_locked(tx).await?;
    let situation = kasse.situation(tx).await?;
    let kinds = kinds(&situation, &options.kinds)?;
    let terms = Terms { kinds, limit: options.limit, ..terms(kasse, &situation, options.due) };
    let mandates = situation.plan_mandates();
    let items = open_items(&kasse.config, &situation);
    let plan = ledger::plan::plan(&items, mandates, &terms);
    let name = if plan.debits.is_empty() {
        None
    } else {
        let name = store_plan(tx, &situation, options, &plan).await?;
        recount(tx, kasse).await?;
        Some(name)
    };
    let of_run = match &name {
        Some(name) => {
            let (run, planned) = (run_of(tx, name).await?, kasse.situation(tx).await?);
            Cautions::default().and(of_run(kasse, tx, &planned, &run, None).await?).lines()
        }
        None => Vec::new(),
    };
    let outcome = PlanOutcome {
        plan: plan_json(&situation, name.as_deref(), options.due, &plan),
        forbidden: forbidden(kasse, tx, options.due).await?.iter().map(Refusal::to_string).collect(),
        remarks: [
            Cautions::load(kasse, tx, &situation).await?.lines(),
            of_run,
            crate::books::situation::ways_on(&kasse.chains(tx).await?, sepa::target_day_before(kasse.today)),
            deferrals::remarks(&situation, options.due),
        ]
        .into_iter()
        .flatten()
        .chain(levies_of_none(&kasse.config, &situation))
        .chain(unknown_use(&plan, mandates))
        .chain(unconfirmed_accounts(mandates))
        .chain(used_by_two(&items))
        .collect(),
    };
    Ok((outcome, name))
}

/// The levies that are meant: as the lists write them, else however they are spelt.
fn kinds(situation: &Situation, asked: &[String]) -> Result<Vec<String>> {
    let known: BTreeSet<&str> = situation.items.iter().map(|item| item.said.kind.as_str()).collect();
    let mut meant = Vec::new();
    for word in asked {
        let key = levies::key(word);
        let exact = known.contains(word.as_str()).then(|| word.clone());
        let alike = known.iter().filter(|kind| exact.is_none() && levies::key(kind) == key);
        let found: Vec<String> = alike.map(|kind| (*kind).to_owned()).chain(exact.clone()).collect();
        if found.is_empty() {
            let all = known.iter().copied().collect::<Vec<_>>().join(", ");
            return Err(Error::Refused(format!("no item is of the levy {word:?}; there are: {all}")));
        }
        meant.extend(found);
    }
    Ok(meant)
}

/// Levies that the settings give to another creditor and that nobody owes: perhaps the lists call them otherwise, and then
/// they would be collected for the treasury itself.
fn levies_of_none(config: &Config, situation: &Situation) -> Option<String> {
    let known: BTreeSet<&str> = situation.items.iter().map(|item| item.said.kind.as_str()).collect();
    let none = config.levies_of_none(known.into_iter());
    (!none.is_empty()).then(|| {
        format!(
            "no item is of these levies, which the settings give to another creditor: {}; if the lists call them otherwise, \
             they are collected for the treasury itself",
            none.join(", ")
        )
    })
}

fn check_due(kasse: &Kasse, due: Date) -> Result<()> {
    if !is_target_day(due) {
        let next = target_day_on_or_after(due);
        return Err(Error::Refused(format!("{due} is no TARGET business day; the next one is {next}")));
    }
    let earliest = earliest_collection(kasse.today, kasse.config.bank.days_before);
    if due <= kasse.today {
        return Err(Error::Refused(format!("{due} is not after {}; the earliest day is {earliest}", kasse.today)));
    }
    if due < earliest {
        let days = kasse.config.bank.days_before;
        return Err(Error::Refused(format!(
            "{due} is less than {days} bank days away (bank.days_before); the earliest day is {earliest}"
        )));
    }
    Ok(())
}

/// What is open of each item, with what keeps it out.
pub(crate) fn open_items(config: &Config, situation: &Situation) -> Vec<OpenItem> {
    open_of(config, situation, situation.items.iter())
}

/// The same of some items.
pub(crate) fn open_of<'a>(
    config: &Config,
    situation: &Situation,
    items: impl Iterator<Item = &'a ItemRow>,
) -> Vec<OpenItem> {
    let (held, by_hand) = (situation.held(), situation.hand_held());
    let (covered, shared) = (covered(situation), shared_mandates(config, situation));
    items
        // no fee is ever collected
        .filter(|item| item.said.fee.is_none() && config.fee_kinds.of(&item.said.kind).is_none())
        .filter_map(|item| {
            let state = situation.states.get(&item.id)?;
            // what a living run claims is open still, but taken
            let open = state.amount - state.transferred - state.collected;
            let open = open.min(item.said.amount - state.transferred - state.collected);
            (open > 0).then(|| OpenItem {
                id: item.id,
                kassenzeichen: item.kassenzeichen.clone(),
                kind: item.said.kind.clone(),
                due: item.said.due,
                open: Cents::new(open),
                mandate: item.said.mandate_reference.clone(),
                creditor: (
                    config.creditor_place(&item.said.kind),
                    config.creditor(&item.said.kind).creditor_id.clone(),
                ),
                held_by: held.get(&item.id).and_then(|cases| cases.first()).map(|(case, _)| *case),
                hand_held: by_hand
                    .get(&item.id)
                    .and_then(|holds| holds.iter().filter(|hold| !hold.is_of_list()).map(|hold| hold.until()).max()),
                list_held: by_hand.get(&item.id).is_some_and(|holds| holds.iter().any(|hold| hold.is_of_list())),
                covered: Cents::new(covered.get(&item.id).copied().unwrap_or(0).min(open)),
                handed_over: situation.handed_over.contains_key(&item.id),
                mandate_is_shared: shared.contains(&item.id),
                unconfirmed: item.said.unconfirmed && !config.collect_unconfirmed,
                in_run: state.in_collection > 0,
            })
        })
        .collect()
}

/// Items whose mandate would be used by two creditors, and of which nothing says to whom it was given: a mandate is given to
/// one creditor (EPC SDD Core rulebook, AT-01 with AT-02), and no bank takes it under two identifiers.
fn shared_mandates(config: &Config, situation: &Situation) -> HashSet<i64> {
    if config.creditors().count() < 2 {
        return HashSet::new();
    }
    let mandates = ledger::plan::Mandates::new(situation.plan_mandates());
    let mut users: HashMap<String, Vec<(i64, &CreditorId)>> = HashMap::new();
    for item in situation.items.iter().filter(|item| item.said.fee.is_none()) {
        let mandate = mandates.of(item.said.mandate_reference.as_deref(), &item.kassenzeichen);
        if let Some(mandate) = mandate.ok().filter(|mandate| mandate.creditor.is_none()) {
            let own = users.entry(MandateId::key(&mandate.reference)).or_default();
            own.push((item.id, &config.creditor(&item.said.kind).creditor_id));
        }
    }
    let is_shared = |users: &Vec<(i64, &CreditorId)>| {
        users.first().is_some_and(|(_, first)| users.iter().any(|(_, other)| !first.is_same_creditor(other)))
    };
    users.into_values().filter(is_shared).flatten().map(|(item, _)| item).collect()
}

/// When each account was last debited, or will be, by living runs.
fn last_debits(situation: &Situation) -> HashMap<Iban, Date> {
    let stages = situation.stages();
    let due: HashMap<i64, Date> = situation.runs.iter().map(|run| (run.id, run.due)).collect();
    let iban = |mandate: &i64| situation.mandate_rows.get(mandate).and_then(|row| Iban::parse(&row.said.iban).ok());
    let mut last: HashMap<Iban, Date> = HashMap::new();
    let living = situation.debits.iter().filter(|debit| stages.get(&debit.run).is_some_and(|stage| stage.is_living()));
    for debit in living.filter(|debit| situation.takes(debit.id)) {
        if let (Some(due), Some(iban)) = (due.get(&debit.run), iban(&debit.mandate)) {
            let known = last.entry(iban).or_insert(*due);
            *known = (*known).max(*due);
        }
    }
    last
}

/// `L1`, `L2` … and never one that a run has, of whatever books.
fn next_name(runs: &[RunRow]) -> String {
    let number = |run: &RunRow| run.name.strip_prefix('L')?.split('-').next()?.parse::<usize>().ok();
    let last = runs.iter().filter_map(number).max().unwrap_or(0);
    format!("L{}", last + 1)
}

async fn store_plan(
    tx: &mut WriteTx,
    situation: &Situation,
    options: &PlanOptions,
    plan: &ledger::plan::Plan,
) -> Result<String> {
    let instance = instance::code(tx).await?;
    let name = next_name(&situation.runs);
    let run = tx.add_run(&name, options.due, &options.planner).await?;
    let debits: Vec<DebitRow> = (1..)
        .zip(&plan.debits)
        .map(|(number, debit)| DebitRow {
            id: 0,
            run,
            end_to_end_id: format!("{instance}-{name}-{number:06}"),
            mandate: debit.mandate,
            kassenzeichen: debit.kassenzeichen.clone(),
        })
        .collect();
    let first = tx.add_debits(&debits).await?;
    let claims: Vec<ClaimRow> = (first..)
        .zip(&plan.debits)
        .flat_map(|(debit, planned)| {
            let claim = move |(item, amount): &(i64, Cents)| ClaimRow {
                id: 0,
                debit,
                item: *item,
                amount: amount.get(),
                cause: "planned".to_owned(),
            };
            planned.claims.iter().map(claim).collect::<Vec<_>>()
        })
        .collect();
    tx.add_claims(&claims).await?;
    let left_out: Vec<LeftOutRow> = plan
        .left_out
        .iter()
        .map(|out| LeftOutRow {
            run,
            item: out.item,
            amount: out.open.get(),
            reason: out.reason.word().to_owned(),
            case_file: out.case,
        })
        .collect();
    tx.add_left_out(&left_out).await?;
    Ok(name)
}

fn plan_json(situation: &Situation, name: Option<&str>, due: Date, plan: &ledger::plan::Plan) -> Value {
    let items: HashMap<i64, &store::ItemRow> = situation.items.iter().map(|item| (item.id, item)).collect();
    let sum: i64 = plan.debits.iter().flat_map(|debit| &debit.claims).map(|(_, amount)| amount.get()).sum();
    let left_out: Vec<Value> = plan
        .left_out
        .iter()
        .filter_map(|out| {
            let item = items.get(&out.item)?;
            Some(left_out_json(&item.kassenzeichen, &item.posten, out.open.get(), out.reason.word(), out.case))
        })
        .collect();
    json!({"run": name, "due": due.to_string(), "debits": plan.debits.len(), "amount": eur(sum), "left_out": left_out})
}

pub(crate) fn left_out_json(kassenzeichen: &str, posten: &str, amount: i64, reason: &str, case: Option<i64>) -> Value {
    json!({"kassenzeichen": kassenzeichen, "posten": posten, "amount": eur(amount), "reason": reason, "case": case})
}

/// How many debits stand on a mandate of which nobody knows when it was last used.
fn unknown_use(plan: &ledger::plan::Plan, mandates: &[ledger::plan::Mandate]) -> Option<String> {
    let unknown: HashSet<i64> = mandates.iter().filter(|row| row.own_last_use().is_none()).map(|row| row.id).collect();
    let count = plan.debits.iter().filter(|debit| unknown.contains(&debit.mandate)).count();
    (count > 0).then(|| {
        format!(
            "{count} debits stand on mandates of which nobody knows when they were last used (collect.unknown_last_use)"
        )
    })
}

/// How many items are not collected because their mandate would be used by two creditors.
fn used_by_two(items: &[OpenItem]) -> Option<String> {
    let count = items.iter().filter(|item| item.mandate_is_shared).count();
    (count > 0).then(|| {
        format!(
            "{count} items are not collected: two creditors would use their mandate, and the list of mandates does not say to \
             whom it was given (glaeubiger_id)"
        )
    })
}

/// How many mandates are not used because nobody has confirmed their changed account.
fn unconfirmed_accounts(mandates: &[ledger::plan::Mandate]) -> Option<String> {
    let count = mandates.iter().filter(|mandate| mandate.unconfirmed_account).count();
    (count > 0).then(|| {
        format!("{count} mandates are not used: nobody has confirmed their changed account (`einmal mandates list`)")
    })
}

/// One run: its debits with what they take, what was left out and why, what happened to it.
///
/// # Errors
/// [`Error::Unknown`] for a run that is none.
pub async fn show(kasse: &Kasse, name: &str) -> Result<Value> {
    let mut tx = kasse.db.read().await?;
    let run = run_of(&mut tx, name).await?;
    let situation = kasse.situation(&mut tx).await?;
    let items: HashMap<i64, &store::ItemRow> = situation.items.iter().map(|item| (item.id, item)).collect();
    let (stage, told) = (situation.stages().get(&run.id).copied().unwrap_or(Stage::Cancelled), life::told(&situation));
    let debits: Vec<Value> = takings(&situation, run.id)
        .iter()
        .map(|taking| {
            let holder = situation.mandate_rows.get(&taking.debit.mandate);
            let own: Vec<Value> = taking
                .items
                .iter()
                .filter_map(|(item, amount)| Some(json!({"posten": items.get(item)?.posten, "amount": eur(*amount)})))
                .collect();
            let told = told.get(&taking.debit.id).map_or(&[][..], Vec::as_slice);
            let bank = life::of_debit(stage, situation.life_of(taking.debit.id), told);
            with(
                bank,
                json!({
                    "end_to_end_id": taking.debit.end_to_end_id,
                    "kassenzeichen": taking.debit.kassenzeichen,
                    "mandate": holder.map(|row| row.said.reference.clone()),
                    "debtor": holder.map(|row| row.said.holder.clone()),
                    "amount": eur(taking.amount),
                    "recall": life::recalled(&situation, taking.debit.id),
                    "items": own,
                }),
            )
        })
        .collect();
    let left_out: Vec<Value> = store::left_out(&mut tx, run.id)
        .await?
        .iter()
        .filter_map(|out| {
            let item = items.get(&out.item)?;
            Some(left_out_json(&item.kassenzeichen, &item.posten, out.amount, &out.reason, out.case_file))
        })
        .collect();
    let events: Vec<Value> = situation
        .events
        .iter()
        .filter(|event| event.run == run.id)
        .map(|event| json!({
            "event": event.kind.word(), "by": event.actor, "with": event.second, "note": event.note, "day": event.day.to_string(),
            "at": event.at, "sha256": event.sha256,
        }))
        .collect();
    let amount: i64 = takings(&situation, run.id).iter().map(|taking| taking.amount).sum();
    let excess: Vec<Value> =
        excess(&situation).iter().filter(|excess| excess.is_of(run.id)).map(Excess::json).collect();
    Ok(json!({
        "run": run.name, "due": run.due.to_string(), "planner": run.planner, "state": stage.word(), "amount": eur(amount),
        "bank": life::of_run(&situation, &run, &told), "debits": debits, "left_out": left_out, "fallen": fallen(&situation, run.id), "excess": excess, "events": events,
    }))
}

/// Cancels a run before its file was written: its items are free again.
///
/// # Errors
/// [`Error::Refused`] once it was exported or cancelled.
pub async fn cancel(kasse: &Kasse, name: &str, who: &str) -> Result<()> {
    let mut tx = kasse.write(Right::Plan, who, "collect cancel", "").await?;
    instance::refuse_locked(&mut tx).await?;
    let run = run_of(&mut tx, name).await?;
    let situation = kasse.situation(&mut tx).await?;
    let stage = situation.stages().get(&run.id).copied().unwrap_or(Stage::Cancelled);
    if !stage.yields_to_money() {
        return Err(Error::Refused(format!("the run is {}, only one before its export is cancelled", stage.word())));
    }
    tx.add_claims(&freeing(&situation, run.id)).await?;
    tx.add_event(run.id, EventKind::Cancelled, EventSaid::default()).await?;
    recount(&mut tx, kasse).await?;
    Ok(tx.commit(&format!("run {name}")).await?)
}

/// Why an item would not be debited on a day, for the reports.
pub(crate) fn left_out_reasons(kasse: &Kasse, situation: &Situation) -> HashMap<i64, Reason> {
    let items = open_items(&kasse.config, situation);
    let plan = ledger::plan::plan(&items, situation.plan_mandates(), &terms(kasse, situation, kasse.today));
    plan.left_out.iter().map(|out| (out.item, out.reason)).collect()
}

/// The terms of a plan of everything for a day.
pub(crate) fn terms(kasse: &Kasse, situation: &Situation, due: Date) -> Terms {
    Terms {
        due,
        kinds: Vec::new(),
        limit: None,
        least: kasse.config.least_amount,
        min_days_between: kasse.config.min_days_between,
        last_debits: last_debits(situation),
        deferrals: situation.deferrals.to_vec(),
        hold_unknown_use: kasse.config.hold_unknown_use,
    }
}
