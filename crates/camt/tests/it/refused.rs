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
fn encodings() {
    let table: [(&[u8], &str); 4] = [
        (
            b"<D>\n\n<E>M\xfcller</E></D>",
            "line 3, D/E: the bytes are not UTF-8; the file is damaged or declares a wrong encoding",
        ),
        (b"<?xml version='1.0' encoding='UTF-16'?><D/>", "line 1: the file declares UTF-16 but is written in UTF-8"),
        (
            b"\xef\xbb\xbf<?xml version='1.0' encoding='ISO-8859-1'?><D/>",
            "line 1: the file declares ISO-8859-1 but is written in UTF-8",
        ),
        (b"<?xml version='1.0' encoding='EBCDIC'?><D/>", "line 1: the encoding EBCDIC is not supported"),
    ];
    for (input, expected) in table {
        check(input, expected);
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
        "line 1, Stmt/Ntry/NtryDtls/TxDtls/RmtInf/Ustrd: the values of one element exceed the limit of 700 bytes"
    );
    assert!(parts(many(&"<Ustrd>1234567890</Ustrd>".repeat(16)).as_bytes()).is_ok());
}
