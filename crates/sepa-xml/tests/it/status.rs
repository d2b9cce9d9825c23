//! Status reports as banks write them, and as nobody should.

use jiff::civil::date;
use proptest::prelude::*;
use sepa::Cents;
use sepa_xml::{
    Acceptance, Identifier, Status, StatusError, StatusLevel, StatusReport, looks_like_pain002, read_status_report,
};

/// A report in the form of version 10, without blanks after its end.
const DAY: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.10">
 <CstmrPmtStsRpt>
  <GrpHdr><MsgId>BANK-1</MsgId><CreDtTm>2024-01-17T10:00:00+01:00</CreDtTm></GrpHdr>
  <OrgnlGrpInfAndSts>
   <OrgnlMsgId>EINMAL-1</OrgnlMsgId><OrgnlMsgNmId>pain.008.001.08</OrgnlMsgNmId>
   <OrgnlNbOfTxs>3</OrgnlNbOfTxs><OrgnlCtrlSum>1321.5</OrgnlCtrlSum><GrpSts>PART</GrpSts>
   <NbOfTxsPerSts><DtldNbOfTxs>1</DtldNbOfTxs><DtldSts>RJCT</DtldSts><DtldCtrlSum>12.5</DtldCtrlSum></NbOfTxsPerSts>
  </OrgnlGrpInfAndSts>
  <OrgnlPmtInfAndSts>
   <OrgnlPmtInfId>R1-RCUR</OrgnlPmtInfId><PmtInfSts>PART</PmtInfSts>
   <TxInfAndSts>
    <StsId>L1</StsId><OrgnlInstrId>I1</OrgnlInstrId><OrgnlEndToEndId>R1-1</OrgnlEndToEndId><TxSts>RJCT</TxSts>
    <StsRsnInf>
     <Orgtr><Nm>Bank &amp; S&#246;hne</Nm><Id><OrgId><AnyBIC>AAAADEFFXXX</AnyBIC></OrgId></Id></Orgtr>
     <Rsn><Cd>AC01</Cd></Rsn><AddtlInf>Konto <![CDATA[<falsch>]]></AddtlInf><AddtlInf> zwei </AddtlInf><AddtlInf/>
    </StsRsnInf>
    <ChrgsInf><Amt Ccy="EUR">1.20</Amt><Agt/></ChrgsInf>
    <OrgnlTxRef>
     <IntrBkSttlmAmt Ccy="EUR">99</IntrBkSttlmAmt><Amt><InstdAmt Ccy="EUR">12.5</InstdAmt></Amt>
     <ReqdColltnDt>2024-01-19</ReqdColltnDt><MndtRltdInf><MndtId>M-1</MndtId></MndtRltdInf>
     <Dbtr><Pty><Nm>Somebody</Nm></Pty></Dbtr>
    </OrgnlTxRef>
   </TxInfAndSts>
  </OrgnlPmtInfAndSts>
  <OrgnlPmtInfAndSts>
   <OrgnlPmtInfId>R1-OOFF</OrgnlPmtInfId><PmtInfSts>ACCP</PmtInfSts>
   <StsRsnInf><Rsn><Prtry>X-1</Prtry></Rsn></StsRsnInf>
  </OrgnlPmtInfAndSts>
 </CstmrPmtStsRpt>
</Document>"#;

fn day() -> StatusReport {
    read_status_report(DAY.as_bytes()).unwrap()
}

#[test]
fn everything_that_a_report_says() {
    let report = day();
    let group = &report.overall;
    assert_eq!(
        (report.message_id.as_deref(), report.original_message_id.as_deref()),
        (Some("BANK-1"), Some("EINMAL-1"))
    );
    assert_eq!(report.created.as_deref(), Some("2024-01-17T10:00:00+01:00"));
    assert_eq!(report.original_message_name.as_deref(), Some("pain.008.001.08"));
    assert_eq!(group.count.as_ref().and_then(|count| count.value), Some(3));
    assert_eq!(group.sum.as_ref().and_then(|sum| sum.value), Some(Cents::new(132_150)));
    assert_eq!((&group.status, group.reasons.len()), (&Some(Status::Partial), 0));
    let [per] = group.per_status.as_slice() else { unreachable!("one status is counted") };
    let per =
        (&per.status, per.count.as_ref().and_then(|count| count.value), per.sum.as_ref().and_then(|sum| sum.value));
    assert_eq!(per, (&Some(Status::Rejected), Some(1), Some(Cents::new(1250))));

    let transaction = &report.payments[0].transactions[0];
    let ids = [&transaction.id, &transaction.instruction, &transaction.end_to_end, &transaction.mandate];
    assert_eq!(ids.map(|id| id.as_deref().unwrap()), ["L1", "I1", "R1-1", "M-1"]);
    let (amount, charge) = (transaction.amount.as_ref().unwrap(), &transaction.charges[0]);
    assert_eq!((amount.cents, amount.currency.as_deref()), (Some(Cents::new(1250)), Some("EUR")));
    assert_eq!((charge.cents, charge.text.as_str()), (Some(Cents::new(120)), "1.20"));
    assert_eq!(transaction.requested.as_ref().and_then(|day| day.value), Some(date(2024, 1, 19)));
    let reason = &transaction.reasons[0];
    assert_eq!((reason.code.as_deref(), reason.originator.as_deref()), (Some("AC01"), Some("Bank & Söhne")));
    assert_eq!(reason.additional, ["Konto <falsch>", "zwei"]);
    let bic = Identifier { scheme: Some("BIC".to_owned()), id: Some("AAAADEFFXXX".to_owned()) };
    assert_eq!(reason.originator_ids, [bic]);

    let batch = &report.payments[1].overall;
    assert_eq!(batch.status, Some(Status::Accepted(Acceptance::Customer)));
    assert_eq!(batch.reasons[0].proprietary.as_deref(), Some("X-1"));
    let levels: Vec<StatusLevel> = report.statements().map(|statement| statement.level).collect();
    let single = StatusLevel::Transaction { payment: Some("R1-RCUR"), end_to_end: Some("R1-1") };
    let payment = |id| StatusLevel::Payment(Some(id));
    assert_eq!(levels, [StatusLevel::Group, payment("R1-RCUR"), single, payment("R1-OOFF")]);
    assert!(!report.is_ebics_protocol());
}

#[test]
fn one_content_in_many_forms() {
    let prefixed = DAY.replace("</", "</p:").replace("<", "<p:").replace("<p:/p:", "</p:");
    let prefixed = prefixed.replace("<p:?", "<?").replace("<p:!", "<!").replace("xmlns=", "xmlns:p=");
    let latin = DAY.replace("UTF-8", "ISO-8859-1").replace("&#246;", "ö");
    let utf16 = DAY.replace("UTF-8", "UTF-16").encode_utf16().flat_map(u16::to_be_bytes).collect::<Vec<_>>();
    let other = DAY.replace("pain.002.001.10", "pain.002.003.03");
    for (name, bytes) in [
        ("another version", other.into_bytes()),
        ("no namespace", DAY.replace(" xmlns=\"urn:iso:std:iso:20022:tech:xsd:pain.002.001.10\"", "").into_bytes()),
        ("an envelope", format!("<e>{}</e>", DAY.split_once('\n').unwrap().1).into_bytes()),
        ("prefixes", prefixed.replace("<p:falsch>", "<falsch>").into_bytes()),
        ("a byte order mark", ["\u{feff}", DAY].concat().into_bytes()),
        ("Latin-1", latin.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect()),
        ("UTF-16", utf16),
        ("comments", DAY.replace("</TxSts>", "<!-- a > b --></TxSts><?pi?>").into_bytes()),
        ("line ends", DAY.replace('\n', "\r\n").into_bytes()),
        ("the same twice", DAY.replace("<TxSts>", "<TxSts> RJCT </TxSts><TxSts>\n").into_bytes()),
    ] {
        assert!(looks_like_pain002(&bytes), "{name}");
        assert_eq!(read_status_report(&bytes), Ok(day()), "{name}");
    }
}

/// A report with this inside.
fn with(inside: &str) -> Result<StatusReport, StatusError> {
    read_status_report(format!("<Document><CstmrPmtStsRpt>{inside}</CstmrPmtStsRpt></Document>").as_bytes())
}

#[test]
fn old_versions_have_transactions_outside_of_batches() {
    let report = with(
        "<TxInfAndSts><TxSts>RJCT</TxSts><OrgnlTxRef><IntrBkSttlmAmt Ccy='USD'>1</IntrBkSttlmAmt></OrgnlTxRef></TxInfAndSts>",
    );
    let report = report.unwrap();
    assert_eq!((report.payments.len(), report.loose.len()), (0, 1));
    let amount = report.loose[0].amount.as_ref().unwrap();
    assert_eq!((amount.cents, amount.currency.as_deref()), (Some(Cents::new(100)), Some("USD")));
    assert!(report.statements().next().unwrap().status.unwrap().is_rejection());
}

#[test]
fn later_versions_choose_between_mandates() {
    let inner = "<OrgnlTxRef><ReqdExctnDt><DtTm>2024-01-19T09:00:00</DtTm></ReqdExctnDt><MndtRltdInf><DrctDbtMndt>\
                 <MndtId>M</MndtId></DrctDbtMndt></MndtRltdInf></OrgnlTxRef>";
    let report = with(&format!("<OrgnlPmtInfAndSts><TxInfAndSts>{inner}</TxInfAndSts></OrgnlPmtInfAndSts>")).unwrap();
    let transaction = &report.payments[0].transactions[0];
    assert_eq!(transaction.mandate.as_deref(), Some("M"));
    assert_eq!(transaction.requested.as_ref().and_then(|day| day.value), Some(date(2024, 1, 19)));
    assert_eq!(report.statements().count(), 0);
}

#[test]
fn the_collection_day_counts_more_than_the_day_of_execution() {
    for (dates, expected) in [
        ("<ReqdColltnDt>2024-01-19</ReqdColltnDt><ReqdExctnDt>2024-01-18</ReqdExctnDt>", Some(date(2024, 1, 19))),
        ("<ReqdExctnDt>2024-01-18</ReqdExctnDt><ReqdColltnDt>2024-01-19</ReqdColltnDt>", Some(date(2024, 1, 19))),
        ("<ReqdExctnDt>2024-01-18</ReqdExctnDt>", Some(date(2024, 1, 18))),
        ("<ReqdColltnDt>19.01.2024</ReqdColltnDt><ReqdExctnDt>2024-01-18</ReqdExctnDt>", None),
        ("", None),
    ] {
        let next = "<TxInfAndSts/>";
        let report = with(&format!("<TxInfAndSts><OrgnlTxRef>{dates}</OrgnlTxRef></TxInfAndSts>{next}")).unwrap();
        let days = report.loose.iter().map(|transaction| transaction.requested.as_ref().and_then(|day| day.value));
        assert_eq!(days.collect::<Vec<_>>(), [expected, None], "of {dates}");
    }
}

#[test]
fn the_customer_protocol_of_ebics() {
    let report = with(
        "<OrgnlGrpInfAndSts><OrgnlMsgId>EBICS</OrgnlMsgId><OrgnlMsgNmId>EBICS</OrgnlMsgNmId></OrgnlGrpInfAndSts>\
         <OrgnlPmtInfAndSts><OrgnlPmtInfId>FILE_UPLOAD</OrgnlPmtInfId><StsRsnInf><Orgtr><Id><OrgId>\
         <Othr><Id>N001</Id><SchmeNm><Prtry>OrderID</Prtry></SchmeNm></Othr></OrgId></Id></Orgtr>\
         <Rsn><Cd>TS01</Cd></Rsn></StsRsnInf></OrgnlPmtInfAndSts>",
    );
    let report = report.unwrap();
    assert!(report.is_ebics_protocol());
    let statement = report.statements().next().unwrap();
    assert_eq!((statement.level, statement.status), (StatusLevel::Payment(Some("FILE_UPLOAD")), None));
    let order = Identifier { scheme: Some("OrderID".to_owned()), id: Some("N001".to_owned()) };
    assert_eq!(statement.reasons[0].originator_ids, [order]);
}

/// A step of an order in the customer protocol.
fn step(action: &str, order: &str, code: &str, text: &str) -> String {
    let id = |scheme: &str, id: &str| format!("<Othr><Id>{id}</Id><SchmeNm><Prtry>{scheme}</Prtry></SchmeNm></Othr>");
    let reason = if code.is_empty() { String::new() } else { format!("<Rsn><Cd>{code}</Cd></Rsn>") };
    let text = if text.is_empty() { String::new() } else { format!("<AddtlInf>{text}</AddtlInf>") };
    let ids = [id("OrderID", order), id("TimeStamp", "2024-03-11T05:00:00Z")].concat();
    format!(
        "<OrgnlPmtInfAndSts><OrgnlPmtInfId>{action}</OrgnlPmtInfId><StsRsnInf><Orgtr><Id><OrgId>{ids}</OrgId></Id></Orgtr>\
         {reason}{text}</StsRsnInf></OrgnlPmtInfAndSts>"
    )
}

#[test]
fn orders_of_the_customer_protocol() {
    let head =
        "<OrgnlGrpInfAndSts><OrgnlMsgId>EBICS</OrgnlMsgId><OrgnlMsgNmId>EBICS</OrgnlMsgNmId></OrgnlGrpInfAndSts>";
    let steps = [
        step("FILE_UPLOAD", "N001", "TS01", ""),
        step("ORDER_HAC_FINAL_POS", "N001", "", "Datei-ID   : EINMAL-ABC234-L1"),
        step("FILE_UPLOAD", "N002", "TS01", "EINMAL-ABC234-L10."),
        step("ORDER_HAC_FINAL_NEG", "N002", "DS0H", ""),
        step("ORDER_HAC_FINAL_POS", "N002", "", ""),
        step("FILE_UPLOAD", "N003", "TS02", ""),
        step("FILE_DOWNLOAD", "N004", "TD01", "EINMAL-ABC234-L1"),
    ];
    let report = with(&(head.to_owned() + &steps.concat())).unwrap();
    let orders = report.ebics_orders();
    let told: Vec<_> = orders.iter().map(|order| (order.number, order.was_handed_over(), order.taken)).collect();
    let expected =
        [("N001", true, Some(true)), ("N002", false, Some(false)), ("N003", false, None), ("N004", false, None)];
    assert_eq!(told, expected);
    // whole words only
    assert!(orders[0].names("einmal-abc234-l1") && !orders[0].names("EINMAL-ABC234-L10") && !orders[0].names(""));
    assert!(orders[1].names("EINMAL-ABC234-L10") && !orders[1].names("EINMAL-ABC234-L1"));
    assert_eq!(orders[0].at, Some("2024-03-11T05:00:00Z"));
}

#[test]
fn odd_words_are_kept_and_are_no_values() {
    let report = with(
        "<OrgnlGrpInfAndSts><GrpSts>rjct</GrpSts><OrgnlNbOfTxs>viele</OrgnlNbOfTxs><OrgnlCtrlSum>1.234</OrgnlCtrlSum>\
         </OrgnlGrpInfAndSts><TxInfAndSts><TxSts>RJ<x/>CT</TxSts><StsId> </StsId></TxInfAndSts>",
    );
    let report = report.unwrap();
    assert_eq!(report.overall.status, Some(Status::Other("rjct".to_owned())));
    let (count, sum) = (report.overall.count.unwrap(), report.overall.sum.unwrap());
    assert_eq!((count.value, count.text.as_str(), sum.value, sum.text.as_str()), (None, "viele", None, "1.234"));
    assert_eq!((&report.loose[0].status, &report.loose[0].id), (&None, &None));
}

#[track_caller]
fn refused(text: &str, expected: &str) {
    assert_eq!(read_status_report(text.as_bytes()).unwrap_err().to_string(), expected);
}

#[test]
fn what_is_no_report_is_foreign() {
    for text in [
        "",
        "x",
        ":20:STARTUMS",
        "PK\u{3}\u{4}",
        "<!DOCTYPE html><html></html>",
        "<Document xmlns='urn:iso:std:iso:20022:tech:xsd:camt.053.001.08'/>",
        "<Document>",
        "<?xml version='1.0' encoding='KOI9'?><a/>",
    ] {
        refused(text, "it is no pain.002: it has no CstmrPmtStsRpt");
        assert!(!looks_like_pain002(text.as_bytes()), "{text}");
    }
    assert_eq!(read_status_report(b"\xff\xfe\0"), Err(StatusError::Foreign));
}

#[test]
fn what_is_wrong_where_and_what_to_do() {
    let body = |inside: &str| format!("<Document>\n<CstmrPmtStsRpt>{inside}</CstmrPmtStsRpt></Document>");
    let again = "the file is damaged: fetch it again";
    let inside = "in Document/CstmrPmtStsRpt";
    refused("<Document>\n<CstmrPmtStsRpt>", &format!("line 2, byte 27, {inside}: the file is cut off: fetch it again"));
    refused("<CstmrPmtStsRpt><a", "line 1, byte 16, in CstmrPmtStsRpt: the file is cut off: fetch it again");
    refused(&body("&nbsp;"), &format!("line 2, byte 27, {inside}: &nbsp; means nothing; {again}"));
    refused(&body("\u{1}"), &format!("line 2, byte 27, {inside}: the character '\\u{{1}}' is not allowed; {again}"));
    refused(&body("&#0;"), &format!("line 2, byte 27, {inside}: &#0; means nothing; {again}"));
    refused(
        &body("</a>"),
        &format!("line 2, byte 27, {inside}: expected `</CstmrPmtStsRpt>`, but `</a>` was found; {again}"),
    );
    refused(&format!("{}x", body("")), &format!("line 2, byte 55: text outside of any element; {again}"));
    let second = "a second document begins; take each report as a file of its own";
    refused(&format!("{}\n<Document/>", body("")), &format!("line 3, byte 56: {second}"));
    refused(&body("</CstmrPmtStsRpt><CstmrPmtStsRpt>"), &format!("line 2, byte 44, in Document: {second}"));
    refused(
        &format!("<!DOCTYPE a [<!ENTITY b 'c'>]>{}", body("")),
        "line 1, byte 0: a DOCTYPE is never processed; banks write none: find out where the file comes from",
    );
    refused(
        &body("<OrgnlGrpInfAndSts><GrpSts>ACTC</GrpSts><GrpSts>RJCT</GrpSts></OrgnlGrpInfAndSts>"),
        "line 2, byte 79, in Document/CstmrPmtStsRpt/OrgnlGrpInfAndSts/GrpSts: it is given a second time with another \
         word; ask the bank which of the two holds",
    );
    let deep = read_status_report(body(&"<a>".repeat(1000)).as_bytes()).unwrap_err().to_string();
    assert!(
        deep.ends_with("elements are nested deeper than 64; banks write no such file: find out where it comes from")
    );
    let utf8 = [body("").as_bytes(), b"\xfc"].concat();
    let wrong = "byte 55: it is not UTF-8; the file is damaged or declares a wrong encoding: fetch it again";
    assert_eq!(read_status_report(&utf8).unwrap_err().to_string(), wrong);
}

#[test]
fn a_hundred_thousand_transactions_are_read() {
    let (before, rest) = DAY.split_once("<TxInfAndSts>").unwrap();
    let (one, after) = rest.split_once("</TxInfAndSts>").unwrap();
    let text = [before, &format!("<TxInfAndSts>{one}</TxInfAndSts>").repeat(100_000), after].concat();
    let report = read_status_report(text.as_bytes()).unwrap();
    assert_eq!(report.statements().count(), 100_003);
}

/// Pieces of a report in any order.
fn pieces() -> impl Strategy<Value = String> {
    let words = "<Document>|</Document>|<CstmrPmtStsRpt>|</CstmrPmtStsRpt>|<TxInfAndSts>|</TxInfAndSts>|<TxSts>|\
                 </TxSts>|RJCT|<!--|-->|<!\\[CDATA\\[|\\]\\]>|<!DOCTYPE|&|&#1;|;|<a b='|'>|<Amt Ccy=\"|/>|<\\?xml|<|>|ü";
    proptest::collection::vec(words, 0..30).prop_map(|words| words.concat())
}

proptest! {
    #[test]
    fn no_bytes_are_a_danger(bytes in proptest::collection::vec(any::<u8>(), 0..300), text in pieces()) {
        drop(read_status_report(&bytes));
        drop(read_status_report(text.as_bytes()));
        let (begin, end) = DAY.split_at(DAY.find("<TxInfAndSts>").unwrap());
        drop(read_status_report(&[begin.as_bytes(), &bytes, end.as_bytes()].concat()));
        drop(read_status_report([begin, &text, end].concat().as_bytes()));
    }

    #[test]
    fn one_other_byte_is_no_danger(at in 0..DAY.len(), byte in any::<u8>()) {
        let mut bytes = DAY.as_bytes().to_vec();
        bytes[at] = byte;
        drop(read_status_report(&bytes));
    }
}

#[test]
fn a_file_that_is_cut_off_anywhere_is_an_error() {
    let utf16: Vec<u8> = DAY.encode_utf16().flat_map(u16::to_le_bytes).collect();
    for bytes in [DAY.as_bytes(), &utf16] {
        assert!(read_status_report(bytes).is_ok());
        for length in 0..bytes.len() {
            assert!(read_status_report(&bytes[..length]).is_err(), "of {length} bytes");
        }
    }
}
