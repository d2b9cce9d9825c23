//! The queue and the case page from the view of a reviewer: what is offered, what is done once, and which case is next.
use crate::house::{Answered, House};
use axum::http::StatusCode;
use serde_json::Value;

/// The hidden fields of a form: its mark and the version of the case that it shows.
fn marks<'a>(page: &'a Answered, act: &str) -> [(&'a str, String); 2] {
    let form = page.text.split(&format!("name=\"act\" value=\"{act}\"")).nth(1);
    let form = form.unwrap_or_else(|| panic!("no form to {act}: {}", page.text));
    ["seen", "once"].map(|name| {
        let value = form.split(&format!("name=\"{name}\" value=\"")).nth(1).unwrap();
        (name, value.split('"').next().unwrap().to_owned())
    })
}

/// Sends a form of a case page.
async fn send(house: &House, who: &str, page: &Answered, path: &str, act: &str, more: &[(&str, &str)]) -> Answered {
    let marks = marks(page, act);
    let mut fields = vec![("act", act)];
    fields.extend(marks.iter().map(|(name, value)| (*name, value.as_str())));
    fields.extend(more);
    house.post(who, path, &fields).await
}

async fn decision(house: &House, number: i64) -> String {
    kasse::case(&house.kasse, number).await.unwrap()["decision"].as_str().unwrap().to_owned()
}

/// The numbers of the open cases, the oldest first.
async fn queue(house: &House) -> Vec<i64> {
    let mut cases = kasse::cases(&house.kasse).await.unwrap();
    let cents = |case: &Value| sepa::Cents::parse(case["amount"].as_str().unwrap()).unwrap();
    cases.sort_by_key(|case| (case["booked"].as_str().unwrap().to_owned(), std::cmp::Reverse(cents(case))));
    cases.iter().map(|case| case["case"].as_i64().unwrap()).collect()
}

/// A case with a candidate that can take all of the money.
async fn placeable(house: &House) -> (i64, Vec<(String, String)>) {
    for number in queue(house).await {
        let case = kasse::case(&house.kasse, number).await.unwrap();
        let parts = case["candidates"][0]["allocate"].as_array().cloned().unwrap_or_default();
        let text = |part: &Value, name: &str| part[name].as_str().unwrap().to_owned();
        if parts.len() == 1 && parts[0]["amount"] == case["open"] {
            let named = |part: &Value| format!("{}/{}", text(part, "kassenzeichen"), text(part, "posten"));
            return (number, parts.iter().map(|part| (named(part), text(part, "amount"))).collect());
        }
    }
    panic!("no case of the sample can be placed")
}

#[tokio::test]
async fn a_case_is_accepted_once_and_undone() {
    let house = House::of_the_sample().await.staffed().await;
    let reviewer = house.logged_in("reviewer").await;
    let open = queue(&house).await;
    let list = house.get(&reviewer, "/cases").await;
    list.says(&format!("<strong>{} cases</strong>", open.len()));
    list.says(&format!("href=\"/cases/{}\"", open[0]));

    let (number, parts) = placeable(&house).await;
    let path = format!("/cases/{number}");
    let page = house.get(&reviewer, &path).await;
    page.says("data-accept");
    page.says("Not debited until this case is decided");
    let case = kasse::case(&house.kasse, number).await.unwrap();
    page.does_not_say(case["counterparty_iban"].as_str().unwrap());

    let fields = [("item", parts[0].0.as_str()), ("amount", parts[0].1.as_str())];
    let done = send(&house, &reviewer, &page, &path, "allocate", &fields).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER);
    let place = open.iter().position(|own| *own == number).unwrap();
    let next = open.get(place + 1).map_or("/cases".to_owned(), |next| format!("/cases/{next}"));
    assert_eq!(done.to, next);
    assert_eq!(done.flash(), format!("Case {number}: {} EUR placed on {}.", parts[0].1, parts[0].0));
    assert_eq!(decision(&house, number).await, "clerk");

    // the same form again: a double click, or a reload
    let again = send(&house, &reviewer, &page, &path, "allocate", &fields).await;
    assert_eq!((again.status, again.flash()), (StatusCode::SEE_OTHER, "This was done already.".to_owned()));
    assert_eq!(again.to, next);

    // the next page offers to undo it, and so does the case itself
    let following = house.get(&reviewer, &next).await;
    following.says("Your last decision today:");
    let decided = house.get(&reviewer, &path).await;
    decided.says("<strong>placed</strong>");
    decided.does_not_say("data-accept");
    let undone = send(&house, &reviewer, &following, &path, "undo", &[]).await;
    assert_eq!((undone.status, undone.to.as_str()), (StatusCode::SEE_OTHER, path.as_str()));
    assert_eq!(decision(&house, number).await, "case");
    let reopened = house.get(&reviewer, &path).await;
    let told = reopened.text.matches("the decision was taken back").count();
    assert_eq!(told, 1, "taking back is one step:\n{}", reopened.text);
    reopened.does_not_say("Your last decision today:");
    assert_eq!(kasse::verify(&house.kasse).await.unwrap(), Vec::<String>::new());
}

#[tokio::test]
async fn what_was_refused_comes_back_with_what_was_typed() {
    let house = House::of_the_sample().await.staffed().await;
    let reviewer = house.logged_in("reviewer").await;
    let (number, parts) = placeable(&house).await;
    let path = format!("/cases/{number}");
    let page = house.get(&reviewer, &path).await;
    let item = parts[0].0.as_str();

    for (act, more, status, said) in [
        ("split", vec![("item", item), ("amount", "")], 422, "No amount stands in any row"),
        ("split", vec![("item", "x/y"), ("amount", "zwölf")], 422, "value=\"zwölf\""),
        ("split", vec![("item", item), ("amount", "12"), ("item", ""), ("amount", "7,77")], 422, "value=\"7,77\""),
        ("split", vec![("item", item), ("amount", "99.999,00")], 409, "value=\"99.999,00\""),
        ("split", vec![("item", "x/y"), ("amount", "1,00")], 422, "names no item"),
        ("split", vec![("item", item), ("amount", "1,00"), ("more", "1")], 200, "value=\"1,00\""),
        ("other", vec![("why", " ")], 422, "Say what money it is"),
        ("wait", vec![("day", "2024-03-11")], 422, "value=\"2024-03-11\""),
        ("wait", vec![("day", "bald")], 422, "This is no day."),
        ("comment", vec![("comment", "")], 422, "The comment is empty."),
    ] {
        let answer = send(&house, &reviewer, &page, &path, act, &more).await;
        assert_eq!(answer.status.as_u16(), status, "{act} {more:?}");
        answer.says(said);
        assert_eq!(decision(&house, number).await, "case", "{act} {more:?}");
    }
    // forms with a wrong mark, without a mark, without a version, for a case that does not exist
    let marks = marks(&page, "refund");
    let [seen, once] = marks.each_ref().map(|(name, value)| (*name, value.as_str()));
    for fields in [vec![("act", "refund"), seen], vec![("act", "refund"), once], vec![("act", "steal"), seen, once]] {
        assert_eq!(house.post(&reviewer, &path, &fields).await.status, StatusCode::UNPROCESSABLE_ENTITY, "{fields:?}");
    }
    assert_eq!(house.post(&reviewer, "/cases/999999", &[("act", "refund"), seen, once]).await.status, 404);
    assert_eq!(house.get(&reviewer, "/cases/999999").await.status, StatusCode::NOT_FOUND);
    assert_eq!(decision(&house, number).await, "case");
}

#[tokio::test]
async fn people_at_a_case_know_of_one_another() {
    let house = House::of_the_sample().await.staffed().await;
    let (reviewer, clerk) = (house.logged_in("reviewer").await, house.logged_in("clerk").await);
    let number = queue(&house).await[0];
    let path = format!("/cases/{number}?whose=nobody");
    let seen = house.get(&clerk, &path).await;

    let taken = send(&house, &reviewer, &seen, &path, "take", &[]).await;
    assert_eq!((taken.to.as_str(), taken.flash()), (path.as_str(), format!("Case {number} is yours.")));
    house.get(&reviewer, "/cases?whose=mine").await.says("<strong>1 case</strong>");
    house.get(&clerk, "/cases?whose=mine").await.says("No case is like this.");
    let page = house.get(&reviewer, &path).await;
    page.says("not in this queue");
    send(&house, &reviewer, &page, &path, "comment", &[("comment", "<script>alert(1)</script>")]).await;
    let page = house.get(&clerk, &path).await;
    page.says("&#60;script&#62;alert(1)");
    page.does_not_say("<script>alert");

    // two people look at it; the second decides on the basis of an old version
    let other = house.get(&clerk, &path).await;
    let done = send(&house, &reviewer, &page, &path, "other", &[("why", "Kita")]).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER);
    assert!(done.to.ends_with("?whose=nobody"), "{}", done.to);
    let late = send(&house, &clerk, &other, &path, "refund", &[]).await;
    assert_eq!(late.status, StatusCode::CONFLICT);
    late.says("has changed since you looked at it");
    late.says("Nothing was changed.");
    assert_eq!(decision(&house, number).await, "other");
}

#[tokio::test]
async fn who_waits_sees_the_case_again_on_its_day_or_when_he_asks() {
    let house = House::of_the_sample().await.staffed().await;
    let reviewer = house.logged_in("reviewer").await;
    let open = queue(&house).await;
    let path = format!("/cases/{}", open[0]);
    let page = house.get(&reviewer, &path).await;
    send(&house, &reviewer, &page, &path, "wait", &[("day", "2024-04-02")]).await;
    let list = house.get(&reviewer, "/cases").await;
    list.says(&format!("<strong>{} cases</strong>", open.len() - 1));
    list.says("1 more case waits for its day.");
    house.get(&reviewer, "/cases?waiting=too").await.says(&format!("<strong>{} cases</strong>", open.len()));
    house.get(&reviewer, "/cases?from=viel&days=alt").await.says("id=\"days-wrong\"");
}

#[tokio::test]
async fn who_may_not_decide_is_offered_nothing() {
    let house = House::of_the_sample().await.staffed().await;
    let auditor = house.logged_in("auditor").await;
    let number = queue(&house).await[0];
    let path = format!("/cases/{number}");
    let page = house.get(&auditor, &path).await;
    page.says("The payment");
    page.does_not_say("name=\"act\"");
    let sent = house.post(&auditor, &path, &[("act", "refund")]).await;
    assert_eq!(sent.status, StatusCode::FORBIDDEN);
    // a person whose log-in has ended comes back to the case, not to an address that only takes forms
    let ended = house.post("", &path, &[("act", "refund")]).await;
    assert_eq!((ended.status, ended.to), (StatusCode::SEE_OTHER, format!("/login?to={path}")));
    assert_eq!(decision(&house, number).await, "case");
}
