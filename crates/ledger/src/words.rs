//! What the words of a remittance text say about which money it is.
//!
//! The lists are data: a word stands for money that a treasury receives besides the levies in its open items. A word
//! that is part of a levy in the open items never counts against it.

use crate::names::{fold, fold_into, words_of};

mod lists;

use lists::{AT, BEFORE, BEHIND, BILL, COLLECTIVE, GENERAL, INSTALMENT, LEVY, OTHER, PLAIN, PROPERTY, RATES, SILENT};

/// What the words speak for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Words {
    /// Levies of the open items that are named.
    pub kinds: Kinds,
    /// A word for property charges and taxes in general, for an instalment or a reference.
    pub levy: bool,
    /// A word that only a levy has: an instalment may be one of anything.
    pub named: bool,
    /// »Abgaben« or »Steuern«, standing alone.
    pub general: bool,
    /// A levy of the open items, or what only property charges are called: other money may stand beside it.
    pub own: bool,
    /// A whole word for other money: day care, parking, rent.
    pub other: Option<&'static str>,
    /// Nothing that tells of anything: no letters and digits at all, or »Überweisung«, »Danke« and the like alone.
    pub empty: bool,
    /// Nothing but words and numbers that stand on every Bescheid: »Bescheid 2023«, »Haus 4/2023«.
    pub is_plain: bool,
}

/// Some of the town's kinds of levy. Only the first 64 can be told apart; no town has as many.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Kinds(u64);

impl Kinds {
    /// With one more.
    pub fn add(&mut self, kind: u16) {
        self.0 |= 1_u64.checked_shl(u32::from(kind)).unwrap_or(0);
    }

    /// Whether there is none.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// These and others.
    fn with(self, others: Kinds) -> Kinds {
        Kinds(self.0 | others.0)
    }

    /// Whether the two have one in common.
    pub fn meet(self, other: Kinds) -> bool {
        self.0 & other.0 != 0
    }
}

/// Whether a payer's name or a text is that of money which many have paid: a batch, a cash collection, a payment provider.
pub(crate) fn is_collective(counterparty: &str, text: &str) -> bool {
    let has_part = |text: &str| {
        let folded = fold(text);
        let is_collective = |word: &str| COLLECTIVE.iter().any(|part| word.starts_with(part));
        // S-Public Services
        words_of(&folded).any(is_collective) || folded.contains("s-public")
    };
    let is_service = |word: &str| matches!(word, "payment" | "payments" | "acquiring" | "kartenservice");
    has_part(counterparty) || has_part(text) || words_of(&fold(counterparty)).any(is_service)
}

/// What a pattern that is found stands for.
#[derive(Clone, Copy, Debug)]
enum Sense {
    Instalment,
    Levy,
    Property,
    Bill,
    Kind(u16),
}

/// Folded words that begin with one byte, and what each stands for.
type Patterns<T> = Vec<(Box<[u8]>, T)>;

/// The lists as they are compared: folded, and by the byte with which they begin.
#[derive(Debug)]
pub struct Lexicon {
    /// Parts of words, anywhere.
    anywhere: Vec<Patterns<Sense>>,
    /// Words of [`OTHER`] by their place in it.
    others: Vec<Patterns<usize>>,
    /// The town's levies that property charges are: who names one of these names none of the others.
    property: Kinds,
    /// What may begin with two bytes: most places are passed over by it.
    starts: [u8; PAIRS],
}

/// What may begin somewhere: something that stands anywhere; at the beginning of a word a word for other money or for an
/// instalment.
const ANYWHERE: u8 = 1;
const AT_BEGINNING: u8 = 2;

/// So many pairs of bytes are told apart: letters by their last five bits, and what else has these is seen not to be meant.
const PAIRS: usize = 1 << 10;

impl Lexicon {
    /// The lists of a town with these kinds of levy. `levies` are collected too, though no open item names them.
    pub fn new(kinds: &[String], levies: &[String]) -> Lexicon {
        let stems: Vec<String> = kinds.iter().map(|kind| stem(kind)).collect();
        let unlisted: Vec<String> = levies.iter().map(|levy| stem(levy)).collect();
        let mut lexicon = Lexicon {
            anywhere: vec![Vec::new(); 256],
            others: vec![Vec::new(); 256],
            property: Kinds::default(),
            starts: [0; PAIRS],
        };
        let is_property = |stem: &str| PROPERTY.iter().any(|word| stem.contains(fold(word).as_str()));
        (0..).zip(&stems).filter(|(_, stem)| is_property(stem)).for_each(|(kind, _)| lexicon.property.add(kind));
        let senses = (0..).map(Sense::Kind);
        let own = stems.iter().cloned().zip(senses).take(64);
        let bill = std::iter::once((fold(BILL), Sense::Bill));
        let levies = LEVY.iter().map(|word| fold(word)).chain(unlisted.iter().cloned());
        let levies = levies.map(|word| (word, Sense::Levy));
        let property = PROPERTY.iter().map(|word| (fold(word), Sense::Property));
        let instalments = INSTALMENT.iter().map(|word| (fold(word), Sense::Instalment));
        for (word, sense) in levies.chain(property).chain(instalments).chain(own).chain(bill) {
            add(&mut lexicon.anywhere, &word, sense);
            lexicon.add_start(&word, ANYWHERE);
        }
        let collected = || stems.iter().chain(&unlisted);
        let is_levy = |word: &str| collected().any(|stem| stem.contains(word) || word.contains(stem.as_str()));
        for (place, word) in OTHER.iter().enumerate() {
            let word = fold(word);
            if !is_levy(&word) {
                add(&mut lexicon.others, &word, place);
                lexicon.add_start(&word, AT_BEGINNING);
            }
        }
        BEFORE.iter().for_each(|word| lexicon.add_start(word, AT_BEGINNING));
        RATES.iter().chain(&GENERAL).for_each(|word| lexicon.add_start(word, AT_BEGINNING));
        lexicon
    }

    /// Marks the first two bytes of a word.
    fn add_start(&mut self, word: &str, what: u8) {
        let mut bytes = word.bytes();
        let (first, second) = (bytes.next().unwrap_or(0), bytes.next());
        for second in second.map_or(0..=u8::MAX, |second| second..=second) {
            self.starts.get_mut(pair(first, second)).into_iter().for_each(|starts| *starts |= what);
        }
    }

    /// Whether something of a kind may begin with what the bytes begin with.
    fn may_start(&self, first: u8, after: &[u8], what: u8) -> bool {
        let pair = pair(first, after.first().copied().unwrap_or(0));
        self.starts.get(pair).is_some_and(|starts| starts & what != 0)
    }

    /// Reads the words of a text.
    pub fn read(&self, text: &str) -> Words {
        let mut folded = String::new();
        fold_into(text, &mut folded);
        self.read_folded(&folded, &mut Vec::new())
    }

    /// Like [`Lexicon::read`], of a folded text; `squashed` is room that is used again.
    pub(crate) fn read_folded(&self, folded: &str, squashed: &mut Vec<u8>) -> Words {
        let seen = self.go_through(folded, squashed);
        let is_silent = || words_of(folded).all(|word| SILENT.contains(&word));
        let mut words =
            Words { empty: !seen.number && is_silent(), is_plain: is_plain(folded, &[]), ..Words::default() };
        let bill = self.name_levies(squashed, &mut words);
        words.own |= !words.kinds.is_empty();
        words.levy |= seen.rate || seen.general;
        words.named |= seen.general;
        words.general = seen.general;
        let other = seen.other.and_then(|place| OTHER.get(place).copied());
        words.other = other.or_else(|| (bill && numbered_bill(folded)).then_some(BILL));
        words
    }

    /// Goes through a text once; its letters and digits come into `squashed`.
    fn go_through(&self, folded: &str, squashed: &mut Vec<u8>) -> Seen {
        squashed.clear();
        let mut seen = Seen::default();
        let mut class = Class::default();
        let mut rest = folded.as_bytes();
        while let [first, after @ ..] = rest {
            let begins = !class.is_letter;
            let from = || folded.get(folded.len() - rest.len()..).unwrap_or_default();
            class = match first {
                0..0x80 => Class { is_letter: first.is_ascii_alphabetic(), is_number: first.is_ascii_digit() },
                // the rest of a character is what its first byte was
                0x80..0xC0 => class,
                0xC0.. => from().chars().next().map_or_else(Class::default, Class::of),
            };
            if class.is_letter || class.is_number {
                squashed.push(*first);
            }
            seen.number |= class.is_number;
            if begins && class.is_letter && self.may_start(*first, after, AT_BEGINNING) {
                let word = words_of(from()).next().unwrap_or_default();
                let is_place = || is_address(folded, folded.len() - rest.len(), word);
                let other = self.other_of(from(), word).filter(|_| !is_place());
                seen.other = seen.other.into_iter().chain(other).min();
                seen.rate |= RATES.contains(&word);
                // »Kfz-Steuer« is one word
                let is_part = || folded.get(..folded.len() - rest.len()).is_some_and(|before| before.ends_with('-'));
                seen.general |= GENERAL.contains(&word) && !is_part();
            }
            rest = after;
        }
        seen
    }

    /// The word for other money that begins here, by its place in [`OTHER`]: alone, or put together with what such words have.
    fn other_of(&self, text: &str, word: &str) -> Option<usize> {
        let whole = |word: &str, text: &str| {
            let first = word.bytes().next()?;
            let here = self.others.get(usize::from(first)).into_iter().flatten();
            let mut here = here.filter(|(other, _)| {
                let behind = word.as_bytes().strip_prefix(other.as_ref());
                behind.is_some_and(is_behind) || other.contains(&b' ') && text.as_bytes().starts_with(other)
            });
            here.next().map(|(_, place)| *place)
        };
        whole(word, text).or_else(|| {
            let ends = BEFORE.iter().filter_map(|before| word.strip_prefix(before)).filter(|end| !end.is_empty());
            ends.filter_map(|end| whole(end, "")).min()
        })
    }

    /// Adds the levies that letters and digits name, wherever they stand; whether they speak of a bill.
    fn name_levies(&self, squashed: &[u8], words: &mut Words) -> bool {
        let mut bill = false;
        let mut rest = squashed;
        while let [first, after @ ..] = rest {
            if self.may_start(*first, after, ANYWHERE) {
                let here = self.anywhere.get(usize::from(*first)).into_iter().flatten();
                for (_, sense) in here.filter(|(word, _)| rest.starts_with(word)) {
                    match sense {
                        Sense::Instalment => words.levy = true,
                        Sense::Levy => (words.levy, words.named) = (true, true),
                        Sense::Property => {
                            (words.levy, words.own, words.named) = (true, true, true);
                            words.kinds = words.kinds.with(self.property);
                        }
                        Sense::Bill => bill = true,
                        Sense::Kind(kind) => words.kinds.add(*kind),
                    }
                }
            }
            rest = after;
        }
        bill
    }
}

/// Whether a folded text has nothing but [`SILENT`] and [`PLAIN`] words, words of a name, days, years and quarters.
pub(crate) fn is_plain(folded: &str, name: &[&str]) -> bool {
    let mut digits = folded.split(|c: char| !c.is_ascii_digit()).filter(|digits| !digits.is_empty());
    let is_of_day = |digits: &str| digits.len() <= 2 || digits.len() == 4 && digits.starts_with("20");
    let is_plain = |word: &str| SILENT.contains(&word) || PLAIN.contains(&word) || name.contains(&word);
    digits.all(is_of_day) && words_of(folded).all(is_plain)
}

/// Whether a word for other money may end like this.
fn is_behind(end: &[u8]) -> bool {
    let is_end = |end: &[u8]| BEHIND.iter().any(|behind| behind.as_bytes() == end);
    is_end(end) || end.strip_prefix(b"s").is_some_and(is_end)
}

/// Whether a word at a place of a folded text is part of an address: »am Freibad 12«, »An der Musikschule 4«.
fn is_address(folded: &str, at: usize, word: &str) -> bool {
    let before = folded.get(..at).and_then(|before| words_of(before).last()).unwrap_or_default();
    let behind = folded.get(at + word.len()..).unwrap_or_default();
    let number = behind.trim_start_matches([' ', '.']);
    AT.contains(&before) && number.starts_with(|c: char| c.is_ascii_digit())
}

/// What going through a text once has seen.
#[derive(Default)]
struct Seen {
    /// The first word of [`OTHER`], by its place there.
    other: Option<usize>,
    /// One of [`RATES`].
    rate: bool,
    /// One of [`GENERAL`].
    general: bool,
    /// A digit, or another sign for a number.
    number: bool,
}

/// What a character is; some are both.
#[derive(Clone, Copy, Default)]
struct Class {
    is_letter: bool,
    is_number: bool,
}

impl Class {
    fn of(character: char) -> Class {
        Class { is_letter: character.is_alphabetic(), is_number: character.is_numeric() }
    }
}

/// The place of a pair of bytes.
fn pair(first: u8, second: u8) -> usize {
    usize::from(first & 31) << 5 | usize::from(second & 31)
}

/// The place of a word in the list of other money; a numbered bill is in no list.
pub(crate) fn place_of(other: &str) -> usize {
    OTHER.iter().position(|word| *word == other).unwrap_or(OTHER.len())
}

/// The word at a place of the list of other money.
pub(crate) fn word_at(place: usize) -> &'static str {
    OTHER.get(place).copied().unwrap_or(BILL)
}

fn add<T>(lists: &mut [Patterns<T>], word: &str, sense: T) {
    let first = word.as_bytes().first().map(|first| usize::from(*first));
    if let Some(list) = first.and_then(|first| lists.get_mut(first)) {
        list.push((word.as_bytes().into(), sense));
    }
}

/// Whether a bill is named by its number: »Rechnung 4711«. The word alone says nothing.
fn numbered_bill(folded: &str) -> bool {
    folded.split("rechnung").skip(1).any(|behind| {
        let behind = behind.trim_start_matches(|c: char| !c.is_alphanumeric());
        let behind = behind.trim_start_matches("nr").trim_start_matches(|c: char| !c.is_alphanumeric());
        behind.starts_with(|c: char| c.is_ascii_digit())
    })
}

/// The letters of a kind's name by which it is recognised.
fn stem(kind: &str) -> String {
    fold(kind).chars().filter(|c| c.is_alphabetic()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: (&[u16], bool, Option<&str>)) {
        let kinds = ["Grundbesitzabgaben".to_owned(), "Hundesteuer".to_owned(), "Pacht".to_owned()];
        let words = Lexicon::new(&kinds, &[]).read(text);
        let mut named = Kinds::default();
        expected.0.iter().for_each(|kind| named.add(*kind));
        assert_eq!((words.kinds, words.levy, words.other), (named, expected.1, expected.2), "{text}");
    }

    #[test]
    fn words_tell_which_money_it_is() {
        for (text, expected) in [
            ("Grundbesitz-\nabgaben 4. Quartal", (&[0_u16][..], true, None)),
            ("HUNDESTEUER", (&[1], false, None)),
            ("Kita Beitrag 5/2023", (&[], false, Some("kita"))),
            ("Parkverstoß Az 123", (&[], false, Some("parkverstoß"))),
            ("Gewerbesteuer 2023", (&[], false, Some("gewerbesteuer"))),
            ("Müller Akita", (&[], false, None)),
            ("Rechnung", (&[], false, None)),
            ("Rechnung Nr. 4711", (&[], false, Some("Rechnung"))),
            ("", (&[], false, None)),
            ("Mieter Anna Altmann", (&[], false, None)),
            ("Friedhofstraße 12", (&[], false, None)),
            ("Am Freibad 12", (&[], false, None)),
            ("Freibad Jahreskarte", (&[], false, Some("freibad"))),
            ("Betreuung Erna Schulz Abgaben", (&[], true, None)),
            ("Spendenring 4", (&[], false, None)),
            ("Kitabeitrag", (&[], false, Some("kita"))),
            ("Offene Ganztagsschule", (&[], false, Some("offene ganztag"))),
            // put together; what the list holds does not count
            ("Stadtbücherei Mahngebühr 980272", (&[], false, Some("bücherei"))),
            ("Gemeindekindergarten", (&[], false, Some("kindergarten"))),
            ("Vermieter Müller", (&[], false, None)),
            ("Zweitwohnungssteuer 2026", (&[], false, Some("zweitwohnung"))),
            ("Grunderwerbsteuer", (&[], false, Some("grunderwerb"))),
            ("Kfz-Steuer", (&[], false, Some("kfz"))),
            ("–Kita", (&[], false, Some("kita"))),
            ("Rathaus–Kita", (&[], false, Some("kita"))),
            ("4. Rate", (&[], true, None)),
            ("Vorauszahlung 1. Quartal", (&[], true, None)),
            ("Karate Beratung", (&[], false, None)),
            // a fee, a tax or a name may be anybody's
            ("Leihgebühr Festzelt", (&[], false, None)),
            ("Ferienspiele Anna Müller", (&[], false, None)),
            ("Kurabgabe", (&[], false, None)),
            ("Müll und Abwasser", (&[], true, None)),
            ("Müllgebühren", (&[], true, None)),
            ("Steuern IV", (&[], true, None)),
        ] {
            check(text, expected);
        }
    }

    #[test]
    fn some_texts_tell_nothing() {
        let lexicon = Lexicon::new(&["Pacht".to_owned()], &[]);
        for (text, expected) in [
            ("", true),
            (" - ", true),
            ("Ueberweisung", true),
            ("Rechnung", true),
            ("Vielen Dank!", true),
            ("Rechnung 4711", false),
            ("Danke Oma", false),
            ("2026", false),
        ] {
            assert_eq!(lexicon.read(text).empty, expected, "{text}");
        }
    }
}
