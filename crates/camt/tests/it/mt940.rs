//! What is read of MT940 and MT942.

use camt::{FindingKind, Limits, MessageKind, Mt940Reader, Part, ReadError};
use proptest::prelude::*;

use crate::show::show_parts;

const DAY: &str = include_str!("../data/day.sta");

fn parts(input: &[u8], limits: &Limits) -> Result<Vec<Part>, ReadError> {
    let mut reader = Mt940Reader::new(input, limits);
    std::iter::from_fn(|| reader.next_part().transpose()).collect()
}

fn show(input: &[u8]) -> String {
    show_parts(parts(input, &Limits::default()))
}

/// What is read of one booking with this `:86:`, without the words that all bookings share.
fn check_info(kind: &str, info: &str, expected: &str) {
    let input = format!(":20:A\n:60F:C231101EUR1,00\n:61:231102C1,00{kind}NONREF\n:86:{info}\n:62F:C231102EUR2,00\n");
    let shown = show(input.as_bytes());
    let booking = shown.lines().find(|line| line.starts_with("booking=")).unwrap();
    let words = booking.split_once("valued=2023-11-02").unwrap().1.trim();
    assert_eq!(words, expected, "{info}");
}

#[test]
fn a_day() {
    assert_eq!(show(DAY.as_bytes()), include_str!("../data/day_sta.txt"));
}

#[test]
fn line_ends_and_encoding_do_not_matter() {
    let expected = show(DAY.as_bytes());
    for end in ["\n", "\r", "@@"] {
        assert_eq!(show(DAY.replace("\r\n", end).as_bytes()), expected, "{end:?}");
    }
    let latin: Vec<u8> = DAY.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
    assert_eq!(show(&latin), expected);
}

#[test]
fn structured_information() {
    let table = [
        // In any order; a question mark in the text; unknown keys.
        (
            "166?32Max?21Wann?45 Uhr?33Muster?00GUTSCHRIFT?20SVWZ+Miete?31DE02 1203",
            "from=Max Muster iban=DE021203 text=Miete\\nWann?45 Uhr gvc=NTRF+166 additional=GUTSCHRIFT",
        ),
        ("166?20SVWZ+Ist das?Ja?21Nein?", "text=Ist das?Ja\\nNein? gvc=NTRF+166"),
        ("166?60drei?20eins?29zwei?63vier", "text=eins\\nzwei\\ndrei\\nvier gvc=NTRF+166"),
        ("166>20SVWZ+Miete>32Muster", "from=Muster text=Miete gvc=NTRF+166"),
        ("166?99Miete", "text=166?99Miete"),
        // Tags wherever they stand.
        (
            "171?20EREF+E-1 MREF+M-1?21 KREF+L-1?22CRED+DE98",
            "e2e=E-1 instruction=L-1 mandate=M-1 creditor_id=DE98 payment=L-1 gvc=NTRF+171",
        ),
        (
            "166?20EREF+NOTPROVIDED           ?21             ?22KREF+NONREF?23SVWZ+XY",
            "e2e=NOTPROVIDED text=XY gvc=NTRF+166",
        ),
        (
            "166?20SVWZ+Miete?21IBAN+DE02?22BIC+MUSTER?23ABWA+Kind?24ABWE+Werk?25DEBT+x?26PURP+RENT",
            "iban=DE02 bank=MUSTER ultimate_debtor=Kind ultimate_creditor=Werk text=Miete gvc=NTRF+166 additional=DEBT+x",
        ),
        ("166?20SVWZ+auf IBAN: DE02 und BIC: X", "text=auf IBAN: DE02 und BIC: X gvc=NTRF+166"),
        ("808?20OAMT+50,00?21COAM+EUR3,00", "gvc=NTRF+808 original=50.00 charges=3.00"),
        // A subfield with room for more has ended, and its value with it.
        ("166?20EREF+NOTPROVIDED?21KZ 5.0100", "e2e=NOTPROVIDED text=KZ 5.0100 gvc=NTRF+166"),
        ("166?20KREF+NONREF?21KZ 5.0100?22Rate", "text=KZ 5.0100\\nRate gvc=NTRF+166"),
        ("166?20EREF+NOTPROVIDED KZ 5.0100", "e2e=NOTPROVIDED text=KZ 5.0100 gvc=NTRF+166"),
        // Unknown keys are the bank's own, and do not belong to what precedes them.
        (
            "166?20KZ 5?32Ostheim, Erika?33, Otto?64INTERN 4711?65XX?70x?34999",
            "from=Ostheim, Erika, Otto text=KZ 5 gvc=NTRF+166++999 additional=INTERN 4711\\nXX\\nx",
        ),
        ("166?00GUTSCHRIFT?05A?20KZ 5?64B?31DE02 ", "iban=DE02 text=KZ 5 gvc=NTRF+166 additional=GUTSCHRIFT\\nA\\nB"),
        // A blank before the code, a second account, a name in two parts of which one is full.
        (" 020?00A?20B", "text=B gvc=NTRF+020 additional=A"),
        ("166?20In?31 Tagen?31DE02?32Max", "from=Max iban=DE02 text=In?31 Tagen gvc=NTRF+166"),
        ("166?31DE02120300000000202051 Max", "iban=DE02120300000000202051 gvc=NTRF+166 additional=Max"),
        ("166?32Verein der Freunde des Scha?33chs", "from=Verein der Freunde des Schachs gvc=NTRF+166"),
        // An account in the text: from the bank if it has no other place for it, else written by the payer.
        (
            "166?20SVWZ+Abgaben?21IBAN: DE021203000000002020?2251 BIC: BYLADEM1001?32Max",
            "from=Max iban=DE02120300000000202051 bank=BYLADEM1001 text=Abgaben gvc=NTRF+166",
        ),
        (
            "166?20SVWZ+Erstattung auf ?21IBAN: DE02120300000000202051 ?22KZ 5?31DE99",
            "iban=DE99 text=Erstattung auf\\nIBAN: DE02120300000000202051\\nKZ 5 gvc=NTRF+166",
        ),
        ("166?20SVWZ+Rechnung?21EREF: 4711?22KZ 5", "text=Rechnung\\nEREF: 4711\\nKZ 5 gvc=NTRF+166"),
        (
            "166?20SVWZ+Abgaben EREF+E-1 MREF+M?21-7 CRED+DE98",
            "text=Abgaben EREF+E-1 MREF+M\\n-7 CRED+DE98 gvc=NTRF+166",
        ),
        // What comdirect writes instead of tags.
        (
            "166?20UEBERTRAG?21KZ 5?22END-TO-END-REF.:?23RE-4711?24CORE / MANDATSREF.:?25M-1?26Ref. J/1",
            "e2e=RE-4711 mandate=M-1 text=UEBERTRAG\\nKZ 5\\nRef. J/1 gvc=NTRF+166",
        ),
        // DIN 66003 is not declared anywhere: what looks like it is left unchanged.
        ("166?32M}ller [strasse", "from=M}ller [strasse gvc=NTRF+166"),
        // Reasons of returns, as far as sources agree.
        ("109?20EREF+E-1?34901", "e2e=E-1 returned=AC01 gvc=NTRF+109++901"),
        ("109?10931?34914", "returned=MS03 gvc=NTRF+109+931+914"),
        ("109?34903", "returned=AC06 gvc=NTRF+109++903"),
        ("109?34905", "gvc=NTRF+109++905"),
        ("166?34901", "gvc=NTRF+166++901"),
        // Code words of SWIFT, and texts that only look like them.
        (
            "/EREF/E-1/MARF/M-1/CSID/DE98/PREF/L-1/NAME/Muster/IBAN/DE02/PURP/RENT/REMI/Mie\nte/ISDT/x",
            "e2e=E-1 mandate=M-1 creditor_id=DE98 payment=L-1 from=Muster iban=DE02 text=Miete additional=/ISDT/x",
        ),
        ("/RTRN/MD06/EREF/E-1", "e2e=E-1 returned=MD06"),
        ("1/2 Miete\n/EREF/ fehlt", "text=1/2 Miete\\n/EREF/ fehlt"),
    ];
    for (info, expected) in table {
        check_info("NTRF", info, expected);
    }
    check_info("NRTI", "109?00RUECK?109310?34912", "returned=MD06 gvc=NRTI+109+9310+912 additional=RUECK");
    check_info("NTRF", "166?20A\n:86:mehr\n", "text=A\\nmehr gvc=NTRF+166");
}

#[test]
fn accounts_of_the_old_form_and_codes_left_out() {
    let table = [
        (
            "051?20KZ 5?3012030000?310000202051?32Max",
            "from=Max iban=DE02120300000000202051 bank=12030000 text=KZ 5 gvc=NTRF+051",
        ),
        ("051?20KZ 5?30BYLADEM1?31202051", "iban=202051 bank=BYLADEM1 text=KZ 5 gvc=NTRF+051"),
        ("166 ?00GUT?20KZ 5?32Max", "from=Max text=KZ 5 gvc=NTRF+166 additional=GUT"),
        ("?00GUT?20KZ 5?32Max", "from=Max text=KZ 5 additional=GUT"),
        ("166/EREF/E-1/ORDP//NAME/Max/REMI/KZ 5", "e2e=E-1 from=Max text=KZ 5 gvc=NTRF+166"),
    ];
    for (info, expected) in table {
        check_info("NTRF", info, expected);
    }
    check_info("NDDT", "/EREF/E-1/REMI/KZ 5", "e2e=E-1 text=KZ 5 gvc=NDDT");
}

/// What is read of one `:61:` with the lines below it, without the words that all bookings share.
fn check_line(line: &str, expected: &str) {
    let input = format!(":20:A\n:60F:C231101EUR1,00\n:61:{line}\n:86:166?20A\n:62F:C231102EUR2,00\n");
    let shown = show(input.as_bytes());
    let lines: Vec<&str> = shown.lines().filter(|line| !line.starts_with("STATEMENT")).collect();
    let booking = lines.join("\n");
    let (booking, _) = booking.split_once("\nentry").unwrap();
    let words = booking.split_once("booking=0.0 ").unwrap().1.trim();
    assert_eq!(words, expected, "{line}");
}

#[test]
fn statement_lines() {
    // only a value date: it was booked on the day of the statement at the latest
    let whole = "amount=1.00 currency=EUR status=BOOK valued=2023-11-02";
    let table = [
        ("231102C\n1,00NTRFNONREF//B", "ref=B entry_ref=B text=A gvc=NTRF+166"),
        ("231102C 1,00NTRFNONREF//B", "ref=B entry_ref=B text=A gvc=NTRF+166"),
        // What stands below it is kept.
        ("231102C1,00NTRFNONREF//B\nKZ 5\nRate", "ref=B entry_ref=B text=A gvc=NTRF+166 additional=KZ 5\\nRate"),
        ("231102C1,00NRTINONREF/OCMT/EUR0,50//CHGS/EUR0,50/", "text=A gvc=NRTI+166 original=0.50 charges=0.50"),
        ("231102C1,00NRTINONREF//OCMT/EUR0,50/CHGS/EUR0,50/", "text=A gvc=NRTI+166 original=0.50 charges=0.50"),
        (
            "231102C1,00NRTINONREF\n/OCMT/EUR0,50//CH\nGS/EUR0,50/KZ 5",
            "text=A gvc=NRTI+166 additional=KZ 5 original=0.50 charges=0.50",
        ),
        // The owner's reference is the name of the order.
        ("231102C1,00NTRFR-4711//B", "ref=B entry_ref=B name=R-4711 instruction=R-4711 text=A gvc=NTRF+166"),
        // A missing or cut type gives nothing false.
        (
            "231102C1,00NONREF//B",
            "ref=B entry_ref=B text=A gvc=+166\n  ! line 3, :61: \"\" is no type of transaction (N, S or F and three characters)",
        ),
        (
            "231102C1,00TRFNONREF//B",
            "ref=B entry_ref=B text=A gvc=+166\n  ! line 3, :61: \"TRF\" is no type of transaction (N, S or F and three characters)",
        ),
    ];
    for (line, expected) in table {
        check_line(line, &format!("{whole} {expected}"));
    }
    // A field that must not be there becomes text of the booking, with a finding.
    for tag in ["25", "99"] {
        let input = format!(
            ":20:A\n:25:1/2\n:60F:C231101EUR1,00\n:61:231102C1,00NTRF\n:{tag}:166?20KZ 5\n:62F:C231102EUR2,00\n"
        );
        let shown = show(input.as_bytes());
        assert!(shown.contains("text=KZ 5"), "{shown}");
        let said = format!("! line 5, :{tag}: the field :{tag}: has no place behind a booking");
        assert!(shown.contains(&said), "{shown}");
    }
}

/// Opening, closing and kind of each statement in the input.
#[track_caller]
fn check_messages(input: &str, expected: &[&str]) {
    let mut shown = Vec::new();
    for part in parts(input.as_bytes(), &Limits::default()).unwrap() {
        match part {
            Part::StatementStart(head) => shown.push(format!(
                "{} {} {}",
                head.message,
                head.id.unwrap_or("-".to_owned()),
                head.account.unwrap_or("-".to_owned())
            )),
            Part::Booking(booking) => shown.push(format!("{} {:?}", booking.signed().unwrap(), booking.status)),
            Part::EntryEnd(_) => {}
            Part::StatementEnd(end) => shown.push(format!(
                "{:?} {:?} {}",
                end.opening.map(|balance| balance.amount.get()),
                end.closing.map(|balance| balance.amount.get()),
                end.findings.iter().map(|finding| format!("{finding}; ")).collect::<String>()
            )),
        }
    }
    let shown: Vec<&str> = shown.iter().map(|line| line.trim()).collect();
    assert_eq!(shown, expected, "{input}");
}

#[test]
fn messages() {
    let booked = "Some(Booked)";
    // The pages of a statement, each with its own balances.
    check_messages(
        ":20:A\n:25:1/2\n:28C:7/1\n:60F:C231101EUR1,00\n:61:231102C1,00NTRF\n:62M:C231102EUR2,00\n-\n\
         :20:A\n:25:1/2\n:28C:7/2\n:60M:C231102EUR2,00\n:61:231102D1,00NTRF\n:62F:C231102EUR1,00\n-\n",
        &[
            "mt940 A 1/2",
            &format!("1.00 {booked}"),
            "Some(100) Some(200)",
            "mt940 A 1/2",
            &format!("-1.00 {booked}"),
            "Some(200) Some(100)",
        ],
    );
    // Several statements under one `:20:`, or without any.
    check_messages(
        ":20:A\n:25:1/2\n:60F:C231101EUR1,00\n:62F:C231101EUR1,00\n:60F:C231102EUR5,00\n:61:231102C1,00NTRF\n:62F:C231102EUR6,00\n",
        &["mt940 A 1/2", "Some(100) Some(100)", "mt940 - 1/2", &format!("1.00 {booked}"), "Some(500) Some(600)"],
    );
    check_messages(
        ":25:1/2\n:60F:C231101EUR1,00\n:61:231102C1,00NTRF\n:62F:C231101EUR2,00\n",
        &["mt940 - 1/2", &format!("1.00 {booked}"), "Some(100) Some(200)"],
    );
    // A field that begins another account without a `:20:` does not belong to the statement before it.
    check_messages(
        ":20:A\n:25:1/2\n:60F:C231101EUR1,00\n:61:231102C1,00NTRF\n:86:x\n:25:1/1234\n:60F:C231101EUR1,00\n:61:231102C1,00NTRF\n:62F:C231102EUR2,00\n",
        &[
            "mt940 A 1/2",
            &format!("1.00 {booked}"),
            "Some(100) None line 7, :62F: the message ends without its closing balance: it is cut off, bookings may be missing;",
            "mt940 - 1/1234",
            &format!("1.00 {booked}"),
            "Some(100) Some(200)",
        ],
    );
    // Two accounts in one statement: whose bookings are they?
    let twice =
        parts(b":20:A\n:25:1/2\n:25:1/3\n:60F:C231101EUR1,00\n:62F:C231101EUR1,00\n", &Limits::default()).unwrap();
    let said = show_parts(Ok(twice));
    assert!(said.contains("! line 3, :25: \"1/3\" is a second account in one statement"), "{said}");
    // An intraday report is provisional, whatever time it gives; MT940 may give a time too.
    check_messages(
        ":20:A\n:25:1/2\n:34F:EURD0,00\n:61:231102EC1,00NTRF\n:61:231102C1,00NTRF\n:90C:2EUR2,00\n-\n",
        &["mt942 A 1/2", "1.00 Some(Pending)", "1.00 None", "None None"],
    );
    check_messages(
        ":20:A\n:60F:C231101EUR1,00\n:13D:2311020800+0100\n:62F:C231101EUR1,00\n",
        &["mt940 A -", "Some(100) Some(100)"],
    );
}

#[test]
fn messages_that_are_cut_off() {
    let booked = "Some(Booked)";
    let cut = "the message ends without its closing balance: it is cut off, bookings may be missing; ";
    check_messages(
        ":20:A\n:60F:C231101EUR1,00\n:61:231102C1,0",
        &["mt940 A -", &format!("1.00 {booked}"), format!("Some(100) None line 3, :62F: {cut}").trim()],
    );
    check_messages(
        ":20:A\n:60F:C231101EUR1,00\n:61:231102C1,00NTRF\n:62F:C2311",
        &[
            "mt940 A -",
            &format!("1.00 {booked}"),
            format!("Some(100) None line 4, :62F: \"C2311\" cannot be read; line 4, :62F: {cut}").trim(),
        ],
    );
}

#[test]
fn refused() {
    let limits = Limits { text: 300, ..Limits::default() };
    let check = |input: &str, expected: &str| {
        assert_eq!(parts(input.as_bytes(), &limits).unwrap_err().to_string(), expected);
    };
    check("", "line 1: the file holds no statement");
    check(&format!(":20:{}", "x".repeat(300)), "line 1: a text is longer than the limit of 300 bytes");
    check(
        &format!(":20:A\n:86:\n{}", "x\n".repeat(301)),
        "line 303, :86: a text is longer than the limit of 300 bytes",
    );
    let many = ":28C:x\n".repeat(9);
    check(&format!(":20:A\n{many}"), "line 6, :28C: the values of one element exceed the limit of 300 bytes");
}

/// A day as a bank sends it, in two messages.
const WHOLE: &str = ":20:A\r\n:25:41650001/23\r\n:28C:1\r\n:60F:C231101EUR100,00\r\n:61:2311021102C50,00NTRFNONREF\r\n\
    :86:166?20SVWZ+Miete?32Muster\r\n:61:2311021102D30,00NTRFNONREF\r\n:86:116?20SVWZ+Strom\r\n:62F:C231102EUR120,00\r\n-\r\n";

/// A subfield's key and its text, by the bank or the payer; words with a dollar sign must come out again.
fn subfield() -> impl Strategy<Value = (u8, String)> {
    let key = prop::sample::select(vec![0, 5, 10, 20, 21, 22, 25, 29, 30, 31, 32, 33, 34, 38, 60, 63, 64, 70, 99]);
    let words = [
        "EREF+",
        "KREF+",
        "MREF+",
        "CRED+",
        "DEBT+",
        "SVWZ+",
        "ABWA+",
        "ABWE+",
        "IBAN+",
        "BIC+",
        "PURP+",
        "EREF: ",
        "IBAN: ",
        "BIC: ",
        "END-TO-END-REF.: ",
        "MANDATSREF.:",
        " ",
        "  ",
        "NOTPROVIDED",
        "DE02120300000000202051",
        "KZ 5.0100.123456.6",
        "Wann?",
        "Max",
        "27 Zeichen hat jedes Feld..",
    ];
    let word = prop_oneof![3 => prop::sample::select(words.to_vec()).prop_map(str::to_owned), 2 => "[$][a-z]{3}"];
    (key, prop::collection::vec(word, 0..5).prop_map(|words| words.concat()))
}

proptest! {
    #[test]
    fn no_character_of_the_information_is_lost(subfields in prop::collection::vec(subfield(), 1..12)) {
        let info: String = subfields.iter().map(|(key, text)| format!("?{key:02}{text}")).collect();
        let input = format!(":20:A\n:60F:C231101EUR1,00\n:61:231102C1,00NTRFNONREF\n:86:166{info}\n:62F:C231102EUR2,00\n");
        let parts = parts(input.as_bytes(), &Limits::default()).unwrap();
        let booking = parts.iter().find_map(|part| match part {
            Part::Booking(booking) => Some(booking),
            _ => None,
        });
        let booking = booking.unwrap();
        let fields = [
            booking.end_to_end_id.as_deref(), booking.mandate_id.as_deref(), booking.creditor_id.as_deref(),
            booking.payment_information_id.as_deref(), booking.counterparty.as_deref(), booking.counterparty_iban.as_deref(),
            booking.counterparty_bank.as_deref(), booking.ultimate_debtor.as_deref(), booking.ultimate_creditor.as_deref(),
            booking.purpose.as_deref(), booking.proprietary_code.as_deref(), booking.additional.as_deref(),
            Some(booking.remittance.as_str()),
        ];
        let squash = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
        let kept: Vec<String> = fields.into_iter().flatten().map(squash).collect();
        for (place, (_, text)) in subfields.iter().enumerate() {
            for word in text.split('$').skip(1).filter_map(|word| word.get(..3)) {
                let word = format!("${word}");
                let written: usize = subfields.iter().map(|(_, text)| squash(text).matches(&word).count()).sum();
                let read: usize = kept.iter().map(|field| field.matches(&word).count()).sum();
                prop_assert_eq!(read, written, "{} {}: {:?}", place, word, booking);
            }
        }
    }

    #[test]
    fn what_is_cut_off_says_so(cut in 0_usize..WHOLE.len()) {
        let read = parts(&WHOLE.as_bytes()[..cut], &Limits::default());
        let whole = parts(WHOLE.as_bytes(), &Limits::default()).unwrap();
        let bookings = |parts: &[Part]| parts.iter().filter(|part| matches!(part, Part::Booking(_))).count();
        if let Ok(read) = read {
            let cut_off = read.iter().any(|part| match part {
                Part::StatementStart(head) => head.kind != MessageKind::Mt940,
                Part::StatementEnd(end) => end.findings.iter().any(|finding| {
                    matches!(finding.kind, FindingKind::CutOff | FindingKind::NoEntries | FindingKind::BalanceDoesNotFit { .. })
                }),
                _ => false,
            });
            prop_assert!(cut_off || (bookings(&read) == 2 && read == whole), "{read:?}");
        }
    }

    #[test]
    fn the_size_of_reads_does_not_matter(size in 1_usize..200, end in "\r\n|\n|\r|@@") {
        let input = DAY.replace("\r\n", &end);
        let mut reader =
            Mt940Reader::new(std::io::BufReader::with_capacity(size, input.as_bytes()), &Limits::default());
        let read: Vec<Part> = std::iter::from_fn(|| reader.next_part().unwrap()).collect();
        prop_assert_eq!(read, parts(DAY.as_bytes(), &Limits::default()).unwrap());
    }

    #[test]
    fn damaged_bytes_never_panic(at in 0_usize..DAY.len(), bytes in prop::collection::vec(any::<u8>(), 0..6)) {
        let mut input = DAY.as_bytes().to_vec();
        input.splice(at..(at + bytes.len()).min(DAY.len()), bytes);
        let _ = parts(&input, &Limits::default());
    }
}
