//! Types, and their JSON form.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

/// A type constraint.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Kind {
    String,
    Number,
    Bool,
    Dynamic,
    List(Box<Kind>),
    Set(Box<Kind>),
    Map(Box<Kind>),
    Object(BTreeMap<String, Kind>),
    Tuple(Vec<Kind>),
}

impl Kind {
    /// Reads the JSON form of schemas. Terraform crashes when it cannot.
    pub(crate) fn parse(json: &Value) -> Result<Self, String> {
        match json {
            Value::String(name) => Self::primitive(name),
            Value::Array(parts) => Self::constructed(parts),
            other => Err(format!("{other} is no type")),
        }
    }

    fn primitive(name: &str) -> Result<Self, String> {
        match name {
            "string" => Ok(Self::String),
            "number" => Ok(Self::Number),
            "bool" => Ok(Self::Bool),
            "dynamic" => Ok(Self::Dynamic),
            other => Err(format!("{other:?} is no type")),
        }
    }

    fn constructed(parts: &[Value]) -> Result<Self, String> {
        let boxed = |kind: &Value| Self::parse(kind).map(Box::new);
        match parts {
            [Value::String(name), element] if name == "list" => Ok(Self::List(boxed(element)?)),
            [Value::String(name), element] if name == "set" => Ok(Self::Set(boxed(element)?)),
            [Value::String(name), element] if name == "map" => Ok(Self::Map(boxed(element)?)),
            [Value::String(name), Value::Array(elements)] if name == "tuple" => {
                elements.iter().map(Self::parse).collect::<Result<_, _>>().map(Self::Tuple)
            }
            [Value::String(name), Value::Object(attributes)] if name == "object" => attributes
                .iter()
                .map(|(name, kind)| Ok((name.clone(), Self::parse(kind)?)))
                .collect::<Result<_, String>>()
                .map(Self::Object),
            other => Err(format!("{other:?} is no type")),
        }
    }
}

impl Kind {
    /// The type that Terraform gives to what is written where any type may stand.
    pub(crate) fn of(value: &Value) -> Self {
        match value {
            Value::Null => Self::Dynamic,
            Value::Bool(_) => Self::Bool,
            Value::Number(_) => Self::Number,
            Value::String(_) => Self::String,
            Value::Array(elements) => Self::Tuple(elements.iter().map(Self::of).collect()),
            Value::Object(members) => {
                let attributes = members.iter();
                Self::Object(attributes.map(|(name, of)| (name.clone(), Self::of(of))).collect())
            }
        }
    }

    /// The JSON form.
    pub(crate) fn to_json(&self) -> Value {
        match self {
            Self::String => json!("string"),
            Self::Number => json!("number"),
            Self::Bool => json!("bool"),
            Self::Dynamic => json!("dynamic"),
            Self::List(element) => json!(["list", element.to_json()]),
            Self::Set(element) => json!(["set", element.to_json()]),
            Self::Map(element) => json!(["map", element.to_json()]),
            Self::Tuple(kinds) => {
                json!(["tuple", kinds.iter().map(Self::to_json).collect::<Vec<_>>()])
            }
            Self::Object(kinds) => {
                let kinds = kinds.iter().map(|(name, kind)| (name.clone(), kind.to_json()));
                json!(["object", kinds.collect::<Map<_, _>>()])
            }
        }
    }
}
