//! Managed resources: apply. No answer may lose an object that exists.

use tokio_util::sync::CancellationToken;

use crate::tf_provider::context::Context;
use crate::tf_provider::diagnostics::{Diagnostic, Diagnostics};
use crate::tf_provider::erased::{AnyResource, Applied, Applying};
use crate::tf_provider::panic_hook::guarded;
use crate::tf_provider::private;
use crate::tf_provider::proto::tfplugin5 as pb;
use crate::tf_provider::provider::Provider;
use crate::tf_provider::server::Shared;
use crate::tf_provider::server::answer::Answer;
use crate::tf_provider::server::call::{self, Call};
use crate::tf_provider::server::coding::decode;
use crate::tf_provider::server::resource::identity_change;
use crate::tf_provider::value::{Type, Value};
use crate::tf_provider::wire;

impl Call for pb::apply_resource_change::Request {
    type Answer = pb::apply_resource_change::Response;
    const NAME: &'static str = "ApplyResourceChange";
    const NEVER_CUT: bool = true;

    fn about(&self) -> &str {
        &self.type_name
    }

    async fn answer<P: Provider>(
        &self,
        shared: &Shared<P>,
        stop: CancellationToken,
    ) -> Result<Self::Answer, Diagnostics> {
        let Prepared { resource, context, change } = match shared.prepare_apply(self, stop) {
            Ok(prepared) => prepared,
            // Nothing has been done yet: what was stored before is still true.
            Err(diagnostics) => return Ok(untouched(self).with(diagnostics.into_failure())),
        };
        let is_update = !change.prior.is_null() && !change.planned.is_null();
        let Applied { state, mut diagnostics } = resource.apply(&context, change).await;
        let identity = shared.guarded_identity(resource, &state).await.unwrap_or_else(|problems| {
            diagnostics.extend(problems);
            None
        });
        let before = self.planned_identity.as_ref().filter(|_| is_update);
        let changed = identity_change(resource, before, identity.as_ref());
        let identity = identity.filter(|_| changed.is_none());
        diagnostics.extend(changed);
        let (new_state, problems) = write_or_salvage(&state, &resource.shape().of);
        diagnostics.extend(problems);
        let planned_identity = || self.planned_identity.clone().filter(|_| !state.is_null());
        let answer = Self::Answer {
            new_state: Some(new_state),
            private: context.private().bytes(),
            new_identity: identity.or_else(planned_identity),
            ..Default::default()
        };
        Ok(answer.with(diagnostics))
    }

    /// After a panic the object may exist, so that a create is stored as far as it was planned.
    /// Terraform then marks it as tainted.
    fn otherwise<P: Provider>(&self, shared: &Shared<P>) -> Self::Answer {
        let untouched = untouched(self);
        let Ok(resource) = shared.resource(&self.type_name) else { return untouched };
        let of = &resource.shape().of;
        let is_create =
            wire::read(self.prior_state.as_ref(), of).is_ok_and(|prior| prior.is_null());
        match wire::read(self.planned_state.as_ref(), of) {
            Ok(planned) if is_create => Self::Answer {
                new_state: Some(write_or_salvage(&planned.known_or_null(), of).0),
                ..untouched
            },
            _ => untouched,
        }
    }
}

impl<P: Provider> Shared<P> {
    /// The object exists by now: a panic of the author's code must not lose its state.
    async fn guarded_identity(
        &self,
        resource: &dyn AnyResource<P::Client>,
        state: &Value,
    ) -> Result<Option<pb::ResourceIdentityData>, Diagnostics> {
        let identity = guarded(async { self.identity(resource, state) }).await;
        identity.unwrap_or_else(|report| Err(call::panicked("ApplyResourceChange", &report)))
    }

    fn prepare_apply<'a>(
        &'a self,
        request: &pb::apply_resource_change::Request,
        stop: CancellationToken,
    ) -> Result<Prepared<'a, P::Client>, Diagnostics> {
        let resource = self.resource(&request.type_name)?;
        let of = &resource.shape().of;
        let change = Applying {
            prior: decode("a prior state", request.prior_state.as_ref(), of)?,
            planned: decode("a plan", request.planned_state.as_ref(), of)?,
            config: decode("a configuration", request.config.as_ref(), of)?,
        };
        let context = self.context(stop)?.with_private(&request.planned_private);
        Ok(Prepared { resource, context, change })
    }
}

/// What an apply needs.
struct Prepared<'a, C> {
    resource: &'a dyn AnyResource<C>,
    context: Context<C>,
    change: Applying,
}

/// The answer to an apply that did nothing.
fn untouched(request: &pb::apply_resource_change::Request) -> pb::apply_resource_change::Response {
    pb::apply_resource_change::Response {
        new_state: request.prior_state.clone(),
        private: private::unmarked(&request.planned_private).to_vec(),
        new_identity: request.planned_identity.clone(),
        ..Default::default()
    }
}

/// Encodes a state; what cannot be encoded becomes null and an error. Terraform would drop an
/// answer that it cannot decode, and with it the object.
fn write_or_salvage(state: &Value, of: &Type) -> (pb::DynamicValue, Diagnostics) {
    let error = match wire::write(state, of) {
        Ok(written) => return (written, Diagnostics::new()),
        Err(error) => error,
    };
    let problem = Diagnostic::bug(format!(
        "The new state cannot be stored as it is: {error}. What can be stored has been stored."
    ));
    let salvaged = wire::write(&salvage(state, of), of).unwrap_or_else(|_| wire::null());
    (salvaged, problem.into())
}

/// The attributes that can be encoded, and null for the others.
fn salvage(state: &Value, of: &Type) -> Value {
    let Type::Object(types) = of else { return Value::Null };
    let keep = |(name, of): (&String, &Type)| {
        let attribute = state.attribute(name);
        let kept =
            if wire::encode(attribute, of).is_ok() { attribute.clone() } else { Value::Null };
        (name.clone(), kept)
    };
    Value::Map(types.iter().map(keep).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_that_cannot_be_encoded_is_stored_as_far_as_it_can() {
        let of = Type::object([("id", Type::String), ("size", Type::Number)]);
        let state = Value::object([("id", Value::string("1")), ("size", Value::Bool(true))]);
        let (written, problems) = write_or_salvage(&state, &of);
        let stored = wire::read(Some(&written), &of).expect("what was salvaged can be decoded");
        assert_eq!(stored, Value::object([("id", Value::string("1")), ("size", Value::Null)]));
        assert!(problems.has_errors());
    }
}
