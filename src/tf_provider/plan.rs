//! The rules every plan follows, as pure functions: Terraform checks each of them.

use crate::tf_provider::schema::{Attribute, Schema};
use crate::tf_provider::value::{Path, Value};

/// Turns Terraform's proposal into the plan that a resource starts from.
///
/// Write-only values are left out. A plan that changes nothing is the prior state exactly.
/// Otherwise every computed attribute that the user left out becomes unknown, except those that
/// keep their prior value: because they say so, or because no update could change them. Nothing is
/// kept when the object is to be replaced.
pub(crate) fn start(schema: &Schema, prior: &Value, proposed: Value, config: &Value) -> Value {
    let mut planned = without_write_only(schema, proposed);
    if planned == *prior {
        return planned;
    }
    let replaced = !replacements(schema, prior, &planned, config).is_empty();
    for attribute in schema.attributes.iter().filter(|attribute| left_out(attribute, config)) {
        let keeps = attribute.keeps_prior || attribute.forces_replacement;
        if replaced || !keeps || prior.attribute(attribute.name).is_null() {
            planned.set_attribute(attribute.name, Value::Unknown);
        }
    }
    planned
}

/// The attributes whose change replaces the object. One that is unknown only because the user left
/// it out is no change.
pub(crate) fn replacements(
    schema: &Schema,
    prior: &Value,
    planned: &Value,
    config: &Value,
) -> Vec<Path> {
    if prior.is_null() || planned.is_null() {
        return Vec::new();
    }
    let differs = |attribute: &&Attribute| {
        let value = planned.attribute(attribute.name);
        let open = value.is_unknown() && left_out(attribute, config);
        attribute.forces_replacement && !open && prior.attribute(attribute.name) != value
    };
    schema.attributes.iter().filter(differs).map(|attribute| Path::from(attribute.name)).collect()
}

/// The value with null in place of everything write-only, which must never be stored.
pub(crate) fn without_write_only(schema: &Schema, mut value: Value) -> Value {
    for attribute in schema.attributes.iter().filter(|attribute| attribute.write_only) {
        value.set_attribute(attribute.name, Value::Null);
    }
    value
}

/// Whether the provider is to give the value.
fn left_out(attribute: &Attribute, config: &Value) -> bool {
    attribute.is_computed() && config.attribute(attribute.name).is_null()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tf_provider::value::Type;

    fn schema() -> Schema {
        let number = Attribute::required("number", Type::String).forces_replacement();
        Schema::new(
            "",
            [
                number,
                Attribute::optional("pin", Type::String),
                Attribute::optional("pin_wo", Type::String).write_only(),
                Attribute::computed("id", Type::String).keeps_prior(),
                Attribute::computed("set_at", Type::String),
            ],
        )
    }

    fn state(number: &str, pin: &str, id: Value, set_at: Value) -> Value {
        Value::object([
            ("number", Value::string(number)),
            ("pin", Value::string(pin)),
            ("pin_wo", Value::Null),
            ("id", id),
            ("set_at", set_at),
        ])
    }

    fn stored(number: &str, pin: &str) -> Value {
        state(number, pin, Value::string(number), Value::string("then"))
    }

    fn config(number: &str, pin: &str) -> Value {
        state(number, pin, Value::Null, Value::Null)
    }

    #[test]
    fn a_create_leaves_computed_attributes_unknown_and_write_only_ones_null() {
        let mut proposed = config("1", "2");
        proposed.set_attribute("pin_wo", Value::string("3"));
        let planned = start(&schema(), &Value::Null, proposed, &config("1", "2"));
        assert_eq!(planned, state("1", "2", Value::Unknown, Value::Unknown));
    }

    #[test]
    fn a_plan_without_a_change_is_the_prior_state() {
        let planned = start(&schema(), &stored("1", "2"), stored("1", "2"), &config("1", "2"));
        assert_eq!(planned, stored("1", "2"));
    }

    #[test]
    fn a_write_only_value_alone_changes_nothing() {
        let mut proposed = stored("1", "2");
        proposed.set_attribute("pin_wo", Value::string("3"));
        let planned = start(&schema(), &stored("1", "2"), proposed, &config("1", "2"));
        assert_eq!(planned, stored("1", "2"));
    }

    #[test]
    fn an_update_keeps_what_keeps_its_prior_value() {
        let planned = start(&schema(), &stored("1", "2"), stored("1", "9"), &config("1", "9"));
        assert_eq!(planned, state("1", "9", Value::string("1"), Value::Unknown));
        assert!(replacements(&schema(), &stored("1", "2"), &planned, &config("1", "9")).is_empty());
    }

    #[test]
    fn a_replacement_keeps_nothing_and_names_its_attribute() {
        let proposed = state("7", "2", Value::string("1"), Value::string("then"));
        let planned = start(&schema(), &stored("1", "2"), proposed, &config("7", "2"));
        assert_eq!(planned, state("7", "2", Value::Unknown, Value::Unknown));
        let replaced = replacements(&schema(), &stored("1", "2"), &planned, &config("7", "2"));
        assert_eq!(replaced, [Path::from("number")]);
    }

    #[test]
    fn nothing_is_replaced_by_a_create_or_a_destroy() {
        assert!(
            replacements(&schema(), &Value::Null, &stored("1", "2"), &config("1", "2")).is_empty()
        );
        assert!(replacements(&schema(), &stored("1", "2"), &Value::Null, &Value::Null).is_empty());
    }
}
