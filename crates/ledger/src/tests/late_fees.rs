//! Tables of cases for late charges; amounts in cents. The worked claim is 312.47 EUR, due on Wednesday, 15.11.2023.

use jiff::ToSpan;
use jiff::civil::Date;
use proptest::prelude::*;
use sepa::{Cents, Iban, end_of_grace};

use crate::fees::*;
use crate::plan::Mandate;

const CLAIM: i64 = 31_247;
const SHIFTING: Rules = Rules { month_end_shifts: true };
const STRICT: Rules = Rules { month_end_shifts: false };

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn payments(table: &[(&str, i64)]) -> Vec<(Date, Cents)> {
    table.iter().map(|(on, cents)| (day(on), Cents::new(*cents))).collect()
}

#[track_caller]
fn check(due: &str, principal: i64, paid: &[(&str, i64)], as_of: &str, rules: Rules, expected: (u32, i64)) {
    let charge = late_charge(day(due), Cents::new(principal), &payments(paid), day(as_of), rules);
    assert_eq!((charge.months, charge.amount.get()), expected, "{due} {principal} {paid:?} as of {as_of} {rules:?}");
}

#[test]
fn a_transfer_is_charged_by_the_day_it_is_credited() {
    for (credited, months, cents) in [
        ("2023-11-15", 0, 0),
        // Saturday and Sunday are within the three days, which end on Monday
        ("2023-11-18", 0, 0),
        ("2023-11-20", 0, 0),
        ("2023-11-21", 1, 300),
        ("2023-12-15", 1, 300),
        // an instant transfer on a Saturday
        ("2023-12-16", 2, 600),
        ("2024-01-15", 2, 600),
        ("2024-01-16", 3, 900),
    ] {
        check("2023-11-15", CLAIM, &[(credited, CLAIM)], "2024-03-11", SHIFTING, (months, cents));
    }
}

#[test]
fn the_base_of_each_month_is_what_was_open_when_it_began() {
    for (paid, months, cents) in [
        (&[("2023-11-17", 20_000), ("2024-02-05", 11_247)][..], 3, 300),
        // after the grace the first month is charged in full
        (&[("2023-11-21", 20_000), ("2024-02-05", 11_247)], 3, 300 + 100 + 100),
        // what falls below 50 EUR is charged no more, but is late all the same
        (&[("2023-12-01", 26_248), ("2024-02-05", 4_999)], 3, 300),
        (&[("2023-12-01", 26_247), ("2024-02-05", 5_000)], 3, 300 + 50 + 50),
        (&[("2023-11-14", CLAIM)], 0, 0),
        (&[("2023-11-16", CLAIM + 1)], 0, 0),
    ] {
        check("2023-11-15", CLAIM, paid, "2024-03-11", SHIFTING, (months, cents));
    }
}

#[test]
fn what_is_open_is_charged_until_today() {
    for (as_of, months, cents) in [
        ("2023-11-15", 0, 0),
        ("2023-11-20", 0, 0),
        ("2023-11-21", 1, 300),
        ("2023-12-15", 1, 300),
        ("2023-12-16", 2, 600),
        ("2024-03-11", 4, 1_200),
    ] {
        check("2023-11-15", CLAIM, &[], as_of, SHIFTING, (months, cents));
    }
}

#[test]
fn months_end_on_the_same_day_or_the_last_of_the_month() {
    for (due, credited, rules, months) in [
        // from the due day, not from the end of the grace
        ("2022-05-10", "2022-06-10", SHIFTING, 1),
        ("2022-05-10", "2022-06-12", SHIFTING, 2),
        // 10.06.2023 is a Saturday: the month ends on Monday, or it does not
        ("2023-05-10", "2023-06-12", SHIFTING, 1),
        ("2023-05-10", "2023-06-12", STRICT, 2),
        ("2023-05-10", "2023-06-13", SHIFTING, 2),
        // the shift of one month does not move the next
        ("2023-05-10", "2023-07-10", SHIFTING, 2),
        ("2023-05-10", "2023-07-11", SHIFTING, 3),
        ("2024-01-31", "2024-02-29", STRICT, 1),
        ("2024-01-31", "2024-03-01", STRICT, 2),
        ("2024-01-31", "2024-04-02", SHIFTING, 2),
        ("2024-01-31", "2024-04-02", STRICT, 3),
        // a Saturday's due day is Monday's
        ("2025-11-15", "2025-11-20", SHIFTING, 0),
        ("2025-11-15", "2025-11-21", SHIFTING, 1),
        ("2025-11-15", "2025-12-17", SHIFTING, 1),
        ("2025-11-15", "2025-12-18", SHIFTING, 2),
    ] {
        check(due, 10_000, &[(credited, 10_000)], "2030-01-01", rules, (months, i64::from(months) * 100));
    }
}

#[test]
fn a_debit_that_was_made_up_for_and_came_back_costs_three_months_by_law() {
    let charge = late_charge(
        day("2023-11-15"),
        Cents::new(CLAIM),
        &payments(&[("2024-02-05", CLAIM)]),
        day("2024-03-11"),
        SHIFTING,
    );
    assert_eq!(charge.amount.get(), 900);
    // from the announced new date it would be one
    check("2024-01-19", CLAIM, &[("2024-01-22", CLAIM)], "2024-03-11", SHIFTING, (0, 0));
    check("2024-01-19", CLAIM, &[("2024-02-05", CLAIM)], "2024-03-11", SHIFTING, (1, 300));
}

#[test]
fn below_five_euros_is_not_demanded_on_its_own() {
    for (cents, demanded) in [(0, false), (499, false), (500, true), (1_200, true)] {
        assert_eq!(LateCharge { months: 1, amount: Cents::new(cents) }.is_demanded(), demanded, "{cents}");
    }
}

#[test]
fn the_reminder_fee_of_north_rhine_westphalia() {
    for (open, fee) in [
        (0, 0),
        (-1, 0),
        (1, 600),
        (5_000, 600),
        (5_099, 600),
        (14_999, 600),
        (15_000, 700),
        (CLAIM, 800),
        (49_999, 1_000),
        (120_000, 1_700),
        (464_999, 5_100),
        (465_000, 5_200),
        (100_000_000, 5_200),
    ] {
        assert_eq!(reminder_fee(Cents::new(open)).get(), fee, "{open}");
    }
}

#[test]
fn a_reminder_goes_out_after_the_grace_on_what_is_open_then() {
    for (paid, as_of, fee) in [
        (&[][..], "2023-11-20", 0),
        (&[], "2023-11-21", 800),
        (&[("2023-11-20", CLAIM)], "2024-03-11", 0),
        (&[("2023-11-21", CLAIM)], "2024-03-11", 800),
        (&[("2023-11-17", 20_000)], "2024-03-11", 600),
    ] {
        let found = reminder_if_sent(day("2023-11-15"), Cents::new(CLAIM), &payments(paid), day(as_of));
        assert_eq!(found.get(), fee, "{paid:?} as of {as_of}");
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
        in_run: false,
        creditor: None,
        iban: Iban::parse("DE89370400440532013000").unwrap(),
        unconfirmed_account: false,
        nameable: true,
    }
}

const OUTAGE: (&str, &str) = ("2023-10-30", "2024-03-31");

#[track_caller]
fn check_standing(due: &str, mandates: &[Mandate], waivers: &[Waiver], expected: Standing) {
    let mandates: Vec<&Mandate> = mandates.iter().collect();
    let claim = Claim { item: 7, kassenzeichen: "KZ1", kind: "Hundesteuer", due: day(due), mandates: &mandates };
    let outage = Some((day(OUTAGE.0), day(OUTAGE.1)));
    assert_eq!(standing(&claim, outage, waivers), expected, "{due} {mandates:?} {waivers:?}");
}

#[test]
fn a_mandate_that_was_valid_on_the_due_day_spares_all_fees() {
    use Missing::{Lapsed, NoMandate, OutsideEea, OutsideOutage, Revoked, SignedLater};
    use Standing::{NotArisen, Undecided};
    let valid = mandate();
    let with = |change: &dyn Fn(&mut Mandate)| {
        let mut mandate = mandate();
        change(&mut mandate);
        mandate
    };
    let revoked = with(&|mandate| mandate.active = false);
    let abroad = with(&|mandate| mandate.iban = Iban::parse("CH9300762011623852957").unwrap());
    for (due, mandates, expected) in [
        ("2023-11-15", vec![valid.clone()], NotArisen),
        ("2023-11-15", vec![], Undecided(NoMandate)),
        ("2023-11-15", vec![with(&|mandate| mandate.signed = day("2023-11-15"))], NotArisen),
        ("2023-11-15", vec![with(&|mandate| mandate.signed = day("2023-11-16"))], Undecided(SignedLater)),
        // a due day on a Saturday is Monday
        ("2024-02-10", vec![with(&|mandate| mandate.signed = day("2024-02-12"))], NotArisen),
        ("2023-11-15", vec![revoked.clone()], Undecided(Revoked)),
        ("2023-11-15", vec![revoked.clone(), valid.clone()], NotArisen),
        ("2023-11-15", vec![revoked, abroad.clone()], Undecided(OutsideEea)),
        ("2023-11-15", vec![with(&|mandate| mandate.last_used = Some(day("2020-11-15")))], NotArisen),
        ("2023-11-15", vec![with(&|mandate| mandate.last_used = Some(day("2020-11-14")))], Undecided(Lapsed)),
        ("2023-11-15", vec![with(&|mandate| mandate.b2b = true)], NotArisen),
        ("2023-11-15", vec![abroad], Undecided(OutsideEea)),
        ("2023-10-27", vec![valid.clone()], Undecided(OutsideOutage)),
        // the Sunday before the outage: really due on its first day
        ("2023-10-29", vec![valid.clone()], NotArisen),
        ("2024-03-31", vec![valid.clone()], NotArisen),
        ("2024-04-01", vec![valid], Undecided(OutsideOutage)),
    ] {
        check_standing(due, &mandates, &[], expected);
    }
}

fn waiver(scope: Scope) -> Waiver {
    Waiver { id: 3, scope, due_from: Some(day(OUTAGE.0)), due_until: Some(day(OUTAGE.1)) }
}

#[test]
fn a_decision_waives_what_it_names_and_nothing_else() {
    let undecided = Standing::Undecided(Missing::NoMandate);
    for (scope, due, expected) in [
        (Scope::Outage, "2023-11-15", Standing::Waived(3)),
        (Scope::Outage, "2023-10-27", undecided),
        // a Sunday, really due on Monday
        (Scope::Outage, "2023-10-29", Standing::Waived(3)),
        (Scope::Outage, "2024-04-01", undecided),
        (Scope::Kind("Hundesteuer".to_owned()), "2023-11-15", Standing::Waived(3)),
        (Scope::Kind("Grundsteuer".to_owned()), "2023-11-15", undecided),
        (Scope::Kassenzeichen("KZ1".to_owned()), "2023-11-15", Standing::Waived(3)),
        (Scope::Kassenzeichen("KZ11".to_owned()), "2023-11-15", undecided),
        (Scope::Item(7), "2023-11-15", Standing::Waived(3)),
        (Scope::Item(8), "2023-11-15", undecided),
    ] {
        check_standing(due, &[], &[waiver(scope)], expected);
    }
    let endless = Waiver { due_from: None, due_until: None, ..waiver(Scope::Item(7)) };
    check_standing("2019-01-01", &[], &[endless], Standing::Waived(3));
    // what never arose is not waived
    check_standing("2023-11-15", &[mandate()], &[waiver(Scope::Outage)], Standing::NotArisen);
}

fn any_day() -> impl Strategy<Value = Date> {
    (0_i32..1500).prop_map(|days| day("2022-01-01").saturating_add(days.days()))
}

proptest! {
    #[test]
    fn a_charge_never_falls_with_time_nor_rises_with_payment(
        due in any_day(), principal in 1_i64..1_000_000, paid in prop::collection::vec((any_day(), 1_i64..300_000), 0..4),
        as_of in any_day(), later in 0_i32..200, more in (any_day(), 1_i64..300_000), shifts in any::<bool>(),
    ) {
        let rules = Rules { month_end_shifts: shifts };
        let mut paid: Vec<(Date, Cents)> = paid.into_iter().map(|(on, cents)| (on, Cents::new(cents))).collect();
        let charge = late_charge(due, Cents::new(principal), &paid, as_of, rules);
        let then = late_charge(due, Cents::new(principal), &paid, as_of.saturating_add(later.days()), rules);
        prop_assert!(charge.amount <= then.amount && charge.months <= then.months);
        let strict = late_charge(due, Cents::new(principal), &paid, as_of, STRICT);
        prop_assert!(charge.amount <= strict.amount);
        prop_assert_eq!(charge.amount.get() % 50, 0);
        prop_assert!(as_of > end_of_grace(due) || charge.months == 0);
        paid.push((more.0, Cents::new(more.1)));
        prop_assert!(late_charge(due, Cents::new(principal), &paid, as_of, rules).amount <= charge.amount);
    }

    #[test]
    fn a_reminder_costs_whole_euros_and_more_for_more(open in 1_i64..1_000_000, more in 0_i64..1_000_000) {
        let (fee, higher) = (reminder_fee(Cents::new(open)), reminder_fee(Cents::new(open + more)));
        prop_assert!(fee.get() % 100 == 0 && (600..=5_200).contains(&fee.get()) && fee <= higher);
    }
}
