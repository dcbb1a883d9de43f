//! The files of a release, as `scripts/release` leaves them in `target/dist`: are they what the
//! registries and Terraform expect?
//!
//! They take minutes to build, so `cargo test` leaves this out: `.ci/run` and the release workflow
//! call it by name, after `scripts/release`. `RELEASE_ASSETS` names another folder than `target/dist`.

#![cfg(target_os = "linux")] // The binaries for Linux are looked at, and run.

#[path = "../../examples/sandbox/api/mod.rs"]
mod sandbox;
#[path = "../acceptance/stage.rs"]
#[allow(dead_code, reason = "the acceptance tests use all of it")]
mod stage;
#[path = "../terraform/mod.rs"]
mod terraform;

mod binaries;
mod dist;
mod files;
mod installation;
mod mirror;
mod signature;
