//! The invented town: who lives there, what each owes, which direct-debit mandates exist.
//!
//! Knows nothing of payments, statements or list formats.
//! Invariant: every number is well-formed (check digits of IBANs and references), every bank code is one that no bank
//! has (clearing areas begin with 1 to 8), and no two references or account numbers are equal.

use anyhow::{Result, ensure};
use jiff::civil::{Date, date};

use super::draw::Draw;

/// How many references the town has.
pub(super) const REFERENCES: usize = 150;
/// The town's creditor identifier: the Bundesbank's own example, given to nobody.
pub(super) const CREDITOR_ID: &str = "DE98ZZZ09999999999";

/// A bank that does not exist.
pub(super) struct Bank {
    pub(super) code: &'static str,
    pub(super) bic: &'static str,
    pub(super) name: &'static str,
}

/// The banks of the region; the town's own accounts are with the first two.
pub(super) const BANKS: &[Bank] = &[
    Bank { code: "99910010", bic: "ERFUDE91XXX", name: "Erfundene Sparkasse Haarstrang" },
    Bank { code: "99920020", bic: "ERVBDE92XXX", name: "Erfundene Volksbank Moehnetal" },
    Bank { code: "99930030", bic: "ERDIDE93XXX", name: "Erfundene Direktbank" },
    Bank { code: "99940040", bic: "ERHADE94XXX", name: "Erfundene Handelsbank" },
];

/// A numbering scheme, as the configuration names it.
pub(super) struct Scheme {
    pub(super) levy: &'static str,
    pub(super) mask: &'static str,
    pub(super) check: &'static str,
    digit: fn(&str) -> u32,
    first_number: u64,
    share: u64,
}

/// The town's schemes. Numbers are given out consecutively, so that neighbouring numbers belong to citizens too.
pub(super) const SCHEMES: &[Scheme] = &[
    Scheme {
        levy: "Grundbesitzabgaben",
        mask: "5.0100.######.C",
        check: "luhn",
        digit: luhn,
        first_number: 4107,
        share: 80,
    },
    Scheme {
        levy: "Hundesteuer",
        mask: "07/#####-C",
        check: "iso7064-mod11-10",
        digit: iso7064_mod11_10,
        first_number: 2013,
        share: 14,
    },
    Scheme { levy: "Pacht", mask: "P######", check: "none", digit: |_| 0, first_number: 300_150, share: 6 },
];

/// A person with an account.
#[derive(Clone)]
pub(super) struct Payer {
    pub(super) name: String,
    pub(super) last: String,
    pub(super) street: String,
    pub(super) place: String,
    pub(super) iban: String,
    pub(super) bic: &'static str,
}

/// A direct-debit mandate.
#[derive(Clone)]
pub(super) struct Mandate {
    pub(super) id: String,
    pub(super) signed: Date,
    pub(super) last_used: Date,
    pub(super) revoked: bool,
    pub(super) kind: &'static str,
}

/// Why a reference is worth looking at.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Role {
    /// Nothing.
    Ordinary,
    /// An assessed late fee that must not be collected.
    LateFee,
    /// The mandate was revoked.
    Revoked,
    /// The mandate is of the business-to-business scheme.
    BusinessToBusiness,
    /// The mandate was not used for more than 36 months.
    Lapsed,
    /// One mandate serves this and another reference of the same person.
    SharedMandate,
    /// A relative of the same name in the same house owes the same amount.
    Namesake,
}

/// One Kassenzeichen and what is owed under it each quarter.
#[derive(Clone)]
pub(super) struct Reference {
    pub(super) text: String,
    pub(super) scheme: &'static Scheme,
    pub(super) payer: Payer,
    pub(super) cents: i64,
    pub(super) mandate: Option<Mandate>,
    pub(super) role: Role,
}

const ROSTER: &[Role] = &[
    Role::LateFee,
    Role::Revoked,
    Role::BusinessToBusiness,
    Role::Lapsed,
    Role::SharedMandate,
    Role::SharedMandate,
    Role::Namesake,
    Role::Namesake,
];

const FIRST: &[&str] = &[
    "Anna", "Bernd", "Claudia", "Dieter", "Elke", "Franz", "Gisela", "Hans", "Ingrid", "Jürgen", "Karin", "Lothar",
    "Monika", "Norbert", "Petra", "Rolf", "Sabine", "Thomas", "Ursula", "Volker", "Mehmet", "Ayşe", "Piotr", "Olena",
    "Günther", "Käthe", "Jörg", "Björn", "Silvia", "Uwe",
];
const LAST: &[&str] = &[
    "Müller",
    "Schmidt",
    "Fischer",
    "Weber",
    "Meyer",
    "Becker",
    "Schäfer",
    "Koch",
    "Bauer",
    "Richter",
    "Klein",
    "Schröder",
    "Krüger",
    "Hofmann",
    "Lange",
    "Köhler",
    "Yılmaz",
    "Nowak",
    "Haselgrund",
    "Brunnenkamp",
    "Schulte-Nölle",
    "Weißbach",
    "Öhlmann",
    "Ährenfeld",
    "Tannhof",
    "Lindenau",
    "Kräuter",
    "Mühlsteiner",
    "Grünewald",
    "Steinbrück",
];
const STREET: &[&str] = &[
    "Lerchengrund",
    "Kastanienhang",
    "Silberbachweg",
    "Drosselwiese",
    "Am Steinkühler",
    "Bärenhöhlenstraße",
    "Haselkamp",
    "Im Mühlenwinkel",
    "Fuchsgrube",
    "Weißdornring",
    "Pulverturmgasse",
    "Wiesenquellweg",
];
/// Quarters of the invented town; no real post code begins with 00.
const PLACE: &[&str] = &["00581 Warstein-Oberdorf", "00581 Warstein-Unterdorf", "00582 Warstein-Neustadt"];

/// Draws the references, those worth looking at first.
pub(super) fn references(draw: &mut Draw) -> Result<Vec<Reference>> {
    let mut registry = Registry { next_account: 1_040_117, given: vec![0; SCHEMES.len()] };
    let mut town: Vec<Reference> = Vec::with_capacity(REFERENCES);
    while town.len() < REFERENCES {
        let role = ROSTER.get(town.len()).copied().unwrap_or(Role::Ordinary);
        let mut reference = registry.reference(draw, role)?;
        let companion = town.last().filter(|other| role != Role::Ordinary && other.role == role);
        match (role, companion) {
            (Role::SharedMandate, Some(other)) => {
                reference.payer = other.payer.clone();
                reference.mandate = other.mandate.clone();
            }
            (Role::Namesake, Some(other)) => {
                reference.payer.last.clone_from(&other.payer.last);
                reference.payer.name = format!("Käthe {}", other.payer.last);
                reference.payer.street.clone_from(&other.payer.street);
                reference.payer.place.clone_from(&other.payer.place);
                reference.cents = other.cents;
            }
            _ => {}
        }
        town.push(reference);
    }
    Ok(town)
}

/// Gives out numbers that nobody has yet.
struct Registry {
    next_account: u64,
    given: Vec<u64>,
}

impl Registry {
    fn reference(&mut self, draw: &mut Draw, role: Role) -> Result<Reference> {
        let (index, scheme) = match role {
            Role::Ordinary => {
                let rows: Vec<_> = SCHEMES.iter().enumerate().collect();
                *draw.weighted(&rows, |row| row.1.share)?
            }
            _ => *draw.pick(&SCHEMES.iter().enumerate().take(1).collect::<Vec<_>>())?,
        };
        let payer = payer(draw, &mut self.next_account)?;
        let mut number = scheme.first_number;
        if let Some(given) = self.given.get_mut(index) {
            *given += draw.between(1, 3);
            number += *given;
        }
        let cents = match scheme.levy {
            "Hundesteuer" => *draw.pick(&[2400, 3000, 4800])?,
            "Pacht" => draw.cents(60, 600) * 100,
            _ => draw.cents(4_500, 38_900),
        };
        let mandate = (role != Role::Ordinary || draw.chance(75)).then(|| mandate(draw, number, index, role));
        Ok(Reference { text: fill(scheme, number)?, scheme, payer, cents, mandate, role })
    }
}

/// Draws a person and gives out the next account number.
pub(super) fn payer(draw: &mut Draw, next_account: &mut u64) -> Result<Payer> {
    *next_account += draw.between(3, 900);
    let last = (*draw.pick(LAST)?).to_owned();
    let first = *draw.pick(FIRST)?;
    let partner = draw.chance(12).then(|| draw.pick(FIRST)).transpose()?.filter(|partner| **partner != first);
    let name = partner.map_or_else(|| format!("{first} {last}"), |partner| format!("{first} und {partner} {last}"));
    let bank = draw.pick(BANKS)?;
    Ok(Payer {
        name,
        last,
        street: format!("{} {}", draw.pick(STREET)?, draw.between(1, 96)),
        place: (*draw.pick(PLACE)?).to_owned(),
        iban: iban(bank.code, *next_account)?,
        bic: bank.bic,
    })
}

fn mandate(draw: &mut Draw, number: u64, scheme: usize, role: Role) -> Mandate {
    let day = |range| i8::try_from(range).unwrap_or(1);
    let year = i16::try_from(draw.between(2015, 2022)).unwrap_or(2015);
    let (signed, last_used) = match role {
        Role::Lapsed => (date(2016, 3, 14), date(2020, 5, 15)),
        _ => (date(year, day(draw.between(1, 12)), day(draw.between(1, 28))), date(2023, 8, 15)),
    };
    Mandate {
        id: format!("WAR-{scheme}{number:06}"),
        signed,
        last_used,
        revoked: role == Role::Revoked,
        kind: if role == Role::BusinessToBusiness { "B2B" } else { "CORE" },
    }
}

/// The German IBAN of an account: check digits by ISO 7064 MOD 97-10 over bank code, account number and `DE00`.
pub(super) fn iban(bank_code: &str, account: u64) -> Result<String> {
    let number: u128 = format!("{bank_code}{account:010}131400").parse()?;
    Ok(format!("DE{:02}{bank_code}{account:010}", 98 - number % 97))
}

fn fill(scheme: &Scheme, number: u64) -> Result<String> {
    let places = scheme.mask.matches('#').count();
    let digits = format!("{number:0places$}");
    ensure!(digits.len() == places, "{number} has no room in {}", scheme.mask);
    let mut next = digits.chars();
    let body: String = scheme.mask.chars().map(|c| if c == '#' { next.next().unwrap_or(c) } else { c }).collect();
    let all: String = body.chars().filter(char::is_ascii_digit).collect();
    Ok(body.replace('C', &(scheme.digit)(&all).to_string()))
}

/// Modulo 10 with weights 2, 1 from the right and cross sums.
fn luhn(digits: &str) -> u32 {
    let sum: u32 = digits
        .chars()
        .rev()
        .filter_map(|c| c.to_digit(10))
        .enumerate()
        .map(|(place, digit)| if place % 2 == 0 { digit * 2 / 10 + digit * 2 % 10 } else { digit })
        .sum();
    (10 - sum % 10) % 10
}

/// ISO 7064 MOD 11,10.
fn iso7064_mod11_10(digits: &str) -> u32 {
    let product = digits.chars().filter_map(|c| c.to_digit(10)).fold(10, |product, digit| {
        let sum = (product + digit) % 10;
        (if sum == 0 { 10 } else { sum }) * 2 % 11
    });
    (11 - product) % 10
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn check_digits() {
        let table = [("88001123456", 9, 3), ("0201234500", 1, 2), ("100845456115", 2, 8)];
        for (digits, by_luhn, by_iso) in table {
            assert_eq!((luhn(digits), iso7064_mod11_10(digits)), (by_luhn, by_iso), "{digits}");
        }
        assert_eq!(iban("41650001", 23).unwrap(), "DE82416500010000000023");
    }

    #[test]
    fn references_are_unlike_and_complete() {
        for seed in 0..20 {
            let town = references(&mut Draw::from_seed(seed)).unwrap();
            assert_eq!(town.len(), REFERENCES);
            assert_eq!(town.iter().map(|r| &r.text).collect::<BTreeSet<_>>().len(), REFERENCES);
            assert_eq!(town.iter().map(|r| &r.payer.iban).collect::<BTreeSet<_>>().len(), REFERENCES - 1);
            for role in ROSTER {
                assert!(town.iter().any(|r| r.role == *role && r.mandate.is_some()), "{role:?}");
            }
            let with = town.iter().filter(|r| r.mandate.is_some()).count() * 100 / REFERENCES;
            assert!((65..=88).contains(&with), "{with} % have a mandate");
        }
    }

    #[test]
    fn a_number_too_large_for_its_mask_is_refused() {
        assert!(fill(&SCHEMES[1], 100_000).is_err());
        assert_eq!(fill(&SCHEMES[2], 12).unwrap(), "P000012");
    }
}
