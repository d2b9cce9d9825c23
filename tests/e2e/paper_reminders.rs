//! Reminders: who gets one, who does not and why, what it says.

use serde_json::{Value, json};

use crate::bank::Statement;
use crate::books::Books;
use crate::collect::PLAN;
use crate::paper::{pages, says};
use crate::people::kz;
use crate::town::{SETTINGS, Town};

const REMIND: &str = "remind --out post --as dora";

/// Nothing was written and nothing was remembered.
#[track_caller]
fn refused(town: &Town, why: &str) {
    let before = Books::of(town).counts();
    town.run(REMIND).refused(why);
    assert_eq!(Books::of(town).counts(), before);
    assert!(!town.path().join("post").exists());
}

#[test]
fn who_cannot_be_debited_is_reminded_and_nobody_else() {
    let town = Town::lindental();
    town.run(PLAN).ok();
    town.run(&format!("hold add {} --reason Stundung --as dora", kz("koenig"))).ok();
    let told = town.json(REMIND);
    let skipped = |who: &str, posten: &str, amount: &str, reason: &str, case: Option<i64>| json!({"kassenzeichen": kz(who), "posten": posten, "amount": amount, "reason": reason, "case": case, "reminded": null});
    let expected = json!({"letters": 3, "items": 3, "amount": "967.20",
        "files": ["post/erinnerungen_2024-03-11_1.csv", "post/erinnerungen_2024-03-11_1.pdf"], "skipped": [
        skipped("vogt", "2023-4", "77.10", "in_run", None),
        skipped("mueller", "2023-4", "100.00", "in_run", None),
        skipped("mueller", "2024-1", "100.00", "in_run", None),
        skipped("koenig", "2024-1", "544.60", "hand_hold", None),
        skipped("brandt", "2024-1", "655.70", "held", Some(1)),
        skipped("neumann", "2024-1", "88.20", "in_run", None),
    ]});
    assert_eq!(told, expected);
    let list = String::from_utf8(town.only("post", ".csv")).unwrap();
    let rows: Vec<&str> = list.lines().collect();
    assert_eq!(
        rows,
        [
            "kassenzeichen;schuldner;anschrift;betrag;posten;grund;empfaenger;iban",
            "5.0100.230517.2;Gerhard Schulz;Schulzweg 7, 59000 Lindental;211,30;2024-1;revoked;Stadtkasse Lindental;DE82416500010000000023",
            "5.0100.342608.4;Annegret Weber;Weberweg 7, 59000 Lindental;322,40;2024-1;b2b;Stadtkasse Lindental;DE82416500010000000023",
            "5.0100.451739.4;Friedhelm Lange;Langeweg 7, 59000 Lindental;433,50;2024-1;no_mandate;Stadtkasse Lindental;DE82416500010000000023",
        ]
    );
    town.run("verify").ok();
}

#[test]
fn the_letter_asks_kindly_and_says_how_to_pay() {
    let town = Town::lindental();
    town.run(REMIND).ok();
    let pages = pages(&town.only("post", ".pdf"));
    assert_eq!(pages.len(), 4);
    says(
        &pages[0],
        &[
            "Zahlungserinnerung",
            "Gerhard Schulz Schulzweg 7 59000 Lindental",
            "bis zum 08.03.2024 ist bei uns zu Ihrem Kassenzeichen 5.0100.230517.2 das Folgende noch nicht eingegangen",
            "15.02.2024 2024-1 Grundbesitzabgaben 211,30 Summe 211,30",
            "Bitte überweisen Sie 211,30 EUR bis zum 25.03.2024",
            "Das SEPA-Lastschriftmandat ist widerrufen",
            "Empfänger Stadtkasse Lindental",
            "IBAN DE82 4165 0001 0000 0000 23",
            "Verwendungszweck 5.0100.230517.2",
            "Haben Sie inzwischen gezahlt?",
            "Wir erheben dafür keine Gebühr.",
        ],
    );
    says(&pages[3], &["Roswitha König", "erloschen, weil es länger als 36 Monate nicht genutzt wurde"]);
}

#[test]
fn nobody_is_reminded_twice_in_a_fortnight_unless_asked() {
    let town = Town::lindental();
    town.run(REMIND).ok();
    let before = Books::of(&town).counts();
    let again = town.json(REMIND);
    assert_eq!((&again["letters"], &again["files"]), (&json!(0), &json!([])));
    let reminded = |told: &Value| {
        let skipped = told["skipped"].as_array().unwrap();
        skipped.iter().filter(|out| out["reason"] == "reminded" && out["reminded"] == "2024-03-11").count()
    };
    assert_eq!(reminded(&again), 4);
    assert_eq!(Books::of(&town).counts(), before);
    town.run(REMIND).ok().says("there is nobody to remind: nothing was written");
    let asked = town.json(&format!("{REMIND} --again"));
    assert_eq!((&asked["letters"], &asked["files"][1]), (&json!(4), &json!("post/erinnerungen_2024-03-11_2.pdf")));
    let quiet =
        |day: &str| format!("statements confirm-quiet DE82416500010000000023 --day {day} --balance 1851.70 --as dora");
    town.on("2024-03-25", &quiet("2024-03-22")).ok();
    let later: Value =
        serde_json::from_str(&town.on("2024-03-25", &format!("--format json {REMIND}")).ok().out).unwrap();
    assert_eq!(later["letters"], 4);
    town.write("einmal.toml", format!("{SETTINGS}\n[letters]\nremind_again_days = 0\n"));
    let at_once: Value =
        serde_json::from_str(&town.on("2024-03-25", &format!("--format json {REMIND}")).ok().out).unwrap();
    assert_eq!(at_once["letters"], 4);
    town.run("verify").ok();
}

#[test]
fn nobody_is_reminded_while_money_could_be_there_unseen() {
    let town = Town::lindental();
    let day = "2024-03-13";
    let why = "nobody is reminded: account DE82416500010000000023: statements are missing after 2024-03-08, they must reach 2024-03-12";
    town.on(day, REMIND).refused(why);
    let paid =
        "202 2024-03-08 2024-03-08 1851.70\n2024-03-08 +211.30 schulz | Kassenzeichen 5.0100.230517.2 | ref=R-SCHULZ";
    town.write("bezahlt.xml", Statement::new(paid).xml());
    town.run("import bezahlt.xml").ok();
    refused(&town, "nobody is reminded: 1 credits have not been decided: run `einmal match`");
    town.run("match").ok();
    let told = town.json(REMIND);
    assert_eq!((&told["letters"], &told["amount"]), (&json!(3), &json!("1300.50")));
}
