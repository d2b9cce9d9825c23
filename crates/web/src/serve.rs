//! The server: with or without TLS, until it is told to stop, and then until the last answer is given.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use axum_server::Handle;
use axum_server::tls_rustls::RustlsConfig;

use crate::app::App;
use crate::routes::router;

/// Where to listen.
#[derive(Clone, Debug)]
pub struct Listen {
    /// The address.
    pub address: SocketAddr,
    /// Certificate chain and key, PEM.
    pub tls: Option<(PathBuf, PathBuf)>,
}

/// How long answers may take after the server was told to stop.
const GRACE: Duration = Duration::from_secs(30);

/// How long a client may take to send its request, so that silent clients hold no connection.
const HEADERS: Duration = Duration::from_secs(30);

/// Serves until `stop` completes; `ready` is called with the address, because the port may have been 0.
///
/// # Errors
/// Errors of the system about address, certificate or key.
pub async fn serve(
    app: App,
    listen: Listen,
    ready: impl FnOnce(SocketAddr),
    stop: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let tls = match listen.tls {
        None => None,
        Some((chain, key)) => {
            // one provider for the whole process; a second call has no effect
            let _ = rustls::crypto::ring::default_provider().install_default();
            Some(RustlsConfig::from_pem_file(chain, key).await?)
        }
    };
    let socket = std::net::TcpListener::bind(listen.address)?;
    socket.set_nonblocking(true)?;
    ready(socket.local_addr()?);
    let handle = Handle::new();
    let told = handle.clone();
    tokio::spawn(async move {
        stop.await;
        tracing::info!("stopping");
        told.graceful_shutdown(Some(GRACE));
    });
    let pages = router(app).into_make_service_with_connect_info::<SocketAddr>();
    match tls {
        None => {
            let mut server = axum_server::from_tcp(socket)?.handle(handle);
            server.http_builder().http1().header_read_timeout(HEADERS);
            server.serve(pages).await
        }
        Some(config) => {
            let mut server = axum_server::from_tcp_rustls(socket, config)?.handle(handle);
            server.http_builder().http1().header_read_timeout(HEADERS);
            server.serve(pages).await
        }
    }
}
