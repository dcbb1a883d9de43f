//! The provider under a real Terraform, or OpenTofu: the only judge that counts.
//!
//! The CLI is whichever `scripts/terraform` finds. `scripts/acceptance-lanes` repeats the tests of
//! [`core`] with one Terraform after another, from the oldest supported to the newest.

#![cfg(unix)] // scripts/terraform is a shell script.

#[path = "../../examples/sandbox/api/mod.rs"]
mod sandbox;
#[path = "../terraform/mod.rs"]
mod terraform;

mod actions;
mod core;
mod harness;
mod lanes;
mod leftovers;
mod stage;
mod tools;
mod validation;
