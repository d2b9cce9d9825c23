//! What is to be told that was not told before: new, changed, or so no more.
//!
//! Pure. Invariant: a thing is told again exactly where it is not what was told of it last.

use std::collections::{BTreeMap, HashMap, HashSet};

use store::{NewTold, ToldRow};

/// How things stand: what each is about, and what is so of it, as JSON.
pub(crate) type State = BTreeMap<String, String>;

/// What changed since the exports that stand, in the order of the things' names, first what is so and then what is so no more.
/// `same` says whether two descriptions of a thing come to the same.
pub(crate) fn changes(standing: &[ToldRow], now: &State, same: impl Fn(&str, &str) -> bool) -> Vec<NewTold> {
    let known: HashMap<&str, &ToldRow> = standing.iter().map(|row| (row.name.as_str(), row)).collect();
    let told = now.iter().filter_map(|(name, content)| {
        let before = known.get(name.as_str());
        let is_told = before.and_then(|row| row.content.as_deref()).is_some_and(|before| same(before, content));
        (!is_told).then(|| NewTold {
            name: name.clone(),
            content: Some(content.clone()),
            replaces: before.map(|row| row.id),
        })
    });
    let here: HashSet<&str> = now.keys().map(String::as_str).collect();
    let gone = standing.iter().filter(|row| row.content.is_some() && !here.contains(row.name.as_str()));
    let gone = gone.map(|row| NewTold { name: row.name.clone(), content: None, replaces: Some(row.id) });
    told.chain(gone).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(id: i64, name: &str, content: Option<&str>) -> ToldRow {
        ToldRow { id, name: name.to_owned(), content: content.map(str::to_owned), number: 1, former: None }
    }

    #[test]
    fn each_thing_is_told_once_until_it_is_another() {
        let standing = [
            row(1, "a", Some("1")),
            row(2, "b", Some("1")),
            row(3, "c", Some("1")),
            row(4, "d", None),
            row(5, "e", None),
        ];
        let now = [("a", "1"), ("b", "2"), ("d", "1"), ("f", "1")];
        let now: State = now.map(|(name, content)| (name.to_owned(), content.to_owned())).into();
        let told: Vec<(String, Option<String>, Option<i64>)> = changes(&standing, &now, |one, other| one == other)
            .into_iter()
            .map(|new| (new.name, new.content, new.replaces))
            .collect();
        let text = |text: &str| Some(text.to_owned());
        let expected = [
            ("b".to_owned(), text("2"), Some(2)),
            // it was so, was so no more, and is so again
            ("d".to_owned(), text("1"), Some(4)),
            ("f".to_owned(), text("1"), None),
            ("c".to_owned(), None, Some(3)),
        ];
        assert_eq!(told, expected);
        assert_eq!(changes(&standing, &now, |_, _| true).len(), 3);
    }
}
