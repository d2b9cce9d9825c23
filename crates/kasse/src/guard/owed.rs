//! What a direct-debit file of another system says is owed: each debit as items under a Kassenzeichen.
//!
//! Must not know what was paid. Invariants: every debit has a Kassenzeichen, learned from its text, else its end-to-end id, else
//! its mandate; its items come to its amount to the cent, and no two items of the file have one Kassenzeichen and name.

use std::collections::{HashMap, HashSet};

use jiff::civil::Date;
use kassenzeichen::{Learned, canonical, learn};
use ledger::levies::UNNAMED;
use sepa::Cents;
use sepa_xml::{ForeignDebit, ForeignFile};

use super::period::{self, Instalment};

/// Where a debit's Kassenzeichen was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FoundIn {
    /// In its text.
    Text,
    /// It is its end-to-end id.
    EndToEnd,
    /// It is its mandate.
    Mandate,
}

/// One item of a debit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Part {
    pub(crate) posten: String,
    pub(crate) due: Date,
    pub(crate) amount: Cents,
}

/// What a debit says is owed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Owed {
    pub(crate) kassenzeichen: String,
    pub(crate) found_in: FoundIn,
    /// Further references in its text.
    pub(crate) others: Vec<String>,
    /// The levy, as its text calls it.
    pub(crate) kind: String,
    pub(crate) address: Option<String>,
    pub(crate) parts: Vec<Part>,
}

/// All that a file says is owed.
pub(crate) struct AllOwed {
    /// A debit each, in the order of the file.
    pub(crate) debits: Vec<Owed>,
    /// The numbering schemes that its references are of.
    pub(crate) schemes: Vec<Learned>,
}

/// A word that stands in so many of the debits' texts is no name of a street: one in this number.
const FREQUENT: usize = 5;
/// A word is a levy's where it stands in one text of so many.
const LEVY: usize = 100;
/// More kinds of levy than a town has.
const KINDS: usize = 40;

/// Reads what is owed by the business date.
pub(crate) fn owed(file: &ForeignFile, today: Date) -> AllOwed {
    let texts: Vec<String> = file.debits().map(|debit| debit.remittance.join(" ")).collect();
    let lesson = learn(texts.iter().map(String::as_str));
    let without: Vec<Option<&str>> = file
        .debits()
        .zip(&lesson.references)
        .map(|(debit, found)| debit.end_to_end.as_deref().filter(|_| found.is_empty()))
        .collect();
    // an end-to-end id may hold the Kassenzeichen with other things around it
    let by_id = learn(without.iter().map(|id| id.unwrap_or_default()));
    let words = Words::new(&texts);
    let mut names = Names::default();
    let debits = file
        .debits()
        .zip(&texts)
        .zip(lesson.references.iter().zip(&by_id.references))
        .map(|((debit, text), (found, by_id))| {
            let (kassenzeichen, others, found_in) = reference(debit, found, by_id);
            let mut rest = text.clone();
            found.iter().for_each(|own| rest = rest.replace(own.as_str(), " "));
            let parts = parts(debit, &rest, &kassenzeichen, today, &mut names);
            let address = debit.address.clone().or_else(|| words.address(&rest));
            Owed { kassenzeichen, found_in, others, kind: words.levy(&rest), address, parts }
        })
        .collect();
    AllOwed { debits, schemes: lesson.schemes.into_iter().chain(by_id.schemes).collect() }
}

fn reference(debit: &ForeignDebit, found: &[String], by_id: &[String]) -> (String, Vec<String>, FoundIn) {
    if let Some((first, others)) = found.split_first() {
        return (first.clone(), others.to_vec(), FoundIn::Text);
    }
    if let Some(first) = by_id.first() {
        return (first.clone(), Vec::new(), FoundIn::EndToEnd);
    }
    (debit.mandate.clone(), Vec::new(), FoundIn::Mandate)
}

/// A debit in items: one for each instalment that its text names, of like amounts, for who pays one of them pays its part; else
/// one.
fn parts(debit: &ForeignDebit, text: &str, kassenzeichen: &str, today: Date, names: &mut Names) -> Vec<Part> {
    let mut named: Vec<Instalment> = period::instalments(text);
    named.retain(|(day, _)| *day >= period::EARLIEST);
    let count = i64::try_from(named.len()).unwrap_or(1).max(1);
    // what the file collects is due, whatever day it names
    let due = |day: Date| day.min(today);
    if named.len() < 2 || debit.amount.get() < count {
        let (day, name) = named.into_iter().next().unwrap_or((today, "1".to_owned()));
        return vec![Part { posten: names.free(kassenzeichen, name), due: due(day), amount: debit.amount }];
    }
    let (each, more) = (debit.amount.get() / count, debit.amount.get() % count);
    let amount = |place: i64| Cents::new(each + i64::from(place < more));
    (0..)
        .zip(named)
        .map(|(place, (day, name))| Part {
            posten: names.free(kassenzeichen, name),
            due: due(day),
            amount: amount(place),
        })
        .collect()
}

/// Names of instalments that are taken.
#[derive(Default)]
struct Names(HashSet<(String, String)>);

impl Names {
    /// The name, with a number behind it where it is taken.
    fn free(&mut self, kassenzeichen: &str, name: String) -> String {
        let key = canonical(kassenzeichen);
        let mut free = name.clone();
        let mut number = 2;
        while !self.0.insert((key.clone(), free.clone())) {
            free = format!("{name} ({number})");
            number += 1;
        }
        free
    }
}

/// How many texts have each word.
struct Words {
    texts: usize,
    counts: HashMap<String, usize>,
    /// Words that name levies, the most frequent ones.
    levies: HashSet<String>,
}

impl Words {
    fn new(texts: &[String]) -> Words {
        let mut counts: HashMap<String, usize> = HashMap::new();
        for text in texts {
            let own: HashSet<String> = text.split(' ').filter_map(letters).collect();
            own.into_iter().for_each(|word| *counts.entry(word).or_insert(0) += 1);
        }
        let mut frequent: Vec<(&String, usize)> = counts
            .iter()
            .map(|(word, count)| (word, *count))
            .filter(|(word, count)| count * LEVY >= texts.len() && word.chars().count() > 4)
            .collect();
        frequent.sort_by(|one, other| other.1.cmp(&one.1).then_with(|| one.0.cmp(other.0)));
        let levies = frequent.into_iter().take(KINDS).map(|(word, _)| word.clone()).collect();
        Words { texts: texts.len(), counts, levies }
    }

    /// Street and number: up to three words before a house number, none of which stands in a great part of the texts.
    fn address(&self, text: &str) -> Option<String> {
        let mut street: Vec<&str> = Vec::new();
        let mut words = text.split_whitespace().peekable();
        while let Some(word) = words.next() {
            let bare = word.trim_end_matches([',', ';']);
            if is_house_number(bare) && !street.is_empty() {
                let letter =
                    words.peek().filter(|next| next.len() == 1 && next.bytes().all(|b| b.is_ascii_lowercase()));
                let number = letter.map_or_else(|| bare.to_owned(), |letter| format!("{bare} {letter}"));
                let first = street.len().saturating_sub(3);
                let named = street.get(first..).unwrap_or_default().join(" ");
                return Some(format!("{named} {number}"));
            }
            match letters(bare) {
                Some(own) if !self.is_frequent(&own) => street.push(bare),
                _ => street.clear(),
            }
        }
        None
    }

    fn is_frequent(&self, word: &str) -> bool {
        self.texts > FREQUENT && self.counts.get(word).is_some_and(|count| count * FREQUENT > self.texts)
    }

    /// What a text calls the levy.
    fn levy(&self, text: &str) -> String {
        let street = self.address(text).unwrap_or_default();
        let is_of_street = |word: &str| street.split(' ').any(|own| own == word);
        let named = text.split_whitespace().filter(|word| !is_of_street(word.trim_end_matches([',', ';'])));
        let levies: Vec<&str> =
            named.filter(|word| letters(word).is_some_and(|own| self.levies.contains(&own))).take(2).collect();
        if levies.is_empty() { UNNAMED.to_owned() } else { levies.join(" ").trim_matches([',', ';', ':']).to_owned() }
    }
}

/// A word of letters alone, folded.
fn letters(word: &str) -> Option<String> {
    let bare = word.trim_matches(|c: char| !c.is_alphanumeric());
    let is_word = bare.chars().count() > 1 && bare.chars().all(|c| c.is_alphabetic() || matches!(c, '-' | '.'));
    is_word.then(|| bare.to_lowercase())
}

/// `12`, `12a`, `12-14`.
fn is_house_number(word: &str) -> bool {
    let digits = word.bytes().take_while(u8::is_ascii_digit).count();
    let rest = word.get(digits..).unwrap_or_default();
    let is_letter = rest.len() == 1 && rest.bytes().all(|byte| byte.is_ascii_alphabetic());
    let is_range = rest.strip_prefix(['-', '/']).is_some_and(|to| !to.is_empty() && to.len() <= 3);
    (1..=4).contains(&digits) && (rest.is_empty() || is_letter || is_range)
}
