//! Numbered exports to the finance system: the bank's lines as camt.053 and as tables, each thing told once, corrections that
//! name what they replace, the same bytes for the same number.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::after_file::{AFTER, Handed};
use crate::collect::{EXPORT, texts};
use crate::people::{items, kz, mandates};
use crate::town::{Done, Town};

const LINES: &str = "export postings --profile camt053";

/// The lines since a number, as the first command of the day makes them.
fn lines(town: &Town, since: i64) -> Done {
    town.run(&format!("{LINES} --since {since} --as anna")).ok()
}

/// What our own reader says of a file: each statement with its balances, days, bookings and findings.
fn read_back(town: &Town, name: &str, xml: &str) -> Vec<Value> {
    town.write(name, xml);
    town.json(&format!("inspect {name}")).as_array().unwrap().clone()
}

fn cents(text: &str) -> i64 {
    text.replace('.', "").parse().unwrap()
}

/// Cents per booking day of `report payments` and `report debits`.
fn per_day(town: &Town, day: &str) -> BTreeMap<String, i64> {
    let mut sums = BTreeMap::new();
    for report in ["payments", "debits"] {
        for row in town.json(&format!("--today {day} report {report}")).as_array().unwrap() {
            *sums.entry(row["booked"].as_str().unwrap().to_owned()).or_insert(0) +=
                cents(row["amount"].as_str().unwrap());
        }
    }
    sums
}

/// Rows of the profile for programs.
fn rows(town: &Town, line: &str) -> Vec<Value> {
    let out = town.run(&format!("export postings --profile jsonl {line}")).ok().out;
    out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// `change kassenzeichen posten amount` of each row.
fn told(rows: &[Value]) -> Vec<String> {
    let text = |row: &Value, key: &str| row[key].as_str().unwrap_or("-").to_owned();
    let row = |row: &Value| ["vorgang", "kassenzeichen", "posten", "betrag"].map(|key| text(row, key)).join(" ");
    rows.iter().map(row).collect()
}

#[test]
fn another_system_reads_the_banks_lines_and_posts_them_without_a_person() {
    let town = Town::lindental();
    town.run(&format!("resolve 1 --allocate '{}/2024-1=655.70' --as dora", kz("brandt"))).ok();
    let xml = lines(&town, 0).out;
    let read = read_back(&town, "aus.xml", &xml);
    let balances: Vec<(&str, &str, &Value)> = read
        .iter()
        .map(|one| (one["opening"].as_str().unwrap(), one["closing"].as_str().unwrap(), &one["findings"]))
        .collect();
    assert_eq!(balances.first().map(|one| one.0), Some("1000.00"), "{read:#?}");
    assert_eq!(balances.last().map(|one| one.1), Some("1851.70"));
    assert!(balances.windows(2).all(|pair| pair[0].1 == pair[1].0), "{balances:?}");
    assert!(read.iter().all(|one| one["findings"].as_array().is_none_or(Vec::is_empty)), "{read:#?}");
    let brandt = format!("<Ustrd>{} 2024-1 Grundbesitzabgaben</Ustrd>", kz("brandt"));
    assert!(xml.contains(&brandt), "{xml}");
    // a treasury that knows the same debts, and none of our decisions
    let other = Town::new();
    other.write("posten.csv", std::fs::read(town.path().join("posten.csv")).unwrap());
    other.write("mandate.csv", std::fs::read(town.path().join("mandate.csv")).unwrap());
    other.write("aus.xml", &xml);
    other.run("import posten.csv mandate.csv aus.xml").ok();
    other.run("match").ok();
    let posted = |town: &Town| -> BTreeMap<String, Value> {
        let payments = town.json("report payments");
        let rows = payments.as_array().unwrap().iter();
        rows.map(|row| (row["reference"].as_str().unwrap().to_owned(), row["allocations"].clone())).collect()
    };
    assert_eq!(posted(&other), posted(&town));
    assert_eq!(per_day(&other, "2024-03-11"), per_day(&town, "2024-03-11"));
    other.run("verify").ok();
}

#[test]
fn a_payment_for_two_items_is_one_line_in_two_parts() {
    let town = Town::lindental();
    let parts = format!("'{}/2024-1=600.00' '{}/2023-4=55.70'", kz("brandt"), kz("vogt"));
    town.run(&format!("resolve 1 --allocate {parts} --as dora")).ok();
    let xml = lines(&town, 0).out;
    assert_eq!(texts(&xml, "NtryRef").len(), 4, "{xml}");
    assert_eq!(xml.matches("<TxDtls>").count(), 5);
    let numbers = texts(&xml, "AcctOwnrTxId");
    assert_eq!(numbers.iter().collect::<std::collections::BTreeSet<_>>().len(), 5, "{numbers:?}");
    let own: Vec<String> =
        told(&rows(&town, "--since 0")).into_iter().filter(|row| !row.starts_with("new - ")).collect();
    let expected = [
        format!("new {} 2024-1 166.00", kz("fischer")),
        format!("new {} 2024-1 600.00", kz("brandt")),
        format!("new {} 2023-4 55.70", kz("vogt")),
    ];
    let mut sorted = own.clone();
    sorted.sort();
    let mut wanted = expected.to_vec();
    wanted.sort();
    assert_eq!(sorted, wanted);
}

#[test]
fn each_thing_is_told_once_and_a_number_again_gives_the_same_bytes() {
    let town = Town::lindental();
    town.run(&format!("{LINES} --since 0"))
        .refused("nothing was exported after number 0 yet: say with --as who exports it");
    town.run(&format!("{LINES} --since 1 --as anna")).refused("there is no export 1 of lines: the last one is 0");
    let first = lines(&town, 0);
    assert!(first.err.contains("export 1: go on with --since 1"), "{}", first.err);
    let counts = town.books().counts();
    assert_eq!(town.on("2024-03-12", &format!("{LINES} --since 0")).ok().out, first.out);
    let nothing = lines(&town, 1);
    assert_eq!((nothing.out.as_str(), town.books().counts()), ("", counts));
    assert!(nothing.err.contains("nothing has changed since export 1"), "{}", nothing.err);
    // a decision, and one that is undone
    town.run(&format!("resolve 1 --allocate '{}/2024-1=655.70' --as dora", kz("brandt"))).ok();
    let second = lines(&town, 1).out;
    let own = [format!("{} 2024-1 Grundbesitzabgaben", kz("brandt"))];
    let ustrd = texts(&second, "Ustrd");
    assert_eq!((ustrd.len(), &ustrd[1..]), (2, &own[..]), "{second}");
    assert_eq!(texts(&second, "RvslInd"), ["true"]);
    let entries = texts(&first.out, "NtryRef");
    assert!(texts(&second, "AddtlNtryInf").iter().all(|note| entries.iter().any(|one| note.contains(one.as_str()))));
    let read = read_back(&town, "zwei.xml", &second);
    assert_eq!(read.len(), 1);
    assert_eq!((&read[0]["opening"], &read[0]["closing"]), (&json!("1851.70"), &json!("1851.70")), "{read:#?}");
    town.run("resolve 1 --undo --as dora").ok();
    let third = rows(&town, "--since 2 --as anna");
    let brandt = kz("brandt");
    assert_eq!(told(&third), [format!("reversal {brandt} 2024-1 -655.70"), "correction - - 655.70".to_owned()]);
    assert!(third.iter().all(|row| row["ersetzt_ausgabe"] == "2" && row["ausgabe"] == "3"), "{third:#?}");
    // what was told first is what it was, whatever was decided since
    assert_eq!(town.run(&format!("{LINES} --since 0")).ok().out, first.out);
    assert_eq!(town.run(&format!("{LINES} --since 1")).ok().out, second);
    let ids = [&first.out, &second].map(|xml| texts(xml, "MsgId")[0].clone());
    assert_ne!(ids[0], ids[1]);
    let list = town.json(&format!("{LINES} --list"));
    assert_eq!(list.as_array().unwrap().len(), 3, "{list:#}");
    town.run("verify").ok();
}

#[test]
fn what_a_run_brought_in_is_split_by_item_and_what_came_back_names_it() {
    let handed = Handed::new();
    let town = &handed.town;
    lines(town, 0);
    handed.statement(
        "2024-03-27 +365.30 - | SAMMLER | ref=R-1001 code=PMNT/IDDT/ESDD msg=MESSAGE of=3 bare
         2024-03-28 -80.10 vogt | RETOURE | ref=R-2001 code=PMNT/IDDT/UPDD e2e=E0 return=AM04 orig=77.10",
    );
    let since = |number: i64| told(&rows(town, &format!("--since {number} --as anna --today {AFTER}")));
    let told = since(1);
    let expected = [
        format!("new {} 2023-4 77.10", kz("vogt")),
        format!("new {} 2023-4 100.00", kz("mueller")),
        format!("new {} 2024-1 100.00", kz("mueller")),
        format!("new {} 2024-1 88.20", kz("neumann")),
        format!("new {} 2023-4 -77.10", kz("vogt")),
        "new - - -3.00".to_owned(),
    ];
    for one in &expected {
        assert!(told.contains(one), "{one} in {told:#?}");
    }
    let sum = |rows: &[String]| rows.iter().map(|row| cents(row.rsplit(' ').next().unwrap())).sum::<i64>();
    assert_eq!((told.len(), sum(&told)), (6, 36_530 - 8_010), "{told:#?}");
    // nothing is told twice
    assert_eq!(since(2), Vec::<String>::new());
    let all = rows(town, &format!("--today {AFTER}"));
    let mut days: BTreeMap<String, i64> = BTreeMap::new();
    for row in &all {
        *days.entry(row["buchungstag"].as_str().unwrap().to_owned()).or_insert(0) +=
            cents(row["betrag"].as_str().unwrap());
    }
    assert_eq!(days, per_day(town, AFTER));
}

#[test]
fn holds_blocks_living_and_mandates_tell_what_came_changed_and_ended() {
    let town = Town::lindental();
    let changes = |line: &str| -> Vec<(String, Value, Value)> {
        let rows = town.json(line);
        let row = |row: &Value| {
            (row["change"].as_str().unwrap().to_owned(), row["replaces"].clone(), row["kassenzeichen"].clone())
        };
        rows.as_array().unwrap().iter().map(row).collect()
    };
    let first = changes("export holds --since 0 --as anna");
    assert!(first.iter().all(|(change, replaces, _)| change == "new" && replaces.is_null()), "{first:?}");
    town.run("hold add '07/12345-6' --reason 'Widerspruch' --as anna").ok();
    town.run("resolve 1 --other 'Spende' --as dora").ok();
    let second = changes("export holds --since 1 --as anna");
    assert!(second.contains(&("new".to_owned(), Value::Null, json!(kz("vogt")))), "{second:?}");
    assert!(second.contains(&("ended".to_owned(), json!(1), json!(kz("brandt")))), "{second:?}");
    assert_eq!(changes("export holds --since 1"), second);
    let blocks = changes("export blocks --since 0 --as anna");
    assert!(blocks.iter().any(|row| row.2 == json!(kz("vogt"))), "{blocks:?}");
    // mandates: one is revoked, one is new
    assert_eq!(changes("export mandates --since 0 --as anna").len(), 8);
    town.write("neu.csv", mandates("vogt status=widerrufen\nlange"));
    town.run("import neu.csv --partial --as anna").ok();
    let changed = changes("export mandates --since 1 --as anna");
    let expected = [("changed", json!(1), "vogt"), ("new", Value::Null, "lange")];
    for (change, replaces, who) in expected {
        assert!(changed.contains(&(change.to_owned(), replaces, json!(kz(who)))), "{changed:?}");
    }
    assert_eq!(changed.len(), 2);
    let vogt = town.one("export mandates", &[("kassenzeichen", kz("vogt"))]);
    assert_eq!((&vogt["status"], &vogt["amended"]), (&json!("widerrufen"), &json!(false)), "{vogt:#}");
    assert!(vogt["iban"].as_str().unwrap().starts_with("DE"));
    // plain postings are numbered too, each once
    let count = |line: &str| town.json(line).as_array().unwrap().len();
    assert_eq!((count("export postings --since 0 --as anna"), count("export postings")), (1, 1));
    town.run("export postings --since 1 --as anna").ok().says("nothing has changed since export 1");
}

#[test]
fn an_amended_mandate_is_told_once_its_debit_was_credited() {
    let town = Town::lindental();
    let list = mandates("vogt");
    let (head, row) = list.trim_end().split_once('\n').unwrap();
    town.write("neu.csv", format!("{head};alte_mandatsreferenz\n{row};ALT-1\n"));
    town.run("import neu.csv --partial --as anna").ok();
    let mandate = |day: &str| town.one(&format!("--today {day} export mandates"), &[("kassenzeichen", kz("vogt"))]);
    let amended = mandate("2024-03-11");
    assert_eq!((&amended["amended"], &amended["amendment_told"]), (&json!(true), &Value::Null), "{amended:#}");
    town.run("collect plan --due 2024-03-27 --as anna").ok();
    town.run("collect notify L1 --out post --sent 2024-03-11 --as anna").ok();
    town.run("collect release L1 --as bernd --acknowledge-open-cases").ok();
    town.run(EXPORT).ok();
    assert_eq!(mandate("2024-03-27")["amendment_told"], Value::Null);
    let message = texts(&crate::collect::pain(&town), "MsgId")[0].clone();
    let credit = format!(
        "202 2024-03-11 2024-03-28 1851.70\n2024-03-27 +365.30 - | SAMMLER | ref=R-1001 code=PMNT/IDDT/ESDD msg={message} of=3 bare"
    );
    town.write("auszug-202.xml", crate::bank::Statement::new(&credit).xml());
    town.on(AFTER, "import auszug-202.xml").ok();
    town.on(AFTER, "match").ok();
    let told = mandate(AFTER);
    assert_eq!((&told["amendment_told"], &told["last_used"]), (&json!("2024-03-27"), &json!("2024-03-27")), "{told:#}");
}

#[test]
fn what_was_told_is_not_taken_back_because_its_day_is_told_no_more() {
    let town = Town::lindental();
    lines(&town, 0);
    // the old system had posted all of it, as two people say: what was placed is placed no more
    town.run("statements as-of 2024-03-10 --reason 'war gebucht' --as anna --with bernd").ok();
    let next = told(&rows(&town, "--since 1 --as anna"));
    let fischer = kz("fischer");
    assert_eq!(next, [format!("reversal {fischer} 2024-1 -166.00"), "correction - - 166.00".to_owned()]);
    assert_eq!(rows(&town, ""), Vec::<Value>::new());
}

#[test]
fn two_at_once_get_the_same_number() {
    let town = Town::lindental();
    let line = format!("{LINES} --since 0 --as anna");
    let children: Vec<_> = (0..2)
        .map(|_| {
            let mut command = town.command(&line);
            command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped()).spawn().unwrap()
        })
        .collect();
    let outs: Vec<String> = children
        .into_iter()
        .map(|child| {
            let done = child.wait_with_output().unwrap();
            assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
            String::from_utf8(done.stdout).unwrap()
        })
        .collect();
    assert_eq!(outs[0], outs[1]);
    assert_eq!(town.json(&format!("{LINES} --list")).as_array().unwrap().len(), 1);
}

#[test]
fn a_layout_is_data_and_what_it_cannot_mean_is_named() {
    let town = Town::lindental();
    town.write("eigen.toml", "title = \"eigen\"\nformat = \"csv\"\nseparator = \"|\"\nquoted = true\nencoding = \"windows-1252\"\n\
        signs = [\"E\", \"A\"]\n[[column]]\nheading = \"Kassenzeichen\"\nfield = \"kassenzeichen\"\n[[column]]\nheading = \"Betrag\"\nfield = \"absolute\"\n\
        [[column]]\nheading = \"Art\"\nfield = \"sign\"\n[[column]]\nheading = \"Tag\"\nfield = \"booked\"\n");
    let out = town.run("export postings --profile eigen.toml").ok().out;
    let fischer = format!("\"{}\"|\"166,00\"|\"E\"|\"15.02.2024\"", kz("fischer"));
    assert!(out.lines().any(|line| line == fischer) && out.contains("\"\"|\"20,00\"|\"A\"|\"21.02.2024\""), "{out}");
    let csv = town.run("export postings --profile csv").ok().out;
    assert!(csv.starts_with("nummer;ausgabe;vorgang;") && csv.contains(";166,00;EUR;"), "{csv}");
    town.write("falsch.toml", "title = \"x\"\nformat = \"csv\"\n[[column]]\nheading = \"a\"\nfield = \"betrag\"\n");
    let done = town.run("export postings --profile falsch.toml");
    assert!(done.code == 1 && done.err.contains("falsch.toml") && done.err.contains("line 5"), "{done:?}");
    town.run("export postings --profile gibtsnicht").refused_with("there is no profile \"gibtsnicht\"");
    town.run("export postings --profile xlsx").refused("a workbook is no text: name its file with --out");
    town.run("export holds --profile csv").refused("--profile belongs to export postings");
    town.run("export postings --profile xlsx --since 0 --as anna --out mappe.xlsx").ok();
    let first = std::fs::read(town.path().join("mappe.xlsx")).unwrap();
    assert!(first.starts_with(b"PK"));
    town.run("export postings --profile xlsx --since 0 --out wieder.xlsx").ok();
    assert_eq!(std::fs::read(town.path().join("wieder.xlsx")).unwrap(), first);
}

#[test]
fn days_that_the_old_system_posted_or_nobody_has_whole_are_not_told() {
    let town = Town::new();
    town.write("posten.csv", items("fischer 2024-1 2024-02-15 166.00"));
    town.write(
        "auszug.xml",
        crate::bank::Statement::new("201 2024-02-01 2024-03-08 1000.00\n2024-02-05 +10.00 fischer | Rate | ref=R-1\n2024-02-15 +166.00 fischer | Kassenzeichen 5.0100.895164.9 | ref=R-2").xml(),
    );
    town.run("import posten.csv --as-of 2024-02-06").ok();
    town.run("import auszug.xml").ok();
    // the next but one: what lies between is missing
    town.write(
        "spaeter.xml",
        crate::bank::Statement::new("203 2024-03-09 2024-03-10 9000.00\n2024-03-10 +5.00 fischer | Rest | ref=R-3")
            .xml(),
    );
    town.run("import spaeter.xml").ok();
    town.run("match").ok();
    let told = rows(&town, "");
    let days: Vec<&str> = told.iter().map(|row| row["buchungstag"].as_str().unwrap()).collect();
    assert_eq!(days, ["2024-02-15", "2024-03-10"], "{told:#?}");
    let xml = town.run(LINES).ok().out;
    let read = read_back(&town, "aus.xml", &xml);
    let balances: Vec<(&Value, &Value)> = read.iter().map(|one| (&one["opening"], &one["closing"])).collect();
    assert_eq!(balances, [(&json!("1010.00"), &json!("1176.00")), (&json!("9000.00"), &json!("9005.00"))]);
}
