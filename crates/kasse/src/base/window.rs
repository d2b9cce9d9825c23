//! Which part of a long list is asked for.
//!
//! Knows nothing of what is listed. Invariant: the number of all rows is told whatever the part is.

use serde_json::Value;

/// Which part of a long list: so many rows after so many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// Rows at most.
    pub most: i64,
    /// Rows before them.
    pub after: i64,
}

impl Window {
    /// All of it.
    pub const ALL: Window = Window { most: i64::MAX, after: 0 };

    /// The rows of this part, of which alone anything is made, and how many rows there are in all.
    pub(crate) fn of<T>(self, rows: impl Iterator<Item = T>, make: impl FnMut(T) -> Value) -> (Vec<Value>, i64) {
        let (part, count) = self.cut(rows);
        (part.into_iter().map(make).collect(), count)
    }

    /// The rows of this part, and how many there are in all.
    pub(crate) fn cut<T>(self, rows: impl Iterator<Item = T>) -> (Vec<T>, i64) {
        let (mut part, mut count) = (Vec::new(), 0);
        for row in rows {
            if count >= self.after && count - self.after < self.most {
                part.push(row);
            }
            count += 1;
        }
        (part, count)
    }
}
