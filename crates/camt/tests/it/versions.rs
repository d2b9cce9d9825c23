//! Every version of camt.052, .053 and .054: the notations differ, the bookings are the same.

use crate::show::show;

/// Root, statement and number of each message.
const MESSAGES: [(&str, &str, u8); 3] =
    [("BkToCstmrAcctRpt", "Rpt", 52), ("BkToCstmrStmt", "Stmt", 53), ("BkToCstmrDbtCdtNtfctn", "Ntfctn", 54)];

/// A date, or a moment on the same day in Berlin that is another day in its own time zone.
fn date(version: u8, day: &str) -> String {
    match version % 3 {
        0 => format!("<Dt>{day}</Dt>"),
        1 => format!("<DtTm>{day}T00:30:00+01:00</DtTm>"),
        _ => format!("<DtTm>{}T23:30:00.000Z</DtTm>", day.replace("-05", "-04")),
    }
}

fn party(version: u8, element: &str, name: &str) -> String {
    let layer = if version >= 7 { format!("<Pty><Nm>{name}</Nm></Pty>") } else { format!("<Nm>{name}</Nm>") };
    format!("<{element}>{layer}</{element}>")
}

fn charges(version: u8) -> &'static str {
    match version {
        ..=2 => "<Chrgs><Amt Ccy='EUR'>2.00</Amt></Chrgs><Chrgs><Amt Ccy='EUR'>1.00</Amt></Chrgs>",
        3 => "<Chrgs><Rcrd><Amt Ccy='EUR'>2.00</Amt></Rcrd><Rcrd><Amt Ccy='EUR'>1.00</Amt></Rcrd></Chrgs>",
        _ => {
            "<Chrgs><TtlChrgsAndTaxAmt Ccy='EUR'>3.00</TtlChrgsAndTaxAmt><Rcrd><Amt Ccy='EUR'>2.00</Amt></Rcrd></Chrgs>"
        }
    }
}

/// A returned debit of 50.00 with charges of 3.00.
fn detail(version: u8) -> String {
    let amount = match version {
        ..=2 => {
            "<AmtDtls><InstdAmt><Amt Ccy='EUR'>50.00</Amt></InstdAmt><TxAmt><Amt Ccy='EUR'>53.00</Amt></TxAmt></AmtDtls>"
        }
        _ => {
            "<Amt Ccy='EUR'>53.00</Amt><CdtDbtInd>DBIT</CdtDbtInd><AmtDtls><InstdAmt><Amt Ccy='EUR'>50.00</Amt></InstdAmt></AmtDtls>"
        }
    };
    let bank = if version <= 2 { "BIC" } else { "BICFI" };
    let reason = match version {
        1 => "<RtrRsn><Cd>MD06</Cd></RtrRsn><AddtlRtrRsnInf>Widerspruch</AddtlRtrRsnInf>",
        _ => {
            "<OrgnlBkTxCd><Prtry><Cd>NDDT+171</Cd></Prtry></OrgnlBkTxCd><Rsn><Cd>MD06</Cd></Rsn><AddtlInf>Widerspruch</AddtlInf>"
        }
    };
    let reference = if version == 1 { "CdtrRef" } else { "Ref" };
    let (debtor, ultimate, creditor, behind) = (
        party(version, "Dbtr", "Erika Muster"),
        party(version, "UltmtDbtr", "Kind Muster"),
        party(version, "Cdtr", "Stadtkasse"),
        party(version, "UltmtCdtr", "Stadtwerke"),
    );
    let of_account = if version == 1 { "PrtryAcct" } else { "Othr" };
    format!(
        "<TxDtls><Refs><MsgId>M-1</MsgId><AcctSvcrRef>B-1.1</AcctSvcrRef><PmtInfId>P-1</PmtInfId><EndToEndId>E-1</EndToEndId>\
         <MndtId>MD-1</MndtId></Refs>{amount}<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>IDDT</Cd><SubFmlyCd>UPDD</SubFmlyCd></Fmly></Domn>\
         <Prtry><Cd>NRTI+109+9310</Cd></Prtry></BkTxCd>{}<RltdPties>{debtor}<DbtrAcct><Id><IBAN>DE02120300000000202051</IBAN></Id>\
         </DbtrAcct>{ultimate}{creditor}<CdtrAcct><Id><{of_account}><Id>42</Id></{of_account}></Id></CdtrAcct>{behind}</RltdPties>\
         <RltdAgts><DbtrAgt><FinInstnId><{bank}>WELADED1MST</{bank}></FinInstnId></DbtrAgt></RltdAgts><Purp><Cd>GOVT</Cd></Purp>\
         <RmtInf><Ustrd>KZ 5.0100.</Ustrd><Ustrd>123456.6</Ustrd><Strd><CdtrRefInf><{reference}>RF18</{reference}></CdtrRefInf></Strd>\
         </RmtInf><RtrInf>{reason}</RtrInf><AddtlTxInf>Text</AddtlTxInf></TxDtls>",
        charges(version),
    )
}

fn entry(version: u8) -> String {
    let status = if version >= 7 { "<Sts><Cd>BOOK</Cd></Sts>" } else { "<Sts>BOOK</Sts>" };
    let batch = "<Btch><PmtInfId>P-1</PmtInfId><NbOfTxs>1</NbOfTxs></Btch>";
    let details = match version {
        1 => format!("{batch}{}", detail(version)),
        _ => format!("<NtryDtls>{batch}{}</NtryDtls>", detail(version)),
    };
    format!(
        "<Ntry><NtryRef>N-1</NtryRef><Amt Ccy='EUR'>53.00</Amt><CdtDbtInd>DBIT</CdtDbtInd><RvslInd>false</RvslInd>{status}\
         <BookgDt>{}</BookgDt><ValDt>{}</ValDt><AcctSvcrRef>B-1</AcctSvcrRef><BkTxCd/>{details}<AddtlNtryInf>RETOURE</AddtlNtryInf></Ntry>",
        date(version, "2024-03-05"),
        date(version, "2024-02-05"),
    )
}

fn message(root: &str, statement: &str, number: u8, version: u8) -> String {
    let root = if version == 1 { format!("{root}V01") } else { root.to_owned() };
    let balance = |kind: &str, amount: &str| {
        format!(
            "<Bal><Tp><CdOrPrtry><Cd>{kind}</Cd></CdOrPrtry></Tp><Amt Ccy='EUR'>{amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd>\
             <Dt>{}</Dt></Bal>",
            date(version, "2024-03-05")
        )
    };
    let opening = if version.is_multiple_of(2) { "OPBD" } else { "PRCD" };
    let balances = if number == 54 { String::new() } else { balance(opening, "100.00") + &balance("CLBD", "47.00") };
    let account = match version {
        1 => "<PrtryAcct><Id>42</Id></PrtryAcct>",
        _ => "<Othr><Id>42</Id></Othr>",
    };
    let pages =
        if version >= 3 { format!("<{statement}Pgntn><PgNb>1</PgNb></{statement}Pgntn>") } else { String::new() };
    let group_pages = if version < 3 { "<MsgPgntn><PgNb>1</PgNb></MsgPgntn>" } else { "" };
    let document = format!(
        "<Document xmlns='urn:iso:std:iso:20022:tech:xsd:camt.0{number}.001.{version:02}'><{root}><GrpHdr><MsgId>G</MsgId>\
         <CreDtTm>2024-03-05T20:00:00+01:00</CreDtTm>{group_pages}</GrpHdr><{statement}><Id>S-1</Id>{pages}<ElctrncSeqNb>007</ElctrncSeqNb>\
         <Acct><Id>{account}</Id><Ccy>EUR</Ccy></Acct>{balances}{}</{statement}></{root}></Document>",
        entry(version),
    );
    match version % 4 {
        0 => format!(
            "<Envelope><AppHdr xmlns='urn:iso:std:iso:20022:tech:xsd:head.001.001.02'><CreDt>2020-01-01</CreDt></AppHdr>{document}</Envelope>"
        ),
        1 => document.replace("<", "<d:").replace("<d:/", "</d:").replace("xmlns=", "xmlns:d="),
        2 => document.replace("urn:iso:std:iso:20022:tech:xsd:", "ISO:").replace("' ", ":APC:STUZZA:payments' "),
        _ => document,
    }
}

fn expected(number: u8, version: u8) -> String {
    let balances = if number == 54 { "" } else { " opening=100.00@2024-03-05 closing=47.00@2024-03-05" };
    let fit = if number == 54 { "" } else { " opening=100.00 closing=47.00" };
    format!(
        "STATEMENT=camt.0{number}.001.{version:02} id=S-1 account=42 currency=EUR sequence=7 created=2024-03-05 page=1{balances}\n\
         booking=0.0 amount=-53.00 currency=EUR status=BOOK booked=2024-03-05 valued=2024-02-05 ref=B-1.1 entry_ref=B-1 name=N-1 \
         e2e=E-1 mandate=MD-1 payment=P-1 from=Erika Muster iban=DE02120300000000202051 ultimate_debtor=Kind Muster \
         ultimate_creditor=Stadtwerke text=KZ 5.0100.\\n123456.6 structured=RF18 returned=MD06 return_text=Widerspruch \
         code=PMNT/IDDT/UPDD gvc=NRTI+109+9310 additional=Text\\nRETOURE original=50.00 charges=3.00\n\
         entry=0 amount=-53.00 details=1 sum=-53.00 announced=1\n\
         END= entries=1 movement=-53.00{fit}\n"
    )
}

#[test]
fn every_version_of_every_message() {
    let mut glued = (String::new(), String::new());
    for (root, statement, number) in MESSAGES {
        for version in 1..=14 {
            let input = message(root, statement, number, version);
            assert_eq!(show(input.as_bytes()), expected(number, version), "{input}");
            glued.0 += &(format!("<?xml version=\"1.0\"?>\n{input}\n"));
            glued.1 += &expected(number, version);
        }
    }
    assert_eq!(show(glued.0.as_bytes()), glued.1);
}
