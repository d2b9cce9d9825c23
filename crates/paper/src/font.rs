//! The two typefaces that everything is set in, and the width of text in them.
//!
//! Invariant: every character that is placed has a glyph. A character that the typefaces lack is replaced and recorded,
//! never dropped, and never a crash.

use std::collections::BTreeSet;

use skrifa::charmap::Charmap;
use skrifa::raw::TableProvider as _;
use skrifa::{FontRef, GlyphId, MetadataProvider as _};
use unicode_normalization::UnicodeNormalization as _;

use crate::{Error, Um};

/// Liberation Sans 2.1.5, SIL Open Font License 1.1 (`fonts/LICENSE.txt`): same widths as Arial; Latin, Greek and
/// Cyrillic.
static REGULAR: &[u8] = include_bytes!("../fonts/LiberationSans-Regular.ttf");
static BOLD: &[u8] = include_bytes!("../fonts/LiberationSans-Bold.ttf");

/// Printed in place of a character that the typefaces lack.
const INSTEAD: char = '□';

/// One typeface.
pub(crate) struct Face {
    font: FontRef<'static>,
    /// Built once, because it is needed for every letter.
    letters: Charmap<'static>,
    /// Font units per em.
    em: i64,
    pub(crate) embedded: krilla::text::Font,
    /// Glyph and advance of each character below [`COMMON`].
    common: Vec<(u32, i64)>,
}

/// The characters below this one, all of Latin, are most of what is set: they are looked up once.
const COMMON: char = '\u{250}';

impl Face {
    fn read(data: &'static [u8]) -> Result<Face, Error> {
        let broken = |why: &str| Error::Font(why.to_owned());
        let font = FontRef::new(data).map_err(|why| broken(&why.to_string()))?;
        let head = font.head().map_err(|why| broken(&why.to_string()))?;
        let embedded = krilla::text::Font::new(data.into(), 0).ok_or_else(|| broken("cannot be embedded"))?;
        let (em, letters) = (i64::from(head.units_per_em()), font.charmap());
        let mut face = Face { em, letters, font, embedded, common: Vec::new() };
        face.common = ('\0'..COMMON).map(|letter| face.looked_up(letter)).collect();
        Ok(face)
    }

    fn has(&self, letter: char) -> bool {
        self.glyph(letter).0 != GlyphId::NOTDEF.to_u32()
    }

    /// The glyph of a character and its advance in font units.
    pub(crate) fn glyph(&self, letter: char) -> (u32, i64) {
        let common = usize::try_from(u32::from(letter)).ok().and_then(|place| self.common.get(place));
        common.copied().unwrap_or_else(|| self.looked_up(letter))
    }

    fn looked_up(&self, letter: char) -> (u32, i64) {
        let glyph = self.letters.map(letter).unwrap_or(GlyphId::NOTDEF);
        let advance = self.font.hmtx().ok().and_then(|table| table.advance(glyph)).unwrap_or_default();
        (glyph.to_u32(), i64::from(advance))
    }

    /// Font units per em.
    pub(crate) fn em(&self) -> i64 {
        self.em
    }
}

/// Both typefaces, and which characters were replaced.
pub(crate) struct Fonts {
    regular: Face,
    bold: Face,
    missing: BTreeSet<char>,
}

impl Fonts {
    pub(crate) fn new() -> Result<Fonts, Error> {
        Ok(Fonts { regular: Face::read(REGULAR)?, bold: Face::read(BOLD)?, missing: BTreeSet::new() })
    }

    pub(crate) fn face(&self, strong: bool) -> &Face {
        if strong { &self.bold } else { &self.regular }
    }

    /// The characters that were replaced so far.
    pub(crate) fn missing(self) -> BTreeSet<char> {
        self.missing
    }

    /// The width of a character at a size.
    pub(crate) fn advance(&self, letter: char, strong: bool, size: Um) -> Um {
        let face = self.face(strong);
        face.glyph(letter).1 * size / face.em()
    }

    /// The width of a text at a size; rounded once, not letter by letter.
    pub(crate) fn width(&self, text: &str, strong: bool, size: Um) -> Um {
        let face = self.face(strong);
        text.chars().map(|letter| face.glyph(letter).1).sum::<i64>() * size / face.em()
    }

    /// The text as it can be set: letters composed with their marks, white space as blanks, invisible characters left
    /// out, and [`INSTEAD`] for what neither typeface has.
    pub(crate) fn clean(&mut self, text: &str) -> String {
        text.nfc().filter(|letter| !is_invisible(*letter)).map(|letter| self.settable(letter)).collect()
    }

    fn settable(&mut self, letter: char) -> char {
        if letter == NO_BREAK {
            return letter;
        }
        if letter.is_whitespace() || letter.is_control() {
            return ' ';
        }
        // nobody who reads the archive can tell what a private-use character means (ISO 19005-2, 6.2.11.7.2)
        let private = matches!(letter, '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..);
        if !private && self.regular.has(letter) && self.bold.has(letter) {
            return letter;
        }
        self.missing.insert(letter);
        if self.regular.has(INSTEAD) && self.bold.has(INSTEAD) { INSTEAD } else { '?' }
    }
}

/// A blank at which no line is broken.
pub(crate) const NO_BREAK: char = '\u{a0}';

/// Soft hyphens, joiners, direction marks and byte order marks: invisible in print.
fn is_invisible(letter: char) -> bool {
    matches!(letter, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{206f}' | '\u{feff}' | '\u{fe00}'..='\u{fe0f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str, missing: &[char]) {
        let mut fonts = Fonts::new().unwrap();
        assert_eq!(fonts.clean(text), expected);
        assert_eq!(fonts.missing().into_iter().collect::<Vec<_>>(), missing);
    }

    #[test]
    fn every_character_has_a_glyph_or_is_named() {
        check("Jürgen Groß, Łódź, Çelik, Şahin", "Jürgen Groß, Łódź, Çelik, Şahin", &[]);
        check("Mu\u{308}ller", "Müller", &[]);
        check("a\tb\nc\u{200b}d\u{ad}e", "a b cde", &[]);
        check("Γιώργος Жуков ẞ €", "Γιώργος Жуков ẞ €", &[]);
        check("王 \u{e001}😀", "□ □□", &['王', '\u{e001}', '😀']);
        check("", "", &[]);
    }

    #[test]
    fn a_bold_text_is_wider() {
        let fonts = Fonts::new().unwrap();
        let (thin, fat) = (fonts.width("Stadtkasse", false, 3_881), fonts.width("Stadtkasse", true, 3_881));
        assert!(thin > 15_000 && fat > thin, "{thin} {fat}");
    }
}
