//! What is refused, and with which words.

use camt::{Limits, StatementReader};

use crate::show::parts;

fn check(input: impl AsRef<[u8]>, expected: &str) {
    let input = input.as_ref();
    let error = parts(input).expect_err(&String::from_utf8_lossy(input));
    assert_eq!(error.to_string(), expected, "{}", String::from_utf8_lossy(input));
}

#[test]
fn not_well_formed() {
    let table = "
        <D><BkToCstmrStmt><Stmt><Ntry><Amt>1</Amt> | line 1, Stmt/Ntry: the file ends inside of this element
        <D><BkToCstmrStmt>/<Stmt><Ntry></Amt></Ntry></Stmt> | line 2, Stmt/Ntry: not well-formed: expected `</Ntry>`, but `</Amt>` was found
        <D>/<E a='1' a='2'/></D> | line 2, D: not well-formed: position 7: duplicated attribute, previous declaration at position 1
        <D><E a='<'/></D> | line 1, D: not well-formed: an attribute contains `<`
        <D><E a='&x;'/></D> | line 1, D: not well-formed: at 1..2: unrecognized entity `x`
        <D><1E/></D> | line 1, D: not well-formed: \"1E\" is not a name of an element
        <D>Müller & Söhne</D> | line 1, D: not well-formed: entity or character reference not closed: `;` not found before end of input
        <D>&#1;</D> | line 1, D: not well-formed: the character '\\u{1}' is not allowed
        <D>\u{b}</D> | line 1, D: not well-formed: the character '\\u{b}' is not allowed
        <D><!-- | line 1, D: not well-formed: comment not closed: `-->` not found before end of input
        <D/>/Ende | line 2: not well-formed: text outside of any element
        </D> | line 1: not well-formed: close tag `</D>` does not match any open tag";
    for line in table.lines().skip(1) {
        let (input, expected) = line.split_once(" | ").unwrap();
        check(input.trim_start().replace("/<", "\n<").replace("/Ende", "\nEnde"), expected);
    }
}

#[test]
fn declarations_and_entities() {
    let doctype = "line 1: a DOCTYPE is not allowed in a bank message";
    check("<!DOCTYPE Document><Document/>", doctype);
    check("<!DOCTYPE D [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><D>&x;</D>", doctype);
    check("<D>\n<E>&x;</E></D>", "line 2, D/E: the entity &x; is not defined");
    check("<D><E>&nbsp;</E></D>", "line 1, D/E: the entity &nbsp; is not defined");
}

#[test]
fn columns() {
    // The column counts characters, and is only given if the line is too long to search by eye.
    let error = |input: &str| parts(input.as_bytes()).unwrap_err();
    let far = "ü".repeat(300);
    let table = [
        ("<D>\n<E>ü&x;</E></D>".to_owned(), Some(8), "line 2, D/E: the entity &x; is not defined"),
        (format!("<D>\n<E>{far}&x;</E></D>"), Some(307), "line 2, column 307, D/E: the entity &x; is not defined"),
        (format!("<D>{far}\n<E>&x;</E></D>"), Some(7), "line 2, D/E: the entity &x; is not defined"),
        ("<D/>".to_owned(), None, "line 1: the file holds no statement (found D)"),
    ];
    for (input, column, expected) in table {
        let error = error(&input);
        assert_eq!((error.column, error.to_string().as_str()), (column, expected), "{input}");
    }
    // Blocks of the input end somewhere in that line.
    let entry = "<Ntry><Amt Ccy='EUR'>1</Amt><CdtDbtInd>CRDT</CdtDbtInd></Ntry>";
    let before = format!("<D><BkToCstmrStmt><Stmt><Id>ü</Id>{}", entry.repeat(10_000));
    let wrong = "<Ntry><Amt>1,5</Amt><CdtDbtInd>CRDT</CdtDbtInd></Ntry>";
    let read = parts(format!("{before}{wrong}</Stmt></BkToCstmrStmt></D>").as_bytes()).unwrap();
    let finding = read.into_iter().find_map(|part| match part {
        camt::Part::EntryEnd(entry) => entry.findings.into_iter().next(),
        _ => None,
    });
    let column = before.chars().count() + "<Ntry>".len() + 1;
    assert_eq!(
        finding.unwrap().to_string(),
        format!("line 1, column {column}, Stmt/Ntry/Amt: \"1,5\" is not an amount")
    );
    assert_eq!(error(&format!("{before}<Ntry>&x;")).column, Some(before.chars().count() as u64 + 10));
}

/// A text in UTF-16, with a byte order mark or without.
fn utf16(text: &str, mark: bool, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
    let mark = mark.then_some('\u{feff}');
    mark.into_iter().chain(text.chars()).collect::<String>().encode_utf16().flat_map(bytes).collect()
}

/// A statement whose id has characters beyond ASCII, with a declaration.
fn declared(label: &str) -> String {
    format!("<?xml version='1.0' encoding='{label}'?><D><BkToCstmrStmt><Stmt><Id>Müß€</Id></Stmt></BkToCstmrStmt></D>")
}

#[test]
fn declared_encodings() {
    let single = |label: &str, euro: u8| -> Vec<u8> {
        declared(label).chars().map(|c| if c == '€' { euro } else { u8::try_from(u32::from(c)).unwrap() }).collect()
    };
    let mark = |bytes: Vec<u8>| [b"\xef\xbb\xbf".to_vec(), bytes].concat();
    let mut inputs = vec![
        declared("UTF-8").into_bytes(),
        declared("utf-8").into_bytes(),
        mark(declared("UTF-8").into_bytes()),
        single("ISO-8859-15", 0xa4),
        single("windows-1252", 0x80),
        // whatever declares ISO-8859-1 is read as its superset Windows-1252
        single("ISO-8859-1", 0x80),
    ];
    for (label, order) in [("UTF-16", true), ("UTF-16LE", true), ("UTF-16", false), ("UTF-16BE", false)] {
        let bytes = if order { u16::to_le_bytes } else { u16::to_be_bytes };
        inputs.extend([true, false].map(|mark| utf16(&declared(label), mark, bytes)));
    }
    for input in inputs {
        let read = parts(&input).unwrap();
        let camt::Part::StatementStart(head) = &read[0] else { panic!("no statement") };
        assert_eq!(head.id.as_deref(), Some("Müß€"), "{}", String::from_utf8_lossy(&input));
    }
}

#[test]
fn encodings_that_are_not_the_declared_ones() {
    let differs =
        |declared: &str, actual: &str| format!("line 1: the file declares {declared} but is written in {actual}");
    let bytes = |at: &str, encoding: &str| {
        format!("line {at}: the bytes are not {encoding}; the file is damaged or declares a wrong encoding")
    };
    let latin = |text: &str| text.chars().map(|c| c as u8).collect::<Vec<_>>();
    let table: Vec<(Vec<u8>, String)> = vec![
        (latin("<D>\n\n<E>Müller</E></D>"), bytes("3, D/E", "UTF-8")),
        (latin(&declared("UTF-8").replace('€', "")), bytes("1, Stmt/Id", "UTF-8")),
        (latin(&format!("<D>{}ü</D>", "x".repeat(300))), bytes("1, column 304, D", "UTF-8")),
        (b"<?xml version='1.0' encoding='UTF-16'?><D/>".to_vec(), differs("UTF-16", "UTF-8")),
        (b"<?xml version='1.0' encoding='UTF-16LE'?><D/>".to_vec(), differs("UTF-16LE", "UTF-8")),
        (utf16(&declared("UTF-8"), true, u16::to_le_bytes), differs("UTF-8", "UTF-16LE")),
        (utf16(&declared("UTF-8"), false, u16::to_be_bytes), differs("UTF-8", "UTF-16BE")),
        (utf16(&declared("ISO-8859-1"), true, u16::to_be_bytes), differs("ISO-8859-1", "UTF-16BE")),
        (b"\xef\xbb\xbf<?xml version='1.0' encoding='ISO-8859-1'?><D/>".to_vec(), differs("ISO-8859-1", "UTF-8")),
        (
            b"<?xml version='1.0' encoding='EBCDIC'?><D/>".to_vec(),
            "line 1: the encoding EBCDIC is not supported".to_owned(),
        ),
        (b"\xff\xfe<\0D\0>\0\0\xd8x\0".to_vec(), bytes("1, D", "UTF-16LE")),
        (b"\xff\xfe<\0D\0>\0<".to_vec(), bytes("1, D", "UTF-16LE")),
    ];
    for (input, expected) in table {
        check(&input, &expected);
    }
}

#[test]
fn no_statement() {
    check("", "line 1: the file holds no statement");
    check("<html/>", "line 1: the file holds no statement (found html)");
    check(
        "<Document><CstmrPmtStsRpt><GrpHdr/></CstmrPmtStsRpt></Document>",
        "line 1: the file holds no statement (found Document/CstmrPmtStsRpt)",
    );
    check(
        "<Document><BkToCstmrStmt><GrpHdr/></BkToCstmrStmt></Document>",
        "line 1: the file holds no statement (found Document/BkToCstmrStmt)",
    );
}

#[test]
fn limits() {
    let refused = |input: &str, limits: Limits| {
        let mut reader = StatementReader::new(input.as_bytes(), &limits);
        let error = loop {
            if let Some(error) = reader.next_part().err() {
                break error.to_string();
            }
        };
        assert_eq!(reader.next_part().unwrap(), None, "nothing comes after an error");
        error
    };
    let limits = Limits { depth: 3, text: 20, ..Limits::default() };
    assert_eq!(
        refused("<a><b>\n<c><d/></c></b></a>", limits),
        "line 2, a/b/c: elements are nested deeper than the limit of 3"
    );
    let long = "line 1, a: a text is longer than the limit of 20 bytes";
    assert_eq!(refused(&format!("<a>{}</a>", "x".repeat(21)), limits), long);
    assert_eq!(refused(&format!("<a>{}&amp;{}</a>", "x".repeat(15), "x".repeat(15)), limits), long);
    assert_eq!(refused(&format!("<a><!--{}--></a>", "x".repeat(21)), limits), long);
    assert_eq!(refused(&format!("<a><b c='{}'/></a>", "x".repeat(21)), limits), long);
    let limits = Limits { text: 700, ..limits };
    let limits = Limits { depth: 20, ..limits };
    let many = |content: &str| {
        let detail = format!("<Ntry><NtryDtls><TxDtls><RmtInf>{content}</RmtInf></TxDtls></NtryDtls></Ntry>");
        format!("<D><BkToCstmrStmt><Stmt>{detail}</Stmt></BkToCstmrStmt></D>")
    };
    assert_eq!(
        refused(&many(&"<Ustrd>1234567890</Ustrd>".repeat(17)), limits),
        "line 1, column 464, Stmt/Ntry/NtryDtls/TxDtls/RmtInf/Ustrd: the values of one element exceed the limit of 700 bytes"
    );
    assert!(parts(many(&"<Ustrd>1234567890</Ustrd>".repeat(16)).as_bytes()).is_ok());
}
