//! Values of requests and answers, with what a user reads when one does not fit.

use crate::tf_provider::diagnostics::{Diagnostic, Diagnostics};
use crate::tf_provider::proto::tfplugin5 as pb;
use crate::tf_provider::value::{Type, Value};
use crate::tf_provider::wire::{self, WireError};

/// Decodes a value of a request; `what` names it in the message.
pub(super) fn decode(
    what: &str,
    value: Option<&pb::DynamicValue>,
    of: &Type,
) -> Result<Value, Diagnostics> {
    wire::read(value, of).map_err(|error| {
        Diagnostic::error(
            "Value Not Readable",
            format!(
                "The provider got {what} that does not fit its schema: {error}. Check that \
                 only one version of the provider is installed, and report the problem to \
                 the provider's maintainers."
            ),
        )
        .into()
    })
}

/// Encodes a value of an answer, which has to be known: only plans may hold unknown values.
pub(super) fn encode(
    what: &str,
    value: &Value,
    of: &Type,
) -> Result<pb::DynamicValue, Diagnostics> {
    if !value.is_wholly_known() {
        return Err(Diagnostic::bug(format!("The {what} holds unknown values.")).into());
    }
    wire::write(value, of).map_err(|error| unwritable(what, &error))
}

/// Encodes a plan.
pub(super) fn encode_plan(plan: &Value, of: &Type) -> Result<pb::DynamicValue, Diagnostics> {
    wire::write(plan, of).map_err(|error| unwritable("plan", &error))
}

fn unwritable(what: &str, error: &WireError) -> Diagnostics {
    Diagnostic::bug(format!("The {what} cannot be encoded: {error}.")).into()
}
