//! Cells of lists for people, which open in a spreadsheet.
//!
//! Must not know what a list says. Invariant: no cell that comes from outside is a formula to a spreadsheet; a number stays a
//! number.

use std::borrow::Cow;

/// The text of a cell: where a spreadsheet would take it for a formula, with a `'` before it, which makes it text.
pub(crate) fn harmless(text: &str) -> Cow<'_, str> {
    let is_formula = text.starts_with(['=', '+', '-', '@', '\t', '\r', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}']);
    if is_formula && !is_number(text) { format!("'{text}").into() } else { text.into() }
}

/// Whether it is a number with its sign, as amounts are.
fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix(['+', '-']).unwrap_or_default();
    digits.starts_with(|one: char| one.is_ascii_digit())
        && digits.bytes().all(|byte| byte.is_ascii_digit() || b".,".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_formula_becomes_text_and_a_number_stays() {
        for formula in ["=HYPERLINK(\"x\")", "+1+cmd|' /C calc'!A0", "-2+3", "@SUM(1)", "\t=1", "\r=1", "-", "＝1"] {
            assert_eq!(harmless(formula), format!("'{formula}"));
        }
        for plain in ["-12.00", "-1.234,50", "+5", "Müller", "", "5.0100.118204.4", "a=b", "M-1"] {
            assert_eq!(harmless(plain), plain);
        }
    }
}
