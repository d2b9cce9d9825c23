//! A file that is being imported, and what is told of it.
//!
//! Must not know what is in it. Invariant: every file has a report, whatever became of it.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use jiff::civil::Date;
use sepa::Cents;
use serde::Serialize;
use store::{FileKind, Kept, NewFile};

use crate::Error;
use crate::base::error::Refused;

/// Who is told how far an import is.
pub trait Progress: Send + Sync {
    /// A file begins: its place, how many there are, its name.
    fn file(&self, place: usize, of: usize, name: &str);
    /// So many bookings of it are read.
    fn advance(&self, bookings: usize);
}

/// What became of one file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct FileReport {
    /// Its name.
    pub file: String,
    /// `open items`, `mandates`, `old references`, `statements`, or empty where it was refused or skipped.
    pub kind: String,
    /// Items, mandates or bookings that are new.
    pub added: usize,
    /// Items or mandates of which something new is said.
    pub changed: usize,
    /// Items, mandates or bookings that were known.
    pub known: usize,
    /// Statements that are new.
    pub statements: usize,
    /// Statements that were known.
    pub known_statements: usize,
    /// What became of the credits that are new; none before they are matched ([`crate::tell_payments`]).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payments: Option<NewPayments>,
    /// The statements that are new.
    #[serde(skip)]
    pub(crate) new_statements: Vec<i64>,
    /// The items that a list names.
    #[serde(skip)]
    pub(crate) named: HashSet<i64>,
    /// What it tells again, and what that equals.
    pub repeats: Vec<Repeat>,
    /// Open items of a list's levies that the list does not name.
    pub vanished: Vec<Vanished>,
    /// Why nothing of it was read: known already, hidden, or of unknown content.
    pub skipped: Option<String>,
    /// Remarks that refuse nothing.
    pub warnings: Vec<String>,
    /// Why it was refused.
    pub error: Option<Refused>,
    /// Members of a container that were refused, and why; the others were read.
    pub refused_members: Vec<Refused>,
    /// What became of it as a whole.
    #[serde(skip)]
    pub(crate) fate: Fate,
    /// Where it lies; none of what was passed over in a folder.
    #[serde(skip)]
    pub(crate) path: Option<PathBuf>,
    /// The digest of what was read; none where nothing was.
    #[serde(skip)]
    pub(crate) sha256: Option<String>,
}

/// What became of a file as a whole.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Fate {
    /// It was read, perhaps without some of its members.
    #[default]
    Taken,
    /// It was imported before.
    Known,
    /// It lies beside what is read as a matter of course: a PDF, a picture.
    Company,
    /// Nothing of it was read: hidden, no file, of unknown content.
    Passed,
    /// It was refused for what it is.
    Refused,
    /// It was refused for what the books are, who imports or what the machine is: another time it may be taken.
    Undone,
}

impl FileReport {
    pub(crate) fn new(file: &str, kind: &str) -> FileReport {
        FileReport { file: file.to_owned(), kind: kind.to_owned(), ..FileReport::default() }
    }
}

/// An open item that a later list does not name any more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Vanished {
    /// The cash reference.
    pub kassenzeichen: String,
    /// The instalment.
    pub posten: String,
    /// What is open of it, in EUR.
    pub open: String,
}

/// A statement or a booking that is known already: skipped, and pointed at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Repeat {
    /// Where it stands in the file.
    pub line: u64,
    /// The statement, or the one that the booking stands in.
    pub statement: String,
    /// How many bookings are skipped with it.
    pub bookings: usize,
    /// The day of the booking; none where a whole statement is known.
    #[serde(serialize_with = "text")]
    pub booked: Option<Date>,
    /// Its amount, negative where our account was debited.
    #[serde(serialize_with = "text")]
    pub amount: Option<Cents>,
    /// The statements that hold the same, or the booking that it is.
    pub equals: Vec<String>,
}

/// A day or an amount as the contract writes it.
fn text<T: std::fmt::Display, S: serde::Serializer>(value: &Option<T>, to: S) -> std::result::Result<S::Ok, S::Error> {
    match value {
        Some(value) => to.collect_str(value),
        None => to.serialize_none(),
    }
}

/// What an import did.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Imported {
    /// A report per file, in the order in which they were read.
    pub files: Vec<FileReport>,
}

impl Imported {
    /// How many files were refused, wholly or in part.
    pub fn refused(&self) -> usize {
        self.files.iter().filter(|file| file.error.is_some() || !file.refused_members.is_empty()).count()
    }
}

/// A file that is being imported.
pub(crate) struct Source<'a> {
    pub(crate) path: &'a Path,
    /// Its name as people know it: the file's, without folders.
    pub(crate) name: &'a str,
    pub(crate) sha256: String,
    pub(crate) as_of: Option<Date>,
    pub(crate) amounts_are_assessed: bool,
    pub(crate) partial: bool,
    /// The items that each list before it in the same command names: several files may be one list.
    pub(crate) earlier: &'a [HashSet<i64>],
    /// Who imports.
    pub(crate) who: &'a str,
    /// Who answers with him.
    pub(crate) with: Option<&'a str>,
    /// The file's row, where members of it were refused when it was read before.
    pub(crate) known: Option<i64>,
    /// Where its bytes will be kept.
    pub(crate) kept: Option<Kept>,
}

impl Source<'_> {
    /// Its row in the books.
    pub(crate) fn file(&self, kind: FileKind) -> NewFile<'_> {
        NewFile { name: self.name, kind, sha256: &self.sha256, as_of: None, refused: 0, kept: self.kept }
    }

    pub(crate) fn error(&self, why: &str) -> Error {
        Error::file(self.name, why)
    }
}

/// The new credits of a file, once they were matched.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct NewPayments {
    /// All of them.
    pub new: usize,
    /// Placed, by the rules or by people.
    pub placed: usize,
    /// For people to decide, or not yet looked at.
    pub in_doubt: usize,
    /// Money that is for nothing in the books: other money, the bank's own, what it has taken back.
    pub other: usize,
}

impl NewPayments {
    pub(super) fn count(&mut self, decision: Option<&str>) {
        self.new += 1;
        *match decision {
            Some("auto" | "clerk") => &mut self.placed,
            None | Some("case") => &mut self.in_doubt,
            Some(_) => &mut self.other,
        } += 1;
    }

    /// Those of several files.
    pub fn sum(files: &Imported) -> NewPayments {
        files.files.iter().filter_map(|file| file.payments).fold(NewPayments::default(), |all, one| NewPayments {
            new: all.new + one.new,
            placed: all.placed + one.placed,
            in_doubt: all.in_doubt + one.in_doubt,
            other: all.other + one.other,
        })
    }
}
