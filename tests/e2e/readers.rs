//! Our camt.053 before judges that are not ours: the schema of ISO, a reader of PyPI and a reader of crates.io.
//!
//! `EINMAL_CORPUS` names a folder with `schemas/`; `EINMAL_READERS` one with `bin/python` that knows lxml and camt053 (of PyPI,
//! 0.0.23), and `cargo/bin/camt053` (`cargo install camt053 --version 0.4.2 --root FOLDER/cargo`). What is not there is said and not asked.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::after_file::{AFTER, Handed, WHOLE};
use crate::people::kz;

/// Prints per statement: first balance, last balance, the sum of the entries, in cents, and how many entries there are.
const READ: &str = r#"
import sys, json
import camt053
def cents(one):
    return int(one.amount_decimal * 100) * (-1 if one.credit_debit_indicator == "DBIT" else 1)
told = []
for one in camt053.parse_document(open(sys.argv[1], encoding="utf-8").read()).statements:
    balances = {balance.type_code: cents(balance) for balance in one.balances}
    told.append([balances["OPBD"], balances["CLBD"], sum(map(cents, one.entries)), len(one.entries)])
print(json.dumps(told))
"#;

const VALIDATE: &str = "
import sys
from lxml import etree
etree.XMLSchema(etree.parse(sys.argv[1])).assertValid(etree.parse(sys.argv[2]))
";

/// A program in the folder of readers, if it is named.
fn reader(name: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("EINMAL_READERS")?;
    let program = Path::new(&folder).join(name);
    assert!(program.is_file(), "EINMAL_READERS: there is no {}", program.display());
    Some(program)
}

/// What a program prints; it must succeed.
fn printed(command: &mut Command) -> String {
    let done = command.output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    String::from_utf8(done.stdout).unwrap()
}

#[test]
fn the_schema_and_two_foreign_readers_take_what_we_write() {
    let handed = Handed::new();
    let town = &handed.town;
    let lines = |profile: &str, since: i64| {
        let line = format!("--today {AFTER} export postings --profile {profile} --since {since} --as anna");
        town.write(&format!("{profile}-{since}.xml"), town.run(&line).ok().out)
    };
    let first = lines("camt053", 0);
    handed.statement(&format!(
        "{WHOLE}\n2024-03-28 -80.10 vogt | RETOURE | ref=R-2001 code=PMNT/IDDT/UPDD e2e=E0 return=AM04 orig=77.10"
    ));
    town.on(AFTER, &format!("resolve 1 --allocate '{}/2024-1=655.70' --as dora", kz("brandt"))).ok();
    // the same numbers in the other layout, where each part is an entry: not every reader takes several transactions of one
    let single = [lines("camt053-single", 0), lines("camt053-single", 1)];
    let files = [first, lines("camt053", 1), single[0].clone(), single[1].clone()];
    // what our own reader says of them: first balance, last balance, in cents
    let own = |file: &Path| -> Vec<[i64; 2]> {
        let read = town.json(&format!("inspect {}", file.display()));
        let cents = |value: &Value| value.as_str().unwrap().replace('.', "").parse::<i64>().unwrap();
        read.as_array().unwrap().iter().map(|one| [cents(&one["opening"]), cents(&one["closing"])]).collect()
    };
    assert!(own(&files[1]).len() >= 3, "two days and a correction: {:?}", own(&files[1]));
    assert_eq!([own(&files[0]), own(&files[1])], [own(&files[2]), own(&files[3])]);
    match (std::env::var_os("EINMAL_CORPUS"), reader("bin/python")) {
        (Some(corpus), Some(python)) => {
            let schema = Path::new(&corpus).join("schemas/camt.053.001.08.xsd");
            for file in &files {
                printed(Command::new(&python).args(["-c", VALIDATE]).arg(&schema).arg(file));
                let bad = town
                    .write("bad.xml", std::fs::read_to_string(file).unwrap().replace("<Sts><Cd>BOOK</Cd></Sts>", ""));
                let refused = Command::new(&python).args(["-c", VALIDATE]).arg(&schema).arg(bad).output().unwrap();
                assert!(!refused.status.success(), "the schema must miss an element");
            }
        }
        _ => println!("NOT RUN: EINMAL_CORPUS and EINMAL_READERS are not both set: no schema was asked"),
    }
    match reader("bin/python") {
        Some(python) => {
            for file in &files {
                let told = printed(Command::new(&python).args(["-c", READ]).arg(file));
                let told: Vec<[i64; 4]> = serde_json::from_str(&told).unwrap();
                assert_eq!(told.iter().map(|one| [one[0], one[1]]).collect::<Vec<_>>(), own(file));
                assert!(
                    told.iter().all(|[opening, closing, sum, count]| opening + sum == *closing && *count > 0),
                    "{told:?}"
                );
            }
        }
        None => println!("NOT RUN: EINMAL_READERS is not set: no reader of PyPI was asked"),
    }
    match reader("cargo/bin/camt053") {
        Some(program) => {
            for file in &single {
                let told = printed(Command::new(&program).arg(file));
                let mut lines = told.lines().filter(|line| line.starts_with(crate::bank::ACCOUNT));
                let words: Vec<&str> = lines.next().unwrap().split_whitespace().collect();
                let cents = |word: &str| word.replace('.', "").parse::<i64>().unwrap();
                // it joins statements of an account that follow on each other: not one may be left over
                let own = own(file);
                assert_eq!([cents(words[1]), cents(words[4])], [own[0][0], own[own.len() - 1][1]], "{told}");
                assert!(lines.next().is_none(), "{told}");
            }
        }
        None => println!("NOT RUN: EINMAL_READERS is not set: no reader of crates.io was asked"),
    }
}
