//! The gRPC server of one process: its services, its limits, and how it ends.

use std::{convert::Infallible, sync::Arc, time::Duration};

use rustls::ServerConfig;
use tokio::time;
use tokio_util::sync::CancellationToken;
use tonic::transport::{Server, server::Router};

use super::{
    accept::Acceptor,
    listener::Listener,
    services::{Broker, Controller, Stdio, health},
    signals::Signals,
};
use crate::tf_provider::{
    lifecycle::Lifecycle,
    proto::{
        plugin::{
            grpc_broker_server::GrpcBrokerServer, grpc_controller_server::GrpcControllerServer,
            grpc_stdio_server::GrpcStdioServer,
        },
        tfplugin5::provider_server::{Provider, ProviderServer},
    },
};

/// What surrounds the service while it runs.
#[derive(Debug)]
pub(super) struct Session {
    /// Where the host connects.
    pub(super) listener: Listener,
    /// How the host proves who it is; without it every connection is taken.
    pub(super) tls: Option<Arc<ServerConfig>>,
    /// What may end the session from outside.
    pub(super) signals: Signals,
    /// Cancelled when the host is found to be dead.
    pub(super) host_gone: CancellationToken,
    /// How long things may take.
    pub(super) limits: Limits,
}

/// How long things may take.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// From the start to the first connection; without it the session waits for ever.
    pub(super) first_connection: Option<Duration>,
    /// From SIGTERM, or the death of the host, to the end of the calls in flight.
    pub(super) stop: Duration,
    /// From the request to shut down to the end of the server.
    pub(super) shutdown: Duration,
}

impl Limits {
    /// Under Terraform.
    ///
    /// - `first_connection`: the host itself gives a plugin one minute to start.
    /// - `stop`: a write that is under way is neither torn off nor repeated, and its answer may take
    ///   the usual 30 seconds of one request; five more bring the result back to Terraform.
    /// - `shutdown`: the host kills two seconds after its request.
    pub(super) const HOSTED: Self = Self {
        first_connection: Some(Duration::from_secs(60)),
        stop: Duration::from_secs(35),
        shutdown: Duration::from_secs(1),
    };
    /// In debug mode Terraform comes and goes, the first time perhaps after lunch.
    pub(super) const DEBUG: Self = Self { first_connection: None, ..Self::HOSTED };
}

/// Why a session ended without having been asked to.
#[derive(Debug, thiserror::Error)]
pub(super) enum ServeError {
    /// Nobody came.
    #[error("no client connected within {} seconds", .0.as_secs())]
    NoConnection(Duration),
    /// The server itself failed.
    #[error("the gRPC server failed: {0}")]
    Server(#[from] tonic::transport::Error),
}

/// Serves until somebody asks for the end, then lets calls in flight finish.
///
/// # Errors
///
/// See [`ServeError`].
pub(super) async fn serve<S: Provider>(
    service: S,
    lifecycle: &Lifecycle,
    session: Session,
) -> Result<(), ServeError> {
    let Session { listener, tls, signals, host_gone, limits } = session;
    let acceptor = Acceptor::new(listener, tls);
    let connected = in_time(acceptor.connected(), limits.first_connection);
    let server = router(service, lifecycle)
        .await
        .serve_with_incoming_shutdown(acceptor.connections(), lifecycle.shutdown_requested());
    let ending = end(lifecycle, signals, host_gone, connected, limits.stop);
    let draining = drain(lifecycle, server, limits.shutdown);
    let (reason, drained) = tokio::join!(ending, draining);
    drained.map_err(ServeError::from).and(reason)
}

/// Waits for the first reason to end, and asks the server to shut down.
async fn end(
    lifecycle: &Lifecycle,
    mut signals: Signals,
    host_gone: CancellationToken,
    connected: impl Future<Output = Result<Infallible, ServeError>>,
    limit: Duration,
) -> Result<(), ServeError> {
    let reason = tokio::select! {
        () = lifecycle.shutdown_requested() => Ok(()),
        late = connected => late.map(|never| match never {}),
        () = any(signals.end_requested(), host_gone.cancelled()) => {
            stop(lifecycle, &mut signals, limit).await;
            Ok(())
        }
    };
    lifecycle.shut_down();
    reason
}

/// Cancels the calls in flight and waits for them, but not for ever; a second signal ends the wait.
async fn stop(lifecycle: &Lifecycle, signals: &mut Signals, limit: Duration) {
    lifecycle.stop();
    tokio::select! {
        () = lifecycle.idle() => {}
        () = time::sleep(limit) => tracing::warn!("calls did not end in time"),
        () = signals.end_requested() => {}
    }
}

/// Lets the server answer the calls in flight, for no longer than `limit` after the shutdown.
async fn drain<E>(
    lifecycle: &Lifecycle,
    server: impl Future<Output = Result<(), E>>,
    limit: Duration,
) -> Result<(), E> {
    let overdue = async {
        lifecycle.shutdown_requested().await;
        time::sleep(limit).await;
    };
    let drained = async {
        let outcome = server.await;
        lifecycle.shut_down();
        lifecycle.idle().await;
        outcome
    };
    tokio::select! {
        outcome = drained => outcome,
        () = overdue => Ok(()),
    }
}

/// Returns only if nobody connects within the limit.
async fn in_time(
    connected: CancellationToken,
    limit: Option<Duration>,
) -> Result<Infallible, ServeError> {
    match limit {
        Some(limit) if time::timeout(limit, connected.cancelled()).await.is_err() => {
            Err(ServeError::NoConnection(limit))
        }
        _ => std::future::pending().await,
    }
}

async fn any(one: impl Future<Output = ()>, other: impl Future<Output = ()>) {
    tokio::select! {
        () = one => {}
        () = other => {}
    }
}

async fn router<S: Provider>(service: S, lifecycle: &Lifecycle) -> Router {
    let provider = ProviderServer::new(service)
        .max_decoding_message_size(MESSAGE_LIMIT)
        .max_encoding_message_size(MESSAGE_LIMIT);
    Server::builder()
        .max_concurrent_streams(STREAM_LIMIT)
        .http2_max_header_list_size(HEADER_LIMIT)
        .initial_stream_window_size(STREAM_WINDOW)
        .initial_connection_window_size(CONNECTION_WINDOW)
        .add_service(provider)
        .add_service(GrpcControllerServer::new(Controller(lifecycle.clone())))
        .add_service(GrpcStdioServer::new(Stdio(lifecycle.clone())))
        .add_service(GrpcBrokerServer::new(Broker(lifecycle.clone())))
        .add_service(health().await)
}

/// Bytes of one message, either way: what Go providers take.
const MESSAGE_LIMIT: usize = 256 * 1024 * 1024;
/// Terraform works on ten resources at a time unless a user asks for more.
const STREAM_LIMIT: u32 = 512;
/// Bytes of headers; gRPC needs a few hundred.
const HEADER_LIMIT: u32 = 16 * 1024;
/// Bytes under way before the peer waits for leave to send more: a whole state usually fits.
const STREAM_WINDOW: u32 = 1024 * 1024;
const CONNECTION_WINDOW: u32 = 4 * 1024 * 1024;
