//! What a reviewer does with a case: the form is read, carried out once, and the next case of the queue follows.
//!
//! Invariants: a form is read completely before anything is done; a refused form comes back with what was typed; the
//! next case is determined before the decision changes the queue.

use axum::extract::{Path, Query};
use axum::http::{HeaderMap, StatusCode};
use jiff::civil::Date;
use kasse::{CaseNote, Resolution};
use sepa::Cents;

use super::filter::{Asked, Filter};
use super::queue::{Neighbours, around};
use super::show::{Kept, render};
use super::split;
use super::views::Case;
use crate::access::{As, Deciding};
use crate::deeds::Mark;
use crate::error::Failed;
use crate::page::{Answer, done};
use crate::view::{Fields, read};

/// What the form asks for.
#[derive(Debug)]
enum Act {
    Resolve(Resolution),
    Note(CaseNote),
    /// Only more empty rows for dividing the money.
    MoreRows,
}

pub(super) async fn act(
    user: As<Deciding>,
    headers: HeaderMap,
    Path(number): Path<i64>,
    Query(asked): Query<Asked>,
    sent: Fields,
) -> Answer {
    let (filter, rows) = (asked.read().0, split::rows(&sent));
    let case: Case = read(kasse::case(&user.kasse(), number).await?)?;
    let again = async |status, lines, wrong| {
        render(status, &user, &headers, &filter, &case, Kept::of(&sent, lines, wrong)).await
    };
    let typed = |wants_more| matches!(sent.one("act"), "split").then(|| split::typed(&case, &rows, wants_more));
    let act = match act_of(&sent, user.name(), user.moment().today)? {
        Ok(Act::MoreRows) => return again(StatusCode::OK, typed(true), None).await,
        Ok(act) => act,
        Err(wrong) => return again(StatusCode::UNPROCESSABLE_ENTITY, typed(false), Some(wrong.to_owned())).await,
    };
    let around = around(&user.kasse(), &filter, user.name(), number).await?;
    match carry_out(&user, &case, &sent, &act).await {
        Ok(owner) => Ok(done(&onward(&act, &case, &around, &filter), &said(&act, number, owner.as_deref()))),
        Err(Failed::Kasse(kasse::Error::Repeated { same: true, .. })) => {
            Ok(done(&onward(&act, &case, &around, &filter), "This was done already."))
        }
        Err(Failed::Kasse(why @ (kasse::Error::Refused(_) | kasse::Error::Changed(_)))) => {
            again(StatusCode::CONFLICT, typed(false), Some(why.to_string())).await
        }
        // an unknown item that was typed; the case itself exists
        Err(Failed::Unknown(why)) => again(StatusCode::UNPROCESSABLE_ENTITY, typed(false), Some(why)).await,
        Err(other) => Err(other),
    }
}

/// Reads a form. The inner error, in English, is a mistake that the person can correct.
fn act_of(sent: &Fields, who: &str, today: Date) -> Result<Result<Act, &'static str>, Failed> {
    let text = |name: &str, missing: &'static str| {
        let text = sent.one(name).to_owned();
        if text.is_empty() { Err(missing) } else { Ok(text) }
    };
    Ok(match sent.one("act") {
        "split" if !sent.one("more").is_empty() => Ok(Act::MoreRows),
        "split" | "allocate" => split::resolution(&split::rows(sent))
            .map(Act::Resolve)
            .ok_or("No amount stands in any row, or a row cannot be read."),
        "refund" => Ok(Act::Resolve(Resolution::Refund)),
        "return" => Ok(Act::Resolve(match sent.one("of") {
            "" => Resolution::Return,
            reference => Resolution::ReturnOf(reference.to_owned()),
        })),
        "undo" => Ok(Act::Resolve(Resolution::Undo)),
        "other" => text("why", "Say what money it is: whoever looks for it later must find it.")
            .map(|why| Act::Resolve(Resolution::Other(why))),
        "wait" => later(sent.one("day"), today).map(|day| Act::Resolve(Resolution::Wait(day))),
        "comment" => text("comment", "The comment is empty.").map(|comment| Act::Note(CaseNote::Comment(comment))),
        "take" => Ok(Act::Note(CaseNote::Owner(who.to_owned()))),
        "free" => Ok(Act::Note(CaseNote::Free)),
        _ => return Err(Failed::Unreadable("The form says nothing that can be done. Nothing was changed.".to_owned())),
    })
}

fn later(day: &str, today: Date) -> Result<Date, &'static str> {
    match day.parse::<Date>() {
        Ok(day) if day > today => Ok(day),
        Ok(_) => Err("The day must be a later one than today."),
        Err(_) => Err("This is no day."),
    }
}

async fn carry_out(user: &As<Deciding>, case: &Case, sent: &Fields, act: &Act) -> Result<Option<String>, Failed> {
    let mark = Mark::of_form(user, sent.one("once"), &format!("case {}\n{}", case.case, sent.said(&[])))?;
    let seen: i64 = sent
        .one("seen")
        .parse()
        .map_err(|_| Failed::Unreadable("The form does not say what was seen: open its page again.".to_owned()))?;
    Ok(match act {
        Act::Resolve(resolution) => user.resolve(mark, case.case, resolution, Some(seen)).await?,
        Act::Note(note) => user.note(mark, case.case, note).await?,
        Act::MoreRows => None,
    })
}

/// The next address: the next case, or the list; or this case, if something is left to decide.
fn onward(act: &Act, case: &Case, around: &Neighbours, filter: &Filter) -> String {
    let query = filter.query();
    let stays = match act {
        Act::Resolve(Resolution::Allocate(parts)) => sum(parts) < case.open_cents(),
        Act::Resolve(Resolution::Undo) | Act::Note(_) | Act::MoreRows => true,
        Act::Resolve(_) => false,
    };
    match around.next.filter(|_| !stays) {
        Some(next) => format!("/cases/{next}{query}"),
        None if stays => format!("/cases/{}{query}", case.case),
        None => format!("/cases{query}"),
    }
}

fn sum(parts: &[(String, Cents)]) -> Cents {
    Cents::sum(parts.iter().map(|(_, amount)| *amount)).unwrap_or(Cents::ZERO)
}

/// The message about what was done, in English.
fn said(act: &Act, case: i64, owner: Option<&str>) -> String {
    let said = match act {
        Act::Resolve(Resolution::Allocate(parts)) => match parts.as_slice() {
            [(item, amount)] => format!("Case {case}: {amount} EUR placed on {item}."),
            many => format!("Case {case}: {} EUR placed on {} items.", sum(many), many.len()),
        },
        Act::Resolve(Resolution::Refund) => format!("Case {case}: it goes back to the payer."),
        Act::Resolve(Resolution::Other(_)) => format!("Case {case}: it is other money."),
        Act::Resolve(Resolution::Wait(day)) => format!("Case {case}: it comes back on {day}."),
        Act::Resolve(Resolution::Return) => format!("Case {case}: the bank takes it back."),
        Act::Resolve(Resolution::ReturnOf(reference)) => format!("Case {case}: it took {reference} back."),
        Act::Resolve(Resolution::Undo) => format!("Case {case}: the decision was taken back."),
        Act::Note(CaseNote::Comment(_)) => "The comment is kept.".to_owned(),
        Act::Note(CaseNote::Owner(_)) => format!("Case {case} is yours."),
        Act::Note(CaseNote::Free) => format!("Case {case} is nobody's again."),
        Act::MoreRows => String::new(),
    };
    match (act, owner) {
        (Act::Resolve(_), Some(owner)) => format!("{said} It was {owner}'s case."),
        _ => said,
    }
}
