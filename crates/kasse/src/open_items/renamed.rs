//! An instalment that a later list calls otherwise: `2024/1`, `01/2024` or `2024-01` for `2024-1`.
//!
//! Invariant: one debt is one item. What could be a known instalment under another name is that one, or the list is
//! refused; it is never a second debt.

use std::collections::{HashMap, HashSet};

use kassenzeichen::canonical;
use ledger::names::fold;
use store::ItemRow;

use super::Listed;
use crate::situation::Situation;

/// A name's words and numbers, whatever divides them and in whatever order.
fn key(posten: &str) -> Vec<String> {
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

/// Whether a row says what a known instalment is, but for its name.
fn is_like(row: &Listed, item: &ItemRow) -> bool {
    let same = fold(&row.said.kind) == fold(&item.said.kind) && row.said.fee == item.said.fee;
    let is_called_so = key(&row.posten) == key(&item.posten);
    same && match row.said.due == item.said.due {
        true => is_called_so || row.said.amount == item.said.amount,
        // 2024-1 and 2024/1 over the same amount, due on other days: one of them was put off, or they are two
        false => is_called_so && row.said.amount == item.said.amount,
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
    // row -> the known instalments that it could be
    let mut could_be: Vec<(usize, Vec<&ItemRow>)> = Vec::new();
    for (place, row) in listed.iter().enumerate() {
        let kassenzeichen = canonical(&row.kassenzeichen);
        let known = || situation.items.of_canonical(&kassenzeichen);
        if known().any(|item| item.posten == row.posten) {
            continue;
        }
        let like: Vec<&ItemRow> = known().filter(|item| is_like(row, item)).collect();
        if let Some(twin) =
            like.iter().find(|item| is_named(&kassenzeichen, item) && key(&item.posten) == key(&row.posten))
        {
            return Err(refused(row, &format!("is {} under another name, which the list has too", twin.posten)));
        }
        let free: Vec<&ItemRow> = like.into_iter().filter(|item| !is_named(&kassenzeichen, item)).collect();
        if !free.is_empty() {
            could_be.push((place, free));
        }
    }
    let mut names: HashMap<usize, String> = HashMap::new();
    pair(listed, &mut could_be, &mut names, |row, item| {
        key(&row.posten) == key(&item.posten) && row.said.due == item.said.due
    });
    pair(listed, &mut could_be, &mut names, |row, item| row.said.due == item.said.due);
    if let Some((place, items)) = could_be.first()
        && let Some(row) = listed.get(*place)
    {
        let known: Vec<&str> = items.iter().map(|item| item.posten.as_str()).collect();
        let why =
            format!("could be what is known as {}: name it so, or give what is new another due day", known.join(", "));
        return Err(refused(row, &why));
    }
    let mut told: Vec<(u64, String)> = Vec::new();
    for (place, name) in names {
        if let Some(row) = listed.get_mut(place) {
            told.push((
                row.line,
                format!("{}/{} (line {}) is known as {name}", row.kassenzeichen, row.posten, row.line),
            ));
            row.posten = name;
        }
    }
    told.sort();
    Ok(told.into_iter().map(|(_, text)| text).collect())
}

fn refused(row: &Listed, why: &str) -> String {
    format!("line {}, posten: {}/{} {why}", row.line, row.kassenzeichen, row.posten)
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
        let is = (canonical(&row.kassenzeichen), key(&row.posten), row.said.due, fold(&row.said.kind));
        if let Some(first) = seen.insert(is, row) {
            return Err(refused(row, &format!("is {} of line {} under another name", first.posten, first.line)));
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
