//! Which levies the file collects though its texts do not name them.
//!
//! A debit file often calls all that it collects »Abgaben«. Then the rules would take »Hundesteuer« for money that is none of the
//! file's, and a payment of just what one debit takes would hold nobody. Who quotes a number of the file tells better: what many
//! of them call their money is a levy of the file. Must not know amounts and payers.

use std::collections::BTreeMap;

use ledger::words::Lexicon;

/// A word is a levy's where it stands in one of so many texts that quote a number of the file.
const SHARE: usize = 100;
/// One payer who writes it may be wrong.
const LEAST: usize = 2;

/// What payers call what they pay under numbers of the file.
#[derive(Debug)]
pub(super) struct Levies {
    lexicon: Lexicon,
    texts: usize,
    /// Words that stand for other money where no levy has them, and how many texts have each.
    told: BTreeMap<&'static str, usize>,
}

impl Levies {
    /// Of a file whose texts name no levy.
    pub(super) fn new() -> Levies {
        Levies { lexicon: Lexicon::new(&[], &[]), texts: 0, told: BTreeMap::new() }
    }

    /// The text of a payment that quotes a number of the file.
    pub(super) fn learn(&mut self, text: &str) {
        self.texts += 1;
        if let Some(word) = self.lexicon.read(text).other {
            *self.told.entry(word).or_insert(0) += 1;
        }
    }

    /// The levies that were told often enough.
    pub(super) fn all(&self) -> Vec<String> {
        let is_frequent = |count: usize| count >= LEAST && count.saturating_mul(SHARE) >= self.texts;
        self.told.iter().filter(|(_, count)| is_frequent(**count)).map(|(word, _)| (*word).to_owned()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn learned(texts: &[(&str, usize)]) -> Vec<String> {
        let mut levies = Levies::new();
        for (text, count) in texts {
            (0..*count).for_each(|_| levies.learn(text));
        }
        levies.all()
    }

    #[test]
    fn what_many_call_their_money_is_a_levy_of_the_file() {
        assert_eq!(learned(&[("07/33225-3 Hundesteuer 2023-4", 3), ("5.0100.115062.9", 200)]), ["hundesteuer"]);
        assert!(learned(&[("07/33225-3 Hundesteuer", 1), ("5.0100.115062.9", 9)]).is_empty(), "one may be wrong");
        assert!(learned(&[("5.0100.115062.9 und Kita", 2), ("5.0100.115062.9", 300)]).is_empty(), "few are no levy");
    }
}
