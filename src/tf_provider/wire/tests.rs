//! Round trips, the wire facts, and hostile bytes.

use proptest::prelude::*;

use super::*;
use crate::tf_provider::value::Number;

fn number(text: &str) -> Value {
    Value::Number(Number::parse(text).expect("the test writes a number"))
}

fn from_msgpack(bytes: &[u8], of: &Type) -> Result<Value, WireError> {
    decode::decode(bytes, of)
}

fn from_json(text: &str, of: &Type) -> Result<Value, WireError> {
    json::decode(text.as_bytes(), of)
}

fn pin_type() -> Type {
    Type::object([("pin", Type::String), ("version", Type::Number)])
}

#[test]
fn numbers_are_read_in_every_form_that_clients_send() {
    let forms: [(&[u8], &str); 7] = [
        (&[0x07], "7"),
        (&[0xff], "-1"),
        (&[0xcf, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], "18446744073709551615"),
        (&[0xd3, 0x80, 0, 0, 0, 0, 0, 0, 0], "-9223372036854775808"),
        (&[0xcb, 0x3f, 0xe0, 0, 0, 0, 0, 0, 0], "0.5"),
        (&[0xca, 0x3f, 0, 0, 0], "0.5"),
        (b"\xa30.1", "0.1"),
    ];
    for (bytes, text) in forms {
        assert_eq!(from_msgpack(bytes, &Type::Number), Ok(number(text)), "{text}");
    }
}

#[test]
fn infinities_and_nan_are_refused() {
    for float in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        let mut bytes = vec![0xcb];
        bytes.extend_from_slice(&float.to_be_bytes());
        assert!(from_msgpack(&bytes, &Type::Number).is_err());
    }
}

#[test]
fn fractions_are_sent_as_text_and_whole_numbers_as_integers() {
    assert_eq!(encode(&number("0.1"), &Type::Number), Ok(b"\xa30.1".to_vec()));
    assert_eq!(encode(&number("7.0"), &Type::Number), Ok(vec![0x07]));
    assert_eq!(encode(&number("-1"), &Type::Number), Ok(vec![0xff]));
}

#[test]
fn every_extension_is_an_unknown_value_and_unknown_has_one_form() {
    let refined = [0xc7, 0x05, 0x0c, 0x81, 0x02, 0xa2, b'a', b'b'];
    let forms: [&[u8]; 3] = [&[0xd4, 0, 0], &refined, &[0xd5, 99, 1, 2]];
    for bytes in forms {
        assert_eq!(from_msgpack(bytes, &Type::String), Ok(Value::Unknown));
    }
    assert_eq!(encode(&Value::Unknown, &Type::String), Ok(vec![0xd4, 0, 0]));
}

#[test]
fn an_object_has_exactly_the_attributes_of_its_schema() {
    let extra = b"\x83\xa3pin\xc0\xa7version\xc0\xa1x\xc0";
    let missing = b"\x81\xa3pin\xc0";
    let error = |bytes: &[u8]| from_msgpack(bytes, &pin_type()).expect_err("not the schema");
    assert_eq!(error(extra).to_string(), "x: the schema has no such attribute");
    assert_eq!(error(missing).to_string(), "version: the attribute is missing");
    assert!(encode(&Value::object([("pin", Value::Null)]), &pin_type()).is_err());
}

#[test]
fn an_error_names_its_place_and_never_the_value() {
    let bytes = encode(
        &Value::object([("pin", Value::string("012345")), ("version", number("1"))]),
        &pin_type(),
    )
    .expect("the value fits");
    let other = Type::object([("pin", Type::Number), ("version", Type::Bool)]);
    let error = from_msgpack(&bytes, &other).expect_err("a bool is expected");
    assert_eq!(error.to_string(), "version: expected a bool");
    let error = from_json(r#"{"pin": {"x": "012345"}}"#, &pin_type()).expect_err("a string");
    assert!(!error.to_string().contains("012345"), "{error}");
    let error = from_json(r#"{"pin": 012345}"#, &pin_type()).expect_err("malformed");
    assert!(!error.to_string().contains("012345"), "{error}");
}

#[test]
fn stored_state_is_read_tolerantly() {
    let read = |text| from_json(text, &pin_type()).expect("readable");
    let expected = |pin, version| Value::object([("pin", pin), ("version", version)]);
    assert_eq!(read("{}"), expected(Value::Null, Value::Null));
    let odd = read(r#"{"pin": 12, "version": "3", "gone": {"deep": [1]}}"#);
    assert_eq!(odd, expected(Value::string("12"), number("3")));
    let huge = read(r#"{"version": 123456789012345678901234567890.5}"#);
    assert_eq!(huge, expected(Value::Null, number("123456789012345678901234567890.5")));
    assert_eq!(read("null"), Value::Null);
}

#[test]
fn a_flatmap_state_is_refused_with_a_way_out() {
    let flatmap = [("id".to_owned(), "1".to_owned())].into_iter().collect();
    let state = RawState { json: Vec::new(), flatmap };
    let error = read_stored(Some(&state), &pin_type()).expect_err("a flatmap");
    assert!(error.to_string().contains("0.12"), "{error}");
}

#[test]
fn missing_values_are_null() {
    assert_eq!(read(None, &pin_type()), Ok(Value::Null));
    assert_eq!(read(Some(&DynamicValue::default()), &pin_type()), Ok(Value::Null));
    assert_eq!(read(Some(&null()), &pin_type()), Ok(Value::Null));
}

#[test]
fn a_declared_length_allocates_nothing() {
    let four_billion_elements = [0xdd, 0xff, 0xff, 0xff, 0xff];
    let four_billion_entries = [0xdf, 0xff, 0xff, 0xff, 0xff];
    let four_billion_bytes = [0xdb, 0xff, 0xff, 0xff, 0xff];
    let list = Type::List(Box::new(Type::String));
    assert!(from_msgpack(&four_billion_elements, &list).is_err());
    assert!(from_msgpack(&four_billion_entries, &Type::Map(Box::new(Type::Bool))).is_err());
    assert!(from_msgpack(&four_billion_bytes, &Type::String).is_err());
}

/// With a copy of the key for each element this would copy a hundred gigabytes.
#[test]
fn a_long_key_above_many_elements_is_not_copied_for_each() {
    let key = "k".repeat(1 << 20);
    let elements = Value::List(vec![Value::Bool(true); 100_000]);
    let value = Value::object([(key.as_str(), elements)]);
    let of = Type::Map(Box::new(Type::List(Box::new(Type::Bool))));
    let bytes = encode(&value, &of).expect("the value fits");
    assert_eq!(from_msgpack(&bytes, &of), Ok(value));
}

#[test]
fn deep_nesting_is_an_error_and_no_overflow() {
    let json = format!("{}{}", "[".repeat(200_000), "]".repeat(200_000));
    assert!(from_json(&json, &Type::Dynamic).is_err());
    let mut of = br#""bool""#.to_vec();
    for _ in 0..10_000 {
        of = [br#"["list","#.as_slice(), &of, b"]"].concat();
    }
    let mut bytes = vec![0x92, 0xc6];
    bytes.extend_from_slice(&(of.len() as u32).to_be_bytes());
    bytes.extend_from_slice(&of);
    bytes.extend(std::iter::repeat_n(0x91, 10_000));
    assert!(from_msgpack(&bytes, &Type::Dynamic).is_err());
    let dynamic_in_dynamic = b"\x92\xc4\x09\"dynamic\"".repeat(1_000_000);
    assert!(from_msgpack(&dynamic_in_dynamic, &Type::Dynamic).is_err());
}

#[test]
fn a_dynamic_value_may_have_places_without_a_type() {
    let of = br#"["tuple",["dynamic","dynamic"]]"#;
    let bytes = [&[0x92, 0xc4, of.len() as u8], of.as_slice(), b"\x92\xc0\xd4\0\0"].concat();
    let read = from_msgpack(&bytes, &Type::Dynamic).expect("null and unknown need no type");
    let of = Type::Tuple(vec![Type::Dynamic, Type::Dynamic]);
    let value = Value::List(vec![Value::Null, Value::Unknown]);
    assert_eq!(read, Value::Dynamic(Box::new((of, value))));
}

#[test]
fn an_endless_name_is_cut_in_the_message() {
    let json = format!(r#"{{"{}": [1]}}"#, "\u{1f600}".repeat(100_000));
    let error = from_json(&json, &Type::Map(Box::new(Type::String))).expect_err("no text");
    assert!(error.to_string().chars().count() < 300);
    assert!(error.to_string().ends_with("…: the stored value is not of the schema's type"));
}

fn any_type() -> impl Strategy<Value = Type> {
    let leaf = prop_oneof![Just(Type::Bool), Just(Type::Number), Just(Type::String)];
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            inner.clone().prop_map(|of| Type::List(Box::new(of))),
            inner.clone().prop_map(|of| Type::Set(Box::new(of))),
            inner.clone().prop_map(|of| Type::Map(Box::new(of))),
            prop::collection::vec(inner.clone(), 0..3).prop_map(Type::Tuple),
            prop::collection::btree_map("[a-z]{1,3}", inner, 0..3).prop_map(Type::Object),
        ]
    })
}

fn value_of(of: &Type) -> BoxedStrategy<Value> {
    let known = match of {
        Type::Bool => any::<bool>().prop_map(Value::Bool).boxed(),
        Type::Number => (any::<i64>(), -30_i32..30)
            .prop_map(|(digits, places)| number(&format!("{digits}e{places}")))
            .boxed(),
        Type::String => any::<String>().prop_map(Value::string).boxed(),
        Type::List(of) => prop::collection::vec(value_of(of), 0..4).prop_map(Value::List).boxed(),
        Type::Set(of) => prop::collection::vec(value_of(of), 0..4)
            .prop_map(|elements| Value::Set(elements.into_iter().collect()))
            .boxed(),
        Type::Map(of) => prop::collection::btree_map(any::<String>(), value_of(of), 0..4)
            .prop_map(Value::Map)
            .boxed(),
        Type::Tuple(types) => {
            types.iter().map(value_of).collect::<Vec<_>>().prop_map(Value::List).boxed()
        }
        Type::Object(types) => types
            .iter()
            .map(|(name, of)| (Just(name.clone()), value_of(of)))
            .collect::<Vec<_>>()
            .prop_map(|attributes| Value::Map(attributes.into_iter().collect()))
            .boxed(),
        Type::Dynamic => {
            let typed = any_type().prop_flat_map(|of| (Just(of.clone()), value_of(&of)));
            let known = typed
                .prop_filter("null and unknown have forms of their own", |(_, value)| {
                    !value.is_null() && !value.is_unknown()
                });
            known.prop_map(|typed| Value::Dynamic(Box::new(typed))).boxed()
        }
    };
    prop_oneof![8 => known, 1 => Just(Value::Null), 1 => Just(Value::Unknown)].boxed()
}

fn typed_value() -> impl Strategy<Value = (Type, Value)> {
    let of = prop_oneof![4 => any_type(), 1 => Just(Type::Dynamic)];
    of.prop_flat_map(|of| (Just(of.clone()), value_of(&of)))
}

/// What may happen to bytes on their way.
#[derive(Clone, Copy, Debug)]
enum Damage {
    Flip(usize, u8),
    Insert(usize, u8),
    Delete(usize),
}

impl Damage {
    /// Positions wrap around the end.
    fn apply(self, bytes: &mut Vec<u8>) {
        let length = bytes.len();
        match self {
            Self::Insert(at, byte) => bytes.insert(at % (length + 1), byte),
            _ if length == 0 => {}
            Self::Flip(at, bits) => bytes[at % length] ^= bits,
            Self::Delete(at) => drop(bytes.remove(at % length)),
        }
    }
}

fn damage() -> impl Strategy<Value = Vec<Damage>> {
    let one = prop_oneof![
        (any::<usize>(), 1_u8..).prop_map(|(at, bits)| Damage::Flip(at, bits)),
        any::<(usize, u8)>().prop_map(|(at, byte)| Damage::Insert(at, byte)),
        any::<usize>().prop_map(Damage::Delete),
    ];
    prop::collection::vec(one, 1..4)
}

/// A value as a state file has it.
fn stored(value: &Value) -> serde_json::Value {
    match value {
        Value::Null | Value::Unknown => serde_json::Value::Null,
        Value::Bool(truth) => (*truth).into(),
        Value::Number(number) => {
            serde_json::from_str(&number.to_string()).expect("a number's text is JSON")
        }
        Value::String(text) => text.as_str().into(),
        Value::List(elements) => elements.iter().map(stored).collect(),
        Value::Set(elements) => elements.iter().map(stored).collect(),
        Value::Map(elements) => {
            elements.iter().map(|(key, value)| (key.clone(), stored(value))).collect()
        }
        Value::Dynamic(typed) => {
            let of: serde_json::Value =
                serde_json::from_slice(&typed.0.to_json()).expect("a type's spelling is JSON");
            serde_json::json!({ "type": of, "value": stored(&typed.1) })
        }
    }
}

proptest! {
    #[test]
    fn every_value_survives_the_wire((of, value) in typed_value()) {
        let bytes = encode(&value, &of).expect("a value of the type can be written");
        prop_assert_eq!(from_msgpack(&bytes, &of), Ok(value));
    }

    #[test]
    fn a_cut_value_is_an_error((of, value) in typed_value(), cut in 1_usize..64) {
        let bytes = encode(&value, &of).expect("a value of the type can be written");
        let rest = bytes.len().saturating_sub(cut);
        prop_assert!(from_msgpack(&bytes[..rest], &of).is_err());
    }

    #[test]
    fn a_damaged_value_is_a_value_of_the_type_or_an_error(
        (of, value) in typed_value(),
        damage in damage(),
    ) {
        let mut bytes = encode(&value, &of).expect("a value of the type can be written");
        damage.into_iter().for_each(|damage| damage.apply(&mut bytes));
        if let Ok(read) = from_msgpack(&bytes, &of) {
            let again = encode(&read, &of).expect("what was read is of the type");
            prop_assert_eq!(from_msgpack(&again, &of), Ok(read));
        }
    }

    #[test]
    fn a_damaged_state_is_a_value_of_the_type_or_an_error(
        (of, value) in typed_value(),
        damage in damage(),
    ) {
        let mut bytes = stored(&value).to_string().into_bytes();
        damage.into_iter().for_each(|damage| damage.apply(&mut bytes));
        let state = RawState { json: bytes, ..Default::default() };
        if let Ok(read) = read_stored(Some(&state), &of) {
            prop_assert!(encode(&read, &of).is_ok());
        }
    }

    #[test]
    fn every_known_value_survives_the_state((of, value) in typed_value()) {
        let value = value.known_or_null();
        let state = RawState { json: stored(&value).to_string().into(), ..Default::default() };
        prop_assert_eq!(read_stored(Some(&state), &of), Ok(value));
    }

    #[test]
    fn hostile_msgpack_is_a_value_or_an_error(of in any_type(), bytes: Vec<u8>) {
        let _ = from_msgpack(&bytes, &of);
        let _ = from_msgpack(&bytes, &Type::Dynamic);
    }

    #[test]
    fn hostile_json_is_a_value_or_an_error(of in any_type(), text: String) {
        let _ = from_json(&text, &of);
        let _ = from_json(&text, &Type::Dynamic);
    }
}
