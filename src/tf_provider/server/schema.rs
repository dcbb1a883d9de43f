//! What the provider offers: schemas, names, functions.

use std::collections::{BTreeMap, HashMap};

use crate::tf_provider::proto::tfplugin5 as pb;
use crate::tf_provider::provider::Provider;
use crate::tf_provider::server::Inner;
use crate::tf_provider::wire;

impl<P: Provider> Inner<P> {
    /// GetSchema.
    pub(super) fn schemas(&self) -> pb::get_provider_schema::Response {
        let registry = &self.registry;
        pb::get_provider_schema::Response {
            provider: Some(wire::schema_without_version(&self.provider.schema())),
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
            functions: self.function_definitions(),
            server_capabilities: Some(CAPABILITIES),
            ..Default::default()
        }
    }

    /// GetMetadata.
    pub(super) fn metadata(&self) -> pb::get_metadata::Response {
        use pb::get_metadata as meta;
        let registry = &self.registry;
        pb::get_metadata::Response {
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
            functions: each_name(&registry.functions, |name| meta::FunctionMetadata { name }),
            ..Default::default()
        }
    }

    /// GetResourceIdentitySchemas.
    pub(super) fn identity_schemas(&self) -> pb::get_resource_identity_schemas::Response {
        let with_identity = self.registry.resources.iter().filter_map(|(name, resource)| {
            Some(((*name).to_owned(), wire::identity_schema(resource.identity_schema()?)))
        });
        pb::get_resource_identity_schemas::Response {
            identity_schemas: with_identity.collect(),
            diagnostics: Vec::new(),
        }
    }

    /// GetFunctions.
    pub(super) fn functions_answer(&self) -> pb::get_functions::Response {
        pb::get_functions::Response {
            functions: self.function_definitions(),
            diagnostics: Vec::new(),
        }
    }

    fn function_definitions(&self) -> HashMap<String, pb::Function> {
        by_name(&self.registry.functions, |function| wire::function(&function.definition()))
    }
}

fn each_name<V, T>(entries: &BTreeMap<&'static str, V>, convert: impl Fn(String) -> T) -> Vec<T> {
    entries.keys().map(|name| convert((*name).to_owned())).collect()
}

fn by_name<V, T>(
    entries: &BTreeMap<&'static str, V>,
    convert: impl Fn(&V) -> T,
) -> HashMap<String, T> {
    entries.iter().map(|(name, entry)| ((*name).to_owned(), convert(entry))).collect()
}

/// The schema is optional, because no call depends on another having asked for it: Terraform then
/// fetches it once per run instead of once per process.
const CAPABILITIES: pb::ServerCapabilities = pb::ServerCapabilities {
    plan_destroy: true,
    get_provider_schema_optional: true,
    move_resource_state: true,
    generate_resource_config: true,
};
