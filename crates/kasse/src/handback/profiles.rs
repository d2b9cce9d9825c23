//! How the bank's lines are written for a finance system: camt.053, or a table by a profile that is kept as data.
//!
//! Must not know what a line means. Invariants: a profile says all of a layout, and none of it stands in the program; what
//! a profile cannot mean is refused with its line before anything is read; text is never a formula.

use std::path::Path;

use encoding_rs::{UTF_8, WINDOWS_1252};
use jiff::civil::Date;
use sepa::Cents;
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::base::cells::harmless;
use crate::handback::camt053::camt053;
use crate::handback::posted_lines::{PostedLine, PostedLines, PostedPart, PostedStatement, numbered, whole};
use crate::handback::workbook::{Cell, workbook};
use crate::{Error, Kasse, Result};

/// The profiles that come with the program: name and text.
pub const PROFILES: [(&str, &str); 3] = [
    ("csv", include_str!("../../profiles/csv.toml")),
    ("jsonl", include_str!("../../profiles/jsonl.toml")),
    ("xlsx", include_str!("../../profiles/xlsx.toml")),
];

/// The names of the layouts that are no tables: the bank's entries in parts, and each part as an entry.
const CAMT053: [&str; 2] = ["camt053", "camt053-single"];

/// How a table is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Format {
    Csv,
    Jsonl,
    Xlsx,
}

/// The characters of a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
enum Encoding {
    #[default]
    #[serde(rename = "utf-8")]
    Utf8,
    #[serde(rename = "windows-1252")]
    Windows1252,
}

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Field {
    /// Unique for ever.
    Number,
    /// The number of the export.
    Export,
    /// `new`, `reversal` or `correction`.
    Change,
    /// The line that it replaces.
    Replaces,
    /// The export that told that line.
    ReplacesExport,
    /// The bank's line that it is a part of.
    Line,
    Account,
    Booked,
    Valued,
    /// With its sign.
    Amount,
    /// Without its sign.
    Absolute,
    /// What the profile calls money that came in, and money that went out.
    Sign,
    Kassenzeichen,
    Posten,
    Levy,
    Due,
    Decided,
    Party,
    PartyIban,
    /// The bank's text in one line.
    Text,
    /// The same behind Kassenzeichen and Posten.
    DecidedText,
    BankReference,
    EndToEndId,
    Mandate,
    ReturnReason,
}

/// One column: a field, or always the same text.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Column {
    heading: String,
    field: Option<Field>,
    text: Option<String>,
    /// At most so many characters.
    most: Option<usize>,
}

/// A layout as data.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Profile {
    /// What it is for.
    #[expect(dead_code, reason = "it is for whoever reads the profile")]
    title: String,
    /// Where its layout is described.
    #[expect(dead_code, reason = "it is for whoever reads the profile")]
    source: Option<String>,
    format: Format,
    #[serde(default)]
    encoding: Encoding,
    #[serde(default = "semicolon")]
    separator: char,
    /// Whether every cell stands in quotation marks, and not only those that need them.
    #[serde(default)]
    quoted: bool,
    /// Whether the first line has the headings.
    #[serde(default = "yes")]
    header: bool,
    /// Whether spreadsheets open it: then no cell begins like a formula.
    #[serde(default = "yes")]
    spreadsheet: bool,
    /// Between euros and cents.
    #[serde(default = "comma")]
    decimal: String,
    /// How a day is written, as `strftime` says it.
    #[serde(default = "day")]
    date: String,
    /// For `sign`: what came in, and what went out.
    #[serde(default = "signs")]
    signs: [String; 2],
    column: Vec<Column>,
}

fn semicolon() -> char {
    ';'
}

fn yes() -> bool {
    true
}

fn comma() -> String {
    ",".to_owned()
}

fn day() -> String {
    "%d.%m.%Y".to_owned()
}

fn signs() -> [String; 2] {
    ["H", "S"].map(str::to_owned)
}

/// How the lines are written.
#[derive(Clone, Debug)]
pub struct Layout(Kind);

#[derive(Clone, Debug)]
enum Kind {
    /// Whether each part is an entry of its own.
    Camt053(bool),
    Table(Box<Profile>),
}

impl Layout {
    /// The layout of this name, or of a profile in a file that ends with `.toml`.
    ///
    /// # Errors
    /// [`Error::File`] with line and key for a profile that cannot be meant, [`Error::Unknown`] for a name that is none.
    pub fn of(name: &str) -> Result<Layout> {
        if let Some(place) = CAMT053.iter().position(|own| *own == name) {
            return Ok(Layout(Kind::Camt053(place > 0)));
        }
        let own = PROFILES.iter().find(|(own, _)| *own == name).map(|(_, text)| (*text).to_owned());
        let text = match own {
            Some(text) => text,
            None if name.ends_with(".toml") => {
                std::fs::read_to_string(name).map_err(|error| Error::io(Path::new(name), error))?
            }
            None => {
                let known: Vec<&str> = CAMT053.into_iter().chain(PROFILES.iter().map(|(own, _)| *own)).collect();
                let known = known.join(", ");
                return Err(Error::Unknown(format!(
                    "there is no profile {name:?}: name {known} or a file that ends with .toml"
                )));
            }
        };
        Ok(Layout(Kind::Table(Box::new(parse(&text).map_err(|why| Error::file(name, why))?))))
    }

    /// Whether it can be printed on a terminal.
    pub fn is_text(&self) -> bool {
        !matches!(&self.0, Kind::Table(profile) if profile.format == Format::Xlsx)
    }
}

/// A profile from its text; in words what is wrong with it, with the line.
fn parse(text: &str) -> std::result::Result<Profile, String> {
    let profile: Profile = toml::from_str(text).map_err(|error| error.to_string().trim_end().to_owned())?;
    if profile.column.is_empty() {
        return Err("it has no [[column]]".to_owned());
    }
    for column in &profile.column {
        if column.field.is_some() == column.text.is_some() {
            let heading = &column.heading;
            return Err(format!("the column {heading:?} needs either field or text"));
        }
    }
    if profile.format == Format::Csv && !(profile.separator.is_ascii() && profile.separator != '"') {
        return Err(format!("separator: {:?} cannot separate cells", profile.separator));
    }
    jiff::fmt::strtime::format(&profile.date, Date::constant(2024, 3, 1)).map_err(|error| format!("date: {error}"))?;
    Ok(profile)
}

/// A file for the finance system.
#[derive(Clone, Debug, PartialEq)]
pub struct ProfileFile {
    /// Its bytes; `None` where there is nothing to tell.
    pub bytes: Option<Vec<u8>>,
    /// What was left out, and why.
    pub remarks: Vec<String>,
}

/// The lines of the export of a number, or all as they stand now, in a layout.
///
/// # Errors
/// [`Error::Unknown`] for a number that was not given; [`Error::Refused`] for a text that the encoding cannot write.
pub async fn posted_file(kasse: &Kasse, layout: &Layout, number: Option<i64>) -> Result<ProfileFile> {
    let posted = match number {
        Some(number) => numbered(kasse, number).await?,
        None => whole(kasse).await?,
    };
    let bytes = match &layout.0 {
        Kind::Camt053(single) => camt053(&posted, *single)?,
        Kind::Table(profile) => Some(table(profile, &posted)?),
    };
    Ok(ProfileFile { bytes, remarks: posted.remarks })
}

fn table(profile: &Profile, posted: &PostedLines) -> Result<Vec<u8>> {
    let each = posted.statements.iter().flat_map(|statement| {
        statement.lines.iter().flat_map(move |line| line.parts.iter().map(move |part| (statement, line, part)))
    });
    let rows = each.map(|(statement, line, part)| {
        let of = |column: &Column| cell(column, (posted, statement, line, part));
        profile.column.iter().map(of).collect::<Vec<Cell>>()
    });
    match profile.format {
        Format::Csv => csv(profile, rows),
        Format::Jsonl => Ok(jsonl(profile, rows)),
        Format::Xlsx => {
            let headings: Vec<&str> = profile.column.iter().map(|column| column.heading.as_str()).collect();
            workbook(&headings, rows, |day| written_day(profile, day))
        }
    }
}

/// The content of a column for a part.
fn cell(
    column: &Column,
    (posted, statement, line, part): (&PostedLines, &PostedStatement, &PostedLine, &PostedPart),
) -> Cell {
    let Some(field) = column.field else { return Cell::text(column.text.clone()) };
    let (amount, booking) = (Cents::new(part.part.amount), &part.booking);
    let value = match field {
        Field::Number => Cell::text(Some(part.number.clone())),
        Field::Export => Cell::text(Some(posted.number).filter(|number| *number > 0).map(|number| number.to_string())),
        Field::Change => Cell::text(Some(line.change.word().to_owned())),
        Field::Replaces => Cell::text(line.change.replaces().map(|(reference, _)| reference.to_owned())),
        Field::ReplacesExport => Cell::text(line.change.replaces().map(|(_, number)| number.to_string())),
        Field::Line => Cell::text(Some(line.reference.clone())),
        Field::Account => Cell::text(Some(statement.frame.account.clone())),
        Field::Booked => Cell::Day(line.booked),
        Field::Valued => line.valued.map_or(Cell::Nothing, Cell::Day),
        Field::Amount => Cell::Amount(amount),
        Field::Absolute => Cell::Amount(Cents::new(amount.get().saturating_abs())),
        Field::Sign => Cell::Sign(amount.is_negative()),
        Field::Kassenzeichen => Cell::text(part.kassenzeichen.clone()),
        Field::Posten => Cell::text(part.posten.clone()),
        Field::Levy => Cell::text(part.part.levy.clone()),
        Field::Due => part.part.due.map_or(Cell::Nothing, Cell::Day),
        Field::Decided => Cell::text(Some(part.part.decided.clone())),
        Field::Party => Cell::text(part.party.clone()),
        Field::PartyIban => Cell::text(part.party_iban.clone()),
        Field::Text => Cell::text(Some(one_line(&booking.remittance))),
        Field::DecidedText => {
            let text = one_line(&booking.remittance);
            Cell::text(Some(part.decided().map_or(text.clone(), |decided| one_line(&format!("{decided} {text}")))))
        }
        Field::BankReference => Cell::text(part.bank_reference()),
        Field::EndToEndId => Cell::text(part.end_to_end_id.clone()),
        Field::Mandate => Cell::text(part.mandate.clone()),
        Field::ReturnReason => Cell::text(booking.return_reason.clone()),
    };
    match (value, column.most) {
        (Cell::Text(text), Some(most)) => Cell::Text(text.chars().take(most).collect()),
        (value, _) => value,
    }
}

/// A text in one line, single blanks between its words.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn written_day(profile: &Profile, day: Date) -> String {
    day.strftime(&profile.date).to_string()
}

fn plain(profile: &Profile, cell: &Cell) -> String {
    match cell {
        Cell::Nothing => String::new(),
        Cell::Text(text) => text.clone(),
        Cell::Day(day) => written_day(profile, *day),
        Cell::Amount(amount) => amount.to_string().replace('.', &profile.decimal),
        Cell::Sign(is_out) => {
            let [came_in, went_out] = &profile.signs;
            if *is_out { went_out.clone() } else { came_in.clone() }
        }
    }
}

fn csv(profile: &Profile, rows: impl Iterator<Item = Vec<Cell>>) -> Result<Vec<u8>> {
    let internal = |error: &dyn std::fmt::Display| Error::Internal(error.to_string());
    let separator = u8::try_from(profile.separator).unwrap_or(b';');
    let style = if profile.quoted { csv::QuoteStyle::Always } else { csv::QuoteStyle::Necessary };
    let mut writer = csv::WriterBuilder::new()
        .delimiter(separator)
        .quote_style(style)
        .terminator(csv::Terminator::CRLF)
        .from_writer(Vec::new());
    if profile.header {
        let headings = profile.column.iter().map(|column| column.heading.as_str());
        writer.write_record(headings).map_err(|error| internal(&error))?;
    }
    for row in rows {
        let cells = row.iter().map(|cell| match cell {
            Cell::Text(text) if profile.spreadsheet => harmless(text).into_owned(),
            cell => plain(profile, cell),
        });
        writer.write_record(cells).map_err(|error| internal(&error))?;
    }
    let bytes = writer.into_inner().map_err(|error| internal(&error))?;
    if profile.encoding == Encoding::Utf8 {
        return Ok(bytes);
    }
    let text = String::from_utf8(bytes).map_err(|error| internal(&error))?;
    // a letter that the old characters do not have is written without its marks before it is given up
    let known: String = text.chars().map(in_windows).collect();
    let (bytes, _, _) = WINDOWS_1252.encode(&known);
    Ok(bytes.into_owned())
}

/// Stands for a letter that cannot be written.
const UNKNOWN: &str = ".";

/// A character that Windows-1252 has, as near as there is one.
fn in_windows(one: char) -> String {
    let mut room = [0; 4];
    let text: &str = one.encode_utf8(&mut room);
    match WINDOWS_1252.encode(text) {
        (_, encoding, false) if encoding != UTF_8 => text.to_owned(),
        _ => match sepa::transliterate(text) {
            near if near.trim().is_empty() => UNKNOWN.to_owned(),
            near => near,
        },
    }
}

fn jsonl(profile: &Profile, rows: impl Iterator<Item = Vec<Cell>>) -> Vec<u8> {
    let mut lines = Vec::new();
    for row in rows {
        let fields = profile.column.iter().zip(&row).map(|(column, cell)| {
            let value = match cell {
                Cell::Nothing => Value::Null,
                cell => Value::String(plain(profile, cell)),
            };
            (column.heading.clone(), value)
        });
        let object = Value::Object(fields.collect::<Map<String, Value>>());
        lines.extend(object.to_string().into_bytes());
        lines.push(b'\n');
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_profile_that_comes_with_the_program_can_be_meant() {
        for (name, text) in PROFILES {
            parse(text).unwrap_or_else(|why| panic!("{name}: {why}"));
        }
    }

    #[test]
    fn what_a_profile_cannot_mean_is_said_with_its_line() {
        let why = |text: &str| parse(text).map(|_| ()).unwrap_err();
        let head = "title = \"x\"\nformat = \"csv\"\n";
        assert!(why(head).contains("column"));
        let unknown = why(&format!("{head}[[column]]\nheading = \"a\"\nfield = \"betrag\"\n"));
        assert!(unknown.contains("line 5") && unknown.contains("betrag"), "{unknown}");
        let both = why(&format!("{head}[[column]]\nheading = \"a\"\nfield = \"amount\"\ntext = \"b\"\n"));
        assert_eq!(both, "the column \"a\" needs either field or text");
        assert!(why(&format!("{head}farbe = 1\n[[column]]\nheading = \"a\"\ntext = \"b\"\n")).contains("line 3"));
        assert!(
            why(&format!("{head}separator = \"ü\"\n[[column]]\nheading = \"a\"\ntext = \"b\"\n")).contains("separator")
        );
        assert!(why(&format!("{head}date = \"%Q\"\n[[column]]\nheading = \"a\"\ntext = \"b\"\n")).contains("date"));
    }

    #[test]
    fn a_cell_is_written_as_the_profile_says() {
        let text = "title = \"x\"\nformat = \"csv\"\nencoding = \"windows-1252\"\nquoted = true\nheader = false\n\
                    signs = [\"+\", \"-\"]\n[[column]]\nheading = \"a\"\nfield = \"amount\"\n";
        let profile = parse(text).unwrap();
        let row = vec![
            Cell::Text("Müller ł 日".to_owned()),
            Cell::Text("=1+1".to_owned()),
            Cell::Amount(Cents::new(-1205)),
            Cell::Sign(true),
            Cell::Day("2024-03-01".parse().unwrap()),
            Cell::Nothing,
        ];
        let bytes = csv(&profile, std::iter::once(row)).unwrap();
        let (text, ..) = WINDOWS_1252.decode(&bytes);
        assert_eq!(text, "\"Müller l .\";\"'=1+1\";\"-12,05\";\"-\";\"01.03.2024\";\"\"\r\n");
    }
}
