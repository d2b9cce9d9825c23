//! Information to the account owner (`:86:`), structured as German banks do or by the code words of SWIFT.
//!
//! Knows nothing of amounts. Keeps the invariant that no character of the remittance is lost: what has no tag of its own
//! stays in the text.

use super::codewords::{CodeWords, read_code_words};
use super::line::read_amount;
use super::remittance::{Remittance, read_remittance};
use crate::class::{Class, reason_of_extension};
use crate::{Booking, Finding, FindingKind, Money};

/// Puts what the lines of an `:86:` say into the booking; `kind` is the type of its `:61:` (`NTRF`).
pub(crate) fn read_info(lines: &[String], kind: &str, booking: &mut Booking) {
    // A cut may fall between a separator and its key, so the lines are one text before it is divided.
    let text = lines.concat();
    if let Some((code, subfields)) = subfields(&text) {
        read_structured(code, subfields, kind, booking);
    } else if let Some(words) = read_code_words(&text) {
        take_code_words(words, booking);
    } else {
        add_info(lines, booking);
    }
}

/// Adds the lines of a further `:86:` to the text.
pub(crate) fn add_info(lines: &[String], booking: &mut Booking) {
    for line in lines {
        add_line(&mut booking.remittance, line);
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
        let key = read_key(next)?;
        let text = next.get(2..)?;
        let keys = text.match_indices(separator).map(|(at, _)| at);
        let mut keys = keys.filter(|at| text.get(at.saturating_add(1)..).is_some_and(|text| read_key(text).is_some()));
        let (text, after) = text.split_at_checked(keys.next().unwrap_or(text.len()))?;
        subfields.push((key, text));
        rest = after;
    }
    Some((code, subfields))
}

/// The key that a text begins with. What is none of the keys that exist belongs to the text: a payer may ask `Wann?45`.
fn read_key(text: &str) -> Option<u8> {
    let key = text.get(..2).filter(|key| key.bytes().all(|byte| byte.is_ascii_digit()))?.parse().ok()?;
    matches!(key, 0 | 10 | 20..=39 | 60..=63).then_some(key)
}

/// Takes over the subfields, in whatever order they came.
fn read_structured(code: &str, mut subfields: Vec<(u8, &str)>, kind: &str, booking: &mut Booking) {
    subfields.sort_by_key(|(key, _)| *key);
    let joined = |keys: &[u8]| -> Option<String> {
        let text: String = subfields.iter().filter(|(key, _)| keys.contains(key)).map(|(_, text)| *text).collect();
        filled(&text)
    };
    booking.additional = joined(&[0]);
    booking.counterparty = joined(&[32, 33]);
    booking.counterparty_iban = joined(&[31]).map(|account| account.replace(' ', ""));
    let extension = joined(&[34]);
    let is_return = Class::of_gvc(code).is_return();
    booking.return_reason = extension.as_deref().filter(|_| is_return).and_then(reason_of_extension).map(str::to_owned);
    let parts =
        [Some(kind.to_owned()).filter(|kind| !kind.is_empty()), Some(code.to_owned()), joined(&[10]), extension];
    let last = parts.iter().rposition(Option::is_some).map_or(0, |last| last.saturating_add(1));
    let parts = parts.into_iter().take(last).map(Option::unwrap_or_default);
    booking.proprietary_code = Some(parts.collect::<Vec<_>>().join("+"));
    let pieces = subfields.iter().filter(|(key, _)| matches!(key, 20..=29 | 60..=63)).map(|(_, text)| *text);
    take_remittance(read_remittance(pieces), booking);
}

fn take_remittance(tagged: Remittance, booking: &mut Booking) {
    for line in &tagged.text {
        add_line(&mut booking.remittance, line);
    }
    let value = |name: &str| tagged.value(name).and_then(filled);
    booking.end_to_end_id = value("EREF");
    booking.mandate_id = value("MREF");
    booking.creditor_id = value("CRED");
    booking.payment_information_id = value("KREF").filter(|reference| is_reference(reference));
    booking.ultimate_debtor = value("ABWA");
    booking.ultimate_creditor = value("ABWE");
    booking.purpose = value("PURP");
    let account = value("IBAN").map(|account| account.replace(' ', ""));
    booking.counterparty_iban = booking.counterparty_iban.take().or(account);
    state_amounts(value("OAMT").as_deref(), value("COAM").as_deref(), ":86", booking);
}

fn take_code_words(words: CodeWords, booking: &mut Booking) {
    let value = |names: &[&str]| names.iter().find_map(|name| words.value(name)).and_then(filled);
    booking.end_to_end_id = value(&["EREF"]);
    booking.mandate_id = value(&["MARF"]);
    booking.creditor_id = value(&["CSID"]);
    booking.payment_information_id = value(&["PREF"]).filter(|reference| is_reference(reference));
    booking.purpose = value(&["PURP"]);
    booking.return_reason = value(&["RTRN"]);
    booking.counterparty = words.counterparty();
    booking.counterparty_iban = words.account();
    booking.remittance = words.remittance();
}

/// Whether it is one, and not the word for none or for the field that has it.
pub(crate) fn is_reference(text: &str) -> bool {
    !matches!(text, "" | "NONREF" | "KREF" | "KREF+" | "EREF" | "EREF+")
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
        let remark = |error| booking.findings.push(Finding::new(line, path, FindingKind::Amount(error)));
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

/// The text without blanks at either end, if there is any.
fn filled(text: &str) -> Option<String> {
    Some(text.trim()).filter(|text| !text.is_empty()).map(str::to_owned)
}

fn add_line(text: &mut String, line: &str) {
    let line = line.trim();
    if !text.is_empty() && !line.is_empty() {
        text.push('\n');
    }
    text.push_str(line);
}
