//! Large inputs: several threads give the same as one.

use std::fmt::Write as _;
use std::ops::ControlFlow;

use camt::{Limits, Part, read_path};

/// How many entries one thread reads before the others begin; as many follow for those.
const MANY: usize = 30_000;

/// What a reader with this many threads gives: its parts, and the error if there is one.
fn read(input: &str, threads: usize) -> (Vec<Part>, Option<String>) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("datei");
    std::fs::write(&path, input).unwrap();
    let mut parts = Vec::new();
    let limits = Limits { threads, ..Limits::default() };
    let done = read_path(&path, &limits, &mut |_, part| {
        parts.push(part);
        ControlFlow::Continue(())
    });
    let error = done.err().map(|error| error.to_string().replace(&path.display().to_string(), "datei"));
    (parts, error)
}

fn check(input: &str, bookings: usize, error: Option<&str>) {
    let (one, first) = read(input, 1);
    let (two, second) = read(input, 2);
    assert_eq!((first.as_deref(), second.as_deref()), (error, error));
    assert_eq!(one.iter().filter(|part| matches!(part, Part::Booking(_))).count(), bookings);
    if let Some(different) = one.iter().zip(&two).position(|(one, two)| one != two) {
        panic!("part {different}: {:?}\nnot {:?}", two[different], one[different]);
    }
    assert_eq!(one.len(), two.len());
}

/// Entries of several lines; every 977th with something unreadable, every 1499th with an unusual payer.
fn entries(prefix: &str, count: usize) -> String {
    let mut out = String::new();
    for number in 0..count {
        let amount = if number % 977 == 0 { "1,5".to_owned() } else { format!("{number}.50") };
        let odd = if number % 1499 == 0 {
            "<!-- </Ntry> --><AddtlNtryInf><![CDATA[</Ntry>]]>\u{fffd}</AddtlNtryInf>"
        } else {
            ""
        };
        let p = prefix;
        let _ = write!(
            out,
            "<{p}Ntry>\n <{p}Amt Ccy='EUR'>{amount}</{p}Amt><{p}CdtDbtInd>CRDT</{p}CdtDbtInd>\n <{p}Sts>BOOK</{p}Sts>{}\n\
             <{p}NtryDtls><{p}TxDtls><{p}RmtInf><{p}Ustrd>Gebühr &amp; Abgabe {number}</{p}Ustrd></{p}RmtInf></{p}TxDtls></{p}NtryDtls>\n</{p}Ntry>\n",
            odd.replace("AddtlNtryInf", &format!("{p}AddtlNtryInf")),
        );
    }
    out
}

fn statement(prefix: &str, iban: &str, content: &str) -> String {
    let p = prefix;
    format!("<{p}Stmt>\n<{p}Acct><{p}Id><{p}IBAN>{iban}</{p}IBAN></{p}Id></{p}Acct>\n{content}</{p}Stmt>\n")
}

fn document(prefix: &str, statements: &str) -> String {
    let p = prefix;
    format!("<{p}Document>\n<{p}BkToCstmrStmt>\n{statements}</{p}BkToCstmrStmt></{p}Document>\n")
}

const OWN: &str = "DE82416500010000000023";
const OTHER: &str = "DE02120300000000202051";

#[test]
fn one_statement() {
    for prefix in ["", "n:"] {
        check(&document(prefix, &statement(prefix, OWN, &entries(prefix, MANY))), MANY, None);
    }
}

#[test]
fn one_line() {
    let input = document("", &statement("", OWN, &entries("", MANY))).replace('\n', "");
    check(&input, MANY, None);
    let wrong = input.replace("</Stmt>", "<Ntry>&x;</Ntry></Stmt>");
    let column = wrong.split_once("&x;").unwrap().0.chars().count() + "&x;".len() + 1;
    let error = format!("datei: line 1, column {column}, Stmt/Ntry: the entity &x; is not defined");
    check(&wrong, MANY, Some(&error));
}

#[test]
fn reversals_in_every_block() {
    let balance = |kind: &str, amount: usize| {
        format!(
            "<Bal><Tp><CdOrPrtry><Cd>{kind}</Cd></CdOrPrtry></Tp><Amt>{amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd></Bal>"
        )
    };
    let text = "<AddtlNtryInf>Miete Miete Miete Miete Miete Miete Miete Miete Miete Miete Miete</AddtlNtryInf>";
    let entries: String = (0..MANY)
        .map(|number| {
            let (sign, reversal) = if number % 2_000 == 7 { ("DBIT", "true") } else { ("CRDT", "false") };
            format!(
                "<Ntry><Amt>1</Amt><CdtDbtInd>{sign}</CdtDbtInd>\n<RvslInd>{reversal}</RvslInd>{text}{text}</Ntry>\n"
            )
        })
        .collect();
    // All of them are credits, as the balance says.
    let content = [balance("OPBD", 0), balance("CLBD", MANY), entries].concat();
    let input = document("", &statement("", OWN, &content));
    check(&input, MANY, None);
    let (parts, _) = read(&input, 2);
    let Some(Part::StatementEnd(end)) = parts.last() else { panic!("no end") };
    let turned = end.findings.iter().find_map(|finding| match &finding.kind {
        camt::FindingKind::ReversalsTurned(entries) => {
            Some(entries.iter().map(|entry| entry.index).collect::<Vec<_>>())
        }
        _ => None,
    });
    assert_eq!(turned.unwrap(), (0..MANY as u32).filter(|number| number % 2_000 == 7).collect::<Vec<_>>());
    let names = "entry 8 (line 19), entry 2008 (line 4019), entry 4008 (line 8019)";
    let text = end.findings.last().unwrap().to_string();
    assert!(text.contains(names) && text.ends_with(" and 5 more"), "{text}");
}

#[test]
fn several_statements_and_documents() {
    let (many, some, few) = (entries("", MANY), entries("", 3_000), entries("", 3));
    let small: String = (0..500).map(|_| statement("", OTHER, &few)).collect();
    let statements =
        [statement("", OWN, &many), statement("", OTHER, &some), small, statement("", OWN, &many)].concat();
    let input = document("", &statements) + &document("", &statement("", OTHER, &some));
    check(&input, 2 * MANY + 2 * 3_000 + 1_500, None);
}

#[test]
fn what_only_looks_like_an_end() {
    let (many, some) = (entries("", MANY), entries("", 3_000));
    let comment = format!("<!--{}-->", " </Ntry><Ntry>\n".repeat(40_000));
    let balance = "<Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp><Amt>x</Amt></Bal>";
    let content = [many.as_str(), &comment, &some, balance, &some, &comment, &many].concat();
    check(&document("", &statement("", OWN, &content)), 2 * MANY + 6_000, None);
}

#[test]
fn wrong_in_the_middle() {
    let (many, few) = (entries("", MANY), entries("", 5));
    let broken = |middle: &str| document("", &statement("", OWN, &[many.as_str(), &few, middle, &many].concat()));
    let line = |line: usize| line + 5 + 5 * (MANY + 5);
    let table = [
        ("<Ntry><Amt>1</Amd></Ntry>", 0, "Stmt/Ntry/Amt: not well-formed: expected `</Amt>`, but `</Amd>` was found"),
        ("<Ntry>\n<Nm>&x;</Nm></Ntry>", 1, "Stmt/Ntry/Nm: the entity &x; is not defined"),
        ("</Ntry>", 0, "Stmt: not well-formed: expected `</Stmt>`, but `</Ntry>` was found"),
    ];
    for (middle, further, error) in table {
        check(&broken(middle), MANY + 5, Some(&format!("datei: line {}, {error}", line(further))));
    }
}

#[test]
fn cut_off() {
    let whole = document("", &statement("", OWN, &entries("", MANY)));
    let cut = whole.get(..whole.len() - 200).unwrap();
    let (parts, error) = read(cut, 2);
    assert_eq!((parts, error.clone()), read(cut, 1));
    assert!(error.unwrap().ends_with("the file ends inside of this element"));
}

#[test]
fn a_break_ends_the_threads() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("datei");
    std::fs::write(&path, document("", &statement("", OWN, &entries("", MANY)))).unwrap();
    let mut parts = 0;
    let done = read_path(&path, &Limits::default(), &mut |_, _| {
        parts += 1;
        if parts > 50_000 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    assert_eq!((done.unwrap(), parts), (vec![], 50_001));
}
