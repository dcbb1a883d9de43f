//! Managed resources: validate, read, plan.

use tokio_util::sync::CancellationToken;

use crate::tf_provider::diagnostics::{Diagnostic, Diagnostics};
use crate::tf_provider::erased::{AnyResource, Planning};
use crate::tf_provider::private;
use crate::tf_provider::proto::tfplugin5 as pb;
use crate::tf_provider::provider::Provider;
use crate::tf_provider::schema::{Attribute, Schema};
use crate::tf_provider::server::answer::Answer;
use crate::tf_provider::server::call::Call;
use crate::tf_provider::server::coding::{decode, encode, encode_plan};
use crate::tf_provider::server::{Shared, find, validate};
use crate::tf_provider::value::Value;
use crate::tf_provider::wire;

impl<P: Provider> Shared<P> {
    pub(super) fn resource(
        &self,
        type_name: &str,
    ) -> Result<&dyn AnyResource<P::Client>, Diagnostics> {
        find("resource", &self.registry.resources, type_name)
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

impl Call for pb::validate_resource_type_config::Request {
    type Answer = pb::validate_resource_type_config::Response;
    const NAME: &'static str = "ValidateResourceTypeConfig";

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
        let capable = self.client_capabilities.is_some_and(|c| c.write_only_attributes_allowed);
        let found = validate::checked(shape, self.config.as_ref(), |config| {
            let refused = (!capable).then(|| write_only_refusals(&shape.schema, &config));
            let mut diagnostics: Diagnostics = refused.into_iter().flatten().collect();
            diagnostics.extend(resource.validate(config)?);
            Ok(diagnostics)
        })?;
        Ok(Self::Answer::default().with(found))
    }
}

impl Call for pb::read_resource::Request {
    type Answer = pb::read_resource::Response;
    const NAME: &'static str = "ReadResource";

    fn about(&self) -> &str {
        &self.type_name
    }

    async fn answer<P: Provider>(
        &self,
        shared: &Shared<P>,
        stop: CancellationToken,
    ) -> Result<Self::Answer, Diagnostics> {
        let resource = shared.resource(&self.type_name)?;
        let of = &resource.shape().of;
        let state = decode("a state", self.current_state.as_ref(), of)?;
        if state.is_null() {
            return Ok(self.otherwise(shared));
        }
        let context = shared.context(stop)?.with_private(&self.private);
        let read = resource.read(&context, state).await?;
        let identity = shared.identity(resource, &read.value)?;
        let before = self.current_identity.as_ref();
        if let Some(problem) = identity_change(resource, before, identity.as_ref()) {
            return Err(problem.into());
        }
        let answer = Self::Answer {
            new_state: Some(encode("refreshed state", &read.value, of)?),
            new_identity: identity.or_else(|| self.current_identity.clone()),
            private: context.private().bytes(),
            ..Default::default()
        };
        Ok(answer.with(read.warnings))
    }

    /// What is stored stays as it is: an error must not drop it.
    fn otherwise<P: Provider>(&self, _: &Shared<P>) -> Self::Answer {
        Self::Answer {
            new_state: self.current_state.clone(),
            private: self.private.clone(),
            new_identity: self.current_identity.clone(),
            ..Default::default()
        }
    }
}

impl Call for pb::plan_resource_change::Request {
    type Answer = pb::plan_resource_change::Response;
    const NAME: &'static str = "PlanResourceChange";

    fn about(&self) -> &str {
        &self.type_name
    }

    async fn answer<P: Provider>(
        &self,
        shared: &Shared<P>,
        _: CancellationToken,
    ) -> Result<Self::Answer, Diagnostics> {
        let resource = shared.resource(&self.type_name)?;
        let of = &resource.shape().of;
        let prior = decode("a prior state", self.prior_state.as_ref(), of)?;
        let proposed = decode("a proposed state", self.proposed_new_state.as_ref(), of)?;
        let config = decode("a configuration", self.config.as_ref(), of)?;
        // The second plan of a replacement comes with the identity of the object before.
        let planned_identity = self.prior_identity.clone().filter(|_| !prior.is_null());
        let kept = private::unmarked(&self.prior_private);
        let planned_private = match prior.is_null() || proposed.is_null() {
            true => kept.to_vec(),
            false => private::marked(kept),
        };
        let replaces = prior.is_null() && private::is_marked(&self.prior_private);
        let planned = resource.plan(Planning { prior, proposed, config, replaces })?;
        let answer = Self::Answer {
            planned_state: Some(encode_plan(&planned.state, of)?),
            requires_replace: planned.requires_replace.iter().map(wire::attribute_path).collect(),
            planned_private,
            planned_identity,
            ..Default::default()
        };
        Ok(answer.with(planned.diagnostics))
    }
}

/// An error if an object is not identified as it was before: Terraform would take it for another one.
/// What was not known before may become known.
pub(super) fn identity_change<C>(
    resource: &dyn AnyResource<C>,
    before: Option<&pb::ResourceIdentityData>,
    now: Option<&pb::ResourceIdentityData>,
) -> Option<Diagnostic> {
    let of = resource.identity_schema()?.object_type();
    let [before, now] = [before?, now?]
        .map(|identity| wire::read(identity.identity_data.as_ref(), &of).unwrap_or(Value::Null));
    let Value::Map(attributes) = &before else { return None };
    let changed = |(name, value): &(&String, &Value)| {
        !value.is_null() && !now.is_null() && *value != now.attribute(name)
    };
    let (name, _) = attributes.iter().find(changed)?;
    Some(Diagnostic::bug(format!(
        "The object is identified by another {name} than before, and an identity never changes."
    )))
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
