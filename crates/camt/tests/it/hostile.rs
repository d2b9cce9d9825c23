//! Inputs that never end: each gives an error of one line, and only a little of it is read or kept in memory.

use std::io::{BufReader, Read};

use camt::{Limits, Mt940Reader, Part, ReadError, StatementReader};

/// What an attacker, or a broken download, may send: a beginning, and then the same piece for ever.
struct Endless {
    head: Vec<u8>,
    unit: Vec<u8>,
    given: u64,
}

impl Endless {
    fn new(head: &str, unit: &str) -> Self {
        Self { head: head.as_bytes().to_vec(), unit: unit.repeat(1 + 4_096 / unit.len()).into_bytes(), given: 0 }
    }
}

impl Read for &mut Endless {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        let given = usize::try_from(self.given).unwrap();
        let rest = match self.head.get(given..) {
            Some(head) if !head.is_empty() => head,
            _ => &self.unit[(given - self.head.len()) % self.unit.len()..],
        };
        let count = rest.len().min(out.len());
        out[..count].copy_from_slice(&rest[..count]);
        self.given += count as u64;
        Ok(count)
    }
}

/// How much may be read: some of what the limit allows, that is a token (in references five bytes for each), its block,
/// and read-ahead.
const READ: u64 = 8 << 20;
/// A statement as far as its first detail.
const DETAIL: &str = "<D><BkToCstmrStmt><Stmt><Ntry><NtryDtls><TxDtls>";

fn check(head: &str, unit: &str, expected: &str) {
    let mut input = Endless::new(head, unit);
    let mut reader = StatementReader::new(BufReader::new(&mut input), &Limits::default());
    let error = last(|| reader.next_part());
    drop(reader);
    assert_eq!(error.to_string(), expected, "{head}{unit}…");
    assert!(input.given < READ, "{} bytes of {head}{unit}…", input.given);
}

fn last(mut next: impl FnMut() -> Result<Option<Part>, ReadError>) -> ReadError {
    loop {
        match next() {
            Ok(part) => assert!(part.is_some(), "an end of what has none"),
            Err(error) => return error,
        }
    }
}

#[test]
fn one_token_without_end() {
    let long = "a text is longer than the limit of 1048576 bytes";
    let at = |column: usize| format!("line 1, column {column}");
    let table = [
        ("<D>", "x", "D"),
        ("<D>", "&amp;", "D"),
        ("<D><E a='", "x", "D"),
        ("<D><", "x", "D"),
        ("<D><E ", "a='1' ", "D"),
        ("<D><!--", "x", "D"),
        ("<D><![CDATA[", "x", "D"),
        ("<D><?pi ", "x", "D"),
    ];
    for (head, unit, path) in table {
        let mut input = Endless::new(head, unit);
        let mut reader = StatementReader::new(BufReader::new(&mut input), &Limits::default());
        let error = last(|| reader.next_part());
        drop(reader);
        let column = usize::try_from(error.column.unwrap()).unwrap();
        assert_eq!(error.to_string(), format!("{}, {path}: {long}", at(column)), "{head}{unit}…");
        assert!(input.given < READ, "{} bytes of {head}{unit}…", input.given);
    }
    let mut input = Endless::new("<D>&", "x");
    let mut reader = StatementReader::new(BufReader::new(&mut input), &Limits::default());
    assert!(last(|| reader.next_part()).to_string().ends_with(", D: a text is longer than the limit of 1048576 bytes"));
}

#[test]
fn elements_without_end() {
    let path = vec!["D"; 100].join("/");
    check("", "<D>", &format!("line 1, column 304, {path}: elements are nested deeper than the limit of 100"));
    let much = "the values of one element exceed the limit of 1048576 bytes";
    let table = [
        (format!("{DETAIL}<RmtInf>"), "<Ustrd>x</Ustrd>", "Stmt/Ntry/NtryDtls/TxDtls/RmtInf/Ustrd"),
        (DETAIL.to_owned(), "<CdtDbtInd>X</CdtDbtInd>", "Stmt/Ntry/NtryDtls/TxDtls/CdtDbtInd"),
        ("<D><BkToCstmrStmt><Stmt><Ntry><Chrgs>".to_owned(), "<Amt>1</Amt>", "Stmt/Ntry/Chrgs/Amt"),
        ("<D><BkToCstmrStmt><Stmt>".to_owned(), "<ElctrncSeqNb>x</ElctrncSeqNb>", "Stmt/ElctrncSeqNb"),
        ("<D><BkToCstmrStmt><GrpHdr>".to_owned(), "<CreDtTm>x</CreDtTm>", "D/BkToCstmrStmt/GrpHdr/CreDtTm"),
    ];
    for (head, unit, path) in table {
        let mut input = Endless::new(&head, unit);
        let mut reader = StatementReader::new(BufReader::new(&mut input), &Limits::default());
        let error = last(|| reader.next_part()).to_string();
        drop(reader);
        assert!(error.ends_with(&format!(", {path}: {much}")), "{error}");
        assert!(input.given < READ, "{} bytes of {head}{unit}…", input.given);
    }
}

#[test]
fn declarations() {
    let laughs =
        "<?xml version='1.0'?>\n<!DOCTYPE lolz [<!ENTITY lol 'lol'><!ENTITY lol1 '&lol;&lol;&lol;'>]>\n<D>&lol1;</D>";
    check(laughs, "x", "line 2: a DOCTYPE is not allowed in a bank message");
    check("<!DOCTYPE ", "x", "line 1: a DOCTYPE is not allowed in a bank message");
    check("<!DOCTYPE D [<!ENTITY a '", "a", "line 1: a DOCTYPE is not allowed in a bank message");
}

/// An endless batch gives as many parts as one likes: nothing of it is kept in memory.
#[test]
fn a_batch_without_end_streams() {
    let detail = "<TxDtls><Amt Ccy='EUR'>1</Amt><RmtInf><Ustrd>Miete</Ustrd></RmtInf></TxDtls>";
    let head = "<D><BkToCstmrStmt><Stmt><Ntry><Amt Ccy='EUR'>9</Amt><CdtDbtInd>CRDT</CdtDbtInd><NtryDtls>";
    let mut input = Endless::new(head, detail);
    let mut reader = StatementReader::new(BufReader::new(&mut input), &Limits::default());
    let mut bookings = 0_u64;
    while bookings < 100_000 {
        bookings += u64::from(matches!(reader.next_part().unwrap().unwrap(), Part::Booking(_)));
    }
    drop(reader);
    assert!(input.given < bookings * detail.len() as u64 + READ, "{} bytes for {bookings} bookings", input.given);
}

#[test]
fn mt940_without_end() {
    let long = "a text is longer than the limit of 1048576 bytes";
    let much = "the values of one element exceed the limit of 1048576 bytes";
    let table = [
        (":20:A\n:86:", "x", "", long),
        (":20:", "x", "", long),
        (":20:A\n:86:", "x\n", ", :86", long),
        (":20:A\n:61:", "\n", ", :61", long),
        (":20:A\n", ":25:x\n", ", :25", much),
        (":20:A\n:61:231102C1,00NTRF\n", ":86:x\n", ", :86", much),
    ];
    for (head, unit, path, why) in table {
        let mut input = Endless::new(head, unit);
        let mut reader = Mt940Reader::new(BufReader::new(&mut input), &Limits::default());
        let error = last(|| reader.next_part()).to_string();
        drop(reader);
        assert!(error.starts_with("line ") && error.ends_with(&format!("{path}: {why}")), "{error}");
        assert!(input.given < READ, "{} bytes of {head}{unit}…", input.given);
    }
}
