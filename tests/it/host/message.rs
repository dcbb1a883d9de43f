//! What the messages of many calls have in common: values, identities, and how a call fails.

use serde_json::Value;
use tonic::{Response, Status};

use super::{
    Provider,
    proto::tfplugin5::{ClientCapabilities, DynamicValue, RawState, ResourceIdentityData},
    value::{Kind, decode, encode, has_unknown},
};

impl Provider {
    /// A value of an answer, decoded as Terraform would.
    pub(super) fn decoded(&self, call: &str, kind: &Kind, value: Option<DynamicValue>) -> Value {
        match value {
            Some(DynamicValue { msgpack, json }) if !msgpack.is_empty() => {
                assert!(json.is_empty(), "{call}: msgpack and JSON at once");
                decode(kind, &msgpack).unwrap_or_else(|error| {
                    panic!("{call}: Terraform would not decode it: {error}")
                })
            }
            Some(DynamicValue { json, .. }) => {
                assert!(json.is_empty(), "{call}: values are promised as msgpack only");
                Value::Null
            }
            None => Value::Null,
        }
    }

    /// An identity for a request.
    pub(super) fn identity_data(
        &self,
        type_name: &str,
        identity: &Option<Value>,
    ) -> Option<ResourceIdentityData> {
        let kind = self.schemas.identities.get(type_name)?;
        let identity_data = dynamic(kind, identity.as_ref()?);
        Some(ResourceIdentityData { identity_data: Some(identity_data) })
    }

    /// An identity of a plan, which may be unknown in part.
    pub(super) fn identity(
        &self,
        type_name: &str,
        identity: Option<ResourceIdentityData>,
    ) -> Option<Value> {
        let data = identity?;
        let kind = self.schemas.identities.get(type_name).unwrap_or_else(|| {
            panic!("an identity for {type_name:?}, which has no identity schema")
        });
        let value = self.decoded("the identity", kind, data.identity_data);
        (!value.is_null()).then_some(value)
    }

    /// An identity for the state.
    pub(super) fn known_identity(
        &self,
        type_name: &str,
        data: Option<ResourceIdentityData>,
    ) -> Option<Value> {
        let identity = self.identity(type_name, data);
        assert!(!identity.as_ref().is_some_and(has_unknown), "R18: unknown in {identity:?}");
        identity
    }
}

/// A value for the wire.
pub(crate) fn dynamic(kind: &Kind, value: &Value) -> DynamicValue {
    DynamicValue { msgpack: encode(kind, value), json: Vec::new() }
}

/// What today's Terraform says about itself.
pub(crate) fn capabilities() -> Option<ClientCapabilities> {
    Some(ClientCapabilities { deferral_allowed: false, write_only_attributes_allowed: true })
}

/// A state file's JSON.
pub(crate) fn raw(json: &str) -> Option<RawState> {
    Some(RawState { json: json.as_bytes().to_vec(), flatmap: Default::default() })
}

/// The answer, or a failed test: users read "Plugin error" for any gRPC status.
pub(crate) fn unwrap<T>(call: &str, answer: Result<Response<T>, Status>) -> T {
    match answer {
        Ok(answer) => answer.into_inner(),
        Err(status) => panic!("{call} failed with a gRPC status: {status:?}"),
    }
}
