//! Which doubts need not hold a debit of the file, though they would hold an item of the town's whole books.
//!
//! The rules hold an item for everybody who could be meant by money that nobody could place. In a debit file most of
//! such money is of people who are not debited; but the file tells exactly what each debit would be paid by. So a debit
//! is let go where
//! * another creditor collected the money, or it was collected under a mandate that is none of the file's, and nothing
//!   but account, name or amount speaks for the debit;
//! * the text tells of other money ([`OtherMoney`]), without a number, and nothing but account, name or amount speaks
//!   for it;
//! * a name or an address alone speaks for it, from another account, and neither a number nor anybody's relative is
//!   named, and the amount is neither what it owes nor a usual part of that;
//! * the payer is another person of its debtor's family name, or has nothing in common with him, and the same payment
//!   fits another debit whose account, name or whole name in the text are the payment's.
//!
//! Who is quoted or named by his mandate is never let go; who is nearly quoted only where nothing else speaks for him
//! and the number that is quoted is another debit's whose family name stands beside it. Pure: it knows what was seen of
//! payments and debits, and no books. Invariant: a payment that holds nobody any more is in the residual risk, where
//! whoever signs reads it.

use kassenzeichen::built_like;
use ledger::names::{Agreement, Name, words};
use sepa::{Cents, Iban};
use sepa_xml::ForeignDebit;
use store::BookingRow;

use super::known::Known;
use super::other_money::{OtherMoney, names};
use super::owed::Owed;
use super::strangers::says_and_for;

/// A doubtful payment, as far as it tells whom it is for.
pub(super) struct Sender {
    payer: Name,
    behalf: Name,
    iban: Option<Iban>,
    amount: Cents,
    text: String,
    words: Vec<String>,
    /// Another creditor collected it by direct debit, or it was collected under a mandate that is none of the file's.
    is_anothers: bool,
    /// It may quote a number, or means more than it names.
    may_quote: bool,
    /// It quotes a number that is built like the file's.
    quotes: bool,
}

impl Sender {
    /// Reads a booking.
    pub(super) fn of(row: &BookingRow, is_anothers: bool, known: &Known<'_>) -> Sender {
        let name = |name: &Option<String>| Name::new(name.as_deref().unwrap_or_default());
        let free = [Some(row.remittance.as_str()), row.structured_text.as_deref(), row.structured_reference.as_deref()];
        let free = || free.into_iter().flatten().chain(row.further_references.iter().map(String::as_str));
        let ids = [&row.end_to_end_id, &row.instruction_id, &row.mandate_reference];
        let ids = ids.into_iter().flatten().map(String::as_str);
        let quotes = free().chain(ids).any(|text| !built_like(&known.schemes, text).is_empty());
        Sender {
            payer: name(&row.counterparty),
            behalf: name(&row.ultimate_debtor),
            iban: row.counterparty_iban.as_deref().and_then(|iban| Iban::parse(iban).ok()),
            amount: Cents::new(row.amount),
            words: words(&row.remittance),
            text: row.remittance.clone(),
            is_anothers,
            may_quote: quotes || says_and_for(&row.remittance) || free().any(has_number),
            quotes,
        }
    }

    /// What of it speaks for a debit.
    pub(super) fn seen(&self, debit: &ForeignDebit, own: &Owed) -> Seen {
        let names = std::iter::once(&debit.debtor).chain(&debit.ultimate_debtor).map(|name| Name::new(name));
        let names: Vec<Name> = names.collect();
        let agreement = |name: &Name| name.agreement(&self.payer).min(name.agreement(&self.behalf));
        let is_mentioned =
            |name: &Name| name.tokens().len() > 1 && name.tokens().iter().all(|word| self.words.contains(word));
        let best = names.iter().map(agreement).min().unwrap_or(Agreement::None);
        let in_text = |name: &Name| self.words.iter().any(|word| word == name.family());
        Seen {
            account: self.iban == Some(debit.iban),
            name: best,
            is_mentioned: names.iter().any(is_mentioned),
            has_family: best < Agreement::None || names.iter().any(in_text),
            is_another_person: names.iter().all(|name| is_another(name, &self.payer)),
            fits: fits(own, self.amount),
            is_part: is_part(own, debit.amount, self.amount),
        }
    }
}

/// What of a payment speaks for a debit.
#[derive(Clone, Copy, Debug)]
pub(super) struct Seen {
    /// It came from the debit's account.
    account: bool,
    /// How well the payer's name agrees.
    name: Agreement,
    /// Its text has the debtor's whole name.
    is_mentioned: bool,
    /// Its text has the debtor's family name, or the payer has it.
    has_family: bool,
    /// The payer has a given name that none of the debtors has.
    is_another_person: bool,
    /// It is an instalment, or some of them from the oldest on.
    fits: bool,
    /// It may be a part of it: a half, a third, a quarter, round.
    is_part: bool,
}

impl Seen {
    /// Whether the payer himself and the amount speak for it.
    fn is_explained(self) -> bool {
        self.fits && (self.account || self.is_mentioned || self.name <= Agreement::Close)
    }
}

/// Whether a payment need not hold a debit; `hold` is the rules' word for what holds it, `others` what the same payment
/// holds besides.
pub(super) fn is_let_go(
    sender: &Sender,
    hold: &str,
    debit: &Named<'_>,
    others: &[(&str, Seen)],
    money: &OtherMoney,
) -> bool {
    if hold == "near_reference" {
        return is_neighbour(debit.seen, others);
    }
    if !matches!(hold, "payer_account" | "name_and_amount" | "named" | "amount_alone") || sender.amount <= Cents::ZERO {
        return false;
    }
    let seen = debit.seen;
    let is_other = || {
        let names = names([debit.debtor].into_iter());
        let names: Vec<String> = names.into_iter().chain(sender.payer.tokens().iter().cloned()).collect();
        !sender.quotes && !speaks_of_levy(&sender.words) && money.is_told(&sender.text, &names)
    };
    let is_named_alone = || {
        let nothing_else = !seen.account && !seen.is_mentioned && !seen.fits && !seen.is_part;
        hold == "named" && nothing_else && !sender.may_quote
    };
    let is_behind = || {
        let is_weak = !seen.account && !seen.is_mentioned && seen.name >= Agreement::Family && seen.is_another_person;
        hold != "payer_account" && is_weak && others.iter().any(|(_, other)| other.is_explained())
    };
    sender.is_anothers && hold != "named" || is_other() || is_named_alone() || is_behind()
}

/// Whether nothing speaks for a debit but that its number is a slip away from another debit's, which is quoted with the
/// family name of its debtor: that number is right.
fn is_neighbour(seen: Seen, others: &[(&str, Seen)]) -> bool {
    let is_bare = !seen.account && !seen.is_mentioned && !seen.has_family && !seen.fits;
    is_bare && others.iter().any(|(hold, other)| *hold == "quoted" && other.has_family)
}

/// A debit with what a payment tells of it.
pub(super) struct Named<'a> {
    pub(super) seen: Seen,
    pub(super) debtor: &'a str,
}

/// Words that tell of a levy, of its instalment or of a reference, folded: what else stands beside them says little.
fn speaks_of_levy(words: &[String]) -> bool {
    const PARTS: [&str; 12] = [
        "abgabe",
        "steur",
        "grundbesitz",
        "mull",
        "abfall",
        "abwasser",
        "wasser",
        "reinigung",
        "kassenz",
        "quartal",
        "pacht",
        "miete",
    ];
    words.iter().any(|word| word == "rate" || PARTS.iter().any(|part| word.contains(part)))
}

/// Whether a payer is another person than the one of a name: he has a given name, and it is none of that one's.
fn is_another(name: &Name, payer: &Name) -> bool {
    let mut given = payer.tokens().iter().filter(|word| word.chars().count() > 2 && *word != name.family()).peekable();
    let is_his = |word: &String| {
        let is_alike =
            |own: &String| own.starts_with(word.as_str()) || own.chars().count() > 2 && word.starts_with(own.as_str());
        name.tokens().iter().any(is_alike)
    };
    given.peek().is_some() && !given.any(is_his)
}

/// Whether an amount is an instalment, or some of them from the oldest on.
pub(super) fn fits(own: &Owed, amount: Cents) -> bool {
    let mut sum = Cents::ZERO;
    own.parts.iter().any(|part| {
        sum = sum.checked_add(part.amount).unwrap_or(sum);
        sum == amount || part.amount == amount
    })
}

/// Ways to divide what is owed: so many of so many parts.
const PARTS: [(i64, i64); 8] = [(1, 3), (1, 4), (3, 2), (3, 4), (1, 6), (1, 8), (3, 8), (2, 3)];

/// Whether an amount is nearly all of a debit, half of it, or one of its instalments: the file knows no more of these.
pub(super) fn is_near(own: &Owed, all: Cents, amount: Cents) -> bool {
    let near = |part: i64| amount.get().abs_diff(part) <= part.unsigned_abs() / 50;
    (1..=2).any(|count| near(all.get() / count)) || own.parts.iter().any(|part| near(part.amount.get()))
}

/// Whether an amount may be a part of a debit: nearly an instalment, a third, a quarter, three quarters; less than it
/// in whole tens of euros.
fn is_part(own: &Owed, debited: Cents, amount: Cents) -> bool {
    const ROUND: i64 = 1_000;
    let near = is_near(own, debited, amount);
    let (amount, all) = (amount.get(), debited.get());
    let is_share = |(of, parts): &(i64, i64)| {
        amount.checked_mul(*parts).zip(all.checked_mul(*of)).is_some_and(|(one, other)| one.abs_diff(other) <= 8)
    };
    near || amount < all && (amount % ROUND == 0 || PARTS.iter().any(is_share))
}

/// So many digits may be a reference; a quarter with its year has fewer.
const DIGITS: usize = 6;

/// Whether a text has so many digits, separators aside, or a word of letters and digits: any number, damaged or not.
fn has_number(text: &str) -> bool {
    let mut digits = 0;
    let is_long = text.chars().any(|c| {
        digits = match c {
            '0'..='9' => digits + 1,
            ' ' | '.' | '/' | '-' | '\n' => digits,
            _ => 0,
        };
        digits >= DIGITS
    });
    let is_mixed = |word: &str| {
        word.chars().filter(char::is_ascii_digit).count() > 2 && word.contains(|c: char| c.is_alphabetic())
    };
    is_long || text.split(|c: char| !c.is_alphanumeric()).any(is_mixed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sender(payer: &str, text: &str, cents: i64) -> Sender {
        Sender {
            payer: Name::new(payer),
            behalf: Name::new(""),
            iban: None,
            amount: Cents::new(cents),
            text: text.to_owned(),
            words: words(text),
            is_anothers: false,
            may_quote: has_number(text) || says_and_for(text),
            quotes: false,
        }
    }

    fn seen(debtor: &str, payer: &str) -> Seen {
        let (debtor, payer) = (Name::new(debtor), Name::new(payer));
        Seen {
            account: false,
            name: debtor.agreement(&payer),
            is_mentioned: false,
            has_family: false,
            is_another_person: is_another(&debtor, &payer),
            fits: false,
            is_part: false,
        }
    }

    #[track_caller]
    fn check(sender: &Sender, hold: &str, seen: Seen, others: &[Seen], expected: bool) {
        let named = Named { seen, debtor: "Anna Müller" };
        let others: Vec<(&str, Seen)> = others.iter().map(|other| ("quoted", *other)).collect();
        assert_eq!(is_let_go(sender, hold, &named, &others, &OtherMoney::default()), expected);
    }

    #[test]
    fn a_name_alone_holds_where_a_number_a_relative_or_a_part_is_told() {
        let own = seen("Anna Müller", "Anna Müller");
        check(&sender("Anna Müller", "Abgaben", 4_711), "named", own, &[], true);
        check(&sender("Anna Müller", "Kassenzeichen 5.7100.290310.9", 4_711), "named", own, &[], false);
        check(&sender("Anna Müller", "P02539", 4_711), "named", own, &[], false);
        check(&sender("Anna Müller", "und für meine Mutter", 4_711), "named", own, &[], false);
        for own in [
            Seen { is_part: true, ..own },
            Seen { fits: true, ..own },
            Seen { account: true, ..own },
            Seen { is_mentioned: true, ..own },
        ] {
            check(&sender("Anna Müller", "Abgaben", 4_711), "named", own, &[], false);
        }
        for hold in ["quoted", "near_reference", "mandate_named", "payer_account", "name_and_amount", "taken_back"] {
            check(&sender("Anna Müller", "Abgaben", 4_711), hold, own, &[], false);
        }
    }

    #[test]
    fn a_namesake_stands_behind_whom_payer_and_amount_speak_for() {
        let money = sender("Petra Müller", "Abgaben", 4_800);
        let own = Seen { fits: true, ..seen("Anna Müller", "Petra Müller") };
        let better = Seen { fits: true, account: true, ..seen("Petra Müller", "Petra Müller") };
        check(&money, "name_and_amount", own, &[better], true);
        check(&money, "amount_alone", own, &[better], true);
        // nobody else is better; the amount is not the other's; it may be her who pays for the couple
        check(&money, "name_and_amount", own, &[], false);
        check(&money, "name_and_amount", own, &[Seen { fits: false, ..better }], false);
        check(&money, "name_and_amount", Seen { account: true, ..own }, &[better], false);
        check(
            &money,
            "name_and_amount",
            Seen { fits: true, ..seen("Anna Müller", "Eheleute Müller") },
            &[better],
            false,
        );
        check(&money, "name_and_amount", Seen { fits: true, ..seen("Anna Müller", "A. Müller") }, &[better], false);
        check(&money, "quoted", own, &[better], false);
    }

    #[test]
    fn another_creditors_debit_and_other_money_hold_nobody_who_is_not_quoted() {
        let own = Seen { fits: true, account: true, ..seen("Anna Müller", "Anna Müller") };
        let another = Sender { is_anothers: true, ..sender("Anna Müller", "Wassergeld", 4_800) };
        check(&another, "payer_account", own, &[], true);
        check(&another, "quoted", own, &[], false);
        check(&sender("Anna Müller", "Theaterabo", 4_800), "payer_account", own, &[], true);
        check(&sender("Anna Müller", "Theaterabo und Abgaben", 4_800), "payer_account", own, &[], false);
        check(&Sender { quotes: true, ..sender("Anna Müller", "Theaterabo", 4_800) }, "payer_account", own, &[], false);
        check(&sender("Anna Müller", "DA Haus 2024", 4_800), "payer_account", own, &[], false);
        check(&sender("Anna Müller", "Theaterabo", 4_800), "mandate_named", own, &[], false);
        check(&sender("Anna Müller", "Theaterabo", -4_800), "payer_account", own, &[], false);
    }

    #[test]
    fn a_slip_away_from_a_number_beside_its_debtors_name_is_nobody() {
        let money = sender("Anna Schmitt", "Zahlung Risse P025535 wegen Ausfall Lastschrift", 4_711);
        let own = seen("Franz Klein", "Anna Schmitt");
        let quoted = Seen { has_family: true, ..seen("Uwe Risse", "Anna Schmitt") };
        check(&money, "near_reference", own, &[quoted], true);
        check(&money, "near_reference", own, &[Seen { has_family: false, ..quoted }], false);
        check(&money, "near_reference", own, &[], false);
        for own in [Seen { fits: true, ..own }, Seen { account: true, ..own }, Seen { has_family: true, ..own }] {
            check(&money, "near_reference", own, &[quoted], false);
        }
    }

    #[test]
    fn numbers_are_seen_damaged_or_not() {
        for (text, expected) in [
            ("5.0100.118204.4", true),
            ("KZ 50 10 00 34 60 20", true),
            ("6.0100\n.124456.2", true),
            ("P389001", true),
            ("P25773", true),
            ("23B417", true),
            ("15.11.2023", true),
            ("IV/2023", false),
            ("2023-4", false),
            ("Hauptstraße 34", false),
            ("", false),
        ] {
            assert_eq!(has_number(text), expected, "{text}");
        }
    }
}
