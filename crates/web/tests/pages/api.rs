//! Programs: tokens and their scopes, problems as in RFC 9457, and requests that are carried out once however often
//! they come.

use crate::house::{FIRST, House, PASSWORD};
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode};
use kasse::people;
use kasse::rights::{Right, Scopes};
use serde_json::{Value, json};
use tower::ServiceExt as _;

/// A response to a program.
struct Answer {
    status: StatusCode,
    kind: String,
    body: Value,
}

/// A program with a token of a person, or with his log-in.
struct Program<'a> {
    house: &'a House,
    proof: (&'static str, String),
}

impl<'a> Program<'a> {
    async fn of(house: &'a House, name: &str, rights: &[Right]) -> Program<'a> {
        let proven = people::by_password(&house.kasse, name, PASSWORD).await.unwrap();
        let signed = house.kasse.clone().signed(proven);
        let token = people::add_token(&signed, name, "test", &Scopes::new(rights.to_vec()), None).await.unwrap();
        Program { house, proof: ("authorization", format!("Bearer {}", token.text())) }
    }

    async fn logged_in(house: &'a House, name: &str) -> Program<'a> {
        Program { house, proof: ("cookie", house.logged_in(name).await) }
    }

    async fn ask(&self, method: &str, path: &str, key: Option<&str>, body: Option<Value>) -> Answer {
        let request = Request::builder().method(method).uri(path).header(self.proof.0, &self.proof.1);
        let request = key.into_iter().fold(request, |request, key| request.header("idempotency-key", key));
        let request = match body {
            Some(body) => request.header("content-type", "application/json").body(Body::from(body.to_string())),
            None => request.body(Body::empty()),
        };
        let response = self.house.pages.clone().oneshot(request.unwrap()).await.unwrap();
        let kind =
            response.headers().get("content-type").map(|kind| kind.to_str().unwrap().to_owned()).unwrap_or_default();
        let status = response.status();
        let bytes = to_bytes(response.into_body(), 10_000_000).await.unwrap();
        Answer { status, kind, body: serde_json::from_slice(&bytes).unwrap_or(Value::Null) }
    }

    async fn get(&self, path: &str) -> Answer {
        self.ask("GET", path, None, None).await
    }
}

impl Answer {
    #[track_caller]
    fn is_problem(&self, status: u16, kind: &str) {
        assert_eq!(self.status.as_u16(), status, "{}", self.body);
        assert_eq!(self.kind, "application/problem+json");
        assert_eq!(self.body["type"], format!("/api/problems/{kind}"));
        assert_eq!(self.body["status"], status);
    }
}

#[tokio::test]
async fn an_order_is_done_once_however_often_it_comes() {
    let house = House::of_the_sample().await.staffed().await;
    let clerk = Program::of(&house, "reviewer", &[Right::Look, Right::Decide]).await;
    let other = Some(json!({"decision": "other", "why": "Fundsache"}));
    let decision = "/api/cases/1/decision";
    assert_eq!(clerk.ask("POST", decision, Some("k-1"), other.clone()).await.status, StatusCode::OK);
    let before = kasse::journal_head(&house.kasse).await.unwrap();
    clerk.ask("POST", decision, Some("k-1"), other).await.is_problem(409, "repeated");
    let refund = Some(json!({"decision": "refund"}));
    clerk.ask("POST", decision, Some("k-1"), refund).await.is_problem(409, "key-used");
    assert_eq!(kasse::journal_head(&house.kasse).await.unwrap(), before);
    // without a key it is another request, and the case has been decided
    let again = Some(json!({"decision": "other", "why": "Fundsache"}));
    clerk.ask("POST", decision, None, again).await.is_problem(409, "refused");
}

#[tokio::test]
async fn a_token_leaves_what_its_scopes_say() {
    let house = House::of_the_sample().await.staffed().await;
    let reader = Program::of(&house, "reviewer", &[Right::Look]).await;
    let cases = reader.get("/api/cases").await;
    assert_eq!(cases.status, StatusCode::OK);
    assert_eq!(cases.body[0]["case"], 1);
    let refund = Some(json!({"decision": "refund"}));
    reader.ask("POST", "/api/cases/1/decision", None, refund).await.is_problem(403, "forbidden");
    reader.get("/api/journal").await.is_problem(403, "forbidden");
    let me = reader.get("/api/me").await.body;
    assert_eq!(me["rights"], json!(["look"]));
    let nobody = Program { house: &house, proof: ("authorization", format!("Bearer {}", "0".repeat(64))) };
    nobody.get("/api/cases").await.is_problem(401, "unproven");
}

#[tokio::test]
async fn what_cannot_be_understood_is_a_problem_that_names_the_field() {
    let house = House::of_the_sample().await.staffed().await;
    let clerk = Program::of(&house, "reviewer", &[Right::Look, Right::Decide]).await;
    let bodies = [
        json!({"decision": "allocate", "parts": []}),
        json!({"decision": "allocate", "parts": [{"kassenzeichen": "1", "posten": "2", "amount": "1,50"}]}),
        json!({"decision": "wait", "until": "morgen"}),
        json!({"decision": "refund", "sen": 1}),
        json!({"decision": "give to me"}),
        json!([]),
    ];
    for body in bodies {
        clerk.ask("POST", "/api/cases/1/decision", None, Some(body)).await.is_problem(422, "unreadable");
    }
    clerk.get("/api/cases?limit=0").await.is_problem(422, "unreadable");
    clerk.get("/api/cases/elf").await.is_problem(422, "unreadable");
    clerk.get("/api/cases/4711").await.is_problem(404, "unknown");
    clerk.get("/api/nothing").await.is_problem(404, "unknown");
    clerk.ask("DELETE", "/api/cases/1", None, None).await.is_problem(405, "method");
}

#[tokio::test]
async fn a_run_goes_its_way_by_programs_and_is_released_by_a_person() {
    let house = House::of_the_sample().await.staffed().await;
    let planner = Program::of(&house, "planner", &[Right::Look, Right::Plan, Right::Export]).await;
    let releaser = Program::logged_in(&house, "releaser").await;
    let token = Program::of(&house, "releaser", &[Right::Look, Right::Export]).await;
    let plan = planner.ask("POST", "/api/runs", Some("p"), Some(json!({"due": "2024-03-25"}))).await;
    assert_eq!((plan.status, &plan.body["run"]), (StatusCode::OK, &json!("L1")), "{}", plan.body);
    let told = Some(json!({"manner": "posted", "on": "2024-03-11"}));
    let notices = planner.ask("POST", "/api/runs/L1/announcement", None, told).await;
    assert_eq!((notices.status, notices.kind.as_str()), (StatusCode::OK, "application/zip"));
    let risk = releaser.get("/api/residual").await.body;
    let stale = json!({"cases": risk["cases"].as_u64().unwrap() + 1, "amount": risk["amount"]});
    releaser.ask("POST", "/api/runs/L1/release", None, Some(stale)).await.is_problem(409, "changed");
    let seen = json!({"cases": risk["cases"], "amount": risk["amount"]});
    planner.ask("POST", "/api/runs/L1/release", None, Some(seen.clone())).await.is_problem(403, "forbidden");
    token.ask("POST", "/api/runs/L1/release", None, Some(seen.clone())).await.is_problem(403, "forbidden");
    let released = releaser.ask("POST", "/api/runs/L1/release", None, Some(seen)).await;
    assert_eq!((released.status, &released.body["given"]), (StatusCode::OK, &json!(1)), "{}", released.body);
    // the letters promise to look for transfers until a day to come: the API keeps that like the page
    planner.ask("POST", "/api/runs/L1/export", None, None).await.is_problem(409, "refused");
    let file = planner.ask("POST", "/api/runs/L1/export?early=Urlaub", None, None).await;
    assert_eq!((file.status, file.kind.as_str()), (StatusCode::OK, "application/zip"));
    let sent = planner.ask("POST", "/api/runs/L1/sent", None, Some(json!({"order": "A1"}))).await;
    assert_eq!(sent.status, StatusCode::NO_CONTENT);
    assert_eq!(planner.get("/api/runs/L1").await.body["state"], "sent");
}

#[tokio::test]
async fn what_takes_two_waits_by_the_api_too() {
    let house = House::empty().await.staffed().await;
    let admin = Program::of(&house, "administrator", &[Right::Administer]).await;
    let new = json!({"name": "Ute", "roles": ["releaser"], "password": FIRST});
    let asked = admin.ask("POST", "/api/users", None, Some(new)).await;
    assert_eq!((asked.status, &asked.body["request"]), (StatusCode::ACCEPTED, &json!(1)), "{}", asked.body);
    let confirm = "/api/users/waiting/1";
    // a token confirms nothing, nor does he who asked
    admin.ask("POST", confirm, None, None).await.is_problem(403, "forbidden");
    Program::logged_in(&house, "administrator").await.ask("POST", confirm, None, None).await.is_problem(409, "refused");
    Program::logged_in(&house, "releaser").await.ask("POST", confirm, None, None).await.is_problem(403, "forbidden");
    let ute = Program::logged_in(&house, "Ute").await;
    ute.get("/api/cases").await.is_problem(403, "own-password");
    assert_eq!(ute.get("/api/me").await.body["rights"], json!([]));
    let treasurer = Program::logged_in(&house, "treasurer").await;
    assert_eq!(treasurer.ask("POST", confirm, None, None).await.status, StatusCode::NO_CONTENT);
    treasurer.ask("DELETE", confirm, None, None).await.is_problem(404, "unknown");
    let reset = json!({"password": FIRST});
    let asked = admin.ask("POST", "/api/users/releaser/password", None, Some(reset)).await;
    assert_eq!(asked.status, StatusCode::ACCEPTED);
    assert!(people::by_password(&house.kasse, "releaser", PASSWORD).await.is_ok(), "the old one goes on");
}

#[tokio::test]
async fn a_token_ends_by_the_clock_on_the_wall() {
    let house = House::of_the_sample().await.staffed().await;
    let proven = people::by_password(&house.kasse, "reviewer", PASSWORD).await.unwrap();
    let signed = house.kasse.clone().signed(proven);
    let until = Some(jiff::civil::date(2024, 3, 12));
    let scopes = Scopes::new(vec![Right::Look]);
    let token = people::add_token(&signed, "reviewer", "test", &scopes, until).await.unwrap();
    let at = |day: &str| house.kasse.clone().at(house.kasse.today, format!("{day}T08:00:00Z"));
    assert!(people::by_token(&at("2024-03-12"), token.text()).await.is_ok());
    // whatever the business day is
    let backdated = at("2024-03-13");
    assert!(people::by_token(&backdated, token.text()).await.is_err());
    let year = people::add_token(&signed, "reviewer", "test", &scopes, None).await.unwrap();
    assert!(people::by_token(&at("2025-03-11"), year.text()).await.is_ok());
    assert!(people::by_token(&at("2025-03-12"), year.text()).await.is_err());
}
