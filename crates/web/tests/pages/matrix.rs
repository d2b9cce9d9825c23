//! Who may do what: every address and every role.
//!
//! The addresses are read from the sources, so that a new one cannot be forgotten: it shows up here as a difference, to
//! be reviewed and accepted (`UPDATE_MATRIX=1`). The requests are empty: all that counts is whether a person gets as
//! far as the form's own complaint, or is refused for lack of a right.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::house::House;
use axum::http::StatusCode;
use kasse::rights::Role;

/// Every `.route("…", get(…).post(…))` of the sources: address and method.
fn routes() -> BTreeSet<(String, &'static str)> {
    let mut routes = BTreeSet::new();
    for file in sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src")) {
        let text = std::fs::read_to_string(file).unwrap();
        for route in text.split(".route(").skip(1) {
            let Some(path) = route.trim_start().strip_prefix('"').and_then(|rest| rest.split('"').next()) else {
                panic!("an address is not written out: {}", route.lines().next().unwrap_or_default());
            };
            for method in ["get", "post", "put", "patch", "delete"] {
                if handlers(route).split(|c: char| !c.is_alphanumeric() && c != '_').any(|word| word == method) {
                    routes.insert((path.to_owned(), method));
                }
            }
        }
    }
    routes
}

/// The text in the brackets of a route after its address.
fn handlers(route: &str) -> &str {
    let mut depth = 1_i32;
    let end = route.char_indices().find(|(_, c)| {
        depth += match c {
            '(' => 1,
            ')' => -1,
            _ => 0,
        };
        depth == 0
    });
    let call = &route[..end.map_or(route.len(), |(place, _)| place)];
    call.split_once(',').map_or("", |(_, handlers)| handlers)
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries
        .flat_map(|path| if path.is_dir() { sources(&path) } else { vec![path] })
        .filter(|path| path.extension().is_some_and(|kind| kind == "rs"))
        .collect()
}

/// An address with a value for each of its parameters.
fn example(path: &str) -> String {
    path.split('/').map(|part| if part.starts_with('{') { "1" } else { part }).collect::<Vec<_>>().join("/")
}

/// `yes`: allowed, whatever the result; `no`: refused for lack of a right; `in`: redirected to the log-in.
async fn outcome(house: &House, cookie: &str, path: &str, method: &str) -> &'static str {
    let answered = house.ask(&method.to_uppercase(), cookie, &example(path), &[]).await;
    match answered.status {
        StatusCode::FORBIDDEN => "no",
        StatusCode::UNAUTHORIZED => "in",
        StatusCode::SEE_OTHER if answered.to.starts_with("/login") && path != "/logout" => "in",
        status if status.is_server_error() && path != "/readyz" => panic!("{method} {path}: {status}"),
        _ => "yes",
    }
}

#[tokio::test]
async fn every_address_is_open_to_those_who_need_it_alone() {
    let house = House::empty().await.staffed().await;
    let mut table = format!("{:<7}{:<36}{:<9}", "", "", "nobody");
    for role in Role::ALL {
        table += &format!("{:<14}", role.word());
    }
    for (path, method) in routes() {
        table = format!("{}\n{:<7}{path:<36}{:<9}", table.trim_end(), method, outcome(&house, "", &path, method).await);
        for role in Role::ALL {
            let cookie = house.logged_in(role.word()).await;
            table += &format!("{:<14}", outcome(&house, &cookie, &path, method).await);
        }
    }
    let table = table.trim_end().to_owned() + "\n";
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pages/matrix.txt");
    if std::env::var_os("UPDATE_MATRIX").is_some() {
        std::fs::write(&file, &table).unwrap();
    }
    let known = std::fs::read_to_string(&file).unwrap_or_default();
    let new: Vec<&str> = table.lines().filter(|line| !known.lines().any(|own| own == *line)).collect();
    let gone: Vec<&str> = known.lines().filter(|line| !table.lines().any(|own| own == *line)).collect();
    assert!(new.is_empty() && gone.is_empty(), "new:\n{}\ngone:\n{}", new.join("\n"), gone.join("\n"));
}
