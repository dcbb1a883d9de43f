//! A model of Meta and of the state, and random histories of three numbers that are compared with it.
//!
//! A history mixes a team's commits, of which some are taken back, with what people do at Meta, lost
//! answers, imports, renames and runs. After each successful apply every declared number has its
//! declared PIN at Meta, and no plan is empty while one has not; what somebody did by hand and
//! nobody could see is left apart. Beyond that, each run does exactly what the model foretells.
//!
//! - [`in_process`]: some hundreds of histories over our own host; `scripts/histories` runs 100,000
//! - [`under_terraform`]: some dozens under real Terraform
//!
//! [`step`] is what can happen, [`repository`] the team's commits, [`reference`] the model with what is
//! [`kept`] of a number, [`meta`] the API, [`judge`] the comparison. [`life`] is Terraform's part over
//! our host, [`workspace`] that of real Terraform, and [`search`] gives each history its seed.

#![cfg(unix)] // They meet the provider at a unix socket, and scripts/terraform is a shell script.

#[path = "../it/host/mod.rs"]
#[allow(dead_code, reason = "these tests make few of the calls")]
mod host;
#[path = "../../examples/sandbox/api/mod.rs"]
mod sandbox;
#[path = "../terraform/mod.rs"]
mod terraform;

mod in_process;
mod judge;
mod kept;
mod life;
mod meta;
mod reference;
mod repository;
mod search;
mod step;
mod under_terraform;
mod workspace;
