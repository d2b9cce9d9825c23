//! The customer protocol of EBICS (HAC): what became of orders on their way to the bank.
//!
//! It knows no run. Invariants: only what a step says of an order by its number counts for that order; an action that is not known
//! is kept as a step that says nothing.

use std::collections::BTreeMap;

use super::report::{StatusPayment, StatusReport};

/// The reason of an upload that arrived whole (EBICS specification, annex "Return codes of HAC").
const ARRIVED: &str = "TS01";

/// One order, as its steps tell of it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct EbicsOrder<'r> {
    /// `OrderID`.
    pub number: &'r str,
    /// `TimeStamp` of its last step, as it is written.
    pub at: Option<&'r str>,
    /// Whether its file arrived whole (`FILE_UPLOAD`).
    pub arrived: bool,
    /// Whether the bank has taken it (`ORDER_HAC_FINAL_POS`) or refused it (`ORDER_HAC_FINAL_NEG`); none before its end.
    pub taken: Option<bool>,
    /// Everything else that its steps say: texts, and values of identifiers such as the digest of the file.
    said: Vec<&'r str>,
}

impl EbicsOrder<'_> {
    /// Whether it was handed over: it arrived or was taken, and was not refused.
    #[must_use]
    pub fn was_handed_over(&self) -> bool {
        self.taken.unwrap_or(self.arrived)
    }

    /// Whether one of its steps names this as a whole word, in whatever case: the `MsgId` of a file, or its digest.
    #[must_use]
    pub fn names(&self, wanted: &str) -> bool {
        let is_letter = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '/' | '+');
        let mut words = self.said.iter().flat_map(|text| text.split(|c| !is_letter(c)));
        !wanted.is_empty() && words.any(|word| word.trim_end_matches('.').eq_ignore_ascii_case(wanted))
    }
}

impl StatusReport {
    /// The orders of which a customer protocol tells, by their numbers.
    #[must_use]
    pub fn ebics_orders(&self) -> Vec<EbicsOrder<'_>> {
        let mut orders: BTreeMap<&str, EbicsOrder<'_>> = BTreeMap::new();
        for step in &self.payments {
            let Some(number) = identifier(step, "OrderID") else { continue };
            let order = orders.entry(number).or_insert_with(|| EbicsOrder { number, ..EbicsOrder::default() });
            order.at = identifier(step, "TimeStamp").or(order.at);
            let reasons = &step.overall.reasons;
            match step.id.as_deref() {
                Some("FILE_UPLOAD") => {
                    let code = reasons.iter().find_map(|reason| reason.code.as_deref());
                    order.arrived |= code.is_none_or(|code| code == ARRIVED);
                }
                Some("ORDER_HAC_FINAL_POS") => order.taken = Some(order.taken.unwrap_or(true)),
                Some("ORDER_HAC_FINAL_NEG") => order.taken = Some(false),
                _ => {}
            }
            order.said.extend(reasons.iter().flat_map(|reason| &reason.additional).map(String::as_str));
            let ids = reasons.iter().flat_map(|reason| &reason.originator_ids);
            order.said.extend(ids.filter_map(|own| own.id.as_deref()));
        }
        orders.into_values().collect()
    }
}

/// What a step says under the name of an identifier.
fn identifier<'r>(step: &'r StatusPayment, scheme: &str) -> Option<&'r str> {
    let ids = step.overall.reasons.iter().flat_map(|reason| &reason.originator_ids);
    let mut own = ids.filter(|id| id.scheme.as_deref() == Some(scheme)).filter_map(|id| id.id.as_deref());
    own.next()
}
