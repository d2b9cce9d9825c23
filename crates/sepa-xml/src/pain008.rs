//! The XML of a `pain.008.001.08` with the restrictions of the Deutsche Kreditwirtschaft (GBIC_5), IBAN-only.
//!
//! It decides nothing and checks nothing beyond [`check`]. Invariants: no white space between elements, so that every
//! program that hashes the file sees the same bytes; one debit at a time in memory.

use std::io::{self, BufWriter, Write};

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};
use sepa::{CreditorId, Iban, sepa_text};

use crate::check::check;
use crate::{Amendment, DebitBatch, DirectDebit, DirectDebitFile, Totals, WriteError};

pub(crate) const NAMESPACE: &str = "urn:iso:std:iso:20022:tech:xsd:pain.008.001.08";
/// The longest name that SEPA accepts (EPC130-08); ISO allows 140.
const NAME_MAX: usize = 70;
/// The longest remittance text (`Max140Text`).
const REMITTANCE_MAX: usize = 140;
/// Written in place of a BIC, because the IBAN alone names the bank.
const NOT_PROVIDED: &str = "NOTPROVIDED";

/// The debtor has another account than before (»Same Mandate New Debtor Account«).
pub(crate) const SAME_MANDATE_NEW_ACCOUNT: &str = "SMNDA";

/// Writes the file and returns its totals. Names and remittance texts are rewritten in the SEPA character set and cut
/// at the end.
///
/// # Errors
/// [`WriteError`] if a bank would refuse the file, before a byte is written; [`WriteError::Io`] if `out` fails.
pub fn write_pain008(file: &DirectDebitFile, out: &mut impl Write) -> Result<Totals, WriteError> {
    let checked = check(file)?;
    let mut xml = Xml { writer: Writer::new(BufWriter::new(out)) };
    xml.writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    xml.start(BytesStart::new("Document").with_attributes([("xmlns", NAMESPACE)]))?;
    xml.within("CstmrDrctDbtInitn", |xml| {
        xml.within("GrpHdr", |xml| header(xml, file, checked.file))?;
        for (batch, totals) in file.batches.iter().zip(&checked.batches) {
            xml.within("PmtInf", |xml| payment_information(xml, batch, *totals))?;
        }
        Ok(())
    })?;
    xml.end("Document")?;
    xml.writer.get_mut().flush()?;
    Ok(checked.file)
}

/// `GroupHeader83`.
fn header<W: Write>(xml: &mut Xml<W>, file: &DirectDebitFile, totals: Totals) -> io::Result<()> {
    xml.text("MsgId", &file.message_id)?;
    xml.text("CreDtTm", &moment(file))?;
    control(xml, totals)?;
    xml.within("InitgPty", |xml| name(xml, &file.initiator))
}

/// `ISODateTime`: to the second, with the offset from UTC.
fn moment(file: &DirectDebitFile) -> String {
    let local = file.created.strftime("%Y-%m-%dT%H:%M:%S");
    let Some(offset) = file.offset else { return local.to_string() };
    let minutes = offset.seconds() / 60;
    let sign = if minutes < 0 { '-' } else { '+' };
    format!("{local}{sign}{:02}:{:02}", minutes.abs() / 60, minutes.abs() % 60)
}

/// `PaymentInstruction29`.
fn payment_information<W: Write>(xml: &mut Xml<W>, batch: &DebitBatch, totals: Totals) -> io::Result<()> {
    xml.text("PmtInfId", &batch.id)?;
    xml.text("PmtMtd", "DD")?;
    xml.text("BtchBookg", "true")?;
    control(xml, totals)?;
    xml.within("PmtTpInf", |xml| {
        xml.nested(&["SvcLvl", "Cd"], "SEPA")?;
        xml.nested(&["LclInstrm", "Cd"], "CORE")?;
        xml.text("SeqTp", batch.sequence.code())
    })?;
    xml.text("ReqdColltnDt", &batch.due.to_string())?;
    xml.within("Cdtr", |xml| name(xml, &batch.creditor))?;
    account(xml, "CdtrAcct", &batch.account)?;
    agent(xml, "CdtrAgt")?;
    xml.text("ChrgBr", "SLEV")?;
    creditor_scheme(xml, "CdtrSchmeId", &batch.creditor_id)?;
    batch.debits.iter().try_for_each(|debit| xml.within("DrctDbtTxInf", |xml| transaction(xml, debit)))
}

/// `DirectDebitTransactionInformation23`.
fn transaction<W: Write>(xml: &mut Xml<W>, debit: &DirectDebit) -> io::Result<()> {
    xml.nested(&["PmtId", "EndToEndId"], debit.end_to_end.as_str())?;
    xml.start(BytesStart::new("InstdAmt").with_attributes([("Ccy", "EUR")]))?;
    xml.content(&debit.amount.to_string())?;
    xml.end("InstdAmt")?;
    xml.within("DrctDbtTx", |xml| {
        xml.within("MndtRltdInf", |xml| {
            xml.text("MndtId", debit.mandate.as_str())?;
            xml.text("DtOfSgntr", &debit.signed.to_string())?;
            amendment(xml, &debit.amendment)
        })
    })?;
    agent(xml, "DbtrAgt")?;
    xml.within("Dbtr", |xml| name(xml, &debit.debtor))?;
    account(xml, "DbtrAcct", &debit.iban)?;
    xml.nested(&["RmtInf", "Ustrd"], &sepa_text(&debit.remittance, REMITTANCE_MAX))
}

/// `AmendmentInformationDetails13`; nothing is written if nothing changed.
fn amendment<W: Write>(xml: &mut Xml<W>, amendment: &Amendment) -> io::Result<()> {
    if amendment.is_none() {
        return Ok(());
    }
    xml.text("AmdmntInd", "true")?;
    xml.within("AmdmntInfDtls", |xml| {
        if let Some(before) = &amendment.mandate {
            xml.text("OrgnlMndtId", before.as_str())?;
        }
        if let Some(before) = &amendment.creditor_id {
            creditor_scheme(xml, "OrgnlCdtrSchmeId", before)?;
        }
        if amendment.account {
            xml.nested(&["OrgnlDbtrAcct", "Id", "Othr", "Id"], SAME_MANDATE_NEW_ACCOUNT)?;
        }
        Ok(())
    })
}

fn creditor_scheme<W: Write>(xml: &mut Xml<W>, element: &str, id: &CreditorId) -> io::Result<()> {
    xml.within(element, |xml| {
        xml.within("Id", |xml| {
            xml.within("PrvtId", |xml| {
                xml.within("Othr", |xml| {
                    xml.text("Id", id.as_str())?;
                    xml.nested(&["SchmeNm", "Prtry"], "SEPA")
                })
            })
        })
    })
}

fn control<W: Write>(xml: &mut Xml<W>, totals: Totals) -> io::Result<()> {
    xml.text("NbOfTxs", &totals.count.to_string())?;
    xml.text("CtrlSum", &totals.sum.to_string())
}

fn name<W: Write>(xml: &mut Xml<W>, name: &str) -> io::Result<()> {
    xml.text("Nm", &sepa_text(name, NAME_MAX))
}

fn account<W: Write>(xml: &mut Xml<W>, element: &str, iban: &Iban) -> io::Result<()> {
    xml.nested(&[element, "Id", "IBAN"], iban.as_str())
}

fn agent<W: Write>(xml: &mut Xml<W>, element: &str) -> io::Result<()> {
    xml.nested(&[element, "FinInstnId", "Othr", "Id"], NOT_PROVIDED)
}

/// Writes XML elements; whoever opens one also closes it.
struct Xml<W> {
    writer: Writer<W>,
}

impl<W: Write> Xml<W> {
    fn start(&mut self, element: BytesStart) -> io::Result<()> {
        self.writer.write_event(Event::Start(element))
    }

    fn end(&mut self, element: &str) -> io::Result<()> {
        self.writer.write_event(Event::End(BytesEnd::new(element)))
    }

    fn content(&mut self, text: &str) -> io::Result<()> {
        self.writer.write_event(Event::Text(BytesText::new(text)))
    }

    fn within(&mut self, element: &str, content: impl FnOnce(&mut Self) -> io::Result<()>) -> io::Result<()> {
        self.start(BytesStart::new(element))?;
        content(self)?;
        self.end(element)
    }

    fn text(&mut self, element: &str, text: &str) -> io::Result<()> {
        self.within(element, |xml| xml.content(text))
    }

    /// A text inside nested elements, the outermost first.
    fn nested(&mut self, path: &[&str], text: &str) -> io::Result<()> {
        path.iter().try_for_each(|element| self.start(BytesStart::new(*element)))?;
        self.content(text)?;
        path.iter().rev().try_for_each(|element| self.end(element))
    }
}
