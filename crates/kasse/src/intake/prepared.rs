//! A file, read before the books are locked.
//!
//! Must not know what the books hold. Invariants: whatever takes long of a file, because it is large or made to be slow,
//! happens here, while everybody else can write; what is kept in memory of it has an upper bound.

use std::io::Read as _;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use sepa_xml::StatusReport;
use sha2::{Digest, Sha256};

use crate::base::shown::hex;
use crate::intake::statement_files::{self, Read};
use crate::intake::status_reports::Answer;
use crate::lists::{self, List, ListKind};
use crate::{Error, Kasse, Result};

/// What a file holds.
pub(super) enum Content {
    /// Statements, and the bank's answers that lie in the same container.
    Statements(Box<Read>, Vec<Answer>),
    /// A container of nothing but the bank's answers.
    Answers(Vec<Answer>),
    /// An own payment file.
    Payments(Vec<u8>),
    /// The bank's answer to a payment file of our own.
    Status(Box<StatusReport>),
    /// A list.
    List(Box<List>),
    /// What was imported before, and so was not read.
    Known,
}

/// What one file may demand.
#[derive(Clone, Debug)]
pub(super) struct Limits {
    /// Of the machine, for a statement file.
    pub(super) statements: camt::Limits,
    /// Of time, in seconds.
    pub(super) seconds: u64,
}

impl Limits {
    /// The limits of a file that came by the web or otherwise.
    pub(super) fn of(kasse: &Kasse, by_web: bool) -> Limits {
        let (own, imports) = (kasse.config.limits, kasse.config.imports);
        match by_web {
            true => Limits {
                statements: camt::Limits { unpacked_bytes: imports.web_unpacked_bytes, ..own },
                seconds: imports.web_seconds,
            },
            false => Limits { statements: own, seconds: imports.seconds },
        }
    }
}

/// Tells work in another thread to end when nobody waits for it any more.
#[derive(Debug, Default)]
pub(super) struct Abandoned(Arc<AtomicBool>);

impl Abandoned {
    /// What the work looks at.
    pub(super) fn flag(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.0)
    }
}

impl Drop for Abandoned {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// More than a file of a million debits has.
const LARGEST_PAYMENTS: u64 = 2 << 30;

/// The same of answers: one about 100,000 debits has less.
const LARGEST_STATUS: u64 = 256 << 20;

/// Reads statements, and the answers that lie with them in a ZIP.
pub(super) async fn statements(path: &Path, kasse: &Kasse, limits: &Limits) -> Result<Content> {
    let (answers, has_others) = answers(path, limits.statements).await?;
    if !answers.is_empty() && !has_others {
        return Ok(Content::Answers(answers));
    }
    let abandoned = Abandoned::default();
    let mut read = statement_files::read(path, &kasse.config, limits.statements, abandoned.flag()).await?;
    read.left_out.retain(|member| !answers.iter().any(|answer| answer.member == *member));
    Ok(Content::Statements(Box::new(read), answers))
}

/// Enough of a message to tell which one it is.
const BEGINNING: u64 = 4_096;

/// The bank's answers among the members of a ZIP, and whether it holds anything else that is read. Banks hand out answers in
/// ZIPs as they do statements (EBICS order types CDZ and CRZ).
async fn answers(path: &Path, limits: camt::Limits) -> Result<(Vec<Answer>, bool)> {
    let path = path.to_owned();
    aside(move || {
        let (mut found, mut has_others) = (Vec::new(), false);
        camt::each_document(&path, &limits, &mut |document, _, input| {
            let mut bytes = Vec::new();
            input.take(BEGINNING).read_to_end(&mut bytes)?;
            if document.members.is_empty() || !sepa_xml::looks_like_pain002(&bytes) {
                has_others = true;
                return Ok(ControlFlow::Continue(()));
            }
            input.take(LARGEST_STATUS).read_to_end(&mut bytes)?;
            let read = match bytes.len() as u64 > LARGEST_STATUS {
                true => Err(format!("it is larger than {LARGEST_STATUS} bytes")),
                false => sepa_xml::read_status_report(&bytes).map_err(|why| why.to_string()),
            };
            found.push(Answer { member: document.members.join("/"), read });
            Ok(ControlFlow::Continue(()))
        })?;
        Ok((found, has_others))
    })
    .await
}

/// Reads an own payment file.
pub(super) async fn payments(path: &Path, name: &str) -> Result<Content> {
    whole(path, name, LARGEST_PAYMENTS).await.map(Content::Payments)
}

/// Reads the bank's answer to a payment file.
pub(super) async fn status(path: &Path, name: &str) -> Result<Content> {
    let bytes = whole(path, name, LARGEST_STATUS).await?;
    let read = aside(move || Ok(sepa_xml::read_status_report(&bytes))).await?;
    read.map(|report| Content::Status(Box::new(report))).map_err(|why| Error::file(name, why.to_string()))
}

/// Reads a list.
pub(super) async fn list(path: &Path, name: &str, kasse: &Kasse) -> Result<Content> {
    let limits = kasse.config.lists;
    let bytes = whole(path, name, limits.bytes).await?;
    let (headers, today) = (kasse.config.headers.clone(), kasse.today);
    let read = aside(move || Ok(lists::read(&bytes, &headers, limits, today))).await?;
    read.map(|list| Content::List(Box::new(list))).map_err(|why| Error::file(name, why))
}

/// Reads a list that must be one of open items.
///
/// # Errors
/// [`Error::File`] with line and column where it cannot be read, or is another list.
pub(crate) async fn open_list(path: &Path, name: &str, kasse: &Kasse) -> Result<List> {
    match list(path, name, kasse).await? {
        Content::List(list) if list.kind == ListKind::OpenItems => Ok(*list),
        _ => Err(Error::file(name, "is no list of open items")),
    }
}

/// The bytes of a file, where it has at most so many.
async fn whole(path: &Path, name: &str, most: u64) -> Result<Vec<u8>> {
    let (path, name) = (path.to_owned(), name.to_owned());
    aside(move || {
        let size = std::fs::metadata(&path).map_err(|error| Error::io(&path, error))?.len();
        if size > most {
            return Err(Error::file(name, format!("it is larger than {most} bytes")));
        }
        std::fs::read(&path).map_err(|error| Error::io(&path, error))
    })
    .await
}

/// The digest of a file.
pub(crate) async fn digest(path: &Path) -> Result<String> {
    let path = path.to_owned();
    aside(move || {
        let mut file = std::fs::File::open(&path).map_err(|error| Error::io(&path, error))?;
        let mut hash = Sha256::new();
        let mut block = vec![0; 1 << 16];
        loop {
            let count = file.read(&mut block).map_err(|error| Error::io(&path, error))?;
            if count == 0 {
                return Ok(hex(&hash.finalize()));
            }
            hash.update(block.get(..count).unwrap_or_default());
        }
    })
    .await
}

/// Does work in a thread of its own, so that the threads that answer others stay free.
async fn aside<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(|error| Error::Internal(error.to_string()))?
}
