//! The page of an import job: its progress, then a result for each file.
//!
//! Invariant: it shows what the import reported about each file, refused files first.

use askama::Template;
use axum::extract::{Path, Query};
use axum::http::HeaderMap;
use kasse::{FileReport, Imported, NewPayments, Refused};
use serde::Deserialize;

use crate::access::{As, Importing};
use crate::error::Failed;
use crate::jobs::{Ended, Progressed};
use crate::page::{Answer, Page, page};

#[derive(Template)]
#[template(path = "job.html")]
struct Shown {
    p: Page,
    number: u64,
    progress: Progressed,
    /// The page of the results, from 0.
    place: usize,
}

/// How many files one page of results shows.
const FILES: usize = 100;

/// How many lines of one kind are shown for a file; further ones are counted.
const LINES: usize = 20;

impl Shown {
    fn failed(&self) -> Option<&String> {
        match &self.progress.ended {
            Some(Ended::Failed(why)) => Some(why),
            _ => None,
        }
    }

    fn done(&self) -> Option<&Imported> {
        match &self.progress.ended {
            Some(Ended::Done(imported, _)) => Some(imported),
            _ => None,
        }
    }

    /// What became of the payments in these files, if there were any.
    fn payments(&self, imported: &Imported) -> Option<String> {
        imported.files.iter().any(|file| file.payments.is_some()).then(|| told(NewPayments::sum(imported)))
    }

    /// The number of the file that is being read, from 1.
    fn reading(&self) -> usize {
        (self.progress.place + 1).min(self.progress.files.max(1))
    }

    /// The results; errors first, because a person must do something about them.
    fn files<'a>(&self, imported: &'a Imported) -> Vec<File<'a>> {
        let is_refused = |file: &&FileReport| file.error.is_some() || !file.refused_members.is_empty();
        let rank = |file: &&FileReport| match (is_refused(file), file.warnings.is_empty() && file.repeats.is_empty()) {
            (true, _) => 0,
            (false, false) => 1,
            (false, true) => 2,
        };
        let mut files: Vec<&FileReport> = imported.files.iter().collect();
        files.sort_by_key(rank);
        files.into_iter().skip(self.place.saturating_mul(FILES)).take(FILES).map(File).collect()
    }

    fn pages(&self, imported: &Imported) -> usize {
        imported.files.len().div_ceil(FILES).max(1)
    }
}

fn told(payments: NewPayments) -> String {
    let NewPayments { new, placed, in_doubt, other } = payments;
    format!("New payments: {new}; of them placed {placed}, in doubt {in_doubt}, for other things {other}.")
}

/// The result for a file.
struct File<'a>(&'a FileReport);

impl File<'_> {
    fn payments(&self) -> Option<String> {
        self.0.payments.map(told)
    }

    /// The member of a container that was refused; the container itself is named at the beginning of its row.
    fn member<'r>(&self, refused: &'r Refused) -> Option<&'r str> {
        refused.file.strip_prefix(&self.0.file)?.strip_prefix('/')
    }

    fn state(&self) -> &'static str {
        match (&self.0.error, &self.0.skipped) {
            (Some(_), _) => "bad",
            _ if !self.0.refused_members.is_empty() => "bad",
            (None, Some(_)) => "warn",
            (None, None) => "good",
        }
    }

    fn sign(&self) -> &'static str {
        match self.state() {
            "bad" => "✗",
            "warn" => "–",
            _ => "✓",
        }
    }

    fn word(&self) -> &'static str {
        match self.state() {
            "bad" => self.refused(),
            "warn" => "skipped",
            _ => "read",
        }
    }

    /// Whether the whole file was refused, or some of its members.
    fn refused(&self) -> &'static str {
        if self.0.error.is_some() { "refused" } else { "read in part" }
    }

    /// The first lines of a long list.
    fn first<T>(lines: &[T]) -> impl Iterator<Item = &T> {
        lines.iter().take(LINES)
    }

    fn repeats(&self) -> impl Iterator<Item = &kasse::Repeat> {
        File::first(&self.0.repeats)
    }

    fn vanished(&self) -> impl Iterator<Item = (&str, &str, &str)> {
        File::first(&self.0.vanished).map(|row| (row.kassenzeichen.as_str(), row.posten.as_str(), row.open.as_str()))
    }

    fn warnings(&self) -> impl Iterator<Item = &String> {
        File::first(&self.0.warnings)
    }

    /// How many lines of a list are not shown.
    fn beyond(&self, lines: usize) -> usize {
        lines.saturating_sub(LINES)
    }
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct Place {
    #[serde(default)]
    page: usize,
}

pub(super) async fn show(
    user: As<Importing>,
    headers: HeaderMap,
    Path(number): Path<String>,
    Query(place): Query<Place>,
) -> Answer {
    let job = number.parse().ok().and_then(|number| user.app().jobs().import_of(number, user.name()));
    let gone = "This import is not remembered any more. What was read stands in the books: the statements show up to which day.";
    let job = job.ok_or_else(|| Failed::Unknown(gone.to_owned()))?;
    let p = Page::of(&user, &headers, "/import", "What was imported");
    page(&Shown { p, number: job.number, progress: job.progress(), place: place.page })
}
