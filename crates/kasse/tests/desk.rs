//! Two long-running processes at one desk: what each remembers is what the books say, and the queue is what it lists.
//!
//! Drives the use cases without the command line, for only a process that stays remembers anything. Invariant: after each
//! use case, done or refused, by whichever of the two, `verify` finds nothing in either, and both say what a fresh one says.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

#[path = "../examples/desk/town.rs"]
mod town;

use jiff::civil::{Date, date};
use kasse::{
    Acknowledged, CaseNote, Config, ImportOptions, Kasse, PlanOptions, Progress, QueueAsk, QueueFilter, QueueOrder,
    QueueOwner, QueuePage, Resolution,
};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config as Cases, TestRunner};
use sepa::Cents;
use serde_json::Value;
use tempfile::TempDir;

use crate::town::Town;

const TODAY: Date = date(2024, 3, 11);

const TOWN: Town = Town { items: 60, bookings: 24, doubtful: 8 };

struct Quiet;

impl Progress for Quiet {
    fn file(&self, _: usize, _: usize, _: &str) {}
    fn advance(&self, _: usize) {}
}

/// A town of some debtors, and two processes on its books.
struct Desk {
    folder: TempDir,
    url: String,
    clerks: Vec<Kasse>,
}

async fn open(url: &str) -> Kasse {
    Kasse::open(Config::parse(kasse::TEMPLATE).unwrap(), url, TODAY, "2024-03-11T08:00:00Z".to_owned()).await.unwrap()
}

impl Desk {
    async fn new() -> Desk {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", folder.path().join("einmal.db").display());
        let clerks = vec![open(&url).await.staying(), open(&url).await.staying()];
        for file in TOWN.write(folder.path()).unwrap() {
            let imported = kasse::import(&clerks[0], &[file], &ImportOptions::default(), &Quiet).await.unwrap();
            assert!(imported.files.iter().all(|file| file.error.is_none()), "{imported:?}");
        }
        kasse::match_all(&clerks[0]).await.unwrap();
        Desk { folder, url, clerks }
    }

    async fn queue(&self, filter: &QueueFilter, page: usize, size: usize, beside: Option<i64>) -> QueuePage {
        kasse::queue(&self.clerks[1], filter, &QueueAsk { page, size, beside }).await.unwrap()
    }

    /// What one of them does of what can be done; whether it is done or refused is the use case's own affair.
    async fn act(&self, clerk: usize, deed: usize, which: usize) {
        // the third of them begins anew each time, as the command line does
        let passing = open(&self.url).await;
        let kasse = self.clerks.get(clerk).unwrap_or(&passing);
        let who = ["anna", "bernd", "carla"][clerk];
        let number = i64::try_from(which % 8).unwrap() + 1;
        let proposed = proposal(kasse, number).await;
        let half = proposed.iter().map(|(item, cents)| (item.clone(), Cents::new(cents.get() / 2))).collect();
        let resolve = async |resolution| drop(kasse::resolve(kasse, number, &resolution, None, who).await);
        let what = TOWN.kassenzeichen(which as u64);
        match deed {
            0 => resolve(Resolution::Allocate(proposed)).await,
            1 => resolve(Resolution::Allocate(half)).await,
            2 => resolve(Resolution::Refund).await,
            3 => resolve(Resolution::Other("donation".to_owned())).await,
            4 => resolve(Resolution::Wait(date(2024, 3, 20))).await,
            5 => resolve(Resolution::Return).await,
            6 => resolve(Resolution::Undo).await,
            7 => drop(kasse::note_case(kasse, number, &CaseNote::Owner(who.to_owned()), who).await),
            8 => drop(kasse::match_all(kasse).await),
            9 => {
                let due = date(2024, 3, 28);
                let options = PlanOptions { due, planner: who.to_owned(), kinds: Vec::new(), limit: None };
                drop(kasse::plan(kasse, &options).await);
            }
            10 => drop(kasse::cancel(kasse, &format!("L{}", which % 3 + 1), who).await),
            11 => drop(kasse::hold_add(kasse, &what, "asked", None, who).await),
            12 => drop(kasse::hold_lift(kasse, &what, "over", who).await),
            13 => self.import_less(kasse, &what, which).await,
            _ => drop(kasse::release(kasse, "L1", who, Acknowledged::Whatever).await),
        }
        passing.db.close().await;
    }

    /// A later list that assesses less, so that placed money may be too much.
    async fn import_less(&self, kasse: &Kasse, kassenzeichen: &str, which: usize) {
        let euros = which % 5 + 1;
        let list = format!(
            "kassenzeichen;posten;art;faellig;betrag;schuldner;anschrift;mandat\n\
             {kassenzeichen};2024-1;Grundbesitzabgaben;15.02.2024;{euros},00;Neu {which};;\n"
        );
        let file = self.folder.path().join("later.csv");
        std::fs::write(&file, list).unwrap();
        kasse::import(kasse, &[file], &ImportOptions::default(), &Quiet).await.unwrap();
    }

    /// What each of the two says, and what one says that has just begun.
    async fn check(&self) -> Result<(), TestCaseError> {
        let fresh = open(&self.url).await;
        let cases = kasse::cases(&fresh).await.unwrap();
        // by Kassenzeichen, by a name, by an amount, by the end of an account
        let amount = cases.first().and_then(|case| case["amount"].as_str()).unwrap_or("1.00").replace('.', ",");
        let asked = [TOWN.kassenzeichen(3), TOWN.name(5), "Anna".to_owned(), amount, "5000004".to_owned()];
        for kasse in &self.clerks {
            for text in &asked {
                prop_assert_eq!(kasse::find(kasse, text).await.unwrap(), kasse::find(&fresh, text).await.unwrap());
            }
            prop_assert_eq!(kasse::verify(kasse).await.unwrap(), Vec::<String>::new());
            prop_assert_eq!(&kasse::cases(kasse).await.unwrap(), &cases);
            for number in 1..=8 {
                let of_fresh = kasse::case(&fresh, number).await.unwrap();
                prop_assert_eq!(kasse::case(kasse, number).await.unwrap(), of_fresh);
            }
        }
        fresh.db.close().await;
        Ok(())
    }
}

/// What a case proposes for its first candidate.
async fn proposal(kasse: &Kasse, number: i64) -> Vec<(String, Cents)> {
    let case = kasse::case(kasse, number).await.unwrap();
    let parts = case["candidates"][0]["allocate"].as_array().cloned().unwrap_or_default();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let part = |part: &Value| {
        let name = format!("{}/{}", text(&part["kassenzeichen"]), text(&part["posten"]));
        (name, Cents::parse(&text(&part["amount"])).unwrap())
    };
    parts.iter().map(part).collect()
}

/// Somebody who goes on writing a file while it is read.
struct Writing(std::path::PathBuf);

impl Progress for Writing {
    fn file(&self, _: usize, _: usize, _: &str) {}
    fn advance(&self, _: usize) {
        use std::io::Write as _;
        std::fs::OpenOptions::new().append(true).open(&self.0).unwrap().write_all(b"\n").unwrap();
    }
}

#[test]
fn a_file_that_is_written_while_it_is_read_is_not_imported() {
    wait(async {
        let folder = tempfile::tempdir().unwrap();
        let kasse = open(&format!("sqlite://{}", folder.path().join("einmal.db").display())).await;
        let [_, _, statement] = TOWN.write(folder.path()).unwrap();
        let files = [statement.clone()];
        let imported = kasse::import(&kasse, &files, &ImportOptions::default(), &Writing(statement)).await.unwrap();
        let why = &imported.files[0].error.as_ref().unwrap().why;
        assert!(why.contains("changed while it was read"), "{why}");
        let imported = kasse::import(&kasse, &files, &ImportOptions::default(), &Quiet).await.unwrap();
        assert_eq!((imported.files[0].added, &imported.files[0].error), (24, &None));
    });
}

fn wait<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

#[test]
fn what_two_processes_remember_is_what_the_books_say() {
    let cases = if std::env::var_os("PROPTEST_CASES").is_some() { Cases::default().cases } else { 12 };
    let config = Cases { cases, failure_persistence: None, ..Cases::default() };
    let deeds = vec((0..3_usize, 0..15_usize, 0..30_usize), 1..14);
    let play = |deeds: Vec<(usize, usize, usize)>| {
        wait(async {
            let desk = Desk::new().await;
            for (clerk, deed, which) in deeds {
                desk.act(clerk, deed, which).await;
                desk.check().await?;
            }
            Ok(())
        })
    };
    TestRunner::new(config).run(&deeds, play).unwrap();
}

fn number(row: &Value) -> i64 {
    row["case"].as_i64().unwrap()
}

fn numbers(page: &QueuePage) -> Vec<i64> {
    page.rows.iter().map(number).collect()
}

fn cents(row: &Value, name: &str) -> i64 {
    Cents::parse(row[name].as_str().unwrap()).unwrap().get()
}

/// A filter lets through what `wanted` says of the plain list, and count, sums and reasons are of just that.
#[track_caller]
fn check(all: &[Value], page: &QueuePage, filter: &QueueFilter, wanted: impl Fn(&Value) -> bool) {
    let mut rows: Vec<&Value> = all.iter().filter(|row| wanted(row)).collect();
    let day = |row: &Value| row["booked"].as_str().unwrap().to_owned();
    match filter.order {
        QueueOrder::Oldest => rows.sort_by_key(|row| (day(row), -cents(row, "amount"), number(row))),
        QueueOrder::Largest => rows.sort_by_key(|row| (-cents(row, "amount"), day(row), number(row))),
    }
    assert_eq!(page.rows.iter().collect::<Vec<_>>(), rows, "{filter:?}");
    assert_eq!(page.count, rows.len(), "{filter:?}");
    let sum = |name: &str| Cents::new(rows.iter().map(|row| cents(row, name)).sum());
    assert_eq!((page.sum, page.open), (sum("amount"), sum("open")), "{filter:?}");
    if filter.reason.is_none() {
        assert_eq!(page.reasons.iter().map(|(_, count)| count).sum::<usize>(), rows.len(), "{filter:?}");
    }
}

#[test]
fn the_queue_is_the_list_of_cases_filtered_and_in_order() {
    wait(async {
        let desk = Desk::new().await;
        desk.act(0, 7, 2).await;
        desk.act(0, 4, 1).await;
        desk.act(0, 1, 4).await;
        let all = kasse::cases(&desk.clerks[0]).await.unwrap();
        assert!(all.len() >= 6, "{}", all.len());
        let middle = Cents::new(cents(&all[all.len() / 2], "amount"));
        let reason = all[0]["reason"].as_str().unwrap();
        let name = all[3]["counterparty"].as_str().unwrap();
        let whole = QueueFilter::default;
        let of_owner = |owner: QueueOwner| QueueFilter { owner: Some(owner), ..whole() };
        let of_reason = |reason: &str| QueueFilter { reason: Some(reason.to_owned()), ..whole() };
        let of_text = |text: &str| QueueFilter { text: Some(text.to_owned()), ..whole() };
        let person = |name: &str| QueueOwner::Of(name.to_owned());
        let waits = "a person waits until";
        type Wanted<'a> = &'a dyn Fn(&Value) -> bool;
        let rows: [(QueueFilter, Wanted<'_>); 14] = [
            (whole(), &|_| true),
            (QueueFilter { order: QueueOrder::Largest, ..whole() }, &|_| true),
            (QueueFilter { least: Some(middle), ..whole() }, &|row| cents(row, "amount") >= middle.get()),
            (QueueFilter { most: Some(middle), ..whole() }, &|row| cents(row, "amount") <= middle.get()),
            (QueueFilter { least_age: Some(20), ..whole() }, &|row| row["age_days"].as_i64().unwrap() >= 20),
            (QueueFilter { least_age: Some(i32::MAX), ..whole() }, &|_| false),
            (of_owner(QueueOwner::Nobody), &|row| row["owner"].is_null()),
            (of_owner(person("anna")), &|row| row["owner"] == "anna"),
            (of_owner(person("nobody")), &|_| false),
            (of_reason(reason), &|row| row["reason"] == reason),
            (of_reason(waits), &|row| row["reason"] == format!("{waits} 2024-03-20")),
            (of_text(&format!(" {} ", name.to_uppercase())), &|row| row["counterparty"] == name),
            (of_text("ABGABEN"), &|_| true),
            (of_text("nothing of the sort"), &|_| false),
        ];
        for (filter, wanted) in rows {
            let page = desk.queue(&filter, 1, 1_000, None).await;
            check(&all, &page, &filter, wanted);
        }
    });
}

#[test]
fn pages_and_neighbours_walk_through_the_whole_queue() {
    wait(async {
        let desk = Desk::new().await;
        for order in [QueueOrder::Oldest, QueueOrder::Largest] {
            let filter = QueueFilter { order, ..QueueFilter::default() };
            let all = numbers(&desk.queue(&filter, 1, 1_000, None).await);
            let mut paged = Vec::new();
            for page in 1..=4 {
                paged.extend(numbers(&desk.queue(&filter, page, 3, None).await));
            }
            assert_eq!(paged, all);
            for (place, number) in all.iter().enumerate() {
                let page = desk.queue(&filter, 1, 1, Some(*number)).await;
                let before = place.checked_sub(1).map(|before| all[before]);
                assert_eq!((page.previous, page.next), (before, all.get(place + 1).copied()), "{order:?} {number}");
            }
            for nothing in [Some(999), None] {
                let page = desk.queue(&filter, 1, 1, nothing).await;
                assert_eq!((page.previous, page.next), (None, None));
            }
        }
        // one that is decided leaves a gap, and its neighbours stay who they were
        let filter = QueueFilter::default();
        let all = numbers(&desk.queue(&filter, 1, 1_000, None).await);
        kasse::resolve(&desk.clerks[0], all[2], &Resolution::Refund, None, "anna").await.unwrap();
        let page = desk.queue(&filter, 1, 1_000, Some(all[2])).await;
        assert_eq!((page.previous, page.next, page.count), (Some(all[1]), Some(all[3]), all.len() - 1));
    });
}
