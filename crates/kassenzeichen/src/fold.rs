//! Folding single characters: digits of any script, look-alike letters, upper case.
//!
//! Must not know words or schemes. Invariant: folding is idempotent and every folded symbol is a letter or digit.

/// The first digit (zero) of the decimal digits of other scripts that keyboards, forms and copied
/// documents produce; each is followed by its nine fellows (Unicode general category Nd).
const ZEROS: [char; 15] = [
    '\u{0660}',
    '\u{06F0}',
    '\u{07C0}',
    '\u{0966}',
    '\u{09E6}',
    '\u{0A66}',
    '\u{0AE6}',
    '\u{0BE6}',
    '\u{0C66}',
    '\u{0E50}',
    '\u{0F20}',
    '\u{FF10}',
    '\u{1D7CE}',
    '\u{1D7D8}',
    '\u{1D7F6}',
];

/// The canonical form of a reference: its letters and digits as printed, upper-case, separators dropped.
///
/// ```
/// assert_eq!(kassenzeichen::canonical("p 123/45-6"), "P123456");
/// ```
#[must_use]
pub fn canonical(reference: &str) -> String {
    reference.chars().flat_map(symbols).collect()
}

/// The canonical symbols of one character: none for a separator, several where upper case needs them (ß).
pub(crate) fn symbols(c: char) -> impl Iterator<Item = char> {
    let digit = digit(c);
    let letters = (digit.is_none() && c.is_alphanumeric()).then(|| c.to_uppercase().filter(|c| c.is_alphanumeric()));
    digit.into_iter().chain(letters.into_iter().flatten())
}

/// The ASCII digit that a decimal digit of any script stands for.
pub(crate) fn digit(c: char) -> Option<char> {
    if c.is_ascii() {
        return c.is_ascii_digit().then_some(c);
    }
    ZEROS.iter().find_map(|zero| {
        let value = u32::from(c).checked_sub(u32::from(*zero))?;
        char::from_digit(value, 10)
    })
}

/// The digit that a letter or stroke is easily taken for.
pub(crate) const fn look_alike(c: char) -> Option<char> {
    match c {
        'O' | 'o' | 'Q' | 'D' => Some('0'),
        'l' | 'I' | 'i' | '|' | '!' => Some('1'),
        'Z' => Some('2'),
        'S' => Some('5'),
        'G' => Some('6'),
        'B' => Some('8'),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn forms() {
        for (written, wanted) in [
            ("5.0100.123456.4", "501001234564"),
            (" p-12 34\n56 ", "P123456"),
            ("５.０１００.１２３４５６.４", "501001234564"),
            ("\u{0665}\u{1D7F7}", "51"),
            ("Straße 7", "STRASSE7"),
            ("?!| ", ""),
        ] {
            assert_eq!(canonical(written), wanted, "{written}");
        }
    }

    proptest! {
        #[test]
        fn canonical_twice_is_canonical_once(text in any::<String>()) {
            let once = canonical(&text);
            prop_assert_eq!(canonical(&once), once);
        }
    }
}
