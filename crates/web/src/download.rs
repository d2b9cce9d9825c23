//! Several files in one download: a ZIP.
//!
//! Invariant: a name in the ZIP is a plain file name, never a path.

use std::io::{Cursor, Write as _};
use std::path::{Path, PathBuf};

use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use kasse::Exported;
use lang::Lang;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::error::Failed;

/// An answer with these files in a ZIP of this name.
pub(crate) fn zipped(name: &str, files: &[PathBuf]) -> Result<Response, Failed> {
    let failed = |why: &dyn std::fmt::Display| Failed::Internal(format!("{name}: {why}"));
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for path in files {
        let own = path.file_name().map(|own| own.to_string_lossy().into_owned()).unwrap_or_default();
        archive.start_file(own, SimpleFileOptions::default()).map_err(|why| failed(&why))?;
        let bytes = std::fs::read(path).map_err(|why| failed(&why))?;
        archive.write_all(&bytes).map_err(|why| failed(&why))?;
    }
    let bytes = archive.finish().map_err(|why| failed(&why))?.into_inner();
    let kept = format!("attachment; filename=\"{}\"", harmless(name));
    Ok(([(CONTENT_TYPE, "application/zip".to_owned()), (CONTENT_DISPOSITION, kept)], bytes).into_response())
}

/// The files of an export; if the letters promise to wait, also a text that says so.
pub(crate) fn exported_files(exported: Exported, folder: &Path, lang: Lang) -> Result<Vec<PathBuf>, Failed> {
    let mut files: Vec<PathBuf> =
        exported.files.into_iter().flat_map(|file| [file.file, file.sheet, file.sheet_pdf]).collect();
    if let Some(day) = exported.hold_until {
        let said = format!("note: by the letters transfers still count: hold the file back until {day}");
        let said = lang.say(&said);
        let path = folder.join("hinweise.txt");
        std::fs::write(&path, format!("{said}\r\n")).map_err(|why| Failed::Internal(format!("the remarks: {why}")))?;
        files.push(path);
    }
    Ok(files)
}

/// A name that is safe in a header and on every file system.
pub(crate) fn harmless(name: &str) -> String {
    name.chars().map(|c| if c.is_ascii_alphanumeric() || "-_.".contains(c) { c } else { '_' }).collect()
}
