//! Reads one large XML input with several threads.
//!
//! Knows the input as blocks, and what the end of an entry looks like. Invariant: the parts are the same, in the same
//! order, as with one thread. A thread reads a block on the assumption that it holds only entries of the current
//! statement. If that turns out wrong, its result is thrown away and the block is read again in its turn.

use std::collections::VecDeque;
use std::io::{self, BufRead};
use std::ops::ControlFlow;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::{self, Scope};

use encoding_rs::Encoding;

use crate::nest::{Position, Shift, Spot};
use crate::parser::Parser;
use crate::reader::Engine;
use crate::xml::Elements;
use crate::{Limits, Part, ReadError, ReadErrorKind, StatementReader};

/// How many blocks the reading thread reads alone: a smaller input is not worth threads.
const ALONE: usize = 16;
/// How many blocks per thread are in work at once.
const AHEAD: usize = 2;

/// Passes all parts of an XML input to `sink`; a break ends the reading.
pub(crate) fn read_xml(
    input: &mut dyn BufRead,
    limits: &Limits,
    sink: &mut dyn FnMut(Part) -> ControlFlow<()>,
) -> Result<ControlFlow<()>, ReadError> {
    let mut reader = StatementReader::new(input, limits);
    let threads = limits.threads.min(thread::available_parallelism().map_or(1, usize::from));
    for block in 0_usize.. {
        if threads > 1 && block >= ALONE {
            return thread::scope(|scope| Crew::new(scope, threads, &mut reader).read(sink));
        }
        reader.advance();
        if deliver(&mut reader, sink).is_break() {
            return Ok(ControlFlow::Break(()));
        }
        if reader.done {
            break;
        }
    }
    reader.error.take().map_or(Ok(ControlFlow::Continue(())), Err)
}

fn deliver<R: BufRead>(
    reader: &mut StatementReader<R>,
    sink: &mut dyn FnMut(Part) -> ControlFlow<()>,
) -> ControlFlow<()> {
    reader.engine.parser.parts().drain(..).try_for_each(sink)
}

/// The threads and the state of their work.
struct Crew<'r, R: BufRead> {
    reader: &'r mut StatementReader<R>,
    threads: Vec<(Sender<Job>, Receiver<Done>)>,
    /// Blocks handed out so far.
    handed: usize,
    /// Threads that have not returned a block yet, in the order of the input.
    owing: VecDeque<usize>,
    /// Counts the blocks that were read in turn. A block that was handed out before one of them was read began from a
    /// state that no longer holds.
    turn: usize,
    /// The end of the last block that belongs to the next one.
    carry: String,
}

/// A block to read.
struct Job {
    text: String,
    engine: Engine,
    turn: usize,
    encoding: &'static Encoding,
}

/// A block that was read.
struct Done {
    text: String,
    turn: usize,
    /// The place where the thread assumed the block to begin.
    begin: Position,
    /// `None` if the block held something else than whole entries.
    engine: Option<Engine>,
}

impl<'r, R: BufRead> Crew<'r, R> {
    fn new<'s>(scope: &'s Scope<'s, '_>, threads: usize, reader: &'r mut StatementReader<R>) -> Self {
        let start = |_| {
            let (jobs, work) = channel::<Job>();
            let (finished, results) = channel();
            scope.spawn(move || work.iter().map(Job::run).all(|done| finished.send(done).is_ok()));
            (jobs, results)
        };
        let threads = (0..threads).map(start).collect();
        Self { reader, threads, handed: 0, owing: VecDeque::new(), turn: 0, carry: String::new() }
    }

    fn read(mut self, sink: &mut dyn FnMut(Part) -> ControlFlow<()>) -> Result<ControlFlow<()>, ReadError> {
        loop {
            while self.owing.len() < self.threads.len().saturating_mul(AHEAD) && self.hand_out() {}
            let read = match self.owing.pop_front() {
                Some(thread) => self.take(thread),
                None => self.read_on(),
            };
            if deliver(self.reader, sink).is_break() {
                return Ok(ControlFlow::Break(()));
            }
            read?;
            if let Some(error) = self.reader.error.take() {
                return Err(error);
            }
            if self.reader.done {
                return Ok(ControlFlow::Continue(()));
            }
        }
    }

    /// Hands the next block to a thread, if it can begin with an entry of the current statement.
    fn hand_out(&mut self) -> bool {
        let Some(engine) = self.reader.engine.fork().filter(|_| self.carry.is_empty()) else { return false };
        let blocks = &mut self.reader.blocks;
        blocks.fill();
        let Some(end) = last_entry_end(blocks.text()).filter(|_| !blocks.is_last()) else { return false };
        let job = Job { text: blocks.split(end), engine, turn: self.turn, encoding: blocks.encoding() };
        let thread = self.handed.checked_rem(self.threads.len()).unwrap_or_default();
        let sent = self.threads.get(thread).is_some_and(|(jobs, _)| jobs.send(job).is_ok());
        self.handed = self.handed.saturating_add(1);
        self.owing.push_back(thread);
        sent
    }

    /// Takes over the next block from the thread that has it.
    fn take(&mut self, thread: usize) -> Result<(), ReadError> {
        let done = self.threads.get(thread).and_then(|(_, results)| results.recv().ok());
        let Some(done) = done else {
            let kind = ReadErrorKind::Io(io::Error::other("a thread has ended"));
            return Err(self.reader.engine.scanner.error("", 0, kind));
        };
        match done.engine {
            Some(engine) if done.turn == self.turn => self.reader.engine.join(engine, done.begin),
            _ => self.run(&done.text)?,
        }
        Ok(())
    }

    /// Reads the next block on this thread, when no other thread has one.
    fn read_on(&mut self) -> Result<(), ReadError> {
        let blocks = &mut self.reader.blocks;
        blocks.put_back(&std::mem::take(&mut self.carry));
        blocks.fill();
        if blocks.is_last() {
            self.reader.advance();
            return Ok(());
        }
        let text = blocks.text();
        let text = blocks.split(last_entry_end(text).unwrap_or(text.len()));
        self.run(&text)
    }

    fn run(&mut self, text: &str) -> Result<(), ReadError> {
        self.turn = self.turn.saturating_add(1);
        self.carry.push_str(text);
        let done = self.reader.engine.run(&self.carry, false, self.reader.blocks.encoding())?;
        self.carry.drain(..done);
        Ok(())
    }
}

impl Job {
    fn run(self) -> Done {
        let Self { text, mut engine, turn, encoding } = self;
        let begin = engine.scanner.nest().position();
        let mut entries = Entries { depth: engine.parser.depth(), parser: &mut engine.parser };
        let scanned = engine.scanner.scan(&text, false, encoding, &mut entries);
        let whole = scanned.is_ok_and(|done| done == text.len()) && engine.fork().is_some();
        Done { text, turn, begin, engine: Some(engine).filter(|_| whole) }
    }
}

impl Engine {
    /// A second engine for later entries of the current statement; `None` if no entry can follow directly.
    fn fork(&self) -> Option<Self> {
        Some(Self { scanner: self.scanner.clone(), parser: self.parser.fork()? })
    }

    /// Takes over the entries that a fork has read; the fork assumed that they begin at `from`.
    fn join(&mut self, fork: Self, from: Position) {
        let shift = Shift { from, to: self.scanner.nest().position() };
        self.scanner.move_to(shift.apply(fork.scanner.nest().position()));
        self.parser.join(fork.parser, shift);
    }
}

/// Accepts entries of one statement, and nothing else.
struct Entries<'p> {
    parser: &'p mut Parser,
    /// Depth of the statement's element.
    depth: usize,
}

/// Something else came, or something is wrong. Reading the block in its turn finds out which.
struct SomethingElse;

impl From<ReadErrorKind> for SomethingElse {
    fn from(_: ReadErrorKind) -> Self {
        Self
    }
}

impl Elements for Entries<'_> {
    type Halt = SomethingElse;

    fn start(&mut self, spot: Spot<'_>, attributes: &str) -> Result<(), SomethingElse> {
        if spot.depth() <= self.depth.saturating_add(1) && spot.name() != "Ntry" {
            return Err(SomethingElse);
        }
        Ok(self.parser.start(spot, attributes)?)
    }

    fn end(&mut self, spot: Spot<'_>) -> Result<(), SomethingElse> {
        if spot.depth() <= self.depth { Err(SomethingElse) } else { Ok(self.parser.end(spot)?) }
    }
}

/// The byte after the last end tag of an entry, searched among the last tags that look like one.
fn last_entry_end(text: &str) -> Option<usize> {
    const NAME: &[u8] = b"Ntry>";
    let mut names = memchr::memmem::rfind_iter(text.as_bytes(), NAME).take(8);
    names.find_map(|name| {
        let (_, tag) = text.get(..name)?.rsplit_once('<')?;
        (tag == "/" || (tag.starts_with('/') && tag.ends_with(':'))).then(|| name.saturating_add(NAME.len()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_of_entries() {
        let table = [
            ("<Ntry>1</Ntry>|<Ntry>2", Some(14)),
            ("<n:Ntry>1</n:Ntry>|\n<n:Ntry>2</n:NtryD", Some(18)),
            ("<Ntry>1</Ntry>|<Ntry><Ntry>", Some(14)),
            ("<Ntry>1</NtryDtls>", None),
            ("</XNtry>", None),
            ("Ntry>", None),
            ("", None),
        ];
        for (text, expected) in table {
            assert_eq!(last_entry_end(text), expected, "{text}");
        }
    }
}
