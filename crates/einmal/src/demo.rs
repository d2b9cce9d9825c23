//! `einmal demo`: the whole story on the shipped sample, on one screen.
//!
//! It uses the same use cases as every command and computes nothing except what it prints.

use std::io::Write as _;
use std::net::SocketAddr;
use std::path::Path;
use std::process::ExitCode;

use include_dir::{Dir, include_dir};
use jiff::civil::{Date, date};
use kasse::{Acknowledged, Config, Exported, Imported, Kasse, Matched, NoticeManner, PlanOptions};
use sepa::Cents;
use serde_json::Value;

use crate::clock::now;
use crate::demo_import::bring_in;
use crate::demo_serve;
use crate::failure::{Failure, Outcome};
use crate::layout::hanging;
use crate::speech::{day, say};

static SAMPLE: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../samples/warstein");

/// The business date of the story, and the day on which the deferred debits are collected.
pub(crate) const TODAY: Date = date(2024, 3, 11);
const DUE: Date = date(2024, 3, 25);

/// Plays the story under `out` and prints what happened; then serves the sample if there is an address.
pub(crate) async fn run(out: &Path, listen: Option<SocketAddr>) -> Outcome {
    prepare(out)?;
    let config = Config::read(&out.join("einmal.toml"))?;
    let db = format!("sqlite://{}", out.join("einmal.db").display());
    let kasse = Kasse::open(config, &db, TODAY, now()).await?;
    let story = play(&kasse, out).await?;
    let text = tell(&kasse, out, &story).await?;
    kasse.db.close().await;
    write!(std::io::stdout().lock(), "{text}")?;
    match listen {
        Some(listen) => demo_serve::serve(out, TODAY, listen).await,
        None => Ok(ExitCode::SUCCESS),
    }
}

/// The folders of a demo; a new demo begins without them and the files beside them.
const FOLDERS: [&str; 5] = ["kontoauszuege", "altverfahren", "ankuendigungen", "bank", "geprueft"];
const DATABASES: [&str; 2] = ["einmal.db", demo_serve::BOOKS];

/// Writes the sample anew. A folder that is not empty and was not made by a demo is left alone.
pub(crate) fn prepare(out: &Path) -> Result<(), Failure> {
    let failure = |path: &Path| {
        let path = path.display().to_string();
        move |error| Failure::File(path, error)
    };
    let occupied = std::fs::read_dir(out).is_ok_and(|mut entries| entries.next().is_some());
    let settings = SAMPLE.get_file("einmal.toml").map(include_dir::File::contents);
    let is_demo = std::fs::read(out.join("einmal.toml")).ok().as_deref() == settings;
    if occupied && !is_demo {
        return Err(Failure::Said(format!(
            "{} is not empty and no demo: choose another folder with --out",
            out.display()
        )));
    }
    for folder in FOLDERS.map(|name| out.join(name)).iter().filter(|folder| folder.exists()) {
        std::fs::remove_dir_all(folder).map_err(failure(folder))?;
    }
    let parts = |name: &str| ["", "-wal", "-shm"].map(|part| out.join(format!("{name}{part}")));
    for file in DATABASES.iter().flat_map(|name| parts(name)).filter(|file| file.exists()) {
        let file = &file;
        std::fs::remove_file(file).map_err(failure(file))?;
    }
    std::fs::create_dir_all(out).map_err(failure(out))?;
    SAMPLE.extract(out).map_err(failure(out))
}

/// The results of the story.
pub(crate) struct Story {
    imported: Imported,
    matched: Matched,
    pub(crate) plan: Value,
    refused: String,
    exported: Exported,
    breaks: Vec<String>,
}

pub(crate) async fn play(kasse: &Kasse, out: &Path) -> Result<Story, Failure> {
    let (imported, matched) = bring_in(kasse, out).await?;
    let options = PlanOptions { due: DUE, planner: "anna".to_owned(), kinds: Vec::new(), limit: None };
    let plan = kasse::plan(kasse, &options).await?.plan;
    let run = plan.get("run").and_then(Value::as_str).unwrap_or_default().to_owned();
    kasse::notify(kasse, &run, &out.join("ankuendigungen"), "anna", &NoticeManner::Posted(TODAY)).await?;
    let refused = match kasse::release(kasse, &run, "anna", Acknowledged::Whatever).await {
        Ok(_) => return Err(Failure::Said("the planner could release her own run".to_owned())),
        Err(error) => error.to_string(),
    };
    kasse::release(kasse, &run, "bernd", Acknowledged::Whatever).await?;
    let exported = kasse::export_run(kasse, &run, &out.join("bank"), None).await?;
    let breaks = kasse::verify(kasse).await?;
    Ok(Story { imported, matched, plan, refused, exported, breaks })
}

pub(crate) fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}

pub(crate) fn list<'a>(value: &'a Value, name: &str) -> &'a [Value] {
    value.get(name).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

fn cents(value: &Value, name: &str) -> Cents {
    Cents::parse(text(value, name)).unwrap_or(Cents::ZERO)
}

fn sum<'a>(rows: impl Iterator<Item = &'a Value>, name: &str) -> Cents {
    Cents::sum(rows.map(|row| cents(row, name))).unwrap_or(Cents::ZERO)
}

async fn tell(kasse: &Kasse, out: &Path, story: &Story) -> Result<String, Failure> {
    let payments = kasse::payments(kasse).await?;
    let receivables = kasse::receivables(kasse).await?;
    let statements = kasse::statements(kasse).await?;
    let cases = kasse::cases(kasse).await?;
    let mut screen = String::new();
    head(&mut screen, kasse);
    arrived(&mut screen, story, &statements);
    posted(&mut screen, story, &payments);
    doubtful(&mut screen, &cases);
    collected(&mut screen, story, &receivables);
    proofs(&mut screen, story, &statements, &payments, &cases);
    next(&mut screen, out, story, &cases);
    Ok(screen)
}

/// Adds a line that is already in the reader's language after `lead`; a long one is wrapped.
pub(crate) fn put(screen: &mut String, lead: &str, said: &str) {
    for line in hanging(lead, said) {
        screen.push_str(&line);
        screen.push('\n');
    }
}

/// Adds a heading.
pub(crate) fn heading(screen: &mut String, said: &str) {
    screen.push('\n');
    put(screen, "", said);
}

fn head(screen: &mut String, kasse: &Kasse) {
    put(screen, "", &format!("{}, {}", kasse.config.name, day(&TODAY.to_string())));
    let why = say(
        "No direct debit was possible since October. Citizens were asked to transfer and to quote their Kassenzeichen; what is \
         still open is now collected, once.",
    );
    put(screen, "", &why);
}

fn arrived(screen: &mut String, story: &Story, statements: &[Value]) {
    let of = |kind: &'static str| story.imported.files.iter().filter(move |file| file.kind == kind);
    let items: usize = of("open items").map(|file| file.added).sum();
    let mandates: usize = of("mandates").map(|file| file.added).sum();
    let bookings: usize = of("statements").map(|file| file.added).sum();
    let known: usize = of("statements").map(|file| file.known).sum();
    let (count, accounts) = (of("statements").map(|file| file.statements).sum::<usize>(), statements.len());
    heading(screen, &say("What came in"));
    put(
        screen,
        "  ",
        &say(&format!("{items} open items, {mandates} mandates, {count} statements of {accounts} accounts")),
    );
    let credits = story.matched.credits;
    put(
        screen,
        "  ",
        &say(&format!("{bookings} bookings, {credits} of them credits; {known} came twice and count once")),
    );
}

/// Payments worth looking at: an ordinary one, one with a damaged reference, one without any.
fn posted(screen: &mut String, story: &Story, payments: &[Value]) {
    let auto: Vec<&Value> = payments.iter().filter(|row| text(row, "decision") == "auto").collect();
    let (count, amount) = (story.matched.auto, sum(auto.iter().copied(), "amount"));
    heading(screen, &say(&format!("What was posted without a person: {count} credits, {amount} EUR, for example")));
    for wanted in ["letters for digits", "nearly the Kassenzeichen", "the payer's account is that of its mandate"] {
        let shows = |row: &&&Value| {
            let evidence = list(row, "evidence");
            let seen = evidence.iter().any(|witness| text(witness, "text").contains(wanted));
            seen && (wanted.contains("Kassenzeichen")
                || wanted.contains("letters")
                || evidence.iter().all(|witness| text(witness, "witness") != "reference"))
        };
        if let Some(row) = auto.iter().find(shows) {
            example(screen, row);
        }
    }
}

fn example(screen: &mut String, row: &Value) {
    const UNDER: &str = "             ";
    let remittance = text(row, "remittance").replace('\n', " ");
    let shown: String = remittance.chars().take(48).collect();
    let parts = list(row, "allocations");
    let places: Vec<String> =
        parts.iter().map(|part| format!("{} ({})", text(part, "kassenzeichen"), text(part, "posten"))).collect();
    screen.push_str(&format!("  {:>9}  \"{shown}\"\n", cents(row, "amount").german()));
    put(screen, &format!("{UNDER}-> "), &places.join(", "));
    for witness in
        list(row, "evidence").iter().skip(1).filter(|witness| !witness.get("weight").is_some_and(is_negative))
    {
        put(screen, &format!("{UNDER}   "), &say(text(witness, "text")));
    }
}

fn is_negative(weight: &Value) -> bool {
    weight.as_f64().is_some_and(|weight| weight <= 0.0)
}

/// Each reason with the number of its rows, the most frequent first.
fn counted(rows: &[Value]) -> Vec<(&str, usize)> {
    let mut reasons: Vec<(&str, usize)> = Vec::new();
    for row in rows {
        let reason = text(row, "reason");
        match reasons.iter_mut().find(|(known, _)| *known == reason) {
            Some((_, count)) => *count += 1,
            None => reasons.push((reason, 1)),
        }
    }
    reasons.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    reasons
}

fn doubtful(screen: &mut String, cases: &[Value]) {
    let held: usize = cases.iter().map(|case| list(case, "holds").len()).sum();
    let (count, open) = (cases.len(), sum(cases.iter(), "open"));
    let what = format!("What is in doubt: {count} transfers over {open} EUR; {held} items are held back from debit");
    heading(screen, &say(&what));
    counted(cases).iter().take(4).for_each(|(reason, count)| put(screen, &format!("  {count:>3}  "), &say(reason)));
}

fn collected(screen: &mut String, story: &Story, receivables: &[Value]) {
    let fees = sum(receivables.iter(), "fees_not_arisen");
    let debits: usize = story.exported.files.iter().map(|file| file.debits).sum();
    let amount = Cents::sum(story.exported.files.iter().map(|file| file.amount)).unwrap_or_default();
    heading(screen, &say(&format!("What is collected on {DUE}: {debits} debits over {amount} EUR")));
    put(screen, "  ", &say("planned and announced by anna; released by bernd, because for anna:"));
    let refused = story.refused.split_once(": ").map_or(story.refused.as_str(), |(_, why)| why);
    put(screen, "  ", &format!("\"{}\"", say(refused)));
    put(screen, "  ", &say(&format!("late fees in it: 0.00 EUR; {fees} EUR were assessed and have not arisen")));
    let reasons = counted(list(&story.plan, "left_out"));
    let reasons: Vec<String> = reasons.iter().map(|(reason, count)| format!("{count} {}", say(reason))).collect();
    put(screen, "  ", &format!("{} {}", say("items left out:"), reasons.join(", ")));
}

fn proofs(screen: &mut String, story: &Story, statements: &[Value], payments: &[Value], cases: &[Value]) {
    let complete = statements.iter().filter(|row| row.get("complete") == Some(&Value::Bool(true))).count();
    let unseen = payments.iter().filter(|row| text(row, "decision") == "pending").count();
    let risks = cases.iter().filter(|case| case.get("hold_complete") == Some(&Value::Bool(false))).count();
    let (accounts, breaks) = (statements.len(), story.breaks.len());
    let light = |stands: bool| format!("  {:<5}", say(if stands { "yes" } else { "no" }));
    heading(screen, &say("Three proofs"));
    let seen =
        say(&format!("we have seen all the money: {complete} of {accounts} accounts complete to the last bank day"));
    put(screen, &light(complete == accounts), &seen);
    let placed = say(&format!(
        "each credit found its place or blocks what it might belong to: {unseen} undecided, {risks} that nobody can place were \
         acknowledged by bernd"
    ));
    put(screen, &light(unseen == 0), &placed);
    let once = say(&format!("nothing is claimed twice: `einmal verify` found {breaks} breaks"));
    put(screen, &light(breaks == 0), &once);
    story.breaks.iter().take(3).for_each(|found| put(screen, "       ", &say(found)));
}

fn next(screen: &mut String, out: &Path, story: &Story, cases: &[Value]) {
    let written = story.exported.files.first().and_then(|written| written.file.file_name());
    let file = written.map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let number = cases.first().and_then(|case| case.get("case")).map(Value::to_string).unwrap_or_default();
    heading(
        screen,
        &format!("{}: {}", out.display(), say("einmal.toml, einmal.db, the sample, bank/ and ankuendigungen/")),
    );
    put(screen, "  ", &format!("{}: bank/{file}", say("for the bank")));
    put(screen, "", &format!("{} (EINMAL_TODAY={TODAY}):", say("Try next, in that folder")));
    put(screen, "  ", &format!("einmal cases | einmal case {number} | einmal find 5.0100.004162.1"));
    let run = text(&story.plan, "run");
    put(screen, "  ", &format!("einmal report payments | einmal collect show {run} | einmal verify"));
    put(screen, "", &say("Your own town: `einmal init` in an empty folder."));
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_sample_is_inside_the_binary() {
        assert!(super::SAMPLE.get_file("einmal.toml").is_some());
        assert!(super::SAMPLE.get_dir("kontoauszuege").is_some_and(|dir| dir.files().count() > 10));
    }
}
