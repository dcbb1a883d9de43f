//! The accounts of the provider block: a set of IDs in HCL, a text with commas in the environment.

use std::fmt;

use crate::graph::BusinessAccountId;
use crate::tf_provider::{Field, FieldType, ModelError, Path, Type, Value};

/// What stands in `business_account_ids`: each element may be null or unknown by itself.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct AccountIds(pub Vec<Field<String>>);

impl AccountIds {
    /// Whether some element will be known only after apply.
    pub(crate) fn has_unknown(&self) -> bool {
        self.0.iter().any(Field::is_unknown)
    }

    /// The IDs, in the order of the digits, so that every process asks in the same order.
    pub(crate) fn parse(&self) -> Result<Vec<BusinessAccountId>, Problem> {
        let text = |element: &Field<String>| element.known().cloned().unwrap_or_default();
        ids(self.0.iter().map(text))
    }
}

/// The IDs in a text such as `1022, 1023`.
pub(crate) fn with_commas(text: &str) -> Result<Vec<BusinessAccountId>, Problem> {
    ids(text.split(',').map(|entry| entry.trim().to_owned()))
}

fn ids(entries: impl Iterator<Item = String>) -> Result<Vec<BusinessAccountId>, Problem> {
    let mut ids = Vec::new();
    for (index, entry) in entries.enumerate() {
        let id: BusinessAccountId = match entry.parse() {
            Ok(id) => id,
            Err(_) if entry.is_empty() => return Err(Problem::Empty { place: index + 1 }),
            Err(error) => return Err(Problem::NoId { place: index + 1, why: error.to_string() }),
        };
        if ids.contains(&id) {
            return Err(Problem::Twice { entry });
        }
        ids.push(id);
    }
    ids.sort_unstable();
    Ok(ids)
}

/// What is wrong with a list of accounts; continues a sentence about the argument or variable.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Problem {
    Empty {
        place: usize,
    },
    /// The text itself is not shown: somebody may have put a token into the wrong variable.
    NoId {
        place: usize,
        why: String,
    },
    Twice {
        entry: String,
    },
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty { place } => write!(f, "has no ID in place {place}"),
            Self::NoId { place, why } => write!(f, "has a text in place {place} that {why}"),
            Self::Twice { entry } => write!(f, "holds {entry} twice"),
        }
    }
}

impl FieldType for AccountIds {
    fn terraform_type() -> Type {
        Type::Set(Box::new(Type::String))
    }

    fn from_value(value: Value, path: &Path) -> Result<Self, ModelError> {
        let elements = match value {
            Value::Set(elements) => Value::List(elements.into_iter().collect()),
            other => other,
        };
        Vec::from_value(elements, path).map(Self)
    }

    fn into_value(self) -> Value {
        Value::Set(self.0.into_iter().map(FieldType::into_value).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> Result<String, String> {
        let ids = with_commas(text).map_err(|problem| problem.to_string())?;
        Ok(ids.iter().map(BusinessAccountId::as_str).collect::<Vec<_>>().join(" "))
    }

    #[test]
    fn ids_with_commas_and_blanks_are_read_in_one_order() {
        assert_eq!(shown("1023 , 1022\n"), Ok("1022 1023".to_owned()));
        assert_eq!(shown("7"), Ok("7".to_owned()));
    }

    #[test]
    fn what_is_no_id_or_missing_or_doubled_is_named_with_its_place() {
        let refusal = |text| shown(text).expect_err("refused");
        assert_eq!(refusal("1,"), "has no ID in place 2");
        assert_eq!(refusal("1,,2"), "has no ID in place 2");
        assert_eq!(refusal("1, 2,1"), "holds 1 twice");
        assert_eq!(
            refusal("1,mine"),
            "has a text in place 2 that contains something other than the digits 0 to 9"
        );
    }
}
