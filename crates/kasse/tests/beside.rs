//! Log-ins and the access log beside the books: whoever logs in or reads waits for nobody who writes.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on must fail")]

use std::time::Duration;

use jiff::civil::date;
use kasse::people::{self, Proven, Secret};
use kasse::rights::{Role, Roles};
use kasse::{AccessAsked, AccessKind, Config, Kasse, TEMPLATE, Way, Window};

const PASSWORD: &str = "lang genug und geheim";
const PATIENCE: Duration = Duration::from_secs(20);

async fn staffed(folder: &tempfile::TempDir) -> (Kasse, Proven) {
    let db = format!("sqlite://{}", folder.path().join("einmal.db").display());
    let now = "2024-03-11T08:00:00Z".to_owned();
    let kasse = Kasse::open(Config::parse(TEMPLATE).unwrap(), &db, date(2024, 3, 11), now).await.unwrap();
    let admin = Roles::new(vec![Role::Administrator]).unwrap();
    people::add_user(&kasse, "otto", &admin, PASSWORD, "otto", None).await.unwrap();
    let otto = people::by_password(&kasse, "otto", PASSWORD).await.unwrap();
    (kasse, otto)
}

/// What somebody is busy with.
fn import(kasse: &Kasse) -> store::Act {
    store::Act {
        actor: "otto".to_owned(),
        day: kasse.today,
        at: kasse.now.clone(),
        action: "import",
        reason: String::new(),
    }
}

async fn is_in(kasse: &Kasse, secret: &Secret) -> bool {
    people::by_session(kasse, secret, 1_000).await.unwrap().is_some()
}

#[tokio::test]
async fn nobody_who_logs_in_or_out_waits_for_a_writer() {
    let folder = tempfile::tempdir().unwrap();
    let (kasse, otto) = staffed(&folder).await;
    let writing = kasse.db.write(import(&kasse)).await.unwrap();
    let way = Way { by: "page", from: "192.0.2.1".to_owned() };
    let both = async {
        let first = people::log_in(&kasse, &otto, "", 1_000).await.unwrap();
        let second = people::log_in(&kasse, &otto, "", 1_000).await.unwrap();
        kasse.record(AccessKind::LoggedIn, "otto", "", &way);
        assert!(is_in(&kasse, &first).await && is_in(&kasse, &second).await);
        assert_eq!(people::sessions(&kasse, Some("otto"), 1_000).await.unwrap().len(), 2);
        people::log_out(&kasse, &first.digest(), 1_000);
        assert!(!is_in(&kasse, &first).await);
        (first, second)
    };
    let (first, second) = tokio::time::timeout(PATIENCE, both).await.expect("no waiting");
    assert!(kasse.db.settle(Duration::from_millis(50)).await.is_err(), "somebody still writes");
    drop(writing);
    kasse.db.settle(PATIENCE).await.unwrap();
    assert!(!is_in(&kasse, &first).await && is_in(&kasse, &second).await);
    let all = Window { most: 10, after: 0 };
    let (rows, count) = kasse::accesses(&kasse, &AccessAsked::default(), all).await.unwrap();
    assert_eq!((count, rows[0]["address"].as_str()), (1, Some("192.0.2.1")));
}

#[tokio::test]
async fn a_log_in_that_was_not_written_yet_ends_with_the_password_all_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let (kasse, otto) = staffed(&folder).await;
    let signed = kasse.clone().signed(otto.clone());
    // the password is set before the log-in could be written
    let writing = kasse.db.write(import(&kasse)).await.unwrap();
    let changing = tokio::spawn(async move {
        people::set_password(&signed, "otto", "ein ganz anderes Wort", "otto", None).await.unwrap();
    });
    tokio::time::sleep(Duration::from_secs(3)).await;
    let secret = people::log_in(&kasse, &otto, "", 1_000).await.unwrap();
    assert!(is_in(&kasse, &secret).await);
    drop(writing);
    changing.await.unwrap();
    assert!(!is_in(&kasse, &secret).await);
    kasse.db.settle(PATIENCE).await.unwrap();
    assert!(!is_in(&kasse, &secret).await);
}

#[tokio::test]
async fn what_was_recorded_is_forgotten_after_its_days() {
    let folder = tempfile::tempdir().unwrap();
    let (kasse, _) = staffed(&folder).await;
    let way = Way { by: "page", from: String::new() };
    for (day, month) in [("2022-03-10", "old"), ("2022-03-12", "new")] {
        kasse.at(kasse.today, format!("{day}T08:00:00Z")).record(AccessKind::Read, "otto", month, &way);
    }
    kasse.forget_old_accesses();
    kasse.db.settle(PATIENCE).await.unwrap();
    let all = Window { most: 10, after: 0 };
    let (rows, _) = kasse::accesses(&kasse, &AccessAsked::default(), all).await.unwrap();
    let kept: Vec<&str> = rows.iter().filter_map(|row| row["what"].as_str()).collect();
    assert_eq!(kept, ["new"]);
}
