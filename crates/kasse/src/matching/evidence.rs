//! What a verdict comes to and what speaks for it, in the words of the database.
//!
//! Decides nothing. Invariant: evidence that is written is read again as it was; a field that older books lack is empty.

use std::collections::BTreeMap;

use ledger::books::Books;
use ledger::candidates::Candidate;
use ledger::decide::Ground;
use ledger::matching::Verdict;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::VerdictRow;

/// Why a credit is no payment any more: it goes back.
pub(crate) const GOES_BACK: &str = "a person has decided that it goes back to the payer";

/// Whether a person has said of a credit that it is other money: what goes back for want of room was meant for us, and tells
/// nothing of what its payer pays for.
pub(crate) fn is_said_other(verdict: &VerdictRow) -> bool {
    verdict.said.decision == "other" && Evidence::of(verdict).ground != GOES_BACK
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
    /// Of a credit that goes back: the debits at the bank, or credited by it, that it crosses. If one of them comes back, the
    /// credit pays what is owed again.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) crosses: Vec<i64>,
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

pub(super) fn evidence(books: &Books, verdict: &Verdict, finding: Option<&str>) -> String {
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
    let evidence = Evidence { ground, because: draft.because(books), candidates, more, crosses: Vec::new() };
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
    pub(super) fn new(books: &Books, verdict: &Verdict) -> Outcome {
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
