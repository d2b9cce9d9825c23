//! The bank's texts with the recognised references marked.
//!
//! Invariant: the pieces of a text, one after the other, are the text as the bank sent it, character by character.

use super::views::{Case, Mark};

/// A text of the bank.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Text {
    /// Its label, in English.
    pub(super) name: &'static str,
    pub(super) pieces: Vec<Piece>,
    pub(super) notes: Vec<Note>,
}

/// A piece of a text.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Piece {
    pub(super) text: String,
    pub(super) is_marked: bool,
}

/// What a marked piece was recognised as.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Note {
    pub(super) written: String,
    /// The spelling, in English.
    pub(super) spelling: &'static str,
    /// The Kassenzeichen that it may mean, the likelier ones first.
    pub(super) names: Vec<String>,
    /// How many more there are.
    pub(super) more: usize,
}

/// The most Kassenzeichen that are named for one piece.
const NAMED: usize = 3;

/// The texts of a case that are not empty; the remittance text in any case.
pub(super) fn texts(case: &Case) -> Vec<Text> {
    let fields = [
        ("Text", "remittance", Some(&case.remittance)),
        ("End-to-end reference", "end_to_end_id", case.end_to_end_id.as_ref()),
        ("Structured reference", "structured_reference", case.structured_reference.as_ref()),
        ("Mandate reference", "mandate_reference", case.mandate_reference.as_ref()),
        ("The bank adds", "additional", case.additional.as_ref()),
        ("Text beside the structured reference", "structured_text", case.structured_text.as_ref()),
        ("Further references", "further_references", case.further_references.as_ref()),
        ("The payer's order", "instruction_id", case.instruction_id.as_ref()),
        ("On behalf of", "ultimate_debtor", case.ultimate_debtor.as_ref()),
    ];
    let told = fields.into_iter().filter_map(|(name, field, text)| Some((name, field, text?)));
    let told = told.filter(|(_, field, text)| *field == "remittance" || !text.is_empty() && *text != "NOTPROVIDED");
    told.map(|(name, field, text)| marked(case, name, field, text)).collect()
}

/// The payer's name, which may contain a reference too.
pub(super) fn payer(case: &Case) -> Option<Text> {
    case.counterparty.as_ref().map(|text| marked(case, "Payer", "counterparty", text))
}

fn marked(case: &Case, name: &'static str, field: &str, text: &str) -> Text {
    let characters: Vec<char> = text.chars().collect();
    let own: Vec<&Mark> = case.found.iter().filter(|mark| mark.field == field).collect();
    let piece = |from: usize, to: usize| -> String { characters.get(from..to).unwrap_or_default().iter().collect() };
    let mut pieces = Vec::new();
    let mut at = 0;
    for (from, to) in joined(&own, characters.len()) {
        pieces.push(Piece { text: piece(at, from), is_marked: false });
        pieces.push(Piece { text: piece(from, to), is_marked: true });
        at = to;
    }
    pieces.push(Piece { text: piece(at, characters.len()), is_marked: false });
    pieces.retain(|piece| !piece.text.is_empty());
    let notes = own.iter().map(|mark| note(case, mark, piece(mark.from, mark.to))).collect();
    Text { name, pieces, notes }
}

/// The marked ranges; marks that touch are joined.
fn joined(marks: &[&Mark], length: usize) -> Vec<(usize, usize)> {
    let mut spans: Vec<(usize, usize)> =
        marks.iter().map(|mark| (mark.from.min(length), mark.to.min(length))).filter(|(from, to)| from < to).collect();
    spans.sort_unstable();
    let mut joined: Vec<(usize, usize)> = Vec::new();
    for (from, to) in spans {
        match joined.last_mut().filter(|last| from < last.1) {
            Some(last) => last.1 = last.1.max(to),
            None => joined.push((from, to)),
        }
    }
    joined
}

fn note(case: &Case, mark: &Mark, written: String) -> Note {
    let rank = |name: &String| case.candidates.iter().position(|one| one.kassenzeichen == *name).unwrap_or(usize::MAX);
    let mut names = mark.kassenzeichen.clone();
    names.sort_by_key(rank);
    let more = names.len().saturating_sub(NAMED);
    names.truncate(NAMED);
    let spelling = match mark.spelling.as_str() {
        "near" => "is nearly",
        "part" => "is a part of",
        "old" => "is an old reference of",
        "unknown" => "is in no list",
        _ => "is",
    };
    Note { written, spelling, names, more }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mark(from: usize, to: usize) -> Mark {
        let (field, spelling) = ("remittance".to_owned(), "clean".to_owned());
        Mark { field, from, to, kassenzeichen: Vec::new(), spelling }
    }

    #[test]
    fn marks_that_touch_are_one_and_none_leaves_the_text() {
        for (marks, expected) in [
            (vec![], vec![]),
            (vec![mark(3, 7), mark(1, 2)], vec![(1, 2), (3, 7)]),
            (vec![mark(1, 5), mark(3, 7), mark(7, 9)], vec![(1, 7), (7, 9)]),
            (vec![mark(5, 99), mark(99, 100), mark(4, 4)], vec![(5, 10)]),
        ] {
            let marks: Vec<&Mark> = marks.iter().collect();
            assert_eq!(joined(&marks, 10), expected);
        }
    }
}
