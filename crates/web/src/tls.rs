//! Certificate and key of the server.
//!
//! Must not know what is sent. Invariants: a key that others on this machine can read is refused, because it is nobody's
//! secret any more; only HTTP/1.1 is offered.

use std::io;
use std::path::Path;
use std::sync::Arc;

use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// The settings of TLS with this certificate chain and this key, PEM.
pub(crate) fn settings(chain: &Path, key: &Path) -> io::Result<ServerConfig> {
    let of = |what: &Path, why: &dyn std::fmt::Display| io::Error::other(format!("{}: {why}", what.display()));
    refuse_open(key)?;
    let read = CertificateDer::pem_file_iter(chain).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    let certificates = read.map_err(|why| of(chain, &why))?;
    let secret = PrivateKeyDer::from_pem_file(key).map_err(|why| of(key, &why))?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let settings = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let settings = settings.map_err(|why| of(key, &why))?.with_no_client_auth();
    let mut settings = settings.with_single_cert(certificates, secret).map_err(|why| of(chain, &why))?;
    settings.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(settings)
}

/// Refuses a key that others than its owner and his group can read, or that others than he can change.
#[cfg(unix)]
fn refuse_open(key: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    /// Reading and writing for others, writing for the group.
    const OPEN: u32 = 0o026;
    if std::fs::metadata(key)?.permissions().mode() & OPEN == 0 {
        return Ok(());
    }
    let why = "others on this machine can read or change the key: say chmod 0600, or 0640 with a group of its own";
    Err(io::Error::other(format!("{}: {why}", key.display())))
}

#[cfg(not(unix))]
fn refuse_open(_: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn a_key_that_others_can_read_is_refused() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let key = folder.path().join("key.pem");
        std::fs::write(&key, "none").unwrap();
        for (mode, is_refused) in [(0o604, true), (0o620, true), (0o644, true), (0o640, false), (0o600, false)] {
            std::fs::set_permissions(&key, std::fs::Permissions::from_mode(mode)).unwrap();
            let why = settings(&folder.path().join("chain.pem"), &key).unwrap_err().to_string();
            assert_eq!(why.contains("others on this machine"), is_refused, "{mode:o}: {why}");
        }
    }
}
