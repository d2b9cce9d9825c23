//! Comparing names and addresses as people, banks and lists write them.
//!
//! Folding is lossy on purpose and the same on both sides: »Müller«, »MUELLER« and »Muller« are one.

/// Words around a name that say nothing of who it is.
const TITLES: [&str; 20] = [
    "dr",
    "prof",
    "dipl",
    "ing",
    "med",
    "herr",
    "herrn",
    "frau",
    "eheleute",
    "familie",
    "fam",
    "erbengemeinschaft",
    "und",
    "u",
    "geb",
    "von",
    "van",
    "de",
    "der",
    "ehel",
];

/// Parts of words in the names of firms that pay for others, folded.
const FIRMS: [&str; 8] =
    ["verwaltung", "gmbh", "immobilien", "wohnungs", "treuhand", "steuerberat", "rechtsanw", "notar"];

/// Lower-case ASCII letters; umlauts and their transliterations become their base letter.
pub fn fold(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for letter in text.chars().flat_map(char::to_lowercase) {
        match letter {
            'ä' | 'à' | 'á' | 'â' | 'ã' | 'å' | 'ă' | 'ą' => plain.push('a'),
            'ö' | 'ò' | 'ó' | 'ô' | 'õ' | 'ø' => plain.push('o'),
            'ü' | 'ù' | 'ú' | 'û' | 'ů' => plain.push('u'),
            'é' | 'è' | 'ê' | 'ë' | 'ě' | 'ę' => plain.push('e'),
            'í' | 'ì' | 'î' | 'ï' | 'ı' => plain.push('i'),
            'ß' => plain.push_str("ss"),
            'ş' | 'š' | 'ś' | 'ș' => plain.push('s'),
            'ç' | 'č' | 'ć' => plain.push('c'),
            'ğ' => plain.push('g'),
            'ł' => plain.push('l'),
            'ñ' | 'ń' => plain.push('n'),
            'ž' | 'ż' | 'ź' => plain.push('z'),
            'ý' | 'ÿ' => plain.push('y'),
            '\u{300}'..='\u{36f}' => {}
            other => plain.push(other),
        }
    }
    ["ae", "oe", "ue"].iter().fold(plain, |text, pair| text.replace(pair, pair.get(..1).unwrap_or_default()))
}

/// The letter runs of a text, folded, in order.
pub fn words(text: &str) -> Vec<String> {
    fold(text).split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// A person's or firm's name, ready to be compared.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Name {
    /// Folded words without titles, sorted, each once.
    tokens: Vec<String>,
    /// The family name, folded, as far as the spelling tells.
    family: String,
}

/// How well two names agree, best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Agreement {
    /// The same words, or all of the shorter one's (at least two) in the other.
    Same,
    /// The same family name and an initial, a cut or a second given name.
    Close,
    /// The same family name.
    Family,
    /// Nothing in common.
    None,
}

impl Name {
    /// Reads a name in any order: »Anna Müller«, »MUELLER, ANNA«, »Eheleute Hans u. Inge Müller«.
    pub fn new(text: &str) -> Name {
        let ordered = significant(text);
        let family = match text.split_once(',') {
            Some((before, _)) => significant(before).last().cloned(),
            None => ordered.last().cloned(),
        };
        let mut tokens = ordered;
        tokens.sort();
        tokens.dedup();
        Name { tokens, family: family.unwrap_or_default() }
    }

    /// Whether there is anything to compare.
    pub fn is_empty(&self) -> bool {
        self.tokens.is_empty()
    }

    /// Whether it is the name of a firm that may pay for others: a property manager, a tax adviser.
    pub fn is_firm(&self) -> bool {
        self.tokens.iter().any(|token| FIRMS.iter().any(|firm| token.contains(firm)))
    }

    /// The key under which names of the same words meet.
    pub fn key(&self) -> String {
        self.tokens.join(" ")
    }

    /// The family name, folded.
    pub fn family(&self) -> &str {
        &self.family
    }

    /// Every word of the name, folded and sorted.
    pub fn tokens(&self) -> &[String] {
        &self.tokens
    }

    /// How well `self`, a debtor's or account holder's name, agrees with the name a payer gave.
    pub fn agreement(&self, payer: &Name) -> Agreement {
        if self.is_empty() || payer.is_empty() {
            return Agreement::None;
        }
        let common = self.tokens.iter().filter(|token| payer.tokens.contains(token)).count();
        let shorter = self.tokens.len().min(payer.tokens.len());
        if common == shorter && (shorter >= 2 || self.tokens.len() == payer.tokens.len()) {
            return Agreement::Same;
        }
        let family = payer.tokens.contains(&self.family);
        if (family && self.given_agrees(payer)) || self.is_cut_in(payer) {
            return Agreement::Close;
        }
        if family || self.tokens.contains(&payer.family) && payer.family.len() > 2 {
            Agreement::Family
        } else {
            Agreement::None
        }
    }

    /// Whether some given name agrees wholly or by its initial.
    fn given_agrees(&self, payer: &Name) -> bool {
        let given = |name: &Name, family: &str| -> Vec<String> {
            name.tokens.iter().filter(|token| token.as_str() != family).cloned().collect()
        };
        let ours = given(self, &self.family);
        given(payer, &self.family)
            .iter()
            .any(|theirs| ours.iter().any(|own| own == theirs || theirs.len() == 1 && own.starts_with(theirs.as_str())))
    }

    /// Whether the payer's name is ours, cut off in its last word (banks cut names).
    fn is_cut_in(&self, payer: &Name) -> bool {
        let (whole, cut): (Vec<&String>, Vec<&String>) =
            payer.tokens.iter().partition(|token| self.tokens.contains(token));
        let [cut] = cut.as_slice() else { return false };
        !whole.is_empty()
            && cut.len() >= 2
            && self.tokens.iter().any(|own| own.starts_with(cut.as_str()) && !whole.contains(&own))
    }
}

fn significant(text: &str) -> Vec<String> {
    words(text).into_iter().filter(|word| !TITLES.contains(&word.as_str())).collect()
}

/// Street and house number in one folded form: »Hauptstraße 12 a, 59581 Warstein« gives `hauptstr12a`.
pub fn address_key(address: &str) -> Option<String> {
    let street = address.split(',').next().unwrap_or_default();
    let key = squash_street(street);
    key.chars().any(|c| c.is_ascii_digit()).then_some(key)
}

/// The address keys that a text may name: up to three words before each number.
pub fn addresses_in(text: &str) -> Vec<String> {
    let folded = fold(text);
    let pieces: Vec<&str> = folded.split(|c: char| !c.is_alphanumeric()).filter(|piece| !piece.is_empty()).collect();
    let mut keys = Vec::new();
    for (place, number) in
        pieces.iter().enumerate().filter(|(_, piece)| piece.starts_with(|c: char| c.is_ascii_digit()))
    {
        for count in 1..=place.min(3) {
            let Some(street) = pieces.get(place - count..place) else { continue };
            if street.iter().all(|word| word.chars().all(char::is_alphabetic)) {
                keys.push(squash_street(&format!("{} {number}", street.join(" "))));
            }
        }
    }
    keys.sort();
    keys.dedup();
    keys
}

fn squash_street(street: &str) -> String {
    let squashed: String = fold(street).chars().filter(|c| c.is_alphanumeric()).collect();
    squashed.replace("strasse", "str")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(owner: &str, payer: &str, expected: Agreement) {
        assert_eq!(Name::new(owner).agreement(&Name::new(payer)), expected, "{owner} / {payer}");
    }

    #[test]
    fn names_agree_as_people_write_them() {
        use Agreement::*;
        for (owner, payer, expected) in [
            ("Anna Müller", "Anna Müller", Same),
            ("Anna Müller", "MUELLER, ANNA", Same),
            ("Anna Müller", "Muller Anna", Same),
            ("Anna Müller", "Dr. Anna Müller", Same),
            ("Hans und Inge Köhler", "Inge Koehler", Same),
            ("Inge Köhler", "Hans u. Inge Köhler", Same),
            ("Anna Müller", "Anna-Lena Müller", Same),
            ("Anna Müller", "A. Müller", Close),
            ("Anna Schulte-Nölle", "Anna Schulte", Same),
            ("Claudia Zimmermann", "Claudia Zim", Close),
            ("Anna Müller", "Eheleute Müller", Family),
            ("Anna Müller", "Petra Müller", Family),
            ("Anna Müller", "Anna Schmidt", None),
            ("Anna Müller", "Hausverwaltung Sauerland GmbH", None),
            ("Anna Müller", "", None),
        ] {
            check(owner, payer, expected);
        }
    }

    #[test]
    fn an_address_is_found_in_a_text() {
        let key = address_key("Belecker Landstraße 17, 59581 Warstein").unwrap();
        assert_eq!(key, "beleckerlandstr17");
        assert!(addresses_in("Objekt Belecker Landstrasse 17 Grundsteuer 2023-4").contains(&key));
        assert!(!addresses_in("Objekt Belecker Landstr. 117").contains(&key));
        assert_eq!(address_key("Postfach"), Option::None);
    }
}
