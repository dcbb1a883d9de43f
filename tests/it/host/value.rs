//! Values as Terraform encodes and decodes them: msgpack by schema, JSON in the tests.
//!
//! A codec of the tests' own, so that a mistake in the provider's cannot hide behind itself. An
//! unknown value is written as [`unknown`].

use std::collections::BTreeMap;

use serde_json::{Map, Number, Value, json};

pub(crate) use super::kind::Kind;

use super::msgpack::{Reader, Token, Writer};

/// The mark of a value that is only known after apply.
pub(crate) fn unknown() -> Value {
    json!({ "$unknown": true })
}

/// Whether the value or any part of it is unknown.
pub(crate) fn has_unknown(value: &Value) -> bool {
    match value {
        _ if *value == unknown() => true,
        Value::Array(elements) => elements.iter().any(has_unknown),
        Value::Object(members) => members.values().any(has_unknown),
        _ => false,
    }
}

/// The bytes that Terraform would send. Attributes that are not written are null.
pub(crate) fn encode(kind: &Kind, value: &Value) -> Vec<u8> {
    let mut writer = Writer::default();
    write(&mut writer, kind, value);
    writer.into_bytes()
}

/// What Terraform would read, or why it would refuse.
pub(crate) fn decode(kind: &Kind, bytes: &[u8]) -> Result<Value, String> {
    let mut reader = Reader::new(bytes);
    let value = read(&mut reader, kind).map_err(|error| format!("{error} in {bytes:02x?}"))?;
    match reader.is_at_end() {
        true => Ok(value),
        false => Err(format!("bytes after the value in {bytes:02x?}")),
    }
}

fn write(writer: &mut Writer, kind: &Kind, value: &Value) {
    if value.is_null() {
        return writer.nil();
    }
    if *value == unknown() {
        return writer.unknown();
    }
    match (kind, value) {
        (Kind::String, Value::String(text)) => writer.string(text),
        (Kind::Bool, Value::Bool(flag)) => writer.bool(*flag),
        (Kind::Number, Value::Number(number)) => write_number(writer, &number.to_string()),
        (Kind::List(element) | Kind::Set(element), Value::Array(elements)) => {
            writer.array(elements.len());
            elements.iter().for_each(|value| write(writer, element, value));
        }
        (Kind::Map(element), Value::Object(members)) => {
            writer.map(members.len());
            members.iter().for_each(|(key, value)| {
                writer.string(key);
                write(writer, element, value);
            });
        }
        (Kind::Object(attributes), Value::Object(members)) => {
            write_object(writer, attributes, members);
        }
        (Kind::Tuple(kinds), Value::Array(elements)) if kinds.len() == elements.len() => {
            writer.array(elements.len());
            kinds.iter().zip(elements).for_each(|(kind, value)| write(writer, kind, value));
        }
        (Kind::Dynamic, value) => {
            let of = Kind::of(value);
            writer.array(2);
            writer.binary(of.to_json().to_string().as_bytes());
            write(writer, &of, value);
        }
        (kind, value) => panic!("the test gives {value} for a {kind:?}"),
    }
}

fn write_object(
    writer: &mut Writer,
    attributes: &BTreeMap<String, Kind>,
    members: &Map<String, Value>,
) {
    for name in members.keys() {
        assert!(attributes.contains_key(name), "the schema has no {name:?}");
    }
    writer.map(attributes.len());
    for (name, kind) in attributes {
        writer.string(name);
        write(writer, kind, members.get(name).unwrap_or(&Value::Null));
    }
}

/// The smallest integer form, a float where it is exact, decimal text for all else.
fn write_number(writer: &mut Writer, text: &str) {
    if let Ok(number) = text.parse::<u64>() {
        writer.unsigned(number);
    } else if let Ok(number) = text.parse::<i64>() {
        writer.signed(number);
    } else {
        match text.parse::<f64>() {
            Ok(number) if is_exact(number, text) => writer.float(number),
            _ => writer.string(text),
        }
    }
}

fn is_exact(number: f64, text: &str) -> bool {
    let expansion = format!("{number:.60}");
    expansion.contains('.') && expansion.trim_end_matches('0') == text.trim_end_matches('0')
}

fn read(reader: &mut Reader<'_>, kind: &Kind) -> Result<Value, String> {
    let token = reader.token()?;
    match (kind, token) {
        (_, Token::Nil) => Ok(Value::Null),
        (_, Token::Extension { code: 0, length: 1 }) => Ok(unknown()),
        (Kind::String, Token::String(text)) => Ok(Value::String(text)),
        (Kind::Bool, Token::Bool(flag)) => Ok(Value::Bool(flag)),
        (Kind::Number, token) => read_number(token),
        (Kind::Dynamic, Token::Array(2)) => read_dynamic(reader),
        (Kind::List(element) | Kind::Set(element), Token::Array(length)) => {
            (0..length).map(|_| read(reader, element)).collect()
        }
        (Kind::Tuple(kinds), Token::Array(length)) if length == kinds.len() => {
            kinds.iter().map(|kind| read(reader, kind)).collect()
        }
        (Kind::Map(element), Token::Map(length)) => (0..length)
            .map(|_| Ok((reader.string()?, read(reader, element)?)))
            .collect::<Result<Map<_, _>, String>>()
            .map(Value::Object),
        (Kind::Object(attributes), Token::Map(length)) => read_object(reader, attributes, length),
        (kind, token) => Err(format!("{token:?} where {kind:?} is expected")),
    }
}

fn read_number(token: Token) -> Result<Value, String> {
    let text = match token {
        Token::Signed(number) => number.to_string(),
        Token::Unsigned(number) => number.to_string(),
        Token::Float(number) if number.is_finite() => number.to_string(),
        Token::String(text) => text,
        other => return Err(format!("{other:?} where a number is expected")),
    };
    let number: Number = text.parse().map_err(|_| format!("{text:?} is no number"))?;
    Ok(Value::Number(number))
}

fn read_dynamic(reader: &mut Reader<'_>) -> Result<Value, String> {
    let Token::Binary(kind) = reader.token()? else {
        return Err("a dynamic value must start with its type".to_owned());
    };
    let kind: Value = serde_json::from_slice(&kind).map_err(|error| error.to_string())?;
    read(reader, &Kind::parse(&kind)?)
}

fn read_object(
    reader: &mut Reader<'_>,
    attributes: &BTreeMap<String, Kind>,
    length: usize,
) -> Result<Value, String> {
    if length != attributes.len() {
        let wanted = attributes.len();
        return Err(format!("an object with {wanted} attributes is required ({length} given)"));
    }
    let mut members = Map::new();
    for _ in 0..length {
        let name = reader.string()?;
        let kind =
            attributes.get(&name).ok_or_else(|| format!("unsupported attribute {name:?}"))?;
        let value = read(reader, kind)?;
        if members.insert(name.clone(), value).is_some() {
            return Err(format!("{name:?} is given twice"));
        }
    }
    Ok(Value::Object(members))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str) -> Value {
        Value::Number(text.parse().expect("a number"))
    }

    #[test]
    fn numbers_are_written_as_terraform_writes_them() {
        let encoded = |text| encode(&Kind::Number, &number(text));
        assert_eq!(encoded("5"), [5]);
        assert_eq!(encoded("-1"), [0xff]);
        assert_eq!(encoded("300"), [0xcd, 1, 44]);
        assert_eq!(encoded("0.5"), [0xcb, 0x3f, 0xe0, 0, 0, 0, 0, 0, 0]);
        assert_eq!(encoded("0.1"), [0xa3, b'0', b'.', b'1']);
        assert_eq!(encoded("18446744073709551616")[0], 0xa0 | 20);
    }

    #[test]
    fn values_come_back_as_they_were_written() {
        let kind = Kind::parse(&json!([
            "object",
            { "names": ["list", "string"], "limits": ["map", "number"], "on": "bool", "at": "string" }
        ]))
        .expect("a type");
        let value = json!({
            "names": ["a", unknown(), null],
            "limits": { "low": -70000, "high": number("0.1") },
            "on": true,
            "at": unknown(),
        });
        assert_eq!(decode(&kind, &encode(&kind, &value)), Ok(value));
    }

    #[test]
    fn objects_must_have_exactly_their_attributes() {
        let two =
            Kind::parse(&json!(["object", { "a": "string", "b": "string" }])).expect("a type");
        let one = Kind::parse(&json!(["object", { "a": "string" }])).expect("a type");
        let missing = decode(&two, &encode(&one, &json!({ "a": "x" })));
        assert!(missing.is_err_and(|error| error.contains("2 attributes is required (1 given)")));
        let excess = decode(&one, &encode(&two, &json!({ "a": "x" })));
        assert!(excess.is_err());
    }

    #[test]
    fn refined_unknowns_and_rubbish_after_the_value_are_refused() {
        assert!(decode(&Kind::String, &[0xc7, 2, 12, 0x81, 1]).is_err());
        assert!(decode(&Kind::String, &[0xc0, 0xc0]).is_err());
        assert!(decode(&Kind::Number, &[0xcb, 0x7f, 0xf8, 0, 0, 0, 0, 0, 0]).is_err());
    }
}
