//! People who prove themselves: once anybody is registered, nothing is done in a name that was not proven or that lacks the
//! right, and the sheets say so.

use crate::town::Town;

const PASSWORD: &str = "langes-kennwort";

/// Lindental with an administrator and one person per role, each with a token for all that he may do.
struct Staffed {
    town: Town,
    tokens: Vec<(&'static str, String)>,
}

const RIGHTS: &str = "look import decide plan release export ask audit vouch administer";

impl Staffed {
    fn new(people: &[(&'static str, &str)]) -> Staffed {
        let town = Town::lindental();
        town.told("user add chef --role administrator", PASSWORD).ok();
        let mut tokens = Vec::new();
        for (name, roles) in people {
            let add = format!("--password-stdin user add {name} --role {roles} --as chef");
            town.told(&add, &format!("{PASSWORD} {PASSWORD}-2")).ok();
            let token = format!("--password-stdin user token {name} --label test --scope {RIGHTS}");
            tokens.push((*name, town.told(&token, &format!("{PASSWORD}-2")).ok().out.trim().to_owned()));
        }
        Staffed { town, tokens }
    }

    /// The tokens of these people, as the environment takes them.
    fn of(&self, names: &[&str]) -> String {
        let own = |name: &&str| self.tokens.iter().find(|(own, _)| own == name).unwrap().1.clone();
        names.iter().map(own).collect::<Vec<_>>().join(" ")
    }

    /// Runs the program as one who has proven to be himself.
    fn run(&self, name: &str, line: &str) -> crate::town::Done {
        self.town.with(&self.of(&[name]), &format!("{line} --as {name}"))
    }
}

#[test]
fn a_name_alone_is_nobody_once_people_are_registered() {
    let staffed = Staffed::new(&[("anna", "planner"), ("dora", "reviewer")]);
    let town = &staffed.town;
    let plan = "collect plan --due 2024-03-27 --as anna";
    town.run(plan).refused_with("anna must prove to be that person");
    town.told(&format!("--password-stdin {plan}"), "falsches-kennwort").refused("name or password is wrong");
    town.told(&format!("--password-stdin {plan}"), &format!("{PASSWORD}-2")).ok();
    // somebody else's token is no proof
    town.with(&staffed.of(&["dora"]), "collect cancel L1 --as anna").refused_with("anna must prove to be that person");
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
    staffed.run("anna", "collect plan --due 2024-03-27").ok();
    staffed.run("anna", "collect notify L1 --out post --sent 2024-03-11").ok();
    staffed.run("bernd", "collect release L1 --acknowledge-open-cases").ok();
    staffed.town.run("collect export L1 --out bank").ok();
    let sheet = String::from_utf8(staffed.town.only("bank", ".txt")).unwrap();
    assert!(sheet.contains("Personen geprüft: anna durch Zugangsschlüssel, bernd durch Zugangsschlüssel."), "{sheet}");
    assert!(!sheet.contains("nicht geprüft"), "{sheet}");
}

#[test]
fn a_token_is_good_for_its_scopes_and_days_only() {
    let staffed = Staffed::new(&[("anna", "planner")]);
    let town = &staffed.town;
    let made = "--password-stdin user token anna --label Notiz --scope look --until 2024-03-11";
    let look = town.told(made, &format!("{PASSWORD}-2")).ok().out.trim().to_owned();
    town.with(&look, "collect plan --due 2024-03-27 --as anna").refused_with("anna may not do this");
    town.with(&look, "--today 2024-03-12 collect plan --due 2024-03-28 --as anna").refused_with("has run out");
    let own = "a token only: for his own log-in the password is needed";
    for line in ["user end-token 1 --as anna", "user token anna --label Mehr --scope release"] {
        town.with(&look, line).refused_with(own);
    }
    town.told("--password-stdin user end-token 1 --as anna", &format!("{PASSWORD}-2")).ok();
    staffed.town.with(&staffed.of(&["anna"]), "collect plan --due 2024-03-27 --as anna").refused_with("was taken back");
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
    as_chef("user add anna --role clerk desk", PASSWORD).ok();
    as_chef("user set anna --role clerk --inactive", "").ok();
    let gone = town.told("--password-stdin hold add 5.0100.342608.4 --reason x --as anna", PASSWORD);
    gone.refused("name or password is wrong");
    town.run("verify").ok();
    town.books().execute("UPDATE credential SET hash = hash || 'x' WHERE staff = 'anna'").unwrap();
    town.run("verify").refused_with("credential of anna");
}
