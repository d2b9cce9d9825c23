//! What people of a treasury can do on a day.
//!
//! Knows the names only; how each is done stands in the modules of `play`.

/// One of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Act {
    Import,
    Match,
    Decide,
    /// A case is decided in part; the rest stays in doubt.
    Split,
    Wait,
    Undo,
    /// Somebody takes a case, gives it away, lays it down or says something.
    Note,
    Hold,
    Lift,
    /// A list says another amount.
    Correct,
    Revoke,
    /// A list gives a mandate another account.
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
    /// The books are lost and put back from a backup.
    Restore,
    /// The books move into another database.
    Relocate,
    /// One thing after the other, as it should be.
    Diligent,
    /// What came is imported and matched before anything else is done.
    Morning,
    /// A list of all spells the names of the instalments in another way.
    Rename,
    /// A list of all leaves some out.
    LeaveOut,
    /// A list is said to be as of a day to come.
    AsOfTomorrow,
    /// The bank takes a part of a transfer back.
    PartBack,
}

/// What is rare: the finance system's, the bank's and the clock's doing. Done in wild games alone.
pub(crate) const WILD_ACTS: [Act; 4] = [Act::Rename, Act::LeaveOut, Act::AsOfTomorrow, Act::PartBack];

/// All of it.
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
    /// What a treasury does every day; without it nothing else can be done.
    pub(crate) fn is_daily(self) -> bool {
        use Act::{Diligent, Export, Import, Match, Notify, Plan, Release};
        matches!(self, Import | Match | Plan | Notify | Release | Export | Diligent)
    }

    /// What happens once in years.
    pub(crate) fn is_rare(self) -> bool {
        matches!(self, Act::Restore | Act::Relocate)
    }
}
