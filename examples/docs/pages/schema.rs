//! The schema section of a page.

use std::collections::BTreeMap;

use terraform_provider_whatsapp::tf_provider::{Attribute, Schema, Type};

/// All attributes, in the groups that the registry shows.
pub(super) fn section(schema: &Schema) -> String {
    let mut text = "## Schema\n\n".to_owned();
    for title in ["Required", "Optional", "Read-Only"] {
        let belongs = |attribute: &&Attribute| group(attribute) == title;
        let mut attributes: Vec<_> = schema.attributes().iter().filter(belongs).collect();
        attributes.sort_by_key(|attribute| attribute.name());
        if attributes.is_empty() {
            continue;
        }
        text += &format!("### {title}\n\n");
        if attributes.iter().any(|attribute| attribute.is_write_only()) {
            text += WRITE_ONLY_NOTE;
        }
        text.extend(attributes.iter().map(|attribute| line(attribute)));
        text.push('\n');
    }
    text.extend(schema.attributes().iter().filter_map(nested));
    text
}

fn group(attribute: &Attribute) -> &'static str {
    match (attribute.is_required(), attribute.is_optional()) {
        (true, _) => "Required",
        (false, true) => "Optional",
        (false, false) => "Read-Only",
    }
}

fn line(attribute: &Attribute) -> String {
    let mut flags = type_name(attribute.terraform_type());
    if attribute.is_sensitive() {
        flags += ", Sensitive";
    }
    if attribute.deprecation().is_some() {
        flags += ", Deprecated";
    }
    if attribute.is_write_only() {
        flags += &format!(", [Write-only]({WRITE_ONLY_LINK})");
    }
    let name = attribute.name();
    let below = match object_of(attribute.terraform_type()) {
        Some(_) => format!(" (see [below for nested schema](#nestedatt--{name}))"),
        None => String::new(),
    };
    format!("- `{name}` ({flags}) {}{below}\n", attribute.description())
}

/// The attributes of the objects in an attribute.
fn nested(attribute: &Attribute) -> Option<String> {
    let attributes = object_of(attribute.terraform_type())?;
    let name = attribute.name();
    let mut text = format!("<a id=\"nestedatt--{name}\"></a>\n### Nested Schema for `{name}`\n\n");
    text += if attribute.is_optional() { "Optional:\n\n" } else { "Read-Only:\n\n" };
    text.extend(attributes.iter().map(|(name, of)| format!("- `{name}` ({})\n", type_name(of))));
    text.push('\n');
    Some(text)
}

fn object_of(of: &Type) -> Option<&BTreeMap<String, Type>> {
    match of {
        Type::Object(attributes) => Some(attributes),
        Type::List(of) | Type::Set(of) | Type::Map(of) => object_of(of),
        _ => None,
    }
}

fn type_name(of: &Type) -> String {
    match of {
        Type::Bool => "Boolean".to_owned(),
        Type::Number => "Number".to_owned(),
        Type::String => "String".to_owned(),
        Type::Dynamic => "Dynamic".to_owned(),
        Type::List(of) => format!("List of {}", type_name(of)),
        Type::Set(of) => format!("Set of {}", type_name(of)),
        Type::Map(of) => format!("Map of {}", type_name(of)),
        Type::Tuple(_) => "Tuple".to_owned(),
        Type::Object(_) => "Object".to_owned(),
    }
}

const WRITE_ONLY_LINK: &str =
    "https://developer.hashicorp.com/terraform/language/resources/ephemeral#write-only-arguments";

const WRITE_ONLY_NOTE: &str = "> **NOTE**: [Write-only arguments]\
    (https://developer.hashicorp.com/terraform/language/resources/ephemeral#write-only-arguments) \
    are supported in Terraform 1.11 and later, and in OpenTofu 1.11 and later.\n\n";
