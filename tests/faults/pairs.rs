//! Two faults on the same PINs, one after the other or both at once, on one number and on twenty.

use std::env;

use crate::sandbox::{Fault, Rule};
use crate::table::{IMPATIENT, of_writes};
use crate::worlds::{World, in_batches};

/// Pairs in which each fault occurs once; where `FAULT_PAIRS` is `all`, as in
/// `scripts/fault-pairs`, each kind of fault with each other.
#[test]
fn after_any_two_faults_one_more_apply_converges() {
    let faults = of_writes();
    let pairs = match env::var("FAULT_PAIRS").as_deref() {
        Ok("all") => with_each_other(&faults),
        _ => with_neighbours(&faults),
    };
    let worlds = pairs.into_iter().flat_map(|pair| [world(&pair, 1, 1), world(&pair, 20, 10)]);
    in_batches(worlds, |worlds| {
        let run = worlds.apply_under_faults(IMPATIENT);
        worlds.converge_after(&run);
    });
}

type Named = (&'static str, Fault);

fn with_each_other(faults: &[Named]) -> Vec<[Named; 2]> {
    let faults: Vec<_> =
        faults.iter().filter(|(name, _)| !LIKE_ANOTHER.contains(name)).cloned().collect();
    let faults = faults.as_slice();
    let pairs = faults.iter().enumerate().flat_map(|(index, first)| {
        faults[index + 1..].iter().map(move |second| [first.clone(), second.clone()])
    });
    pairs.collect()
}

fn with_neighbours(faults: &[Named]) -> Vec<[Named; 2]> {
    let pairs = faults.chunks(2).map(|pair| match pair {
        [first, second] => [first.clone(), second.clone()],
        _ => [pair[0].clone(), faults[0].clone()],
    });
    pairs.collect()
}

/// Each fault strikes a number of times; what it leaves goes through.
fn world(pair: &[Named; 2], numbers: u64, strikes: u64) -> World {
    let [(first, _), (second, _)] = pair;
    let label = format!("{first} and {second}, {numbers} numbers");
    pair.iter().fold(World::new(label, numbers, numbers / 2), |world, (_, fault)| {
        world.inject(Rule::new(fault.clone()).on_posts().times(strikes))
    })
}

/// Beside a second fault these do what another in the table does.
const LIKE_ANOTHER: [&str; 12] = [
    "delay",
    "number not visible",
    "wrong pin",
    "unknown error",
    "throttle by date",
    "proxy page",
    "answer lost: silence",
    "answer lost: bad gateway",
    "garbage",
    "wrong content type",
    "byte order mark",
    "numbers for strings",
];
