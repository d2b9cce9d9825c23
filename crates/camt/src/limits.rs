//! What a statement file may demand of the machine.
//!
//! Knows nothing of formats. Invariant: every buffer that grows with the input has an upper bound, so that a damaged or
//! hostile file gives an error message and does not fill the memory.

/// Upper bounds that an operator can raise; exceeding one is an error that names it and its value.
///
/// Blanks between elements and the number of elements, details, entries and statements have no bound: they are not kept
/// in memory.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Limits {
    /// Depth of nested elements. The deepest path of camt.053.001.14 has about 20, supplementary data a few more.
    pub depth: usize,
    /// Bytes (as UTF-8) of one text, tag or comment of XML, and of all values of one detail, entry or head together.
    /// ISO 20022 allows 2,000 characters for a text at most, outside of supplementary data.
    pub text: usize,
    /// Members of a ZIP, including those of ZIPs inside it.
    pub zip_members: usize,
    /// Depth of ZIPs inside a ZIP: 0 refuses any, 1 allows members that are ZIPs themselves.
    pub zip_nesting: usize,
    /// Unpacked bytes of all members of a ZIP together.
    pub unpacked_bytes: u64,
    /// How many bytes one packed byte may become. Statements pack to about a thirtieth; a ZIP bomb reaches 1,000.
    pub ratio: u64,
    /// Threads that parse a large XML document; with 1 the reading thread does everything.
    pub threads: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            depth: 100,
            text: 1 << 20,
            zip_members: 10_000,
            zip_nesting: 3,
            unpacked_bytes: 8 << 30,
            ratio: 250,
            threads: 2,
        }
    }
}
