//! A bank that writes camt.053 as German banks do, from terse text tables.
//!
//! Knows the elements of camt.053.001.02 and .08; nothing of the program. Invariant: the closing balance is the opening
//! one and the booked entries, unless a test changes the written text.

use std::fmt::Write as _;

use crate::people::{Extra, PEOPLE, lines};

/// The town's account.
pub(crate) const ACCOUNT: &str = "DE82416500010000000023";

/// How a file is laid out.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Layout {
    /// A line per element.
    Lines,
    /// One line, every element with a prefix.
    Dense,
}

/// A statement: `NUMBER FROM TO OPENING`, then a line `DATE AMOUNT WHO | TEXT | key=value…` per entry; lines that begin
/// with an amount are the details of the entry `DATE AMOUNT batch` before them.
#[derive(Clone)]
pub(crate) struct Statement {
    number: String,
    days: (String, String),
    opening: i64,
    entries: Vec<Entry>,
}

#[derive(Clone)]
struct Entry {
    day: String,
    cents: i64,
    details: Vec<Detail>,
    extra: Vec<String>,
}

#[derive(Clone)]
struct Detail {
    cents: i64,
    name: Option<String>,
    iban: Option<String>,
    text: String,
    extra: Vec<String>,
}

/// The cents of `+1234.50`.
fn cents(text: &str) -> i64 {
    let (whole, part) = text.split_once('.').unwrap();
    let digits: i64 = format!("{}{part}", whole.trim_start_matches(['+', '-'])).parse().unwrap();
    if whole.starts_with('-') { -digits } else { digits }
}

fn eur(cents: i64) -> String {
    format!("{}.{:02}", cents.abs() / 100, cents.abs() % 100)
}

impl Statement {
    /// Reads the text table.
    pub(crate) fn new(table: &str) -> Statement {
        let mut rows = lines(table);
        let head: Vec<String> = rows.next().unwrap().split_whitespace().map(str::to_owned).collect();
        let mut entries: Vec<Entry> = Vec::new();
        for row in rows {
            if row.starts_with(['+', '-']) {
                entries.last_mut().unwrap().details.push(detail(row));
                continue;
            }
            let (day, rest) = row.split_once(' ').unwrap();
            let (amount, who) = rest.split_once(' ').unwrap();
            let mut entry = Entry { day: day.to_owned(), cents: cents(amount), details: Vec::new(), extra: Vec::new() };
            match who.split_whitespace().next() {
                Some("batch") => entry.extra = who.split_whitespace().skip(1).map(str::to_owned).collect(),
                _ => {
                    let detail = detail(rest);
                    entry.extra.clone_from(&detail.extra);
                    entry.details.push(detail);
                }
            }
            entries.push(entry);
        }
        Statement {
            number: head[0].clone(),
            days: (head[1].clone(), head[2].clone()),
            opening: cents(&head[3]),
            entries,
        }
    }

    /// camt.053.001.08 in the usual layout.
    pub(crate) fn xml(&self) -> String {
        self.render("08", Layout::Lines)
    }

    /// camt.053.001.`version`.
    pub(crate) fn render(&self, version: &str, layout: Layout) -> String {
        let namespace = format!("urn:iso:std:iso:20022:tech:xsd:camt.053.001.{version}");
        let head = match layout {
            Layout::Lines => "2024-03-09T06:00:00",
            Layout::Dense => "2024-03-10T22:15:00",
        };
        let message = tag(
            "BkToCstmrStmt",
            [
                tag("GrpHdr", [leaf("MsgId", &format!("053-{}-{version}", self.number)), leaf("CreDtTm", head)]),
                self.statement(version),
            ],
        );
        let document = Tag { attribute: Some(namespace), ..tag("Document", [message]) };
        let mut text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n".to_owned();
        document.write(&mut text, layout, 0);
        text
    }

    fn statement(&self, version: &str) -> Tag {
        let closing = self.opening + self.entries.iter().filter(|e| e.status() == "BOOK").map(|e| e.cents).sum::<i64>();
        let mut inner = vec![
            leaf("Id", &format!("0{}2024", self.number)),
            leaf("ElctrncSeqNb", &self.number),
            leaf("CreDtTm", "2024-03-09T06:00:00"),
            tag(
                "Acct",
                [
                    tag("Id", [leaf("IBAN", ACCOUNT)]),
                    leaf("Ccy", "EUR"),
                    tag("Svcr", [tag("FinInstnId", [leaf("BIC", "ERLIDE99XXX")])]),
                ],
            ),
            balance("OPBD", self.opening, &self.days.0),
            balance("CLBD", closing, &self.days.1),
        ];
        inner.extend(self.entries.iter().map(|entry| entry.tag(version)));
        tag("Stmt", inner)
    }
}

fn detail(row: &str) -> Detail {
    let mut parts = row.split('|').map(str::trim);
    let (amount, who) = parts.next().unwrap().split_once(' ').unwrap();
    let text = parts.next().unwrap_or_default().to_owned();
    let extra = parts.next().unwrap_or_default().split_whitespace().map(str::to_owned).collect();
    let person = PEOPLE.iter().find(|person| person.key == who);
    let (name, iban) = match (person, who.rsplit_once(' ')) {
        (Some(person), _) => (Some(person.name.to_owned()), Some(person.iban.to_owned())),
        (None, Some((name, iban))) if iban.starts_with("DE") => (Some(name.to_owned()), Some(iban.to_owned())),
        _ => (Some(who.to_owned()).filter(|who| who != "-"), None),
    };
    Detail { cents: cents(amount), name, iban, text, extra }
}

fn extra<'a>(words: &'a [String], key: &str) -> Option<&'a str> {
    Extra(words.iter().map(String::as_str).collect()).get(key)
}

impl Entry {
    fn status(&self) -> &str {
        extra(&self.extra, "status").unwrap_or("BOOK")
    }

    fn tag(&self, version: &str) -> Tag {
        let mut inner = vec![amount(self.cents), direction(self.cents)];
        if self.extra.iter().any(|word| word == "reversal") {
            inner.push(leaf("RvslInd", "true"));
        }
        inner.push(match version {
            "02" => leaf("Sts", self.status()),
            _ => tag("Sts", [leaf("Cd", self.status())]),
        });
        inner.push(tag("BookgDt", [leaf("Dt", &self.day)]));
        inner.push(tag("ValDt", [leaf("Dt", &self.day)]));
        if let Some(reference) = extra(&self.extra, "ref") {
            inner.push(leaf("AcctSvcrRef", reference));
        }
        let code =
            extra(&self.extra, "code").unwrap_or(if self.cents < 0 { "PMNT/ICDT/ESCT" } else { "PMNT/RCDT/ESCT" });
        let [domain, family, sub]: [&str; 3] = code.split('/').collect::<Vec<_>>().try_into().unwrap();
        let family = tag("Fmly", [leaf("Cd", family), leaf("SubFmlyCd", sub)]);
        inner.push(tag("BkTxCd", [tag("Domn", [leaf("Cd", domain), family])]));
        let batch = self.details.len() > 1;
        let joins = [("MsgId", "msg"), ("PmtInfId", "pmtinf"), ("NbOfTxs", "of")];
        let joins = joins.into_iter().filter_map(|(name, key)| Some(leaf(name, extra(&self.extra, key)?)));
        let joins: Vec<Tag> = joins.collect();
        let mut details: Vec<Tag> = Vec::new();
        if !joins.is_empty() {
            details.push(tag("Btch", joins));
        }
        if !self.extra.iter().any(|word| word == "bare") {
            details.extend(self.details.iter().map(|detail| detail.tag(version, batch)));
        }
        inner.push(tag("NtryDtls", details));
        tag("Ntry", inner)
    }
}

impl Detail {
    fn tag(&self, version: &str, batch: bool) -> Tag {
        let mut references = vec![leaf("EndToEndId", extra(&self.extra, "e2e").unwrap_or("NOTPROVIDED"))];
        references.extend(extra(&self.extra, "mandate").map(|mandate| leaf("MndtId", mandate)));
        if let Some(reference) = extra(&self.extra, "ref").filter(|_| batch) {
            references.insert(0, leaf("AcctSvcrRef", reference));
        }
        let mut inner = vec![tag("Refs", references)];
        if batch {
            inner.push(amount(self.cents));
            inner.push(direction(self.cents));
        }
        if let Some(original) = extra(&self.extra, "instd") {
            let amount = Tag { attribute: Some("EUR".to_owned()), ..leaf("Amt", original) };
            inner.push(tag("AmtDtls", [tag("InstdAmt", [amount])]));
        }
        let [role, account] = if self.cents < 0 { ["Cdtr", "CdtrAcct"] } else { ["Dbtr", "DbtrAcct"] };
        let mut parties = Vec::new();
        if let Some(name) = &self.name {
            let name = leaf("Nm", name);
            parties.push(tag(role, [if version == "02" { name } else { tag("Pty", [name]) }]));
        }
        parties.extend(self.iban.iter().map(|iban| tag(account, [tag("Id", [leaf("IBAN", iban)])])));
        inner.push(tag("RltdPties", parties));
        inner.push(tag("RmtInf", [leaf("Ustrd", &self.text)]));
        if let Some(reason) = extra(&self.extra, "return") {
            inner.push(tag("RtrInf", [tag("Rsn", [leaf("Cd", reason)])]));
        }
        tag("TxDtls", inner)
    }
}

fn amount(cents: i64) -> Tag {
    Tag { attribute: Some("EUR".to_owned()), ..leaf("Amt", &eur(cents)) }
}

fn direction(cents: i64) -> Tag {
    leaf("CdtDbtInd", if cents < 0 { "DBIT" } else { "CRDT" })
}

fn balance(code: &str, cents: i64, day: &str) -> Tag {
    tag(
        "Bal",
        [
            tag("Tp", [tag("CdOrPrtry", [leaf("Cd", code)])]),
            amount(cents),
            direction(cents),
            tag("Dt", [leaf("Dt", day)]),
        ],
    )
}

/// An element; the attribute is the namespace of `Document` and the currency of `Amt`.
struct Tag {
    name: &'static str,
    attribute: Option<String>,
    text: String,
    inner: Vec<Tag>,
}

fn tag(name: &'static str, inner: impl IntoIterator<Item = Tag>) -> Tag {
    Tag { name, attribute: None, text: String::new(), inner: inner.into_iter().collect() }
}

fn leaf(name: &'static str, text: &str) -> Tag {
    let text = text.replace('&', "&amp;").replace('<', "&lt;");
    Tag { name, attribute: None, text, inner: Vec::new() }
}

impl Tag {
    fn write(&self, out: &mut String, layout: Layout, depth: usize) {
        let (prefix, declared, indent, end) = match layout {
            Layout::Lines => ("", "xmlns", "  ".repeat(depth), "\n"),
            Layout::Dense => ("n1:", "xmlns:n1", String::new(), ""),
        };
        let name = format!("{prefix}{}", self.name);
        let attribute = match (&self.attribute, self.name) {
            (Some(namespace), "Document") => format!(" {declared}=\"{namespace}\""),
            (Some(currency), _) => format!(" Ccy=\"{currency}\""),
            (None, _) => String::new(),
        };
        if self.inner.is_empty() {
            write!(out, "{indent}<{name}{attribute}>{}</{name}>{end}", self.text).unwrap();
            return;
        }
        write!(out, "{indent}<{name}{attribute}>{end}").unwrap();
        self.inner.iter().for_each(|inner| inner.write(out, layout, depth + 1));
        write!(out, "{indent}</{name}>{end}").unwrap();
    }
}
