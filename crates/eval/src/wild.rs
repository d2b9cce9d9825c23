//! Events that are more than one citizen's transfer: the stories of the profile `wild`. Lists that are cut off, ends
//! and ranges of numbers, sums for a second person, part payments that look like other money, other money that looks
//! like an instalment, payers for many, direct debits of others.
//!
//! Must not know the matcher. Invariant: a story uses Kassenzeichen that nothing else concerns, and records for each
//! whether what is on paper leads to it.

mod beside;
mod collected;
mod lists;
mod many;
mod single;

use std::collections::HashSet;

use ledger::payment::Nature;
use sepa::Iban;

use crate::draw::Draw;
use crate::letter::Letter;
use crate::names::{self, Form};
use crate::schemes;
use crate::town::{Mandate, Person, Sale, Town};
use crate::truth::{Kind, Truth};
use crate::wish::Meant;

/// A credit that belongs to a story.
pub(crate) struct Told {
    pub(crate) letter: Letter,
    pub(crate) amount: i64,
    pub(crate) nature: Nature,
    pub(crate) truth: Truth,
    /// Whether it comes in the second half of the days, after the credit that it repeats.
    pub(crate) late: bool,
}

/// One kind of story.
struct Story {
    /// Its name in the report.
    name: &'static str,
    /// How often it is drawn, in relation to the others.
    share: u32,
    tell: fn(&mut Teller<'_>) -> Option<Vec<Told>>,
}

const fn story(name: &'static str, share: u32, tell: fn(&mut Teller<'_>) -> Option<Vec<Told>>) -> Story {
    Story { name, share, tell }
}

/// Every story.
const STORIES: [Story; 20] = [
    story("list, whole", 60, lists::whole),
    story("list, cut off", 60, lists::cut_off),
    story("list, ends only", 90, lists::ends),
    story("list, a range", 70, lists::range),
    story("list, as in autumn", 30, lists::again),
    story("a second person named", 120, single::second_person),
    story("a second person's house", 50, single::second_house),
    story("a second person, not named", 30, single::second_unnamed),
    story("a part, other words", 140, single::part),
    story("other money, an instalment's amount", 180, single::other_equal),
    story("house sold", 120, single::sold),
    story("the mandate's number", 70, single::mandate_quoted),
    story("on another's behalf", 60, beside::on_behalf),
    story("several structured", 40, beside::several_structured),
    story("a document's number", 40, beside::document),
    story("collected by an earlier run", 80, collected::earlier),
    story("collected by others", 60, collected::by_others),
    story("collected in a sum", 20, collected::in_a_sum),
    story("batch without details", 30, many::batch),
    story("payout of a provider", 70, many::payout),
];

/// Whether a manner's name is that of a story.
pub fn is_story(manner: &str) -> bool {
    STORIES.iter().any(|story| story.name == manner)
}

/// Draws the stories of a town.
pub(crate) struct Teller<'a> {
    pub(crate) draw: &'a mut Draw,
    pub(crate) town: &'a mut Town,
    /// References that a story concerns; no other payment is for them.
    pub(crate) taken: HashSet<usize>,
    /// The name of the current story.
    name: &'static str,
}

/// The most references that are looked at for one that fits.
const TRIES: usize = 60;

impl<'a> Teller<'a> {
    pub(crate) fn new(draw: &'a mut Draw, town: &'a mut Town) -> Teller<'a> {
        Teller { draw, town, taken: HashSet::new(), name: "" }
    }

    /// Draws one story; empty if the town has no people for it.
    pub(crate) fn tell(&mut self) -> Vec<Told> {
        let Some(story) = self.draw.weighted(STORIES.iter().map(|story| story.share)).and_then(|at| STORIES.get(at))
        else {
            return Vec::new();
        };
        self.name = story.name;
        (story.tell)(self).unwrap_or_default()
    }

    /// A free reference with something due for which `wanted` holds; it is taken.
    fn find(&mut self, wanted: impl Fn(&Town, usize) -> bool) -> Option<usize> {
        let count = self.town.references.len();
        for _ in 0..TRIES {
            let place = self.draw.count(0, count.saturating_sub(1));
            if self.is_free(place) && wanted(self.town, place) {
                self.taken.insert(place);
                return Some(place);
            }
        }
        None
    }

    fn is_free(&self, place: usize) -> bool {
        let owes = |place: usize| self.town.references.get(place).is_some_and(|own| own.due().next().is_some());
        !self.taken.contains(&place) && owes(place)
    }

    /// This many free references of different debtors.
    fn some(&mut self, count: usize) -> Option<Vec<usize>> {
        let mut found: Vec<usize> = Vec::new();
        for _ in 0..count {
            let known: HashSet<usize> = found.iter().filter_map(|place| debtor_of(self.town, *place)).collect();
            let is_new = |town: &Town, place| debtor_of(town, place).is_some_and(|debtor| !known.contains(&debtor));
            match self.find(is_new) {
                Some(place) => found.push(place),
                None => return self.give_back(&found),
            }
        }
        Some(found)
    }

    fn give_back<T>(&mut self, places: &[usize]) -> Option<T> {
        places.iter().for_each(|place| {
            self.taken.remove(place);
        });
        None
    }

    /// Free references with consecutive numbers, without a gap.
    fn row(&mut self, count: usize) -> Option<Vec<usize>> {
        let first = self.find(|_, _| true)?;
        self.taken.remove(&first);
        let own = self.town.references.get(first)?;
        let (series, number) = (own.series, own.number);
        let alike = self.town.references.iter().enumerate().filter(|(_, other)| other.series == series);
        let mut row: Vec<(u64, usize)> =
            alike.filter(|(_, other)| other.number >= number).map(|(place, other)| (other.number, place)).collect();
        row.sort_unstable();
        let row: Vec<usize> = row.into_iter().take(count).map(|(_, place)| place).collect();
        if row.len() < count || !row.iter().all(|place| self.is_free(*place)) {
            return None;
        }
        self.taken.extend(&row);
        Some(row)
    }

    /// A free reference whose debtor has no other one and is debited from his own account.
    fn alone(&mut self) -> Option<usize> {
        self.find(|town, place| {
            let Some(own) = town.references.get(place) else { return false };
            let neighbours = [place.checked_sub(1), place.checked_add(1)];
            let is_only = neighbours.into_iter().flatten().all(|other| debtor_of(town, other) != Some(own.debtor));
            let account = town.people.get(own.debtor).and_then(|person| person.iban);
            is_only && own.mandate.as_ref().is_some_and(|mandate| mandate.active && Some(mandate.iban) == account)
        })
    }

    /// A house is sold: the buyer owes all but the first due instalment of a free reference.
    fn sell(&mut self) -> Option<usize> {
        let place = self.alone()?;
        if self.town.references.get(place)?.due().map(|(at, _)| at).ne([0, 1]) {
            return self.give_back(&[place]);
        }
        let iban = schemes::iban(self.draw);
        let old = self.debtor(place)?;
        // two of one name are told apart only where the list names each item's mandate
        let mut name = || (names::given(self.draw).to_owned(), names::family(self.draw).to_owned());
        let (mut given, mut family) = name();
        while (&given, &family) == (&old.given, &old.family) {
            (given, family) = name();
        }
        let buyer =
            Person { given, family, partner: None, iban, second: schemes::iban(self.draw), manager: None, ..old };
        self.town.people.push(buyer);
        let (buyer, id) = (self.town.people.len() - 1, format!("M{:07}", 5_000_000 + place));
        let mandate = iban.filter(|_| self.draw.chance(850)).map(|iban| Mandate { id, iban, active: true });
        self.town.references.get_mut(place)?.sale = Some(Sale { buyer, mandate });
        Some(place)
    }

    /// A reference as printed.
    fn printed(&self, place: usize) -> String {
        self.town.references.get(place).map(|own| own.kassenzeichen.clone()).unwrap_or_default()
    }

    fn debtor(&self, place: usize) -> Option<Person> {
        self.town.debtor(place).cloned()
    }

    /// The next due instalment of each, as intended parts.
    fn next_due(&self, places: &[usize]) -> Vec<Meant> {
        let next = |place: &usize| {
            let (instalment, oldest) = self.town.references.get(*place)?.due().next()?;
            Some(Meant { reference: *place, instalment, cents: oldest.open() })
        };
        places.iter().filter_map(next).collect()
    }

    /// A transfer with the amount of its intended parts.
    fn told(&self, letter: Letter, meant: Vec<Meant>) -> Told {
        let amount = meant.iter().map(|meant| meant.cents).sum();
        let truth = Truth {
            manner: self.name,
            kind: if meant.is_empty() { Kind::Other } else { Kind::Levy },
            meant,
            knowable: true,
            dark: Vec::new(),
            disguised: false,
        };
        Told { letter, amount, nature: Nature::Transfer, truth, late: false }
    }

    /// A transfer of somebody who owes no levy.
    fn stranger(&mut self, name: String) -> Letter {
        Letter { name, form: Form::Other, iban: schemes::iban(self.draw), ..Letter::default() }
    }

    /// A transfer of the debtor from the account of the mandate.
    fn own(&self, place: usize) -> Option<Letter> {
        let person = self.debtor(place)?;
        let mandate = self.town.references.get(place)?.mandate.as_ref();
        let iban: Option<Iban> = mandate.map(|mandate| mandate.iban).or(person.iban);
        Some(Letter { name: person.name(), form: Form::Whole, iban, ..Letter::default() })
    }
}

fn debtor_of(town: &Town, place: usize) -> Option<usize> {
    town.references.get(place).map(|own| own.debtor)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::letter::digits_of;
    use crate::profile::{PROFILES, profile};

    fn stories(seed: u64) -> (Town, Vec<Told>) {
        let mut draw = Draw::new(seed);
        let of = &PROFILES[profile("wild").unwrap()];
        let mut town = Town::draw(&mut draw, seed, of, 3_000);
        let mut teller = Teller::new(&mut draw, &mut town);
        let told = (0..400).flat_map(|_| teller.tell()).collect();
        (town, told)
    }

    #[test]
    fn every_story_is_told_and_no_reference_is_in_two() {
        let (_, told) = stories(4);
        for story in &STORIES {
            let of: Vec<&Told> = told.iter().filter(|told| told.truth.manner == story.name).collect();
            assert!(of.len() > 3, "{}: {}", story.name, of.len());
        }
        let mut seen = HashSet::new();
        for one in &told {
            for meant in &one.truth.meant {
                assert!(seen.insert((meant.reference, meant.instalment)), "{}", one.truth.manner);
            }
        }
    }

    #[test]
    fn what_is_dark_does_not_stand_there() {
        let (town, told) = stories(5);
        let mut dark = 0;
        for one in &told {
            for place in &one.truth.dark {
                dark += 1;
                assert!(one.truth.meant.iter().any(|meant| meant.reference == *place));
                let wanted = digits_of(&town.references[*place].kassenzeichen);
                assert!(!digits_of(&one.letter.text).contains(&wanted), "{}", one.letter.text);
            }
        }
        assert!(dark > 50, "{dark}");
    }

    #[test]
    fn what_is_meant_comes_in() {
        for one in stories(6).1 {
            let meant: i64 = one.truth.meant.iter().map(|meant| meant.cents).sum();
            let keeps = matches!(one.truth.manner, "payout of a provider");
            assert!(one.amount > 0 && (meant <= one.amount || keeps), "{}", one.truth.manner);
            assert_eq!(meant == 0, one.truth.kind == Kind::Other);
        }
    }
}
