//! What searches one message after another, without asking for room anew each time.
//!
//! Must not know how a text is searched. Invariant: what a message gives does not depend on those before it.

use crate::directory::Directory;
use crate::message::{Field, Findings, Message};
use crate::search::{Depth, Scratch, Search};
use crate::series::Series;

/// Searches messages for the references of a directory.
///
/// ```
/// use kassenzeichen::{CheckMethod, Directory, Message, Scheme};
///
/// let directory = Directory::new(&[Scheme::new("Pacht", "P######", CheckMethod::None)?], ["P123456"]);
/// let mut finder = directory.finder();
/// for remittance in ["Pacht P 123456", "P123456 Wiese"] {
///     assert_eq!(finder.find(&Message { remittance, ..Message::default() }).found.len(), 1);
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Finder<'d> {
    directory: &'d Directory,
    scratch: Scratch,
    findings: Findings,
}

impl<'d> Finder<'d> {
    pub(crate) fn new(directory: &'d Directory) -> Finder<'d> {
        Finder { directory, scratch: Scratch::default(), findings: Findings::default() }
    }

    /// Everything in a message that is, or could be meant for, a known reference, and references of the
    /// right form that nobody has.
    pub fn find(&mut self, message: &Message<'_>) -> &Findings {
        self.search(message, Depth::Repairs)
    }

    /// The same as [`Finder::find`], into findings of the caller's: who keeps those of several messages needs no room
    /// of his own for each.
    pub fn find_into(&mut self, message: &Message<'_>, findings: &mut Findings) {
        std::mem::swap(&mut self.findings, findings);
        self.search(message, Depth::Repairs);
        std::mem::swap(&mut self.findings, findings);
    }

    /// Only what stands there letter for letter: [`crate::Spelling::Exact`], the same as [`Finder::find`] finds.
    pub fn exact(&mut self, message: &Message<'_>) -> &Findings {
        self.search(message, Depth::Exact)
    }

    /// What the last search found.
    #[must_use]
    pub fn into_findings(self) -> Findings {
        self.findings
    }

    fn search(&mut self, message: &Message<'_>, depth: Depth) -> &Findings {
        self.findings.found.clear();
        self.findings.unknown.clear();
        let fields = [
            (Field::Remittance, Some(message.remittance)),
            (Field::EndToEnd, message.end_to_end.filter(|id| !id.trim().eq_ignore_ascii_case("NOTPROVIDED"))),
            (Field::Structured, message.structured),
            (Field::Mandate, message.mandate),
            (Field::Counterparty, message.counterparty),
            (Field::Additional, message.additional),
            (Field::Instruction, message.instruction.filter(|id| !id.trim().eq_ignore_ascii_case("NOTPROVIDED"))),
        ];
        for (field, text) in fields {
            if let Some(text) = text {
                Search::new(self.directory, field, text, &mut self.scratch).run(depth, &mut self.findings);
            }
        }
        let mut before = 0;
        for text in message.further {
            let Findings { found, unknown, .. } = &self.findings;
            let (known, others) = (found.len(), unknown.len());
            Search::new(self.directory, Field::Further, text, &mut self.scratch).run(depth, &mut self.findings);
            let spans = self.findings.found.iter_mut().skip(known).map(|found| &mut found.span);
            for span in spans.chain(self.findings.unknown.iter_mut().skip(others).map(|unknown| &mut unknown.span)) {
                *span = span.start + before..span.end + before;
            }
            before += text.len() + 1;
        }
        let Findings { found, series, .. } = &mut self.findings;
        match depth {
            Depth::Exact => *series = Series::default(),
            Depth::Repairs => series.read(self.directory, message.remittance, found),
        }
        &self.findings
    }
}
