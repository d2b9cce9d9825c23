//! Files on disk: plain, in ZIP, in ZIPs in ZIPs.

use std::io::{Cursor, Write};
use std::ops::ControlFlow;
use std::path::Path;

use camt::{FileKind, Limits, Part, looks_like, read_path};
use zip::write::SimpleFileOptions;

/// A statement that can be told from others by its id.
fn statement(id: &str) -> Vec<u8> {
    format!("<D><BkToCstmrStmt><Stmt><Id>{id}</Id></Stmt></BkToCstmrStmt></D>").into_bytes()
}

fn zip(members: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let mut out = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in members {
        out.start_file(*name, SimpleFileOptions::default()).unwrap();
        out.write_all(content).unwrap();
    }
    out.finish().unwrap().into_inner()
}

/// What is read of a file with this content: a line for each statement, the members left out, and the error.
fn read(content: &[u8], limits: &Limits) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("datei");
    std::fs::write(&path, content).unwrap();
    let mut out = Vec::new();
    let done = read_path(&path, limits, &mut |name, part| {
        if let Part::StatementStart(head) = part {
            out.push(format!("{name}: {}", head.id.unwrap()));
        }
        ControlFlow::Continue(())
    });
    match done {
        Ok(left_out) => out.extend(left_out.iter().map(|name| format!("{name} left out"))),
        Err(error) => out.push(error.to_string()),
    }
    out.join("\n").replace(&format!("{}", path.display()), "datei")
}

fn check(content: &[u8], expected: &[&str]) {
    assert_eq!(read(content, &Limits::default()), expected.join("\n"));
}

#[test]
fn members_by_name() {
    let inner = zip(&[("2.xml", statement("C")), ("1.xml", statement("B"))]);
    check(&statement("A"), &["datei: A"]);
    check(b":20:A\r\n", &["datei: A"]);
    check(
        &zip(&[
            ("z.xml", statement("D")),
            ("b.zip", inner),
            ("__MACOSX/a.xml", statement("X")),
            (".x.xml", statement("X")),
            ("LIESMICH.txt", b"Hallo".to_vec()),
            ("a.xml", statement("A")),
        ]),
        &[
            "datei/a.xml: A",
            "datei/b.zip/1.xml: B",
            "datei/b.zip/2.xml: C",
            "datei/z.xml: D",
            "datei/.x.xml left out",
            "datei/LIESMICH.txt left out",
            "datei/__MACOSX/a.xml left out",
        ],
    );
}

#[test]
fn other_messages_in_a_zip() {
    let status = b"<Document><CstmrPmtStsRpt/></Document>".to_vec();
    let empty = b"<Document><BkToCstmrStmt><GrpHdr/></BkToCstmrStmt></Document>".to_vec();
    let inner = zip(&[("pain.xml", status.clone()), ("b.xml", statement("B"))]);
    check(
        &zip(&[
            ("z.txt", b"Hallo".to_vec()),
            ("leer.xml", empty.clone()),
            ("i.zip", inner),
            ("a.xml", statement("A")),
            ("pain.xml", status.clone()),
        ]),
        &[
            "datei/a.xml: A",
            "datei/i.zip/b.xml: B",
            "datei/i.zip/pain.xml left out",
            "datei/leer.xml left out",
            "datei/pain.xml left out",
            "datei/z.txt left out",
        ],
    );
    check(
        &zip(&[("pain.xml", status.clone()), ("z.txt", b"Hallo".to_vec()), ("leer.xml", empty)]),
        &[
            "datei: the ZIP holds no statement, only leer.xml (Document/BkToCstmrStmt), pain.xml (Document/CstmrPmtStsRpt), z.txt",
        ],
    );
    check(&status, &["datei: line 1: the file holds no statement (found Document/CstmrPmtStsRpt)"]);
    // A file that is not well-formed may have been a statement.
    check(
        &zip(&[("a.xml", statement("A")), ("b.xml", b"<Document><CstmrPmt".to_vec())]),
        &[
            "datei/a.xml: A",
            "datei/b.xml: line 1, Document: not well-formed: tag not closed: `>` not found before end of input",
        ],
    );
    let many: Vec<(String, Vec<u8>)> = (10..22).map(|number| (format!("{number}.txt"), vec![b'x'])).collect();
    let many: Vec<(&str, Vec<u8>)> = many.iter().map(|(name, content)| (name.as_str(), content.clone())).collect();
    let names: Vec<String> = (10..20).map(|number| format!("{number}.txt")).collect();
    check(&zip(&many), &[&format!("datei: the ZIP holds no statement, only {} and 2 more", names.join(", "))]);
}

#[test]
fn refused() {
    let whole = zip(&[("a.xml", statement("A"))]);
    check(b"", &["datei: is neither XML nor ZIP nor MT940"]);
    check(b"%PDF-1.7", &["datei: is neither XML nor ZIP nor MT940"]);
    check(b"PK\x03\x04 kein ZIP", &["datei: is not a readable ZIP: it is damaged or was cut off: get it anew"]);
    check(&zip(&[]), &["datei: the ZIP holds no file"]);
    check(
        &zip(&[("a.xml", b"<a>\n</b>".to_vec())]),
        &["datei/a.xml: line 2, a: not well-formed: expected `</a>`, but `</b>` was found"],
    );
    let mut damaged = zip(&[("a.xml", statement(&"A".repeat(40)))]);
    damaged[60] ^= 0x55;
    assert!(read(&damaged, &Limits::default()).starts_with("datei/a.xml: "), "{}", read(&damaged, &Limits::default()));
    assert!(read(&whole[..whole.len() - 10], &Limits::default()).starts_with("datei: is not a readable ZIP: "));
    let error = read_path(Path::new("gibt/es/nicht"), &Limits::default(), &mut |_, _| ControlFlow::Continue(()));
    assert!(error.unwrap_err().to_string().starts_with("gibt/es/nicht: cannot be read: "));
}

#[test]
fn limits() {
    let inner = zip(&[("1.xml", statement("B"))]);
    let nested = zip(&[("b.zip", inner)]);
    let bomb = zip(&[("a.xml", format!("<a>{}</a>", " ".repeat(3 << 20)).into_bytes())]);
    let limits = Limits { text: 8 << 20, ..Limits::default() };
    let flat = Limits { zip_nesting: 0, ..limits };
    let check = |content: &[u8], limits: Limits, expected: &str| assert_eq!(read(content, &limits), expected);
    let deep = (0..4).fold(statement("A"), |content, _| zip(&[("m", content)]));
    check(&deep, limits, "datei/m/m/m/m: A");
    check(&zip(&[("m", deep)]), limits, "datei/m/m/m/m: ZIPs are nested deeper than the limit of 3");
    check(&nested, flat, "datei/b.zip: ZIPs are nested deeper than the limit of 0");
    check(&nested, Limits { zip_members: 1, ..limits }, "datei/b.zip: the ZIP holds more files than the limit of 1");
    check(&bomb, limits, "datei/a.xml: the ZIP unpacks to more than the limit of 250 times its size");
    let large = Limits { ratio: 10_000, unpacked_bytes: 2 << 20, ..limits };
    check(&bomb, large, "datei/a.xml: the ZIP unpacks to more than the limit of 2097152 bytes");
    check(&bomb, Limits { ratio: 10_000, ..limits }, "datei: the ZIP holds no statement, only a.xml (a)");
}

#[test]
fn a_break_ends_the_reading() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.zip");
    std::fs::write(&path, zip(&[("a.xml", statement("A")), ("b.xml", b"<a>".to_vec())])).unwrap();
    let mut parts = 0;
    let done = read_path(&path, &Limits::default(), &mut |_, _| {
        parts += 1;
        ControlFlow::Break(())
    });
    assert_eq!((done.unwrap(), parts), (vec![], 1));
}

#[test]
fn kinds() {
    let table: [(&[u8], Option<FileKind>); 12] = [
        (b"PK\x03\x04", Some(FileKind::Zip)),
        (b"PK\x05\x06", Some(FileKind::Zip)),
        (b"PKW", None),
        (b"\n <a", Some(FileKind::Xml)),
        (b"\xef\xbb\xbf<a", Some(FileKind::Xml)),
        (b"\xff\xfe<\0", Some(FileKind::Xml)),
        (b"\0<\0?", Some(FileKind::Xml)),
        (b":20:X", Some(FileKind::Mt940)),
        (b"@@:20:X@@:25:", Some(FileKind::Mt940)),
        (b"\x01\r\n:20:X", Some(FileKind::Mt940)),
        (b"{1:F01", Some(FileKind::Mt940)),
        (b"", None),
    ];
    for (prefix, expected) in table {
        assert_eq!(looks_like(prefix), expected, "{prefix:?}");
    }
}
