//! The files of a release, as `scripts/release` leaves them in `target/dist`: are they what the
//! registries and Terraform expect?
//!
//! They take minutes to build, so `cargo test` leaves this out: `.ci/run` and the release workflow
//! call it by name, after `scripts/release`. `RELEASE_ASSETS` names another folder than `target/dist`.

#![cfg(unix)] // scripts/release makes no files on Windows.

#[path = "../../examples/quickstart/cli.rs"]
#[allow(dead_code, reason = "shared with other tests; each uses a part")]
mod cli;
#[path = "../acceptance/command.rs"]
#[allow(dead_code, reason = "shared with other tests; each uses a part")]
mod command;
#[path = "../../examples/sandbox/api/mod.rs"]
mod sandbox;
#[path = "../acceptance/stage.rs"]
#[allow(dead_code, reason = "shared with other tests; each uses a part")]
mod stage;
#[path = "../acceptance/terraform.rs"]
#[allow(dead_code, reason = "shared with other tests; each uses a part")]
mod terraform;

mod binaries;
mod dist;
mod files;
mod installation;
mod signature;
