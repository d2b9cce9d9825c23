//! Written forms of references, one to a line: `text => what is found`. `¶` is a line's end.

use kassenzeichen::{Field, Message};

use crate::{directory, shown};

#[track_caller]
fn check(table: &str) {
    let directory = directory();
    let mut wrong = String::new();
    for line in table.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let (text, wanted) = line.split_once("=>").unwrap();
        let text = text.trim_end().replace('¶', "\n");
        let findings = directory.find(&Message { remittance: &text, ..Message::default() });
        for found in &findings.found {
            assert_eq!(text.get(found.span.clone()), Some(found.written.as_str()), "{line}");
        }
        let outcome = shown(&findings);
        if outcome != wanted.trim() {
            wrong.push_str(&format!("{line}   BUT {outcome}\n"));
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

#[test]
fn exact() {
    check(
        "
        Kassenzeichen 5.0100.123456.3 Grundbesitzabgaben 2023-4 => a1 exact
        501001234563                                      => a1 exact
        5010 0123 4563                                    => a1 exact
        501 001 234 563                                   => a1 exact
        50 10 01 23 45 63                                 => a1 exact
        5 0 1 0 0 1 2 3 4 5 6 3                           => a1 exact
        5/0100/123456/3                                   => a1 exact
        5-0100-123456-3                                   => a1 exact
        5?0100?123456?3                                   => a1 exact
        5,0100,123456,3                                   => a1 exact
        5.0100.12 3456.3                                  => a1 exact
        KZ5010012345 63                                   => a1 exact
        Kassenzeichen5.0100.123456.3Grundsteuer           => a1 exact
        SVWZ+KASSENZEICHEN: 5.0100.123456.3; GRUNDSTEUER  => a1 exact
        Steuern Kassenz. 5.0100.12¶3456.3 Anna Müller     => a1 exact
        Kassenz. 5.0100.123456.¶3                         => a1 exact
        Kassenz. 5¶.0100.123456.3                         => a1 exact
        Kassenz. 5.0100.12-¶3456.3                        => a1 exact
        ",
    );
}

#[test]
fn exact_among_others() {
    check(
        "
        5.0100.123456.3¶59581 Warstein                    => a1 exact
        501001234563 2023-4                               => a1 exact
        501001234563-4                                    => a1 exact
        501001234563/2023                                 => a1 exact
        501001234563 vom 15.11.2023                       => a1 exact
        vom 15.11.2023¶501001234563                       => a1 exact
        Tel. 02902 12345 5.0100.123456.3                  => a1 exact
        Tel. 02902 12345 50 10 01 23 45 63                => a1 exact
        Kundennummer 501001234563                         => a1 exact
        Bescheid 123456789012 5.0100.123456.3             => a1 exact
        501001234563 EUR 312,47                           => a1 exact
        ５.０１００.１２３４５６.３                            => a1 exact
        5.0100.123456.3 5.0100.001234.1                   => a1 exact, a2 exact
        5.0100.123456.3,5.0100.001234.1                   => a1 exact, a2 exact
        501001234563/501000012341                         => a1 exact, a2 exact
        5.0100.123456.3 5.0100.123456.3                   => a1 exact, a1 exact
        5.0100.123456.3 und 07/11202-2 + P123456          => a1 exact, b1 exact, p1 exact
        07/11202-2                                        => b1 exact
        07112022                                          => b1 exact
        07 11202 2                                        => b1 exact
        07 11 20 22                                       => b1 exact
        Rechnung 07/11202-2                               => b1 exact
        Rechnung 07112022                                 => b1 exact
        Tel. 07/11202-2                                   => b1 exact
        Hund 07/112¶02-2 2023-4                           => b1 exact
        Pacht P123456                                     => p1 exact
        p 123456                                          => p1 exact
        P-123 456                                         => p1 exact
        P12¶3456 Wiese                                    => p1 exact
        Rechnung P123456                                  => p1 exact
        88.123456.29                                      => m1 exact
        8812345629                                        => m1 exact
        1471/1200-9                                       => n1 exact
        147 112 009                                       => n1 exact
        2100.0004711 Kita                                 => x1 exact
        Kita 4711                                         => x4 exact
        12                                                => x5 exact
        2-31-7 fuer Oma                                   => x6 exact, x7 exact
        fad 100100-200-1                                  => x2 exact
        01 0123456789 02 000                              => x3 exact
        EREF+NOTPROVIDED MREF+M0000001 CRED+DE98ZZZ09999999999 SVWZ+501001234563 => a1 exact
        KZP123456                                         => p1 exact
        P12345615.11.2023                                 => p1 exact
        50100123456315.11.2023 Müller                     => a1 exact
        5010012345632023-11-15                            => a1 exact
        P12-34-56                                         => p1 exact
        P10.02.00                                         => p4 exact
        KassenzeichenP123456Wiese                         => p1 exact
        kzp123456                                         => p1 exact
        PachtP123456                                      => p1 exact
        M501001234563-01                                  => a1 exact
        Grundsteuer501001234563Rate4                      => a1 exact
        Az 123/456/7890/123/456/7 5.0100.123456.3         => a1 exact
        IBAN DE82 4165 0001 0000 0000 23 KZ 5.0100.123456.3 => a1 exact
        ",
    );
}

#[test]
fn exact_before_instalments() {
    check(
        "
        07112022/2025-4                                   => b1 exact
        07112022-2025-4                                   => b1 exact
        07112022/4/2025                                   => b1 exact
        07112022/2025                                     => b1 exact
        07112022/4. Rate                                  => b1 exact
        07112022/15.11.2025                               => b1 exact
        07112022-15.11.25                                 => b1 exact
        0711202-2/2025-4                                  => b1 exact
        07112022/2025-4712                                =>
        P123456/2025-4                                    => p1 exact
        P 123456/2025-4                                   => p1 exact
        ",
    );
}

#[test]
fn letters_of_the_reference() {
    check(
        "
        Kassenz. K¶P477951 Emine Weber                    => k1 exact
        Kassenz. KP¶477951 Emine Weber                    => k1 exact
        Kassenz. k¶p 477951 Emine Weber                   => k1 exact
        K¶P123456 Wiese                                   => p1 exact
        KZKP477951Winter                                  => k1 exact
        KassenzeichenKP477951Winter                       => k1 exact
        ",
    );
}

#[test]
fn creditor_references() {
    check(
        "
        RF36501001234563                                  => a1 exact
        RF36 5010 0123 4563                               => a1 exact
        RF36 5010 0123 4563 Müller 2023                   => a1 exact
        RF36 5010 01¶23 4563 2023-4                       => a1 exact
        RF11P123456                                       => p1 exact
        RF37501001234563                                  => a1 partial
        RF37 5010 0123 4563                               => a1 partial
        RF37 5.0100.123456.3                              => a1 partial
        RF12P123456                                       => p2 changed, p1 partial
        RF37 0050 1001 2345 63                            => a1 partial
        RF36 5O10 0123 4563                               => a1 look-alike
        RF37 5O10 0123 4563                               => a1 partial
        RF37501001234563 RF36501001234563                 => a1 partial, a1 exact
        RF37501001234563 und 5.0100.001234.1              => a1 partial, a2 exact
        ",
    );
}

#[test]
fn something_else() {
    check(
        "
        vom 07.11.2022                                    =>
        12/34/07/2023-4                                   =>
        vom 07.11.20¶22                                   =>
        07 11 2022                                        =>
        07-11-2022                                        =>
        Grundsteuer 2023-4                                =>
        4. Rate 2023 Müller Hauptstr. 5                   =>
        IBAN DE88 5010 0123 4563                          =>
        DE82416500010000000023                            =>
        DE37500501001234563000                            =>
        DE93500501001234563000                            =>
        Tel. 0711 2022                                    =>
        Tel. 07 11 20 22                                  =>
        Rechnung 123456                                   =>
        Rechnung 07 11202 2                               =>
        Kd-Nr 123456                                      =>
        Parkverstoss Az 123456789                         =>
        Kita Beitrag 11/2023                              =>
        Gewerbesteuer 1234567890                          =>
        EUR 071.120,22                                    =>
        Bescheid 471112345678                             =>
        Bescheid Nr. 71120-22                             =>
        Rechnung 4711                                     =>
        Tel. 4711                                         =>
        Hauptstr. 12                                      =>
        AUSZ7112022                                       =>
        Steuernummer 07 11202 2                           =>
        071/12022                                         => b1 exact
        12/345/67890                                      =>
        AUSZ1234563                                       =>
        ",
    );
}

#[test]
fn zeros() {
    check(
        "
        510012345 63                                      => a1 zeros
        51001234563                                       => a1 zeros
        5 100 123456 3                                    => a1 zeros
        5.100.1234.1                                      => a2 zeros
        5 100 1234 1                                      => a2 zeros
        510012341                                         => a2 zeros
        5100001234 1                                      => a2 zeros
        KZ 5.0100.1234.1 Müller                           => a2 zeros
        005.0100.123456.3                                 => a1 zeros
        00501001234563                                    => a1 zeros
        5.00100.0123456.3                                 => a1 zeros
        7/11202-2                                         => b1 zeros
        7112022                                           => b1 zeros
        KZ7112022                                         => b1 zeros
        7/123-8                                           => b2 zeros
        Rechnung 7/123-8                                  => b2 zeros
        7.12.23                                           =>
        P815                                              => p3 zeros
        P 815                                             => p3 zeros
        P 0815                                            => p3 zeros
        88 77 14                                          => m2 zeros
        Kundennummer 510012345 63                         => a1 zeros
        Kundennummer 51001234563                          => a1 zeros
        1/2/30-9                                          =>
        ",
    );
}

#[test]
fn look_alikes() {
    check(
        "
        5.O1OO.123456.3                                   => a1 look-alike
        5.0100.l23456.3                                   => a1 look-alike
        5.OlOO.l2345G.3                                   => a1 look-alike
        SO1001234563                                      => a1 look-alike
        KZ5O1001234563                                    => a1 look-alike
        5.0|00.!23456.3                                   => a1 look-alike
        5.IOO.123456.3                                    => a1 look-alike
        5.1OO.l234.1                                      => a2 look-alike
        O7/11202-2                                        => b1 look-alike
        P I23456                                          => p1 look-alike
        PI23456                                           => p1 look-alike
        Pl23456 Warstein                                  => p1 look-alike
        Grundsteuer PlO020O Abgaben 2023-4                => p4 look-alike
        Zimmer 12 BIS Ostern                              =>
        ",
    );
}

#[test]
fn parts_and_longer_runs() {
    check(
        "
        123456                                            => p1 partial
        SHOP123456                                        => p1 partial
        Pachtp123456                                      => p1 partial
        0100.123456.3                                     => a1 partial
        123456.3                                          => a1 partial
        11202-2                                           => b1 partial
        5010012345632023                                  => a1 partial
        99501001234563                                    => a1 partial
        20235.0100.123456.3                               => a1 partial
        071120221                                         => b1 added
        5.0100.123456.3.4                                 => a1 exact
        5.0100.12345635.4                                 => a1 partial
        501001234563-4                                    => a1 exact
        Rechnung 123456.3                                 =>
        ",
    );
}

#[test]
fn slips() {
    check(
        "
        Kassenzeichen 5.0100.123956.3                     => a1 changed
        5.0100.123465.3                                   => a1 swapped
        901001234563                                      => a1 changed
        9.0100.123456.3                                   => a1 changed
        97112022                                          => b1 changed
        K¶P477961 Emine Weber                             => k1 changed, nobody's k, nobody's p
        KP477961/2025-4                                   => k1 changed, nobody's k
        5.0100.123456                                     => a1 lost
        5.0100.13456.3                                    => a1 lost
        5.0100.1223456.3                                  => a1 added
        501001234573                                      => a1 changed, a3 changed
        50 10 01 23 45 64                                 => a1 changed
        5.0100.123456.1                                   => a1 changed, a3 changed
        5.0100.12345.3                                    => a1 lost
        5.0100.12345 6 3. Rate                            => a1 partial
        Abgaben Pl2O23 danke                              =>
        5.0100.012341                                     => a2 lost
        P 112022 Wiese                                    =>
        07/11202-3                                        => b1 changed
        07/11220-2                                        => b1 swapped
        Rechnung 07/11202-3                               => b1 changed
        Rechnung 07112023                                 =>
        Rechnung 501001234573                             =>
        Kundennummer 5.0100.123457.3                      => a1 changed, a3 changed
        vom 07.11.2023 an                                 =>
        P123546                                           => p1 swapped, nobody's p
        P 12345                                           => p1 lost, p2 lost
        8812345729                                        => m1 changed
        1471/1200-1                                       => n1 changed
        2100.0004712                                      => x1 changed
        5.0100.123956.3 5.0100.001234.1                   => a1 changed, a2 exact
        ",
    );
}

#[test]
fn nobodys() {
    check(
        "
        Kassenzeichen 5.0100.654321.6 Grundbesitzabgaben  => nobody's a
        501006543216                                      => nobody's a
        5010 0654 3216                                    => nobody's a
        5.0100.654321.7                                   =>
        07/54321-0                                        => nobody's b
        vom 07/54321-0                                    => nobody's b
        07543210                                          => nobody's b
        P654321                                           => nobody's p
        Bescheid P654321                                  => nobody's p
        P 654321                                          =>
        P123458                                           => p1 changed, p2 changed, nobody's p
        88.654321.77                                      => nobody's m
        ",
    );
}

#[test]
fn payment_slips() {
    let directory = directory();
    for (structured, wanted) in
        [("5010012345635", "a1 exact"), ("5010012345631", "a1 partial"), ("501001234563", "a1 exact")]
    {
        let message = Message { structured: Some(structured), ..Message::default() };
        assert_eq!(shown(&directory.find(&message)), wanted, "{structured}");
    }
}

#[test]
fn fields() {
    let directory = directory();
    let message = Message {
        remittance: "Abgaben 2023-4",
        end_to_end: Some("501001234563"),
        structured: Some("RF05 07112022"),
        mandate: Some("P123465"),
        counterparty: Some("Anna Müller 5.0100.001234.1 7/123-8"),
        additional: Some("KZ 5.0100.123457.2"),
        ..Message::default()
    };
    let findings = directory.find(&message);
    assert_eq!(shown(&findings), "a1 exact, b1 exact, p1 swapped, a2 exact, a3 changed, nobody's p");
    let fields: Vec<Field> = findings.found.iter().map(|found| found.field).collect();
    let wanted = [Field::EndToEnd, Field::Structured, Field::Mandate, Field::Counterparty, Field::Additional];
    assert_eq!(fields.first_chunk(), Some(&wanted));
    // each further reference by itself, at places that follow one another
    let further = ["501001234563".to_owned(), "RE-2024".to_owned(), "07/11202-2".to_owned()];
    let message = Message { further: &further, instruction: Some("5.0100.001234.1"), ..Message::default() };
    let findings = directory.find(&message);
    let places: Vec<(Field, usize, usize)> =
        findings.found.iter().map(|found| (found.field, found.span.start, found.span.end)).collect();
    assert_eq!(places, [(Field::Instruction, 0, 15), (Field::Further, 0, 12), (Field::Further, 21, 31)]);
    // the name of an order is often a number that means nothing here
    let near = Message { instruction: Some("5.0100.123457.2"), ..Message::default() };
    assert_eq!(shown(&directory.find(&near)), "");
    let absent = Message { end_to_end: Some("NOTPROVIDED"), ..Message::default() };
    assert_eq!(shown(&directory.find(&absent)), "");
}
