//! Backup, restore, move: nothing is lost, and nobody is debited by two copies of the same books.

use serde_json::Value;

use crate::bank::Statement;
use crate::books::Books;
use crate::collect::{EXPORT, NOTIFY, PLAN, RELEASE};
use crate::people::items;
use crate::town::Town;

const UNLOCK: &str = "unlock --as dora --with emil";
const FORGOTTEN: &str = "may have forgotten runs that are at the bank: import every payment file written since then";

/// The same books elsewhere: commands of the town with another database.
struct Elsewhere<'t> {
    town: &'t Town,
    books: Books,
}

impl Elsewhere<'_> {
    fn of<'t>(town: &'t Town, name: &str) -> Elsewhere<'t> {
        Elsewhere { town, books: town.books().another(name) }
    }

    fn line(&self, line: &str) -> String {
        format!("--db '{}' {line}", self.books.url())
    }

    fn json(&self, line: &str) -> Value {
        self.town.json(&self.line(line))
    }

    fn ok(&self, line: &str) {
        self.town.run(&self.line(line)).ok();
    }

    #[track_caller]
    fn refused(&self, line: &str, why: &str) {
        self.town.run(&self.line(line)).refused_with(why);
    }
}

impl Drop for Elsewhere<'_> {
    fn drop(&mut self) {
        self.books.remove();
    }
}

/// What everybody is asked for by the runs of the books.
fn asked(items: &Value) -> Vec<(String, String)> {
    let text = |item: &Value, name: &str| item[name].as_str().unwrap().to_owned();
    let rows = items.as_array().unwrap().iter();
    rows.map(|item| (text(item, "kassenzeichen") + "/" + &text(item, "posten"), text(item, "in_collection"))).collect()
}

fn file_of(town: &Town) -> String {
    let entries = std::fs::read_dir(town.path().join("bank")).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    format!("bank/{}", names.filter(|name| name.ends_with(".xml")).max().unwrap())
}

#[test]
fn what_is_restored_is_what_was_saved_and_knows_a_forgotten_run_again() {
    let town = Town::lindental();
    let saved = town.json("backup heute.einmal");
    assert_eq!(saved["journal"], {
        let head = town.json("journal head");
        serde_json::json!({"entry": head["entry"], "hash": head["hash"]})
    });
    for line in [PLAN, NOTIFY, RELEASE, EXPORT] {
        town.run(line).ok();
    }
    let there = Elsewhere::of(&town, "zurueck");
    let restored = there.json("restore heute.einmal --as dora");
    assert_eq!(restored, saved, "row by row");
    there.ok("verify");
    assert_eq!(there.json("report runs"), serde_json::json!([]), "the backup is older than the run");
    for line in [PLAN, UNLOCK_WRONG] {
        there.refused(line, if line == PLAN { FORGOTTEN } else { "0 payment files were imported since" });
    }
    there.ok(&format!("import {}", file_of(&town)));
    assert_eq!(asked(&there.json("report receivables")), asked(&town.json("report receivables")));
    assert_eq!(there.json("report runs")[0]["state"], "exported");
    assert_eq!(there.json("unlock --list")["files"].as_array().unwrap().len(), 1);
    there.refused(&format!("{UNLOCK} --files 2"), "1 payment files were imported since");
    there.refused("unlock --as dora --with dora --files 1", "two people answer for this");
    there.refused("collect export L1 --out x", FORGOTTEN);
    there.ok(&format!("{UNLOCK} --files 1"));
    there.refused("collect export L1 --out x", "the run was taken over from its payment file");
    let again = there.json(&PLAN.replace("anna", "bernd"));
    assert_eq!(again["debits"], 0, "{again:#}");
    there.ok("verify");
}

const UNLOCK_WRONG: &str = "unlock --as dora --with emil --files 1";

#[test]
fn a_run_that_was_planned_when_the_books_were_saved_is_exported_as_its_file_says() {
    let town = Town::lindental();
    town.run(PLAN).ok();
    town.run("backup geplant.einmal").ok();
    // half of an instalment is paid before the release: the file takes less than was planned
    town.run("resolve 1 --allocate 5.0100.118204.4/2023-4=40.00 --as dora").ok();
    for line in [NOTIFY, RELEASE, EXPORT] {
        town.run(line).ok();
    }
    let there = Elsewhere::of(&town, "zurueck");
    there.ok("restore geplant.einmal");
    assert_ne!(asked(&there.json("report receivables")), asked(&town.json("report receivables")));
    there.ok(&format!("import {}", file_of(&town)));
    assert_eq!(asked(&there.json("report receivables")), asked(&town.json("report receivables")));
    assert_eq!(there.json("collect show L1")["debits"], town.json("collect show L1")["debits"]);
    there.ok(&format!("import {}", file_of(&town)));
    there.ok("verify");
    there.ok(&format!("{UNLOCK} --files 1"));
    there.ok("collect sent L1 --order 4711 --as anna");
}

#[test]
fn items_that_another_run_has_planned_here_go_to_the_file_that_is_at_the_bank() {
    let town = Town::lindental();
    town.run(PLAN).ok();
    town.run("backup geplant.einmal").ok();
    town.run("collect cancel L1 --as anna").ok();
    for line in [PLAN, NOTIFY, RELEASE, EXPORT] {
        town.run(&line.replace("L1", "L2")).ok();
    }
    let there = Elsewhere::of(&town, "zurueck");
    there.ok("restore geplant.einmal");
    there.ok(&format!("import {}", file_of(&town)));
    assert_eq!(asked(&there.json("report receivables")), asked(&town.json("report receivables")));
    let runs = there.json("report runs");
    let stand: Vec<(&str, &str)> = runs
        .as_array()
        .unwrap()
        .iter()
        .map(|run| (run["run"].as_str().unwrap(), run["state"].as_str().unwrap()))
        .collect();
    assert_eq!(stand, [("L1", "planned"), ("L2", "exported")]);
    assert_eq!(there.json("collect show L1")["debits"], serde_json::json!([]));
    there.ok("verify");
}

#[test]
fn of_two_copies_one_is_written() {
    let town = Town::lindental();
    let there = Elsewhere::of(&town, "neu");
    let (from, to) = (town.books().url(), there.books.url());
    town.run(&format!("copy --from '{from}' --to '{to}' --as dora")).ok();
    for line in [PLAN, "match", "import posten.csv", "hold add 5.0100.118204.4 --reason x --as dora"] {
        town.run(&format!("--db '{from}' {line}")).refused_with("nothing is changed here any more");
    }
    assert_eq!(town.json(&format!("--db '{from}' report receivables")), there.json("report receivables"));
    town.run(&format!("--db '{from}' verify")).ok();
    there.refused(PLAN, FORGOTTEN);
    there.ok(&format!("{UNLOCK} --files 0"));
    there.ok(PLAN);
    let id = |run: Value| run["debits"][0]["end_to_end_id"].as_str().unwrap().to_owned();
    assert!(id(there.json("collect show L1")).ends_with("-L1-000001"));
    let third = Elsewhere::of(&town, "dritte");
    town.run(&format!("copy --from '{from}' --to '{}'", third.books.url()))
        .refused_with("nothing is changed here any more");
    town.run(&format!("copy --from '{from}' --to '{to}'")).refused("the database holds books already: name a new one");
    there.ok("verify");
}

#[test]
fn a_backup_is_written_by_nobody() {
    let town = Town::lindental();
    town.run("backup a.einmal").ok();
    let db = "--db sqlite://a.einmal";
    let why = "these books are a backup of";
    for line in [
        PLAN,
        "match",
        "import posten.csv",
        "hold add 5.0100.118204.4 --reason x --as dora",
        "unlock --files 0 --as a --with b",
    ] {
        town.run(&format!("{db} {line}")).refused_with(why);
    }
    town.told(&format!("{db} user add chef --role administrator"), "langes-kennwort").refused_with(why);
    town.run(&format!("{db} verify")).ok();
    assert_eq!(town.json(&format!("{db} report receivables")), town.json("report receivables"));
    let there = Elsewhere::of(&town, "neu");
    town.run(&format!("copy --from sqlite://a.einmal --to '{}'", there.books.url())).refused_with(why);
    there.ok("restore a.einmal");
    there.ok(&format!("{UNLOCK} --files 0"));
    there.ok(PLAN);
}

#[test]
fn what_cannot_be_copied_retires_nothing() {
    let town = Town::lindental();
    let there = Elsewhere::of(&town, "neu");
    let (from, to) = (town.books().url(), there.books.url());
    there.ok("hold list");
    let empty = "DELETE FROM setting; DELETE FROM setting_change; DELETE FROM journal_facts; DELETE FROM journal;";
    there.books.execute(&format!("{} {empty}", there.books.unseen())).unwrap();
    if there.books.are_a_file() {
        let refusing = "CREATE TRIGGER no_items BEFORE INSERT ON item BEGIN SELECT RAISE(ABORT, 'no room'); END";
        there.books.execute(refusing).unwrap();
    } else {
        there.books.execute("ALTER TABLE item ADD CHECK (posten = 'no room')").unwrap();
    }
    assert_eq!(town.run(&format!("copy --from '{from}' --to '{to}'")).code, 1);
    town.run("hold add 5.0100.118204.4 --reason x --as dora").ok();
}

#[test]
fn two_people_take_a_move_back_as_long_as_nothing_happened_there() {
    let town = Town::lindental();
    let there = Elsewhere::of(&town, "neu");
    let (from, to) = (town.books().url(), there.books.url());
    let back =
        |who: &str, with: &str| town.run(&format!("revive --from '{from}' --to '{to}' --as {who} --with {with}"));
    back("dora", "emil").refused("these books were not moved: nothing is to be taken back");
    town.run(&format!("copy --from '{from}' --to '{to}' --as dora")).ok();
    back("dora", "Dora").refused("two people answer for this");
    back("dora", "emil").ok();
    town.run(PLAN).ok();
    there.refused("hold add 5.0100.118204.4 --reason x --as dora", "nothing is changed here any more");
    town.run("verify").ok();
    there.ok("verify");
    let third = Elsewhere::of(&town, "dritte");
    let to = third.books.url();
    town.run(&format!("copy --from '{from}' --to '{to}' --as dora")).ok();
    third.ok("hold add 5.0100.118204.4 --reason x --as dora");
    town.run(&format!("revive --from '{from}' --to '{to}' --as dora --with emil")).refused_with("went on there");
    town.run(&format!("revive --from '{from}' --to 'sqlite://anders.db' --as dora --with emil"))
        .refused_with("these books were moved to");
}

#[test]
fn a_control_character_is_in_no_text() {
    let town = Town::lindental();
    for line in ["hold add 5.0100.118204.4 --reason 'a\u{1}b' --as dora", "resolve 1 --other 'a\u{1f}b' --as dora"] {
        town.run(line).refused_with("a text holds the control character");
    }
    town.run("verify").ok();
}

#[test]
fn a_copy_that_was_lost_half_way_is_made_again_and_only_there() {
    let town = Town::lindental();
    let there = Elsewhere::of(&town, "neu");
    let (from, to) = (town.books().url(), there.books.url());
    town.run(&format!("copy --from '{from}' --to '{to}'")).ok();
    let copied = asked(&there.json("report receivables"));
    // as if the crash had come before the new books were committed
    there.books.remove();
    assert_eq!(town.books().another("neu").url(), to);
    town.run(&format!("copy --from '{from}' --to '{to}'")).ok();
    assert_eq!(asked(&there.json("report receivables")), copied);
    there.ok("verify");
}

/// A run that was planned in saved books, exported after that, and is taken over where its claims were freed meanwhile.
fn freed_before_the_file_is_told(free: &[&str]) {
    let town = Town::lindental();
    town.run(PLAN).ok();
    town.run("backup geplant.einmal").ok();
    for line in [NOTIFY, RELEASE, EXPORT] {
        town.run(line).ok();
    }
    let there = Elsewhere::of(&town, "zurueck");
    there.ok("restore geplant.einmal");
    for line in free {
        there.ok(line);
    }
    there.ok(&format!("import {}", file_of(&town)));
    there.ok("verify");
    let locked = there.json("unlock --list")["locked"] == true;
    if locked {
        there.ok(&format!("{UNLOCK} --files 1"));
    }
    assert_eq!(there.json("report runs")[0]["state"], "exported");
    let again = there.json(&PLAN.replace("anna", "bernd"));
    assert_eq!(again["debits"], 0, "nobody is debited a second time: {again:#}");
}

#[test]
fn what_was_freed_here_before_its_file_was_imported_is_not_debited_again() {
    let hold = ["hold add 5.0100.118204.4 --reason Stundung --as dora"];
    let lift = ["dora", "emil"].map(|who| format!("hold lift 5.0100.118204.4 --reason Ende --as {who}"));
    let lines: Vec<&str> = hold.into_iter().chain(lift.iter().map(String::as_str)).collect();
    freed_before_the_file_is_told(&lines);
}

#[test]
fn a_file_that_two_people_forgot_to_count_comes_in_by_way_of_a_backup() {
    let town = Town::lindental();
    town.run(PLAN).ok();
    town.run("backup geplant.einmal").ok();
    for line in [NOTIFY, RELEASE, EXPORT] {
        town.run(line).ok();
    }
    let there = Elsewhere::of(&town, "zurueck");
    there.ok("restore geplant.einmal");
    there.ok(&format!("{UNLOCK} --files 0"));
    there.ok("collect cancel L1 --as anna");
    let import = format!("import {}", file_of(&town));
    there.refused(&import, "only books that were restored or copied, and that nobody has unlocked since, take");
    there.ok("backup vergessen.einmal");
    let again = Elsewhere::of(&town, "nochmal");
    again.ok("restore vergessen.einmal");
    again.ok(&import);
    again.ok(&format!("{UNLOCK} --files 1"));
    assert_eq!(again.json("report runs")[0]["state"], "exported");
    let planned = again.json(&PLAN.replace("anna", "bernd"));
    assert_eq!(planned["debits"], 0, "nobody is debited a second time: {planned:#}");
    again.ok("verify");
}

#[test]
fn two_forgotten_runs_of_one_kassenzeichen_are_told_in_either_order() {
    let town = Town::lindental();
    let lifted = |who: &str| format!("hold lift 5.0100.118204.4/2024-1 --reason Ende --as {who}");
    town.run("hold add 5.0100.118204.4/2024-1 --reason Stundung --as dora").ok();
    town.run(PLAN).ok();
    for line in [lifted("dora"), lifted("emil"), PLAN.to_owned(), "backup geplant.einmal".to_owned()] {
        town.run(&line).ok();
    }
    for line in [NOTIFY, RELEASE, EXPORT] {
        town.run(line).ok();
        town.run(&line.replace("L1", "L2")).ok();
    }
    let asked_before = asked(&town.json("report receivables"));
    let files = std::fs::read_dir(town.path().join("bank")).unwrap().map(|entry| entry.unwrap().file_name());
    let mut files: Vec<String> = files.map(|name| name.into_string().unwrap()).collect();
    files.retain(|name| name.ends_with(".xml"));
    files.sort();
    assert_eq!(files.len(), 2);
    for order in [[0, 1], [1, 0]] {
        let there = Elsewhere::of(&town, &format!("zurueck_{}", order[0]));
        there.ok("restore geplant.einmal");
        for place in order {
            there.ok(&format!("import bank/{}", files[place]));
        }
        assert_eq!(asked(&there.json("report receivables")), asked_before, "{order:?}");
        assert_eq!(there.json("hold list").as_array().unwrap().len(), 0);
        there.ok("verify");
    }
}

/// A town in which the bank has taken a transfer of 77.10 back, which a run debits again. The backup knows the transfer, and
/// that it was taken back if so `told`; nobody has matched that yet.
fn taken_back_and_debited(told: bool) -> Town {
    let town = Town::lindental();
    let vogt = "Sieglinde Vogt DE39416500010007999999 | 07/12345-6";
    let come = format!("202 2024-03-08 2024-03-08 1851.70\n2024-03-08 +77.10 {vogt} | ref=R-VOGT");
    let gone = format!("203 2024-03-08 2024-03-08 1928.80\n2024-03-08 -77.10 {vogt} | ref=R-BACK reversal return=AC04");
    town.write("kommt.xml", Statement::new(&come).xml());
    town.write("geht.xml", Statement::new(&gone).xml());
    let mut lines = ["import kommt.xml", "match", "backup vorher.einmal", "import geht.xml", "match"];
    if told {
        lines[2..4].reverse();
    }
    for line in lines.into_iter().chain([PLAN, NOTIFY, RELEASE, EXPORT]) {
        town.run(line).ok();
    }
    assert!(asked(&town.json("report receivables")).contains(&("07/12345-6/2023-4".to_owned(), "77.10".to_owned())));
    town
}

#[test]
fn what_the_bank_took_back_before_the_backup_is_free_for_the_file_that_takes_it() {
    let town = taken_back_and_debited(true);
    let there = Elsewhere::of(&town, "zurueck");
    there.ok("restore vorher.einmal");
    there.ok(&format!("import {}", file_of(&town)));
    assert_eq!(asked(&there.json("report receivables")), asked(&town.json("report receivables")));
    assert_eq!(there.json("collect show L1")["excess"], serde_json::json!([]));
    there.ok("verify");
}

#[test]
fn what_the_bank_takes_back_after_the_file_was_imported_is_for_the_file_that_takes_it() {
    let town = taken_back_and_debited(false);
    let there = Elsewhere::of(&town, "zurueck");
    there.ok("restore vorher.einmal");
    let file = file_of(&town);
    let done = there.town.run(&there.line(&format!("import {file}")));
    assert!(done.err.contains("07/12345-6/2023-4 in run L1 takes 77.10 EUR, owed are 0.00 EUR now"), "{done:#?}");
    assert_eq!(there.json("collect show L1")["excess"][0]["excess"], "77.10");
    there.ok("verify");
    for line in ["import geht.xml", "match", &format!("{UNLOCK} --files 1")] {
        there.ok(line);
    }
    assert_eq!(asked(&there.json("report receivables")), asked(&town.json("report receivables")));
    assert_eq!(there.json("collect show L1")["excess"], serde_json::json!([]));
    assert_eq!(there.json(&PLAN.replace("anna", "bernd"))["debits"], 0, "nobody is debited a second time");
    there.ok("verify");
    // a run that the bank never carried out takes nothing
    there.ok("collect void L1 --reason 'Bank: abgelehnt' --as dora --with emil");
    there.ok("verify");
    let debits = town.json("collect show L1")["debits"].as_array().unwrap().len();
    assert_eq!(there.json(&PLAN.replace("anna", "bernd"))["debits"], debits);
}

#[test]
fn what_a_forgotten_debit_takes_too_much_is_not_debited_again_with_what_falls_due_later() {
    let town = taken_back_and_debited(false);
    let there = Elsewhere::of(&town, "zurueck");
    there.ok("restore vorher.einmal");
    let file = file_of(&town);
    there.ok(&format!("import {file}"));
    there.ok(&format!("{UNLOCK} --files 1"));
    town.write("neu.csv", items("vogt 2024-2 2024-05-15 70.00"));
    there.ok("import neu.csv");
    let asked_for = |posten: &str| {
        let rows = asked(&there.json("report receivables")).into_iter();
        rows.filter(|row| row.0 == format!("07/12345-6/{posten}")).map(|row| row.1).collect::<String>()
    };
    assert_eq!(asked_for("2023-4"), "0.00");
    assert_eq!(asked_for("2024-2"), "70.00", "a debit at the bank takes 77.10 for what is paid here");
    assert_eq!(there.json("collect show L1")["excess"][0]["excess"], "77.10", "the later one is not what it was for");
    let later = "collect plan --due 2024-05-15 --as bernd";
    let plan = there.json(later);
    let left_out = plan["left_out"].as_array().unwrap().iter();
    let why: Vec<&Value> = left_out.filter(|out| out["posten"] == "2024-2").map(|out| &out["reason"]).collect();
    assert_eq!(why, ["in_run"], "{plan:#}");
    there.ok("verify");
    // who pays it by transfer has paid what a debit takes
    let pays =
        "204 2024-03-11 2024-03-11 1928.80\n2024-03-11 +70.00 Sieglinde Vogt DE39416500010007999999 | 07/12345-6";
    town.write("zahlt.xml", Statement::new(pays).xml());
    for line in ["import zahlt.xml", "match"] {
        there.ok(line);
    }
    let cases = there.json("cases");
    let own = cases.as_array().unwrap().iter().find(|case| case["remittance"] == "07/12345-6").unwrap();
    let place = format!("resolve {} --allocate 07/12345-6/2024-2=70.00 --as dora", own["case"]);
    there.refused(&place, "07/12345-6/2024-2 takes at most 0.00, not 70.00");
    there.ok("verify");
}

#[test]
fn a_run_that_may_be_at_the_bank_is_not_cancelled() {
    let town = Town::lindental();
    town.run(PLAN).ok();
    town.run("backup geplant.einmal").ok();
    let there = Elsewhere::of(&town, "zurueck");
    there.ok("restore geplant.einmal");
    there.refused("collect cancel L1 --as anna", FORGOTTEN);
}

#[test]
fn what_must_not_be_restored_is_refused() {
    let town = Town::lindental();
    town.run("backup a.einmal").ok();
    town.run("backup a.einmal").refused("a.einmal is there already: name a new file");
    town.run("restore a.einmal").refused("the database holds books already: name a new one");
    let there = Elsewhere::of(&town, "neu");
    town.write("kein.einmal", "no database");
    there.refused("restore kein.einmal", "file is not a database");
    there.refused("restore fehlt.einmal", "fehlt.einmal: No such file");
    let copy = town.path().join("a.einmal");
    Books::Sqlite(copy).execute("UPDATE assessment SET amount = amount + 1 WHERE id = 1").unwrap();
    there.refused("restore a.einmal", "a.einmal does not hold: assessment 1 was changed");
    there.ok("report runs");
}

#[test]
fn a_payment_file_of_somebody_else_is_refused() {
    let town = Town::lindental();
    for line in [PLAN, NOTIFY, RELEASE, EXPORT] {
        town.run(line).ok();
    }
    let own = std::fs::read_to_string(town.path().join(file_of(&town))).unwrap();
    let refused = |name: &str, text: String, why: &str| {
        town.write(name, text);
        let done = town.run(&format!("import {name}"));
        assert!(done.code == 1 && done.err.contains(why), "{done:#?}");
    };
    refused("a.xml", own.replace("DE98ZZZ09999999999", "DE09ZZZ00000000001"), "is none of the settings");
    refused("c.xml", own.replace("pain.008.001.08", "pain.008.001.02"), "it is no pain.008.001.08 as written here");
    refused("d.xml", own.split_at(own.len() / 2).0.to_owned(), "d.xml: byte");
    town.run(&format!("import {}", file_of(&town))).ok();
    // under another system's id it tells how instalments recur, and makes no debt
    let before = town.json("report receivables");
    town.write("e.xml", own.replace("EINMAL-", "FREMD-"));
    let done = town.run("import e.xml").ok();
    assert!(done.err.contains("are no debt yet"), "{done:#?}");
    assert_eq!(town.json("report receivables"), before);
    town.run("verify").ok();
}
