//! A Terraform stand-in: starts the provider's binary, shakes hands, calls, and ends it, each as
//! Terraform does it.
//!
//! - [`process`]: the child process, its environment and its output
//! - [`line`]: the handshake line
//! - [`certificate`], [`transport`]: mutual TLS and HTTP/2
//! - [`schema`], [`kind`], [`value`], [`msgpack`]: schemas, types and values on the wire
//! - [`proposal`], [`rules`]: what Terraform's core makes of a configuration, and what it checks
//! - [`calls`], [`other_calls`], [`message`], [`diagnostic`]: the protocol's calls with decoded answers

pub(crate) mod calls;
pub(crate) mod certificate;
pub(crate) mod diagnostic;
mod kind;
pub(crate) mod line;
pub(crate) mod message;
mod msgpack;
mod other_calls;
pub(crate) mod process;
mod proposal;
pub(crate) mod proto;
pub(crate) mod rules;
pub(crate) mod schema;
pub(crate) mod transport;
pub(crate) mod value;

use std::{collections::BTreeMap, future::Future, path::PathBuf, sync::Mutex, time::Duration};

use rustix::process::Signal;
use serde_json::Value;
use tokio::task::JoinHandle;
use tonic::{Status, transport::Channel};

use certificate::ClientIdentity;
use line::{Address, HandshakeLine};
use process::{Launch, Process, exit_code};
use proto::{
    plugin::{
        Empty, grpc_broker_client::GrpcBrokerClient, grpc_controller_client::GrpcControllerClient,
        grpc_stdio_client::GrpcStdioClient,
    },
    tfplugin5::{
        get_provider_schema, get_resource_identity_schemas, provider_client::ProviderClient,
    },
};
use rustls::pki_types::CertificateDer;
use schema::Schemas;

/// The future's result, or a failed test that says what did not happen.
pub(crate) async fn within<T>(seconds: u64, what: &str, future: impl Future<Output = T>) -> T {
    match tokio::time::timeout(Duration::from_secs(seconds), future).await {
        Ok(value) => value,
        Err(_) => panic!("waited {seconds} s in vain for {what}"),
    }
}

/// Waits for a condition that nothing announces.
pub(crate) async fn eventually(seconds: u64, what: &str, mut condition: impl FnMut() -> bool) {
    within(seconds, what, async {
        while !condition() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    })
    .await;
}

/// A provider that was started by this host, and the connection to it.
pub(crate) struct Host {
    pub(crate) provider: Provider,
    pub(crate) line: HandshakeLine,
    pub(crate) process: Process,
}

impl Host {
    /// Starts the provider as Terraform does.
    pub(crate) async fn start() -> Self {
        Self::launch(Launch::as_terraform()).await
    }

    pub(crate) async fn launch(launch: Launch) -> Self {
        let process = launch.start();
        let line = process.first_line().await;
        let line = HandshakeLine::parse(&line)
            .unwrap_or_else(|error| panic!("Terraform would refuse the handshake: {error}"));
        let trust = line.certificate.as_ref().map(|server| (server, Some(process.identity())));
        let provider = Provider::connect(&line.address, trust).await.unwrap_or_else(|status| {
            panic!("no connection: {status:?}; stderr: {}", process.stderr_so_far())
        });
        Self { provider, line, process }
    }

    /// A further connection, with whatever certificate.
    pub(crate) async fn connect_as(
        &self,
        identity: Option<&ClientIdentity>,
    ) -> Result<Provider, Status> {
        let certificate = self.line.certificate.as_ref().expect("the provider speaks TLS");
        Provider::connect(&self.line.address, Some((certificate, identity))).await
    }

    /// The folder that holds the socket.
    pub(crate) fn socket_folder(&self) -> PathBuf {
        match &self.line.address {
            Address::Unix(path) => path.parent().expect("a socket lies in a folder").to_owned(),
            Address::Tcp(address) => panic!("{address} is no unix socket"),
        }
    }

    /// Terraform's kill sequence. It must end in order, in time, and leave nothing behind.
    pub(crate) async fn end(self) -> Process {
        // The result is ignored: the connection may break before the answer arrives.
        let _ = within(2, "an answer to Shutdown", self.provider.shut_down()).await;
        self.provider.hang_up().await;
        let status = self.process.ended(2).await;
        assert_eq!(exit_code(status), 0, "stderr: {}", self.process.stderr_so_far());
        if let Address::Unix(socket) = &self.line.address {
            let folder = socket.parent().expect("a socket lies in a folder");
            assert!(!folder.exists(), "{} is left behind", folder.display());
        }
        let left_behind = self.process.left_behind();
        assert!(left_behind.is_empty(), "{left_behind:?} is left behind");
        self.process
    }

    /// Ends the provider with a signal and returns its exit code.
    pub(crate) async fn end_by(self, signal: Signal) -> (i32, Process) {
        self.process.signal(signal);
        let status = self.process.ended(5).await;
        (exit_code(status), self.process)
    }
}

/// A provider as its connection shows it.
pub(crate) struct Provider {
    channel: Channel,
    pub(crate) schemas: Schemas,
    side_streams: [JoinHandle<Option<String>>; 2],
    /// The latest configuration, with which an apply begins a run of its own.
    configuration: Mutex<Option<Value>>,
}

impl Provider {
    /// Connects, opens go-plugin's side streams, and asks for the schemas. `trust` is the server's
    /// certificate and what to present to it; none means plaintext.
    pub(crate) async fn connect(
        address: &Address,
        trust: Option<(&CertificateDer<'static>, Option<&ClientIdentity>)>,
    ) -> Result<Self, Status> {
        let channel = within(20, "a connection", open_channel(address, trust)).await?;
        let side_streams = [open_stdio(channel.clone()), open_broker(channel.clone())];
        let schemas = within(10, "the schemas", read_schemas(channel.clone())).await?;
        Ok(Self { channel, schemas, side_streams, configuration: Mutex::default() })
    }

    /// For calls that the typed helpers do not make.
    pub(crate) fn client(&self) -> ProviderClient<Channel> {
        client(self.channel.clone())
    }

    /// For go-plugin's services.
    pub(crate) fn channel(&self) -> Channel {
        self.channel.clone()
    }

    async fn shut_down(&self) -> Result<(), Status> {
        GrpcControllerClient::new(self.channel()).shutdown(Empty {}).await.map(drop)
    }

    /// Ends the connection, and fails the test if anything came over the side streams.
    async fn hang_up(mut self) {
        for stream in &mut self.side_streams {
            stream.abort();
            if let Ok(Some(complaint)) = stream.await {
                panic!("{complaint}");
            }
        }
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        self.side_streams.iter().for_each(JoinHandle::abort);
    }
}

async fn open_channel(
    address: &Address,
    trust: Option<(&CertificateDer<'static>, Option<&ClientIdentity>)>,
) -> Result<Channel, Status> {
    let socket = transport::connect(address).await?;
    let Some((server, client)) = trust else { return transport::channel(socket).await };
    let stream = transport::secure(socket, server, client).await?;
    assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"h2"[..]), "newer clients insist");
    transport::channel(stream).await
}

async fn read_schemas(channel: Channel) -> Result<Schemas, Status> {
    let mut client = client(channel);
    let schemas = client.get_schema(get_provider_schema::Request {}).await?.into_inner();
    diagnostic::read(schemas.diagnostics.clone()).none("GetSchema");
    let identities = client
        .get_resource_identity_schemas(get_resource_identity_schemas::Request {})
        .await?
        .into_inner();
    diagnostic::read(identities.diagnostics).none("GetResourceIdentitySchemas");
    let identities = identities.identity_schemas.into_iter();
    let identities: BTreeMap<_, _> =
        identities.map(|(name, schema)| (name, schema::identity_kind(schema))).collect();
    Ok(Schemas::read(schemas, identities))
}

fn client(channel: Channel) -> ProviderClient<Channel> {
    ProviderClient::new(channel).max_decoding_message_size(SCHEMA_LIMIT)
}

/// Terraform opens it at once, keeps it to the end, and warns about everything that comes out.
fn open_stdio(channel: Channel) -> JoinHandle<Option<String>> {
    tokio::spawn(async move {
        let mut stream = GrpcStdioClient::new(channel).stream_stdio(()).await.ok()?.into_inner();
        let data = stream.message().await.ok()??;
        Some(format!("Terraform would warn about unexpected data: {data:?}"))
    })
}

fn open_broker(channel: Channel) -> JoinHandle<Option<String>> {
    tokio::spawn(async move {
        let offers = GrpcBrokerClient::new(channel).start_stream(tokio_stream::pending()).await;
        let offer = offers.ok()?.into_inner().message().await.ok()??;
        Some(format!("Terraform has no use for {offer:?}"))
    })
}

/// Bytes; Terraform's own limit for the answer with the schemas.
const SCHEMA_LIMIT: usize = 64 << 20;
