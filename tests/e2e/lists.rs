//! Lists as towns really have them: damaged, renamed, partial, later, with credits and fees among the rows.

use serde_json::Value;

use crate::bank::Statement;
use crate::people::{self, items, kz, mandates};
use crate::town::{SETTINGS, Town};

const LIST: &str = "
    mueller 2024-1 2024-02-15 100.00
    schulz  2024-1 2024-02-15 211.30
    weber   2024-1 2024-02-15 322.40
    lange   2024-1 2024-02-15 433.50";
const EVERYBODY: &str = "mueller\nschulz\nweber\nlange";

/// A town with these items and mandates and a statement with these bookings, decided.
fn town(list: &str, bookings: &str) -> Town {
    let town = Town::new();
    town.write("posten.csv", items(list));
    town.write("mandate.csv", mandates(EVERYBODY));
    town.write("auszug.xml", Statement::new(&format!("201 2023-10-27 2024-03-08 1000.00\n{bookings}")).xml());
    town.run("import posten.csv mandate.csv auszug.xml --as clara").ok();
    town.run("match").ok();
    town
}

/// A row of a list of open items.
fn row(who: &str, posten: &str, kind: &str, due: &str, amount: &str) -> String {
    let person = people::of(who);
    let mandate = who.to_uppercase();
    format!(
        "{};{posten};{kind};{due};{amount};{};Gasse 1, 59000 Lindental;M-{mandate};;;\n",
        person.kassenzeichen, person.name
    )
}

/// What would be debited: `who=amount …`, and why the others are not: `who:reason …`.
fn planned(town: &Town) -> String {
    let plan = town.json("collect plan --due 2024-03-27 --as anna");
    let who = |kassenzeichen: &Value| {
        let person = people::PEOPLE.iter().find(|person| *kassenzeichen == person.kassenzeichen);
        person.map_or("?", |person| person.key)
    };
    let mut said: Vec<String> = Vec::new();
    if let Some(run) = plan["run"].as_str() {
        let shown = town.json(&format!("collect show {run}"));
        let debits = shown["debits"].as_array().unwrap().iter();
        said.extend(
            debits.map(|debit| format!("{}={}", who(&debit["kassenzeichen"]), debit["amount"].as_str().unwrap())),
        );
        town.run(&format!("collect cancel {run} --as anna")).ok();
    }
    let out = plan["left_out"].as_array().unwrap().iter();
    said.extend(out.map(|out| format!("{}:{}", who(&out["kassenzeichen"]), out["reason"].as_str().unwrap())));
    town.run("verify").ok();
    said.sort();
    said.join(" ")
}

#[test]
fn a_damaged_list_is_refused_with_its_lines_and_leaves_nothing_behind() {
    let good = row("schulz", "2024-1", "Grundbesitzabgaben", "15.02.2024", "211,30");
    let list = |rows: &str| format!("{}{rows}{good}", people::ITEMS);
    let bad = row("mueller", "2024-1", "Grundbesitzabgaben", "15.02.2024", "100,00");
    for (rows, why) in [
        (bad.replace("Erika", "\"Erika"), "line 2: a quotation mark opens a field here and none closes it"),
        (bad.replace("Erika", "\"Erika\""), "line 2: text stands behind the quotation mark that closes a field"),
        (bad.replace("2024-1", "2024-1\u{fffd}"), "line 2, byte 23: a letter was lost here before (U+FFFD)"),
        (bad.replace("Müller", "MÃ¼ller"), "is a letter of UTF-8 that was read as two and saved anew"),
        (
            bad.replace("5.0100.118204.4", "5,011E+10"),
            "line 2, kassenzeichen: \"5,011E+10\" is what a spreadsheet made of a number",
        ),
        (bad.replace("100,00", "1.000.000.000,00"), "is more than 999999999.99, the most that a direct debit takes"),
        (bad.replace("15.02.2024", "15.02.70"), "line 2, faellig: \"15.02.70\" does not lie within 30 years of today"),
        (bad.replace("100,00", "x").repeat(2), "line 3, betrag: "),
    ] {
        let town = Town::new();
        town.write("liste.csv", list(&rows));
        let done = town.run("import liste.csv");
        assert!(done.code == 1 && done.err.contains(why), "{why}: {done:?}");
        assert_eq!(town.json("report receivables").as_array().unwrap().len(), 0);
    }
}

#[test]
fn a_list_is_read_in_utf_16_with_a_title_and_a_sum_and_its_address_in_pieces() {
    let town = Town::new();
    town.write("einmal.toml", format!("{SETTINGS}\n[headers]\nanschrift = [\"Straße\", \"PLZ\", \"Ort\"]\n"));
    let text = format!(
        "Offene Posten der Stadt Lindental\nKassenzeichen\tPosten\tArt\tFällig\tBetrag\tSchuldner\tStraße\tPLZ\tOrt\tMandat\n{}\t2024-1\tGrundbesitzabgaben\t15.02.2024\t100,00\tErika Müller\tGasse 1\t59000\tLindental\t\nSumme\t\t\t\t100,00\t\t\t\t\t\n",
        kz("mueller")
    );
    let bytes: Vec<u8> = [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    town.write("liste.csv", bytes);
    let done = town.run("import liste.csv").ok();
    assert!(done.err.contains("line 1 is no row and was skipped") && done.err.contains("line 4 is no row"), "{done:?}");
    assert_eq!(town.one("report receivables", &[("kassenzeichen", kz("mueller"))])["amount"], "100.00");
}

#[test]
fn an_instalment_under_another_name_is_no_second_debt() {
    let paid = format!("2024-02-20 +100.00 mueller | {} | ref=R-1", kz("mueller"));
    for name in ["2024/1", "01/2024", "2024-01", "Q1"] {
        let town = town(LIST, &paid);
        town.write("spaeter.csv", items(&LIST.replace("mueller 2024-1", &format!("mueller {name}"))));
        let done = town.run("import spaeter.csv").ok();
        assert!(done.err.contains("1 instalments are known under another name"), "{done:?}");
        town.run("match").ok();
        assert_eq!(planned(&town), "lange=433.50 schulz=211.30 weber=322.40", "{name}");
    }
    let town = town(LIST, &paid);
    for (list, why) in [
        ("mueller 2024-1 2024-02-15 100.00\nmueller 2024/1 2024-02-15 100.00", "under another name"),
        ("mueller A 2024-02-15 100.00\nmueller B 2024-02-15 100.00", "could be what is known as 2024-1"),
    ] {
        town.write("spaeter.csv", items(list));
        town.run("import spaeter.csv").refused_with(why);
    }
    // an instalment of its own is one
    town.write("neu.csv", items("mueller 2024-1 2024-02-15 100.00\nmueller 2023-4 2023-11-15 100.00"));
    town.run("import neu.csv").ok();
    assert_eq!(planned(&town), "lange=433.50 mueller=100.00 schulz=211.30 weber=322.40");
}

#[test]
fn what_a_full_list_leaves_out_is_held_until_a_person_says_what_it_means() {
    let without = LIST.replace("mueller 2024-1 2024-02-15 100.00", "");
    let all = "lange=433.50 mueller=100.00 schulz=211.30 weber=322.40";
    let held = "lange=433.50 mueller:held schulz=211.30 weber=322.40";
    let start = || {
        let town = town(LIST, "");
        town.write("spaeter.csv", items(&without));
        let done = town.run("import spaeter.csv --as clara").ok();
        assert!(done.err.contains(kz("mueller")) && done.err.contains("they are held until"), "{done:?}");
        assert_eq!(planned(&town), held);
        town
    };
    let partial = start();
    let done = partial.run("import spaeter.csv --partial --as clara").ok();
    assert!(done.err.contains("1 items that it left out are held no more: the list was partial"), "{done:?}");
    assert_eq!(planned(&partial), all);
    let owed = start();
    owed.run(&format!("hold lift {} --reason 'she owes it still' --as dora", kz("mueller"))).ok();
    assert_eq!(planned(&owed), all);
    // who lifts what he had held himself says nothing of what a list leaves out
    let beside = start();
    for scope in [kz("mueller").to_owned(), format!("{}/2024-1", kz("mueller"))] {
        beside.run(&format!("hold add {scope} --reason Widerspruch --as dora")).ok();
        for who in ["dora", "emil"] {
            beside.run(&format!("hold lift {scope} --reason erledigt --as {who}")).ok();
        }
        assert_eq!(planned(&beside), held);
    }
    beside.run(&format!("hold lift {} --reason 'she owes it still' --as emil", kz("mueller"))).ok();
    assert_eq!(planned(&beside), all);
    // what a person said holds good against lists that still leave it out, until one has named it
    owed.write("dritte.csv", format!("{}\n", items(&without)));
    owed.run("import dritte.csv --as clara").ok();
    assert_eq!(planned(&owed), all);
    owed.write("vierte.csv", format!("{}\n\n", items(LIST)));
    owed.run("import vierte.csv --as clara").ok();
    owed.write("fuenfte.csv", format!("{}\n\n\n", items(&without)));
    owed.run("import fuenfte.csv --as clara").ok();
    assert_eq!(planned(&owed), held);
    let named = start();
    named.write("wieder.csv", format!("{}\n", items(LIST)));
    named.run("import wieder.csv --as clara").ok();
    assert_eq!(planned(&named), all);
}

#[test]
fn money_on_what_a_list_leaves_out_may_be_for_what_is_owed_beside_it() {
    let both = format!("mueller 2023-4 2023-11-15 100.00\n{LIST}");
    let town = town(&both, "");
    town.write("spaeter.csv", items(LIST));
    town.run("import spaeter.csv --as clara").ok();
    assert_eq!(planned(&town), "lange=433.50 mueller:held mueller=100.00 schulz=211.30 weber=322.40");
    let paid = format!("202 2024-03-08 2024-03-08 1000.00\n2024-03-08 +100.00 mueller | {} | ref=R-1", kz("mueller"));
    town.write("zahlung.xml", Statement::new(&paid).xml());
    town.run("import zahlung.xml").ok();
    town.run("match").ok();
    assert_eq!(planned(&town), "lange=433.50 mueller:held schulz=211.30 weber=322.40");
    // it was still owed, and paid: the other one is collected
    town.run(&format!("hold lift {} --reason 'she owes it still' --as dora", kz("mueller"))).ok();
    assert_eq!(planned(&town), "lange=433.50 mueller=100.00 schulz=211.30 weber=322.40");
}

#[test]
fn a_list_that_repeats_little_or_is_called_partial_holds_nobody() {
    let all = "lange=433.50 mueller=100.00 schulz=211.30 weber=322.40";
    for (list, options, says) in [
        ("schulz 2024-1 2024-02-15 211.30\nweber 2024-1 2024-02-15 322.40", "", "is taken as partial"),
        (
            "schulz 2024-1 2024-02-15 211.30\nweber 2024-1 2024-02-15 322.40\nlange 2024-1 2024-02-15 433.50",
            "--partial",
            "stay owed",
        ),
    ] {
        let town = town(LIST, "");
        town.write("spaeter.csv", items(list));
        let done = town.run(&format!("import spaeter.csv {options}")).ok();
        assert!(done.err.contains(says), "{done:?}");
        assert_eq!(planned(&town), all);
    }
}

#[test]
fn what_was_paid_elsewhere_beside_what_was_posted_holds_the_rest() {
    let posted = format!("2024-02-20 +40.00 mueller | {} | ref=R-1", kz("mueller"));
    let town = town(LIST, &posted);
    for (paid, expected) in [("40.00", "mueller=60.00"), ("60.00", "mueller:held")] {
        town.write("spaeter.csv", items(&LIST.replace("100.00", &format!("100.00 gezahlt={paid}"))));
        town.run("import spaeter.csv").ok();
        town.run("match").ok();
        assert_eq!(planned(&town), format!("lange=433.50 {expected} schulz=211.30 weber=322.40"));
    }
    town.run(&format!("hold lift {}/2024-1 --reason 'asked the desk' --as dora", kz("mueller"))).ok();
    assert_eq!(planned(&town), "lange=433.50 mueller=40.00 schulz=211.30 weber=322.40");
}

#[test]
fn a_transfer_that_may_be_what_the_list_calls_paid_is_a_case_where_no_day_says_otherwise() {
    let list = LIST.replace("100.00", "100.00 gezahlt=30.00");
    let paid = format!("2024-02-20 +30.00 mueller | {} | ref=R-1", kz("mueller"));
    let undated = town(&list, &paid);
    assert_eq!(undated.one("report payments", &[("reference", "R-1")])["decision"], "case");
    assert_eq!(planned(&undated), "lange=433.50 mueller:held schulz=211.30 weber=322.40");
    let other = town(&list, &paid.replace("30.00", "25.00"));
    assert_eq!(planned(&other), "lange=433.50 mueller=45.00 schulz=211.30 weber=322.40");
    let dated = Town::new();
    dated.write("posten.csv", items(&list));
    dated.write("auszug.xml", Statement::new(&format!("201 2023-10-27 2024-03-08 1000.00\n{paid}")).xml());
    dated.run("import posten.csv --as-of 2024-02-01").ok();
    dated.run("import auszug.xml").ok();
    dated.run("match").ok();
    assert_eq!(dated.one("report payments", &[("reference", "R-1")])["decision"], "auto");
}

#[test]
fn a_credit_lowers_what_is_collected_and_never_refuses_the_list() {
    let town = town(LIST, "");
    let credit = |who: &str, posten: &str, amount: &str| {
        format!("{}{}", people::ITEMS, row(who, posten, "Grundbesitzabgaben", "01.03.2024", amount))
    };
    town.run("collect plan --due 2024-03-27 --as anna").ok();
    town.write("gutschrift.csv", credit("mueller", "G-1", "-30,00"));
    let done = town.run("import gutschrift.csv").ok();
    assert!(done.err.contains("1 rows are a credit of their Kassenzeichen"), "{done:?}");
    // a run that has not left the house yields, and the books' counters do not know of it
    let run = town.json("collect show L1");
    let debit = run["debits"].as_array().unwrap().iter().find(|debit| debit["kassenzeichen"] == kz("mueller")).unwrap();
    assert_eq!(debit["amount"], "70.00");
    town.run("collect cancel L1 --as anna").ok();
    assert_eq!(planned(&town), "lange=433.50 mueller=70.00 schulz=211.30 weber=322.40");
    let item = town.one("report receivables", &[("kassenzeichen", kz("mueller"))]);
    assert_eq!([&item["amount"], &item["open"], &item["credit"]], ["100.00", "100.00", "30.00"]);
    assert_eq!(town.one("report credits", &[("posten", "G-1")])["amount"], "30.00");
    // more than is owed leaves nothing to collect
    town.write("mehr.csv", credit("mueller", "G-2", "-80,00"));
    town.run("import mehr.csv").ok();
    assert_eq!(planned(&town), "lange=433.50 mueller:credit schulz=211.30 weber=322.40");
    // a later list takes it back
    town.write("weniger.csv", credit("mueller", "G-2", "0,00"));
    town.run("import weniger.csv").ok();
    assert_eq!(planned(&town), "lange=433.50 mueller=70.00 schulz=211.30 weber=322.40");
    // what is held until a day is collected behind it, and less its credit
    town.run(&format!("hold add {} --reason Stundung --until 2024-03-15 --as dora", kz("mueller"))).ok();
    assert_eq!(planned(&town), "lange=433.50 mueller=70.00 schulz=211.30 weber=322.40");
    // more paid than is assessed is one too
    town.write("zuviel.csv", items("schulz 2024-1 2024-02-15 211.30\nschulz 2023-4 2023-11-15 50.00 gezahlt=61.30"));
    town.run("import zuviel.csv").ok();
    assert_eq!(planned(&town), "lange=433.50 mueller=70.00 schulz=200.00 weber=322.40");
}

#[test]
fn a_transfer_beside_a_credit_leaves_nothing_to_collect() {
    let town = Town::new();
    let rows = row("mueller", "2024-1", "Grundbesitzabgaben", "15.02.2024", "100,00")
        + &row("mueller", "G-1", "Grundbesitzabgaben", "15.02.2024", "-30,00");
    town.write("posten.csv", format!("{}{rows}", people::ITEMS));
    town.write("mandate.csv", mandates("mueller"));
    let paid = format!("201 2023-10-27 2024-03-08 1000.00\n2024-02-20 +70.00 mueller | {} | ref=R-1", kz("mueller"));
    town.write("auszug.xml", Statement::new(&paid).xml());
    town.run("import posten.csv mandate.csv auszug.xml").ok();
    town.run("match").ok();
    assert_eq!(planned(&town), "mueller:credit");
    // without a number his name and what is left beside the credit say as much
    let named = Town::new();
    named.write("posten.csv", format!("{}{rows}", people::ITEMS));
    named.write("mandate.csv", mandates("mueller"));
    let paid = "201 2023-10-27 2024-03-08 1000.00\n2024-02-20 +70.00 Erika Müller | Grundbesitzabgaben | ref=R-1";
    named.write("auszug.xml", Statement::new(paid).xml());
    named.run("import posten.csv mandate.csv auszug.xml").ok();
    named.run("match").ok();
    assert!(["mueller:credit", "mueller:held"].contains(&planned(&named).as_str()), "{}", planned(&named));
}

#[test]
fn a_fee_as_a_row_is_never_debited_and_a_charge_is() {
    let town = town("schulz 2024-1 2024-02-15 211.30", "");
    let fees = [
        "Mahngebühr",
        "Säumniszuschläge",
        "Rücklastschriftgebühren",
        "Verspätungszuschlag",
        "Mahngebuehr Grundsteuer",
        "Säumniszuschl.",
        "Mahngeb.",
        "Mahn- und Vollstreckungsgebühren",
    ];
    let charges = ["Abfallgebühr", "Straßenreinigungsgebühren"];
    let rows: String = (1..)
        .zip(fees.iter().chain(&charges))
        .map(|(number, kind)| row("mueller", &format!("2024-N{number}"), kind, "15.12.2023", "8,00"))
        .collect();
    town.write("zeilen.csv", format!("{}{rows}", people::ITEMS));
    town.run("import zeilen.csv").ok();
    assert_eq!(planned(&town), "mueller=16.00 schulz=211.30");
    let fee = town.one("report fees", &[("posten", "2024-N1")]);
    assert_eq!([&fee["state"], &fee["to_cancel"]], ["not_arisen", "8.00"], "{fee:#}");
}

/// The town's mandates, and that of Müller for a second Kassenzeichen too.
fn two_numbers() -> (Town, String) {
    let town = Town::new();
    let list = format!("{LIST}\nvogt 2024-1 2024-02-15 77.10 mandat=M-MUELLER");
    town.write("posten.csv", items(&list));
    let second = mandates("mueller").lines().nth(1).unwrap().replace(kz("mueller"), kz("vogt"));
    let all = format!("{}{second}\n", mandates(EVERYBODY));
    town.write("mandate.csv", &all);
    town.write("auszug.xml", Statement::new("201 2023-10-27 2024-03-08 1000.00").xml());
    town.run("import posten.csv mandate.csv auszug.xml --as clara").ok();
    town.run("match").ok();
    (town, all)
}

#[test]
fn a_mandate_is_one_whatever_it_serves_and_however_it_is_spelt() {
    let (town, _) = two_numbers();
    let all = "lange=433.50 mueller=100.00 schulz=211.30 vogt=77.10 weber=322.40";
    assert_eq!(planned(&town), all);
    town.write("widerruf.csv", mandates("mueller status=widerrufen").replace("M-MUELLER", "m-Mueller"));
    town.run("import widerruf.csv --as clara").ok();
    let revoked = "lange=433.50 mueller:revoked schulz=211.30 vogt:revoked weber=322.40";
    assert_eq!(planned(&town), revoked);
    let (town, _) = two_numbers();
    let iban = "DE20416500010007888888";
    town.write("konto.csv", mandates("mueller").replace(people::of("mueller").iban, iban));
    town.run("import konto.csv --as clara").ok();
    assert_eq!(planned(&town), "lange=433.50 mueller:no_mandate schulz=211.30 vogt:no_mandate weber=322.40");
    town.run(&format!("mandates confirm m-mueller --iban {iban} --as dora")).ok();
    assert_eq!(planned(&town), all);
}

#[test]
fn a_mandate_that_a_full_list_leaves_out_is_named() {
    let (town, all) = two_numbers();
    town.write(
        "spaeter.csv",
        all.lines().filter(|line| !line.contains("M-WEBER")).fold(String::new(), |list, line| list + line + "\n"),
    );
    let done = town.run("import spaeter.csv").ok();
    assert!(done.err.contains("1 mandates are not in this list and go on being used: M-WEBER"), "{done:?}");
    town.write("einer.csv", mandates("mueller letzte_nutzung=2023-11-15"));
    assert!(!town.run("import einer.csv").ok().err.contains("M-WEBER"));
}

#[test]
fn no_mandate_is_signed_or_used_in_the_future_and_an_old_use_is_another_mandates() {
    let town = town(LIST, "");
    let list =
        |signed: &str, used: &str| mandates(&format!("mueller letzte_nutzung={used}")).replace("2019-05-02", signed);
    for (signed, used, why) in [
        ("2024-03-12", "", "line 2, unterschrieben: 2024-03-12 lies after 2024-03-11, the business date"),
        ("12.06.24", "", "line 2, unterschrieben: 2024-06-12 lies after"),
        ("2019-05-02", "2030-01-01", "line 2, letzte_nutzung: 2030-01-01 lies after"),
        ("31.12.9999", "", "line 2, unterschrieben: \"31.12.9999\" is not a date"),
    ] {
        town.write("mandat.csv", list(signed, used));
        town.run("import mandat.csv").refused_with(why);
    }
    for (signed, used, expected) in [
        ("01.02.98", "15.08.95", "mueller=100.00"),
        ("01.02.90", "15.08.95", "mueller:lapsed"),
        ("2023-12-01", "2020-11-15", "mueller=100.00"),
    ] {
        town.write("mandat.csv", list(signed, used));
        town.run("import mandat.csv").ok();
        assert_eq!(planned(&town), format!("lange=433.50 {expected} schulz=211.30 weber=322.40"), "{signed} {used}");
    }
}

#[test]
fn a_mandate_is_used_by_one_creditor_and_a_name_must_have_letters() {
    let town = Town::new();
    let works = "[[creditor]]\nname = \"Stadtwerke\"\ncreditor_id = \"DE09ZZZ00000000001\"\naccount = \"DE82416500010000000023\"\nkinds = [\"Wasser\"]\n";
    town.write("einmal.toml", format!("{SETTINGS}\n{works}"));
    let rows = row("mueller", "2024-1", "Grundbesitzabgaben", "15.02.2024", "100,00")
        + &row("mueller", "W-1", "Wasser", "15.02.2024", "40,00")
        + &row("schulz", "2024-1", "Wasser", "15.02.2024", "50,00")
        + &row("weber", "2024-1", "Grundbesitzabgaben", "15.02.2024", "60,00");
    town.write("posten.csv", format!("{}{rows}", people::ITEMS));
    let list = mandates(EVERYBODY).replace("Annegret Weber", "Εταιρεία Ήλιος 24");
    town.write("mandate.csv", &list);
    town.run("import posten.csv mandate.csv").ok();
    assert_eq!(planned(&town), "mueller:no_mandate mueller:no_mandate schulz=50.00 weber:name");
    let given = |id: &str| {
        let mut lines = list.lines();
        let header = lines.next().unwrap();
        lines.fold(format!("{header};glaeubiger_id\n"), |text, line| {
            format!("{text}{line};{}\n", if line.contains("MUELLER") { id } else { "" })
        })
    };
    town.write("gegeben.csv", given("DE98ZZZ09999999999"));
    town.run("import gegeben.csv").ok();
    assert_eq!(planned(&town), "mueller:no_mandate mueller=100.00 schulz=50.00 weber:name");
    let twice = given("DE98ZZZ09999999999");
    let other = twice
        .lines()
        .nth(1)
        .unwrap()
        .replace(kz("mueller"), kz("vogt"))
        .replace("DE98ZZZ09999999999", "DE09ZZZ00000000001");
    town.write("zwei.csv", format!("{twice}{other}\n"));
    town.run("import zwei.csv")
        .refused_with("line 6, glaeubiger_id: the mandate M-MUELLER was given to DE98ZZZ09999999999");
}

#[test]
fn numbers_that_fit_no_scheme_or_stand_for_several_people_are_named() {
    let town = Town::new();
    let rows = row("mueller", "2024-1", "Grundbesitzabgaben", "15.02.2024", "100,00")
        + &row("mueller", "2024-2", "Grundbesitzabgaben", "15.05.2024", "100,00")
            .replace("Erika Müller", "Kurt Ahrens")
        + &row("schulz", "2024-1", "Grundbesitzabgaben", "15.02.2024", "50,00").replace(kz("schulz"), "4711");
    town.write("posten.csv", format!("{}{rows}", people::ITEMS));
    let done = town.run("import posten.csv").ok();
    for said in [
        "1 Kassenzeichen fit no numbering scheme of the settings: 4711 (line 4)",
        "several debtors stand under 1 Kassenzeichen: 5.0100.118204.4 (2 names)",
    ] {
        assert!(done.err.contains(said), "{said}: {done:?}");
    }
}

/// A list of everybody's first instalment, by whatever name and levy, without those that are named.
fn respelt(posten: &str, kind: &str, without: &[&str]) -> String {
    let amounts = [("mueller", "100,00"), ("schulz", "211,30"), ("weber", "322,40"), ("lange", "433,50")];
    let there = amounts.into_iter().filter(|(who, _)| !without.contains(who));
    there.fold(people::ITEMS.to_owned(), |list, (who, amount)| list + &row(who, posten, kind, "15.02.2024", amount))
}

#[test]
fn a_levy_that_is_called_otherwise_makes_no_second_debt() {
    let paid = format!("2024-02-20 +100.00 mueller | {} | ref=R-1", kz("mueller"));
    for kind in
        ["Grundbesitzabgabe", "GRUNDBESITZ-ABGABEN", "0101 Grundbesitzabgaben", "Grundbesitzabg.", "Grundsteuer B"]
    {
        let town = town(LIST, &paid);
        town.write("spaeter.csv", respelt("2024/1", kind, &[]));
        let done = town.run("import spaeter.csv").ok();
        assert!(done.err.contains("4 instalments are known under another name"), "{kind}: {done:?}");
        town.run("match").ok();
        assert_eq!(planned(&town), "lange=433.50 schulz=211.30 weber=322.40", "{kind}");
    }
    let town = town(LIST, &paid);
    let list = |rows: &[String]| format!("{}{}", people::ITEMS, rows.concat());
    let of = |posten: &str, kind: &str, amount: &str| row("mueller", posten, kind, "15.02.2024", amount);
    for (rows, why) in [
        (vec![of("H", "Hundesteuer", "100,00")], "of the levy \"Grundbesitzabgaben\": name it so"),
        (vec![of("2024/1", "Hundesteuer", "90,00")], "of the levy \"Grundbesitzabgaben\": name it so"),
        (vec![of("A", "Wasser", "60,00"), of("B", "Abfall", "40,00")], "as does what is known as 2024-1"),
    ] {
        town.write("spaeter.csv", list(&rows));
        town.run("import spaeter.csv").refused_with(why);
    }
    // what stands beside the known one is another debt
    town.write("neu.csv", list(&[of("2024-1", "Grundbesitzabgaben", "100,00"), of("H", "Hundesteuer", "100,00")]));
    town.run("import neu.csv").ok();
    assert_eq!(planned(&town), "lange=433.50 mueller=100.00 schulz=211.30 weber=322.40");
}

#[test]
fn a_list_that_calls_its_levy_otherwise_leaves_out_all_the_same() {
    for kind in ["GRUNDBESITZABGABEN", "Grundbesitz-Abgabe", "Grundsteuer B"] {
        let town = town(LIST, "");
        town.write("spaeter.csv", respelt("2024-1", kind, &["mueller"]));
        let done = town.run("import spaeter.csv").ok();
        assert!(done.err.contains(kz("mueller")) && done.err.contains("they are held until"), "{kind}: {done:?}");
        assert_eq!(planned(&town), "lange=433.50 mueller:held schulz=211.30 weber=322.40", "{kind}");
    }
}

#[test]
fn a_list_in_two_files_leaves_out_nobody_whichever_comes_first() {
    let kind = "Grundbesitzabgaben";
    let (small, large) =
        (respelt("2024-1", kind, &["mueller", "schulz", "weber"]), respelt("2024-1", kind, &["lange"]));
    for (first, second) in [(&small, &large), (&large, &small)] {
        let town = town(LIST, "");
        town.write("a-k.csv", first);
        town.write("l-z.csv", second);
        town.run("import a-k.csv l-z.csv").ok();
        assert_eq!(planned(&town), "lange=433.50 mueller=100.00 schulz=211.30 weber=322.40");
    }
    // an older list and a newer one are two
    let town = town(LIST, "");
    town.write("februar.csv", respelt("2024-1", kind, &[]) + "\n");
    town.write("maerz.csv", &large);
    town.run("import februar.csv maerz.csv").ok();
    assert_eq!(planned(&town), "lange:held mueller=100.00 schulz=211.30 weber=322.40");
}

#[test]
fn a_credit_under_another_name_counts_once() {
    let credit = |posten: &str| {
        respelt("2024-1", "Grundbesitzabgaben", &[])
            + &row("mueller", posten, "Grundbesitzabgaben", "01.03.2024", "-30,00")
    };
    let town = town(LIST, "");
    town.write("gutschrift.csv", credit("2023-G"));
    town.run("import gutschrift.csv").ok();
    town.write("spaeter.csv", credit("G/2023"));
    let done = town.run("import spaeter.csv").ok();
    assert!(done.err.contains("1 instalments are known under another name"), "{done:?}");
    assert_eq!(planned(&town), "lange=433.50 mueller=70.00 schulz=211.30 weber=322.40");
    town.write("unklar.csv", credit("Erstattung"));
    town.run("import unklar.csv").refused_with("could be what is known as 2023-G");
}
