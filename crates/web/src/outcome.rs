//! The answer to a form: a redirect to a page that shows what happened, or why nothing did.
//!
//! Invariant: a form that is sent twice is carried out once, and the second answer says so. A refusal is shown in the
//! words of the rule, on a page that can be reloaded.

use kasse::Error;
use kasse::people::{self, Proven};

use crate::access::{As, Peer};
use crate::error::Failed;
use crate::page::{Answer, done, not_done};

/// Redirects to a page that shows what was done, or why it was not.
pub(crate) fn after<T>(outcome: kasse::Result<T>, to: &str, said: impl FnOnce(T) -> String) -> Answer {
    match outcome {
        Ok(value) => Ok(done(to, &said(value))),
        Err(error) => refused(error, to),
    }
}

/// Redirects to a page that shows why something was refused; other errors are problems of their own.
pub(crate) fn refused(error: Error, to: &str) -> Answer {
    match error {
        Error::Repeated { same: true, .. } => Ok(done(to, REPEATED)),
        Error::Refused(why) | Error::Changed(why) | Error::Unknown(why) => Ok(not_done(to, &why)),
        Error::Store(
            why @ (kasse::StoreError::Refused(_) | kasse::StoreError::Busy | kasse::StoreError::Control(_)),
        ) => Ok(not_done(to, &why.to_string())),
        other => Err(other.into()),
    }
}

/// The message for a form that was sent a second time.
const REPEATED: &str = "That was done already.";

/// Proves a second person, who types name and password into the first person's form. Wrong tries count like those of a
/// log-in.
pub(crate) async fn second<R>(
    user: &As<R>,
    Peer(address): Peer,
    name: &str,
    password: &str,
) -> Result<Result<Proven, String>, Failed> {
    let name = people::name_written(name);
    let (throttle, now) = (user.app().throttle(), user.moment().seconds);
    if let Err(seconds) = throttle.take(&name, address, now) {
        return Ok(Err(format!("Too many wrong tries: wait {seconds} seconds.")));
    }
    match people::by_password(&user.kasse(), &name, password).await {
        Ok(proven) => {
            throttle.right(&name, address, now);
            Ok(Ok(proven))
        }
        Err(Error::Refused(_)) => {
            user.kasse().record_failed(&name, "second person", &user.way()).await?;
            Ok(Err("Name or password of the second person is wrong: nothing was done.".to_owned()))
        }
        Err(other) => Err(other.into()),
    }
}
