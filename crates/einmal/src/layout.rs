//! Plain text for a terminal of 80 columns: wrapping words, and underlining parts of a text.
//!
//! Must not know what a text means. Invariant: no line is longer than [`WIDTH`] characters, and nothing of the input is
//! left out.

/// The width that every terminal has.
pub(crate) const WIDTH: usize = 80;

/// `text` after `lead`, its further lines indented below its first; words longer than a line are cut.
pub(crate) fn hanging(lead: &str, text: &str) -> Vec<String> {
    let indent = lead.chars().count();
    let room = WIDTH.saturating_sub(indent).max(1);
    let mut lines = wrapped(text, room);
    if lines.is_empty() {
        lines.push(String::new());
    }
    let first = |place: usize| if place == 0 { lead.to_owned() } else { " ".repeat(indent) };
    lines.iter().enumerate().map(|(place, line)| format!("{}{line}", first(place)).trim_end().to_owned()).collect()
}

fn wrapped(text: &str, room: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut line = String::new();
    let mut length = 0;
    let words = text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty());
    for word in words {
        let mut letters: Vec<char> = word.chars().collect();
        if length > 0 && length + 1 + letters.len() > room {
            lines.push(std::mem::take(&mut line));
            length = 0;
        }
        while letters.len() > room {
            let rest = letters.split_off(room);
            lines.push(letters.into_iter().collect());
            letters = rest;
        }
        if length > 0 {
            line.push(' ');
            length += 1;
        }
        length += letters.len();
        line.extend(letters);
    }
    if !line.is_empty() {
        lines.push(line);
    }
    lines
}

/// A range of a text, in characters, and its label.
pub(crate) struct Underline {
    pub(crate) from: usize,
    pub(crate) to: usize,
    pub(crate) label: String,
}

/// A text exactly as it is, with its own line ends, after `lead`; under each line the underlined ranges.
pub(crate) fn underlined(lead: &str, text: &str, marks: &[Underline]) -> Vec<String> {
    let indent = lead.chars().count();
    let room = WIDTH.saturating_sub(indent).max(1);
    let mut lines = Vec::new();
    let mut start = 0;
    for line in text.split('\n') {
        let letters: Vec<char> = line.chars().filter(|c| *c != '\r').collect();
        let pieces: Vec<&[char]> = if letters.is_empty() { vec![&[]] } else { letters.chunks(room).collect() };
        for piece in pieces {
            let before = if lines.is_empty() { lead.to_owned() } else { " ".repeat(indent) };
            let shown: String = piece.iter().map(|c| if c.is_control() { ' ' } else { *c }).collect();
            lines.push(format!("{before}{shown}").trim_end().to_owned());
            lines.extend(carets(indent, start, piece.len(), marks));
            start += piece.len();
        }
        // skips the line end itself
        start += 1 + line.chars().filter(|c| *c == '\r').count();
    }
    lines
}

/// The underlines for a piece of text that begins at `start`, and the labels of those that end in it.
fn carets(indent: usize, start: usize, length: usize, marks: &[Underline]) -> Vec<String> {
    let here: Vec<&Underline> = marks.iter().filter(|mark| mark.from < start + length && mark.to > start).collect();
    if here.is_empty() {
        return Vec::new();
    }
    let is_in = |place: usize| here.iter().any(|mark| (mark.from..mark.to).contains(&place));
    let row: String = (start..start + length).map(|place| if is_in(place) { '^' } else { ' ' }).collect();
    let row = format!("{}{}", " ".repeat(indent), row.trim_end());
    let ending = here.iter().filter(|mark| mark.to <= start + length && !mark.label.is_empty());
    let mut labels: Vec<&str> = ending.map(|mark| mark.label.as_str()).collect();
    labels.dedup();
    let label = labels.join("; ");
    if label.is_empty() {
        vec![row]
    } else if row.chars().count() + 1 + label.chars().count() <= WIDTH {
        vec![format!("{row} {label}")]
    } else {
        std::iter::once(row).chain(hanging(&" ".repeat(indent), &label)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_hang_under_the_first_and_never_reach_the_edge() {
        let long = "Grundbesitzabgaben ".repeat(9) + &"9".repeat(200);
        let lines = hanging("  why  ", &long);
        assert!(lines.iter().all(|line| line.chars().count() <= WIDTH), "{lines:#?}");
        assert!(lines[0].starts_with("  why  Grund") && lines[1].starts_with("       Grund"), "{lines:#?}");
        assert_eq!(lines.concat().matches('9').count(), 200);
        assert_eq!(hanging("  why  ", ""), ["  why"]);
    }

    #[test]
    fn what_is_recognised_is_underlined_where_it_stands() {
        let mark = |from, to, label: &str| Underline { from, to, label: label.to_owned() };
        assert_eq!(
            underlined("  text  ", "Müll 7.100\n001.2 bitte", &[mark(5, 16, "7.100001.2")]),
            ["  text  Müll 7.100", "             ^^^^^", "        001.2 bitte", "        ^^^^^ 7.100001.2"]
        );
        assert_eq!(underlined("  text  ", "nichts", &[]), ["  text  nichts"]);
        let long = underlined("  text  ", &"x".repeat(140), &[mark(70, 75, "a very long label that has no room here")]);
        assert!(long.iter().all(|line| line.chars().count() <= WIDTH), "{long:#?}");
        assert_eq!(long.iter().flat_map(|line| line.chars()).filter(|c| *c == '^').count(), 5);
    }
}
