//! One entry of a statement, in the two versions of camt.053 that German banks send.
//!
//! Knows nothing of accounts or balances.
//! Invariant: an entry is the signed sum of its details, and every text is escaped.

use std::fmt;

use super::euros;
use super::payments::{Booking, Kind};
use super::town::Payer;

/// The version of camt.053.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Version {
    /// camt.053.001.02.
    V02,
    /// camt.053.001.08.
    V08,
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(match self {
            Self::V02 => "02",
            Self::V08 => "08",
        })
    }
}

/// How the bank codes a kind of booking.
struct Codes {
    /// ISO 20022 family and sub-family below `PMNT`.
    family: (&'static str, &'static str),
    /// Transaction code of the Deutsche Kreditwirtschaft.
    proprietary: &'static str,
    text: &'static str,
    /// The reason of a return (`RtrInf/Rsn/Cd`).
    reason: Option<(&'static str, &'static str)>,
}

fn codes(kind: Kind) -> Codes {
    let (family, proprietary, text, reason) = match kind {
        Kind::Transfer => (("RCDT", "ESCT"), "NTRF+166+9248", "GUTSCHRIFT UEBERWEISUNG", None),
        Kind::Outgoing => (("ICDT", "ESCT"), "NTRF+116+9201", "EINZELUEBERWEISUNG", None),
        Kind::DebitReturn { .. } => (
            ("IDDT", "UPDD"),
            "NRTI+109+9248+914",
            "LASTSCHRIFTRUECKGABE",
            Some(("MD06", "Widerspruch durch den Zahler")),
        ),
        Kind::TransferBack => (("ICDT", "RRTN"), "NRTI+159+9248+903", "RETOURE", Some(("AC04", "Konto erloschen"))),
        Kind::Recalled => {
            (("RCDT", "RRTN"), "NRTI+116+9248", "RUECKUEBERWEISUNG", Some(("FOCR", "Rueckruf durch den Auftraggeber")))
        }
        Kind::Charge => (("MDOP", "CHRG"), "NCHG+808+9900", "ENTGELTABSCHLUSS", None),
    };
    Codes { family, proprietary, text, reason }
}

/// The entry for one booking, or for a batch of transfers of one day.
pub(super) fn entry(version: Version, number: usize, group: &[&Booking]) -> String {
    let Some(first) = group.first() else { return String::new() };
    let cents: i64 = group.iter().map(|booking| booking.cents).sum();
    let day = first.day;
    let codes = codes(first.kind);
    let (status, reference) = match version {
        Version::V02 => {
            ("<Sts>BOOK</Sts>", if group.len() > 1 { format!("S{}", first.reference) } else { first.reference.clone() })
        }
        Version::V08 => ("<Sts><Cd>BOOK</Cd></Sts>", first.reference.clone()),
    };
    // The older format has the code of single transactions only.
    let code = if group.len() > 1 { "<BkTxCd/>".to_owned() } else { bank_code(first.kind, &codes) };
    let batch = if group.len() > 1 {
        format!(
            "<Btch><NbOfTxs>{}</NbOfTxs><TtlAmt Ccy=\"EUR\">{}</TtlAmt><CdtDbtInd>{}</CdtDbtInd></Btch>",
            group.len(),
            euros(cents.abs()),
            direction(cents)
        )
    } else {
        String::new()
    };
    let details: String = group.iter().map(|booking| details(version, booking)).collect();
    format!(
        "<Ntry><NtryRef>{number}</NtryRef>{amount}<CdtDbtInd>{sign}</CdtDbtInd>{status}<BookgDt><Dt>{day}</Dt></BookgDt>\
         <ValDt><Dt>{day}</Dt></ValDt><AcctSvcrRef>{reference}</AcctSvcrRef>{code}<NtryDtls>{batch}{details}</NtryDtls>\
         <AddtlNtryInf>{text}</AddtlNtryInf></Ntry>",
        amount = amount(cents),
        sign = direction(cents),
        text = codes.text,
    )
}

fn details(version: Version, booking: &Booking) -> String {
    let codes = codes(booking.kind);
    let refs = format!(
        "<Refs><AcctSvcrRef>{}</AcctSvcrRef><EndToEndId>{}</EndToEndId>{}</Refs>",
        booking.reference,
        escape(booking.end_to_end.as_deref().unwrap_or("NOTPROVIDED")),
        booking.mandate.as_ref().map(|id| format!("<MndtId>{id}</MndtId>")).unwrap_or_default()
    );
    let lines: String = booking
        .lines
        .iter()
        .filter(|line| !line.is_empty())
        .map(|line| format!("<Ustrd>{}</Ustrd>", escape(line)))
        .collect();
    let remittance = if lines.is_empty() { lines } else { format!("<RmtInf>{lines}</RmtInf>") };
    let reason = codes.reason.map_or_else(String::new, |(code, text)| {
        format!("<RtrInf><Rsn><Cd>{code}</Cd></Rsn><AddtlInf>{text}</AddtlInf></RtrInf>")
    });
    format!(
        "<TxDtls>{refs}{}{}{}{}{remittance}{reason}</TxDtls>",
        amounts(version, booking),
        bank_code(booking.kind, &codes),
        charges(booking),
        parties(version, booking),
    )
}

fn amounts(version: Version, booking: &Booking) -> String {
    let instructed = match booking.kind {
        Kind::DebitReturn { original, .. } => format!("<InstdAmt>{}</InstdAmt>", amount(original)),
        _ => String::new(),
    };
    match version {
        Version::V02 => format!("<AmtDtls>{instructed}<TxAmt>{}</TxAmt></AmtDtls>", amount(booking.cents)),
        Version::V08 if instructed.is_empty() => {
            format!("{}<CdtDbtInd>{}</CdtDbtInd>", amount(booking.cents), direction(booking.cents))
        }
        Version::V08 => {
            format!(
                "{}<CdtDbtInd>{}</CdtDbtInd><AmtDtls>{instructed}</AmtDtls>",
                amount(booking.cents),
                direction(booking.cents)
            )
        }
    }
}

/// The fee within a returned debit (`Chrgs/Rcrd`; returns occur only on the account with the newer format).
fn charges(booking: &Booking) -> String {
    match booking.kind {
        Kind::DebitReturn { fee, .. } => {
            format!("<Chrgs><Rcrd>{}<CdtDbtInd>DBIT</CdtDbtInd></Rcrd></Chrgs>", amount(fee))
        }
        _ => String::new(),
    }
}

/// The other party. In returns, banks keep the roles of the original payment.
fn parties(version: Version, booking: &Booking) -> String {
    let Some(party) = &booking.party else { return String::new() };
    let role = match booking.kind {
        Kind::Transfer | Kind::DebitReturn { .. } | Kind::Recalled => "Dbtr",
        Kind::Outgoing | Kind::TransferBack | Kind::Charge => "Cdtr",
    };
    let Payer { name, iban, bic, .. } = party;
    let name = format!("<Nm>{}</Nm>", escape(name));
    let (name, bic) = match version {
        Version::V02 => (name, format!("<BIC>{bic}</BIC>")),
        Version::V08 => (format!("<Pty>{name}</Pty>"), format!("<BICFI>{bic}</BICFI>")),
    };
    format!(
        "<RltdPties><{role}>{name}</{role}><{role}Acct><Id><IBAN>{iban}</IBAN></Id></{role}Acct></RltdPties>\
         <RltdAgts><{role}Agt><FinInstnId>{bic}</FinInstnId></{role}Agt></RltdAgts>"
    )
}

fn bank_code(kind: Kind, codes: &Codes) -> String {
    let domain = if kind == Kind::Charge { "ACMT" } else { "PMNT" };
    let (family, sub_family) = codes.family;
    format!(
        "<BkTxCd><Domn><Cd>{domain}</Cd><Fmly><Cd>{family}</Cd><SubFmlyCd>{sub_family}</SubFmlyCd></Fmly></Domn>\
         <Prtry><Cd>{}</Cd><Issr>DK</Issr></Prtry></BkTxCd>",
        codes.proprietary
    )
}

fn amount(cents: i64) -> String {
    format!("<Amt Ccy=\"EUR\">{}</Amt>", euros(cents.abs()))
}

/// `CdtDbtInd` of a signed amount; zero counts as a credit.
pub(super) fn direction(cents: i64) -> &'static str {
    if cents < 0 { "DBIT" } else { "CRDT" }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_escaped() {
        assert_eq!(escape("Müller & Söhne <KG>"), "Müller &amp; Söhne &lt;KG&gt;");
    }

    #[test]
    fn direction_is_the_sign() {
        for (cents, said) in [(-1, "DBIT"), (0, "CRDT"), (1, "CRDT")] {
            assert_eq!(direction(cents), said);
        }
    }
}
