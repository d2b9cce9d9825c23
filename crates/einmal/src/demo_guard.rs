//! `einmal demo --guard`: the old system is back, and its debit file knows of no transfer. The sample's own such file is held
//! against the sample's statements, and then against the books of the demo, in which a run was collected meanwhile.
//!
//! It uses the same use cases as every command and computes nothing except what it prints.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use kasse::{Config, GuardOptions, Guarded, Kasse};
use sepa::Cents;
use serde_json::Value;

use crate::clock::now;
use crate::demo::{TODAY, heading, list, play, prepare, put, text};
use crate::demo_import::Silent;
use crate::failure::{Failure, Outcome};
use crate::speech::{day, say};

/// The file, below the sample's folder.
const FILE: &str = "altverfahren/lastschriften.xml";
/// The folder for what is written.
const CHECKED: &str = "geprueft";

/// Plays the story under `out` and prints what happened.
pub(crate) async fn run(out: &Path) -> Outcome {
    prepare(out)?;
    let place = |name: &str| Some(out.join(CHECKED).join(name));
    let folder = out.join(CHECKED);
    std::fs::create_dir_all(&folder).map_err(|error| Failure::File(folder.display().to_string(), error))?;
    let statements = vec![out.join("kontoauszuege")];
    let alone = GuardOptions {
        statements,
        out: place("bereinigt.xml"),
        report: place("bericht.pdf"),
        ..GuardOptions::default()
    };
    let alone = kasse::guard(&out.join(FILE), &alone, None, (TODAY, &now()), &Silent).await?;
    let config = Config::read(&out.join("einmal.toml"))?;
    let db = format!("sqlite://{}", out.join("einmal.db").display());
    let kasse = Kasse::open(config, &db, TODAY, now()).await?;
    let story = play(&kasse, out).await?;
    let beside = GuardOptions { out: place("mit-buechern.xml"), ..GuardOptions::default() };
    let beside = kasse::guard(&out.join(FILE), &beside, Some(&kasse), (TODAY, &now()), &Silent).await?;
    let run = text(&story.plan, "run").to_owned();
    let name = kasse.config.name.clone();
    kasse.db.close().await;
    write!(std::io::stdout().lock(), "{}", tell(&name, out, &run, &alone, &beside))?;
    Ok(ExitCode::SUCCESS)
}

fn tell(name: &str, out: &Path, run: &str, alone: &Guarded, beside: &Guarded) -> String {
    let mut screen = String::new();
    put(&mut screen, "", &format!("{name}, {}", day(&TODAY.to_string())));
    put(
        &mut screen,
        "",
        &say(
            "The old system is back. It knows of no transfer, and debits both instalments of everybody with a mandate.",
        ),
    );
    heading(&mut screen, &say("Its file"));
    let (debits, amount) = total(alone, "all");
    put(&mut screen, "  ", &say(&format!("{debits} debits over {amount} EUR")));
    let objections = list(&alone.value, "bank_would_say");
    objections.iter().filter_map(Value::as_str).take(1).for_each(|said| put(&mut screen, "  ", &say(said)));
    heading(&mut screen, &say("Held against the bank statements alone, without settings and books"));
    fates(&mut screen, alone);
    examples(&mut screen, alone, "removed", 2);
    examples(&mut screen, alone, "held", 2);
    heading(&mut screen, &say(&format!("Held against our books too, whose run {run} is at the bank")));
    fates(&mut screen, beside);
    examples(&mut screen, beside, "removed", 1);
    heading(&mut screen, &format!("{}:", out.join(CHECKED).display()));
    for (file, what) in [
        ("bereinigt.xml", "for the bank: what is left of the file, debit by debit as it was"),
        ("bereinigt.held.xml", "what is held back, to be sent once a person has looked"),
        ("bereinigt.pdf", "the control sheet, to be signed by two"),
        ("bericht.pdf", "each debit with its reason"),
    ] {
        if is_there(out, file) {
            put(&mut screen, "  ", &format!("{file}: {}", say(what)));
        }
    }
    screen
}

fn is_there(out: &Path, file: &str) -> bool {
    let path: PathBuf = out.join(CHECKED).join(file);
    path.is_file()
}

/// Number and sum of the debits of a fate.
fn total(guarded: &Guarded, fate: &str) -> (u64, Cents) {
    let total = guarded.value.get(fate);
    let debits = total.and_then(|total| total.get("debits")).and_then(Value::as_u64).unwrap_or(0);
    (debits, total.map_or(Cents::ZERO, |total| Cents::parse(text(total, "amount")).unwrap_or(Cents::ZERO)))
}

fn fates(screen: &mut String, guarded: &Guarded) {
    let (kept, sum) = total(guarded, "kept");
    put(screen, "  ", &say(&format!("{kept} debits stay, {sum} EUR")));
    let (removed, sum) = total(guarded, "removed");
    put(screen, "  ", &say(&format!("{removed} debits leave the file, {sum} EUR: they would have been paid twice")));
    let (held, sum) = total(guarded, "held");
    put(screen, "  ", &say(&format!("{held} debits are held back, {sum} EUR: a payment is to be looked at")));
}

/// The first debits of a fate, with their reasons.
fn examples(screen: &mut String, guarded: &Guarded, fate: &str, most: usize) {
    for row in guarded.touched.iter().filter(|row| text(row, "fate") == fate).take(most) {
        put(screen, "    ", &format!("{}, {}:", text(row, "kassenzeichen"), text(row, "debtor")));
        for reason in list(row, "reasons").iter().filter_map(Value::as_str).take(2) {
            put(screen, "      ", &say(reason));
        }
    }
}
