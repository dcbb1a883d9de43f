//! Ephemeral resources.

use crate::tf_provider::context::Context;
use crate::tf_provider::diagnostics::Diagnostics;
use crate::tf_provider::ephemeral_resource::{EphemeralResource, Lease, Opened};
use crate::tf_provider::erased::{AnyBlock, Running, Shape, model};
use crate::tf_provider::outcome::{Outcome, Warned};
use crate::tf_provider::schema::{Block, Kind, block_problems};
use crate::tf_provider::value::{Model, Value};

/// An ephemeral resource of any type.
pub(crate) trait AnyEphemeralResource<C>: AnyBlock {
    fn open<'a>(&'a self, context: &'a Context<C>, config: Value) -> Running<'a, Outcome<Open>>;
    fn renew<'a>(
        &'a self,
        context: &'a Context<C>,
        private: Vec<u8>,
    ) -> Running<'a, Outcome<Option<Lease>>>;
    fn close<'a>(&'a self, context: &'a Context<C>, private: Vec<u8>) -> Running<'a, Outcome<()>>;
}

/// What was opened, with its values untyped.
#[derive(Debug)]
pub(crate) struct Open {
    pub(crate) result: Value,
    pub(crate) lease: Option<Lease>,
}

/// The wrapper of one ephemeral resource.
pub(crate) struct ErasedEphemeralResource<E> {
    resource: E,
    shape: Shape,
}

impl<E: EphemeralResource> ErasedEphemeralResource<E> {
    pub(crate) fn new(resource: E) -> Self {
        let shape = Shape::new(E::Model::schema());
        Self { resource, shape }
    }
}

impl<E: EphemeralResource> AnyBlock for ErasedEphemeralResource<E> {
    fn shape(&self) -> &Shape {
        &self.shape
    }

    fn problems(&self) -> Vec<String> {
        let place = format!("ephemeral.{}", self.resource.type_name());
        block_problems::<E::Model>(Kind::Other, &place)
    }

    fn validate(&self, config: Value) -> Result<Diagnostics, Diagnostics> {
        Ok(self.resource.validate(&model(config)?))
    }
}

impl<E: EphemeralResource> AnyEphemeralResource<E::Client> for ErasedEphemeralResource<E> {
    fn open<'a>(
        &'a self,
        context: &'a Context<E::Client>,
        config: Value,
    ) -> Running<'a, Outcome<Open>> {
        Box::pin(async move {
            let opened = self.resource.open(context, model(config.clone())?).await?;
            let Opened { result, lease } = opened.value;
            let result = result.into_object().typed_like(&config);
            let value = Open { result, lease };
            Ok(Warned { value, warnings: opened.warnings })
        })
    }

    fn renew<'a>(
        &'a self,
        context: &'a Context<E::Client>,
        private: Vec<u8>,
    ) -> Running<'a, Outcome<Option<Lease>>> {
        Box::pin(self.resource.renew(context, private))
    }

    fn close<'a>(
        &'a self,
        context: &'a Context<E::Client>,
        private: Vec<u8>,
    ) -> Running<'a, Outcome<()>> {
        Box::pin(self.resource.close(context, private))
    }
}
