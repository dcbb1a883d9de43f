//! The gRPC server of one process: its services, its limits, and how it ends.

use std::{convert::Infallible, sync::Arc, time::Duration};

use rustls::ServerConfig;
use tokio::time;
use tokio_util::sync::CancellationToken;
use tonic::transport::{Server, server::Router};

use crate::tf_provider::lifecycle::Lifecycle;
use crate::tf_provider::plugin::accept::Acceptor;
use crate::tf_provider::plugin::listener::Listener;
use crate::tf_provider::plugin::services::{Broker, Controller, Stdio, health};
use crate::tf_provider::plugin::signals::EndRequests;
use crate::tf_provider::proto::plugin::grpc_broker_server::GrpcBrokerServer;
use crate::tf_provider::proto::plugin::grpc_controller_server::GrpcControllerServer;
use crate::tf_provider::proto::plugin::grpc_stdio_server::GrpcStdioServer;
use crate::tf_provider::proto::tfplugin5::provider_server::{Provider, ProviderServer};

/// What surrounds the service while it runs.
#[derive(Debug)]
pub(super) struct Session {
    /// Where the host connects.
    pub(super) listener: Listener,
    /// How the host proves who it is; without it every connection is taken.
    pub(super) tls: Option<Arc<ServerConfig>>,
    /// What may end the session from outside.
    pub(super) requests: EndRequests,
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
    let Session { listener, tls, requests, host_gone, limits } = session;
    let acceptor = Acceptor::new(listener, tls);
    let connected = in_time(acceptor.connected(), limits.first_connection);
    let server = router(service, lifecycle)
        .await
        .serve_with_incoming_shutdown(acceptor.connections(), lifecycle.shutdown_requested());
    let ending = end(lifecycle, requests, host_gone, connected, limits.stop);
    let draining = drain(lifecycle, server, limits.shutdown);
    let (reason, drained) = tokio::join!(ending, draining);
    drained.map_err(ServeError::from).and(reason)
}

/// Waits for the first reason to end, and asks the server to shut down.
async fn end(
    lifecycle: &Lifecycle,
    mut requests: EndRequests,
    host_gone: CancellationToken,
    connected: impl Future<Output = Result<Infallible, ServeError>>,
    limit: Duration,
) -> Result<(), ServeError> {
    let reason = tokio::select! {
        () = lifecycle.shutdown_requested() => Ok(()),
        late = connected => late.map(|never| match never {}),
        () = any(requests.next(), host_gone.cancelled()) => {
            stop(lifecycle, &mut requests, limit).await;
            Ok(())
        }
    };
    lifecycle.shut_down();
    reason
}

/// Cancels the calls in flight and waits for them, but not for ever; a second request ends the wait.
async fn stop(lifecycle: &Lifecycle, requests: &mut EndRequests, limit: Duration) {
    lifecycle.stop();
    tokio::select! {
        () = lifecycle.idle() => {}
        () = time::sleep(limit) => tracing::warn!("calls did not end in time"),
        () = requests.next() => {}
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

#[cfg(all(test, unix))]
mod tests {
    use std::{path::PathBuf, time::Instant};

    use tokio::{net::UnixStream, sync::mpsc, task::JoinHandle};
    use tonic::transport::{Channel, Endpoint};
    use tonic_health::pb::{
        HealthCheckRequest, health_check_response::ServingStatus, health_client::HealthClient,
    };

    use super::*;
    use crate::tf_provider::plugin::listener::PortRange;
    use crate::tf_provider::plugin::sample::{Reading, Sample};
    use crate::tf_provider::server::Service;

    use self::{
        client::plugin::{
            ConnInfo, Empty, grpc_broker_client::GrpcBrokerClient,
            grpc_controller_client::GrpcControllerClient, grpc_stdio_client::GrpcStdioClient,
        },
        client::tfplugin5::{
            DynamicValue, configure, prepare_provider_config, provider_client::ProviderClient,
            read_data_source,
        },
    };

    #[allow(
        missing_docs,
        dead_code,
        unreachable_pub,
        clippy::all,
        clippy::allow_attributes_without_reason,
        reason = "generated"
    )]
    mod client {
        pub mod plugin {
            include!(concat!(env!("OUT_DIR"), "/client/plugin.rs"));
        }
        pub mod tfplugin5 {
            include!(concat!(env!("OUT_DIR"), "/client/tfplugin5.rs"));
        }
    }

    /// A session that runs, and everything a test needs to disturb it.
    struct Running {
        session: JoinHandle<Result<(), ServeError>>,
        folder: PathBuf,
        sample: Sample,
        requests: mpsc::Sender<()>,
        host_gone: CancellationToken,
    }

    impl Running {
        fn start(reading: Reading, limits: Limits) -> Self {
            let folders = [std::env::temp_dir(), "/tmp".into()];
            let listener = Listener::bind(&folders, PortRange::default()).expect("a listener");
            let folder = listener.folder().expect("a unix socket has one");
            let lifecycle = Lifecycle::default();
            let sample = Sample { reading, reads: Arc::default() };
            let service = Service::new(
                sample.clone(),
                "registry.terraform.io/acme/sample",
                lifecycle.clone(),
            );
            let (by_hand, requests) = EndRequests::by_hand();
            let host_gone = CancellationToken::new();
            let session =
                Session { listener, tls: None, requests, host_gone: host_gone.clone(), limits };
            let session = tokio::spawn(async move { serve(service, &lifecycle, session).await });
            Self { session, folder, sample, requests: by_hand, host_gone }
        }

        async fn connect(&self) -> Channel {
            let target = format!("unix:{}", self.folder.join("s").display());
            let endpoint = Endpoint::from_shared(target).expect("a target");
            bounded(endpoint.connect()).await.expect("the session accepts")
        }

        /// Begins a read and returns once the service is at it.
        async fn read(&self) -> JoinHandle<Result<(), tonic::Code>> {
            let mut client = ProviderClient::new(self.connect().await);
            let configure = configure::Request { config: empty(0), ..Default::default() };
            bounded(client.configure(configure)).await.expect("an answer");
            let read = tokio::spawn(async move {
                let type_name = "sample_wait".to_owned();
                let config = empty(0);
                let read = read_data_source::Request { type_name, config, ..Default::default() };
                let answer = client.read_data_source(read).await.map_err(|status| status.code())?;
                assert_eq!(answer.into_inner().diagnostics, []);
                Ok(())
            });
            bounded(self.sample.reads.notified()).await;
            read
        }

        async fn end(self) -> Result<(), ServeError> {
            let outcome = bounded(self.session).await.expect("no panic");
            assert!(!self.folder.exists(), "nothing is left behind");
            outcome
        }
    }

    /// A block without attributes, and bytes behind it that nobody reads.
    fn empty(padding: usize) -> Option<DynamicValue> {
        let msgpack = [vec![0x80], vec![0; padding]].concat();
        Some(DynamicValue { msgpack, ..Default::default() })
    }

    async fn bounded<T>(work: impl Future<Output = T>) -> T {
        time::timeout(LONG, work).await.expect("in time")
    }

    /// Too long for any test, so that a test which depends on a limit fails.
    const LONG: Duration = Duration::from_secs(30);
    const PATIENT: Limits = Limits { first_connection: None, stop: LONG, shutdown: LONG };

    #[tokio::test]
    async fn shutdown_is_answered_and_ends_the_open_streams() {
        let running = Running::start(Reading::UntilStop, PATIENT);
        let channel = running.connect().await;
        let stdio = GrpcStdioClient::new(channel.clone()).stream_stdio(()).await;
        let mut stdio = stdio.expect("a stream").into_inner();
        // The host's half stays open as long as this sender lives.
        let (_announce, announcements) = mpsc::channel::<ConnInfo>(1);
        let announcements = futures_util::stream::unfold(announcements, |mut from| async {
            from.recv().await.map(|item| (item, from))
        });
        let broker = GrpcBrokerClient::new(channel.clone()).start_stream(announcements).await;
        let mut broker = broker.expect("a stream").into_inner();
        let answer = bounded(GrpcControllerClient::new(channel).shutdown(Empty {})).await;
        assert!(answer.is_ok());
        assert!(matches!(bounded(stdio.message()).await, Ok(None)), "silent to its end");
        assert!(matches!(bounded(broker.message()).await, Ok(None)), "silent to its end");
        assert!(running.end().await.is_ok());
    }

    #[tokio::test]
    async fn a_call_that_hangs_does_not_hold_up_the_shutdown() {
        let limits = Limits { shutdown: Duration::from_millis(50), ..PATIENT };
        let running = Running::start(Reading::Forever, limits);
        let read = running.read().await;
        let begun = Instant::now();
        let mut controller = GrpcControllerClient::new(running.connect().await);
        bounded(controller.shutdown(Empty {})).await.expect("an answer");
        assert!(running.end().await.is_ok());
        assert!(begun.elapsed() >= limits.shutdown, "the call had its chance");
        read.abort();
    }

    #[tokio::test]
    async fn sigterm_stops_calls_and_lets_them_answer() {
        let running = Running::start(Reading::UntilStop, PATIENT);
        let read = running.read().await;
        running.requests.send(()).await.expect("the session listens");
        assert_eq!(bounded(read).await.expect("no panic"), Ok(()));
        assert!(running.end().await.is_ok());
    }

    #[tokio::test]
    async fn the_death_of_the_host_stops_calls_and_ends_the_session() {
        let running = Running::start(Reading::UntilStop, PATIENT);
        let read = running.read().await;
        running.host_gone.cancel();
        assert_eq!(bounded(read).await.expect("no panic"), Ok(()));
        assert!(running.end().await.is_ok());
    }

    #[tokio::test]
    async fn a_second_signal_ends_the_wait_for_calls() {
        let limits = Limits { shutdown: Duration::from_millis(1), ..PATIENT };
        let running = Running::start(Reading::Forever, limits);
        let read = running.read().await;
        for _ in 0..2 {
            running.requests.send(()).await.expect("the session listens");
        }
        assert!(running.end().await.is_ok());
        read.abort();
    }

    #[tokio::test]
    async fn a_call_that_ignores_stop_is_given_up_after_the_limit() {
        let soon = Duration::from_millis(1);
        let running =
            Running::start(Reading::Forever, Limits { stop: soon, shutdown: soon, ..PATIENT });
        let read = running.read().await;
        running.host_gone.cancel();
        assert!(running.end().await.is_ok());
        read.abort();
    }

    #[tokio::test]
    async fn without_a_first_connection_the_session_ends_and_says_so() {
        let limits = Limits { first_connection: Some(Duration::from_millis(1)), ..PATIENT };
        let running = Running::start(Reading::UntilStop, limits);
        assert!(matches!(running.end().await, Err(ServeError::NoConnection(_))));
    }

    #[tokio::test]
    async fn connections_come_and_go_and_probes_do_no_harm() {
        let running = Running::start(Reading::UntilStop, PATIENT);
        for _ in 0..3 {
            drop(UnixStream::connect(running.folder.join("s")).await.expect("a probe connects"));
            let request = HealthCheckRequest { service: "plugin".to_owned() };
            let health = HealthClient::new(running.connect().await).check(request).await;
            let status = health.expect("an answer").into_inner().status;
            assert_eq!(status, i32::from(ServingStatus::Serving));
        }
        running.requests.send(()).await.expect("the session listens");
        assert!(running.end().await.is_ok());
    }

    #[tokio::test]
    async fn messages_may_be_larger_than_tonics_default() {
        let running = Running::start(Reading::UntilStop, PATIENT);
        let config = empty(9 * 1024 * 1024);
        let client = ProviderClient::new(running.connect().await);
        let mut client = client.max_decoding_message_size(MESSAGE_LIMIT);
        let request = prepare_provider_config::Request { config: config.clone() };
        let answer = bounded(client.prepare_provider_config(request)).await.expect("an answer");
        assert_eq!(answer.into_inner().prepared_config, config);
        running.requests.send(()).await.expect("the session listens");
        assert!(running.end().await.is_ok());
    }
}
