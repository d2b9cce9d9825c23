//! `einmal doctor`: what is wrong with an installation, each finding with its remedy.
//!
//! Changes nothing. Invariant: no name, account of a citizen, or reference is in a finding.

use std::path::{Path, PathBuf};

use jiff::{SignedDuration, Timestamp};
use kassenzeichen::{Outcome as Fit, check_list};
use ledger::chain::Missing;
use serde::Serialize;
use store::Tx;

use crate::base::day::wall_day;
use crate::books::situation::Situation;
use crate::night::backups;
use crate::night::inbox::{OWN, look, name_of};
use crate::night::{orders, staged};
use crate::vault::instance;
use crate::{Kasse, Result};

/// What is looked at beside the books.
#[derive(Clone, Debug)]
pub struct DoctorAsked {
    /// The inbox of the nightly job, where there is one.
    pub inbox: Option<PathBuf>,
    /// Its outbox.
    pub outbox: Option<PathBuf>,
    /// The file of the database; none where it is on a server.
    pub database: Option<PathBuf>,
    /// The certificate of the pages, with the moment at which it ends; in words where that cannot be read.
    pub certificate: Option<(PathBuf, std::result::Result<Timestamp, String>)>,
    /// MiB that are free where a folder lies.
    pub free_mib: fn(&Path) -> Option<u64>,
}

/// Something that is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What it is about: `database`, `migrations`, `statistics`, `disk`, `clock`, `permissions`, `schemes`, `statements`, `backup`,
    /// `certificate`, `inbox`, `outbox`, `settings`, `night`, `orders`.
    pub about: &'static str,
    /// What was found.
    pub found: String,
    /// What to do.
    pub remedy: String,
}

/// Everything that is wrong; nothing where all is well.
///
/// # Errors
/// What the database says.
pub async fn doctor(kasse: &Kasse, asked: &DoctorAsked) -> Result<Vec<Finding>> {
    let mut doctor = Doctor { kasse, found: Vec::new() };
    let mut tx = kasse.db.read().await?;
    doctor.database(&mut tx).await?;
    doctor.clock(&mut tx).await?;
    let situation = kasse.situation(&mut tx).await?;
    doctor.schemes(&situation);
    for chain in kasse.chains(&mut tx).await?.iter() {
        for missing in chain.missing(sepa::target_day_before(kasse.today)).iter().map(Missing::to_string) {
            let found = format!("account {}: {missing}", chain.account);
            doctor.add("statements", found, "fetch them from the bank and put them into the inbox");
        }
    }
    doctor.nights(&mut tx).await?;
    for name in orders::not_carried_out(kasse, &mut tx).await? {
        let found = format!("no night has carried out the standing order {name:?} on its last day");
        doctor.add("orders", found, "start `einmal batch`, and read what keeps it from it");
    }
    if let Some(still) = kasse.config.still_example() {
        doctor.add("settings", still, "set what is yours in the file of settings");
    }
    doctor.backup();
    doctor.files(asked);
    doctor.certificate(asked);
    Ok(doctor.found)
}

/// A file in the outbox that nobody has taken for so long is forgotten.
const FORGOTTEN: SignedDuration = SignedDuration::from_hours(48);

/// A certificate that ends within that time is renewed now.
const ENDING: SignedDuration = SignedDuration::from_hours(21 * 24);

/// Days without a night: a long weekend has four.
const SILENT: i32 = 5;

struct Doctor<'a> {
    kasse: &'a Kasse,
    found: Vec<Finding>,
}

impl Doctor<'_> {
    fn add(&mut self, about: &'static str, found: impl Into<String>, remedy: &str) {
        self.found.push(Finding { about, found: found.into(), remedy: remedy.to_owned() });
    }

    fn now(&self) -> Option<Timestamp> {
        self.kasse.now.parse().ok()
    }

    async fn database(&mut self, tx: &mut Tx) -> Result<()> {
        for found in store::schema_breaks(tx).await? {
            self.add("database", found.0, "restore a backup, or find out who changed the database by hand");
        }
        if instance::is_locked(tx).await? {
            let remedy = "import every payment file written since, then let two people say `einmal unlock`";
            self.add("database", "these books were restored or copied and are locked", remedy);
        }
        let (own, shipped) = store::newest_migrations(tx).await?;
        if own != shipped {
            let found = format!("the database is at migration {own}, this program at {shipped}");
            self.add("migrations", found, "install the newest program, and open the books with it once");
        }
        let tables = store::without_statistics(tx).await?;
        if !tables.is_empty() {
            let found = format!("the server has no statistics of {}", tables.join(", "));
            self.add("statistics", found, "say ANALYZE in that database, and let autovacuum run");
        }
        Ok(())
    }

    /// Whether the business day, the clock on the wall and the journal agree.
    async fn clock(&mut self, tx: &mut Tx) -> Result<()> {
        let (today, wall) = (self.kasse.today, wall_day(&self.kasse.now)?);
        if today != wall {
            let found = format!("the business day is {today}, the clock on the wall says {wall}");
            self.add(
                "clock",
                found,
                "let the clock say the business day (EINMAL_TODAY is for tests), and set it (NTP)",
            );
        }
        let Some(last) = store::last_entry(tx).await? else { return Ok(()) };
        let (now, at) = (self.now(), last.at.parse::<Timestamp>().ok());
        if now.zip(at).is_some_and(|(now, at)| at > now) {
            let found = format!("the newest entry of the journal was made at {}, which is still to come", last.at);
            self.add("clock", found, "set the clock of this machine (NTP)");
        }
        if last.day > wall {
            let found = format!("the newest entry of the journal is of {}, which is still to come", last.day);
            self.add(
                "clock",
                found,
                "where the day was a mistake, two people correct it (`einmal journal correct-day`)",
            );
        }
        Ok(())
    }

    /// Whether the numbering schemes fit what is owed.
    fn schemes(&mut self, situation: &Situation) {
        let numbers: std::collections::BTreeSet<&str> =
            situation.items.iter().map(|item| item.kassenzeichen.as_str()).collect();
        if numbers.is_empty() {
            return;
        }
        let report = check_list(&self.kasse.config.schemes, numbers.iter().copied());
        let misfits = report.outcomes.iter().filter(|outcome| !matches!(outcome, Fit::Fits(_))).count();
        if misfits > 0 {
            let found = format!("{misfits} of {} Kassenzeichen fit no numbering scheme of the settings", numbers.len());
            self.add("schemes", found, "hold real references against the schemes: `einmal schemes check FILE`");
        }
    }

    async fn nights(&mut self, tx: &mut Tx) -> Result<()> {
        let Some(last) = store::nights(tx, 1).await?.pop() else { return Ok(()) };
        let ago = last.day.until(self.kasse.today).map_or(0, |span| span.get_days());
        if ago > SILENT {
            let found = format!("the last night was that of {}", last.day);
            self.add("night", found, "look at the timer that starts `einmal batch`, and at what it said last");
        }
        if last.outcome == "failed" {
            let found = format!("the night of {} failed", last.day);
            self.add("night", found, "start `einmal batch` by hand and read what it says");
        }
        Ok(())
    }

    fn backup(&mut self) {
        let Some(wanted) = self.kasse.config.batch.backup.clone() else {
            let found = "the nightly job makes no backup (batch.backup_folder)";
            self.add("backup", found, "name a folder on another disk, or make sure that others run `einmal backup`");
            return;
        };
        let hours = self.now().and_then(|now| backups::age_hours(&wanted.folder, now));
        match hours {
            None => self.add("backup", "there is no backup", "start `einmal batch`, and read why it makes none"),
            Some(hours) if hours > i64::from(wanted.old_hours) => {
                let found = format!("the newest backup is {hours} hours old");
                self.add("backup", found, "start `einmal batch`, and read why it makes none");
            }
            Some(_) => {}
        }
        self.closed(&wanted.folder);
    }

    fn files(&mut self, asked: &DoctorAsked) {
        let folder = |path: &PathBuf| path.parent().filter(|own| !own.as_os_str().is_empty()).map(Path::to_owned);
        let database = asked.database.as_ref().map(|file| folder(file).unwrap_or_else(|| PathBuf::from(".")));
        let least = self.kasse.config.batch.free_mib;
        for place in [asked.inbox.clone(), asked.outbox.clone(), database].into_iter().flatten() {
            if let Some(free) = (asked.free_mib)(&place).filter(|free| *free < least) {
                let found = format!("only {free} MiB are left in {:?}, {least} should be", place.display().to_string());
                self.add("disk", found, "make room");
            }
        }
        if let Some(file) = &asked.database {
            self.closed(file);
        }
        if let Some(inbox) = asked.inbox.as_deref().filter(|inbox| self.is_folder("inbox", inbox)) {
            self.inbox(inbox);
        }
        if let Some(outbox) = asked.outbox.as_deref().filter(|outbox| self.is_folder("outbox", outbox)) {
            self.outbox(outbox);
        }
    }

    /// Whether a folder is there and something can be written in it.
    fn is_folder(&mut self, about: &'static str, folder: &Path) -> bool {
        match tempfile::Builder::new().prefix(".einmal-probe").tempfile_in(folder) {
            Ok(_) => true,
            Err(why) => {
                let found = format!("nothing can be written in {:?}: {why}", folder.display().to_string());
                self.add(about, found, "make the folder, and give it to the account that runs einmal");
                false
            }
        }
    }

    fn inbox(&mut self, inbox: &Path) {
        let own = inbox.join(OWN);
        let taken = std::fs::read_dir(&own).into_iter().flatten().filter_map(std::result::Result::ok);
        let count =
            taken.filter(|place| std::fs::read_dir(place.path()).is_ok_and(|mut all| all.next().is_some())).count();
        if count > 0 {
            let found = format!("{count} files were taken by a night that was not finished");
            self.add("inbox", found, "start `einmal batch`: it goes on where that night ended");
        }
    }

    fn outbox(&mut self, outbox: &Path) {
        let waiting = staged::waiting(outbox).map_or(0, |all| all.iter().filter(|one| !one.ends_with(".void")).count());
        if waiting > 0 {
            let found = format!("{waiting} payment files were written by a night that was not finished");
            self.add("outbox", found, "start `einmal batch`: it puts out what the books know");
        }
        let Some(now) = self.now() else { return };
        let files = std::fs::read_dir(outbox).into_iter().flatten().filter_map(std::result::Result::ok);
        for path in files.map(|file| file.path()).filter(|path| path.extension().is_some_and(|end| end == "xml")) {
            if look(&path).is_some_and(|look| now.duration_since(look.modified) > FORGOTTEN) {
                let found = format!("nobody has taken the payment file {:?}", name_of(&path));
                self.add("outbox", found, "look why the program that hands files in does not take it");
            }
        }
    }

    /// Whether others on this machine can read what is secret.
    #[cfg(unix)]
    fn closed(&mut self, path: &Path) {
        use std::os::unix::fs::PermissionsExt as _;
        /// Anything for others, writing for the group.
        const OPEN: u32 = 0o027;
        if std::fs::metadata(path).is_ok_and(|told| told.permissions().mode() & OPEN != 0) {
            let found = format!("others on this machine can read or change {:?}", path.display().to_string());
            self.add("permissions", found, "take their rights away: chmod o-rwx,g-w");
        }
    }

    #[cfg(not(unix))]
    fn closed(&mut self, _: &Path) {}

    fn certificate(&mut self, asked: &DoctorAsked) {
        let (Some((file, ends)), Some(now)) = (&asked.certificate, self.now()) else { return };
        let file = file.display().to_string();
        let remedy = "renew it, and start the pages again";
        match ends {
            Err(why) => self.add("certificate", format!("the certificate {file:?} cannot be read: {why}"), remedy),
            Ok(ends) if ends.duration_since(now) < ENDING => {
                self.add("certificate", format!("the certificate {file:?} ends at {ends}"), remedy);
            }
            Ok(_) => {}
        }
    }
}
