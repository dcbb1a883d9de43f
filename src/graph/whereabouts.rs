//! Which account each object belongs to, as far as answers have told: by the list in which a number
//! stood, and by the header that says whose budget a call was charged to.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::graph::ids::{BusinessAccountId, PhoneNumberId};

/// What one client has learned.
#[derive(Debug, Default)]
pub(crate) struct Whereabouts(Mutex<Known>);

#[derive(Debug, Default)]
struct Known {
    owners: HashMap<Box<str>, BusinessAccountId>,
    /// What was known before this process: it counts where no answer has said anything.
    supposed: HashMap<Box<str>, BusinessAccountId>,
    /// All accounts that were heard of, whether or not anything is known to be in them.
    accounts: BTreeSet<BusinessAccountId>,
}

impl Whereabouts {
    /// The last word counts: a number may move while a process runs.
    pub(crate) fn note(&self, object: &str, account: &BusinessAccountId) {
        let mut known = self.known();
        known.owners.insert(object.into(), account.clone());
        known.accounts.insert(account.clone());
    }

    pub(crate) fn suppose(&self, object: &str, account: &BusinessAccountId) {
        let mut known = self.known();
        known.supposed.insert(object.into(), account.clone());
        known.accounts.insert(account.clone());
    }

    /// The account that answers have told.
    pub(crate) fn told(&self, object: &str) -> Option<BusinessAccountId> {
        self.known().owners.get(object).cloned()
    }

    /// The account that answers have told, or else that was known before.
    pub(crate) fn of(&self, object: &str) -> Option<BusinessAccountId> {
        let known = self.known();
        known.owners.get(object).or_else(|| known.supposed.get(object)).cloned()
    }

    /// Whether no two accounts have been heard of.
    pub(crate) fn at_most_one_account(&self) -> bool {
        self.known().accounts.len() <= 1
    }

    pub(crate) fn note_all<'a>(
        &self,
        numbers: impl IntoIterator<Item = &'a PhoneNumberId>,
        account: &BusinessAccountId,
    ) {
        let mut known = self.known();
        known.accounts.insert(account.clone());
        for number in numbers {
            known.owners.insert(number.as_str().into(), account.clone());
        }
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        // A map is valid at any moment, so a panic elsewhere cannot have left it half-made.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
