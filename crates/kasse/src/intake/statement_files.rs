//! Statement files: bookings into the books, each once.
//!
//! A file is read before the books are locked; of a large one that is done again while it is stored: it streams through, a
//! reader thread parses, this side stores, a few thousand bookings at a time. Invariants:
//! * what a booking *is* does not depend on its file: account, bank reference, day and amount, or a fingerprint of all it
//!   says and the balance on which it was booked (two genuine twins on one day are two, a payment in two overlapping
//!   downloads is one);
//! * a statement whose days are known already, from whatever format and however cut, adds nothing (see `statement_shape`);
//! * a value that would be a guess refuses the file; details that do not sum to their entry are stored with the finding.

mod booking;
pub(crate) mod counts;
mod current;
mod known;

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use camt::{Booking, Finding, FindingKind, Part, StatementEnd, StatementHead, Status};
use jiff::civil::Date;
use sepa::Cents;
use store::{FileKind, NewBooking, NewEntry, NewFile, StatementRow, WriteTx};
use tokio::sync::mpsc;

use self::booking::{Fields, identity, is_unread, stored};
use self::counts::Counts;
use self::current::{Current, OpenEntry};
use self::known::{Alike, Found, Known, Told};
use crate::base::error::Refused;
use crate::books::likeness::{Marks, is_swift};
use crate::intake::foreign;
use crate::intake::report::{FileReport, Progress, Repeat, Source};
use crate::intake::statement_shape::{Overlap, Place, Same, Shape};
use crate::{Config, Error, Kasse, Result};

/// What the reader thread hands over.
type Message = (String, Part);

/// Stores what a statement file says that is not known yet.
pub(crate) async fn import(
    tx: &mut WriteTx,
    kasse: &Kasse,
    source: &Source<'_>,
    read: Read,
    progress: &dyn Progress,
) -> Result<FileReport> {
    let Read { shapes, foreign, parts, left_out, limits } = read;
    let statements = store::statements(tx).await?;
    let mut storing = Storing::new(tx, kasse, source, shapes, statements);
    storing.file = source.known;
    storing.foreign = foreign;
    if parts.is_whole {
        for (member, part) in parts.all {
            storing.part(&member, part).await?;
            progress.advance(storing.report.added + storing.report.known);
        }
    } else {
        drop(parts);
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
        while let Some((member, part)) = parts.recv().await {
            storing.part(&member, part).await?;
            progress.advance(storing.report.added + storing.report.known);
        }
        reader.await.map_err(|error| Error::Internal(error.to_string()))??;
    }
    let (mut report, foreign) = (storing.report, storing.foreign);
    let refused = |(member, why)| Refused { file: format!("{}/{member}", source.name), why };
    report.refused_members = foreign.into_iter().map(refused).collect();
    report.warnings.extend(left_out.iter().map(|member| format!("{member:?} is no statement and was left out")));
    Ok(report)
}

/// What a file holds, read before anything of it is stored.
#[derive(Debug)]
pub(crate) struct Read {
    /// What its statements are.
    shapes: VecDeque<Shape>,
    /// Members of a container with a statement of another account, and why they are refused.
    foreign: BTreeMap<String, String>,
    parts: Parts,
    /// Members of a container that are no statements.
    pub(super) left_out: Vec<String>,
    /// With which limits it was read.
    limits: camt::Limits,
}

/// The parts of a file, all of them or none: a large file is read a second time while it is stored, which takes longer than
/// the reading. So a file that says little in many bytes is read once, before the books are locked.
#[derive(Debug)]
struct Parts {
    all: Vec<Message>,
    /// Bytes of texts in them.
    bytes: usize,
    is_whole: bool,
}

/// The most parts of a file that are kept, and the most bytes of their texts.
const KEPT: (usize, usize) = (50_000, 32 << 20);

impl Parts {
    fn take(&mut self, member: String, part: Part) {
        if !self.is_whole {
            return;
        }
        self.bytes = self.bytes.saturating_add(weight(&part));
        self.all.push((member, part));
        if self.all.len() > KEPT.0 || self.bytes > KEPT.1 {
            self.is_whole = false;
            self.all = Vec::new();
        }
    }
}

/// About how many bytes the texts of a part have.
fn weight(part: &Part) -> usize {
    let Part::Booking(booking) = part else { return 0 };
    let long = [&booking.additional, &booking.structured_text, &booking.return_text, &booking.counterparty];
    let long: usize = long.into_iter().flatten().map(String::len).sum();
    let further: usize = booking.further_references.iter().map(String::len).sum();
    booking.remittance.len() + long + further
}

/// Reads a file to see what its statements are, before anything is stored; ends early where it is abandoned.
pub(crate) async fn read(
    path: &Path,
    config: &Config,
    limits: camt::Limits,
    abandoned: Arc<AtomicBool>,
) -> Result<Read> {
    let (path, config) = (path.to_owned(), config.clone());
    let surveyed = tokio::task::spawn_blocking(move || {
        let parts = Parts { all: Vec::new(), bytes: 0, is_whole: true };
        let (shapes, foreign) = (VecDeque::new(), BTreeMap::new());
        let mut read = Read { shapes, foreign, parts, left_out: Vec::new(), limits };
        let left_out = camt::read_path(&path, &limits, &mut |document, part| {
            let member = document.members.join("/");
            match &part {
                Part::StatementStart(head) => {
                    let counts = Counts::of(head.kind) != Counts::Report;
                    let own = head.account.as_deref().is_some_and(|named| config.own_account(named).is_some());
                    if counts && !own && !member.is_empty() {
                        read.foreign.entry(member.clone()).or_insert_with(|| not_ours(head));
                    }
                    read.shapes.push_back(Shape::of(head));
                }
                other => read.shapes.back_mut().into_iter().for_each(|shape| shape.take(other)),
            }
            read.parts.take(member, part);
            if abandoned.load(Ordering::Relaxed) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        })?;
        read.left_out = left_out.iter().map(|name| name.members.join("/")).collect();
        Ok(read)
    });
    let read = surveyed.await.map_err(|error| Error::Internal(error.to_string()))?;
    read.map_err(|error: camt::FileError| match &error.kind {
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
    /// Members of the container that are refused.
    foreign: BTreeMap<String, String>,
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
            foreign: BTreeMap::new(),
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
        if self.foreign.contains_key(member) {
            if matches!(part, Part::StatementStart(_)) {
                self.shapes.pop_front();
            }
            return Ok(());
        }
        match part {
            Part::StatementStart(head) => self.start(member, head).await,
            Part::Booking(booking) => self.booking(&booking).await,
            Part::EntryEnd(entry) => self.entry_end(member, &entry).await,
            Part::StatementEnd(end) => self.end(member, &end).await,
        }
    }

    async fn start(&mut self, member: &str, head: Box<StatementHead>) -> Result<()> {
        let shape = self.shapes.pop_front().unwrap_or_default();
        let title = shape.title(&head);
        let mut counts = Counts::of(head.kind);
        let Some(account) = self.account(member, &head, counts)? else {
            self.warn(member, format!("{title} is of no account of ours in EUR and was left out"));
            return Ok(());
        };
        let place = match counts {
            Counts::Report if shape.bookings() == 0 => Place::Known(Same::default()),
            counts => shape.place(self.tx, &account, counts, &self.statements).await?,
        };
        match &place {
            Place::Known(same) if !same.statements.is_empty() => {
                self.report.known_statements += 1;
                self.report.known += shape.bookings();
                self.repeat_statement(&title, head.line, shape.bookings(), &same.statements).await?;
            }
            _ if shape.bookings() == 0 => self.warn(member, format!("{title} holds no final booking")),
            _ if counts == Counts::Report => self.warn(member, format!("{title} is provisional: {PROVISIONAL}")),
            _ => {}
        }
        let skip = matches!(place, Place::Known(_));
        let (overlap, details) = match place {
            Place::Open(overlap) => (overlap, HashMap::new()),
            Place::Known(same) => {
                let identity = shape.identity_of_details(&account);
                (Overlap { identity, ..Overlap::default() }, same.details)
            }
        };
        if !details.is_empty() {
            counts = Counts::Details;
        }
        self.statement = Some(Current {
            id: self.tx.next_statement().await?,
            skip,
            balance: shape.opening_that_fits().filter(|_| counts == Counts::Money),
            matched: HashSet::new(),
            alike: Alike::load(self.tx, &account, &overlap.days).await?,
            overlap,
            counts,
            details,
            swift: is_swift(&head.message),
            account,
            title,
            member: member.to_owned(),
            head,
            entry: OpenEntry::default(),
            days: None,
            closes_on: shape.closes_on(),
            left_out: 0,
        });
        Ok(())
    }

    /// The own account that a statement is of; none where it is a report of another one, which does not count anyway.
    fn account(&self, member: &str, head: &StatementHead, counts: Counts) -> Result<Option<String>> {
        let named = head.account.clone().unwrap_or_default();
        let own = self.config.own_account(&named).map(|iban| iban.to_string());
        let in_eur = head.currency.as_deref().is_none_or(|currency| currency == "EUR");
        if counts == Counts::Report && (own.is_none() || !in_eur) {
            return Ok(None);
        }
        let Some(account) = own else { return Err(self.error(member, not_ours(head))) };
        if !in_eur {
            return Err(self.error(member, format!("line {}, Stmt/Acct/Ccy: is not EUR", head.line)));
        }
        let refusing = |finding: &&Finding| !matches!(finding.kind, FindingKind::Missing(_) | FindingKind::Number(_));
        match head.findings.iter().find(refusing) {
            Some(finding) => Err(self.error(member, finding)),
            None => Ok(Some(account)),
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
        if final_booking && (!current.skip || current.details.contains_key(&booking.entry)) {
            self.take(&mut current, booking).await?;
        } else if !current.skip && current.counts == Counts::Report {
            current.left_out += 1;
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
        let balance_before = current.balance;
        current.balance = current.balance.and_then(|balance| balance.checked_add(fields.cents));
        if let Some(stored) = current.overlap.entries.get(&booking.entry).cloned() {
            self.repeat_entry(current, booking, &fields, &stored);
            return Ok(());
        }
        let (identity, equals) = self.identify(current, booking, &fields, balance_before).await?;
        match equals {
            Some(stored) => self.repeat_booking(current, booking, &fields, stored),
            None => {
                let id = self.tx.next_booking().await? + i64::try_from(self.bookings.len()).unwrap_or(0);
                let entry = self.tx.next_entry().await? + i64::try_from(self.entries.len()).unwrap_or(0);
                let stands_for = current.details.get(&booking.entry).copied();
                let new =
                    NewBooking { balance_before, stands_for, ..stored(booking, &fields, current, identity, entry) };
                self.known.add(&new, Marks::told(booking, current.swift), id);
                current.matched.insert(id);
                self.bookings.push(new);
                current.entry.added += 1;
                self.report.added += 1;
            }
        }
        Ok(())
    }

    /// Links an entry that is stored with other details: with its first detail all that is stored of it.
    fn repeat_entry(&mut self, current: &Current, booking: &Booking, fields: &Fields, stored: &[i64]) {
        match stored {
            [first, rest @ ..] if booking.detail == 0 => {
                self.repeat_booking(current, booking, fields, *first);
                self.sightings.extend(rest.iter().map(|other| (current.id, *other)));
            }
            _ => self.report.known += 1,
        }
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
        balance_before: Option<i64>,
    ) -> Result<(String, Option<i64>)> {
        let base = identity(current, booking, fields);
        if current.overlap.days.contains(&fields.booked) {
            return Ok((base, current.alike.next(fields.booked, fields.cents)));
        }
        let marks = Marks::told(booking, current.swift);
        let stored = self.known.on(self.tx, &current.account, fields.booked).await?;
        let told = Told { identity: &base, cents: fields.cents, balance_before, marks };
        let equals = match stored.find(&told, &current.matched) {
            Found::Stored(_) if current.overlap.is_another && !marks.has_reference() => None,
            Found::New => None,
            Found::Stored(id) => Some(id),
            Found::ByReference(id) => {
                let (account, reference) = (&current.account, booking.bank_reference.as_deref().unwrap_or_default());
                let constant =
                    store::is_reference_of_another(self.tx, account, reference, fields.booked, fields.cents).await?;
                Some(id).filter(|_| !constant)
            }
        };
        let stored = self.known.on(self.tx, &current.account, fields.booked).await?;
        current.matched.extend(equals);
        Ok((stored.next_identity(&base), equals))
    }

    async fn entry_end(&mut self, member: &str, entry: &camt::Entry) -> Result<()> {
        let Some(current) = &mut self.statement else { return Ok(()) };
        let done = std::mem::take(&mut current.entry);
        let (id, skip) = (current.id, current.skip && !current.details.contains_key(&entry.index));
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
        if current.left_out > 0 {
            let (title, count) = (&current.title, current.left_out);
            self.warn(member, format!("{title}: {count} bookings that are not final were left out"));
        }
        for finding in &end.findings {
            self.warn(member, finding);
        }
        if let Some(finding) = end.findings.iter().find(|finding| finding.kind == FindingKind::CutOff) {
            return Err(self.error(member, finding));
        }
        if current.skip && current.details.is_empty() {
            return Ok(());
        }
        let is_known = current.skip;
        let statement = current.finish(end, self.today).map_err(|why| self.error(member, why))?;
        let file = self.file().await?;
        self.report.statements += usize::from(!is_known);
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
        let file = NewFile { refused: self.foreign.len(), ..self.source.file(FileKind::Statements) };
        let file = self.tx.add_file(&file).await?;
        self.file = Some(file);
        Ok(file)
    }
}

/// What becomes of a provisional report's bookings.
const PROVISIONAL: &str =
    "its bookings hold what they could concern until the statement comes, and are not counted as money";

/// Why a statement of another account is refused.
fn not_ours(head: &StatementHead) -> String {
    let named = head.account.as_deref().unwrap_or_default();
    format!("line {}, Stmt/Acct/Id: the account {named:?} is not in kasse.accounts", head.line)
}

/// The member of a container that a warning speaks of; its file is named beside. In quotation marks, for the name is not ours.
fn within(member: &str) -> String {
    if member.is_empty() { String::new() } else { format!("{member:?}: ") }
}
