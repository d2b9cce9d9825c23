//! What is printed: letters of a run's notices, and the control sheet, as their readers meet them.

use crate::collect::{EXPORT, NOTIFY, PLAN, RELEASE, announced};
use crate::people::{items, kz, mandates};
use crate::town::{SETTINGS, Town};

/// The texts of a PDF's pages, each on one line.
pub(crate) fn pages(pdf: &[u8]) -> Vec<String> {
    let file = lopdf::Document::load_mem(pdf).unwrap();
    let text = |page: &u32| file.extract_text(&[*page]).unwrap();
    file.get_pages().keys().map(text).map(|text| text.split_whitespace().collect::<Vec<_>>().join(" ")).collect()
}

/// A text has these parts.
#[track_caller]
pub(crate) fn says(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "{part:?} is not in {text:?}");
    }
}

#[test]
fn the_notices_are_letters_too() {
    let town = Town::lindental();
    let letters =
        "[letters]\naddress = [\"Rathausplatz 1\", \"59000 Lindental\"]\ncontact = [\"Telefon 02900 12-345\"]\n";
    town.write("einmal.toml", format!("{SETTINGS}\n{letters}"));
    town.run(PLAN).ok();
    let done = town.run(NOTIFY).ok();
    done.says(
        "note: the letters say that what has arrived by 2024-03-22 is not debited: export on 2024-03-25 or later",
    );
    let pages = pages(&town.only("post", ".pdf"));
    let list = String::from_utf8(town.only("post", ".csv")).unwrap();
    let order: Vec<&str> = list.lines().skip(1).filter_map(|line| line.split(';').next()).collect();
    assert_eq!(order, [kz("vogt"), kz("mueller"), kz("neumann")]);
    assert_eq!(pages.len(), 3);
    for (page, kassenzeichen) in pages.iter().zip(&order) {
        says(page, &[kassenzeichen, "Seite 1 von 1", "Sie müssen nichts tun."]);
    }
    says(
        &pages[1],
        &[
            "Stadtkasse Lindental Rathausplatz 1 · 59000 Lindental · Telefon 02900 12-345",
            "Stadtkasse Lindental, Rathausplatz 1, 59000 Lindental",
            "Erika Müller Müllerweg 7 59000 Lindental",
            "Datum 11.03.2024",
            "seit dem 30.10.2023 konnten wir wegen eines Ausfalls unserer Computersysteme keine Lastschriften einziehen",
            "Am 27.03.2024 buchen wir 200,00 EUR mit Ihrem SEPA-Lastschriftmandat",
            "Ihr Konto DE81 **** 1111 (Erika Müller)",
            "Mandatsreferenz M-MUELLER",
            "Gläubiger-ID DE98ZZZ09999999999",
            "15.11.2023 2023-4 Grundbesitzabgaben 100,00 15.02.2024 2024-1 Grundbesitzabgaben 100,00 Summe 200,00",
            "Was spätestens am 22.03.2024 auf unserem Konto eingegangen ist, buchen wir nicht mehr ab.",
            "keine Mahngebühren und keine Säumniszuschläge",
        ],
    );
    assert!(!pages.concat().contains("DE81416500010007111111"), "no letter names the whole account");
}

#[test]
fn a_letter_names_a_rest_and_the_day_it_was_posted() {
    let town = Town::lindental();
    town.run(PLAN).ok();
    town.run("resolve 1 --allocate 5.0100.118204.4/2023-4=40.00 --as dora").ok();
    let done = town.on("2024-03-12", "collect notify L1 --out post --sent 2024-03-11 --as anna").ok();
    done.says(
        "3 notices: post/ankuendigungen_L1_2024-03-27.csv and, as letters, post/ankuendigungen_L1_2024-03-27.pdf",
    );
    let pages = pages(&town.only("post", ".pdf"));
    says(&pages[1], &["Grundbesitzabgaben (Rest) 60,00", "Summe 160,00", "Datum 11.03.2024"]);
}

#[test]
fn nobody_is_asked_to_transfer_when_it_would_come_too_late() {
    let town = Town::lindental();
    town.write("einmal.toml", format!("{SETTINGS}\n[collect]\nprenotification_days = 1\n"));
    town.run("collect plan --due 2024-03-13 --as anna").ok();
    town.run("collect notify L1 --out post --sent 2024-03-11 --as anna").ok();
    let pages = pages(&town.only("post", ".pdf"));
    says(&pages[1], &["Bitte überweisen Sie jetzt nicht mehr: Sonst zahlen Sie doppelt"]);
    assert!(!pages.concat().contains("spätestens"));
}

#[test]
fn what_cannot_be_printed_and_who_has_no_address_is_said() {
    let town = Town::new();
    let list = items("mueller 2023-4 2023-11-15 100.00").replace("Erika Müller", "王小明");
    town.write("posten.csv", list.replace("Müllerweg 7, 59000 Lindental", ""));
    town.write("mandate.csv", mandates("mueller"));
    town.run("import posten.csv mandate.csv").ok();
    town.run(PLAN).ok();
    let done = town.run(NOTIFY).ok();
    let done = done.says("note: 1 of the letters bear no address: the lists name none");
    done.says("note: the PDF's fonts do not have '小' (U+5C0F), '明' (U+660E), '王' (U+738B): □ stands there, write it by hand");
    says(&pages(&town.only("post", ".pdf"))[0], &["□□□", "DE81 **** 1111 (Erika Müller)"]);
}

#[test]
fn a_thousand_letters_go_into_one_file() {
    let town = Town::new();
    let mut posten = "kassenzeichen;posten;art;faellig;betrag;schuldner;anschrift;mandat".to_owned();
    let mut mandate = "mandat;kassenzeichen;inhaber;iban;bic;unterschrieben;status".to_owned();
    for number in 0..1_000 {
        posten.push_str(&format!(
            "\n07/{number:05}-0;2023-4;Hundesteuer;15.11.2023;77,10;Bürger {number};Weg {number}, 59000 Dorf;M-{number}"
        ));
        mandate.push_str(&format!(
            "\nM-{number};07/{number:05}-0;Bürger {number};DE81416500010007111111;;01.03.2015;aktiv"
        ));
    }
    town.write("posten.csv", posten);
    town.write("mandate.csv", mandate);
    town.run("import posten.csv mandate.csv").ok();
    town.run(PLAN).ok();
    town.run(NOTIFY).ok();
    let pdf = town.only("post", ".pdf");
    assert!(pdf.len() < 8_000_000, "{} bytes", pdf.len());
    let pages = pages(&pdf);
    assert_eq!(pages.len(), 1_000);
    says(&pages[999], &["Bürger 999", "77,10"]);
}

#[test]
fn the_control_sheet_says_the_same_on_paper_and_as_text() {
    let town = announced();
    town.write("einmal.toml", SETTINGS.replace("[bank]\n", "[bank]\ncut_off = \"11:00\"\n"));
    town.run(RELEASE).ok();
    let done = town.run(EXPORT).ok();
    done.says("note: by the letters transfers still count: hold the file back until 2024-03-25");
    let text = String::from_utf8(town.only("bank", ".txt")).unwrap();
    let paper = pages(&town.only("bank", ".pdf")).join(" ");
    let events = town.json("collect show L1")["events"].clone();
    let sha256 = events[1]["sha256"].as_str().unwrap().to_owned();
    let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
    for form in [&flat, &paper] {
        says(
            form,
            &[
                "Begleitzettel Lastschriftlauf L1",
                "Auftragsart EBICS CDD; als BTF: Service SDD, Option COR, Nachricht pain.008",
                "Fälligkeit 27.03.2024",
                "Anzahl 3",
                "Summe 365,30 EUR",
                "Gutschrift auf DE82 4165 0001 0000 0000 23",
                "Bei der Bank nicht vor 25.03.2024 (zugesagt: was bis 22.03.2024 eingeht, wird nicht abgebucht)",
                "Bei der Bank bis 26.03.2024, 11:00 Uhr",
                "OOFF (einmalig) DE98ZZZ09999999999 1 88,20",
                "RCUR (wiederkehrend) DE98ZZZ09999999999 2 277,10",
                "zusammen 3 365,30",
                "Ersteller anna",
                "Freigabe bernd am 11.03.2024",
                "Personen nicht geprüft",
                "Kontoauszüge lückenlos bis 08.03.2024: DE82 4165 0001 0000 0000 23",
                "Datum, Unterschrift",
            ],
        );
        // the digest and the file's name are broken over two lines of the paper
        says(&form.replace(' ', ""), &[&sha256, "EINMAL-", "_2024-03-27_L1.xml"]);
    }
}

#[test]
fn the_control_sheet_is_the_same_at_every_export() {
    let town = announced();
    town.run(RELEASE).ok();
    town.run(EXPORT).ok();
    let first = (town.only("bank", ".txt"), town.only("bank", ".pdf"));
    let quiet = "statements confirm-quiet DE82416500010000000023 --day 2024-03-22 --balance 1851.70 --as dora";
    town.on("2024-03-25", quiet).ok();
    let late = town.on("2024-03-25", EXPORT).ok();
    assert!(!late.err.contains("hold the file back"), "{late:?}");
    assert!(first == (town.only("bank", ".txt"), town.only("bank", ".pdf")));
    town.run("verify").ok();
}
