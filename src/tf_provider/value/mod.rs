//! Terraform's values: the tree that travels between wire, plan rules and typed models.

mod collections;
mod field;
mod model;
mod number;
mod path;
mod types;

use std::{collections::BTreeMap, fmt};

use zeroize::Zeroizing;

pub use collections::{Dynamic, Set};
pub use field::{Field, FieldType};
pub use model::{Model, ModelError};
pub use number::{Number, ParseNumberError};
pub use path::{Path, Step};
pub use types::Type;

/// A value of any [`Type`]. The type itself is not part of it: that follows from the schema.
///
/// Any string may be a secret. Strings are therefore cleared when dropped, and `Debug` shows the
/// shape of a value only, never its content.
#[derive(Clone, Default, PartialEq)]
pub enum Value {
    /// No value.
    #[default]
    Null,
    /// A value that will be known only after apply.
    Unknown,
    /// A boolean.
    Bool(bool),
    /// A number.
    Number(Number),
    /// A string.
    String(Zeroizing<String>),
    /// The elements of a list or tuple.
    List(Vec<Value>),
    /// The elements of a set.
    Set(Set<Value>),
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

    /// Whether there is no value. A dynamic value may have a type and be null all the same.
    pub fn is_null(&self) -> bool {
        match self {
            Self::Dynamic(typed) => typed.1.is_null(),
            other => matches!(other, Self::Null),
        }
    }

    /// Whether the value itself is unknown, whatever is known of its type.
    pub fn is_unknown(&self) -> bool {
        match self {
            Self::Dynamic(typed) => typed.1.is_unknown(),
            other => matches!(other, Self::Unknown),
        }
    }

    /// Whether nothing in this value is unknown.
    pub fn is_wholly_known(&self) -> bool {
        match self {
            Self::Unknown => false,
            Self::List(elements) => elements.iter().all(Self::is_wholly_known),
            Self::Set(elements) => elements.iter().all(Self::is_wholly_known),
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
            Self::Set(elements) => {
                Self::Set(elements.into_iter().map(Self::known_or_null).collect())
            }
            Self::Map(elements) => Self::Map(
                elements.into_iter().map(|(key, value)| (key, value.known_or_null())).collect(),
            ),
            Self::Dynamic(typed) => Self::Dynamic(Box::new((typed.0, typed.1.known_or_null()))),
            known => known,
        }
    }

    /// This value with the types that the same places have in `other`, wherever both have no value: a
    /// model cannot hold the type of what is null or unknown, and Terraform compares it.
    #[must_use]
    pub(crate) fn typed_like(self, other: &Self) -> Self {
        match (self, other) {
            (Self::Null, Self::Dynamic(_)) if other.is_null() => other.clone(),
            (Self::Unknown, Self::Dynamic(_)) if other.is_unknown() => other.clone(),
            (Self::Map(attributes), Self::Map(others)) => {
                let typed = |(name, value): (String, Self)| match others.get(&name) {
                    Some(other) => (name, value.typed_like(other)),
                    None => (name, value),
                };
                Self::Map(attributes.into_iter().map(typed).collect())
            }
            (Self::List(elements), Self::List(others)) if elements.len() == others.len() => {
                let typed = elements.into_iter().zip(others).map(|(one, two)| one.typed_like(two));
                Self::List(typed.collect())
            }
            (value, _) => value,
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
            Self::Set(_) => "a set",
            Self::Map(_) => "an object",
            Self::Dynamic(_) => "a dynamic value",
        }
    }
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::List(elements) => f.debug_list().entries(elements).finish(),
            Self::Set(elements) => f.debug_set().entries(elements).finish(),
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
