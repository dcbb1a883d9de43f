//! What a resource keeps with an object beside its attributes.

use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Bytes that Terraform stores with an object and shows to nobody: what is worth remembering and is
/// no attribute, such as where the object was found last.
///
/// They come back as they were kept, however old: by another version of the provider, or from a
/// state that somebody edited. So they are read with care, and nothing may depend on them but time.
/// **Never a secret**: the state file is readable, and a plan file too.
///
/// What [`create`](crate::tf_provider::Resource::create), `read` or `update` keeps is stored if
/// there is an object to store it with. What nobody touches stays.
#[derive(Default)]
pub struct Private(Mutex<Vec<u8>>);

impl Private {
    pub(crate) fn new(stored: &[u8]) -> Self {
        Self(Mutex::new(unmarked(stored).to_vec()))
    }

    /// What is kept; empty if nothing ever was, as after an import.
    pub fn bytes(&self) -> Vec<u8> {
        self.lock().clone()
    }

    /// Keeps these bytes in the place of all others.
    pub fn keep(&self, bytes: impl Into<Vec<u8>>) {
        *self.lock() = bytes.into();
    }

    fn lock(&self) -> MutexGuard<'_, Vec<u8>> {
        // Bytes are valid at any moment, so a panic elsewhere cannot have left them half-made.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What is planned with an object that stays, so that a replacement is known by it: Terraform first
/// plans an object as one that stays, and if it is to be replaced once more as a new one, with what
/// the first plan has kept.
pub(crate) fn marked(stored: &[u8]) -> Vec<u8> {
    [MARK, unmarked(stored)].concat()
}

/// Whether this comes from the plan of an object that stays.
pub(crate) fn is_marked(planned: &[u8]) -> bool {
    planned.starts_with(MARK)
}

/// What the author has kept.
pub(crate) fn unmarked(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(MARK).unwrap_or(bytes)
}

/// Nothing that an author would begin with by chance.
const MARK: &[u8] = b"\0planned as kept\0";

/// The author may keep what he would not log.
impl fmt::Debug for Private {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Private({} bytes)", self.lock().len())
    }
}
