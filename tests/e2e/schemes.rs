//! Numbering schemes: real references held against them, and old references that lead to new ones.

use crate::bank::Statement;
use crate::town::{SETTINGS, Town};

#[test]
fn references_that_fit_no_scheme_are_named() {
    let town = Town::new();
    let list = "Name;Kassenzeichen\nMüller;5.0100.118204.4\nSchulz;5.0100.230517.3\nVogt;07/12345-6\nWer;4711\n";
    town.write("liste.csv", list);
    let done = town.run("--format json schemes check liste.csv");
    assert_eq!(done.code, 1, "{done:#?}");
    let found: serde_json::Value = serde_json::from_str(&done.out).unwrap();
    let misfits: Vec<String> = found["misfits"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| format!("{} {} {}", row["line"], row["nearest_scheme"], row["reason"]))
        .collect();
    assert_eq!(
        misfits,
        [
            r#"3 "Grundbesitzabgaben" "\"5.0100.230517.3\" ends its number with check digit 3, method luhn gives 2""#,
            r#"5 "Hundesteuer" "\"4711\" has 4 letters and digits, mask \"07/#####-#\" has 8""#
        ]
    );
    assert_eq!(found["schemes"][0]["fitting"], 1);
    let table = town.run("schemes check liste.csv").out;
    assert!(table.contains("5.0100.230517.3") && table.contains("Grundbesitzabgaben"), "{table}");
}

#[test]
fn a_list_of_lines_is_read_too_and_a_wrong_method_is_guessed() {
    let town = Town::new();
    town.write("liste.txt", "5.0100.118204.4\n\n5.0100.230517.2\n5.0100.342608.4\n5.0100.451739.4\n");
    town.run("schemes check liste.txt").ok();
    town.write("einmal.toml", SETTINGS.replace("\"luhn\"", "\"mod10-371\""));
    let done = town.run("schemes check liste.txt");
    assert_eq!(done.code, 1, "{done:#?}");
    assert!(done.out.contains("luhn"), "{done:#?}");
}

#[test]
fn every_choice_of_modulo_11_can_be_set() {
    let town = Town::new();
    let mod11 =
        "check = \"mod11\"\nweights = [2, 3, 4, 5, 6, 7]\ndirection = \"left\"\nrest0 = \"zero\"\nrest1 = \"unused\"";
    town.write("einmal.toml", SETTINGS.replace("check = \"luhn\"", mod11));
    town.write("liste.txt", "5.0100.118204.4\n");
    assert_eq!(town.run("schemes check liste.txt").code, 1);
    town.write("einmal.toml", SETTINGS.replace("check = \"luhn\"", &mod11.replace("left", "oben")));
    let done = town.run("schemes check liste.txt");
    assert!(done.err.contains("unknown direction of weights \"oben\""), "{done:#?}");
    town.write("einmal.toml", SETTINGS.replace("check = \"luhn\"", "check = \"luhn\"\nrest0 = \"unused\""));
    let done = town.run("schemes check liste.txt");
    assert!(done.err.contains("weights, direction, rest0 and rest1 belong to mod11"), "{done:#?}");
}

#[test]
fn an_old_reference_finds_its_kassenzeichen() {
    let town = Town::lindental();
    let statement = "
        202 2024-03-08 2024-03-08 1851.70
        2024-03-08 +544.60 Ganz Anders DE67416500010000000099 | Kassenz. 0815-99887766 Abgaben | ref=R-ALT";
    town.write("neu.xml", Statement::new(statement).xml());
    town.run("import neu.xml").ok();
    town.run("match").ok();
    let decision = |town: &Town| town.one("report payments", &[("reference", "R-ALT")])["decision"].clone();
    assert_eq!(decision(&town), "case");
    town.write("alt.csv", "altes_kassenzeichen;kassenzeichen\n0815-99887766;5.0100.567821.1\n");
    let report = town.json("import alt.csv");
    assert_eq!((&report[0]["kind"], &report[0]["added"]), (&"old references".into(), &1.into()));
    town.run("match").ok();
    assert_eq!(decision(&town), "auto");
    let page = town.run("explain R-ALT").ok().out;
    let underlined = "  text       Kassenz. 0815-99887766 Abgaben\n                      ^^^^^^^^^^^^^ an old reference of 5.0100.567821.1\n";
    assert!(page.contains(underlined), "{page}");
    let paid = town.one("report receivables", &[("kassenzeichen", "5.0100.567821.1")]);
    assert_eq!(paid["state"], "paid", "{paid:#}");
    town.run("verify").ok();
    // the same again changes nothing, a contradiction within a list is refused
    town.write("alt2.csv", "altes_kassenzeichen;kassenzeichen\n0815/99887766;5.0100.5678211\n");
    assert_eq!(town.json("import alt2.csv")[0]["known"], 1);
    town.write("alt3.csv", "altes_kassenzeichen;kassenzeichen\nAB-1234;5.0100.567821.1\nAB1234;5.0100.118204.4\n");
    town.run("import alt3.csv")
        .refused("alt3.csv: line 3, altes_kassenzeichen: \"AB1234\" leads to another Kassenzeichen above");
}
