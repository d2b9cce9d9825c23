//! `einmal remind`: fee-free reminders of what is due and cannot be debited (Zahlungserinnerung).
//!
//! Invariant: no letter without complete statements: money that nobody has seen could be there. Who was reminded of
//! what, and when, is a fact.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::ToSpan;
use jiff::civil::Date;
use ledger::gate::Refusal;
use ledger::plan::Reason;
use ledger::remind::{Now, Reminder, Skip, remind as decide};
use paper::{Block, Code, Letter, Payment, plain, strong};
use sepa::{Cents, target_day_before, target_day_on_or_after};
use serde_json::{Value, json};
use store::{ItemRow, Moment, ReminderRow};

use crate::base::aside::write_aside;
use crate::base::cells::harmless;
use crate::base::rights::Right;
use crate::base::shown::eur;
use crate::base::shown::german;
use crate::books::situation::Situation;
use crate::orders::collect::open_items;
use crate::orders::letterhead::{self, Print, Printed};
use crate::orders::notices::item_table;
use crate::orders::release::proofs;
use crate::{Error, Kasse, Result};

/// What was written, and of what nobody was reminded.
#[derive(Clone, Debug)]
pub struct Reminded {
    /// Letters, items, sum, files, and the due open items in no letter with their reason.
    pub told: Value,
    /// What the person who posts them must know.
    pub remarks: Vec<String>,
}

/// Days ahead that every bank can meet.
const MEETABLE: i32 = 10;

/// Writes a letter for each Kassenzeichen and creditor with due open items that no mandate can collect, and records it. `again`
/// also reminds those who were reminded a short time ago.
///
/// # Errors
/// [`Error::Refused`] while statements are missing or credits are undecided.
pub async fn remind(kasse: &Kasse, folder: &Path, who: &str, again: bool) -> Result<Reminded> {
    let ahead = {
        let mut tx = kasse.db.read().await?;
        let owing = Owing::find(kasse, &mut tx, again).await?;
        let head = store::head(&mut tx).await?;
        if owing.reminders.is_empty() { None } else { Some(owing.print(kasse, head, folder, None)?) }
    };
    let mut tx = kasse.write(Right::Plan, who, "remind", "").await?;
    let owing = Owing::find(kasse, &mut tx, again).await?;
    let Owing { situation, reminders, .. } = &owing;
    let mut files = Vec::new();
    let mut remarks = Vec::new();
    if !reminders.is_empty() {
        let number = store::reminder_batches(&mut tx, kasse.today).await? + 1;
        let base = folder.join(format!("erinnerungen_{}_{number}", kasse.today));
        let printed = owing.print(kasse, store::head(&mut tx).await?, folder, ahead)?;
        (files, remarks) = write(kasse, &base, &owing, printed)?;
        tx.add_reminders(&facts(kasse, reminders, who)).await?;
        let (cases, amount) = situation.residual();
        if cases > 0 {
            remarks.push(format!(
                "{cases} open cases over {amount} EUR have no complete hold: they could concern anybody who is reminded"
            ));
        }
        tx.commit(&format!("{} reminders", reminders.len())).await?;
    }
    Ok(Reminded { told: told(&owing, &files), remarks })
}

/// Who is to be reminded of what, and who is not.
struct Owing {
    situation: Arc<Situation>,
    reminders: Vec<Reminder>,
    skipped: Vec<(i64, Cents, Skip)>,
}

impl Owing {
    async fn find(kasse: &Kasse, tx: &mut impl Moment, again: bool) -> Result<Owing> {
        let situation = kasse.situation(tx).await?;
        // any day that every bank can meet: only what was seen of the money is asked
        let later = target_day_on_or_after(kasse.today.checked_add(MEETABLE.days()).unwrap_or(kasse.today));
        let missing = proofs(kasse, tx, &situation, later).await?;
        if !missing.is_empty() {
            let lines: Vec<String> = missing.iter().map(Refusal::to_string).collect();
            return Err(Error::Refused(format!("nobody is reminded: {}", lines.join("; "))));
        }
        let reminded: HashMap<String, Date> = store::reminded(tx).await?.into_iter().collect();
        let now = Now {
            today: kasse.today,
            seen: target_day_before(kasse.today),
            reminded: &reminded,
            deferrals: &situation.deferrals,
            hold_unknown_use: kasse.config.hold_unknown_use,
            least: kasse.config.least_amount,
            again_after: if again { 0 } else { kasse.config.letters.remind_again_days },
        };
        let (reminders, skipped) = decide(&open_items(&kasse.config, &situation), situation.plan_mandates(), &now);
        Ok(Owing { situation, reminders, skipped })
    }

    fn items(&self) -> HashMap<i64, &ItemRow> {
        self.situation.items.iter().map(|item| (item.id, item)).collect()
    }

    fn print(&self, kasse: &Kasse, head: (i64, String), folder: &Path, before: Option<Printed>) -> Result<Printed> {
        let items = self.items();
        let letter = |place: usize| Some(letter(kasse, &items, self.reminders.get(place)?));
        let meta = letterhead::meta(kasse, format!("Zahlungserinnerungen vom {}", german(kasse.today)), kasse.today);
        Printed::new(head, &Print { meta, folder, count: self.reminders.len(), letter: &letter }, before)
    }
}

fn facts(kasse: &Kasse, reminders: &[Reminder], who: &str) -> Vec<ReminderRow> {
    let fact = |(item, open, reason): &(i64, Cents, Reason)| ReminderRow {
        item: *item,
        amount: open.get(),
        day: kasse.today,
        reason: reason.word().to_owned(),
        actor: who.to_owned(),
    };
    reminders.iter().flat_map(|reminder| &reminder.items).map(fact).collect()
}

fn sum(reminder: &Reminder) -> Cents {
    Cents::new(reminder.items.iter().map(|(_, open, _)| open.get()).sum())
}

fn told(owing: &Owing, files: &[PathBuf]) -> Value {
    let (items, reminders) = (owing.items(), &owing.reminders);
    let of = |(item, open, skip): &(i64, Cents, Skip)| {
        let row = items.get(item)?;
        let case = if let Skip::Held(case) = skip { Some(*case) } else { None };
        let day = if let Skip::Reminded(day) = skip { Some(day.to_string()) } else { None };
        Some(json!({"kassenzeichen": row.kassenzeichen, "posten": row.posten, "amount": eur(open.get()),
            "reason": skip.word(), "case": case, "reminded": day}))
    };
    json!({
        "letters": reminders.len(),
        "items": reminders.iter().map(|reminder| reminder.items.len()).sum::<usize>(),
        "amount": eur(reminders.iter().map(|reminder| sum(reminder).get()).sum()),
        "files": files.iter().map(|file| file.display().to_string()).collect::<Vec<_>>(),
        "skipped": owing.skipped.iter().filter_map(of).collect::<Vec<_>>(),
    })
}

/// Writes list and letters; gives the files and what is to be said of them.
fn write(kasse: &Kasse, base: &Path, owing: &Owing, printed: Printed) -> Result<(Vec<PathBuf>, Vec<String>)> {
    let list = base.with_extension("csv");
    write_aside(&list, &csv(kasse, &owing.items(), &owing.reminders)?)?;
    let remarks = printed.unprintable.iter().cloned().collect();
    let letters = printed.keep(&base.with_extension("pdf"))?;
    Ok((std::iter::once(list).chain(letters).collect(), remarks))
}

fn rows<'a>(items: &HashMap<i64, &'a ItemRow>, reminder: &Reminder) -> Vec<(&'a ItemRow, Cents)> {
    reminder.items.iter().filter_map(|(item, open, _)| Some((*items.get(item)?, *open))).collect()
}

/// One row a letter, for a mail merge.
fn csv(kasse: &Kasse, items: &HashMap<i64, &ItemRow>, reminders: &[Reminder]) -> Result<Vec<u8>> {
    let mut writer = csv::WriterBuilder::new().delimiter(b';').from_writer(Vec::new());
    let internal = |error: csv::Error| Error::Internal(error.to_string());
    writer
        .write_record(["kassenzeichen", "schuldner", "anschrift", "betrag", "posten", "grund", "empfaenger", "iban"])
        .map_err(internal)?;
    for reminder in reminders {
        let rows = rows(items, reminder);
        let first = rows.first().map(|(item, _)| &item.said);
        let posten: Vec<&str> = rows.iter().map(|(item, _)| item.posten.as_str()).collect();
        let creditor = kasse.config.creditor_at(reminder.creditor);
        let mut why: Vec<&str> = reminder.items.iter().map(|(_, _, reason)| reason.word()).collect();
        why.dedup();
        let cells = [
            reminder.kassenzeichen.as_str(),
            first.map_or("", |said| &said.debtor),
            first.and_then(|said| said.address.as_deref()).unwrap_or_default(),
            &sum(reminder).german(),
            &posten.join(" "),
            &why.join(" "),
            kasse.config.holder(creditor),
            creditor.account.as_str(),
        ];
        writer.write_record(cells.map(|cell| harmless(cell).into_owned())).map_err(internal)?;
    }
    writer.into_inner().map_err(|error| Error::Internal(error.to_string()))
}

/// Why it is not debited, as the debtor reads it.
fn why(reason: Reason) -> &'static str {
    match reason {
        Reason::Revoked => "Das SEPA-Lastschriftmandat ist widerrufen; wir buchen deshalb nicht ab.",
        Reason::Lapsed => {
            "Das SEPA-Lastschriftmandat ist erloschen, weil es länger als 36 Monate nicht genutzt wurde; wir buchen deshalb nicht ab."
        }
        Reason::B2b => "Ihr SEPA-Firmenlastschriftmandat können wir zurzeit nicht nutzen; wir buchen deshalb nicht ab.",
        Reason::OutsideEea => "Von Ihrem Konto außerhalb des Europäischen Wirtschaftsraums können wir nicht abbuchen.",
        _ => "Uns liegt dafür kein SEPA-Lastschriftmandat vor, das wir nutzen können; wir buchen deshalb nicht ab.",
    }
}

fn letter(kasse: &Kasse, items: &HashMap<i64, &ItemRow>, reminder: &Reminder) -> Letter {
    let rows = rows(items, reminder);
    let debtor = rows.first().map(|(item, _)| &item.said);
    let name = debtor.map_or("", |said| &said.debtor);
    let mut reasons: Vec<&str> = reminder.items.iter().map(|(_, _, reason)| why(*reason)).collect();
    reasons.sort_unstable();
    reasons.dedup();
    let mut blocks = vec![
        Block::text("Guten Tag,"),
        Block::text(format!(
            "bis zum {} ist bei uns zu Ihrem Kassenzeichen {} das Folgende noch nicht eingegangen:",
            german(target_day_before(kasse.today)),
            reminder.kassenzeichen
        )),
        Block::Table(item_table(rows.iter().map(row).collect(), sum(reminder))),
        ask(kasse, reminder),
    ];
    blocks.push(Block::text(reasons.join(" ")));
    blocks.push(payment(kasse, reminder));
    blocks.push(Block::text(
        "Haben Sie inzwischen gezahlt? Dann betrachten Sie dieses Schreiben bitte als erledigt. Diese Erinnerung kostet Sie nichts: Wir erheben dafür keine Gebühr.",
    ));
    blocks.extend(letterhead::regards(kasse));
    let named = |name: &str, value: String| (name.to_owned(), value);
    Letter {
        sender: letterhead::sender(kasse),
        return_to: letterhead::return_to(kasse),
        address: letterhead::window(name, debtor.and_then(|said| said.address.as_deref())),
        reference: vec![named("Kassenzeichen", reminder.kassenzeichen.clone()), named("Datum", german(kasse.today))],
        subject: "Zahlungserinnerung".to_owned(),
        blocks,
        entry: format!("{} {name}", reminder.kassenzeichen),
    }
}

fn row((item, open): &(&ItemRow, Cents)) -> Vec<String> {
    let rest = if open.get() < item.said.amount { " (Rest)" } else { "" };
    vec![german(item.said.due), item.posten.clone(), format!("{}{rest}", item.said.kind), open.german()]
}

/// By when: nobody is written to again before that day.
fn ask(kasse: &Kasse, reminder: &Reminder) -> Block {
    let by = kasse.today.checked_add(kasse.config.letters.remind_again_days.max(7).days()).unwrap_or(Date::MAX);
    Block::Paragraph(vec![
        plain("Bitte überweisen Sie "),
        strong(format!("{}\u{a0}EUR", sum(reminder).german())),
        plain(" bis zum "),
        strong(german(by)),
        plain(" und geben Sie als Verwendungszweck nur Ihr Kassenzeichen an."),
    ])
}

/// What to transfer, to be read and to be scanned.
fn payment(kasse: &Kasse, reminder: &Reminder) -> Block {
    let amount = sum(reminder);
    let creditor = kasse.config.creditor_at(reminder.creditor);
    let payee = kasse.config.holder(creditor);
    let named = |name: &str, value: String| (name.to_owned(), value);
    let facts = vec![
        named("Empfänger", payee.to_owned()),
        named("IBAN", creditor.account.paper()),
        named("Betrag", format!("{} EUR", amount.german())),
        named("Verwendungszweck", reminder.kassenzeichen.clone()),
    ];
    let code = paper::payload(payee, &creditor.account, amount, &reminder.kassenzeichen)
        .and_then(|payload| Code::new(&payload));
    // an amount or a name beyond what a code may say is still to be transferred by hand
    match code {
        Ok(code) => Block::Payment(Payment { code, facts }),
        Err(why) => {
            tracing::warn!(kassenzeichen = reminder.kassenzeichen, "a letter without code: {why}");
            Block::Facts(facts)
        }
    }
}
