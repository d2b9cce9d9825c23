//! What people do beyond paying one instalment: pay twice, in part, too much, in advance; and what banks take back.
//!
//! Knows nothing of statement formats.
//! Invariant: no reference is in two stories, so that each can be looked at alone.

use anyhow::{Context, Result};
use jiff::civil::date;

use super::manners::{Manner, bare, clean};
use super::payments::{AUTUMN, Booking, Cashbook, Kind, LAST_DAY, WINTER, business_days};
use super::town::Reference;

/// Books what somebody does.
type Tell = fn(&mut Cashbook, &[Reference]) -> Result<()>;

/// What happens to one or a few references.
pub(super) struct Story {
    /// Its text in the sample's README.
    pub(super) note: &'static str,
    /// How many references it involves.
    pub(super) references: usize,
    pub(super) tell: Tell,
}

/// Each story occurs once.
pub(super) const STORIES: &[Story] = &[
    Story { note: "zahlt die Rate 2023-4 zweimal", references: 1, tell: twice },
    Story { note: "zahlt beide Raten in einer Überweisung", references: 1, tell: both },
    Story { note: "zwei Kassenzeichen in einer Überweisung", references: 2, tell: first },
    Story { note: "zahlt nur einen Teil der Rate 2023-4", references: 1, tell: part },
    Story { note: "zahlt zu viel", references: 1, tell: over },
    Story { note: "zahlt alles Fällige und die Rate 2024-2 (Mai) voraus", references: 1, tell: prepaid },
    Story { note: "zahlt alles Fällige und 25 EUR mehr", references: 1, tell: beyond },
    Story {
        note: "die zweite Person nennt versehentlich das Kassenzeichen der ersten",
        references: 2,
        tell: misquoted,
    },
    Story { note: "ein Fremder überweist, ohne zu sagen wofür", references: 0, tell: unsaid },
    Story { note: "Überweisung wird von der Bank des Zahlers zurückgeholt", references: 1, tell: recalled },
    Story { note: "Rücklastschrift mit Entgelt, Einzug von vor dem Ausfall", references: 1, tell: debit_returned },
];

/// What people outside of stories do, with shares in percent.
pub(super) const HABITS: &[(u64, Tell)] = &[(47, waits), (27, each), (10, both), (12, first), (2, part), (2, over)];

fn waits(_: &mut Cashbook, _: &[Reference]) -> Result<()> {
    Ok(())
}

fn first(book: &mut Cashbook, cast: &[Reference]) -> Result<()> {
    let manner = if cast.len() > 1 { as_printed() } else { book.manner()? };
    book.instalment(cast, "2023-4", manner, AUTUMN)
}

fn each(book: &mut Cashbook, cast: &[Reference]) -> Result<()> {
    first(book, cast)?;
    let manner = book.manner()?;
    book.instalment(cast, "2024-1", manner, WINTER)
}

fn twice(book: &mut Cashbook, cast: &[Reference]) -> Result<()> {
    book.instalment(cast, "2023-4", as_printed(), (date(2023, 11, 13), date(2023, 11, 17)))?;
    let again = Manner { name: "", weight: 0, write: bare };
    book.instalment(cast, "2023-4", &again, (date(2023, 11, 27), date(2023, 12, 8)))
}

fn both(book: &mut Cashbook, cast: &[Reference]) -> Result<()> {
    let cents: i64 = cast.iter().map(|r| r.cents).sum();
    book.pay(cast, "2023-4 und 2024-1", cents * 2, as_printed(), WINTER)
}

fn part(book: &mut Cashbook, cast: &[Reference]) -> Result<()> {
    let cents: i64 = cast.iter().map(|r| r.cents).sum();
    let percent = book.draw.cents(30, 80);
    book.pay(cast, "2023-4", cents * percent / 100, as_printed(), AUTUMN)
}

fn over(book: &mut Cashbook, cast: &[Reference]) -> Result<()> {
    let cents: i64 = cast.iter().map(|r| r.cents).sum();
    let more = *book.draw.pick(&[37, 500, 1000])?;
    book.pay(cast, "2023-4", cents + more, as_printed(), AUTUMN)
}

fn prepaid(book: &mut Cashbook, cast: &[Reference]) -> Result<()> {
    book.instalment(cast, "2023-4", as_printed(), AUTUMN)?;
    book.instalment(cast, "2024-1", as_printed(), (date(2024, 2, 12), date(2024, 2, 16)))?;
    book.instalment(cast, "2024-2", as_printed(), (date(2024, 3, 4), LAST_DAY))
}

fn beyond(book: &mut Cashbook, cast: &[Reference]) -> Result<()> {
    let cents: i64 = cast.iter().map(|r| r.cents).sum();
    book.pay(cast, "2023-4 und 2024-1", cents * 2 + 2_500, as_printed(), WINTER)
}

/// The payer's own amount from her own account, with somebody else's reference.
fn misquoted(book: &mut Cashbook, cast: &[Reference]) -> Result<()> {
    let (his, hers) = (cast.first().context("nobody to quote")?, cast.get(1).context("nobody to pay")?);
    let day = book.day(AUTUMN)?;
    let booking = book.booking(day, hers.cents, Kind::Transfer, Some(hers.payer.clone()));
    book.season.bookings.push(Booking { lines: vec![format!("Kassenzeichen {}", his.text)], ..booking });
    Ok(())
}

/// An amount that nobody owes, from a payer whom nobody knows.
fn unsaid(book: &mut Cashbook, _: &[Reference]) -> Result<()> {
    let (day, sender) = (book.day(AUTUMN)?, book.stranger()?);
    let booking = book.booking(day, 7_341, Kind::Transfer, Some(sender));
    book.season.bookings.push(booking);
    Ok(())
}

/// The transfer comes, and two bank days later the sender's bank takes it back.
fn recalled(book: &mut Cashbook, cast: &[Reference]) -> Result<()> {
    book.instalment(cast, "2023-4", as_printed(), (date(2023, 11, 20), date(2023, 11, 24)))?;
    let came = book.season.bookings.last_mut().context("no transfer to recall")?;
    came.account = 0;
    came.end_to_end = Some("UEB-1121-4711".to_owned());
    let (day, cents, lines) = (came.day, came.cents, came.lines.clone());
    let (party, end_to_end) = (came.party.clone(), came.end_to_end.clone());
    let back = business_days(day, LAST_DAY)?.get(2).copied().context("no day left for a recall")?;
    let booking = book.booking(back, -cents, Kind::Recalled, party);
    book.season.bookings.push(Booking { end_to_end, lines, ..booking });
    Ok(())
}

/// A debit collected on 16 October 2023, before the outage, is refunded within the eight weeks of the SEPA rulebook.
fn debit_returned(book: &mut Cashbook, cast: &[Reference]) -> Result<()> {
    let one = cast.first().context("no debit to return")?;
    let (original, fee) = (6_250, 355);
    let kind = Kind::DebitReturn { original, fee };
    let booking = book.booking(date(2023, 11, 22), -(original + fee), kind, Some(one.payer.clone()));
    book.season.bookings.push(Booking {
        end_to_end: Some("WAR-NACHFORD-2023-10-0042".to_owned()),
        mandate: one.mandate.as_ref().map(|mandate| mandate.id.clone()),
        lines: vec![format!("KZ {} Nachforderung Abwasser 2022", one.text)],
        ..booking
    });
    Ok(())
}

fn as_printed() -> &'static Manner {
    const AS_PRINTED: Manner = Manner { name: "", weight: 0, write: clean };
    &AS_PRINTED
}
