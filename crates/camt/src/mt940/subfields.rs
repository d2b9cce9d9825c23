//! Splits a German `:86:` into its code and subfields: `166?00GUTSCHRIFT?20EREF+…`.
//!
//! Knows nothing of what a subfield means except whether it holds text of the payer. Invariant: each character after
//! the code, except separators and keys, is in one subfield.

/// A subfield: its key and its text.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Subfield<'a> {
    pub(crate) key: u8,
    pub(crate) text: &'a str,
}

/// The code and the subfields, in the order of their keys. The separator is whatever character follows the code, with
/// blanks in between or not. If a bank leaves the code out, it is empty and the separator is the usual one. `None` if
/// the text has another form.
pub(crate) fn read_subfields(text: &str) -> Option<(&str, Vec<Subfield<'_>>)> {
    let text = text.trim_start();
    let (code, rest) = match split_code(text) {
        Some((code, rest)) => (code, rest),
        None if text.starts_with(SEPARATOR) => ("", text),
        None => return None,
    };
    let separator = rest.chars().next().filter(char::is_ascii_punctuation)?;
    let mut begins: Vec<(usize, u8)> = Vec::new();
    let mut last = Last::default();
    for (at, _) in rest.match_indices(separator) {
        let Some(key) = rest.get(at.saturating_add(1)..).and_then(read_key) else { continue };
        if is_subfield(
            key,
            begins.last().map(|(_, before)| *before),
            rest.get(at.saturating_add(3)..).unwrap_or_default(),
        ) {
            last.note(key, begins.len());
            begins.push((at, key));
        }
    }
    if begins.first().is_none_or(|(at, _)| *at > 0) || !begins.iter().any(|(_, key)| is_known(*key)) {
        return None;
    }
    let mut subfields = cut(rest, &begins, &last);
    subfields.sort_by_key(|subfield| subfield.key);
    Some((code, subfields))
}

/// The separator where no code shows it.
const SEPARATOR: char = '?';

/// The business transaction code at the beginning of a text, and the text after it without blanks.
pub(crate) fn split_code(text: &str) -> Option<(&str, &str)> {
    let (code, rest) = text.trim_start().split_at_checked(3)?;
    code.bytes().all(|byte| byte.is_ascii_digit()).then(|| (code, rest.trim_start()))
}

/// For each key of bank, account and name: where it occurs last.
#[derive(Debug, Default)]
struct Last([usize; 10]);

impl Last {
    fn note(&mut self, key: u8, place: usize) {
        let slot = key.checked_sub(30).and_then(|at| self.0.get_mut(usize::from(at)));
        slot.into_iter().for_each(|slot| *slot = place);
    }

    fn is_it(&self, key: u8, place: usize) -> bool {
        key.checked_sub(30).and_then(|at| self.0.get(usize::from(at))).is_none_or(|last| *last == place)
    }
}

/// The texts between the keys. A bank gives bank, account and name once, after the text. What looks like one of them
/// before was written by a payer (`Wann?31 Tage`) and stays in its subfield.
fn cut<'a>(rest: &'a str, begins: &[(usize, u8)], last: &Last) -> Vec<Subfield<'a>> {
    let mut subfields: Vec<Subfield<'a>> = Vec::new();
    let mut open: Option<(usize, u8)> = None;
    for (place, (at, key)) in begins.iter().enumerate() {
        let is_text = open.is_some_and(|(_, key)| is_of_payer(key)) && !last.is_it(*key, place);
        if !is_text {
            subfields.extend(open.and_then(|open| subfield(rest, open, *at)));
            open = Some((*at, *key));
        }
    }
    subfields.extend(open.and_then(|open| subfield(rest, open, rest.len())));
    subfields
}

fn subfield(rest: &str, (at, key): (usize, u8), end: usize) -> Option<Subfield<'_>> {
    Some(Subfield { key, text: rest.get(at.saturating_add(3)..end)? })
}

/// The two digits at the beginning of a text.
fn read_key(text: &str) -> Option<u8> {
    text.get(..2).filter(|key| key.bytes().all(|byte| byte.is_ascii_digit()))?.parse().ok()
}

/// Keys of the DFÜ-Abkommen, Anlage 3, chapter 8 (until 2025).
fn is_known(key: u8) -> bool {
    matches!(key, 0 | 10 | 20..=39 | 60..=63)
}

/// Whether a key belongs to a subfield with text of the payer.
pub(crate) fn is_of_payer(key: u8) -> bool {
    matches!(key, 20..=29 | 60..=63)
}

/// Whether a separator with this key begins a subfield. An unknown key is a bank's own addition if it follows what the
/// bank says. After the payer's text it counts only if it follows all text keys and no blank follows it, because the
/// payer may ask `Wann?45 Uhr`.
fn is_subfield(key: u8, before: Option<u8>, text: &str) -> bool {
    let is_behind_text = before.is_some_and(is_of_payer);
    is_known(key) || !is_behind_text || key > 63 && text.starts_with(char::is_alphanumeric)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subfields() {
        let table = "
            166?00A?20B?31C                       => 166 00=A 20=B 31=C
             020?00A                              => 020 00=A
            166>20B>32C                           => 166 20=B 32=C
            166?20B?60D?29C                       => 166 20=B 29=C 60=D
            166?20Wann?45 Uhr?21Nein?             => 166 20=Wann?45 Uhr 21=Nein?
            166?20Bescheid??21 KZ                 => 166 20=Bescheid? 21= KZ
            166?20In?31 Tagen?31DE02?32Max        => 166 20=In?31 Tagen 31=DE02 32=Max
            166?20KZ?32Max?64intern?65XX?70x?34   => 166 20=KZ 32=Max 34= 64=intern 65=XX 70=x
            166?20KZ?64INTERN?31DE02              => 166 20=KZ 31=DE02 64=INTERN
            166?20Wann?64 Uhr?31DE02              => 166 20=Wann?64 Uhr 31=DE02
            166?05X?20KZ                          => 166 05=X 20=KZ
            166?00A?05X?20KZ                      => 166 00=A 05=X 20=KZ
            166 ?00A?20KZ                         => 166 00=A 20=KZ
            ?00A?20KZ?31DE02                      =>  00=A 20=KZ 31=DE02
            >00A>20KZ                             => -
            ?Wann?20KZ                            => -
            166?99Miete                           => -
            166 Miete?20B                         => -
            16?20B                                => -
            166                                   => -";
        for line in table.lines().skip(1) {
            let (text, expected) = line.split_once("=>").unwrap();
            let text = text.strip_prefix("            ").unwrap().trim_end();
            let shown = read_subfields(text).map_or("-".to_owned(), |(code, subfields)| {
                let show = |subfield: &Subfield<'_>| format!(" {:02}={}", subfield.key, subfield.text);
                code.to_owned() + &subfields.iter().map(show).collect::<String>()
            });
            assert_eq!(shown.trim(), expected.trim(), "{line}");
        }
    }
}
