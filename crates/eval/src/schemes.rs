//! The numbering schemes of simulated towns, and the references that they give out.
//!
//! Must not know people or money. Invariant: a printed reference fits its own scheme.

use kassenzeichen::{CheckMethod, Mod11, Scheme};

use crate::draw::Draw;

/// A scheme and the levy that it is for.
#[derive(Clone, Debug)]
pub struct Series {
    /// The scheme as the town configures it.
    pub scheme: Scheme,
    /// The levy's name.
    pub levy: &'static str,
    free: usize,
}

type Design = (&'static str, fn() -> CheckMethod);

/// Masks with a check digit, modelled on what towns publish: lengths 9 to 15, with and without a leading zero.
const CHECKED: [Design; 6] = [
    ("8.8001.######.C", || CheckMethod::Luhn),
    ("21-########-C", || CheckMethod::Iso7064Mod11_10),
    ("01.########.CC", || CheckMethod::Iso7064Mod97_10),
    ("4400/######/C", || CheckMethod::Mod11(Mod11::default())),
    ("6100.######.C", || CheckMethod::Mod10_371),
    ("0512-######-C", || CheckMethod::Luhn),
];

/// Masks without a check digit.
const PLAIN: [Design; 3] = [
    ("1180 #### ####", || CheckMethod::None),
    ("3100.#######", || CheckMethod::None),
    ("900######", || CheckMethod::None),
];

const DOGS: Design = ("07/#####-C", || CheckMethod::Iso7064Mod11_10);
const LEASES: Design = ("KP######", || CheckMethod::None);

/// The levy that most references are for.
pub const MAIN: &str = "Grundbesitzabgaben";
/// The dog tax: a levy of its own, or other money of the town.
pub const DOG_TAX: &str = "Hundesteuer";

/// The schemes of a town: the main one, a small one without check digit, and perhaps one for the dog tax.
pub fn series(draw: &mut Draw, unchecked: bool, dogs: bool) -> Vec<Series> {
    let main = if unchecked { draw.count(0, PLAIN.len() - 1) } else { draw.count(0, CHECKED.len() - 1) };
    let main = if unchecked { PLAIN.get(main) } else { CHECKED.get(main) };
    let mut designs = vec![(MAIN, main), ("Kleingartenpacht", Some(&LEASES))];
    if dogs {
        designs.push((DOG_TAX, Some(&DOGS)));
    }
    designs.into_iter().filter_map(|(levy, design)| Series::new(levy, design?)).collect()
}

impl Series {
    fn new(levy: &'static str, (mask, check): &Design) -> Option<Series> {
        let scheme = Scheme::new(levy, mask, check()).ok()?;
        Some(Series { scheme, levy, free: mask.matches('#').count() })
    }

    /// How many numbers the mask has room for.
    pub fn capacity(&self) -> u64 {
        10_u64.pow(u32::try_from(self.free).unwrap_or(0).min(18))
    }

    /// Whether a slip seldom gives a valid reference.
    pub fn is_checked(&self) -> bool {
        *self.scheme.check() != CheckMethod::None
    }

    /// The printed reference for a number; `None` if the number is not given out.
    pub fn printed(&self, number: u64) -> Option<String> {
        let body = format!("{number:0width$}", width = self.free);
        let mut free = body.chars();
        let mut printed = String::new();
        let mut places = 0;
        for letter in self.scheme.mask().chars() {
            match letter {
                '#' => printed.push(free.next()?),
                'C' => places += 1,
                other => printed.push(other),
            }
        }
        if places > 0 {
            let digits: String = printed.chars().filter(char::is_ascii_digit).collect();
            printed.push_str(&self.scheme.check().digits(&digits)?);
        }
        Some(printed)
    }
}

/// A German account number.
pub fn iban(draw: &mut Draw) -> Option<sepa::Iban> {
    const BANKS: [u64; 9] =
        [41_451_750, 46_451_012, 44_550_045, 37_040_044, 10_070_024, 12_030_000, 50_010_517, 70_150_000, 20_041_133];
    let (bank, account) = (draw.pick(&BANKS), draw.between(1, 9_999_999_999));
    let rest = (u128::from(bank) * 10_u128.pow(10) + u128::from(account)) * 1_000_000 + 131_400;
    sepa::Iban::parse(&format!("DE{:02}{bank}{account:010}", 98 - rest % 97)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn printed_references_fit_their_scheme() {
        for (mask, check) in CHECKED.iter().chain(&PLAIN).chain([&DOGS, &LEASES]) {
            let series = Series::new("x", &(*mask, *check)).unwrap();
            let mut fitting = 0;
            for number in [0, 1, 4_711, 12_345] {
                let Some(printed) = series.printed(number) else { continue };
                series.scheme.canonical(&printed).unwrap_or_else(|misfit| panic!("{mask}: {misfit}"));
                fitting += 1;
            }
            assert!(fitting > 2, "{mask}");
        }
    }

    #[test]
    fn accounts_are_real_ibans() {
        let mut draw = Draw::new(5);
        assert!((0..50).all(|_| iban(&mut draw).is_some()));
    }
}
