//! What a running operation is given beside its values.

use std::sync::Arc;

use tokio_util::sync::CancellationToken;

/// The configured client, and the wish to stop.
#[derive(Debug)]
pub struct Context<C> {
    client: Arc<C>,
    stop: CancellationToken,
}

impl<C> Context<C> {
    /// A context for one call.
    pub fn new(client: Arc<C>, stop: CancellationToken) -> Self {
        Self { client, stop }
    }

    /// What the provider's `configure` made.
    pub fn client(&self) -> &C {
        &self.client
    }

    /// Cancelled when the user asks Terraform to stop, or when nobody waits for the result of a read
    /// or a list any more. A wait should then end at once; a write that is on its way should be
    /// awaited.
    pub fn stop(&self) -> &CancellationToken {
        &self.stop
    }
}
