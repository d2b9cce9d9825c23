//! The contract's JSON, formats and exit codes.

use serde_json::Value;

use crate::bank::{ACCOUNT, Layout, Statement};
use crate::people::items;
use crate::town::{Done, SETTINGS, TODAY, Town};

/// Whether a value is of the kind that a word names; a word that ends in `?` allows null.
fn is(kind: &str, value: &Value) -> bool {
    let text = value.as_str().unwrap_or_default();
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    match kind.strip_suffix('?').unwrap_or(kind) {
        _ if kind.ends_with('?') && value.is_null() => true,
        "text" => value.is_string(),
        "flag" => value.is_boolean(),
        "list" => value.is_array(),
        "count" => value.is_u64(),
        "share" => value.as_f64().is_some_and(|share| (0.0..=1.0).contains(&share)),
        "number" => value.is_number(),
        "amount" => {
            let split = text.strip_prefix('-').unwrap_or(text).split_once('.');
            split.is_some_and(|(whole, part)| digits(whole) && digits(part) && part.len() == 2)
        }
        "day" => text.parse::<jiff::civil::Date>().is_ok_and(|day| day.to_string() == text),
        "iban" => text.len() == 22 && text.starts_with("DE") && digits(text.trim_start_matches("DE")),
        words => words.split('|').any(|word| word == text),
    }
}

/// Every field of a table of `name kind` is there with that kind.
#[track_caller]
fn check(value: &Value, fields: &str) {
    for field in fields.split(',').map(str::trim) {
        let (name, kind) = field.split_once(' ').unwrap();
        let own = value.get(name).unwrap_or_else(|| panic!("no field {name} in {value:#}"));
        assert!(is(kind, own), "{name} is no {kind}: {own}");
    }
}

#[track_caller]
fn check_all(list: &Value, fields: &str) {
    let rows = list.as_array().unwrap();
    assert!(!rows.is_empty());
    rows.iter().for_each(|row| check(row, fields));
}

#[test]
fn inspect_prints_every_field() {
    let town = Town::empty();
    let statement = Statement::new(
        "201 2024-03-01 2024-03-08 -50.00
         2024-03-04 +100.00 mueller | KZ 5.0100.118204.4 | ref=R-1 e2e=E-1
         2024-03-05 -20.00 Stadtwerke Lindental | Strom
         2024-03-06 +30.00 batch
           +10.00 weber | eins | ref=R-2
           +20.00 lange | zwei | ref=R-3",
    );
    town.write("neu.xml", statement.xml());
    town.write("alt.xml", statement.render("02", Layout::Dense));
    let shown = town.json("inspect neu.xml alt.xml");
    check_all(
        &shown,
        "file text, message camt.053.001.08|camt.053.001.02, id text, account iban, currency EUR,
         sequence count, from day?, to day?, opening amount, closing amount, bookings list, findings list",
    );
    for statement in shown.as_array().unwrap() {
        check_all(
            &statement["bookings"],
            "amount amount, currency EUR, sign credit|debit, reversal flag, status BOOK, booked day, valued day,
         bank_reference text?, end_to_end_id text?, mandate_id text?, counterparty text,
         counterparty_iban iban?, remittance text, structured_reference text?, return_reason text?,
         bank_code PMNT/RCDT/ESCT|PMNT/ICDT/ESCT, proprietary_code text?, batch flag",
        );
        assert_eq!(
            (&statement["opening"], &statement["closing"], &statement["sequence"]),
            (&"-50.00".into(), &"60.00".into(), &201.into())
        );
    }
    assert_eq!(shown[0]["bookings"], shown[1]["bookings"], "the version and the layout say nothing else");
    let references: Vec<&Value> =
        shown[0]["bookings"].as_array().unwrap().iter().map(|booking| &booking["bank_reference"]).collect();
    assert_eq!(references, [&"R-1".into(), &Value::Null, &"R-2".into(), &"R-3".into()]);
    let first = &shown[0]["bookings"][0];
    assert_eq!(
        (&first["end_to_end_id"], &first["counterparty_iban"], &first["batch"]),
        (&"E-1".into(), &"DE81416500010007111111".into(), &false.into())
    );
    assert_eq!(shown[0]["bookings"][2]["batch"], true);
    assert!(!town.path().join("einmal.db").exists(), "inspect needs no database");
}

#[test]
fn inspect_says_where_a_balance_does_not_fit() {
    let town = Town::empty();
    let text = Statement::new("201 2024-03-01 2024-03-08 50.00\n2024-03-04 +100.00 mueller | x").xml();
    town.write("a.xml", text.replace(">150.00<", ">151.00<"));
    let shown = town.json("inspect a.xml");
    let said = shown[0]["findings"][0].as_str().unwrap();
    assert!(
        said.ends_with("the closing balance 151.00 is not the opening one 50.00 and the entries of 100.00"),
        "{said}"
    );
}

#[test]
fn a_field_that_cannot_be_read_is_null_and_named() {
    let town = Town::empty();
    let text = Statement::new("201 2024-03-01 2024-03-08 50.00\n2024-03-04 +100.00 mueller | x").xml();
    town.write("a.xml", text.replace(">100.00<", ">100.005<"));
    let shown = town.json("inspect a.xml");
    assert_eq!(shown[0]["bookings"][0]["amount"], Value::Null);
    let named = shown[0]["findings"]
        .as_array()
        .unwrap()
        .iter()
        .any(|text| text.as_str().unwrap().contains("\"100.005\" has more than two decimals"));
    assert!(named, "{shown:#}");
}

#[test]
fn plans_and_reports_print_every_field() {
    let town = Town::lindental();
    let receivable = "kassenzeichen text, posten text, kind text, due day, amount amount, transferred amount,
         collected amount, in_collection amount, open amount,
         state open|partly_paid|paid|in_collection|collected|reopened, fees_not_arisen amount,
         fees_waived amount, holds list,
         left_out not_due|held|hand_hold|in_run|no_mandate|revoked|lapsed|b2b|outside_eea|unconfirmed|too_small|too_soon|not_announced?";
    check_all(&town.json("report receivables"), receivable);
    let plan = town.json("collect plan --due 2024-03-27 --as anna");
    check(&plan, "run text, due day, debits count, amount amount, left_out list");
    check_all(&plan["left_out"], "kassenzeichen text, posten text, amount amount, reason text, case count?");
    let receivables = town.json("report receivables");
    check_all(&receivables, receivable);
    let held = receivables.as_array().unwrap().iter().find(|item| item["left_out"] == "held").unwrap();
    check_all(&held["holds"], "case count, reason text");
    let payments = town.json("report payments");
    check_all(
        &payments,
        "reference text, account iban, booked day, amount amount, counterparty text, remittance text,
         decision auto|clerk|case|other|returned|settlement|pending, confidence share?, allocations list,
         evidence list",
    );
    for payment in payments.as_array().unwrap() {
        check_all(&payment["evidence"], "witness text, text text, weight number");
    }
    let posted = payments.as_array().unwrap().iter().find(|payment| payment["decision"] == "auto").unwrap();
    check_all(&posted["allocations"], "kassenzeichen text, posten text, amount amount");
    check_all(&town.json("report runs"), "run text, due day, state planned, debits count, amount amount, planner text");
    check_all(
        &town.json("report statements"),
        "account iban, from day, to day, closing amount, complete flag, missing list",
    );
}

#[test]
fn a_credit_that_match_has_not_seen_is_pending() {
    let town = Town::new();
    town.write("a.xml", Statement::new("201 2024-03-01 2024-03-08 50.00\n2024-03-04 +100.00 mueller | x").xml());
    town.run("import a.xml").ok();
    let payment = town.one("report payments", &[]);
    assert_eq!(
        (&payment["decision"], &payment["confidence"], &payment["account"]),
        (&"pending".into(), &Value::Null, &ACCOUNT.into())
    );
    assert!(payment["reference"].as_str().unwrap().starts_with("einmal-"), "a booking without a reference gets one");
}

#[test]
fn wrong_usage_is_exit_code_2() {
    let town = Town::lindental();
    for line in [
        "",
        "imporT x",
        "import",
        "collect plan --as anna",
        "collect plan --due 2024-03-27",
        "collect plan --due 27.03.2024 --as anna",
        "collect release L1",
        "collect notify L1 --out x --as anna --sent 2024-03-11 --notice-by Bescheid",
        "resolve 1 --as dora",
        "resolve 1 --refund --undo --as dora",
        "resolve eins --refund --as dora",
        "resolve 1 --allocate 5.0100.118204.4/2023-4 --as dora",
        "resolve 1 --allocate 5.0100.118204.4/2023-4=1,005 --as dora",
        "report payment",
        "--format xml cases",
        "--today morgen cases",
    ] {
        let done = town.run(line);
        assert_eq!((done.code, done.out.as_str()), (2, ""), "{line:?}: {done:?}");
        assert!(done.err.contains("Usage: ") || done.err.starts_with("error: "), "{line:?}: {done:?}");
    }
    town.run("--help").ok();
    town.run("--version").ok();
}

#[test]
fn nobody_decides_without_a_name() {
    let town = Town::lindental();
    for line in ["collect plan --due 2024-03-27 --as ''", "resolve 1 --refund --as ''"] {
        let done = town.run(line);
        assert_ne!(done.code, 0, "{line}: {done:?}");
    }
    assert_eq!(town.json("collect list"), Value::Array(Vec::new()));
}

#[test]
fn a_list_is_a_table_json_or_csv() {
    let town = Town::lindental();
    let table = town.run("report receivables").ok().out;
    assert!(table.lines().next().unwrap().contains("KASSENZEICHEN"), "{table}");
    assert_eq!(table, town.run("report receivables --format table").ok().out, "the option may stand anywhere");
    let csv = town.run("--format csv report receivables").ok().out;
    let mut lines = csv.lines();
    assert!(
        lines
            .next()
            .unwrap()
            .starts_with("kassenzeichen;posten;kind;due;amount;transferred;collected;in_collection;open;state"),
        "{csv}"
    );
    assert!(lines.next().unwrap().starts_with("07/12345-6;2023-4;Hundesteuer;"), "{csv}");
    assert_eq!(
        lines.next(),
        Some(
            "5.0100.118204.4;2023-4;Grundbesitzabgaben;2023-11-15;100.00;0.00;0.00;0.00;100.00;open;6.50;0.00;[];;0.00"
        )
    );
    assert_eq!(town.json("report receivables").as_array().unwrap().len(), lines.count() + 2);
    let postings = town.run("export postings").ok().out;
    assert!(postings.contains(";R-FISCHER;5.0100.895164.9;2024-1;"), "{postings}");
    let empty = Town::new();
    assert_eq!(empty.json("report receivables"), Value::Array(Vec::new()));
}

#[test]
fn settings_database_and_day_come_from_options_or_the_environment() {
    let town = Town::new();
    town.write("woanders/kasse.toml", SETTINGS);
    std::fs::remove_file(town.path().join("einmal.toml")).unwrap();
    town.write("posten.csv", items("mueller 2023-4 2024-03-01 100.00"));
    let by_option = "--config woanders/kasse.toml --db sqlite://woanders/a.db";
    town.run(&format!("{by_option} import posten.csv")).ok();
    assert!(town.path().join("woanders/a.db").exists() && !town.path().join("einmal.db").exists());
    let with = |day: Option<&str>| {
        let mut command = town.command("--format json report receivables");
        command.env("EINMAL_CONFIG", "woanders/kasse.toml").env("EINMAL_DB", "sqlite://woanders/a.db");
        day.iter().for_each(|day| {
            command.env("EINMAL_TODAY", day);
        });
        let done = Done::of(command).ok();
        serde_json::from_str::<Value>(&done.out).unwrap()[0]["left_out"].clone()
    };
    assert_eq!(with(Some("2024-02-01")), "not_due");
    assert_eq!(with(Some(TODAY)), "no_mandate");
    let mut command = town.command(&format!("--today 2024-02-01 --format json {by_option} report receivables"));
    command.env("EINMAL_CONFIG", "nirgends.toml").env("EINMAL_TODAY", TODAY);
    let shown: Value = serde_json::from_str(&Done::of(command).ok().out).unwrap();
    assert_eq!(shown[0]["left_out"], "not_due", "an option is stronger than the environment");
}
