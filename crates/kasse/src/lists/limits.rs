//! What a list may demand of the machine.
//!
//! Invariant: everything that grows with a list has an upper bound, so that a damaged or hostile file gives an error that
//! names the limit, and does not fill the memory.

/// Upper bounds of a list; exceeding one is an error that names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ListLimits {
    /// Bytes of the file.
    pub bytes: u64,
    /// Rows.
    pub rows: usize,
    /// Columns, and so cells of a row.
    pub columns: usize,
    /// Bytes of a cell.
    pub cell: usize,
}

impl Default for ListLimits {
    fn default() -> Self {
        ListLimits { bytes: 256 << 20, rows: 1_000_000, columns: 200, cell: 10_000 }
    }
}
