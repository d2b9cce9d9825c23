//! A town whose lists and statement are drawn by arithmetic alone: the same at every run and on every machine.
//!
//! Knows the columns of the lists and the elements of camt.053. Invariant: a doubtful payment names nobody's
//! Kassenzeichen, but the payer's name and an amount that he owes.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use anyhow::Result;
use kassenzeichen::CheckMethod;

/// How large it is.
pub(crate) struct Town {
    pub(crate) items: u64,
    pub(crate) bookings: u64,
    /// Bookings that shall be cases.
    pub(crate) doubtful: u64,
}

const ACCOUNT: &str = "DE82416500010000000023";
const GIVEN: [&str; 16] = [
    "Anna", "Bernd", "Carla", "Dirk", "Elke", "Franz", "Gerda", "Hans", "Ilse", "Jens", "Karin", "Lars", "Maria",
    "Nils", "Olga", "Peter",
];
const SYLLABLES: [&str; 16] = [
    "Berg", "Stein", "Feld", "Bach", "Wald", "Hoff", "Brand", "Lind", "Acker", "Born", "Kamp", "Roth", "Sand", "Teich",
    "Ufer", "Winkel",
];
const ENDINGS: [&str; 8] = ["mann", "er", "huber", "meyer", "ing", "hoff", "kamp", "ler"];

/// A number without a pattern that a place gives.
fn drawn(place: u64, what: u64) -> u64 {
    let mut mixed = place.wrapping_mul(8).wrapping_add(what).wrapping_add(0x9E37_79B9_7F4A_7C15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    mixed ^ (mixed >> 31)
}

fn pick(words: &'static [&'static str], number: u64) -> &'static str {
    let place = usize::try_from(number % words.len().max(1) as u64).unwrap_or(0);
    words.get(place).copied().unwrap_or_default()
}

fn eur(cents: u64, point: char) -> String {
    format!("{}{point}{:02}", cents / 100, cents % 100)
}

impl Town {
    /// The Kassenzeichen of a debtor; each has two instalments.
    pub(crate) fn kassenzeichen(&self, debtor: u64) -> String {
        let number = format!("{:06}", 100_000 + debtor);
        let check = CheckMethod::Luhn.digits(&format!("50100{number}")).unwrap_or_default();
        format!("5.0100.{number}.{check}")
    }

    /// His name.
    pub(crate) fn name(&self, debtor: u64) -> String {
        let (given, family) = (drawn(debtor, 0), drawn(debtor, 1));
        let middle = pick(&SYLLABLES, family / 16).to_lowercase();
        format!("{} {}{middle}{}", pick(&GIVEN, given), pick(&SYLLABLES, family), pick(&ENDINGS, family / 256))
    }

    /// What he owes at each due day, cents.
    fn owed(&self, debtor: u64) -> u64 {
        2_000 + drawn(debtor, 2) % 40_000
    }

    fn iban(&self, debtor: u64) -> String {
        let account = format!("41650001{:010}", 5_000_000 + debtor);
        let rest = format!("{account}131400").bytes().fold(0, |rest, digit| (rest * 10 + u64::from(digit - b'0')) % 97);
        format!("DE{:02}{account}", 98 - rest)
    }

    /// Writes the lists and the statement.
    pub(crate) fn write(&self, folder: &Path) -> Result<[PathBuf; 3]> {
        let files = ["items.csv", "mandates.csv", "statement.xml"].map(|name| folder.join(name));
        for (file, text) in files.iter().zip([self.items(), self.mandates(), self.statement()]) {
            std::fs::write(file, text)?;
        }
        Ok(files)
    }

    fn debtors(&self) -> u64 {
        self.items / 2
    }

    fn items(&self) -> String {
        let mut out = "kassenzeichen;posten;art;faellig;betrag;schuldner;anschrift;mandat\n".to_owned();
        for debtor in 0..self.debtors() {
            let (own, name, owed) = (self.kassenzeichen(debtor), self.name(debtor), eur(self.owed(debtor), ','));
            let house = debtor % 90 + 1;
            let street = format!("{}weg {house}, 59581 Musterstadt", pick(&SYLLABLES, drawn(debtor, 3)));
            let mandate = if debtor % 2 == 0 { format!("M-{debtor:06}") } else { String::new() };
            for (posten, due) in [("2023-4", "15.11.2023"), ("2024-1", "15.02.2024")] {
                let _ = writeln!(out, "{own};{posten};Grundbesitzabgaben;{due};{owed};{name};{street};{mandate}");
            }
        }
        out
    }

    fn mandates(&self) -> String {
        let mut out = "mandat;kassenzeichen;inhaber;iban;bic;unterschrieben;status;letzte_nutzung;art\n".to_owned();
        for debtor in (0..self.debtors()).step_by(2) {
            let (own, name, iban) = (self.kassenzeichen(debtor), self.name(debtor), self.iban(debtor));
            let _ = writeln!(out, "M-{debtor:06};{own};{name};{iban};;01.02.2020;aktiv;15.08.2023;CORE");
        }
        out
    }

    /// Every booking is one debtor's; the first `doubtful` ones do not say whose.
    fn statement(&self) -> String {
        let sum: u64 = (0..self.bookings).map(|place| self.owed(self.payer(place))).sum();
        let balance = |code: &str, cents: u64, day: &str| {
            format!(
                "<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy=\"EUR\">{}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>{day}</Dt></Dt></Bal>\n",
                eur(cents, '.')
            )
        };
        let mut out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.08\">\
            <BkToCstmrStmt><GrpHdr><MsgId>053-1</MsgId><CreDtTm>2024-03-09T06:00:00</CreDtTm></GrpHdr><Stmt><Id>1</Id>\
            <ElctrncSeqNb>1</ElctrncSeqNb><CreDtTm>2024-03-09T06:00:00</CreDtTm><Acct><Id><IBAN>"
            .to_owned();
        let _ = write!(out, "{ACCOUNT}</IBAN></Id><Ccy>EUR</Ccy></Acct>\n{}", balance("OPBD", 0, "2024-02-01"));
        out += &balance("CLBD", sum, "2024-03-08");
        (0..self.bookings).for_each(|place| self.entry(place, &mut out));
        out + "</Stmt></BkToCstmrStmt></Document>\n"
    }

    fn payer(&self, booking: u64) -> u64 {
        // no two bookings are one debtor's as long as there are as many debtors: 7,919 is prime
        booking * 7_919 % self.debtors().max(1)
    }

    fn entry(&self, place: u64, out: &mut String) {
        let payer = self.payer(place);
        let day = place * 37 / self.bookings.max(1);
        let (month, day) = if day < 29 { (2, day + 1) } else { (3, day - 28) };
        let (name, iban, amount) = (self.name(payer), self.iban(payer), eur(self.owed(payer), '.'));
        let text = if place.is_multiple_of((self.bookings / self.doubtful.max(1)).max(1)) && self.doubtful > 0 {
            format!("Abgaben {} Zahlung {place}", pick(&SYLLABLES, drawn(payer, 3)))
        } else {
            format!("Kassenzeichen {}", self.kassenzeichen(payer))
        };
        // somebody else pays for who does not say it, so that neither account nor name alone is enough
        let (name, iban) = if text.starts_with('A') {
            (name.split(' ').next_back().unwrap_or_default().to_owned(), self.iban(payer + 500_000))
        } else {
            (name, iban)
        };
        let _ = writeln!(
            out,
            "<Ntry><Amt Ccy=\"EUR\">{amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>2024-{month:02}-{day:02}</Dt></BookgDt>\
             <ValDt><Dt>2024-{month:02}-{day:02}</Dt></ValDt><AcctSvcrRef>R{place:07}</AcctSvcrRef><BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd>\
             <SubFmlyCd>ESCT</SubFmlyCd></Fmly></Domn></BkTxCd><NtryDtls><TxDtls><Refs><EndToEndId>NOTPROVIDED</EndToEndId></Refs><RltdPties>\
             <Dbtr><Pty><Nm>{name}</Nm></Pty></Dbtr><DbtrAcct><Id><IBAN>{iban}</IBAN></Id></DbtrAcct></RltdPties><RmtInf><Ustrd>{text}</Ustrd></RmtInf>\
             </TxDtls></NtryDtls></Ntry>"
        );
    }
}
