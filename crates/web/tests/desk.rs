//! The front desk as a caller's clerk goes through it.

mod house;

use std::collections::{BTreeMap, BTreeSet};

use axum::http::StatusCode;
use house::House;

/// A Kassenzeichen of the sample on which a transfer was placed.
async fn paid(house: &House) -> String {
    let payments = kasse::payments(&house.kasse).await.unwrap();
    let auto = payments.iter().find(|row| row["decision"] == "auto").unwrap();
    auto["allocations"][0]["kassenzeichen"].as_str().unwrap().to_owned()
}

/// An amount that more Kassenzeichen owe than a search shows.
async fn amount_of_many(house: &House) -> String {
    let mut owing: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for row in kasse::receivables(&house.kasse).await.unwrap() {
        let text = |name: &str| row[name].as_str().unwrap().to_owned();
        owing.entry(text("amount")).or_default().insert(text("kassenzeichen"));
    }
    let (amount, of) = owing.into_iter().max_by_key(|(_, of)| of.len()).unwrap();
    assert!(of.len() > 20, "the sample has no amount that many owe");
    amount
}

#[tokio::test]
async fn an_answer_needs_two_features_and_is_journalled_once() {
    let house = House::of_the_sample().await.staffed().await;
    let desk = house.logged_in("desk").await;
    let kz = paid(&house).await;

    house.get(&desk, "/desk").await.says("What does the caller say?");
    let found = house.post(&desk, "/desk/search", &[("text", &kz)]).await;
    found.says("<caption>Found: 1</caption>");
    house.post(&desk, "/desk/search", &[("text", "zz")]).await.says("at least three characters");
    house.post(&desk, "/desk/search", &[("text", "Qwertzuiopü")]).await.says("Nothing was found");
    let often = amount_of_many(&house).await;
    house.post(&desk, "/desk/search", &[("text", &often)]).await.says("search more precisely");

    let compare = house.post(&desk, "/desk/compare", &[("kassenzeichen", &kz)]).await;
    assert_eq!(compare.status, StatusCode::OK);
    compare.does_not_say("has arrived");
    let once = compare.once("/desk/answer");
    let fields = [("once", once.as_str()), ("kassenzeichen", &kz), ("feature", "name")];
    let one = house.post(&desk, "/desk/answer", &fields).await;
    assert_eq!(one.status, StatusCode::UNPROCESSABLE_ENTITY);
    one.says("needs two features");
    one.says("value=\"name\" checked");
    one.does_not_say("has arrived");

    let once = one.once("/desk/answer");
    let fields = [("once", once.as_str()), ("kassenzeichen", &kz), ("feature", "name"), ("feature", "kassenzeichen")];
    for _ in 0..2 {
        let told = house.post(&desk, "/desk/answer", &fields).await;
        assert_eq!(told.status, StatusCode::OK);
        told.says("arrived");
        told.says(&kz);
        told.says("class=\"letter\"");
    }
    let (asked, count) = kasse::inquiries(&house.kasse, kasse::Window { most: 10, after: 0 }).await.unwrap();
    assert_eq!(count, 1, "a reload asks nothing anew: {asked:?}");
    assert_eq!((asked[0]["by"].as_str(), asked[0]["kassenzeichen"].as_str()), (Some("desk"), Some(kz.as_str())));
    // without a mark nothing is told
    let without = house.post(&desk, "/desk/answer", &fields[1..]).await;
    assert_eq!(without.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn what_is_not_there_is_said() {
    let house = House::empty().await.staffed().await;
    let desk = house.logged_in("desk").await;
    let none = house.post(&desk, "/desk/compare", &[("kassenzeichen", "5.0100.000000.0")]).await;
    assert_eq!(none.status, StatusCode::NOT_FOUND);
    none.says("Nothing was changed");
}
