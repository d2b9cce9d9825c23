//! Files on disk: plain, in ZIP, in ZIPs in ZIPs.

use std::io::{Cursor, Write};
use std::ops::ControlFlow;
use std::path::Path;

use camt::{FileKind, Limits, Part, looks_like, read_path};
use zip::write::SimpleFileOptions;

/// A statement that tells itself from others by its id.
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

/// What is read of a file of this content: a line per statement, members left out, and the error.
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
fn refused() {
    let whole = zip(&[("a.xml", statement("A"))]);
    check(b"", &["datei: is neither XML nor ZIP nor MT940"]);
    check(b"%PDF-1.7", &["datei: is neither XML nor ZIP nor MT940"]);
    check(b"PK\x03\x04 kein ZIP", &["datei: is not a readable ZIP: invalid Zip archive: Could not find EOCD"]);
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
    check(&nested, flat, "datei/b.zip: ZIPs are nested deeper than the limit of 0");
    check(&nested, Limits { zip_members: 1, ..limits }, "datei/b.zip: the ZIP holds more than 1 files");
    check(&bomb, limits, "datei/a.xml: the ZIP unpacks to more than 250 times its size");
    let large = Limits { ratio: 10_000, unpacked_bytes: 2 << 20, ..limits };
    check(&bomb, large, "datei/a.xml: the ZIP unpacks to more than 2097152 bytes");
    check(&bomb, Limits { ratio: 10_000, ..limits }, "datei/a.xml: line 1: the file holds no statement (found a)");
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
    let table: [(&[u8], Option<FileKind>); 11] = [
        (b"PK\x03\x04", Some(FileKind::Zip)),
        (b"PK\x05\x06", Some(FileKind::Zip)),
        (b"PKW", None),
        (b"\n <a", Some(FileKind::Xml)),
        (b"\xef\xbb\xbf<a", Some(FileKind::Xml)),
        (b"\xff\xfe<\0", Some(FileKind::Xml)),
        (b"\0<\0?", Some(FileKind::Xml)),
        (b":20:X", Some(FileKind::Mt940)),
        (b"\x01\r\n:20:X", Some(FileKind::Mt940)),
        (b"{1:F01", Some(FileKind::Mt940)),
        (b"", None),
    ];
    for (prefix, expected) in table {
        assert_eq!(looks_like(prefix), expected, "{prefix:?}");
    }
}
