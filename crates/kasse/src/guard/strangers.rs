//! References that payers quote and that are none of the file's: of those whom the old system does not debit.
//!
//! A town's books hold every reference; a debit file holds those with a mandate alone. So whoever pays under a number that is
//! built like the town's, and is none of the file's, has most likely paid something that the file does not collect. In the books
//! of a check such a number stands as one that owes just what was paid under it, of a debtor without a name. Then the rules hold
//! it against the file's debits like any other: where payer and amount speak better for one of these, that one is held.
//!
//! It decides nothing. Invariant: a number is no stranger's where it could be a slip of one of the file's and anything speaks
//! for that one, nor where it lies far from all numbers that the town gives out.

use std::collections::{BTreeMap, HashMap, HashSet};

use camt::{Booking, Sign};
use jiff::civil::Date;
use kassenzeichen::{Directory, Finder, Found, Message, Scheme, Spelling, built_like, canonical};
use ledger::names::words;
use sepa::{Cents, Iban};
use sepa_xml::{ForeignDebit, ForeignFile};

use super::owed::{AllOwed, Owed};

/// A reference that is none of the file's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Stranger {
    kassenzeichen: String,
    /// A word that is nobody's name.
    name: String,
    kind: String,
    /// What is taken to be owed under it.
    amounts: Vec<Cents>,
}

impl Stranger {
    /// Its rows in a list of open items.
    pub(super) fn rows(&self, today: Date) -> impl Iterator<Item = [String; 8]> + use<'_> {
        (1_usize..).zip(&self.amounts).map(move |(number, amount)| {
            [
                self.kassenzeichen.clone(),
                number.to_string(),
                self.kind.clone(),
                today.to_string(),
                amount.to_string(),
                self.name.clone(),
                String::new(),
                String::new(),
            ]
        })
    }
}

/// A credit under a number that is none of the file's.
struct Quote {
    kassenzeichen: String,
    amount: Cents,
    text: String,
}

/// Looks for them, booking by booking.
pub(super) struct Strangers<'d> {
    known: &'d Known<'d>,
    finder: Finder<'d>,
    quotes: Vec<Quote>,
    /// Bookings that were seen: banks tell of one more than once.
    seen: HashSet<(Option<String>, Option<Date>, Cents, String)>,
}

/// The file's references, by which others are told from them.
pub(super) struct Known<'f> {
    schemes: Vec<Scheme>,
    directory: Directory,
    /// Reference in canonical form -> its debits.
    debits: HashMap<String, Vec<(&'f ForeignDebit, &'f Owed)>>,
    /// Of each scheme the numbers that are given out, rising, and how far apart they mostly lie.
    given: Vec<(Vec<u64>, u64)>,
    kind: String,
}

/// A number is one of those that are given out where the next known one is not further away than so many usual distances.
const FAR: u64 = 20;

impl<'f> Known<'f> {
    pub(super) fn new(file: &'f ForeignFile, owed: &'f AllOwed) -> Known<'f> {
        let schemes: Vec<Scheme> = owed.schemes.iter().map(|learned| learned.scheme.clone()).collect();
        let mut debits: HashMap<String, Vec<(&ForeignDebit, &Owed)>> = HashMap::new();
        let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
        for (debit, own) in file.debits().zip(&owed.debits) {
            *kinds.entry(own.kind.as_str()).or_insert(0) += 1;
            for reference in std::iter::once(&own.kassenzeichen).chain(&own.others) {
                debits.entry(canonical(reference)).or_default().push((debit, own));
            }
        }
        let references = || owed.debits.iter().flat_map(|own| std::iter::once(&own.kassenzeichen).chain(&own.others));
        let given = schemes.iter().map(|scheme| given(scheme, references().map(String::as_str))).collect();
        let kind = kinds.into_iter().max_by_key(|(_, count)| *count).map_or("", |(kind, _)| kind).to_owned();
        let directory = directory(&schemes, references().map(String::as_str));
        Known { schemes, directory, debits, given, kind }
    }

    /// Whether a number lies among those that are given out; one that no scheme can read may.
    fn is_given_out(&self, reference: &str) -> bool {
        let of_scheme = self.schemes.iter().zip(&self.given).find(|(scheme, _)| scheme.check_reference(reference).is_ok());
        let Some((scheme, (numbers, gap))) = of_scheme else { return true };
        let Some(number) = scheme.number(reference) else { return true };
        let at = numbers.partition_point(|known| *known < number);
        let near = numbers.get(at.saturating_sub(1)..).unwrap_or_default().iter().take(2);
        near.map(|known| known.abs_diff(number)).min().is_none_or(|least| least <= gap.saturating_mul(FAR))
    }

    /// Whether something beside a slip speaks for one of the file's references: the payer's account, his name, the amount.
    fn is_spoken_for(&self, found: &Found, booking: &Booking, amount: Cents) -> bool {
        let iban = booking.counterparty_iban.as_deref().and_then(|iban| Iban::parse(iban).ok());
        let payer: Vec<String> = [&booking.counterparty, &booking.ultimate_debtor]
            .into_iter()
            .flatten()
            .flat_map(|name| words(name))
            .collect();
        let debits = self.debits.get(&canonical(self.directory.printed(found.reference)));
        debits.into_iter().flatten().any(|(debit, own)| {
            let mut sum = Cents::ZERO;
            let mut sums = own.parts.iter().map(|part| {
                sum = sum.checked_add(part.amount).unwrap_or(sum);
                [sum, part.amount]
            });
            let names = || words(&debit.debtor).into_iter().chain(debit.ultimate_debtor.iter().flat_map(|name| words(name)));
            Some(debit.iban) == iban
                || sums.any(|sums| sums.contains(&amount))
                || names().any(|name| payer.contains(&name))
        })
    }
}

fn directory<'r>(schemes: &[Scheme], references: impl Iterator<Item = &'r str>) -> Directory {
    Directory::new(schemes, references.collect::<HashSet<&str>>())
}

/// The numbers of a scheme that are given out, rising, and the distance that most of them have at most.
fn given<'r>(scheme: &Scheme, references: impl Iterator<Item = &'r str>) -> (Vec<u64>, u64) {
    let fitting = references.filter(|reference| scheme.check_reference(reference).is_ok());
    let mut numbers: Vec<u64> = fitting.filter_map(|reference| scheme.number(reference)).collect();
    numbers.sort_unstable();
    numbers.dedup();
    let mut gaps: Vec<u64> = numbers.iter().zip(numbers.iter().skip(1)).map(|(one, next)| next - one).collect();
    gaps.sort_unstable();
    let usual = gaps.get(gaps.len() / 2).copied().unwrap_or(u64::MAX);
    (numbers, usual)
}

impl<'d> Strangers<'d> {
    pub(super) fn new(known: &'d Known<'d>) -> Strangers<'d> {
        Strangers { known, finder: known.directory.finder(), quotes: Vec::new(), seen: HashSet::new() }
    }

    /// Looks at a booking.
    pub(super) fn see(&mut self, booking: &Booking) {
        let Some(amount) = booking.amount.filter(|amount| *amount != Cents::ZERO) else { return };
        if booking.sign != Some(Sign::Credit) {
            return;
        }
        let known = self.known;
        let message = Message {
            remittance: &booking.remittance,
            end_to_end: booking.end_to_end_id.as_deref(),
            structured: booking.structured_reference.as_deref(),
            further: &booking.further_references,
            instruction: booking.instruction_id.as_deref(),
            mandate: booking.mandate_id.as_deref(),
            counterparty: None,
            additional: booking.additional.as_deref(),
        };
        let found = &self.finder.find(&message).found;
        let is_slip = |found: &Found| matches!(found.spelling, Spelling::Near(_));
        if found.iter().any(|found| !is_slip(found) || known.is_spoken_for(found, booking, amount)) {
            return;
        }
        let may_slip = !found.is_empty();
        let id = booking.end_to_end_id.as_deref().filter(|id| *id != "NOTPROVIDED").unwrap_or_default();
        let texts = [booking.remittance.as_str(), booking.structured_reference.as_deref().unwrap_or_default(), id];
        let mut quoted: Vec<String> = texts.iter().flat_map(|text| built_like(&known.schemes, text)).collect();
        quoted.sort();
        quoted.dedup_by_key(|quoted| canonical(quoted));
        // of several numbers nobody knows what is for which
        let [only] = quoted.as_slice() else { return };
        let is_whole = || known.schemes.iter().any(|scheme| scheme.check_reference(only).is_ok());
        if !known.is_given_out(only) || may_slip && !is_whole() {
            return;
        }
        let key = (booking.bank_reference.clone(), booking.booked, amount, booking.remittance.clone());
        if self.seen.insert(key) {
            self.quotes.push(Quote { kassenzeichen: only.clone(), amount, text: booking.remittance.clone() });
        }
    }

    /// All that were found.
    pub(super) fn all(self) -> Vec<Stranger> {
        let known = self.known;
        let own = known.debits.values().flatten().map(|(_, own)| own.kassenzeichen.as_str());
        let with_strangers = self.quotes.iter().map(|quote| quote.kassenzeichen.as_str()).chain(own);
        let directory = directory(&known.schemes, with_strangers);
        let mut finder = directory.finder();
        let mut strangers: BTreeMap<String, Stranger> = BTreeMap::new();
        for quote in self.quotes {
            let series = &finder.find(&Message { remittance: &quote.text, ..Message::default() }).series;
            let means_more = series.goes_on || !series.meant.is_empty() || says_and_for(&quote.text);
            // who pays for more than he quotes pays what the number does not owe: that is looked for among the others
            let amount = if means_more { Cents::new(1) } else { quote.amount };
            let number = strangers.len();
            let own = strangers.entry(canonical(&quote.kassenzeichen)).or_insert_with(|| Stranger {
                kassenzeichen: quote.kassenzeichen,
                name: nobody(number),
                kind: known.kind.clone(),
                amounts: Vec::new(),
            });
            own.amounts.push(amount);
        }
        strangers.into_values().collect()
    }
}

/// Whether a text says that it pays for somebody else too: »und fuer meine Mutter«.
fn says_and_for(text: &str) -> bool {
    let folded = text.to_lowercase().replace('\n', " ");
    ["fuer ", "für ", "f. ", "u.a", "sowie ", "laut liste", "lt. liste"].iter().any(|words| folded.contains(words))
}

/// A word that is nobody's name, another for each number.
fn nobody(mut number: usize) -> String {
    let mut word = "Unbekannt".to_owned();
    loop {
        let letter = u8::try_from(number % 26).unwrap_or(0);
        word.push(char::from(b'a' + letter));
        number /= 26;
        if number == 0 {
            return word;
        }
    }
}
