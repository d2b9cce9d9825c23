//! All entries of one language, and the search for the entry of a text.
//!
//! Invariant: a search ends soon, whatever the text is: its number of steps is limited, and a text that needs more is
//! unknown.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::sync::Arc;

use crate::Lang;
use crate::forms;
use crate::pattern::{Kind, Pattern, Word};

/// The most attempts for one text; ordinary ones need a few hundred.
const STEPS: u32 = 50_000;

/// No text of the program is longer; a longer one counts as unknown.
const LONGEST: usize = 4_000;

/// How deeply texts may be nested in texts.
const DEPTH: u8 = 6;

/// Where parts of a text may be unknown, an entry that begins with a hole must have at least this many letters of its
/// own to match.
const WEAK: usize = 8;

/// The separators between texts.
const BETWEEN: [&str; 3] = ["\n", ". ", "; "];

/// A list of texts has at least this many pieces; shorter ones are searched as a whole. And at most this many, because
/// nobody reads more.
const MANY: usize = 4;
const MOST: usize = 500;

/// How many pieces of a list one text may span.
const SPAN: usize = 3;

/// The entries of a language.
#[derive(Debug, Default)]
pub(crate) struct Catalogue {
    lang: Lang,
    exact: HashMap<String, String>,
    /// Entries with holes, the more specific first, by the first byte of the texts that they can match: their own first
    /// byte, or any byte if they begin with a hole.
    patterns: HashMap<u8, Vec<Arc<Pattern>>>,
    /// Entries that begin with a hole; for texts whose first byte no other entry has.
    open: Vec<Arc<Pattern>>,
    /// Entries without any letter of their own: they prove nothing about an unknown text.
    vague: Vec<Arc<Pattern>>,
    /// Group and key, in the order of the file.
    entries: Vec<(String, String)>,
}

impl Catalogue {
    /// Reads a file with groups of `"English" = "other language"`; anything that is no entry is skipped.
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
        let particular = |pattern: &Arc<Pattern>| std::cmp::Reverse(pattern.worth);
        for patterns in catalogue.patterns.values_mut() {
            patterns.extend(catalogue.open.iter().cloned());
            patterns.sort_by_key(particular);
        }
        catalogue.open.sort_by_key(particular);
        catalogue
    }

    fn add(&mut self, group: &str, key: &str, said: &str) {
        if !key.contains('{') {
            self.exact.insert(key.to_owned(), said.to_owned());
        } else if let Some(pattern) = Pattern::read(key, said).map(Arc::new) {
            match pattern.begins().bytes().next() {
                _ if pattern.letters == 0 => self.vague.push(pattern),
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

    /// The text in this language; `None` if it is unknown. An unknown part of a known text is left as it is.
    pub(crate) fn say(&self, text: &str) -> Option<String> {
        // a list counts only if each piece is known: something that a person wrote could reach from one piece to the
        // next
        let list = self.list(text);
        match list {
            Some((said, all)) if all || text.contains('\n') => Some(said),
            list => {
                let whole = Search::new(self, true).find(text, DEPTH);
                whole.or(list.map(|(said, _)| said)).or_else(|| Search::new(self, false).find(text, DEPTH))
            }
        }
    }

    /// A list of texts, and whether each of them is known; an unknown one is left as it is. `None` if none is known.
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
            // the shortest match: a longer one could be two texts of which the first has swallowed the second
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

    /// Whether the text and everything in it is known.
    pub(crate) fn knows(&self, text: &str) -> bool {
        Search::new(self, true).find(text, DEPTH).is_some()
    }
}

/// Whether a text begins with the line of a list that it is about: `line 3, posten: …`.
fn begins_with_place(text: &str) -> bool {
    let rest = text.strip_prefix("line ").map(|rest| rest.trim_start_matches(|sign: char| sign.is_ascii_digit()));
    rest.is_some_and(|rest| rest.starts_with([',', ':']))
}

/// The search for one text.
struct Search<'c> {
    catalogue: &'c Catalogue,
    /// Whether each text within the text must be known too.
    strict: bool,
    steps: Cell<u32>,
    /// Results of earlier searches: pieces of the text, by position and depth.
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
        // a text that is not known as a whole does not match an entry by a word in its middle
        let is_weak = !self.strict && pattern.begins().is_empty() && pattern.letters < WEAK;
        // an entry that begins with a hole would swallow the line that a complaint begins with
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

    /// »A, B and C«, element by element.
    fn list(&self, text: &str, depth: u8) -> String {
        let said = |one: &str| self.find(one, depth).unwrap_or_else(|| one.to_owned());
        self.elements(text, |one| Some(said(one))).unwrap_or_else(|| said(text))
    }

    /// A list of at least two elements, each translated; `None` if it is no list or one element is unknown.
    fn elements(&self, text: &str, said: impl Fn(&str) -> Option<String>) -> Option<String> {
        let cut = |and: &&'static str| text.rsplit_once(&format!(" {and} ")).map(|(others, last)| (others, *and, last));
        let (others, and, last) = ["and", "or as", "or"].iter().find_map(cut)?;
        let others: Option<Vec<String>> = others.split(", ").map(&said).collect();
        let and = self.catalogue.exact.get(and).map_or(and, String::as_str);
        Some(format!("{} {and} {}", others?.join(", "), said(last)?))
    }

    /// Several texts, one after the other.
    fn divide(&self, text: &str, depth: u8) -> Option<String> {
        for between in BETWEEN {
            for (place, _) in text.rmatch_indices(between) {
                if !self.step() {
                    return None;
                }
                // a full stop belongs to its sentence
                let (end, start) = (place + usize::from(between == ". "), place + between.len());
                let (Some(left), Some(right)) = (text.get(..end), text.get(start..)) else { continue };
                let gap = text.get(end..start).unwrap_or(between);
                let appended = || text.get(end..).filter(|_| between == ". ").and_then(|text| self.find(text, depth));
                let said = match (self.find(left, depth), self.find(right, depth)) {
                    (Some(left), Some(right)) => Some(format!("{left}{gap}{right}")),
                    // a sentence that is appended with a blank before it
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
