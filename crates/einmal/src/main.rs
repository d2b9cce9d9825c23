//! `einmal`: the binary. Command line, settings, clock and wiring; it decides nothing and knows no SQL.

mod archive_cli;
mod archive_commands;
mod batch_cli;
mod batch_command;
mod books_file;
mod candidate_view;
mod case_cli;
mod case_view;
mod cli;
mod clock;
mod collect_cli;
mod commands;
mod complaint;
mod control_commands;
mod decide_view;
mod deferral_commands;
mod demo;
mod demo_guard;
mod demo_import;
mod demo_serve;
mod doctor_cli;
mod doctor_command;
mod failure;
mod fee_commands;
mod fields;
mod format_cli;
mod guard_cli;
mod guard_command;
mod handback_cli;
mod handback_commands;
mod help;
mod inspect;
mod journal_table;
mod layout;
mod operation_commands;
mod output;
mod people_cli;
mod people_commands;
mod progress;
mod recorded;
mod refund_cli;
mod refund_commands;
mod seed_cli;
mod seed_commands;
mod serve_command;
mod settings_file;
mod signed;
mod speech;
mod statement_table;
mod typed;

use std::io::IsTerminal as _;
use std::process::ExitCode;

/// Server threads: a long computation for one reader leaves some for the others.
const SERVING: usize = 8;

/// Writes the log to stderr.
fn keep_log(cli: &cli::Cli) {
    // an operator of a server wants to see the requests
    let is_night = matches!(cli.command, cli::Command::Batch(_));
    let told = if cli.verbose || is_night || cli.command.serves() { "info,sqlx=error" } else { "warn,sqlx=error" };
    let log = tracing_subscriber::fmt()
        .with_env_filter(tracing_subscriber::EnvFilter::new(told))
        .with_ansi(std::io::stderr().is_terminal())
        // if nobody reads the log any more, that must not end the program
        .log_internal_errors(false)
        .with_writer(std::io::stderr);
    match &cli.command {
        cli::Command::Serve(said) if said.log_json => log.json().init(),
        _ => log.init(),
    }
}

/// What this program writes nobody else can read: files 0600, folders 0700, whatever the caller's umask.
#[cfg(unix)]
fn keep_to_ourselves() {
    rustix::process::umask(rustix::fs::Mode::from_raw_mode(0o077));
}

#[cfg(not(unix))]
fn keep_to_ourselves() {}

fn main() -> ExitCode {
    let lang = help::wanted(std::env::args_os(), std::env::var_os("EINMAL_LANG"));
    let (cli, named) = cli::Cli::typed(&help::command(lang), lang);
    speech::speak(cli.lang);
    keep_to_ourselves();
    let serves = cli.command.serves();
    keep_log(&cli);
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .worker_threads(if serves { SERVING } else { 2 })
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => return output::failed(&speech::say(&error.to_string())),
    };
    match runtime.block_on(commands::run(cli, named)) {
        Ok(done) => done,
        // the reader of the output has seen enough and closed the pipe
        Err(failure::Failure::Print(error)) if error.kind() == std::io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => output::failed(&error.said()),
    }
}
