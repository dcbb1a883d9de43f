//! Finds mistakes in schemas before a user does: Terraform refuses some and crashes on others.

use crate::tf_provider::schema::{Attribute, IdentitySchema, Schema, Source, Type};

/// All that is wrong with a schema, each as a sentence that begins with its place.
pub(crate) fn schema_problems(place: &str, schema: &Schema) -> Vec<String> {
    let mut problems = Vec::new();
    if schema.description.is_empty() {
        problems.push(format!("{place}: has no description"));
    }
    let mut seen = Vec::new();
    for attribute in &schema.attributes {
        let place = format!("{place}.{}", attribute.name);
        if seen.contains(&attribute.name) {
            problems.push(format!("{place}: is declared twice"));
        }
        seen.push(attribute.name);
        problems.extend(attribute_problems(attribute).map(|problem| format!("{place}: {problem}")));
    }
    problems
}

/// All that is wrong with an identity schema.
pub(crate) fn identity_problems(place: &str, schema: &IdentitySchema) -> Vec<String> {
    let mut problems = Vec::new();
    for attribute in &schema.attributes {
        let place = format!("{place}.{}", attribute.name);
        if let Some(problem) = name_problem(attribute.name) {
            problems.push(format!("{place}: {problem}"));
        }
        if attribute.description.is_empty() {
            problems.push(format!("{place}: has no description"));
        }
        if !is_identity_type(&attribute.of) {
            problems.push(format!("{place}: an identity holds primitives and lists of them only"));
        }
    }
    problems
}

/// Where a model and the object type of its schema differ.
pub(crate) fn model_problems(
    place: &str,
    expected: &Type,
    model: Vec<(&'static str, Type)>,
) -> Vec<String> {
    let actual = Type::object(model);
    if &actual == expected {
        return Vec::new();
    }
    vec![format!("{place}: the schema is {expected:?}, the model {actual:?}")]
}

/// What is wrong with a name, if anything.
pub(crate) fn name_problem(name: &str) -> Option<&'static str> {
    let starts_well = name.starts_with(|first: char| first.is_ascii_lowercase() || first == '_');
    let letters = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    (!starts_well || !name.bytes().all(letters))
        .then_some("is not a name of lower-case letters, digits and underscores")
}

fn attribute_problems(attribute: &Attribute) -> impl Iterator<Item = &'static str> {
    let plain_collection = match &attribute.of {
        Type::List(of) | Type::Set(of) | Type::Map(of) => !of.contains_dynamic(),
        _ => true,
    };
    let rules = [
        (RESERVED.contains(&attribute.name), "is a name that Terraform keeps for itself"),
        (attribute.description.is_empty(), "has no description"),
        (attribute.write_only && attribute.is_computed(), "is write-only and computed"),
        (
            attribute.keeps_prior && !attribute.is_computed(),
            "keeps a prior value and is not computed",
        ),
        (
            attribute.forces_replacement && attribute.source == Source::Computed,
            "forces replacement, and no user can change it",
        ),
        (!plain_collection, "is a collection of a dynamic type"),
        (attribute.deprecation == Some(""), "is deprecated without saying what to use instead"),
    ];
    let broken = rules.into_iter().filter_map(|(broken, problem)| broken.then_some(problem));
    name_problem(attribute.name).into_iter().chain(broken)
}

fn is_identity_type(of: &Type) -> bool {
    match of {
        Type::Bool | Type::Number | Type::String => true,
        Type::List(of) => matches!(**of, Type::Bool | Type::Number | Type::String),
        _ => false,
    }
}

/// Names that mean something else in every resource or provider block.
const RESERVED: [&str; 9] = [
    "alias",
    "connection",
    "count",
    "depends_on",
    "for_each",
    "lifecycle",
    "provider",
    "provisioner",
    "version",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn problems_of(attribute: Attribute) -> Vec<String> {
        schema_problems("x", &Schema::new("A schema.", [attribute]))
    }

    #[test]
    fn a_sound_schema_has_no_problems() {
        let pin = Attribute::optional("pin_wo", Type::String).described("A PIN.").write_only();
        assert_eq!(problems_of(pin), Vec::<String>::new());
    }

    #[test]
    fn each_mistake_is_found() {
        let text = |name| Attribute::optional(name, Type::String).described("Text.");
        let computed = |name| Attribute::computed(name, Type::String).described("Text.");
        let any = Type::List(Box::new(Type::Dynamic));
        let mistakes = [
            text("Pin"),
            text("1st"),
            text("count"),
            Attribute::optional("pin", Type::String),
            computed("pin").write_only(),
            text("pin").keeps_prior(),
            computed("pin").forces_replacement(),
            Attribute::optional("pin", any).described("Anything."),
            text("pin").deprecated(""),
        ];
        for mistake in mistakes {
            let shown = format!("{mistake:?}");
            assert_eq!(problems_of(mistake).len(), 1, "{shown}");
        }
    }

    #[test]
    fn an_attribute_declared_twice_is_found() {
        let text = || Attribute::optional("pin", Type::String).described("Text.");
        let schema = Schema::new("A schema.", [text(), text()]);
        assert_eq!(schema_problems("x", &schema), ["x.pin: is declared twice"]);
    }

    #[test]
    fn a_model_that_disagrees_with_its_schema_is_found() {
        let expected = Type::object([("pin", Type::String)]);
        assert!(model_problems("x", &expected, vec![("pin", Type::String)]).is_empty());
        assert_eq!(model_problems("x", &expected, vec![("pin", Type::Number)]).len(), 1);
        assert_eq!(model_problems("x", &expected, vec![]).len(), 1);
    }
}
