//! The file that is checked: its bytes, from a ZIP or not, and what they say.
//!
//! Must not know statements. Invariant: what is read is what was hashed.

use std::io::Read as _;
use std::ops::ControlFlow;
use std::path::Path;

use sepa_xml::ForeignFile;
use sha2::{Digest, Sha256};

use crate::base::shown::hex;
use crate::{Error, Result};

/// More than a file of a million debits has.
const LARGEST: u64 = 2 << 30;

/// A file of another system.
pub(super) struct Original {
    /// Its name, with the member of a ZIP.
    pub(super) name: String,
    /// The bytes of the XML.
    pub(super) bytes: Vec<u8>,
    /// The digest of these, hexadecimal.
    pub(super) sha256: String,
    /// What it says.
    pub(super) file: ForeignFile,
}

/// Whether a file is a direct-debit file, by its first bytes; one in a ZIP is not asked for.
pub fn is_debit_file(path: &Path) -> bool {
    let mut prefix = Vec::new();
    let read = std::fs::File::open(path).and_then(|file| file.take(PREFIX).read_to_end(&mut prefix));
    read.is_ok() && sepa_xml::is_pain008(&prefix)
}

/// Enough of a file to tell what it is.
const PREFIX: u64 = 4_096;

/// Reads a direct-debit file, or the one in a ZIP.
pub(super) fn read(path: &Path, limits: &camt::Limits) -> Result<Original> {
    let mut found: Vec<(String, Vec<u8>)> = Vec::new();
    camt::each_document(path, limits, &mut |document, _, input| {
        let mut bytes = Vec::new();
        input.take(LARGEST).read_to_end(&mut bytes)?;
        if document.members.is_empty() || sepa_xml::is_pain008(&bytes) {
            found.push((document.to_string(), bytes));
        }
        Ok(ControlFlow::Continue(()))
    })?;
    let mut found = found.into_iter();
    let (name, bytes) = match (found.next(), found.next()) {
        (Some(one), None) => one,
        (None, _) => return Err(Error::file(path.display(), "holds no direct-debit file (pain.008)")),
        (Some((one, _)), Some((other, _))) => {
            let why = format!("holds several direct-debit files: {one:?}, {other:?}; check each by itself");
            return Err(Error::file(path.display(), why));
        }
    };
    if bytes.len() as u64 == LARGEST {
        return Err(Error::file(name, format!("it is larger than {LARGEST} bytes")));
    }
    let file = sepa_xml::read_foreign_pain008(&bytes).map_err(|why| Error::file(&name, why))?;
    Ok(Original { sha256: hex(&Sha256::digest(&bytes)), name, bytes, file })
}
