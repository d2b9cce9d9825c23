//! Which column of a list is which: other names, other spellings, several columns that make one.
//!
//! Knows names, not cells' meaning. Invariant: a column is known by its name alone, folded: small letters, umlauts as two,
//! everything else as `_`.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};

use super::kind::ListKind;
use super::records::{Records, cut_line};

/// Other names of columns: each of ours, and the names of the columns that make it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Headers(Vec<(String, Vec<String>)>);

impl Headers {
    /// Which of these names is none of our columns', and which there are.
    ///
    /// # Errors
    /// In words, for the first that is none.
    pub(crate) fn check<'n>(names: impl IntoIterator<Item = &'n String>) -> Result<(), String> {
        let ours: BTreeSet<&str> =
            ListKind::ALL.iter().flat_map(|kind| kind.required().iter().chain(kind.optional())).copied().collect();
        let mut unknown: Vec<&String> = names.into_iter().filter(|name| !ours.contains(name.as_str())).collect();
        unknown.sort();
        unknown.first().map_or(Ok(()), |name| {
            let there = ours.into_iter().collect::<Vec<&str>>().join(", ");
            Err(format!("headers: {name:?} is no column of a list; there are: {there}"))
        })
    }

    /// From the settings: our name, and theirs as they write them.
    pub fn new(named: impl IntoIterator<Item = (String, Vec<String>)>) -> Headers {
        let folded = |(ours, theirs): (String, Vec<String>)| (ours, theirs.iter().map(|name| fold(name)).collect());
        let mut all: Vec<(String, Vec<String>)> = named.into_iter().map(folded).collect();
        all.sort();
        Headers(all)
    }

    /// What a column is to us: the name of one of ours, and which part of it.
    fn ours(&self, folded: &str) -> Option<(&str, usize)> {
        self.0.iter().find_map(|(ours, theirs)| Some((ours.as_str(), theirs.iter().position(|name| name == folded)?)))
    }

    /// The name of ours that a column has, whatever it is written like; else its own, folded.
    pub(crate) fn ours_of(&self, written: &str) -> String {
        let folded = fold(written);
        self.name(&folded).to_owned()
    }

    /// A column's name as we call it.
    pub(super) fn name<'n>(&'n self, folded: &'n str) -> &'n str {
        self.ours(folded).map_or(folded, |(ours, _)| ours)
    }
}

/// `Fällig am` to `faellig_am`.
pub(super) fn fold(name: &str) -> String {
    let mut folded = String::with_capacity(name.len());
    for character in name.chars().flat_map(char::to_lowercase) {
        match character {
            'ä' => folded.push_str("ae"),
            'ö' => folded.push_str("oe"),
            'ü' => folded.push_str("ue"),
            'ß' => folded.push_str("ss"),
            // the marks of letters that were taken apart
            '\u{308}' => folded.push('e'),
            '\u{ad}' | '\u{feff}' | '\u{200b}' => {}
            one if one.is_alphanumeric() => folded.push(one),
            _ if folded.ends_with('_') || folded.is_empty() => {}
            _ => folded.push('_'),
        }
    }
    folded.truncate(folded.trim_end_matches('_').len());
    folded
}

/// Where a list's header is, and what divides its cells.
pub(super) struct Found<'t> {
    /// The text from the header on.
    pub(super) text: &'t str,
    /// The header's line.
    pub(super) line: u64,
    /// What divides cells.
    pub(super) delimiter: char,
    /// The lines above it that hold anything, with what they hold.
    pub(super) above: Vec<(u64, &'t str)>,
    /// How many of its columns are known.
    pub(super) known: usize,
}

/// Lines above a header that are looked at.
const MOST_ABOVE: usize = 50;

/// What divides cells, the more usual first.
const DELIMITERS: [char; 3] = [';', '\t', ','];

/// Finds the header: the first line with two columns that are known, else the first that holds anything.
pub(super) fn find<'t>(text: &'t str, headers: &Headers) -> Found<'t> {
    let (mut rest, mut line, mut said) = (text, 1, None);
    let mut above: Vec<(u64, &str)> = Vec::new();
    let mut first = None;
    while !rest.is_empty() && (line as usize) <= MOST_ABOVE {
        let (own, behind) = cut_line(rest);
        if let Some(delimiter) = separator(own).filter(|_| above.is_empty()) {
            said = Some(delimiter);
        } else if !own.trim().is_empty() {
            let (delimiter, known) = delimiter(own, headers, said);
            if known >= 2 {
                return Found { text: rest, line, delimiter, above, known };
            }
            first.get_or_insert((rest, line, delimiter));
            above.push((line, own));
        }
        (rest, line) = (behind, line + 1);
    }
    let (text, line, delimiter) = first.unwrap_or((text, 1, ';'));
    Found { text, line, delimiter, above: Vec::new(), known: 0 }
}

/// What `sep=;` says, as Excel writes it above a list.
fn separator(line: &str) -> Option<char> {
    let said = line.trim().trim_matches('"').to_lowercase();
    let mut rest = said.strip_prefix("sep=")?.chars();
    match (rest.next(), rest.next()) {
        (Some(one), None) => Some(one),
        (None, _) if line.contains('\t') => Some('\t'),
        _ => None,
    }
}

/// By what a line is divided into most columns that are known, and how many that are.
fn delimiter(line: &str, headers: &Headers, said: Option<char>) -> (char, usize) {
    let known = |delimiter: char| line.split(delimiter).filter(|cell| is_ours(&fold(cell), headers)).count();
    let count = |delimiter: char| (known(delimiter), line.matches(delimiter).count());
    let best = DELIMITERS.into_iter().rev().max_by_key(|delimiter| count(*delimiter)).unwrap_or(';');
    let delimiter = said.unwrap_or(best);
    (delimiter, known(delimiter))
}

fn is_ours(folded: &str, headers: &Headers) -> bool {
    let name = headers.name(folded);
    ListKind::ALL.iter().any(|kind| kind.required().contains(&name))
}

/// A list's columns.
#[derive(Debug)]
pub(super) struct Columns {
    /// What the list is.
    pub(super) kind: ListKind,
    /// Our columns: the places of their cells.
    pub(super) places: HashMap<&'static str, Vec<usize>>,
    /// Their names by place, folded.
    pub(super) names: Vec<String>,
    /// What was passed over.
    pub(super) warnings: Vec<String>,
}

/// Reads the header.
///
/// # Errors
/// With its line.
pub(super) fn columns(records: &mut Records<'_>, line: u64, headers: &Headers) -> Result<Columns, String> {
    let written: Vec<Cow<'_, str>> = match records.next() {
        Some(Ok(header)) => header.cells,
        Some(Err(fault)) => return Err(fault.text),
        None => Vec::new(),
    };
    let names: Vec<String> = written.iter().map(|name| fold(name)).collect();
    let kind = kind_of(&names, &written, line, headers)?;
    let mut parts: HashMap<&'static str, Vec<(usize, usize)>> = HashMap::new();
    let mut warnings = Vec::new();
    for (place, name) in names.iter().enumerate() {
        let (ours, part) = headers.ours(name).unwrap_or((name, 0));
        let Some(known) = kind.required().iter().chain(kind.optional()).find(|known| **known == ours) else {
            if !name.is_empty() {
                let written = written.get(place).map_or("", |name| name.as_ref()).to_lowercase();
                warnings.push(format!("the column {written:?} is not known and was ignored"));
            }
            continue;
        };
        let own = parts.entry(known).or_default();
        if own.iter().any(|(taken, _)| *taken == part) {
            return Err(format!("line {line}, {known}: the column is there twice"));
        }
        own.push((part, place));
    }
    let missing: Vec<&str> = kind.required().iter().filter(|name| !parts.contains_key(*name)).copied().collect();
    if !missing.is_empty() {
        return Err(format!("line {line}: the header of a list of {} lacks {}", kind.name(), missing.join(", ")));
    }
    let places = parts.into_iter().map(|(known, mut own)| {
        own.sort_unstable();
        let is_own = own.iter().all(|(_, place)| names.get(*place).is_some_and(|name| name == known));
        let lacking = headers.0.iter().find(|(ours, theirs)| ours == known && !is_own && theirs.len() != own.len());
        match lacking {
            Some((_, theirs)) => {
                Err(format!("line {line}, {known}: it is made of {}, and not all of them are there", theirs.join(", ")))
            }
            None => Ok((known, own.into_iter().map(|(_, place)| place).collect())),
        }
    });
    Ok(Columns { kind, places: places.collect::<Result<_, _>>()?, names, warnings })
}

fn kind_of(names: &[String], written: &[Cow<'_, str>], line: u64, headers: &Headers) -> Result<ListKind, String> {
    let has = |name: &str| names.iter().any(|own| headers.name(own) == name);
    match (has("posten") || has("betrag"), has("iban") || has("inhaber"), has("altes_kassenzeichen")) {
        (true, false, false) => Ok(ListKind::OpenItems),
        (false, true, false) => Ok(ListKind::Mandates),
        (false, false, true) => Ok(ListKind::Aliases),
        _ => {
            let expected: Vec<String> =
                ListKind::ALL.iter().map(|kind| format!("{} ({})", kind.required().join(";"), kind.name())).collect();
            let written = written.iter().map(|name| name.to_lowercase()).collect::<Vec<_>>().join(";");
            Err(format!("line {line}: the header {written:?} is none of {}", expected.join(", ")))
        }
    }
}

/// Several cells as one: an address as it stands on a letter, else with blanks between.
pub(super) fn join(column: &str, parts: &[&str]) -> String {
    let begins_with_postcode = |part: &str| part.bytes().take_while(u8::is_ascii_digit).count() == 5;
    let (mut joined, mut last) = (String::new(), "");
    for part in parts.iter().copied().filter(|part| !part.is_empty()) {
        let is_house_number = part.starts_with(|first: char| first.is_ascii_digit()) && !begins_with_postcode(part);
        let is_town = last.len() == 5 && begins_with_postcode(last);
        if !joined.is_empty() {
            joined.push_str(if column == "anschrift" && !is_house_number && !is_town { ", " } else { " " });
        }
        joined.push_str(part);
        last = part;
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_folded() {
        for (name, folded) in [
            ("Fällig", "faellig"),
            ("FA\u{308}LLIG", "faellig"),
            (" Alte IBAN ", "alte_iban"),
            ("Gläubiger-ID", "glaeubiger_id"),
            ("Betrag (€)", "betrag"),
            ("Straße", "strasse"),
            ("Mahngebühr", "mahngebuehr"),
        ] {
            assert_eq!(fold(name), folded, "{name}");
        }
    }

    #[test]
    fn an_address_is_put_together_as_on_a_letter() {
        for (parts, joined) in [
            (&["Gartenweg 5", "59999", "Musterstadt"][..], "Gartenweg 5, 59999 Musterstadt"),
            (&["Gartenweg", "5 a", "59999", "Musterstadt"][..], "Gartenweg 5 a, 59999 Musterstadt"),
            (&["Gartenweg 5", "", "Musterstadt"][..], "Gartenweg 5, Musterstadt"),
            (&["Gartenweg 5", "59999 Musterstadt"][..], "Gartenweg 5, 59999 Musterstadt"),
        ] {
            assert_eq!(join("anschrift", parts), joined);
        }
        assert_eq!(join("schuldner", &["Ute", "Adler"]), "Ute Adler");
    }
}
