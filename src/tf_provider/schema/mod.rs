//! Schemas: which attributes a block has, of which types, and under which rules.
//!
//! Protocol 5 knows attributes of plain types and nested blocks. This SDK has attributes only: an
//! attribute may have an object type, which serves where older providers used blocks.

mod attribute;
mod check;
pub(crate) mod declare;
mod identity;

pub use attribute::Attribute;
pub(crate) use attribute::Source;
pub(crate) use check::{Kind, block_problems, identity_problems, name_problem};
pub use declare::{Block, Identity};
pub use identity::{IdentityAttribute, IdentitySchema};

use std::borrow::Cow;

use crate::tf_provider::value::Type;

/// The schema of a provider block, resource, data source, ephemeral resource or list resource.
#[derive(Clone, Debug, Default)]
pub struct Schema {
    /// Of stored state: how many upgraders lead to it.
    pub(crate) version: u32,
    pub(crate) description: Cow<'static, str>,
    pub(crate) attributes: Vec<Attribute>,
}

impl Schema {
    /// A schema, version 0, with a description in Markdown.
    pub fn new(
        description: impl Into<Cow<'static, str>>,
        attributes: impl IntoIterator<Item = Attribute>,
    ) -> Self {
        let attributes = attributes.into_iter().collect();
        Self { version: 0, description: description.into(), attributes }
    }

    /// What the block is for, in Markdown.
    pub fn description(&self) -> &str {
        &self.description
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
