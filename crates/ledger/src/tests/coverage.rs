//! What a hold must cover before it is called complete.
//!
//! Each test is a class of payments that are in doubt: whoever is likelier than a stranger is held, and where even he is not
//! likely enough, the hold says so.

use super::town::check;

/// Three hundred others; `flat` of them owe one and the same amount.
fn town(lines: &[&str], flat: u32) -> Vec<String> {
    let others = (0..300).map(|n| {
        let amount = if n < flat { "88.00".to_owned() } else { format!("{}.13", 400 + n) };
        format!("8{n:05} 2023-4 2023-11-15 {amount}; Niemand Nr{n}")
    });
    lines.iter().map(|line| (*line).to_owned()).chain(others).collect()
}

/// Numbers one after the other without check digit, and somebody's namesake.
fn gardens(flat: u32) -> Vec<String> {
    town(
        &[
            "P100001 2023-4 2023-11-15 100.00; Anna Altmann; Kirchweg 3; anna",
            "P100102 2023-4 2023-11-15 120.00; Bert Bauer; Kirchweg 5; bert",
            "P100103 2023-4 2023-11-15 130.00; Carl Clasen; Kirchweg 7; carl",
            "7.555555.7 2023-4 2023-11-15 177.77; Erna Engel; Feldweg 1; erna",
        ],
        flat,
    )
}

#[test]
fn a_namesake_does_not_outweigh_what_is_nearly_quoted() {
    // another Erna Engel pays a part for P100001; the number could be another one's as well
    check(
        &gardens(0),
        &["30.00; Erna Engel; erna2; Pacht P100091"],
        "case hold 7.555555.7/2023-4 hold P100001/2023-4 risk",
    );
    // with a check digit a slip tells the number
    check(&gardens(0), &["30.00; Bert Bauer; bert2; KZ 7.555545.7"], "case hold 7.555555.7/2023-4 hold P100102/2023-4");
}

#[test]
fn a_name_that_many_amounts_fit_is_not_sure() {
    let mut lines = gardens(40);
    lines.push("800777 2023-4 2023-11-15 88.00; Gerd Engelhardt".to_owned());
    lines.push("800778 2023-4 2023-11-15 88.00; Hans Engelhardt".to_owned());
    let all = "case hold 800777/2023-4 hold 800778/2023-4 risk";
    check(&lines, &["88.00; Familie Engelhardt; fremd; Danke"], all);
    // the whole name, which nobody else has, is
    check(&lines, &["88.00; Gerd Engelhardt; fremd; Rate"], "case hold 800777/2023-4 hold 800778/2023-4");
    // under two numbers of his
    lines.push("P100777 2023-4 2023-11-15 31.00; Gerd Engelhardt".to_owned());
    check(&lines, &["88.00; Gerd Engelhardt; fremd; Rate"], "case hold 800777/2023-4 hold 800778/2023-4");
}

#[test]
fn who_is_likelier_than_a_stranger_is_held_whatever_the_amount_is() {
    // five of one name, one of them with the levy that the text names
    let mut lines = gardens(0);
    lines.push("P200200 2023-4 2023-11-15 45.00; Veronika Wolf".to_owned());
    lines.extend((0..4).map(|n| format!("7.30000{n}.0 2023-4 2023-11-15 {}.77; Veronika Wolf", 510 + n)));
    let books = super::town::books(&lines);
    let payment = super::town::payment(1, "40.00; Veronika Wolf; fremd; Zahlung Pacht Veronika Wolf");
    let verdicts = crate::matching::match_all(&books, &[payment], &std::collections::HashMap::new());
    let outcome = super::town::outcome(&books, &verdicts[0]);
    assert!(outcome.contains("hold P200200/2023-4"), "{outcome}");
}

#[test]
fn what_an_account_has_paid_for_once_does_not_take_another_amount() {
    // the first is beyond doubt; the second is for others, whom nobody knows
    let first = "120.00; Hausverwaltung Sauer GmbH; sauer; KZ 7.555555.4 Erna Engel";
    let lines = town(
        &["7.555555.4 2023-4 2023-11-15 120.00; Erna Engel", "7.555555.4 2024-1 2024-02-15 400.00; Erna Engel"],
        0,
    );
    check(
        &lines,
        &[first, "333.33; Hausverwaltung Sauer GmbH; sauer; Grundbesitzabgaben"],
        "case hold 7.555555.4/2024-1 risk",
    );
}

#[test]
fn a_text_without_any_number_goes_on_too() {
    let lines = town(
        &[
            "7.100001.2 2023-4 2023-11-15 100.00; Anna Altmann; Kirchweg 3; anna",
            "7.100001.2 2024-1 2024-02-15 100.00; Anna Altmann; Kirchweg 3; anna",
            "7.100001.2 2024-2 2024-05-15 100.00; Anna Altmann; Kirchweg 3; anna",
        ],
        0,
    );
    let own = "hold 7.100001.2/2023-4 hold 7.100001.2/2024-1";
    check(
        &lines,
        &["200.00; Anna Altmann; anna; Grundbesitzabgaben und fuer meine Mutter"],
        &format!("case {own} risk"),
    );
    check(
        &lines,
        &["200.00; Anna Altmann; anna; Grundbesitzabgaben"],
        "auto 7.100001.2/2023-4=100.00 7.100001.2/2024-1=100.00",
    );
    // one instalment is nobody else's
    check(
        &lines,
        &["100.00; Anna Altmann; anna; Grundbesitzabgaben laut Aufstellung"],
        "auto 7.100001.2/2023-4=100.00",
    );
}

#[test]
fn all_who_owe_an_amount_are_held_but_for_those_whose_levy_another_is() {
    let lines = town(&["P100001 2023-4 2023-11-15 88.00; Anna Altmann; Kirchweg 3; anna"], 4);
    let dogs: String = (0..4).map(|n| format!(" hold 8{n:05}/2023-4")).collect();
    check(&lines, &["88.00; Fremde Person; fremd; Hundesteuer"], &format!("case{dogs} risk"));
    check(&lines, &["88.00; Fremde Person; fremd; Danke"], &format!("case{dogs} hold P100001/2023-4"));
}

#[test]
fn two_of_one_name_under_one_number_are_told_by_their_mandates() {
    // father and son; or one who has changed his account: nobody knows
    let lines = town(
        &[
            "7.100001.2 2023-4 2023-11-15 100.00; Anna Altmann; Kirchweg 3; anna",
            "7.100001.2 2024-1 2024-02-15 100.00; Anna Altmann; Kirchweg 3; anna2",
        ],
        0,
    );
    let both = "case hold 7.100001.2/2023-4 hold 7.100001.2/2024-1";
    check(&lines, &["100.00; Anna Altmann; anna2; KZ 7.100001.2"], both);
    // the oldest is meant whoever it is, and both are meant by both
    check(&lines, &["100.00; Anna Altmann; anna; KZ 7.100001.2"], "auto 7.100001.2/2023-4=100.00");
    check(&lines, &["100.00; Anna Altmann; third; KZ 7.100001.2"], "auto 7.100001.2/2023-4=100.00");
    check(
        &lines,
        &["200.00; Anna Altmann; anna2; KZ 7.100001.2"],
        "auto 7.100001.2/2023-4=100.00 7.100001.2/2024-1=100.00",
    );
    check(&lines, &["100.00; Anna Altmann; anna2; KZ 7.100001.2 2024-1"], "auto 7.100001.2/2024-1=100.00");
}

/// Four numbers of one scheme, the first two of which owe two instalments that are a cent apart.
fn row() -> Vec<String> {
    town(
        &[
            "7.100001.2 2023-4 2023-11-15 160.01; Anna Altmann",
            "7.100001.2 2024-1 2024-02-15 160.00; Anna Altmann",
            "7.100002.0 2023-4 2023-11-15 120.00; Bert Bauer",
            "7.100003.8 2023-4 2023-11-15 130.00; Carl Clasen",
            "7.100004.6 2023-4 2023-11-15 160.00; Dora Dahl",
        ],
        0,
    )
}

#[test]
fn a_list_that_was_cut_off_at_a_blank_is_not_divided() {
    // Dahl's number stood behind the blank, and she owes what Altmann owes twice
    let sum = "570.01; Hausverwaltung Sauer GmbH; sauer";
    check(
        &row(),
        &[&format!("{sum}; b 7.100001.2 7.100002.0 7.100003.8")],
        "case hold 7.100001.2/2023-4 hold 7.100001.2/2024-1 hold 7.100002.0/2023-4 hold 7.100003.8/2023-4 \
         hold 7.100004.6/2023-4 risk",
    );
    // a character less: nothing can have stood there
    check(
        &row(),
        &[&format!("{sum}; 7.100001.2, 7.100002.0 7.100003.8")],
        "auto 7.100001.2/2023-4=160.01 7.100001.2/2024-1=160.00 7.100002.0/2023-4=120.00 7.100003.8/2023-4=130.00",
    );
}

#[test]
fn a_list_that_one_instalment_of_each_makes_is_not_cut_off() {
    for amount in ["410.01", "410.00"] {
        let placed = if amount == "410.01" { "2023-4=160.01" } else { "2024-1=160.00" };
        check(
            &row(),
            &[&format!("{amount}; Hausverwaltung Sauer GmbH; sauer; b 7.100001.2 7.100002.0 7.100003.8")],
            &format!("auto 7.100001.2/{placed} 7.100002.0/2023-4=120.00 7.100003.8/2023-4=130.00"),
        );
    }
}

#[test]
fn a_stranger_s_number_that_a_cut_off_one_follows_is_not_all() {
    let lines =
        town(&["P185605 2023-4 2023-11-15 257.08; Anna Altmann", "7.100002.0 2023-4 2023-11-15 109.18; Bert Bauer"], 0);
    let stranger = "366.26; Wiebke Wolf; fremd; Kassenzeichen Nr. P185605 u. 710000";
    check(&lines, &[stranger], "case hold P185605/2023-4 risk");
}
