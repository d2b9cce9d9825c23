//! Reads an MT940 or MT942 input part by part.
//!
//! Knows no files. Invariant: only the current statement's head and one booking are in memory.

pub(crate) mod account;
mod codewords;
mod fields;
mod info;
mod line;
mod remittance;
mod subfields;

use std::collections::VecDeque;
use std::io::BufRead;

use crate::place::Trail;
use crate::statement::StatementDraft;
use crate::{
    Balance, Booking, Entry, Finding, FindingKind, Limits, MessageKind, Part, ReadError, ReadErrorKind, StatementHead,
    Status,
};
use fields::{Field, Fields};

/// Reads MT940 and MT942, one part at a time: the German variant and SWIFT's code words. Any other `:86:` stays
/// unstructured text.
///
/// A statement begins with `:20:`. It also begins where fields of a statement follow the closing balance of another, or
/// name another account. A statement with `:34F:` or `:13D:` and no opening balance is an MT942. An MT940 without
/// closing balance has [`FindingKind::CutOff`]. A field that must not follow a booking is added to the booking's text,
/// with a finding.
pub struct Mt940Reader<R: BufRead> {
    fields: Fields<R>,
    statement: Option<StatementDraft>,
    booking: Option<Pending>,
    parts: VecDeque<Part>,
    /// Bytes of the fields in memory for the current statement, without entries.
    kept: usize,
    limit: usize,
    statements: u64,
    done: bool,
}

/// Bytes that a field can cost beside its text: those of a finding.
const FIELD: usize = 64;

/// A `:61:` whose `:86:` may still follow.
struct Pending {
    booking: Box<Booking>,
    kind: String,
    /// Whether its `:86:` has come.
    is_told: bool,
    /// Bytes of its texts, usually of one.
    kept: usize,
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

    /// The next part; `None` at the end.
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
                self.begin_statement(&field, first_line(&field));
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

    fn begin_statement(&mut self, field: &Field, id: Option<String>) {
        self.statements = self.statements.saturating_add(1);
        self.kept = 0;
        let mut head = StatementHead::new(MessageKind::Mt940, field.line);
        head.id = id;
        self.statement = Some(StatementDraft::new(head, Trail::statement(":62F"), Vec::new()));
    }

    /// Begins a statement at a field that needs one and has no `:20:` before it, so that nothing is lost.
    fn begin_without_name(&mut self, field: &Field) {
        let opens = matches!(field.tag.as_str(), "25" | "25P" | "28" | "28C" | "60F" | "60M");
        let belongs = opens || matches!(field.tag.as_str(), "61" | "62F" | "62M");
        let ended = self.statement.as_ref().is_some_and(StatementDraft::is_closed) || self.is_of_another_account(field);
        if (self.statement.is_none() && belongs) || (ended && opens) {
            let account = self.statement.as_ref().and_then(|statement| statement.account().map(str::to_owned));
            let account = account.filter(|_| !names_account(field));
            self.end_statement();
            self.begin_statement(field, None);
            self.statement.iter_mut().for_each(|statement| statement.set_account(account.clone()));
        }
    }

    /// Whether a field names another account than the one of the bookings before it.
    fn is_of_another_account(&self, field: &Field) -> bool {
        let Some(statement) = self.statement.as_ref().filter(|statement| statement.entries() > 0) else { return false };
        let named = first_line(field).unwrap_or_default().replace(' ', "");
        names_account(field) && statement.account().is_some_and(|account| account != named)
    }

    fn field(&mut self, field: &Field) -> Result<(), ReadError> {
        if field.tag == "86" || self.is_misplaced(field) {
            return self.text(field);
        }
        self.end_booking();
        self.begin_without_name(field);
        let Some(statement) = &mut self.statement else { return Ok(()) };
        match field.tag.as_str() {
            "25" | "25P" => read_account(field, statement),
            "28" | "28C" => read_number(field, statement),
            "60F" | "60M" | "62F" | "62M" => read_balance(field, statement),
            "34F" | "13" | "13D" if !statement.is_opened() => {
                statement.set_kind(MessageKind::Mt942);
                statement.set_currency(floor_currency(field));
            }
            "61" => {
                self.begin_booking(field);
                return Ok(());
            }
            _ => {}
        }
        keep(field, &mut self.kept, self.limit)
    }

    /// Whether a field must not follow the booking that was read last: because the format does not know it there, or
    /// because it names an account in an impossible way or where `:86:` should be.
    fn is_misplaced(&self, field: &Field) -> bool {
        let Some(pending) = &self.booking else { return false };
        match field.tag.as_str() {
            "25" | "25P" => {
                let named = first_line(field).unwrap_or_default().replace(' ', "");
                let own = self.statement.as_ref().and_then(StatementDraft::account);
                let is_own = own == Some(named.as_str());
                !is_own && (!pending.is_told || !is_account(&named))
            }
            tag => !BEHIND_BOOKING.contains(&tag),
        }
    }

    /// Adds a field to the text of the booking that was read last.
    fn text(&mut self, field: &Field) -> Result<(), ReadError> {
        let Some(pending) = &mut self.booking else { return Ok(()) };
        let own = self.statement.as_ref().and_then(StatementDraft::account);
        let is_info = field.tag == "86" || info::is_structured(&field.lines);
        if field.tag != "86" {
            pending.booking.findings.push(remark(field, FindingKind::Misplaced(field.tag.clone())));
        }
        if is_info && !std::mem::replace(&mut pending.is_told, true) {
            info::read_info(&field.lines, &pending.kind, own, &mut pending.booking);
        } else {
            info::add_info(&field.lines, &mut pending.booking);
        }
        keep(field, &mut pending.kept, self.limit)
    }

    fn begin_booking(&mut self, field: &Field) {
        let Some(statement) = &mut self.statement else { return };
        self.parts.extend(statement.take_head());
        let booked = statement.kind() == MessageKind::Mt940;
        let mut booking = Box::new(Booking {
            currency: statement.currency().map(str::to_owned),
            status: booked.then_some(Status::Booked),
            entry: statement.begin_entry(),
            line: field.line,
            ..Booking::default()
        });
        let kind = match line::read_lines(&field.lines) {
            Some((mut line, count)) => {
                let below = field.lines.get(count..).unwrap_or_default();
                info::read_supplementary(&std::mem::take(&mut line.amounts), below, &mut booking);
                fill(&mut booking, line)
            }
            None => {
                let text = first_line(field).unwrap_or_default();
                booking.findings.push(remark(field, FindingKind::Line(text)));
                String::new()
            }
        };
        self.booking = Some(Pending { booking, kind, is_told: false, kept: 0 });
    }

    /// Hands out the booking and, since it is a whole entry, the entry's end.
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
            reversal: booking.reversal,
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
        let begun = statement.is_opened() || statement.entries() > 0;
        if begun && !statement.is_closed() && statement.kind() == MessageKind::Mt940 {
            statement.add(Finding::new(self.fields.line(), ":62F", FindingKind::CutOff));
        }
        let end = statement.finish();
        self.parts.push_back(Part::StatementEnd(end));
    }
}

/// Adds a field's bytes to what is in memory, and refuses more than the limit.
fn keep(field: &Field, kept: &mut usize, limit: usize) -> Result<(), ReadError> {
    let size: usize = field.lines.iter().map(String::len).sum();
    *kept = kept.saturating_add(size).saturating_add(FIELD);
    if *kept <= limit {
        return Ok(());
    }
    let kind = ReadErrorKind::TooMuch(limit);
    Err(ReadError { line: field.line, column: None, path: format!(":{}", field.tag), kind })
}

/// Fields that may follow a booking and its text; `:20:` begins the next message.
const BEHIND_BOOKING: [&str; 15] =
    ["61", "62F", "62M", "64", "65", "90C", "90D", "21", "28", "28C", "60F", "60M", "34F", "13", "13D"];

/// Whether it is the field that names the account.
fn names_account(field: &Field) -> bool {
    matches!(field.tag.as_str(), "25" | "25P")
}

/// Whether a text can name an account: letters and digits, perhaps divided by signs, without blanks inside.
fn is_account(text: &str) -> bool {
    let is_sign = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '-' | '.');
    text.len() <= ACCOUNT && text.chars().all(is_sign) && text.chars().filter(char::is_ascii_digit).count() > 3
}

/// The longest account, bank and currency included, in characters.
const ACCOUNT: usize = 40;

fn read_account(field: &Field, statement: &mut StatementDraft) {
    let named = first_line(field);
    let other = named.as_deref().map(|named| named.replace(' ', ""));
    match (statement.account(), other) {
        (Some(account), Some(other)) if account != other => {
            statement.add(remark(field, FindingKind::SecondAccount(named.unwrap_or_default())));
        }
        _ => statement.set_account(named.or_else(|| statement.account().map(str::to_owned))),
    }
}

/// The currency in a floor limit: `EUR0,00`, `EURD0,00`.
fn floor_currency(field: &Field) -> Option<String> {
    let text = first_line(field).filter(|_| field.tag == "34F")?;
    let currency = text.get(..3).filter(|currency| currency.bytes().all(|byte| byte.is_ascii_uppercase()))?;
    Some(currency.to_owned())
}

fn first_line(field: &Field) -> Option<String> {
    field.lines.iter().map(|line| line.trim()).find(|line| !line.is_empty()).map(str::to_owned)
}

fn remark(field: &Field, kind: FindingKind) -> Finding {
    Finding::new(field.line, format!(":{}", field.tag), kind)
}

/// Copies a statement line into the booking and returns its type, `NTRF`.
fn fill(booking: &mut Booking, line: line::Line) -> String {
    let at = booking.line;
    let mut remark = |kind| booking.findings.push(Finding::new(at, ":61", kind));
    booking.amount = line.amount.map_err(|error| remark(FindingKind::Amount(error))).ok();
    booking.valued = line.valued.map_err(|text| remark(FindingKind::Date(text))).ok();
    let booked = line.booked.map(|booked| booked.map_err(|text| remark(FindingKind::Date(text))));
    booking.booked = booked.and_then(Result::ok);
    booking.sign = Some(line.sign);
    booking.reversal = line.reversal;
    line.wrong_kind.into_iter().for_each(|kind| remark(FindingKind::TypeCode(kind)));
    if line.expected {
        booking.status = Some(Status::Pending);
    }
    let real = |reference: String| Some(reference).filter(|text| info::is_reference(text));
    booking.bank_reference = real(line.bank_reference);
    booking.entry_reference.clone_from(&booking.bank_reference);
    booking.entry_name = real(line.reference);
    booking.instruction_id.clone_from(&booking.entry_name);
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
        head.paged = head.page.is_some();
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
    let balance = Balance { amount, date, interim: field.tag.ends_with('M') };
    match field.tag.as_str() {
        "60F" | "60M" => statement.set_opening(balance, currency),
        _ => statement.set_closing(balance, currency),
    }
}
