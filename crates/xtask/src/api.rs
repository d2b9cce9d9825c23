//! `cargo xtask api`: drawn requests against the description that the program serves of its own API (schemathesis).
//!
//! Knows how to start the program, and nothing of what its API means. Invariant: the step never passes because the
//! requests were not sent. What is missing is installed where possible; otherwise the step fails and says what to
//! install.

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context as _, Result, bail};

use crate::debian;
use crate::words::Words;
use crate::workspace::{Workspace, program, say};

const NEEDED: &str =
    "Python 3 with venv and pip is needed for the drawn requests: `apt-get install python3-venv` (Debian)";

/// The checks on every answer. It is not checked that each request which fits the description is accepted, because the
/// books may refuse it.
const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance,\
                      negative_data_rejection,unsupported_method,missing_required_header";

/// The password of everybody in the test town.
const PASSWORD: &str = "ein langes wort fuer alle";

/// What the administrator sets, good for setting an own one.
const FIRST: &str = "ein erstes wort fuer alle";

/// What a token may have; each has those of them that its owner's roles have.
const SCOPES: &str = "look import decide plan export ask audit administer";

/// The command: this many requests for each address.
pub(crate) fn command(workspace: &Workspace, mut words: Words) -> Result<()> {
    let examples: u32 = words.value("--examples")?.unwrap_or(100);
    let seed: u64 = words.value("--seed")?.unwrap_or(1);
    words.finish()?;
    say(play(workspace, examples, seed)?)
}

/// Sends requests as a person with every role but the administrator's, and as the administrator; returns how many.
pub(crate) fn play(workspace: &Workspace, examples: u32, seed: u64) -> Result<String> {
    let schemathesis = prepare(workspace)?;
    let town = Town::new(workspace)?;
    let mut drawn = Vec::new();
    for token in [&town.worker, &town.administrator] {
        let mut run = program(&schemathesis);
        run.args(["run", &format!("{}api/openapi.json", town.url), "--checks", CHECKS, "--no-color"]);
        run.args(["--header", &format!("Authorization: Bearer {token}"), "--warnings", "off"]);
        run.args(["--max-examples", &examples.to_string(), "--seed", &seed.to_string()]);
        run.args(["--generation-database", "none"]).current_dir(town.folder.path());
        let said = workspace.run(&mut run)?;
        let line = said.lines().map(str::trim).find(|line| line.contains(" generated"));
        drawn.push(line.context("schemathesis said nothing of its requests")?.to_owned());
    }
    Ok(format!("drawn requests: {}", drawn.join("; ")))
}

/// Installs what draws the requests where it is missing.
///
/// # Errors
/// If it cannot be installed.
pub(crate) fn install_missing(workspace: &Workspace) -> Result<()> {
    prepare(workspace).map(drop)
}

/// Installs schemathesis in the locked version, once for each version of the lock file; returns where it is.
fn prepare(workspace: &Workspace) -> Result<PathBuf> {
    let folder = workspace.target.join("schemathesis");
    let lock = fs::read(workspace.root.join("tests/api/requirements.txt"))?;
    let (binary, installed) = (folder.join("bin/schemathesis"), folder.join(".installed-lock"));
    if fs::read(&installed).is_ok_and(|installed| installed == lock) {
        return Ok(binary);
    }
    let make = |workspace: &Workspace| workspace.run(program("python3").args(["-m", "venv", "--clear"]).arg(&folder));
    if make(workspace).is_err() {
        debian::install(workspace, &["python3", "python3-venv"], NEEDED)?;
        make(workspace).context(NEEDED)?;
    }
    say("installing what draws the requests: pip install -r tests/api/requirements.txt")?;
    let mut pip = program(folder.join("bin/pip"));
    pip.args(["install", "--quiet", "--disable-pip-version-check", "--requirement"]);
    workspace.run(pip.arg(workspace.root.join("tests/api/requirements.txt"))).context("pip install")?;
    fs::write(installed, lock)?;
    Ok(binary)
}

/// A town with books to ask about; its server stops when it is dropped.
struct Town {
    folder: tempfile::TempDir,
    server: Child,
    url: String,
    worker: String,
    administrator: String,
}

impl Drop for Town {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

impl Town {
    fn new(workspace: &Workspace) -> Result<Town> {
        let folder = tempfile::tempdir()?;
        let einmal = workspace.tested("einmal")?;
        workspace.run(program(&einmal).arg("demo").arg("--out").arg(folder.path().join("town")))?;
        let path = folder.path().join("town");
        let told = |line: &str, passwords: &[&str]| told(&einmal, &path, line, passwords);
        told("user add chef --role administrator", &[PASSWORD])?;
        told("--password-stdin user add karin --role treasurer --as chef", &[PASSWORD, FIRST])?;
        told("--password-stdin user password karin", &[FIRST, PASSWORD])?;
        let roles = "clerk reviewer planner releaser desk auditor treasurer";
        let add = format!("--password-stdin user add anna --role {roles} --as chef --with karin");
        told(&add, &[PASSWORD, PASSWORD, FIRST])?;
        told("--password-stdin user password anna", &[FIRST, PASSWORD])?;
        let token =
            |name: &str| told(&format!("--password-stdin user token {name} --label api --scope {SCOPES}"), &[PASSWORD]);
        let (worker, administrator) = (token("anna")?, token("chef")?);
        let mut server = command_in(&einmal, &path, "serve --listen 127.0.0.1:0");
        let mut server = server.stderr(Stdio::piped()).spawn()?;
        let mut line = String::new();
        let mut said = BufReader::new(server.stderr.take().context("no stderr")?);
        said.read_line(&mut line)?;
        // its log, which nobody reads; but the pipe must not fill up
        std::thread::spawn(move || std::io::copy(&mut said, &mut std::io::sink()));
        match line.split_whitespace().find(|word| word.starts_with("http://")) {
            Some(url) => Ok(Town { folder, server, url: url.to_owned(), worker, administrator }),
            None => bail!("the server does not say where it is: {line}"),
        }
    }
}

fn command_in(einmal: &Path, folder: &Path, line: &str) -> Command {
    let mut command = program(einmal);
    command.current_dir(folder).args(line.split(' '));
    for name in ["EINMAL_DB", "EINMAL_CONFIG", "EINMAL_TOKEN"] {
        command.env_remove(name);
    }
    // the demo's day: before the newest entry the books can only be looked at
    command.env("EINMAL_TODAY", "2024-03-11");
    command
}

/// Runs the program, passing the password as often as it asks; returns what it printed.
fn told(einmal: &Path, folder: &Path, line: &str, passwords: &[&str]) -> Result<String> {
    let mut command = command_in(einmal, folder, line);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    let lines: String = passwords.iter().map(|password| format!("{password}\n")).collect();
    child.stdin.take().context("no stdin")?.write_all(lines.as_bytes())?;
    let output = child.wait_with_output()?;
    if !output.status.success() {
        bail!("einmal {line}: {}", String::from_utf8_lossy(&output.stderr));
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}
