//! The calls about what Terraform does not manage: data sources, lists and ephemeral resources.

use std::sync::PoisonError;

use serde_json::Value;

use super::{
    Provider,
    calls::{complete, content},
    diagnostic::{self, Diagnostics},
    message::{capabilities, dynamic, unwrap},
    proto::tfplugin5::{
        close_ephemeral_resource, list_resource, open_ephemeral_resource, read_data_source,
        validate_data_source_config, validate_list_resource_config,
    },
    rules, within,
};

/// One object of a list.
#[derive(Clone, Debug)]
pub(crate) struct Listed {
    pub(crate) identity: Value,
    pub(crate) display_name: String,
    pub(crate) object: Option<Value>,
}

impl Provider {
    /// Configures once more, as for the next of the runs that a provider in debug mode serves.
    pub(crate) async fn next_run(&self) {
        let latest = self.configuration.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(config) = latest {
            self.configure(config).await.no_errors("Configure");
        }
    }

    /// Keeps the latest configuration for the next run.
    pub(super) fn remember(&self, configuration: Value) {
        let mut latest = self.configuration.lock().unwrap_or_else(PoisonError::into_inner);
        *latest = Some(configuration);
    }

    pub(crate) async fn validate_data(&self, type_name: &str, config: Value) -> Diagnostics {
        let block = &self.schemas.data_sources[type_name];
        let request = validate_data_source_config::Request {
            type_name: type_name.to_owned(),
            config: Some(dynamic(&block.kind(), &complete(block, config))),
        };
        let answer = self.client().validate_data_source_config(request).await;
        diagnostic::read(unwrap("ValidateDataSourceConfig", answer).diagnostics)
    }

    /// Reads a data source, after the validation that always comes right before it.
    pub(crate) async fn read_data(&self, type_name: &str, config: Value) -> (Value, Diagnostics) {
        self.validate_data(type_name, config.clone()).await.none("ValidateDataSourceConfig");
        let block = &self.schemas.data_sources[type_name];
        let config = complete(block, config);
        let request = read_data_source::Request {
            type_name: type_name.to_owned(),
            config: Some(dynamic(&block.kind(), &config)),
            provider_meta: None,
            client_capabilities: capabilities(),
        };
        let answer = unwrap("ReadDataSource", self.client().read_data_source(request).await);
        assert!(answer.deferred.is_none(), "R10: stable clients take no deferral");
        let diagnostics = diagnostic::read(answer.diagnostics);
        let value = self.decoded("ReadDataSource", &block.kind(), answer.state);
        if !diagnostics.has_errors() {
            content("ReadDataSource", rules::plan(block, &Value::Null, &config, &value));
            content("ReadDataSource", rules::object(block, &value));
        }
        (value, diagnostics)
    }

    /// Lists as `terraform query` does: it reads no further than the limit.
    pub(crate) async fn list(
        &self,
        type_name: &str,
        config: Value,
        include_resource_object: bool,
        limit: usize,
    ) -> (Vec<Listed>, Diagnostics) {
        let block = &self.schemas.list_resources[type_name];
        let config = Some(dynamic(&block.kind(), &complete(block, config)));
        let request = validate_list_resource_config::Request {
            type_name: type_name.to_owned(),
            config: config.clone(),
            ..Default::default()
        };
        let answer = self.client().validate_list_resource_config(request).await;
        let diagnostics = unwrap("ValidateListResourceConfig", answer).diagnostics;
        diagnostic::read(diagnostics).none("ValidateListResourceConfig");
        let request = list_resource::Request {
            type_name: type_name.to_owned(),
            config,
            include_resource_object,
            limit: i64::try_from(limit).expect("a limit that a test can wait for"),
        };
        let mut events = unwrap("ListResource", self.client().list_resource(request).await);
        let (mut listed, mut diagnostics) = (Vec::new(), Vec::new());
        while listed.len() < limit {
            let event = within(20, "the next item of a list", events.message()).await;
            let Some(event) = event.expect("a list fails with diagnostics") else { break };
            diagnostics.extend(event.diagnostic.clone());
            listed.extend(self.listed(type_name, event));
        }
        (listed, diagnostic::read(diagnostics))
    }

    fn listed(&self, type_name: &str, event: list_resource::Event) -> Option<Listed> {
        let block = self.schemas.resource(type_name);
        let identity = self.known_identity(type_name, event.identity)?;
        let object = event.resource_object.map(|object| {
            let object = self.decoded("ListResource", &block.kind(), Some(object));
            content("ListResource", rules::object(block, &object));
            object
        });
        Some(Listed { identity, display_name: event.display_name, object })
    }

    /// Opens an ephemeral resource, gives its result, and closes it as Terraform does at the end of a
    /// phase.
    pub(crate) async fn open_and_close(&self, type_name: &str, config: Value) -> Value {
        let block = &self.schemas.ephemeral_resources[type_name];
        let kind = block.kind();
        let config = complete(block, config);
        let request = open_ephemeral_resource::Request {
            type_name: type_name.to_owned(),
            config: Some(dynamic(&kind, &config)),
            client_capabilities: capabilities(),
        };
        let answer = self.client().open_ephemeral_resource(request).await;
        let opened = unwrap("OpenEphemeralResource", answer);
        diagnostic::read(opened.diagnostics).none("OpenEphemeralResource");
        assert!(opened.deferred.is_none(), "R10: stable clients take no deferral");
        let value = self.decoded("OpenEphemeralResource", &kind, opened.result);
        content("OpenEphemeralResource", rules::plan(block, &Value::Null, &config, &value));
        content("OpenEphemeralResource", rules::object(block, &value));
        let (type_name, private) = (type_name.to_owned(), opened.private);
        let request = close_ephemeral_resource::Request { type_name, private };
        let closed = self.client().close_ephemeral_resource(request).await;
        let diagnostics = unwrap("CloseEphemeralResource", closed).diagnostics;
        diagnostic::read(diagnostics).none("CloseEphemeralResource");
        value
    }
}
