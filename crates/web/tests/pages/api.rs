//! Programs: tokens and their scopes, problems as in RFC 9457, and requests that are carried out once however often
//! they come.

use crate::house::House;
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

/// A program with a token of a person.
struct Program<'a> {
    house: &'a House,
    token: String,
}

impl<'a> Program<'a> {
    async fn of(house: &'a House, name: &str, rights: &[Right]) -> Program<'a> {
        let proven = people::by_password(&house.kasse, name, crate::house::PASSWORD).await.unwrap();
        let signed = house.kasse.clone().signed(proven);
        let token = people::add_token(&signed, name, "test", &Scopes::new(rights.to_vec()), None).await.unwrap();
        Program { house, token: token.text().to_owned() }
    }

    async fn ask(&self, method: &str, path: &str, key: Option<&str>, body: Option<Value>) -> Answer {
        let request =
            Request::builder().method(method).uri(path).header("authorization", format!("Bearer {}", self.token));
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
    let nobody = Program { house: &house, token: "0".repeat(64) };
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
async fn a_run_goes_its_way_by_programs_of_two_people() {
    let house = House::of_the_sample().await.staffed().await;
    let planner = Program::of(&house, "planner", &[Right::Look, Right::Plan, Right::Export]).await;
    let releaser = Program::of(&house, "releaser", &[Right::Look, Right::Release, Right::Export]).await;
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
    let released = releaser.ask("POST", "/api/runs/L1/release", None, Some(seen)).await;
    assert_eq!((released.status, &released.body["given"]), (StatusCode::OK, &json!(1)), "{}", released.body);
    let file = planner.ask("POST", "/api/runs/L1/export", None, None).await;
    assert_eq!((file.status, file.kind.as_str()), (StatusCode::OK, "application/zip"));
    let sent = planner.ask("POST", "/api/runs/L1/sent", None, Some(json!({"order": "A1"}))).await;
    assert_eq!(sent.status, StatusCode::NO_CONTENT);
    assert_eq!(planner.get("/api/runs/L1").await.body["state"], "sent");
}
