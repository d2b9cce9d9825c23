//! The elements that are open, and what is known of the innermost.
//!
//! Knows nothing of how XML is written. Keeps the invariant that lines are counted when somebody asks: what is held is the
//! byte of the block where an element begins.

use std::cell::Cell;

/// The elements open at a byte of a block.
#[derive(Clone, Default)]
pub(crate) struct Nest {
    open: Vec<Open>,
    /// Names of the open elements with their prefixes, one after the other.
    names: String,
    text: String,
    /// A byte of the block and its line: lines are counted from the last question on.
    mark: Cell<Mark>,
}

/// An open element.
#[derive(Clone, Copy)]
struct Open {
    /// Where its name begins in the names.
    name: usize,
    /// Where its name without prefix begins.
    local: usize,
    begins: Begin,
}

/// Where an element begins.
#[derive(Clone, Copy)]
enum Begin {
    /// At a byte of this block.
    Byte(usize),
    /// At a line, in an earlier block.
    Line(u64),
}

#[derive(Clone, Copy)]
struct Mark {
    byte: usize,
    line: u64,
}

impl Default for Mark {
    fn default() -> Self {
        Self { byte: 0, line: 1 }
    }
}

impl Nest {
    /// Opens the element of this name, prefix included, whose prefix and colon have so many bytes.
    pub(crate) fn enter(&mut self, name: &str, prefix: usize, byte: usize) {
        self.text.clear();
        let begin = self.names.len();
        self.open.push(Open { name: begin, local: begin.saturating_add(prefix), begins: Begin::Byte(byte) });
        self.names.push_str(name);
    }

    /// Leaves the innermost element.
    pub(crate) fn leave(&mut self) {
        self.text.clear();
        if let Some(open) = self.open.pop() {
            self.names.truncate(open.name);
        }
    }

    /// Adds to the text since the last start or end tag.
    pub(crate) fn append(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// Text since the last start or end tag.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// Number of open elements.
    pub(crate) fn depth(&self) -> usize {
        self.open.len()
    }

    /// Name of the innermost element with its prefix.
    pub(crate) fn qualified(&self) -> Option<&str> {
        self.open.last().and_then(|open| self.names.get(open.name..))
    }

    /// Line where the block begins, as long as no byte of it was asked for.
    pub(crate) fn line(&self) -> u64 {
        self.mark.get().line
    }

    /// Goes so many lines further down.
    pub(crate) fn skip_lines(&self, lines: u64) {
        let mark = self.mark.get();
        self.mark.set(Mark { line: mark.line.saturating_add(lines), ..mark });
    }

    /// Line of a byte of the block.
    pub(crate) fn line_at(&self, block: &str, byte: usize) -> u64 {
        let mark = self.mark.get();
        let lines = |from: usize, until: usize| {
            let bytes = block.as_bytes().get(from..until).unwrap_or_default();
            memchr::memchr_iter(b'\n', bytes).count() as u64
        };
        if byte < mark.byte {
            return mark.line.saturating_sub(lines(byte, mark.byte));
        }
        let line = mark.line.saturating_add(lines(mark.byte, byte));
        self.mark.set(Mark { byte, line });
        line
    }

    /// Goes on to a block that begins at a byte of this one.
    pub(crate) fn next_block(&mut self, block: &str, byte: usize) {
        let mut open = std::mem::take(&mut self.open);
        for open in &mut open {
            if let Begin::Byte(begin) = open.begins {
                open.begins = Begin::Line(self.line_at(block, begin));
            }
        }
        self.open = open;
        let line = self.line_at(block, byte);
        self.mark.set(Mark { byte: 0, line });
    }
}

/// The innermost element at the moment when somebody is told of it.
#[derive(Clone, Copy)]
pub(crate) struct Spot<'a> {
    nest: &'a Nest,
    block: &'a str,
    /// Text since the last start or end tag.
    pub(crate) text: &'a str,
}

impl<'a> Spot<'a> {
    pub(crate) fn new(nest: &'a Nest, block: &'a str) -> Self {
        Self { nest, block, text: nest.text() }
    }

    /// The same with a text that the nest does not hold.
    pub(crate) fn with_text(self, text: &'a str) -> Self {
        Self { text, ..self }
    }

    /// Local name of the innermost element.
    pub(crate) fn name(self) -> &'a str {
        self.nest.open.last().and_then(|open| self.nest.names.get(open.local..)).unwrap_or_default()
    }

    /// Number of open elements.
    pub(crate) fn depth(self) -> usize {
        self.nest.depth()
    }

    /// Line of the start tag of the innermost element.
    pub(crate) fn line(self) -> u64 {
        match self.nest.open.last().map(|open| open.begins) {
            Some(Begin::Byte(byte)) => self.nest.line_at(self.block, byte),
            Some(Begin::Line(line)) => line,
            None => 1,
        }
    }

    /// Path of local names from the element at `depth` (the root is 1) to the innermost.
    pub(crate) fn path_from(self, depth: usize) -> String {
        let ends = self.nest.open.iter().skip(1).map(|open| open.name).chain([self.nest.names.len()]);
        let names = self.nest.open.iter().zip(ends).filter_map(|(open, end)| self.nest.names.get(open.local..end));
        names.skip(depth.saturating_sub(1)).collect::<Vec<_>>().join("/")
    }
}
