//! What the words of a remittance text say about which money it is.
//!
//! The lists are data: a word stands for money that a treasury receives besides the levies in its open items. A word
//! that is part of a levy in the open items never counts against it.

use std::sync::LazyLock;

use crate::names::fold;

/// What the words speak for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Words {
    /// Levies of the open items that are named, as indexes into the town's kinds.
    pub kinds: Vec<usize>,
    /// A word for property charges and taxes in general.
    pub levy: bool,
    /// A word for other money: day care, parking, rent.
    pub other: Option<&'static str>,
    /// No letters and digits at all.
    pub empty: bool,
}

/// Words for levies in general.
const LEVY: [&str; 12] = [
    "abgabe",
    "steuer",
    "grundbesitz",
    "abfall",
    "müll",
    "straßenreinigung",
    "winterdienst",
    "entwässer",
    "schmutzwasser",
    "niederschlagswasser",
    "gebühr",
    "kassenz",
];

/// Words for other money.
const OTHER: [&str; 44] = [
    "kita",
    "kindergarten",
    "kindertages",
    "tagespflege",
    "elternbeitrag",
    "essensgeld",
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
    "vergnügungssteuer",
    "zweitwohnung",
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

/// The lists as they are compared, folded once.
static FOLDED: LazyLock<Lists> = LazyLock::new(|| Lists {
    levy: LEVY.iter().map(|word| fold(word)).collect(),
    other: OTHER.iter().map(|word| (fold(word), *word)).collect(),
});

struct Lists {
    levy: Vec<String>,
    /// Folded, and as it stands in the list.
    other: Vec<(String, &'static str)>,
}

/// Reads the words of a text, given the town's kinds of levy.
pub fn read(text: &str, kinds: &[String]) -> Words {
    let folded = fold(text);
    let squashed: String = folded.chars().filter(|c| c.is_alphanumeric()).collect();
    let kinds: Vec<String> = kinds.iter().map(|kind| stem(kind)).collect();
    let Lists { levy, other } = &*FOLDED;
    let is_levy = |word: &str| kinds.iter().any(|kind| kind.contains(word) || word.contains(kind.as_str()));
    let named = |stem: &String| !stem.is_empty() && squashed.contains(stem.as_str());
    Words {
        levy: levy.iter().any(|word| squashed.contains(word.as_str())),
        other: other
            .iter()
            .find(|(word, _)| has_word(&folded, word) && !is_levy(word))
            .map(|(_, plain)| *plain)
            .or_else(|| numbered_bill(&folded).then_some("Rechnung")),
        empty: squashed.is_empty(),
        kinds: kinds.iter().enumerate().filter(|(_, stem)| named(stem)).map(|(place, _)| place).collect(),
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

/// Whether a word of the text begins with `word`.
fn has_word(folded: &str, word: &str) -> bool {
    folded.match_indices(word).any(|(place, _)| {
        let before = folded.get(..place).and_then(|text| text.chars().next_back());
        !before.is_some_and(char::is_alphabetic)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: (&[usize], bool, Option<&str>)) {
        let kinds = ["Grundbesitzabgaben".to_owned(), "Hundesteuer".to_owned(), "Pacht".to_owned()];
        let words = read(text, &kinds);
        assert_eq!((words.kinds.as_slice(), words.levy, words.other), expected, "{text}");
    }

    #[test]
    fn words_tell_which_money_it_is() {
        for (text, expected) in [
            ("Grundbesitz-\nabgaben 4. Quartal", (&[0_usize][..], true, None)),
            ("HUNDESTEUER", (&[1], true, None)),
            ("Kita Beitrag 5/2023", (&[], false, Some("kita"))),
            ("Parkverstoß Az 123", (&[], false, Some("parkverstoß"))),
            ("Gewerbesteuer 2023", (&[], true, Some("gewerbesteuer"))),
            ("Müller Akita", (&[], true, None)),
            ("Rechnung", (&[], false, None)),
            ("Rechnung Nr. 4711", (&[], false, Some("Rechnung"))),
            ("", (&[], false, None)),
        ] {
            check(text, expected);
        }
    }
}
