//! The XML of a `pain.008.001.08` with the restrictions of the Deutsche Kreditwirtschaft (GBIC_5), IBAN-only.
//!
//! It decides nothing and checks nothing beyond [`check_debits`]. Invariants: no white space between elements, so that every
//! program that hashes the file sees the same bytes; one debit at a time in memory.

use std::io::{self, Write};

use sepa::CreditorId;

use crate::check::check_debits;
use crate::xml::Xml;
use crate::{Amendment, DebitBatch, DirectDebit, DirectDebitFile, Totals, WriteError};

pub(crate) const NAMESPACE: &str = "urn:iso:std:iso:20022:tech:xsd:pain.008.001.08";
/// The debtor has another account than before (»Same Mandate New Debtor Account«).
pub(crate) const SAME_MANDATE_NEW_ACCOUNT: &str = "SMNDA";

/// Writes the file and returns its totals. Names and remittance texts are rewritten in the SEPA character set and cut
/// at the end.
///
/// # Errors
/// [`WriteError`] if a bank would refuse the file, before a byte is written; [`WriteError::Io`] if `out` fails.
pub fn write_pain008(file: &DirectDebitFile, out: &mut impl Write) -> Result<Totals, WriteError> {
    let checked = check_debits(file)?;
    Xml::document(out, NAMESPACE, "CstmrDrctDbtInitn", |xml| {
        xml.within("GrpHdr", |xml| {
            xml.header(&file.message_id, file.created, file.offset, checked.file, &file.initiator)
        })?;
        for (batch, totals) in file.batches.iter().zip(&checked.batches) {
            xml.within("PmtInf", |xml| payment_information(xml, batch, *totals))?;
        }
        Ok(())
    })?;
    Ok(checked.file)
}

/// `PaymentInstruction29`.
fn payment_information<W: Write>(xml: &mut Xml<W>, batch: &DebitBatch, totals: Totals) -> io::Result<()> {
    xml.text("PmtInfId", &batch.id)?;
    xml.text("PmtMtd", "DD")?;
    xml.text("BtchBookg", "true")?;
    xml.control(totals)?;
    xml.within("PmtTpInf", |xml| {
        xml.nested(&["SvcLvl", "Cd"], "SEPA")?;
        xml.nested(&["LclInstrm", "Cd"], "CORE")?;
        xml.text("SeqTp", batch.sequence.code())
    })?;
    xml.text("ReqdColltnDt", &batch.due.to_string())?;
    xml.within("Cdtr", |xml| xml.name(&batch.creditor))?;
    xml.account("CdtrAcct", &batch.account)?;
    xml.agent("CdtrAgt")?;
    xml.text("ChrgBr", "SLEV")?;
    creditor_scheme(xml, "CdtrSchmeId", &batch.creditor_id)?;
    batch.debits.iter().try_for_each(|debit| xml.within("DrctDbtTxInf", |xml| transaction(xml, debit)))
}

/// `DirectDebitTransactionInformation23`.
fn transaction<W: Write>(xml: &mut Xml<W>, debit: &DirectDebit) -> io::Result<()> {
    xml.nested(&["PmtId", "EndToEndId"], debit.end_to_end.as_str())?;
    xml.amount(debit.amount)?;
    xml.within("DrctDbtTx", |xml| {
        xml.within("MndtRltdInf", |xml| {
            xml.text("MndtId", debit.mandate.as_str())?;
            xml.text("DtOfSgntr", &debit.signed.to_string())?;
            amendment(xml, &debit.amendment)
        })
    })?;
    xml.agent("DbtrAgt")?;
    xml.within("Dbtr", |xml| xml.name(&debit.debtor))?;
    xml.account("DbtrAcct", &debit.iban)?;
    xml.remittance(&debit.remittance)
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
