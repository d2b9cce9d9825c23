//! One side of a comparison per run: `camt-bench generate LAYOUT ENTRIES FILE` or `camt-bench SIDE FILE`.
//!
//! Knows nothing of the other sides, so that each runs in a process of its own. Invariant: every side that extracts
//! prints `COUNT CENTS HASH` of the same texts in the same order, then its peak memory in KiB.

mod generate;
mod sides;

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;
use std::process::ExitCode;

/// How the entries are written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// camt.053.001.08, a line for each element.
    Pretty,
    /// camt.053.001.08 without white space, as most German banks send it.
    Compact,
    /// MT940 as German banks wrote it.
    Mt940,
}

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let done = match words.as_slice() {
        ["generate", layout, entries, file] => generate(layout, entries, file),
        [side, file] => run(side, Path::new(file)),
        _ => Err("generate LAYOUT ENTRIES FILE, or SIDE FILE".into()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(io::stderr(), "{error}");
            ExitCode::FAILURE
        }
    }
}

fn generate(layout: &str, entries: &str, file: &str) -> Result<()> {
    let layout = match layout {
        "pretty" => Layout::Pretty,
        "compact" => Layout::Compact,
        "mt940" => Layout::Mt940,
        other => return Err(format!("{other} is not a layout").into()),
    };
    let mut out = BufWriter::new(File::create(file)?);
    generate::write(layout, entries.parse()?, &mut out)?;
    Ok(out.flush()?)
}

fn run(side: &str, file: &Path) -> Result<()> {
    let line = match side {
        "events" => sides::events(file)?,
        "camt1" => sides::camt(file, 1)?,
        "camt2" => sides::camt(file, 2)?,
        "peer" => sides::peer(file)?,
        other => return Err(format!("{other} is not a side").into()),
    };
    writeln!(io::stdout(), "{line} {}", peak()?)?;
    Ok(())
}

/// The most memory that this process had, in KiB.
fn peak() -> Result<u64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).ok_or("no VmHWM")?;
    Ok(line.trim().trim_end_matches("kB").trim().parse()?)
}
