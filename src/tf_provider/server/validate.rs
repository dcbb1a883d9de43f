//! One validation for all kinds, which also refuses configurations that give a value to what only the provider gives, or none to what only
//! the user gives. Terraform lets both pass: it would drop the one without a word, and it takes an
//! explicit `null` for a value.

use crate::tf_provider::diagnostics::{Diagnostic, Diagnostics};
use crate::tf_provider::erased::Shape;
use crate::tf_provider::proto::tfplugin5 as pb;
use crate::tf_provider::schema::{Attribute, Schema, Source};
use crate::tf_provider::server::coding::decode;
use crate::tf_provider::value::Value;

/// What is wrong with a configuration; `author` is the author's own check.
pub(super) fn checked(
    shape: &Shape,
    config: Option<&pb::DynamicValue>,
    author: impl FnOnce(Value) -> Result<Diagnostics, Diagnostics>,
) -> Result<Diagnostics, Diagnostics> {
    let config = decode("a configuration", config, &shape.of)?;
    let mut diagnostics = refusals(&shape.schema, &config);
    diagnostics.extend(author(config)?);
    Ok(diagnostics)
}

/// One error for each attribute whose value comes from the wrong side. Unknown counts as given.
pub(super) fn refusals(schema: &Schema, config: &Value) -> Diagnostics {
    let refusal = |attribute: &Attribute| {
        let is_set = !config.attribute(attribute.name).is_null();
        match attribute.source {
            Source::Computed if is_set => Some(read_only(attribute.name)),
            Source::Required if !is_set => Some(missing(attribute.name)),
            _ => None,
        }
    };
    schema.attributes.iter().filter_map(refusal).collect()
}

fn read_only(name: &str) -> Diagnostic {
    Diagnostic::error(
        "Read-Only Attribute",
        format!("The provider gives {name} its value. Remove {name} from the configuration."),
    )
    .at(name)
}

fn missing(name: &str) -> Diagnostic {
    Diagnostic::error(
        "Required Attribute Missing",
        format!(
            "{name} must have a value, and it is null. If a variable or an expression gives the \
             value, it is null in this run."
        ),
    )
    .at(name)
}
