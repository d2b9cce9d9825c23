//! Front desk, audit, people and the overview, from the view of the people who work there.

use crate::house::{ADMIN, FIRST, House, NOW, PASSWORD};
use axum::http::StatusCode;

/// A Kassenzeichen of the sample with a posted transfer.
async fn paid(house: &House) -> String {
    let payments = kasse::payments(&house.kasse).await.unwrap();
    let auto = payments.iter().find(|row| row["decision"] == "auto").unwrap();
    auto["allocations"][0]["kassenzeichen"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn an_answer_needs_two_features_and_is_journalled_once() {
    let house = House::of_the_sample().await;
    let line = |number| format!("P{number:06};2024-1;Pacht;01.02.2024;12,00;Eva Vielenstein;Weg 1, 00581 Warstein;\n");
    let lines: String = (1..=21).map(line).collect();
    let header = "kassenzeichen;posten;art;faellig;betrag;schuldner;anschrift;mandat\n";
    house.import("mehr.csv", &format!("{header}{lines}")).await;
    let house = house.staffed().await;
    let desk = house.logged_in("desk").await;
    let kz = paid(&house).await;

    let form = house.get(&desk, "/desk").await;
    form.says("Type what the caller says.");
    let known = kasse::find(&house.kasse, &kz).await.unwrap();
    let name = known[0]["debtor"].as_str().unwrap().to_owned();
    let ask = async |fields: &[(&str, &str)]| house.send(&desk, &form, "/desk/answer", fields).await;
    // one feature, one of two that is wrong, a name that many have: nothing of the books is shown
    for fields in [
        &[("kassenzeichen", kz.as_str())][..],
        &[("kassenzeichen", kz.as_str()), ("name", "Qwertzuiopü")],
        &[("name", "Vielenstein"), ("amount", "12,00")],
        &[("name", name.as_str()), ("iban", "0000")],
    ] {
        let none = ask(fields).await;
        assert_eq!(none.status, StatusCode::UNPROCESSABLE_ENTITY, "{fields:?}");
        none.does_not_say("arrived");
        assert!(fields.iter().any(|(field, _)| *field == "name") || !none.text.contains(&name), "{fields:?}");
    }
    let fields = [("kassenzeichen", kz.as_str()), ("name", name.as_str())];
    for _ in 0..2 {
        let told = ask(&fields).await;
        assert_eq!(told.status, StatusCode::OK, "{}", told.text);
        told.says("arrived");
        told.says(&kz);
        told.says("class=\"letter\"");
    }
    let (asked, count) = kasse::inquiries(&house.kasse, kasse::Window { most: 10, after: 0 }).await.unwrap();
    assert_eq!(count, 1, "a reload asks nothing anew: {asked:?}");
    assert_eq!((asked[0]["by"].as_str(), asked[0]["kassenzeichen"].as_str()), (Some("desk"), Some(kz.as_str())));
    // without a mark nothing is shown
    let without = house.post(&desk, "/desk/answer", &fields).await;
    assert_eq!(without.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn an_auditor_finds_an_entry_proves_the_books_and_takes_exports_along() {
    let house = House::of_the_sample().await.staffed().await;
    let auditor = house.logged_in("auditor").await;
    let journal = house.get(&auditor, "/audit").await;
    assert_eq!(journal.status, StatusCode::OK);
    let head = kasse::journal_head(&house.kasse).await.unwrap();
    journal.says(head["hash"].as_str().unwrap());

    let adding = house.post(&auditor, "/audit", &[("action", "user add")]).await;
    adding.says("Journal: 8 entries");
    adding.does_not_say("<td>import</td>");
    house.post(&auditor, "/audit", &[("subject", "Clerk")]).await.says("Journal: 2 entries");
    // the wildcard of SQL is an ordinary character here
    house.post(&auditor, "/audit", &[("subject", "%")]).await.says("Journal: 0 entries");
    house.post(&auditor, "/audit", &[("until", "2024-03-10")]).await.says("Nothing fits");
    house.post(&auditor, "/audit", &[("from", "gestern")]).await.says("is no day");

    let entry = house.get(&auditor, "/audit/entries/2").await;
    assert_eq!(entry.status, StatusCode::OK);
    entry.says("<caption>personal 1 – new</caption>");
    entry.says("<a href=\"?page=2\" rel=\"next\">");
    assert_eq!(house.get(&auditor, "/audit/entries/99999").await.status, StatusCode::NOT_FOUND);

    house.post(&auditor, "/audit/verify", &[]).await.says("The books are proved");
    house.get(&auditor, "/audit/inquiries").await.says("Nobody has asked yet");
    let (_, files) = kasse::source_files(&house.kasse, kasse::Window { most: 1, after: 0 }).await.unwrap();
    let last = (files - 1) / 50 + 1;
    house.get(&auditor, &format!("/audit/documents?page={last}")).await.says("offene-posten.csv");
    let payments = house.get(&auditor, "/audit/export/payments.csv").await;
    assert_eq!(payments.text.as_bytes(), kasse::csv(&kasse::payments(&house.kasse).await.unwrap()));
    assert_eq!(house.get(&auditor, "/audit/export/passwords.csv").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn an_administrator_manages_people_and_cannot_lock_everybody_out() {
    let house = House::empty().await.staffed().await;
    let admin = house.logged_in("administrator").await;
    let people = house.get(&admin, "/users").await;
    people.says("Treasurer");
    let once = people.once("/users/add");
    let add = |name: &'static str, password: &'static str, role: &'static str| {
        [
            ("once", once.clone()),
            ("name", name.to_owned()),
            ("password", password.to_owned()),
            ("role", role.to_owned()),
        ]
    };
    let refused = |fields: [(&'static str, String); 4]| {
        let (house, admin) = (&house, &admin);
        async move {
            let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
            house.post(admin, "/users/add", &fields).await
        }
    };
    let short = refused(add("Ute <b>", "kurz", "clerk")).await;
    assert_eq!(short.status, StatusCode::UNPROCESSABLE_ENTITY);
    short.says("a password has 12 to 256 characters");
    short.says("value=\"Ute &#60;b&#62;\"");
    short.does_not_say("kurz");
    assert_eq!(refused(add("Ute", "lang genug und geheim", "nobody")).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    for _ in 0..2 {
        let done = refused(add("Ute", "lang genug und geheim", "clerk")).await;
        assert_eq!((done.status, done.to.as_str()), (StatusCode::SEE_OTHER, "/users"));
    }
    let people = house.get(&admin, "/users").await;
    people.says("<strong>Ute</strong>");

    let ute = house.logged_in("Ute").await;
    assert_eq!(house.get(&ute, "/users").await.to, "/me", "a password of her own comes first");
    let fields = [("once", people.once("/users/set")), ("who", "Ute".to_owned()), ("role", "desk".to_owned())];
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    // a box that is not ticked means inactive: she is locked out, and her log-in has ended
    assert_eq!(house.post(&admin, "/users/set", &fields).await.status, StatusCode::SEE_OTHER);
    assert_eq!(house.get(&ute, "/me").await.to, "/login?to=/me");

    let once = house.get(&admin, "/users").await.once("/users/set");
    let fields = [("once", once.as_str()), ("who", "administrator"), ("role", "clerk"), ("active", "yes")];
    let last = house.post(&admin, "/users/set", &fields).await;
    last.says("no administrator would be left");
    house.get(&admin, "/settings").await.says("5.0100.######.C");
}

#[tokio::test]
async fn what_an_administrator_gives_waits_for_a_second_person() {
    let house = House::empty().await.staffed().await;
    let admin = house.logged_in(ADMIN).await;
    let people = house.get(&admin, "/users").await;
    let fields = [("name", "Ute"), ("password", FIRST), ("role", "clerk"), ("role", "releaser")];
    let asked = house.send(&admin, &people, "/users/add", &fields).await;
    assert!(asked.flash().contains("another administrator or the treasurer confirms it"), "{}", asked.flash());
    // the password is good for an own one: every page leads there
    let ute = house.logged_in("Ute").await;
    assert_eq!(house.get(&ute, "/cases").await.to, "/me");
    let me = house.get(&ute, "/me").await;
    me.says("Your password was set by another person");
    me.does_not_say("/me/token");
    let fields = [("now", FIRST), ("password", FIRST), ("again", FIRST)];
    house.send(&ute, &me, "/me/password", &fields).await.says("choose one of your own");
    let fields = [("now", FIRST), ("password", PASSWORD), ("again", PASSWORD)];
    assert_eq!(house.send(&ute, &me, "/me/password", &fields).await.to, "/login");
    let ute = house.logged_in("Ute").await;
    assert_eq!(house.get(&ute, "/cases").await.status, StatusCode::OK);
    assert_eq!(house.post(&ute, "/runs/L1/release", &[]).await.status, StatusCode::FORBIDDEN);
    // who asked is not offered to confirm, and cannot
    let waiting = house.get(&admin, "/waiting").await;
    waiting.says("<strong>Ute</strong>");
    waiting.does_not_say("/waiting/confirm");
    let treasurer = house.logged_in("treasurer").await;
    let waiting = house.get(&treasurer, "/waiting").await;
    let once = waiting.once("/waiting/confirm");
    let fields = [("once", once.as_str()), ("request", "1")];
    assert!(house.post(&admin, "/waiting/confirm", &fields).await.flash().contains("another person confirms"));
    assert!(house.post(&treasurer, "/waiting/confirm", &fields).await.flash().contains("is in force"));
    let roles = kasse::people::by_password(&house.kasse, "Ute", PASSWORD).await.unwrap();
    assert!(roles.may(kasse::rights::Right::Release));
}

#[tokio::test]
async fn everybody_keeps_his_own_account() {
    let house = House::empty().await.staffed().await;
    let clerk = house.logged_in("clerk").await;
    let other = house.logged_in("clerk").await;
    let me = house.get(&clerk, "/me").await;
    me.does_not_say("value=\"release\"");

    let once = me.once("/me/token");
    let fields = [("once", once.as_str()), ("label", "Nachtlauf"), ("scope", "import"), ("scope", "decide")];
    let given = house.post(&clerk, "/me/token", &fields).await;
    given.says("It is shown this once");
    let token = given.text.split("<pre>").nth(1).unwrap().split('<').next().unwrap().to_owned();
    let proven = kasse::people::by_token(&house.kasse, &token).await.unwrap();
    assert!(proven.may(kasse::rights::Right::Import) && !proven.may(kasse::rights::Right::Look));
    let again = house.post(&clerk, "/me/token", &fields).await;
    assert!(again.flash().contains("shown already"), "{}", again.flash());
    let me = house.get(&clerk, "/me").await;
    me.does_not_say(&token);
    let id = me.text.split("name=\"token\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let fields = [("once", me.once("/me/token-end")), ("token", id)];
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    // nobody else's token can be revoked
    let desk = house.logged_in("desk").await;
    assert_eq!(house.post(&desk, "/me/token-end", &fields).await.status, StatusCode::FORBIDDEN);
    assert!(house.post(&clerk, "/me/token-end", &fields).await.flash().contains("taken back"));
    assert!(kasse::people::by_token(&house.kasse, &token).await.is_err());

    let sessions = kasse::people::sessions(&house.kasse, Some("clerk"), NOW).await.unwrap();
    let secret = kasse::people::Secret::sent(other.trim_start_matches("einmal=")).unwrap();
    let ended = sessions.iter().find(|row| row.digest == secret.digest()).unwrap();
    assert!(house.post(&desk, "/me/session-end", &[("session", &ended.digest)]).await.flash().contains("already"));
    assert_eq!(house.get(&other, "/me").await.status, StatusCode::OK);
    house.post(&clerk, "/me/session-end", &[("session", &ended.digest)]).await;
    assert_eq!(house.get(&other, "/me").await.status, StatusCode::SEE_OTHER);

    let set = |now: &'static str, again: &'static str| {
        let (house, clerk, once) = (&house, &clerk, me.once("/me/password"));
        async move {
            let new = "ein neues, langes Wort";
            let fields = [("once", once.as_str()), ("now", now), ("password", new), ("again", again)];
            house.post(clerk, "/me/password", &fields).await
        }
    };
    set("falsch", "ein neues, langes Wort").await.says("The present password is wrong");
    set(PASSWORD, "ein anderes").await.says("The two new passwords differ");
    assert_eq!(set(PASSWORD, "ein neues, langes Wort").await.to, "/login");
    assert_eq!(house.get(&clerk, "/me").await.status, StatusCode::SEE_OTHER, "all log-ins have ended");
    assert!(kasse::people::by_password(&house.kasse, "clerk", "ein neues, langes Wort").await.is_ok());
}

#[tokio::test]
async fn everybody_sees_what_waits_for_him() {
    let house = House::of_the_sample().await.staffed().await;
    let treasurer = house.logged_in("treasurer").await;
    let today = house.get(&treasurer, "/").await;
    today.says("What direct debit can bring");
    today.says("<rect x=");
    today.does_not_say("style=");
    assert!(today.text.len() < 100_000);
    house.get(&house.logged_in("reviewer").await, "/").await.says("cases are open, the oldest for");
    house.get(&house.logged_in("planner").await, "/").await.says("A run can be planned");
    assert_eq!(house.get(&house.logged_in("desk").await, "/").await.to, "/desk");
    assert_eq!(house.get(&house.logged_in("administrator").await, "/").await.to, "/users");
}

#[tokio::test]
async fn empty_books_say_what_to_do_next() {
    let house = House::empty().await.staffed().await;
    house.get(&house.logged_in("treasurer").await, "/").await.says("Import open items, mandates and statements first");
    house.get(&house.logged_in("auditor").await, "/audit/documents").await.says("No run was planned yet");
}
