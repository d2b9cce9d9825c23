//! Statement files: bookings into the books, each once.
//!
//! A file streams through: a reader thread parses, this side stores, a few thousand bookings at a time. Invariants:
//! * what a booking *is* does not depend on its file: account, bank reference, day and amount, or a fingerprint of all it
//!   says and the balance on which it was booked (two genuine twins on one day are two, a payment in two overlapping
//!   downloads is one);
//! * a statement whose days are known already, from whatever format and however cut, adds nothing (see `statement_shape`);
//! * a value that would be a guess refuses the file; details that do not sum to their entry are stored with the finding.

mod booking;
mod known;

use std::collections::{BTreeSet, HashMap, HashSet, VecDeque};
use std::ops::ControlFlow;
use std::path::Path;

use camt::{Booking, Finding, FindingKind, MessageKind, Part, StatementEnd, StatementHead, Status};
use jiff::civil::Date;
use sepa::Cents;
use store::{FileKind, NewBooking, NewEntry, NewFile, NewStatement, Page, StatementRow, WriteTx};
use tokio::sync::mpsc;

use self::booking::{Fields, identity, is_unread, stored};
use self::known::{Alike, Known, Told};
use crate::foreign;
use crate::import::{FileReport, Progress, Repeat, Source};
use crate::statement_shape::{Place, Shape};
use crate::{Config, Error, Kasse, Result};

/// What the reader thread hands over.
type Message = (String, Part);

/// Stores what a statement file says that is not known yet.
pub(crate) async fn import(
    tx: &mut WriteTx,
    kasse: &Kasse,
    source: &Source<'_>,
    progress: &dyn Progress,
) -> Result<FileReport> {
    let limits = kasse.config.limits;
    let shapes = survey(source.path, limits).await?;
    let (sender, mut parts) = mpsc::channel::<Message>(1_024);
    let path = source.path.to_owned();
    let reader = tokio::task::spawn_blocking(move || {
        camt::read_path(&path, &limits, &mut |document, part| {
            let member = document.members.join("/");
            match sender.blocking_send((member, part)) {
                Ok(()) => ControlFlow::Continue(()),
                Err(_) => ControlFlow::Break(()),
            }
        })
    });
    let statements = store::statements(tx).await?;
    let mut storing = Storing::new(tx, kasse, source, shapes, statements);
    while let Some((member, part)) = parts.recv().await {
        storing.part(&member, part).await?;
        progress.advance(storing.report.added + storing.report.known);
    }
    let left_out = reader.await.map_err(|error| Error::Internal(error.to_string()))?;
    let left_out = left_out?;
    let mut report = storing.report;
    let left_out = left_out.iter().map(|name| name.members.join("/"));
    report.warnings.extend(left_out.map(|member| format!("{member:?} is no statement and was left out")));
    Ok(report)
}

/// Reads a file once to see what its statements are, before anything is stored.
async fn survey(path: &Path, limits: camt::Limits) -> Result<VecDeque<Shape>> {
    let path = path.to_owned();
    let surveyed = tokio::task::spawn_blocking(move || {
        let mut shapes: VecDeque<Shape> = VecDeque::new();
        camt::read_path(&path, &limits, &mut |_, part| {
            match part {
                Part::StatementStart(head) => shapes.push_back(Shape::of(&head)),
                other => shapes.back_mut().into_iter().for_each(|shape| shape.take(&other)),
            }
            ControlFlow::Continue(())
        })
        .map(|_| shapes)
    });
    let shapes = surveyed.await.map_err(|error| Error::Internal(error.to_string()))?;
    shapes.map_err(|error| match &error.kind {
        camt::FileErrorKind::NoStatement(named) if let Some(foreign) = foreign::members(named) => {
            Error::file(&error.document, foreign.why())
        }
        _ => error.into(),
    })
}

/// How many bookings are stored at once.
const BATCH: usize = 2_000;
/// Known bookings of a file that are named one by one; the others are counted, and linked in the books like these.
const MOST_REPEATS: usize = 10_000;

struct Storing<'a> {
    tx: &'a mut WriteTx,
    config: &'a Config,
    /// The business date: nothing is booked after it.
    today: Date,
    source: &'a Source<'a>,
    /// What the statements of the file are, those not yet begun.
    shapes: VecDeque<Shape>,
    /// Every statement that is stored, those of this file included.
    statements: Vec<StatementRow>,
    report: FileReport,
    file: Option<i64>,
    statement: Option<Current>,
    known: Known,
    entries: Vec<NewEntry>,
    bookings: Vec<NewBooking>,
    sightings: Vec<(i64, i64)>,
    /// Places in the report of repeated bookings, and the stored ones that they equal, not yet named.
    unnamed: Vec<(usize, i64)>,
    names: HashMap<i64, String>,
}

/// The statement that is being read.
struct Current {
    id: i64,
    head: Box<StatementHead>,
    /// What it is called in reports.
    title: String,
    member: String,
    account: String,
    entry: OpenEntry,
    identity: String,
    /// Whether it is a camt.054: details of what a statement books.
    advice: bool,
    /// Days of it that are stored already, whatever their texts were.
    known_days: BTreeSet<Date>,
    /// What is stored of those days.
    alike: Alike,
    /// The account's balance before the next booking, where the statement fits together.
    balance: Option<i64>,
    /// Stored bookings that one of the statement equals already.
    matched: HashSet<i64>,
    days: Option<(Date, Date)>,
    skip: bool,
}

/// The entry that is being read.
#[derive(Default)]
struct OpenEntry {
    /// The day of its first booking.
    booked: Option<Date>,
    /// How many of its bookings are new.
    added: usize,
    /// Why one of them cannot be stored.
    refusal: Option<String>,
}

impl<'a> Storing<'a> {
    fn new(
        tx: &'a mut WriteTx,
        kasse: &'a Kasse,
        source: &'a Source<'a>,
        shapes: VecDeque<Shape>,
        statements: Vec<StatementRow>,
    ) -> Storing<'a> {
        Storing {
            tx,
            config: &kasse.config,
            today: kasse.today,
            source,
            shapes,
            statements,
            report: FileReport::new(source.name, "statements"),
            file: None,
            statement: None,
            known: Known::default(),
            entries: Vec::new(),
            bookings: Vec::new(),
            sightings: Vec::new(),
            unnamed: Vec::new(),
            names: HashMap::new(),
        }
    }

    fn error(&self, member: &str, why: impl std::fmt::Display) -> Error {
        let slash = if member.is_empty() { "" } else { "/" };
        Error::file(format!("{}{slash}{member}", self.source.name), why)
    }

    async fn part(&mut self, member: &str, part: Part) -> Result<()> {
        match part {
            Part::StatementStart(head) => self.start(member, head).await,
            Part::Booking(booking) => self.booking(&booking).await,
            Part::EntryEnd(entry) => self.entry_end(member, &entry).await,
            Part::StatementEnd(end) => self.end(member, &end).await,
        }
    }

    async fn start(&mut self, member: &str, head: Box<StatementHead>) -> Result<()> {
        let shape = self.shapes.pop_front().unwrap_or_default();
        let advice = head.kind == MessageKind::Notification054;
        let provisional = !advice && !matches!(head.kind, MessageKind::Statement053 | MessageKind::Mt940);
        if provisional {
            self.warn(member, format!("{} tells of no final bookings and was not counted as money", head.message));
        }
        let account = self.account(member, &head, provisional)?;
        let title = shape.title(&head);
        let place = match provisional {
            true => Place::Known(Vec::new()),
            false => shape.place(self.tx, &account, advice, &self.statements).await?,
        };
        if let Place::Known(same) = &place
            && !provisional
        {
            self.report.known_statements += 1;
            self.report.known += shape.bookings();
            self.repeat_statement(&title, head.line, shape.bookings(), same).await?;
        } else if shape.bookings() == 0 && !provisional {
            self.warn(member, format!("{title} holds no final booking"));
        }
        let known_days = match &place {
            Place::Open(days) => days.clone(),
            Place::Known(_) => BTreeSet::new(),
        };
        self.statement = Some(Current {
            id: self.tx.next_statement().await?,
            identity: shape.identity(&account, advice),
            skip: matches!(place, Place::Known(_)),
            balance: shape.opening_that_fits(),
            matched: HashSet::new(),
            alike: Alike::load(self.tx, &account, &known_days).await?,
            known_days,
            advice,
            account,
            title,
            member: member.to_owned(),
            head,
            entry: OpenEntry::default(),
            days: None,
        });
        Ok(())
    }

    /// The own account that a statement is of; one that does not count may be of any.
    fn account(&self, member: &str, head: &StatementHead, provisional: bool) -> Result<String> {
        let named = head.account.clone().unwrap_or_default();
        let own = self.config.own_account(&named).map(|iban| iban.to_string());
        if provisional {
            return Ok(own.unwrap_or(named));
        }
        let Some(account) = own else {
            let why = format!("line {}, Stmt/Acct/Id: the account {named:?} is not in kasse.accounts", head.line);
            return Err(self.error(member, why));
        };
        if head.currency.as_deref().is_some_and(|currency| currency != "EUR") {
            return Err(self.error(member, format!("line {}, Stmt/Acct/Ccy: is not EUR", head.line)));
        }
        let refusing = |finding: &&Finding| !matches!(finding.kind, FindingKind::Missing(_) | FindingKind::Number(_));
        match head.findings.iter().find(refusing) {
            Some(finding) => Err(self.error(member, finding)),
            None => Ok(account),
        }
    }

    fn warn(&mut self, member: &str, what: impl std::fmt::Display) {
        self.report.warnings.push(format!("{}{what}", within(member)));
    }

    /// Says which stored statements a whole statement equals.
    async fn repeat_statement(&mut self, title: &str, line: u64, bookings: usize, same: &[i64]) -> Result<()> {
        let mut equals = Vec::new();
        for id in same {
            equals.push(self.name_of(*id).await?);
        }
        self.report.repeats.push(Repeat {
            line,
            statement: title.to_owned(),
            bookings,
            booked: None,
            amount: None,
            equals,
        });
        Ok(())
    }

    /// A stored statement in words.
    async fn name_of(&mut self, statement: i64) -> Result<String> {
        if let Some(name) = self.names.get(&statement) {
            return Ok(name.clone());
        }
        let name = store::statement(self.tx, statement).await?.as_ref().map(StatementRow::title).unwrap_or_default();
        self.names.insert(statement, name.clone());
        Ok(name)
    }

    /// Says which stored bookings the repeated ones equal.
    async fn name_repeats(&mut self) -> Result<()> {
        for (place, booking) in std::mem::take(&mut self.unnamed) {
            let Some((reference, statement)) = store::told(self.tx, booking).await? else { continue };
            let name = self.name_of(statement).await?;
            if let Some(repeat) = self.report.repeats.get_mut(place) {
                repeat.equals = vec![format!("{reference} in {name}")];
            }
        }
        Ok(())
    }

    async fn booking(&mut self, booking: &Booking) -> Result<()> {
        let Some(mut current) = self.statement.take() else { return Ok(()) };
        let final_booking = matches!(booking.status, None | Some(Status::Booked));
        if !current.skip && final_booking {
            self.take(&mut current, booking).await?;
        } else if !current.skip {
            let status = booking.status.as_ref().map_or("", Status::as_str);
            let what = format!("line {}: a booking with status {status} is not final and was left out", booking.line);
            self.warn(&current.member, what);
        }
        self.statement = Some(current);
        if self.bookings.len() + self.sightings.len() >= BATCH { self.flush().await } else { Ok(()) }
    }

    /// Stores a final booking, or links it with the one that it equals.
    async fn take(&mut self, current: &mut Current, booking: &Booking) -> Result<()> {
        for note in booking.findings.iter().filter(|finding| finding.kind.is_note()) {
            self.warn(&current.member, note);
        }
        let fields = match Fields::read(booking, current).and_then(|fields| fields.until(self.today, booking.line)) {
            Ok(fields) => fields,
            Err(why) => {
                // what the entry itself says of it comes at its end, and says more
                current.entry.refusal.get_or_insert(why);
                return Ok(());
            }
        };
        current.days = Some(match current.days {
            None => (fields.booked, fields.booked),
            Some((first, last)) => (first.min(fields.booked), last.max(fields.booked)),
        });
        current.entry.booked.get_or_insert(fields.booked);
        if fields.cents == 0 {
            self.warn(&current.member, format!("line {}: a booking of 0.00 was left out", booking.line));
            return Ok(());
        }
        let (identity, equals) = self.identify(current, booking, &fields).await?;
        let balance_before = current.balance;
        current.balance = current.balance.and_then(|balance| balance.checked_add(fields.cents));
        match equals {
            Some(stored) => self.repeat_booking(current, booking, &fields, stored),
            None => {
                let id = self.tx.next_booking().await? + i64::try_from(self.bookings.len()).unwrap_or(0);
                let entry = self.tx.next_entry().await? + i64::try_from(self.entries.len()).unwrap_or(0);
                let new = NewBooking { balance_before, ..stored(booking, &fields, current, identity, entry) };
                self.known.add(&new, id);
                current.matched.insert(id);
                self.bookings.push(new);
                current.entry.added += 1;
                self.report.added += 1;
            }
        }
        Ok(())
    }

    fn repeat_booking(&mut self, current: &Current, booking: &Booking, fields: &Fields, stored: i64) {
        self.report.known += 1;
        self.sightings.push((current.id, stored));
        if self.report.repeats.len() < MOST_REPEATS {
            self.unnamed.push((self.report.repeats.len(), stored));
            self.report.repeats.push(Repeat {
                line: booking.line,
                statement: current.title.clone(),
                bookings: 1,
                booked: Some(fields.booked),
                amount: Some(Cents::new(fields.cents)),
                equals: Vec::new(),
            });
        }
    }

    /// What the booking is, and the stored one that it equals.
    async fn identify(
        &mut self,
        current: &mut Current,
        booking: &Booking,
        fields: &Fields,
    ) -> Result<(String, Option<i64>)> {
        let base = identity(current, booking, fields);
        if current.known_days.contains(&fields.booked) {
            return Ok((base, current.alike.next(fields.booked, fields.cents)));
        }
        let stored = self.known.on(self.tx, &current.account, fields.booked).await?;
        let told = Told {
            identity: &base,
            cents: fields.cents,
            balance_before: current.balance,
            has_reference: booking.bank_reference.is_some(),
        };
        let equals = stored.equal(&told, &current.matched);
        current.matched.extend(equals);
        Ok((stored.next_identity(&base), equals))
    }

    async fn entry_end(&mut self, member: &str, entry: &camt::Entry) -> Result<()> {
        let Some(current) = &mut self.statement else { return Ok(()) };
        let done = std::mem::take(&mut current.entry);
        let (id, skip) = (current.id, current.skip);
        let unread =
            entry.findings.iter().find(|finding| is_unread(finding)).filter(|_| !skip).map(ToString::to_string);
        if let Some(why) = unread.or(done.refusal) {
            return Err(self.error(member, why));
        }
        let Some(booked) = done.booked.filter(|_| !skip) else { return Ok(()) };
        let Some(amount) = entry.amount else {
            return Err(self.error(member, format!("line {}, Stmt/Ntry/Amt: the amount is missing", entry.line)));
        };
        let finding = entry.findings.first().map(ToString::to_string);
        if let Some(finding) = &finding {
            self.warn(member, finding);
        }
        if done.added > 0 {
            self.entries.push(NewEntry {
                statement: id,
                position: i64::from(entry.index),
                amount: amount.get(),
                details: i64::from(entry.details),
                booked,
                finding,
                announced: entry.announced.and_then(|count| i64::try_from(count).ok()),
            });
        }
        Ok(())
    }

    async fn flush(&mut self) -> Result<()> {
        self.tx.add_entries(&std::mem::take(&mut self.entries)).await?;
        self.tx.add_bookings(&std::mem::take(&mut self.bookings)).await?;
        self.tx.add_sightings(&std::mem::take(&mut self.sightings)).await?;
        Ok(())
    }

    async fn end(&mut self, member: &str, end: &StatementEnd) -> Result<()> {
        self.flush().await?;
        self.name_repeats().await?;
        let Some(current) = self.statement.take() else { return Ok(()) };
        for finding in &end.findings {
            self.warn(member, finding);
        }
        if let Some(finding) = end.findings.iter().find(|finding| finding.kind == FindingKind::CutOff) {
            return Err(self.error(member, finding));
        }
        if current.skip {
            return Ok(());
        }
        let statement = current.finish(end, self.today).map_err(|why| self.error(member, why))?;
        let file = self.file().await?;
        self.report.statements += 1;
        let id = self.tx.add_statement(file, &statement).await?;
        self.report.new_statements.push(id);
        if !statement.advice {
            self.statements.push(StatementRow {
                id,
                file: self.source.name.to_owned(),
                member: statement.member,
                message: statement.message,
                account: statement.account,
                statement_id: statement.statement_id,
                sequence: statement.sequence,
                days: statement.days,
                opening: statement.opening,
                closing: statement.closing,
                movement: statement.movement,
                finding: statement.finding,
                page: statement.page,
            });
        }
        Ok(())
    }

    /// The file's own row, remembered with its first statement.
    async fn file(&mut self) -> Result<i64> {
        if let Some(file) = self.file {
            return Ok(file);
        }
        let file =
            NewFile { name: self.source.name, kind: FileKind::Statements, sha256: &self.source.sha256, as_of: None };
        let file = self.tx.add_file(&file).await?;
        self.file = Some(file);
        Ok(file)
    }
}

/// Why nothing of a day to come is stored.
const FUTURE: &str = "no statement comes from the future; ask the bank, or import it on that day";

/// The member of a container that a warning speaks of; its file is named beside. In quotation marks, for the name is not ours.
fn within(member: &str) -> String {
    if member.is_empty() { String::new() } else { format!("{member:?}: ") }
}

/// A number of a statement as it is stored; one that is larger is none.
fn number(number: u64) -> Option<i64> {
    i64::try_from(number).ok()
}

/// Where a statement stands among the pages of one.
fn page(head: &StatementHead, opening: Option<camt::Balance>, closing: Option<camt::Balance>) -> Page {
    let is_interim = |balance: Option<camt::Balance>| balance.is_some_and(|balance| balance.interim);
    // a message may have pages of its own, each with whole statements
    let is_last = head.last_page.filter(|_| head.paged);
    Page {
        legal_sequence: head.legal_sequence.and_then(number),
        number: head.page.and_then(number),
        is_last,
        // the bank's word for the first and the last page outweighs its word for the balance
        opens_within: is_interim(opening) && !(head.paged && head.page == Some(1)),
        closes_within: is_last.map_or(is_interim(closing), |is_last| !is_last),
    }
}

impl Current {
    fn finish(self, end: &StatementEnd, today: Date) -> std::result::Result<NewStatement, String> {
        let (opening, closing) = (end.opening, end.closing);
        let day = |balance: Option<camt::Balance>| balance.and_then(|balance| balance.date);
        let last = day(closing)
            .or(self.head.to)
            .or(self.days.map(|days| days.1))
            .or(self.head.created)
            .ok_or_else(|| format!("line {}, Stmt: names no day", self.head.line))?;
        let first = self.days.map_or(last, |days| days.0).min(self.head.from.unwrap_or(last)).min(last);
        let latest = day(opening).map_or(last, |day| day.max(last));
        if latest > today {
            return Err(format!(
                "line {}, Stmt: it speaks of {latest}, and today is {today}: {FUTURE}",
                self.head.line
            ));
        }
        let movement = end
            .movement
            .ok_or_else(|| format!("line {}, Stmt: the sum of its entries is too large", self.head.line))?;
        let amount = |balance: Option<camt::Balance>| balance.map(|balance| balance.amount.get());
        Ok(NewStatement {
            identity: self.identity,
            advice: self.advice,
            member: self.member,
            message: self.head.message.clone(),
            account: self.account,
            statement_id: self.head.id.clone(),
            sequence: self.head.sequence.and_then(number),
            days: (first, last),
            opening: amount(opening),
            closing: amount(closing),
            movement: movement.get(),
            finding: end.findings.first().map(ToString::to_string),
            page: page(&self.head, opening, closing),
        })
    }
}
