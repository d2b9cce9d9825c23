//! `cargo xtask sample`: draws the invented town under samples/warstein.
//!
//! Knows nothing of the program that reads it; it only keeps to the documented input formats.
//! Invariant: the files depend on the seed only, byte for byte.

mod draw;
mod entries;
mod foreign;
mod lists;
mod manners;
mod payments;
mod statements;
mod stories;
mod town;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};

/// The seed of the committed sample.
pub(crate) const SEED: u64 = 20_231_030;

/// Files by their path below the sample's folder.
pub(crate) type Files = BTreeMap<String, Vec<u8>>;

/// Draws every file of the sample.
///
/// # Errors
/// Only if the tables of the generator contradict each other.
pub(crate) fn draw(seed: u64) -> Result<Files> {
    let mut draw = draw::Draw::from_seed(seed);
    let town = town::references(&mut draw)?;
    let season = payments::season(&mut draw, &town)?;
    let mut files = Files::new();
    lists::configuration(&mut files)?;
    lists::open_items(&mut files, &town)?;
    lists::mandates(&mut files, &town);
    foreign::debits(&mut files, &town)?;
    lists::readme(&mut files, &season.notes, seed);
    statements::write(&mut files, &season.bookings)?;
    Ok(files)
}

/// Writes the sample and removes statements that an earlier drawing left in the folder.
pub(crate) fn write(folder: &Path, files: &Files) -> Result<()> {
    for name in present(folder)?.iter().filter(|name| !files.contains_key(*name)) {
        if name.starts_with("kontoauszuege/") {
            fs::remove_file(folder.join(name)).with_context(|| format!("cannot remove {name}"))?;
        }
    }
    for (name, bytes) in files {
        let path = folder.join(name);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).with_context(|| format!("cannot make {}", parent.display()))?;
        }
        fs::write(&path, bytes).with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(())
}

/// Compares a folder with the drawn files, byte for byte.
///
/// # Errors
/// Names the first files that differ, are missing, or do not belong to the sample.
pub(crate) fn compare(folder: &Path, files: &Files) -> Result<()> {
    let mut differing = Vec::new();
    let names: BTreeSet<String> = present(folder)?.into_iter().chain(files.keys().cloned()).collect();
    for name in names {
        match (files.get(&name), fs::read(folder.join(&name)).ok()) {
            (Some(drawn), Some(found)) if *drawn == found => {}
            (Some(_), Some(_)) => differing.push(format!("{name} differs")),
            (Some(_), None) => differing.push(format!("{name} is missing")),
            (None, _) => differing.push(format!("{name} is not drawn")),
        }
    }
    if !differing.is_empty() {
        differing.truncate(10);
        bail!("{} is not the drawn sample: {}; run `cargo xtask sample`", folder.display(), differing.join(", "));
    }
    Ok(())
}

/// Every file in a folder, as a path below it with `/`.
fn present(folder: &Path) -> Result<Vec<String>> {
    let mut names = Vec::new();
    if folder.is_dir() {
        for path in crate::files::below(folder)? {
            let name = path.strip_prefix(folder)?.to_string_lossy().replace('\\', "/");
            names.push(name);
        }
    }
    Ok(names)
}

/// Cents as euros with a point and two decimals, without a sign.
fn euros(cents: i64) -> String {
    format!("{}.{:02}", cents / 100, cents % 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_draws_the_same_bytes() {
        assert_eq!(draw(4).unwrap(), draw(4).unwrap());
        assert_ne!(draw(4).unwrap(), draw(5).unwrap());
    }

    #[test]
    fn the_sample_stays_small() {
        let bytes: usize = draw(SEED).unwrap().values().map(Vec::len).sum();
        assert!(bytes < 600_000, "{bytes} bytes");
    }

    #[test]
    fn a_folder_is_compared_byte_for_byte() {
        let files = draw(1).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let said = |folder: &Path| compare(folder, &files).map_err(|error| error.to_string());
        assert!(said(folder.path()).unwrap_err().contains("einmal.toml is missing"));
        write(folder.path(), &files).unwrap();
        assert_eq!(said(folder.path()), Ok(()));
        fs::write(folder.path().join("mandate.csv"), "x").unwrap();
        assert!(said(folder.path()).unwrap_err().contains("mandate.csv differs"));
        write(folder.path(), &files).unwrap();
        fs::write(folder.path().join("kontoauszuege/old.xml"), "x").unwrap();
        assert!(said(folder.path()).unwrap_err().contains("old.xml is not drawn"));
        write(folder.path(), &files).unwrap();
        assert_eq!(said(folder.path()), Ok(()));
    }
}
