//! What lists, ranges and texts that break off mean.

use crate::{CheckMethod, Directory, Message, Scheme};

fn directory() -> Directory {
    let scheme = Scheme::new("a", "5.0100.######.C", CheckMethod::Luhn).unwrap();
    let other = Scheme::new("b", "07/#####-C", CheckMethod::Mod11(crate::Mod11::default())).unwrap();
    let numbers = ["000301.9", "000302.7", "000303.5", "000304.3", "000412.4"];
    let references: Vec<String> = numbers.iter().map(|end| format!("5.0100.{end}")).collect();
    Directory::new(&[scheme, other], references.iter().map(String::as_str))
}

#[track_caller]
fn check(text: &str, meant: &[u32], goes_on: bool) {
    let findings = directory().find(&Message { remittance: text, ..Message::default() });
    let references: Vec<u32> = findings.series.meant.iter().map(|meant| meant.reference).collect();
    assert_eq!((references.as_slice(), findings.series.goes_on), (meant, goes_on), "{text}");
}

#[test]
fn ends_of_references_behind_a_whole_one() {
    for (text, meant) in [
        ("KZ 5.0100.000301.9, 302.7, 303.5", &[1, 2][..]),
        ("5.0100.000301.9/302.7/303.5", &[1, 2]),
        ("5.0100.000301.9 + 02.7 u. 03.5", &[1, 2]),
        ("501000003019/3027/3035", &[1, 2]),
        ("501000003019, 3027 und 4124", &[1, 4]),
        ("Grundbesitzabgaben 5.0100.00030\n1.9, 302.7", &[1]),
        ("5.0100.000301.9", &[]),
        ("5.0100.000301.9 Rate 2023", &[]),
        ("5.0100.000301.9, 15.11.2023", &[]),
        ("5.0100.000301.9, 302,70 EUR", &[]),
        ("5.0100.000301.9 Tel. 302.7", &[]),
        ("5.0100.000301.9 4. Quartal 2023", &[]),
    ] {
        check(text, meant, false);
    }
}

#[test]
fn ends_with_other_things_between() {
    for text in [
        "5.0100.000301.9, …302.7 und …303.5",
        "KZ 5.0100.000301.9, xxx302.7, xxx303.5",
        "5.0100.000301.9 Ahlers, 302.7 Petri, 303.5 Toennies",
        "KZ 501000003019 sowie Endnr. 3027 und 3035",
    ] {
        check(text, &[1, 2], false);
    }
}

#[test]
fn ranges() {
    for text in [
        "5.0100.000301.9 bis 5.0100.000304.3",
        "KZ 5.0100.000301.9 bis 304.3 Grundbesitzabgaben",
        "501000003019 - 501000003043",
        "5.0100.000301.9 bis einschl. 304.3",
        "Objekte 5.0100.000301.9 bis\neinschl. 304.3 Grundbesitz\nabgaben",
    ] {
        let mut meant = vec![1, 2];
        meant.extend((!text.contains("000304") && !text.contains("3043") || text.contains(" 304.3")).then_some(3));
        check(text, &meant, false);
    }
    check("5.0100.000301.9 und 5.0100.000304.3", &[], false);
    check("5.0100.000301.9 ... 5.0100.000303.5", &[1], false);
}

#[test]
fn ends_of_references_that_are_written_with_strokes() {
    let scheme = Scheme::new("a", "4400/######/C", CheckMethod::Luhn).unwrap();
    let known = ["4400/203624/7", "4400/203629/6", "4400/203630/4"];
    let directory = Directory::new(&[scheme], known.iter().copied());
    for text in ["4400/203624/7,629/6,3630/4", "4400/203624/7/629/6/630/4", "KZ 4400/203624/7, 629/6 + 630/4"] {
        let series = directory.find(&Message { remittance: text, ..Message::default() }).series;
        let meant: Vec<u32> = series.meant.iter().map(|meant| meant.reference).collect();
        assert_eq!((meant, series.goes_on), (vec![1, 2], false), "{text}");
    }
}

#[test]
fn what_a_number_begins_with_is_not_the_end_of_another() {
    let scheme = Scheme::new("a", "4400/######/C", CheckMethod::Luhn).unwrap();
    let directory = Directory::new(&[scheme], ["4400/203624/7", "4400/204400/2", "4400/203629/6"]);
    for (text, goes_on) in [
        // as long as a form
        ("Zahlung 4400/203624/7/4400/2", false),
        ("Zahlg. 4400/203624/7/4400/2", true),
        // a stroke parts its groups
        ("4400/203624/7 u. 4400/20454", true),
        ("KZ 4400/203624/7, 4400/20454", true),
        ("4400/203624/7, 4400/2", false),
    ] {
        let series = directory.find(&Message { remittance: text, ..Message::default() }).series;
        assert_eq!(series.goes_on, goes_on, "{text} {:?}", series.meant);
    }
    // groups with blanks between them
    let scheme = Scheme::new("a", "1180 #### ####", CheckMethod::None).unwrap();
    let directory = Directory::new(&[scheme], ["1180 2630 4554", "1180 2630 1344"]);
    for (text, may_go_on) in
        [("118026304554 1180 2630 1344, 1180 2", true), ("1180 2630 4554, 1180 2630 1344, 1180 2", true)]
    {
        let series = directory.find(&Message { remittance: text, ..Message::default() }).series;
        assert_eq!(series.may_go_on || series.goes_on, may_go_on, "{text}");
    }
}

#[test]
fn the_end_of_a_range_may_look_like_a_year() {
    let scheme = Scheme::new("a", "3100.#######", CheckMethod::None).unwrap();
    let known = ["3100.2202057", "3100.2202059", "3100.2202066", "3100.2202024"];
    let directory = Directory::new(&[scheme], known);
    for (text, count) in [
        ("3100.2202057 bis 2066", 2),
        ("3100.2202057 - 2066", 2),
        ("3100.2202057 bis 2024", 0),
        ("3100.2202057 bis 2065", 0),
        ("3100.2202057 Rate 2066", 0),
    ] {
        let series = directory.find(&Message { remittance: text, ..Message::default() }).series;
        assert_eq!(series.meant.len(), count, "{text}");
    }
}

#[test]
fn ends_of_a_list_may_look_like_years() {
    let scheme = Scheme::new("a", "5.0100.######.C", CheckMethod::Luhn).unwrap();
    let known = ["5.0100.225200.2", "5.0100.225203.6", "5.0100.225206.9", "5.0100.225207.7"];
    let directory = Directory::new(&[scheme], known);
    for (text, meant) in [
        ("501002252002/2036/2069/2077", &[1, 2, 3][..]),
        ("501002252002, 2036 u. 2077", &[1, 3]),
        ("501002252002/2036", &[]),
        ("501002252002/2023/2024", &[]),
        ("501002252002/2036 Rate 2069", &[]),
    ] {
        let series = directory.find(&Message { remittance: text, ..Message::default() }).series;
        let references: Vec<u32> = series.meant.iter().map(|meant| meant.reference).collect();
        assert_eq!(references.as_slice(), meant, "{text}");
    }
}

#[test]
fn ends_of_references_that_are_written_with_blanks() {
    let scheme = Scheme::new("a", "1180 #### ####", CheckMethod::None).unwrap();
    let known = ["1180 2315 7993", "1180 2315 7996", "1180 2315 8000", "1180 2316 1104"];
    let directory = Directory::new(&[scheme], known);
    for (text, meant) in [
        ("Objekte 1180 2315 7993-5 8000", &[1, 2][..]),
        ("1180 2315 7993, 7996, 2316 1104", &[1, 3]),
        ("1180 2315 7993, 7996 8000", &[1]),
        ("1180 2315 7993, 7996 15 EUR", &[1]),
        ("1180 2315 7993 8000", &[]),
    ] {
        let series = directory.find(&Message { remittance: text, ..Message::default() }).series;
        let references: Vec<u32> = series.meant.iter().map(|meant| meant.reference).collect();
        assert_eq!((references.as_slice(), series.goes_on), (meant, false), "{text}");
    }
}

#[test]
fn a_text_without_any_number_goes_on_too() {
    for (text, goes_on) in [
        ("Grundbesitzabgaben diverse Objekte lt. Liste", true),
        ("Abgaben und fuer meine Mutter", true),
        ("Grundsteuer und Abwasser", false),
    ] {
        check(text, &[], goes_on);
    }
}

#[test]
fn a_list_that_goes_on() {
    for (text, goes_on) in [
        ("5.0100.000301.9 u.a.", true),
        ("5.0100.000301.9 und fuer meine Mutter", true),
        ("5.0100.000301.9 laut Liste", true),
        ("5.0100.000301.9, 999.9", true),
        ("501000003019 u. 0010", true),
        ("501000003019 u. 9999", false),
        ("501000003019, 2024", false),
        ("501000003019 + 0171 EUR", false),
        ("5.0100.000301.9, 5.0100.00030", true),
        ("5.0100.000301.9 + 5.0100.000302.7 + 5.010", true),
        ("501000003019 501000003027 50100", true),
        ("5.0100.000301.9; 5.0100.000302.7; 5", true),
        ("5.0100.000301.9,", true),
        ("5.0100.000301.9 Ahlers, 5.0100.000302.7 Petri, 5.0100.0", true),
        ("3 Objekte ab KZ 5.0100.000301.9", true),
        ("5.0100.000301.9 ff.", true),
        ("5.0100.000301.9 Ahlers, Petri", false),
        ("5.0100.000301.9 Frau Etcher", false),
        ("5.0100.000301.9 Danke", false),
        // as long as a bank lets a text be, and nothing but references
        ("Objekte 5.0100.000301.9 5.0100.000302.7 5.0100.000303.5 5.0100.000304.", true),
    ] {
        check(text, &[], goes_on);
    }
}

#[test]
fn an_end_as_long_as_the_one_before_it_that_leads_nowhere() {
    for (text, goes_on) in [
        ("501000003019, 3027 u. 9999", true),
        ("501000003019/3027/9999", true),
        ("501000003019, 3027, 2024", false),
        ("501000003019, 3027, 9999 EUR", false),
        ("501000003019, 3027, 99998", false),
    ] {
        check(text, &[1], goes_on);
    }
}

#[test]
fn a_list_as_long_as_a_form_may_go_on() {
    for (text, may_go_on) in [
        ("KZ 5.0100.000301.9 000302.7", true),
        ("KZ 5.0100.000301.9, 000302.7", false),
        // a blank stood where it was cut off
        ("Abgaben: 5.0100.000301.9, 000302.7", true),
        ("KZ  5.0100.000301.9,000302", true),
        ("Kassenzeichen:5.0100.000301", true),
        ("Danke KZ 5.0100.000301.9 dafuer von", false),
        ("Abgaben zu dem KZ 5.0100.000301.9 KP", false),
        ("Abgaben zum  KZ 5.0100.000301.9 KP1", true),
        ("Abgaben zum KZ 5.0100.000301.9", false),
        ("Abgab 5.0100.000301.9 u. 07/1", false),
        ("KZ 5.0100.000301.9 u. 07/12", true),
        ("Kassenzeichen  5.0100.00030", true),
    ] {
        let series = directory().find(&Message { remittance: text, ..Message::default() }).series;
        assert_eq!((series.may_go_on, series.goes_on), (may_go_on, false), "{text}");
    }
    // one number alone: whether more followed the blank is asked of strangers only
    for (text, lacks_blank) in
        [("Grundbesitzabgaben 5.0100.000301.9", true), ("Grundbesitzabgaben  5.0100.000301.9", false)]
    {
        let series = directory().find(&Message { remittance: text, ..Message::default() }).series;
        assert_eq!((series.lacks_blank, series.may_go_on), (lacks_blank, !lacks_blank), "{text}");
    }
}
