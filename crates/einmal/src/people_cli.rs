//! What a person can type about people and the server.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Subcommand};
use jiff::civil::Date;

use crate::typed::person;

#[derive(Debug, Args)]
pub(crate) struct Serve {
    /// Where to listen
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080", env = "EINMAL_LISTEN")]
    pub(crate) listen: SocketAddr,
    /// Certificate chain for HTTPS, PEM
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    pub(crate) tls_certificate: Option<PathBuf>,
    /// Its key, PEM
    #[arg(long, value_name = "FILE", requires = "tls_certificate")]
    pub(crate) tls_key: Option<PathBuf>,
    /// A proxy in front does HTTPS, and hands Host and Origin on as they are
    #[arg(long)]
    pub(crate) behind_https: bool,
    /// Write the log as JSON, an object a line
    #[arg(long)]
    pub(crate) log_json: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum User {
    /// Everybody who is registered
    List,
    /// Take the second factor of a person away whose device is lost; all log-ins end
    EndFactor {
        /// His name
        #[arg(value_parser = person)]
        name: String,
        /// Who does it: the person, or an administrator
        #[arg(long = "as", value_name = "USER", value_parser = person)]
        who: String,
    },
    /// Who logged in, who tried, and who looked at whose data, the newest first
    Accesses {
        /// Only of this person
        #[arg(long, value_name = "NAME")]
        person: Option<String>,
        /// How many rows
        #[arg(long, value_name = "N", default_value_t = 200)]
        most: u32,
    },
    /// Register a person; the first one is an administrator. The password is typed, or the first line piped in
    Add {
        /// His name, as he logs in and as the journal names him
        #[arg(value_parser = person)]
        name: String,
        /// clerk, reviewer, planner, releaser, desk, auditor, treasurer or administrator; may be repeated
        #[arg(long, value_name = "ROLE", required = true, num_args = 1..)]
        role: Vec<String>,
        /// Which administrator does it [default: the person, who is the first]
        #[arg(long = "as", value_name = "USER", value_parser = person)]
        who: Option<String>,
        /// Who confirms it, where it takes two; without, it waits for `user confirm`
        #[arg(long = "with", value_name = "OTHER", value_parser = person, requires = "who")]
        with: Option<String>,
    },
    /// Give a person other roles, or take all rights
    Set {
        /// His name
        #[arg(value_parser = person)]
        name: String,
        /// All roles from now on
        #[arg(long, value_name = "ROLE", required = true, num_args = 1..)]
        role: Vec<String>,
        /// He may do nothing any more
        #[arg(long)]
        inactive: bool,
        /// Which administrator does it
        #[arg(long = "as", value_name = "USER", value_parser = person)]
        who: String,
        /// Who confirms it, where it takes two; without, it waits for `user confirm`
        #[arg(long = "with", value_name = "OTHER", value_parser = person)]
        with: Option<String>,
    },
    /// What an administrator gave and nobody has confirmed yet
    Waiting,
    /// Confirm, as a second person, what an administrator gave
    Confirm {
        /// Its number, as `user waiting` says it
        number: i64,
        /// Who confirms: another administrator, or the treasurer
        #[arg(long = "as", value_name = "USER", value_parser = person)]
        who: String,
    },
    /// Withdraw what nobody has confirmed
    Withdraw {
        /// Its number, as `user waiting` says it
        number: i64,
        /// Who withdraws it
        #[arg(long = "as", value_name = "USER", value_parser = person)]
        who: String,
    },
    /// Give a person another password; it is typed, or the first line piped in. An administrator's is good for setting an own one
    Password {
        /// His name
        #[arg(value_parser = person)]
        name: String,
        /// Which administrator does it [default: the person]
        #[arg(long = "as", value_name = "USER", value_parser = person)]
        who: Option<String>,
        /// Who confirms it, where it takes two; without, it waits for `user confirm`
        #[arg(long = "with", value_name = "OTHER", value_parser = person, requires = "who")]
        with: Option<String>,
    },
    /// Make a token that acts as oneself, for a program or for --as; it is printed once
    Token {
        /// One's own name
        #[arg(value_parser = person)]
        name: String,
        /// What it is for
        #[arg(long, value_name = "TEXT")]
        label: String,
        /// look, import, decide, plan, export, ask, audit or administer; may be repeated
        #[arg(long, value_name = "RIGHT", required = true, num_args = 1..)]
        scope: Vec<String>,
        /// The last day on which it is good [default: a year from now, which is the most]
        #[arg(long, value_name = "DATE")]
        until: Option<Date>,
    },
    /// Take a token back
    EndToken {
        /// Its number, as `user list --format json` says it
        token: i64,
        /// Who does it
        #[arg(long = "as", value_name = "USER", value_parser = person)]
        who: String,
    },
}
