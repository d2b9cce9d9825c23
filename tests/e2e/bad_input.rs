//! Bad input: a clear message with file, line and field; nothing of that file is stored, the others are.

use serde_json::{Value, json};

use crate::bank::{ACCOUNT, Layout, Statement};
use crate::books::Books;
use crate::people::{self, items, kz, mandates};
use crate::town::{SETTINGS, Town};

const GOOD_ITEMS: &str = "mueller 2023-4 2023-11-15 100.00";
const GOOD_STATEMENT: &str = "
    201 2024-03-01 2024-03-08 1000.00
    2024-03-04 +100.00 mueller | KZ 5.0100.118204.4 | ref=R-GOOD";
/// The statement that is spoilt.
const SPOILT_STATEMENT: &str = "
    202 2024-03-01 2024-03-08 5000.00
    2024-03-05 +30.00 weber | KZ 5.0100.342608.4 | ref=R-FIRST
    2024-03-06 +40.00 lange | KZ 5.0100.451739.4 | ref=R-SECOND";

fn good() -> Town {
    let town = Town::new();
    town.write("a.csv", items(GOOD_ITEMS));
    town.write("z.xml", Statement::new(GOOD_STATEMENT).xml());
    town
}

/// Imports a bad file between two good ones: refused with exactly this message, and the books are as without it.
#[track_caller]
fn check(name: &str, content: &[u8], why: &str) {
    let (clean, town) = (good(), good());
    clean.run("import a.csv z.xml").ok();
    town.write(name, content);
    town.run(&format!("import a.csv '{name}' z.xml")).refused(why);
    assert_eq!(Books::of(&town).counts(), Books::of(&clean).counts(), "{name} left something behind");
    for report in ["report payments", "report receivables"] {
        assert_eq!(town.json(report), clean.json(report), "{name}: {report}");
    }
    town.run("verify").ok();
}

/// A statement in which one text was replaced.
fn spoilt(from: &str, to: &str) -> String {
    let text = Statement::new(SPOILT_STATEMENT).xml();
    assert!(text.contains(from), "no {from} in {text}");
    text.replacen(from, to, 1)
}

/// The number of the line on which a text begins.
fn line_of(text: &str, wanted: &str) -> usize {
    text.lines().position(|line| line.contains(wanted)).unwrap() + 1
}

#[test]
fn a_zero_byte_is_no_text() {
    let list = items(GOOD_ITEMS).replacen("weg 7", "weg\0 7", 1);
    check(
        "bad.csv",
        list.as_bytes(),
        "bad.csv: line 2, anschrift: has a zero byte; save the list as UTF-8 or Windows-1252",
    );
}

#[test]
fn a_damaged_statement_is_refused_at_its_line() {
    let damaged = spoilt("<Amt Ccy=\"EUR\">40.00</Amt>", "<Amt Ccy=\"EUR\">40.00</Ant>");
    let line = line_of(&damaged, "</Ant>");
    check(
        "bad.xml",
        damaged.as_bytes(),
        &format!("bad.xml: line {line}, Stmt/Ntry/Amt: not well-formed: expected `</Amt>`, but `</Ant>` was found"),
    );
    let whole = Statement::new(SPOILT_STATEMENT).xml();
    let cut = whole.split_once("<AcctSvcrRef>R-SECOND").unwrap().0;
    let line = cut.lines().count();
    check("bad.xml", cut.as_bytes(), &format!("bad.xml: line {line}, Stmt/Ntry: the file ends inside of this element"));
}

#[test]
fn an_amount_with_three_decimals_is_refused() {
    let text = spoilt(">40.00<", ">40.005<");
    let line = line_of(&text, "40.005");
    check(
        "bad.xml",
        text.as_bytes(),
        &format!("bad.xml: line {line}, Stmt/Ntry/Amt: \"40.005\" has more than two decimals"),
    );
    let list = format!("{}\n", items("mueller 2023-4 2023-11-15 100.00\nweber 2024-1 2024-02-15 1.234,505"));
    check("bad.csv", list.as_bytes(), "bad.csv: line 3, betrag: \"1.234,505\" has more than two decimals");
    let list = items("weber 2024-1 2024-02-15 100.005");
    check("bad.csv", list.as_bytes(), "bad.csv: line 2, betrag: \"100.005\" is ambiguous: thousands or decimals");
}

#[test]
fn an_unknown_date_is_refused() {
    let text = spoilt("<Dt>2024-03-06</Dt>", "<Dt>2024-02-30</Dt>");
    let line = line_of(&text, "2024-02-30");
    check(
        "bad.xml",
        text.as_bytes(),
        &format!("bad.xml: line {line}, Stmt/Ntry/BookgDt/Dt: \"2024-02-30\" is not a date"),
    );
    for date in ["31.02.2024", "2024/02/15", "15.Feb"] {
        check(
            "bad.csv",
            items(&format!("weber 2024-1 {date} 322.40")).as_bytes(),
            &format!("bad.csv: line 2, faellig: {date:?} is not a date (DD.MM.YYYY or YYYY-MM-DD)"),
        );
    }
}

#[test]
fn a_wrong_list_is_refused() {
    let row = format!("{};2024-1;Grundbesitzabgaben;15.02.2024;322,40;Annegret Weber;;\n", kz("weber"));
    check(
        "bad.csv",
        format!("kassenzeichen;posten;art;faellig;summe;schuldner;anschrift;mandat\n{row}").as_bytes(),
        "bad.csv: line 1: the header of a list of open items lacks betrag",
    );
    check(
        "bad.csv",
        b"name;vorname\nWeber;Annegret\n",
        "bad.csv: line 1: the header \"name;vorname\" is none of kassenzeichen;posten;art;faellig;betrag;schuldner;anschrift;mandat (open items), mandat;kassenzeichen;inhaber;iban;bic;unterschrieben;status (mandates), altes_kassenzeichen;kassenzeichen (old references)",
    );
    check("bad.csv", format!("{}a;b\n", people::ITEMS).as_bytes(), "bad.csv: line 2: has 2 cells, the header has 11");
    check("bad.csv", people::ITEMS.as_bytes(), "bad.csv: line 1: the list has a header and no row");
    check(
        "bad.csv",
        items("weber 2024-1 2024-02-15 322.40\nweber 2024-1 2024-02-15 322.40").as_bytes(),
        "bad.csv: line 3, posten: 5.0100.342608.4/2024-1 is in the list twice",
    );
    check(
        "bad.csv",
        items("weber 2024-1 2024-02-15 322.40 gezahlt=-0.01").as_bytes(),
        "bad.csv: line 2, gezahlt: \"-0.01\" is below zero",
    );
}

#[test]
fn a_wrong_mandate_is_refused() {
    let wrong = mandates("mueller\nweber").replace("DE22416500010007333333", "DE22416500010007333334");
    check("bad.csv", wrong.as_bytes(), "bad.csv: line 3, iban: \"DE22416500010007333334\" has wrong check digits");
    let two = mandates("weber\nmueller").replace("M-MUELLER", "M-WEBER");
    check("bad.csv", two.as_bytes(), "bad.csv: line 3, iban: the mandate M-WEBER has another IBAN above");
    let status = mandates("weber status=ruhend");
    check("bad.csv", status.as_bytes(), "bad.csv: line 2, status: \"ruhend\" is none of aktiv, widerrufen");
}

#[test]
fn declarations_of_entities_are_refused() {
    let root = "<Document";
    let bomb = spoilt(root, "<!DOCTYPE Document [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]>\n<Document");
    check("bad.xml", bomb.as_bytes(), "bad.xml: line 2: a DOCTYPE is not allowed in a bank message");
    let outside = spoilt(root, "<!DOCTYPE Document SYSTEM \"file:///etc/passwd\">\n<Document");
    check("bad.xml", outside.as_bytes(), "bad.xml: line 2: a DOCTYPE is not allowed in a bank message");
    let entity = spoilt("KZ 5.0100.451739.4", "KZ &secret;");
    let line = line_of(&entity, "&secret;");
    check(
        "bad.xml",
        entity.as_bytes(),
        &format!("bad.xml: line {line}, Stmt/Ntry/NtryDtls/TxDtls/RmtInf/Ustrd: the entity &secret; is not defined"),
    );
}

/// A ZIP with these members.
fn zip(members: &[(&str, &str)]) -> Vec<u8> {
    let members: Vec<_> = members.iter().map(|(name, text)| (*name, text.as_bytes())).collect();
    crate::imports::zip(&members)
}

#[test]
fn a_zip_that_is_none_is_refused() {
    check("bad.zip", b"Sehr geehrte Damen und Herren,\n", "bad.zip: is neither XML nor ZIP nor MT940");
    check(
        "bad.zip",
        b"PK\x03\x04 and then nothing",
        "bad.zip: is not a readable ZIP: it is damaged or was cut off: get it anew",
    );
    check("bad.zip", &zip(&[]), "bad.zip: the ZIP holds no file");
}

#[test]
fn one_bad_member_refuses_the_whole_zip() {
    let bad = spoilt(">40.00<", ">40,00<");
    let line = line_of(&bad, "40,00");
    let other = Statement::new("203 2024-03-01 2024-03-08 70.00\n2024-03-07 +7.00 koenig | x | ref=R-THIRD").xml();
    check(
        "bad.zip",
        &zip(&[("1.xml", &other), ("2.xml", &bad)]),
        &format!("bad.zip/2.xml: line {line}, Stmt/Ntry/Amt: \"40,00\" is not an amount"),
    );
}

#[test]
fn a_statement_of_another_account_or_currency_is_refused_by_name() {
    let text = Statement::new(SPOILT_STATEMENT).xml().replace(ACCOUNT, "DE67416500010000000099");
    let line = line_of(&text, "<Stmt>");
    check(
        "bad.xml",
        text.as_bytes(),
        &format!("bad.xml: line {line}, Stmt/Acct/Id: the account \"DE67416500010000000099\" is not in kasse.accounts"),
    );
    let text = Statement::new(SPOILT_STATEMENT).xml().replace("<Ccy>EUR</Ccy>", "<Ccy>CHF</Ccy>");
    check("bad.xml", text.as_bytes(), &format!("bad.xml: line {line}, Stmt/Acct/Ccy: is not EUR"));
}

#[test]
fn what_is_no_input_at_all_is_refused_where_it_was_named() {
    check(
        "bad.txt",
        b"Guten Tag\n",
        "bad.txt: is neither a statement nor a list of open items, mandates or old references",
    );
    let other = "<?xml version=\"1.0\"?><html><body>Guten Tag</body></html>";
    check(
        "bad.xml",
        other.as_bytes(),
        "bad.xml: is a web page, perhaps a log-in that has run out: download the file anew",
    );
    check("bad.xml", b"<Umsatz><Zeile/></Umsatz>", "bad.xml: line 1: the file holds no statement (found Umsatz/Zeile)");
}

#[test]
fn an_empty_folder_or_a_missing_file_is_refused() {
    let town = good();
    std::fs::create_dir(town.path().join("leer")).unwrap();
    town.run("import leer a.csv").refused("leer: holds no file that can be read");
    assert_eq!(town.json("report receivables").as_array().unwrap().len(), 1);
    town.run("import fehlt.xml z.xml").refused("fehlt.xml: No such file or directory (os error 2)");
    assert_eq!(town.json("report payments").as_array().unwrap().len(), 1);
}

#[test]
fn in_a_folder_unknown_and_hidden_files_are_named_and_skipped() {
    let town = Town::new();
    town.write("ein/a.csv", items(GOOD_ITEMS));
    town.write("ein/liesmich.txt", "Guten Tag\n");
    town.write("ein/.versteckt.xml", "kein XML");
    let report = town.json("import ein");
    let skipped: Vec<(&Value, &Value)> =
        report.as_array().unwrap().iter().map(|file| (&file["file"], &file["skipped"])).collect();
    let named = [
        (json!(".versteckt.xml"), json!("hidden")),
        (json!("a.csv"), Value::Null),
        (json!("liesmich.txt"), json!("unknown content")),
    ];
    assert_eq!(skipped, named.each_ref().map(|(name, why)| (name, why)));
    town.run("import ein/.versteckt.xml").refused(".versteckt.xml: is neither XML nor ZIP nor MT940");
}

#[test]
fn an_unknown_setting_is_refused_with_its_line() {
    let town = good();
    town.write("einmal.toml", SETTINGS.replace("collect_to ", "kollect_to "));
    let why = "einmal.toml: line 5: unknown field `kollect_to`, expected one of `name`, `creditor_id`, `accounts`, `collect_to`";
    town.run("import a.csv").refused(why);
    assert!(!town.path().join("einmal.db").exists());
    town.write("einmal.toml", format!("{SETTINGS}\n[collect]\nleast_amout = \"1.00\"\n"));
    town.run("report receivables").refused("einmal.toml: line 25: unknown field `least_amout`, expected one of `prenotification_days`, `least_amount`, `min_days_between`, `unconfirmed`, `unknown_last_use`");
    std::fs::remove_file(town.path().join("einmal.toml")).unwrap();
    town.run("cases").refused("einmal.toml: No such file or directory (os error 2) (`einmal init` writes one)");
}

#[test]
fn a_database_of_a_newer_version_is_refused_and_left_alone() {
    let town = good();
    town.run("import a.csv").ok();
    let books = Books::of(&town);
    books
        .execute("INSERT INTO _sqlx_migrations VALUES (9999, 'from the future', '2030-01-01', TRUE, '\\x00', 1)")
        .unwrap();
    let before = books.counts();
    let why = "the database was written by a newer einmal (migration 9999 is unknown here): use that version";
    for command in ["import z.xml", "match", "report receivables", "verify"] {
        town.run(command).refused(why);
    }
    assert_eq!(books.counts(), before);
}

#[test]
fn a_database_that_is_none_is_refused() {
    let town = good();
    town.run("--db mysql://x report receivables")
        .refused("the database \"mysql://x\" is not understood: sqlite://PATH and postgres://USER@HOST/NAME are");
    town.write(
        "einmal.db",
        "this is no database, but a text that is long enough to be read as a header of one. ".repeat(20),
    );
    let done = town.run("--db sqlite://einmal.db report receivables");
    assert_eq!(done.code, 1, "{done:?}");
    assert!(done.err.contains("file is not a database"), "{done:?}");
}

#[test]
fn inspect_shows_the_good_files_beside_the_refused_ones() {
    let town = Town::new();
    town.write("bad.xml", spoilt("</Ntry>", "</Nrty>"));
    town.write("good.xml", Statement::new(GOOD_STATEMENT).render("02", Layout::Dense));
    let done = town.run("--format json inspect bad.xml good.xml");
    let shown: Value = serde_json::from_str(&done.out).unwrap();
    assert_eq!((done.code, shown.as_array().unwrap().len()), (1, 1), "{done:?}");
    assert!(done.err.starts_with("error: bad.xml: line "), "{done:?}");
}
