//! XML as payment files have it, and the elements that all of them share.
//!
//! It checks nothing. Invariant: no white space between elements, so that every program that hashes the file sees the
//! same bytes.

use std::io::{self, BufWriter, Write};

use jiff::civil::DateTime;
use jiff::tz::Offset;
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};
use sepa::{Cents, Iban, sepa_text};

use crate::Totals;

/// The longest name that SEPA accepts (EPC130-08, EPC132-08); ISO allows 140.
const NAME_MAX: usize = 70;
/// The longest remittance text (`Max140Text`).
const REMITTANCE_MAX: usize = 140;
/// Written in place of a BIC, because the IBAN alone names the bank.
const NOT_PROVIDED: &str = "NOTPROVIDED";

/// Writes XML elements; whoever opens one also closes it.
pub(crate) struct Xml<W> {
    writer: Writer<W>,
}

impl<W: Write> Xml<BufWriter<W>> {
    /// Writes a `Document` with one message.
    pub(crate) fn document(
        out: W,
        namespace: &str,
        message: &str,
        content: impl FnOnce(&mut Self) -> io::Result<()>,
    ) -> io::Result<()> {
        let mut xml = Self { writer: Writer::new(BufWriter::new(out)) };
        xml.writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
        xml.start(BytesStart::new("Document").with_attributes([("xmlns", namespace)]))?;
        xml.within(message, content)?;
        xml.end("Document")?;
        xml.writer.get_mut().flush()
    }
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

    pub(crate) fn within(
        &mut self,
        element: &str,
        content: impl FnOnce(&mut Self) -> io::Result<()>,
    ) -> io::Result<()> {
        self.start(BytesStart::new(element))?;
        content(self)?;
        self.end(element)
    }

    pub(crate) fn text(&mut self, element: &str, text: &str) -> io::Result<()> {
        self.within(element, |xml| xml.content(text))
    }

    /// A text inside nested elements, the outermost first.
    pub(crate) fn nested(&mut self, path: &[&str], text: &str) -> io::Result<()> {
        path.iter().try_for_each(|element| self.start(BytesStart::new(*element)))?;
        self.content(text)?;
        path.iter().rev().try_for_each(|element| self.end(element))
    }

    /// `GroupHeader83` and `GroupHeader85`.
    pub(crate) fn header(
        &mut self,
        message_id: &str,
        created: DateTime,
        offset: Option<Offset>,
        totals: Totals,
        initiator: &str,
    ) -> io::Result<()> {
        self.text("MsgId", message_id)?;
        self.text("CreDtTm", &moment(created, offset))?;
        self.control(totals)?;
        self.within("InitgPty", |xml| xml.name(initiator))
    }

    pub(crate) fn control(&mut self, totals: Totals) -> io::Result<()> {
        self.text("NbOfTxs", &totals.count.to_string())?;
        self.text("CtrlSum", &totals.sum.to_string())
    }

    pub(crate) fn amount(&mut self, amount: Cents) -> io::Result<()> {
        self.money("InstdAmt", amount)
    }

    /// An amount of euros; it must not be below zero.
    pub(crate) fn money(&mut self, element: &str, amount: Cents) -> io::Result<()> {
        self.start(BytesStart::new(element).with_attributes([("Ccy", "EUR")]))?;
        self.content(&amount.to_string())?;
        self.end(element)
    }

    pub(crate) fn name(&mut self, name: &str) -> io::Result<()> {
        self.text("Nm", &sepa_text(name, NAME_MAX))
    }

    pub(crate) fn account(&mut self, element: &str, iban: &Iban) -> io::Result<()> {
        self.nested(&[element, "Id", "IBAN"], iban.as_str())
    }

    pub(crate) fn agent(&mut self, element: &str) -> io::Result<()> {
        self.nested(&[element, "FinInstnId", "Othr", "Id"], NOT_PROVIDED)
    }

    pub(crate) fn remittance(&mut self, text: &str) -> io::Result<()> {
        self.nested(&["RmtInf", "Ustrd"], &sepa_text(text, REMITTANCE_MAX))
    }
}

/// `ISODateTime`: to the second, with the offset from UTC.
pub(crate) fn moment(created: DateTime, offset: Option<Offset>) -> String {
    let local = created.strftime("%Y-%m-%dT%H:%M:%S");
    let Some(offset) = offset else { return local.to_string() };
    let minutes = offset.seconds() / 60;
    let sign = if minutes < 0 { '-' } else { '+' };
    format!("{local}{sign}{:02}:{:02}", minutes.abs() / 60, minutes.abs() % 60)
}
