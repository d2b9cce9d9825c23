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
