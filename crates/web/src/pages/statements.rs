//! Statements: until which day each account is complete, as a calendar; confirmations; closed days.
//!
//! Invariant: a day's state and balance are those of `kasse::calendar`. People type what they vouch for; no form is
//! filled in beforehand.

use askama::Template;
use axum::extract::Query;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::{get, post};
use axum::{Form, Router};
use jiff::ToSpan as _;
use jiff::civil::Date;
use kasse::Confirm;
use kasse::rights::Right;
use sepa::{Cents, Iban};
use serde::Deserialize;
use serde_json::Value;

use crate::access::{As, Looking, Peer, Vouching};
use crate::app::App;
use crate::deeds::Mark;
use crate::error::Failed;
use crate::outcome::{after, refused, second};
use crate::page::{Answer, Page, done, page, page_with};
use crate::view::read;

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/statements", get(show))
        .route("/statements/confirm", post(confirm))
        .route("/statements/close-day", post(close))
}

/// How many months a page shows.
const MONTHS: i64 = 6;

/// How many closed days a page shows; each has a row per account.
const CLOSED: usize = 20;

#[derive(Template)]
#[template(path = "statements.html")]
struct Statements {
    p: Page,
    may_vouch: bool,
    accounts: Vec<Account>,
    closed: Vec<Closed>,
    more_closed: usize,
    earlier: Option<String>,
    later: Option<String>,
    asked: Asked,
    wrong: Option<String>,
    /// The last bank day that the old system had posted.
    as_of: Option<String>,
}

impl Statements {
    /// An account number in print form.
    fn paper(&self, account: &str) -> String {
        Iban::parse(account).map_or_else(|_| account.to_owned(), |iban| iban.paper())
    }
}

/// An account with its calendar.
struct Account {
    said: Said,
    months: Vec<Month>,
    days: Vec<Day>,
}

/// The notes on an account.
#[derive(Debug, Deserialize)]
struct Said {
    account: String,
    from: Option<String>,
    to: Option<String>,
    closing: Option<String>,
    complete: bool,
    needed: String,
    opening_confirmed: bool,
    /// Whether the settings still name it.
    in_settings: bool,
    missing: Vec<String>,
    ways_on: Vec<String>,
    skipped_numbers: Vec<String>,
    unproven: Vec<Unproven>,
    confirmations: Vec<Confirmation>,
}

#[derive(Debug, Deserialize)]
struct Unproven {
    statement: String,
    finding: String,
}

#[derive(Debug, Deserialize)]
struct Confirmation {
    what: String,
    day: String,
    balance: String,
    by: String,
}

#[derive(Debug, Deserialize)]
struct Calendar {
    account: String,
    days: Vec<Day>,
}

/// A day of an account.
#[derive(Clone, Debug, Deserialize)]
struct Day {
    day: String,
    state: String,
    bank_day: bool,
    closing: Option<String>,
    closed: bool,
}

impl Day {
    fn is_told(&self) -> bool {
        self.state != "outside"
    }

    /// The sign of a state, because colour alone must not express it.
    fn sign(&self) -> &'static str {
        match (self.state.as_str(), self.bank_day) {
            ("complete", true) => "✓",
            ("complete", false) => "·",
            ("missing", true) => "✗",
            ("missing", false) => "–",
            ("unproven", _) => "?",
            _ => "",
        }
    }

    fn word(&self) -> &'static str {
        match (self.state.as_str(), self.bank_day) {
            ("complete", true) => "complete",
            ("complete", false) => "no bank day",
            ("missing", _) => "statement missing",
            ("unproven", _) => "statement does not fit",
            _ => "nothing is said of it",
        }
    }
}

/// A row of the calendar: a month and its days.
struct Month {
    /// `2024-03`.
    month: String,
    days: Vec<Day>,
}

impl Month {
    /// How many days the month lacks to 31.
    fn lacking(&self) -> usize {
        31_usize.saturating_sub(self.days.len())
    }
}

/// A closed day's figures of one account.
#[derive(Debug, Deserialize)]
struct Closed {
    day: String,
    account: String,
    opening: String,
    #[serde(rename = "in")]
    incoming: String,
    out: String,
    closing: String,
    by: Vec<String>,
}

/// A form as it was sent, to be shown again.
#[derive(Clone, Debug, Default)]
struct Asked {
    account: String,
    what: String,
    day: String,
    balance: String,
    close: String,
    second: String,
}

impl Asked {
    /// The typed value of a field, for the account's form.
    fn of(&self, account: &str, what: &str, value: &str) -> String {
        if self.account == account && self.what == what { value.to_owned() } else { String::new() }
    }
}

#[derive(Debug, Default, Deserialize)]
struct Place {
    /// The last month that is shown, `2024-03`.
    #[serde(default)]
    until: String,
}

fn month_of(day: Date) -> String {
    day.strftime("%Y-%m").to_string()
}

/// The first and the last day of the shown months.
fn window(until: &str, today: Date) -> (Date, Date) {
    let last = format!("{until}-01").parse::<Date>().unwrap_or(today).min(today);
    (last.first_of_month().saturating_sub((MONTHS - 1).months()), last.last_of_month())
}

fn months(days: &[Day]) -> Vec<Month> {
    let same = |a: &Day, b: &Day| a.day.get(..7) == b.day.get(..7);
    let month = |days: &[Day]| Month {
        month: days.first().and_then(|day| day.day.get(..7)).unwrap_or_default().to_owned(),
        days: days.to_vec(),
    };
    days.chunk_by(same).map(month).rev().collect()
}

async fn statements_page<R>(
    user: &As<R>,
    headers: &HeaderMap,
    place: &Place,
    asked: Asked,
    wrong: Option<String>,
) -> Result<Statements, Failed> {
    let (kasse, today) = (user.kasse(), user.moment().today);
    let (from, until) = window(&place.until, today);
    let said: Vec<Said> = read(Value::Array(kasse::statements(&kasse).await?))?;
    let calendars: Vec<Calendar> = read(Value::Array(kasse::calendar(&kasse, from, until).await?))?;
    let mut closed: Vec<Closed> = read(Value::Array(kasse::closed_days(&kasse).await?))?;
    let as_of = kasse::as_of(&kasse).await?;
    closed.reverse();
    let shown = CLOSED * said.len().max(1);
    let more_closed = closed.len().saturating_sub(shown) / said.len().max(1);
    closed.truncate(shown);
    let first = from.to_string();
    let has_earlier = said.iter().any(|said| said.from.as_ref().is_some_and(|from| *from < first));
    let days_of = |account: &str| calendars.iter().find(|calendar| calendar.account == account);
    let accounts = said
        .into_iter()
        .map(|said| {
            let days: Vec<Day> = days_of(&said.account).map(|calendar| calendar.days.clone()).unwrap_or_default();
            let told = |day: &&Day| day.is_told() && (day.bank_day || day.state != "complete");
            Account { months: months(&days), days: days.iter().rev().filter(told).cloned().collect(), said }
        })
        .collect();
    let later = until.saturating_add(MONTHS.months()).first_of_month();
    Ok(Statements {
        p: Page::of(user, headers, "/statements", "Statements"),
        may_vouch: user.may(Right::Vouch),
        accounts,
        closed,
        more_closed,
        earlier: has_earlier.then(|| month_of(from.saturating_sub(1.day()))),
        later: (until < today).then(|| month_of(later.min(today))),
        asked,
        wrong,
        as_of: as_of.get("as_of").and_then(Value::as_str).map(str::to_owned),
    })
}

async fn show(user: As<Looking>, headers: HeaderMap, Query(place): Query<Place>) -> Answer {
    page(&statements_page(&user, &headers, &place, Asked::default(), None).await?)
}

/// The page again, with what was typed and the error.
async fn again(user: &As<Vouching>, headers: &HeaderMap, asked: Asked, wrong: String) -> Answer {
    let shown = statements_page(user, headers, &Place::default(), asked, Some(wrong)).await?;
    page_with(StatusCode::UNPROCESSABLE_ENTITY, &shown)
}

#[derive(Deserialize)]
struct Vouched {
    once: String,
    account: String,
    /// The value of the form: `opening` or `quiet`.
    what: String,
    day: String,
    balance: String,
}

impl Vouched {
    fn parsed(&self) -> Result<(Confirm, Date, Cents), String> {
        let what = if self.what == "opening" { Confirm::Opening } else { Confirm::Quiet };
        match (self.day.trim().parse(), Cents::parse_local(&self.balance)) {
            (Ok(day), Ok(balance)) => Ok((what, day, balance)),
            (Err(_), Err(_)) => Err("Day and balance cannot be read: nothing was confirmed.".to_owned()),
            (Err(_), _) => Err("The day cannot be read: nothing was confirmed.".to_owned()),
            (_, Err(_)) => Err("The balance is no amount: nothing was confirmed.".to_owned()),
        }
    }
}

async fn confirm(user: As<Vouching>, headers: HeaderMap, Form(sent): Form<Vouched>) -> Answer {
    let Vouched { account, what, day, balance, .. } = &sent;
    let asked = Asked {
        account: account.clone(),
        what: what.clone(),
        day: day.clone(),
        balance: balance.clone(),
        ..Asked::default()
    };
    let (what, day, balance) = match sent.parsed() {
        Ok(parsed) => parsed,
        Err(why) => return again(&user, &headers, asked, why).await,
    };
    let mark = Mark::of_form(&user, &sent.once, &format!("confirm {account} {what:?} {day} {balance}"))?;
    match user.confirm(mark, account, what, day, balance).await {
        Err(kasse::Error::Refused(why)) => again(&user, &headers, asked, why).await,
        outcome => after(outcome, "/statements", |()| "The balance is confirmed.".to_owned()),
    }
}

#[derive(Deserialize)]
struct CloseDay {
    once: String,
    day: String,
    second: String,
    password: String,
}

async fn close(user: As<Vouching>, headers: HeaderMap, peer: Peer, Form(sent): Form<CloseDay>) -> Answer {
    let asked = Asked { close: sent.day.clone(), second: sent.second.clone(), ..Asked::default() };
    let Ok(day) = sent.day.trim().parse::<Date>() else {
        return again(&user, &headers, asked, "The day cannot be read: no day was closed.".to_owned()).await;
    };
    let with = match second(&user, peer, &sent.second, &sent.password).await? {
        Ok(with) => with,
        Err(why) => return again(&user, &headers, asked, why).await,
    };
    let mark = Mark::of_form(&user, &sent.once, &format!("close {day} {}", with.name()))?;
    match user.close_day(mark, day, with).await {
        Ok(_) => Ok(done("/statements", &format!("The day {day} is closed."))),
        Err(kasse::Error::Refused(why)) => again(&user, &headers, asked, why).await,
        Err(error) => refused(error, "/statements"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(until: &str, from: &str, last: &str) {
        let today: Date = "2024-03-11".parse().unwrap();
        let (first, end) = window(until, today);
        assert_eq!((first.to_string(), end.to_string()), (from.to_owned(), last.to_owned()), "{until:?}");
    }

    #[test]
    fn a_page_shows_six_whole_months_and_none_to_come() {
        check("", "2023-10-01", "2024-03-31");
        check("2023-09", "2023-04-01", "2023-09-30");
        check("2099-01", "2023-10-01", "2024-03-31");
        check("yesterday", "2023-10-01", "2024-03-31");
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        let vouched = |day: &str, balance: &str| {
            let (day, balance) = (day.to_owned(), balance.to_owned());
            Vouched { once: String::new(), account: String::new(), what: "quiet".to_owned(), day, balance }.parsed()
        };
        let day = "2024-03-08".parse().unwrap();
        assert_eq!(vouched("2024-03-08", "1.234,56 €"), Ok((Confirm::Quiet, day, Cents::new(123_456))));
        for (day, balance, word) in [("x", "1,00", "day"), ("2024-03-08", "x", "balance"), ("", "", "Day and balance")]
        {
            assert!(vouched(day, balance).unwrap_err().contains(word), "{day} {balance}");
        }
    }
}
