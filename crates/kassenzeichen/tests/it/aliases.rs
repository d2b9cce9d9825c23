//! Old references that lead to new ones.

use kassenzeichen::{Directory, Message, RefId, Spelling};

use crate::{KNOWN, schemes};

fn directory() -> Directory {
    let aliases = [
        ("11-4711-22", "5.0100.123456.3"),
        ("ALT 99", "501001234563"),
        ("P123457", "P123456"),
        ("77123456", "nobody's"),
        ("5010 0123 4563", "5.0100.123456.3"),
        ("100200-7", "2-31-7"),
    ];
    Directory::new(&schemes(), KNOWN.map(|(_, printed)| printed)).with_aliases(aliases)
}

/// Short names, `<` behind those that an old reference led to.
fn found(directory: &Directory, remittance: &str) -> String {
    let findings = directory.find(&Message { remittance, ..Message::default() });
    let exact = findings.found.iter().filter(|found| found.spelling <= Spelling::LookAlike);
    let name = |id: RefId| KNOWN[usize::try_from(id).unwrap()].0;
    exact
        .map(|found| format!("{}{}", name(found.reference), if found.is_alias { "<" } else { "" }))
        .collect::<Vec<_>>()
        .join(" ")
}

#[test]
fn old_leads_to_new() {
    let directory = directory();
    assert_eq!(directory.len(), KNOWN.len());
    for (text, wanted) in [
        ("Kassenzeichen 11-4711-22 Grundsteuer", "a1<"),
        ("11471122", "a1<"),
        ("11 4711¶22", "a1<"),
        ("alt99 fuer Haus", "a1<"),
        ("5.0100.123456.3", "a1"),
        ("P123457", "p1< p2"),
        ("P123456", "p1"),
        ("77123456", ""),
        ("100200-7", ""),
    ] {
        let text = text.replace('¶', "\n");
        let mut names: Vec<String> = found(&directory, &text).split_whitespace().map(str::to_owned).collect();
        names.sort();
        assert_eq!(names.join(" "), wanted, "{text}");
    }
}

#[test]
fn a_clerk_may_type_the_old_one() {
    let directory = directory();
    assert_eq!(directory.by_spelling("114711-22"), Some(0));
    assert_eq!(directory.by_spelling("P123457"), Some(8), "who has it now, not whose old one it is");
    assert_eq!(directory.printed(0), "5.0100.123456.3");
    assert_eq!(directory.printed(RefId::try_from(KNOWN.len()).unwrap()), "");
}

#[test]
fn more_aliases_may_come_later() {
    let directory = directory().with_aliases([("OLD-1", "5.0100.001234.1"), ("OLD-2", "11-4711-22")]);
    assert_eq!(found(&directory, "old 1, 11-4711-22, old-2"), "a2< a1< a1<");
}
