//! `einmal guard`: which doubts hold a debit and which do not, and what of a file is changed.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::guard::{DEBITS, ids, old_system, text, town, validate};
use crate::people::of;
use crate::town::Town;

/// What a check of the town's file says.
fn guarded(town: &Town) -> Value {
    let done = town.run("--format json guard alt.xml --statements auszug --out neu.xml");
    assert_eq!(done.code, 3, "{done:#?}");
    serde_json::from_str(&done.out).unwrap()
}

/// The fate of somebody's debit, by the short name in its mandate.
fn fate<'s>(said: &'s Value, who: &str) -> &'s str {
    let mandate = format!("M-{}", who.to_uppercase());
    let debits = said["debits"].as_array().unwrap().iter();
    debits.filter(|row| row["mandate"] == mandate).map(|row| row["fate"].as_str().unwrap()).next().unwrap()
}

/// The bank's references of the residual risk.
fn residual(said: &Value) -> Vec<&str> {
    said["residual"].as_array().unwrap().iter().map(|row| row["payment"]["reference"].as_str().unwrap()).collect()
}

/// From the mandates' own accounts just what is owed: for the theatre, for the school's meals, and in words that tell nothing.
const OF_OTHER_THINGS: &str = "
    201 2023-10-27 2024-03-08 1000.00
    2024-02-15 +100.00 mueller | 5.0100.118204.4 Abgaben | ref=R-MUELLER
    2024-02-20 +322.40 weber | Theaterabo Reihe 5 | ref=R-THEATER
    2024-02-21 +433.50 lange | Essensgeld 11/2023 Paul | ref=R-ESSEN
    2024-03-08 +544.60 koenig | wie telefonisch besprochen | ref=R-KOENIG";

#[test]
fn other_money_of_just_the_amount_is_residual_risk_and_holds_no_debit() {
    let town = town(OF_OTHER_THINGS);
    let said = guarded(&town);
    for (who, expected) in [("weber", "kept"), ("lange", "kept"), ("koenig", "held"), ("mueller", "removed")] {
        assert_eq!(fate(&said, who), expected, "{who}: {said:#}");
    }
    let named = residual(&said);
    assert!(named.contains(&"R-THEATER") && named.contains(&"R-ESSEN"), "{named:?}");
    let sheet = text(&town, "neu.txt");
    assert!(sheet.contains("Theaterabo"), "{sheet}");
}

#[test]
fn what_is_paid_under_the_files_numbers_is_no_other_money() {
    let statement = OF_OTHER_THINGS.replace("5.0100.118204.4 Abgaben", "5.0100.118204.4 Essensgeld 10/2023");
    let said = guarded(&town(&statement));
    assert_eq!(fate(&said, "lange"), "held", "the town collects for meals by this file: {said:#}");
    assert_eq!(fate(&said, "weber"), "kept");
}

/// A stranger pays just what one debit takes, in a word that the file's texts do not have.
const OF_A_TAX: &str = "
    201 2023-10-27 2024-03-08 1000.00
    2024-02-15 +100.00 mueller | 5.0100.118204.4 Zweitwohnungssteuer | ref=R-MUELLER
    2024-02-16 +211.30 schulz | 5.0100.230517.2 Zweitwohnungssteuer I/24 | ref=R-SCHULZ
    2024-03-08 +433.50 Xaver Quandt DE38416500010000000103 | Zweitwohnungssteuer | ref=R-QUANDT";

#[test]
fn what_payers_call_their_money_under_the_files_numbers_is_a_levy_of_the_file() {
    let said = guarded(&town(OF_A_TAX));
    assert_eq!(fate(&said, "lange"), "held", "nobody else owes so much: {said:#}");
    // where nobody pays it under a number of the file, it is other money
    let said = guarded(&town(&OF_A_TAX.replacen("Zweitwohnungssteuer", "Abgaben", 2)));
    assert_eq!(fate(&said, "lange"), "kept", "{said:#}");
}

#[test]
fn what_went_back_by_its_amount_alone_is_in_the_residual_risk() {
    let statement = "
        201 2023-10-27 2024-03-08 1000.00
        2024-02-15 +100.00 mueller | 5.0100.118204.4 Abgaben | ref=R-MUELLER
        2024-02-16 +211.30 schulz | 5.0100.230517.2 Abgaben | ref=R-SCHULZ
        2024-03-08 -211.30 schulz | Rueckueberweisung Pacht | ref=R-BACK code=PMNT/ICDT/RRTN return=AC04";
    let said = guarded(&town(statement));
    assert_eq!(fate(&said, "schulz"), "kept", "{said:#}");
    assert!(residual(&said).contains(&"R-SCHULZ"), "{said:#}");
    // a return that repeats the payer's text is this one's
    let named = statement.replace("Rueckueberweisung Pacht", "Rueckueberweisung 5.0100.230517.2 Abgaben");
    let said = guarded(&town(&named));
    assert!(!residual(&said).contains(&"R-SCHULZ"), "{said:#}");
}

#[test]
fn a_street_or_a_name_is_no_other_money() {
    let statement = OF_OTHER_THINGS
        .replace("Theaterabo Reihe 5", "Theaterplatz 5")
        .replace("Essensgeld 11/2023 Paul", "Am Freibad 12");
    let said = guarded(&town(&statement));
    assert_eq!((fate(&said, "weber"), fate(&said, "lange")), ("held", "held"), "{said:#}");
}

#[test]
fn what_may_have_been_given_back_is_held_and_not_told_as_paid() {
    let town = town(
        "
        201 2023-10-27 2024-03-08 1000.00
        2024-02-15 +100.00 mueller | 5.0100.118204.4 Abgaben | ref=R-MUELLER
        2024-02-16 +211.30 schulz | 5.0100.230517.2 | ref=R-SCHULZ
        2024-03-08 -211.30 schulz | Rueckzahlung Ihrer Ueberweisung vom 16.02.2024 KZ 5.0100.230517.2, wird abgebucht | ref=R-BACK",
    );
    let said = guarded(&town);
    assert_eq!(fate(&said, "schulz"), "held", "{said:#}");
    assert_eq!(fate(&said, "mueller"), "removed");
    assert_eq!(ids(&text(&town, "neu.held.xml")), ["schulz"]);
}

#[test]
fn the_end_of_a_number_that_could_be_a_year_and_a_slip_with_nearly_the_amount_hold() {
    let town = town(
        "
        201 2023-10-27 2024-03-08 1000.00
        2024-02-15 +100.00 mueller | 5.0100.118204.4 Abgaben | ref=R-MUELLER
        2024-02-16 +769.87 Immobilien Westend KG DE67416500010000000099 | 501002252002/2036 | ref=R-LISTE
        2024-03-08 +430.00 Xaver Quandt DE38416500010000000103 | Kassenzeichen 5.0106.451739.4 | ref=R-QUANDT",
    );
    town.write("alt.xml", old_system(DEBITS).replace(of("weber").kassenzeichen, "5.0100.225203.6"));
    let said = guarded(&town);
    assert_eq!((fate(&said, "weber"), fate(&said, "lange")), ("held", "held"), "{said:#}");
    assert_eq!((fate(&said, "koenig"), fate(&said, "brandt")), ("kept", "kept"));
}

#[test]
fn a_file_of_an_old_version_is_written_in_the_one_that_banks_take() {
    let town = town(OF_OTHER_THINGS);
    let agent = "<FinInstnId><Othr><Id>NOTPROVIDED</Id></Othr></FinInstnId>";
    let old = old_system(DEBITS)
        .replace("pain.008.001.08", "pain.008.001.02")
        .replace("<Cd>CORE</Cd>", "<Cd>COR1</Cd>")
        .replacen(agent, "<FinInstnId><BIC>MARKDEF1100</BIC></FinInstnId>", 2);
    town.write("alt.xml", old);
    let done = town.run("guard alt.xml --statements auszug --out neu.xml --version 08");
    assert_eq!(done.code, 3, "{done:#?}");
    for name in ["neu.xml", "neu.held.xml"] {
        let written = text(&town, name);
        assert!(
            written.contains("pain.008.001.08") && !written.contains("<BIC>") && !written.contains("COR1"),
            "{written}"
        );
        validate(&town, &written);
    }
}

/// Every element that says something, with its path, attributes and text; blanks between elements say nothing. Beside it the
/// debit that it is of, by its end-to-end id.
fn said_by(xml: &str) -> Vec<(Option<String>, String, String)> {
    let mut path: Vec<String> = Vec::new();
    let (mut said, mut of_debit): (Vec<(Option<String>, String, String)>, usize) = (Vec::new(), 0);
    for piece in xml.split('<').skip(1) {
        let (tag, rest) = piece.split_once('>').unwrap();
        if tag.starts_with('?') {
            continue;
        }
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(path.pop().as_deref(), Some(name));
            if name == "DrctDbtTxInf" {
                let own = said.get(of_debit..).unwrap();
                let id = own.iter().find(|(_, path, _)| path.ends_with("/EndToEndId")).map(|(_, _, id)| id.clone());
                said.iter_mut().skip(of_debit).for_each(|row| row.0.clone_from(&id));
            }
            continue;
        }
        let (name, attributes) = tag.split_once(' ').unwrap_or((tag, ""));
        if name == "DrctDbtTxInf" {
            of_debit = said.len();
        }
        path.push(name.to_owned());
        said.push((None, path.join("/"), format!("{attributes}{}", rest.trim())));
    }
    said
}

#[test]
fn a_cleaned_file_differs_only_where_it_must() {
    let town = town(OF_OTHER_THINGS);
    guarded(&town);
    let (before, after) = (said_by(&text(&town, "alt.xml")), said_by(&text(&town, "neu.xml")));
    let kept: BTreeSet<&String> = after.iter().filter_map(|(debit, ..)| debit.as_ref()).collect();
    assert_eq!(kept.len(), 6, "mueller is paid, koenig is held");
    let left: Vec<_> =
        before.iter().filter(|(debit, ..)| debit.as_ref().is_none_or(|debit| kept.contains(debit))).collect();
    assert_eq!(left.len(), after.len());
    let changed: Vec<&str> =
        left.iter().zip(&after).filter(|(one, other)| **one != *other).map(|(_, other)| other.1.as_str()).collect();
    let (head, batch) = ("Document/CstmrDrctDbtInitn/GrpHdr/", "Document/CstmrDrctDbtInitn/PmtInf/");
    let expected = [(head, "MsgId"), (head, "CreDtTm"), (head, "NbOfTxs"), (head, "CtrlSum")];
    let expected = expected.into_iter().chain([(batch, "PmtInfId"), (batch, "NbOfTxs"), (batch, "CtrlSum")]);
    assert_eq!(changed, expected.map(|(path, name)| format!("{path}{name}")).collect::<Vec<_>>());
}
