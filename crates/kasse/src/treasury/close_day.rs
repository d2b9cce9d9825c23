//! `einmal close-day`: the day's figures under two names.
//!
//! Invariant: a day is closed only where the chain of balances covers it and every credit up to it was looked at; a
//! closed day's figures never change, what is corrected later is an entry of a later day.

use std::collections::HashMap;

use jiff::civil::Date;
use ledger::chain::{Chain, Gap, Missing, Range};
use ledger::person::is_same;
use serde_json::{Value, json};
use store::{BookingRow, DayCloseRow};

use crate::base::rights::Right;
use crate::base::shown::eur;
use crate::books::situation::Situation;
use crate::{Error, Kasse, Result};

/// Closes a day: an object per account.
///
/// # Errors
/// [`Error::Refused`] for a day that is not over, closed already or not complete, for undecided credits, and where both
/// names are one.
pub async fn close_day(kasse: &Kasse, day: Date, who: &str, with: &str) -> Result<Vec<Value>> {
    if is_same(who, with) {
        return Err(Error::Refused("two people close a day".to_owned()));
    }
    if day >= kasse.today {
        return Err(Error::Refused(format!("{day} is not over: today is {}", kasse.today)));
    }
    let mut tx = kasse.write(Right::Vouch, who, "close-day", &format!("with {with}")).await?;
    kasse.with(&mut tx, Right::Vouch, with).await?;
    if let Some(row) = store::day_closes(&mut tx).await?.iter().find(|row| row.day == day) {
        let why =
            format!("{day} was closed by {} and {}: what is corrected now is an entry of today", row.actor, row.second);
        return Err(Error::Refused(why));
    }
    let situation = kasse.situation(&mut tx).await?;
    let pending = situation.bookings.iter().filter(|row| row.amount > 0 && row.booked <= day);
    let pending = pending.filter(|row| !situation.verdicts.contains_key(&row.id)).count();
    if pending > 0 {
        return Err(Error::Refused(format!("{pending} credits up to {day} have not been decided: run `einmal match`")));
    }
    let head = store::last_entry(&mut tx).await?;
    let (head, hash) = head.map_or((0, String::new()), |entry| (entry.seq, entry.hash));
    let mut rows = Vec::new();
    for chain in kasse.chains(&mut tx).await?.iter() {
        let figures = figures(&situation, chain, day)?;
        rows.push(DayCloseRow { head, hash: hash.clone(), actor: who.to_owned(), second: with.to_owned(), ..figures });
    }
    tx.add_day_closes(&rows).await?;
    tx.commit(&format!("day {day}")).await?;
    Ok(rows.iter().map(shown).collect())
}

/// The days that were closed: an object per day and account.
///
/// # Errors
/// What the database says.
pub async fn closed_days(kasse: &Kasse) -> Result<Vec<Value>> {
    let mut tx = kasse.db.read().await?;
    Ok(store::day_closes(&mut tx).await?.iter().map(shown).collect())
}

fn shown(row: &DayCloseRow) -> Value {
    json!({
        "day": row.day.to_string(), "account": row.account, "opening": eur(row.opening), "in": eur(row.incoming),
        "out": eur(row.outgoing), "closing": eur(row.closing), "posted": eur(row.posted), "in_doubt": eur(row.in_doubt),
        "other": eur(row.other), "journal": row.head, "hash": row.hash, "by": [row.actor, row.second],
    })
}

/// An account's figures of a day that its chain covers.
fn figures(situation: &Situation, chain: &Chain, day: Date) -> Result<DayCloseRow> {
    let covers = |range: &&Range| range.first <= day && day <= range.last;
    let Some(range) = chain.ranges.iter().find(covers) else {
        return Err(Error::Refused(format!("account {}: no complete statements cover {day}", chain.account)));
    };
    let own: Vec<&BookingRow> =
        situation.bookings.iter().filter(|row| row.account == chain.account && !row.provisional).collect();
    let moved = |from: Date, until: Date| -> i64 {
        own.iter().filter(|row| (from..=until).contains(&row.booked)).map(|row| row.amount).sum()
    };
    // a range may begin or end within a day: then the day's bookings are not the range's
    if range.opening.get() + moved(range.first, range.last) != range.closing.get() {
        let why =
            format!("the bookings of {} to {} do not lead from one balance to the other", range.first, range.last);
        return Err(Error::Refused(format!("account {}: {why}: a statement is missing", chain.account)));
    }
    // beside a gap nobody knows whether what is missing was booked on this day
    let beside = |gap: &&Gap| gap.before == day || gap.after == day;
    if let Some(gap) = chain.gaps.iter().find(beside) {
        return Err(Error::Refused(format!("account {}: {}", chain.account, Missing::Between(gap.clone()))));
    }
    let closing = range.opening.get() + moved(range.first, day);
    let of_day: Vec<&&BookingRow> = own.iter().filter(|row| row.booked == day).collect();
    let incoming: i64 = of_day.iter().map(|row| row.amount).filter(|cents| *cents > 0).sum();
    let outgoing: i64 = -of_day.iter().map(|row| row.amount).filter(|cents| *cents < 0).sum::<i64>();
    let placed = placed_by_booking(situation);
    let credits = || own.iter().copied().filter(|row| row.booked == day && row.amount > 0);
    let of = |row: &BookingRow| placed.get(&row.id).copied().unwrap_or(0);
    let is_case =
        |row: &&BookingRow| situation.verdicts.get(&row.id).is_some_and(|verdict| verdict.said.decision == "case");
    let posted: i64 = credits().map(of).sum();
    let in_doubt: i64 = credits().filter(is_case).map(|row| situation.came_in(row) - of(row)).sum();
    Ok(DayCloseRow {
        day,
        account: chain.account.clone(),
        opening: closing - incoming + outgoing,
        incoming,
        outgoing,
        closing,
        posted,
        in_doubt,
        other: incoming - posted - in_doubt,
        head: 0,
        hash: String::new(),
        actor: String::new(),
        second: String::new(),
    })
}

/// What is placed of each booking, cents.
pub(crate) fn placed_by_booking(situation: &Situation) -> HashMap<i64, i64> {
    let mut placed = HashMap::new();
    situation.placed().iter().for_each(|((booking, _), amount)| *placed.entry(*booking).or_insert(0) += amount);
    placed
}
