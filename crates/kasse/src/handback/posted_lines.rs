//! The bank's lines as they are told: a row per part, with the texts of the bank and the names of what was decided.
//!
//! Invariant: what a numbered export says follows from what it stored and from rows that never change, so that it is the same
//! whenever it is asked for.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use jiff::civil::Date;
use sepa::Cents;
use store::{BookingRow, DebitRow, RefundRow, ToldRow};

use crate::books::likeness::OWN_REFERENCE;
use crate::books::situation::Situation;
use crate::handback::frames::Frame;
use crate::handback::lines::{Line, Part, lines};
use crate::handback::numbered::{HandbackKind, parsed, stored};
use crate::vault::instance::code;
use crate::{Error, Kasse, Result};

/// Whether a line is told for the first time, or takes one back that was told, or takes its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    New,
    /// Takes back the line of this reference, told by the export of this number.
    Reversal(String, i64),
    /// Stands for the line of this reference, told by the export of this number.
    Corrected(String, i64),
}

impl Change {
    pub(crate) fn word(&self) -> &'static str {
        match self {
            Change::New => "new",
            Change::Reversal(..) => "reversal",
            Change::Corrected(..) => "correction",
        }
    }

    /// The line that it replaces, and the export that told it.
    pub(crate) fn replaces(&self) -> Option<(&str, i64)> {
        match self {
            Change::New => None,
            Change::Reversal(reference, number) | Change::Corrected(reference, number) => Some((reference, *number)),
        }
    }
}

/// A part of a line with its texts.
#[derive(Clone, Debug)]
pub(crate) struct PostedPart {
    /// Unique for ever.
    pub(crate) number: String,
    pub(crate) part: Part,
    pub(crate) kassenzeichen: Option<String>,
    pub(crate) posten: Option<String>,
    pub(crate) end_to_end_id: Option<String>,
    pub(crate) mandate: Option<String>,
    pub(crate) party: Option<String>,
    pub(crate) party_iban: Option<String>,
    pub(crate) booking: BookingRow,
}

impl PostedPart {
    /// The bank's own reference, where it gave one.
    pub(crate) fn bank_reference(&self) -> Option<String> {
        Some(&self.booking.reference).filter(|text| !text.starts_with(OWN_REFERENCE)).cloned()
    }

    /// What was decided, as it stands in front of the text.
    pub(crate) fn decided(&self) -> Option<String> {
        let posten = self.posten.as_deref().map(|posten| format!(" {posten}")).unwrap_or_default();
        Some(format!("{}{posten}", self.kassenzeichen.as_deref()?))
    }
}

/// A line with its texts.
#[derive(Clone, Debug)]
pub(crate) struct PostedLine {
    pub(crate) reference: String,
    pub(crate) change: Change,
    pub(crate) booked: Date,
    pub(crate) valued: Option<Date>,
    pub(crate) parts: Vec<PostedPart>,
}

impl PostedLine {
    pub(crate) fn amount(&self) -> Cents {
        Cents::sum(self.parts.iter().map(|part| Cents::new(part.part.amount))).unwrap_or(Cents::ZERO)
    }
}

/// A statement with its lines.
#[derive(Clone, Debug)]
pub(crate) struct PostedStatement {
    pub(crate) frame: Frame,
    pub(crate) lines: Vec<PostedLine>,
}

/// An export of the bank's lines.
#[derive(Clone, Debug)]
pub(crate) struct PostedLines {
    /// The code of the books, and the number of the export; 0 where all was asked for and nothing is remembered.
    pub(crate) code: String,
    pub(crate) number: i64,
    /// The wall clock, UTC, RFC 3339.
    pub(crate) moment: String,
    pub(crate) statements: Vec<PostedStatement>,
    pub(crate) remarks: Vec<String>,
}

/// The lines that the export of a number tells.
///
/// # Errors
/// [`Error::Unknown`] for a number that was not given.
pub(crate) async fn numbered(kasse: &Kasse, number: i64) -> Result<PostedLines> {
    let mut tx = kasse.db.read().await?;
    let (export, told) = stored(&mut tx, HandbackKind::Lines, number).await?;
    let frames: Vec<Frame> = serde_json::from_str(export.frame.as_deref().unwrap_or("[]"))
        .map_err(|error| Error::Internal(format!("export {number}: {error}")))?;
    let mut lines: BTreeMap<i64, Vec<(Line, Change, String)>> = BTreeMap::new();
    let reference = |id: i64| format!("{}-{id}", export.code);
    for row in &told {
        let own = own_lines(row, &reference)?;
        if let Some((line, ..)) = own.first() {
            lines.insert(line.entry, own);
        }
    }
    let situation = kasse.situation(&mut tx).await?;
    let all = lines.values().flatten().flat_map(|(line, ..)| &line.parts).map(|part| part.booking);
    let texts = Texts::load(&mut tx, &situation, all.collect()).await?;
    let mut statements = Vec::new();
    for frame in frames {
        let own = frame.lines.iter().filter_map(|entry| lines.remove(entry)).flatten();
        let own = own.map(|(line, change, reference)| texts.line(&line, change, reference));
        statements.push(PostedStatement { lines: own.collect::<Result<_>>()?, frame });
    }
    let (code, moment) = (export.code, export.moment);
    Ok(PostedLines { code, number, moment, statements, remarks: Vec::new() })
}

/// What a stored row makes: the line that is taken back, and the one that stands.
fn own_lines(row: &ToldRow, reference: &impl Fn(i64) -> String) -> Result<Vec<(Line, Change, String)>> {
    let mut own = Vec::new();
    let former = row.former.as_ref().and_then(|former| Some((former, former.content.as_deref()?)));
    if let Some((former, content)) = former {
        let mut line = parsed(content)?;
        line.parts.iter_mut().for_each(|part| part.amount = part.amount.saturating_neg());
        own.push((line, Change::Reversal(reference(former.id), former.number), format!("{}-S", reference(row.id))));
    }
    if let Some(content) = row.content.as_deref() {
        let change = match former {
            Some((former, _)) => Change::Corrected(reference(former.id), former.number),
            None => Change::New,
        };
        own.push((parsed(content)?, change, reference(row.id)));
    }
    Ok(own)
}

/// All lines as they stand now; nothing is remembered of it.
///
/// # Errors
/// What the database says.
pub(crate) async fn whole(kasse: &Kasse) -> Result<PostedLines> {
    let mut tx = kasse.db.read().await?;
    let situation = kasse.situation(&mut tx).await?;
    let chains = kasse.chains(&mut tx).await?;
    let told = lines(&mut tx, &situation, &chains, &HashSet::new()).await?;
    // two of them never have the same name
    let digits = kasse.now.chars().filter(char::is_ascii_digit).take(14).collect::<String>();
    let code = format!("{}-V{digits}", code(&mut tx).await?);
    let all = told.lines.values().flat_map(|line| &line.parts).map(|part| part.booking).collect();
    let texts = Texts::load(&mut tx, &situation, all).await?;
    let mut statements = Vec::new();
    for day in told.days {
        let own: Vec<&Line> = day.lines.iter().filter_map(|entry| told.lines.get(entry)).collect();
        let moved = own.iter().map(|line| line.amount()).fold(0, i64::saturating_add);
        let posted = own.iter().map(|line| texts.line(line, Change::New, format!("{code}-{}", line.entry)));
        let frame = Frame {
            account: day.account,
            day: day.day,
            opening: day.opening,
            closing: day.opening.saturating_add(moved),
            correction: false,
            lines: day.lines.clone(),
        };
        statements.push(PostedStatement { lines: posted.collect::<Result<_>>()?, frame });
    }
    Ok(PostedLines { code, number: 0, moment: kasse.now.clone(), statements, remarks: told.remarks })
}

/// From ids to names and texts.
struct Texts<'s> {
    situation: &'s Situation,
    /// Bookings for which others stand by now.
    former: HashMap<i64, BookingRow>,
    debits: HashMap<i64, &'s DebitRow>,
    refunds: HashMap<i64, &'s RefundRow>,
}

impl<'s> Texts<'s> {
    async fn load(tx: &mut store::Tx, situation: &'s Situation, bookings: BTreeSet<i64>) -> Result<Texts<'s>> {
        let missing = bookings.into_iter().filter(|id| situation.bookings.by_id(*id).is_none()).collect();
        let former = store::bookings_of(tx, &missing).await?;
        Ok(Texts {
            situation,
            former: former.into_iter().map(|row| (row.id, row)).collect(),
            debits: situation.debits.iter().map(|row| (row.id, row)).collect(),
            refunds: situation.refunds.iter().map(|row| (row.id, row)).collect(),
        })
    }

    fn line(&self, line: &Line, change: Change, reference: String) -> Result<PostedLine> {
        let part = |(place, part): (usize, &Part)| self.part(part, format!("{reference}.{place}"));
        let parts = (1..).zip(&line.parts).map(part).collect::<Result<_>>()?;
        Ok(PostedLine { change, booked: line.booked, valued: line.valued, parts, reference })
    }

    fn part(&self, part: &Part, number: String) -> Result<PostedPart> {
        let booking = self.situation.bookings.by_id(part.booking).or_else(|| self.former.get(&part.booking));
        let booking = booking.ok_or_else(|| Error::Internal(format!("line {number} is of no booking")))?;
        let item = part.item.and_then(|id| self.situation.items.by_id(id));
        let debit = part.debit.and_then(|id| self.debits.get(&id).copied());
        let refund = part.refund.and_then(|id| self.refunds.get(&id).copied());
        let mandate = debit.and_then(|row| self.situation.mandate_rows.get(&row.mandate)).map(|row| &row.said);
        let own = |text: &Option<String>| text.clone();
        Ok(PostedPart {
            number,
            part: part.clone(),
            kassenzeichen: item.map(|row| row.kassenzeichen.clone()).or(refund.and_then(|row| own(&row.kassenzeichen))),
            posten: item.map(|row| row.posten.clone()),
            end_to_end_id: debit
                .map(|row| row.end_to_end_id.clone())
                .or(refund.map(|row| row.end_to_end_id.clone()))
                .or(own(&booking.end_to_end_id)),
            mandate: mandate.map(|said| said.reference.clone()).or(own(&booking.mandate_reference)),
            party: mandate
                .map(|said| said.holder.clone())
                .or(refund.and_then(|row| own(&row.name)))
                .or(own(&booking.counterparty)),
            party_iban: mandate
                .map(|said| said.iban.clone())
                .or(refund.and_then(|row| own(&row.iban)))
                .or(own(&booking.counterparty_iban)),
            booking: booking.clone(),
        })
    }
}
