//! `einmal refund …`: from what was typed to the use case and its result.
//!
//! Knows no rule of refunds.

use kasse::{Kasse, RefundAccount, RefundPlan, VoidGround, VoidSaid};
use serde_json::{Value, json};

use crate::cli::Refund;
use crate::failure::Failure;
use crate::format_cli::Format;
use crate::output::{self, note};
use crate::signed::released;

const REFUND_COLUMNS: &[&str] = &["case", "kassenzeichen", "name", "iban", "amount", "state", "day", "run"];
const RUN_COLUMNS: &[&str] = &["run", "on", "state", "refunds", "amount", "planner"];
const FALLEN_COLUMNS: &[&str] = &["case", "end_to_end_id", "amount", "state", "day", "reason"];
const EVENT_COLUMNS: &[&str] = &["day", "event", "by", "with", "note"];

/// Runs a command about refunds.
pub(crate) async fn run(kasse: &Kasse, format: Format, refund: Refund) -> Result<(), Failure> {
    match refund {
        Refund::List => {
            let lists = [("refunds", REFUND_COLUMNS), ("runs", RUN_COLUMNS)];
            output::object(format, &kasse::refund_list(kasse).await?, &lists)?;
        }
        Refund::Plan { on, who, case, file_number, early } => {
            let asked = RefundPlan { on, planner: who, cases: case, file_number, early };
            let planned = kasse::plan_refunds(kasse, &asked).await?;
            output::object(format, &planned, &[("left_out", REFUND_COLUMNS)])?;
            if planned.get("run").is_some_and(Value::is_null) {
                note("there is nothing to give back: no run was made");
            }
        }
        Refund::Show { run } => {
            let lists = [("transfers", REFUND_COLUMNS), ("fallen", FALLEN_COLUMNS), ("events", EVENT_COLUMNS)];
            output::object(format, &kasse::show_refunds(kasse, &run).await?, &lists)?;
        }
        Refund::Release { run, who, early } => {
            released(&run, &kasse::release_refunds(kasse, &run, &who, early.as_deref()).await?);
        }
        Refund::Export { run, out } => {
            let written = kasse::export_refunds(kasse, &run, &out).await?;
            let shown = json!({
                "file": written.file.display().to_string(), "control_sheet": written.sheet.display().to_string(),
                "control_sheet_pdf": written.sheet_pdf.display().to_string(), "sha256": written.sha256,
                "transfers": written.transfers, "amount": written.amount.to_string(),
            });
            output::object(format, &shown, &[])?;
        }
        Refund::Sent { run, order, who } => {
            kasse::refunds_sent(kasse, &run, &order, &who).await?;
            note(&format!("run {run} went to the bank under {order}"));
        }
        Refund::Void { run, who, with, reason, by_statements, never_left } => {
            let ground = match (by_statements, never_left) {
                (true, _) => VoidGround::Statements,
                (_, true) => VoidGround::NeverLeft,
                _ => VoidGround::Refused,
            };
            let said = VoidSaid { who, with, reason, ground };
            kasse::void_refunds(kasse, &run, &said).await?;
            note(&format!("run {run} is void, say {} and {}: never hand its file in", said.who, said.with));
        }
        Refund::Cancel { run, who } => {
            kasse::cancel_refunds(kasse, &run, &who).await?;
            note(&format!("run {run} was cancelled"));
        }
        Refund::Account { number, iban, name, who, with, reason } => {
            let said = RefundAccount { case: number, name, iban, who, with, reason };
            kasse::refund_to(kasse, &said).await?;
            note(&format!("the money of case {number} goes to the account of {}", said.name));
        }
    }
    Ok(())
}
