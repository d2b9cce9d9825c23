//! What an outgoing booking is.

use super::*;

fn came_in(line: &str) -> CameIn {
    // ID AMOUNT PLACED IBAN [case] [before] [moved]
    let cells: Vec<&str> = line.split_whitespace().collect();
    CameIn {
        id: cells[0].parse().unwrap(),
        amount: Cents::parse(cells[1]).unwrap(),
        placed: Cents::parse(cells[2]).unwrap(),
        booked: "2024-03-06".parse().unwrap(),
        iban: Some(cells[3].to_owned()),
        is_case: cells.contains(&"case"),
        is_payment: !cells.contains(&"moved"),
        posted_before: cells.contains(&"before"),
        goes_back: cells.contains(&"back"),
        refunded: cells.contains(&"refunded"),
    }
}

fn spent(amount: &str, iban: &str, text: &str) -> Spent {
    Spent {
        id: 9,
        amount: Cents::parse(amount).unwrap(),
        booked: "2024-03-08".parse().unwrap(),
        iban: Some(iban.to_owned()).filter(|iban| iban != "-"),
        names_somebody: iban != "-",
        text: text.to_owned(),
        says: Says::Nothing,
        of_the_bank: false,
        own: None,
        refund: None,
        of_another: false,
        quotes: false,
        moved: None,
        before_as_of: false,
    }
}

#[track_caller]
fn check(row: Spent, back: Option<Back>, credits: &[&str], expected: (Outgoing, Why, Option<i64>, &[i64])) {
    let credits: Vec<CameIn> = credits.iter().map(|line| came_in(line)).collect();
    let backs: HashMap<i64, Back> = back.into_iter().map(|back| (row.id, back)).collect();
    let judged = judge(&[row], &backs, &credits);
    let [one] = judged.as_slice() else { panic!("one verdict") };
    assert_eq!((one.outgoing, one.why, one.pair, one.about.as_slice()), expected);
}

#[test]
fn what_comes_back_is_told() {
    let of = |says| Spent { says, ..spent("185.20", "A", "RETOURE") };
    let back = || of(Says::TransferBack);
    check(back(), Some(Back::Whole(1)), &["1 185.20 0.00 A"], (Outgoing::Returned, Why::TookBack, Some(1), &[]));
    check(back(), Some(Back::Part(1)), &["1 200.00 14.80 A"], (Outgoing::Returned, Why::TookPart, Some(1), &[]));
    check(back(), Some(Back::Unsure(vec![1, 2])), &[], (Outgoing::Case, Why::WhichCredit, None, &[1, 2]));
    check(back(), Some(Back::Alone), &[], (Outgoing::Case, Why::BackAlone, None, &[]));
    check(
        back(),
        Some(Back::Whole(1)),
        &["1 185.20 0.00 A before"],
        (Outgoing::Case, Why::PostedBefore, Some(1), &[1]),
    );
    let debit = || of(Says::DebitBack);
    check(debit(), Some(Back::Whole(1)), &[], (Outgoing::DebitReturn, Why::CollectedBack, Some(1), &[]));
    check(debit(), Some(Back::Alone), &[], (Outgoing::Case, Why::EarlierDebit, None, &[]));
    let ours = Spent { own: Some(Ok(())), ..debit() };
    check(ours, Some(Back::Alone), &[], (Outgoing::DebitReturn, Why::OwnDebit, None, &[]));
    let again = Spent { own: Some(Err(Doubt::Again)), ..debit() };
    check(again, Some(Back::Alone), &[], (Outgoing::Case, Why::OwnDoubt(Doubt::Again), None, &[]));
    let strangers = Spent { of_another: true, ..debit() };
    check(strangers, Some(Back::Alone), &[], (Outgoing::DebitReturn, Why::StrangersDebit, None, &[]));
}

#[test]
fn money_that_goes_to_its_payer_is_a_refund_only_where_nobody_posted_it() {
    let out = || spent("185.17", "A", "Ihre Zahlung");
    check(out(), None, &["1 185.17 185.17 A"], (Outgoing::Case, Why::RefundOfPosted, None, &[1]));
    check(out(), None, &["1 185.17 0.00 A case"], (Outgoing::Case, Why::RefundOfCase, None, &[1]));
    check(out(), None, &["1 185.17 0.00 A before"], (Outgoing::Case, Why::PostedBefore, None, &[1]));
    check(out(), None, &["1 185.17 0.00 A"], (Outgoing::Refund, Why::Refund, Some(1), &[]));
    check(out(), None, &["1 285.17 100.00 A"], (Outgoing::Refund, Why::Refund, Some(1), &[]));
    check(out(), None, &["1 185.17 185.17 B", "2 185.17 185.17 A moved"], (Outgoing::Other, Why::Payment, None, &[]));
    check(out(), None, &["1 185.17 185.17 A", "2 185.17 0.00 A"], (Outgoing::Refund, Why::Refund, Some(2), &[]));
}

#[test]
fn what_looks_like_a_refund_and_pairs_with_nothing_is_a_case() {
    for text in ["Rückzahlung Ihrer Überweisung", "ERSTATTUNG Hundesteuer", "Fehlueberweisung 4711"] {
        check(spent("1.00", "A", text), None, &[], (Outgoing::Case, Why::RefundAlone, None, &[]));
    }
    let quoting = Spent { quotes: true, ..spent("1.00", "A", "KZ 4711") };
    check(quoting, None, &[], (Outgoing::Case, Why::RefundAlone, None, &[]));
    check(spent("1.00", "A", "Rechnung 4711 Bauhof"), None, &[], (Outgoing::Other, Why::Payment, None, &[]));
}

#[test]
fn what_names_nobody_is_a_case_by_its_words_or_by_the_amount_of_a_credit() {
    let alone = (Outgoing::Case, Why::RefundAlone, None, &[][..]);
    for text in ["Widerruf v. 06.03.", "GUTSCHRIFT STORNIERT", "Rücklauf", "Return", "Fehlbuchung", "Berichtigung"] {
        check(spent("1.00", "-", text), None, &[], alone);
    }
    check(spent("1.00", "A", "Rechnungskorrektur 4711"), None, &[], (Outgoing::Other, Why::Payment, None, &[]));
    check(spent("1.00", "A", "Cancellation 4711"), None, &[], alone);
    // whatever it says
    let out = || spent("185.17", "-", "Belastung 4711");
    fn which(about: &[i64]) -> (Outgoing, Why, Option<i64>, &[i64]) {
        (Outgoing::Case, Why::WhichCredit, None, about)
    }
    check(out(), None, &["1 185.17 185.17 A"], which(&[1]));
    check(out(), None, &["1 185.17 185.17 A", "2 185.17 0.00 B case"], which(&[1, 2]));
    check(out(), None, &["1 185.17 0.00 A moved"], (Outgoing::Other, Why::Payment, None, &[]));
    check(out(), None, &["1 185.18 185.18 A"], (Outgoing::Other, Why::Payment, None, &[]));
    let late = Spent { booked: "2024-03-28".parse().unwrap(), ..out() };
    check(late, None, &["1 185.17 185.17 A"], (Outgoing::Other, Why::Payment, None, &[]));
    let many: Vec<String> = (1..=9).map(|id| format!("{id} 185.17 185.17 A")).collect();
    check(out(), None, &many.iter().map(String::as_str).collect::<Vec<_>>(), which(&[]));
}

#[test]
fn the_banks_own_and_moves_are_told() {
    let fee = Spent { of_the_bank: true, ..spent("12.30", "A", "Entgelte") };
    check(fee, None, &[], (Outgoing::Fee, Why::OfTheBank, None, &[]));
    let moved = Spent { moved: Some(Some(4)), ..spent("1.00", "A", "Umbuchung Rueckzahlung") };
    check(moved, None, &[], (Outgoing::Transfer, Why::OwnAccounts, Some(4), &[]));
    let before = Spent { before_as_of: true, ..spent("1.00", "A", "Erstattung") };
    check(before, None, &[], (Outgoing::Other, Why::BeforeAsOf, None, &[]));
}

#[test]
fn what_was_decided_to_go_back_comes_first_and_what_went_back_never() {
    let row = || spent("150.00", "DE1", "Rueckzahlung");
    let two = ["1 150.00 0.00 DE1", "2 150.00 0.00 DE1 back"];
    check(row(), None, &two, (Outgoing::Refund, Why::Refund, Some(2), &[]));
    let gone = ["1 150.00 0.00 DE1 back refunded", "2 150.00 0.00 DE1 back"];
    check(row(), None, &gone, (Outgoing::Refund, Why::Refund, Some(2), &[]));
    let recalled = Spent { says: Says::TransferBack, ..row() };
    let both = (Outgoing::Case, Why::BackAfterRefund, Some(1), &[1][..]);
    check(recalled, Some(Back::Whole(1)), &gone, both);
}

#[test]
fn what_pays_a_refund_of_ours_is_told_before_likeness() {
    let pays = |gave| Spent { refund: Some(gave), ..spent("200.00", "DE1", "Rueckzahlung") };
    let credits = ["1 200.00 0.00 DE1"];
    check(pays(Gave::Paid(Some(7))), None, &credits, (Outgoing::Refund, Why::OwnRefund, Some(7), &[]));
    check(pays(Gave::Paid(None)), None, &credits, (Outgoing::Refund, Why::OwnRefund, None, &[]));
    check(pays(Gave::Differs), None, &credits, (Outgoing::Case, Why::OwnRefundDiffers, None, &[]));
}
