//! The archive: files as they were received and as they were written for the bank, compressed, by their digest (GoBD no. 131:
//! what comes in is kept as it came).
//!
//! Must not know what is in a file. Invariants: what the books call kept is there in the moment in which they call it so,
//! and `verify` unpacks it and compares the digest; what is kept is never changed.

use std::collections::HashSet;
use std::io::{Read as _, Write};
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use flate2::Compression;
use flate2::write::{GzDecoder, GzEncoder};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use store::{Kept, KeptFile, Tx, WriteTx};

use crate::base::aside::write_aside;
use crate::base::config::Archive;
use crate::base::shown::hex;
use crate::{Error, Kasse, Result};

/// Compressed bytes of a part, a multiple of three so that no part but the last is padded.
const PART: usize = 192 << 10;
/// How much of a file is held at once.
const BLOCK: usize = 64 << 10;

/// Takes compressed bytes and hands them on in parts.
struct Parts<'a> {
    tx: &'a mut WriteTx,
    sha256: &'a str,
    part: i64,
    packed: GzEncoder<Vec<u8>>,
}

impl Parts<'_> {
    async fn take(&mut self, block: &[u8]) -> Result<()> {
        self.packed.write_all(block).map_err(|error| Error::Internal(error.to_string()))?;
        while self.packed.get_ref().len() >= PART {
            let rest = self.packed.get_mut().split_off(PART);
            let part = std::mem::replace(self.packed.get_mut(), rest);
            self.store(&part).await?;
        }
        Ok(())
    }

    async fn store(&mut self, part: &[u8]) -> Result<()> {
        self.tx.add_archived_part(self.sha256, self.part, &BASE64_STANDARD.encode(part)).await?;
        self.part += 1;
        Ok(())
    }

    async fn finish(mut self) -> Result<()> {
        let packed = std::mem::replace(&mut self.packed, GzEncoder::new(Vec::new(), Compression::default()));
        let rest = packed.finish().map_err(|error| Error::Internal(error.to_string()))?;
        for part in rest.chunks(PART) {
            self.store(part).await?;
        }
        Ok(())
    }
}

/// Keeps a file that was received, if the settings want it and it is not kept yet.
pub(crate) async fn keep_file(tx: &mut WriteTx, archive: &Archive, path: &Path, sha256: &str) -> Result<()> {
    let mut file = std::fs::File::open(path).map_err(|error| Error::io(path, error))?;
    let mut read = |block: &mut Vec<u8>| {
        block.resize(BLOCK, 0);
        let count = file.read(block).map_err(|error| Error::io(path, error))?;
        block.truncate(count);
        Ok(count > 0)
    };
    keep(tx, archive, sha256, &mut read).await
}

/// Keeps the bytes of a file that is written.
pub(crate) async fn keep_bytes(tx: &mut WriteTx, archive: &Archive, bytes: &[u8], sha256: &str) -> Result<()> {
    let mut blocks = bytes.chunks(BLOCK);
    let mut read = |block: &mut Vec<u8>| {
        let next = blocks.next();
        block.clear();
        block.extend_from_slice(next.unwrap_or_default());
        Ok(next.is_some())
    };
    keep(tx, archive, sha256, &mut read).await
}

/// Reads a block, and says whether there was one.
type ReadBlock<'a> = dyn FnMut(&mut Vec<u8>) -> Result<bool> + Send + 'a;

async fn keep(tx: &mut WriteTx, archive: &Archive, sha256: &str, read: &mut ReadBlock<'_>) -> Result<()> {
    let mut block = Vec::new();
    match archive {
        Archive::Off => Ok(()),
        Archive::Folder(folder) => {
            let mut packed = GzEncoder::new(Vec::new(), Compression::default());
            while read(&mut block)? {
                packed.write_all(&block).map_err(|error| Error::Internal(error.to_string()))?;
            }
            let packed = packed.finish().map_err(|error| Error::Internal(error.to_string()))?;
            write_aside(&place(folder, sha256), &packed)
        }
        Archive::Database => {
            if store::is_archived(tx, sha256).await? {
                return Ok(());
            }
            let packed = GzEncoder::new(Vec::new(), Compression::default());
            let mut parts = Parts { tx, sha256, part: 0, packed };
            while read(&mut block)? {
                parts.take(&block).await?;
            }
            parts.finish().await
        }
    }
}

/// Where the folder keeps a file: in folders by the first two digits, so that none grows too large.
fn place(folder: &Path, sha256: &str) -> PathBuf {
    let (first, _) = sha256.split_at_checked(2).unwrap_or((sha256, ""));
    folder.join(first).join(format!("{sha256}.gz"))
}

/// Counts and hashes what is unpacked, and hands it on.
struct Unpacked<'a> {
    hash: Sha256,
    to: &'a mut (dyn Write + Send),
}

impl Write for Unpacked<'_> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.hash.update(bytes);
        self.to.write_all(bytes)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.to.flush()
    }
}

/// Unpacks a file that is kept; what is wrong with it, if it is not what the books say.
async fn unpack(
    tx: &mut Tx,
    archive: &Archive,
    file: &KeptFile,
    to: &mut (dyn Write + Send),
) -> Result<Option<String>> {
    let broken = |why: &dyn std::fmt::Display| Some(format!("{} ({}): {why}", file.name, file.sha256));
    let mut unpacked = GzDecoder::new(Unpacked { hash: Sha256::new(), to });
    match (file.kept, archive) {
        (Kept::Database, _) => {
            let mut part = 0;
            while let Some(content) = store::archived_part(tx, &file.sha256, part).await? {
                let bytes = match BASE64_STANDARD.decode(content) {
                    Ok(bytes) => bytes,
                    Err(why) => return Ok(broken(&why)),
                };
                if let Err(why) = unpacked.write_all(&bytes) {
                    return Ok(broken(&why));
                }
                part += 1;
            }
            if part == 0 {
                return Ok(broken(&"the archive does not have it any more"));
            }
        }
        (Kept::Folder, Archive::Folder(folder)) => {
            let path = place(folder, &file.sha256);
            let copied = std::fs::File::open(&path).and_then(|mut from| std::io::copy(&mut from, &mut unpacked));
            if let Err(why) = copied {
                return Ok(broken(&format!("{}: {why}", path.display())));
            }
        }
        (Kept::Folder, _) => return Ok(broken(&"it is kept in a folder, and archive.folder names none")),
    }
    let held = match unpacked.finish() {
        Ok(done) => hex(&done.hash.finalize()),
        Err(why) => return Ok(broken(&why)),
    };
    let other = held != file.sha256;
    Ok(if other { broken(&"what the archive holds is not what was received or sent") } else { None })
}

/// Whatever of the archive is not what the books say.
pub(crate) async fn breaks(tx: &mut Tx, archive: &Archive) -> Result<Vec<String>> {
    let mut found = Vec::new();
    let files = store::kept_files(tx).await?;
    let in_books: HashSet<&str> =
        files.iter().filter(|file| file.kept == Kept::Database).map(|file| file.sha256.as_str()).collect();
    for (sha256, whole) in store::archived(tx).await? {
        if !whole || !in_books.contains(sha256.as_str()) {
            found.push(format!("archive: {sha256}: its parts are not those that were kept"));
        }
    }
    for file in &files {
        let why = unpack(tx, archive, file, &mut std::io::sink()).await?;
        found.extend(why.map(|why| format!("archive: {why}")));
    }
    Ok(found)
}

/// The files that are kept: name, digest, and where.
///
/// # Errors
/// What the database says.
pub async fn kept_files(kasse: &Kasse) -> Result<Vec<Value>> {
    let mut tx = kasse.db.read().await?;
    let row = |file: &KeptFile| {
        let kept = if file.kept == Kept::Database { "database" } else { "folder" };
        json!({"file": file.name, "sha256": file.sha256, "kept": kept})
    };
    Ok(store::kept_files(&mut tx).await?.iter().map(row).collect())
}

/// Writes a kept file anew, byte for byte, and says what it was called.
///
/// # Errors
/// [`Error::Unknown`] for a digest under which nothing is kept, [`Error::Refused`] where what is kept is broken.
pub async fn take_out(kasse: &Kasse, sha256: &str, out: &Path) -> Result<String> {
    let mut tx = kasse.db.read().await?;
    let file = store::kept_file_of(&mut tx, sha256).await?;
    let file = file.ok_or_else(|| Error::Unknown(format!("no file is kept under the digest {sha256:?}")))?;
    let folder = out.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut aside = tempfile::NamedTempFile::new_in(folder).map_err(|error| Error::io(folder, error))?;
    if let Some(why) = unpack(&mut tx, &kasse.config.archive, &file, &mut aside).await? {
        return Err(Error::Refused(why));
    }
    aside.persist(out).map_err(|error| Error::io(out, error.error))?;
    Ok(file.name)
}
