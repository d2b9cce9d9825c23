//! Lists as municipal systems write them: CSV with `;`, `,` or tab, UTF-8 or Windows-1252, German or ISO dates.
//!
//! Knows columns by name and cells by line; what they mean is said elsewhere. Invariant: every complaint names line and
//! column, and nothing is guessed: an amount that can be read in two ways is refused.

use std::collections::HashMap;

use jiff::civil::Date;
use sepa::Cents;

/// What a list is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ListKind {
    /// Open items.
    OpenItems,
    /// Mandates.
    Mandates,
    /// Old references.
    Aliases,
}

impl ListKind {
    const ALL: [ListKind; 3] = [ListKind::OpenItems, ListKind::Mandates, ListKind::Aliases];

    /// Columns that must be there.
    fn required(self) -> &'static [&'static str] {
        match self {
            ListKind::OpenItems => {
                &["kassenzeichen", "posten", "art", "faellig", "betrag", "schuldner", "anschrift", "mandat"]
            }
            ListKind::Mandates => &["mandat", "kassenzeichen", "inhaber", "iban", "bic", "unterschrieben", "status"],
            ListKind::Aliases => &["altes_kassenzeichen", "kassenzeichen"],
        }
    }

    /// Columns that may be there.
    fn optional(self) -> &'static [&'static str] {
        match self {
            ListKind::OpenItems => &["gezahlt", "mahngebuehr", "saeumniszuschlag"],
            ListKind::Mandates => &[
                "letzte_nutzung",
                "art",
                "einmalig",
                "alte_iban",
                "alte_mandatsreferenz",
                "glaeubiger_id",
                "alte_glaeubiger_id",
            ],
            ListKind::Aliases => &[],
        }
    }

    fn name(self) -> &'static str {
        match self {
            ListKind::OpenItems => "open items",
            ListKind::Mandates => "mandates",
            ListKind::Aliases => "old references",
        }
    }
}

/// A list, read.
#[derive(Debug)]
pub(crate) struct List {
    /// What it is.
    pub(crate) kind: ListKind,
    /// Its rows in order.
    pub(crate) rows: Vec<Row>,
    /// What was passed over.
    pub(crate) warnings: Vec<String>,
    places: HashMap<&'static str, usize>,
}

/// A row and the line it begins on.
#[derive(Debug)]
pub(crate) struct Row {
    line: u64,
    cells: csv::StringRecord,
}

impl Row {
    /// The line it begins on, from 1.
    pub(crate) fn line(&self) -> u64 {
        self.line
    }
}

/// Reads a list.
///
/// # Errors
/// With line and column.
pub(crate) fn read(bytes: &[u8], headers: &HashMap<String, String>) -> Result<List, String> {
    let text = decode(bytes);
    let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let delimiter = delimiter(first);
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .has_headers(true)
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let header = reader.headers().map_err(|error| csv_error(&error))?.clone();
    let names: Vec<String> =
        header.iter().map(|name| name.to_lowercase()).map(|name| headers.get(&name).cloned().unwrap_or(name)).collect();
    let kind = kind_of(&names)?;
    let (places, warnings) = columns(kind, &names)?;
    let mut rows = Vec::new();
    for record in reader.records() {
        let cells = record.map_err(|error| csv_error(&error))?;
        let line = cells.position().map_or(0, csv::Position::line);
        if let Some(place) = cells.iter().position(|cell| cell.contains('\0')) {
            let name = names.get(place).map_or("", String::as_str);
            return Err(format!("line {line}, {name}: has a zero byte; save the list as UTF-8 or Windows-1252"));
        }
        if cells.iter().any(|cell| !cell.is_empty()) {
            rows.push(Row { line, cells });
        }
    }
    if rows.is_empty() {
        return Err("line 1: the list has a header and no row".to_owned());
    }
    Ok(List { kind, rows, warnings, places })
}

/// The references of a file with their lines: the column `kassenzeichen` of a CSV, else each line that is not empty.
pub(crate) fn references(bytes: &[u8], headers: &HashMap<String, String>) -> Vec<(u64, String)> {
    let text = decode(bytes);
    let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter(first))
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let is_column = |cell: &str| {
        let name = cell.to_lowercase();
        headers.get(&name).map_or(name.as_str(), String::as_str) == "kassenzeichen"
    };
    let column = reader.headers().ok().and_then(|header| header.iter().position(is_column));
    let cells: Vec<(u64, String)> = match column {
        Some(column) => reader
            .records()
            .filter_map(Result::ok)
            .filter_map(|row| Some((row.position()?.line(), row.get(column)?.to_owned())))
            .collect(),
        None => (1..).zip(text.lines().map(|line| line.trim().to_owned())).collect(),
    };
    cells.into_iter().filter(|(_, cell)| !cell.is_empty()).collect()
}

/// Whether the first line of a text can be a header of one of our lists.
pub(crate) fn looks_like_list(bytes: &[u8], headers: &HashMap<String, String>) -> bool {
    let text = decode(bytes);
    let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let own = |cell: &str| {
        let name = cell.trim().trim_matches('"').to_lowercase();
        let name = headers.get(&name).cloned().unwrap_or(name);
        ListKind::ALL.iter().any(|kind| kind.required().contains(&name.as_str()))
    };
    first.split([';', ',', '\t']).filter(|cell| own(cell)).count() >= 2
}

fn decode(bytes: &[u8]) -> std::borrow::Cow<'_, str> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    match std::str::from_utf8(bytes) {
        Ok(text) => text.into(),
        Err(_) => encoding_rs::WINDOWS_1252.decode_without_bom_handling(bytes).0,
    }
}

fn delimiter(header: &str) -> u8 {
    let count = |delimiter: u8| header.bytes().filter(|byte| *byte == delimiter).count();
    [b';', b'\t', b','].into_iter().rev().max_by_key(|delimiter| count(*delimiter)).unwrap_or(b';')
}

fn kind_of(names: &[String]) -> Result<ListKind, String> {
    let has = |name: &str| names.iter().any(|own| own == name);
    match (has("posten") || has("betrag"), has("iban") || has("inhaber"), has("altes_kassenzeichen")) {
        (true, false, false) => Ok(ListKind::OpenItems),
        (false, true, false) => Ok(ListKind::Mandates),
        (false, false, true) => Ok(ListKind::Aliases),
        _ => {
            let expected: Vec<String> =
                ListKind::ALL.iter().map(|kind| format!("{} ({})", kind.required().join(";"), kind.name())).collect();
            Err(format!("line 1: the header {:?} is none of {}", names.join(";"), expected.join(", ")))
        }
    }
}

type Columns = (HashMap<&'static str, usize>, Vec<String>);

fn columns(kind: ListKind, names: &[String]) -> Result<Columns, String> {
    let mut places = HashMap::new();
    let mut warnings = Vec::new();
    for (place, name) in names.iter().enumerate() {
        let known = kind.required().iter().chain(kind.optional()).find(|known| *known == name);
        match known {
            Some(known) => {
                if places.insert(*known, place).is_some() {
                    return Err(format!("line 1, {known}: the column is there twice"));
                }
            }
            None => warnings.push(format!("the column {name:?} is not known and was ignored")),
        }
    }
    let missing: Vec<&str> = kind.required().iter().filter(|name| !places.contains_key(*name)).copied().collect();
    if missing.is_empty() {
        Ok((places, warnings))
    } else {
        Err(format!("line 1: the header of a list of {} lacks {}", kind.name(), missing.join(", ")))
    }
}

fn csv_error(error: &csv::Error) -> String {
    let line = error.position().map_or(1, csv::Position::line);
    match error.kind() {
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
            format!("line {line}: has {len} cells, the header has {expected_len}")
        }
        _ => format!("line {line}: {error}"),
    }
}

/// A cell's complaint.
fn complaint(row: &Row, column: &str, why: impl std::fmt::Display) -> String {
    format!("line {}, {column}: {why}", row.line)
}

impl List {
    /// The cell of a column; empty where the column is not there.
    pub(crate) fn text<'a>(&self, row: &'a Row, column: &str) -> &'a str {
        self.places.get(column).and_then(|place| row.cells.get(*place)).unwrap_or_default().trim()
    }

    /// A cell that must not be empty.
    pub(crate) fn some_text<'a>(&self, row: &'a Row, column: &str) -> Result<&'a str, String> {
        let text = self.text(row, column);
        if text.is_empty() { Err(self.refuse(row, column, "is empty")) } else { Ok(text) }
    }

    /// A cell that may be empty.
    pub(crate) fn opt_text(&self, row: &Row, column: &str) -> Option<String> {
        Some(self.text(row, column)).filter(|text| !text.is_empty()).map(str::to_owned)
    }

    /// An amount that is not below zero; nothing is zero.
    pub(crate) fn amount(&self, row: &Row, column: &str) -> Result<i64, String> {
        let text = self.text(row, column);
        if text.is_empty() {
            return Ok(0);
        }
        let amount = Cents::parse_local(text).map_err(|why| complaint(row, column, why))?;
        if amount.is_negative() {
            return Err(complaint(row, column, format!("{text:?} is below zero")));
        }
        Ok(amount.get())
    }

    /// A day that may be missing.
    pub(crate) fn opt_day(&self, row: &Row, column: &str) -> Result<Option<Date>, String> {
        let text = self.text(row, column);
        if text.is_empty() {
            return Ok(None);
        }
        day(text)
            .map(Some)
            .ok_or_else(|| complaint(row, column, format!("{text:?} is not a date (DD.MM.YYYY or YYYY-MM-DD)")))
    }

    /// A day that must be there.
    pub(crate) fn day(&self, row: &Row, column: &str) -> Result<Date, String> {
        self.opt_day(row, column)?.ok_or_else(|| complaint(row, column, "is empty"))
    }

    /// A complaint of the caller about a cell.
    pub(crate) fn refuse(&self, row: &Row, column: &str, why: impl std::fmt::Display) -> String {
        complaint(row, column, why)
    }
}

/// `15.11.2023`, `15.11.23`, `2023-11-15`; two digits of a year are of this century.
fn day(text: &str) -> Option<Date> {
    if let Ok(day) = text.parse::<Date>() {
        return (text.len() == 10).then_some(day);
    }
    let mut parts = text.split('.').map(|part| (part.len(), part.parse::<i16>()));
    let ((_, Ok(day)), (_, Ok(month)), (length, Ok(year)), None) =
        (parts.next()?, parts.next()?, parts.next()?, parts.next())
    else {
        return None;
    };
    let year = match length {
        2 => 2000 + year,
        4 => year,
        _ => return None,
    };
    Date::new(year, month.try_into().ok()?, day.try_into().ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &str = "kassenzeichen;posten;art;faellig;betrag;schuldner;anschrift;mandat\n";

    #[track_caller]
    fn check(text: &str, expected: &str) {
        assert_eq!(read(text.as_bytes(), &HashMap::new()).unwrap_err(), expected);
    }

    #[test]
    fn a_wrong_list_is_refused_with_line_and_column() {
        check(
            "a;b\n1;2\n",
            "line 1: the header \"a;b\" is none of kassenzeichen;posten;art;faellig;betrag;schuldner;anschrift;mandat (open items), mandat;kassenzeichen;inhaber;iban;bic;unterschrieben;status (mandates), altes_kassenzeichen;kassenzeichen (old references)",
        );
        check(
            "kassenzeichen;posten;betrag\n1;2;3\n",
            "line 1: the header of a list of open items lacks art, faellig, schuldner, anschrift, mandat",
        );
        check(&format!("{HEADER}1;2;3\n"), "line 2: has 3 cells, the header has 8");
        check(HEADER, "line 1: the list has a header and no row");
    }

    #[test]
    fn days_are_read_as_people_write_them() {
        for (text, expected) in [
            ("15.11.2023", Some("2023-11-15")),
            ("5.1.24", Some("2024-01-05")),
            ("2023-11-15", Some("2023-11-15")),
            ("31.02.2024", None),
            ("15/11/2023", None),
            ("15.11.023", None),
            ("", None),
        ] {
            assert_eq!(day(text).map(|day| day.to_string()).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn columns_come_in_any_order_and_under_other_names() {
        let renamed = HashMap::from([("vertragsgegenstand".to_owned(), "kassenzeichen".to_owned())]);
        let text = "Betrag,Posten,Art,Faellig,Vertragsgegenstand,Schuldner,Anschrift,Mandat,Bemerkung\n\"1.234,50\",2023-4,S,15.11.23,K1,Müller,,,x\n";
        let (latin1, _, _) = encoding_rs::WINDOWS_1252.encode(text);
        let list = read(&latin1, &renamed).unwrap();
        let row = &list.rows[0];
        assert_eq!(list.kind, ListKind::OpenItems);
        assert_eq!(
            (list.text(row, "kassenzeichen"), list.amount(row, "betrag"), list.text(row, "schuldner")),
            ("K1", Ok(123_450), "Müller")
        );
        assert_eq!(list.warnings, ["the column \"bemerkung\" is not known and was ignored"]);
    }
}
