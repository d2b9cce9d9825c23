//! The statement files that a file is checked by: which there are, of which accounts, since when.
//!
//! Must not know what is owed. Invariant: what is no statement is passed over and named; what is a damaged one is not, for it
//! may hold the payment that matters.

use std::collections::BTreeSet;
use std::io::Read as _;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use camt::{FileErrorKind, Limits, MessageKind, Part};
use jiff::civil::Date;
use sepa::Iban;

use crate::guard::strangers::Strangers;
use crate::intake::found::{Found, files};
use crate::lists::looks_like_list;
use crate::{Error, Headers, Result};

/// Enough of a file to tell what it is.
const PREFIX: u64 = 4_096;

/// What was found.
#[derive(Debug, Default)]
pub(super) struct Surveyed {
    /// The files, in the order of the paths.
    pub(super) files: Vec<PathBuf>,
    /// The accounts that they are of.
    pub(super) accounts: BTreeSet<Iban>,
    /// The first day that a statement tells of.
    pub(super) first: Option<Date>,
    /// What was passed over, and why.
    pub(super) passed_over: Vec<String>,
}

/// Looks through files and folders; each booking is shown to `strangers`.
pub(super) fn survey(paths: &[PathBuf], limits: &Limits, strangers: &mut Strangers<'_>) -> Result<Surveyed> {
    let mut surveyed = Surveyed::default();
    for path in paths {
        for found in files(path).map_err(|error| Error::io(path, error))? {
            match found {
                Found::Skipped { name, why } => surveyed.passed_over.push(format!("{name}: {why}")),
                Found::File { path, named } => surveyed.look_at(&path, named, limits, strangers)?,
            }
        }
    }
    if surveyed.files.is_empty() && !paths.is_empty() {
        return Err(Error::Refused("none of the files that were named is a bank statement".to_owned()));
    }
    Ok(surveyed)
}

impl Surveyed {
    fn look_at(&mut self, path: &Path, named: bool, limits: &Limits, strangers: &mut Strangers<'_>) -> Result<()> {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let hidden = name.starts_with('.') && !named;
        if hidden || !may_be_statement(path)? {
            let why = if hidden { "hidden" } else { "is no bank statement" };
            if named {
                return Err(Error::file(path.display(), why));
            }
            self.passed_over.push(format!("{name}: {why}"));
            return Ok(());
        }
        let read = camt::read_path(path, limits, &mut |_, part| {
            match part {
                Part::StatementStart(head) => {
                    let account = head.account.as_deref().filter(|_| head.kind != MessageKind::Notification054);
                    self.accounts.extend(account.and_then(iban));
                    self.first = earlier(self.first, head.from);
                }
                Part::Booking(booking) => {
                    self.first = earlier(self.first, booking.booked);
                    strangers.see(&booking);
                }
                Part::EntryEnd(_) | Part::StatementEnd(_) => {}
            }
            ControlFlow::Continue(())
        });
        match read {
            // a container of other messages
            Err(error) if !named && matches!(error.kind, FileErrorKind::NoStatement(_)) => {
                self.passed_over.push(format!("{name}: is no bank statement"));
                Ok(())
            }
            Err(error) => Err(error.into()),
            Ok(_) => {
                self.files.push(path.to_owned());
                Ok(())
            }
        }
    }
}

fn earlier(known: Option<Date>, other: Option<Date>) -> Option<Date> {
    known.into_iter().chain(other).min()
}

/// Whether a file may hold statements, by its first bytes.
fn may_be_statement(path: &Path) -> Result<bool> {
    let mut prefix = Vec::new();
    let file = std::fs::File::open(path).map_err(|error| Error::io(path, error))?;
    file.take(PREFIX).read_to_end(&mut prefix).map_err(|error| Error::io(path, error))?;
    let other = sepa_xml::is_pain008(&prefix) || sepa_xml::looks_like_pain002(&prefix);
    Ok(!other && !looks_like_list(&prefix, &Headers::default()) && camt::looks_like(&prefix).is_some())
}

/// An account as statements name it: an IBAN, or bank code and number as old German ones do.
fn iban(named: &str) -> Option<Iban> {
    let named: String = named.chars().filter(|c| !c.is_whitespace()).collect();
    Iban::parse(&named).ok().or_else(|| {
        let (bank, number) = named.split_once('/')?;
        let digits: String = number.chars().take_while(char::is_ascii_digit).collect();
        Iban::german(bank, &digits)
    })
}
