//! Statement files: bookings into the books, each once.
//!
//! A file streams through: a reader thread parses, this side stores, a few thousand bookings at a time. Invariants:
//! * what a booking *is* does not depend on its file: account, bank reference, day and amount, or a fingerprint of all it
//!   says, plus its n-th occurrence within its statement (two genuine twins on one day are two, a payment in two
//!   overlapping downloads is one);
//! * a statement whose days are known already, from whatever format and however cut, adds nothing (see `statement_shape`);
//! * a value that would be a guess refuses the file; details that do not sum to their entry are stored with the finding.

use std::collections::{BTreeSet, HashMap, HashSet, VecDeque};
use std::ops::ControlFlow;
use std::path::Path;

use camt::{Booking, Finding, FindingKind, MessageKind, Part, Sign, StatementEnd, StatementHead, Status};
use jiff::civil::Date;
use sha2::{Digest, Sha256};
use store::{FileKind, NewBooking, NewEntry, NewFile, NewStatement, StatementRow, WriteTx};
use tokio::sync::mpsc;

use crate::import::{FileReport, Progress, Source, hex};
use crate::statement_shape::{NewPart, Place, Shape};
use crate::{Config, Error, Result};

/// What the reader thread hands over.
type Message = (String, Part);

/// Stores what a statement file says that is not known yet.
pub(crate) async fn import(
    tx: &mut WriteTx,
    config: &Config,
    source: &Source<'_>,
    progress: &dyn Progress,
) -> Result<FileReport> {
    let shapes = survey(source.path).await?;
    let (sender, mut parts) = mpsc::channel::<Message>(1_024);
    let path = source.path.to_owned();
    let reader = tokio::task::spawn_blocking(move || {
        camt::read_path(&path, &camt::Limits::default(), &mut |document, part| {
            let member = document.members.join("/");
            match sender.blocking_send((member, part)) {
                Ok(()) => ControlFlow::Continue(()),
                Err(_) => ControlFlow::Break(()),
            }
        })
    });
    let statements = store::statements(tx).await?;
    let mut storing = Storing::new(tx, config, source, shapes, statements);
    while let Some((member, part)) = parts.recv().await {
        storing.part(&member, part).await?;
        progress.advance(storing.report.added + storing.report.known);
    }
    let left_out = reader.await.map_err(|error| Error::Internal(error.to_string()))?;
    let left_out = left_out.map_err(|error| Error::File(error.to_string()))?;
    let mut report = storing.report;
    report.warnings.extend(left_out.iter().map(|name| format!("{name} is no statement and was left out")));
    Ok(report)
}

/// Reads a file once to see what its statements are, before anything is stored.
async fn survey(path: &Path) -> Result<VecDeque<Shape>> {
    let path = path.to_owned();
    let surveyed = tokio::task::spawn_blocking(move || {
        let mut shapes: VecDeque<Shape> = VecDeque::new();
        camt::read_path(&path, &camt::Limits::default(), &mut |_, part| {
            match part {
                Part::StatementStart(_) => shapes.push_back(Shape::default()),
                other => shapes.back_mut().into_iter().for_each(|shape| shape.take(&other)),
            }
            ControlFlow::Continue(())
        })
        .map(|_| shapes)
    });
    let shapes = surveyed.await.map_err(|error| Error::Internal(error.to_string()))?;
    shapes.map_err(|error| Error::File(error.to_string()))
}

/// How many bookings are stored at once.
const BATCH: usize = 2_000;

struct Storing<'a> {
    tx: &'a mut WriteTx,
    config: &'a Config,
    source: &'a Source<'a>,
    /// What the statements of the file are, those not yet begun.
    shapes: VecDeque<Shape>,
    /// Every statement that is stored, those of this file included.
    statements: Vec<StatementRow>,
    report: FileReport,
    file: Option<i64>,
    statement: Option<Current>,
    /// Identities that are stored, by account and day, as far as they were needed.
    known: HashMap<(String, Date), HashSet<String>>,
    entries: Vec<NewEntry>,
    bookings: Vec<NewBooking>,
}

/// The statement that is being read.
struct Current {
    id: i64,
    head: Box<StatementHead>,
    member: String,
    account: String,
    /// Bookings of the entry that is being read, with what they are and whether they are new.
    entry: Vec<(NewBooking, bool)>,
    occurrences: HashMap<String, u32>,
    identity: String,
    /// Whether it is a camt.054: details of what a statement books.
    advice: bool,
    /// Whether its balances join those of stored statements: nothing in it is known yet.
    beside: bool,
    /// Days of it that are stored already, whatever their texts were.
    known_days: BTreeSet<Date>,
    /// What is new of it then.
    new_part: Option<NewPart>,
    days: Option<(Date, Date)>,
    /// Why a booking of the entry that is being read cannot be stored.
    refusal: Option<String>,
    skip: bool,
}

impl<'a> Storing<'a> {
    fn new(
        tx: &'a mut WriteTx,
        config: &'a Config,
        source: &'a Source<'a>,
        shapes: VecDeque<Shape>,
        statements: Vec<StatementRow>,
    ) -> Storing<'a> {
        Storing {
            tx,
            config,
            source,
            shapes,
            statements,
            report: FileReport::new(source.name, "statements"),
            file: None,
            statement: None,
            known: HashMap::new(),
            entries: Vec::new(),
            bookings: Vec::new(),
        }
    }

    fn error(&self, member: &str, why: impl std::fmt::Display) -> Error {
        let slash = if member.is_empty() { "" } else { "/" };
        Error::File(format!("{}{slash}{member}: {why}", self.source.name))
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
            self.report.warnings.push(format!(
                "{}{} tells of no final bookings and was not counted as money",
                within(member),
                head.message
            ));
        }
        let account = head.account.clone().unwrap_or_default();
        let own = self.config.own_account(&account);
        if own.is_none() && !provisional {
            let why = format!("line {}, Stmt/Acct/Id: the account {account:?} is not in kasse.accounts", head.line);
            return Err(self.error(member, why));
        }
        let account = own.map_or(account, |iban| iban.to_string());
        if head.currency.as_deref().is_some_and(|currency| currency != "EUR") {
            return Err(self.error(member, format!("line {}, Stmt/Acct/Ccy: is not EUR", head.line)));
        }
        let refusing = |finding: &&Finding| !matches!(finding.kind, FindingKind::Missing(_) | FindingKind::Number(_));
        if let Some(finding) = head.findings.iter().find(refusing).filter(|_| !provisional) {
            return Err(self.error(member, finding));
        }
        let place =
            if provisional { Place::Known } else { shape.place(self.tx, &account, advice, &self.statements).await? };
        if place == Place::Known && !provisional {
            self.report.known_statements += 1;
            self.report.known += shape.bookings();
        }
        let known_days = match &place {
            Place::Open(days) => days.clone(),
            Place::Known | Place::Beside => BTreeSet::new(),
        };
        self.statement = Some(Current {
            id: self.tx.next_statement().await?,
            identity: shape.identity(&account, advice),
            skip: place == Place::Known,
            beside: place == Place::Beside,
            new_part: shape.new_part(&known_days).filter(|_| !known_days.is_empty()),
            known_days,
            advice,
            account,
            member: member.to_owned(),
            head,
            entry: Vec::new(),
            occurrences: HashMap::new(),
            days: None,
            refusal: None,
        });
        Ok(())
    }

    async fn booking(&mut self, booking: &Booking) -> Result<()> {
        let Some(mut current) = self.statement.take() else { return Ok(()) };
        let counts = !current.skip && matches!(booking.status, None | Some(Status::Booked));
        if counts {
            let fields = match Fields::read(booking, &current) {
                Ok(fields) => fields,
                Err(why) => {
                    // what the entry itself says of it comes at its end, and says more
                    current.refusal.get_or_insert(why);
                    self.statement = Some(current);
                    return Ok(());
                }
            };
            current.days = Some(match current.days {
                None => (fields.booked, fields.booked),
                Some((first, last)) => (first.min(fields.booked), last.max(fields.booked)),
            });
            if fields.cents == 0 {
                self.report.warnings.push(format!("line {}: a booking of 0.00 was left out", booking.line));
            } else {
                let (identity, new) = self.identify(&mut current, booking, &fields).await?;
                let entry = self.tx.next_entry().await?;
                let entry = entry + i64::try_from(self.entries.len()).unwrap_or(0);
                current.entry.push((stored(booking, &fields, &current, identity, entry), new));
            }
        } else if !current.skip {
            let status = booking.status.as_ref().map_or("", Status::as_str);
            self.report
                .warnings
                .push(format!("line {}: a booking with status {status} is not final and was left out", booking.line));
        }
        self.statement = Some(current);
        Ok(())
    }

    /// What the booking is, and whether it is new.
    async fn identify(&mut self, current: &mut Current, booking: &Booking, fields: &Fields) -> Result<(String, bool)> {
        loop {
            let identity = identity(current, booking, fields);
            if current.known_days.contains(&fields.booked) {
                return Ok((identity, false));
            }
            let new = self.is_new(&current.account, fields.booked, &identity).await?;
            // the balances say that this statement lies beside those we have: what looks the same is a twin
            if new || !current.beside || booking.bank_reference.is_some() {
                return Ok((identity, new));
            }
        }
    }

    /// Whether a booking is not stored yet; then it counts as stored.
    async fn is_new(&mut self, account: &str, day: Date, identity: &str) -> Result<bool> {
        let key = (account.to_owned(), day);
        if !self.known.contains_key(&key) {
            let stored = store::known_identities(self.tx, account, day, day).await?;
            self.known.insert(key.clone(), stored.into_keys().collect());
        }
        Ok(self.known.get_mut(&key).is_some_and(|known| known.insert(identity.to_owned())))
    }

    async fn entry_end(&mut self, member: &str, entry: &camt::Entry) -> Result<()> {
        let Some(mut current) = self.statement.take() else { return Ok(()) };
        let bookings = std::mem::take(&mut current.entry);
        let first_booked = bookings.first().map(|(booking, _)| booking.booked);
        let (id, skip, refusal) = (current.id, current.skip, current.refusal.take());
        self.statement = Some(current);
        let unread =
            entry.findings.iter().find(|finding| is_unread(finding)).filter(|_| !skip).map(ToString::to_string);
        if let Some(why) = unread.or(refusal) {
            return Err(self.error(member, why));
        }
        let Some(booked) = first_booked.filter(|_| !skip) else { return Ok(()) };
        let Some(amount) = entry.amount else {
            return Err(self.error(member, format!("line {}, Stmt/Ntry/Amt: the amount is missing", entry.line)));
        };
        let finding = entry.findings.first().map(ToString::to_string);
        if let Some(finding) = &finding {
            self.report.warnings.push(format!("{}{finding}", within(member)));
        }
        let new = bookings.iter().filter(|(_, new)| *new).count();
        self.report.added += new;
        self.report.known += bookings.len() - new;
        if new > 0 {
            self.entries.push(NewEntry {
                statement: id,
                position: i64::from(entry.index),
                amount: amount.get(),
                details: i64::from(entry.details),
                booked,
                finding,
            });
            self.bookings.extend(bookings.into_iter().filter(|(_, new)| *new).map(|(booking, _)| booking));
        }
        if self.bookings.len() >= BATCH { self.flush().await } else { Ok(()) }
    }

    async fn flush(&mut self) -> Result<()> {
        let (entries, bookings) = (std::mem::take(&mut self.entries), std::mem::take(&mut self.bookings));
        self.tx.add_entries(&entries).await?;
        self.tx.add_bookings(&bookings).await?;
        Ok(())
    }

    async fn end(&mut self, member: &str, end: &StatementEnd) -> Result<()> {
        self.flush().await?;
        let Some(current) = self.statement.take().filter(|current| !current.skip) else { return Ok(()) };
        let statement = current.finish(end).map_err(|why| self.error(member, why))?;
        for finding in &end.findings {
            self.report.warnings.push(format!("{}{finding}", within(member)));
        }
        let file = match self.file {
            Some(file) => file,
            None => {
                let file = NewFile {
                    name: self.source.name,
                    kind: FileKind::Statements,
                    sha256: &self.source.sha256,
                    as_of: None,
                };
                self.tx.add_file(&file).await?
            }
        };
        self.file = Some(file);
        self.report.statements += 1;
        let id = self.tx.add_statement(file, &statement).await?;
        if !statement.advice {
            self.statements.push(StatementRow {
                id,
                account: statement.account,
                sequence: statement.sequence,
                days: statement.days,
                opening: statement.opening,
                closing: statement.closing,
                movement: statement.movement,
                finding: statement.finding,
            });
        }
        Ok(())
    }
}

/// The member of a container that a warning speaks of; its file is named beside.
fn within(member: &str) -> String {
    if member.is_empty() { String::new() } else { format!("{member}: ") }
}

/// What a booking must say to be money.
struct Fields {
    cents: i64,
    booked: Date,
}

/// Whether a finding leaves a value unknown that makes a booking money.
fn is_unread(finding: &Finding) -> bool {
    matches!(
        finding.kind,
        FindingKind::Amount(_)
            | FindingKind::Negative(_)
            | FindingKind::AmountUnknown
            | FindingKind::Date(_)
            | FindingKind::Sign(_)
            | FindingKind::Flag(_)
            | FindingKind::Line(_)
            | FindingKind::CurrencyDiffers { .. }
    )
}

impl Fields {
    fn read(booking: &Booking, current: &Current) -> std::result::Result<Fields, String> {
        if let Some(finding) = booking.findings.iter().find(|finding| is_unread(finding)) {
            return Err(finding.to_string());
        }
        let missing = |field: &str| format!("line {}, Stmt/Ntry/{field}: is missing", booking.line);
        if booking.currency.as_deref().is_some_and(|currency| currency != "EUR") {
            return Err(format!("line {}, Stmt/Ntry/Amt: the currency is not EUR", booking.line));
        }
        let amount = booking.amount.ok_or_else(|| missing("Amt"))?;
        let sign = booking.sign.ok_or_else(|| missing("CdtDbtInd"))?;
        let closing = current.head.closing.and_then(|balance| balance.date);
        let booked = booking.booked.or(booking.valued).or(closing).ok_or_else(|| missing("BookgDt"))?;
        let cents = if sign == Sign::Debit { -amount.get() } else { amount.get() };
        Ok(Fields { cents, booked })
    }
}

/// What the booking is, whatever file it came in.
fn identity(current: &mut Current, booking: &Booking, fields: &Fields) -> String {
    let mut hash = Sha256::new();
    let mut take = |text: &str| {
        hash.update((text.len() as u64).to_be_bytes());
        hash.update(text.as_bytes());
    };
    take(&current.account);
    take(if current.advice { "advice" } else { "" });
    take(&fields.booked.to_string());
    take(&fields.cents.to_string());
    match &booking.bank_reference {
        Some(reference) => take(reference),
        None => {
            let squashed = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
            let or_none = |text: &Option<String>| squashed(text.as_deref().unwrap_or_default());
            take(&booking.valued.map(|day| day.to_string()).unwrap_or_default());
            take(&squashed(&booking.remittance));
            take(&or_none(&booking.counterparty));
            take(&or_none(&booking.counterparty_iban));
            take(&or_none(&booking.end_to_end_id));
            take(&or_none(&booking.mandate_id));
            take(&or_none(&booking.structured_reference));
            take(&or_none(&booking.entry_reference));
        }
    }
    let base = hex(hash.finalize().get(..16).unwrap_or_default());
    let occurrence = current.occurrences.entry(base.clone()).or_insert(0);
    *occurrence += 1;
    format!("{base}-{occurrence}")
}

fn stored(booking: &Booking, fields: &Fields, current: &Current, identity: String, entry: i64) -> NewBooking {
    let unknown = booking.findings.iter().map(ToString::to_string).next();
    NewBooking {
        entry,
        account: current.account.clone(),
        reference: booking.bank_reference.clone().unwrap_or_else(|| format!("einmal-{identity}")),
        identity,
        amount: fields.cents,
        booked: fields.booked,
        valued: booking.valued,
        end_to_end_id: booking.end_to_end_id.clone(),
        mandate_reference: booking.mandate_id.clone(),
        structured_reference: booking.structured_reference.clone(),
        entry_reference: booking.entry_reference.clone(),
        batch_reference: booking.payment_information_id.clone(),
        bank_code: booking.bank_code.clone(),
        proprietary_code: booking.proprietary_code.clone(),
        class: booking.class().to_string(),
        return_reason: booking.return_reason.clone(),
        reversal: booking.reversal,
        finding: unknown,
        counterparty: booking.counterparty.clone(),
        counterparty_iban: booking.counterparty_iban.clone(),
        remittance: booking.remittance.clone(),
        additional: booking.additional.clone(),
    }
}

impl Current {
    fn finish(self, end: &StatementEnd) -> std::result::Result<NewStatement, String> {
        let (opening, closing) = (end.opening, end.closing);
        let day = |balance: Option<camt::Balance>| balance.and_then(|balance| balance.date);
        let last = day(closing)
            .or(self.head.to)
            .or(self.days.map(|days| days.1))
            .or(self.head.created)
            .ok_or_else(|| format!("line {}, Stmt: names no day", self.head.line))?;
        let first = self.days.map_or(last, |days| days.0).min(self.head.from.unwrap_or(last)).min(last);
        let movement = end
            .movement
            .ok_or_else(|| format!("line {}, Stmt: the sum of its entries is too large", self.head.line))?;
        let amount = |balance: Option<camt::Balance>| balance.map(|balance| balance.amount.get());
        // days that are known from other statements are theirs to prove
        let (before, behind) = self.new_part.map_or((0, 0), |part| (part.before, part.behind));
        let (first, last) = self.new_part.map_or((first, last), |part| {
            let begin = if part.before == 0 { first } else { part.days.0 };
            (begin, if part.behind == 0 { last } else { part.days.1 })
        });
        Ok(NewStatement {
            identity: self.identity,
            advice: self.advice,
            member: self.member,
            message: self.head.message.clone(),
            account: self.account,
            statement_id: self.head.id.clone(),
            sequence: self.head.sequence.and_then(|number| i64::try_from(number).ok()),
            days: (first, last),
            opening: amount(opening).map(|opening| opening + before),
            closing: amount(closing).map(|closing| closing - behind),
            movement: movement.get() - before - behind,
            finding: end.findings.first().map(ToString::to_string),
        })
    }
}
