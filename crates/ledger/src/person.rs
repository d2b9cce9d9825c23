//! Whether two names are one person's, and what a name may be made of.
//!
//! Where two people must answer for something, a capital letter, a blank or a letter that looks like another makes nobody
//! another person. Must not know who is registered. Invariant: whoever is told apart here has names that differ in a letter
//! which people can see.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::is_nfc;
use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};
use unicode_security::MixedScript;
use unicode_security::confusable_detection::skeleton;

/// The name without case and blanks, each letter with its marks as one: equal for all spellings of one person.
pub fn key(name: &str) -> String {
    let shown = name.nfkc().filter(|letter| !letter.is_whitespace() && !is_unseen(*letter));
    // by way of capital letters: ß and ss, and the two small sigmas, are one letter there
    shown.flat_map(char::to_uppercase).flat_map(char::to_lowercase).nfkc().collect()
}

/// Whether two names are one person's.
pub fn is_same(one: &str, other: &str) -> bool {
    one == other || key(one) == key(other)
}

/// Whether a person who reads them takes two names for one: `anna` with a Cyrillic `а`, `Karl` with a 1.
pub fn looks_like(one: &str, other: &str) -> bool {
    skeleton(&key(one)).eq(skeleton(&key(other)))
}

/// The name as it is written down: each letter with its marks as one (NFC), one blank between words.
pub fn written(name: &str) -> String {
    let name: String = name.nfc().collect();
    name.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Why a text is no person's name, in words; nothing where it may be one.
pub fn fault(name: &str) -> Option<&'static str> {
    if name.chars().any(is_unseen) {
        Some("it has characters that nobody sees")
    } else if name.is_empty() || name.trim() != name {
        Some("blanks are no name")
    } else if !is_nfc(name) {
        Some("its letters are taken apart")
    } else if !name.is_single_script() {
        Some("its letters are of several scripts")
    } else {
        None
    }
}

/// Characters that nobody sees: controls, joiners, marks of direction, the byte order mark, what means nothing.
fn is_unseen(letter: char) -> bool {
    use GeneralCategory::{Control, Format, LineSeparator, ParagraphSeparator, PrivateUse, Surrogate, Unassigned};
    matches!(
        letter.general_category(),
        Control | Format | LineSeparator | ParagraphSeparator | PrivateUse | Surrogate | Unassigned
    ) || is_blank_mark(letter)
}

/// Letters and marks by their category, and nothing on paper: fillers, selectors of variants.
fn is_blank_mark(letter: char) -> bool {
    matches!(
        letter,
        '\u{34f}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}' | '\u{180b}'..='\u{180f}' | '\u{2800}' | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}' | '\u{ffa0}' | '\u{e0100}'..='\u{e01ef}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_and_blanks_make_nobody_another_person() {
        for other in
            ["anna beck", "Anna Beck", "ANNA BECK", " anna  beck ", "annabeck", "Anna\u{a0}Beck", "anna\u{200b}beck"]
        {
            assert!(is_same("anna beck", other), "{other:?}");
        }
        assert!(is_same("ÖZGE", "özge") && is_same("Weiß", "WEISS"));
        // the same letters, taken apart, or as wide as Chinese ones
        assert!(
            is_same("Jürgen", "Ju\u{308}rgen") && is_same("JÜRGEN", "ju\u{308}rgen") && is_same("anna", "ａｎｎａ")
        );
        assert!(!is_same("Jürgen", "Jurgen"));
        for other in ["anna becker", "ann abeck1", ""] {
            assert!(!is_same("anna beck", other), "{other:?}");
        }
    }

    #[test]
    fn names_that_look_alike_are_told() {
        assert!(looks_like("anna", "аnnа") && looks_like("Karl", "kar1") && looks_like("anna", "ANNA"));
        assert!(!looks_like("anna", "hanna") && !looks_like("Jürgen", "Jurgen"));
    }

    #[test]
    fn a_name_is_made_of_what_people_see() {
        for name in ["anna", "Anna Beck", "Dr. Özge Weiß-O'Hara 2", "Ελένη", "王芳", "Нина"] {
            assert_eq!(fault(name), None, "{name:?}");
        }
        for (name, why) in [
            ("anna\u{200b}", "nobody sees"),
            ("an\u{202e}na", "nobody sees"),
            ("an\u{ad}na", "nobody sees"),
            ("anna\u{0}", "nobody sees"),
            ("anna\u{7f}", "nobody sees"),
            ("anna\u{fe0f}", "nobody sees"),
            ("\u{3164}", "nobody sees"),
            ("\u{e000}", "nobody sees"),
            ("Ju\u{308}rgen", "taken apart"),
            ("аnna", "several scripts"),
            ("anna Бек", "several scripts"),
            ("", "blanks"),
            (" anna", "blanks"),
        ] {
            assert!(fault(name).is_some_and(|said| said.contains(why)), "{name:?} {:?}", fault(name));
        }
        assert_eq!(written(" Ju\u{308}rgen \t Beck "), "Jürgen Beck");
    }
}
