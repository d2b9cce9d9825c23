//! The identifiers of a SEPA direct debit: creditor, mandate, transaction.
//!
//! They do not know what they name. Invariant: each has characters and a length that a bank accepts, so that no file is
//! refused because of it. `parse` ignores blanks around a text and refuses everything else that is wrong; nothing is
//! ever replaced, because a mandate must be named as it was signed.

use std::fmt;
use std::str::FromStr;

use crate::check_digits;
use crate::text::is_sepa_character;

/// The longest identifier of ISO 20022 (`Max35Text`).
const LENGTH_MAX: usize = 35;
/// Country, check digits and business code of a creditor identifier, before the national part.
const CREDITOR_BEGINNING: usize = 7;
/// A German creditor identifier (Deutsche Bundesbank): seven characters and eleven digits.
const GERMAN_CREDITOR_LENGTH: usize = 18;

/// Why a text is not an identifier; each variant keeps the rejected text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// The text is empty.
    #[error("the identifier is empty")]
    Empty,
    /// More than 35 characters.
    #[error("\"{0}\" is longer than 35 characters")]
    TooLong(String),
    /// A character outside the SEPA set.
    #[error("\"{text}\" has the character '{character}', which banks do not accept")]
    Character {
        /// What was written.
        text: String,
        /// The first character that is not in the set.
        character: char,
    },
    /// A blank at the beginning or the end, which a program that reads the file may drop.
    #[error("\"{0}\" begins or ends with a blank")]
    Blank(String),
    /// A slash at the beginning or the end, or two in a row (EPC230-15).
    #[error("\"{0}\" begins or ends with a slash or has two in a row")]
    Slash(String),
    /// Not of the form of a creditor identifier (EPC262-08).
    #[error("\"{0}\" is not built like a creditor identifier")]
    NotACreditor(String),
    /// The creditor identifier's check digits are wrong: somewhere it is mistyped.
    #[error("\"{0}\" has wrong check digits")]
    CheckDigits(String),
}

/// The public interface of an identifier; each type adds its own `parse`.
macro_rules! identifier {
    ($(#[$documentation:meta])* $name:ident) => {
        $(#[$documentation])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub struct $name(String);

        impl $name {
            /// The text as banks expect it.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.pad(&self.0)
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                $name::parse(text)
            }
        }
    };
}

identifier! {
    /// The creditor identifier that the national bank gave (EPC262-08, `CdtrSchmeId`), in capital letters.
    CreditorId
}
identifier! {
    /// The mandate's reference, as the debtor signed it (`MndtRltdInf/MndtId`).
    MandateId
}
identifier! {
    /// The creditor's name for one transaction, which comes back with its return (`PmtId/EndToEndId`).
    EndToEndId
}

impl MandateId {
    /// The form in which two spellings of one mandate reference are equal: case does not matter (EPC SDD Core rulebook,
    /// AT-01), blanks inside do.
    #[must_use]
    pub fn key(reference: &str) -> String {
        reference.trim().to_uppercase()
    }
}

impl CreditorId {
    /// Reads two letters, two check digits, a business code of three and the national part. Blanks are passed over;
    /// the check digits do not cover the business code, which the creditor may choose.
    ///
    /// # Errors
    /// [`IdError`] if it is built otherwise, if a German one has not 18 characters, or if the check digits are wrong.
    pub fn parse(text: &str) -> Result<CreditorId, IdError> {
        let id: String =
            text.chars().filter(|character| !character.is_whitespace()).collect::<String>().to_ascii_uppercase();
        check_text(&id)?;
        let not_a_creditor = || IdError::NotACreditor(text.to_owned());
        let (beginning, national) = id.split_at_checked(CREDITOR_BEGINNING).ok_or_else(not_a_creditor)?;
        let (country, rest) = beginning.split_at_checked(2).ok_or_else(not_a_creditor)?;
        let (digits, _business_code) = rest.split_at_checked(2).ok_or_else(not_a_creditor)?;
        let built_right = country.bytes().all(|byte| byte.is_ascii_uppercase())
            && digits.bytes().all(|byte| byte.is_ascii_digit())
            && national.bytes().any(|byte| byte.is_ascii_alphanumeric())
            && (country != "DE" || is_german_national_part(national));
        if !built_right {
            return Err(not_a_creditor());
        }
        if !check_digits::fit(country, digits, national) {
            return Err(IdError::CheckDigits(text.to_owned()));
        }
        Ok(CreditorId(id))
    }

    /// Whether both name the same creditor: the business code (characters 5 to 7) is no part of the identity (EPC262-08).
    #[must_use]
    pub fn is_same_creditor(&self, other: &CreditorId) -> bool {
        let identity = |id: &CreditorId| Some((id.0.get(..4)?.to_owned(), id.0.get(CREDITOR_BEGINNING..)?.to_owned()));
        identity(self) == identity(other)
    }
}

impl MandateId {
    /// Reads a mandate's reference, 1 to 35 characters of the SEPA set; capital and small letters stay as signed.
    ///
    /// # Errors
    /// [`IdError`] if it is empty, too long or has another character.
    pub fn parse(text: &str) -> Result<MandateId, IdError> {
        let id = text.trim();
        check_text(id)?;
        Ok(MandateId(id.to_owned()))
    }
}

impl EndToEndId {
    /// Reads a transaction's name, 1 to 35 characters of the SEPA set without slashes at the ends or in a row.
    ///
    /// # Errors
    /// [`IdError`] if it is empty, too long, has another character or such a slash.
    pub fn parse(text: &str) -> Result<EndToEndId, IdError> {
        let id = text.trim();
        check_reference(id)?;
        Ok(EndToEndId(id.to_owned()))
    }
}

/// Checks a reference that a file gives to itself or to one of its parts (`MsgId`, `PmtInfId`, `EndToEndId`):
/// 1 to 35 characters of the SEPA set, without blanks at the ends and without slashes there or in a row (EPC230-15).
///
/// # Errors
/// [`IdError`] with the first thing that is wrong.
pub fn check_reference(text: &str) -> Result<(), IdError> {
    check_text(text)?;
    if text.trim() != text {
        return Err(IdError::Blank(text.to_owned()));
    }
    if text.starts_with('/') || text.ends_with('/') || text.contains("//") {
        return Err(IdError::Slash(text.to_owned()));
    }
    Ok(())
}

fn check_text(text: &str) -> Result<(), IdError> {
    if text.trim().is_empty() {
        return Err(IdError::Empty);
    }
    if let Some(character) = text.chars().find(|character| !is_sepa_character(*character)) {
        return Err(IdError::Character { text: text.to_owned(), character });
    }
    if text.len() > LENGTH_MAX {
        return Err(IdError::TooLong(text.to_owned()));
    }
    Ok(())
}

fn is_german_national_part(national: &str) -> bool {
    national.len() == GERMAN_CREDITOR_LENGTH - CREDITOR_BEGINNING && national.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check<T: fmt::Display>(parse: fn(&str) -> Result<T, IdError>, cases: &[(&str, &str)]) {
        for (text, expected) in cases {
            let found = match parse(text) {
                Ok(id) => id.to_string(),
                Err(IdError::Empty) => "empty".to_owned(),
                Err(IdError::TooLong(_)) => "too long".to_owned(),
                Err(IdError::Character { character, .. }) => format!("character {character}"),
                Err(IdError::Blank(_)) => "blank".to_owned(),
                Err(IdError::Slash(_)) => "slash".to_owned(),
                Err(IdError::NotACreditor(_)) => "not a creditor".to_owned(),
                Err(IdError::CheckDigits(_)) => "check digits".to_owned(),
            };
            assert_eq!(found, *expected, "of {text:?}");
        }
    }

    const LONG: &str = "12345678901234567890123456789012345";

    #[test]
    fn creditor_ids() {
        check(
            CreditorId::parse,
            &[
                ("DE98ZZZ09999999999", "DE98ZZZ09999999999"),
                ("de98 zzz 0999 9999 999", "DE98ZZZ09999999999"),
                ("DE98AB109999999999", "DE98AB109999999999"),
                ("DE98+?/09999999999", "DE98+?/09999999999"),
                ("AT61ZZZ01234567890", "AT61ZZZ01234567890"),
                ("NL00ZZZ1", "check digits"),
                ("DE97ZZZ00000000066", "DE97ZZZ00000000066"),
                ("DE00ZZZ00000000066", "check digits"),
                ("DE97ZZZ09999999999", "check digits"),
                ("DE98ZZZ09999999990", "check digits"),
                ("DE98ZZZ9999999999", "not a creditor"),
                ("DE98ZZZ0999999999A", "not a creditor"),
                ("9898ZZZ09999999999", "not a creditor"),
                ("DEA8ZZZ09999999999", "not a creditor"),
                ("DE98ZZZ", "not a creditor"),
                ("DE98Z", "not a creditor"),
                ("DE98ZZÜ09999999999", "character Ü"),
                ("", "empty"),
                (LONG, "not a creditor"),
                ("123456789012345678901234567890123456", "too long"),
            ],
        );
    }

    #[test]
    fn mandate_ids() {
        check(
            MandateId::parse,
            &[
                ("MaNd-2023/0815 a", "MaNd-2023/0815 a"),
                (" M1 ", "M1"),
                ("/M//1/", "/M//1/"),
                (LONG, LONG),
                ("123456789012345678901234567890123456", "too long"),
                ("M_1", "character _"),
                ("M\n1", "character \n"),
                ("Mündel", "character ü"),
                ("  ", "empty"),
            ],
        );
    }

    #[test]
    fn end_to_end_ids() {
        check(
            EndToEndId::parse,
            &[
                ("NOTPROVIDED", "NOTPROVIDED"),
                ("E/1-2", "E/1-2"),
                ("/E1", "slash"),
                ("E1/", "slash"),
                ("E//1", "slash"),
                ("E&1", "character &"),
                (LONG, LONG),
                ("123456789012345678901234567890123456", "too long"),
                ("", "empty"),
            ],
        );
    }

    #[test]
    fn references_are_taken_as_they_are() {
        check(
            |text| check_reference(text).map(|()| text.to_owned()),
            &[("M 1", "M 1"), (" M1", "blank"), ("M1 ", "blank"), ("M//1", "slash"), ("Ü", "character Ü")],
        );
    }
}
