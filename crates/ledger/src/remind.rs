//! Who is reminded of what, because it cannot be debited.
//!
//! Invariant: nobody is reminded of what a case or a person holds, of what a run claims or could claim, of what may have
//! been paid on a day whose statements are not there yet, or again too soon. Every due open item is either in a letter
//! or has a reason.

use std::collections::{BTreeMap, HashMap};

use jiff::ToSpan;
use jiff::civil::Date;
use sepa::Cents;

use crate::deferral::{Deferral, Deferrals};
use crate::plan::{Mandate, OpenItem, Reason, Terms, plan};

/// Why nobody is reminded of a due open item now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Skip {
    /// The finance system collects it again.
    HandedOver,
    /// A deferral, a Sunday or a holiday puts it off.
    NotDue,
    /// A run claims it.
    InRun,
    /// A case could concern it; its number.
    Held(i64),
    /// A person or a list holds it.
    HandHold,
    /// A credit of its Kassenzeichen covers it.
    Credit,
    /// A mandate can be used: it is for the next run.
    ToBeDebited,
    /// Nobody has said that it is owed.
    Unconfirmed,
    /// It fell due after the last day whose payments are known.
    JustDue,
    /// A reminder was written under its Kassenzeichen on this day.
    Reminded(Date),
    /// All of its letter is less than is worth one.
    TooSmall,
}

impl Skip {
    /// The word that is shown.
    pub fn word(self) -> &'static str {
        match self {
            Skip::HandedOver => "handed_over",
            Skip::NotDue => "not_due",
            Skip::InRun => "in_run",
            Skip::Held(_) => "held",
            Skip::HandHold => "hand_hold",
            Skip::Credit => "credit",
            Skip::ToBeDebited => "to_be_debited",
            Skip::Unconfirmed => "unconfirmed",
            Skip::JustDue => "just_due",
            Skip::Reminded(_) => "reminded",
            Skip::TooSmall => "too_small",
        }
    }
}

/// One letter: the items of one Kassenzeichen and one creditor, each with what is open and why it is not debited.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reminder {
    /// The cash reference.
    pub kassenzeichen: String,
    /// Which of the treasury's creditors claims them, and so where they are to be paid.
    pub creditor: usize,
    /// The items, in the order of the books.
    pub items: Vec<(i64, Cents, Reason)>,
}

/// What a reminder looks at besides the items.
#[derive(Clone, Debug)]
pub struct Now<'a> {
    /// The business date.
    pub today: Date,
    /// The last day whose payments are all known.
    pub seen: Date,
    /// When somebody was last reminded, by Kassenzeichen.
    pub reminded: &'a HashMap<String, Date>,
    /// Least days between two reminders under one Kassenzeichen; 0 reminds again at once.
    pub again_after: i32,
    /// What was put off.
    pub deferrals: &'a [Deferral],
    /// Whether a mandate is left out of which nobody knows when it was last used.
    pub hold_unknown_use: bool,
    /// A letter over less is not worth writing.
    pub least: Cents,
}

/// What each letter names: by Kassenzeichen and creditor the items, what is owed of each, and why it is not debited.
type Letters<'a> = BTreeMap<(&'a str, usize), Vec<(i64, Cents, Reason)>>;

/// Letters, by Kassenzeichen and creditor, and the due open items that are in none.
pub fn remind(items: &[OpenItem], mandates: &[Mandate], now: &Now<'_>) -> (Vec<Reminder>, Vec<(i64, Cents, Skip)>) {
    // what a run of today would leave out, and why, is the same question that a plan answers
    let terms = Terms {
        due: now.today,
        kinds: Vec::new(),
        limit: None,
        least: Cents::ZERO,
        min_days_between: 0,
        last_debits: HashMap::new(),
        deferrals: now.deferrals.to_vec(),
        hold_unknown_use: now.hold_unknown_use,
    };
    // an account that waits for a second person will be debited: nobody need be told to transfer
    let confirmed = |mandate: &Mandate| Mandate { unconfirmed_account: false, ..mandate.clone() };
    let mandates: Vec<Mandate> = mandates.iter().map(confirmed).collect();
    let left_out = plan(items, &mandates, &terms).left_out;
    let reasons: HashMap<i64, (Reason, Option<i64>)> =
        left_out.iter().map(|out| (out.item, (out.reason, out.case))).collect();
    let mut letters: Letters<'_> = BTreeMap::new();
    let mut skipped = Vec::new();
    for item in items.iter().filter(|item| item.due <= now.today) {
        match skip(item, reasons.get(&item.id), now) {
            Ok(reason) => {
                let letter = letters.entry((&item.kassenzeichen, item.creditor.0)).or_default();
                letter.push((item.id, item.owed(), reason));
            }
            Err(skip) => skipped.push((item.id, item.open, skip)),
        }
    }
    let is_worth = |items: &[(i64, Cents, Reason)]| {
        Cents::sum(items.iter().map(|(_, open, _)| *open)).is_none_or(|sum| sum >= now.least)
    };
    let (worth, small): (Vec<_>, Vec<_>) = letters.into_iter().partition(|(_, items)| is_worth(items));
    let unworthy = small.into_iter().flat_map(|(_, items)| items);
    skipped.extend(unworthy.map(|(item, open, _)| (item, open, Skip::TooSmall)));
    let letter = |((kassenzeichen, creditor), items): ((&str, usize), _)| Reminder {
        kassenzeichen: kassenzeichen.to_owned(),
        creditor,
        items,
    };
    (worth.into_iter().map(letter).collect(), skipped)
}

/// Why an item cannot be debited, or why nobody is reminded of it all the same.
fn skip(item: &OpenItem, left_out: Option<&(Reason, Option<i64>)>, now: &Now<'_>) -> Result<Reason, Skip> {
    let reason = match left_out {
        None => return Err(Skip::ToBeDebited),
        Some((Reason::HandedOver, _)) => return Err(Skip::HandedOver),
        Some((Reason::NotDue, _)) => return Err(Skip::NotDue),
        Some((Reason::InRun, _)) => return Err(Skip::InRun),
        Some((Reason::Held, Some(case))) => return Err(Skip::Held(*case)),
        Some((Reason::HandHold | Reason::Held, _)) => return Err(Skip::HandHold),
        Some((Reason::Credit, _)) => return Err(Skip::Credit),
        Some((Reason::Unconfirmed, _)) => return Err(Skip::Unconfirmed),
        Some((Reason::TooSmall | Reason::TooSoon | Reason::OverLimit, _)) => return Err(Skip::ToBeDebited),
        Some((
            reason @ (Reason::NoMandate
            | Reason::Revoked
            | Reason::Lapsed
            | Reason::B2b
            | Reason::OutsideEea
            | Reason::Name
            | Reason::TooLarge),
            _,
        )) => *reason,
    };
    if Deferrals(now.deferrals).collectable_from(&item.kind, item.due) > now.seen {
        return Err(Skip::JustDue);
    }
    let last = now.reminded.get(&item.kassenzeichen);
    let again = |day: &Date| day.checked_add(now.again_after.days()).unwrap_or(Date::MAX);
    match last {
        Some(day) if now.today < again(day) => Err(Skip::Reminded(*day)),
        _ => Ok(reason),
    }
}

#[cfg(test)]
mod tests {
    use sepa::{CreditorId, Iban};

    use super::*;

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    fn item() -> OpenItem {
        OpenItem {
            id: 1,
            kassenzeichen: "KZ1".to_owned(),
            kind: "Steuer".to_owned(),
            due: day("2024-02-15"),
            open: Cents::new(1000),
            mandate: None,
            held_by: None,
            hand_held: None,
            in_run: false,
            list_held: false,
            covered: Cents::ZERO,
            handed_over: false,
            mandate_is_shared: false,
            unconfirmed: false,
            creditor: (0, CreditorId::parse("DE98ZZZ09999999999").unwrap()),
        }
    }

    fn mandate() -> Mandate {
        Mandate {
            id: 1,
            reference: "M1".to_owned(),
            kassenzeichen: "KZ1".to_owned(),
            active: true,
            b2b: false,
            one_off: false,
            signed: day("2020-01-01"),
            last_used: None,
            iban: Iban::parse("DE89370400440532013000").unwrap(),
            nameable: true,
            in_run: false,
            creditor: None,
            unconfirmed_account: false,
        }
    }

    #[track_caller]
    fn check(change: impl Fn(&mut OpenItem, &mut Vec<Mandate>, &mut HashMap<String, Date>), expected: &str) {
        let (mut item, mut mandates, mut reminded) = (item(), Vec::new(), HashMap::new());
        change(&mut item, &mut mandates, &mut reminded);
        let now = Now {
            today: day("2024-03-11"),
            seen: day("2024-03-08"),
            reminded: &reminded,
            again_after: 14,
            deferrals: &[],
            hold_unknown_use: false,
            least: Cents::ZERO,
        };
        let (letters, skipped) = remind(&[item], &mandates, &now);
        let of_letters = letters.iter().flat_map(|letter| &letter.items).map(|(_, _, reason)| reason.word());
        let said: Vec<&str> = of_letters.chain(skipped.iter().map(|(_, _, skip)| skip.word())).collect();
        assert_eq!(said.join(" "), expected);
    }

    #[test]
    fn only_who_cannot_be_debited_is_reminded() {
        check(|_, _, _| {}, "no_mandate");
        check(|_, mandates, _| mandates.push(Mandate { active: false, ..mandate() }), "revoked");
        check(|_, mandates, _| mandates.push(Mandate { b2b: true, ..mandate() }), "b2b");
        let unconfirmed = Mandate { unconfirmed_account: true, ..mandate() };
        check(move |_, mandates, _| mandates.push(unconfirmed.clone()), "to_be_debited");
        check(|_, mandates, _| mandates.push(Mandate { last_used: Some(day("2020-12-01")), ..mandate() }), "lapsed");
        let swiss = Iban::parse("CH9300762011623852957").unwrap();
        check(|_, mandates, _| mandates.push(Mandate { iban: swiss, ..mandate() }), "outside_eea");
        check(|_, mandates, _| mandates.push(mandate()), "to_be_debited");
        check(|item, _, _| item.in_run = true, "in_run");
        check(|item, _, _| item.handed_over = true, "handed_over");
        check(|item, _, _| item.held_by = Some(7), "held");
        check(|item, _, _| item.hand_held = Some(Date::MAX), "hand_hold");
        check(|item, _, _| item.due = day("2024-03-12"), "");
    }

    #[test]
    fn nobody_is_reminded_before_his_payment_could_be_seen_or_again_too_soon() {
        check(|item, _, _| item.due = day("2024-03-08"), "no_mandate");
        check(|item, _, _| item.due = day("2024-03-09"), "just_due");
        let reminded = |on: &'static str| {
            move |_: &mut OpenItem, _: &mut Vec<Mandate>, reminded: &mut HashMap<String, Date>| {
                reminded.insert("KZ1".to_owned(), day(on));
            }
        };
        check(reminded("2024-02-27"), "reminded");
        check(reminded("2024-02-26"), "no_mandate");
    }

    #[test]
    fn nobody_is_reminded_of_what_was_put_off() {
        let deferral = |new_due: &str| Deferral {
            id: 1,
            kinds: Vec::new(),
            due_from: day("2024-01-01"),
            due_until: day("2024-02-29"),
            new_due: day(new_due),
            instalments: None,
            days_between: 0,
        };
        for (new_due, word) in [("2024-04-15", "not_due"), ("2024-03-09", "just_due"), ("2024-03-08", "")] {
            let (reminded, deferrals) = (HashMap::new(), [deferral(new_due)]);
            let (today, seen) = (day("2024-03-11"), day("2024-03-08"));
            let now = Now {
                today,
                seen,
                reminded: &reminded,
                again_after: 14,
                deferrals: &deferrals,
                hold_unknown_use: false,
                least: Cents::ZERO,
            };
            let (letters, skipped) = remind(&[item()], &[], &now);
            let words: Vec<&str> = skipped.iter().map(|(_, _, skip)| skip.word()).collect();
            assert_eq!((words.join(" ").as_str(), letters.len()), (word, usize::from(word.is_empty())), "{new_due}");
        }
    }

    #[test]
    fn one_letter_speaks_of_all_items_of_a_kassenzeichen() {
        let items =
            [item(), OpenItem { id: 2, kassenzeichen: "KZ0".to_owned(), ..item() }, OpenItem { id: 3, ..item() }];
        let now = Now {
            today: day("2024-03-11"),
            seen: day("2024-03-08"),
            reminded: &HashMap::new(),
            again_after: 14,
            deferrals: &[],
            hold_unknown_use: false,
            least: Cents::ZERO,
        };
        let (letters, skipped) = remind(&items, &[], &now);
        let ids: Vec<Vec<i64>> =
            letters.iter().map(|letter| letter.items.iter().map(|item| item.0).collect()).collect();
        assert_eq!((ids, skipped.len()), (vec![vec![2], vec![1, 3]], 0));
        // each creditor asks for his own, and nobody for less than is worth a letter
        let own = CreditorId::parse("DE98ZZZ09999999999").unwrap();
        let items = [
            item(),
            OpenItem { id: 2, creditor: (1, own.clone()), open: Cents::new(400), ..item() },
            OpenItem { id: 3, creditor: (1, own), open: Cents::new(99), ..item() },
        ];
        for (least, worth, small) in [(499, vec![(0, 1), (1, 2)], 0), (500, vec![(0, 1)], 2), (1001, vec![], 3)] {
            let (letters, skipped) = remind(&items, &[], &Now { least: Cents::new(least), ..now.clone() });
            let of: Vec<(usize, usize)> = letters.iter().map(|own| (own.creditor, own.items.len())).collect();
            assert_eq!((of, skipped.len()), (worth, small), "{least}");
            assert!(skipped.iter().all(|(_, _, skip)| *skip == Skip::TooSmall));
        }
    }
}
