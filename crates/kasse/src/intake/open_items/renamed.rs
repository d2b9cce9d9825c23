//! An instalment that a later list calls otherwise: `2024/1`, `01/2024` or `2024-01` for `2024-1`.
//!
//! Invariant: one debt is one item. What could be a known instalment under another name is that one, or the list is
//! refused; it is never a second debt.

use std::collections::{BTreeMap, HashMap, HashSet};

use kassenzeichen::canonical;
use ledger::levies;
use store::ItemRow;

use super::listed::Listed;
use super::told;
use crate::base::shown::eur;
use crate::books::situation::Situation;

/// A name's words and numbers, whatever divides them and in whatever order.
pub(super) fn key(posten: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut last = None;
    for character in posten.to_lowercase().chars() {
        let class = (character.is_ascii_digit(), character.is_alphanumeric());
        match words.last_mut().filter(|_| last == Some(class)) {
            Some(word) if class.1 => word.push(character),
            _ if class.1 => words.push(character.to_string()),
            _ => {}
        }
        last = Some(class);
    }
    for word in &mut words {
        let plain = word.trim_start_matches('0').to_owned();
        if !plain.is_empty() {
            *word = plain;
        }
    }
    words.sort_unstable();
    words
}

/// How a row is like a known instalment that is called otherwise.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Likeness {
    /// It is this one, unless it is another one too.
    Plain,
    /// It may be this one: a person must say so.
    Doubtful,
}

/// Whether a row says what a known instalment is, but for its name. Where the levy's name is another one too, all else must
/// be the same: the levy may be spelt otherwise, or be called otherwise in all of the list (`levies` are those of the list).
fn likeness(row: &Listed, item: &ItemRow, levies: &HashSet<String>) -> Option<Likeness> {
    if row.said.fee != item.said.fee {
        return None;
    }
    let is_called_so = key(&row.posten) == key(&item.posten);
    let is_as_much = row.said.amount == item.said.amount;
    let is_due_then = row.said.due == item.said.due;
    let (own, known) = (row.said.kind.as_str(), item.said.kind.as_str());
    if item.said.unconfirmed {
        // it has a name of ours, and an amount and a levy as an old debit file tells them
        return (is_due_then && (levies::may_be_one(own, known) || is_as_much)).then_some(Likeness::Plain);
    }
    if levies::key(own) == levies::key(known) {
        return match is_due_then {
            true => (is_called_so || is_as_much).then_some(Likeness::Plain),
            // 2024-1 and 2024/1 over the same amount, due on other days: one of them was put off, or they are two
            false => (is_called_so && is_as_much).then_some(Likeness::Doubtful),
        };
    }
    if !is_due_then {
        return None;
    }
    let (is_akin, is_gone) = (levies::are_akin(own, known), !levies.contains(&levies::key(known)));
    match (is_called_so, is_as_much) {
        (true, true) if is_akin || is_gone => Some(Likeness::Plain),
        (false, true) if is_akin => Some(Likeness::Plain),
        (true, true) => Some(Likeness::Doubtful),
        (true, false) | (false, true) if is_akin || is_gone => Some(Likeness::Doubtful),
        _ => None,
    }
}

/// Gives rows the names by which their instalments are known; says which, and what they were called.
///
/// # Errors
/// With the line, where it is not plain which known instalment a row is.
pub(super) fn rename(listed: &mut [Listed], situation: &Situation) -> Result<Vec<String>, String> {
    let named: HashSet<(String, &str)> =
        listed.iter().map(|row| (canonical(&row.kassenzeichen), row.posten.as_str())).collect();
    let is_named =
        |kassenzeichen: &str, item: &ItemRow| named.contains(&(kassenzeichen.to_owned(), item.posten.as_str()));
    let levies: HashSet<String> = listed.iter().map(|row| levies::key(&row.said.kind)).collect();
    let is_plain = |row: &Listed, item: &ItemRow| likeness(row, item, &levies) == Some(Likeness::Plain);
    // row -> the known instalments that it could be
    let mut could_be: Vec<(usize, Vec<&ItemRow>)> = Vec::new();
    for (place, row) in listed.iter().enumerate() {
        let kassenzeichen = canonical(&row.kassenzeichen);
        let known = || situation.items.of_canonical(&kassenzeichen);
        if known().any(|item| item.posten == row.posten) {
            continue;
        }
        let like: Vec<&ItemRow> = known().filter(|item| likeness(row, item, &levies).is_some()).collect();
        let is_twin = |item: &&&ItemRow| {
            let is_one_levy = levies::key(&item.said.kind) == levies::key(&row.said.kind);
            is_one_levy && is_named(&kassenzeichen, item) && key(&item.posten) == key(&row.posten)
        };
        if let Some(twin) = like.iter().find(is_twin) {
            return Err(refused(row, &format!("is {} under another name, which the list has too", twin.posten)));
        }
        let free: Vec<&ItemRow> = like.into_iter().filter(|item| !is_named(&kassenzeichen, item)).collect();
        if !free.is_empty() {
            could_be.push((place, free));
        }
    }
    let mut names: HashMap<usize, String> = HashMap::new();
    take_unconfirmed(listed, &mut could_be, &mut names);
    pair(listed, &mut could_be, &mut names, |row, item| is_plain(row, item) && key(&row.posten) == key(&item.posten));
    pair(listed, &mut could_be, &mut names, is_plain);
    if let Some((place, items)) = could_be.first()
        && let Some(row) = listed.get(*place)
    {
        return Err(refused(row, &unclear(row, items)));
    }
    let mut told: Vec<(u64, String)> = Vec::new();
    for (place, name) in names {
        if let Some(row) = listed.get_mut(place) {
            told.push((row.line, told::known_as(row, &name)));
            row.posten = name;
        }
    }
    told.sort();
    Ok(told.into_iter().map(|(_, text)| text).collect())
}

/// Which known instalments a row could be.
fn unclear(row: &Listed, items: &[&ItemRow]) -> String {
    let known = items.iter().map(|item| item.posten.as_str()).collect::<Vec<&str>>().join(", ");
    let other = items.iter().find(|item| levies::key(&item.said.kind) != levies::key(&row.said.kind));
    match other {
        None => format!("could be what is known as {known}: name it so, or give what is new another due day"),
        Some(other) => unclear_of_levy(&known, &other.said.kind),
    }
}

/// The same of another levy, or of a credit.
pub(super) fn unclear_of_levy(known: &str, kind: &str) -> String {
    format!("could be what is known as {known} of the levy {kind:?}: name it so, or let the list name that one too")
}

pub(super) fn refused(row: &Listed, why: &str) -> String {
    format!("line {}, posten: {}/{} {why}", row.line, row.kassenzeichen, row.posten)
}

/// Lets each item that nobody has confirmed be one of the rows that it fits: one over its amount, else the largest. An old debit file
/// may have collected in one sum what a list tells apart: the other rows are new.
fn take_unconfirmed(listed: &[Listed], could_be: &mut Vec<(usize, Vec<&ItemRow>)>, names: &mut HashMap<usize, String>) {
    let mut fitting: Vec<(bool, i64, usize, &ItemRow)> = Vec::new();
    for (place, items) in could_be.iter() {
        let amount = listed.get(*place).map_or(0, |row| row.said.amount);
        let own = items.iter().filter(|item| item.said.unconfirmed);
        fitting.extend(own.map(|item| (item.said.amount == amount, amount, *place, *item)));
    }
    fitting.sort_by_key(|(is_as_much, amount, place, item)| {
        std::cmp::Reverse((*is_as_much, *amount, usize::MAX - place, item.id))
    });
    let mut taken: HashSet<i64> = HashSet::new();
    for (_, _, place, item) in fitting {
        if !names.contains_key(&place) && taken.insert(item.id) {
            names.insert(place, item.posten.clone());
        }
    }
    // what no row took is no other row's either
    for (_, items) in could_be.iter_mut() {
        items.retain(|item| !item.said.unconfirmed);
    }
    could_be.retain(|(place, items)| !names.contains_key(place) && !items.is_empty());
}

/// Pairs each row with the only instalment that it fits, where that fits no other row; takes both out.
fn pair(
    listed: &[Listed],
    could_be: &mut Vec<(usize, Vec<&ItemRow>)>,
    names: &mut HashMap<usize, String>,
    fits: impl Fn(&Listed, &ItemRow) -> bool,
) {
    let fitting = |(place, items): &(usize, Vec<&ItemRow>)| -> Vec<(i64, String)> {
        let row = listed.get(*place);
        let own = items.iter().filter(|item| row.is_some_and(|row| fits(row, item)));
        own.map(|item| (item.id, item.posten.clone())).collect()
    };
    let mut rows_of: HashMap<i64, usize> = HashMap::new();
    for (item, _) in could_be.iter().flat_map(&fitting) {
        *rows_of.entry(item).or_default() += 1;
    }
    let mut taken: HashSet<i64> = HashSet::new();
    for row in could_be.iter() {
        if let [(item, name)] = fitting(row).as_slice()
            && rows_of.get(item) == Some(&1)
        {
            taken.insert(*item);
            names.insert(row.0, name.clone());
        }
    }
    for (_, items) in could_be.iter_mut() {
        items.retain(|item| !taken.contains(&item.id));
    }
    // whose instalments are all somebody else's is a new one
    could_be.retain(|(place, items)| !names.contains_key(place) && !items.is_empty());
}

/// Rows of one list that are the same instalment under two names.
///
/// # Errors
/// With the line of the second.
pub(super) fn refuse_twins(listed: &[Listed]) -> Result<(), String> {
    let mut seen: HashMap<(String, Vec<String>, jiff::civil::Date, String), &Listed> = HashMap::new();
    for row in listed {
        let is = (canonical(&row.kassenzeichen), key(&row.posten), row.said.due, levies::key(&row.said.kind));
        if let Some(first) = seen.insert(is, row) {
            return Err(refused(row, &format!("is {} of line {} under another name", first.posten, first.line)));
        }
    }
    Ok(())
}

/// Rows that are new and come to what the list leaves out of the same Kassenzeichen and day: it may be the same debt, divided
/// into levies or put together.
///
/// # Errors
/// With the line of the first of them.
pub(super) fn refuse_divided(listed: &[Listed], situation: &Situation) -> Result<(), String> {
    let named: HashSet<(String, &str)> =
        listed.iter().map(|row| (canonical(&row.kassenzeichen), row.posten.as_str())).collect();
    let mut groups: BTreeMap<(u64, String), Vec<&Listed>> = BTreeMap::new();
    let mut first_of: HashMap<(String, jiff::civil::Date), u64> = HashMap::new();
    for row in listed.iter().filter(|row| row.said.fee.is_none()) {
        let kassenzeichen = canonical(&row.kassenzeichen);
        let (mut is_there, mut is_known) = (false, false);
        for item in situation.items.of_canonical(&kassenzeichen) {
            (is_there, is_known) = (true, is_known || item.posten == row.posten);
        }
        if is_there && !is_known {
            let first = *first_of.entry((kassenzeichen.clone(), row.said.due)).or_insert(row.line);
            groups.entry((first, kassenzeichen)).or_default().push(row);
        }
    }
    for ((_, kassenzeichen), new) in groups {
        let Some(first) = new.first() else { continue };
        let is_missing = |item: &&ItemRow| {
            let is_named = named.contains(&(kassenzeichen.clone(), item.posten.as_str()));
            item.said.due == first.said.due && item.said.fee.is_none() && !is_named
        };
        let missing: Vec<&ItemRow> = situation.items.of_canonical(&kassenzeichen).filter(is_missing).collect();
        let owed: i64 = missing.iter().map(|item| item.said.amount).sum();
        let said: i64 = new.iter().map(|row| row.said.amount).sum();
        if !missing.is_empty() && new.len() + missing.len() > 2 && owed == said {
            let known = missing.iter().map(|item| item.posten.as_str()).collect::<Vec<&str>>().join(", ");
            let why = format!(
                "and what else is new and due there on {} come to {} EUR, as does what is known as {known} and is not in the list: \
                 name it so, or let the list name that too",
                first.said.due,
                eur(owed)
            );
            return Err(refused(first, &why));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_the_same_whatever_divides_their_numbers() {
        for same in ["2024/1", "01/2024", "2024-01", "1.2024", "2024 1"] {
            assert_eq!(key(same), key("2024-1"), "{same}");
        }
        for other in ["2024-2", "2024-10", "2023-1", "2024-1a", "2024-1-1", "20241", "W-1"] {
            assert_ne!(key(other), key("2024-1"), "{other}");
        }
        assert_eq!(key("Rate 03/2024"), key("2024-3 rate"));
    }
}
