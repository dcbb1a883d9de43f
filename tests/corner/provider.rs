//! The provider of these tests as a program: a crate of its own, which knows of the SDK what everybody
//! knows.

#[path = "garden/mod.rs"]
mod garden;

use std::process::ExitCode;

use terraform_provider_whatsapp::tf_provider::Plugin;

fn main() -> ExitCode {
    Plugin::new("registry.terraform.io/acme/garden", "0.0.0").run(|| garden::Garden)
}
