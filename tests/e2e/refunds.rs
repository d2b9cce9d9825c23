//! Money that goes back to its payer: from a person's word to the statement that shows it, and what comes between.

use serde_json::{Value, json};

use crate::after_file::{AFTER, Handed, WHOLE};
use crate::collect::texts;
use crate::people::{kz, of};
use crate::town::Done;

/// The day on which the transfer that crossed the debits of 27 March may go back.
const FREE: &str = "2024-04-08";
/// The day after it was paid.
const PAID: &str = "2024-04-10";

/// Mueller transferred 200.00 a day before her direct debit of 200.00 was credited.
struct Crossing {
    handed: Handed,
    case: i64,
}

impl Crossing {
    fn new() -> Crossing {
        Crossing::beside(WHOLE)
    }

    /// The same, and what else the statement shows.
    fn beside(more: &str) -> Crossing {
        let handed = Handed::new();
        let crossing = format!("2024-03-26 +200.00 mueller | KZ {} | ref=R-1002", kz("mueller"));
        handed.statement(&format!("{crossing}\n{more}"));
        let case = handed.json("cases");
        let own = case.as_array().unwrap().iter().find(|case| case["reference"] == "R-1002").unwrap();
        let case = own["case"].as_i64().unwrap();
        Crossing { handed, case }
    }

    /// The same, once a person has decided that it goes back.
    fn decided() -> Crossing {
        let town = Crossing::new();
        town.on(AFTER, &format!("resolve {} --refund --as clara", town.case)).ok();
        town
    }

    /// The same, planned for 9 April once the debit cannot come back by itself.
    fn planned() -> Crossing {
        let town = Crossing::decided();
        town.statement("203 2024-03-29 2024-04-05", "");
        let plan = town.json(FREE, "refund plan --on 2024-04-09 --as anna --file-number 'HHST 9000.1'");
        assert_eq!((&plan["run"], &plan["refunds"], &plan["amount"]), (&json!("E1"), &json!(1), &json!("200.00")));
        town
    }

    /// The same, its file written and handed to the bank.
    fn sent() -> Crossing {
        let town = Crossing::planned();
        town.on(FREE, "refund release E1 --as bernd").ok();
        town.on(FREE, "refund release E1 --as dora").ok();
        town.on(FREE, "refund export E1 --out zahlung").ok();
        town.on(FREE, "refund sent E1 --order 815 --as anna").ok();
        town
    }

    fn on(&self, day: &str, line: &str) -> Done {
        self.handed.town.on(day, line)
    }

    fn json(&self, day: &str, line: &str) -> Value {
        self.handed.town.json(&format!("--today {day} {line}"))
    }

    /// A statement that goes on from the last one, imported and matched on the day after its last.
    fn statement(&self, head: &str, entries: &str) {
        let all = self.json(PAID, "report statements");
        let closing = all.as_array().unwrap().iter().map(|row| row["closing"].as_str().unwrap().to_owned()).next_back();
        self.handed.on_day(&self.day_after(head), head, &closing.unwrap(), entries);
    }

    fn day_after(&self, head: &str) -> String {
        let last = head.split(' ').nth(2).unwrap();
        if last < "2024-04-08" { FREE.to_owned() } else { PAID.to_owned() }
    }

    /// The refund of the case, as the list shows it.
    fn refund(&self, day: &str) -> Value {
        let list = self.json(day, "refund list");
        let all = list["refunds"].as_array().unwrap();
        all.iter().find(|row| row["case"] == self.case).cloned().unwrap_or_default()
    }

    fn state(&self, day: &str) -> String {
        self.refund(day)["state"].as_str().unwrap_or_default().to_owned()
    }

    fn id(&self) -> String {
        self.refund(PAID)["end_to_end_id"].as_str().unwrap().to_owned()
    }

    fn proved(&self) {
        self.on(PAID, "verify").ok();
        let before = (self.json(PAID, "report receivables"), self.json(PAID, "refund list"));
        self.on(PAID, "match").ok();
        assert_eq!((self.json(PAID, "report receivables"), self.json(PAID, "refund list")), before);
    }
}

#[test]
fn a_transfer_that_crossed_a_debit_goes_back_to_its_payer() {
    let town = Crossing::new();
    assert_eq!(town.state(AFTER), "to_decide");
    town.on(AFTER, &format!("resolve {} --refund --as clara", town.case)).ok();
    // until 5 April the payer's bank can give the debit back, and then the transfer pays what is owed
    assert_eq!(town.state(AFTER), "returnable");
    assert_eq!(town.refund(AFTER)["day"], FREE);
    let plan = town.json(AFTER, "refund plan --on 2024-04-09 --as anna");
    assert_eq!((&plan["run"], &plan["left_out"][0]["state"]), (&Value::Null, &json!("returnable")));
    town.statement("203 2024-03-29 2024-04-05", "");
    let list = town.json(FREE, "refund list");
    assert_eq!((&list["open"], &list["amount"]), (&json!(1), &json!("200.00")));
    let plan = town.json(FREE, "refund plan --on 2024-04-09 --as anna");
    assert_eq!((&plan["run"], &plan["amount"]), (&json!("E1"), &json!("200.00")));
    assert_eq!(town.state(FREE), "planned");
    town.on(FREE, "refund plan --on 2024-04-09 --as anna").ok();
    assert_eq!(town.json(FREE, "refund list")["runs"].as_array().unwrap().len(), 1, "nothing is planned twice");

    town.on(FREE, "refund release E1 --as anna").refused_with("who planned the run may not release it");
    town.on(FREE, "refund export E1 --out zahlung").refused_with("only a released run is exported");
    let first = town.on(FREE, "refund release E1 --as clara").ok();
    assert!(first.err.contains("1 of 2 signatures"), "{first:?}");
    town.on(FREE, "refund release E1 --as CLARA").refused_with("has signed already");
    town.on(FREE, "refund release E1 --as bernd").ok();
    let written = town.json(FREE, "refund export E1 --out zahlung");
    let bytes = town.handed.town.only("zahlung", ".xml");
    let again = town.json(FREE, "refund export E1 --out zahlung-2");
    assert_eq!((bytes.clone(), &written["sha256"]), (town.handed.town.only("zahlung-2", ".xml"), &again["sha256"]));
    let xml = String::from_utf8(bytes).unwrap();
    for (element, value) in [("CtrlSum", "200.00"), ("Dt", "2024-04-09"), ("EndToEndId", town.id().as_str())] {
        assert_eq!(texts(&xml, element).first().map(String::as_str), Some(value), "{element}");
    }
    assert!(texts(&xml, "IBAN").contains(&of("mueller").iban.to_owned()), "{xml}");
    let sheet = String::from_utf8(town.handed.town.only("zahlung", ".txt")).unwrap();
    for line in ["Begleitzettel Erstattungslauf E1", "EBICS CTV", "Empfängerüberprüfung", "200,00"] {
        assert!(sheet.contains(line), "{line}: {sheet}");
    }
    assert_eq!(town.state(FREE), "under_way");
    town.on(FREE, &format!("resolve {} --undo --as clara", town.case)).refused_with("its money has left, or may have");
    town.on(FREE, "refund cancel E1 --as anna").refused_with("only one before its export is cancelled");
    town.on(FREE, "refund sent E1 --order 815 --as anna").ok();

    let paid = format!("2024-04-09 -200.00 mueller | RUECKZAHLUNG | ref=R-3001 e2e={}", town.id());
    town.statement("204 2024-04-08 2024-04-09", &paid);
    assert_eq!((town.state(PAID), town.refund(PAID)["day"].clone()), ("paid".to_owned(), json!("2024-04-09")));
    assert_eq!(town.json(PAID, "refund show E1")["state"], "settled");
    let booking = town.handed.town.one(&format!("--today {PAID} report debits"), &[("reference", "R-3001")]);
    assert_eq!(
        (&booking["decision"], &booking["evidence"][0]["text"]),
        (&json!("refund"), &json!("refunds of ours were paid"))
    );
    assert_eq!(town.json(PAID, "refund list")["open"], 0);
    town.proved();
}

#[test]
fn a_debit_that_comes_back_first_is_paid_by_the_transfer() {
    for released in [false, true] {
        let town = Crossing::decided();
        town.on(AFTER, "refund plan --on 2024-04-09 --as anna --early 'Not der Familie'").ok();
        if released {
            let refused = "can come back until 2024-04-08: release it then, or say why earlier";
            town.on(AFTER, "refund release E1 --as bernd").refused_with(refused);
            town.on(AFTER, "refund release E1 --as bernd --early Not").ok();
            town.on(AFTER, "refund release E1 --as dora --early Not").ok();
            assert_eq!(town.state(AFTER), "released");
        }
        let back = format!(
            "2024-03-29 -200.00 mueller | RETOURE | ref=R-2001 code=PMNT/IDDT/UPDD e2e={} return=MS03",
            town.handed.ids[1]
        );
        town.statement("203 2024-03-29 2024-04-05", &back);
        let paid = town.handed.payment("R-1002");
        assert_eq!(paid["decision"], "auto");
        assert_eq!(town.refund(FREE), Value::Null, "nothing goes back any more");
        let run = town.json(FREE, "refund show E1");
        assert_eq!((&run["state"], &run["fallen"][0]["state"]), (&json!("planned"), &json!("cancelled")));
        town.on(FREE, "refund release E1 --as bernd").refused_with("nothing is left in the run");
        assert_eq!(town.handed.item("mueller")[0], "paid");
        town.proved();
    }
}

#[test]
fn a_debit_that_comes_back_after_the_refund_holds_all_of_the_payer() {
    let town = Crossing::sent();
    let late = format!(
        "2024-04-09 -200.00 mueller | RUECKZAHLUNG | ref=R-3001 e2e={}
         2024-04-09 -200.00 mueller | RETOURE | ref=R-2001 code=PMNT/IDDT/UPDD e2e={} return=AM04",
        town.id(),
        town.handed.ids[1]
    );
    town.statement("204 2024-04-08 2024-04-09", &late);
    assert_eq!(town.state(PAID), "paid");
    let holds = town.json(PAID, "hold list");
    let own = holds.as_array().unwrap().iter().find(|hold| hold["kassenzeichen"] == kz("mueller")).unwrap();
    assert_eq!(own["posten"], Value::Null, "everything of hers is held");
    assert!(own["reason"].as_str().unwrap().contains("and the direct debit came back too"), "{own}");
    assert_eq!(town.handed.item("mueller")[0], "reopened");
    town.proved();
}

#[test]
fn a_refund_that_comes_back_is_a_case_of_its_own() {
    let town = Crossing::sent();
    let back = format!(
        "2024-04-08 -200.00 - | SAMMLER | ref=R-3001 pmtinf={} bare
         2024-04-09 +200.00 mueller | RETOURE | ref=R-3002 code=PMNT/RCDT/RRTN e2e={} return=AC04",
        texts(&String::from_utf8(town.handed.town.only("zahlung", ".xml")).unwrap(), "PmtInfId")[0],
        town.id()
    );
    town.statement("204 2024-04-08 2024-04-09", &back);
    assert_eq!((town.state(PAID), town.refund(PAID)["reason"].clone()), ("came_back".to_owned(), json!("AC04")));
    assert_eq!(
        town.handed.town.one(&format!("--today {PAID} report payments"), &[("reference", "R-3002")])["decision"],
        "case"
    );
    let case = town.json(PAID, "cases");
    let case = case.as_array().unwrap().iter().find(|case| case["reference"] == "R-3002").unwrap().clone();
    assert!(case["reason"].as_str().unwrap().contains("a refund of ours came back"), "{case:#}");
    // it goes to another account, by two people
    let number = &case["case"];
    town.on(PAID, &format!("resolve {number} --refund --as clara")).ok();
    let to = "--iban DE89370400440532013000 --name 'Erika Mueller' --reason 'altes Konto erloschen'";
    town.on(PAID, &format!("refund account {number} {to} --as clara --with CLARA")).refused_with("two people");
    town.on(PAID, &format!("refund account {number} {to} --as clara --with bernd")).ok();
    let plan = town.json(PAID, "refund plan --on 2024-04-11 --as anna");
    assert_eq!((&plan["run"], &plan["amount"]), (&json!("E2"), &json!("200.00")));
    let transfer = &town.json(PAID, "refund show E2")["transfers"][0];
    assert_eq!((&transfer["iban"], &transfer["other_account"]), (&json!("DE89370400440532013000"), &json!(true)));
    // both who chose the account may not be all who release it
    town.on(PAID, "refund release E2 --as clara").ok();
    town.on(PAID, "refund release E2 --as bernd").refused_with("may not be its only releaser");
    town.on(PAID, "refund release E2 --as dora").ok();
    town.proved();
}

#[test]
fn a_file_that_never_left_frees_its_refunds_by_two_people() {
    let town = Crossing::sent();
    town.on(FREE, "refund void E1 --as bernd --with Bernd --reason 'Datei zerstoert'").refused_with("two people");
    town.on(FREE, "refund void E1 --as bernd --with dora --reason 'Datei zerstoert'").ok();
    assert_eq!(town.json(FREE, "refund show E1")["state"], "void");
    assert_eq!(town.state(FREE), "to_plan");
    let plan = town.json(FREE, "refund plan --on 2024-04-09 --as anna");
    assert_eq!((&plan["run"], &plan["amount"]), (&json!("E2"), &json!("200.00")));
    town.proved();
    let paid = Crossing::sent();
    let shown = format!("2024-04-09 -200.00 mueller | RUECKZAHLUNG | ref=R-3001 e2e={}", paid.id());
    paid.statement("204 2024-04-08 2024-04-09", &shown);
    paid.on(PAID, "refund void E1 --as bernd --with dora --reason x").refused_with("only a run whose file was written");
}

#[test]
fn what_is_decided_anew_takes_its_refund_out_of_a_planned_run() {
    let town = Crossing::planned();
    town.on(FREE, "refund release E1 --as bernd").ok();
    town.on(FREE, &format!("resolve {} --undo --as clara", town.case)).ok();
    let run = town.json(FREE, "refund show E1");
    assert_eq!((&run["refunds"], &run["fallen"][0]["state"]), (&json!(0), &json!("cancelled")));
    assert!(run["events"].as_array().unwrap().iter().any(|event| event["event"] == "voided"));
    town.on(FREE, "refund release E1 --as dora").refused_with("nothing is left in the run");
    town.on(FREE, "refund cancel E1 --as anna").ok();
    town.on(FREE, &format!("resolve {} --refund --as clara", town.case)).ok();
    assert_eq!(town.json(FREE, "refund plan --on 2024-04-09 --as anna")["run"], "E2");
    town.proved();
}

#[test]
fn another_sum_than_was_handed_in_is_a_case() {
    let town = Crossing::sent();
    let odd = format!("2024-04-09 -190.00 mueller | RUECKZAHLUNG | ref=R-3001 e2e={}", town.id());
    town.statement("204 2024-04-08 2024-04-09", &odd);
    assert_eq!(town.state(PAID), "under_way");
    let booking = town.handed.town.one(&format!("--today {PAID} report debits"), &[("reference", "R-3001")]);
    assert_eq!(booking["decision"], "case");
    town.proved();
}

/// The bank's answer to the file of E1 about its only transfer.
fn answer(town: &Crossing, message_name: &str, status: &str) -> String {
    let xml = String::from_utf8(town.handed.town.only("zahlung", ".xml")).unwrap();
    let [message, batch, id] = ["MsgId", "PmtInfId", "EndToEndId"].map(|element| texts(&xml, element)[0].clone());
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:pain.002.001.10\"><CstmrPmtStsRpt>\
         <GrpHdr><MsgId>BANK-9</MsgId><CreDtTm>2024-04-08T10:00:00</CreDtTm></GrpHdr>\
         <OrgnlGrpInfAndSts><OrgnlMsgId>{message}</OrgnlMsgId><OrgnlMsgNmId>{message_name}</OrgnlMsgNmId></OrgnlGrpInfAndSts>\
         <OrgnlPmtInfAndSts><OrgnlPmtInfId>{batch}</OrgnlPmtInfId><TxInfAndSts><OrgnlEndToEndId>{id}</OrgnlEndToEndId>\
         <TxSts>{status}</TxSts><StsRsnInf><Rsn><Cd>AC04</Cd></Rsn></StsRsnInf></TxInfAndSts></OrgnlPmtInfAndSts></CstmrPmtStsRpt></Document>"
    )
}

#[test]
fn what_the_bank_rejects_goes_to_another_account_or_nowhere() {
    let town = Crossing::sent();
    town.handed.town.write("falsch.xml", answer(&town, "pain.008.001.08", "RJCT"));
    town.on(FREE, "import falsch.xml").refused_with("answers a pain.008.001.08, not a payment file of ours");
    town.handed.town.write("absage.xml", answer(&town, "pain.001.001.09", "RJCT"));
    let told = town.on(FREE, "import absage.xml").ok();
    assert!(told.err.contains("the bank rejected 1 refunds of run E1 over 200.00 EUR"), "{told:?}");
    assert_eq!((town.state(FREE), town.refund(FREE)["reason"].clone()), ("rejected".to_owned(), json!("AC04")));
    assert_eq!(town.json(FREE, "refund show E1")["state"], "settled");
    // not to the same account again, before two people have named another one
    assert_eq!(town.json(FREE, "refund plan --on 2024-04-09 --as anna")["run"], Value::Null);
    let to = "--iban DE89370400440532013000 --name 'Erika Mueller' --reason 'altes Konto erloschen'";
    town.on(FREE, &format!("refund account {} {to} --as clara --with bernd", town.case)).ok();
    assert_eq!(town.json(FREE, "refund plan --on 2024-04-09 --as anna")["run"], "E2");
    town.proved();
}

#[test]
fn the_front_desk_knows_whether_a_refund_is_on_its_way() {
    let ask = |town: &Crossing, day: &str| {
        town.json(day, &format!("find '{}'", kz("mueller")))[0]["answer"].as_str().unwrap().to_owned()
    };
    let town = Crossing::planned();
    assert!(ask(&town, FREE).contains("200.00 EUR are to go back to their payer; they have not been sent yet."));
    let town = Crossing::sent();
    assert!(ask(&town, FREE).contains("200.00 EUR are on their way back to their payer."));
    let paid = format!("2024-04-09 -200.00 mueller | RUECKZAHLUNG | ref=R-3001 e2e={}", town.id());
    town.statement("204 2024-04-08 2024-04-09", &paid);
    assert!(ask(&town, PAID).contains("200.00 EUR went back to their payer on 2024-04-09."), "{}", ask(&town, PAID));
    let german = town.on(PAID, &format!("--lang de find '{}'", kz("mueller"))).ok();
    assert!(german.out.contains("200,00 EUR gingen am 09.04.2024 an den Zahler zurück."), "{}", german.out);
}

#[test]
fn what_was_given_back_by_hand_is_not_given_back_again() {
    let town = Crossing::decided();
    town.statement(
        "203 2024-03-29 2024-04-05",
        "2024-04-04 -200.00 mueller | Rueckzahlung wie besprochen | ref=R-3001",
    );
    let booking = town.handed.town.one(&format!("--today {FREE} report debits"), &[("reference", "R-3001")]);
    assert_eq!(booking["decision"], "refund", "{booking:#}");
    assert_eq!(town.refund(FREE), Value::Null);
    assert_eq!(town.json(FREE, "refund plan --on 2024-04-09 --as anna")["run"], Value::Null);
    town.proved();
}

/// Mueller's and a stranger's money, both handed to the bank in E1: end-to-end ids of 200.00 and 50.00, and the batch.
fn two_sent() -> (Crossing, [String; 2], String) {
    let town = Crossing::decided();
    town.statement(
        "203 2024-03-29 2024-04-05",
        "2024-04-04 +50.00 Xaver Quandt DE67416500010000000099 | Grundbesitzabgaben | ref=R-1003",
    );
    let payment = town.handed.town.one(&format!("--today {FREE} report payments"), &[("reference", "R-1003")]);
    if payment["decision"] != "case" {
        panic!("{payment:#}");
    }
    let cases = town.json(FREE, "cases");
    let own = cases.as_array().unwrap().iter().find(|case| case["reference"] == "R-1003").unwrap()["case"].clone();
    town.on(FREE, &format!("resolve {own} --refund --as clara")).ok();
    town.on(FREE, "refund plan --on 2024-04-09 --as anna --early ja").ok();
    town.on(FREE, "refund release E1 --as bernd --early ja").ok();
    town.on(FREE, "refund release E1 --as dora --early ja").ok();
    town.on(FREE, "refund export E1 --out zahlung").ok();
    let xml = String::from_utf8(town.handed.town.only("zahlung", ".xml")).unwrap();
    let ids = texts(&xml, "EndToEndId");
    (town, [ids[0].clone(), ids[1].clone()], texts(&xml, "PmtInfId")[0].clone())
}

#[test]
fn what_the_bank_rejects_and_books_all_the_same_is_paid_and_comes_back() {
    let (town, [first, _], batch) = two_sent();
    town.handed.town.write("absage.xml", answer(&town, "pain.001.001.09", "RJCT"));
    town.on(FREE, "import absage.xml").ok();
    assert_eq!(town.state(FREE), "rejected");
    let gross = format!(
        "2024-04-09 -250.00 - | SAMMLER | ref=R-3001 pmtinf={batch} bare
         2024-04-09 +200.00 mueller | RETOURE | ref=R-3002 code=PMNT/RCDT/RRTN e2e={first} return=AC04"
    );
    town.statement("204 2024-04-08 2024-04-09", &gross);
    assert_eq!(town.state(PAID), "came_back");
    // the money is in the case of what came back, and nowhere else
    assert_eq!(town.json(PAID, "refund plan --on 2024-04-11 --as anna --early ja")["run"], Value::Null);
    town.proved();
}

#[test]
fn what_was_imported_and_not_matched_keeps_a_file_from_being_written() {
    let reject = crate::after_file::status_report(None, &["E1 RJCT AC04"]);
    for (what, is_answer) in
        [("2024-04-04 -200.00 mueller | Rueckzahlung | ref=R-3001".to_owned(), false), (reject, true)]
    {
        // of the answer: the debit was not credited yet
        let town = Crossing::beside(if is_answer { "" } else { WHOLE });
        town.on(AFTER, &format!("resolve {} --refund --as clara", town.case)).ok();
        town.on(AFTER, "refund plan --on 2024-04-09 --as anna --early ja").ok();
        town.on(AFTER, "refund release E1 --as bernd --early ja").ok();
        town.on(AFTER, "refund release E1 --as dora --early ja").ok();
        if is_answer {
            town.handed.town.write("spaet.xml", town.handed.filled(&what));
            town.on(AFTER, "import spaet.xml").ok();
        } else {
            let closing = town.json(AFTER, "report statements");
            let closing = closing.as_array().unwrap().last().unwrap()["closing"].as_str().unwrap().to_owned();
            let text = format!("203 2024-03-29 2024-04-05 {closing}\n{what}");
            town.handed.town.write("spaet.xml", crate::bank::Statement::new(&text).xml());
            town.on(FREE, "import spaet.xml").ok();
        }
        let day = if is_answer { AFTER } else { FREE };
        let done = town.on(day, "refund export E1 --out zahlung");
        assert!(done.code == 1, "{done:?}");
        assert!(!town.handed.town.path().join("zahlung").exists(), "nothing is written");
    }
}

#[test]
fn a_file_that_was_wrong_is_sent_again_to_the_same_account() {
    let town = Crossing::sent();
    let xml = String::from_utf8(town.handed.town.only("zahlung", ".xml")).unwrap();
    let message = &texts(&xml, "MsgId")[0];
    town.handed.town.write(
        "absage.xml",
        format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:pain.002.001.10\"><CstmrPmtStsRpt>\
             <GrpHdr><MsgId>B</MsgId><CreDtTm>2024-04-08T10:00:00</CreDtTm></GrpHdr><OrgnlGrpInfAndSts><OrgnlMsgId>{message}</OrgnlMsgId>\
             <OrgnlMsgNmId>pain.001.001.09</OrgnlMsgNmId><GrpSts>RJCT</GrpSts><StsRsnInf><Rsn><Cd>TM01</Cd></Rsn></StsRsnInf>\
             </OrgnlGrpInfAndSts></CstmrPmtStsRpt></Document>"
        ),
    );
    town.on(FREE, "import absage.xml").ok();
    assert_eq!(town.state(FREE), "to_plan");
    assert_eq!(town.json(FREE, "refund plan --on 2024-04-09 --as anna")["run"], "E2");
    town.proved();
}

#[test]
fn a_credit_that_its_bank_takes_back_after_its_refund_is_said() {
    let town = Crossing::sent();
    let both = format!(
        "2024-04-09 -200.00 mueller | RUECKZAHLUNG | ref=R-3001 e2e={}
         2024-04-09 -200.00 mueller | RUECKRUF | ref=R-3002 code=PMNT/RCDT/RRTN return=FOCR",
        town.id()
    );
    town.statement("204 2024-04-08 2024-04-09", &both);
    let booking = town.handed.town.one(&format!("--today {PAID} report debits"), &[("reference", "R-3002")]);
    assert_eq!(booking["decision"], "case", "{booking:#}");
    town.proved();
}

#[test]
fn a_payer_who_quotes_our_id_brings_nothing_back_and_a_return_without_it_does() {
    let town = Crossing::sent();
    let quoted = format!(
        "2024-04-08 +77.10 Xaver Quandt DE67416500010000000099 | wegen {} | ref=R-3001
         2024-04-09 -200.00 mueller | RUECKZAHLUNG | ref=R-3002 e2e={}",
        town.id(),
        town.id()
    );
    town.statement("204 2024-04-08 2024-04-09", &quoted);
    assert_eq!(town.state(PAID), "paid");
    let closing = town.json(PAID, "report statements");
    let closing = closing.as_array().unwrap().last().unwrap()["closing"].as_str().unwrap().to_owned();
    let back = "2024-04-10 +200.00 mueller | RETOURE Konto erloschen | ref=R-3003 code=PMNT/RCDT/RRTN return=AC04";
    town.handed.on_day("2024-04-11", "205 2024-04-10 2024-04-10", &closing, back);
    assert_eq!(town.state("2024-04-11"), "came_back");
    let payment = town.handed.town.one("--today 2024-04-11 report payments", &[("reference", "R-3003")]);
    assert_eq!(payment["decision"], "case");
    town.on("2024-04-11", "verify").ok();
}

#[test]
fn a_person_says_that_another_sum_paid_it() {
    let town = Crossing::sent();
    let charged = format!("2024-04-09 -201.50 mueller | RUECKZAHLUNG | ref=R-3001 e2e={}", town.id());
    town.statement("204 2024-04-08 2024-04-09", &charged);
    assert_eq!(town.state(PAID), "under_way");
    let cases = town.json(PAID, "cases");
    let own = cases.as_array().unwrap().iter().find(|case| case["reference"] == "R-3001").unwrap()["case"].clone();
    town.on(PAID, &format!("resolve {own} --refund --as clara")).ok();
    assert_eq!(town.state(PAID), "paid");
    town.proved();
}

#[test]
fn a_void_file_that_was_carried_out_is_a_case() {
    let town = Crossing::sent();
    town.on(FREE, "refund void E1 --as bernd --with dora --reason x --by-statements")
        .refused_with("statements are missing");
    town.on(FREE, "refund void E1 --as bernd --with dora --reason x --never-left")
        .refused_with("it is recorded that it went");
    let id = town.id();
    town.on(FREE, "refund void E1 --as bernd --with dora --reason 'Bank: abgelehnt 4711'").ok();
    town.statement(
        "204 2024-04-08 2024-04-09",
        &format!("2024-04-09 -200.00 mueller | RUECKZAHLUNG | ref=R-3001 e2e={id}"),
    );
    let booking = town.handed.town.one(&format!("--today {PAID} report debits"), &[("reference", "R-3001")]);
    assert_eq!(booking["decision"], "case", "{booking:#}");
    town.proved();
}
