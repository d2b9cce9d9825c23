//! Reads what [`crate::write_pain008`] wrote: own payment files, which restored books may have forgotten.
//!
//! It reads no other form of the message. Invariant: what is read is complete (control sums are checked), and writing
//! it again gives the same bytes.

use std::collections::HashMap;

use quick_xml::Reader;
use quick_xml::events::Event;
use sepa::{Cents, CreditorId, EndToEndId, Iban, MandateId};

use crate::pain008::{NAMESPACE, SAME_MANDATE_NEW_ACCOUNT};
use crate::{Amendment, DebitBatch, DirectDebit, DirectDebitFile, Sequence};

/// Why a file is not one of our own.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// It is not XML, or is cut off.
    #[error("byte {0}: {1}")]
    Malformed(u64, String),
    /// It is another message, or another program wrote it.
    #[error("it is no pain.008.001.08 as written here")]
    Foreign,
    /// An element is missing or has a value that is not allowed.
    #[error("{place}: {element} {why}")]
    Field {
        /// The debit, the batch or the message that it belongs to.
        place: String,
        /// The element, with its path.
        element: String,
        /// What is wrong.
        why: String,
    },
}

/// More than the depth of any element in the message.
const DEPTH: usize = 16;

/// Whether the beginning of a file shows that it is a pain.008.
pub fn looks_like_pain008(prefix: &[u8]) -> bool {
    let needle = b"urn:iso:std:iso:20022:tech:xsd:pain.008.";
    prefix.windows(needle.len()).any(|window| window == needle)
}

/// Reads a payment file.
///
/// # Errors
/// [`ReadError`], naming the debit and the element. If anything is wrong, nothing of the file is used.
pub fn read_pain008(bytes: &[u8]) -> Result<DirectDebitFile, ReadError> {
    let text = std::str::from_utf8(bytes).map_err(|error| malformed(error.valid_up_to(), &"it is not UTF-8"))?;
    let mut reader = Reader::from_str(text);
    let (mut reading, mut path, mut content) = (Reading::default(), Vec::<String>::new(), String::new());
    loop {
        let event = reader.read_event().map_err(|error| malformed_at(reader.error_position(), &error))?;
        match event {
            Event::Start(tag) => {
                let name = tag.name().as_ref().to_owned();
                let foreign = path.is_empty() && !tag.attributes_raw().contains(NAMESPACE);
                if foreign || path.len() == DEPTH {
                    return Err(ReadError::Foreign);
                }
                path.push(name);
                content.clear();
            }
            Event::Text(part) => content.push_str(part.as_ref()),
            Event::GeneralRef(entity) => match entity.as_ref() {
                "apos" => content.push('\''),
                _ => return Err(ReadError::Foreign),
            },
            Event::End(_) => {
                reading.end(&path, std::mem::take(&mut content))?;
                path.pop();
            }
            Event::Decl(_) => {}
            Event::Eof if path.is_empty() => return reading.finish(),
            Event::Eof => return Err(malformed(bytes.len(), &"it ends too early")),
            _ => return Err(ReadError::Foreign),
        }
    }
}

fn malformed(at: usize, why: &dyn ToString) -> ReadError {
    malformed_at(at as u64, why)
}

fn malformed_at(at: u64, why: &dyn ToString) -> ReadError {
    ReadError::Malformed(at, why.to_string())
}

/// The elements of one level, by their path below it.
#[derive(Default)]
struct Fields {
    place: String,
    texts: HashMap<String, String>,
}

impl Fields {
    fn error(&self, element: &str, why: &dyn ToString) -> ReadError {
        let place = if self.place.is_empty() { "the message" } else { &self.place };
        ReadError::Field { place: place.to_owned(), element: element.to_owned(), why: why.to_string() }
    }

    fn optional<T, E: ToString>(
        &self,
        element: &str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Result<Option<T>, ReadError> {
        self.texts.get(element).map(|text| parse(text)).transpose().map_err(|why| self.error(element, &why.to_string()))
    }

    fn required<T, E: ToString>(
        &self,
        element: &str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Result<T, ReadError> {
        self.optional(element, parse)?.ok_or_else(|| self.error(element, &"is missing"))
    }

    fn text(&self, element: &str) -> Result<String, ReadError> {
        self.required(element, |text| Ok::<_, String>(text.to_owned()))
    }

    /// Checks that the control figures of this level are those of its content.
    fn check_totals(&self, amounts: impl Iterator<Item = Cents> + Clone) -> Result<(), ReadError> {
        let count = self.required("NbOfTxs", str::parse::<usize>)?;
        if count != amounts.clone().count() {
            return Err(self.error("NbOfTxs", &"is not the number of debits"));
        }
        let sum = self.required("CtrlSum", Cents::parse)?;
        if Cents::sum(amounts) == Some(sum) { Ok(()) } else { Err(self.error("CtrlSum", &"is not their sum")) }
    }
}

/// The state while reading.
#[derive(Default)]
struct Reading {
    message: Fields,
    batch: Fields,
    debit: Fields,
    batches: Vec<DebitBatch>,
    debits: Vec<DirectDebit>,
}

impl Reading {
    fn end(&mut self, path: &[String], text: String) -> Result<(), ReadError> {
        let names: Vec<&str> = path.iter().map(String::as_str).collect();
        match names.as_slice() {
            ["Document", "CstmrDrctDbtInitn", "PmtInf", "DrctDbtTxInf"] => {
                let fields = std::mem::take(&mut self.debit);
                self.debits.push(debit(&fields)?);
            }
            ["Document", "CstmrDrctDbtInitn", "PmtInf"] => {
                let fields = std::mem::take(&mut self.batch);
                let batch = batch(&fields, std::mem::take(&mut self.debits))?;
                self.batches.push(batch);
            }
            ["Document", "CstmrDrctDbtInitn", "GrpHdr", rest @ ..] => take(&mut self.message, rest, text),
            ["Document", "CstmrDrctDbtInitn", "PmtInf", "DrctDbtTxInf", rest @ ..] => take(&mut self.debit, rest, text),
            ["Document", "CstmrDrctDbtInitn", "PmtInf", rest @ ..] => take(&mut self.batch, rest, text),
            _ => {}
        }
        Ok(())
    }

    fn finish(self) -> Result<DirectDebitFile, ReadError> {
        let message = self.message;
        message.check_totals(self.batches.iter().flat_map(|batch| &batch.debits).map(|debit| debit.amount))?;
        Ok(DirectDebitFile {
            message_id: message.text("MsgId")?,
            created: message.required("CreDtTm", str::parse)?,
            offset: message.texts.get("CreDtTm").and_then(|text| offset(text)),
            initiator: message.text("InitgPty/Nm")?,
            batches: self.batches,
        })
    }
}

/// The offset of a time from UTC, if it has one.
fn offset(moment: &str) -> Option<jiff::tz::Offset> {
    jiff::fmt::strtime::parse("%Y-%m-%dT%H:%M:%S%:z", moment).ok()?.offset()
}

/// Stores the text of an element without children under its path.
fn take(fields: &mut Fields, path: &[&str], text: String) {
    if let ["MsgId"] | ["PmtInfId"] | ["PmtId", "EndToEndId"] = path {
        fields.place.clone_from(&text);
    }
    if !path.is_empty() {
        fields.texts.insert(path.join("/"), text);
    }
}

fn batch(fields: &Fields, debits: Vec<DirectDebit>) -> Result<DebitBatch, ReadError> {
    fields.check_totals(debits.iter().map(|debit| debit.amount))?;
    Ok(DebitBatch {
        id: fields.text("PmtInfId")?,
        sequence: fields.required("PmtTpInf/SeqTp", |code| match code {
            "RCUR" => Ok(Sequence::Rcur),
            "OOFF" => Ok(Sequence::Ooff),
            _ => Err("is no sequence that is written here"),
        })?,
        due: fields.required("ReqdColltnDt", str::parse)?,
        creditor: fields.text("Cdtr/Nm")?,
        account: fields.required("CdtrAcct/Id/IBAN", Iban::parse)?,
        creditor_id: fields.required("CdtrSchmeId/Id/PrvtId/Othr/Id", CreditorId::parse)?,
        debits,
    })
}

fn debit(fields: &Fields) -> Result<DirectDebit, ReadError> {
    const MANDATE: &str = "DrctDbtTx/MndtRltdInf/MndtId";
    const CHANGES: &str = "DrctDbtTx/MndtRltdInf/AmdmntInfDtls";
    let changed = |element: &str| format!("{CHANGES}/{element}");
    Ok(DirectDebit {
        end_to_end: fields.required("PmtId/EndToEndId", EndToEndId::parse)?,
        amount: fields.required("InstdAmt", Cents::parse)?,
        mandate: fields.required(MANDATE, MandateId::parse)?,
        signed: fields.required("DrctDbtTx/MndtRltdInf/DtOfSgntr", str::parse)?,
        amendment: Amendment {
            mandate: fields.optional(&changed("OrgnlMndtId"), MandateId::parse)?,
            creditor_id: fields.optional(&changed("OrgnlCdtrSchmeId/Id/PrvtId/Othr/Id"), CreditorId::parse)?,
            account: fields
                .texts
                .get(&changed("OrgnlDbtrAcct/Id/Othr/Id"))
                .is_some_and(|id| id == SAME_MANDATE_NEW_ACCOUNT),
        },
        debtor: fields.text("Dbtr/Nm")?,
        iban: fields.required("DbtrAcct/Id/IBAN", Iban::parse)?,
        remittance: fields.text("RmtInf/Ustrd")?,
    })
}
