//! Terraform's values: the tree that travels between wire, plan rules and typed models.

mod field;
mod model;
mod number;
mod path;
mod types;

use std::{collections::BTreeMap, fmt};

use zeroize::Zeroizing;

pub use field::{Field, FieldType};
pub use model::{Model, ModelError, attributes_of};
pub use number::{Number, ParseNumberError};
pub use path::{Path, Step};
pub use types::Type;

/// A value of any [`Type`]. The type itself is not part of it: that follows from the schema.
///
/// Any string may be a secret. Strings are therefore cleared when dropped, and `Debug` shows the
/// shape of a value only, never its content.
#[derive(Clone, PartialEq)]
pub enum Value {
    /// No value.
    Null,
    /// A value that will be known only after apply.
    Unknown,
    /// A boolean.
    Bool(bool),
    /// A number.
    Number(Number),
    /// A string.
    String(Zeroizing<String>),
    /// The elements of a list, set or tuple.
    List(Vec<Value>),
    /// The elements of a map, or the attributes of an object.
    Map(BTreeMap<String, Value>),
    /// A value of a dynamically typed attribute, with its type.
    Dynamic(Box<(Type, Value)>),
}

impl Value {
    /// A string value.
    pub fn string(text: impl Into<String>) -> Self {
        Self::String(Zeroizing::new(text.into()))
    }

    /// An object or map from its named values.
    pub fn object<'a>(attributes: impl IntoIterator<Item = (&'a str, Value)>) -> Self {
        Self::Map(attributes.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
    }

    /// Whether there is no value.
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// Whether the value itself is unknown.
    pub fn is_unknown(&self) -> bool {
        matches!(self, Self::Unknown)
    }

    /// Whether nothing in this value is unknown.
    pub fn is_wholly_known(&self) -> bool {
        match self {
            Self::Unknown => false,
            Self::List(elements) => elements.iter().all(Self::is_wholly_known),
            Self::Map(elements) => elements.values().all(Self::is_wholly_known),
            Self::Dynamic(typed) => typed.1.is_wholly_known(),
            Self::Null | Self::Bool(_) | Self::Number(_) | Self::String(_) => true,
        }
    }

    /// This value with null in place of everything unknown.
    #[must_use]
    pub fn known_or_null(self) -> Self {
        match self {
            Self::Unknown => Self::Null,
            Self::List(elements) => {
                Self::List(elements.into_iter().map(Self::known_or_null).collect())
            }
            Self::Map(elements) => Self::Map(
                elements.into_iter().map(|(key, value)| (key, value.known_or_null())).collect(),
            ),
            Self::Dynamic(typed) => Self::Dynamic(Box::new((typed.0, typed.1.known_or_null()))),
            known => known,
        }
    }

    /// An attribute of an object; null where the value is no object or has no such attribute.
    pub fn attribute(&self, name: &str) -> &Value {
        match self {
            Self::Map(attributes) => attributes.get(name).unwrap_or(&Self::Null),
            _ => &Self::Null,
        }
    }

    /// Puts an attribute into an object; other values are left as they are.
    pub fn set_attribute(&mut self, name: &str, value: Value) {
        if let Self::Map(attributes) = self {
            attributes.insert(name.to_owned(), value);
        }
    }

    /// The word for this kind of value in messages.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Unknown => "unknown",
            Self::Bool(_) => "a bool",
            Self::Number(_) => "a number",
            Self::String(_) => "a string",
            Self::List(_) => "a list",
            Self::Map(_) => "an object",
            Self::Dynamic(_) => "a dynamic value",
        }
    }
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::List(elements) => f.debug_list().entries(elements).finish(),
            Self::Map(elements) => f.debug_map().entries(elements).finish(),
            other => f.write_str(other.kind()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_the_shape_and_never_the_content() {
        let value = Value::object([("pin", Value::string("012345")), ("n", Value::Unknown)]);
        let shown = format!("{value:?}");
        assert!(!shown.contains("012345"), "{shown}");
        assert!(shown.contains("pin"), "{shown}");
    }

    #[test]
    fn unknowns_become_null_at_every_depth() {
        let value = Value::List(vec![Value::object([("a", Value::Unknown)]), Value::Bool(true)]);
        assert!(!value.is_wholly_known());
        let known = value.known_or_null();
        assert!(known.is_wholly_known());
        assert_eq!(
            known,
            Value::List(vec![Value::object([("a", Value::Null)]), Value::Bool(true)])
        );
    }
}
