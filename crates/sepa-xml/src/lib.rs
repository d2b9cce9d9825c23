//! Payment files for the bank, the direct debits of pain.008 and the transfers of pain.001, what the bank says of them,
//! pain.002, and statements for the finance system, camt.053.
//!
//! It writes what it is given and decides nothing: who is debited or paid, when and for what was decided before. It
//! knows no database, no file system and no clock. Invariants: a file that a bank would refuse because of its form is
//! an error before the first byte; the same input always gives the same bytes.

mod account_statement;
mod camt053;
mod check;
mod credit_transfer;
mod direct_debit;
mod foreign;
mod markup;
mod pain001;
mod pain008;
mod read;
mod source;
mod status;
mod xml;

pub use account_statement::{AccountStatement, BatchIds, StatementEntry, StatementFile, StatementPart};
pub use camt053::{StatementError, write_camt053};
pub use check::{PaymentKind, WriteError};
pub use credit_transfer::{CreditTransfer, CreditTransferFile, TransferBatch};
pub use direct_debit::{Amendment, DebitBatch, DirectDebit, DirectDebitFile, Sequence, Totals};
pub use foreign::{
    BankObjection, Fate, ForeignBatch, ForeignDebit, ForeignError, ForeignFault, ForeignFile, Marked, NewIds,
    Objection, Rewrite, Rewritten, Span, bank_objections, is_pain008, read_foreign_pain008, rewrite,
};
pub use pain001::write_pain001;
pub use pain008::write_pain008;
pub use read::{ReadError, looks_like_pain008, read_pain008};
pub use status::{
    Acceptance, EbicsOrder, Identifier, Overall, PayeeCheck, PerStatus, Status, StatusAmount, StatusError, StatusLevel,
    StatusPayment, StatusPlace, StatusReason, StatusReport, StatusStatement, StatusTransaction, Waiting, Written,
    looks_like_pain002, read_status_report,
};
