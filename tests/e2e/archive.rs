//! Files as they were received and sent.
//!
//! Invariant under test: what came in and what went out can be had again, byte for byte, and `verify` finds what was changed.

use serde_json::Value;

use crate::bank::Statement;
use crate::town::{SETTINGS, Town};

/// The names and digests of what is kept.
fn kept(town: &Town) -> Vec<(String, String)> {
    let list = town.json("archive list");
    let text = |row: &Value, name: &str| row[name].as_str().unwrap().to_owned();
    let mut kept: Vec<_> =
        list.as_array().unwrap().iter().map(|row| (text(row, "file"), text(row, "sha256"))).collect();
    kept.sort();
    kept
}

/// Takes a file out and compares it with what was put in.
fn check(town: &Town, name: &str, bytes: &[u8]) {
    let (_, sha256) = kept(town).into_iter().find(|(file, _)| file == name).unwrap();
    town.run(&format!("archive get {sha256} --out again")).ok();
    assert_eq!(std::fs::read(town.path().join("again")).unwrap(), bytes, "{name}");
}

#[test]
fn every_file_can_be_had_again() {
    let town = Town::lindental();
    let names: Vec<String> = kept(&town).into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["auszug.xml", "mandate.csv", "posten.csv"]);
    for name in names {
        let bytes = std::fs::read(town.path().join(&name)).unwrap();
        check(&town, &name, &bytes);
    }
    town.run("archive get 00 --out again").refused_with("no file is kept under the digest");
}

#[test]
fn a_large_file_is_kept_in_parts() {
    use std::fmt::Write as _;
    let town = Town::new();
    // what hardly packs: digits of a simple generator
    let mut state = 1_u64;
    let mut table = "\n201 2024-03-08 2024-03-08 1000.00\n".to_owned();
    for number in 0..3_000 {
        let digits: String = (0..12)
            .map(|_| {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                format!("{:016x}", state)
            })
            .collect();
        writeln!(table, "2024-03-08 +1.00 Anna Amsel | {digits} | ref=R-{number:05}").unwrap();
    }
    let xml = Statement::new(&table).xml();
    town.write("gross.xml", &xml);
    town.run("import gross.xml").ok();
    check(&town, "gross.xml", xml.as_bytes());
    town.run("verify").ok();
}

#[test]
fn a_folder_beside_the_database_keeps_them_too_and_off_keeps_nothing() {
    let town = Town::new();
    town.write("einmal.toml", format!("{SETTINGS}\n[archive]\nkeep = \"folder\"\nfolder = \"archiv\"\n"));
    let xml = Statement::new("201 2024-03-08 2024-03-08 1000.00\n 2024-03-08 +1.00 Anna Amsel | Kita | ref=R-1").xml();
    town.write("a.xml", &xml);
    town.run("import a.xml").ok();
    check(&town, "a.xml", xml.as_bytes());
    town.run("verify").ok();
    std::fs::remove_dir_all(town.path().join("archiv")).unwrap();
    town.run("verify").refused_with("archive: a.xml");

    let town = Town::new();
    town.write("einmal.toml", format!("{SETTINGS}\n[archive]\nkeep = \"off\"\n"));
    town.write("a.xml", &xml);
    town.run("import a.xml").ok();
    assert_eq!(kept(&town), []);
    town.run("verify").ok();
}
