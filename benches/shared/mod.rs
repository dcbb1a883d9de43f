//! What the benchmarks have in common: the binary they measure and the place where numbers go.
#![allow(dead_code, reason = "each benchmark includes this module whole and uses a part of it")]

pub(crate) mod binary;
pub(crate) mod results;

use std::env;

/// The arguments after `--`, or nothing if this is not `cargo bench`: a test run that builds the
/// benchmarks too must not start measuring.
pub(crate) fn arguments() -> Option<Vec<String>> {
    let all: Vec<String> = env::args().skip(1).collect();
    let benchmarking = all.iter().any(|argument| argument == "--bench");
    benchmarking.then(|| all.into_iter().filter(|argument| argument != "--bench").collect())
}
