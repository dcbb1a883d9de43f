//! Rust types for what no standard type stands for: sets, tuples, and values of any type.

use std::fmt;

use crate::tf_provider::value::{FieldType, ModelError, Path, Type, Value};

/// A set, of [`Field`](super::Field)s where a user writes it. Its elements stand in the order in which
/// Terraform sent them, or in which they were collected; two sets are equal if each holds what the other
/// holds, in whatever order and however often.
#[derive(Clone, Default)]
pub struct Set<T>(Vec<T>);

impl<T> Set<T> {
    /// The elements.
    pub fn iter(&self) -> std::slice::Iter<'_, T> {
        self.0.iter()
    }

    /// How many elements there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<T: PartialEq> Set<T> {
    /// Whether this is an element.
    pub fn contains(&self, element: &T) -> bool {
        self.0.contains(element)
    }
}

impl<T: PartialEq> PartialEq for Set<T> {
    fn eq(&self, other: &Self) -> bool {
        let holds = |all: &[T], some: &[T]| some.iter().all(|element| all.contains(element));
        // Terraform orders sets itself, so that equal ones mostly are the same list.
        self.0 == other.0 || (holds(&self.0, &other.0) && holds(&other.0, &self.0))
    }
}

impl<T: Eq> Eq for Set<T> {}

/// Shows how many elements there are: they may be secrets.
impl<T> fmt::Debug for Set<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Set({} elements)", self.0.len())
    }
}

impl<T> FromIterator<T> for Set<T> {
    fn from_iter<I: IntoIterator<Item = T>>(elements: I) -> Self {
        Self(elements.into_iter().collect())
    }
}

impl<T> IntoIterator for Set<T> {
    type Item = T;
    type IntoIter = std::vec::IntoIter<T>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'a, T> IntoIterator for &'a Set<T> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<T: FieldType> FieldType for Set<T> {
    fn terraform_type() -> Type {
        Type::Set(Box::new(T::terraform_type()))
    }

    fn from_value(value: Value, path: &Path) -> Result<Self, ModelError> {
        let Value::Set(elements) = value else {
            return Err(ModelError::mismatch(path, "a set", &value));
        };
        elements.into_iter().map(|element| T::from_value(element, path)).collect()
    }

    fn into_value(self) -> Value {
        Value::Set(self.into_iter().map(T::into_value).collect())
    }
}

/// A value of any type: what a user gives to a dynamic attribute, with the type that it has there.
#[derive(Clone, Debug, PartialEq)]
pub struct Dynamic {
    /// The type.
    pub of: Type,
    /// The value, of that type.
    pub value: Value,
}

impl FieldType for Dynamic {
    fn terraform_type() -> Type {
        Type::Dynamic
    }

    fn from_value(value: Value, path: &Path) -> Result<Self, ModelError> {
        let Value::Dynamic(typed) = value else {
            return Err(ModelError::mismatch(path, "a dynamic value", &value));
        };
        let (of, value) = *typed;
        Ok(Self { of, value })
    }

    fn into_value(self) -> Value {
        Value::Dynamic(Box::new((self.of, self.value)))
    }
}

/// A tuple of one to eight elements, each a [`Field`](super::Field) where a user writes it.
macro_rules! tuples {
    ($($($element:ident)+;)+) => { $(
        impl<$($element: FieldType),+> FieldType for ($($element,)+) {
            fn terraform_type() -> Type {
                Type::Tuple(vec![$($element::terraform_type()),+])
            }

            fn from_value(value: Value, path: &Path) -> Result<Self, ModelError> {
                let Value::List(elements) = value else {
                    return Err(ModelError::mismatch(path, "a tuple", &value));
                };
                let mut elements = elements.into_iter().enumerate();
                Ok(($({
                    let (index, element) = elements.next().unwrap_or((0, Value::Null));
                    $element::from_value(element, &path.index(index))?
                },)+))
            }

            #[allow(non_snake_case, reason = "a type and its value go by one name here")]
            fn into_value(self) -> Value {
                let ($($element,)+) = self;
                Value::List(vec![$($element.into_value()),+])
            }
        }
    )+ };
}

tuples! {
    A;
    A B;
    A B C;
    A B C D;
    A B C D E;
    A B C D E F;
    A B C D E F G;
    A B C D E F G H;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tf_provider::value::{Field, Model, Number};

    crate::model! {
        /// One of each.
        struct Everything {
            tags: Set<Field<String>>,
            point: (Field<Number>, Field<String>),
            anything: Dynamic,
            r#type: String,
        }
    }

    fn everything(anything: Value) -> Value {
        Value::object([
            ("tags", Value::Set([Value::string("a"), Value::Unknown].into_iter().collect())),
            ("point", Value::List(vec![Value::Number(1_i64.into()), Value::Null])),
            ("anything", anything),
            ("type", Value::string("x")),
        ])
    }

    fn model(anything: Value) -> Everything {
        Everything::from_object(everything(anything), &Path::root()).expect("the types match")
    }

    fn typed(value: Value) -> Value {
        Value::Dynamic(Box::new((Type::String, value)))
    }

    #[test]
    fn every_collection_survives_the_way_to_a_model_and_back() {
        let value = everything(typed(Value::string("y")));
        let read = model(typed(Value::string("y")));
        assert_eq!(read.tags.known().map(Set::len), Some(2));
        assert_eq!(read.into_object(), value);
    }

    #[test]
    fn a_raw_name_is_the_attribute_without_its_prefix() {
        let Type::Object(attributes) = Everything::terraform_type() else { panic!("it is one") };
        assert_eq!(attributes.keys().collect::<Vec<_>>(), ["anything", "point", "tags", "type"]);
        assert_eq!(model(Value::Null).r#type.known().map(String::as_str), Some("x"));
    }

    #[test]
    fn a_typed_null_is_null_and_a_typed_unknown_is_unknown() {
        assert!(typed(Value::Null).is_null() && model(typed(Value::Null)).anything.is_null());
        assert!(typed(Value::Unknown).is_unknown());
        assert!(model(typed(Value::Unknown)).anything.is_unknown());
    }

    #[test]
    fn the_type_of_what_has_no_value_is_kept_through_a_model() {
        for empty in [Value::Null, Value::Unknown] {
            let value = everything(typed(empty.clone()));
            let back = model(typed(empty)).into_object();
            assert_ne!(back, value, "the model cannot hold the type");
            assert_eq!(back.typed_like(&value), value);
        }
        let given = everything(typed(Value::string("y")));
        assert_eq!(given.clone().typed_like(&everything(typed(Value::Null))), given);
    }

    #[test]
    fn sets_are_equal_in_any_order_and_lists_are_not() {
        let [a, b] = ["a", "b"].map(Value::string);
        let set = |elements: [&Value; 3]| Value::Set(elements.into_iter().cloned().collect());
        assert_eq!(set([&a, &b, &a]), set([&b, &b, &a]));
        assert_ne!(set([&a, &a, &a]), set([&a, &b, &a]));
        assert_ne!(Value::List(vec![a.clone(), b.clone()]), Value::List(vec![b, a]));
    }

    #[test]
    fn a_tuple_of_another_kind_is_an_error_that_names_its_place() {
        let mut value = everything(Value::Null);
        value.set_attribute("point", Value::List(vec![Value::Bool(true), Value::Null]));
        let error = Everything::from_object(value, &Path::root()).expect_err("it is a number");
        assert_eq!(error.to_string(), "point[0]: expected a number, got a bool");
    }
}
