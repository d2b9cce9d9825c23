//! Breaks running text into lines.
//!
//! Must not know pages. Invariant: no line is wider than allowed, and no character is lost: the lines, one after the
//! other, are the text.

use crate::Um;
use crate::font::{Fonts, NO_BREAK};
use crate::model::Run;

/// A part of a line in one typeface.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Piece {
    pub(crate) text: String,
    pub(crate) strong: bool,
    /// Its left edge, from the beginning of the line.
    pub(crate) x: Um,
}

/// A line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Line {
    pub(crate) pieces: Vec<Piece>,
    /// Its width, without blanks at the end.
    pub(crate) width: Um,
}

type Letter = (char, bool);

/// Breaks text into lines at blanks; within a word only if the word is wider than a line.
pub(crate) fn wrap(fonts: &mut Fonts, runs: &[Run], size: Um, width: Um) -> Vec<Line> {
    let letters: Vec<Letter> = runs
        .iter()
        .flat_map(|run| fonts.clean(&run.text).chars().map(|letter| (letter, run.strong)).collect::<Vec<_>>())
        .collect();
    let mut lines: Vec<Vec<Letter>> = vec![Vec::new()];
    let mut taken = 0;
    for word in words(&letters) {
        let own = measure(fonts, word, size);
        if taken > 0 && taken + own > width {
            lines.push(Vec::new());
            taken = 0;
        }
        for letter in word {
            let next = fonts.advance(letter.0, letter.1, size);
            if own > width && taken > 0 && taken + next > width {
                lines.push(Vec::new());
                taken = 0;
            }
            if let Some(line) = lines.last_mut() {
                line.push(*letter);
            }
            taken += next;
        }
    }
    lines.iter().map(|line| pieces(fonts, line, size)).collect()
}

/// The words, each with the blanks after it.
fn words(letters: &[Letter]) -> impl Iterator<Item = &[Letter]> {
    letters.chunk_by(|(one, _), (next, _)| *one != ' ' || *next == ' ')
}

/// The width of a word, without the blanks after it.
fn measure(fonts: &Fonts, word: &[Letter], size: Um) -> Um {
    word.iter().filter(|(letter, _)| *letter != ' ').map(|(letter, strong)| fonts.advance(*letter, *strong, size)).sum()
}

fn pieces(fonts: &Fonts, line: &[Letter], size: Um) -> Line {
    let mut done = Line::default();
    let mut x = 0;
    for same in line.chunk_by(|one, next| one.1 == next.1) {
        let strong = same.first().is_some_and(|letter| letter.1);
        let text: String = same.iter().map(|(letter, _)| if *letter == NO_BREAK { ' ' } else { *letter }).collect();
        let own = fonts.width(&text, strong, size);
        let seen = fonts.width(text.trim_end(), strong, size);
        done.width = x + seen;
        done.pieces.push(Piece { text, strong, x });
        x += own;
    }
    done
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::model::{plain, strong};

    const SIZE: Um = 3_881;

    fn texts(lines: &[Line]) -> Vec<String> {
        lines.iter().map(|line| line.pieces.iter().map(|piece| piece.text.as_str()).collect()).collect()
    }

    #[track_caller]
    fn check(runs: &[Run], width: Um, expected: &[&str]) {
        let mut fonts = Fonts::new().unwrap();
        assert_eq!(texts(&wrap(&mut fonts, runs, SIZE, width)), expected);
    }

    #[test]
    fn lines_are_broken_at_blanks() {
        check(&[plain("Sie müssen nichts tun")], 100_000, &["Sie müssen nichts tun"]);
        check(&[plain("Sie müssen nichts tun")], 25_000, &["Sie müssen ", "nichts tun"]);
        check(&[plain("")], 25_000, &[""]);
        check(&[plain("am "), strong("27.03.2024"), plain(", einmal")], 27_000, &["am 27.03.2024, ", "einmal"]);
        check(&[plain("200,00\u{a0}EUR und")], 24_000, &["200,00 EUR ", "und"]);
    }

    #[test]
    fn a_word_wider_than_a_line_is_broken_within() {
        let digest = "0123456789abcdef0123456789abcdef";
        check(&[plain(digest)], 40_000, &["0123456789abcdef012", "3456789abcdef"]);
    }

    proptest! {
        #[test]
        fn nothing_is_lost_and_no_line_is_too_wide(text in "\\PC{0,200}", width in 8_000_i64..80_000) {
            let mut fonts = Fonts::new().unwrap();
            let lines = wrap(&mut fonts, &[plain(text.clone())], SIZE, width);
            prop_assert_eq!(texts(&lines).concat(), fonts.clean(&text).replace(NO_BREAK, " "));
            // rounding may add a thousandth of a millimetre per letter
            for line in &lines {
                prop_assert!(line.width <= width + 200, "{} of {}", line.width, width);
            }
        }
    }
}
