//! Where in a value the reader or writer is, kept on the stack.
//!
//! A [`Path`] owns its steps. Building one for every element would copy a long key once for each
//! element below it, so a place only points to its parent and becomes a path when there is an error
//! to report.

use crate::tf_provider::value::Path;

/// A way from the root, in steps that borrow.
#[derive(Clone, Copy, Debug)]
pub(super) enum Place<'a> {
    Root,
    Attribute(&'a Place<'a>, &'a str),
    Key(&'a Place<'a>, &'a str),
    Index(&'a Place<'a>, usize),
}

impl<'a> Place<'a> {
    pub(super) fn attribute(&'a self, name: &'a str) -> Self {
        Self::Attribute(self, name)
    }

    pub(super) fn key(&'a self, key: &'a str) -> Self {
        Self::Key(self, key)
    }

    pub(super) fn index(&'a self, index: usize) -> Self {
        Self::Index(self, index)
    }

    /// The same way with steps of its own.
    pub(super) fn to_path(self) -> Path {
        match self {
            Self::Root => Path::root(),
            Self::Attribute(parent, name) => parent.to_path().attribute(name),
            Self::Key(parent, key) => parent.to_path().key(key),
            Self::Index(parent, index) => parent.to_path().index(index),
        }
    }
}
