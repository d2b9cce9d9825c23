//! The command line in German: messages, tables, pages and help; JSON and CSV stay as they are.

use crate::people::{items, kz, mandates};
use crate::town::{Done, Town};

/// Words that stand in English texts and in no German one.
const ENGLISH: &str =
    "the of and is are not no due open amount payer held quoted nothing will be by to for from debited reason left";

/// What is said is German: no English word is left in it, and it says this.
#[track_caller]
fn check(done: Done, expected: &[&str]) {
    let said = format!("{}\n{}", done.out, done.err);
    for text in expected {
        assert!(said.contains(text), "{text:?} is not in:\n{said}");
    }
    let words = || said.split(|sign: char| !sign.is_alphanumeric() && !"-_`".contains(sign));
    let left: Vec<&str> = words().filter(|word| ENGLISH.split(' ').any(|own| own == word.to_lowercase())).collect();
    assert!(left.is_empty(), "{left:?} in:\n{said}");
}

#[test]
fn a_clerk_reads_cases_in_german() {
    let town = Town::lindental();
    check(town.run("--lang de cases").ok(), &["655,70 EUR", "Xaver Quandt"]);
    check(
        town.run("case 1 --lang de").ok(),
        &[
            "Klärfall 1: 655,70 EUR vom",
            "Was die Bank gesendet hat",
            "Für wen es bestimmt sein könnte",
            "Nicht abgebucht wird, bis dieser Klärfall entschieden ist",
            "genau dieser Betrag ist dort geschuldet:",
            "--as NAME",
        ],
    );
    check(
        town.run(&format!("--lang de find {}", kz("brandt"))).ok(),
        &["Solange Klärfall 1 offen ist, wird nichts abgebucht."],
    );
    check(town.run("--lang de report statements").ok(), &["KONTO", "vollständig"]);
    check(town.run("--lang de report runs").ok(), &["nichts"]);
    check(town.run("--lang de report receivables").ok(), &["KASSENZEICHEN", "FÄLLIG", "15.02.2024", "NICHT DABEI"]);
}

#[test]
fn a_refusal_says_in_german_why() {
    let town = Town::lindental();
    for (line, why) in [
        ("case 99", "Fehler: es gibt keinen Klärfall 99\n"),
        ("find nirgends", "Fehler: von »nirgends« ist nichts bekannt\n"),
        ("collect show x", "Fehler: es gibt keinen Lastschriftlauf »x«\n"),
        ("hold lift 1 --reason x --as anna", "Fehler: unter »1« ist nichts geschuldet\n"),
    ] {
        let said = town.run(&format!("--lang de {line}"));
        assert_eq!((said.code, said.err.as_str()), (1, why), "{line}");
    }
}

#[test]
fn a_run_is_planned_in_german() {
    let town = Town::new();
    town.write("posten.csv", items("brandt 2023-4 2023-11-15 100,00"));
    town.write("mandate.csv", mandates("brandt"));
    check(town.run("--lang de import posten.csv mandate.csv").ok(), &["DATEI", "offene Posten", "Mandate"]);
    let planned = town.run("--lang de collect plan --due 2024-03-27 --as anna");
    check(planned.ok(), &["Lastschriften", "100,00", "27.03.2024", "steht der Freigabe entgegen: "]);
}

#[test]
fn for_programs_the_language_changes_nothing() {
    let town = Town::lindental();
    for line in ["cases", "case 1", "report receivables", "report payments", "journal head"] {
        for format in ["json", "csv"] {
            let english = town.run(&format!("{line} --format {format}")).ok();
            let german = town.run(&format!("{line} --format {format} --lang de")).ok();
            assert_eq!(english.out, german.out, "{line}");
        }
    }
}

#[test]
fn help_is_german_too() {
    let town = Town::empty();
    for (line, expected) in [
        ("--lang de --help", &["Aufruf: einmal", "Befehle:", "Einen Klärfall entscheiden"][..]),
        ("resolve --lang de --help", &["Argumente:", "Optionen:", "Das Geld geht auf diese Posten"]),
        ("collect release --help --lang=de", &["Wer freigibt", "Der Lauf"]),
    ] {
        let said = town.run(line).ok().out;
        expected.iter().for_each(|text| assert!(said.contains(text), "{text:?} is not in:\n{said}"));
        let english = ["Usage", "Options", "Commands", "Arguments", "Print", "The ", "Who ", "default", "possible"];
        let left: Vec<&&str> = english.iter().filter(|word| said.contains(**word)).collect();
        assert!(left.is_empty(), "{left:?} in:\n{said}");
    }
    assert!(town.run("--help").ok().out.contains("Usage: einmal"));
}

/// A list without two of its columns, an XML that ends too early, a ZIP that is damaged, and what is said of each.
const BROKEN: [(&str, &[u8], &str); 3] = [
    (
        "csv",
        b"kassenzeichen;posten;art;faellig;betrag;schuldner\n1;2;3;4;5;6\n",
        "Zeile 1: In der Kopfzeile der Liste (offene Posten) fehlt: anschrift, mandat",
    ),
    (
        "xml",
        b"<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.08\"><BkToCstmrStmt><Stmt>",
        "Zeile 1, Stmt: die Datei endet mitten in diesem Element",
    ),
    (
        "zip",
        b"PK\x03\x04 and then nothing",
        "ist kein lesbares ZIP: es ist beschädigt oder abgeschnitten: Holen Sie es noch einmal",
    ),
];

/// Names that look like what the program says, or like the marks in it.
const NAMES: [&str; 8] = [
    "Auszug März 2024",
    "Liste \"offen\" {n}",
    "error: nothing",
    "line 3, betrag: is empty",
    "Konto 12 and 13; the run. x",
    "note: account DE1",
    "the file ends inside of this element",
    "»Fehler« bis 31.12.",
];

#[test]
fn whatever_a_file_is_called_its_refusal_is_german() {
    let town = Town::new();
    for name in NAMES {
        for (ending, content, why) in BROKEN {
            let name = format!("{name}.{ending}");
            town.write(&name, content);
            for (line, file) in [("import", name.as_str()), ("import ./", name.as_str())] {
                let mut command = town.command("--lang de import");
                command.arg(format!("{}{name}", line.trim_start_matches("import").trim()));
                let said = Done::of(command);
                assert_eq!((said.code, said.err), (1, format!("Fehler: {file}: {why}\n")), "{line}");
            }
        }
    }
    let gone = town.run("--lang de import 'and the.xml'");
    assert_eq!(gone.err, "Fehler: and the.xml: Datei oder Ordner gibt es nicht (Fehler 2 des Betriebssystems)\n");
    let looked_at = town.run("--lang de inspect 'error: nothing.xml'");
    assert_eq!(looked_at.err.lines().next().unwrap(), format!("Fehler: error: nothing.xml: {}", BROKEN[1].2));
}

#[test]
fn a_list_of_what_is_wrong_stands_below_a_long_name() {
    let town = Town::new();
    let name = format!("{}.xml", "Kontoauszug der Stadtkasse Lindental ".repeat(3).trim_end());
    town.write(&name, BROKEN[1].1);
    let said = town.run(&format!("--lang de import '{name}'"));
    assert_eq!(said.err, format!("Fehler: {name}:\n  {}\n", BROKEN[1].2));
}

#[test]
fn files_of_other_kinds_are_told_in_german_what_to_bring_instead() {
    let town = Town::new();
    let document =
        |name: &str| format!("<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:{name}\"><GrpHdr/></Document>");
    for (name, content, expected) in [
        (
            "auszug.xml",
            "%PDF-1.7\n".to_owned(),
            "(PDF): Holen Sie den Kontoauszug bei der Bank als camt.053 (XML) oder MT940",
        ),
        (
            "umsaetze.csv",
            "Buchungstag;Valuta;Verwendungszweck;Betrag\n".to_owned(),
            "ist eine Umsatzliste der Bank (CSV)",
        ),
        ("antwort.xml", document("pain.002.001.10"), "pain.002"),
        ("alt.xml", document("pain.008.001.02"), "ist eine pain.008 eines anderen Verfahrens"),
        ("seite.xml", "<!DOCTYPE html><html></html>".to_owned(), "ist eine Webseite"),
    ] {
        town.write(name, content);
        let said = town.run(&format!("--lang de import {name}"));
        assert_eq!(said.code, 1);
        check(said, &[&format!("Fehler: {name}: "), expected]);
        check(town.run(&format!("--lang de inspect {name}")), &[expected]);
    }
    // in a folder a PDF lies beside the statements as a matter of course
    town.write("ein/auszug.pdf", "%PDF-1.7\n");
    check(town.run("--lang de import ein").ok(), &["auszug.pdf", "PDF"]);
}

#[test]
fn settings_demo_and_what_match_came_to_are_german() {
    let town = Town::empty();
    check(town.run("--lang de init").ok(), &["einmal.toml wurde geschrieben"]);
    let settings = std::fs::read_to_string(town.path().join("einmal.toml")).unwrap();
    assert!(settings.contains("# Name, wie Schuldner und Bank ihn lesen\n"), "{settings}");
    let matched = town.run("--lang de match").ok().out;
    let shouted = |word: &str| word.len() > 2 && word.chars().all(|sign| sign.is_ascii_uppercase() || sign == '_');
    let english: Vec<&str> = matched.split_whitespace().filter(|word| shouted(word)).collect();
    assert_eq!(english, Vec::<&str>::new(), "{matched}");
    assert!(matched.contains("Gutschriften"), "{matched}");
    let told = town.run("--lang de demo --out stadt").ok();
    assert!(told.out.lines().all(|line| line.chars().count() <= 80), "{}", told.out);
    check(told, &["Drei Beweise", "Was einging", "Was am 25.03.2024 eingezogen wird"]);
}

#[test]
fn what_is_wrong_with_settings_or_a_database_is_told_in_german() {
    let town = Town::new();
    let settings = std::fs::read_to_string(town.path().join("einmal.toml")).unwrap();
    for (from, to, expected) in [
        ("collect_to ", "kollect_to ", "Zeile 5: der Schlüssel `kollect_to` ist unbekannt, richtig ist einer von"),
        ("from  = 2023-10-30", "from  = 2023-13-30", "kein Datum, richtig ist ein Monat von 01 bis 12"),
        ("days_ahead = 16", "days_ahead = \"x\"", "falsche Art von Wert: der Text »x«, richtig ist eine ganze Zahl"),
        ("days_ahead = 16", "days_ahead 16", "Zeile "),
    ] {
        assert!(settings.contains(from), "{from}");
        town.write("the end.toml", settings.replace(from, to));
        let said = town.run("--lang de --config 'the end.toml' match");
        assert!(said.err.starts_with("Fehler: the end.toml: "), "{said:?}");
        assert!(said.err.contains(expected), "{said:?}");
        let words = |word: &str| said.err.split_whitespace().any(|own| own == word);
        assert!(!["expected", "unknown", "invalid", "line", "key"].into_iter().any(words), "{said:?}");
    }
    let none = town.run("--lang de --config nix.toml match").err;
    let gone = "Datei oder Ordner gibt es nicht (Fehler 2 des Betriebssystems) (`einmal init` schreibt eine)";
    assert_eq!(none, format!("Fehler: nix.toml: {gone}\n"));
}

#[test]
fn what_is_typed_wrongly_is_told_in_german() {
    let town = Town::empty();
    for (line, expected) in [
        ("--lang de kollect", "Fehler: »kollect« ist kein Befehl\n"),
        (
            "--lang de match --today gestern",
            "Fehler: »gestern« ist kein Wert für --today <DATUM>: ein Tag wird JJJJ-MM-TT geschrieben\n",
        ),
    ] {
        let said = town.run(line);
        assert_eq!(said.code, 2);
        check(said, &[expected, "mehr mit `einmal --help`"]);
    }
}
