//! The binaries of a release that are for other machines than this one: they are started all the same,
//! under programs that imitate those machines.
//!
//! `cargo test` leaves this out: `scripts/emulated` calls it, after `scripts/release` has made the
//! binaries, and prepares what it needs.

#![cfg(target_os = "linux")] // The imitations are programs for Linux.

#[path = "../release/dist.rs"]
#[allow(dead_code, reason = "the tests of the files need all of it")]
mod dist;
#[path = "../it/host/mod.rs"]
#[allow(dead_code, unused_imports, reason = "other tests need more of it")]
mod host;
#[path = "../../examples/sandbox/api/mod.rs"]
mod sandbox;
#[path = "../acceptance/stage.rs"]
#[allow(dead_code, reason = "the acceptance tests use all of it")]
mod stage;
#[path = "../terraform/mod.rs"]
mod terraform;

mod binary;
mod linux_arm64;
mod story;
mod windows_amd64;
