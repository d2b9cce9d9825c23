//! Who sends a request, and with which rights: the types that a handler asks for.
//!
//! Invariant: an [`As`] exists only for a request that proved a person who has its right, by a log-in or a token. What
//! people can do are methods of the right that it needs (`deeds`), so a handler without the right cannot call them.
//! `kasse` checks the right once more, in the transaction that writes.

use std::marker::PhantomData;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use axum::extract::{ConnectInfo, FromRequestParts, OptionalFromRequestParts};
use axum::http::header::{AUTHORIZATION, COOKIE};
use axum::http::{HeaderMap, request::Parts};
use kasse::people::{self, Proven, Secret};
use kasse::rights::Right;
use kasse::{Kasse, Way, factor};

use crate::app::{App, Reached};
use crate::clock::Moment;
use crate::error::Failed;

/// A right, as a type.
pub(crate) trait Needs: Send + Sync + 'static {
    /// The right; `None` if any proven person will do.
    const RIGHT: Option<Right>;
}

macro_rules! rights {
    ($($(#[$doc:meta])* $name:ident = $right:expr;)*) => {
        $($(#[$doc])* #[derive(Clone, Debug)] pub(crate) enum $name {}
        impl Needs for $name { const RIGHT: Option<Right> = $right; })*
    };
}

rights! {
    /// No right: any proven person.
    Anyone = None;
    /// To see the books.
    Looking = Some(Right::Look);
    /// To bring in files.
    Importing = Some(Right::Import);
    /// To decide cases.
    Deciding = Some(Right::Decide);
    /// To plan runs.
    Planning = Some(Right::Plan);
    /// To release runs.
    Releasing = Some(Right::Release);
    /// To write the files of runs.
    Exporting = Some(Right::Export);
    /// To answer a caller.
    Asking = Some(Right::Ask);
    /// To read the journal.
    Auditing = Some(Right::Audit);
    /// To vouch for balances and the like.
    Vouching = Some(Right::Vouch);
    /// To manage people.
    Administering = Some(Right::Administer);
    /// To confirm who gets rights.
    Appointing = Some(Right::Appoint);
}

/// A person who was proven and has a right, at the moment of the request.
#[derive(Clone, Debug)]
pub(crate) struct As<R> {
    who: Proven,
    app: App,
    moment: Moment,
    /// The secret in the browser's cookie; `None` if the person was proven by a token.
    secret: Option<Secret>,
    /// When the person last typed the own password.
    proved: i64,
    /// Where the request came from.
    way: Way,
    right: PhantomData<R>,
}

impl<R> As<R> {
    /// The person's name.
    pub(crate) fn name(&self) -> &str {
        self.who.name()
    }

    /// The person, and how he or she was proven.
    pub(crate) fn who(&self) -> &Proven {
        &self.who
    }

    /// Whether the person has another right too; pages use it to decide what to offer.
    pub(crate) fn may(&self, right: Right) -> bool {
        self.who.may(right)
    }

    /// The state that all requests share.
    pub(crate) fn app(&self) -> &App {
        &self.app
    }

    /// The moment of the request.
    pub(crate) fn moment(&self) -> &Moment {
        &self.moment
    }

    /// The treasury, for reading.
    pub(crate) fn kasse(&self) -> Kasse {
        self.app.kasse(&self.moment)
    }

    /// Whether the person typed the own password a short time ago; a token needs none.
    pub(crate) fn is_fresh(&self) -> bool {
        self.secret.is_none() || self.moment.seconds - self.proved <= people::FRESH
    }

    /// By which way the person came, and from where.
    pub(crate) fn way(&self) -> Way {
        self.way.clone()
    }

    /// The secret in the browser's cookie.
    pub(crate) fn secret(&self) -> Option<&Secret> {
        self.secret.as_ref()
    }

    /// The treasury, for writing in the person's name. Only `deeds` may use it.
    pub(crate) fn acting(&self) -> Kasse {
        self.kasse().signed(self.who.clone())
    }
}

/// The cookie's name: `__Host-` binds it to this host and to HTTPS.
pub(crate) fn cookie_name(reached: Reached) -> &'static str {
    match reached {
        Reached::Encrypted | Reached::ByProxy => "__Host-einmal",
        Reached::Plain => "einmal",
    }
}

/// A cookie of a request.
pub(crate) fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let lines = headers.get_all(COOKIE).into_iter().filter_map(|line| line.to_str().ok());
    let mut pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(own, _)| *own == name).map(|(_, value)| value)
}

/// The person whom a request proves.
async fn proven(headers: &HeaderMap, app: &App, moment: &Moment) -> Result<(Proven, Option<(Secret, i64)>), Failed> {
    let kasse = app.kasse(moment);
    if let Some(line) = headers.get(AUTHORIZATION) {
        let token = line.to_str().ok().and_then(|line| line.strip_prefix("Bearer "));
        let who = people::by_token(&kasse, token.unwrap_or_default().trim()).await;
        return match who {
            Ok(who) => Ok((who, None)),
            Err(kasse::Error::Refused(_)) => Err(Failed::Unproven),
            Err(other) => Err(other.into()),
        };
    }
    let sent = cookie(headers, cookie_name(app.reached())).and_then(Secret::sent).ok_or(Failed::Unproven)?;
    let Some((who, session)) = people::by_session(&kasse, &sent, moment.seconds).await? else {
        return Err(Failed::Unproven);
    };
    if moment.seconds - session.seen >= SEEN_EVERY {
        people::seen(&kasse, &sent, moment.seconds);
    }
    Ok((who, Some((sent, session.proved))))
}

/// Whether a role of the person demands a second factor and the person has none.
pub(crate) async fn lacks_factor(app: &App, moment: &Moment, who: &Proven) -> Result<bool, Failed> {
    let kasse = app.kasse(moment);
    Ok(factor::is_demanded(&kasse, who.roles()) && !factor::has_factor(&kasse, who.name()).await?)
}

/// What is open to a person whose password was set by another.
const WITHOUT_OWN_PASSWORD: [&str; 4] = ["/me", "/me/password", "/logout", "/api/me"];

/// Seconds between two updates of when a log-in was last used.
const SEEN_EVERY: i64 = 60;

impl<R: Needs> FromRequestParts<App> for As<R> {
    type Rejection = Failed;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Failed> {
        let moment = app.moment();
        let (who, log_in) = proven(&parts.headers, app, &moment).await?;
        let (secret, proved) = log_in.map_or((None, 0), |(secret, proved)| (Some(secret), proved));
        let Peer(from) = peer(parts, app);
        let way = way(from, parts.uri.path().starts_with("/api/"));
        if who.must_set_password() && !WITHOUT_OWN_PASSWORD.contains(&parts.uri.path()) {
            return Err(Failed::OwnPassword(who.name().to_owned()));
        }
        if secret.is_some() && R::RIGHT.is_some() && lacks_factor(app, &moment, &who).await? {
            return Err(Failed::Factor);
        }
        match R::RIGHT.filter(|right| !who.may(*right)) {
            Some(right) => Err(Failed::Forbidden(who.name().to_owned(), right)),
            None => Ok(As { who, app: app.clone(), moment, secret, proved, way, right: PhantomData }),
        }
    }
}

impl<R: Needs> OptionalFromRequestParts<App> for As<R> {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Option<Self>, Self::Rejection> {
        Ok(<As<R> as FromRequestParts<App>>::from_request_parts(parts, app).await.ok())
    }
}

/// The address that a request came from; the local address for requests inside the process.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Peer(pub(crate) IpAddr);

/// By which way somebody came.
pub(crate) fn way(from: IpAddr, is_api: bool) -> Way {
    Way { by: if is_api { "api" } else { "page" }, from: from.to_string() }
}

impl FromRequestParts<App> for Peer {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Self::Rejection> {
        Ok(peer(parts, app))
    }
}

fn peer(parts: &Parts, app: &App) -> Peer {
    let address = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(address)| address.ip());
    let told = (app.reached() == Reached::ByProxy).then(|| forwarded(&parts.headers, app.web())).flatten();
    Peer(told.or(address).unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST)).to_canonical())
}

/// The client's address as the proxies report it: the last one that is none of theirs. Whatever stands before it anybody
/// may have written.
fn forwarded(headers: &HeaderMap, web: &kasse::Web) -> Option<IpAddr> {
    let lines = headers.get_all("x-forwarded-for").into_iter().filter_map(|line| line.to_str().ok());
    let told: Vec<Option<IpAddr>> = lines.flat_map(|line| line.split(',')).map(|one| address(one.trim())).collect();
    let last = told.iter().rev().find(|address| address.is_none_or(|address| !web.is_proxy(address)));
    last.or(told.first()).copied().flatten()
}

/// An address as proxies write it: `192.0.2.7`, `192.0.2.7:4711`, `2001:db8::1`, `[2001:db8::1]`, `[2001:db8::1]:4711`.
fn address(told: &str) -> Option<IpAddr> {
    let bare = told.strip_prefix('[').and_then(|told| told.strip_suffix(']')).unwrap_or(told);
    let alone = bare.parse::<IpAddr>().ok();
    alone.or_else(|| told.parse::<SocketAddr>().ok().map(|address| address.ip())).map(|address| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_the_proxy_added_says_who_asks() {
        let settings = kasse::Web { proxies: vec!["10.0.0.0/8".parse().unwrap()], ..kasse::Web::default() };
        let told = |lines: &[&str]| {
            let mut headers = HeaderMap::new();
            for line in lines {
                headers.append("x-forwarded-for", line.parse().unwrap());
            }
            forwarded(&headers, &settings).map(|address| address.to_string())
        };
        assert_eq!(told(&["198.51.100.9, 192.0.2.7"]).as_deref(), Some("192.0.2.7"));
        assert_eq!(told(&["10.0.0.1", "2001:db8::1"]).as_deref(), Some("2001:db8::1"));
        // behind two proxies of ours
        assert_eq!(told(&["198.51.100.9, 192.0.2.7, 10.0.0.2"]).as_deref(), Some("192.0.2.7"));
        assert_eq!(told(&["192.0.2.7:4711"]).as_deref(), Some("192.0.2.7"));
        assert_eq!(told(&["[2001:db8::1]:4711"]).as_deref(), Some("2001:db8::1"));
        assert_eq!(told(&["[2001:db8::1]"]).as_deref(), Some("2001:db8::1"));
        assert_eq!(told(&["::ffff:192.0.2.7"]).as_deref(), Some("192.0.2.7"));
        // what cannot be read is nobody, and whoever stands before it is not believed
        assert_eq!(told(&["192.0.2.7, unknown"]), None);
        assert_eq!(told(&["10.0.0.1"]).as_deref(), Some("10.0.0.1"));
        assert_eq!(told(&[]), None);
    }
}
