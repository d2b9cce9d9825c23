//! Direct-debit files of other systems: read whatever they look like, refused with every fault, written again byte for byte.

use std::path::Path;

use sepa::Cents;
use sepa_xml::{
    Fate, ForeignFile, NewIds, Objection, Rewrite, Rewritten, bank_objections, is_pain008, read_foreign_pain008,
    rewrite,
};

/// A debit, indented as programs do.
fn debit(id: &str, amount: &str, mandate: &str, iban: &str, text: &str) -> String {
    format!(
        "      <DrctDbtTxInf>\n        <PmtId><EndToEndId>{id}</EndToEndId></PmtId>\n        <InstdAmt Ccy=\"EUR\">{amount}</InstdAmt>\n        <DrctDbtTx><MndtRltdInf><MndtId>{mandate}</MndtId><DtOfSgntr>2019-05-02</DtOfSgntr></MndtRltdInf></DrctDbtTx>\n        <DbtrAgt><FinInstnId><BIC>WELADED1SOS</BIC></FinInstnId></DbtrAgt>\n        <Dbtr><Nm>Käthe Müller</Nm></Dbtr>\n        <DbtrAcct><Id><IBAN>{iban}</IBAN></Id></DbtrAcct>\n        <RmtInf><Ustrd>{text}</Ustrd></RmtInf>\n      </DrctDbtTxInf>\n"
    )
}

const ANNA: &str = "DE89370400440532013000";
const BERT: &str = "DE02120300000000202051";

/// A batch with its figures.
fn batch(id: &str, count: usize, sum: &str, debits: &str) -> String {
    format!(
        "    <PmtInf>\n      <PmtInfId>{id}</PmtInfId>\n      <PmtMtd>DD</PmtMtd>\n      <NbOfTxs>{count}</NbOfTxs>\n      <CtrlSum>{sum}</CtrlSum>\n      <PmtTpInf><SvcLvl><Cd>SEPA</Cd></SvcLvl><LclInstrm><Cd>CORE</Cd></LclInstrm><SeqTp>RCUR</SeqTp></PmtTpInf>\n      <ReqdColltnDt>2024-03-15</ReqdColltnDt>\n      <Cdtr><Nm>Stadtkasse</Nm></Cdtr>\n      <CdtrAcct><Id><IBAN>DE82416500010000000023</IBAN></Id></CdtrAcct>\n      <CdtrAgt><FinInstnId><BIC>WELADED1SOS</BIC></FinInstnId></CdtrAgt>\n      <CdtrSchmeId><Id><PrvtId><Othr><Id>DE98ZZZ09999999999</Id><SchmeNm><Prtry>SEPA</Prtry></SchmeNm></Othr></PrvtId></Id></CdtrSchmeId>\n{debits}    </PmtInf>\n"
    )
}

fn document(count: usize, sum: &str, batches: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:pain.008.001.02\">\n  <CstmrDrctDbtInitn>\n    <GrpHdr>\n      <MsgId>OLD-1</MsgId>\n      <CreDtTm>2024-03-11T08:00:00</CreDtTm>\n      <NbOfTxs>{count}</NbOfTxs>\n      <CtrlSum>{sum}</CtrlSum>\n      <InitgPty><Nm>Stadtkasse</Nm></InitgPty>\n    </GrpHdr>\n{batches}  </CstmrDrctDbtInitn>\n</Document>\n"
    )
}

/// Two batches: of two debits, and of one.
fn sample() -> String {
    let first = debit("E1", "100.00", "M1", ANNA, "A &amp; B") + &debit("E2", "20.5", "M2", BERT, "5.0100.118204.4");
    let second = debit("E3", "7.00", "M3", BERT, "x");
    document(3, "127.50", &(batch("P1", 2, "120.5", &first) + &batch("P2", 1, "7.00", &second)))
}

fn read(text: &str) -> ForeignFile {
    read_foreign_pain008(text.as_bytes()).unwrap()
}

fn why(bytes: &[u8]) -> String {
    read_foreign_pain008(bytes).unwrap_err().to_string()
}

fn again(bytes: &[u8], how: &Rewrite<'_>) -> Option<Rewritten> {
    rewrite(bytes, &read_foreign_pain008(bytes).unwrap(), how).unwrap()
}

fn plain(fates: &[Fate]) -> Rewrite<'_> {
    Rewrite { fates, ids: None, due: None, as_08: false }
}

#[test]
fn a_file_is_read_with_everything_that_finds_a_payment() {
    let file = read(&sample());
    let told: Vec<String> = file
        .debits()
        .map(|own| {
            let id = own.end_to_end.clone().unwrap_or_default();
            format!("{} {id} {} {} {} {}", own.line, own.amount, own.mandate, own.debtor, own.remittance.join("|"))
        })
        .collect();
    assert_eq!(
        told,
        [
            "22 E1 100.00 M1 Käthe Müller A & B",
            "31 E2 20.50 M2 Käthe Müller 5.0100.118204.4",
            "52 E3 7.00 M3 Käthe Müller x"
        ]
    );
    assert_eq!(file.version.as_deref(), Some("pain.008.001.02"));
    assert_eq!(file.creditor_id().map(ToString::to_string).as_deref(), Some("DE98ZZZ09999999999"));
    assert!(is_pain008(sample().as_bytes()) && !is_pain008(b"<Document/>"));
}

#[test]
fn whatever_it_looks_like_it_says_the_same() {
    let plain = read(&sample());
    let amounts = |file: &ForeignFile| file.debits().map(|own| own.amount).collect::<Vec<_>>();
    let prefixed = sample().replace("</", "</s:").replace('<', "<s:").replace("<s:/s:", "</s:").replace("<s:?", "<?");
    let prefixed = prefixed.replace("xmlns=", "xmlns:s=");
    let commented = sample().replace("<MsgId>", "<!-- a > b --><MsgId>").replace(">E1<", "><![CDATA[E1]]><");
    let utf16: Vec<u8> = "\u{feff}".encode_utf16().chain(sample().encode_utf16()).flat_map(u16::to_be_bytes).collect();
    let latin = sample().replace("UTF-8", "ISO-8859-1");
    let latin: Vec<u8> = latin.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
    let files: Vec<Vec<u8>> = vec![
        prefixed.into_bytes(),
        commented.into_bytes(),
        utf16,
        latin,
        ("\u{feff}".to_owned() + &sample()).into_bytes(),
        sample().replace('\n', "\r\n").into_bytes(),
        sample().replace("xmlns=\"urn:iso:std:iso:20022:tech:xsd:pain.008.001.02\"", "").into_bytes(),
        sample().replace("pain.008.001.02", "pain.008.003.02").replace(">CORE<", ">COR1<").into_bytes(),
        sample().replace(">20.5<", ">&#50;0.50<").into_bytes(),
    ];
    for bytes in files {
        let file =
            read_foreign_pain008(&bytes).unwrap_or_else(|why| panic!("{why}: {}", String::from_utf8_lossy(&bytes)));
        assert_eq!(amounts(&file), amounts(&plain));
        // all kept: not a byte is another
        let same = again(&bytes, &self::plain(&[Fate::Kept; 3])).unwrap();
        assert_eq!(same.bytes, bytes);
        // one cut, and the rest stays as it was
        let cut = again(&bytes, &self::plain(&[Fate::Kept, Fate::Cut, Fate::Kept])).unwrap();
        let cut = read_foreign_pain008(&cut.bytes).unwrap();
        assert_eq!(amounts(&cut), [Cents::new(10_000), Cents::new(700)]);
    }
}

#[test]
fn what_stays_is_as_it_was_and_the_figures_fit() {
    let bytes = sample().into_bytes();
    let cut = again(&bytes, &plain(&[Fate::Cut, Fate::Kept, Fate::Cut])).unwrap();
    let first = debit("E2", "20.5", "M2", BERT, "5.0100.118204.4");
    // a sum that is the same in other decimals is not the same: it was 120.5
    assert_eq!(String::from_utf8(cut.bytes).unwrap(), document(1, "20.50", &batch("P1", 1, "20.50", &first)));
    assert_eq!((cut.count, cut.sum), (1, Cents::new(2_050)));
    let less = again(&bytes, &plain(&[Fate::Reduced(Cents::new(4_000)), Fate::Kept, Fate::Kept])).unwrap();
    let expected = sample().replace(">100.00<", ">40.00<").replace(">127.50<", ">67.50<").replace(">120.5<", ">60.50<");
    assert_eq!(String::from_utf8(less.bytes).unwrap(), expected);
    assert_eq!(again(&bytes, &plain(&[Fate::Cut; 3])), None);
}

#[test]
fn new_ids_another_day_and_another_version_change_nothing_else() {
    let bytes = sample().into_bytes();
    let how = Rewrite {
        fates: &[Fate::Kept; 3],
        ids: Some(NewIds { message_id: "G-1".to_owned(), created: "2024-03-12T09:00:00".to_owned() }),
        due: Some("2024-04-02".parse().unwrap()),
        as_08: true,
    };
    let done = String::from_utf8(again(&bytes, &how).unwrap().bytes).unwrap();
    let expected = sample()
        .replace(">OLD-1<", ">G-1<")
        .replace(">P1<", ">G-1-1<")
        .replace(">P2<", ">G-1-2<")
        .replace("2024-03-11T08:00:00", "2024-03-12T09:00:00")
        .replace("2024-03-15", "2024-04-02")
        .replace("pain.008.001.02", "pain.008.001.08")
        .replace("<BIC>", "<BICFI>")
        .replace("</BIC>", "</BICFI>");
    assert_eq!(done, expected);
    // an address that names neither town nor country is left out of that version
    let address = "<Nm>Käthe Müller</Nm><PstlAdr><AdrLine>Weg 5</AdrLine></PstlAdr>";
    let with = sample().replacen("<Nm>Käthe Müller</Nm>", address, 1).into_bytes();
    assert_eq!(read_foreign_pain008(&with).unwrap().debits().next().unwrap().address.as_deref(), Some("Weg 5"));
    let done = again(&with, &how).unwrap();
    assert_eq!((String::from_utf8(done.bytes).unwrap(), done.addresses), (expected, 1));
}

#[test]
fn every_fault_is_named_with_its_line() {
    let sample = sample();
    for (change, to, expected) in [
        ("<NbOfTxs>3<", "<NbOfTxs>4<", "line 7: GrpHdr/NbOfTxs says 4, there are 3 debits"),
        (">127.50<", ">127.51<", "line 8: GrpHdr/CtrlSum says 127.51, the debits come to 127.50"),
        (">120.5<", ">120.00<", "line 15: PmtInf/CtrlSum says 120.00, the debits come to 120.50"),
        (
            ">E3<",
            ">E1<",
            "line 52: the end-to-end id \"E1\" is that of the debit on line 22 too: is a debit in the file twice?",
        ),
        (
            ">M2<",
            ">m1<",
            "line 31: the mandate \"m1\" debits DE02 **** 2051 here, and DE89 **** 3000 on line 22: a mandate is for one account",
        ),
        ("Ccy=\"EUR\">7.00", "Ccy=\"CHF\">7.00", "line 54: the debit is in \"CHF\": SEPA knows EUR alone"),
        (
            ">CORE<",
            ">B2B<",
            "line 16: it is a business-to-business debit (B2B), which a payer cannot have given back: take such debits out, and check them by hand",
        ),
        (
            "<MndtId>M3</MndtId>",
            "",
            "line 52: the debit has no mandate (MndtId), and so no reference by which a payment can be found",
        ),
        (
            "DE89370400440532013000",
            "DE89370400440532013001",
            "line 28: the debtor's account: \"DE89370400440532013001\"",
        ),
        ("</CstmrDrctDbtInitn>\n</Document>\n", "", "the file is cut off; the file is damaged: fetch it again"),
        ("<Cdtr>", "<Cdtr", "the file is damaged: fetch it again"),
        ("<Document", "<!DOCTYPE x>\n<Document", "line 2: a DOCTYPE is never processed"),
        ("CstmrDrctDbtInitn>", "CstmrCdtTrfInitn>", "it is no direct-debit file (pain.008)"),
        (">2024-03-15<", ">15.03.2024<", "line 17: ReqdColltnDt: \"15.03.2024\" is no date"),
    ] {
        let found = why(sample.replace(change, to).as_bytes());
        assert!(found.contains(expected), "{change} -> {to}: {found}");
    }
    let other = sample.replacen("DE98ZZZ09999999999", "DE09ZZZ00000000001", 1);
    assert!(
        why(other.as_bytes()).contains("DE98ZZZ09999999999 is another creditor than DE09ZZZ00000000001 on line 21")
    );
    let many: String = (0..60).map(|number| debit("E", "x", &format!("M{number}"), ANNA, "")).collect();
    let found = why(document(60, "0.00", &batch("P", 60, "0.00", &many)).as_bytes());
    assert_eq!((found.lines().count(), found.lines().last()), (51, Some("10 more lines are faulty")));
}

#[test]
fn what_a_bank_would_say_is_told_once_with_its_number() {
    let bare = sample().replace("<Nm>Käthe Müller</Nm>", "<Nm>Käthe Müller</Nm><PstlAdr><Ctry>DE</Ctry></PstlAdr>");
    let file = read(&bare.replace("2024-03-15", "2024-03-16"));
    let told: Vec<String> =
        bank_objections(&file, "2024-03-11".parse().unwrap()).iter().map(ToString::to_string).collect();
    assert_eq!(told.len(), 3, "{told:#?}");
    assert!(told[0].contains("pain.008.001.02 until November 2026"), "{told:#?}");
    assert!(told[1].starts_with("line 17 and 1 more: 2024-03-16 is no TARGET business day"), "{told:#?}");
    assert!(told[2].starts_with("line 27 and 2 more: an address without town"), "{told:#?}");
    let late = bank_objections(&read(&sample()), "2026-12-01".parse().unwrap());
    assert!(late.iter().any(|own| own.what == Objection::OldVersion("pain.008.001.02".to_owned(), true)));
    assert!(late.iter().any(|own| matches!(own.what, Objection::TooLate(_))));
}

#[test]
fn real_files_of_many_writers_are_read_or_refused_with_lines() {
    let Some(folder) = std::env::var_os("EINMAL_CORPUS") else {
        println!("NOT RUN: EINMAL_CORPUS does not name a folder of real files");
        return;
    };
    let mut read = 0;
    for entry in std::fs::read_dir(Path::new(&folder).join("samples/pain008")).unwrap() {
        let path = entry.unwrap().path();
        let bytes = std::fs::read(&path).unwrap();
        match read_foreign_pain008(&bytes) {
            Ok(file) => {
                read += 1;
                let fates = vec![Fate::Kept; file.debits().count()];
                let same = rewrite(&bytes, &file, &plain(&fates)).unwrap().unwrap();
                assert_eq!(same.bytes, bytes, "{}", path.display());
            }
            Err(error) => {
                let told = error.to_string();
                println!("{}: {told}", path.display());
                assert!(told.starts_with("line "), "{}: {told}", path.display());
            }
        }
    }
    assert!(read >= 2, "{read} were read");
}
