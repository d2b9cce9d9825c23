//! What PostgreSQL does for each statement on a database that nobody has analysed: never a walk through a whole table for
//! each row of another one.

use serde_json::Value;
use sqlx::postgres::PgConnection;
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, Row as _};
use store::Db;

use super::{Scratch, statements};

/// Rows of each table.
const ROWS: u32 = 100_000;

/// Fills every table of facts without asking what its rows mean: the planner sees how large it is, and nothing else.
async fn fill_without_statistics(connection: &mut PgConnection) {
    // no constraint but those that indexes keep, no trigger, and nobody who would analyse
    let free = "DO $$ DECLARE one RECORD; BEGIN
        FOR one IN SELECT c.conname, r.oid::regclass AS own FROM pg_constraint c JOIN pg_class r ON r.oid = c.conrelid
                    JOIN pg_namespace n ON n.oid = r.relnamespace AND n.nspname = 'public' WHERE c.contype IN ('c', 'f')
        LOOP EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', one.own, one.conname); END LOOP;
        FOR one IN SELECT r.oid::regclass AS own FROM pg_class r JOIN pg_namespace n ON n.oid = r.relnamespace AND n.nspname = 'public'
                    WHERE r.relkind = 'r' LOOP EXECUTE format('ALTER TABLE %s SET (autovacuum_enabled = false)', one.own); END LOOP;
        END $$";
    connection.execute(free).await.unwrap();
    connection.execute("SET session_replication_role = replica").await.unwrap();
    let columns = "SELECT table_name::TEXT, string_agg(column_name::TEXT, ', ' ORDER BY ordinal_position),
            string_agg(CASE data_type WHEN 'bigint' THEN 'g' WHEN 'date' THEN 'DATE ''2024-01-01''' ELSE '''x'' || g' END, ', ' ORDER BY ordinal_position)
       FROM information_schema.columns WHERE table_schema = 'public' AND table_name NOT LIKE '\\_sqlx%' GROUP BY table_name";
    for row in sqlx::query(columns).fetch_all(&mut *connection).await.unwrap() {
        let (table, names, values): (String, String, String) = (row.get(0), row.get(1), row.get(2));
        let text = format!("INSERT INTO {table} ({names}) SELECT {values} FROM generate_series(1, {ROWS}) g");
        connection.execute(AssertSqlSafe(text)).await.unwrap_or_else(|error| panic!("{table}: {error}"));
    }
}

/// What of a plan reads a whole table for each row of another one; `again` says that this part is run for each row.
fn walks(plan: &Value, again: bool) -> Option<String> {
    let text = |key: &str| plan[key].as_str().unwrap_or_default();
    let is_whole = match text("Node Type") {
        "Seq Scan" => true,
        "Index Scan" | "Index Only Scan" => plan.get("Index Cond").is_none(),
        _ => false,
    };
    if again && is_whole {
        return Some(format!("{} on {}", text("Node Type"), text("Relation Name")));
    }
    // what is put aside or hashed is read once, whoever asks for it again
    let is_kept = matches!(text("Node Type"), "Hash" | "Materialize" | "Memoize" | "Sort" | "CTE Scan");
    let is_loop = text("Node Type") == "Nested Loop";
    plan["Plans"].as_array().into_iter().flatten().find_map(|part| {
        let relation = part["Parent Relationship"].as_str().unwrap_or_default();
        let repeats = relation == "SubPlan" || is_loop && relation == "Inner";
        walks(part, (again && !is_kept) || repeats)
    })
}

#[tokio::test]
async fn no_plan_without_statistics_walks_a_table_for_each_row_of_another() {
    let scratch = Scratch::new();
    let url = scratch.postgres().await;
    Db::open(&url).await.unwrap().close().await;
    let mut connection = PgConnection::connect(&url).await.unwrap();
    fill_without_statistics(&mut connection).await;
    connection.execute("SET plan_cache_mode = force_generic_plan").await.unwrap();
    let mut slow = Vec::new();
    for (name, text) in statements() {
        connection.execute(AssertSqlSafe(format!("PREPARE asked AS {text}"))).await.unwrap();
        let count = (1..10).take_while(|place| text.contains(&format!("${place}"))).count();
        let values = vec!["NULL"; count].join(", ");
        let values = if count > 0 { format!("({values})") } else { values };
        let explain = AssertSqlSafe(format!("EXPLAIN (FORMAT JSON) EXECUTE asked{values}"));
        let told: Value = serde_json::from_str(&explained(&mut connection, explain).await).unwrap();
        slow.extend(walks(&told[0]["Plan"], false).map(|what| format!("{name}: {what}")));
        connection.execute("DEALLOCATE asked").await.unwrap();
    }
    assert!(slow.is_empty(), "{slow:#?}");
}

/// The plan as the server writes it.
async fn explained(connection: &mut PgConnection, explain: AssertSqlSafe<String>) -> String {
    let row = sqlx::raw_sql(explain).fetch_one(&mut *connection).await.unwrap();
    row.get_unchecked(0)
}
