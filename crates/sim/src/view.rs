//! What the program believes: its reports, converted for the oracle.

use anyhow::{Context as _, Result};
use kasse::Kasse;
use oracle::{Books, Item, Payment, Placed, file::cents};
use serde_json::Value;

/// Everything that the oracle checks.
pub(crate) async fn books(kasse: &Kasse) -> Result<Books> {
    let items = kasse::receivables(kasse).await?.iter().map(item).collect::<Result<_>>()?;
    let payments = kasse::payments(kasse).await?.iter().map(payment).collect::<Result<_>>()?;
    Ok(Books { items, payments })
}

fn item(row: &Value) -> Result<Item> {
    Ok(Item {
        kassenzeichen: text(row, "kassenzeichen")?,
        posten: text(row, "posten")?,
        amount: money(row, "amount")?,
        transferred: money(row, "transferred")?,
        collected: money(row, "collected")?,
        in_collection: money(row, "in_collection")?,
    })
}

fn payment(row: &Value) -> Result<Payment> {
    let part = |part: &Value| {
        let (kassenzeichen, posten) = (text(part, "kassenzeichen")?, text(part, "posten")?);
        Ok(Placed { kassenzeichen, posten, cents: money(part, "amount")? })
    };
    let placed = list(row, "allocations").iter().map(part);
    Ok(Payment {
        reference: text(row, "reference")?,
        day: text(row, "booked")?.parse()?,
        cents: money(row, "amount")?,
        decision: text(row, "decision")?,
        placed: placed.collect::<Result<_>>()?,
    })
}

/// A field that is a text.
pub(crate) fn text(row: &Value, name: &str) -> Result<String> {
    row.get(name).and_then(Value::as_str).map(str::to_owned).with_context(|| format!("{name} is missing in {row}"))
}

/// A field that is an amount.
pub(crate) fn money(row: &Value, name: &str) -> Result<i64> {
    cents(&text(row, name)?).with_context(|| format!("{name} is no amount in {row}"))
}

/// A field that is a list.
pub(crate) fn list<'a>(row: &'a Value, name: &str) -> &'a [Value] {
    row.get(name).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}
