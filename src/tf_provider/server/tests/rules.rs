//! What Terraform checks in answers, so that a test sees a violation without Terraform. The names
//! R1 to R22 count the rules in the order of the life of a resource.

use crate::tf_provider::proto::tfplugin5 as pb;
use crate::tf_provider::schema::{Attribute, Schema, Source};
use crate::tf_provider::value::Value;
use crate::tf_provider::wire;

/// R1: the value is of the schema's type. Panics with the place if it is not.
pub(super) fn decoded(schema: &Schema, value: Option<&pb::DynamicValue>) -> Value {
    let value = value.expect("R1: the answer holds a value");
    assert!(value.json.is_empty(), "answers are msgpack");
    wire::read(Some(value), &schema.object_type()).expect("R1: the value is of the schema's type")
}

/// What core proposes for a new state.
pub(super) fn proposed(schema: &Schema, prior: &Value, config: &Value) -> Value {
    if config.is_null() {
        return Value::Null;
    }
    let propose = |attribute: &Attribute| {
        let name = attribute.name;
        let keep = attribute.is_computed() && config.attribute(name).is_null();
        let source = if keep { prior } else { config };
        (name, source.attribute(name).clone())
    };
    Value::object(schema.attributes.iter().map(propose))
}

/// R2 to R8, for a plan without errors.
pub(super) fn check_plan(
    schema: &Schema,
    prior: &Value,
    config: &Value,
    planned: &Value,
    requires_replace: &[pb::AttributePath],
) {
    assert_eq!(planned.is_null(), config.is_null(), "R2: null if and only if it is a destroy");
    for attribute in &schema.attributes {
        check_planned_attribute(attribute, prior, config, planned);
    }
    for path in requires_replace {
        let [step] = path.steps.as_slice() else { panic!("R7: {path:?} is not an attribute") };
        let Some(pb::attribute_path::step::Selector::AttributeName(name)) = &step.selector else {
            panic!("R7: {path:?} is not an attribute")
        };
        assert!(schema.attributes.iter().any(|known| known.name == name), "R7: no {name}");
        assert!(prior.attribute(name) != planned.attribute(name), "{name} does not change");
    }
}

fn check_planned_attribute(attribute: &Attribute, prior: &Value, config: &Value, planned: &Value) {
    let name = attribute.name;
    let [prior, config, planned] = [prior, config, planned].map(|value| value.attribute(name));
    if attribute.write_only {
        assert!(planned.is_null(), "R4: write-only {name} is planned");
        return;
    }
    let kept = planned == prior && !prior.is_null() && !config.is_null();
    let free = match attribute.source {
        Source::Computed => true,
        Source::OptionalComputed => config.is_null(),
        Source::Required | Source::Optional => false,
    };
    assert!(planned == config || kept || free, "R3: {name} is planned as {planned:?}");
}

/// R11 to R16, for an apply. With errors, only what is stored must be storable.
pub(super) fn check_applied(schema: &Schema, planned: &Value, applied: &Value, failed: bool) {
    check_stored(schema, applied);
    if failed {
        return;
    }
    assert_eq!(applied.is_null(), planned.is_null(), "R11: null if and only if deleted");
    for attribute in &schema.attributes {
        let name = attribute.name;
        let fits = agrees(planned.attribute(name), applied.attribute(name));
        assert!(fits, "R14: {name} is not as planned");
    }
}

/// R12, R13, R20, R21: what is stored is known and holds nothing write-only.
pub(super) fn check_stored(schema: &Schema, state: &Value) {
    assert!(state.is_wholly_known(), "R12, R20: something is unknown: {state:?}");
    for attribute in schema.attributes.iter().filter(|attribute| attribute.write_only) {
        let name = attribute.name;
        assert!(state.attribute(name).is_null(), "R13, R20: write-only {name} is stored");
    }
}

fn agrees(planned: &Value, actual: &Value) -> bool {
    match (planned, actual) {
        (Value::Unknown, _) => true,
        (Value::List(planned), Value::List(actual)) => {
            planned.len() == actual.len() && planned.iter().zip(actual).all(|(p, a)| agrees(p, a))
        }
        (Value::Map(planned), Value::Map(actual)) => {
            planned.len() == actual.len()
                && planned.iter().zip(actual).all(|(p, a)| p.0 == a.0 && agrees(p.1, a.1))
        }
        (planned, actual) => planned == actual,
    }
}

/// R14 between two plans of the same change: what the first one fixed stays.
pub(super) fn check_compatible(schema: &Schema, first: &Value, second: &Value) {
    for name in schema.attributes.iter().map(|attribute| attribute.name) {
        let fits = agrees(first.attribute(name), second.attribute(name));
        assert!(fits, "{name} is planned otherwise the second time");
    }
}
