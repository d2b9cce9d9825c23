//! What every letter to a citizen begins and ends with.
//!
//! Must not know: why it is written. Invariant: a letter says of a person only what the lists say of her.

use std::collections::BTreeSet;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use jiff::civil::Date;
use paper::{Block, Letter, Meta};
use sepa::Iban;
use tempfile::NamedTempFile;

use crate::base::aside::aside;
use crate::{Error, Kasse, Result};

/// Who writes, line by line.
pub(crate) fn sender(kasse: &Kasse) -> Vec<String> {
    let said = &kasse.config.letters;
    std::iter::once(&kasse.config.name).chain(&said.address).chain(&said.contact).cloned().collect()
}

/// Where the post office brings it back to.
pub(crate) fn return_to(kasse: &Kasse) -> String {
    std::iter::once(&kasse.config.name).chain(&kasse.config.letters.address).cloned().collect::<Vec<_>>().join(", ")
}

/// Name and address in lines; lists write the address in one, parted by commas.
pub(crate) fn window(name: &str, address: Option<&str>) -> Vec<String> {
    let lines = address.unwrap_or_default().split([',', ';', '\n']).map(str::trim).filter(|line| !line.is_empty());
    std::iter::once(name).chain(lines).map(str::to_owned).collect()
}

/// The end of a letter.
pub(crate) fn regards(kasse: &Kasse) -> Vec<Block> {
    vec![
        Block::text("Mit freundlichen Grüßen"),
        Block::text(kasse.config.name.clone()),
        Block::text("Dieses Schreiben wurde mit einem Computer erstellt und ist ohne Unterschrift gültig."),
    ]
}

/// What a file of ours says of itself.
pub(crate) fn meta(kasse: &Kasse, title: String, date: Date) -> Meta {
    Meta { title, author: kasse.config.name.clone(), date }
}

/// Letters in files that wait aside until they are moved to their places.
pub(crate) struct Printed {
    /// The newest entry of the journal when they were made: they say what the books said then.
    head: (i64, String),
    parts: Vec<Part>,
    /// What the fonts do not have, for those who must write it by hand.
    pub(crate) unprintable: Option<String>,
}

/// What is printed, and where to.
pub(crate) struct Print<'p> {
    pub(crate) meta: Meta,
    /// Where the files will stand.
    pub(crate) folder: &'p Path,
    /// How many letters.
    pub(crate) count: usize,
    /// The letter at a place.
    pub(crate) letter: &'p (dyn Fn(usize) -> Option<Letter> + Sync),
}

/// So many letters stand in one file; more of them go into several of [`PART`] letters, for a file is in memory as a whole
/// while it is made.
const ONE_FILE: usize = 1_000;
const PART: usize = 250;

/// The places of the letters of each file.
fn parts(count: usize) -> Vec<Range<usize>> {
    let most = if count <= ONE_FILE { ONE_FILE } else { PART };
    (0..count).step_by(most).map(|first| first..count.min(first + most)).collect()
}

impl Printed {
    /// Prints letters as the books at `head` have them, unless they were printed so before. Printing takes long: it is done
    /// before anybody must wait for it, and again only if somebody has changed the books meanwhile.
    pub(crate) fn new(head: (i64, String), print: &Print<'_>, before: Option<Printed>) -> Result<Printed> {
        if let Some(same) = before.filter(|printed| printed.head == head) {
            return Ok(same);
        }
        let (places, next) = (parts(print.count), AtomicUsize::new(0));
        let work = || -> Result<Vec<Part>> {
            let mut done = Vec::new();
            while let Some(places) = places.get(next.fetch_add(1, Ordering::Relaxed)) {
                done.push(print.part(places.clone())?);
            }
            Ok(done)
        };
        let threads = std::thread::available_parallelism().map_or(1, usize::from).min(PRINTERS);
        let done: Vec<Result<Vec<Part>>> = std::thread::scope(|scope| {
            let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
            let broken = |_| Err(Error::Internal("the letters could not be printed".to_owned()));
            workers.into_iter().map(|worker| worker.join().unwrap_or_else(broken)).collect()
        });
        let mut parts: Vec<Part> = done.into_iter().collect::<Result<Vec<_>>>()?.into_iter().flatten().collect();
        parts.sort_by_key(|part| part.places.start);
        let missing: BTreeSet<char> = parts.iter().flat_map(|part| part.missing.iter().copied()).collect();
        Ok(Printed { head, parts, unprintable: unprintable(&missing) })
    }

    /// Moves the files to their places, and says which they are: `file` itself, or several beside it that are named by
    /// their first and last letter (`…_00001-00250.pdf`). Those that were printed before in their stead go: nobody shall
    /// post a letter twice, or one of which the amount has fallen.
    pub(crate) fn keep(self, file: &Path) -> Result<Vec<PathBuf>> {
        let is_one = self.parts.len() == 1;
        let keep = |part: Part| {
            let path = if is_one { file.to_owned() } else { beside(file, &part.places) };
            part.aside.persist(&path).map_err(|error| Error::io(&path, error.error))?;
            Ok(path)
        };
        let kept: Vec<PathBuf> = self.parts.into_iter().map(keep).collect::<Result<_>>()?;
        remove_older(file, &kept)?;
        Ok(kept)
    }
}

/// The file of some of the letters beside the one that all would stand in.
fn beside(file: &Path, places: &Range<usize>) -> PathBuf {
    let stem = file.file_stem().unwrap_or_default().to_string_lossy();
    file.with_file_name(format!("{stem}_{:05}-{:05}.pdf", places.start + 1, places.end))
}

/// Removes what [`Printed::keep`] wrote for the same letters before, and did not write now.
fn remove_older(file: &Path, kept: &[PathBuf]) -> Result<()> {
    let folder = file.parent().unwrap_or(Path::new("."));
    let stem = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let is_number = |text: &str| text.len() >= 5 && text.bytes().all(|digit| digit.is_ascii_digit());
    let is_older = |name: &str| {
        let rest = name.strip_prefix(&stem).and_then(|rest| rest.strip_suffix(".pdf"));
        let places = rest.and_then(|rest| rest.strip_prefix('_')).and_then(|rest| rest.split_once('-'));
        rest == Some("") || places.is_some_and(|(first, last)| is_number(first) && is_number(last))
    };
    for entry in std::fs::read_dir(folder).map_err(|error| Error::io(folder, error))? {
        let path = entry.map_err(|error| Error::io(folder, error))?.path();
        if !kept.contains(&path) && path.file_name().is_some_and(|name| is_older(&name.to_string_lossy())) {
            std::fs::remove_file(&path).map_err(|error| Error::io(&path, error))?;
        }
    }
    Ok(())
}

/// Files that are made at once.
const PRINTERS: usize = 2;

/// Letters in one file, aside.
struct Part {
    places: Range<usize>,
    aside: NamedTempFile,
    missing: BTreeSet<char>,
}

impl Print<'_> {
    fn part(&self, places: Range<usize>) -> Result<Part> {
        let letters: Vec<Letter> = places.clone().filter_map(self.letter).collect();
        let printed = paper::letters(&self.meta, &letters).map_err(|why| Error::Internal(why.to_string()))?;
        Ok(Part { places, aside: aside(&self.folder.join("letters"), &printed.bytes)?, missing: printed.missing })
    }
}

/// Characters that could not be printed, in words; none if all could.
pub(crate) fn unprintable(missing: &BTreeSet<char>) -> Option<String> {
    let named: Vec<String> =
        missing.iter().map(|letter| format!("{letter:?} (U+{:04X})", u32::from(*letter))).collect();
    let list = named.join(", ");
    (!named.is_empty()).then(|| format!("the PDF's fonts do not have {list}: □ stands there, write it by hand"))
}

/// An account as a letter names it: not the whole of it, for a letter can be opened by others.
pub(crate) fn account(iban: Option<Iban>, holder: &str) -> String {
    iban.map(|iban| format!("{} ({holder})", iban.masked())).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(address: Option<&str>, expected: &[&str]) {
        assert_eq!(window("Erika Müller", address), expected);
    }

    #[test]
    fn letters_stand_in_one_file_or_in_several_of_250() {
        let lasts = |count| parts(count).iter().map(|places| places.end).collect::<Vec<_>>();
        assert!(lasts(0).is_empty());
        assert_eq!(lasts(1_000), [1_000]);
        assert_eq!(lasts(1_001), [250, 500, 750, 1_000, 1_001]);
    }

    #[test]
    fn letters_that_are_printed_anew_leave_none_of_the_older_ones() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("L1.pdf");
        let others = ["L1.csv", "L11.pdf", "L1_x.pdf"].map(|name| folder.path().join(name));
        let older = [file.clone(), beside(&file, &(0..250)), beside(&file, &(250..251))];
        older.iter().chain(&others).for_each(|path| std::fs::write(path, "").unwrap());
        remove_older(&file, &older[2..]).unwrap();
        let left = |path: &&PathBuf| path.exists();
        assert_eq!(older.iter().filter(left).collect::<Vec<_>>(), [&older[2]]);
        assert_eq!(others.iter().filter(left).count(), others.len());
    }

    #[test]
    fn an_address_becomes_lines() {
        check(Some("Müllerweg 7, 59000 Lindental"), &["Erika Müller", "Müllerweg 7", "59000 Lindental"]);
        check(Some("c/o Öz,Hof 3 ; ,12345 Dorf,"), &["Erika Müller", "c/o Öz", "Hof 3", "12345 Dorf"]);
        check(Some(" "), &["Erika Müller"]);
        check(None, &["Erika Müller"]);
    }
}
