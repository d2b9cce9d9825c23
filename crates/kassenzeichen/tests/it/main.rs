//! What people write, and what is found in it.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod aliases;
mod laws;
mod table;

use kassenzeichen::{Directory, Findings, Scheme, Slip, Spelling};

/// The numbering schemes of the tests: their references are called a, b, p, m, n, k and a number.
fn schemes() -> Vec<Scheme> {
    [
        ("a", "5.0100.######.C", "luhn"),
        ("b", "07/#####-C", "iso7064-mod11-10"),
        ("p", "P######", "none"),
        ("m", "88.######.CC", "iso7064-mod97-10"),
        ("n", "1###/####-C", "mod11"),
        ("k", "KP######", "none"),
    ]
    .map(|(name, mask, check)| Scheme::new(name, mask, check.parse().unwrap()).unwrap())
    .to_vec()
}

/// The known references with their short names; x1 to x7 fit no scheme.
const KNOWN: [(&str, &str); 23] = [
    ("a1", "5.0100.123456.3"),
    ("a2", "5.0100.001234.1"),
    ("a3", "5.0100.123457.1"),
    ("a4", "5.0100.700000.0"),
    ("b1", "07/11202-2"),
    ("b2", "07/00123-8"),
    ("b3", "07/20231-6"),
    ("p1", "P123456"),
    ("p2", "P123457"),
    ("p3", "P000815"),
    ("p4", "P100200"),
    ("m1", "88.123456.29"),
    ("m2", "88.000077.14"),
    ("n1", "1471/1200-9"),
    ("n2", "1002/0030-9"),
    ("x1", "2100.0004711"),
    ("x2", "FAD 100100-200-1"),
    ("x3", "01 0123456789 02 000"),
    ("x4", "4711"),
    ("x5", "12"),
    ("x6", "23-17"),
    ("x7", "231-7"),
    ("k1", "KP477951"),
];

fn directory() -> Directory {
    Directory::new(&schemes(), KNOWN.map(|(_, printed)| printed))
}

fn word(spelling: Spelling) -> &'static str {
    match spelling {
        Spelling::Exact => "exact",
        Spelling::LostZeros => "zeros",
        Spelling::LookAlike => "look-alike",
        Spelling::Partial => "partial",
        Spelling::Near(Slip::Changed) => "changed",
        Spelling::Near(Slip::Swapped) => "swapped",
        Spelling::Near(Slip::Lost) => "lost",
        Spelling::Near(Slip::Added) => "added",
    }
}

/// Findings as a line of text, with the field where it is not the remittance and what was written on demand.
fn shown(findings: &Findings) -> String {
    let found = findings.found.iter().map(|found| {
        let name = KNOWN[usize::try_from(found.reference).unwrap()].0;
        format!("{name} {}", word(found.spelling))
    });
    let unknown = findings.unknown.iter().map(|unknown| format!("nobody's {}", schemes()[unknown.scheme].name()));
    found.chain(unknown).collect::<Vec<_>>().join(", ")
}
