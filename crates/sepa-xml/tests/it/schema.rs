//! Validity against the schemas of ISO and of the Deutsche Kreditwirtschaft.
//!
//! The schemas may not be copied into this repository: `EINMAL_CORPUS` names a folder with `schemas/`, and `xmllint` or
//! Python's lxml validates. Without them the test prints that it did not run.

use std::path::Path;
use std::process::Command;

use sepa_xml::{write_camt053, write_pain001, write_pain008};

use crate::{file, statements, transfers};

const LXML: &str = "
import sys
from lxml import etree
etree.XMLSchema(etree.parse(sys.argv[1])).assertValid(etree.parse(sys.argv[2]))
";

/// The result of the first validator that is installed; `None` if there is none.
fn is_valid(schema: &Path, document: &Path) -> Option<(bool, String)> {
    let xmllint = Command::new("xmllint").args(["--noout", "--schema"]).arg(schema).arg(document).output();
    let output = match xmllint {
        Ok(output) => output,
        Err(_) => {
            let lxml = Command::new("python3").args(["-c", "import lxml.etree"]).output();
            lxml.ok().filter(|output| output.status.success())?;
            Command::new("python3").args(["-c", LXML]).arg(schema).arg(document).output().ok()?
        }
    };
    Some((output.status.success(), String::from_utf8_lossy(&output.stderr).into_owned()))
}

/// Both schemas of a message, ISO's and the one of the Deutsche Kreditwirtschaft.
fn both(message: &str) -> [String; 2] {
    [format!("{message}.xsd"), format!("{message}__DK-GBIC_5.xsd")]
}

/// The schemas take the file, and refuse it without this element. Returns why they could not be asked.
#[track_caller]
fn check(schemas: &[String], written: Vec<u8>, element: &str) -> Result<(), &'static str> {
    let corpus = std::env::var_os("EINMAL_CORPUS");
    let corpus = corpus.ok_or("EINMAL_CORPUS is not set, so that there are no schemas to validate against")?;
    let folder = tempfile::tempdir().unwrap();
    let good = folder.path().join("good.xml");
    std::fs::write(&good, &written).unwrap();
    let bad = folder.path().join("bad.xml");
    std::fs::write(&bad, String::from_utf8(written).unwrap().replace(element, "")).unwrap();

    for name in schemas {
        let schema = Path::new(&corpus).join("schemas").join(name);
        assert!(schema.is_file(), "no schema {}", schema.display());
        let (valid, report) = is_valid(&schema, &good).ok_or("neither xmllint nor Python's lxml is installed")?;
        assert!(valid, "{name}: {report}");
        assert_eq!(is_valid(&schema, &bad).map(|(valid, _)| valid), Some(false), "{name} must find a missing element");
    }
    Ok(())
}

#[test]
fn valid_under_both_schemas() {
    let mut written = Vec::new();
    write_pain008(&file(), &mut written).unwrap();
    if let Err(why) = check(&both("pain.008.001.08"), written, "<PmtMtd>DD</PmtMtd>") {
        println!("NOT RUN: {why}");
    }
}

#[test]
fn transfers_are_valid_under_both_schemas() {
    let written = write_pain001(&transfers::file()).unwrap();
    if let Err(why) = check(&both("pain.001.001.09"), written, "<PmtMtd>TRF</PmtMtd>") {
        println!("NOT RUN: {why}");
    }
}

#[test]
fn statements_are_valid() {
    let written = write_camt053(&statements::statement_file()).unwrap();
    let schema = ["camt.053.001.08.xsd".to_owned()];
    if let Err(why) = check(&schema, written, "<Sts><Cd>BOOK</Cd></Sts>") {
        println!("NOT RUN: {why}");
    }
}
