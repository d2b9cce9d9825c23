//! The page of the job that reads what was brought in: how far it is, then a result per file.
//!
//! Invariant: what it says of a file is what the import reported of it; what was refused stands first.

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
    /// The page of results, from 0.
    place: usize,
}

/// Files with their results on one page.
const FILES: usize = 100;

/// Lines of one kind that a file shows; more are counted.
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

    /// What became of the payments that these files brought, where they brought any.
    fn payments(&self, imported: &Imported) -> Option<String> {
        imported.files.iter().any(|file| file.payments.is_some()).then(|| told(NewPayments::sum(imported)))
    }

    /// The place of the file that is being read, from 1.
    fn reading(&self) -> usize {
        (self.progress.place + 1).min(self.progress.files.max(1))
    }

    /// What went wrong first, for that is what a person must do something about.
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

/// What became of a file.
struct File<'a>(&'a FileReport);

impl File<'_> {
    fn payments(&self) -> Option<String> {
        self.0.payments.map(told)
    }

    /// Which member of a container was refused: the file itself stands at the head of its row.
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

    /// Whether all of it was refused, or members of it.
    fn refused(&self) -> &'static str {
        if self.0.error.is_some() { "refused" } else { "read in part" }
    }

    /// The first lines of something long.
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

    /// How many lines of something are not shown.
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
    let job = number.parse().ok().and_then(|number| user.app().jobs().of(number, user.name()));
    let gone = "This import is not remembered any more. What was read stands in the books: the statements show up to which day.";
    let job = job.ok_or_else(|| Failed::Unknown(gone.to_owned()))?;
    let p = Page::of(&user, &headers, "/import", "What was imported");
    page(&Shown { p, number: job.number, progress: job.progress(), place: place.page })
}
