//! `einmal doctor`: from what was typed to findings and an exit code: 0 all is well, 3 something is found.

use std::path::PathBuf;
use std::process::ExitCode;

use kasse::{DoctorAsked, Kasse};

use crate::batch_command::free_mib;
use crate::doctor_cli::Doctor;
use crate::failure::Outcome;
use crate::format_cli::Format;
use crate::output::{self, note};
use crate::speech::say;

/// Something is found.
const FOUND: u8 = 3;

pub(crate) async fn run(kasse: &Kasse, format: Format, said: Doctor, db: &str) -> Outcome {
    let Doctor { inbox, outbox, tls_certificate } = said;
    let certificate = tls_certificate.map(|file| {
        let ends = web::certificate_end(&file).map_err(|why| why.to_string());
        let moment = |seconds| jiff::Timestamp::from_second(seconds).map_err(|why| why.to_string());
        (file, ends.and_then(moment))
    });
    let database = db.strip_prefix("sqlite://").map(PathBuf::from);
    let asked = DoctorAsked { inbox, outbox, database, certificate, free_mib };
    let found = kasse::doctor(kasse, &asked).await?;
    match format {
        Format::Json | Format::Csv => {
            let rows: Vec<_> = found.iter().map(|one| serde_json::to_value(one).unwrap_or_default()).collect();
            output::list(format, &rows, &[])?;
        }
        Format::Table => {
            for one in &found {
                output::line(&say(&one.found))?;
                output::line(&format!("  {}", say(&one.remedy)))?;
            }
            if found.is_empty() {
                note("all is well");
            }
        }
    }
    Ok(ExitCode::from(if found.is_empty() { 0 } else { FOUND }))
}
