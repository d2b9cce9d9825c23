//! The page of a case: the payment on one side, the candidates on the other, and the forms.
//!
//! Only reads. Invariant: every form carries the version of the case that the page shows.

use askama::Template;
use axum::extract::{Path, Query};
use axum::http::{HeaderMap, StatusCode};
use kasse::rights::Right;
use serde_json::Value;

use super::filter::{Asked, Filter};
use super::held::{Group, groups};
use super::marked::{Text, payer, texts};
use super::offers::{Offer, offers};
use super::queue::{Neighbours, around};
use super::split::{Line, lines};
use super::views::{Case, Last, Told};
use crate::access::{As, Looking};
use crate::error::Failed;
use crate::page::{Answer, Page, page_with};
use crate::say::{Lang, lang_of};
use crate::view::{Fields, read};

/// A refused form, with what was typed.
#[derive(Debug, Default)]
pub(super) struct Kept {
    /// The form's name.
    pub(super) form: String,
    /// Why it was refused, in English.
    pub(super) wrong: Option<String>,
    /// The rows of the form that divides money.
    pub(super) lines: Option<Vec<Line>>,
    pub(super) why: String,
    pub(super) day: String,
    pub(super) comment: String,
}

impl Kept {
    /// The content of a form that was sent.
    pub(super) fn of(sent: &Fields, lines: Option<Vec<Line>>, wrong: Option<String>) -> Kept {
        let one = |name: &str| sent.one(name).to_owned();
        Kept { form: one("act"), wrong, lines, why: one("why"), day: one("day"), comment: one("comment") }
    }
}

#[derive(Template)]
#[template(path = "case.html")]
struct CasePage<'a> {
    p: Page,
    case: &'a Case,
    may_decide: bool,
    is_mine: bool,
    payer: Option<Text>,
    texts: Vec<Text>,
    offers: Vec<Offer<'a>>,
    held: Vec<Group<'a>>,
    story: Vec<Told>,
    last: Option<Last>,
    around: Neighbours,
    query: String,
    lines: Vec<Line>,
    kept: Kept,
}

impl CasePage<'_> {
    /// Whether a form is shown open, because it was refused.
    fn is_open(&self, form: &str) -> bool {
        self.kept.form == form
    }

    /// Its position in the queue, in English.
    fn place(&self) -> String {
        match self.around.place {
            Some(place) => format!("{place} of {}", self.around.count),
            None => "not in this queue".to_owned(),
        }
    }
}

pub(super) async fn show(
    user: As<Looking>,
    headers: HeaderMap,
    Path(number): Path<i64>,
    Query(asked): Query<Asked>,
) -> Answer {
    let case = read(kasse::case(&user.kasse(), number).await?)?;
    render(StatusCode::OK, &user, &headers, &asked.read().0, &case, Kept::default()).await
}

/// The page of a case for a person.
pub(super) async fn render<R>(
    status: StatusCode,
    user: &As<R>,
    headers: &HeaderMap,
    filter: &Filter,
    case: &Case,
    mut kept: Kept,
) -> Answer {
    let kasse = user.kasse();
    let around = around(&kasse, filter, user.name(), case.case).await?;
    let story = story(kasse::case_story(&kasse, case.case).await?)?;
    let may_decide = user.may(Right::Decide);
    let last = if may_decide { last(user).await?.filter(|last| last.case != case.case) } else { None };
    let page = CasePage {
        p: Page::of(user, headers, "/cases", &format!("Case {}", case.case)),
        may_decide,
        is_mine: case.is_owned_by(user.name()),
        payer: payer(case),
        texts: texts(case),
        offers: offers(case, lang_of(headers) == Lang::De),
        held: groups(case),
        story,
        last,
        around,
        query: filter.query(),
        lines: kept.lines.take().unwrap_or_else(|| lines(case)),
        kept,
        case,
    };
    page_with(status, &page)
}

/// The verdicts of a case. Undoing a decision adds two verdicts (what stood before, and what the rules then say);
/// people see one step.
fn story(told: Vec<Value>) -> Result<Vec<Told>, Failed> {
    let mut story: Vec<Told> = Vec::new();
    for one in told {
        let one: Told = read(one)?;
        if one.taken_back && story.last().is_some_and(|before| before.taken_back && before.entry == one.entry) {
            story.pop();
        }
        story.push(one);
    }
    Ok(story)
}

/// The person's last decision, so that it can be undone.
pub(super) async fn last<R>(user: &As<R>) -> Result<Option<Last>, Failed> {
    kasse::last_decision(&user.kasse(), user.name()).await?.map(read).transpose()
}
