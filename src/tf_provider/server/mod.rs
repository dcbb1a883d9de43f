//! The service behind the wire: every call of protocol 5, text 5.10.
//!
//! Each call goes the same way: decode, call, encode. Whatever asks the provider runs as a task of
//! its own under [`call`], so that neither a panic nor a lost connection tears an operation apart.
//! Every failure is answered with diagnostics: Terraform turns a bare gRPC status into noise.

mod action;
mod answer;
mod call;
mod configure;
mod configured;
mod data_source;
mod ephemeral_resource;
mod function;
mod list_resource;
mod resource;
mod resource_apply;
pub(super) mod resource_state;
mod schema;

use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, PoisonError, RwLock},
};

use tokio_stream::wrappers::ReceiverStream;
use tokio_util::sync::CancellationToken;
use tonic::{Request, Response, Status};

use crate::tf_provider::catalog::registered;
use crate::tf_provider::context::Context;
use crate::tf_provider::diagnostics::{Diagnostic, Diagnostics};
use crate::tf_provider::lifecycle::Lifecycle;
use crate::tf_provider::proto::tfplugin5 as pb;
use crate::tf_provider::proto::tfplugin5::provider_server;
use crate::tf_provider::provider::Provider;
use crate::tf_provider::registry::Registry;
use crate::tf_provider::server::call::Rpc;
use crate::tf_provider::value::{Type, Value};
use crate::tf_provider::wire::{self, WireError};

/// The gRPC service of one provider.
pub(crate) struct Service<P: Provider> {
    inner: Arc<Inner<P>>,
    lifecycle: Lifecycle,
}

/// What the calls share.
struct Inner<P: Provider> {
    provider: P,
    registry: Registry<P::Client>,
    client: RwLock<Option<Arc<P::Client>>>,
}

impl<P: Provider> Service<P> {
    pub(crate) fn new(provider: P, lifecycle: Lifecycle) -> Self {
        let registry = registered(&provider);
        let client = RwLock::new(None);
        Self { inner: Arc::new(Inner { provider, registry, client }), lifecycle }
    }
}

impl<P: Provider> fmt::Debug for Service<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Service").field("registry", &self.inner.registry).finish_non_exhaustive()
    }
}

impl<P: Provider> Inner<P> {
    /// The context of an online call.
    fn context(&self, stop: CancellationToken) -> Result<Context<P::Client>, Diagnostics> {
        let client = self.client.read().unwrap_or_else(PoisonError::into_inner).clone();
        let client = client.ok_or_else(|| {
            Diagnostic::bug("Terraform made a call that needs a configured provider.")
        })?;
        Ok(Context::new(client, stop))
    }

    /// Puts the client in place; the latest configuration holds.
    fn set_client(&self, client: P::Client) {
        *self.client.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(client));
    }
}

/// Decodes a value of a request; `what` names it in the message.
fn decode(what: &str, value: Option<&pb::DynamicValue>, of: &Type) -> Result<Value, Diagnostics> {
    wire::read(value, of).map_err(|error| {
        Diagnostic::error(
            "Value Not Readable",
            format!(
                "Terraform sent {what} that does not fit the provider's schema: {error}. Check \
                 that only one version of the provider is installed, and report the problem to \
                 the provider's maintainers."
            ),
        )
        .into()
    })
}

/// Encodes a value of an answer, which has to be known: only plans may hold unknown values.
fn encode(what: &str, value: &Value, of: &Type) -> Result<pb::DynamicValue, Diagnostics> {
    if !value.is_wholly_known() {
        return Err(Diagnostic::bug(format!("The {what} holds unknown values.")).into());
    }
    wire::write(value, of).map_err(|error| unwritable(what, &error))
}

/// Encodes a plan.
fn encode_plan(plan: &Value, of: &Type) -> Result<pb::DynamicValue, Diagnostics> {
    wire::write(plan, of).map_err(|error| unwritable("plan", &error))
}

fn unwritable(what: &str, error: &WireError) -> Diagnostics {
    Diagnostic::bug(format!("The {what} cannot be encoded: {error}.")).into()
}

/// What is registered under a type name.
fn find<'a, T: ?Sized>(
    kind: &str,
    offers: &'a BTreeMap<&'static str, Box<T>>,
    type_name: &str,
) -> Result<&'a T, Diagnostics> {
    offers.get(type_name).map(|offer| &**offer).ok_or_else(|| no_such(kind, type_name))
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

#[tonic::async_trait]
impl<P: Provider> provider_server::Provider for Service<P> {
    async fn get_metadata(
        &self,
        _: Request<pb::get_metadata::Request>,
    ) -> RpcResult<pb::get_metadata::Response> {
        self.run(Rpc::named("GetMetadata"), |inner, _| async move { Ok(inner.metadata()) }).await
    }

    async fn get_schema(
        &self,
        _: Request<pb::get_provider_schema::Request>,
    ) -> RpcResult<pb::get_provider_schema::Response> {
        self.run(Rpc::named("GetSchema"), |inner, _| async move { Ok(inner.schemas()) }).await
    }

    async fn get_resource_identity_schemas(
        &self,
        _: Request<pb::get_resource_identity_schemas::Request>,
    ) -> RpcResult<pb::get_resource_identity_schemas::Response> {
        let rpc = Rpc::named("GetResourceIdentitySchemas");
        self.run(rpc, |inner, _| async move { Ok(inner.identity_schemas()) }).await
    }

    async fn get_functions(
        &self,
        _: Request<pb::get_functions::Request>,
    ) -> RpcResult<pb::get_functions::Response> {
        let rpc = Rpc::named("GetFunctions");
        self.run(rpc, |inner, _| async move { Ok(inner.functions_answer()) }).await
    }

    async fn prepare_provider_config(
        &self,
        request: Request<pb::prepare_provider_config::Request>,
    ) -> RpcResult<pb::prepare_provider_config::Response> {
        let request = request.into_inner();
        let rpc = Rpc::named("PrepareProviderConfig");
        self.run(rpc, |inner, _| async move { inner.prepare_config(request) }).await
    }

    async fn configure(
        &self,
        request: Request<pb::configure::Request>,
    ) -> RpcResult<pb::configure::Response> {
        let request = request.into_inner();
        let rpc = Rpc::named("Configure");
        self.run(rpc, |inner, _| async move { inner.configure(request).await }).await
    }

    async fn validate_resource_type_config(
        &self,
        request: Request<pb::validate_resource_type_config::Request>,
    ) -> RpcResult<pb::validate_resource_type_config::Response> {
        let request = request.into_inner();
        let rpc = Rpc::of("ValidateResourceTypeConfig", &request.type_name);
        self.run(rpc, |inner, _| async move { inner.validate_resource(&request) }).await
    }

    async fn upgrade_resource_state(
        &self,
        request: Request<pb::upgrade_resource_state::Request>,
    ) -> RpcResult<pb::upgrade_resource_state::Response> {
        let request = request.into_inner();
        let rpc = Rpc::of("UpgradeResourceState", &request.type_name);
        self.run(rpc, |inner, _| async move { inner.upgrade_state(&request) }).await
    }

    async fn upgrade_resource_identity(
        &self,
        request: Request<pb::upgrade_resource_identity::Request>,
    ) -> RpcResult<pb::upgrade_resource_identity::Response> {
        let request = request.into_inner();
        let rpc = Rpc::of("UpgradeResourceIdentity", &request.type_name);
        self.run(rpc, |inner, _| async move { inner.upgrade_identity(&request) }).await
    }

    async fn read_resource(
        &self,
        request: Request<pb::read_resource::Request>,
    ) -> RpcResult<pb::read_resource::Response> {
        let request = Arc::new(request.into_inner());
        let rpc = Rpc::of("ReadResource", &request.type_name);
        let asked = Arc::clone(&request);
        let call = |inner: Arc<Inner<P>>, stop| async move { inner.read(&asked, stop).await };
        self.run_or(rpc, || resource::unchanged(&request), call).await
    }

    async fn plan_resource_change(
        &self,
        request: Request<pb::plan_resource_change::Request>,
    ) -> RpcResult<pb::plan_resource_change::Response> {
        let request = request.into_inner();
        let rpc = Rpc::of("PlanResourceChange", &request.type_name);
        self.run(rpc, |inner, _| async move { inner.plan(request) }).await
    }

    async fn apply_resource_change(
        &self,
        request: Request<pb::apply_resource_change::Request>,
    ) -> RpcResult<pb::apply_resource_change::Response> {
        let request = Arc::new(request.into_inner());
        let rpc = Rpc::of("ApplyResourceChange", &request.type_name).never_cut();
        let asked = Arc::clone(&request);
        let call = |inner: Arc<Inner<P>>, stop| async move { inner.apply(&asked, stop).await };
        self.run_or(rpc, || self.inner.best_known(&request), call).await
    }

    async fn import_resource_state(
        &self,
        request: Request<pb::import_resource_state::Request>,
    ) -> RpcResult<pb::import_resource_state::Response> {
        let request = request.into_inner();
        let rpc = Rpc::of("ImportResourceState", &request.type_name);
        self.run(rpc, |inner, _| async move { inner.import(request) }).await
    }

    async fn move_resource_state(
        &self,
        request: Request<pb::move_resource_state::Request>,
    ) -> RpcResult<pb::move_resource_state::Response> {
        let request = request.into_inner();
        let rpc = Rpc::of("MoveResourceState", &request.target_type_name);
        self.run(rpc, |inner, _| async move { inner.move_state(request) }).await
    }

    async fn generate_resource_config(
        &self,
        request: Request<pb::generate_resource_config::Request>,
    ) -> RpcResult<pb::generate_resource_config::Response> {
        let request = request.into_inner();
        let rpc = Rpc::of("GenerateResourceConfig", &request.type_name);
        self.run(rpc, |inner, _| async move { inner.generate_config(&request) }).await
    }

    async fn validate_data_source_config(
        &self,
        request: Request<pb::validate_data_source_config::Request>,
    ) -> RpcResult<pb::validate_data_source_config::Response> {
        let request = request.into_inner();
        let rpc = Rpc::of("ValidateDataSourceConfig", &request.type_name);
        self.run(rpc, |inner, _| async move { inner.validate_data_source(&request) }).await
    }

    async fn read_data_source(
        &self,
        request: Request<pb::read_data_source::Request>,
    ) -> RpcResult<pb::read_data_source::Response> {
        let request = request.into_inner();
        let rpc = Rpc::of("ReadDataSource", &request.type_name);
        let call =
            |inner: Arc<Inner<P>>, stop| async move { inner.read_data_source(request, stop).await };
        self.run(rpc, call).await
    }

    async fn validate_ephemeral_resource_config(
        &self,
        request: Request<pb::validate_ephemeral_resource_config::Request>,
    ) -> RpcResult<pb::validate_ephemeral_resource_config::Response> {
        let request = request.into_inner();
        let rpc = Rpc::of("ValidateEphemeralResourceConfig", &request.type_name);
        self.run(rpc, |inner, _| async move { inner.validate_ephemeral(&request) }).await
    }

    async fn open_ephemeral_resource(
        &self,
        request: Request<pb::open_ephemeral_resource::Request>,
    ) -> RpcResult<pb::open_ephemeral_resource::Response> {
        let request = request.into_inner();
        let rpc = Rpc::of("OpenEphemeralResource", &request.type_name);
        let call =
            |inner: Arc<Inner<P>>, stop| async move { inner.open_ephemeral(request, stop).await };
        self.run(rpc, call).await
    }

    async fn renew_ephemeral_resource(
        &self,
        request: Request<pb::renew_ephemeral_resource::Request>,
    ) -> RpcResult<pb::renew_ephemeral_resource::Response> {
        let request = request.into_inner();
        let rpc = Rpc::of("RenewEphemeralResource", &request.type_name);
        let call =
            |inner: Arc<Inner<P>>, stop| async move { inner.renew_ephemeral(request, stop).await };
        self.run(rpc, call).await
    }

    async fn close_ephemeral_resource(
        &self,
        request: Request<pb::close_ephemeral_resource::Request>,
    ) -> RpcResult<pb::close_ephemeral_resource::Response> {
        let request = request.into_inner();
        let rpc = Rpc::of("CloseEphemeralResource", &request.type_name);
        let call =
            |inner: Arc<Inner<P>>, stop| async move { inner.close_ephemeral(request, stop).await };
        self.run(rpc, call).await
    }

    type ListResourceStream = ReceiverStream<Result<pb::list_resource::Event, Status>>;

    async fn list_resource(
        &self,
        request: Request<pb::list_resource::Request>,
    ) -> RpcResult<Self::ListResourceStream> {
        Ok(Response::new(self.list(request.into_inner())))
    }

    async fn validate_list_resource_config(
        &self,
        request: Request<pb::validate_list_resource_config::Request>,
    ) -> RpcResult<pb::validate_list_resource_config::Response> {
        let request = request.into_inner();
        let rpc = Rpc::of("ValidateListResourceConfig", &request.type_name);
        self.run(rpc, |inner, _| async move { inner.validate_list(&request) }).await
    }

    async fn call_function(
        &self,
        request: Request<pb::call_function::Request>,
    ) -> RpcResult<pb::call_function::Response> {
        let request = request.into_inner();
        let rpc = Rpc::of("CallFunction", &request.name);
        self.run(rpc, |inner, _| async move { inner.call_function(&request) }).await
    }

    async fn validate_action_config(
        &self,
        request: Request<pb::validate_action_config::Request>,
    ) -> RpcResult<pb::validate_action_config::Response> {
        Ok(Response::new(action::validate(&request.into_inner())))
    }

    async fn plan_action(
        &self,
        request: Request<pb::plan_action::Request>,
    ) -> RpcResult<pb::plan_action::Response> {
        Ok(Response::new(action::plan(&request.into_inner())))
    }

    type InvokeActionStream = tokio_stream::Once<Result<pb::invoke_action::Event, Status>>;

    async fn invoke_action(
        &self,
        request: Request<pb::invoke_action::Request>,
    ) -> RpcResult<Self::InvokeActionStream> {
        Ok(Response::new(tokio_stream::once(Ok(action::invoke(&request.into_inner())))))
    }

    async fn stop(&self, _: Request<pb::stop::Request>) -> RpcResult<pb::stop::Response> {
        tracing::debug!("asked to stop the calls in flight");
        self.lifecycle.stop();
        Ok(Response::new(pb::stop::Response::default()))
    }
}

#[cfg(test)]
mod tests;
