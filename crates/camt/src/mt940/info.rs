//! Reads the information to the account owner (`:86:`), structured as German banks do or by SWIFT's code words.
//!
//! Knows nothing of amounts. Invariant: no character is lost. Each is in one field of the booking or in its remittance;
//! what has no field of its own is in [`Booking::additional`]. Only words that mean "no reference" are left out.

use super::account::{old_account, split_account};
use super::codewords::{CodeWords, read_code_words};
use super::line::{AMOUNTS, read_amount};
use super::remittance::{Accounts, Remittance, read_remittance};
use super::subfields::{Subfield, is_of_payer, read_subfields, split_code};
use crate::class::{Class, reason_of_extension};
use crate::{Booking, Finding, FindingKind, Money};

/// Copies the content of an `:86:` into the booking; `kind` is the type of its `:61:` (`NTRF`), `own` the statement's
/// account as `:25:` names it.
pub(crate) fn read_info(lines: &[String], kind: &str, own: Option<&str>, booking: &mut Booking) {
    // A line may be cut between a separator and its key, so the lines are joined before they are split.
    let text = lines.concat();
    if let Some((code, subfields)) = read_subfields(&text) {
        read_structured(code, &subfields, kind, own, booking);
        return;
    }
    let with_code = split_code(&text).and_then(|(code, rest)| Some((code, read_code_words(rest)?)));
    let found = with_code.or_else(|| Some(("", read_code_words(&text)?)));
    let code = found.as_ref().map_or("", |(code, _)| *code);
    booking.proprietary_code = code_of(kind, code, None, None);
    match found {
        Some((_, words)) => take_code_words(&words, own, booking),
        None => add_info(lines, booking),
    }
}

/// Type, text key, Primanota and extension as one code, as in camt: `NTRF+166+9310`. A type without a text key is only
/// used if it means a direct debit.
fn code_of(kind: &str, code: &str, primanota: Option<String>, extension: Option<String>) -> Option<String> {
    if code.is_empty() && primanota.is_none() && extension.is_none() && !kind.ends_with(DEBIT) {
        return None;
    }
    let parts = [filled(kind), filled(code), primanota, extension];
    let last = parts.iter().rposition(Option::is_some).map_or(0, |last| last.saturating_add(1));
    let parts = parts.into_iter().take(last).map(Option::unwrap_or_default);
    Some(parts.collect::<Vec<_>>().join("+"))
}

/// The types of direct debits end with this (`NDDT`).
const DEBIT: &str = "DDT";

/// Whether the lines are structured as German banks do it.
pub(crate) fn is_structured(lines: &[String]) -> bool {
    read_subfields(&lines.concat()).is_some()
}

/// Adds the lines of a further `:86:` to the text.
pub(crate) fn add_info(lines: &[String], booking: &mut Booking) {
    for line in lines {
        add_line(&mut booking.remittance, line);
    }
}

/// Copies the subfields, in whatever order they came.
fn read_structured(code: &str, subfields: &[Subfield<'_>], kind: &str, own: Option<&str>, booking: &mut Booking) {
    let first = |key: u8| subfields.iter().find(|subfield| subfield.key == key).map(|subfield| subfield.text);
    let mut others: Vec<String> = filled(first(0).unwrap_or_default()).into_iter().collect();
    others.extend(booking.additional.take());
    booking.counterparty = name(first(32), first(33));
    let (account, behind) = split_account(first(31).unwrap_or_default());
    let old = first(30).and_then(|bank| old_account(bank, &account));
    booking.counterparty_iban = old.map_or_else(|| filled(&account), |iban| Some(iban.to_string()));
    booking.counterparty_bank = first(30).and_then(filled);
    let extension = first(34).and_then(filled);
    let is_return = Class::of_gvc(code).is_return();
    booking.return_reason = extension.as_deref().filter(|_| is_return).and_then(reason_of_extension).map(str::to_owned);
    booking.proprietary_code = code_of(kind, code, first(10).and_then(filled), extension);
    let pieces = subfields.iter().filter(|subfield| is_of_payer(subfield.key)).map(|subfield| subfield.text);
    let accounts = Accounts { is_given: booking.counterparty_iban.is_some(), own };
    take_remittance(read_remittance(pieces, accounts), booking, &mut others);
    others.extend(filled(behind));
    // keys that occur twice, and keys without a field
    let mut taken = [0, 10, 30, 31, 32, 33, 34].map(|key| (key, false));
    for subfield in subfields.iter().filter(|subfield| !is_of_payer(subfield.key)) {
        match taken.iter_mut().find(|(key, taken)| *key == subfield.key && !taken) {
            Some((_, taken)) => *taken = true,
            None => others.extend(filled(subfield.text)),
        }
    }
    booking.additional = Some(others.join("\n")).filter(|text| !text.is_empty());
}

/// A name from its two parts. The first part is cut inside a word only if it is full; otherwise a blank belongs between
/// them.
fn name(first: Option<&str>, second: Option<&str>) -> Option<String> {
    let (first, second) = (first.unwrap_or_default(), second.unwrap_or_default());
    let is_word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    let is_ended = first.chars().count() < NAME && is_word(first.chars().last()) && is_word(second.chars().next());
    filled(&[first, if is_ended { " " } else { "" }, second].concat())
}

/// Characters of a name's first part.
const NAME: usize = 27;

fn take_remittance(tagged: Remittance, booking: &mut Booking, others: &mut Vec<String>) {
    for line in &tagged.text {
        add_line(&mut booking.remittance, line);
    }
    let value = |name: &str| tagged.value(name).and_then(filled);
    booking.end_to_end_id = value("EREF");
    booking.mandate_id = value("MREF");
    booking.creditor_id = value("CRED");
    booking.payment_information_id = value("KREF").filter(|reference| is_reference(reference));
    // it is also the name that the payer's own program gives the order
    match (&booking.payment_information_id, &booking.instruction_id) {
        (Some(told), Some(known)) if told != known => booking.further_references.push(told.clone()),
        (Some(told), None) => booking.instruction_id = Some(told.clone()),
        _ => {}
    }
    booking.ultimate_debtor = value("ABWA");
    booking.ultimate_creditor = value("ABWE");
    booking.purpose = value("PURP");
    let mut keep = |slot: &mut Option<String>, name: &str, found: Option<String>| match (&slot, found) {
        (Some(_), Some(found)) => others.push(format!("{name}+{found}")),
        (None, found) => *slot = found,
        (Some(_), None) => {}
    };
    keep(&mut booking.counterparty_iban, "IBAN", value("IBAN").map(|account| account.replace(' ', "")));
    keep(&mut booking.counterparty_bank, "BIC", value("BIC"));
    let unknown = ["DEBT", "BREF", "RREF", "ANAM"];
    others.extend(unknown.iter().filter_map(|name| Some(format!("{name}+{}", value(name)?))));
    state_amounts(value("OAMT").as_deref(), value("COAM").as_deref(), ":86", booking);
}

fn take_code_words(words: &CodeWords, own: Option<&str>, booking: &mut Booking) {
    let value = |names: &[&str]| names.iter().find_map(|name| words.value(name)).and_then(filled);
    booking.end_to_end_id = value(&["EREF"]);
    booking.mandate_id = value(&["MARF"]);
    booking.creditor_id = value(&["CSID"]);
    booking.payment_information_id = value(&["PREF"]).filter(|reference| is_reference(reference));
    booking.purpose = value(&["PURP"]);
    booking.return_reason = value(&["RTRN"]);
    let party = words.counterparty(booking.sign, own);
    let (debtor, creditor) = (words.ultimate("ULTD"), words.ultimate("ULTB"));
    let others = words.others(&[&party, &debtor, &creditor]);
    booking.counterparty_bank = party.bank;
    booking.counterparty = party.name;
    booking.counterparty_iban = party.account;
    booking.ultimate_debtor = debtor.name;
    booking.ultimate_creditor = creditor.name;
    let Some(text) = words.remittance() else { return add_info(&others, booking) };
    add_line(&mut booking.remittance, text);
    for other in others {
        add_line(booking.additional.get_or_insert_default(), &other);
    }
}

/// Whether it is a reference, and not a word for "none" or the name of another field.
pub(crate) fn is_reference(text: &str) -> bool {
    !matches!(text, "" | "NONREF" | "KREF" | "KREF+" | "EREF" | "EREF+")
}

/// Reads what follows the references of a `:61:`, in its line or below it: `/OCMT/EUR50,00//CHGS/EUR3,00/`, original
/// amount and charges of a return. Anything else below it is information of the bank.
pub(crate) fn read_supplementary(amounts: &str, lines: &[String], booking: &mut Booking) {
    let mut text = [amounts, &lines.concat()].concat();
    let mut take = |word: &str| {
        let (before, after) = text.split_once(word)?;
        let (value, after) = after.split_once('/').unwrap_or((after, ""));
        let (value, rest) = (value.to_owned(), format!("{before}/{after}"));
        text = rest;
        Some(value)
    };
    let [original, charges] = AMOUNTS.map(&mut take);
    let is_plain = original.is_none() && charges.is_none();
    state_amounts(original.as_deref(), charges.as_deref(), ":61", booking);
    let rest = text.trim_matches(['/', ' ']);
    let others: Vec<&str> = if is_plain { lines.iter().map(String::as_str).collect() } else { vec![rest] };
    for other in others.into_iter().filter(|other| !other.trim().is_empty()) {
        add_line(booking.additional.get_or_insert_default(), other);
    }
}

/// Copies `EUR50,00`, or `50,00` in the currency of the account.
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

/// The text without blanks at either end; `None` if nothing is left.
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
