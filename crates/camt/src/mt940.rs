//! The pull of parts out of one MT940 or MT942 input.
//!
//! Knows no files. Keeps the invariant that only the current statement's head and one booking are held.

mod fields;
mod info;
mod line;

use std::collections::VecDeque;
use std::io::BufRead;

use crate::place::Trail;
use crate::statement::StatementDraft;
use crate::{
    Balance, Booking, Entry, Finding, FindingKind, Limits, MessageKind, Part, ReadError, ReadErrorKind, StatementHead,
    Status,
};
use fields::{Field, Fields};

/// Reads MT940 and MT942 in the German variant, one part at a time; `:86:` of other countries stays unstructured text.
///
/// A statement begins with `:20:`. One with `:34F:` or `:13D:` and no opening balance is an MT942.
pub struct Mt940Reader<R: BufRead> {
    fields: Fields<R>,
    statement: Option<StatementDraft>,
    booking: Option<Pending>,
    parts: VecDeque<Part>,
    /// Bytes of the fields held for the current statement, entries left out.
    kept: usize,
    limit: usize,
    statements: u64,
    done: bool,
}

/// Bytes that a field can cost besides its text: a finding.
const FIELD: usize = 64;

/// A `:61:` whose `:86:` may follow.
struct Pending {
    booking: Box<Booking>,
    kind: String,
    has_info: bool,
}

impl<R: BufRead> Mt940Reader<R> {
    /// A reader that has read nothing yet.
    pub fn new(input: R, limits: &Limits) -> Self {
        Self {
            fields: Fields::new(input, limits.text),
            statement: None,
            booking: None,
            parts: VecDeque::new(),
            kept: 0,
            limit: limits.text,
            statements: 0,
            done: false,
        }
    }

    /// The next part; none at the end.
    ///
    /// # Errors
    /// Where the input cannot be read, exceeds a limit or holds no statement.
    /// Nothing comes after an error.
    pub fn next_part(&mut self) -> Result<Option<Part>, ReadError> {
        while self.parts.is_empty() && !self.done {
            let advanced = self.advance();
            self.done |= advanced.is_err();
            advanced?;
        }
        Ok(self.parts.pop_front())
    }

    fn advance(&mut self) -> Result<(), ReadError> {
        match self.fields.next()? {
            Some(field) if field.tag == "20" => {
                self.end_statement();
                self.begin_statement(&field);
            }
            Some(field) => self.field(&field)?,
            None if self.statements == 0 => {
                return Err(self.fields.error(String::new(), ReadErrorKind::NoStatement(String::new())));
            }
            None => {
                self.end_statement();
                self.done = true;
            }
        }
        Ok(())
    }

    fn begin_statement(&mut self, field: &Field) {
        self.statements = self.statements.saturating_add(1);
        self.kept = 0;
        let mut head = StatementHead::new(MessageKind::Mt940, field.line);
        head.id = first_line(field);
        self.statement = Some(StatementDraft::new(head, Trail::statement(":62F"), Vec::new()));
    }

    fn field(&mut self, field: &Field) -> Result<(), ReadError> {
        if field.tag != "86" {
            self.end_booking();
        }
        let Some(statement) = &mut self.statement else { return Ok(()) };
        match field.tag.as_str() {
            "25" | "25P" => statement.set_account(first_line(field)),
            "28" | "28C" => read_number(field, statement),
            "60F" | "60M" | "62F" | "62M" => read_balance(field, statement),
            "34F" | "13" | "13D" => {
                if let Some(head) = statement.head() {
                    (head.kind, head.message) = (MessageKind::Mt942, MessageKind::Mt942.to_string());
                }
            }
            "61" => {
                self.begin_booking(field);
                return Ok(());
            }
            "86" => {
                if let Some(pending) = self.booking.as_mut().filter(|pending| !pending.has_info) {
                    info::read_info(&field.lines, &pending.kind, &mut pending.booking);
                    pending.has_info = true;
                }
                return Ok(());
            }
            _ => {}
        }
        let size: usize = field.lines.iter().map(String::len).sum();
        self.kept = self.kept.saturating_add(size).saturating_add(FIELD);
        if self.kept > self.limit {
            let kind = ReadErrorKind::TooMuch(self.limit);
            return Err(ReadError { line: field.line, path: format!(":{}", field.tag), kind });
        }
        Ok(())
    }

    fn begin_booking(&mut self, field: &Field) {
        let Some(statement) = &mut self.statement else { return };
        let booked = statement.head().is_none_or(|head| head.kind == MessageKind::Mt940);
        self.parts.extend(statement.take_head());
        let mut booking = Box::new(Booking {
            currency: statement.currency().map(str::to_owned),
            status: booked.then_some(Status::Booked),
            entry: statement.begin_entry(),
            line: field.line,
            ..Booking::default()
        });
        let text = first_line(field).unwrap_or_default();
        let kind = match line::read_line(&text) {
            Some(line) => {
                info::read_supplementary(&field.lines, &mut booking);
                fill(&mut booking, line)
            }
            None => {
                booking.findings.push(remark(field, FindingKind::Line(text)));
                String::new()
            }
        };
        self.booking = Some(Pending { booking, kind, has_info: false });
    }

    /// Gives the booking and, since it is a whole entry, the entry's end.
    fn end_booking(&mut self) {
        let Some((statement, pending)) = self.statement.as_mut().zip(self.booking.take()) else { return };
        let booking = pending.booking;
        let entry = Entry {
            index: booking.entry,
            amount: booking.signed(),
            currency: booking.currency.clone(),
            status: booking.status.clone(),
            details: 0,
            details_sum: None,
            announced: None,
            line: booking.line,
            findings: Vec::new(),
        };
        self.parts.push_back(Part::Booking(booking));
        let end = statement.end_entry(entry);
        self.parts.push_back(end);
    }

    fn end_statement(&mut self) {
        self.end_booking();
        let Some(mut statement) = self.statement.take() else { return };
        self.parts.extend(statement.take_head());
        let mut end = statement.finish();
        if end.opening.is_some() && end.closing.is_none() {
            let line = self.fields.line();
            end.findings.push(Finding { line, path: ":62F".to_owned(), kind: FindingKind::Missing(":62F:") });
        }
        self.parts.push_back(Part::StatementEnd(end));
    }
}

fn first_line(field: &Field) -> Option<String> {
    field.lines.iter().map(|line| line.trim()).find(|line| !line.is_empty()).map(str::to_owned)
}

fn remark(field: &Field, kind: FindingKind) -> Finding {
    Finding { line: field.line, path: format!(":{}", field.tag), kind }
}

/// Takes over a statement line and returns its type, `NTRF`.
fn fill(booking: &mut Booking, line: line::Line) -> String {
    let at = booking.line;
    let mut remark = |kind| booking.findings.push(Finding { line: at, path: ":61".to_owned(), kind });
    booking.amount = line.amount.map_err(|error| remark(FindingKind::Amount(error))).ok();
    booking.valued = line.valued.map_err(|text| remark(FindingKind::Date(text))).ok();
    booking.booked = line.booked.map_err(|text| remark(FindingKind::Date(text))).ok();
    booking.sign = Some(line.sign);
    booking.reversal = line.reversal;
    let real = |reference: String| Some(reference).filter(|text| !text.is_empty() && text != "NONREF");
    booking.bank_reference = real(line.bank_reference);
    booking.entry_reference.clone_from(&booking.bank_reference);
    booking.entry_name = real(line.reference);
    line.kind
}

/// `245/1`: number and page.
fn read_number(field: &Field, statement: &mut StatementDraft) {
    let text = first_line(field).unwrap_or_default();
    let (number, page) = text.split_once('/').unwrap_or((&text, ""));
    let sequence = number.trim().parse().ok();
    if let Some(head) = statement.head() {
        head.sequence = sequence;
        head.page = page.trim().parse().ok();
    }
    if sequence.is_none() {
        statement.add(remark(field, FindingKind::Number(text.clone())));
    }
}

fn read_balance(field: &Field, statement: &mut StatementDraft) {
    let text = first_line(field).unwrap_or_default();
    let Some((amount, date, currency)) = line::read_balance(&text) else {
        statement.add(remark(field, FindingKind::Line(text)));
        return;
    };
    let balance = Balance { amount, date };
    match field.tag.as_str() {
        "60F" | "60M" => statement.set_opening(balance, currency),
        _ => statement.set_closing(balance, currency),
    }
}
