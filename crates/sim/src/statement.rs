//! A statement as a file: camt.053 of two versions, in lines or in one, or MT940.

use std::fmt::Write as _;

use jiff::civil::Date;
use rand::rngs::StdRng;

use crate::bank::{Booking, Sort};
use crate::swarm::Swarm;
use crate::town::{ACCOUNT, chance, comma, point};

/// Which part of a statement a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Page {
    Whole,
    First,
    Last,
}

/// The content of a statement file.
pub(crate) struct Statement<'a> {
    pub(crate) number: usize,
    pub(crate) opens: Date,
    pub(crate) closes: Date,
    pub(crate) opening: i64,
    pub(crate) closing: i64,
    pub(crate) page: Page,
    pub(crate) bookings: &'a [Booking],
}

impl Statement<'_> {
    /// In a random format: the file extension and the text.
    pub(crate) fn render(&self, random: &mut StdRng, swarm: &Swarm) -> (&'static str, String) {
        if chance(random, swarm.old_format) && !self.bookings.is_empty() {
            return ("sta", self.mt940());
        }
        ("xml", self.paged(random))
    }

    /// As camt.053 of either version, with line breaks or without.
    pub(crate) fn paged(&self, random: &mut StdRng) -> String {
        let version = if chance(random, 40) { "02" } else { "08" };
        let text = self.camt(version);
        if chance(random, 30) { text.lines().map(str::trim_start).collect() } else { text }
    }

    /// As camt.052: the bookings of a day that is not over.
    pub(crate) fn intraday(&self) -> String {
        let mut xml = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.052.001.08\">\n\
             <BkToCstmrAcctRpt>\n<GrpHdr><MsgId>V{0}</MsgId><CreDtTm>{1}T10:00:00</CreDtTm></GrpHdr>\n<Rpt>\n<Id>V{0}</Id>\n\
             <CreDtTm>{1}T10:00:00</CreDtTm>\n<Acct><Id><IBAN>{ACCOUNT}</IBAN></Id><Ccy>EUR</Ccy></Acct>\n",
            self.number, self.closes
        );
        balance(&mut xml, "ITBD", self.closing, self.closes);
        self.bookings.iter().for_each(|booking| entry(&mut xml, booking, "08"));
        xml + "</Rpt>\n</BkToCstmrAcctRpt>\n</Document>\n"
    }

    /// The statement's number; banks begin anew every year, or every week.
    fn sequence(&self) -> usize {
        self.number % 5 + 1
    }

    fn camt(&self, version: &str) -> String {
        let (pagination, mark) = match self.page {
            Page::Whole => ("", ""),
            Page::First => ("<StmtPgntn><PgNb>1</PgNb><LastPgInd>false</LastPgInd></StmtPgntn>", "-1"),
            Page::Last => ("<StmtPgntn><PgNb>2</PgNb><LastPgInd>true</LastPgInd></StmtPgntn>", "-2"),
        };
        let mut xml = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.{version}\">\n\
             <BkToCstmrStmt>\n<GrpHdr><MsgId>S{0}{4}</MsgId><CreDtTm>{1}T20:00:00</CreDtTm></GrpHdr>\n<Stmt>\n<Id>{0}</Id>{3}\n\
             <LglSeqNb>{2}</LglSeqNb><CreDtTm>{1}T20:00:00</CreDtTm>\n<Acct><Id><IBAN>{ACCOUNT}</IBAN></Id><Ccy>EUR</Ccy></Acct>\n",
            self.number,
            self.closes,
            self.sequence(),
            pagination,
            mark
        );
        balance(&mut xml, if self.page == Page::Last { "ITBD" } else { "OPBD" }, self.opening, self.opens);
        balance(&mut xml, if self.page == Page::First { "ITBD" } else { "CLBD" }, self.closing, self.closes);
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
            let _ = write!(text, ":86:{}?00UMSATZ{}", code(booking), pieces(booking));
            if !booking.iban.is_empty() {
                let _ = write!(text, "?31{}?32{}", booking.iban, booking.name);
            }
            text.push_str("\r\n");
        }
        let _ = write!(text, ":62F:{}{}EUR{}\r\n-\r\n", mark(self.closing), short(self.closes), money(self.closing));
        text
    }
}

/// The German code of a booking.
fn code(booking: &Booking) -> &'static str {
    match (&booking.sort, booking.cents < 0) {
        (Sort::Collected(_), _) => "192",
        (Sort::CameBack { end_to_end: Some(_), original: None, .. }, _) => "105",
        (Sort::CameBack { .. }, _) => "109",
        (Sort::Debited(_), false) => "171",
        (Sort::RefundBack(_), _) => "159",
        (Sort::Batch(_), false) => "194",
        (_, true) => "116",
        (_, false) => "166",
    }
}

/// The text in pieces of 27 characters, `?20` to `?29`, then `?60` to `?63`.
fn pieces(booking: &Booking) -> String {
    let mandate = match &booking.sort {
        Sort::Debited(mandate) => format!("MREF+{mandate} "),
        Sort::Collected(Some(id)) | Sort::CameBack { end_to_end: Some(id), .. } | Sort::Gave(Some(id)) => {
            format!("EREF+{id} ")
        }
        Sort::RefundBack(id) => format!("EREF+{id} "),
        _ => String::new(),
    };
    let letters: Vec<char> = format!("{mandate}SVWZ+{}", booking.text).chars().collect();
    let tag = |place: usize| if place < 10 { 20 + place } else { 50 + place };
    let piece = |(place, piece): (usize, &[char])| format!("?{}{}", tag(place), piece.iter().collect::<String>());
    letters.chunks(27).take(14).enumerate().map(piece).collect()
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
    let Booking { reference, day, cents, reversal, sort, .. } = booking;
    let sign = if *cents < 0 { "DBIT" } else { "CRDT" };
    let (family, sub) = match (sort, *cents < 0) {
        (Sort::Collected(_) | Sort::Debited(_), _) => ("IDDT", "ESDD"),
        (Sort::CameBack { end_to_end: Some(_), original: None, .. }, _) => ("RDDT", "ESDD"),
        (Sort::CameBack { .. }, _) => ("IDDT", "UPDD"),
        (Sort::RefundBack(_), _) => ("RCDT", "RRTN"),
        (_, true) => ("ICDT", "ESCT"),
        (_, false) => ("RCDT", "ESCT"),
    };
    let status = if version == "02" { "BOOK" } else { "<Cd>BOOK</Cd>" };
    let own = reference.as_ref().map(|own| format!("<AcctSvcrRef>{own}</AcctSvcrRef>")).unwrap_or_default();
    let back = if *reversal { "<RvslInd>true</RvslInd>" } else { "" };
    let details = match sort {
        Sort::Batch(count) => format!("<Btch><NbOfTxs>{count}</NbOfTxs></Btch>"),
        _ => details(booking, version),
    };
    let _ = writeln!(
        xml,
        "<Ntry><Amt Ccy=\"EUR\">{}</Amt><CdtDbtInd>{sign}</CdtDbtInd>{back}<Sts>{status}</Sts><BookgDt><Dt>{day}</Dt></BookgDt>\
         <ValDt><Dt>{day}</Dt></ValDt>{own}<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>{family}</Cd><SubFmlyCd>{sub}</SubFmlyCd></Fmly></Domn></BkTxCd>\n\
         <NtryDtls>{details}</NtryDtls></Ntry>",
        point(cents.abs())
    );
}

fn details(booking: &Booking, version: &str) -> String {
    let Booking { cents, name, iban, text, reversal, sort, .. } = booking;
    let role = if *cents < 0 { "Cdtr" } else { "Dbtr" };
    let name = if version == "02" { format!("<Nm>{name}</Nm>") } else { format!("<Pty><Nm>{name}</Nm></Pty>") };
    let reason = match sort {
        Sort::CameBack { original: Some(_), reason, .. } => format!("<RtrInf><Rsn><Cd>{reason}</Cd></Rsn></RtrInf>"),
        Sort::CameBack { .. } => String::new(),
        Sort::RefundBack(_) => "<RtrInf><Rsn><Cd>AC04</Cd></Rsn></RtrInf>".to_owned(),
        _ if *reversal => "<RtrInf><Rsn><Cd>AC04</Cd></Rsn></RtrInf>".to_owned(),
        _ => String::new(),
    };
    let id = match sort {
        Sort::Collected(Some(id)) | Sort::CameBack { end_to_end: Some(id), .. } | Sort::Gave(Some(id)) => id,
        Sort::RefundBack(id) => id,
        _ => "NOTPROVIDED",
    };
    let original = match sort {
        Sort::CameBack { original: Some(cents), .. } => {
            format!("<AmtDtls><InstdAmt><Amt Ccy=\"EUR\">{}</Amt></InstdAmt></AmtDtls>", point(*cents))
        }
        _ => String::new(),
    };
    let mandate = match sort {
        Sort::Debited(mandate) => format!("<MndtId>{mandate}</MndtId>"),
        _ => String::new(),
    };
    let parties = match booking.iban.is_empty() {
        true => String::new(),
        false => format!(
            "<RltdPties><{role}>{name}</{role}><{role}Acct><Id><IBAN>{iban}</IBAN></Id></{role}Acct></RltdPties>"
        ),
    };
    format!(
        "<TxDtls><Refs><EndToEndId>{id}</EndToEndId>{mandate}</Refs>{original}{parties}\
         <RmtInf><Ustrd>{text}</Ustrd></RmtInf>{reason}</TxDtls>"
    )
}
