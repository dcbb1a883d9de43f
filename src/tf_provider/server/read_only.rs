//! Refuses configured values for what only the provider gives. Terraform lets them pass, and they
//! would be dropped without a word.

use crate::tf_provider::diagnostics::{Diagnostic, Diagnostics};
use crate::tf_provider::schema::{Attribute, Schema, Source};
use crate::tf_provider::value::Value;

/// One error for each computed attribute that has a value in the configuration, known or not.
pub(super) fn refusals(schema: &Schema, config: &Value) -> Diagnostics {
    let is_set = |attribute: &&Attribute| {
        attribute.source == Source::Computed && !config.attribute(attribute.name).is_null()
    };
    schema.attributes.iter().filter(is_set).map(refusal).collect()
}

fn refusal(attribute: &Attribute) -> Diagnostic {
    let name = attribute.name;
    Diagnostic::error(
        "Read-Only Attribute",
        format!("The provider gives {name} its value. Remove {name} from the configuration."),
    )
    .at(name)
}
