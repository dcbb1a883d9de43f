//! Entry points for fuzzing: what a host may send, and what has to hold whatever it sends.
//!
//! No build for users contains this module. The targets in `fuzz/` call these functions with bytes
//! that libFuzzer makes up, the tests with the seeds that lie there; a panic is a finding.

use std::{collections::BTreeMap, sync::LazyLock};

use serde_json::{Map, Value as Json, json};

use crate::tf_provider::context::Context;
use crate::tf_provider::diagnostics::{Diagnostic, Diagnostics};
use crate::tf_provider::erased::{AnyResource, ErasedResource};
use crate::tf_provider::outcome::{Outcome, Refreshed, Saved};
use crate::tf_provider::proto::tfplugin5::{DynamicValue, RawState};
use crate::tf_provider::resource::{Change, Resource, Upgrader};
use crate::tf_provider::schema::Block;
use crate::tf_provider::server::resource_state::upgraded;
use crate::tf_provider::value::{Dynamic, FieldType, Number, Set, Type, Value};
use crate::tf_provider::wire;

pub use crate::tf_provider::plugin::fuzzing::handshake;

/// A byte that chooses one of several types, then the msgpack of a value.
pub fn msgpack(input: &[u8]) {
    let Some((choice, bytes)) = input.split_first() else { return };
    let of = &TYPES[usize::from(*choice) % TYPES.len()];
    let sent = DynamicValue { msgpack: bytes.to_vec(), json: Vec::new() };
    match wire::read(Some(&sent), of) {
        Ok(value) => {
            let encoded = check_round_trip(&value, of);
            assert!(encoded.len() <= LARGEST_GROWTH * (bytes.len() + 1), "{}", encoded.len());
        }
        Err(error) => check_text(&error.to_string(), error.names(CANARY)),
    }
}

/// A byte that gives the version, then the stored JSON of a resource's state.
pub fn state_upgrade<R: Resource>(resource: R, input: &[u8]) {
    let Some((version, stored)) = input.split_first() else { return };
    check_upgrade(&ErasedResource::new(resource), i64::from(*version as i8), stored);
}

/// The same for a resource of this room, which has older versions and an attribute of each type.
pub fn state_upgrade_of_sample(input: &[u8]) {
    state_upgrade(Sample, input);
}

fn check_upgrade<C>(resource: &dyn AnyResource<C>, version: i64, stored: &[u8]) {
    let shape = resource.shape();
    let raw = RawState { json: stored.to_vec(), ..Default::default() };
    match upgraded(resource, version, Some(&raw)) {
        Ok(state) => {
            assert!(matches!(state, Value::Map(_)), "{state:?}");
            let secrets = shape.schema.attributes.iter().filter(|attribute| attribute.write_only);
            for attribute in secrets {
                assert!(state.attribute(attribute.name).is_null(), "{}", attribute.name);
            }
            check_round_trip(&state, &shape.of);
            let identity =
                resource.identity(&state).expect("a state of the schema has an identity");
            assert!(identity.is_none() || resource.identity_schema().is_some());
        }
        Err(diagnostics) => check_diagnostics(&diagnostics, stored),
    }
}

fn check_diagnostics(diagnostics: &Diagnostics, stored: &[u8]) {
    assert!(diagnostics.has_errors());
    let is_name = serde_json::from_slice(stored).is_ok_and(|json| is_name(CANARY, &json));
    for diagnostic in diagnostics.iter() {
        assert_ne!(diagnostic.summary(), "Provider Bug", "{diagnostic:?}");
        check_text(diagnostic.detail(), is_name);
    }
}

/// What was read can be written, and what was written is read as the same and written alike.
fn check_round_trip(value: &Value, of: &Type) -> Vec<u8> {
    let written = wire::write(value, of).expect("what was read can be written");
    let again = wire::read(Some(&written), of).expect("what was written can be read");
    assert!(again == *value, "{value:?} became {again:?}");
    assert_eq!(wire::write(&again, of).as_ref(), Ok(&written));
    written.msgpack
}

/// Bounded; and only the names in a path are repeated, never a value.
fn check_text(text: &str, canary_is_name: bool) {
    assert!(text.chars().count() < LONGEST_TEXT, "{} characters", text.chars().count());
    assert!(canary_is_name || !text.contains(CANARY), "{text}");
}

fn is_name(name: &str, json: &Json) -> bool {
    match json {
        Json::Array(elements) => elements.iter().any(|element| is_name(name, element)),
        Json::Object(object) => {
            object.iter().any(|(key, element)| key.contains(name) || is_name(name, element))
        }
        _ => false,
    }
}

crate::model! {
    /// A thing.
    struct Thing {
        optional any: Dynamic,
        optional bool: bool,
        optional list: Vec<Inner>,
        optional map: BTreeMap<String, String>,
        optional number: Number,
        optional secret: String [write_only],
        optional set: Set<Number>,
        optional text: String,
        optional tuple: (bool, Dynamic),
    }
}

crate::model! {
    /// An element.
    struct Inner {
        pin: String,
        version: Number,
    }
}

/// A resource with two older versions.
struct Sample;

impl Resource for Sample {
    type Client = ();
    type Model = Thing;
    type Identity = ();

    fn type_name(&self) -> &'static str {
        "sample_thing"
    }

    fn identity(&self, _: &Thing) {}

    async fn create(&self, _: &Context<()>, _: Change<Thing>) -> Saved<Thing> {
        Err(offline().into())
    }

    async fn read(&self, _: &Context<()>, _: Thing) -> Outcome<Refreshed<Thing>> {
        Err(offline().into())
    }

    async fn update(&self, _: &Context<()>, _: Thing, _: Change<Thing>) -> Saved<Thing> {
        Err(offline().into())
    }

    async fn delete(&self, _: &Context<()>, _: Thing) -> Outcome<()> {
        Err(offline().into())
    }

    fn upgraders(&self) -> Vec<Upgrader> {
        vec![rename_text, refuse_without_text]
    }
}

fn rename_text(mut stored: Map<String, Json>) -> Result<Map<String, Json>, String> {
    let text = stored.remove("name").unwrap_or(json!(""));
    stored.insert("text".to_owned(), text);
    Ok(stored)
}

fn refuse_without_text(stored: Map<String, Json>) -> Result<Map<String, Json>, String> {
    if stored.contains_key("text") { Ok(stored) } else { Err("it has no text".to_owned()) }
}

fn offline() -> Diagnostic {
    Diagnostic::bug("The sample has no objects.")
}

static TYPES: LazyLock<[Type; 8]> = LazyLock::new(|| {
    [
        Type::Dynamic,
        Thing::schema().object_type(),
        Inner::terraform_type(),
        Type::Number,
        Type::String,
        Type::Map(Box::new(Type::List(Box::new(Type::Number)))),
        Type::Tuple(vec![Type::Number, Type::String, Type::Bool]),
        Type::Set(Box::new(Type::Map(Box::new(Type::Dynamic)))),
    ]
});

/// Stands in the seeds for a secret value.
const CANARY: &str = "cAnArY";
const LONGEST_TEXT: usize = 600;
/// A float of a few bytes may become a text of many digits.
const LARGEST_GROWTH: usize = 64;
