//! What the words of a remittance text say about which money it is.
//!
//! The lists are data: a word stands for money that a treasury receives besides the levies in its open items. A word
//! that is part of a levy in the open items never counts against it.

use crate::names::{fold, fold_into, words_of};
use crate::runs::runs;

/// What the words speak for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Words {
    /// Levies of the open items that are named.
    pub kinds: Kinds,
    /// A word for property charges and taxes in general.
    pub levy: bool,
    /// A levy of the open items, or what only property charges are called: other money may stand beside it.
    pub own: bool,
    /// A word for other money: day care, parking, rent.
    pub other: Option<&'static str>,
    /// Nothing that tells of anything: no letters and digits at all, or »Überweisung«, »Danke« and the like alone.
    pub empty: bool,
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

    /// Whether the two have one in common.
    pub fn meet(self, other: Kinds) -> bool {
        self.0 & other.0 != 0
    }
}

/// Words for levies in general, which other money may have in its name too.
const LEVY: [&str; 9] =
    ["abgabe", "steuer", "müll", "gebühr", "kassenz", "quartal", "vierteljahr", "abschlag", "vorauszahl"];

/// Words for property charges only.
const PROPERTY: [&str; 8] = [
    "grundsteuer",
    "grundbesitz",
    "abfall",
    "straßenreinigung",
    "winterdienst",
    "entwässer",
    "schmutzwasser",
    "niederschlagswasser",
];

/// Words for an instalment, which stand alone: »Karate« has nothing of it.
const RATES: [&str; 2] = ["rate", "raten"];

/// Words that tell nothing where they stand alone, folded.
const SILENT: [&str; 12] = [
    "uberweisung",
    "rechnung",
    "danke",
    "dank",
    "vielen",
    "zahlung",
    "betrag",
    "dauerauftrag",
    "gutschrift",
    "sepa",
    "verwendungszweck",
    "notprovided",
];

/// Words for other money, taxes that the list may hold among them: what it does hold does not count. Long ones may
/// stand anywhere in a word (»Stadtbücherei«), short ones begin it (»Akita« is no day care).
const OTHER: [&str; 67] = [
    "kita",
    "kinderkita",
    "kindergarten",
    "kindertages",
    "tagespflege",
    "elternbeitrag",
    "essensgeld",
    "mensa",
    "schulmensa",
    "schulgeld",
    "schulessen",
    "mittagessen",
    "mittagsverpflegung",
    "ogs",
    "offene ganztag",
    "betreuung",
    "parkverstoß",
    "parken",
    "knöllchen",
    "verwarn",
    "bußgeld",
    "owi",
    "ordnungswidrig",
    "miete",
    "nutzungsentgelt",
    "dorfgemeinschaftshaus",
    "gewerbesteuer",
    "hundesteuer",
    "hundekot",
    "vergnügungssteuer",
    "spielgerätesteuer",
    "automatensteuer",
    "zweitwohnung",
    "jagdsteuer",
    "fischereisteuer",
    "bettensteuer",
    "übernachtungssteuer",
    "getränkesteuer",
    "verpackungssteuer",
    "grunderwerb",
    "kfz",
    "kraftfahrzeugsteuer",
    "einkommensteuer",
    "lohnsteuer",
    "umsatzsteuer",
    "körperschaftsteuer",
    "erbschaftsteuer",
    "standesamt",
    "urkunde",
    "personalausweis",
    "reisepass",
    "musikschule",
    "volkshochschule",
    "vhs",
    "bücherei",
    "bibliothek",
    "schwimmbad",
    "freibad",
    "hallenbad",
    "friedhof",
    "grabnutzung",
    "baugenehmigung",
    "bauantrag",
    "spende",
    "kurtaxe",
    "stellplatz",
    "fundsache",
];

/// A word of at least so many bytes tells of other money anywhere in a longer one.
const LONG: usize = 6;

/// What a pattern that is found stands for.
#[derive(Clone, Copy, Debug)]
enum Sense {
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
    /// The first two bytes of what may stand anywhere, as bits: most places are passed over by them.
    starts: Vec<u64>,
    /// Words of [`OTHER`] by their place in it: the long ones anywhere in a word, the others at its beginning.
    others: Vec<Patterns<usize>>,
    /// The first two bytes of all of them, and of the long ones, as bits.
    other_starts: Vec<u64>,
    long_starts: Vec<u64>,
}

impl Lexicon {
    /// The lists of a town with these kinds of levy.
    pub fn new(kinds: &[String]) -> Lexicon {
        let stems: Vec<String> = kinds.iter().map(|kind| stem(kind)).collect();
        let mut lexicon = Lexicon {
            anywhere: vec![Vec::new(); 256],
            starts: vec![0; 1 << 10],
            others: vec![Vec::new(); 256],
            other_starts: vec![0; 1 << 10],
            long_starts: vec![0; 1 << 10],
        };
        let senses = (0..).map(Sense::Kind);
        let own = stems.iter().cloned().zip(senses).take(64);
        let bill = std::iter::once((fold(BILL), Sense::Bill));
        let levies = LEVY.iter().map(|word| (fold(word), Sense::Levy));
        let property = PROPERTY.iter().map(|word| (fold(word), Sense::Property));
        for (word, sense) in levies.chain(property).chain(own).chain(bill) {
            add(&mut lexicon.anywhere, &word, sense);
            add_start(&mut lexicon.starts, word.as_bytes());
        }
        let is_levy = |word: &str| stems.iter().any(|stem| stem.contains(word) || word.contains(stem.as_str()));
        for (place, word) in OTHER.iter().enumerate() {
            let word = fold(word);
            if !is_levy(&word) {
                add(&mut lexicon.others, &word, place);
                add_start(&mut lexicon.other_starts, word.as_bytes());
                if word.len() >= LONG {
                    add_start(&mut lexicon.long_starts, word.as_bytes());
                }
            }
        }
        lexicon
    }

    /// Reads the words of a text.
    pub fn read(&self, text: &str) -> Words {
        let mut folded = String::new();
        fold_into(text, &mut folded);
        self.read_folded(&folded, &mut String::new())
    }

    /// Like [`Lexicon::read`], of a folded text; `squashed` is room that is used again.
    pub(crate) fn read_folded(&self, folded: &str, squashed: &mut String) -> Words {
        squashed.clear();
        runs(folded, char::is_alphanumeric).for_each(|run| squashed.push_str(run.text));
        let mut words = Words { empty: is_silent(folded), ..Words::default() };
        let mut bill = false;
        let mut rest = squashed.as_bytes();
        while let [first, after @ ..] = rest {
            if !may_start(&self.starts, *first, after.first().copied().unwrap_or(0)) {
                rest = after;
                continue;
            }
            for (word, sense) in self.anywhere.get(usize::from(*first)).into_iter().flatten() {
                if rest.starts_with(word) {
                    match sense {
                        Sense::Levy => words.levy = true,
                        Sense::Property => (words.levy, words.own) = (true, true),
                        Sense::Bill => bill = true,
                        Sense::Kind(kind) => words.kinds.add(*kind),
                    }
                }
            }
            rest = after;
        }
        words.own |= !words.kinds.is_empty();
        words.levy = words.levy || words_of(folded).any(|word| RATES.contains(&word));
        words.other = self.other(folded).or_else(|| (bill && numbered_bill(folded)).then_some(BILL));
        words
    }

    /// The first word of [`OTHER`] that the text has.
    fn other(&self, folded: &str) -> Option<&'static str> {
        let mut found: Option<usize> = None;
        let mut after_letter = false;
        let mut rest = folded.as_bytes();
        while let [first, after @ ..] = rest {
            let begins = !after_letter;
            let starts = if begins { &self.other_starts } else { &self.long_starts };
            if first.is_ascii_alphabetic() && may_start(starts, *first, after.first().copied().unwrap_or(0)) {
                let here = self.others.get(usize::from(*first)).into_iter().flatten();
                let here = here.filter(|(word, _)| (begins || word.len() >= LONG) && rest.starts_with(word));
                found = found.into_iter().chain(here.map(|(_, place)| *place)).min();
            }
            after_letter = match first {
                0..0x80 => first.is_ascii_alphabetic(),
                // the rest of a character is what its first byte was
                0x80..0xC0 => after_letter,
                0xC0.. => {
                    let from = folded.get(folded.len() - rest.len()..);
                    from.and_then(|from| from.chars().next()).is_some_and(char::is_alphabetic)
                }
            };
            rest = after;
        }
        OTHER.get(found?).copied()
    }
}

/// Marks the first two bytes of a word.
fn add_start(starts: &mut [u64], word: &[u8]) {
    let seconds = match word {
        [] => 0..=0,
        [_] => 0..=u8::MAX,
        [_, second, ..] => *second..=*second,
    };
    for second in seconds {
        let bit = usize::from(word.first().copied().unwrap_or(0)) << 8 | usize::from(second);
        if let Some(bits) = starts.get_mut(bit / 64) {
            *bits |= 1 << (bit % 64);
        }
    }
}

/// Whether a marked word begins with these bytes.
fn may_start(starts: &[u64], first: u8, second: u8) -> bool {
    let bit = usize::from(first) << 8 | usize::from(second);
    starts.get(bit / 64).is_some_and(|bits| bits >> (bit % 64) & 1 == 1)
}

/// Whether a folded text has no digit and no word but those that tell nothing.
fn is_silent(folded: &str) -> bool {
    let has_numbers = || folded.bytes().any(|byte| byte.is_ascii_digit()) || folded.contains(char::is_numeric);
    !has_numbers() && words_of(folded).all(|word| SILENT.contains(&word))
}

/// The place of a word in the list of other money; a numbered bill is in no list.
pub(crate) fn place_of(other: &str) -> usize {
    OTHER.iter().position(|word| *word == other).unwrap_or(OTHER.len())
}

/// The word at a place of the list of other money.
pub(crate) fn word_at(place: usize) -> &'static str {
    OTHER.get(place).copied().unwrap_or(BILL)
}

/// What a numbered bill is called.
const BILL: &str = "Rechnung";

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
        let words = Lexicon::new(&kinds).read(text);
        let mut named = Kinds::default();
        expected.0.iter().for_each(|kind| named.add(*kind));
        assert_eq!((words.kinds, words.levy, words.other), (named, expected.1, expected.2), "{text}");
    }

    #[test]
    fn words_tell_which_money_it_is() {
        for (text, expected) in [
            ("Grundbesitz-\nabgaben 4. Quartal", (&[0_u16][..], true, None)),
            ("HUNDESTEUER", (&[1], true, None)),
            ("Kita Beitrag 5/2023", (&[], false, Some("kita"))),
            ("Parkverstoß Az 123", (&[], false, Some("parkverstoß"))),
            ("Gewerbesteuer 2023", (&[], true, Some("gewerbesteuer"))),
            ("Müller Akita", (&[], true, None)),
            ("Rechnung", (&[], false, None)),
            ("Rechnung Nr. 4711", (&[], false, Some("Rechnung"))),
            ("", (&[], false, None)),
            // anywhere in a word; what the list holds does not count
            ("Stadtbücherei Mahngebühr 980272", (&[], true, Some("bücherei"))),
            ("Gemeindekindergarten", (&[], false, Some("kindergarten"))),
            ("Vermieter Müller", (&[], true, None)),
            ("Zweitwohnungssteuer 2026", (&[], true, Some("zweitwohnung"))),
            ("Grunderwerbsteuer", (&[], true, Some("grunderwerb"))),
            ("Kfz-Steuer", (&[], true, Some("kfz"))),
            ("–Kita", (&[], false, Some("kita"))),
            ("Rathaus–Kita", (&[], false, Some("kita"))),
            ("4. Rate", (&[], true, None)),
            ("Vorauszahlung 1. Quartal", (&[], true, None)),
            ("Karate Beratung", (&[], false, None)),
        ] {
            check(text, expected);
        }
    }

    #[test]
    fn some_texts_tell_nothing() {
        let lexicon = Lexicon::new(&["Pacht".to_owned()]);
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
