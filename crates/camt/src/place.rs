//! The place of an element in a camt message: an automaton over (place, local name).
//!
//! Knows the element names of every version of camt.052, .053 and .054, and neither values nor namespaces. Invariant:
//! an element that is not needed leads to [`Place::Skip`] and never out of it, so that a name deep in unrelated data is
//! never mistaken.
//!
//! Where versions differ by a layer (`Dbtr/Nm` and `Dbtr/Pty/Nm`, `Sts` and `Sts/Cd`, `Dt` and `DtTm`), the layer leads
//! to the same place: both forms are read, whatever version the namespace names.

use crate::MessageKind;

/// The meaning of an open element. A place may be container and value at once; blank values are ignored.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Place {
    /// Outside of a message: the document, application headers, any other envelope.
    Envelope,
    Message(MessageKind),
    GroupHeader,
    MessageName,
    MessageCreated,
    Page,
    PageNumber,
    LastPage,
    Statement,
    StatementId,
    Sequence,
    LegalSequence,
    Created,
    Copy,
    Period,
    From,
    To,
    Account,
    AccountId,
    AccountIban,
    AccountOther,
    AccountCurrency,
    Balance,
    BalanceType,
    BalanceAmount,
    BalanceSign,
    BalanceDate,
    Entry,
    EntryName,
    Reversal,
    Status,
    Booked,
    Valued,
    EntryDetails,
    Batch,
    BatchCount,
    BatchMessage,
    BatchPaymentInformation,
    EntryText,
    Detail,
    References,
    EndToEndId,
    InstructionId,
    MandateId,
    CausingMessage,
    PaymentInformation,
    Parties,
    Party(Role),
    PartyName(Role),
    PartyAgent(Role),
    PartyId(Role),
    PartyAccount(Role),
    PartyIban(Role),
    PartyOther(Role),
    Remittance,
    Unstructured,
    Structured,
    StructuredReference,
    Document,
    DocumentNumber,
    StructuredText,
    Return,
    ReturnReason,
    ReturnText,
    Purpose,
    DetailText,
    /// An element that both an entry and a detail can have.
    Both(Level, Common),
    /// An element that is not read, with everything in it.
    Skip,
}

/// The level that an element belongs to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Level {
    Entry,
    Detail,
}

/// The elements that occur at both levels.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Common {
    Amount,
    Sign,
    BankReference,
    AmountDetails,
    Instructed,
    Transaction,
    Charges,
    ChargesTotal,
    ChargesPart,
    BankCode,
    Domain,
    DomainCode,
    Family,
    FamilyCode,
    SubFamilyCode,
    Proprietary,
    ProprietaryCode,
}

/// The role of a party in a payment.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Role {
    Debtor,
    Creditor,
    UltimateDebtor,
    UltimateCreditor,
}

/// The path from a statement to an entry or a detail, for findings.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub(crate) struct Trail {
    statement: &'static str,
    inner: &'static str,
}

impl Trail {
    /// The path of a statement's element or field.
    pub(crate) fn statement(name: &str) -> Self {
        let names = ["Stmt", "Rpt", "Ntfctn", ":62F"];
        Self { statement: names.into_iter().find(|known| *known == name).unwrap_or_default(), inner: "" }
    }

    /// The path of an entry of this statement.
    pub(crate) fn entry(self) -> Self {
        Self { inner: "/Ntry", ..self }
    }

    /// The path of a detail this many layers below the statement.
    pub(crate) fn detail(self, layers: usize) -> Self {
        Self { inner: if layers == 2 { "/Ntry/TxDtls" } else { "/Ntry/NtryDtls/TxDtls" }, ..self }
    }
}

impl std::fmt::Display for Trail {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{}{}", self.statement, self.inner)
    }
}

impl Place {
    /// The place of the element `name` inside this one.
    pub(crate) fn enter(self, name: &str) -> Self {
        match self {
            Self::Envelope => in_envelope(name),
            Self::Message(_) => in_message(name),
            Self::GroupHeader => in_group_header(name),
            Self::Page => in_page(name),
            Self::Statement => in_statement(name),
            Self::Period => in_period(name),
            Self::Account | Self::AccountId | Self::AccountOther => self.in_account(name),
            Self::Balance | Self::BalanceType | Self::BalanceDate => self.in_balance(name),
            Self::Entry => in_entry(name),
            Self::Status if matches!(name, "Cd" | "Prtry") => self,
            Self::Booked | Self::Valued if matches!(name, "Dt" | "DtTm") => self,
            Self::EntryDetails => in_details(name),
            Self::Batch => in_batch(name),
            Self::Detail => in_detail(name),
            Self::References => in_references(name),
            Self::Parties => in_parties(name),
            Self::Party(role) | Self::PartyAgent(role) | Self::PartyId(role) => self.in_party(role, name),
            Self::PartyAccount(role) | Self::PartyOther(role) => self.in_party_account(role, name),
            Self::Remittance | Self::Structured | Self::StructuredReference | Self::Document => {
                self.in_remittance(name)
            }
            Self::Return => in_return(name),
            Self::ReturnReason | Self::Purpose if matches!(name, "Cd" | "Prtry") => self,
            Self::Both(level, common) => common.enter(name).map_or(Self::Skip, |inner| Self::Both(level, inner)),
            _ => Self::Skip,
        }
    }

    fn in_account(self, name: &str) -> Self {
        match (self, name) {
            (Self::Account, "Id") => Self::AccountId,
            (Self::Account, "Ccy") => Self::AccountCurrency,
            (Self::AccountId, "IBAN") => Self::AccountIban,
            (Self::AccountId, "Othr" | "PrtryAcct") | (Self::AccountOther, "Id") => Self::AccountOther,
            _ => Self::Skip,
        }
    }

    fn in_balance(self, name: &str) -> Self {
        match (self, name) {
            (Self::Balance, "Tp") | (Self::BalanceType, "CdOrPrtry" | "Cd") => Self::BalanceType,
            (Self::Balance, "Amt") => Self::BalanceAmount,
            (Self::Balance, "CdtDbtInd") => Self::BalanceSign,
            (Self::Balance, "Dt") | (Self::BalanceDate, "Dt" | "DtTm") => Self::BalanceDate,
            _ => Self::Skip,
        }
    }

    fn in_party(self, role: Role, name: &str) -> Self {
        match (self, name) {
            (Self::Party(_), "Pty") => self,
            (Self::Party(_) | Self::PartyAgent(_), "Nm") => Self::PartyName(role),
            (Self::Party(_), "Agt") | (Self::PartyAgent(_), "FinInstnId") => Self::PartyAgent(role),
            (Self::Party(_), "Id") | (Self::PartyId(_), "PrvtId" | "OrgId" | "Othr" | "Id") => Self::PartyId(role),
            _ => Self::Skip,
        }
    }

    fn in_party_account(self, role: Role, name: &str) -> Self {
        match (self, name) {
            (Self::PartyAccount(_), "Id") => self,
            (Self::PartyAccount(_), "IBAN") => Self::PartyIban(role),
            (Self::PartyAccount(_), "Othr" | "PrtryAcct") | (Self::PartyOther(_), "Id") => Self::PartyOther(role),
            _ => Self::Skip,
        }
    }

    fn in_remittance(self, name: &str) -> Self {
        match (self, name) {
            (Self::Remittance, "Ustrd") => Self::Unstructured,
            (Self::Remittance, "Strd") => Self::Structured,
            (Self::Structured, "CdtrRefInf") | (Self::StructuredReference, "Ref" | "CdtrRef") => {
                Self::StructuredReference
            }
            (Self::Structured, "RfrdDocInf") => Self::Document,
            (Self::Document, "Nb" | "RfrdDocNb") => Self::DocumentNumber,
            (Self::Structured, "AddtlRmtInf") => Self::StructuredText,
            _ => Self::Skip,
        }
    }
}

impl Common {
    fn enter(self, name: &str) -> Option<Self> {
        Some(match (self, name) {
            (Self::AmountDetails, "InstdAmt") | (Self::Instructed, "Amt") => Self::Instructed,
            (Self::AmountDetails, "TxAmt") | (Self::Transaction, "Amt") => Self::Transaction,
            (Self::Charges, "Rcrd") => Self::Charges,
            (Self::Charges, "TtlChrgsAndTaxAmt") => Self::ChargesTotal,
            (Self::Charges, "Amt") => Self::ChargesPart,
            (Self::BankCode, "Domn") => Self::Domain,
            (Self::BankCode, "Prtry") => Self::Proprietary,
            (Self::Domain, "Cd") => Self::DomainCode,
            (Self::Domain, "Fmly") => Self::Family,
            (Self::Family, "Cd") => Self::FamilyCode,
            (Self::Family, "SubFmlyCd") => Self::SubFamilyCode,
            (Self::Proprietary, "Cd") => Self::ProprietaryCode,
            _ => return None,
        })
    }

    /// The element of this level, for names that entry and detail share.
    fn named(name: &str) -> Option<Self> {
        Some(match name {
            "Amt" => Self::Amount,
            "CdtDbtInd" => Self::Sign,
            "AmtDtls" => Self::AmountDetails,
            "Chrgs" => Self::Charges,
            "BkTxCd" => Self::BankCode,
            _ => return None,
        })
    }
}

/// A message begins with `BkToCstmrStmt`; version 001.01 calls it `BkToCstmrStmtV01`.
fn in_envelope(name: &str) -> Place {
    let base = name.rsplit_once('V').filter(|(_, version)| version.bytes().all(|byte| byte.is_ascii_digit()));
    match base.map_or(name, |(base, _)| base) {
        "BkToCstmrAcctRpt" => Place::Message(MessageKind::Report052),
        "BkToCstmrStmt" => Place::Message(MessageKind::Statement053),
        "BkToCstmrDbtCdtNtfctn" => Place::Message(MessageKind::Notification054),
        _ => Place::Envelope,
    }
}

fn in_message(name: &str) -> Place {
    match name {
        "GrpHdr" => Place::GroupHeader,
        "Stmt" | "Rpt" | "Ntfctn" => Place::Statement,
        _ => Place::Skip,
    }
}

fn in_group_header(name: &str) -> Place {
    match name {
        "MsgId" => Place::MessageName,
        "CreDtTm" => Place::MessageCreated,
        "MsgPgntn" => Place::Page,
        _ => Place::Skip,
    }
}

fn in_page(name: &str) -> Place {
    match name {
        "PgNb" => Place::PageNumber,
        "LastPgInd" => Place::LastPage,
        _ => Place::Skip,
    }
}

fn in_statement(name: &str) -> Place {
    match name {
        "Id" => Place::StatementId,
        "StmtPgntn" | "RptPgntn" | "NtfctnPgntn" => Place::Page,
        "ElctrncSeqNb" => Place::Sequence,
        "LglSeqNb" => Place::LegalSequence,
        "CreDtTm" => Place::Created,
        "FrToDt" => Place::Period,
        "CpyDplctInd" => Place::Copy,
        "Acct" => Place::Account,
        "Bal" => Place::Balance,
        "Ntry" => Place::Entry,
        _ => Place::Skip,
    }
}

fn in_period(name: &str) -> Place {
    match name {
        "FrDtTm" | "FrDt" => Place::From,
        "ToDtTm" | "ToDt" => Place::To,
        _ => Place::Skip,
    }
}

fn in_entry(name: &str) -> Place {
    match name {
        "NtryRef" => Place::EntryName,
        "AcctSvcrRef" => Place::Both(Level::Entry, Common::BankReference),
        "RvslInd" => Place::Reversal,
        "Sts" => Place::Status,
        "BookgDt" => Place::Booked,
        "ValDt" => Place::Valued,
        "NtryDtls" => Place::EntryDetails,
        "AddtlNtryInf" => Place::EntryText,
        "Btch" | "TxDtls" => in_details(name),
        name => Common::named(name).map_or(Place::Skip, |common| Place::Both(Level::Entry, common)),
    }
}

/// In version 001.01 the content of `NtryDtls` is directly in the entry.
fn in_details(name: &str) -> Place {
    match name {
        "Btch" => Place::Batch,
        "TxDtls" => Place::Detail,
        _ => Place::Skip,
    }
}

fn in_batch(name: &str) -> Place {
    match name {
        "MsgId" => Place::BatchMessage,
        "NbOfTxs" => Place::BatchCount,
        "PmtInfId" => Place::BatchPaymentInformation,
        _ => Place::Skip,
    }
}

fn in_detail(name: &str) -> Place {
    match name {
        "Refs" => Place::References,
        "RltdPties" => Place::Parties,
        "RmtInf" => Place::Remittance,
        "RtrInf" => Place::Return,
        "Purp" => Place::Purpose,
        "AddtlTxInf" => Place::DetailText,
        name => Common::named(name).map_or(Place::Skip, |common| Place::Both(Level::Detail, common)),
    }
}

fn in_references(name: &str) -> Place {
    match name {
        "MsgId" => Place::CausingMessage,
        "AcctSvcrRef" => Place::Both(Level::Detail, Common::BankReference),
        "EndToEndId" => Place::EndToEndId,
        "InstrId" => Place::InstructionId,
        "MndtId" => Place::MandateId,
        "PmtInfId" => Place::PaymentInformation,
        _ => Place::Skip,
    }
}

fn in_parties(name: &str) -> Place {
    match name {
        "Dbtr" => Place::Party(Role::Debtor),
        "Cdtr" => Place::Party(Role::Creditor),
        "UltmtDbtr" => Place::Party(Role::UltimateDebtor),
        "UltmtCdtr" => Place::Party(Role::UltimateCreditor),
        "DbtrAcct" => Place::PartyAccount(Role::Debtor),
        "CdtrAcct" => Place::PartyAccount(Role::Creditor),
        _ => Place::Skip,
    }
}

fn in_return(name: &str) -> Place {
    match name {
        "Rsn" | "RtrRsn" => Place::ReturnReason,
        "AddtlInf" | "AddtlRtrRsnInf" => Place::ReturnText,
        _ => Place::Skip,
    }
}
