//! The XML of a `pain.001.001.09` with the restrictions of the Deutsche Kreditwirtschaft (GBIC_5), IBAN-only.
//!
//! It decides nothing and checks nothing beyond [`check_transfers`]. Invariant: no white space between elements, so that
//! every program that hashes the file sees the same bytes.

use std::io::{self, Write};

use crate::check::check_transfers;
use crate::xml::Xml;
use crate::{CreditTransfer, CreditTransferFile, Totals, TransferBatch, WriteError};

const NAMESPACE: &str = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09";

/// The file as bytes. Names and remittance texts are rewritten in the SEPA character set and cut at the end.
///
/// # Errors
/// [`WriteError`] if a bank would refuse the file.
pub fn write_pain001(file: &CreditTransferFile) -> Result<Vec<u8>, WriteError> {
    let checked = check_transfers(file)?;
    let mut written = Vec::new();
    Xml::document(&mut written, NAMESPACE, "CstmrCdtTrfInitn", |xml| {
        xml.within("GrpHdr", |xml| {
            xml.header(&file.message_id, file.created, file.offset, checked.file, &file.initiator)
        })?;
        for (batch, totals) in file.batches.iter().zip(&checked.batches) {
            xml.within("PmtInf", |xml| payment_information(xml, batch, *totals))?;
        }
        Ok(())
    })?;
    Ok(written)
}

/// `PaymentInstruction30`.
fn payment_information<W: Write>(xml: &mut Xml<W>, batch: &TransferBatch, totals: Totals) -> io::Result<()> {
    xml.text("PmtInfId", &batch.id)?;
    xml.text("PmtMtd", "TRF")?;
    xml.text("BtchBookg", "true")?;
    xml.control(totals)?;
    xml.nested(&["PmtTpInf", "SvcLvl", "Cd"], "SEPA")?;
    xml.nested(&["ReqdExctnDt", "Dt"], &batch.execution.to_string())?;
    xml.within("Dbtr", |xml| xml.name(&batch.debtor))?;
    xml.account("DbtrAcct", &batch.account)?;
    xml.agent("DbtrAgt")?;
    xml.text("ChrgBr", "SLEV")?;
    batch.transfers.iter().try_for_each(|transfer| xml.within("CdtTrfTxInf", |xml| transaction(xml, transfer)))
}

/// `CreditTransferTransaction34`. The creditor's bank is not named: its element admits nothing but a BIC.
fn transaction<W: Write>(xml: &mut Xml<W>, transfer: &CreditTransfer) -> io::Result<()> {
    xml.nested(&["PmtId", "EndToEndId"], transfer.end_to_end.as_str())?;
    xml.within("Amt", |xml| xml.amount(transfer.amount))?;
    xml.within("Cdtr", |xml| xml.name(&transfer.creditor))?;
    xml.account("CdtrAcct", &transfer.iban)?;
    xml.remittance(&transfer.remittance)
}
