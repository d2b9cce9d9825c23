//! What becomes of a file after its export: it went to the bank, or two people say that it was never carried out.
//!
//! Invariant: exported is not sent, and not sent is no proof: only a void that the rules allow frees its items, in the
//! transaction that stores it.

use std::collections::HashSet;

use ledger::gate::Stage;
use ledger::void::{Handed, Kind, Line, Void, VoidGround, VoidRefusal, refusals};
use sepa::{Cents, target_day_before};
use store::{BookingRow, EventKind, EventSaid, LifeKind, Moment, RunRow};

use crate::base::rights::Right;
use crate::books::situation::Situation;
use crate::matching::verdicts::match_in;
use crate::runs::handed::{handed, last};
use crate::runs::takings::{freeing, run_of};
use crate::{Error, Kasse, Result};

/// Remembers under which number the bank took a run's file; its claims stay.
///
/// # Errors
/// [`Error::Refused`] for a run that was not exported, or was sent before.
pub async fn sent(kasse: &Kasse, name: &str, order: &str, who: &str) -> Result<()> {
    let mut tx = kasse.write(Right::Plan, who, "collect sent", "").await?;
    let run = run_of(&mut tx, name).await?;
    let situation = kasse.situation(&mut tx).await?;
    let stage = situation.stages().get(&run.id).copied().unwrap_or(Stage::Cancelled);
    if stage != Stage::Exported {
        return Err(Error::Refused(format!("the run is {}, only an exported run is sent", stage.word())));
    }
    let file = last(&situation, run.id, EventKind::Released).or_else(|| last(&situation, run.id, EventKind::TakenOver));
    let digest = file.and_then(|event| event.sha256.clone());
    let said = EventSaid { sha256: digest.as_deref(), note: Some(order), ..EventSaid::default() };
    tx.add_event(run.id, EventKind::Sent, said).await?;
    Ok(tx.commit(&format!("run {name}")).await?)
}

/// Who says that a file was never carried out, and on what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VoidSaid {
    /// One person.
    pub who: String,
    /// Another one.
    pub with: String,
    /// What the bank wrote, or why the file never went.
    pub reason: String,
    /// What proves it.
    pub ground: VoidGround,
}

/// Frees the items of a run whose file was never carried out.
///
/// # Errors
/// [`Error::Refused`] with everything that forbids it.
pub async fn void(kasse: &Kasse, name: &str, said: &VoidSaid) -> Result<()> {
    let mut tx = kasse.write(Right::Release, &said.who, "collect void", &said.reason).await?;
    kasse.with(&mut tx, Right::Release, &said.with).await?;
    let run = run_of(&mut tx, name).await?;
    let situation = kasse.situation(&mut tx).await?;
    let refused = refuse_void(kasse, &mut tx, &situation, &run, said).await?;
    if !refused.is_empty() {
        let lines: Vec<String> = refused.iter().map(VoidRefusal::to_string).collect();
        return Err(Error::Refused(format!("run {name} is not void: {}", lines.join("; "))));
    }
    tx.add_claims(&freeing(&situation, run.id)).await?;
    let note = format!("{}: {}", said.ground.said(), said.reason);
    let event = EventSaid { second: Some(&said.with), note: Some(&note), ..EventSaid::default() };
    tx.add_event(run.id, EventKind::Void, event).await?;
    // in the same transaction: what came in for its debits meanwhile finds its place before anybody plans
    match_in(&mut tx, kasse).await?;
    Ok(tx.commit(&format!("run {name}")).await?)
}

async fn refuse_void(
    kasse: &Kasse,
    tx: &mut impl Moment,
    situation: &Situation,
    run: &RunRow,
    said: &VoidSaid,
) -> Result<Vec<VoidRefusal>> {
    let stage = situation.stages().get(&run.id).copied().unwrap_or(Stage::Cancelled);
    let taken_over = last(situation, run.id, EventKind::TakenOver);
    if said.ground != VoidGround::Refused && taken_over.is_some() {
        let why = "the run was taken over from its payment file: only the bank's refusal makes it void";
        return Err(Error::Refused(why.to_owned()));
    }
    let handed = match last(situation, run.id, EventKind::Released).or(taken_over) {
        Some(release) => handed(kasse, situation, run, &release.at)?,
        None => Handed { due: run.due, written: run.due, sums: Vec::new(), ids: HashSet::new() },
    };
    if let Some(why) = carried_out(situation, run) {
        return Err(Error::Refused(why));
    }
    let chains = kasse.chains(tx).await?;
    let bookings = store::bookings(tx).await?;
    let lines: Vec<Line<'_>> = bookings.iter().map(line).collect();
    Ok(refusals(&Void {
        stage,
        people: (&said.who, &said.with),
        ground: said.ground,
        handed: &handed,
        lines: &lines,
        chains: &chains,
        needed: target_day_before(kasse.today),
    }))
}

/// What the bank has told already that a file was carried out by: a credit, a return, or its word that it settled.
fn carried_out(situation: &Situation, run: &RunRow) -> Option<String> {
    let own = |debit: i64| situation.run_of_debit().get(&debit) == Some(&run.id);
    let booked = situation.life.iter().find(|row| row.kind != LifeKind::Rejected && own(row.debit));
    if let Some(row) = booked {
        let (name, word) = (&run.name, row.kind.word());
        return Some(format!("run {name} was carried out: a debit of it is {word} since {}", row.day));
    }
    let is_settled = |event: &&store::EventRow| {
        let word = event.note.as_deref().and_then(|note| note.split(' ').next());
        event.run == run.id
            && event.kind == EventKind::Status
            && matches!(word, Some("ACSC" | "ACCC" | "ACSP" | "ACWC"))
    };
    let told = situation.events.iter().find(is_settled)?;
    let note = told.note.as_deref().unwrap_or_default();
    Some(format!("run {} was carried out, as the bank says ({note}, {})", run.name, told.day))
}

fn line(row: &BookingRow) -> Line<'_> {
    let named = |reference: &&str| !reference.is_empty() && *reference != "NOTPROVIDED";
    let references = [&row.batch_reference, &row.end_to_end_id].into_iter().filter_map(|text| text.as_deref());
    let texts = [Some(row.remittance.as_str()), row.additional.as_deref(), row.entry_reference.as_deref()];
    Line {
        account: &row.account,
        booked: row.booked,
        amount: Cents::new(row.amount),
        kind: kind(row),
        references: references.filter(named).collect(),
        text: texts.into_iter().flatten().collect::<Vec<_>>().join("\n"),
    }
}

/// By its codes; what they leave open can be anything.
fn kind(row: &BookingRow) -> Kind {
    match row.class.as_str() {
        "direct-debit credit" => Kind::Collected,
        "unknown" | "reversal" => Kind::Unknown,
        _ => Kind::Other,
    }
}
