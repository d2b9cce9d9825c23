//! Which files there are under a path.
//!
//! Must not know what is in them. Invariants: nothing is followed that leads out of a folder that was named, and nothing
//! twice; what is no file (a pipe, a device, a socket) is never opened, because reading it may never end. Whatever is
//! passed over is named.

use std::fs::FileType;
use std::io;
use std::path::{Path, PathBuf};

/// What was found under a path.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Found {
    /// A file, and whether a person named it.
    File {
        /// Where it is.
        path: PathBuf,
        /// Whether it was named, and not found in a folder.
        named: bool,
    },
    /// What is passed over.
    Skipped {
        /// Its name.
        name: String,
        /// Why.
        why: &'static str,
    },
}

/// Folders inside of each other.
const NESTED: usize = 40;

/// The files under a path in the order of their names.
///
/// # Errors
/// Where the path cannot be read, or is neither a file nor a folder.
pub(crate) fn files(path: &Path) -> io::Result<Vec<Found>> {
    let kind = std::fs::metadata(path)?.file_type();
    if kind.is_file() {
        return Ok(vec![Found::File { path: path.to_owned(), named: true }]);
    }
    if !kind.is_dir() {
        return Err(io::Error::other("is no file"));
    }
    let root = path.canonicalize()?;
    let mut found = Vec::new();
    folder(path, &root, 0, &mut found)?;
    Ok(found)
}

fn folder(path: &Path, root: &Path, depth: usize, found: &mut Vec<Found>) -> io::Result<()> {
    let mut entries = std::fs::read_dir(path)?
        .map(|entry| entry.and_then(|entry| Ok((entry.path(), entry.file_type()?))))
        .collect::<io::Result<Vec<_>>>()?;
    entries.sort_by(|one, other| one.0.cmp(&other.0));
    for (entry, kind) in entries {
        match passed_over(&entry, kind, root, depth) {
            Some(why) => {
                let name = entry.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
                found.push(Found::Skipped { name, why });
            }
            None if kind.is_dir() => folder(&entry, root, depth + 1, found)?,
            None => found.push(Found::File { path: entry, named: false }),
        }
    }
    Ok(())
}

/// Why what stands in a folder is not read; nothing where it is.
fn passed_over(entry: &Path, kind: FileType, root: &Path, depth: usize) -> Option<&'static str> {
    if kind.is_dir() {
        return (depth >= NESTED).then_some("folders inside of each other without end");
    }
    if kind.is_file() {
        return None;
    }
    if !kind.is_symlink() {
        return Some("is no file");
    }
    let Ok(target) = entry.canonicalize() else { return Some("is a link that leads nowhere") };
    match target.metadata() {
        Ok(kind) if kind.is_file() && target.starts_with(root) => None,
        Ok(kind) if kind.is_file() => Some("is a link that leads out of the folder"),
        _ => Some("is a link to what is no file"),
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn nothing_leads_out_or_never_ends() {
        let folder = tempfile::tempdir().unwrap();
        let inbox = folder.path().join("inbox");
        std::fs::create_dir_all(inbox.join("sub")).unwrap();
        std::fs::write(folder.path().join("secret"), "x").unwrap();
        std::fs::write(inbox.join("a.csv"), "x").unwrap();
        std::fs::write(inbox.join("sub/b.csv"), "x").unwrap();
        symlink(folder.path().join("secret"), inbox.join("c-out")).unwrap();
        symlink(&inbox, inbox.join("d-loop")).unwrap();
        symlink("/dev/zero", inbox.join("e-device")).unwrap();
        symlink("f-self", inbox.join("f-self")).unwrap();
        symlink("sub/b.csv", inbox.join("g-within")).unwrap();
        let _socket = std::os::unix::net::UnixListener::bind(inbox.join("h-socket")).unwrap();
        let told: Vec<String> = files(&inbox)
            .unwrap()
            .into_iter()
            .map(|found| match found {
                Found::File { path, .. } => path.strip_prefix(&inbox).unwrap().display().to_string(),
                Found::Skipped { name, why } => format!("{name}: {why}"),
            })
            .collect();
        assert_eq!(
            told,
            [
                "a.csv",
                "c-out: is a link that leads out of the folder",
                "d-loop: is a link to what is no file",
                "e-device: is a link to what is no file",
                "f-self: is a link that leads nowhere",
                "g-within",
                "h-socket: is no file",
                "sub/b.csv",
            ]
        );
        assert_eq!(files(Path::new("/dev/zero")).unwrap_err().to_string(), "is no file");
        // what a person names is read wherever it lies
        assert_eq!(files(&inbox.join("c-out")).unwrap().len(), 1);
    }
}
