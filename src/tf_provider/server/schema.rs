//! What the provider offers: schemas, names, functions.

use std::collections::HashMap;

use tokio_util::sync::CancellationToken;

use crate::tf_provider::diagnostics::Diagnostics;
use crate::tf_provider::proto::tfplugin5 as pb;
use crate::tf_provider::provider::Provider;
use crate::tf_provider::registry::Offers;
use crate::tf_provider::server::Shared;
use crate::tf_provider::server::call::Call;
use crate::tf_provider::wire;

impl Call for pb::get_provider_schema::Request {
    type Answer = pb::get_provider_schema::Response;
    const NAME: &'static str = "GetSchema";

    async fn answer<P: Provider>(
        &self,
        shared: &Shared<P>,
        _: CancellationToken,
    ) -> Result<Self::Answer, Diagnostics> {
        let registry = &shared.registry;
        Ok(Self::Answer {
            provider: Some(wire::schema_without_version(&shared.block.schema)),
            resource_schemas: by_name(&registry.resources, |resource| {
                wire::schema(&resource.shape().schema)
            }),
            data_source_schemas: by_name(&registry.data_sources, |source| {
                wire::schema_without_version(&source.shape().schema)
            }),
            ephemeral_resource_schemas: by_name(&registry.ephemeral_resources, |resource| {
                wire::schema_without_version(&resource.shape().schema)
            }),
            list_resource_schemas: by_name(&registry.list_resources, |list| {
                wire::schema_without_version(&list.shape().schema)
            }),
            action_schemas: by_name(&registry.actions, |action| pb::ActionSchema {
                schema: Some(wire::schema_without_version(&action.shape().schema)),
            }),
            functions: shared.function_definitions(),
            server_capabilities: Some(CAPABILITIES),
            ..Default::default()
        })
    }
}

impl Call for pb::get_metadata::Request {
    type Answer = pb::get_metadata::Response;
    const NAME: &'static str = "GetMetadata";

    async fn answer<P: Provider>(
        &self,
        shared: &Shared<P>,
        _: CancellationToken,
    ) -> Result<Self::Answer, Diagnostics> {
        use pb::get_metadata as meta;
        let registry = &shared.registry;
        Ok(Self::Answer {
            server_capabilities: Some(CAPABILITIES),
            resources: each_name(&registry.resources, |type_name| meta::ResourceMetadata {
                type_name,
            }),
            data_sources: each_name(&registry.data_sources, |type_name| meta::DataSourceMetadata {
                type_name,
            }),
            ephemeral_resources: each_name(&registry.ephemeral_resources, |type_name| {
                meta::EphemeralMetadata { type_name }
            }),
            list_resources: each_name(&registry.list_resources, |type_name| {
                meta::ListResourceMetadata { type_name }
            }),
            actions: each_name(&registry.actions, |type_name| meta::ActionMetadata { type_name }),
            functions: each_name(&registry.functions, |name| meta::FunctionMetadata { name }),
            ..Default::default()
        })
    }
}

impl Call for pb::get_resource_identity_schemas::Request {
    type Answer = pb::get_resource_identity_schemas::Response;
    const NAME: &'static str = "GetResourceIdentitySchemas";

    async fn answer<P: Provider>(
        &self,
        shared: &Shared<P>,
        _: CancellationToken,
    ) -> Result<Self::Answer, Diagnostics> {
        let with_identity = shared.registry.resources.iter().filter_map(|(name, resource)| {
            Some((name.to_owned(), wire::identity_schema(resource.identity_schema()?)))
        });
        Ok(Self::Answer { identity_schemas: with_identity.collect(), diagnostics: Vec::new() })
    }
}

impl Call for pb::get_functions::Request {
    type Answer = pb::get_functions::Response;
    const NAME: &'static str = "GetFunctions";

    async fn answer<P: Provider>(
        &self,
        shared: &Shared<P>,
        _: CancellationToken,
    ) -> Result<Self::Answer, Diagnostics> {
        Ok(Self::Answer { functions: shared.function_definitions(), diagnostics: Vec::new() })
    }
}

impl<P: Provider> Shared<P> {
    fn function_definitions(&self) -> HashMap<String, pb::Function> {
        by_name(&self.registry.functions, |function| wire::function(&function.definition()))
    }
}

fn each_name<V: ?Sized, T>(offers: &Offers<V>, convert: impl Fn(String) -> T) -> Vec<T> {
    offers.names().map(|name| convert(name.to_owned())).collect()
}

fn by_name<V: ?Sized, T>(offers: &Offers<V>, convert: impl Fn(&V) -> T) -> HashMap<String, T> {
    offers.iter().map(|(name, offer)| (name.to_owned(), convert(offer))).collect()
}

/// The schema is optional, because no call depends on another having asked for it: Terraform then
/// fetches it once per run instead of once per process.
const CAPABILITIES: pb::ServerCapabilities = pb::ServerCapabilities {
    plan_destroy: true,
    get_provider_schema_optional: true,
    move_resource_state: true,
    generate_resource_config: true,
};
