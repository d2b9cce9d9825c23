//! One payment's verdict: posted, a case, or not ours.
//!
//! Hard rules stand above the weights:
//! * a clean Kassenzeichen is posted whoever pays (§ 225 (1) AO: the payer's designation), unless the payer himself
//!   and the amount speak for another one better: then both are a case;
//! * a repaired Kassenzeichen, or none, is posted only with the payer's account or name on its side and a margin over
//!   all rivals together;
//! * several Kassenzeichen are posted only if the amount divides among them in one way;
//! * what exceeds all that is due is a case.

mod ground;
mod others;

use kassenzeichen::Spelling;
use sepa::Cents;
use smallvec::{SmallVec, smallvec};

use crate::books::{AccountId, Books, Item, Whose, sums, sums_with_fees};
use crate::candidates::{Candidate, Fit, Scales, is_day_of, is_share};
use crate::evidence::{SURE, add_logs, confidence, ln_hundredths};
use crate::names::Agreement;
use crate::payment::{Nature, Payment};
use crate::reading::{Considered, Quoted, Reading};
use crate::settle::{Part, Parts, Reach, settle};
use crate::weights::Key;

pub use ground::{Decision, Ground};

/// Kassenzeichen that an amount is placed under: mostly one.
pub type Chosen = SmallVec<[AccountId; 4]>;

/// A verdict before its holds: what is placed, what is left, whom the rest could concern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// What became of it.
    pub decision: Decision,
    /// Why.
    pub ground: Ground,
    /// In millionths, where a weighing stands behind it.
    pub confidence: Option<u32>,
    /// What is placed.
    pub parts: Parts,
    /// What is not placed.
    pub rest: Cents,
    /// The Kassenzeichen that the amount was placed under.
    pub chosen: Chosen,
    /// Everyone considered, best first.
    pub candidates: Vec<Candidate>,
}

impl Draft {
    fn plain(decision: Decision, ground: Ground, rest: Cents, candidates: Vec<Candidate>) -> Draft {
        Draft { decision, ground, confidence: None, parts: Parts::new(), rest, chosen: Chosen::new(), candidates }
    }
}

/// Decides one payment, given what can still be paid.
pub fn decide(scales: &Scales<'_>, payment: &Payment, considered: Considered) -> (Reading, Draft) {
    let Considered { reading, mut candidates, .. } = considered;
    let settled = match payment.nature {
        Nature::Transfer | Nature::ForeignCollection(_) => None,
        Nature::OwnTransferBack => Some((Decision::Other, Ground::OwnTransferBack)),
        Nature::OfTheBank => Some((Decision::Other, Ground::OfTheBank)),
        Nature::Settlement => Some((Decision::Settlement, Ground::Settlement)),
        Nature::OwnTransfer => Some((Decision::Transfer, Ground::OwnTransfer)),
        Nature::PostedBefore => Some((Decision::Other, Ground::PostedBefore)),
        Nature::TakenBack => Some((Decision::Returned, Ground::TakenBack)),
    };
    if let Some((decision, ground)) = settled {
        return (reading, Draft::plain(decision, ground, Cents::ZERO, Vec::new()));
    }
    let mut room = Vec::new();
    let changed = candidates.iter_mut().map(|candidate| candidate.refit(scales, payment.amount, &mut room));
    if changed.fold(false, |any, one| any | one) {
        candidates.sort_by_key(|candidate| (-candidate.score, candidate.account));
    }
    let deciding = Deciding { scales, payment, reading: &reading, candidates };
    let mut draft = match &reading.quoted {
        _ if matches!(payment.nature, Nature::ForeignCollection(_)) => deciding.case(Ground::ForeignCollection),
        _ if payment.finding.is_some() => deciding.case(Ground::Finding),
        Quoted::Nothing => deciding.without_reference(),
        Quoted::One(account) if reading.meant.is_empty() => deciding.clean(*account),
        Quoted::One(account) => deciding.joint(&[vec![*account]]),
        Quoted::Places(places) => match places.as_slice() {
            [_] => deciding.weighed(Ground::Ambiguous),
            places => deciding.joint(places),
        },
    };
    if draft.chosen.iter().any(|account| may_be_listed(scales.books, &draft.parts, *account)) {
        draft = Draft::plain(Decision::Case, Ground::PerhapsListed, payment.amount, draft.candidates);
    }
    (reading, if payment.provisional { not_posted(draft, payment.amount) } else { draft })
}

/// What only an intraday report tells of is never posted: it is a doubt of the whole amount.
fn not_posted(draft: Draft, amount: Cents) -> Draft {
    match draft.parts.is_empty() {
        true => draft,
        false => Draft::plain(Decision::Case, Ground::Provisional, amount, draft.candidates),
    }
}

/// Whether what is placed under a Kassenzeichen is as much as its list says was paid there before it was made, on a day that
/// nobody knows: then it may be that very money, and would count twice.
fn may_be_listed(books: &Books, parts: &Parts, account: AccountId) -> bool {
    if books.paid_before_is_dated {
        return false;
    }
    let of_account = |part: &&Part| books.items.get(part.item).is_some_and(|item| item.account == account);
    let placed = Cents::sum(parts.iter().filter(of_account).map(|part| part.amount));
    let before: Vec<Cents> =
        books.items_of(account).map(|(_, item)| item.paid_before).filter(|before| before.is_positive()).collect();
    placed.is_some_and(|placed| before.contains(&placed)) || !before.is_empty() && Cents::sum(before) == placed
}

/// Why money with one clean reference is not posted there without a person; nothing, and it is.
pub(crate) fn objection(books: &Books, quoted: &Candidate, candidates: &[Candidate]) -> Option<Ground> {
    let own = quoted.support();
    let fits = quoted.fit != Fit::None;
    // the payer says for whom: the name beside the reference, where the amount fits too
    let is_named = fits && quoted.mention == Agreement::Same;
    // whoever fits by amount and is spoken for by the payer himself more (or, without a fit, as much)
    let better = |other: &Candidate| {
        other.account != quoted.account
            && (fits_instead(quoted, other) || prepays_his_own(other))
            && !(is_named && other.mention > Agreement::Same)
            && other.support_against() > 0
            && if fits { other.support_against() > own } else { other.support_against() >= own }
    };
    if candidates.iter().any(better) {
        return Some(Ground::Contradicted);
    }
    let others = || candidates.iter().filter(|other| other.account != quoted.account);
    if !fits && !quoted.own_iban && others().any(|other| could_be_meant(quoted, other)) {
        return Some(Ground::Contradicted);
    }
    if own > 0 || quoted.name < Agreement::None {
        return None;
    }
    if others().any(|other| meant_instead(quoted, other)) {
        return Some(Ground::Contradicted);
    }
    // the payer owes elsewhere himself, or a slip gives somebody else's number and nothing would show it
    let owes_elsewhere = quoted.marks.as_slice().iter().any(|mark| mark.key == Key::OtherMandate);
    (!fits && (owes_elsewhere || !books.has_check_digit(quoted.account))).then_some(Ground::Weak)
}

/// Whether another one owes this amount where the quoted one, from whose account nothing comes, does not: one who has
/// the name as much, or, a slip away from what a stranger quotes, the only one who owes it.
fn could_be_meant(quoted: &Candidate, other: &Candidate) -> bool {
    let name = |candidate: &Candidate| candidate.name.min(candidate.mention);
    let named = name(other) < Agreement::None && name(other) <= name(quoted);
    let alone = quoted.support() == 0 && other.is_neighbour && other.owes_it_alone();
    fits_instead(quoted, other) && named || other.fit == Fit::Due && alone
}

/// Whether the amount is what another one owes: what is due; where it fits nothing of the quoted one, also what is not yet
/// due, for who prepays may take the wrong number as well.
fn fits_instead(quoted: &Candidate, other: &Candidate) -> bool {
    other.fit == Fit::Due || quoted.fit == Fit::None && other.fit != Fit::None
}

/// Whether the amount is what will be due of the payer himself: by account and name he is this one, and who prepays may take
/// a neighbour's number as well.
fn prepays_his_own(other: &Candidate) -> bool {
    let himself = other.own_iban && !other.of_collector && other.name <= Agreement::Close;
    other.fit == Fit::Later && himself
}

/// Whether somebody who is not known under the quoted Kassenzeichen pays what fits another one better: his own, his
/// family's a slip away, or any where the quoted one does not owe this amount.
fn meant_instead(quoted: &Candidate, other: &Candidate) -> bool {
    match quoted.fit {
        Fit::None => other.support_against() >= 2 || other.fit == Fit::Due,
        _ => other.is_neighbour && other.fit == Fit::Due && other.name < Agreement::None,
    }
}

/// Whether something in the text tells of a levy: a word, what looks like a reference, a mandate's reference, or an
/// instalment's name where the payer's account is known.
pub(crate) fn speaks_of_levy(reading: &Reading, candidates: &[Candidate]) -> bool {
    let words = &reading.words;
    let of_his = |candidate: &Candidate| candidate.own_iban && !candidate.named.is_empty();
    let is_named = |candidate: &Candidate| candidate.mandate_named || of_his(candidate);
    words.levy || !words.kinds.is_empty() || reading.has_reference || candidates.iter().any(is_named)
}

struct Deciding<'a> {
    scales: &'a Scales<'a>,
    payment: &'a Payment,
    reading: &'a Reading,
    candidates: Vec<Candidate>,
}

impl Deciding<'_> {
    fn case(self, ground: Ground) -> Draft {
        Draft::plain(Decision::Case, ground, self.payment.amount, self.candidates)
    }

    /// One Kassenzeichen is quoted cleanly.
    fn clean(self, account: AccountId) -> Draft {
        let Some(quoted) = self.candidates.iter().find(|candidate| candidate.account == account) else {
            return self.case(Ground::Unknown);
        };
        match objection(self.scales.books, quoted, &self.candidates) {
            Some(ground) => self.case(ground),
            None if quoted.whose == Whose::Unclear => self.case(Ground::WhoseDebt),
            None if self.payment.is_rest && !self.is_his_only(quoted) => self.case(Ground::Weak),
            None if self.means_others(&[account]) && !self.is_instalment(account) => self.case(Ground::MoreAreMeant),
            None => self.post(account, Ground::CleanReference),
        }
    }

    /// Whether the payer is known under the quoted number and under no other: what is left of a payment does not tell what
    /// its sender paid for, so only he himself tells whether the number is right.
    fn is_his_only(&self, quoted: &Candidate) -> bool {
        let mut others = self.candidates.iter().filter(|other| other.account != quoted.account);
        quoted.support() > 0 && !others.any(|other| other.support_against() > 0)
    }

    /// Whether the amount is just one instalment that is due, as assessed or as it is open, or all that the text names.
    fn is_instalment(&self, account: AccountId) -> bool {
        let Scales { books, rooms, .. } = self.scales;
        let amount = self.payment.amount;
        let due = books.items_of(account).filter(|(_, item)| !item.is_fee() && books.is_due(item));
        let mut is_one = due.map(|(place, item)| [item.amount, item.listed_open(), rooms.of(place)].contains(&amount));
        let named = self.named(account).iter().map(|item| rooms.of(*item as usize));
        is_one.any(|is_one| is_one) || Cents::sum(named) == Some(amount)
    }

    /// No Kassenzeichen is quoted cleanly: weigh, or see that it is other money.
    fn without_reference(self) -> Draft {
        if let Some(ground) = self.other_money() {
            return Draft::plain(Decision::Other, ground, self.payment.amount, self.candidates);
        }
        let ground = match self.candidates.iter().any(Candidate::is_repaired) {
            true => Ground::OnlyNear,
            false => Ground::Weak,
        };
        self.weighed(ground)
    }

    /// What proves that it is other money: a word of such, or what a person decided of the payer, and nothing that speaks
    /// for an open item. Want of evidence proves nothing.
    fn other_money(&self) -> Option<Ground> {
        let words = &self.reading.words;
        let ground = match words.other {
            Some(_) => Ground::OtherMoney,
            None if self.reading.pays_other => Ground::OtherPayer,
            None => return None,
        };
        // what a person said of another payment proves less than a word in this one: who is known here himself is asked
        let by_person = ground == Ground::OtherPayer;
        let is_known = |candidate: &Candidate| candidate.support() > 0 || candidate.owes_it_alone();
        let speaks = |candidate: &Candidate| {
            by_person && is_known(candidate) || words.general && candidate.own_iban || self.could_be_meant(candidate)
        };
        let is_doubtful = words.own
            || by_person && words.levy
            || self.payment.is_collective()
            || self.pays_day_of_own()
            || self.candidates.iter().any(speaks);
        (!is_doubtful).then_some(ground)
    }

    /// Whether the amount is all that falls due on one day under the numbers whose mandates debit the payer's account.
    fn pays_day_of_own(&self) -> bool {
        let books = self.scales.books;
        self.payment.iban.is_some_and(|iban| is_day_of(books, books.by_iban(&iban), self.payment.amount))
    }

    /// Whether something speaks for an open item although the words are those of other money: the amount, or a damaged
    /// reference, with the payer's account, a name or an address; his own address; a usual part of it from the mandate's
    /// account.
    fn could_be_meant(&self, candidate: &Candidate) -> bool {
        let by_payer = candidate.support() > 0;
        let is_his = candidate.own_iban || candidate.name <= Agreement::Close;
        candidate.address && is_his
            || candidate.is_repaired() && (by_payer || candidate.fit != Fit::None)
            || by_payer && candidate.fit != Fit::None
            || candidate.own_iban && is_share(self.scales.books, candidate.account, self.payment.amount)
    }

    /// Posts to the best candidate if it is sure, else opens a case, for `doubt` where nothing better is known.
    fn weighed(self, doubt: Ground) -> Draft {
        let Some((best, rivals)) = self.candidates.split_first() else { return self.case(Ground::Unknown) };
        let strangers = self.scales.strangers(self.payment.amount, &self.candidates);
        let against = rivals.iter().fold(add_logs(0, strangers), |sum, rival| add_logs(sum, rival.score));
        let margin = best.score - against;
        // what is said to a clerk knows besides that the same citizen pays for other things too
        let sure = confidence(best.score - add_logs(against, self.other_money_of(best)));
        let close = rivals.iter().any(|rival| best.score - rival.score < SURE && rival.fit != Fit::None);
        if (margin >= SURE || self.is_himself(best, rivals)) && self.may_post(best) {
            let account = best.account;
            let mut draft = self.post(account, Ground::Identified);
            draft.confidence = Some(sure);
            return draft;
        }
        let nothing = best.support() == 0 && best.spelling.is_none() && best.fit == Fit::None;
        let ground = if nothing {
            Ground::Unknown
        } else if close && best.fit != Fit::None {
            Ground::Ambiguous
        } else {
            doubt
        };
        let mut draft = self.case(ground);
        draft.confidence = Some(sure);
        draft
    }

    /// What »other money of the same citizen« has: his account and name speak for it just as well, amount and reference
    /// do not, and words for a levy speak against it as much as other money's against a levy.
    fn other_money_of(&self, best: &Candidate) -> i32 {
        let Scales { books, weights, .. } = self.scales;
        let of_payer = best.marks.as_slice().iter().filter(|mark| matches!(mark.witness(), "iban" | "name"));
        let levy = speaks_of_levy(self.reading, &self.candidates) && self.reading.words.other.is_none();
        let words = if levy { weights.get(Key::OtherMoney) } else { 0 };
        of_payer.map(|mark| mark.weight()).sum::<i32>() + words - ln_hundredths(books.len() as u64)
    }

    /// The hard rules for posting without a clean reference.
    fn may_post(&self, best: &Candidate) -> bool {
        if best.whose == Whose::Unclear || self.reading.goes_on && !self.is_instalment(best.account) {
            return false;
        }
        let repaired = best.is_repaired() || best.is_clean();
        let second_witness = best.support() > 0;
        let other_money = self.reading.words.other.is_some() && !repaired;
        if !best.is_clean() && self.candidates.iter().any(Candidate::is_clean) {
            // somebody else is quoted cleanly, if in two readings: never post against that
            return false;
        }
        if best.spelling.is_none()
            && (self.owes_it_twice(best) || !self.may_mean_a_levy(best) || self.names_another(best))
        {
            return false;
        }
        match best.fit {
            Fit::Due => second_witness && !other_money,
            // a part payment with a damaged reference: the payer's own account must stand for it
            _ => {
                let is_told = best.spelling != Some(Spelling::Partial) && !self.is_nearly_his_other(best);
                repaired && is_told && best.own_iban && !other_money
            }
        }
    }

    /// Whether a damaged number is near to another of the same debtor's too: payer and account speak for both.
    fn is_nearly_his_other(&self, best: &Candidate) -> bool {
        let books = self.scales.books;
        let is_his =
            |other: &Candidate| other.account != best.account && books.same_debtor(best.account, other.account);
        !best.is_clean() && self.candidates.iter().any(|other| other.is_repaired() && is_his(other))
    }

    /// Whether the text names one of his levies, his mandate or his house, or says nothing at all: who says that he pays for
    /// something else does not pay for this, whatever account and amount are.
    fn may_mean_a_levy(&self, best: &Candidate) -> bool {
        let words = &self.reading.words;
        let is_named = if words.kinds.is_empty() { words.named } else { best.kind_named };
        is_named || best.mandate_named || words.empty || words.is_plain || best.address
    }

    /// Whether the text names another debtor who owes this amount too, and not this one (§ 225 (1) AO: the payer's
    /// designation).
    fn names_another(&self, best: &Candidate) -> bool {
        let books = self.scales.books;
        let is_named = |one: &Candidate| one.mention == Agreement::Same || one.address || one.mandate_named;
        let is_another = |other: &Candidate| {
            other.fit != Fit::None && is_named(other) && !books.same_debtor(best.account, other.account)
        };
        !is_named(best) && self.candidates.iter().any(|other| other.account != best.account && is_another(other))
    }

    /// Whether the debtor pays his own debt from his own account and says which levy: no stranger has these, however many
    /// owe as much, and a small town's names and accounts are no less told apart for being few.
    fn is_himself(&self, best: &Candidate, rivals: &[Candidate]) -> bool {
        let is_only_mandate = best.marks.as_slice().iter().any(|mark| mark.key == Key::Mandate && mark.alike == 1);
        let is_told = is_only_mandate && best.name == Agreement::Same && best.kind_named && best.fit == Fit::Due;
        let is_rival = |other: &Candidate| other.support() > 0 || other.spelling.is_some() || other.is_meant;
        is_told && !rivals.iter().any(is_rival)
    }

    /// Whether the same person owes this amount under another Kassenzeichen too: which of his accounts he pays from
    /// does not tell which he means.
    fn owes_it_twice(&self, best: &Candidate) -> bool {
        let books = self.scales.books;
        let twin = |other: &Candidate| other.account != best.account && other.fit == Fit::Due;
        let told_apart = |other: &Candidate| best.kind_named && !other.kind_named;
        self.candidates
            .iter()
            .any(|other| twin(other) && !told_apart(other) && books.same_debtor(best.account, other.account))
    }

    /// Places the whole amount under one Kassenzeichen; what is left over makes it a case.
    fn post(self, account: AccountId, ground: Ground) -> Draft {
        let (parts, rest) = self.settle(account, self.payment.amount);
        let (decision, ground) =
            if rest.is_zero() { (Decision::Auto, ground) } else { (Decision::Case, Ground::MoreThanDue) };
        let score = self.candidates.iter().find(|candidate| candidate.account == account).map_or(0, |c| c.score);
        Draft {
            decision,
            ground,
            confidence: Some(confidence(score)),
            parts,
            rest,
            chosen: smallvec![account],
            candidates: self.candidates,
        }
    }

    /// Divides an amount among what is due under a Kassenzeichen.
    fn settle(&self, account: AccountId, amount: Cents) -> (Parts, Cents) {
        settle(
            self.scales.books,
            self.scales.rooms,
            account,
            self.whose(account),
            amount,
            self.named(account),
            Reach::Due,
        )
    }

    /// Several Kassenzeichen are quoted: the amount must divide among them in one way, in whole instalments.
    fn joint(self, places: &[Vec<AccountId>]) -> Draft {
        let quoted = places.iter().filter_map(|place| place.first().copied());
        let mut accounts: Chosen = quoted.chain(self.reading.meant.iter().copied()).collect();
        accounts.sort_unstable();
        accounts.dedup();
        if self.means_others(&accounts) {
            return self.case(Ground::MoreAreMeant);
        }
        if places.iter().any(|place| place.len() != 1) {
            return self.case(Ground::Undivided);
        }
        if let [account] = accounts.as_slice() {
            return self.clean(*account);
        }
        if accounts.iter().any(|account| self.whose(*account) == Whose::Unclear) {
            return self.case(Ground::WhoseDebt);
        }
        let Some(parts) = self.division(&accounts).and_then(|shares| self.place(&accounts, &shares)) else {
            return self.case(Ground::Undivided);
        };
        Draft {
            decision: Decision::Auto,
            ground: Ground::JointPayment,
            confidence: Some(confidence(SURE)),
            parts,
            rest: Cents::ZERO,
            chosen: accounts,
            candidates: self.candidates,
        }
    }

    /// Places every share wholly; nothing where money would be left over, or where what the text names would not be
    /// paid in whole instalments and another way was only closed by other payments: it may be the payer's.
    fn place(&self, accounts: &[AccountId], shares: &[Cents]) -> Option<Parts> {
        let (mut placed, mut as_named) = (Parts::new(), true);
        for (account, share) in accounts.iter().zip(shares) {
            let (parts, rest) = self.settle(*account, *share);
            let is_whole = |part: &Part| part.amount == self.scales.rooms.of(part.item);
            as_named &= self.named(*account).is_empty() || parts.iter().all(is_whole);
            if !rest.is_zero() {
                return None;
            }
            placed.extend(parts);
        }
        let is_all = Cents::sum(placed.iter().map(|part| part.amount)) == Some(self.payment.amount);
        (is_all && (as_named || self.only_way(accounts, true).is_some())).then_some(placed)
    }

    /// What the text names of each, if that makes the amount.
    fn named_shares(&self, accounts: &[AccountId]) -> Option<Vec<Cents>> {
        let open = |account: &AccountId| {
            let named = self.named(*account).iter().map(|item| self.scales.rooms.of(*item as usize));
            Cents::sum(named).filter(|sum| sum.is_positive())
        };
        let shares: Vec<Cents> = accounts.iter().map(open).collect::<Option<_>>()?;
        (Cents::sum(shares.iter().copied()) == Some(self.payment.amount)).then_some(shares)
    }

    /// Whose debts under a Kassenzeichen are meant.
    fn whose(&self, account: AccountId) -> Whose {
        let candidate = self.candidates.iter().find(|candidate| candidate.account == account);
        candidate.map_or(Whose::Only, |candidate| candidate.whose)
    }

    /// The items under a Kassenzeichen that the text names.
    fn named(&self, account: AccountId) -> &[u32] {
        let candidate = self.candidates.iter().find(|candidate| candidate.account == account);
        candidate.map_or(&[][..], |candidate| candidate.named.as_slice())
    }

    /// The one way to divide the amount: what the text names, or to each at least one whole open instalment.
    fn division(&self, accounts: &[AccountId]) -> Option<Vec<Cents>> {
        if let Some(shares) = self.named_shares(accounts) {
            return Some(shares);
        }
        self.only_way(accounts, false)
    }

    /// The one way to divide the amount among what is open, or was `ever`.
    fn only_way(&self, accounts: &[AccountId], ever: bool) -> Option<Vec<Cents>> {
        let Scales { books, rooms, .. } = self.scales;
        let choices = accounts.iter().map(|account| {
            let open =
                || rooms.due(books, *account).filter_map(|part| Some((books.items.get(part.item)?, part.amount)));
            let due = || books.items_of(*account).filter(|(_, item)| ever && books.is_due(item));
            let assessed = || due().map(|(_, item)| (item, item.amount));
            let principal = |(item, amount): (&Item, Cents)| (!item.is_fee()).then_some(amount);
            let [now, then]: [Vec<Cents>; 2] =
                [open().filter_map(principal).collect(), assessed().filter_map(principal).collect()];
            let mut choices = [sums(&now), sums(&then)].concat();
            if books.has_fees(*account) {
                choices.extend([sums_with_fees(open()), sums_with_fees(assessed())].concat());
            }
            choices.sort_unstable();
            choices.dedup();
            choices
        });
        let choices: Vec<Vec<Cents>> = choices.collect();
        if accounts.len() > MOST_JOINT {
            return least_or_most(&choices, self.payment.amount);
        }
        let mut ways = Vec::new();
        divide(&choices, self.payment.amount, &mut Vec::new(), &mut ways, &mut 0);
        match ways.as_slice() {
            [only] => Some(only.clone()),
            _ => None,
        }
    }
}

/// Of more Kassenzeichen than this in one transfer only the least and the most of each are tried.
const MOST_JOINT: usize = 8;

/// The least of each of the rising choices, or the most of each, where that makes the amount: no other way can.
fn least_or_most(choices: &[Vec<Cents>], amount: Cents) -> Option<Vec<Cents>> {
    let ends: [Option<Vec<Cents>>; 2] = [
        choices.iter().map(|choices| choices.first().copied()).collect(),
        choices.iter().map(|choices| choices.last().copied()).collect(),
    ];
    ends.into_iter().flatten().find(|shares| Cents::sum(shares.iter().copied()) == Some(amount))
}

/// More trials than this are given up: a person decides.
const MOST_TRIALS: u32 = 200_000;

/// Collects the ways to pick one of each `choices` that sum to `amount`; two are enough to know it is not one.
fn divide(
    choices: &[Vec<Cents>],
    amount: Cents,
    picked: &mut Vec<Cents>,
    ways: &mut Vec<Vec<Cents>>,
    trials: &mut u32,
) {
    *trials += 1;
    if ways.len() > 1 {
        return;
    }
    if *trials > MOST_TRIALS {
        // not searched to the end: more than one way cannot be ruled out
        ways.resize(2, Vec::new());
        return;
    }
    let Some((first, others)) = choices.split_first() else {
        if amount.is_zero() {
            ways.push(picked.clone());
        }
        return;
    };
    for share in first {
        let Some(left) = amount.checked_sub(*share).filter(|left| !left.is_negative()) else { continue };
        picked.push(*share);
        divide(others, left, picked, ways, trials);
        picked.pop();
    }
}
