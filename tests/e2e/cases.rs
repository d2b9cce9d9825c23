//! Cases: what a person sees and decides, what it holds before and after.

use serde_json::{Value, json};

use crate::bank::Statement;
use crate::books::Books;
use crate::people::{items, kz, mandates};
use crate::town::Town;

/// The reasons for which an item is held.
fn holds(town: &Town, who: &str, posten: &str) -> Value {
    item(town, who, posten)["holds"].clone()
}

fn item(town: &Town, who: &str, posten: &str) -> Value {
    town.one("report receivables", &[("kassenzeichen", kz(who)), ("posten", posten)])
}

fn payment(town: &Town, reference: &str) -> Value {
    town.one("report payments", &[("reference", reference)])
}

/// The allocations of a payment as `KZ/POSTEN=AMOUNT`.
fn placed(town: &Town, reference: &str) -> Vec<String> {
    let payment = payment(town, reference);
    let parts = payment["allocations"].as_array().unwrap().iter();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    parts
        .map(|part| format!("{}/{}={}", text(&part["kassenzeichen"]), text(&part["posten"]), text(&part["amount"])))
        .collect()
}

/// A command that is refused with exactly this message and leaves no row behind.
#[track_caller]
fn refused(town: &Town, line: &str, why: &str) {
    let before = Books::of(town).counts();
    town.run(line).refused(why);
    assert_eq!(Books::of(town).counts(), before, "{line}");
}

#[test]
fn a_case_shows_its_candidates_and_holds_what_it_could_concern() {
    let town = Town::lindental();
    let case = town.one("cases", &[("counterparty", "Xaver Quandt")]);
    assert_eq!((&case["case"], &case["amount"], &case["open"]), (&json!(1), &json!("655.70"), &json!("655.70")));
    assert_eq!(case["holds"], json!([{"kassenzeichen": kz("brandt"), "posten": "2024-1", "reason": "amount_alone"}]));
    assert_eq!(
        holds(&town, "brandt", "2024-1"),
        json!([{"case": 1, "reason": "amount_alone", "may_be_lifted_by": "who decides case 1"}])
    );
    let shown = town.json("case 1");
    let candidate = &shown["candidates"][0];
    assert_eq!((&candidate["kassenzeichen"], &candidate["chosen"]), (&json!(kz("brandt")), &json!(false)));
    assert_eq!(
        candidate["items"][0],
        json!({"posten": "2024-1", "kind": "Grundbesitzabgaben", "due": "2024-02-15", "amount": "655.70", "open": "655.70", "debtor": "Jochen Brandt", "in_collection": "0.00", "is_due": true})
    );
    let witness = &candidate["witnesses"][0];
    assert!(
        witness["witness"].is_string() && witness["text"].is_string() && witness["weight"].is_number(),
        "{witness}"
    );
    let table = town.run("case 1").ok().out;
    assert!(table.contains("1. 5.0100.673942.6  Jochen Brandt"), "{table}");
    refused(&town, "case 99", "there is no case 99");
}

#[test]
fn a_person_places_the_whole_amount_and_the_hold_is_gone() {
    let town = Town::lindental();
    let done = town.run("resolve 1 --allocate 5.0100.673942.6/2024-1=655,70 --as dora").ok();
    done.says("case 1 was decided by dora");
    assert_eq!(payment(&town, "R-QUANDT")["decision"], "clerk");
    assert_eq!(placed(&town, "R-QUANDT"), ["5.0100.673942.6/2024-1=655.70"]);
    let brandt = item(&town, "brandt", "2024-1");
    assert_eq!((&brandt["state"], &brandt["holds"], &brandt["open"]), (&json!("paid"), &json!([]), &json!("0.00")));
    assert_eq!(town.json("cases"), json!([]));
    town.run("match").ok();
    assert_eq!(payment(&town, "R-QUANDT")["decision"], "clerk", "match leaves a person's decision alone");
    refused(&town, "resolve 1 --other Spende --as dora", "case 1 has been decided: `einmal resolve 1 --undo` first");
    town.run("verify").ok();
}

#[test]
fn a_part_is_placed_and_the_rest_stays_a_case() {
    let town = Town::lindental();
    let parts = "07/12345-6/2023-4=77.10 5.0100.118204.4/2023-4=100.00";
    town.run(&format!("resolve 1 --allocate {parts} --as dora")).ok();
    let case = town.one("cases", &[]);
    assert_eq!((&case["case"], &case["open"], &case["amount"]), (&json!(1), &json!("478.60"), &json!("655.70")));
    assert_eq!(holds(&town, "brandt", "2024-1").as_array().unwrap().len(), 1, "what is in doubt still holds");
    assert_eq!(item(&town, "vogt", "2023-4")["state"], "paid");
    town.run("resolve 1 --allocate 5.0100.118204.4/2024-1=100.00 --as dora").ok();
    assert_eq!(placed(&town, "R-QUANDT").len(), 3, "later parts are added to earlier ones");
    town.run("resolve 1 --other 'der Rest ist eine Spende' --as dora").ok();
    let payment = payment(&town, "R-QUANDT");
    assert_eq!((&payment["decision"], payment["allocations"].as_array().unwrap().len()), (&json!("clerk"), 3));
    assert_eq!(holds(&town, "brandt", "2024-1"), json!([]));
    town.run("verify").ok();
}

#[test]
fn other_money_and_refunds_hold_nothing() {
    for (how, ground) in [
        ("--other 'Miete Bürgerhaus'", "a person says that it is other money"),
        ("--refund", "a person has decided that it goes back to the payer"),
    ] {
        let town = Town::lindental();
        town.run(&format!("resolve 1 {how} --as dora")).ok();
        let payment = payment(&town, "R-QUANDT");
        assert_eq!((&payment["decision"], &payment["allocations"]), (&json!("other"), &json!([])), "{how}");
        assert_eq!(payment["evidence"][0]["text"], ground);
        assert_eq!(holds(&town, "brandt", "2024-1"), json!([]), "{how}");
        assert_eq!(town.json("cases"), json!([]), "{how}");
        town.run("verify").ok();
    }
}

#[test]
fn who_waits_keeps_the_hold() {
    let town = Town::lindental();
    town.run("resolve 1 --wait 2024-03-25 --as dora").ok();
    let case = town.one("cases", &[]);
    assert_eq!(case["wait_until"], "2024-03-25");
    assert_eq!(
        holds(&town, "brandt", "2024-1"),
        json!([{"case": 1, "reason": "amount_alone", "may_be_lifted_by": "who decides case 1"}])
    );
    town.run("match").ok();
    assert_eq!(town.one("cases", &[])["wait_until"], "2024-03-25");
    town.run("resolve 1 --allocate 5.0100.673942.6/2024-1=655.70 --as dora").ok();
    assert_eq!(town.json("cases"), json!([]));
    town.run("verify").ok();
}

#[test]
fn money_that_the_bank_takes_back_pays_nothing() {
    let town = Town::lindental();
    town.run("resolve 1 --return --as dora").ok();
    let payment = payment(&town, "R-QUANDT");
    assert_eq!((&payment["decision"], &payment["allocations"]), (&json!("returned"), &json!([])));
    assert_eq!(holds(&town, "brandt", "2024-1"), json!([]));
    town.run("verify").ok();
}

#[test]
fn a_decision_is_taken_back() {
    let town = Town::lindental();
    let shown = ["report receivables", "report payments", "cases"];
    let before = shown.map(|report| town.json(report));
    refused(&town, "resolve 1 --undo --as dora", "nobody has decided case 1: there is nothing to undo");
    for how in
        ["--allocate 5.0100.673942.6/2024-1=655.70", "--other Spende", "--refund", "--wait 2024-03-25", "--return"]
    {
        town.run(&format!("resolve 1 {how} --as dora")).ok();
        town.run("resolve 1 --undo --as dora").ok();
        for (report, before) in shown.iter().zip(&before) {
            assert_eq!(&town.json(report), before, "{how}: {report}");
        }
        town.run("verify").ok();
    }
}

#[test]
fn amounts_that_do_not_fit_are_refused() {
    let town = Town::lindental();
    let resolve = |parts: &str| format!("resolve 1 --allocate {parts} --as dora");
    for (parts, why) in [
        ("5.0100.673942.6/2024-1=655.71", "655.71 is more than the 655.70 that came in"),
        ("5.0100.118204.4/2023-4=100.01", "5.0100.118204.4/2023-4 takes at most 100.00, not 100.01"),
        (
            "5.0100.118204.4/2023-4=60.00 5.0100.118204.4/2023-4=60.00",
            "5.0100.118204.4/2023-4 takes at most 100.00, not 120.00",
        ),
        ("5.0100.895164.9/2024-1=1.00", "5.0100.895164.9/2024-1 takes at most 0.00, not 1.00"),
        ("5.0100.118204.4/2023-4=0.00", "5.0100.118204.4/2023-4: the amount must be above zero"),
        ("5.0100.118204.4/2023-4=-5.00", "5.0100.118204.4/2023-4: the amount must be above zero"),
        ("5.0100.118204.4/2029-1=5.00", "\"5.0100.118204.4/2029-1\" names no item (KASSENZEICHEN/POSTEN)"),
        ("07/12345-6=5.00", "\"07/12345-6\" names no item (KASSENZEICHEN/POSTEN)"),
    ] {
        refused(&town, &resolve(parts), why);
    }
    refused(&town, "resolve 7 --refund --as dora", "there is no case 7");
    town.run("verify").ok();
}

#[test]
fn more_than_is_due_is_placed_as_far_as_it_goes_and_holds_the_rest() {
    let town = Town::new();
    town.write("posten.csv", items("mueller 2023-4 2023-11-15 100.00\nmueller 2024-2 2024-05-15 100.00"));
    town.write("mandate.csv", mandates("mueller"));
    let statement = "
        201 2023-10-27 2024-03-08 1000.00
        2024-03-04 +150.00 mueller | KZ 5.0100.118204.4 | ref=R-1";
    town.write("auszug.xml", Statement::new(statement).xml());
    town.run("import posten.csv mandate.csv auszug.xml").ok();
    town.run("match").ok();
    assert_eq!(placed(&town, "R-1"), ["5.0100.118204.4/2023-4=100.00"]);
    let case = town.one("cases", &[]);
    assert_eq!(
        (&case["open"], &case["reason"]),
        (&json!("50.00"), &json!("more came in than is due under this Kassenzeichen"))
    );
    assert_eq!(
        holds(&town, "mueller", "2024-2"),
        json!([{"case": 1, "reason": "quoted", "may_be_lifted_by": "who decides case 1"}])
    );
    town.run("resolve 1 --allocate 5.0100.118204.4/2024-2=50.00 --as dora").ok();
    assert_eq!(item(&town, "mueller", "2024-2")["open"], "50.00");
    assert_eq!(payment(&town, "R-1")["decision"], "clerk");
    town.run("verify").ok();
}

#[test]
fn a_case_has_an_owner_and_comments() {
    let town = Town::lindental();
    assert_eq!(town.json("cases")[0]["owner"], Value::Null);
    town.run("case 1 --take --as dora").ok().says("case 1 is dora's");
    town.run("case 1 --comment 'rief an, meldet sich' --as dora").ok().says("case 1 has a comment by dora");
    town.run("case 1 --give emil --as bernd").ok().says("warning: case 1 was dora's: tell dora");
    assert_eq!(town.json("cases")[0]["owner"], "emil");
    let case = town.json("case 1");
    assert_eq!(
        case["comments"],
        serde_json::json!([{"day": "2024-03-11", "by": "dora", "text": "rief an, meldet sich"}])
    );
    let shown = town.run("case 1").ok().out;
    assert!(shown.contains("rief an, meldet sich"), "{shown}");
    town.run("resolve 1 --other Kita --as dora").ok().says("warning: case 1 is emil's: tell emil");
    town.run("case 1 --free --as emil").ok().says("case 1 is nobody's");
    town.run("case 7 --take --as dora").refused("there is no case 7");
    assert_eq!(town.run("case 1 --take").code, 2);
    town.run("verify").ok();
}

#[test]
fn a_second_person_is_told_that_the_case_has_changed() {
    let town = Town::lindental();
    let version = town.json("case 1")["version"].as_i64().unwrap();
    town.run(&format!("resolve 1 --wait 2024-03-20 --seen {version} --as dora")).ok();
    let now = town.json("case 1")["version"].as_i64().unwrap();
    town.run(&format!("resolve 1 --other Kita --seen {version} --as emil"))
        .refused(&format!("case 1 has changed since you looked at it (version {version}, now {now}): look again"));
    assert_eq!(town.json("case 1")["wait_until"], "2024-03-20");
    town.run(&format!("resolve 1 --other Kita --seen {now} --as emil")).ok();
}

#[test]
fn a_decision_is_not_taken_back_once_its_item_was_debited() {
    let town = Town::lindental();
    town.run("resolve 1 --other Kita --as dora").ok();
    for command in
        ["plan --due 2024-03-27 --as anna", "notify L1 --out post --sent 2024-03-11 --as anna", "release L1 --as bernd"]
    {
        town.run(&format!("collect {command}")).ok();
    }
    town.run("collect export L1 --out bank").ok();
    town.run("resolve 1 --undo --as dora")
        .refused("case 1 stays as it was decided: a debit of 5.0100.673942.6/2024-1 has left the house since");
    town.run("verify").ok();
}

/// What a clerk sees of a slip in the Kassenzeichen with an amount that is not due.
const PAGE: &str = r#"Case 2: 105.00 EUR of 2024-03-08, 3 days old, not placed
Nearly 5.0100.118204.4 is quoted, but 105.00 EUR is not what is due there.
It is dora's case.

What people said
  2024-03-11  emil: Frau Müller ist angerufen

What the bank sent
  payer      Monika Mueller
  from       DE67416500010000000099
  to         DE82416500010000000023
  bank ref.  R-SLIP
  text       Kassenzeichen 5.0100.118240.4
                           ^^^^^^^^^^^^^^^ nearly 5.0100.118204.4

Whom it could be meant for, the likeliest first

1. 5.0100.118204.4  Erika Müller, Müllerweg 7, 59000 Lindental
   for      strong        +5.65  the Kassenzeichen stands, two digits swapped,
                                 as "5.0100.118240.4" in the remittance text
            fair          +1.89  the payer has the debtor's family name
   against  fair          -2.71  the amount is no instalment of it, nor a sum of
                                 them
            weak          -0.96  the payer's account is not that of its mandate
   to begin with          -2.16  it could be any Kassenzeichen of the town
   in all                 +1.71  points
   items    Grundbesitzabgaben
            2023-4   due 2023-11-15              100.00 EUR  all open
            2024-1   due 2024-02-15              100.00 EUR  all open
            2024-2   not before 2024-05-15       100.00 EUR  all open

Points say how much a thing speaks for a Kassenzeichen: 2.30 points make it ten
times as likely, 6.90 a thousand times; what is below zero speaks against it as
much.

Not debited until this case is decided
  their Kassenzeichen is a slip away from what is quoted:
    5.0100.118204.4      2024-2
  name or address points to them:
    5.0100.118204.4      2023-4, 2024-1
  Whoever decides the case frees them; `hold lift` does not.

To decide it, type one of these with your name for YOU
  einmal resolve 2 --seen VERSION --as YOU --allocate \
    5.0100.118204.4/2023-4=100.00 \
    5.0100.118204.4/2024-1=5.00
  einmal resolve 2 --seen VERSION --as YOU --other "why" # other money
  einmal resolve 2 --seen VERSION --as YOU --refund      # back to the payer
  einmal resolve 2 --seen VERSION --as YOU --return      # bank takes it
  einmal resolve 2 --seen VERSION --as YOU --wait DATE   # later, stays held
"#;

/// A town of Lindental whose bank tells these bookings besides.
fn with_bookings(lines: &str) -> Town {
    let town = Town::lindental();
    town.write("mehr.xml", Statement::new(&format!("202 2024-03-08 2024-03-08 1851.70{lines}")).xml());
    town.run("import mehr.xml").ok();
    town.run("match").ok();
    town
}

#[test]
fn a_case_reads_like_something_one_can_decide_on() {
    let town = with_bookings(
        "
        2024-03-08 +105.00 Monika Mueller DE67416500010000000099 | Kassenzeichen 5.0100.118240.4 | ref=R-SLIP",
    );
    town.run("case 2 --take --as dora").ok();
    town.run("case 2 --comment 'Frau Müller ist angerufen' --as emil").ok();
    let version = town.json("case 2")["version"].to_string();
    assert_eq!(town.run("case 2").ok().out, PAGE.replace("VERSION", &version));
}

#[test]
fn no_page_is_wider_than_a_terminal() {
    let long = "sehr lange ".repeat(12);
    let town = with_bookings(&format!(
        "
        2024-03-08 +105.00 {long} DE67416500010000000099 | 5.0100.118204.4 {long}und 5.0100.567821.1 | ref=R-LONG"
    ));
    for page in ["case 1", "case 2", "explain R-LONG", "explain R-QUANDT", "explain R-FISCHER", "explain R-STROM"] {
        let done = town.run(page).ok();
        let wide: Vec<&str> = done.out.lines().filter(|line| line.chars().count() > 80).collect();
        assert_eq!(wide, [""; 0], "{page}");
    }
}

/// The commands of a page that place money, continued lines joined; not those that ask for amounts.
fn commands(page: &str) -> Vec<String> {
    let page = page.replace("\\\n", " ");
    let commands = page.lines().filter_map(|line| line.trim().strip_prefix("einmal "));
    commands
        .filter(|command| command.contains("--allocate") && !command.contains("=AMOUNT"))
        .map(str::to_owned)
        .collect()
}

#[test]
fn the_commands_that_a_case_shows_can_be_typed_as_they_are() {
    for lines in [
        "",
        "
        2024-03-08 +105.00 Monika Mueller DE67416500010000000099 | Kassenzeichen 5.0100.118240.4 | ref=R-SLIP",
        "
        2024-03-08 +300.00 mueller | KZ 5.0100.118204.4 | ref=R-MORE",
        "
        2024-03-08 +211.30 mueller | KZ 5.0100.118204.4 5.0100.230417.5 | ref=R-JOINT",
    ] {
        let town = with_bookings(lines);
        for case in town.json("cases").as_array().unwrap() {
            let page = || town.run(&format!("case {}", case["case"])).ok().out;
            let count = commands(&page()).len();
            assert!(count > 0, "{}", page());
            for place in 0..count {
                // read anew: a command that was typed upon an older page is refused
                let command = &commands(&page())[place];
                town.run(command).ok();
                let first = page().lines().next().unwrap().to_owned();
                assert!(first.ends_with("decided") || first.ends_with("EUR of it not placed"), "{command}: {first}");
                town.run(&format!("resolve {} --undo --as dora", case["case"])).ok();
            }
        }
        town.run("verify").ok();
    }
}

#[test]
fn a_case_is_as_old_as_its_money() {
    let town = Town::lindental();
    assert_eq!(town.one("cases", &[])["age_days"], 20);
    let shown = town.on("2024-04-02", "--format json case 1").ok().out;
    let case: Value = serde_json::from_str(&shown).unwrap();
    assert_eq!(case["age_days"], 42, "though nothing was decided anew");
}

#[test]
fn a_case_that_waits_goes_on_holding_what_is_in_doubt() {
    let town = Town::lindental();
    let nearly = "202 2024-03-11 2024-03-11 1851.70\n2024-03-11 +100.00 Xaver Quandt DE67416500010000000099 | Kassenzeichen 5.0100.118204.9 | ref=R-NEARLY";
    town.write("nearly.xml", Statement::new(nearly).xml());
    town.run("import nearly.xml").ok();
    town.run("match").ok();
    let number = town.one("cases", &[("reference", "R-NEARLY")])["case"].clone();
    let held = || {
        let case = town.json(&format!("case {number}"));
        let items = case["holds"].as_array().unwrap().iter();
        let mut held: Vec<String> = items.map(|item| item["posten"].as_str().unwrap().to_owned()).collect();
        held.sort();
        held
    };
    assert_eq!(held(), ["2023-4"]);
    town.run(&format!("resolve {number} --wait 2024-03-20 --as dora")).ok();
    // what it held is paid by somebody else: the doubt is now of what comes next
    let clean =
        "203 2024-03-11 2024-03-11 1951.70\n2024-03-11 +100.00 mueller | Kassenzeichen 5.0100.118204.4 | ref=R-CLEAN";
    town.write("clean.xml", Statement::new(clean).xml());
    town.run("import clean.xml").ok();
    town.run("match").ok();
    assert_eq!(held(), ["2023-4", "2024-1"]);
    town.run("verify").ok();
}

#[test]
fn a_list_that_says_otherwise_makes_a_case_hold_all_that_is_in_doubt_until_it_is_judged_anew() {
    let town = Town::lindental();
    let numbers = ["mueller", "schulz", "weber"].map(kz).join(" ");
    let list = format!(
        "202 2024-03-11 2024-03-11 1851.70\n2024-03-11 +450.00 Xaver Quandt DE67416500010000000099 | {numbers} | ref=R-LIST"
    );
    town.write("list.xml", Statement::new(&list).xml());
    town.run("import list.xml").ok();
    town.run("match").ok();
    let number = town.one("cases", &[("reference", "R-LIST")])["case"].clone();
    let held = || {
        let case = town.json(&format!("case {number}"));
        let items = case["holds"].as_array().unwrap().iter().filter(|item| item["kassenzeichen"] == kz("mueller"));
        let mut held: Vec<String> = items.map(|item| item["posten"].as_str().unwrap().to_owned()).collect();
        held.sort();
        held
    };
    // of a list each gets one instalment at least
    assert_eq!(held(), ["2023-4"]);
    let paid = "mueller 2023-4 2023-11-15 100.00 gezahlt=100.00 mahngebuehr=5.00 saeumniszuschlag=1.50";
    town.write("spaeter.csv", items(paid));
    town.run("import spaeter.csv --partial").ok();
    assert_eq!(held(), ["2023-4", "2024-1", "2024-2"]);
    town.run("verify").ok();
    town.run("match").ok();
    assert_eq!(held(), ["2024-1"]);
    town.run("verify").ok();
}
