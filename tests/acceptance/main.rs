//! The provider under a real Terraform, or OpenTofu: the only judge that counts.
//!
//! The CLI is whichever `scripts/terraform` finds. `scripts/acceptance-lanes` repeats the tests of
//! [`core`] with one Terraform after another, from the oldest supported to the newest.

#![cfg(unix)] // scripts/terraform is a shell script.

#[allow(dead_code, reason = "shared with the quickstart, which uses the rest")]
#[path = "../../examples/quickstart/cli.rs"]
mod cli;
mod command;
mod core;
mod harness;
mod leftovers;
#[path = "../../examples/sandbox/api/mod.rs"]
mod sandbox;
mod stage;
mod terraform;
mod tools;
mod validation;
