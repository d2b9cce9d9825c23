//! Uploads: files are written to a temporary folder as they arrive, under safe names, and removed after they were read.
//!
//! Invariants: never more than a few blocks of a file are in memory; an upload beyond its limit leaves nothing behind; only a
//! few are received at once, and the others wait; no thread that answers others waits for the disk.

use std::path::PathBuf;

use axum::body::Bytes;
use kasse::Scratch;
use tokio::fs::File;
use tokio::io::AsyncWriteExt as _;
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::error::Failed;

/// Most bytes of one upload, all its files together.
pub(crate) const MOST: usize = 512 * 1024 * 1024;

/// Most files of one upload.
const FILES: usize = 2_000;

/// The subfolder for files that were uploaded as a folder.
const FOUND: &str = "folder";

/// The most bytes of a name; a file system allows 255.
const NAME: usize = 200;

/// How many uploads are received at once: each may fill half a gigabyte.
static RECEIVED: Semaphore = Semaphore::const_new(8);

/// The received files.
#[derive(Debug)]
pub(crate) struct Upload {
    folder: Scratch,
    /// Whose turn it is to be received.
    turn: Option<SemaphorePermit<'static>>,
    /// Files that a person chose: each must be readable.
    paths: Vec<PathBuf>,
    /// How many came as part of a folder, in which files of other kinds are skipped.
    found: usize,
    bytes: usize,
}

impl Upload {
    /// An empty upload.
    ///
    /// # Errors
    /// If there is no room for it.
    pub(crate) async fn new() -> Result<Upload, Failed> {
        let turn = RECEIVED.acquire().await.ok();
        let folder = Scratch::new().map_err(|why| Failed::Internal(why.to_string()))?;
        Ok(Upload { folder, turn, paths: Vec::new(), found: 0, bytes: 0 })
    }

    /// All of it has come: the next one may be received.
    pub(crate) fn received(&mut self) {
        self.turn = None;
    }

    /// The paths to import: the files in the order in which they came, then the folder with those that came in one.
    pub(crate) fn paths(&self) -> Vec<PathBuf> {
        let found = (self.found > 0).then(|| self.folder.path().join(FOUND));
        self.paths.iter().cloned().chain(found).collect()
    }

    /// The file that was chosen last.
    pub(crate) fn last(&self) -> Option<PathBuf> {
        self.paths.last().cloned()
    }

    /// Begins a file.
    ///
    /// # Errors
    /// For one file too many, or if it cannot be written.
    pub(crate) fn begin(&mut self, name: &str) -> Result<Incoming<'_>, Failed> {
        let (path, file) = self.place("", name)?;
        self.paths.push(path);
        Ok(Incoming { file, bytes: &mut self.bytes })
    }

    /// Begins a file of a folder.
    ///
    /// # Errors
    /// As [`Upload::begin`].
    pub(crate) fn begin_found(&mut self, name: &str) -> Result<Incoming<'_>, Failed> {
        let (_, file) = self.place(FOUND, name)?;
        self.found += 1;
        Ok(Incoming { file, bytes: &mut self.bytes })
    }

    fn place(&self, within: &str, name: &str) -> Result<(PathBuf, File), Failed> {
        let number = self.paths.len() + self.found;
        if number >= FILES {
            return Err(Failed::TooLarge(format!("An upload has at most {FILES} files. Nothing was read.")));
        }
        // each file gets a folder of its own, numbered in the order of arrival, because two files may have the same
        // name
        let place = self.folder.path().join(within).join(format!("{number:06}"));
        let path = place.join(harmless(name));
        let file = std::fs::create_dir_all(&place).and_then(|()| std::fs::File::create(&path));
        let file = file.map_err(kept)?;
        Ok((path, File::from_std(file)))
    }

    /// Receives a file as it arrives.
    ///
    /// # Errors
    /// Beyond the limit, or if the sender has gone.
    pub(crate) async fn take(&mut self, name: &str, body: axum::body::Body) -> Result<(), Failed> {
        use http_body_util::BodyExt as _;
        let mut incoming = self.begin(name)?;
        let mut body = body;
        while let Some(frame) = body.frame().await {
            let frame = frame.map_err(|why| {
                Failed::TooLarge(format!("The upload was not received whole: {why}. Nothing was read."))
            })?;
            if let Ok(bytes) = frame.into_data() {
                incoming.write(&bytes).await?;
            }
        }
        incoming.end().await?;
        if self.bytes == 0 {
            return Err(Failed::Unreadable("The file is empty.".to_owned()));
        }
        Ok(())
    }
}

/// A file that is being received.
pub(crate) struct Incoming<'a> {
    file: File,
    bytes: &'a mut usize,
}

impl Incoming<'_> {
    /// Appends a block.
    ///
    /// # Errors
    /// Beyond the limit, or if it cannot be written.
    pub(crate) async fn write(&mut self, block: &Bytes) -> Result<(), Failed> {
        *self.bytes = self.bytes.saturating_add(block.len());
        if *self.bytes > MOST {
            let most = MOST / (1024 * 1024);
            return Err(Failed::TooLarge(format!("An upload has at most {most} MiB. Nothing was read.")));
        }
        self.file.write_all(block).await.map_err(kept)
    }

    /// Nothing more comes.
    ///
    /// # Errors
    /// If it cannot be written.
    pub(crate) async fn end(mut self) -> Result<(), Failed> {
        self.file.flush().await.map_err(kept)
    }
}

fn kept(why: std::io::Error) -> Failed {
    Failed::Internal(format!("an upload cannot be kept: {why}"))
}

/// A file name without anything that could lead elsewhere or be hidden; the extension stays.
fn harmless(name: &str) -> String {
    let own = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let own: String = own.chars().filter(|c| !c.is_control()).collect();
    let own = own.trim().trim_start_matches('.');
    let places = own.char_indices().map(|(place, _)| place);
    let mut rests = places.filter_map(|place| own.get(place..));
    let kept = rests.find(|rest| rest.len() <= NAME).unwrap_or_default();
    if kept.is_empty() { "datei".to_owned() } else { kept.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_leads_nowhere() {
        for (sent, kept) in [
            ("../../etc/passwd", "passwd"),
            ("C:\\auszug.xml", "auszug.xml"),
            (".versteckt", "versteckt"),
            ("", "datei"),
            ("..", "datei"),
            ("a\u{0}\nb.xml", "ab.xml"),
            ("Grundstücke März.csv", "Grundstücke März.csv"),
        ] {
            assert_eq!(harmless(sent), kept, "{sent:?}");
        }
        for long in ["x".repeat(10_000), "ü".repeat(10_000), "🏛".repeat(10_000)] {
            assert!((NAME - 4..=NAME).contains(&harmless(&long).len()));
        }
    }

    async fn bring(mut incoming: Incoming<'_>, block: &'static [u8]) {
        incoming.write(&Bytes::from_static(block)).await.unwrap();
        incoming.end().await.unwrap();
    }

    #[tokio::test]
    async fn two_files_of_one_name_are_two() {
        let mut upload = Upload::new().await.unwrap();
        bring(upload.begin("a.xml").unwrap(), b"1").await;
        bring(upload.begin("a.xml").unwrap(), b"2").await;
        let names: Vec<String> =
            upload.paths().iter().map(|path| path.file_name().unwrap().to_string_lossy().into_owned()).collect();
        assert_eq!(names, ["a.xml", "a.xml"]);
        assert_eq!(std::fs::read(&upload.paths()[1]).unwrap(), b"2");
    }

    #[tokio::test]
    async fn what_came_in_a_folder_is_read_as_one() {
        let mut upload = Upload::new().await.unwrap();
        for name in ["Bank/a.xml", "Bank/2024/a.xml"] {
            bring(upload.begin_found(name).unwrap(), b"1").await;
        }
        upload.begin("b.xml").unwrap();
        let paths = upload.paths();
        assert_eq!(paths.len(), 2);
        assert!(paths[0].ends_with("b.xml") && paths[1].is_dir());
        assert_eq!(std::fs::read_dir(&paths[1]).unwrap().count(), 2);
    }
}
