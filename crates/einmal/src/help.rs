//! The help of the command line in the reader's language.
//!
//! Knows what the commands look like, not what they do. Invariant: the language changes only words; what can be typed,
//! and its meaning, stay the same.

use std::ffi::OsString;

use clap::builder::StyledStr;
use clap::{Arg, Command, CommandFactory as _};
use lang::Lang;

use crate::cli::Cli;

/// The language in the arguments, read before anything else, because help and errors use it.
pub(crate) fn wanted(typed: impl Iterator<Item = OsString>, environment: Option<OsString>) -> Lang {
    let typed: Vec<String> = typed.map(|word| word.to_string_lossy().into_owned()).collect();
    let behind = typed.iter().position(|word| word == "--lang").and_then(|place| typed.get(place + 1));
    let joined = typed.iter().find_map(|word| word.strip_prefix("--lang=").map(str::to_owned));
    let code = behind.cloned().or(joined).or_else(|| environment.map(|code| code.to_string_lossy().into_owned()));
    code.and_then(|code| code.parse().ok()).unwrap_or_default()
}

/// The command line with its help in a language.
pub(crate) fn command(lang: Lang) -> Command {
    let mut command = Cli::command();
    if lang != Lang::En {
        // translates also what clap adds itself, `--help` and `help`
        command.build();
        command = translated(command, lang);
    }
    command
}

fn translated(command: Command, lang: Lang) -> Command {
    let about = command.get_about().map(|about| said(lang, about)).unwrap_or_default();
    let template = format!("{{about-with-newline}}\n{}: {{usage}}\n\n{{all-args}}", lang.say("Usage"));
    let mut command = command
        .about(about)
        .help_template(template)
        .subcommand_help_heading(lang.say("Commands").into_owned())
        .subcommand_value_name(placeholder(lang, "COMMAND"))
        .mut_args(|arg| argument(arg, lang))
        .mut_subcommands(|command| translated(command, lang));
    // translates the library's own word in it
    let usage = command.render_usage().to_string();
    let usage = usage.strip_prefix("Usage: ").unwrap_or(&usage).replace("[OPTIONS]", &lang.say("[OPTIONS]"));
    command.override_usage(usage)
}

/// The placeholder of a value in the reader's language: `DATE`.
fn placeholder(lang: Lang, english: &str) -> String {
    lang.say(&format!("<{english}>")).trim_matches(['<', '>']).to_owned()
}

fn argument(arg: Arg, lang: Lang) -> Arg {
    let help = arg.get_help().map(|help| said(lang, help)).unwrap_or_default();
    let long = arg.get_long_help().map(|help| said(lang, help));
    let arg = long.map_or(arg.clone(), |long| arg.long_help(long));
    let heading = if arg.is_positional() { "Arguments" } else { "Options" };
    let arg = arg.help_heading(lang.say(heading).into_owned());
    if !arg.get_action().takes_values() {
        return arg.help(help);
    }
    let value = arg.get_value_names().and_then(|names| names.first().map(ToString::to_string));
    let value = value.unwrap_or_else(|| arg.get_id().as_str().to_uppercase());
    let values = |values: Vec<String>| values.join(", ");
    let defaults = values(arg.get_default_values().iter().map(|value| value.to_string_lossy().into_owned()).collect());
    let possible = values(arg.get_possible_values().iter().map(|value| value.get_name().to_owned()).collect());
    let environment = arg.get_env().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let noted = [("environment variable", environment), ("default", defaults), ("possible values", possible)];
    let noted = noted.iter().filter(|(_, values)| !values.is_empty());
    let noted: String = noted.map(|(what, values)| format!(" [{}: {values}]", lang.say(what))).collect();
    let arg = arg.value_name(placeholder(lang, &value));
    arg.help(format!("{help}{noted}")).hide_default_value(true).hide_possible_values(true).hide_env(true)
}

/// Translates a text of the command line; clap has removed its full stop.
fn said(lang: Lang, english: &StyledStr) -> String {
    lang.say(&english.to_string()).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_is_seen_before_the_rest() {
        for (typed, environment, expected) in [
            ("einmal --lang de cases", None, Lang::De),
            ("einmal cases --lang=de", None, Lang::De),
            ("einmal cases", Some("de"), Lang::De),
            ("einmal cases --lang en", Some("de"), Lang::En),
            ("einmal cases", None, Lang::En),
            ("einmal cases --lang", None, Lang::En),
            ("einmal cases --lang xx", None, Lang::En),
        ] {
            let words = typed.split(' ').map(OsString::from);
            assert_eq!(wanted(words, environment.map(OsString::from)), expected, "{typed}");
        }
    }

    #[test]
    fn every_command_is_the_same_in_german() {
        #[track_caller]
        fn check(english: &Command, german: &Command) {
            let names = |command: &Command| -> Vec<String> {
                command.get_arguments().map(|arg| arg.get_id().to_string()).collect()
            };
            assert_eq!(names(english), names(german), "{}", english.get_name());
            for own in english.get_subcommands() {
                check(own, german.find_subcommand(own.get_name()).unwrap());
            }
        }
        let german = command(Lang::De);
        german.clone().debug_assert();
        let mut english = Cli::command();
        english.build();
        check(&english, &german);
    }
}
