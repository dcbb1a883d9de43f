//! What a newcomer meets first: the README, the quickstart and the examples. All of it must hold.

#![cfg(unix)] // scripts/terraform is a shell script.

#[path = "../terraform/mod.rs"]
mod terraform;

mod examples;
mod guide;
mod picture;
mod quickstart;
mod readme;
