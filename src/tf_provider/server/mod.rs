//! The service behind the wire: every call of protocol 5, text 5.10.
//!
//! [`calls`](provider_server) below is the table of them. Each goes through one of two doors in
//! [`call`], so that neither a panic nor a lost connection tears an operation apart, and does its work
//! where its request is implemented: decode, call the author, encode. Every failure is answered with
//! diagnostics: Terraform turns a bare gRPC status into noise.

mod action;
mod answer;
mod call;
mod coding;
mod concealed;
mod configure;
mod data_source;
mod ephemeral_resource;
mod function;
mod list_resource;
mod resource;
mod resource_apply;
pub(super) mod resource_state;
mod schema;
mod stream;
mod validate;

use std::{
    fmt,
    sync::{Arc, PoisonError, RwLock},
};

use tokio_util::sync::CancellationToken;
use tonic::{Request, Response, Status};

use crate::tf_provider::calls::Calls;
use crate::tf_provider::catalog::registered;
use crate::tf_provider::context::Context;
use crate::tf_provider::diagnostics::{Diagnostic, Diagnostics};
use crate::tf_provider::erased::Shape;
use crate::tf_provider::proto::tfplugin5 as pb;
use crate::tf_provider::proto::tfplugin5::provider_server;
use crate::tf_provider::provider::Provider;
use crate::tf_provider::registry::{Offers, Registry};
use crate::tf_provider::schema::Block;
use crate::tf_provider::server::stream::Events;

/// The gRPC service of one provider.
pub(crate) struct Service<P: Provider> {
    shared: Arc<Shared<P>>,
}

/// What the calls share.
struct Shared<P: Provider> {
    provider: P,
    /// The provider block.
    block: Shape,
    registry: Registry<P::Client>,
    /// Where the provider is published.
    address: &'static str,
    client: RwLock<Option<Arc<P::Client>>>,
    calls: Calls,
}

impl<P: Provider> Service<P> {
    pub(crate) fn new(provider: P, address: &'static str, calls: Calls) -> Self {
        let registry = registered(&provider);
        let client = RwLock::new(None);
        let block = Shape::new(P::Config::schema());
        Self { shared: Arc::new(Shared { provider, block, registry, address, client, calls }) }
    }
}

impl<P: Provider> fmt::Debug for Service<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Service").field("registry", &self.shared.registry).finish_non_exhaustive()
    }
}

impl<P: Provider> Shared<P> {
    /// The context of an online call.
    fn context(&self, stop: CancellationToken) -> Result<Context<P::Client>, Diagnostics> {
        let client = self.client.read().unwrap_or_else(PoisonError::into_inner).clone();
        let client = client
            .ok_or_else(|| Diagnostic::bug("A call came that needs a configured provider."))?;
        Ok(Context::new(client, stop))
    }

    /// Puts the client in place; the latest configuration holds.
    fn set_client(&self, client: P::Client) {
        self.calls.set_grace(self.provider.grace(&client));
        *self.client.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(client));
    }
}

/// What is registered under a type name.
fn find<'a, T: ?Sized>(
    kind: &str,
    offers: &'a Offers<T>,
    type_name: &str,
) -> Result<&'a T, Diagnostics> {
    offers.get(type_name).ok_or_else(|| no_such(kind, type_name))
}

/// The answer to a type name that the provider does not have.
fn no_such(kind: &str, type_name: &str) -> Diagnostics {
    Diagnostic::error(
        "Unsupported Type",
        format!("This version of the provider has no {kind} of the type {type_name:?}."),
    )
    .into()
}

/// The status is for transport alone: no call ever fails with one.
type RpcResult<T> = Result<Response<T>, Status>;

/// Writes the service: each call by its method and the module of its messages.
macro_rules! calls {
    (
        answers { $($call:ident: $messages:ident,)* }
        streams { $($stream:ident: $events:ident as $name:ident,)* }
    ) => {
        #[tonic::async_trait]
        impl<P: Provider> provider_server::Provider for Service<P> {
            $(async fn $call(
                &self,
                request: Request<pb::$messages::Request>,
            ) -> RpcResult<pb::$messages::Response> {
                Ok(Response::new(self.run(request.into_inner()).await))
            })*

            $(type $name = Events<pb::$events::Event>;

            async fn $stream(
                &self,
                request: Request<pb::$events::Request>,
            ) -> RpcResult<Self::$name> {
                Ok(Response::new(self.stream(request.into_inner())))
            })*

            /// The only call that passes by the doors: it must be heard whatever else goes on.
            async fn stop(&self, _: Request<pb::stop::Request>) -> RpcResult<pb::stop::Response> {
                tracing::debug!("asked to stop the calls in flight");
                self.shared.calls.stop();
                Ok(Response::new(pb::stop::Response::default()))
            }
        }
    };
}

calls! {
    answers {
        get_metadata: get_metadata,
        get_schema: get_provider_schema,
        get_resource_identity_schemas: get_resource_identity_schemas,
        get_functions: get_functions,
        prepare_provider_config: prepare_provider_config,
        configure: configure,
        validate_resource_type_config: validate_resource_type_config,
        upgrade_resource_state: upgrade_resource_state,
        upgrade_resource_identity: upgrade_resource_identity,
        read_resource: read_resource,
        plan_resource_change: plan_resource_change,
        apply_resource_change: apply_resource_change,
        import_resource_state: import_resource_state,
        move_resource_state: move_resource_state,
        generate_resource_config: generate_resource_config,
        validate_data_source_config: validate_data_source_config,
        read_data_source: read_data_source,
        validate_ephemeral_resource_config: validate_ephemeral_resource_config,
        open_ephemeral_resource: open_ephemeral_resource,
        renew_ephemeral_resource: renew_ephemeral_resource,
        close_ephemeral_resource: close_ephemeral_resource,
        validate_list_resource_config: validate_list_resource_config,
        validate_action_config: validate_action_config,
        plan_action: plan_action,
        call_function: call_function,
    }
    streams {
        list_resource: list_resource as ListResourceStream,
        invoke_action: invoke_action as InvokeActionStream,
    }
}

#[cfg(test)]
mod tests;
