//! What a person can type about nights and standing orders.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use crate::typed::person;

#[derive(Debug, Args)]
pub(crate) struct Batch {
    /// Where files are put that are to be read
    #[arg(long, value_name = "DIR")]
    pub(crate) inbox: PathBuf,
    /// Where files go once they were read, by day
    #[arg(long, value_name = "DIR")]
    pub(crate) archive: PathBuf,
    /// Where files go that were refused, by day [default: failed in the archive]
    #[arg(long, value_name = "DIR")]
    pub(crate) failed: Option<PathBuf>,
    /// Where payment files of released runs are put for the program that hands them in [default: nowhere]
    #[arg(long, value_name = "DIR")]
    pub(crate) outbox: Option<PathBuf>,
    /// Where the summary is written as JSON
    #[arg(long, value_name = "FILE")]
    pub(crate) summary: Option<PathBuf>,
    /// Where figures for Prometheus' textfile collector are written
    #[arg(long, value_name = "FILE")]
    pub(crate) metrics: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Order {
    /// Make a standing order of the settings; another person puts it in force
    Make(Ordered),
    /// Put a standing order in force, as another person than who made it
    Confirm(Ordered),
    /// End a standing order
    End(Ordered),
    /// The standing orders of the settings, and whether each is in force
    List,
}

#[derive(Debug, Args)]
pub(crate) struct Ordered {
    /// Its name in the settings
    pub(crate) name: String,
    /// Who says it
    #[arg(long = "as", value_name = "USER", value_parser = person)]
    pub(crate) who: String,
}
