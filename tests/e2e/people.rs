//! Who lives in the towns, and the lists that their systems write.
//!
//! Knows the columns of the lists; nothing of statements or rules. Invariant: names, amounts and references of two
//! people are far apart, so that a payment concerns whom its test means.

use std::fmt::Write as _;

/// A citizen: short name, Kassenzeichen, name, account.
pub(crate) struct Person {
    /// How tests call them; also their mandate, in capitals after `M-`.
    pub(crate) key: &'static str,
    /// The cash reference.
    pub(crate) kassenzeichen: &'static str,
    /// As the bank writes it.
    pub(crate) name: &'static str,
    /// Their account.
    pub(crate) iban: &'static str,
}

const fn person(key: &'static str, kassenzeichen: &'static str, name: &'static str, iban: &'static str) -> Person {
    Person { key, kassenzeichen, name, iban }
}

/// Everybody.
pub(crate) const PEOPLE: [Person; 9] = [
    person("mueller", "5.0100.118204.4", "Erika Müller", "DE81416500010007111111"),
    person("schulz", "5.0100.230517.2", "Gerhard Schulz", "DE03416500010007222222"),
    person("weber", "5.0100.342608.4", "Annegret Weber", "DE22416500010007333333"),
    person("lange", "5.0100.451739.4", "Friedhelm Lange", "DE41416500010007444444"),
    person("koenig", "5.0100.567821.1", "Roswitha König", "DE60416500010007555555"),
    person("brandt", "5.0100.673942.6", "Jochen Brandt", "DE79416500010007666666"),
    person("neumann", "5.0100.784053.8", "Ottilie Neumann", "DE98416500010007777777"),
    person("fischer", "5.0100.895164.9", "Ludger Fischer", "DE20416500010007888888"),
    person("vogt", "07/12345-6", "Sieglinde Vogt", "DE39416500010007999999"),
];

/// The citizen of that short name.
pub(crate) fn of(key: &str) -> &'static Person {
    PEOPLE.iter().find(|person| person.key == key).unwrap_or_else(|| panic!("nobody is called {key}"))
}

/// The Kassenzeichen of that citizen.
pub(crate) fn kz(key: &str) -> &'static str {
    of(key).kassenzeichen
}

/// The header of a list of open items.
pub(crate) const ITEMS: &str =
    "kassenzeichen;posten;art;faellig;betrag;schuldner;anschrift;mandat;gezahlt;mahngebuehr;saeumniszuschlag\n";

/// The header of a list of mandates.
pub(crate) const MANDATES: &str =
    "mandat;kassenzeichen;inhaber;iban;bic;unterschrieben;status;letzte_nutzung;art;einmalig\n";

/// A list of open items from lines of `who posten due amount key=value…`.
pub(crate) fn items(table: &str) -> String {
    lines(table).fold(ITEMS.to_owned(), |mut list, line| {
        let mut words = line.split_whitespace();
        let [who, posten, due, amount] = [(); 4].map(|()| words.next().unwrap());
        let extra = Extra(words.collect());
        let Person { key, kassenzeichen, name, .. } = of(who);
        let kind = if kassenzeichen.starts_with('5') { "Grundbesitzabgaben" } else { "Hundesteuer" };
        let mandate = extra.or("mandat", &format!("M-{}", key.to_uppercase()));
        let [paid, reminder, late] = ["gezahlt", "mahngebuehr", "saeumniszuschlag"].map(|name| extra.or(name, ""));
        let address = format!("{}weg 7, 59000 Lindental", name.split(' ').next_back().unwrap());
        writeln!(
            list,
            "{kassenzeichen};{posten};{kind};{due};{amount};{name};{address};{mandate};{paid};{reminder};{late}"
        )
        .unwrap();
        list
    })
}

/// A list of mandates from lines of `who key=value…`.
pub(crate) fn mandates(table: &str) -> String {
    lines(table).fold(MANDATES.to_owned(), |mut list, line| {
        let mut words = line.split_whitespace();
        let Person { key, kassenzeichen, name, iban } = of(words.next().unwrap());
        let extra = Extra(words.collect());
        let [status, used, scheme, once] =
            [("status", "aktiv"), ("letzte_nutzung", "2023-08-15"), ("art", "CORE"), ("einmalig", "nein")]
                .map(|(name, usual)| extra.or(name, usual));
        let mandate = key.to_uppercase();
        writeln!(list, "M-{mandate};{kassenzeichen};{name};{iban};;2019-05-02;{status};{used};{scheme};{once}")
            .unwrap();
        list
    })
}

/// The lines of a text table that say something.
pub(crate) fn lines(table: &str) -> impl Iterator<Item = &str> {
    table.lines().map(str::trim).filter(|line| !line.is_empty())
}

/// What a line says besides: `key=value`.
pub(crate) struct Extra<'a>(pub(crate) Vec<&'a str>);

impl<'a> Extra<'a> {
    /// The value of a key.
    pub(crate) fn get(&self, key: &str) -> Option<&'a str> {
        self.0.iter().find_map(|word| word.split_once('=').filter(|(own, _)| *own == key).map(|(_, value)| value))
    }

    fn or(&self, key: &str, usual: &str) -> String {
        self.get(key).unwrap_or(usual).to_owned()
    }
}
