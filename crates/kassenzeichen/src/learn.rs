//! Learning numbering schemes from a file whose every reference is real: the last direct-debit file of another system.
//!
//! Knows texts, not what a debit is. A reference of the same form stands in nearly every text and is another one in each: so
//! the form that covers most texts with different values is the numbering scheme, parts that are always the same belong to
//! its mask, and a check digit is one that all values fit. Invariant: a reference is a piece of the text as it is printed; a
//! scheme is only told where enough values agree.

mod form;

use std::collections::{HashMap, HashSet};

use crate::check::CheckMethod;
use crate::fold::canonical;
use crate::list::known_methods;
use crate::scheme::Scheme;

use form::{Piece, pieces};

/// A scheme that was learned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Learned {
    /// The scheme, named by its mask.
    pub scheme: Scheme,
    /// How many different references are of it.
    pub count: usize,
    /// The first of them.
    pub example: String,
}

/// What was learned of some texts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lesson {
    /// The schemes, the one of most references first.
    pub schemes: Vec<Learned>,
    /// For each text, its references as they are printed there, the most likely first; none where it has none.
    pub references: Vec<Vec<String>>,
}

/// So many different references are enough to tell a check digit: of as many random numbers all fit a method once in a
/// hundred million times.
const CHECKED: usize = 8;
/// So many are enough to tell that a part is always the same.
const SAME: usize = 20;
/// At most so many different values has a part that tells schemes apart.
const CLASSES: usize = 8;
/// A check method is told where no more than one in so many references misfits: some were given out by hand.
const MISFIT: usize = 200;

/// A form of references in the texts.
struct Form {
    /// Texts that have one.
    texts: usize,
    /// Its values, each once, in the order of the texts.
    values: Vec<String>,
}

/// Learns from texts that hold a reference each, or none.
///
/// ```
/// use kassenzeichen::learn;
///
/// let texts: Vec<String> = (0..30).map(|number| format!("KZ P{:06} Pacht I/2024", number * 37)).collect();
/// let lesson = learn(texts.iter().map(String::as_str));
/// assert_eq!(lesson.schemes[0].scheme.mask(), "P######");
/// assert_eq!(lesson.references[1], ["P000037"]);
/// ```
#[must_use]
pub fn learn<'a>(texts: impl IntoIterator<Item = &'a str>) -> Lesson {
    let texts: Vec<Vec<Piece>> = texts.into_iter().map(pieces).collect();
    let forms = forms(&texts);
    let mut ranked: Vec<(&String, u64, bool)> = Vec::new();
    for (shape, form) in &forms {
        // what is the same in many texts is no reference: a year, a day, a telephone number
        if form.values.len() * 2 > form.texts {
            let is_checked = method(&form.values).is_some();
            ranked.push((shape, weight(shape, form, is_checked), is_checked));
        }
    }
    ranked.sort_by_key(|(shape, weight, _)| (std::cmp::Reverse(*weight), *shape));
    let rank: HashMap<&str, usize> = (0..).zip(&ranked).map(|(rank, (shape, ..))| (shape.as_str(), rank)).collect();
    let least = ranked.first().and_then(|(shape, ..)| forms.get(*shape)).map_or(0, |best| best.texts / 500);
    let is_meant = |piece: &&Piece| {
        let form = forms.get(&piece.shape);
        rank.contains_key(piece.shape.as_str()) && form.is_some_and(|form| form.texts > least)
    };
    let references: Vec<Vec<String>> = texts
        .iter()
        .map(|own| {
            let mut meant: Vec<&Piece> = own.iter().filter(is_meant).collect();
            meant.sort_by_key(|piece| rank.get(piece.shape.as_str()).copied().unwrap_or(usize::MAX));
            let best = meant.first().map(|piece| piece.shape.as_str());
            // other references of the same form belong to the same debit; other forms are customers, objects, notices
            meant.retain(|piece| Some(piece.shape.as_str()) == best);
            meant.iter().map(|piece| piece.text.clone()).collect()
        })
        .collect();
    Lesson { schemes: schemes(&references), references }
}

/// What a text quotes that is built like a reference of one of these schemes, though perhaps not quite: zeros lost, letters for
/// digits, a digit too many or too few, a check digit that is wrong. As the scheme prints it where it can be read so, else as it
/// stands in the text.
#[must_use]
pub fn built_like(schemes: &[Scheme], text: &str) -> Vec<String> {
    form::alike(schemes, text)
}

fn forms(texts: &[Vec<Piece>]) -> HashMap<String, Form> {
    let mut forms: HashMap<String, Form> = HashMap::new();
    let mut known: HashSet<&str> = HashSet::new();
    for own in texts {
        let mut seen: Vec<&str> = Vec::new();
        for piece in own {
            let form = forms.entry(piece.shape.clone()).or_insert_with(|| Form { texts: 0, values: Vec::new() });
            if !seen.contains(&piece.shape.as_str()) {
                seen.push(&piece.shape);
                form.texts += 1;
            }
            if known.insert(&piece.text) {
                form.values.push(piece.text.clone());
            }
        }
    }
    forms
}

/// Which of several forms in one text is the reference: the one of most texts by far; of like ones the one with a check
/// digit, then the longer one.
fn weight(shape: &str, form: &Form, is_checked: bool) -> u64 {
    let digits = shape.bytes().filter(|byte| *byte == b'#').count() as u64;
    let scale = u64::from(form.texts.max(1).ilog2() / 2);
    scale * 10_000 + u64::from(is_checked) * 1_000 + digits.min(999)
}

/// The schemes that some references are of.
fn schemes(references: &[Vec<String>]) -> Vec<Learned> {
    let mut known: HashSet<String> = HashSet::new();
    let mut by_shape: HashMap<String, Vec<&str>> = HashMap::new();
    for reference in references.iter().flatten().filter(|reference| known.insert(canonical(reference))) {
        by_shape.entry(form::shape(reference)).or_default().push(reference);
    }
    let mut learned: Vec<Learned> =
        by_shape.into_values().flat_map(|values| classes(&values)).filter_map(|values| scheme(&values)).collect();
    learned.sort_by(|one, other| other.count.cmp(&one.count).then_with(|| one.scheme.mask().cmp(other.scheme.mask())));
    learned
}

/// References of one form, parted by what stands in parts that have few values: each is a scheme of its own.
fn classes<'a>(values: &[&'a str]) -> Vec<Vec<&'a str>> {
    let parts: Vec<Vec<&str>> = values.iter().map(|value| form::parts(value)).collect();
    let count = parts.first().map_or(0, Vec::len);
    let telling: Vec<usize> = (0..count.saturating_sub(1))
        .filter(|at| {
            let distinct: HashSet<&&str> = parts.iter().filter_map(|own| own.get(*at)).collect();
            distinct.len() <= CLASSES && distinct.len() * SAME <= values.len()
        })
        .collect();
    let mut by_class: HashMap<Vec<&str>, Vec<&str>> = HashMap::new();
    for (value, own) in values.iter().zip(&parts) {
        let class = telling.iter().filter_map(|at| own.get(*at).copied()).collect();
        by_class.entry(class).or_default().push(value);
    }
    match by_class.values().all(|own| own.len() >= SAME) {
        true => by_class.into_values().collect(),
        false => vec![values.to_vec()],
    }
}

/// The scheme that references of one form and class are of.
fn scheme(values: &[&str]) -> Option<Learned> {
    let first = *values.first()?;
    let owned: Vec<String> = values.iter().map(|value| (*value).to_owned()).collect();
    let method = method(&owned).unwrap_or(CheckMethod::None);
    let mask = mask(values, method.len());
    let scheme = Scheme::new(&mask, &mask, method).ok()?;
    Some(Learned { scheme, count: values.len(), example: first.to_owned() })
}

/// The check method that the last digits of all values are made by.
fn method(values: &[String]) -> Option<CheckMethod> {
    if values.len() < CHECKED {
        return None;
    }
    let digits: Vec<String> = values.iter().map(|value| value.chars().filter(char::is_ascii_digit).collect()).collect();
    let fits = |method: &CheckMethod| {
        let is_wrong = |digits: &&String| {
            let at = digits.len().saturating_sub(method.len());
            digits
                .split_at_checked(at)
                .is_none_or(|(body, check)| body.is_empty() || method.digits(body).is_none_or(|wanted| wanted != check))
        };
        digits.iter().filter(is_wrong).count() * MISFIT <= digits.len()
    };
    let ends_in_digit = values.iter().all(|value| value.ends_with(|c: char| c.is_ascii_digit()));
    known_methods().into_iter().filter(|_| ends_in_digit).find(fits)
}

/// The mask of references of one form: what is the same in all of them as it is, `C` for the check digits at the end.
fn mask(values: &[&str], check: usize) -> String {
    let first = values.first().copied().unwrap_or_default();
    let is_telling = values.len() >= SAME;
    let parts: Vec<Vec<&str>> = values.iter().map(|value| form::parts(value)).collect();
    let last = form::parts(first).len().saturating_sub(1);
    let is_same = |at: usize| {
        let own = parts.first().and_then(|own| own.get(at));
        is_telling && at < last && parts.iter().all(|other| other.get(at) == own)
    };
    let begins = if last == 0 && is_telling { common(values) } else { 0 };
    let free = first.chars().filter(char::is_ascii_digit).count().saturating_sub(check);
    let (mut written, mut digit, mut part, mut within) = (String::new(), 0, 0, false);
    for c in first.chars() {
        if !c.is_ascii_digit() {
            part += usize::from(std::mem::take(&mut within));
            if matches!(c, '#' | 'C' | '\\') {
                written.push('\\');
            }
            written.push(c);
            continue;
        }
        within = true;
        match digit {
            at if at >= free => written.push('C'),
            at if is_same(part) || at < begins => written.push(c),
            _ => written.push('#'),
        }
        digit += 1;
    }
    written
}

/// How many digits all values begin with, where nothing parts them; zeros at the end of these are the beginning of numbers
/// that are given out one after the other.
fn common(values: &[&str]) -> usize {
    let digits = |value: &str| value.chars().filter(char::is_ascii_digit).collect::<Vec<char>>();
    let first = digits(values.first().copied().unwrap_or_default());
    let shared = values.iter().fold(first.len(), |shared, value| {
        first.iter().zip(digits(value)).take(shared).take_while(|(one, other)| **one == *other).count()
    });
    let shared: Vec<char> = first.into_iter().take(shared).collect();
    shared.iter().rposition(|digit| *digit != '0').map_or(0, |at| at + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The masks with their methods and counts, and the references of the first text.
    fn told(texts: &[String]) -> (Vec<String>, Vec<String>) {
        let lesson = learn(texts.iter().map(String::as_str));
        let schemes =
            lesson.schemes.iter().map(|own| format!("{} {} {}", own.scheme.mask(), own.scheme.check(), own.count));
        (schemes.collect(), lesson.references.into_iter().next().unwrap_or_default())
    }

    fn texts(mask: &str, check: CheckMethod, count: u32, text: impl Fn(&str) -> String) -> Vec<String> {
        let scheme = Scheme::new("x", mask, CheckMethod::None);
        let (places, fixed) = (mask.matches('#').count(), scheme.is_ok());
        let reference = |number: u32| {
            let digits = format!("{:0places$}", (u64::from(number) * 7_919 + 11) % 10_u64.pow(places as u32));
            let mut digits = digits.chars();
            let body: String = mask.chars().map(|c| if c == '#' { digits.next().unwrap() } else { c }).collect();
            let bare: String = body.chars().filter(char::is_ascii_digit).collect();
            body.replace('C', &check.digits(&bare).unwrap_or_default())
        };
        assert!(fixed || mask.contains('C'));
        (0..count).map(|number| text(&reference(number))).collect()
    }

    #[test]
    fn masks_and_check_digits_are_learned() {
        let judge = |kz: &str| format!("{kz} Hauptstraße 12 Abgaben IV/2023 I/2024");
        let mut all = texts("5.0100.######.C", CheckMethod::Luhn, 400, judge);
        all.extend(texts("07/#####-C", CheckMethod::Iso7064Mod11_10, 60, judge));
        all.extend(texts("P######", CheckMethod::None, 30, judge));
        let (schemes, references) = told(&all);
        assert_eq!(schemes, ["5.0100.######.C luhn 400", "07/#####-C iso7064-mod11-10 60", "P###### none 30"]);
        assert_eq!(references.len(), 1);
    }

    #[test]
    fn what_stands_beside_a_reference_is_none() {
        let labelled =
            |kz: &str| format!("Kassenzeichen:{kz} Bescheid vom 12.01.2024 Tel. 02902 81-0, Faelligkeit 15.02.2024");
        let (schemes, _) = told(&texts("12########C", CheckMethod::Mod10_371, 50, labelled));
        assert_eq!(schemes, ["12########C mod10-371 50"]);
        let glued = |kz: &str| format!("SVWZ+KZ{kz} Grundsteuer B 1.Rate 2024");
        assert_eq!(told(&texts("5.0100.######.C", CheckMethod::Luhn, 50, glued)).0, ["5.0100.######.C luhn 50"]);
    }

    #[test]
    fn schemes_of_one_form_are_told_apart() {
        let text = |kz: &str| kz.to_owned();
        let mut all = texts("5.0100.######.C", CheckMethod::Luhn, 90, text);
        all.extend(texts("5.0200.######.C", CheckMethod::Luhn, 40, text));
        assert_eq!(told(&all).0, ["5.0100.######.C luhn 90", "5.0200.######.C luhn 40"]);
    }

    #[test]
    fn few_references_tell_less() {
        let few = texts("5.0100.######.C", CheckMethod::Luhn, 3, |kz| format!("KZ {kz}"));
        let (schemes, references) = told(&few);
        assert_eq!((schemes, references.len()), (vec!["#.####.######.# none 3".to_owned()], 1));
        assert_eq!(told(&["Mitgliedsbeitrag 2024".to_owned()]), (Vec::new(), Vec::new()));
    }

    #[test]
    fn several_references_of_one_debit() {
        let both = |kz: &str| format!("KZ {kz} und 5.0100.999999.1");
        let (_, references) = told(&texts("5.0100.######.C", CheckMethod::Luhn, 30, both));
        assert_eq!(references.len(), 2);
    }
}
