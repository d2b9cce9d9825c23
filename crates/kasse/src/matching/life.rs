//! What became of our debits, as the bookings tell: which credit settles them, which booking took one back.
//!
//! Turns rows into the words of `ledger::life`, and stores what is new. Invariants: only booked entries that add up are stored,
//! each debit once; what ends a debit holds its items until a person agrees to another try.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use ledger::holds::HoldReason;
use ledger::life::{Batch, Credit, Debit, Debits, Doubt, Life, Settlement, Taken, TakenBack, settlements, taken_back};
use ledger::return_reasons::{self, Next};
use ledger::returns::Says;
use sepa::Cents;
use store::{BookingRow, DebitRow, HandHoldRow, LifeKind, LifeRow, WriteTx};

use crate::books::situation::Situation;
use crate::matching::evidence::{Evidence, Outcome};
use crate::matching::pairs::{is_collected, references, said_of, text_of};
use crate::matching::refunds;
use crate::runs::handed::{Out, out};
use crate::{Kasse, Result};

/// What bookings do to debits of ours.
#[derive(Default)]
pub(crate) struct Lives {
    /// Credit -> what it settles.
    pub(crate) settled: HashMap<i64, Settlement>,
    /// Outgoing booking -> what it takes back.
    pub(crate) back: HashMap<i64, TakenBack>,
    /// Debit -> what its file takes.
    amounts: HashMap<i64, Cents>,
}

impl Lives {
    pub(crate) fn new(kasse: &Kasse, situation: &Situation) -> Lives {
        let handed = out(kasse, situation);
        if handed.is_empty() {
            return Lives::default();
        }
        let (mut batches, mut debits) = (Vec::new(), Vec::new());
        for run in &handed {
            for (id, own) in &run.batches {
                let place = batches.len();
                let (due, written) = (run.run.due, run.written);
                batches.push(Batch { run: run.run.id, message: &run.message, id, due, written, is_void: run.is_void });
                debits.extend(own.iter().map(|(row, amount)| debit(situation, row, place, *amount)));
            }
        }
        let index = Debits::new(&debits, &batches);
        let is_told = |row: &&BookingRow| !situation.is_posted_before(row) && !row.provisional;
        let own = OwnIds::new(kasse, &handed);
        let credits = situation.bookings.iter().filter(is_told).filter(|row| own.may_settle(row));
        let credits = credits.map(|row| own.credit(row));
        let taken = situation.bookings.iter().filter(is_told).filter(|row| may_take_back(row));
        let taken = taken.map(|row| taken_of(situation, row));
        let mut settled = settlements(&index, &credits.collect::<Vec<_>>());
        let stands: HashSet<i64> = debits.iter().filter_map(|debit| debit.life.settled).collect();
        for (booking, settlement) in settled.iter_mut().filter(|(booking, _)| !stands.contains(booking)) {
            let is_unfit = situation.bookings.by_id(*booking).is_some_and(|row| row.finding.is_some());
            if is_unfit && matches!(settlement, Settlement::Of(_)) {
                *settlement = Settlement::Unfit;
            }
        }
        Lives {
            settled,
            back: taken_back(&index, &taken.collect::<Vec<_>>()),
            amounts: debits.iter().map(|debit| (debit.id, debit.amount)).collect(),
        }
    }

    /// Whether a credit concerns debits of ours, and a person must say what it is.
    pub(crate) fn differs(&self, booking: i64) -> bool {
        self.settled.get(&booking).is_some_and(|settlement| !matches!(settlement, Settlement::Of(_)))
    }

    /// What a debit takes whose file may have gone to the bank.
    pub(crate) fn amount_of(&self, debit: i64) -> Option<Cents> {
        self.amounts.get(&debit).copied()
    }

    /// Whether a credit concerns debits of ours: then it is nobody's payment.
    pub(crate) fn concerns(&self, booking: i64) -> bool {
        self.settled.contains_key(&booking)
    }

    /// What an outgoing booking does to debits of ours: it takes them back, or what speaks against that.
    pub(crate) fn judged(&self, booking: i64) -> Option<std::result::Result<(), Doubt>> {
        self.back.get(&booking).map(|back| match back {
            TakenBack::Of { .. } => Ok(()),
            TakenBack::Doubt(doubt, _) => Err(*doubt),
        })
    }

    /// The debits about which an outgoing booking leaves a doubt: of a file that was carried out though it is void, all.
    pub(crate) fn in_doubt(&self, situation: &Situation, booking: i64) -> BTreeSet<i64> {
        match self.back.get(&booking) {
            Some(TakenBack::Doubt(Doubt::Void, debits)) => {
                let runs = debits.iter().filter_map(|debit| situation.run_of_debit().get(debit));
                runs.flat_map(|run| debits_of(situation, *run)).collect()
            }
            Some(TakenBack::Doubt(_, debits)) => debits.iter().copied().collect(),
            _ => BTreeSet::new(),
        }
    }

    /// Whether a credit is for a run of ours, and adds up.
    pub(crate) fn settles(&self, booking: i64) -> bool {
        matches!(self.settled.get(&booking), Some(Settlement::Of(_)))
    }
}

fn debit<'a>(situation: &'a Situation, row: &'a DebitRow, batch: usize, amount: Cents) -> Debit<'a> {
    let mandate = situation.mandate_rows.get(&row.mandate).map_or("", |mandate| mandate.said.reference.as_str());
    let life = situation.life_of(row.id);
    // a sum for which its details stand by now says nothing any more: they say the same
    let stands = |booking: &i64| situation.bookings.by_id(*booking).is_some();
    let (settled, returned) = (life.settled.filter(stands), life.returned.filter(stands));
    let life = Life { settled, returned, ..life };
    Debit { id: row.id, batch, end_to_end: &row.end_to_end_id, mandate, amount, life }
}

/// What names files, batches and debits of ours, and whose accounts are the town's.
struct OwnIds<'h> {
    kasse: &'h Kasse,
    files: HashSet<String>,
    debits: HashSet<&'h str>,
}

impl<'h> OwnIds<'h> {
    fn new(kasse: &'h Kasse, handed: &'h [Out<'_>]) -> OwnIds<'h> {
        let ids = |run: &'h Out<'_>| std::iter::once(&run.message).chain(run.batches.iter().map(|(id, _)| id));
        let files = handed.iter().flat_map(ids).filter(|id| !id.is_empty()).map(|id| id.to_uppercase());
        let debits = handed.iter().flat_map(|run| &run.batches).flat_map(|(_, debits)| debits);
        let debits = debits.map(|(row, _)| row.end_to_end_id.as_str()).collect();
        OwnIds { kasse, files: files.collect(), debits }
    }

    /// Whether a credit can concern direct debits of ours: by its codes; where they say nothing and nobody is named who paid,
    /// because it names a file of ours; where something comes back, because it names a debit of ours.
    fn may_settle(&self, row: &BookingRow) -> bool {
        if row.amount <= 0 || is_collected(row) {
            return row.amount > 0;
        }
        let references = references(row);
        if comes_back(row) {
            return references.iter().any(|id| self.debits.contains(id));
        }
        let is_bare = matches!(row.class.as_str(), "unknown" | "batch") && !self.names_a_payer(row);
        is_bare && references.iter().any(|id| self.files.contains(&id.to_uppercase()))
    }

    fn names_a_payer(&self, row: &BookingRow) -> bool {
        row.counterparty_iban.as_deref().is_some_and(|iban| self.kasse.config.own_account(iban).is_none())
    }

    fn credit<'r>(&self, row: &'r BookingRow) -> Credit<'r> {
        Credit {
            id: row.id,
            booked: row.booked,
            amount: Cents::new(row.amount),
            references: references(row),
            text: text_of(row),
            announced: row.announced.and_then(|count| usize::try_from(count).ok()),
            is_bare: references(row).is_empty() && !self.names_a_payer(row) && row.mandate_reference.is_none(),
            comes_back: comes_back(row),
        }
    }
}

/// Whether a credit's codes say that something comes back to us.
fn comes_back(row: &BookingRow) -> bool {
    matches!(row.class.as_str(), "direct-debit return" | "reversal" | "transfer return") && row.amount > 0
}

/// A fee on a line of its own takes nothing back, whatever it names.
fn may_take_back(row: &BookingRow) -> bool {
    row.amount < 0 && !matches!(row.class.as_str(), "fee" | "interest")
}

fn taken_of<'a>(situation: &Situation, row: &'a BookingRow) -> Taken<'a> {
    let is_euro = row.original_currency.as_deref().is_none_or(|currency| currency == "EUR");
    Taken {
        id: row.id,
        amount: Cents::new(-row.amount),
        original: row.original_amount.filter(|_| is_euro).map(|amount| Cents::new(amount.abs())),
        booked: row.booked,
        references: references(row),
        text: text_of(row),
        mandate: row.mandate_reference.as_deref().filter(|id| *id != "NOTPROVIDED"),
        says_back: said_of(situation, row) != Says::Nothing,
        is_transfer: matches!(row.class.as_str(), "credit transfer" | "instant" | "standing order" | "batch"),
        names_another: row.end_to_end_id.as_deref().is_some_and(|id| !matches!(id, "" | "NOTPROVIDED" | "NONREF")),
        is_unfit: row.finding.is_some(),
    }
}

/// The verdicts on credits for runs of ours that do not add up, and that no person has decided.
pub(crate) fn differing(situation: &Situation, lives: &Lives) -> Vec<Outcome> {
    let by_person = |booking: i64| situation.verdicts.get(&booking).is_some_and(|verdict| verdict.said.by_person);
    let named = |run: i64| situation.runs.iter().find(|own| own.id == run).map_or("", |own| own.name.as_str());
    let differing = situation.bookings.iter().filter(|row| !by_person(row.id)).filter_map(|row| {
        let amount = Cents::new(row.amount);
        let (ground, because, held) = match lives.settled.get(&row.id)? {
            Settlement::Of(_) => return None,
            Settlement::Differs { run, submitted, rejected } => {
                let name = named(*run);
                let because = format!(
                    "{amount} EUR came in for run {name}; {submitted} EUR of it are still to come in, {rejected} EUR the bank rejected"
                );
                (DIFFERS, because, BTreeSet::new())
            }
            Settlement::Undone(debits) => (UNDONE, String::new(), debits.iter().copied().collect()),
            Settlement::Unfit => (UNFIT, String::new(), BTreeSet::new()),
            Settlement::OfVoid(run) => {
                let because = format!(
                    "{amount} EUR came in for run {}, and two people have said that its file was never carried out: it was",
                    named(*run)
                );
                (OF_VOID, because, debits_of(situation, *run))
            }
        };
        let evidence = Evidence { ground: ground.to_owned(), because, ..Evidence::default() };
        Some(Outcome {
            booking: row.id,
            decision: "case",
            confidence: None,
            // what the run takes is reserved until the bank has said what became of it, or is held
            hold_complete: true,
            parts: BTreeMap::new(),
            holds: items_of(situation, &held).map(|item| (item, HoldReason::TakenBack.word())).collect(),
            pair: None,
            evidence: serde_json::to_string(&evidence).unwrap_or_default(),
        })
    });
    differing.collect()
}

/// Why a credit that concerns debits of ours is a case.
const DIFFERS: &str = "the bank credited another sum than a run of ours still has to bring in";
const UNDONE: &str = "it names a direct debit of ours and comes back to us: perhaps the bank takes a return back";
const UNFIT: &str = "it is for direct debits of ours, and something in the booking does not fit";
const OF_VOID: &str = "it is for a run of ours that is void";

/// All debits of a run.
pub(crate) fn debits_of(situation: &Situation, run: i64) -> BTreeSet<i64> {
    situation.debits.iter().filter(|debit| debit.run == run).map(|debit| debit.id).collect()
}

/// The items that debits ever claimed.
pub(crate) fn items_of<'s>(situation: &'s Situation, debits: &BTreeSet<i64>) -> impl Iterator<Item = i64> + use<'s> {
    let claims = situation.claims.iter().filter(|claim| debits.contains(&claim.debit)).map(|claim| claim.item);
    claims.collect::<BTreeSet<i64>>().into_iter()
}

/// Stores what bookings tell of debits and nobody has stored yet, and holds what came back. Says whether anything was.
pub(crate) async fn record(tx: &mut WriteTx, kasse: &Kasse, situation: &Situation) -> Result<bool> {
    let news = news(situation, &Lives::new(kasse, situation));
    add(tx, kasse, situation, &news).await
}

/// Stores what became of debits; what ends one holds its items.
pub(crate) async fn add(tx: &mut WriteTx, kasse: &Kasse, situation: &Situation, news: &[LifeRow]) -> Result<bool> {
    if news.is_empty() {
        return Ok(false);
    }
    let first = tx.add_life(news).await?;
    let ends = (first..).zip(news).filter(|(_, row)| row.kind != LifeKind::Settled);
    let given_back = refunds::crossings_given_back(situation);
    let returns = Returns::new(kasse.config.transfer_after, situation, news);
    let holds = ends.flat_map(|(id, row)| match (given_back.contains(&row.debit), returns.payer_transfers(row)) {
        (true, _) => of_mandate(situation, id, row, GIVEN_BACK_TWICE),
        (false, Some(reason)) => of_mandate(situation, id, row, &reason),
        (false, None) => holds(situation, id, row),
    });
    let holds: Vec<HandHoldRow> = holds.collect();
    tx.add_hand_holds(&holds).await?;
    Ok(true)
}

/// What bookings tell of debits and nobody has stored yet.
fn news(situation: &Situation, lives: &Lives) -> Vec<LifeRow> {
    let mut news = Vec::new();
    for row in situation.bookings.iter().filter(|row| row.finding.is_none()) {
        let told = |debit: i64, kind, charges: Cents| LifeRow {
            id: 0,
            debit,
            kind,
            day: row.booked,
            amount: lives.amounts.get(&debit).map_or(0, |amount| amount.get()),
            charges: charges.get(),
            booking: Some(row.id),
            report: None,
            reason: (kind == LifeKind::Returned).then(|| reason(row)).flatten(),
        };
        // what a person has placed of a credit brings no run in
        let is_placed = situation.allocations.sum(row.id) != 0;
        if let Some(Settlement::Of(debits)) = lives.settled.get(&row.id).filter(|_| !is_placed) {
            let new = debits.iter().filter(|debit| situation.life_of(**debit).settled.is_none());
            news.extend(new.map(|debit| told(*debit, LifeKind::Settled, Cents::ZERO)));
        }
        if let Some(TakenBack::Of { debits, charges }) = lives.back.get(&row.id) {
            let new = debits.iter().filter(|debit| situation.life_of(**debit).returned.is_none());
            // what one booking takes beyond several debits is told with the first of them
            let charges = std::iter::once(*charges).chain(std::iter::repeat(Cents::ZERO));
            news.extend(new.zip(charges).map(|(debit, charges)| told(*debit, LifeKind::Returned, charges)));
        }
    }
    news
}

/// Why a debit came back: the bank's code, else what its words say.
pub(crate) fn reason(row: &BookingRow) -> Option<String> {
    let code = row.return_reason.clone().filter(|code| !code.trim().is_empty());
    code.or_else(|| return_reasons::told(&text_of(row)).map(str::to_owned))
}

/// What the end of a debit holds until a person agrees to another try: its items, or all of the Kassenzeichen that its mandate
/// serves. What was told before holds no more, unless the bank gives a graver reason now.
pub(crate) fn holds(situation: &Situation, event: i64, row: &LifeRow) -> Vec<HandHoldRow> {
    let now = gravity(row.reason.as_deref());
    let ends = situation.life.iter().filter(|own| own.debit == row.debit && own.kind != LifeKind::Settled);
    if now == 0 || ends.map(|own| gravity(own.reason.as_deref())).max().unwrap_or(0) >= now {
        return Vec::new();
    }
    let Some(debit) = situation.debits.iter().find(|debit| debit.id == row.debit) else { return Vec::new() };
    let reason = row.reason.as_deref();
    let text = return_reasons::text(reason);
    if return_reasons::next(reason).is_about_mandate() {
        return of_mandate(situation, event, row, text);
    }
    let claimed = situation.claims.iter().filter(|claim| claim.debit == debit.id).map(|claim| claim.item);
    let claimed: BTreeSet<i64> = claimed.collect();
    claimed.into_iter().map(|item| hold(event, &debit.kassenzeichen, Some(item), text)).collect()
}

/// Why everything of a payer is held whose transfer we have given back, and whose debit came back too.
const GIVEN_BACK_TWICE: &str =
    "the transfer that crossed a direct debit was given back, and the direct debit came back too";

/// How many debits of each mandate came back for a reason that lies with the payer. What was our own fault, or the bank's with a
/// whole file, does not count against anybody.
struct Returns<'s> {
    /// After so many the payer transfers what he owes (`[returns] transfer_after`); 0 is never.
    most: usize,
    /// Debit -> the reference of its mandate; empty where it is never asked for.
    mandates: HashMap<i64, &'s str>,
    counts: HashMap<&'s str, usize>,
    /// Debits of which it was told before.
    told: HashSet<i64>,
}

impl<'s> Returns<'s> {
    fn new(most: usize, situation: &'s Situation, news: &[LifeRow]) -> Returns<'s> {
        if most == 0 {
            return Returns { most, mandates: HashMap::new(), counts: HashMap::new(), told: HashSet::new() };
        }
        let mandate = |debit: &DebitRow| {
            let row = situation.mandate_rows.get(&debit.mandate)?;
            Some((debit.id, row.said.reference.as_str()))
        };
        let mandates: HashMap<i64, &str> = situation.debits.iter().filter_map(mandate).collect();
        let debits = |rows: &[LifeRow]| -> HashSet<i64> {
            rows.iter().filter(|row| is_payers(row)).map(|row| row.debit).collect()
        };
        let told = debits(&situation.life);
        let mut counts: HashMap<&str, usize> = HashMap::new();
        for reference in told.union(&debits(news)).filter_map(|debit| mandates.get(debit)) {
            *counts.entry(reference).or_default() += 1;
        }
        Returns { most, mandates, counts, told }
    }

    /// Why everything under the mandate of a debit that came back is held; none where it did not come to that, or was told before.
    fn payer_transfers(&self, row: &LifeRow) -> Option<String> {
        if self.told.contains(&row.debit) || !is_payers(row) {
            return None;
        }
        let count = *self.counts.get(self.mandates.get(&row.debit)?)?;
        (count >= self.most)
            .then(|| format!("{count} direct debits of this mandate came back: its payer is to transfer"))
    }
}

/// Whether a debit came back for a reason that lies with its payer.
fn is_payers(row: &LifeRow) -> bool {
    let reason = row.reason.as_deref();
    row.kind != LifeKind::Settled && gravity(reason) > 0 && return_reasons::next(reason) != Next::Mend
}

/// Holds of every Kassenzeichen that the mandate of a debit serves, with all its items.
fn of_mandate(situation: &Situation, event: i64, row: &LifeRow, reason: &str) -> Vec<HandHoldRow> {
    let Some(debit) = situation.debits.iter().find(|debit| debit.id == row.debit) else { return Vec::new() };
    let mandate = situation.mandate_rows.get(&debit.mandate).map(|row| row.said.reference.clone());
    let served = situation.mandates.iter().filter(|row| Some(&row.said.reference) == mandate.as_ref());
    let mut own: BTreeSet<String> = served.map(|row| situation.items.printed_as(&row.said.kassenzeichen)).collect();
    own.insert(debit.kassenzeichen.clone());
    own.iter().map(|kassenzeichen| hold(event, kassenzeichen, None, reason)).collect()
}

fn hold(event: i64, kassenzeichen: &str, item: Option<i64>, reason: &str) -> HandHoldRow {
    HandHoldRow {
        id: 0,
        kassenzeichen: kassenzeichen.to_owned(),
        item,
        reason: reason.to_owned(),
        until: None,
        actor: "batch".to_owned(),
        list: None,
        life: Some(event),
    }
}

/// How much a reason holds: nothing, the items of the debit, or all of the Kassenzeichen.
fn gravity(reason: Option<&str>) -> u8 {
    match reason {
        Some(reason) if reason.starts_with(return_reasons::OF_FILE) => 0,
        reason => 1 + u8::from(return_reasons::next(reason).is_about_mandate()),
    }
}
