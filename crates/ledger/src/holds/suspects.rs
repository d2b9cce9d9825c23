//! Whom a doubtful payment, or what is left over of one, could concern.
//!
//! Knows no other doubt. Invariant: a doubt is covered only if what is held could take all of the money under every reading
//! that is left; who is not sure of that says that it is not.

use sepa::Cents;

use crate::books::{AccountId, Books};
use crate::candidates::{AMOUNT_ALONE, Candidate, Fit, Scales, is_day_of, is_share};
use crate::decide::{Draft, Ground, speaks_of_levy};
use crate::evidence::{Mark, add_logs};
use crate::names::Agreement;
use crate::payment::Payment;
use crate::reading::{Reading, Setting};
use crate::settle::Rooms;
use crate::weights::{Key, Weights};
use crate::words::Kinds;

use super::suspect::{HoldReason, Suspect, Wide};

/// Neighbours of a damaged reference that nothing else speaks for: at most so many are held.
const MOST_NEIGHBOURS: usize = 12;

/// More Kassenzeichen than this are never held for one payment of which only the amount is known.
const MOST_WIDE: usize = 250;

/// So many references, quoted or meant, are a list.
const LIST: usize = 3;

/// So many ways to divide a payment between what is quoted and what else is meant are looked at.
const MOST_RESTS: usize = 6;

/// A name or an address that at most so many have points to them, whatever the amount is.
const FEW: u32 = 3;

/// Who is held without an account of his covers a doubt only if he is so much likelier than everybody else together: odds
/// of 100 to 1.
const LIKELY: i32 = 460;

/// Money in doubt, and everything that is known of it.
pub(super) struct Doubt<'a> {
    pub(super) books: &'a Books,
    /// What is open after everything that was placed.
    pub(super) open: &'a Rooms,
    weights: &'a Weights,
    pub(super) payment: &'a Payment,
    pub(super) reading: &'a Reading,
    pub(super) draft: &'a Draft,
    /// How much of it may be meant for somebody else than what is quoted.
    pub(super) rest: Cents,
    /// Everyone considered for that.
    pub(super) candidates: &'a [Candidate],
}

impl<'a> Doubt<'a> {
    pub(super) fn new(
        setting: Setting<'a>,
        payment: &'a Payment,
        reading: &'a Reading,
        draft: &'a Draft,
        rest: Cents,
        candidates: &'a [Candidate],
    ) -> Doubt<'a> {
        let Setting { books, rooms: open, weights, .. } = setting;
        Doubt { books, open, weights, payment, reading, draft, rest, candidates }
    }

    /// What is left, under every reading: all that is not placed; where the text means more than it quotes, also what is left
    /// if what is quoted takes all that it owes, or one instalment each.
    pub(super) fn rests(&self) -> Vec<Cents> {
        let mut rests = vec![self.rest];
        if !matches!(self.draft.ground, Ground::MoreAreMeant | Ground::Undivided) {
            return rests;
        }
        let quoted: Vec<AccountId> = self.quoted().collect();
        let mut taken: Vec<Cents> = self.sums_of(&quoted).into_iter().flatten().collect();
        if let [only] = quoted.as_slice() {
            taken.extend(self.open.unpaid(self.books, *only));
        }
        for taken in taken {
            let left = self.rest.checked_sub(taken).filter(|left| left.is_positive());
            let is_new = |left: &Cents| !rests.contains(left) && rests.len() <= MOST_RESTS;
            let left = left.filter(is_new);
            rests.extend(left);
        }
        rests
    }

    /// The most that is held for one of those who are quoted. Of a list each gets at least one instalment; of one that goes on
    /// just that, if it is not enough for all that is due of what it names: the others, whom nobody knows, get the rest.
    fn most_of_list(&self, account: AccountId) -> Cents {
        let quoted: Vec<AccountId> = self.quoted().collect();
        if quoted.len() < LIST {
            return self.rest;
        }
        let least = |account: AccountId| self.open.unpaid(self.books, account).into_iter().min();
        // of his own the oldest: instalments of nearly the same amount are not taken for each other
        let own = self.open.unpaid(self.books, account).first().copied().unwrap_or(Cents::ZERO);
        let [all, ..] = self.sums_of(&quoted);
        if self.goes_on() && all.is_some_and(|all| self.rest < all) {
            return own.min(self.rest);
        }
        let others = quoted.iter().filter(|other| **other != account).filter_map(|other| least(*other));
        let left = Cents::sum(others).and_then(|others| self.rest.checked_sub(others));
        left.map_or(self.rest, |left| left.max(own).min(self.rest))
    }

    /// How a payment is divided if the text names, with his whole name or his address, somebody who owes just what would be
    /// left: what is quoted, and he. Nothing where nobody does.
    pub(super) fn divided(&self, whole: Cents) -> Vec<Suspect> {
        let owes =
            |one: &&Candidate| !is_quoted(one) && is_named(one) && self.open.owes(self.books, one.account, self.rest);
        let named = self.candidates.iter().filter(owes);
        let suspect = |account, reason, amount| Suspect { account, reason, amount };
        let named: Vec<Suspect> = named.map(|one| suspect(one.account, HoldReason::NameAndAmount, self.rest)).collect();
        let own = whole.checked_sub(self.rest).filter(|own| own.is_positive() && !named.is_empty());
        let quoted = own.into_iter().flat_map(|own| {
            self.quoted().map(move |account| suspect(account, HoldReason::Quoted, own)).collect::<Vec<_>>()
        });
        if own.is_some() { quoted.chain(named.iter().copied()).collect() } else { Vec::new() }
    }

    /// Whether the text means more than it names: it shows that, or it may be cut off and what it names does not make the
    /// amount.
    fn goes_on(&self) -> bool {
        let shows = self.reading.may_go_on || self.reading.lacks_blank || self.reading.has_other_number;
        let is_open = || match self.draft.ground {
            Ground::MoreAreMeant | Ground::Contradicted => true,
            Ground::Weak => self.quoted().next().is_some(),
            _ => false,
        };
        self.reading.goes_on || shows && is_open()
    }

    fn quoted(&self) -> impl Iterator<Item = AccountId> {
        self.candidates.iter().filter(|one| is_quoted(one)).map(|one| one.account)
    }

    /// What these owe together: all that is due, the oldest instalment of each, the newest of each.
    fn sums_of(&self, accounts: &[AccountId]) -> [Option<Cents>; 3] {
        let unpaid: Vec<Vec<Cents>> = accounts.iter().map(|account| self.open.unpaid(self.books, *account)).collect();
        let sum = |of: &dyn Fn(&Vec<Cents>) -> Option<Cents>| {
            unpaid.iter().map(of).collect::<Option<Vec<Cents>>>().and_then(Cents::sum)
        };
        [
            sum(&|cents| Cents::sum(cents.iter().copied())),
            sum(&|cents| cents.first().copied()),
            sum(&|cents| cents.last().copied()),
        ]
    }

    /// Adds the Kassenzeichen that it could concern (design, "What a doubt holds").
    pub(super) fn add_suspects(&self, suspects: &mut Vec<Suspect>) {
        let mut add = |account: AccountId, reason: HoldReason| {
            if !suspects.iter().any(|known| known.account == account) {
                let amount = match reason {
                    HoldReason::Quoted => self.most_of_list(account),
                    _ => self.part_of(account).unwrap_or(self.rest),
                };
                suspects.push(Suspect { account, reason, amount });
            }
        };
        for candidate in self.candidates {
            self.reason(candidate).into_iter().for_each(|reason| add(candidate.account, reason));
        }
        self.of_house().into_iter().for_each(|account| add(account, HoldReason::NameAndAmount));
        let near = self.neighbours_of_quoted().into_iter().take(MOST_NEIGHBOURS);
        near.for_each(|account| add(account, HoldReason::NearReference));
        // a name alone does not outweigh what is nearly quoted, nor does a family name with the amount
        let is_weak = |held: &Suspect| match held.reason {
            HoldReason::Named => true,
            HoldReason::NameAndAmount => self.is_of_family(held.account),
            _ => false,
        };
        if suspects.iter().all(is_weak) {
            let near = self.repaired().take(MOST_NEIGHBOURS);
            let near = near.map(|account| Suspect { account, reason: HoldReason::NearReference, amount: self.rest });
            suspects.extend(near);
        }
        for account in self.of_amount_alone() {
            if !suspects.iter().any(|known| known.account == account) {
                suspects.push(Suspect { account, reason: HoldReason::AmountAlone, amount: self.rest });
            }
        }
    }

    /// Whether nothing but a family name and the amount speaks for somebody.
    fn is_of_family(&self, account: AccountId) -> bool {
        let own = self.candidates.iter().find(|candidate| candidate.account == account);
        own.is_some_and(|own| own.name.min(own.mention) == Agreement::Family && !own.own_iban && !own.address)
    }

    /// What of the money is for one of those who together owe just that, and who would not owe it alone: of a house, of the
    /// payer's own, of those for whom his account has paid before. The most, where they make it in several ways.
    fn part_of(&self, account: AccountId) -> Option<Cents> {
        if self.candidates.iter().any(|one| one.account == account && one.fit != Fit::None) {
            return None;
        }
        let sets = [self.of_house(), self.of_collector(), self.of_account().to_vec()];
        let sets = sets.iter().filter(|set| set.len() > 1 && set.contains(&account));
        let parts = sets.flat_map(|set| {
            let ways = self.sums_of(set).into_iter().zip(self.sums_of(&[account]));
            ways.filter(|(all, _)| *all == Some(self.rest)).filter_map(|(_, own)| own)
        });
        parts.max()
    }

    /// Whose mandates debit the payer's account.
    fn of_account(&self) -> &[AccountId] {
        self.payment.iban.map_or(&[][..], |iban| self.books.by_iban(&iban))
    }

    /// Everyone for whom the payer's account has paid before, where it pays for many.
    fn of_collector(&self) -> Vec<AccountId> {
        self.candidates.iter().filter(|one| one.of_collector).map(|one| one.account).collect()
    }

    /// Why a candidate is held, if he is.
    fn reason(&self, candidate: &Candidate) -> Option<HoldReason> {
        let fits = candidate.fit != Fit::None;
        // the family's name, the payer's or in the text, tells something with the amount only
        let of_family = candidate.name.min(candidate.mention) == Agreement::Family;
        let by_payer = candidate.support() > 0 || of_family && fits;
        if is_quoted(candidate) {
            Some(HoldReason::Quoted)
        } else if candidate.is_repaired() && (by_payer || fits) {
            Some(HoldReason::NearReference)
        } else if candidate.mandate_named {
            Some(HoldReason::MandateNamed)
        } else if candidate.own_iban && (fits || self.may_be_for_his_account(candidate)) {
            Some(HoldReason::PayerAccount)
        } else if by_payer && fits {
            Some(HoldReason::NameAndAmount)
        } else if self.points_to(candidate) || candidate.score > 0 && !candidate.own_iban {
            Some(HoldReason::Named)
        } else {
            None
        }
    }

    /// Whether the payer's account alone points to what it pays for, or has paid for: not where the text speaks of other
    /// money and the amount is no usual part, and not to all whom a collector pays for where the text names whom he means.
    fn may_be_for_his_account(&self, candidate: &Candidate) -> bool {
        let words = &self.reading.words;
        let levy = speaks_of_levy(self.reading, self.candidates);
        let tells = |other: &Candidate| other.fit == Fit::Due && is_named(other);
        let is_told = || self.quoted().count() >= LIST || self.candidates.iter().any(tells);
        let is_share = || {
            is_share(self.books, candidate.account, self.rest) || is_day_of(self.books, self.of_account(), self.rest)
        };
        (words.other.is_none() || levy || is_share()) && !(candidate.of_collector && is_told())
    }

    /// Whether a name or an address points to somebody whatever the amount is: few have it, and nothing better is known.
    fn points_to(&self, candidate: &Candidate) -> bool {
        if self.reading.words.other.is_some() && !speaks_of_levy(self.reading, self.candidates) {
            return false;
        }
        let has = |key: Key| candidate.marks.as_slice().iter().any(|mark| mark.key == key && mark.alike <= FEW);
        let in_text =
            candidate.mention == Agreement::Same && has(Key::TextName) || candidate.address && has(Key::Address);
        let is_near =
            |other: &Candidate| other.is_repaired() && (other.fit != Fit::None || other.name <= Agreement::Close);
        let is_his_amount = |other: &Candidate| other.name == Agreement::Same && other.fit == Fit::Due;
        let is_meant = |other: &Candidate| is_quoted(other) || is_near(other) || is_his_amount(other);
        let is_known = || self.candidates.iter().any(|other| is_meant(other) || other.own_iban && !other.of_collector);
        in_text || candidate.name == Agreement::Same && has(Key::SameName) && !is_known()
    }

    /// Everyone of the house that the text names, where it is just the sum of what they owe.
    fn of_house(&self) -> Vec<AccountId> {
        let house: Vec<AccountId> = self.candidates.iter().filter(|one| one.address).map(|one| one.account).collect();
        if house.len() > 1 && self.make_it(&house) { house } else { Vec::new() }
    }

    /// Whether these together owe just what is left: all that is due, or the oldest or the newest instalment of each.
    fn make_it(&self, accounts: &[AccountId]) -> bool {
        !accounts.is_empty() && self.sums_of(accounts).contains(&Some(self.rest))
    }

    fn repaired(&self) -> impl Iterator<Item = AccountId> {
        self.candidates.iter().filter(|one| one.is_repaired()).map(|one| one.account)
    }

    /// Those of whom nothing but the amount is known: the few who owe it, where nothing tells better whom it is for.
    fn of_amount_alone(&self) -> Vec<AccountId> {
        let of_amount = self.owing();
        let is_open = !self.candidates.iter().any(is_quoted) || self.candidates.iter().any(is_strange);
        let is_rest = self.is_rest() && !self.is_prepayment();
        if of_amount.len() <= AMOUNT_ALONE && (is_open || is_rest) { of_amount } else { Vec::new() }
    }

    /// Whether it is what was too much for what is quoted, or the text means more than that.
    fn is_rest(&self) -> bool {
        matches!(self.draft.ground, Ground::MoreThanDue | Ground::MoreAreMeant | Ground::Undivided)
    }

    /// Whether what is left is just what falls due later of what is quoted, and nothing in the text says otherwise.
    fn is_prepayment(&self) -> bool {
        let of_quoted = |one: &&Candidate| is_quoted(one) || self.draft.chosen.contains(&one.account);
        let mut quoted = self.candidates.iter().filter(of_quoted);
        !self.names_others() && quoted.any(|one| one.fit != Fit::None && self.could_take(&[one.account]))
    }

    /// Whether the items of these have room for all that is left.
    fn could_take(&self, accounts: &[AccountId]) -> bool {
        let items = accounts.iter().flat_map(|account| self.books.items_of(*account));
        let room = items.filter(|(_, item)| !item.is_fee()).map(|(place, _)| self.open.of(place));
        Cents::sum(room).is_some_and(|room| room >= self.rest)
    }

    /// Whether the text tells of somebody beside those whom it quotes.
    fn names_others(&self) -> bool {
        let quoted = || self.candidates.iter().filter(|one| is_quoted(one));
        let is_other = |one: &Candidate| {
            !is_quoted(one)
                && (is_named(one) || one.is_repaired())
                && !quoted().any(|quoted| self.books.same_debtor(quoted.account, one.account))
        };
        let kinds = self.reading.words.kinds;
        let of_kind = || quoted().any(|quoted| self.books.kinds_of(quoted.account).meet(kinds));
        self.goes_on() || self.candidates.iter().any(is_other) || !kinds.is_empty() && !of_kind()
    }

    /// Whether what is held could take all of the money under every reading that is left.
    pub(super) fn is_covered(&self, suspects: &[Suspect]) -> bool {
        let is_held = |account: &AccountId| suspects.iter().any(|held| held.account == *account);
        if self.payment.untold > 0 {
            false
        } else if self.quoted().next().is_some() {
            self.is_covered_by_quoted(&is_held)
        } else {
            let goes_on = self.goes_on() || self.reading.may_go_on;
            let by_others = || !goes_on && self.is_covered_by_others(suspects, &is_held);
            !self.payment.is_collective() && (self.several_make_it(&is_held) || by_others())
        }
    }

    /// The same where something is quoted: what the text names makes it; or it is for what is quoted alone; or few owe it.
    fn is_covered_by_quoted(&self, is_held: &impl Fn(&AccountId) -> bool) -> bool {
        let goes_on = self.goes_on();
        let quoted: Vec<AccountId> = self.quoted().collect();
        let named = self.candidates.iter().filter(|one| is_quoted(one) || is_named(one)).map(|one| one.account);
        let named: Vec<AccountId> = named.collect();
        let makes_it = |accounts: &[AccountId]| accounts.iter().all(is_held) && self.make_it(accounts);
        let is_told = !goes_on && makes_it(&quoted) || named.len() > quoted.len() && makes_it(&named);
        // what is due of several, or of one whom a stranger quotes, has room for all of it; what falls due later is hardly meant
        let is_his = matches!(quoted.as_slice(), [_]) && !self.candidates.iter().any(is_strange);
        let is_due = || self.sums_of(&quoted)[0].is_some_and(|due| due >= self.rest);
        let has_room = || is_due() || is_his && self.could_take(&quoted) || self.is_contradicted_by(is_held);
        let for_quoted = || !self.names_others() && has_room() && !self.could_be_anothers(is_held);
        is_told
            || self.is_prepayment()
            || self.slips_are_few() && (for_quoted() || !goes_on && self.few_owe_it(is_held))
    }

    /// The same where nothing is quoted: the payer, a damaged reference, a house or the amount tells whose it is.
    fn is_covered_by_others(&self, suspects: &[Suspect], is_held: &impl Fn(&AccountId) -> bool) -> bool {
        let is_near = |held: &Suspect| held.reason == HoldReason::NearReference;
        let only_near = || suspects.iter().all(is_near) && self.repaired().count() <= MOST_NEIGHBOURS;
        let held = || self.candidates.iter().filter(|one| is_held(&one.account));
        // no neighbour has the number that a slip made of one with a check digit
        let is_told = |one: &Candidate| one.is_repaired() && self.books.has_check_digit(one.account);
        let are_told = || held().filter(|one| one.is_repaired()).all(is_told) || self.are_likely(is_held);
        !suspects.is_empty()
            && (held().any(|one| self.is_explained_surely(one))
                || only_near() && are_told()
                || held().any(|one| self.is_explained_by(one) && (is_told(one) || self.are_likely(is_held))))
            || self.few_owe_it(is_held)
    }

    /// Whether those who are held are likelier than everybody else, known or not.
    fn are_likely(&self, is_held: &impl Fn(&AccountId) -> bool) -> bool {
        let scales = Scales { books: self.books, rooms: self.open, weights: self.weights };
        let strangers = scales.strangers(self.rest, self.candidates);
        let sum = |held: bool, least: i32| {
            let some = self.candidates.iter().filter(|one| is_held(&one.account) == held);
            some.fold(least, |sum, one| add_logs(sum, one.score))
        };
        sum(true, i32::MIN / 2) - sum(false, add_logs(0, strangers)) >= LIKELY
    }

    /// Everyone who owes just this, or of whom an instalment of it falls due soon.
    fn owing(&self) -> Vec<AccountId> {
        let mut owing = self.books.by_amount(self.rest).to_vec();
        owing.extend(self.books.by_coming_amount(self.rest));
        owing.sort_unstable();
        owing.dedup();
        owing
    }

    /// Whether few owe just this, and all of them are held.
    fn few_owe_it(&self, is_held: &impl Fn(&AccountId) -> bool) -> bool {
        let owing = self.owing();
        !owing.is_empty() && owing.len() <= AMOUNT_ALONE && owing.iter().all(is_held)
    }

    /// Whether a rest, or what a stranger quotes, is just what somebody owes who is not held.
    fn could_be_anothers(&self, is_held: &impl Fn(&AccountId) -> bool) -> bool {
        let is_open = self.is_rest() || self.candidates.iter().any(is_strange);
        is_open && !self.books.by_amount(self.rest).iter().all(is_held)
    }

    /// Whether what is quoted was contradicted by somebody who is held and whose items have room for it.
    fn is_contradicted_by(&self, is_held: &impl Fn(&AccountId) -> bool) -> bool {
        let contradicts = |one: &Candidate| {
            !is_quoted(one) && one.fit != Fit::None && is_held(&one.account) && self.could_take(&[one.account])
        };
        self.draft.ground == Ground::Contradicted && self.candidates.iter().any(contradicts)
    }

    /// Whether several who belong together owe just this together: of a house, of those for whom the account pays or has paid.
    fn several_make_it(&self, is_held: &impl Fn(&AccountId) -> bool) -> bool {
        let sets = [self.of_house(), self.of_collector(), self.of_account().to_vec()];
        sets.iter().any(|set| set.len() > 1 && set.iter().all(is_held) && self.make_it(set))
    }

    /// Whether all who could be meant by a slip in what is quoted are held.
    fn slips_are_few(&self) -> bool {
        self.neighbours_of_quoted().len() <= MOST_NEIGHBOURS
    }

    /// Whether the payer, or a repaired reference, tells of somebody who has not paid as much yet.
    fn is_explained(&self) -> bool {
        self.candidates.iter().any(|one| self.is_explained_surely(one) || self.is_explained_by(one))
    }

    /// Whether the payer's own account, or a mandate's reference, tells of somebody who has not paid as much yet, an account
    /// of no mandate of his only with an amount that fits; or the payment names somebody who owes exactly this, or the payer
    /// alone has his name.
    fn is_explained_surely(&self, one: &Candidate) -> bool {
        let mark = |key: Key| one.marks.as_slice().iter().find(|mark| mark.key == key);
        let is_his = one.own_iban && !one.of_collector && (one.fit != Fit::None || mark(Key::Mandate).is_some());
        let namesakes = || self.candidates.iter().filter(|other| other.name == Agreement::Same);
        let are_his = || namesakes().all(|other| self.books.same_debtor(one.account, other.account));
        let is_alone = |mark: &Mark| mark.alike as usize <= namesakes().count() && are_his();
        let is_he = || one.name == Agreement::Same && mark(Key::SameName).is_some_and(is_alone);
        let is_told = is_named(one) || mark(Key::BehalfName).is_some() || is_he();
        (is_his || one.mandate_named || is_told && self.owes_it(one)) && self.has_unpaid(one)
    }

    /// Whether a repaired reference, or, with exactly this amount, the payer's name tells of somebody who has not paid as much
    /// yet.
    fn is_explained_by(&self, one: &Candidate) -> bool {
        (one.is_repaired() || one.support() > 0 && self.owes_it(one)) && self.has_unpaid(one)
    }

    /// Whether just this is open there.
    fn owes_it(&self, one: &Candidate) -> bool {
        self.open.owes(self.books, one.account, self.rest)
    }

    /// Whether all of it has room in what one has not paid yet. What debits claim counts as not paid, so that the answer does
    /// not change when a run goes out.
    fn has_unpaid(&self, one: &Candidate) -> bool {
        let unpaid = self.open.unpaid(self.books, one.account);
        Cents::sum(unpaid).is_some_and(|sum| sum >= self.rest)
    }

    /// Everything that an unknown payer could mean, if he is unknown and many owe what he paid.
    pub(super) fn wide(&self) -> Option<Wide> {
        let Doubt { books, open, payment, reading, draft, .. } = self;
        let of_amount = books.by_amount(payment.amount);
        let is_doubt = draft.ground != Ground::MoreThanDue && payment.finding.is_none() && !payment.is_collective();
        // a number that nobody has may be another list's: many are not kept waiting for it
        let is_named = reading.words.other.is_some()
            || reading.goes_on
            || reading.has_other_number
            || self.candidates.iter().any(is_quoted);
        let is_wide = (AMOUNT_ALONE + 1..=MOST_WIDE).contains(&of_amount.len());
        if !is_doubt || is_named || !is_wide || self.is_explained() {
            return None;
        }
        books.ask_for_items(|place| open.of(place), of_amount);
        let kinds: Kinds = reading.words.kinds;
        let of_kind = |id: AccountId| kinds.is_empty() || books.kinds_of(id).meet(kinds);
        let owes = |id: AccountId| open.owes(books, id, payment.amount);
        let accounts: Vec<AccountId> = of_amount.iter().copied().filter(|id| of_kind(*id) && owes(*id)).collect();
        let cents = Cents::sum(accounts.iter().map(|_| payment.amount))?;
        let is_whole = of_amount.iter().all(|id| of_kind(*id));
        Some(Wide { accounts, cents, is_whole })
    }

    /// A stranger's quotation without check digit, whose amount does not fit: whom else he could mean, those whom amount or
    /// name speak for, else all a slip away.
    fn neighbours_of_quoted(&self) -> Vec<AccountId> {
        if !self.candidates.iter().any(is_strange) || self.rest != self.payment.amount {
            return Vec::new();
        }
        let near = || self.candidates.iter().filter(|candidate| candidate.is_neighbour);
        let spoken_for = |candidate: &&Candidate| candidate.fit != Fit::None || candidate.name < Agreement::None;
        let some: Vec<AccountId> = near().filter(spoken_for).map(|candidate| candidate.account).collect();
        if some.is_empty() { near().map(|candidate| candidate.account).collect() } else { some }
    }
}

/// Whether a Kassenzeichen is quoted, or meant by its end or by a range.
fn is_quoted(candidate: &Candidate) -> bool {
    candidate.is_clean() || candidate.is_meant
}

/// Whether the text has the debtor's name, his address or his mandate's reference.
fn is_named(candidate: &Candidate) -> bool {
    candidate.mention == Agreement::Same || candidate.address || candidate.mandate_named
}

/// A Kassenzeichen that a stranger quotes, with an amount that does not fit there.
fn is_strange(candidate: &Candidate) -> bool {
    candidate.is_clean() && candidate.support() == 0 && candidate.fit == Fit::None
}
