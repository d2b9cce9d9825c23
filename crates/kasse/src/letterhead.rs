//! What every letter to a citizen begins and ends with.
//!
//! Must not know: why it is written. Invariant: a letter says of a person only what the lists say of her.

use jiff::civil::Date;
use paper::{Block, Letter, Meta};
use sepa::Iban;

use crate::{Error, Kasse, Result};

/// A day as people read it.
pub(crate) fn german(day: Date) -> String {
    day.strftime("%d.%m.%Y").to_string()
}

/// Who writes, line by line.
pub(crate) fn sender(kasse: &Kasse) -> Vec<String> {
    let said = &kasse.config.letters;
    std::iter::once(&kasse.config.name).chain(&said.address).chain(&said.contact).cloned().collect()
}

/// Where the post office brings it back to.
pub(crate) fn return_to(kasse: &Kasse) -> String {
    std::iter::once(&kasse.config.name).chain(&kasse.config.letters.address).cloned().collect::<Vec<_>>().join(", ")
}

/// Name and address in lines; lists write the address in one, parted by commas.
pub(crate) fn window(name: &str, address: Option<&str>) -> Vec<String> {
    let lines = address.unwrap_or_default().split([',', ';', '\n']).map(str::trim).filter(|line| !line.is_empty());
    std::iter::once(name).chain(lines).map(str::to_owned).collect()
}

/// The end of a letter.
pub(crate) fn regards(kasse: &Kasse) -> Vec<Block> {
    vec![
        Block::text("Mit freundlichen Grüßen"),
        Block::text(kasse.config.name.clone()),
        Block::text("Dieses Schreiben wurde mit einem Computer erstellt und ist ohne Unterschrift gültig."),
    ]
}

/// What a file of ours says of itself.
pub(crate) fn meta(kasse: &Kasse, title: String, date: Date) -> Meta {
    Meta { title, author: kasse.config.name.clone(), date }
}

/// Letters, and the file that they make.
pub(crate) struct Printed {
    letters: Vec<Letter>,
    pub(crate) pdf: Vec<u8>,
    /// What the fonts do not have, for those who must write it by hand.
    pub(crate) unprintable: Option<String>,
}

/// Letters as a file: what was printed before, where it says the same. Printing takes long; it is done before anybody must
/// wait for it, and again only if somebody has changed the books meanwhile.
pub(crate) fn print(meta: &Meta, letters: Vec<Letter>, before: Option<Printed>) -> Result<Printed> {
    if let Some(same) = before.filter(|printed| printed.letters == letters) {
        return Ok(same);
    }
    let printed = paper::letters(meta, &letters).map_err(|why| Error::Internal(why.to_string()))?;
    Ok(Printed { letters, pdf: printed.bytes, unprintable: unprintable(&printed.missing) })
}

/// Characters that could not be printed, in words; none if all could.
pub(crate) fn unprintable(missing: &std::collections::BTreeSet<char>) -> Option<String> {
    let named: Vec<String> =
        missing.iter().map(|letter| format!("{letter:?} (U+{:04X})", u32::from(*letter))).collect();
    let list = named.join(", ");
    (!named.is_empty()).then(|| format!("the PDF's fonts do not have {list}: □ stands there, write it by hand"))
}

/// An account as a letter names it: not the whole of it, for a letter can be opened by others.
pub(crate) fn account(iban: Option<Iban>, holder: &str) -> String {
    iban.map(|iban| format!("{} ({holder})", iban.masked())).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(address: Option<&str>, expected: &[&str]) {
        assert_eq!(window("Erika Müller", address), expected);
    }

    #[test]
    fn an_address_becomes_lines() {
        check(Some("Müllerweg 7, 59000 Lindental"), &["Erika Müller", "Müllerweg 7", "59000 Lindental"]);
        check(Some("c/o Öz,Hof 3 ; ,12345 Dorf,"), &["Erika Müller", "c/o Öz", "Hof 3", "12345 Dorf"]);
        check(Some(" "), &["Erika Müller"]);
        check(None, &["Erika Müller"]);
    }
}
