//! Type erasure: all resources behind one face, so that the server can keep them in one table; and
//! likewise data sources, ephemeral resources, lists and actions.
//!
//! Each wrapper turns values into the author's model, calls the author's method, and turns the
//! result back. Nothing here knows the wire.

mod action;
mod data_source;
mod ephemeral_resource;
mod list_resource;
mod resource;

use futures_util::future::BoxFuture;

pub(crate) use action::{AnyAction, ErasedAction};
pub(crate) use data_source::{AnyDataSource, ErasedDataSource};
pub(crate) use ephemeral_resource::{AnyEphemeralResource, ErasedEphemeralResource};
pub(crate) use list_resource::{AnyListResource, ErasedListResource, ListedItem};
pub(crate) use resource::{AnyResource, Applied, Applying, ErasedResource, Planning};

use crate::tf_provider::diagnostics::{Diagnostic, Diagnostics};
use crate::tf_provider::schema::Schema;
use crate::tf_provider::value::{Model, Path, Type, Value};

/// What every kind of block can do.
pub(crate) trait AnyBlock: Send + Sync {
    fn shape(&self) -> &Shape;

    /// What its author did wrong.
    fn problems(&self) -> Vec<String>;

    fn validate(&self, config: Value) -> Result<Diagnostics, Diagnostics>;
}

/// A running operation.
pub(crate) type Running<'a, T> = BoxFuture<'a, T>;

/// A schema with its object type, made once.
#[derive(Debug)]
pub(crate) struct Shape {
    pub(crate) schema: Schema,
    pub(crate) of: Type,
}

impl Shape {
    pub(crate) fn new(schema: Schema) -> Self {
        let of = schema.object_type();
        Self { schema, of }
    }
}

fn model<M: Model>(value: Value) -> Result<M, Diagnostics> {
    M::from_object(value, &Path::root()).map_err(|error| {
        Diagnostic::bug(format!("A value does not fit its schema: {error}.")).into()
    })
}
