//! Plays simulated towns with the release binary and reads the judge's figures.
//!
//! Knows nothing of the program but its path. Towns and judge are the two Python files in the folder that
//! `EINMAL_JUDGE` names.
//! Invariant: a figure that the judge did not print is an error, never a zero.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::words::{Words, seeds};
use crate::workspace::{Workspace, say};

/// The variable that names the folder of the judge.
pub(crate) const VARIABLE: &str = "EINMAL_JUDGE";

/// A town to draw.
pub(crate) struct Town<'a> {
    pub(crate) profile: &'a str,
    pub(crate) seed: u64,
    pub(crate) accounts: u32,
}

/// Where the judge is, and the binary that it judges.
pub(crate) struct Bench<'a> {
    workspace: &'a Workspace,
    folder: PathBuf,
    binary: PathBuf,
}

/// What the judge said about one town. Shares are in ten-thousandths.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Figures {
    double: u64,
    /// References debited beyond what is owed.
    pub(crate) doubled: u64,
    /// Transfers posted wrongly.
    pub(crate) wrong: u64,
    pub(crate) posted: u64,
    pub(crate) withheld: u64,
    fees: u64,
    /// References debited although their money came in, in a release without acknowledgement.
    pub(crate) unnamed: u64,
    /// References debited although their money came in, which nobody was shown.
    pub(crate) unseen: u64,
    /// The judge's last line.
    pub(crate) verdict: String,
}

impl<'a> Bench<'a> {
    /// The bench from the folder that the environment names, with the binary that `build` makes.
    ///
    /// # Errors
    /// If the judge or python3 is missing, or the binary does not build.
    pub(crate) fn prepare(workspace: &'a Workspace, build: impl FnOnce() -> Result<PathBuf>) -> Result<Option<Self>> {
        let Some(folder) = env::var_os(VARIABLE).map(PathBuf::from) else { return Ok(None) };
        Self::with(workspace, folder, build()?).map(Some)
    }

    /// The bench in `folder`, with an existing binary.
    ///
    /// # Errors
    /// If the judge or python3 is missing.
    pub(crate) fn with(workspace: &'a Workspace, folder: PathBuf, binary: PathBuf) -> Result<Self> {
        for file in ["world.py", "judge.py"] {
            if !folder.join(file).is_file() {
                bail!("{VARIABLE} names {}, which has no {file}", folder.display());
            }
        }
        workspace.run(Command::new("python3").arg("--version")).context("the judge needs python3, which is missing")?;
        Ok(Self { workspace, folder, binary })
    }

    /// Draws a town and judges what the program does with it; `bounds` are further arguments for the judge, the
    /// database among them.
    pub(crate) fn play(&self, town: &Town, bounds: &[&str]) -> Result<Figures> {
        let world = self.workspace.target.join("judge").join(format!("{}-{}", town.profile, town.seed));
        if world.exists() {
            fs::remove_dir_all(&world).with_context(|| format!("cannot remove {}", world.display()))?;
        }
        let mut draw = self.python("world.py");
        draw.arg(&world).args(["--profile", town.profile]);
        draw.args(["--seed", &town.seed.to_string(), "--accounts", &town.accounts.to_string()]);
        self.workspace.run(&mut draw).context("the town cannot be drawn")?;
        let mut judge = self.python("judge.py");
        judge.arg(&world).arg("--bin").arg(&self.binary).args(bounds);
        // The verdict "falls short" gives an exit code too; the printed figures tell it from an error.
        let said = judge.output().context("the judge cannot be run")?;
        let text = format!("{}{}", String::from_utf8_lossy(&said.stdout), String::from_utf8_lossy(&said.stderr));
        fs::remove_dir_all(&world)?;
        figures(&text).with_context(|| format!("{} town of seed {}:\n{}", town.profile, town.seed, text.trim_end()))
    }

    /// Lets the program guard another system's debit file over a town; `held` bounds the share of debits that it may hold
    /// although nothing was paid of them. The judge's figures as it prints them; nothing where the folder has no such judge.
    ///
    /// # Errors
    /// If the judge falls short, with its figures.
    pub(crate) fn guard(&self, town: &Town, held: &str) -> Result<Option<String>> {
        if !self.folder.join("guard.py").is_file() {
            return Ok(None);
        }
        let world = self.workspace.target.join("judge").join(format!("guard-{}-{}", town.profile, town.seed));
        if world.exists() {
            fs::remove_dir_all(&world).with_context(|| format!("cannot remove {}", world.display()))?;
        }
        let mut draw = self.python("world.py");
        draw.arg(&world).args(["--profile", town.profile]);
        draw.args(["--seed", &town.seed.to_string(), "--accounts", &town.accounts.to_string()]);
        self.workspace.run(&mut draw).context("the town cannot be drawn")?;
        let mut judge = self.python("guard.py");
        judge.arg(&world).arg("--bin").arg(&self.binary).args(["--held", held]);
        let said = judge.output().context("the judge cannot be run")?;
        let text = format!("{}{}", String::from_utf8_lossy(&said.stdout), String::from_utf8_lossy(&said.stderr));
        fs::remove_dir_all(&world)?;
        if !said.status.success() {
            bail!("{} town of seed {}, guarded:\n{}", town.profile, town.seed, text.trim_end());
        }
        Ok(text.lines().next().map(str::to_owned))
    }

    fn python(&self, file: &str) -> Command {
        let mut command = Command::new("python3");
        command.arg("-B").arg(self.folder.join(Path::new(file)));
        command
    }
}

impl Figures {
    /// Whether the judge found every bound kept.
    pub(crate) fn holds(&self) -> bool {
        self.verdict == "holds"
    }

    /// One row of the table for people.
    pub(crate) fn row(&self) -> String {
        let Self { double, wrong, posted, withheld, fees, unnamed, unseen, .. } = self;
        format!(
            "{double:>9} {wrong:>6} {:>9} {:>9} {fees:>6} {unnamed:>8} {unseen:>7}",
            share(*posted),
            share(*withheld)
        )
    }

    /// The heading of [`Figures::row`].
    pub(crate) fn heading() -> String {
        format!(
            "{:>9} {:>6} {:>9} {:>9} {:>6} {:>8} {:>7}",
            "double", "wrong", "posted", "withheld", "fees", "unnamed", "unseen"
        )
    }
}

/// `cargo xtask judge`: a row for each seed, then the means.
pub(crate) fn command(workspace: &Workspace, mut words: Words) -> Result<()> {
    let profile = words.value("--profile")?.unwrap_or_else(|| "standard".to_owned());
    let range = seeds(&words.value::<String>("--seeds")?.unwrap_or_else(|| "1..3".to_owned()))?;
    let accounts = words.value("--accounts")?.unwrap_or(2000);
    words.finish()?;
    let build = || {
        workspace.cargo("build --release --locked --package einmal")?;
        Ok(workspace.target.join("release/einmal"))
    };
    let Some(bench) = Bench::prepare(workspace, build)? else {
        bail!("{VARIABLE} is unset: it names the folder of the judge")
    };
    say(format!("{:>6} {}", "seed", Figures::heading()))?;
    let mut all = Vec::new();
    for seed in range {
        let figures = bench.play(&Town { profile: &profile, seed, accounts }, &["--posted", "0", "--withheld", "1"])?;
        say(format!("{seed:>6} {}  {}", figures.row(), figures.verdict))?;
        all.push(figures);
    }
    let Some(count) = u64::try_from(all.len()).ok().filter(|count| *count > 0) else { bail!("no seed in the range") };
    let mean = |figure: fn(&Figures) -> u64| all.iter().map(figure).sum::<u64>() / count;
    let means = Figures {
        double: mean(|f| f.double),
        doubled: mean(|f| f.doubled),
        wrong: mean(|f| f.wrong),
        posted: mean(|f| f.posted),
        withheld: mean(|f| f.withheld),
        fees: mean(|f| f.fees),
        unnamed: mean(|f| f.unnamed),
        unseen: mean(|f| f.unseen),
        verdict: String::new(),
    };
    say(format!("{:>6} {}", "mean", means.row()))
}

/// Reads what the judge printed.
fn figures(text: &str) -> Result<Figures> {
    let word = |name: &str| figure(text, name).with_context(|| format!("the judge printed no line {name:?}"));
    let number =
        |name| word(name).and_then(|text| text.parse().with_context(|| format!("{name} {text} is not a number")));
    let verdict = text.lines().rev().find(|line| *line == "holds" || line.starts_with("falls short"));
    Ok(Figures {
        double: number("double")?,
        doubled: doubled(text)?,
        wrong: number("wrong")?,
        posted: ten_thousandths(word("posted")?)?,
        withheld: ten_thousandths(word("withheld")?)?,
        fees: number("fees")?,
        unnamed: number("unnamed")?,
        unseen: number("unseen")?,
        verdict: verdict.context("the judge gave no verdict")?.to_owned(),
    })
}

/// The number after a name at the beginning of a line. "posted by manner" begins like "posted 0.9712" but has no
/// number.
fn figure<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let mut words = text.lines().filter_map(|line| line.strip_prefix(name)?.strip_prefix(' ')?.split(' ').next());
    words.find(|word| word.starts_with(|c: char| c.is_ascii_digit()))
}

/// Reads `double 1234 cents at 2 references` as 2.
fn doubled(text: &str) -> Result<u64> {
    let line = text.lines().find(|line| line.starts_with("double ")).context("the judge printed no line \"double\"")?;
    let (_, count) = line.split_once(" at ").with_context(|| format!("{line:?} names no references"))?;
    let count = count.split(' ').next().unwrap_or_default();
    count.parse().with_context(|| format!("{line:?} counts no references"))
}

/// Reads `0.9712` as 9712.
fn ten_thousandths(text: &str) -> Result<u64> {
    let (whole, part) = text.split_once('.').with_context(|| format!("{text} is not a share"))?;
    let digits = format!("{whole}{part}");
    let number = digits.parse().ok().filter(|_| part.len() == 4);
    number.with_context(|| format!("{text} is not a share of four decimals"))
}

fn share(ten_thousandths: u64) -> String {
    format!("{}.{:04}", ten_thousandths / 10_000, ten_thousandths % 10_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAID: &str = "references 2000, credits 2500, debits 900, 1234.56 EUR collected\n\
        posted by manner: clean 900/901, bare 400/400\n\
        double 0 cents at 0 references []\nwrong 2 [('a', 'b')]\nposted 0.9712 of 1800\nwithheld 0.0301\nfees 0\nunnamed 0 []\nunseen 4 [('a', 'b')]\nfalls short: wrong 2\n";

    #[test]
    fn the_figures_are_read_from_their_lines() {
        let read = figures(SAID).unwrap();
        assert_eq!(read.row(), "        0      2    0.9712    0.0301      0        0       4");
        assert!(!read.holds());
        assert_eq!(read.doubled, 0);
        assert_eq!(figures(&SAID.replace("double 0 cents at 0", "double 912 cents at 3")).unwrap().doubled, 3);
        assert!(figures(&SAID.replace("falls short: wrong 2", "holds")).unwrap().holds());
        assert_eq!(read.row().len(), Figures::heading().len());
    }

    #[test]
    fn a_missing_figure_is_an_error() {
        for (line, said) in [
            ("fees 0\n", "the judge printed no line \"fees\""),
            ("unnamed 0 []\n", "the judge printed no line \"unnamed\""),
            ("posted 0.9712 of 1800\n", "the judge printed no line \"posted\""),
            ("falls short: wrong 2\n", "the judge gave no verdict"),
        ] {
            assert_eq!(figures(&SAID.replace(line, "")).unwrap_err().to_string(), said);
        }
    }
}
