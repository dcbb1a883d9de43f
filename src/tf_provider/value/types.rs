//! Terraform's types and their JSON spelling.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};

/// The type of an attribute, parameter or element.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Type {
    /// `bool`
    Bool,
    /// `number`
    Number,
    /// `string`
    String,
    /// Any type, known only with the value.
    Dynamic,
    /// `list(T)`
    List(Box<Type>),
    /// `set(T)`
    Set(Box<Type>),
    /// `map(T)`
    Map(Box<Type>),
    /// `tuple([T, …])`
    Tuple(Vec<Type>),
    /// `object({ name = T, … })`
    Object(BTreeMap<String, Type>),
}

impl Type {
    /// An object type from its named attributes.
    pub fn object<'a>(attributes: impl IntoIterator<Item = (&'a str, Type)>) -> Self {
        Self::Object(attributes.into_iter().map(|(name, of)| (name.to_owned(), of)).collect())
    }

    /// The spelling in schemas and dynamic values.
    pub fn to_json(&self) -> Vec<u8> {
        self.json().to_string().into_bytes()
    }

    /// Reads the spelling. Nesting is bounded by the JSON parser.
    pub fn from_json(bytes: &[u8]) -> Option<Self> {
        Self::from_json_value(&serde_json::from_slice(bytes).ok()?)
    }

    /// Whether a dynamic type stands anywhere inside.
    pub fn contains_dynamic(&self) -> bool {
        match self {
            Self::Dynamic => true,
            Self::Bool | Self::Number | Self::String => false,
            Self::List(of) | Self::Set(of) | Self::Map(of) => of.contains_dynamic(),
            Self::Tuple(elements) => elements.iter().any(Self::contains_dynamic),
            Self::Object(attributes) => attributes.values().any(Self::contains_dynamic),
        }
    }

    fn json(&self) -> Json {
        match self {
            Self::Bool => json!("bool"),
            Self::Number => json!("number"),
            Self::String => json!("string"),
            Self::Dynamic => json!("dynamic"),
            Self::List(of) => json!(["list", of.json()]),
            Self::Set(of) => json!(["set", of.json()]),
            Self::Map(of) => json!(["map", of.json()]),
            Self::Tuple(elements) => {
                json!(["tuple", elements.iter().map(Self::json).collect::<Vec<_>>()])
            }
            Self::Object(attributes) => {
                let attributes: serde_json::Map<_, _> =
                    attributes.iter().map(|(name, of)| (name.clone(), of.json())).collect();
                json!(["object", attributes])
            }
        }
    }

    /// Reads a parsed spelling.
    fn from_json_value(json: &Json) -> Option<Self> {
        match json {
            Json::String(name) => Self::primitive(name),
            Json::Array(parts) => {
                let [name, of, ..] = parts.as_slice() else { return None };
                Self::composite(name.as_str()?, of)
            }
            _ => None,
        }
    }

    fn primitive(name: &str) -> Option<Self> {
        match name {
            "bool" => Some(Self::Bool),
            "number" => Some(Self::Number),
            "string" => Some(Self::String),
            "dynamic" => Some(Self::Dynamic),
            _ => None,
        }
    }

    fn composite(name: &str, of: &Json) -> Option<Self> {
        let element = || Self::from_json_value(of).map(Box::new);
        match name {
            "list" => element().map(Self::List),
            "set" => element().map(Self::Set),
            "map" => element().map(Self::Map),
            "tuple" => {
                let elements = of.as_array()?.iter().map(Self::from_json_value);
                elements.collect::<Option<_>>().map(Self::Tuple)
            }
            "object" => {
                let read =
                    |(name, of): (&String, &Json)| Some((name.clone(), Self::from_json_value(of)?));
                of.as_object()?.iter().map(read).collect::<Option<_>>().map(Self::Object)
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_is_read_back_from_its_spelling() {
        let inner = Type::object([("a", Type::Bool), ("b", Type::Set(Box::new(Type::Number)))]);
        let all = Type::Tuple(vec![
            Type::String,
            Type::Dynamic,
            Type::List(Box::new(inner)),
            Type::Map(Box::new(Type::String)),
        ]);
        assert_eq!(Type::from_json(&all.to_json()), Some(all));
    }

    #[test]
    fn the_spelling_is_terraforms() {
        let object = Type::object([("id", Type::String)]);
        let spelling = String::from_utf8(Type::List(Box::new(object)).to_json());
        assert_eq!(spelling.as_deref(), Ok(r#"["list",["object",{"id":"string"}]]"#));
    }

    #[test]
    fn hostile_spellings_are_refused() {
        let deep = format!("{}\"bool\"{}", "[\"list\",".repeat(100_000), "]".repeat(100_000));
        for spelling in ["", "{}", "[]", "[\"list\"]", "\"text\"", "[\"object\",[]]", &deep] {
            assert_eq!(Type::from_json(spelling.as_bytes()), None);
        }
    }
}
