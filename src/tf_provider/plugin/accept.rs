//! From the listening socket to a stream of connections whose peer is known.
//!
//! Each TLS handshake runs in a task of its own with a time limit, so that a peer who stalls holds up
//! nobody. Unfinished handshakes are bounded: when there are too many, the oldest is dropped, though
//! not before it has had its share of time. The host completes its own within milliseconds, so it
//! gets in, however many strangers knock and however fast.

use std::{
    collections::VecDeque,
    io,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use futures_util::{Stream, stream};
use rustls::ServerConfig;
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    task::{AbortHandle, JoinSet},
    time::{self, Instant},
};
use tokio_rustls::TlsAcceptor;
use tonic::transport::server::Connected;

use crate::tf_provider::plugin::listener::{Io, Listener};
use crate::tf_provider::plugin::presence::{Presence, Present};

/// Accepts connections for as long as it lives.
pub(super) struct Acceptor {
    listener: Listener,
    tls: Option<TlsAcceptor>,
    handshakes: JoinSet<Option<Connection>>,
    unfinished: VecDeque<(Instant, AbortHandle)>,
    presence: Presence,
    handshake_limit: Duration,
}

impl Acceptor {
    /// Without `tls` every connection is taken as it is.
    pub(super) fn new(listener: Listener, tls: Option<Arc<ServerConfig>>) -> Self {
        Self {
            listener,
            tls: tls.map(TlsAcceptor::from),
            handshakes: JoinSet::new(),
            unfinished: VecDeque::new(),
            presence: Presence::new(),
            handshake_limit: HANDSHAKE_LIMIT,
        }
    }

    /// Who is there of those that have proved who they are.
    pub(super) fn presence(&self) -> Presence {
        self.presence.clone()
    }

    /// The connections, without end and without errors: what fails is dropped.
    pub(super) fn connections(self) -> impl Stream<Item = io::Result<Connection>> {
        stream::unfold(self, |mut acceptor| async move {
            let connection = acceptor.next().await;
            Some((Ok(connection), acceptor))
        })
    }

    #[expect(clippy::disallowed_methods, reason = "until a handshake has had its time")]
    async fn next(&mut self) -> Connection {
        loop {
            let full_until = self.full_until();
            let room = async {
                match full_until {
                    Some(time) => time::sleep_until(time).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                accepted = self.listener.accept(), if full_until.is_none() => match accepted {
                    Ok(io) => if let Some(connection) = self.admit(io) { return connection },
                    Err(error) => self.recover(&error).await,
                },
                () = room => self.drop_oldest(),
                Some(finished) = self.handshakes.join_next() => {
                    if let Ok(Some(connection)) = finished { return connection }
                }
            }
        }
    }

    /// Starts the TLS handshake, or hands the connection out where there is none.
    fn admit(&mut self, io: Box<dyn Io>) -> Option<Connection> {
        let presence = self.presence.clone();
        let Some(tls) = self.tls.clone() else { return Some(Connection(io, presence.arrive())) };
        let limit = self.handshake_limit;
        let handshake = self.handshakes.spawn(async move {
            let stream = time::timeout(limit, tls.accept(io)).await.ok()?.ok()?;
            Some(Connection(Box::new(stream), presence.arrive()))
        });
        self.unfinished.push_back((Instant::now(), handshake));
        None
    }

    /// If there are too many handshakes: when the oldest of them has had its share of time.
    fn full_until(&mut self) -> Option<Instant> {
        self.unfinished.retain(|(_, handshake)| !handshake.is_finished());
        let (begun, _) = self.unfinished.front()?;
        (self.unfinished.len() >= UNFINISHED_LIMIT).then_some(*begun + FAIR_SHARE)
    }

    /// Out of descriptors or memory: gives up the oldest handshake and waits, instead of spinning.
    #[expect(clippy::disallowed_methods, reason = "a pause instead of spinning")]
    async fn recover(&mut self, error: &io::Error) {
        tracing::warn!(%error, "cannot accept a connection");
        self.drop_oldest();
        time::sleep(PAUSE).await;
    }

    fn drop_oldest(&mut self) {
        if let Some((_, oldest)) = self.unfinished.pop_front() {
            oldest.abort();
        }
    }
}

/// A connection, with or without TLS, on any transport.
#[derive(Debug)]
pub(super) struct Connection(
    Box<dyn Io>,
    #[expect(dead_code, reason = "it acts when it is dropped")] Present,
);

impl Connected for Connection {
    type ConnectInfo = ();

    fn connect_info(&self) {}
}

impl AsyncRead for Connection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(cx, buf)
    }
}

impl AsyncWrite for Connection {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write_vectored(cx, bufs)
    }

    fn is_write_vectored(&self) -> bool {
        self.0.is_write_vectored()
    }
}

/// Far above what the host needs, far below the usual limit of descriptors.
const UNFINISHED_LIMIT: usize = 128;
/// A loaded machine may be slow; a host that needs longer has hung.
const HANDSHAKE_LIMIT: Duration = Duration::from_secs(10);
/// What a handshake gets even in a flood of others; long for a host, short for a queue.
const FAIR_SHARE: Duration = Duration::from_millis(250);
const PAUSE: Duration = Duration::from_millis(20);

#[cfg(all(test, unix))]
mod tests {
    use std::pin::pin;

    use futures_util::StreamExt;
    use rustls::{ClientConfig, pki_types::ServerName};
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::UnixStream,
    };
    use tokio_rustls::TlsConnector;

    use super::*;
    use crate::tf_provider::own_process;
    use crate::tf_provider::plugin::listener::PortRange;
    use crate::tf_provider::plugin::tls::tests::{Identity, client_config};

    struct Fixture {
        acceptor: Acceptor,
        path: String,
        host: Arc<ClientConfig>,
        server: rustls::pki_types::CertificateDer<'static>,
    }

    fn fixture() -> Fixture {
        let folders = [std::env::temp_dir(), "/tmp".into()];
        let listener = Listener::bind(&folders, PortRange::default()).expect("a listener");
        let path = listener.address().location.clone();
        let identity = Identity::of_host();
        let tls = identity.server();
        let shown = Some((identity.certificate, identity.key));
        Fixture {
            host: client_config(&tls.certificate, shown),
            acceptor: Acceptor::new(listener, Some(tls.config)),
            path,
            server: tls.certificate,
        }
    }

    async fn connect(path: &str, config: Arc<ClientConfig>) -> io::Result<u8> {
        let stream = UnixStream::connect(path).await?;
        let name = ServerName::try_from("localhost").expect("a DNS name");
        TlsConnector::from(config).connect(name, stream).await?.read_u8().await
    }

    /// Greets the first connection that gets through.
    async fn greet(connections: impl Stream<Item = io::Result<Connection>>) {
        let mut connections = pin!(connections);
        let mut connection = connections.next().await.expect("endless").expect("never an error");
        connection.write_u8(42).await.expect("the host reads");
        connection.flush().await.expect("the host reads");
        connections.next().await;
    }

    async fn bounded<T>(work: impl Future<Output = T>) -> T {
        time::timeout(Duration::from_secs(30), work).await.expect("within thirty seconds")
    }

    #[tokio::test]
    async fn hundreds_of_stalled_handshakes_do_not_starve_the_host() {
        let Fixture { acceptor, path, host, .. } = fixture();
        let flood = async {
            let mut stalled = Vec::new();
            for turn in 0..3 * UNFINISHED_LIMIT {
                let mut stream = UnixStream::connect(&path).await.expect("accepted");
                // Some say nothing, some begin a TLS record and never end it.
                if turn % 2 == 0 {
                    stream.write_all(&[0x16, 3, 1, 2]).await.expect("accepted");
                }
                stalled.push(stream);
            }
            let answer = connect(&path, host).await;
            drop(stalled);
            answer
        };
        let answer = bounded(async {
            tokio::select! {
                answer = flood => answer,
                () = greet(acceptor.connections()) => unreachable!("there is no second host"),
            }
        });
        assert_eq!(answer.await.ok(), Some(42));
    }

    #[tokio::test]
    async fn probes_and_strangers_are_dropped_and_the_host_still_gets_in() {
        let Fixture { acceptor, path, host, server } = fixture();
        let presence = acceptor.presence();
        let visits = async {
            drop(UnixStream::connect(&path).await.expect("a bare probe connects"));
            let anonymous = connect(&path, client_config(&server, None)).await;
            let stranger = Identity::of_host();
            let shown = Some((stranger.certificate, stranger.key));
            let other = connect(&path, client_config(&server, shown)).await;
            let mut plain = UnixStream::connect(&path).await.expect("connects");
            plain.write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").await.expect("is read");
            let mut refusal = Vec::new();
            // An alert, then the end; or a reset.
            let _ = plain.read_to_end(&mut refusal).await;
            assert!(anonymous.is_err() && other.is_err() && refusal.len() < 16);
            let came = time::timeout(Duration::ZERO, presence.first()).await;
            assert!(came.is_err(), "none of these counts as the host");
            connect(&path, host).await
        };
        let answer = bounded(async {
            tokio::select! {
                answer = visits => answer,
                () = greet(acceptor.connections()) => unreachable!("there is no second host"),
            }
        });
        assert_eq!(answer.await.ok(), Some(42));
        bounded(presence.first()).await;
    }

    #[tokio::test]
    async fn the_oldest_handshake_goes_after_its_share_when_there_are_too_many() {
        let Fixture { mut acceptor, .. } = fixture();
        let begun = Instant::now();
        let mut peers = Vec::new();
        for _ in 0..UNFINISHED_LIMIT {
            let (ours, theirs) = tokio::io::duplex(64);
            assert!(acceptor.admit(Box::new(ours)).is_none());
            peers.push(theirs);
        }
        let dropped = bounded(async {
            tokio::select! {
                read = peers[0].read_u8() => read,
                connection = acceptor.next() => unreachable!("nobody knocked: {connection:?}"),
            }
        });
        let end = dropped.await.expect_err("the handshake was given up");
        assert_eq!(end.kind(), io::ErrorKind::UnexpectedEof);
        assert!((FAIR_SHARE..HANDSHAKE_LIMIT).contains(&begun.elapsed()));
        assert!(acceptor.full_until().is_none(), "there is room again");
    }

    #[tokio::test]
    async fn running_out_of_descriptors_does_not_end_the_listening() {
        let name = "running_out_of_descriptors_does_not_end_the_listening";
        let path = format!("tf_provider::plugin::accept::tests::{name}");
        if own_process::again(&path, "ulimit -n 64").is_some() {
            return;
        }
        let Fixture { acceptor, path, host, .. } = fixture();
        let knocking = UnixStream::connect(&path).await.expect("the queue takes it");
        let mut hoard: Vec<_> =
            std::iter::from_fn(|| std::fs::File::open("/dev/null").ok()).collect();
        assert!(acceptor.listener.accept().await.is_err(), "no descriptor is left");
        let relief = async {
            time::sleep(2 * PAUSE).await;
            hoard.clear();
            drop(knocking);
            connect(&path, host).await
        };
        let answer = bounded(async {
            tokio::select! {
                answer = relief => answer,
                () = greet(acceptor.connections()) => unreachable!("there is no second host"),
            }
        });
        assert_eq!(answer.await.ok(), Some(42));
    }

    #[tokio::test]
    async fn a_handshake_that_stalls_ends_by_itself() {
        let Fixture { mut acceptor, .. } = fixture();
        acceptor.handshake_limit = Duration::from_millis(1);
        let (ours, _theirs) = tokio::io::duplex(64);
        assert!(acceptor.admit(Box::new(ours)).is_none());
        let finished = bounded(acceptor.handshakes.join_next()).await.expect("one handshake");
        assert!(finished.expect("it was not aborted").is_none());
    }
}
