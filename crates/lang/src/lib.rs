//! What the program says to people, in their language: the English text is the key, the translation stands beside it.
//!
//! Knows texts, and how money and days are written; nothing of the books. Invariant: a text that no catalogue knows is
//! returned unchanged, and values in a text (names, amounts, days) are never lost.

mod catalogue;
mod forms;
mod pattern;

use std::borrow::Cow;
use std::str::FromStr;
use std::sync::LazyLock;

use catalogue::Catalogue;

/// The German texts. If the file has a mistake, nothing is translated, and the tests fail.
static GERMAN: LazyLock<Catalogue> = LazyLock::new(|| Catalogue::read(Lang::De, include_str!("../texts/de.toml")));

/// A language that the program can speak.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Lang {
    /// German.
    De,
    /// English, the language of the source.
    #[default]
    En,
}

impl Lang {
    /// All of them.
    pub const ALL: [Lang; 2] = [Lang::De, Lang::En];

    /// Its code, for `--lang` and for a page's `lang` attribute.
    pub fn code(self) -> &'static str {
        match self {
            Lang::De => "de",
            Lang::En => "en",
        }
    }

    /// A text of the program, in this language.
    pub fn say(self, english: &str) -> Cow<'_, str> {
        match self {
            Lang::De => GERMAN.say(english).map_or(Cow::Borrowed(english), Cow::Owned),
            Lang::En => Cow::Borrowed(english),
        }
    }

    /// Whether this language has the text and everything that is said within it.
    pub fn knows(self, english: &str) -> bool {
        match self {
            Lang::De => GERMAN.knows(english),
            Lang::En => true,
        }
    }

    /// The keys of the catalogue with their groups, in the order of the file; English has none.
    pub fn entries(self) -> impl Iterator<Item = (&'static str, &'static str)> {
        let all: &[(String, String)] = match self {
            Lang::De => GERMAN.entries(),
            Lang::En => &[],
        };
        all.iter().map(|(group, key)| (group.as_str(), key.as_str()))
    }

    /// An amount with its currency: `1.234,56 €`, `€1,234.56`.
    pub fn money(self, cents: i64) -> String {
        let amount = forms::amount(self, &forms::decimals(cents));
        match self {
            Lang::De => format!("{amount}\u{a0}€"),
            Lang::En => match amount.strip_prefix('-') {
                Some(positive) => format!("-€{positive}"),
                None => format!("€{amount}"),
            },
        }
    }

    /// An amount in the program's form (`1234.56`), in this language without currency: `1.234,56`. Anything else is
    /// returned unchanged.
    pub fn money_text(self, amount: &str) -> Cow<'_, str> {
        if forms::is_amount(amount) { Cow::Owned(forms::amount(self, amount)) } else { Cow::Borrowed(amount) }
    }

    /// A day in the program's form (`2023-11-15`), in this language: `15.11.2023`. Anything else is returned unchanged.
    pub fn date(self, day: &str) -> Cow<'_, str> {
        match self {
            Lang::De => forms::german_day(day).map_or(Cow::Borrowed(day), Cow::Owned),
            Lang::En => Cow::Borrowed(day),
        }
    }
}

/// An IBAN of which only country, check digits and the last four characters are shown: `DE82 **** **** **** 0023`.
pub fn masked_iban(iban: &str) -> String {
    forms::masked(iban)
}

impl FromStr for Lang {
    type Err = String;

    fn from_str(code: &str) -> Result<Lang, String> {
        let known = Lang::ALL.into_iter().find(|lang| lang.code() == code);
        known.ok_or_else(|| format!("{code:?} is no language that is spoken here: de, en"))
    }
}
