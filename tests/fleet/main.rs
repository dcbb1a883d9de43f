//! Many numbers under a real Terraform: examples that teach, `terraform query`, and a thousand
//! numbers at once.
//!
//! These tests name the versions they need ([`lane`]) instead of taking whichever CLI is there:
//! queries exist from Terraform 1.14 on, and a test that looks away on an older CLI proves nothing.
//! An OpenTofu that is at hand runs what needs no query; queries run under Terraform all the same.

#![cfg(unix)] // scripts/terraform is a shell script.

#[allow(dead_code, reason = "shared with the acceptance tests, which use all of it")]
#[path = "../../examples/quickstart/cli.rs"]
mod cli;
#[allow(dead_code, reason = "shared with the acceptance tests, which use all of it")]
#[path = "../acceptance/command.rs"]
mod command;
#[path = "../../examples/sandbox/api/mod.rs"]
mod sandbox;
#[allow(dead_code, reason = "shared with the acceptance tests, which use all of it")]
#[path = "../acceptance/terraform.rs"]
mod terraform;

mod examples;
mod lane;
mod query;
mod thousand;
