//! Pieces of a text that may be a reference, and their forms.
//!
//! Knows characters, not schemes. Invariant: a piece is printed as the text has it, without what labels it.

/// A reference has so many digits at least: fewer are house numbers, quarters and years.
const LEAST_DIGITS: usize = 5;
/// What is longer is no reference (`Max35Text`).
const LONGEST: usize = 35;
/// What people write before a reference, glued to it or not.
const LABELS: [&str; 10] = [
    "KASSENZEICHEN", "KASSENZEICH", "KASSENZ", "BUCHUNGSZEICHEN", "BUZEI", "KZ", "BZ", "AZ", "NR", "PK",
];

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
        if !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit()) {
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
    let is_small = |text: &str, most: u32| text.len() <= 2 && number(text).is_some_and(|value| value >= 1 && value <= most);
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
