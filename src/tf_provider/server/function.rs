//! Provider functions.

use crate::tf_provider::diagnostics::Diagnostics;
use crate::tf_provider::function::{Definition, FunctionError};
use crate::tf_provider::proto::tfplugin5 as pb;
use crate::tf_provider::provider::Provider;
use crate::tf_provider::server::{Inner, encode, find};
use crate::tf_provider::value::Value;
use crate::tf_provider::wire;

impl<P: Provider> Inner<P> {
    /// CallFunction.
    pub(super) fn call_function(
        &self,
        request: &pb::call_function::Request,
    ) -> Result<pb::call_function::Response, Diagnostics> {
        let function = find("function", &self.registry.functions, &request.name)?;
        let definition = function.definition();
        let called = arguments(&definition, &request.arguments);
        let (result, error) = match called.and_then(|arguments| function.call(arguments)) {
            Ok(result) => (Some(encode("result", &result, &definition.returns)?), None),
            Err(error) => (None, Some(wire::function_error(error))),
        };
        Ok(pb::call_function::Response { result, error })
    }
}

fn arguments(
    definition: &Definition,
    arguments: &[pb::DynamicValue],
) -> Result<Vec<Value>, FunctionError> {
    if arguments.len() < definition.parameters.len() {
        let text = "Terraform sent too few arguments.".to_owned();
        return Err(FunctionError { text, argument: None });
    }
    let read = |(position, given)| {
        argument(definition, position, given)
            .map_err(|text| FunctionError { text, argument: Some(position) })
    };
    arguments.iter().enumerate().map(read).collect()
}

/// Terraform keeps null and unknown arguments back, as no parameter here allows them.
fn argument(
    definition: &Definition,
    position: usize,
    given: &pb::DynamicValue,
) -> Result<Value, String> {
    let parameter = definition.parameters.get(position).or(definition.variadic.as_ref());
    let parameter = parameter.ok_or("Terraform sent too many arguments.")?;
    let name = parameter.name;
    match wire::read(Some(given), &parameter.of) {
        Ok(value) if value.is_null() || !value.is_wholly_known() => {
            Err(format!("The argument {name} must not be null or unknown."))
        }
        Ok(value) => Ok(value),
        Err(error) => Err(format!("The argument {name} does not fit its parameter: {error}.")),
    }
}
