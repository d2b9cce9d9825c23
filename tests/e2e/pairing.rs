//! What belongs together: credits and what took them back, moves between own accounts, collections of others, advices.

use serde_json::{Value, json};

use crate::bank::{ACCOUNT, Statement};
use crate::collect::{EXPORT, NOTIFY, PLAN, RELEASE, announced, pain, texts};
use crate::people::{items, kz, mandates, of};
use crate::town::{SETTINGS, Town};

/// Two who owe one instalment each, one who owes two, and what the bank says of 4 to 8 March; all decided.
fn town(options: &str, statement: &str) -> Town {
    let town = Town::new();
    bring(&town, options, statement);
    town
}

fn bring(town: &Town, options: &str, statement: &str) {
    let paid = if options.is_empty() { "" } else { "gezahlt=433.50" };
    let owed = format!(
        "mueller 2024-1 2024-02-15 250.00\nvogt 2024-1 2024-02-15 250.00\nneumann 2024-1 2024-02-15 88.20\nlange 2024-1 2024-02-15 433.50 {paid}"
    );
    town.write("posten.csv", items(&owed));
    town.write("mandate.csv", mandates("mueller\nvogt\nneumann\nlange"));
    town.write("auszug.xml", Statement::new(&format!("201 2024-03-04 2024-03-08 1000.00\n{statement}")).xml());
    town.run(&format!("import {options} posten.csv")).ok();
    town.run("import mandate.csv auszug.xml").ok();
    town.run("match").ok();
}

fn payment(town: &Town, reference: &str) -> Value {
    town.one("report payments", &[("reference", reference)])
}

fn debit(town: &Town, reference: &str) -> Value {
    town.one("report debits", &[("reference", reference)])
}

fn open(town: &Town, who: &str) -> Value {
    town.one("report receivables", &[("kassenzeichen", kz(who))])["open"].clone()
}

/// Who would be debited, and with how much.
fn planned(town: &Town) -> Vec<(String, String)> {
    town.json(PLAN);
    let show = town.json("collect show L1");
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let debits = show["debits"].as_array().unwrap().iter();
    let mut debits: Vec<_> = debits.map(|debit| (text(&debit["kassenzeichen"]), text(&debit["amount"]))).collect();
    debits.sort();
    debits
}

fn amounts(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    let mut amounts: Vec<_> = expected.iter().map(|(who, amount)| (kz(who).to_owned(), (*amount).to_owned())).collect();
    amounts.sort();
    amounts
}

/// The run goes out without acknowledgement, and the books hold.
fn free(town: &Town) {
    town.run(NOTIFY).ok();
    town.run(RELEASE).ok();
    town.run("verify").ok();
}

#[test]
fn what_comes_back_pairs_with_what_it_names_or_with_the_only_one_that_fits() {
    let credits = "
        2024-03-05 +250.00 mueller | KZ 5.0100.118204.4 | ref=R-1001 e2e=E-7001
        2024-03-05 +250.00 mueller | KZ 07/12345-6 fuer Sieglinde Vogt | ref=R-1002 e2e=E-7002";
    let own = ["mueller", "vogt"];
    // what the bank debits, which credit went back, who owes again
    for (back, undone, owes) in [
        ("mueller | STORNO | ref=R-2001 reversal e2e=E-7001", Some("R-1001"), Some("mueller")),
        ("mueller | STORNO zu R-1002 | ref=R-2001 reversal", Some("R-1002"), Some("vogt")),
        ("mueller | RUECKRUF KZ 07/12345-6 fuer Sieglinde Vogt | ref=R-2001 reversal", Some("R-1002"), Some("vogt")),
        ("mueller | STORNO | ref=R-2001 reversal", None, None),
        ("vogt | STORNO KZ 07/12345-6 | ref=R-2001 reversal", None, None),
        (
            "Zoltan Farkas DE79416500010007666666 | RUECKUEBERWEISUNG | ref=R-2001 code=PMNT/ICDT/RRTN return=AC04",
            None,
            None,
        ),
        ("- | RUECKLASTSCHRIFT | ref=R-2001 code=PMNT/IDDT/UPDD", None, None),
        ("mueller | Retoure SEPA Lastschrift MREF: M-MUELLER KZ 5.0100.118204.4 | ref=R-2001 return=AC04", None, None),
    ] {
        let town = town("", &format!("{credits}\n2024-03-07 -250.00 {back}"));
        let judged = debit(&town, "R-2001");
        let expected = if undone.is_some() { "returned" } else { "case" };
        assert_eq!(judged["decision"], expected, "{back}: {judged:#}");
        assert_eq!(judged["pair"]["reference"], json!(undone), "{back}");
        for (reference, who) in ["R-1001", "R-1002"].into_iter().zip(own) {
            let decision = if undone == Some(reference) { "returned" } else { "auto" };
            assert_eq!(payment(&town, reference)["decision"], decision, "{back}");
            assert_eq!(open(&town, who), if owes == Some(who) { "250.00" } else { "0.00" }, "{back}");
        }
        let cases = town.json("cases");
        assert_eq!(cases.as_array().unwrap().len(), usize::from(undone.is_none()), "{back}: {cases:#}");
        planned(&town);
        free(&town);
    }
}

#[test]
fn what_a_person_called_other_may_have_taken_back_what_came_later() {
    let back = "2024-03-07 -250.00 mueller | STORNO KZ 5.0100.118204.4 | ref=R-2001 reversal";
    let town = town("", back);
    town.run("resolve 1 --other 'keine Rueckbuchung' --as clara").ok();
    let before = "200 2024-03-01 2024-03-01 750.00\n2024-03-01 +250.00 mueller | KZ 5.0100.118204.4 | ref=R-1001";
    town.write("frueher.xml", Statement::new(before).xml());
    town.run("import frueher.xml").ok();
    town.run("match").ok();
    let case = town.one("cases", &[("reference", "R-1001")]);
    let why = "a debit of which a person said that it is something else may have taken it back";
    assert!(case["reason"].as_str().unwrap().ends_with(why), "{case:#}");
    assert_eq!(planned(&town), amounts(&[("vogt", "250.00"), ("neumann", "88.20"), ("lange", "433.50")]));
    // who looks at the debit again may find what it took back, or say once more that it is none of these
    town.run("resolve 1 --undo --as clara").ok();
    assert_eq!(debit(&town, "R-2001")["pair"]["reference"], "R-1001");
    assert_eq!((&payment(&town, "R-1001")["decision"], open(&town, "mueller")), (&json!("returned"), json!("250.00")));
    town.run("verify").ok();
}

#[test]
fn a_person_says_which_of_two_equal_credits_went_back() {
    let town = town(
        "",
        "2024-03-05 +250.00 mueller | KZ 5.0100.118204.4 | ref=R-1001
         2024-03-05 +250.00 mueller | KZ 07/12345-6 fuer Sieglinde Vogt | ref=R-1002
         2024-03-07 -250.00 mueller | STORNO | ref=R-2001 reversal",
    );
    let case = town.one("cases", &[]);
    assert_eq!((&case["reference"], &case["amount"]), (&json!("R-2001"), &json!("-250.00")));
    let held: Vec<&Value> = case["holds"].as_array().unwrap().iter().map(|hold| &hold["kassenzeichen"]).collect();
    assert_eq!(held, [kz("mueller"), kz("vogt")], "{case:#}");
    town.run("resolve 1 --return --as clara")
        .refused("several credits fit (R-1001, R-1002): ask the bank which one it is, and name it: --return REFERENCE");
    town.run("resolve 1 --allocate 07/12345-6/2024-1=250.00 --as clara").refused(
        "the money went out: nothing of it can be placed; say --return if it took a credit back, --refund or --other",
    );
    town.run("resolve 1 --return R-1002 --as clara").ok();
    assert_eq!(payment(&town, "R-1002")["decision"], "returned");
    assert_eq!((open(&town, "mueller"), open(&town, "vogt")), (json!("0.00"), json!("250.00")));
    town.run("match").ok();
    assert_eq!(debit(&town, "R-2001")["decision"], "returned");
    assert_eq!(town.json("cases"), json!([]));
    town.run("verify").ok();
    town.run("resolve 1 --undo --as clara").ok();
    assert_eq!((open(&town, "vogt"), payment(&town, "R-1002")["decision"].clone()), (json!("0.00"), json!("auto")));
    town.run("resolve 1 --other 'Bank hat es wieder gutgeschrieben' --as clara").ok();
    assert_eq!((&debit(&town, "R-2001")["decision"], town.json("cases")), (&json!("other"), json!([])));
    assert_eq!(planned(&town), amounts(&[("lange", "433.50"), ("neumann", "88.20")]));
    free(&town);
}

#[test]
fn a_part_that_went_back_is_open_again() {
    let back = "2024-03-07 -40.17 mueller | TEILRUECKRUF KZ 5.0100.118204.4 | ref=R-2001 reversal";
    let town = town("", &format!("2024-03-05 +250.00 mueller | KZ 5.0100.118204.4 | ref=R-1001\n{back}"));
    let paid = payment(&town, "R-1001");
    assert_eq!((&paid["decision"], &paid["went_back"]), (&json!("auto"), &json!("40.17")));
    assert_eq!(open(&town, "mueller"), "40.17");
    assert_eq!(debit(&town, "R-2001")["decision"], "returned");
    assert_eq!(
        planned(&town),
        amounts(&[("mueller", "40.17"), ("vogt", "250.00"), ("lange", "433.50"), ("neumann", "88.20")])
    );
    free(&town);
}

#[test]
fn a_part_that_went_back_and_is_not_matched_yet_breaks_no_book() {
    let town = town("", "2024-03-05 +250.00 mueller | KZ 5.0100.118204.4 | ref=R-1001");
    let back = "202 2024-03-11 2024-03-11 1250.00\n2024-03-11 -40.17 mueller | TEILRUECKRUF KZ 5.0100.118204.4 | ref=R-2001 reversal";
    town.write("spaeter.xml", Statement::new(back).xml());
    town.run("--today 2024-03-12 import spaeter.xml").ok();
    town.run("--today 2024-03-12 verify").ok();
    town.run("--today 2024-03-12 match").ok();
    town.run("--today 2024-03-12 verify").ok();
    assert_eq!(open(&town, "mueller"), "40.17");
}

#[test]
fn what_the_old_system_had_posted_and_what_nobody_has_seen_comes_back_to_a_person() {
    let town = town(
        "--as-of 2024-03-05",
        "2024-03-05 +433.50 lange | KZ 5.0100.451739.4 | ref=R-1001
         2024-03-07 -433.50 lange | RUECKRUF KZ 5.0100.451739.4 | ref=R-2001 reversal
         2024-03-07 -12.50 vogt | RUECKRUF UEBERWEISUNG | ref=R-2002 reversal
         2024-03-07 -91.20 neumann | RETOURE | ref=R-2003 code=PMNT/IDDT/UPDD mandate=M-NEUMANN e2e=ALT-1",
    );
    let cases = town.json("cases");
    let told: Vec<(&Value, &Value)> =
        cases.as_array().unwrap().iter().map(|case| (&case["reference"], &case["amount"])).collect();
    for (reference, amount) in [("R-2001", "-433.50"), ("R-2002", "-12.50"), ("R-2003", "-91.20")] {
        assert!(told.contains(&(&json!(reference), &json!(amount))), "{cases:#}");
    }
    let because = town.one("cases", &[("reference", "R-2001")])["because"].clone();
    assert!(because.as_str().unwrap().contains(kz("lange")), "{because}");
    assert_eq!(planned(&town), amounts(&[("mueller", "250.00"), ("vogt", "250.00"), ("neumann", "88.20")]));
    free(&town);
}

#[test]
fn money_that_the_town_sends_back_is_a_refund_or_a_case() {
    let town = town(
        "",
        "2024-03-05 +250.00 mueller | KZ 5.0100.118204.4 | ref=R-1001
         2024-03-05 +50.00 Hildegard Ober DE67416500010000000099 | Kita Beitrag Regenbogen | ref=R-1002
         2024-03-07 -250.00 mueller | Ihre Zahlung | ref=R-2001
         2024-03-07 -50.00 Hildegard Ober DE67416500010000000099 | Kita | ref=R-2002
         2024-03-07 -9.90 Bauhof GmbH DE97416500010000000098 | Rechnung 12 | ref=R-2003
         2024-03-07 -3.20 - | Kontofuehrung | ref=R-2004 code=ACMT/MDOP/FEES",
    );
    let decisions =
        ["R-2001", "R-2002", "R-2003", "R-2004"].map(|reference| debit(&town, reference)["decision"].clone());
    assert_eq!(decisions, ["case", "refund", "other", "fee"]);
    assert_eq!(open(&town, "mueller"), "0.00", "she is not debited before somebody has decided");
    let case = town.one("cases", &[("reference", "R-2001")])["case"].clone();
    town.run(&format!("resolve {case} --return --as clara")).ok();
    assert_eq!((open(&town, "mueller"), &payment(&town, "R-1001")["decision"]), (json!("250.00"), &json!("returned")));
    town.run("verify").ok();
}

#[test]
fn what_the_town_moves_between_its_accounts_pays_nobody() {
    let second = "DE49416615040000004711";
    let town = Town::new();
    town.write("einmal.toml", SETTINGS.replace(&format!("[\"{ACCOUNT}\"]"), &format!("[\"{ACCOUNT}\", \"{second}\"]")));
    let arrived = "2024-03-05 +250.00 mueller | KZ 5.0100.118204.4 | ref=R-1001";
    let out = format!("2024-03-07 -250.00 Stadtkasse Lindental {ACCOUNT} | Umbuchung KZ 07/12345-6 | ref=R-2001");
    let other = Statement::new(&format!("7 2024-03-04 2024-03-08 500.00\n{arrived}\n{out}"));
    town.write("zwei.xml", other.xml().replacen(ACCOUNT, second, 1));
    town.run("import zwei.xml").ok();
    bring(
        &town,
        "",
        &format!("2024-03-08 +250.00 Stadtkasse Lindental {second} | Umbuchung KZ 07/12345-6 | ref=R-1002"),
    );
    let moved = payment(&town, "R-1002");
    assert_eq!((&moved["decision"], &moved["pair"]), (&json!("transfer"), &json!("R-2001")));
    let out = debit(&town, "R-2001");
    assert_eq!((&out["decision"], &out["pair"]["reference"]), (&json!("transfer"), &json!("R-1002")));
    assert_eq!((open(&town, "mueller"), open(&town, "vogt")), (json!("0.00"), json!("250.00")));
    assert_eq!(town.json("cases"), json!([]));
    planned(&town);
    free(&town);
}

#[test]
fn direct_debits_of_nobody_knows_whom_refuse_every_release() {
    let sum = "2024-03-06 +338.20 - | EINZUG | ref=R-1001 code=PMNT/IDDT/ESDD pmtinf=ALT-2024 of=2 bare";
    let town = town("", sum);
    let paid = payment(&town, "R-1001");
    assert_eq!(paid["decision"], "case", "{paid:#}");
    town.json(PLAN);
    town.run(NOTIFY).ok();
    let why = "1 credits for direct debits over 338.20 EUR, the first of 2024-03-06, are of no run of ours and do not say who paid";
    town.run(RELEASE).refused_with(why);
    town.run("collect release L1 --as bernd --acknowledge-open-cases").refused_with(why);
    town.run("resolve 1 --other 'Einzug der Stadtwerke' --as clara").ok();
    town.run(RELEASE).ok();
    town.run(EXPORT).ok();
    let sheet = String::from_utf8(town.only("bank", ".txt")).unwrap();
    let flat: String = sheet.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(flat.contains("1 Lastschriftgutschriften ohne Einzelangaben über 338,20 EUR vom 06.03.2024"), "{sheet}");
    town.run("verify").ok();
}

#[test]
fn direct_debits_that_say_who_paid_hold_what_they_can_have_paid() {
    let batch = "2024-03-06 +338.20 batch ref=R-1000 code=PMNT/IDDT/ESDD pmtinf=ALT-2024
        +250.00 mueller | Abgaben KZ 5.0100.118204.4 | ref=R-1001 mandate=M-MUELLER e2e=ALT-1
        +88.20 Xaver Quandt DE67416500010000000099 | Elternbeitrag Mia | ref=R-1002 mandate=K-4711 e2e=ALT-2";
    let town = town("", batch);
    assert_eq!(payment(&town, "R-1001")["decision"], "case");
    assert_eq!(payment(&town, "R-1002")["decision"], "case");
    let held = town.one("report receivables", &[("kassenzeichen", kz("mueller"))]);
    assert_eq!((&held["open"], &held["left_out"]), (&json!("250.00"), &json!("held")));
    assert_eq!(planned(&town), amounts(&[("vogt", "250.00"), ("lange", "433.50"), ("neumann", "88.20")]));
    free(&town);
}

#[test]
fn a_direct_debit_of_our_mandate_holds_though_nothing_else_names_the_citizen() {
    let town = town("", "2024-03-06 +250.00 - | EINZUG | ref=R-1001 code=PMNT/IDDT/ESDD mandate=M-MUELLER e2e=ALT-1");
    assert_eq!(payment(&town, "R-1001")["decision"], "case");
    assert_eq!(planned(&town), amounts(&[("vogt", "250.00"), ("lange", "433.50"), ("neumann", "88.20")]));
    free(&town);
}

#[test]
fn statements_of_before_as_of_collect_nothing() {
    let town = town("--as-of 2024-03-06", "2024-03-06 +338.20 - | EINZUG | ref=R-1001 code=PMNT/IDDT/ESDD bare");
    assert_eq!(payment(&town, "R-1001")["decision"], "other");
    assert_eq!(town.json("cases"), json!([]));
}

#[test]
fn a_run_of_ours_is_settled_and_what_comes_back_of_it_is_told() {
    let town = announced();
    town.run("collect release L1 --as bernd --acknowledge-open-cases").ok();
    town.run(EXPORT).ok();
    town.run("collect sent L1 --order 4711 --as anna").ok();
    let xml = pain(&town);
    let (message, ids) = (texts(&xml, "MsgId")[0].clone(), texts(&xml, "EndToEndId"));
    let sum = texts(&xml, "CtrlSum")[0].clone();
    let iban = of("vogt").iban;
    let later = format!(
        "202 2024-03-11 2024-03-28 1851.70
         2024-03-27 +{sum} - | SAMMLER | ref=R-1001 code=PMNT/IDDT/ESDD msg={message} bare
         2024-03-28 -82.00 Sieglinde Vogt {iban} | RETOURE | ref=R-2001 code=PMNT/IDDT/UPDD e2e={}",
        ids[1]
    );
    town.write("spaeter.xml", Statement::new(&later).xml());
    town.on("2024-04-02", "import spaeter.xml").ok();
    town.on("2024-04-02", "match").ok();
    assert_eq!(payment(&town, "R-1001")["decision"], "settlement");
    assert_eq!(debit(&town, "R-2001")["decision"], "debit_return");
    town.on("2024-04-02", "verify").ok();
}

/// A camt.054 of the same bank.
pub(crate) fn advice(table: &str) -> String {
    Statement::new(table)
        .xml()
        .replace("camt.053.001", "camt.054.001")
        .replace("BkToCstmrStmt", "BkToCstmrDbtCdtNtfctn")
        .replace("<Stmt>", "<Ntfctn>")
        .replace("</Stmt>", "</Ntfctn>")
}

#[test]
fn an_advice_stands_for_the_batch_that_names_it_and_for_no_single_transfer() {
    let told = "9 2024-03-08 2024-03-08 1000.00
        2024-03-08 +338.20 batch ref=B-9001 of=2
        +250.00 mueller | KZ 5.0100.118204.4 | ref=R-3001
        +88.20 neumann | KZ 5.0100.784053.8 | ref=R-3002";
    // what the statement books, and who has paid
    for (entry, paid) in [
        ("+338.20 - | SAMMLER | ref=B-9001 of=2 bare", ["250.00", "88.20"]),
        ("+338.20 - | SAMMLER | ref=B-4444 msg=053-9-08 bare", ["250.00", "88.20"]),
        ("+338.20 - | SAMMLER | ref=B-4444 of=2 bare", ["250.00", "88.20"]),
        ("+338.20 Xaver Quandt DE67416500010000000099 | Spende | ref=B-4444", ["0.00", "0.00"]),
        ("+338.20 - | SAMMLER | ref=B-4444 of=3 bare", ["0.00", "0.00"]),
    ] {
        for first in [true, false] {
            let town = Town::new();
            town.write("avis.xml", advice(told));
            if first {
                town.run("import avis.xml").ok();
            }
            bring(&town, "", &format!("2024-03-08 {entry}"));
            town.run("import avis.xml").ok();
            town.run("match").ok();
            let transferred = ["mueller", "neumann"]
                .map(|who| town.one("report receivables", &[("kassenzeichen", kz(who))])["transferred"].clone());
            assert_eq!(transferred, paid, "{entry}");
            town.run("verify").ok();
        }
    }
}

#[test]
fn details_of_the_statement_and_a_transfer_of_their_sum_all_count_once() {
    let details = "+250.00 mueller | KZ 5.0100.118204.4 | ref=R-3001\n+88.20 neumann | KZ 5.0100.784053.8 | ref=R-3002";
    let batch = format!("2024-03-08 +338.20 batch ref=B-9001 of=2\n{details}");
    let town = Town::new();
    bring(&town, "", &format!("{batch}\n2024-03-08 +338.20 lange | KZ 5.0100.451739.4 | ref=R-1001"));
    town.write("avis.xml", advice(&format!("9 2024-03-08 2024-03-08 1000.00\n{batch}")));
    town.run("import avis.xml").ok();
    town.run("match").ok();
    let paid = ["mueller", "neumann", "lange"]
        .map(|who| town.one("report receivables", &[("kassenzeichen", kz(who))])["transferred"].clone());
    assert_eq!(paid, ["250.00", "88.20", "338.20"]);
    assert_eq!(town.json("report payments").as_array().unwrap().len(), 3);
    town.run("verify").ok();
}

#[test]
fn our_own_money_that_comes_back_is_nobodys_payment() {
    let sent = "2024-03-05 -250.00 mueller | Erstattung 5.0100.118204.4 | ref=R-1";
    for (came, expected) in [
        ("mueller | Retoure: Konto erloschen KZ 5.0100.118204.4 | ref=R-2", "case"),
        ("mueller | KZ 5.0100.118204.4 | ref=R-2", "case"),
        ("vogt | KZ 07/12345-6 | ref=R-2", "auto"),
    ] {
        let town = town("", &format!("{sent}\n2024-03-07 +250.00 {came}"));
        let payment = payment(&town, "R-2");
        assert_eq!(payment["decision"], expected, "{came}: {payment:#}");
        town.run("verify").ok();
    }
}

#[test]
fn what_went_out_to_nobody_is_looked_at_where_a_credit_had_its_amount() {
    let came = "2024-03-05 +250.00 mueller | KZ 5.0100.118204.4 | ref=R-1";
    for (out, expected) in [
        ("-250.00 - | Belastung vom 05.03. | ref=R-2", "case"),
        ("-250.10 - | Belastung vom 05.03. | ref=R-2", "other"),
        ("-250.10 - | Gutschrift storniert | ref=R-2", "case"),
        ("-250.00 vogt | Rechnung 4711 | ref=R-2", "other"),
    ] {
        let town = town("", &format!("{came}\n2024-03-07 {out}"));
        let debit = debit(&town, "R-2");
        assert_eq!(debit["decision"], expected, "{out}: {debit:#}");
    }
}

#[test]
fn what_names_its_kassenzeichen_alone_is_held_for_it() {
    let details = "2024-03-05 +500.00 batch | ref=F-1 code=PMNT/RDDT/ESDD
        +250.00 - | KZ 5.0100.118204.4 | ref=F-2
        +250.00 - | KZ 07/12345-6 | ref=F-3";
    let town = town("", details);
    let left = planned(&town);
    assert!(!left.iter().any(|(own, _)| own == kz("mueller") || own == kz("vogt")), "{left:?}");
    free(&town);
}

#[test]
fn a_part_that_an_advice_tells_of_a_batch_holds() {
    let town = town("", "2024-03-05 +500.00 - | Sammler | ref=B-1 code=PMNT/RCDT/ESCT");
    let advice = Statement::new(
        "9 2024-03-05 2024-03-05 1000.00\n2024-03-05 +250.00 batch | ref=B-1\n+130.00 mueller | KZ 5.0100.118204.4 | ref=D-1\n+120.00 - | KZ 07/12345-6 | ref=D-2",
    );
    let advice = advice.xml().replace("camt.053.001", "camt.054.001").replace("BkToCstmrStmt", "BkToCstmrDbtCdtNtfctn");
    town.write("avis.xml", advice.replace("<Stmt>", "<Ntfctn>").replace("</Stmt>", "</Ntfctn>"));
    town.run("import avis.xml").ok();
    town.run("match").ok();
    let part = payment(&town, "D-1");
    assert_eq!((part["decision"].as_str(), part["provisional"].as_bool()), (Some("case"), Some(true)), "{part:#}");
    let left = planned(&town);
    assert!(!left.iter().any(|(own, _)| own == kz("mueller") || own == kz("vogt")), "{left:?}");
    town.run("verify").ok();
}
