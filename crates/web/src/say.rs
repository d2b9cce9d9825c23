//! The reader's language: German, or English where he asks for it; and the words of the pages for what a terminal does.

use axum::http::HeaderMap;
pub(crate) use lang::Lang;

use crate::access::cookie;

/// As his browser keeps it.
pub(crate) fn lang_of(headers: &HeaderMap) -> Lang {
    match cookie(headers, "einmal_lang") {
        Some("en") => Lang::En,
        _ => Lang::De,
    }
}

/// What somebody at a terminal is told to type, and the button and the place where the pages do it.
const BUTTONS: [(&str, &str, &str); 5] = [
    ("statements confirm-opening", "Confirm the opening balance", "Statements"),
    ("match", "Decide what is undecided", "Import"),
    ("collect notify", "Record the notices", "Direct debits"),
    ("resolve", "Undo", "Cases"),
    ("mandates list", "Changed accounts of mandates", "Import"),
];

/// A text that says which command to type, for somebody who has no terminal: it names the button instead.
pub(crate) fn on_pages(lang: Lang, said: &str) -> String {
    let mut left = said;
    let mut out = String::with_capacity(said.len());
    while let Some((before, command, after)) = next_command(left) {
        let known = BUTTONS.iter().find(|(words, ..)| command.starts_with(words));
        out.push_str(before);
        match known {
            Some((_, button, place)) => out.push_str(&quoted(lang, &lang.say(button), &lang.say(place))),
            None => out.push_str(&format!("`einmal {command}`")),
        }
        left = after;
    }
    out + left
}

/// What stands before the next command, its words behind the program's name, and what follows.
fn next_command(text: &str) -> Option<(&str, &str, &str)> {
    let (before, behind) = text.split_once("`einmal ")?;
    let (command, after) = behind.split_once('`')?;
    Some((before, command, after))
}

fn quoted(lang: Lang, button: &str, place: &str) -> String {
    match lang {
        Lang::De => format!("»{button}« ({place})"),
        Lang::En => format!("“{button}” ({place})"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_becomes_the_button_that_does_it() {
        let debits = "3 debits were not announced: `einmal collect notify --sent DATE`";
        assert_eq!(on_pages(Lang::En, debits), "3 debits were not announced: “Record the notices” (Direct debits)");
        let both = "`einmal match`, then `einmal resolve 7 --undo` first";
        assert_eq!(on_pages(Lang::En, both), "“Decide what is undecided” (Import), then “Undo” (Cases) first");
    }

    #[test]
    fn what_no_page_does_stays_a_command() {
        for text in ["say `einmal unlock --list`", "nothing to type", "`einmal ", "`other`"] {
            assert_eq!(on_pages(Lang::De, text), text);
        }
    }
}
