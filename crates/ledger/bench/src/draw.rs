//! Draws what a city owes and what comes in.
//!
//! Knows nothing of how payments are matched. Keeps the invariant that the same numbers of items and payments give the
//! same town on every machine: one generator with a fixed start, no clock.

use jiff::civil::Date;
use kassenzeichen::{CheckMethod, Scheme};
use ledger::books::{Class, ListedItem, ListedMandate};
use ledger::payment::{Beside, Nature, Payment};
use sepa::{Cents, Iban};

/// SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014).
struct Draw(u64);

impl Draw {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit as u64) as usize
    }

    /// Whether something of so many per thousand happens.
    fn happens(&mut self, per_thousand: usize) -> bool {
        self.below(1000) < per_thousand
    }

    /// Small numbers more often: names are not spread evenly.
    fn skewed(&mut self, limit: usize) -> usize {
        let (one, other) = (self.below(limit), self.below(limit));
        one * other / limit
    }
}

/// Whoever owes under one Kassenzeichen.
struct Debtor {
    kassenzeichen: String,
    name: String,
    family: String,
    street: String,
    iban: Iban,
    quarter: i64,
    is_lease: bool,
}

/// A town: schemes, what is owed, who may be debited, what came in.
pub struct Town {
    pub schemes: Vec<Scheme>,
    pub items: Vec<ListedItem>,
    pub mandates: Vec<ListedMandate>,
    pub payments: Vec<Payment>,
}

/// The instalments, the first two due.
const POSTENS: [(&str, &str); 3] = [("2023-4", "2023-11-15"), ("2024-1", "2024-02-15"), ("2024-2", "2024-05-15")];
/// The business date.
pub const TODAY: &str = "2024-03-11";

const SYLLABLES: [&str; 20] = [
    "al", "ber", "ken", "dorf", "er", "feld", "gar", "hof", "ing", "kamp", "lin", "mann", "nie", "ost", "pet", "rein",
    "sand", "tor", "wal", "zim",
];
const GIVEN: [&str; 12] =
    ["Anna", "Bernd", "Claudia", "Dieter", "Elke", "Franz", "Gisela", "Jürgen", "Käthe", "Mehmet", "Olena", "Piotr"];

/// A made word of three syllables: eight thousand of them.
fn word(number: usize) -> String {
    let part = |place: u32| SYLLABLES[number / 20_usize.pow(place) % 20];
    let mut word = format!("{}{}{}", part(0), part(1), part(2));
    word[..1].make_ascii_uppercase();
    word
}

/// A given name of the few, or a made one.
fn given(draw: &mut Draw) -> String {
    match draw.below(3) {
        0 => GIVEN[draw.below(GIVEN.len())].to_owned(),
        _ => word(draw.skewed(400) * 7),
    }
}

fn iban(account: u64) -> Iban {
    let digits = format!("41650001{:010}", account % 10_000_000_000);
    let rest = format!("{digits}131400").bytes().fold(0_u64, |rest, digit| (rest * 10 + u64::from(digit - b'0')) % 97);
    Iban::parse(&format!("DE{:02}{digits}", 98 - rest)).expect("check digits were computed")
}

fn luhn(digits: &str) -> u32 {
    let doubled = |digit: u32| if digit > 4 { digit * 2 - 9 } else { digit * 2 };
    let digits = digits.bytes().rev().map(|digit| u32::from(digit - b'0')).enumerate();
    (10 - digits.map(|(place, digit)| if place % 2 == 0 { doubled(digit) } else { digit }).sum::<u32>() % 10) % 10
}

/// Numbers are given out one after the other; one in eight is a lease without check digit.
fn kassenzeichen(number: usize, is_lease: bool) -> String {
    if is_lease {
        format!("P{number:07}")
    } else {
        format!("5.0100.{number:07}.{}", luhn(&format!("50100{number:07}")))
    }
}

fn debtor(draw: &mut Draw, number: usize, rates: &[i64], last: Option<&Debtor>) -> Debtor {
    let family = match last {
        Some(last) if draw.happens(150) => last.family.clone(),
        _ => word(draw.skewed(8_000)),
    };
    let mut name = format!("{} {family}", given(draw));
    if draw.happens(150) {
        name = format!("{} und {name}", given(draw));
    }
    let is_lease = draw.happens(125);
    let quarter = match draw.happens(300) {
        true => rates[draw.below(rates.len())],
        false => 300 + (draw.skewed(60_000) + draw.skewed(400)) as i64,
    };
    Debtor {
        kassenzeichen: kassenzeichen(number, is_lease),
        name,
        family,
        street: format!("{}straße {}", word(draw.skewed(3_000)), 1 + draw.below(180)),
        iban: iban(draw.next()),
        quarter,
        is_lease,
    }
}

/// A town of so many items, `each` under one Kassenzeichen, and so many payments.
pub fn town(items: usize, each: usize, payments: usize) -> Town {
    let mut draw = Draw(4);
    let mut town = Town { schemes: schemes(), items: Vec::new(), mandates: Vec::new(), payments: Vec::new() };
    let rates: Vec<i64> = (0..40 + items / 2_500).map(|_| 1_500 + draw.below(28_500) as i64).collect();
    let (mut debtors, mut number) = (Vec::new(), 100_000);
    while town.items.len() < items {
        number += [1, 1, 1, 2, 3][draw.below(5)];
        let debtor = debtor(&mut draw, number, &rates, debtors.last());
        for (posten, due) in POSTENS.iter().take(each) {
            town.items.push(item(town.items.len() as i64 + 1, &debtor, posten, due));
        }
        if draw.happens(750) {
            let (kassenzeichen, holder) = (debtor.kassenzeichen.clone(), debtor.name.clone());
            town.mandates.push(ListedMandate { reference: kassenzeichen.clone(), old_reference: None, kassenzeichen, holder, iban: debtor.iban });
        }
        debtors.push(debtor);
    }
    town.items.truncate(items);
    for id in 1..=payments as i64 {
        // a permutation: everybody pays as often as the next
        let payer = id as usize * 7_919 % debtors.len();
        town.payments.push(payment(&mut draw, id, payer, &debtors));
    }
    town
}

fn schemes() -> Vec<Scheme> {
    let scheme = |name, mask, check| Scheme::new(name, mask, check).expect("the mask is one");
    vec![
        scheme("Grundbesitzabgaben", "5.0100.#######.C", CheckMethod::Luhn),
        scheme("Pacht", "P#######", CheckMethod::None),
    ]
}

fn kind(debtor: &Debtor) -> &'static str {
    if debtor.is_lease { "Pacht" } else { "Grundbesitzabgaben" }
}

fn item(id: i64, debtor: &Debtor, posten: &str, due: &str) -> ListedItem {
    ListedItem {
        id,
        kassenzeichen: debtor.kassenzeichen.clone(),
        posten: posten.to_owned(),
        kind: kind(debtor).to_owned(),
        due: date(due),
        amount: Cents::new(debtor.quarter),
        paid_before: Cents::ZERO,
        claimed: Cents::ZERO,
        debtor: debtor.name.clone(),
        address: Some(format!("{}, 59581 Warstein", debtor.street)),
        mandate: None,
        class: Class::Principal,
    }
}

fn date(text: &str) -> Date {
    text.parse().expect("a date")
}

fn payment(draw: &mut Draw, id: i64, payer: usize, debtors: &[Debtor]) -> Payment {
    let debtor = &debtors[payer];
    let mut cents = debtor.quarter;
    match draw.below(100) {
        0..4 => cents *= 2,
        4..8 => cents = (cents * 7 / 10).max(1),
        8..10 => cents += 500,
        _ => {}
    }
    let mut payment = Payment {
        id,
        amount: Cents::new(cents),
        booked: date("2023-11-01").saturating_add(jiff::Span::new().days((id % 120) as i32)),
        counterparty: Some(name(draw, debtor)),
        iban: Some(if draw.happens(250) { iban(draw.next()) } else { debtor.iban }),
        remittance: text(draw, debtor),
        end_to_end: Some("NOTPROVIDED".to_owned()),
        structured: None,
        mandate: None,
        additional: None,
        beside: Beside::default(),
        nature: Nature::Transfer,
        untold: 0,
        finding: None,
        provisional: false,
        is_rest: false,
    };
    match draw.below(1000) {
        // somebody else pays, or other money comes in
        0..20 => payment.counterparty = Some(format!("{} {}", given(draw), word(draw.skewed(8_000)))),
        20..70 => payment.remittance = format!("Kita Beitrag {}/2023", 1 + draw.below(12)),
        70..80 => {
            let next = &debtors[(payer + 1) % debtors.len()];
            payment.amount = Cents::new(debtor.quarter + next.quarter);
            payment.remittance = format!("{} und {}", debtor.kassenzeichen, next.kassenzeichen);
        }
        _ => {}
    }
    payment
}

fn name(draw: &mut Draw, debtor: &Debtor) -> String {
    let first = debtor.name.split(' ').next().unwrap_or_default();
    match draw.below(10) {
        0 => format!("{}, {first}", debtor.family),
        1 => debtor.name.to_uppercase(),
        2 => format!("{}. {}", first.chars().next().unwrap_or('A'), debtor.family),
        3 => format!("Eheleute {}", debtor.family),
        _ => debtor.name.clone(),
    }
}

fn text(draw: &mut Draw, debtor: &Debtor) -> String {
    let (reference, kind, quarter) = (&debtor.kassenzeichen, kind(debtor), POSTENS[draw.below(2)].0);
    let digits: String = reference.chars().filter(|c| c.is_alphanumeric()).collect();
    match draw.below(100) {
        0..34 => format!("Kassenzeichen {reference} {kind} {quarter}"),
        34..54 => digits,
        54..64 => {
            let pieces: Vec<String> =
                digits.as_bytes().chunks(4).map(|piece| String::from_utf8_lossy(piece).into_owned()).collect();
            format!("KZ {}", pieces.join(" "))
        }
        64..74 => format!("{kind} {} Kassenz. {reference} vielen Dank", debtor.street),
        74..80 => {
            let line: Vec<char> = format!("Steuern und Abgaben Kassenz. {reference} {}", debtor.name).chars().collect();
            line.chunks(35).map(String::from_iter).collect::<Vec<_>>().join("\n")
        }
        80..85 => {
            format!("Tel. 02902 {} {reference} vom {:02}.11.2023", 10_000 + draw.below(90_000), 1 + draw.below(28))
        }
        85..90 => format!("Kassenzeichen {}", slip(draw, reference)),
        90..95 => format!("{kind} {} {}", debtor.family, debtor.street),
        95..98 => kind.to_owned(),
        _ => format!("Kassenzeichen {} {kind}", kassenzeichen(5_000_000 + draw.below(4_000_000), false)),
    }
}

/// A digit changed, swapped with the next, or left out.
fn slip(draw: &mut Draw, reference: &str) -> String {
    let mut letters: Vec<char> = reference.chars().collect();
    let digits: Vec<usize> = (0..letters.len()).filter(|place| letters[*place].is_ascii_digit()).collect();
    let place = digits[draw.below(digits.len() - 1)];
    match draw.below(3) {
        0 => letters[place] = (b'0' + draw.below(10) as u8) as char,
        1 => letters.swap(place, place + 1),
        _ => drop(letters.remove(place)),
    }
    letters.into_iter().collect()
}
