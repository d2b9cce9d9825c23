//! How the pages are reached: which names, by whose hands, and what of them strangers may see.
//!
//! Must not know what a request is. Invariant: a network or a host that cannot be read is an error that names it.

use std::net::IpAddr;

use ipnet::IpNet;
use serde::Deserialize;

/// How the pages are reached.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Web {
    /// Names by which browsers ask for the pages, in small letters; none where any name will do.
    pub hosts: Vec<String>,
    /// Who hands requests on for others (`--behind-https`), and is believed who asks.
    pub proxies: Vec<IpNet>,
    /// Whether figures for operators are given to everybody who asks.
    pub metrics: bool,
    /// Whether the description of the API is given to everybody who asks.
    pub api_description: bool,
}

impl Web {
    /// Whether an address is that of a proxy that is trusted; where none is named, this machine's own are.
    pub fn is_proxy(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        match self.proxies.as_slice() {
            [] => address.is_loopback(),
            trusted => trusted.iter().any(|network| network.contains(&address)),
        }
    }
}

/// `[web]` in einmal.toml.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct WebTable {
    hosts: Vec<String>,
    proxies: Vec<String>,
    metrics: bool,
    api_description: bool,
}

impl Default for WebTable {
    fn default() -> Self {
        WebTable { hosts: Vec::new(), proxies: Vec::new(), metrics: true, api_description: true }
    }
}

impl WebTable {
    /// The setting, or what is wrong with it.
    pub(super) fn read(self) -> std::result::Result<Web, String> {
        let is_host = |host: &&String| !host.is_empty() && !host.contains(['/', ' ', '@']);
        if let Some(host) = self.hosts.iter().find(|host| !is_host(host)) {
            return Err(format!("web.hosts: {host:?} is no name of a host"));
        }
        let network = |text: &String| {
            let alone = text.parse::<IpAddr>().map(IpNet::from);
            alone.or_else(|_| text.parse()).map_err(|_| format!("web.proxies: {text:?} is no address and no network"))
        };
        Ok(Web {
            proxies: self.proxies.iter().map(network).collect::<std::result::Result<_, _>>()?,
            hosts: self.hosts.into_iter().map(|host| host.to_lowercase()).collect(),
            metrics: self.metrics,
            api_description: self.api_description,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(proxies: &[&str], hosts: &[&str]) -> std::result::Result<Web, String> {
        let owned = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        WebTable { proxies: owned(proxies), hosts: owned(hosts), ..WebTable::default() }.read()
    }

    #[test]
    fn a_proxy_is_who_is_named() {
        let is = |proxies: &[&str], address: &str| read(proxies, &[]).unwrap().is_proxy(address.parse().unwrap());
        assert!(is(&[], "127.0.0.1") && is(&[], "::1") && is(&[], "::ffff:127.0.0.1") && !is(&[], "10.0.0.1"));
        assert!(is(&["10.0.0.1", "2001:db8::/32"], "10.0.0.1") && is(&["10.0.0.0/24"], "::ffff:10.0.0.7"));
        assert!(!is(&["10.0.0.1"], "127.0.0.1"));
        assert_eq!(read(&["10.0.0"], &[]), Err("web.proxies: \"10.0.0\" is no address and no network".to_owned()));
        assert_eq!(read(&[], &["a/b"]), Err("web.hosts: \"a/b\" is no name of a host".to_owned()));
    }
}
