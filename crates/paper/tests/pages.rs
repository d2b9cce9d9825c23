//! Letters and sheets as a PDF reader sees them: pages, texts, sizes, identical bytes.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::time::{Duration, Instant};

use paper::{Block, Code, Column, Letter, Meta, Payment, Printed, Sheet, Table, plain, strong};

fn meta() -> Meta {
    Meta {
        title: "Ankündigungen".to_owned(),
        author: "Stadtkasse Lindental".to_owned(),
        date: "2024-03-11".parse().unwrap(),
    }
}

fn column(head: &str, width: u16, right: bool) -> Column {
    Column { head: head.to_owned(), width, right }
}

/// A letter with this many items.
fn letter(name: &str, items: usize) -> Letter {
    let row = |number: usize| {
        vec!["15.11.2023".to_owned(), format!("2023-{number}"), "Grundbesitzabgaben".to_owned(), "1.234,50".to_owned()]
    };
    let columns = vec![column("Fällig am", 26, false), column("Posten", 30, false), column("Abgabe", 0, false)];
    Letter {
        sender: ["Stadtkasse Lindental", "Rathausplatz 1", "59000 Lindental"].map(str::to_owned).to_vec(),
        return_to: "Stadtkasse Lindental, Rathausplatz 1, 59000 Lindental".to_owned(),
        address: vec![name.to_owned(), "Müllerweg 7".to_owned(), "59000 Lindental".to_owned()],
        reference: vec![("Kassenzeichen".to_owned(), "5.0100.118204.4".to_owned())],
        subject: "Ankündigung einer Lastschrift".to_owned(),
        blocks: vec![
            Block::Paragraph(vec![plain("Wir buchen am "), strong("27.03.2024"), plain(" ab. Sie müssen nichts tun.")]),
            Block::Table(Table {
                columns: columns.into_iter().chain([column("Betrag in EUR", 30, true)]).collect(),
                rows: (0..items).map(row).collect(),
                sum: Some(vec!["Summe".to_owned(), String::new(), String::new(), "49.380,00".to_owned()]),
            }),
            Block::text("Mit freundlichen Grüßen"),
        ],
        entry: name.to_owned(),
    }
}

/// The text of each page.
fn texts(printed: &Printed) -> Vec<String> {
    let file = lopdf::Document::load_mem(&printed.bytes).unwrap();
    let pages: Vec<u32> = file.get_pages().keys().copied().collect();
    assert_eq!(pages.len(), printed.pages);
    pages.iter().map(|page| words(&file.extract_text(&[*page]).unwrap().replace('\n', ""))).collect()
}

/// The words, without the blanks that only position a text.
fn words(text: &str) -> String {
    text.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

#[track_caller]
fn says(text: &str, expected: &str) {
    assert!(text.contains(expected), "{expected:?} is not in {text:?}");
}

#[test]
fn a_letter_says_what_it_was_given() {
    let printed = paper::letters(&meta(), &[letter("Erika Müller-Öz", 2)]).unwrap();
    let [page] = &texts(&printed)[..] else { unreachable!() };
    for text in ["Erika Müller-Öz", "Müllerweg 7", "5.0100.118204.4", "27.03.2024", "1.234,50", "49.380,00", "Grüßen"]
    {
        says(page, text);
    }
    says(page, "Seite 1 von 1");
    assert!(printed.missing.is_empty());
}

#[test]
fn a_long_letter_goes_on_and_each_begins_on_its_own_page() {
    let printed = paper::letters(&meta(), &[letter("Anna", 90), letter("Bernd", 1)]).unwrap();
    let pages = texts(&printed);
    assert_eq!(pages.len(), 4);
    for (page, number) in pages.iter().zip(["Seite 1 von 3", "Seite 2 von 3", "Seite 3 von 3", "Seite 1 von 1"]) {
        says(page, number);
        says(page, "Betrag in EUR");
    }
    for number in 0..90 {
        assert_eq!(
            pages[..3].iter().filter(|page| page.contains(&format!("2023-{number} Grund"))).count(),
            1,
            "{number}"
        );
    }
    says(&pages[2], "Summe");
    says(&pages[3], "Bernd");
}

#[test]
fn the_same_words_are_the_same_bytes() {
    let both = [letter("Anna", 3), letter("Bernd", 1)];
    let one = paper::letters(&meta(), &both).unwrap();
    assert!(one.bytes == paper::letters(&meta(), &both).unwrap().bytes);
    let other = [letter("Anna", 3), letter("Bernt", 1)];
    assert!(one.bytes != paper::letters(&meta(), &other).unwrap().bytes);
}

#[test]
fn it_says_that_it_is_for_archives_and_for_everybody() {
    let printed = paper::letters(&meta(), &[letter("Anna", 3)]).unwrap();
    let file = String::from_utf8_lossy(&printed.bytes).into_owned();
    for said in
        ["<pdfaid:part>2</pdfaid:part>", "<pdfaid:conformance>A</pdfaid:conformance>", "<pdfuaid:part>1</pdfuaid:part>"]
    {
        says(&file, said);
    }
    says(&file, "D:20240311");
}

#[test]
fn a_thousand_letters_are_fast_and_share_their_fonts() {
    let one = paper::letters(&meta(), &[letter("Anna", 3)]).unwrap();
    let many: Vec<Letter> = (0..1_000).map(|number| letter(&format!("Bürger {number}"), 3)).collect();
    let began = Instant::now();
    let printed = paper::letters(&meta(), &many).unwrap();
    let took = began.elapsed();
    assert_eq!(printed.pages, 1_000);
    assert!(took < Duration::from_secs(20), "{took:?}");
    let each = (printed.bytes.len() - one.bytes.len()) / 999;
    assert!(each < 6_000, "{each} bytes each, {} in all", printed.bytes.len());
    let file = lopdf::Document::load_mem(&printed.bytes).unwrap();
    let fonts = file.objects.values().filter(|object| {
        object.as_dict().is_ok_and(|entry| entry.get(b"FontFile2").is_ok() || entry.get(b"FontFile3").is_ok())
    });
    assert_eq!(fonts.count(), 2, "the regular face and the bold one");
    says(&texts(&printed)[999], "Bürger 999");
}

#[test]
fn no_text_is_too_odd() {
    let long = "Wohnungseigentümergemeinschaft ".repeat(20);
    let names = [
        "王小明",
        "\u{0}\u{1f600}",
        "Ελένη Παπαδοπούλου",
        "",
        "\u{202e}abc",
        "D\u{30a}",
        long.as_str(),
        &"x".repeat(2_000),
    ];
    for name in names {
        let mut odd = letter(name, 1);
        odd.reference.push((name.to_owned(), name.to_owned()));
        odd.subject = name.to_owned();
        odd.sender = vec![name.to_owned(); 3];
        odd.blocks.push(Block::Facts(vec![(name.to_owned(), name.to_owned())]));
        if let Some(Block::Table(table)) = odd.blocks.get_mut(1) {
            table.rows.push(vec![name.to_owned(); 4]);
        }
        paper::letters(&meta(), &[odd]).unwrap_or_else(|why| unreachable!("{name:?}: {why}"));
    }
    let missing = paper::letters(&meta(), &[letter("王小明", 1)]).unwrap().missing;
    assert_eq!(missing.into_iter().collect::<String>(), "小明王");
    let pages = texts(&paper::letters(&meta(), &[letter("Müller 王", 1)]).unwrap());
    says(&pages[0], "Müller □");
}

#[test]
fn nothing_to_say_is_a_file_too() {
    let sheet = Sheet { title: "Begleitzettel".to_owned(), blocks: Vec::new() };
    says(&texts(&paper::sheet(&meta(), &sheet).unwrap())[0], "Begleitzettel");
}

#[test]
fn a_code_stands_beside_what_it_says() {
    let code = Code::new("BCD\n002\n1\nSCT").unwrap();
    let mut sheet = Sheet { title: "Zahlung".to_owned(), blocks: Vec::new() };
    let facts = vec![("Empfänger".to_owned(), "Stadtkasse".to_owned())];
    sheet.blocks.push(Block::Payment(Payment { code, facts }));
    sheet.blocks.push(Block::Signatures(vec!["Datum, Unterschrift".to_owned(); 2]));
    let printed = paper::sheet(&meta(), &sheet).unwrap();
    let [page] = &texts(&printed)[..] else { unreachable!() };
    says(page, "Empfänger Stadtkasse");
    assert_eq!(page.matches("Datum, Unterschrift").count(), 2);
}
