//! Lists, from bytes to rows and complaints.

use super::*;

const HEADER: &str = "kassenzeichen;posten;art;faellig;betrag;schuldner;anschrift;mandat\n";

fn today() -> Date {
    "2024-03-11".parse().unwrap()
}

fn list(text: &str) -> Result<List, String> {
    read(text.as_bytes(), &Headers::default(), today())
}

/// Every row's Kassenzeichen and debtor, or what is wrong.
fn rows(text: &str, headers: &Headers) -> Result<Vec<String>, String> {
    let list = read(text.as_bytes(), headers, today())?;
    let told =
        |row: &Row| format!("{}: {} {}", row.line(), list.text(row, "kassenzeichen"), list.text(row, "schuldner"));
    list.each(|row| Ok(told(row)))
}

#[track_caller]
fn check(text: &str, expected: &str) {
    assert_eq!(rows(text, &Headers::default()).unwrap_err(), expected);
}

#[test]
fn a_wrong_list_is_refused_with_line_and_column() {
    check(
        "a;b\n1;2\n",
        "line 1: the header \"a;b\" is none of kassenzeichen;posten;art;faellig;betrag;schuldner;anschrift;mandat (open items), mandat;kassenzeichen;inhaber;iban;bic;unterschrieben;status (mandates), altes_kassenzeichen;kassenzeichen (old references)",
    );
    check(
        "kassenzeichen;posten;betrag\n1;2;3\n",
        "line 1: the header of a list of open items lacks art, faellig, schuldner, anschrift, mandat",
    );
    check(&format!("{HEADER}1;2;3\n"), "line 2: has 3 cells, the header has 8");
    check(HEADER, "line 1: the list has a header and no row");
}

#[test]
fn all_faulty_lines_are_told_up_to_fifty() {
    let good = "K1;1;S;15.02.24;1,00;Ute;;\n";
    check(
        &format!("{HEADER}{good}1;2;3\n{good}1;\"Ute\" Adler;3\n"),
        "line 3: has 3 cells, the header has 8\nline 5: text stands behind the quotation mark that closes a field; a mark inside of a field is written twice",
    );
    let read = list(&format!("{HEADER}{}", "K1;1;S;x;1,00;Ute;;\n".repeat(60))).unwrap();
    let why = read.each(|row| read.due_day(row, "faellig")).unwrap_err();
    let lines: Vec<&str> = why.lines().collect();
    assert_eq!(
        (lines.len(), lines[49], lines[50]),
        (51, "line 51, faellig: \"x\" is not a date (DD.MM.YYYY or YYYY-MM-DD)", "10 more lines are faulty")
    );
}

#[test]
fn columns_come_in_any_order_and_under_other_names() {
    let renamed = Headers::new([("kassenzeichen".to_owned(), vec!["Vertragsgegenstand".to_owned()])]);
    let text = "Betrag,Posten,Art,Fällig,Vertragsgegenstand,Schuldner,Anschrift,Mandat,Bemerkung\n\"1.234,50\",2023-4,S,15.11.23,K1,Müller,,,x\n";
    let (latin1, _, _) = encoding_rs::WINDOWS_1252.encode(text);
    let list = read(&latin1, &renamed, today()).unwrap();
    let row = &list.rows[0];
    assert_eq!(list.kind, ListKind::OpenItems);
    assert_eq!(
        (list.text(row, "kassenzeichen"), list.amount(row, "betrag"), list.text(row, "schuldner")),
        ("K1", Ok(123_450), "Müller")
    );
    assert_eq!(list.warnings, ["the column \"bemerkung\" is not known and was ignored"]);
}

#[test]
fn an_address_comes_in_several_columns() {
    let headers = Headers::new([("anschrift".to_owned(), ["Straße", "PLZ", "Ort"].map(str::to_owned).to_vec())]);
    let text = "kassenzeichen;posten;art;faellig;betrag;schuldner;Strasse;PLZ;Ort;mandat\nK1;1;S;15.02.24;1,00;Ute;Weg 5;59999;Ort;M1\n";
    let list = read(text.as_bytes(), &headers, today()).unwrap();
    assert_eq!((list.text(&list.rows[0], "anschrift"), list.text(&list.rows[0], "mandat")), ("Weg 5, 59999 Ort", "M1"));
    let lacking = text.replace(";PLZ;", ";Postfach;");
    assert_eq!(
        read(lacking.as_bytes(), &headers, today()).unwrap_err(),
        "line 1, anschrift: it is made of strasse, plz, ort, and not all of them are there"
    );
    // whose list has the column itself needs no others
    assert!(read(format!("{HEADER}K1;1;S;15.02.24;1,00;Ute;Weg 5;\n").as_bytes(), &headers, today()).is_ok());
}

#[test]
fn titles_blank_lines_and_sums_are_skipped_and_named() {
    let text = format!(
        "sep=;\nOffene Posten;Stand 11.03.2024\n\n{HEADER}K1;1;S;15.02.24;1,00;Ute;;\n;;;;;;;\nZwischensumme;;;;1,00;;;\nK2;1;S;15.02.24;2,00;Kai;;\n--------\n;;;;3,00;;;\nAnzahl: 2\n2 Datensätze\n"
    );
    assert_eq!(rows(&text, &Headers::default()).unwrap(), ["5: K1 Ute", "8: K2 Kai"]);
    let warnings = list(&text).unwrap().warnings;
    let lines: Vec<&str> = warnings.iter().map(|warning| warning.split(" is").next().unwrap()).collect();
    assert_eq!(lines, ["line 2", "line 7", "line 9", "line 10", "line 11", "line 12"]);
}

#[test]
fn what_could_be_a_row_is_never_skipped() {
    for broken in ["K2;1", ";2024-1;S;15.02.24;2,00;Kai;;", "Summe;;;;2,00;Kai;;x", "K2"] {
        let read = list(&format!("{HEADER}K1;1;S;15.02.24;1,00;Ute;;\n{broken}\n")).unwrap();
        let rows = read.each(|row| read.reference(row, "kassenzeichen").map(str::to_owned));
        assert!(rows.is_err() || rows.unwrap().len() == 2, "{broken}");
    }
}

#[test]
fn what_a_spreadsheet_made_of_a_number_is_refused() {
    for (text, is) in [
        ("4,711E+10", true),
        ("4.711E10", true),
        ("5E+10", true),
        ("12E45", false),
        ("5.0100.123456.6", false),
        ("E+10", false),
        ("47,11E+10", false),
    ] {
        assert_eq!(is_rounded(text), is, "{text}");
    }
}

#[test]
fn no_amount_is_beyond_what_a_debit_takes() {
    for (text, fits) in [
        ("999.999.999,99", true),
        ("-999999999,99", true),
        ("1.000.000.000,00", false),
        ("90.000.000.000.000.000,00", false),
    ] {
        let read = list(&format!("{HEADER}K1;1;S;15.02.24;{text};Ute;;\n")).unwrap();
        assert_eq!(read.signed_amount(&read.rows[0], "betrag").is_ok(), fits, "{text}");
    }
}
