//! What the bank does with a file: it takes it or rejects it, credits it, takes debits back; and what the books make of that.

use serde_json::{Value, json};

use crate::bank::Statement;
use crate::collect::{EXPORT, announced, pain, texts};
use crate::imports::zip;
use crate::pairing::advice;
use crate::people::{kz, of};
use crate::town::{Done, SETTINGS, Town};

/// A town whose run L1 over 365.30 (Vogt 77.10, Mueller 200.00, Neumann 88.20) was handed to the bank.
pub(crate) struct Handed {
    pub(crate) town: Town,
    message: String,
    batch: String,
    /// End-to-end ids, in the order of the debits.
    pub(crate) ids: Vec<String>,
}

pub(crate) const AFTER: &str = "2024-04-02";

impl Handed {
    pub(crate) fn new() -> Handed {
        let town = announced();
        town.run("collect release L1 --as bernd --acknowledge-open-cases").ok();
        town.run(EXPORT).ok();
        town.run("collect sent L1 --order 4711 --as anna").ok();
        let xml = pain(&town);
        let (message, batch) = (texts(&xml, "MsgId")[0].clone(), texts(&xml, "PmtInfId")[0].clone());
        let ids = town.json("collect show L1")["debits"].as_array().unwrap().clone();
        let ids = ids.iter().map(|debit| debit["end_to_end_id"].as_str().unwrap().to_owned()).collect();
        Handed { town, message, batch, ids }
    }

    /// `BATCH`, `MESSAGE`, `E0`, `E1`, `E2` stand for the run's ids.
    pub(crate) fn filled(&self, text: &str) -> String {
        let ids = ["E0", "E1", "E2"].into_iter().zip(self.ids.iter().map(String::as_str));
        let words: Vec<(&str, &str)> =
            ids.chain([("MESSAGE", self.message.as_str()), ("BATCH", self.batch.as_str())]).collect();
        let is_letter = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
        let (mut filled, mut rest, mut before) = (String::new(), text, None);
        while let Some(first) = rest.chars().next() {
            // whole words only: the code of the books may have the same letters
            let behind = |word: &str| rest.strip_prefix(word).filter(|behind| !is_letter(behind.chars().next()));
            let found = words.iter().filter(|_| !is_letter(before));
            match found.filter_map(|(word, value)| Some((*value, behind(word)?))).next() {
                Some((value, behind)) => {
                    filled += value;
                    rest = behind;
                }
                None => {
                    filled.push(first);
                    let mut letters = rest.chars();
                    letters.next();
                    rest = letters.as_str();
                }
            }
            before = Some(first);
        }
        filled
    }

    /// A statement of 11 to 28 March, imported and matched.
    pub(crate) fn statement(&self, entries: &str) -> &Handed {
        let opening = self.town.json("report statements")[0]["closing"].as_str().unwrap().to_owned();
        self.on("202", &format!("2024-03-11 2024-03-28 {opening}"), entries)
    }

    pub(crate) fn on(&self, number: &str, head: &str, entries: &str) -> &Handed {
        let (days, opening) = head.rsplit_once(' ').unwrap();
        self.on_day(AFTER, &format!("{number} {days}"), opening, &self.filled(entries))
    }

    /// The statement with this number and these days, imported and matched on a day.
    pub(crate) fn on_day(&self, day: &str, head: &str, opening: &str, entries: &str) -> &Handed {
        let number = head.split(' ').next().unwrap();
        let name = format!("auszug-{number}.xml");
        let text = format!("{head} {opening}\n{entries}");
        self.town.write(&name, Statement::new(&text).xml());
        self.town.on(day, &format!("import {name}")).ok();
        self.town.on(day, "match").ok();
        self
    }

    /// What the bank says of the file: a group status or none, and transactions `ID STATUS REASON`.
    pub(crate) fn report(&self, name: &str, group: Option<&str>, transactions: &[&str]) -> Done {
        self.town.write(name, self.filled(&status_report(group, transactions)));
        self.town.on(AFTER, &format!("import {name}"))
    }

    pub(crate) fn json(&self, line: &str) -> Value {
        self.town.json(&format!("--today {AFTER} {line}"))
    }

    fn run(&self) -> Value {
        self.json("report runs")[0].clone()
    }

    /// Where each debit stands, in the order of the ids.
    fn lives(&self) -> Vec<String> {
        let show = self.json("collect show L1");
        show["debits"].as_array().unwrap().iter().map(|debit| debit["state"].as_str().unwrap().to_owned()).collect()
    }

    /// Of the item that a debit took: state, collected, in collection, open.
    pub(crate) fn item(&self, who: &str) -> [String; 4] {
        let line = format!("--today {AFTER} report receivables");
        let item = self
            .town
            .one(&line, &[("kassenzeichen", kz(who)), ("posten", if who == "vogt" { "2023-4" } else { "2024-1" })]);
        ["state", "collected", "in_collection", "open"].map(|key| item[key].as_str().unwrap().to_owned())
    }

    pub(crate) fn payment(&self, reference: &str) -> Value {
        self.town.one(&format!("--today {AFTER} report payments"), &[("reference", reference)])
    }

    pub(crate) fn debit(&self, reference: &str) -> Value {
        self.town.one(&format!("--today {AFTER} report debits"), &[("reference", reference)])
    }

    pub(crate) fn proved(&self) {
        self.town.on(AFTER, "verify").ok();
        // nothing moves by being asked again
        let before = self.json("report receivables");
        self.town.on(AFTER, "match").ok();
        assert_eq!(self.json("report receivables"), before);
    }
}

pub(crate) fn status_report(group: Option<&str>, transactions: &[&str]) -> String {
    let transaction = |line: &&str| {
        let cells: Vec<&str> = line.split_whitespace().collect();
        let reason = cells.get(2).map(|code| format!("<StsRsnInf><Rsn><Cd>{code}</Cd></Rsn></StsRsnInf>"));
        let amount = cells
            .get(3)
            .map(|amount| format!("<OrgnlTxRef><Amt><InstdAmt Ccy=\"EUR\">{amount}</InstdAmt></Amt></OrgnlTxRef>"));
        let (reason, amount) = (reason.unwrap_or_default(), amount.unwrap_or_default());
        format!(
            "<TxInfAndSts><OrgnlEndToEndId>{}</OrgnlEndToEndId><TxSts>{}</TxSts>{reason}{amount}</TxInfAndSts>",
            cells[0], cells[1]
        )
    };
    let group = group.map(|status| {
        let (status, reason) = status.split_once(' ').unwrap_or((status, ""));
        let reason = if reason.is_empty() {
            String::new()
        } else {
            format!("<StsRsnInf><Rsn><Cd>{reason}</Cd></Rsn></StsRsnInf>")
        };
        format!("<GrpSts>{status}</GrpSts>{reason}")
    });
    let payments = match transactions {
        [] => String::new(),
        all => format!(
            "<OrgnlPmtInfAndSts><OrgnlPmtInfId>BATCH</OrgnlPmtInfId>{}</OrgnlPmtInfAndSts>",
            all.iter().map(transaction).collect::<String>()
        ),
    };
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:pain.002.001.10\"><CstmrPmtStsRpt>\
         <GrpHdr><MsgId>BANK-1</MsgId><CreDtTm>2024-03-26T10:00:00</CreDtTm></GrpHdr>\
         <OrgnlGrpInfAndSts><OrgnlMsgId>MESSAGE</OrgnlMsgId><OrgnlMsgNmId>pain.008.001.08</OrgnlMsgNmId>{}</OrgnlGrpInfAndSts>\
         {payments}</CstmrPmtStsRpt></Document>",
        group.unwrap_or_default()
    )
}

pub(crate) const WHOLE: &str = "2024-03-27 +365.30 - | SAMMLER | ref=R-1001 code=PMNT/IDDT/ESDD msg=MESSAGE of=3 bare";

#[test]
fn a_run_that_is_credited_whole_is_settled() {
    let handed = Handed::new();
    handed.statement(WHOLE);
    // what was debited is paid since the collection: no surcharge runs on
    let fees = handed.town.json("--today 2024-09-02 report fees");
    let own = fees.as_array().unwrap().iter().find(|row| row["kassenzeichen"] == kz("mueller")).unwrap();
    assert_eq!(own["paid_on"], "2024-03-27", "{own:#}");
    assert_eq!(handed.payment("R-1001")["decision"], "settlement");
    assert_eq!(handed.lives(), ["settled"; 3]);
    assert_eq!(handed.item("vogt"), ["collected", "77.10", "0.00", "0.00"]);
    let run = handed.run();
    assert_eq!(
        (&run["state"], &run["bank"]["settled"]),
        (&json!("settled"), &json!({"debits": 3, "amount": "365.30"}))
    );
    assert_eq!(run["bank"]["refundable_until"], "2024-05-22");
    assert_eq!(handed.json("cases").as_array().unwrap().len(), 1);
    handed.proved();
}

#[test]
fn each_debit_may_be_credited_by_itself() {
    let handed = Handed::new();
    handed.statement(
        "2024-03-27 +365.30 batch ref=R-1000 code=PMNT/IDDT/ESDD pmtinf=BATCH of=3
         +77.10 vogt | EINZUG | ref=R-1001 e2e=E0
         +200.00 mueller | EINZUG | ref=R-1002 e2e=E1
         +88.20 neumann | EINZUG | ref=R-1003 e2e=E2
         2024-03-28 -200.00 mueller | STORNO | ref=R-2001 code=PMNT/RDDT/ESDD e2e=E1 reversal",
    );
    for reference in ["R-1001", "R-1002", "R-1003"] {
        assert_eq!(handed.payment(reference)["decision"], "settlement", "{reference}");
    }
    assert_eq!(handed.debit("R-2001")["decision"], "debit_return");
    assert_eq!(handed.lives(), ["settled", "returned", "settled"]);
    assert_eq!(handed.run()["state"], "settled");
    handed.proved();
}

#[test]
fn what_comes_back_is_owed_again_and_waits_for_a_person() {
    let handed = Handed::new();
    let vogt = of("vogt").iban;
    handed.statement(&format!(
        "{WHOLE}
         2024-03-28 -82.60 Sieglinde Vogt {vogt} | RUECKLASTSCHRIFT | ref=R-2001 code=PMNT/IDDT/UPDD e2e=E0 return=AM04 instd=77.10"
    ));
    let back = handed.debit("R-2001");
    assert_eq!(
        (&back["decision"], &back["evidence"][0]["text"]),
        (
            &json!("debit_return"),
            &json!(format!("77.10 EUR that we had debited for {} came back, and 5.50 EUR of charges", kz("vogt")))
        )
    );
    assert_eq!(handed.lives(), ["returned", "settled", "settled"]);
    assert_eq!(handed.item("vogt"), ["reopened", "0.00", "0.00", "77.10"]);
    let bank = &handed.run()["bank"];
    assert_eq!((&bank["returned"], &bank["charges"]), (&json!({"debits": 1, "amount": "77.10"}), &json!("5.50")));
    assert_eq!((&bank["reasons"][0]["reason"], &bank["reasons"][0]["debits"]), (&json!("AM04"), &json!(1)));
    let returns = handed.json("report returns");
    let row = |by: &str, key: &str| {
        let rows = returns.as_array().unwrap().iter().filter(|row| row["by"] == by && row["key"] == key);
        let row = rows.collect::<Vec<_>>()[0].clone();
        ["debits", "came_back", "rate", "amount", "charges"].map(|name| row[name].to_string().replace('"', ""))
    };
    let third = ["3", "1", "33.33", "77.10", "5.50"];
    assert_eq!((row("all", ""), row("reason", "AM04")), (third.map(str::to_owned), third.map(str::to_owned)));
    let clearing = handed.json("report clearing");
    let day = clearing.as_array().unwrap().iter().find(|row| row["day"] == "2024-03-28").unwrap();
    assert_eq!(
        (&day["out"], &day["direct_debits"], &day["unexplained"]),
        (&json!("82.60"), &json!("-82.60"), &json!("0.00"))
    );
    // nobody debits it again before a person agrees
    let plan = handed.json("collect plan --due 2024-04-29 --as anna");
    let left =
        plan["left_out"].as_array().unwrap().iter().find(|out| out["kassenzeichen"] == kz("vogt")).unwrap().clone();
    assert_eq!((&left["reason"], &left["amount"]), (&json!("hand_hold"), &json!("77.10")));
    handed.town.on(AFTER, &format!("hold lift '{}/2023-4' --reason 'gesprochen' --as clara", kz("vogt"))).ok();
    let plan = handed.json("collect plan --due 2024-04-29 --as anna");
    assert_eq!((&plan["debits"], &plan["amount"]), (&json!(1), &json!("77.10")));
    handed.proved();
}

/// What holds Vogt after her debit came back for want of cover, in a town that asks whose debits came back so often to transfer.
fn held_after_a_return(transfer_after: u8) -> Vec<(Value, String)> {
    let handed = Handed::new();
    handed.town.write("einmal.toml", format!("{SETTINGS}\n[returns]\ntransfer_after = {transfer_after}\n"));
    let vogt = of("vogt").iban;
    handed.statement(&format!(
        "{WHOLE}
         2024-03-28 -77.10 Sieglinde Vogt {vogt} | RUECKLASTSCHRIFT | ref=R-2001 code=PMNT/IDDT/UPDD e2e=E0 return=AM04"
    ));
    handed.proved();
    let holds = handed.json("hold list").as_array().unwrap().clone();
    holds.iter().map(|hold| (hold["posten"].clone(), hold["reason"].as_str().unwrap().to_owned())).collect()
}

#[test]
fn whose_debits_came_back_too_often_transfers() {
    let transfers = "1 direct debits of this mandate came back: its payer is to transfer";
    assert_eq!(held_after_a_return(1), [(Value::Null, transfers.to_owned())]);
    let uncovered = "a direct debit came back: the account was not covered (AM04)";
    assert_eq!(held_after_a_return(2), [(json!("2023-4"), uncovered.to_owned())]);
}

#[test]
fn a_closed_account_stops_whatever_is_debited_under_the_kassenzeichen() {
    let handed = Handed::new();
    handed.statement(&format!(
        "{WHOLE}\n2024-03-28 -200.00 mueller | RETOURE | ref=R-2001 code=PMNT/IDDT/UPDD e2e=E1 return=AC04"
    ));
    // 2024-2 falls due on 15 May: it was not in the run
    let plan = handed.town.json("--today 2024-05-13 collect plan --due 2024-05-28 --as anna");
    let left: Vec<&Value> =
        plan["left_out"].as_array().unwrap().iter().filter(|out| out["kassenzeichen"] == kz("mueller")).collect();
    assert!(left.len() > 1 && left.iter().all(|out| out["reason"] == "hand_hold"), "{left:?}");
    handed.proved();
}

#[test]
fn a_reject_counts_once_however_often_it_is_told() {
    let net = "2024-03-27 +277.10 - | SAMMLER | ref=R-1001 code=PMNT/IDDT/ESDD msg=MESSAGE of=2 bare";
    let gross = format!("{WHOLE}\n2024-03-27 -88.20 neumann | REJECT | ref=R-2001 code=PMNT/IDDT/UPDD e2e=E2");
    let rejects = ["E2 RJCT AC01 88.20"];
    type Step<'a> = &'a dyn Fn(&Handed);
    let report: Step<'_> = &|handed| drop(handed.report("antwort.xml", None, &rejects).ok());
    let again: Step<'_> = &|handed| drop(handed.report("antwort-2.xml", Some("PART"), &rejects).ok());
    let net: Step<'_> = &|handed| _ = handed.statement(net);
    let gross: Step<'_> = &|handed| _ = handed.statement(&gross);
    for steps in [&[report, net][..], &[net, report], &[report, again, net], &[report, gross], &[gross, report]] {
        let handed = Handed::new();
        steps.iter().for_each(|step| step(&handed));
        handed.town.on(AFTER, "match").ok();
        assert_eq!(handed.payment("R-1001")["decision"], "settlement");
        assert_eq!(handed.item("neumann"), ["reopened", "0.00", "0.00", "88.20"]);
        assert_eq!(handed.item("vogt"), ["collected", "77.10", "0.00", "0.00"]);
        assert_eq!(handed.run()["state"], "settled");
        let holds = handed.json("hold list");
        let own = holds.as_array().unwrap().iter().filter(|hold| hold["kassenzeichen"] == kz("neumann"));
        let own: Vec<&Value> = own.map(|hold| &hold["posten"]).collect();
        // the booking gives no reason and holds the item, the report says that the account does not exist
        assert!(own.contains(&&Value::Null) && own.len() <= 2, "{holds:#}");
        handed.proved();
    }
}

#[test]
fn what_the_bank_says_of_the_whole_file_holds_no_payer() {
    let handed = Handed::new();
    let done = handed.report("antwort.xml", Some("RJCT AM10"), &[]).ok();
    assert!(done.err.contains("the bank rejected 3 debits of run L1 over 365.30 EUR"), "{done:?}");
    assert_eq!(handed.lives(), ["rejected"; 3]);
    assert_eq!(handed.json("hold list"), json!([]));
    let plan = handed.json("collect plan --due 2024-04-29 --as anna");
    assert_eq!((&plan["debits"], &plan["amount"]), (&json!(3), &json!("365.30")));
    let show = handed.json("collect show L1");
    let told: Vec<&Value> =
        show["events"].as_array().unwrap().iter().filter(|event| event["event"] == "status").collect();
    assert_eq!(told.len(), 1);
    assert_eq!(told[0]["note"], "RJCT AM10");
    handed.proved();
}

#[test]
fn an_answer_that_is_not_about_our_file_changes_nothing() {
    let handed = Handed::new();
    let before = handed.json("report receivables");
    for (text, why) in [
        (
            status_report(Some("RJCT"), &[]).replace("MESSAGE", "FREMD-1"),
            "answers the payment file FREMD-1, which is none",
        ),
        (status_report(None, &["FREMD-2 RJCT AC01"]), "names the order FREMD-2, which our file does not have"),
        (status_report(None, &["E0 RJCT AC01 78.00"]), "with the amount 78.00, our file says 77.10 EUR"),
        (
            status_report(Some("ACCP"), &[]).replace("2024-03-26T", "2024-04-26T"),
            "was made on 2024-04-26, which is still to come",
        ),
    ] {
        handed.town.write("antwort.xml", handed.filled(&text));
        let done = handed.town.on(AFTER, "import antwort.xml");
        assert!(done.code == 1 && done.err.contains(why), "{why}: {done:?}");
        assert_eq!(handed.json("report receivables"), before, "{why}");
    }
}

#[test]
fn answers_in_a_zip_are_taken_and_one_that_is_not_ours_refuses_itself() {
    let handed = Handed::new();
    let own = handed.filled(&status_report(None, &["E1 RJCT AC04"]));
    let other = own.replace(&handed.message, "MSG-OF-OTHERS");
    handed.town.write("fremd.zip", zip(&[("b.xml", other.as_bytes())]));
    let refused = handed.town.on(AFTER, "import fremd.zip");
    assert_eq!(refused.code, 1, "{refused:#?}");
    assert!(refused.err.contains("fremd.zip/b.xml: "), "{refused:#?}");
    assert_eq!(handed.lives(), ["submitted", "submitted", "submitted"]);

    let members: [(&str, &[u8]); 2] = [("b.xml", other.as_bytes()), ("c.xml", own.as_bytes())];
    handed.town.write("CDZ.zip", zip(&members));
    let done = handed.town.on(AFTER, "import CDZ.zip");
    assert_eq!(done.code, 1, "a member was refused: {done:#?}");
    assert!(done.err.contains("CDZ.zip/b.xml: "), "{done:#?}");
    assert_eq!(handed.lives(), ["submitted", "rejected", "submitted"]);
    let again = handed.town.on(AFTER, "import CDZ.zip");
    assert!(again.out.contains("imported before"), "{again:#?}");

    // beside a statement
    let opening = handed.town.json("report statements")[0]["closing"].as_str().unwrap().to_owned();
    let statement = Statement::new(&format!("202 2024-03-11 2024-03-28 {opening}\n")).xml();
    let second = handed.filled(&status_report(None, &["E2 RJCT AM04"]));
    handed.town.write("alles.zip", zip(&[("A.xml", statement.as_bytes()), ("B.xml", second.as_bytes())]));
    let done = handed.town.on(AFTER, "import alles.zip");
    assert!(!done.err.contains("left out"), "{done:#?}");
    assert_eq!(handed.lives(), ["submitted", "rejected", "rejected"]);
    handed.proved();
}

#[test]
fn a_credit_that_does_not_add_up_is_a_case_and_the_run_goes_on() {
    let handed = Handed::new();
    handed.statement("2024-03-27 +288.20 - | SAMMLER | ref=R-1001 code=PMNT/IDDT/ESDD msg=MESSAGE bare");
    let paid = handed.payment("R-1001");
    assert_eq!(paid["decision"], "case");
    let why = "288.20 EUR came in for run L1; 365.30 EUR of it are still to come in, 0.00 EUR the bank rejected";
    assert_eq!(paid["evidence"][0]["text"], why);
    assert_eq!(handed.lives(), ["submitted"; 3]);
    assert_eq!(handed.item("vogt"), ["in_collection", "0.00", "77.10", "0.00"]);
    // the bank's answer tells what is missing
    handed.report("antwort.xml", None, &["E0 RJCT AC01"]).ok();
    handed.town.on(AFTER, "match").ok();
    assert_eq!(handed.payment("R-1001")["decision"], "settlement");
    assert_eq!(handed.lives(), ["rejected", "settled", "settled"]);
    handed.proved();
}

#[test]
fn what_speaks_against_a_return_is_a_case() {
    let back = "2024-03-28 -77.10 vogt | RETOURE | ref=R-2001 code=PMNT/IDDT/UPDD e2e=E0 return=AM04";
    for (more, reference, why) in [
        (
            "2024-03-28 -77.10 vogt | RETOURE | ref=R-2002 code=PMNT/IDDT/UPDD e2e=E0 return=AM04",
            "R-2002",
            "it names a direct debit of ours that came back before",
        ),
        (
            "2024-03-28 -99.99 mueller | RETOURE | ref=R-2002 code=PMNT/IDDT/UPDD e2e=E1 return=AM04",
            "R-2002",
            "it names a direct debit of ours and takes another amount",
        ),
        (
            "2024-03-28 -200.00 mueller | Rueckzahlung | ref=R-2002 e2e=E1",
            "R-2002",
            "it names a direct debit of ours and is a transfer by its codes: perhaps money was given back",
        ),
        (
            "2024-03-28 -300.00 - | RUECKLASTSCHRIFTEN | ref=R-2002 code=PMNT/IDDT/UPDD pmtinf=BATCH bare",
            "R-2002",
            "it takes back direct debits of ours, and does not say which",
        ),
    ] {
        let handed = Handed::new();
        handed.statement(&format!("{WHOLE}\n{back}\n{more}"));
        let doubt = handed.debit(reference);
        assert_eq!(doubt["decision"], "case", "{why}: {doubt:#}");
        let case = handed.json("cases");
        let case = case.as_array().unwrap().iter().find(|case| case["reference"] == reference).unwrap().clone();
        assert_eq!(case["reason"], why);
        if why.ends_with("does not say which") {
            let named = format!("resolve {} --return {} --as clara", case["case"], handed.ids[1]);
            handed.town.on(AFTER, &named).refused_with("are no charges");
        }
        assert_eq!(handed.item("vogt"), ["reopened", "0.00", "0.00", "77.10"]);
        assert_eq!(handed.item("mueller")[0], "collected");
        handed.proved();
    }
}

#[test]
fn a_return_before_the_credit_settles_with_it() {
    let handed = Handed::new();
    let opening = handed.town.json("report statements")[0]["closing"].as_str().unwrap().to_owned();
    handed.on(
        "202",
        &format!("2024-03-11 2024-03-27 {opening}"),
        "2024-03-27 -77.10 vogt | RETOURE | ref=R-2001 code=PMNT/IDDT/UPDD e2e=E0 return=AM04",
    );
    assert_eq!(handed.lives(), ["returned", "submitted", "submitted"]);
    let closing = handed.json("report statements");
    let closing =
        closing.as_array().unwrap().iter().map(|row| row["closing"].as_str().unwrap().to_owned()).next_back().unwrap();
    handed.on("203", &format!("2024-03-28 2024-03-28 {closing}"), &WHOLE.replace("2024-03-27", "2024-03-28"));
    assert_eq!(handed.lives(), ["returned", "settled", "settled"]);
    assert_eq!(handed.run()["state"], "settled");
    handed.proved();
}

#[test]
fn a_transfer_that_crossed_the_debit_pays_once_the_debit_came_back() {
    let handed = Handed::new();
    let crossing = format!("2024-03-26 +77.10 vogt | KZ {} | ref=R-1002", kz("vogt"));
    handed.statement(&format!("{crossing}\n{WHOLE}"));
    assert_eq!(handed.payment("R-1002")["decision"], "case");
    let closing = handed.json("report statements");
    let closing =
        closing.as_array().unwrap().iter().map(|row| row["closing"].as_str().unwrap().to_owned()).next_back().unwrap();
    handed.on(
        "203",
        &format!("2024-03-29 2024-04-01 {closing}"),
        "2024-03-29 -77.10 vogt | RETOURE | ref=R-2001 code=PMNT/IDDT/UPDD e2e=E0 return=MS03",
    );
    let paid = handed.payment("R-1002");
    assert_eq!((&paid["decision"], &paid["allocations"][0]["amount"]), (&json!("auto"), &json!("77.10")));
    assert_eq!(handed.item("vogt"), ["paid", "0.00", "0.00", "0.00"]);
    handed.proved();
}

#[test]
fn the_front_desk_tells_where_a_debit_stands() {
    let handed = Handed::new();
    handed.statement(&format!(
        "{WHOLE}\n2024-03-28 -77.10 vogt | RETOURE | ref=R-2001 code=PMNT/IDDT/UPDD e2e=E0 return=AM04"
    ));
    for (who, said) in [
        ("vogt", "77.10 EUR are due and open; no debit is planned yet. A direct debit came back from the bank."),
        ("mueller", "200.00 EUR have been collected by direct debit."),
    ] {
        let answer = handed.json(&format!("find '{}'", kz(who)))[0]["answer"].to_string();
        assert!(answer.contains(said), "{answer}");
    }
}

#[test]
fn what_is_rejected_and_credited_is_here_until_a_booking_takes_it_back() {
    for rejects in [&["E2 RJCT AM04"][..], &[]] {
        let group = rejects.is_empty().then_some("RJCT AM10");
        for report_first in [true, false] {
            let handed = Handed::new();
            let report = || drop(handed.report("antwort.xml", group, rejects).ok());
            if report_first {
                report();
            }
            handed.statement(WHOLE);
            if !report_first {
                report();
            }
            handed.town.on(AFTER, "match").ok();
            assert_eq!(handed.item("neumann"), ["collected", "88.20", "0.00", "0.00"], "{group:?} {report_first}");
            assert_eq!(handed.json("collect plan --due 2024-04-29 --as anna")["run"], Value::Null);
            handed.proved();
        }
    }
}

#[test]
fn what_contradicts_the_books_is_a_case_that_holds() {
    // the bank takes its return back
    let handed = Handed::new();
    handed.statement(&format!(
        "{WHOLE}
         2024-03-28 -77.10 vogt | RETOURE | ref=R-2001 code=PMNT/IDDT/UPDD e2e=E0 return=AM04
         2024-03-28 +77.10 vogt | STORNO RUECKLASTSCHRIFT | ref=R-3001 code=PMNT/IDDT/UPDD e2e=E0 reversal"
    ));
    let undone = handed.payment("R-3001");
    assert_eq!((&undone["decision"], &undone["holds"][0]["kassenzeichen"]), (&json!("case"), &json!(kz("vogt"))));
    handed.proved();
    // a return whose entry does not fit its details
    let handed = Handed::new();
    let opening = handed.town.json("report statements")[0]["closing"].as_str().unwrap().to_owned();
    let table = format!(
        "202 2024-03-11 2024-03-28 {opening}\n{}\n2024-03-28 -90.00 vogt | RETOURE | ref=R-2001 code=PMNT/IDDT/UPDD e2e=E0 return=MD07 instd=77.10",
        WHOLE
    );
    let xml = Statement::new(&handed.filled(&table)).xml();
    let (before, after) = xml.rsplit_once("<AmtDtls>").unwrap();
    handed.town.write(
        "auszug.xml",
        format!("{before}<Amt Ccy=\"EUR\">77.10</Amt><CdtDbtInd>DBIT</CdtDbtInd><AmtDtls>{after}"),
    );
    handed.town.on(AFTER, "import auszug.xml").ok();
    handed.town.on(AFTER, "match").ok();
    let back = handed.debit("R-2001");
    assert_eq!(back["decision"], "case", "{back:#}");
    assert_eq!(handed.lives()[0], "settled");
    let number = back["case"].as_i64().unwrap();
    // a person names the debit
    handed
        .town
        .on(AFTER, &format!("resolve {number} --return {} --as clara", handed.ids[1]))
        .refused_with("took 200.00 EUR");
    handed.town.on(AFTER, &format!("resolve {number} --return R-1001 --as clara")).refused_with("name the debit");
    handed.town.on(AFTER, &format!("resolve {number} --return {} --as clara", handed.ids[0])).ok();
    assert_eq!(handed.lives()[0], "returned");
    assert_eq!(handed.item("vogt"), ["reopened", "0.00", "0.00", "77.10"]);
    handed.town.on(AFTER, &format!("resolve {number} --undo --as clara")).refused_with("that stays");
    handed.proved();
}

#[test]
fn a_return_that_names_its_charges_beside_its_amount_is_one() {
    let handed = Handed::new();
    let opening = handed.town.json("report statements")[0]["closing"].as_str().unwrap().to_owned();
    let table = format!(
        "202 2024-03-11 2024-03-28 {opening}\n{WHOLE}\n2024-03-28 -82.60 vogt | RETOURE | ref=R-2001 code=PMNT/IDDT/UPDD e2e=E0 return=MD07 instd=77.10"
    );
    let xml = Statement::new(&handed.filled(&table)).xml();
    let (before, after) = xml.rsplit_once("<AmtDtls>").unwrap();
    let (details, rest) = after.split_once("</AmtDtls>").unwrap();
    let charges = "<Chrgs><Rcrd><Amt Ccy=\"EUR\">5.50</Amt></Rcrd></Chrgs>";
    let own = "<Amt Ccy=\"EUR\">77.10</Amt><CdtDbtInd>DBIT</CdtDbtInd>";
    handed.town.write("auszug.xml", format!("{before}{own}<AmtDtls>{details}</AmtDtls>{charges}{rest}"));
    handed.town.on(AFTER, "import auszug.xml").ok();
    handed.town.on(AFTER, "match").ok();
    assert_eq!(handed.lives()[0], "returned");
    assert_eq!(handed.run()["bank"]["charges"], "5.50");
    handed.proved();
}

#[test]
fn a_file_that_was_carried_out_is_not_void_and_a_void_one_that_was_is_loud() {
    let void = |reason: &str| format!("collect void L1 --as anna --with bernd --reason '{reason}'");
    let handed = Handed::new();
    handed.report("antwort.xml", Some("ACSC"), &[]).ok();
    handed.town.on(AFTER, &void("RJCT")).refused_with("was carried out, as the bank says");
    let handed = Handed::new();
    handed.statement("2024-03-28 -77.10 vogt | RETOURE | ref=R-2001 code=PMNT/IDDT/UPDD mandate=M-VOGT return=AM04");
    assert_eq!(handed.lives()[0], "returned");
    handed.town.on(AFTER, &void("RJCT")).refused_with("was carried out");
    let handed = Handed::new();
    handed.town.on(AFTER, &void("RJCT")).ok();
    handed.statement("2024-03-28 -77.10 vogt | RETOURE | ref=R-2001 code=PMNT/IDDT/UPDD e2e=E0 return=AM04");
    assert_eq!(handed.debit("R-2001")["decision"], "case");
    assert_eq!(handed.json("collect plan --due 2024-04-29 --as anna")["run"], Value::Null);
    handed.proved();
    let handed = Handed::new();
    handed.town.on(AFTER, &void("RJCT")).ok();
    handed.statement(WHOLE);
    let credit = handed.payment("R-1001");
    assert_eq!((&credit["decision"], credit["holds"].as_array().unwrap().len()), (&json!("case"), 4), "{credit:#}");
    assert_eq!(handed.json("collect plan --due 2024-04-29 --as anna")["run"], Value::Null);
    handed.proved();
}

#[test]
fn the_banks_credit_is_nobodys_payment() {
    let handed = Handed::new();
    handed.statement("2024-03-27 +288.20 - | SAMMLER | ref=R-1001 code=PMNT/IDDT/ESDD msg=MESSAGE bare");
    let case = handed.payment("R-1001")["case"].as_i64().unwrap();
    let allocate = format!("resolve {case} --allocate '{}/2024-1=288.20' --as clara", kz("brandt"));
    handed.town.on(AFTER, &allocate).refused_with("no citizen paid it");
    // another system's collection of the same sum settles nothing of ours
    let handed = Handed::new();
    handed.statement("2024-03-27 +365.30 - | EINZUG | ref=R-1001 code=PMNT/IDDT/ESDD msg=KITA-2024-03 of=17 bare");
    assert_eq!(handed.payment("R-1001")["decision"], "case");
    assert_eq!(handed.lives(), ["submitted"; 3]);
}

#[test]
fn a_graver_reason_holds_more() {
    let held = |handed: &Handed| -> Vec<Value> {
        let holds = handed.json("hold list");
        let own = holds.as_array().unwrap().iter().filter(|hold| hold["kassenzeichen"] == kz("mueller"));
        own.map(|hold| hold["posten"].clone()).collect()
    };
    // of the whole file, with a reason and without
    let handed = Handed::new();
    handed.report("null.xml", Some("RJCT"), &[]).ok();
    assert_eq!(held(&handed), [] as [Value; 0]);
    let handed = Handed::new();
    handed.report("eins.xml", Some("RJCT AM10"), &[]).ok();
    assert_eq!(held(&handed), [] as [Value; 0]);
    handed.report("zwei.xml", None, &["E1 RJCT MD07"]).ok();
    assert_eq!(held(&handed), [Value::Null]);
    let handed = Handed::new();
    handed.report("eins.xml", None, &["E1 RJCT MS03"]).ok();
    assert!(held(&handed).iter().all(|posten| posten != &Value::Null));
    handed.statement(&format!(
        "{WHOLE}\n2024-03-28 -200.00 mueller | RETOURE | ref=R-2001 code=PMNT/IDDT/UPDD e2e=E1 return=AC04"
    ));
    assert!(held(&handed).contains(&Value::Null));
    handed.proved();
}

#[test]
fn an_advice_tells_which_debits_a_sum_was() {
    let credited = "2024-03-27 +365.30 batch ref=B-6001 code=PMNT/IDDT/ESDD of=3
        +77.10 vogt | EINZUG | ref=R-6001 e2e=E0
        +200.00 mueller | EINZUG | ref=R-6002 e2e=E1
        +88.20 neumann | EINZUG | ref=R-6003 e2e=E2";
    let back = "2024-03-28 -168.30 batch ref=B-7001 code=PMNT/IDDT/UPDD of=2
        -78.60 vogt | RETOURE | ref=R-7001 e2e=E0 return=AM04 instd=77.10
        -89.70 neumann | RETOURE | ref=R-7002 e2e=E2 return=AC04 instd=88.20";
    for advised_first in [true, false] {
        let handed = Handed::new();
        let advice = |number: &str, table: &str| {
            let text = handed.filled(&format!("{number} 2024-03-27 2024-03-28 0.00\n{table}"));
            handed.town.write(&format!("avis-{number}.xml"), advice(&text));
            handed.town.on(AFTER, &format!("import avis-{number}.xml")).ok();
        };
        let statement = || {
            handed.statement(
                "2024-03-27 +365.30 - | SAMMLER | ref=B-6001 code=PMNT/IDDT/ESDD of=3 bare
                 2024-03-28 -168.30 - | RUECKLASTSCHRIFTEN | ref=B-7001 code=PMNT/IDDT/UPDD of=2 bare",
            );
        };
        if advised_first {
            advice("54", credited);
            advice("55", back);
            statement();
        } else {
            statement();
            advice("54", credited);
            handed.town.on(AFTER, "match").ok();
            advice("55", back);
        }
        handed.town.on(AFTER, "match").ok();
        assert_eq!(handed.lives(), ["returned", "settled", "returned"], "advised first: {advised_first}");
        assert_eq!(handed.run()["bank"]["charges"], "3.00");
        assert_eq!(handed.payment("R-6001")["decision"], "settlement");
        assert_eq!(handed.debit("R-7002")["decision"], "debit_return");
        assert_eq!(handed.json("cases").as_array().unwrap().len(), 1);
        handed.proved();
    }
}

/// Real bookings of a bank, made ours: its account, days, balances, and the end-to-end ids of debits with the same amounts.
fn made_ours(real: &str, opening: i64, ids: &[(i64, String)]) -> String {
    let between = |text: &str, open: &str| -> Option<String> {
        Some(text.split_once(open)?.1.split_once('<')?.0.trim().to_owned())
    };
    let cents = |text: &str| text.replace('.', "").parse::<i64>().unwrap();
    let mut text = real.replace(&between(real, "<IBAN>").unwrap(), crate::bank::ACCOUNT);
    for details in real.split("<TxDtls>").skip(1) {
        let details = details.split("</TxDtls>").next().unwrap();
        let original = details.split_once("<AmtDtls>").and_then(|(_, rest)| between(rest, "<Amt Ccy=\"EUR\">"));
        let theirs = between(details, "<EndToEndId>").filter(|id| id != "NOTPROVIDED");
        if let (Some(theirs), Some(amount)) = (theirs, original) {
            let own = ids.iter().find(|(own, _)| *own == cents(&amount));
            text = own.map_or(text.clone(), |(_, own)| text.replace(&theirs, own));
        }
    }
    let mut moved = 0;
    for entry in text.split("<Ntry>").skip(1) {
        let amount = cents(&between(entry, "<Amt Ccy=\"EUR\">").unwrap());
        moved += if between(entry, "<CdtDbtInd>").unwrap() == "DBIT" { -amount } else { amount };
    }
    let shown = |cents: i64| format!("{}.{:02}", cents / 100, cents % 100);
    let mut parts = text.split("<Bal>");
    let mut whole = parts.next().unwrap().to_owned();
    for (part, balance) in parts.zip([opening, opening + moved]) {
        let (before, rest) = part.split_once("<Amt Ccy=\"EUR\">").unwrap();
        let (_, after) = rest.split_once('<').unwrap();
        whole += &format!("<Bal>{before}<Amt Ccy=\"EUR\">{}<{after}", shown(balance));
    }
    let is_day = |word: &[u8]| {
        word.starts_with(b"20")
            && word.iter().enumerate().all(|(at, byte)| match at {
                4 | 7 => *byte == b'-',
                _ => byte.is_ascii_digit(),
            })
    };
    let mut bytes = whole.into_bytes();
    for at in 0..bytes.len().saturating_sub(10) {
        // not the day within an id
        if is_day(&bytes[at..at + 10]) && bytes[at - 1] == b'>' {
            bytes[at..at + 10].copy_from_slice(b"2024-03-28");
        }
    }
    String::from_utf8(bytes).unwrap()
}

#[test]
fn real_returns_end_our_debits_as_the_bank_says() {
    let Some(corpus) = std::env::var_os("EINMAL_CORPUS") else {
        println!("NOT RUN: EINMAL_CORPUS does not name a folder of real files");
        return;
    };
    let owed = [("mueller", "11.00"), ("vogt", "22.00"), ("lange", "33.00"), ("neumann", "10.00")];
    // what the bank does in each file: who, where his debit stands, what the banks took
    let mixed: &[(&str, &str, &str)] = &[
        ("mueller", "returned", "2.50"),
        ("vogt", "returned", "0.00"),
        ("lange", "settled", "0.00"),
        ("neumann", "submitted", "0.00"),
    ];
    let failed: &[(&str, &str, &str)] = &[("neumann", "returned", "5.50"), ("vogt", "submitted", "0.00")];
    for (file, expected) in [
        ("konfipay_mixed_examples_02.xml", mixed),
        ("konfipay_mixed_examples_08.xml", mixed),
        ("konfipay_failed_debit_with_charges_02.xml", failed),
    ] {
        let town = Town::new();
        let items: Vec<String> = owed.iter().map(|(who, amount)| format!("{who} 2024-1 2024-02-15 {amount}")).collect();
        town.write("posten.csv", crate::people::items(&items.join("\n")));
        town.write("mandate.csv", crate::people::mandates("mueller\nvogt\nlange\nneumann"));
        town.write("auszug.xml", Statement::new("201 2024-03-04 2024-03-08 1000.00\n2024-03-05 +1.00 - | Zins").xml());
        town.run("import posten.csv mandate.csv auszug.xml").ok();
        town.run("match").ok();
        for line in [crate::collect::PLAN, crate::collect::NOTIFY] {
            town.run(line).ok();
        }
        town.run("collect release L1 --as bernd --acknowledge-open-cases").ok();
        town.run(EXPORT).ok();
        let debits = town.json("collect show L1")["debits"].as_array().unwrap().clone();
        let text = |debit: &Value, key: &str| debit[key].as_str().unwrap().to_owned();
        let ids: Vec<(i64, String)> = debits
            .iter()
            .map(|debit| (text(debit, "amount").replace('.', "").parse().unwrap(), text(debit, "end_to_end_id")))
            .collect();
        let real = std::fs::read_to_string(std::path::Path::new(&corpus).join("returns").join(file)).unwrap();
        town.write("bank.xml", made_ours(&real, 100_100, &ids));
        town.on(AFTER, "import bank.xml").ok();
        town.on(AFTER, "match").ok();
        let shown = town.json(&format!("--today {AFTER} collect show L1"));
        let shown = shown["debits"].as_array().unwrap();
        for (who, state, charges) in expected {
            let debit = shown.iter().find(|debit| debit["kassenzeichen"] == kz(who)).unwrap();
            assert_eq!(
                (&debit["state"], &debit["charges"]),
                (&json!(state), &json!(charges)),
                "{file}: {who}: {debit:#}"
            );
        }
        town.on(AFTER, "verify").ok();
    }
}
