//! A planner checks another system's debit file: what is shown, what can be taken away, and that nothing is stored.

use std::path::{Path, PathBuf};

use crate::house::{Answered, House};
use crate::imports::{ended, upload_to};
use axum::http::StatusCode;

fn sample(name: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../samples/warstein").join(name)).unwrap()
}

fn statements() -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../samples/warstein/kontoauszuege");
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths.iter().map(|path| std::fs::read(path).unwrap()).collect()
}

const FILE: &str = "altverfahren/lastschriften.xml";

async fn head(house: &House) -> serde_json::Value {
    kasse::journal_head(&house.kasse).await.unwrap()
}

async fn file(house: &House, cookie: &str, check: &str, name: &str) -> Answered {
    let answer = house.get(cookie, &format!("{check}/{name}")).await;
    assert_eq!(answer.status, StatusCode::OK, "{name}");
    answer
}

#[tokio::test]
async fn the_old_systems_file_is_held_against_our_books() {
    let house = House::of_the_sample().await.staffed().await;
    let planner = house.logged_in("planner").await;
    let before = head(&house).await;
    let debits = sample(FILE);
    let parts: [(&str, Option<&str>, &[u8]); 2] =
        [("books", None, b"1"), ("debits", Some("../<b>LS 24.xml"), debits.as_slice())];
    let sent = upload_to(&house, &planner, "/guard/files", &parts).await;
    assert_eq!((sent.status, sent.to.as_str()), (StatusCode::SEE_OTHER, "/guard/1"), "{}", sent.text);
    let page = ended(&house, &planner, "/guard/1", "Being checked").await;
    page.says("Stadtkasse Warstein (erfunden)");
    page.says("left out: paid");
    page.says("were paid on");
    page.says("held back");
    page.says("&#60;b&#62;LS 24.xml");
    page.does_not_say("einmal-scratch");
    let clean = file(&house, &planner, "/guard/1", "bereinigt").await;
    assert!(clean.text.contains("<CstmrDrctDbtInitn>") && clean.text.len() < debits.len());
    assert!(file(&house, &planner, "/guard/1", "zurueckgehalten").await.text.contains("<DrctDbtTxInf>"));
    assert!(file(&house, &planner, "/guard/1", "begleitzettel").await.text.starts_with("%PDF"));
    assert!(file(&house, &planner, "/guard/1", "bericht").await.text.starts_with("%PDF"));
    assert!(file(&house, &planner, "/guard/1", "alles").await.text.starts_with("PK"));
    assert_eq!(house.get(&planner, "/guard/1/rueckruf").await.status, StatusCode::NOT_FOUND);
    assert_eq!(house.get(&planner, "/guard/1/..%2F..%2Fetc").await.status, StatusCode::NOT_FOUND);
    assert_eq!(head(&house).await, before, "nothing is stored in the books");
    // it is the planner's own
    let other = house.with("zweite", &[kasse::rights::Role::Planner]).await;
    let second = other.logged_in("zweite").await;
    assert_eq!(other.get(&second, "/guard/1").await.status, StatusCode::NOT_FOUND);
    assert_eq!(other.get(&second, "/guard/1/bereinigt").await.status, StatusCode::NOT_FOUND);
    assert_eq!(other.get(&planner, "/jobs/1").await.status, StatusCode::FORBIDDEN);
    kasse::settle(&other.kasse).await.unwrap();
    let kinds =
        kasse::accesses(&other.kasse, &kasse::AccessAsked::default(), kasse::Window { most: 50, after: 0 }).await;
    assert!(format!("{:?}", kinds.unwrap()).contains("/guard/1/bereinigt"), "who took the file is on record");
}

#[tokio::test]
async fn files_dropped_together_are_told_by_their_content() {
    let house = House::empty().await.staffed().await;
    let planner = house.logged_in("planner").await;
    let (debits, all) = (sample(FILE), statements());
    let mut parts: Vec<(&str, Option<&str>, &[u8])> =
        all.iter().map(|bytes| ("files", Some("auszug.xml"), bytes.as_slice())).collect();
    parts.push(("files", Some("ls.xml"), debits.as_slice()));
    parts.push(("already_sent", None, b"1"));
    let sent = upload_to(&house, &planner, "/guard/files", &parts).await;
    let page = ended(&house, &planner, &sent.to, "Being checked").await;
    page.says("No books were asked");
    page.says("List of what to recall at the bank");
    page.does_not_say("Clean file, for the bank");
    assert!(file(&house, &planner, &sent.to, "rueckruf").await.text.contains("KOMM-2024-0311-01"));
}

#[tokio::test]
async fn what_cannot_be_checked_is_said_and_nothing_is_written() {
    let house = House::of_the_sample().await.staffed().await;
    let planner = house.logged_in("planner").await;
    let none = upload_to(&house, &planner, "/guard/files", &[("debits", Some(""), b"")]).await;
    assert_eq!(none.status, StatusCode::UNPROCESSABLE_ENTITY);
    none.says("No file was chosen.");
    let all = statements();
    let parts: [(&str, Option<&str>, &[u8]); 1] = [("files", Some("a.xml"), &all[0])];
    upload_to(&house, &planner, "/guard/files", &parts).await.says("None of the files is a direct-debit file");
    let debits = sample(FILE);
    let twice: [(&str, Option<&str>, &[u8]); 2] =
        [("files", Some("a.xml"), &debits), ("files", Some("b.xml"), &debits)];
    upload_to(&house, &planner, "/guard/files", &twice).await.says("check each by itself");
    let day: [(&str, Option<&str>, &[u8]); 2] = [("debits", Some("a.xml"), &debits), ("due", None, b"morgen")];
    upload_to(&house, &planner, "/guard/files", &day).await.says("The collection date is no date");
    let wrong = String::from_utf8(debits.clone()).unwrap().replacen("<CtrlSum>", "<CtrlSum>1", 1);
    let parts: [(&str, Option<&str>, &[u8]); 2] = [("books", None, b"1"), ("debits", Some("a.xml"), wrong.as_bytes())];
    let sent = upload_to(&house, &planner, "/guard/files", &parts).await;
    let page = ended(&house, &planner, &sent.to, "Being checked").await;
    page.says("no file was written");
    page.says("GrpHdr/CtrlSum says");
    page.does_not_say("einmal-scratch");
    assert_eq!(house.get(&planner, &format!("{}/bereinigt", sent.to)).await.status, StatusCode::NOT_FOUND);
    // without books and statements
    let parts: [(&str, Option<&str>, &[u8]); 1] = [("debits", Some("a.xml"), &debits)];
    let sent = upload_to(&house, &planner, "/guard/files", &parts).await;
    ended(&house, &planner, &sent.to, "Being checked").await.says("nothing of what was paid can be seen");
    let clerk = house.logged_in("clerk").await;
    assert_eq!(upload_to(&house, &clerk, "/guard/files", &parts).await.status, StatusCode::FORBIDDEN);
}
