//! What holds of every plan, whatever was drawn.

use std::collections::{BTreeSet, HashMap};

use jiff::ToSpan;
use jiff::civil::{Date, date};
use proptest::prelude::*;
use sepa::{Cents, CreditorId, Iban, nrw_working_day_on_or_after};

use crate::deferral::Deferral;
use crate::plan::{Mandate, OpenItem, Reason, Terms, plan};

fn winter() -> impl Strategy<Value = Date> {
    (0_i32..200).prop_map(|days| date(2023, 10, 1).saturating_add(days.days()))
}

prop_compose! {
    fn item()(kassenzeichen in 0_u8..4, dog in any::<bool>(), due in winter(), open in 1_i64..50_000) -> OpenItem {
        OpenItem {
            id: 0,
            kassenzeichen: format!("KZ{kassenzeichen}"),
            kind: if dog { "Hundesteuer" } else { "Grundsteuer" }.to_owned(),
            due,
            open: Cents::new(open),
            mandate: None,
            creditor: (0, CreditorId::parse("DE98ZZZ09999999999").unwrap()),
            held_by: None,
            hand_held: None,
            in_run: false,
            list_held: false,
            covered: Cents::ZERO,
            handed_over: false,
            mandate_is_shared: false,
            unconfirmed: false,
        }
    }
}

prop_compose! {
    fn deferral()(
        dog in any::<bool>(), from in winter(), days in 0_i32..100, new_due in winter(),
        instalments in prop::option::of(1_usize..3), days_between in 0_i32..40,
    ) -> Deferral {
        let kinds = if dog { vec!["Hundesteuer".to_owned()] } else { Vec::new() };
        Deferral { id: 1, kinds, due_from: from, due_until: from.saturating_add(days.days()), new_due, instalments, days_between }
    }
}

/// Two Kassenzeichen share an account.
fn mandates() -> Vec<Mandate> {
    let ibans =
        ["DE89370400440532013000", "DE89370400440532013000", "DE82416500010000000023", "DE14999200200000001109"];
    (0..)
        .zip(ibans)
        .map(|(id, iban)| Mandate {
            id,
            reference: format!("M{id}"),
            kassenzeichen: format!("KZ{id}"),
            active: true,
            b2b: false,
            one_off: false,
            signed: date(2020, 1, 1),
            last_used: None,
            in_run: false,
            creditor: None,
            iban: Iban::parse(iban).unwrap(),
            unconfirmed_account: false,
            nameable: true,
        })
        .collect()
}

proptest! {
    #[test]
    fn a_plan_keeps_every_deferral_and_gives_each_item_that_is_not_in_a_reason(
        items in prop::collection::vec(item(), 0..12), deferrals in prop::collection::vec(deferral(), 0..3),
        due in winter(), last in winter(), min_days in 0_i32..30,
    ) {
        let items: Vec<OpenItem> = (0..).zip(items).map(|(id, item)| OpenItem { id, ..item }).collect();
        let mandates = mandates();
        let last_debits = HashMap::from([(mandates[0].iban, last)]);
        let terms = Terms {
            due, kinds: Vec::new(), limit: None, least: Cents::ZERO, min_days_between: min_days, last_debits, deferrals,
            hold_unknown_use: false,
        };
        let plan = plan(&items, &mandates, &terms);
        let claimed: Vec<&OpenItem> =
            plan.debits.iter().flat_map(|debit| &debit.claims).map(|(id, _)| &items[*id as usize]).collect();
        let everything: BTreeSet<i64> =
            claimed.iter().map(|item| item.id).chain(plan.left_out.iter().map(|out| out.item)).collect();
        prop_assert_eq!(everything.len(), items.len());
        prop_assert_eq!(claimed.len() + plan.left_out.len(), items.len());
        for item in &claimed {
            prop_assert!(nrw_working_day_on_or_after(item.due) <= due);
            let concern = terms.deferrals.iter().filter(|deferral| {
                (deferral.due_from..=deferral.due_until).contains(&item.due)
                    && (deferral.kinds.is_empty() || deferral.kinds.contains(&item.kind))
            });
            for deferral in concern {
                prop_assert!(nrw_working_day_on_or_after(deferral.new_due) <= due);
                let of_own = claimed.iter().filter(|other| other.kassenzeichen == item.kassenzeichen).count();
                prop_assert!(deferral.instalments.is_none_or(|most| of_own <= most));
                if item.kassenzeichen == "KZ0" || item.kassenzeichen == "KZ1" {
                    let least = deferral.days_between.max(min_days);
                    prop_assert!(last.saturating_add(least.days()) <= due);
                }
            }
        }
        // the oldest go first
        for out in plan.left_out.iter().filter(|out| out.reason == Reason::TooSoon) {
            let left = &items[out.item as usize];
            let younger = claimed.iter().any(|item| item.kassenzeichen == left.kassenzeichen && item.due > left.due);
            prop_assert!(!younger);
        }
    }
}
