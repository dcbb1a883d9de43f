//! The provider's schemas, read with the strictness of Terraform, which crashes on some mistakes.

use std::collections::BTreeMap;

use super::{
    proto::tfplugin5::{self, get_provider_schema, schema::nested_block::NestingMode},
    value::Kind,
};

/// All schemas of one answer.
#[derive(Debug)]
pub(crate) struct Schemas {
    pub(crate) provider: Block,
    pub(crate) resources: BTreeMap<String, Block>,
    pub(crate) data_sources: BTreeMap<String, Block>,
    pub(crate) ephemeral_resources: BTreeMap<String, Block>,
    pub(crate) list_resources: BTreeMap<String, Block>,
    /// By resource type.
    pub(crate) identities: BTreeMap<String, Kind>,
}

impl Schemas {
    pub(crate) fn read(
        schemas: get_provider_schema::Response,
        identities: BTreeMap<String, Kind>,
    ) -> Self {
        let blocks = |schemas: std::collections::HashMap<String, tfplugin5::Schema>| {
            schemas.into_iter().map(|(name, schema)| (name, Block::of(schema))).collect()
        };
        Self {
            provider: Block::of(schemas.provider.expect("a provider schema")),
            resources: blocks(schemas.resource_schemas),
            data_sources: blocks(schemas.data_source_schemas),
            ephemeral_resources: blocks(schemas.ephemeral_resource_schemas),
            list_resources: blocks(schemas.list_resource_schemas),
            identities,
        }
    }

    pub(crate) fn resource(&self, type_name: &str) -> &Block {
        let known = || self.resources.keys().collect::<Vec<_>>();
        self.resources
            .get(type_name)
            .unwrap_or_else(|| panic!("the provider has no {type_name:?} but {:?}", known()))
    }
}

/// Attributes and nested blocks.
#[derive(Debug)]
pub(crate) struct Block {
    pub(crate) description: String,
    pub(crate) attributes: BTreeMap<String, Attribute>,
    pub(crate) nested: BTreeMap<String, Nested>,
}

#[derive(Debug)]
pub(crate) struct Attribute {
    pub(crate) kind: Kind,
    pub(crate) description: String,
    pub(crate) required: bool,
    pub(crate) optional: bool,
    pub(crate) computed: bool,
    pub(crate) sensitive: bool,
    pub(crate) write_only: bool,
}

#[derive(Debug)]
pub(crate) struct Nested {
    pub(crate) mode: NestingMode,
    pub(crate) block: Block,
}

impl Block {
    fn of(schema: tfplugin5::Schema) -> Self {
        Self::read(schema.block.expect("Terraform crashes on a schema without a block"))
    }

    fn read(block: tfplugin5::schema::Block) -> Self {
        Self {
            description: block.description,
            attributes: block.attributes.into_iter().map(Attribute::read).collect(),
            nested: block.block_types.into_iter().map(Nested::read).collect(),
        }
    }

    /// The type of the block's values.
    pub(crate) fn kind(&self) -> Kind {
        let attributes =
            self.attributes.iter().map(|(name, attribute)| (name.clone(), attribute.kind.clone()));
        let nested = self.nested.iter().map(|(name, nested)| (name.clone(), nested.kind()));
        Kind::Object(attributes.chain(nested).collect())
    }
}

impl Attribute {
    fn read(attribute: tfplugin5::schema::Attribute) -> (String, Self) {
        let kind = parse_kind(&attribute.name, &attribute.r#type);
        let read = Self {
            kind,
            description: attribute.description,
            required: attribute.required,
            optional: attribute.optional,
            computed: attribute.computed,
            sensitive: attribute.sensitive,
            write_only: attribute.write_only,
        };
        (attribute.name, read)
    }
}

impl Nested {
    fn read(nested: tfplugin5::schema::NestedBlock) -> (String, Self) {
        let mode = nested.nesting();
        let block = nested.block.expect("Terraform crashes on a nested block without a block");
        (nested.type_name, Self { mode, block: Block::read(block) })
    }

    /// The type of the nested block as a whole.
    pub(crate) fn kind(&self) -> Kind {
        let kind = self.block.kind();
        match self.mode {
            NestingMode::Single | NestingMode::Group => kind,
            NestingMode::List => Kind::List(Box::new(kind)),
            NestingMode::Set => Kind::Set(Box::new(kind)),
            NestingMode::Map => Kind::Map(Box::new(kind)),
            NestingMode::Invalid => panic!("a nested block without nesting mode"),
        }
    }
}

/// The type of an identity's values.
pub(crate) fn identity_kind(schema: tfplugin5::ResourceIdentitySchema) -> Kind {
    let attributes = schema.identity_attributes.into_iter().map(|attribute| {
        let kind = parse_kind(&attribute.name, &attribute.r#type);
        (attribute.name, kind)
    });
    Kind::Object(attributes.collect())
}

fn parse_kind(name: &str, bytes: &[u8]) -> Kind {
    serde_json::from_slice(bytes)
        .map_err(|error| error.to_string())
        .and_then(|json| Kind::parse(&json))
        .unwrap_or_else(|error| panic!("the type of {name:?} would crash Terraform: {error}"))
}
