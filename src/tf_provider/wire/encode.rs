//! Values to msgpack.

use std::collections::BTreeMap;

use rmp::encode as msgpack;

use crate::tf_provider::value::{Number, Type, Value};
use crate::tf_provider::wire::WireError;
use crate::tf_provider::wire::place::Place;

/// Writes a value of a type. A value that is not of that type is an error: Terraform would throw
/// the whole answer away.
pub(crate) fn encode(value: &Value, of: &Type) -> Result<Vec<u8>, WireError> {
    let mut bytes = Vec::new();
    write(&mut bytes, value, of, &Place::Root)?;
    Ok(bytes)
}

fn write(out: &mut Vec<u8>, value: &Value, of: &Type, place: &Place<'_>) -> Result<(), WireError> {
    match (value, of) {
        (Value::Null, _) => msgpack::write_nil(out).map_err(|_| unwritable(place)),
        (Value::Unknown, _) => {
            out.extend_from_slice(&UNKNOWN);
            Ok(())
        }
        (Value::Bool(truth), Type::Bool) => {
            msgpack::write_bool(out, *truth).map_err(|_| unwritable(place))
        }
        (Value::Number(number), Type::Number) => write_number(out, number, place),
        (Value::String(text), Type::String) => write_string(out, text, place),
        (Value::List(elements), Type::List(of)) => {
            write_elements(out, elements.iter().map(|element| (element, &**of)), place)
        }
        (Value::Set(elements), Type::Set(of)) => {
            write_elements(out, elements.iter().map(|element| (element, &**of)), place)
        }
        (Value::List(elements), Type::Tuple(types)) if elements.len() == types.len() => {
            write_elements(out, elements.iter().zip(types), place)
        }
        (Value::Map(elements), Type::Map(of)) => {
            write_map_length(out, elements.len(), place)?;
            for (key, element) in elements {
                write_string(out, key, place)?;
                write(out, element, of, &place.key(key))?;
            }
            Ok(())
        }
        (Value::Map(attributes), Type::Object(types)) => {
            write_object(out, attributes, types, place)
        }
        (Value::Dynamic(typed), Type::Dynamic) => write_dynamic(out, &typed.0, &typed.1, place),
        (other, _) => {
            Err(WireError::new(place, format!("{} is not of the schema's type", other.kind())))
        }
    }
}

/// Whole numbers in machine range as integers, all others as decimal text: old clients compare
/// floats exactly and would see a change.
fn write_number(out: &mut Vec<u8>, number: &Number, place: &Place<'_>) -> Result<(), WireError> {
    let written = match (number.as_u64(), number.as_i64()) {
        (Some(unsigned), _) => msgpack::write_uint(out, unsigned).map(|_| ()),
        (None, Some(signed)) => msgpack::write_sint(out, signed).map(|_| ()),
        (None, None) => msgpack::write_str(out, &number.to_string()),
    };
    written.map_err(|_| unwritable(place))
}

fn write_string(out: &mut Vec<u8>, text: &str, place: &Place<'_>) -> Result<(), WireError> {
    msgpack::write_str(out, text).map_err(|_| unwritable(place))
}

fn write_elements<'v>(
    out: &mut Vec<u8>,
    elements: impl ExactSizeIterator<Item = (&'v Value, &'v Type)>,
    place: &Place<'_>,
) -> Result<(), WireError> {
    let length = u32::try_from(elements.len()).map_err(|_| unwritable(place))?;
    msgpack::write_array_len(out, length).map_err(|_| unwritable(place))?;
    for (index, (element, of)) in elements.enumerate() {
        write(out, element, of, &place.index(index))?;
    }
    Ok(())
}

fn write_object(
    out: &mut Vec<u8>,
    attributes: &BTreeMap<String, Value>,
    types: &BTreeMap<String, Type>,
    place: &Place<'_>,
) -> Result<(), WireError> {
    if let Some(extra) = attributes.keys().find(|name| !types.contains_key(*name)) {
        return Err(WireError::new(&place.attribute(extra), "the schema has no such attribute"));
    }
    write_map_length(out, types.len(), place)?;
    for (name, of) in types {
        let inner = place.attribute(name);
        let attribute = attributes
            .get(name)
            .ok_or_else(|| WireError::new(&inner, "the attribute is missing"))?;
        write_string(out, name, &inner)?;
        write(out, attribute, of, &inner)?;
    }
    Ok(())
}

fn write_dynamic(
    out: &mut Vec<u8>,
    of: &Type,
    value: &Value,
    place: &Place<'_>,
) -> Result<(), WireError> {
    msgpack::write_array_len(out, 2).map_err(|_| unwritable(place))?;
    msgpack::write_bin(out, &of.to_json()).map_err(|_| unwritable(place))?;
    write(out, value, of, place)
}

fn write_map_length(out: &mut Vec<u8>, length: usize, place: &Place<'_>) -> Result<(), WireError> {
    let length = u32::try_from(length).map_err(|_| unwritable(place))?;
    msgpack::write_map_len(out, length).map(|_| ()).map_err(|_| unwritable(place))
}

fn unwritable(place: &Place<'_>) -> WireError {
    WireError::new(place, "the value is too large for the wire")
}

/// The only form of an unknown value that every client reads.
const UNKNOWN: [u8; 3] = [0xd4, 0x00, 0x00];
