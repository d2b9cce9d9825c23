//! `einmal guard` beside the town's own books: what we collected, posted, refunded and decided counts too.

use serde_json::{Value, json};

use crate::bank::Statement;
use crate::books::Books;
use crate::collect::{EXPORT, NOTIFY, PLAN, RELEASE};
use crate::guard::{fates, ids, old_system, text};
use crate::town::Town;

/// What the old system sends when it is back: it knows of no transfer and of no run of ours.
const DEBITS: &str = "
    mueller 200.00 Abgaben IV/2023 I/2024
    schulz 211.30 Abgaben I/2024
    koenig 544.60 Abgaben I/2024
    brandt 655.70 Abgaben I/2024
    neumann 88.20 Abgaben I/2024
    fischer 166.00 Abgaben I/2024
    lange 433.50 Abgaben II/2024
    vogt 77.10 Hundesteuer 2023";

/// Lindental, of which run L1 over 365.30 was handed to the bank, and such a file.
fn town() -> Town {
    let town = Town::lindental();
    for line in [PLAN, NOTIFY, RELEASE, EXPORT] {
        town.run(line).ok();
    }
    town.write("alt.xml", old_system(DEBITS));
    town
}

fn guarded(town: &Town, line: &str) -> Value {
    let done = town.run(&format!("--format json guard alt.xml {line}"));
    assert!(matches!(done.code, 0 | 3), "{done:#?}");
    serde_json::from_str(&done.out).unwrap()
}

fn why(said: &Value, place: usize) -> &str {
    said["debits"][place]["why"].as_str().unwrap()
}

#[test]
fn what_we_collected_and_posted_leaves_the_file_without_a_statement_given_again() {
    let town = town();
    let before = Books::of(&town).counts();
    let said = guarded(&town, "--out neu.xml --report bericht.pdf");
    assert_eq!(
        fates(&said),
        [
            "5.0100.118204.4 removed",
            "5.0100.230517.2 kept",
            "5.0100.567821.1 kept",
            "5.0100.673942.6 held",
            "5.0100.784053.8 removed",
            "5.0100.895164.9 removed",
            "5.0100.451739.4 kept",
            "07/12345-6 removed"
        ]
    );
    assert_eq!(
        (&said["debits"][0]["own"], &said["debits"][0]["paid"]),
        (
            &json!([
                {"run": "L1", "day": "2024-03-27", "amount": "100.00", "credited": false},
                {"run": "L1", "day": "2024-03-27", "amount": "100.00", "credited": false}
            ]),
            &json!("200.00")
        )
    );
    assert!(why(&said, 0).contains("100.00 EUR are collected by us in run L1 of 2024-03-27"), "{said:#}");
    assert_eq!(said["debits"][5]["payments"][0]["reference"], "R-FISCHER");
    assert!(why(&said, 3).contains("Xaver Quandt"), "{said:#}");
    assert_eq!(said["books"]["name"], "Stadtkasse Lindental");
    assert_eq!(ids(&text(&town, "neu.xml")), ["schulz", "koenig", "lange"]);
    let sheet = text(&town, "neu.txt").split_whitespace().collect::<Vec<_>>().join(" ");
    for expected in [
        "Gefragte Bücher",
        "Stadtkasse Lindental: 4 Buchungen",
        "von uns im Einzug: 100,00 EUR am 27.03.2024 in Lauf L1",
    ] {
        assert!(sheet.contains(expected), "{expected}: {sheet}");
    }
    assert_eq!(Books::of(&town).counts(), before, "the books were only asked");
    town.run("verify").ok();
    // the same with the statement given again
    assert_eq!(fates(&guarded(&town, "--statements auszug.xml")), fates(&said));
}

#[test]
fn what_was_credited_or_came_back_is_told_as_such() {
    let handed = crate::after_file::Handed::new();
    handed.statement(crate::after_file::WHOLE);
    let town = &handed.town;
    town.write("alt.xml", old_system("mueller 200.00 Abgaben IV/2023 I/2024\nschulz 211.30 Abgaben I/2024"));
    let after = crate::after_file::AFTER;
    let said = guarded(town, &format!("--today {after}"));
    assert_eq!(fates(&said), ["5.0100.118204.4 removed", "5.0100.230517.2 kept"]);
    assert!(why(&said, 0).contains("were collected by us on 2024-03-27 in run L1"), "{said:#}");
    let back = format!(
        "2024-03-29 -200.00 mueller | RETOURE | ref=R-2001 code=PMNT/IDDT/UPDD e2e={} return=MS03",
        handed.ids[1]
    );
    let closing = town.json("--today 2024-04-02 report statements");
    let closing = closing[0]["closing"].as_str().unwrap().to_owned();
    handed.on_day("2024-04-02", "203 2024-03-29 2024-03-29", &closing, &back);
    // it is owed again, and our own books keep it out until a person agrees
    let said = guarded(town, "--today 2024-04-02");
    assert_eq!(fates(&said)[0], "5.0100.118204.4 held");
    assert!(why(&said, 0).contains("our books keep it out of direct debit"), "{said:#}");
}

#[test]
fn what_a_person_has_decided_is_not_asked_again() {
    let town = town();
    town.run("resolve 1 --other 'Kaufpreis eines Grundstücks' --as clara").ok();
    let said = guarded(&town, "");
    assert_eq!(fates(&said)[3], "5.0100.673942.6 kept");
    assert_eq!(said["residual"], json!([]));
    // the statements alone do not know it
    let alone = guarded(&town, "--without-books --statements auszug.xml");
    assert_eq!((fates(&alone)[3].as_str(), &alone["books"]), ("5.0100.673942.6 held", &Value::Null));
    assert_eq!(fates(&alone)[0], "5.0100.118204.4 kept");
}

/// Plans, releases and exports what is to go back, and lets the bank pay it.
fn refunded(town: &Town, amount: &str, opening: &str, between: impl Fn(&Town)) {
    town.run("refund plan --on 2024-03-13 --as anna --file-number 'HHST 1'").ok();
    between(town);
    town.run("refund release E1 --as bernd").ok();
    town.run("refund release E1 --as dora").ok();
    town.run("refund export E1 --out zahlung").ok();
    between(town);
    let id = town.json("refund list")["refunds"][0]["end_to_end_id"].as_str().unwrap().to_owned();
    let paid = format!(
        "202 2024-03-11 2024-03-13 {opening}\n2024-03-13 -{amount} Xaver Quandt DE67416500010000000099 | RUECKZAHLUNG | ref=R-2 e2e={id}"
    );
    town.write("zweiter.xml", Statement::new(&paid).xml());
    town.on("2024-03-14", "import zweiter.xml").ok();
    town.on("2024-03-14", "match").ok();
}

#[test]
fn a_transfer_that_went_back_pays_nothing_and_one_on_its_way_back_holds() {
    let town = Town::lindental();
    town.write("alt.xml", old_system("brandt 655.70 Abgaben I/2024"));
    let held = [format!("{} held", crate::people::kz("brandt"))];
    assert_eq!(fates(&guarded(&town, "")), held);
    town.run("resolve 1 --refund --as clara").ok();
    assert_eq!(fates(&guarded(&town, "")), held);
    refunded(&town, "655.70", "1851.70", |town| assert_eq!(fates(&guarded(town, "")), held));
    let said = guarded(&town, "--today 2024-03-14");
    assert_eq!(fates(&said), [format!("{} kept", crate::people::kz("brandt"))], "{said:#}");
    // the statements alone cannot know whose money went back
    let alone = guarded(&town, "--today 2024-03-14 --without-books --statements auszug.xml zweiter.xml");
    assert_eq!(fates(&alone), held, "{alone:#}");
}

#[test]
fn what_was_paid_too_much_goes_back_and_the_rest_stays_paid() {
    let town = Town::new();
    town.write("posten.csv", crate::people::items("schulz 2024-1 2024-02-15 211.30"));
    let kz = crate::people::kz("schulz");
    let statement = format!(
        "201 2023-10-27 2024-03-08 1000.00\n2024-02-15 +300.00 Xaver Quandt DE67416500010000000099 | Abgaben {kz} | ref=R-1"
    );
    town.write("auszug.xml", Statement::new(&statement).xml());
    town.run("import posten.csv auszug.xml").ok();
    town.run("match").ok();
    town.write("alt.xml", old_system("schulz 211.30 Abgaben I/2024"));
    let removed = |town: &Town, day: &str| {
        let said = guarded(town, &format!("--today {day}"));
        assert_eq!(fates(&said), [format!("{kz} removed")], "{said:#}");
        assert_eq!(said["debits"][0]["paid"], "211.30");
        assert!(!why(&said, 0).contains("on their way back"), "{said:#}");
    };
    removed(&town, "2024-03-11");
    let number = town.json("cases")[0]["case"].as_i64().unwrap();
    town.run(&format!("resolve {number} --allocate {kz}/2024-1=211.30 --as clara")).ok();
    town.run(&format!("resolve {number} --refund --as clara")).ok();
    removed(&town, "2024-03-11");
    refunded(&town, "88.70", "1300.00", |town| removed(town, "2024-03-11"));
    removed(&town, "2024-03-14");
}

#[test]
fn a_debit_that_does_not_say_which_instalment_it_is_of_is_held_where_that_matters() {
    let town = town();
    // 2023-4 and 2024-1 are in our run, 2024-2 is open
    town.write("alt.xml", old_system("mueller 100.00 Grundbesitzabgaben\nlange 433.50 Grundbesitzabgaben"));
    let file = text(&town, "alt.xml").replace("2024-03-15", "2024-04-15");
    town.write("alt.xml", file);
    let said = guarded(&town, "");
    assert_eq!(fates(&said), ["5.0100.118204.4 removed", "5.0100.451739.4 kept"]);
    let late = text(&town, "alt.xml").replace("2024-04-15", "2024-05-31");
    town.write("alt.xml", late);
    let said = guarded(&town, "");
    assert_eq!(fates(&said), ["5.0100.118204.4 held", "5.0100.451739.4 kept"]);
    assert!(why(&said, 0).contains("nothing tells whether for this instalment"), "{said:#}");
}

#[test]
fn books_of_another_or_that_are_not_there_and_a_file_of_ours_are_refused() {
    let town = town();
    let other = text(&town, "alt.xml").replace("DE98ZZZ09999999999", "DE09ZZZ00000000001");
    town.write("fremd.xml", other);
    let done = town.run("guard fremd.xml --statements auszug.xml");
    done.refused_with("the books that were asked are those of DE98ZZZ09999999999");
    town.write("eigen.xml", crate::collect::pain(&town));
    town.run("guard eigen.xml").refused_with("is that of our own run L1");
    town.run("--db sqlite://nichts.db guard alt.xml").refused("there is no database at nichts.db");
    assert!(!town.path().join("nichts.db").exists());
    town.run("guard alt.xml --without-books").refused_with("without statements nothing of what was paid can be seen");
    let empty = Town::new();
    empty.write("alt.xml", old_system(DEBITS));
    empty.run("guard alt.xml").refused_with("without statements nothing of what was paid can be seen");
}
