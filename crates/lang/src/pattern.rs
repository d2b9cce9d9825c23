//! One entry of a catalogue: a text with holes, and its translation.
//!
//! Invariant: every value in a hole appears in the translation; the tests of the catalogue check it.

/// What a hole may contain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Any text; it is not translated.
    Any,
    /// A text without blanks; it is not translated.
    Word,
    /// A whole number.
    Number,
    /// An amount in the program's form, or a share (`99.90 %`).
    Money,
    /// A day in the program's form.
    Day,
    /// A text in quotation marks, as `{:?}` writes it.
    Quoted,
    /// A text of the program, which is translated too; it may be empty.
    Said,
    /// »A, B and C«, each a text of the program.
    List,
    /// »A, B and C«, which are not translated.
    Names,
}

/// A piece of the key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Piece {
    Text(String),
    Hole(String, Kind),
}

/// A piece of the translation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Word {
    Text(String),
    /// The value of the hole with this name.
    Hole(String),
    /// One of two forms, by the number in the hole: for one, or for any other.
    Plural(String, String, String),
}

/// An entry with holes.
#[derive(Debug)]
pub(crate) struct Pattern {
    pub(crate) key: Vec<Piece>,
    pub(crate) said: Vec<Word>,
    /// How many letters the key has outside of holes.
    pub(crate) letters: usize,
    /// How specific the key is: its own letters and figures, less holes for anything.
    pub(crate) worth: i64,
}

/// The values in the holes.
pub(crate) type Caught<'a> = Vec<(&'a str, Kind, &'a str)>;

impl Pattern {
    /// Reads an entry; `None` if a brace is not closed, a kind is unknown, or the translation has a hole that the key
    /// lacks.
    pub(crate) fn read(key: &str, said: &str) -> Option<Pattern> {
        let mut pattern = Pattern { key: Vec::new(), said: Vec::new(), letters: 0, worth: 0 };
        for (text, hole) in cut(key)? {
            if !text.is_empty() {
                pattern.key.push(Piece::Text(text.to_owned()));
            }
            if let Some(hole) = hole {
                let (name, kind) = hole.split_once(':').unwrap_or((hole, if hole == "n" { "n" } else { "" }));
                pattern.key.push(Piece::Hole(name.to_owned(), kind_of(kind)?));
            }
        }
        for (text, hole) in cut(said)? {
            if !text.is_empty() {
                pattern.said.push(Word::Text(text.to_owned()));
            }
            if let Some(hole) = hole {
                let mut parts = hole.split('|');
                let name = parts.next().filter(|name| pattern.has(name))?.to_owned();
                pattern.said.push(match (parts.next(), parts.next()) {
                    (Some(one), Some(many)) => Word::Plural(name, one.to_owned(), many.to_owned()),
                    _ => Word::Hole(name),
                });
            }
        }
        pattern.letters = letters(&pattern.key);
        pattern.worth = worth(&pattern.key, pattern.letters);
        Some(pattern)
    }

    fn has(&self, name: &str) -> bool {
        self.key.iter().any(|piece| matches!(piece, Piece::Hole(own, _) if own == name))
    }

    /// The text before the first hole.
    pub(crate) fn begins(&self) -> &str {
        match self.key.first() {
            Some(Piece::Text(text)) => text,
            _ => "",
        }
    }

    /// Whether it begins with a hole for any text.
    pub(crate) fn begins_with_anything(&self) -> bool {
        matches!(self.key.first(), Some(Piece::Hole(_, Kind::Any)))
    }

    /// Whether the key's own texts occur in a text, in their order; a quick check before the holes are examined.
    pub(crate) fn may_be(&self, text: &str) -> bool {
        let begins = self.begins();
        let Some(behind) = text.strip_prefix(begins) else { return false };
        let ends = match self.key.last() {
            Some(Piece::Text(own)) => text.ends_with(own.as_str()),
            _ => true,
        };
        let figures = || !self.key.iter().any(is_figure) || text.bytes().any(|byte| byte.is_ascii_digit());
        let own = self.key.iter().filter_map(|piece| match piece {
            Piece::Text(own) => Some(own.as_str()),
            Piece::Hole(..) => None,
        });
        let mut own = own.skip(usize::from(!begins.is_empty()));
        ends && figures() && own.try_fold(behind, |rest, own| Some(rest.split_once(own)?.1)).is_some()
    }

    /// The values in the holes, if the text has this form and every value fits its hole.
    pub(crate) fn catch<'a>(&'a self, text: &'a str, fits: &dyn Fn(Kind, &str) -> bool) -> Option<Caught<'a>> {
        let mut caught = Vec::new();
        catch(&self.key, text, fits, &mut caught).then_some(caught)
    }
}

fn is_figure(piece: &Piece) -> bool {
    matches!(piece, Piece::Hole(_, Kind::Number | Kind::Money | Kind::Day))
}

fn worth(key: &[Piece], letters: usize) -> i64 {
    const ANYTHING: i64 = 10;
    const FIGURE: i64 = 5;
    let count = |what: &dyn Fn(&Piece) -> bool| key.iter().filter(|piece| what(piece)).count();
    let anything = count(&|piece| matches!(piece, Piece::Hole(_, Kind::Any | Kind::Names)));
    let whole = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
    let said = whole(letters).saturating_add(whole(count(&is_figure)).saturating_mul(FIGURE));
    said.saturating_sub(whole(anything).saturating_mul(ANYTHING))
}

fn letters(key: &[Piece]) -> usize {
    let own = key.iter().map(|piece| match piece {
        Piece::Text(text) => text.chars().filter(|sign| sign.is_alphabetic()).count(),
        Piece::Hole(..) => 0,
    });
    own.sum()
}

fn catch<'a>(key: &'a [Piece], text: &'a str, fits: &dyn Fn(Kind, &str) -> bool, caught: &mut Caught<'a>) -> bool {
    let (name, kind, rest) = match key {
        [] => return text.is_empty(),
        [Piece::Text(own), rest @ ..] => {
            return text.strip_prefix(own.as_str()).is_some_and(|behind| catch(rest, behind, fits, caught));
        }
        [Piece::Hole(name, kind), rest @ ..] => (name.as_str(), *kind, rest),
    };
    let mut try_end = |end: usize| {
        let Some((inner, behind)) = text.split_at_checked(end) else { return false };
        if !fits(kind, inner) {
            return false;
        }
        let before = caught.len();
        caught.push((name, kind, inner));
        let is_whole = catch(rest, behind, fits, caught);
        if !is_whole {
            caught.truncate(before);
        }
        is_whole
    };
    match rest.first() {
        None => try_end(text.len()),
        Some(Piece::Text(next)) => text.match_indices(next.as_str()).any(|(end, _)| try_end(end)),
        Some(Piece::Hole(..)) => text.char_indices().map(|(end, _)| end).chain([text.len()]).any(try_end),
    }
}

fn kind_of(word: &str) -> Option<Kind> {
    Some(match word {
        "" => Kind::Any,
        "word" => Kind::Word,
        "n" => Kind::Number,
        "eur" => Kind::Money,
        "date" => Kind::Day,
        "quote" => Kind::Quoted,
        "say" => Kind::Said,
        "list" => Kind::List,
        "names" => Kind::Names,
        _ => return None,
    })
}

/// The texts of an entry, each with the hole after it.
fn cut(entry: &str) -> Option<Vec<(&str, Option<&str>)>> {
    let mut pieces = Vec::new();
    let mut rest = entry;
    while let Some((text, behind)) = rest.split_once('{') {
        let (hole, behind) = behind.split_once('}')?;
        pieces.push((text, Some(hole)));
        rest = behind;
    }
    pieces.push((rest, None));
    Some(pieces)
}
