//! What is said once for all numbers of a run, and not once for each.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

/// What has been said since the provider was configured.
#[derive(Debug, Default)]
pub(crate) struct Said(Mutex<HashSet<Topic>>);

/// Something that concerns every number in the same way.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub(crate) enum Topic {
    /// A PIN that was stored is in old versions of the state.
    PinInOldStates,
    /// Meta does not say whether two-step verification is on.
    SilenceOfMeta,
}

impl Said {
    /// Whether nobody has asked for this topic before.
    pub(crate) fn is_new(&self, topic: Topic) -> bool {
        // A set is valid at any moment, so a panic elsewhere cannot have left it half-made.
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(topic)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_topic_is_new_once() {
        let said = Said::default();
        assert!(said.is_new(Topic::SilenceOfMeta));
        assert!(said.is_new(Topic::PinInOldStates));
        assert!(!said.is_new(Topic::SilenceOfMeta));
    }
}
