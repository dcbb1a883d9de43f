//! Two faults at a time, one after the other or both at once, on one number and on twenty.

use std::env;

use crate::sandbox::{Fault, Rule};
use crate::table::{IMPATIENT, of_writes};
use crate::worlds::{World, in_batches};

/// A few pairs, in which every fault occurs; all of them where `FAULT_PAIRS` is `all`.
#[test]
fn after_any_two_faults_one_more_apply_converges() {
    let pairs = match env::var("FAULT_PAIRS").as_deref() {
        Ok("all") => all_pairs(),
        _ => some_pairs(),
    };
    in_batches(pairs.into_iter().map(|(label, rules, numbers)| {
        let world = World::new(label, numbers, numbers / 2);
        rules.into_iter().fold(world, World::inject)
    }), |worlds| {
        let run = worlds.apply_under_faults(IMPATIENT);
        worlds.converge_after(&run);
    });
}
