//! What the author of a data source implements.

use std::future::Future;

use crate::tf_provider::context::Context;
use crate::tf_provider::diagnostics::Diagnostics;
use crate::tf_provider::outcome::Outcome;
use crate::tf_provider::schema::Block;

/// A data source: reads something that Terraform does not manage.
pub trait DataSource: Send + Sync + 'static {
    /// What the provider's `configure` makes.
    type Client: Send + Sync + 'static;
    /// The attributes.
    type Model: Block;

    /// The type name in HCL, with the provider's prefix.
    fn type_name(&self) -> &'static str;

    /// Checks a configuration. Unknown values must pass.
    fn validate(&self, config: &Self::Model) -> Diagnostics {
        let _ = config;
        Diagnostics::new()
    }

    /// Reads. The configuration is wholly known, and the result repeats it.
    fn read(
        &self,
        context: &Context<Self::Client>,
        config: Self::Model,
    ) -> impl Future<Output = Outcome<Self::Model>> + Send;
}
