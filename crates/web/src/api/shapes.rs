//! The JSON that programs send and receive, as the API's description shows it.
//!
//! Invariant: a body with an unknown field is refused, so that a misspelt field changes nothing.

use jiff::civil::Date;
use sepa::Cents;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::error::Failed;

/// An error (RFC 9457).
#[derive(Serialize, ToSchema)]
pub(super) struct Problem {
    /// The kind of error, as a stable word.
    #[serde(rename = "type")]
    kind: String,
    /// The HTTP status in words.
    title: String,
    /// The HTTP status.
    status: u16,
    /// What happened.
    detail: String,
}

/// The errors that may be answered.
#[derive(utoipa::IntoResponses)]
#[expect(dead_code, reason = "only described: what is answered is made by `error`")]
pub(super) enum Problems {
    /// Nobody is logged in: no token, or one that is not valid any more.
    #[response(status = 401, content_type = "application/problem+json")]
    Unproven(#[to_schema] Problem),
    /// The person's roles, or the token's scopes, do not give the right.
    #[response(status = 403, content_type = "application/problem+json")]
    Forbidden(#[to_schema] Problem),
    /// It does not exist.
    #[response(status = 404, content_type = "application/problem+json")]
    Unknown(#[to_schema] Problem),
    /// A rule forbids it, it has changed meanwhile, or it was done already; nothing was changed.
    #[response(status = 409, content_type = "application/problem+json")]
    Refused(#[to_schema] Problem),
    /// The request is too large.
    #[response(status = 413, content_type = "application/problem+json")]
    TooLarge(#[to_schema] Problem),
    /// The request cannot be understood; the text names the field and the reason.
    #[response(status = 422, content_type = "application/problem+json")]
    Unreadable(#[to_schema] Problem),
    /// The books cannot be read or written at the moment: try again.
    #[response(status = 503, content_type = "application/problem+json")]
    Busy(#[to_schema] Problem),
}

/// An amount in EUR: `"115.04"`.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = String, pattern = r"^-?[0-9]{1,15}\.[0-9]{2}$", example = "115.04")]
pub(super) struct Amount(String);

impl Amount {
    /// Its value in cents.
    pub(super) fn cents(&self, field: &str) -> Result<Cents, Failed> {
        Cents::parse(&self.0).map_err(|why| Failed::Unreadable(format!("{field}: {why}")))
    }
}

/// A day: `"2024-03-11"`.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = String, format = Date, example = "2024-03-11")]
pub(super) struct Day(String);

impl Day {
    /// Its date.
    pub(super) fn date(&self, field: &str) -> Result<Date, Failed> {
        self.0.parse().map_err(|_| Failed::Unreadable(format!("{field}: {:?} is no day (2024-03-11)", self.0)))
    }
}

/// An optional day.
pub(super) fn day(day: Option<&Day>, field: &str) -> Result<Option<Date>, Failed> {
    day.map(|day| day.date(field)).transpose()
}

/// A part of the payment, for one item.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Part {
    /// The Kassenzeichen.
    pub(super) kassenzeichen: String,
    /// The instalment (Posten).
    pub(super) posten: String,
    /// How much of the payment goes to it.
    pub(super) amount: Amount,
}

/// A person's decision on a case.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(tag = "decision", rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum Decision {
    /// The money goes to these items.
    Allocate {
        /// The items and the amount for each.
        #[schema(min_items = 1)]
        parts: Vec<Part>,
        /// The version of the case that you saw. If the case has changed since, the decision is refused.
        seen: Option<i64>,
    },
    /// It is other money, not for an open item.
    Other {
        /// What it is.
        why: String,
        /// As in `allocate`.
        seen: Option<i64>,
    },
    /// It is to be paid back to the payer.
    Refund {
        /// As in `allocate`.
        seen: Option<i64>,
    },
    /// It is decided later; what the case holds stays held.
    Wait {
        /// The day on which to look at it again.
        until: Day,
        /// As in `allocate`.
        seen: Option<i64>,
    },
    /// The bank took the credit back; for an outgoing booking: it took back a credit.
    Return {
        /// For an outgoing booking, the reference of that credit; without it, the only credit that fits.
        of: Option<String>,
        /// As in `allocate`.
        seen: Option<i64>,
    },
    /// The last decision is undone.
    Undo {
        /// As in `allocate`.
        seen: Option<i64>,
    },
}

/// A person's note on a case.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(tag = "note", rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum Note {
    /// Somebody works on the case now.
    Owner {
        /// The person's name.
        name: String,
    },
    /// Nobody works on the case any more.
    Free {},
    /// A comment.
    Comment {
        /// Its text.
        text: String,
    },
}

/// A hold by hand.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Hold {
    /// KASSENZEICHEN or KASSENZEICHEN/POSTEN.
    pub(super) what: String,
    /// The reason.
    pub(super) reason: String,
    /// The last day on which nothing is collected.
    pub(super) until: Option<Day>,
}

/// A signature for lifting a hold.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Lift {
    /// KASSENZEICHEN or KASSENZEICHEN/POSTEN, as it was held.
    pub(super) what: String,
    /// The reason.
    pub(super) reason: String,
}

/// A run to be planned.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Plan {
    /// The collection date.
    pub(super) due: Day,
    /// Only these kinds of levy; all if empty.
    #[serde(default)]
    pub(super) kinds: Vec<String>,
    /// The most debits in the run, for a pilot run.
    pub(super) limit: Option<usize>,
}

/// How the debtors were told.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(tag = "manner", rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum Announcement {
    /// By letters that were posted.
    Posted {
        /// The day on which they were posted.
        on: Day,
    },
    /// In another form, such as the Bescheid.
    Otherwise {
        /// Which form.
        by: String,
    },
}

/// The residual risk that the releaser saw. If it is another one now, the release is refused.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Release {
    /// The number of cases without a complete hold, as `/api/residual` gave it.
    #[serde(default)]
    pub(super) cases: usize,
    /// Their sum, as `/api/residual` gave it.
    pub(super) amount: Option<Amount>,
}

/// Debits of a run that the bank is asked to give up, or back to their payers.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Recall {
    /// End-to-end ids; if empty, whatever money has crossed or takes more than is owed.
    #[serde(default)]
    pub(super) debits: Vec<String>,
    /// Whether they were credited already.
    #[serde(default)]
    pub(super) reversal: bool,
    /// Why.
    pub(super) reason: String,
}

/// The bank's order number.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Sent {
    /// The number.
    pub(super) order: String,
}

/// A second person, proven by the password: a token is no person.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Second {
    /// The person's name.
    pub(super) name: String,
    /// The person's password.
    pub(super) password: String,
}

impl std::fmt::Debug for Second {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{}", self.name)
    }
}

/// The declaration that a file was never carried out.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Void {
    /// The second person who declares it.
    pub(super) with: Second,
    /// The reason: the bank's refusal with its number, or what proves it.
    pub(super) reason: String,
    /// Not refused by the bank: complete statements beyond the collection date prove that it was not carried out.
    #[serde(default)]
    pub(super) by_statements: bool,
    /// The file was given to nobody; both people vouch for that.
    #[serde(default)]
    pub(super) never_left: bool,
}

/// A run of refunds to be planned.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PlanRefunds {
    /// The day on which the bank is to carry them out.
    pub(super) on: Day,
    /// Only the credits of these cases; all if empty.
    #[serde(default)]
    pub(super) cases: Vec<i64>,
    /// The order by which the money is paid out, as the town files it.
    pub(super) file_number: Option<String>,
    /// Why money may go back although the debit that it crosses can still come back by itself.
    pub(super) early: Option<String>,
}

/// The release of a run of refunds.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ReleaseRefunds {
    /// Why money may go back although the debit that it crosses can still come back by itself.
    pub(super) early: Option<String>,
}

/// Another account for the credit of a case.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RefundTo {
    /// The case.
    pub(super) case: i64,
    /// The holder of the account, as the bank knows him.
    pub(super) name: String,
    /// The account.
    pub(super) iban: String,
    /// Why the money does not go to where it came from.
    pub(super) reason: String,
    /// The second person who says so.
    pub(super) with: Second,
}

/// The reason for writing a file early.
#[derive(Clone, Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Early {
    /// Why the file is written before the day until which the letters promise to look for transfers
    pub(super) early: Option<String>,
}

/// What is known about a debtor or a payment.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Known {
    /// A Kassenzeichen, a name, the end of an IBAN, a mandate or an amount.
    pub(super) text: String,
}

/// An inquiry for a caller.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Inquiry {
    /// The Kassenzeichen that is asked about.
    pub(super) kassenzeichen: String,
    /// The features of the caller that fit, at least two of: kassenzeichen, name, address, iban, mandate, amount.
    pub(super) features: Vec<String>,
}

/// The confirmation of a balance.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Confirmation {
    /// The account's IBAN.
    pub(super) account: String,
    /// `opening` or `quiet`.
    pub(super) what: Confirmed,
    /// The day.
    pub(super) day: Day,
    /// The balance on it.
    pub(super) balance: Amount,
}

/// What is confirmed about an account.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Confirmed {
    /// The balance before its first statement.
    Opening,
    /// That nothing moved until the day.
    Quiet,
}

/// A day to be closed with another person.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Close {
    /// The day.
    pub(super) day: Day,
    /// The second person.
    pub(super) with: Second,
}

/// The confirmation of a mandate's changed account.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Account {
    /// The mandate's reference.
    pub(super) mandate: String,
    /// The new account, as the debtor stated it.
    pub(super) iban: String,
}

/// A person to be registered.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewUser {
    /// The person's name.
    pub(super) name: String,
    /// The person's roles.
    pub(super) roles: Vec<String>,
    /// The first password.
    pub(super) password: String,
}

impl std::fmt::Debug for NewUser {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{} {:?}", self.name, self.roles)
    }
}

/// Roles and state of a person from now on.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct UserNow {
    /// All roles of the person.
    pub(super) roles: Vec<String>,
    /// Whether the person may do anything at all.
    pub(super) active: bool,
}

/// A new password.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewPassword {
    /// The password.
    pub(super) password: String,
}

impl std::fmt::Debug for NewPassword {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("a password")
    }
}
