//! Lists of old references: standing orders go on quoting them for years.
//!
//! Invariant: an old reference leads to one Kassenzeichen; a list that says otherwise is refused.

use std::collections::HashMap;

use kassenzeichen::canonical;
use store::{AliasRow, FileKind, WriteTx};

use crate::Result;
use crate::books::situation::newest_aliases;
use crate::intake::report::{FileReport, Source};
use crate::lists::List;

/// Stores what a list says that is not known yet.
pub(crate) async fn import(tx: &mut WriteTx, source: &Source<'_>, list: &List) -> Result<FileReport> {
    let listed = read(list).map_err(|why| source.error(&why))?;
    let known = newest_aliases(store::aliases(tx).await?);
    let mut report = FileReport::new(source.name, "old references");
    report.warnings.clone_from(&list.warnings);
    let mut told = Vec::new();
    for alias in listed {
        match known.get(&canonical(&alias.old)) {
            Some(same) if canonical(&same.kassenzeichen) == canonical(&alias.kassenzeichen) => report.known += 1,
            Some(_) => {
                report.changed += 1;
                told.push(alias);
            }
            None => {
                report.added += 1;
                told.push(alias);
            }
        }
    }
    if !told.is_empty() {
        let file = source.file(FileKind::Aliases);
        let file = tx.add_file(&file).await?;
        tx.add_aliases(file, &told).await?;
    }
    Ok(report)
}

fn read(list: &List) -> std::result::Result<Vec<AliasRow>, String> {
    let mut seen: HashMap<String, String> = HashMap::new();
    let aliases = list.each(|row| {
        let old = list.reference(row, "altes_kassenzeichen")?;
        let kassenzeichen = list.reference(row, "kassenzeichen")?;
        if canonical(old).len() < LEAST_SYMBOLS {
            let why = format!("{old:?} is too short to be told from other numbers");
            return Err(list.refuse(row, "altes_kassenzeichen", why));
        }
        match seen.insert(canonical(old), canonical(kassenzeichen)) {
            None => Ok(Some(AliasRow { old: old.to_owned(), kassenzeichen: kassenzeichen.to_owned() })),
            Some(same) if same == canonical(kassenzeichen) => Ok(None),
            Some(_) => {
                let why = format!("{old:?} leads to another Kassenzeichen above");
                Err(list.refuse(row, "altes_kassenzeichen", why))
            }
        }
    })?;
    Ok(aliases.into_iter().flatten().collect())
}

/// Shorter references would be found in every second text.
const LEAST_SYMBOLS: usize = 5;
