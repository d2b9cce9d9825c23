//! The texts in the sources that a person can be shown.
//!
//! These are: comments of the settings that are written for a new town; literals with a blank and a word in them; the
//! result of functions that give words; the names of journal entries; table headings; the help of the command line;
//! what is passed to `say` or `t`; and each whole sentence of the pages.

use std::fs;
use std::path::{Path, PathBuf};
use std::str::FromStr as _;

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// The crates whose literals people are shown.
const SAYING: [&str; 6] = ["kasse", "ledger", "store", "camt", "kassenzeichen", "sepa"];

/// Crates that display texts: here only literals that are passed to one of the functions below count, and in pages
/// whole sentences.
const SHOWING: [&str; 2] = ["einmal", "web"];
const SHOWN_BY: [&str; 4] = ["say", "t", "note", "Said"];

/// Functions that return words: their literals count although they are single words.
const WORDS: [&str; 8] = ["word", "words", "strength", "field_name", "how_quoted", "state", "decision", "fmt"];
/// Files whose lists of names are not table columns.
const NO_TABLES: [&str; 2] = ["einmal/src/demo.rs", "einmal/src/speech.rs"];
/// Functions that take a word as an argument.
const HANDED: [&str; 2] = ["skipped", "act"];

/// Macros whose literals only a developer or an operator reads.
const UNSAID: [&str; 13] = [
    "debug",
    "info",
    "warn",
    "trace",
    "panic",
    "assert",
    "assert_eq",
    "debug_assert",
    "unreachable",
    "include_str",
    "env",
    "concat",
    "facts",
];

/// A text with its place in the sources.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) file: String,
    pub(crate) line: usize,
    pub(crate) text: String,
    /// The text with its holes unnamed.
    pub(crate) form: String,
    /// Whether it is a text that a person is shown; otherwise it is some literal, which may be a part of a text.
    pub(crate) shown: bool,
}

/// The folder that contains all crates.
pub(crate) fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// A text with every hole as `{}`.
pub(crate) fn form_of(text: &str) -> String {
    let mut form = String::new();
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once('{') {
        form.push_str(before);
        let Some((_, behind)) = behind.split_once('}') else { return form + "{" + behind };
        form.push_str("{}");
        rest = behind;
    }
    form + rest
}

/// All texts of all sources.
pub(crate) fn all() -> Vec<Said> {
    let mut said = Vec::new();
    for name in SAYING.into_iter().chain(SHOWING) {
        let showing = SHOWING.contains(&name);
        for path in files(&folder().join(name).join("src"), "rs") {
            let mut file = File { path: shown(&path), showing, said: &mut said };
            let source = fs::read_to_string(&path).unwrap();
            file.tokens(&TokenStream::from_str(&source).unwrap().into_iter().collect::<Vec<_>>(), Place::Code);
        }
        for path in files(&folder().join(name).join("templates"), "html") {
            page(&path, &mut said);
        }
    }
    settings(&folder().join("kasse/src/base/einmal.toml"), &mut said);
    said
}

/// The comments of the settings that `einmal init` writes: each paragraph is a text, and so is a comment after a
/// setting.
fn settings(path: &Path, said: &mut Vec<Said>) {
    let mut add = |line: usize, text: String| {
        said.push(Said { file: shown(path), line, form: form_of(&text), text, shown: true });
    };
    let mut paragraph: Vec<String> = Vec::new();
    for (line, text) in fs::read_to_string(path).unwrap().lines().chain([""]).enumerate() {
        let own = text.strip_prefix("# ").unwrap_or(text);
        let key = own.split_once('=').map_or("", |(key, _)| key.trim());
        let is_key = !key.is_empty() && key.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_'));
        let is_setting = own.starts_with('[') || is_key;
        if !text.is_empty() && !is_setting {
            paragraph.push(own.to_owned());
            continue;
        }
        if !paragraph.is_empty() {
            add(line, std::mem::take(&mut paragraph).join(" "));
        }
        let mut marks = text.match_indices(" # ").map(|(place, _)| place);
        let is_outside = |place: &usize| text.split_at(*place).0.matches('"').count() % 2 == 0;
        if let Some(place) = marks.find(is_outside).filter(|_| is_setting) {
            add(line + 1, text.split_at(place + 3).1.to_owned());
        }
    }
}

fn shown(path: &Path) -> String {
    path.strip_prefix(folder()).unwrap().display().to_string()
}

fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut files = Vec::new();
    for path in entries.map(|entry| entry.unwrap().path()) {
        if path.is_dir() && path.file_name().is_none_or(|name| name != "tests") {
            files.extend(self::files(&path, ending));
        } else if path.extension().is_some_and(|own| own == ending) {
            files.push(path);
        }
    }
    files.sort();
    files
}

/// The texts of a template: what it passes to `t("…")`.
fn page(path: &Path, said: &mut Vec<Said>) {
    for (number, line) in fs::read_to_string(path).unwrap().lines().enumerate() {
        let mut before = None;
        let line = line.replace("t(&format!(\"", "t(\"").replace("t(format!(\"", "t(\"");
        for piece in line.split("t(\"") {
            let is_call = before.is_some_and(|before: char| !before.is_alphanumeric() && before != '_');
            if let Some((text, _)) = piece.split_once('"').filter(|_| is_call) {
                let (file, form) = (shown(path), form_of(text));
                said.push(Said { file, line: number + 1, form, text: text.to_owned(), shown: true });
            }
            // the part before the first call is no text
            before = piece.chars().next_back().or(Some(' '));
        }
    }
}

/// What a literal is part of.
#[derive(Clone, Copy, PartialEq)]
enum Place {
    Code,
    /// The body of a function that returns words.
    Words,
    /// The arguments of a function that displays texts.
    Shown,
    /// The arguments of a function that takes a word: the first literal after a comma.
    Act,
    Unsaid,
}

struct File<'a> {
    path: String,
    showing: bool,
    said: &'a mut Vec<Said>,
}

impl File<'_> {
    fn tokens(&mut self, tokens: &[TokenTree], place: Place) {
        let headings =
            self.path.starts_with("einmal") && !NO_TABLES.contains(&self.path.as_str()) && is_headings(tokens);
        let mut actions = 0;
        for (at, token) in tokens.iter().enumerate() {
            let before = |back: usize| at.checked_sub(back).map(|at| tokens[at].to_string()).unwrap_or_default();
            match token {
                TokenTree::Group(group) => {
                    let inner: Vec<TokenTree> = group.stream().into_iter().collect();
                    if is_attribute(group.delimiter(), &before(1), &before(2)) {
                        self.attribute(&inner);
                    } else if !(group.delimiter() == Delimiter::Brace && is_test(tokens, at)) {
                        self.tokens(&inner, self.within(place, tokens, at));
                    }
                }
                TokenTree::Literal(literal) => {
                    let Ok(syn::Lit::Str(text)) = syn::parse_str::<syn::Lit>(&literal.to_string()) else { continue };
                    let is_word = literal.to_string().len() > 2;
                    let is_action = is_word && place == Place::Act && before(1) == "," && actions == 0;
                    actions += usize::from(is_action);
                    let line = literal.span().start().line;
                    let text = text.value();
                    if headings {
                        self.add(line, text.to_uppercase().replace('_', " "), true);
                    }
                    // the pattern of a match arm is not displayed
                    let is_sought = tokens
                        .get(at + 1..at + 3)
                        .is_some_and(|next| next.iter().map(ToString::to_string).eq(["=", ">"]));
                    let shown = !headings && (is_action || !is_sought && self.is_said(&text, place));
                    self.add(line, text, shown);
                }
                TokenTree::Ident(name) => self.add(name.span().start().line, name.to_string(), false),
                TokenTree::Punct(_) => {}
            }
        }
    }

    /// What the group at this position of the tokens is.
    fn within(&self, place: Place, tokens: &[TokenTree], at: usize) -> Place {
        let before = |back: usize| at.checked_sub(back).map(|at| tokens[at].to_string()).unwrap_or_default();
        let is_macro = before(1) == "!";
        let called = if is_macro { before(2) } else { before(1) };
        match tokens[at].to_string().chars().next() {
            _ if place == Place::Unsaid || is_macro && UNSAID.contains(&called.as_str()) => Place::Unsaid,
            Some('{') if self.function(tokens, at).is_some_and(|name| self.gives_words(&name)) => Place::Words,
            Some('{') if self.function(tokens, at).is_some() => Place::Code,
            Some('(') if self.showing && !is_macro && SHOWN_BY.contains(&called.as_str()) => Place::Shown,
            Some('(') if !self.showing && HANDED.contains(&called.as_str()) => Place::Act,
            // the words of an enum, each beside its variant
            Some('[')
                if before(1) == "=" && tokens[..at].iter().rev().take(12).any(|token| token.to_string() == "ALL") =>
            {
                Place::Words
            }
            // an argument of a function that displays texts may itself be a call
            Some('(') if place == Place::Shown && called != "format" && !called.is_empty() && called != "," => {
                Place::Code
            }
            _ if place == Place::Act => Place::Code,
            _ => place,
        }
    }

    /// Whether a function with this name returns words that are displayed; in crates that display texts, only one named
    /// `word`.
    fn gives_words(&self, name: &str) -> bool {
        if self.showing { name == "word" } else { WORDS.contains(&name) }
    }

    /// The name of the function whose body the group is.
    fn function(&self, tokens: &[TokenTree], at: usize) -> Option<String> {
        let start = tokens[..at].iter().rposition(|token| matches!(token.to_string().as_str(), "fn" | ";"))?;
        let is_head = tokens[start].to_string() == "fn"
            && !tokens[start..at]
                .iter()
                .any(|token| matches!(token, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace));
        is_head.then(|| tokens[start + 1].to_string())
    }

    /// Errors have their text in an attribute; the help of the command line is in doc comments.
    fn attribute(&mut self, inner: &[TokenTree]) {
        let name = inner.first().map(ToString::to_string).unwrap_or_default();
        let help = name == "doc" && self.path.contains("einmal/src/") && self.path.ends_with("cli.rs");
        let literals = |tokens: &[TokenTree]| -> Vec<(usize, String)> {
            tokens
                .iter()
                .filter_map(|token| match token {
                    TokenTree::Literal(literal) => match syn::parse_str::<syn::Lit>(&literal.to_string()) {
                        Ok(syn::Lit::Str(text)) => Some((literal.span().start().line, text.value())),
                        _ => None,
                    },
                    _ => None,
                })
                .collect()
        };
        match inner.get(1) {
            Some(TokenTree::Group(group)) if name == "error" => {
                let inner: Vec<TokenTree> = group.stream().into_iter().collect();
                literals(&inner)
                    .into_iter()
                    .filter(|(_, text)| is_text(text))
                    .for_each(|(line, text)| self.add(line, text, true));
            }
            _ if help => literals(inner).into_iter().for_each(|(line, text)| {
                let text = text.trim();
                self.add(line, text.strip_suffix('.').unwrap_or(text).to_owned(), true);
            }),
            _ => {}
        }
    }

    fn is_said(&self, text: &str, place: Place) -> bool {
        match place {
            Place::Unsaid => false,
            Place::Words | Place::Shown => form_of(text).chars().any(char::is_alphabetic),
            Place::Code | Place::Act if self.showing => self.is_of_pages() && is_sentence(text),
            Place::Code | Place::Act => is_text(text),
        }
    }

    /// Whether a reader in a browser sees what the file says; programs are answered in English.
    fn is_of_pages(&self) -> bool {
        self.path.starts_with("web/src") && !self.path.starts_with("web/src/api")
    }

    fn add(&mut self, line: usize, text: String, shown: bool) {
        self.said.push(Said { file: self.path.clone(), line, form: form_of(&text), text, shown });
    }
}

/// Whether a literal is a text: it has a word and a blank, and is no SQL.
fn is_text(text: &str) -> bool {
    const SQL: [&str; 12] = [
        "SELECT", "INSERT", "UPDATE", "DELETE", "CREATE", "PRAGMA", "FROM", "WHERE", "VALUES", "BEGIN", "ORDER", "DROP",
    ];
    let is_sql = text.split_whitespace().any(|word| SQL.contains(&word));
    let own = form_of(text);
    let has_word = own.split(|sign: char| !sign.is_alphabetic()).any(|word| word.chars().count() > 1);
    !is_sql && own.trim_end_matches("\\\n").contains(' ') && has_word
}

/// Whether a literal is a whole sentence: the pages' answers are, wherever they are built.
fn is_sentence(text: &str) -> bool {
    let begins = text.starts_with(|sign: char| sign == '{' || sign.is_uppercase());
    begins && text.ends_with('.') && is_text(text)
}

/// At least two names of columns in a row.
fn is_headings(tokens: &[TokenTree]) -> bool {
    let names = tokens.iter().step_by(2).all(|token| {
        let text = token.to_string();
        text.starts_with('"')
            && text.len() > 3
            && text
                .trim_matches('"')
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
    });
    let commas = tokens.iter().skip(1).step_by(2).all(|token| token.to_string() == ",");
    tokens.len() > 2 && names && commas
}

fn is_attribute(delimiter: Delimiter, before: &str, before_it: &str) -> bool {
    delimiter == Delimiter::Bracket && (before == "#" || before == "!" && before_it == "#")
}

/// Whether the braces at this position are a test module.
fn is_test(tokens: &[TokenTree], at: usize) -> bool {
    let head: String = tokens[..at].iter().rev().take(8).map(ToString::to_string).collect();
    at > 1 && tokens[at - 2].to_string() == "mod" && head.contains("(test)")
}
