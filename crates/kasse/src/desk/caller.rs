//! What a caller says of himself, held against what the books have.
//!
//! The desk types it; nobody is shown what would fit. Must not know who asks. Invariant: a feature fits only where all of
//! what was said fits, and a single common word is no feature.

use sepa::Cents;
use serde_json::Value;

use crate::desk::find::find_names;
use crate::desk::inquiry::LEAST;
use crate::desk::story::features;
use crate::{Kasse, Result};

/// What a caller said, by feature; empty where nothing was said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Said {
    /// The Kassenzeichen.
    pub kassenzeichen: String,
    /// His name.
    pub name: String,
    /// His address.
    pub address: String,
    /// The last four characters of his IBAN, or all of it.
    pub iban: String,
    /// The reference of his mandate.
    pub mandate: String,
    /// An amount that he owes or owed.
    pub amount: String,
}

impl Said {
    /// Each feature of which something was said, in the order of [`crate::FEATURES`].
    pub fn told(&self) -> Vec<(&'static str, &str)> {
        let all = [
            ("kassenzeichen", &self.kassenzeichen),
            ("name", &self.name),
            ("address", &self.address),
            ("iban", &self.iban),
            ("mandate", &self.mandate),
            ("amount", &self.amount),
        ];
        let told = all.into_iter().map(|(feature, said)| (feature, said.trim()));
        told.filter(|(_, said)| !said.is_empty()).collect()
    }
}

/// The features of what a caller said that fit a Kassenzeichen.
///
/// # Errors
/// [`crate::Error::Unknown`] for a Kassenzeichen that is none.
async fn fitting(kasse: &Kasse, kassenzeichen: &str, said: &Said) -> Result<Vec<&'static str>> {
    let known = features(kasse, kassenzeichen).await?;
    let of = |feature: &str| match known.get(feature) {
        Some(Value::Array(values)) => values.iter().filter_map(Value::as_str).collect::<Vec<_>>(),
        Some(Value::String(value)) => vec![value.as_str()],
        _ => Vec::new(),
    };
    let fits = |(feature, said): &(&'static str, &str)| of(feature).iter().any(|known| is_so(feature, said, known));
    Ok(said.told().into_iter().filter(fits).map(|(feature, _)| feature).collect())
}

/// Who is calling, once two features fit one Kassenzeichen alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// The Kassenzeichen, as it is printed.
    pub kassenzeichen: String,
    /// The features that fit.
    pub features: Vec<String>,
}

/// How many Kassenzeichen a single feature may lead to.
const MOST: usize = 40;

/// The Kassenzeichen that at least two features of what a caller said fit; nothing where none does, or several do.
///
/// # Errors
/// What the database says.
pub async fn who_is_calling(kasse: &Kasse, said: &Said) -> Result<Option<Caller>> {
    // the most telling ones first
    let order = ["kassenzeichen", "mandate", "iban", "name", "amount", "address"];
    let told = said.told();
    let mut fitting_all = Vec::new();
    for text in order.iter().filter_map(|feature| told.iter().find(|(own, _)| own == feature)) {
        let sought = if text.0 == "iban" { end_of(text.1) } else { text.1.to_owned() };
        let (rows, count) = find_names(kasse, &sought, MOST).await?;
        if count == 0 || count > MOST {
            continue;
        }
        for row in &rows {
            let Some(kassenzeichen) = row.get("kassenzeichen").and_then(Value::as_str) else { continue };
            let features = fitting(kasse, kassenzeichen, said).await?;
            if features.len() >= LEAST {
                let features = features.into_iter().map(str::to_owned).collect();
                fitting_all.push(Caller { kassenzeichen: kassenzeichen.to_owned(), features });
            }
        }
        break;
    }
    let most = fitting_all.iter().map(|caller| caller.features.len()).max();
    fitting_all.retain(|caller| Some(caller.features.len()) == most);
    Ok(if fitting_all.len() == 1 { fitting_all.pop() } else { None })
}

/// The last four characters of an IBAN.
fn end_of(said: &str) -> String {
    let all: Vec<char> = letters(said).chars().collect();
    all.iter().skip(all.len().saturating_sub(IBAN_END)).collect()
}

/// Whether what was said of a feature is what is known.
fn is_so(feature: &str, said: &str, known: &str) -> bool {
    match feature {
        "kassenzeichen" => kassenzeichen::canonical(said) == kassenzeichen::canonical(known),
        "name" => has_most_words(said, known),
        "address" => has_most_words(said, known) && said.contains(|one: char| one.is_ascii_digit()),
        "iban" => letters(said).ends_with(&letters(known)) && letters(known).len() >= IBAN_END,
        "mandate" => letters(said) == letters(known),
        "amount" => match (Cents::parse_local(said), Cents::parse(known)) {
            (Ok(said), Ok(known)) => said.get() == known.get(),
            _ => false,
        },
        _ => false,
    }
}

/// How many characters of an IBAN's end are known at the desk.
const IBAN_END: usize = 4;

/// Whether every word that was said is one of the known ones, and at least half of these were said.
fn has_most_words(said: &str, known: &str) -> bool {
    let (said, known) = (words(said), words(known));
    let mut rest = known.clone();
    let all = said.iter().all(|word| match rest.iter().position(|own| own == word) {
        Some(place) => {
            rest.swap_remove(place);
            true
        }
        None => false,
    });
    all && !said.is_empty() && said.len() * 2 >= known.len()
}

/// Words as they sound: small letters, umlauts as two, no signs.
fn words(text: &str) -> Vec<String> {
    let folded: String = text
        .to_lowercase()
        .chars()
        .flat_map(|one| match one {
            'ä' => vec!['a', 'e'],
            'ö' => vec!['o', 'e'],
            'ü' => vec!['u', 'e'],
            'ß' => vec!['s', 's'],
            one if one.is_alphanumeric() => vec![one],
            _ => vec![' '],
        })
        .collect();
    let own = |word: &str| word.strip_suffix("strasse").map_or_else(|| word.to_owned(), |way| format!("{way}str"));
    folded.split_whitespace().map(own).collect()
}

/// The letters and digits alone, in capitals.
fn letters(text: &str) -> String {
    text.chars().filter(|one| one.is_alphanumeric()).flat_map(char::to_uppercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_fits_as_a_whole_or_not() {
        let fits = [
            ("kassenzeichen", "5 0100 118204 4", "5.0100.118204.4"),
            ("name", "Müller", "Erika Mueller"),
            ("name", "mueller erika", "Erika Müller"),
            ("address", "Müllerstraße 7", "Muellerstr. 7, 59000 Lindental"),
            ("iban", "1111", "1111"),
            ("iban", "DE81 4165 0001 0007 1111 11", "1111"),
            ("mandate", "m-mueller", "M-MUELLER"),
            ("amount", "115,04", "115.04"),
        ];
        for (feature, said, known) in fits {
            assert!(is_so(feature, said, known), "{feature} {said}");
        }
        let other = [
            ("kassenzeichen", "5.0100.118204", "5.0100.118204.4"),
            ("name", "E", "Erika Müller"),
            ("name", "Erika Schulz", "Erika Müller"),
            ("name", "Anna", "Anna Maria von Berg"),
            ("address", "Lindental", "Müllerweg 7, 59000 Lindental"),
            ("address", "Müllerweg Lindental", "Müllerweg 7, 59000 Lindental"),
            ("iban", "11", "1111"),
            ("iban", "1112", "1111"),
            ("mandate", "M", "M-MUELLER"),
            ("amount", "115", "115.04"),
            ("amount", "viel", "115.04"),
        ];
        for (feature, said, known) in other {
            assert!(!is_so(feature, said, known), "{feature} {said}");
        }
    }
}
