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
    pub(crate) fn new(stored: Vec<u8>) -> Self {
        Self(Mutex::new(stored))
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

/// The author may keep what he would not log.
impl fmt::Debug for Private {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Private({} bytes)", self.lock().len())
    }
}
