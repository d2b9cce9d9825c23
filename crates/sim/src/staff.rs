//! What the people of the treasury do: import, match, decide, hold, plan, announce, release, export.
//!
//! Invariant: staff act only on what they can see. Only a clerk who decides a case asks the oracle for the truth, as
//! one who telephones the payer.

use std::collections::BTreeSet;
use std::path::PathBuf;

use anyhow::Result;
use jiff::civil::Date;
use kasse::{ImportOptions, Kasse, NoticeManner, PlanOptions, Progress, Resolution};
use oracle::{Oracle, Transfer, alike, nameless};
use sepa::Cents;
use serde_json::Value;

use crate::view::{books, list, money, text};

/// A progress observer that shows nothing.
pub(crate) struct Silent;

impl Progress for Silent {
    fn file(&self, _: usize, _: usize, _: &str) {}
    fn advance(&self, _: usize) {}
}

/// Imports files; returns which were refused, and why.
pub(crate) async fn import(kasse: &Kasse, paths: &[PathBuf]) -> Result<Vec<(String, String)>> {
    import_as_of(kasse, paths, None).await
}

/// The same, stating the last day that the system which made a list had posted.
pub(crate) async fn import_as_of(
    kasse: &Kasse,
    paths: &[PathBuf],
    as_of: Option<Date>,
) -> Result<Vec<(String, String)>> {
    let options = ImportOptions { who: Some("anna".to_owned()), as_of, ..ImportOptions::default() };
    let imported = kasse::import(kasse, paths, &options, &Silent).await?;
    Ok(imported.files.into_iter().filter_map(|file| Some((file.file, file.error?.to_string()))).collect())
}

/// The open cases: number, reference, day, amount.
pub(crate) async fn open_cases(kasse: &Kasse) -> Result<Vec<Value>> {
    Ok(kasse::cases(kasse).await?)
}

/// References of the open cases that the program marks as holding too little.
pub(crate) async fn residual(kasse: &Kasse) -> Result<Vec<String>> {
    let cases = kasse::cases(kasse).await?;
    let short = cases.iter().filter(|case| case.get("hold_complete").and_then(Value::as_bool) == Some(false));
    let named = |case: &Value| {
        let (day, cents): (Date, i64) = (text(case, "booked")?.parse()?, money(case, "amount")?);
        // bookings without a bank reference are named by day and amount
        Ok([text(case, "reference")?, alike(&nameless(day, cents, 1)).to_owned()])
    };
    let named: Vec<[String; 2]> = short.map(named).collect::<Result<_>>()?;
    Ok(named.into_iter().flatten().collect())
}

/// Decides a case as the payment was meant, as far as there is room; the rest is other money. Returns what was
/// allocated.
pub(crate) async fn decide(kasse: &Kasse, oracle: &Oracle, case: &Value, reference: &str) -> Result<Decided> {
    let number = case.get("case").and_then(Value::as_i64).unwrap_or_default();
    let transfer = oracle.meant(reference).cloned().unwrap_or_default();
    let meant = &transfer.parts;
    if oracle.is_taken_back(reference) && !oracle.twin_stands_for(reference, &books(kasse).await?) {
        kasse::resolve(kasse, number, &Resolution::Return, None, "clara").await?;
        return Ok(Decided { told: "it was taken back".to_owned(), given_back: Vec::new() });
    }
    let placed = money(case, "amount")? - money(case, "open")?;
    // the case is loaded only to see what is allocated already
    let shown = if placed > 0 { kasse::case(kasse, number).await? } else { Value::Null };
    let mut left = money(case, "open")?;
    let mut parts = fill(kasse, oracle, &shown, &transfer).await?;
    // who paid through a provider has paid more than came in
    parts.iter_mut().for_each(|(_, amount)| {
        *amount = Cents::new(amount.get().min(left));
        left -= amount.get();
    });
    parts.retain(|(_, amount)| amount.get() > 0);
    let sum: i64 = parts.iter().map(|(_, amount)| amount.get()).sum();
    let told = format!("{placed} stood, placed {parts:?}");
    if !parts.is_empty() {
        kasse::resolve(kasse, number, &Resolution::Allocate(parts.clone()), None, "clara").await?;
    }
    if sum < money(case, "open")? {
        // what was meant for the treasury and finds no room is refunded; what was not is other money
        let rest = if meant.is_empty() { Resolution::Other("nicht unser".to_owned()) } else { Resolution::Refund };
        kasse::resolve(kasse, number, &rest, None, "clara").await?;
    }
    let placed_of = |own: &str| -> i64 {
        let of = parts
            .iter()
            .filter(|(name, _)| name.rsplit_once('/').is_some_and(|(kassenzeichen, _)| kassenzeichen == own));
        of.map(|(_, amount)| amount.get()).sum()
    };
    let given_back = meant.iter().map(|(own, cents)| (own.clone(), (cents - placed_of(own)).max(0))).collect();
    Ok(Decided { told, given_back })
}

/// What is said of an outgoing booking that took nothing back.
pub(crate) const SOMETHING_ELSE: &str = "is something else";

/// Says of an outgoing booking which credit it took back, as the bank tells those who ask; else that it is something else.
pub(crate) async fn decide_debit(kasse: &Kasse, oracle: &Oracle, number: i64, by: &str) -> Result<String> {
    if let Some(reference) = oracle.took_back(by) {
        let back = Resolution::ReturnOf(reference.to_owned());
        match kasse::resolve(kasse, number, &back, None, "clara").await {
            Ok(_) => return Ok(format!("took {reference} back")),
            // what the old system had posted is not in these books
            Err(kasse::Error::Refused(_)) => {}
            Err(error) => return Err(error.into()),
        }
    }
    kasse::resolve(kasse, number, &Resolution::Other("keine Rueckbuchung".to_owned()), None, "clara").await?;
    Ok(SOMETHING_ELSE.to_owned())
}

/// Allocates some hundredths of the first intended part; returns what was allocated.
pub(crate) async fn decide_in_part(
    kasse: &Kasse,
    oracle: &Oracle,
    case: &Value,
    reference: &str,
    share: i64,
) -> Result<Option<String>> {
    let transfer = oracle.meant(reference).cloned().unwrap_or_default();
    if oracle.is_taken_back(reference) {
        return Ok(None);
    }
    let number = case.get("case").and_then(Value::as_i64).unwrap_or_default();
    let parts = fill(kasse, oracle, &kasse::case(kasse, number).await?, &transfer).await?;
    let Some((name, amount)) = parts.into_iter().next() else { return Ok(None) };
    let part = Cents::new((amount.get() * share / 100).max(1));
    kasse::resolve(kasse, number, &Resolution::Allocate(vec![(name.clone(), part)]), None, "clara").await?;
    Ok(Some(format!("{part} under {name}")))
}

/// The result of deciding a case.
pub(crate) struct Decided {
    pub(crate) told: String,
    /// At most what found no room, by Kassenzeichen.
    pub(crate) given_back: Vec<(String, i64)>,
}

/// The items that a payment was meant for, each with the room that it has beside what is allocated already.
async fn fill(kasse: &Kasse, oracle: &Oracle, case: &Value, transfer: &Transfer) -> Result<Vec<(String, Cents)>> {
    let meant = &transfer.parts;
    if meant.is_empty() {
        return Ok(Vec::new());
    }
    let rows = kasse::receivables(kasse).await?;
    let is_meant = |row: &Value| text(row, "kassenzeichen").is_ok_and(|own| meant.iter().any(|(kz, _)| *kz == own));
    let claimed = |row: &Value| money(row, "in_collection").is_ok_and(|cents| cents > 0);
    let sent = match rows.iter().any(|row| is_meant(row) && claimed(row)) {
        true => sent_items(kasse).await?,
        false => BTreeSet::new(),
    };
    let mut parts = Vec::new();
    for (kassenzeichen, cents) in meant {
        let own = list(case, "allocations")
            .iter()
            .filter(|part| text(part, "kassenzeichen").is_ok_and(|kz| kz == *kassenzeichen));
        let placed: i64 = own.filter_map(|part| money(part, "amount").ok()).sum();
        let mut rest = cents - placed;
        for row in rows.iter().filter(|row| text(row, "kassenzeichen").is_ok_and(|kz| kz == *kassenzeichen)) {
            let posten = text(row, "posten")?;
            if oracle.is_the_buyers(kassenzeichen, &posten).is_some_and(|own| own != transfer.by_buyer) {
                continue;
            }
            let name = format!("{kassenzeichen}/{posten}");
            // what a run at the bank takes is taken; a planned debit yields
            let planned = if sent.contains(&name) { 0 } else { money(row, "in_collection")? };
            let part = rest.min(money(row, "open")? + planned);
            if part > 0 {
                parts.push((name, Cents::new(part)));
                rest -= part;
            }
        }
    }
    Ok(parts)
}

/// The items of runs whose file has left the house.
async fn sent_items(kasse: &Kasse) -> Result<BTreeSet<String>> {
    let mut sent = BTreeSet::new();
    for (run, _) in runs(kasse, &["exported", "sent", "settled"]).await? {
        let shown = kasse::show(kasse, &run).await?;
        let lives = |debit: &&Value| text(debit, "state").is_ok_and(|state| state != "rejected" && state != "returned");
        for debit in list(&shown, "debits").iter().filter(lives) {
            let kassenzeichen = text(debit, "kassenzeichen")?;
            for item in list(debit, "items") {
                sent.insert(format!("{kassenzeichen}/{}", text(item, "posten")?));
            }
        }
    }
    Ok(sent)
}

/// The runs in one of these states, with their collection dates.
pub(crate) async fn runs(kasse: &Kasse, states: &[&str]) -> Result<Vec<(String, Date)>> {
    let runs = kasse::runs(kasse).await?;
    let wanted = runs.iter().filter(|run| text(run, "state").is_ok_and(|state| states.contains(&state.as_str())));
    wanted.map(|run| Ok((text(run, "run")?, text(run, "due")?.parse()?))).collect()
}

/// Plans for a day; returns the run if there is one.
pub(crate) async fn plan(kasse: &Kasse, due: Date, limit: Option<usize>) -> kasse::Result<Option<String>> {
    let options = PlanOptions { due, planner: "anna".to_owned(), kinds: Vec::new(), limit };
    let planned = kasse::plan(kasse, &options).await?;
    Ok(planned.plan.get("run").and_then(Value::as_str).map(str::to_owned))
}

/// Announces a run, by post today or in another form; returns the path of the list of notices.
pub(crate) async fn notify(
    kasse: &Kasse,
    run: &str,
    folder: &std::path::Path,
    by_post: bool,
) -> kasse::Result<PathBuf> {
    let manner =
        if by_post { NoticeManner::Posted(kasse.today) } else { NoticeManner::Otherwise("Bescheid".to_owned()) };
    kasse::notify(kasse, run, folder, "anna", &manner).await.map(|notified| notified.list)
}
