//! What a command shows of citizens, for the access log.
//!
//! Must not know how it is shown. Invariant: where people are registered, whoever reads personal data on the command line is
//! recorded, by name where one was proven, and by the account on this machine.

use kasse::{AccessKind, Kasse, Way, people};

use crate::cli::{Command, Journal, Report};
use crate::failure::Failure;
use crate::handback_cli::Export;
use crate::output::note;

/// What a command is to the access log; nothing where it tells nobody anything of citizens.
pub(crate) fn of(command: &Command) -> Option<(AccessKind, String)> {
    let read = |what: &str| Some((AccessKind::Read, what.to_owned()));
    match command {
        // a name is personal data, and stands in the table `personal` alone
        Command::Find { text, .. } if text.contains(|one: char| one.is_ascii_digit()) => {
            Some((AccessKind::Looked, format!("find {text}")))
        }
        Command::Find { .. } => Some((AccessKind::Looked, "find by name".to_owned())),
        Command::Cases => read("cases"),
        Command::Case(case) => Some((AccessKind::Looked, format!("case {}", case.number))),
        Command::Explain { reference } => Some((AccessKind::Looked, format!("explain {reference}"))),
        Command::Report { report: Report::Receivables } => read("report receivables"),
        Command::Report { report: Report::Payments } => read("report payments"),
        Command::Report { report: Report::Debits } => read("report debits"),
        Command::Report { report: Report::Credits } => read("report credits"),
        Command::Report { report: Report::Fees } => read("report fees"),
        Command::Export(said) => {
            let what = match said.export {
                Export::Postings => "export postings",
                Export::Blocks => "export blocks",
                Export::Living => "export living",
                Export::Holds => "export holds",
                Export::Mandates => "export mandates",
                Export::Handed => "export handed",
            };
            Some((AccessKind::Exported, what.to_owned()))
        }
        Command::Handover(_) => read("handover"),
        Command::Compare { .. } => read("compare"),
        Command::Journal(Journal::Export) => Some((AccessKind::Exported, "journal export".to_owned())),
        Command::Journal(Journal::Show { entry }) => read(&format!("journal show {entry}")),
        Command::Remind { .. } => Some((AccessKind::Exported, "remind".to_owned())),
        Command::Backup { .. } => Some((AccessKind::Exported, "backup".to_owned())),
        Command::Archive(_) => Some((AccessKind::Exported, "archive".to_owned())),
        Command::Collect(_) => read("collect"),
        Command::Refund(_) => read("refund"),
        _ => None,
    }
}

/// Records it, and waits until it is written: the process ends.
pub(crate) async fn record(kasse: &Kasse, told: Option<(AccessKind, String)>) -> Result<(), Failure> {
    let Some((kind, what)) = told else { return Ok(()) };
    if !people::are_proven(kasse).await? {
        return Ok(());
    }
    let person = kasse.who_acts().unwrap_or_default().to_owned();
    match kind {
        AccessKind::Looked => kasse.record_looking(&person, &what, &way()).await?,
        kind => kasse.record(kind, &person, &what, &way()),
    }
    settle(kasse).await;
    Ok(())
}

/// Records that somebody could not prove to be who he says: with a wrong password, or a token that is none.
pub(crate) async fn unproven(kasse: &Kasse, named: &[String], why: &Failure) {
    if matches!(why, Failure::Kasse(kasse::Error::Refused(_))) {
        let name = named.first().map(String::as_str).unwrap_or_default();
        let _ = kasse.record_failed(name, COMMAND_LINE, &way()).await;
        settle(kasse).await;
    }
}

/// Records that somebody lacks the right to what he asked for.
pub(crate) async fn refused(kasse: &Kasse, named: &[String], why: &Failure) {
    if matches!(why, Failure::Kasse(kasse::Error::Forbidden(_))) {
        let name = kasse.who_acts().or(named.first().map(String::as_str)).unwrap_or_default();
        kasse.record(AccessKind::Refused, name, COMMAND_LINE, &way());
        settle(kasse).await;
    }
}

/// What is recorded of a command that was not carried out.
const COMMAND_LINE: &str = "command line";

async fn settle(kasse: &Kasse) {
    if kasse::settle(kasse).await.is_err() {
        note("warning: somebody else is writing the books for so long that this reading is not recorded");
    }
}

/// By which way: the account on this machine.
fn way() -> Way {
    #[cfg(unix)]
    let from = format!("uid {}", rustix::process::getuid().as_raw());
    #[cfg(not(unix))]
    let from = String::new();
    Way { by: "command", from }
}
