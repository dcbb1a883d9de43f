//! List resources.

use crate::tf_provider::context::Context;
use crate::tf_provider::diagnostics::Diagnostics;
use crate::tf_provider::erased::{AnyBlock, Running, Shape, model};
use crate::tf_provider::list_resource::{Items, ListItem, ListRequest, ListResource};
use crate::tf_provider::plan;
use crate::tf_provider::resource::Resource;
use crate::tf_provider::schema::{Block, Kind, Schema, block_problems};
use crate::tf_provider::sink::{Sink, Through};
use crate::tf_provider::value::{Model, Value};

/// A list resource of any type.
pub(crate) trait AnyListResource<C>: AnyBlock {
    fn list<'a>(
        &'a self,
        context: &'a Context<C>,
        config: Value,
        request: ListRequest,
        items: &'a dyn Sink<ListedItem>,
    ) -> Running<'a, Result<(), Diagnostics>>;
}

/// One existing object, with its values untyped.
#[derive(Debug)]
pub(crate) struct ListedItem {
    pub(crate) identity: Value,
    pub(crate) display_name: String,
    pub(crate) state: Option<Value>,
    pub(crate) warnings: Diagnostics,
}

/// The wrapper of one list resource.
pub(crate) struct ErasedListResource<L> {
    list: L,
    shape: Shape,
    resource_schema: Schema,
}

impl<L: ListResource> ErasedListResource<L> {
    pub(crate) fn new(list: L) -> Self {
        let shape = Shape::new(L::Config::schema());
        let resource_schema = <L::Resource as Resource>::Model::schema();
        Self { list, shape, resource_schema }
    }

    fn untyped(&self, item: ListItem<L::Resource>) -> ListedItem {
        let stored = |state: <L::Resource as Resource>::Model| {
            plan::without_write_only(&self.resource_schema, state.into_object())
        };
        ListedItem {
            identity: item.identity.into_object(),
            display_name: item.display_name,
            state: item.state.map(stored),
            warnings: item.warnings,
        }
    }
}

impl<L: ListResource> AnyBlock for ErasedListResource<L> {
    fn shape(&self) -> &Shape {
        &self.shape
    }

    fn problems(&self) -> Vec<String> {
        let place = format!("list.{}", self.list.resource().type_name());
        block_problems::<L::Config>(Kind::Other, &place)
    }

    fn validate(&self, config: Value) -> Result<Diagnostics, Diagnostics> {
        Ok(self.list.validate(&model(config)?))
    }
}

impl<L: ListResource> AnyListResource<<L::Resource as Resource>::Client> for ErasedListResource<L> {
    fn list<'a>(
        &'a self,
        context: &'a Context<<L::Resource as Resource>::Client>,
        config: Value,
        request: ListRequest,
        items: &'a dyn Sink<ListedItem>,
    ) -> Running<'a, Result<(), Diagnostics>> {
        Box::pin(async move {
            let typed = Through { convert: |item| self.untyped(item), to: items };
            self.list.list(context, model(config)?, request, &Items(&typed)).await
        })
    }
}
