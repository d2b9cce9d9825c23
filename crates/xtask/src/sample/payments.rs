//! Who pays what and when: the bookings of four months, and what is worth looking at.
//!
//! Knows nothing of statement formats.
//! Invariant: every booking is on a business day between [`FIRST_DAY`] and [`LAST_DAY`] and has a bank reference of its
//! own; each manner of writing and each story occurs at least once.

use anyhow::{Context, Result};
use jiff::civil::{Date, Weekday, date};

use super::draw::Draw;
use super::manners::{MANNERS, Manner, Wish, name_only};
use super::stories::{HABITS, STORIES};
use super::town::{Payer, Reference, Role, payer};

/// The first day with a statement: the second working day of the outage.
pub(super) const FIRST_DAY: Date = date(2023, 11, 1);
/// The last bank day before the business date of the story, 2024-03-11.
pub(super) const LAST_DAY: Date = date(2024, 3, 8);

/// When the November instalment is paid.
pub(super) const AUTUMN: (Date, Date) = (date(2023, 11, 6), date(2023, 12, 15));
/// When the February instalment is paid.
pub(super) const WINTER: (Date, Date) = (date(2024, 2, 5), LAST_DAY);
const CLOSED: &[Date] = &[date(2023, 12, 25), date(2023, 12, 26), date(2024, 1, 1)];

/// The kind of a booking, as the bank's transaction code tells.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Transfer,
    Outgoing,
    /// A direct debit from before the outage that was returned, booked together with the banks' fee (both in cents).
    DebitReturn {
        original: i64,
        fee: i64,
    },
    /// An outgoing transfer that came back.
    TransferBack,
    /// An incoming transfer that the sender's bank took back.
    Recalled,
    /// The bank's own charge.
    Charge,
}

/// One booking on one of the town's two accounts.
pub(super) struct Booking {
    pub(super) day: Date,
    /// Signed: positive is money received.
    pub(super) cents: i64,
    pub(super) kind: Kind,
    pub(super) party: Option<Payer>,
    pub(super) end_to_end: Option<String>,
    pub(super) mandate: Option<String>,
    pub(super) lines: Vec<String>,
    pub(super) account: usize,
    pub(super) reference: String,
}

/// Something that the sample's README names as worth looking at.
pub(super) struct Note {
    pub(super) references: String,
    pub(super) text: String,
}

/// Four months of bookings.
pub(super) struct Season {
    pub(super) bookings: Vec<Booking>,
    pub(super) notes: Vec<Note>,
}

const OTHER_MONEY: &[&str] = &[
    "Kita-Beitrag 11/2023 Kind Mia",
    "Kita-Beitrag 01/2024",
    "Parkverstoss Az 402.118.{}",
    "Ersatz Hundemarke",
    "Rechnung 2023{}",
    "Miete Dorfgemeinschaftshaus",
    "Standesamt Urkunden",
    "Gewerbesteuer 4. Quartal",
    "OGS Essensgeld Nr {}",
];
const OUTGOING: &[&str] = &[
    "Rechnung {} Bauhof",
    "Auslagenersatz Feuerwehr",
    "Wohngeld 12/2023 Az W-{}",
    "Gutachten {}",
    "Stromabschlag Rathaus",
];

/// Draws the season of a town.
pub(super) fn season(draw: &mut Draw, town: &[Reference]) -> Result<Season> {
    let mut book =
        Cashbook { draw, season: Season { bookings: Vec::new(), notes: Vec::new() }, next_account: 5_000_000 };
    let (remarkable, ordinary): (Vec<_>, Vec<_>) = town.iter().cloned().partition(|r| r.role != Role::Ordinary);
    book.tell_roles(&remarkable)?;
    // Stories are about people with a mandate: only there can a debit be one too many.
    let (first_rank, rest): (Vec<_>, Vec<_>) =
        ordinary.into_iter().partition(|r| r.mandate.is_some() && r.scheme.levy == "Grundbesitzabgaben");
    let mut people = first_rank.as_slice();
    for manner in MANNERS {
        let (one, others) = people.split_at_checked(1).context("too few references for every manner")?;
        people = others;
        book.instalment(one, "2023-4", manner, AUTUMN)?;
        book.note(one, &format!("Schreibweise: {}", manner.name));
    }
    for story in STORIES {
        let (cast, others) = people.split_at_checked(story.references).context("too few references for every story")?;
        people = others;
        (story.tell)(&mut book, cast)?;
        book.note(cast, story.note);
    }
    for reference in people.iter().chain(&rest) {
        let habit = book.draw.weighted(HABITS, |row| row.0)?.1;
        habit(&mut book, std::slice::from_ref(reference))?;
    }
    book.other_money()?;
    book.outgoing()?;
    book.benefit_returned()?;
    book.charges()?;
    Ok(book.close())
}

/// The season while it is being drawn.
pub(super) struct Cashbook<'a> {
    pub(super) draw: &'a mut Draw,
    pub(super) season: Season,
    next_account: u64,
}

impl Cashbook<'_> {
    fn tell_roles(&mut self, remarkable: &[Reference]) -> Result<()> {
        for reference in remarkable {
            let one = std::slice::from_ref(reference);
            let text = match reference.role {
                Role::LateFee => "Mahngebühr und Säumniszuschlag festgesetzt, dürfen nicht eingezogen werden",
                Role::Revoked => "Mandat widerrufen",
                Role::BusinessToBusiness => "Firmenmandat (B2B), wird nicht eingezogen",
                Role::Lapsed => "Mandat seit mehr als 36 Monaten nicht genutzt",
                Role::SharedMandate => "ein Mandat, zwei Kassenzeichen derselben Person",
                Role::Namesake => {
                    "gleicher Name, gleiches Haus, gleicher Betrag; nur eine der beiden zahlt, ohne Kassenzeichen"
                }
                Role::Ordinary => continue,
            };
            self.note(one, text);
        }
        let namesake: Vec<_> = remarkable.iter().filter(|r| r.role == Role::Namesake).take(1).cloned().collect();
        let manner = Manner { name: "", weight: 0, write: name_only };
        self.instalment(&namesake, "2023-4", &manner, AUTUMN)?;
        // Paid from an account that no mandate names, under a name that fits both.
        let mut sender = self.stranger()?;
        if let Some(booking) = self.season.bookings.last_mut() {
            sender.name = format!("Familie {}", namesake.first().map(|r| r.payer.last.as_str()).unwrap_or_default());
            booking.party = Some(sender);
        }
        Ok(())
    }

    fn note(&mut self, cast: &[Reference], text: &str) {
        let references = cast.iter().map(|r| r.text.clone()).collect::<Vec<_>>().join(", ");
        self.season.notes.push(Note { references, text: text.to_owned() });
    }

    /// Pays one instalment of each reference, whole.
    pub(super) fn instalment(
        &mut self,
        cast: &[Reference],
        posten: &str,
        manner: &Manner,
        window: (Date, Date),
    ) -> Result<()> {
        let cents = cast.iter().map(|r| r.cents).sum();
        self.pay(cast, posten, cents, manner, window)
    }

    pub(super) fn pay(
        &mut self,
        cast: &[Reference],
        posten: &str,
        cents: i64,
        manner: &Manner,
        window: (Date, Date),
    ) -> Result<()> {
        let one = cast.first().context("nobody pays")?;
        let wish = Wish { references: cast, posten, debtor: &one.payer, levy: one.scheme.levy };
        let quote = (manner.write)(self.draw, &wish)?;
        let mut sender = quote.sender.unwrap_or_else(|| one.payer.clone());
        if self.draw.chance(12) {
            sender.name = in_capitals(&sender.name);
        }
        let day = self.day(window)?;
        let booking = self.booking(day, cents, Kind::Transfer, Some(sender));
        self.season.bookings.push(Booking { end_to_end: quote.end_to_end, lines: quote.lines, ..booking });
        Ok(())
    }

    /// A manner of writing, by the town's usual shares.
    pub(super) fn manner(&mut self) -> Result<&'static Manner> {
        self.draw.weighted(MANNERS, |manner| manner.weight)
    }

    pub(super) fn day(&mut self, (first, last): (Date, Date)) -> Result<Date> {
        self.draw.pick(&business_days(first, last)?).copied()
    }

    pub(super) fn booking(&mut self, day: Date, cents: i64, kind: Kind, party: Option<Payer>) -> Booking {
        let usual = matches!(kind, Kind::Transfer | Kind::Outgoing);
        let account = usize::from(usual && self.draw.chance(35));
        Booking {
            day,
            cents,
            kind,
            party,
            end_to_end: None,
            mandate: None,
            lines: Vec::new(),
            account,
            reference: String::new(),
        }
    }

    pub(super) fn stranger(&mut self) -> Result<Payer> {
        payer(self.draw, &mut self.next_account)
    }

    fn other_money(&mut self) -> Result<()> {
        for _ in 0..60 {
            let day = self.day((FIRST_DAY, LAST_DAY))?;
            let cents = self.draw.cents(500, 38_000);
            let text = self.draw.pick(OTHER_MONEY)?.replace("{}", &self.draw.between(1_000, 99_999).to_string());
            let party = self.stranger()?;
            let booking = self.booking(day, cents, Kind::Transfer, Some(party));
            self.season.bookings.push(Booking { lines: vec![text], ..booking });
        }
        Ok(())
    }

    fn outgoing(&mut self) -> Result<()> {
        for number in 0..30 {
            let day = self.day((FIRST_DAY, date(2024, 3, 4)))?;
            let cents = self.draw.cents(2_000, 240_000);
            let text = self.draw.pick(OUTGOING)?.replace("{}", &self.draw.between(1_000, 99_999).to_string());
            let party = self.stranger()?;
            let booking = self.booking(day, -cents, Kind::Outgoing, Some(party));
            let end_to_end = Some(format!("AUSZ-2023-{number:05}"));
            self.season.bookings.push(Booking { end_to_end, lines: vec![text], ..booking });
        }
        Ok(())
    }

    /// A benefit is paid to a closed account and comes back: money received, but nobody's payment.
    fn benefit_returned(&mut self) -> Result<()> {
        let party = self.stranger()?;
        let cents = self.draw.cents(18_000, 64_000);
        for (kind, day, cents) in
            [(Kind::Outgoing, date(2023, 11, 28), -cents), (Kind::TransferBack, date(2023, 11, 30), cents)]
        {
            let booking = self.booking(day, cents, kind, Some(party.clone()));
            let (end_to_end, lines) = (Some("WOHNGELD-2023-12-0815".to_owned()), vec!["Wohngeld 12/2023".to_owned()]);
            self.season.bookings.push(Booking { end_to_end, lines, account: 0, ..booking });
        }
        self.season.notes.push(Note {
            references: "–".to_owned(),
            text: format!("Wohngeld an {} kommt zurück, weil das Konto erloschen ist", party.name),
        });
        Ok(())
    }

    fn charges(&mut self) -> Result<()> {
        for day in [date(2023, 11, 30), date(2023, 12, 29), date(2024, 1, 31), date(2024, 2, 29)] {
            let cents = -self.draw.cents(900, 2_400);
            let booking = self.booking(day, cents, Kind::Charge, None);
            self.season
                .bookings
                .push(Booking { lines: vec![format!("Entgeltabschluss {}", day.strftime("%m/%Y"))], ..booking });
        }
        Ok(())
    }

    /// Sorts the bookings and gives each its bank reference.
    fn close(self) -> Season {
        let mut season = self.season;
        season.bookings.sort_by_key(|booking| booking.day);
        for (number, booking) in season.bookings.iter_mut().enumerate() {
            booking.reference = format!("{}{number:010}", booking.day.strftime("%Y%m%d"));
        }
        season
    }
}

/// Bank days: Monday to Friday without the holidays of TARGET that fall in the season.
pub(super) fn business_days(first: Date, last: Date) -> Result<Vec<Date>> {
    let mut days = Vec::new();
    let mut day = first;
    while day <= last {
        if !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday) && !CLOSED.contains(&day) {
            days.push(day);
        }
        day = day.tomorrow()?;
    }
    Ok(days)
}

/// A name as an older bank program transmits it: capitals, no umlauts.
fn in_capitals(name: &str) -> String {
    let letters = [
        ('ä', "ae"),
        ('ö', "oe"),
        ('ü', "ue"),
        ('ß', "ss"),
        ('Ä', "Ae"),
        ('Ö', "Oe"),
        ('Ü', "Ue"),
        ('ş', "s"),
        ('ı', "i"),
    ];
    letters.iter().fold(name.to_owned(), |name, (from, to)| name.replace(*from, to)).to_uppercase()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::super::town::references;
    use super::*;

    fn drawn(seed: u64) -> Season {
        let mut draw = Draw::from_seed(seed);
        let town = references(&mut draw).unwrap();
        season(&mut draw, &town).unwrap()
    }

    #[test]
    fn every_booking_is_on_a_bank_day_with_a_reference_of_its_own() {
        for seed in 0..10 {
            let season = drawn(seed);
            let days = business_days(FIRST_DAY, LAST_DAY).unwrap();
            assert!(season.bookings.iter().all(|booking| days.contains(&booking.day)), "seed {seed}");
            let references: BTreeSet<_> = season.bookings.iter().map(|booking| &booking.reference).collect();
            assert_eq!(references.len(), season.bookings.len());
            assert!(
                season.bookings.iter().all(|b| (b.cents > 0) == matches!(b.kind, Kind::Transfer | Kind::TransferBack))
            );
        }
    }

    #[test]
    fn what_is_returned_is_what_came_or_went() {
        let season = drawn(3);
        for (kind, of) in [(Kind::Recalled, Kind::Transfer), (Kind::TransferBack, Kind::Outgoing)] {
            let back = season.bookings.iter().find(|b| b.kind == kind).unwrap();
            let there = season.bookings.iter().find(|b| b.kind == of && b.end_to_end == back.end_to_end).unwrap();
            assert_eq!((there.cents, there.account), (-back.cents, back.account));
            assert!(there.day < back.day);
        }
    }

    #[test]
    fn names_in_capitals() {
        assert_eq!(in_capitals("Ayşe Öhlmann-Weiß"), "AYSE OEHLMANN-WEISS");
    }
}
