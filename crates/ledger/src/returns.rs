//! Credits that went back, and the debits that took them.
//!
//! Pairing is proof, not likeness. A debit takes back the one credit that it names (the bank's reference, the payer's
//! end-to-end id), else the only one with the same account and amount; another account or another name is a veto, and
//! where several fit nothing is paired. Of a smaller debit the credit is the one that it names, or whose text it repeats.
//! Each cent of a credit goes back once. The reversal indicator never turns a sign (ISO 20022 `RvslInd`: `CdtDbtInd` is
//! already the direction of the booking). A direct debit that comes back takes no transfer back, whatever its amount.

use std::collections::{BTreeSet, HashMap, HashSet};

use jiff::civil::Date;
use sepa::Cents;

use crate::names::{Agreement, Name, fold};

/// A booking, as far as taking back looks at it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Booking {
    /// Its id.
    pub id: i64,
    /// Below zero where our account was debited.
    pub amount: Cents,
    /// The day it was booked.
    pub booked: Date,
    /// The bank's own reference.
    pub reference: Option<String>,
    /// The other party's account.
    pub iban: Option<String>,
    /// The other party's name.
    pub counterparty: Option<String>,
    /// The text.
    pub remittance: String,
    /// What the bank adds of its own.
    pub additional: Option<String>,
    /// The payer's end-to-end id.
    pub end_to_end: Option<String>,
    /// The mandate it names.
    pub mandate: Option<String>,
    /// What a debit says of itself.
    pub says: Says,
    /// Whether a credit is one for direct debits.
    pub of_debits: bool,
    /// Whether the old system had posted it.
    pub posted_before: bool,
    /// When it came into the books: what came later has a greater number.
    pub told: i64,
}

/// What a person has said of a debit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Said {
    /// It took this credit back.
    Took(i64),
    /// It took none of those that had come into the books until then ([`Booking::told`]).
    Nothing {
        /// The last that had.
        until: i64,
    },
}

/// What a debit says of itself, by its codes and its text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Says {
    /// Nothing: an ordinary outgoing booking.
    #[default]
    Nothing,
    /// A transfer that had come in goes back.
    TransferBack,
    /// Something comes back; whether a transfer or a direct debit is not told.
    SomethingBack,
    /// A direct debit comes back.
    DebitBack,
}

/// What a debit booking's codes say of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Codes<'a> {
    /// The class of its codes.
    pub class: &'a str,
    /// `RvslInd`.
    pub reversal: bool,
    /// The reason of return (`RtrInf`).
    pub reason: Option<&'a str>,
    /// Whether a direct debit stands behind it: by its code, or because it names a mandate.
    pub of_direct_debit: bool,
    /// All that it says in words.
    pub text: &'a str,
}

/// Words for something that comes back, folded: parts of words, for banks write them together.
const BACK: [&str; 21] = [
    "storno",
    "stornier",
    "widerruf",
    "ruckruf",
    "ruckuberw",
    "ruckgabe",
    "ruckbuch",
    "ruckbelast",
    "ruckabwick",
    "ruckfuhr",
    "ruckleit",
    "rucksend",
    "rucklauf",
    "ruckvergut",
    "rucklastschr",
    "retour",
    "recall",
    "returned",
    "reversal",
    "reversed",
    "cancel",
];
/// Words that may stand in any bill too, folded, as parts of words: they tell of something that comes back only where nobody
/// is named who was paid.
const PERHAPS_BACK: [&str; 5] = ["return", "revers", "korrektur", "berichtig", "fehlbuch"];
/// Words for a direct debit, as parts of words.
const OF_DEBIT: [&str; 3] = ["lastschr", "mandat", "einzug"];
/// The same as whole words.
const OF_DEBIT_WHOLE: [&str; 4] = ["mref", "cred", "sdd", "direct debit"];
/// Words for a transfer.
const OF_TRANSFER: [&str; 5] = ["uberweis", "ruckruf", "recall", "transfer", "zahlungseing"];
/// Reasons that only direct debits come back for (EPC: SDD reason codes MD01 …, AM04, SL01).
const REASONS_OF_DEBITS: [&str; 3] = ["MD", "AM04", "SL01"];

/// Whether a text has a word for something that comes back.
pub(crate) fn tells_back(text: &str) -> bool {
    let text = fold(text);
    BACK.iter().any(|word| text.contains(word))
}

/// Whether a text that names nobody has a word that may be one for something that comes back.
pub(crate) fn may_tell_back(text: &str) -> bool {
    let text = fold(text);
    BACK.iter().chain(&PERHAPS_BACK).any(|word| text.contains(word))
}

/// What a debit says of itself.
pub fn says(codes: Codes<'_>) -> Says {
    let text = fold(codes.text);
    let any = |words: &[&str]| words.iter().any(|word| text.contains(word));
    let by_class = matches!(codes.class, "transfer return" | "reversal" | "direct-debit return");
    let by_words = codes.class == "unknown" && any(&BACK);
    if !(codes.reversal || codes.reason.is_some() || by_class || by_words) {
        return Says::Nothing;
    }
    let by_reason = codes.reason.is_some_and(|reason| REASONS_OF_DEBITS.iter().any(|own| reason.starts_with(own)));
    if codes.of_direct_debit || by_reason {
        return Says::DebitBack;
    }
    let by_bank = codes.reversal || codes.class == "transfer return";
    let words = format!(" {} ", text.split(|c: char| !c.is_alphanumeric()).collect::<Vec<_>>().join(" "));
    let of_debit = any(&OF_DEBIT) || OF_DEBIT_WHOLE.iter().any(|word| words.contains(&format!(" {word} ")));
    match (of_debit, by_bank) {
        (true, true) => Says::SomethingBack,
        (true, false) => Says::DebitBack,
        (false, true) => Says::TransferBack,
        (false, false) if any(&OF_TRANSFER) => Says::TransferBack,
        (false, false) => Says::SomethingBack,
    }
}

/// What a debit that says that something comes back pairs with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Back {
    /// It takes this credit back, wholly.
    Whole(i64),
    /// It takes a part of this credit back.
    Part(i64),
    /// It may take back one of these; which, or whether, is not proven.
    Unsure(Vec<i64>),
    /// Nothing in the books fits.
    Alone,
}

/// What went back of a credit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Undone {
    /// How much, above zero.
    pub amount: Cents,
    /// The debits that took it.
    pub by: Vec<i64>,
}

/// Which debits took which credits back.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pairs {
    /// Of each debit that says that something comes back.
    pub debits: HashMap<i64, Back>,
    /// Of each credit of which something went back.
    pub credits: HashMap<i64, Undone>,
    /// Credits that came into the books after a person had said of a debit that it takes nothing back, and that the debit may
    /// have taken back all the same: he could not see them.
    pub doubts: HashMap<i64, i64>,
}

/// Pairs debits with the credits that they take back; `said` is what people have said of debits. The order of `bookings` does
/// not matter but among credits that nothing tells apart.
pub fn pair(bookings: &[Booking], said: &HashMap<i64, Said>) -> Pairs {
    let debits: Vec<&Booking> = bookings
        .iter()
        .filter(|row| row.amount.is_negative() && (row.says != Says::Nothing || said.contains_key(&row.id)))
        .collect();
    let credits = Credits::new(bookings, &debits, said);
    // of what is in the books no more, as a report told it and a statement tells it anew, the rules say what they can
    let stands = |said: &&Said| !matches!(said, Said::Took(credit) if !credits.by_id.contains_key(credit));
    let gone: HashSet<i64> = said.iter().filter(|(_, said)| !stands(said)).map(|(debit, _)| *debit).collect();
    let said: HashMap<i64, Said> =
        said.iter().filter(|(_, said)| stands(said)).map(|(id, said)| (*id, *said)).collect();
    let mut pairing = Pairing { credits, pairs: Pairs::default() };
    for debit in &debits {
        match said.get(&debit.id) {
            Some(Said::Took(credit)) => pairing.take(debit, *credit),
            Some(Said::Nothing { .. }) => drop(pairing.pairs.debits.insert(debit.id, Back::Alone)),
            None => {}
        }
    }
    let left: Vec<&&Booking> = debits.iter().filter(|debit| !said.contains_key(&debit.id)).collect();
    // who names his credit comes first, so that nobody else takes it
    let unnamed: Vec<&&Booking> = left.into_iter().filter(|debit| !pairing.by_name(debit)).collect();
    // and whoever takes a whole one before those of whom it may be a part
    let rest: Vec<&&Booking> = unnamed.into_iter().filter(|debit| !pairing.whole_of_account(debit)).collect();
    for debit in rest {
        pairing.part_of_account(debit);
    }
    for debit in &debits {
        if let Some(Said::Nothing { until }) = said.get(&debit.id) {
            pairing.doubt(debit, *until);
        } else if gone.contains(&debit.id) {
            pairing.doubt_unsure(debit);
        }
    }
    pairing.pairs
}

/// Credits that debits can have taken back.
struct Credits<'a> {
    by_id: HashMap<i64, &'a Booking>,
    by_amount: HashMap<Cents, Vec<&'a Booking>>,
    by_iban: HashMap<&'a str, Vec<&'a Booking>>,
    by_end_to_end: HashMap<&'a str, Vec<&'a Booking>>,
    by_mandate: HashMap<&'a str, Vec<&'a Booking>>,
}

/// Bookings by a text that they have.
type ByText<'a> = HashMap<&'a str, Vec<&'a Booking>>;

impl<'a> Credits<'a> {
    fn new(bookings: &'a [Booking], debits: &[&Booking], said: &HashMap<i64, Said>) -> Credits<'a> {
        let amounts: HashSet<Cents> = debits.iter().map(|debit| debit.amount.abs()).collect();
        let of = |read: fn(&Booking) -> Option<&str>| -> HashSet<&str> {
            debits.iter().filter_map(|debit| read(debit)).collect()
        };
        let (ibans, ids, mandates) = (of(iban), of(end_to_end), of(mandate));
        let took = |said: &Said| match said {
            Said::Took(credit) => Some(*credit),
            Said::Nothing { .. } => None,
        };
        let paired: HashSet<i64> = said.values().filter_map(took).collect();
        let mut credits = Credits {
            by_id: HashMap::new(),
            by_amount: HashMap::new(),
            by_iban: HashMap::new(),
            by_end_to_end: HashMap::new(),
            by_mandate: HashMap::new(),
        };
        if debits.is_empty() {
            return credits;
        }
        for credit in bookings.iter().filter(|row| row.amount.is_positive()) {
            let mut is_asked = paired.contains(&credit.id);
            if amounts.contains(&credit.amount) {
                credits.by_amount.entry(credit.amount).or_default().push(credit);
                is_asked = true;
            }
            let texts: [(&HashSet<&str>, Option<&'a str>, &mut ByText<'a>); 3] = [
                (&ibans, iban(credit), &mut credits.by_iban),
                (&ids, end_to_end(credit), &mut credits.by_end_to_end),
                (&mandates, mandate(credit), &mut credits.by_mandate),
            ];
            for (asked, own, index) in texts {
                if let Some(own) = own.filter(|own| asked.contains(own)) {
                    index.entry(own).or_default().push(credit);
                    is_asked = true;
                }
            }
            if is_asked {
                credits.by_id.insert(credit.id, credit);
            }
        }
        credits
    }
}

fn iban(row: &Booking) -> Option<&str> {
    row.iban.as_deref().filter(|iban| !iban.is_empty())
}

fn mandate(row: &Booking) -> Option<&str> {
    row.mandate.as_deref().filter(|id| *id != "NOTPROVIDED")
}

/// The end-to-end id where there is one that tells something.
fn end_to_end(row: &Booking) -> Option<&str> {
    row.end_to_end.as_deref().filter(|id| !matches!(*id, "" | "NOTPROVIDED" | "NONREF" | "NOTAVAILABLE"))
}

struct Pairing<'a> {
    credits: Credits<'a>,
    pairs: Pairs,
}

/// Which of several credits is meant.
enum Choice<'a> {
    One(&'a Booking),
    Unsure(Vec<i64>),
}

impl<'a> Pairing<'a> {
    /// Doubts what a debit may have taken back of which a person said so much, and the rules alone not which.
    fn doubt_unsure(&mut self, debit: &Booking) {
        if let Some(Back::Unsure(credits)) = self.pairs.debits.get(&debit.id) {
            self.pairs.doubts.extend(credits.iter().map(|credit| (*credit, debit.id)));
        }
    }

    /// What is left of a credit.
    fn left(&self, credit: &Booking) -> Cents {
        let undone = self.pairs.credits.get(&credit.id).map_or(Cents::ZERO, |undone| undone.amount);
        credit.amount.checked_sub(undone).unwrap_or(Cents::ZERO)
    }

    fn take(&mut self, debit: &Booking, credit: i64) {
        let Some(booking) = self.credits.by_id.get(&credit).copied() else {
            self.pairs.debits.insert(debit.id, Back::Alone);
            return;
        };
        let amount = debit.amount.abs().min(self.left(booking));
        let undone = self.pairs.credits.entry(credit).or_insert(Undone { amount: Cents::ZERO, by: Vec::new() });
        let is_whole = undone.amount.is_zero() && amount == booking.amount;
        undone.amount = undone.amount.checked_add(amount).unwrap_or(undone.amount);
        undone.by.push(debit.id);
        self.pairs.debits.insert(debit.id, if is_whole { Back::Whole(credit) } else { Back::Part(credit) });
    }

    /// Those of which all that the debit takes is left, and which were booked before it.
    fn whole(&self, debit: &Booking) -> Vec<&'a Booking> {
        let alike = self.credits.by_amount.get(&debit.amount.abs()).map_or(&[][..], Vec::as_slice);
        let free = |credit: &&&Booking| credit.booked <= debit.booked && self.left(credit) == debit.amount.abs();
        alike.iter().filter(free).copied().collect()
    }

    /// Those of an index of which more is left than the debit takes.
    fn larger(&self, index: Option<&Vec<&'a Booking>>, debit: &Booking) -> Vec<&'a Booking> {
        let free = |credit: &&&Booking| credit.booked <= debit.booked && self.left(credit) > debit.amount.abs();
        index.into_iter().flatten().filter(free).copied().collect()
    }

    /// Pairs a debit with the credit that it names; whether it is done with.
    fn by_name(&mut self, debit: &Booking) -> bool {
        if debit.says == Says::DebitBack {
            self.debit_back(debit);
            return true;
        }
        let mut named: Vec<&Booking> = self.whole(debit).into_iter().filter(|credit| names(debit, credit)).collect();
        if named.is_empty() {
            let id = end_to_end(debit).filter(|id| is_telling(id));
            let index = id.and_then(|id| self.credits.by_end_to_end.get(id));
            named = self.larger(index, debit);
        }
        if named.is_empty() {
            return false;
        }
        let fitting: Vec<&Booking> = named.iter().filter(|credit| !is_vetoed(debit, credit)).copied().collect();
        if !self.chosen(debit, &fitting) {
            // it names one that another account or name speaks against
            let ids = named.iter().map(|credit| credit.id).collect();
            self.pairs.debits.insert(debit.id, Back::Unsure(ids));
        }
        true
    }

    /// Pairs a debit with the one of these that is meant, or says that it is one of them; whether there are any.
    fn chosen(&mut self, debit: &Booking, fitting: &[&Booking]) -> bool {
        match choose(debit, fitting) {
            Some(Choice::One(credit)) => self.take(debit, credit.id),
            Some(Choice::Unsure(ids)) => drop(self.pairs.debits.insert(debit.id, Back::Unsure(ids))),
            None => return false,
        }
        true
    }

    /// A direct debit that came back takes back only what was collected: the credit of its end-to-end id, or of its mandate
    /// and amount. The bank may have put its fee on top.
    fn debit_back(&mut self, debit: &Booking) {
        let free = |credit: &&&Booking| {
            let left = self.left(credit);
            credit.of_debits && credit.booked <= debit.booked && left == credit.amount && left <= debit.amount.abs()
        };
        let of = |index: Option<&Vec<&'a Booking>>, exactly: bool| -> Vec<&'a Booking> {
            let fits = |credit: &&&Booking| free(credit) && (!exactly || credit.amount == debit.amount.abs());
            index.into_iter().flatten().filter(fits).copied().collect()
        };
        let mut own = of(end_to_end(debit).and_then(|id| self.credits.by_end_to_end.get(id)), false);
        if own.is_empty() {
            own = of(mandate(debit).and_then(|id| self.credits.by_mandate.get(id)), true);
        }
        if !self.chosen(debit, &own) {
            self.pairs.debits.insert(debit.id, Back::Alone);
        }
    }

    /// Doubts what a debit may have taken back that a person called something else before it came into the books.
    fn doubt(&mut self, debit: &Booking, until: i64) {
        let ids = self.credits.by_end_to_end.get(end_to_end(debit).unwrap_or_default());
        let accounts = self.credits.by_iban.get(iban(debit).unwrap_or_default());
        let repeated = self.larger(accounts, debit).into_iter().filter(|credit| repeats(debit, credit));
        let whole = self.whole(debit).into_iter().filter(|credit| names(debit, credit) || is_like(debit, credit));
        let fitting = whole.chain(self.larger(ids, debit)).chain(repeated);
        let is_back = debit.says != Says::Nothing;
        let doubted = fitting.filter(|credit| {
            let of_its_kind = credit.of_debits == (debit.says == Says::DebitBack);
            is_back && credit.told > until && of_its_kind && !is_vetoed(debit, credit)
        });
        let doubted: Vec<i64> = doubted.map(|credit| credit.id).collect();
        self.pairs.doubts.extend(doubted.into_iter().map(|credit| (credit, debit.id)));
    }

    /// Pairs a debit with the only credit of the same account and amount; whether it is done with.
    fn whole_of_account(&mut self, debit: &Booking) -> bool {
        let own = |credit: &&Booking| {
            let of_account = iban(debit).is_some() && iban(credit) == iban(debit);
            of_account && !credit.of_debits && !is_vetoed(debit, credit)
        };
        let same: Vec<&Booking> = self.whole(debit).into_iter().filter(own).collect();
        debit.says == Says::TransferBack && self.chosen(debit, &same)
    }

    /// Pairs a debit with the credit of its account of which it is a part, else says which it may have taken.
    fn part_of_account(&mut self, debit: &Booking) {
        if debit.says == Says::TransferBack {
            let index = iban(debit).and_then(|iban| self.credits.by_iban.get(iban));
            let fits = |credit: &&Booking| !credit.of_debits && !is_vetoed(debit, credit) && repeats(debit, credit);
            let repeated: Vec<&Booking> = self.larger(index, debit).into_iter().filter(fits).collect();
            if self.chosen(debit, &repeated) {
                return;
            }
        }
        let whole = self.whole(debit).into_iter().filter(|credit| !credit.of_debits && is_like(debit, credit));
        let likely: BTreeSet<i64> = whole.map(|credit| credit.id).collect();
        let back = if likely.is_empty() { Back::Alone } else { Back::Unsure(likely.into_iter().collect()) };
        self.pairs.debits.insert(debit.id, back);
    }
}

/// Which of the credits that fit a debit is meant: the only one; of several the one whose text it has or repeats; of those
/// that nothing tells apart the last.
fn choose<'a>(debit: &Booking, fitting: &[&'a Booking]) -> Option<Choice<'a>> {
    let last = |credits: &[&'a Booking]| credits.iter().max_by_key(|credit| (credit.booked, credit.id)).copied();
    let alike = |credits: &[&'a Booking]| credits.windows(2).all(|pair| matches!(pair, [a, b] if is_alike(a, b)));
    let text = squashed(&debit.remittance);
    let same: Vec<&Booking> = fitting
        .iter()
        .filter(|credit| tells(&credit.remittance) && squashed(&credit.remittance) == text)
        .copied()
        .collect();
    let repeated: Vec<&Booking> = fitting.iter().filter(|credit| repeats(debit, credit)).copied().collect();
    // of two texts of which one goes on where the other ends the longer one was meant
    let longest = repeated.iter().map(|credit| squashed(&credit.remittance).len()).max();
    let longest: Vec<&Booking> =
        repeated.into_iter().filter(|credit| Some(squashed(&credit.remittance).len()) == longest).collect();
    for credits in [fitting, &exact(debit, &same), &same, &longest] {
        if let [only] = credits {
            return Some(Choice::One(only));
        }
    }
    if fitting.is_empty() {
        return None;
    }
    for credits in [&same[..], &longest, fitting] {
        if let Some(credit) = last(credits).filter(|_| alike(credits)) {
            return Some(Choice::One(credit));
        }
    }
    let ids: BTreeSet<i64> = fitting.iter().map(|credit| credit.id).collect();
    Some(Choice::Unsure(ids.into_iter().collect()))
}

/// Those whose text is the debit's to the letter.
fn exact<'a>(debit: &Booking, credits: &[&'a Booking]) -> Vec<&'a Booking> {
    credits.iter().filter(|credit| credit.remittance == debit.remittance).copied().collect()
}

/// Whether nothing tells two credits apart: it is all the same which of them went back.
fn is_alike(one: &Booking, other: &Booking) -> bool {
    let key = |row: &Booking| {
        (
            row.iban.clone(),
            row.counterparty.clone(),
            squashed(&row.remittance),
            end_to_end(row).map(str::to_owned),
            row.posted_before,
        )
    };
    key(one) == key(other)
}

/// Whether a debit tells which credit it takes back by more than account and amount: it names it, has its mandate, or repeats its
/// text.
pub fn is_told_by(debit: &Booking, credit: &Booking) -> bool {
    let has_mandate = mandate(debit).is_some() && mandate(debit) == mandate(credit);
    names(debit, credit) || has_mandate || repeats(debit, credit)
}

/// Whether a debit names the credit: by the payer's end-to-end id, or by the bank's reference.
fn names(debit: &Booking, credit: &Booking) -> bool {
    if end_to_end(debit).is_some() && end_to_end(debit) == end_to_end(credit) {
        return true;
    }
    let Some(reference) = credit.reference.as_deref().filter(|reference| is_telling(reference)) else { return false };
    let words = [Some(debit.remittance.as_str()), debit.additional.as_deref(), end_to_end(debit)];
    let mut words = words.into_iter().flatten().flat_map(|text| text.split(|c: char| !c.is_alphanumeric() && c != '-'));
    words.any(|word| word == reference)
}

/// Whether a reference is long enough to be one booking's.
pub(crate) fn is_telling(reference: &str) -> bool {
    reference.len() >= 6 && reference.chars().filter(char::is_ascii_digit).count() >= 4
}

/// Another account, or another name: then it is another's, whatever else agrees.
fn is_vetoed(debit: &Booking, credit: &Booking) -> bool {
    let other_account = matches!((iban(debit), iban(credit)), (Some(one), Some(other)) if one != other);
    other_account || other_name(debit, credit)
}

fn other_name(debit: &Booking, credit: &Booking) -> bool {
    let name = |row: &Booking| row.counterparty.as_deref().map(Name::new).filter(|name| !name.is_empty());
    match (name(debit), name(credit)) {
        (Some(one), Some(other)) => one.agreement(&other).min(other.agreement(&one)) == Agreement::None,
        _ => false,
    }
}

/// Whether a text is long enough to tell payments apart.
fn tells(text: &str) -> bool {
    squashed(text).len() > 5
}

/// Whether the debit repeats the credit's text.
fn repeats(debit: &Booking, credit: &Booking) -> bool {
    repeats_text(&debit.remittance, &credit.remittance)
}

/// Whether one text is repeated in another, and long enough to tell payments apart.
pub(crate) fn repeats_text(one: &str, repeated: &str) -> bool {
    tells(repeated) && squashed(one).contains(&squashed(repeated))
}

/// Whether anything but the amount says that a debit takes a credit back: not proof, but a reason to ask.
fn is_like(debit: &Booking, credit: &Booking) -> bool {
    if matches!((iban(debit), iban(credit)), (Some(one), Some(other)) if one != other) {
        return false;
    }
    let same_account = iban(debit).is_some() && iban(debit) == iban(credit);
    let has_names = debit.counterparty.is_some() && credit.counterparty.is_some();
    same_account || has_names && !other_name(debit, credit) || repeats(debit, credit)
}

fn squashed(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_uppercase).collect()
}

#[cfg(test)]
#[path = "tests/returns.rs"]
mod tests;
