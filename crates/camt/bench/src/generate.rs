//! Statement files of any size, the same for the same number of entries.
//!
//! Knows no reader. Invariant: every entry differs from all others; amount, payer, references and text depend on the
//! entry's number only.

use std::fmt::Write as _;
use std::io::{self, Write};

use crate::Layout;

const NAMES: [&str; 8] = [
    "Jürgen Müller",
    "Sabine und Peter Schröder",
    "Anna-Lena Köster",
    "Karl-Heinz Brüggemann",
    "Metzgerei Hense & Söhne GmbH",
    "Gül Yıldız",
    "Wohnungsgenossenschaft Möhnetal eG",
    "Dr. Friederike von der Heide",
];
const STREETS: [&str; 5] = ["Hauptstraße", "Dieplohstraße", "Am Külbensiepen", "Bahnhofstraße", "Enkerbruch"];

/// One entry, drawn from its number.
struct Drawn {
    number: u64,
    cents: u64,
    noise: u64,
}

impl Drawn {
    fn new(number: u64) -> Self {
        // SplitMix64: spreads consecutive numbers over all 64 bits.
        let mut noise = number.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        noise = (noise ^ (noise >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        noise = (noise ^ (noise >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        noise ^= noise >> 31;
        Self { number, cents: 500 + noise % 150_000, noise }
    }

    fn amount(&self, point: char) -> String {
        format!("{}{point}{:02}", self.cents / 100, self.cents % 100)
    }

    fn pick(&self, of: &[&'static str], shift: u32) -> &'static str {
        let index = usize::try_from((self.noise >> shift) % of.len() as u64).unwrap_or_default();
        of.get(index).copied().unwrap_or_default()
    }

    fn iban(&self) -> String {
        format!("DE{:02}41650001{:010}", 10 + self.noise % 89, self.noise % 10_000_000_000)
    }

    fn reference(&self) -> String {
        format!("2023110{:014}", self.number)
    }

    fn end_to_end(&self) -> String {
        if self.noise.is_multiple_of(3) {
            format!("UEB-{:012}", self.noise % 1_000_000_000_000)
        } else {
            "NOTPROVIDED".to_owned()
        }
    }

    fn text(&self) -> String {
        let kassenzeichen = 5_010_000_000_000 + self.noise % 9_999_999_999;
        format!("Kassenzeichen {kassenzeichen} Grundbesitzabgaben 4. Quartal 2023 Abschlag {}", self.number % 97)
    }
}

/// Writes a file with this number of entries.
pub fn write(layout: Layout, entries: u64, out: &mut impl Write) -> io::Result<()> {
    let total: u64 = (0..entries).map(|number| Drawn::new(number).cents).sum();
    match layout {
        Layout::Mt940 => write_mt940(entries, total, out),
        Layout::Pretty | Layout::Compact => write_camt(layout, entries, total, out),
    }
}

fn write_camt(layout: Layout, entries: u64, total: u64, out: &mut impl Write) -> io::Result<()> {
    let mut xml = Xml { text: String::new(), depth: 0, pretty: layout == Layout::Pretty };
    xml.text.push_str("<?xml version=\"1.0\" encoding=\"UTF-8\"?>");
    xml.open("Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.08\"");
    xml.open("BkToCstmrStmt");
    xml.open("GrpHdr");
    xml.leaf("MsgId", "BENCH-1");
    xml.leaf("CreDtTm", "2023-11-02T20:15:00+01:00");
    xml.close("GrpHdr");
    xml.open("Stmt");
    xml.leaf("Id", "BENCH-1-1");
    xml.leaf("ElctrncSeqNb", "201");
    xml.leaf("CreDtTm", "2023-11-02T20:15:00+01:00");
    xml.chain(&["Acct", "Id"], "IBAN", "DE82416500010000000023");
    xml.balance("OPBD", 0);
    xml.balance("CLBD", total);
    for number in 0..entries {
        xml.entry(&Drawn::new(number));
        if xml.text.len() > 1 << 16 {
            out.write_all(xml.text.as_bytes())?;
            xml.text.clear();
        }
    }
    xml.close("Stmt");
    xml.close("BkToCstmrStmt");
    xml.close("Document");
    out.write_all(xml.text.as_bytes())
}

/// Writes elements, indented by tabs or not at all.
struct Xml {
    text: String,
    depth: usize,
    pretty: bool,
}

impl Xml {
    fn line(&mut self) {
        if self.pretty {
            self.text.push('\n');
            self.text.extend(std::iter::repeat_n('\t', self.depth));
        }
    }

    fn open(&mut self, tag: &str) {
        self.line();
        self.depth += 1;
        self.text.extend(["<", tag, ">"]);
    }

    fn close(&mut self, name: &str) {
        self.depth -= 1;
        self.line();
        self.text.extend(["</", name, ">"]);
    }

    fn leaf(&mut self, tag: &str, value: &str) {
        self.line();
        let name = tag.split(' ').next().unwrap_or_default();
        self.text.extend(["<", tag, ">", &value.replace('&', "&amp;"), "</", name, ">"]);
    }

    fn chain(&mut self, outer: &[&str], tag: &str, value: &str) {
        outer.iter().for_each(|name| self.open(name));
        self.leaf(tag, value);
        outer.iter().rev().for_each(|name| self.close(name));
    }

    fn balance(&mut self, kind: &str, cents: u64) {
        self.open("Bal");
        self.chain(&["Tp", "CdOrPrtry"], "Cd", kind);
        self.leaf("Amt Ccy=\"EUR\"", &format!("{}.{:02}", cents / 100, cents % 100));
        self.leaf("CdtDbtInd", "CRDT");
        self.chain(&["Dt"], "Dt", "2023-11-02");
        self.close("Bal");
    }

    fn code(&mut self) {
        self.open("BkTxCd");
        self.open("Domn");
        self.leaf("Cd", "PMNT");
        self.open("Fmly");
        self.leaf("Cd", "RCDT");
        self.leaf("SubFmlyCd", "ESCT");
        self.close("Fmly");
        self.close("Domn");
        self.open("Prtry");
        self.leaf("Cd", "NTRF+166+9310");
        self.leaf("Issr", "DK");
        self.close("Prtry");
        self.close("BkTxCd");
    }

    fn entry(&mut self, drawn: &Drawn) {
        self.open("Ntry");
        self.leaf("Amt Ccy=\"EUR\"", &drawn.amount('.'));
        self.leaf("CdtDbtInd", "CRDT");
        self.chain(&["Sts"], "Cd", "BOOK");
        self.chain(&["BookgDt"], "Dt", "2023-11-02");
        self.chain(&["ValDt"], "Dt", "2023-11-02");
        self.leaf("AcctSvcrRef", &drawn.reference());
        self.code();
        self.open("NtryDtls");
        self.open("TxDtls");
        self.open("Refs");
        self.leaf("EndToEndId", &drawn.end_to_end());
        self.close("Refs");
        self.leaf("Amt Ccy=\"EUR\"", &drawn.amount('.'));
        self.leaf("CdtDbtInd", "CRDT");
        self.code();
        self.parties(drawn);
        self.open("RltdAgts");
        self.chain(&["DbtrAgt", "FinInstnId"], "BICFI", "WELADED1WRN");
        self.close("RltdAgts");
        self.chain(&["RmtInf"], "Ustrd", &drawn.text());
        self.close("TxDtls");
        self.close("NtryDtls");
        self.leaf("AddtlNtryInf", "SEPA-Gutschrift");
        self.close("Ntry");
    }

    fn parties(&mut self, drawn: &Drawn) {
        self.open("RltdPties");
        self.open("Dbtr");
        self.open("Pty");
        self.leaf("Nm", drawn.pick(&NAMES, 20));
        self.open("PstlAdr");
        self.leaf("Ctry", "DE");
        self.leaf("AdrLine", &format!("{} {}", drawn.pick(&STREETS, 30), 1 + drawn.noise % 180));
        self.leaf("AdrLine", "59581 Warstein");
        self.close("PstlAdr");
        self.close("Pty");
        self.close("Dbtr");
        self.chain(&["DbtrAcct", "Id"], "IBAN", &drawn.iban());
        self.chain(&["Cdtr", "Pty"], "Nm", "Stadtkasse Warstein");
        self.chain(&["CdtrAcct", "Id"], "IBAN", "DE82416500010000000023");
        self.close("RltdPties");
    }
}

fn write_mt940(entries: u64, total: u64, out: &mut impl Write) -> io::Result<()> {
    write!(out, ":20:BENCH\r\n:25:41650001/0000000023\r\n:28C:201/1\r\n:60F:C231102EUR0,00\r\n")?;
    for number in 0..entries {
        let drawn = Drawn::new(number);
        let mut info = String::from("166?00SEPA-Gutschrift?109310");
        let text = format!("EREF+{}SVWZ+{}", drawn.end_to_end(), drawn.text());
        let (reference, text) = text.split_at(text.find("SVWZ").unwrap_or_default());
        let _ = write!(info, "?20{reference}");
        for (key, piece) in (21..).zip(pieces(text, 27)) {
            let _ = write!(info, "?{key}{piece}");
        }
        let _ = write!(info, "?30WELADED1WRN?31{}", drawn.iban());
        for (key, piece) in (32..).zip(pieces(drawn.pick(&NAMES, 20), 27)) {
            let _ = write!(info, "?{key}{piece}");
        }
        write!(out, ":61:2311021102CR{}NTRFNONREF//{}\r\n", drawn.amount(','), drawn.reference())?;
        for (index, line) in pieces(&info, 65).into_iter().enumerate() {
            write!(out, "{}{line}\r\n", if index == 0 { ":86:" } else { "" })?;
        }
    }
    write!(out, ":62F:C231102EUR{},{:02}\r\n-\r\n", total / 100, total % 100)
}

/// Cuts a text into pieces of this many characters.
fn pieces(text: &str, size: usize) -> Vec<String> {
    let letters: Vec<char> = text.chars().collect();
    letters.chunks(size).map(|piece| piece.iter().collect()).collect()
}
