//! Provider functions.

use crate::tf_provider::diagnostics::{Diagnostic, Diagnostics};
use crate::tf_provider::function::{Definition, FunctionError};
use crate::tf_provider::proto::tfplugin5 as pb;
use crate::tf_provider::provider::Provider;
use crate::tf_provider::schema::Type;
use crate::tf_provider::server::{Inner, decode, encode, no_such};
use crate::tf_provider::value::Value;

impl<P: Provider> Inner<P> {
    /// CallFunction.
    pub(super) fn call_function(
        &self,
        request: &pb::call_function::Request,
    ) -> Result<pb::call_function::Response, Diagnostics> {
        let function = self.registry.functions.get(&*request.name);
        let function = function.ok_or_else(|| no_such("function", &request.name))?;
        let definition = function.definition();
        let arguments = arguments(&definition, &request.arguments)?;
        match function.call(arguments) {
            Ok(result) => Ok(pb::call_function::Response {
                result: Some(encode("result", &result, &definition.returns)?),
                error: None,
            }),
            Err(error) => {
                Ok(pb::call_function::Response { result: None, error: Some(failed(error)) })
            }
        }
    }
}

fn arguments(
    definition: &Definition,
    arguments: &[pb::DynamicValue],
) -> Result<Vec<Value>, Diagnostics> {
    if arguments.len() < definition.parameters.len() {
        return Err(Diagnostic::bug("Terraform sent too few arguments.").into());
    }
    let decode_argument = |(position, argument)| {
        let of = parameter_type(definition, position)?;
        decode("an argument", Some(argument), of)
    };
    arguments.iter().enumerate().map(decode_argument).collect()
}

fn parameter_type(definition: &Definition, position: usize) -> Result<&Type, Diagnostics> {
    let parameter = definition.parameters.get(position).or(definition.variadic.as_ref());
    parameter
        .map(|parameter| &parameter.of)
        .ok_or_else(|| Diagnostic::bug("Terraform sent too many arguments.").into())
}

fn failed(error: FunctionError) -> pb::FunctionError {
    pb::FunctionError {
        text: error.text,
        function_argument: error.argument.and_then(|position| i64::try_from(position).ok()),
    }
}
