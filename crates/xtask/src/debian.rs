//! Installs programs that the tests need, from the packages of Debian and its derivatives.
//!
//! Knows no program in particular. Invariant: packages are installed only as root and by the system's own tool;
//! elsewhere the error says what to install, and nothing is skipped.

use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use crate::workspace::{Workspace, say};

/// Whether root runs this.
pub(crate) fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output();
    id.is_ok_and(|id| id.stdout.trim_ascii() == b"0")
}

/// Installs packages; `needed` is the message for a person where this is not possible.
pub(crate) fn install(workspace: &Workspace, packages: &[&str], needed: &'static str) -> Result<()> {
    if !is_root() || !Path::new("/usr/bin/apt-get").exists() {
        bail!("{needed}");
    }
    say(format!("installing: apt-get install {}", packages.join(" ")))?;
    let apt = |words: &[&str]| {
        let mut command = Command::new("apt-get");
        workspace.run(command.env("DEBIAN_FRONTEND", "noninteractive").args(words)).context(needed)
    };
    apt(&["update"])?;
    apt(&[&["install", "-y", "--no-install-recommends"], packages].concat()).map(drop)
}
