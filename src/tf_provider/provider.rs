//! What the author of a provider implements.

use std::{future::Future, time::Duration};

use crate::tf_provider::calls::GRACE;
use crate::tf_provider::diagnostics::Diagnostics;
use crate::tf_provider::outcome::Outcome;
use crate::tf_provider::registry::Registry;
use crate::tf_provider::schema::Block;

/// A provider: its own configuration, and the list of all it offers.
pub trait Provider: Send + Sync + 'static {
    /// What `configure` makes and every online operation is given.
    type Client: Send + Sync + 'static;
    /// The attributes of the provider block.
    type Config: Block;

    /// The local name, which prefixes every type name.
    fn name(&self) -> &'static str;

    /// Checks the provider block. Unknown values must pass.
    fn validate(&self, config: &Self::Config) -> Diagnostics {
        let _ = config;
        Diagnostics::new()
    }

    /// Makes the client. Values may be unknown while planning, and a debugged provider is
    /// configured many times. Dropped half-way when Terraform asks to stop. `terraform_version` may
    /// be any text, and none: other tools speak the protocol too.
    fn configure(
        &self,
        config: Self::Config,
        terraform_version: &str,
    ) -> impl Future<Output = Outcome<Self::Client>> + Send;

    /// How long calls in flight may take to end after SIGTERM, or after the death of Terraform. It
    /// should be enough for a write that is on its way; 30 seconds unless a provider says otherwise.
    fn grace(&self, client: &Self::Client) -> Duration {
        let _ = client;
        GRACE
    }

    /// Registers resources, data sources and the rest.
    fn register(&self, registry: &mut Registry<Self::Client>);
}
