//! A town with its pages in this process: the shipped sample on SQLite, one person per role, requests without a
//! network.

use std::path::PathBuf;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::header::{CONTENT_TYPE, COOKIE, LOCATION, SET_COOKIE};
use axum::http::{Request, StatusCode};
use jiff::civil::date;
use kasse::people::{self, Secret};
use kasse::rights::{Role, Roles};
use kasse::{Config, ImportOptions, Kasse, Progress, SessionRow};
use tempfile::TempDir;
use tower::ServiceExt as _;
use web::{App, Clock, Moment, Reached, router};

pub(crate) const PASSWORD: &str = "lang genug und geheim";
/// What an administrator sets, good for setting an own one.
pub(crate) const FIRST: &str = "nur fuer das erste Mal";
pub(crate) const ADMIN: &str = "administrator";
pub(crate) const NOW: i64 = 1_710_144_000;

struct Silent;

impl Progress for Silent {
    fn file(&self, _: usize, _: usize, _: &str) {}
    fn advance(&self, _: usize) {}
}

/// A town, its pages, and who is logged in.
pub(crate) struct House {
    pub(crate) kasse: Kasse,
    pub(crate) pages: Router,
    folder: TempDir,
}

/// A response of the pages.
pub(crate) struct Answered {
    pub(crate) status: StatusCode,
    pub(crate) to: String,
    pub(crate) cookies: Vec<String>,
    pub(crate) text: String,
}

impl House {
    /// Empty books; the first person is the administrator `admin`.
    pub(crate) async fn empty() -> House {
        House::demanding("").await
    }

    /// The same with further settings.
    pub(crate) async fn demanding(settings: &str) -> House {
        let folder = tempfile::tempdir().unwrap();
        let text = std::fs::read_to_string(sample().join("einmal.toml")).unwrap();
        let config = Config::parse(&format!("{text}\n{settings}")).unwrap();
        let db = format!("sqlite://{}", folder.path().join("einmal.db").display());
        let kasse = Kasse::open(config, &db, date(2024, 3, 11), "2024-03-11T08:00:00Z".to_owned()).await.unwrap();
        let clock =
            Clock::new(|| Moment { today: date(2024, 3, 11), now: "2024-03-11T08:00:00Z".to_owned(), seconds: NOW });
        let pages = router(App::new(kasse.clone(), clock, Reached::Plain));
        House { kasse, pages, folder }
    }

    /// The shipped sample, imported and matched before anybody is registered.
    pub(crate) async fn of_the_sample() -> House {
        let house = House::empty().await;
        let inputs: Vec<PathBuf> =
            ["offene-posten.csv", "mandate.csv", "kontoauszuege"].map(|name| sample().join(name)).to_vec();
        kasse::import(&house.kasse, &inputs, &ImportOptions::default(), &Silent).await.unwrap();
        kasse::match_all(&house.kasse).await.unwrap();
        house
    }

    /// Imports one more file with this text.
    pub(crate) async fn import(&self, name: &str, text: &str) {
        let file = self.folder.path().join(name);
        std::fs::write(&file, text).unwrap();
        let imported = kasse::import(&self.kasse, &[file], &ImportOptions::default(), &Silent).await.unwrap();
        assert!(imported.files.iter().all(|file| file.error.is_none()), "{:?}", imported.files);
    }

    /// Registers a person for each role with the role's name: the administrator first, then the treasurer, who confirms what
    /// the others are given.
    pub(crate) async fn staffed(self) -> House {
        let admin = Roles::new(vec![Role::Administrator]).unwrap();
        people::add_user(&self.kasse, ADMIN, &admin, PASSWORD, ADMIN, None).await.unwrap();
        let house = self.with(Role::Treasurer.word(), &[Role::Treasurer]).await;
        let others = Role::ALL.into_iter().filter(|role| ![Role::Administrator, Role::Treasurer].contains(role));
        let mut house = house;
        for role in others {
            house = house.with(role.word(), &[role]).await;
        }
        house
    }

    /// The treasury as these people act in it, who type their passwords.
    pub(crate) async fn signed(&self, names: &[&str]) -> Kasse {
        let mut signed = self.kasse.clone();
        for name in names {
            signed = signed.signed(people::by_password(&self.kasse, name, PASSWORD).await.unwrap());
        }
        signed
    }

    /// The cookie of a log-in for a person, made without the time that checking a password takes.
    pub(crate) async fn logged_in(&self, name: &str) -> String {
        let secret = Secret::new();
        let row = SessionRow {
            digest: secret.digest(),
            staff: name.to_owned(),
            began: NOW,
            seen: NOW,
            agent: "a test".to_owned(),
            proved: NOW,
        };
        self.kasse.db.add_session(&row).await.unwrap();
        format!("einmal={}", secret.text())
    }

    /// Registers one more person, with one or several roles, who sets a password of his own.
    pub(crate) async fn with(self, name: &str, roles: &[Role]) -> House {
        let roles = Roles::new(roles.to_vec()).unwrap();
        // the second one who may confirm is made by the first alone
        let is_founder = name == Role::Treasurer.word();
        let with = (!is_founder && roles.gain(&Roles::default())).then_some("treasurer");
        let names: Vec<&str> = std::iter::once(ADMIN).chain(with).collect();
        let signed = self.signed(&names).await;
        people::add_user(&signed, name, &roles, FIRST, ADMIN, with).await.unwrap();
        let proven = people::by_password(&self.kasse, name, FIRST).await.unwrap();
        people::set_password(&self.kasse.clone().signed(proven), name, PASSWORD, name, None).await.unwrap();
        self
    }

    /// Sends the form of a page, with its mark.
    pub(crate) async fn send(&self, cookie: &str, page: &Answered, action: &str, fields: &[(&str, &str)]) -> Answered {
        let once = page.once(action);
        let fields: Vec<(&str, &str)> = [("once", once.as_str())].iter().chain(fields).copied().collect();
        self.post(cookie, action, &fields).await
    }

    pub(crate) async fn get(&self, cookie: &str, path: &str) -> Answered {
        self.ask("GET", cookie, path, &[]).await
    }

    pub(crate) async fn post(&self, cookie: &str, path: &str, fields: &[(&str, &str)]) -> Answered {
        self.ask("POST", cookie, path, fields).await
    }

    pub(crate) async fn ask(&self, method: &str, cookie: &str, path: &str, fields: &[(&str, &str)]) -> Answered {
        let body: Vec<String> =
            fields.iter().map(|(name, value)| format!("{}={}", escaped(name), escaped(value))).collect();
        let request = Request::builder().method(method).uri(path).header(COOKIE, format!("{cookie}; einmal_lang=en"));
        let request = match method {
            "GET" => request.body(Body::empty()),
            _ => request.header(CONTENT_TYPE, "application/x-www-form-urlencoded").body(Body::from(body.join("&"))),
        };
        let response = self.pages.clone().oneshot(request.unwrap()).await.unwrap();
        let header = |name| response.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
        let to = header(LOCATION).unwrap_or_default();
        let cookies = response.headers().get_all(SET_COOKIE);
        let cookies = cookies.iter().map(|value| value.to_str().unwrap().to_owned()).collect();
        let status = response.status();
        let bytes = to_bytes(response.into_body(), 10_000_000).await.unwrap();
        Answered { status, to, cookies, text: String::from_utf8_lossy(&bytes).into_owned() }
    }
}

impl Answered {
    /// The mark in the form that goes to an address.
    pub(crate) fn once(&self, action: &str) -> String {
        let form = self.text.split(&format!("action=\"{action}\"")).nth(1);
        let form = form.unwrap_or_else(|| panic!("no form to {action}: {}", self.text));
        let value = form.split("name=\"once\" value=\"").nth(1).expect("a mark");
        value.split('"').next().unwrap().to_owned()
    }

    #[track_caller]
    pub(crate) fn says(&self, what: &str) {
        assert!(self.text.contains(what), "{what:?} is not in:\n{}", self.text);
    }

    #[track_caller]
    pub(crate) fn does_not_say(&self, what: &str) {
        assert!(!self.text.contains(what), "{what:?} is in:\n{}", self.text);
    }

    /// The message that the next page shows.
    pub(crate) fn flash(&self) -> String {
        let cookie = self.cookies.iter().find_map(|cookie| cookie.strip_prefix("einmal_flash=")).unwrap_or_default();
        let hex = cookie.split(';').next().unwrap_or_default().trim_start_matches(['!', '.']);
        let bytes =
            hex.as_bytes().chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap());
        String::from_utf8(bytes.collect()).unwrap()
    }
}

fn escaped(text: &str) -> String {
    text.bytes().fold(String::new(), |mut out, byte| {
        if byte.is_ascii_alphanumeric() {
            out.push(char::from(byte))
        } else {
            out += &format!("%{byte:02X}")
        }
        out
    })
}

fn sample() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../samples/warstein")
}
