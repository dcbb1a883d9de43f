//! Msgpack to values.

use std::collections::BTreeMap;

use rmp::{Marker, decode as msgpack};

use crate::tf_provider::value::{Number, Type, Value};
use crate::tf_provider::wire::WireError;
use crate::tf_provider::wire::place::Place;

/// Reads one value. Bytes after it are ignored, as Terraform's own reader does.
///
/// The depth of recursion is that of the type. A dynamic value brings a type of its own, which may be
/// dynamic again, so there is a limit as well.
pub(super) fn decode(bytes: &[u8], of: &Type) -> Result<Value, WireError> {
    Decoder { rest: bytes, depth: 0 }.value(of, &Place::Root)
}

struct Decoder<'a> {
    rest: &'a [u8],
    depth: usize,
}

impl<'a> Decoder<'a> {
    fn value(&mut self, of: &Type, place: &Place<'_>) -> Result<Value, WireError> {
        match self.peek(place)? {
            Marker::Null => {
                self.rest = &self.rest[1..];
                return Ok(Value::Null);
            }
            // Any extension is an unknown value; its content only refines what may become of it.
            marker if is_extension(marker) => return self.unknown(place),
            _ => {}
        }
        if self.depth == MAX_DEPTH {
            return Err(WireError::new(place, "the value is nested too deeply"));
        }
        self.depth += 1;
        let value = self.known(of, place);
        self.depth -= 1;
        value
    }

    fn known(&mut self, of: &Type, place: &Place<'_>) -> Result<Value, WireError> {
        match of {
            Type::Bool => msgpack::read_bool(&mut self.rest)
                .map(Value::Bool)
                .map_err(|_| WireError::new(place, "expected a bool")),
            Type::Number => self.number(place).map(Value::Number),
            Type::String => self.string(place).map(Value::string),
            Type::List(of) => self.elements(|_| Ok(of), place).map(Value::List),
            Type::Set(of) => {
                let elements = self.elements(|_| Ok(of), place)?;
                Ok(Value::Set(elements.into_iter().collect()))
            }
            Type::Tuple(types) => self.tuple(types, place),
            Type::Map(of) => self.map(of, place),
            Type::Object(attributes) => self.object(attributes, place),
            Type::Dynamic => self.dynamic(place),
        }
    }

    fn peek(&self, place: &Place<'_>) -> Result<Marker, WireError> {
        let first = self.rest.first().ok_or_else(|| WireError::new(place, ENDED))?;
        Ok(Marker::from_u8(*first))
    }

    fn unknown(&mut self, place: &Place<'_>) -> Result<Value, WireError> {
        let header = msgpack::read_ext_meta(&mut self.rest)
            .map_err(|_| WireError::new(place, "malformed unknown value"))?;
        self.take(header.size, place)?;
        Ok(Value::Unknown)
    }

    fn number(&mut self, place: &Place<'_>) -> Result<Number, WireError> {
        let malformed = || WireError::new(place, "expected a number");
        match self.peek(place)? {
            Marker::F32 => {
                let float = msgpack::read_f32(&mut self.rest).map_err(|_| malformed())?;
                Number::from_f64(float.into()).map_err(|_| malformed())
            }
            Marker::F64 => {
                let float = msgpack::read_f64(&mut self.rest).map_err(|_| malformed())?;
                Number::from_f64(float).map_err(|_| malformed())
            }
            marker if is_string(marker) => {
                Number::parse(self.string(place)?).map_err(|_| malformed())
            }
            Marker::U64 => {
                msgpack::read_u64(&mut self.rest).map(Number::from).map_err(|_| malformed())
            }
            _ => msgpack::read_int::<i64, _>(&mut self.rest)
                .map(Number::from)
                .map_err(|_| malformed()),
        }
    }

    fn string(&mut self, place: &Place<'_>) -> Result<&'a str, WireError> {
        let length = msgpack::read_str_len(&mut self.rest)
            .map_err(|_| WireError::new(place, "expected a string"))?;
        let bytes = self.take(length, place)?;
        str::from_utf8(bytes).map_err(|_| WireError::new(place, "the string is not UTF-8"))
    }

    /// `type_of` gives the type of the element at an index.
    fn elements<'t>(
        &mut self,
        type_of: impl Fn(usize) -> Result<&'t Type, WireError>,
        place: &Place<'_>,
    ) -> Result<Vec<Value>, WireError> {
        let count = msgpack::read_array_len(&mut self.rest)
            .map_err(|_| WireError::new(place, "expected a list"))?;
        let mut elements = Vec::new();
        for index in 0..count as usize {
            elements.push(self.value(type_of(index)?, &place.index(index))?);
        }
        Ok(elements)
    }

    fn tuple(&mut self, types: &[Type], place: &Place<'_>) -> Result<Value, WireError> {
        let wrong_length = || WireError::new(place, "the tuple has a wrong number of elements");
        let elements = self.elements(|index| types.get(index).ok_or_else(wrong_length), place)?;
        if elements.len() == types.len() { Ok(Value::List(elements)) } else { Err(wrong_length()) }
    }

    fn map(&mut self, of: &Type, place: &Place<'_>) -> Result<Value, WireError> {
        let mut elements = BTreeMap::new();
        for _ in 0..self.map_length(place)? {
            let key = self.string(place)?;
            let element = self.value(of, &place.key(key))?;
            elements.insert(key.to_owned(), element);
        }
        Ok(Value::Map(elements))
    }

    fn object(
        &mut self,
        types: &BTreeMap<String, Type>,
        place: &Place<'_>,
    ) -> Result<Value, WireError> {
        let mut attributes = BTreeMap::new();
        for _ in 0..self.map_length(place)? {
            let name = self.string(place)?;
            let inner = place.attribute(name);
            let of = types
                .get(name)
                .ok_or_else(|| WireError::new(&inner, "the schema has no such attribute"))?;
            let attribute = self.value(of, &inner)?;
            attributes.insert(name.to_owned(), attribute);
        }
        match types.keys().find(|name| !attributes.contains_key(*name)) {
            Some(missing) => {
                Err(WireError::new(&place.attribute(missing), "the attribute is missing"))
            }
            None => Ok(Value::Map(attributes)),
        }
    }

    /// A known dynamic value is an array of its type's JSON and the value.
    fn dynamic(&mut self, place: &Place<'_>) -> Result<Value, WireError> {
        let malformed = || WireError::new(place, "malformed dynamic value");
        if msgpack::read_array_len(&mut self.rest).map_err(|_| malformed())? != 2 {
            return Err(malformed());
        }
        let length = msgpack::read_bin_len(&mut self.rest).map_err(|_| malformed())?;
        let of = Type::from_json(self.take(length, place)?).ok_or_else(malformed)?;
        let value = self.value(&of, place)?;
        Ok(Value::Dynamic(Box::new((of, value))))
    }

    fn map_length(&mut self, place: &Place<'_>) -> Result<u32, WireError> {
        msgpack::read_map_len(&mut self.rest)
            .map_err(|_| WireError::new(place, "expected an object"))
    }

    fn take(&mut self, length: u32, place: &Place<'_>) -> Result<&'a [u8], WireError> {
        let (taken, rest) = self
            .rest
            .split_at_checked(length as usize)
            .ok_or_else(|| WireError::new(place, ENDED))?;
        self.rest = rest;
        Ok(taken)
    }
}

fn is_extension(marker: Marker) -> bool {
    matches!(
        marker,
        Marker::FixExt1
            | Marker::FixExt2
            | Marker::FixExt4
            | Marker::FixExt8
            | Marker::FixExt16
            | Marker::Ext8
            | Marker::Ext16
            | Marker::Ext32
    )
}

fn is_string(marker: Marker) -> bool {
    matches!(marker, Marker::FixStr(_) | Marker::Str8 | Marker::Str16 | Marker::Str32)
}

/// As deep as the JSON parser goes.
const MAX_DEPTH: usize = 128;

const ENDED: &str = "the bytes end in the middle of a value";
