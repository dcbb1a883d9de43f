//! What a newcomer meets first: the README, the quickstart and the examples. All of it must hold.

#![cfg(unix)] // scripts/terraform is a shell script.

#[allow(dead_code, reason = "the acceptance tests use all of it")]
#[path = "../../examples/quickstart/cli.rs"]
mod cli;
#[allow(dead_code, reason = "the acceptance tests use all of it")]
#[path = "../acceptance/command.rs"]
mod command;
#[allow(dead_code, reason = "the acceptance tests use all of it")]
#[path = "../acceptance/terraform.rs"]
mod terraform;

mod examples;
mod picture;
mod quickstart;
mod readme;
