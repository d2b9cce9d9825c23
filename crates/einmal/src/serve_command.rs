//! `einmal serve`: the pages and the API, until the process is told to stop.

use std::net::SocketAddr;
use std::process::ExitCode;

use jiff::civil::Date;
use kasse::Kasse;
use web::{App, Clock, Listen, Moment, Reached};

use crate::cli::Serve;
use crate::clock::{now, today_here};
use crate::failure::{Failure, Outcome};
use crate::output::note;

/// Serves the treasury; `today` is the business date if one was given.
pub(crate) async fn serve(kasse: &Kasse, said: &Serve, today: Option<Date>) -> Outcome {
    let tls = said.tls_certificate.clone().zip(said.tls_key.clone());
    let reached = match (&tls, said.behind_https) {
        (Some(_), _) => Reached::Encrypted,
        (None, true) => Reached::ByProxy,
        (None, false) => Reached::Plain,
    };
    if reached == Reached::Plain && !said.listen.ip().is_loopback() {
        return Err(Failure::Said(format!(
            "{} is reached by others, and without HTTPS passwords would travel in the open: name --tls-certificate and \
             --tls-key, or --behind-https where a proxy does it",
            said.listen
        )));
    }
    if reached == Reached::ByProxy && !said.listen.ip().is_loopback() && kasse.config.web.proxies.is_empty() {
        return Err(Failure::Said(format!(
            "{} is reached by others, and whoever sends passwords there without the proxy sends them in the open: name \
             the proxy's address in web.proxies of the settings; then it alone may connect",
            said.listen
        )));
    }
    let app = App::new(kasse.clone(), clock(today), reached);
    let scheme = if tls.is_some() { "https" } else { "http" };
    let ready = |address: SocketAddr| note(&format!("einmal is at {scheme}://{address}/ (end it with Ctrl+C)"));
    let listen = Listen { address: said.listen, tls };
    web::serve(app, listen, ready, stop()).await.map_err(|why| Failure::File(said.listen.to_string(), why))?;
    // what was recorded last
    if kasse::settle(kasse).await.is_err() {
        note(
            "warning: somebody else is writing the books for so long that the last log-ins and readings are not recorded",
        );
    }
    Ok(ExitCode::SUCCESS)
}

#[expect(clippy::disallowed_methods, reason = "the one place where the server's clock is read")]
fn clock(today: Option<Date>) -> Clock {
    Clock::new(move || Moment {
        today: today.or_else(|| today_here().ok()).unwrap_or_default(),
        now: now(),
        seconds: jiff::Timestamp::now().as_second(),
    })
}

/// Completes when the process is told to stop.
async fn stop() {
    let interrupted = async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    let terminated = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => drop(signal.recv().await),
            Err(_) => std::future::pending::<()>().await,
        }
    };
    #[cfg(not(unix))]
    let terminated = std::future::pending::<()>();
    tokio::select! {
        () = interrupted => {}
        () = terminated => {}
    }
}
