//! The list of open cases: why they are cases, how old they are, and who works on them.
//!
//! Only reads. Invariant: if a filter field cannot be read, the error is shown beside it and the rest of the filter
//! applies.

use askama::Template;
use axum::extract::Query;
use axum::http::HeaderMap;
use kasse::rights::Right;

use super::filter::{Asked, Filter, Wrong};
use super::queue::Queue;
use super::show::last;
use super::views::{Last, Row};
use crate::access::{As, Looking};
use crate::page::{Answer, Page, page};

#[derive(Template)]
#[template(path = "cases.html")]
struct List<'a> {
    p: Page,
    asked: &'a Asked,
    wrong: &'a [Wrong],
    /// The filter as a query string.
    query: String,
    is_filtered: bool,
    count: String,
    sum: String,
    waiting: Option<String>,
    reasons: Vec<Reason>,
    rows: &'a [Row],
    first: Option<i64>,
    pages: Vec<PageLink>,
    last: Option<Last>,
}

/// A class of reason, with the address of its cases.
struct Reason {
    name: String,
    count: usize,
    query: String,
    is_chosen: bool,
}

struct PageLink {
    number: usize,
    query: String,
    is_here: bool,
}

impl List<'_> {
    /// The error of a field.
    fn wrong_of(&self, field: &str) -> Option<&'static str> {
        self.wrong.iter().find(|(own, _)| *own == field).map(|(_, why)| *why)
    }
}

pub(super) async fn show(user: As<Looking>, headers: HeaderMap, Query(asked): Query<Asked>) -> Answer {
    let (filter, wrong) = asked.read();
    let queue = Queue::of(&user.kasse(), &filter, user.name()).await?;
    let last = if user.may(Right::Decide) { last(&user).await? } else { None };
    page(&List {
        p: Page::of(&user, &headers, "/cases", "Cases"),
        asked: &asked,
        wrong: &wrong,
        query: filter.query(),
        is_filtered: Filter { page: 1, largest: false, ..filter.clone() } != Filter { page: 1, ..Filter::default() },
        count: counted(queue.count, "case", "cases"),
        sum: queue.open.to_string(),
        waiting: (queue.waiting > 0).then(|| waiting(queue.waiting)),
        reasons: reasons(&queue, &filter),
        rows: &queue.rows,
        first: queue.rows.first().map(|row| row.case),
        pages: pages(&queue, &filter),
        last,
    })
}

fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

fn waiting(count: usize) -> String {
    match count {
        1 => "1 more case waits for its day.".to_owned(),
        count => format!("{count} more cases wait for their day."),
    }
}

fn reasons(queue: &Queue, filter: &Filter) -> Vec<Reason> {
    let reason = |(name, count): &(String, usize)| Reason {
        name: name.clone(),
        count: *count,
        query: Filter { reason: Some(name.clone()), ..filter.clone() }.query(),
        is_chosen: filter.reason.as_ref() == Some(name),
    };
    queue.reasons.iter().map(reason).collect()
}

/// Links to the pages of the list: the first, the last and those around this one.
fn pages(queue: &Queue, filter: &Filter) -> Vec<PageLink> {
    let (last, here) = (queue.pages(), queue.page);
    let is_shown = |number: &usize| *number == 1 || *number == last || number.abs_diff(here) <= 3;
    let link = |number| PageLink { number, query: filter.query_of_page(number), is_here: number == here };
    if last == 1 { Vec::new() } else { (1..=last).filter(is_shown).map(link).collect() }
}
