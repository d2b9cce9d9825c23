//! Payments as real payers, banks and other creditors cause them: sums for several, lists that are cut off, ends and
//! ranges of numbers, batches without details, direct debits of others, payments after a house was sold.
//!
//! Invariant: the purpose of a payment is decided before it is written; a Kassenzeichen that nothing on it names is
//! unknowable.

use jiff::civil::Date;
use oracle::Transfer;
use rand::RngExt as _;
use rand::rngs::StdRng;
use rand::seq::{IndexedRandom as _, SliceRandom as _};

use super::{Order, spelt};
use crate::bank::{Booking, Sort};
use crate::town::{Citizen, Town, chance, iban, mandate};

/// A manner: how often it is drawn in relation to the others, and the function that writes it.
type Manner = (u32, fn(&mut StdRng, &Town) -> Option<Draft>);

const MANNERS: [Manner; 15] = [
    (10, second_person),
    (4, second_unnamed),
    (6, list),
    (8, list_cut),
    (8, ends),
    (6, range),
    (3, batch),
    (4, payout),
    (6, debited_for_us),
    (4, debited_for_others),
    (2, collected_for_others),
    (2, collected_for_us),
    (8, part),
    (8, other_equal),
    (12, sold),
];

/// A payment without its number and day.
struct Draft {
    name: String,
    iban: String,
    text: String,
    cents: i64,
    sort: Sort,
    truth: Transfer,
}

/// Draws one; `None` if the town has no people for it.
pub(crate) fn order(random: &mut StdRng, town: &Town, day: Date, number: usize) -> Option<Order> {
    let (_, write) = MANNERS.choose_weighted(random, |(weight, _)| *weight).ok().copied()?;
    let Draft { name, iban, text, cents, sort, truth } = write(random, town)?;
    let reference = Some(format!("W{number:05}"));
    let booking = Booking { reference, day, cents, name, iban, text, reversal: false, sort };
    Some(Order { booking, truth: Transfer { day, cents, ..truth } })
}

/// What a citizen owes next, if nobody else is concerned.
fn due(citizen: &Citizen) -> i64 {
    citizen.items.first().map_or(100, |item| item.cents - item.paid_before).max(1)
}

fn parts(citizens: &[&Citizen]) -> Vec<(String, i64)> {
    citizens.iter().map(|citizen| (citizen.kassenzeichen.clone(), due(citizen))).collect()
}

fn sum(citizens: &[&Citizen]) -> i64 {
    citizens.iter().map(|citizen| due(citizen)).sum()
}

/// Some citizens whose houses were not sold, in the order of their numbers.
fn some<'t>(random: &mut StdRng, town: &'t Town, count: usize) -> Option<Vec<&'t Citizen>> {
    let plain: Vec<&Citizen> = town.citizens.iter().filter(|citizen| citizen.buyer.is_none()).collect();
    let mut places: Vec<usize> = (0..plain.len()).collect();
    places.shuffle(random);
    places.truncate(count);
    places.sort_unstable();
    (places.len() == count).then(|| places.iter().filter_map(|place| plain.get(*place).copied()).collect())
}

/// A citizen who pays from the account of the mandate.
fn own<'t>(random: &mut StdRng, town: &'t Town) -> Option<&'t Citizen> {
    let known = |citizen: &&Citizen| citizen.has_mandate && citizen.buyer.is_none() && citizen.debited == citizen.iban;
    town.citizens.iter().filter(known).collect::<Vec<_>>().choose(random).copied()
}

fn from(citizen: &Citizen, text: String, cents: i64, truth: Transfer) -> Draft {
    let (name, iban) = (citizen.name.clone(), citizen.iban.clone());
    Draft { name, iban, text, cents, sort: Sort::Transfer, truth }
}

fn by(random: &mut StdRng, name: &str, text: String, cents: i64, truth: Transfer) -> Draft {
    let iban = iban(50_010_517, random.random_range(1..9_000_000));
    Draft { name: name.to_owned(), iban, text, cents, sort: Sort::Transfer, truth }
}

fn known(parts: Vec<(String, i64)>) -> Transfer {
    Transfer { parts, knowable: true, ..Transfer::default() }
}

fn unknown(parts: Vec<(String, i64)>) -> Transfer {
    Transfer { parts, ..Transfer::default() }
}

fn second_person(random: &mut StdRng, town: &Town) -> Option<Draft> {
    let two = some(random, town, 2)?;
    let (mine, other) = if random.random_bool(0.5) { (two.first()?, two.last()?) } else { (two.last()?, two.first()?) };
    if mine.name == other.name {
        // nobody could tell who is named
        return None;
    }
    let lead = ["und fuer meine Mutter", "u. fuer Nachbarn", "sowie", "zzgl."].choose(random)?;
    let text = format!("{} {lead} {}", spelt(random, &mine.kassenzeichen), other.name);
    Some(from(mine, text, sum(&two), known(parts(&two))))
}

fn second_unnamed(random: &mut StdRng, town: &Town) -> Option<Draft> {
    let two = some(random, town, 2)?;
    let (mine, other) = (two.first()?, two.last()?);
    let text = format!("KZ {} und fuer meine Tante", mine.kassenzeichen);
    let dark = vec![other.kassenzeichen.clone()];
    Some(from(mine, text, sum(&two), Transfer { dark, ..known(parts(&two)) }))
}

fn written(random: &mut StdRng, citizens: &[&Citizen]) -> String {
    let between = [", ", " ", " + ", "; "].choose(random).copied().unwrap_or(" ");
    let lead = ["", "Abgaben ", "KZ "].choose(random).copied().unwrap_or_default();
    let all: Vec<&str> = citizens.iter().map(|citizen| citizen.kassenzeichen.as_str()).collect();
    format!("{lead}{}", all.join(between))
}

fn list(random: &mut StdRng, town: &Town) -> Option<Draft> {
    let count = random.random_range(2..=6);
    let some = some(random, town, count)?;
    let text = written(random, &some);
    Some(by(random, "Hausverwaltung Nordheim GmbH", text, sum(&some), known(parts(&some))))
}

/// The list is longer than the form.
fn list_cut(random: &mut StdRng, town: &Town) -> Option<Draft> {
    let width = [27_usize, 35, 70, 140].choose(random).copied()?;
    let count = random.random_range(width / 18 + 1..=width / 9 + 1).max(2);
    let some = some(random, town, count)?;
    let text: String = written(random, &some).chars().take(width).collect();
    let dark: Vec<String> =
        some.iter().map(|own| own.kassenzeichen.clone()).filter(|own| !text.contains(own)).collect();
    if dark.is_empty() {
        return None;
    }
    let truth = Transfer { dark, ..known(parts(&some)) };
    Some(by(random, "Erbengemeinschaft Sandfuhr", text, sum(&some), truth))
}

/// Citizens with consecutive numbers.
fn row<'t>(random: &mut StdRng, town: &'t Town, count: usize) -> Option<Vec<&'t Citizen>> {
    let last = town.citizens.len().checked_sub(count)?;
    let first = random.random_range(0..=last);
    let row: Vec<&Citizen> = town.citizens.iter().skip(first).take(count).collect();
    (town.dense && row.iter().all(|citizen| citizen.buyer.is_none())).then_some(row)
}

/// The last digits of a number, with its check digit if it has one.
fn end(kassenzeichen: &str) -> String {
    let digits = if kassenzeichen.starts_with('7') { 3 } else { 5 };
    let letters = kassenzeichen.chars().count();
    kassenzeichen.chars().skip(letters.saturating_sub(digits)).collect()
}

fn ends(random: &mut StdRng, town: &Town) -> Option<Draft> {
    let count = random.random_range(2..=5);
    let row = row(random, town, count)?;
    let (first, others) = row.split_first()?;
    let between = [", ", "/", " + ", " u. "].choose(random).copied()?;
    let ends: Vec<String> = others.iter().map(|citizen| end(&citizen.kassenzeichen)).collect();
    let text = format!("{}{between}{}", first.kassenzeichen, ends.join(between));
    Some(by(random, "WEG-Verwaltung Holtkamp", text, sum(&row), known(parts(&row))))
}

fn range(random: &mut StdRng, town: &Town) -> Option<Draft> {
    let count = random.random_range(3..=6);
    let row = row(random, town, count)?;
    let last = &row.last()?.kassenzeichen;
    let last = if random.random_bool(0.5) { last.clone() } else { end(last) };
    let text = format!("Kassenzeichen {} bis {last}", row.first()?.kassenzeichen);
    Some(by(random, "Wohnbau Simdorf eG", text, sum(&row), known(parts(&row))))
}

/// A sum for many, without details.
fn for_many(random: &mut StdRng, town: &Town) -> Option<(i64, Transfer)> {
    let count = random.random_range(2..=3);
    let some = some(random, town, count)?;
    let more = if random.random_bool(0.5) { random.random_range(1_000..30_000) } else { 0 };
    Some((sum(&some) + more, unknown(parts(&some))))
}

fn batch(random: &mut StdRng, town: &Town) -> Option<Draft> {
    let (cents, truth) = for_many(random, town)?;
    let (text, sort) = ("SAMMELGUTSCHRIFT 4 POSTEN".to_owned(), Sort::Batch(4));
    Some(Draft { name: String::new(), iban: String::new(), text, cents, sort, truth })
}

fn payout(random: &mut StdRng, town: &Town) -> Option<Draft> {
    let text = format!("AUSZAHLUNG {}", random.random_range(100_000_000..999_999_999));
    if random.random_bool(0.5) {
        let (cents, truth) = for_many(random, town)?;
        return Some(by(random, "PayPal Europe S.a.r.l.", text, cents, truth));
    }
    let some = some(random, town, 2)?;
    let all: Vec<&str> = some.iter().map(|citizen| citizen.kassenzeichen.as_str()).collect();
    // the provider keeps a fee; the citizens have paid in full
    let fee = if random.random_bool(0.5) { 58.min(sum(&some) - 1) } else { 0 };
    Some(by(random, "Girosolution GmbH", format!("{text} {}", all.join(" ")), sum(&some) - fee, known(parts(&some))))
}

/// A single direct debit of a run from before the outage.
fn debited_for_us(random: &mut StdRng, town: &Town) -> Option<Draft> {
    let citizen = own(random, town)?;
    let text = format!("KZ {} Faelligkeit 15.11.23", citizen.kassenzeichen);
    let draft = from(citizen, text, due(citizen), known(parts(&[citizen])));
    Some(Draft { sort: Sort::Debited(mandate(citizen)), ..draft })
}

/// A single direct debit of another creditor from one of the town's citizens.
fn debited_for_others(random: &mut StdRng, town: &Town) -> Option<Draft> {
    let citizen = own(random, town)?;
    let cents = if random.random_bool(0.3) { due(citizen) } else { random.random_range(2_000..15_000) };
    let draft = from(citizen, "Wasserwerk Abschlag 02/2024".to_owned(), cents, known(Vec::new()));
    Some(Draft { sort: Sort::Debited(format!("W-{}", random.random_range(10_000..99_999))), ..draft })
}

fn collected(random: &mut StdRng, cents: i64, truth: Transfer) -> Draft {
    let text = format!("LASTSCHRIFTEN {}", random.random_range(10_000..99_999));
    Draft { name: String::new(), iban: String::new(), text, cents, sort: Sort::Collected(None), truth }
}

fn collected_for_others(random: &mut StdRng, _: &Town) -> Option<Draft> {
    let cents = random.random_range(50_000..900_000);
    Some(collected(random, cents, unknown(Vec::new())))
}

fn collected_for_us(random: &mut StdRng, town: &Town) -> Option<Draft> {
    let some = some(random, town, 3)?;
    Some(collected(random, sum(&some), unknown(parts(&some))))
}

/// A part payment from the debtor's own account, in words that name no levy.
fn part(random: &mut StdRng, town: &Town) -> Option<Draft> {
    let citizen = own(random, town)?;
    let cents = (due(citizen) * random.random_range(30..=90) / 100).max(1);
    let text = ["Teilzahlung 1 von 2", "Friedhofstr. 12", "", "wie besprochen", "Restbetrag folgt"].choose(random)?;
    Some(from(citizen, (*text).to_owned(), cents, known(vec![(citizen.kassenzeichen.clone(), cents)])))
}

/// Other money with exactly the amount that the citizen owes, from the citizen's own account.
fn other_equal(random: &mut StdRng, town: &Town) -> Option<Draft> {
    let citizen = own(random, town)?;
    let text = ["Ferienspiele Mia", "Standgeld Kirmes", "Theaterabo Reihe 4", "Kita Beitrag Maerz"].choose(random)?;
    Some(from(citizen, (*text).to_owned(), due(citizen), known(Vec::new())))
}

/// The seller of a house pays the last instalment, or the buyer the first.
fn sold(random: &mut StdRng, town: &Town) -> Option<Draft> {
    let of: Vec<&Citizen> = town.citizens.iter().filter(|citizen| citizen.buyer.is_some()).collect();
    let citizen = of.choose(random).copied()?;
    let text = spelt(random, &citizen.kassenzeichen);
    if chance(random, 40) {
        return Some(from(citizen, text, due(citizen), known(parts(&[citizen]))));
    }
    let (buyer, item) = (citizen.buyer.as_ref()?, citizen.items.get(1)?);
    let truth = Transfer { by_buyer: true, ..known(vec![(citizen.kassenzeichen.clone(), item.cents)]) };
    let (name, iban) = (buyer.name.clone(), buyer.iban.clone());
    Some(Draft { name, iban, text, cents: item.cents, sort: Sort::Transfer, truth })
}
