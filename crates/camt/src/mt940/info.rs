//! Information to the account owner (`:86:`), structured as German banks do.
//!
//! Knows nothing of amounts. Keeps the invariant that no character of the remittance is lost: what has no tag of its own
//! stays in the text.

use super::line::read_amount;
use crate::{Booking, Finding, FindingKind, Money};

/// Tags at the beginning of a subfield, `EREF+` or `EREF:` (DFÜ-Abkommen, Anlage 3, until 2025).
const TAGS: [&str; 16] = [
    "EREF", "KREF", "MREF", "CRED", "DEBT", "COAM", "OAMT", "SVWZ", "ABWA", "ABWE", "IBAN", "BIC", "BREF", "RREF",
    "PURP", "ANAM",
];

/// Puts what the lines of an `:86:` say into the booking; `kind` is the type of its `:61:` (`NTRF`).
pub(crate) fn read_info(lines: &[String], kind: &str, booking: &mut Booking) {
    // A cut may fall between a separator and its key, so the lines are one text before it is divided.
    let text = lines.concat();
    match subfields(&text) {
        Some((code, subfields)) => read_structured(code, &subfields, kind, booking),
        None => booking.remittance = lines.iter().map(|line| line.trim()).collect::<Vec<_>>().join("\n"),
    }
}

/// `166?00GUTSCHRIFT?20EREF+…` to the code and (key, text); the separator is whatever follows the code.
fn subfields(text: &str) -> Option<(&str, Vec<(u8, &str)>)> {
    let (code, rest) = text.split_at_checked(3)?;
    let separator = rest.chars().next().filter(|c| c.is_ascii_punctuation())?;
    if !code.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let mut subfields: Vec<(u8, &str)> = Vec::new();
    let mut rest = rest;
    while let Some(next) = rest.strip_prefix(separator) {
        let (key, text) = next.split_at_checked(2)?;
        let end = text.match_indices(separator).map(|(at, _)| at).find(|at| is_key(text, *at)).unwrap_or(text.len());
        let (text, after) = text.split_at_checked(end)?;
        subfields.push((key.parse().ok()?, text));
        rest = after;
    }
    Some((code, subfields))
}

/// Whether two digits follow the character at `at`: else it is one of the text.
fn is_key(text: &str, at: usize) -> bool {
    let mut following = text.bytes().skip(at.saturating_add(1));
    following.next().is_some_and(|byte| byte.is_ascii_digit())
        && following.next().is_some_and(|byte| byte.is_ascii_digit())
}

fn read_structured(code: &str, subfields: &[(u8, &str)], kind: &str, booking: &mut Booking) {
    let joined = |keys: &[u8]| -> Option<String> {
        let text: String = subfields.iter().filter(|(key, _)| keys.contains(key)).map(|(_, text)| *text).collect();
        Some(text.trim().to_owned()).filter(|text| !text.is_empty())
    };
    booking.additional = joined(&[0]);
    booking.counterparty = joined(&[32, 33]);
    booking.counterparty_iban = joined(&[31]).map(|account| account.replace(' ', ""));
    let parts =
        [Some(kind.to_owned()).filter(|kind| !kind.is_empty()), Some(code.to_owned()), joined(&[10]), joined(&[34])];
    let last = parts.iter().rposition(Option::is_some).map_or(0, |last| last.saturating_add(1));
    let parts = parts.into_iter().take(last).map(Option::unwrap_or_default);
    booking.proprietary_code = Some(parts.collect::<Vec<_>>().join("+"));
    let pieces = subfields.iter().filter(|(key, _)| matches!(key, 20..=29 | 60..=63)).map(|(_, text)| *text);
    read_remittance(pieces, booking);
}

/// Divides the remittance by its tags; what precedes the first tag and what SVWZ says is the text.
fn read_remittance<'a>(pieces: impl Iterator<Item = &'a str>, booking: &mut Booking) {
    let (mut original, mut charges) = (None, None);
    let mut tag = "";
    for piece in pieces {
        let tagged = TAGS.iter().find_map(|tag| Some((*tag, piece.strip_prefix(tag)?.strip_prefix(['+', ':'])?)));
        let text = tagged.map_or(piece, |(_, text)| text);
        tag = tagged.map_or(tag, |(tag, _)| tag);
        let slot = match tag {
            "EREF" => &mut booking.end_to_end_id,
            "MREF" => &mut booking.mandate_id,
            "CRED" => &mut booking.creditor_id,
            "ABWA" => &mut booking.ultimate_debtor,
            "ABWE" => &mut booking.ultimate_creditor,
            "PURP" => &mut booking.purpose,
            "OAMT" => &mut original,
            "COAM" => &mut charges,
            "" | "SVWZ" => {
                add_line(&mut booking.remittance, text);
                continue;
            }
            "IBAN" if booking.counterparty_iban.is_none() => {
                booking.counterparty_iban = Some(text.trim().to_owned());
                continue;
            }
            _ => continue,
        };
        slot.get_or_insert_default().push_str(text);
    }
    state_amounts(original.as_deref(), charges.as_deref(), ":86", booking);
    let slots = [
        &mut booking.end_to_end_id,
        &mut booking.mandate_id,
        &mut booking.creditor_id,
        &mut booking.ultimate_debtor,
        &mut booking.ultimate_creditor,
        &mut booking.purpose,
    ];
    for slot in slots {
        *slot = slot.take().map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    }
}

/// The lines of a `:61:` after its first: `/OCMT/EUR50,00//CHGS/EUR3,00/`, original amount and charges of a return.
pub(crate) fn read_supplementary(lines: &[String], booking: &mut Booking) {
    let text = lines.get(1..).unwrap_or_default().concat();
    let value = |name: &str| Some(text.split_once(name)?.1.split('/').next().unwrap_or_default());
    state_amounts(value("/OCMT/"), value("/CHGS/"), ":61", booking);
}

/// Takes over `EUR50,00`, or `50,00` in the currency of the account.
fn state_amounts(original: Option<&str>, charges: Option<&str>, path: &str, booking: &mut Booking) {
    let mut read = |text: &str| {
        let amount = text.trim().trim_start_matches(|c: char| c.is_ascii_alphabetic());
        let line = booking.line;
        let remark =
            |error| booking.findings.push(Finding { line, path: path.to_owned(), kind: FindingKind::Amount(error) });
        read_amount(amount).map_err(remark).ok()
    };
    let charged = charges.and_then(&mut read);
    let paid = original.and_then(|text| Some((text, read(text)?)));
    booking.charges = booking.charges.or(charged);
    if let Some((text, amount)) = paid {
        let currency: String = text.trim().chars().take_while(char::is_ascii_alphabetic).collect();
        let currency = if currency.is_empty() { booking.currency.clone() } else { Some(currency) };
        booking.original_amount = Some(Money { amount, currency });
    }
}

fn add_line(text: &mut String, line: &str) {
    let line = line.trim();
    if !text.is_empty() && !line.is_empty() {
        text.push('\n');
    }
    text.push_str(line);
}
