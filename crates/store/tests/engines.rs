//! Both engines side by side: both understand every SQL statement and name the same columns, both schemas have the same
//! tables, and what is written reads the same on both.
//!
//! Needs a PostgreSQL server, which `cargo xtask postgres cargo test -p store` starts; without one it fails and says so.
#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on must fail")]

#[path = "engines/plans.rs"]
mod plans;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use sqlx::postgres::PgConnection;
use sqlx::sqlite::SqliteConnection;
use sqlx::{AssertSqlSafe, Column as _, Connection as _, Executor as _, Row as _, SqlSafeStr as _, Statement as _};
use store::{Act, Copy, Db, FileKind, InstanceKind, NewAssessment, NewFile, canonical};

/// A new database on either engine; the test removes it.
struct Scratch {
    folder: tempfile::TempDir,
    server: String,
    name: String,
}

impl Scratch {
    fn new() -> Scratch {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let server = std::env::var("EINMAL_TEST_POSTGRES").expect(
            "EINMAL_TEST_POSTGRES is unset: run `cargo xtask test`, or `cargo xtask postgres cargo test -p store`",
        );
        let name = format!("store_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        Scratch { folder: tempfile::tempdir().unwrap(), server, name }
    }

    fn sqlite(&self) -> String {
        format!("sqlite://{}", self.folder.path().join("einmal.db").display())
    }

    async fn postgres(&self) -> String {
        let mut connection = PgConnection::connect(&self.server.replace("{}", "postgres")).await.unwrap();
        connection.execute(AssertSqlSafe(format!("CREATE DATABASE {}", self.name))).await.unwrap();
        self.server.replace("{}", &self.name)
    }

    /// Plain SQL connections to both, with all tables.
    async fn both(&self) -> (SqliteConnection, PgConnection) {
        let (lite, server) = (self.sqlite(), self.postgres().await);
        for url in [&lite, &server] {
            Db::open(url).await.unwrap().close().await;
        }
        (SqliteConnection::connect(&lite).await.unwrap(), PgConnection::connect(&server).await.unwrap())
    }
}

/// The text of every SQL statement in the source of this crate.
fn statements() -> BTreeMap<String, String> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = BTreeMap::new();
    let mut calls = 0;
    for entry in std::fs::read_dir(source).unwrap() {
        let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
        calls += ["Sql::same(", "SqlOfKeys::same("].map(|call| text.matches(call).count()).iter().sum::<usize>();
        for piece in text.split("const ").skip(1) {
            let Some((name, rest)) = piece.split_once(": Sql") else { continue };
            let Some((_, rest)) = rest.split_once("::same(").filter(|(before, _)| before.len() < 24) else {
                continue;
            };
            let literal = rest.trim_start().strip_prefix('"').unwrap();
            let (literal, _) = literal.split_once('"').unwrap();
            assert!(found.insert(name.to_owned(), literal.to_owned()).is_none(), "{name} stands twice");
        }
    }
    assert_eq!(found.len(), calls, "a statement was overlooked");
    let paged = found.iter().filter(|(_, text)| text.contains("> $1") && text.contains("LIMIT $2"));
    let numbered = paged.map(|(name, text)| {
        let text = text.replace("> $1", "IN ($1)").replace("LIMIT $2", "");
        (format!("{name}, some of its rows"), text)
    });
    found.extend(numbered.collect::<Vec<_>>());
    found
}

#[tokio::test]
async fn every_statement_is_understood_by_both_and_names_the_same_columns() {
    let scratch = Scratch::new();
    let (mut lite, mut server) = scratch.both().await;
    let statements = statements();
    assert!(statements.len() > 40, "{}", statements.len());
    for (name, text) in statements {
        let sql = || AssertSqlSafe(text.clone()).into_sql_str();
        let one = lite.prepare(sql()).await.unwrap_or_else(|error| panic!("{name} on SQLite: {error}"));
        let other = server.prepare(sql()).await.unwrap_or_else(|error| panic!("{name} on PostgreSQL: {error}"));
        let columns = |names: Vec<&str>| names.into_iter().map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(
            columns(one.columns().iter().map(|column| column.name()).collect()),
            columns(other.columns().iter().map(|column| column.name()).collect()),
            "{name}"
        );
        let count = |parameters: Option<sqlx::Either<&[sqlx::postgres::PgTypeInfo], usize>>| match parameters {
            Some(sqlx::Either::Left(types)) => types.len(),
            Some(sqlx::Either::Right(count)) => count,
            None => 0,
        };
        let lite_count = one.parameters().map_or(0, |parameters| parameters.either(<[_]>::len, |count| count));
        assert_eq!(lite_count, count(other.parameters()), "parameters of {name}");
    }
}

/// Table, column, whether it may be NULL, and its type.
type Columns = BTreeSet<(String, String, bool, &'static str)>;

async fn columns_of_sqlite(connection: &mut SqliteConnection) -> Columns {
    let sql = "SELECT t.name, c.name, c.\"notnull\", c.pk, c.type FROM sqlite_master t JOIN pragma_table_info(t.name) c
                WHERE t.type = 'table' AND t.name NOT LIKE '\\_sqlx%' ESCAPE '\\'";
    let rows = sqlx::query(sql).fetch_all(connection).await.unwrap();
    rows.iter()
        .map(|row| {
            let needed = row.get::<i64, _>(2) == 1 || row.get::<i64, _>(3) > 0;
            let kind = if row.get::<String, _>(4) == "INTEGER" { "number" } else { "text" };
            (row.get(0), row.get(1), !needed, kind)
        })
        .collect()
}

async fn columns_of_postgres(connection: &mut PgConnection) -> Columns {
    let sql = "SELECT table_name::TEXT, column_name::TEXT, is_nullable::TEXT, data_type::TEXT, collation_name::TEXT
                 FROM information_schema.columns WHERE table_schema = 'public' AND table_name NOT LIKE '\\_sqlx%'";
    let rows = sqlx::query(sql).fetch_all(connection).await.unwrap();
    rows.iter()
        .map(|row| {
            let (table, column): (String, String) = (row.get(0), row.get(1));
            let kind = match row.get::<String, _>(3).as_str() {
                "bigint" => "number",
                "date" => "text",
                "text" => {
                    assert_eq!(row.get::<Option<String>, _>(4).as_deref(), Some("C"), "{table}.{column}");
                    "text"
                }
                other => panic!("{table}.{column} is {other}"),
            };
            (table, column, row.get::<String, _>(2) == "YES", kind)
        })
        .collect()
}

/// `UPDATE_SCHEMA=1` takes over what the migrations make.
#[tokio::test]
async fn the_schema_on_a_server_is_the_one_that_verify_knows() {
    let scratch = Scratch::new();
    let server = Db::open(&scratch.postgres().await).await.unwrap();
    let lines = store::schema(&mut server.read().await.unwrap()).await.unwrap();
    let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/schema.postgres.txt");
    if std::env::var_os("UPDATE_SCHEMA").is_some() {
        std::fs::write(&file, &text).unwrap();
    }
    assert_eq!(std::fs::read_to_string(&file).unwrap(), text);
    let lite = Db::open(&scratch.sqlite()).await.unwrap();
    for db in [&server, &lite] {
        assert_eq!(store::schema_breaks(&mut db.read().await.unwrap()).await.unwrap(), []);
    }
}

#[tokio::test]
async fn both_schemas_are_the_same_tables() {
    let scratch = Scratch::new();
    let (mut lite, mut server) = scratch.both().await;
    let (one, other) = (columns_of_sqlite(&mut lite).await, columns_of_postgres(&mut server).await);
    assert_eq!(one.difference(&other).collect::<Vec<_>>(), other.difference(&one).collect::<Vec<_>>());
    // every index, also those of constraints, by table and columns
    let sql = "SELECT DISTINCT t.name || ' ' || (SELECT group_concat(i.name, ',') FROM (SELECT name FROM pragma_index_info(l.name) ORDER BY seqno) i)
                 FROM sqlite_master t JOIN pragma_index_list(t.name) l WHERE t.type = 'table' AND l.\"unique\" = 1 AND t.name NOT LIKE '\\_sqlx%' ESCAPE '\\'";
    let unique_lite: BTreeSet<String> =
        sqlx::query_scalar(sql).fetch_all(&mut lite).await.unwrap().into_iter().collect();
    let sql = "SELECT DISTINCT c.relname || ' ' || (SELECT string_agg(a.attname, ',' ORDER BY k.place)
                   FROM unnest(x.indkey) WITH ORDINALITY AS k (number, place) JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.number)
                 FROM pg_index x JOIN pg_class c ON c.oid = x.indrelid JOIN pg_namespace n ON n.oid = c.relnamespace
                WHERE n.nspname = 'public' AND x.indisunique AND c.relname NOT LIKE '\\_sqlx%'";
    let unique_server: BTreeSet<String> =
        sqlx::query_scalar(sql).fetch_all(&mut server).await.unwrap().into_iter().collect();
    let rowids = |all: &BTreeSet<String>| {
        let own = |index: &&String| !index.ends_with(" id") && !index.ends_with(" seq") && *index != "item_state item";
        all.iter().filter(own).cloned().collect::<BTreeSet<_>>()
    };
    assert_eq!(rowids(&unique_lite), rowids(&unique_server));
}

fn act(who: &str) -> Act {
    Act {
        actor: who.to_owned(),
        day: "2024-03-11".parse().unwrap(),
        at: "2024-03-11T10:00:00Z".to_owned(),
        action: "import",
        reason: String::new(),
    }
}

/// Stores items with difficult texts: sort order, case, quotes, letters beyond ASCII, missing values.
async fn fill(db: &Db, names: &[&str]) {
    let mut tx = db.write(act("anna")).await.unwrap();
    let items: Vec<(String, String)> = names.iter().map(|name| ((*name).to_owned(), "2024-1".to_owned())).collect();
    tx.add_items(&items).await.unwrap();
    tx.add_setting("instance", "Größe '\"\\ \u{1F4A7} z").await.unwrap();
    tx.commit("some").await.unwrap();
}

#[tokio::test]
async fn what_is_written_reads_the_same_on_both_and_copies_both_ways() {
    let scratch = Scratch::new();
    let (lite, server) =
        (Db::open(&scratch.sqlite()).await.unwrap(), Db::open(&scratch.postgres().await).await.unwrap());
    let names = ["b", "A", "a", "ä", "Z", "10", "9", " x", "e\u{301}", "\u{10FFFF}"];
    fill(&lite, &names).await;
    fill(&server, &names).await;
    let told = canonical(&mut lite.read().await.unwrap()).await.unwrap();
    assert_eq!(told, canonical(&mut server.read().await.unwrap()).await.unwrap());
    assert!(told.iter().any(|table| table.table == "item" && table.rows == names.len() as u64));
    // and back again, through both engines
    let third = Scratch::new();
    let copy = Db::open(&third.postgres().await).await.unwrap();
    Copy::make(&mut lite.read().await.unwrap(), &copy).await.unwrap().keep("2024-03-11T08:00:00Z").await.unwrap();
    let last = Db::open(&third.sqlite()).await.unwrap();
    Copy::make(&mut copy.read().await.unwrap(), &last).await.unwrap().keep("2024-03-11T08:00:00Z").await.unwrap();
    assert_eq!(told, canonical(&mut last.read().await.unwrap()).await.unwrap());
    assert!(store::verify_chain(&mut last.read().await.unwrap()).await.unwrap().is_empty());
    let refused = Copy::make(&mut lite.read().await.unwrap(), &last).await.unwrap_err();
    assert!(matches!(refused, store::Error::NotEmpty), "{refused}");
}

#[tokio::test]
async fn many_rows_cross_in_pages_and_none_is_lost() {
    let scratch = Scratch::new();
    for url in [scratch.sqlite(), scratch.postgres().await] {
        let db = Db::open(&url).await.unwrap();
        let mut tx = db.write(act("anna")).await.unwrap();
        let names: Vec<(String, String)> =
            (0..2_501).map(|place| (format!("{:04}", 9_999 - place), "2024-1".to_owned())).collect();
        let first = tx.add_items(&names).await.unwrap();
        let file =
            NewFile { name: "liste.csv", kind: FileKind::OpenItems, sha256: "0", as_of: None, refused: 0, kept: None };
        let file = tx.add_file(&file).await.unwrap();
        let said = |item: i64| NewAssessment {
            item,
            kind: "Grundsteuer \"B\"\n\u{1F4A7}".to_owned(),
            due: "2024-02-15".parse().unwrap(),
            amount: i64::MAX - item,
            paid_before: 0,
            mahngebuehr: 0,
            saeumniszuschlag: 0,
            mandate_reference: (item % 2 == 0).then(|| format!("M-{item}")),
            debtor: format!("Größe {item}"),
            address: None,
            fee: None,
            unconfirmed: false,
        };
        let assessments: Vec<NewAssessment> = (first..).take(names.len()).map(said).collect();
        tx.add_assessments(file, &assessments).await.unwrap();
        tx.commit("many").await.unwrap();
        let mut tx = db.read().await.unwrap();
        let items = store::items(&mut tx).await.unwrap();
        assert_eq!(items.len(), names.len());
        assert!(items.is_sorted_by(|one, other| one.kassenzeichen < other.kassenzeichen));
        assert!(items.iter().all(|item| item.said == said(item.id) && item.highest == i64::MAX - item.id));
        assert!(store::verify_chain(&mut tx).await.unwrap().is_empty());
    }
}

/// Many writers at once, each of which has read before: no entry is lost, none is written twice.
async fn write_at_once(db: &Db) {
    let write = |number: usize| {
        let db = db.clone();
        tokio::spawn(async move {
            let mut tx = db.write(act(&format!("clerk {number}"))).await.unwrap();
            let before = store::entries(&mut tx, &(1..=i64::MAX)).await.unwrap().len();
            tokio::task::yield_now().await;
            tx.add_items(&[(format!("KZ{number}"), format!("{before}"))]).await.unwrap();
            tx.commit("one").await.unwrap();
        })
    };
    let writers: Vec<_> = (0..12).map(write).collect();
    for writer in writers {
        writer.await.unwrap();
    }
    let mut tx = db.read().await.unwrap();
    assert_eq!(store::entries(&mut tx, &(1..=i64::MAX)).await.unwrap().len(), 12);
    assert!(store::verify_chain(&mut tx).await.unwrap().is_empty());
}

/// A reader sees one moment; retired books are not written any more.
async fn read_and_retire(db: &Db) {
    let mut view = db.read().await.unwrap();
    let before = canonical(&mut view).await.unwrap();
    let mut tx = db.write(act("dora")).await.unwrap();
    tx.add_instance_event(InstanceKind::Retired, None, None, "elsewhere").await.unwrap();
    tx.commit("moved").await.unwrap();
    assert_eq!(canonical(&mut view).await.unwrap(), before);
    drop(view);
    let refused = db.write(act("dora")).await.err().map(|error| error.to_string());
    assert_eq!(refused.as_deref(), Some("these books go on in elsewhere: nothing is changed here any more"));
}

/// While one writes and others wait for their turn, readers do not wait.
async fn read_beside_waiting_writers(db: &Db) {
    let tx = db.write(act("import")).await.unwrap();
    let waiting: Vec<_> = (0..8)
        .map(|number| {
            let db = db.clone();
            tokio::spawn(async move {
                db.touch_session("nobody", number);
                drop(db.write(act("clerk")).await.unwrap());
            })
        })
        .collect();
    tokio::task::yield_now().await;
    let views = async { [db.read().await.unwrap(), db.read().await.unwrap(), db.read().await.unwrap()] };
    // a safeguard, not a measurement: with all connections taken by waiting writers, reading took half a minute and
    // failed
    drop(tokio::time::timeout(std::time::Duration::from_secs(20), views).await.expect("readers find a connection"));
    drop(tx);
    for one in waiting {
        one.await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn writers_wait_for_each_other_and_readers_see_one_moment() {
    let scratch = Scratch::new();
    for url in [scratch.sqlite(), scratch.postgres().await] {
        let db = Db::open(&url).await.unwrap();
        write_at_once(&db).await;
        read_beside_waiting_writers(&db).await;
        read_and_retire(&db).await;
    }
}

#[tokio::test]
async fn what_the_database_refuses_is_refused_on_both() {
    let scratch = Scratch::new();
    for url in [scratch.sqlite(), scratch.postgres().await] {
        let db = Db::open(&url).await.unwrap();
        fill(&db, &["A"]).await;
        let mut tx = db.write(act("anna")).await.unwrap();
        let twice = tx.add_items(&[("A".to_owned(), "2024-1".to_owned())]).await.unwrap_err();
        assert!(matches!(twice, store::Error::Refused(_)), "{url}: {twice:?}");
        drop(tx);
        assert_eq!(store::entries(&mut db.read().await.unwrap(), &(1..=i64::MAX)).await.unwrap().len(), 1);
    }
}

#[test]
fn a_password_is_never_shown() {
    for (url, shown) in [
        ("postgres://kasse:geheim@db.example/lindental", "postgres://kasse:***@db.example/lindental"),
        ("postgres://kasse@db.example/x", "postgres://kasse@db.example/x"),
        ("postgres://a:b@c@db/x?sslmode=require&password=p", "postgres://a:***@db/x?sslmode=require&password=***"),
        ("postgres://db/x?password=p&a=b", "postgres://db/x?password=***&a=b"),
        ("sqlite://einmal.db", "sqlite://einmal.db"),
    ] {
        assert_eq!(store::without_password(url), shown);
    }
}
