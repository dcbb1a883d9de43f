//! A block is declared once: [`model!`](crate::model) takes name, type, rules and description of each
//! attribute, and makes the struct, its conversions and the schema of them, so that these cannot
//! disagree.

use std::{borrow::Cow, collections::BTreeMap};

use crate::tf_provider::schema::{IdentitySchema, Schema};
use crate::tf_provider::value::{Model, ModelError, Path, Value};

/// The attributes of a block: a struct, and the schema that Terraform is told.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not declared as a block",
    note = "`model! {{ /// What it is. struct {Self} {{ /// What it means. required name: String }} }}` \
            makes a block; without `required`, `optional`, `computed` or `optional_computed` before \
            each field it is an object, the type of an attribute"
)]
pub trait Block: Model {
    /// The attributes with their rules and descriptions.
    fn schema() -> Schema;
}

/// The attributes that identify a managed object; `()` for resources whose objects have no identity.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not declared as an identity",
    note = "`model! {{ identity struct {Self} {{ /// What it means. required id: String }} }}` makes \
            an identity; `()` is that of a resource without one"
)]
pub trait Identity: Model {
    /// The attributes; none if there is no identity.
    fn schema() -> Option<IdentitySchema>;
}

impl Identity for () {
    fn schema() -> Option<IdentitySchema> {
        None
    }
}

/// Declares attributes, each said once; they stand in the schema in this order.
///
/// A **block**, such as that of a resource: `required`, `optional`, `computed` or `optional_computed`
/// says who gives the value, and brackets hold further rules. All of these are methods of
/// [`Attribute`](crate::tf_provider::Attribute). The comments are what users read, in Markdown: lines
/// flow together, and an empty line parts paragraphs. Text of any other form is a rule:
/// `described(TEXT)`. The struct implements [`Block`].
///
/// An **identity** begins with `identity struct`, and implements [`Identity`]. An **object** is the type
/// of an attribute or of its elements: nothing stands before its fields, and the struct implements
/// [`FieldType`](crate::tf_provider::FieldType).
///
/// Each field is a [`Field`](crate::tf_provider::Field) of the type that is written.
///
/// ```
/// use terraform_provider_whatsapp::{model, tf_provider::*};
///
/// model! {
///     /// A note on the wall.
///     struct Note {
///         /// Where it hangs.
///         required place: String [forces_replacement],
///         /// Who may read it.
///         optional readers: Vec<Field<String>>,
///         /// When it was put there.
///         computed since: String [keeps_prior],
///     }
/// }
///
/// let names: Vec<_> = Note::schema().attributes().iter().map(Attribute::name).collect();
/// assert_eq!(names, ["place", "readers", "since"]);
/// ```
#[macro_export]
macro_rules! model {
    // A line of a comment, or nothing for any other attribute of Rust.
    (@line doc = $line:expr) => { Some($line) };
    (@line $($other:tt)*) => { None };

    // One attribute of a schema.
    (@attribute $of:ident $source:ident $field:ident: $type:ty,
        { $([$($said:tt)*])* } $($rule:ident $(($($argument:tt)*))?),*
    ) => {
        $crate::tf_provider::declared::$of::$source(
            $crate::tf_provider::declared::name(stringify!($field)),
            <$type as $crate::tf_provider::declared::FieldType>::terraform_type(),
        )
        .described($crate::tf_provider::declared::text(&[$($crate::model!(@line $($said)*)),*]))
        $(.$rule($($($argument)*)?))*
    };

    // The struct, and its way from a value and back.
    (@model $(#[$($about:tt)*])* $visibility:vis struct $name:ident {
        $($(#[$($said:tt)*])* $field:ident: $type:ty,)*
    }) => {
        $(#[$($about)*])*
        #[derive(Debug, Default)]
        $visibility struct $name {
            $($(#[$($said)*])* pub $field: $crate::tf_provider::declared::Field<$type>,)*
        }

        impl $crate::tf_provider::declared::Model for $name {
            #[allow(unused_mut, unused_variables, reason = "a block may have no attributes")]
            fn from_object(
                value: $crate::tf_provider::declared::Value,
                path: &$crate::tf_provider::declared::Path,
            ) -> Result<Self, $crate::tf_provider::declared::ModelError> {
                let mut attributes = $crate::tf_provider::declared::attributes(value, path)?;
                $(
                    let name = $crate::tf_provider::declared::name(stringify!($field));
                    let $field = $crate::tf_provider::declared::Field::from_value(
                        attributes.remove(name).unwrap_or_default(),
                        &path.attribute(name),
                    )?;
                )*
                Ok(Self { $($field,)* })
            }

            fn into_object(self) -> $crate::tf_provider::declared::Value {
                $crate::tf_provider::declared::Value::object([$((
                    $crate::tf_provider::declared::name(stringify!($field)),
                    self.$field.into_value(),
                ),)*])
            }
        }
    };

    // An identity.
    ($(#[$($about:tt)*])* $visibility:vis identity struct $name:ident {
        $($(#[$($said:tt)*])* $source:ident $field:ident: $type:ty $([$($rules:tt)*])?),+ $(,)?
    }) => {
        $crate::model! { @model $(#[$($about)*])* $visibility struct $name {
            $($(#[$($said)*])* $field: $type,)*
        } }

        impl $crate::tf_provider::declared::Identity for $name {
            fn schema() -> Option<$crate::tf_provider::declared::IdentitySchema> {
                Some($crate::tf_provider::declared::IdentitySchema::new([$($crate::model!(
                    @attribute IdentityAttribute $source $field: $type,
                    { $([$($said)*])* } $($($rules)*)?
                ),)*]))
            }
        }
    };

    // A block; one without attributes as well.
    ($(#[$($about:tt)*])* $visibility:vis struct $name:ident {
        $($(#[$($said:tt)*])* $source:ident $field:ident: $type:ty $([$($rules:tt)*])?),* $(,)?
    }) => {
        $crate::model! { @model $(#[$($about)*])* $visibility struct $name {
            $($(#[$($said)*])* $field: $type,)*
        } }

        impl $crate::tf_provider::declared::Block for $name {
            fn schema() -> $crate::tf_provider::declared::Schema {
                let description =
                    $crate::tf_provider::declared::text(&[$($crate::model!(@line $($about)*)),*]);
                $crate::tf_provider::declared::Schema::new(description, [$($crate::model!(
                    @attribute Attribute $source $field: $type,
                    { $([$($said)*])* } $($($rules)*)?
                ),)*])
            }
        }
    };

    // An object.
    ($(#[$($about:tt)*])* $visibility:vis struct $name:ident {
        $($(#[$($said:tt)*])* $field:ident: $type:ty),+ $(,)?
    }) => {
        $crate::model! { @model $(#[$($about)*])* $visibility struct $name {
            $($(#[$($said)*])* $field: $type,)*
        } }

        impl $crate::tf_provider::declared::FieldType for $name {
            fn terraform_type() -> $crate::tf_provider::declared::Type {
                $crate::tf_provider::declared::Type::object([$((
                    $crate::tf_provider::declared::name(stringify!($field)),
                    <$type as $crate::tf_provider::declared::FieldType>::terraform_type(),
                ),)*])
            }

            fn from_value(
                value: $crate::tf_provider::declared::Value,
                path: &$crate::tf_provider::declared::Path,
            ) -> Result<Self, $crate::tf_provider::declared::ModelError> {
                <Self as $crate::tf_provider::declared::Model>::from_object(value, path)
            }

            fn into_value(self) -> $crate::tf_provider::declared::Value {
                <Self as $crate::tf_provider::declared::Model>::into_object(self)
            }
        }
    };

    ($($other:tt)*) => {
        compile_error!(
            "expected a struct: `required name: String [sensitive],` for each attribute of a block or \
             of an identity, and `name: String,` for each of an object, but no mixture of the two"
        );
    };
}

/// The attribute that a field stands for: `r#type` is `type`, which no field can be called.
pub fn name(field: &'static str) -> &'static str {
    field.strip_prefix("r#").unwrap_or(field)
}

/// A comment as a description.
pub fn text(lines: &[Option<&'static str>]) -> Cow<'static, str> {
    let lines: Vec<_> = lines.iter().flatten().map(|line| line.trim()).collect();
    match lines[..] {
        [only] => only.into(),
        _ => {
            let paragraphs = lines.split(|line| line.is_empty()).filter(|lines| !lines.is_empty());
            paragraphs.map(|lines| lines.join(" ")).collect::<Vec<_>>().join("\n\n").into()
        }
    }
}

/// The attributes of an object; the first step of every model's reading.
pub fn attributes(value: Value, path: &Path) -> Result<BTreeMap<String, Value>, ModelError> {
    match value {
        Value::Map(attributes) => Ok(attributes),
        other => Err(ModelError::mismatch(path, "an object", &other)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tf_provider::schema::Attribute;
    use crate::tf_provider::value::{Field, FieldType, Number, Type};

    const ELSEWHERE: &str = "Written elsewhere.";

    model! {
        /// A shelf, and
        /// what stands on it.
        #[derive(Clone)]
        struct Shelf {
            /// Its name.
            ///
            /// Any text
            /// of one line.
            #[allow(dead_code, reason = "nobody reads it here")]
            required name: String [forces_replacement],
            /// The books.
            optional books: Vec<Book>,
            optional_computed r#type: String [described(ELSEWHERE), deprecated("Use name.")],
            /// A number of its own.
            computed id: Number [keeps_prior, adding("It stays.")],
        }
    }

    model! {
        /// An element.
        #[derive(Clone)]
        struct Book {
            pages: Number,
        }
    }

    model! {
        /// What finds a shelf.
        identity struct Place {
            /// The room.
            required room: String,
            /// The number.
            optional number: Number,
        }
    }

    model! {
        /// Nothing to say.
        struct Empty {}
    }

    fn shown(attribute: &Attribute) -> (&str, &Type, &str) {
        (attribute.name(), attribute.terraform_type(), attribute.description())
    }

    #[test]
    fn names_types_and_descriptions_are_those_of_the_declaration() {
        let schema = Shelf::schema();
        assert_eq!(schema.description(), "A shelf, and what stands on it.");
        let books = Type::List(Box::new(Type::object([("pages", Type::Number)])));
        let expected = [
            ("name", &Type::String, "Its name.\n\nAny text of one line."),
            ("books", &books, "The books."),
            ("type", &Type::String, "Written elsewhere."),
            ("id", &Type::Number, "A number of its own. It stays."),
        ];
        assert_eq!(schema.attributes().iter().map(shown).collect::<Vec<_>>(), expected);
        assert_eq!(Empty::schema().attributes().len(), 0);
    }

    #[test]
    fn rules_are_those_of_the_declaration() {
        let schema = Shelf::schema();
        let [name, books, kind, id] = schema.attributes() else { panic!("four are declared") };
        assert!(name.is_required() && name.forces_replacement && !name.is_computed());
        assert!(books.is_optional() && !books.is_computed() && !books.forces_replacement);
        assert!(kind.is_optional() && kind.is_computed());
        assert_eq!(kind.deprecation(), Some("Use name."));
        assert!(!id.is_optional() && id.is_computed() && id.keeps_prior);
    }

    #[test]
    fn an_identity_says_what_an_import_must_give() {
        let schema = Place::schema().expect("it has attributes");
        let required = schema.attributes().iter().map(|attribute| attribute.required);
        assert_eq!(required.collect::<Vec<_>>(), [true, false]);
        assert_eq!(schema.attributes()[0].description(), "The room.");
        assert!(<() as Identity>::schema().is_none());
    }

    #[test]
    fn a_block_survives_the_way_to_a_value_and_back() {
        let books = Value::List(vec![Value::object([("pages", Value::Unknown)])]);
        let value = Value::object([
            ("name", Value::Null),
            ("books", books),
            ("type", Value::string("x")),
            ("id", Value::Unknown),
        ]);
        let shelf = Shelf::from_object(value.clone(), &Path::root()).expect("the types match");
        assert!(shelf.name.is_null() && shelf.id.is_unknown());
        assert!(matches!(&shelf.books, Field::Known(books) if books[0].pages.is_unknown()));
        assert_eq!(shelf.into_object(), value);
    }

    #[test]
    fn a_wrong_type_is_an_error_that_names_its_place() {
        let books = Value::List(vec![Value::object([("pages", Value::Bool(true))])]);
        let value = Value::object([("name", Value::string("x")), ("books", books)]);
        let error = Shelf::from_object(value, &Path::root()).expect_err("pages is a number");
        assert_eq!(error.to_string(), "books[0].pages: expected a number, got a bool");
        let error = Book::from_value(Value::Null, &Path::root()).expect_err("it is no object");
        assert!(error.to_string().ends_with("expected an object, got null"), "{error}");
    }
}
