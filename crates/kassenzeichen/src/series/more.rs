//! Whether what stands beside a reference says that more are meant than the text names.
//!
//! Knows no reference. Invariant: what may be said of the named reference itself (its levies, its instalments) says nothing
//! of others.

/// That a list is longer, or lies elsewhere. Long ones are the beginning of a word.
const LONGER: [&str; 12] =
    ["u.a", "u. a", "etc", "usw", "u.w", "ff", "et al", "liste", "aufstellung", "anlage", "avis", "folgende"];
/// Put before what comes besides.
const BESIDES: [&str; 8] = ["und", "u", "sowie", "plus", "zzgl", "auch", "and", "&"];
/// That it is for somebody.
const FOR: [&str; 5] = ["fuer", "für", "fur", "f", "for"];
/// Beginnings of words for others, or what is theirs.
const OTHERS: [&str; 32] = [
    "mein",
    "unser",
    "ander",
    "alle",
    "zweit",
    "other",
    "more",
    "mutt",
    "mama",
    "mami",
    "vater",
    "vati",
    "papa",
    "eltern",
    "omi",
    "ehefr",
    "ehem",
    "gattin",
    "tochter",
    "töchter",
    "toechter",
    "bruder",
    "brüder",
    "schwester",
    "tante",
    "onkel",
    "nachbar",
    "schwieger",
    "enkel",
    "geschwister",
    "freund",
    "hunde",
];
/// The same, as whole words.
const WHOLE: [&str; 10] = ["frau", "mann", "oma", "opa", "sohn", "my", "hund", "haus", "kind", "kinder"];
/// May stand between.
const ARTICLES: [&str; 11] = ["das", "die", "den", "dem", "der", "ein", "eine", "einer", "nr", "von", "vom"];
/// What has a reference of its own.
const HOUSES: [&str; 8] = ["objekt", "wohnung", "whg", "garage", "grundstück", "grundstueck", "grundst", "immobilie"];
/// Several of these.
const SEVERAL: [&str; 10] = [
    "häuser",
    "haeuser",
    "hauser",
    "objekte",
    "wohnungen",
    "garagen",
    "grundstücke",
    "grundstuecke",
    "immobilien",
    "hunde",
];
/// What a count may stand before, besides.
const COUNTED: [&str; 4] = ["kz", "kassenzeichen", "nummern", "bescheide"];
const NUMBERS: [&str; 9] = ["zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun", "zehn"];
/// »2 KZ« is the shortest count.
const SHORTEST_COUNT: usize = 4;
/// What time is told with: »für IV/23«, »für das Jahr«.
const TIMES: [&str; 22] = [
    "i",
    "ii",
    "iii",
    "iv",
    "q",
    "quartal",
    "quartale",
    "jahr",
    "monat",
    "januar",
    "februar",
    "märz",
    "maerz",
    "april",
    "mai",
    "juni",
    "juli",
    "august",
    "september",
    "oktober",
    "november",
    "dezember",
];

/// Whether the text behind the last reference says so.
pub(super) fn says_more(rest: &str) -> bool {
    let lower = rest.to_lowercase();
    let words = words_of(&lower);
    is_open(&lower)
        || LONGER.iter().any(|word| begins_a_word(&lower, word))
        || is_more(&words)
        || (0..words.len()).any(|at| words.get(at..).is_some_and(names_besides))
}

/// Whether a text that names so many references counts more, or speaks of several where it names one.
pub(super) fn counts_more(text: &str, named: usize) -> bool {
    if text.len() < SHORTEST_COUNT {
        return false;
    }
    let lower = text.to_lowercase();
    let words = words_of(&lower);
    let is_plural = |word: &str| SEVERAL.contains(&word) || named == 1 && word == "hunde";
    let number = |word: &str| {
        let spelt = NUMBERS.iter().position(|number| *number == word).map(|place| place + 2);
        spelt.or_else(|| word.parse().ok().filter(|number| (2..100).contains(number)))
    };
    let counted = |pair: &[&str]| match pair {
        [count, what] if SEVERAL.contains(what) || COUNTED.contains(what) => {
            number(count).is_some_and(|count| count > named)
        }
        _ => false,
    };
    words.windows(2).any(counted) || named == 1 && words.iter().any(|word| is_plural(word))
}

/// Whether it ends where more must come: »301.9,«, »301.9 und«, »301.9 sowie KZ«, »301.9 …«.
fn is_open(lower: &str) -> bool {
    let end = lower.trim_end();
    if end.ends_with("..") || end.ends_with('…') {
        return true;
    }
    let end = ["kassenzeichen", "kz", "nr"].iter().fold(end.trim_end_matches([' ', '.', ':']), |end, word| {
        let before = end.strip_suffix(word).filter(|before| before.ends_with([' ', ',', '+', '/', '&', ';']));
        before.map_or(end, str::trim_end)
    });
    let is_sign = end.ends_with([',', '+', '/', '&', ';']);
    let last = words_of(end).last().copied().unwrap_or_default();
    let is_short = end.chars().filter(|c| c.is_alphanumeric()).count() <= 3;
    is_sign && is_short || last != "&" && BESIDES.contains(&last)
}

/// Words and numbers; a plus and an ampersand are words too.
fn words_of(lower: &str) -> Vec<&str> {
    let pieces = lower.split_inclusive(|c: char| !c.is_alphanumeric());
    let parts = pieces.flat_map(|piece| {
        let sign = piece.char_indices().next_back().filter(|(_, c)| !c.is_alphanumeric());
        let (word, sign) = sign.and_then(|(at, _)| piece.split_at_checked(at)).unwrap_or((piece, ""));
        [word, if matches!(sign, "+" | "&") { "&" } else { "" }]
    });
    parts.filter(|word| !word.is_empty()).collect()
}

/// »3 weitere«, »für uns beide«; not »bis auf weiteres«.
fn is_more(words: &[&str]) -> bool {
    let is_weitere = |at: usize, word: &str| {
        let before = at.checked_sub(1).and_then(|before| words.get(before)).copied();
        word.starts_with("weitere") && before != Some("auf")
    };
    words.iter().enumerate().any(|(at, word)| is_weitere(at, word) || SEVERAL.contains(word))
        || words.windows(2).any(|pair| pair == ["uns", "beide"])
}

/// »und für meine Mutter«, »+ Haus Nordstraße 4«, »u. das zweite Objekt«; not »und Müll«, »und für IV/23«.
fn names_besides(words: &[&str]) -> bool {
    let [first, rest @ ..] = words else { return false };
    let is_number = |word: &str| word.bytes().all(|byte| byte.is_ascii_digit());
    let is_between = |word: &&str| ARTICLES.contains(word) || is_number(word);
    let mut behind = rest.iter().copied().skip_while(is_between);
    let Some(what) = behind.next().filter(|_| BESIDES.contains(first)) else { return false };
    if FOR.contains(&what) {
        return behind
            .find(|word| !ARTICLES.contains(word))
            .is_none_or(|word| !is_number(word) && !TIMES.contains(&word));
    }
    let begins = |beginnings: &[&str]| beginnings.iter().any(|beginning| what.starts_with(beginning));
    // »zzgl. Abgaben Erna Altmann«
    let is_of = |whose: &str| !is_number(whose) && !TIMES.contains(&whose) && !BESIDES.contains(&whose);
    if what == "abgaben" && rest.first() == Some(&what) && behind.next().is_some_and(is_of) {
        return true;
    }
    WHOLE.contains(&what) || begins(&OTHERS) && !what.starts_with("hundest") || begins(&HOUSES)
}

/// Whether `word` stands in the text, beginning where a word begins.
fn begins_a_word(text: &str, word: &str) -> bool {
    text.match_indices(word).any(|(at, _)| {
        let before = text.get(..at).and_then(|before| before.chars().next_back());
        let after = text.get(at + word.len()..).and_then(|after| after.chars().next());
        let ends = word.len() > 5 || after.is_none_or(|c| !c.is_alphanumeric());
        before.is_none_or(|c| !c.is_alphanumeric()) && ends
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_is_said_in_many_ways() {
        for text in [
            " u.a.",
            " usw",
            " laut Liste",
            " s. Anlage",
            ",",
            " +",
            " und",
            " u.",
            " sowie KZ",
            ", KZ",
            " …",
            " ...",
            " ff.",
            " and others",
            " und fuer meine Mutter",
            " u. f. Oma",
            " und Mutter",
            " auch von Mama",
            " fuer uns beide",
            " + Ehefrau Erna",
            " und Hund",
            " und unser zweites Haus",
            " und Haus Nordstr. 4",
            " + Haus Nordstr. 4",
            " u. das Objekt Nordstr. 4",
            " + 1 weitere",
            " und 2 weitere Objekte",
            " beide Häuser",
            " Grundsteuer und mein Bruder",
            " sowie die Wohnung",
            " & Garage 7",
            " zzgl. Haus 9",
            " Grundsteuer zzgl. Abgaben Erna Altmann",
            " und alle anderen",
            " und für",
        ] {
            assert!(says_more(text), "{text}");
        }
    }

    #[test]
    fn what_is_said_of_the_reference_itself() {
        for text in [
            "",
            " Grundsteuer und Müll",
            " Danke und Gruß",
            " Haus Nordstr. 4",
            " 3. und 4. Quartal",
            " und Abwasser",
            " Frau Etcher",
            " Rate 1 und 2",
            " bis auf weiteres",
            " Wasser + Abwasser",
            " beide Raten",
            " Grundsteuer A und B",
            " Grundsteuer und Abgaben",
            " Grundsteuer und Abgaben 2024",
            " Grundsteuer und Abgaben I/24",
            " Abfall u. Straße",
            " und die Hundesteuer",
            " November und Februar",
            " fuer IV/23 und fuer I/24",
            " und für das Jahr 2024",
            " Kassenzeichen",
        ] {
            assert!(!says_more(text), "{text}");
        }
    }

    #[test]
    fn a_count_may_tell_of_more() {
        for (text, named, expected) in [
            ("Grundsteuer 3 Objekte ab KZ 1", 1, true),
            ("3 Objekte KZ 1, 2, 3", 3, false),
            ("drei Häuser 1 2", 2, true),
            ("unsere Häuser 1", 1, true),
            ("Objekte 1 2", 2, false),
            ("Quartal 2 KZ 1", 1, true),
            ("4. Quartal 2023 KZ 1", 1, false),
        ] {
            assert_eq!(counts_more(text, named), expected, "{text}");
        }
    }
}
