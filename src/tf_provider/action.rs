//! What the author of an action implements.

use std::{fmt, future::Future};

use crate::tf_provider::context::Context;
use crate::tf_provider::diagnostics::Diagnostics;
use crate::tf_provider::outcome::Outcome;
use crate::tf_provider::schema::Block;
use crate::tf_provider::sink::Sink;

/// An action: something that is done once, on request, and of which nothing is stored. A user
/// triggers it by the change of a resource, or invokes it by name.
///
/// A secret belongs into a [write-only](crate::tf_provider::Attribute::write_only) attribute: the
/// value of any other stands in saved plans. Some versions of Terraform (1.17) withhold write-only
/// values from an action that is invoked by name: if the attribute is required, the SDK says so; if
/// it is optional, it is null.
pub trait Action: Send + Sync + 'static {
    /// What the provider's `configure` makes.
    type Client: Send + Sync + 'static;
    /// The attributes. None is computed, for an action has no result.
    type Config: Block;

    /// The type name in HCL, with the provider's prefix. Customary are a verb and its object.
    fn type_name(&self) -> &'static str;

    /// Checks a configuration. Unknown values must pass.
    fn validate(&self, config: &Self::Config) -> Diagnostics {
        let _ = config;
        Diagnostics::new()
    }

    /// Says what the user should know before the action runs; an error keeps it from running, and
    /// with it the change that triggers it. Asked in each plan, and makes no call: of the client it
    /// learns how the provider is configured. Values may be unknown.
    fn plan(&self, client: &Self::Client, config: &Self::Config) -> Diagnostics {
        let _ = (client, config);
        Diagnostics::new()
    }

    /// Does it. The configuration is wholly known. It is not cut off when nobody reads its progress
    /// any more; Terraform's wish to stop is in the context.
    ///
    /// A failure stops the run. If a resource triggered the action after its change, the resource
    /// stays in the state, and the next apply does **not** repeat the action: say how to.
    fn invoke(
        &self,
        context: &Context<Self::Client>,
        config: Self::Config,
        progress: &Progress<'_>,
    ) -> impl Future<Output = Outcome<()>> + Send;
}

/// What an action says while it runs.
pub struct Progress<'a>(pub(crate) &'a dyn Sink<String>);

impl Progress<'_> {
    /// Shows a line to the user at once, such as *Waiting for the code*. It may hold no secret.
    /// False: nobody reads on.
    pub async fn say(&self, line: impl Into<String>) -> bool {
        self.0.put(line.into()).await
    }
}

impl fmt::Debug for Progress<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Progress").finish_non_exhaustive()
    }
}
