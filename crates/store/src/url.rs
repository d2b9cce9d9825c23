//! The address of a database, as messages may show it.

/// The URL without its password, for messages: `postgres://user:***@host/name`.
pub fn without_password(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    let shown = match rest.rsplit_once('@') {
        Some((user, host)) => match user.split_once(':') {
            Some((user, _)) => format!("{user}:***@{host}"),
            None => rest.to_owned(),
        },
        None => rest.to_owned(),
    };
    let shown = shown.split('&').map(|part| match part.split_once("password=") {
        Some((before, _)) => format!("{before}password=***"),
        None => part.to_owned(),
    });
    format!("{scheme}://{}", shown.collect::<Vec<_>>().join("&"))
}
