//! The tables of facts: which there are, and how their rows are sealed.
//!
//! Invariant: a row's seal is computed from its table, id and sealed columns. A change by hand that does not mend the
//! seal is found at the row; one that does is found at the journal entry, whose digest covers every row.

use jiff::civil::Date;
use sha2::{Digest, Sha256};

use crate::bulk::{self, Target};
use crate::engine::{Stored, refuse_control};
use crate::{Result, Row, Tx, Value};

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A whole number: cents, an id, a flag.
    Int,
    /// A text.
    Text,
    /// A day.
    Day,
    /// A text that may be erased: not sealed itself, but covered by the row's commitment.
    Erasable,
    /// A text that follows from other rows and is repeated here for a constraint: not sealed; `kasse::verify` computes
    /// it again.
    DerivedText,
    /// The same for a whole number.
    DerivedInt,
}

impl Kind {
    /// Whether seal and digest of a row cover the column.
    fn is_sealed(self) -> bool {
        !matches!(self, Kind::Erasable | Kind::DerivedText | Kind::DerivedInt)
    }

    /// The kind of column that it is stored in.
    pub(crate) fn stored(self) -> Stored {
        match self {
            Kind::Int | Kind::DerivedInt => Stored::Int,
            Kind::Text | Kind::Erasable | Kind::DerivedText => Stored::Text,
            Kind::Day => Stored::Day,
        }
    }
}

/// A table whose rows are only ever added. Besides these columns each has `id`, `journal` and `seal`.
#[derive(Debug)]
pub struct FactTable {
    /// The table's name.
    pub name: &'static str,
    /// Its columns in the order of the migration.
    pub columns: &'static [(&'static str, Kind)],
}

macro_rules! facts {
    ($($konst:ident = $name:literal { $($column:ident: $kind:ident),* $(,)? })*) => {
        $(#[doc = concat!("The table `", $name, "`.")]
        pub(crate) static $konst: FactTable = FactTable { name: $name, columns: &[$((stringify!($column), Kind::$kind)),*] };)*
        /// Every table of facts, ordered so that each refers only to tables before it.
        pub static FACTS: &[&FactTable] = &[$(&$konst),*];
    };
}

facts! {
    SETTING = "setting" { name: Text, value: Text }
    PERSONAL = "personal" {
        commitment: Text, key: Erasable, name: Erasable, address: Erasable, iban: Erasable, other_iban: Erasable, text: Erasable,
        additional: Erasable, ultimate_debtor: Erasable, structured_text: Erasable,
    }
    SOURCE_FILE = "source_file" { name: Text, kind: Text, sha256: Text, as_of: Day, refused: Int, kept: Text }
    STATEMENT = "statement" {
        source_file: Int, identity: Text, kind: Text, member: Text, message: Text, account: Text, statement_id: Text, sequence: Int,
        first_day: Day, last_day: Day, opening: Int, closing: Int, movement: Int, finding: Text, legal_sequence: Int, page: Int,
        last_page: Int, opening_interim: Int, closing_interim: Int, provisional: Int,
    }
    CONFIRMATION = "confirmation" { account: Text, kind: Text, day: Day, balance: Int, actor: Text }
    CONFIRMATION_END = "confirmation_end" { confirmation: Int, reason: Text, actor: Text, second: Text }
    ENTRY = "entry" { statement: Int, position: Int, amount: Int, details: Int, booked: Day, finding: Text, announced: Int }
    BOOKING = "booking" {
        entry: Int, identity: Text, account: Text, reference: Text, amount: Int, booked: Day, valued: Day, end_to_end_id: Text,
        mandate_reference: Text, structured_reference: Text, entry_reference: Text, batch_reference: Text, bank_code: Text, proprietary_code: Text, class: Text, return_reason: Text,
        reversal: Int, finding: Text, personal: Int, balance_before: Int, instruction_id: Text, further_references: Text,
        message_id: Text, creditor_id: Text, stands_for: Int, charges: Int, original_amount: Int, original_currency: Text,
    }
    SIGHTING = "sighting" { statement: Int, booking: Int }
    ITEM = "item" { kassenzeichen: Text, posten: Text }
    ASSESSMENT = "assessment" {
        source_file: Int, item: Int, kind: Text, due: Day, amount: Int, paid_before: Int, mahngebuehr: Int, saeumniszuschlag: Int,
        mandate_reference: Text, debtor: Int, fee: Text, unconfirmed: Int,
    }
    CREDIT_NOTE = "credit_note" {
        source_file: Int, kassenzeichen: Text, posten: Text, kind: Text, due: Day, amount: Int, debtor: Int,
    }
    MANDATE = "mandate" {
        source_file: Int, reference: Text, kassenzeichen: Text, status: Text, scheme: Text, one_off: Int, signed: Day, last_used: Day,
        old_reference: Text, creditor_id: Text, old_creditor_id: Text, holder: Int,
    }
    PATTERN = "pattern" {
        source_file: Int, kassenzeichen: Text, kind: Text, amount: Int, mandate_reference: Text, collected: Day, debtor: Int,
    }
    ACCOUNT_SIGNATURE = "account_signature" { mandate: Int, actor: Text }
    ACCOUNT_CONFIRMATION = "account_confirmation" { mandate: Int, actor: Text, first: Text }
    ALIAS = "alias" { source_file: Int, old: Text, kassenzeichen: Text }
    VERDICT = "verdict" {
        booking: Int, decision: Text, by_person: Int, rules: Text, decided_on: Day, confidence: Int, hold_complete: Int, wait_until: Day,
        evidence: Text, pair: Int,
    }
    ALLOCATION = "allocation" { verdict: Int, booking: Int, item: Int, amount: Int }
    CASE_FILE = "case_file" { booking: Int }
    CASE_NOTE = "case_note" { case_file: Int, day: Day, actor: Text, owner: Text, comment: Int }
    HOLD = "hold" { verdict: Int, item: Int, reason: Text }
    RUN = "run" { name: Text, due: Day, planner: Text, kind: Text, file_number: Text }
    DEBIT = "debit" { run: Int, end_to_end_id: Text, mandate: Int, kassenzeichen: Text }
    DEBIT_EVENT = "debit_event" {
        debit: Int, kind: Text, day: Day, amount: Int, charges: Int, booking: Int, source_file: Int, reason: Text,
    }
    REFUND = "refund" {
        run: Int, end_to_end_id: Text, booking: Int, amount: Int, payee: Int, kassenzeichen: Text, paid_before: Int, former_end: Int,
        former_ends: Int,
    }
    REFUND_EVENT = "refund_event" {
        refund: Int, booking: Int, kind: Text, ends: Int, day: Day, told_by: Int, source_file: Int, reason: Text,
    }
    REFUND_ACCOUNT = "refund_account" { booking: Int, payee: Int, reason: Text, actor: Text, second: Text }
    DEBIT_RECALL = "debit_recall" { debit: Int, kind: Text, day: Day, reason: Text, actor: Text }
    HAND_HOLD = "hand_hold" {
        kassenzeichen: Text, item: Int, reason: Text, until: Day, actor: Text, source_file: Int, ground: Text,
        debit_event: Int,
    }
    HOLD_LIFT = "hold_lift" { hand_hold: Int, reason: Text, actor: Text, ground: Text }
    DAY_CLOSE = "day_close" {
        day: Day, account: Text, opening: Int, incoming: Int, outgoing: Int, closing: Int, posted: Int, in_doubt: Int, other: Int,
        head: Int, hash: Text, actor: Text, second: Text,
    }
    FEE_WAIVER = "fee_waiver" {
        decided: Day, authority: Text, file_number: Text, ground: Text, scope: Text, kind: Text, kassenzeichen: Text, item: Int,
        due_from: Day, due_until: Day, actor: Text, second: Text,
    }
    FEE_WITHDRAWAL = "fee_withdrawal" { fee_waiver: Int, reason: Text, actor: Text, second: Text }
    DEFERRAL = "deferral" {
        due_from: Day, due_until: Day, new_due: Day, instalments: Int, days_between: Int, announced: Day, text: Text, actor: Text,
    }
    DEFERRAL_KIND = "deferral_kind" { deferral: Int, kind: Text }
    DEFERRAL_END = "deferral_end" { deferral: Int, reason: Text, actor: Text, second: Text }
    CLAIM = "claim" { debit: Int, item: Int, amount: Int, cause: Text }
    UNCLAIMED = "unclaimed" { debit: Int, item: Int, amount: Int }
    LEFT_OUT = "left_out" { run: Int, item: Int, amount: Int, reason: Text, case_file: Int }
    NOTICE = "notice" { debit: Int, amount: Int, due: Day, sent: Day, manner: Text }
    RUN_EVENT = "run_event" {
        run: Int, kind: Text, actor: Text, day: Day, at: Text, sha256: Text, second: Text, note: Text, planner: DerivedText,
        round: DerivedInt,
    }
    WRITTEN_FILE = "written_file" { run: Int, name: Text, sha256: Text, kept: Text }
    OUTBOX_FILE = "outbox_file" { run: Int, name: Text, sha256: Text }
    STANDING_ORDER = "standing_order" { name: Text, terms: Text, actor: Text }
    STANDING_ORDER_ANSWER = "standing_order_answer" {
        standing_order: Int, answer: Text, day: Day, actor: Text, maker: Text,
    }
    STANDING_ORDER_DAY = "standing_order_day" { standing_order: Int, day: Day, run: Int }
    ACKNOWLEDGED = "acknowledged" { run: Int, case_file: Int, amount: Int }
    AS_OF_CORRECTION = "as_of_correction" { as_of: Day, reason: Text, actor: Text, second: Text }
    ACCOUNT_END = "account_end" { account: Text, reason: Text, actor: Text, second: Text }
    DAY_CORRECTION = "day_correction" { day: Day, reason: Text, actor: Text, second: Text }
    SETTING_CHANGE = "setting_change" { name: Text, before_value: Text, after_value: Text }
    REMINDER = "reminder" { item: Int, amount: Int, day: Day, reason: Text, actor: Text }
    INSTANCE_EVENT = "instance_event" { kind: Text, code: Text, actor: Text, second: Text, note: Text }
    STAFF = "staff" { name: Text, roles: Text, active: Int, credential: Text, actor: Text, second: Text, once: Int }
    STAFF_REQUEST = "staff_request" { name: Text, roles: Text, credential: Text, actor: Text }
    STAFF_ANSWER = "staff_answer" { staff_request: Int, answer: Text, actor: Text, asked_by: Text, name: Text }
    PROOF = "proof" { actor: Text, manner: Text }
    ACCESS_TOKEN = "access_token" { staff: Text, label: Text, scopes: Text, digest: Text, until: Day, actor: Text }
    ACCESS_TOKEN_END = "access_token_end" { access_token: Int, actor: Text }
    INQUIRY = "inquiry" { kassenzeichen: Text, features: Text, day: Day, actor: Text }
    NIGHT = "night" { day: Day, outcome: Text, summary: Text }
    HANDBACK_EXPORT = "handback_export" {
        kind: Text, number: Int, day: Day, moment: Text, code: Text, frame: Text, actor: Text,
    }
    HANDBACK_TOLD = "handback_told" { handback_export: Int, name: Text, content: Text, replaces: Int }
    HANDOVER = "handover" { as_of: Day, levy: Text, reason: Text, actor: Text, second: Text }
    HANDOVER_ITEM = "handover_item" { handover: Int, item: Int }
    HANDOVER_END = "handover_end" { handover: Int, reason: Text, actor: Text, second: Text }
}

impl FactTable {
    /// The digest of one row, from its values in the order of the columns.
    pub(crate) fn row_digest(&self, id: i64, values: &[Value<'_>]) -> [u8; 32] {
        let mut hash = Sha256::new();
        hash.update(self.name.as_bytes());
        hash.update(id.to_be_bytes());
        // NULL adds nothing to the digest, so that a column added later leaves the digests of older rows unchanged
        for (place, ((_, kind), value)) in (0_u32..).zip(self.columns.iter().zip(values)) {
            if kind.is_sealed() && !value.is_missing() {
                hash.update(place.to_be_bytes());
                absorb(&mut hash, value);
            }
        }
        hash.finalize().into()
    }

    /// Inserts rows with rising ids from `first_id` on.
    pub(crate) async fn insert(
        &self,
        tx: &mut Tx,
        journal: i64,
        first_id: i64,
        rows: &[Vec<Value<'_>>],
        group: &mut Sha256,
    ) -> Result<()> {
        rows.iter().try_for_each(|row| refuse_control(row))?;
        let rows: Vec<Vec<Value<'_>>> = (first_id..)
            .zip(rows)
            .map(|(id, values)| {
                let digest = self.row_digest(id, values);
                group.update(digest);
                let mut line = vec![id.into(), journal.into(), seal(&digest).into()];
                line.extend(values.iter().cloned());
                line
            })
            .collect();
        bulk::store(tx, &self.target(), &rows).await
    }

    /// The table with all its columns, for bulk inserts.
    pub(crate) fn target(&self) -> Target<'static> {
        let own = self.columns.iter().map(|(name, kind)| (*name, kind.stored()));
        let columns = [("id", Stored::Int), ("journal", Stored::Int), ("seal", Stored::Int)].into_iter().chain(own);
        Target { table: self.name, columns: columns.collect(), conflict: "" }
    }

    /// Shows every row, in the order in which its journal entry added it: journal, id, stored seal and the columns' values.
    pub(crate) async fn each(&self, tx: &mut Tx, see: impl FnMut(&Row) -> Result<()>) -> Result<()> {
        let names: Vec<&str> = self.columns.iter().map(|(name, _)| *name).collect();
        let columns = names.join(", ");
        let text = format!("SELECT id, journal, seal, {columns} FROM {} WHERE id > $1 ORDER BY id LIMIT $2", self.name);
        tx.pages(&text, i64::MIN, see).await
    }

    /// The values of a row that [`FactTable::each`] shows; an unreadable one is `None`.
    pub(crate) fn values(&self, row: &Row) -> Option<Vec<Value<'static>>> {
        self.columns.iter().map(|(name, kind)| row.value(name, kind.stored())).collect::<Result<_>>().ok()
    }
}

/// The part of a row's digest that is stored in the row as its seal.
pub(crate) fn seal(digest: &[u8; 32]) -> i64 {
    let mut first = [0; 8];
    first.iter_mut().zip(digest).for_each(|(to, from)| *to = *from);
    i64::from_be_bytes(first)
}

/// The digest that binds a row of `personal` to its values without revealing them. Of the columns that were added
/// later, those from the first to the last that has a value count, so that older rows keep their digest.
pub(crate) fn commitment(key: &str, values: &[Option<&str>]) -> String {
    let mut hash = Sha256::new();
    hash.update(key.as_bytes());
    let last = values.iter().rposition(Option::is_some).map_or(0, |last| last + 1);
    for value in values.iter().take(last.max(FIRST_VALUES)) {
        absorb(&mut hash, &Value::from(*value));
    }
    hex(&hash.finalize())
}

/// How many of the columns of `personal` a commitment always covers, filled or not.
const FIRST_VALUES: usize = 6;

/// Lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Adds a value with its kind and length in front, so that no two different rows give the same bytes.
pub(crate) fn absorb(hash: &mut Sha256, value: &Value<'_>) {
    match value {
        Value::Int(None) | Value::Text(None) | Value::Day(None) => hash.update([0]),
        Value::Int(Some(number)) => {
            hash.update([1]);
            hash.update(number.to_be_bytes());
        }
        Value::Text(Some(text)) => {
            hash.update([2]);
            hash.update((text.len() as u64).to_be_bytes());
            hash.update(text.as_bytes());
        }
        Value::Day(Some(day)) => {
            hash.update([3]);
            hash.update(day_bytes(*day));
        }
    }
}

fn day_bytes(day: Date) -> [u8; 4] {
    let [high, low] = day.year().to_be_bytes();
    [high, low, day.month().unsigned_abs(), day.day().unsigned_abs()]
}
