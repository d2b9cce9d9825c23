//! What may be debited: the plan of a run, and what a credit takes out of it.
//!
//! Invariant: a planned debit claims only principal that is due by the collection date, open, held by no case and in no
//! other living run, by a mandate that may be used. Every open item that is not in has a reason.

use std::collections::{BTreeMap, HashMap, HashSet};

use jiff::ToSpan;
use jiff::civil::Date;
use sepa::{Cents, CreditorId, Iban, MandateId};

use crate::deferral::{Deferral, Deferrals};
pub use crate::reason::Reason;

/// An item with an open amount.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenItem {
    /// Its id.
    pub id: i64,
    /// The cash reference.
    pub kassenzeichen: String,
    /// The levy.
    pub kind: String,
    /// The day it is due.
    pub due: Date,
    /// What is open, above zero.
    pub open: Cents,
    /// The mandate it names.
    pub mandate: Option<String>,
    /// Which of the treasury's creditors claims it (one may have several accounts), and his identifier.
    pub creditor: (usize, CreditorId),
    /// The case that holds it.
    pub held_by: Option<i64>,
    /// The last day of a hold by hand; [`Date::MAX`] where it has no end.
    pub hand_held: Option<Date>,
    /// Whether a living run claims it.
    pub in_run: bool,
    /// Whether a later list left it out, or says that more was paid of it, and nobody has said that it is still owed.
    pub list_held: bool,
    /// What of it credits of its Kassenzeichen cover, at most what is open.
    pub covered: Cents,
    /// Whether the finance system collects it again.
    pub handed_over: bool,
    /// Whether two creditors would use its mandate, which does not say to whom it was given.
    pub mandate_is_shared: bool,
    /// Whether nobody has said that it is owed, and it is not collected before.
    pub unconfirmed: bool,
}

impl OpenItem {
    /// What is open and not covered by a credit.
    pub fn owed(&self) -> Cents {
        self.open.checked_sub(self.covered).unwrap_or(Cents::ZERO)
    }
}

/// A mandate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mandate {
    /// Its row's id.
    pub id: i64,
    /// Its reference.
    pub reference: String,
    /// The cash reference it serves.
    pub kassenzeichen: String,
    /// Whether it was not revoked.
    pub active: bool,
    /// Whether it is a business-to-business one.
    pub b2b: bool,
    /// Whether it may be used once only.
    pub one_off: bool,
    /// The day it was signed.
    pub signed: Date,
    /// The day the reference was last used, by us or before, where known.
    pub last_used: Option<Date>,
    /// Whether a living run of ours debits by it.
    pub in_run: bool,
    /// The creditor that it was given to, where its list says so.
    pub creditor: Option<CreditorId>,
    /// The account.
    pub iban: Iban,
    /// Whether a later list has given it another account, which nobody has confirmed yet.
    pub unconfirmed_account: bool,
    /// Whether its holder's name can be written in a payment file.
    pub nameable: bool,
}

impl Mandate {
    /// Whether it had not been used for 36 months when a day came (EPC SDD Core rulebook 4.1); an unknown last use is none.
    pub fn has_lapsed_by(&self, day: Date) -> bool {
        self.own_last_use().is_some_and(|used| used.checked_add(LAPSE_MONTHS.months()).is_ok_and(|last| last < day))
    }

    /// The last use since it was signed: one before that was another mandate's, and says nothing of this one.
    pub fn own_last_use(&self) -> Option<Date> {
        self.last_used.filter(|used| *used >= self.signed)
    }

    /// Whether it was given for one debit, and that has been made or is on its way (EPC SDD Core: `OOFF` once).
    fn is_used_up(&self) -> bool {
        self.one_off && (self.own_last_use().is_some() || self.in_run)
    }
}

/// The terms of a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    /// The collection date.
    pub due: Date,
    /// Only these levies; all if empty.
    pub kinds: Vec<String>,
    /// At most so many debits.
    pub limit: Option<usize>,
    /// Smaller debits are left for the next due date.
    pub least: Cents,
    /// Least days between two debits of one account.
    pub min_days_between: i32,
    /// When accounts were last debited, by living runs.
    pub last_debits: HashMap<Iban, Date>,
    /// What was put off, and how gently debits catch up.
    pub deferrals: Vec<Deferral>,
    /// Whether a mandate of which nobody knows when it was last used is left out.
    pub hold_unknown_use: bool,
}

/// A debit to be: one mandate, one Kassenzeichen, one creditor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlannedDebit {
    /// The mandate's row.
    pub mandate: i64,
    /// The cash reference.
    pub kassenzeichen: String,
    /// What it claims of which item.
    pub claims: Vec<(i64, Cents)>,
}

/// An item that is not in, with its open amount.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftOut {
    /// The item.
    pub item: i64,
    /// What is open of it.
    pub open: Cents,
    /// Why.
    pub reason: Reason,
    /// The case that holds it.
    pub case: Option<i64>,
}

/// A plan.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// What is in, by Kassenzeichen.
    pub debits: Vec<PlannedDebit>,
    /// What is not, in the order of the items.
    pub left_out: Vec<LeftOut>,
}

/// The most that a direct debit takes (GBIC_5).
const MOST: Cents = Cents::new(99_999_999_999);

/// Months after which an unused mandate lapses.
const LAPSE_MONTHS: i32 = 36;

/// Plans a run. Items of levies that were not asked for are no part of it.
pub fn plan(items: &[OpenItem], mandates: &[Mandate], terms: &Terms) -> Plan {
    let mandates = Mandates::new(mandates);
    let mut plan = Plan::default();
    let mut chosen: Vec<(&OpenItem, &Mandate)> = Vec::new();
    let wanted = |item: &&OpenItem| terms.kinds.is_empty() || terms.kinds.contains(&item.kind);
    for item in items.iter().filter(wanted) {
        match usable(item, &mandates, terms) {
            Ok(mandate) => chosen.push((item, mandate)),
            Err(reason) => plan.left_out.push(left_out(item, reason)),
        }
    }
    let later = beyond_most(&chosen, terms);
    let mut groups: BTreeMap<(&str, i64, usize), (&Mandate, Vec<&OpenItem>)> = BTreeMap::new();
    for (item, mandate) in chosen {
        if later.contains(&item.id) {
            plan.left_out.push(left_out(item, Reason::TooSoon));
        } else {
            let key = (item.kassenzeichen.as_str(), mandate.id, item.creditor.0);
            groups.entry(key).or_insert_with(|| (mandate, Vec::new())).1.push(item);
        }
    }
    let mut debits = 0;
    let mut single = HashSet::new();
    for (mandate, items) in groups.into_values() {
        // a mandate for one debit makes one, whatever it serves
        let spent = mandate.one_off && single.contains(&MandateId::key(&mandate.reference));
        let refusal = group_refusal(mandate, &items, terms).or(spent.then_some(Reason::Lapsed));
        let is_over = terms.limit.is_some_and(|limit| debits >= limit);
        match refusal.or(is_over.then_some(Reason::OverLimit)) {
            Some(reason) => plan.left_out.extend(items.into_iter().map(|item| left_out(item, reason))),
            None => {
                debits += 1;
                single.insert(MandateId::key(&mandate.reference));
                let claims = items.iter().map(|item| (item.id, item.owed())).collect();
                let kassenzeichen = items.first().map(|item| item.kassenzeichen.clone()).unwrap_or_default();
                plan.debits.push(PlannedDebit { mandate: mandate.id, kassenzeichen, claims });
            }
        }
    }
    let place: HashMap<i64, usize> = items.iter().enumerate().map(|(place, item)| (item.id, place)).collect();
    plan.left_out.sort_by_key(|out| place.get(&out.item).copied());
    plan
}

/// The items of a Kassenzeichen beyond the most that one run may take where a deferral sets it: the oldest go first.
fn beyond_most(chosen: &[(&OpenItem, &Mandate)], terms: &Terms) -> HashSet<i64> {
    let deferrals = Deferrals(&terms.deferrals);
    let mut own: HashMap<&str, (usize, Vec<&OpenItem>)> = HashMap::new();
    for (item, _) in chosen.iter().filter(|_| !terms.deferrals.is_empty()) {
        let (most, items) = own.entry(&item.kassenzeichen).or_insert((usize::MAX, Vec::new()));
        *most = deferrals.instalments(&item.kind, item.due).map_or(*most, |instalments| instalments.min(*most));
        items.push(item);
    }
    let beyond = own.into_values().flat_map(|(most, mut items)| {
        items.sort_by_key(|item| item.due);
        items.into_iter().skip(most).map(|item| item.id)
    });
    beyond.collect()
}

fn left_out(item: &OpenItem, reason: Reason) -> LeftOut {
    let case = item.held_by.filter(|_| reason == Reason::Held);
    LeftOut { item: item.id, open: item.open, reason, case }
}

/// Mandates by reference and by Kassenzeichen.
pub struct Mandates<'a> {
    by_reference: HashMap<String, Vec<&'a Mandate>>,
    by_kassenzeichen: HashMap<&'a str, Vec<&'a Mandate>>,
}

impl<'a> Mandates<'a> {
    /// Indexes mandates.
    pub fn new(mandates: &'a [Mandate]) -> Mandates<'a> {
        let (mut by_reference, mut by_kassenzeichen) = (HashMap::<_, Vec<_>>::new(), HashMap::<_, Vec<_>>::new());
        for mandate in mandates {
            by_reference.entry(MandateId::key(&mandate.reference)).or_default().push(mandate);
            by_kassenzeichen.entry(mandate.kassenzeichen.as_str()).or_default().push(mandate);
        }
        Mandates { by_reference, by_kassenzeichen }
    }

    /// Every mandate that serves an item: the one it names and those of its Kassenzeichen; one may come twice.
    pub fn serving(&self, named: Option<&str>, kassenzeichen: &str) -> Vec<&'a Mandate> {
        let named = named.and_then(|named| self.by_reference.get(&MandateId::key(named)));
        named.into_iter().chain(self.by_kassenzeichen.get(kassenzeichen)).flatten().copied().collect()
    }

    /// The mandate by which an item is debited: the one it names, else the only active one of its Kassenzeichen.
    ///
    /// # Errors
    /// [`Reason::NoMandate`] for none or several, [`Reason::Revoked`] where all there are were revoked.
    pub fn of(&self, named: Option<&str>, kassenzeichen: &str) -> Result<&'a Mandate, Reason> {
        if let Some(named) = named {
            let rows = self.by_reference.get(&MandateId::key(named)).map_or(&[][..], Vec::as_slice);
            let own = rows.iter().find(|mandate| mandate.kassenzeichen == kassenzeichen).or(rows.first());
            return own.copied().ok_or(Reason::NoMandate);
        }
        let rows = self.by_kassenzeichen.get(kassenzeichen).map_or(&[][..], Vec::as_slice);
        let active: Vec<&&Mandate> = rows.iter().filter(|mandate| mandate.active).collect();
        match active.as_slice() {
            [only] => Ok(only),
            [] if !rows.is_empty() => Err(Reason::Revoked),
            _ => Err(Reason::NoMandate),
        }
    }
}

/// The mandate that may be used for an item, or the first reason why there is none.
fn usable<'a>(item: &OpenItem, mandates: &Mandates<'a>, terms: &Terms) -> Result<&'a Mandate, Reason> {
    if item.handed_over {
        return Err(Reason::HandedOver);
    }
    if Deferrals(&terms.deferrals).collectable_from(&item.kind, item.due) > terms.due {
        return Err(Reason::NotDue);
    }
    if item.in_run {
        return Err(Reason::InRun);
    }
    if item.held_by.is_some() || item.list_held {
        return Err(Reason::Held);
    }
    if item.hand_held.is_some_and(|until| terms.due <= until) {
        return Err(Reason::HandHold);
    }
    if !item.owed().is_positive() {
        return Err(Reason::Credit);
    }
    let mandate = mandates.of(item.mandate.as_deref(), &item.kassenzeichen)?;
    match () {
        () if mandate.creditor.as_ref().is_some_and(|own| !own.is_same_creditor(&item.creditor.1)) => {
            Err(Reason::NoMandate)
        }
        () if item.mandate_is_shared && mandate.creditor.is_none() => Err(Reason::NoMandate),
        () if !mandate.active => Err(Reason::Revoked),
        () if mandate.has_lapsed_by(terms.due) || mandate.is_used_up() => Err(Reason::Lapsed),
        () if terms.hold_unknown_use && mandate.own_last_use().is_none() && !mandate.one_off => Err(Reason::Lapsed),
        () if mandate.b2b => Err(Reason::B2b),
        () if !mandate.iban.in_eea_sdd() => Err(Reason::OutsideEea),
        () if mandate.unconfirmed_account || mandate.signed >= terms.due => Err(Reason::NoMandate),
        () if !mandate.nameable => Err(Reason::Name),
        () if item.unconfirmed => Err(Reason::Unconfirmed),
        () => Ok(mandate),
    }
}

fn group_refusal(mandate: &Mandate, items: &[&OpenItem], terms: &Terms) -> Option<Reason> {
    let sum = Cents::sum(items.iter().map(|item| item.owed()));
    let last = terms.last_debits.get(&mandate.iban);
    let deferred = |item: &&OpenItem| Deferrals(&terms.deferrals).days_between(&item.kind, item.due);
    let days = items.iter().map(deferred).max().unwrap_or(0).max(terms.min_days_between);
    let too_soon = last.is_some_and(|last| last.checked_add(days.days()).is_ok_and(|earliest| terms.due < earliest));
    if sum.is_none_or(|sum| sum > MOST) {
        Some(Reason::TooLarge)
    } else if sum.is_none_or(|sum| sum < terms.least) {
        Some(Reason::TooSmall)
    } else if too_soon {
        Some(Reason::TooSoon)
    } else {
        None
    }
}

/// What a debit of a run that has not left the house claims of an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Claim {
    /// The debit.
    pub debit: i64,
    /// The item.
    pub item: i64,
    /// What it claims now.
    pub amount: Cents,
}

/// By how much claims must fall: a claim is reserved against other runs, never against money or doubt.
///
/// `room` says what a claim may take at most: the item's amount less what is transferred, nothing while it is held.
pub fn lowered(claims: &[Claim], room: impl Fn(&Claim) -> Cents) -> Vec<Claim> {
    claims
        .iter()
        .filter_map(|claim| {
            let allowed = room(claim).min(claim.amount).max(Cents::ZERO);
            let less = claim.amount.checked_sub(allowed)?;
            less.is_positive().then_some(Claim { amount: less, ..*claim })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const CREDITOR: &str = "DE98ZZZ09999999999";
    const IBANS: [&str; 2] = ["DE89370400440532013000", "CH9300762011623852957"];

    fn mandate(reference: &str, kassenzeichen: &str) -> Mandate {
        Mandate {
            id: 1,
            reference: reference.to_owned(),
            kassenzeichen: kassenzeichen.to_owned(),
            active: true,
            b2b: false,
            one_off: false,
            signed: "2020-01-01".parse().unwrap(),
            last_used: None,
            in_run: false,
            creditor: None,
            iban: Iban::parse(IBANS[0]).unwrap(),
            unconfirmed_account: false,
            nameable: true,
        }
    }

    fn item(id: i64, due: &str, open: i64) -> OpenItem {
        OpenItem {
            id,
            kassenzeichen: "KZ1".to_owned(),
            kind: "Steuer".to_owned(),
            due: due.parse().unwrap(),
            open: Cents::new(open),
            mandate: Some("M1".to_owned()),
            creditor: (0, CreditorId::parse(CREDITOR).unwrap()),
            held_by: None,
            hand_held: None,
            in_run: false,
            list_held: false,
            covered: Cents::ZERO,
            handed_over: false,
            mandate_is_shared: false,
            unconfirmed: false,
        }
    }

    fn terms() -> Terms {
        Terms {
            due: "2024-03-15".parse().unwrap(),
            kinds: Vec::new(),
            limit: None,
            least: Cents::ZERO,
            min_days_between: 0,
            last_debits: HashMap::new(),
            hold_unknown_use: false,
            deferrals: Vec::new(),
        }
    }

    /// Puts off what was due in the winter, to the day of the plan.
    fn deferral() -> Deferral {
        Deferral {
            id: 1,
            kinds: vec!["Steuer".to_owned()],
            due_from: "2023-10-30".parse().unwrap(),
            due_until: "2024-02-29".parse().unwrap(),
            new_due: "2024-03-15".parse().unwrap(),
            instalments: None,
            days_between: 0,
        }
    }

    #[track_caller]
    fn check(change: impl Fn(&mut OpenItem, &mut Mandate, &mut Terms), expected: Option<Reason>) {
        let (mut open, mut mandate, mut terms) = (item(1, "2023-11-15", 1000), mandate("M1", "KZ1"), terms());
        change(&mut open, &mut mandate, &mut terms);
        let plan = plan(&[open], &[mandate], &terms);
        assert_eq!(plan.left_out.first().map(|out| out.reason), expected);
        assert_eq!(plan.debits.len(), usize::from(expected.is_none()));
    }

    #[test]
    fn each_reason_leaves_an_item_out() {
        check(|_, _, _| {}, None);
        check(|item, _, _| item.handed_over = true, Some(Reason::HandedOver));
        check(|item, _, _| (item.handed_over, item.in_run) = (true, true), Some(Reason::HandedOver));
        check(|item, _, _| item.due = "2024-03-16".parse().unwrap(), Some(Reason::NotDue));
        check(|item, _, _| item.in_run = true, Some(Reason::InRun));
        check(|item, _, _| item.held_by = Some(7), Some(Reason::Held));
        check(|item, _, _| item.mandate = Some("M2".to_owned()), Some(Reason::NoMandate));
        check(
            |item, mandate, _| (item.mandate, mandate.kassenzeichen) = (None, "KZ2".to_owned()),
            Some(Reason::NoMandate),
        );
        check(|item, _, _| item.mandate = None, None);
        check(|_, mandate, _| mandate.unconfirmed_account = true, Some(Reason::NoMandate));
        check(|item, _, _| item.unconfirmed = true, Some(Reason::Unconfirmed));
        let given_to = |id: &'static str| {
            move |_: &mut OpenItem, mandate: &mut Mandate, _: &mut Terms| {
                mandate.creditor = Some(CreditorId::parse(id).unwrap());
            }
        };
        check(given_to(CREDITOR), None);
        check(given_to("DE98ABC09999999999"), None);
        check(given_to("DE09ZZZ00000000001"), Some(Reason::NoMandate));
        check(|_, mandate, _| mandate.active = false, Some(Reason::Revoked));
        check(|_, mandate, _| mandate.last_used = Some("2021-03-14".parse().unwrap()), Some(Reason::Lapsed));
        check(|_, mandate, _| mandate.last_used = Some("2021-03-15".parse().unwrap()), None);
        check(|_, _, terms| terms.hold_unknown_use = true, Some(Reason::Lapsed));
        let used = |mandate: &mut Mandate| mandate.last_used = Some("2023-08-15".parse().unwrap());
        check(
            |_, mandate, terms| {
                terms.hold_unknown_use = true;
                used(mandate);
            },
            None,
        );
        check(
            |_, mandate, _| {
                mandate.one_off = true;
                used(mandate);
            },
            Some(Reason::Lapsed),
        );
        check(|_, mandate, terms| (mandate.one_off, terms.hold_unknown_use) = (true, true), None);
        check(|_, mandate, _| (mandate.one_off, mandate.in_run) = (true, true), Some(Reason::Lapsed));
        check(|_, mandate, _| mandate.in_run = true, None);
        check(|_, mandate, _| mandate.b2b = true, Some(Reason::B2b));
        check(|_, mandate, _| mandate.iban = Iban::parse(IBANS[1]).unwrap(), Some(Reason::OutsideEea));
        check(|_, _, terms| terms.least = Cents::new(1001), Some(Reason::TooSmall));
        let soon = |days: i32| {
            move |_: &mut OpenItem, mandate: &mut Mandate, terms: &mut Terms| {
                terms.min_days_between = days;
                terms.last_debits.insert(mandate.iban, "2024-03-01".parse().unwrap());
            }
        };
        check(soon(15), Some(Reason::TooSoon));
        check(soon(14), None);
        let deferred = |new_due: &'static str, days: i32| {
            move |_: &mut OpenItem, mandate: &mut Mandate, terms: &mut Terms| {
                let new_due = new_due.parse().unwrap();
                terms.deferrals.push(Deferral { new_due, days_between: days, ..deferral() });
                terms.last_debits.insert(mandate.iban, "2024-03-01".parse().unwrap());
            }
        };
        check(deferred("2024-03-15", 14), None);
        check(deferred("2024-03-18", 14), Some(Reason::NotDue));
        check(deferred("2024-03-15", 15), Some(Reason::TooSoon));
    }

    #[test]
    fn two_active_mandates_are_one_too_many() {
        let open = OpenItem { mandate: None, ..item(1, "2023-11-15", 1000) };
        let plan = plan(&[open], &[mandate("M1", "KZ1"), mandate("M2", "KZ1")], &terms());
        assert_eq!(plan.left_out[0].reason, Reason::NoMandate);
    }

    #[test]
    fn what_is_beyond_the_limit_is_named() {
        let other = OpenItem { kassenzeichen: "KZ2".to_owned(), mandate: None, ..item(2, "2024-02-15", 500) };
        let mandates = [mandate("M1", "KZ1"), Mandate { id: 2, ..mandate("M2", "KZ2") }];
        let items = [item(1, "2023-11-15", 1000), other];
        for (limit, debits, over) in [(None, 2, &[][..]), (Some(2), 2, &[]), (Some(1), 1, &[2]), (Some(0), 0, &[1, 2])]
        {
            let plan = plan(&items, &mandates, &Terms { limit, ..terms() });
            assert_eq!(plan.debits.len(), debits, "{limit:?}");
            let named: Vec<i64> = plan.left_out.iter().map(|out| out.item).collect();
            assert_eq!(named, over, "{limit:?}");
            assert!(plan.left_out.iter().all(|out| out.reason == Reason::OverLimit));
        }
    }

    #[test]
    fn two_creditors_make_two_debits() {
        let other = OpenItem { creditor: (1, CreditorId::parse(CREDITOR).unwrap()), ..item(2, "2024-02-15", 500) };
        let plan = plan(&[item(1, "2023-11-15", 1000), other], &[mandate("M1", "KZ1")], &terms());
        assert_eq!(plan.debits.iter().map(|debit| debit.claims[0].0).collect::<Vec<_>>(), [1, 2]);
    }

    #[test]
    fn a_mandate_for_one_debit_makes_one() {
        let mandates =
            ["KZ1", "KZ2"].map(|kz| Mandate { one_off: true, id: i64::from(kz == "KZ2"), ..mandate("M1", kz) });
        let other = OpenItem { kassenzeichen: "KZ2".to_owned(), ..item(2, "2024-02-15", 500) };
        let plan = plan(&[item(1, "2023-11-15", 1000), other], &mandates, &terms());
        assert_eq!(plan.debits.iter().map(|debit| debit.claims[0].0).collect::<Vec<_>>(), [1]);
        assert_eq!((plan.left_out[0].item, plan.left_out[0].reason), (2, Reason::Lapsed));
    }

    #[test]
    fn one_debit_covers_all_due_items_of_a_kassenzeichen() {
        let plan = plan(&[item(1, "2023-11-15", 1000), item(2, "2024-02-15", 500)], &[mandate("M1", "KZ1")], &terms());
        assert_eq!(plan.debits.len(), 1);
        assert_eq!(plan.debits[0].claims, [(1, Cents::new(1000)), (2, Cents::new(500))]);
    }

    #[test]
    fn a_deferral_lets_the_oldest_instalments_of_a_kassenzeichen_go_first() {
        let items = [
            item(1, "2024-02-15", 100),
            item(2, "2023-11-15", 200),
            item(3, "2024-03-01", 300),
            OpenItem { kassenzeichen: "KZ2".to_owned(), mandate: None, ..item(4, "2024-03-01", 400) },
        ];
        let mandates = [mandate("M1", "KZ1"), Mandate { id: 2, ..mandate("M2", "KZ2") }];
        for (most, taken, later) in [
            (Some(1), &[2, 4][..], &[1, 3][..]),
            // what is due regularly counts too: it is one debit
            (Some(2), &[1, 2, 4], &[3]),
            (Some(3), &[1, 2, 3, 4], &[]),
            (None, &[1, 2, 3, 4], &[]),
        ] {
            let terms = Terms { deferrals: vec![Deferral { instalments: most, ..deferral() }], ..terms() };
            let plan = plan(&items, &mandates, &terms);
            let mut claimed: Vec<i64> =
                plan.debits.iter().flat_map(|debit| &debit.claims).map(|(item, _)| *item).collect();
            claimed.sort_unstable();
            assert_eq!(claimed, taken, "{most:?}");
            let left: Vec<(i64, Reason)> = plan.left_out.iter().map(|out| (out.item, out.reason)).collect();
            assert_eq!(left, later.iter().map(|item| (*item, Reason::TooSoon)).collect::<Vec<_>>(), "{most:?}");
        }
    }

    #[test]
    fn what_is_due_on_a_saturday_is_not_collected_on_a_bank_day_that_is_a_holiday() {
        for (run, expected) in [("2027-05-17", Some(Reason::NotDue)), ("2027-05-18", None)] {
            let terms = Terms { due: run.parse().unwrap(), ..terms() };
            let plan = plan(&[item(1, "2027-05-15", 1000)], &[mandate("M1", "KZ1")], &terms);
            assert_eq!(plan.left_out.first().map(|out| out.reason), expected, "{run}");
        }
    }

    #[test]
    fn a_claim_falls_with_the_room_and_never_rises() {
        let claim = Claim { debit: 1, item: 1, amount: Cents::new(1000) };
        for (room, less) in [(1000, None), (1500, None), (400, Some(600)), (0, Some(1000)), (-5, Some(1000))] {
            let lowered = lowered(&[claim], |_| Cents::new(room));
            assert_eq!(lowered.first().map(|claim| claim.amount.get()), less, "room {room}");
        }
    }
}
