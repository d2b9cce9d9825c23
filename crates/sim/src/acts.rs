//! What the people of a treasury, and a few others, can do on a day.
//!
//! Only the names; how each is done is in the modules of `play`.

/// One act.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Act {
    Import,
    Match,
    Decide,
    /// A case is decided in part; the rest stays in doubt.
    Split,
    Wait,
    Undo,
    /// Somebody takes a case, gives it away, frees it or comments on it.
    Note,
    Hold,
    Lift,
    /// A list gives another amount for an item.
    Correct,
    Revoke,
    /// A list gives another account for a mandate.
    ChangeAccount,
    ConfirmAccount,
    Defer,
    EndDeferral,
    Plan,
    Notify,
    Release,
    ReleaseOwn,
    Export,
    Cancel,
    Sent,
    /// Two people say that a file was never carried out.
    Void,
    Remind,
    ConfirmOpening,
    ConfirmQuiet,
    CloseDay,
    Waive,
    Withdraw,
    /// The books are lost and restored from a backup.
    Restore,
    /// The books are moved into another database.
    Relocate,
    /// The steps of a run are done in their proper order.
    Diligent,
    /// What the bank sent is imported and matched before anything else.
    Morning,
    /// A full list spells the names of the instalments differently.
    Rename,
    /// A full list leaves some items out.
    LeaveOut,
    /// A list is imported as of a day in the future.
    AsOfTomorrow,
    /// The bank takes a part of a transfer back.
    PartBack,
}

/// Rare acts of the finance system, the bank and the clock; only done in wild games.
pub(crate) const WILD_ACTS: [Act; 4] = [Act::Rename, Act::LeaveOut, Act::AsOfTomorrow, Act::PartBack];

/// All acts.
pub(crate) const ACTS: [Act; 32] = [
    Act::Import,
    Act::Match,
    Act::Decide,
    Act::Split,
    Act::Wait,
    Act::Undo,
    Act::Note,
    Act::Hold,
    Act::Lift,
    Act::Correct,
    Act::Revoke,
    Act::ChangeAccount,
    Act::ConfirmAccount,
    Act::Defer,
    Act::EndDeferral,
    Act::Plan,
    Act::Notify,
    Act::Release,
    Act::ReleaseOwn,
    Act::Export,
    Act::Cancel,
    Act::Sent,
    Act::Void,
    Act::Remind,
    Act::ConfirmOpening,
    Act::ConfirmQuiet,
    Act::CloseDay,
    Act::Waive,
    Act::Withdraw,
    Act::Restore,
    Act::Relocate,
    Act::Diligent,
];

impl Act {
    /// Whether a treasury does it every day; without it nothing else can be done.
    pub(crate) fn is_daily(self) -> bool {
        use Act::{Diligent, Export, Import, Match, Notify, Plan, Release};
        matches!(self, Import | Match | Plan | Notify | Release | Export | Diligent)
    }

    /// Whether it happens only once in years.
    pub(crate) fn is_rare(self) -> bool {
        matches!(self, Act::Restore | Act::Relocate)
    }
}
