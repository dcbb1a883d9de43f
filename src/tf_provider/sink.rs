//! One way for items, from an author's method to the reader of a stream.

use futures_util::future::BoxFuture;

/// Where items go.
pub(crate) trait Sink<T>: Send + Sync {
    /// Hands an item on as soon as the reader has room for it. False: nothing more is wanted.
    fn put(&self, item: T) -> BoxFuture<'_, bool>;
}

/// Converts items on their way.
pub(crate) struct Through<'a, F, U> {
    pub(crate) convert: F,
    pub(crate) to: &'a dyn Sink<U>,
}

impl<T, U, F: Fn(T) -> U + Send + Sync> Sink<T> for Through<'_, F, U> {
    fn put(&self, item: T) -> BoxFuture<'_, bool> {
        self.to.put((self.convert)(item))
    }
}
