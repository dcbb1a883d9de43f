//! One attribute of a typed model: null, unknown, or known.

use std::{collections::BTreeMap, fmt};

use secrecy::{ExposeSecret, SecretString};

use crate::tf_provider::value::{ModelError, Number, Path, Type, Value};

/// A value that may be null or not known yet.
#[derive(Clone, Default, PartialEq, Eq)]
pub enum Field<T> {
    /// No value.
    #[default]
    Null,
    /// A value that will be known only after apply.
    Unknown,
    /// A value.
    Known(T),
}

impl<T> Field<T> {
    /// The value, if there is one and it is known.
    pub fn known(&self) -> Option<&T> {
        match self {
            Self::Known(value) => Some(value),
            Self::Null | Self::Unknown => None,
        }
    }

    /// The value by move, if there is one and it is known.
    pub fn into_known(self) -> Option<T> {
        match self {
            Self::Known(value) => Some(value),
            Self::Null | Self::Unknown => None,
        }
    }

    /// Whether there is no value.
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// Whether the value is not known yet.
    pub fn is_unknown(&self) -> bool {
        matches!(self, Self::Unknown)
    }
}

impl<T: FieldType> Field<T> {
    /// Reads a value; `path` is where it stands. What has a type and no value is null as well.
    pub fn from_value(value: Value, path: &Path) -> Result<Self, ModelError> {
        if value.is_null() {
            Ok(Self::Null)
        } else if value.is_unknown() {
            Ok(Self::Unknown)
        } else {
            T::from_value(value, path).map(Self::Known)
        }
    }

    /// The value for the wire.
    pub fn into_value(self) -> Value {
        match self {
            Self::Null => Value::Null,
            Self::Unknown => Value::Unknown,
            Self::Known(known) => known.into_value(),
        }
    }
}

impl<T> From<Option<T>> for Field<T> {
    fn from(option: Option<T>) -> Self {
        option.map_or(Self::Null, Self::Known)
    }
}

/// Shows the state only: the value may be a secret.
impl<T> fmt::Debug for Field<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Null => "null",
            Self::Unknown => "unknown",
            Self::Known(_) => "known",
        })
    }
}

/// A Rust type that stands for a Terraform type.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not the type of an attribute",
    note = "attributes are `String`, `SecretString`, `bool`, `Number`, `Dynamic`, tuples, `Vec`, `Set` or \
            `BTreeMap<String, _>` of such types, and what `model! {{ struct Name {{ field: Type }} }}` declares"
)]
pub trait FieldType: Sized + Send + Sync {
    /// The Terraform type.
    fn terraform_type() -> Type;

    /// Reads a value that is neither null nor unknown.
    fn from_value(value: Value, path: &Path) -> Result<Self, ModelError>;

    /// The value for the wire.
    fn into_value(self) -> Value;
}

impl FieldType for String {
    fn terraform_type() -> Type {
        Type::String
    }

    fn from_value(value: Value, path: &Path) -> Result<Self, ModelError> {
        match value {
            Value::String(mut text) => Ok(std::mem::take(&mut *text)),
            other => Err(ModelError::mismatch(path, "a string", &other)),
        }
    }

    fn into_value(self) -> Value {
        Value::string(self)
    }
}

impl FieldType for SecretString {
    fn terraform_type() -> Type {
        Type::String
    }

    fn from_value(value: Value, path: &Path) -> Result<Self, ModelError> {
        String::from_value(value, path).map(Self::from)
    }

    fn into_value(self) -> Value {
        Value::string(self.expose_secret())
    }
}

impl FieldType for bool {
    fn terraform_type() -> Type {
        Type::Bool
    }

    fn from_value(value: Value, path: &Path) -> Result<Self, ModelError> {
        match value {
            Value::Bool(truth) => Ok(truth),
            other => Err(ModelError::mismatch(path, "a bool", &other)),
        }
    }

    fn into_value(self) -> Value {
        Value::Bool(self)
    }
}

impl FieldType for Number {
    fn terraform_type() -> Type {
        Type::Number
    }

    fn from_value(value: Value, path: &Path) -> Result<Self, ModelError> {
        match value {
            Value::Number(number) => Ok(number),
            other => Err(ModelError::mismatch(path, "a number", &other)),
        }
    }

    fn into_value(self) -> Value {
        Value::Number(self)
    }
}

/// An element that may be null or unknown by itself, for collections that a user writes: `[a.id]` is
/// a known list of an unknown string while `a` is planned.
impl<T: FieldType> FieldType for Field<T> {
    fn terraform_type() -> Type {
        T::terraform_type()
    }

    fn from_value(value: Value, path: &Path) -> Result<Self, ModelError> {
        Self::from_value(value, path)
    }

    fn into_value(self) -> Value {
        self.into_value()
    }
}

/// A list, of [`Field`]s where a user writes it.
impl<T: FieldType> FieldType for Vec<T> {
    fn terraform_type() -> Type {
        Type::List(Box::new(T::terraform_type()))
    }

    fn from_value(value: Value, path: &Path) -> Result<Self, ModelError> {
        let Value::List(elements) = value else {
            return Err(ModelError::mismatch(path, "a list", &value));
        };
        let read = |(index, element)| T::from_value(element, &path.index(index));
        elements.into_iter().enumerate().map(read).collect()
    }

    fn into_value(self) -> Value {
        Value::List(self.into_iter().map(T::into_value).collect())
    }
}

/// A map, of [`Field`]s where a user writes it.
impl<T: FieldType> FieldType for BTreeMap<String, T> {
    fn terraform_type() -> Type {
        Type::Map(Box::new(T::terraform_type()))
    }

    fn from_value(value: Value, path: &Path) -> Result<Self, ModelError> {
        let Value::Map(elements) = value else {
            return Err(ModelError::mismatch(path, "a map", &value));
        };
        let read = |(key, element): (String, Value)| {
            let element = T::from_value(element, &path.key(&key))?;
            Ok((key, element))
        };
        elements.into_iter().map(read).collect()
    }

    fn into_value(self) -> Value {
        Value::Map(self.into_iter().map(|(key, element)| (key, element.into_value())).collect())
    }
}
