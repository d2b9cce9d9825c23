//! Pieces of a text that may be a reference, and their forms.
//!
//! Knows characters, not schemes. Invariant: a piece is printed as the text has it, without what labels it.

use crate::fold::look_alike;
use crate::scheme::Scheme;

/// A reference has so many digits at least: fewer are house numbers, quarters and years.
const LEAST_DIGITS: usize = 5;
/// What is longer is no reference (`Max35Text`).
const LONGEST: usize = 35;
/// What people write before a reference, glued to it or not.
const LABELS: [&str; 10] =
    ["KASSENZEICHEN", "KASSENZEICH", "KASSENZ", "BUCHUNGSZEICHEN", "BUZEI", "KZ", "BZ", "AZ", "NR", "PK"];

/// A piece of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Piece {
    /// As it is printed.
    pub(super) text: String,
    /// Its form: `#` for each digit, everything else as it is.
    pub(super) shape: String,
}

/// The form of a reference.
pub(super) fn shape(text: &str) -> String {
    text.chars().map(|c| if c.is_ascii_digit() { '#' } else { c.to_ascii_uppercase() }).collect()
}

/// The runs of digits of a reference.
pub(super) fn parts(text: &str) -> Vec<&str> {
    text.split(|c: char| !c.is_ascii_digit()).filter(|part| !part.is_empty()).collect()
}

/// What of a text may be a reference.
pub(super) fn pieces(text: &str) -> Vec<Piece> {
    let is_between = |c: char| c.is_whitespace() || matches!(c, ',' | ';' | ':' | '=' | '(' | ')' | '"' | '+' | '|');
    let words: Vec<&str> = text.split(is_between).filter(|word| !word.is_empty()).collect();
    let mut found: Vec<Piece> = words.iter().filter_map(|word| piece(word)).collect();
    if found.is_empty() {
        // a reference in groups: `5 0100 000301 9`
        found.extend(grouped(text));
    }
    found
}

fn piece(word: &str) -> Option<Piece> {
    let word = without_label(word.trim_matches(|c: char| !c.is_alphanumeric()));
    let word = word.trim_matches(|c: char| !c.is_alphanumeric());
    let digits = word.bytes().filter(u8::is_ascii_digit).count();
    let letters = word.chars().filter(|c| c.is_alphabetic()).count();
    let is_plain = word.is_ascii() && word.len() <= LONGEST && letters <= digits;
    (digits >= LEAST_DIGITS && is_plain && !is_day_or_period(word) && !is_iban(word))
        .then(|| Piece { text: word.to_owned(), shape: shape(word) })
}

/// The longest run of neighbouring groups of digits.
fn grouped(text: &str) -> Option<Piece> {
    let mut best: Vec<&str> = Vec::new();
    let mut run: Vec<&str> = Vec::new();
    for word in text.split(' ') {
        // the first group may have the letters before it: `P1 56 46 8`
        let digits = if run.is_empty() { word.trim_start_matches(|c: char| c.is_ascii_uppercase()) } else { word };
        let is_group = !digits.is_empty() && word.len() <= digits.len() + 2;
        if is_group && digits.bytes().all(|byte| byte.is_ascii_digit()) {
            run.push(word);
            let digits = |words: &[&str]| words.iter().map(|word| word.len()).sum::<usize>();
            if digits(&run) > digits(&best) {
                best.clone_from(&run);
            }
        } else {
            run.clear();
        }
    }
    let joined = best.join(" ");
    let digits = joined.bytes().filter(u8::is_ascii_digit).count();
    (best.len() > 1 && digits > LEAST_DIGITS && joined.len() <= LONGEST)
        .then(|| Piece { shape: shape(&joined), text: joined })
}

fn without_label(word: &str) -> &str {
    for label in LABELS {
        let Some((head, rest)) = word.split_at_checked(label.len()) else { continue };
        let is_number = rest.trim_start_matches(['.', '-', '/']).starts_with(|c: char| c.is_ascii_digit());
        if head.eq_ignore_ascii_case(label) && is_number {
            return rest;
        }
    }
    word
}

/// `15.02.2024`, `2024-02-15`, `15.02.24`, `IV/2023`, `11/2023`, `2023/11`.
fn is_day_or_period(word: &str) -> bool {
    let parts: Vec<&str> = word.split(['.', '-', '/']).collect();
    let number = |text: &str| text.parse::<u32>().ok().filter(|_| text.bytes().all(|byte| byte.is_ascii_digit()));
    let is_year = |text: &str| text.len() == 4 && number(text).is_some_and(|year| (1980..2100).contains(&year));
    let is_small =
        |text: &str, most: u32| text.len() <= 2 && number(text).is_some_and(|value| value >= 1 && value <= most);
    match parts.as_slice() {
        [one, two, three] => {
            let is_short_year = three.len() == 2 && number(three).is_some();
            (is_small(one, 31) && is_small(two, 12) && (is_year(three) || is_short_year))
                || (is_year(one) && is_small(two, 12) && is_small(three, 31))
        }
        [one, two] => {
            let is_roman = |text: &str| matches!(text.to_ascii_uppercase().as_str(), "I" | "II" | "III" | "IV");
            let is_period = |text: &str| is_roman(text) || is_small(text.trim_start_matches(['Q', 'q']), 12);
            (is_period(one) && is_year(two)) || (is_year(one) && is_period(two)) || (is_year(one) && is_year(two))
        }
        _ => false,
    }
}

fn is_iban(word: &str) -> bool {
    let mut bytes = word.bytes();
    let country = bytes.by_ref().take(2).filter(u8::is_ascii_alphabetic).count();
    country == 2 && word.len() >= 15 && bytes.take(2).all(|byte| byte.is_ascii_digit())
}

/// What a text quotes that is built like a reference of a scheme, though perhaps not quite: a digit too many or too few, zeros
/// lost, letters for digits, a check digit that is wrong. As the scheme prints it where it can be read so, else as it stands.
pub(super) fn alike(schemes: &[Scheme], text: &str) -> Vec<String> {
    let is_between = |c: char| c.is_whitespace() || matches!(c, ',' | ';' | ':' | '=' | '(' | ')' | '"' | '+' | '|');
    // lines are cut anywhere: what is whole over a cut is meant
    let joined = text.replace('\n', "");
    let is_whole = |reference: &String| schemes.iter().any(|scheme| scheme.check_reference(reference).is_ok());
    let mut alike: Vec<String> = Vec::new();
    for text in [joined.as_str(), text] {
        let mut words: Vec<String> = text.split(is_between).filter_map(number_in).collect();
        // the first of a list: `501004154313/4321/4347`
        words.extend(text.split(is_between).flat_map(|word| word.split('/')).filter_map(number_in));
        words.extend(grouped(&text.replace('\n', " ")).map(|piece| piece.text));
        let mut found: Vec<String> = Vec::new();
        for word in words {
            let meant = schemes.iter().find_map(|scheme| read_as(scheme, &word));
            found.extend(meant.filter(|meant| !found.contains(meant)));
        }
        // beside a whole one, what is only built alike is something else, or a piece of it
        if found.iter().any(is_whole) {
            found.retain(is_whole);
            return found;
        }
        if alike.is_empty() {
            alike = found;
        }
    }
    alike
}

/// A word that may be a reference, even a damaged one.
fn number_in(word: &str) -> Option<String> {
    let bare = without_label(word.trim_matches(|c: char| !c.is_alphanumeric()));
    let bare = bare.trim_matches(|c: char| !c.is_alphanumeric());
    let digits = bare.bytes().filter(u8::is_ascii_digit).count();
    let is_number = digits >= 3 && bare.is_ascii() && bare.len() <= LONGEST;
    (is_number && !is_day_or_period(bare) && !is_iban(bare)).then(|| bare.to_owned())
}

/// A piece read as a reference of a scheme.
fn read_as(scheme: &Scheme, word: &str) -> Option<String> {
    let prefix: String = scheme.prefix().iter().collect();
    let letters = prefix.chars().take_while(|c| c.is_alphabetic()).count();
    let folded: String = word
        .chars()
        .enumerate()
        .filter(|(_, c)| c.is_alphanumeric())
        .map(|(at, c)| if at < letters { c.to_ascii_uppercase() } else { look_alike(c).unwrap_or(c) })
        .collect();
    let is_number = folded.chars().skip(letters).all(|c| c.is_ascii_digit());
    if !is_number || folded.len() + 2 < scheme.len() || folded.len() > scheme.len() + 1 {
        return None;
    }
    if scheme.canonical(&folded).is_ok() {
        return scheme.printed(&folded);
    }
    let parts: Vec<&str> = word.split(|c: char| !c.is_alphanumeric()).collect();
    if let Some(padded) = padded(scheme, &parts).filter(|padded| scheme.canonical(padded).is_ok()) {
        return scheme.printed(&padded);
    }
    // as it stands: built like the scheme's references where it begins as they do, zeros aside
    let bare = |text: &str| text.chars().filter(|c| *c != '0').collect::<String>();
    let begins = bare(&folded).starts_with(&bare(&prefix));
    let is_long = prefix.len() > 1 || letters > 0 || parts.len() == scheme.parts().len();
    let signs =
        |text: &str| text.chars().filter(|c| !matches!(c, '#' | '\\') && !c.is_alphanumeric()).collect::<String>();
    let is_laid_out = signs(word).len() > 1 && signs(word) == signs(scheme.mask());
    (begins && is_long || is_laid_out).then(|| word.to_owned())
}

/// The parts of a reference with the zeros before each that its scheme has.
fn padded(scheme: &Scheme, parts: &[&str]) -> Option<String> {
    if parts.len() == scheme.parts().len() {
        let one = |(part, length): (&&str, &usize)| format!("{part:0>length$}");
        return Some(parts.iter().zip(scheme.parts()).map(one).collect());
    }
    // written in one: the zeros of a part that are gone
    let [whole] = parts else { return None };
    if scheme.check().len() == 0 {
        // nothing would tell that a zero is what is missing
        return None;
    }
    let missing = scheme.len().checked_sub(whole.len()).filter(|missing| *missing > 0)?;
    let mut at = 0;
    for length in scheme.parts() {
        let with = whole.split_at_checked(at).map(|(before, rest)| format!("{before}{}{rest}", "0".repeat(missing)));
        if let Some(with) = with.filter(|with| scheme.canonical(with).is_ok()) {
            return Some(with);
        }
        at += length;
    }
    None
}
