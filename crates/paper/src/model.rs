//! The content of documents, before anything is placed.
//!
//! Must not know millimetres, fonts or PDF. Invariant: a document has the same content in every form; paper and text
//! file come from one [`Sheet`].

use jiff::civil::Date;

/// A piece of running text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// The text.
    pub text: String,
    /// Whether it is printed bold.
    pub strong: bool,
}

/// Ordinary text.
pub fn plain(text: impl Into<String>) -> Run {
    Run { text: text.into(), strong: false }
}

/// Bold text.
pub fn strong(text: impl Into<String>) -> Run {
    Run { text: text.into(), strong: true }
}

/// One part of a document, below the one before it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Block {
    /// Running text.
    Paragraph(Vec<Run>),
    /// The heading of what follows.
    Heading(String),
    /// Names and values, side by side.
    Facts(Vec<(String, String)>),
    /// Rows under a header, perhaps with a sum.
    Table(Table),
    /// A code to be scanned, with its content in words beside it.
    Payment(Payment),
    /// Lines for signatures, each with the text under it.
    Signatures(Vec<String>),
}

impl Block {
    /// A paragraph of ordinary text.
    pub fn text(text: impl Into<String>) -> Block {
        Block::Paragraph(vec![plain(text)])
    }
}

/// A column of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its header.
    pub head: String,
    /// Its width in millimetres; 0 for the column that gets the remaining width.
    pub width: u16,
    /// Whether its cells are aligned right, as amounts are.
    pub right: bool,
}

/// A table. It may go on over several pages; its header is repeated there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// Its columns.
    pub columns: Vec<Column>,
    /// Its rows, a cell for each column.
    pub rows: Vec<Vec<String>>,
    /// The last row, printed bold under a line.
    pub sum: Option<Vec<String>>,
}

/// A code to be scanned by a banking program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payment {
    /// The code.
    pub code: crate::Code,
    /// Its content in words, for people who cannot scan it.
    pub facts: Vec<(String, String)>,
}

/// A letter in a window envelope.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    /// The sender: the name, then address and contact, line by line.
    pub sender: Vec<String>,
    /// The return address: the line above the address, for the post office.
    pub return_to: String,
    /// The recipient's address, line by line.
    pub address: Vec<String>,
    /// The reference block beside the address: names and values.
    pub reference: Vec<(String, String)>,
    /// The subject.
    pub subject: String,
    /// The text.
    pub blocks: Vec<Block>,
    /// Its title in the file's table of contents.
    pub entry: String,
}

/// A sheet of facts for the treasury's own files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sheet {
    /// Its title.
    pub title: String,
    /// Its text.
    pub blocks: Vec<Block>,
}

/// The metadata of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Meta {
    /// Its title.
    pub title: String,
    /// Who made it.
    pub author: String,
    /// The date of the document.
    pub date: Date,
}
