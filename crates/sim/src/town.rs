//! A simulated town: who lives there, what each owes, and the lists and settings that the treasury gets.

use std::fmt::Write as _;

use jiff::civil::{Date, date};
use rand::RngExt as _;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom as _;

/// The town's own account.
pub(crate) const ACCOUNT: &str = "DE82416500010000000023";

/// The first day that is played.
pub(crate) const FIRST_DAY: Date = date(2024, 2, 12);

/// The instalments with their due days; the last one is not due in the months that are played.
const INSTALMENTS: [(&str, Date); 3] =
    [("2023-4", date(2023, 11, 15)), ("2024-1", date(2024, 2, 15)), ("2024-3", date(2024, 8, 15))];

const FIRST_NAMES: [&str; 8] = ["Anna", "Bernd", "Carla", "Dirk", "Elke", "Frank", "Gerda", "Heinz"];
const LAST_NAMES: [&str; 10] =
    ["Ahlers", "Brockmann", "Cordes", "Dreyer", "Eickhoff", "Feldmann", "Görges", "Hülsmann", "Ihde", "Jäger"];

/// A debtor.
#[derive(Clone, Debug)]
pub(crate) struct Citizen {
    pub(crate) kassenzeichen: String,
    pub(crate) name: String,
    pub(crate) iban: String,
    /// The account in the newest list's mandate.
    pub(crate) debited: String,
    pub(crate) items: Vec<Instalment>,
    pub(crate) has_mandate: bool,
    /// The buyer of the house, who owes all but the first item.
    pub(crate) buyer: Option<Buyer>,
    /// What the town owes this citizen, in cents; in the list a row below zero.
    pub(crate) credit: i64,
    /// How the newest accepted list spells the names of the instalments.
    pub(crate) spelling: usize,
}

/// A second debtor under a Kassenzeichen.
#[derive(Clone, Debug)]
pub(crate) struct Buyer {
    pub(crate) name: String,
    pub(crate) iban: String,
}

impl Citizen {
    /// An instalment's name in the spelling of the newest list.
    pub(crate) fn spelt(&self, posten: &str) -> String {
        let (year, number) = posten.split_once('-').unwrap_or((posten, ""));
        match self.spelling % SPELLINGS {
            0 => posten.to_owned(),
            1 => format!("{year}/{number}"),
            2 => format!("0{number}/{year}"),
            _ => format!("{year}-0{number}"),
        }
    }
}

/// How many spellings of an instalment's name lists have.
pub(crate) const SPELLINGS: usize = 4;

/// The posten of a credit.
pub(crate) const CREDIT: &str = "2023-4-GS";

/// An instalment: due day and cents.
#[derive(Clone, Debug)]
pub(crate) struct Instalment {
    pub(crate) posten: &'static str,
    pub(crate) due: Date,
    pub(crate) cents: i64,
    pub(crate) paid_before: i64,
}

/// The town.
#[derive(Clone, Debug)]
pub(crate) struct Town {
    pub(crate) citizens: Vec<Citizen>,
    /// Days between notice and collection.
    pub(crate) notice_days: i64,
    has_check_digit: bool,
    /// People who must release a run besides its planner.
    pub(crate) releasers: usize,
    /// Whether a person must confirm the first balance before a release.
    confirmed_opening: bool,
    /// Whether its numbers are consecutive.
    pub(crate) dense: bool,
}

impl Town {
    /// At most forty references, with consecutive numbers in every second town; some amounts are shared.
    pub(crate) fn draw(random: &mut StdRng) -> Town {
        let has_check_digit = random.random_bool(0.5);
        let dense = random.random_bool(0.5);
        let flat: Vec<i64> = (0..3).map(|_| random.random_range(2_000..40_000)).collect();
        let mut number = random.random_range(100_000..800_000);
        let count = random.random_range(3..=40);
        let citizens = (0..count)
            .map(|place| {
                number += if dense { 1 } else { random.random_range(500..3_000) };
                Citizen {
                    kassenzeichen: kassenzeichen(number, has_check_digit),
                    name: format!("{} {}", pick(random, &FIRST_NAMES), pick(random, &LAST_NAMES)),
                    iban: iban(41_650_001, 7_000_000 + place * 13),
                    debited: iban(41_650_001, 7_000_000 + place * 13),
                    items: instalments(random, &flat),
                    has_mandate: random.random_bool(0.85),
                    buyer: None,
                    credit: 0,
                    spelling: 0,
                }
            })
            .collect();
        Town {
            citizens,
            notice_days: random.random_range(1..=4),
            has_check_digit,
            releasers: if random.random_bool(0.25) { 2 } else { 1 },
            confirmed_opening: random.random_bool(0.2),
            dense,
        }
    }

    /// Some houses are sold, and some people get a credit.
    pub(crate) fn grow_wild(&mut self, random: &mut StdRng) {
        let (sold, owed) = (random.random_range(0..25), random.random_range(0..15));
        for (place, citizen) in (0..).zip(&mut self.citizens) {
            if chance(random, sold) && citizen.items.len() > 1 && citizen.has_mandate {
                let name = format!("{} {}", pick(random, &FIRST_NAMES), pick(random, &LAST_NAMES));
                // two people with one name are one person to everybody
                let is_another = name != citizen.name;
                let iban = iban(37_040_044, 3_000_000 + place * 17);
                citizen.buyer = is_another.then_some(Buyer { name, iban });
            } else if chance(random, owed) {
                let first = citizen.items.first().map_or(0, |item| item.cents - item.paid_before);
                citizen.credit = random.random_range(1..=first.max(1));
            }
        }
    }

    pub(crate) fn settings(&self) -> String {
        let (mask, check) = if self.has_check_digit { ("5.0100.######.C", "luhn") } else { ("7.######", "none") };
        format!(
            "[kasse]\nname = \"Stadtkasse Simdorf\"\ncreditor_id = \"DE98ZZZ09999999999\"\naccounts = [\"{ACCOUNT}\"]\n\
             collect_to = \"{ACCOUNT}\"\n\n[outage]\nfrom = 2023-10-30\nuntil = 2024-03-31\n\n[[scheme]]\n\
             name = \"Grundbesitzabgaben\"\nmask = \"{mask}\"\ncheck = \"{check}\"\n\n[collect]\nprenotification_days = {}\n\n\
             [control]\nsign_debits = {}\nconfirmed_opening = {}\n",
            self.notice_days, self.releasers, self.confirmed_opening
        )
    }

    /// The list of open items of these citizens.
    pub(crate) fn items<'a>(citizens: impl IntoIterator<Item = &'a Citizen>) -> String {
        let mut list =
            "kassenzeichen;posten;art;faellig;betrag;schuldner;anschrift;mandat;gezahlt;mahngebuehr\n".to_owned();
        for citizen in citizens {
            for (place, item) in citizen.items.iter().enumerate() {
                let buyer = citizen.buyer.as_ref().filter(|_| place > 0);
                let mandate = match (citizen.has_mandate, buyer) {
                    (true, None) => mandate(citizen),
                    (true, Some(_)) => buyers_mandate(citizen),
                    (false, _) => String::new(),
                };
                let _ = writeln!(
                    list,
                    "{};{};Grundbesitzabgaben;{};{};{};Am Wall 1, 59999 Simdorf;{mandate};{};5,00",
                    citizen.kassenzeichen,
                    citizen.spelt(item.posten),
                    item.due,
                    comma(item.cents),
                    buyer.map_or(&citizen.name, |buyer| &buyer.name),
                    comma(item.paid_before)
                );
            }
            if citizen.credit > 0 {
                let due = INSTALMENTS.first().map_or(FIRST_DAY, |(_, due)| *due);
                let Citizen { kassenzeichen, name, credit, .. } = citizen;
                let amount = comma(*credit);
                let _ = writeln!(
                    list,
                    "{kassenzeichen};{CREDIT};Grundbesitzabgaben;{due};-{amount};{name};Am Wall 1, 59999 Simdorf;;;"
                );
            }
        }
        list
    }

    /// The `number`th list of their mandates; each list spells the Kassenzeichen in its own way.
    pub(crate) fn mandates<'a>(citizens: impl IntoIterator<Item = &'a Citizen>, status: &str, number: usize) -> String {
        let mut list = "mandat;kassenzeichen;inhaber;iban;bic;unterschrieben;status;letzte_nutzung\n".to_owned();
        for citizen in citizens.into_iter().filter(|citizen| citizen.has_mandate) {
            let Citizen { name, debited, .. } = citizen;
            let point = ["", " "].get(number % 3).unwrap_or(&".");
            let kassenzeichen = citizen.kassenzeichen.replace('.', point);
            let _ =
                writeln!(list, "{};{kassenzeichen};{name};{debited};;2019-05-01;{status};2023-08-15", mandate(citizen));
            if let Some(Buyer { name, iban }) = &citizen.buyer {
                let own = buyers_mandate(citizen);
                let _ = writeln!(list, "{own};{kassenzeichen};{name};{iban};;2023-12-04;{status};");
            }
        }
        list
    }
}

/// The reference of a citizen's mandate.
pub(crate) fn mandate(citizen: &Citizen) -> String {
    let digits: String = citizen.kassenzeichen.chars().filter(char::is_ascii_digit).collect();
    format!("M-{digits}")
}

/// The reference of the buyer's mandate.
pub(crate) fn buyers_mandate(citizen: &Citizen) -> String {
    format!("K{}", mandate(citizen))
}

fn instalments(random: &mut StdRng, flat: &[i64]) -> Vec<Instalment> {
    let shared = if random.random_bool(0.3) { flat.choose(random).copied() } else { None };
    let cents = shared.unwrap_or_else(|| random.random_range(1_500..60_000));
    let first = usize::from(random.random_bool(0.4));
    let paid_before = if random.random_bool(0.1) { cents / 3 } else { 0 };
    let mut items: Vec<Instalment> = INSTALMENTS
        .iter()
        .skip(first)
        .map(|(posten, due)| Instalment { posten, due: *due, cents, paid_before: 0 })
        .collect();
    items.first_mut().into_iter().for_each(|item| item.paid_before = paid_before);
    items
}

fn pick<'a>(random: &mut StdRng, from: &[&'a str]) -> &'a str {
    from.choose(random).copied().unwrap_or_default()
}

/// `115,04`.
pub(crate) fn comma(cents: i64) -> String {
    format!("{},{:02}", cents / 100, cents % 100)
}

/// `115.04`.
pub(crate) fn point(cents: i64) -> String {
    format!("{}{}.{:02}", if cents < 0 { "-" } else { "" }, cents.abs() / 100, cents.abs() % 100)
}

fn kassenzeichen(number: u32, has_check_digit: bool) -> String {
    if has_check_digit { format!("5.0100.{number}.{}", luhn(&format!("50100{number}"))) } else { format!("7.{number}") }
}

/// Modulo 10 with weights 2, 1 from the right and cross sums.
fn luhn(digits: &str) -> u32 {
    let doubled = |(place, digit): (usize, u32)| {
        let digit = if place % 2 == 0 { digit * 2 } else { digit };
        if digit > 9 { digit - 9 } else { digit }
    };
    let sum: u32 = digits.chars().rev().filter_map(|c| c.to_digit(10)).enumerate().map(doubled).sum();
    (10 - sum % 10) % 10
}

/// A German IBAN with its check digits (ISO 7064 MOD 97-10).
pub(crate) fn iban(bank: u32, account: u32) -> String {
    let bban = format!("{bank:08}{account:010}");
    let rest =
        format!("{bban}131400").chars().filter_map(|c| c.to_digit(10)).fold(0, |rest, digit| (rest * 10 + digit) % 97);
    format!("DE{:02}{bban}", 98 - rest)
}

/// True with a probability of `percent`.
pub(crate) fn chance(random: &mut impl rand::Rng, percent: u32) -> bool {
    random.next_u32() % 100 < percent
}
