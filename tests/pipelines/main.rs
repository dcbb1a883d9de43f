//! What people copy into their repositories: the pipelines and the policies of `examples/`, run as a
//! forge would run them, with a real Terraform against the sandbox.
//!
//! A forge gives each job a machine of its own. So do these tests: a folder, a home and an environment,
//! in which the job's own shell steps run in their order. What a job gets from the forge is what its
//! file asks for; a secret that is not in the job's environment is not there, and asking for it fails.

#![cfg(unix)] // The steps are shell scripts.

#[path = "../../examples/sandbox/api/mod.rs"]
mod sandbox;
#[path = "../terraform/mod.rs"]
mod terraform;

mod estate;
mod github;
mod gitlab;
mod machine;
mod mirror;
mod policies;
mod state_store;
