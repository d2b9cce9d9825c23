//! `einmal guard`: checks a direct-debit file of another system and writes it without what was paid.
//!
//! It decides nothing: the file becomes lists, the statements are imported and matched as in any books, and what the rules say
//! of the items becomes of the debits. Invariants: nothing is written unless the whole file was understood and the statements
//! are complete; a debit that anything speaks against is not in the file.

use std::path::Path;

use jiff::civil::Date;
use ledger::chain::Missing;
use sepa::target_day_before;
use sepa_xml::{ForeignFile, NewIds, Rewrite, Rewritten, bank_objections};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::check_options::{GuardOptions, Partial};
use super::fates::{self, Doubt, Outcome};
use super::known::Known;
use super::original::{self, Original};
use super::other_money::OtherMoney;
use super::outputs::{Outputs, beside, refuse_known};
use super::owed::{AllOwed, owed};
use super::own::Asked;
use super::own_books::OwnBooks;
use super::report::{self, Fate, Told, Totals};
use super::scratch_books::{self, ScratchBooks};
use super::sheet::{self, Facts, Written};
use super::statements;
use super::strangers::{self, Elsewhere, Strangers};
use crate::base::day::local;
use crate::base::shown::hex;
use crate::books::situation::{Situation, ways_on};
use crate::intake::report::Progress;
use crate::matching::verdicts::match_all;
use crate::reports::table::csv;
use crate::{Error, Kasse, Result};

/// What a check came to.
#[derive(Clone, Debug)]
pub struct Guarded {
    /// The contract's JSON.
    pub value: Value,
    /// The rows of debits that are not kept as they were.
    pub touched: Vec<Value>,
    /// Whether nothing was removed, lowered or held.
    pub is_clean: bool,
}

/// Checks a file as of a business date; `now` is the wall clock, UTC, RFC 3339. Where the town's own books are there (`own`), it is
/// held against these too; nothing is written into them.
///
/// # Errors
/// [`Error::File`] for a file that was not understood, with lines; [`Error::Refused`] where the statements are not complete.
/// Nothing is written then.
pub async fn guard(
    path: &Path,
    options: &GuardOptions,
    own: Option<&Kasse>,
    (today, now): (Date, &str),
    progress: &dyn Progress,
) -> Result<Guarded> {
    let limits = camt::Limits::default();
    refuse_outputs(options)?;
    let original = original::read(path, &limits)?;
    let mut own = match own {
        Some(kasse) => Some(OwnBooks::load(kasse, &original).await?),
        None => None,
    };
    refuse_without_statements(options, own.as_ref())?;
    let owed = owed(&original.file, today);
    let known = Known::new(&original.file, &owed);
    let mut strangers = Strangers::new(&known);
    let mut surveyed = statements::survey(&options.statements, &limits, &mut strangers)?;
    if let Some(own) = &own {
        own.show(&mut strangers);
        surveyed.accounts.extend(&own.accounts);
    }
    refuse_another_creditor(&original, &surveyed)?;
    let (money, levies) = (strangers.other_money(), strangers.levies());
    let strangers = strangers.all();
    let elsewhere = strangers::elsewhere(&strangers);
    let books = scratch_books::make(
        &original.file,
        &owed,
        (&strangers, levies),
        &surveyed,
        own.as_mut(),
        (today, now),
        progress,
    )
    .await?;
    match_all(&books.kasse).await?;
    let mut checked = Checked::load(&books, &owed, elsewhere, (&original.file, &known, &money)).await?;
    if let Some(own) = &own {
        own.amend(&mut checked.outcomes, &original.file, &owed);
        checked.asked = Some(own.asked());
        own.number(&mut checked.outcomes, &mut checked.residual);
    }
    let told = told(&original, &owed, &checked.outcomes, options);
    let outcome = finish(&original, &owed, &checked, &told, options, (today, now));
    drop(told);
    books.end().await;
    outcome
}

/// The numbering schemes that the references in a direct-debit file are of: an object each.
///
/// # Errors
/// [`Error::File`] for a file that was not understood, with lines.
pub fn learn_schemes(path: &Path, today: Date) -> Result<Vec<Value>> {
    let original = original::read(path, &camt::Limits::default())?;
    Ok(report::schemes(&owed(&original.file, today)))
}

/// What the rules said.
struct Checked {
    outcomes: Vec<Outcome>,
    residual: Vec<Doubt>,
    /// What the imports remarked.
    remarks: Vec<String>,
    /// Direct debits in one sum of which nobody says whose they are: how many, their sum, the first one's day.
    foreign: Option<(usize, sepa::Cents, Date)>,
    /// What was paid under numbers that are none of the file's.
    elsewhere: Elsewhere,
    /// The accounts, and the day up to which each is complete.
    accounts: Vec<(String, Date)>,
    first: Option<Date>,
    /// Which books were asked.
    asked: Option<Asked>,
}

impl Checked {
    async fn load(
        books: &ScratchBooks,
        owed: &AllOwed,
        elsewhere: Elsewhere,
        (file, known, money): (&ForeignFile, &Known<'_>, &OtherMoney),
    ) -> Result<Checked> {
        let kasse = &books.kasse;
        let mut tx = kasse.db.read().await?;
        let chains = kasse.chains(&mut tx).await?;
        let needed = target_day_before(kasse.today);
        let missing = |chain: &ledger::chain::Chain| {
            let account = chain.account.clone();
            let own: Vec<Missing> = chain.missing(needed);
            own.into_iter().map(move |missing| format!("account {account}: {missing}")).collect::<Vec<_>>()
        };
        let gaps: Vec<String> = chains.iter().flat_map(missing).collect();
        if !gaps.is_empty() {
            let ways = ways_on(&chains, needed);
            let all: Vec<String> = gaps.into_iter().chain(ways).collect();
            return Err(Error::Refused(format!("the statements are not complete: {}", all.join("; "))));
        }
        let situation: &Situation = &*kasse.situation(&mut tx).await?;
        let mut outcomes = fates::outcomes(kasse, situation, owed);
        let mut residual = fates::residual(situation, known);
        let senders = fates::senders(kasse, situation, known);
        fates::let_go(&mut outcomes, &mut residual, &senders, &known.all, money);
        fates::hold_told(&mut outcomes, &residual, &fates::cases(situation), file, known);
        Ok(Checked {
            outcomes,
            residual,
            remarks: books.remarks.clone(),
            foreign: situation.foreign_sums(kasse),
            elsewhere,
            accounts: chains
                .iter()
                .filter_map(|chain| Some((chain.account.clone(), chain.ranges.last()?.last)))
                .collect(),
            asked: None,
            first: chains.iter().filter_map(|chain| Some(chain.ranges.first()?.first)).max(),
        })
    }
}

/// Without any statement nothing of what was paid can be seen.
fn refuse_without_statements(options: &GuardOptions, own: Option<&OwnBooks<'_>>) -> Result<()> {
    if !options.statements.is_empty() || own.is_some_and(OwnBooks::has_bookings) {
        return Ok(());
    }
    let why = "without statements nothing of what was paid can be seen: give some, or ask books that have some";
    Err(Error::Refused(why.to_owned()))
}

/// The creditor's account must be one of those whose statements are there, or nothing of what was paid can be seen.
fn refuse_another_creditor(original: &Original, surveyed: &statements::Surveyed) -> Result<()> {
    let missing = original.file.batches.iter().find(|batch| !surveyed.accounts.contains(&batch.account));
    missing.map_or(Ok(()), |batch| {
        let (line, account) = (batch.line, batch.account);
        let why = format!(
            "line {line}: it collects for the account {account}, and there is no statement of that one: is it another creditor's file, or do statements lack?"
        );
        Err(Error::file(&original.name, why))
    })
}

/// The fate of each debit.
fn told<'a>(
    original: &'a Original,
    owed: &'a AllOwed,
    outcomes: &'a [Outcome],
    options: &GuardOptions,
) -> Vec<Told<'a>> {
    let debits = original.file.debits().zip(&owed.debits).zip(outcomes);
    let told = |((debit, owed), outcome): ((&'a sepa_xml::ForeignDebit, _), &'a Outcome)| {
        let is_sure = outcome.doubts.is_empty() && outcome.reasons.is_empty() && outcome.own.doubts.is_empty();
        let rest = debit.amount.checked_sub(outcome.paid).unwrap_or(sepa::Cents::ZERO);
        let fate = match outcome.paid > sepa::Cents::ZERO {
            true if outcome.is_guessed || outcome.may_be_given_back() => Fate::Held,
            true if options.partial == Partial::Reduce && is_sure && rest > sepa::Cents::ZERO => Fate::Reduced(rest),
            true => Fate::Removed,
            false if is_sure => Fate::Kept,
            false => Fate::Held,
        };
        Told { debit, owed, outcome, fate }
    };
    debits.map(told).collect()
}

/// No file is written over another.
fn refuse_outputs(options: &GuardOptions) -> Result<()> {
    let out = options.out.iter().flat_map(|out| match options.already_sent {
        true => vec![out.clone()],
        false => vec![out.clone(), beside(out, "held.xml"), beside(out, "txt"), beside(out, "pdf")],
    });
    out.chain(options.report.clone()).try_for_each(|path| refuse_known(&path))
}

fn finish(
    original: &Original,
    owed: &AllOwed,
    checked: &Checked,
    told: &[Told<'_>],
    options: &GuardOptions,
    (today, now): (Date, &str),
) -> Result<Guarded> {
    let totals = Totals::of(told)?;
    let objections = bank_objections(&original.file, today);
    let rows: Vec<Value> = told.iter().map(Told::row).collect();
    let touched: Vec<Value> =
        told.iter().zip(&rows).filter(|(told, _)| told.fate != Fate::Kept).map(|(_, row)| row.clone()).collect();
    let mut outputs = Outputs::default();
    let mut written: Vec<Written> = Vec::new();
    if let Some(out) = &options.out {
        if options.already_sent {
            outputs.add(out, &csv(&recalls(original, told)))?;
        } else {
            written = files(original, told, out, options, (today, now))?;
            written.iter().try_for_each(|file| outputs.add(&file.path, &file.content.bytes))?;
        }
    }
    let facts = Facts {
        original,
        owed,
        told,
        totals: &totals,
        written: &written,
        objections: &objections,
        residual: &checked.residual,
        foreign: checked.foreign,
        elsewhere: checked.elsewhere,
        remarks: checked.remarks.len(),
        accounts: &checked.accounts,
        first: checked.first,
        options,
        today,
        asked: checked.asked.as_ref(),
    };
    let value = json!({
        "file": original.name,
        "sha256": original.sha256,
        "message_id": original.file.message_id.value,
        "all": totals.all.json(),
        "kept": totals.kept.json(),
        "removed": totals.removed.json(),
        "reduced": totals.reduced.json(),
        "held": totals.held.json(),
        "written": written.iter().map(Written::json).collect::<Vec<_>>(),
        "complete_from": checked.first.map(|day| day.to_string()),
        "complete_to": checked.accounts.iter().map(|(_, day)| *day).min().map(|day| day.to_string()),
        "schemes": report::schemes(owed),
        "without_kassenzeichen": report::without_text(owed),
        "bank_would_say": report::objections(&objections),
        "books": checked.asked.as_ref().map(Asked::json),
        "cautions": cautions(checked),
        "elsewhere": json!({
            "numbers": checked.elsewhere.numbers,
            "payments": checked.elsewhere.payments,
            "amount": checked.elsewhere.sum.to_string(),
        }),
        "residual": checked.residual.iter().map(report::doubt).collect::<Vec<_>>(),
        "debits": rows,
    });
    if let Some(out) = options.out.as_ref().filter(|_| !options.already_sent) {
        let (pdf, text) = sheet::control_sheet(&facts)?;
        outputs.add(&beside(out, "txt"), text.as_bytes())?;
        outputs.add(&beside(out, "pdf"), &pdf)?;
    }
    if let Some(path) = &options.report {
        outputs.add(path, &report_file(path, &value, &rows, &facts)?)?;
    }
    outputs.place()?;
    Ok(Guarded { is_clean: touched.is_empty(), value, touched })
}

/// What whoever signs must know of the statements.
fn cautions(checked: &Checked) -> Vec<String> {
    let foreign = checked.foreign.map(|(count, sum, first)| {
        format!(
            "{count} credits for direct debits without details, {sum} EUR from {first} on: if one of them is of this file, it is at the bank already"
        )
    });
    foreign.into_iter().chain(checked.remarks.iter().cloned()).collect()
}

/// A report in the form that its name asks for.
fn report_file(path: &Path, value: &Value, rows: &[Value], facts: &Facts<'_>) -> Result<Vec<u8>> {
    let ending = path.extension().map(|ending| ending.to_ascii_lowercase().to_string_lossy().into_owned());
    match ending.as_deref() {
        Some("csv") => Ok(csv(rows)),
        Some("json") => serde_json::to_vec_pretty(value).map_err(|error| Error::Internal(error.to_string())),
        Some("pdf") => sheet::report(facts),
        _ => Err(Error::Refused(format!("{}: a report is a file .csv, .json or .pdf", path.display()))),
    }
}

/// What the bank is asked to give back, where the original may be there already.
fn recalls(original: &Original, told: &[Told<'_>]) -> Vec<Value> {
    let batches = original.file.batches.iter();
    let batch_of = batches.flat_map(|batch| std::iter::repeat_n(batch, batch.debits.len()));
    let touched = told.iter().zip(batch_of).filter(|(told, _)| told.fate != Fate::Kept);
    touched
        .map(|(told, batch)| {
            json!({
                "message_id": original.file.message_id.value,
                "payment_id": batch.id.as_ref().map(|id| id.value.clone()),
                "end_to_end_id": told.debit.end_to_end,
                "mandate": told.debit.mandate,
                "collection_date": batch.due.value.to_string(),
                "amount": told.debit.amount.to_string(),
                "debtor": told.debit.debtor,
                "iban": told.debit.iban.to_string(),
                "fate": told.fate.word(),
                "why": told.why(),
            })
        })
        .collect()
}

/// The file of what is kept, and the one of what is held; none that would hold nothing.
fn files(
    original: &Original,
    told: &[Told<'_>],
    out: &Path,
    options: &GuardOptions,
    (today, now): (Date, &str),
) -> Result<Vec<Written>> {
    use sepa_xml::Fate as Cut;
    let kept: Vec<Cut> = told
        .iter()
        .map(|told| match told.fate {
            Fate::Kept => Cut::Kept,
            Fate::Reduced(rest) => Cut::Reduced(rest),
            Fate::Removed | Fate::Held => Cut::Cut,
        })
        .collect();
    let held: Vec<Cut> = told.iter().map(|told| if told.fate == Fate::Held { Cut::Kept } else { Cut::Cut }).collect();
    let ids = |purpose: &str| new_ids(original, purpose, (today, now));
    let clean_ids = if options.keep_ids { None } else { Some(ids("clean")?) };
    let plans = [
        (out.to_owned(), kept, clean_ids, None, false),
        (beside(out, "held.xml"), held, Some(ids("held")?), options.due, true),
    ];
    let mut written = Vec::new();
    for (path, fates, ids, due, is_held) in plans {
        let how = Rewrite { fates: &fates, ids, due, as_08: options.as_08 };
        let content: Option<Rewritten> =
            sepa_xml::rewrite(&original.bytes, &original.file, &how).map_err(|why| Error::file(&original.name, why))?;
        written.extend(content.map(|content| Written {
            sha256: hex(&Sha256::digest(&content.bytes)),
            message_id: how.ids.as_ref().map_or(&original.file.message_id.value, |ids| &ids.message_id).clone(),
            path,
            content,
            is_held,
        }));
    }
    Ok(written)
}

/// Ids that no other file has: of the original, what it is for, and the moment.
fn new_ids(original: &Original, purpose: &str, (today, now): (Date, &str)) -> Result<NewIds> {
    let hash = hex(&Sha256::digest(format!("{} {purpose} {today} {now}", original.sha256)));
    let hash = hash.get(..10).unwrap_or_default().to_ascii_uppercase();
    let hour = local(now)?.datetime().time().strftime("%H:%M:%S").to_string();
    Ok(NewIds { message_id: format!("G{}-{hash}", today.strftime("%Y%m%d")), created: format!("{today}T{hour}") })
}
