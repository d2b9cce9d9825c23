//! The mandates as planning looks at them.
//!
//! Decides nothing: whether one may be used is for `ledger::plan`. Invariant: they follow from mandates, items, runs and
//! confirmed accounts alone.

use std::collections::HashMap;

use jiff::civil::Date;
use sepa::{CreditorId, Iban};

use super::Situation;
use crate::books::accounts::waiting;

impl Situation {
    /// The mandates as planning looks at them, their Kassenzeichen spelt as the items are.
    pub(crate) fn plan_mandates(&self) -> &[ledger::plan::Mandate] {
        self.plan_mandates.get(|| self.make_plan_mandates())
    }

    fn make_plan_mandates(&self) -> Vec<ledger::plan::Mandate> {
        let (uses, unconfirmed) = (self.own_uses(), waiting(self));
        self.mandates
            .iter()
            .filter_map(|row| {
                let said = &row.said;
                let own = uses.get(said.reference.as_str());
                Some(ledger::plan::Mandate {
                    id: row.id,
                    reference: said.reference.clone(),
                    kassenzeichen: self.items.printed_as(&said.kassenzeichen),
                    active: said.status == "aktiv",
                    b2b: said.scheme == "B2B",
                    one_off: said.one_off,
                    signed: said.signed,
                    last_used: said.last_used.max(own.copied().flatten()),
                    in_run: own.is_some(),
                    creditor: said.creditor_id.as_deref().and_then(|id| CreditorId::parse(id).ok()),
                    iban: Iban::parse(&said.iban).ok()?,
                    unconfirmed_account: unconfirmed.contains_key(&row.id),
                    nameable: sepa::transliterate(&said.holder).contains(|one: char| one.is_ascii_alphabetic()),
                })
            })
            .collect()
    }

    /// Mandates that a living run debits by, and the last collection whose file was written.
    fn own_uses(&self) -> HashMap<&str, Option<Date>> {
        let stages = self.stages();
        let living = self.runs.iter().filter_map(|run| {
            let stage = stages.get(&run.id).filter(|stage| stage.is_living())?;
            Some((run.id, Some(run.due).filter(|_| !stage.yields_to_money())))
        });
        let living: HashMap<i64, Option<Date>> = living.collect();
        let mut uses: HashMap<&str, Option<Date>> = HashMap::new();
        // what the bank rejected never reached the payer: by that his mandate was not used
        for debit in self.debits.iter().filter(|debit| !self.life_of(debit.id).rejected) {
            let mandate = self.mandate_rows.get(&debit.mandate).filter(|_| self.takes(debit.id));
            if let (Some(day), Some(mandate)) = (living.get(&debit.run), mandate) {
                let known = uses.entry(mandate.said.reference.as_str()).or_default();
                *known = (*known).max(*day);
            }
        }
        uses
    }
}
