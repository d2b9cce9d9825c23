//! Debits that the bank is asked to give up, or back: an order on paper, and what follows from it.

use serde_json::{Value, json};

use crate::after_file::{AFTER, Handed, WHOLE};
use crate::people::{kz, of};

fn debit(handed: &Handed, place: usize) -> Value {
    handed.json("collect show L1")["debits"][place].clone()
}

#[test]
fn what_money_has_crossed_is_recalled_on_paper_and_lives_until_the_bank_answers() {
    let handed = Handed::new();
    let opening = handed.town.json("report statements")[0]["closing"].as_str().unwrap().to_owned();
    let crossing = format!("2024-03-25 +77.10 vogt | KZ {} | ref=R-1002", kz("vogt"));
    handed.on_day("2024-03-26", "202 2024-03-11 2024-03-25", &opening, &crossing);
    let printed =
        handed.town.json("--today 2024-03-26 collect recall L1 --reason 'hat ueberwiesen' --out ruf --as anna");
    assert_eq!((&printed["debits"], &printed["amount"]), (&json!(1), &json!("77.10")));
    let order = String::from_utf8(handed.town.only("ruf", ".txt")).unwrap();
    let iban = of("vogt").iban.to_owned();
    let paper: String = order.chars().filter(|c| !c.is_whitespace()).collect();
    for word in
        ["EINMAL-", handed.ids[0].as_str(), "M-VOGT", iban.as_str(), "77,10", "27.03.2024", "4711", "hatueberwiesen"]
    {
        assert!(paper.contains(word), "{word}: {order}");
    }
    // a wish changes nothing, and is said once
    assert_eq!(handed.item("vogt")[0], "in_collection");
    assert_eq!(debit(&handed, 0)["recall"]["asked"], "recall");
    let again = "collect recall L1 --reason nochmal --out ruf --as anna";
    handed.town.on("2024-03-26", again).refused_with("no debit of the run takes more than is owed");
    let named = format!("collect recall L1 --debit {} --reason nochmal --out ruf --as anna", handed.ids[0]);
    handed.town.on("2024-03-26", &named).refused_with("was asked back before");
    // the bank gives it up: the transfer pays
    handed.report("antwort.xml", None, &["E0 RJCT FOCR 77.10"]).ok();
    handed.town.on(AFTER, "match").ok();
    assert_eq!(handed.payment("R-1002")["decision"], "auto");
    assert_eq!(handed.item("vogt")[0], "paid");
    handed.proved();
}

#[test]
fn while_the_bank_is_asked_the_crossing_transfer_does_not_go_back() {
    let handed = Handed::new();
    let crossing = format!("2024-03-26 +200.00 mueller | KZ {} | ref=R-1002", kz("mueller"));
    handed.statement(&format!("{crossing}\n{WHOLE}"));
    let id = handed.ids[1].clone();
    let asked = |word: &str| format!("collect {word} L1 --debit {id} --reason doppelt --out ruf --as anna");
    handed.town.on(AFTER, &asked("recall")).refused_with("is settled: that cannot be asked of it any more");
    handed.town.on(AFTER, &asked("reverse")).ok();
    let case = handed.json("cases");
    let case = case.as_array().unwrap().iter().find(|case| case["reference"] == "R-1002").unwrap()["case"].clone();
    handed.town.on(AFTER, &format!("resolve {case} --refund --as clara")).ok();
    handed.town.on(AFTER, "refund plan --on 2024-04-09 --as anna --early eilig").ok();
    let early = "refund release E1 --as bernd --early eilig";
    handed.town.on(AFTER, early).refused_with("the bank was asked to give the direct debit back");
    handed.proved();
}

#[test]
fn after_the_refund_nothing_is_asked_back_and_nothing_is_asked_too_late() {
    let handed = Handed::new();
    let crossing = format!("2024-03-26 +200.00 mueller | KZ {} | ref=R-1002", kz("mueller"));
    handed.statement(&format!("{crossing}\n{WHOLE}"));
    let case = handed.json("cases");
    let case = case.as_array().unwrap().iter().find(|case| case["reference"] == "R-1002").unwrap()["case"].clone();
    let closing = handed.json("report statements");
    let closing = closing.as_array().unwrap().last().unwrap()["closing"].as_str().unwrap().to_owned();
    handed.town.on(AFTER, &format!("resolve {case} --refund --as clara")).ok();
    handed.town.on(AFTER, "refund plan --on 2024-04-03 --as anna --early eilig").ok();
    handed.on_day(AFTER, "203 2024-03-29 2024-04-01", &closing, "");
    handed.town.on(AFTER, "refund release E1 --as bernd --early eilig").ok();
    handed.town.on(AFTER, "refund release E1 --as dora --early eilig").ok();
    handed.town.on(AFTER, "refund export E1 --out zahlung").ok();
    let reverse = format!("collect reverse L1 --debit {} --reason doppelt --out ruf --as anna", handed.ids[1]);
    handed.town.on(AFTER, &reverse).refused_with("the transfer that crossed it has been given back");
    let other = format!("collect reverse L1 --debit {} --reason doppelt --out ruf --as anna", handed.ids[0]);
    handed.town.on("2024-04-08", &other).refused_with("banks give debits back until 2024-04-05 alone");
    handed.proved();
}
