//! Nothing of a PIN, token, app secret or proof is ever left behind.
//!
//! Real Terraform runs the built provider against the sandbox, with secrets that can be recognised in
//! whatever form they turn up; afterwards everything that is left is searched. What Terraform itself
//! must keep is listed by name, and nothing else may be found.
//!
//! - [`search`]: a secret in all its forms, and whether they stand in some bytes
//! - [`stage`]: Terraform and the sandbox, and the collection of all that they leave
//! - [`stand_ins`]: a second provider, for stories that need one
//! - [`canary`]: the whole life of numbers, through every kind of failure
//! - [`descriptions`]: what Meta says of a number, with secrets in it
//! - [`panic`]: a provider on the same SDK whose calls panic with a secret in the message
//! - [`proxy`]: a proxy that remembers what it saw
//! - [`rotation`]: PINs that follow a secret store, beside stand-ins for four stores' providers
//! - [`write_only_sources`]: where `pin_wo` can come from, and a PIN that goes to two places
//! - [`hostile_surroundings`]: redirects, addresses, proxies, certificates

#![cfg(unix)] // scripts/terraform is a shell script.

#[path = "../acceptance/leftovers.rs"]
mod leftovers;
#[path = "../../examples/sandbox/api/mod.rs"]
mod sandbox;
#[path = "../terraform/mod.rs"]
mod terraform;

mod actions;
mod canary;
mod descriptions;
mod hostile_surroundings;
mod panic;
mod proxy;
mod refusals;
mod rotation;
mod search;
mod stage;
mod stand_ins;
mod write_only_sources;
