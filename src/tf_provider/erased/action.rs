//! Actions.

use crate::tf_provider::action::{Action, Progress};
use crate::tf_provider::context::Context;
use crate::tf_provider::diagnostics::Diagnostics;
use crate::tf_provider::erased::{AnyBlock, Running, Shape, model};
use crate::tf_provider::outcome::Outcome;
use crate::tf_provider::schema::{Block, Kind, block_problems};
use crate::tf_provider::sink::Sink;
use crate::tf_provider::value::Value;

/// An action of any type.
pub(crate) trait AnyAction<C>: AnyBlock {
    fn plan(&self, client: &C, config: Value) -> Result<Diagnostics, Diagnostics>;
    fn invoke<'a>(
        &'a self,
        context: &'a Context<C>,
        config: Value,
        progress: &'a dyn Sink<String>,
    ) -> Running<'a, Outcome<()>>;
}

/// The wrapper of one action.
pub(crate) struct ErasedAction<A> {
    action: A,
    shape: Shape,
}

impl<A: Action> ErasedAction<A> {
    pub(crate) fn new(action: A) -> Self {
        let shape = Shape::new(A::Config::schema());
        Self { action, shape }
    }
}

impl<A: Action> AnyBlock for ErasedAction<A> {
    fn shape(&self) -> &Shape {
        &self.shape
    }

    fn problems(&self) -> Vec<String> {
        let place = format!("action.{}", self.action.type_name());
        block_problems::<A::Config>(Kind::Action, &place)
    }

    fn validate(&self, config: Value) -> Result<Diagnostics, Diagnostics> {
        Ok(self.action.validate(&model(config)?))
    }
}

impl<A: Action> AnyAction<A::Client> for ErasedAction<A> {
    fn plan(&self, client: &A::Client, config: Value) -> Result<Diagnostics, Diagnostics> {
        Ok(self.action.plan(client, &model(config)?))
    }

    fn invoke<'a>(
        &'a self,
        context: &'a Context<A::Client>,
        config: Value,
        progress: &'a dyn Sink<String>,
    ) -> Running<'a, Outcome<()>> {
        Box::pin(async move {
            let progress = Progress(progress);
            self.action.invoke(context, model(config)?, &progress).await
        })
    }
}
