//! Actions: validate, plan, invoke.

use tokio_util::sync::CancellationToken;

use crate::tf_provider::diagnostics::{Diagnostic, Diagnostics};
use crate::tf_provider::erased::AnyAction;
use crate::tf_provider::proto::tfplugin5 as pb;
use crate::tf_provider::provider::Provider;
use crate::tf_provider::schema::{Attribute, Schema, Source};
use crate::tf_provider::server::answer::Answer;
use crate::tf_provider::server::call::{Call, Streaming};
use crate::tf_provider::server::coding::decode;
use crate::tf_provider::server::stream::Outlet;
use crate::tf_provider::server::{Shared, find, validate};
use crate::tf_provider::sink::Through;
use crate::tf_provider::value::Value;
use crate::tf_provider::wire;

impl<P: Provider> Shared<P> {
    fn action(&self, type_name: &str) -> Result<&dyn AnyAction<P::Client>, Diagnostics> {
        find("action", &self.registry.actions, type_name)
    }
}

/// Terraform announces no capability here, and may hold write-only values all the same.
impl Call for pb::validate_action_config::Request {
    type Answer = pb::validate_action_config::Response;
    const NAME: &'static str = "ValidateActionConfig";

    fn about(&self) -> &str {
        &self.type_name
    }

    async fn answer<P: Provider>(
        &self,
        shared: &Shared<P>,
        _: CancellationToken,
    ) -> Result<Self::Answer, Diagnostics> {
        let action = shared.action(&self.type_name)?;
        let validate = |config| action.validate(config);
        let found = validate::checked(action.shape(), self.config.as_ref(), validate)?;
        Ok(Self::Answer::default().with(found))
    }
}

impl Call for pb::plan_action::Request {
    type Answer = pb::plan_action::Response;
    const NAME: &'static str = "PlanAction";

    fn about(&self) -> &str {
        &self.action_type
    }

    async fn answer<P: Provider>(
        &self,
        shared: &Shared<P>,
        stop: CancellationToken,
    ) -> Result<Self::Answer, Diagnostics> {
        let action = shared.action(&self.action_type)?;
        let config = decode("a configuration", self.config.as_ref(), &action.shape().of)?;
        let context = shared.context(stop)?;
        Ok(Self::Answer::default().with(action.plan(context.client(), config)?))
    }
}

impl Streaming for pb::invoke_action::Request {
    type Event = pb::invoke_action::Event;
    const NAME: &'static str = "InvokeAction";
    const NEVER_CUT: bool = true;

    fn about(&self) -> &str {
        &self.action_type
    }

    async fn answer<P: Provider>(
        &self,
        shared: &Shared<P>,
        stop: CancellationToken,
        outlet: &Outlet<Self::Event>,
    ) -> Result<Diagnostics, Diagnostics> {
        let action = shared.action(&self.action_type)?;
        let shape = action.shape();
        let config = decode("a configuration", self.config.as_ref(), &shape.of)?;
        let refusals = not_invocable(&shape.schema, &config);
        if refusals.has_errors() {
            return Err(refusals);
        }
        let context = shared.context(stop)?;
        let progress = Through { convert: |line: String| Ok(progress(&line)), to: outlet };
        let done = action.invoke(&context, config, &progress).await?;
        Ok(done.warnings)
    }
}

fn progress(line: &str) -> pb::invoke_action::Event {
    use pb::invoke_action::event::{Progress, Type};
    let message = wire::one_line(line);
    pb::invoke_action::Event { r#type: Some(Type::Progress(Progress { message })) }
}

/// Why an action cannot run with this configuration. Nothing has been done then.
fn not_invocable(schema: &Schema, config: &Value) -> Diagnostics {
    if !config.is_wholly_known() {
        return Diagnostic::error(
            "Values Not Known Yet",
            "Terraform invoked the action with values that are not known yet. Nothing was done.",
        )
        .into();
    }
    let withheld = |attribute: &&Attribute| {
        attribute.write_only
            && attribute.source == Source::Required
            && config.attribute(attribute.name).is_null()
    };
    let mut problems: Diagnostics = schema
        .attributes
        .iter()
        .filter(withheld)
        .map(|attribute| no_value(attribute.name))
        .collect();
    if problems.is_empty() {
        problems = validate::refusals(schema, config);
    }
    problems
}

/// A variable without a value is the usual reason. Development builds of Terraform 1.17 were seen to
/// invoke by name with what they stored, so without these values.
fn no_value(name: &str) -> Diagnostic {
    Diagnostic::error(
        "Write-Only Value Missing",
        format!(
            "The action needs {name}, and it came without a value. Nothing was done. Perhaps \
             {name} is null in this run: look whether the variable that gives it is set. If it has \
             a value, the client withholds it from actions that are invoked by name (-invoke), as \
             development builds of Terraform 1.17 do: trigger the action by a resource \
             (action_trigger), or use a release that passes it on, such as 1.14 or 1.15."
        ),
    )
}
