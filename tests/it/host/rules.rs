//! Terraform's rules for plans and results. Breaking one is a "bug in the provider" for users.
//!
//! Numbers like R3 are those of Terraform's object life cycle as the project counts them. Each function
//! returns the violations; none means that Terraform would be content.

use serde_json::Value;

use super::{
    proto::tfplugin5::schema::nested_block::NestingMode,
    schema::{Attribute, Block, Nested},
    value::{Kind, has_unknown, unknown},
};

/// R2 to R6: what may be planned, given the prior state and the configuration.
pub(crate) fn plan(block: &Block, prior: &Value, config: &Value, planned: &Value) -> Vec<String> {
    let mut broken = Vec::new();
    if planned.is_null() != config.is_null() {
        broken.push(format!("R2: {planned} planned for the configuration {config}"));
    } else if !planned.is_null() {
        plan_block("", block, prior, config, planned, &mut broken);
    }
    broken
}

/// R11 to R17: what may come out of an apply that reports no error.
pub(crate) fn applied(block: &Block, planned: &Value, actual: &Value) -> Vec<String> {
    let mut broken = object(block, actual);
    if planned.is_null() != actual.is_null() {
        broken.push(format!("R11: {planned} was planned and {actual} came out"));
    } else if !planned.is_null() {
        keeps_promise("", &block.kind(), planned, actual, &mut broken);
    }
    broken
}

/// R14 to R17 for the second plan, which Terraform asks for right before it applies.
pub(crate) fn replanned(block: &Block, first: &Value, second: &Value) -> Vec<String> {
    let mut broken = Vec::new();
    keeps_promise("", &block.kind(), first, second, &mut broken);
    broken
}

/// R7: what forces a replacement must exist.
pub(crate) fn replacement(block: &Block, paths: &[String]) -> Vec<String> {
    let exists = |path: &&String| {
        let root = path.split(['.', '[']).next().unwrap_or_default();
        block.attributes.contains_key(root) || block.nested.contains_key(root)
    };
    let missing = paths.iter().filter(|path| !exists(path));
    missing.map(|path| format!("R7: {path:?} forces a replacement and does not exist")).collect()
}

/// R12, R13, R20: what may be stored: all known, and nothing of a write-only attribute.
pub(crate) fn object(block: &Block, value: &Value) -> Vec<String> {
    let mut broken = Vec::new();
    if has_unknown(value) {
        broken.push(format!("R20: not wholly known: {value}"));
    }
    write_only_is_null("", block, value, &mut broken);
    broken
}

fn plan_block(
    path: &str,
    block: &Block,
    prior: &Value,
    config: &Value,
    planned: &Value,
    broken: &mut Vec<String>,
) {
    for (name, attribute) in &block.attributes {
        let path = format!("{path}.{name}");
        plan_attribute(&path, attribute, &prior[name], &config[name], &planned[name], broken);
    }
    for (name, nested) in &block.nested {
        let path = format!("{path}.{name}");
        plan_nested(&path, nested, &prior[name], &config[name], &planned[name], broken);
    }
}

fn plan_attribute(
    path: &str,
    attribute: &Attribute,
    prior: &Value,
    config: &Value,
    planned: &Value,
    broken: &mut Vec<String>,
) {
    let allowed = match attribute {
        _ if attribute.write_only => planned.is_null(),
        _ if planned == config => true,
        _ if planned == prior && !prior.is_null() && !config.is_null() => true,
        _ => attribute.computed && (!attribute.optional || config.is_null()),
    };
    if !allowed {
        let rule = if attribute.write_only { "R4" } else { "R3" };
        broken.push(format!("{rule}: {path}: {planned} planned for {config}, prior {prior}"));
    }
}

fn plan_nested(
    path: &str,
    nested: &Nested,
    prior: &Value,
    config: &Value,
    planned: &Value,
    broken: &mut Vec<String>,
) {
    if *config == unknown() {
        if planned != config {
            broken.push(format!("R6: {path}: {planned} planned for an unknown block"));
        }
        return;
    }
    match (nested.mode, config, planned) {
        (NestingMode::Single | NestingMode::Group, Value::Object(_), Value::Object(_)) => {
            plan_block(path, &nested.block, prior, config, planned, broken);
        }
        (NestingMode::Single, Value::Null, Value::Null) => {}
        (NestingMode::List, Value::Array(wanted), Value::Array(found))
            if wanted.len() == found.len() =>
        {
            for (index, (config, planned)) in wanted.iter().zip(found).enumerate() {
                let path = format!("{path}[{index}]");
                plan_block(&path, &nested.block, &prior[index], config, planned, broken);
            }
        }
        (NestingMode::Map, Value::Object(wanted), Value::Object(found))
            if wanted.keys().eq(found.keys()) =>
        {
            for (key, config) in wanted {
                let path = format!("{path}[{key:?}]");
                plan_block(&path, &nested.block, &prior[key], config, &planned[key], broken);
            }
        }
        (NestingMode::Set, _, Value::Array(found)) if !found.contains(&unknown()) => {}
        _ => broken.push(format!("R5: {path}: {planned} planned for {config}")),
    }
}

fn keeps_promise(
    path: &str,
    kind: &Kind,
    planned: &Value,
    actual: &Value,
    broken: &mut Vec<String>,
) {
    match (kind, planned, actual) {
        _ if planned == actual || *planned == unknown() => {}
        (Kind::Object(kinds), Value::Object(_), Value::Object(_)) => {
            for (name, kind) in kinds {
                let path = format!("{path}.{name}");
                keeps_promise(&path, kind, &planned[name], &actual[name], broken);
            }
        }
        (Kind::List(kind), Value::Array(wanted), Value::Array(found))
            if wanted.len() == found.len() =>
        {
            for (index, (planned, actual)) in wanted.iter().zip(found).enumerate() {
                keeps_promise(&format!("{path}[{index}]"), kind, planned, actual, broken);
            }
        }
        (Kind::Map(kind), Value::Object(wanted), Value::Object(found))
            if wanted.keys().eq(found.keys()) =>
        {
            for (key, planned) in wanted {
                keeps_promise(&format!("{path}[{key:?}]"), kind, planned, &found[key], broken);
            }
        }
        (Kind::Set(kind), Value::Array(wanted), Value::Array(found))
            if correlate(kind, wanted, found) => {}
        _ => broken.push(format!("R14: {path}: {planned} was planned and became {actual}")),
    }
}

/// R16: every planned element has become an actual one and the other way round.
fn correlate(kind: &Kind, planned: &[Value], actual: &[Value]) -> bool {
    let agrees = |planned: &Value, actual: &Value| {
        let mut broken = Vec::new();
        keeps_promise("", kind, planned, actual, &mut broken);
        broken.is_empty()
    };
    actual.len() <= planned.len()
        && planned.iter().all(|planned| actual.iter().any(|actual| agrees(planned, actual)))
        && actual.iter().all(|actual| planned.iter().any(|planned| agrees(planned, actual)))
}

fn write_only_is_null(path: &str, block: &Block, value: &Value, broken: &mut Vec<String>) {
    for (name, attribute) in &block.attributes {
        if attribute.write_only && !value[name].is_null() {
            broken.push(format!("R13: {path}.{name} is write-only and not null"));
        }
    }
    for (name, nested) in &block.nested {
        let path = format!("{path}.{name}");
        match (&value[name], nested.mode) {
            (Value::Array(elements), _) => elements
                .iter()
                .for_each(|element| write_only_is_null(&path, &nested.block, element, broken)),
            (Value::Object(elements), NestingMode::Map) => elements
                .values()
                .for_each(|element| write_only_is_null(&path, &nested.block, element, broken)),
            (element, _) => write_only_is_null(&path, &nested.block, element, broken),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::json;

    use super::*;

    fn attribute(optional: bool, computed: bool, write_only: bool) -> Attribute {
        Attribute {
            kind: Kind::String,
            description: String::new(),
            required: !optional && !computed,
            optional,
            computed,
            sensitive: false,
            write_only,
        }
    }

    fn block() -> Block {
        let attributes = BTreeMap::from([
            ("name".to_owned(), attribute(false, false, false)),
            ("set".to_owned(), attribute(true, true, false)),
            ("id".to_owned(), attribute(false, true, false)),
            ("secret".to_owned(), attribute(true, false, true)),
        ]);
        Block { description: String::new(), attributes, nested: BTreeMap::new() }
    }

    fn plan_breaks(prior: &Value, config: &Value, planned: &Value) -> Vec<String> {
        plan(&block(), prior, config, planned)
    }

    #[test]
    fn computed_attributes_may_be_planned_as_anything() {
        let config = json!({ "name": "n", "set": null, "id": null, "secret": "s" });
        let planned = json!({ "name": "n", "set": unknown(), "id": "7", "secret": null });
        assert_eq!(plan_breaks(&Value::Null, &config, &planned), [""; 0]);
    }

    #[test]
    fn configured_values_must_be_planned_as_they_are() {
        let config = json!({ "name": "N", "set": "x", "id": null, "secret": null });
        let planned = json!({ "name": "n", "set": unknown(), "id": null, "secret": null });
        assert_eq!(plan_breaks(&Value::Null, &config, &planned).len(), 2);
        let prior = json!({ "name": "n", "set": "x", "id": null, "secret": null });
        let planned = json!({ "name": "n", "set": "x", "id": null, "secret": null });
        assert_eq!(plan_breaks(&prior, &config, &planned), [""; 0]);
    }

    #[test]
    fn write_only_values_must_not_be_planned() {
        let config = json!({ "name": "n", "set": null, "id": null, "secret": "s" });
        assert_eq!(plan_breaks(&Value::Null, &config, &config).len(), 1);
    }

    #[test]
    fn a_destroy_must_be_planned_as_null() {
        let prior = json!({ "name": "n", "set": null, "id": "7", "secret": null });
        assert_eq!(plan_breaks(&prior, &Value::Null, &Value::Null), [""; 0]);
        assert_eq!(plan_breaks(&prior, &Value::Null, &prior).len(), 1);
    }

    #[test]
    fn only_unknown_values_may_change_in_apply() {
        let planned = json!({ "name": "n", "set": unknown(), "id": unknown(), "secret": null });
        let good = json!({ "name": "n", "set": null, "id": "7", "secret": null });
        assert_eq!(applied(&block(), &planned, &good), [""; 0]);
        let changed = json!({ "name": "m", "set": null, "id": "7", "secret": null });
        assert_eq!(applied(&block(), &planned, &changed).len(), 1);
        let half = json!({ "name": "n", "set": null, "id": unknown(), "secret": null });
        assert_eq!(applied(&block(), &planned, &half).len(), 1);
        let leak = json!({ "name": "n", "set": null, "id": "7", "secret": "s" });
        assert_eq!(applied(&block(), &planned, &leak).len(), 2);
        assert_eq!(applied(&block(), &planned, &Value::Null).len(), 1);
    }
}
