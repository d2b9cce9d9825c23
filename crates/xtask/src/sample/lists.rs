//! The town's lists and configuration: open items, mandates, einmal.toml, and the README that says what is worth
//! looking at.
//!
//! Knows nothing of statements.
//! Invariant: amounts are as assessed (Soll), whatever was paid; the files keep to the documented columns.

use anyhow::{Result, ensure};
use encoding_rs::WINDOWS_1252;
use jiff::civil::{Date, date};

use super::Files;
use super::payments::Note;
use super::statements::accounts;
use super::town::{CREDITOR_ID, Reference, Role, SCHEMES};

const INSTALMENTS: &[(&str, Date)] =
    &[("2023-4", date(2023, 11, 15)), ("2024-1", date(2024, 2, 15)), ("2024-2", date(2024, 5, 15))];

/// The open items as an old finance system writes them: Windows-1252, CRLF, German dates and amounts.
pub(super) fn open_items(files: &mut Files, town: &[Reference]) -> Result<()> {
    let mut text =
        "kassenzeichen;posten;art;faellig;betrag;schuldner;anschrift;mandat;mahngebuehr;saeumniszuschlag\r\n"
            .to_owned();
    for reference in town {
        for (posten, due) in INSTALMENTS {
            let late = reference.role == Role::LateFee && *posten == "2023-4";
            text.push_str(&format!(
                "{};{posten};{};{};{};{};{}, {};{};{}\r\n",
                reference.text,
                reference.scheme.levy,
                due.strftime("%d.%m.%Y"),
                super::euros(reference.cents).replace('.', ","),
                reference.payer.name,
                reference.payer.street,
                reference.payer.place,
                reference.mandate.as_ref().map(|mandate| mandate.id.as_str()).unwrap_or_default(),
                if late { "8,00;3,00" } else { ";" }
            ));
        }
    }
    // The old system's code page has Western letters only.
    let western = text.replace('ş', "s").replace('ı', "i");
    let (bytes, _, lossy) = WINDOWS_1252.encode(&western);
    ensure!(!lossy, "a name does not fit into Windows-1252");
    files.insert("offene-posten.csv".to_owned(), bytes.into_owned());
    Ok(())
}

/// The mandates: UTF-8 with a byte-order mark.
pub(super) fn mandates(files: &mut Files, town: &[Reference]) {
    let mut text =
        "\u{feff}mandat;kassenzeichen;inhaber;iban;bic;unterschrieben;status;letzte_nutzung;art\n".to_owned();
    for reference in town {
        let Some(mandate) = &reference.mandate else { continue };
        text.push_str(&format!(
            "{};{};{};{};{};{};{};{};{}\n",
            mandate.id,
            reference.text,
            reference.payer.name,
            reference.payer.iban,
            reference.payer.bic,
            mandate.signed.strftime("%d.%m.%Y"),
            if mandate.revoked { "widerrufen" } else { "aktiv" },
            mandate.last_used.strftime("%d.%m.%Y"),
            mandate.kind
        ));
    }
    files.insert("mandate.csv".to_owned(), text.into_bytes());
}

/// The configuration of the invented treasury.
pub(super) fn configuration(files: &mut Files) -> Result<()> {
    let [first, second] = accounts()?;
    let mut text = format!(
        r#"# Einstellungen der erfundenen Stadtkasse.

[kasse]
name        = "Stadtkasse Warstein (erfunden)"
creditor_id = "{CREDITOR_ID}"
# Konten, deren Auszüge vor einer Freigabe lückenlos vorliegen müssen
accounts    = ["{}", "{}"]
# Konto, auf dem die Lastschriften gutgeschrieben werden
collect_to  = "{0}"

# Der Systemausfall: in dieser Zeit war kein Einzug möglich, und es entsteht kein Säumniszuschlag.
[outage]
from  = 2023-10-30
until = 2024-03-31

# Je Nummernkreis eine Maske: # ist eine Ziffer, C die Prüfziffer über alle Ziffern davor, alles andere steht so da.
"#,
        first.iban, second.iban
    );
    for scheme in SCHEMES {
        text.push_str(&format!(
            "[[scheme]]\nname  = \"{}\"\nmask  = \"{}\"\ncheck = \"{}\"\n\n",
            scheme.levy, scheme.mask, scheme.check
        ));
    }
    text.push_str(
        r#"[collect]
# Tage zwischen der Ankündigung eines neuen Termins und dem Einzug
prenotification_days = 14
# kleinere Reste bleiben bis zum nächsten Termin liegen
least_amount         = "0.00"

[control]
# so viele Personen geben einen Lastschriftlauf frei, außer der, die ihn erstellt hat
sign_debits = 1
"#,
    );
    files.insert("einmal.toml".to_owned(), text.into_bytes());
    Ok(())
}

/// The README beside the sample.
pub(super) fn readme(files: &mut Files, notes: &[Note], seed: u64) {
    let mut text = format!(
        "# Warstein (erfunden)

Alles hier ist erfunden: Stadtkasse, Menschen, Straßen, Banken, Konten und Beträge. Keine Bank hat eine Bankleitzahl, die mit 9
beginnt, und keine Postleitzahl beginnt mit 00. Die Gläubiger-ID ist das Muster der Bundesbank.

| Datei | Inhalt |
|---|---|
| `einmal.toml` | Einstellungen |
| `offene-posten.csv` | {} Kassenzeichen mit je drei Raten; Windows-1252, wie ein altes Verfahren schreibt |
| `mandate.csv` | Lastschriftmandate; UTF-8 mit BOM |
| `kontoauszuege/` | 1.11.2023 bis 8.3.2024: Konto 1 camt.053.001.08 in ZIP je Monat, Konto 2 camt.053.001.02 mit Sammelbuchungen; ein Auszug kommt zweimal |
| `altverfahren/lastschriften.xml` | die Lastschriftdatei des alten Verfahrens am Tag seiner Rückkehr: beide Raten für alle mit Mandat, ohne eine einzige Überweisung zu kennen (`einmal demo --guard`) |

Der Geschäftstag der Geschichte ist der 11.3.2024, die Lastschriften werden am 27.3.2024 fällig.
Neu ziehen: `cargo xtask sample` (Startwert {seed}; immer dieselben Bytes).

*Everything here is invented: treasury, people, streets, banks, accounts. `cargo xtask sample` draws it anew, byte for byte. The
table names the references worth looking at: paid twice, a late fee, damaged or missing references, returns.*

## Sehenswert

| Kassenzeichen | Was geschieht |
|---|---|
",
        super::town::REFERENCES
    );
    for note in notes {
        text.push_str(&format!("| {} | {} |\n", note.references, note.text));
    }
    files.insert("README.md".to_owned(), text.into_bytes());
}

#[cfg(test)]
mod tests {
    use super::super::draw::Draw;
    use super::super::town::references;
    use super::*;

    #[test]
    fn one_item_alone_bears_a_fee_and_no_row_has_a_stray_separator() {
        let town = references(&mut Draw::from_seed(5)).unwrap();
        let mut files = Files::new();
        open_items(&mut files, &town).unwrap();
        let (text, _, _) = WINDOWS_1252.decode(&files["offene-posten.csv"]);
        assert_eq!(text.lines().count(), 1 + 3 * town.len());
        assert!(text.lines().all(|line| line.matches(';').count() == 9));
        assert_eq!(text.lines().filter(|line| line.ends_with("8,00;3,00")).count(), 1);
    }

    #[test]
    fn a_mandate_serves_two_references_and_has_one_account() {
        let town = references(&mut Draw::from_seed(5)).unwrap();
        let mut files = Files::new();
        mandates(&mut files, &town);
        let text = String::from_utf8(files["mandate.csv"].clone()).unwrap();
        let mut accounts = std::collections::BTreeMap::<&str, Vec<&str>>::new();
        for line in text.lines().skip(1) {
            let cells: Vec<_> = line.split(';').collect();
            accounts.entry(cells[0]).or_default().push(cells[3]);
        }
        assert_eq!(accounts.values().filter(|ibans| ibans.len() == 2 && ibans[0] == ibans[1]).count(), 1);
        assert!(accounts.values().all(|ibans| ibans.len() <= 2));
        for (word, times) in [(";widerrufen;", 1), (";B2B", 1), (";15.05.2020;", 1)] {
            assert_eq!(text.matches(word).count(), times, "{word}");
        }
    }
}
