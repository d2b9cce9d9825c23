//! Letters and sheets as PDF: the text goes in, the bytes of a file come out.
//!
//! Must not know items, runs, files or the clock. Invariant: the bytes depend on the text alone; no time, no random id
//! and no font of the machine gets into them. Each file is PDF/A-2a (ISO 19005-2) and PDF/UA-1 (ISO 14289-1): fonts
//! embedded, every text readable by a machine in its order, and declared as such. Reading order: `model`, `layout`.

mod blocks;
mod emit;
mod epc;
mod flow;
mod font;
mod layout;
mod letter;
mod model;
mod text;

use std::collections::BTreeSet;

pub use epc::{Code, CodeError, MAX_BYTES, payload};
pub use model::{Block, Column, Letter, Meta, Payment, Run, Sheet, Table, plain, strong};
pub use text::text;

/// A length in thousandths of a millimetre: whole numbers, so that a line breaks at the same place on every machine.
pub(crate) type Um = i64;

/// The result: a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Printed {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// How many pages it has.
    pub pages: usize,
    /// Characters that the embedded fonts do not have; a replacement character stands for each.
    pub missing: BTreeSet<char>,
}

/// Why no file was made.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// An embedded font cannot be read.
    #[error("the embedded font cannot be read: {0}")]
    Font(String),
    /// The file would not conform to what it claims to be.
    #[error("the PDF cannot be written: {0}")]
    Pdf(String),
}

/// Sets letters into one file, each beginning on a new page.
///
/// # Errors
/// [`Error`], which only a bug can cause: any text can be set.
pub fn letters(meta: &Meta, letters: &[Letter]) -> Result<Printed, Error> {
    let mut layout = layout::Layout::new()?;
    letters.iter().for_each(|each| letter::letter(&mut layout, each));
    emit::pdf(meta, layout)
}

/// Sets a sheet.
///
/// # Errors
/// [`Error`], which only a bug can cause: any text can be set.
pub fn sheet(meta: &Meta, sheet: &Sheet) -> Result<Printed, Error> {
    let mut layout = layout::Layout::new()?;
    letter::sheet(&mut layout, sheet);
    emit::pdf(meta, layout)
}
