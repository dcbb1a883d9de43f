//! What WhatsApp has no use for and the SDK offers all the same: a [`garden`] with one of everything,
//! under the newest Terraform and under this project's own host.
//!
//! The garden is compiled as a crate of its own, the example `garden`, on the public names of the SDK.
//! It is also what an author may begin with.

#![cfg(unix)] // scripts/terraform is a shell script.

mod garden;
#[path = "../it/host/mod.rs"]
#[allow(dead_code, unused_imports, reason = "other tests need more of it")]
mod host;
#[path = "../terraform/mod.rs"]
mod terraform;

mod actions;
mod adoption;
mod hosted;
mod keys;
mod life;
mod stage;
mod states;
