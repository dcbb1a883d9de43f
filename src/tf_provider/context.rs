//! What a running operation is given beside its values.

use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use crate::tf_provider::private::Private;

/// The configured client, the wish to stop, and what is kept with the object.
#[derive(Debug)]
pub struct Context<C> {
    client: Arc<C>,
    stop: CancellationToken,
    private: Private,
}

impl<C> Context<C> {
    /// A context for one call.
    pub fn new(client: Arc<C>, stop: CancellationToken) -> Self {
        Self { client, stop, private: Private::default() }
    }

    /// The same call, about an object with which this is stored.
    pub(crate) fn with_private(mut self, stored: &[u8]) -> Self {
        self.private = Private::new(stored);
        self
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

    /// What is kept with the managed object that is read, created or updated; nothing elsewhere.
    pub fn private(&self) -> &Private {
        &self.private
    }
}
