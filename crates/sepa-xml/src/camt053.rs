//! The XML of a `camt.053.001.08`, for finance systems that read their bank's statements.
//!
//! It decides nothing. Invariants: each line is the sum of its parts, and the entries lead from balance to balance, or no
//! byte is written; what is longer than the format takes is cut; no white space between elements.

use std::collections::HashSet;
use std::io::{self, Write};

use sepa::Cents;

use crate::xml::{Xml, moment};
use crate::{AccountStatement, StatementEntry, StatementFile, StatementPart};

const NAMESPACE: &str = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08";

/// The longest identifier (`Max35Text`).
const ID: usize = 35;
/// The longest name (`Max140Text`).
const NAME: usize = 140;
/// The longest line of a remittance text (`Max140Text`).
const LINE: usize = 140;
/// The longest text for people (`Max500Text`).
const NOTE: usize = 500;
/// The longest code of a return (`ExternalReturnReason1Code`).
const REASON: usize = 4;

/// Why no file was written; no byte has been.
#[derive(Debug, thiserror::Error)]
pub enum StatementError {
    /// The message has no statement.
    #[error("the file has no statement")]
    Empty,
    /// An identifier is empty, too long, or of two things.
    #[error("the identifier \"{0}\" is empty, longer than 35 characters, or used twice")]
    Id(String),
    /// The parts of an entry do not sum to it.
    #[error("the parts of the entry \"{0}\" do not sum to it")]
    Parts(String),
    /// The entries do not lead from balance to balance.
    #[error("the entries of the statement \"{0}\" do not lead from its opening to its closing balance")]
    Balance(String),
    /// Writing failed.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// The file as bytes.
///
/// # Errors
/// [`StatementError`] where it does not add up, or names two things alike.
pub fn write_camt053(file: &StatementFile) -> Result<Vec<u8>, StatementError> {
    check(file)?;
    let mut written = Vec::new();
    Xml::document(&mut written, NAMESPACE, "BkToCstmrStmt", |xml| {
        let created = moment(file.created, file.offset);
        xml.within("GrpHdr", |xml| {
            xml.text("MsgId", &file.message_id)?;
            xml.text("CreDtTm", &created)
        })?;
        file.statements.iter().try_for_each(|one| xml.within("Stmt", |xml| statement(xml, one, &created)))
    })?;
    Ok(written)
}

fn check(file: &StatementFile) -> Result<(), StatementError> {
    if file.statements.is_empty() {
        return Err(StatementError::Empty);
    }
    let entries = || file.statements.iter().flat_map(|statement| &statement.entries);
    let parts = entries().flat_map(|entry| &entry.parts).map(|part| &part.own_reference);
    for ids in [
        vec![&file.message_id],
        file.statements.iter().map(|statement| &statement.id).collect(),
        entries().map(|entry| &entry.reference).collect(),
        parts.collect(),
    ] {
        let mut seen: HashSet<&str> = HashSet::new();
        for id in ids {
            if id.trim().is_empty() || id.chars().count() > ID || !seen.insert(id) {
                return Err(StatementError::Id(id.clone()));
            }
        }
    }
    for statement in &file.statements {
        for entry in &statement.entries {
            if Cents::sum(entry.parts.iter().map(|part| part.amount)) != Some(entry.amount) {
                return Err(StatementError::Parts(entry.reference.clone()));
            }
        }
        let moved = Cents::sum(statement.entries.iter().map(|entry| entry.amount));
        if moved.and_then(|moved| statement.opening.checked_add(moved)) != Some(statement.closing) {
            return Err(StatementError::Balance(statement.id.clone()));
        }
    }
    Ok(())
}

/// `AccountStatement9`.
fn statement<W: Write>(xml: &mut Xml<W>, statement: &AccountStatement, created: &str) -> io::Result<()> {
    xml.text("Id", &statement.id)?;
    xml.text("CreDtTm", created)?;
    let day = statement.day.to_string();
    xml.within("FrToDt", |xml| {
        xml.text("FrDtTm", &format!("{day}T00:00:00"))?;
        xml.text("ToDtTm", &format!("{day}T23:59:59"))
    })?;
    xml.within("Acct", |xml| {
        xml.nested(&["Id", "IBAN"], statement.account.as_str())?;
        xml.text("Ccy", "EUR")
    })?;
    for (code, amount) in [("OPBD", statement.opening), ("CLBD", statement.closing)] {
        xml.within("Bal", |xml| {
            xml.nested(&["Tp", "CdOrPrtry", "Cd"], code)?;
            signed(xml, amount)?;
            xml.nested(&["Dt", "Dt"], &day)
        })?;
    }
    statement.entries.iter().try_for_each(|one| xml.within("Ntry", |xml| entry(xml, one)))?;
    optional(xml, &["AddtlStmtInf"], statement.note.as_deref(), NOTE)
}

/// `ReportEntry10`.
fn entry<W: Write>(xml: &mut Xml<W>, entry: &StatementEntry) -> io::Result<()> {
    xml.text("NtryRef", &entry.reference)?;
    signed(xml, entry.amount)?;
    if entry.reversal {
        xml.text("RvslInd", "true")?;
    }
    xml.nested(&["Sts", "Cd"], "BOOK")?;
    xml.nested(&["BookgDt", "Dt"], &entry.booked.to_string())?;
    if let Some(day) = entry.valued {
        xml.nested(&["ValDt", "Dt"], &day.to_string())?;
    }
    optional(xml, &["AcctSvcrRef"], entry.bank_reference.as_deref(), ID)?;
    xml.within("BkTxCd", |xml| transaction_code(xml, entry))?;
    xml.within("NtryDtls", |xml| {
        if entry.batch.message.is_some() || entry.batch.payment.is_some() {
            xml.within("Btch", |xml| {
                optional(xml, &["MsgId"], entry.batch.message.as_deref(), ID)?;
                optional(xml, &["PmtInfId"], entry.batch.payment.as_deref(), ID)
            })?;
        }
        entry.parts.iter().try_for_each(|one| xml.within("TxDtls", |xml| part(xml, one)))
    })?;
    optional(xml, &["AddtlNtryInf"], entry.note.as_deref(), NOTE)
}

/// `BankTransactionCodeStructure4`: the code of ISO where there is a whole one, and the bank's own.
fn transaction_code<W: Write>(xml: &mut Xml<W>, entry: &StatementEntry) -> io::Result<()> {
    let parts: Vec<&str> = entry.code.as_deref().unwrap_or_default().split('/').collect();
    if let [domain, family, sub] = parts.as_slice()
        && parts.iter().all(|code| (1..=4).contains(&code.chars().count()))
    {
        xml.within("Domn", |xml| {
            xml.text("Cd", domain)?;
            xml.within("Fmly", |xml| {
                xml.text("Cd", family)?;
                xml.text("SubFmlyCd", sub)
            })
        })?;
    }
    optional(xml, &["Prtry", "Cd"], entry.proprietary_code.as_deref(), ID)
}

/// `EntryTransaction10`.
fn part<W: Write>(xml: &mut Xml<W>, part: &StatementPart) -> io::Result<()> {
    xml.within("Refs", |xml| {
        optional(xml, &["AcctSvcrRef"], part.bank_reference.as_deref(), ID)?;
        optional(xml, &["InstrId"], part.instruction_id.as_deref(), ID)?;
        optional(xml, &["EndToEndId"], part.end_to_end_id.as_deref(), ID)?;
        optional(xml, &["MndtId"], part.mandate.as_deref(), ID)?;
        xml.text("AcctOwnrTxId", &part.own_reference)
    })?;
    signed(xml, part.amount)?;
    if part.party.is_some() || part.party_iban.is_some() || part.ultimate_debtor.is_some() {
        xml.within("RltdPties", |xml| parties(xml, part))?;
    }
    let lines = lines(part.decided.as_deref(), &part.remittance);
    let structured: Vec<&String> = part.structured.iter().filter(|text| !is_blank(text)).collect();
    if !lines.is_empty() || !structured.is_empty() {
        xml.within("RmtInf", |xml| {
            lines.iter().try_for_each(|line| xml.text("Ustrd", line))?;
            structured.iter().try_for_each(|text| xml.nested(&["Strd", "CdtrRefInf", "Ref"], &cut(text, ID)))
        })?;
    }
    if let Some(reason) = part.return_reason.as_deref().filter(|reason| !is_blank(reason)) {
        let element = if reason.chars().count() <= REASON { "Cd" } else { "Prtry" };
        xml.nested(&["RtrInf", "Rsn", element], &cut(reason, ID))?;
    }
    optional(xml, &["AddtlTxInf"], part.additional.as_deref(), NOTE)
}

/// `TransactionParties6`: who paid a credit, who was paid by a debit.
fn parties<W: Write>(xml: &mut Xml<W>, part: &StatementPart) -> io::Result<()> {
    let (party, account) = match part.amount < Cents::ZERO {
        true => ("Cdtr", "CdtrAcct"),
        false => ("Dbtr", "DbtrAcct"),
    };
    let before = part.amount >= Cents::ZERO;
    if !before {
        optional(xml, &["UltmtDbtr", "Pty", "Nm"], part.ultimate_debtor.as_deref(), NAME)?;
    }
    optional(xml, &[party, "Pty", "Nm"], part.party.as_deref(), NAME)?;
    if let Some(iban) = &part.party_iban {
        xml.account(account, iban)?;
    }
    if before {
        optional(xml, &["UltmtDbtr", "Pty", "Nm"], part.ultimate_debtor.as_deref(), NAME)?;
    }
    Ok(())
}

/// An amount and its sign.
fn signed<W: Write>(xml: &mut Xml<W>, amount: Cents) -> io::Result<()> {
    xml.money("Amt", Cents::new(amount.get().saturating_abs()))?;
    xml.text("CdtDbtInd", if amount < Cents::ZERO { "DBIT" } else { "CRDT" })
}

fn optional<W: Write>(xml: &mut Xml<W>, path: &[&str], text: Option<&str>, most: usize) -> io::Result<()> {
    match text.filter(|text| !is_blank(text)) {
        Some(text) => xml.nested(path, &cut(text, most)),
        None => Ok(()),
    }
}

/// Whether nothing of a text can be written.
fn is_blank(text: &str) -> bool {
    text.chars().all(|one| one.is_whitespace() || one.is_control())
}

/// At most so many characters, line breaks as blanks.
fn cut(text: &str, most: usize) -> String {
    let plain = text.trim().chars().map(|one| if one.is_control() { ' ' } else { one });
    plain.take(most).collect::<String>().trim_end().to_owned()
}

/// The lines of a remittance text, what was decided in front: a line that becomes too long goes on in the next.
fn lines(decided: Option<&str>, remittance: &str) -> Vec<String> {
    let mut own: Vec<String> = remittance.lines().filter(|line| !is_blank(line)).map(str::to_owned).collect();
    if let Some(decided) = decided {
        match own.first_mut() {
            Some(first) => *first = format!("{decided} {first}"),
            None => own.push(decided.to_owned()),
        }
    }
    let broken = own.iter().flat_map(|line| {
        let letters: Vec<char> = line.chars().map(|one| if one.is_control() { ' ' } else { one }).collect();
        letters.chunks(LINE).map(|part| part.iter().collect::<String>()).collect::<Vec<_>>()
    });
    broken.filter(|line| !is_blank(line)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_decided_stands_in_front_and_long_lines_go_on() {
        assert_eq!(lines(Some("KZ 1"), "a\n\nb"), ["KZ 1 a", "b"]);
        assert_eq!(lines(Some("KZ 1"), ""), ["KZ 1"]);
        assert_eq!(lines(None, " \u{7}\n"), Vec::<String>::new());
        let long = lines(Some("KZ 1"), &"x".repeat(140));
        assert_eq!(long.iter().map(|line| line.chars().count()).collect::<Vec<_>>(), [140, 5]);
        assert_eq!(cut("  ä\nb ", 2), "ä");
    }
}
