//! Which role may do what.
//!
//! Pure: knows no database and no person. Invariants: no administrator may release, or do anything else with money; that the
//! planner of a run does not release it is no right but a rule (`ledger::gate`).

/// What a person is in the treasury.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Sachbearbeitung: brings in statements and lists, works through the cases.
    Clerk,
    /// Klärung: decides cases.
    Reviewer,
    /// Erstellung: plans runs and announces them.
    Planner,
    /// Freigabe: releases what another planned.
    Releaser,
    /// Auskunft: tells callers what is known of their Kassenzeichen.
    Desk,
    /// Prüfung: reads everything, changes nothing.
    Auditor,
    /// Kassenleitung: sees everything, vouches for balances, closes days, defers and waives.
    Treasurer,
    /// Administration: people, roles, log-ins.
    Administrator,
}

/// What a person may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Right {
    /// See the books.
    Look,
    /// Bring in files, and let them be matched.
    Import,
    /// Decide cases, hold by hand.
    Decide,
    /// Plan runs, announce them, say that they went to the bank; remind.
    Plan,
    /// Release a run; say that its file was never carried out.
    Release,
    /// Write the files of a released run.
    Export,
    /// Ask about a Kassenzeichen for a caller.
    Ask,
    /// Read the journal and every document.
    Audit,
    /// Vouch for balances, close days, defer, waive, unlock.
    Vouch,
    /// Manage people and their log-ins.
    Administer,
    /// Confirm, as a second person, who gets rights.
    Appoint,
}

impl Role {
    /// Every role, in the order in which a day's work goes.
    pub const ALL: [Role; 8] = [
        Role::Clerk,
        Role::Reviewer,
        Role::Planner,
        Role::Releaser,
        Role::Desk,
        Role::Auditor,
        Role::Treasurer,
        Role::Administrator,
    ];

    /// What the role is called for people.
    pub fn title(self) -> &'static str {
        match self {
            Role::Clerk => "Clerk",
            Role::Reviewer => "Reviewer",
            Role::Planner => "Planner",
            Role::Releaser => "Releaser",
            Role::Desk => "Front desk",
            Role::Auditor => "Auditor",
            Role::Treasurer => "Treasurer",
            Role::Administrator => "Administrator",
        }
    }

    /// The word that is stored and typed.
    pub fn word(self) -> &'static str {
        match self {
            Role::Clerk => "clerk",
            Role::Reviewer => "reviewer",
            Role::Planner => "planner",
            Role::Releaser => "releaser",
            Role::Desk => "desk",
            Role::Auditor => "auditor",
            Role::Treasurer => "treasurer",
            Role::Administrator => "administrator",
        }
    }

    /// The role of that word.
    pub fn parse(word: &str) -> Option<Role> {
        Role::ALL.into_iter().find(|role| role.word() == word)
    }

    /// What the role may do.
    pub fn rights(self) -> &'static [Right] {
        match self {
            Role::Clerk => &[Right::Look, Right::Import, Right::Decide, Right::Ask],
            Role::Reviewer => &[Right::Look, Right::Decide, Right::Ask],
            Role::Planner => &[Right::Look, Right::Plan, Right::Export],
            Role::Releaser => &[Right::Look, Right::Release, Right::Export],
            Role::Desk => &[Right::Ask],
            Role::Auditor => &[Right::Look, Right::Audit],
            Role::Treasurer => &[Right::Look, Right::Ask, Right::Audit, Right::Vouch, Right::Appoint],
            Role::Administrator => &[Right::Administer, Right::Appoint],
        }
    }
}

/// What somebody asks for in a transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Asked {
    /// Something that needs a right.
    Right(Right),
    /// Something about his own log-in.
    Own,
    /// His own password: all that a password which an administrator gave is good for.
    OwnPassword,
}

impl Right {
    /// Every right.
    pub const ALL: [Right; 11] = [
        Right::Look,
        Right::Import,
        Right::Decide,
        Right::Plan,
        Right::Release,
        Right::Export,
        Right::Ask,
        Right::Audit,
        Right::Vouch,
        Right::Administer,
        Right::Appoint,
    ];

    /// The word that a token's scope is.
    pub fn word(self) -> &'static str {
        match self {
            Right::Look => "look",
            Right::Import => "import",
            Right::Decide => "decide",
            Right::Plan => "plan",
            Right::Release => "release",
            Right::Export => "export",
            Right::Ask => "ask",
            Right::Audit => "audit",
            Right::Vouch => "vouch",
            Right::Administer => "administer",
            Right::Appoint => "appoint",
        }
    }

    /// What people call it.
    pub fn name(self) -> &'static str {
        match self {
            Right::Look => "See the books",
            Right::Import => "Bring in files",
            Right::Decide => "Decide cases",
            Right::Plan => "Plan runs",
            Right::Release => "Release runs",
            Right::Export => "Write payment files",
            Right::Ask => "Answer callers",
            Right::Audit => "Read the journal",
            Right::Vouch => "Vouch and close days",
            Right::Administer => "Manage people",
            Right::Appoint => "Confirm people",
        }
    }

    /// Whether one person gives it and a second confirms: it moves money, or it gives such rights.
    pub fn takes_two(self) -> bool {
        matches!(self, Right::Plan | Right::Release | Right::Vouch | Right::Administer | Right::Appoint)
    }

    /// Whether a token may have it: it never releases, vouches or is a second person.
    pub fn by_token(self) -> bool {
        !matches!(self, Right::Release | Right::Vouch | Right::Appoint)
    }

    /// The right of that word.
    pub fn parse(word: &str) -> Option<Right> {
        Right::ALL.into_iter().find(|right| right.word() == word)
    }
}

/// Several roles of one person.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Roles(Vec<Role>);

impl Roles {
    /// These roles, each once.
    ///
    /// # Errors
    /// In words, where they do not go together: whoever manages people has no other role, for he could give himself any.
    pub fn new(mut roles: Vec<Role>) -> Result<Roles, String> {
        roles.sort_unstable();
        roles.dedup();
        if roles.is_empty() {
            return Err("a person needs a role".to_owned());
        }
        if roles.contains(&Role::Administrator) && roles.len() > 1 {
            return Err("an administrator has no other role: whoever manages people touches no money".to_owned());
        }
        Ok(Roles(roles))
    }

    /// Reads what was stored; an unknown word is left out, for it gives no right.
    pub fn parse(text: &str) -> Roles {
        Roles(text.split(' ').filter_map(Role::parse).collect())
    }

    /// The roles.
    pub fn iter(&self) -> impl Iterator<Item = Role> {
        self.0.iter().copied()
    }

    /// Whether one of them may do it.
    pub fn may(&self, right: Right) -> bool {
        self.0.iter().any(|role| role.rights().contains(&right))
    }

    /// Whether they give a right that takes two and that those before did not give.
    pub fn gain(&self, before: &Roles) -> bool {
        Right::ALL.into_iter().any(|right| right.takes_two() && self.may(right) && !before.may(right))
    }

    /// Those of them that are in force without a second person, where those before were in force.
    #[must_use]
    pub fn alone(&self, before: &Roles) -> Roles {
        let gains = |role: Role| Roles(vec![role]).gain(before);
        Roles(self.iter().filter(|role| !gains(*role)).collect())
    }

    /// Whether they are of a person who confirms rights, and of nothing else.
    pub fn only_appoint(&self) -> bool {
        !self.0.is_empty() && self.iter().all(|role| matches!(role, Role::Administrator | Role::Treasurer))
    }

    /// As it is stored.
    pub fn text(&self) -> String {
        self.0.iter().map(|role| role.word()).collect::<Vec<_>>().join(" ")
    }
}

/// What a token leaves of its person's rights.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scopes(Vec<Right>);

impl Scopes {
    /// These rights.
    pub fn new(mut rights: Vec<Right>) -> Scopes {
        rights.sort_unstable();
        rights.dedup();
        Scopes(rights)
    }

    /// Reads what was stored; an unknown word is left out, for it gives no right.
    pub fn parse(text: &str) -> Scopes {
        Scopes::new(text.split(' ').filter_map(Right::parse).collect())
    }

    /// Whether it is among them.
    pub fn has(&self, right: Right) -> bool {
        self.0.contains(&right)
    }

    /// As it is stored.
    pub fn text(&self) -> String {
        self.0.iter().map(|right| right.word()).collect::<Vec<_>>().join(" ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_read_as_they_are_written() {
        assert!(Role::ALL.into_iter().all(|role| Role::parse(role.word()) == Some(role)));
        assert!(Right::ALL.into_iter().all(|right| Right::parse(right.word()) == Some(right)));
        assert_eq!(Roles::parse("clerk desk nobody").text(), "clerk desk");
    }

    #[test]
    fn who_manages_people_touches_no_money() {
        assert_eq!(Role::Administrator.rights(), [Right::Administer, Right::Appoint]);
        assert!(Roles::new(vec![Role::Administrator, Role::Releaser]).is_err());
        assert!(Roles::new(Vec::new()).is_err());
    }

    #[test]
    fn what_moves_money_or_rights_is_given_by_two() {
        let roles = |text: &str| Roles::parse(text);
        for (before, after, gains, alone) in [
            ("", "clerk", false, "clerk"),
            ("", "planner", true, ""),
            ("", "clerk planner", true, "clerk"),
            ("planner", "planner desk", false, "planner desk"),
            ("planner", "releaser", true, ""),
            ("clerk planner", "clerk", false, "clerk"),
            ("clerk", "treasurer clerk", true, "clerk"),
            ("clerk", "administrator", true, ""),
        ] {
            assert_eq!(roles(after).gain(&roles(before)), gains, "{before} -> {after}");
            assert_eq!(roles(after).alone(&roles(before)), roles(alone), "{before} -> {after}");
        }
        let by_token: Vec<&str> =
            Right::ALL.into_iter().filter(|right| !right.by_token()).map(|right| right.word()).collect();
        assert_eq!(by_token, ["release", "vouch", "appoint"]);
        assert!(roles("treasurer").only_appoint() && !roles("treasurer releaser").only_appoint());
    }

    #[test]
    fn who_reads_changes_nothing() {
        let changing =
            [Right::Import, Right::Decide, Right::Plan, Right::Release, Right::Export, Right::Vouch, Right::Administer];
        assert!(Role::Auditor.rights().iter().all(|right| !changing.contains(right)));
    }
}
