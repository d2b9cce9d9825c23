//! The settings: einmal.toml.
//!
//! Invariant: a [`Config`] that exists is valid; an unknown key, a wrong check digit or an account that is none is an
//! error that names file, line and key.

mod access;
mod bank;
mod batch;
mod file;
pub(crate) mod flat;
mod kept;
mod limits;
mod web;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::Path;
use std::sync::{Arc, LazyLock};

use jiff::civil::Date;
use kassenzeichen::{CheckMethod, Direction, Mod11, Rest, Scheme};
use ledger::books::WIDE_PERCENT;
use ledger::levies;
use sepa::{Cents, CreditorId, Iban};

use crate::base::fee_items::FeeKinds;
use crate::lists::{Headers, ListLimits};
use crate::{Error, Result};

pub use access::Access;
pub use bank::{Bank, Files};
pub use batch::{Backups, Batch, StandingOrder};
pub(crate) use kept::Archive;
pub use limits::ImportLimits;
pub use web::Web;

use file::{CreditorTable, File, OutageTable, SchemeTable, UnknownUse};
use flat::flattened;

/// A commented einmal.toml to begin with.
pub const TEMPLATE: &str = include_str!("einmal.toml");

/// Who claims levies by direct debit, and where the money goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Creditor {
    /// His name, as debtors read it.
    pub name: String,
    /// His creditor identifier.
    pub creditor_id: CreditorId,
    /// The account that his direct debits are credited to.
    pub account: Iban,
    /// The levies that he claims; none names those that no other one does.
    pub kinds: Vec<String>,
}

/// Everything that a treasury sets.
#[derive(Clone, Debug)]
pub struct Config {
    /// The treasury as a creditor.
    own: Creditor,
    /// Whoever else claims levies.
    creditors: Vec<Creditor>,
    /// Account -> its holder's name as the bank knows it, where that is another than the creditor's.
    holders: HashMap<Iban, String>,
    /// Each key of the file with its value.
    told: Arc<BTreeMap<String, String>>,
    /// Its name, as debtors read it.
    pub name: String,
    /// Its creditor identifier.
    pub creditor_id: CreditorId,
    /// The accounts whose statements must be complete before a release.
    pub accounts: Vec<Iban>,
    /// The account that direct debits are credited to.
    pub collect_to: Iban,
    /// First and last day of the outage, if there was one.
    pub outage: Option<(Date, Date)>,
    /// The numbering schemes.
    pub schemes: Vec<Scheme>,
    /// Least days between notice and collection.
    pub prenotification_days: i32,
    /// Smaller debits are left for the next due date.
    pub least_amount: Cents,
    /// Least days between two debits of one account.
    pub min_days_between: i32,
    /// Whether items that nobody has confirmed may be collected: they were made from an old debit file.
    pub collect_unconfirmed: bool,
    /// Whether a mandate of which nobody knows when it was last used is left out.
    pub hold_unknown_use: bool,
    /// After so many debits of one mandate that came back its payer transfers what he owes; 0 is never.
    pub transfer_after: usize,
    /// Whether a release needs each account's first balance confirmed.
    pub confirmed_opening: bool,
    /// People who must release a run besides its planner.
    pub sign_debits: usize,
    /// People who must release outgoing money, besides its planner.
    pub sign_payouts: usize,
    /// What the law of late charges leaves open.
    pub fees: ledger::fees::Rules,
    /// Which levies of a list are fees.
    pub fee_kinds: FeeKinds,
    /// What the treasury's bank asks for.
    pub bank: Bank,
    /// Other names of list columns.
    pub headers: Headers,
    /// What a statement file may demand of the machine.
    pub limits: camt::Limits,
    /// What a list may demand of it.
    pub lists: ListLimits,
    /// How long an import may take, and what it may demand where it comes by the web.
    pub imports: ImportLimits,
    /// What letters say of the treasury, and how often they are written.
    pub letters: Letters,
    /// Where files are kept as they were received and sent.
    pub archive: Archive,
    /// How the pages are reached.
    pub web: Web,
    /// What is recorded of who saw and who tried.
    pub access: Access,
    /// How the nightly job works.
    pub batch: Batch,
    /// Of all that is due, so many hundredths may be held for strangers of whom only an amount is known that many owe. No key of
    /// the file: the rules have their own bound, and a check of another system's file another.
    pub(crate) wide_percent: i64,
    /// Levies that are collected though no open item names them. No key of the file: the check of another system's file learns
    /// them from payments.
    pub(crate) levies: Vec<String>,
}

/// What letters say of the treasury, and how often they are written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letters {
    /// Its postal address, line by line.
    pub address: Vec<String>,
    /// How it can be reached: telephone, e-mail, hours.
    pub contact: Vec<String>,
    /// Least days between two reminders under one Kassenzeichen.
    pub remind_again_days: i32,
}

impl Config {
    /// Reads einmal.toml.
    ///
    /// # Errors
    /// [`Error::Config`] with file, line and key.
    pub fn read(path: &Path) -> Result<Config> {
        let text = std::fs::read_to_string(path).map_err(|source| {
            let hint = if source.kind() == std::io::ErrorKind::NotFound { " (`einmal init` writes one)" } else { "" };
            Error::settings(path, format!("{source}{hint}"))
        })?;
        Config::parse(&text).map_err(|why| Error::settings(path, why))
    }

    /// Reads the settings from a text.
    ///
    /// # Errors
    /// In words, with line and key.
    pub fn parse(text: &str) -> std::result::Result<Config, String> {
        let file: File = toml::from_str(text).map_err(|error| located(text, &error))?;
        let told = Arc::new(flattened(&toml::from_str(text).map_err(|error| located(text, &error))?));
        let accounts = file
            .kasse
            .accounts
            .iter()
            .map(|iban| account("kasse.accounts", iban))
            .collect::<std::result::Result<Vec<_>, _>>()?;
        let collect_to = account("kasse.collect_to", &file.kasse.collect_to)?;
        if !accounts.contains(&collect_to) {
            return Err("kasse.accounts: must name the account of kasse.collect_to too".to_owned());
        }
        if file.control.sign_debits == 0 || file.control.sign_payouts == 0 {
            return Err("control: at least one other person must sign".to_owned());
        }
        Headers::check(file.headers.keys())?;
        let own = Creditor {
            name: non_empty("kasse.name", file.kasse.name)?,
            creditor_id: CreditorId::parse(&file.kasse.creditor_id)
                .map_err(|why| format!("kasse.creditor_id: {why}"))?,
            account: collect_to,
            kinds: Vec::new(),
        };
        Ok(Config {
            name: own.name.clone(),
            creditor_id: own.creditor_id.clone(),
            own,
            creditors: creditors(file.creditor, &accounts)?,
            holders: holders(file.account_holder, &accounts)?,
            told,
            accounts,
            collect_to,
            outage: file.outage.map(outage).transpose()?,
            schemes: file.scheme.iter().map(scheme).collect::<std::result::Result<_, _>>()?,
            prenotification_days: i32::from(file.collect.prenotification_days),
            least_amount: Cents::parse(&file.collect.least_amount)
                .map_err(|why| format!("collect.least_amount: {why}"))?,
            min_days_between: i32::from(file.collect.min_days_between),
            collect_unconfirmed: file.collect.unconfirmed,
            hold_unknown_use: file.collect.unknown_last_use == UnknownUse::Hold,
            transfer_after: usize::from(file.returns.transfer_after),
            confirmed_opening: file.control.confirmed_opening,
            sign_debits: usize::from(file.control.sign_debits),
            sign_payouts: usize::from(file.control.sign_payouts),
            fees: ledger::fees::Rules { month_end_shifts: file.fees.month_end_shifts },
            fee_kinds: FeeKinds::new(file.fees.kinds.iter().map(String::as_str)),
            bank: file.bank.bank()?,
            headers: Headers::new(file.headers.into_iter().map(|(ours, theirs)| (ours, theirs.names()))),
            limits: file.limits.limits(),
            lists: file.limits.lists(),
            imports: file.limits.imports(),
            letters: Letters {
                address: file.letters.address,
                contact: file.letters.contact,
                remind_again_days: i32::from(file.letters.remind_again_days),
            },
            archive: file.archive.read()?,
            web: file.web.read()?,
            access: file.access.read()?,
            batch: file.batch.read()?,
            wide_percent: WIDE_PERCENT,
            levies: Vec::new(),
        })
    }

    /// The place of the creditor of a levy: the one whose table names it, in whatever spelling, else the treasury itself, at 0.
    pub(crate) fn creditor_place(&self, kind: &str) -> usize {
        if self.creditors.is_empty() {
            return 0;
        }
        let key = levies::key(kind);
        let is_his = |creditor: &Creditor| creditor.kinds.iter().any(|own| levies::key(own) == key);
        self.creditors.iter().position(is_his).map_or(0, |place| place + 1)
    }

    /// Levies that the creditors' tables name and none of these is, however it is spelt.
    pub(crate) fn levies_of_none<'k>(&self, kinds: impl Iterator<Item = &'k str>) -> Vec<&str> {
        let named = self.creditors.iter().flat_map(|creditor| &creditor.kinds);
        let known: HashSet<String> =
            if self.creditors.is_empty() { HashSet::new() } else { kinds.map(levies::key).collect() };
        named.filter(|kind| !known.contains(&levies::key(kind))).map(String::as_str).collect()
    }

    /// Who claims a levy.
    pub(crate) fn creditor(&self, kind: &str) -> &Creditor {
        self.creditor_at(self.creditor_place(kind))
    }

    /// Everybody who claims something here.
    pub fn creditors(&self) -> impl Iterator<Item = &Creditor> {
        std::iter::once(&self.own).chain(&self.creditors)
    }

    /// The creditor at a place, else the treasury itself.
    pub(crate) fn creditor_at(&self, place: usize) -> &Creditor {
        self.creditors.get(place.wrapping_sub(1)).unwrap_or(&self.own)
    }

    /// The name of an account's holder as its bank knows it: a transfer to another name is warned of (Verification of Payee).
    pub(crate) fn holder<'a>(&'a self, creditor: &'a Creditor) -> &'a str {
        self.holders.get(&creditor.account).map_or(&creditor.name, String::as_str)
    }

    /// Each key of the file with its value.
    pub(crate) fn told(&self) -> &BTreeMap<String, String> {
        &self.told
    }

    /// Which of name, creditor identifier and accounts are still those of the file that `init` writes, as a sentence.
    pub fn still_example(&self) -> Option<String> {
        let example = EXAMPLE.as_ref()?;
        let mut still = Vec::new();
        if self.name == example.name {
            still.push(format!("the name »{}«", self.name));
        }
        if self.creditor_id == example.creditor_id {
            still.push(format!("the creditor identifier {}", self.creditor_id));
        }
        let accounts = self.accounts.iter().filter(|account| example.accounts.contains(account));
        still.extend(accounts.map(|account| format!("the account {account}")));
        (!still.is_empty()).then(|| format!("the settings are still the example's: {}", still.join("; ")))
    }

    /// The own account that a statement names: by IBAN, or as old German statements do by bank code and number
    /// (`41650001/23`), each with or without its currency, blanks, and zeros for the bank before an IBAN; by a number alone, or
    /// with a BIC before it, where just one own account has that number.
    pub fn own_account(&self, named: &str) -> Option<Iban> {
        let named: String = named.chars().filter(|c| !c.is_whitespace()).collect::<String>().to_ascii_uppercase();
        let named = without_currency(&named);
        let (bank, number) = named.rsplit_once('/').unwrap_or(("", named));
        let domestic = domestic_number(number).map(|number| format!("{bank}{number}"));
        let is = |own: &Iban| {
            let is_domestic = !bank.is_empty() && own.country() == "DE" && own.as_str().get(4..) == domestic.as_deref();
            own.as_str() == number || is_domestic
        };
        let by_bank = self.accounts.iter().find(|own| is(own)).copied();
        let is_number = bank.is_empty() || bank.bytes().any(|byte| byte.is_ascii_alphabetic());
        let number = domestic_number(number).filter(|number| is_number && number.bytes().any(|digit| digit != b'0'));
        by_bank.or_else(|| {
            let number = number?;
            let has = |own: &&Iban| own.country() == "DE" && own.as_str().get(12..) == Some(number.as_str());
            let mut own = self.accounts.iter().filter(has);
            own.next().filter(|_| own.next().is_none()).copied()
        })
    }
}

/// An account without the currency behind it: `41650001/23EUR`, `41650001/23/EUR`.
fn without_currency(named: &str) -> &str {
    let split = named.len().checked_sub(3).and_then(|at| named.split_at_checked(at));
    let without = split.filter(|(_, currency)| currency.bytes().all(|byte| byte.is_ascii_uppercase()));
    let without = without.map(|(account, _)| account.strip_suffix('/').unwrap_or(account));
    without.filter(|account| account.ends_with(|c: char| c.is_ascii_digit())).unwrap_or(named)
}

/// An account number in the ten digits that it has in an IBAN; some banks (Deutsche Bank) write it without the zeros before
/// it and the two of the main account twice.
fn domestic_number(number: &str) -> Option<String> {
    let digits = number.trim_start_matches('0');
    let digits = if digits.len() > 10 { digits.strip_suffix("00")? } else { digits };
    (digits.len() <= 10 && digits.bytes().all(|byte| byte.is_ascii_digit())).then(|| format!("{digits:0>10}"))
}

/// The error with its line.
fn located(text: &str, error: &toml::de::Error) -> String {
    let line = error.span().and_then(|span| text.get(..span.start)).map(|before| before.matches('\n').count() + 1);
    match line {
        Some(line) => format!("line {line}: {}", error.message()),
        None => error.message().to_owned(),
    }
}

fn non_empty(key: &str, text: String) -> std::result::Result<String, String> {
    if sepa::transliterate(&text).is_empty() { Err(format!("{key}: is empty")) } else { Ok(text) }
}

fn account(key: &str, iban: &str) -> std::result::Result<Iban, String> {
    Iban::parse(iban).map_err(|why| format!("{key}: {why}"))
}

/// The settings that `init` writes.
static EXAMPLE: LazyLock<Option<Config>> = LazyLock::new(|| Config::parse(TEMPLATE).ok());

/// The names of accounts' holders; each account must be one of the treasury's.
fn holders(table: HashMap<String, String>, accounts: &[Iban]) -> std::result::Result<HashMap<Iban, String>, String> {
    let own = |(iban, name): (String, String)| {
        let known = account("account_holder", &iban)?;
        if !accounts.contains(&known) {
            return Err(format!("account_holder: the account {known} is not in kasse.accounts"));
        }
        Ok((known, non_empty("account_holder", name)?))
    };
    table.into_iter().map(own).collect()
}

/// The creditors besides the treasury; each levy has one creditor, and his account's statements must be complete too.
fn creditors(tables: Vec<CreditorTable>, accounts: &[Iban]) -> std::result::Result<Vec<Creditor>, String> {
    let mut creditors: Vec<Creditor> = Vec::new();
    for table in tables {
        let key = |what: &str| format!("creditor {:?}, {what}", table.name);
        let creditor = Creditor {
            creditor_id: CreditorId::parse(&table.creditor_id)
                .map_err(|why| format!("{}: {why}", key("creditor_id")))?,
            account: account(&key("account"), &table.account)?,
            name: non_empty("creditor.name", table.name.clone())?,
            kinds: table.kinds.clone(),
        };
        if !accounts.contains(&creditor.account) {
            return Err(format!("{}: kasse.accounts must name it too", key("account")));
        }
        if creditor.kinds.is_empty() {
            return Err(format!("{}: names no levy", key("kinds")));
        }
        let has = |other: &Creditor, kind: &str| other.kinds.iter().any(|own| levies::key(own) == levies::key(kind));
        let taken = |kind: &&String| creditors.iter().any(|other| has(other, kind));
        if let Some(kind) = creditor.kinds.iter().find(taken) {
            return Err(format!("{}: {kind:?} belongs to another creditor already", key("kinds")));
        }
        creditors.push(creditor);
    }
    Ok(creditors)
}

fn outage(table: OutageTable) -> std::result::Result<(Date, Date), String> {
    let day = |key: &str, value: &toml::value::Datetime| -> std::result::Result<Date, String> {
        value.to_string().parse().map_err(|_| format!("outage.{key}: {value} is not a day"))
    };
    let (from, until) = (day("from", &table.from)?, day("until", &table.until)?);
    if from > until { Err("outage: ends before it begins".to_owned()) } else { Ok((from, until)) }
}

fn scheme(table: &SchemeTable) -> std::result::Result<Scheme, String> {
    let key = |what: &str| format!("scheme {:?}, {what}", table.name);
    let mut check: CheckMethod = table.check.parse().map_err(|why| format!("{}: {why}", key("check")))?;
    let CheckMethod::Mod11(_) = check else {
        let choices =
            [table.direction.is_some(), table.rest0.is_some(), table.rest1.is_some(), table.weights.is_some()];
        if choices.contains(&true) {
            return Err(format!("{}: weights, direction, rest0 and rest1 belong to mod11", key("check")));
        }
        return Scheme::new(&table.name, &table.mask, check).map_err(|why| format!("{}: {why}", key("mask")));
    };
    let rest = |name: &str, word: &Option<String>| -> std::result::Result<Rest, String> {
        let read = word.as_deref().map(str::parse).transpose().map_err(|why| format!("{}: {why}", key(name)))?;
        Ok(read.unwrap_or_default())
    };
    let direction: Option<Direction> =
        table.direction.as_deref().map(str::parse).transpose().map_err(|why| format!("{}: {why}", key("direction")))?;
    let weights = table.weights.clone().unwrap_or_else(|| (2..=7).collect());
    let mod11 =
        Mod11::new(weights, rest("rest1", &table.rest1)?).map_err(|why| format!("{}: {why}", key("weights")))?;
    let mod11 = mod11.with_direction(direction.unwrap_or_default()).with_rest0(rest("rest0", &table.rest0)?);
    check = CheckMethod::Mod11(mod11);
    Scheme::new(&table.name, &table.mask, check).map_err(|why| format!("{}: {why}", key("mask")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(change: (&str, &str), expected: &str) {
        let text = TEMPLATE.replace(change.0, change.1);
        assert_ne!(text, TEMPLATE, "{change:?} is not in the template");
        assert_eq!(Config::parse(&text).unwrap_err(), expected);
    }

    #[test]
    fn the_template_is_valid() {
        Config::parse(TEMPLATE).unwrap();
    }

    #[test]
    fn a_limit_can_be_raised_and_the_others_stay() {
        let text = format!("{TEMPLATE}\n[limits]\nzip_members = 50000\n");
        let limits = Config::parse(&text).unwrap().limits;
        assert_eq!(limits, camt::Limits { zip_members: 50_000, ..camt::Limits::default() });
    }

    #[test]
    fn an_account_is_named_by_iban_or_by_bank_code_and_number() {
        let config = Config::parse(TEMPLATE).unwrap();
        for (named, own) in [
            ("DE82416500010000000023", true),
            ("41650001/23", true),
            ("41650001/0000000023", true),
            ("41650001/23EUR", true),
            ("41650001/0000000023 EUR", true),
            ("41650001/23/EUR", true),
            ("41650001 / 0000000023", true),
            ("41650001/00000000000023", true),
            ("DE82416500010000000023EUR", true),
            ("DE82 4165 0001 0000 0000 23 EUR", true),
            ("de82416500010000000023", true),
            ("00000000/DE82416500010000000023", true),
            ("41650001/24EUR", false),
            ("41650001/2300EUR", false),
            ("DE82416500010000000024EUR", false),
            ("0000000023", true),
            ("23EUR", true),
            ("WELADED1XXX/0000000023", true),
            ("WELADED1XXX/24", false),
            ("0000000000", false),
            ("00000000/23", false),
            ("41650001/DEUR", false),
            ("EUR", false),
            ("41650001/24", false),
            ("41650002/23", false),
            ("23", true),
            ("24", false),
            ("", false),
        ] {
            assert_eq!(config.own_account(named).is_some(), own, "{named}");
        }
    }

    #[test]
    fn a_creditor_claims_his_levy_however_it_is_spelt() {
        let table = "[[creditor]]\nname = \"Werke\"\ncreditor_id = \"DE09ZZZ00000000001\"\naccount = \"DE82416500010000000023\"\nkinds = [\"Wasser\", \"Abwasser-Gebühr\"]\n\n[control]";
        let config = Config::parse(&TEMPLATE.replace("[control]", table)).unwrap();
        for kind in ["Wasser", "WASSER", "0201 Wasser", "Abwassergebühren"] {
            assert_eq!(config.creditor_place(kind), 1, "{kind}");
        }
        for kind in ["Wasserbeitrag", "Niederschlagswasser", ""] {
            assert_eq!(config.creditor_place(kind), 0, "{kind}");
        }
        assert_eq!(config.levies_of_none(["WASSER", "Hundesteuer"].into_iter()), ["Abwasser-Gebühr"]);
    }

    #[test]
    fn a_wrong_setting_is_named() {
        check(
            ("least_amount", "leest_amount"),
            "line 56: unknown field `leest_amount`, expected one of `prenotification_days`, `least_amount`, `min_days_between`, `unconfirmed`, `unknown_last_use`",
        );
        check(
            ("check = \"luhn\"", "check = \"lun\""),
            "scheme \"Grundbesitzabgaben\", check: unknown check method \"lun\" (known: luhn, iso7064-mod11-10, iso7064-mod97-10, mod11, mod10-371, none)",
        );
        check(
            ("[control]", "[limits]\nmembers = 5\n\n[control]"),
            "line 70: unknown field `members`, expected one of `nesting`, `text_bytes`, `zip_members`, `zip_nesting`, `unpacked_bytes`, `zip_ratio`, `list_bytes`, `list_rows`, `list_columns`, `cell_bytes`, `import_seconds`, `web_unpacked_bytes`, `web_import_seconds`",
        );
        check(
            ("[control]", "[headers]\nfaelligkeit = \"Fällig am\"\n\n[control]"),
            "headers: \"faelligkeit\" is no column of a list; there are: alte_glaeubiger_id, alte_iban, alte_mandatsreferenz, altes_kassenzeichen, anschrift, art, betrag, bic, einmalig, faellig, gezahlt, glaeubiger_id, iban, inhaber, kassenzeichen, letzte_nutzung, mahngebuehr, mandat, posten, saeumniszuschlag, schuldner, status, unterschrieben",
        );
        check(
            ("[control]", "[bank]\ncut_off = \"25:00\"\n\n[control]"),
            "bank.cut_off: \"25:00\" is not an hour (HH:MM)",
        );
        check(
            ("[control]", "[bank]\ncut_off = \"9:00\"\n\n[control]"),
            "bank.cut_off: \"9:00\" is not an hour (HH:MM)",
        );
        check(
            ("[control]", "[bank]\ndays_before = 0\n\n[control]"),
            "bank: days_before is at least 1 and at most days_ahead",
        );
        let creditor = |account: &str, kinds: &str| {
            format!(
                "[[creditor]]\nname = \"Stadtwerke\"\ncreditor_id = \"DE09ZZZ00000000001\"\naccount = \"{account}\"\nkinds = [{kinds}]\n\n"
            )
        };
        let (own, foreign) = ("DE82416500010000000023", "DE89370400440532013000");
        for (tables, expected) in [
            (creditor(foreign, "\"Wasser\""), "creditor \"Stadtwerke\", account: kasse.accounts must name it too"),
            (creditor(own, ""), "creditor \"Stadtwerke\", kinds: names no levy"),
            (
                creditor(own, "\"Wasser\"").repeat(2),
                "creditor \"Stadtwerke\", kinds: \"Wasser\" belongs to another creditor already",
            ),
        ] {
            check(("[control]", &format!("{tables}[control]")), expected);
        }
        check(("from  = 2023-10-30", "from  = 2024-10-30"), "outage: ends before it begins");
        check(
            ("rounding_scope   = \"item\"", "rounding_scope   = \"subclaim\""),
            "line 75: unknown variant `subclaim`, expected `item`",
        );
    }
}
