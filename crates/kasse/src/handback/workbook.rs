//! A table as a workbook of spreadsheets (XLSX).
//!
//! Must not know what the table says. Invariants: text stays text, whatever it begins with; the same table gives the same bytes.

use jiff::civil::Date;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, FormatAlign, Workbook, XlsxError};
use sepa::Cents;

use crate::{Error, Result};

/// What a cell of a table holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Cell {
    Nothing,
    Text(String),
    Day(Date),
    Amount(Cents),
    /// Whether money went out.
    Sign(bool),
}

impl Cell {
    pub(crate) fn text(text: Option<String>) -> Cell {
        text.filter(|text| !text.is_empty()).map_or(Cell::Nothing, Cell::Text)
    }
}

/// The most rows that a sheet has.
const ROWS: usize = 1_048_576;
/// The most characters that a cell has.
const CHARACTERS: usize = 32_767;

/// The table as bytes; `day` writes a day.
///
/// # Errors
/// [`Error::Refused`] for more rows than a sheet has.
pub(crate) fn workbook(
    headings: &[&str],
    rows: impl Iterator<Item = Vec<Cell>>,
    day: impl Fn(Date) -> String,
) -> Result<Vec<u8>> {
    let internal = |error: XlsxError| Error::Internal(error.to_string());
    let mut book = Workbook::new();
    // the writer would put the wall clock in
    let created = ExcelDateTime::from_ymd(2000, 1, 1).map_err(internal)?;
    book.set_properties(&DocProperties::new().set_creation_datetime(&created));
    let head = Format::new().set_bold();
    let money = Format::new().set_num_format("#,##0.00").set_align(FormatAlign::Right);
    let sheet = book.add_worksheet();
    for (place, heading) in (0..).zip(headings) {
        sheet.write_string_with_format(0, place, *heading, &head).map_err(internal)?;
    }
    let mut line = 0_u32;
    for row in rows {
        line += 1;
        if line as usize >= ROWS {
            return Err(Error::Refused(format!("a sheet has {ROWS} lines: export as csv")));
        }
        for (place, cell) in (0..).zip(&row) {
            match cell {
                Cell::Nothing => {}
                Cell::Text(text) => {
                    let text: String = text.chars().take(CHARACTERS).collect();
                    sheet.write_string(line, place, text).map_err(internal)?;
                }
                Cell::Day(own) => {
                    sheet.write_string(line, place, day(*own)).map_err(internal)?;
                }
                Cell::Amount(amount) => {
                    let number: f64 = amount.to_string().parse().map_err(|_| Error::Internal(amount.to_string()))?;
                    sheet.write_number_with_format(line, place, number, &money).map_err(internal)?;
                }
                Cell::Sign(is_out) => {
                    sheet.write_string(line, place, if *is_out { "S" } else { "H" }).map_err(internal)?;
                }
            }
        }
    }
    sheet.set_freeze_panes(1, 0).map_err(internal)?;
    book.save_to_buffer().map_err(internal)
}
