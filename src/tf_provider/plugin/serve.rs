//! The gRPC server of one process: its services and its limits. How it ends is in
//! [`end`](crate::tf_provider::plugin::end).

use std::{sync::Arc, time::Duration};

use rustls::ServerConfig;
use tonic::transport::{Server, server::Router};

use crate::tf_provider::calls::Calls;
use crate::tf_provider::plugin::accept::Acceptor;
use crate::tf_provider::plugin::end::{Ended, Ending, Events, Limits, until_over};
use crate::tf_provider::plugin::listener::Listener;
use crate::tf_provider::plugin::services::{Broker, Controller, Stdio, health};
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
    /// What may end the session, and those who say so.
    pub(super) ending: (Ending, Events),
    /// How long things may take.
    pub(super) limits: Limits,
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
    calls: &Calls,
    session: Session,
) -> Result<(), ServeError> {
    let Session { listener, tls, ending, limits } = session;
    let acceptor = Acceptor::new(listener, tls);
    let presence = acceptor.presence();
    let closing = ending.0.clone();
    let server =
        router(service, &ending.0)
            .await
            .serve_with_incoming_shutdown(acceptor.connections(), async move {
                closing.closing().await
            });
    match until_over(server, presence, calls, ending, limits).await {
        Ended::Served(outcome) => Ok(outcome?),
        Ended::NoConnection(limit) => Err(ServeError::NoConnection(limit)),
    }
}

async fn router<S: Provider>(service: S, ending: &Ending) -> Router {
    let provider = ProviderServer::new(service)
        .max_decoding_message_size(MESSAGE_LIMIT)
        .max_encoding_message_size(MESSAGE_LIMIT);
    // There is no limit of calls at a time: the only peer is the Terraform that started us, which
    // bounds them itself, and beyond a limit here Stop and Shutdown would have to wait for a call.
    Server::builder()
        .http2_max_header_list_size(HEADER_LIMIT)
        .initial_stream_window_size(STREAM_WINDOW)
        .initial_connection_window_size(CONNECTION_WINDOW)
        .add_service(provider)
        .add_service(GrpcControllerServer::new(Controller(ending.clone())))
        .add_service(GrpcStdioServer::new(Stdio(ending.clone())))
        .add_service(GrpcBrokerServer::new(Broker(ending.clone())))
        .add_service(health().await)
}

/// Bytes of one message, either way: what Go providers take.
const MESSAGE_LIMIT: usize = 256 * 1024 * 1024;
/// Bytes of headers; gRPC needs a few hundred.
const HEADER_LIMIT: u32 = 16 * 1024;
/// Bytes under way before the peer waits for leave to send more: a whole state usually fits.
const STREAM_WINDOW: u32 = 1024 * 1024;
const CONNECTION_WINDOW: u32 = 4 * 1024 * 1024;

#[cfg(all(test, unix))]
mod tests {
    use std::{path::PathBuf, time::Instant};

    use tokio::{
        net::UnixStream,
        sync::{Semaphore, mpsc},
        task::JoinHandle,
        time,
    };
    use tonic::transport::{Channel, Endpoint};
    use tonic_health::pb::{
        HealthCheckRequest, health_check_response::ServingStatus, health_client::HealthClient,
    };

    use super::*;
    use crate::tf_provider::plugin::end::Event;
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
            read_data_source, stop,
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
        ending: Ending,
    }

    impl Running {
        fn start(reading: Reading, limits: Patience) -> Self {
            let folders = [std::env::temp_dir(), "/tmp".into()];
            let listener = Listener::bind(&folders, PortRange::default()).expect("a listener");
            let socket = PathBuf::from(&listener.address().location);
            let folder = socket.parent().expect("a socket lies in a folder").to_owned();
            let calls = Calls::apart();
            let reads = Arc::new(Semaphore::new(0));
            let sample = Sample { reading, reads, grace: limits.grace };
            let service =
                Service::new(sample.clone(), "registry.terraform.io/acme/sample", calls.clone());
            let (ending, events) = Ending::new();
            let session = Session {
                listener,
                tls: None,
                ending: (ending.clone(), events),
                limits: limits.of_process,
            };
            let session = tokio::spawn(async move { serve(service, &calls, session).await });
            Self { session, folder, sample, ending }
        }

        async fn connect(&self) -> Channel {
            let target = format!("unix:{}", self.folder.join("s").display());
            let endpoint = Endpoint::from_shared(target).expect("a target");
            bounded(endpoint.connect()).await.expect("the session accepts")
        }

        /// Begins a read and returns once the service is at it.
        async fn read(&self) -> JoinHandle<Result<(), tonic::Code>> {
            self.reads(self.connect().await, 1).await.remove(0)
        }

        /// Begins this many reads on one connection, and returns once the service is at all of them.
        async fn reads(
            &self,
            channel: Channel,
            count: u32,
        ) -> Vec<JoinHandle<Result<(), tonic::Code>>> {
            let mut client = ProviderClient::new(channel);
            let configure = configure::Request { config: empty(0), ..Default::default() };
            bounded(client.configure(configure)).await.expect("an answer");
            let read = |mut client: ProviderClient<Channel>| async move {
                let type_name = "sample_wait".to_owned();
                let config = empty(0);
                let read = read_data_source::Request { type_name, config, ..Default::default() };
                let answer = client.read_data_source(read).await.map_err(|status| status.code())?;
                assert_eq!(answer.into_inner().diagnostics, []);
                Ok(())
            };
            let reads = (0..count).map(|_| tokio::spawn(read(client.clone()))).collect();
            let all = bounded(self.sample.reads.acquire_many(count)).await;
            all.expect("the sample lives").forget();
            reads
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

    const HOUR: Duration = Duration::from_secs(3600);

    /// How long a session may take for what.
    #[derive(Clone, Copy)]
    struct Patience {
        of_process: Limits,
        grace: Duration,
    }

    impl Patience {
        fn with_shutdown(self, shutdown: Duration) -> Self {
            Self { of_process: Limits { shutdown, ..self.of_process }, ..self }
        }
    }

    const PATIENT: Patience = Patience {
        of_process: Limits { first_connection: None, host_away: None, shutdown: LONG },
        grace: LONG,
    };
    /// As under Terraform.
    const HOSTED: Patience = Patience { of_process: Limits::HOSTED, grace: LONG };

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
        let shutdown = Duration::from_millis(50);
        let running = Running::start(Reading::Forever, PATIENT.with_shutdown(shutdown));
        let read = running.read().await;
        let begun = Instant::now();
        let mut controller = GrpcControllerClient::new(running.connect().await);
        bounded(controller.shutdown(Empty {})).await.expect("an answer");
        assert!(running.end().await.is_ok());
        assert!(begun.elapsed() >= shutdown, "the call had its chance");
        read.abort();
    }

    #[tokio::test]
    async fn sigterm_stops_calls_and_lets_them_answer() {
        let running = Running::start(Reading::UntilStop, PATIENT);
        let read = running.read().await;
        running.ending.say(Event::Signalled);
        assert_eq!(bounded(read).await.expect("no panic"), Ok(()));
        assert!(running.end().await.is_ok());
    }

    #[tokio::test]
    async fn stop_and_shutdown_are_answered_however_many_calls_are_in_flight() {
        let running = Running::start(Reading::UntilStop, PATIENT);
        let channel = running.connect().await;
        let reads = running.reads(channel.clone(), 600).await;
        bounded(ProviderClient::new(channel.clone()).stop(stop::Request {}))
            .await
            .expect("an answer");
        for read in reads {
            assert_eq!(bounded(read).await.expect("no panic"), Ok(()));
        }
        let reads = running.reads(channel.clone(), 600).await;
        bounded(GrpcControllerClient::new(channel).shutdown(Empty {})).await.expect("an answer");
        running.ending.say(Event::TimeIsUp);
        assert!(running.end().await.is_ok());
        reads.into_iter().for_each(|read| read.abort());
    }

    #[tokio::test]
    async fn a_method_that_blocks_its_thread_holds_up_neither_stop_nor_the_end() {
        let running =
            Running::start(Reading::Blocking, PATIENT.with_shutdown(Duration::from_millis(1)));
        let read = running.read().await;
        let channel = running.connect().await;
        bounded(ProviderClient::new(channel.clone()).stop(stop::Request {}))
            .await
            .expect("an answer");
        bounded(GrpcControllerClient::new(channel).shutdown(Empty {})).await.expect("an answer");
        assert!(running.end().await.is_ok());
        read.abort();
    }

    #[tokio::test]
    async fn the_death_of_the_host_stops_calls_and_ends_the_session() {
        let running = Running::start(Reading::UntilStop, PATIENT);
        let read = running.read().await;
        running.ending.say(Event::HostGone);
        assert_eq!(bounded(read).await.expect("no panic"), Ok(()));
        assert!(running.end().await.is_ok());
    }

    #[tokio::test]
    async fn a_second_signal_ends_the_wait_for_calls() {
        let limits = PATIENT.with_shutdown(Duration::from_millis(1));
        let running = Running::start(Reading::Forever, limits);
        let read = running.read().await;
        for _ in 0..2 {
            running.ending.say(Event::Signalled);
        }
        assert!(running.end().await.is_ok());
        read.abort();
    }

    #[tokio::test]
    async fn a_call_that_ignores_stop_is_given_up_after_the_limit() {
        let soon = Duration::from_millis(1);
        let limits = Patience { grace: soon, ..PATIENT.with_shutdown(soon) };
        let running = Running::start(Reading::Forever, limits);
        let read = running.read().await;
        running.ending.say(Event::HostGone);
        assert!(running.end().await.is_ok());
        read.abort();
    }

    #[tokio::test]
    async fn without_a_first_connection_the_session_ends_and_says_so() {
        let first_connection = Some(Duration::from_millis(1));
        let of_process = Limits { first_connection, ..PATIENT.of_process };
        let running = Running::start(Reading::UntilStop, Patience { of_process, ..PATIENT });
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
        running.ending.say(Event::Signalled);
        assert!(running.end().await.is_ok());
    }

    #[tokio::test]
    async fn an_hour_of_silence_is_no_loss_of_the_host_while_its_connection_stands() {
        let running = Running::start(Reading::UntilStop, HOSTED);
        let channel = running.connect().await;
        let stdio = GrpcStdioClient::new(channel.clone()).stream_stdio(()).await;
        let mut stdio = stdio.expect("a stream").into_inner();
        time::pause();
        let silence = time::timeout(HOUR, stdio.message()).await;
        time::resume();
        assert!(silence.is_err(), "an open stream keeps the host's channel from going idle");
        bounded(GrpcControllerClient::new(channel).shutdown(Empty {})).await.expect("an answer");
        assert!(running.end().await.is_ok());
    }

    #[tokio::test]
    async fn a_host_whose_only_connection_is_gone_counts_as_dead_after_a_while() {
        // In real time: the news that a connection is gone takes the way through the system.
        let host_away = Duration::from_millis(100);
        let of_process = Limits { host_away: Some(host_away), ..Limits::HOSTED };
        let running = Running::start(Reading::UntilStop, Patience { of_process, ..PATIENT });
        let read = running.read().await;
        let begun = Instant::now();
        read.abort();
        assert!(running.end().await.is_ok(), "the read was stopped");
        assert!(begun.elapsed() >= host_away, "the host had its time to come back");
    }

    #[tokio::test]
    async fn where_connections_come_and_go_an_hour_without_any_ends_nothing() {
        for of_process in [Limits::LENT, Limits::DEBUG] {
            let running = Running::start(Reading::UntilStop, Patience { of_process, ..PATIENT });
            drop(running.connect().await);
            time::pause();
            // Minute by minute, so that most of the hour passes after the news of the loss has come.
            for _ in 0..60 {
                time::sleep(HOUR / 60).await;
            }
            time::resume();
            let mut controller = GrpcControllerClient::new(running.connect().await);
            bounded(controller.shutdown(Empty {})).await.expect("an answer");
            assert!(running.end().await.is_ok());
        }
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
        running.ending.say(Event::Signalled);
        assert!(running.end().await.is_ok());
    }
}
