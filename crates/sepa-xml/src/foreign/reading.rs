//! Puts the elements of a direct-debit file together, as they end, and notes what is wrong with them.
//!
//! It knows no syntax of XML. Invariants: elements that are not listed here change nothing; what is wrong is noted with its
//! line, and reading goes on, so that a person is told all of it at once.

use std::collections::HashMap;
use std::fmt::Display;

use jiff::civil::Date;
use sepa::{Cents, CreditorId, Iban, MandateId};

use super::fault::{Faults, ForeignError};
use super::file::{ForeignBatch, ForeignDebit, ForeignFile, Marked, Span};

/// EPC: a direct debit is of 0.01 to 999,999,999.99 EUR.
const LARGEST: Cents = Cents::new(99_999_999_999);
/// What stands where a debit has no name of its own (EPC SDD Core rulebook, AT-10).
const NOT_PROVIDED: &str = "NOTPROVIDED";

/// An element that has ended.
#[derive(Clone, Copy)]
pub(super) struct Here {
    pub(super) line: u64,
    /// From the blanks before it to its end.
    pub(super) whole: Span,
    /// Between its tags.
    pub(super) content: Span,
    /// Whether it holds text alone.
    pub(super) is_leaf: bool,
}

/// What has been read so far: the file and the innermost parts that are not complete.
#[derive(Default)]
pub(super) struct Reading {
    version: Option<String>,
    message_id: Option<Marked<String>>,
    created: Option<Marked<String>>,
    count: Option<Marked<u64>>,
    sum: Option<Marked<Cents>>,
    initiator: Option<String>,
    batches: Vec<ForeignBatch>,
    batch: Batch,
    debit: Debit,
    address: Address,
    pub(super) renamed: Vec<(Span, &'static str)>,
    bare_addresses: Vec<(u64, Span)>,
    faults: Faults,
    /// End-to-end id -> the line of its debit.
    end_to_end: HashMap<String, u64>,
    /// Mandate -> the account that it debits, and the line of the first debit.
    mandates: HashMap<String, (Iban, u64)>,
    creditor: Option<(CreditorId, u64)>,
    /// Debits whose amount could not be read: then no sum is held against them.
    unread: usize,
    debits: u64,
    total: Option<Cents>,
}

/// A batch that is not complete.
#[derive(Default)]
struct Batch {
    id: Option<Marked<String>>,
    method: Option<String>,
    count: Option<Marked<u64>>,
    sum: Option<Marked<Cents>>,
    service: Option<String>,
    instrument: Option<String>,
    sequence: Option<String>,
    due: Option<Marked<Date>>,
    creditor: Option<String>,
    account: Option<Iban>,
    creditor_id: Option<CreditorId>,
    charges: Option<String>,
    debits: Vec<ForeignDebit>,
    seen: u64,
    unread: usize,
    /// Whether the creditor's account, his identifier or the day is there and wrong, so that it is not told as missing besides.
    is_faulty: bool,
}

/// A debit that is not complete.
#[derive(Default)]
struct Debit {
    end_to_end: Option<String>,
    amount: Option<Marked<Cents>>,
    currency: Option<String>,
    mandate: Option<String>,
    signed: Option<Date>,
    amended: bool,
    sequence: Option<String>,
    creditor_id: Option<CreditorId>,
    debtor: Option<String>,
    ultimate_debtor: Option<String>,
    address: Option<String>,
    iban: Option<Iban>,
    remittance: Vec<String>,
    /// Whether something of it was wrong already, so that what is missing is not told besides.
    is_faulty: bool,
}

/// An address that is not complete.
#[derive(Default)]
struct Address {
    street: Option<String>,
    number: Option<String>,
    post_code: Option<String>,
    town: Option<String>,
    country: bool,
    lines: Vec<String>,
}

impl Reading {
    /// Notes which version a start tag names, and where.
    pub(super) fn versions(&mut self, attributes: &str, tag: Span, name: usize) {
        const NAMED: &str = "pain.008.";
        for (at, _) in attributes.match_indices(NAMED) {
            let digits = attributes.get(at..).unwrap_or_default();
            let length = digits.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'.').count();
            let version = digits.get(..length).unwrap_or_default().trim_end_matches(".xsd");
            let from = tag.from.saturating_add(1).saturating_add(name).saturating_add(at);
            self.renamed.push((Span { from, to: from.saturating_add(version.len()) }, "pain.008.001.08"));
            self.version.get_or_insert_with(|| version.to_owned());
        }
    }

    /// An element begins.
    pub(super) fn begin(&mut self, path: &str) {
        match path {
            "/PmtInf" => self.batch = Batch::default(),
            "/PmtInf/DrctDbtTxInf" => self.debit = Debit::default(),
            _ if path.ends_with("/PstlAdr") => self.address = Address::default(),
            _ => {}
        }
    }

    /// An element has ended; `text` is empty if it had elements itself.
    pub(super) fn end(&mut self, path: &str, text: &str, here: Here, currency: Option<String>) {
        if let Some((before, rest)) = path.split_once("/PstlAdr") {
            return self.address(before, rest, text, here);
        }
        if let Some(rest) = path.strip_prefix("/PmtInf/DrctDbtTxInf") {
            return match rest.strip_prefix('/') {
                Some(rest) => self.of_debit(rest, text, here, currency),
                None => self.debit_ends(here),
            };
        }
        if let Some(rest) = path.strip_prefix("/PmtInf") {
            return match rest.strip_prefix('/') {
                Some(rest) => self.of_batch(rest, text, here),
                None => self.batch_ends(here),
            };
        }
        if let Some(rest) = path.strip_prefix("/GrpHdr/") {
            self.of_message(rest, text, here);
        }
    }

    fn of_message(&mut self, path: &str, text: &str, here: Here) {
        let (faults, line) = (&mut self.faults, here.line);
        match path {
            "MsgId" => once(&mut self.message_id, word(text).map(|text| marked(text, here)), faults, line, path),
            "CreDtTm" => once(&mut self.created, word(text).map(|text| marked(text, here)), faults, line, path),
            "NbOfTxs" => self.count = number(text, here, faults).or(self.count.take()),
            "CtrlSum" => self.sum = sum(text, here, faults).or(self.sum.take()),
            "InitgPty/Nm" => self.initiator = word(text).or(self.initiator.take()),
            _ => {}
        }
    }

    fn of_batch(&mut self, path: &str, text: &str, here: Here) {
        let (batch, faults, line) = (&mut self.batch, &mut self.faults, here.line);
        match path {
            "PmtInfId" => once(&mut batch.id, word(text).map(|text| marked(text, here)), faults, line, path),
            "PmtMtd" => batch.method = word(text),
            "NbOfTxs" => batch.count = number(text, here, faults).or(batch.count.take()),
            "CtrlSum" => batch.sum = sum(text, here, faults).or(batch.sum.take()),
            "PmtTpInf/SvcLvl/Cd" => batch.service = word(text),
            "PmtTpInf/LclInstrm/Cd" | "PmtTpInf/LclInstrm/Prtry" => {
                batch.instrument = word(text);
                self.instrument(text, here);
            }
            "PmtTpInf/SeqTp" => batch.sequence = word(text),
            "ReqdColltnDt" => match date(text) {
                Some(day) => once(&mut batch.due, Some(marked(day, here)), faults, line, path),
                None => {
                    batch.is_faulty = true;
                    faults.add(line, format!("ReqdColltnDt: {text:?} is no date"));
                }
            },
            "Cdtr/Nm" => batch.creditor = word(text),
            "CdtrAcct/Id/IBAN" => match Iban::parse(text) {
                Ok(iban) => once(&mut batch.account, Some(iban), faults, line, path),
                Err(why) => {
                    batch.is_faulty = true;
                    faults.add(line, format!("the creditor's account: {why}"));
                }
            },
            "CdtrSchmeId/Id/PrvtId/Othr/Id" => self.batch.creditor_id = self.creditor(text, here),
            "ChrgBr" => batch.charges = word(text),
            _ => {}
        }
    }

    fn of_debit(&mut self, path: &str, text: &str, here: Here, currency: Option<String>) {
        const MANDATE: &str = "DrctDbtTx/MndtRltdInf/";
        let (debit, faults, line) = (&mut self.debit, &mut self.faults, here.line);
        if let Some(path) = path.strip_prefix(MANDATE) {
            match path {
                "MndtId" => match MandateId::parse(text) {
                    Ok(id) => once(&mut debit.mandate, Some(id.to_string()), faults, line, path),
                    Err(why) => debit.wrong(faults, line, format!("the mandate's reference (MndtId): {why}")),
                },
                "DtOfSgntr" => match date(text) {
                    Some(day) => debit.signed = Some(day),
                    None => debit.wrong(faults, line, format!("DtOfSgntr: {text:?} is no date")),
                },
                "AmdmntInd" => debit.amended = matches!(text, "true" | "1"),
                _ => {}
            }
            return;
        }
        match path {
            "PmtId/EndToEndId" => debit.end_to_end = word(text).filter(|id| !id.eq_ignore_ascii_case(NOT_PROVIDED)),
            "InstdAmt" => {
                debit.currency = currency;
                match Cents::parse(text) {
                    Ok(amount) => once(&mut debit.amount, Some(marked(amount, here)), faults, line, path),
                    Err(why) => debit.wrong(faults, line, format!("InstdAmt: {why}")),
                }
            }
            "PmtTpInf/LclInstrm/Cd" | "PmtTpInf/LclInstrm/Prtry" => self.instrument(text, here),
            "PmtTpInf/SeqTp" => debit.sequence = word(text),
            "DrctDbtTx/CdtrSchmeId/Id/PrvtId/Othr/Id" => self.debit.creditor_id = self.creditor(text, here),
            "Dbtr/Nm" => debit.debtor = word(text),
            "UltmtDbtr/Nm" => debit.ultimate_debtor = word(text),
            "DbtrAcct/Id/IBAN" => match Iban::parse(text) {
                Ok(iban) => once(&mut debit.iban, Some(iban), faults, line, path),
                Err(why) => debit.wrong(faults, line, format!("the debtor's account: {why}")),
            },
            "RmtInf/Ustrd" | "RmtInf/Strd/CdtrRefInf/Ref" | "RmtInf/Strd/RfrdDocInf/Nb" | "RmtInf/Strd/AddtlRmtInf" => {
                debit.remittance.extend(word(text));
            }
            _ => {}
        }
    }

    /// What is debited by the business scheme cannot be given back by the payer's bank, and asks for other mandates.
    fn instrument(&mut self, text: &str, here: Here) {
        match text {
            "B2B" => self.faults.add(
                here.line,
                "it is a business-to-business debit (B2B), which a payer cannot have given back: take such debits out, and check them by hand",
            ),
            // debits within one day, part of CORE since November 2016
            "COR1" => self.renamed.push((here.content, "CORE")),
            _ => {}
        }
    }

    /// The creditor; another one than before is a fault.
    fn creditor(&mut self, text: &str, here: Here) -> Option<CreditorId> {
        let id = match CreditorId::parse(text) {
            Ok(id) => id,
            Err(why) => {
                self.batch.is_faulty = true;
                self.faults.add(here.line, format!("the creditor identifier: {why}"));
                return None;
            }
        };
        let (known, line) = self.creditor.get_or_insert_with(|| (id.clone(), here.line));
        if !known.is_same_creditor(&id) {
            let what = format!(
                "{id} is another creditor than {known} on line {line}: check each creditor's debits in a file of their own"
            );
            self.faults.add(here.line, what);
        }
        Some(id)
    }

    fn address(&mut self, before: &str, rest: &str, text: &str, here: Here) {
        let address = &mut self.address;
        match rest {
            "/StrtNm" => address.street = word(text),
            "/BldgNb" => address.number = word(text),
            "/PstCd" => address.post_code = word(text),
            "/TwnNm" => address.town = word(text),
            "/Ctry" => address.country = !text.is_empty(),
            "/AdrLine" => address.lines.extend(word(text)),
            "" => {
                let address = std::mem::take(&mut self.address);
                if !(address.country && address.town.is_some()) {
                    self.bare_addresses.push((here.line, here.whole));
                }
                if before == "/PmtInf/DrctDbtTxInf/Dbtr" {
                    self.debit.address = address.written();
                }
            }
            _ => {}
        }
    }

    fn debit_ends(&mut self, here: Here) {
        let debit = std::mem::take(&mut self.debit);
        self.batch.seen = self.batch.seen.saturating_add(1);
        let whole = debit.complete(here, &mut self.faults);
        let Some(whole) = whole else {
            self.batch.unread = self.batch.unread.saturating_add(1);
            return;
        };
        if let Some(id) = &whole.end_to_end
            && let Some(line) = self.end_to_end.insert(id.clone(), whole.line)
        {
            let what = format!(
                "the end-to-end id {id:?} is that of the debit on line {line} too: is a debit in the file twice?"
            );
            self.faults.add(whole.line, what);
        }
        let key = MandateId::key(&whole.mandate);
        let (iban, line) = *self.mandates.entry(key).or_insert((whole.iban, whole.line));
        if iban != whole.iban {
            let what = format!(
                "the mandate {:?} debits {} here, and {} on line {line}: a mandate is for one account",
                whole.mandate,
                whole.iban.masked(),
                iban.masked()
            );
            self.faults.add(whole.line, what);
        }
        self.batch.debits.push(whole);
    }

    fn batch_ends(&mut self, here: Here) {
        let batch = std::mem::take(&mut self.batch);
        let (faults, line) = (&mut self.faults, here.line);
        let total = Cents::sum(batch.debits.iter().map(|debit| debit.amount));
        self.debits = self.debits.saturating_add(batch.seen);
        self.unread = self.unread.saturating_add(batch.unread);
        self.total = match self.batches.is_empty() && self.total.is_none() {
            true => total,
            false => self.total.zip(total).and_then(|(all, own)| all.checked_add(own)),
        };
        totals(batch.count.as_ref(), batch.sum.as_ref(), batch.seen, total, batch.unread, "PmtInf", faults);
        if batch.method.as_deref().is_some_and(|method| method != "DD") {
            faults.add(line, "PmtMtd is not DD: these are no direct debits");
        }
        if batch.seen == 0 {
            faults.add(line, "PmtInf holds no debit");
        }
        let names_none = batch.creditor_id.is_none() && batch.debits.iter().any(|debit| debit.creditor_id.is_none());
        if names_none && self.creditor.is_none() && !batch.is_faulty {
            faults.add(line, "PmtInf names no creditor identifier (CdtrSchmeId)");
        }
        let (due, account) = match (batch.due, batch.account) {
            (Some(due), Some(account)) => (due, account),
            (due, account) => {
                if due.is_none() && !batch.is_faulty {
                    faults.add(line, "PmtInf has no collection date (ReqdColltnDt)");
                }
                if account.is_none() && !batch.is_faulty {
                    faults.add(line, "PmtInf has no IBAN of the creditor's account (CdtrAcct)");
                }
                return;
            }
        };
        self.batches.push(ForeignBatch {
            line,
            span: here.whole,
            id: batch.id,
            count: batch.count,
            sum: batch.sum,
            service: batch.service,
            instrument: batch.instrument,
            sequence: batch.sequence,
            due,
            creditor: batch.creditor,
            account,
            creditor_id: batch.creditor_id,
            charges: batch.charges,
            debits: batch.debits,
        });
    }

    pub(super) fn finish(mut self) -> Result<ForeignFile, ForeignError> {
        let (count, sum) = (self.count.as_ref(), self.sum.as_ref());
        totals(count, sum, self.debits, self.total, self.unread, "GrpHdr", &mut self.faults);
        if self.message_id.is_none() {
            self.faults.add(1, "the message has no id (GrpHdr/MsgId)");
        }
        if self.debits == 0 {
            self.faults.add(1, "the file holds no debit");
        }
        self.faults.none()?;
        let Some(message_id) = self.message_id else { return Err(ForeignError::NoDebits) };
        Ok(ForeignFile {
            version: self.version,
            message_id,
            created: self.created,
            count: self.count,
            sum: self.sum,
            initiator: self.initiator,
            batches: self.batches,
            renamed: self.renamed,
            bare_addresses: self.bare_addresses,
        })
    }
}

impl Debit {
    fn wrong(&mut self, faults: &mut Faults, line: u64, what: impl Display) {
        self.is_faulty = true;
        faults.add(line, what);
    }

    fn complete(mut self, here: Here, faults: &mut Faults) -> Option<ForeignDebit> {
        let line = here.line;
        if let Some(amount) = &self.amount {
            let (at, cents) = (amount.line, amount.value);
            match self.currency.clone() {
                Some(currency) if currency == "EUR" => {}
                Some(currency) => self.wrong(faults, at, format!("the debit is in {currency:?}: SEPA knows EUR alone")),
                None => self.wrong(faults, at, "InstdAmt names no currency"),
            }
            if cents <= Cents::ZERO || cents > LARGEST {
                self.wrong(faults, at, format!("{cents} EUR cannot be debited"));
            }
        }
        let missing = [
            (self.amount.is_none(), "no amount (InstdAmt)"),
            (self.mandate.is_none(), "no mandate (MndtId), and so no reference by which a payment can be found"),
            (self.debtor.is_none(), "no name of the debtor (Dbtr/Nm)"),
            (self.iban.is_none(), "no IBAN of the debtor (DbtrAcct)"),
        ];
        let lacks = missing.iter().filter(|(is_missing, _)| *is_missing && !self.is_faulty);
        lacks.for_each(|(_, what)| faults.add(line, format!("the debit has {what}")));
        let amount = self.amount?;
        Some(ForeignDebit {
            line,
            span: here.whole,
            end_to_end: self.end_to_end,
            amount: amount.value,
            amount_span: amount.span,
            mandate: self.mandate?,
            signed: self.signed,
            amended: self.amended,
            sequence: self.sequence,
            creditor_id: self.creditor_id,
            debtor: self.debtor?,
            ultimate_debtor: self.ultimate_debtor,
            address: self.address,
            iban: self.iban?,
            remittance: self.remittance,
        })
    }
}

impl Address {
    /// `Weg 5, 59999 Ort`.
    fn written(self) -> Option<String> {
        let joined = |one: Option<String>, other: Option<String>| {
            let words: Vec<String> = [one, other].into_iter().flatten().collect();
            (!words.is_empty()).then(|| words.join(" "))
        };
        let parts = [joined(self.street, self.number), joined(self.post_code, self.town)];
        let parts: Vec<String> = parts.into_iter().flatten().chain(self.lines).collect();
        (!parts.is_empty()).then(|| parts.join(", "))
    }
}

/// Holds number and sum of a level against what is in it.
fn totals(
    count: Option<&Marked<u64>>,
    sum: Option<&Marked<Cents>>,
    debits: u64,
    total: Option<Cents>,
    unread: usize,
    level: &str,
    faults: &mut Faults,
) {
    if let Some(said) = count.filter(|said| said.value != debits) {
        faults.add(said.line, format!("{level}/NbOfTxs says {}, there are {debits} debits", said.value));
    }
    let total = match total {
        Some(total) if unread == 0 => total,
        Some(_) => return,
        None => return faults.add(sum.map_or(1, |sum| sum.line), format!("the sum of {level} is too large")),
    };
    if let Some(said) = sum.filter(|said| said.value != total) {
        faults.add(said.line, format!("{level}/CtrlSum says {}, the debits come to {total}", said.value));
    }
}

/// Sets what is not set; another value is a fault.
fn once<T: PartialEq>(slot: &mut Option<T>, value: Option<T>, faults: &mut Faults, line: u64, name: &str) {
    if slot.is_some() && value.is_some() {
        faults.add(line, format!("{name} is given a second time"));
    }
    *slot = slot.take().or(value);
}

fn marked<T>(value: T, here: Here) -> Marked<T> {
    Marked { value, line: here.line, span: here.content }
}

fn word(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

fn number(text: &str, here: Here, faults: &mut Faults) -> Option<Marked<u64>> {
    match text.parse() {
        Ok(number) if here.is_leaf => Some(marked(number, here)),
        _ => {
            faults.add(here.line, format!("NbOfTxs: {text:?} is no number"));
            None
        }
    }
}

fn sum(text: &str, here: Here, faults: &mut Faults) -> Option<Marked<Cents>> {
    match Cents::parse(text) {
        Ok(sum) => Some(marked(sum, here)),
        Err(why) => {
            faults.add(here.line, format!("CtrlSum: {why}"));
            None
        }
    }
}

/// The day of a date, which may carry an offset from UTC.
fn date(text: &str) -> Option<Date> {
    text.get(..10)?.parse().ok()
}
