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
pub(crate) struct Original {
    /// Its name, with the member of a ZIP.
    pub(crate) name: String,
    /// The bytes of the XML.
    pub(crate) bytes: Vec<u8>,
    /// The digest of these, hexadecimal.
    pub(crate) sha256: String,
    /// What it says.
    pub(crate) file: ForeignFile,
}

/// Whether a file is a direct-debit file, by its first bytes; one in a ZIP is not asked for.
pub fn is_debit_file(path: &Path) -> bool {
    let prefix = prefix(path);
    // an answer to a debit file names its kind too, and a statement may
    let is_statement = prefix.windows(STATEMENT.len()).any(|window| window == STATEMENT);
    let is_other = is_statement || sepa_xml::looks_like_pain002(&prefix);
    !is_other && sepa_xml::is_pain008(&prefix)
}

/// The message id in the first bytes of a direct-debit file.
pub(crate) fn message_id(path: &Path) -> Option<String> {
    let prefix = String::from_utf8_lossy(&prefix(path)).into_owned();
    let (_, behind) = prefix.split_once("MsgId>")?;
    Some(behind.split('<').next()?.trim().to_owned())
}

/// The first bytes of a file; of one that cannot be read, none.
fn prefix(path: &Path) -> Vec<u8> {
    let mut prefix = Vec::new();
    let read = std::fs::File::open(path).and_then(|file| file.take(PREFIX).read_to_end(&mut prefix));
    if read.is_ok() { prefix } else { Vec::new() }
}

/// How the messages of statements begin.
const STATEMENT: &[u8] = b"BkToCstmr";

/// Enough of a file to tell what it is.
const PREFIX: u64 = 4_096;

/// Reads a direct-debit file, or the one in a ZIP.
pub(crate) fn read(path: &Path, limits: &camt::Limits) -> Result<Original> {
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
