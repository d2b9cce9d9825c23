//! The JSON that programs send and receive, as the API's description shows it.
//!
//! Invariant: a body with an unknown field is refused, so that a misspelt field changes nothing.

use jiff::civil::Date;
use sepa::Cents;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::error::Failed;

/// What went wrong (RFC 9457).
#[derive(Serialize, ToSchema)]
pub(super) struct Problem {
    /// What kind of problem it is.
    #[serde(rename = "type")]
    kind: String,
    /// The status in words.
    title: String,
    /// The status.
    status: u16,
    /// What happened.
    detail: String,
}

/// What may be answered instead.
#[derive(utoipa::IntoResponses)]
#[expect(dead_code, reason = "only described: what is answered is made by `error`")]
pub(super) enum Problems {
    /// Nobody was proven: no token, or one that is good no more.
    #[response(status = 401, content_type = "application/problem+json")]
    Unproven(#[to_schema] Problem),
    /// The person's roles, or the token's scopes, do not give the right.
    #[response(status = 403, content_type = "application/problem+json")]
    Forbidden(#[to_schema] Problem),
    /// There is no such thing.
    #[response(status = 404, content_type = "application/problem+json")]
    Unknown(#[to_schema] Problem),
    /// A rule forbids it, it has changed meanwhile, or it was done already; nothing was changed.
    #[response(status = 409, content_type = "application/problem+json")]
    Refused(#[to_schema] Problem),
    /// Too large.
    #[response(status = 413, content_type = "application/problem+json")]
    TooLarge(#[to_schema] Problem),
    /// It cannot be understood: which field, and why.
    #[response(status = 422, content_type = "application/problem+json")]
    Unreadable(#[to_schema] Problem),
    /// The books cannot be read or written now: try again.
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
    /// The day.
    pub(super) fn date(&self, field: &str) -> Result<Date, Failed> {
        self.0.parse().map_err(|_| Failed::Unreadable(format!("{field}: {:?} is no day (2024-03-11)", self.0)))
    }
}

/// A day, where one may be said.
pub(super) fn day(day: Option<&Day>, field: &str) -> Result<Option<Date>, Failed> {
    day.map(|day| day.date(field)).transpose()
}

/// A part of a payment for an item.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Part {
    /// The Kassenzeichen.
    pub(super) kassenzeichen: String,
    /// The instalment.
    pub(super) posten: String,
    /// How much of the payment is for it.
    pub(super) amount: Amount,
}

/// What a person decides of a case.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(tag = "decision", rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum Decision {
    /// The money goes to these items.
    Allocate {
        /// To which, and how much.
        #[schema(min_items = 1)]
        parts: Vec<Part>,
        /// The version of the case that was looked at; refused where it has changed since.
        seen: Option<i64>,
    },
    /// It is other money.
    Other {
        /// Why.
        why: String,
        /// See above.
        seen: Option<i64>,
    },
    /// It goes back to the payer.
    Refund {
        /// See above.
        seen: Option<i64>,
    },
    /// To be looked at again.
    Wait {
        /// On this day.
        until: Day,
        /// See above.
        seen: Option<i64>,
    },
    /// The bank takes it back; of an outgoing booking: it took a credit back.
    Return {
        /// Of an outgoing booking the reference of that credit; without it the only one that fits.
        of: Option<String>,
        /// See above.
        seen: Option<i64>,
    },
    /// The last decision is taken back.
    Undo {
        /// See above.
        seen: Option<i64>,
    },
}

/// What a person says of a case.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(tag = "note", rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum Note {
    /// It is this person's now.
    Owner {
        /// Whose.
        name: String,
    },
    /// It is nobody's again.
    Free {},
    /// A comment.
    Comment {
        /// What.
        text: String,
    },
}

/// A hold by hand.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Hold {
    /// KASSENZEICHEN or KASSENZEICHEN/POSTEN.
    pub(super) what: String,
    /// Why.
    pub(super) reason: String,
    /// The last day on which nothing is collected.
    pub(super) until: Option<Day>,
}

/// A signature under the lifting of a hold.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Lift {
    /// As it was held.
    pub(super) what: String,
    /// Why.
    pub(super) reason: String,
}

/// A run to be planned.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Plan {
    /// The collection date.
    pub(super) due: Day,
    /// Only these levies.
    #[serde(default)]
    pub(super) kinds: Vec<String>,
    /// At most so many debits: a pilot run.
    pub(super) limit: Option<usize>,
}

/// How debtors were told: one of both.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(tag = "manner", rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum Announcement {
    /// The letters were posted.
    Posted {
        /// On this day.
        on: Day,
    },
    /// Another form told them, such as the Bescheid.
    Otherwise {
        /// Which.
        by: String,
    },
}

/// The residual risk that a releaser was shown; refused where it is another now.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Release {
    /// Cases without a complete hold, as `/api/residual` said it.
    #[serde(default)]
    pub(super) cases: usize,
    /// Their sum, as it said it.
    pub(super) amount: Option<Amount>,
}

/// The bank's order number.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Sent {
    /// The number.
    pub(super) order: String,
}

/// A second person, by a token of his own.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = String)]
pub(super) struct SecondToken(pub(super) String);

impl std::fmt::Debug for SecondToken {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("token")
    }
}

/// That a file was never carried out.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Void {
    /// A token of the second person who says it.
    pub(super) with: SecondToken,
    /// The bank's refusal, with its number.
    pub(super) reason: String,
    /// The bank has refused nothing: statements beyond the collection date prove that no credit came.
    #[serde(default)]
    pub(super) by_statements: bool,
    /// The file was given to nobody: both vouch for that.
    #[serde(default)]
    pub(super) never_left: bool,
}

/// Why a file is written early.
#[derive(Clone, Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Early {
    /// Why it is written before the day until which the letters promise to look for transfers
    pub(super) early: Option<String>,
}

/// What is known of somebody.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Known {
    /// Kassenzeichen, name, the IBAN's end, mandate or amount.
    pub(super) text: String,
}

/// A question for a caller.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Inquiry {
    /// About which Kassenzeichen.
    pub(super) kassenzeichen: String,
    /// What of the caller fits: two at least of kassenzeichen, name, address, iban, mandate, amount.
    pub(super) features: Vec<String>,
}

/// A balance that a person vouches for.
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

/// What of an account is confirmed.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Confirmed {
    /// The balance before its first statement.
    Opening,
    /// That nothing has moved.
    Quiet,
}

/// A day to be closed with another person.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Close {
    /// The day.
    pub(super) day: Day,
    /// A token of the second person.
    pub(super) with: SecondToken,
}

/// A changed account that is confirmed.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Account {
    /// The mandate's reference.
    pub(super) mandate: String,
    /// The new account, as the debtor gave it.
    pub(super) iban: String,
}

/// A person to be registered.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewUser {
    /// His name.
    pub(super) name: String,
    /// His roles.
    pub(super) roles: Vec<String>,
    /// His first password.
    pub(super) password: String,
}

impl std::fmt::Debug for NewUser {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{} {:?}", self.name, self.roles)
    }
}

/// What holds of a person from now on.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct UserNow {
    /// All his roles.
    pub(super) roles: Vec<String>,
    /// Whether he may do anything at all.
    pub(super) active: bool,
}

/// Another password.
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
