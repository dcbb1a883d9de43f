//! What the host expects beside the provider: the services of go-plugin.
//!
//! Terraform calls `Shutdown` before each kill and opens the two streams right after connecting. It
//! warns about data on the streams, so they stay silent; and they stay open, because an open stream
//! keeps the host's channel from going idle.

use std::future::ready;

use futures_util::{
    StreamExt,
    future::select,
    stream::{self, BoxStream},
};
use tonic::{Request, Response, Status, Streaming};
use tonic_health::{
    ServingStatus,
    pb::health_server::{Health, HealthServer},
    server::health_reporter,
};

use crate::tf_provider::plugin::end::{Ending, Event};
use crate::tf_provider::proto::plugin::grpc_broker_server::GrpcBroker;
use crate::tf_provider::proto::plugin::grpc_controller_server::GrpcController;
use crate::tf_provider::proto::plugin::grpc_stdio_server::GrpcStdio;
use crate::tf_provider::proto::plugin::{ConnInfo, Empty, StdioData};

/// Ends the process on request.
#[derive(Debug)]
pub(super) struct Controller(pub(super) Ending);

#[tonic::async_trait]
impl GrpcController for Controller {
    /// The answer still goes out: the server lets calls in flight finish before it ends.
    async fn shutdown(&self, _request: Request<Empty>) -> Result<Response<Empty>, Status> {
        self.0.say(Event::ShutdownAsked);
        Ok(Response::new(Empty {}))
    }
}

/// Never forwards any output.
#[derive(Debug)]
pub(super) struct Stdio(pub(super) Ending);

#[tonic::async_trait]
impl GrpcStdio for Stdio {
    type StreamStdioStream = Silence<StdioData>;

    async fn stream_stdio(
        &self,
        _request: Request<()>,
    ) -> Result<Response<Self::StreamStdioStream>, Status> {
        let ending = self.0.clone();
        Ok(Response::new(silence(async move { ending.closing().await })))
    }
}

/// Listens to announcements of connections, which Terraform never makes, and makes none.
#[derive(Debug)]
pub(super) struct Broker(pub(super) Ending);

#[tonic::async_trait]
impl GrpcBroker for Broker {
    type StartStreamStream = Silence<ConnInfo>;

    async fn start_stream(
        &self,
        request: Request<Streaming<ConnInfo>>,
    ) -> Result<Response<Self::StartStreamStream>, Status> {
        let ending = self.0.clone();
        let drained = request.into_inner().for_each(|_announcement| ready(()));
        Ok(Response::new(silence(async move {
            let shutdown = std::pin::pin!(ending.closing());
            select(shutdown, drained).await;
        })))
    }
}

/// Answers the health checks of hosts that ping; Terraform does not.
pub(super) async fn health() -> HealthServer<impl Health> {
    let (reporter, server) = health_reporter();
    reporter.set_service_status(HEALTH_NAME, ServingStatus::Serving).await;
    server
}

type Silence<T> = BoxStream<'static, Result<T, Status>>;

/// A stream without items that ends with `end`.
fn silence<T: Send + 'static>(end: impl Future<Output = ()> + Send + 'static) -> Silence<T> {
    stream::once(end).filter_map(|()| ready(None)).boxed()
}

/// The name under which go-plugin asks.
const HEALTH_NAME: &str = "plugin";
