//! The demo on one screen, and a new user's first hour.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use crate::bank::Statement;
use crate::collect::texts;
use crate::people::{items, kz};
use crate::town::{Done, Town};

const TOLD: &str = "Three proofs";

#[test]
fn the_demo_tells_the_whole_story_on_one_screen() {
    let town = Town::empty();
    let told = town.run("demo --out stadt").ok();
    assert_eq!(told.err, "");
    let wide: Vec<&str> = told.out.lines().filter(|line| line.chars().count() > 80).collect();
    assert_eq!(wide, Vec::<&str>::new(), "wider than 80 columns");
    let proofs: Vec<&str> = told.out.lines().skip_while(|line| *line != TOLD).skip(1).collect();
    let stands = |what: &str| proofs.iter().any(|line| line.starts_with("  yes  ") && line.contains(what));
    assert!(stands("we have seen all the money"), "{}", told.out);
    assert!(stands("each credit found its place"), "{}", told.out);
    assert!(stands("nothing is claimed twice"), "{}", told.out);
    for name in
        ["einmal.toml", "einmal.db", "offene-posten.csv", "mandate.csv", "kontoauszuege", "ankuendigungen", "bank"]
    {
        assert!(town.path().join("stadt").join(name).exists(), "{name}");
    }
    in_demo(&town, "verify").ok();
    let again = town.run("demo --out stadt").ok();
    assert_eq!(without_ids(&again.out), without_ids(&told.out), "the second time tells the same");
}

/// The story without the name of its database, which is drawn anew.
fn without_ids(told: &str) -> String {
    told.lines().filter(|line| !line.contains("pain008_")).collect::<Vec<_>>().join("\n")
}

#[test]
fn without_a_folder_the_demo_makes_its_own() {
    let town = Town::empty();
    town.run("demo").ok();
    assert!(town.path().join("einmal-demo/einmal.db").exists());
}

#[test]
fn a_folder_of_somebody_else_is_left_alone() {
    let town = Town::empty();
    town.write("meins/brief.txt", "Liebe Tante");
    let why = "meins is not empty and no demo: choose another folder with --out";
    town.run("demo --out meins").refused(why);
    town.write("meins/einmal.toml", "# a treasury that is no demo\n");
    town.run("demo --out meins").refused(why);
    assert_eq!(std::fs::read_dir(town.path().join("meins")).unwrap().count(), 2);
}

fn in_demo(town: &Town, line: &str) -> Done {
    let mut command = town.command(line);
    command.current_dir(town.path().join("stadt")).env_remove("EINMAL_DB");
    Done::of(command)
}

fn report(town: &Town, name: &str) -> Vec<Value> {
    let done = in_demo(town, &format!("--format json report {name}")).ok();
    serde_json::from_str::<Value>(&done.out).unwrap().as_array().unwrap().clone()
}

fn cents(value: &Value) -> i64 {
    value.as_str().unwrap().replace('.', "").parse().unwrap()
}

#[test]
fn the_demos_payment_file_has_no_fee_and_nothing_twice() {
    let town = Town::empty();
    town.run("demo --out stadt").ok();
    let xml = String::from_utf8(town.only("stadt/bank", ".xml")).unwrap();
    let items = report(&town, "receivables");
    let in_collection: i64 = items.iter().map(|item| cents(&item["in_collection"])).sum();
    assert!(in_collection > 0);
    assert_eq!(texts(&xml, "CtrlSum")[0].replace('.', "").parse::<i64>(), Ok(in_collection), "principal only");
    assert!(
        items.iter().map(|item| cents(&item["fees_not_arisen"])).sum::<i64>() > 0,
        "the sample has fees to leave out"
    );
    for item in &items {
        let claimed = cents(&item["transferred"]) + cents(&item["collected"]) + cents(&item["in_collection"]);
        assert!(claimed <= cents(&item["amount"]), "{item}");
        assert!(cents(&item["in_collection"]) == 0 || item["holds"].as_array().unwrap().is_empty(), "{item}");
    }
    let pairs: Vec<(String, String)> = texts(&xml, "MndtId").into_iter().zip(texts(&xml, "Ustrd")).collect();
    let mut unique: Vec<(&str, &str)> =
        pairs.iter().map(|(mandate, text)| (mandate.as_str(), text.split(' ').nth(1).unwrap())).collect();
    unique.sort_unstable();
    unique.dedup();
    assert_eq!(unique.len(), pairs.len(), "one debit per mandate and Kassenzeichen");
    validate(&town, &xml);
}

/// Judges the file by the schemas that `EINMAL_CORPUS` names, with the first program that is there.
fn validate(town: &Town, xml: &str) {
    let Some(corpus) = std::env::var_os("EINMAL_CORPUS") else {
        println!("NOT RUN: EINMAL_CORPUS is not set, so that there are no schemas to validate against");
        return;
    };
    let file = town.write("judged.xml", xml);
    for name in ["pain.008.001.08.xsd", "pain.008.001.08__DK-GBIC_5.xsd"] {
        let schema = Path::new(&corpus).join("schemas").join(name);
        assert!(schema.is_file(), "no schema {}", schema.display());
        let lxml = "import sys; from lxml import etree; etree.XMLSchema(etree.parse(sys.argv[1])).assertValid(etree.parse(sys.argv[2]))";
        let has_lxml = Command::new("python3").args(["-c", "import lxml.etree"]).output();
        let mut judge = if Command::new("xmllint").arg("--version").output().is_ok() {
            let mut judge = Command::new("xmllint");
            judge.args(["--noout", "--schema"]);
            judge
        } else if has_lxml.is_ok_and(|output| output.status.success()) {
            let mut judge = Command::new("python3");
            judge.args(["-c", lxml]);
            judge
        } else {
            println!("NOT RUN: neither xmllint nor Python's lxml is installed");
            return;
        };
        let judged = judge.arg(&schema).arg(&file).output().unwrap();
        assert!(judged.status.success(), "{name}: {}", String::from_utf8_lossy(&judged.stderr));
    }
}

#[test]
fn a_new_user_comes_from_an_empty_folder_to_a_report() {
    let town = Town::empty();
    let made = town.run("init").ok();
    let made = made.says("einmal.toml was written: set name, creditor_id, accounts and schemes");
    assert!(made.err.ends_with(" is ready; next: einmal import FILES\n"), "{made:#?}");
    town.write("einmal.toml", std::fs::read_to_string(town.path().join("einmal.toml")).unwrap() + "# unser\n");
    town.run("init").ok().says("einmal.toml is there already and was left as it is");
    assert!(std::fs::read_to_string(town.path().join("einmal.toml")).unwrap().ends_with("# unser\n"));
    town.write(
        "posten.csv",
        items("mueller 2023-4 15.11.2023 100,00\nweber 2024-1 15.02.2024 322,40\nlange 2024-2 15.05.2024 80,00"),
    );
    let statement = "
        201 2024-03-01 2024-03-08 1000.00
        2024-03-04 +100.00 mueller | Grundbesitzabgaben KZ 5 0100 118204 4 | ref=R-1
        2024-03-05 +200.00 weber | KZ 5.0100.342608.4 Abschlag | ref=R-2";
    town.write("auszug.xml", Statement::new(statement).xml());
    town.run("import posten.csv auszug.xml").ok();
    town.run("match").ok();
    let states: Vec<(String, String)> = town
        .json("report receivables")
        .as_array()
        .unwrap()
        .iter()
        .map(|item| {
            let text = |name: &str| item[name].as_str().unwrap().to_owned();
            (text("kassenzeichen"), format!("{} {}", text("state"), text("open")))
        })
        .collect();
    let expected = [("mueller", "paid 0.00"), ("weber", "partly_paid 122.40"), ("lange", "open 80.00")];
    assert_eq!(states, expected.map(|(who, state)| (kz(who).to_owned(), state.to_owned())));
    let found = town.json("find Weber");
    assert_eq!((found.as_array().unwrap().len(), &found[0]["kassenzeichen"]), (1, &kz("weber").into()));
    town.run("find Niemand").refused("nothing is known of \"Niemand\"");
    town.run("verify").ok();
}

#[test]
fn the_demo_opens_in_the_browser_with_a_person_per_role() {
    let town = Town::empty();
    let mut command = town.command("demo --out stadt --serve --listen 127.0.0.1:0");
    let mut serving = Serving(command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap());
    let told = BufReader::new(serving.0.stderr.take().unwrap()).lines().map(Result::unwrap);
    let address = told.filter_map(|line| line.split("http://").nth(1)?.split('/').next().map(str::to_owned)).next();
    let address = address.unwrap();
    let said = BufReader::new(serving.0.stdout.take().unwrap()).lines().map(Result::unwrap);
    let people: Vec<Vec<String>> = said
        .skip_while(|line| !line.starts_with("In the browser"))
        .skip(1)
        .take(8)
        .map(|line| line.split_whitespace().map(str::to_owned).collect())
        .collect();
    let roles: Vec<&str> = people.iter().map(|person| person[1].as_str()).collect();
    let all = ["Administrator", "Clerk", "Reviewer", "Planner", "Releaser", "Front", "Auditor", "Treasurer"];
    assert_eq!(roles, all);
    for (person, wrong) in [(&people[1], ""), (&people[1], "x")] {
        let form = format!("name={}&password={}{wrong}", person[0], person[2]);
        let answer = posted(&address, "/login", &form);
        let is_in = answer.starts_with("HTTP/1.1 303") && answer.contains("einmal=");
        assert_eq!(is_in, wrong.is_empty(), "{answer}");
    }
}

/// A server that ends with the test.
struct Serving(Child);

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn posted(address: &str, path: &str, form: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    let kind = "Content-Type: application/x-www-form-urlencoded";
    let length = form.len();
    write!(stream, "POST {path} HTTP/1.1\r\nHost: {address}\r\n{kind}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{form}").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}
