//! Files of other kinds that offices hold for statements or lists: told by their content, and what to bring instead.
//!
//! Knows what a file looks like, not what it says. Invariant: what einmal reads is never called foreign: a list that names
//! Kassenzeichen is a list whatever else stands in its header, and statements are told by `camt` before.

use std::path::Path;

use crate::lists::Headers;

/// What a file is that is not read here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Foreign {
    /// Pages for reading, or a picture of some.
    Pages(&'static str),
    /// A workbook, by the ending of such files.
    Workbook(&'static str),
    /// A page of a browser: often the log-in of the bank, saved under the name of what was to be downloaded.
    WebPage,
    /// What online banking gives as CSV: bookings without balances.
    Turnovers,
    /// A message of ISO 20022 that is no statement, by its name: `pain.001`.
    Message([u8; 8]),
}

impl Foreign {
    /// Whether it lies beside what is read as a matter of course, and is passed over where nobody named it.
    pub(crate) fn is_company(self) -> bool {
        matches!(self, Foreign::Pages(_))
    }

    /// What it is in a few words.
    pub(crate) fn in_short(self) -> &'static str {
        match self {
            Foreign::Pages("PDF") => "a PDF",
            Foreign::Pages(_) => "a picture",
            Foreign::Workbook(_) => "a workbook",
            Foreign::WebPage => "a web page",
            Foreign::Turnovers => "turnovers as CSV",
            Foreign::Message(_) => "another message",
        }
    }

    /// What it is, and what to do instead.
    pub(crate) fn why(self) -> String {
        match self {
            Foreign::Pages(kind) => format!(
                "is for reading only ({kind}): get the statement from the bank as camt.053 (XML) or MT940, a list from its system as CSV"
            ),
            Foreign::Workbook(kind) => format!(
                "is a workbook ({kind}): save the list in it as CSV (UTF-8) and import that, Kassenzeichen and IBAN as text; get \
                 statements from the bank as camt.053 (XML) or MT940"
            ),
            Foreign::WebPage => "is a web page, perhaps a log-in that has run out: download the file anew".to_owned(),
            Foreign::Turnovers => {
                "is a bank's list of turnovers (CSV): it has no balances that would prove that nothing is \
                                   missing; get the statements of the same days as camt.053 (XML) or MT940"
                    .to_owned()
            }
            Foreign::Message(name) => message(&String::from_utf8_lossy(&name)),
        }
    }
}

/// What a message is, and what to do.
fn message(name: &str) -> String {
    match name {
        "pain.002" => {
            "is a pain.002, the bank's answer to a payment file: it has no bookings to show; `einmal import` takes it"
                .to_owned()
        }
        "pain.008" => {
            "is a pain.008 of another system: imported by itself and whole, it gives mandates and patterns of \
                       instalments"
                .to_owned()
        }
        _ => format!("is a {name}, which tells of no bookings: statements come as camt.053, camt.052 or camt.054"),
    }
}

/// Tells by the beginning of a file (4,096 bytes are enough) and its end whether it is of another kind.
pub(crate) fn recognise(path: &Path, prefix: &[u8], end: &[u8], headers: &Headers) -> Option<Foreign> {
    let text = text(prefix);
    let begin = text.trim_start();
    match prefix {
        [b'%', b'P', b'D', b'F', ..] => return Some(Foreign::Pages("PDF")),
        [0xff, 0xd8, 0xff, ..] => return Some(Foreign::Pages("JPEG")),
        [0x89, b'P', b'N', b'G', ..] => return Some(Foreign::Pages("PNG")),
        [b'I', b'I', b'*', 0, ..] | [b'M', b'M', 0, b'*', ..] => return Some(Foreign::Pages("TIFF")),
        [0xd0, 0xcf, 0x11, 0xe0, ..] => return Some(office(path)),
        [b'P', b'K', 3, 4, ..] => return package(prefix, end),
        _ => {}
    }
    if begin.starts_with('<') { markup(begin) } else { is_turnovers(&text, headers).then_some(Foreign::Turnovers) }
}

/// What Office wrote before 2007.
fn office(path: &Path) -> Foreign {
    let ending = path.extension().map(|ending| ending.to_ascii_lowercase().to_string_lossy().into_owned());
    match ending.as_deref() {
        Some("doc") => Foreign::Pages("doc"),
        Some("msg") => Foreign::Pages("msg"),
        _ => Foreign::Workbook("xls"),
    }
}

/// A ZIP that is one document: its members have the names that such documents have.
fn package(prefix: &[u8], end: &[u8]) -> Option<Foreign> {
    let has = |bytes: &[u8], word: &[u8]| bytes.windows(word.len()).any(|window| window == word);
    if has(prefix, b"application/vnd.oasis.opendocument.spreadsheet") {
        return Some(Foreign::Workbook("ods"));
    }
    if has(prefix, b"application/vnd.oasis.opendocument") {
        return Some(Foreign::Pages("odt"));
    }
    // the name of the first member stands behind its 30 bytes of head
    let first = prefix.get(30..).unwrap_or_default();
    let names: [&[u8]; 6] = [b"[Content_Types].xml", b"_rels/.rels", b"docProps/", b"xl/", b"word/", b"ppt/"];
    if !names.iter().any(|name| first.starts_with(name)) {
        return None;
    }
    // the directory of a ZIP stands at its end
    let is_text = (has(prefix, b"word/document") || has(end, b"word/document")) && !has(end, b"xl/workbook");
    Some(if is_text { Foreign::Pages("docx") } else { Foreign::Workbook("xlsx") })
}

/// XML and HTML.
fn markup(begin: &str) -> Option<Foreign> {
    let lower = begin.to_ascii_lowercase();
    let behind =
        if lower.starts_with("<?xml") { lower.split_once("?>").map_or("", |(_, behind)| behind) } else { &lower };
    let is_page = ["<!doctype html", "<html", "<table"].iter().any(|tag| behind.trim_start().starts_with(tag));
    if lower.contains("urn:schemas-microsoft-com:office:") || behind.trim_start().starts_with("<table") {
        return Some(Foreign::Workbook("xls"));
    }
    if is_page {
        return Some(Foreign::WebPage);
    }
    let root = |(root, _): &&(&str, [u8; 8])| begin.contains(&format!("<{root}"));
    let name = named(begin).or_else(|| ROOTS.iter().find(root).map(|(_, name)| *name))?;
    let is_own = &name == b"pain.008" && begin.contains(crate::runs::payment_file::MESSAGE);
    let is_statement = [b"camt.052", b"camt.053", b"camt.054"].contains(&&name);
    (!is_own && !is_statement).then_some(Foreign::Message(name))
}

/// What messages are by the element below their `Document`.
const ROOTS: [(&str, [u8; 8]); 3] =
    [("CstmrPmtStsRpt", *b"pain.002"), ("CstmrDrctDbtInitn", *b"pain.008"), ("CstmrCdtTrfInitn", *b"pain.001")];

/// What the members of a ZIP are that has no statement, by the elements that are named for them.
pub(crate) fn members(named: &str) -> Option<Foreign> {
    ROOTS.iter().find(|(root, _)| named.contains(root)).map(|(_, name)| Foreign::Message(*name))
}

/// The name of a message in its namespace: `pain.002` of `urn:iso:std:iso:20022:tech:xsd:pain.002.001.10`. An envelope
/// (`head.001`) is passed over: what it holds counts.
fn named(begin: &str) -> Option<[u8; 8]> {
    let spaces = ["urn:iso:std:iso:20022:tech:xsd:", "urn:swift:xsd:$", "urn:swift:xsd:"];
    let names = spaces.iter().flat_map(|space| begin.split(space).skip(1)).filter_map(|behind| {
        let name: [u8; 8] = behind.as_bytes().get(..8)?.try_into().ok()?;
        let is_name = name.iter().enumerate().all(|(place, byte)| match place {
            0..4 => byte.is_ascii_lowercase(),
            4 => *byte == b'.',
            _ => byte.is_ascii_digit(),
        });
        is_name.then_some(name)
    });
    names.into_iter().find(|name| !name.starts_with(b"head."))
}

/// The beginning as text, good enough to see words in it: UTF-16 without its zero bytes.
fn text(prefix: &[u8]) -> String {
    let bytes: Vec<u8> = prefix.iter().copied().filter(|byte| *byte != 0).collect();
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").or(bytes.strip_prefix(b"\xff\xfe")).unwrap_or(&bytes);
    String::from_utf8_lossy(bytes).into_owned()
}

/// How banks name the day of a booking: one of these begins a heading.
const DAYS: [&str; 7] = ["buchung", "valuta", "wert", "datum", "booking", "value date", "transaction date"];
/// And what else stands beside it.
const BESIDE: [&str; 22] = [
    "verwendungszweck",
    "buchungstext",
    "umsatz",
    "vorgang",
    "auftragskonto",
    "auftraggeber",
    "empf",
    "beg",
    "zahlungspflichtige",
    "zahlungsempf",
    "name zahlungsbeteiligter",
    "iban zahlungsbeteiligter",
    "glaeubiger",
    "gl\u{e4}ubiger",
    "soll",
    "haben",
    "saldo",
    "kundenreferenz",
    "betrag",
    "payee",
    "payer",
    "amount",
];
/// What a list of ours names and no bank does.
const OWN: [&str; 4] = ["kassenzeichen", "altes_kassenzeichen", "mandat", "posten"];

/// Lines above the header of a bank's list: account, period, balance.
const ABOVE: usize = 30;
/// Headings of a bank's that make a header.
const HEADINGS: usize = 3;

fn is_turnovers(text: &str, headers: &Headers) -> bool {
    text.lines().take(ABOVE).any(|line| {
        let cells = line.split([';', ',', '\t']).map(|cell| cell.trim().trim_matches('"').to_lowercase());
        let cells: Vec<String> = cells.collect();
        let begins = |words: &[&str], cell: &String| words.iter().any(|word| cell.starts_with(word));
        let days = cells.iter().filter(|cell| begins(&DAYS, cell) && !begins(&BESIDE, cell)).count();
        let beside = cells.iter().filter(|cell| begins(&BESIDE, cell)).count();
        let is_own = cells.iter().any(|cell| OWN.contains(&headers.ours_of(cell).as_str()));
        !is_own && days > 0 && beside > 0 && days + beside >= HEADINGS
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(name: &str, prefix: &[u8], end: &[u8], expected: Option<Foreign>) {
        let headers = Headers::new([("kassenzeichen".to_owned(), vec!["Vertragsgegenstand".to_owned()])]);
        assert_eq!(recognise(Path::new(name), prefix, end, &headers), expected, "{name}");
    }

    #[test]
    fn what_offices_hold_for_statements_and_lists() {
        let zip = |first: &str| [b"PK\x03\x04".as_slice(), &[0; 26], first.as_bytes()].concat();
        let workbook = |ending| Some(Foreign::Workbook(ending));
        check("a.pdf", b"%PDF-1.7\n", b"", Some(Foreign::Pages("PDF")));
        check("umsatz.xml", b"%PDF-1.4\n", b"", Some(Foreign::Pages("PDF")));
        check("scan.jpg", b"\xff\xd8\xff\xe0", b"", Some(Foreign::Pages("JPEG")));
        check("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"", workbook("xls"));
        check("a.msg", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"", Some(Foreign::Pages("msg")));
        check("a.xlsx", &zip("[Content_Types].xml"), b"xl/workbook.xml", workbook("xlsx"));
        check("a.zip", &zip("xl/worksheets/sheet1.xml"), b"", workbook("xlsx"));
        check("a.docx", &zip("_rels/.rels"), b"word/document.xml", Some(Foreign::Pages("docx")));
        let ods = zip("mimetypeapplication/vnd.oasis.opendocument.spreadsheet");
        check("a.ods", &ods, b"", workbook("ods"));
        check("a.zip", &zip("2024-03-08.xml"), b"", None);
        check("a.xls", b"<html xmlns:x=\"urn:schemas-microsoft-com:office:excel\"><table>", b"", workbook("xls"));
        check("a.xml", b"<!DOCTYPE html>\n<html><body>Anmelden", b"", Some(Foreign::WebPage));
    }

    #[test]
    fn messages_are_told_by_their_name() {
        let xml = |name: &str, more: &str| {
            format!("<?xml version=\"1.0\"?><Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:{name}\">{more}")
                .into_bytes()
        };
        let message = |name: &[u8; 8]| Some(Foreign::Message(*name));
        check("a.xml", &xml("pain.002.001.10", ""), b"", message(b"pain.002"));
        check("a.xml", &xml("pain.001.001.09", ""), b"", message(b"pain.001"));
        check("a.xml", &xml("pain.008.001.08", "<MsgId>HKR-4711</MsgId>"), b"", message(b"pain.008"));
        check("a.xml", &xml("pain.008.001.08", "<MsgId>EINMAL-AB12-L1-1</MsgId>"), b"", None);
        check("a.xml", b"<Document><CstmrPmtStsRpt><GrpHdr>", b"", message(b"pain.002"));
        for name in ["camt.052.001.08", "camt.053.001.02", "camt.054.001.08"] {
            check("a.xml", &xml(name, ""), b"", None);
        }
        // in an envelope what it holds counts
        let head = "<AppHdr xmlns=\"urn:iso:std:iso:20022:tech:xsd:head.001.001.02\"/>";
        let wrapped = |name: &str| [b"<E>".as_slice(), head.as_bytes(), &xml(name, "")].concat();
        check("a.xml", &wrapped("camt.053.001.08"), b"", None);
        check("a.xml", &wrapped("pain.002.001.10"), b"", message(b"pain.002"));
        check("a.xml", head.as_bytes(), b"", None);
        let wide: Vec<u8> = xml("pain.002.001.03", "").iter().flat_map(|byte| [*byte, 0]).collect();
        check("a.xml", &wide, b"", message(b"pain.002"));
    }

    #[test]
    fn a_zip_of_answers_is_told_by_them() {
        let answers = "A1.xml (Document/CstmrPmtStsRpt), A2.xml (Document/CstmrPmtStsRpt)";
        assert_eq!(members(answers), Some(Foreign::Message(*b"pain.002")));
        assert_eq!(members("liesmich.txt"), None);
    }

    #[test]
    fn turnovers_of_a_bank_are_no_list() {
        for header in [
            "\"Auftragskonto\";\"Buchungstag\";\"Valutadatum\";\"Buchungstext\";\"Verwendungszweck\";\"Betrag\";\"Info\"",
            "Buchung;Wertstellungsdatum;Auftraggeber/Empf\u{e4}nger;Buchungstext;Verwendungszweck;Saldo;W\u{e4}hrung;Betrag",
            "\"Ums\u{e4}tze Girokonto\";\"Zeitraum: 30 Tage\"\n\"Neuer Kontostand\";\"1,00\"\n\n\"Buchungstag\";\"Wertstellung (Valuta)\";\"Vorgang\";\"Umsatz in EUR\"",
            "Buchungstag,Wert,Umsatzart,IBAN,BIC,Betrag",
            "Booking date\tValue date\tPayee\tAmount",
        ] {
            check("umsaetze.csv", header.as_bytes(), b"", Some(Foreign::Turnovers));
        }
        for header in [
            "kassenzeichen;posten;art;faellig;betrag;schuldner;anschrift;mandat",
            "Vertragsgegenstand;Buchungstag;Verwendungszweck;Betrag;Saldo",
            "mandat;kassenzeichen;inhaber;iban;bic;unterschrieben;status",
            ":20:STARTUMS\n:25:10000000/123\n",
            "Name;Ort;Betrag",
            "",
        ] {
            check("liste.csv", header.as_bytes(), b"", None);
        }
    }

    #[test]
    fn each_says_what_to_do_instead() {
        let all = [
            Foreign::Pages("PDF"),
            Foreign::Workbook("ods"),
            Foreign::WebPage,
            Foreign::Turnovers,
            Foreign::Message(*b"pain.002"),
            Foreign::Message(*b"pain.008"),
            Foreign::Message(*b"pain.001"),
        ];
        assert!(all.iter().all(|foreign| foreign.why().contains(':') && foreign.why().starts_with("is ")));
    }
}
