//! The characters that every bank in SEPA accepts, and rewriting other text in them.
//!
//! It knows neither names nor references. Invariant: the result has characters of the set only, single blanks, and no
//! blanks at either end.

use unicode_normalization::UnicodeNormalization;

/// Whether a character is in the SEPA set: letters without marks, digits, `/ - ? : ( ) . , ' +` and the blank
/// (EPC217-08, basic Latin character set).
pub(crate) fn is_sepa_character(character: char) -> bool {
    character.is_ascii_alphanumeric()
        || matches!(character, '/' | '-' | '?' | ':' | '(' | ')' | '.' | ',' | '\'' | '+' | ' ')
}

/// The text in the SEPA set: umlauts and ß as two letters (DK Anlage 3), other Latin letters without their marks, `&`
/// as `+`, kindred punctuation, and a blank for everything else. Text of the set stays the same but for blanks.
#[must_use]
pub fn transliterate(text: &str) -> String {
    let mut written = String::with_capacity(text.len());
    for character in text.nfkd() {
        if character == UMLAUT_MARK {
            if written.ends_with(['a', 'o', 'u', 'A', 'O', 'U']) {
                written.push('e');
            }
        } else if is_sepa_character(character) && character != ' ' {
            written.push(character);
        } else if let Some(replacement) = replacement(character) {
            written.push_str(replacement);
        } else if !is_traceless(character) && !written.is_empty() && !written.ends_with(' ') {
            written.push(' ');
        }
    }
    written.truncate(written.trim_end().len());
    written
}

/// The text in the SEPA set and in at most `max_chars` characters, cut from the end.
#[must_use]
pub fn sepa_text(text: &str, max_chars: usize) -> String {
    let mut written = transliterate(text);
    // Of the set means ASCII, so that a character is a byte.
    written.truncate(max_chars);
    written.truncate(written.trim_end().len());
    written
}

/// The diaeresis, which decomposed text carries behind its letter.
const UMLAUT_MARK: char = '\u{0308}';

/// Whether the character is a mark on the letter before it, or takes no place (soft hyphen, zero-width characters):
/// a blank in its stead would tear a word apart.
fn is_traceless(character: char) -> bool {
    unicode_normalization::char::is_combining_mark(character)
        || matches!(character, '\u{00ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}')
}

/// What stands for a character that decomposition leaves outside of the set; `None` if nothing does.
fn replacement(character: char) -> Option<&'static str> {
    latin_letter(character).or_else(|| punctuation(character))
}

/// The Latin letters of DIN 91379, the character set of German authorities, that do not decompose.
fn latin_letter(character: char) -> Option<&'static str> {
    Some(match character {
        'ß' => "ss",
        'ẞ' => "SS",
        'æ' => "ae",
        'Æ' => "Ae",
        'œ' => "oe",
        'Œ' => "Oe",
        'ø' => "o",
        'Ø' => "O",
        'đ' | 'ð' => "d",
        'Đ' | 'Ð' => "D",
        'þ' => "th",
        'Þ' => "Th",
        'ł' => "l",
        'Ł' => "L",
        'ħ' => "h",
        'Ħ' => "H",
        'ı' => "i",
        'ŋ' => "n",
        'Ŋ' => "N",
        'ŧ' => "t",
        'Ŧ' => "T",
        'ə' => "e",
        'Ə' => "E",
        'ǥ' => "g",
        'Ǥ' => "G",
        'ɨ' => "i",
        'Ɨ' => "I",
        'ƶ' => "z",
        'Ƶ' => "Z",
        'ĸ' => "k",
        _ => return None,
    })
}

fn punctuation(character: char) -> Option<&'static str> {
    Some(match character {
        '&' => "+",
        '€' => "EUR",
        '@' => "(at)",
        '‐' | '‑' | '‒' | '–' | '—' | '−' | '_' | '~' => "-",
        '‘' | '’' | '‚' | '′' | '`' | '´' | 'ʼ' | 'ʹ' | 'ʾ' | 'ʿ' | '"' | '“' | '”' | '„' | '«' | '»' | '‹' | '›' => {
            "'"
        }
        '[' | '{' | '<' => "(",
        ']' | '}' | '>' => ")",
        '\\' | '|' | '⁄' => "/",
        ';' => ",",
        '!' | '·' => ".",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check(cases: &[(&str, &str)]) {
        for (text, expected) in cases {
            assert_eq!(transliterate(text), *expected, "of {text:?}");
        }
    }

    #[test]
    fn german_letters_become_two() {
        check(&[
            ("Müller", "Mueller"),
            ("Größe", "Groesse"),
            ("ÄÖÜ ẞ", "AeOeUe SS"),
            ("Mu\u{308}ller", "Mueller"),
            ("O\u{308}zdemir", "Oezdemir"),
        ]);
    }

    #[test]
    fn other_letters_lose_their_marks() {
        check(&[
            ("Şahin Yıldız İnönü", "Sahin Yildiz Inoenue"),
            ("Łukasz Żółć", "Lukasz Zolc"),
            ("Zoë Noël", "Zoe Noel"),
            ("Đorđević", "Dordevic"),
            ("Ångström Ærø Œuvre", "Angstroem Aero Oeuvre"),
            ("Nguyễn Thị", "Nguyen Thi"),
            ("Ștefan Țîrlea", "Stefan Tirlea"),
            ("ﬁn", "fin"),
        ]);
    }

    #[test]
    fn punctuation_becomes_kindred_and_the_rest_blank() {
        check(&[
            ("Stadt & Land", "Stadt + Land"),
            ("5 €", "5 EUR"),
            ("a–b — c_d", "a-b - c-d"),
            ("O’Neill „Bau“", "O'Neill 'Bau'"),
            ("[1] {2}; \\x|", "(1) (2), /x/"),
            ("a@b.de", "a(at)b.de"),
            ("§ 5 #7 *", "5 7"),
            ("½", "1/2"),
            ("Иван", ""),
            ("Stra\u{ad}ße\u{200b}n", "Strassen"),
        ]);
    }

    #[test]
    fn blanks_are_single_and_inside() {
        check(&[("  a \t\r\n b\u{a0}c ", "a b c"), ("", ""), (" ", ""), ("* a", "a")]);
    }

    #[test]
    fn a_cut_leaves_no_blank_at_the_end() {
        for (text, max_chars, expected) in
            [("Müller", 3, "Mue"), ("ab cd", 3, "ab"), ("ab cd", 4, "ab c"), ("ab", 0, ""), ("ab", 70, "ab")]
        {
            assert_eq!(sepa_text(text, max_chars), expected, "of {text:?} in {max_chars}");
        }
    }

    proptest! {
        #[test]
        fn only_the_set_is_written_and_writing_it_again_changes_nothing(text in any::<String>()) {
            let written = transliterate(&text);
            prop_assert!(written.chars().all(is_sepa_character), "{written:?}");
            prop_assert!(!written.contains("  ") && written.trim() == written, "{written:?}");
            prop_assert_eq!(transliterate(&written), written);
        }

        #[test]
        fn a_cut_is_short_enough_and_the_beginning(text in any::<String>(), max_chars in 0_usize..40) {
            let cut = sepa_text(&text, max_chars);
            prop_assert!(cut.chars().count() <= max_chars);
            prop_assert!(transliterate(&text).starts_with(&cut));
        }
    }
}
