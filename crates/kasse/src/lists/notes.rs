//! Lines of a list that are no rows: titles above, sums and remarks among and below.
//!
//! Invariant: what could be a row is never passed over: a note names itself as one, or has nothing of a row but amounts and a
//! text that is no number; and in no case what makes a row one.

use super::headers::{Columns, fold};
use super::records::Record;

/// How a sum or a remark begins, folded.
const BEGINNINGS: [&str; 25] = [
    "summe",
    "summen",
    "gesamt",
    "gesamtsumme",
    "endsumme",
    "zwischensumme",
    "teilsumme",
    "uebertrag",
    "total",
    "sum",
    "anzahl",
    "saldo",
    "ende",
    "erstellt",
    "erzeugt",
    "gedruckt",
    "druckdatum",
    "stand",
    "seite",
    "auswertung",
    "datensaetze",
    "zeilen",
    "positionen",
    "hinweis",
    "bearbeiter",
];

/// Notes that are told one by one, and letters of each.
const TOLD: usize = 5;
const LETTERS: usize = 60;

/// Finds the notes among a list's lines.
pub(super) struct Notes<'c> {
    /// The list's columns.
    columns: &'c Columns,
    /// The first notes: line, and how what it holds begins.
    found: Vec<(u64, String)>,
    /// How many more there are.
    more: usize,
}

impl<'c> Notes<'c> {
    pub(super) fn new(columns: &'c Columns) -> Notes<'c> {
        Notes { columns, found: Vec::new(), more: 0 }
    }

    /// Whether a line is a note; it is remembered.
    pub(super) fn is_note(&mut self, record: &Record<'_>) -> bool {
        let is_header = record.cells.len() == self.columns.names.len()
            && record.cells.iter().zip(&self.columns.names).all(|(cell, name)| fold(cell) == *name);
        let is_note = is_header || self.says_so(record) || self.has_nothing_of_a_row(record);
        if is_note && self.found.len() >= TOLD {
            self.more += 1;
        } else if is_note {
            let filled = record.cells.iter().filter(|cell| !cell.is_empty()).map(AsRef::as_ref);
            self.found.push((record.line, filled.collect::<Vec<&str>>().join(" ")));
        }
        is_note
    }

    /// Whether a line begins like a sum or a remark, or has amounts alone, and lacks what makes a row one.
    fn says_so(&self, record: &Record<'_>) -> bool {
        let filled = || (0..).zip(&record.cells).filter(|(_, cell)| !cell.is_empty());
        let Some((first, text)) = filled().next() else { return false };
        let is_whole = record.cells.len() == self.columns.names.len();
        let is_one_of = |place: usize, names: &[&str]| {
            names.iter().filter_map(|name| self.columns.places.get(name)).any(|own| own.contains(&place))
        };
        let has_key = filled().any(|(place, _)| place != first && is_one_of(place, self.columns.kind.keys()));
        let only_amounts = || is_whole && filled().all(|(place, cell)| is_one_of(place, &AMOUNTS) && is_figure(cell));
        !(is_whole && has_key) && (begins_like_a_note(text) || only_amounts())
    }

    /// Whether a line has at most one of the cells by which a row is known, and no text that could be a number of the town's.
    /// One of fewer cells than the header has holds a single text.
    fn has_nothing_of_a_row(&self, record: &Record<'_>) -> bool {
        let filled = || record.cells.iter().enumerate().filter(|(_, cell)| !cell.is_empty());
        if record.cells.len() != self.columns.names.len() {
            return filled().count() == 1 && filled().all(|(_, cell)| !could_be_number(cell));
        }
        let telling = self.columns.kind.telling();
        let column =
            |place: usize| self.columns.places.iter().find(|(_, own)| own.contains(&place)).map(|(name, _)| *name);
        let mut told = 0;
        let is_fit = filled().all(|(place, cell)| match column(place) {
            Some(name) if AMOUNTS.contains(&name) => is_figure(cell),
            Some(name) if telling.contains(&name) => {
                told += 1;
                let holds_a_name = ["schuldner", "inhaber"].contains(&name);
                if holds_a_name { begins_like_a_note(cell) } else { !could_be_number(cell) }
            }
            Some(name) => name == "art" && !could_be_number(cell),
            None => !could_be_number(cell),
        });
        is_fit && told <= 1
    }

    /// The warnings that lines were no rows.
    pub(super) fn skipped(&self) -> Vec<String> {
        told(self.found.iter().map(|(line, text)| (*line, text.as_str())), self.more)
    }
}

/// The columns of amounts.
const AMOUNTS: [&str; 4] = ["betrag", "gezahlt", "mahngebuehr", "saeumniszuschlag"];

fn is_figure(cell: &str) -> bool {
    let cell = cell.trim_end_matches(['€', 'E', 'U', 'R', ' ', '\u{a0}']);
    cell.bytes().all(|byte| byte.is_ascii_digit() || b"., -+".contains(&byte))
}

/// Whether a text could be a Kassenzeichen, a mandate or another number: a word with digits, or several digits and no word of
/// a language.
fn could_be_number(text: &str) -> bool {
    const DIGITS: usize = 4;
    const LETTERS: usize = 3;
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let small = |word: &str| word.chars().count() >= LETTERS && word.chars().skip(1).all(char::is_lowercase);
    let has_words = || text.split(|sign: char| !sign.is_alphabetic()).any(small);
    digits > 0 && !text.contains(char::is_whitespace) || digits >= DIGITS && !has_words()
}

/// `Summe`, `123 Datensätze`, or a line of dashes.
fn begins_like_a_note(text: &str) -> bool {
    let folded = fold(text);
    let mut words = folded.split('_');
    let known = |word: &str| BEGINNINGS.contains(&word);
    match words.next().unwrap_or_default() {
        "" => true,
        number if number.bytes().all(|byte| byte.is_ascii_digit()) => {
            words.next().is_some_and(known) && words.next().is_none()
        }
        word => known(word),
    }
}

/// The warnings that lines were no rows.
pub(super) fn skipped(lines: &[(u64, &str)]) -> Vec<String> {
    told(lines.iter().copied().take(TOLD), lines.len().saturating_sub(TOLD))
}

fn told<'t>(lines: impl Iterator<Item = (u64, &'t str)>, more: usize) -> Vec<String> {
    let told = lines.map(|(line, text)| {
        let text: String = text.trim().chars().take(LETTERS).collect();
        format!("line {line} is no row and was skipped: {text:?}")
    });
    let mut told: Vec<String> = told.collect();
    if more > 0 {
        told.push(format!("{more} more lines are no rows and were skipped"));
    }
    told
}
