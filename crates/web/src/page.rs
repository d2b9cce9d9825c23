//! The frame of every page: who is logged in, where one can go, what just happened.
//!
//! Invariant: the templates escape everything that comes from outside; no page contains a script or a style.

use askama::Template;
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{Html, IntoResponse, Redirect, Response};
use kasse::people::Secret;
use kasse::rights::Right;

use crate::access::{As, cookie};
use crate::app::Reached;
use crate::error::{Failed, Problem};
use crate::say::{Lang, lang_of, said};

/// The result of a handler.
pub(crate) type Answer = Result<Response, Failed>;

/// An entry of the navigation.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    /// Its address.
    pub(crate) href: &'static str,
    /// Its name, in English.
    pub(crate) name: &'static str,
    right: Right,
}

/// The entries of the navigation, in the order of a day's work.
const PLACES: [Place; 12] = [
    Place { href: "/", name: "Today", right: Right::Look },
    Place { href: "/import", name: "Import", right: Right::Import },
    Place { href: "/statements", name: "Statements", right: Right::Look },
    Place { href: "/cases", name: "Cases", right: Right::Look },
    Place { href: "/runs", name: "Direct debits", right: Right::Look },
    Place { href: "/guard", name: "Check a file", right: Right::Plan },
    Place { href: "/refunds", name: "Refunds", right: Right::Look },
    Place { href: "/desk", name: "Front desk", right: Right::Ask },
    Place { href: "/audit", name: "Audit", right: Right::Audit },
    Place { href: "/users", name: "People", right: Right::Administer },
    Place { href: "/waiting", name: "Second person", right: Right::Appoint },
    Place { href: "/settings", name: "Settings", right: Right::Administer },
];

/// Whether the navigation has an entry with this name.
#[cfg(test)]
pub(crate) fn is_place(name: &str) -> bool {
    PLACES.iter().any(|place| place.name == name)
}

/// The frame of a page.
#[derive(Clone, Debug)]
pub(crate) struct Page {
    /// The page's title, in English.
    pub(crate) title: String,
    /// The treasury's name.
    pub(crate) kasse: String,
    /// The business date, ISO.
    pub(crate) today: String,
    /// Who is logged in.
    pub(crate) who: Option<String>,
    /// The entries of the navigation for this person.
    pub(crate) places: Vec<Place>,
    /// The current entry.
    pub(crate) here: &'static str,
    /// The message about what just happened, in English.
    pub(crate) flash: Option<Flash>,
    /// The reader's language.
    pub(crate) lang: Lang,
    /// A warning, in English, if some settings are still those of the example.
    pub(crate) example: Option<String>,
}

/// A message about what just happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Flash {
    /// Whether something went wrong.
    pub(crate) bad: bool,
    /// Its text, in English.
    pub(crate) text: String,
}

impl Page {
    /// The frame for a person.
    pub(crate) fn of<R>(user: &As<R>, headers: &HeaderMap, here: &'static str, title: &str) -> Page {
        let kasse = user.kasse();
        Page {
            title: title.to_owned(),
            kasse: kasse.config.name.clone(),
            today: user.moment().today.to_string(),
            who: Some(user.name().to_owned()),
            places: PLACES.into_iter().filter(|place| user.may(place.right)).collect(),
            here,
            flash: flash_of(headers),
            lang: lang_of(headers),
            example: kasse.config.still_example(),
        }
    }

    /// The frame without a person.
    pub(crate) fn public(kasse: &str, today: &str, headers: &HeaderMap, title: &str) -> Page {
        Page {
            title: title.to_owned(),
            kasse: kasse.to_owned(),
            today: today.to_owned(),
            who: None,
            places: Vec::new(),
            here: "",
            flash: flash_of(headers),
            lang: lang_of(headers),
            example: None,
        }
    }

    /// The text in the reader's language.
    pub(crate) fn t(&self, english: &str) -> String {
        said(self.lang, english)
    }

    /// The text as a complete sentence: with a capital letter and a full stop.
    pub(crate) fn sentence(&self, english: &str) -> String {
        let said = self.t(english);
        let mut letters = said.chars();
        let first: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
        let stop = if said.ends_with(['.', '!', '?']) || said.is_empty() { "" } else { "." };
        format!("{first}{}{stop}", letters.as_str())
    }

    /// A date in the reader's format.
    pub(crate) fn date(&self, iso: &str) -> String {
        self.lang.date(iso).into_owned()
    }

    /// A month (`2024-03`) in the reader's format.
    pub(crate) fn month(&self, iso: &str) -> String {
        match (self.lang, iso.split_once('-')) {
            (Lang::De, Some((year, month))) => format!("{month}/{year}"),
            _ => iso.to_owned(),
        }
    }

    /// An amount in the reader's format, with its currency.
    pub(crate) fn eur(&self, amount: &str) -> String {
        sepa::Cents::parse(amount).map_or_else(|_| amount.to_owned(), |cents| self.lang.money(cents.get()))
    }

    /// A mark for a form, so that it is carried out once.
    pub(crate) fn once(&self) -> String {
        Secret::new().text().to_owned()
    }
}

/// A page as a response; it clears the message of the last request.
pub(crate) fn page(template: &impl Template) -> Answer {
    page_with(StatusCode::OK, template)
}

/// The same with another HTTP status.
pub(crate) fn page_with(status: StatusCode, template: &impl Template) -> Answer {
    let mut response = (status, Html(template.render()?)).into_response();
    response
        .headers_mut()
        .append(SET_COOKIE, HeaderValue::from_static("einmal_flash=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict"));
    Ok(response)
}

/// Redirects (303) to a page that shows what happened.
pub(crate) fn done(to: &str, said: &str) -> Response {
    onward(to, false, said)
}

/// Redirects to a page that shows what went wrong.
pub(crate) fn not_done(to: &str, said: &str) -> Response {
    onward(to, true, said)
}

fn onward(to: &str, bad: bool, said: &str) -> Response {
    let mut response = Redirect::to(to).into_response();
    let mark = if bad { '!' } else { '.' };
    let cookie = format!("einmal_flash={mark}{}; Path=/; Max-Age=60; HttpOnly; SameSite=Strict", packed(said));
    if let Ok(value) = HeaderValue::from_str(&cookie) {
        response.headers_mut().append(SET_COOKIE, value);
    }
    response
}

/// The most bytes of a message in a cookie.
const MESSAGE: usize = 1_200;

/// The text's bytes in hexadecimal, which a cookie may contain.
fn packed(text: &str) -> String {
    let end =
        text.char_indices().map(|(place, _)| place).chain([text.len()]).take_while(|place| *place <= MESSAGE).last();
    text.bytes().take(end.unwrap_or(0)).fold(String::new(), |mut packed, byte| {
        use std::fmt::Write as _;
        let _ = write!(packed, "{byte:02x}");
        packed
    })
}

fn unpacked(text: &str) -> Option<String> {
    let nibble = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let bytes: Option<Vec<u8>> = text
        .as_bytes()
        .chunks(2)
        .map(|pair| match pair {
            [high, low] => Some(nibble(*high)? * 16 + nibble(*low)?),
            _ => None,
        })
        .collect();
    String::from_utf8(bytes?).ok()
}

fn flash_of(headers: &HeaderMap) -> Option<Flash> {
    let value = cookie(headers, "einmal_flash")?;
    let (bad, rest) = match value.strip_prefix('!') {
        Some(rest) => (true, rest),
        None => (false, value.strip_prefix('.')?),
    };
    Some(Flash { bad, text: unpacked(rest)? }).filter(|flash| !flash.text.is_empty())
}

/// The cookie of a log-in; without a secret, the one that ends it.
pub(crate) fn session_cookie(reached: Reached, secret: Option<&Secret>) -> Option<HeaderValue> {
    let name = crate::access::cookie_name(reached);
    let secure = if reached.is_encrypted() { "; Secure" } else { "" };
    let (value, age) = secret.map_or(("", "; Max-Age=0"), |secret| (secret.text(), ""));
    HeaderValue::from_str(&format!("{name}={value}; Path=/; HttpOnly; SameSite=Strict{secure}{age}")).ok()
}

#[derive(Template)]
#[template(path = "problem.html")]
struct ProblemPage {
    p: Page,
    problem: Problem,
}

/// A problem as a page.
pub(crate) fn problem_page(p: Page, problem: Problem) -> Response {
    let status = problem.status;
    page_with(status, &ProblemPage { p, problem }).unwrap_or_else(|_| status.into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_comes_back_as_it_went() {
        for text in ["Gebucht: 115,04 €", "", "<b>\"';\n"] {
            assert_eq!(unpacked(&packed(text)).as_deref(), Some(text));
        }
        assert!(packed(&"ä".repeat(5_000)).len() <= 2 * MESSAGE);
        assert_eq!(unpacked("zz"), None);
        assert_eq!(unpacked("a"), None);
    }
}
