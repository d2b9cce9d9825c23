//! Books of the previous form, brought up by the migrations.
//!
//! `data/books-0017.zip` holds the books of the demo as the program before migration 0018 left them: matched, planned,
//! announced, released and exported.

use std::io::{Cursor, Read as _};

use zip::ZipArchive;

use crate::town::Town;

const BOOKS: &[u8] = include_bytes!("data/books-0017.zip");

fn member(name: &str) -> Vec<u8> {
    let mut archive = ZipArchive::new(Cursor::new(BOOKS)).unwrap();
    let mut content = Vec::new();
    archive.by_name(name).unwrap().read_to_end(&mut content).unwrap();
    content
}

#[test]
fn books_of_the_previous_form_are_brought_up_and_hold() {
    let town = Town::empty();
    town.write("einmal.toml", member("einmal.toml"));
    town.write("alt.db", member("einmal.db"));
    let old = |line: &str| town.run(&format!("--db sqlite://alt.db {line}"));
    old("verify").ok();
    let before: serde_json::Value = serde_json::from_str(&old("--format json report runs").ok().out).unwrap();
    assert!(before.as_array().is_some_and(|runs| !runs.is_empty()), "{before}");
    // what was placed and claimed stands; newer rules may decide anew what no person has decided
    old("match").ok();
    old("verify").ok();
    let after: serde_json::Value = serde_json::from_str(&old("--format json report runs").ok().out).unwrap();
    assert_eq!(after, before);
    old("collect plan --due 2024-04-15 --as anna").ok();
    old("verify").ok();
}
