//! How money, days and accounts are written.
//!
//! Works only on the form in which the program writes them. Invariant: anything else is returned unchanged; no amount
//! is rounded.

use crate::Lang;

/// Whether it is an amount or a share in the program's form: `-115.04`, `99.90 %`.
pub(crate) fn is_amount(text: &str) -> bool {
    let digits = |part: &str, least: usize| part.len() >= least && part.bytes().all(|byte| byte.is_ascii_digit());
    let text = text.strip_suffix(" %").unwrap_or(text);
    let amount = text.strip_prefix('-').unwrap_or(text);
    amount.split_once('.').is_some_and(|(whole, part)| digits(whole, 1) && digits(part, 2) && part.len() == 2)
}

/// Cents in the program's form.
pub(crate) fn decimals(cents: i64) -> String {
    let sign = if cents < 0 { "-" } else { "" };
    let (whole, part) = (cents.unsigned_abs() / 100, cents.unsigned_abs() % 100);
    format!("{sign}{whole}.{part:02}")
}

/// An amount in the form of a language, with separated thousands.
pub(crate) fn amount(lang: Lang, text: &str) -> String {
    let (thousands, decimals) = match lang {
        Lang::De => ('.', ','),
        Lang::En => (',', '.'),
    };
    let (sign, positive) = text.strip_prefix('-').map_or(("", text), |positive| ("-", positive));
    let (whole, part) = positive.split_once('.').unwrap_or((positive, "00"));
    let mut written = sign.to_owned();
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place).is_multiple_of(3) {
            written.push(thousands);
        }
        written.push(digit);
    }
    written.push(decimals);
    written.push_str(part);
    written
}

/// Whether it is exactly one text in quotation marks, as `{:?}` writes it: a quotation mark inside has a backslash
/// before it, so the text of a person always ends where it should.
pub(crate) fn is_quoted(text: &str) -> bool {
    let Some(inner) = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')) else { return false };
    let mut is_escaped = false;
    let is_whole = inner.chars().all(|sign| {
        let fits = is_escaped || sign != '"';
        is_escaped = !is_escaped && sign == '\\';
        fits
    });
    is_whole && !is_escaped
}

/// A quoted text with the quotation marks of the language.
pub(crate) fn quoted(lang: Lang, text: &str) -> String {
    let inner = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(text);
    match lang {
        Lang::De => format!("»{}«", inner.replace("\\\"", "\"").replace("\\'", "'")),
        Lang::En => text.to_owned(),
    }
}

/// `2023-11-15` as `15.11.2023`.
pub(crate) fn german_day(text: &str) -> Option<String> {
    let mut parts = text.split('-');
    let mut digits = |wanted: usize| {
        let part = parts.next()?;
        (part.len() == wanted && part.bytes().all(|byte| byte.is_ascii_digit())).then_some(part)
    };
    let (year, month, day) = (digits(4)?, digits(2)?, digits(2)?);
    parts.next().is_none().then(|| format!("{day}.{month}.{year}"))
}

/// The beginning and the last four characters with stars between, whatever the length; if it is too short for an IBAN,
/// only stars.
pub(crate) fn masked(iban: &str) -> String {
    const SHORTEST: usize = 15;
    let signs: Vec<char> = iban.chars().filter(|sign| !sign.is_whitespace()).collect();
    if signs.len() < SHORTEST {
        return "*".repeat(signs.len());
    }
    let first: String = signs.iter().take(4).collect();
    let last: String = signs.iter().skip(signs.len() - 4).collect();
    format!("{first} **** **** **** {last}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_and_days_are_written_as_people_write_them() {
        for (cents, german, english) in [
            (0, "0,00\u{a0}€", "€0.00"),
            (11504, "115,04\u{a0}€", "€115.04"),
            (123_456, "1.234,56\u{a0}€", "€1,234.56"),
            (-100_000_000, "-1.000.000,00\u{a0}€", "-€1,000,000.00"),
            (i64::MIN, "-92.233.720.368.547.758,08\u{a0}€", "-€92,233,720,368,547,758.08"),
        ] {
            assert_eq!((Lang::De.money(cents).as_str(), Lang::En.money(cents).as_str()), (german, english));
        }
        for (text, german) in
            [("1234.56", "1.234,56"), ("-0.05", "-0,05"), ("1.5", "1.5"), ("", ""), ("5.0100.1", "5.0100.1")]
        {
            assert_eq!(Lang::De.money_text(text), german);
        }
        for (text, german) in [
            ("2023-11-15", "15.11.2023"),
            ("2023-4", "2023-4"),
            ("2023-11-15-1", "2023-11-15-1"),
            ("2023-11-1x", "2023-11-1x"),
        ] {
            assert_eq!(Lang::De.date(text), german);
        }
    }

    #[test]
    fn what_somebody_wrote_ends_where_it_ends() {
        for text in ["", "a", "a\" is \"b", "\\", "\\\"", "»a«", "{x}", "a: b", "\n"] {
            assert!(is_quoted(&format!("{text:?}")), "{text}");
        }
        for text in ["", "\"", "\"a\" is \"b\"", "a\"", "\"a\\\""] {
            assert!(!is_quoted(text), "{text}");
        }
        assert_eq!(quoted(Lang::De, &format!("{:?}", "Müller \"Anna\"")), "»Müller \"Anna\"«");
    }

    #[test]
    fn of_an_iban_only_the_last_four_are_shown() {
        for (iban, expected) in [
            ("DE82416500010000000023", "DE82 **** **** **** 0023"),
            ("DE82 4165 0001 0000 0000 23", "DE82 **** **** **** 0023"),
            ("NO9386011117947", "NO93 **** **** **** 7947"),
            ("DE82", "****"),
            ("", ""),
        ] {
            assert_eq!(masked(iban), expected);
        }
    }
}
