//! Exports with a number: the finance system says which one it has, and gets what came since, each thing once.
//!
//! Invariants: a number is given once, in the transaction that stores all that it tells; whoever asks for it again gets the
//! same; what was told and is another by now is told by the next number, which names what it replaces.

use std::collections::{BTreeMap, HashMap};

use jiff::civil::Date;
use serde_json::{Value, json};
use store::{ExportRow, NewTold, ToldRow, Tx, WriteTx};

use crate::base::rights::Right;
use crate::base::shown::with;
use crate::base::window::Window;
use crate::books::situation::Situation;
use crate::handback::delta::{State, changes};
use crate::handback::frames::{Change, frames};
use crate::handback::lines::{Line, Told, lines};
use crate::handback::{blocks, handed, holds, living, mandates};
use crate::reports::owed_and_paid::postings;
use crate::vault::instance::code;
use crate::{Error, Kasse, Result};

/// What is exported under numbers of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HandbackKind {
    /// The lines of the bank's statements, split by what was decided.
    Lines,
    /// Allocations and counter-entries.
    Postings,
    /// Debits that still live.
    Living,
    /// What is held.
    Holds,
    /// What is not to be dunned.
    Blocks,
    /// Mandates.
    Mandates,
    /// Items that were handed over.
    Handed,
}

impl HandbackKind {
    /// The word that the database stores.
    pub fn word(self) -> &'static str {
        match self {
            HandbackKind::Lines => "lines",
            HandbackKind::Postings => "postings",
            HandbackKind::Living => "living",
            HandbackKind::Holds => "holds",
            HandbackKind::Blocks => "blocks",
            HandbackKind::Mandates => "mandates",
            HandbackKind::Handed => "handed",
        }
    }

    /// The fields that name a thing among others of its kind.
    fn key(self) -> &'static [&'static str] {
        match self {
            HandbackKind::Lines => &["entry"],
            HandbackKind::Postings => &["lfd_nr"],
            HandbackKind::Living => &["end_to_end_id"],
            HandbackKind::Holds => &["kassenzeichen", "posten", "case", "by", "reason"],
            HandbackKind::Mandates => &["mandate", "kassenzeichen"],
            HandbackKind::Blocks | HandbackKind::Handed => &["kassenzeichen", "posten"],
        }
    }
}

/// What comes after an export.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// The export of this number; it was made now, or stands since earlier.
    Number(i64),
    /// Nothing has changed since.
    Nothing,
}

/// The export that follows number `since`: the one that stands, or a new one of all that has changed, made by `who`.
///
/// # Errors
/// [`Error::Unknown`] where there is no number `since`, [`Error::Refused`] where a new one must be made and nobody says who does.
pub async fn export_after(kasse: &Kasse, kind: HandbackKind, since: i64, who: Option<&str>) -> Result<Next> {
    let known = store::handback_exports(&mut *kasse.db.read().await?, kind.word()).await?;
    if let Some(next) = following(&known, kind, since)? {
        return Ok(Next::Number(next));
    }
    let Some(who) = who else {
        return Err(Error::Refused(format!(
            "nothing was exported after number {since} yet: say with --as who exports it"
        )));
    };
    let mut tx = kasse.write(Right::Export, who, "handback export", "").await?;
    // another one may have made it meanwhile
    let known = store::handback_exports(&mut tx, kind.word()).await?;
    if let Some(next) = following(&known, kind, since)? {
        return Ok(Next::Number(next));
    }
    let (told, frame) = to_tell(kasse, &mut tx, kind).await?;
    if told.is_empty() {
        return Ok(Next::Nothing);
    }
    let export = ExportRow {
        id: 0,
        kind: kind.word().to_owned(),
        number: since + 1,
        day: kasse.today,
        moment: kasse.now.clone(),
        code: code(&mut tx).await?,
        frame,
        actor: who.to_owned(),
    };
    tx.add_handback_export(&export, &told).await?;
    tx.commit(&format!("export {} of {}", export.number, export.kind)).await?;
    Ok(Next::Number(export.number))
}

/// The number that follows `since`, if it stands.
fn following(known: &[ExportRow], kind: HandbackKind, since: i64) -> Result<Option<i64>> {
    let last = known.last().map_or(0, |export| export.number);
    if since < 0 || since > last {
        let word = kind.word();
        return Err(Error::Unknown(format!("there is no export {since} of {word}: the last one is {last}")));
    }
    Ok((since < last).then_some(since + 1))
}

/// What has changed, and for lines the balances that they stand between.
async fn to_tell(kasse: &Kasse, tx: &mut WriteTx, kind: HandbackKind) -> Result<(Vec<NewTold>, Option<String>)> {
    let situation = kasse.situation(tx).await?;
    let standing = store::handback_standing(tx, kind.word()).await?;
    if kind != HandbackKind::Lines {
        let rows = rows_now(kasse, tx, &situation, kind).await?;
        return Ok((changes(&standing, &state(kind, &rows), |one, other| one == other), None));
    }
    let (told, before, now) = lines_to_tell(kasse, tx, &situation, &standing).await?;
    let changed = told.iter().filter_map(|new| {
        let entry: i64 = new.name.rsplit(':').next()?.parse().ok()?;
        let now = now.lines.get(&entry).filter(|_| new.content.is_some());
        Some((entry, Change { now, before: before.get(&entry) }))
    });
    let amounts = before.values().map(|line| (line.entry, line.amount())).collect();
    let frames = frames(&changed.collect::<BTreeMap<_, _>>(), &now.days, &amounts);
    let frame = serde_json::to_string(&frames).map_err(|error| Error::Internal(error.to_string()))?;
    Ok((told, Some(frame)))
}

/// What has changed of the bank's lines, how they were told before, and how they are now.
async fn lines_to_tell(
    kasse: &Kasse,
    tx: &mut WriteTx,
    situation: &Situation,
    standing: &[ToldRow],
) -> Result<(Vec<NewTold>, HashMap<i64, Line>, Told)> {
    let mut before: HashMap<i64, Line> = HashMap::new();
    for row in standing.iter().filter_map(|row| row.content.as_deref()) {
        let line = parsed(row)?;
        before.insert(line.entry, line);
    }
    let chains = kasse.chains(tx).await?;
    let now = lines(tx, situation, &chains, &before.keys().copied().collect()).await?;
    let mut state = State::new();
    for line in now.lines.values() {
        let content = serde_json::to_string(line).map_err(|error| Error::Internal(error.to_string()))?;
        state.insert(name_of_line(line.entry), content);
    }
    let same = |one: &str, other: &str| match (parsed(one), parsed(other)) {
        (Ok(one), Ok(other)) => one.posts_as(&other),
        _ => false,
    };
    Ok((changes(standing, &state, same), before, now))
}

fn name_of_line(entry: i64) -> String {
    format!("{}:{entry:012}", HandbackKind::Lines.word())
}

/// A line as it was stored.
///
/// # Errors
/// [`Error::Internal`] where it cannot be read.
pub(crate) fn parsed(content: &str) -> Result<Line> {
    serde_json::from_str(content).map_err(|error| Error::Internal(format!("an exported line: {error}")))
}

/// The rows of a kind as they are now; what must not be stored outside of the table of personal values is not in them.
async fn rows_now(kasse: &Kasse, tx: &mut Tx, situation: &Situation, kind: HandbackKind) -> Result<Vec<Value>> {
    match kind {
        HandbackKind::Lines => Ok(Vec::new()),
        HandbackKind::Postings => {
            let postings = store::postings(tx, Date::ZERO, Window::ALL.most, 0).await?;
            Ok(postings.iter().map(|row| json!({"lfd_nr": row.id})).collect())
        }
        HandbackKind::Living => Ok(living::rows(kasse, situation)),
        HandbackKind::Holds => Ok(holds::rows(situation)),
        HandbackKind::Blocks => blocks::rows(kasse, tx, situation).await,
        HandbackKind::Mandates => Ok(mandates::rows(situation)),
        HandbackKind::Handed => handed::rows(tx, situation).await,
    }
}

/// Rows by their names; where several have the same, they are numbered.
fn state(kind: HandbackKind, rows: &[Value]) -> State {
    let mut state = State::new();
    for row in rows {
        let part = |field: &&str| match &row[*field] {
            Value::String(text) => text.clone(),
            Value::Number(number) => format!("{number:0>12}"),
            _ => String::new(),
        };
        let key: Vec<String> = kind.key().iter().map(part).collect();
        let name = format!("{}:{}", kind.word(), key.join("|"));
        let mut place = 1;
        let mut own = name.clone();
        while state.contains_key(&own) {
            place += 1;
            own = format!("{name}#{place}");
        }
        state.insert(own, row.to_string());
    }
    state
}

/// An export as it was made: its row, and what it tells.
pub(crate) async fn stored(tx: &mut Tx, kind: HandbackKind, number: i64) -> Result<(ExportRow, Vec<ToldRow>)> {
    let known = store::handback_exports(tx, kind.word()).await?;
    let last = known.len();
    let export = known.into_iter().find(|export| export.number == number).ok_or_else(|| {
        Error::Unknown(format!("there is no export {number} of {}: the last one is {last}", kind.word()))
    })?;
    let told = store::handback_told(tx, export.id).await?;
    Ok((export, told))
}

/// What the export of a number tells: an object per thing that is new, another, or so no more; the same whenever it is asked for.
///
/// # Errors
/// [`Error::Unknown`] for a number that was not given.
pub async fn exported(kasse: &Kasse, kind: HandbackKind, number: i64) -> Result<Vec<Value>> {
    let mut tx = kasse.db.read().await?;
    let situation = kasse.situation(&mut tx).await?;
    let (_, told) = stored(&mut tx, kind, number).await?;
    drop(tx);
    let posted: HashMap<i64, Value> = match kind {
        HandbackKind::Postings => postings(kasse, None).await?.into_iter().map(|row| (lfd_nr(&row), row)).collect(),
        _ => HashMap::new(),
    };
    let row = |row: &ToldRow| {
        let former = row.former.as_ref();
        let change = match (&row.content, former.map(|former| former.content.is_some())) {
            (None, _) => "ended",
            (Some(_), Some(true)) => "changed",
            (Some(_), _) => "new",
        };
        let content = row.content.as_deref().or(former.and_then(|former| former.content.as_deref()));
        let content: Value = content.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
        let content = match kind {
            HandbackKind::Postings => posted.get(&lfd_nr(&content)).cloned().unwrap_or(content),
            HandbackKind::Mandates => mandates::named(&situation, content),
            _ => content,
        };
        let replaces = former.filter(|_| change != "new").map(|former| former.number);
        with(json!({"export": number, "change": change, "replaces": replaces}), content)
    };
    Ok(told.iter().map(row).collect())
}

fn lfd_nr(row: &Value) -> i64 {
    row["lfd_nr"].as_i64().unwrap_or(0)
}

/// The exports of a kind that were made: number, day, by whom.
///
/// # Errors
/// What the database says.
pub async fn exports(kasse: &Kasse, kind: HandbackKind) -> Result<Vec<Value>> {
    let known = store::handback_exports(&mut *kasse.db.read().await?, kind.word()).await?;
    let row = |export: &ExportRow| json!({"number": export.number, "kind": export.kind, "day": export.day.to_string(), "by": export.actor});
    Ok(known.iter().map(row).collect())
}
