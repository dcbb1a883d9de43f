//! Actions: none are offered, and every call about one says so.

use crate::tf_provider::proto::tfplugin5 as pb;
use crate::tf_provider::server::answer::Answer;
use crate::tf_provider::server::no_such;
use crate::tf_provider::wire;

/// ValidateActionConfig.
pub(super) fn validate(
    request: &pb::validate_action_config::Request,
) -> pb::validate_action_config::Response {
    pb::validate_action_config::Response::default().with(no_such("action", &request.type_name))
}

/// PlanAction.
pub(super) fn plan(request: &pb::plan_action::Request) -> pb::plan_action::Response {
    pb::plan_action::Response::default().with(no_such("action", &request.action_type))
}

/// InvokeAction: its stream must end with a completion, or Terraform takes it for a success.
pub(super) fn invoke(request: &pb::invoke_action::Request) -> pb::invoke_action::Event {
    use pb::invoke_action::event::{Completed, Type};
    let diagnostics = wire::diagnostics(no_such("action", &request.action_type));
    pb::invoke_action::Event { r#type: Some(Type::Completed(Completed { diagnostics })) }
}
