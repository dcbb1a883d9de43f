//! The rules every plan follows, as pure functions: Terraform checks each of them.

use crate::tf_provider::schema::{Attribute, Schema};
use crate::tf_provider::value::{Path, Value};

/// Turns Terraform's proposal into the plan that the resource is asked about: write-only values are
/// left out, and if something differs from the prior state, what the provider gives is open.
pub(crate) fn start(schema: &Schema, prior: &Value, proposed: Value, config: &Value) -> Value {
    let planned = without_write_only(schema, proposed);
    open(schema, prior, planned.clone(), &planned, config)
}

/// Turns what the resource made of the plan into the one for Terraform. `asked` is what [`start`] gave:
/// a change that is the resource's own opens what it left alone, as a change by the user does.
pub(crate) fn finish(
    schema: &Schema,
    prior: &Value,
    asked: &Value,
    refined: Value,
    config: &Value,
) -> Value {
    open(schema, prior, without_write_only(schema, refined), asked, config)
}

/// A plan that changes nothing is the prior state exactly. In any other, computed attributes that the
/// user left out become unknown if they are as they were `before`, except those that keep their prior
/// value: because they say so, or because no update could change them. A replacement keeps nothing.
fn open(
    schema: &Schema,
    prior: &Value,
    mut planned: Value,
    before: &Value,
    config: &Value,
) -> Value {
    if planned == *prior {
        return planned;
    }
    let replaced = !replacements(schema, prior, &planned, config).is_empty();
    for attribute in schema.attributes.iter().filter(|attribute| left_out(attribute, config)) {
        let keeps = attribute.keeps_prior || attribute.forces_replacement;
        let is_open = replaced || !keeps || prior.attribute(attribute.name).is_null();
        let is_as_before = planned.attribute(attribute.name) == before.attribute(attribute.name);
        if is_open && is_as_before {
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

    fn planned_after(refine: impl FnOnce(&mut Value), proposed: Value, config: &Value) -> Value {
        let prior = stored("1", "2");
        let asked = start(&schema(), &prior, proposed, config);
        let mut refined = asked.clone();
        refine(&mut refined);
        finish(&schema(), &prior, &asked, refined, config)
    }

    #[test]
    fn a_resource_that_changes_nothing_leaves_the_prior_state() {
        let planned = planned_after(|_| {}, stored("1", "2"), &config("1", "2"));
        assert_eq!(planned, stored("1", "2"));
        let writes = |plan: &mut Value| plan.set_attribute("pin_wo", Value::string("3"));
        assert_eq!(planned_after(writes, stored("1", "2"), &config("1", "2")), stored("1", "2"));
    }

    #[test]
    fn a_change_by_the_resource_alone_opens_what_it_left_alone_and_does_not_keep() {
        let changed = Value::string("9");
        let changes_id = |plan: &mut Value| plan.set_attribute("id", changed.clone());
        let planned = planned_after(changes_id, stored("1", "2"), &config("1", "2"));
        assert_eq!(planned, state("1", "2", changed.clone(), Value::Unknown));
        let changes_time = |plan: &mut Value| plan.set_attribute("set_at", changed.clone());
        let planned = planned_after(changes_time, stored("1", "2"), &config("1", "2"));
        assert_eq!(planned, state("1", "2", Value::string("1"), changed));
    }

    #[test]
    fn what_the_resource_keeps_in_an_update_stays() {
        let keeps = |plan: &mut Value| plan.set_attribute("set_at", Value::string("then"));
        let planned = planned_after(keeps, stored("1", "9"), &config("1", "9"));
        assert_eq!(planned.attribute("set_at"), &Value::string("then"));
    }

    #[test]
    fn a_replacement_by_the_resource_alone_keeps_nothing() {
        let moves = |plan: &mut Value| plan.set_attribute("number", Value::string("7"));
        let planned = planned_after(moves, stored("1", "2"), &config("1", "2"));
        assert_eq!(planned.attribute("id"), &Value::Unknown);
    }

    #[test]
    fn nothing_is_replaced_by_a_create_or_a_destroy() {
        assert!(
            replacements(&schema(), &Value::Null, &stored("1", "2"), &config("1", "2")).is_empty()
        );
        assert!(replacements(&schema(), &stored("1", "2"), &Value::Null, &Value::Null).is_empty());
    }
}
