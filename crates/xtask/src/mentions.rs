//! What one source file says of other modules: its `mod`, its `use`, and each path that it writes.
//!
//! Reads words, not Rust: no name is looked up here (`arrows` does that), and what a macro makes is not seen.
//! Invariant: what stands under `#[cfg(test)]` counts for nothing; comments and texts neither.

use std::collections::BTreeSet;
use std::iter::Peekable;
use std::vec::IntoIter;

use anyhow::{Result, anyhow};
use proc_macro2::{Delimiter, Spacing, TokenStream, TokenTree};

/// One name that a `use` brings into a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Import {
    /// Where it comes from, as it is written.
    pub(crate) path: Vec<String>,
    /// What it is called here; `*` for everything.
    pub(crate) name: String,
    /// Whether it is handed on (`pub use`, `pub(crate) use` …).
    pub(crate) handed_on: bool,
}

/// What a file says of others.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Mentions {
    /// Modules that have a file of their own.
    pub(crate) children: BTreeSet<String>,
    pub(crate) imports: Vec<Import>,
    /// Paths of two words or more, outside of `use`.
    pub(crate) paths: BTreeSet<Vec<String>>,
    /// Every word outside of `use`.
    pub(crate) words: BTreeSet<String>,
    /// What the file defines, however deep inside.
    pub(crate) items: BTreeSet<String>,
}

/// Words before the name of something that a path can lead to.
const DEFINING: &[&str] = &["fn", "struct", "enum", "trait", "type", "const", "static", "union", "mod", "macro_rules"];

impl Mentions {
    /// Reads a source file.
    ///
    /// # Errors
    /// If it is no Rust.
    pub(crate) fn read(text: &str) -> Result<Mentions> {
        let tokens: TokenStream = text.parse().map_err(|error| anyhow!("no Rust: {error}"))?;
        let mut mentions = Mentions::default();
        mentions.walk(tokens);
        Ok(mentions)
    }

    fn walk(&mut self, tokens: TokenStream) {
        let mut tokens = Words::of(tokens);
        let mut handed_on = false;
        while let Some(token) = tokens.next() {
            match token {
                TokenTree::Punct(mark) if mark.as_char() == '#' => {
                    if let Some(TokenTree::Group(attribute)) = tokens.next_if(is_brackets) {
                        match attribute.stream().to_string().replace(' ', "").as_str() {
                            "cfg(test)" => skip_item(&mut tokens),
                            _ => self.walk(attribute.stream()),
                        }
                    }
                    continue;
                }
                TokenTree::Punct(mark) if mark.as_char() == '.' => {
                    // the name of a field or a method leads nowhere; what follows on `..` is no such name
                    if tokens.next_if(|next| is_mark(next, '.')).is_none() {
                        tokens.next_if(|next| matches!(next, TokenTree::Ident(_)));
                    }
                }
                TokenTree::Ident(word) if word == "pub" => {
                    tokens
                        .next_if(|next| matches!(next, TokenTree::Group(g) if g.delimiter() == Delimiter::Parenthesis));
                    handed_on = true;
                    continue;
                }
                // `impl Iterator + use<'a>` imports nothing
                TokenTree::Ident(word) if word == "use" && !tokens.peek().is_some_and(|next| is_mark(next, '<')) => {
                    let tree: Vec<TokenTree> = tokens.up_to_semicolon();
                    self.imports_of(&[], tree.into_iter().collect(), handed_on);
                }
                TokenTree::Ident(word) => self.word(word.to_string(), &mut tokens),
                TokenTree::Group(group) => self.walk(group.stream()),
                TokenTree::Punct(_) | TokenTree::Literal(_) => {}
            }
            handed_on = false;
        }
    }

    /// A word that may begin a path or a definition.
    fn word(&mut self, first: String, tokens: &mut Words) {
        if DEFINING.contains(&first.as_str()) {
            let bang = tokens.next_if(|next| is_mark(next, '!')).is_some();
            if let Some(TokenTree::Ident(name)) = tokens.peek() {
                let name = name.to_string();
                // `const fn`, `type` in a macro and the like: the word after is read by itself
                if !DEFINING.contains(&name.as_str()) {
                    tokens.next();
                    if first == "mod" && !bang && tokens.peek().is_some_and(|next| is_mark(next, ';')) {
                        self.children.insert(name.clone());
                    }
                    self.items.insert(name);
                }
            }
            return;
        }
        let mut path = vec![first];
        while tokens.next_colons() {
            match tokens.next_if(|next| matches!(next, TokenTree::Ident(_))) {
                Some(next) => path.push(next.to_string()),
                None => break,
            }
        }
        self.words.extend(path.iter().cloned());
        if path.len() > 1 {
            self.paths.insert(path);
        }
    }

    /// The names of a `use`, whose first words are read already.
    fn imports_of(&mut self, before: &[String], tree: TokenStream, handed_on: bool) {
        let mut tokens = Words::of(tree);
        while tokens.peek().is_some() {
            let mut path = before.to_vec();
            let mut name = None;
            while let Some(token) = tokens.next() {
                match token {
                    TokenTree::Punct(mark) if mark.as_char() == ',' => break,
                    TokenTree::Punct(mark) if mark.as_char() == '*' => name = Some("*".to_owned()),
                    TokenTree::Punct(_) | TokenTree::Literal(_) => {}
                    TokenTree::Ident(word) if word == "as" => {
                        name = tokens.next().map(|renamed| renamed.to_string());
                    }
                    TokenTree::Ident(word) if word == "self" && !path.is_empty() => name = path.last().cloned(),
                    TokenTree::Ident(word) => {
                        path.push(word.to_string());
                        name = Some(word.to_string());
                    }
                    TokenTree::Group(group) => {
                        self.imports_of(&path, group.stream(), handed_on);
                        name = None;
                    }
                }
            }
            self.imports.extend(name.map(|name| Import { path, name, handed_on }));
        }
    }
}

/// Tokens, one after the other.
struct Words(Peekable<IntoIter<TokenTree>>);

impl Words {
    fn of(tokens: TokenStream) -> Words {
        Words(tokens.into_iter().collect::<Vec<_>>().into_iter().peekable())
    }

    fn next(&mut self) -> Option<TokenTree> {
        self.0.next()
    }

    fn peek(&mut self) -> Option<&TokenTree> {
        self.0.peek()
    }

    fn next_if(&mut self, is: impl Fn(&TokenTree) -> bool) -> Option<TokenTree> {
        self.0.next_if(is)
    }

    /// Goes over `::`, if it is next.
    fn next_colons(&mut self) -> bool {
        let is_first = |token: &TokenTree| match token {
            TokenTree::Punct(mark) => mark.as_char() == ':' && mark.spacing() == Spacing::Joint,
            _ => false,
        };
        self.next_if(is_first).is_some() && self.next_if(|next| is_mark(next, ':')).is_some()
    }

    fn up_to_semicolon(&mut self) -> Vec<TokenTree> {
        std::iter::from_fn(|| self.0.next().filter(|token| !is_mark(token, ';'))).collect()
    }
}

fn is_mark(token: &TokenTree, mark: char) -> bool {
    matches!(token, TokenTree::Punct(own) if own.as_char() == mark)
}

fn is_brackets(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Group(group) if group.delimiter() == Delimiter::Bracket)
}

/// Goes over the item that follows: up to its `;`, or to its braces where they end it.
fn skip_item(tokens: &mut Words) {
    let mut ends_in_semicolon = false;
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Ident(word) if ["use", "const", "static", "type"].iter().any(|own| word == own) => {
                ends_in_semicolon = true;
            }
            // `const fn`
            TokenTree::Ident(word) if word == "fn" => ends_in_semicolon = false,
            TokenTree::Group(group) if group.delimiter() == Delimiter::Brace && !ends_in_semicolon => return,
            TokenTree::Punct(mark) if mark.as_char() == ';' => return,
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Mentions {
        Mentions::read(text).unwrap()
    }

    fn path(text: &str) -> Vec<String> {
        text.split("::").map(str::to_owned).collect()
    }

    #[test]
    fn every_name_of_a_use_is_read() {
        type Said<'a> = &'a [(&'a str, &'a str, bool)];
        let table: &[(&str, Said<'_>)] = &[
            ("use crate::a::B;", &[("crate::a::B", "B", false)]),
            (
                "use crate::{a, b::{self, C as D}};",
                &[("crate::a", "a", false), ("crate::b", "b", false), ("crate::b::C", "D", false)],
            ),
            ("pub use a::*;", &[("a", "*", true)]),
            ("pub(crate) use a::B;", &[("a::B", "B", true)]),
            ("pub struct A; use super::b;", &[("super::b", "b", false)]),
            ("fn f() { use crate::a; }", &[("crate::a", "a", false)]),
            ("#[cfg(test)] use crate::a; use crate::b;", &[("crate::b", "b", false)]),
        ];
        for (text, said) in table {
            let imports = said.iter().map(|(from, name, handed_on)| Import {
                path: path(from),
                name: (*name).to_owned(),
                handed_on: *handed_on,
            });
            assert_eq!(read(text).imports, imports.collect::<Vec<_>>(), "{text}");
        }
    }

    #[test]
    fn paths_are_read_and_texts_fields_and_tests_are_not() {
        let table: &[(&str, &[&str])] = &[
            ("fn f() -> crate::a::B { g(super::h()) }", &["crate::a::B", "super::h"]),
            ("fn f() { say!(\"{}\", crate::a::b()) }", &["crate::a::b"]),
            ("/// [`crate::a`]\n// crate::b\nfn f() { \"crate::c\"; 'c'; }", &[]),
            ("fn f<'a>(x: &'a str) { x.a.b::<u8>() }", &[]),
            ("fn f() { X { a, ..b::c() } }", &["b::c"]),
            ("#[cfg(test)]\nmod tests { fn f() { crate::a::b() } }\nfn g() { c::d() }", &["c::d"]),
            ("#[cfg(test)] pub(crate) const fn f() { a::b() } fn g() { c::d::<e::F>() }", &["c::d", "e::F"]),
            ("pub(in crate::a) fn f() {}", &[]),
            ("fn f() -> impl Fn() + use<> { a::b() }", &["a::b"]),
        ];
        for (text, said) in table {
            assert_eq!(read(text).paths, said.iter().map(|said| path(said)).collect(), "{text}");
        }
    }

    #[test]
    fn only_a_module_without_a_body_has_a_file() {
        let read = read("mod a; pub(crate) mod b; mod c { } #[cfg(test)] mod tests; fn d() {}");
        assert_eq!(read.children.into_iter().collect::<Vec<_>>(), ["a", "b"]);
        assert_eq!(read.items.into_iter().collect::<Vec<_>>(), ["a", "b", "c", "d"]);
    }
}
