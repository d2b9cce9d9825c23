//! Planner, releaser and treasurer at their pages: runs and statements.

use crate::house::{Answered, House, PASSWORD};
use axum::http::StatusCode;
use kasse::rights::Role;

fn hidden(page: &Answered, name: &str) -> String {
    let value = page.text.split(&format!("name=\"{name}\" value=\"")).nth(1).expect("a hidden field");
    value.split('"').next().unwrap().to_owned()
}

#[tokio::test]
async fn a_run_goes_from_plan_to_void_by_the_right_people() {
    let house = House::of_the_sample().await.staffed().await.with("beide", &[Role::Planner, Role::Releaser]).await;
    let (both, releaser) = (house.logged_in("beide").await, house.logged_in("releaser").await);
    let list = house.get(&both, "/runs").await;
    list.says("No run has been planned yet");
    list.says("value=\"2024-03-25\"");

    let wrong = house.send(&both, &list, "/runs", &[("due", "morgen"), ("limit", "0")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    wrong.says("This is no date.");
    wrong.says("This is no number above zero.");
    wrong.says("value=\"morgen\"");
    let sunday = house.send(&both, &list, "/runs", &[("due", "2024-03-24"), ("limit", "")]).await;
    assert_eq!(sunday.status, StatusCode::UNPROCESSABLE_ENTITY);
    sunday.says("no TARGET business day");

    let planned = house.send(&both, &list, "/runs", &[("due", "2024-03-25"), ("limit", "")]).await;
    assert_eq!((planned.status, planned.to.as_str()), (StatusCode::SEE_OTHER, "/runs/L1"));
    let again = house.send(&both, &list, "/runs", &[("due", "2024-03-25"), ("limit", "")]).await;
    assert_eq!((again.to.as_str(), again.flash().as_str()), ("/runs", "That was done already."));
    assert_eq!(kasse::runs(&house.kasse).await.unwrap().len(), 1);

    let run = house.get(&both, "/runs/L1").await;
    run.says("All the money has been seen</strong> – stands");
    run.says("debits were not announced");
    run.says("who planned the run may not release it");
    run.says("beide was registered on 2024-03-11 by administrator, confirmed by treasurer");
    run.says("a case could concern it: decide the case");
    let narrowed = house.get(&both, "/runs/L1?reason=held").await;
    narrowed.says("Show all");
    assert!(!narrowed.text.contains("<td>no_mandate"));
    let far = house.get(&both, "/runs/L1?debits=9999999999&out=9999999999").await;
    assert_eq!(far.status, StatusCode::OK);

    let letters = house.send(&both, &run, "/runs/L1/notices", &[]).await;
    assert!(letters.status == StatusCode::OK && letters.text.starts_with("PK"));
    let later = [("manner", "letter"), ("day", "2024-03-12")];
    let later = house.send(&both, &run, "/runs/L1/announced", &later).await;
    assert!(later.flash().contains("2024-03-12 is after 2024-03-11"), "{}", later.flash());
    let today = [("manner", "letter"), ("day", "2024-03-11")];
    let told = house.send(&both, &house.get(&both, "/runs/L1").await, "/runs/L1/announced", &today).await;
    assert!(told.flash().contains("recorded as announced"), "{}", told.flash());

    release(&house, &both, &releaser).await;
    export(&house, &both).await;
    void(&house, &releaser).await;
}

/// A release is refused to the planner, to a releaser who does not acknowledge, and to one who saw another risk; it is
/// granted to one who acknowledges.
async fn release(house: &House, planner: &str, releaser: &str) {
    let page = house.get(releaser, "/runs/L1").await;
    page.says("Nothing forbids the release.");
    page.says("stands but for a risk to acknowledge");
    let (cases, amount) = (hidden(&page, "cases"), hidden(&page, "amount"));
    let risk = [("cases", cases.as_str()), ("amount", amount.as_str()), ("acknowledged", "yes")];
    let own = house.get(planner, "/runs/L1").await;
    let refused = house.send(planner, &own, "/runs/L1/release", &risk).await;
    assert!(refused.flash().contains("who planned the run may not release it"), "{}", refused.flash());
    let silent = house.send(releaser, &page, "/runs/L1/release", &risk[..2]).await;
    assert!(silent.flash().contains("acknowledge the residual risk"), "{}", silent.flash());
    let other = [("cases", cases.as_str()), ("amount", "0.01"), ("acknowledged", "yes")];
    let other = house.send(releaser, &page, "/runs/L1/release", &other).await;
    assert!(other.flash().contains("the residual risk has changed"), "{}", other.flash());
    house.get(releaser, "/runs/L1").await.says("<span class=\"state\">planned</span>");
    let given = house.send(releaser, &page, "/runs/L1/release", &risk).await;
    assert!(given.flash().starts_with("Run L1 is released."), "{}", given.flash());
    let again = house.send(releaser, &page, "/runs/L1/release", &risk).await;
    assert_eq!(again.flash(), "That was done already.");
}

/// Refused while the letters promise to wait, unless the person says that he knows. Each form downloads once; further
/// downloads are recorded as second copies.
async fn export(house: &House, planner: &str) {
    let page = house.get(planner, "/runs/L1").await;
    let early = house.send(planner, &page, "/runs/L1/export", &[]).await;
    assert!(early.flash().contains("The letters promise to look for transfers"), "{}", early.flash());
    house.get(planner, "/runs/L1").await.says("<span class=\"state\">released</span>");
    let known = [("early", "yes")];
    let file = house.send(planner, &page, "/runs/L1/export", &known).await;
    assert!(file.status == StatusCode::OK && file.text.starts_with("PK"));
    let twice = house.send(planner, &page, "/runs/L1/export", &known).await;
    assert_eq!((twice.to.as_str(), twice.flash().as_str()), ("/runs/L1", "That was done already."));
    let page = house.get(planner, "/runs/L1").await;
    page.says("recorded as a second copy");
    assert!(!page.text.contains("exported_again"));
    house.send(planner, &page, "/runs/L1/export", &[]).await;
    let page = house.get(planner, "/runs/L1").await;
    page.says("exported_again");
    let empty = house.send(planner, &page, "/runs/L1/sent", &[("order", " ")]).await;
    assert!(empty.flash().contains("order number"), "{}", empty.flash());
    let sent = house.send(planner, &page, "/runs/L1/sent", &[("order", "A1B2")]).await;
    assert_eq!(sent.flash(), "Run L1 is recorded as sent.");
}

/// Two people; the second types his password into the first one's form.
async fn void(house: &House, releaser: &str) {
    let page = house.get(releaser, "/runs/L1").await;
    let said = |second, password| [("proof", "bank"), ("reason", "AC01"), ("second", second), ("password", password)];
    let wrong = house.send(releaser, &page, "/runs/L1/void", &said("beide", "wrong password")).await;
    assert!(wrong.flash().contains("password of the second person is wrong"), "{}", wrong.flash());
    let alone = house.send(releaser, &page, "/runs/L1/void", &said("releaser", PASSWORD)).await;
    assert!(alone.flash().contains("is not void"), "{}", alone.flash());
    let clerk = house.send(releaser, &page, "/runs/L1/void", &said("clerk", PASSWORD)).await;
    assert_eq!(clerk.status, StatusCode::FORBIDDEN);
    house.get(releaser, "/runs/L1").await.says("<span class=\"state\">sent</span>");
    let done = house.send(releaser, &page, "/runs/L1/void", &said("beide", PASSWORD)).await;
    assert!(done.flash().contains("is void"), "{}", done.flash());
    for second in 0..5 {
        let none = house.send(releaser, &page, "/runs/L1/void", &said("beide", "wrong password")).await;
        assert!(none.flash().contains("wrong"), "{second}");
    }
    let waits = house.send(releaser, &page, "/runs/L1/void", &said("beide", PASSWORD)).await;
    assert!(waits.flash().contains("Too many wrong tries"), "{}", waits.flash());
}

#[tokio::test]
async fn a_run_that_is_none_is_said_to_be_none() {
    let house = House::empty().await.staffed().await;
    let planner = house.logged_in("planner").await;
    assert_eq!(house.get(&planner, "/runs/L9").await.status, StatusCode::NOT_FOUND);
    let list = house.get(&planner, "/runs").await;
    list.says("No item is open that is not in a run already.");
    assert_eq!(
        house.post(&planner, "/runs/L9/cancel", &[("once", "nonsense")]).await.status,
        StatusCode::UNPROCESSABLE_ENTITY
    );
}

#[tokio::test]
async fn statements_show_each_day_and_take_what_people_vouch_for() {
    let house = House::of_the_sample().await.staffed().await.with("leitung", &[Role::Treasurer]).await;
    let treasurer = house.logged_in("treasurer").await;
    let page = house.get(&treasurer, "/statements").await;
    page.says("Complete up to 2024-03-08.");
    page.says("Nobody has confirmed the balance");
    page.says("2024-03-08: complete, €");
    let known = kasse::statements(&house.kasse).await.unwrap();
    let account = known[0]["account"].as_str().unwrap();
    let opening = known[0]["ranges"][0]["opening"].as_str().unwrap();
    let first = known[0]["from"].as_str().unwrap();
    let vouch = |balance| [("account", account), ("what", "opening"), ("day", first), ("balance", balance)];
    let wrong = house.send(&treasurer, &page, "/statements/confirm", &vouch("12,34")).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    wrong.says("the balance of the statements is");
    wrong.says("value=\"12,34\"");
    let none = house.send(&treasurer, &page, "/statements/confirm", &vouch("viel")).await;
    none.says("The balance is no amount");
    let right = house.send(&treasurer, &page, "/statements/confirm", &vouch(opening)).await;
    assert_eq!(right.flash(), "The balance is confirmed.");

    let close = |second, password| [("day", "2024-03-08"), ("second", second), ("password", password)];
    let alone = house.send(&treasurer, &page, "/statements/close-day", &close("treasurer", PASSWORD)).await;
    alone.says("two people close a day");
    let wrong = house.send(&treasurer, &page, "/statements/close-day", &close("leitung", "wrong password")).await;
    wrong.says("password of the second person is wrong");
    assert!(!wrong.text.contains("wrong password\""));
    let closed = house.send(&treasurer, &page, "/statements/close-day", &close("leitung", PASSWORD)).await;
    assert_eq!(closed.flash(), "The day 2024-03-08 is closed.");
    house.get(&treasurer, "/statements").await.says("treasurer, leitung");
    house.get(&treasurer, "/statements").await.says("Nothing: every booking counts here.");
    let correct = |second| [("day", "2019-01-01"), ("reason", "Übergabe"), ("second", second), ("password", PASSWORD)];
    let alone = house.send(&treasurer, &page, "/statements/as-of", &correct("treasurer")).await;
    assert!(alone.flash().contains("two people answer for this"), "{}", alone.flash());
    let both = house.send(&treasurer, &page, "/statements/as-of", &correct("leitung")).await;
    assert!(both.flash().contains("count as posted by the old system now"), "{}", both.flash());
    let earlier = house.get(&treasurer, "/statements?until=2019-12").await;
    earlier.says("Later months");
    let empty = House::empty().await.staffed().await;
    let clerk = empty.logged_in("clerk").await;
    empty.get(&clerk, "/statements").await.says("no statement has been imported");
}
