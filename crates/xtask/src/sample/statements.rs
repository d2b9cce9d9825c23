//! Bank statements as German banks deliver them: camt.053.001.08 in monthly ZIPs, camt.053.001.02 as plain files.
//!
//! Knows nothing of what a booking pays for.
//! Invariant: for each account, every closing balance is the next opening one, opening plus entries is closing, and the
//! last statement is for [`LAST_DAY`]. The files are valid against the ISO 20022 schemas.

use std::collections::BTreeMap;
use std::io::{Cursor, Write};

use anyhow::{Context, Result};
use jiff::civil::Date;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use super::Files;
use super::entries::{Version, entry};
use super::payments::{Booking, FIRST_DAY, Kind, LAST_DAY, business_days};
use super::town::{BANKS, Bank, iban};

/// The most transfers in one batch entry.
const BATCH: usize = 12;

/// One of the town's accounts.
pub(super) struct Account {
    pub(super) iban: String,
    bank: &'static Bank,
    version: Version,
    /// The balance before the first statement, in cents.
    opening: i64,
    /// The number of the first statement; numbers begin anew each year.
    first_number: u32,
}

/// The two accounts, the one for direct debits first.
pub(super) fn accounts() -> Result<[Account; 2]> {
    let [first, second, ..] = BANKS else { anyhow::bail!("two banks are needed") };
    Ok([
        Account {
            iban: iban(first.code, 23)?,
            bank: first,
            version: Version::V08,
            opening: 18_423_317,
            first_number: 212,
        },
        Account {
            iban: iban(second.code, 4711)?,
            bank: second,
            version: Version::V02,
            opening: 5_102_040,
            first_number: 97,
        },
    ])
}

/// A statement file, before it goes into a folder or a ZIP.
struct Statement {
    day: Date,
    name: String,
    xml: String,
}

/// Writes every statement below `kontoauszuege/`.
pub(super) fn write(files: &mut Files, bookings: &[Booking]) -> Result<()> {
    for (index, account) in accounts()?.iter().enumerate() {
        let mine: Vec<&Booking> = bookings.iter().filter(|booking| booking.account == index).collect();
        let statements = account.statements(&mine)?;
        match account.version {
            Version::V08 => zip_by_month(files, statements)?,
            Version::V02 => plain(files, statements),
        }
    }
    Ok(())
}

impl Account {
    /// A statement for each day with bookings, and for the last day in any case.
    fn statements(&self, bookings: &[&Booking]) -> Result<Vec<Statement>> {
        let (mut balance, mut number, mut last) = (self.opening, self.first_number, None::<Date>);
        let mut statements = Vec::new();
        for day in business_days(FIRST_DAY, LAST_DAY)? {
            let todays: Vec<&Booking> = bookings.iter().filter(|booking| booking.day == day).copied().collect();
            if todays.is_empty() && day != LAST_DAY {
                continue;
            }
            if last.is_some_and(|last| last.year() < day.year()) {
                number = 1;
            }
            let closing = balance + todays.iter().map(|booking| booking.cents).sum::<i64>();
            statements.push(Statement {
                day,
                name: format!("{day}_C53_{}_EUR_{number:04}.xml", self.iban),
                xml: self.document(number, (last.unwrap_or(day.yesterday()?), balance), (day, closing), &todays),
            });
            (balance, last) = (closing, Some(day));
            number += 1;
        }
        Ok(statements)
    }

    fn document(&self, number: u32, before: (Date, i64), after: (Date, i64), bookings: &[&Booking]) -> String {
        let Self { iban, bank, version, .. } = self;
        let (day, year) = (after.0, after.0.year());
        let (bic, opening) = match version {
            Version::V02 => (format!("<BIC>{}</BIC>", bank.bic), balance("PRCD", before.0, before.1)),
            Version::V08 => (format!("<BICFI>{}</BICFI>", bank.bic), balance("OPBD", day, before.1)),
        };
        let entries: Vec<String> = groups(*version, bookings)
            .iter()
            .enumerate()
            .map(|(index, group)| entry(*version, index + 1, group))
            .collect();
        let mut document = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
             <Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.{version}\"><BkToCstmrStmt>\
             <GrpHdr><MsgId>C53-{code}-{year}-{number:05}</MsgId><CreDtTm>{day}T21:40:00+01:00</CreDtTm></GrpHdr>\
             <Stmt><Id>{code}{year}{number:05}</Id><ElctrncSeqNb>{number}</ElctrncSeqNb><CreDtTm>{day}T21:40:00+01:00</CreDtTm>\
             <FrToDt><FrDtTm>{day}T00:00:00+01:00</FrDtTm><ToDtTm>{day}T23:59:59+01:00</ToDtTm></FrToDt>\
             <Acct><Id><IBAN>{iban}</IBAN></Id><Ccy>EUR</Ccy><Ownr><Nm>Stadt Warstein (erfunden)</Nm></Ownr>\
             <Svcr><FinInstnId>{bic}<Nm>{name}</Nm></FinInstnId></Svcr></Acct>",
            code = bank.code,
            name = bank.name,
        );
        document.push_str(&opening);
        document.push_str(&balance("CLBD", day, after.1));
        for entry in entries {
            document.push('\n');
            document.push_str(&entry);
        }
        document.push_str("</Stmt></BkToCstmrStmt></Document>\n");
        document
    }
}

/// Which bookings share an entry: the bank with the older format sums up the credits of a day.
fn groups<'a>(version: Version, bookings: &[&'a Booking]) -> Vec<Vec<&'a Booking>> {
    let (credits, single): (Vec<&Booking>, Vec<&Booking>) =
        bookings.iter().partition(|booking| version == Version::V02 && booking.kind == Kind::Transfer);
    credits.chunks(BATCH).map(<[_]>::to_vec).chain(single.into_iter().map(|one| vec![one])).collect()
}

fn balance(code: &str, day: Date, cents: i64) -> String {
    format!(
        "<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy=\"EUR\">{}</Amt><CdtDbtInd>{}</CdtDbtInd>\
         <Dt><Dt>{day}</Dt></Dt></Bal>",
        super::euros(cents.abs()),
        super::entries::direction(cents)
    )
}

fn plain(files: &mut Files, statements: Vec<Statement>) {
    for (index, statement) in statements.into_iter().enumerate() {
        if index == 9 {
            // The same statement fetched again in another layout: it must not count twice.
            let name = format!("kontoauszuege/Umsaetze_{}_nochmals_abgeholt.xml", statement.day);
            files.insert(name, statement.xml.replace("><", ">\r\n<").into_bytes());
        }
        files.insert(format!("kontoauszuege/{}", statement.name), statement.xml.into_bytes());
    }
}

fn zip_by_month(files: &mut Files, statements: Vec<Statement>) -> Result<()> {
    let mut months: BTreeMap<String, Vec<Statement>> = BTreeMap::new();
    for statement in statements {
        months.entry(statement.day.strftime("%Y-%m").to_string()).or_default().push(statement);
    }
    for (month, statements) in months {
        // A fixed time stamp, so that the archive's bytes depend only on its contents.
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .last_modified_time(DateTime::DEFAULT)
            .unix_permissions(0o644);
        let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
        for statement in statements {
            archive.start_file(statement.name, options)?;
            archive.write_all(statement.xml.as_bytes())?;
        }
        let bytes = archive.finish().with_context(|| format!("cannot close the archive of {month}"))?.into_inner();
        files.insert(format!("kontoauszuege/C53_{month}.zip"), bytes);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::draw::Draw;
    use super::super::{payments, town};
    use super::*;

    fn between<'a>(text: &'a str, open: &str, close: &str) -> impl Iterator<Item = &'a str> {
        text.split(open).skip(1).filter_map(move |rest| rest.split(close).next())
    }

    fn signed(text: &str) -> i64 {
        let cents: i64 = between(text, "<Amt Ccy=\"EUR\">", "<").next().unwrap().replace('.', "").parse().unwrap();
        if text.contains("CRDT") { cents } else { -cents }
    }

    #[test]
    fn the_chain_of_balances_is_unbroken_and_reaches_the_last_day() {
        let mut draw = Draw::from_seed(11);
        let town = town::references(&mut draw).unwrap();
        let season = payments::season(&mut draw, &town).unwrap();
        for (index, account) in accounts().unwrap().iter().enumerate() {
            let mine: Vec<_> = season.bookings.iter().filter(|b| b.account == index).collect();
            let statements = account.statements(&mine).unwrap();
            let mut balance = account.opening;
            let mut batches = 0;
            for statement in &statements {
                let balances: Vec<i64> = between(&statement.xml, "<Bal>", "</Bal>").map(signed).collect();
                let entries: i64 = between(&statement.xml, "<Ntry>", "<Sts>").map(signed).sum();
                assert_eq!(balances, [balance, balance + entries], "{}", statement.name);
                balance += entries;
                batches += between(&statement.xml, "<NbOfTxs>", "<").count();
            }
            assert_eq!(statements.last().unwrap().day, LAST_DAY);
            assert_eq!(batches > 5, account.version == Version::V02, "{batches} batches");
        }
    }
}
