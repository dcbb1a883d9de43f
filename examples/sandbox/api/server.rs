//! Connections: plain or TLS, each with a line that a fault can cut.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::thread::JoinHandle;
use std::time::Duration;

use axum::Router;
use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::{CancellationToken, WaitForCancellationFutureOwned};

/// The thread that serves. It has its own runtime, so that callers need none.
#[derive(Debug)]
pub(super) struct Server {
    stop: CancellationToken,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    pub(super) fn spawn(
        listener: std::net::TcpListener,
        tls: Option<Arc<rustls::ServerConfig>>,
        router: Router,
    ) -> Self {
        let stop = CancellationToken::new();
        let stopped = stop.clone();
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .expect("the system grants a runtime for tests");
            runtime.block_on(stopped.run_until_cancelled(serve(listener, tls, router)));
        });
        Self { stop, thread: Some(thread) }
    }

    /// Ends all connections and waits for the thread.
    pub(super) fn stop(&mut self) {
        self.stop.cancel();
        let result = self.thread.take().map(JoinHandle::join);
        if let (Some(Err(_)), false) = (result, std::thread::panicking()) {
            panic!("the sandbox's server panicked");
        }
    }
}

/// A connection as handlers see it.
#[derive(Clone, Debug)]
pub(super) struct Line(CancellationToken);

impl Line {
    /// Ends the connection. Never returns: the caller is dropped with it.
    pub(super) async fn cut<T>(self) -> T {
        self.0.cancel();
        std::future::pending().await
    }
}

impl Connected<IncomingStream<'_, Doorman>> for Line {
    fn connect_info(stream: IncomingStream<'_, Doorman>) -> Self {
        Self(stream.io().cut.clone())
    }
}

async fn serve(
    listener: std::net::TcpListener,
    tls: Option<Arc<rustls::ServerConfig>>,
    router: Router,
) {
    let address = listener.local_addr().expect("a bound listener has an address");
    listener.set_nonblocking(true).expect("a fresh listener can be switched to nonblocking");
    let listener = tokio::net::TcpListener::from_std(listener).expect("the runtime is running");
    let (sender, connections) = mpsc::channel(64);
    tokio::spawn(accept(listener, tls.map(TlsAcceptor::from), sender));
    let service = router.into_make_service_with_connect_info::<Line>();
    if let Err(error) = axum::serve(Doorman { connections, address }, service).await {
        panic!("axum::serve never ends by itself: {error}");
    }
}

/// Handshakes run beside each other: one that never ends must not keep others waiting.
async fn accept(
    listener: tokio::net::TcpListener,
    tls: Option<TlsAcceptor>,
    connections: mpsc::Sender<(Wire, SocketAddr)>,
) {
    loop {
        let Ok((stream, peer)) = listener.accept().await else {
            // Out of file descriptors: some will be free again soon.
            tokio::time::sleep(Duration::from_millis(10)).await;
            continue;
        };
        tokio::spawn(shake_hands(stream, peer, tls.clone(), connections.clone()));
    }
}

async fn shake_hands(
    stream: TcpStream,
    peer: SocketAddr,
    tls: Option<TlsAcceptor>,
    connections: mpsc::Sender<(Wire, SocketAddr)>,
) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let stream: Box<dyn Stream> = match tls {
        Some(tls) => Box::new(tls.accept(stream).await?),
        None => Box::new(stream),
    };
    connections.send((Wire::new(stream), peer)).await.map_err(|_| io::ErrorKind::BrokenPipe.into())
}

/// Hands accepted connections to axum.
struct Doorman {
    connections: mpsc::Receiver<(Wire, SocketAddr)>,
    address: SocketAddr,
}

impl Listener for Doorman {
    type Io = Wire;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Wire, SocketAddr) {
        match self.connections.recv().await {
            Some(connection) => connection,
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.address)
    }
}

trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

/// A connection that reads as reset once it has been cut.
struct Wire {
    stream: Box<dyn Stream>,
    cut: CancellationToken,
    until_cut: Pin<Box<WaitForCancellationFutureOwned>>,
}

impl Wire {
    fn new(stream: Box<dyn Stream>) -> Self {
        let cut = CancellationToken::new();
        Self { stream, until_cut: Box::pin(cut.clone().cancelled_owned()), cut }
    }
}

impl AsyncRead for Wire {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.until_cut.as_mut().poll(context).is_ready() {
            return Poll::Ready(Err(io::ErrorKind::ConnectionReset.into()));
        }
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Wire {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
