//! Writes the files of a drawn town: settings, lists and a statement, for benches that start the program itself.
//!
//! Knows nothing but the drawn town of the example `desk`. Usage: `town FOLDER ITEMS BOOKINGS`.

#[path = "../desk/town.rs"]
mod town;

use std::path::Path;

use anyhow::{Context as _, Result};

fn main() -> Result<()> {
    let mut words = std::env::args().skip(1);
    let mut next = |what: &'static str| words.next().context(what);
    let (folder, items, bookings) = (next("a folder")?, next("items")?.parse()?, next("bookings")?.parse()?);
    std::fs::create_dir_all(&folder)?;
    std::fs::write(Path::new(&folder).join("einmal.toml"), kasse::TEMPLATE)?;
    town::Town { items, bookings, doubtful: bookings / 200 }.write(Path::new(&folder))?;
    Ok(())
}
