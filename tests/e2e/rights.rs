//! People who prove themselves: once anybody is registered, nothing is done in a name that was not proven or that lacks the
//! right, and the sheets say so.

use crate::staff::{FIRST, PASSWORD, Staffed};
use crate::town::Town;

#[test]
fn a_name_alone_is_nobody_once_people_are_registered() {
    let staffed = Staffed::new(&[("anna", "planner"), ("dora", "reviewer")]);
    let town = &staffed.town;
    let plan = "collect plan --due 2024-03-27 --as anna";
    town.run(plan).refused_with("anna must prove to be that person");
    town.told(&format!("--password-stdin {plan}"), "falsches-kennwort").refused("name or password is wrong");
    town.told(&format!("--password-stdin {plan}"), PASSWORD).ok();
    // somebody else's token is no proof
    town.with(&staffed.token("dora"), "collect cancel L1 --as anna").refused_with("anna must prove to be that person");
    // the nightly job goes on, and names that nobody has are no way around
    town.run("match").ok();
    town.run("collect cancel L1 --as batch").refused_with("batch has not proven to be that person");
    town.run("verify").ok();
}

#[test]
fn roles_say_who_may_do_what() {
    let people =
        [("anna", "planner"), ("bernd", "releaser"), ("dora", "reviewer"), ("emma", "desk"), ("rita", "auditor")];
    let staffed = Staffed::new(&people);
    let acts = [
        ("collect plan --due 2024-03-27", "anna"),
        ("case 1 --take", "dora"),
        ("hold add 5.0100.342608.4 --reason Stundung", "dora"),
        ("find 5.0100.118204.4 --caller name iban", "emma"),
    ];
    for (act, who) in acts {
        for (name, _) in people.iter().filter(|(name, _)| *name != who && !(*name == "dora" && who == "emma")) {
            staffed.run(name, act).refused_with(&format!("{name} may not do this"));
        }
        staffed.run(who, act).ok();
    }
    staffed.run("anna", "collect release L1").refused_with("anna may not do this");
}

#[test]
fn the_sheet_says_how_people_were_proven() {
    let staffed = Staffed::new(&[("anna", "planner"), ("bernd", "releaser")]);
    staffed.town.with(&staffed.token("anna"), "collect plan --due 2024-03-27 --as anna").ok();
    staffed.run("anna", "collect notify L1 --out post --sent 2024-03-11").ok();
    staffed.run("bernd", "collect release L1 --acknowledge-open-cases").ok();
    staffed.town.run("collect export L1 --out bank").refused_with("by the letters transfers still count");
    staffed.town.run("collect export L1 --out bank --early Urlaub").ok();
    let sheet = String::from_utf8(staffed.town.only("bank", ".txt")).unwrap();
    assert!(sheet.contains("Personen geprüft: anna durch Zugangsschlüssel, bernd durch Passwort."), "{sheet}");
    assert!(!sheet.contains("nicht geprüft"), "{sheet}");
}

#[test]
fn a_token_is_good_for_its_scopes_only_and_ends_with_the_password() {
    let staffed = Staffed::new(&[("anna", "planner")]);
    let town = &staffed.town;
    let look = "--password-stdin user token anna --label Notiz --scope look";
    let look = town.told(look, PASSWORD).ok().out.trim().to_owned();
    town.with(&look, "collect plan --due 2024-03-27 --as anna").refused_with("anna may not do this");
    let own = "a token only: for his own log-in the password is needed";
    for line in ["user end-token 1 --as anna", "user token anna --label Mehr --scope plan"] {
        town.with(&look, line).refused_with(own);
    }
    let token = staffed.token("anna");
    town.told("--password-stdin user end-token 1 --as anna", PASSWORD).ok();
    town.with(&look, "collect plan --due 2024-03-27 --as anna").refused_with("was taken back");
    town.with(&token, "collect plan --due 2024-03-27 --as anna").ok();
    town.told("--password-stdin user password anna", &format!("{PASSWORD} anderes-kennwort")).ok();
    town.with(&token, "collect cancel L1 --as anna").refused_with("was taken back");
    town.run("verify").ok();
}

#[test]
fn people_are_registered_with_care() {
    let town = Town::lindental();
    town.told("user add anna --role planner", PASSWORD).refused_with("the first person must be an administrator");
    town.told("user add chef --role administrator releaser", PASSWORD).refused_with("has no other role");
    town.told("user add chef --role administrator", "kurz").refused_with("12 to 256 characters");
    town.told("user add chef --role administrator", "mein-chef-kennwort").refused_with("its owner's name");
    town.told("user add chef --role administrator", PASSWORD).ok();
    let as_chef = |line: &str, lines: &str| {
        town.told(&format!("--password-stdin {line} --as chef"), &format!("{PASSWORD} {lines}"))
    };
    as_chef("user add CHEF --role clerk", PASSWORD).refused_with("there is a person of the name");
    as_chef("user add batch --role clerk", PASSWORD).refused_with("is no name for a person");
    as_chef("user set chef --role clerk", "").refused_with("no administrator would be left");
    as_chef("user add anna --role clerk desk", FIRST).ok();
    as_chef("user set anna --role clerk --inactive", "").ok();
    let gone = town.told("--password-stdin hold add 5.0100.342608.4 --reason x --as anna", FIRST);
    gone.refused("name or password is wrong");
    town.run("verify").ok();
    town.books().execute("UPDATE credential SET hash = hash || 'x' WHERE staff = 'anna'").unwrap();
    town.run("verify").refused_with("credential of anna");
}
