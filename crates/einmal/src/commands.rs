//! From a command to a use case and its result. No rule is decided here.

use std::io::Write as _;
use std::path::Path;
use std::process::ExitCode;

use jiff::civil::Date;
use kasse::{
    AccountConfirmed, Acknowledged, CaseNote, Config, ImportOptions, Imported, Kasse, NoticeManner, PlanOptions,
    RecallAsked, Resolution,
};
use serde_json::{Value, json};

use crate::books_file::books_at;
use crate::cli::{Case, Cli, Collect, Command, Hold, How, Journal, Mandates, Recall, Report, Resolve, Schemes};
use crate::clock::{now, today_here};
use crate::failure::{Failure, Outcome};
use crate::format_cli::Format;
use crate::output::{self, note};
use crate::progress::Bar;
use crate::signed::released;
use crate::speech::{day, money, refusal, say};
use crate::{
    archive_commands, batch_command, case_view, control_commands, deferral_commands, demo, demo_guard, doctor_command,
    fee_commands, guard_command, handback_commands, inspect, journal_table, operation_commands, people_commands,
    recorded, refund_commands, seed_commands, serve_command, settings_file, statement_table,
};

/// Runs the command that was typed.
pub(crate) async fn run(cli: Cli, named: Vec<String>) -> Outcome {
    match &cli.command {
        Command::Demo { out, guard: true, .. } => return demo_guard::run(out).await,
        Command::Demo { out, serve, listen, .. } => return demo::run(out, serve.then_some(*listen)).await,
        Command::Init => return init(&cli).await,
        Command::Inspect { files } => return inspect(&cli, files),
        Command::Schemes(Schemes::Check { file }) => return check_schemes(&cli, file),
        Command::Schemes(Schemes::Learn { file }) => return guard_command::learn(&cli, file),
        Command::Guard(said) => return guard_command::run(&cli, said).await,
        Command::Restore { .. } | Command::Copy { .. } | Command::Revive { .. } => {
            return operation_commands::of_whole_books(&cli, &named, today(&cli)?, &now()).await;
        }
        _ => {}
    }
    if matches!(cli.command, Command::Verify) {
        books_at(&cli.db)?;
    }
    let _alone = match &cli.command {
        Command::Batch(said) => match batch_command::alone(said)? {
            Ok(alone) => Some(alone),
            Err(busy) => return Ok(busy),
        },
        _ => None,
    };
    let kasse = Kasse::open(Config::read(&cli.config)?, &cli.db, today(&cli)?, now()).await?;
    if let Some(newest) = kasse::only_looks(&kasse).await? {
        note(&format!(
            "note: the newest entry of these books is of {newest}: as of {} they can only be looked at",
            kasse.today
        ));
    }
    let people = (named, cli.password_stdin);
    let outcome = match cli.command {
        Command::Serve(said) => serve_command::serve(&kasse, &said, cli.today).await,
        Command::Doctor(said) => doctor_command::run(&kasse, cli.format, said, &cli.db).await,
        Command::User(user) => {
            as_named(&kasse, &people, async |kasse| {
                people_commands::run(&kasse, cli.format, user, &cli.db).await.map(|()| ExitCode::SUCCESS)
            })
            .await
        }
        command => {
            as_named(&kasse, &people, async |kasse| {
                let told = recorded::of(&command);
                let outcome = dispatch(&kasse, cli.format, command).await?;
                recorded::record(&kasse, told).await?;
                Ok(outcome)
            })
            .await
        }
    };
    kasse.end().await;
    outcome
}

/// Runs something in the name of the people whom the command names, after they were proven.
async fn as_named(
    kasse: &Kasse,
    (named, from_stdin): &(Vec<String>, bool),
    act: impl AsyncFnOnce(Kasse) -> Outcome,
) -> Outcome {
    let acting = match people_commands::proven(kasse.clone(), named, *from_stdin).await {
        Ok(acting) => acting,
        Err(why) => {
            recorded::unproven(kasse, named, &why).await;
            return Err(why);
        }
    };
    let outcome = act(acting.clone()).await;
    if let Err(why) = &outcome {
        recorded::refused(&acting, named, why).await;
    }
    outcome
}

fn today(cli: &Cli) -> Result<Date, Failure> {
    cli.today.map_or_else(today_here, Ok)
}

async fn dispatch(kasse: &Kasse, format: Format, command: Command) -> Outcome {
    match command {
        Command::Demo { .. } | Command::Init | Command::Inspect { .. } | Command::Schemes(_) | Command::Guard(_) => {}
        Command::Restore { .. }
        | Command::Copy { .. }
        | Command::Revive { .. }
        | Command::Serve(_)
        | Command::Doctor(_)
        | Command::User(_) => {}
        Command::Import { paths, as_of, amounts_are_assessed, partial, who, with } => {
            let options = ImportOptions { who, with, as_of, amounts_are_assessed, partial, ..ImportOptions::default() };
            return import(kasse, format, &paths, &options).await;
        }
        Command::Seed(seed) => seed_commands::run(kasse, format, seed).await?,
        Command::Mandates(mandates) => run_mandates(kasse, format, mandates).await?,
        Command::Batch(said) => return batch_command::run(kasse, format, &said).await,
        Command::Order(order) => batch_command::order(kasse, format, order).await?,
        Command::Match => {
            let matched = kasse::match_all(kasse).await?;
            let value = serde_json::to_value(&matched).unwrap_or_default();
            output::object(format, &value, &[])?;
            went_out(&matched.told);
        }
        Command::Cases => case_view::cases(format, &kasse::cases(kasse).await?)?,
        Command::Case(case) => look_at_case(kasse, format, case).await?,
        Command::Hold(hold) => run_hold(kasse, format, hold).await?,
        Command::Explain { reference } => {
            case_view::explained(format, &kasse::explain(kasse, &reference).await?)?;
        }
        Command::Resolve(resolve) => return resolve_case(kasse, resolve).await,
        Command::Find { text, caller, who } => return find(kasse, format, &text, who.map(|who| (who, caller))).await,
        Command::Collect(collect) => return run_collect(kasse, format, collect).await,
        Command::Refund(refund) => refund_commands::run(kasse, format, refund).await?,
        Command::Deferral(deferral) => deferral_commands::run(kasse, format, deferral).await?,
        Command::Fees(fees) => fee_commands::run(kasse, format, fees).await?,
        Command::Remind { out, who, again } => remind(kasse, format, &out, &who, again).await?,
        Command::Statements(statements) => control_commands::statements(kasse, format, statements).await?,
        Command::Report { report } => self::report(kasse, format, report).await?,
        Command::Export(said) => handback_commands::export(kasse, format, said).await?,
        Command::Handover(said) => handback_commands::handover(kasse, format, said).await?,
        Command::Compare { list } => return handback_commands::compare(kasse, format, &list).await,
        Command::CloseDay { day: Some(day), who: Some(who), with: Some(with), .. } => {
            output::list(format, &kasse::close_day(kasse, day, &who, &with).await?, DAY_COLUMNS)?;
        }
        Command::CloseDay { .. } => output::list(format, &kasse::closed_days(kasse).await?, DAY_COLUMNS)?,
        Command::Archive(archive) => archive_commands::run(kasse, format, archive).await?,
        Command::Journal(Journal::Head) => output::object(format, &kasse::journal_head(kasse).await?, &[])?,
        Command::Journal(Journal::Check { hash }) => {
            output::object(format, &kasse::journal_check(kasse, &hash).await?, &[])?;
        }
        Command::Journal(Journal::CorrectDay(said)) => control_commands::correct_day(kasse, said).await?,
        Command::Journal(Journal::Show { entry }) => {
            journal_table::entry(format, &kasse::journal_entry(kasse, entry).await?)?;
        }
        Command::Journal(Journal::Export) => {
            // a file for auditors: CSV unless JSON is asked for
            let format = if format == Format::Json { Format::Json } else { Format::Csv };
            output::list(format, &kasse::journal(kasse).await?, &[])?;
        }
        Command::Verify => return verify(kasse, format).await,
        Command::Backup { file, who } => operation_commands::backup(kasse, format, &file, who.as_deref()).await?,
        Command::Unlock(said) => operation_commands::unlock(kasse, format, said).await?,
    }
    Ok(ExitCode::SUCCESS)
}

async fn init(cli: &Cli) -> Outcome {
    if cli.config.exists() {
        note(&format!("{} is there already and was left as it is", cli.config.display()));
    } else {
        let failure = |error| Failure::File(cli.config.display().to_string(), error);
        std::fs::write(&cli.config, settings_file::said_in(kasse::TEMPLATE, say)).map_err(failure)?;
        note(&format!("{} was written: set name, creditor_id, accounts and schemes", cli.config.display()));
    }
    let kasse = Kasse::open(Config::read(&cli.config)?, &cli.db, today(cli)?, now()).await?;
    kasse.db.close().await;
    note(&format!("{} is ready; next: einmal import FILES", kasse::without_password(&cli.db)));
    Ok(ExitCode::SUCCESS)
}

/// Needs no settings; if there are any, their limits apply.
fn inspect(cli: &Cli, files: &[std::path::PathBuf]) -> Outcome {
    let format = cli.format;
    let limits = match cli.config.exists() {
        true => Config::read(&cli.config)?.limits,
        false => camt::Limits::default(),
    };
    let inspected = inspect::inspect(files, &limits);
    match format {
        Format::Json => {
            let mut out = std::io::BufWriter::new(std::io::stdout().lock());
            inspect::print(&inspected, &limits, &mut out)?;
            out.flush()?;
        }
        Format::Csv => output::list(format, &inspected.statements, &[])?,
        Format::Table if inspected.statements.is_empty() && !inspected.refused.is_empty() => {}
        Format::Table => {
            let columns = ["message", "account", "sequence", "opening", "closing", "bookings", "findings"];
            output::list(format, &inspected.statements, &columns)?;
        }
    }
    inspected.refused.iter().for_each(|why| output::refused(&refusal(why)));
    Ok(ExitCode::from(u8::from(!inspected.refused.is_empty())))
}

fn check_schemes(cli: &Cli, file: &Path) -> Outcome {
    let checked = kasse::check_schemes(&Config::read(&cli.config)?, file)?;
    let value = json!({"schemes": checked.schemes, "misfits": checked.misfits});
    let lists: [(&str, &[&str]); 2] = [
        ("schemes", &["scheme", "mask", "check", "fitting", "hints"]),
        ("misfits", &["line", "reference", "nearest_scheme", "reason"]),
    ];
    output::object(cli.format, &value, &lists)?;
    Ok(ExitCode::from(u8::from(!checked.misfits.is_empty())))
}

async fn import(kasse: &Kasse, format: Format, paths: &[std::path::PathBuf], options: &ImportOptions) -> Outcome {
    let bar = Bar::new();
    let imported = kasse::import(kasse, paths, options, &bar).await;
    bar.done();
    let imported: Imported = imported?;
    let rows: Vec<Value> = imported.files.iter().map(|file| serde_json::to_value(file).unwrap_or_default()).collect();
    let columns = ["file", "kind", "added", "changed", "known", "statements", "skipped"];
    output::list(format, &rows, &columns)?;
    for file in &imported.files {
        for repeat in file.repeats.iter().filter(|repeat| repeat.booked.is_none()) {
            known(&file.file, repeat);
        }
        file.warnings.iter().for_each(|remark| output::warning(&file.file, remark));
    }
    let refused = imported.files.iter().flat_map(|file| file.error.iter().chain(&file.refused_members));
    refused.for_each(|why| output::refused(&refusal(why)));
    Ok(ExitCode::from(u8::from(imported.refused() > 0)))
}

/// A statement that is known already, with the stored ones that it equals.
fn known(file: &str, repeat: &kasse::Repeat) {
    // a title begins with its file's name, which is not translated; the rest after the last colon is
    let titled = |title: &String| match title.rsplit_once(": ") {
        Some((file, what)) => format!("{file}: {}", say(what)),
        None => say(title),
    };
    let equals: Vec<String> = repeat.equals.iter().map(titled).collect();
    let equals = equals.join(&format!(" {} ", say("and")));
    output::told(&format!("{}: {file}: {} {} {equals}", say("known"), say(&repeat.statement), say("is")));
}

async fn run_mandates(kasse: &Kasse, format: Format, mandates: Mandates) -> Result<(), Failure> {
    match mandates {
        Mandates::Confirm { mandate, iban, who } => match kasse::confirm_account(kasse, &mandate, &iban, &who).await? {
            AccountConfirmed::InEffect => {
                note(&format!("mandate {mandate}: the changed account was confirmed by {who}"));
            }
            AccountConfirmed::FirstOfTwo => note(&format!(
                "mandate {mandate}: {who} has signed; nobody in person imported the change, another person must confirm it too"
            )),
        },
        Mandates::List => {
            let columns = ["mandate", "kassenzeichen", "holder", "before", "now", "imported_by", "signed_by"];
            output::list(format, &kasse::unconfirmed_accounts(kasse).await?, &columns)?;
        }
    }
    Ok(())
}

async fn run_hold(kasse: &Kasse, format: Format, hold: Hold) -> Result<(), Failure> {
    match hold {
        Hold::Add { what, reason, until, who } => {
            let too_late = kasse::hold_add(kasse, &what, &reason, until, &who).await?;
            match until {
                Some(day) => note(&format!("{what} is held until {day}")),
                None => note(&format!("{what} is held until two people lift it")),
            }
            too_late.iter().for_each(|said| note(&format!("warning: {said}")));
        }
        Hold::Lift { what, reason, who } => match kasse::hold_lift(kasse, &what, &reason, &who).await? {
            kasse::Lifted::Signed(count) => note(&format!("{what}: {count} of 2 have signed, it is still held")),
            kasse::Lifted::Lifted => note(&format!("{what} is no longer held by hand")),
        },
        Hold::List => {
            let columns = ["kassenzeichen", "posten", "until", "reason", "by", "may_be_lifted_by"];
            output::list(format, &kasse::hold_list(kasse).await?, &columns)?;
        }
    }
    Ok(())
}

async fn look_at_case(kasse: &Kasse, format: Format, case: Case) -> Result<(), Failure> {
    let Case { number, take, give, free: _, comment, who } = case;
    let Some(who) = who else { return Ok(case_view::case(format, &kasse::case(kasse, number).await?)?) };
    let said = match (comment, give) {
        (Some(comment), _) => CaseNote::Comment(comment),
        (None, Some(owner)) => CaseNote::Owner(owner),
        (None, None) if take => CaseNote::Owner(who.clone()),
        (None, None) => CaseNote::Free,
    };
    let before = kasse::note_case(kasse, number, &said, &who).await?;
    match &said {
        CaseNote::Owner(owner) => note(&format!("case {number} is {owner}'s")),
        CaseNote::Free => note(&format!("case {number} is nobody's")),
        CaseNote::Comment(_) => note(&format!("case {number} has a comment by {who}")),
    }
    let other = before.filter(|owner| *owner != who);
    other.iter().for_each(|owner| note(&format!("warning: case {number} was {owner}'s: tell {owner}")));
    Ok(())
}

async fn resolve_case(kasse: &Kasse, resolve: Resolve) -> Outcome {
    let How { allocate, other, refund, wait, returned, undo } = resolve.how;
    let resolution = if let Some(why) = other {
        Resolution::Other(why)
    } else if let Some(day) = wait {
        Resolution::Wait(day)
    } else if refund {
        Resolution::Refund
    } else if let Some(reference) = returned {
        if reference.is_empty() { Resolution::Return } else { Resolution::ReturnOf(reference) }
    } else if undo {
        Resolution::Undo
    } else {
        Resolution::Allocate(allocate)
    };
    let owner = kasse::resolve(kasse, resolve.number, &resolution, resolve.seen, &resolve.who).await?;
    match resolution {
        Resolution::Undo => note(&format!("case {} is open again, taken back by {}", resolve.number, resolve.who)),
        _ => note(&format!("case {} was decided by {}", resolve.number, resolve.who)),
    }
    owner.iter().for_each(|owner| note(&format!("warning: case {} is {owner}'s: tell {owner}", resolve.number)));
    Ok(ExitCode::SUCCESS)
}

async fn find(kasse: &Kasse, format: Format, text: &str, caller: Option<(String, Vec<String>)>) -> Outcome {
    let mut found = kasse::find(kasse, text).await?;
    if let Some((who, features)) = caller {
        let [one] = found.as_slice() else {
            let count = found.len();
            return Err(Failure::Said(format!("{text:?} finds {count} Kassenzeichen: a caller is told about one")));
        };
        let kassenzeichen = one.get("kassenzeichen").and_then(Value::as_str).unwrap_or_default().to_owned();
        found = vec![kasse::ask(kasse, &kassenzeichen, &features, &who).await?];
    }
    if format == Format::Table {
        found.iter().try_for_each(answer)?;
    } else {
        output::list(format, &found, &[])?;
    }
    if found.is_empty() {
        return Err(Failure::Said(format!("nothing is known of {text:?}")));
    }
    Ok(ExitCode::SUCCESS)
}

/// The answer about one Kassenzeichen, to be read out on the phone.
fn answer(found: &Value) -> std::io::Result<()> {
    let text = |name: &str| found.get(name).and_then(Value::as_str).unwrap_or_default();
    output::line(&format!("{}  {}", text("kassenzeichen"), text("debtor")))?;
    output::line(&format!("  {}", say(text("answer"))))?;
    for payment in found.get("payments").and_then(Value::as_array).into_iter().flatten() {
        let of = |name: &str| payment.get(name).and_then(Value::as_str).unwrap_or_default();
        let (booked, amount) = (day(of("booked")), money(of("amount")));
        output::line(&format!("  {booked}  {amount:>10}  {}", say(&format!("placed {}", of("placed")))))?;
    }
    Ok(())
}

async fn report(kasse: &Kasse, format: Format, report: Report) -> Result<(), Failure> {
    let (rows, columns): (Vec<Value>, &[&str]) = match report {
        Report::Receivables => (
            kasse::receivables(kasse).await?,
            &["kassenzeichen", "posten", "due", "amount", "transferred", "in_collection", "open", "state", "left_out"],
        ),
        Report::Payments => {
            let payments = kasse::payments(kasse).await?;
            if format == Format::Table {
                return Ok(case_view::payments(&payments)?);
            }
            (payments, &[])
        }
        Report::Debits => {
            let debits = kasse::debits(kasse).await?;
            if format == Format::Table {
                return Ok(case_view::payments(&debits)?);
            }
            (debits, &[])
        }
        Report::Statements => {
            let accounts = kasse::statements(kasse).await?;
            match format {
                Format::Table => (statement_table::rows(&accounts), statement_table::COLUMNS),
                Format::Json | Format::Csv => (accounts, &[]),
            }
        }
        Report::Runs => (kasse::runs(kasse).await?, RUN_COLUMNS),
        Report::Fees => return fee_commands::report(kasse, format).await,
        Report::Credits => (kasse::credits(kasse).await?, &[]),
        Report::Clearing => (kasse::clearing(kasse).await?, &[]),
        Report::Returns => (kasse::returns(kasse).await?, &[]),
        Report::Matching => (kasse::matching_report(kasse).await?, &["group", "verdicts", "stood", "share"]),
    };
    Ok(output::list(format, &rows, columns)?)
}

const DAY_COLUMNS: &[&str] =
    &["day", "account", "opening", "in", "out", "closing", "posted", "in_doubt", "other", "by"];

const RUN_COLUMNS: &[&str] = &["run", "due", "state", "debits", "amount", "planner", "releasers"];

async fn run_collect(kasse: &Kasse, format: Format, collect: Collect) -> Outcome {
    match collect {
        Collect::Plan { due, who, kind, limit } => {
            let options = PlanOptions { due, planner: who, kinds: kind, limit };
            plan(kasse, format, &options).await?;
        }
        Collect::Show { run } => {
            let shown = kasse::show(kasse, &run).await?;
            let lists: [(&str, &[&str]); 5] = [
                ("debits", &["kassenzeichen", "debtor", "mandate", "amount", "items"]),
                ("left_out", LEFT_OUT_COLUMNS),
                ("fallen", &["kassenzeichen", "posten", "planned", "now", "why"]),
                ("excess", &["kassenzeichen", "posten", "end_to_end_id", "claimed", "owed", "excess"]),
                ("events", &["day", "event", "by", "with", "note"]),
            ];
            output::object(format, &shown, &lists)?;
            if format == Format::Table {
                output::meanings(&shown)?;
            }
        }
        Collect::List => output::list(format, &kasse::runs(kasse).await?, RUN_COLUMNS)?,
        Collect::Notify { run, out, who, sent, notice_by } => notify(kasse, &run, &out, &who, sent, notice_by).await?,
        Collect::Release { run, who, acknowledge_open_cases } => {
            let said = if acknowledge_open_cases { Acknowledged::Whatever } else { Acknowledged::Nothing };
            released(&run, &kasse::release(kasse, &run, &who, said).await?);
        }
        Collect::Export { run, out, early } => {
            let exported = kasse::export_run(kasse, &run, &out, early.as_deref()).await?;
            match exported.files.as_slice() {
                [file] => output::object(format, &exported_json(file), &[])?,
                files => {
                    let rows: Vec<Value> = files.iter().map(exported_json).collect();
                    output::list(format, &rows, &["file", "debits", "amount", "sha256"])?;
                }
            }
            if let Some(day) = exported.hold_until {
                note(&format!("note: by the letters transfers still count: hold the file back until {day}"));
            }
        }
        Collect::Sent { run, order, who } => {
            kasse::sent(kasse, &run, &order, &who).await?;
            note(&format!("run {run} went to the bank under {order}"));
        }
        Collect::Void { run, who, with, reason, by_statements, never_left } => {
            let ground = match (by_statements, never_left) {
                (true, _) => kasse::VoidGround::Statements,
                (_, true) => kasse::VoidGround::NeverLeft,
                _ => kasse::VoidGround::Refused,
            };
            let said = kasse::VoidSaid { who, with, reason, ground };
            kasse::void(kasse, &run, &said).await?;
            note(&format!(
                "run {run} is void, say {} and {}: its items are free; never hand its file in",
                said.who, said.with
            ));
        }
        Collect::Recall(said) => recalled(kasse, format, said, false).await?,
        Collect::Reverse(said) => recalled(kasse, format, said, true).await?,
        Collect::Cancel { run, who } => {
            kasse::cancel(kasse, &run, &who).await?;
            note(&format!("run {run} was cancelled"));
        }
    }
    Ok(ExitCode::SUCCESS)
}

async fn recalled(kasse: &Kasse, format: Format, said: Recall, reversal: bool) -> Result<(), Failure> {
    let Recall { run, debit, reason, out, who } = said;
    let printed = kasse::recall(kasse, &RecallAsked { run, debits: debit, reversal, reason, who }, &out).await?;
    let shown = json!({
        "order": printed.sheet.display().to_string(), "order_pdf": printed.sheet_pdf.display().to_string(),
        "debits": printed.debits, "amount": printed.amount.to_string(),
    });
    Ok(output::object(format, &shown, &[])?)
}

/// How many outgoing bookings are named one by one.
const WENT_OUT_SHOWN: usize = 20;

/// Prints the outgoing bookings that were decided just now.
fn went_out(told: &[String]) {
    told.iter().take(WENT_OUT_SHOWN).for_each(|line| note(&format!("note: {line}")));
    let hidden = told.len().saturating_sub(WENT_OUT_SHOWN);
    if hidden > 0 {
        note(&format!("and {hidden} more that went out: report debits"));
    }
}

const LEFT_OUT_COLUMNS: &[&str] = &["kassenzeichen", "posten", "amount", "reason", "case"];

async fn plan(kasse: &Kasse, format: Format, options: &PlanOptions) -> Result<(), Failure> {
    let outcome = kasse::plan(kasse, options).await?;
    output::object(format, &outcome.plan, &[("left_out", LEFT_OUT_COLUMNS)])?;
    outcome.remarks.iter().for_each(|remark| note(&format!("note: {remark}")));
    outcome.forbidden.iter().for_each(|why| note(&format!("forbids the release: {why}")));
    if outcome.plan.get("run").is_some_and(Value::is_null) {
        note("there is nothing to collect: no run was made");
    }
    Ok(())
}

async fn notify(
    kasse: &Kasse,
    run: &str,
    out: &Path,
    who: &str,
    sent: Option<Date>,
    notice_by: Option<String>,
) -> Result<(), Failure> {
    let manner = match (sent, notice_by) {
        (Some(day), _) => NoticeManner::Posted(day),
        (None, Some(text)) => NoticeManner::Otherwise(text),
        (None, None) => NoticeManner::Written,
    };
    let notified = kasse::notify(kasse, run, out, who, &manner).await?;
    let list = notified.list.display();
    let letters = match notified.letters.as_slice() {
        [] => "–".to_owned(),
        [only] => only.display().to_string(),
        [first, .., last] => format!("{} … {}", first.display(), last.display()),
    };
    note(&format!("{} notices: {list} and, as letters, {letters}", notified.count));
    notified.remarks.iter().for_each(|remark| note(&format!("note: {remark}")));
    if manner == NoticeManner::Written {
        note("not recorded as sent: say --sent DATE once they are posted");
    }
    Ok(())
}

async fn remind(kasse: &Kasse, format: Format, out: &Path, who: &str, again: bool) -> Result<(), Failure> {
    let reminded = kasse::remind(kasse, out, who, again).await?;
    output::object(
        format,
        &reminded.told,
        &[("skipped", &["kassenzeichen", "posten", "amount", "reason", "case", "reminded"])],
    )?;
    reminded.remarks.iter().for_each(|remark| note(&format!("note: {remark}")));
    if reminded.told.get("letters").and_then(Value::as_u64) == Some(0) {
        note("there is nobody to remind: nothing was written");
    }
    Ok(())
}

/// How many failed proofs are printed.
const BREAKS_SHOWN: usize = 20;

async fn verify(kasse: &Kasse, format: Format) -> Outcome {
    let breaks = kasse::verify(kasse).await?;
    if format == Format::Json {
        output::json(&json!({"proved": breaks.is_empty(), "breaks": breaks}))?;
    }
    match breaks.split_first() {
        None => {
            note("the books are proved: every figure follows from the facts, and the journal's chain holds");
            Ok(ExitCode::SUCCESS)
        }
        Some((first, others)) => {
            others.iter().take(BREAKS_SHOWN).for_each(|found| note(&format!("also: {found}")));
            let hidden = others.len().saturating_sub(BREAKS_SHOWN);
            if hidden > 0 {
                note(&format!("and {hidden} more: --format json names all"));
            }
            Err(Failure::Said(format!("the books do not hold: {first}")))
        }
    }
}

fn exported_json(file: &kasse::ExportedFile) -> Value {
    json!({
        "file": file.file.display().to_string(), "control_sheet": file.sheet.display().to_string(),
        "control_sheet_pdf": file.sheet_pdf.display().to_string(),
        "sha256": file.sha256, "debits": file.debits, "amount": file.amount.to_string(),
    })
}
