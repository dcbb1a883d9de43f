//! Many numbers under a real Terraform: examples that teach, `terraform query`, and a thousand
//! numbers at once.
//!
//! These tests name the versions they need ([`lane`]) instead of taking whichever CLI is there:
//! queries exist from Terraform 1.14 on, and a test that looks away on an older CLI proves nothing.
//! An OpenTofu that is at hand runs what needs no query; queries run under Terraform all the same.

#![cfg(unix)] // scripts/terraform is a shell script.

#[path = "../../examples/sandbox/api/mod.rs"]
mod sandbox;
#[path = "../terraform/mod.rs"]
mod terraform;

mod assertions;
mod checks;
mod examples;
mod guides;
mod journeys;
mod lane;
mod mocks;
mod query;
mod quiet;
mod thousand;
mod tidy;
