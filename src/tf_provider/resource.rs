//! What the author of a managed resource implements.

use std::future::Future;

use serde_json::{Map, Value as Json};

use crate::tf_provider::context::Context;
use crate::tf_provider::diagnostics::{Diagnostic, Diagnostics};
use crate::tf_provider::outcome::{Outcome, Refreshed, Saved};
use crate::tf_provider::schema::{Block, Identity};

/// A managed resource.
///
/// Validation, planning, import and upgrade work offline: they are not given a client, so that they
/// cannot call one by mistake. Before any of these methods runs, the SDK has done what holds for
/// every resource: values are decoded, write-only values are refused for clients that would store
/// them, and a plan starts from [the common rules](crate::tf_provider). Afterwards it encodes the
/// result, leaves write-only values out, and returns identity and private state.
pub trait Resource: Send + Sync + 'static {
    /// What the provider's `configure` makes.
    type Client: Send + Sync + 'static;
    /// The attributes. Configuration, plan and state share them.
    type Model: Block;
    /// The attributes of the identity; `()` if there is none.
    type Identity: Identity;

    /// The type name in HCL, with the provider's prefix.
    fn type_name(&self) -> &'static str;

    /// The identity of an existing object.
    fn identity(&self, state: &Self::Model) -> Self::Identity;

    /// Checks a configuration. Unknown values must pass.
    fn validate(&self, config: &Self::Model) -> Diagnostics {
        let _ = config;
        Diagnostics::new()
    }

    /// Refines the plan of a create. Terraform asks at least twice; the answers must agree.
    fn plan_create(&self, change: &mut Change<Self::Model>) -> Diagnostics {
        let _ = change;
        Diagnostics::new()
    }

    /// Refines the plan of an update. Asked as well when the user changes nothing: then `planned` is
    /// the prior state, and what is done to it here becomes the change. So an optional computed
    /// attribute that the user removed gets its default back here, and what a read found to be
    /// different from what it has to be is mended.
    fn plan_update(&self, prior: &Self::Model, change: &mut Change<Self::Model>) -> Diagnostics {
        let _ = (prior, change);
        Diagnostics::new()
    }

    /// Says what a destroy will mean, or refuses it.
    fn plan_destroy(&self, prior: &Self::Model) -> Diagnostics {
        let _ = prior;
        Diagnostics::new()
    }

    /// Creates the object. The new state must be wholly known and agree with the plan.
    fn create(
        &self,
        context: &Context<Self::Client>,
        change: Change<Self::Model>,
    ) -> impl Future<Output = Saved<Self::Model>> + Send;

    /// Looks whether the object still is as stored. Only a certain absence is
    /// [`Refreshed::Gone`]; a doubt is an error.
    fn read(
        &self,
        context: &Context<Self::Client>,
        state: Self::Model,
    ) -> impl Future<Output = Outcome<Refreshed<Self::Model>>> + Send;

    /// Changes the object in place.
    fn update(
        &self,
        context: &Context<Self::Client>,
        prior: Self::Model,
        change: Change<Self::Model>,
    ) -> impl Future<Output = Saved<Self::Model>> + Send;

    /// Removes the object. Terraform forgets it if this succeeds.
    fn delete(
        &self,
        context: &Context<Self::Client>,
        prior: Self::Model,
    ) -> impl Future<Output = Outcome<()>> + Send;

    /// Begins the import of an object: a state with what its ID tells. A read follows.
    fn import(&self, source: ImportSource<Self::Identity>) -> Result<Self::Model, Diagnostics> {
        let _ = source;
        Err(Diagnostic::error(
            "Import Not Supported",
            format!("A {} cannot be imported.", self.type_name()),
        )
        .into())
    }

    /// The steps from the first version of stored state to the current one: the first takes version 0
    /// to 1, and how many there are is the current version.
    fn upgraders(&self) -> Vec<Upgrader> {
        Vec::new()
    }
}

/// What a create or update is given.
#[derive(Debug)]
#[non_exhaustive]
pub struct Change<M> {
    /// What the user wrote, with write-only values.
    pub config: M,
    /// What the result has to be; unknown where the operation decides.
    pub planned: M,
    /// In [`plan_create`](Resource::plan_create): whether the new object takes the place of one that
    /// [`plan_update`](Resource::plan_update) has seen just before. Elsewhere it is not known, and false.
    pub replaces: bool,
}

/// How the user names the object to import.
#[derive(Debug)]
pub enum ImportSource<I> {
    /// By the text of `terraform import` or `import { id = … }`.
    Id(String),
    /// By the attributes of `import { identity = … }`.
    Identity(I),
}

/// One step up in the version of stored state: a pure function of the stored JSON object. The error
/// is a sentence for the user.
pub type Upgrader = fn(Map<String, Json>) -> Result<Map<String, Json>, String>;
