//! A small town for tests: books and payments from lines, verdicts to lines.
//!
//! Knows no rule. Everybody is »Given Family«; his account is made of his name, so that two lines with one name are one
//! account.

use std::collections::HashMap;

use crate::books::{Books, Class, ListedItem, ListedMandate};
use crate::matching::{Decided, Verdict, match_all};
use crate::payment::{Beside, Nature, Payment};
use kassenzeichen::{CheckMethod, Scheme};
use sepa::{Cents, Iban};

/// The business date of every test town.
pub(crate) const TODAY: &str = "2024-03-11";

/// An account that belongs to a name.
pub(crate) fn iban(owner: &str) -> Iban {
    let number = owner.bytes().fold(7_u64, |sum, byte| (sum * 31 + u64::from(byte)) % 9_999_999_967);
    let digits = format!("41650001{number:010}");
    let rest = format!("{digits}131400").bytes().fold(0_u64, |rest, digit| (rest * 10 + u64::from(digit - b'0')) % 97);
    Iban::parse(&format!("DE{:02}{digits}", 98 - rest)).unwrap()
}

/// Books of lines `KZ POSTEN DUE AMOUNT [PAID BEFORE]; DEBTOR; ADDRESS; ACCOUNT'S OWNER`; the later cells may be missing. An
/// amount that an earlier list had otherwise is `AMOUNT<FORMER`. A fee on an instalment is POSTEN+costs or POSTEN+surcharge. A Kassenzeichen in P###### is Pacht without check digit, 7.######.C Grundbesitzabgaben with Luhn's, others Hundesteuer.
pub(crate) fn books(lines: &[String]) -> Books {
    let schemes = [
        Scheme::new("Grundbesitzabgaben", "7.######.C", CheckMethod::Luhn).unwrap(),
        Scheme::new("Pacht", "P######", CheckMethod::None).unwrap(),
    ];
    let (mut items, mut mandates, mut former) = (Vec::new(), Vec::new(), Vec::new());
    for (id, line) in (1..).zip(lines) {
        let cells: Vec<&str> = line.split(';').map(str::trim).collect();
        let words: Vec<&str> = cells[0].split_whitespace().collect();
        let cell = |place: usize| cells.get(place).copied().filter(|cell| !cell.is_empty());
        let kind = match words[0].chars().next() {
            Some('7') => "Grundbesitzabgaben",
            Some('P') => "Pacht",
            _ => "Hundesteuer",
        };
        let (posten, class) = match words[1].split_once('+') {
            Some((posten, "costs")) => (posten, Class::Costs),
            Some((posten, _)) => (posten, Class::Surcharge),
            None => (words[1], Class::Principal),
        };
        let (amount, before) = words[3].split_once('<').unwrap_or((words[3], ""));
        let paid_before = words.get(4).map_or(Cents::ZERO, |cents| Cents::parse(cents).unwrap());
        former.extend(Cents::parse(before).ok().map(|before| (id, before, paid_before)));
        items.push(ListedItem {
            id,
            kassenzeichen: words[0].to_owned(),
            posten: posten.to_owned(),
            kind: kind.to_owned(),
            due: words[2].parse().unwrap(),
            amount: Cents::parse(amount).unwrap(),
            paid_before,
            claimed: Cents::ZERO,
            debtor: cell(1).unwrap_or_default().to_owned(),
            address: cell(2).map(str::to_owned),
            mandate: cell(3).map(str::to_owned),
            class,
        });
        if let Some(owner) = cell(3) {
            mandates.push(ListedMandate {
                reference: owner.to_owned(),
                kassenzeichen: words[0].to_owned(),
                old_reference: (owner == "anna").then(|| "LSA-2015-000777".to_owned()),
                holder: cell(1).unwrap_or_default().to_owned(),
                iban: iban(owner),
            });
        }
    }
    Books::new(&schemes, items, &mandates, TODAY.parse().unwrap()).with_former(&former)
}

/// A payment of `AMOUNT; NAME; ACCOUNT'S OWNER; TEXT; DAY`; the day may be missing.
pub(crate) fn payment(id: i64, line: &str) -> Payment {
    let cells: Vec<&str> = line.split(';').map(str::trim).collect();
    Payment {
        id,
        amount: Cents::parse(cells[0]).unwrap(),
        booked: cells.get(4).unwrap_or(&"2024-01-02").parse().unwrap(),
        counterparty: Some(cells[1].to_owned()),
        iban: (!cells[2].is_empty()).then(|| iban(cells[2])),
        remittance: cells[3].to_owned(),
        end_to_end: None,
        structured: None,
        mandate: None,
        additional: None,
        beside: Beside::default(),
        nature: Nature::Transfer,
        untold: 0,
        finding: None,
        provisional: false,
        is_rest: false,
    }
}

/// `decision KZ/POSTEN=AMOUNT …; hold KZ/POSTEN … [risk]` of a verdict.
pub(crate) fn outcome(books: &Books, verdict: &Verdict) -> String {
    let name = |place: usize| {
        let item = &books.items[place];
        let fee = match item.class {
            Class::Principal => "",
            Class::Costs => "+costs",
            Class::Surcharge => "+surcharge",
        };
        format!("{}/{}{fee}", books.account(item.account).unwrap().kassenzeichen, books.posten(item))
    };
    let mut text = verdict.draft.decision.word().to_owned();
    verdict.draft.parts.iter().for_each(|part| text += &format!(" {}={}", name(part.item), part.amount));
    let mut holds: Vec<String> = verdict.holds.iter().map(|hold| name(hold.item)).collect();
    holds.sort();
    holds.iter().for_each(|hold| text += &format!(" hold {hold}"));
    if verdict.hold_complete { text } else { text + " risk" }
}

/// The outcome of the last of some payments.
#[track_caller]
pub(crate) fn check(town: &[String], payments: &[&str], expected: &str) {
    let books = books(town);
    let drawn: Vec<Payment> = (1..).zip(payments).map(|(id, line)| payment(id, line)).collect();
    let verdicts = match_all(&books, &drawn, &HashMap::<i64, Decided>::new());
    assert_eq!(outcome(&books, verdicts.last().unwrap()), expected, "{payments:?}");
}
