//! Several people and programs at once on the same books: whatever they do, it is as if one had come after the other.
//!
//! Invariant: the order is the journal's. The same commands, one after the other in that order, make the same books.

use std::sync::Barrier;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::Value;

use crate::bank::Statement;
use crate::people;
use crate::town::{Done, Town};

/// What each of them may do; entries of the journal tell them apart by who did what to which.
const DEEDS: [&str; 18] = [
    "import neu.xml --as ina",
    "import neu.xml --as udo",
    "import ina.csv --as ina",
    "match",
    "collect plan --due 2024-03-27 --as anna",
    "collect plan --due 2024-03-28 --as carl",
    "collect notify L1 --out post --sent 2024-03-11 --as anna",
    "collect release L1 --as bernd",
    "collect release L1 --as anna",
    "collect export L1 --out bank",
    "collect cancel L1 --as carl",
    "collect cancel L2 --as anna",
    "hold add 5.0100.118204.4 --reason Stundung --as dora",
    "hold lift 5.0100.118204.4 --reason Ende --as dora",
    "hold lift 5.0100.118204.4 --reason Ende --as emil",
    "resolve 1 --allocate 5.0100.673942.6/2024-1=655.70 --as fritz",
    "resolve 1 --other Spende --as gerd",
    "resolve 1 --undo --as hans",
];

const STATEMENT: &str = "
    202 2024-03-11 2024-03-11 1851.70
    2024-03-11 +100.00 mueller | Kassenzeichen 5.0100.118204.4 | ref=R-MUELLER
    2024-03-11 +77.10 vogt | Grundbesitzabgaben | ref=R-VOGT";

/// What a later list says otherwise.
const CHANGED: &str = "
    mueller 2024-1 2024-02-15 90.00
    vogt    2023-4 2023-11-15 87.10";

fn town() -> Town {
    let town = Town::lindental();
    town.write("neu.xml", Statement::new(STATEMENT).xml());
    town.write("ina.csv", people::items(CHANGED));
    town
}

/// What an entry says of who did what, without what differs from one treasury to the next.
fn told(entry: &Value) -> String {
    let text = |name: &str| entry[name].as_str().unwrap().to_owned();
    format!("{} {} {}", text("by"), text("action"), text("subject"))
}

fn journal(town: &Town) -> Vec<Value> {
    town.json("journal export").as_array().unwrap().clone()
}

/// What the books say, without what is drawn at random or is the hour.
fn books(town: &Town) -> Vec<Value> {
    let mut runs = town.json("report runs");
    for run in runs.as_array_mut().unwrap() {
        let run = run.as_object_mut().unwrap();
        run.retain(|name, _| {
            ["run", "state", "due", "debits", "amount", "planner", "released_by"].contains(&name.as_str())
        });
    }
    vec![town.json("report receivables"), town.json("report payments"), town.json("cases"), runs]
}

/// Nobody sees that another one was there: a command is done, or refused for what stands in the books.
fn no_accident(line: &str, done: &Done) -> bool {
    let said = done.err.to_lowercase();
    let accident = ["deadlock", "locked by", "is locked", "timed out", "serializ", "panicked", "busy"];
    (0..=1).contains(&done.code) && accident.iter().all(|word| !said.contains(word)) || {
        println!("{line}: {done:#?}");
        false
    }
}

/// Does what each has before him, all at once; says what was done with how it ended.
fn at_once(town: &Town, people: &[Vec<usize>]) -> Vec<(usize, Done)> {
    let start = Barrier::new(people.len());
    std::thread::scope(|scope| {
        let each = |deeds: &Vec<usize>| {
            let (start, deeds) = (&start, deeds.clone());
            scope.spawn(move || {
                start.wait();
                deeds.into_iter().map(|deed| (deed, town.run(DEEDS[deed]))).collect::<Vec<_>>()
            })
        };
        let threads: Vec<_> = people.iter().map(each).collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    })
}

/// What the entry of a deed begins with; no two deeds share it.
fn key(line: &str) -> String {
    let (what, who) = line.split_once(" --as ").unwrap_or((line, "batch"));
    let words: Vec<&str> = what.split(' ').collect();
    let told = match words[0] {
        "match" | "resolve" => 1,
        _ => 2,
    };
    format!("{who} {}", words[..told].join(" "))
}

fn serial(people: &[Vec<usize>]) -> Result<(), TestCaseError> {
    let (crowd, queue) = (town(), town());
    let begun = journal(&crowd).len();
    let done = at_once(&crowd, people);
    prop_assert!(done.iter().all(|(deed, done)| no_accident(DEEDS[*deed], done)));
    crowd.run("verify").ok();
    let entries = journal(&crowd);
    for wanted in entries[begun..].iter().map(told) {
        let deed = DEEDS.iter().find(|line| wanted.starts_with(&key(line))).unwrap();
        queue.run(deed);
        let so_far: Vec<String> = journal(&queue)[begun..].iter().map(told).collect();
        prop_assert_eq!(so_far.last(), Some(&wanted), "{} after {:?}", deed, so_far);
    }
    prop_assert_eq!(journal(&queue).len(), entries.len());
    prop_assert_eq!(books(&crowd), books(&queue));
    queue.run("verify").ok();
    Ok(())
}

#[test]
fn it_is_as_if_one_came_after_the_other() {
    // PROPTEST_CASES says more; what a machine does at once no smaller case does again
    let cases = if std::env::var_os("PROPTEST_CASES").is_some() { Config::default().cases } else { 12 };
    let config = Config { cases, max_shrink_iters: 0, failure_persistence: None, ..Config::default() };
    let people = vec(vec(0..DEEDS.len(), 1..6), 2..4);
    TestRunner::new(config).run(&people, |people| serial(&people)).unwrap();
}
