//! A treasury in a temporary folder, and the program run in it.
//!
//! Knows how a command is typed and what came back; nothing of what it means. Invariant: no setting of the machine that
//! runs the tests reaches the program: database, settings and business date are the town's own.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

use crate::bank::Statement;
use crate::books::Books;
use crate::people;

/// The business day of most tests, a Monday; the last bank day before it is Friday, 8 March.
pub(crate) const TODAY: &str = "2024-03-11";

/// The settings of every town.
pub(crate) const SETTINGS: &str = r##"[kasse]
name        = "Stadtkasse Lindental"
creditor_id = "DE98ZZZ09999999999"
accounts    = ["DE82416500010000000023"]
collect_to  = "DE82416500010000000023"

[outage]
from  = 2023-10-30
until = 2024-03-31

[[scheme]]
name  = "Grundbesitzabgaben"
mask  = "5.0100.######.C"
check = "luhn"

[[scheme]]
name  = "Hundesteuer"
mask  = "07/#####-#"
check = "none"

[bank]
days_ahead = 16
"##;

/// What is owed in Lindental.
const ITEMS: &str = "
    mueller 2023-4 2023-11-15 100.00 mahngebuehr=5.00 saeumniszuschlag=1.50
    mueller 2024-1 2024-02-15 100.00
    mueller 2024-2 2024-05-15 100.00
    schulz  2024-1 2024-02-15 211.30
    weber   2024-1 2024-02-15 322.40
    lange   2024-1 2024-02-15 433.50 mandat=
    koenig  2024-1 2024-02-15 544.60
    brandt  2024-1 2024-02-15 655.70
    neumann 2024-1 2024-02-15 88.20
    vogt    2023-4 2023-11-15 77.10
    fischer 2024-1 2024-02-15 166.00";

/// Who may be debited there, and who may not.
const MANDATES: &str = "
    mueller
    schulz  status=widerrufen
    weber   art=B2B
    koenig  letzte_nutzung=2020-12-01
    brandt
    neumann einmalig=ja letzte_nutzung=
    vogt
    fischer";

/// What its bank says; it closes with 1851.70.
const STATEMENT: &str = "
    201 2023-10-27 2024-03-08 1000.00
    2024-02-15 +166.00 fischer | Kassenzeichen 5.0100.895164.9 | ref=R-FISCHER
    2024-02-20 +655.70 Xaver Quandt DE67416500010000000099 | Grundbesitzabgaben | ref=R-QUANDT
    2024-02-21 -20.00 Stadtwerke Lindental | Strom Rathaus | ref=R-STROM
    2024-03-08 +50.00 Hildegard Ober | Kita Beitrag Regenbogen | ref=R-KITA";

/// A treasury in a folder of its own.
pub(crate) struct Town {
    folder: TempDir,
    books: Books,
}

/// What the program left behind.
#[derive(Debug)]
pub(crate) struct Done {
    /// Its exit code.
    pub(crate) code: i32,
    /// Its stdout.
    pub(crate) out: String,
    /// Its stderr.
    pub(crate) err: String,
}

impl Town {
    /// An empty folder.
    pub(crate) fn empty() -> Town {
        let folder = tempfile::tempdir().unwrap();
        let books = Books::new(folder.path());
        Town { folder, books }
    }

    /// A treasury with settings and nothing else.
    pub(crate) fn new() -> Town {
        let town = Town::empty();
        town.write("einmal.toml", SETTINGS);
        town
    }

    /// A treasury with everybody's items and mandates and statements that are complete to the last bank day: one
    /// credit that is posted, one that is a case and holds Brandt's item, one of other money; all decided.
    pub(crate) fn lindental() -> Town {
        let town = Town::new();
        town.write("posten.csv", people::items(ITEMS));
        town.write("mandate.csv", people::mandates(MANDATES));
        town.write("auszug.xml", Statement::new(STATEMENT).xml());
        town.run("import posten.csv mandate.csv auszug.xml").ok();
        town.run("match").ok();
        town
    }

    /// Its database.
    pub(crate) fn books(&self) -> &Books {
        &self.books
    }

    /// Where the town is.
    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Writes a file of the town.
    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, content).unwrap();
        path
    }

    /// Reads the one file of a folder of the town whose name ends so.
    pub(crate) fn only(&self, folder: &str, ending: &str) -> Vec<u8> {
        let entries = std::fs::read_dir(self.path().join(folder)).unwrap();
        let paths = entries.map(|entry| entry.unwrap().path());
        let found: Vec<PathBuf> = paths.filter(|path| path.to_string_lossy().ends_with(ending)).collect();
        assert_eq!(found.len(), 1, "{found:?}");
        std::fs::read(&found[0]).unwrap()
    }

    /// The program, ready to run in the town; `line` is split at blanks, a part in `'…'` is one word.
    pub(crate) fn command(&self, line: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_einmal"));
        for name in ["EINMAL_CONFIG", "EINMAL_DB", "EINMAL_LANG", "EINMAL_TOKEN", "RUST_LOG", "COLUMNS"] {
            command.env_remove(name);
        }
        if !self.books.are_a_file() {
            command.env("EINMAL_DB", self.books.url());
        }
        command.current_dir(self.path()).env("EINMAL_TODAY", TODAY).args(words(line));
        command
    }

    /// Runs the program on the usual day.
    pub(crate) fn run(&self, line: &str) -> Done {
        Done::of(self.command(line))
    }

    /// Runs the program with lines on its stdin, a blank between them.
    pub(crate) fn told(&self, line: &str, lines: &str) -> Done {
        let mut command = self.command(line);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let text: String = lines.split(' ').map(|line| format!("{line}\n")).collect();
        // whoever is refused before reads nothing
        let _ = child.stdin.take().unwrap().write_all(text.as_bytes());
        Done::from(child.wait_with_output().unwrap())
    }

    /// Runs the program with tokens in its environment, a blank between them.
    pub(crate) fn with(&self, tokens: &str, line: &str) -> Done {
        let mut command = self.command(line);
        command.env("EINMAL_TOKEN", tokens);
        Done::of(command)
    }

    /// Runs the program on another day.
    pub(crate) fn on(&self, day: &str, line: &str) -> Done {
        self.run(&format!("--today {day} {line}"))
    }

    /// Runs what must succeed and prints JSON.
    pub(crate) fn json(&self, line: &str) -> Value {
        let done = self.run(&format!("--format json {line}")).ok();
        serde_json::from_str(&done.out).unwrap_or_else(|error| panic!("{line}: {error}: {}", done.out))
    }

    /// The object of a list that has these values; exactly one must.
    pub(crate) fn one(&self, line: &str, wanted: &[(&str, &str)]) -> Value {
        let list = self.json(line);
        let fits = |row: &&Value| wanted.iter().all(|(key, value)| row[*key] == *value);
        let found: Vec<&Value> = list.as_array().unwrap().iter().filter(fits).collect();
        assert_eq!(found.len(), 1, "{line}: {wanted:?} in {list:#}");
        found[0].clone()
    }
}

impl Drop for Town {
    fn drop(&mut self) {
        self.books.remove();
    }
}

impl Done {
    pub(crate) fn of(mut command: Command) -> Done {
        Done::from(command.output().unwrap())
    }

    fn from(output: Output) -> Done {
        Done {
            code: output.status.code().unwrap(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// It was done.
    #[track_caller]
    pub(crate) fn ok(self) -> Done {
        assert_eq!(self.code, 0, "{self:#?}");
        self
    }

    /// It was refused, and one line of stderr says exactly this.
    #[track_caller]
    pub(crate) fn refused(self, why: &str) -> Done {
        assert_eq!(self.code, 1, "{self:#?}");
        self.says(&format!("error: {why}"))
    }

    /// It was refused, and one error says this among other things.
    #[track_caller]
    pub(crate) fn refused_with(self, why: &str) -> Done {
        assert_eq!(self.code, 1, "{self:#?}");
        let said = self.err.lines().any(|line| line.starts_with("error:") && line.contains(why));
        assert!(said, "no error with {why:?} in {self:#?}");
        self
    }

    /// One line of stderr is this.
    #[track_caller]
    pub(crate) fn says(self, line: &str) -> Done {
        assert!(self.err.lines().any(|own| own == line), "no line {line:?} in {self:#?}");
        self
    }
}

/// Splits a command line at blanks; a part in `'…'` is one word.
fn words(line: &str) -> Vec<String> {
    line.split('\'')
        .enumerate()
        .flat_map(|(place, part)| match place % 2 {
            0 => part.split_whitespace().map(str::to_owned).collect(),
            _ => vec![part.to_owned()],
        })
        .collect()
}
