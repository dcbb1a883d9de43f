//! Schemas: which attributes a block has, of which types, and under which rules.
//!
//! Protocol 5 knows attributes of plain types and nested blocks. This SDK has attributes only: an
//! attribute may have an object type, which serves where older providers used blocks.

mod attribute;
mod check;
mod identity;

pub use attribute::Attribute;
pub(crate) use attribute::Source;
pub(crate) use check::{Block, block_problems, identity_problems, model_problems, name_problem};
pub use identity::{IdentityAttribute, IdentitySchema};

use crate::tf_provider::value::Type;

/// The schema of a provider block, resource, data source, ephemeral resource or list resource.
#[derive(Clone, Debug, Default)]
pub struct Schema {
    pub(crate) version: u32,
    pub(crate) description: &'static str,
    pub(crate) attributes: Vec<Attribute>,
}

impl Schema {
    /// A schema, version 0, with a description in Markdown.
    pub fn new(description: &'static str, attributes: impl IntoIterator<Item = Attribute>) -> Self {
        Self { version: 0, description, attributes: attributes.into_iter().collect() }
    }

    /// Sets the version of stored state; each step up needs an upgrader.
    #[must_use]
    pub fn version(mut self, version: u32) -> Self {
        self.version = version;
        self
    }

    /// What the block is for, in Markdown.
    pub fn description(&self) -> &'static str {
        self.description
    }

    /// The attributes in the order of their declaration.
    pub fn attributes(&self) -> &[Attribute] {
        &self.attributes
    }

    /// The block as an object type.
    pub(crate) fn object_type(&self) -> Type {
        Type::object(self.attributes.iter().map(|attribute| (attribute.name, attribute.of.clone())))
    }
}
