//! Late charges: what § 240 AO and the reminder fee of North Rhine-Westphalia come to, and whether they arose at all.
//!
//! Knows no file and no clock; who owes, who pays and when are given. What is computed here is never claimed: it says
//! what a report must show as not arisen, waived, or still to be decided. Invariant: a charge never falls on what was
//! paid within the grace, and no fee is owed on a fee.

use jiff::ToSpan;
use jiff::civil::Date;
use sepa::{Cents, end_of_grace, nrw_working_day_on_or_after};

use crate::plan::Mandate;

/// What the law leaves open, as the treasury has settled it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rules {
    /// Whether a month of delay that ends on a Saturday, Sunday or holiday ends on the next working day (§ 108 (3) AO
    /// read for every kind of period; no court has said so of these months).
    pub month_end_shifts: bool,
}

/// Late charges are computed on whole multiples of this (§ 240 (1) AO: rounded down to 50 EUR).
const CHARGE_STEP: i64 = 5_000;
/// One part in so many is charged for each month that has begun: 1 percent.
const CHARGE_SHARE: i64 = 100;
/// Late charges below this are not demanded on their own.
const LEAST_DEMANDED: Cents = Cents::new(500);

/// What a delay has cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LateCharge {
    /// Months that had begun while something was open.
    pub months: u32,
    /// The Säumniszuschlag.
    pub amount: Cents,
}

impl LateCharge {
    /// Whether it is worth a demand of its own: 5 EUR or more.
    pub fn is_demanded(self) -> bool {
        self.amount >= LEAST_DEMANDED
    }
}

/// The late charge on a claim, as of the end of a day (§ 240 AO): one percent for each month that has begun of what was
/// still open when it began, rounded down to 50 EUR.
///
/// `due` is the written due day, `principal` what was not paid before it, `paid` what was credited on which day
/// (§ 224 (2) Nr. 2 AO). Nothing is charged on what was paid until the end of the grace; once that has passed, months
/// count from the due day.
pub fn late_charge(due: Date, principal: Cents, paid: &[(Date, Cents)], as_of: Date, rules: Rules) -> LateCharge {
    let (start, grace) = (nrw_working_day_on_or_after(due), end_of_grace(due));
    let (mut months, mut cents) = (0, 0);
    // the last day on which a payment spares the month
    let mut spared_by = grace;
    while as_of > spared_by {
        let base = open_after(principal, paid, spared_by);
        if !base.is_positive() {
            break;
        }
        months += 1;
        cents += base.get() / CHARGE_STEP * CHARGE_STEP / CHARGE_SHARE;
        let Some(end) = month_end(start, months, rules) else { break };
        spared_by = end;
    }
    LateCharge { months, amount: Cents::new(cents) }
}

/// The last day of the n-th month after a due day: the day of the same number, or the month's last one (§ 188 (2), (3)
/// BGB).
fn month_end(start: Date, months: u32, rules: Rules) -> Option<Date> {
    let end = start.checked_add(i64::from(months).months()).ok()?;
    Some(if rules.month_end_shifts { nrw_working_day_on_or_after(end) } else { end })
}

/// Whether a claim was really due before an outage began: what was assessed on it may be owed, for it could be collected
/// then.
pub fn is_due_before(due: Date, outage: Option<(Date, Date)>) -> bool {
    outage.is_some_and(|(from, _)| nrw_working_day_on_or_after(due) < from)
}

/// What is open of a principal when a day is over.
pub fn open_after(principal: Cents, paid: &[(Date, Cents)], day: Date) -> Cents {
    let until = paid.iter().filter(|(on, _)| *on <= day).map(|(_, amount)| *amount);
    Cents::sum(until).and_then(|paid| principal.checked_sub(paid)).unwrap_or(Cents::ZERO).max(Cents::ZERO)
}

/// The reminder fee of North Rhine-Westphalia on what is open (§ 9 (1), § 17 VO VwVG NRW): 6 EUR up to 50 EUR, one
/// percent of what is above, 52 EUR at most; base and fee are rounded down to whole euros.
pub fn reminder_fee(open: Cents) -> Cents {
    const EURO: i64 = 100;
    const BASIC_FEE: i64 = 600;
    const BASIC_UP_TO: i64 = 5_000;
    const HIGHEST: i64 = 5_200;
    if !open.is_positive() {
        return Cents::ZERO;
    }
    let base = open.get() / EURO * EURO;
    let fee = BASIC_FEE + (base - BASIC_UP_TO).max(0) / 100;
    Cents::new((fee / EURO * EURO).min(HIGHEST))
}

/// What a reminder would have cost at most: it goes out after the grace, once, on what is open then.
pub fn reminder_if_sent(due: Date, principal: Cents, paid: &[(Date, Cents)], as_of: Date) -> Cents {
    let grace = end_of_grace(due);
    if as_of > grace { reminder_fee(open_after(principal, paid, grace)) } else { Cents::ZERO }
}

/// Which claims a decision concerns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    /// All that fell due in its days.
    Outage,
    /// One levy.
    Kind(String),
    /// One Kassenzeichen, in canonical form.
    Kassenzeichen(String),
    /// One item.
    Item(i64),
}

/// A recorded decision to waive fees that nobody has withdrawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiver {
    /// Its number.
    pub id: i64,
    /// Which claims.
    pub scope: Scope,
    /// The first due day that it concerns.
    pub due_from: Option<Date>,
    /// The last one.
    pub due_until: Option<Date>,
}

impl Waiver {
    fn covers(&self, claim: &Claim<'_>) -> bool {
        let in_scope = match &self.scope {
            Scope::Outage => true,
            Scope::Kind(kind) => kind == claim.kind,
            Scope::Kassenzeichen(own) => own == claim.kassenzeichen,
            Scope::Item(item) => *item == claim.item,
        };
        let within = |day: &Date| {
            self.due_from.is_none_or(|from| from <= *day) && self.due_until.is_none_or(|until| *day <= until)
        };
        in_scope && claim.due_days().iter().any(within)
    }
}

/// What is asked of a claim.
#[derive(Clone, Copy, Debug)]
pub struct Claim<'a> {
    /// The item.
    pub item: i64,
    /// Its Kassenzeichen, in canonical form.
    pub kassenzeichen: &'a str,
    /// Its levy.
    pub kind: &'a str,
    /// The day it is due, as written: a deferral does not change it.
    pub due: Date,
    /// The mandates that serve it: the one it names and those of its Kassenzeichen.
    pub mandates: &'a [&'a Mandate],
}

impl Claim<'_> {
    /// The written due day and the day on which it is really due: a period concerns a claim if it has either.
    fn due_days(&self) -> [Date; 2] {
        [self.due, nrw_working_day_on_or_after(self.due)]
    }
}

/// What became of the fees on a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// A mandate was valid on the due day: it counts as paid on that day, no charge arises by law (§ 224 (2) Nr. 3 AO).
    NotArisen,
    /// This decision waives them.
    Waived(i64),
    /// A person must decide.
    Undecided(Missing),
}

/// Why no fee is spared by law.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Missing {
    /// The account of the mandate cannot be debited by us.
    OutsideEea,
    /// The mandate had not been used for 36 months by the due day.
    Lapsed,
    /// The mandate was revoked; since when, no list says.
    Revoked,
    /// The mandate was signed after the due day.
    SignedLater,
    /// There is no mandate.
    NoMandate,
    /// There was a mandate, but the due day is none of the outage: what became of that debit is not known here.
    OutsideOutage,
}

impl Missing {
    /// The word that is shown.
    pub fn word(self) -> &'static str {
        match self {
            Missing::OutsideEea => "outside_eea",
            Missing::Lapsed => "lapsed",
            Missing::Revoked => "revoked",
            Missing::SignedLater => "signed_later",
            Missing::NoMandate => "no_mandate",
            Missing::OutsideOutage => "outside_outage",
        }
    }
}

/// Whether fees on a claim arose: first what the law says, then what was decided; else a person must.
pub fn standing(claim: &Claim<'_>, outage: Option<(Date, Date)>, waivers: &[Waiver]) -> Standing {
    let [written, due] = claim.due_days();
    let within = |day: Date| outage.is_some_and(|(from, until)| (from..=until).contains(&day));
    // several mandates: one that was valid is enough, else what came closest to it
    let missing =
        claim.mandates.iter().map(|mandate| invalid_on(mandate, due)).min().unwrap_or(Some(Missing::NoMandate));
    let missing = match missing {
        None if within(written) || within(due) => return Standing::NotArisen,
        None => Missing::OutsideOutage,
        Some(missing) => missing,
    };
    let waiver = waivers.iter().find(|waiver| waiver.covers(claim));
    waiver.map_or(Standing::Undecided(missing), |waiver| Standing::Waived(waiver.id))
}

/// Why a mandate was not valid on a day. A business-to-business one is a mandate too: that we cannot collect by it is not
/// the debtor's delay.
fn invalid_on(mandate: &Mandate, day: Date) -> Option<Missing> {
    if !mandate.active {
        Some(Missing::Revoked)
    } else if mandate.signed > day {
        Some(Missing::SignedLater)
    } else if mandate.has_lapsed_by(day) {
        Some(Missing::Lapsed)
    } else if !mandate.iban.in_eea_sdd() {
        Some(Missing::OutsideEea)
    } else {
        None
    }
}
