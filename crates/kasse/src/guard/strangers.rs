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
use kassenzeichen::{Finder, Found, Message, Spelling, built_like, canonical};
use ledger::names::words;
use sepa::{Cents, Iban};

use super::known::{Bare, Known, Voice, directory};
use super::levies::Levies;
use super::other_money::OtherMoney;
use super::slips::Slips;

/// A reference that is none of the file's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Stranger {
    kassenzeichen: String,
    /// Who owes it: its payer, where nothing but the number's check digit tells that it is right; else a word that is nobody's
    /// name.
    name: String,
    address: Option<String>,
    kind: String,
    /// What is taken to be owed under it.
    amounts: Vec<Cents>,
    /// Other numbers that are quoted beside it alone.
    others: Vec<String>,
}

/// How much was paid under numbers that are none of the file's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Elsewhere {
    /// How many numbers, or payers who name a house of their own.
    pub(super) numbers: usize,
    pub(super) payments: usize,
    pub(super) sum: Cents,
}

/// What all strangers paid; of whom nothing is known but that a list names him, nothing.
pub(super) fn elsewhere(strangers: &[Stranger]) -> Elsewhere {
    strangers.iter().fold(Elsewhere::default(), |all, own| {
        let paid: Vec<Cents> = own.amounts.iter().copied().filter(|amount| *amount != NEXT_TO_NOTHING).collect();
        let sum = Cents::sum(paid.iter().copied()).and_then(|sum| all.sum.checked_add(sum));
        Elsewhere {
            numbers: all.numbers + usize::from(!paid.is_empty()),
            payments: all.payments + paid.len(),
            sum: sum.unwrap_or(all.sum),
        }
    })
}

impl Stranger {
    /// Whether so much may be an instalment of what it owes, or two of them.
    fn may_owe(&self, amount: Cents) -> bool {
        let twice = |amount: Cents| amount.checked_add(amount);
        self.amounts.iter().any(|own| *own == amount || twice(*own) == Some(amount) || twice(amount) == Some(*own))
    }

    /// Its rows in a list of old references.
    pub(super) fn aliases(&self) -> impl Iterator<Item = [String; 2]> + use<'_> {
        self.others.iter().map(|other| [other.clone(), self.kassenzeichen.clone()])
    }

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
                self.address.clone().unwrap_or_default(),
                String::new(),
            ]
        })
    }
}

/// What a number owes of which nothing is known but that it is there.
const NEXT_TO_NOTHING: Cents = Cents::new(1);

/// A credit under a number that is none of the file's, or under several.
struct Quote {
    kassenzeichen: String,
    others: Vec<String>,
    /// Numbers of which the text has the ends alone.
    ends: Vec<String>,
    amount: Cents,
    text: String,
    /// Who paid, and from which account, where the number's check digit tells that it is right.
    payer: Option<(String, Option<Iban>)>,
}

impl Quote {
    /// All its numbers.
    fn all(&self) -> impl Iterator<Item = &String> {
        std::iter::once(&self.kassenzeichen).chain(&self.others).chain(&self.ends)
    }
}

/// Looks for them, booking by booking.
pub(super) struct Strangers<'d> {
    known: &'d Known<'d>,
    finder: Finder<'d>,
    quotes: Vec<Quote>,
    bare: Vec<Bare>,
    /// Numbers in lists beside others, and what each is taken to owe.
    members: Vec<(String, Cents)>,
    /// Bookings that were seen: banks tell of one more than once.
    seen: HashSet<(Option<String>, Option<Date>, Cents, String)>,
    /// What the file collects, by its texts and those of payments that quote its numbers.
    money: OtherMoney,
    levies: Levies,
}

impl<'d> Strangers<'d> {
    pub(super) fn new(known: &'d Known<'d>) -> Strangers<'d> {
        let mut money = OtherMoney::default();
        known.all.iter().flat_map(|(debit, _)| &debit.remittance).for_each(|text| money.learn(text));
        Strangers {
            known,
            money,
            levies: Levies::new(),
            finder: known.directory.finder(),
            quotes: Vec::new(),
            bare: Vec::new(),
            members: Vec::new(),
            seen: HashSet::new(),
        }
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
        let clean: Vec<String> = found
            .iter()
            .filter(|found| found.spelling <= Spelling::LookAlike)
            .map(|found| canonical(known.directory.printed(found.reference)))
            .collect();
        let is_slip = |found: &Found| matches!(found.spelling, Spelling::Near(_));
        let is_read = found.iter().any(|found| !is_slip(found));
        let voice = found.iter().map(|found| known.spoken_for(found, booking, amount)).max().unwrap_or(Voice::None);
        let may_slip = !found.is_empty();
        let quoted = known.quoted(booking);
        let ends = known.ends_behind(&clean, &quoted, &booking.remittance);
        let key = (booking.bank_reference.clone(), booking.booked, amount, booking.remittance.clone());
        if !clean.is_empty() {
            self.money.learn(&booking.remittance);
            if self.seen.insert(key) {
                self.levies.learn(&booking.remittance);
            }
            // of a list that names some of the file's, the others must be known for it to be read
            let others: Vec<String> =
                quoted.into_iter().filter(|quoted| known.is_checked(quoted)).chain(ends).collect();
            let rest = known.instalments(&clean).and_then(|sum| amount.checked_sub(sum));
            let rest = rest.filter(|rest| others.len() == 1 && *rest > Cents::ZERO).unwrap_or(NEXT_TO_NOTHING);
            self.members.extend(others.into_iter().map(|other| (other, rest)));
            return;
        }
        // what payer and number speak for together is found by the rules
        if is_read || voice == Voice::Strong || !self.seen.insert(key) {
            return;
        }
        let is_whole = |quoted: &String| known.is_whole(quoted);
        if quoted.iter().any(|quoted| known.is_slip(quoted)) {
            return;
        }
        if voice == Voice::Weak || may_slip && quoted.len() > 1 {
            // it is there, and what is paid under it may be another's: those whom payer or amount speak for
            self.members.extend(quoted.into_iter().filter(is_whole).map(|quoted| (quoted, NEXT_TO_NOTHING)));
            return;
        }
        let payer = booking.counterparty.clone();
        let iban = booking.counterparty_iban.as_deref().and_then(|iban| Iban::parse(iban).ok());
        let text = booking.remittance.clone();
        match quoted.split_first() {
            None if !may_slip => self.bare.extend(payer.map(|payer| Bare { payer, iban, amount, text })),
            Some((first, others)) if !may_slip || others.is_empty() && is_whole(first) => self.quotes.push(Quote {
                kassenzeichen: first.clone(),
                others: others.to_vec(),
                ends,
                amount,
                text,
                payer: payer.filter(|_| known.is_checked(first)).map(|payer| (payer, iban)),
            }),
            _ => {}
        }
    }

    /// What the town receives besides, as far as the payments that were seen tell it.
    pub(super) fn other_money(&self) -> OtherMoney {
        self.money.clone()
    }

    /// The levies that the file collects though its texts do not name them.
    pub(super) fn levies(&self) -> Vec<String> {
        self.levies.all()
    }

    /// All that were found.
    pub(super) fn all(self) -> Vec<Stranger> {
        let known = self.known;
        let own = known.debits.values().flatten().map(|(_, own)| own.kassenzeichen.as_str());
        let of_quotes = self.quotes.iter().flat_map(Quote::all).map(String::as_str);
        let directory = directory(&known.schemes, own.chain(of_quotes));
        let mut finder = directory.finder();
        let mut strangers: BTreeMap<String, Stranger> = BTreeMap::new();
        let mut by_payer: HashMap<(Vec<String>, Iban), String> = HashMap::new();
        let (several, single): (Vec<Quote>, Vec<Quote>) =
            self.quotes.into_iter().partition(|quote| quote.all().nth(1).is_some());
        let mut members = self.members;
        let mut means_more = |quote: &Quote| {
            let series = &finder.find(&Message { remittance: &quote.text, ..Message::default() }).series;
            let is_told = series.goes_on || !series.meant.is_empty() || says_and_for(&quote.text);
            is_told || !known.own_ends(&quote.text).is_empty()
        };
        let (single, damaged): (Vec<Quote>, Vec<Quote>) =
            single.into_iter().partition(|quote| known.is_whole(&quote.kassenzeichen));
        for quote in single {
            let more = means_more(&quote);
            let key = canonical(&quote.kassenzeichen);
            if let Some((payer, Some(iban))) = quote.payer.as_ref().filter(|_| !more) {
                by_payer.insert((words(payer), *iban), key.clone());
            }
            known.owes(&mut strangers, key, &quote, more);
        }
        let keys: Vec<String> = strangers.keys().cloned().collect();
        let slips = Slips::of(keys.iter().map(String::as_str));
        for quote in damaged {
            let key = canonical(&quote.kassenzeichen);
            match slips.near(&key).and_then(|place| strangers.get_mut(keys.get(place)?)) {
                // who writes it wrong once writes it right another time
                Some(own) => {
                    own.amounts.push(quote.amount);
                    own.others.push(quote.kassenzeichen);
                }
                None => {
                    let more = means_more(&quote);
                    known.owes(&mut strangers, key, &quote, more);
                }
            }
        }
        for quote in several {
            let is_mixed = quote.all().any(|own| strangers.contains_key(&canonical(own)));
            if is_mixed || !quote.ends.is_empty() || means_more(&quote) {
                // of several numbers that others pay too, or in a list with more, nobody knows what is for which
                members.extend(quote.all().map(|own| (own.clone(), NEXT_TO_NOTHING)));
            } else {
                known.owes(&mut strangers, canonical(&quote.kassenzeichen), &quote, false);
            }
        }
        known.add_bare(self.bare, &by_payer, &mut strangers);
        known.add_members(members, &mut strangers);
        strangers.into_values().collect()
    }
}

impl Known<'_> {
    /// Numbers that a credit quotes and that are none of the file's.
    fn quoted(&self, booking: &Booking) -> Vec<String> {
        let id = booking.end_to_end_id.as_deref().filter(|id| *id != "NOTPROVIDED").unwrap_or_default();
        let texts = [booking.remittance.as_str(), booking.structured_reference.as_deref().unwrap_or_default(), id];
        let mut quoted: Vec<String> = texts.iter().flat_map(|text| built_like(&self.schemes, text)).collect();
        quoted.sort();
        quoted.dedup_by_key(|quoted| canonical(quoted));
        quoted.retain(|quoted| !self.debits.contains_key(&canonical(quoted)) && self.is_given_out(quoted));
        quoted
    }

    /// Numbers of which a text has the ends alone, behind one that it quotes.
    fn ends_behind(&self, clean: &[String], quoted: &[String], text: &str) -> Vec<String> {
        let bases = clean.iter().cloned().chain(quoted.iter().map(|quoted| canonical(quoted)));
        // a line may be cut within a word
        let texts = [text.to_owned(), text.replace('\n', "")];
        let of_base = |base: String| texts.iter().flat_map(|text| self.ends(&base, text)).collect::<Vec<String>>();
        let mut ends: Vec<String> = bases.flat_map(of_base).collect();
        ends.sort();
        ends.dedup();
        ends
    }

    /// A stranger owes what was quoted for him; where the text means more than his number, next to nothing: the rest is looked
    /// for among the others.
    fn owes(&self, strangers: &mut BTreeMap<String, Stranger>, key: String, quote: &Quote, means_more: bool) {
        let number = strangers.len();
        let payer = quote.payer.as_ref().filter(|_| !means_more).map(|(payer, _)| payer.clone());
        let own = strangers.entry(key).or_insert_with(|| Stranger {
            kassenzeichen: quote.kassenzeichen.clone(),
            name: payer.unwrap_or_else(|| nobody(number)),
            address: None,
            kind: self.kind.clone(),
            amounts: Vec::new(),
            others: quote.others.clone(),
        });
        own.amounts.push(if means_more { NEXT_TO_NOTHING } else { quote.amount });
    }

    /// Numbers that stand in lists beside others: of what each owes nothing is known.
    fn add_members(&self, members: Vec<(String, Cents)>, strangers: &mut BTreeMap<String, Stranger>) {
        let renamed: HashSet<String> =
            strangers.values().flat_map(|own| &own.others).map(|other| canonical(other)).collect();
        for (member, amount) in members.into_iter().filter(|(member, _)| !renamed.contains(&canonical(member))) {
            let number = strangers.len();
            strangers.entry(canonical(&member)).or_insert_with(|| Stranger {
                kassenzeichen: member,
                name: nobody(number),
                address: None,
                kind: self.kind.clone(),
                amounts: vec![amount],
                others: Vec::new(),
            });
        }
    }

    /// What strangers paid under no number: who quoted his own elsewhere, from the same account; and whose text names a house in
    /// one of the file's streets that is none of the file's houses.
    fn add_bare(
        &self,
        bare: Vec<Bare>,
        by_payer: &HashMap<(Vec<String>, Iban), String>,
        strangers: &mut BTreeMap<String, Stranger>,
    ) {
        for credit in bare.into_iter().filter(|credit| credit.iban.is_none_or(|iban| !self.accounts.contains(&iban))) {
            let of_payer = credit.iban.and_then(|iban| by_payer.get(&(words(&credit.payer), iban)));
            let own = of_payer.and_then(|key| strangers.get_mut(key));
            if let Some(own) = own.filter(|own| own.may_owe(credit.amount)) {
                own.amounts.push(credit.amount);
                continue;
            }
            let Some(address) = self.another_house(&credit) else { continue };
            let key = format!("~{address} {}", credit.payer);
            let number = strangers.len();
            let own = strangers.entry(key).or_insert_with(|| Stranger {
                kassenzeichen: format!("X{}", nobody(number)),
                name: credit.payer,
                address: Some(address),
                kind: self.kind.clone(),
                amounts: Vec::new(),
                others: Vec::new(),
            });
            own.amounts.push(credit.amount);
        }
    }
}

/// Whether a text says that it pays for somebody else too: »und fuer meine Mutter«.
pub(super) fn says_and_for(text: &str) -> bool {
    let folded = text.to_lowercase().replace('\n', " ");
    ["und fuer ", "und für "].iter().any(|words| folded.contains(words))
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
