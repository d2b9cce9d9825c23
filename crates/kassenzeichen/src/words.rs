//! Words that say what the number beside them is.
//!
//! Must not know numbers. Invariant: words are in the form of [`crate::canonical`].

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
    words.iter().any(|known| known.chars().eq(word.iter().copied()))
}
