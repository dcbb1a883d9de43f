//! The entry point for fuzzing that needs a resource; see [`crate::tf_provider::fuzzing`].

use crate::provider::two_step_verification::TwoStepVerification;
use crate::tf_provider::fuzzing;

/// A byte that gives the schema version, then the stored JSON: of our resource, and of one that has
/// older versions.
pub fn state_upgrade(input: &[u8]) {
    fuzzing::state_upgrade(TwoStepVerification::default(), input);
    fuzzing::state_upgrade_of_sample(input);
}
