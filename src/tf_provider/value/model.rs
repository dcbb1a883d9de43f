//! Typed structs for schemas: the struct and the wire agree because one macro writes both sides.

use thiserror::Error;

use crate::tf_provider::value::{Path, Type, Value};

/// A struct with one [`Field`](super::Field) per attribute of a schema; written by [`model!`](crate::model).
pub trait Model: Sized + Send + Sync {
    /// Names and types of all attributes, for comparison with the schema.
    fn attributes() -> Vec<(&'static str, Type)>;

    /// Reads an object; `path` is where it stands.
    fn from_object(value: Value, path: &Path) -> Result<Self, ModelError>;

    /// The object for the wire.
    fn into_object(self) -> Value;
}

/// A value does not have the type that the model expects.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("{path}: expected {expected}, got {actual}")]
pub struct ModelError {
    path: Path,
    expected: &'static str,
    actual: &'static str,
}

impl ModelError {
    pub(crate) fn mismatch(path: &Path, expected: &'static str, actual: &Value) -> Self {
        Self { path: path.clone(), expected, actual: actual.kind() }
    }
}

/// Declares a struct whose fields are the attributes of a schema, each wrapped in
/// [`Field`](crate::tf_provider::Field).
///
/// The struct implements [`Model`], and [`FieldType`](crate::tf_provider::FieldType) as an object,
/// so that a model can be the element of a list.
#[macro_export]
macro_rules! model {
    (
        $(#[$struct_meta:meta])*
        $visibility:vis struct $name:ident {
            $( $(#[$field_meta:meta])* $field:ident: $type:ty ),* $(,)?
        }
    ) => {
        $(#[$struct_meta])*
        #[derive(Debug, Default)]
        $visibility struct $name {
            $( $(#[$field_meta])* pub $field: $crate::tf_provider::Field<$type>, )*
        }

        impl $crate::tf_provider::Model for $name {
            fn attributes() -> Vec<(&'static str, $crate::tf_provider::Type)> {
                vec![$((
                    $crate::tf_provider::attribute_name(stringify!($field)),
                    <$type as $crate::tf_provider::FieldType>::terraform_type(),
                ),)*]
            }

            #[allow(unused_mut, unused_variables, reason = "a model may have no attributes")]
            fn from_object(
                value: $crate::tf_provider::Value,
                path: &$crate::tf_provider::Path,
            ) -> Result<Self, $crate::tf_provider::ModelError> {
                let mut attributes = $crate::tf_provider::attributes_of(value, path)?;
                $(
                    let name = $crate::tf_provider::attribute_name(stringify!($field));
                    let attribute = attributes.remove(name);
                    let $field = $crate::tf_provider::Field::from_value(
                        attribute.unwrap_or($crate::tf_provider::Value::Null),
                        &path.attribute(name),
                    )?;
                )*
                Ok(Self { $($field,)* })
            }

            fn into_object(self) -> $crate::tf_provider::Value {
                $crate::tf_provider::Value::object([
                    $((
                        $crate::tf_provider::attribute_name(stringify!($field)),
                        self.$field.into_value(),
                    ),)*
                ])
            }
        }

        impl $crate::tf_provider::FieldType for $name {
            fn terraform_type() -> $crate::tf_provider::Type {
                let attributes = <Self as $crate::tf_provider::Model>::attributes();
                $crate::tf_provider::Type::object(attributes)
            }

            fn from_value(
                value: $crate::tf_provider::Value,
                path: &$crate::tf_provider::Path,
            ) -> Result<Self, $crate::tf_provider::ModelError> {
                <Self as $crate::tf_provider::Model>::from_object(value, path)
            }

            fn into_value(self) -> $crate::tf_provider::Value {
                <Self as $crate::tf_provider::Model>::into_object(self)
            }
        }
    };
}

/// The attribute that a field stands for: `r#type` is `type`, which no field can be called.
#[doc(hidden)]
pub fn attribute_name(field: &'static str) -> &'static str {
    field.strip_prefix("r#").unwrap_or(field)
}

/// The attributes of an object; the first step of every model's reading.
#[doc(hidden)]
pub fn attributes_of(
    value: Value,
    path: &Path,
) -> Result<std::collections::BTreeMap<String, Value>, ModelError> {
    match value {
        Value::Map(attributes) => Ok(attributes),
        other => Err(ModelError::mismatch(path, "an object", &other)),
    }
}

#[cfg(test)]
mod tests {
    use crate::tf_provider::value::{Field, Model, Number, Path, Type, Value};

    model! {
        /// A model with nested objects.
        struct Shelf {
            name: String,
            books: Vec<Book>,
        }
    }

    model! {
        /// An element.
        struct Book {
            pages: Number,
        }
    }

    #[test]
    fn a_model_knows_the_types_of_its_attributes() {
        let book = Type::object([("pages", Type::Number)]);
        let expected = vec![("name", Type::String), ("books", Type::List(Box::new(book)))];
        assert_eq!(Shelf::attributes(), expected);
    }

    #[test]
    fn a_model_survives_the_way_to_a_value_and_back() {
        let books = Value::List(vec![Value::object([("pages", Value::Unknown)])]);
        let value = Value::object([("name", Value::Null), ("books", books)]);
        let shelf = Shelf::from_object(value.clone(), &Path::root()).expect("the types match");
        assert!(shelf.name.is_null());
        assert!(matches!(&shelf.books, Field::Known(books) if books[0].pages.is_unknown()));
        assert_eq!(shelf.into_object(), value);
    }

    #[test]
    fn a_wrong_type_is_an_error_that_names_its_place() {
        let books = Value::List(vec![Value::object([("pages", Value::Bool(true))])]);
        let value = Value::object([("name", Value::string("x")), ("books", books)]);
        let error = Shelf::from_object(value, &Path::root()).expect_err("pages is a number");
        assert_eq!(error.to_string(), "books[0].pages: expected a number, got a bool");
    }
}
