//! A simulated town: who lives there, what they owe under which reference, and who may be debited.
//!
//! Must not know payments. Invariant: a reference's index in [`Town::references`] is its account in the books; the
//! instalments are in the books in the order of the references.

use std::collections::{HashMap, HashSet};

use jiff::civil::{Date, date};
use sepa::Iban;

use crate::draw::Draw;
use crate::names;
use crate::profile::Profile;
use crate::schemes::{self, Series};

/// The business date of every town.
pub const TODAY: Date = date(2026, 3, 9);

/// The instalments that a list may have; the last one is not due.
const QUARTERS: [(&str, Date); 4] = [
    ("2025-3", date(2025, 8, 15)),
    ("2025-4", date(2025, 11, 17)),
    ("2026-1", date(2026, 2, 16)),
    ("2026-2", date(2026, 5, 15)),
];

/// A person or firm that owes or pays.
#[derive(Clone, Debug, Default)]
pub struct Person {
    /// Given name; empty for a firm.
    pub given: String,
    /// A second debtor with the same family name.
    pub partner: Option<String>,
    /// Family name, or the firm's.
    pub family: String,
    /// Street and house number.
    pub street: String,
    /// Postcode and town.
    pub place: &'static str,
    /// The account that the person usually pays from.
    pub iban: Option<Iban>,
    /// Another account of the person.
    pub second: Option<Iban>,
    /// The property manager who pays, as an index in [`Town::managers`].
    pub manager: Option<usize>,
}

impl Person {
    /// The name as the list has it.
    pub fn name(&self) -> String {
        match &self.partner {
            Some(partner) => format!("{} und {partner} {}", self.given, self.family),
            None => format!("{} {}", self.given, self.family).trim().to_owned(),
        }
    }
}

/// An instalment under a reference.
#[derive(Clone, Debug)]
pub struct Instalment {
    /// `2025-4`.
    pub posten: &'static str,
    /// The day it is due.
    pub due: Date,
    /// The assessed amount in cents.
    pub amount: i64,
    /// What was paid before the list was made.
    pub paid_before: i64,
}

impl Instalment {
    /// What is still open.
    pub fn open(&self) -> i64 {
        self.amount - self.paid_before
    }

    /// Whether it is due on [`TODAY`].
    pub fn is_due(&self) -> bool {
        self.due <= TODAY
    }
}

/// The mandate for a reference.
#[derive(Clone, Debug)]
pub struct Mandate {
    /// Its reference.
    pub id: String,
    /// The account.
    pub iban: Iban,
    /// Whether it was not revoked.
    pub active: bool,
}

/// A Kassenzeichen.
#[derive(Clone, Debug)]
pub struct Reference {
    /// The reference as printed.
    pub kassenzeichen: String,
    /// The number in it.
    pub number: u64,
    /// Its series, as an index.
    pub series: usize,
    /// The debtor, as an index.
    pub debtor: usize,
    /// Its instalments by due day.
    pub instalments: Vec<Instalment>,
    /// The index of its first instalment among all items.
    pub first_item: usize,
    /// Its mandate.
    pub mandate: Option<Mandate>,
    /// The sale of the house, if there was one: the buyer owes all but the first instalment.
    pub sale: Option<Sale>,
}

/// A second debtor under a reference.
#[derive(Clone, Debug)]
pub struct Sale {
    /// The buyer, as an index.
    pub buyer: usize,
    /// The buyer's mandate.
    pub mandate: Option<Mandate>,
}

impl Reference {
    /// Whether the buyer owes an instalment.
    pub fn is_the_buyers(&self, instalment: usize) -> bool {
        self.sale.is_some() && instalment > 0
    }

    /// The instalments that are due and were not paid before, with their indices.
    pub fn due(&self) -> impl Iterator<Item = (usize, &Instalment)> + Clone {
        self.instalments.iter().enumerate().filter(|(_, instalment)| instalment.is_due() && instalment.open() > 0)
    }
}

/// What one debtor owes under one reference.
#[derive(Clone, Debug)]
pub struct Debt<'a> {
    /// Its number, as in [`Town::debt`].
    pub id: usize,
    /// The mandate for it.
    pub mandate: Option<&'a Mandate>,
    /// The indices of its instalments under the reference.
    pub places: std::ops::Range<usize>,
}

/// A town.
#[derive(Clone, Debug)]
pub struct Town {
    /// The seed it was drawn from.
    pub seed: u64,
    /// Its numbering schemes and levies.
    pub series: Vec<Series>,
    /// Everybody.
    pub people: Vec<Person>,
    /// Every Kassenzeichen.
    pub references: Vec<Reference>,
    /// Property managers: their names and accounts.
    pub managers: Vec<(String, Iban)>,
    /// The town's own accounts.
    pub accounts: Vec<Iban>,
    /// How many references owe this amount as a sum of due instalments.
    owing: HashMap<i64, usize>,
}

impl Town {
    /// Draws a town with this many references.
    pub fn draw(draw: &mut Draw, seed: u64, profile: &Profile, references: usize) -> Town {
        let (unchecked, dogs) = (draw.chance(profile.shape.unchecked), draw.chance(600));
        let managers = (0..4).filter_map(|_| Some((manager(draw), schemes::iban(draw)?))).collect();
        let accounts = (0..2).filter_map(|_| schemes::iban(draw)).collect();
        let series = schemes::series(draw, unchecked, dogs);
        let mut builder = Builder {
            next: series.iter().map(|series| draw.between(1, series.capacity() / 2)).collect(),
            used: vec![HashSet::new(); series.len()],
            rates: (0..profile.shape.rates).map(|_| draw.cents(1_500, 30_000)).collect(),
            town: Town {
                seed,
                series,
                people: Vec::new(),
                references: Vec::with_capacity(references),
                managers,
                accounts,
                owing: HashMap::new(),
            },
            items: 0,
        };
        while builder.town.references.len() < references {
            builder.household(draw, profile);
        }
        let mut town = builder.town;
        town.recount();
        town
    }

    /// How many references owe exactly this as one due instalment or a sum of them.
    pub fn owing(&self, cents: i64) -> usize {
        self.owing.get(&cents).copied().unwrap_or(0)
    }

    /// The debt that each item belongs to, by the item's index in the books.
    pub fn owners(&self) -> Vec<usize> {
        let places = self.references.iter().enumerate();
        places
            .flat_map(|(place, reference)| (0..reference.instalments.len()).map(move |at| self.debt(place, at)))
            .collect()
    }

    /// The debt that an instalment belongs to: the reference's index, or for a buyer a number above all indices.
    pub fn debt(&self, reference: usize, instalment: usize) -> usize {
        let is_the_buyers = self.references.get(reference).is_some_and(|own| own.is_the_buyers(instalment));
        if is_the_buyers { self.references.len() + reference } else { reference }
    }

    /// The reference of a debt.
    pub fn reference_of(&self, debt: usize) -> usize {
        debt.checked_sub(self.references.len()).unwrap_or(debt)
    }

    /// The debts under a reference, with mandate and instalments.
    pub fn debts(&self, place: usize) -> Vec<Debt<'_>> {
        let Some(own) = self.references.get(place) else { return Vec::new() };
        let all = 0..own.instalments.len();
        let Some(sale) = &own.sale else { return vec![Debt { id: place, mandate: own.mandate.as_ref(), places: all }] };
        vec![
            Debt { id: place, mandate: own.mandate.as_ref(), places: 0..1 },
            Debt { id: self.references.len() + place, mandate: sale.mandate.as_ref(), places: 1..all.end },
        ]
    }

    /// The first debtor of a reference.
    pub fn debtor(&self, reference: usize) -> Option<&Person> {
        self.people.get(self.references.get(reference)?.debtor)
    }

    /// The debtor of an instalment.
    pub fn who_owes(&self, reference: usize, instalment: usize) -> Option<&Person> {
        let own = self.references.get(reference)?;
        let buyer = own.sale.as_ref().filter(|_| own.is_the_buyers(instalment)).map(|sale| sale.buyer);
        self.people.get(buyer.unwrap_or(own.debtor))
    }

    /// The levy of a reference.
    pub fn levy(&self, reference: usize) -> &'static str {
        let series = self.references.get(reference).and_then(|reference| self.series.get(reference.series));
        series.map_or(schemes::MAIN, |series| series.levy)
    }

    /// Counts again who owes which amounts.
    pub(crate) fn recount(&mut self) {
        self.owing.clear();
        for reference in &self.references {
            let open: Vec<i64> = reference.due().map(|(_, instalment)| instalment.open()).collect();
            for sum in sums(&open) {
                *self.owing.entry(sum).or_insert(0) += 1;
            }
        }
    }
}

/// Every sum of some of the amounts, each once.
pub fn sums(amounts: &[i64]) -> Vec<i64> {
    let mut sums = vec![0];
    for amount in amounts {
        let more: Vec<i64> = sums.iter().map(|sum| sum + amount).collect();
        sums.extend(more);
    }
    sums.retain(|sum| *sum > 0);
    sums.sort_unstable();
    sums.dedup();
    sums
}

fn manager(draw: &mut Draw) -> String {
    let word = draw.pick(&["Hausverwaltung", "Immobilienverwaltung", "WEG-Verwaltung", "Grundbesitzverwaltung"]);
    format!("{word} {} GmbH", names::family(draw))
}

struct Builder {
    town: Town,
    next: Vec<u64>,
    used: Vec<HashSet<u64>>,
    rates: Vec<i64>,
    items: usize,
}

impl Builder {
    /// One debtor with one to three references.
    fn household(&mut self, draw: &mut Draw, profile: &Profile) {
        let person = self.person(draw, profile);
        self.town.people.push(person);
        let count = 1 + usize::from(draw.chance(120)) + usize::from(draw.chance(40));
        for _ in 0..count {
            self.reference(draw, profile);
        }
    }

    fn person(&self, draw: &mut Draw, profile: &Profile) -> Person {
        let managed = draw.chance(profile.shape.managed) && !self.town.managers.is_empty();
        let manager = managed.then(|| draw.count(0, self.town.managers.len() - 1));
        let mut person = Person {
            given: names::given(draw).to_owned(),
            partner: draw.chance(150).then(|| names::given(draw).to_owned()),
            family: names::family(draw).to_owned(),
            street: names::street(draw),
            place: draw.pick(&["59846 Sundern", "59846 Hachen", "59846 Stockum"]),
            iban: schemes::iban(draw),
            second: schemes::iban(draw),
            manager,
        };
        if draw.chance(40) {
            (person.given, person.partner, person.family) = (String::new(), None, names::firm(draw));
        }
        let related = draw.chance(profile.shape.family) && !person.given.is_empty();
        if let Some(before) = self.town.people.last().filter(|before| related && !before.given.is_empty()) {
            person.family.clone_from(&before.family);
            person.street.clone_from(&before.street);
        }
        person
    }

    fn reference(&mut self, draw: &mut Draw, profile: &Profile) {
        let weights: &[u32] = if self.town.series.len() > 2 { &[800, 60, 140] } else { &[900, 100] };
        let which = draw.weighted(weights.iter().copied()).unwrap_or(0);
        let Some(number) = self.number(draw, which, profile.shape.dense) else { return };
        let Some(printed) = self.town.series.get(which).and_then(|series| series.printed(number)) else { return };
        let instalments = self.instalments(draw, profile);
        let debtor = self.town.people.len().saturating_sub(1);
        let mandate = self.mandate(draw);
        self.items += instalments.len();
        self.town.references.push(Reference {
            kassenzeichen: printed,
            number,
            series: which,
            debtor,
            first_item: self.items - instalments.len(),
            instalments,
            mandate,
            sale: None,
        });
    }

    /// A number that was not given out before.
    fn number(&mut self, draw: &mut Draw, which: usize, dense: bool) -> Option<u64> {
        let capacity = self.town.series.get(which)?.capacity();
        let next = self.next.get_mut(which)?;
        let number = if dense {
            *next += draw.pick(&[1, 1, 1, 2, 3]);
            *next
        } else {
            draw.between(1, capacity - 1)
        };
        (number < capacity && self.used.get_mut(which)?.insert(number)).then_some(number)
    }

    fn mandate(&self, draw: &mut Draw) -> Option<Mandate> {
        let person = self.town.people.last()?;
        if !draw.chance(750) {
            return None;
        }
        let iban = if draw.chance(950) { person.iban? } else { schemes::iban(draw)? };
        let id = format!("M{:07}", self.town.references.len() + 1);
        Some(Mandate { id, iban, active: draw.chance(985) })
    }

    fn instalments(&self, draw: &mut Draw, profile: &Profile) -> Vec<Instalment> {
        let mut quarter = (draw.cents(900, 22_000) + draw.cents(300, 18_000)) * draw.cents(60, 140) / 100;
        let flat = draw.chance(profile.shape.flat);
        if flat {
            quarter = draw.pick(&self.rates);
        }
        // the last instalment of a year differs by cents if the year's sum cannot be divided by four
        let uneven = if !flat && draw.chance(150) { draw.cents(1, 3) } else { 0 };
        let (first, arrears) = (draw.weighted([100, 850, 50].into_iter()).unwrap_or(1), draw.chance(20));
        let listed = QUARTERS.iter().skip(first);
        listed
            .map(|(posten, due)| {
                let amount = if *posten == "2025-4" { quarter + uneven } else { quarter };
                let paid_before = if arrears && *posten == "2025-4" { amount / 2 } else { 0 };
                Instalment { posten, due: *due, amount, paid_before }
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::PROFILES;

    #[test]
    fn a_town_is_the_same_for_the_same_seed() {
        for profile in &PROFILES {
            let town = |seed| format!("{:?}", Town::draw(&mut Draw::new(seed), seed, profile, 300).references);
            assert_eq!(town(1), town(1), "{}", profile.name);
            assert_ne!(town(1), town(2), "{}", profile.name);
        }
    }

    #[test]
    fn references_are_unique_and_their_items_follow_each_other() {
        let town = Town::draw(&mut Draw::new(9), 9, &PROFILES[3], 1_000);
        let mut seen = HashSet::new();
        let mut items = 0;
        for reference in &town.references {
            assert!(seen.insert(&reference.kassenzeichen));
            assert_eq!(reference.first_item, items);
            items += reference.instalments.len();
            assert!(reference.instalments.iter().all(|instalment| instalment.open() > 0));
        }
    }

    #[test]
    fn sums_are_counted_once() {
        assert_eq!(sums(&[100, 100, 50]), [50, 100, 150, 200, 250]);
    }
}
