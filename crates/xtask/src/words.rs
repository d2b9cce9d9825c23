//! The arguments of the command line.
//!
//! Knows nothing of the commands.
//! Invariant: an argument that no command asked for is an error, never ignored.

use std::ops::RangeInclusive;
use std::str::FromStr;

use anyhow::{Context, Result, bail};

/// The arguments that are not used yet.
pub(crate) struct Words(Vec<String>);

impl Words {
    pub(crate) fn new(words: impl IntoIterator<Item = String>) -> Self {
        Self(words.into_iter().collect())
    }

    /// Takes the first argument, if there is one.
    pub(crate) fn first(&mut self) -> Option<String> {
        (!self.0.is_empty()).then(|| self.0.remove(0))
    }

    /// Takes a switch such as `--check`.
    pub(crate) fn switch(&mut self, name: &str) -> bool {
        let before = self.0.len();
        self.0.retain(|word| word != name);
        self.0.len() < before
    }

    /// Takes every value of an option such as `--skip STEP`.
    pub(crate) fn values(&mut self, name: &str) -> Result<Vec<String>> {
        let mut values = Vec::new();
        while let Some(place) = self.0.iter().position(|word| word == name) {
            self.0.remove(place);
            if self.0.get(place).is_none_or(|word| word.starts_with("--")) {
                bail!("{name} lacks its value");
            }
            values.push(self.0.remove(place));
        }
        Ok(values)
    }

    /// Takes the value of an option that may occur once.
    pub(crate) fn value<T: FromStr>(&mut self, name: &str) -> Result<Option<T>>
    where
        T::Err: std::error::Error + Send + Sync + 'static,
    {
        let mut values = self.values(name)?;
        let Some(text) = values.pop() else { return Ok(None) };
        if !values.is_empty() {
            bail!("{name} stands twice");
        }
        text.parse().map(Some).with_context(|| format!("{name} {text} is not understood"))
    }

    /// All remaining arguments, for another program.
    pub(crate) fn rest(self) -> Vec<String> {
        self.0
    }

    /// Checks that nothing is left.
    pub(crate) fn finish(self) -> Result<()> {
        match self.0.as_slice() {
            [] => Ok(()),
            words => bail!("unknown: {}", words.join(" ")),
        }
    }
}

/// Reads `7` or `1..10`, both ends included.
pub(crate) fn seeds(text: &str) -> Result<RangeInclusive<u64>> {
    let (first, last) = text.split_once("..").unwrap_or((text, text));
    let number = |text: &str| text.parse::<u64>().with_context(|| format!("seed {text} is not a number"));
    Ok(number(first)?..=number(last)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &str) -> Words {
        Words::new(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn words_are_taken_once_and_none_is_ignored() {
        let mut line = words("test --skip deny --fast --skip judge --seed 7");
        assert_eq!(line.first().as_deref(), Some("test"));
        assert_eq!(line.values("--skip").unwrap(), ["deny", "judge"]);
        assert!(line.switch("--fast") && !line.switch("--fast"));
        assert_eq!(line.value::<u64>("--seed").unwrap(), Some(7));
        assert_eq!(line.value::<u64>("--seed").unwrap(), None);
        line.finish().unwrap();
    }

    #[test]
    fn what_is_not_understood_is_said() {
        let table = [
            ("--seed", "--seed lacks its value"),
            ("--seed --check", "--seed lacks its value"),
            ("--seed x", "--seed x is not understood"),
            ("--seed 1 --seed 2", "--seed stands twice"),
            ("--sed 1", "unknown: --sed 1"),
        ];
        for (line, said) in table {
            let mut line = words(line);
            let error = line.value::<u64>("--seed").map(|_| ()).and_then(|()| line.finish()).unwrap_err();
            assert_eq!(error.to_string(), said);
        }
    }

    #[test]
    fn ranges_of_seeds() {
        assert_eq!(seeds("7").unwrap(), 7..=7);
        assert_eq!(seeds("1..10").unwrap(), 1..=10);
        assert!(seeds("1..x").is_err());
    }
}
