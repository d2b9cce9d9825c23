//! International bank account numbers (ISO 13616).
//!
//! It knows no bank, and does not check whether an account exists. Invariant: an [`Iban`] holds 15 to 34 capital
//! letters and digits with correct check digits, in the length of its country if the registry has one.

use std::fmt;
use std::str::FromStr;

use crate::check_digits;

/// The longest IBAN that ISO 13616 allows.
const LENGTH_MAX: usize = 34;
/// The shortest IBAN of the registry (Norway).
const LENGTH_MIN: usize = 15;

/// An account number; small and `Copy`, since millions of bookings carry one.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Iban {
    /// Unused places are zero, so that the derived order is that of the text.
    characters: [u8; LENGTH_MAX],
    length: u8,
}

/// Why a text is not an IBAN; each variant keeps the rejected text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IbanError {
    /// Shorter than 15 or longer than 34 characters.
    #[error("\"{0}\" has not the length of an IBAN")]
    Length(String),
    /// A character that is neither a Latin letter nor a digit.
    #[error("\"{0}\" has a character that no IBAN has")]
    Character(String),
    /// It does not begin with two letters and two digits.
    #[error("\"{0}\" does not begin with a country and check digits")]
    Beginning(String),
    /// The length is not that of IBANs of its country.
    #[error("\"{0}\" has not the length of its country's IBANs, {1}")]
    CountryLength(String, usize),
    /// The check digits are wrong: somewhere it is mistyped.
    #[error("\"{0}\" has wrong check digits")]
    CheckDigits(String),
}

impl Iban {
    /// Reads an IBAN in any spelling: blanks are ignored, small letters become capital.
    ///
    /// # Errors
    /// An [`IbanError`] if the characters, the length of the country or the check digits do not fit.
    pub fn parse(text: &str) -> Result<Iban, IbanError> {
        let mut iban = Iban { characters: [0; LENGTH_MAX], length: 0 };
        for character in text.chars().filter(|character| !character.is_whitespace()) {
            if !character.is_ascii_alphanumeric() {
                return Err(IbanError::Character(text.to_owned()));
            }
            let Some(place) = iban.characters.get_mut(usize::from(iban.length)) else {
                return Err(IbanError::Length(text.to_owned()));
            };
            *place = u8::try_from(character.to_ascii_uppercase()).unwrap_or(0);
            iban.length += 1;
        }
        iban.check(text)?;
        Ok(iban)
    }

    /// The IBAN of a German account in its old form: a bank code of eight digits, and a number with or without leading
    /// zeros. `None` if it has another form.
    #[must_use]
    pub fn german(bank: &str, number: &str) -> Option<Iban> {
        let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let number = number.trim_start_matches('0');
        if bank.len() != 8 || number.len() > 10 || bank.starts_with('0') || !is_digits(bank) || !is_digits(number) {
            return None;
        }
        let account = format!("{bank}{number:0>10}");
        let digits = 98 - check_digits::remainder_97(account.bytes().chain(*b"DE00"));
        Iban::parse(&format!("DE{digits:02}{account}")).ok()
    }

    fn check(&self, text: &str) -> Result<(), IbanError> {
        let iban = self.as_str();
        if iban.len() < LENGTH_MIN {
            return Err(IbanError::Length(text.to_owned()));
        }
        let (beginning, rest) = iban.split_at_checked(4).unwrap_or((iban, ""));
        let (country, digits) = beginning.split_at_checked(2).unwrap_or((beginning, ""));
        let letters_then_digits =
            country.bytes().all(|byte| byte.is_ascii_uppercase()) && digits.bytes().all(|byte| byte.is_ascii_digit());
        if !letters_then_digits {
            return Err(IbanError::Beginning(text.to_owned()));
        }
        match registry_length(country) {
            Some(length) if length != iban.len() => return Err(IbanError::CountryLength(text.to_owned(), length)),
            _ => {}
        }
        if check_digits::fit(country, digits, rest) { Ok(()) } else { Err(IbanError::CheckDigits(text.to_owned())) }
    }

    /// The machine form: no blanks, capital letters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        // Only ASCII is ever stored, so this cannot fail.
        std::str::from_utf8(self.as_bytes()).unwrap_or_default()
    }

    /// The machine form's bytes, all of them ASCII.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        // Never more is stored than fits.
        self.characters.get(..usize::from(self.length)).unwrap_or_default()
    }

    /// The two letters of the country (ISO 3166-1).
    #[must_use]
    pub fn country(&self) -> &str {
        self.as_str().get(..2).unwrap_or_default()
    }

    /// The form for print: groups of four, `DE82 1234 …`.
    #[must_use]
    pub fn paper(&self) -> String {
        let mut text = String::with_capacity(LENGTH_MAX + LENGTH_MAX / 4);
        for (index, character) in self.as_str().chars().enumerate() {
            if index > 0 && index % 4 == 0 {
                text.push(' ');
            }
            text.push(character);
        }
        text
    }

    /// The form for readers who need not see all of it: country, check digits and the last four, `DE82 **** 0023`.
    #[must_use]
    pub fn masked(&self) -> String {
        let iban = self.as_str();
        let beginning = iban.get(..4).unwrap_or_default();
        let end = iban.get(iban.len().saturating_sub(4)..).unwrap_or_default();
        format!("{beginning} **** {end}")
    }

    /// Whether the account lies in the European Economic Area, so that a SEPA direct debit needs no address of the
    /// debtor (EPC016-06, the rulebook of the CORE scheme).
    #[must_use]
    pub fn in_eea_sdd(&self) -> bool {
        EEA.contains(&self.country())
    }
}

impl fmt::Display for Iban {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.as_str())
    }
}

/// Masked, so that a log line never reveals an account.
impl fmt::Debug for Iban {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Iban({})", self.masked())
    }
}

impl FromStr for Iban {
    type Err = IbanError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Iban::parse(text)
    }
}

/// The members of the European Union, Iceland, Liechtenstein and Norway.
const EEA: [&str; 30] = [
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IS", "IT", "LI", "LT",
    "LU", "LV", "MT", "NL", "NO", "PL", "PT", "RO", "SE", "SI", "SK",
];

/// The length of a country's IBANs by the SWIFT registry, which also lists countries outside SEPA; `None` for a country
/// that is not in it, whose accounts may have any length.
fn registry_length(country: &str) -> Option<usize> {
    let length = match country {
        "NO" => 15,
        "BE" => 16,
        "DK" | "FI" | "FK" | "FO" | "GL" | "NL" | "SD" => 18,
        "MK" | "SI" => 19,
        "AT" | "BA" | "EE" | "KZ" | "LT" | "LU" | "MN" | "XK" => 20,
        "CH" | "HR" | "LI" | "LV" => 21,
        "BG" | "BH" | "CR" | "DE" | "GB" | "GE" | "IE" | "ME" | "RS" | "VA" => 22,
        "AE" | "GI" | "IL" | "IQ" | "OM" | "SO" | "TL" => 23,
        "AD" | "CZ" | "ES" | "MD" | "PK" | "RO" | "SA" | "SE" | "SK" | "TN" | "VG" => 24,
        "LY" | "PT" | "ST" => 25,
        "IS" | "TR" => 26,
        "BI" | "DJ" | "FR" | "GR" | "IT" | "MC" | "MR" | "SM" => 27,
        "AL" | "AZ" | "BY" | "CY" | "DO" | "GT" | "HN" | "HU" | "LB" | "NI" | "PL" | "SV" => 28,
        "BR" | "EG" | "PS" | "QA" | "UA" => 29,
        "JO" | "KW" | "MU" | "YE" => 30,
        "MT" | "SC" => 31,
        "LC" => 32,
        "RU" => 33,
        _ => return None,
    };
    Some(length)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check(cases: &[(&str, &str)]) {
        for (text, expected) in cases {
            let found = match Iban::parse(text) {
                Ok(iban) => iban.to_string(),
                Err(IbanError::Length(_)) => "length".to_owned(),
                Err(IbanError::Character(_)) => "character".to_owned(),
                Err(IbanError::Beginning(_)) => "beginning".to_owned(),
                Err(IbanError::CountryLength(_, length)) => format!("country length {length}"),
                Err(IbanError::CheckDigits(_)) => "check digits".to_owned(),
            };
            assert_eq!(found, *expected, "of {text:?}");
        }
    }

    #[test]
    fn spellings_of_right_ones() {
        check(&[
            ("DE89370400440532013000", "DE89370400440532013000"),
            (" de89 3704 0044\t0532\u{a0}0130 00", "DE89370400440532013000"),
            ("NO9386011117947", "NO9386011117947"),
            ("MT84MALT011000012345MTLCAST001S", "MT84MALT011000012345MTLCAST001S"),
            ("FR1420041010050500013M02606", "FR1420041010050500013M02606"),
            ("CH9300762011623852957", "CH9300762011623852957"),
        ]);
    }

    #[test]
    fn wrong_ones_and_a_neighbour() {
        check(&[
            ("", "length"),
            ("DE89", "length"),
            ("DE8937040044053201300012345678901234", "length"),
            ("DE89-3704-0044-0532-0130-00", "character"),
            ("DÉ89370400440532013000", "character"),
            ("D989370400440532013000", "beginning"),
            ("DEX9370400440532013000", "beginning"),
            ("DE8937040044053201300", "country length 22"),
            ("DE88370400440532013000", "check digits"),
            ("DE89370400440532013O00", "check digits"),
            ("GB82WEST12345698765423", "check digits"),
            ("DE97370400440000000060", "DE97370400440000000060"),
            ("DE00370400440000000060", "check digits"),
            ("DE01370400440000000042", "check digits"),
            ("DE99370400440000000024", "check digits"),
        ]);
    }

    /// The registry's own examples for the countries in SEPA, and for two more countries.
    #[test]
    fn each_country_has_its_length() {
        let examples = "
            AD1200012030200359100100 AL47212110090000000235698741 AT611904300234573201 BE68539007547034
            BG80BNBG96611020345678 CH9300762011623852957 CY17002001280000001200527600 CZ6508000000192000145399
            DE89370400440532013000 DK5000400440116243 EE382200221020145685 ES9121000418450200051332
            FI2112345600000785 FR1420041010050500013M02606 GB29NWBK60161331926819 GI75NWBK000000007099453
            GR1601101250000000012300695 HR1210010051863000160 HU42117730161111101800000000 IE29AIBK93115212345678
            IS140159260076545510730339 IT60X0542811101000000123456 LI21088100002324013AA LT121000011101001000
            LU280019400644750000 LV80BANK0000435195001 MC5811222000010123456789030 MD24AG000225100013104168
            ME25505000012345678951 MK07250120000058984 MT84MALT011000012345MTLCAST001S NL91ABNA0417164300
            NO9386011117947 PL61109010140000071219812874 PT50000201231234567890154 RO49AAAA1B31007593840000
            RS35260005601001611379 SE4550000000058398257466 SI56263300012039086 SK3112000000198742637541
            SM86U0322509800000000270100 TR330006100519786457841326 UA213223130000026007233566001
            VA59001123000012345678";
        for text in examples.split_whitespace() {
            check(&[(text, text), (&format!("{text}0"), &format!("country length {}", text.len()))]);
        }
    }

    #[test]
    fn forms() {
        let iban = Iban::parse("DE89370400440532013000").unwrap();
        assert_eq!(iban.paper(), "DE89 3704 0044 0532 0130 00");
        assert_eq!(iban.masked(), "DE89 **** 3000");
        assert_eq!(format!("{iban:?}"), "Iban(DE89 **** 3000)");
        assert_eq!(iban.country(), "DE");
    }

    #[test]
    fn outside_the_eea_an_address_is_needed() {
        for (text, expected) in [
            ("DE89370400440532013000", true),
            ("NO9386011117947", true),
            ("CH9300762011623852957", false),
            ("GB82WEST12345698765432", false),
        ] {
            assert_eq!(Iban::parse(text).unwrap().in_eea_sdd(), expected, "of {text}");
        }
    }

    fn with_check_digits(country: &str, account: &str) -> String {
        let remainder = check_digits::remainder_97(account.bytes().chain(country.bytes()).chain(*b"00"));
        format!("{country}{:02}{account}", 98 - remainder)
    }

    proptest! {
        #[test]
        fn each_changed_character_is_found(
            account in "[0-9]{18}",
            place in 2_usize..22,
            change in 1_u8..10,
        ) {
            let right = with_check_digits("DE", &account);
            prop_assert_eq!(Iban::parse(&right).unwrap().to_string(), right.clone());
            let mut wrong = right.into_bytes();
            wrong[place] = b'0' + (wrong[place] - b'0' + change) % 10;
            prop_assert!(Iban::parse(&String::from_utf8(wrong).unwrap()).is_err());
        }

        #[test]
        fn the_paper_form_reads_back_and_the_order_is_that_of_the_text(
            first in "[0-9A-Z]{11,30}",
            second in "[0-9A-Z]{11,30}",
        ) {
            let [first, second] = [first, second].map(|account| Iban::parse(&with_check_digits("XX", &account)).unwrap());
            prop_assert_eq!(Iban::parse(&first.paper()), Ok(first));
            prop_assert_eq!(first.cmp(&second), first.as_str().cmp(second.as_str()));
        }
    }
}
