//! The schema of a resource's identity: what finds the same object again in another state.

use std::borrow::Cow;

use crate::tf_provider::value::Type;

/// The attributes that identify an object. The version is 0 until a change needs an upgrade: a
/// state without identity counts as version 0, and nothing is then sent to upgrade from.
#[derive(Clone, Debug, Default)]
pub struct IdentitySchema {
    pub(crate) attributes: Vec<IdentityAttribute>,
}

/// One attribute of an identity: a string, number, bool, or a list of those.
#[derive(Clone, Debug)]
pub struct IdentityAttribute {
    pub(crate) name: &'static str,
    pub(crate) of: Type,
    pub(crate) description: Cow<'static, str>,
    pub(crate) required: bool,
}

impl IdentitySchema {
    /// An identity of these attributes.
    pub fn new(attributes: impl IntoIterator<Item = IdentityAttribute>) -> Self {
        Self { attributes: attributes.into_iter().collect() }
    }

    /// The attributes in the order of their declaration.
    pub fn attributes(&self) -> &[IdentityAttribute] {
        &self.attributes
    }

    /// The identity as an object type.
    pub(crate) fn object_type(&self) -> Type {
        Type::object(self.attributes.iter().map(|attribute| (attribute.name, attribute.of.clone())))
    }
}

impl IdentityAttribute {
    /// An attribute that an import by identity must give.
    pub fn required(name: &'static str, of: Type) -> Self {
        Self { name, of, description: Cow::Borrowed(""), required: true }
    }

    /// An attribute that an import by identity may leave out.
    pub fn optional(name: &'static str, of: Type) -> Self {
        Self { required: false, ..Self::required(name, of) }
    }

    /// What the attribute means. Every attribute needs a description.
    #[must_use]
    pub fn described(mut self, description: impl Into<Cow<'static, str>>) -> Self {
        self.description = description.into();
        self
    }

    /// The attribute's name.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// What it means.
    pub fn description(&self) -> &str {
        &self.description
    }
}
