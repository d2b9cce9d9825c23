//! Lists as municipal systems write them: CSV with `;`, `,` or tab, in the encodings that offices use, German or ISO dates.
//!
//! Knows columns by name and cells by line; what they mean is said elsewhere. Invariant: every complaint names line and
//! column, and nothing is guessed: an amount that can be read in two ways is refused, and so is what a spreadsheet made
//! of a number. A list is held as its text; its rows are made one at a time.

use std::collections::HashMap;

use jiff::civil::Date;
use sepa::Cents;

use super::days::{self, Century};
use super::headers::{self, Headers};
use super::kind::ListKind;
use super::limits::ListLimits;
use super::records::{Fault, Record, Records};
use super::{encoding, notes};

/// A list, read.
#[derive(Debug)]
pub(crate) struct List {
    /// What it is.
    pub(crate) kind: ListKind,
    /// What was passed over.
    pub(crate) warnings: Vec<String>,
    /// The text of its rows, the line that it begins on, and what divides cells.
    text: String,
    line: u64,
    delimiter: char,
    columns: headers::Columns,
    /// Our columns that several of the list's make: the places of these.
    composed: Composed,
    limits: ListLimits,
    /// Lines that cannot be read: the first ones, and how many more.
    faults: Faults,
    /// The business date.
    today: Date,
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

/// Complaints about lines; so many are told one by one.
#[derive(Clone, Debug, Default)]
struct Faults {
    first: Vec<Fault>,
    more: usize,
}

impl Faults {
    const TOLD: usize = 50;

    fn add(&mut self, fault: Fault) {
        if self.first.len() < Faults::TOLD { self.first.push(fault) } else { self.more += 1 }
    }

    /// All of them, each on a line; nothing where there are none.
    fn told(mut self) -> Result<(), String> {
        if self.first.is_empty() {
            return Ok(());
        }
        self.first.sort_by_key(|fault| fault.line);
        let mut told: Vec<String> = self.first.into_iter().map(|fault| fault.text).collect();
        if self.more > 0 {
            told.push(format!("{} more lines are faulty", self.more));
        }
        Err(told.join("\n"))
    }
}

/// Reads a list; lines that are faulty are told by [`List::each`].
///
/// # Errors
/// With line and column, where the list as a whole cannot be read.
pub(crate) fn read(bytes: &[u8], headers: &Headers, limits: ListLimits, today: Date) -> Result<List, String> {
    if bytes.len() as u64 > limits.bytes {
        return Err(format!("a list is not larger than {} bytes (limits.list_bytes)", limits.bytes));
    }
    let text = encoding::decode(bytes)?;
    let text = text.trim_end_matches('\u{1a}');
    let found = headers::find(text, headers);
    let mut records = Records::new(found.text, found.line, found.delimiter, usize::MAX, limits);
    let columns = headers::columns(&mut records, found.line, headers)?;
    let mut warnings = columns.warnings.clone();
    warnings.extend(notes::skipped(&found.above));
    let (rest, line) = records.rest();
    let (places, composed) = places(&columns);
    let mut list = List {
        kind: columns.kind,
        warnings,
        text: rest.to_owned(),
        line,
        delimiter: found.delimiter,
        columns,
        composed,
        limits,
        faults: Faults::default(),
        today,
        places,
    };
    let (mut count, mut faults) = (0_usize, Faults::default());
    let passed = list.walk(|row| {
        match row {
            Ok(_) => count += 1,
            Err(fault) => faults.add(fault),
        }
        count <= limits.rows
    });
    if count > limits.rows {
        return Err(format!("a list has not more than {} rows (limits.list_rows)", limits.rows));
    }
    list.warnings.extend(passed);
    list.faults = faults;
    if count == 0 && list.faults.first.is_empty() {
        return Err(format!("line {}: the list has a header and no row", found.line));
    }
    Ok(list)
}

/// Our columns that several of a list's make, and the places of these.
type Composed = Vec<(&'static str, Vec<usize>)>;

/// The place of each of our columns, and which of them are made of several, behind the list's own.
fn places(columns: &headers::Columns) -> (HashMap<&'static str, usize>, Composed) {
    let (mut places, mut composed) = (HashMap::new(), Vec::new());
    for (column, own) in &columns.places {
        match own.as_slice() {
            [only] => drop(places.insert(*column, *only)),
            several => {
                places.insert(column, columns.names.len() + composed.len());
                composed.push((*column, several.to_vec()));
            }
        }
    }
    (places, composed)
}

/// The references of a file with their lines: the column `kassenzeichen` of a CSV, else each line that is not empty.
pub(crate) fn references(bytes: &[u8], headers: &Headers) -> Vec<(u64, String)> {
    let text = encoding::decode(bytes).unwrap_or_else(|_| encoding::glance(bytes));
    let found = headers::find(&text, headers);
    let mut records = Records::new(found.text, found.line, found.delimiter, usize::MAX, ListLimits::default());
    let column = records
        .next()
        .and_then(Result::ok)
        .and_then(|header| header.cells.iter().position(|cell| headers.name(&headers::fold(cell)) == "kassenzeichen"));
    let cells: Vec<(u64, String)> = match column {
        Some(column) => records
            .filter_map(Result::ok)
            .filter_map(|row| Some((row.line, row.cells.get(column)?.to_string())))
            .collect(),
        None => (1..).zip(text.lines().map(|line| line.trim().to_owned())).collect(),
    };
    cells.into_iter().filter(|(_, cell)| !cell.is_empty()).collect()
}

/// Whether the beginning of a file can be that of one of our lists.
pub(crate) fn looks_like_list(prefix: &[u8], headers: &Headers) -> bool {
    let text = encoding::glance(prefix);
    !text.trim_start().starts_with('<') && headers::find(&text, headers).known >= 2
}

/// Whether a file begins with UTF-16 that is not XML.
pub(crate) fn is_wide_text(prefix: &[u8]) -> bool {
    encoding::is_wide(prefix) && !encoding::glance(prefix).trim_start().starts_with('<')
}

/// The greatest amount that a direct debit takes, in cents (GBIC_5: 999999999.99).
pub(crate) const MOST: i64 = 99_999_999_999;

/// A cell's complaint.
fn complaint(row: &Row, column: &str, why: impl std::fmt::Display) -> String {
    format!("line {}, {column}: {why}", row.line)
}

impl List {
    /// Shows `see` each row, or what is wrong with it, until it has seen enough or too many are faulty; the warnings that
    /// lines were no rows.
    fn walk(&self, mut see: impl FnMut(Result<Row, Fault>) -> bool) -> Vec<String> {
        let width = self.columns.names.len();
        let mut notes = notes::Notes::new(&self.columns);
        let mut faulty = 0;
        for record in Records::new(&self.text, self.line, self.delimiter, width, self.limits) {
            let row = record.and_then(|record| self.row(record, &mut notes));
            let Some(row) = row.transpose() else { continue };
            faulty += usize::from(row.is_err());
            if !see(row) || faulty >= Faults::TOLD {
                break;
            }
        }
        notes.skipped()
    }

    /// What a record is; nothing where it is no row.
    fn row(&self, mut record: Record<'_>, notes: &mut notes::Notes<'_>) -> Result<Option<Row>, Fault> {
        let width = self.columns.names.len();
        while record.cells.len() > width && record.cells.last().is_some_and(|cell| cell.is_empty()) {
            record.cells.pop();
        }
        if record.cells.iter().all(|cell| cell.is_empty()) || notes.is_note(&record) {
            return Ok(None);
        }
        if let Some(fault) = misshapen(&record, &self.columns.names) {
            return Err(fault);
        }
        for (column, places) in &self.composed {
            let parts: Vec<&str> =
                places.iter().filter_map(|place| record.cells.get(*place)).map(AsRef::as_ref).collect();
            record.cells.push(headers::join(column, &parts).into());
        }
        let cells = record.cells.iter().map(AsRef::<str>::as_ref).collect();
        Ok(Some(Row { line: record.line, cells }))
    }

    /// What `read` makes of each row.
    ///
    /// # Errors
    /// All lines that are faulty, up to 50, each on a line of its own.
    pub(crate) fn each<T>(&self, mut read: impl FnMut(&Row) -> Result<T, String>) -> Result<Vec<T>, String> {
        let (mut all, mut faults) = (Vec::new(), self.faults.clone());
        self.walk(|row| {
            // those that have not the shape of a row are among the faults already
            let Ok(row) = row else { return true };
            match read(&row) {
                Ok(one) => all.push(one),
                Err(text) => faults.add(Fault { line: row.line, text }),
            }
            true
        });
        faults.told().map(|()| all)
    }

    #[cfg(test)]
    fn first(&self) -> Row {
        let mut first = None;
        self.walk(|row| {
            first = row.ok();
            first.is_none()
        });
        first.expect("a row")
    }

    /// The cell of a column; empty where the column is not there.
    pub(crate) fn text<'a>(&self, row: &'a Row, column: &str) -> &'a str {
        plain(self.places.get(column).and_then(|place| row.cells.get(*place)).unwrap_or_default())
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

    /// A number of which each digit counts, perhaps missing: no spreadsheet may have rounded it.
    pub(crate) fn opt_reference<'a>(&self, row: &'a Row, column: &str) -> Result<Option<&'a str>, String> {
        let text = self.text(row, column);
        let text = text.strip_prefix('\'').map_or(text, str::trim_start);
        if is_rounded(text) {
            let why = format!(
                "{text:?} is what a spreadsheet made of a number: its digits are lost; make the column text and export anew"
            );
            return Err(self.refuse(row, column, why));
        }
        Ok(Some(text).filter(|text| !text.is_empty()))
    }

    /// A number of which each digit counts.
    pub(crate) fn reference<'a>(&self, row: &'a Row, column: &str) -> Result<&'a str, String> {
        self.opt_reference(row, column)?.ok_or_else(|| self.refuse(row, column, "is empty"))
    }

    /// An amount; nothing is zero.
    pub(crate) fn signed_amount(&self, row: &Row, column: &str) -> Result<i64, String> {
        let text = self.text(row, column);
        if text.is_empty() {
            return Ok(0);
        }
        let amount = Cents::parse_local(text).map_err(|why| complaint(row, column, why))?.get();
        if amount.checked_abs().is_none_or(|amount| amount > MOST) {
            return Err(complaint(
                row,
                column,
                format!("{text:?} is more than 999999999.99, the most that a direct debit takes"),
            ));
        }
        Ok(amount)
    }

    /// An amount that is not below zero; nothing is zero.
    pub(crate) fn amount(&self, row: &Row, column: &str) -> Result<i64, String> {
        let amount = self.signed_amount(row, column)?;
        if amount < 0 {
            return Err(complaint(row, column, format!("{:?} is below zero", self.text(row, column))));
        }
        Ok(amount)
    }

    fn opt_day(&self, row: &Row, column: &str, century: Century) -> Result<Option<Date>, String> {
        let text = self.text(row, column);
        if text.is_empty() {
            return Ok(None);
        }
        days::day(text, self.today, century).map(Some).map_err(|why| complaint(row, column, why))
    }

    /// A due day.
    pub(crate) fn due_day(&self, row: &Row, column: &str) -> Result<Date, String> {
        self.opt_day(row, column, Century::Near)?.ok_or_else(|| complaint(row, column, "is empty"))
    }

    /// A day on which something was done, perhaps missing; it does not lie after today.
    pub(crate) fn opt_past_day(&self, row: &Row, column: &str) -> Result<Option<Date>, String> {
        let day = self.opt_day(row, column, Century::Past)?;
        match day.filter(|day| *day > self.today) {
            Some(day) => Err(complaint(row, column, format!("{day} lies after {}, the business date", self.today))),
            None => Ok(day),
        }
    }

    /// A day on which something was done.
    pub(crate) fn past_day(&self, row: &Row, column: &str) -> Result<Date, String> {
        self.opt_past_day(row, column)?.ok_or_else(|| complaint(row, column, "is empty"))
    }

    /// A complaint of the caller about a cell.
    pub(crate) fn refuse(&self, row: &Row, column: &str, why: impl std::fmt::Display) -> String {
        complaint(row, column, why)
    }
}

/// What is wrong with the shape of a row.
fn misshapen(record: &Record<'_>, names: &[String]) -> Option<Fault> {
    let (line, cells) = (record.line, &record.cells);
    if let Some(place) = cells.iter().position(|cell| cell.contains('\0')) {
        let name = names.get(place).map_or("", String::as_str);
        let text = format!("line {line}, {name}: has a zero byte; save the list as UTF-8 or Windows-1252");
        return Some(Fault { line, text });
    }
    if cells.len() != names.len() {
        return Some(Fault::of(line, format!("has {} cells, the header has {}", cells.len(), names.len())));
    }
    let astray = cells.iter().zip(names).find(|(cell, name)| name.is_empty() && !cell.is_empty());
    astray.map(|(cell, _)| Fault::of(line, format!("{:?} stands in a column without a name", cell.as_ref())))
}

/// A cell's text: a spreadsheet is told `="0815"` where it shall leave a number alone.
fn plain(cell: &str) -> &str {
    let cell = cell.trim();
    let told = cell.strip_prefix("=\"").and_then(|cell| cell.strip_suffix('"'));
    told.map_or(cell, str::trim)
}

/// Whether a spreadsheet wrote it as a power of ten: `4,711E+10`.
fn is_rounded(text: &str) -> bool {
    let Some((mantissa, exponent)) = text.split_once(['E', 'e']) else { return false };
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let (whole, fraction) =
        mantissa.split_once([',', '.']).map_or((mantissa, None), |(whole, rest)| (whole, Some(rest)));
    let power = exponent.strip_prefix('+');
    digits(whole)
        && whole.len() == 1
        && fraction.is_none_or(digits)
        && digits(power.unwrap_or(exponent))
        && (power.is_some() || fraction.is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &str = "kassenzeichen;posten;art;faellig;betrag;schuldner;anschrift;mandat\n";

    fn today() -> Date {
        "2024-03-11".parse().unwrap()
    }

    fn list(text: &str) -> Result<List, String> {
        read(text.as_bytes(), &Headers::default(), ListLimits::default(), today())
    }

    /// Every row's Kassenzeichen and debtor, or what is wrong.
    fn rows(text: &str, headers: &Headers) -> Result<Vec<String>, String> {
        let list = read(text.as_bytes(), headers, ListLimits::default(), today())?;
        let told =
            |row: &Row| format!("{}: {} {}", row.line(), list.text(row, "kassenzeichen"), list.text(row, "schuldner"));
        list.each(|row| Ok(told(row)))
    }

    #[track_caller]
    fn check(text: &str, expected: &str) {
        assert_eq!(rows(text, &Headers::default()).unwrap_err(), expected);
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
    fn all_faulty_lines_are_told_up_to_fifty() {
        let good = "K1;1;S;15.02.24;1,00;Ute;;\n";
        check(
            &format!("{HEADER}{good}1;2;3\n{good}1;\"Ute\" Adler;3\n"),
            "line 3: has 3 cells, the header has 8\nline 5: text stands behind the quotation mark that closes a field; a mark inside of a field is written twice",
        );
        let read = list(&format!("{HEADER}{}", "K1;1;S;x;1,00;Ute;;\n".repeat(60))).unwrap();
        let why = read.each(|row| read.due_day(row, "faellig")).unwrap_err();
        let lines: Vec<&str> = why.lines().collect();
        assert_eq!(
            (lines.len(), lines[49], lines[50]),
            (51, "line 51, faellig: \"x\" is not a date (DD.MM.YYYY or YYYY-MM-DD)", "10 more lines are faulty")
        );
    }

    #[test]
    fn columns_come_in_any_order_and_under_other_names() {
        let renamed = Headers::new([("kassenzeichen".to_owned(), vec!["Vertragsgegenstand".to_owned()])]);
        let text = "Betrag,Posten,Art,Fällig,Vertragsgegenstand,Schuldner,Anschrift,Mandat,Bemerkung\n\"1.234,50\",2023-4,S,15.11.23,K1,Müller,,,x\n";
        let (latin1, _, _) = encoding_rs::WINDOWS_1252.encode(text);
        let list = read(&latin1, &renamed, ListLimits::default(), today()).unwrap();
        let row = &list.first();
        assert_eq!(list.kind, ListKind::OpenItems);
        assert_eq!(
            (list.text(row, "kassenzeichen"), list.amount(row, "betrag"), list.text(row, "schuldner")),
            ("K1", Ok(123_450), "Müller")
        );
        assert_eq!(list.warnings, ["the column \"bemerkung\" is not known and was ignored"]);
    }

    #[test]
    fn an_address_comes_in_several_columns() {
        let headers = Headers::new([("anschrift".to_owned(), ["Straße", "PLZ", "Ort"].map(str::to_owned).to_vec())]);
        let text = "kassenzeichen;posten;art;faellig;betrag;schuldner;Strasse;PLZ;Ort;mandat\nK1;1;S;15.02.24;1,00;Ute;Weg 5;59999;Ort;M1\n";
        let list = read(text.as_bytes(), &headers, ListLimits::default(), today()).unwrap();
        assert_eq!(
            (list.text(&list.first(), "anschrift"), list.text(&list.first(), "mandat")),
            ("Weg 5, 59999 Ort", "M1")
        );
        let lacking = text.replace(";PLZ;", ";Postfach;");
        assert_eq!(
            read(lacking.as_bytes(), &headers, ListLimits::default(), today()).unwrap_err(),
            "line 1, anschrift: it is made of strasse, plz, ort, and not all of them are there"
        );
        // whose list has the column itself needs no others
        let own = format!("{HEADER}K1;1;S;15.02.24;1,00;Ute;Weg 5;\n");
        assert!(read(own.as_bytes(), &headers, ListLimits::default(), today()).is_ok());
    }

    #[test]
    fn titles_blank_lines_and_sums_are_skipped_and_named() {
        let text = format!(
            "sep=;\nOffene Posten;Stand 11.03.2024\n\n{HEADER}K1;1;S;15.02.24;1,00;Ute;;\n;;;;;;;\nZwischensumme;;;;1,00;;;\nK2;1;S;15.02.24;2,00;Kai;;\n--------\n;;;;3,00;;;\nAnzahl: 2\n2 Datensätze\n"
        );
        assert_eq!(rows(&text, &Headers::default()).unwrap(), ["5: K1 Ute", "8: K2 Kai"]);
        let warnings = list(&text).unwrap().warnings;
        let lines: Vec<&str> = warnings.iter().map(|warning| warning.split(" is").next().unwrap()).collect();
        assert_eq!(lines, ["line 2", "line 7", "line 9", "line 10", "line 11", "line 12"]);
    }

    #[test]
    fn what_has_nothing_of_a_row_is_a_note_whatever_it_says() {
        for note in [
            "Gesamtergebnis;;;;3,00;;;",
            ";;S Ergebnis;;3,00;;;",
            "Gesamtbetrag;;;;3,00 EUR;;;",
            ";;;;3,00 €;;;",
            ";;;;3,00;Summe;;",
            "*** Listenende ***;;;;;;;",
            "5 Datensätze gefunden",
            "12345 Sätze;;;;;;;",
            "(5 rows affected)",
            "- 1 -;;;;;;;",
            "Ersteller: ADLER",
            "09.03.2024 17:05:12 Seite 1 von 1;;;;;;;",
        ] {
            let text = format!("{HEADER}K1;1;S;15.02.24;1,00;Ute;;\n{note}\n");
            assert_eq!(rows(&text, &Headers::default()), Ok(vec!["2: K1 Ute".to_owned()]), "{note}");
            assert_eq!(list(&text).unwrap().warnings.len(), 1, "{note}");
        }
    }

    #[test]
    fn what_could_be_a_row_is_never_skipped() {
        for broken in [
            "K2;1",
            ";2024-1;S;15.02.24;2,00;Kai;;",
            "Summe;;;;2,00;Kai;;x",
            "K2",
            "5 0100 1234;;;;;;;",
            ";;;;2,00;Kai;;",
            ";;;;;;Weg 5, 59999 Ort;",
            ";;;15.02.24;2,00;;;",
            ";2024-1;;;2,00;;;",
        ] {
            let read = list(&format!("{HEADER}K1;1;S;15.02.24;1,00;Ute;;\n{broken}\n")).unwrap();
            let rows = read.each(|row| read.reference(row, "kassenzeichen").map(str::to_owned));
            assert!(rows.is_err() || rows.unwrap().len() == 2, "{broken}");
        }
    }

    #[test]
    fn what_a_spreadsheet_made_of_a_number_is_refused() {
        for (text, is) in [
            ("4,711E+10", true),
            ("4.711E10", true),
            ("5E+10", true),
            ("12E45", false),
            ("5.0100.123456.6", false),
            ("E+10", false),
            ("47,11E+10", false),
        ] {
            assert_eq!(is_rounded(text), is, "{text}");
        }
    }

    #[test]
    fn what_tells_a_spreadsheet_to_leave_a_number_alone_is_no_part_of_it() {
        for cell in ["=\"K1.5\"", "\"=\"\"K1.5\"\"\"", "'K1.5", " K1.5 "] {
            let read = list(&format!("{HEADER}{cell};=\"1\";S;15.02.24;1,00;Ute;;'M1\n")).unwrap();
            let row = &read.first();
            let references = (read.reference(row, "kassenzeichen"), read.opt_reference(row, "mandat"));
            assert_eq!(references, (Ok("K1.5"), Ok(Some("M1"))), "{cell}");
            assert_eq!(read.some_text(row, "posten"), Ok("1"), "{cell}");
        }
    }

    #[test]
    fn no_amount_is_beyond_what_a_debit_takes() {
        for (text, fits) in [
            ("999.999.999,99", true),
            ("-999999999,99", true),
            ("1.000.000.000,00", false),
            ("90.000.000.000.000.000,00", false),
        ] {
            let read = list(&format!("{HEADER}K1;1;S;15.02.24;{text};Ute;;\n")).unwrap();
            assert_eq!(read.signed_amount(&read.first(), "betrag").is_ok(), fits, "{text}");
        }
    }

    #[test]
    fn a_list_has_an_end() {
        let limits = ListLimits { bytes: 2_000, rows: 3, columns: 12, cell: 30 };
        let why = |text: &str| match read(text.as_bytes(), &Headers::default(), limits, today()) {
            Ok(list) => list.each(|_| Ok(())).unwrap_err(),
            Err(why) => why,
        };
        let row = "K1;1;S;15.02.24;1,00;Ute;;\n";
        assert!(read(format!("{HEADER}{}", row.repeat(3)).as_bytes(), &Headers::default(), limits, today()).is_ok());
        assert_eq!(why(&format!("{HEADER}{}", row.repeat(4))), "a list has not more than 3 rows (limits.list_rows)");
        assert_eq!(why(&"x".repeat(2_001)), "a list is not larger than 2000 bytes (limits.list_bytes)");
        for many in [";".repeat(1_000), "\"a\";".repeat(300)] {
            let why = why(&format!("{HEADER}{many}\n"));
            assert_eq!(why, "line 2: has more than 12 cells (limits.list_columns)");
            let text = format!("{}{many}\n", HEADER.trim_end());
            let why = read(text.as_bytes(), &Headers::default(), limits, today()).unwrap_err();
            assert_eq!(why, "line 1: has more than 12 cells (limits.list_columns)");
        }
        let long = "x".repeat(31);
        for cell in [long.clone(), format!("\"{long}\"")] {
            let why = why(&format!("{HEADER}K1;1;S;15.02.24;1,00;{cell};;\n"));
            assert_eq!(why, "line 2: a cell is longer than 30 bytes (limits.cell_bytes)");
        }
    }
}
