//! Provider functions.

use tokio_util::sync::CancellationToken;

use crate::tf_provider::diagnostics::Diagnostics;
use crate::tf_provider::function::{Definition, FunctionError};
use crate::tf_provider::proto::tfplugin5 as pb;
use crate::tf_provider::provider::Provider;
use crate::tf_provider::server::call::Call;
use crate::tf_provider::server::coding::encode;
use crate::tf_provider::server::{Shared, find};
use crate::tf_provider::value::Value;
use crate::tf_provider::wire;

impl Call for pb::call_function::Request {
    type Answer = pb::call_function::Response;
    const NAME: &'static str = "CallFunction";

    fn about(&self) -> &str {
        &self.name
    }

    async fn answer<P: Provider>(
        &self,
        shared: &Shared<P>,
        _: CancellationToken,
    ) -> Result<Self::Answer, Diagnostics> {
        let function = find("function", &shared.registry.functions, &self.name)?;
        let definition = function.definition();
        let called = arguments(&definition, &self.arguments);
        let (result, error) = match called.and_then(|arguments| function.call(arguments)) {
            Ok(result) => (Some(encode("result", &result, &definition.returns)?), None),
            Err(error) => (None, Some(wire::function_error(error))),
        };
        Ok(Self::Answer { result, error })
    }
}

fn arguments(
    definition: &Definition,
    arguments: &[pb::DynamicValue],
) -> Result<Vec<Value>, FunctionError> {
    if arguments.len() < definition.parameters.len() {
        let text = "The call has too few arguments.".to_owned();
        return Err(FunctionError::new(text));
    }
    let read = |(position, given)| {
        argument(definition, position, given).map_err(|text| FunctionError::new(text).at(position))
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
    let parameter = parameter.ok_or("The call has too many arguments.")?;
    let name = parameter.name;
    match wire::read(Some(given), &parameter.of) {
        Ok(value) if value.is_null() || !value.is_wholly_known() => {
            Err(format!("The argument {name} must not be null or unknown."))
        }
        Ok(value) => Ok(value),
        Err(error) => Err(format!("The argument {name} does not fit its parameter: {error}.")),
    }
}
