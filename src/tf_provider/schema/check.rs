//! Finds mistakes in schemas before a user does: Terraform refuses some and crashes on others.

use crate::tf_provider::schema::{Attribute, Block, IdentitySchema, Schema, Source};
use crate::tf_provider::value::{Model, Path, Type, Value};

/// What a schema describes: not every kind of block may say everything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The provider block.
    Provider,
    /// A managed resource.
    Resource,
    /// An action: its configuration stands in saved plans, but for what is write-only.
    Action,
    /// Anything else; none of it is stored.
    Other,
}

/// All that is wrong with a block, each as a sentence that begins with its place.
pub(crate) fn block_problems<B: Block>(kind: Kind, place: &str) -> Vec<String> {
    let schema = B::schema();
    let mut problems = schema_problems(kind, place, &schema);
    problems.extend(element_problems::<B>(place, &schema));
    problems
}

fn schema_problems(kind: Kind, place: &str, schema: &Schema) -> Vec<String> {
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
        let found = attribute_problems(kind, attribute);
        problems.extend(found.map(|problem| format!("{place}: {problem}")));
    }
    problems
}

/// Attributes that a user may write and whose elements the model cannot read while they are unknown.
fn element_problems<M: Model>(place: &str, schema: &Schema) -> Vec<String> {
    let written = schema.attributes.iter().filter(|attribute| attribute.source != Source::Computed);
    let unreadable = written.filter(|attribute| {
        let open = Value::object([(attribute.name, with_unknown_elements(&attribute.of))]);
        M::from_object(open, &Path::root()).is_err()
    });
    let report = |attribute: &Attribute| {
        let name = attribute.name;
        format!("{place}.{name}: the model's elements must be fields, as they may be unknown")
    };
    unreadable.map(report).collect()
}

fn with_unknown_elements(of: &Type) -> Value {
    match of {
        Type::List(of) => Value::List(vec![Value::Unknown, with_unknown_elements(of)]),
        Type::Set(of) => {
            Value::Set([Value::Unknown, with_unknown_elements(of)].into_iter().collect())
        }
        Type::Tuple(types) => Value::List(vec![Value::Unknown; types.len()]),
        Type::Map(of) => {
            Value::object([("one", Value::Unknown), ("other", with_unknown_elements(of))])
        }
        Type::Object(attributes) => Value::object(
            attributes.iter().map(|(name, of)| (name.as_str(), with_unknown_elements(of))),
        ),
        _ => Value::Unknown,
    }
}

/// All that is wrong with an identity schema.
pub(crate) fn identity_problems(place: &str, schema: &IdentitySchema) -> Vec<String> {
    let mut problems = Vec::new();
    if schema.attributes.is_empty() {
        problems.push(format!("{place}: has no attributes"));
    }
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

/// What is wrong with a name, if anything.
pub(crate) fn name_problem(name: &str) -> Option<&'static str> {
    let starts_well = name.starts_with(|first: char| first.is_ascii_lowercase() || first == '_');
    let letters = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    (!starts_well || !name.bytes().all(letters))
        .then_some("is not a name of lower-case letters, digits and underscores")
}

fn attribute_problems(kind: Kind, attribute: &Attribute) -> impl Iterator<Item = &'static str> {
    let rules = [
        (is_reserved(kind, attribute.name), "is a name that Terraform keeps for itself"),
        (attribute.description.is_empty(), "has no description"),
        (attribute.write_only && attribute.is_computed(), "is write-only and computed"),
        (
            attribute.write_only && !matches!(kind, Kind::Resource | Kind::Action),
            "is write-only in a block that is never stored",
        ),
        (
            attribute.is_computed() && kind == Kind::Action,
            "is computed, and an action has no result",
        ),
        (
            attribute.keeps_prior && !attribute.is_computed(),
            "keeps a prior value and is not computed",
        ),
        (
            attribute.write_only && attribute.forces_replacement,
            "is write-only and forces replacement, and no change of it can be seen",
        ),
        (
            attribute.forces_replacement && attribute.source == Source::Computed,
            "forces replacement, and no user can change it",
        ),
        (has_dynamic_elements(&attribute.of), "has a list, set or map of a dynamic type"),
        (attribute.deprecation == Some(""), "is deprecated without saying what to use instead"),
    ];
    let broken = rules.into_iter().filter_map(|(broken, problem)| broken.then_some(problem));
    name_problem(attribute.name).into_iter().chain(broken)
}

/// Terraform wants one type for all elements, wherever in the attribute the collection stands.
fn has_dynamic_elements(of: &Type) -> bool {
    match of {
        Type::List(of) | Type::Set(of) | Type::Map(of) => of.contains_dynamic(),
        Type::Tuple(types) => types.iter().any(has_dynamic_elements),
        Type::Object(attributes) => attributes.values().any(has_dynamic_elements),
        Type::Bool | Type::Number | Type::String | Type::Dynamic => false,
    }
}

fn is_identity_type(of: &Type) -> bool {
    match of {
        Type::Bool | Type::Number | Type::String => true,
        Type::List(of) => matches!(**of, Type::Bool | Type::Number | Type::String),
        _ => false,
    }
}

fn is_reserved(kind: Kind, name: &str) -> bool {
    RESERVED.contains(&name) || (kind == Kind::Provider && RESERVED_IN_PROVIDER.contains(&name))
}

/// Names that mean something else in every block.
const RESERVED: [&str; 7] =
    ["connection", "count", "depends_on", "for_each", "lifecycle", "provider", "provisioner"];

/// Names that mean something else in provider blocks.
const RESERVED_IN_PROVIDER: [&str; 2] = ["alias", "version"];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tf_provider::value::Field;

    fn problems_in(kind: Kind, attribute: Attribute) -> Vec<String> {
        schema_problems(kind, "x", &Schema::new("A schema.", [attribute]))
    }

    fn problems_of(attribute: Attribute) -> Vec<String> {
        problems_in(Kind::Resource, attribute)
    }

    crate::model! {
        /// Elements of both kinds.
        struct Tagged {
            /// Text.
            optional open: Vec<Field<String>>,
            /// Text.
            optional closed: Vec<String>,
            /// Text.
            computed result: Vec<String>,
        }
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
            Attribute::optional("pin", any.clone()).described("Anything."),
            Attribute::optional("pin", Type::object([("deep", any)])).described("Anything."),
            text("pin").write_only().forces_replacement(),
            text("pin").deprecated(""),
        ];
        for mistake in mistakes {
            let shown = format!("{mistake:?}");
            assert_eq!(problems_of(mistake).len(), 1, "{shown}");
        }
    }

    #[test]
    fn what_is_wrong_depends_on_the_block() {
        let version = || Attribute::optional("version", Type::String).described("Text.");
        assert_eq!(problems_in(Kind::Provider, version()).len(), 1);
        assert_eq!(problems_in(Kind::Resource, version()).len(), 0);
        assert_eq!(problems_in(Kind::Resource, version().write_only()).len(), 0);
        assert_eq!(problems_in(Kind::Other, version().write_only()).len(), 1);
        assert_eq!(problems_in(Kind::Action, version().write_only()).len(), 0);
        let result = || Attribute::computed("result", Type::String).described("Text.");
        assert_eq!(problems_in(Kind::Other, result()).len(), 0);
        assert_eq!(problems_in(Kind::Action, result()).len(), 1);
    }

    #[test]
    fn a_model_that_cannot_hold_unknown_elements_of_users_is_found() {
        let found = block_problems::<Tagged>(Kind::Resource, "x");
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].starts_with("x.closed: "), "{found:?}");
    }

    #[test]
    fn an_attribute_declared_twice_is_found() {
        let text = || Attribute::optional("pin", Type::String).described("Text.");
        let schema = Schema::new("A schema.", [text(), text()]);
        assert_eq!(schema_problems(Kind::Other, "x", &schema), ["x.pin: is declared twice"]);
    }
}
