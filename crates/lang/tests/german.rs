//! The German sentences, as the program puts them together.

use lang::Lang;

#[track_caller]
fn check(english: &str, german: &str) {
    assert_eq!(Lang::De.say(english), german);
    assert!(Lang::De.knows(english), "{english}");
    assert_eq!(Lang::En.say(english), english);
}

#[test]
fn texts_are_said_with_what_stands_in_them() {
    for (english, german) in [
        ("there is no case 12", "es gibt keinen Klärfall 12"),
        (
            "5.0100.000001.1/2023-4 takes at most 1115.04, not 1200.00",
            "5.0100.000001.1/2023-4 nimmt höchstens 1.115,04 auf, nicht 1.200,00",
        ),
        ("a person waits until 2024-01-09", "Wiedervorlage am 09.01.2024"),
        (
            "1 credits have not been decided: run `einmal match`",
            "1 Gutschrift ist noch nicht bearbeitet: Führen Sie `einmal match` aus",
        ),
        (
            "12 credits have not been decided: run `einmal match`",
            "12 Gutschriften sind noch nicht bearbeitet: Führen Sie `einmal match` aus",
        ),
        ("there is no run \"2024-03-27-x\"", "es gibt keinen Lastschriftlauf »2024-03-27-x«"),
        (
            "run 2024-03-27-1 is not released: nothing is left in the run: cancel it; account DE1: statements are missing after 2024-03-08, they must reach 2024-03-11",
            "Lauf 2024-03-27-1 ist nicht freigegeben: in dem Lauf ist nichts mehr: Verwerfen Sie ihn; Konto DE1: nach dem 08.03.2024 fehlen Kontoauszüge, sie müssen bis zum 11.03.2024 reichen",
        ),
        (
            "One transfer has been placed under this Kassenzeichen. 115.04 EUR will be debited on 2024-03-27. 5.00 EUR of fees are open; they are never debited.",
            "Zu diesem Kassenzeichen ist eine Überweisung zugeordnet. Am 27.03.2024 werden 115,04 EUR abgebucht. 5,00 EUR Nebenforderungen sind offen; sie werden nie abgebucht.",
        ),
        (
            "mandate.csv: line 7, iban: \"DE00\" has not the length of an IBAN",
            "mandate.csv: Zeile 7, iban: »DE00« hat nicht die Länge einer IBAN",
        ),
    ] {
        check(english, german);
    }
}

#[test]
fn evidence_is_said_whole() {
    for (english, german) in [
        ("A is quoted, and nothing speaks against it", "A ist angegeben, und nichts spricht dagegen"),
        (
            "A is quoted, but 10.00 EUR is not due there, and the payer's account and the amount speak for B",
            "A ist angegeben, aber 10,00 EUR sind dort nicht fällig, und das Konto des Zahlers und der Betrag sprechen für B",
        ),
        ("nearly A is quoted, but the amount speaks for B", "beinahe A ist angegeben, aber der Betrag spricht für B"),
        (
            "what is quoted is no known Kassenzeichen and could be A, B or C; as to A, 10.00 EUR is not what is due there",
            "was angegeben ist, ist kein bekanntes Kassenzeichen und könnte A, B oder C sein; zu A: 10,00 EUR sind nicht das, was dort fällig ist",
        ),
        (
            "no known Kassenzeichen is quoted; the payer's account, a name in the text and the amount speak for A, but B, C, D and 4 more could be meant too",
            "kein bekanntes Kassenzeichen ist angegeben; das Konto des Zahlers, ein Name im Text und der Betrag sprechen für A, aber in Betracht kommt auch: B, C, D und 4 weitere",
        ),
        (
            "nearly A is quoted, but 98.72 % is not sure enough, 99.90 % is asked for",
            "beinahe A ist angegeben, aber 98,72 % sind nicht sicher genug, verlangt werden 99,90 %",
        ),
        (
            "the Kassenzeichen stands, two digits swapped, as \"5.0100.1\", an old reference of it, in the remittance text",
            "das Kassenzeichen steht, zwei Ziffern vertauscht, als »5.0100.1«, einem alten Kassenzeichen dafür, da (Verwendungszweck)",
        ),
        (
            "the amount is that of what fell due, as for 12 Kassenzeichen",
            "der Betrag ist genau der fällige, wie bei 12 Kassenzeichen",
        ),
        (
            "B came behind: its Kassenzeichen is not quoted and the amount is not due there",
            "B liegt dahinter: das Kassenzeichen ist nicht angegeben und der Betrag ist dort nicht fällig",
        ),
        (
            "its Kassenzeichen is not quoted and the amount is not due there",
            "das Kassenzeichen ist nicht angegeben und der Betrag ist dort nicht fällig",
        ),
    ] {
        check(english, german);
    }
}

#[test]
fn what_lists_are_refused_for_is_german_to_the_end() {
    for (english, german) in [
        ("line 3, posten: K 1/2024-1 is in the list twice", "Zeile 3, posten: K 1/2024-1 steht zweimal in der Liste"),
        ("line 3, mandat: M-1 is in the list twice", "Zeile 3, mandat: M-1 steht zweimal in der Liste"),
        (
            "line 2, byte 54: a control character stands in the text; save the list anew as UTF-8",
            "Zeile 2, Byte 54: im Text steht ein Steuerzeichen; speichern Sie die Liste neu als UTF-8",
        ),
        (
            "1 rows are a credit of their Kassenzeichen and lower what is collected there: K.1/G over 60.00 EUR (line 3)",
            "1 Zeile ist ein Guthaben ihres Kassenzeichens und mindert, was dort eingezogen wird: K.1/G über 60,00 EUR (Zeile 3)",
        ),
    ] {
        check(english, german);
    }
    let owed = vec!["5.0100.1234/2024-1 over 105.13 EUR"; 20].join(", ");
    let german = Lang::De.say(&format!(
        "41 open items of its levies are not in this list and stay owed: {owed} and 21 more; the list repeats too few of them \
         to be a full one and is taken as partial; where one was settled elsewhere, hold it with `einmal hold add`"
    ))
    .into_owned();
    assert!(!german.contains(" over ") && german.contains("21 weitere") && german.contains("105,13 EUR"), "{german}");
}

#[test]
fn what_is_not_known_stays_as_it_is() {
    for text in
        ["", "Müller, Anna", "quite another thing", "Zwei Sätze. Und noch einer.", "1234.56", "a: b", "Held and Open"]
    {
        assert_eq!(Lang::De.say(text), text);
        assert!(!Lang::De.knows(text));
    }
    // nor does a library's text match one of ours because of a word in it
    let busy = "the database failed: nobody waits for an answer";
    assert_eq!(Lang::De.say(busy), "die Datenbank hat versagt: nobody waits for an answer");
    // an unknown part of a known text is left as it is
    assert_eq!(Lang::De.say("the database failed: disk full"), "die Datenbank hat versagt: disk full");
    assert!(!Lang::De.knows("the database failed: disk full"));
}

#[test]
fn a_long_list_is_said_line_by_line() {
    let line = "line 7, iban: \"a\" is \"b\" has not the length of an IBAN";
    let german = "Zeile 7, iban: »a\" is \"b« hat nicht die Länge einer IBAN";
    for (between, count) in [("\n", 50), ("\n", 2), ("; ", 30)] {
        let list = vec![line; count].join(between);
        assert_eq!(Lang::De.say(&list), vec![german; count].join(between), "{count}");
    }
    let mixed = format!("{line}\nquite another thing\n{line}");
    assert_eq!(Lang::De.say(&mixed), format!("{german}\nquite another thing\n{german}"));
}

#[test]
fn no_text_takes_long() {
    let hostile = ["a: ", "account a: ", " and ", "; ", ". ", "as to x, ", " for "];
    for part in hostile {
        let text = part.repeat(20_000);
        let before = std::time::Instant::now();
        let said = Lang::De.say(&text);
        assert!(before.elapsed().as_secs() < 5, "{part:?} took {:?}", before.elapsed());
        assert!(!said.is_empty());
    }
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig { failure_persistence: None, ..Default::default() })]

    /// Whatever a text contains, nothing of it is lost and nothing fails.
    #[test]
    fn any_text_can_be_said(text in "(the |case |account |[0-9]{1,3}|\\.|: |; | and |[a-zäß\"]|EUR|\\{|\\}){0,30}") {
        let said = Lang::De.say(&text);
        proptest::prop_assert!(!said.is_empty() || text.is_empty());
        let digits = |text: &str| text.bytes().filter(u8::is_ascii_digit).count();
        proptest::prop_assert_eq!(digits(&said), digits(&text));
    }
}
