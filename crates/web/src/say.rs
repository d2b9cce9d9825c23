//! The reader's language: German, or English on request; and the pages' words for what is a command on a terminal.

use axum::http::HeaderMap;
pub(crate) use lang::Lang;

use crate::access::cookie;

/// The language in the browser's cookie.
pub(crate) fn lang_of(headers: &HeaderMap) -> Lang {
    match cookie(headers, "einmal_lang") {
        Some("en") => Lang::En,
        _ => Lang::De,
    }
}

/// Commands and their counterparts on the pages: the words with which a command begins, an option if these are not
/// enough, and the button and the place on the pages. The first match counts.
const BUTTONS: [(&str, &str, &str, &str); 30] = [
    ("guard", "--version", "Write pain.008.001.08, which banks take, whatever version the file has", "Check a file"),
    ("statements confirm-opening", "", "Confirm the opening balance", "Statements"),
    ("statements confirm-quiet", "", "Confirm that nothing moved", "Statements"),
    ("report statements", "", "Statements", ""),
    ("close-day", "", "Close the day", "Statements"),
    ("import", "--partial", "The list of open items is partial: do not hold what it leaves out", "Import"),
    ("match", "", "Decide what is undecided", "Import"),
    ("mandates", "", "Changed accounts of mandates", "Import"),
    ("collect plan", "", "Plan the run", "Direct debits"),
    ("collect notify", "--out", "Download the notices (ZIP)", "Direct debits"),
    ("collect notify", "", "Record the notices", "Direct debits"),
    ("collect release", "", "Release the run", "Direct debits"),
    ("collect export", "", "Download the file and its control sheet (ZIP)", "Direct debits"),
    ("collect sent", "", "Record that it was sent", "Direct debits"),
    ("collect void", "", "Declare the run void", "Direct debits"),
    ("collect cancel", "", "Cancel the run", "Direct debits"),
    ("collect", "", "Direct debits", ""),
    ("resolve", "--undo", "Undo", "Cases"),
    ("resolve", "--other", "It is other money", "Cases"),
    ("resolve", "--refund", "Refund", "Cases"),
    ("resolve", "--return", "It is taken back", "Cases"),
    ("resolve", "--wait", "Wait until then", "Cases"),
    ("resolve", "--allocate", "Place so", "Cases"),
    ("resolve", "", "Cases", ""),
    ("cases", "", "Cases", ""),
    ("case", "", "Cases", ""),
    ("report payments", "", "Cases", ""),
    ("find", "", "Front desk", ""),
    ("verify", "", "Check the books", "Audit"),
    ("journal", "", "Audit", ""),
];

/// Options of the command line, and the words for the same thing on the pages.
const OPTIONS: [(&str, &str); 8] = [
    ("release with --acknowledge-open-cases", "take the risk where the run is released"),
    ("say --sent once they are posted", "record the notices once they are posted"),
    ("--as-of belongs", "the last bank day that the old system had posted belongs"),
    ("(gezahlt without --as-of)", "(gezahlt without the last bank day that the old system had posted)"),
    ("say --other with what it is", "`einmal resolve --other` with what it is"),
    ("name it: --return REFERENCE", "name it: `einmal resolve --return`"),
    (
        "say --return if it took a credit back, --refund or --other",
        "it is one of `einmal resolve --return`, `einmal resolve --refund` and `einmal resolve --other`",
    ),
    ("import with --amounts-are-assessed", "import it with `einmal import --amounts-are-assessed`"),
];

/// A text in the reader's language for a person without a terminal: instead of a command it names the button. A command
/// without a button is marked as one for people with a terminal.
pub(crate) fn said(lang: Lang, english: &str) -> String {
    let plain = OPTIONS.iter().fold(english.to_owned(), |text, (option, page)| text.replace(option, page));
    let said = lang.say(&plain);
    let mut left: &str = &said;
    let mut out = String::with_capacity(said.len());
    while let Some((before, command, after)) = next_command(left) {
        out.push_str(before);
        out.push_str(&in_place_of(lang, command));
        left = after;
    }
    out + left
}

/// What a person in a browser is told instead of a command.
fn in_place_of(lang: Lang, command: &str) -> String {
    let fits = |begins: &str, has: &str| {
        let behind = command.strip_prefix(begins);
        behind.is_some_and(|behind| behind.is_empty() || behind.starts_with(' ')) && command.contains(has)
    };
    let (open, close) = match lang {
        Lang::De => ("»", "«"),
        Lang::En => ("“", "”"),
    };
    match BUTTONS.iter().find(|(begins, has, ..)| fits(begins, has)) {
        Some((_, _, button, "")) => format!("{open}{}{close}", lang.say(button)),
        Some((_, _, button, place)) => format!("{open}{}{close} ({})", lang.say(button), lang.say(place)),
        None => format!("`einmal {command}` ({})", lang.say("on the command line")),
    }
}

/// Splits a text at its next command: the text before, the command's words after the program's name, and the rest.
fn next_command(text: &str) -> Option<(&str, &str, &str)> {
    let (before, behind) = text.split_once("`einmal ")?;
    let (command, after) = behind.split_once('`')?;
    Some((before, command, after))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_becomes_the_button_that_does_it() {
        for (english, on_page) in [
            (
                "3 debits were not announced: `einmal collect notify --sent DATE`",
                "3 debits were not announced: “Record the notices” (Direct debits)",
            ),
            (
                "`einmal match`, then `einmal resolve 7 --undo` first",
                "“Decide what is undecided” (Import), then “Undo” (Cases) first",
            ),
            ("see `einmal cases`, `einmal case 7`", "see “Cases”, “Cases”"),
        ] {
            assert_eq!(said(Lang::En, english), on_page);
        }
        assert_eq!(
            said(Lang::De, "3 debits were not announced: `einmal collect notify --sent DATE`"),
            "3 Lastschriften wurden nicht angekündigt: »Vorabankündigungen eintragen« (Lastschriften)"
        );
    }

    #[test]
    fn what_no_page_does_is_for_the_command_line() {
        assert_eq!(said(Lang::En, "say `einmal unlock --list`"), "say `einmal unlock --list` (on the command line)");
        assert_eq!(said(Lang::De, "`einmal matchen`"), "`einmal matchen` (auf der Kommandozeile)");
        for text in ["nothing to type", "`einmal ", "`other`"] {
            assert_eq!(said(Lang::En, text), text);
        }
    }

    /// Groups of texts that nobody reads in a browser: those of the command line, its help and its settings, and of
    /// what no page does.
    const NOT_ON_PAGES: [&str; 13] = [
        "messages",
        "case pages",
        "help",
        "help of the library",
        "said by libraries",
        "columns",
        "people on the command line",
        "settings",
        "comments of the settings",
        "demo",
        "deferrals",
        "waived fees",
        "handback",
    ];

    /// A sample of a text, made from its key: each hole is filled with a fitting value.
    fn sample(key: &str) -> String {
        let mut pieces = key.split('{');
        let first = pieces.next().unwrap_or_default().to_owned();
        pieces.fold(first, |text, piece| {
            let (hole, behind) = piece.split_once('}').unwrap();
            let kind = hole.split_once(':').map_or(hole, |(_, kind)| kind);
            let filled = match kind {
                "n" => "2",
                "eur" => "1.00",
                "date" => "2024-03-11",
                "quote" => "\"x\"",
                "say" | "list" => "nothing",
                _ => "x",
            };
            text + filled + behind
        })
    }

    #[test]
    fn no_text_on_a_page_names_an_option_of_the_command_line() {
        let mut found = Vec::new();
        for (group, key) in Lang::De.entries().filter(|(group, _)| !NOT_ON_PAGES.contains(group)) {
            for lang in Lang::ALL {
                // buttons stand for whole commands; texts for the command line may contain options
                let text = said(lang, &sample(key));
                let mut words = text.split('`').step_by(2).flat_map(str::split_whitespace);
                if words.any(|word| word.trim_start_matches(['(', '"']).starts_with("--") && word.len() > 2) {
                    found.push(format!("{group}: {text}"));
                }
            }
        }
        assert!(found.is_empty(), "say in crates/web/src/say.rs what it is called on the page: {found:#?}");
    }

    #[test]
    fn buttons_and_places_are_those_of_the_pages() {
        let templates = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/templates")).unwrap();
        let pages: String =
            templates.map(|template| std::fs::read_to_string(template.unwrap().path()).unwrap()).collect();
        for (_, _, button, place) in BUTTONS {
            for text in [button, place].into_iter().filter(|text| !text.is_empty()) {
                let is_shown = pages.contains(&format!("t(\"{text}\")")) || crate::page::is_place(text);
                assert!(is_shown, "{text:?} stands on no page");
                assert!(Lang::De.knows(text), "{text:?} has no German");
            }
        }
    }
}
