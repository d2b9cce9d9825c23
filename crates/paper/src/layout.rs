//! Pages, and what is where on them.
//!
//! Must not know PDF. Invariant: below [`BOTTOM`] there is only the page number, and every text belongs to an element
//! of the document's structure or is marked as no content (a repeated header, a page number).

use crate::flow::wrap;
use crate::font::Fonts;
use crate::model::plain;
use crate::{Code, Error, Um};

/// A4.
pub(crate) const PAGE: (Um, Um) = (210_000, 297_000);
/// Left edge and right edge of the text (DIN 5008: 25 mm, and at least 10 mm).
pub(crate) const LEFT: Um = 25_000;
pub(crate) const RIGHT: Um = 190_000;
/// Where a continued page begins, and where text ends.
pub(crate) const TOP: Um = 32_000;
pub(crate) const BOTTOM: Um = 271_000;
/// The height of the page number.
const FOOT: Um = 282_000;

/// Type sizes: 10.5, 9 and 8 points, 12 for headings and 14 for the sender.
pub(crate) const BODY: Um = 3_704;
pub(crate) const SMALL: Um = 3_175;
pub(crate) const TINY: Um = 2_822;
pub(crate) const HEAD: Um = 4_233;
pub(crate) const GREAT: Um = 4_939;

/// The distance from line to line.
pub(crate) fn leading(size: Um) -> Um {
    size * 13 / 10
}

/// The kind of an element in the document's structure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Section,
    Heading(u16, String),
    Paragraph,
    Table,
    Row,
    Head,
    Cell,
    Figure(String),
}

/// An element and its content.
#[derive(Clone, Debug)]
pub(crate) struct Element {
    pub(crate) kind: Kind,
    pub(crate) children: Vec<usize>,
}

/// A drawing operation. `tag` is the element that it belongs to; `None` for what is no content.
#[derive(Clone, Debug)]
pub(crate) enum Op {
    /// A text in one typeface; `y` is its base line.
    Text { tag: Option<usize>, x: Um, y: Um, size: Um, strong: bool, text: String },
    /// A thin line.
    Rule { x: Um, y: Um, width: Um },
    /// A code; `module` is the side of one module.
    Code { tag: usize, x: Um, y: Um, module: Um, code: Code },
}

/// A line in the PDF's table of contents (outline).
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) text: String,
    pub(crate) page: usize,
}

/// Documents that are placed one after the other.
pub(crate) struct Layout {
    pub(crate) fonts: Fonts,
    pub(crate) pages: Vec<Vec<Op>>,
    pub(crate) elements: Vec<Element>,
    /// The elements that have no parent.
    pub(crate) roots: Vec<usize>,
    pub(crate) entries: Vec<Entry>,
    /// Where the next thing goes on the last page.
    pub(crate) y: Um,
    /// The first page of the document in progress, and the running title of its later pages.
    first: usize,
    running: String,
}

impl Layout {
    pub(crate) fn new() -> Result<Layout, Error> {
        Ok(Layout {
            fonts: Fonts::new()?,
            pages: Vec::new(),
            elements: Vec::new(),
            roots: Vec::new(),
            entries: Vec::new(),
            y: TOP,
            first: 0,
            running: String::new(),
        })
    }

    /// Begins a document on a new page; returns its element.
    pub(crate) fn begin(&mut self, entry: &str, running: &str) -> usize {
        self.first = self.pages.len();
        self.pages.push(Vec::new());
        self.running = self.one_line(running);
        let text = self.fonts.clean(entry);
        self.entries.push(Entry { text, page: self.first });
        let section = self.element(None, Kind::Section);
        self.y = TOP;
        section
    }

    /// As much of a text as fits on one small line.
    fn one_line(&mut self, text: &str) -> String {
        let lines = wrap(&mut self.fonts, &[plain(text)], TINY, RIGHT - LEFT);
        lines.first().map(|line| line.pieces.iter().map(|piece| piece.text.trim_end()).collect()).unwrap_or_default()
    }

    /// Numbers the pages of the document in progress.
    pub(crate) fn end(&mut self) {
        let (first, count) = (self.first, self.pages.len() - self.first);
        for (number, page) in (1..).zip(self.pages.iter_mut().skip(first)) {
            let text = format!("Seite {number} von {count}");
            let x = RIGHT - self.fonts.width(&text, false, TINY);
            page.push(Op::Text { tag: None, x, y: FOOT, size: TINY, strong: false, text });
        }
    }

    /// A new element.
    pub(crate) fn element(&mut self, parent: Option<usize>, kind: Kind) -> usize {
        let id = self.elements.len();
        self.elements.push(Element { kind, children: Vec::new() });
        match parent.and_then(|parent| self.elements.get_mut(parent)) {
            Some(parent) => parent.children.push(id),
            None => self.roots.push(id),
        }
        id
    }

    /// Makes sure that this height fits below, and begins a page if not; returns whether it did.
    pub(crate) fn room(&mut self, height: Um) -> bool {
        if self.y + height <= BOTTOM {
            return false;
        }
        self.pages.push(Vec::new());
        self.y = TOP;
        let text = self.running.clone();
        self.draw(Op::Text { tag: None, x: LEFT, y: TOP - 12_000, size: TINY, strong: false, text });
        true
    }

    /// Draws on the last page.
    pub(crate) fn draw(&mut self, op: Op) {
        if let Some(page) = self.pages.last_mut() {
            page.push(op);
        }
    }
}
