//! The proposed new state, merged from configuration and prior state as Terraform's core does.

use serde_json::{Map, Value};

use super::{
    proto::tfplugin5::schema::nested_block::NestingMode,
    schema::{Block, Nested},
};

/// Configuration where it says something, for computed attributes else the prior value. Never
/// anything unknown of its own.
pub(crate) fn proposed_new_state(block: &Block, prior: &Value, config: &Value) -> Value {
    if config.is_null() {
        return Value::Null;
    }
    let mut proposed = Map::new();
    for (name, attribute) in &block.attributes {
        let keep = attribute.computed && config[name].is_null();
        let source = if keep { prior } else { config };
        proposed.insert(name.clone(), source[name].clone());
    }
    for (name, nested) in &block.nested {
        proposed.insert(name.clone(), proposed_nested(nested, &prior[name], &config[name]));
    }
    Value::Object(proposed)
}

fn proposed_nested(nested: &Nested, prior: &Value, config: &Value) -> Value {
    let element = |prior: &Value, config: &Value| proposed_new_state(&nested.block, prior, config);
    match (nested.mode, config) {
        (NestingMode::List, Value::Array(elements)) => {
            let elements = elements.iter().enumerate();
            elements.map(|(index, config)| element(&prior[index], config)).collect()
        }
        (NestingMode::Set, Value::Array(elements)) => elements
            .iter()
            .map(|config| element(partner(&nested.block, prior, config), config))
            .collect(),
        (NestingMode::Map, Value::Object(elements)) => elements
            .iter()
            .map(|(key, config)| (key.clone(), element(&prior[key], config)))
            .collect::<Map<_, _>>()
            .into(),
        _ => element(prior, config),
    }
}

/// The prior element that agrees in everything that is configured.
fn partner<'a>(block: &Block, prior: &'a Value, config: &Value) -> &'a Value {
    let agrees = |prior: &&Value| {
        block.attributes.iter().all(|(name, attribute)| {
            config[name] == prior[name] || attribute.computed && config[name].is_null()
        })
    };
    prior.as_array().and_then(|prior| prior.iter().find(agrees)).unwrap_or(&Value::Null)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::json;

    use super::*;
    use crate::host::{schema::Attribute, value::Kind};

    #[test]
    fn computed_values_survive_and_new_ones_are_null() {
        let attribute = |computed: bool| Attribute {
            kind: Kind::String,
            description: String::new(),
            required: !computed,
            optional: false,
            computed,
            sensitive: false,
            write_only: false,
        };
        let attributes = BTreeMap::from([
            ("name".to_owned(), attribute(false)),
            ("id".to_owned(), attribute(true)),
        ]);
        let block = Block { description: String::new(), attributes, nested: BTreeMap::new() };
        let config = json!({ "name": "new", "id": null });
        let prior = json!({ "name": "old", "id": "7" });
        let updated = proposed_new_state(&block, &prior, &config);
        assert_eq!(updated, json!({ "name": "new", "id": "7" }));
        assert_eq!(proposed_new_state(&block, &Value::Null, &config), config);
        assert_eq!(proposed_new_state(&block, &prior, &Value::Null), Value::Null);
    }
}
