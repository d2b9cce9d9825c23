//! Statements of some accounts into other books, with all that their bank told: for a check that lasts as long as a command.
//!
//! Knows tables, not what they mean. Invariant: what is copied refers to what is copied with it; the rows get ids of their own.

use std::collections::{BTreeSet, HashMap};

use crate::engine::Tx;
use crate::facts::{BOOKING, ENTRY, FactTable, PERSONAL, SIGHTING, SOURCE_FILE, STATEMENT};
use crate::{Result, Value, WriteTx};

/// Old id -> new id.
type Ids = HashMap<i64, i64>;

/// Copies every statement of these accounts, with its file's name and digest, its entries and bookings. Returns for each booking
/// its id in the books it came from, and the one that it has now.
///
/// # Errors
/// What either database says.
pub async fn copy_statements(
    from: &mut Tx,
    to: &mut WriteTx,
    accounts: &BTreeSet<String>,
) -> Result<HashMap<i64, i64>> {
    let mut statements = Rows::of(&STATEMENT, from).await?;
    let account = place(&STATEMENT, "account");
    statements.keep(|values| matches!(values.get(account), Some(Value::Text(Some(own))) if accounts.contains(&**own)));
    let wanted = statements.named("source_file");
    let mut files = Rows::of(&SOURCE_FILE, from).await?;
    files.0.retain(|(id, _)| wanted.contains(id));
    // the bytes stay with the books that they were given to
    files.empty("kept");
    let files = files.add(to).await?;
    statements.refer("source_file", &files);
    let statements = statements.add(to).await?;
    let mut entries = Rows::of(&ENTRY, from).await?;
    entries.refer("statement", &statements);
    let entries = entries.add(to).await?;
    let mut bookings = Rows::of(&BOOKING, from).await?;
    bookings.refer("entry", &entries);
    let wanted = bookings.named("personal");
    let mut persons = Rows::of(&PERSONAL, from).await?;
    persons.0.retain(|(id, _)| wanted.contains(id));
    bookings.refer("personal", &persons.add(to).await?);
    let first = to.next_booking().await?;
    let own: Ids = bookings.0.iter().map(|(id, _)| *id).zip(first..).collect();
    bookings.refer("stands_for", &own);
    let bookings = bookings.add(to).await?;
    let mut sightings = Rows::of(&SIGHTING, from).await?;
    sightings.refer("statement", &statements);
    sightings.refer("booking", &bookings);
    sightings.add(to).await?;
    Ok(bookings)
}

/// The place of a column.
fn place(table: &FactTable, column: &str) -> usize {
    table.columns.iter().position(|(name, _)| *name == column).unwrap_or(usize::MAX)
}

/// Rows of a table with their ids, rising.
struct Rows(Vec<(i64, Vec<Value<'static>>)>, &'static FactTable);

impl Rows {
    async fn of(table: &'static FactTable, tx: &mut Tx) -> Result<Rows> {
        let mut rows = Vec::new();
        table
            .each(tx, |row| {
                let id = row.int("id")?;
                let values = table.columns.iter().map(|(name, kind)| row.value(name, kind.stored()));
                rows.push((id, values.collect::<Result<_>>()?));
                Ok(())
            })
            .await?;
        Ok(Rows(rows, table))
    }

    fn keep(&mut self, is_wanted: impl Fn(&[Value<'static>]) -> bool) {
        self.0.retain(|(_, values)| is_wanted(values));
    }

    /// The ids that a column names.
    fn named(&self, column: &str) -> BTreeSet<i64> {
        let place = place(self.1, column);
        self.0.iter().filter_map(|(_, values)| number(values.get(place))).collect()
    }

    /// Says nothing in a column.
    fn empty(&mut self, column: &str) {
        let place = place(self.1, column);
        self.0.iter_mut().filter_map(|(_, values)| values.get_mut(place)).for_each(|value| *value = Value::Text(None));
    }

    /// Lets a column refer to the new ids; a row that refers to what is not copied goes.
    fn refer(&mut self, column: &str, ids: &Ids) {
        let place = place(self.1, column);
        self.0.retain_mut(|(_, values)| {
            let Some(value) = values.get_mut(place) else { return false };
            let Some(old) = number(Some(value)) else { return true };
            let new = ids.get(&old).copied();
            *value = Value::Int(new);
            new.is_some()
        });
    }

    async fn add(self, to: &mut WriteTx) -> Result<Ids> {
        let (old, rows): (Vec<i64>, Vec<Vec<Value<'static>>>) = self.0.into_iter().unzip();
        let first = to.add(self.1, &rows).await?;
        Ok(old.into_iter().zip(first..).collect())
    }
}

fn number(value: Option<&Value<'_>>) -> Option<i64> {
    if let Some(Value::Int(number)) = value { *number } else { None }
}
