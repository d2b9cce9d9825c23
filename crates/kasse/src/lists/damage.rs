//! Traces of letters that were lost, or read in a wrong encoding, before a list was saved.
//!
//! Knows characters and their neighbours, not bytes. Invariant: a sign stands for a letter only inside of a word, or where
//! nobody would write it.

/// Where and how a text was damaged before it was saved.
pub(super) fn damage(text: &str) -> Option<(usize, String)> {
    let mut before = ' ';
    let mut chars = text.char_indices().peekable();
    while let Some((offset, one)) = chars.next() {
        let next = chars.peek().map_or(' ', |(_, next)| *next);
        let found = if one.is_ascii() { of_ascii(text, offset, before, one) } else { of_sign(before, one, next) };
        if let Some(why) = found {
            return Some((offset, why));
        }
        before = one;
    }
    None
}

fn of_sign(before: char, one: char, next: char) -> Option<String> {
    match one {
        '\u{fffd}' => return Some("a letter was lost here before (U+FFFD)".to_owned()),
        '\u{80}'..='\u{9f}' => return Some("a control character stands in the text".to_owned()),
        _ => {}
    }
    if is_twice(one, next) {
        let pair = format!("{one}{next}");
        return Some(format!("{pair:?} is a letter of UTF-8 that was read as two and saved anew"));
    }
    let within = before.is_alphabetic() && next.is_alphabetic();
    let instead = match one {
        // what a DOS window makes of the letters of UTF-8
        '\u{2500}'..='\u{259f}' => before.is_alphabetic() || next.is_alphabetic(),
        // what an old Mac makes of those of Windows-1252
        'ﬂ' | '‹' => within,
        'ƒ' | '÷' => within || begins_word(before) && next.is_lowercase(),
        sign => within && is_no_letter(sign),
    };
    instead.then(|| in_place_of_a_letter(one))
}

fn in_place_of_a_letter(sign: char) -> String {
    format!("{:?} stands in a word in the place of a letter: the text was in another encoding before", sign.to_string())
}

/// Signs that nobody writes between two letters.
pub(super) fn is_no_letter(sign: char) -> bool {
    "„”‚ƒˆ§†‡‰¤¦¨¬¯±¶¸¿¡×÷¢£¥€".contains(sign)
}

/// Whether two characters are what a letter of UTF-8 looks like in Windows-1252: no text has them side by side.
pub(super) fn is_twice(one: char, next: char) -> bool {
    match one {
        'Ã' | 'Â' => is_upper_half(next),
        'â' => next == '€' || next == '\u{80}',
        'ï' => next == '¿',
        _ => false,
    }
}

/// What Windows-1252 makes of the bytes 0x80 to 0xBF: signs, but for the letters of its first rows.
fn is_upper_half(character: char) -> bool {
    matches!(character, '\u{80}'..='\u{bf}') || "€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ".contains(character)
}

/// Letters that became question marks, the seven-bit letters of old German machines, and those of web pages.
fn of_ascii(text: &str, offset: usize, before: char, one: char) -> Option<String> {
    let rest = || text.get(offset..).unwrap_or_default();
    match one {
        '?' => {
            let next = rest().trim_start_matches('?').chars().next().unwrap_or(' ');
            let is_lost = before.is_alphabetic() && next.is_alphabetic() || begins_word(before) && next.is_lowercase();
            // an address of the web asks with a question mark
            let is_address = || token(text, offset).contains(['=', '/']);
            (is_lost && !is_address()).then(|| "a letter was lost here before (\"?\")".to_owned())
        }
        '{' | '|' | '}' | '~' => {
            let next = rest().trim_start_matches(['{', '|', '}', '~']).chars().next().unwrap_or(' ');
            let divides = || one == '|' && line(text, offset).matches('|').count() >= MANY;
            (before.is_alphabetic() && next.is_lowercase() && !divides()).then(|| in_place_of_a_letter(one))
        }
        '[' | ']' => {
            let next = rest().chars().nth(1).unwrap_or(' ');
            let is_capital = before.is_uppercase() && next.is_uppercase()
                || one == ']' && begins_word(before) && next.is_lowercase();
            let other = if one == '[' { ']' } else { '[' };
            (is_capital && !line(text, offset).contains(other)).then(|| in_place_of_a_letter(one))
        }
        '&' => letter_of_the_web(rest()).map(|letter| format!("{letter:?} is a letter as web pages write it")),
        _ => None,
    }
}

/// Marks in a line that are more than letters: they divide its cells.
const MANY: usize = 5;

fn begins_word(before: char) -> bool {
    before.is_whitespace() || [';', ',', '"', '-'].contains(&before)
}

/// The word around a place, with all its signs.
fn token(text: &str, offset: usize) -> &str {
    around(text, offset, |sign| sign.is_whitespace() || [';', '"'].contains(&sign))
}

fn line(text: &str, offset: usize) -> &str {
    around(text, offset, |sign| ['\n', '\r'].contains(&sign))
}

fn around(text: &str, offset: usize, ends: impl Fn(char) -> bool + Copy) -> &str {
    let (before, behind) = text.split_at_checked(offset).unwrap_or((text, ""));
    let start = before.rfind(ends).map_or(0, |place| place + 1);
    let end = behind.find(ends).map_or(text.len(), |place| offset + place);
    // the sign before the start may have more bytes than one: then it is no part of the text that is looked at anyway
    text.get(start..end).unwrap_or(behind)
}

/// `&uuml;`, `&szlig;`, `&#252;`.
fn letter_of_the_web(rest: &str) -> Option<&str> {
    const LONGEST: usize = 9;
    const ENDINGS: [&str; 9] = ["uml", "acute", "grave", "circ", "cedil", "tilde", "slash", "ring", "caron"];
    let end = rest.bytes().take(LONGEST).position(|byte| byte == b';')?;
    let name = rest.get(1..end)?;
    let is_number = name.strip_prefix('#').is_some_and(|number| {
        let digits = number.strip_prefix(['x', 'X']).unwrap_or(number);
        !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
    });
    let of_ending = |ending: &&str| name.strip_suffix(*ending).is_some_and(|letter| letter.len() == 1);
    let is_pair = name == "szlig" || name.eq_ignore_ascii_case("aelig") || name.eq_ignore_ascii_case("oelig");
    (is_number || is_pair || ENDINGS.iter().any(of_ending)).then(|| rest.get(..=end))?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_that_were_lost_are_seen() {
        for text in [
            "J?rg",
            "Gr??e",
            "x;?zdemir",
            "M\u{251c}\u{255d}ller",
            "M¸ller",
            "Grˆße",
            "Straﬂe",
            "J‰ger",
            "x;ƒrzte",
            "J}rg",
            "Gr|~e",
            "M|ller;J{ger",
            "M]LLER",
            "x;]bel",
            "M&uuml;ller",
            "Gro&szlig;e",
            "M&#252;ller",
            "Jos&eacute;",
        ] {
            assert!(damage(text).is_some(), "{text}");
        }
    }

    #[test]
    fn signs_between_words_are_no_letters() {
        for text in [
            "Wer zahlt?",
            "Offen? Ja",
            "https://amt.example/liste?art=1",
            "kassenzeichen|posten|art|faellig|betrag|schuldner",
            "Müller & Sohn; Haus",
            "Müller &Sohn;x",
            "Adler [geb. Falk]",
            "SEPA[CORE]",
            "{name}; Ost - West ~ 3",
            "─────────;║ Summe ║",
            "Müller, „Krone“, Dušan Žagar, 3 × 4, 5 €, §12",
            "STADT\\MUELLER",
        ] {
            assert_eq!(damage(text), None, "{text}");
        }
    }
}
