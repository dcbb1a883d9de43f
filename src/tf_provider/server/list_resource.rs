//! List resources: a stream of what exists.

use std::sync::Arc;

use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tokio_util::sync::CancellationToken;
use tonic::Status;

use crate::tf_provider::diagnostics::Diagnostics;
use crate::tf_provider::erased::{AnyListResource, ListedItem};
use crate::tf_provider::list_resource::ListRequest;
use crate::tf_provider::plugin::guarded;
use crate::tf_provider::proto::tfplugin5 as pb;
use crate::tf_provider::provider::Provider;
use crate::tf_provider::server::{Inner, Service, answer::Answer, call, decode, encode, no_such};
use crate::tf_provider::wire;

type Events = mpsc::Sender<Result<pb::list_resource::Event, Status>>;

impl<P: Provider> Service<P> {
    /// ListResource. A failure is the last event of the stream.
    pub(super) fn list(
        &self,
        request: pb::list_resource::Request,
    ) -> ReceiverStream<Result<pb::list_resource::Event, Status>> {
        let (events, stream) = mpsc::channel(EVENTS_AHEAD);
        let inner = Arc::clone(&self.inner);
        let stop = self.lifecycle.call_token();
        self.lifecycle.calls().spawn(async move {
            let failure = match guarded(inner.list(request, stop, events.clone())).await {
                Ok(Ok(())) => return,
                Ok(Err(diagnostics)) => diagnostics.into_failure(),
                Err(report) => call::panicked("ListResource", &report),
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
        let list = self.registry.list_resources.get(type_name);
        list.map(|list| &**list).ok_or_else(|| no_such("list resource", type_name))
    }

    /// ValidateListResourceConfig.
    pub(super) fn validate_list(
        &self,
        request: &pb::validate_list_resource_config::Request,
    ) -> Result<pb::validate_list_resource_config::Response, Diagnostics> {
        let list = self.list_resource(&request.type_name)?;
        let config = decode("a configuration", request.config.as_ref(), &list.shape().of)?;
        Ok(pb::validate_list_resource_config::Response::default().with(list.validate(config)?))
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
        let context = self.context(stop)?;
        let (items, mut received) = mpsc::channel(EVENTS_AHEAD);
        let forward = async {
            let mut sent = 0;
            while let Some(item) = received.recv().await {
                let event = self.event(&request.type_name, item)?;
                sent += 1;
                if events.send(Ok(event)).await.is_err() || limit.is_some_and(|limit| sent >= limit)
                {
                    break;
                }
            }
            drop(received);
            Ok(())
        };
        let listing = list.list(&context, config, wanted, items);
        let (forwarded, listed) = futures_util::future::join(forward, listing).await;
        forwarded.and(listed)
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
            display_name: item.display_name,
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
