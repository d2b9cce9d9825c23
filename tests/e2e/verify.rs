//! `verify` finds every change that somebody makes beside the program.
//!
//! The test takes the columns from the schema, so that a column added tomorrow is tried too. Invariant: no column is
//! left out and none may change without a break; only a person can be erased, all values together with their key.

use serde_json::Value;

use crate::after_file::status_report;
use crate::bank::Statement;
use crate::books::{Books, Column, Holds};
use crate::collect::{pain, texts};
use crate::people;
use crate::town::{SETTINGS, Town};

/// A second account.
const SECOND: &str = "DE49416615040000004711";

/// A town in which every table has rows: a confirmed balance, a booking told twice, an old reference, a closed day, a reminder, a hold by hand that one of two has signed to lift, cases, what was said and what people made of them, holds, a run that was announced, released,
/// taken back, released again and exported, and one that was cancelled.
/// A fee is an item; fees are waived in every scope; there are deferrals, an ended one among them.
fn town() -> Town {
    let town = Town::lindental();
    town.write("einmal.toml", format!("{SETTINGS}\n[control]\nsign_debits = 2\n"));
    let again = Statement::new(
        "202 2024-03-08 2024-03-08 1801.70\n2024-03-08 +50.00 Hildegard Ober | Kita Beitrag Regenbogen | ref=R-KITA\n2024-03-08 +1.00 Hildegard Ober | Kita | ref=R-2\n2024-03-08 -1.00 Hildegard Ober | Kita | ref=R-3",
    );
    town.write("nochmal.xml", again.xml());
    town.write("alt.csv", "altes_kassenzeichen;kassenzeichen\nALT-4711;5.0100.118204.4\n");
    let moved = crate::people::mandates("koenig letzte_nutzung=2020-12-01");
    town.write("umzug.csv", moved.replace(crate::people::of("koenig").iban, "DE22416500010007333333"));
    town.write("mahnung.csv", people::items(
        "lange 2023-3 2023-08-15 50.00 mandat= mahngebuehr=6.00\nlange G-1 2023-08-15 -5.00\nlange G-2 2023-08-15 -6.00",
    ));
    let settings = std::fs::read_to_string(town.path().join("einmal.toml")).unwrap();
    let both = settings.replace("accounts    = [", &format!("accounts    = [\"{SECOND}\", "));
    town.write("einmal.toml", &both);
    // nobody can know whose this is
    let stranger = "7 2024-03-04 2024-03-08 500.00\n2024-03-08 +19.99 Xaver Quandt DE67416500010000000099 | Grundbesitzabgaben\n2024-03-08 +18.99 Xaver Quandt DE67416500010000000099 | Grundbesitzabgaben";
    town.write("zweites.xml", Statement::new(stranger).xml().replace(crate::bank::ACCOUNT, SECOND));
    town.run("import nochmal.xml alt.csv umzug.csv mahnung.csv zweites.xml").ok();
    town.write("lauf.xml", crate::guard::old_system("schulz 211.30 Abgaben"));
    town.run("seed quarter --due 2024-08-15 --from lauf.xml --as dora").ok();
    town.run("mandates confirm M-KOENIG --iban DE22416500010007333333 --as dora").ok();
    town.run("match").ok();
    town.run("hold add 5.0100.342608.4 --reason Stundung --until 2024-12-31 --as dora").ok();
    town.run("hold lift 5.0100.342608.4 --reason bezahlt --as emil").ok();
    town.run("case 1 --take --as dora").ok();
    town.run("case 1 --comment gefragt --as emil").ok();
    town.run("collect plan --due 2024-03-27 --kind Grundbesitzabgaben --as anna").ok();
    town.run("collect notify L1 --out post --notice-by Bescheid --as anna").ok();
    town.run("collect release L1 --acknowledge-open-cases --as bernd").ok();
    town.run("collect release L1 --acknowledge-open-cases --as clara").ok();
    town.run("resolve 1 --allocate 5.0100.118204.4/2023-4=40.00 --as dora").ok();
    town.run("collect release L1 --acknowledge-open-cases --as bernd").ok();
    town.run("collect release L1 --acknowledge-open-cases --as clara").ok();
    a_night(&town, "");
    town.run("collect export L1 --out bank").ok();
    let xml = pain(&town);
    let id = texts(&xml, "EndToEndId")[0].clone();
    let answer = status_report(None, &[&format!("{id} RJCT AM04")]).replace("2024-03-26T", "2024-03-11T");
    let (message, batch) = (&texts(&xml, "MsgId")[0], &texts(&xml, "PmtInfId")[0]);
    town.write("antwort.xml", answer.replace("MESSAGE", message).replace("BATCH", batch));
    town.run("import antwort.xml").ok();
    let second = &texts(&xml, "EndToEndId")[1];
    town.run(&format!("collect recall L1 --debit {second} --reason gekreuzt --out ruf --as anna")).ok();
    town.run("collect plan --due 2024-03-27 --kind Hundesteuer --as anna").ok();
    town.run("collect cancel L2 --as anna").ok();
    town.run("resolve 1 --wait 2024-03-20 --as dora").ok();
    town.run("statements confirm-opening DE82416500010000000023 --day 2023-10-27 --balance 1000.00 --as dora").ok();
    town.run("statements withdraw DE82416500010000000023 --reason Probe --as dora --with emil").ok();
    town.run("statements confirm-opening DE82416500010000000023 --day 2023-10-27 --balance 1000.00 --as dora").ok();
    town.run("close-day 2024-03-08 --as dora --with emil").ok();
    let waive = "fees waive --date 2024-03-01 --authority Rat --file-number 20-1 --ground Härte --as dora --with emil";
    for scope in ["outage", "kind:Hundesteuer", "5.0100.118204.4", "5.0100.118204.4/2023-4"] {
        town.run(&format!("{waive} --scope {scope}")).ok();
    }
    town.run("fees withdraw 1 --reason Irrtum --as emil --with dora").ok();
    let defer = "deferral add --new-due 2024-04-15 --announced 2023-12-01 --text Presse --instalments 2 --as dora";
    town.run(&format!("{defer} --kind Hundesteuer --days-between 14")).ok();
    town.run("deferral end 1 --reason Irrtum --as emil --with dora").ok();
    town.run(&format!("{defer} --kind Hundesteuer")).ok();
    town.run("remind --out post --as dora").ok();
    town.write("einmal.toml", &settings);
    town.run(&format!("statements end-account {SECOND} --reason aufgelöst --as dora --with emil")).ok();
    for _ in 0..2 {
        town.on("2024-03-12", "case 1 --comment morgen --as emil").ok();
        town.run("journal correct-day --reason vertippt --as dora --with emil").ok();
    }
    what_is_no_run_of_debits(&town);
    town.run("statements as-of 2023-10-27 --reason Übergabe --as dora --with emil").ok();
    town.run("statements as-of --none --reason Irrtum --as dora --with emil").ok();
    restored(&town)
}

/// Refunds, exports for the finance system, a night with a standing order.
fn what_is_no_run_of_debits(town: &Town) {
    gives_back(town);
    hands_back(town);
    a_night(town, ORDER);
}

/// A run of refunds that was given up and planned anew.
fn gives_back(town: &Town) {
    // what goes back: to another account by two people, planned, given up, and planned anew
    let stranger = town.one("cases", &[("amount", "18.99")])["case"].to_string();
    town.run(&format!("resolve {stranger} --refund --as dora")).ok();
    let account = "--iban DE89370400440532013000 --name Quandt --reason erloschen --as dora --with emil";
    town.run(&format!("refund account {stranger} {account}")).ok();
    town.run("refund plan --on 2024-03-11 --as anna --file-number 9000 --early Irrtum").ok();
    town.run("refund cancel E1 --as anna").ok();
    town.run("refund plan --on 2024-03-11 --as anna --early Irrtum").ok();
}

const ORDER: &str = "[[batch.order]]\nname = \"Abgaben\"\ndays = [11]\npost_days = 1\nlimit = 2\nnotices = \"druck\"\n";

/// A night; where there is a standing order, two people have put it in force.
fn a_night(town: &Town, order: &str) {
    let settings = std::fs::read_to_string(town.path().join("einmal.toml")).unwrap();
    town.write("einmal.toml", format!("{settings}\n[batch]\nstill_seconds = 0\n{order}"));
    crate::batch::folders(town, &["inbox", "archive", "outbox", "druck"]);
    if !order.is_empty() {
        town.run("order make Abgaben --as anna").ok();
        town.run("order confirm Abgaben --as bernd").ok();
    }
    let night = town.run(crate::batch::BATCH);
    assert!([0, 3].contains(&night.code), "{night:#?}");
    town.write("einmal.toml", settings);
}

/// A handover that was taken back, and what was told of it; the bank's lines as they were told.
fn hands_back(town: &Town) {
    town.run("export postings --profile camt053 --since 0 --as anna").ok();
    town.run("handover --as-of 2024-03-11 --levy Hundesteuer --reason Probe --as anna --with bernd").ok();
    town.run("export handed --since 0 --as anna").ok();
    town.run("handover --withdraw 1 --reason Irrtum --as anna --with bernd").ok();
    town.run("handover --as-of 2024-03-11 --levy Hundesteuer --reason Probe --as anna --with bernd").ok();
    town.run("handover --withdraw 2 --reason Irrtum --as anna --with bernd").ok();
    town.run("export handed --since 1 --as anna").ok();
}

/// The books of a town, saved and put back into another.
fn restored(town: &Town) -> Town {
    town.run("backup alles.einmal").ok();
    let again = Town::new();
    again.write("einmal.toml", std::fs::read(town.path().join("einmal.toml")).unwrap());
    again.run(&format!("restore {}", town.path().join("alles.einmal").display())).ok();
    // a file of a run that these books never knew takes what is claimed already
    let own = town.path().join("bank");
    let own = std::fs::read_dir(own).unwrap().map(|entry| entry.unwrap().path());
    let file = own.filter(|path| path.extension().is_some_and(|end| end == "xml")).max().unwrap();
    again.write("vergessen.xml", std::fs::read_to_string(file).unwrap().replace("-L1", "-L9"));
    again.run("import vergessen.xml").ok();
    again.run("unlock --files 1 --as dora --with emil").ok();
    registered(&again);
    again.run("verify").ok();
    again
}

/// People who prove themselves: an administrator, what he gave by himself and what waits for a second person, and a token with
/// which somebody asked for a caller.
fn registered(town: &Town) {
    let (chef, emma) = ("langes-kennwort", "noch-ein-kennwort");
    town.told("user add chef --role administrator", chef).ok();
    town.told("--password-stdin user add karin --role treasurer --as chef", &format!("{chef} erstes-kennwort")).ok();
    town.told("--password-stdin user password karin", &format!("erstes-kennwort {chef}")).ok();
    town.told("--password-stdin user add emma --role desk --as chef", &format!("{chef} erstes-kennwort")).ok();
    town.told("--password-stdin user password emma", &format!("erstes-kennwort {emma}")).ok();
    for roles in ["desk planner", "desk releaser"] {
        town.told(&format!("--password-stdin user set emma --role {roles} --as chef"), chef).ok();
    }
    town.told("--password-stdin user password karin --as chef", &format!("{chef} erstes-kennwort")).ok();
    // an account that nobody in person brought in, with the first of two signatures
    town.told("--password-stdin user add clara --role clerk --as chef", &format!("{chef} erstes-kennwort")).ok();
    town.told("--password-stdin user password clara", &format!("erstes-kennwort {emma}")).ok();
    let moved = crate::people::mandates("koenig letzte_nutzung=2020-12-01");
    town.write("wieder.csv", moved.replace(crate::people::of("koenig").iban, "DE98416500010007777777"));
    town.run("import wieder.csv").ok();
    town.told("--password-stdin mandates confirm M-KOENIG --iban DE98416500010007777777 --as clara", emma).ok();
    let token = "--password-stdin user token emma --label Auskunft --scope ask";
    let first = town.told(token, emma).ok();
    town.with(first.out.trim(), "find 5.0100.118204.4 --caller name iban --as emma").ok();
    town.told(token, emma).ok();
    town.told("--password-stdin user end-token 1 --as emma", emma).ok();
}

/// What is no part of the books: who is logged in, who saw what, second factors, marks of forms that were sent, and that a
/// database is a backup.
const BESIDE: [&str; 6] = ["web_session", "done_once", "access_log", "second_factor", "recovery_code", "backup_mark"];

/// What verify says of a database: its exit code and the breaks.
fn breaks(town: &Town, books: &Books) -> (i32, Vec<String>) {
    let done = town.run(&format!("--db {} --format json verify", books.url()));
    let said: Value = serde_json::from_str(&done.out).unwrap_or_else(|_| panic!("{done:#?}"));
    (done.code, said["breaks"].as_array().unwrap().iter().map(|text| text.as_str().unwrap().to_owned()).collect())
}

/// A change of one table: its name, the table, and the SQL to try until one statement is taken.
type Change = (String, String, Vec<String>);

/// Does changes of different tables on one copy of the books and says which of them `verify` does not name.
fn try_changes(town: &Town, changes: &[&Change]) -> Vec<String> {
    let books = Books::of(town).copy(&changes[0].0);
    let prepare = books.unseen();
    let impossible = changes.iter().filter(|(_, _, sqls)| {
        let done = sqls.iter().map(|sql| books.execute(&format!("{prepare} {sql}"))).find(Result::is_ok);
        done.is_none()
    });
    let mut missed: Vec<String> =
        impossible.map(|(name, _, sqls)| format!("{name}: no change was possible: {sqls:?}")).collect();
    let (code, breaks) = breaks(town, &books);
    books.remove();
    for (name, table, _) in changes {
        let table = if table == "journal_facts" { "journal" } else { table };
        let named = breaks.iter().any(|found| {
            let mut words = found.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
            words.next() == Some(table)
        });
        if code != 1 || !named {
            missed.push(format!("{name}: exit {code}, {breaks:?}"));
        }
    }
    missed
}

/// How many changes are tried on one copy: one of the embedded database, so that no change is found by the trace of
/// another; several of a server's, where a copy is slow and the checks are the same.
fn at_once(town: &Town) -> usize {
    if Books::of(town).are_a_file() { 1 } else { 8 }
}

/// Changes of different tables together, as many as are tried on one copy.
fn grouped(changes: &[Change], at_once: usize) -> Vec<Vec<&Change>> {
    let mut groups: Vec<Vec<&Change>> = Vec::new();
    for change in changes {
        let fits = |group: &&mut Vec<&Change>| group.len() < at_once && group.iter().all(|other| other.1 != change.1);
        match groups.iter_mut().find(fits) {
            Some(group) => group.push(change),
            None => groups.push(vec![change]),
        }
    }
    groups
}

/// Tries changes on as many processes as the machine has, and says which were not found. What is not found beside
/// others is tried alone before it counts.
fn try_all(town: &Town, changes: &[Change]) -> Vec<String> {
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    let groups = grouped(changes, at_once(town));
    let alone = |group: &[&Change]| group.iter().flat_map(|change| try_changes(town, &[change])).collect();
    let tried = |group: &[&Change]| match try_changes(town, group) {
        missed if missed.is_empty() || group.len() == 1 => missed,
        _ => alone(group),
    };
    std::thread::scope(|scope| {
        let jobs: Vec<_> = (0..workers)
            .map(|worker| {
                let own = groups.iter().skip(worker).step_by(workers);
                scope.spawn(move || own.flat_map(|group| tried(group)).collect::<Vec<String>>())
            })
            .collect();
        jobs.into_iter().flat_map(|job| job.join().unwrap()).collect()
    })
}

/// The one row of a table that a change is tried on.
fn where_first(table: &str, wanted: &str) -> String {
    let key = match table {
        "journal" => "seq",
        "journal_facts" => "(journal, table_name)",
        "item_state" => "item",
        "reservation" => "(debit, item)",
        "credential" => "staff",
        "credential_asked" => "staff_request",
        "archive" => "(sha256, part)",
        _ => "id",
    };
    let columns = key.trim_matches(['(', ')']);
    format!("WHERE {key} = (SELECT {columns} FROM {table} WHERE {wanted} ORDER BY {columns} LIMIT 1)")
}

/// Another value for a column: a number one higher, or far away where that is taken; another date; a longer text.
fn other_values(column: &Column) -> [String; 2] {
    let name = &column.name;
    let other = match column.holds {
        Holds::Number => return [format!("{name} + 1"), format!("{name} + 1000000")],
        Holds::Day => "DATE '2001-01-01'".to_owned(),
        Holds::Text => format!("CASE WHEN {name} LIKE '____-__-__' THEN '2001-01-01' ELSE {name} || 'X' END"),
    };
    [other.clone(), other]
}

#[test]
fn every_column_of_every_table() {
    let town = town();
    let books = Books::of(&town);
    books.loosen();
    let empty: Vec<String> = books
        .counts()
        .into_iter()
        .filter(|(_, n)| *n == 0)
        .map(|(table, _)| table)
        .filter(|table| !BESIDE.contains(&table.as_str()))
        .collect();
    assert_eq!(empty, Vec::<String>::new(), "tables without a row prove nothing");
    let mut changes = Vec::new();
    for column in books.columns().into_iter().filter(|column| !BESIDE.contains(&column.table.as_str())) {
        let Column { table, name, holds } = &column;
        let count = |wanted: &str| books.number(&format!("SELECT COUNT(*) FROM {table} WHERE {name} {wanted}"));
        if count("IS NOT NULL") > 0 {
            let row = where_first(table, &format!("{name} IS NOT NULL"));
            let sqls = other_values(&column).map(|value| format!("UPDATE {table} SET {name} = {value} {row};"));
            changes.push((format!("{table}.{name}"), table.clone(), sqls.to_vec()));
        }
        if count("IS NULL") > 0 {
            let row = where_first(table, &format!("{name} IS NULL"));
            let values = if *holds == Holds::Number { ["1", "1000001"] } else { ["'2001-01-01'"; 2] };
            let sqls = values.map(|value| format!("UPDATE {table} SET {name} = {value} {row};"));
            changes.push((format!("{table}.{name}-was-NULL"), table.clone(), sqls.to_vec()));
        }
    }
    assert!(changes.len() > 150, "{} changes are too few", changes.len());
    let missed = try_all(&town, &changes);
    assert!(missed.is_empty(), "not found by verify:\n{}", missed.join("\n"));
}

#[test]
fn a_row_that_is_gone_or_was_slipped_in() {
    let town = town();
    let books = Books::of(&town);
    books.loosen();
    let columns = books.columns();
    let mut changes = Vec::new();
    for table in books.tables().into_iter().filter(|table| !BESIDE.contains(&table.as_str())) {
        let first = where_first(&table, "TRUE");
        let last = first.replace(" LIMIT 1", " DESC LIMIT 1");
        changes.push((format!("{table}-first-gone"), table.clone(), vec![format!("DELETE FROM {table} {first};")]));
        changes.push((format!("{table}-last-gone"), table.clone(), vec![format!("DELETE FROM {table} {last};")]));
        changes.push((format!("{table}-all-gone"), table.clone(), vec![format!("DELETE FROM {table};")]));
        let copy = |change: &dyn Fn(&Column) -> String| {
            let values: Vec<String> = columns.iter().filter(|column| column.table == table).map(change).collect();
            format!("INSERT INTO {table} SELECT {} FROM {table} {first};", values.join(", "))
        };
        let new_key = copy(&|Column { name, .. }| match name.as_str() {
            "id" | "seq" => format!("{name} + 1000000"),
            _ => name.clone(),
        });
        let all_new = copy(&|column| other_values(column)[1].clone());
        changes.push((format!("{table}-copied"), table.clone(), vec![new_key, all_new]));
    }
    let missed = try_all(&town, &changes);
    assert!(missed.is_empty(), "not found by verify:\n{}", missed.join("\n"));
}

#[test]
fn all_that_names_a_person_may_be_erased_together_with_its_key() {
    let town = town();
    let erase = "UPDATE personal SET key = NULL, name = NULL, address = NULL, iban = NULL, other_iban = NULL, text = NULL WHERE id = 1";
    Books::of(&town).execute(erase).unwrap();
    town.run("verify").ok();
    let half = "UPDATE personal SET key = NULL WHERE id = 2";
    let refused = Books::of(&town).execute(half).unwrap_err();
    assert!(refused.contains("CHECK constraint failed"), "{refused}");
}

#[test]
fn the_database_itself_refuses_what_must_not_be() {
    let town = town();
    let books = Books::of(&town);
    for (sql, why) in [
        ("UPDATE item_state SET transferred = amount + 1", "CHECK constraint failed"),
        ("UPDATE item_state SET in_collection = amount + 1, run = 1", "CHECK constraint failed"),
        ("UPDATE item_state SET collected = -1", "CHECK constraint failed"),
        ("UPDATE item_state SET in_collection = 1, run = NULL WHERE transferred < amount", "CHECK constraint failed"),
        ("UPDATE journal SET actor = 'nobody'", "the journal is append-only"),
        (
            "UPDATE refund SET former_end = NULL, former_ends = NULL, paid_before = 0 WHERE former_end > 0",
            "UNIQUE constraint failed",
        ),
        (
            "INSERT INTO refund_event SELECT 99, journal, seal, refund, booking, kind, ends, day, told_by, source_file, reason FROM refund_event",
            "UNIQUE constraint failed",
        ),
        (
            "INSERT INTO refund SELECT 99, journal, seal, run, 'X', booking, 100000000, payee, kassenzeichen, 0, NULL, NULL FROM refund LIMIT 1",
            "a refund is never more than what came in",
        ),
        ("DELETE FROM journal WHERE seq = 1", "the journal is append-only"),
        ("UPDATE journal_facts SET row_count = 1", "the journal is append-only"),
        ("DELETE FROM journal_facts", "the journal is append-only"),
        (
            "INSERT INTO item SELECT id + 1000, journal, seal, kassenzeichen, posten FROM item",
            "UNIQUE constraint failed",
        ),
        ("UPDATE claim SET debit = 4711", "FOREIGN KEY constraint failed"),
    ] {
        let refused = books.execute(sql).expect_err(sql);
        assert!(refused.contains(why), "{sql}: {refused}");
    }
    town.run("verify").ok();
}

#[test]
fn the_database_itself_refuses_a_second_claim_and_a_planner_who_releases() {
    let town = town();
    let books = Books::of(&town);
    let claim = |pick: &str, amount: &str, cause: &str| {
        format!(
            "INSERT INTO claim (id, journal, seal, debit, item, amount, cause) SELECT 9000, 1, 0, {pick}, item, {amount}, '{cause}' FROM reservation WHERE freed_by IS NULL ORDER BY item LIMIT 1"
        )
    };
    let other = "(SELECT id FROM debit WHERE run = 2 LIMIT 1)";
    let event = |kind: &str, actor: &str, planner: &str, more: &str| {
        let wanted = if kind == "signed" { "'signed'" } else { "'released'" };
        format!(
            "INSERT INTO run_event (id, journal, seal, run, kind, actor, day, at, planner, round, second, note) SELECT 9000, 1, 0, run, '{kind}', {actor}, day, at, {planner}, round, {more} FROM run_event WHERE kind = {wanted} ORDER BY id DESC LIMIT 1"
        )
    };
    for (sql, why) in [
        // an item in two living debits, in each way in which a row could say so
        (claim(other, "100", "planned"), "FOREIGN KEY constraint failed"),
        (claim("debit", "100", "planned"), "UNIQUE constraint failed"),
        (claim("debit", "100", "lowered"), "CHECK constraint failed"),
        (claim("debit", "-100", "planned"), "CHECK constraint failed"),
        (
            format!("INSERT INTO reservation (debit, item) SELECT {other}, item FROM reservation WHERE freed_by IS NULL"),
            "UNIQUE constraint failed",
        ),
        ("UPDATE reservation SET freed_by = 1, freed_amount = -1 WHERE freed_by IS NULL".to_owned(), "FOREIGN KEY"),
        ("UPDATE reservation SET freed_by = 1 WHERE freed_by IS NULL".to_owned(), "CHECK constraint failed"),
        (
            "UPDATE reservation SET (freed_by, freed_amount) = (SELECT id, amount FROM claim c WHERE c.debit = reservation.debit AND c.item = reservation.item ORDER BY id LIMIT 1) WHERE freed_by IS NULL".to_owned(),
            "CHECK constraint failed",
        ),
        ("DELETE FROM reservation".to_owned(), "FOREIGN KEY constraint failed"),
        ("UPDATE reservation SET item = item + 1 WHERE freed_by IS NULL".to_owned(), "constraint failed"),
        // who planned releases; who signed signs again
        (event("released", "planner", "planner", "NULL, NULL"), "CHECK constraint failed"),
        (event("signed", "planner", "planner", "NULL, NULL"), "CHECK constraint failed"),
        (event("released", "planner", "'nobody'", "NULL, NULL"), "FOREIGN KEY constraint failed"),
        (event("released", "actor", "planner", "NULL, NULL"), "UNIQUE constraint failed"),
        (event("signed", "actor", "planner", "NULL, NULL"), "UNIQUE constraint failed"),
        ("UPDATE run SET planner = 'bernd'".to_owned(), "FOREIGN KEY constraint failed"),
        // a file that is said never to have been carried out, or to be at the bank
        (event("void", "actor", "planner", "NULL, 'why'"), "CHECK constraint failed"),
        (event("void", "actor", "planner", "actor, 'why'"), "CHECK constraint failed"),
        (event("void", "actor", "planner", "'emil', NULL"), "CHECK constraint failed"),
        (event("sent", "actor", "planner", "NULL, NULL"), "CHECK constraint failed"),
    ] {
        let refused = books.execute(&sql).expect_err(&sql);
        assert!(refused.contains(why), "{sql}: {refused}");
    }
    town.run("verify").ok();
}

#[test]
fn a_break_is_an_exit_code_and_a_sentence() {
    let town = town();
    let done = town.run("verify").ok();
    done.says("the books are proved: every figure follows from the facts, and the journal's chain holds");
    Books::of(&town).execute("UPDATE assessment SET amount = amount + 100 WHERE id = 1").unwrap();
    town.run("verify").refused("the books do not hold: assessment 1 was changed: it does not fit its seal");
}

#[test]
fn what_guards_the_books_is_there_and_nothing_else() {
    let town = Town::lindental();
    let books = Books::of(&town);
    let file = books.are_a_file();
    let changes = [
        ("CREATE INDEX slow ON item (posten)", "schema: index slow of item"),
        (
            "ALTER TABLE item ADD COLUMN extra TEXT",
            if file { "schema: table item" } else { "schema: column item.extra" },
        ),
        ("DROP INDEX run_event_by_run", "schema: index run_event_by_run of run_event"),
        ("DROP TRIGGER journal_is_never_changed", "schema: trigger journal_is_never_changed of journal"),
    ];
    for (place, (sql, named)) in changes.iter().enumerate() {
        let copy = books.copy(&format!("schema-{place}"));
        let sql = match (file, sql.strip_prefix("DROP TRIGGER ")) {
            (false, Some(name)) => format!("DROP TRIGGER {name} ON journal"),
            _ => (*sql).to_owned(),
        };
        copy.execute(&sql).unwrap();
        let (code, breaks) = breaks(&town, &copy);
        copy.remove();
        assert_eq!(code, 1);
        assert!(breaks.iter().any(|found| found.starts_with(named)), "{named}: {breaks:?}");
    }
    if file {
        town.run("--db sqlite://nichts.db verify").refused("there is no database at nichts.db");
    }
}

#[test]
fn a_printed_head_is_in_the_chain_or_the_books_were_rolled_back() {
    let town = Town::lindental();
    let old = town.json("journal head");
    let hash = old["hash"].as_str().unwrap().to_owned();
    let saved = Books::of(&town).copy("zurueckgedreht");
    town.run("hold add 5.0100.342608.4 --reason Stundung --as dora").ok();
    let printed = town.json("journal head")["hash"].as_str().unwrap().to_owned();
    assert_eq!(town.json(&format!("journal check {hash}"))["entry"], old["entry"]);
    town.run(&format!("journal check {}", printed.split_at(16).0)).ok();
    let rolled_back = format!("--db {} journal check {printed}", saved.url());
    town.run(&rolled_back).refused_with("they are others, or were rolled back");
    town.run("journal check 12%").refused_with("is no hash");
    saved.remove();
}
