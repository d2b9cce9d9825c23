//! What is read of well-formed statements.

use crate::show::show;

const DAY_02: &[u8] = include_bytes!("../data/day_02.xml");
const DAY_08: &[u8] = include_bytes!("../data/day_08.xml");

/// The text of a table without its indentation.
fn table(text: &str) -> String {
    text.lines().skip(1).map(|line| line.strip_prefix("        ").unwrap_or(line).to_owned() + "\n").collect()
}

fn check(input: &str, expected: &str) {
    assert_eq!(show(input.as_bytes()), table(expected), "{input}");
}

/// A statement of version 08 around some content.
fn statement(content: &str) -> String {
    format!(
        "<Document xmlns='urn:iso:std:iso:20022:tech:xsd:camt.053.001.08'><BkToCstmrStmt><Stmt><Id>1</Id>{content}</Stmt>\
         </BkToCstmrStmt></Document>"
    )
}

/// An entry of 10.00 EUR with details and whatever else.
fn entry(content: &str) -> String {
    statement(&format!("<Ntry><Amt Ccy='EUR'>10.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts>{content}</Ntry>"))
}

#[test]
fn a_day_in_both_versions() {
    let expected = include_str!("../data/day.txt");
    assert_eq!(show(DAY_08), expected);
    assert_eq!(show(DAY_02), expected.replace("camt.053.001.08", "camt.053.001.02"));
}

#[test]
fn messages() {
    let table = "
        <Document><BkToCstmrStmt><Stmt/></BkToCstmrStmt></Document>                                        | camt.053
        <Document><BkToCstmrStmtV01><Stmt/></BkToCstmrStmtV01></Document>                                  | camt.053.001.01
        <BkToCstmrAcctRpt xmlns='urn:iso:std:iso:20022:tech:xsd:camt.052.001.14'><Rpt/></BkToCstmrAcctRpt> | camt.052.001.14
        <c:D xmlns:c='ISO:camt.054.001.02:APC:STUZZA'><c:BkToCstmrDbtCdtNtfctn><c:Ntfctn/></c:BkToCstmrDbtCdtNtfctn></c:D> | camt.054.001.02
        <D xmlns='x:camt.052.001.02'><BkToCstmrStmt><Stmt/></BkToCstmrStmt></D>                            | camt.053
        <E><AppHdr xmlns='urn:head.001.001.02'><MsgDefIdr>x</MsgDefIdr></AppHdr><Document xmlns='urn:camt.053.001.08'><BkToCstmrStmt><Stmt/></BkToCstmrStmt></Document></E> | camt.053.001.08";
    for line in table.lines().skip(1) {
        let (input, expected) = line.rsplit_once('|').unwrap();
        let shown = show(input.trim().as_bytes());
        let expected = format!("STATEMENT={}\nEND= entries=0 movement=0.00\n", expected.trim());
        let (shown, finding) = shown.split_once("  ! ").unwrap();
        assert!(
            finding.ends_with(": the statement has no entries, and its balances do not say that nothing was booked\n")
        );
        assert_eq!(shown, expected, "{input}");
    }
}

#[test]
fn several_documents_and_statements() {
    let one = "<?xml version='1.0' encoding='UTF-8'?>\n<D xmlns='camt.053.001.02'><BkToCstmrStmt><GrpHdr><CreDtTm>2023-11-02</CreDtTm>\
               </GrpHdr><Stmt><Id>1</Id></Stmt><Stmt><Id>2</Id></Stmt></BkToCstmrStmt></D>";
    let two = "<D><BkToCstmrStmt><Stmt><Id>3</Id></Stmt></BkToCstmrStmt></D>";
    check(
        &format!("{one}\n\u{feff}{one}{two}"),
        "
        STATEMENT=camt.053.001.02 id=1 created=2023-11-02
        END= entries=0 movement=0.00
          ! line 2, Stmt: the statement has no entries, and its balances do not say that nothing was booked
        STATEMENT=camt.053.001.02 id=2 created=2023-11-02
        END= entries=0 movement=0.00
          ! line 2, Stmt: the statement has no entries, and its balances do not say that nothing was booked
        STATEMENT=camt.053.001.02 id=1 created=2023-11-02
        END= entries=0 movement=0.00
          ! line 4, Stmt: the statement has no entries, and its balances do not say that nothing was booked
        STATEMENT=camt.053.001.02 id=2 created=2023-11-02
        END= entries=0 movement=0.00
          ! line 4, Stmt: the statement has no entries, and its balances do not say that nothing was booked
        STATEMENT=camt.053 id=3
        END= entries=0 movement=0.00
          ! line 4, Stmt: the statement has no entries, and its balances do not say that nothing was booked",
    );
}

#[test]
fn amounts_of_details() {
    let detail = |content: &str| format!("<NtryDtls><TxDtls>{content}</TxDtls></NtryDtls>");
    let table = [
        // A lone detail: its own amount, else that of the entry, never the instructed one.
        (vec!["<Amt Ccy='EUR'>9</Amt>"], "9.00"),
        (vec!["<AmtDtls><TxAmt><Amt Ccy='EUR'>9</Amt></TxAmt></AmtDtls>"], "9.00"),
        (vec!["<Amt Ccy='USD'>9</Amt><AmtDtls><TxAmt><Amt Ccy='EUR'>8</Amt></TxAmt></AmtDtls>"], "8.00"),
        (vec!["<AmtDtls><InstdAmt><Amt Ccy='EUR'>9</Amt></InstdAmt></AmtDtls>"], "10.00"),
        (vec![""], "10.00"),
        (vec!["<Amt Ccy='EUR'>9.999</Amt>"], "-"),
        // Several details: never the entry's amount.
        (vec!["<Amt Ccy='EUR'>4</Amt>", "<Amt>6</Amt>"], "4.00 6.00"),
        (vec!["<AmtDtls><InstdAmt><Amt Ccy='EUR'>9</Amt></InstdAmt></AmtDtls>", "<Amt Ccy='EUR'>1</Amt>"], "9.00 1.00"),
        (
            vec!["<AmtDtls><InstdAmt><Amt Ccy='USD'>9</Amt></InstdAmt></AmtDtls>", "", "<Amt Ccy='EUR'>1</Amt>"],
            "- - 1.00",
        ),
        // A detail with a direction of its own.
        (vec!["<Amt Ccy='EUR'>12</Amt>", "<Amt Ccy='EUR'>2</Amt><CdtDbtInd>DBIT</CdtDbtInd>"], "12.00 -2.00"),
    ];
    for (details, expected) in table {
        let input = entry(&details.iter().map(|content| detail(content)).collect::<String>());
        let bookings = crate::show::parts(input.as_bytes()).unwrap().into_iter().filter_map(|part| match part {
            camt::Part::Booking(booking) => Some(booking.signed().map_or("-".to_owned(), |amount| amount.to_string())),
            _ => None,
        });
        assert_eq!(bookings.collect::<Vec<_>>().join(" "), expected, "{details:?}");
    }
}

#[test]
fn counterparty() {
    let own = "DE82416500010000000023";
    let party = |tag: &str, name: &str, iban: &str| {
        let name = if name.is_empty() { String::new() } else { format!("<{tag}><Nm>{name}</Nm></{tag}>") };
        let iban = if iban.is_empty() {
            "".to_owned()
        } else {
            format!("<{tag}Acct><Id><IBAN>{iban}</IBAN></Id></{tag}Acct>")
        };
        name + &iban
    };
    let (debtor, creditor) = (party("Dbtr", "A", ""), party("Cdtr", "B", ""));
    let both = format!("{debtor}{creditor}");
    let with_accounts = party("Dbtr", "A", "DE02120300000000202051") + &party("Cdtr", "B", "DE12500105170648489890");
    let table = [
        ("CRDT", "", both.clone(), "A"),
        ("DBIT", "", both.clone(), "B"),
        // The accounts decide before the direction.
        ("DBIT", "", party("Dbtr", "A", "DE02120300000000202051") + &party("Cdtr", "B", own), "A"),
        ("CRDT", "", party("Dbtr", "A", own) + &party("Cdtr", "B", ""), "B"),
        ("CRDT", "", party("Dbtr", "A", own) + &party("Cdtr", "B", own), "A"),
        // Returns keep the roles of the original payment.
        ("DBIT", "<RtrInf><Rsn><Cd>AC04</Cd></Rsn></RtrInf>", both.clone(), "A"),
        // By their code alone only if the other party has an account.
        ("DBIT", "<BkTxCd><Prtry><Cd>NTRF+108+931</Cd></Prtry></BkTxCd>", both.clone(), "B"),
        ("DBIT", "<BkTxCd><Prtry><Cd>NTRF+108+931</Cd></Prtry></BkTxCd>", with_accounts.clone(), "A"),
        ("CRDT", "<BkTxCd><Prtry><Cd>NTRF+159</Cd></Prtry></BkTxCd>", both.clone(), "A"),
        ("CRDT", "<BkTxCd><Prtry><Cd>NTRF+159</Cd></Prtry></BkTxCd>", with_accounts, "B"),
        ("CRDT", "<RtrInf><Rsn><Cd>NARR</Cd></Rsn></RtrInf>", both.clone(), "A"),
        ("DBIT", "<RtrInf><Rsn><Cd>AC04</Cd></Rsn></RtrInf>", creditor, "B"),
        ("CRDT", "", party("Cdtr", "B", ""), "-"),
        ("", "", both, "-"),
    ];
    for (sign, content, parties, expected) in table {
        let input = statement(&format!(
            "<Acct><Id><IBAN>{own}</IBAN></Id></Acct><Ntry><Amt>1</Amt><CdtDbtInd>{sign}</CdtDbtInd><NtryDtls><TxDtls>{content}\
             <RltdPties>{parties}</RltdPties></TxDtls></NtryDtls></Ntry>"
        ));
        let parts = crate::show::parts(input.as_bytes()).unwrap();
        let name = parts.into_iter().find_map(|part| match part {
            camt::Part::Booking(booking) => booking.counterparty,
            _ => None,
        });
        assert_eq!(name.as_deref().unwrap_or("-"), expected, "{input}");
    }
}

#[test]
fn an_account_is_not_lost() {
    let (own, other) = ("DE82416500010000000023", "DE02120300000000202051");
    let party = |tag: &str, name: &str, account: &str| {
        let name = if name.is_empty() { String::new() } else { format!("<{tag}><Nm>{name}</Nm></{tag}>") };
        let kind = if account.starts_with("DE") {
            format!("<IBAN>{account}</IBAN>")
        } else {
            format!("<Othr><Id>{account}</Id></Othr>")
        };
        let account =
            if account.is_empty() { String::new() } else { format!("<{tag}Acct><Id>{kind}</Id></{tag}Acct>") };
        name + &account
    };
    let returned = "<RtrInf><Rsn><Cd>AC04</Cd></Rsn></RtrInf>";
    let table = [
        // Within one account, or with only a name on the other side.
        ("CRDT", "", party("Dbtr", "A", own), "A", own),
        ("DBIT", "", party("Cdtr", "A", own), "A", own),
        ("CRDT", "", party("Dbtr", "A", own) + &party("Cdtr", "B", ""), "B", own),
        ("CRDT", returned, party("Dbtr", "A", own) + &party("Cdtr", "B", ""), "B", "-"),
        ("DBIT", "", party("Dbtr", "A", own) + &party("Cdtr", "B", ""), "B", "-"),
        // The only party that is given, whatever its role.
        ("DBIT", "", party("Dbtr", "A", other), "A", other),
        ("CRDT", "", party("Cdtr", "B", other), "B", other),
        ("DBIT", "", party("Dbtr", "A", ""), "-", "-"),
        // In the old form.
        ("CRDT", "", party("Dbtr", "A", "120300000000202051"), "A", other),
        ("CRDT", "", party("Dbtr", "A", "12030000/202051"), "A", other),
        ("CRDT", "", party("Dbtr", "A", "202051"), "A", "202051"),
    ];
    for (sign, content, parties, name, account) in table {
        let input = statement(&format!(
            "<Acct><Id><IBAN>{own}</IBAN></Id></Acct><Ntry><Amt>1</Amt><CdtDbtInd>{sign}</CdtDbtInd><NtryDtls><TxDtls>{content}\
             <RltdPties>{parties}</RltdPties></TxDtls></NtryDtls></Ntry>"
        ));
        let parts = crate::show::parts(input.as_bytes()).unwrap();
        let found = parts.into_iter().find_map(|part| match part {
            camt::Part::Booking(booking) => Some((booking.counterparty, booking.counterparty_iban)),
            _ => None,
        });
        let (found_name, found_account) = found.unwrap();
        let found = (found_name.as_deref().unwrap_or("-"), found_account.as_deref().unwrap_or("-"));
        assert_eq!(found, (name, account), "{input}");
    }
}

#[test]
fn what_cannot_be_read_is_named() {
    check(
        &statement(
            "<ElctrncSeqNb>x</ElctrncSeqNb>
<Acct><Id><Othr><Id>123 456</Id></Othr></Id></Acct><Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt>5</Amt></Bal>
<Ntry><Amt Ccy='EUR'>1.234</Amt><CdtDbtInd>CREDIT</CdtDbtInd><RvslInd>ja</RvslInd>
<BookgDt><Dt>02.11.2023</Dt></BookgDt></Ntry>
<Ntry><Sts>FUTR</Sts></Ntry>",
        ),
        "
        STATEMENT=camt.053.001.08 id=1 account=123456
          ! line 1, Stmt/ElctrncSeqNb: \"x\" is not a whole number
          ! line 2, Stmt: Bal/CdtDbtInd is missing
        booking=0.0 currency=EUR
        entry=0 details=0
          ! line 3, Stmt/Ntry/Amt: \"1.234\" has more than two decimals
          ! line 3, Stmt/Ntry/CdtDbtInd: \"CREDIT\" is neither CRDT nor DBIT
          ! line 3, Stmt/Ntry/RvslInd: \"ja\" is neither true nor false
          ! line 4, Stmt/Ntry/BookgDt/Dt: \"02.11.2023\" is not a date
        booking=1.0 status=FUTR
        entry=1 details=0
          ! line 5, Stmt/Ntry: Amt is missing
          ! line 5, Stmt/Ntry: CdtDbtInd is missing
        END= entries=2",
    );
}

#[test]
fn what_does_not_fit_is_named() {
    let balance = |kind: &str, amount: &str, sign: &str| {
        format!(
            "<Bal><Tp><CdOrPrtry><Cd>{kind}</Cd></CdOrPrtry></Tp><Amt Ccy='EUR'>{amount}</Amt><CdtDbtInd>{sign}</CdtDbtInd></Bal>"
        )
    };
    let entries = "<Ntry><Amt Ccy='EUR'>10</Amt><CdtDbtInd>CRDT</CdtDbtInd>\
        <NtryDtls><TxDtls><Amt Ccy='EUR'>9</Amt></TxDtls></NtryDtls></Ntry>";
    let (opening, closing) = (balance("OPBD", "5", "DBIT"), balance("CLBD", "5", "CRDT"));
    let lines = |end: &str| {
        format!(
            "
        booking=0.0 amount=9.00 currency=EUR
        entry=0 amount=10.00 details=1 sum=9.00
          ! line 1, Stmt/Ntry: the details sum to 9.00, the entry is 10.00
        END= entries=1 movement=10.00 opening=-5.00 {end}"
        )
    };
    let head = "
        STATEMENT=camt.053.001.08 id=1 currency=EUR opening=-5.00";
    let fits = format!("{head} closing=5.00{}", lines("closing=5.00"));
    check(&statement(&format!("{opening}{closing}{entries}")), &fits);
    let late = format!("{head}{}", lines("closing=5.00"));
    check(&statement(&format!("{opening}{entries}{closing}")), &late);
    let wrong = "closing=5.01\n          ! line 1, Stmt: the closing balance 5.01 is not the opening one -5.00 and the entries of 10.00";
    let closing = balance("CLBD", "5.01", "CRDT");
    check(&statement(&format!("{opening}{entries}{closing}")), &format!("{head}{}", lines(wrong)));
}

#[test]
fn a_reversal_that_contradicts_the_balance() {
    let balance = |kind: &str, amount: &str| {
        format!(
            "<Bal><Tp><CdOrPrtry><Cd>{kind}</Cd></CdOrPrtry></Tp><Amt Ccy='EUR'>{amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd></Bal>"
        )
    };
    let entry = |amount: &str, sign: &str, reversal: bool, status: &str| {
        format!(
            "\n<Ntry><Amt Ccy='EUR'>{amount}</Amt><CdtDbtInd>{sign}</CdtDbtInd><RvslInd>{reversal}</RvslInd><Sts>{status}</Sts></Ntry>"
        )
    };
    // 100.00 + 50.00 - 30.00 + 10.00; the reversals are the second and the third entry
    let entries = [
        entry("50", "CRDT", false, "BOOK"),
        entry("30", "DBIT", true, "BOOK"),
        entry("10", "CRDT", true, "BOOK"),
        entry("99", "CRDT", true, "PDNG"),
    ]
    .concat();
    let does_not_fit = |closing: &str| {
        format!("line 1, Stmt: the closing balance {closing} is not the opening one 100.00 and the entries of 30.00")
    };
    let turned = "line 1, Stmt: the closing balance fits only if the reversal indicator turns the direction of \
                  entry 2 (line 3), entry 3 (line 4)";
    let table = [
        ("130.00", vec![]),
        ("170.00", vec![does_not_fit("170.00"), turned.to_owned()]),
        ("190.00", vec![does_not_fit("190.00")]),
        ("110.00", vec![does_not_fit("110.00")]),
    ];
    for (closing, findings) in table {
        let input = statement(&[&balance("OPBD", "100"), &entries, balance("CLBD", closing).as_str()].concat());
        let parts = crate::show::parts(input.as_bytes()).unwrap();
        let end = parts.iter().find_map(|part| if let camt::Part::StatementEnd(end) = part { Some(end) } else { None });
        let end = end.unwrap();
        let texts: Vec<String> = end.findings.iter().map(ToString::to_string).collect();
        assert_eq!(texts, findings, "{closing}");
        let signed = parts.iter().filter_map(|part| match part {
            camt::Part::Booking(booking) => booking.signed(),
            _ => None,
        });
        assert_eq!(signed.map(sepa::Cents::get).collect::<Vec<_>>(), [5000, -3000, 1000, 9900], "no sign is turned");
    }
}

#[test]
fn a_batch_that_counts_otherwise() {
    let batch = |count: &str| format!("<Btch><NbOfTxs>{count}</NbOfTxs></Btch>");
    let detail = "<TxDtls><Amt Ccy='EUR'>5</Amt></TxDtls>";
    let table = [
        (batch("2") + &detail.repeat(2), ""),
        (batch("3") + &detail.repeat(2), "the batch says 3 transactions, the entry has 2 details"),
        (batch("1") + &detail.repeat(2), "the batch says 1 transactions, the entry has 2 details"),
        // Batches without details: no detail, or a single one for all.
        (batch("25"), ""),
        (batch("25") + "<TxDtls/>", ""),
        // Two batches in one entry.
        (batch("1") + detail + "</NtryDtls><NtryDtls>" + &batch("1") + detail, ""),
        (batch("x") + &detail.repeat(2), "\"x\" is not a whole number"),
    ];
    for (details, expected) in table {
        let parts = crate::show::parts(entry(&format!("<NtryDtls>{details}</NtryDtls>")).as_bytes()).unwrap();
        let findings = parts.iter().find_map(|part| match part {
            camt::Part::EntryEnd(entry) => Some(entry.findings.iter().map(|f| f.kind.to_string()).collect::<Vec<_>>()),
            _ => None,
        });
        assert_eq!(findings.unwrap().join(";"), expected, "{details}");
    }
}

#[test]
fn a_booking_knows_how_many_its_batch_has() {
    let details = "<NtryDtls><Btch><NbOfTxs>25</NbOfTxs></Btch><TxDtls/></NtryDtls>";
    let parts = crate::show::parts(entry(details).as_bytes()).unwrap();
    let count = parts.iter().find_map(|part| match part {
        camt::Part::Booking(booking) => Some((booking.batch, booking.batch_count)),
        _ => None,
    });
    assert_eq!(count, Some((true, Some(25))));
}

#[test]
fn a_quiet_day_is_one_that_the_balances_prove() {
    let balance = |kind: &str, amount: &str| {
        format!(
            "<Bal><Tp><CdOrPrtry><Cd>{kind}</Cd></CdOrPrtry></Tp><Amt>{amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd></Bal>"
        )
    };
    let quiet = "the statement has no entries, and its balances do not say that nothing was booked";
    let moved = "the closing balance 6.00 is not the opening one 5.00 and the entries of 0.00";
    let table = [
        (balance("OPBD", "5") + &balance("CLBD", "5"), vec![]),
        (balance("OPBD", "5") + &balance("CLBD", "6"), vec![quiet, moved]),
        (balance("CLBD", "5"), vec![quiet]),
        (String::new(), vec![quiet]),
    ];
    for (balances, expected) in table {
        let parts = crate::show::parts(statement(&balances).as_bytes()).unwrap();
        let camt::Part::StatementEnd(end) = parts.last().unwrap() else { panic!("no end") };
        let findings: Vec<String> = end.findings.iter().map(|finding| finding.kind.to_string()).collect();
        assert_eq!(findings, expected, "{balances}");
    }
}

#[test]
fn balances() {
    let balance = |kind: &str, content: &str| {
        statement(&format!("<Bal><Tp><CdOrPrtry><Cd>{kind}</Cd></CdOrPrtry></Tp>{content}</Bal>"))
    };
    let table = [
        ("OPBD", "<Amt Ccy='EUR'>5</Amt><CdtDbtInd>DBIT</CdtDbtInd>", " currency=EUR opening=-5.00", ""),
        (
            "PRCD",
            "<Amt>5</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><DtTm>2023-11-01T23:00:00Z</DtTm></Dt>",
            " opening=5.00@2023-11-02",
            "",
        ),
        ("ITBD", "<Amt>5</Amt><CdtDbtInd>CRDT</CdtDbtInd>", "", ""),
        ("OPBD", "<Amt>0</Amt>", " opening=0.00", ""),
        ("OPBD", "<Amt>5</Amt>", "", "  ! line 1, Stmt: Bal/CdtDbtInd is missing\n"),
        ("OPBD", "<CdtDbtInd>CRDT</CdtDbtInd>", "", "  ! line 1, Stmt: Bal/Amt is missing\n"),
        (
            "CLBD",
            "<Amt>5.001</Amt><CdtDbtInd>CRDT</CdtDbtInd>",
            "",
            "  ! line 1, Stmt/Bal/Amt: \"5.001\" has more than two decimals\n",
        ),
    ];
    for (kind, content, values, findings) in table {
        let shown = show(balance(kind, content).as_bytes());
        let head = format!("STATEMENT=camt.053.001.08 id=1{values}\n{findings}END=");
        assert!(shown.starts_with(&head), "{shown}\nnot\n{head}");
    }
}

#[test]
fn pages_have_interim_balances() {
    let balances = |kinds: &str| -> String {
        let bal = |kind: &str| {
            let (kind, amount) = kind.split_once('=').unwrap();
            format!(
                "<Bal><Tp><CdOrPrtry><Cd>{kind}</Cd></CdOrPrtry></Tp><Amt>{amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd></Bal>"
            )
        };
        kinds.split(' ').map(bal).collect()
    };
    // an entry of 10.00; interim balances are marked
    for (kinds, expected) in [
        ("OPBD=5 ITBD=15", "5.00 15.00~"),
        ("PRCD=5 ITBD=15", "5.00 15.00~"),
        ("ITBD=5 CLBD=15", "5.00~ 15.00"),
        ("ITBD=5 ITBD=15", "5.00~ 15.00~"),
        ("OPBD=5 ITBD=9 CLBD=15", "5.00 15.00"),
        ("OPBD=1 ITBD=5 CLBD=15", "5.00~ 15.00"),
        ("OPBD=5 ITBD=15 CLBD=99", "5.00 15.00~"),
        ("ITBD=5", "- -"),
        ("OPBD=5", "5.00 -"),
    ] {
        let entry = "<Ntry><Amt Ccy='EUR'>10</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts></Ntry>";
        let parts = crate::show::parts(statement(&format!("{}{entry}", balances(kinds))).as_bytes()).unwrap();
        let camt::Part::StatementEnd(end) = parts.last().unwrap() else { panic!("no end") };
        let shown = |balance: Option<camt::Balance>| match balance {
            Some(balance) => format!("{}{}", balance.amount, if balance.interim { "~" } else { "" }),
            None => "-".to_owned(),
        };
        assert_eq!(format!("{} {}", shown(end.opening), shown(end.closing)), expected, "{kinds}");
    }
}

#[test]
fn foreign_data_is_not_ours() {
    check(
        &entry(
            "<NtryDtls><TxDtls><SplmtryData><Envlp><TxDtls><Amt>99</Amt><RmtInf><Ustrd>fremd</Ustrd></RmtInf></TxDtls>\
             <Ntry><Amt>98</Amt></Ntry></Envlp></SplmtryData></TxDtls></NtryDtls>",
        ),
        "
        STATEMENT=camt.053.001.08 id=1
        booking=0.0 amount=10.00 currency=EUR status=BOOK
        entry=0 amount=10.00 details=1 sum=10.00
        END= entries=1 movement=10.00",
    );
}

#[test]
fn old_forms() {
    check(
        "<Document><BkToCstmrAcctRptV01><Rpt><Acct><Id><PrtryAcct><Id>0000042</Id></PrtryAcct></Id></Acct><Ntry><Amt Ccy='EUR'>1</Amt>\
         <CdtDbtInd>DBIT</CdtDbtInd><Btch><NbOfTxs>7</NbOfTxs></Btch><TxDtls><RmtInf><Strd><CdtrRefInf><CdtrRef>RF1</CdtrRef>\
         </CdtrRefInf></Strd></RmtInf><RtrInf><RtrRsn><Cd>MS03</Cd></RtrRsn></RtrInf></TxDtls></Ntry></Rpt></BkToCstmrAcctRptV01>\
         </Document>",
        "
        STATEMENT=camt.052.001.01 account=0000042
        booking=0.0 amount=-1.00 currency=EUR structured=RF1 returned=MS03 batch=yes
        entry=0 amount=-1.00 details=1 sum=-1.00 announced=7
        END= entries=1 movement=-1.00",
    );
}
