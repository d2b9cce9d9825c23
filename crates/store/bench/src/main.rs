//! A bare program without rules, beside which the product is measured: it stores the rows of a town's lists and statement,
//! and looks each quoted reference up.
//!
//! Knows the columns and elements of the drawn town alone. Invariant: it stores as many rows as the product does of the
//! same files, without seals, journal, checks and reasons. Usage: `store-bench FOLDER DATABASE lists|statements|match`.

use std::collections::HashMap;
use std::error::Error;
use std::fs::File;
use std::io::BufReader;
use std::path::Path;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use quick_xml::Reader;
use quick_xml::events::Event;
use rusqlite::{Connection, Transaction, params_from_iter};

type Done<T = ()> = Result<T, Box<dyn Error>>;

/// Rows that one statement stores: 12 columns of them stay below SQLite's limit of parameters.
const BATCH: usize = 500;

const TABLES: &str = "
    CREATE TABLE IF NOT EXISTS item (id INTEGER PRIMARY KEY, kassenzeichen TEXT, posten TEXT, kind TEXT, due TEXT, cents INTEGER,
        debtor TEXT, address TEXT, mandate TEXT);
    CREATE TABLE IF NOT EXISTS mandate (id INTEGER PRIMARY KEY, reference TEXT, kassenzeichen TEXT, holder TEXT, iban TEXT,
        signed TEXT, status TEXT, used TEXT);
    CREATE TABLE IF NOT EXISTS booking (id INTEGER PRIMARY KEY, reference TEXT, cents INTEGER, booked TEXT, name TEXT, iban TEXT,
        text TEXT);
    CREATE TABLE IF NOT EXISTS found (booking INTEGER PRIMARY KEY, item INTEGER);";

fn main() -> Done {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [folder, database, step] = words.as_slice() else { return Err("FOLDER DATABASE STEP".into()) };
    let mut connection = Connection::open(database)?;
    connection.execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;")?;
    connection.execute_batch(TABLES)?;
    let transaction = connection.transaction()?;
    match step.as_str() {
        "lists" => lists(&transaction, Path::new(folder))?,
        "statements" => statements(&transaction, &Path::new(folder).join("statement.xml"))?,
        "match" => find(&transaction)?,
        other => return Err(format!("{other}: lists, statements or match").into()),
    }
    Ok(transaction.commit()?)
}

/// Stores rows of as many texts each, many in one statement.
fn store(transaction: &Transaction<'_>, table: &str, columns: &str, rows: &[Vec<String>]) -> Done {
    for rows in rows.chunks(BATCH) {
        let width = rows.first().map_or(0, Vec::len);
        let row = format!("({})", vec!["?"; width].join(","));
        let text = format!("INSERT INTO {table} ({columns}) VALUES {}", vec![row; rows.len()].join(","));
        transaction.prepare_cached(&text)?.execute(params_from_iter(rows.iter().flatten()))?;
    }
    Ok(())
}

fn lists(transaction: &Transaction<'_>, folder: &Path) -> Done {
    let read = |name: &str| -> Done<Vec<csv::StringRecord>> {
        let mut reader = csv::ReaderBuilder::new().delimiter(b';').from_path(folder.join(name))?;
        Ok(reader.records().collect::<Result<_, _>>()?)
    };
    let cells = |row: &csv::StringRecord, columns: &[usize]| -> Vec<String> {
        columns.iter().map(|column| row.get(*column).unwrap_or_default().to_owned()).collect()
    };
    let items: Vec<Vec<String>> = read("items.csv")?.iter().map(|row| cells(row, &[0, 1, 2, 3, 4, 5, 6, 7])).collect();
    store(transaction, "item", "kassenzeichen, posten, kind, due, cents, debtor, address, mandate", &items)?;
    let mandates: Vec<Vec<String>> = read("mandates.csv")?.iter().map(|row| cells(row, &[0, 1, 2, 3, 5, 6, 7])).collect();
    store(transaction, "mandate", "reference, kassenzeichen, holder, iban, signed, status, used", &mandates)
}

/// A reader thread, and a writer that takes what it sends in batches.
fn statements(transaction: &Transaction<'_>, file: &Path) -> Done {
    let (sender, receiver): (SyncSender<Vec<Vec<String>>>, Receiver<_>) = sync_channel(4);
    let file = file.to_owned();
    let reader = std::thread::spawn(move || read(&file, &sender).map_err(|error| error.to_string()));
    for rows in receiver {
        store(transaction, "booking", "reference, cents, booked, name, iban, text", &rows)?;
    }
    Ok(reader.join().map_err(|_| "the reader broke")??)
}

fn read(file: &Path, sender: &SyncSender<Vec<Vec<String>>>) -> Done {
    let mut reader = Reader::from_reader(BufReader::new(File::open(file)?));
    let (mut buffer, mut rows) = (Vec::new(), Vec::new());
    let (mut row, mut inside, mut place): (Vec<String>, bool, Option<usize>) = (vec![String::new(); 6], false, None);
    loop {
        match reader.read_event_into(&mut buffer)? {
            Event::Start(start) => {
                let name = start.name();
                inside |= name.as_ref() == "Ntry";
                place = match name.as_ref() {
                    _ if !inside => None,
                    "AcctSvcrRef" => Some(0),
                    "Amt" => Some(1),
                    "Dt" => Some(2),
                    "Nm" => Some(3),
                    "IBAN" => Some(4),
                    "Ustrd" => Some(5),
                    _ => None,
                };
            }
            Event::Text(text) => {
                // the day stands twice: when it was booked, and when it counts
                if let Some(cell) = place.and_then(|place| row.get_mut(place)).filter(|cell| cell.is_empty()) {
                    cell.push_str(&text);
                }
            }
            Event::End(end) if end.name().as_ref() == "Ntry" => {
                rows.push(std::mem::replace(&mut row, vec![String::new(); 6]));
                inside = false;
                if rows.len() == BATCH {
                    sender.send(std::mem::take(&mut rows))?;
                }
            }
            Event::End(_) => place = None,
            Event::Eof => return Ok(sender.send(rows)?),
            _ => {}
        }
        buffer.clear();
    }
}

/// Finds the item of each reference that is quoted as it is printed.
fn find(transaction: &Transaction<'_>) -> Done {
    let mut known: HashMap<String, i64> = HashMap::new();
    let mut items = transaction.prepare("SELECT id, kassenzeichen FROM item")?;
    let mut rows = items.query([])?;
    while let Some(row) = rows.next()? {
        known.entry(row.get(1)?).or_insert(row.get(0)?);
    }
    let mut found: Vec<Vec<String>> = Vec::new();
    let mut bookings = transaction.prepare("SELECT id, text FROM booking")?;
    let mut rows = bookings.query([])?;
    while let Some(row) = rows.next()? {
        let (id, text): (i64, String) = (row.get(0)?, row.get(1)?);
        if let Some(item) = text.split_whitespace().find_map(|word| known.get(word)) {
            found.push(vec![id.to_string(), item.to_string()]);
        }
    }
    store(transaction, "found", "booking, item", &found)
}
