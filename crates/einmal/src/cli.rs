//! What a person can type.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::str::FromStr as _;

use clap::builder::NonEmptyStringValueParser;
use clap::{Args, FromArgMatches as _, Parser, Subcommand, ValueEnum};
use jiff::civil::Date;
use lang::Lang;
use sepa::Cents;

pub(crate) use crate::archive_cli::Archive;
pub(crate) use crate::batch_cli::{Batch, Order};
pub(crate) use crate::case_cli::{Case, How, Resolve};
pub(crate) use crate::collect_cli::{Collect, Recall};
use crate::complaint;
pub(crate) use crate::doctor_cli::Doctor;
use crate::format_cli::Format;
pub(crate) use crate::guard_cli::Guard;
pub(crate) use crate::handback_cli::{ExportSaid, HandoverSaid};
pub(crate) use crate::people_cli::{Serve, User};
pub(crate) use crate::refund_cli::Refund;
pub(crate) use crate::seed_cli::Seed;
use crate::typed::person;

/// Collect what is owed once, never twice: SEPA reconciliation for a municipal treasury.
#[derive(Debug, Parser)]
#[command(name = "einmal", version, about, max_term_width = 100)]
pub(crate) struct Cli {
    /// The treasury's settings
    #[arg(long, global = true, env = "EINMAL_CONFIG", default_value = "einmal.toml", value_name = "FILE")]
    pub(crate) config: PathBuf,
    /// The treasury's database
    #[arg(long, global = true, env = "EINMAL_DB", default_value = "sqlite://einmal.db", value_name = "URL")]
    pub(crate) db: String,
    /// The business date [default: today in Europe/Berlin]
    #[arg(long, global = true, env = "EINMAL_TODAY", value_name = "DATE")]
    pub(crate) today: Option<Date>,
    /// How results are printed
    #[arg(long, global = true, value_enum, default_value_t = Format::Table)]
    pub(crate) format: Format,
    /// Read the passwords of those who are named from stdin, a line each, in the order in which they are named
    #[arg(long, global = true)]
    pub(crate) password_stdin: bool,
    /// The language of messages, tables and help: de or en; JSON and CSV are the same in each
    #[arg(long, global = true, env = "EINMAL_LANG", default_value = "en", value_name = "LANG", value_parser = Lang::from_str)]
    pub(crate) lang: Lang,
    /// Say more on stderr
    #[arg(short, long, global = true)]
    pub(crate) verbose: bool,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// The whole story on the sample inside the binary
    Demo {
        /// Where everything is put
        #[arg(long, value_name = "DIR", default_value = "einmal-demo")]
        out: PathBuf,
        /// Then open it in the browser, with one person per role
        #[arg(long)]
        serve: bool,
        /// Where to listen
        #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080", requires = "serve")]
        listen: SocketAddr,
        /// Tell instead of the day on which the old system is back: its debit file, held against what was paid
        #[arg(long, conflicts_with = "serve")]
        guard: bool,
    },
    /// Write a commented einmal.toml and make the database
    Init,
    /// Show what statement files hold, without a database
    Inspect {
        /// Statement files, plain or in ZIP
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
    /// Hold another system's direct-debit file against bank statements, and write it without what was paid
    Guard(Guard),
    /// Read open items, mandates and statements: files and folders
    Import {
        /// Files and folders
        #[arg(required = true)]
        paths: Vec<PathBuf>,
        /// The last bank day that the system which made the open-items list had posted
        #[arg(long, value_name = "DATE")]
        as_of: Option<Date>,
        /// Take an amount of a later list that fell by just what was posted here for the assessed one, not for the rest
        #[arg(long)]
        amounts_are_assessed: bool,
        /// The lists of open items are partial: do not hold what they leave out; said again of a list that was read, end that
        #[arg(long)]
        partial: bool,
        /// Who imports [default: the nightly job]
        #[arg(long = "as", value_name = "USER", value_parser = person)]
        who: Option<String>,
        /// Who answers with him for a payment file of our own, in restored books
        #[arg(long = "with", value_name = "OTHER", value_parser = person, requires = "who")]
        with: Option<String>,
    },
    /// A beginning from another system's last debit file
    #[command(subcommand)]
    Seed(Seed),
    /// Accounts of mandates that a later list changed
    #[command(subcommand)]
    Mandates(Mandates),
    /// The numbering schemes of the settings
    #[command(subcommand)]
    Schemes(Schemes),
    /// Do a whole night: read and match what lies in the inbox, put released runs into the outbox, say who is needed
    Batch(Batch),
    /// Standing orders: runs that the nightly job plans
    #[command(subcommand)]
    Order(Order),
    /// Say what is wrong with this installation, each finding with its remedy
    Doctor(Doctor),
    /// Decide every booking and open case that no person has decided
    Match,
    /// The open cases
    Cases,
    /// One case with its candidates and their evidence; or what a person says of it
    Case(Case),
    /// Decide a case
    Resolve(Resolve),
    /// What a person keeps out of direct debit
    #[command(subcommand)]
    Hold(Hold),
    /// How a booking was decided, replayed
    Explain {
        /// Its reference, as `report payments` says it
        reference: String,
    },
    /// Find by Kassenzeichen, name, IBAN end, mandate or amount: has it arrived, is it placed, what will be debited
    Find {
        /// What is known
        text: String,
        /// By which two features a caller is known whom this is told (§ 30 AO): kassenzeichen, name, address, iban, mandate, amount
        #[arg(long, value_name = "FEATURE", num_args = 1.., requires = "who")]
        caller: Vec<String>,
        /// Who tells him
        #[arg(long = "as", value_name = "USER", value_parser = person, requires = "caller")]
        who: Option<String>,
    },
    /// Direct-debit runs
    #[command(subcommand)]
    Collect(Collect),
    /// Money that goes back to its payers
    #[command(subcommand)]
    Refund(Refund),
    /// Due days that were put off for an outage
    #[command(subcommand)]
    Deferral(Deferral),
    /// Recorded decisions to waive late fees
    #[command(subcommand)]
    Fees(Fees),
    /// Write fee-free reminders of what is due and cannot be debited, and record them
    Remind {
        /// Where the letters are put
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
        /// Who reminds
        #[arg(long = "as", value_name = "USER", value_parser = person)]
        who: String,
        /// Also those who were reminded a short time ago
        #[arg(long)]
        again: bool,
    },
    /// What a person vouches for
    #[command(subcommand)]
    Statements(Statements),
    /// What the books say
    Report {
        /// Which report
        #[arg(value_enum)]
        report: Report,
    },
    /// What the finance system must take back
    Export(ExportSaid),
    /// End our collecting of items, two people together: the finance system collects them again
    Handover(HandoverSaid),
    /// Hold another system's list of open items against the books, and change nothing
    Compare {
        /// The list, as `import` reads it
        list: PathBuf,
    },
    /// Close a day under two names: each account's balances, and what of its credits is posted, in doubt, other
    CloseDay {
        /// The day
        #[arg(required_unless_present = "list")]
        day: Option<Date>,
        /// Who closes it
        #[arg(long = "as", value_name = "USER", value_parser = person, required_unless_present = "list")]
        who: Option<String>,
        /// And with whom
        #[arg(long = "with", value_name = "OTHER", value_parser = person, required_unless_present = "list")]
        with: Option<String>,
        /// Only show the days that were closed
        #[arg(long, conflicts_with_all = ["day", "who", "with"])]
        list: bool,
    },
    /// The journal of every change
    #[command(subcommand)]
    Journal(Journal),
    /// Files as they were received and sent
    #[command(subcommand)]
    Archive(Archive),
    /// Prove the books: every invariant and the journal's hash chain
    Verify,
    /// Write all books into a file, as they are at this moment
    Backup {
        /// The file; there must be none of that name
        file: PathBuf,
        /// Who saves them [default: the owner of the token; where nobody is registered, the nightly job]
        #[arg(long = "as", value_name = "USER", value_parser = person)]
        who: Option<String>,
    },
    /// Put the books of a backup into a new database, locked until two people say `unlock`
    Restore {
        /// What `backup` wrote
        file: PathBuf,
        /// Who restores, as one whom the backup knows
        #[arg(long = "as", value_name = "USER", value_parser = person)]
        who: Option<String>,
    },
    /// Move the books into another, new database; the old one is never written again
    Copy {
        /// Where they are
        #[arg(long, value_name = "URL")]
        from: String,
        /// Where they go on, locked until two people say `unlock`
        #[arg(long, value_name = "URL")]
        to: String,
        /// Who moves them
        #[arg(long = "as", value_name = "USER", value_parser = person)]
        who: Option<String>,
    },
    /// Take a move back, two people together, as long as nobody has changed anything in the other place
    Revive {
        /// Where the books were, and go on
        #[arg(long, value_name = "URL")]
        from: String,
        /// Where they were moved to
        #[arg(long, value_name = "URL")]
        to: String,
        /// Who takes it back
        #[arg(long = "as", value_name = "USER", value_parser = person)]
        who: String,
        /// And with whom
        #[arg(long = "with", value_name = "OTHER", value_parser = person)]
        with: String,
    },
    /// The pages and the JSON API
    Serve(Serve),
    /// People, their roles and tokens; from the first one on whoever is named with --as proves that it is he
    #[command(subcommand)]
    User(User),
    /// Vouch, two people together, that every payment file written since the books were saved was imported again
    Unlock(Unlock),
}

#[derive(Debug, Args)]
pub(crate) struct Unlock {
    /// How many payment files that were
    #[arg(long, value_name = "N", required_unless_present = "list")]
    pub(crate) files: Option<usize>,
    /// Who vouches
    #[arg(long = "as", value_name = "USER", value_parser = person, required_unless_present = "list")]
    pub(crate) who: Option<String>,
    /// And with whom
    #[arg(long = "with", value_name = "OTHER", value_parser = person, required_unless_present = "list")]
    pub(crate) with: Option<String>,
    /// Only show the files that were imported since
    #[arg(long, conflicts_with_all = ["files", "who", "with"])]
    pub(crate) list: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Statements {
    /// Confirm the balance before an account's first statement
    ConfirmOpening(Confirmed),
    /// Confirm that an account without movement still has its last known balance
    ConfirmQuiet(Confirmed),
    /// Withdraw, two people together, what was confirmed of an account's balances
    Withdraw {
        /// The account's IBAN
        account: String,
        #[command(flatten)]
        said: TwoSay,
    },
    /// The last bank day that the old system had posted; two people correct it
    AsOf(AsOf),
    /// Say, two people together, that the statements of an account which the settings name no more are asked for no longer
    EndAccount {
        /// The account's IBAN
        account: String,
        #[command(flatten)]
        said: TwoSay,
    },
}

/// Two people and their reason.
#[derive(Debug, Args)]
pub(crate) struct TwoSay {
    /// Why
    #[arg(long, value_name = "TEXT", value_parser = NonEmptyStringValueParser::new())]
    pub(crate) reason: String,
    /// Who says it
    #[arg(long = "as", value_name = "USER", value_parser = person)]
    pub(crate) who: String,
    /// And with whom
    #[arg(long = "with", value_name = "OTHER", value_parser = person)]
    pub(crate) with: String,
}

#[derive(Debug, Args)]
pub(crate) struct AsOf {
    /// The right day [default: only show the one that counts]
    #[arg(requires_all = ["reason", "who", "with"], conflicts_with = "none")]
    pub(crate) day: Option<Date>,
    /// The old system had posted nothing
    #[arg(long, requires_all = ["reason", "who", "with"])]
    pub(crate) none: bool,
    /// Why
    #[arg(long, value_name = "TEXT", value_parser = NonEmptyStringValueParser::new())]
    pub(crate) reason: Option<String>,
    /// Who corrects it
    #[arg(long = "as", value_name = "USER", value_parser = person)]
    pub(crate) who: Option<String>,
    /// And with whom
    #[arg(long = "with", value_name = "OTHER", value_parser = person)]
    pub(crate) with: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Confirmed {
    /// The account's IBAN
    pub(crate) account: String,
    /// The day
    #[arg(long, value_name = "DATE")]
    pub(crate) day: Date,
    /// The balance on that day
    #[arg(long, value_name = "AMOUNT", value_parser = Cents::parse_local, allow_hyphen_values = true)]
    pub(crate) balance: Cents,
    /// Who confirms
    #[arg(long = "as", value_name = "USER", value_parser = person)]
    pub(crate) who: String,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Mandates {
    /// Confirm a changed account as another person than who imported it
    Confirm {
        /// The mandate's reference
        mandate: String,
        /// The new account, as the debtor gave it
        #[arg(long, value_name = "IBAN", value_parser = NonEmptyStringValueParser::new())]
        iban: String,
        /// Who confirms
        #[arg(long = "as", value_name = "USER", value_parser = person)]
        who: String,
    },
    /// The changed accounts that nobody has confirmed: these mandates are not used
    List,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Hold {
    /// Hold a Kassenzeichen, or one of its items
    Add {
        /// KASSENZEICHEN or KASSENZEICHEN/POSTEN
        what: String,
        /// Why: Stundung, objection, insolvency …
        #[arg(long, value_name = "TEXT", value_parser = NonEmptyStringValueParser::new())]
        reason: String,
        /// The last day on which nothing is collected [default: until it is lifted]
        #[arg(long, value_name = "DATE")]
        until: Option<Date>,
        /// Who holds it
        #[arg(long = "as", value_name = "USER", value_parser = person)]
        who: String,
    },
    /// Sign for the lifting of a hold; it falls when two people have
    Lift {
        /// KASSENZEICHEN or KASSENZEICHEN/POSTEN, as it was held
        what: String,
        /// Why
        #[arg(long, value_name = "TEXT", value_parser = NonEmptyStringValueParser::new())]
        reason: String,
        /// Who signs
        #[arg(long = "as", value_name = "USER", value_parser = person)]
        who: String,
    },
    /// The holds that stand
    List,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Fees {
    /// Record a decision to waive late fees, under two names
    Waive(Waive),
    /// The decisions, the withdrawn ones too
    List,
    /// Withdraw a decision: a counter-entry under two names
    Withdraw(CounterEntry),
}

/// What takes a recorded decision back.
#[derive(Debug, Args)]
pub(crate) struct CounterEntry {
    /// Its number
    pub(crate) number: i64,
    /// Why
    #[arg(long, value_name = "TEXT", value_parser = NonEmptyStringValueParser::new())]
    pub(crate) reason: String,
    /// Who takes it back
    #[arg(long = "as", value_name = "USER", value_parser = person)]
    pub(crate) who: String,
    /// And with whom
    #[arg(long = "with", value_name = "OTHER", value_parser = person)]
    pub(crate) with: String,
}

#[derive(Debug, Args)]
pub(crate) struct Waive {
    /// The day of the decision
    #[arg(long, value_name = "DATE")]
    pub(crate) date: Date,
    /// Who decided: the Kämmerer, the council …
    #[arg(long, value_name = "TEXT", value_parser = NonEmptyStringValueParser::new())]
    pub(crate) authority: String,
    /// The number under which it is filed
    #[arg(long, value_name = "TEXT", value_parser = NonEmptyStringValueParser::new())]
    pub(crate) file_number: String,
    /// outage (all that fell due in it), kind:LEVY, KASSENZEICHEN or KASSENZEICHEN/POSTEN
    #[arg(long, value_name = "SCOPE", value_parser = NonEmptyStringValueParser::new())]
    pub(crate) scope: String,
    /// Why: § 227 AO …
    #[arg(long, value_name = "TEXT", value_parser = NonEmptyStringValueParser::new())]
    pub(crate) ground: String,
    /// The first due day that it concerns [default: the first of the outage]
    #[arg(long, value_name = "DATE")]
    pub(crate) due_from: Option<Date>,
    /// The last due day that it concerns [default: the last of the outage]
    #[arg(long, value_name = "DATE")]
    pub(crate) due_until: Option<Date>,
    /// Who records it
    #[arg(long = "as", value_name = "USER", value_parser = person)]
    pub(crate) who: String,
    /// And with whom
    #[arg(long = "with", value_name = "OTHER", value_parser = person)]
    pub(crate) with: String,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Deferral {
    /// Record what was announced: which due days are put off to when
    Add(Defer),
    /// The deferrals, the ended ones too
    List,
    /// End a deferral: a counter-entry under two names
    End(CounterEntry),
}

#[derive(Debug, Args)]
pub(crate) struct Defer {
    /// Only this levy; may be repeated [default: all]
    #[arg(long, value_name = "KIND", num_args = 1.., value_parser = NonEmptyStringValueParser::new())]
    pub(crate) kind: Vec<String>,
    /// The first due day that is put off [default: the first of the outage]
    #[arg(long, value_name = "DATE")]
    pub(crate) due_from: Option<Date>,
    /// The last due day that is put off [default: the last of the outage]
    #[arg(long, value_name = "DATE")]
    pub(crate) due_until: Option<Date>,
    /// Nothing of it is collected before this day
    #[arg(long, value_name = "DATE")]
    pub(crate) new_due: Date,
    /// Most instalments of one Kassenzeichen in one run, the oldest first [default: all]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub(crate) instalments: Option<u16>,
    /// Least days between two debits of one account
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) days_between: u16,
    /// The day it was announced
    #[arg(long, value_name = "DATE")]
    pub(crate) announced: Date,
    /// In which words it was announced
    #[arg(long, value_name = "TEXT", value_parser = NonEmptyStringValueParser::new())]
    pub(crate) text: String,
    /// Who records it
    #[arg(long = "as", value_name = "USER", value_parser = person)]
    pub(crate) who: String,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Journal {
    /// The last entry's hash, to write down or to sign
    Head,
    /// Say which entry has a hash that was written down or printed; none has it where the books were rolled back
    Check {
        /// The hash, or its first 12 digits
        hash: String,
    },
    /// Every entry with what it added, for auditors
    Export,
    /// One entry, row by row: before and after
    Show {
        /// Its number
        entry: i64,
    },
    /// Let the books go on at the business date, two people together, though an entry was made under a later day by mistake
    CorrectDay(TwoSay),
}

#[derive(Debug, Subcommand)]
pub(crate) enum Schemes {
    /// Hold real references against the schemes and say which do not fit
    Check {
        /// One reference a line, or a CSV with the column kassenzeichen
        file: PathBuf,
    },
    /// Show mask and check digit of the references in another system's direct-debit file
    Learn {
        /// The direct-debit file (pain.008 of any version)
        file: PathBuf,
    },
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Report {
    /// An object per item
    Receivables,
    /// An object per credit booking
    Payments,
    /// An object per outgoing booking: what it is, and which credit it took back
    Debits,
    /// How far each account is complete
    Statements,
    /// The runs
    Runs,
    /// What late charges and reminders would have come to, and whether they arose: not arisen, waived or undecided
    Fees,
    /// Credits of Kassenzeichen: what lists say is due to debtors
    Credits,
    /// What the movements of each account and day were for, and what of them nobody has explained yet
    Clearing,
    /// How many debits came back: in all, by reason and by the payers' banks, and what the banks charged
    Returns,
    /// How often the program's proposals were the people's choice, and how many verdicts stood
    Matching,
}

impl Command {
    /// Whether it is a server until somebody stops it.
    pub(crate) fn serves(&self) -> bool {
        matches!(self, Command::Serve(_) | Command::Demo { serve: true, .. })
    }
}

impl Cli {
    /// What was typed, and whoever is named in it; `command` is the command line in the language that was asked for.
    pub(crate) fn typed(command: &clap::Command, lang: Lang) -> (Cli, Vec<String>) {
        let matched = command.clone().try_get_matches();
        let matches = matched.unwrap_or_else(|error| complaint::exit(&error, lang, command));
        let mut people = Vec::new();
        let mut level = Some(&matches);
        while let Some(matches) = level {
            for role in ["who", "with"] {
                people.extend(matches.try_get_one::<String>(role).ok().flatten().cloned());
            }
            level = matches.subcommand().map(|(_, matches)| matches);
        }
        let cli = Cli::from_arg_matches(&matches).unwrap_or_else(|error| complaint::exit(&error, lang, command));
        if let Command::User(User::Password { name, who: None, .. } | User::Token { name, .. }) = &cli.command {
            people.push(name.clone());
        }
        (cli, people)
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    #[test]
    fn the_command_line_is_sound() {
        super::Cli::command().debug_assert();
    }
}
