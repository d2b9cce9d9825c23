//! Comparing names as people, banks and lists write them.
//!
//! Folding is lossy on purpose and the same on both sides: »Müller«, »MUELLER« and »Muller« are one.

use crate::runs::runs;

/// Words around a name that say nothing of who it is.
pub(crate) fn is_title(word: &str) -> bool {
    matches!(
        word,
        "dr" | "prof"
            | "dipl"
            | "ing"
            | "med"
            | "herr"
            | "herrn"
            | "frau"
            | "eheleute"
            | "familie"
            | "fam"
            | "erbengemeinschaft"
            | "und"
            | "u"
            | "geb"
            | "von"
            | "van"
            | "de"
            | "der"
            | "ehel"
    )
}

/// Parts of words in the names of firms that pay for others, folded.
const FIRMS: [&str; 8] =
    ["verwaltung", "gmbh", "immobilien", "wohnungs", "treuhand", "steuerberat", "rechtsanw", "notar"];

/// With which letters these begin, and how long the shortest is: most words need not be searched eight times.
const FIRMS_BEGIN: &[u8] = b"vgiwtsrn";
const SHORTEST_FIRM: usize = 4;

/// Words that make a name a firm's.
const FORMS: [&str; 9] = ["kg", "ag", "ug", "mbh", "ohg", "gbr", "weg", "verein", "stiftung"];

/// Lower-case ASCII letters; umlauts and their transliterations become their base letter.
pub fn fold(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    fold_into(text, &mut plain);
    plain
}

/// Like [`fold`], into room that is used again.
pub(crate) fn fold_into(text: &str, plain: &mut String) {
    plain.clear();
    if text.is_ascii() {
        plain.push_str(text);
        plain.make_ascii_lowercase();
        if plain.as_bytes().windows(2).any(|pair| matches!(pair, [b'a' | b'o' | b'u', b'e'])) {
            let mut after_vowel = false;
            plain.retain(|letter| {
                let is_spelt_out = letter == 'e' && after_vowel;
                after_vowel = matches!(letter, 'a' | 'o' | 'u');
                !is_spelt_out
            });
        }
        return;
    }
    // whether an »e« now would only spell an umlaut out
    let mut after_vowel = false;
    for letter in text.chars() {
        if letter.is_ascii() {
            let letter = letter.to_ascii_lowercase();
            if letter == 'e' && after_vowel {
                after_vowel = false;
                continue;
            }
            after_vowel = matches!(letter, 'a' | 'o' | 'u');
            plain.push(letter);
        } else {
            for lower in letter.to_lowercase() {
                fold_letter(lower, plain, &mut after_vowel);
            }
        }
    }
}

fn fold_letter(letter: char, plain: &mut String, after_vowel: &mut bool) {
    let base = match letter {
        'ä' | 'à' | 'á' | 'â' | 'ã' | 'å' | 'ă' | 'ą' => 'a',
        'ö' | 'ò' | 'ó' | 'ô' | 'õ' | 'ø' => 'o',
        'ü' | 'ù' | 'ú' | 'û' | 'ů' => 'u',
        'é' | 'è' | 'ê' | 'ë' | 'ě' | 'ę' | 'e' => 'e',
        'í' | 'ì' | 'î' | 'ï' | 'ı' => 'i',
        'ß' => {
            plain.push('s');
            's'
        }
        'ş' | 'š' | 'ś' | 'ș' => 's',
        'ç' | 'č' | 'ć' => 'c',
        'ğ' => 'g',
        'ł' => 'l',
        'ñ' | 'ń' => 'n',
        'ž' | 'ż' | 'ź' => 'z',
        'ý' | 'ÿ' => 'y',
        '\u{300}'..='\u{36f}' => return,
        other => other,
    };
    if base == 'e' && *after_vowel {
        *after_vowel = false;
        return;
    }
    *after_vowel = matches!(base, 'a' | 'o' | 'u');
    plain.push(base);
}

/// The letter runs of a text, folded, in order.
pub fn words(text: &str) -> Vec<String> {
    words_of(&fold(text)).map(str::to_owned).collect()
}

/// The letter runs of a folded text, in order.
pub(crate) fn words_of(folded: &str) -> impl Iterator<Item = &str> {
    runs(folded, char::is_alphabetic).map(|run| run.text)
}

/// The words of a folded name that tell who it is: without titles, sorted, each once; and the family name, as far as the
/// spelling tells.
pub(crate) fn parts_of<'t>(folded: &'t str, tokens: &mut Vec<&'t str>) -> &'t str {
    tokens.clear();
    tokens.extend(words_of(folded).filter(|word| !is_title(word)));
    let before_comma = folded.bytes().position(|byte| byte == b',').and_then(|comma| folded.get(..comma));
    let family = match before_comma {
        Some(before) => words_of(before).filter(|word| !is_title(word)).last(),
        None => tokens.last().copied(),
    };
    tokens.sort_unstable();
    tokens.dedup();
    family.unwrap_or_default()
}

/// Whether a name is a firm's that may pay for others.
pub(crate) fn is_firm(tokens: &[&str]) -> bool {
    let begins = |part: &[u8]| {
        part.first().is_some_and(|first| FIRMS_BEGIN.contains(first))
            && FIRMS.iter().any(|firm| part.starts_with(firm.as_bytes()))
    };
    let has_part = |token: &str| {
        let places = 0..(token.len() + 1).saturating_sub(SHORTEST_FIRM);
        places.into_iter().any(|at| token.as_bytes().get(at..).is_some_and(begins))
    };
    tokens.iter().any(|token| FORMS.contains(token) || has_part(token))
        || tokens.contains(&"e") && tokens.contains(&"v")
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
        let folded = fold(text);
        let mut tokens = Vec::new();
        let family = parts_of(&folded, &mut tokens).to_owned();
        Name { tokens: tokens.into_iter().map(str::to_owned).collect(), family }
    }

    /// Whether there is anything to compare.
    pub fn is_empty(&self) -> bool {
        self.tokens.is_empty()
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
        let ours: Vec<&str> = self.tokens.iter().map(String::as_str).collect();
        let theirs: Vec<&str> = payer.tokens.iter().map(String::as_str).collect();
        agreement((&ours, &self.family), (&theirs, &payer.family))
    }
}

/// How well a debtor's name agrees with the name a payer gave: each its words and its family name.
pub(crate) fn agreement(own: (&[&str], &str), payer: (&[&str], &str)) -> Agreement {
    let ((ours, our_family), (theirs, their_family)) = (own, payer);
    if ours.is_empty() || theirs.is_empty() {
        return Agreement::None;
    }
    let common = ours.iter().filter(|token| theirs.contains(token)).count();
    let shorter = ours.len().min(theirs.len());
    if common == shorter && (shorter >= 2 || ours.len() == theirs.len()) {
        return Agreement::Same;
    }
    let family = theirs.contains(&our_family);
    if (family && given_agrees(own, payer)) || is_cut_in(ours, theirs) {
        return Agreement::Close;
    }
    // »Hausverwaltung Tigges GmbH« is no relative of those whose name is Tigges, nor are all »GmbH« one family
    let is_of_a_firm = |family: &str| is_firm(&[family]);
    let family = family && !is_of_a_firm(our_family)
        || ours.contains(&their_family) && their_family.len() > 2 && !is_of_a_firm(their_family);
    if family && (is_firm(ours) || !is_firm(theirs)) { Agreement::Family } else { Agreement::None }
}

/// Whether some given name agrees wholly or by its initial.
fn given_agrees(own: (&[&str], &str), payer: (&[&str], &str)) -> bool {
    let is_given = |token: &&&str| **token != own.1;
    payer.0.iter().filter(is_given).any(|theirs| {
        own.0.iter().filter(is_given).any(|own| own == theirs || theirs.len() == 1 && own.starts_with(theirs))
    })
}

/// Whether the payer's name is ours, cut off in its last word (banks cut names).
fn is_cut_in(ours: &[&str], theirs: &[&str]) -> bool {
    let mut cut = theirs.iter().filter(|token| !ours.contains(token));
    let (Some(cut), None) = (cut.next(), cut.next()) else { return false };
    theirs.len() > 1 && cut.len() >= 2 && ours.iter().any(|own| own.starts_with(cut) && !theirs.contains(own))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(owner: &str, payer: &str, expected: Agreement) {
        assert_eq!(Name::new(owner).agreement(&Name::new(payer)), expected, "{owner} / {payer}");
    }

    #[test]
    fn firms_are_known_by_parts_of_words() {
        for part in FIRMS {
            assert!(is_firm(&["meier", &format!("haus{part}en")]) && is_firm(&[part]), "{part}");
            let cut: String = part.chars().skip(2).collect();
            assert!(!is_firm(&[&cut, ""]), "{part}");
        }
        assert!(is_firm(&["e", "v"]) && is_firm(&["kg"]) && !is_firm(&["kgs", "e"]));
    }

    #[test]
    fn names_agree_as_people_write_them() {
        use Agreement::*;
        assert_eq!(
            fold("Müller MUELLER mueller AEE àé Straße – Łódź Zoë"),
            "muller muller muller ae a strasse – lodz zo"
        );
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
            ("Anna Tigges", "WEG-Verwaltung Tigges GmbH", None),
            ("Anna Tigges", "Tigges & Co. KG", None),
            ("Anna Tigges", "Sportverein Tigges e.V.", None),
            ("Tigges Bau GmbH", "Tigges Holz GmbH", Close),
            ("Tigges Bau GmbH", "Meier Holz GmbH", None),
        ] {
            check(owner, payer, expected);
        }
    }
}
