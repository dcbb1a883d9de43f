//! Managed resources: validate, read, plan.

use tokio_util::sync::CancellationToken;

use crate::tf_provider::diagnostics::{Diagnostic, Diagnostics};
use crate::tf_provider::erased::AnyResource;
use crate::tf_provider::proto::tfplugin5 as pb;
use crate::tf_provider::provider::Provider;
use crate::tf_provider::schema::{Attribute, Schema};
use crate::tf_provider::server::answer::Answer;
use crate::tf_provider::server::{Inner, configured, decode, encode, encode_plan, find};
use crate::tf_provider::value::Value;
use crate::tf_provider::wire;

impl<P: Provider> Inner<P> {
    pub(super) fn resource(
        &self,
        type_name: &str,
    ) -> Result<&dyn AnyResource<P::Client>, Diagnostics> {
        find("resource", &self.registry.resources, type_name)
    }

    /// ValidateResourceTypeConfig.
    pub(super) fn validate_resource(
        &self,
        request: &pb::validate_resource_type_config::Request,
    ) -> Result<pb::validate_resource_type_config::Response, Diagnostics> {
        let resource = self.resource(&request.type_name)?;
        let shape = resource.shape();
        let config = decode("a configuration", request.config.as_ref(), &shape.of)?;
        let capable = request.client_capabilities.is_some_and(|c| c.write_only_attributes_allowed);
        let mut diagnostics = configured::refusals(&shape.schema, &config);
        if !capable {
            diagnostics.extend(write_only_refusals(&shape.schema, &config));
        }
        diagnostics.extend(resource.validate(config)?);
        Ok(pb::validate_resource_type_config::Response::default().with(diagnostics))
    }

    /// ReadResource.
    pub(super) async fn read(
        &self,
        request: &pb::read_resource::Request,
        stop: CancellationToken,
    ) -> Result<pb::read_resource::Response, Diagnostics> {
        let resource = self.resource(&request.type_name)?;
        let of = &resource.shape().of;
        let state = decode("a state", request.current_state.as_ref(), of)?;
        if state.is_null() {
            return Ok(unchanged(request));
        }
        let context = self.context(stop)?.with_private(request.private.clone());
        let read = resource.read(&context, state).await?;
        let identity = self.identity(resource, &read.value)?;
        let answer = pb::read_resource::Response {
            new_state: Some(encode("refreshed state", &read.value, of)?),
            new_identity: identity.or_else(|| request.current_identity.clone()),
            private: context.private().bytes(),
            ..Default::default()
        };
        Ok(answer.with(read.warnings))
    }

    /// PlanResourceChange.
    pub(super) fn plan(
        &self,
        request: pb::plan_resource_change::Request,
    ) -> Result<pb::plan_resource_change::Response, Diagnostics> {
        let resource = self.resource(&request.type_name)?;
        let of = &resource.shape().of;
        let prior = decode("a prior state", request.prior_state.as_ref(), of)?;
        let proposed = decode("a proposed state", request.proposed_new_state.as_ref(), of)?;
        let config = decode("a configuration", request.config.as_ref(), of)?;
        // The second plan of a replacement comes with the identity of the object before.
        let planned_identity = request.prior_identity.filter(|_| !prior.is_null());
        let planned = resource.plan(prior, proposed, config)?;
        let answer = pb::plan_resource_change::Response {
            planned_state: Some(encode_plan(&planned.state, of)?),
            requires_replace: planned.requires_replace.iter().map(wire::attribute_path).collect(),
            planned_private: request.prior_private,
            planned_identity,
            ..Default::default()
        };
        Ok(answer.with(planned.diagnostics))
    }

    /// The identity of a state, for an answer.
    pub(super) fn identity(
        &self,
        resource: &dyn AnyResource<P::Client>,
        state: &Value,
    ) -> Result<Option<pb::ResourceIdentityData>, Diagnostics> {
        let Some(schema) = resource.identity_schema() else { return Ok(None) };
        let Some(identity) = resource.identity(state)? else { return Ok(None) };
        let data = encode("identity", &identity, &schema.object_type())?;
        Ok(Some(pb::ResourceIdentityData { identity_data: Some(data) }))
    }
}

/// The answer to a read that found out nothing: an error must not drop what is stored.
pub(super) fn unchanged(request: &pb::read_resource::Request) -> pb::read_resource::Response {
    pb::read_resource::Response {
        new_state: request.current_state.clone(),
        private: request.private.clone(),
        new_identity: request.current_identity.clone(),
        ..Default::default()
    }
}

/// Write-only values in the hands of a client that would store them.
fn write_only_refusals(schema: &Schema, config: &Value) -> Vec<Diagnostic> {
    let given = schema
        .attributes
        .iter()
        .filter(|attribute| attribute.write_only && !config.attribute(attribute.name).is_null());
    let refuse = |attribute: &Attribute| {
        Diagnostic::error(
            "Write-Only Attribute Not Supported",
            format!(
                "The write-only attribute {} needs Terraform 1.11 or later, or OpenTofu 1.11 or \
                 later: this version would store its value. Upgrade, or use an attribute that is \
                 not write-only.",
                attribute.name
            ),
        )
        .at(attribute.name)
    };
    given.map(refuse).collect()
}
