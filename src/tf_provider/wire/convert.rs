//! Schemas, diagnostics and paths to their messages; nothing clever.

use crate::tf_provider::diagnostics::{Diagnostic, Diagnostics, Severity};
use crate::tf_provider::function::{Definition, FunctionError, Parameter};
use crate::tf_provider::proto::tfplugin5 as pb;
use crate::tf_provider::schema::{Attribute, IdentityAttribute, IdentitySchema, Schema};
use crate::tf_provider::value::{Path, Step};

pub(crate) fn schema(schema: &Schema) -> pb::Schema {
    pb::Schema { version: schema.version.into(), ..schema_without_version(schema) }
}

/// For everything that is not stored and so has no version.
pub(crate) fn schema_without_version(schema: &Schema) -> pb::Schema {
    let block = pb::schema::Block {
        attributes: schema.attributes.iter().map(attribute).collect(),
        description: schema.description.clone().into_owned(),
        description_kind: pb::StringKind::Markdown.into(),
        ..Default::default()
    };
    pb::Schema { version: 0, block: Some(block) }
}

pub(crate) fn identity_schema(schema: &IdentitySchema) -> pb::ResourceIdentitySchema {
    let attribute =
        |attribute: &IdentityAttribute| pb::resource_identity_schema::IdentityAttribute {
            name: attribute.name.to_owned(),
            r#type: attribute.of.to_json(),
            required_for_import: attribute.required,
            optional_for_import: !attribute.required,
            description: attribute.description.clone().into_owned(),
        };
    pb::ResourceIdentitySchema {
        version: 0,
        identity_attributes: schema.attributes.iter().map(attribute).collect(),
    }
}

pub(crate) fn function(definition: &Definition) -> pb::Function {
    pb::Function {
        parameters: definition.parameters.iter().map(parameter).collect(),
        variadic_parameter: definition.variadic.as_ref().map(parameter),
        r#return: Some(pb::function::Return { r#type: definition.returns.to_json() }),
        summary: definition.summary.to_owned(),
        description: definition.description.to_owned(),
        description_kind: pb::StringKind::Markdown.into(),
        deprecation_message: String::new(),
    }
}

pub(crate) fn function_error(error: FunctionError) -> pb::FunctionError {
    pb::FunctionError {
        text: printable(&error.text),
        function_argument: error.argument.and_then(|position| i64::try_from(position).ok()),
    }
}

pub(crate) fn diagnostics(diagnostics: Diagnostics) -> Vec<pb::Diagnostic> {
    diagnostics.into_iter().map(diagnostic).collect()
}

/// A name for people, on a line of its own.
pub(crate) fn one_line(name: &str) -> String {
    printable(name).replace(['\n', '\t'], " ")
}

pub(crate) fn attribute_path(path: &Path) -> pb::AttributePath {
    pb::AttributePath { steps: path.steps().iter().map(step).collect() }
}

fn attribute(attribute: &Attribute) -> pb::schema::Attribute {
    pb::schema::Attribute {
        name: attribute.name.to_owned(),
        r#type: attribute.of.to_json(),
        description: attribute.description.clone().into_owned(),
        required: attribute.is_required(),
        optional: attribute.is_optional(),
        computed: attribute.is_computed(),
        sensitive: attribute.sensitive,
        description_kind: pb::StringKind::Markdown.into(),
        deprecated: attribute.deprecation.is_some(),
        write_only: attribute.write_only,
        deprecation_message: attribute.deprecation.unwrap_or_default().to_owned(),
    }
}

fn parameter(parameter: &Parameter) -> pb::function::Parameter {
    pb::function::Parameter {
        name: parameter.name.to_owned(),
        r#type: parameter.of.to_json(),
        allow_null_value: false,
        allow_unknown_values: false,
        description: parameter.description.to_owned(),
        description_kind: pb::StringKind::Markdown.into(),
    }
}

fn diagnostic(diagnostic: Diagnostic) -> pb::Diagnostic {
    let severity = match diagnostic.severity() {
        Severity::Error => pb::diagnostic::Severity::Error,
        Severity::Warning => pb::diagnostic::Severity::Warning,
    };
    let path = diagnostic.path();
    pb::Diagnostic {
        severity: severity.into(),
        summary: printable(diagnostic.summary()),
        detail: printable(diagnostic.detail()),
        attribute: (!path.steps().is_empty()).then(|| attribute_path(path)),
    }
}

/// Terraform prints texts as they are: a control character could rewrite the user's terminal.
fn printable(text: &str) -> String {
    text.chars().filter(|char| !char.is_control() || matches!(char, '\n' | '\t')).collect()
}

fn step(step: &Step) -> pb::attribute_path::Step {
    use pb::attribute_path::step::Selector;
    let selector = match step {
        Step::Attribute(name) => Selector::AttributeName(name.clone()),
        Step::Key(key) => Selector::ElementKeyString(key.clone()),
        // A list that came over the wire has at most u32::MAX elements.
        Step::Index(index) => Selector::ElementKeyInt(*index as i64),
    };
    pb::attribute_path::Step { selector: Some(selector) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_never_reach_the_terminal() {
        let shown = diagnostics(Diagnostic::error("Bad\u{1b}[2J", "one\n\ttwo\r\u{7}").into());
        assert_eq!(shown[0].summary, "Bad[2J");
        assert_eq!(shown[0].detail, "one\n\ttwo");
    }

    #[test]
    fn a_failure_of_a_function_is_cleaned_as_well() {
        let text = "Bad\u{1b}[2J\nword".to_owned();
        let failed = function_error(FunctionError::new(text).at(1));
        assert_eq!((failed.text.as_str(), failed.function_argument), ("Bad[2J\nword", Some(1)));
    }

    #[test]
    fn a_name_for_people_stays_on_its_line() {
        assert_eq!(one_line("Acme\u{1b}[2J\r\n\tInc."), "Acme[2J  Inc.");
    }

    #[test]
    fn every_step_of_a_path_has_a_selector() {
        let path = attribute_path(&Path::from("a").key("b").index(2));
        assert_eq!(path.steps.len(), 3);
        assert!(path.steps.iter().all(|step| step.selector.is_some()));
    }
}
