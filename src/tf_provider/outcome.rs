//! What an operation hands back: a result, perhaps with warnings, or a failure that says what is left
//! of the object.

use crate::tf_provider::diagnostics::{Diagnostic, Diagnostics};

/// A success, perhaps with warnings.
#[derive(Clone, Debug, Default)]
pub struct Warned<T> {
    pub(crate) value: T,
    pub(crate) warnings: Diagnostics,
}

impl<T> Warned<T> {
    /// Adds warnings to a success.
    #[must_use]
    pub fn with(mut self, warnings: impl IntoIterator<Item = Diagnostic>) -> Self {
        self.warnings.extend(warnings);
        self
    }
}

impl<T> From<T> for Warned<T> {
    fn from(value: T) -> Self {
        Self { value, warnings: Diagnostics::new() }
    }
}

/// What most operations return.
pub type Outcome<T> = Result<Warned<T>, Diagnostics>;

/// A create or update that failed.
///
/// With a `state`, Terraform stores it: a create is then marked as tainted. Without one, a create
/// leaves nothing in the state and an update keeps the prior state.
#[derive(Debug)]
pub struct Failed<S> {
    pub(crate) state: Option<S>,
    pub(crate) diagnostics: Diagnostics,
}

impl<S> Failed<S> {
    /// A failure after which part of the object exists.
    pub fn partial(state: S, diagnostics: impl Into<Diagnostics>) -> Self {
        Self { state: Some(state), diagnostics: diagnostics.into() }
    }
}

impl<S> From<Diagnostics> for Failed<S> {
    fn from(diagnostics: Diagnostics) -> Self {
        Self { state: None, diagnostics }
    }
}

impl<S> From<Diagnostic> for Failed<S> {
    fn from(diagnostic: Diagnostic) -> Self {
        Diagnostics::from(diagnostic).into()
    }
}

/// What create and update return: the new state.
pub type Saved<S> = Result<Warned<S>, Failed<S>>;

/// What read returns.
#[derive(Clone, Debug)]
pub enum Refreshed<S> {
    /// The object exists; this is its state.
    Present(S),
    /// The object is gone: the next plan creates it again.
    Gone,
}
