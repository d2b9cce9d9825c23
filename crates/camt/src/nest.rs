//! The stack of open elements, and what is known of the innermost one.
//!
//! Knows nothing of XML syntax. Invariant: lines and columns are counted only when they are asked for; what is stored
//! is the byte in the block where an element begins.

use std::cell::Cell;

/// The elements that are open at a byte of a block.
#[derive(Clone, Default)]
pub(crate) struct Nest {
    open: Vec<Open>,
    /// Names of the open elements with their prefixes, one after the other.
    names: String,
    text: String,
    /// A byte of the block and its line: the next count of lines starts here.
    mark: Cell<Mark>,
    /// How many characters of its first line precede the block.
    before: u64,
    /// A byte of the block and the number of characters before it in its line: the next count of columns starts here.
    column: Cell<Column>,
}

#[derive(Clone, Copy, Default)]
struct Column {
    byte: usize,
    before: u64,
}

/// A place in the input: line from 1, and number of characters of that line before it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Position {
    pub(crate) line: u64,
    pub(crate) before: u64,
}

/// The distance between an assumed and the real place: in lines, and in characters of the first line.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shift {
    pub(crate) from: Position,
    pub(crate) to: Position,
}

impl Shift {
    /// The real place for an assumed one.
    pub(crate) fn apply(self, position: Position) -> Position {
        let line = self.to.line.saturating_add(position.line.saturating_sub(self.from.line));
        let before = match position.line == self.from.line {
            true => self.to.before.saturating_add(position.before.saturating_sub(self.from.before)),
            false => position.before,
        };
        Position { line, before }
    }
}

/// An open element.
#[derive(Clone, Copy)]
struct Open {
    /// Where its name begins in `names`.
    name: usize,
    /// Where its local name, without prefix, begins.
    local: usize,
    begins: Begin,
}

/// The place where an element begins.
#[derive(Clone, Copy)]
enum Begin {
    /// At a byte of this block.
    Byte(usize),
    /// In an earlier block.
    Earlier(Position),
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
    /// Opens an element with this name; `prefix` is the number of bytes of its prefix and colon.
    pub(crate) fn enter(&mut self, name: &str, prefix: usize, byte: usize) {
        self.text.clear();
        let begin = self.names.len();
        self.open.push(Open { name: begin, local: begin.saturating_add(prefix), begins: Begin::Byte(byte) });
        self.names.push_str(name);
    }

    /// Closes the innermost element.
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

    /// Where the block begins. Only valid before a place in the block was asked for.
    pub(crate) fn position(&self) -> Position {
        Position { line: self.mark.get().line, before: self.before }
    }

    /// Sets another beginning for the block.
    pub(crate) fn move_to(&mut self, position: Position) {
        self.mark.set(Mark { byte: 0, line: position.line });
        self.before = position.before;
        self.column.set(Column { byte: 0, before: position.before });
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

    /// Place of a byte of the block.
    pub(crate) fn position_at(&self, block: &str, byte: usize) -> Position {
        let Some(mark) = Some(self.column.get()).filter(|mark| mark.byte <= byte) else {
            self.column.set(Column { byte: 0, before: self.before });
            return self.position_at(block, byte);
        };
        let text = block.get(mark.byte..byte).unwrap_or_default();
        let own = memchr::memrchr(b'\n', text.as_bytes()).map(|end| end.saturating_add(1));
        let characters = text.get(own.unwrap_or_default()..).unwrap_or_default().chars().count() as u64;
        let before = characters.saturating_add(if own.is_some() { 0 } else { mark.before });
        self.column.set(Column { byte, before });
        Position { line: self.line_at(block, byte), before }
    }

    /// Moves on to a block that begins at a byte of this one.
    pub(crate) fn next_block(&mut self, block: &str, byte: usize) {
        let mut open = std::mem::take(&mut self.open);
        for open in &mut open {
            if let Begin::Byte(begin) = open.begins {
                open.begins = Begin::Earlier(self.position_at(block, begin));
            }
        }
        self.open = open;
        self.move_to(self.position_at(block, byte));
    }
}

/// The innermost element, as it is passed to an `Elements` implementation.
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

    /// The same element with a text that is not stored in the nest.
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
            Some(Begin::Earlier(position)) => position.line,
            None => 1,
        }
    }

    /// Column of the start tag of the innermost element, from 1.
    pub(crate) fn column(self) -> u64 {
        let before = match self.nest.open.last().map(|open| open.begins) {
            Some(Begin::Byte(byte)) => self.nest.position_at(self.block, byte).before,
            Some(Begin::Earlier(position)) => position.before,
            None => 0,
        };
        before.saturating_add(1)
    }

    /// Path of local names from the element at `depth` (the root is 1) to the innermost.
    pub(crate) fn path_from(self, depth: usize) -> String {
        let ends = self.nest.open.iter().skip(1).map(|open| open.name).chain([self.nest.names.len()]);
        let names = self.nest.open.iter().zip(ends).filter_map(|(open, end)| self.nest.names.get(open.local..end));
        names.skip(depth.saturating_sub(1)).collect::<Vec<_>>().join("/")
    }
}
