//! Words of money that is no levy: courses, meals, events, tickets.
//!
//! A debit file often calls all that it collects »Abgaben«, so that nothing tells which taxes are among it. Therefore
//! no tax and no rent stands in this list, and a word counts only where neither the file nor a payment that quotes one
//! of its numbers has it ([`OtherMoney::learn`]). Must not know amounts and payers. Invariant: a street (»Theaterplatz
//! 4«, »Am Freibad 12«) and a person's name are no such words.

use std::collections::HashSet;

use ledger::names::{fold, words};

/// Beginnings of words, folded: »Feuerwehr« is »feurwehr« then.
const BEGINNINGS: [&str; 46] = [
    "kita",
    "kindergart",
    "kindertagesst",
    "elternbeitrag",
    "essensgeld",
    "mensa",
    "schulessen",
    "mittagessen",
    "mittagsverpfl",
    "ogs",
    "ganztag",
    "ferienspiel",
    "ferienfreizeit",
    "ferienlager",
    "ferienbetreu",
    "zeltlager",
    "jugendfreizeit",
    "jugendpflege",
    "klassenfahrt",
    "schulbuch",
    "musikschul",
    "volkshochschul",
    "vhs",
    "theater",
    "konzert",
    "museum",
    "eintritt",
    "kirmes",
    "jahrmarkt",
    "weihnachtsmarkt",
    "flohmarkt",
    "standgeld",
    "stadtfest",
    "bucherei",
    "stadtbucherei",
    "bibliothek",
    "schwimmbad",
    "schwimmkurs",
    "freibad",
    "hallenbad",
    "feurwehr",
    "rettungsdienst",
    "fuhrungszeugnis",
    "personalausweis",
    "reisepass",
    "seniorenfahrt",
];

/// What the names of streets end with, folded.
const STREETS: [&str; 17] = [
    "str", "strasse", "weg", "platz", "gasse", "allee", "ring", "damm", "ufer", "hof", "berg", "tor", "steig", "pfad",
    "wall", "graben", "park",
];

/// Words before the name of a place that make it an address where a number follows, folded.
const AT: [&str; 12] = ["am", "an", "im", "in", "zum", "zur", "beim", "auf", "der", "dem", "den", "alten"];

/// What a file's town receives besides, as far as its words tell.
#[derive(Clone, Debug, Default)]
pub(super) struct OtherMoney {
    /// Of the list, what the file collects.
    collected: HashSet<&'static str>,
}

impl OtherMoney {
    /// A text of the file, or of a payment that quotes one of its numbers: its words are of what the file collects.
    pub(super) fn learn(&mut self, text: &str) {
        self.collected.extend(found(text, &[]));
    }

    /// Whether a text tells of money that the file does not collect; words of `names` tell nothing.
    pub(super) fn is_told(&self, text: &str, names: &[String]) -> bool {
        let mut all = found(text, names).peekable();
        all.peek().is_some() && all.all(|word| !self.collected.contains(word))
    }
}

/// The words of the list that a text has.
fn found<'t>(text: &'t str, names: &'t [String]) -> impl Iterator<Item = &'static str> + 't {
    let folded = fold(&text.replace('\n', " "));
    let pieces: Vec<String> =
        folded.split(|c: char| !c.is_alphanumeric()).filter(|piece| !piece.is_empty()).map(str::to_owned).collect();
    let is_number = |place: usize| pieces.get(place).is_some_and(|next| next.starts_with(|c: char| c.is_ascii_digit()));
    let is_at = |place: usize| {
        place.checked_sub(1).and_then(|before| pieces.get(before)).is_some_and(|word| AT.contains(&word.as_str()))
    };
    let word = |(place, piece): (usize, &String)| {
        let begins = BEGINNINGS.into_iter().find(|begin| piece.starts_with(begin))?;
        let is_street = STREETS.iter().any(|end| piece.ends_with(end)) || is_at(place) && is_number(place + 1);
        (!is_street && !names.contains(piece)).then_some(begins)
    };
    pieces.iter().enumerate().filter_map(word).collect::<Vec<_>>().into_iter()
}

/// The words of some names.
pub(super) fn names<'n>(of: impl Iterator<Item = &'n str>) -> Vec<String> {
    of.flat_map(words).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_money_is_told_by_its_words_and_not_by_streets_and_names() {
        let own = names(["Anna Theater"].into_iter());
        for (text, expected) in [
            ("Kita Beitrag 11/2023 Anna", true),
            ("Theaterabo Reihe 5", true),
            ("Standgeld Kirmes\nPlatz 4", true),
            ("Stadtbücherei", true),
            ("Theaterplatz 4", false),
            ("Musikschulweg 12", false),
            ("Am Freibad 43", false),
            ("Freibad Jahreskarte", true),
            ("Feuerwehrstraße 3", false),
            ("Theater", false),
            ("DA Haus 2024", false),
            ("wie telefonisch besprochen", false),
            ("Hundesteuer", false),
            ("Miete", false),
            ("", false),
        ] {
            assert_eq!(OtherMoney::default().is_told(text, &own), expected, "{text}");
        }
    }

    #[test]
    fn what_the_file_collects_is_no_other_money() {
        let mut other = OtherMoney::default();
        other.learn("5.0100.118204.4 Elternbeitrag Kita Regenbogen");
        assert!(!other.is_told("Kita 11/2023", &[]));
        assert!(!other.is_told("Kita und Essensgeld 11/2023", &[]), "one of both is collected");
        assert!(other.is_told("Essensgeld 11/2023", &[]));
    }
}
