//! Values on the wire: msgpack and JSON, guided by the schema's types.
//!
//! Everything that arrives here comes from outside. Every mistake in it is a [`WireError`] with the
//! place of the mistake; nothing panics, and nothing is allocated on the word of a length field.

mod convert;
mod decode;
mod encode;
mod json;
mod place;

use thiserror::Error;

pub(crate) use convert::{
    attribute_path, diagnostics, function, function_error, identity_schema, one_line, schema,
    schema_without_version,
};
pub(crate) use encode::encode;

use crate::tf_provider::proto::tfplugin5::{DynamicValue, RawState};
use crate::tf_provider::value::{Path, Type, Value};
use crate::tf_provider::wire::place::Place;

/// Bytes do not hold a value of the expected type, or a value cannot be written as one.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("{}{problem}", shown(path))]
pub(crate) struct WireError {
    path: Path,
    problem: String,
}

impl WireError {
    fn new(place: &Place<'_>, problem: impl Into<String>) -> Self {
        Self { path: place.to_path(), problem: problem.into() }
    }

    /// Whether a name in the path holds this text.
    #[cfg(any(test, fuzzing))]
    pub(crate) fn names(&self, text: &str) -> bool {
        self.path.to_string().contains(text)
    }
}

fn shown(path: &Path) -> String {
    if path.steps().is_empty() {
        return String::new();
    }
    // Names in it may come from outside, and be of any length.
    let mut shown = path.to_string();
    if let Some((end, _)) = shown.char_indices().nth(LONGEST_PLACE) {
        shown.truncate(end);
        shown.push('…');
    }
    shown + ": "
}

/// Reads a value; a missing one is null.
pub(crate) fn read(value: Option<&DynamicValue>, of: &Type) -> Result<Value, WireError> {
    match value {
        Some(value) if !value.msgpack.is_empty() => decode::decode(&value.msgpack, of),
        Some(value) if !value.json.is_empty() => json::decode(&value.json, of),
        _ => Ok(Value::Null),
    }
}

/// Writes a value.
pub(crate) fn write(value: &Value, of: &Type) -> Result<DynamicValue, WireError> {
    Ok(DynamicValue { msgpack: encode(value, of)?, json: Vec::new() })
}

/// The null value.
pub(crate) fn null() -> DynamicValue {
    DynamicValue { msgpack: vec![MSGPACK_NIL], json: Vec::new() }
}

/// Reads stored JSON tolerantly: missing attributes are null, unknown ones are left out.
pub(crate) fn read_stored(state: Option<&RawState>, of: &Type) -> Result<Value, WireError> {
    json::decode(stored_json(state)?, of)
}

/// The JSON of a stored object.
pub(crate) fn stored_json(state: Option<&RawState>) -> Result<&[u8], WireError> {
    match state {
        None => Ok(b"null"),
        Some(state) if !state.flatmap.is_empty() => Err(WireError::new(
            &Place::Root,
            "the state was written by Terraform 0.11 or older; apply it once with Terraform 0.12",
        )),
        Some(state) if state.json.is_empty() => Ok(b"null"),
        Some(state) => Ok(&state.json),
    }
}

const MSGPACK_NIL: u8 = 0xc0;
/// In characters; no schema comes near it.
const LONGEST_PLACE: usize = 200;

#[cfg(test)]
mod tests;
