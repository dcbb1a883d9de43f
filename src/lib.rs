//! The Terraform provider for WhatsApp's two-step verification PIN.
//!
//! Three rooms and a hall:
//!
//! - [`tf_provider`] speaks Terraform: the plugin protocol, values, schemas, plans, diagnostics. It
//!   has never heard of WhatsApp.
//! - [`graph`] speaks Meta's Graph API: requests, answers, errors, retries. It has never heard of
//!   Terraform.
//! - [`provider`] is the only room with doors to both: configuration, resources, and what a user
//!   reads when something fails.
//! - `main.rs` is the hall: it starts the provider and returns its exit status.

// Only tests may read the clock, look into the environment, sleep or print wherever they like.
#![cfg_attr(not(test), deny(clippy::disallowed_methods))]
#![cfg_attr(not(test), deny(clippy::print_stdout, clippy::print_stderr, clippy::dbg_macro))]

#[cfg(test)]
mod fuzz_seeds;

pub mod graph;
pub mod provider;
pub mod tf_provider;
