//! A clerk imports files: what is read, what is refused, and what waits for a second person.

use std::path::PathBuf;

use crate::house::{Answered, House};
use axum::body::{Body, to_bytes};
use axum::http::header::{CONTENT_TYPE, COOKIE, LOCATION};
use axum::http::{Request, StatusCode};
use kasse::rights::Role;
use tower::ServiceExt as _;

/// An upload: field, file name, content.
async fn upload(house: &House, cookie: &str, parts: &[(&str, Option<&str>, &[u8])]) -> Answered {
    upload_to(house, cookie, "/import/files", parts).await
}

/// The same to another address.
pub(crate) async fn upload_to(
    house: &House,
    cookie: &str,
    to: &str,
    parts: &[(&str, Option<&str>, &[u8])],
) -> Answered {
    let mut body = Vec::new();
    for (field, name, content) in parts {
        let name = name.map(|name| format!("; filename=\"{name}\"")).unwrap_or_default();
        body.extend_from_slice(
            format!("--rand\r\nContent-Disposition: form-data; name=\"{field}\"{name}\r\n\r\n").as_bytes(),
        );
        body.extend_from_slice(content);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(b"--rand--\r\n");
    send_raw(house, cookie, to, body).await
}

async fn send_raw(house: &House, cookie: &str, to: &str, body: Vec<u8>) -> Answered {
    let request = Request::builder().method("POST").uri(to);
    let request = request.header(COOKIE, format!("{cookie}; einmal_lang=en"));
    let request = request.header(CONTENT_TYPE, "multipart/form-data; boundary=rand").body(Body::from(body)).unwrap();
    let response = house.pages.clone().oneshot(request).await.unwrap();
    let to = response.headers().get(LOCATION).map(|to| to.to_str().unwrap().to_owned()).unwrap_or_default();
    let status = response.status();
    let bytes = to_bytes(response.into_body(), 10_000_000).await.unwrap();
    Answered { status, to, cookies: Vec::new(), text: String::from_utf8_lossy(&bytes).into_owned() }
}

fn sample(name: &str) -> Vec<u8> {
    std::fs::read(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../samples/warstein").join(name)).unwrap()
}

/// The page of an import once it has ended.
async fn read(house: &House, cookie: &str, job: &str) -> Answered {
    ended(house, cookie, job, "Being read").await
}

/// The page of a job once it does not say any more that it runs.
pub(crate) async fn ended(house: &House, cookie: &str, job: &str, running: &str) -> Answered {
    loop {
        let page = house.get(cookie, job).await;
        if !page.text.contains(running) {
            return page;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn files_and_folders_are_read_by_a_job() {
    let house = House::empty().await.staffed().await;
    let clerk = house.logged_in("clerk").await;
    let (items, mandates) = (sample("offene-posten.csv"), sample("mandate.csv"));
    let sent = upload(
        &house,
        &clerk,
        &[
            ("as_of", None, b""),
            ("files", Some("../../<b>offene-posten.csv"), &items),
            ("files", Some("brief.txt"), b"Guten Tag"),
            ("folder", Some("Bank/mandate.csv"), &mandates),
            ("folder", Some("Bank/liesmich.txt"), b"Guten Tag"),
        ],
    )
    .await;
    assert_eq!((sent.status, sent.to.as_str()), (StatusCode::SEE_OTHER, "/jobs/1"));
    let page = read(&house, &clerk, "/jobs/1").await;
    page.says("Files: 4, refused: 1.");
    page.says("is neither a statement nor a list");
    page.says("unknown content");
    page.says("&#60;b&#62;offene-posten.csv");
    page.says("open items");
    let other = house.logged_in("reviewer").await;
    assert_eq!(house.get(&other, "/jobs/1").await.status, StatusCode::FORBIDDEN);
    let again = upload(&house, &clerk, &[("files", Some("noch einmal.csv"), &items)]).await;
    read(&house, &clerk, &again.to).await.says("imported before");
    assert_eq!(house.get(&clerk, "/jobs/99").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_result_is_about_what_was_brought_in() {
    let house = House::empty().await.staffed().await;
    let clerk = house.logged_in("clerk").await;
    let day = "kontoauszuege/";
    let mut names: Vec<String> =
        std::fs::read_dir(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../samples/warstein").join(day))
            .unwrap()
            .map(|entry| format!("{day}{}", entry.unwrap().file_name().into_string().unwrap()))
            .collect();
    names.sort();
    let lists = [sample("offene-posten.csv"), sample("mandate.csv")];
    let parts = [("files", Some("a.csv"), lists[0].as_slice()), ("files", Some("b.csv"), lists[1].as_slice())];
    let first = upload(&house, &clerk, &parts).await;
    read(&house, &clerk, &first.to).await.does_not_say("New payments");
    let statements: Vec<Vec<u8>> = names.iter().map(|name| sample(name)).collect();
    let (before, last) = statements.split_at(statements.len() - 1);
    let parts: Vec<(&str, Option<&str>, &[u8])> =
        before.iter().map(|bytes| ("files", Some("auszug.xml"), bytes.as_slice())).collect();
    let many = upload(&house, &clerk, &parts).await;
    let many = read(&house, &clerk, &many.to).await;
    let count = |page: &Answered| -> Vec<usize> {
        let told = page.text.split_once("New payments: ").map_or("", |(_, told)| told);
        let told = told.split_once('.').unwrap_or_default().0;
        told.split(|sign: char| !sign.is_ascii_digit()).filter_map(|number| number.parse().ok()).collect()
    };
    let all = kasse::payments(&house.kasse).await.unwrap().len();
    assert_eq!(count(&many)[0], all);
    assert_eq!(count(&many)[0], count(&many)[1..].iter().sum::<usize>(), "each in one place");
    let one = upload(&house, &clerk, &[("files", Some("letzter.xml"), &last[0])]).await;
    let one = read(&house, &clerk, &one.to).await;
    let now = kasse::payments(&house.kasse).await.unwrap().len();
    assert_eq!(count(&one).first().copied().unwrap_or(0), now - all, "of this file alone");
}

#[tokio::test]
async fn a_member_that_is_refused_is_named_and_the_folder_of_the_upload_is_not() {
    let house = House::empty().await.staffed().await;
    let clerk = house.logged_in("clerk").await;
    let sent = upload(&house, &clerk, &[("files", Some("the end.xml"), b"<Document><BkToCstmrStmt><Stmt>")]).await;
    let page = read(&house, &clerk, &sent.to).await;
    page.says("the end.xml");
    page.says("the file ends inside of this element");
    page.does_not_say("/000000/");
    page.does_not_say("the end.xml:");
}

#[tokio::test]
async fn an_upload_that_is_none_changes_nothing() {
    let house = House::empty().await.staffed().await;
    let clerk = house.logged_in("clerk").await;
    let items = sample("offene-posten.csv");
    let none = upload(&house, &clerk, &[("files", Some(""), b"")]).await;
    assert_eq!(none.status, StatusCode::UNPROCESSABLE_ENTITY);
    none.says("No file was chosen.");
    let no_day = upload(&house, &clerk, &[("files", Some("a.csv"), &items), ("as_of", None, b"gestern")]).await;
    assert_eq!(no_day.status, StatusCode::UNPROCESSABLE_ENTITY);
    no_day.says("is no date");
    let mut half = b"--rand\r\nContent-Disposition: form-data; name=\"files\"; filename=\"a.csv\"\r\n\r\n".to_vec();
    half.extend_from_slice(&items);
    let half = send_raw(&house, &clerk, "/import/files", half).await;
    assert_eq!(half.status, StatusCode::UNPROCESSABLE_ENTITY);
    half.says("broke off");
    assert_eq!(kasse::receivables(&house.kasse).await.unwrap().len(), 0);
    let auditor = house.logged_in("auditor").await;
    let refused = upload(&house, &auditor, &[("files", Some("a.csv"), &items)]).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_changed_account_is_confirmed_by_another_clerk_who_types_it() {
    let house = House::of_the_sample().await.staffed().await.with("zweite", &[Role::Clerk]).await;
    let (clerk, second) = (house.logged_in("clerk").await, house.logged_in("zweite").await);
    let mandates = String::from_utf8(sample("mandate.csv")).unwrap().trim_start_matches('\u{feff}').to_owned();
    let (head, first) = (mandates.lines().next().unwrap(), mandates.lines().nth(1).unwrap());
    let column = |name: &str| head.split(';').position(|own| own == name).unwrap();
    let mut cells: Vec<&str> = first.split(';').collect();
    let mandate = cells[column("mandat")];
    let other = "DE89370400440532013000";
    cells[column("iban")] = other;
    let list = format!("{head}\n{}\n", cells.join(";"));
    let sent = upload(&house, &clerk, &[("files", Some("mandate.csv"), list.as_bytes())]).await;
    read(&house, &clerk, &sent.to).await;
    house.get(&clerk, "/import").await.says("You imported it: another person confirms it.");
    let page = house.get(&second, "/import").await;
    assert!(!page.text.contains(other));
    let said = |iban| [("mandate", mandate), ("iban", iban)];
    let wrong = house.send(&second, &page, "/import/account", &said("DE02120300000000202051")).await;
    assert!(wrong.flash().contains("the list has another account"), "{}", wrong.flash());
    let right = house.send(&second, &page, "/import/account", &said(other)).await;
    assert_eq!(right.flash(), "The changed account is confirmed.");
    house.get(&second, "/import").await.says("No changed account waits to be confirmed.");
}

#[tokio::test]
async fn what_was_uploaded_may_demand_less() {
    use std::io::Write as _;
    let house = House::demanding("[limits]\nweb_unpacked_bytes = 200000\n").await.staffed().await;
    let clerk = house.logged_in("clerk").await;
    // many bytes that say nothing, as a bomb has them
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    zip.start_file("auszug.xml", zip::write::SimpleFileOptions::default()).unwrap();
    let blanks = " ".repeat(1_000_000);
    let named = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08";
    write!(zip, "<Document xmlns=\"{named}\"><BkToCstmrStmt>{blanks}</BkToCstmrStmt></Document>").unwrap();
    let bomb = zip.finish().unwrap().into_inner();
    let sent = upload(&house, &clerk, &[("files", Some("auszug.zip"), &bomb)]).await;
    let page = read(&house, &clerk, &sent.to).await;
    page.says("Files: 1, refused: 1.");
    page.says("200000");
    page.does_not_say("/tmp");
}
