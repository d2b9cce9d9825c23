//! `einmal explain` and `report matching`: how a booking was decided, and how well the program's decisions stand.
//!
//! Writes nothing. Invariant: a replay asks the same rules about the same books that `match` would ask now; what people
//! decided of the other bookings stands in it.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde_json::{Value, json};
use store::{BookingRow, ItemRow, VerdictRow};

use crate::base::shown::{self, with};
use crate::books::situation::Situation;
use crate::cases::desk::Desk;
use crate::cases::resolve::shown_candidate;
use crate::matching::evidence::{Evidence, Outcome, share};
use crate::matching::verdicts::decide_all;
use crate::{Error, Kasse, Result};

/// Each booking of this reference: the verdicts it has had, and what the rules say of it now.
///
/// # Errors
/// [`Error::Unknown`] where no booking has the reference.
pub async fn explain(kasse: &Kasse, reference: &str) -> Result<Vec<Value>> {
    let mut tx = kasse.db.read().await?;
    let situation = kasse.situation(&mut tx).await?;
    let bookings: Vec<&BookingRow> = situation.bookings.iter().filter(|row| row.reference == reference).collect();
    if bookings.is_empty() {
        return Err(Error::Unknown(format!("no booking has the reference {reference:?}")));
    }
    let items: HashMap<i64, &ItemRow> = situation.items.iter().map(|item| (item.id, item)).collect();
    let mut told = Vec::new();
    for row in bookings {
        let history = store::verdicts_of(&mut tx, row.id).await?;
        told.push(explained(kasse, &situation, &items, &history, &Desk::new(kasse, &situation), row));
    }
    Ok(told)
}

fn explained(
    kasse: &Kasse,
    situation: &Situation,
    items: &HashMap<i64, &ItemRow>,
    history: &[VerdictRow],
    desk: &Desk,
    booking: &BookingRow,
) -> Value {
    let history: Vec<Value> = history.iter().map(told).collect();
    let replay = decide_all(kasse, situation, Some(booking.id), |outcome| outcome.booking == booking.id)
        .into_iter()
        .find(|outcome| outcome.booking == booking.id);
    let more = json!({
        "class": booking.class,
        "case": situation.cases.get(&booking.id),
        "found": desk.marks(booking),
        "verdicts": history,
        "replay": replay.map(|outcome| replayed(kasse, situation, items, booking.id, &outcome)),
    });
    with(with(shown::booking(booking), shown::other_texts(booking)), more)
}

pub(crate) fn told(verdict: &VerdictRow) -> Value {
    let said = &verdict.said;
    let evidence = Evidence::of(verdict);
    json!({
        "decided": said.decided_on.to_string(),
        "decision": said.decision,
        "by": if said.by_person { "a person" } else { "the rules" },
        "rules": said.rules,
        "confidence": said.confidence.map(share),
        "reason": evidence.ground,
        "because": evidence.because,
    })
}

fn replayed(
    kasse: &Kasse,
    situation: &Situation,
    items: &HashMap<i64, &ItemRow>,
    booking: i64,
    outcome: &Outcome,
) -> Value {
    let allocation = |(item, cents): (&i64, &i64)| Some(shown::allocation(items.get(item)?, *cents));
    let parts: Vec<Value> = outcome.parts.iter().filter_map(allocation).collect();
    let hold = |(item, reason): (&i64, &&str)| Some(shown::hold(items.get(item)?, reason));
    let holds: Vec<Value> = outcome.holds.iter().filter_map(hold).collect();
    let evidence = Evidence::parse(&outcome.evidence);
    let candidates = evidence.candidates.iter().map(|candidate| shown_candidate(kasse, situation, candidate));
    let newest = situation.verdicts.get(&booking);
    let same = newest
        .filter(|verdict| !verdict.said.by_person)
        .map(|verdict| verdict.said.decision == outcome.decision && situation.parts_of(booking) == outcome.parts);
    json!({
        "rules": ledger::RULES,
        "decision": outcome.decision,
        "reason": evidence.ground,
        "because": evidence.because,
        "confidence": outcome.confidence.map(share),
        "same_as_stored": same,
        "allocations": parts,
        "holds": holds,
        "hold_complete": outcome.hold_complete,
        "candidates": candidates.collect::<Vec<_>>(),
        "more_candidates": evidence.more,
    })
}

/// The bands of confidence, in millionths.
const BANDS: [(&str, i64, i64); 4] = [
    ("confidence below 90 %", 0, 900_000),
    ("confidence 90 % to 99 %", 900_000, 990_000),
    ("confidence 99 % to 99.9 %", 990_000, 999_000),
    ("confidence 99.9 % and more", 999_000, i64::MAX),
];

/// How often the program's first proposal was the person's choice, and how many verdicts of each band of confidence stood.
///
/// # Errors
/// What the database says.
pub async fn matching_report(kasse: &Kasse) -> Result<Vec<Value>> {
    let mut tx = kasse.db.read().await?;
    let all = store::all_verdicts(&mut tx).await?;
    let allocations = store::allocations(&mut tx, 0).await?;
    let kassenzeichen: HashMap<i64, String> =
        store::items(&mut tx).await?.into_iter().map(|item| (item.id, item.kassenzeichen)).collect();
    let mut placed: HashMap<i64, BTreeMap<&str, i64>> = HashMap::new();
    for part in &allocations {
        let Some(name) = kassenzeichen.get(&part.item) else { continue };
        *placed.entry(part.booking).or_default().entry(name).or_default() += part.amount;
    }
    let mut of_booking: BTreeMap<i64, Vec<&VerdictRow>> = BTreeMap::new();
    all.iter().for_each(|verdict| of_booking.entry(verdict.said.booking).or_default().push(verdict));
    let nothing = BTreeMap::new();
    let judged: Vec<Judged> = of_booking
        .iter()
        .filter_map(|(booking, verdicts)| judged(verdicts, placed.get(booking).unwrap_or(&nothing)))
        .collect();
    let by_people = tally("first proposal was the person's choice", judged.iter().filter(|one| one.by_person));
    let bands = BANDS.iter().map(|(name, from, to)| {
        tally(name, judged.iter().filter(|one| one.confidence.is_some_and(|share| (*from..*to).contains(&share))))
    });
    Ok(std::iter::once(by_people).chain(bands).collect())
}

/// A proposal of the program, and whether it stood.
struct Judged {
    confidence: Option<i64>,
    by_person: bool,
    stood: bool,
}

/// The program's last word on a booking before a person's, or its first posting: what became of it.
///
/// Only what stands now is a judgement: what a person took back or waits for is none, and money that went back to the
/// payer says nothing of whom it was meant for.
fn judged(verdicts: &[&VerdictRow], placed: &BTreeMap<&str, i64>) -> Option<Judged> {
    let last = &verdicts.last()?.said;
    if last.decision == "returned" {
        return None;
    }
    let by_person = last.by_person && last.wait_until.is_none();
    let proposal = if by_person {
        verdicts.iter().rev().find(|verdict| !verdict.said.by_person)?
    } else {
        // a case that nobody has decided is no proposal that could stand
        verdicts.iter().find(|verdict| verdict.said.decision == "auto")?
    };
    let evidence = Evidence::of(proposal);
    let chosen = evidence.candidates.iter().filter(|candidate| candidate.chosen);
    let mut proposed: BTreeSet<&str> = chosen.map(|candidate| candidate.kassenzeichen.as_str()).collect();
    if proposed.is_empty() {
        proposed.extend(evidence.candidates.first().map(|candidate| candidate.kassenzeichen.as_str()));
    }
    let kept: BTreeSet<&str> = placed.iter().filter(|(_, cents)| **cents != 0).map(|(name, _)| *name).collect();
    Some(Judged {
        confidence: proposal.said.confidence,
        by_person: by_person && !proposed.is_empty(),
        stood: proposed == kept,
    })
}

fn tally<'a>(group: &str, judged: impl Iterator<Item = &'a Judged>) -> Value {
    let (mut count, mut stood) = (0_i64, 0_i64);
    for one in judged {
        count += 1;
        stood += i64::from(one.stood);
    }
    let rate = (count > 0).then(|| share(stood * 1_000_000 / count.max(1)));
    json!({"group": group, "verdicts": count, "stood": stood, "share": rate})
}
