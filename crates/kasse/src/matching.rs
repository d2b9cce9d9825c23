//! `einmal match`: decides, as of the business date, every booking that no person has decided.
//!
//! Invariant: a booking whose outcome is the same as before gets no new verdict; one that changed gets counter-entries
//! for what it had placed, then its new parts. Run twice, it changes nothing.

use std::collections::{BTreeMap, HashMap, HashSet};

use ledger::books::Books;
use ledger::candidates::Candidate;
use ledger::decide::Ground;
use ledger::matching::Verdict;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::{AllocationRow, HoldRow, NewVerdict, VerdictRow, WriteTx};

use crate::pairs::Explained;
use crate::rights::Right;
use crate::situation::Situation;
use crate::{Kasse, Result, books, debits};

/// What `match` did.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Matched {
    /// Credits in the books.
    pub credits: usize,
    /// Credits whose outcome is new or another than before.
    pub changed: usize,
    /// Wholly placed without a person.
    pub auto: usize,
    /// Placed by people.
    pub clerk: usize,
    /// For people to decide.
    pub case: usize,
    /// Other money.
    pub other: usize,
    /// Taken back by the bank.
    pub returned: usize,
    /// The bank's credits for runs of ours.
    pub settlement: usize,
    /// Moved between accounts of the town.
    pub transfer: usize,
    /// Outgoing bookings in the books.
    pub outgoing: usize,
    /// Of these, those that a person must look at.
    pub outgoing_case: usize,
    /// What went out, was told now, and is more than a payment, a fee or a move: a line each.
    #[serde(skip)]
    pub told: Vec<String>,
}

/// Why a verdict is what it is, as it is stored: without anybody's name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Evidence {
    /// The class of it, in words.
    pub(crate) ground: String,
    /// One sentence that names Kassenzeichen and amounts; empty where the class says it all.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) because: String,
    /// Everyone considered, best first.
    pub(crate) candidates: Vec<EvidenceFor>,
    /// How many more were considered.
    #[serde(default)]
    pub(crate) more: usize,
}

/// What speaks for and against one Kassenzeichen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct EvidenceFor {
    pub(crate) kassenzeichen: String,
    /// Whether the money, or a part of it, was placed there.
    pub(crate) chosen: bool,
    /// Hundredths of a nat against »none of them«.
    pub(crate) score: i32,
    /// Why it came behind the best one; empty for that one.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) lost: String,
    pub(crate) witnesses: Vec<EvidenceWitness>,
}

/// One witness.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct EvidenceWitness {
    pub(crate) witness: String,
    pub(crate) text: String,
    /// Hundredths of a nat.
    pub(crate) weight: i32,
}

impl Evidence {
    /// Reads what was stored of a verdict; nothing where that was left in the database.
    pub(crate) fn of(verdict: &VerdictRow) -> Evidence {
        verdict.said.evidence.as_deref().map(Evidence::parse).unwrap_or_default()
    }

    /// Reads what was stored.
    pub(crate) fn parse(text: &str) -> Evidence {
        serde_json::from_str(text).unwrap_or_default()
    }

    /// The sentence, or else the class.
    pub(crate) fn headline(&self) -> &str {
        if self.because.is_empty() { &self.ground } else { &self.because }
    }

    /// The contract's list: the reason first, then the witnesses for what was chosen, else for the best, then each rival
    /// with its score and why it came behind.
    pub(crate) fn list(&self) -> Vec<Value> {
        let mut list = vec![json!({"witness": "verdict", "text": self.headline(), "weight": 0})];
        let chosen: Vec<&EvidenceFor> = self.candidates.iter().filter(|candidate| candidate.chosen).collect();
        let shown = if chosen.is_empty() { self.candidates.iter().take(1).collect() } else { chosen };
        list.extend(shown.iter().flat_map(|candidate| &candidate.witnesses).map(EvidenceWitness::json));
        let rivals = self.candidates.iter().filter(|candidate| !candidate.lost.is_empty());
        list.extend(rivals.map(|rival| {
            let text = format!("{} came behind: {}", rival.kassenzeichen, rival.lost);
            json!({"witness": "rival", "text": text, "weight": decimal(rival.score)})
        }));
        list
    }
}

impl EvidenceFor {
    /// As `case` and `explain` show it.
    pub(crate) fn json(&self) -> Value {
        json!({
            "kassenzeichen": self.kassenzeichen,
            "chosen": self.chosen,
            "score": decimal(self.score),
            "start": decimal(self.score - self.witnesses.iter().map(|witness| witness.weight).sum::<i32>()),
            "lost": self.lost,
            "witnesses": self.witnesses.iter().map(EvidenceWitness::json).collect::<Vec<_>>(),
        })
    }
}

impl EvidenceWitness {
    pub(crate) fn json(&self) -> Value {
        json!({
            "witness": self.witness,
            "text": self.text,
            "weight": decimal(self.weight),
            "strength": ledger::evidence::strength(self.weight),
        })
    }
}

/// Millionths as a JSON number between 0 and 1.
pub(crate) fn share(millionths: i64) -> Value {
    let text = if millionths >= 1_000_000 { "1.0".to_owned() } else { format!("0.{millionths:06}") };
    serde_json::from_str(&text).unwrap_or(Value::Null)
}

/// Hundredths as a JSON number.
pub(crate) fn decimal(hundredths: i32) -> Value {
    let sign = if hundredths < 0 { "-" } else { "" };
    let text = format!("{sign}{}.{:02}", hundredths.unsigned_abs() / 100, hundredths.unsigned_abs() % 100);
    serde_json::from_str(&text).unwrap_or(Value::Null)
}

/// Candidates beyond these are counted only.
const SHOWN_CANDIDATES: usize = 6;

fn evidence(books: &Books, verdict: &Verdict, finding: Option<&str>) -> String {
    let draft = &verdict.draft;
    let of = |candidate: &Candidate, lost: String| EvidenceFor {
        kassenzeichen: books.account(candidate.account).map(|own| own.kassenzeichen.to_owned()).unwrap_or_default(),
        chosen: draft.chosen.contains(&candidate.account),
        score: candidate.score,
        lost,
        witnesses: candidate
            .witnesses()
            .into_iter()
            .map(|w| EvidenceWitness {
                witness: w.witness.to_owned(),
                // a reference that the bank cut over two lines
                text: w.text.replace("\\n", " "),
                weight: w.weight,
            })
            .collect(),
    };
    let mut candidates: Vec<EvidenceFor> = draft.favoured().map(|candidate| of(candidate, String::new())).collect();
    let rivals = draft.rivals().take(SHOWN_CANDIDATES.saturating_sub(candidates.len()));
    candidates.extend(rivals.map(|(rival, lost)| of(rival, lost)));
    let more = draft.candidates.len() - candidates.len();
    let ground = match finding.filter(|_| draft.ground == Ground::Finding) {
        Some(finding) => format!("{}: {finding}", draft.ground.text()),
        None => draft.ground.text().to_owned(),
    };
    let evidence = Evidence { ground, because: draft.because(books), candidates, more };
    serde_json::to_string(&evidence).unwrap_or_default()
}

/// What a verdict comes to, in the database's words: compared with what is stored, and written if it differs.
pub(crate) struct Outcome {
    pub(crate) booking: i64,
    pub(crate) decision: &'static str,
    /// In millionths.
    pub(crate) confidence: Option<i64>,
    pub(crate) hold_complete: bool,
    /// Item -> cents.
    pub(crate) parts: BTreeMap<i64, i64>,
    /// Item -> why.
    pub(crate) holds: BTreeMap<i64, &'static str>,
    /// The booking that it pairs with.
    pub(crate) pair: Option<i64>,
    /// [`Evidence`] as stored; empty where nobody asked for it.
    pub(crate) evidence: String,
}

impl Outcome {
    fn new(books: &Books, verdict: &Verdict) -> Outcome {
        let id = |place: usize| books.items.get(place).map_or(0, |item| item.id);
        let mut parts = BTreeMap::new();
        for part in &verdict.draft.parts {
            *parts.entry(id(part.item)).or_insert(0) += part.amount.get();
        }
        Outcome {
            booking: verdict.payment,
            decision: verdict.draft.decision.word(),
            confidence: verdict.draft.confidence.map(i64::from),
            hold_complete: verdict.hold_complete,
            parts,
            holds: verdict.holds.iter().map(|hold| (id(hold.item), hold.reason.word())).collect(),
            pair: None,
            evidence: String::new(),
        }
    }
}

/// Decides every booking and open case that no person has decided.
///
/// # Errors
/// What the database says; nothing is stored then.
pub async fn match_all(kasse: &Kasse) -> Result<Matched> {
    let mut tx = kasse.write(Right::Import, "batch", "match", "").await?;
    let matched = match_in(&mut tx, kasse).await?;
    tx.commit(&format!("{} verdicts", matched.changed)).await?;
    tracing::info!(credits = matched.credits, changed = matched.changed, cases = matched.case, "matched");
    Ok(matched)
}

/// Decides within a transaction that may hold other changes too.
pub(crate) async fn match_in(tx: &mut WriteTx, kasse: &Kasse) -> Result<Matched> {
    let situation = kasse.situation(tx).await?;
    let before = Before::new(&situation);
    // why a credit is placed is written once: where nothing changes nobody asks for it again
    let outcomes = decide_all(kasse, &situation, None, |outcome| outcome.decision == "case" || !before.is(outcome));
    let mut matched = Matched::default();
    let is_credit = |booking: i64| situation.bookings.by_id(booking).is_some_and(|row| row.amount > 0);
    outcomes.iter().filter(|outcome| is_credit(outcome.booking)).for_each(|outcome| matched.count(outcome.decision));
    let of_debits = |outcome: &&Outcome| outcome.decision == "case" && !is_credit(outcome.booking);
    matched.outgoing_case = outcomes.iter().filter(of_debits).count();
    matched.outgoing = situation.bookings.iter().filter(|booking| booking.amount < 0).count();
    let decided: HashSet<i64> = outcomes.iter().map(|outcome| outcome.booking).collect();
    let credits = situation.bookings.iter().filter(|booking| booking.amount > 0);
    matched.credits = credits.clone().count();
    let by_person = credits.filter(|booking| !decided.contains(&booking.id));
    by_person
        .filter_map(|row| situation.verdicts.get(&row.id))
        .for_each(|verdict| matched.count(&verdict.said.decision));
    matched.told = told(&situation, &before, &outcomes);
    matched.changed = write(tx, kasse, &before, outcomes).await?;
    if !tx.is_empty() {
        crate::recount::recount(tx, kasse).await?;
    }
    Ok(matched)
}

/// What is new of outgoing bookings, and is more than a payment, a fee or a move.
fn told(situation: &Situation, before: &Before<'_>, outcomes: &[Outcome]) -> Vec<String> {
    let is_news = |outcome: &&Outcome| !matches!(outcome.decision, "other" | "fee" | "transfer") && !before.is(outcome);
    let line = |outcome: &Outcome| {
        let row = situation.bookings.by_id(outcome.booking).filter(|row| row.amount < 0)?;
        let (day, amount, reference) = (row.booked, sepa::Cents::new(-row.amount), &row.reference);
        let why = Evidence::parse(&outcome.evidence);
        Some(format!("{amount} EUR went out on {day} ({reference}): {}", why.headline()))
    };
    outcomes.iter().filter(is_news).filter_map(line).collect()
}

/// What the rules say now of every booking that no person has decided, and of the credit `also` whoever has; why, of those of
/// which `is_asked` wants to know.
pub(crate) fn decide_all(
    kasse: &Kasse,
    situation: &Situation,
    also: Option<i64>,
    is_asked: impl Fn(&Outcome) -> bool,
) -> Vec<Outcome> {
    let rules_books = kasse.books_once(situation);
    let (payments, explained) = books::payments(kasse, situation);
    let mut decided = books::decided(situation, &rules_books, &payments);
    also.iter().for_each(|booking| drop(decided.remove(booking)));
    let findings: HashMap<i64, &str> =
        payments.iter().filter_map(|payment| Some((payment.id, payment.finding.as_deref()?))).collect();
    let verdicts = ledger::matching::match_all(&rules_books, &payments, &decided);
    let mut outcomes: Vec<Outcome> = verdicts
        .iter()
        .map(|verdict| {
            let mut outcome = Outcome::new(&rules_books, verdict);
            outcome.pair = pair_of_credit(situation, &explained, &outcome);
            if is_asked(&outcome) {
                outcome.evidence = evidence(&rules_books, verdict, findings.get(&verdict.payment).copied());
            }
            outcome
        })
        .collect();
    let outgoing = debits::outcomes(kasse, situation, &rules_books, &explained, &outcomes);
    outcomes.extend(outgoing);
    outcomes
}

/// The booking that a credit pairs with: the debit that took it back, the other side of a move.
fn pair_of_credit(situation: &Situation, explained: &Explained, outcome: &Outcome) -> Option<i64> {
    match outcome.decision {
        "transfer" => explained.moved.get(&outcome.booking).copied().flatten(),
        "returned" => situation.pairs().credits.get(&outcome.booking)?.by.first().copied(),
        _ => None,
    }
}

impl Matched {
    fn count(&mut self, decision: &str) {
        let counter = match decision {
            "auto" => &mut self.auto,
            "clerk" => &mut self.clerk,
            "case" => &mut self.case,
            "returned" => &mut self.returned,
            "settlement" => &mut self.settlement,
            "transfer" => &mut self.transfer,
            _ => &mut self.other,
        };
        *counter += 1;
    }
}

async fn write(tx: &mut WriteTx, kasse: &Kasse, before: &Before<'_>, outcomes: Vec<Outcome>) -> Result<usize> {
    let situation = before.situation;
    let outcomes: Vec<Outcome> = outcomes.into_iter().filter(|outcome| !before.is(outcome)).collect();
    let rows: Vec<NewVerdict> = outcomes
        .iter()
        .map(|outcome| NewVerdict {
            booking: outcome.booking,
            decision: outcome.decision.to_owned(),
            by_person: false,
            rules: ledger::RULES.to_owned(),
            decided_on: kasse.today,
            confidence: outcome.confidence,
            hold_complete: outcome.hold_complete,
            wait_until: None,
            evidence: Some(outcome.evidence.clone()),
            pair: outcome.pair,
        })
        .collect();
    let gone = no_longer_money(situation);
    let withdrawn = gone.iter().map(|booking| withdrawal(kasse, situation, *booking));
    let rows: Vec<NewVerdict> = rows.into_iter().chain(withdrawn).collect();
    let first = tx.add_verdicts(&rows).await?;
    let (mut parts, mut holds, mut cases) = (Vec::new(), Vec::new(), Vec::new());
    for (id, outcome) in (first..).zip(&outcomes) {
        parts.extend(difference(id, outcome.booking, before.parts(outcome.booking), &outcome.parts));
        holds.extend(outcome.holds.iter().map(|(item, reason)| HoldRow {
            verdict: id,
            item: *item,
            reason: (*reason).to_owned(),
        }));
        if outcome.decision == "case" && !situation.cases.contains_key(&outcome.booking) {
            cases.push(outcome.booking);
        }
    }
    let after_outcomes = first + i64::try_from(outcomes.len()).unwrap_or(0);
    for (id, booking) in (after_outcomes..).zip(gone) {
        parts.extend(difference(id, booking, before.parts(booking), &BTreeMap::new()));
    }
    // counter-entries first: what one booking leaves, another may take
    parts.sort_by_key(|part: &AllocationRow| part.amount > 0);
    tx.add_allocations(&parts).await?;
    tx.add_holds(&holds).await?;
    tx.add_cases(&cases).await?;
    Ok(rows.len())
}

/// Bookings that were decided, and for which the details of an advice stand now.
fn no_longer_money(situation: &Situation) -> Vec<i64> {
    let money: HashSet<i64> = situation.bookings.iter().map(|booking| booking.id).collect();
    let decided = situation.verdicts.values().filter(|verdict| verdict.said.decision != "other");
    let mut gone: Vec<i64> = decided.map(|verdict| verdict.said.booking).filter(|id| !money.contains(id)).collect();
    gone.sort_unstable();
    gone
}

/// The verdict on a batch whose details have been told, or on what a report told and the statement tells by now.
fn withdrawal(kasse: &Kasse, situation: &Situation, booking: i64) -> NewVerdict {
    let ground =
        if situation.reported.contains(&booking) { "the statement tells of it" } else { "its details stand for it" };
    let evidence = Evidence { ground: ground.to_owned(), ..Evidence::default() };
    NewVerdict {
        booking,
        decision: "other".to_owned(),
        by_person: false,
        rules: ledger::RULES.to_owned(),
        decided_on: kasse.today,
        confidence: None,
        hold_complete: true,
        wait_until: None,
        evidence: serde_json::to_string(&evidence).ok(),
        pair: None,
    }
}

/// The entries that lead from what is placed to what shall be.
pub(crate) fn difference(
    verdict: i64,
    booking: i64,
    before: Option<&BTreeMap<i64, i64>>,
    after: &BTreeMap<i64, i64>,
) -> Vec<AllocationRow> {
    let mut change: BTreeMap<i64, i64> = after.clone();
    for (item, amount) in before.into_iter().flatten() {
        *change.entry(*item).or_insert(0) -= amount;
    }
    change.retain(|_, amount| *amount != 0);
    change.into_iter().map(|(item, amount)| AllocationRow { verdict, booking, item, amount }).collect()
}

/// What is stored of each booking.
struct Before<'a> {
    situation: &'a Situation,
    parts: HashMap<i64, BTreeMap<i64, i64>>,
}

impl<'a> Before<'a> {
    fn new(situation: &'a Situation) -> Before<'a> {
        let mut parts: HashMap<i64, BTreeMap<i64, i64>> = HashMap::new();
        for (&(booking, item), &amount) in situation.placed() {
            parts.entry(booking).or_default().insert(item, amount);
        }
        Before { situation, parts }
    }

    fn parts(&self, booking: i64) -> Option<&BTreeMap<i64, i64>> {
        self.parts.get(&booking)
    }

    fn is(&self, outcome: &Outcome) -> bool {
        let Some(verdict) = self.situation.verdicts.get(&outcome.booking) else { return false };
        let nothing = BTreeMap::new();
        let holds = self.situation.holds.of(verdict.id).iter().map(|hold| (hold.item, hold.reason.as_str()));
        let same_holds = holds.collect::<BTreeMap<i64, &str>>() == outcome.holds;
        // what a person reads of a case is kept up to date; of the others, why they were first decided so
        let same_reasons = outcome.decision != "case" || verdict.said.evidence.as_ref() == Some(&outcome.evidence);
        verdict.said.decision == outcome.decision
            && !verdict.said.by_person
            && same_reasons
            && verdict.said.hold_complete == outcome.hold_complete
            && verdict.said.pair == outcome.pair
            && self.parts(outcome.booking).unwrap_or(&nothing) == &outcome.parts
            && same_holds
    }
}
