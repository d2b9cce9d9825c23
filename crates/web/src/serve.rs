//! The server: with or without TLS, until it is told to stop, and then until the last answer is given.
//!
//! Speaks HTTP/1 alone, whose connections carry one request at a time. Invariants: whoever connects is given a limited
//! time for the handshake, for each request's headers, for each block of its body, and for taking the answer; there are
//! never more connections than `connections` allows; behind a proxy nobody but the proxy is listened to.

use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, HttpBody};
use axum::extract::{ConnectInfo, Request};
use axum::response::Response;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio_io_timeout::TimeoutStream;
use tokio_rustls::TlsAcceptor;
use tower::{ServiceExt as _, service_fn};
use tower_http::timeout::TimeoutBody;

use crate::app::{App, Reached};
use crate::connections::{Busy, Caps, Connections, Full, Place};
use crate::hosts::{Hosts, misdirected};
use crate::routes::router;
use crate::tls;

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

/// How long a client may take to agree on a key.
const HANDSHAKE: Duration = Duration::from_secs(10);

/// How long a client may take to send the headers of a request, or to ask for the next thing.
const HEADERS: Duration = Duration::from_secs(15);

/// How long a client may take for the next block of a request's body.
const BLOCKS: Duration = Duration::from_secs(30);

/// How long a client may take nothing of an answer.
const TAKING: Duration = Duration::from_secs(60);

/// The most bytes of a request's headers together with the block that is read with them.
const BUFFER: usize = 64 * 1024;

/// The most headers of a request.
const HEADER_LINES: usize = 64;

/// How long to wait after the system gave no connection, for example because too many files are open.
const PAUSE: Duration = Duration::from_millis(100);

/// What all connections share.
struct Shared {
    pages: Router,
    connections: Arc<Connections>,
    reached: Reached,
    web: kasse::Web,
    hosts: Hosts,
    tls: Option<TlsAcceptor>,
    http: http1::Builder,
    stop: watch::Receiver<bool>,
}

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
    let tls = listen.tls.map(|(chain, key)| acceptor(&chain, &key)).transpose()?;
    let socket = TcpListener::bind(listen.address).await?;
    let address = socket.local_addr()?;
    match kasse::Scratch::clean() {
        Ok(0) => {}
        Ok(left) => tracing::info!("{left} folders of uploads that were cut off are removed"),
        Err(why) => tracing::warn!("what uploads that were cut off have left is not removed: {why}"),
    }
    let (stopping, told) = watch::channel(false);
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(HEADERS).max_buf_size(BUFFER).max_headers(HEADER_LINES);
    let web = app.web().clone();
    let shared = Arc::new(Shared {
        connections: Connections::new(caps()),
        reached: app.reached(),
        hosts: Hosts::new(&web.hosts, address, app.reached()),
        web,
        pages: router(app),
        tls,
        http,
        stop: told,
    });
    ready(address);
    tokio::pin!(stop);
    tokio::select! {
        () = &mut stop => {}
        () = accept_all(&socket, &shared) => {}
    }
    tracing::info!("stopping");
    drop(socket);
    let _ = stopping.send(true);
    let _ = tokio::time::timeout(GRACE, shared.connections.ended()).await;
    Ok(())
}

/// How many connections this process may have. Each takes a file, and so do the database and an upload.
fn caps() -> Caps {
    /// What is enough for every office.
    const ALL: usize = 512;
    /// Files that the rest of the program opens.
    const KEPT: usize = 64;
    let files = crate::system::files_that_may_be_open().unwrap_or(ALL * 2 + KEPT);
    let all = ALL.min(files.saturating_sub(KEPT) / 2).max(16);
    Caps { all, of_one: all / 4 }
}

fn acceptor(chain: &Path, key: &Path) -> io::Result<TlsAcceptor> {
    Ok(TlsAcceptor::from(Arc::new(tls::settings(chain, key)?)))
}

async fn accept_all(socket: &TcpListener, shared: &Arc<Shared>) {
    loop {
        let (stream, address) = match socket.accept().await {
            Ok(accepted) => accepted,
            Err(why) => {
                tracing::warn!("no connection was accepted: {why}");
                tokio::time::sleep(PAUSE).await;
                continue;
            }
        };
        if let Some(place) = place(shared, address).await {
            let shared = Arc::clone(shared);
            tokio::spawn(async move { connection(&shared, stream, address, &place).await });
        }
    }
}

/// A place for a connection; `None` for one that is not listened to.
async fn place(shared: &Shared, address: SocketAddr) -> Option<Place> {
    let is_proxy = shared.web.is_proxy(address.ip());
    if shared.reached == Reached::ByProxy && !is_proxy {
        tracing::warn!("{} is no proxy that web.proxies names: it is not listened to", address.ip());
        return None;
    }
    let counted = !(is_proxy || address.ip().to_canonical().is_loopback());
    loop {
        match shared.connections.enter(address.ip(), counted) {
            Ok(place) => return Some(place),
            Err(Full::Address) => return None,
            // who comes now waits, because all the others are being answered
            Err(Full::All) => shared.connections.freed().await,
        }
    }
}

async fn connection(shared: &Shared, stream: TcpStream, address: SocketAddr, place: &Place) {
    let _ = stream.set_nodelay(true);
    match &shared.tls {
        None => talk(shared, stream, address, place).await,
        Some(tls) => {
            let greeted = tokio::select! {
                greeted = tokio::time::timeout(HANDSHAKE, tls.accept(stream)) => greeted,
                () = place.told_to_end() => return,
            };
            match greeted {
                Ok(Ok(stream)) => talk(shared, stream, address, place).await,
                Ok(Err(why)) => tracing::debug!("no TLS with {}: {why}", address.ip()),
                Err(_) => tracing::debug!("no TLS with {}: it took too long", address.ip()),
            }
        }
    }
}

/// Answers the requests of one connection, one after the other.
async fn talk(
    shared: &Shared,
    stream: impl AsyncRead + AsyncWrite + Send + 'static,
    address: SocketAddr,
    place: &Place,
) {
    let mut stream = TimeoutStream::new(stream);
    stream.set_write_timeout(Some(TAKING));
    let answer = service_fn(|request: Request<hyper::body::Incoming>| {
        let busy = place.busy();
        let mut request = request.map(|body| Body::new(TimeoutBody::new(BLOCKS, body)));
        request.extensions_mut().insert(ConnectInfo(address));
        async move {
            let answered = match shared.hosts.knows(&request, address.ip()) {
                true => shared.pages.clone().oneshot(request).await?,
                false => misdirected(),
            };
            Ok::<Response, std::convert::Infallible>(answered.map(|body| Body::new(Held { body, _busy: busy })))
        }
    });
    let answer = TowerToHyperService::new(answer);
    let talk = shared.http.serve_connection(TokioIo::new(Box::pin(stream)), answer);
    tokio::pin!(talk);
    let mut stop = shared.stop.clone();
    tokio::select! {
        ended = talk.as_mut() => return told(ended),
        () = place.told_to_end() => return,
        _ = stop.wait_for(|stop| *stop) => talk.as_mut().graceful_shutdown(),
    }
    told(talk.await);
}

fn told(ended: hyper::Result<()>) {
    if let Err(why) = ended {
        tracing::debug!("a connection ended: {why}");
    }
}

/// The body of an answer, with word that its connection is busy until all of it has been sent.
struct Held {
    body: Body,
    _busy: Busy,
}

impl HttpBody for Held {
    type Data = axum::body::Bytes;
    type Error = axum::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<hyper::body::Frame<Self::Data>, Self::Error>>> {
        Pin::new(&mut self.get_mut().body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> hyper::body::SizeHint {
        self.body.size_hint()
    }
}
