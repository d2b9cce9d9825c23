//! CSV by RFC 4180: text to records of cells, with the lines that they stand on.
//!
//! Knows marks and delimiters, not columns. Invariant: a quotation mark that the rules do not allow is a fault of its
//! line: read on with, it would make one person of two. A mark in the midst of a field that has none around it stands for
//! itself.

use std::borrow::Cow;

use super::limits::ListLimits;

const NONE_CLOSES: &str = "a quotation mark opens a field here and none closes it";

/// A line of a list, or several where a field runs over them.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Record<'t> {
    /// The line it begins on, from 1.
    pub(super) line: u64,
    /// Its cells, without blanks around.
    pub(super) cells: Vec<Cow<'t, str>>,
}

/// A line that cannot be read, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) line: u64,
    /// The whole complaint, with its line.
    pub(crate) text: String,
}

impl Fault {
    pub(super) fn of(line: u64, why: impl std::fmt::Display) -> Fault {
        Fault { line, text: format!("line {line}: {why}") }
    }
}

/// Cuts a text into records, one after the other; behind a fault it goes on with the next line.
pub(super) struct Records<'t> {
    rest: &'t str,
    line: u64,
    delimiter: char,
    columns: usize,
    limits: ListLimits,
}

impl<'t> Records<'t> {
    /// `line` is the one that `rest` begins on; `columns` is how many a row has, to see a row inside of a field.
    pub(super) fn new(rest: &'t str, line: u64, delimiter: char, columns: usize, limits: ListLimits) -> Records<'t> {
        Records { rest, line, delimiter, columns, limits }
    }

    /// What is not read yet, and the line it begins on.
    pub(super) fn rest(&self) -> (&'t str, u64) {
        (self.rest, self.line)
    }

    fn read(&mut self) -> Result<Record<'t>, Fault> {
        let (line, (first, behind)) = (self.line, cut_line(self.rest));
        if !first.contains('"') {
            (self.rest, self.line) = (behind, line + 1);
            let most = self.limits.columns.saturating_add(1);
            let cells = first.split(self.delimiter).take(most).map(|cell| cell.trim().into()).collect();
            return self.fit(Record { line, cells });
        }
        let (cells, end) = self.cells().and_then(|(cells, end)| match self.runs_into_a_row(end) || self.swallows_a_row(&cells) {
            true => Err(Fault::of(line, "a quotation mark opens a field here that runs into the next row; close it, or write the mark twice")),
            false => Ok((cells, end)),
        }).inspect_err(|_| (self.rest, self.line) = (behind, line + 1))?;
        let read = self.rest.get(..self.rest.len() - end.len()).unwrap_or_default();
        (self.rest, self.line) = (end, line + breaks(read));
        self.fit(Record { line, cells })
    }

    /// The record, unless it has more or longer cells than a list may have.
    fn fit(&self, record: Record<'t>) -> Result<Record<'t>, Fault> {
        let ListLimits { columns, cell: most, .. } = self.limits;
        if record.cells.len() > columns {
            return Err(Fault::of(record.line, format!("has more than {columns} cells (limits.list_columns)")));
        }
        if record.cells.iter().any(|cell| cell.len() > most) {
            return Err(Fault::of(record.line, format!("a cell is longer than {most} bytes (limits.cell_bytes)")));
        }
        Ok(record)
    }

    /// The cells of a record with quotation marks, and what comes behind it.
    fn cells(&self) -> Result<(Vec<Cow<'t, str>>, &'t str), Fault> {
        let (mut cells, mut rest) = (Vec::new(), self.rest);
        loop {
            let (cell, behind) = match rest.trim_start_matches([' ', '\u{a0}']).strip_prefix('"') {
                Some(inner) => self.quoted(inner)?,
                None => {
                    let end = rest.find([self.delimiter, '\n', '\r']).unwrap_or(rest.len());
                    let (cell, behind) = rest.split_at_checked(end).unwrap_or((rest, ""));
                    (cell.trim().into(), behind)
                }
            };
            cells.push(cell);
            match behind.strip_prefix(self.delimiter) {
                Some(_) if cells.len() > self.limits.columns => return Ok((cells, cut_line(behind).1)),
                Some(more) => rest = more,
                None => return Ok((cells, cut_line(behind).1)),
            }
        }
    }

    /// A field whose opening mark is read, and what comes behind its closing one.
    fn quoted(&self, mut inner: &'t str) -> Result<(Cow<'t, str>, &'t str), Fault> {
        let line_of = |rest: &str| {
            let read = self.rest.get(..self.rest.len().saturating_sub(rest.len())).unwrap_or_default();
            self.line + breaks(read)
        };
        let opened = line_of(inner);
        let mut cell = Cow::Borrowed("");
        loop {
            let Some((before, behind)) = inner.split_once('"') else {
                return Err(Fault::of(opened, NONE_CLOSES));
            };
            cell += before;
            if let Some(more) = behind.strip_prefix('"') {
                cell += "\"";
                inner = more;
                continue;
            }
            let behind = behind.trim_start_matches([' ', '\u{a0}']);
            if behind.is_empty() || behind.starts_with([self.delimiter, '\n', '\r']) {
                let cell = match cell {
                    Cow::Borrowed(cell) => cell.trim().into(),
                    Cow::Owned(cell) => cell.trim().to_owned().into(),
                };
                return Ok((cell, behind));
            }
            if line_of(behind) != opened {
                return Err(Fault::of(opened, NONE_CLOSES));
            }
            let why =
                "text stands behind the quotation mark that closes a field; a mark inside of a field is written twice";
            return Err(Fault::of(opened, why));
        }
    }

    /// Whether a record of several lines, of which `end` is left, has swallowed a row: a line that could be one itself.
    /// A first field of several lines may end on a line with all the others.
    fn runs_into_a_row(&self, end: &str) -> bool {
        let read = self.rest.get(..self.rest.len() - end.len()).unwrap_or_default().trim_end_matches(['\n', '\r']);
        let is_row = |line: &str| line.matches(self.delimiter).count() + 1 >= self.columns;
        let mut lines = read.split(['\n', '\r']);
        let first_has_others = lines.next().is_some_and(|first| first.contains(self.delimiter));
        let mut lines = lines.filter(|line| !line.is_empty()).peekable();
        while let Some(line) = lines.next() {
            if is_row(line) && (first_has_others || lines.peek().is_some()) {
                return true;
            }
        }
        false
    }

    /// Whether a line within a field could be a short row: it is divided as rows are, or begins with a number as they do.
    fn swallows_a_row(&self, cells: &[Cow<'_, str>]) -> bool {
        // an address has commas of its own
        let enough = if self.delimiter == ',' { self.columns.saturating_sub(MAY_LACK).max(DIVIDED) } else { DIVIDED };
        let is_row = |line: &str| {
            let divided = line.matches(self.delimiter).count();
            let first = line.split(self.delimiter).next().unwrap_or_default().trim();
            divided >= enough || divided > 0 && is_number(first)
        };
        let within = cells.iter().filter(|cell| cell.contains(['\n', '\r']));
        within.flat_map(|cell| cell.split(['\n', '\r']).skip(1)).any(is_row)
    }
}

/// Delimiters that a line of an address does not have.
const DIVIDED: usize = 2;

/// Empty cells that spreadsheets drop at the end of a row.
const MAY_LACK: usize = 3;

/// Whether a cell is a number as a Kassenzeichen is: digits, and what divides them, more than a postcode's.
fn is_number(cell: &str) -> bool {
    let digits = cell.bytes().filter(u8::is_ascii_digit).count();
    let divides = |byte: u8| b"./- ".contains(&byte);
    digits > POSTCODE && cell.bytes().all(|byte| byte.is_ascii_digit() || divides(byte))
}

/// Digits of a postcode.
const POSTCODE: usize = 5;

impl<'t> Iterator for Records<'t> {
    type Item = Result<Record<'t>, Fault>;

    fn next(&mut self) -> Option<Self::Item> {
        (!self.rest.is_empty()).then(|| self.read())
    }
}

/// A text's first line, and what comes behind its end.
pub(super) fn cut_line(text: &str) -> (&str, &str) {
    let end = text.find(['\n', '\r']).unwrap_or(text.len());
    let (line, rest) = text.split_at_checked(end).unwrap_or((text, ""));
    let behind = rest.strip_prefix("\r\n").or_else(|| rest.strip_prefix(['\n', '\r']));
    (line, behind.unwrap_or_default())
}

/// How many line ends a text has.
fn breaks(text: &str) -> u64 {
    let lone = |(place, _): &(usize, &str)| !text.get(place + 1..).is_some_and(|behind| behind.starts_with('\n'));
    (text.matches('\n').count() + text.match_indices('\r').filter(lone).count()) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each record as `line: cell|cell`, each fault as it is said.
    fn read(text: &str) -> Vec<String> {
        let told = |read: Result<Record<'_>, Fault>| match read {
            Ok(record) => format!("{}: {}", record.line, record.cells.join("|")),
            Err(fault) => fault.text,
        };
        Records::new(text, 1, ';', 4, ListLimits::default()).map(told).collect()
    }

    #[track_caller]
    fn check(text: &str, expected: &[&str]) {
        assert_eq!(read(text), expected, "{text:?}");
    }

    const BEHIND: &str =
        "text stands behind the quotation mark that closes a field; a mark inside of a field is written twice";
    const INTO: &str =
        "a quotation mark opens a field here that runs into the next row; close it, or write the mark twice";

    #[test]
    fn fields_are_read_as_they_are_meant() {
        check("a; b ;c;d\r\n1;2;3;4", &["1: a|b|c|d", "2: 1|2|3|4"]);
        check("a;\"b;c\";\"d \"\"e\"\"\" ; \"f\"\n", &["1: a|b;c|d \"e\"|f"]);
        check("a;Haus \"Krone\" GmbH;c;d\n", &["1: a|Haus \"Krone\" GmbH|c|d"]);
        check("a\rb\n\nc", &["1: a", "2: b", "3: ", "4: c"]);
        check("1;\"Weg 1\r\n59999 Ort\";3;4\r\n5;6;7;8", &["1: 1|Weg 1\r\n59999 Ort|3|4", "3: 5|6|7|8"]);
        check("\"Weg 1\n59999 Ort\";2;3;4\n5;6;7;8", &["1: Weg 1\n59999 Ort|2|3|4", "3: 5|6|7|8"]);
        check("\"\";\"\"\n", &["1: |"]);
    }

    #[test]
    fn a_mark_that_the_rules_do_not_allow_is_a_fault_of_its_line() {
        check("1;\"Krone;3;4\n5;6;7;8\n", &[&format!("line 1: {NONE_CLOSES}"), "2: 5|6|7|8"]);
        check("1;2;3;\"4\n5;6;7;8\n", &[&format!("line 1: {NONE_CLOSES}"), "2: 5|6|7|8"]);
        check("1;\"Krone\" GmbH;3;4\n5;6;7;8\n", &[&format!("line 1: {BEHIND}"), "2: 5|6|7|8"]);
        check(
            "1;\"Krone;3;4\n5;6;7;8\n9;\"Adler;3;4\n",
            &[&format!("line 1: {NONE_CLOSES}"), "2: 5|6|7|8", &format!("line 3: {NONE_CLOSES}")],
        );
        check(
            "1;\"Krone;3;4\n5;6;7;8\n9;Adler\";3;4\n",
            &[&format!("line 1: {INTO}"), "2: 5|6|7|8", "3: 9|Adler\"|3|4"],
        );
        check("1;2;3;\"4\n5;6;7;8\"\n", &[&format!("line 1: {INTO}"), "2: 5|6|7|8\""]);
        check("1;2;3;\"4\n5;6;7\"\n8;9;10;11\n", &[&format!("line 1: {INTO}"), "2: 5|6|7\"", "3: 8|9|10|11"]);
        check("1;2;3;\"4\n5.0100.1234;6\"\n", &[&format!("line 1: {INTO}"), "2: 5.0100.1234|6\""]);
        check("1;\"Weg 1; Hof\n59999 Ort\";3;4\n", &["1: 1|Weg 1; Hof\n59999 Ort|3|4"]);
        check("1;2;3;\"Weg 1\n59999; Ort\"\n", &["1: 1|2|3|Weg 1\n59999; Ort"]);
        check("\"1;2;3;4\n5\";6;7;8\n", &[&format!("line 1: {INTO}"), "2: 5\"|6|7|8"]);
    }
}
