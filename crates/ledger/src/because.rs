//! Why a payment was decided as it was: one sentence that names the Kassenzeichen and the amounts.
//!
//! Must not know anybody's name, nor decide anything. Invariant: a sentence follows from the books and the draft alone,
//! and says no more than the witnesses that the verdict shows.

use kassenzeichen::Spelling;
use sepa::Cents;

use crate::books::{AccountId, Books};
use crate::candidates::{Candidate, Fit};
use crate::decide::{Draft, Ground};
use crate::evidence::SURE;
use crate::names::Agreement;
use crate::weights::Key;
use crate::words;

/// A sentence names at most so many Kassenzeichen.
const NAMED: usize = 3;

impl Draft {
    /// One sentence, without a full stop; empty where [`Ground::text`] says it all.
    pub fn because(&self, books: &Books) -> String {
        let amount = Cents::sum(self.parts.iter().map(|part| part.amount)).and_then(|sum| sum.checked_add(self.rest));
        let because = Because { books, draft: self, amount: amount.unwrap_or(Cents::ZERO) };
        because.sentence().unwrap_or_default()
    }
}

struct Because<'a> {
    books: &'a Books,
    draft: &'a Draft,
    /// What came in.
    amount: Cents,
}

impl Because<'_> {
    fn sentence(&self) -> Option<String> {
        let best = self.draft.best();
        match self.draft.ground {
            Ground::CleanReference => Some(format!("{} is quoted, and nothing speaks against it", self.name(best?))),
            Ground::JointPayment => Some(format!(
                "{} are quoted, and {} EUR divides among them in one way only",
                self.list(self.draft.chosen.iter().copied(), "and"),
                self.amount
            )),
            Ground::Identified => Some(self.identified(best?)),
            Ground::MoreThanDue => Some(self.more_than_due(best?)),
            Ground::Contradicted => self.contradicted(),
            Ground::Undivided => Some(self.undivided()),
            Ground::MoreAreMeant => Some(self.more_are_meant()),
            Ground::OnlyNear => self.only_near(),
            Ground::Ambiguous => self.ambiguous(best?),
            Ground::Weak => self.weak(best?),
            Ground::Unknown => Some(format!(
                "no known Kassenzeichen is quoted, and neither payer nor amount tells whom {} EUR is for",
                self.amount
            )),
            _ => None,
        }
    }

    fn name(&self, candidate: &Candidate) -> &str {
        self.name_of(candidate.account)
    }

    fn name_of(&self, account: AccountId) -> &str {
        self.books.account(account).map_or("", |account| account.kassenzeichen)
    }

    /// »A«, »A and B«, »A, B, C and 4 more«.
    fn list(&self, accounts: impl Iterator<Item = AccountId>, and: &str) -> String {
        let all: Vec<&str> = accounts.map(|account| self.name_of(account)).collect();
        let mut named: Vec<String> = all.iter().take(NAMED).map(|name| (*name).to_owned()).collect();
        if all.len() > NAMED {
            named.push(format!("{} more", all.len() - NAMED));
        }
        enumerate(&named, and)
    }

    fn candidates(&self, wanted: impl Fn(&Candidate) -> bool) -> Vec<&Candidate> {
        self.draft.candidates.iter().filter(|candidate| wanted(candidate)).collect()
    }

    fn identified(&self, best: &Candidate) -> String {
        let (quoted, name) = (how_quoted(best), self.name(best));
        let speakers = speakers(best);
        match quoted {
            Some(quoted) => format!("{quoted} {name} is quoted, {}, and no other comes near", agreeing(&speakers)),
            None => format!("{} for {name}, and no other comes near", speaking(&speakers)),
        }
    }

    fn more_than_due(&self, best: &Candidate) -> String {
        let (name, amount, rest) = (self.name(best), self.amount, self.draft.rest);
        let meant = match best.is_clean() {
            true => format!("{amount} EUR came in for {name}"),
            false => format!("{} for {name}", speaking(&speakers(best))),
        };
        match amount.checked_sub(rest).filter(|placed| placed.is_positive()) {
            Some(placed) => {
                format!("{meant}, where only {placed} EUR was due: {rest} EUR of {amount} EUR is left over")
            }
            None => format!("{meant}, where nothing is due any more"),
        }
    }

    /// One is quoted; the payer, the amount or both speak for another one.
    fn contradicted(&self) -> Option<String> {
        let quoted = self.draft.candidates.iter().find(|candidate| candidate.is_clean())?;
        let others = self.draft.candidates.iter().filter(|other| other.account != quoted.account);
        let weight = |other: &&Candidate| (other.fit == Fit::Due, other.support_against(), other.score);
        let other = others.max_by_key(weight)?;
        let due = match quoted.fit {
            Fit::None => format!("{} EUR is not due there, and ", self.amount),
            Fit::Due | Fit::Later => String::new(),
        };
        let name = self.name(quoted);
        let speaking = speaking(&speakers(other));
        Some(format!("{name} is quoted, but {due}{speaking} for {}", self.name(other)))
    }

    fn undivided(&self) -> String {
        let quoted = self.candidates(Candidate::is_clean);
        let names = self.list(quoted.iter().map(|candidate| candidate.account), "and");
        format!("{names} are quoted, and it is not plain which whole instalments of each {} EUR is to pay", self.amount)
    }

    fn more_are_meant(&self) -> String {
        let quoted = self.candidates(|candidate| candidate.is_clean() || candidate.is_meant);
        let names = self.list(quoted.iter().map(|candidate| candidate.account), "and");
        format!(
            "{names} and more that the text does not name are meant, and {} EUR is not one instalment of it",
            self.amount
        )
    }

    fn only_near(&self) -> Option<String> {
        let near = self.candidates(Candidate::is_repaired);
        let best = *near.first()?;
        let first = self.draft.best()?;
        let lacking = match first.is_repaired() {
            true => self.lacking(best),
            false => format!("{} for {}", speaking(&speakers(first)), self.name(first)),
        };
        Some(match near.as_slice() {
            [only] => format!("{} {} is quoted, but {lacking}", how_quoted(only).unwrap_or_default(), self.name(only)),
            many => {
                let names = self.list(many.iter().map(|candidate| candidate.account), "or");
                let of = if first.is_repaired() { format!("as to {}, ", self.name(best)) } else { "but ".to_owned() };
                format!("what is quoted is no known Kassenzeichen and could be {names}; {of}{lacking}")
            }
        })
    }

    fn ambiguous(&self, best: &Candidate) -> Option<String> {
        let clean = self.candidates(Candidate::is_clean);
        if clean.len() > 1 {
            let names = self.list(clean.iter().map(|candidate| candidate.account), "or as");
            return Some(format!("the number that is quoted can be read as {names}"));
        }
        if let Some(twin) = self.twin(best) {
            return Some(self.owed_twice(best, twin));
        }
        let close = |other: &Candidate| {
            other.account == best.account || best.score - other.score < SURE && other.fit != Fit::None
        };
        let close = self.candidates(close);
        let names = self.list(close.iter().map(|candidate| candidate.account), "and");
        Some(format!("{} EUR could be meant for {names}: nothing tells them apart surely enough", self.amount))
    }

    /// The same debtor's other Kassenzeichen under which this amount is due.
    fn twin(&self, best: &Candidate) -> Option<&Candidate> {
        let is_twin = |other: &&Candidate| {
            other.account != best.account
                && other.fit == Fit::Due
                && self.books.same_debtor(best.account, other.account)
        };
        self.draft.candidates.iter().find(is_twin).filter(|_| best.fit == Fit::Due && best.spelling.is_none())
    }

    fn owed_twice(&self, best: &Candidate, twin: &Candidate) -> String {
        let (amount, name, other) = (self.amount, self.name(best), self.name(twin));
        format!("the same debtor owes {amount} EUR under {name} and under {other}, and neither is quoted")
    }

    fn weak(&self, best: &Candidate) -> Option<String> {
        if let Some(quoted) = self.draft.candidates.iter().find(|candidate| candidate.is_clean()) {
            let has = |key: Key| quoted.marks.as_slice().iter().any(|mark| mark.key == key);
            let besides = if has(Key::OtherMandate) {
                "his account is the mandate's of another Kassenzeichen"
            } else {
                "the number has no check digit that would show a slip"
            };
            let (name, amount) = (self.name(quoted), self.amount);
            return Some(format!(
                "{name} is quoted, but {amount} EUR is not due there, the payer is not known there, and {besides}"
            ));
        }
        if let Some(twin) = self.twin(best) {
            return Some(self.owed_twice(best, twin));
        }
        if let Some(word) = other_money(best) {
            // what makes it a case is whoever the amount fits
            let fits = |candidate: &&Candidate| candidate.fit != Fit::None && candidate.support() > 0;
            let owing = self.draft.candidates.iter().find(fits).unwrap_or(best);
            let speaking = speaking(&speakers(owing));
            return Some(format!("the text speaks of {word:?}, but {speaking} for {}", self.name(owing)));
        }
        let speaking = speaking(&speakers(best));
        Some(format!(
            "no known Kassenzeichen is quoted; {speaking} for {}, but {}",
            self.name(best),
            self.lacking(best)
        ))
    }

    /// Why money is not posted there without a clean reference: the first of the rules that forbids it.
    fn lacking(&self, best: &Candidate) -> String {
        let amount = self.amount;
        let marks = best.marks.as_slice();
        if let Some(word) = other_money(best) {
            return format!("the text speaks of {word:?}");
        }
        match best.fit {
            Fit::None => return format!("{amount} EUR is not what is due there"),
            Fit::Later => return format!("{amount} EUR fits only with what is not yet due there"),
            Fit::Due => {}
        }
        if best.support() == 0 {
            let only_family = best.name == Agreement::Family;
            let nothing = "neither the payer's account nor his name speaks for it";
            return if only_family { "a family name alone does not tell who paid" } else { nothing }.to_owned();
        }
        let close = |other: &Candidate| {
            other.account != best.account && best.score - other.score < SURE && other.fit != Fit::None
        };
        let close = self.candidates(close);
        if !close.is_empty() {
            let names = self.list(close.iter().map(|candidate| candidate.account), "and");
            return format!("{names} could be meant too");
        }
        let near = |other: &&Candidate| other.account != best.account && best.score - other.score < SURE;
        if let Some(other) = self.draft.candidates.iter().find(|other| near(other) && !speakers(other).is_empty()) {
            return format!("{} for {}", speaking(&speakers(other)), self.name(other));
        }
        match marks.iter().find(|mark| mark.key == Key::Due).map_or(0, |mark| mark.alike) {
            0 | 1 => self.not_sure(),
            2 => format!("one more owes {amount} EUR"),
            alike => format!("{} others owe {amount} EUR too", alike - 1),
        }
    }
}

impl Because<'_> {
    fn not_sure(&self) -> String {
        const ASKED: u32 = 999_000;
        let per_cent = |millionths: u32| format!("{}.{:02} %", millionths / 10_000, millionths / 100 % 100);
        match self.draft.confidence.filter(|confidence| *confidence < ASKED) {
            Some(confidence) => {
                format!("{} is not sure enough, {} is asked for", per_cent(confidence), per_cent(ASKED))
            }
            None => "that is not enough to be sure".to_owned(),
        }
    }
}

/// The word of other money that speaks against it.
fn other_money(candidate: &Candidate) -> Option<&'static str> {
    let mark = candidate.marks.as_slice().iter().find(|mark| mark.key == Key::OtherMoney)?;
    Some(words::word_at(mark.alike as usize))
}

/// How a repaired reference stands there; nothing where it is not repaired.
fn how_quoted(candidate: &Candidate) -> Option<&'static str> {
    match candidate.spelling? {
        Spelling::Near(_) => Some("nearly"),
        Spelling::Partial => Some("a part of"),
        Spelling::Exact | Spelling::LostZeros | Spelling::LookAlike => None,
    }
}

/// What besides a reference speaks for it, in the order in which a clerk asks.
fn speakers(candidate: &Candidate) -> Vec<String> {
    let marks = candidate.marks.as_slice().iter().filter(|mark| mark.weight() > 0);
    let name = |key: Key| match key {
        Key::Mandate | Key::BeforeProgram | Key::BeforePerson | Key::HalfLife => Some("the payer's account"),
        Key::MandateNamed => Some("the reference of its mandate"),
        Key::SameName => Some("the payer's name"),
        Key::BehalfName => Some("the name of the one on whose behalf is paid"),
        Key::CloseName => Some("the payer's name (nearly)"),
        Key::FamilyName => Some("the payer's family name"),
        Key::TextName => Some("a name in the text"),
        Key::TextFamily => Some("a family name in the text"),
        Key::Address => Some("an address in the text"),
        Key::Due => Some("the amount"),
        _ => None,
    };
    marks.filter_map(|mark| name(mark.key)).map(str::to_owned).collect()
}

/// »the payer's name and the amount speak«.
fn speaking(speakers: &[String]) -> String {
    match speakers {
        [] => "nothing speaks clearly".to_owned(),
        [only] => format!("{only} speaks"),
        many => format!("{} speak", enumerate(many, "and")),
    }
}

/// »the payer's name and the amount agree«.
fn agreeing(speakers: &[String]) -> String {
    match speakers {
        [] => "nothing speaks against it".to_owned(),
        [only] => format!("{only} agrees"),
        many => format!("{} agree", enumerate(many, "and")),
    }
}

/// »A«, »A and B«, »A, B and C«.
pub fn enumerate(words: &[String], and: &str) -> String {
    match words.split_last() {
        None => String::new(),
        Some((last, [])) => last.clone(),
        Some((last, others)) => format!("{} {and} {last}", others.join(", ")),
    }
}
