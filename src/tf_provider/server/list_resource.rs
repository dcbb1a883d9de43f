//! List resources: a stream of what exists.

use std::sync::Arc;

use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tokio_util::sync::CancellationToken;
use tonic::Status;

use crate::tf_provider::diagnostics::Diagnostics;
use crate::tf_provider::erased::{AnyListResource, ListedItem};
use crate::tf_provider::list_resource::ListRequest;
use crate::tf_provider::panic_hook::guarded;
use crate::tf_provider::proto::tfplugin5 as pb;
use crate::tf_provider::provider::Provider;
use crate::tf_provider::server::answer::Answer;
use crate::tf_provider::server::call::{Rpc, logged, panicked};
use crate::tf_provider::server::{Inner, Service, configured, decode, encode, find, no_such};
use crate::tf_provider::wire;

/// How a list came to its end.
enum Forwarded {
    All,
    Enough,
}

type Events = mpsc::Sender<Result<pb::list_resource::Event, Status>>;

impl<P: Provider> Service<P> {
    /// ListResource. A failure is the last event of the stream.
    pub(super) fn list(
        &self,
        request: pb::list_resource::Request,
    ) -> ReceiverStream<Result<pb::list_resource::Event, Status>> {
        let (events, stream) = mpsc::channel(EVENTS_AHEAD);
        let rpc = Rpc::of("ListResource", &request.type_name);
        let (inner, stop) = (Arc::clone(&self.inner), self.lifecycle.call_token());
        let sink = events.clone();
        let listing = logged(&rpc, async move { inner.list(request, stop, sink).await });
        self.lifecycle.calls().spawn(async move {
            let failure = match guarded(listing).await {
                Ok(Ok(())) => return,
                Ok(Err(diagnostics)) => diagnostics.into_failure(),
                Err(report) => panicked("ListResource", &report),
            };
            // Nobody reads on if this fails, and then nobody is there to be told.
            let _ = events.send(Ok(failed(failure))).await;
        });
        ReceiverStream::new(stream)
    }
}

impl<P: Provider> Inner<P> {
    fn list_resource(
        &self,
        type_name: &str,
    ) -> Result<&dyn AnyListResource<P::Client>, Diagnostics> {
        find("list resource", &self.registry.list_resources, type_name)
    }

    /// ValidateListResourceConfig.
    pub(super) fn validate_list(
        &self,
        request: &pb::validate_list_resource_config::Request,
    ) -> Result<pb::validate_list_resource_config::Response, Diagnostics> {
        let list = self.list_resource(&request.type_name)?;
        let shape = list.shape();
        let config = decode("a configuration", request.config.as_ref(), &shape.of)?;
        let mut diagnostics = configured::refusals(&shape.schema, &config);
        diagnostics.extend(list.validate(config)?);
        Ok(pb::validate_list_resource_config::Response::default().with(diagnostics))
    }

    async fn list(
        &self,
        request: pb::list_resource::Request,
        stop: CancellationToken,
        events: Events,
    ) -> Result<(), Diagnostics> {
        let list = self.list_resource(&request.type_name)?;
        let config = decode("a configuration", request.config.as_ref(), &list.shape().of)?;
        let limit = usize::try_from(request.limit).ok().filter(|limit| *limit > 0);
        let wanted = ListRequest { include_state: request.include_resource_object, limit };
        let context = self.context(stop.clone())?;
        let (items, received) = mpsc::channel(EVENTS_AHEAD);
        let forward = async {
            let forwarded = self.forward(&request, received, &events).await;
            // Whatever the list still waits for, nobody needs it.
            if !matches!(forwarded, Ok(Forwarded::All)) {
                stop.cancel();
            }
            forwarded
        };
        let listing = list.list(&context, config, wanted, items);
        match futures_util::future::join(forward, listing).await {
            (Ok(Forwarded::All), listed) => listed,
            (Ok(Forwarded::Enough), _) => Ok(()),
            (Err(diagnostics), _) => Err(diagnostics),
        }
    }

    /// Sends events until the list ends, the limit is reached, or the reader is gone.
    async fn forward(
        &self,
        request: &pb::list_resource::Request,
        mut items: mpsc::Receiver<ListedItem>,
        events: &Events,
    ) -> Result<Forwarded, Diagnostics> {
        let mut sent = 0;
        loop {
            let item = tokio::select! {
                () = events.closed() => return Ok(Forwarded::Enough),
                item = items.recv() => item,
            };
            let Some(item) = item else { return Ok(Forwarded::All) };
            let event = self.event(&request.type_name, item)?;
            if events.send(Ok(event)).await.is_err() {
                return Ok(Forwarded::Enough);
            }
            sent += 1;
            if sent == request.limit {
                return Ok(Forwarded::Enough);
            }
        }
    }

    fn event(
        &self,
        type_name: &str,
        item: ListedItem,
    ) -> Result<pb::list_resource::Event, Diagnostics> {
        let resource = self.resource(type_name)?;
        let schema = resource.identity_schema().ok_or_else(|| no_such("identity", type_name))?;
        let identity = encode("identity", &item.identity, &schema.object_type())?;
        let state = item.state.map(|state| encode("listed state", &state, &resource.shape().of));
        Ok(pb::list_resource::Event {
            identity: Some(pb::ResourceIdentityData { identity_data: Some(identity) }),
            display_name: wire::one_line(&item.display_name),
            resource_object: state.transpose()?,
            diagnostic: wire::diagnostics(item.warnings),
        })
    }
}

fn failed(diagnostics: Diagnostics) -> pb::list_resource::Event {
    pb::list_resource::Event { diagnostic: wire::diagnostics(diagnostics), ..Default::default() }
}

/// How far a list may run ahead of its reader.
const EVENTS_AHEAD: usize = 16;
