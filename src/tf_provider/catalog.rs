//! Everything that a provider offers: for the server, for whoever documents it, and for the test that
//! looks for mistakes in it.

use crate::tf_provider::erased::{AnyBlock, AnyResource};
use crate::tf_provider::provider::Provider;
use crate::tf_provider::registry::Registry;
use crate::tf_provider::schema::{Block, IdentitySchema, Kind, Schema, block_problems};

/// What a provider registers.
pub(crate) fn registered<P: Provider>(provider: &P) -> Registry<P::Client> {
    let mut registry = Registry::empty();
    provider.register(&mut registry);
    registry
}

/// All schemas of a provider, each list in the order of its names.
#[derive(Clone, Debug)]
pub struct Catalog {
    /// The provider block.
    pub provider: Schema,
    /// Managed resources.
    pub resources: Vec<Offer>,
    /// Data sources.
    pub data_sources: Vec<Offer>,
    /// Ephemeral resources.
    pub ephemeral_resources: Vec<Offer>,
    /// List resources.
    pub list_resources: Vec<Offer>,
    /// Actions.
    pub actions: Vec<Offer>,
}

/// One type.
#[derive(Clone, Debug)]
pub struct Offer {
    /// Its name in HCL.
    pub type_name: &'static str,
    /// Its attributes.
    pub schema: Schema,
    /// What identifies an object; for managed resources only.
    pub identity: Option<IdentitySchema>,
}

impl Catalog {
    /// What this provider offers.
    pub fn of<P: Provider>(provider: &P) -> Self {
        let registry = registered(provider);
        let managed = |(type_name, of): (_, &dyn AnyResource<P::Client>)| Offer {
            identity: of.identity_schema().cloned(),
            ..offer(type_name, of)
        };
        Self {
            provider: P::Config::schema(),
            resources: registry.resources.iter().map(managed).collect(),
            data_sources: registry.data_sources.iter().map(|(name, of)| offer(name, of)).collect(),
            ephemeral_resources: registry
                .ephemeral_resources
                .iter()
                .map(|(name, of)| offer(name, of))
                .collect(),
            list_resources: registry
                .list_resources
                .iter()
                .map(|(name, of)| offer(name, of))
                .collect(),
            actions: registry.actions.iter().map(|(name, of)| offer(name, of)).collect(),
        }
    }
}

fn offer(type_name: &'static str, block: &dyn AnyBlock) -> Offer {
    Offer { type_name, schema: block.shape().schema.clone(), identity: None }
}

/// Everything that is wrong with a provider's schemas, names and models, as sentences.
///
/// Terraform would refuse some of it and crash on the rest, at a user's. Call this in a test and
/// expect nothing.
pub fn problems<P: Provider>(provider: &P) -> Vec<String> {
    let mut problems = block_problems::<P::Config>(Kind::Provider, "provider");
    problems.extend(registered(provider).problems(provider.name()));
    problems
}
