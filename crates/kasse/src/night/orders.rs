//! Standing orders: the nightly job plans a run on their days, once for each day, with its notices for the print shop.
//!
//! It releases nothing. Invariants: an order stands only as two people said it, word for word, and only while both may still say
//! it; the run is planned in the name of who made the order, so that this person cannot release it; a day is carried out in one
//! transaction with its run, and its notices are put out once.

use std::path::Path;

use jiff::civil::Date;
use ledger::gate::earliest_collection;
use ledger::standing::collects_on;
use serde_json::{Value, json};
use store::{StandingRow, Tx, WriteTx};

use crate::base::config::StandingOrder;
use crate::base::proven::BATCH;
use crate::base::proving::{still_may, two_people};
use crate::base::rights::Right;
use crate::night::alarm::{Alarm, AlarmKind};
use crate::night::filing::sync;
use crate::night::summary::NightPlanned;
use crate::orders::collect::{PlanOptions, plan_in};
use crate::orders::notices::print_notices;
use crate::runs::takings::run_of;
use crate::{Error, Kasse, Result};

/// The folder for notices that are not put out yet, within the folder of the print shop.
const OWN: &str = ".einmal-notices";

/// Makes a standing order of the settings: what its terms are now is what another person puts in force.
///
/// # Errors
/// [`Error::Unknown`] for one that the settings have not, [`Error::Refused`] where it was made already.
pub async fn order_make(kasse: &Kasse, name: &str, who: &str) -> Result<()> {
    let order = of_settings(kasse, name)?;
    let mut tx = kasse.write(Right::Plan, who, "order make", "").await?;
    let rows = store::standing_orders(&mut tx).await?;
    if rows.iter().any(|row| is_living(row) && row.name == name && row.terms == order.terms()) {
        return Err(Error::Refused(format!("the standing order {name:?} was made already, with the same terms")));
    }
    // what was made before on other terms stands no more
    for row in rows.iter().filter(|row| is_living(row) && row.name == name) {
        tx.answer_standing_order(row, "ended").await?;
    }
    tx.add_standing_order(name, &order.terms()).await?;
    Ok(tx.commit(&format!("standing order {name}")).await?)
}

/// Puts a standing order in force, as another person than who made it.
///
/// # Errors
/// [`Error::Refused`] for who made it, and where its terms have changed since.
pub async fn order_confirm(kasse: &Kasse, name: &str, who: &str) -> Result<()> {
    let mut tx = kasse.write(Right::Release, who, "order confirm", "").await?;
    let row = made(&mut tx, name).await?;
    two_people(&row.maker, who)?;
    if row.confirmed.is_some() {
        return Err(Error::Refused(format!("the standing order {name:?} is in force already")));
    }
    if of_settings(kasse, name)?.terms() != row.terms {
        return Err(Error::Refused(format!(
            "the terms of the standing order {name:?} have changed since it was made: make it anew (`einmal order make`)"
        )));
    }
    tx.answer_standing_order(&row, "confirmed").await?;
    Ok(tx.commit(&format!("standing order {name}")).await?)
}

/// Ends a standing order; one person is enough, for nothing is planned then.
///
/// # Errors
/// [`Error::Unknown`] where it was not made.
pub async fn order_end(kasse: &Kasse, name: &str, who: &str) -> Result<()> {
    let mut tx = kasse.write(Right::Plan, who, "order end", "").await?;
    let row = made(&mut tx, name).await?;
    tx.answer_standing_order(&row, "ended").await?;
    Ok(tx.commit(&format!("standing order {name}")).await?)
}

/// Every standing order of the settings: its terms, who made it and put it in force, its last day.
///
/// # Errors
/// What the database says.
pub async fn order_list(kasse: &Kasse) -> Result<Vec<Value>> {
    let rows = store::standing_orders(&mut *kasse.db.read().await?).await?;
    let shown = |order: &StandingOrder| {
        let row = rows.iter().rfind(|row| row.name == order.name && is_living(row));
        let state = match row {
            None => "not made",
            Some(row) if row.terms != order.terms() => "changed since it was made",
            Some(StandingRow { confirmed: None, .. }) => "waits for a second person",
            Some(_) => "in force",
        };
        json!({
            "order": order.name, "state": state, "terms": order.terms(), "made_by": row.map(|row| &row.maker),
            "confirmed_by": row.and_then(|row| row.confirmed.as_ref()).map(|(who, _)| who),
            "last_day": row.and_then(|row| row.last).map(|day| day.to_string()),
        })
    };
    Ok(kasse.config.batch.orders.iter().map(shown).collect())
}

fn of_settings<'k>(kasse: &'k Kasse, name: &str) -> Result<&'k StandingOrder> {
    let found = kasse.config.batch.orders.iter().find(|order| order.name == name);
    found.ok_or_else(|| Error::Unknown(format!("there is no standing order {name:?} in the settings (batch.order)")))
}

fn is_living(row: &StandingRow) -> bool {
    row.ended.is_none()
}

/// The order of that name as it was last made and not ended.
async fn made(tx: &mut Tx, name: &str) -> Result<StandingRow> {
    let rows = store::standing_orders(tx).await?;
    let found = rows.into_iter().rfind(|row| is_living(row) && row.name == name);
    found.ok_or_else(|| Error::Unknown(format!("nobody has made the standing order {name:?} (`einmal order make`)")))
}

/// The orders that are in force and have a day that was not carried out: with that day.
async fn open<'k>(kasse: &'k Kasse, tx: &mut Tx) -> Result<Vec<(&'k StandingOrder, StandingRow, Date)>> {
    let mut open = Vec::new();
    for row in store::standing_orders(tx).await?.into_iter().filter(is_living) {
        let order = kasse.config.batch.orders.iter().find(|order| order.name == row.name && order.terms() == row.terms);
        let Some((order, (_, from))) = order.zip(row.confirmed.clone()) else { continue };
        if let Some(day) = order.schedule.newest(row.last, from, kasse.today) {
            open.push((order, row, day));
        }
    }
    Ok(open)
}

/// The orders in force that a night should have carried out: their day is past.
pub(super) async fn not_carried_out(kasse: &Kasse, tx: &mut Tx) -> Result<Vec<String>> {
    let open = open(kasse, tx).await?;
    Ok(open.into_iter().filter(|(.., day)| *day < kasse.today).map(|(order, ..)| order.name.clone()).collect())
}

/// Carries out what is open, and says what keeps an order from it.
pub(super) async fn carry_out(kasse: &Kasse, say: fn(&str) -> String) -> Result<(Vec<NightPlanned>, Vec<Alarm>)> {
    let (mut planned, mut alarms) = (Vec::new(), Vec::new());
    for order in &kasse.config.batch.orders {
        if let Some(folder) = &order.notices {
            finish(kasse, folder).await?;
        }
    }
    let open = open(kasse, &mut *kasse.db.read().await?).await?;
    for (order, row, day) in open {
        match plan(kasse, order, &row, day).await {
            Ok(done) => planned.extend(done),
            Err(error @ (Error::Store(_) | Error::Internal(_))) => return Err(error),
            Err(error) => {
                let text = format!("the standing order {:?} was not carried out: {}", order.name, error.said(say));
                alarms.push(Alarm::new(AlarmKind::Order, text));
            }
        }
    }
    Ok((planned, alarms))
}

/// Plans the run of one day, in the name of who made the order; nothing where another night has done it meanwhile.
async fn plan(kasse: &Kasse, order: &StandingOrder, row: &StandingRow, day: Date) -> Result<Option<NightPlanned>> {
    let reason = format!("standing order {}", order.name);
    let mut tx = kasse.write(Right::Import, BATCH, "collect plan", &reason).await?;
    let now = store::standing_orders(&mut tx).await?.into_iter().find(|now| now.id == row.id);
    if now.as_ref() != Some(row) {
        return Ok(None);
    }
    let confirmed_by = row.confirmed.as_ref().map(|(who, _)| who.as_str()).unwrap_or_default();
    for (who, right) in [(row.maker.as_str(), Right::Plan), (confirmed_by, Right::Release)] {
        if !still_may(&mut tx, who, right).await? {
            return Err(Error::Forbidden(format!(
                "{who} may not do this any more: let two people make the order anew and put it in force"
            )));
        }
    }
    let (post, notice) = (i32::from(order.post_days), kasse.config.prenotification_days);
    let earliest = earliest_collection(kasse.today, kasse.config.bank.days_before);
    let due = collects_on(kasse.today, post, notice, earliest);
    let options = PlanOptions { due, planner: row.maker.clone(), kinds: order.kinds.clone(), limit: order.limit };
    let (_, name) = plan_in(kasse, &mut tx, &options).await?;
    let run = match &name {
        Some(name) => Some(run_of(&mut tx, name).await?.id),
        None => None,
    };
    tx.add_standing_order_day(row.id, day, run).await?;
    let folder = order.notices.as_ref().filter(|_| name.is_some());
    if let (Some(folder), Some(name)) = (folder, &name) {
        print(kasse, &mut tx, name, folder).await?;
    }
    let subject = name.as_ref().map_or_else(String::new, |name| format!("run {name}"));
    tx.commit(&subject).await?;
    if let Some(folder) = folder {
        finish(kasse, folder).await?;
    }
    let notices = folder.map(|folder| folder.display().to_string());
    Ok(Some(NightPlanned { order: order.name.clone(), run: name, due: due.to_string(), notices }))
}

/// Writes the notices of a run into the folder of ours.
async fn print(kasse: &Kasse, tx: &mut WriteTx, name: &str, folder: &Path) -> Result<()> {
    let place = folder.join(OWN).join(name);
    match std::fs::remove_dir_all(&place) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(Error::io(&place, error)),
        _ => {}
    }
    std::fs::create_dir_all(&place).map_err(|error| Error::io(&place, error))?;
    print_notices(kasse, tx, name, &place).await?;
    sync(&place);
    Ok(())
}

/// Puts out the notices that wait in the folder of ours: those of runs that the books know, each once. What the books do not know
/// was written by a night that was killed, and is removed.
async fn finish(kasse: &Kasse, folder: &Path) -> Result<()> {
    let own = folder.join(OWN);
    let Ok(entries) = std::fs::read_dir(&own) else { return Ok(()) };
    let mut tx = kasse.db.read().await?;
    let planned = store::runs_by_order(&mut tx).await?;
    for name in entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok()) {
        let place = own.join(&name);
        let is_known = run_of(&mut tx, &name).await.is_ok_and(|run| planned.contains(&run.id));
        let to = folder.join(&name);
        let moved = match is_known {
            true if std::fs::symlink_metadata(&to).is_ok() => {
                return Err(Error::file(
                    to.display(),
                    "something of the name of a run lies there already: take it away",
                ));
            }
            true => std::fs::rename(&place, &to),
            false => std::fs::remove_dir_all(&place),
        };
        moved.map_err(|error| Error::io(&place, error))?;
    }
    sync(folder);
    Ok(())
}
