//! Why a rival lost: one plain sentence for each Kassenzeichen that was considered and not chosen.
//!
//! Knows no weights of its own. Invariant: a sentence names witnesses that the verdict shows, the heaviest first.

use crate::because::enumerate;
use crate::candidates::Candidate;
use crate::decide::Draft;
use crate::evidence::Mark;
use crate::weights::Key;

/// How many reasons a sentence names.
const REASONS: usize = 3;

impl Draft {
    /// What was chosen, or would have been first; what rivals are held against.
    pub fn best(&self) -> Option<&Candidate> {
        let chosen = self.candidates.iter().find(|candidate| self.chosen.contains(&candidate.account));
        chosen.or(self.candidates.first())
    }

    /// What was chosen; where nothing was, what would have been first.
    pub fn favoured(&self) -> impl Iterator<Item = &Candidate> {
        let best = self.best().map(|best| best.account);
        let is_favoured =
            move |candidate: &&Candidate| self.chosen.contains(&candidate.account) || best == Some(candidate.account);
        self.candidates.iter().filter(is_favoured)
    }

    /// Everybody else who was considered, each with the reason why he came behind.
    pub fn rivals(&self) -> impl Iterator<Item = (&Candidate, String)> {
        let best = self.best();
        let others = self.candidates.iter().filter(move |candidate| {
            !self.chosen.contains(&candidate.account) && best.is_some_and(|best| best.account != candidate.account)
        });
        others.filter_map(move |rival| Some((rival, why_lost(best?, rival))))
    }
}

/// Why a rival came behind: the witnesses in which it is worse than the best one.
pub fn why_lost(best: &Candidate, rival: &Candidate) -> String {
    let mut worse: Vec<(i32, &str)> = Vec::new();
    let weight = |candidate: &Candidate, kind: &str| -> i32 {
        candidate.marks.as_slice().iter().filter(|mark| mark.witness() == kind).map(|mark| mark.weight()).sum()
    };
    for kind in ["reference", "mandate", "iban", "name", "text", "address", "amount", "words"] {
        let behind = weight(best, kind) - weight(rival, kind);
        if behind > 0 {
            let own = || rival.marks.as_slice().iter().filter(|mark| mark.witness() == kind);
            let reason = match own().find(|mark| mark.weight() < 0) {
                Some(mark) => against(*mark),
                None if own().next().is_some() => fewer(kind),
                None => missing(kind),
            };
            worse.push((behind, reason));
        }
    }
    worse.sort_by_key(|(behind, _)| -behind);
    let reasons: Vec<String> = worse.into_iter().take(REASONS).map(|(_, reason)| reason.to_owned()).collect();
    match reasons.as_slice() {
        [] if rival.score == best.score => "it fits just as well".to_owned(),
        [] => "nothing speaks against it".to_owned(),
        reasons => enumerate(reasons, "and"),
    }
}

/// What a witness against a rival says.
fn against(mark: Mark) -> &'static str {
    match mark.key {
        Key::OtherAmount => "the amount is not due there",
        Key::OtherName | Key::FirmName => "the payer's name is another",
        Key::OtherReference | Key::Neighbour => "another Kassenzeichen is quoted",
        _ => mark.words(),
    }
}

/// What a rival has too, but less well or together with more others.
fn fewer(kind: &str) -> &'static str {
    match kind {
        "reference" => "its Kassenzeichen is quoted less well",
        "mandate" => "more mandates are named",
        "iban" => "the payer's account stands less for it",
        "name" => "the payer's name agrees less",
        "text" => "the text names its debtor less well",
        "address" => "its address is that of more",
        "amount" => "its amount is owed by more",
        _ => "the words of the text fit it less",
    }
}

/// What a rival lacks.
fn missing(kind: &str) -> &'static str {
    match kind {
        "reference" => "its Kassenzeichen is not quoted",
        "mandate" => "the reference of its mandate is not named",
        "iban" => "the payer's account is not known there",
        "name" => "the payer's name does not agree",
        "text" => "the text does not name its debtor",
        "address" => "its address is not in the text",
        "amount" => "its amount is owed by more",
        _ => "the words of the text fit it less",
    }
}
