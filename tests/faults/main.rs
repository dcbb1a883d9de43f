//! The provider under real Terraform while the Graph API, the provider or Terraform itself fails.
//!
//! Whatever went wrong: once it is over, one more apply makes the API hold exactly the configured
//! PINs, what was not done is planned again, and what was done is not.
//!
//! - [`alone`]: each fault of the sandbox, on one number and on twenty
//! - [`pairs`]: two faults at a time; all pairs in `scripts/fault-pairs`
//! - [`throttled`]: fifty creates against a rate limit
//! - [`registering`]: each fault on a registration, which is sent once
//! - [`told`]: what the log says of waits, and of PINs that were set
//! - [`outage`]: 250 numbers while the API or the way to it is down
//! - [`stopped`]: Ctrl-C and SIGTERM at every stage of a call, and an API that never answers
//! - [`killed`]: the provider or Terraform gone without a word at every stage of an apply
//!
//! [`worlds`] lets many cases share the runs of Terraform; [`table`] lists the faults; [`run`] reads what a run said.

#![cfg(target_os = "linux")] // Processes are found in /proc.

#[path = "../../examples/sandbox/api/mod.rs"]
mod sandbox;
#[path = "../terraform/mod.rs"]
mod terraform;

mod alone;
mod killed;
mod outage;
mod pairs;
mod processes;
mod registering;
mod run;
mod stopped;
mod table;
mod throttled;
mod told;
mod worlds;
