//! Statement lines (`:61:`) and balances (`:60F:`, `:62F:`).
//!
//! Knows nothing of what surrounds them. Invariant: a line is read as a whole or not at all.

use jiff::civil::Date;
use sepa::{AmountError, Cents};

use crate::Sign;

/// A statement line.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Line {
    pub(crate) valued: Result<Date, String>,
    /// The booking day. `None` where the line has only the value date, which may be later than the booking day.
    pub(crate) booked: Option<Result<Date, String>>,
    pub(crate) sign: Sign,
    pub(crate) reversal: bool,
    /// Not booked yet (MT942).
    pub(crate) expected: bool,
    pub(crate) amount: Result<Cents, AmountError>,
    /// `NTRF`; empty where the line has none.
    pub(crate) kind: String,
    /// The text in the place of the type, if it is no type.
    pub(crate) wrong_kind: Option<String>,
    /// Reference for the account owner.
    pub(crate) reference: String,
    /// Reference of the bank, after `//`.
    pub(crate) bank_reference: String,
    /// `/OCMT/EUR50,00//CHGS/EUR3,00/`, which some banks write after the references.
    pub(crate) amounts: String,
}

/// How many lines one statement line may be broken into by converters.
const BROKEN: usize = 4;

/// A statement line, and how many lines of its field it takes, because converters break it anywhere. The rest of the
/// field is its supplementary details.
pub(crate) fn read_lines(lines: &[String]) -> Option<(Line, usize)> {
    let mut text = String::new();
    let mut first = None;
    for (count, part) in (1..).zip(lines.iter().take(BROKEN)) {
        text.push_str(part.trim_end());
        let Some(line) = read_line(&text) else { continue };
        let is_whole = !line.kind.is_empty() && (count == 1 || line.kind.len() == KIND);
        if is_whole {
            return Some(with_references(line, lines, count));
        }
        // a wrong type with text after it was written by the bank; one at the end of a line may continue in the next
        let is_cut = line.wrong_kind.as_ref().is_none_or(|kind| text.ends_with(kind.as_str()) && kind.len() < KIND);
        first.get_or_insert((line, count));
        if !is_cut {
            break;
        }
    }
    first
}

/// The reference is mandatory. So where a line ends before it, and the next line can only be the reference, the line
/// was broken there.
fn with_references(line: Line, lines: &[String], count: usize) -> (Line, usize) {
    let next = lines.get(count).map(|next| next.trim()).unwrap_or_default();
    let is_reference =
        next.starts_with("NONREF") || next.starts_with("KREF+") || next.find("//").is_some_and(|at| at > 0);
    if !line.reference.is_empty() || !line.bank_reference.is_empty() || !is_reference {
        return (line, count);
    }
    let (reference, bank_reference, amounts) = split_references(next);
    (Line { reference, bank_reference, amounts, ..line }, count.saturating_add(1))
}

/// `YYMMDD[MMDD](C|D|RC|RD|EC|ED)[letter]amount(N|S|F)XXXreference[//bank reference]`, with blanks in between or not.
fn read_line(text: &str) -> Option<Line> {
    let (day, rest) = text.trim_start().split_at_checked(6).filter(|(day, _)| is_digits(day))?;
    let rest = rest.trim_start();
    let (entry, rest) = match rest.split_at_checked(4) {
        Some((entry, rest)) if is_digits(entry) => (Some(entry), rest),
        _ => (None, rest),
    };
    let rest = rest.trim_start();
    let (expected, rest) = rest.strip_prefix('E').map_or((false, rest), |rest| (true, rest));
    let (sign, reversal, rest) = read_mark(rest)?;
    let rest = rest.trim_start();
    let rest = rest.strip_prefix(|c: char| c.is_ascii_uppercase()).unwrap_or(rest).trim_start();
    let end = rest.find(|c: char| !c.is_ascii_digit() && !matches!(c, ',' | '.')).unwrap_or(rest.len());
    let (amount, rest) = rest.split_at_checked(end).filter(|(amount, _)| !amount.is_empty())?;
    let amount = read_amount(amount);
    let (kind, wrong_kind, references) = split_kind(rest.trim_start());
    let (reference, bank_reference, amounts) = split_references(references);
    let valued = read_day(day);
    Some(Line {
        booked: entry.map(|entry| entry_day(entry, day)),
        valued,
        sign,
        reversal,
        expected,
        amount,
        kind,
        wrong_kind,
        reference,
        bank_reference,
        amounts,
    })
}

/// Words that a reference can begin with; the text before them is the type, whole or cut.
const REFERENCES: [&str; 2] = ["NONREF", "KREF+"];

/// The type code, or the text in its place, and the references.
fn split_kind(text: &str) -> (String, Option<String>, &str) {
    let head = text.split("//").next().unwrap_or_default();
    let begins = REFERENCES.iter().filter_map(|word| head.find(word)).min();
    let at = begins.filter(|at| *at < KIND).unwrap_or(KIND);
    let (kind, references) = text.split_at_checked(at).unwrap_or((text, ""));
    match (is_kind(kind), begins) {
        (true, _) => (kind.trim_end().to_owned(), None, references),
        (false, _) if text.is_empty() => (String::new(), None, ""),
        // only if the reference is recognised, it is clear which text the bank wrote in place of the type
        (false, Some(begin)) if begin <= KIND => (String::new(), Some(kind.to_owned()), references),
        (false, _) => (String::new(), Some(kind.to_owned()), text),
    }
}

/// Characters of a type code.
const KIND: usize = 4;

/// SWIFT, MT940 field 61, subfield 6: N, S or F and three letters or digits; some banks leave the last ones blank.
fn is_kind(text: &str) -> bool {
    let Some(code) = text.strip_prefix(['N', 'S', 'F']) else { return false };
    let is_sign = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit();
    text.len() == KIND && code.starts_with(|c: char| c.is_ascii_alphanumeric()) && code.trim_end().bytes().all(is_sign)
}

/// The references of owner and bank, and the amounts after them.
fn split_references(text: &str) -> (String, String, String) {
    let begins = AMOUNTS.iter().filter_map(|word| text.find(word)).min();
    let (references, amounts) = text.split_at_checked(begins.unwrap_or(text.len())).unwrap_or((text, ""));
    let references = if amounts.is_empty() { references } else { references.trim_end_matches('/') };
    let (reference, bank_reference) = references.split_once("//").unwrap_or((references, ""));
    (reference.trim().to_owned(), bank_reference.trim().to_owned(), amounts.to_owned())
}

/// Code words of amounts: the original amount and the charges.
pub(crate) const AMOUNTS: [&str; 2] = ["/OCMT/", "/CHGS/"];

/// RC takes back a credit, so money goes out; RD the other way round.
fn read_mark(text: &str) -> Option<(Sign, bool, &str)> {
    let marks =
        [("RC", Sign::Debit, true), ("RD", Sign::Credit, true), ("C", Sign::Credit, false), ("D", Sign::Debit, false)];
    marks.iter().find_map(|(mark, sign, reversal)| Some((*sign, *reversal, text.strip_prefix(mark)?)))
}

/// A balance: `C230209EUR100,00`, signed, with day and currency.
pub(crate) fn read_balance(text: &str) -> Option<(Cents, Option<Date>, Option<String>)> {
    let (sign, _, rest) = read_mark(text.trim())?;
    let (day, rest) = rest.split_at_checked(6)?;
    let letters = rest.find(|c: char| !c.is_ascii_alphabetic())?;
    let (currency, amount) = rest.split_at_checked(letters)?;
    let amount = sign.apply(read_amount(amount.trim()).ok()?)?;
    Some((amount, read_day(day).ok(), Some(currency.to_owned()).filter(|currency| !currency.is_empty())))
}

/// `2,80`, `2,8`, `100,`: a comma always, decimals or not.
pub(crate) fn read_amount(text: &str) -> Result<Cents, AmountError> {
    let dotted = text.replacen(',', ".", 1);
    Cents::parse(dotted.strip_suffix('.').unwrap_or(&dotted))
}

/// `YYMMDD`; 80 to 99 are of the last century.
fn read_day(text: &str) -> Result<Date, String> {
    let century = if text >= "80" { "19" } else { "20" };
    let (year, rest) = text.split_at_checked(2).unwrap_or((text, ""));
    let (month, day) = rest.split_at_checked(2).unwrap_or((rest, ""));
    format!("{century}{year}-{month}-{day}").parse().map_err(|_| text.to_owned())
}

/// `MMDD` in the year that brings it nearest to the value date, because around New Year the years differ.
fn entry_day(entry: &str, value: &str) -> Result<Date, String> {
    let near = read_day(value).or_else(|_| read_day(&format!("{}0101", value.get(..2).unwrap_or_default())));
    let near = near.map_err(|_| entry.to_owned())?;
    let (month, day) = entry.split_at_checked(2).unwrap_or((entry, ""));
    let years = [near.year(), near.year().saturating_sub(1), near.year().saturating_add(1)];
    let days = years.iter().filter_map(|year| format!("{year:04}-{month}-{day}").parse::<Date>().ok());
    days.min_by_key(|day| day.since(near).map_or(i32::MAX, |span| span.get_days().abs()))
        .ok_or_else(|| entry.to_owned())
}

fn is_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines() {
        let table = "
            2302090209CR2,00NTRFKREF+//BREF   | 2023-02-09 2023-02-09 Credit 2.00 NTRF [KREF+] [BREF]
            230209D2,8NMSC                    | 2023-02-09 - Debit 2.80 NMSC [] []
            2312310102RC100,NTRFNONREF        | 2023-12-31 2024-01-02 Debit reversal 100.00 NTRF [NONREF] []
            2401021229RDR1,5NTRF              | 2024-01-02 2023-12-29 Credit reversal 1.50 NTRF [] []
            2302300301C1,00NMSCx//            | 230230 2023-03-01 Credit 1.00 NMSC [x] []
            230209EC2,00NTRFNONREF            | 2023-02-09 - Credit expected 2.00 NTRF [NONREF] []
            230209RCR2,00NTRF                 | 2023-02-09 - Debit reversal 2.00 NTRF [] []
            990101C1,234NMSC                  | 1999-01-01 - Credit \"1.234\" has more than two decimals NMSC [] []
            230209X2,00                       | -
            23020                             | -
            2403080308CR 185,20NTRFNONREF//B1 | 2024-03-08 2024-03-08 Credit 185.20 NTRF [NONREF] [B1]
            240308 0308 C R185,20 NTRF A//B   | 2024-03-08 2024-03-08 Credit 185.20 NTRF [A] [B]
            2403080308CR¦185,20NTRFNONREF//B1 | 2024-03-08 2024-03-08 Credit 185.20 NTRF [NONREF] [B1]
            2403080308C¦R185,¦20NTRFA//B1     | 2024-03-08 2024-03-08 Credit 185.20 NTRF [A] [B1]
            2403080308CR185,20NT¦RFA          | 2024-03-08 2024-03-08 Credit 185.20 NTRF [A] []
            2403080308CR185,20NTRF¦NONREF//B1 | 2024-03-08 2024-03-08 Credit 185.20 NTRF [NONREF] [B1]
            2403080308CR185,20NTRF¦KZ 5       | 2024-03-08 2024-03-08 Credit 185.20 NTRF [] [] KZ 5
            2403080308CR185,20¦NUR SO EIN     | 2024-03-08 2024-03-08 Credit 185.20  [] [] NUR SO EIN
            2403080308CR185,20NONREF//B1      | 2024-03-08 2024-03-08 Credit 185.20  wrong [] [NONREF] [B1]
            2403080308CR185,20TRFNONREF//B1   | 2024-03-08 2024-03-08 Credit 185.20  wrong [TRF] [NONREF] [B1]
            2403080308CR185,20NTRNONREF//B1   | 2024-03-08 2024-03-08 Credit 185.20  wrong [NTR] [NONREF] [B1]
            2403080308CR185,20MCI0NONREF      | 2024-03-08 2024-03-08 Credit 185.20  wrong [MCI0] [NONREF] []
            2403080308CR185,20TRFA-4711//B1   | 2024-03-08 2024-03-08 Credit 185.20  wrong [TRFA] [TRFA-4711] [B1]
            100723C1,00NGT NONREF             | 2010-07-23 - Credit 1.00 NGT [NONREF] []
            2403080308DR118,04NRTINONREF/OCMT/EUR115,04//CHGS/EUR3,00/ | 2024-03-08 2024-03-08 Debit 118.04 NRTI [NONREF] [] /OCMT/EUR115,04//CHGS/EUR3,00/
            2403080308DR118,04NRTINONREF//OCMT/EUR115,04/CHGS/EUR3,00/ | 2024-03-08 2024-03-08 Debit 118.04 NRTI [NONREF] [] /OCMT/EUR115,04/CHGS/EUR3,00/";
        for row in table.lines().skip(1) {
            let (text, expected) = row.split_once('|').unwrap();
            let day = |day: Result<Date, String>| day.map_or_else(|text| text, |day| day.to_string());
            let lines: Vec<String> = text.trim().split('¦').map(str::to_owned).collect();
            let shown = read_lines(&lines).map_or("-".to_owned(), |(line, count)| {
                let amount = line.amount.map_or_else(|error| error.to_string(), |amount| amount.to_string());
                let reversal = if line.reversal { " reversal" } else { "" };
                let reversal = if line.expected { " expected" } else { reversal };
                let days = format!("{} {}", day(line.valued), line.booked.map_or("-".to_owned(), day));
                let wrong = line.wrong_kind.map(|kind| format!(" wrong [{kind}]")).unwrap_or_default();
                let rest = [line.amounts, lines[count..].join("¦")].concat();
                let rest = if rest.is_empty() { rest } else { format!(" {rest}") };
                format!(
                    "{days} {:?}{reversal} {amount} {}{wrong} [{}] [{}]{rest}",
                    line.sign, line.kind, line.reference, line.bank_reference
                )
            });
            assert_eq!(shown, expected.trim(), "{row}");
        }
    }

    #[test]
    fn balances() {
        let table = "
            C230209EUR100,00 | 100.00 2023-02-09 EUR
            D230209EUR0,5    | -0.50 2023-02-09 EUR
            C230230EUR1,     | 1.00 - EUR
            C2302091,00      | 1.00 2023-02-09 -
            X230209EUR1,00   | -
            C230209EUR1,001  | -";
        for row in table.lines().skip(1) {
            let (text, expected) = row.split_once('|').unwrap();
            let shown = read_balance(text).map_or("-".to_owned(), |(amount, day, currency)| {
                format!("{amount} {} {}", day.map_or("-".into(), |day| day.to_string()), currency.unwrap_or("-".into()))
            });
            assert_eq!(shown, expected.trim());
        }
    }
}
