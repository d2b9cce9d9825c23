//! One side of a comparison per run: `kassenzeichen-bench generate ITEMS PAYMENTS FOLDER` `kassenzeichen-bench manners TEXTS`
//! or `kassenzeichen-bench SIDE FOLDER`.
//!
//! Knows nothing of the other sides, so that each has a process of its own. Keeps the invariant that every side prints
//! `HITS CHECKSUM MICROSECONDS BYTES`: what it found, how long finding took, what its index holds in memory.

mod generate;
mod manners;
mod memory;
mod sides;

use std::fs;
use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;

use generate::LINE;

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let done = match words.as_slice() {
        ["generate", items, payments, folder] => generate(items, payments, Path::new(folder)),
        ["manners", count] => manners(count),
        [side, folder] => run(side, Path::new(folder)),
        _ => Err("generate ITEMS PAYMENTS FOLDER, or SIDE FOLDER".into()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(io::stderr(), "{error}");
            ExitCode::FAILURE
        }
    }
}

fn generate(items: &str, payments: &str, folder: &Path) -> Result<()> {
    let references = generate::references(items.parse()?);
    let payments = generate::payments(&references, payments.parse()?);
    fs::create_dir_all(folder)?;
    fs::write(folder.join("open.txt"), references.join("\n"))?;
    Ok(fs::write(folder.join("payments.txt"), payments.join("\n"))?)
}

fn manners(count: &str) -> Result<()> {
    Ok(writeln!(io::stdout(), "{}", manners::table(count.parse()?))?)
}

fn lines(file: &Path) -> Result<Vec<String>> {
    Ok(fs::read_to_string(file)?.lines().map(|line| line.replace(LINE, "\n")).collect())
}

fn run(side: &str, folder: &Path) -> Result<()> {
    let references = lines(&folder.join("open.txt"))?;
    let mut payments = lines(&folder.join("payments.txt"))?;
    let before = memory::held();
    let (outcome, bytes) = match side {
        "bare" | "bare-near" => {
            let map = sides::map(&references);
            let bytes = memory::held() - before;
            if side == "bare-near" {
                without_exact(&mut payments, &sides::map(&references));
            }
            let finder = if side == "bare" { sides::bare } else { sides::bare_near };
            (finder(&map, &payments), bytes)
        }
        "exact" | "find" | "near" => {
            let directory = sides::directory(&references);
            let bytes = memory::held() - before;
            if side == "near" {
                without_exact(&mut payments, &sides::map(&references));
            }
            let finder = match side {
                "exact" => sides::exact,
                "find" => sides::find,
                _ => sides::near,
            };
            (finder(&directory, &payments), bytes)
        }
        other => return Err(format!("{other} is not a side").into()),
    };
    let bytes = bytes.checked_div(references.len().max(1)).unwrap_or_default();
    let micros = outcome.time.as_micros();
    Ok(writeln!(io::stdout(), "{} {:016x} {micros} {bytes}", outcome.hits, outcome.checksum)?)
}

/// Leaves the payments in which the bare loop finds nothing.
fn without_exact(payments: &mut Vec<String>, map: &std::collections::HashMap<u64, u32>) {
    payments.retain(|payment| sides::bare(map, std::slice::from_ref(payment)).hits == 0);
}
