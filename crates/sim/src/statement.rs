//! A statement as a file: camt.053 of two versions, in lines or in one, or MT940.

use std::fmt::Write as _;

use jiff::civil::Date;
use rand::rngs::StdRng;

use crate::bank::Booking;
use crate::swarm::Swarm;
use crate::town::{ACCOUNT, chance, comma, point};

/// What a file tells.
pub(crate) struct Statement<'a> {
    pub(crate) number: usize,
    pub(crate) opens: Date,
    pub(crate) closes: Date,
    pub(crate) opening: i64,
    pub(crate) closing: i64,
    pub(crate) bookings: &'a [Booking],
}

impl Statement<'_> {
    /// In a drawn format: the file's ending and its text.
    pub(crate) fn render(&self, random: &mut StdRng, swarm: &Swarm) -> (&'static str, String) {
        if chance(random, swarm.old_format) && !self.bookings.is_empty() {
            return ("sta", self.mt940());
        }
        let version = if chance(random, 40) { "02" } else { "08" };
        let text = self.camt(version);
        ("xml", if chance(random, 30) { text.lines().map(str::trim_start).collect() } else { text })
    }

    /// Banks begin their numbers anew every year, or every week.
    fn sequence(&self) -> usize {
        self.number % 5 + 1
    }

    fn camt(&self, version: &str) -> String {
        let mut xml = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.{version}\">\n\
             <BkToCstmrStmt>\n<GrpHdr><MsgId>S{0}</MsgId><CreDtTm>{1}T20:00:00</CreDtTm></GrpHdr>\n<Stmt>\n<Id>{0}</Id>\n\
             <LglSeqNb>{2}</LglSeqNb><CreDtTm>{1}T20:00:00</CreDtTm>\n<Acct><Id><IBAN>{ACCOUNT}</IBAN></Id><Ccy>EUR</Ccy></Acct>\n",
            self.number,
            self.closes,
            self.sequence()
        );
        balance(&mut xml, "OPBD", self.opening, self.opens);
        balance(&mut xml, "CLBD", self.closing, self.closes);
        self.bookings.iter().for_each(|booking| entry(&mut xml, booking, version));
        xml + "</Stmt>\n</BkToCstmrStmt>\n</Document>\n"
    }

    fn mt940(&self) -> String {
        let short = |day: Date| day.strftime("%y%m%d").to_string();
        let mark = |cents: i64| if cents < 0 { 'D' } else { 'C' };
        let money = |cents: i64| comma(cents.abs());
        let mut text = format!(
            ":20:STARTUMS\r\n:25:41650001/23\r\n:28C:{}/1\r\n:60F:{}{}EUR{}\r\n",
            self.sequence(),
            mark(self.opening),
            short(self.opens),
            money(self.opening)
        );
        for booking in self.bookings {
            let reference = booking.reference.as_ref().map(|own| format!("//{own}")).unwrap_or_default();
            let mark = match (booking.reversal, booking.cents < 0) {
                (true, true) => "RC",
                (true, false) => "RD",
                (false, true) => "D",
                (false, false) => "C",
            };
            let day = booking.day;
            let _ = write!(
                text,
                ":61:{}{}{mark}{}NTRFNONREF{reference}\r\n",
                short(day),
                day.strftime("%m%d"),
                money(booking.cents)
            );
            let code = match (booking.collects, booking.cents < 0) {
                (true, _) => "192",
                (false, true) => "116",
                (false, false) => "166",
            };
            let _ =
                write!(text, ":86:{code}?00UMSATZ{}?31{}?32{}\r\n", pieces(&booking.text), booking.iban, booking.name);
        }
        let _ = write!(text, ":62F:{}{}EUR{}\r\n-\r\n", mark(self.closing), short(self.closes), money(self.closing));
        text
    }
}

/// The text in pieces of 27 characters, `?20` to `?29`.
fn pieces(text: &str) -> String {
    let letters: Vec<char> = format!("SVWZ+{text}").chars().collect();
    let piece = |(place, piece): (usize, &[char])| format!("?{}{}", 20 + place, piece.iter().collect::<String>());
    letters.chunks(27).take(10).enumerate().map(piece).collect()
}

fn balance(xml: &mut String, code: &str, cents: i64, day: Date) {
    let sign = if cents < 0 { "DBIT" } else { "CRDT" };
    let _ = writeln!(
        xml,
        "<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy=\"EUR\">{}</Amt><CdtDbtInd>{sign}</CdtDbtInd><Dt><Dt>{day}</Dt></Dt></Bal>",
        point(cents.abs())
    );
}

fn entry(xml: &mut String, booking: &Booking, version: &str) {
    let Booking { reference, day, cents, name, iban, text, reversal, collects } = booking;
    let (sign, role) = if *cents < 0 { ("DBIT", "Cdtr") } else { ("CRDT", "Dbtr") };
    let (family, sub) = match (*collects, *cents < 0) {
        (true, _) => ("IDDT", "ESDD"),
        (false, true) => ("ICDT", "ESCT"),
        (false, false) => ("RCDT", "ESCT"),
    };

    let status = if version == "02" { "BOOK" } else { "<Cd>BOOK</Cd>" };
    let name = if version == "02" { format!("<Nm>{name}</Nm>") } else { format!("<Pty><Nm>{name}</Nm></Pty>") };
    let own = reference.as_ref().map(|own| format!("<AcctSvcrRef>{own}</AcctSvcrRef>")).unwrap_or_default();
    let back = if *reversal { "<RvslInd>true</RvslInd>" } else { "" };
    let reason = if *reversal { "<RtrInf><Rsn><Cd>AC04</Cd></Rsn></RtrInf>" } else { "" };
    let _ = writeln!(
        xml,
        "<Ntry><Amt Ccy=\"EUR\">{}</Amt><CdtDbtInd>{sign}</CdtDbtInd>{back}<Sts>{status}</Sts><BookgDt><Dt>{day}</Dt></BookgDt>\
         <ValDt><Dt>{day}</Dt></ValDt>{own}<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>{family}</Cd><SubFmlyCd>{sub}</SubFmlyCd></Fmly></Domn></BkTxCd>\n\
         <NtryDtls><TxDtls><Refs><EndToEndId>NOTPROVIDED</EndToEndId></Refs><RltdPties><{role}>{name}</{role}><{role}Acct><Id>\
         <IBAN>{iban}</IBAN></Id></{role}Acct></RltdPties><RmtInf><Ustrd>{text}</Ustrd></RmtInf>{reason}</TxDtls></NtryDtls></Ntry>",
        point(cents.abs())
    );
}
