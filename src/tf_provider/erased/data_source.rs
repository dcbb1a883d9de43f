//! Data sources.

use crate::tf_provider::context::Context;
use crate::tf_provider::data_source::DataSource;
use crate::tf_provider::diagnostics::Diagnostics;
use crate::tf_provider::erased::{AnyBlock, Running, Shape, model};
use crate::tf_provider::outcome::{Outcome, Warned};
use crate::tf_provider::schema::{Block, Kind, block_problems};
use crate::tf_provider::value::{Model, Value};

/// A data source of any type.
pub(crate) trait AnyDataSource<C>: AnyBlock {
    fn read<'a>(&'a self, context: &'a Context<C>, config: Value) -> Running<'a, Outcome<Value>>;
}

/// The wrapper of one data source.
pub(crate) struct ErasedDataSource<D> {
    data_source: D,
    shape: Shape,
}

impl<D: DataSource> ErasedDataSource<D> {
    pub(crate) fn new(data_source: D) -> Self {
        let shape = Shape::new(D::Model::schema());
        Self { data_source, shape }
    }
}

impl<D: DataSource> AnyBlock for ErasedDataSource<D> {
    fn shape(&self) -> &Shape {
        &self.shape
    }

    fn problems(&self) -> Vec<String> {
        let place = format!("data.{}", self.data_source.type_name());
        block_problems::<D::Model>(Kind::Other, &place)
    }

    fn validate(&self, config: Value) -> Result<Diagnostics, Diagnostics> {
        Ok(self.data_source.validate(&model(config)?))
    }
}

impl<D: DataSource> AnyDataSource<D::Client> for ErasedDataSource<D> {
    fn read<'a>(
        &'a self,
        context: &'a Context<D::Client>,
        config: Value,
    ) -> Running<'a, Outcome<Value>> {
        Box::pin(async move {
            let read = self.data_source.read(context, model(config.clone())?).await?;
            let value = read.value.into_object().typed_like(&config);
            Ok(Warned { value, warnings: read.warnings })
        })
    }
}
