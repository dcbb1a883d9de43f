//! Terraform itself is the judge: in the same environment, its `http` backend and the provider have to
//! take the same way, to the same host behind the same proxy.
//!
//! - [`proxy`]: a proxy that leads every name to one port of this machine, and counts
//! - [`stage`]: one environment, Terraform's way and the provider's way in it
//! - [`rows`]: what is tried, row by row, and where the two differ on purpose

#![cfg(unix)] // scripts/terraform is a shell script.

#[path = "../../examples/sandbox/api/mod.rs"]
mod sandbox;
#[path = "../terraform/mod.rs"]
mod terraform;

mod proxy;
mod rows;
mod stage;
