//! A provider for tests: a schema, and one data source that takes its time.

use std::sync::Arc;

use tokio::sync::Notify;
use tonic::{Request, Response, Status};

use super::PluginInfo;
use crate::tf_provider::{
    lifecycle::Lifecycle,
    proto::tfplugin5::{
        Schema, apply_resource_change, call_function, close_ephemeral_resource, configure,
        generate_resource_config, get_functions, get_metadata, get_provider_schema,
        get_resource_identity_schemas, import_resource_state, invoke_action, list_resource,
        move_resource_state, open_ephemeral_resource, plan_action, plan_resource_change,
        prepare_provider_config, provider_server::Provider, read_data_source, read_resource,
        renew_ephemeral_resource, schema, stop, upgrade_resource_identity, upgrade_resource_state,
        validate_action_config, validate_data_source_config, validate_ephemeral_resource_config,
        validate_list_resource_config, validate_resource_type_config,
    },
};

impl PluginInfo {
    /// Some provider.
    pub(super) fn sample() -> Self {
        Self { name: "sample", version: "1.2.3", address: "registry.example.com/acme/sample" }
    }
}

/// What reading the data source does.
#[derive(Clone, Copy, Debug)]
pub(super) enum Reading {
    /// Waits for Stop, then answers.
    UntilStop,
    /// Never answers.
    Forever,
}

/// The service behind [`PluginInfo::sample`].
#[derive(Clone, Debug)]
pub(super) struct Sample {
    lifecycle: Lifecycle,
    reading: Reading,
    /// Notified when a read has begun.
    pub(super) reads: Arc<Notify>,
}

impl Sample {
    pub(super) fn new(lifecycle: Lifecycle, reading: Reading) -> Self {
        Self { lifecycle, reading, reads: Arc::default() }
    }

    async fn read(&self) {
        let token = self.lifecycle.call_token();
        self.reads.notify_one();
        match self.reading {
            Reading::UntilStop => token.cancelled().await,
            Reading::Forever => std::future::pending().await,
        }
    }
}

/// The calls with a behaviour in braces, and the modules of those without any.
macro_rules! provider {
    (
        answered { $($call:ident: $module:ident ($this:ident, $request:ident) $body:block)* }
        unimplemented { $($silent:ident: $silent_module:ident)* }
    ) => {
        #[tonic::async_trait]
        impl Provider for Sample {
            type ListResourceStream = tokio_stream::Empty<Result<list_resource::Event, Status>>;
            type InvokeActionStream = tokio_stream::Empty<Result<invoke_action::Event, Status>>;

            $(async fn $call(
                &self,
                request: Request<$module::Request>,
            ) -> Result<Response<$module::Response>, Status> {
                let ($this, $request) = (self, request.into_inner());
                Ok(Response::new($body))
            })*

            $(async fn $silent(
                &self,
                _request: Request<$silent_module::Request>,
            ) -> Result<Response<$silent_module::Response>, Status> {
                Err(Status::unimplemented(stringify!($silent)))
            })*

            async fn list_resource(
                &self,
                _request: Request<list_resource::Request>,
            ) -> Result<Response<Self::ListResourceStream>, Status> {
                Err(Status::unimplemented("list_resource"))
            }

            async fn invoke_action(
                &self,
                _request: Request<invoke_action::Request>,
            ) -> Result<Response<Self::InvokeActionStream>, Status> {
                Err(Status::unimplemented("invoke_action"))
            }
        }
    };
}

provider! {
    answered {
        get_schema: get_provider_schema (_this, _request) {
            let empty = Schema { version: 0, block: Some(schema::Block::default()) };
            get_provider_schema::Response {
                provider: Some(empty.clone()),
                data_source_schemas: [("sample_wait".to_owned(), empty)].into(),
                ..get_provider_schema::Response::default()
            }
        }
        prepare_provider_config: prepare_provider_config (_this, request) {
            prepare_provider_config::Response { prepared_config: request.config, diagnostics: vec![] }
        }
        configure: configure (_this, _request) {
            configure::Response::default()
        }
        validate_data_source_config: validate_data_source_config (_this, _request) {
            validate_data_source_config::Response::default()
        }
        read_data_source: read_data_source (this, request) {
            let (service, calls) = (this.clone(), this.lifecycle.calls());
            // As a real service does it: the work outlives the connection that asked for it.
            let work = calls.spawn(async move { service.read().await });
            work.await.map_err(|_| Status::internal("the read was torn off"))?;
            read_data_source::Response {
                state: request.config,
                ..read_data_source::Response::default()
            }
        }
        stop: stop (this, _request) {
            this.lifecycle.stop();
            stop::Response { error: String::new() }
        }
    }
    unimplemented {
        get_metadata: get_metadata
        validate_resource_type_config: validate_resource_type_config
        upgrade_resource_state: upgrade_resource_state
        get_resource_identity_schemas: get_resource_identity_schemas
        upgrade_resource_identity: upgrade_resource_identity
        read_resource: read_resource
        plan_resource_change: plan_resource_change
        apply_resource_change: apply_resource_change
        import_resource_state: import_resource_state
        move_resource_state: move_resource_state
        generate_resource_config: generate_resource_config
        validate_ephemeral_resource_config: validate_ephemeral_resource_config
        open_ephemeral_resource: open_ephemeral_resource
        renew_ephemeral_resource: renew_ephemeral_resource
        close_ephemeral_resource: close_ephemeral_resource
        validate_list_resource_config: validate_list_resource_config
        get_functions: get_functions
        call_function: call_function
        plan_action: plan_action
        validate_action_config: validate_action_config
    }
}
