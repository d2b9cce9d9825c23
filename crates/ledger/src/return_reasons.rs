//! What the reason of a return or a reject tells the treasury to do: a table, as treasuries work.
//!
//! Pure. Invariant: nothing that came back is debited again before a person has agreed; a reason that nobody knows is no
//! exception. The codes are those of ISO 20022 (external code list, `ExternalReturnReason1Code`) as the EPC's SDD Core rulebook
//! uses them. Three of them (AM04, MD07, RR04) reach German creditors as MS03, so that MS03 may hide a death.

use crate::names::fold;

/// What happens next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// No debit under this Kassenzeichen any more until somebody has cleared up account and mandate.
    Block,
    /// The payer or the bank objects: nobody debits under this Kassenzeichen until somebody has spoken with the payer.
    Talk,
    /// It may be tried once more, with a new notice, after a person has agreed.
    OnceMore,
    /// What we handed in was wrong: it is mended here, then it may be tried again.
    Mend,
}

impl Next {
    /// Whether it concerns whatever is debited under the Kassenzeichen, not this item alone.
    pub fn is_about_mandate(self) -> bool {
        matches!(self, Next::Block | Next::Talk)
    }
}

/// Code, what happens next, and one plain sentence for the treasury. No letter ever names it.
const REASONS: [(&str, Next, &str); 27] = [
    ("AC01", Next::Block, "a direct debit came back: the account does not exist (AC01)"),
    ("AC04", Next::Block, "a direct debit came back: the account is closed (AC04)"),
    ("AC06", Next::Block, "a direct debit came back: the account is blocked (AC06)"),
    ("AC13", Next::Block, "a direct debit came back: the account is a consumer's (AC13)"),
    ("AG01", Next::Block, "a direct debit came back: the account takes no direct debits (AG01)"),
    ("AG02", Next::Mend, "a direct debit came back: the bank does not take this kind of order (AG02)"),
    ("AM04", Next::OnceMore, "a direct debit came back: the account was not covered (AM04)"),
    ("AM05", Next::Mend, "a direct debit came back: the bank takes it for a duplicate (AM05)"),
    ("BE05", Next::Mend, "a direct debit came back: the creditor identifier is not known (BE05)"),
    ("BE06", Next::Block, "a direct debit came back: the payer is not known to the bank (BE06)"),
    ("CNOR", Next::Mend, "a direct debit came back: our bank cannot be reached for it (CNOR)"),
    ("DNOR", Next::Block, "a direct debit came back: the payer's bank takes no direct debits (DNOR)"),
    ("DT01", Next::Mend, "a direct debit came back: its date is wrong (DT01)"),
    ("ED05", Next::OnceMore, "a direct debit came back: the banks could not settle it (ED05)"),
    ("FF01", Next::Mend, "a direct debit came back: the bank cannot read the order (FF01)"),
    ("FF05", Next::Mend, "a direct debit came back: the bank does not take this kind of order (FF05)"),
    ("FOCR", Next::Mend, "a direct debit came back: we had recalled it (FOCR)"),
    ("MD01", Next::Block, "a direct debit came back: there is no valid mandate (MD01)"),
    ("MD02", Next::Block, "a direct debit came back: the data of the mandate are wrong (MD02)"),
    ("MD06", Next::Talk, "a direct debit came back: the payer asked for the money back (MD06)"),
    ("MD07", Next::Talk, "a direct debit came back: the payer has died (MD07)"),
    ("MS02", Next::Talk, "a direct debit came back: the payer refused it (MS02)"),
    ("MS03", Next::OnceMore, "a direct debit came back: the bank names no reason, which may also hide a death (MS03)"),
    ("RC01", Next::Block, "a direct debit came back: the bank is not known (RC01)"),
    ("RR04", Next::Talk, "a direct debit came back: for reasons of law, ask the bank (RR04)"),
    ("SL01", Next::Block, "a direct debit came back: the payer has locked his account against it (SL01)"),
    ("TM01", Next::Mend, "a direct debit came back: the order came too late (TM01)"),
];

/// What is said of one whose reason nobody knows.
const UNKNOWN: &str = "a direct debit came back: the bank gives no reason that is known here";

/// What a reason begins with where the bank rejected a whole file or batch: a matter of ours, not of the payers.
pub const OF_FILE: &str = "FILE ";

/// What happens next for a reason.
pub fn next(reason: Option<&str>) -> Next {
    of(reason).map_or(Next::OnceMore, |(_, next, _)| *next)
}

/// One plain sentence for the treasury.
pub fn text(reason: Option<&str>) -> &'static str {
    of(reason).map_or(UNKNOWN, |(_, _, text)| text)
}

fn of(reason: Option<&str>) -> Option<&'static (&'static str, Next, &'static str)> {
    let reason = reason?.trim();
    let reason = reason.strip_prefix(OF_FILE).unwrap_or(reason);
    REASONS.iter().find(|(code, _, _)| reason.eq_ignore_ascii_case(code))
}

/// Words by which banks tell the reason where they give no code, folded, and the code that says the same.
const WORDS: [(&str, &str); 22] = [
    ("konto erloschen", "AC04"),
    ("konto aufgelost", "AC04"),
    ("konto geschlossen", "AC04"),
    ("account closed", "AC04"),
    ("konto unbekannt", "AC01"),
    ("iban ungultig", "AC01"),
    ("iban fehlerhaft", "AC01"),
    ("kontonummer falsch", "AC01"),
    ("konto gesperrt", "AC06"),
    ("nicht gedeckt", "AM04"),
    ("mangels deckung", "AM04"),
    ("keine deckung", "AM04"),
    ("unterdeckung", "AM04"),
    ("insufficient funds", "AM04"),
    ("kein mandat", "MD01"),
    ("mandat ungultig", "MD01"),
    ("kein gultiges mandat", "MD01"),
    ("unauthorised", "MD01"),
    ("widerspruch", "MD06"),
    ("ruckgabe durch zahlungspflichtig", "MD06"),
    ("zahler verstorben", "MD07"),
    ("sonstige grunde", "MS03"),
];

/// The reason that a text tells: a code that stands in it as a word, else by the words that banks use.
pub fn told(text: &str) -> Option<&'static str> {
    let is_word = |code: &str| text.split(|c: char| !c.is_ascii_alphanumeric()).any(|word| word == code);
    if let Some((code, _, _)) = REASONS.iter().find(|(code, _, _)| is_word(code)) {
        return Some(code);
    }
    let folded = fold(text);
    WORDS.iter().find(|(words, _)| folded.contains(words)).map(|(_, code)| *code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_says_what_happens_next() {
        for (reason, expected, about_mandate) in [
            (Some("AC04"), Next::Block, true),
            (Some("ac04"), Next::Block, true),
            (Some("AM04"), Next::OnceMore, false),
            (Some("MS03"), Next::OnceMore, false),
            (Some("MD06"), Next::Talk, true),
            (Some("MD07"), Next::Talk, true),
            (Some("AG02"), Next::Mend, false),
            (Some("XY99"), Next::OnceMore, false),
            (None, Next::OnceMore, false),
        ] {
            assert_eq!((next(reason), next(reason).is_about_mandate()), (expected, about_mandate), "{reason:?}");
        }
        assert!(text(Some("AC04")).contains("closed"));
        assert_eq!(text(None), UNKNOWN);
    }

    #[test]
    fn a_text_tells_the_reason_where_no_code_does() {
        for (said, expected) in [
            ("RUECKLASTSCHRIFT AC04 KONTO ERLOSCHEN", Some("AC04")),
            ("Retoure: Konto aufgelöst", Some("AC04")),
            ("Rückgabe mangels Deckung", Some("AM04")),
            ("SVWZ+RUECKGABEGRUND: MS03", Some("MS03")),
            ("Widerspruch des Zahlers", Some("MD06")),
            ("KZ 5.0100.123456.6", None),
            ("AC0400", None),
        ] {
            assert_eq!(told(said), expected, "{said}");
        }
    }

    #[test]
    fn each_code_stands_once_and_says_itself() {
        for (place, (code, _, text)) in REASONS.iter().enumerate() {
            assert!(text.ends_with(&format!("({code})")), "{code}");
            assert!(!REASONS.iter().skip(place + 1).any(|(other, _, _)| other == code), "{code}");
        }
        for (words, code) in WORDS {
            assert_eq!(fold(words), words);
            assert!(of(Some(code)).is_some(), "{code}");
        }
    }
}
