//! Words that say what the number beside them is.
//!
//! Must not know numbers. Invariant: words are in the form of [`crate::canonical`].

/// No word of the lists has more bytes.
const LONGEST: usize = 20;

/// A telephone number follows.
const PHONE: [&str; 15] = [
    "TEL",
    "TELEFON",
    "TELEFONNR",
    "TELEFONNUMMER",
    "TELNR",
    "FON",
    "PHONE",
    "HANDY",
    "HANDYNR",
    "MOBIL",
    "MOBILNR",
    "FAX",
    "TELEFAX",
    "RUFNUMMER",
    "RÜCKRUF",
];

/// A number of the sender's own world, or of another office, follows.
const INTRODUCING: [&str; 54] = [
    "RECHNUNG",
    "RECHNUNGSNR",
    "RECHNUNGSNUMMER",
    "RECHNR",
    "RECHN",
    "RNR",
    "RENR",
    "RG",
    "RGNR",
    "RE",
    "KD",
    "KDNR",
    "KUNDE",
    "KUNDEN",
    "KUNDENNR",
    "KUNDENNUMMER",
    "BESCHEID",
    "BESCHEIDNR",
    "BESCHEIDNUMMER",
    "AZ",
    "AKTENZEICHEN",
    "AUFTRAG",
    "AUFTRAGSNR",
    "AUFTRAGSNUMMER",
    "VERTRAG",
    "VERTRAGSNR",
    "VERTRAGSNUMMER",
    "INVOICE",
    "INV",
    "BELEG",
    "BELEGNR",
    "LIEFERSCHEIN",
    "ZÄHLER",
    "ZÄHLERNR",
    "ZÄHLERNUMMER",
    "ZAEHLER",
    "ZAEHLERNR",
    "ZAEHLERNUMMER",
    "VORGANG",
    "VORGANGSNR",
    "KONTONUMMER",
    "KONTONR",
    "KONTO",
    "KTO",
    "BLZ",
    "STEUERNUMMER",
    "STEUERNR",
    "STNR",
    "STEUERID",
    "IDNR",
    "EINHEITSWERT",
    "EWAZ",
    "FINANZAMT",
    "GRUNDBUCH",
];

/// A reference follows: what towns call it.
const REFERENCE: [&str; 19] = [
    "KZ",
    "KASSENZEICHEN",
    "KASSENZ",
    "KASSZ",
    "KASSENZEICH",
    "KASSENNR",
    "BUCHUNGSZEICHEN",
    "BZ",
    "VERTRAGSGEGENSTAND",
    "VG",
    "PERSONENKONTO",
    "PK",
    "FAD",
    "FINANZADRESSE",
    "DEBITOR",
    "DEBITORNUMMER",
    "DEBITORENNUMMER",
    "NR",
    "SVWZ",
];

/// Stands between an introducing word and its number.
const FILLERS: [&str; 6] = ["NR", "NO", "NUMMER", "NUM", "VOM", "V"];

/// An instalment is counted beside it.
const PERIODS: [&str; 9] = ["RATE", "RATEN", "QUARTAL", "QUART", "QRTL", "Q", "VJ", "VIERTELJAHR", "TEILZAHLUNG"];

/// How words for what is paid end: no place has such a name.
const LEVIES: [&str; 14] = [
    "STEUER",
    "STEUERN",
    "ABGABE",
    "ABGABEN",
    "GEBÜHR",
    "GEBÜHREN",
    "GEBUEHR",
    "GEBUEHREN",
    "BEITRAG",
    "BEITRÄGE",
    "PACHT",
    "MIETE",
    "RATE",
    "QUARTAL",
];

/// Countries of the banks that citizens write down: SEPA without NO, which is also "number".
const COUNTRIES: [&str; 34] = [
    "DE", "AT", "CH", "LI", "NL", "BE", "LU", "FR", "IT", "ES", "PT", "PL", "CZ", "SK", "HU", "SI", "HR", "RO", "BG",
    "GR", "CY", "MT", "DK", "SE", "FI", "EE", "LV", "LT", "IE", "GB", "IS", "MC", "SM", "VA",
];

pub(crate) fn is_phone(word: &[char]) -> bool {
    matches!(word.first(), Some('T' | 'F' | 'P' | 'H' | 'M' | 'R')) && contains(&PHONE, word)
}

/// Could these letters, as written, introduce a telephone number? No where they surely do not.
pub(crate) fn may_introduce(word: &[u8]) -> bool {
    let first = word.first().map(u8::to_ascii_uppercase);
    let is_like = |known: &&str| {
        known.len() == word.len()
            && known.bytes().zip(word).all(|(one, other)| one == other.to_ascii_uppercase() || one > 127)
    };
    matches!(first, Some(b'T' | b'F' | b'P' | b'H' | b'M' | b'R')) && PHONE.iter().any(is_like)
}

pub(crate) fn is_introducing(word: &[char]) -> bool {
    contains(&INTRODUCING, word)
}

pub(crate) fn is_reference(word: &[char]) -> bool {
    contains(&REFERENCE, word)
}

pub(crate) fn is_filler(word: &[char]) -> bool {
    contains(&FILLERS, word)
}

pub(crate) fn is_period(word: &[char]) -> bool {
    contains(&PERIODS, word)
}

/// Could a word with this first letter be one beside which instalments are counted?
pub(crate) fn may_count(first: u8) -> bool {
    PERIODS.iter().any(|word| word.bytes().next() == Some(first.to_ascii_uppercase()))
}

pub(crate) fn is_levy(word: &[char]) -> bool {
    LEVIES.iter().any(|levy| {
        let start = word.len().checked_sub(levy.chars().count());
        start.and_then(|start| word.get(start..)).is_some_and(|end| levy.chars().eq(end.iter().copied()))
    })
}

pub(crate) fn is_country(word: &[char]) -> bool {
    contains(&COUNTRIES, word)
}

pub(crate) fn is_currency(word: &[char]) -> bool {
    contains(&["EUR", "EURO"], word)
}

/// Is the word one of these?
pub(crate) fn contains(words: &[&str], word: &[char]) -> bool {
    // Most words begin with another letter than any of a short list.
    let first = word.first().and_then(|first| u8::try_from(*first).ok()).filter(u8::is_ascii);
    let begins = |known: &&str| first.is_none_or(|first| known.as_bytes().first() == Some(&first));
    if !words.iter().any(begins) {
        return false;
    }
    // Once as bytes: most words differ in length already.
    let mut bytes = [0; LONGEST];
    let mut length = 0;
    for c in word {
        let Some(free) = bytes.get_mut(length..length + c.len_utf8()) else { return false };
        length += c.encode_utf8(free).len();
    }
    bytes.get(..length).is_some_and(|word| words.iter().any(|known| known.as_bytes() == word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_list_has_a_longer_word() {
        let lists: [&[&str]; 7] = [&PHONE, &INTRODUCING, &REFERENCE, &FILLERS, &PERIODS, &LEVIES, &COUNTRIES];
        for word in lists.into_iter().flatten() {
            assert!(word.len() <= LONGEST, "{word}");
            assert!(contains(&[word], &word.chars().collect::<Vec<_>>()), "{word}");
        }
        assert!(!contains(&PHONE, &['T'; 30]) && !contains(&PHONE, &['T', 'E']));
    }
}
