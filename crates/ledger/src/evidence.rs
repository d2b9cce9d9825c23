//! Witnesses: what was seen, in words and as a weight.
//!
//! A weight is a log-likelihood ratio (Fellegi–Sunter) in hundredths of a nat: how much more often the thing is seen
//! when the payment is meant for the Kassenzeichen than when it is not. Whole numbers, so that every machine says the
//! same. How rare a name or an amount is comes from the books, the rest from [`crate::weights`].
//!
//! Invariant: a [`Mark`] has no text of its own; its words are made when somebody reads them.

use kassenzeichen::{Field, Slip, Spelling};

use crate::weights::{Key, Weights};

/// One thing that speaks for or against a Kassenzeichen, in words, without anybody's name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Witness {
    /// `reference`, `iban`, `name`, `amount`, `address`, `words` …
    pub witness: &'static str,
    /// Its weight's name in the data.
    pub key: Key,
    /// What was seen, in words.
    pub text: String,
    /// Hundredths of a nat; negative speaks against.
    pub weight: i32,
}

/// A witness as it is kept: what, how often, how heavy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    /// What was seen.
    pub key: Key,
    /// Hundredths of a nat, bounded to 16 bits.
    weight: i16,
    /// How many have it too, or which word of the list of other money.
    pub alike: u32,
}

impl Mark {
    /// A mark.
    pub fn new(key: Key, weight: i32, alike: usize) -> Mark {
        let weight = i16::try_from(weight).unwrap_or(if weight < 0 { i16::MIN } else { i16::MAX });
        Mark { key, weight, alike: u32::try_from(alike).unwrap_or(u32::MAX) }
    }

    /// Hundredths of a nat.
    pub fn weight(self) -> i32 {
        i32::from(self.weight)
    }

    /// Which kind of witness it is.
    pub fn witness(self) -> &'static str {
        let name = self.key.name();
        name.bytes().position(|byte| byte == b'.').and_then(|point| name.get(..point)).unwrap_or(name)
    }

    /// What was seen, in words. What is written instead of a reference is not said here.
    pub fn words(self) -> &'static str {
        match self.key {
            Key::Exact => "the Kassenzeichen stands as",
            Key::LostZeros => "the Kassenzeichen stands, zeros aside, as",
            Key::LookAlike => "the Kassenzeichen stands, with letters for digits, as",
            Key::Partial => "a part of the Kassenzeichen stands as",
            Key::NearSwapped => "the Kassenzeichen stands, two digits swapped, as",
            Key::NearLost => "the Kassenzeichen stands, a digit short, as",
            Key::NearAdded => "the Kassenzeichen stands, with a digit too many, as",
            Key::NearChanged | Key::NoCheckDigit => "the Kassenzeichen stands, one digit another, as",
            Key::OtherReference => "another Kassenzeichen is quoted",
            Key::Neighbour => "another Kassenzeichen is quoted, a slip away from this one",
            Key::Mandate => "the payer's account is that of its mandate",
            Key::BeforeProgram | Key::HalfLife => "the payer's account has paid for it before",
            Key::BeforePerson => "the payer's account has paid for it before, as a person decided",
            Key::MandateNamed => "the reference of its mandate is named",
            Key::OtherMandate => "the payer's account is the mandate's of another Kassenzeichen",
            Key::UnknownIban => "the payer's account is not that of its mandate",
            Key::SameName => "the payer has the debtor's name",
            Key::BehalfName => "the bank names the debtor as the one on whose behalf is paid",
            Key::CloseName => "the payer's name is nearly the debtor's",
            Key::FamilyName => "the payer has the debtor's family name",
            Key::OtherName => "the payer's name is another",
            Key::FirmName => "the payer is a firm, which may pay for others",
            Key::TextName => "the debtor's name stands in the text",
            Key::TextFamily => "the debtor's family name stands in the text",
            Key::Address => "the debtor's address stands in the text",
            Key::Due | Key::ByChance | Key::OfOthers => "the amount is that of what fell due",
            Key::Later => "the amount fits only with what is not yet due",
            Key::OtherAmount => "the amount is no instalment of it, nor a sum of them",
            Key::Kind => "the levy is named",
            Key::OtherKind => "another levy is named",
            Key::OtherMoney => "the text speaks of other money",
            Key::Posten => "the instalment is named",
        }
    }
}

/// The weight of a spelling.
pub fn spelling_key(spelling: Spelling) -> Key {
    match spelling {
        Spelling::Exact => Key::Exact,
        Spelling::LookAlike => Key::LookAlike,
        Spelling::LostZeros => Key::LostZeros,
        Spelling::Partial => Key::Partial,
        Spelling::Near(Slip::Swapped) => Key::NearSwapped,
        Spelling::Near(Slip::Lost) => Key::NearLost,
        Spelling::Near(Slip::Added) => Key::NearAdded,
        Spelling::Near(Slip::Changed) => Key::NearChanged,
    }
}

/// A field's name as a clerk calls it.
pub fn field_name(field: Field) -> &'static str {
    match field {
        Field::Remittance => "remittance text",
        Field::EndToEnd => "end-to-end id",
        Field::Structured => "structured reference",
        Field::Mandate => "mandate reference",
        Field::Counterparty => "payer's name",
        Field::Additional => "bank's information",
        Field::Further => "further reference or document's number",
        Field::Instruction => "name of the order",
    }
}

/// At most so many marks has a Kassenzeichen: one of each kind of witness, and two of names and of words.
const MOST: usize = 11;

/// The marks of one Kassenzeichen, without room of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Marks {
    marks: [Mark; MOST],
    count: u8,
}

impl Default for Marks {
    fn default() -> Marks {
        Marks { marks: [Mark { key: Key::Exact, weight: 0, alike: 0 }; MOST], count: 0 }
    }
}

impl Marks {
    /// Adds a mark; one too many is left out, and with it its weight.
    pub fn push(&mut self, mark: Mark) {
        if let Some(place) = self.marks.get_mut(usize::from(self.count)) {
            *place = mark;
            self.count += 1;
        }
    }

    /// Those that were added.
    pub fn as_slice(&self) -> &[Mark] {
        self.marks.get(..usize::from(self.count)).unwrap_or_default()
    }

    /// Replaces the mark of the same kind of witness.
    pub fn replace(&mut self, witness: &str, by: Mark) {
        let count = usize::from(self.count);
        if let Some(mark) = self.marks.iter_mut().take(count).find(|mark| mark.witness() == witness) {
            *mark = by;
        }
    }

    /// Adds the mark of the payer's account, or replaces it; it stands behind the reference's.
    pub fn put_account(&mut self, mark: Mark) {
        let count = usize::from(self.count);
        let at = self.as_slice().iter().position(|other| other.witness() != "reference").unwrap_or(count);
        let is_there = self.as_slice().get(at).is_some_and(|other| other.witness() == mark.witness());
        let places = self.marks.get_mut(at..=if is_there { at } else { count });
        // one too many is left out
        let Some(places) = places else { return };
        places.rotate_right(1);
        places.iter_mut().take(1).for_each(|place| *place = mark);
        self.count += u8::from(!is_there);
    }

    /// The sum of their weights.
    pub fn sum(&self) -> i32 {
        self.as_slice().iter().map(|mark| mark.weight()).sum()
    }
}

/// How strong a witness is, in a word; whether it speaks for or against is the weight's sign. 230 makes the odds ten times
/// as good or bad, 690 a thousand times.
pub fn strength(weight: i32) -> &'static str {
    match weight.unsigned_abs() {
        0..100 => "weak",
        100..300 => "fair",
        300..600 => "strong",
        _ => "very strong",
    }
}

/// How much better than all rivals together a proposal must be to be posted without a person: odds of 1,000 to 1.
pub const SURE: i32 = 690;

/// `ln(share% of all / of those who have it too)` in hundredths of a nat, at least 0.
pub fn rarity(all: usize, alike: usize, share_percent: u64) -> i32 {
    let all = u64::try_from(all).unwrap_or(u64::MAX).max(1);
    let alike = u64::try_from(alike).unwrap_or(u64::MAX).max(1);
    (ln_hundredths(all.saturating_mul(share_percent)) - ln_hundredths(alike.saturating_mul(100))).max(0)
}

/// The weight of an amount that is due: how much more often it is seen of those who owe it than of others.
///
/// An unrelated payment has exactly this amount by chance, or because so many of them cost what others owe.
pub fn amount_weight(weights: &Weights, all: usize, alike: usize) -> i32 {
    let (all, alike) = (u64::try_from(all).unwrap_or(u64::MAX).max(1), u64::try_from(alike).unwrap_or(u64::MAX));
    let of_others = weights.count(Key::OfOthers).saturating_mul(alike) / all;
    ln_hundredths(weights.count(Key::Due)) - ln_hundredths(weights.count(Key::ByChance).saturating_add(of_others))
}

/// `ln(n)` in hundredths, for n >= 1, to within 6.
pub fn ln_hundredths(n: u64) -> i32 {
    let n = n.max(1);
    let bits = n.ilog2();
    // the bits below the leading one, as a fraction of 256: log2(1 + f) is nearly f
    let fraction = u64::try_from((u128::from(n) << 8 >> bits) - 256).unwrap_or(0);
    let log2_times_256 = u64::from(bits) * 256 + fraction;
    i32::try_from(log2_times_256 * 693_147 / 256 / 10_000).unwrap_or(i32::MAX)
}

/// `ln(e^a + e^b)` for hundredths of nats, by a table of what the smaller adds.
pub fn add_logs(a: i32, b: i32) -> i32 {
    const ADDS: [i32; 6] = [69, 31, 13, 5, 2, 1];
    let (high, gap) = (a.max(b), a.abs_diff(b));
    let more = usize::try_from(gap / 100).ok().and_then(|step| ADDS.get(step)).copied().unwrap_or(0);
    high.saturating_add(more)
}

/// The probability, in millionths, that odds of `e^(margin/100)` to 1 stand for.
pub fn confidence(margin: i32) -> u32 {
    let halvings = margin.unsigned_abs().saturating_mul(144) / 10_000;
    let doubt = (1_000_000_u32 >> halvings.min(20)) / 2;
    if margin >= 0 { 1_000_000 - doubt.max(1) } else { doubt.max(1) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logarithms_are_near_enough() {
        for (n, hundredths) in [(1, 0), (2, 69), (10, 230), (1_000, 690), (2_000, 760), (1_000_000, 1_381)] {
            assert!((ln_hundredths(n) - hundredths).abs() <= 6, "ln({n}) = {}", ln_hundredths(n));
        }
    }

    #[test]
    fn a_rare_thing_weighs_more_than_a_common_one() {
        assert!(rarity(2_000, 1, 85) > rarity(2_000, 10, 85));
        assert_eq!(rarity(2_000, 2_000, 85), 0);
    }

    #[test]
    fn confidence_rises_with_the_margin() {
        assert_eq!(confidence(0), 500_000);
        assert!(confidence(SURE) >= 999_000);
        assert!(confidence(-SURE) <= 1_000);
    }
}
