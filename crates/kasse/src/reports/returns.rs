//! How many debits came back, why, and from which banks: what a treasurer asks after every run.
//!
//! Decides nothing. Invariant: the rows of a group (all, by reason, by bank) count each debit that went out once at most.

use std::collections::BTreeMap;

use ledger::return_reasons;
use sepa::Iban;
use serde_json::{Value, json};
use store::{LifeKind, LifeRow};

use crate::base::shown::eur;
use crate::books::situation::Situation;
use crate::runs::handed::out;
use crate::runs::life::told;
use crate::{Kasse, Result};

/// Debits of a group.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Count {
    /// Those whose file went out.
    out: u64,
    /// Those of them that came back or were rejected.
    back: u64,
    /// What these were over, cents.
    amount: i64,
    /// What the banks charged for them, cents.
    charges: i64,
}

impl Count {
    fn add(&mut self, ended: Option<(i64, i64)>) {
        self.out += 1;
        if let Some((amount, charges)) = ended {
            self.back += 1;
            self.amount += amount;
            self.charges += charges;
        }
    }

    /// `of` is how many debits the rate is a share of.
    fn row(self, by: &str, key: &str, text: &str, of: u64) -> Value {
        json!({
            "by": by, "key": key, "text": text, "debits": of, "came_back": self.back, "rate": rate(self.back, of),
            "amount": eur(self.amount), "charges": eur(self.charges),
        })
    }
}

/// A share in hundredths with two digits, rounded half up: `2.35`.
fn rate(part: u64, of: u64) -> String {
    let hundredths = if of == 0 { 0 } else { (part * 20_000 + of) / (2 * of) };
    format!("{}.{:02}", hundredths / 100, hundredths % 100)
}

/// An object for all debits that went out, one per reason and one per bank of the payers: how many came back, the share in
/// hundredths, over how much, and what the banks charged.
///
/// # Errors
/// What the database says.
pub async fn returns(kasse: &Kasse) -> Result<Vec<Value>> {
    let mut tx = kasse.db.read().await?;
    let situation = kasse.situation(&mut tx).await?;
    let told = told(&situation);
    let (mut all, mut reasons, mut banks) = (Count::default(), BTreeMap::new(), BTreeMap::new());
    let files = out(kasse, &situation);
    let debits = files.iter().filter(|file| !file.is_void).flat_map(|file| file.batches.iter());
    for (debit, amount) in debits.flat_map(|(_, own)| own) {
        let own = told.get(&debit.id).map_or(&[][..], Vec::as_slice);
        let ended = own.iter().rfind(|row| row.kind != LifeKind::Settled);
        let count = ended.map(|_| (amount.get(), own.iter().map(|row| row.charges).sum()));
        all.add(count);
        banks.entry(bank_of(&situation, debit.mandate)).or_insert_with(Count::default).add(count);
        if let Some(ended) = ended {
            reasons.entry(reason(ended)).or_insert_with(Count::default).add(count);
        }
    }
    let whole = all.row("all", "", "", all.out);
    let reasons =
        reasons.iter().map(|(code, count)| count.row("reason", code, return_reasons::text(Some(code)), all.out));
    let banks = banks.iter().map(|(bank, count)| count.row("bank", bank, "", count.out));
    Ok(std::iter::once(whole).chain(reasons).chain(banks).collect())
}

fn reason(row: &LifeRow) -> &str {
    row.reason.as_deref().unwrap_or_default()
}

/// The bank of a mandate's account: the Bankleitzahl of a German one, else country and the first four of the account's bank.
fn bank_of(situation: &Situation, mandate: i64) -> String {
    let iban = situation.mandate_rows.get(&mandate).and_then(|row| Iban::parse(&row.said.iban).ok());
    iban.map(|iban| bank_in(&iban)).unwrap_or_default()
}

fn bank_in(iban: &Iban) -> String {
    let text = iban.as_str();
    match iban.country() {
        "DE" => text.get(4..12).unwrap_or_default().to_owned(),
        country => format!("{country} {}", text.get(4..8).unwrap_or_default()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_is_rounded_half_up() {
        for (part, of, expected) in
            [(0, 0, "0.00"), (1, 3, "33.33"), (2, 3, "66.67"), (1, 1, "100.00"), (1, 800, "0.13")]
        {
            assert_eq!(rate(part, of), expected, "{part} of {of}");
        }
    }

    #[test]
    fn a_bank_is_named_by_its_number() {
        assert_eq!(bank_in(&Iban::parse("DE82416500010000000023").unwrap()), "41650001");
        assert_eq!(bank_in(&Iban::parse("AT611904300234573201").unwrap()), "AT 1904");
    }
}
