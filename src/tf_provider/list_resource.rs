//! What the author of a list resource implements: existing objects for `terraform query`.

use std::{fmt, future::Future};

use crate::tf_provider::context::Context;
use crate::tf_provider::diagnostics::{Diagnostic, Diagnostics};
use crate::tf_provider::resource::Resource;
use crate::tf_provider::schema::Block;
use crate::tf_provider::sink::Sink;

/// A list of existing objects of a managed resource, which must have an identity.
pub trait ListResource: Send + Sync + 'static {
    /// The managed resource. The list has its type name.
    type Resource: Resource;
    /// The attributes of the list's own configuration.
    type Config: Block;

    /// The managed resource.
    fn resource(&self) -> Self::Resource;

    /// Checks a configuration. Unknown values must pass.
    fn validate(&self, config: &Self::Config) -> Diagnostics {
        let _ = config;
        Diagnostics::new()
    }

    /// Sends one item after another until there are no more, or until nobody reads on.
    fn list(
        &self,
        context: &Context<<Self::Resource as Resource>::Client>,
        config: Self::Config,
        request: ListRequest,
        items: &Items<'_, Self::Resource>,
    ) -> impl Future<Output = Result<(), Diagnostics>> + Send;
}

/// What the user wants to see.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct ListRequest {
    /// Whether each item must carry its whole state.
    pub include_state: bool,
    /// How many items are wanted; none for all.
    pub limit: Option<usize>,
}

/// One existing object.
#[derive(Debug)]
#[non_exhaustive]
pub struct ListItem<R: Resource> {
    /// What finds the object again.
    pub identity: R::Identity,
    /// How a person calls the object.
    pub display_name: String,
    /// Its state, if it was asked for.
    pub state: Option<R::Model>,
    /// What the user should know about it.
    pub warnings: Diagnostics,
}

impl<R: Resource> ListItem<R> {
    /// An object without its state.
    pub fn new(identity: R::Identity, display_name: impl Into<String>) -> Self {
        let (display_name, warnings) = (display_name.into(), Diagnostics::new());
        Self { identity, display_name, state: None, warnings }
    }

    /// The same with its state.
    #[must_use]
    pub fn with_state(mut self, state: R::Model) -> Self {
        self.state = Some(state);
        self
    }

    /// The same with what the user should know about it.
    #[must_use]
    pub fn with(mut self, warnings: impl IntoIterator<Item = Diagnostic>) -> Self {
        self.warnings.extend(warnings);
        self
    }
}

/// The way of the items to Terraform.
pub struct Items<'a, R: Resource>(pub(crate) &'a dyn Sink<ListItem<R>>);

impl<R: Resource> Items<'_, R> {
    /// Sends an item; false means that nothing more is wanted and the list should end.
    pub async fn send(&self, item: ListItem<R>) -> bool {
        self.0.put(item).await
    }
}

impl<R: Resource> fmt::Debug for Items<'_, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Items").finish_non_exhaustive()
    }
}
