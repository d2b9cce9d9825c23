//! Which faults and habits a seed has, and how often. Each seed draws its own, so that rare ones are frequent in some
//! games.

use rand::RngExt as _;
use rand::rngs::StdRng;

use crate::acts::{ACTS, Act};

/// Shares in hundredths.
#[derive(Clone, Debug)]
pub(crate) struct Swarm {
    /// A day's statement comes late, or is found late.
    pub(crate) late: u32,
    /// An overlapping download comes.
    pub(crate) again: u32,
    /// A statement is cut in two.
    pub(crate) cut: u32,
    /// A statement comes twice.
    pub(crate) twice: u32,
    /// It is an MT940.
    pub(crate) old_format: u32,
    /// The bank gives no references, and twins are paid.
    pub(crate) nameless: u32,
    /// The bank takes a transfer back.
    pub(crate) taken_back: u32,
    /// A use case is killed between two statements of SQL.
    pub(crate) kill: u32,
    /// Two processes do the same at once.
    pub(crate) at_once: u32,
    /// The real program is killed from outside, or the disk is full.
    pub(crate) violence: u32,
    /// The business date jumps.
    pub(crate) clock: u32,
    /// The day begins with importing everything that came.
    pub(crate) mornings: u32,
    /// Transfers a day.
    pub(crate) transfers: usize,
    /// A statement comes first with a wrong balance, or with a booking missing.
    pub(crate) wrong: u32,
    /// The bank gives no statement of a day without bookings.
    pub(crate) silent: u32,
    /// The bank refuses a payment file, or it never reaches the bank.
    pub(crate) undone: u32,
    /// A statement comes on two pages. Only in wild games, like the three below.
    pub(crate) pages: u32,
    /// The bank tells of a day before it is over.
    pub(crate) early: u32,
    /// A transfer is one of the wild manners.
    pub(crate) wild: u32,
    /// A rare act of the finance system, the clock or the bank.
    pub(crate) wild_acts: u32,
    /// Weights of the acts, in the order of [`ACTS`].
    pub(crate) acts: Vec<u32>,
}

impl Swarm {
    pub(crate) fn draw(random: &mut StdRng) -> Swarm {
        let mut share = |most: u32| if random.random_bool(0.5) { random.random_range(1..=most) } else { 0 };
        let (late, again, cut, twice) = (share(60), share(40), share(60), share(40));
        let (old_format, nameless, taken_back) = (share(100), share(60), share(30));
        let (kill, at_once, clock, violence) = (share(50), share(40), share(20), share(25));
        let (wrong, silent, undone) = (share(30), share(60), share(80));
        let mornings = random.random_range(10..=95);
        let transfers = random.random_range(1..=6);
        let acts = ACTS.map(|act| habit(random, act)).to_vec();
        Swarm {
            late,
            again,
            cut,
            twice,
            old_format,
            nameless,
            taken_back,
            kill,
            at_once,
            clock,
            violence,
            wrong,
            silent,
            undone,
            pages: 0,
            early: 0,
            wild: 0,
            wild_acts: 0,
            mornings,
            transfers,
            acts,
        }
    }

    /// The same in a wild game, which adds what payers, banks and finance systems do beyond the ordinary.
    pub(crate) fn wild(self, random: &mut StdRng) -> Swarm {
        let mut share = |most: u32| if random.random_bool(0.6) { random.random_range(1..=most) } else { 0 };
        let (pages, early, wild_acts) = (share(60), share(60), share(40));
        Swarm { pages, early, wild_acts, wild: random.random_range(10..=80), ..self }
    }

    /// The same habits without a fault.
    pub(crate) fn calm(&self) -> Swarm {
        Swarm {
            late: 0,
            again: 0,
            cut: 0,
            twice: 0,
            kill: 0,
            at_once: 0,
            clock: 0,
            violence: 0,
            wrong: 0,
            silent: 0,
            undone: 0,
            early: 0,
            wild_acts: 0,
            ..self.clone()
        }
    }
}

/// The weight of an act: never or now and then, if the treasury can do without it.
fn habit(random: &mut StdRng, act: Act) -> u32 {
    match act {
        act if act.is_daily() => random.random_range(10..=24),
        act if act.is_rare() => random.random_range(0..=2),
        _ if random.random_bool(0.35) => 0,
        _ => random.random_range(1..=10),
    }
}
