//! Runs of characters of one kind in a text.
//!
//! Knows no words. Invariant: the runs and what stands between them, one behind the other, make the text.

/// A run, and what stands between it and the run before.
#[derive(Clone, Copy)]
pub(crate) struct Run<'t> {
    pub(crate) text: &'t str,
    pub(crate) before: &'t str,
}

/// The runs of characters that are in a kind.
pub(crate) fn runs(text: &str, is_in: impl Fn(char) -> bool) -> impl Iterator<Item = Run<'_>> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let (before, from) = rest.split_at_checked(length(rest, |c| !is_in(c)))?;
        let (run, after) = from.split_at_checked(length(from, &is_in))?;
        rest = after;
        (!run.is_empty()).then_some(Run { text: run, before })
    })
}

/// How many bytes the characters take that a text begins with and that are in a kind.
fn length(text: &str, is_in: impl Fn(char) -> bool) -> usize {
    let is_end = |(at, byte): (usize, u8)| match byte {
        // most texts are plain: their bytes are characters
        0..0x80 => !is_in(char::from(byte)),
        // the rest of a character that was looked at
        0x80..0xC0 => false,
        0xC0.. => !text.get(at..).and_then(|from| from.chars().next()).is_some_and(&is_in),
    };
    text.bytes().enumerate().position(is_end).unwrap_or(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn runs_are_what_splitting_leaves(text in "[a-c0-9 ,–äßé½\u{300}🙂]{0,20}") {
            for is_in in [char::is_alphabetic, char::is_alphanumeric, char::is_numeric] {
                let expected: Vec<&str> = text.split(|c| !is_in(c)).filter(|run| !run.is_empty()).collect();
                prop_assert_eq!(runs(&text, is_in).map(|run| run.text).collect::<Vec<_>>(), expected);
                let whole: String = runs(&text, is_in).flat_map(|run| [run.before, run.text]).collect();
                prop_assert_eq!(text.trim_end_matches(|c| !is_in(c)), whole);
            }
        }
    }
}
