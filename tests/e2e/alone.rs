//! Attacks by one person who has every right that one person can have: each is tried from outside, and is refused.

use crate::collect::{EXPORT, NOTIFY, PLAN, RELEASE};
use crate::staff::{FIRST, PASSWORD, Staffed};
use crate::town::{Done, Town};

/// Types passwords, a blank between them.
fn typed(town: &Town, line: &str, lines: &str) -> Done {
    town.told(&format!("--password-stdin {line}"), lines)
}

#[test]
fn an_administrator_alone_makes_nobody_who_moves_money_or_rights() {
    let staffed = Staffed::new(&[]);
    let town = &staffed.town;
    for role in ["planner", "releaser", "treasurer", "administrator"] {
        let line = format!("user add {role}-neu --role {role} --as chef");
        typed(town, &line, &format!("{PASSWORD} {FIRST}")).ok();
        typed(town, &format!("user password {role}-neu"), &format!("{FIRST} {PASSWORD}")).ok();
    }
    let why = "it needs the right";
    staffed.run("planner-neu", "collect plan --due 2024-03-27").refused_with(why);
    staffed.run("treasurer-neu", "user confirm 1").refused_with(why);
    staffed.run("administrator-neu", "user confirm 1").refused_with(why);
    // he does not confirm what he asked for, nor is anybody confirmed by himself
    staffed.run("chef", "user confirm 1").refused("chef asked for it: another person confirms");
    typed(town, "user add x-neu --role planner --as chef --with chef", &format!("{PASSWORD} {PASSWORD} {FIRST}"))
        .refused("chef asked for it: another person confirms");
    typed(town, "user set chef --role planner --as chef --with karin", &format!("{PASSWORD} {PASSWORD}"))
        .refused_with("nobody gives himself rights");
    staffed.run("karin", "user confirm 1").ok();
    staffed.run("planner-neu", "collect plan --due 2024-03-27").ok();
    staffed.run("karin", "user withdraw 2").ok();
    staffed.run("karin", "user confirm 2").refused("nothing waits for a second person under 2");
    let waiting = town.json("user waiting");
    assert_eq!(waiting.as_array().unwrap().len(), 2, "{waiting:#}");
    // the database itself refuses a second person who is the first
    let forged = "INSERT INTO staff_answer (id, journal, seal, staff_request, answer, actor, asked_by, name)
                  VALUES (9, 1, 0, 3, 'confirmed', 'chef', 'chef', 'treasurer-neu')";
    assert!(town.books().execute(forged).is_err());
    town.run("verify").ok();
}

#[test]
fn roles_are_given_and_given_again_by_two() {
    let staffed = Staffed::new(&[("anna", "clerk"), ("bernd", "releaser")]);
    let town = &staffed.town;
    let set = |line: &str| typed(town, &format!("user set {line} --as chef"), PASSWORD);
    set("anna --role clerk planner").ok();
    staffed.run("anna", "collect plan --due 2024-03-27").refused_with("it needs the right");
    // something newer takes its place
    set("anna --role clerk desk").ok();
    assert_eq!(town.json("user waiting"), serde_json::json!([]));
    // who was locked out and comes back is given his rights anew
    set("bernd --role releaser --inactive").ok();
    set("bernd --role releaser").ok();
    assert_eq!(town.json("user waiting")[0]["name"], "bernd");
    typed(town, "user set bernd --role releaser --as chef --with karin", &format!("{PASSWORD} {PASSWORD}")).ok();
    // nobody may be left alone with the rights
    set("karin --role clerk").refused_with("nobody would be left to confirm");
    town.run("verify").ok();
}

#[test]
fn a_password_of_who_moves_money_is_reset_by_two_and_good_for_an_own_one_only() {
    let staffed = Staffed::new(&[("anna", "planner"), ("emma", "desk")]);
    let town = &staffed.town;
    let reset = |line: &str| typed(town, &format!("user password {line} --as chef"), &format!("{PASSWORD} {FIRST}"));
    reset("anna").ok();
    // the old one goes on until a second person has confirmed
    staffed.run("anna", "collect plan --due 2024-03-27").ok();
    let request = town.json("user waiting")[0]["request"].clone();
    staffed.run("karin", &format!("user confirm {request}")).ok();
    staffed.run("anna", "collect cancel L1").refused("name or password is wrong");
    let why = "it is good for setting an own one, and for nothing else";
    typed(town, "collect cancel L1 --as anna", FIRST).refused_with(why);
    typed(town, "user token anna --label x --scope look", FIRST).refused_with(why);
    typed(town, "user password anna", &format!("{FIRST} {FIRST}")).refused_with("choose one of your own");
    typed(town, "user password anna", &format!("{FIRST} {PASSWORD}")).ok();
    staffed.run("anna", "collect cancel L1").ok();
    // nothing of hers moves money: one person is enough, and what he set is good for one thing
    reset("emma").ok();
    typed(town, "find 5.0100.118204.4 --caller name iban --as emma", FIRST).refused_with(why);
    town.run("verify").ok();
    reset("anna").ok();
    town.books().execute("UPDATE credential_asked SET hash = hash || 'x'").unwrap();
    town.run("verify").refused_with("credential_asked");
}

#[test]
fn a_token_is_never_a_person() {
    let staffed = Staffed::new(&[("anna", "planner"), ("bernd", "releaser clerk"), ("dora", "reviewer")]);
    let town = &staffed.town;
    for right in ["release", "vouch", "appoint"] {
        let line = format!("user token bernd --label x --scope {right}");
        typed(town, &line, PASSWORD).refused_with("a token never has the right");
    }
    typed(town, "user token bernd --label x --scope look --until 2099-01-01", PASSWORD).refused_with("at most");
    typed(town, "user token bernd --label x --scope look --until 2024-12-31", PASSWORD).refused_with("at most");
    // the business day ends no token and begins none
    let token = staffed.token("dora");
    let of_bernd = staffed.token("bernd");
    town.with(&token, "--today 2031-01-01 case 1 --take --as dora").ok();
    staffed.run("dora", "--today 2031-01-01 hold add 07/12345-6 --reason Insolvenz").ok();
    staffed.run("dora", "--today 2031-01-01 hold lift 07/12345-6 --reason Ende").ok();
    let lift = "--today 2031-01-01 hold lift 07/12345-6 --reason Ende --as bernd";
    town.with(&of_bernd, lift).refused_with("this needs the person");
    let release = "--today 2031-01-01 collect release L1 --as bernd";
    town.with(&of_bernd, release).refused_with("bernd may not do this");
}

#[test]
fn one_person_is_one_name() {
    let town = Town::lindental();
    for name in ["'ann\u{200b}a'", "'ann\u{202e}a'", "'ann\u{430}'", "'anna\u{7f}'"] {
        town.run(&format!("collect plan --due 2024-03-27 --as {name}")).refused_with("is no name for a person");
    }
    town.run(&PLAN.replace("anna", "'Ju\u{308}rgen'")).ok();
    town.run(&NOTIFY.replace("anna", "'Jürgen'")).ok();
    town.run("collect release L1 --as 'JÜRGEN'").refused_with("who planned the run may not release it");
    let staffed = Staffed::new(&[("anna", "planner")]);
    for (name, why) in [
        ("'\u{430}\u{43d}\u{43d}\u{430}'", ""),
        ("'аnnа'", "several scripts"),
        ("'ANNA'", "there is a person of the name anna already"),
        ("'ａｎｎａ'", "there is a person of the name anna already"),
        ("'ßatch'", ""),
        ("'BATCH'", "is no name for a person"),
        ("'annа'", "several scripts"),
        ("'anпa'", "several scripts"),
    ] {
        let line = format!("user add {name} --role clerk --as chef");
        let done = typed(&staffed.town, &line, &format!("{PASSWORD} {FIRST}"));
        if why.is_empty() {
            done.ok()
        } else {
            done.refused_with(why)
        };
    }
    let looks = typed(&staffed.town, "user add karln --role clerk --as chef", &format!("{PASSWORD} {FIRST}"));
    looks.ok();
    let looks = typed(&staffed.town, "user add kar1n --role clerk --as chef", &format!("{PASSWORD} {FIRST}"));
    looks.refused_with("who is registered: choose another name");
}

/// The payment file that the town has written, by its path.
fn own_file(town: &Town) -> String {
    let entries = std::fs::read_dir(town.path().join("bank")).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    format!("bank/{}", names.filter(|name| name.ends_with(".xml")).max().unwrap())
}

#[test]
fn a_forged_payment_file_makes_no_run() {
    let town = Town::lindental();
    for line in [PLAN, NOTIFY, RELEASE, EXPORT] {
        town.run(line).ok();
    }
    town.run("collect void L1 --as anna --with bernd --reason Probe --never-left").ok();
    let own = std::fs::read_to_string(town.path().join(own_file(&town))).unwrap();
    // a run that was never planned, of the same books
    town.write("geraten.xml", own.replace("-L1", "-L7"));
    let before = town.json("report receivables");
    let why =
        "only books that were restored or copied, and that nobody has unlocked since, take a payment file of our own";
    town.run("import geraten.xml --as clara").refused_with(why);
    town.run("import geraten.xml").refused_with(why);
    town.run("import geraten.xml --as clara --with dora").refused_with(why);
    assert_eq!(town.json("report receivables"), before);
    assert_eq!(town.json("report runs").as_array().unwrap().len(), 1);
    town.run("import posten.csv --as clara --with dora").refused_with("it takes no second person");
    town.run("verify").ok();
}

#[test]
fn restored_books_take_an_own_file_from_two_who_may_release() {
    let staffed =
        Staffed::new(&[("anna", "planner"), ("bernd", "releaser clerk"), ("berta", "releaser"), ("clara", "clerk")]);
    let town = &staffed.town;
    staffed.run("karin", "backup a.einmal").refused_with("it needs the right");
    staffed.run("chef", "backup a.einmal").ok();
    for (who, line) in [
        ("anna", "collect plan --due 2024-03-27"),
        ("anna", "collect notify L1 --out post --notice-by Bescheid"),
        ("bernd", "collect release L1 --acknowledge-open-cases"),
    ] {
        staffed.run(who, line).ok();
    }
    town.run("collect export L1 --out bank --early Probe").ok();
    let books = town.books().another("zurueck");
    let there = |line: &str| format!("--db '{}' {line}", books.url());
    staffed.run("karin", &there("restore a.einmal")).refused_with("it needs the right");
    town.run(&there("restore a.einmal --as chef")).refused_with("chef must prove to be that person");
    staffed.run("chef", &there("restore a.einmal")).ok();
    let import = there(&format!("import {}", own_file(town)));
    let why = "two people who may release answer for a payment file of our own";
    town.run(&import).refused_with(why);
    staffed.run("bernd", &import).refused_with(why);
    staffed.both("bernd", "clara", &import).refused_with("clara may not do this");
    staffed.both("bernd", "bernd", &import).refused_with("two people answer for this");
    assert_eq!(town.json(&there("report runs")), serde_json::json!([]));
    staffed.both("bernd", "berta", &import).ok();
    let events = town.json(&there("collect show L1"))["events"].clone();
    assert_eq!((events[0]["by"].as_str(), events[0]["with"].as_str()), (Some("bernd"), Some("berta")), "{events:#}");
    town.run(&there("verify")).ok();
    books.remove();
}

#[test]
fn another_account_waits_whatever_list_brings_it() {
    let staffed = Staffed::new(&[("anna", "planner"), ("clara", "clerk"), ("claus", "clerk"), ("cosima", "clerk")]);
    let town = &staffed.town;
    let header = "mandat;kassenzeichen;inhaber;iban;bic;unterschrieben;status\n";
    let mandates = std::fs::read_to_string(town.path().join("mandate.csv")).unwrap();
    let row = mandates.lines().find(|line| line.contains(crate::people::kz("vogt"))).unwrap();
    let row: Vec<&str> = row.split(';').collect();
    let number = row[1];
    // the mandate is revoked, and a new one of the same Kassenzeichen has a stranger's account
    let revoked = row.join(";").replace("aktiv", "widerrufen");
    let first = mandates.lines().next().unwrap();
    town.write("neu.csv", format!("{first}\n{revoked}\n"));
    town.write("fremd.csv", format!("{header}M-NEU;{number};{};DE60999200200000444444;;2024-03-01;aktiv\n", row[2]));
    // and the list of items names it
    town.write("posten2.csv", crate::people::items("vogt 2023-4 2023-11-15 77.10 mandat=M-NEU"));
    town.run("import neu.csv fremd.csv posten2.csv --partial").ok();
    let waits = town.json("mandates list");
    assert_eq!((waits[0]["mandate"].as_str(), waits[0]["kassenzeichen"].as_str()), (Some("M-NEU"), Some(number)));
    let of = |rows: &serde_json::Value| {
        rows.as_array().unwrap().iter().find(|row| row["kassenzeichen"] == number).unwrap()["left_out"].clone()
    };
    assert_eq!(of(&town.json("report receivables")), "no_mandate");
    // nobody in person brought it in: two confirm, and nobody twice
    let confirm = "mandates confirm M-NEU --iban DE60999200200000444444";
    let token = staffed.token("clara");
    town.with(&token, &format!("{confirm} --as clara")).refused_with("this needs the person");
    staffed.run("clara", confirm).ok().says(
        "mandate M-NEU: clara has signed; nobody in person imported the change, another person must confirm it too",
    );
    staffed.run("clara", confirm).refused_with("clara has signed already");
    assert_eq!(of(&town.json("report receivables")), "no_mandate");
    staffed.run("claus", confirm).ok();
    assert_eq!(of(&town.json("report receivables")), serde_json::Value::Null);
    let plan = staffed.run("anna", "collect plan --due 2024-03-27").ok();
    assert!(plan.err.contains("debits go to another account than the last debit of their Kassenzeichen"), "{plan:#?}");
    town.run("verify").ok();
}

#[test]
fn whoever_releases_is_told_who_is_new_and_what_has_changed() {
    let staffed = Staffed::new(&[("anna", "planner"), ("bernd", "releaser")]);
    let town = &staffed.town;
    staffed.run("anna", "collect plan --due 2024-03-27").ok();
    staffed.run("anna", "collect notify L1 --out post --notice-by Bescheid").ok();
    let settings = std::fs::read_to_string(town.path().join("einmal.toml")).unwrap();
    town.write("einmal.toml", format!("{settings}\n[limits]\nnesting = 63\n"));
    let said = staffed.run("bernd", "collect release L1 --acknowledge-open-cases").ok().err;
    for line in
        ["anna was registered on", "bernd was registered on", "by chef, confirmed by karin", "karin was registered on"]
    {
        assert!(said.contains(line), "no {line:?} in {said}");
    }
    town.run("collect export L1 --out bank").ok();
    let sheet = String::from_utf8(town.only("bank", ".txt")).unwrap();
    assert!(sheet.contains("von chef und karin angelegt"), "{sheet}");
    assert!(sheet.contains("Einstellung limits.nesting"), "{sheet}");
    let journal = town.json("journal export");
    let release = journal.as_array().unwrap().iter().rfind(|row| row["action"] == "collect release").unwrap();
    assert!(release["subject"].as_str().unwrap().starts_with("run L1, settings "), "{release:#}");
}
