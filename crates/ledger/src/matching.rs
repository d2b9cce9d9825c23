//! Decides every payment that no person has decided.
//!
//! Invariant: the verdicts are a function of the books, the payments and the business date. Payments are taken in the
//! order day, account, reference, whatever the order in which their files arrived; who paid for what before is learned
//! from all of them first, never from the payment that is being decided.

mod parallel;
mod turns;
mod verdict;

use std::collections::{HashMap, HashSet};
use std::num::NonZero;

use crate::books::{AccountId, Books};
use crate::candidates::{Candidate, Fit, Scales};
use crate::decide::{Chosen, Decision, Draft, Ground, objection};
use crate::history::{History, Lesson};
use crate::holds::{Held, Hold, Suspicion, Wide};
use crate::payment::{Nature, Payment};
use crate::reading::{Quoted, Reader, Setting};
use crate::settle::{Part, Rooms};
use crate::weights::{Key, Weights};
use sepa::Iban;

use parallel::in_turn;
use turns::{Rehearsal, Taking, Turn, read_foreseen};
pub use verdict::Verdict;

/// What a person has decided of a payment: it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decided {
    /// What he placed.
    pub parts: Vec<Part>,
    /// Items that stay held while he waits for something.
    pub holds: Vec<usize>,
    /// He decided that it is other money.
    pub is_other: bool,
}

/// How to match: the weights, and on how many threads. The verdicts are the same on any number of them.
#[derive(Clone, Debug)]
pub struct Manner {
    /// What each witness weighs.
    pub weights: Weights,
    /// How many threads read the payments.
    pub threads: usize,
}

impl Default for Manner {
    fn default() -> Manner {
        let threads = std::thread::available_parallelism().map_or(1, NonZero::get);
        Manner { weights: Weights::SHIPPED, threads }
    }
}

/// The verdicts on all payments that `decided` does not speak of, in the order of `payments`.
pub fn match_all(books: &Books, payments: &[Payment], decided: &HashMap<i64, Decided>) -> Vec<Verdict> {
    match_in(books, payments, decided, &Manner::default())
}

/// Like [`match_all`], with other weights or threads.
pub fn match_in(books: &Books, payments: &[Payment], decided: &HashMap<i64, Decided>, manner: &Manner) -> Vec<Verdict> {
    let start = rooms_after(books, decided);
    let setting = Setting { books, rooms: &start, weights: &manner.weights, history: &History::default() };
    let mut turns: Vec<Option<Turn>> = Vec::new();
    turns.resize_with(payments.len(), || None);
    let history = consider(setting, payments, &mut turns, decided, manner.threads);
    let setting = Setting { history: &history, ..setting };
    let rooms = take_turns(setting, payments, &mut turns, manner.threads);
    hold_all(Setting { rooms: &rooms, ..setting }, decided, payments, turns, manner.threads)
}

/// What is open after what people placed.
fn rooms_after(books: &Books, decided: &HashMap<i64, Decided>) -> Rooms {
    let mut rooms = Rooms::new(books);
    decided.values().flat_map(|decided| &decided.parts).for_each(|part| rooms.take(books, *part));
    rooms
}

/// Reads every payment that nobody decided, and decides each as if it were the only one. What these tell of others is
/// handed on.
fn consider(
    setting: Setting<'_>,
    payments: &[Payment],
    turns: &mut [Option<Turn>],
    decided: &HashMap<i64, Decided>,
    threads: usize,
) -> History {
    let (mut rehearsal, mut lessons) = (Rehearsal::new(setting), Vec::new());
    let begin = || Reader::new(setting);
    let work = |reader: &mut Reader<'_>, payments: &[Payment], turns: &mut [Option<Turn>]| {
        read(setting, reader, payments, turns, |payment, _| !decided.contains_key(&payment.id));
        for (payment, turn) in payments.iter().zip(turns) {
            let Some(turn) = turn else { continue };
            turn.taught = taught(setting.books, payment, turn);
        }
    };
    in_turn(payments, turns, threads, begin, work, |payments, turns| {
        rehearsal.foresee(payments, turns);
        learn(setting.books, payments, turns, decided, &mut lessons);
    });
    let is_other = |payment: &&Payment| decided.get(&payment.id).is_some_and(|decided| decided.is_other);
    let others = payments.iter().filter(is_other).filter_map(|payment| payment.iban);
    let placed: HashSet<Iban> = lessons.iter().map(|lesson| lesson.iban).collect();
    let others: Vec<Iban> = others.filter(|iban| !placed.contains(iban)).collect();
    History::new(lessons).with_others(others.into_iter())
}

/// Reads again where others by the same payer tell something of a payment, and decides one after the other. What is left
/// open after all of them.
fn take_turns(setting: Setting<'_>, payments: &[Payment], turns: &mut [Option<Turn>], threads: usize) -> Rooms {
    let Setting { books, rooms, weights, history } = setting;
    let mut taking = Taking::new(setting);
    let begin = || Reader::new(setting);
    let work = |reader: &mut Reader<'_>, payments: &[Payment], turns: &mut [Option<Turn>]| {
        let foreseen: Vec<bool> = turns.iter().map(|turn| turn.as_ref().is_some_and(|turn| turn.is_foreseen)).collect();
        history.ask_for(payments.iter().filter_map(|payment| payment.iban));
        read(setting, reader, payments, turns, |payment, turn| {
            let Some(old) = turn.take_if(|_| has_precedent(history, payment)) else { return false };
            let mut considered = old.considered();
            let is_told = considered.recall(setting, payment);
            *turn = is_told.then(|| Turn::new(&Scales { books, rooms, weights }, payment, considered));
            !is_told
        });
        read_foreseen(reader, payments, turns, &foreseen);
    };
    in_turn(payments, turns, threads, begin, work, |payments, turns| taking.take(payments, turns));
    taking.rooms
}

/// Reads and decides those that are left.
fn read(
    setting: Setting<'_>,
    reader: &mut Reader<'_>,
    payments: &[Payment],
    turns: &mut [Option<Turn>],
    is_left: impl Fn(&Payment, &mut Option<Turn>) -> bool,
) {
    let Setting { books, rooms, weights, .. } = setting;
    let left =
        payments.iter().zip(turns).filter_map(|(payment, turn)| is_left(payment, turn).then_some((payment, turn)));
    let (payments, turns): (Vec<&Payment>, Vec<&mut Option<Turn>>) = left.unzip();
    let mut places = payments.iter().zip(turns);
    reader.read_all(&payments, |considered| {
        if let Some((payment, turn)) = places.next() {
            *turn = Some(Turn::new(&Scales { books, rooms, weights }, payment, considered));
        }
    });
}

/// Whether other payments tell what the payer's account pays for: a Kassenzeichen that is not its mandate's, or other money.
fn has_precedent(history: &History, payment: &Payment) -> bool {
    payment.iban.is_some_and(|iban| history.of(&iban, payment.id).next().is_some() || history.pays_other(&iban))
}

/// Learns from what is beyond doubt: a clean reference whose amount fits, or a person's decision. What the mandate of the
/// payer's account says already is no lesson.
fn learn(
    books: &Books,
    payments: &[Payment],
    turns: &[Option<Turn>],
    decided: &HashMap<i64, Decided>,
    lessons: &mut Vec<Lesson>,
) {
    for (payment, turn) in payments.iter().zip(turns) {
        let Some(iban) = payment.iban else { continue };
        let (payment_id, day) = (payment.id, payment.booked);
        let lesson = |account, by_person| Lesson { iban, account, payment: payment_id, day, by_person };
        match turn {
            Some(turn) => lessons.extend(turn.taught.iter().map(|account| lesson(*account, false))),
            None => {
                let parts = decided.get(&payment.id).into_iter().flat_map(|decided| &decided.parts);
                let items = parts.filter_map(|part| books.items.get(part.item));
                let news = items.filter(|item| books.by_iban(&iban).binary_search(&item.account).is_err());
                lessons.extend(news.map(|item| lesson(item.account, true)));
            }
        }
    }
}

/// The Kassenzeichen that a payment was surely meant for, but for those that the mandate of the payer's account tells already.
fn taught(books: &Books, payment: &Payment, turn: &Turn) -> Chosen {
    let Draft { candidates, chosen, ground, decision, .. } = &turn.draft;
    let is_plain = payment.nature == Nature::Transfer && payment.finding.is_none() && !payment.provisional;
    let is_news = |account: &AccountId| {
        let candidate = candidates.iter().find(|candidate| candidate.account == *account);
        candidate.is_some_and(|one| !one.marks.as_slice().iter().any(|mark| mark.key == Key::Mandate))
    };
    match turn.reading.quoted {
        _ if !is_plain => Chosen::new(),
        Quoted::One(account) if !turn.reading.means_more() => {
            let quoted = candidates.iter().find(|candidate| candidate.account == account);
            let is_sure = |quoted: &Candidate| quoted.fit == Fit::Due && objection(books, quoted, candidates).is_none();
            quoted.filter(|quoted| is_news(&account) && is_sure(quoted)).map(|_| account).into_iter().collect()
        }
        _ if *ground == Ground::JointPayment && *decision == Decision::Auto => {
            chosen.iter().copied().filter(is_news).collect()
        }
        _ => Chosen::new(),
    }
}

/// Finds out whom each case concerns, and adds to each draft what it keeps out of direct debit.
fn hold_all(
    setting: Setting<'_>,
    decided: &HashMap<i64, Decided>,
    payments: &[Payment],
    mut turns: Vec<Option<Turn>>,
    threads: usize,
) -> Vec<Verdict> {
    let Setting { books, rooms, .. } = setting;
    let mut held = Held::new(rooms.clone());
    for part in decided.values().flat_map(|decided| &decided.holds) {
        let amount = rooms.of(*part);
        held.take(books, Part { item: *part, amount });
    }
    let mut wide: Vec<(Wide, usize, &Payment)> = Vec::new();
    // what each case holds, by the place of its verdict
    let mut doubts: Vec<(usize, Vec<Hold>, bool)> = Vec::new();
    let mut count = 0;
    let suspect = |reader: &mut Reader<'_>, payments: &[Payment], turns: &mut [Option<Turn>]| {
        for (payment, turn) in payments.iter().zip(turns) {
            let Some(turn) = turn else { continue };
            let suspicion = Suspicion::of(reader, payment, &turn.reading, &turn.draft);
            turn.suspicion = suspicion.map(Box::new);
        }
    };
    in_turn(
        payments,
        &mut turns,
        threads,
        || Reader::new(setting),
        suspect,
        |payments, turns| {
            for (payment, turn) in payments.iter().zip(turns) {
                let Some(turn) = turn else { continue };
                if let Some(mut suspicion) = turn.suspicion.take() {
                    wide.extend(suspicion.wide.take().map(|wide| (wide, count, payment)));
                    let (holds, is_complete) = held.hold(books, rooms, payment, &turn.draft, *suspicion);
                    doubts.push((count, holds, is_complete));
                }
                count += 1;
            }
        },
    );
    // a verdict takes its turn's place in memory: room for all of them anew would cost more than the holds
    let turns = turns.into_iter().zip(payments);
    let mut verdicts: Vec<Verdict> = turns.filter_map(|(turn, payment)| Some(turn?.verdict(payment.id))).collect();
    for (place, holds, is_complete) in doubts {
        let Some(verdict) = verdicts.get_mut(place) else { continue };
        (verdict.holds, verdict.hold_complete) = (holds, is_complete);
    }
    hold_widely(books, rooms, &mut held, wide, &mut verdicts);
    verdicts
}

/// Holds for payers of whom only the amount is known, the narrowest first, as far as the bound allows.
fn hold_widely(
    books: &Books,
    rooms: &Rooms,
    held: &mut Held,
    mut wide: Vec<(Wide, usize, &Payment)>,
    verdicts: &mut [Verdict],
) {
    let due = books.items.iter().filter(|item| books.is_due(item));
    let due = due.fold(0_i64, |sum, item| sum.saturating_add(item.amount.get()));
    let mut left = due / 100 * books.wide_percent;
    wide.sort_by_key(|(wide, verdict, _)| (wide.cents, *verdict));
    for (wide, verdict, payment) in wide {
        let Some(verdict) = verdicts.get_mut(verdict).filter(|_| wide.cents.get() <= left) else { continue };
        left -= wide.cents.get();
        verdict.hold_complete |= wide.is_whole;
        for hold in held.hold_wide(books, rooms, payment, &verdict.draft, wide) {
            if !verdict.holds.iter().any(|known| known.item == hold.item) {
                verdict.holds.push(hold);
            }
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::books::{Class, ListedItem, ListedMandate};
    use crate::payment::{Beside, Nature};
    use kassenzeichen::{CheckMethod, Scheme};
    use sepa::{Cents, Iban};

    const IBANS: [(&str, &str); 3] =
        [("anna", "DE89370400440532013000"), ("bert", "DE02120300000000202051"), ("else", "DE02500105170137075030")];

    fn iban(who: &str) -> Option<Iban> {
        IBANS.iter().find(|(name, _)| *name == who).map(|(_, iban)| Iban::parse(iban).unwrap())
    }

    /// Items as `KZ POSTEN DUE AMOUNT [DEBTOR]`, separated by `|`; the debtor's first name is also his mandate's IBAN.
    pub(crate) fn town(items: &str, today: &str) -> Books {
        let mut listed = Vec::new();
        let mut mandates = Vec::new();
        for (id, line) in (1..).zip(items.split('|')) {
            let cells: Vec<&str> = line.split_whitespace().collect();
            let debtor = cells.get(4..).map(|words| words.join(" ")).unwrap_or_default();
            listed.push(ListedItem {
                id,
                kassenzeichen: cells[0].to_owned(),
                posten: cells[1].to_owned(),
                kind: "Grundbesitzabgaben".to_owned(),
                due: cells[2].parse().unwrap(),
                amount: Cents::parse(cells[3]).unwrap(),
                paid_before: Cents::ZERO,
                claimed: Cents::ZERO,
                debtor: debtor.clone(),
                address: None,
                mandate: None,
                class: Class::Principal,
            });
            let first = debtor.split(' ').next().unwrap_or_default().to_lowercase();
            if let Some(iban) = iban(&first) {
                mandates.push(ListedMandate {
                    reference: format!("M{id}"),
                    kassenzeichen: cells[0].to_owned(),
                    old_reference: None,
                    holder: debtor,
                    iban,
                });
            }
        }
        let scheme = Scheme::new("Test", "7.######.C", CheckMethod::Luhn).unwrap();
        Books::new(&[scheme], listed, &mandates, today.parse().unwrap())
    }

    /// A payment as `AMOUNT | IBAN OWNER | NAME | TEXT`.
    pub(crate) fn payment(id: i64, line: &str) -> Payment {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        Payment {
            id,
            amount: Cents::parse(cells[0]).unwrap(),
            booked: "2024-01-02".parse().unwrap(),
            counterparty: Some(cells[2].to_owned()),
            iban: iban(cells[1]),
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

    /// Anna and Bert each owe two instalments, and a hundred others owe something else.
    fn crowd() -> Books {
        let mut lines = vec![
            "7.100001.7 2023-4 2023-11-15 100.00 Anna Altmann".to_owned(),
            "7.100001.7 2024-1 2024-02-15 100.00 Anna Altmann".to_owned(),
            "7.100001.7 2024-2 2024-05-15 100.00 Anna Altmann".to_owned(),
            "7.200002.0 2023-4 2023-11-15 222.22 Bert Bauer".to_owned(),
            "7.200002.0 2024-1 2024-02-15 222.22 Bert Bauer".to_owned(),
            "7.300003.3 2023-4 2023-11-15 333.33 Carl Clasen".to_owned(),
        ];
        lines.extend((0..200).map(|n| format!("7.4{n:05}.0 2023-4 2023-11-15 {}.50 Niemand Nr{n}", 400 + n)));
        town(&lines.join("|"), "2024-03-11")
    }

    /// `decision: KZ/POSTEN=AMOUNT …; holds KZ/POSTEN …` of the last of some payments.
    fn outcome(books: &Books, lines: &[&str]) -> String {
        let payments: Vec<Payment> = (1..).zip(lines).map(|(id, line)| payment(id, line)).collect();
        let verdicts = match_all(books, &payments, &HashMap::new());
        let verdict = verdicts.last().unwrap();
        let name = |place: usize| {
            let item = &books.items[place];
            format!("{}/{}", books.account(item.account).unwrap().kassenzeichen, books.posten(item))
        };
        let mut text = verdict.draft.decision.word().to_owned();
        verdict.draft.parts.iter().for_each(|part| text += &format!(" {}={}", name(part.item), part.amount));
        verdict.holds.iter().for_each(|hold| text += &format!(" hold {}", name(hold.item)));
        if !verdict.hold_complete {
            text += " risk";
        }
        text
    }

    #[track_caller]
    fn check(lines: &[&str], expected: &str) {
        assert_eq!(outcome(&crowd(), lines), expected, "{lines:?}");
    }

    #[test]
    fn a_clean_reference_is_posted_whoever_pays() {
        check(&["100.00 | anna | Anna Altmann | KZ 7.100001.7"], "auto 7.100001.7/2023-4=100.00");
        check(&["100.00 | - | Fremde Person | 71000017 fuer Oma"], "auto 7.100001.7/2023-4=100.00");
        check(&["100.00 | bert | Bert Bauer | 7.100001.7"], "auto 7.100001.7/2023-4=100.00");
        check(&["100.00 | anna | Anna Altmann | 7.100001.7 1. Rate 2024"], "auto 7.100001.7/2024-1=100.00");
    }

    #[test]
    fn a_reference_that_payer_and_amount_contradict_holds_both() {
        check(
            &["222.22 | bert | Bert Bauer | KZ 7.100001.7"],
            "case hold 7.200002.0/2023-4 hold 7.100001.7/2023-4 hold 7.100001.7/2024-1 hold 7.100001.7/2024-2",
        );
    }

    #[test]
    fn a_part_is_posted_and_the_rest_stays_open() {
        check(&["40.00 | anna | Anna Altmann | KZ 7.100001.7"], "auto 7.100001.7/2023-4=40.00");
        check(
            &["150.00 | anna | Anna Altmann | KZ 7.100001.7"],
            "auto 7.100001.7/2023-4=100.00 7.100001.7/2024-1=50.00",
        );
    }

    #[test]
    fn more_than_is_due_is_a_case_and_never_the_not_yet_due() {
        check(
            &["250.00 | anna | Anna Altmann | KZ 7.100001.7"],
            "case 7.100001.7/2023-4=100.00 7.100001.7/2024-1=100.00 hold 7.100001.7/2024-2",
        );
    }

    #[test]
    fn the_rest_of_an_overpayment_holds_what_else_the_payer_owes() {
        let books = town(
            "7.100001.7 2023-4 2023-11-15 100.00 Anna Altmann | 7.200002.0 2023-4 2023-11-15 30.00 Anna Altmann \
             | 7.200002.0 2024-1 2024-02-15 30.00 Anna Altmann",
            "2024-03-11",
        );
        let both = outcome(&books, &["160.00 | anna | Anna Altmann | KZ 7.100001.7"]);
        assert_eq!(both, "case 7.100001.7/2023-4=100.00 hold 7.200002.0/2023-4 hold 7.200002.0/2024-1");
    }

    #[test]
    fn who_pays_twice_pays_the_next_due_instalment() {
        let once = "100.00 | anna | Anna Altmann | KZ 7.100001.7";
        check(&[once, once], "auto 7.100001.7/2024-1=100.00");
        check(&[once, once, once], "case hold 7.100001.7/2024-2");
    }

    #[test]
    fn several_references_divide_in_one_way_or_are_a_case() {
        check(
            &["322.22 | anna | Anna Altmann | 7.100001.7 und 7.200002.0"],
            "auto 7.100001.7/2023-4=100.00 7.200002.0/2023-4=222.22",
        );
        check(
            &["300.00 | anna | Anna Altmann | 7.100001.7 und 7.200002.0"],
            "case hold 7.100001.7/2023-4 hold 7.100001.7/2024-1 hold 7.100001.7/2024-2 hold 7.200002.0/2023-4 hold 7.200002.0/2024-1",
        );
    }

    #[test]
    fn a_damaged_reference_needs_a_second_witness() {
        check(&["333.33 | - | Carl Clasen | KZ 7.300030.3"], "auto 7.300003.3/2023-4=333.33");
        check(&["50.00 | - | Fremde Person | KZ 7.300030.3"], "case hold 7.300003.3/2023-4 risk");
    }

    #[test]
    fn without_a_reference_payer_and_amount_must_agree() {
        check(&["222.22 | bert | Bert Bauer | Abgaben"], "auto 7.200002.0/2023-4=222.22");
        check(&["222.22 | - | Fremde Person | Abgaben"], "case hold 7.200002.0/2023-4");
        check(&["77.00 | bert | Bert Bauer | Abgaben"], "case hold 7.200002.0/2023-4");
        check(&["77.00 | - | Fremde Person | Abgaben"], "case risk");
    }

    #[test]
    fn other_money_of_a_citizen_holds_nothing() {
        check(&["77.00 | bert | Bert Bauer | Kita Beitrag 11/2023"], "other");
        check(&["222.22 | bert | Bert Bauer | Kita Beitrag 11/2023"], "case hold 7.200002.0/2023-4");
    }

    #[test]
    fn who_paid_before_is_known_again() {
        let before = "222.22 | else | Else Engel | KZ 7.200002.0";
        check(&[before, "222.22 | else | Else Engel | Abgaben"], "case hold 7.200002.0/2024-1");
    }

    #[test]
    fn verdicts_do_not_depend_on_what_else_is_decided_by_people() {
        let books = crowd();
        let payments = [
            payment(1, "100.00 | anna | Anna Altmann | KZ 7.100001.7"),
            payment(2, "222.22 | bert | Bert Bauer | Abgaben"),
        ];
        let decided = HashMap::from([(
            1,
            Decided { parts: vec![Part { item: 0, amount: Cents::new(10_000) }], holds: vec![], is_other: false },
        )]);
        let alone = match_all(&books, &payments, &decided);
        assert_eq!(alone.len(), 1);
        assert_eq!(alone[0].draft.parts, match_all(&books, &payments, &HashMap::new())[1].draft.parts);
    }
}
