//! Checking another system's debit file: the page, the upload, the result, and the files to take away.
//!
//! Must not know what decides: it asks the same use case as the command line. Invariants: nothing is stored in the books; only who
//! began a check sees its result, which is gone with this process or after some others.

use std::path::{Path as FilePath, PathBuf};
use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::multipart::{Multipart, MultipartRejection};
use axum::extract::{DefaultBodyLimit, Path, Query};
use axum::http::HeaderMap;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse as _, Redirect};
use axum::routing::{get, post};
use jiff::civil::Date;
use kasse::{GuardOptions, Partial};
use serde::Deserialize;
use serde_json::Value;

use crate::access::{As, Planning};
use crate::app::App;
use crate::download::zipped;
use crate::error::Failed;
use crate::jobs::{Checked, Ended, Job, Progressed};
use crate::page::{Answer, Page, page, page_with};
use crate::pages::runs::papers::scratch;
use crate::sent::{NO_FILE, Sent};
use crate::upload::{MOST, Upload};
use crate::view::{Paging, ROWS, read};

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/guard", get(show))
        .route("/guard/{number}", get(result))
        .route("/guard/{number}/{file}", get(take))
}

/// The address for uploads, which take longer than a page may and are larger than a form.
pub(crate) fn patient_routes() -> Router<App> {
    Router::new().route("/guard/files", post(bring)).layer(DefaultBodyLimit::max(MOST))
}

#[derive(Template)]
#[template(path = "guard.html")]
struct Guard {
    p: Page,
    wrong: Option<String>,
}

impl Guard {
    fn most_bytes(&self) -> usize {
        MOST
    }

    fn most_mebibytes(&self) -> usize {
        MOST / (1024 * 1024)
    }
}

fn form(user: &As<Planning>, headers: &HeaderMap, wrong: Option<String>) -> Guard {
    Guard { p: Page::of(user, headers, "/guard", "Check a file"), wrong }
}

async fn show(user: As<Planning>, headers: HeaderMap) -> Answer {
    page(&form(&user, &headers, None))
}

/// Receives a complete upload, then begins a job that checks it.
async fn bring(user: As<Planning>, headers: HeaderMap, multipart: Result<Multipart, MultipartRejection>) -> Answer {
    let asked = match Sent::receive(multipart).await {
        Ok(sent) => asked(sent),
        Err(why) => Err(why),
    };
    match asked {
        Ok(asked) => {
            let job = begin(user, asked);
            Ok(Redirect::to(&format!("/guard/{}", job.number)).into_response())
        }
        Err(failed @ (Failed::TooLarge(_) | Failed::Unreadable(_))) => {
            let problem = failed.problem();
            page_with(problem.status, &form(&user, &headers, Some(problem.detail)))
        }
        Err(other) => Err(other),
    }
}

/// A check that was asked for.
struct Asked {
    /// The files are there as long as it is.
    _upload: Upload,
    file: PathBuf,
    statements: Vec<PathBuf>,
    asks_books: bool,
    partial: Partial,
    due: Option<Date>,
    as_08: bool,
    already_sent: bool,
}

const NO_DEBITS: &str = "None of the files is a direct-debit file (pain.008). Nothing was checked.";
const SEVERAL_DEBITS: &str =
    "Several of the files are direct-debit files (pain.008). Nothing was checked: check each by itself.";

/// What was asked for. Which file is the debit file is told by its content, where it was not chosen as such.
fn asked(sent: Sent) -> Result<Asked, Failed> {
    let unreadable = |why: &str| Failed::Unreadable(why.to_owned());
    let paths = sent.upload.paths();
    if paths.is_empty() {
        return Err(unreadable(NO_FILE));
    }
    let file = match &sent.single {
        Some(file) => file.clone(),
        None => {
            let all = paths.iter().filter(|path| path.is_file() && kasse::is_debit_file(path)).collect::<Vec<_>>();
            match all.as_slice() {
                [one] => (*one).clone(),
                [] => return Err(unreadable(NO_DEBITS)),
                _ => return Err(unreadable(SEVERAL_DEBITS)),
            }
        }
    };
    let due = match sent.field("due") {
        "" => None,
        text => Some(text.parse().map_err(|_| unreadable("The collection date is no date. Nothing was checked."))?),
    };
    Ok(Asked {
        statements: paths.into_iter().filter(|path| *path != file).collect(),
        file,
        asks_books: sent.is_ticked("books"),
        partial: if sent.is_ticked("reduce") { Partial::Reduce } else { Partial::Out },
        due,
        as_08: sent.is_ticked("as_08"),
        already_sent: sent.is_ticked("already_sent"),
        _upload: sent.upload,
    })
}

/// Begins to check.
fn begin(user: As<Planning>, asked: Asked) -> Arc<Job> {
    let job = user.app().jobs().begin_check(user.name());
    let told = Arc::clone(&job);
    let work = tokio::spawn(async move { check(&user, &asked, told.as_ref()).await });
    let told = Arc::clone(&job);
    tokio::spawn(async move {
        told.end(match work.await {
            Ok(Ok(checked)) => Ended::Checked(Arc::new(checked)),
            Ok(Err(why)) => Ended::Failed(why.problem().detail),
            // a bug; without this the job would seem to run for ever
            Err(why) => Ended::Failed(format!("internal error: {why}")),
        });
    });
    job
}

async fn check(user: &As<Planning>, asked: &Asked, job: &Job) -> Result<Checked, Failed> {
    let folder = scratch()?;
    let stem = asked.file.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let place = |ending: &str| folder.path().join(format!("{stem}-{ending}"));
    let options = GuardOptions {
        statements: asked.statements.clone(),
        out: Some(if asked.already_sent { place("rueckruf.csv") } else { place("bereinigt.xml") }),
        report: Some(place("bericht.pdf")),
        partial: asked.partial,
        keep_ids: false,
        due: asked.due,
        as_08: asked.as_08,
        already_sent: asked.already_sent,
    };
    let guarded = user.guard(&asked.file, &options, asked.asks_books, job).await;
    // where it lies is not said: an upload lies in a folder that nobody knows
    let mut guarded = guarded.map_err(|why| Failed::from(without_folder(why, asked)))?;
    if let Some(value) = guarded.value.get_mut("file") {
        *value = stem_and_ending(&asked.file).into();
    }
    Ok(Checked { guarded, folder })
}

fn stem_and_ending(path: &FilePath) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

/// An error that names files as they were sent.
fn without_folder(why: kasse::Error, asked: &Asked) -> kasse::Error {
    let kasse::Error::File(refused) = why else { return why };
    let mut all = std::iter::once(&asked.file).chain(&asked.statements);
    let own = all.find_map(|path| {
        let rest = refused.file.strip_prefix(&path.display().to_string())?;
        Some(format!("{}{rest}", if path.is_dir() { String::new() } else { stem_and_ending(path) }))
    });
    let file = own.unwrap_or_else(|| stem_and_ending(FilePath::new(&refused.file)));
    kasse::Error::File(kasse::Refused { file, why: refused.why })
}

/// How many debits and how much.
#[derive(Clone, Debug, Default, Deserialize)]
struct Total {
    debits: usize,
    amount: String,
}

/// Which books were asked.
#[derive(Debug, Deserialize)]
struct Books {
    name: String,
    bookings: usize,
}

/// A debit that is not kept as it was.
#[derive(Debug, Deserialize)]
struct Row {
    line: u64,
    fate: String,
    kassenzeichen: String,
    debtor: String,
    amount: String,
    stays: String,
    reasons: Vec<String>,
}

impl Row {
    fn word(&self) -> &'static str {
        match self.fate.as_str() {
            "removed" => "left out: paid",
            "reduced" => "lowered",
            _ => "held back",
        }
    }

    fn state(&self) -> &'static str {
        if self.fate == "held" { "warn" } else { "bad" }
    }
}

/// A payment that could be anybody's.
#[derive(Debug, Deserialize)]
struct Residual {
    payment: Payment,
}

#[derive(Debug, Deserialize)]
struct Payment {
    booked: String,
    payer: String,
    amount: String,
    text: String,
}

/// What a check came to.
#[derive(Debug, Deserialize)]
struct Told {
    file: String,
    all: Total,
    kept: Total,
    removed: Total,
    reduced: Total,
    held: Total,
    complete_to: Option<String>,
    books: Option<Books>,
    bank_would_say: Vec<String>,
    cautions: Vec<String>,
    residual: Vec<Residual>,
}

#[derive(Template)]
#[template(path = "guard_result.html")]
struct Shown {
    p: Page,
    number: u64,
    progress: Progressed,
    told: Option<Told>,
    rows: Vec<Row>,
    paging: Paging,
    /// The files to take away: name of the address, text.
    files: Vec<(&'static str, &'static str)>,
}

/// Payments that could be anybody's and are shown; the sheet has more.
const NAMED: usize = 20;

impl Shown {
    fn failed(&self) -> Option<&String> {
        match &self.progress.ended {
            Some(Ended::Failed(why)) => Some(why),
            _ => None,
        }
    }

    fn named<'t>(&self, told: &'t Told) -> impl Iterator<Item = &'t Payment> + use<'t> {
        told.residual.iter().take(NAMED).map(|residual| &residual.payment)
    }

    fn beyond(&self, told: &Told) -> usize {
        told.residual.len().saturating_sub(NAMED)
    }
}

/// What can be taken away: the last part of the address, how the file's name ends, and what it is.
const FILES: [(&str, &str, &str); 6] = [
    ("bereinigt", "-bereinigt.xml", "Clean file, for the bank"),
    ("zurueckgehalten", "-bereinigt.held.xml", "File of what is held back"),
    ("rueckruf", "-rueckruf.csv", "List of what to recall at the bank"),
    ("begleitzettel", "-bereinigt.pdf", "Control sheet"),
    ("bericht", "-bericht.pdf", "Report: each debit with its reason"),
    ("alles", "", "All of it in one ZIP"),
];

/// The files of a check.
fn written(checked: &Checked) -> Result<Vec<PathBuf>, Failed> {
    let failed = |why: std::io::Error| Failed::Internal(format!("the files of a check: {why}"));
    let entries = std::fs::read_dir(checked.folder.path()).map_err(failed)?;
    let mut all =
        entries.map(|entry| entry.map(|entry| entry.path())).collect::<Result<Vec<_>, _>>().map_err(failed)?;
    all.retain(|path| !stem_and_ending(path).starts_with('.'));
    all.sort();
    Ok(all)
}

fn ends(path: &FilePath, ending: &str) -> bool {
    stem_and_ending(path).ends_with(ending)
}

fn job_of(user: &As<Planning>, number: &str) -> Result<Arc<Job>, Failed> {
    let job = number.parse().ok().and_then(|number| user.app().jobs().check_of(number, user.name()));
    let gone = "This check is not remembered any more: check the file once more.";
    job.ok_or_else(|| Failed::Unknown(gone.to_owned()))
}

#[derive(Debug, Default, Deserialize)]
struct Place {
    #[serde(default)]
    page: String,
}

async fn result(
    user: As<Planning>,
    headers: HeaderMap,
    Path(number): Path<String>,
    Query(place): Query<Place>,
) -> Answer {
    let job = job_of(&user, &number)?;
    let progress = job.progress();
    let number = job.number;
    let page_number = Paging::asked(&place.page);
    let (mut told, mut rows, mut files, mut paging) = (None, Vec::new(), Vec::new(), Paging::of(1, 0));
    if let Some(Ended::Checked(checked)) = &progress.ended {
        let touched = &checked.guarded.touched;
        let (most, after) =
            (usize::try_from(ROWS).unwrap_or(1), usize::try_from((page_number - 1) * ROWS).unwrap_or(0));
        let shown: Vec<Value> = touched.iter().skip(after).take(most).cloned().collect();
        rows = read(Value::Array(shown))?;
        told = Some(read(checked.guarded.value.clone())?);
        paging = Paging::of(page_number, i64::try_from(touched.len()).unwrap_or(i64::MAX));
        let all = written(checked)?;
        let is_there = |ending: &str| all.iter().any(|path| ends(path, ending));
        files = FILES.iter().filter(|(_, ending, _)| is_there(ending)).map(|(name, _, what)| (*name, *what)).collect();
    }
    let p = Page::of(&user, &headers, "/guard", "What the check came to");
    page(&Shown { p, number, progress, told, rows, paging, files })
}

/// Gives a file of a check out.
async fn take(user: As<Planning>, Path((number, name)): Path<(String, String)>) -> Answer {
    let unknown = || Failed::Unknown("There is no such file.".to_owned());
    let job = job_of(&user, &number)?;
    let Some(Ended::Checked(checked)) = job.progress().ended else { return Err(unknown()) };
    let (_, ending, _) = FILES.iter().find(|(own, _, _)| *own == name).ok_or_else(unknown)?;
    let all = written(&checked)?;
    if ending.is_empty() {
        return zipped("lastschriftpruefung.zip", &all);
    }
    let path = all.iter().find(|path| ends(path, ending)).ok_or_else(unknown)?;
    let failed = |why: std::io::Error| Failed::Internal(format!("a file of a check: {why}"));
    let bytes = std::fs::read(path).map_err(failed)?;
    let kind = match path.extension().and_then(|ending| ending.to_str()) {
        Some("xml") => "application/xml",
        Some("csv") => "text/csv; charset=utf-8",
        _ => "application/pdf",
    };
    let own = crate::download::harmless(&stem_and_ending(path));
    let headers = [(CONTENT_TYPE, kind.to_owned()), (CONTENT_DISPOSITION, format!("attachment; filename=\"{own}\""))];
    Ok((headers, bytes).into_response())
}
