//! The provider under a real Terraform: the only judge that counts.
//!
//! The CLI is whichever `scripts/terraform` finds. `scripts/acceptance-lanes` repeats the tests of
//! [`core`] with one CLI after another, from the oldest supported to the newest.

#![cfg(unix)] // scripts/terraform is a shell script.

mod command;
mod core;
mod harness;
mod leftovers;
#[path = "../../examples/sandbox/api/mod.rs"]
mod sandbox;
mod stage;
mod terraform;
mod validation;
