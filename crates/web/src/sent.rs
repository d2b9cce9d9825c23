//! A form with files, as it was sent: the files in an upload, its other fields as short texts.
//!
//! Must not know what is in the files. Invariant: nothing is handed on before all of it has come.

use std::collections::HashMap;
use std::path::PathBuf;

use axum::extract::multipart::{Field, Multipart, MultipartError, MultipartRejection};
use axum::http::StatusCode;

use crate::error::Failed;
use crate::upload::{MOST, Upload};

/// What is said where the sender has gone, or sends what is no form.
const BROKEN: &str = "The upload broke off or cannot be read. Nothing of it was imported: send it again.";

/// What is said where a form has no file.
pub(crate) const NO_FILE: &str = "No file was chosen.";

/// The field of a file that is meant to be another than those beside it.
const SINGLE: &str = "debits";

/// A form with files.
#[derive(Debug)]
pub(crate) struct Sent {
    /// All its files.
    pub(crate) upload: Upload,
    /// The file of the field for a single one, which is among the others too.
    pub(crate) single: Option<PathBuf>,
    fields: HashMap<String, String>,
}

impl Sent {
    /// Receives all of a form.
    ///
    /// # Errors
    /// [`Failed::TooLarge`] and [`Failed::Unreadable`], of which the page of the form tells.
    pub(crate) async fn receive(multipart: Result<Multipart, MultipartRejection>) -> Result<Sent, Failed> {
        let mut multipart = multipart.map_err(|_| Failed::Unreadable(BROKEN.to_owned()))?;
        let mut sent = Sent { upload: Upload::new().await?, single: None, fields: HashMap::new() };
        while let Some(mut field) = multipart.next_field().await.map_err(unfit)? {
            let (name, file) = (field.name().unwrap_or_default().to_owned(), field.file_name().map(str::to_owned));
            // a file field in which nothing was chosen comes as a file without a name
            let mut incoming = match (name.as_str(), file) {
                ("files" | SINGLE, Some(file)) if !file.is_empty() => sent.upload.begin(&file)?,
                ("folder", Some(file)) if !file.is_empty() => sent.upload.begin_found(&file)?,
                (_, Some(_)) => continue,
                (_, None) => {
                    let text = short(&mut field).await?;
                    if sent.fields.len() < FIELDS {
                        sent.fields.insert(name, text);
                    }
                    continue;
                }
            };
            while let Some(block) = field.chunk().await.map_err(unfit)? {
                incoming.write(&block).await?;
            }
            incoming.end().await?;
            if name == SINGLE {
                sent.single = sent.upload.last();
            }
        }
        sent.upload.received();
        Ok(sent)
    }

    /// The text of a field that is no file, without blanks around it; empty if it was not sent.
    pub(crate) fn field(&self, name: &str) -> &str {
        self.fields.get(name).map_or("", |text| text.trim())
    }

    /// Whether a box was ticked.
    pub(crate) fn is_ticked(&self, name: &str) -> bool {
        !self.field(name).is_empty()
    }
}

/// The most bytes of a field that is no file, and the most such fields.
const WORD: usize = 200;
const FIELDS: usize = 50;

/// The text of a field that is no file; one that is too long counts as unreadable.
async fn short(field: &mut Field<'_>) -> Result<String, Failed> {
    let mut bytes = Vec::new();
    while let Some(block) = field.chunk().await.map_err(unfit)? {
        bytes.extend_from_slice(&block);
        if bytes.len() > WORD {
            return Err(Failed::Unreadable(BROKEN.to_owned()));
        }
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn unfit(error: MultipartError) -> Failed {
    match error.status() {
        StatusCode::PAYLOAD_TOO_LARGE => {
            let most = MOST / (1024 * 1024);
            Failed::TooLarge(format!("An upload has at most {most} MiB. Nothing was read."))
        }
        _ => Failed::Unreadable(BROKEN.to_owned()),
    }
}
