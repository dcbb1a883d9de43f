//! What one run of Terraform has planned, sent and said so far.
//!
//! A run is what lies between two calls of Configure: a plan, or an apply. Terraform gives each a
//! process of its own, but a provider in debug mode serves many of them. Planning is not given a
//! connection, so the resources share this with it: [`begin`](Run::begin) forgets the run before.

use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::graph::PhoneNumberId;
use crate::provider::claims::{Claim, Claims, Conflict};
use crate::provider::failure::Explained;

/// The memory of the run that is under way.
#[derive(Debug, Default)]
pub(crate) struct Run {
    memory: Mutex<Memory>,
}

#[derive(Debug, Default)]
struct Memory {
    explained: Explained,
    not_tried: usize,
    claims: HashMap<PhoneNumberId, Claims>,
    said: HashSet<Topic>,
    sent: HashSet<PhoneNumberId>,
}

/// Something that concerns every number in the same way, and is said once for all of them.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub(crate) enum Topic {
    /// A destroy turns nothing off.
    Destroy,
    /// A destroy turns nothing on either.
    DestroyOff,
    /// A PIN that was stored is in old versions of the state.
    PinInOldStates,
    /// Meta does not say whether two-step verification is on.
    SilenceOfMeta,
}

impl Run {
    /// Forgets the run before this one.
    pub(crate) fn begin(&self) {
        *self.memory() = Memory::default();
    }

    /// Notes how an object of the plan has to do with a number, and what that contradicts.
    pub(crate) fn claims(&self, number: &PhoneNumberId, claim: Claim) -> Option<Conflict> {
        self.memory().claims.entry(number.clone()).or_default().add(claim)
    }

    /// Notes that a number gets a PIN; false if this run has sent it one already.
    pub(crate) fn sends_pin(&self, number: &PhoneNumberId) -> bool {
        self.memory().sent.insert(number.clone())
    }

    /// Whether nobody has asked for this topic before.
    pub(crate) fn is_new(&self, topic: Topic) -> bool {
        self.memory().said.insert(topic)
    }

    /// Looks at the failures that have been explained.
    pub(crate) fn explained<T>(&self, look: impl FnOnce(&mut Explained) -> T) -> T {
        look(&mut self.memory().explained)
    }

    /// Counts what was not tried; how many that makes so far.
    pub(crate) fn one_more_not_tried(&self) -> usize {
        let mut memory = self.memory();
        memory.not_tried += 1;
        memory.not_tried
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        // Sets and maps are valid at any moment, so a panic elsewhere cannot have left them half-made.
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_remembers_until_the_next_one_begins() {
        let number = |text: &str| text.parse::<PhoneNumberId>().expect("an ID");
        let run = Run::default();
        for _ in 0..2 {
            assert_eq!(run.claims(&number("1"), Claim::New), None);
            assert_eq!(run.claims(&number("2"), Claim::New), None, "each number by itself");
            assert_eq!(run.claims(&number("1"), Claim::New), Some(Conflict::TwoNew));
            assert!(run.sends_pin(&number("1")), "planned, but not sent");
            assert!(!run.sends_pin(&number("1")));
            assert!(run.is_new(Topic::Destroy) && run.is_new(Topic::SilenceOfMeta));
            assert!(!run.is_new(Topic::Destroy));
            run.begin();
        }
    }
}
