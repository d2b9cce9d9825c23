//! The nightly job, with real folders: what it reads and files, what it puts out, what it says, and what a kill leaves.
//!
//! Knows the outside only. Invariant under test: whatever happens to a night, each file ends on one shelf, each booking is in the
//! books once, and each payment file leaves the house at most once.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Stdio;
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::bank::Statement;
use crate::collect::PLAN;
use crate::people;
use crate::staff::Staffed;
use crate::town::{Done, SETTINGS, TODAY, Town};

pub(crate) const BATCH: &str = "batch --inbox inbox --archive archive --outbox outbox --summary summary.json";
const BY_NOTICE: &str = "collect notify L1 --out post --notice-by Bescheid --as anna";
const RELEASED: &str = "collect release L1 --as bernd --acknowledge-open-cases";

/// Settings under which files are whole at once.
pub(crate) fn settings(more: &str) -> String {
    format!("{SETTINGS}\n[batch]\nfree_mib = 0\n{more}")
}

/// A town with folders; `more` are settings of the nightly job.
pub(crate) fn with_folders(town: Town, more: &str) -> Town {
    town.write("einmal.toml", settings(more));
    folders(&town, &["inbox", "archive", "outbox"]);
    town
}

/// Makes folders in a town.
pub(crate) fn folders(town: &Town, names: &[&str]) {
    names.iter().for_each(|name| fs::create_dir_all(town.path().join(name)).unwrap());
}

/// Lindental before anything was read: everything lies in the inbox.
fn unread() -> Town {
    let town = with_folders(Town::new(), "still_seconds = 0\n");
    let ready = Town::lindental();
    for name in ["posten.csv", "mandate.csv", "auszug.xml"] {
        fs::copy(ready.path().join(name), town.path().join("inbox").join(name)).unwrap();
    }
    town
}

/// Lindental, all read, with a run that was released and may leave today.
pub(crate) fn released() -> Town {
    let town = with_folders(Town::lindental(), "still_seconds = 0\n");
    town.run(PLAN).ok();
    town.run(BY_NOTICE).ok();
    town.run(RELEASED).ok();
    town
}

/// All files below a folder of the town but those whose name or folder is hidden, sorted.
pub(crate) fn files(town: &Town, folder: &str) -> Vec<String> {
    fn walk(folder: &Path, root: &Path, found: &mut Vec<String>) {
        for entry in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap()) {
            let path = entry.path();
            if entry.file_name().to_string_lossy().starts_with('.') {
                continue;
            }
            match entry.file_type().unwrap().is_dir() {
                true => walk(&path, root, found),
                false => found.push(path.strip_prefix(root).unwrap().display().to_string()),
            }
        }
    }
    let (root, mut found) = (town.path().join(folder), Vec::new());
    walk(&root, &root, &mut found);
    found.sort();
    found
}

#[track_caller]
pub(crate) fn ended(done: Done, code: i32) -> Done {
    assert_eq!(done.code, code, "{done:#?}");
    done
}

/// The summary that the last night wrote.
pub(crate) fn summary(town: &Town) -> Value {
    serde_json::from_slice(&fs::read(town.path().join("summary.json")).unwrap()).unwrap()
}

/// The name of the one payment file in the outbox.
pub(crate) fn in_outbox(town: &Town) -> Option<String> {
    let found: Vec<String> = files(town, "outbox").into_iter().filter(|name| name.ends_with(".xml")).collect();
    assert!(found.len() <= 1, "{found:?}");
    found.into_iter().next()
}

#[test]
#[cfg(unix)]
fn a_night_reads_what_is_a_file_and_names_the_rest() {
    use std::os::unix::fs::symlink;
    let town = unread();
    let inbox = town.path().join("inbox");
    town.write("secret.csv", "x");
    town.write("inbox/brief.pdf", b"%PDF-1.7 x");
    town.write("inbox/sub/kaputt.xml", "<Document><BkToCstmrStmt>");
    town.write("inbox/.versteckt", "x");
    town.write("inbox/C53.zip.part", "x");
    symlink("../secret.csv", inbox.join("hinaus.csv")).unwrap();
    symlink("posten.csv", inbox.join("drinnen.csv")).unwrap();
    let fifo = std::process::Command::new("mkfifo").arg(inbox.join("rohr")).status().unwrap();
    assert!(fifo.success());
    ended(town.run(BATCH), 3);
    let archived = ["auszug.xml", "brief.pdf", "mandate.csv", "posten.csv"].map(|name| format!("{TODAY}/{name}"));
    let failed = ["kaputt.xml", "kaputt.xml.why.txt"].map(|name| format!("failed/{TODAY}/{name}"));
    let all: Vec<String> = archived.into_iter().chain(failed).collect();
    assert_eq!(files(&town, "archive"), all);
    assert_eq!(files(&town, "inbox"), ["C53.zip.part", "drinnen.csv", "hinaus.csv", "rohr"]);
    assert!(inbox.join(".versteckt").exists() && town.path().join("secret.csv").exists());
    let told = summary(&town);
    assert_eq!(told["outcome"], "people");
    let left: BTreeSet<&str> =
        told["left"].as_array().unwrap().iter().map(|one| one["file"].as_str().unwrap()).collect();
    let expected = [".versteckt", "C53.zip.part", "drinnen.csv", "hinaus.csv", "rohr"];
    assert_eq!(left, expected.into_iter().collect());
    assert_eq!((&told["cases"]["open"], &told["cases"]["new"]), (&1.into(), &1.into()), "{told:#}");
    assert_eq!((&told["payments"]["new"], &told["payments"]["placed"]), (&3.into(), &1.into()));
    // the same books as by hand
    let by_hand = Town::lindental();
    for report in ["report receivables", "report payments", "cases"] {
        assert_eq!(town.json(report), by_hand.json(report), "{report}");
    }
    let text = told.to_string();
    for (name, ..) in [("Fischer",), ("Quandt",), ("5.0100",), ("DE674165",), ("Lindental DE",)] {
        assert!(!text.contains(name), "{name} in {text}");
    }
    town.run("verify").ok();
}

#[test]
fn what_was_read_is_known_and_nothing_on_the_shelf_is_replaced() {
    let town = unread();
    let statement = fs::read(town.path().join("inbox/auszug.xml")).unwrap();
    ended(town.run(BATCH), 3);
    let before = town.json("report payments");
    // a night that was killed: one file was committed and not moved, one was taken and not read
    town.write("inbox/noch-einmal.xml", &statement);
    town.write("inbox/.einmal/000007/auszug.xml", &statement);
    // and another one of a name that lies on the shelf
    let next = Statement::new(
        "202 2024-03-11 2024-03-11 1851.70\n2024-03-11 +88.20 neumann | Kassenzeichen 5.0100.334455.1 | ref=R-N",
    );
    town.write("inbox/auszug.xml", next.xml());
    ended(town.on("2024-03-12", BATCH), 3);
    assert_eq!(files(&town, "inbox"), Vec::<String>::new());
    assert!(!town.path().join("inbox/.einmal/000007").exists());
    let told = summary(&town);
    let fates: Vec<&str> = told["files"].as_array().unwrap().iter().map(|one| one["fate"].as_str().unwrap()).collect();
    assert_eq!(fates.iter().filter(|fate| **fate == "known").count(), 2, "{told:#}");
    assert_eq!(fates.iter().filter(|fate| **fate == "taken").count(), 1, "{told:#}");
    let shelf: Vec<String> = files(&town, "archive").into_iter().filter(|name| name.contains("2024-03-12")).collect();
    assert_eq!(shelf.len(), 3, "{shelf:?}");
    let after = town.json("report payments");
    assert_eq!(after.as_array().unwrap().len(), before.as_array().unwrap().len() + 1);
    // nothing new: nothing moves, nothing is written
    let head = town.json("journal head");
    let began = Instant::now();
    ended(town.on("2024-03-12", BATCH), 3);
    println!("a night with nothing new: {:?}", began.elapsed());
    assert_eq!(town.json("journal head"), head);
}

#[test]
fn a_file_that_grows_is_left_alone() {
    let town = unread();
    town.write("einmal.toml", settings("still_seconds = 1\nwait_seconds = 1\n"));
    let statement = fs::read(town.path().join("inbox/auszug.xml")).unwrap();
    let (path, half) = (town.path().join("inbox/auszug.xml"), statement.len() / 2);
    fs::write(&path, &statement[..half]).unwrap();
    let mut night = town.command(BATCH).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let mut written = half;
    while night.try_wait().unwrap().is_none() {
        written = (written + 20).min(statement.len() - 1);
        fs::write(&path, &statement[..written]).unwrap();
        sleep(Duration::from_millis(150));
    }
    assert_eq!(files(&town, "inbox"), ["auszug.xml"]);
    assert_eq!(summary(&town)["left"][0]["why"], "is still being written");
    fs::write(&path, &statement).unwrap();
    town.write("einmal.toml", settings("still_seconds = 0\n"));
    ended(town.run(BATCH), 3);
    assert_eq!(files(&town, "inbox"), Vec::<String>::new());
    assert_eq!(town.json("report payments").as_array().unwrap().len(), 3);
}

#[test]
fn two_at_once_are_one() {
    let town = unread();
    let lock = fs::File::create(town.path().join("outbox/.einmal.lock")).unwrap();
    lock.lock().unwrap();
    ended(town.run(BATCH), 4);
    assert_eq!(files(&town, "inbox").len(), 3);
    drop(lock);
    let start = || town.command(BATCH).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let mut both = [start(), start()];
    let codes: BTreeSet<i32> = both.iter_mut().map(|night| night.wait().unwrap().code().unwrap()).collect();
    assert!(codes.contains(&3) && codes.is_subset(&BTreeSet::from([3, 4])), "{codes:?}");
    assert_eq!((files(&town, "inbox").len(), files(&town, "archive").len()), (0, 3));
    assert_eq!(town.json("report payments").as_array().unwrap().len(), 3);
    // folders within each other
    let within = "batch --inbox inbox --archive inbox/archiv";
    town.run(within).refused_with("lies within the inbox");
}

#[test]
fn a_released_run_leaves_once() {
    let town = released();
    ended(town.run(BATCH), 3);
    let name = in_outbox(&town).unwrap();
    let base = name.strip_suffix(".xml").unwrap();
    assert!(name.starts_with("CDD_EINMAL-"), "{name}");
    let beside = fs::read(town.path().join(format!("outbox/{base}.json"))).unwrap();
    let beside: Value = serde_json::from_slice(&beside).unwrap();
    let shown = town.json("collect show L1");
    let event = shown["events"].as_array().unwrap().iter().find(|event| event["event"] == "exported").unwrap();
    assert_eq!((&beside["sha256"], &beside["count"]), (&event["sha256"], &3.into()), "{beside:#}");
    assert_eq!((&beside["amount"], &beside["due"]), (&"365.30".into(), &"2024-03-27".into()));
    assert_eq!((&beside["order_type"], &beside["btf"]["service"]), (&"CDD".into(), &"SDD".into()));
    let sheet = fs::read_to_string(town.path().join(format!("outbox/{base}.txt"))).unwrap();
    assert!(sheet.contains(&name) && sheet.contains(beside["sha256"].as_str().unwrap()), "{sheet}");
    let (file, bytes) =
        (town.path().join("outbox").join(&name), fs::read(town.path().join("outbox").join(&name)).unwrap());
    // a kill between the commit and the last renaming
    let own = town.path().join("outbox/.einmal").join(base);
    fs::create_dir_all(&own).unwrap();
    fs::rename(&file, own.join(&name)).unwrap();
    ended(town.run(BATCH), 3);
    assert_eq!(fs::read(&file).unwrap(), bytes);
    // a kill before the commit leaves what the books do not know
    town.write("outbox/.einmal/CDD_EINMAL-FREMD-L9/CDD_EINMAL-FREMD-L9.xml", "x");
    // it was taken: it never comes back, whatever else happens
    fs::remove_file(&file).unwrap();
    for day in [TODAY, "2024-03-12"] {
        ended(town.on(day, BATCH), 3);
        assert_eq!(in_outbox(&town), None);
    }
    assert!(!town.path().join("outbox/.einmal/CDD_EINMAL-FREMD-L9").exists());
    // after a bank day without its order number people are told
    ended(town.on("2024-03-13", BATCH), 3);
    let alarms = summary(&town)["alarms"].clone();
    assert!(alarms.as_array().unwrap().iter().any(|alarm| alarm["kind"] == "not_sent"), "{alarms:#}");
    town.run("verify").ok();
}

#[test]
fn what_a_killed_night_left_stays_here_once_money_has_come() {
    let town = released();
    ended(town.run(BATCH), 3);
    let name = in_outbox(&town).unwrap();
    // a kill between the commit and the last renaming; before the next night a citizen transfers
    let own = town.path().join("outbox/.einmal").join(name.strip_suffix(".xml").unwrap());
    fs::create_dir_all(&own).unwrap();
    fs::rename(town.path().join("outbox").join(&name), own.join(&name)).unwrap();
    let paid = "202 2024-03-08 2024-03-11 1851.70\n2024-03-11 +88.20 neumann | Kassenzeichen KASSENZEICHEN | ref=R-NEU";
    let paid = paid.replace("KASSENZEICHEN", people::of("neumann").kassenzeichen);
    town.write("inbox/neu.xml", Statement::new(&paid).xml());
    for day in ["2024-03-12", "2024-03-13"] {
        ended(town.on(day, BATCH), 3);
        assert_eq!(in_outbox(&town), None);
        assert!(own.join(&name).exists());
        let waits = summary(&town)["runs"][0]["waits_for"].as_str().unwrap().to_owned();
        assert!(waits.starts_with("its file was never put out and stays here: "), "{waits}");
        let alarms = summary(&town)["alarms"].clone();
        assert!(alarms.as_array().unwrap().iter().all(|alarm| alarm["kind"] != "not_sent"), "{alarms:#}");
    }
    town.on("2024-03-13", "collect void L1 --as anna --with bernd --reason Absturz --never-left").ok();
    ended(town.on("2024-03-14", BATCH), 3);
    assert!(in_outbox(&town).is_none() && !own.exists());
    town.run("verify").ok();
}

#[test]
fn a_void_run_is_taken_out_of_the_outbox() {
    let town = released();
    ended(town.run(BATCH), 3);
    let name = in_outbox(&town).unwrap();
    town.run("collect void L1 --as anna --with bernd --reason Probe --never-left").ok();
    ended(town.run(BATCH), 3);
    assert_eq!(in_outbox(&town), None);
    assert_eq!(summary(&town)["alarms"][0]["kind"], "withdrawn");
    assert!(town.path().join("outbox/.einmal").join(name.replace(".xml", ".void")).exists());
}

#[test]
fn what_may_not_leave_stays() {
    let town = with_folders(Town::lindental(), "still_seconds = 0\n");
    town.run(PLAN).ok();
    ended(town.run(BATCH), 3);
    let waits = |town: &Town| summary(town)["runs"][0]["waits_for"].as_str().unwrap().to_owned();
    assert_eq!(waits(&town), "its notices must be sent");
    town.run("collect notify L1 --out post --sent 2024-03-11 --as anna").ok();
    ended(town.run(BATCH), 3);
    assert_eq!(waits(&town), "another person than the planner must release it");
    town.run(RELEASED).ok();
    // by the letters a transfer still counts
    ended(town.run(BATCH), 3);
    let day = waits(&town).strip_prefix("its file goes into the outbox on ").unwrap().to_owned();
    assert!(day.as_str() > "2024-03-20", "{day}");
    assert_eq!(in_outbox(&town), None);
    // that day has come, and the statements have not
    ended(town.on(&day, BATCH), 3);
    assert!(waits(&town).contains("statements are missing"), "{}", waits(&town));
    assert_eq!(in_outbox(&town), None);
    let bytes = Statement::new(&format!("202 2024-03-11 {day} 1851.70\n")).xml();
    town.write("inbox/leer.xml", bytes);
    ended(town.on(&day, BATCH), 3);
    assert!(in_outbox(&town).is_some(), "{:#}", summary(&town));
}

#[test]
fn a_payment_file_of_our_own_makes_no_run() {
    let town = released();
    town.run("backup a.einmal").ok();
    ended(town.run(BATCH), 3);
    let own = fs::read(town.path().join("outbox").join(in_outbox(&town).unwrap())).unwrap();
    let books = town.books().another("zurueck");
    let there = |line: &str| format!("--db '{}' {line}", books.url());
    town.run(&there("restore a.einmal --as anna")).ok();
    town.write("inbox/lauf.xml", own);
    fs::create_dir(town.path().join("aus2")).unwrap();
    ended(town.run(&there("batch --inbox inbox --archive archive --outbox aus2 --summary summary.json")), 3);
    let told = summary(&town);
    assert_eq!(told["files"][0]["fate"], "failed");
    assert!(told["alarms"].as_array().unwrap().iter().any(|alarm| alarm["kind"] == "locked"), "{told:#}");
    let runs = town.json(&there("report runs"));
    assert_eq!((runs.as_array().unwrap().len(), &runs[0]["state"]), (1, &"released".into()));
    assert_eq!(files(&town, "aus2"), Vec::<String>::new());
    let why = fs::read_to_string(town.path().join(format!("archive/failed/{TODAY}/lauf.xml.why.txt"))).unwrap();
    assert!(why.starts_with("lauf.xml: is a payment file"), "{why}");
    books.remove();
}

#[test]
fn a_day_that_jumps_back_touches_nothing() {
    let town = unread();
    ended(town.run(BATCH), 3);
    town.write("inbox/posten2.csv", people::items("vogt 2024-9 2024-11-15 7.10"));
    ended(town.on("2024-03-08", BATCH), 1);
    assert_eq!(files(&town, "inbox"), ["posten2.csv"]);
    let before = fs::read_dir(town.path().join("inbox")).unwrap().count();
    ended(town.on("2024-03-08", BATCH), 1);
    assert_eq!(fs::read_dir(town.path().join("inbox")).unwrap().count(), before);
}

#[test]
fn where_people_are_registered_nobody_is_asked_and_nothing_is_signed() {
    let staffed = Staffed::new(&[("anna", "planner"), ("bernd", "releaser")]);
    let town = &staffed.town;
    town.write("einmal.toml", settings("still_seconds = 0\n"));
    folders(town, &["inbox", "archive", "outbox"]);
    staffed.run("anna", "collect plan --due 2024-03-27").ok();
    staffed.run("anna", "collect notify L1 --out post --notice-by Bescheid").ok();
    ended(town.run(BATCH), 3);
    assert_eq!(in_outbox(town), None);
    staffed.run("bernd", "collect release L1 --acknowledge-open-cases").ok();
    // whoever runs it with a token of his acts as the nightly job all the same
    let token = staffed.token("anna");
    ended(town.with(&token, BATCH), 3);
    assert!(in_outbox(town).is_some());
    let journal = town.json("journal export");
    let row = journal.as_array().unwrap().iter().rfind(|row| row["action"] == "collect export").unwrap();
    assert_eq!(row["by"], "batch");
    town.run("verify").ok();
}

#[test]
fn killed_anywhere_the_next_night_finishes_it() {
    let town = released();
    let day = "2024-03-12";
    for number in 0..6 {
        let table = format!(
            "30{number} 2024-03-11 2024-03-11 {}.70\n2024-03-11 +1.00 Kunde {number} | Kita | ref=K-{number}",
            1851 + number
        );
        town.write(&format!("inbox/{number}.xml"), Statement::new(&table).xml());
    }
    let line = format!("--today {day} {BATCH}");
    let mut kills = 0;
    for step in 1..40_u64 {
        let mut night = town.command(&line).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        sleep(Duration::from_millis(step * 15));
        if night.try_wait().unwrap().is_some() {
            break;
        }
        night.kill().unwrap();
        night.wait().unwrap();
        kills += 1;
    }
    ended(town.run(&line), 3);
    println!("{kills} kills");
    assert!(kills > 0);
    assert_eq!(files(&town, "inbox"), Vec::<String>::new());
    let shelf = files(&town, "archive");
    assert_eq!(shelf, (0..6).map(|number| format!("{day}/{number}.xml")).collect::<Vec<_>>());
    assert_eq!(town.json("report payments").as_array().unwrap().len(), 3 + 6);
    let name = in_outbox(&town).unwrap();
    let shown = town.json("collect show L1");
    let exported = shown["events"].as_array().unwrap().iter().filter(|event| event["event"] == "exported").count();
    assert_eq!(exported, 1, "{shown:#}");
    fs::remove_file(town.path().join("outbox").join(name)).unwrap();
    ended(town.run(&line), 3);
    assert_eq!(in_outbox(&town), None);
    town.run("verify").ok();
}
