//! A form of the case page as it came: names and values, a name as often as there are rows.
//!
//! Invariant: two forms that ask for different things say so in [`Sent::words`]; only their marks are left out.

/// What was sent.
#[derive(Debug)]
pub(super) struct Sent(Vec<(String, String)>);

impl Sent {
    pub(super) fn of(pairs: Vec<(String, String)>) -> Sent {
        Sent(pairs)
    }

    /// A value; nothing where there is none.
    pub(super) fn one(&self, name: &str) -> &str {
        self.0.iter().find(|(own, _)| own == name).map_or("", |(_, value)| value.as_str())
    }

    fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(own, _)| own == name).map(|(_, value)| value.as_str())
    }

    /// Items with their amounts, as the rows stand.
    pub(super) fn rows(&self) -> Vec<(&str, &str)> {
        self.all("item").zip(self.all("amount")).collect()
    }

    /// What is asked for, so that the same form says the same and another something else.
    pub(super) fn words(&self, case: i64) -> String {
        let said = self.0.iter().filter(|(name, _)| name != "once").map(|(name, value)| format!("{name}={value:?}"));
        format!("case {case} {}", said.collect::<Vec<_>>().join(" "))
    }
}
