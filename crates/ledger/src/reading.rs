//! Reads a payment's texts once, and finds everyone whom something in it speaks for.
//!
//! Knows what was open at the start and who paid before, nothing of other payments. Invariant: what is read of a payment
//! does not depend on which thread reads it, or on what was read before.

mod heard;
mod search;

use kassenzeichen::Finder;

use crate::candidates::Candidate;
use crate::payment::Payment;
use crate::weigh::{Weighing, recall, weigh};

use heard::Heard;
pub(crate) use heard::Room;
pub use heard::{Quoted, Reading, Setting};
use search::Doubt;
pub(crate) use search::{Payer, Search, Told};

/// A payment that was read, and everyone it could be meant for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Considered {
    /// What it says.
    pub reading: Reading,
    /// Best first; equal ones in the order of the books.
    pub candidates: Vec<Candidate>,
    /// Whether some were not looked for, as they could not speak against what is quoted.
    pub is_narrow: bool,
}

impl Considered {
    /// Adds to what was read without a history what it tells, if that is only of Kassenzeichen that were considered. Whether
    /// it is: else the payment must be read again, and nothing is changed.
    pub(crate) fn recall(&mut self, setting: Setting<'_>, payment: &Payment) -> bool {
        // beside the only Kassenzeichen of the payer's mandate nobody was looked for, not even in the text
        let is_alone = match (&self.reading.quoted, payment.iban) {
            (Quoted::One(quoted), Some(iban)) => self.is_narrow && setting.books.by_iban(&iban) == [*quoted],
            _ => false,
        };
        let pays_other = payment.iban.is_some_and(|iban| setting.history.pays_other(&iban));
        !is_alone && !pays_other && recall(setting, payment, &mut self.candidates)
    }
}

/// Reads payments, with room that is used again.
#[derive(Debug)]
pub struct Reader<'b> {
    setting: Setting<'b>,
    finder: Finder<'b>,
    /// What was heard of the payments that are read together.
    heard: Vec<Heard>,
    /// Room for what texts tell, while nobody has it.
    spare: Vec<Told>,
    room: Room<'b>,
}

/// So many payments are read together. A look-up in the books of a city is a wait for memory; those of several payments
/// wait at the same time. More would drive each other out of the processor's nearest cache.
const TOGETHER: usize = 16;

impl<'b> Reader<'b> {
    /// A reader.
    pub fn new(setting: Setting<'b>) -> Reader<'b> {
        let finder = setting.books.directory.finder();
        Reader { setting, finder, heard: Vec::new(), spare: Vec::new(), room: Room::default() }
    }

    /// What everything is read against.
    pub(crate) fn setting(&self) -> Setting<'b> {
        self.setting
    }

    /// Reads payments; where what is quoted is beyond doubt, nobody else is looked for. What is read of each comes in
    /// their order.
    pub fn read_all(&mut self, payments: &[&Payment], mut visit: impl FnMut(Considered)) {
        for some in payments.chunks(TOGETHER) {
            self.read_some(some, Doubt::None, &mut visit);
        }
    }

    /// Like [`Reader::read_all`], and looks for everybody.
    pub fn read_wholly(&mut self, payments: &[&Payment], mut visit: impl FnMut(Considered)) {
        for some in payments.chunks(TOGETHER) {
            self.read_some(some, Doubt::All, &mut visit);
        }
    }

    /// Reads some payments together, step by step: before each step, what it needs of the books is asked for at once.
    fn read_some(&mut self, payments: &[&Payment], least: Doubt, visit: &mut impl FnMut(Considered)) {
        let Reader { setting, finder, heard, spare, room } = self;
        heard.resize_with(payments.len().max(heard.len()), Heard::default);
        for (payment, heard) in payments.iter().zip(heard.iter_mut()) {
            heard.hear(finder, payment);
        }
        search::ask_for_payers(setting.books, payments, &mut room.keys);
        let heard = payments.iter().zip(heard.iter());
        let searches = heard.map(|(payment, heard)| {
            let mut search = Search::new(*setting, payment, heard, spare.pop().unwrap_or_default());
            search.name_quoted(room);
            search
        });
        let mut searches: Vec<Search<'_, 'b>> = searches.collect();
        search::ask_for_accounts(*setting, &searches, room);
        for search in &mut searches {
            search.doubt(least, room);
        }
        search::ask_for_words(setting.books, &searches, room);
        search::ask_for_namesakes(setting.books, &searches, room);
        for search in &mut searches {
            search.name_others(room);
        }
        search::ask_for_others(*setting, &searches, room);
        for search in searches {
            let mut weighing = Weighing::new(&search);
            let accounts = search.told.accounts.iter();
            let mut candidates: Vec<Candidate> = accounts.map(|account| weigh(&mut weighing, *account, room)).collect();
            candidates.sort_by_key(|candidate| (-candidate.score, candidate.account));
            let is_narrow = search.doubt < Doubt::All;
            let Search { reading, told, .. } = search;
            visit(Considered { reading, candidates, is_narrow });
            spare.push(told);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::books::AccountId;
    use crate::history::{History, Lesson};
    use crate::settle::Rooms;
    use crate::tests::threads::{crowd, payments};
    use crate::tests::town::payment;
    use crate::weights::Weights;

    fn read(setting: Setting<'_>, payments: &[&Payment]) -> Vec<Considered> {
        let mut read = Vec::new();
        Reader::new(setting).read_all(payments, |considered| read.push(considered));
        read
    }

    #[test]
    fn what_is_recalled_is_what_would_be_read_with_the_history() {
        let (books, payments, weights) = (crowd(), payments(), Weights::SHIPPED);
        let payments: Vec<&Payment> = payments.iter().collect();
        let (rooms, nothing) = (Rooms::new(&books), History::default());
        let before = Setting { books: &books, rooms: &rooms, weights: &weights, history: &nothing };
        let (mut recalled, mut refused) = (0, 0);
        // each account has paid for what it quotes now, or for what stands so many places behind it in the books
        for steps in [0, 1, 2, 7] {
            let lessons = payments.iter().zip(read(before, &payments)).filter_map(|(payment, considered)| {
                let Quoted::One(quoted) = considered.reading.quoted else { return None };
                let (iban, account, day) = (payment.iban?, (quoted + steps) % 60, payment.booked);
                let by_person = payment.id % 3 == 0;
                Some([0, 1000].map(|more| Lesson { iban, account, payment: payment.id + more, day, by_person }))
            });
            let history = History::new(lessons.flatten().collect());
            let setting = Setting { history: &history, ..before };
            let expected = read(setting, &payments);
            for ((payment, mut known), expected) in payments.iter().zip(read(before, &payments)).zip(expected) {
                if known.recall(setting, payment) {
                    assert_eq!(known, expected, "{steps} {payment:?}");
                    recalled += usize::from(payment.iban.is_some_and(|iban| history.count(&iban, payment.id) > 0));
                } else {
                    refused += 1;
                }
            }
        }
        assert!(recalled > 50 && refused > 100, "{recalled} {refused}");
    }
    #[test]
    fn where_nobody_was_looked_for_the_text_is_read_again() {
        let (books, weights, nothing) = (crowd(), Weights::SHIPPED, History::default());
        let rooms = Rooms::new(&books);
        let before = Setting { books: &books, rooms: &rooms, weights: &weights, history: &nothing };
        // his own, beside what is nearly another, for which he paid before, and a house that is nobody's of these
        let payment = payment(1, "51.00; Anna Familieb; Anna Familieb; P100003 P1000044 Kirchweg 9");
        let mut known = read(before, &[&payment]);
        let accounts = |considered: &Considered| {
            let mut accounts: Vec<AccountId> = considered.candidates.iter().map(|known| known.account).collect();
            accounts.sort_unstable();
            accounts
        };
        assert_eq!(accounts(&known[0]), [3, 4, 44]);
        let (iban, day) = (payment.iban.unwrap(), payment.booked);
        let history = History::new(vec![Lesson { iban, account: 44, payment: 2, day, by_person: true }]);
        let setting = Setting { history: &history, ..before };
        assert!(!known[0].recall(setting, &payment));
        assert_eq!(accounts(&read(setting, &[&payment])[0]), [3, 4, 9, 44]);
    }
}
