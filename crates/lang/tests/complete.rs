//! The German catalogue and the sources agree: no text without its German, no German without its text.
//!
//! Reads the sources as tokens, literal by literal. Invariant: a text that a person can be shown is recognised by its
//! place in the code, not by a list that somebody maintains.

#[cfg(test)]
mod sources;

use std::collections::{BTreeMap, BTreeSet};

use lang::Lang;
use sources::{Said, form_of};

/// Texts that nobody is shown, or that are German already, grouped under the reason.
const EXCEPTIONS: &str = include_str!("exceptions.txt");

/// Groups of texts that the program puts together, or that a library says.
const SAID_ELSEWHERE: [&str; 4] = ["words between", "put together", "help of the library", "said by libraries"];

/// The excepted texts; a line with a reason begins with `# `.
fn exceptions() -> BTreeSet<String> {
    let lines = EXCEPTIONS.lines().filter(|line| !line.is_empty() && !line.starts_with("# "));
    lines.map(|line| form_of(&line.replace("\\n", "\n").replace("\\t", "\t"))).collect()
}

/// Each text of the catalogue with its holes unnamed, and its groups.
fn entries() -> BTreeMap<String, Vec<&'static str>> {
    let mut entries: BTreeMap<String, Vec<&'static str>> = BTreeMap::new();
    for (group, key) in Lang::De.entries() {
        entries.entry(form_of(key)).or_default().push(group);
    }
    entries
}

fn listed(texts: &[String]) -> String {
    texts.iter().map(|text| format!("\n  {text}")).collect()
}

#[test]
fn every_text_of_the_sources_has_its_german() {
    let (entries, exceptions) = (entries(), exceptions());
    let unknown: Vec<String> = sources::all()
        .iter()
        .filter(|said| said.shown)
        .filter(|said| !entries.contains_key(&said.form) && !exceptions.contains(&said.form))
        .map(|Said { file, line, text, .. }| format!("{file}:{line}: {text:?}"))
        .collect();
    assert!(
        unknown.is_empty(),
        "{} texts have no German in crates/lang/texts/de.toml:{}",
        unknown.len(),
        listed(&unknown)
    );
}

#[test]
fn every_german_text_has_its_source() {
    // a table heading is the upper case of a name in the sources
    let all = sources::all();
    let headings = all.iter().map(|said| said.form.to_uppercase().replace('_', " "));
    let said: BTreeSet<String> = all.iter().map(|said| said.form.clone()).chain(headings).collect();
    let has_pages = sources::folder().join("web").is_dir();
    let is_dead = |form: &str, groups: &[&str]| {
        let waits = !has_pages && groups.contains(&"web");
        let elsewhere = groups.iter().any(|group| SAID_ELSEWHERE.contains(group));
        !waits && !elsewhere && !said.contains(form)
    };
    let dead: Vec<String> = entries()
        .into_iter()
        .filter(|(form, groups)| is_dead(form, groups))
        .map(|(form, groups)| format!("{form:?} of {groups:?}"))
        .collect();
    assert!(dead.is_empty(), "{} texts of crates/lang/texts/de.toml are said nowhere:{}", dead.len(), listed(&dead));
}

#[test]
fn every_exception_is_one() {
    let shown = sources::all().into_iter().filter(|said| said.shown);
    let said: BTreeSet<String> = shown.map(|said| said.form).collect();
    let entries = entries();
    let needless: Vec<String> =
        exceptions().into_iter().filter(|form| !said.contains(form) || entries.contains_key(form)).collect();
    assert!(needless.is_empty(), "exceptions.txt names texts that need no exception:{}", listed(&needless));
}

/// The names of the holes in a text.
fn holes(text: &str) -> BTreeSet<&str> {
    let inner = text.split('{').skip(1).filter_map(|behind| behind.split_once('}')).map(|(hole, _)| hole);
    inner.map(|hole| hole.split([':', '|']).next().unwrap_or_default()).collect()
}

#[test]
fn every_entry_can_be_read_and_loses_nothing() {
    let file = include_str!("../texts/de.toml").parse::<toml::Table>().unwrap();
    let entries = || file.values().flat_map(|group| group.as_table().unwrap());
    for (key, said) in entries() {
        let said = said.as_str().unwrap();
        assert_eq!(holes(key), holes(said), "{key:?} = {said:?}");
        assert_eq!(key.starts_with([' ', ',']), said.starts_with([' ', ',']), "{key:?} = {said:?}");
    }
    assert_eq!(entries().count(), Lang::De.entries().count(), "an entry has a hole of no kind");
    let once: BTreeSet<&str> = Lang::De.entries().map(|(_, key)| key).collect();
    assert_eq!(once.len(), entries().count(), "a text stands in two groups");
}
