//! Typed structs for objects.

use thiserror::Error;

use crate::tf_provider::value::{Path, Value};

/// A struct with one [`Field`](super::Field) per attribute of an object; written by `model!`.
pub trait Model: Sized + Send + Sync {
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

/// What has no attributes.
impl Model for () {
    fn from_object(_: Value, _: &Path) -> Result<Self, ModelError> {
        Ok(())
    }

    fn into_object(self) -> Value {
        Value::object([])
    }
}
