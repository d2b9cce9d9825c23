//! What becomes of direct debits after their file: which of them a credit settles, and which a booking takes back.
//!
//! Pure: it knows no run's paper and no database. Invariants: a debit comes back once, is credited once, and only as its own
//! amount; what names two debits, another amount, or one that came back before is for a person. A booking that settled or
//! took back a debit once does so whatever came later, so that the order of files changes nothing.

use std::collections::{HashMap, HashSet};

use jiff::civil::Date;
use jiff::{Span, ToSpan};
use sepa::{Cents, MandateId};

/// What has become of a debit so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Life {
    /// The bank rejected it, as a status report says.
    pub rejected: bool,
    /// The booking that credited it.
    pub settled: Option<i64>,
    /// The booking that took it back.
    pub returned: Option<i64>,
}

impl Life {
    /// Whether it takes nothing any more: what it took is owed again. What was rejected and credited all the same is in our
    /// account until a booking takes it back.
    pub fn has_ended(self) -> bool {
        self.returned.is_some() || self.rejected && self.settled.is_none()
    }

    /// Whether its money is in our account.
    pub fn is_collected(self) -> bool {
        self.settled.is_some() && !self.has_ended()
    }

    /// Whether the bank has yet to say what becomes of it.
    pub fn is_underway(self) -> bool {
        self.settled.is_none() && !self.has_ended()
    }

    /// The word for where it stands.
    pub fn word(self) -> &'static str {
        match (self.returned, self.rejected, self.settled) {
            (Some(_), _, _) => "returned",
            (None, _, Some(_)) => "settled",
            (None, true, None) => "rejected",
            (None, false, None) => "submitted",
        }
    }
}

/// A debit whose file may have gone to the bank.
#[derive(Clone, Debug)]
pub struct Debit<'a> {
    /// Its id.
    pub id: i64,
    /// The place of its batch ([`Batch`]).
    pub batch: usize,
    /// Its `EndToEndId`.
    pub end_to_end: &'a str,
    /// The reference of its mandate.
    pub mandate: &'a str,
    /// What it takes.
    pub amount: Cents,
    /// What has become of it.
    pub life: Life,
}

/// A batch (`PmtInf`) of a file that may have gone to the bank.
#[derive(Clone, Debug)]
pub struct Batch<'a> {
    /// Its run.
    pub run: i64,
    /// The message it is in (`MsgId`).
    pub message: &'a str,
    /// Its own id (`PmtInfId`).
    pub id: &'a str,
    /// The collection date.
    pub due: Date,
    /// The day on which the file was written.
    pub written: Date,
    /// Whether two people have said that it was never carried out: whatever names it contradicts them.
    pub is_void: bool,
}

/// A credit for direct debits.
#[derive(Clone, Debug)]
pub struct Credit<'a> {
    /// Its id.
    pub id: i64,
    /// The day it was booked.
    pub booked: Date,
    /// What came in.
    pub amount: Cents,
    /// Message, payment information and end-to-end id, as far as the bank gives them.
    pub references: Vec<&'a str>,
    /// Its texts.
    pub text: String,
    /// How many debits it is made of, as the bank says.
    pub announced: Option<usize>,
    /// Whether it names nothing and nobody: only its sum and day tell of which run it is.
    pub is_bare: bool,
    /// Whether its codes say that something comes back to us, not that debits are collected.
    pub comes_back: bool,
}

/// What a credit for direct debits settles.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Settlement {
    /// These debits.
    Of(Vec<i64>),
    /// It names debits of this run, and its amount is not theirs: what was handed in, what of it is known to be rejected.
    Differs {
        /// The run.
        run: i64,
        /// What was handed in and nothing has credited yet.
        submitted: Cents,
        /// What of that the bank is known to have rejected.
        rejected: Cents,
    },
    /// It names these debits as something that comes back to us: perhaps the bank takes a return back.
    Undone(Vec<i64>),
    /// It names this run, which two people have said was never carried out.
    OfVoid(i64),
    /// Something in the booking itself does not fit, so that nothing is told by it.
    Unfit,
}

/// An outgoing booking that may take a debit back.
#[derive(Clone, Debug)]
pub struct Taken<'a> {
    /// Its id.
    pub id: i64,
    /// What went out, above zero.
    pub amount: Cents,
    /// What the bank gives as the original amount.
    pub original: Option<Cents>,
    /// The day it was booked.
    pub booked: Date,
    /// What names a file or a debit.
    pub references: Vec<&'a str>,
    /// Its texts.
    pub text: String,
    /// The mandate that it names.
    pub mandate: Option<&'a str>,
    /// Whether codes or words say that something comes back.
    pub says_back: bool,
    /// Whether its codes say that it is an ordinary transfer of ours.
    pub is_transfer: bool,
    /// Whether it has an end-to-end id: where that is none of ours, another system's debit comes back.
    pub names_another: bool,
    /// Whether something in it does not fit: then it tells nothing.
    pub is_unfit: bool,
}

/// What an outgoing booking takes back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TakenBack {
    /// These debits; what it takes beyond them are charges.
    Of {
        /// The debits.
        debits: Vec<i64>,
        /// The bank's fee and the other bank's compensation (EPC SDD Core rulebook 4.4).
        charges: Cents,
    },
    /// It names or means debits of ours, and something speaks against it.
    Doubt(Doubt, Vec<i64>),
}

/// What speaks against it that a booking takes a debit back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doubt {
    /// The debit came back before.
    Again,
    /// The amount is not the debit's.
    OtherAmount,
    /// Several debits can be meant.
    Several,
    /// By its codes it is a transfer of ours: perhaps somebody gave money back.
    Transfer,
    /// It names a file or batch, and not which of its debits.
    Sum,
    /// Its run is void: two people have said that its file was never carried out.
    Void,
    /// Something in the booking itself does not fit, so that nothing is told by it.
    Unfit,
}

impl Doubt {
    /// In words.
    pub fn text(self) -> &'static str {
        match self {
            Doubt::Again => "it names a direct debit of ours that came back before",
            Doubt::OtherAmount => "it names a direct debit of ours and takes another amount",
            Doubt::Several => "it takes back a direct debit of ours, and several can be meant",
            Doubt::Transfer => {
                "it names a direct debit of ours and is a transfer by its codes: perhaps money was given back"
            }
            Doubt::Void => {
                "it names a direct debit of a run that is void: two people have said that its file was never carried out"
            }
            Doubt::Unfit => "it concerns a direct debit of ours, and something in the booking does not fit",
            Doubt::Sum => "it takes back direct debits of ours, and does not say which",
        }
    }
}

/// The shortest cut of an id that still names it: banks cut references at 16 characters (MT940, `:61:`).
const SHORTEST_CUT: usize = 12;
/// Charges beyond this are taken for another amount unless the bank gives the original one: banks take 3 to 10 EUR.
pub const MOST_CHARGES: Cents = Cents::new(2_000);

/// For so many days after the collection date a bare sum still is that run's.
fn late() -> Span {
    7.days()
}

/// Debits by what names them.
#[derive(Debug)]
pub struct Debits<'a> {
    debits: &'a [Debit<'a>],
    batches: &'a [Batch<'a>],
    by_id: HashMap<String, usize>,
    by_mandate: HashMap<String, Vec<usize>>,
    by_batch: Vec<Vec<usize>>,
}

/// Without blanks, in capitals: banks change both.
fn plain(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect::<String>().to_uppercase()
}

impl<'a> Debits<'a> {
    /// Indexes debits and their batches.
    pub fn new(debits: &'a [Debit<'a>], batches: &'a [Batch<'a>]) -> Debits<'a> {
        let mut by_batch = vec![Vec::new(); batches.len()];
        let mut by_mandate: HashMap<String, Vec<usize>> = HashMap::new();
        for (place, debit) in debits.iter().enumerate() {
            by_batch.get_mut(debit.batch).into_iter().for_each(|own| own.push(place));
            by_mandate.entry(MandateId::key(debit.mandate)).or_default().push(place);
        }
        let by_id = debits.iter().enumerate().map(|(place, debit)| (plain(debit.end_to_end), place)).collect();
        Debits { debits, batches, by_id, by_mandate, by_batch }
    }

    /// The debits that are named, by their places: by a reference, else by a word of the text.
    fn named(&self, references: &[&str], text: &str) -> Vec<usize> {
        let of = |words: &mut dyn Iterator<Item = &str>| {
            let found: HashSet<usize> = words.filter_map(|word| self.by_id.get(&plain(word)).copied()).collect();
            let mut found: Vec<usize> = found.into_iter().collect();
            found.sort_unstable();
            found
        };
        let by_reference = of(&mut references.iter().copied());
        if !by_reference.is_empty() {
            return by_reference;
        }
        of(&mut text.split(|c: char| c.is_whitespace() || matches!(c, ':' | '+' | ',' | ';' | '/')))
    }

    /// Whether a reference, not only a text, names a debit.
    fn names_one(&self, references: &[&str]) -> bool {
        references.iter().any(|id| self.by_id.contains_key(&plain(id)))
    }

    /// The batches that are named, by their places: by their own ids, else by that of their message.
    fn batches_named(&self, references: &[&str], text: &str) -> Vec<usize> {
        let of = |id: fn(&Batch<'a>) -> &'a str| -> Vec<usize> {
            let named = self.batches.iter().enumerate().filter(|(_, batch)| names(references, text, id(batch)));
            named.map(|(place, _)| place).collect()
        };
        let own = of(|batch| batch.id);
        if own.is_empty() { of(|batch| batch.message) } else { own }
    }

    /// The run of the first of some debits whose run is void.
    fn void_run(&self, places: &[usize]) -> Option<i64> {
        let batches = self.of(places).filter_map(|debit| self.batches.get(debit.batch));
        batches.filter(|batch| batch.is_void).map(|batch| batch.run).next()
    }

    fn of(&self, places: &[usize]) -> impl Iterator<Item = &'a Debit<'a>> {
        places.iter().filter_map(|place| self.debits.get(*place))
    }
}

/// What each credit for direct debits settles; one that no file of ours explains is not among them.
pub fn settlements(debits: &Debits<'_>, credits: &[Credit<'_>]) -> HashMap<i64, Settlement> {
    let mut settling = Settling::new(debits);
    let mut sorted: Vec<&Credit<'_>> = credits.iter().collect();
    sorted.sort_by_key(|credit| (credit.booked, credit.id));
    // what stands first, then who names what he settles, and a bare sum takes what is left
    let new: Vec<&Credit<'_>> = sorted.into_iter().filter(|credit| !settling.stands(credit)).collect();
    let unnamed: Vec<&Credit<'_>> = new.into_iter().filter(|credit| !settling.by_name(credit)).collect();
    unnamed.into_iter().for_each(|credit| settling.by_sum(credit));
    settling.found
}

struct Settling<'d, 'a> {
    debits: &'d Debits<'a>,
    /// Places of debits that something credits.
    credited: HashSet<usize>,
    standing: HashMap<i64, Vec<i64>>,
    found: HashMap<i64, Settlement>,
}

impl<'d, 'a> Settling<'d, 'a> {
    fn new(debits: &'d Debits<'a>) -> Settling<'d, 'a> {
        let mut standing: HashMap<i64, Vec<i64>> = HashMap::new();
        let mut credited = HashSet::new();
        for (place, debit) in debits.debits.iter().enumerate() {
            if let Some(booking) = debit.life.settled {
                standing.entry(booking).or_default().push(debit.id);
                credited.insert(place);
            }
        }
        Settling { debits, credited, standing, found: HashMap::new() }
    }

    fn stands(&mut self, credit: &Credit<'_>) -> bool {
        let own = self.standing.remove(&credit.id);
        own.map(|debits| self.found.insert(credit.id, Settlement::Of(debits))).is_some()
    }

    /// Settles what a credit names; whether it names anything.
    fn by_name(&mut self, credit: &Credit<'_>) -> bool {
        let named = self.debits.named(&credit.references, &credit.text);
        if credit.comes_back {
            if !named.is_empty() {
                let debits = self.debits.of(&named).map(|debit| debit.id).collect();
                self.found.insert(credit.id, Settlement::Undone(debits));
            }
            return true;
        }
        if let Some(run) = self.debits.void_run(&named) {
            self.found.insert(credit.id, Settlement::OfVoid(run));
            return true;
        }
        if !named.is_empty() {
            let open = self.open(named.iter().copied());
            self.settle(credit, &named, &open);
            return true;
        }
        let batches = self.debits.batches_named(&credit.references, &credit.text);
        if batches.is_empty() {
            return false;
        }
        if let Some(void) = batches.iter().find_map(|place| self.debits.batches.get(*place).filter(|own| own.is_void)) {
            self.found.insert(credit.id, Settlement::OfVoid(void.run));
            return true;
        }
        let of = |batch: &usize| self.debits.by_batch.get(*batch).cloned().unwrap_or_default();
        let all: Vec<usize> = batches.iter().flat_map(of).collect();
        // a message may be credited batch by batch
        let scopes: Vec<Vec<usize>> = std::iter::once(all.clone()).chain(batches.iter().map(of)).collect();
        let fitting = scopes.into_iter().map(|scope| self.open(scope)).find(|open| self.fits(credit.amount, open));
        let open = fitting.unwrap_or_else(|| self.open(all.iter().copied()));
        self.settle(credit, &all, &open);
        true
    }

    /// Settles a whole run, or a batch of it, where a credit is just its sum, on its day.
    fn by_sum(&mut self, credit: &Credit<'_>) {
        if !credit.is_bare {
            return;
        }
        let batches = self.debits.batches;
        let is_near = |batch: &Batch<'_>| {
            !batch.is_void && (batch.due..=batch.due.saturating_add(late())).contains(&credit.booked)
        };
        let mut runs: Vec<i64> = batches.iter().filter(|batch| is_near(batch)).map(|batch| batch.run).collect();
        runs.dedup();
        let whole = runs.iter().map(|run| {
            let own = batches.iter().enumerate().filter(|(_, batch)| batch.run == *run);
            own.flat_map(|(place, _)| self.debits.by_batch.get(place).into_iter().flatten().copied()).collect()
        });
        let near = batches.iter().zip(&self.debits.by_batch).filter(|(batch, _)| is_near(batch));
        let scopes: Vec<Vec<usize>> = whole.chain(near.map(|(_, own)| own.clone())).collect();
        let open = scopes.into_iter().map(|scope| self.open(scope)).find(|open| self.is_whole(credit, open));
        if let Some(open) = open {
            self.settle(credit, &open, &open);
        }
    }

    /// Those that nothing has credited yet.
    fn open(&self, places: impl IntoIterator<Item = usize>) -> Vec<usize> {
        places.into_iter().filter(|place| !self.credited.contains(place)).collect()
    }

    fn sums(&self, open: &[usize]) -> (Cents, Vec<Cents>) {
        let sum = Cents::sum(self.debits.of(open).map(|debit| debit.amount)).unwrap_or(Cents::ZERO);
        let rejected = self.debits.of(open).filter(|debit| debit.life.rejected).map(|debit| debit.amount);
        (sum, rejected.collect())
    }

    /// Whether an amount is what was handed in, less what of it the bank rejected (net crediting): all of that, or a part.
    fn fits(&self, amount: Cents, open: &[usize]) -> bool {
        self.brought_in(amount, open).is_some()
    }

    /// The debits that make an amount: all, or all but rejected ones; `None` where none do, or several choices would.
    fn brought_in(&self, amount: Cents, open: &[usize]) -> Option<Vec<usize>> {
        let (sum, _) = self.sums(open);
        let missing = sum.checked_sub(amount).filter(|missing| amount.is_positive() && !missing.is_negative())?;
        let is_rejected = |place: &usize| {
            self.debits.debits.get(*place).is_some_and(|debit| debit.life.rejected && debit.life.returned.is_none())
        };
        let rejected: Vec<usize> = open.iter().copied().filter(is_rejected).collect();
        let without = only_sum(&rejected, missing, |place| {
            self.debits.debits.get(place).map_or(Cents::ZERO, |debit| debit.amount)
        })?;
        Some(open.iter().copied().filter(|place| !without.contains(place)).collect())
    }

    /// Whether a credit is all that was handed in, or all of it that the bank did not reject, in as many debits.
    fn is_whole(&self, credit: &Credit<'_>, open: &[usize]) -> bool {
        let (sum, rejected) = self.sums(open);
        let count = if credit.amount == sum { open.len() } else { open.len() - rejected.len() };
        let net = Cents::sum(rejected).and_then(|rejected| sum.checked_sub(rejected));
        let is_sum = credit.amount.is_positive() && (credit.amount == sum || Some(credit.amount) == net);
        is_sum && credit.announced.is_none_or(|announced| announced == count)
    }

    fn settle(&mut self, credit: &Credit<'_>, scope: &[usize], open: &[usize]) {
        let settlement = if let Some(brought_in) = self.brought_in(credit.amount, open) {
            self.credited.extend(open);
            Settlement::Of(self.debits.of(&brought_in).map(|debit| debit.id).collect())
        } else {
            let (submitted, rejected) = self.sums(open);
            let batch = self.debits.of(scope).find_map(|debit| self.debits.batches.get(debit.batch));
            let rejected = Cents::sum(rejected).unwrap_or(Cents::ZERO);
            Settlement::Differs { run: batch.map_or(0, |batch| batch.run), submitted, rejected }
        };
        self.found.insert(credit.id, settlement);
    }
}

/// More rejected debits than these are only looked at as a whole.
const ALL_CHOICES: usize = 16;

/// The only choice of some amounts that makes a sum; nothing chosen makes zero.
fn only_sum(places: &[usize], sum: Cents, amount: impl Fn(usize) -> Cents) -> Option<HashSet<usize>> {
    let makes = |chosen: &[usize]| Cents::sum(chosen.iter().map(|place| amount(*place))) == Some(sum);
    if sum.is_zero() {
        return Some(HashSet::new());
    }
    if places.len() > ALL_CHOICES {
        return makes(places).then(|| places.iter().copied().collect());
    }
    let choice = |bits: usize| -> Vec<usize> {
        places.iter().enumerate().filter(|(at, _)| bits >> at & 1 == 1).map(|(_, place)| *place).collect()
    };
    let mut fitting = (1..1_usize << places.len()).map(choice).filter(|chosen| makes(chosen));
    let first = fitting.next()?;
    fitting.next().is_none().then(|| first.into_iter().collect())
}

/// Whether a booking names an id: as a reference, in whatever case and cut where a bank cuts, or in its text.
fn names(references: &[&str], text: &str, id: &str) -> bool {
    let id = plain(id);
    let is_id = |reference: &&str| {
        let reference = plain(reference);
        let is_cut = reference.len() >= SHORTEST_CUT && id.len() > 16 && reference.len() <= 16;
        reference == id || is_cut && id.starts_with(&reference)
    };
    let text = plain(text);
    let goes_on = |rest: &str| rest.starts_with(|c: char| c.is_ascii_digit());
    !id.is_empty()
        && (references.iter().any(is_id)
            || text.match_indices(&id).any(|(at, _)| text.get(at + id.len()..).is_some_and(|rest| !goes_on(rest))))
}

/// What outgoing bookings take back; one that concerns no debit of ours is not among them.
pub fn taken_back(debits: &Debits<'_>, taken: &[Taken<'_>]) -> HashMap<i64, TakenBack> {
    let mut back: HashMap<usize, i64> = HashMap::new();
    let mut standing: HashMap<i64, Vec<usize>> = HashMap::new();
    for (place, debit) in debits.debits.iter().enumerate() {
        if let Some(booking) = debit.life.returned {
            back.insert(place, booking);
            standing.entry(booking).or_default().push(place);
        }
    }
    let mut sorted: Vec<&Taken<'_>> = taken.iter().collect();
    sorted.sort_by_key(|row| (row.booked, row.id));
    let mut found = HashMap::new();
    let mut unnamed = Vec::new();
    for row in sorted {
        if let Some(own) = standing.get(&row.id) {
            found.insert(row.id, whole(debits, row, own));
            continue;
        }
        let named = debits.named(&row.references, &row.text);
        match named.is_empty() {
            true => unnamed.push(row),
            false => drop(found.insert(row.id, judge(debits, &mut back, row, &named))),
        }
    }
    // who names his debit comes first, so that nobody else takes it
    for row in unnamed {
        found.extend(by_mandate(debits, &mut back, row).map(|judged| (row.id, judged)));
    }
    found
}

/// What a booking takes back that names these debits.
fn judge(debits: &Debits<'_>, back: &mut HashMap<usize, i64>, row: &Taken<'_>, named: &[usize]) -> TakenBack {
    let ids = || debits.of(named).map(|debit| debit.id).collect();
    let is_told = row.says_back || debits.names_one(&row.references);
    if row.is_transfer && !row.says_back || !is_told {
        return TakenBack::Doubt(Doubt::Transfer, ids());
    }
    if debits.void_run(named).is_some() {
        return TakenBack::Doubt(Doubt::Void, ids());
    }
    if row.is_unfit {
        return TakenBack::Doubt(Doubt::Unfit, ids());
    }
    if named.iter().any(|place| back.contains_key(place)) {
        return TakenBack::Doubt(Doubt::Again, ids());
    }
    let taken = whole(debits, row, named);
    if matches!(taken, TakenBack::Of { .. }) {
        back.extend(named.iter().map(|place| (*place, row.id)));
    }
    taken
}

/// The debits whole, and what goes beyond them as charges; a doubt where the amounts do not tell so.
fn whole(debits: &Debits<'_>, row: &Taken<'_>, named: &[usize]) -> TakenBack {
    let ids: Vec<i64> = debits.of(named).map(|debit| debit.id).collect();
    let charges = Cents::sum(debits.of(named).map(|debit| debit.amount)).and_then(|sum| charges(row, sum));
    match charges {
        Some(charges) => TakenBack::Of { debits: ids, charges },
        None => TakenBack::Doubt(Doubt::OtherAmount, ids),
    }
}

/// What a booking takes beyond a sum; `None` where that is not the sum it takes back.
fn charges(row: &Taken<'_>, sum: Cents) -> Option<Cents> {
    let beyond = row.amount.checked_sub(sum).filter(|beyond| !beyond.is_negative())?;
    let is_told = row.original == Some(sum);
    let is_silent = row.original.is_none_or(|original| original == row.amount) && beyond <= MOST_CHARGES;
    (is_told || is_silent).then_some(beyond)
}

/// What a booking takes back that names no debit, but a mandate: the one whose amount it is.
fn by_mandate(debits: &Debits<'_>, back: &mut HashMap<usize, i64>, row: &Taken<'_>) -> Option<TakenBack> {
    if !row.says_back {
        return None;
    }
    let Some(mandate) = row.mandate else {
        let batches = debits.batches_named(&row.references, &row.text);
        return (!batches.is_empty()).then(|| TakenBack::Doubt(Doubt::Sum, Vec::new()));
    };
    if row.names_another {
        return None;
    }
    let own = debits.by_mandate.get(&MandateId::key(mandate))?;
    let is_out = |place: &&usize| {
        let debit = debits.debits.get(**place);
        debit.and_then(|debit| debits.batches.get(debit.batch)).is_some_and(|batch| batch.due <= row.booked)
    };
    let out: Vec<usize> = own.iter().filter(is_out).copied().collect();
    let ids = |places: &[usize]| debits.of(places).map(|debit| debit.id).collect();
    // without an id only an amount that is told tells
    let is_its = |debit: &Debit<'_>| row.amount == debit.amount || row.original == Some(debit.amount);
    let fits = |place: &&usize| {
        let debit = debits.debits.get(**place);
        debit.is_some_and(|debit| is_its(debit) && charges(row, debit.amount).is_some())
    };
    let fitting: Vec<usize> = out.iter().filter(fits).copied().collect();
    let free: Vec<usize> = fitting.iter().filter(|place| !back.contains_key(place)).copied().collect();
    match (free.as_slice(), fitting.as_slice()) {
        ([only], _) => Some(judge(debits, back, row, &[*only])),
        ([], []) if out.is_empty() => None,
        ([], []) => Some(TakenBack::Doubt(Doubt::OtherAmount, ids(&out))),
        ([], _) => Some(TakenBack::Doubt(Doubt::Again, ids(&fitting))),
        _ => Some(TakenBack::Doubt(Doubt::Several, ids(&free))),
    }
}

#[cfg(test)]
#[path = "tests/life.rs"]
mod tests;
