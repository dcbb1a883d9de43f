//! Which account each object belongs to, as far as answers have told: by the list in which a number
//! stood, and by the header that says whose budget a call was charged to.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::graph::ids::{BusinessAccountId, PhoneNumberId};

/// What one client has learned.
#[derive(Debug, Default)]
pub(crate) struct Whereabouts(Mutex<HashMap<Box<str>, BusinessAccountId>>);

impl Whereabouts {
    /// The last word counts: a number may move while a process runs.
    pub(crate) fn note(&self, object: &str, account: &BusinessAccountId) {
        self.known().insert(object.into(), account.clone());
    }

    pub(crate) fn of(&self, object: &str) -> Option<BusinessAccountId> {
        self.known().get(object).cloned()
    }

    pub(crate) fn note_all<'a>(
        &self,
        numbers: impl IntoIterator<Item = &'a PhoneNumberId>,
        account: &BusinessAccountId,
    ) {
        let mut known = self.known();
        for number in numbers {
            known.insert(number.as_str().into(), account.clone());
        }
    }

    fn known(&self) -> MutexGuard<'_, HashMap<Box<str>, BusinessAccountId>> {
        // A map is valid at any moment, so a panic elsewhere cannot have left it half-made.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
