//! The kinds of towns, and the limits that the matcher must keep in each.
//!
//! Must not know how a town is drawn. Invariant: the order of [`PROFILES`] is the order of the shares of a manner.

/// How hard a town is; shares in thousandths unless stated otherwise.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    /// Whether numbers are given out consecutively.
    pub dense: bool,
    /// Towns whose main scheme has no check digit.
    pub unchecked: u32,
    /// References that owe one of a few flat rates.
    pub flat: u32,
    /// How many flat rates there are.
    pub rates: usize,
    /// Debtors who live with their family in one house, under the same family name.
    pub family: u32,
    /// Transfers with another form of the payer's name.
    pub name_varies: u32,
    /// Transfers by a person of another name from an unknown account.
    pub spouse_pays: u32,
    /// Transfers by the debtor himself from an account that no mandate names.
    pub other_account: u32,
    /// Other money with the amount of somebody's instalment.
    pub near_other: u32,
    /// References whose houses belong to a property manager.
    pub managed: u32,
    /// Transfers with another amount than is due: a part, too much, a slip in the amount.
    pub odd_amounts: u32,
    /// Whether a transfer of another amount may also carry a damaged reference.
    pub odd_and_damaged: bool,
}

/// The limits, counted over all towns of a profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Posted wrongly: at most one in this many payments; `None` for not a single one.
    pub wrong_one_in: Option<u64>,
    /// Debited beyond what is owed: at most one in this many references; `None` for not a single one.
    pub double_one_in: Option<u64>,
    /// Debited beyond what is owed because of money that nobody was shown: at most one in this many references; `None`
    /// for not a single one.
    pub unseen_one_in: Option<u64>,
}

/// A kind of town.
#[derive(Clone, Copy, Debug)]
pub struct Profile {
    /// Its name on the command line.
    pub name: &'static str,
    /// How hard its towns are.
    pub shape: Shape,
    /// Its limits.
    pub limits: Limits,
    /// How many of a thousand credits are one of the stories of [`crate::wild`].
    pub wild: u32,
}

const EASY: Shape = Shape {
    dense: false,
    unchecked: 0,
    flat: 100,
    rates: 6,
    family: 0,
    name_varies: 0,
    spouse_pays: 0,
    other_account: 0,
    near_other: 0,
    managed: 0,
    odd_amounts: 60,
    odd_and_damaged: false,
};

const HARD: Shape = Shape {
    dense: true,
    unchecked: 300,
    flat: 300,
    rates: 12,
    family: 150,
    name_varies: 400,
    spouse_pays: 60,
    other_account: 250,
    near_other: 100,
    managed: 15,
    odd_amounts: 60,
    odd_and_damaged: true,
};

/// An ordinary town with consecutive numbers, so that lists of them are shortened and written as ranges.
const MIXED: Shape = Shape {
    dense: true,
    unchecked: 300,
    flat: 200,
    family: 100,
    name_varies: 150,
    spouse_pays: 20,
    other_account: 100,
    near_other: 30,
    managed: 10,
    ..EASY
};

const NONE: Limits = Limits { wrong_one_in: None, double_one_in: None, unseen_one_in: None };
/// At most one transfer in 20,000 posted wrongly, and two references in ten towns of 5,000 debited beyond what is owed.
const FEW: Limits = Limits { wrong_one_in: Some(20_000), double_one_in: Some(25_000), unseen_one_in: Some(25_000) };

/// Every profile. `odd` has manners that the first four seldom or never have, in an easy town; `oddcity` in a hard one.
/// `wild` adds what payers, banks and finance systems do beyond a single transfer.
pub const PROFILES: [Profile; 7] = [
    Profile { name: "clean", shape: EASY, limits: NONE, wild: 0 },
    Profile { name: "standard", shape: EASY, limits: NONE, wild: 0 },
    Profile { name: "harsh", shape: EASY, limits: NONE, wild: 0 },
    Profile { name: "city", shape: HARD, limits: FEW, wild: 0 },
    Profile {
        name: "odd",
        shape: Shape { name_varies: 200, spouse_pays: 20, other_account: 100, managed: 5, ..EASY },
        limits: NONE,
        wild: 0,
    },
    Profile { name: "oddcity", shape: HARD, limits: FEW, wild: 0 },
    Profile { name: "wild", shape: MIXED, limits: NONE, wild: 120 },
];

/// The profile of a name.
pub fn profile(name: &str) -> Option<usize> {
    PROFILES.iter().position(|profile| profile.name == name)
}

impl Limits {
    /// Whether `found` in `of` keeps a limit of at most one in this many.
    pub fn keeps(limit: Option<u64>, found: u64, of: u64) -> bool {
        found.saturating_mul(limit.unwrap_or(u64::MAX)) <= of || found == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_is_a_share_or_nothing_at_all() {
        for (limit, found, of, holds) in [
            (None, 0, 10, true),
            (None, 1, 1_000_000, false),
            (Some(20_000), 1, 20_000, true),
            (Some(20_000), 2, 39_999, false),
            (Some(20_000), 0, 5, true),
        ] {
            assert_eq!(Limits::keeps(limit, found, of), holds, "{limit:?} {found} {of}");
        }
    }
}
