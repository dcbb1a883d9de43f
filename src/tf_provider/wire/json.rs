//! JSON to values: stored state, and the JSON form of values on the wire.
//!
//! Stored state may be older or newer than the schema. Reading is therefore tolerant: what is
//! missing is null, what is unknown to the schema is left out, and primitives convert.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use crate::tf_provider::value::{Number, Type, Value};
use crate::tf_provider::wire::WireError;
use crate::tf_provider::wire::place::Place;

/// Reads one value. Nesting is bounded by the JSON parser.
pub(super) fn decode(bytes: &[u8], of: &Type) -> Result<Value, WireError> {
    let json: Json = serde_json::from_slice(bytes)
        .map_err(|error| WireError::new(&Place::Root, parse_problem(&error)))?;
    value(json, of, &Place::Root)
}

fn value(json: Json, of: &Type, place: &Place<'_>) -> Result<Value, WireError> {
    match (json, of) {
        (Json::Null, _) => Ok(Value::Null),
        (json, Type::Bool) => bool(&json, place),
        (json, Type::Number) => number(&json, place),
        (json, Type::String) => string(json, place),
        (Json::Array(elements), Type::List(of)) => {
            list(elements.into_iter().map(|element| (element, &**of)), place).map(Value::List)
        }
        (Json::Array(elements), Type::Set(of)) => {
            let elements = list(elements.into_iter().map(|element| (element, &**of)), place)?;
            Ok(Value::Set(elements.into_iter().collect()))
        }
        (Json::Array(elements), Type::Tuple(types)) if elements.len() == types.len() => {
            list(elements.into_iter().zip(types), place).map(Value::List)
        }
        (Json::Object(elements), Type::Map(of)) => {
            let read = |(key, element): (String, Json)| {
                let element = value(element, of, &place.key(&key))?;
                Ok((key, element))
            };
            elements.into_iter().map(read).collect::<Result<_, _>>().map(Value::Map)
        }
        (Json::Object(attributes), Type::Object(types)) => object(attributes, types, place),
        (Json::Object(attributes), Type::Dynamic) => dynamic(attributes, place),
        _ => Err(mismatch(place)),
    }
}

fn bool(json: &Json, place: &Place<'_>) -> Result<Value, WireError> {
    match json {
        Json::Bool(truth) => Ok(Value::Bool(*truth)),
        Json::String(text) if text == "true" => Ok(Value::Bool(true)),
        Json::String(text) if text == "false" => Ok(Value::Bool(false)),
        _ => Err(mismatch(place)),
    }
}

fn number(json: &Json, place: &Place<'_>) -> Result<Value, WireError> {
    let text = match json {
        Json::Number(number) => number.to_string(),
        Json::String(text) => text.clone(),
        _ => return Err(mismatch(place)),
    };
    Number::parse(&text).map(Value::Number).map_err(|_| mismatch(place))
}

fn string(json: Json, place: &Place<'_>) -> Result<Value, WireError> {
    match json {
        Json::String(text) => Ok(Value::string(text)),
        Json::Bool(truth) => Ok(Value::string(truth.to_string())),
        Json::Number(number) => Ok(Value::string(number.to_string())),
        _ => Err(mismatch(place)),
    }
}

fn list<'t>(
    elements: impl Iterator<Item = (Json, &'t Type)>,
    place: &Place<'_>,
) -> Result<Vec<Value>, WireError> {
    let read = |(index, (element, of))| value(element, of, &place.index(index));
    elements.enumerate().map(read).collect()
}

fn object(
    mut json: serde_json::Map<String, Json>,
    types: &BTreeMap<String, Type>,
    place: &Place<'_>,
) -> Result<Value, WireError> {
    let read = |(name, of): (&String, &Type)| {
        let attribute = json.remove(name).unwrap_or(Json::Null);
        Ok((name.clone(), value(attribute, of, &place.attribute(name))?))
    };
    types.iter().map(read).collect::<Result<_, _>>().map(Value::Map)
}

fn dynamic(mut json: serde_json::Map<String, Json>, place: &Place<'_>) -> Result<Value, WireError> {
    let malformed = || WireError::new(place, "malformed dynamic value");
    let spelling = json.remove("type").ok_or_else(malformed)?.to_string();
    let of = Type::from_json(spelling.as_bytes()).ok_or_else(malformed)?;
    let inner = value(json.remove("value").ok_or_else(malformed)?, &of, place)?;
    Ok(Value::Dynamic(Box::new((of, inner))))
}

fn mismatch(place: &Place<'_>) -> WireError {
    WireError::new(place, "the stored value is not of the schema's type")
}

/// Where the JSON breaks, and never what stands there: that may be a secret.
fn parse_problem(error: &serde_json::Error) -> String {
    format!("malformed JSON at line {}, column {}", error.line(), error.column())
}
