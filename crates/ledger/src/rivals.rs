//! Why a rival lost: one plain sentence for each Kassenzeichen that was considered and not chosen.
//!
//! Knows no weights of its own. Invariant: a sentence names witnesses that the verdict shows, the heaviest first.

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
    for kind in ["reference", "iban", "name", "text", "address", "amount", "words"] {
        let behind = weight(best, kind) - weight(rival, kind);
        if behind > 0 {
            let own = rival.marks.as_slice().iter().find(|mark| mark.witness() == kind && mark.weight() < 0);
            worse.push((behind, own.map_or_else(|| missing(kind), |mark| against(*mark))));
        }
    }
    worse.sort_by_key(|(behind, _)| -behind);
    let reasons: Vec<&str> = worse.into_iter().take(REASONS).map(|(_, reason)| reason).collect();
    match reasons.split_last() {
        None if rival.score == best.score => "it fits just as well".to_owned(),
        None => "nothing speaks against it".to_owned(),
        Some((last, [])) => (*last).to_owned(),
        Some((last, others)) => format!("{} and {last}", others.join(", ")),
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

/// What a rival lacks, or has more in common with others, where nothing of that kind speaks against it.
fn missing(kind: &str) -> &'static str {
    match kind {
        "reference" => "its Kassenzeichen is quoted less well or not at all",
        "iban" => "the payer's account tells less of it",
        "name" => "the payer's name agrees less",
        "text" => "the text names its debtor less well or not at all",
        "address" => "its address is not in the text",
        "amount" => "its amount is owed by more",
        _ => "the words of the text fit it less",
    }
}
