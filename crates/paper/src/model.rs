//! What is to be said on paper, before anything is placed.
//!
//! Must not know: millimetres, fonts, PDF. Invariant: a document says the same in every form; what is on paper and what
//! is in the text file come from one [`Sheet`].

use jiff::civil::Date;

/// A piece of running text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// What it says.
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
    /// A code to be scanned, and what it says beside it.
    Payment(Payment),
    /// Lines to sign on, each with what is written under it.
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
    /// Its width in millimetres; 0 for the one that takes what the others leave.
    pub width: u16,
    /// Whether its cells stand at its right edge, as amounts do.
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
    /// What it says, for those who cannot scan it.
    pub facts: Vec<(String, String)>,
}

/// A letter in a window envelope.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    /// Who writes: the name, then address and contact, line by line.
    pub sender: Vec<String>,
    /// The line above the address that the post office sends it back to.
    pub return_to: String,
    /// Whom it goes to, line by line.
    pub address: Vec<String>,
    /// What is named beside the address: names and values.
    pub reference: Vec<(String, String)>,
    /// What it is about.
    pub subject: String,
    /// What it says.
    pub blocks: Vec<Block>,
    /// What it is called in the file's table of contents.
    pub entry: String,
}

/// A sheet of facts for one's own files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sheet {
    /// What it is.
    pub title: String,
    /// What it says.
    pub blocks: Vec<Block>,
}

/// What the file says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Meta {
    /// Its title.
    pub title: String,
    /// Who made it.
    pub author: String,
    /// The day that it bears.
    pub date: Date,
}
