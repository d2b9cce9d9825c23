//! Books of the build before the schema became one migration, brought over by `copy` and `restore`.
//!
//! `data/books-0038.zip` holds a row of every kind that they knew: as a file, and as SQL for a server.

use std::io::{Cursor, Read as _};

use zip::ZipArchive;

use crate::books::Books;
use crate::town::{SETTINGS, Town};

const BOOKS: &[u8] = include_bytes!("data/books-0038.zip");

/// The administrator's there, who is called chef.
const PASSWORD: &str = "langes-kennwort";

/// How many migrations a database has had that the old build did not know.
const LATER: &str = "SELECT COUNT(*) FROM _sqlx_migrations WHERE version > 38";

fn member(name: &str) -> Vec<u8> {
    let mut archive = ZipArchive::new(Cursor::new(BOOKS)).unwrap();
    let mut content = Vec::new();
    archive.by_name(name).unwrap().read_to_end(&mut content).unwrap();
    content
}

/// The old books, beside a town's own.
fn old(town: &Town) -> Books {
    let old = Books::of(town).another("alt");
    match &old {
        Books::Sqlite(path) => std::fs::write(path, member("einmal.db")).unwrap(),
        Books::Postgres(_) => old.execute(&String::from_utf8(member("postgres.sql")).unwrap()).unwrap(),
    }
    old
}

/// Whether every table has as many rows as before, but for what says that the books are new here.
fn assert_whole(town: &Town, old: &Books) {
    let (before, after) = (old.counts(), Books::of(town).counts());
    assert!(before.values().sum::<i64>() > 200, "{before:?}");
    let own = ["journal", "journal_facts", "instance_event", "proof", "access_log", "web_session", "backup_mark"];
    for (table, rows) in before.iter().filter(|(table, _)| !own.contains(&table.as_str())) {
        assert_eq!(after.get(table), Some(rows), "{table}");
    }
}

#[test]
fn books_of_the_build_before_are_copied_into_new_ones() {
    let town = Town::empty();
    town.write("einmal.toml", SETTINGS);
    let old = old(&town);
    let from = old.url();
    let refused = town.run(&format!("--db '{from}' verify"));
    refused.refused_with(
        "was written by an earlier einmal (migration 38): `einmal copy --from … --to …` brings its books",
    );
    assert_eq!(old.number(LATER), 0, "nothing of them is changed");
    town.told(&format!("--password-stdin copy --from '{from}' --to '{}' --as chef", Books::of(&town).url()), PASSWORD)
        .ok();
    town.run("verify").ok();
    assert_whole(&town, &old);
    town.run("match").ok();
    town.run("verify").ok();
}

#[test]
fn a_backup_of_the_build_before_is_restored() {
    let town = Town::empty();
    town.write("einmal.toml", SETTINGS);
    let backup = town.write("alt.einmal", member("einmal.db"));
    town.told("--password-stdin restore alt.einmal --as chef", PASSWORD).ok();
    town.run("verify").ok();
    assert_whole(&town, &Books::Sqlite(backup));
}

#[test]
fn books_that_are_older_still_are_named() {
    let town = Town::empty();
    town.write("einmal.toml", SETTINGS);
    let old = old(&town);
    old.execute("DELETE FROM _sqlx_migrations WHERE version > 30").unwrap();
    for line in [format!("--db '{}' verify", old.url()), format!("copy --from '{}' --to sqlite://neu.db", old.url())] {
        town.run(&line).refused_with("that is too old (migration 30): open it once with the version before this one");
    }
}
