//! All entries of one language, and how a text finds its own.
//!
//! Invariant: a search ends soon, whatever the text: it has so many steps, and a text that needs more is not known.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;

use crate::Lang;
use crate::forms;
use crate::pattern::{Kind, Pattern, Word};

/// Attempts for one text; ordinary ones need a few hundred.
const STEPS: u32 = 50_000;

/// No text of the program is longer; a longer one is not known.
const LONGEST: usize = 4_000;

/// How deep texts stand within texts.
const DEPTH: u8 = 6;

/// Letters of its own that a text has at least which begins with somebody else's word.
const WEAK: usize = 8;

/// What one text ends with before the next begins.
const BETWEEN: [&str; 3] = ["\n", ". ", "; "];

/// Pieces that a list of texts has at least: fewer are looked at as a whole. And at most: nobody reads more.
const MANY: usize = 4;
const MOST: usize = 500;

/// Pieces of a list that one text of ours may have itself.
const SPAN: usize = 3;

/// The entries of a language.
#[derive(Debug, Default)]
pub(crate) struct Catalogue {
    lang: Lang,
    exact: HashMap<String, String>,
    /// Those with holes, the more particular first, by the first byte of a text that they can be: their own, or any where they
    /// begin with a hole.
    patterns: HashMap<u8, Vec<Pattern>>,
    /// Those that begin with a hole: what a text can be whose first byte is no pattern's.
    open: Vec<Pattern>,
    /// Those without a letter of their own: they say nothing of a text that is not known.
    vague: Vec<Pattern>,
    /// Group and key, as they stand in the file.
    entries: Vec<(String, String)>,
}

impl Catalogue {
    /// Reads a file of groups of `"English" = "other language"`; an entry that is none is passed over.
    pub(crate) fn read(lang: Lang, text: &str) -> Catalogue {
        let mut catalogue = Catalogue { lang, ..Catalogue::default() };
        let groups = text.parse::<toml::Table>().unwrap_or_default();
        for (group, entries) in &groups {
            for (key, said) in entries.as_table().into_iter().flatten() {
                if let Some(said) = said.as_str() {
                    catalogue.add(group, key, said);
                }
            }
        }
        let particular = |pattern: &Pattern| std::cmp::Reverse(pattern.worth());
        for patterns in catalogue.patterns.values_mut() {
            patterns.extend_from_slice(&catalogue.open);
            patterns.sort_by_key(particular);
        }
        catalogue.open.sort_by_key(particular);
        catalogue
    }

    fn add(&mut self, group: &str, key: &str, said: &str) {
        if !key.contains('{') {
            self.exact.insert(key.to_owned(), said.to_owned());
        } else if let Some(pattern) = Pattern::read(key, said) {
            match pattern.begins().bytes().next() {
                _ if pattern.letters() == 0 => self.vague.push(pattern),
                Some(first) => self.patterns.entry(first).or_default().push(pattern),
                None => self.open.push(pattern),
            }
        } else {
            return;
        }
        self.entries.push((group.to_owned(), key.to_owned()));
    }

    pub(crate) fn entries(&self) -> &[(String, String)] {
        &self.entries
    }

    /// The text in this language; nothing where it is not known. A part of it that is not known stays as it is.
    pub(crate) fn say(&self, text: &str) -> Option<String> {
        // a list is one only as long as each of it is known: what somebody wrote could reach from one to the next
        let list = self.list(text);
        match list {
            Some((said, all)) if all || text.contains('\n') => Some(said),
            list => {
                let whole = Search::new(self, true).find(text, DEPTH);
                whole.or(list.map(|(said, _)| said)).or_else(|| Search::new(self, false).find(text, DEPTH))
            }
        }
    }

    /// A list of texts, one after the other, and whether each is known; one that is not stays as it is. Nothing where none is known.
    fn list(&self, text: &str) -> Option<(String, bool)> {
        BETWEEN.iter().find_map(|between| {
            let pieces: Vec<&str> = text.split(between).collect();
            let is_list = *between == "\n" && pieces.len() > 1 || pieces.len() >= MANY;
            (is_list && pieces.len() <= MOST).then(|| self.pieces(&pieces, between)).flatten()
        })
    }

    fn pieces(&self, pieces: &[&str], between: &str) -> Option<(String, bool)> {
        let (mut said, mut rest, mut known, mut all) = (Vec::new(), pieces, false, true);
        while let Some((first, others)) = rest.split_first() {
            let longest = if between == "\n" { 1 } else { SPAN.min(rest.len()) };
            let stop = |count: usize| if between == ". " && count < rest.len() { "." } else { "" };
            let whole = |count: usize| {
                let (own, behind) = rest.split_at_checked(count)?;
                let said = Search::new(self, true).find(&format!("{}{}", own.join(between), stop(count)), DEPTH)?;
                Some((said.strip_suffix(stop(count)).map(str::to_owned).unwrap_or(said), behind))
            };
            // the shortest: a longer one could be two of which the first has swallowed the second
            let found = (1..=longest).find_map(whole);
            all &= found.is_some() || first.is_empty();
            let found = found.or_else(|| Some((Search::new(self, false).find(first, DEPTH)?, others)));
            known |= found.is_some();
            let (text, behind) = found.unwrap_or_else(|| ((*first).to_owned(), others));
            said.push(text);
            rest = behind;
        }
        known.then(|| (said.join(between), all))
    }

    /// Whether the text and all in it is known.
    pub(crate) fn knows(&self, text: &str) -> bool {
        Search::new(self, true).find(text, DEPTH).is_some()
    }
}

/// Whether a text begins with the line that it is about: `line 3, posten: …`.
fn begins_with_place(text: &str) -> bool {
    let rest = text.strip_prefix("line ").map(|rest| rest.trim_start_matches(|sign: char| sign.is_ascii_digit()));
    rest.is_some_and(|rest| rest.starts_with([',', ':']))
}

/// One text's way through the catalogue.
struct Search<'c> {
    catalogue: &'c Catalogue,
    /// Whether each text within the text must be known too.
    strict: bool,
    steps: Cell<u32>,
    /// What was looked for already: pieces of one text, by their place, with the depth.
    seen: RefCell<HashMap<(usize, usize, u8), Option<String>>>,
}

impl<'c> Search<'c> {
    fn new(catalogue: &'c Catalogue, strict: bool) -> Search<'c> {
        Search { catalogue, strict, steps: Cell::new(STEPS), seen: RefCell::default() }
    }

    fn find(&self, text: &str, depth: u8) -> Option<String> {
        if let Some(said) = self.catalogue.exact.get(text) {
            return Some(said.clone());
        }
        let deeper = depth.checked_sub(1).filter(|_| text.len() <= LONGEST && self.step())?;
        let place = (text.as_ptr().addr(), text.len(), depth);
        if let Some(said) = self.seen.borrow().get(&place) {
            return said.clone();
        }
        let said = self.look(text, deeper);
        self.seen.borrow_mut().insert(place, said.clone());
        said
    }

    fn look(&self, text: &str, depth: u8) -> Option<String> {
        let first = text.bytes().next()?;
        let mut patterns = self.catalogue.patterns.get(&first).unwrap_or(&self.catalogue.open).iter();
        let mut vague = self.catalogue.vague.iter().filter(|_| self.strict);
        patterns
            .find_map(|pattern| self.fill(pattern, text, depth))
            .or_else(|| self.divide(text, depth))
            .or_else(|| vague.find_map(|pattern| self.fill(pattern, text, depth)))
            .or_else(|| self.elements(text, |one| self.find(one, depth)))
    }

    fn step(&self) -> bool {
        let left = self.steps.get().checked_sub(1);
        self.steps.set(left.unwrap_or(0));
        left.is_some()
    }

    fn fill(&self, pattern: &Pattern, text: &str, depth: u8) -> Option<String> {
        // what is not known whole is not taken for a text by a word in its middle
        let is_weak = !self.strict && pattern.begins().is_empty() && pattern.letters() < WEAK;
        // whose first word may be anything would swallow the place that a complaint begins with
        let swallows = pattern.begins_with_anything() && begins_with_place(text);
        if is_weak || swallows || !pattern.may_be(text) {
            return None;
        }
        let fits = |kind: Kind, inner: &str| self.step() && self.fits(kind, inner, depth);
        let caught = pattern.catch(text, &fits)?;
        let of = |name: &str| caught.iter().find(|(own, _, _)| *own == name).map(|(_, kind, inner)| (*kind, *inner));
        let mut said = String::new();
        for word in &pattern.said {
            match word {
                Word::Text(text) => said.push_str(text),
                Word::Hole(name) => {
                    let (kind, inner) = of(name)?;
                    said.push_str(&self.inner(kind, inner, depth));
                }
                Word::Plural(name, one, many) => said.push_str(if of(name)?.1 == "1" { one } else { many }),
            }
        }
        Some(said)
    }

    fn fits(&self, kind: Kind, inner: &str, depth: u8) -> bool {
        match kind {
            Kind::Any | Kind::Names => !inner.is_empty(),
            Kind::Word => !inner.is_empty() && !inner.contains(char::is_whitespace),
            Kind::Number => !inner.is_empty() && inner.bytes().all(|byte| byte.is_ascii_digit()),
            Kind::Money => forms::is_amount(inner),
            Kind::Day => forms::german_day(inner).is_some(),
            Kind::Quoted => forms::is_quoted(inner),
            Kind::List => !inner.is_empty() && (!self.strict || self.find(inner, depth).is_some()),
            Kind::Said => !self.strict || inner.is_empty() || self.find(inner, depth).is_some(),
        }
    }

    fn inner(&self, kind: Kind, inner: &str, depth: u8) -> String {
        match kind {
            Kind::Any | Kind::Word | Kind::Number => inner.to_owned(),
            Kind::Quoted => forms::quoted(self.catalogue.lang, inner),
            Kind::Money => forms::amount(self.catalogue.lang, inner),
            Kind::Day => self.catalogue.lang.date(inner).into_owned(),
            Kind::Said => self.find(inner, depth).unwrap_or_else(|| inner.to_owned()),
            Kind::List | Kind::Names => self.list(inner, depth),
        }
    }

    /// »A, B and C« element by element.
    fn list(&self, text: &str, depth: u8) -> String {
        let said = |one: &str| self.find(one, depth).unwrap_or_else(|| one.to_owned());
        self.elements(text, |one| Some(said(one))).unwrap_or_else(|| said(text))
    }

    /// A list of at least two, each element as it is said; nothing where it is none or one is not known.
    fn elements(&self, text: &str, said: impl Fn(&str) -> Option<String>) -> Option<String> {
        let cut = |and: &&'static str| text.rsplit_once(&format!(" {and} ")).map(|(others, last)| (others, *and, last));
        let (others, and, last) = ["and", "or as", "or"].iter().find_map(cut)?;
        let others: Option<Vec<String>> = others.split(", ").map(&said).collect();
        let and = self.catalogue.exact.get(and).map_or(and, String::as_str);
        Some(format!("{} {and} {}", others?.join(", "), said(last)?))
    }

    /// Several texts, one behind the other.
    fn divide(&self, text: &str, depth: u8) -> Option<String> {
        for between in BETWEEN {
            for (place, _) in text.rmatch_indices(between) {
                if !self.step() {
                    return None;
                }
                // a full stop is its sentence's own
                let (end, start) = (place + usize::from(between == ". "), place + between.len());
                let (Some(left), Some(right)) = (text.get(..end), text.get(start..)) else { continue };
                let gap = text.get(end..start).unwrap_or(between);
                let appended = || text.get(end..).filter(|_| between == ". ").and_then(|text| self.find(text, depth));
                let said = match (self.find(left, depth), self.find(right, depth)) {
                    (Some(left), Some(right)) => Some(format!("{left}{gap}{right}")),
                    // a sentence that is appended with its blank
                    (Some(left), None) if let Some(right) = appended() => Some(format!("{left}{right}")),
                    (Some(left), None) if !self.strict => Some(format!("{left}{gap}{right}")),
                    (None, Some(right)) if !self.strict => Some(format!("{left}{gap}{right}")),
                    _ => None,
                };
                if said.is_some() {
                    return said;
                }
            }
        }
        None
    }
}
