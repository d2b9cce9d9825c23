//! Files on their way into the outbox: first whole in a folder of ours within it, then renamed into their place, the payment file
//! last.
//!
//! Must not know a run. Invariant: a payment file lies in the folder of ours or was put out, never both, and renaming is what
//! changes the one into the other: so whoever starts again knows whether it may have been taken.

use std::path::{Path, PathBuf};

use crate::base::aside::write_aside;
use crate::night::filing::sync;
use crate::night::inbox::OWN;
use crate::{Error, Result};

/// The endings of what belongs to one payment file, in the order in which they are put out.
const ENDINGS: [&str; 4] = ["txt", "pdf", "json", "xml"];

/// The folder for one payment file, `base` without its ending.
fn place(outbox: &Path, base: &str) -> PathBuf {
    outbox.join(OWN).join(base)
}

fn called(folder: &Path, base: &str, ending: &str) -> PathBuf {
    folder.join(format!("{base}.{ending}"))
}

/// What belongs to one payment file.
pub(super) struct Staged<'a> {
    pub(super) base: &'a str,
    pub(super) xml: &'a [u8],
    pub(super) json: &'a [u8],
    pub(super) text: &'a [u8],
    pub(super) pdf: &'a [u8],
}

/// Writes all of it into the folder of ours.
pub(super) fn stage(outbox: &Path, staged: &Staged<'_>) -> Result<()> {
    let place = place(outbox, staged.base);
    for (ending, bytes) in ENDINGS.into_iter().zip([staged.text, staged.pdf, staged.json, staged.xml]) {
        let path = called(&place, staged.base, ending);
        write_aside(&path, bytes)?;
        share(&path, outbox)?;
    }
    sync(&place);
    sync(&outbox.join(OWN));
    sync(outbox);
    Ok(())
}

/// Lets the group of the outbox read a file, where it may read the outbox: the program that hands files in has an account of its own.
#[cfg(unix)]
fn share(path: &Path, outbox: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    /// Reading by the group.
    const GROUP: u32 = 0o040;
    let told = std::fs::metadata(outbox).map_err(|error| Error::io(outbox, error))?;
    let mode = std::fs::Permissions::from_mode(0o600 | told.permissions().mode() & GROUP);
    std::fs::set_permissions(path, mode).map_err(|error| Error::io(path, error))
}

#[cfg(not(unix))]
fn share(_: &Path, _: &Path) -> Result<()> {
    Ok(())
}

/// Whether a payment file waits in the folder of ours.
pub(super) fn is_staged(outbox: &Path, base: &str) -> bool {
    called(&place(outbox, base), base, "xml").exists()
}

/// Puts one payment file out, with what belongs to it. Nothing that lies in the outbox is replaced.
pub(super) fn put_out(outbox: &Path, base: &str) -> Result<()> {
    let place = place(outbox, base);
    for ending in ENDINGS {
        let (from, to) = (called(&place, base, ending), called(outbox, base, ending));
        if !from.exists() {
            continue;
        }
        if std::fs::symlink_metadata(&to).is_ok() {
            let why =
                "something of that name lies in the outbox already: take it away, the next night puts the file there";
            return Err(Error::file(to.display(), why));
        }
        std::fs::rename(&from, &to).map_err(|error| Error::io(&to, error))?;
    }
    sync(outbox);
    let _ = std::fs::remove_dir(&place);
    Ok(())
}

/// Removes what waits in the folder of ours.
pub(super) fn discard(outbox: &Path, base: &str) -> Result<()> {
    let place = place(outbox, base);
    match std::fs::remove_dir_all(&place) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(Error::io(&place, error)),
        _ => Ok(()),
    }
}

/// Every payment file that waits in the folder of ours, without its ending.
pub(super) fn waiting(outbox: &Path) -> Result<Vec<String>> {
    let own = outbox.join(OWN);
    let entries = match std::fs::read_dir(&own) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.map_err(|error| Error::io(&own, error))?,
    };
    let mut names: Vec<String> = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok()).collect();
    names.sort();
    Ok(names)
}

/// Takes a payment file out of the outbox again, where it still lies there; says whether it did.
pub(super) fn withdraw(outbox: &Path, base: &str) -> Result<bool> {
    let (file, aside) = (called(outbox, base, "xml"), called(&outbox.join(OWN), base, "void"));
    std::fs::create_dir_all(outbox.join(OWN)).map_err(|error| Error::io(outbox, error))?;
    match std::fs::rename(&file, &aside) {
        Ok(()) => {
            sync(outbox);
            Ok(true)
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(Error::io(&file, error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_put_out_is_never_put_out_again() {
        let folder = tempfile::tempdir().unwrap();
        let outbox = folder.path();
        let staged = Staged { base: "CDD_A", xml: b"<x/>", json: b"{}", text: b"t", pdf: b"p" };
        stage(outbox, &staged).unwrap();
        stage(outbox, &staged).unwrap();
        assert!(is_staged(outbox, "CDD_A") && !outbox.join("CDD_A.xml").exists());
        assert_eq!(waiting(outbox).unwrap(), ["CDD_A"]);
        // something of the name lies there: nothing is replaced, and nothing is lost
        std::fs::write(outbox.join("CDD_A.xml"), "other").unwrap();
        assert!(put_out(outbox, "CDD_A").is_err() && is_staged(outbox, "CDD_A"));
        std::fs::remove_file(outbox.join("CDD_A.xml")).unwrap();
        put_out(outbox, "CDD_A").unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
            assert_eq!(mode(&outbox.join("CDD_A.xml")), 0o600 | mode(outbox) & 0o040);
        }
        assert_eq!(std::fs::read(outbox.join("CDD_A.xml")).unwrap(), b"<x/>");
        assert!(outbox.join("CDD_A.json").exists() && !is_staged(outbox, "CDD_A"));
        std::fs::remove_file(outbox.join("CDD_A.xml")).unwrap();
        put_out(outbox, "CDD_A").unwrap();
        assert!(!outbox.join("CDD_A.xml").exists());
        std::fs::write(outbox.join("CDD_A.xml"), "x").unwrap();
        assert!(withdraw(outbox, "CDD_A").unwrap() && !withdraw(outbox, "CDD_A").unwrap());
        assert!(!outbox.join("CDD_A.xml").exists());
    }
}
