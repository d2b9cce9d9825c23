//! Whether two names are one person's.
//!
//! Where two people must answer for something, a capital letter or a blank makes nobody another person. Must not know who
//! is registered. Invariant: whoever is told apart here has names that differ in a letter.

use unicode_normalization::UnicodeNormalization;

/// The name without case and blanks, each letter with its marks as one: equal for all spellings of one person.
pub fn key(name: &str) -> String {
    let shown = name.nfkc().filter(|letter| !letter.is_whitespace() && !letter.is_control() && !is_unseen(*letter));
    shown.flat_map(char::to_lowercase).nfkc().collect()
}

/// Whether two names are one person's.
pub fn is_same(one: &str, other: &str) -> bool {
    one == other || key(one) == key(other)
}

/// Characters that nobody sees: joiners, marks of direction, the byte order mark.
fn is_unseen(letter: char) -> bool {
    matches!(letter, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{feff}')
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
        assert!(is_same("ÖZGE", "özge"));
        // the same letters, taken apart, or as wide as Chinese ones
        assert!(
            is_same("Jürgen", "Ju\u{308}rgen") && is_same("JÜRGEN", "ju\u{308}rgen") && is_same("anna", "ａｎｎａ")
        );
        assert!(!is_same("Jürgen", "Jurgen"));
        for other in ["anna becker", "ann abeck1", ""] {
            assert!(!is_same("anna beck", other), "{other:?}");
        }
    }
}
