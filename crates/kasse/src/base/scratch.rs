//! Folders for what is needed for a moment: uploads, papers on their way to a browser, a backup that is being read.
//!
//! Must not know what lies in them. Invariants: nobody else can look into one; one whose process was killed is removed at the
//! next start, and none that is in use.

use std::fs::{File, TryLockError};
use std::io;
use std::path::Path;

use tempfile::TempDir;

/// How the names of our folders begin.
const PREFIX: &str = "einmal-scratch-";

/// The file in a folder that is locked as long as the folder is used.
const LOCK: &str = ".lock";

/// A folder that is removed with its last user.
#[derive(Debug)]
pub struct Scratch {
    folder: TempDir,
    _lock: File,
}

impl Scratch {
    /// A new folder.
    ///
    /// # Errors
    /// What the system says.
    pub fn new() -> io::Result<Scratch> {
        let folder = TempDir::with_prefix(PREFIX)?;
        let lock = File::create(folder.path().join(LOCK))?;
        lock.lock()?;
        Ok(Scratch { folder, _lock: lock })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Removes the folders that processes have left which were killed, and says how many.
    ///
    /// # Errors
    /// Where the folder for temporary files cannot be read.
    pub fn clean() -> io::Result<usize> {
        clean_in(&std::env::temp_dir())
    }
}

fn clean_in(folder: &Path) -> io::Result<usize> {
    let entries = std::fs::read_dir(folder)?.filter_map(Result::ok);
    let ours = entries.filter(|entry| entry.file_name().to_string_lossy().starts_with(PREFIX));
    // a link of that name is somebody else's trick
    let folders = ours.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()));
    Ok(folders.filter(|entry| is_left(&entry.path()) && std::fs::remove_dir_all(entry.path()).is_ok()).count())
}

/// Whether nobody uses a folder any more.
fn is_left(folder: &Path) -> bool {
    match File::open(folder.join(LOCK)) {
        Ok(lock) => !matches!(lock.try_lock(), Err(TryLockError::WouldBlock | TryLockError::Error(_))),
        // one of somebody else cannot be opened; one without a lock was just made, or killed in that moment
        Err(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_killed_process_left_is_removed_and_what_is_in_use_stays() {
        let all = tempfile::tempdir().unwrap();
        let place = |name: &str| all.path().join(format!("{PREFIX}{name}"));
        let lock = |name: &str| {
            std::fs::create_dir(place(name)).unwrap();
            File::create(place(name).join(LOCK)).unwrap()
        };
        let used = lock("used");
        used.lock().unwrap();
        drop(lock("left"));
        std::fs::write(place("left").join("a.xml"), "x").unwrap();
        std::fs::create_dir(place("new")).unwrap();
        std::fs::create_dir(all.path().join("other")).unwrap();
        assert_eq!(clean_in(all.path()).unwrap(), 1);
        assert!(place("used").exists() && place("new").exists() && all.path().join("other").exists());
        assert!(!place("left").exists());
    }
}
