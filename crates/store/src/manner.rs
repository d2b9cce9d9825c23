//! How a person was proven.

/// How a person was proven.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manner {
    /// By password, for this one act.
    Password,
    /// By a token.
    Token,
    /// By a log-in on the pages.
    Session,
}

impl Manner {
    pub(crate) const ALL: [(Manner, &'static str); 3] =
        [(Manner::Password, "password"), (Manner::Token, "token"), (Manner::Session, "session")];

    /// The word that the database stores.
    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|(manner, _)| *manner == self).map_or("", |(_, word)| word)
    }
}
