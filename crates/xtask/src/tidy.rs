//! The rules of the house that no lint checks.
//!
//! Knows nothing of what the code does.
//! Invariant: every breach is named with its file (and line), all of them at once.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::files::below;

/// The most lines of a source file; a longer one does two things and should be split.
const LINES: usize = 600;
/// Words that mark something unfinished; split here, so that this file does not contain them.
const BANNED: &[&str] = &[concat!("TO", "DO"), concat!("FIX", "ME"), concat!("HA", "CK"), concat!("WI", "P")];
/// Files that every checkout must have.
const PAGES: &[&str] = &["README.md", "ARCHITECTURE.md", "CHANGELOG.md", "LICENSE"];

/// Checks the whole checkout; returns how many source files were read.
///
/// # Errors
/// Every breach of a rule.
pub(crate) fn check(root: &Path) -> Result<usize> {
    let mut breaches = Vec::new();
    let mut read = 0;
    for path in below(&root.join("crates"))? {
        if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
            let name = path.strip_prefix(root).unwrap_or(&path).display().to_string();
            breaches.extend(source(&text).into_iter().map(|breach| format!("{name}:{breach}")));
            read += 1;
        }
    }
    breaches.extend(PAGES.iter().filter(|page| !root.join(page).is_file()).map(|page| format!("{page} is missing")));
    breaches.extend(migrations(&root.join("migrations"))?);
    breaches.extend(crate::circles::check(root)?);
    if !breaches.is_empty() {
        bail!("{}", breaches.join("\n"));
    }
    Ok(read)
}

/// What is wrong with one source file, each as `LINE: what`.
fn source(text: &str) -> Vec<String> {
    let mut breaches = Vec::new();
    if !text.starts_with("//!") {
        breaches.push("1: does not begin with //!".to_owned());
    }
    let count = text.lines().count();
    if count > LINES {
        breaches.push(format!("{count}: more than {LINES} lines"));
    }
    for (number, line) in (1..).zip(text.lines()) {
        if line.contains('\t') {
            breaches.push(format!("{number}: a tab"));
        }
        if line.ends_with([' ', '\r']) {
            breaches.push(format!("{number}: a trailing blank"));
        }
        let words: BTreeSet<&str> = line.split(|c: char| !c.is_alphanumeric() && c != '_').collect();
        breaches.extend(BANNED.iter().filter(|word| words.contains(**word)).map(|word| format!("{number}: {word}")));
    }
    breaches
}

/// Each database has a migration with the same name. The first migration of the younger database may stand for all
/// before it, so only later names are compared.
fn migrations(folder: &Path) -> Result<Vec<String>> {
    let mut engines = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))? {
        let engine = entry?.path();
        if engine.is_dir() {
            let files = below(&engine)?;
            let names: BTreeSet<String> = files
                .iter()
                .filter_map(|file| file.strip_prefix(&engine).ok())
                .map(|name| name.display().to_string())
                .collect();
            engines.push((engine.display().to_string(), names));
        }
    }
    let number = |name: &str| name.split('_').next().unwrap_or_default().trim_end_matches(".sql").to_owned();
    let begun = engines.iter().filter_map(|(_, names)| names.first()).map(|name| number(name)).max();
    let later = |name: &&String| begun.as_ref().is_none_or(|begun| number(name) > *begun);
    let all: BTreeSet<&String> = engines.iter().flat_map(|(_, names)| names).filter(later).collect();
    let lacks = |(engine, names): &(String, BTreeSet<String>)| {
        all.iter()
            .filter(|name| !names.contains(**name))
            .map(|name| format!("{engine} lacks {name}"))
            .collect::<Vec<_>>()
    };
    Ok(engines.iter().flat_map(lacks).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_file_keeps_the_rules_or_is_named() {
        let long = format!("//! Long.\n{}", "\n".repeat(LINES));
        let unfinished = format!("//! Module.\n// {}: later\n", BANNED[0]);
        let table: &[(&str, &[&str])] = &[
            ("//! Good.\n\nfn f() {}\n", &[]),
            ("fn f() {}\n", &["1: does not begin with //!"]),
            ("//! A.\n\tfn f() {}\n", &["2: a tab"]),
            ("//! A.\nfn f() {} \n", &["2: a trailing blank"]),
            ("//! A.\r\n", &[]),
            (&long, &["601: more than 600 lines"]),
            (&unfinished, &["2: TO\u{44}O"]),
            ("//! A word that only contains one: todos, MASTODON.\n", &[]),
        ];
        for (text, said) in table {
            assert_eq!(source(text), *said, "{text:.40}");
        }
    }

    #[test]
    fn migrations_are_paired() {
        let folder = tempfile::tempdir().unwrap();
        for (engine, name) in [
            ("sqlite", "0001_a.sql"),
            ("sqlite", "0002_b.sql"),
            ("postgres", "0002_all.sql"),
            ("postgres", "0003_c.sql"),
        ] {
            fs::create_dir_all(folder.path().join(engine)).unwrap();
            fs::write(folder.path().join(engine).join(name), "").unwrap();
        }
        let breaches = migrations(folder.path()).unwrap();
        assert_eq!(breaches.len(), 1);
        assert!(breaches[0].ends_with("sqlite lacks 0003_c.sql"), "{breaches:?}");
    }
}
