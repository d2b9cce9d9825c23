//! What is searched and what comes back: plain data without behaviour.
//!
//! Must not know how findings are made. Invariant: a span is a range of bytes in the text of its field,
//! on character borders, and `written` is what stands there.

use std::ops::Range;

use crate::directory::RefId;
use crate::series::Series;

/// The texts of one bank booking in which a reference may stand.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Message<'a> {
    /// Unstructured remittance information, the bank's lines joined by `\n` (`RmtInf/Ustrd`).
    pub remittance: &'a str,
    /// End-to-end identification (`Refs/EndToEndId`); `NOTPROVIDED` counts as absent.
    pub end_to_end: Option<&'a str>,
    /// Structured creditor reference (`RmtInf/Strd/CdtrRefInf/Ref`).
    pub structured: Option<&'a str>,
    /// Every further structured reference, and numbers of documents (`RmtInf/Strd/RfrdDocInf/Nb`).
    pub further: &'a [String],
    /// What the payer's program calls the order (`Refs/InstrId`); only exact references are looked for in it.
    pub instruction: Option<&'a str>,
    /// Mandate identification (`Refs/MndtId`).
    pub mandate: Option<&'a str>,
    /// Name of the other party; only exact references are looked for in it.
    pub counterparty: Option<&'a str>,
    /// Further information of the bank (`AddtlTxInf`, `AddtlNtryInf`).
    pub additional: Option<&'a str>,
}

/// Which text of a [`Message`] a finding stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    /// [`Message::remittance`]
    Remittance,
    /// [`Message::end_to_end`]
    EndToEnd,
    /// [`Message::structured`]
    Structured,
    /// [`Message::mandate`]
    Mandate,
    /// [`Message::counterparty`]
    Counterparty,
    /// [`Message::additional`]
    Additional,
    /// [`Message::further`]: places count as if line breaks stood between them.
    Further,
    /// [`Message::instruction`]
    Instruction,
}

/// How well what was written agrees with a known reference; best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Spelling {
    /// Every letter and digit, separators and line breaks aside (digits of other scripts count as digits).
    Exact,
    /// Zeros are missing, or too many, at the beginning of the whole or of a part.
    LostZeros,
    /// Letters that look like digits stand for them, perhaps with lost zeros besides.
    LookAlike,
    /// Without the scheme's literal beginning, or inside a longer run of digits.
    Partial,
    /// One slip away.
    Near(Slip),
}

/// The slip that leads from a known reference to what was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Slip {
    /// One digit is another.
    Changed,
    /// Two neighbouring digits changed places.
    Swapped,
    /// One digit is missing.
    Lost,
    /// There is one digit too many.
    Added,
}

/// A known reference at a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The reference.
    pub reference: RefId,
    /// How it is spelt there.
    pub spelling: Spelling,
    /// The text it stands in.
    pub field: Field,
    /// Where in that text, in bytes.
    pub span: Range<usize>,
    /// What stands there.
    pub written: String,
    /// It is an old reference that stands there, which now has this one's money.
    pub is_alias: bool,
}

/// A reference of the right form that nobody has: the previous owner's, last year's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unknown {
    /// The text it stands in.
    pub field: Field,
    /// Where in that text, in bytes.
    pub span: Range<usize>,
    /// What stands there.
    pub written: String,
    /// The scheme whose form it has, by its place in the list given to the directory.
    pub scheme: usize,
}

/// All that was found in a message, ordered by field, span, spelling and reference.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Findings {
    /// Known references; at one place each is named once, with its best spelling.
    pub found: Vec<Found>,
    /// References known to nobody.
    pub unknown: Vec<Unknown>,
    /// What the remittance text means beside the references that it writes out.
    pub series: Series,
}
