//! Managed resources: import, upgrade, move, and configuration from state. All of it offline.

use std::fmt;

use tokio_util::sync::CancellationToken;

use crate::tf_provider::diagnostics::{Diagnostic, Diagnostics};
use crate::tf_provider::erased::AnyResource;
use crate::tf_provider::plan;
use crate::tf_provider::proto::tfplugin5 as pb;
use crate::tf_provider::provider::Provider;
use crate::tf_provider::resource::ImportSource;
use crate::tf_provider::schema::{Schema, Source};
use crate::tf_provider::server::Shared;
use crate::tf_provider::server::call::Call;
use crate::tf_provider::server::coding::{decode, encode};
use crate::tf_provider::value::Value;
use crate::tf_provider::wire;

impl Call for pb::upgrade_resource_state::Request {
    type Answer = pb::upgrade_resource_state::Response;
    const NAME: &'static str = "UpgradeResourceState";

    fn about(&self) -> &str {
        &self.type_name
    }

    async fn answer<P: Provider>(
        &self,
        shared: &Shared<P>,
        _: CancellationToken,
    ) -> Result<Self::Answer, Diagnostics> {
        let resource = shared.resource(&self.type_name)?;
        let state = upgraded(resource, self.version, self.raw_state.as_ref())?;
        Ok(Self::Answer {
            upgraded_state: Some(encode("upgraded state", &state, &resource.shape().of)?),
            diagnostics: Vec::new(),
        })
    }
}

/// A state without identity is sent as empty bytes.
impl Call for pb::upgrade_resource_identity::Request {
    type Answer = pb::upgrade_resource_identity::Response;
    const NAME: &'static str = "UpgradeResourceIdentity";

    fn about(&self) -> &str {
        &self.type_name
    }

    async fn answer<P: Provider>(
        &self,
        shared: &Shared<P>,
        _: CancellationToken,
    ) -> Result<Self::Answer, Diagnostics> {
        let resource = shared.resource(&self.type_name)?;
        let Some(schema) = resource.identity_schema() else {
            return Err(no_identity(&self.type_name));
        };
        let of = schema.object_type();
        let identity = wire::read_stored(self.raw_identity.as_ref(), &of).map_err(unreadable)?;
        let data = encode("identity", &identity, &of)?;
        Ok(Self::Answer {
            upgraded_identity: Some(pb::ResourceIdentityData { identity_data: Some(data) }),
            diagnostics: Vec::new(),
        })
    }
}

impl Call for pb::import_resource_state::Request {
    type Answer = pb::import_resource_state::Response;
    const NAME: &'static str = "ImportResourceState";

    fn about(&self) -> &str {
        &self.type_name
    }

    async fn answer<P: Provider>(
        &self,
        shared: &Shared<P>,
        _: CancellationToken,
    ) -> Result<Self::Answer, Diagnostics> {
        let resource = shared.resource(&self.type_name)?;
        let state = resource.import(import_source(resource, self)?)?;
        let imported = pb::import_resource_state::ImportedResource {
            state: Some(encode("imported state", &state, &resource.shape().of)?),
            identity: shared.identity(resource, &state)?.or_else(|| self.identity.clone()),
            type_name: self.type_name.clone(),
            private: Vec::new(),
        };
        Ok(Self::Answer { imported_resources: vec![imported], ..Default::default() })
    }
}

/// OpenTofu also asks for mere changes of address.
impl Call for pb::move_resource_state::Request {
    type Answer = pb::move_resource_state::Response;
    const NAME: &'static str = "MoveResourceState";

    fn about(&self) -> &str {
        &self.target_type_name
    }

    async fn answer<P: Provider>(
        &self,
        shared: &Shared<P>,
        _: CancellationToken,
    ) -> Result<Self::Answer, Diagnostics> {
        let resource = shared.resource(&self.target_type_name)?;
        let ours = is_same_provider(&self.source_provider_address, shared.address);
        if !ours || self.source_type_name != self.target_type_name {
            return Err(unmovable(self));
        }
        let version = self.source_schema_version;
        let state = upgraded(resource, version, self.source_state.as_ref())?;
        Ok(Self::Answer {
            target_state: Some(encode("moved state", &state, &resource.shape().of)?),
            target_identity: shared.identity(resource, &state)?,
            target_private: self.source_private.clone(),
            diagnostics: Vec::new(),
        })
    }
}

/// What a person would have written to get this state.
impl Call for pb::generate_resource_config::Request {
    type Answer = pb::generate_resource_config::Response;
    const NAME: &'static str = "GenerateResourceConfig";

    fn about(&self) -> &str {
        &self.type_name
    }

    async fn answer<P: Provider>(
        &self,
        shared: &Shared<P>,
        _: CancellationToken,
    ) -> Result<Self::Answer, Diagnostics> {
        let resource = shared.resource(&self.type_name)?;
        let shape = resource.shape();
        let state = decode("a state", self.state.as_ref(), &shape.of)?;
        let config = configurable(&shape.schema, state);
        Ok(Self::Answer {
            config: Some(encode("configuration", &config, &shape.of)?),
            diagnostics: Vec::new(),
        })
    }
}

/// A stored object of any version, as the current schema has it.
pub(in crate::tf_provider) fn upgraded<C>(
    resource: &dyn AnyResource<C>,
    version: i64,
    stored: Option<&pb::RawState>,
) -> Result<Value, Diagnostics> {
    let shape = resource.shape();
    let json = resource.upgrade(version, wire::stored_json(stored).map_err(unreadable)?)?;
    let stored = pb::RawState { json, ..Default::default() };
    let state = wire::read_stored(Some(&stored), &shape.of).map_err(unreadable)?;
    if state.is_null() {
        // Terraform would take null for an object that is gone, and forget it.
        return Err(unreadable("it is empty"));
    }
    Ok(plan::without_write_only(&shape.schema, state))
}

/// Terraform gives either an ID or an identity.
fn import_source<C>(
    resource: &dyn AnyResource<C>,
    request: &pb::import_resource_state::Request,
) -> Result<ImportSource<Value>, Diagnostics> {
    let identity = request.identity.as_ref().and_then(|identity| identity.identity_data.as_ref());
    match (identity, resource.identity_schema()) {
        (Some(identity), Some(schema)) if request.id.is_empty() => {
            let identity = decode("an identity", Some(identity), &schema.object_type())?;
            Ok(ImportSource::Identity(identity))
        }
        (Some(_), None) => Err(no_identity(&request.type_name)),
        _ if request.id.is_empty() => Err(nothing_to_import(&request.type_name)),
        _ => Ok(ImportSource::Id(request.id.clone())),
    }
}

/// The state without what a configuration cannot or should not say.
fn configurable(schema: &Schema, state: Value) -> Value {
    let mut config = plan::without_write_only(schema, state);
    for attribute in &schema.attributes {
        let computed_id = attribute.name == "id" && attribute.is_computed();
        let unsayable = attribute.source == Source::Computed || attribute.deprecation.is_some();
        if computed_id || unsayable {
            config.set_attribute(attribute.name, Value::Null);
        }
    }
    config
}

/// Whether two addresses mean one provider. A provider is published under the same name in Terraform's
/// registry and in OpenTofu's; the same name anywhere else may be anybody's.
fn is_same_provider(one: &str, other: &str) -> bool {
    let public = ["registry.terraform.io/", "registry.opentofu.org/"];
    let name = |address| public.iter().find_map(|host| str::strip_prefix(address, host));
    one == other || name(one).is_some_and(|one| Some(one) == name(other))
}

fn unreadable(error: impl fmt::Display) -> Diagnostics {
    Diagnostic::error(
        "Stored State Not Readable",
        format!(
            "What is stored does not fit the provider's schema: {error}. Restore a \
             backup of the state, or remove the resource from the state and import it again."
        ),
    )
    .into()
}

fn no_identity(type_name: &str) -> Diagnostics {
    Diagnostic::error(
        "Resource Identity Not Supported",
        format!("A {type_name} has no identity. Import it by its ID."),
    )
    .into()
}

fn nothing_to_import(type_name: &str) -> Diagnostics {
    Diagnostic::error(
        "Nothing to Import",
        format!("Say which {type_name} to import, by its ID or by its identity."),
    )
    .into()
}

fn unmovable(request: &pb::move_resource_state::Request) -> Diagnostics {
    Diagnostic::error(
        "Move Not Supported",
        format!(
            "The state of a {} of the provider {} cannot become a {}. Remove the moved block, then \
             import the object under its new address.",
            request.source_type_name, request.source_provider_address, request.target_type_name
        ),
    )
    .into()
}
