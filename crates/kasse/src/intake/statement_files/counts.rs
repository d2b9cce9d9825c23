//! What the bookings of a message are for the books.
//!
//! Knows kinds of messages alone. Invariant: only a statement's bookings are money.

use camt::MessageKind;

/// What a statement's bookings are for the books.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Counts {
    /// Money.
    Money,
    /// Details of what a statement books.
    Details,
    /// Nothing yet: what a statement will tell.
    Report,
}

impl Counts {
    /// By the kind of the message.
    pub(crate) fn of(kind: MessageKind) -> Counts {
        match kind {
            MessageKind::Statement053 | MessageKind::Mt940 => Counts::Money,
            MessageKind::Notification054 => Counts::Details,
            MessageKind::Report052 | MessageKind::Mt942 => Counts::Report,
        }
    }

    /// What tells its bookings from those of other messages, which may be the same in all else.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Counts::Money => "",
            Counts::Details => "advice",
            Counts::Report => "report",
        }
    }
}
