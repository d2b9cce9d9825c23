//! Closing days, and the journal that auditors take with them.

use crate::bank::Statement;
use crate::books::Books;
use crate::town::Town;

#[test]
fn a_day_is_closed_under_two_names_with_figures_that_add_up() {
    let town = Town::lindental();
    let day = town.json("close-day 2024-03-08 --as dora --with emil");
    let figures: Vec<&str> = ["opening", "in", "out", "closing", "posted", "in_doubt", "other"]
        .iter()
        .map(|name| day[0][*name].as_str().unwrap())
        .collect();
    assert_eq!(figures, ["1801.70", "50.00", "0.00", "1851.70", "0.00", "0.00", "50.00"]);
    let head = town.json("journal head");
    assert_eq!(head["entry"].as_i64().unwrap(), day[0]["journal"].as_i64().unwrap() + 1, "closing is an entry itself");
    let earlier = town.json("close-day 2024-02-20 --as dora --with emil");
    assert_eq!((&earlier[0]["in_doubt"], &earlier[0]["closing"]), (&"655.70".into(), &"1821.70".into()));
    assert_eq!(town.json("close-day --list").as_array().unwrap().len(), 2);
    town.run("verify").ok();
}

#[test]
fn a_day_that_cannot_be_closed_says_why() {
    let town = Town::lindental();
    town.run("close-day 2024-03-08 --as dora --with dora").refused("two people close a day");
    town.run("close-day 2024-03-11 --as dora --with emil").refused("2024-03-11 is not over: today is 2024-03-11");
    town.run("close-day 2023-10-02 --as dora --with emil")
        .refused("account DE82416500010000000023: no complete statements cover 2023-10-02");
    town.run("close-day 2024-03-08 --as dora --with emil").ok();
    town.run("close-day 2024-03-08 --as emil --with dora")
        .refused("2024-03-08 was closed by dora and emil: what is corrected now is an entry of today");
    let next = "202 2024-03-09 2024-03-10 1851.70\n2024-03-10 +1.00 Hildegard Ober | Kita | ref=R-NEU";
    town.write("neu.xml", Statement::new(next).xml());
    town.run("import neu.xml").ok();
    town.run("close-day 2024-03-10 --as dora --with emil")
        .refused("1 credits up to 2024-03-10 have not been decided: run `einmal match`");
}

#[test]
fn a_day_of_which_a_part_is_missing_is_not_closed() {
    let town = Town::new();
    town.write(
        "a.xml",
        Statement::new("201 2024-03-07 2024-03-07 1000.00\n2024-03-07 +100.00 mueller | Kita | ref=R-1").xml(),
    );
    // 50.00 came between the two
    town.write(
        "b.xml",
        Statement::new("202 2024-03-07 2024-03-07 1150.00\n2024-03-07 +7.00 weber | Kita | ref=R-2").xml(),
    );
    town.run("import a.xml b.xml").ok();
    town.run("match").ok();
    town.run("close-day 2024-03-07 --as dora --with emil").refused_with("do not lead from one balance to the other");
}

#[test]
fn a_day_beside_a_gap_is_not_closed() {
    // the second statement may begin at noon: nobody knows whether what is missing came before
    let town = Town::new();
    town.write(
        "a.xml",
        Statement::new("201 2024-03-06 2024-03-06 1000.00\n2024-03-06 +100.00 mueller | Kita | ref=R-1").xml(),
    );
    town.write(
        "b.xml",
        Statement::new("202 2024-03-07 2024-03-07 1150.00\n2024-03-07 +7.00 weber | Kita | ref=R-2").xml(),
    );
    town.run("import a.xml b.xml").ok();
    town.run("match").ok();
    for day in ["2024-03-06", "2024-03-07"] {
        town.run(&format!("close-day {day} --as dora --with emil")).refused_with("statements are missing between");
    }
}

#[test]
fn the_database_itself_closes_no_day_for_one_person_or_with_wrong_figures() {
    let town = Town::lindental();
    town.run("close-day 2024-03-08 --as dora --with emil").ok();
    let books = Books::of(&town);
    for change in ["second = actor", "closing = closing + 1", "posted = posted + 1", "in_doubt = in_doubt + 1"] {
        let refused = books.execute(&format!("UPDATE day_close SET {change}"));
        assert!(refused.unwrap_err().to_string().contains("CHECK constraint failed"), "{change}");
    }
}

#[test]
fn the_journal_tells_every_entry_and_what_it_added() {
    let town = Town::lindental();
    let journal = town.json("journal export");
    let entries = journal.as_array().unwrap();
    let numbers: Vec<i64> = entries.iter().map(|entry| entry["entry"].as_i64().unwrap()).collect();
    assert_eq!(numbers, (1..=entries.len() as i64).collect::<Vec<_>>());
    for pair in entries.windows(2) {
        assert_eq!(pair[0]["hash"], pair[1]["previous"]);
    }
    assert_eq!(entries.last().unwrap()["hash"], town.json("journal head")["hash"]);
    assert!(entries.iter().any(|entry| entry["action"] == "import" && entry["facts"][0]["rows"].as_i64().unwrap() > 0));
    let csv = town.run("journal export").ok().out;
    assert!(csv.starts_with("entry;at;day;by;action;subject;reason;facts;previous;hash\n"), "{csv}");
}

#[test]
fn an_entry_of_the_journal_shows_before_and_after() {
    let town = Town::lindental();
    town.write("weniger.csv", crate::people::items("mueller 2023-4 2023-11-15 60.00"));
    town.run("import weniger.csv").ok();
    let last = town.json("journal head")["entry"].as_i64().unwrap();
    let entry = town.json(&format!("journal show {last}"));
    let fact = entry["facts"].as_array().unwrap().iter().find(|fact| fact["table"] == "assessment").unwrap();
    assert_eq!((&fact["before"]["amount"], &fact["after"]["amount"]), (&10_000.into(), &6_000.into()));
    assert_eq!(fact["after"]["item"], format!("{}/2023-4", crate::people::kz("mueller")));
    assert_eq!(entry["rows"].as_u64().unwrap() as usize, entry["facts"].as_array().unwrap().len());
    let table = town.run(&format!("journal show {last}")).ok().out;
    assert!(table.lines().any(|line| line.split_whitespace().eq(["amount", "10000", "6000"])), "{table}");
    assert!(!entry.to_string().contains("\"key\""), "the key of a person's values is nobody's to see");
    town.run("resolve 1 --other Kita --as dora").ok();
    let last = town.json("journal head")["entry"].as_i64().unwrap();
    let entry = town.json(&format!("journal show {last}"));
    let fact = entry["facts"].as_array().unwrap().iter().find(|fact| fact["table"] == "verdict").unwrap();
    assert_eq!((&fact["before"]["decision"], &fact["after"]["decision"]), (&"case".into(), &"other".into()));
    town.run("journal show 999").refused("the journal has no entry 999");
}
