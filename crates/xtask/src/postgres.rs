//! A PostgreSQL server for tests: created in a temporary folder, removed when it is dropped.
//!
//! Knows the system's binaries and how Debian installs them. Invariant: no existing server is touched, and the new one
//! listens on no network, only on a socket in its folder. If there are no binaries and none can be installed, it fails
//! and says how to install them; it never skips.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};
use tempfile::TempDir;

use crate::debian::{self, is_root};
use crate::words::Words;
use crate::workspace::{self, Workspace};

/// The variable that tells tests where the server is: a URL without its last part, the database.
pub(crate) const VARIABLE: &str = "EINMAL_TEST_POSTGRES";

/// The variable that makes the end-to-end tests use that server.
pub(crate) const ENGINE: (&str, &str) = ("EINMAL_TEST_ENGINE", "postgres");

const NEEDED: &str = "PostgreSQL 15 or newer is needed for the tests: `apt-get install postgresql` (Debian, Ubuntu), \
                      `dnf install postgresql-server` (Fedora), `brew install postgresql@17` (macOS); or name the folder of initdb by PATH";

/// The user who runs the server if we are root: PostgreSQL refuses to run as root.
const SERVANT: &str = "postgres";

/// A running server.
pub(crate) struct Server {
    binaries: PathBuf,
    folder: TempDir,
}

impl Server {
    /// Creates and starts a server; installs the binaries if they are missing and Debian's packages are available.
    pub(crate) fn start(workspace: &Workspace) -> Result<Server> {
        let binaries = match find() {
            Some(folder) => folder,
            None => install(workspace)?,
        };
        let folder = tempfile::Builder::new().prefix("einmal-postgres").tempdir()?;
        let server = Server { binaries, folder };
        if is_root() {
            workspace.run(Command::new("chown").arg(SERVANT).arg(server.folder.path()))?;
        }
        let data = server.data();
        let sync = ["--no-sync", "--encoding=UTF8", "--locale=C", "--auth=trust", "--username=einmal"];
        workspace.run(server.command("initdb").args(sync).arg("-D").arg(&data))?;
        let socket = server.folder.path().display();
        // nothing here must survive a crash, so nothing waits for the disk
        let options = format!(
            "-k {socket} -c listen_addresses= -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c wal_level=minimal -c max_wal_senders=0 -c max_wal_size=8GB -c max_connections=200 -c shared_buffers=64MB"
        );
        let log = server.folder.path().join("log");
        workspace.run(
            server.command("pg_ctl").args(["start", "-w", "-s", "-o", &options, "-D"]).arg(&data).arg("-l").arg(log),
        )?;
        Ok(server)
    }

    /// The folder of its programs.
    pub(crate) fn binaries(&self) -> &Path {
        &self.binaries
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// The server's URL with `{}` in the place of the database's name.
    pub(crate) fn url(&self) -> String {
        format!("postgres://einmal@localhost/{{}}?host={}", self.folder.path().display())
    }

    /// The URL of one of its databases with no slash except before the name, for programs that look for the name there.
    pub(crate) fn url_in_a_word(&self, database: &str) -> String {
        let socket = self.folder.path().display().to_string().replace('/', "%2F");
        format!("postgres://einmal@localhost/{database}?host={socket}")
    }

    /// A PATH with its programs first.
    pub(crate) fn path(&self) -> Result<OsString> {
        let before = env::var_os("PATH").unwrap_or_default();
        let folders = std::iter::once(self.binaries.clone()).chain(env::split_paths(&before));
        env::join_paths(folders).context("the PATH cannot be put together")
    }

    /// Creates a database and returns its URL.
    pub(crate) fn database(&self, workspace: &Workspace, name: &str) -> Result<String> {
        let mut create = self.command("createdb");
        workspace.run(create.arg("-h").arg(self.folder.path()).args(["-U", "einmal", name]))?;
        Ok(self.url().replace("{}", name))
    }

    /// Replaces one database by a copy of another.
    pub(crate) fn replace(&self, workspace: &Workspace, from: &str, to: &str) -> Result<()> {
        let socket = self.folder.path();
        let mut drop = self.command("dropdb");
        workspace.run(drop.args(["--if-exists", "--force", "-U", "einmal", "-h"]).arg(socket).arg(to))?;
        let mut create = self.command("createdb");
        workspace.run(create.args(["-U", "einmal", "-T", from, "-h"]).arg(socket).arg(to)).map(std::mem::drop)
    }

    fn command(&self, program: &str) -> Command {
        let program = self.binaries.join(program);
        let mut command = if is_root() {
            let mut command = Command::new("runuser");
            command.args(["-u", SERVANT, "--"]).arg(program);
            command
        } else {
            Command::new(program)
        };
        command.current_dir("/").env_remove("PGDATA");
        command
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // a server that is gone already is fine
        let _ = self.command("pg_ctl").args(["stop", "-s", "-m", "immediate", "-D"]).arg(self.data()).output();
    }
}

/// The newest binaries: on the PATH, or where distributions put them.
fn find() -> Option<PathBuf> {
    let has = |folder: &Path| ["initdb", "pg_ctl", "createdb", "dropdb"].iter().all(|name| folder.join(name).exists());
    // one program may be a link in a folder that lacks the others
    let home = |folder: PathBuf| folder.join("initdb").canonicalize().ok()?.parent().map(Path::to_owned);
    let on_path =
        env::var_os("PATH").and_then(|path| env::split_paths(&path).filter_map(home).find(|folder| has(folder)));
    on_path.or_else(|| {
        let homes = ["/usr/lib/postgresql", "/usr/pgsql", "/opt/homebrew/opt", "/usr/local/opt"];
        let versions = homes.iter().filter_map(|home| std::fs::read_dir(home).ok()).flatten().flatten();
        let mut folders: Vec<PathBuf> =
            versions.map(|version| version.path().join("bin")).filter(|bin| has(bin)).collect();
        folders.sort();
        folders.pop()
    })
}

/// Installs the binaries where there are none.
///
/// # Errors
/// If they cannot be installed.
pub(crate) fn install_missing(workspace: &Workspace) -> Result<()> {
    find().map_or_else(|| install(workspace), Ok).map(drop)
}

fn install(workspace: &Workspace) -> Result<PathBuf> {
    debian::install(workspace, &["postgresql"], NEEDED)?;
    find().context(NEEDED)
}

/// `cargo xtask postgres COMMAND…`: runs a command that finds a server in [`VARIABLE`].
pub(crate) fn command(workspace: &Workspace, words: Words) -> Result<()> {
    let words = words.rest();
    let Some((program, arguments)) = words.split_first() else { bail!("postgres COMMAND…") };
    let server = Server::start(workspace)?;
    let status =
        workspace::program(program).args(arguments).env(VARIABLE, server.url()).env(ENGINE.0, ENGINE.1).status()?;
    if status.success() { Ok(()) } else { bail!("{program} ended with {status}") }
}
