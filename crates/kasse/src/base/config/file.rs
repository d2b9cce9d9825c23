//! The tables of einmal.toml as they are written, with their defaults.
//!
//! Knows no rule: what the values mean is checked in [`super`]. Invariant: an unknown key is an error.

use std::collections::HashMap;

use serde::Deserialize;

use super::access::AccessTable;
use super::bank::{Bank, Files, hour};
use super::batch::BatchTable;
use super::kept::ArchiveTable;
use super::limits::ImportLimits;
use super::web::WebTable;
use crate::base::fee_items::FEE_KINDS;
use crate::lists::ListLimits;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    pub(super) kasse: KasseTable,
    pub(super) outage: Option<OutageTable>,
    #[serde(default)]
    pub(super) scheme: Vec<SchemeTable>,
    #[serde(default)]
    pub(super) creditor: Vec<CreditorTable>,
    #[serde(default)]
    pub(super) collect: CollectTable,
    #[serde(default)]
    pub(super) control: ControlTable,
    #[serde(default)]
    pub(super) returns: ReturnsTable,
    #[serde(default)]
    pub(super) fees: FeesTable,
    #[serde(default)]
    pub(super) bank: BankTable,
    #[serde(default)]
    pub(super) headers: HashMap<String, Theirs>,
    #[serde(default)]
    pub(super) limits: LimitsTable,
    #[serde(default)]
    pub(super) letters: LettersTable,
    /// Account -> its holder's name.
    #[serde(default)]
    pub(super) account_holder: HashMap<String, String>,
    #[serde(default)]
    pub(super) archive: ArchiveTable,
    #[serde(default)]
    pub(super) web: WebTable,
    #[serde(default)]
    pub(super) access: AccessTable,
    #[serde(default)]
    pub(super) batch: BatchTable,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct KasseTable {
    pub(super) name: String,
    pub(super) creditor_id: String,
    pub(super) accounts: Vec<String>,
    pub(super) collect_to: String,
}

/// A column's other name, or the columns that make it.
#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum Theirs {
    One(String),
    Several(Vec<String>),
}

impl Theirs {
    pub(super) fn names(self) -> Vec<String> {
        match self {
            Theirs::One(name) => vec![name],
            Theirs::Several(names) => names,
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CreditorTable {
    pub(super) name: String,
    pub(super) creditor_id: String,
    pub(super) account: String,
    pub(super) kinds: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OutageTable {
    pub(super) from: toml::value::Datetime,
    pub(super) until: toml::value::Datetime,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SchemeTable {
    pub(super) name: String,
    pub(super) mask: String,
    pub(super) check: String,
    pub(super) weights: Option<Vec<u8>>,
    pub(super) direction: Option<String>,
    pub(super) rest0: Option<String>,
    pub(super) rest1: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct CollectTable {
    pub(super) prenotification_days: u16,
    pub(super) least_amount: String,
    pub(super) min_days_between: u16,
    /// Whether items that were made from an old debit file may be collected.
    pub(super) unconfirmed: bool,
    pub(super) unknown_last_use: UnknownUse,
}

/// What becomes of a mandate of which nobody knows when it was last used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum UnknownUse {
    Use,
    Hold,
}

impl Default for CollectTable {
    fn default() -> Self {
        CollectTable {
            prenotification_days: 14,
            least_amount: "0.00".to_owned(),
            min_days_between: 0,
            unconfirmed: false,
            unknown_last_use: UnknownUse::Use,
        }
    }
}

/// What follows from debits that came back.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct ReturnsTable {
    pub(super) transfer_after: u16,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct ControlTable {
    pub(super) sign_debits: u8,
    pub(super) sign_payouts: u8,
    pub(super) confirmed_opening: bool,
}

impl Default for ControlTable {
    fn default() -> Self {
        ControlTable { sign_debits: 1, sign_payouts: 2, confirmed_opening: false }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct FeesTable {
    /// On what § 240 AO rounds to 50 EUR: the whole item. The lists do not tell the levies inside of one.
    #[serde(rename = "rounding_scope")]
    pub(super) _rounding_scope: RoundingScope,
    pub(super) month_end_shifts: bool,
    /// How lists call fees that they have as rows of their own.
    pub(super) kinds: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum RoundingScope {
    Item,
}

impl Default for FeesTable {
    fn default() -> Self {
        FeesTable {
            _rounding_scope: RoundingScope::Item,
            month_end_shifts: true,
            kinds: FEE_KINDS.map(str::to_owned).to_vec(),
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct LettersTable {
    pub(super) address: Vec<String>,
    pub(super) contact: Vec<String>,
    pub(super) remind_again_days: u16,
}

impl Default for LettersTable {
    fn default() -> Self {
        LettersTable { address: Vec::new(), contact: Vec::new(), remind_again_days: 14 }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct BankTable {
    pub(super) files: Files,
    pub(super) cut_off: Option<String>,
    pub(super) days_before: u8,
    pub(super) days_ahead: u8,
}

impl Default for BankTable {
    fn default() -> Self {
        BankTable { files: Files::One, cut_off: None, days_before: 1, days_ahead: 14 }
    }
}

impl BankTable {
    pub(super) fn bank(&self) -> std::result::Result<Bank, String> {
        if self.days_before == 0 || self.days_before > self.days_ahead {
            return Err("bank: days_before is at least 1 and at most days_ahead".to_owned());
        }
        Ok(Bank {
            days_before: self.days_before,
            days_ahead: i32::from(self.days_ahead),
            files: self.files,
            cut_off: self.cut_off.clone().map(hour).transpose()?,
        })
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct LimitsTable {
    pub(super) nesting: usize,
    pub(super) text_bytes: usize,
    pub(super) zip_members: usize,
    pub(super) zip_nesting: usize,
    pub(super) unpacked_bytes: u64,
    pub(super) zip_ratio: u64,
    pub(super) list_bytes: u64,
    pub(super) list_rows: usize,
    pub(super) list_columns: usize,
    pub(super) cell_bytes: usize,
    pub(super) import_seconds: u64,
    pub(super) web_unpacked_bytes: u64,
    pub(super) web_import_seconds: u64,
}

impl Default for LimitsTable {
    fn default() -> Self {
        let limits = camt::Limits::default();
        let lists = ListLimits::default();
        LimitsTable {
            nesting: limits.depth,
            text_bytes: limits.text,
            zip_members: limits.zip_members,
            zip_nesting: limits.zip_nesting,
            unpacked_bytes: limits.unpacked_bytes,
            zip_ratio: limits.ratio,
            list_bytes: lists.bytes,
            list_rows: lists.rows,
            list_columns: lists.columns,
            cell_bytes: lists.cell,
            import_seconds: 3_600,
            web_unpacked_bytes: 1 << 30,
            web_import_seconds: 600,
        }
    }
}

impl LimitsTable {
    pub(super) fn limits(&self) -> camt::Limits {
        camt::Limits {
            depth: self.nesting,
            text: self.text_bytes,
            zip_members: self.zip_members,
            zip_nesting: self.zip_nesting,
            unpacked_bytes: self.unpacked_bytes,
            ratio: self.zip_ratio,
            ..camt::Limits::default()
        }
    }

    /// The bounds of lists.
    pub(super) fn lists(&self) -> ListLimits {
        ListLimits { bytes: self.list_bytes, rows: self.list_rows, columns: self.list_columns, cell: self.cell_bytes }
    }

    /// The bounds of an import.
    pub(super) fn imports(&self) -> ImportLimits {
        ImportLimits {
            seconds: self.import_seconds,
            web_unpacked_bytes: self.web_unpacked_bytes.min(self.unpacked_bytes),
            web_seconds: self.web_import_seconds.min(self.import_seconds),
        }
    }
}
