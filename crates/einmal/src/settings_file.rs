//! The settings that `einmal init` writes, with comments in the reader's language.
//!
//! Knows what a comment is, but no setting. Invariant: only comments differ between languages; the settings are the
//! same.

/// The width at which a comment is wrapped.
const WIDTH: usize = 120;

/// The kind of a line in the settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Line<'a> {
    /// A setting, real or commented out as an example, and the comment after it.
    Setting(&'a str, &'a str),
    /// A line of comment.
    Comment(&'a str),
    /// An empty line.
    Blank,
}

fn line(text: &str) -> Line<'_> {
    let own = text.strip_prefix("# ").unwrap_or(text);
    let is_table = own.starts_with('[');
    let is_key = |key: &str| {
        !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
    };
    let is_value = own.split_once('=').is_some_and(|(key, _)| is_key(key.trim()));
    if text.trim().is_empty() {
        Line::Blank
    } else if is_table || is_value {
        // a `#` inside a value is within quotation marks
        let behind = text.match_indices(" # ").map(|(place, _)| place).find(|place| {
            text.get(..*place).is_some_and(|before| before.bytes().filter(|byte| *byte == b'"').count() % 2 == 0)
        });
        match behind.and_then(|place| text.split_at_checked(place + " # ".len())) {
            Some((setting, comment)) => Line::Setting(setting, comment),
            None => Line::Setting(text, ""),
        }
    } else {
        Line::Comment(own)
    }
}

/// Translates the comments of settings, each paragraph as one text.
pub(crate) fn said_in(template: &str, say: impl Fn(&str) -> String) -> String {
    let (mut out, mut paragraph) = (String::new(), Vec::new());
    let close = |paragraph: &mut Vec<&str>, out: &mut String| {
        if !paragraph.is_empty() {
            out.push_str(&wrapped(&say(&paragraph.join(" "))));
            paragraph.clear();
        }
    };
    for text in template.lines() {
        let line = line(text);
        if let Line::Comment(comment) = line {
            paragraph.push(comment);
            continue;
        }
        close(&mut paragraph, &mut out);
        match line {
            Line::Setting(setting, "") => out.push_str(setting),
            Line::Setting(setting, comment) => out.push_str(&format!("{setting}{}", say(comment))),
            Line::Comment(_) | Line::Blank => {}
        }
        out.push('\n');
    }
    close(&mut paragraph, &mut out);
    out
}

/// A paragraph as comment lines.
fn wrapped(text: &str) -> String {
    let mut lines = vec!["#".to_owned()];
    for word in text.split(' ') {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= WIDTH => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(format!("# {word}")),
        }
    }
    lines.iter().map(|line| format!("{line}\n")).collect()
}

#[cfg(test)]
mod tests {
    use lang::Lang;

    use super::*;

    #[test]
    fn only_comments_differ() {
        let german = said_in(kasse::TEMPLATE, |text| Lang::De.say(text).into_owned());
        let read = |text: &str| text.parse::<toml::Table>().unwrap();
        assert_eq!(read(&german), read(kasse::TEMPLATE));
        // and the settings that are commented out as examples
        let examples = |text: &str| -> Vec<String> {
            let settings = text.lines().filter_map(|text| match line(text) {
                Line::Setting(setting, _) => Some(setting.to_owned()),
                _ => None,
            });
            settings.collect()
        };
        assert_eq!(examples(&german), examples(kasse::TEMPLATE));
        for english in [" the ", " of ", " and ", " is ", "Whether"] {
            assert!(!german.contains(english), "{english:?} in:\n{german}");
        }
    }

    #[test]
    fn a_comment_is_told_from_a_setting() {
        for (text, expected) in [
            ("# Name as the bank reads it", Line::Comment("Name as the bank reads it")),
            ("# check: luhn or none", Line::Comment("check: luhn or none")),
            ("# Other names: ours = \"theirs\"", Line::Comment("Other names: ours = \"theirs\"")),
            ("# [headers]", Line::Setting("# [headers]", "")),
            ("# rest0   = \"zero\"   # or \"unused\"", Line::Setting("# rest0   = \"zero\"   # ", "or \"unused\"")),
            ("mask = \"5 ## # C\"", Line::Setting("mask = \"5 ## # C\"", "")),
            ("", Line::Blank),
        ] {
            assert_eq!(line(text), expected, "{text}");
        }
    }
}
