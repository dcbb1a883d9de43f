//! Each fault alone, on one number and on twenty.

use crate::sandbox::{Fault, Rule};
use crate::table::{IMPATIENT, of_reads, of_writes};
use crate::worlds::{World, in_batches};

#[test]
fn after_any_fault_on_a_pin_one_more_apply_converges() {
    let faults = of_writes();
    let one = faults.iter().map(|(name, fault)| {
        World::new(format!("{name}, 1 number"), 1, 0).inject(Rule::new(fault.clone()).on_posts())
    });
    let twenty = faults.iter().map(|(name, fault)| {
        // Some calls get through behind those that were struck.
        let rule = Rule::new(fault.clone()).on_posts().times(25);
        World::new(format!("{name}, 20 numbers"), 20, 10).inject(rule)
    });
    in_batches(one.chain(twenty), |worlds| {
        let run = worlds.apply_under_faults(IMPATIENT);
        worlds.converge_after(&run);
    });
}

#[test]
fn no_fault_on_a_refresh_makes_a_change_appear() {
    // That Meta does not say whether a PIN is on is no fault, and becomes null in the state.
    let says_all = |(_, fault): &(_, Fault)| !matches!(fault, Fault::WithoutPinFlag);
    let worlds = of_reads().into_iter().filter(says_all).flat_map(|(name, fault)| {
        let own = World::new(format!("{name}, 1 number"), 1, 1).inject(fault.clone());
        let listed = World::new(format!("{name}, listed"), 20, 20).with_lists().inject(fault);
        [own.already_done(), listed.already_done()]
    });
    in_batches(worlds, |worlds| {
        worlds.plan_under_faults(IMPATIENT);
        worlds.clear_faults();
        worlds.expect_nothing_to_do();
    });
}
