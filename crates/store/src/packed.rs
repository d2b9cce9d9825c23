//! Rows of SQLite that cross to us as one text each.
//!
//! The driver copies every value of a row by itself, from a thread of its own: of a town's lists that is most of the time
//! and the memory that loading them takes. As one JSON array a row is a single value. Must not know what the rows mean.

use std::sync::Arc;

use serde::de::{Deserialize, Deserializer, Visitor};

use crate::error::unreadable;
use crate::{Error, Result};

/// A row: the names of its columns, and a cell for each.
#[derive(Debug)]
pub struct Packed {
    names: Arc<[String]>,
    cells: Vec<Cell>,
}

/// A value of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Cell {
    Missing,
    Int(i64),
    Text(String),
    /// Neither a whole number nor a text: nothing of ours writes such a value.
    Other,
}

/// A row as one JSON array. JSON has no bytes: where such were put by hand, a fraction stands, so that the row is seen and
/// its value is not taken for a text.
fn array(names: &[String]) -> String {
    let column = |name: &String| format!("iif(typeof(\"{name}\") = 'blob', 0.5, \"{name}\")");
    format!("json_array({})", names.iter().map(column).collect::<Vec<_>>().join(", "))
}

/// The statement whose rows are those of `text`, each as one array.
pub(crate) fn packing(text: &str, names: &[String]) -> String {
    format!("SELECT {} FROM ({text})", array(names))
}

/// The statement whose only row holds all rows of `text`, as one array of arrays.
pub(crate) fn packing_all(text: &str, names: &[String]) -> String {
    format!("SELECT json_group_array({}) FROM ({text})", array(names))
}

impl Packed {
    /// Takes a page of rows apart, and says the number in the first column of the last one; none of a page without rows.
    ///
    /// # Errors
    /// Where these numbers do not rise from `after`: then the page behind this one could pass over rows.
    pub(crate) fn page(names: &Arc<[String]>, lines: &str, after: i64) -> Result<(Vec<Packed>, Option<i64>)> {
        let rows: Vec<Vec<Cell>> = serde_json::from_str(lines).map_err(|error| unreadable("rows", &error))?;
        let mut last = None;
        for cells in &rows {
            match cells.first() {
                Some(Cell::Int(number)) if *number > last.unwrap_or(after) => last = Some(*number),
                _ => return Err(unreadable("rows", &"they are not in the order of their numbers")),
            }
        }
        Ok((rows.into_iter().map(|cells| Packed { names: Arc::clone(names), cells }).collect(), last))
    }

    /// Takes rows apart that come in no order of their own.
    pub(crate) fn rows(names: &Arc<[String]>, lines: &str) -> Result<Vec<Packed>> {
        let rows: Vec<Vec<Cell>> = serde_json::from_str(lines).map_err(|error| unreadable("rows", &error))?;
        Ok(rows.into_iter().map(|cells| Packed { names: Arc::clone(names), cells }).collect())
    }

    /// Takes a row apart.
    pub(crate) fn new(names: &Arc<[String]>, line: &str) -> Result<Packed> {
        let cells = serde_json::from_str(line).map_err(|error| unreadable("a row", &error))?;
        Ok(Packed { names: Arc::clone(names), cells })
    }

    fn cell(&self, column: &str) -> Result<&Cell> {
        let place = self.names.iter().position(|name| name == column);
        place.and_then(|place| self.cells.get(place)).ok_or_else(|| unreadable(column, &"there is no such column"))
    }

    pub(crate) fn opt_int(&self, column: &str) -> Result<Option<i64>> {
        match self.cell(column)? {
            Cell::Missing => Ok(None),
            Cell::Int(number) => Ok(Some(*number)),
            Cell::Text(_) | Cell::Other => Err(not(column, "a whole number")),
        }
    }

    pub(crate) fn opt_text(&self, column: &str) -> Result<Option<&str>> {
        match self.cell(column)? {
            Cell::Missing => Ok(None),
            Cell::Text(text) => Ok(Some(text)),
            Cell::Int(_) | Cell::Other => Err(not(column, "a text")),
        }
    }
}

fn not(column: &str, what: &str) -> Error {
    unreadable(column, &format!("what stands there is not {what}"))
}

impl<'de> Deserialize<'de> for Cell {
    fn deserialize<D: Deserializer<'de>>(cells: D) -> std::result::Result<Cell, D::Error> {
        cells.deserialize_any(OneCell)
    }
}

struct OneCell;

impl Visitor<'_> for OneCell {
    type Value = Cell;

    fn expecting(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("a whole number, a text or null")
    }

    fn visit_unit<E>(self) -> std::result::Result<Cell, E> {
        Ok(Cell::Missing)
    }

    fn visit_i64<E>(self, number: i64) -> std::result::Result<Cell, E> {
        Ok(Cell::Int(number))
    }

    fn visit_u64<E>(self, number: u64) -> std::result::Result<Cell, E> {
        Ok(i64::try_from(number).map_or(Cell::Other, Cell::Int))
    }

    fn visit_f64<E>(self, _: f64) -> std::result::Result<Cell, E> {
        Ok(Cell::Other)
    }

    fn visit_str<E>(self, text: &str) -> std::result::Result<Cell, E> {
        Ok(Cell::Text(text.to_owned()))
    }

    fn visit_string<E>(self, text: String) -> std::result::Result<Cell, E> {
        Ok(Cell::Text(text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_read_by_the_names_of_its_columns() {
        let names: Arc<[String]> = ["id", "name", "none"].map(str::to_owned).into();
        let row = Packed::new(&names, r#"[-9223372036854775808,"M\u00fcller \"&\" Sohn\n2",null]"#).unwrap();
        assert_eq!(row.opt_int("id").unwrap(), Some(i64::MIN));
        assert_eq!(row.opt_text("name").unwrap(), Some("Müller \"&\" Sohn\n2"));
        assert_eq!((row.opt_int("none").unwrap(), row.opt_text("none").unwrap()), (None, None));
        assert!(row.opt_int("name").is_err() && row.opt_text("id").is_err() && row.opt_int("other").is_err());
        let row = Packed::new(&names, r#"[1.5,18446744073709551615,""]"#).unwrap();
        assert!(row.opt_int("id").is_err() && row.opt_int("name").is_err());
        assert!(Packed::new(&names, "[[]]").is_err());
    }

    #[test]
    fn a_page_that_is_not_in_order_is_refused() {
        let names: Arc<[String]> = ["id"].map(str::to_owned).into();
        let last = |lines, after| Packed::page(&names, lines, after).map(|(rows, last)| (rows.len(), last)).ok();
        assert_eq!(last("[]", 7), Some((0, None)));
        assert_eq!(last("[[8],[12]]", 7), Some((2, Some(12))));
        for lines in ["[[7]]", "[[12],[8]]", "[[8],[8]]", "[[null]]", "[[]]"] {
            assert_eq!(last(lines, 7), None, "{lines}");
        }
    }
}
