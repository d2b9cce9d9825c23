//! Arrows down only: no circle between the source files of a crate, and the rooms of `kasse` in their order.
//!
//! What an arrow is, `arrows` says. Invariant: a circle that is tolerated stands here by its files, and once it is gone, it
//! must be taken off the list.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::path::Path;

use anyhow::Result;

use crate::arrows::{Arrows, arrows};

/// The crates whose files may make no circle.
const CRATES: [&str; 5] = ["kasse", "ledger", "store", "einmal", "web"];

/// The rooms of `kasse`, the lowest first: a file uses its own room and those before it. ARCHITECTURE.md says what is in
/// each.
const ROOMS: [&str; 17] = [
    "lists", "base", "vault", "books", "runs", "matching", "intake", "cases", "orders", "refunds", "treasury", "desk",
    "reports", "handback", "guard", "seed", "night",
];

/// Circles that are older than this check: the crate, and the files of each circle. No file may be added.
const TOLERATED: &[(&str, &[&str])] = &[];

/// What is wrong, a line each.
///
/// # Errors
/// If a source file cannot be read.
pub(crate) fn check(root: &Path) -> Result<Vec<String>> {
    let mut breaches = Vec::new();
    for name in CRATES {
        let arrows = arrows(&root.join("crates").join(name).join("src"))?;
        let tolerated: Vec<&[&str]> =
            TOLERATED.iter().filter(|(owner, _)| *owner == name).map(|(_, files)| *files).collect();
        let mut own = new_circles(&arrows, &tolerated);
        if name == "kasse" {
            own.extend(upwards(&arrows, &ROOMS));
        }
        breaches.extend(own.into_iter().map(|breach| format!("crates/{name}/src: {breach}")));
    }
    Ok(breaches)
}

/// The circles that nobody tolerates, and files that are said to be in a tolerated one and are in none.
fn new_circles(arrows: &Arrows, tolerated: &[&[&str]]) -> Vec<String> {
    let circles = circles(arrows);
    let is_tolerated =
        |circle: &BTreeSet<&str>| tolerated.iter().any(|files| circle.iter().all(|file| files.contains(file)));
    let mut said: Vec<String> =
        circles.iter().filter(|circle| !is_tolerated(circle)).map(|circle| told(arrows, circle)).collect();
    let gone = tolerated.iter().flat_map(|files| files.iter());
    let gone = gone.filter(|file| !circles.iter().any(|circle| circle.contains(**file)));
    said.extend(
        gone.map(|file| format!("{file} is in no circle any more: take it off the list in xtask's circles.rs")),
    );
    said
}

/// The files that use each other, directly or by way of others; those of one circle, or of several that touch, together.
fn circles(arrows: &Arrows) -> Vec<BTreeSet<&str>> {
    let reached: BTreeMap<&str, BTreeSet<&str>> =
        arrows.keys().map(|file| (file.as_str(), reached(arrows, file))).collect();
    let reaches = |from: &str, to: &str| reached.get(from).is_some_and(|files| files.contains(to));
    let mut circles: Vec<BTreeSet<&str>> = Vec::new();
    for (file, files) in &reached {
        if reaches(file, file) && !circles.iter().any(|circle| circle.contains(file)) {
            circles.push(files.iter().copied().filter(|other| reaches(other, file)).collect());
        }
    }
    circles
}

/// All files that a file uses, directly or by way of others.
fn reached<'a>(arrows: &'a Arrows, from: &str) -> BTreeSet<&'a str> {
    let mut reached = BTreeSet::new();
    let mut waiting = vec![from];
    while let Some(file) = waiting.pop() {
        for target in arrows.get(file).into_iter().flat_map(BTreeMap::keys) {
            if reached.insert(target.as_str()) {
                waiting.push(target);
            }
        }
    }
    reached
}

/// A circle in words: all its files, and a shortest way round.
fn told(arrows: &Arrows, circle: &BTreeSet<&str>) -> String {
    let rounds = circle.iter().filter_map(|file| round(arrows, file));
    let shortest = rounds.min_by_key(Vec::len).unwrap_or_default();
    let step = |pair: &[&str]| match pair {
        [from, to] => {
            let names = arrows.get(*from).and_then(|targets| targets.get(*to)).into_iter().flatten();
            format!("{from} uses {to} ({})", names.map(String::as_str).collect::<Vec<_>>().join(", "))
        }
        _ => String::new(),
    };
    let steps: Vec<String> = shortest.windows(2).map(step).collect();
    let files: Vec<&str> = circle.iter().copied().collect();
    format!("a circle of {}: {}", files.join(", "), steps.join("; "))
}

/// A shortest way from a file back to itself, both ends named.
fn round<'a>(arrows: &'a Arrows, from: &'a str) -> Option<Vec<&'a str>> {
    let mut came: BTreeMap<&str, &str> = BTreeMap::new();
    let mut waiting = VecDeque::from([from]);
    while let Some(file) = waiting.pop_front() {
        for target in arrows.get(file).into_iter().flat_map(BTreeMap::keys) {
            if target == from {
                let mut way = vec![from, file];
                while let Some(before) = way.last().filter(|last| **last != from).and_then(|last| came.get(*last)) {
                    way.push(before);
                }
                way.reverse();
                return Some(way);
            }
            if !came.contains_key(target.as_str()) {
                came.insert(target, file);
                waiting.push_back(target);
            }
        }
    }
    None
}

/// Arrows from a room to one above it, and files in folders that are no rooms. What lies beside the rooms is above all of
/// them.
fn upwards(arrows: &Arrows, rooms: &[&str]) -> Vec<String> {
    let room = |file: &str| file.split_once('/').map(|(room, _)| room.to_owned());
    let rank = |file: &str| room(file).map_or(Some(rooms.len()), |room| rooms.iter().position(|own| *own == room));
    let mut said = Vec::new();
    for (from, targets) in arrows {
        let Some(own) = rank(from) else {
            said.push(format!("{from} is in none of the rooms: {}", rooms.join(", ")));
            continue;
        };
        for (to, names) in targets.iter().filter(|(to, _)| rank(to).is_some_and(|other| other > own)) {
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            said.push(format!("{from} uses {to} ({}), which is above its room", names.join(", ")));
        }
    }
    said
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Arrows from `a b`, which says that a uses b by the name `x`.
    fn of(lines: &[&str]) -> Arrows {
        let mut arrows = Arrows::new();
        for (from, to) in lines.iter().filter_map(|line| line.split_once(' ')) {
            arrows.entry(to.to_owned()).or_default();
            let names = arrows.entry(from.to_owned()).or_default().entry(to.to_owned()).or_default();
            names.insert("x".to_owned());
        }
        arrows
    }

    #[test]
    fn a_circle_is_named_and_a_tree_is_none() {
        let table: &[(&[&str], &[&str])] = &[
            (&["a b", "a c", "b d", "c d"], &[]),
            (&["a b", "b a"], &["a circle of a, b: a uses b (x); b uses a (x)"]),
            (&["a b", "b c", "c a"], &["a circle of a, b, c: a uses b (x); b uses c (x); c uses a (x)"]),
            // two that touch are told together, by the shorter one
            (&["a b", "b c", "c a", "c d", "d c"], &["a circle of a, b, c, d: c uses d (x); d uses c (x)"]),
            (
                &["a b", "b a", "b c", "c d", "d c"],
                &["a circle of a, b: a uses b (x); b uses a (x)", "a circle of c, d: c uses d (x); d uses c (x)"],
            ),
        ];
        for (lines, said) in table {
            assert_eq!(new_circles(&of(lines), &[]), *said, "{lines:?}");
        }
    }

    #[test]
    fn a_tolerated_circle_may_not_grow_and_not_outlive_itself() {
        let circle = of(&["a b", "b a"]);
        assert_eq!(new_circles(&circle, &[&["a", "b"]]), Vec::<String>::new());
        assert_eq!(new_circles(&of(&["a b", "b c", "c a"]), &[&["a", "b"]]).len(), 1);
        let said = new_circles(&circle, &[&["a", "b", "c"]]);
        assert_eq!(said, ["c is in no circle any more: take it off the list in xtask's circles.rs"]);
    }

    #[test]
    fn a_room_uses_only_those_before_it() {
        let rooms = ["low", "high"];
        let arrows = of(&["high/a.rs low/b.rs", "low/b.rs low/c.rs", "lib.rs high/a.rs"]);
        assert_eq!(upwards(&arrows, &rooms), Vec::<String>::new());
        let said = upwards(&of(&["low/b.rs high/a.rs", "high/a.rs lib.rs", "cellar/d.rs low/b.rs"]), &rooms);
        assert_eq!(
            said,
            [
                "cellar/d.rs is in none of the rooms: low, high",
                "high/a.rs uses lib.rs (x), which is above its room",
                "low/b.rs uses high/a.rs (x), which is above its room",
            ]
        );
    }
}
