//! Who saw and who tried is recorded; a new log-in says that there are others; cookies, hosts of headers, figures.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use serde_json::Value;
use tower::ServiceExt as _;

use kasse::SessionRow;
use kasse::people::Secret;

use crate::house::{House, NOW, PASSWORD};

/// The access log, oldest first: kind, person, what.
async fn recorded(house: &House) -> Vec<(String, String, String)> {
    house.kasse.db.settle(std::time::Duration::from_secs(10)).await.unwrap();
    let all = kasse::Window { most: 1_000, after: 0 };
    let (rows, _) = kasse::accesses(&house.kasse, &kasse::AccessAsked::default(), all).await.unwrap();
    let text = |row: &Value, name: &str| row[name].as_str().unwrap().to_owned();
    rows.iter().rev().map(|row| (text(row, "kind"), text(row, "person"), text(row, "what"))).collect()
}

fn log_in(name: &str, password: &str) -> [(&'static str, String); 2] {
    [("name", name.to_owned()), ("password", password.to_owned())]
}

async fn logs_in(house: &House, name: &str, password: &str) -> crate::house::Answered {
    let fields = log_in(name, password);
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    house.post("", "/login", &fields).await
}

#[tokio::test]
async fn who_saw_and_who_tried_is_recorded() {
    let house = House::of_the_sample().await.staffed().await;
    logs_in(&house, "clerk", "not the password").await;
    // a password in the field of the name is not written down
    logs_in(&house, "mein geheimes Passwort", "x").await;
    let there = logs_in(&house, "clerk", PASSWORD).await;
    assert_eq!(there.status, StatusCode::SEE_OTHER);
    let cookie = there.cookies.iter().find(|cookie| cookie.starts_with("einmal=")).unwrap();
    let cookie = cookie.split(';').next().unwrap().to_owned();
    house.get(&cookie, "/api/cases").await;
    house.get(&cookie, "/users").await;
    let desk = house.logged_in("desk").await;
    let form = house.get(&desk, "/desk").await;
    house.send(&desk, &form, "/desk/answer", &[("kassenzeichen", "5.0100.1"), ("name", "Niemand")]).await;
    house.post(&cookie, "/logout", &[]).await;
    let told: Vec<String> =
        recorded(&house).await.iter().map(|(kind, who, what)| format!("{kind} {who}: {what}")).collect();
    assert_eq!(
        told,
        [
            "failed clerk: log-in",
            "failed : log-in",
            "login clerk: ",
            "read clerk: GET /api/cases",
            "refused clerk: GET /users",
            "look desk: nobody",
            "logout clerk: ",
        ]
    );
    let auditor = house.logged_in("auditor").await;
    let page = house.get(&auditor, "/audit/accesses").await;
    page.says("Accesses: 7");
    page.says("nobody who is known");
    page.does_not_say("mein geheimes Passwort");
}

#[tokio::test]
async fn whoever_looks_at_many_citizens_is_named_to_the_treasurer() {
    let house = House::of_the_sample().await.staffed().await;
    let desk = house.logged_in("desk").await;
    let treasurer = house.logged_in("treasurer").await;
    let form = house.get(&desk, "/desk").await;
    for _ in 0..61 {
        house.send(&desk, &form, "/desk/answer", &[("kassenzeichen", "1"), ("name", "Niemand")]).await;
        house.kasse.db.settle(std::time::Duration::from_secs(10)).await.unwrap();
    }
    house.kasse.db.settle(std::time::Duration::from_secs(10)).await.unwrap();
    house.get(&treasurer, "/").await.says("desk looked at many citizens: 60 citizens within an hour");
    let clerk = house.logged_in("clerk").await;
    house.get(&clerk, "/").await.does_not_say("looked at many citizens");
}

#[tokio::test]
async fn a_log_in_that_is_not_the_only_one_says_so() {
    let house = House::empty().await.staffed().await;
    let first = logs_in(&house, "clerk", PASSWORD).await;
    assert_eq!(first.flash(), "");
    let second = logs_in(&house, "clerk", PASSWORD).await;
    assert!(second.flash().starts_with("1 other log-ins of yours stand"), "{}", second.flash());
}

#[tokio::test]
async fn headers_are_strict() {
    let house = House::empty().await.staffed().await;
    let clerk = house.logged_in("clerk").await;
    let request = Request::builder().method("POST").uri("/logout").header("cookie", &clerk);
    let response = house.pages.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    assert_eq!(response.headers()["clear-site-data"], "\"cache\", \"storage\"");
    for cookie in response.headers().get_all("set-cookie") {
        let cookie = cookie.to_str().unwrap();
        assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"), "{cookie}");
    }
    let id = async |id: &str| {
        let request = Request::builder().uri("/healthz").header("x-request-id", id);
        let response = house.pages.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        response.headers()["x-request-id"].to_str().unwrap().to_owned()
    };
    assert_eq!(id("proxy-4711.a_b").await, "proxy-4711.a_b");
    for strange in ["x".repeat(65), "a b".to_owned(), "a\"b".to_owned(), String::new()] {
        let given = id(&strange).await;
        assert!(given != strange && given.len() == 36, "{strange}: {given}");
    }
}

#[tokio::test]
async fn what_moves_money_or_rights_asks_for_the_own_password_again() {
    let house = House::of_the_sample().await.staffed().await;
    let stale = Secret::new();
    let row = SessionRow {
        digest: stale.digest(),
        staff: "administrator".to_owned(),
        began: NOW - 3_600,
        seen: NOW,
        agent: String::new(),
        proved: NOW - 3_600,
    };
    house.kasse.db.add_session(&row).await.unwrap();
    let cookie = format!("einmal={}", stale.text());
    let people = house.get(&cookie, "/users").await;
    let new = [("name", "gerda"), ("role", "clerk"), ("password", PASSWORD)];
    let asked = house.send(&cookie, &people, "/users/add", &new).await;
    assert_eq!(asked.to, "/prove?to=/users");
    assert!(asked.flash().contains("your own password once more"), "{}", asked.flash());
    house.get(&cookie, "/users").await.does_not_say("gerda");
    house.get(&cookie, "/prove?to=/users").await.says("name=\"to\" value=\"/users\"");
    let wrong = house.post(&cookie, "/prove", &[("password", "x"), ("to", "/users")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(house.send(&cookie, &people, "/users/add", &new).await.to, "/prove?to=/users");
    let elsewhere = [("password", PASSWORD), ("to", "https://elsewhere.example")];
    assert_eq!(house.post(&cookie, "/prove", &elsewhere).await.to, "/");
    house.send(&cookie, &people, "/users/add", &new).await;
    house.get(&cookie, "/users").await.says("gerda");
}

/// The codes of the key below for the step before this moment, for this moment's, and for the next one.
const CODES: [&str; 3] = ["886148", "048673", "049253"];

const KEY: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

#[tokio::test]
async fn with_a_second_factor_a_password_is_not_enough_and_no_code_is_good_twice() {
    let house = House::empty().await.staffed().await;
    let clerk = house.logged_in("clerk").await;
    let form = house.get(&clerk, "/me/factor").await;
    let set = |code: &'static str| [("secret", KEY), ("code", code)];
    let wrong = house.send(&clerk, &form, "/me/factor", &set("000000")).await;
    wrong.says("This code is not the one of this moment");
    let form = house.get(&clerk, "/me/factor").await;
    let there = house.send(&clerk, &form, "/me/factor", &set(CODES[0])).await;
    there.says("Your recovery codes");
    let recovery = there.text.split("<pre>").nth(1).unwrap().lines().next().unwrap().to_owned();
    let log_in = async |code: &str| {
        house.post("", "/login", &[("name", "clerk"), ("password", PASSWORD), ("code", code)]).await.status
    };
    assert_eq!(log_in("").await, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(log_in("123456").await, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(log_in(CODES[0]).await, StatusCode::UNPROCESSABLE_ENTITY, "it was used to set it up");
    assert_eq!(log_in(CODES[1]).await, StatusCode::SEE_OTHER);
    assert_eq!(log_in(CODES[1]).await, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(log_in(&recovery).await, StatusCode::SEE_OTHER);
    assert_eq!(log_in(&recovery).await, StatusCode::UNPROCESSABLE_ENTITY);
    // where there is no field for it, the code stands behind the password
    let proven = kasse::people::by_password(&house.kasse, "clerk", &format!("{PASSWORD} {}", CODES[2])).await;
    assert_eq!(proven.unwrap().name(), "clerk");
    house.kasse.db.settle(std::time::Duration::from_secs(10)).await.unwrap();
    assert!(kasse::verify(&house.kasse).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_role_that_demands_a_second_factor_can_do_nothing_without_one() {
    let house = House::demanding("[access]\nsecond_factor = [\"releaser\"]\n").await.staffed().await;
    let releaser = house.logged_in("releaser").await;
    for path in ["/", "/runs", "/cases"] {
        assert_eq!(house.get(&releaser, path).await.to, "/me/factor", "{path}");
    }
    assert_eq!(house.get(&releaser, "/api/cases").await.status, StatusCode::FORBIDDEN);
    let form = house.get(&releaser, "/me/factor").await;
    form.says("Your role demands one");
    house.send(&releaser, &form, "/me/factor", &[("secret", KEY), ("code", CODES[1])]).await.says("recovery codes");
    assert_eq!(house.get(&releaser, "/runs").await.status, StatusCode::OK);
    let clerk = house.logged_in("clerk").await;
    assert_eq!(house.get(&clerk, "/cases").await.status, StatusCode::OK);
}
