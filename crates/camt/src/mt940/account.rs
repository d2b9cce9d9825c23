//! Reads the account of the other party from a text that may continue after it.
//!
//! Knows no field. Invariant: what is taken for an IBAN has the length of its country and correct check digits.

use sepa::Iban;

/// The shortest IBAN.
const SHORTEST: usize = 15;
/// The longest IBAN.
const LONGEST: usize = 34;

/// The IBAN at the beginning of a text, ignoring blanks, and how many bytes of the text it takes.
pub(crate) fn leading_iban(text: &str) -> Option<(Iban, usize)> {
    let mut read = String::with_capacity(LONGEST);
    for (at, letter) in text.char_indices() {
        if letter == ' ' {
            continue;
        }
        if !letter.is_ascii_alphanumeric() || read.len() == LONGEST {
            return None;
        }
        read.push(letter.to_ascii_uppercase());
        // each country has one length, so no shorter or longer prefix of the text is an IBAN as well
        if read.len() >= SHORTEST
            && let Ok(iban) = Iban::parse(&read)
        {
            return Some((iban, at.saturating_add(1)));
        }
    }
    None
}

/// The account in a field, and the text after it: an IBAN without blanks; otherwise the whole field without blanks.
pub(crate) fn split_account(text: &str) -> (String, &str) {
    match leading_iban(text) {
        Some((iban, length)) => (iban.to_string(), text.get(length..).unwrap_or_default()),
        None => (text.replace(' ', ""), ""),
    }
}

/// A German account in the form before IBANs: `?30` with the bank code and `?31` with the number, or both in one text
/// of 18 digits or divided by a slash.
pub(crate) fn old_account(bank: &str, number: &str) -> Option<Iban> {
    Iban::german(bank.trim(), number.trim())
}

/// The same in one text.
pub(crate) fn old_account_in(text: &str) -> Option<Iban> {
    let (bank, number) = match text.split_once('/') {
        Some(parts) => parts,
        None if text.len() == 18 => text.split_at_checked(8)?,
        None => return None,
    };
    old_account(bank, number)
}

/// Whether an IBAN is the account that `:25:` names, be it as IBAN or as bank code and number, with a currency after it
/// or not.
pub(crate) fn is_named(iban: &Iban, named: &str) -> bool {
    if named.contains(iban.as_str()) {
        return true;
    }
    let (bank, number) = named.split_once('/').unwrap_or(("", named));
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    let number = format!("{:0>10}", digits(number));
    let own = iban.as_str().get(4..).and_then(|own| own.split_at_checked(8));
    let is_bank =
        |own: &str| own == digits(bank) || bank.bytes().any(|byte| byte.is_ascii_alphabetic()) || bank.is_empty();
    iban.country() == "DE" && own.is_some_and(|(own_bank, own)| own == number && is_bank(own_bank))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_follows_an_iban_is_no_part_of_it() {
        let table = "
            DE82416500010000000023           => DE82416500010000000023|
            de82 4165 0001 0000 0000 23      => DE82416500010000000023|
            DE82416500010000000023 Ostheim   => DE82416500010000000023|Ostheim
            DE82416500010000000023BIC: X     => DE82416500010000000023|BIC: X
            NL91ABNA0417164300 x             => NL91ABNA0417164300|x
            DE82416500010000000024 x         => DE82416500010000000024x|
            DE02 1203                        => DE021203|
            0012345678                       => 0012345678|";
        for line in table.lines().skip(1) {
            let (text, expected) = line.split_once("=>").unwrap();
            let (account, rest) = split_account(text.trim());
            assert_eq!(format!("{account}|{}", rest.trim()), expected.trim(), "{line}");
        }
    }

    #[test]
    fn an_account_of_the_old_form_has_an_iban() {
        for (text, expected) in [
            ("416500010000000023", "DE82416500010000000023"),
            ("41650001/23", "DE82416500010000000023"),
            ("41650001/0000000023", "DE82416500010000000023"),
            ("4165000/23", "-"),
            ("41650001/A3", "-"),
            ("41650001/0", "-"),
            ("0000000023", "-"),
            ("416500010000000023X", "-"),
        ] {
            assert_eq!(old_account_in(text).map_or("-".to_owned(), |iban| iban.to_string()), expected, "{text}");
        }
    }

    #[test]
    fn an_account_is_named_in_many_ways() {
        let iban = Iban::parse("DE82416500010000000023").unwrap();
        for (named, is) in [
            ("DE82416500010000000023", true),
            ("DE82416500010000000023EUR", true),
            ("00000000/DE82416500010000000023", true),
            ("41650001/23", true),
            ("41650001/0000000023 EUR", true),
            ("41650001/24", false),
            ("41650002/23", false),
            ("0000000023", true),
            ("WELADED1XXX/23", true),
            ("0000000024", false),
            ("WELADED1XXX/24", false),
        ] {
            assert_eq!(is_named(&iban, named), is, "{named}");
        }
    }
}
