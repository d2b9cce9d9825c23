//! Our own payment files, imported: a run that restored books have forgotten is taken over as exported.
//!
//! Invariants: only locked books take such a file, where people are registered by two who may release, and nothing else makes a
//! run without planner and releaser; after it, nothing that a debit in the file takes can be debited by another run: its items are reserved, and where
//! it takes what is not free here, that is remembered and takes whatever becomes free (`situation::absorbed`). A file that is not
//! understood to the last debit is refused as a whole.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap, HashSet};

use jiff::civil::Date;
use kassenzeichen::canonical;
use ledger::gate::Stage;
use ledger::plan::Claim;
use sepa::{Cents, CreditorId};
use sepa_xml::{DirectDebit, DirectDebitFile, read_pain008};
use store::{ClaimRow, DebitRow, EventKind, EventSaid, FileKind, ItemRow, MandateRow, UnclaimedRow, WriteTx};

use crate::base::proving::two_people;
use crate::base::rights::Right;
use crate::books::excess::excess;
use crate::books::recount::{lower, recount};
use crate::books::situation::Situation;
use crate::intake::report::{FileReport, Source};
use crate::matching::verdicts::match_in;
use crate::runs::payment_file::{MESSAGE, prefix_of};
use crate::vault::instance;
use crate::{Config, Error, Kasse, Result};

/// Takes over what an own payment file says that the books do not know.
pub(crate) async fn import(tx: &mut WriteTx, kasse: &Kasse, source: &Source<'_>, bytes: &[u8]) -> Result<FileReport> {
    let file = read_pain008(bytes).map_err(|why| source.error(&why.to_string()))?;
    let prefix = prefix(&kasse.config, &file).map_err(|why| source.error(&why))?;
    let mut report = FileReport::new(source.name, "payments");
    // what the bank has taken back is free for what the file takes
    match_in(tx, kasse).await?;
    let situation = kasse.situation(tx).await?;
    let run = situation.debits.iter().find(|debit| debit.end_to_end_id.starts_with(&format!("{prefix}-")));
    let run = run.map(|debit| debit.run);
    let is_written = |stage: &Stage| matches!(stage, Stage::Exported | Stage::Sent | Stage::Settled);
    if !instance::is_locked(tx).await? {
        // whatever is in it, it changes nothing here
        if run.and_then(|run| situation.stages().get(&run)).is_some_and(is_written) && knows_all(&situation, &file) {
            report.known = debits(&file).count();
            return Ok(report);
        }
        return Err(source.error(
            "only books that were restored or copied, and that nobody has unlocked since, take a payment file of our own: these know what they have written",
        ));
    }
    answer_for(tx, kasse, source).await?;
    match run.and_then(|run| situation.stages().get(&run).copied()) {
        Some(Stage::Void) => {
            return Err(source.error("two people have said that it was never carried out: its run is void"));
        }
        Some(Stage::Exported | Stage::Sent | Stage::Settled) if knows_all(&situation, &file) => {
            report.known = debits(&file).count();
        }
        _ => {
            let run = take_over(tx, source, &situation, &file, &prefix, run).await?;
            recount(tx, kasse).await?;
            let situation = kasse.situation(tx).await?;
            report.warnings = excess(&situation).iter().filter(|row| row.is_of(run)).map(ToString::to_string).collect();
            report.added = debits(&file).count();
        }
    }
    let row = source.file(FileKind::Payments);
    tx.add_file(&row).await?;
    Ok(report)
}

/// Two people who may release answer for the file, where people are registered; elsewhere the two who unlock the books do.
async fn answer_for(tx: &mut WriteTx, kasse: &Kasse, source: &Source<'_>) -> Result<()> {
    match source.with {
        Some(with) => {
            two_people(source.who, with)?;
            kasse.with(tx, Right::Release, with).await
        }
        None if store::has_staff(tx).await? => Err(source.error(
            "two people who may release answer for a payment file of our own: `einmal import FILE --as A --with B`",
        )),
        None => Ok(()),
    }
}

fn debits(file: &DirectDebitFile) -> impl Iterator<Item = (Date, &DirectDebit)> {
    file.batches.iter().flat_map(|batch| batch.debits.iter().map(|debit| (batch.due, debit)))
}

/// What the ids of the file's run have in common: the code of the books that planned it, and its name there.
fn prefix(config: &Config, file: &DirectDebitFile) -> std::result::Result<String, String> {
    let is_own = |id: &CreditorId| config.creditors().any(|creditor| creditor.creditor_id.is_same_creditor(id));
    if let Some(other) = file.batches.iter().find(|batch| !is_own(&batch.creditor_id)) {
        return Err(format!("the creditor identifier {} is none of the settings", other.creditor_id));
    }
    let mut all = debits(file).map(|(_, debit)| prefix_of(debit.end_to_end.as_str()));
    let named = |prefix: &&str| file.message_id.strip_prefix(MESSAGE).is_some_and(|id| id.starts_with(prefix));
    match all.next().flatten().filter(named) {
        Some(prefix) if all.all(|other| other == Some(prefix)) => Ok(prefix.to_owned()),
        _ => Err("it is no payment file that this program wrote".to_owned()),
    }
}

fn knows_all(situation: &Situation, file: &DirectDebitFile) -> bool {
    let known: HashSet<&str> = situation.debits.iter().map(|debit| debit.end_to_end_id.as_str()).collect();
    debits(file).all(|(_, debit)| known.contains(debit.end_to_end.as_str()))
}

/// The books, by what a file names.
struct Index<'a> {
    situation: &'a Situation,
    mandates: HashMap<&'a str, Vec<&'a MandateRow>>,
    items: HashMap<String, Vec<&'a ItemRow>>,
    /// End-to-end id -> debit.
    debits: HashMap<&'a str, &'a DebitRow>,
}

/// A debit of the file and what the books know of it.
struct Found<'a> {
    debit: &'a DirectDebit,
    mandate: &'a MandateRow,
    /// Those whose due days its text names, or else all that are due; the newest first, for what was paid meanwhile was paid
    /// on the oldest (§ 225 AO).
    items: Vec<&'a ItemRow>,
    /// The row that was planned before the books were saved.
    known: Option<i64>,
}

impl Found<'_> {
    /// The row of a debit that the books do not know.
    fn row(&self, run: i64) -> DebitRow {
        DebitRow {
            id: 0,
            run,
            end_to_end_id: self.debit.end_to_end.to_string(),
            mandate: self.mandate.id,
            kassenzeichen: self.mandate.said.kassenzeichen.clone(),
        }
    }
}

impl<'a> Index<'a> {
    fn new(situation: &'a Situation) -> Index<'a> {
        let mut index = Index {
            situation,
            mandates: HashMap::new(),
            items: HashMap::new(),
            debits: situation.debits.iter().map(|debit| (debit.end_to_end_id.as_str(), debit)).collect(),
        };
        for row in situation.mandates.iter() {
            index.mandates.entry(&row.said.reference).or_default().push(row);
        }
        for item in situation.items.iter().filter(|item| item.said.fee.is_none()) {
            index.items.entry(canonical(&item.kassenzeichen)).or_default().push(item);
        }
        index
    }

    fn find(&self, due: Date, debit: &'a DirectDebit) -> std::result::Result<Found<'a>, String> {
        let missing = |what: &str| format!("debit {}: {what}: import the newest lists first", debit.end_to_end);
        let text = canonical(&debit.remittance);
        let rows = self.mandates.get(debit.mandate.as_str()).map(Vec::as_slice).unwrap_or_default();
        let named = rows.iter().find(|row| text.contains(&canonical(&row.said.kassenzeichen)));
        let mandate =
            named.or(rows.first()).ok_or_else(|| missing(&format!("mandate {} is not known", debit.mandate)))?;
        let own = canonical(&mandate.said.kassenzeichen);
        let mut items = self.items.get(&own).cloned().unwrap_or_default();
        if items.is_empty() {
            return Err(missing(&format!("{} has no items", mandate.said.kassenzeichen)));
        }
        items.sort_by_key(|item| (Reverse(item.said.due), item.id));
        let is_named = |item: &&ItemRow| debit.remittance.contains(&item.said.due.strftime("%d.%m.%y").to_string());
        let is_due = |item: &&ItemRow| item.said.due <= due;
        if items.iter().any(is_named) {
            items.retain(is_named);
        } else if items.iter().any(is_due) {
            items.retain(is_due);
        }
        let known = self.debits.get(debit.end_to_end.as_str()).map(|row| row.id);
        Ok(Found { debit, mandate, items, known })
    }
}

async fn take_over(
    tx: &mut WriteTx,
    source: &Source<'_>,
    situation: &Situation,
    file: &DirectDebitFile,
    prefix: &str,
    run: Option<i64>,
) -> Result<i64> {
    let due = file.batches.first().map(|batch| batch.due).ok_or_else(|| source.error("it has no batch"))?;
    let index = Index::new(situation);
    let found: std::result::Result<Vec<Found<'_>>, String> =
        debits(file).map(|(due, debit)| index.find(due, debit)).collect();
    let found = found.map_err(|why| source.error(&why))?;
    let is_whole = file.message_id == format!("{MESSAGE}{prefix}");
    let less = given_up(&index, &found, run.filter(|_| is_whole));
    lower(tx, situation, &less).await?;
    let run = match run {
        Some(run) => run,
        None => {
            let actor = tx.act().actor.clone();
            tx.add_run(&free_name(situation, prefix), due, &actor).await?
        }
    };
    let mut rooms = Rooms::new(situation, &less);
    let new: Vec<DebitRow> = found.iter().filter(|one| one.known.is_none()).map(|one| one.row(run)).collect();
    let mut ids = tx.add_debits(&new).await?..;
    let (mut claims, mut unclaimed) = (Vec::new(), Vec::new());
    for one in &found {
        let debit = one.known.or_else(|| ids.next()).ok_or_else(|| Error::Internal("a debit without id".to_owned()))?;
        rooms.take(debit, one, &mut claims, &mut unclaimed);
    }
    tx.add_claims(&claims).await?;
    tx.add_unclaimed(&unclaimed).await?;
    let said = EventSaid { sha256: Some(&source.sha256), second: source.with, note: Some(source.name) };
    tx.add_event(run, EventKind::TakenOver, said).await?;
    Ok(run)
}

/// What runs that have not left the house take no more: of items that the file debits, and what the file's own run took
/// beyond it.
fn given_up(index: &Index<'_>, found: &[Found<'_>], whole_run: Option<i64>) -> Vec<Claim> {
    let own = needed(index.situation, found);
    let mut stays: HashMap<i64, i64> =
        found.iter().filter_map(|one| Some((one.known?, one.debit.amount.get()))).collect();
    let (stages, runs) = (index.situation.stages(), index.situation.run_of_debit());
    let mut less = Vec::new();
    let due: HashMap<i64, Date> = index.situation.items.iter().map(|item| (item.id, item.said.due)).collect();
    let mut claimed: Vec<_> = index.situation.claimed().iter().map(|(key, amount)| (*key, *amount)).collect();
    // what was paid meanwhile was paid on the oldest first (§ 225 AO): a debit that fell takes the newest whole
    claimed.sort_by_key(|((debit, item), _)| (*debit, Reverse(due.get(item).copied()), *item));
    for ((debit, item), amount) in claimed {
        let run = runs.get(&debit);
        if !run.and_then(|run| stages.get(run)).is_some_and(|stage| stage.yields_to_money()) {
            continue;
        }
        let beyond = match stays.get_mut(&debit) {
            Some(rest) => {
                let kept = amount.min(*rest);
                *rest -= kept;
                amount - kept
            }
            None if own.contains(&item) || (whole_run.is_some() && run.copied() == whole_run) => amount,
            None => 0,
        };
        if beyond > 0 {
            less.push(Claim { debit, item, amount: Cents::new(beyond) });
        }
    }
    less
}

/// The items that debits of the file must find room on, as far as what the books know them to claim does not make their amounts.
fn needed(situation: &Situation, found: &[Found<'_>]) -> HashSet<i64> {
    let (stages, runs, claimed) = (situation.stages(), situation.run_of_debit(), situation.claimed());
    let yields = |debit: &i64| runs.get(debit).and_then(|run| stages.get(run)).is_some_and(|run| run.yields_to_money());
    let mut yielding: HashMap<i64, i64> = HashMap::new();
    for ((_, item), amount) in claimed.iter().filter(|((debit, _), _)| yields(debit)) {
        *yielding.entry(*item).or_default() += amount;
    }
    let made = made(situation);
    let mut needed = HashSet::new();
    for one in found {
        let known = one.known.map(|debit| claimed.range((debit, i64::MIN)..=(debit, i64::MAX)));
        let mut rest = one.debit.amount.get() - known.into_iter().flatten().map(|(_, amount)| amount).sum::<i64>();
        for item in one.items.iter().filter(|item| one.known.is_none_or(|debit| !made.contains(&(debit, item.id)))) {
            let room = situation.open_of(item.id) + yielding.get(&item.id).copied().unwrap_or(0);
            if rest > 0 && room > 0 {
                rest -= room;
                needed.insert(item.id);
            }
        }
    }
    needed
}

/// Debit and item of each claim that was ever made; none is made twice.
fn made(situation: &Situation) -> HashSet<(i64, i64)> {
    situation.claims.iter().map(|claim| (claim.debit, claim.item)).collect()
}

/// The run's name in the books that planned it, unless another run has it here.
fn free_name(situation: &Situation, prefix: &str) -> String {
    let (code, name) = prefix.split_once('-').unwrap_or(("", prefix));
    match situation.runs.iter().any(|run| run.name == name) {
        false => name.to_owned(),
        true => format!("{name}-{code}"),
    }
}

/// What is claimed, and what is still free of each item: no item is in two debits.
struct Rooms<'a> {
    situation: &'a Situation,
    claimed: BTreeMap<(i64, i64), i64>,
    taken: HashSet<i64>,
    made: HashSet<(i64, i64)>,
    freed: HashMap<i64, i64>,
}

impl Rooms<'_> {
    fn new<'a>(situation: &'a Situation, less: &[Claim]) -> Rooms<'a> {
        let (mut claimed, mut freed) = (situation.claimed().clone(), HashMap::new());
        for claim in less {
            *claimed.entry((claim.debit, claim.item)).or_insert(0) -= claim.amount.get();
            *freed.entry(claim.item).or_insert(0) += claim.amount.get();
        }
        let (stages, runs) = (situation.stages(), situation.run_of_debit());
        let lives =
            |debit: &i64| runs.get(debit).and_then(|run| stages.get(run)).is_some_and(|stage| stage.is_living());
        claimed.retain(|(debit, _), amount| *amount != 0 && lives(debit));
        let taken = claimed.keys().map(|(_, item)| *item).collect();
        Rooms { situation, claimed, taken, made: made(situation), freed }
    }

    /// Adds what a debit claims beside what it claims already, and for which items it takes what finds none.
    fn take(&mut self, debit: i64, found: &Found<'_>, claims: &mut Vec<ClaimRow>, unclaimed: &mut Vec<UnclaimedRow>) {
        let own = self.claimed.range((debit, i64::MIN)..=(debit, i64::MAX));
        let mut takes: HashMap<i64, i64> = own.map(|((_, item), amount)| (*item, *amount)).collect();
        let known = takes.values().sum::<i64>() + self.situation.absorbed().beside(debit);
        let mut rest = found.debit.amount.get() - known;
        for item in &found.items {
            let free = self.situation.open_of(item.id) + self.freed.get(&item.id).copied().unwrap_or(0);
            let amount = free.min(rest);
            if amount > 0 && !self.made.contains(&(debit, item.id)) && self.taken.insert(item.id) {
                rest -= amount;
                takes.insert(item.id, amount);
                claims.push(ClaimRow { id: 0, debit, item: item.id, amount, cause: "planned".to_owned() });
            }
        }
        for item in &found.items {
            let most = item.highest - takes.get(&item.id).copied().unwrap_or(0);
            let amount = most.min(rest);
            if amount > 0 {
                rest -= amount;
                unclaimed.push(UnclaimedRow { debit, item: item.id, amount });
            }
        }
        if rest > 0 {
            beyond_all(debit, rest, found, unclaimed);
        }
    }
}

/// What a debit takes beyond all that was ever assessed is for the first of its items too.
fn beyond_all(debit: i64, rest: i64, found: &Found<'_>, unclaimed: &mut Vec<UnclaimedRow>) {
    let Some(first) = found.items.first() else { return };
    match unclaimed.iter_mut().find(|row| row.debit == debit && row.item == first.id) {
        Some(row) => row.amount += rest,
        None => unclaimed.push(UnclaimedRow { debit, item: first.id, amount: rest }),
    }
}
