//! The notices of a planned run: a list for a mail merge, and the letters themselves.
//!
//! Invariant: a notice says what the run's claims are now, neither more nor another day; amounts may only fall after it.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::civil::Date;
use ledger::gate::Stage;
use paper::{Block, Column, Letter, Run, Table, plain, strong};
use sepa::{Cents, Iban, target_day_after, target_day_before};
use store::{AssessmentRow, EventKind, EventSaid, ItemRow, MandateRow, Moment, NoticeRow, RunRow, Tx};

use crate::base::aside::write_aside;
use crate::base::cells::harmless;
use crate::base::config::Creditor;
use crate::base::rights::Right;
use crate::base::shown::german;
use crate::books::situation::Situation;
use crate::orders::letterhead::{self, Print, Printed};
use crate::runs::remittance::remittance;
use crate::runs::takings::{Taking, run_of, takings};
use crate::{Error, Kasse, Result};

/// How debtors were told of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoticeManner {
    /// The notices were only written.
    Written,
    /// They were posted on this day.
    Posted(Date),
    /// Another form told them: the Bescheid names the date.
    Otherwise(String),
}

/// What was written.
#[derive(Clone, Debug)]
pub struct Notified {
    /// How many notices.
    pub count: usize,
    /// The list.
    pub list: PathBuf,
    /// The letters, in one file or several.
    pub letters: Vec<PathBuf>,
    /// What the person who posts them must know.
    pub remarks: Vec<String>,
}

/// How a notice by letter is remembered.
const LETTER: &str = "letter";

/// Writes the notices of a planned run and records how debtors were told.
///
/// # Errors
/// [`Error::Refused`] for a run that is not planned, or where the notice period is not kept.
pub async fn notify(kasse: &Kasse, name: &str, folder: &Path, who: &str, manner: &NoticeManner) -> Result<Notified> {
    let told = match manner {
        NoticeManner::Written => None,
        NoticeManner::Posted(day) => Some((*day, LETTER.to_owned())),
        NoticeManner::Otherwise(text) => Some((kasse.today, text.clone())),
    };
    let day = told.as_ref().map_or(kasse.today, |(day, _)| *day);
    let ahead = {
        let mut tx = kasse.db.read().await?;
        let planned = Planned::find(kasse, &mut tx, name).await?;
        if told.is_some() {
            let planned_on = store::planned_on(&mut tx, planned.run.id).await?.unwrap_or(day);
            check_notice(kasse, &planned.run, planned_on, day)?;
        }
        planned.print(kasse, store::head(&mut tx).await?, folder, day, None)?
    };
    let mut tx = kasse.write(Right::Plan, who, "collect notify", "").await?;
    let planned = Planned::find(kasse, &mut tx, name).await?;
    let head = store::head(&mut tx).await?;
    if let Some((day, manner)) = told {
        tx.add_notices(&planned.rows(day, &manner)).await?;
        tx.add_event(planned.run.id, EventKind::Announced, EventSaid::default()).await?;
    }
    let printed = planned.print(kasse, head, folder, day, Some(ahead))?;
    let notified = write(kasse, folder, &planned.run, &planned.notices(), day, printed)?;
    tx.commit(&format!("run {name}")).await?;
    Ok(notified)
}

/// Writes the notices of a run that was planned in this transaction; nothing is recorded.
///
/// # Errors
/// [`Error::Io`] where they cannot be written.
pub(crate) async fn print_notices(kasse: &Kasse, tx: &mut impl Moment, name: &str, folder: &Path) -> Result<Notified> {
    let planned = Planned::find(kasse, tx, name).await?;
    let printed = planned.print(kasse, store::head(tx).await?, folder, kasse.today, None)?;
    write(kasse, folder, &planned.run, &planned.notices(), kasse.today, printed)
}

/// A run that may be announced, and what its debits take.
struct Planned {
    situation: Arc<Situation>,
    run: RunRow,
    takings: Vec<Taking>,
}

impl Planned {
    async fn find(kasse: &Kasse, tx: &mut impl Moment, name: &str) -> Result<Planned> {
        let run = run_of(tx, name).await?;
        let situation = kasse.situation(tx).await?;
        let stage = situation.stages().get(&run.id).copied().unwrap_or(Stage::Cancelled);
        if stage != Stage::Planned {
            return Err(Error::Refused(format!("the run is {}, only a planned run is announced", stage.word())));
        }
        let takings = takings(&situation, run.id);
        Ok(Planned { situation, run, takings })
    }

    fn rows(&self, sent: Date, manner: &str) -> Vec<NoticeRow> {
        let row = |taking: &Taking| NoticeRow {
            debit: taking.debit.id,
            amount: taking.amount,
            due: self.run.due,
            sent,
            manner: manner.to_owned(),
        };
        self.takings.iter().map(row).collect()
    }

    fn notices(&self) -> Vec<Notice<'_>> {
        notices(&self.situation, &self.run, &self.takings)
    }

    fn print(
        &self,
        kasse: &Kasse,
        head: (i64, String),
        folder: &Path,
        day: Date,
        before: Option<Printed>,
    ) -> Result<Printed> {
        let (run, notices) = (&self.run, self.notices());
        let title = format!("Ankündigungen zum Lastschriftlauf {} am {}", run.name, german(run.due));
        let letter = |place: usize| Some(letter(kasse, run, notices.get(place)?, day));
        let meta = letterhead::meta(kasse, title, day);
        Printed::new(head, &Print { meta, folder, count: notices.len(), letter: &letter }, before)
    }
}

fn check_notice(kasse: &Kasse, run: &RunRow, planned_on: Date, sent: Date) -> Result<()> {
    if sent > kasse.today {
        return Err(Error::Refused(format!("{sent} is after {}: say --sent once they are posted", kasse.today)));
    }
    if sent < planned_on {
        return Err(Error::Refused(format!(
            "{sent} is before {planned_on}, the day of the plan: a notice that names what run {} takes cannot have been posted then",
            run.name
        )));
    }
    let days = sent.until(run.due).map_or(0, |span| span.get_days());
    if days < kasse.config.prenotification_days {
        return Err(Error::Refused(format!(
            "posted on {sent}, the notices would come {days} days before {}; {} are required (collect.prenotification_days): plan the run for a later day",
            run.due, kasse.config.prenotification_days
        )));
    }
    Ok(())
}

/// What one notice tells.
struct Notice<'a> {
    kassenzeichen: &'a str,
    amount: Cents,
    /// Each item with what is taken of it.
    items: Vec<(&'a ItemRow, Cents)>,
    debtor: Option<&'a AssessmentRow>,
    mandate: Option<&'a MandateRow>,
    remittance: String,
}

impl Notice<'_> {
    fn name(&self) -> &str {
        self.debtor.map_or("", |said| &said.debtor)
    }

    fn address(&self) -> Option<&str> {
        self.debtor.and_then(|said| said.address.as_deref())
    }

    /// Who claims it; all items of a debit are one creditor's.
    fn creditor<'k>(&self, kasse: &'k Kasse) -> &'k Creditor {
        kasse.config.creditor(self.items.first().map_or("", |(item, _)| item.said.kind.as_str()))
    }

    fn holder(&self) -> &str {
        self.mandate.map_or("", |row| &row.said.holder)
    }

    fn iban(&self) -> Option<Iban> {
        self.mandate.and_then(|row| Iban::parse(&row.said.iban).ok())
    }

    fn reference(&self) -> &str {
        self.mandate.map_or("", |row| &row.said.reference)
    }
}

/// The notices of a run, in the order of its debits.
fn notices<'a>(situation: &'a Situation, run: &RunRow, takings: &'a [Taking]) -> Vec<Notice<'a>> {
    let items: HashMap<i64, &ItemRow> = situation.items.iter().map(|item| (item.id, item)).collect();
    let notice = |taking: &'a Taking| {
        let own = |(item, amount): (&i64, &i64)| Some((*items.get(item)?, Cents::new(*amount)));
        let items: Vec<(&ItemRow, Cents)> = taking.items.iter().filter_map(own).collect();
        let kinds: Vec<&str> = items.iter().map(|(item, _)| item.said.kind.as_str()).collect();
        let dues: Vec<Date> = items.iter().map(|(item, _)| item.said.due).collect();
        Notice {
            kassenzeichen: &taking.debit.kassenzeichen,
            amount: Cents::new(taking.amount),
            debtor: items.first().map(|(item, _)| &item.said),
            mandate: situation.mandate_rows.get(&taking.debit.mandate),
            remittance: remittance(&taking.debit.kassenzeichen, &kinds, &dues, run.due),
            items,
        }
    };
    takings.iter().map(notice).collect()
}

fn write(
    kasse: &Kasse,
    folder: &Path,
    run: &RunRow,
    notices: &[Notice<'_>],
    day: Date,
    printed: Printed,
) -> Result<Notified> {
    let file = folder.join(format!("ankuendigungen_{}_{}.pdf", run.name, run.due));
    let list = file.with_extension("csv");
    write_aside(&list, &csv(kasse, run, notices)?)?;
    let mut remarks: Vec<String> = printed.unprintable.iter().cloned().collect();
    let letters = printed.keep(&file)?;
    let homeless = notices.iter().filter(|notice| notice.address().is_none_or(|text| text.trim().is_empty())).count();
    if homeless > 0 {
        remarks.push(format!("{homeless} of the letters bear no address: the lists name none"));
    }
    let last = last_day(run.due);
    if last >= day {
        let earliest = target_day_after(last);
        remarks.push(format!(
            "the letters say that what has arrived by {last} is not debited: export on {earliest} or later"
        ));
    }
    Ok(Notified { count: notices.len(), list, letters, remarks })
}

/// Who is told which amount for which day, and by which mandate, for a mail merge.
fn csv(kasse: &Kasse, run: &RunRow, notices: &[Notice<'_>]) -> Result<Vec<u8>> {
    let mut writer = csv::WriterBuilder::new().delimiter(b';').from_writer(Vec::new());
    let internal = |error: csv::Error| Error::Internal(error.to_string());
    writer
        .write_record([
            "kassenzeichen",
            "schuldner",
            "anschrift",
            "kontoinhaber",
            "iban",
            "mandat",
            "glaeubiger_id",
            "betrag",
            "einzug_am",
            "verwendungszweck",
        ])
        .map_err(internal)?;
    for notice in notices {
        let cells = [
            notice.kassenzeichen,
            notice.name(),
            notice.address().unwrap_or_default(),
            notice.holder(),
            &notice.iban().map(|iban| iban.masked()).unwrap_or_default(),
            notice.reference(),
            notice.creditor(kasse).creditor_id.as_str(),
            &notice.amount.german(),
            &german(run.due),
            &notice.remittance,
        ];
        writer.write_record(cells.map(|cell| harmless(cell).into_owned())).map_err(internal)?;
    }
    writer.into_inner().map_err(|error| Error::Internal(error.to_string()))
}

/// The last day on which money that arrives still lowers a debit for sure.
///
/// The file must be at the bank one bank day before the collection (D-1). What arrives on a bank day stands in its
/// statement, which is there on the next one. So what arrives on D-2 can just be seen before the file goes; the letter
/// says D-3, which leaves the people a whole bank day to match, release and export.
fn last_day(due: Date) -> Date {
    target_day_before(target_day_before(target_day_before(due)))
}

/// The day up to which the letters of a run say that a transfer still counts; none where no letter says so. A file that
/// leaves the house earlier breaks their word: its claims yield to money no more.
pub(crate) async fn promised(tx: &mut Tx, run: &RunRow) -> Result<Option<Date>> {
    let last = last_day(run.due);
    let notices = store::notices(tx, run.id).await?;
    let promises = notices.iter().any(|notice| notice.manner == LETTER && notice.due == run.due && notice.sent <= last);
    Ok(promises.then_some(last))
}

/// The letter of one notice, dated on a day.
fn letter(kasse: &Kasse, run: &RunRow, notice: &Notice<'_>, day: Date) -> Letter {
    let mut blocks =
        vec![Block::text("Guten Tag,"), why(kasse, run, notice, day), what(run, notice), facts(kasse, run, notice)];
    blocks.push(Block::Heading("Diese Beträge buchen wir ab".to_owned()));
    blocks.push(items(notice));
    blocks.push(transferred(run, day));
    if notice.items.iter().any(|(item, _)| item.said.due < run.due) {
        blocks
            .push(Block::text("Für den späteren Einzug berechnen wir keine Mahngebühren und keine Säumniszuschläge."));
    }
    blocks.extend(letterhead::regards(kasse));
    let named = |name: &str, value: String| (name.to_owned(), value);
    Letter {
        sender: letterhead::sender(kasse),
        return_to: letterhead::return_to(kasse),
        address: letterhead::window(notice.name(), notice.address()),
        reference: vec![named("Kassenzeichen", notice.kassenzeichen.to_owned()), named("Datum", german(day))],
        subject: "Vorabankündigung (Pre-Notification) einer SEPA-Lastschrift".to_owned(),
        blocks,
        entry: format!("{} {}", notice.kassenzeichen, notice.name()),
    }
}

/// Why we write: the outage where one of the items fell due in it.
fn why(kasse: &Kasse, run: &RunRow, notice: &Notice<'_>, day: Date) -> Block {
    let dues = || notice.items.iter().map(|(item, _)| item.said.due);
    let outage = kasse.config.outage.filter(|(from, until)| dues().any(|due| *from <= due && due <= *until));
    Block::text(match outage {
        Some((from, until)) if until < day => format!(
            "vom {} bis zum {} konnten wir wegen eines Ausfalls unserer Computersysteme keine Lastschriften einziehen. Das holen wir jetzt nach.",
            german(from),
            german(until)
        ),
        Some((from, _)) => format!(
            "seit dem {} konnten wir wegen eines Ausfalls unserer Computersysteme keine Lastschriften einziehen. Das holen wir jetzt nach.",
            german(from)
        ),
        None if dues().any(|due| due < run.due) => {
            "wir ziehen Beträge ein, die schon fällig waren und noch offen sind.".to_owned()
        }
        None => "wir ziehen fällige Beträge ein.".to_owned(),
    })
}

fn what(run: &RunRow, notice: &Notice<'_>) -> Block {
    let amount = format!("{}\u{a0}EUR", notice.amount.german());
    Block::Paragraph(vec![
        plain("Am "),
        strong(german(run.due)),
        plain(" buchen wir "),
        strong(amount),
        plain(" mit Ihrem SEPA-Lastschriftmandat von Ihrem Konto ab. "),
        strong("Sie müssen nichts tun."),
        plain(" Bitte achten Sie nur darauf, dass Ihr Konto an diesem Tag gedeckt ist."),
    ])
}

fn facts(kasse: &Kasse, run: &RunRow, notice: &Notice<'_>) -> Block {
    let named = |name: &str, value: String| (name.to_owned(), value);
    Block::Facts(vec![
        named("Betrag", format!("{} EUR", notice.amount.german())),
        named("Tag der Abbuchung", german(run.due)),
        named("Ihr Konto", letterhead::account(notice.iban(), notice.holder())),
        named("Mandatsreferenz", notice.reference().to_owned()),
        named("Gläubiger-ID", notice.creditor(kasse).creditor_id.as_str().to_owned()),
        named("Verwendungszweck", notice.remittance.clone()),
    ])
}

/// Each item with what is taken of it; a rest is called one.
fn items(notice: &Notice<'_>) -> Block {
    let row = |(item, amount): &(&ItemRow, Cents)| {
        let rest = if amount.get() < item.said.amount { " (Rest)" } else { "" };
        vec![german(item.said.due), item.posten.clone(), format!("{}{rest}", item.said.kind), amount.german()]
    };
    Block::Table(item_table(notice.items.iter().map(row).collect(), notice.amount))
}

/// A table of items: due day, instalment, levy, amount.
pub(crate) fn item_table(rows: Vec<Vec<String>>, sum: Cents) -> Table {
    let column = |head: &str, width, right| Column { head: head.to_owned(), width, right };
    Table {
        columns: vec![
            column("Fällig am", 24, false),
            column("Posten", 30, false),
            column("Abgabe", 0, false),
            column("Betrag in EUR", 30, true),
        ],
        rows,
        sum: Some(vec!["Summe".to_owned(), String::new(), String::new(), sum.german()]),
    }
}

/// Until when a transfer still counts; where that day is over, none should be made any more.
fn transferred(run: &RunRow, day: Date) -> Block {
    let last = last_day(run.due);
    let mut said: Vec<Run> = vec![plain("Haben Sie schon überwiesen? ")];
    if last >= day {
        said.extend([
            plain("Was spätestens am "),
            strong(german(last)),
            plain(" auf unserem Konto eingegangen ist, buchen wir nicht mehr ab. Bitte überweisen Sie danach nicht mehr: "),
        ]);
    } else {
        said.push(plain("Bitte überweisen Sie jetzt nicht mehr: "));
    }
    said.push(plain("Sonst zahlen Sie doppelt, und wir müssen Ihnen das Geld zurückgeben."));
    Block::Paragraph(said)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_transfer_is_in_time_as_long_as_its_statement_is_there_a_bank_day_before_the_file_goes() {
        for (due, last) in [
            ("2024-03-27", "2024-03-22"),
            ("2024-04-02", "2024-03-26"),
            ("2024-04-03", "2024-03-27"),
            ("2024-01-02", "2023-12-27"),
        ] {
            assert_eq!(last_day(due.parse().unwrap()), last.parse::<Date>().unwrap(), "{due}");
        }
    }
}
