//! The function.

use terraform_provider_whatsapp::tf_provider::{
    Definition, Function, FunctionError, Parameter, Type, Value,
};

/// The function `provider::garden::label`.
#[derive(Debug)]
pub(crate) struct Label;

impl Function for Label {
    fn name(&self) -> &'static str {
        "label"
    }

    fn definition(&self) -> Definition {
        let text = |name, description| Parameter::new(name, Type::String, description);
        let description = "Joins the name of a bed and its plants to the text of a sign.";
        Definition::new("What stands on a sign", description, Type::String)
            .parameter(text("bed", "The name of the bed."))
            .variadic(text("plants", "What grows there."))
    }

    fn call(&self, arguments: Vec<Value>) -> Result<Value, FunctionError> {
        let texts = arguments.iter().filter_map(|argument| match argument {
            Value::String(text) => Some(text.as_str()),
            _ => None,
        });
        let texts: Vec<_> = texts.collect();
        if let Some(argument) = texts.iter().position(|text| text.is_empty()) {
            return Err(FunctionError::new("A sign has no place for nothing.").at(argument));
        }
        let (bed, plants) = texts.split_first().unwrap_or((&"", &[]));
        Ok(Value::string(format!("{bed}: {}", plants.join(", "))))
    }
}
