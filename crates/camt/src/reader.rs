//! Reads one XML input part by part.
//!
//! Knows no files. Invariant: only one block of the input and its parts are in memory, however long the input is.

use std::io::BufRead;

use encoding_rs::Encoding;

use crate::blocks::Blocks;
use crate::parser::Parser;
use crate::xml::Scanner;
use crate::{Limits, Part, ReadError, ReadErrorKind};

/// Reads camt.052, camt.053 and camt.054 of every version, one part at a time.
///
/// Elements are recognised by local name; prefix, namespace and declared version do not matter. Several statements in a
/// message, and several documents one after the other, are read the same way.
pub struct StatementReader<R: BufRead> {
    pub(crate) blocks: Blocks<R>,
    pub(crate) engine: Engine,
    /// The error that follows the finished parts.
    pub(crate) error: Option<ReadError>,
    pub(crate) done: bool,
}

/// Turns text into parts; keeps the state between two blocks.
pub(crate) struct Engine {
    pub(crate) scanner: Scanner,
    pub(crate) parser: Parser,
}

impl Engine {
    /// Reads a block. Returns how many bytes are done; the rest belongs to the next block.
    pub(crate) fn run(&mut self, text: &str, last: bool, encoding: &'static Encoding) -> Result<usize, ReadError> {
        let scanned = self.scanner.scan(text, last, encoding, &mut self.parser);
        scanned.map_err(|halted| self.scanner.error(text, halted.at, halted.why))
    }
}

impl<R: BufRead> StatementReader<R> {
    /// A reader that has read nothing yet.
    pub fn new(input: R, limits: &Limits) -> Self {
        let engine = Engine { scanner: Scanner::new(limits), parser: Parser::new(limits) };
        Self { blocks: Blocks::new(input), engine, error: None, done: false }
    }

    /// The next part; `None` at the end.
    ///
    /// # Errors
    /// If the input is not well-formed, exceeds a limit or holds no statement. Nothing comes after an error. The parts
    /// that were handed out before are those of a damaged file and must not be kept.
    pub fn next_part(&mut self) -> Result<Option<Part>, ReadError> {
        loop {
            if let Some(part) = self.engine.parser.parts().pop_front() {
                return Ok(Some(part));
            }
            if let Some(error) = self.error.take() {
                return Err(error);
            }
            if self.done {
                return Ok(None);
            }
            self.advance();
        }
    }

    /// Reads the next block and turns it into parts.
    pub(crate) fn advance(&mut self) {
        self.blocks.fill();
        let parsed = self.parse();
        self.done = self.blocks.is_last() || parsed.is_err();
        self.error = parsed.err();
    }

    fn parse(&mut self) -> Result<(), ReadError> {
        let stop = self.blocks.take_stop();
        let last = self.blocks.is_last() && stop.is_none();
        let text = self.blocks.text();
        let done = self.engine.run(text, last, self.blocks.encoding())?;
        let rest = text.get(done..).unwrap_or_default();
        let open = self.engine.scanner.nest().depth() > 0;
        if let Some(kind) = stop.or((last && open).then_some(ReadErrorKind::CutOff)) {
            return Err(self.engine.scanner.error(rest, rest.len(), kind));
        }
        self.blocks.consume(done);
        match self.engine.parser.end_of_input() {
            Some(kind) if last => Err(ReadError { line: 1, column: None, path: String::new(), kind }),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const DAY: &str = include_str!("../tests/data/day_08.xml");

    /// All parts of a text that is read in blocks of these sizes, which repeat.
    fn parts(text: &str, sizes: &[usize]) -> Result<Vec<Part>, String> {
        let mut engine = StatementReader::new(&b""[..], &Limits::default()).engine;
        let (mut carry, mut rest) = (String::new(), text);
        for size in sizes.iter().cycle() {
            let size = (*size..=rest.len()).find(|at| rest.is_char_boundary(*at)).unwrap_or(rest.len());
            let (block, after) = rest.split_at(size);
            carry.push_str(block);
            rest = after;
            let last = rest.is_empty();
            let done = engine.run(&carry, last, encoding_rs::UTF_8).map_err(|error| error.to_string())?;
            carry.drain(..done);
            if last {
                break;
            }
        }
        Ok(engine.parser.parts().drain(..).collect())
    }

    proptest! {
        #[test]
        fn where_blocks_end_does_not_matter(sizes in prop::collection::vec(1_usize..400, 1..9), space in "[ \r\n]{0,3}") {
            let odd = "<Ustrd>a&amp;b<!-- x > y --><![CDATA[c]]d]]>\r\n\r\ne &#228;</Ustrd><?pi?><X y='>'/>";
            let text = DAY.replace("</RmtInf>", &format!("{space}{odd}</RmtInf>"));
            prop_assert_eq!(parts(&text, &sizes), parts(&text, &[text.len()]));
        }

        #[test]
        fn where_blocks_end_does_not_matter_to_errors(sizes in prop::collection::vec(1_usize..400, 1..9), at in 0..DAY.len()) {
            let at = (0..=at).rev().find(|at| DAY.is_char_boundary(*at)).unwrap();
            let (before, after) = DAY.split_at(at);
            for wrong in ["&;", "<", "</", "<!", "&x", "<a b=''b=''>", "]]>", "<!D", "\u{1}"] {
                let text = [before, wrong, after].concat();
                prop_assert_eq!(parts(&text, &sizes).is_ok(), parts(&text, &[text.len()]).is_ok(), "{}", wrong);
            }
        }
    }
}
