//! By which name the pages may be asked for.
//!
//! Must not know what is asked. Invariant: a page that a browser asks for by a name which is not ours is not given: a
//! foreign site that lets its own name point to this machine (DNS rebinding) learns nothing.

use std::net::{IpAddr, SocketAddr};

use axum::extract::Request;
use axum::http::StatusCode;
use axum::http::header::HOST;
use axum::response::{IntoResponse as _, Response};

use crate::app::Reached;

/// The names that are ours.
#[derive(Debug)]
pub(crate) struct Hosts {
    named: Vec<String>,
    address: SocketAddr,
    /// Whether any name will do: others reach the pages, and nobody said by which name.
    any: bool,
}

impl Hosts {
    /// The names of the settings, and those that the address has anyway.
    pub(crate) fn new(named: &[String], address: SocketAddr, reached: Reached) -> Hosts {
        let any = named.is_empty() && reached.is_encrypted();
        if any {
            tracing::warn!("web.hosts names no host: the pages are given by whatever name they are asked for");
        }
        Hosts { named: named.to_vec(), address, any }
    }

    /// Whether a request from an address asks for a host of ours.
    pub(crate) fn knows(&self, request: &Request, from: IpAddr) -> bool {
        let lines: Vec<_> = request.headers().get_all(HOST).into_iter().collect();
        let [line] = lines.as_slice() else { return false };
        let Some(host) = line.to_str().ok().map(without_port) else { return false };
        let host = host.to_lowercase();
        let is_local = from.to_canonical().is_loopback() && is_this_machine(&host);
        self.any && !host.is_empty() || is_local || self.named.contains(&host) || self.is_address(&host)
    }

    /// Whether the host is the address that the server listens at; an address cannot be made to point elsewhere.
    fn is_address(&self, host: &str) -> bool {
        let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
        address.is_ok_and(|address| address == self.address.ip())
    }
}

/// A name that only ever means the machine itself.
fn is_this_machine(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.to_canonical().is_loopback())
}

/// `name:8080` and `[::1]:8080` without their port.
fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) && !name.ends_with(':') => name,
        _ => host,
    }
}

/// The answer to who asks for another host.
pub(crate) fn misdirected() -> Response {
    (StatusCode::MISDIRECTED_REQUEST, "einmal is not asked for by this name (web.hosts)\n").into_response()
}

#[cfg(test)]
mod tests {
    use axum::body::Body;

    use super::*;

    #[test]
    fn a_foreign_name_is_nobodys() {
        let knows = |named: &[&str], reached, hosts: &[&str], from: &str| {
            let named: Vec<String> = named.iter().map(|name| (*name).to_owned()).collect();
            let mut request = Request::builder();
            for host in hosts {
                request = request.header(HOST, *host);
            }
            let own = Hosts::new(&named, "127.0.0.1:8080".parse().unwrap(), reached);
            own.knows(&request.body(Body::empty()).unwrap(), from.parse().unwrap())
        };
        for host in ["localhost:8080", "127.0.0.1:8080", "[::1]:8080", "LOCALHOST"] {
            assert!(knows(&[], Reached::Plain, &[host], "127.0.0.1"), "{host}");
        }
        for hosts in [&["evil.example"][..], &["127.0.0.1.evil.example:8080"], &[], &["localhost", "localhost"], &[""]]
        {
            assert!(!knows(&[], Reached::Plain, hosts, "127.0.0.1"), "{hosts:?}");
        }
        assert!(knows(&[], Reached::ByProxy, &["kasse.example"], "127.0.0.1"));
        assert!(knows(&["kasse.example"], Reached::ByProxy, &["Kasse.example:443"], "127.0.0.1"));
        assert!(!knows(&["kasse.example"], Reached::ByProxy, &["evil.example"], "127.0.0.1"));
        assert!(!knows(&["kasse.example"], Reached::Encrypted, &["localhost"], "192.0.2.1"));
    }
}
