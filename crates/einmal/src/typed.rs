//! Arguments of the command line that are more than plain text.
//!
//! Must not know the commands. Invariant: an invalid argument is refused before anything is opened.

use std::str::FromStr;

use jiff::civil::Date;
use sepa::Cents;

/// `KZ/POSTEN=AMOUNT`: an item, and how much of the payment is for it.
pub(crate) fn allocation(text: &str) -> Result<(String, Cents), String> {
    let (item, amount) = text.rsplit_once('=').ok_or("expected KZ/POSTEN=AMOUNT")?;
    let amount = Cents::parse_local(amount).map_err(|why| why.to_string())?;
    Ok((item.to_owned(), amount))
}

/// A person's name, without blanks around it and each letter with its marks as one, so that they do not make another person.
pub(crate) fn person(text: &str) -> Result<String, String> {
    let name = kasse::people::name_written(text);
    if name.is_empty() { Err("a name is missing".to_owned()) } else { Ok(name) }
}

/// Since when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Since {
    /// What was decided on this day or later.
    Day(Date),
    /// What came after the export of this number.
    Number(i64),
}

impl FromStr for Since {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Since, &'static str> {
        match (text.parse(), text.parse()) {
            (Ok(number), _) => Ok(Since::Number(number)),
            (_, Ok(day)) => Ok(Since::Day(day)),
            _ => Err("neither the number of an export nor a day such as 2024-03-31"),
        }
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn blanks_make_nobody_another_person() {
        assert_eq!(super::person(" anna  beck ").unwrap(), "anna beck");
        assert!(super::person("\t ").is_err());
    }
}
