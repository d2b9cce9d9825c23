//! Errors of the command line in the reader's language; in English, the command-line library's own text is used.
//!
//! Knows what was typed, no command. Invariant: the exit code is the library's, and what was typed is quoted, never
//! translated.

use clap::Command;
use clap::error::{ContextKind, ContextValue, Error, ErrorKind};
use lang::Lang;

/// Prints the error, or the help that was asked for, and exits.
pub(crate) fn exit(error: &Error, lang: Lang, command: &Command) -> ! {
    match said(error, lang, command) {
        Some(text) => {
            crate::output::told(&text);
            std::process::exit(error.exit_code())
        }
        None => error.exit(),
    }
}

/// The error with the usage below; `None` if the library's text is good enough.
fn said(error: &Error, lang: Lang, command: &Command) -> Option<String> {
    if lang == Lang::En {
        return None;
    }
    let say = |english: &str| lang.say(english).into_owned();
    let mut lines = vec![format!("{}: {}", say("error"), complaint(error, lang)?)];
    if let Some(meant) = meant(error) {
        lines.push(say(&format!("perhaps {meant} was meant")));
    }
    if let Some(ContextValue::StyledStr(usage)) = error.get(ContextKind::Usage) {
        let usage = usage.to_string();
        let usage = usage.strip_prefix("Usage: ").unwrap_or(&usage);
        lines.push(format!("\n{}: {}", say("Usage"), usage.replace("[OPTIONS]", &say("[OPTIONS]"))));
    }
    let help = format!("{} --help", command.get_name());
    lines.push(format!("\n{}", say(&format!("`{help}` says more"))));
    Some(lines.join("\n"))
}

/// The error itself.
fn complaint(error: &Error, lang: Lang) -> Option<String> {
    let say = |english: String| lang.say(&english).into_owned();
    let text = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => Some(text.as_str()),
        _ => None,
    };
    let list = |kind| match error.get(kind) {
        Some(ContextValue::Strings(texts)) => texts.join(", "),
        Some(ContextValue::String(text)) => text.clone(),
        _ => String::new(),
    };
    let argument = text(ContextKind::InvalidArg);
    Some(match error.kind() {
        ErrorKind::UnknownArgument => say(format!("{:?} is not known here", argument?)),
        ErrorKind::InvalidSubcommand => say(format!("{:?} is no command", text(ContextKind::InvalidSubcommand)?)),
        ErrorKind::MissingSubcommand => {
            say(format!("a command is missing, one of {}", list(ContextKind::ValidSubcommand)))
        }
        ErrorKind::MissingRequiredArgument => {
            format!("{} {}", say("there is missing:".to_owned()), list(ContextKind::InvalidArg))
        }
        ErrorKind::ArgumentConflict => match (argument, list(ContextKind::PriorArg)) {
            (Some(one), other) if one == other => say(format!("{one} may be said once only")),
            (Some(one), other) if !other.is_empty() => say(format!("{one} cannot be said beside {other}")),
            _ => say("these cannot be said together".to_owned()),
        },
        ErrorKind::InvalidValue | ErrorKind::NoEquals => {
            match (text(ContextKind::InvalidValue), list(ContextKind::ValidValue)) {
                (None | Some(""), _) => say(format!("{} needs a value", argument?)),
                (Some(value), valid) => say(format!("{value:?} is no value for {}: possible are {valid}", argument?)),
            }
        }
        ErrorKind::ValueValidation => {
            let (value, why) = (text(ContextKind::InvalidValue)?, lang.say(&reason(error)).into_owned());
            format!("{}: {why}", say(format!("{value:?} is no value for {}", argument?)))
        }
        ErrorKind::TooManyValues => {
            say(format!("{:?} is one value too many for {}", text(ContextKind::InvalidValue)?, argument?))
        }
        ErrorKind::TooFewValues | ErrorKind::WrongNumberOfValues => say(format!("{} needs more values", argument?)),
        ErrorKind::InvalidUtf8 => say("what was typed is no UTF-8".to_owned()),
        _ => return None,
    })
}

/// Why a value is invalid: in our words, where a library would use its own.
fn reason(error: &Error) -> String {
    use std::error::Error as _;
    let Some(source) = error.source() else { return "it cannot be read".to_owned() };
    if source.is::<jiff::Error>() {
        "a day is written YYYY-MM-DD".to_owned()
    } else if source.is::<std::num::ParseIntError>() {
        "a whole number is asked for".to_owned()
    } else if source.is::<std::net::AddrParseError>() {
        "an address is written 127.0.0.1:8080".to_owned()
    } else {
        source.to_string()
    }
}

/// What the library suggests instead.
fn meant(error: &Error) -> Option<String> {
    let kinds = [ContextKind::SuggestedSubcommand, ContextKind::SuggestedArg, ContextKind::SuggestedValue];
    kinds.into_iter().find_map(|kind| match error.get(kind) {
        Some(ContextValue::String(text)) => Some(text.clone()),
        Some(ContextValue::Strings(texts)) if !texts.is_empty() => Some(texts.join(", ")),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::help;

    /// Checks the first line of the German error for an input.
    #[track_caller]
    fn check(typed: &str, expected: &str) {
        let command = help::command(Lang::De);
        let error = command.clone().try_get_matches_from(typed.split(' ')).unwrap_err();
        let text = said(&error, Lang::De, &command).unwrap();
        assert_eq!(text.lines().next().unwrap(), expected, "{text}");
        assert!(text.contains("einmal --help") && !text.contains("Usage") && !text.contains("OPTIONS"), "{text}");
        assert_eq!(error.exit_code(), 2);
    }

    #[test]
    fn a_complaint_is_german() {
        for (typed, expected) in [
            ("einmal kollect", "Fehler: »kollect« ist kein Befehl"),
            ("einmal import --foo a.csv", "Fehler: »--foo« ist hier nicht bekannt"),
            ("einmal collect plan --due 2024-03-27", "Fehler: es fehlt: --as <PERSON>"),
            (
                "einmal --today gestern match",
                "Fehler: »gestern« ist kein Wert für --today <DATUM>: ein Tag wird JJJJ-MM-TT geschrieben",
            ),
            (
                "einmal report kram",
                "Fehler: »kram« ist kein Wert für <BERICHT>: möglich sind receivables, payments, debits, statements, runs, fees, credits, clearing, returns, matching",
            ),
            ("einmal import", "Fehler: es fehlt: <DATEIEN>..."),
            ("einmal import a.csv --as", "Fehler: --as <PERSON> braucht einen Wert"),
            ("einmal resolve 7 --refund --undo --as anna", "Fehler: --refund geht nicht zusammen mit --undo"),
            ("einmal case x", "Fehler: »x« ist kein Wert für <NUMMER>: verlangt ist eine ganze Zahl"),
        ] {
            check(typed, expected);
        }
    }

    #[test]
    fn in_english_the_library_speaks() {
        let command = help::command(Lang::En);
        let error = command.clone().try_get_matches_from(["einmal", "kollect"]).unwrap_err();
        assert_eq!(said(&error, Lang::En, &command), None);
    }
}
