//! The CLI itself is what the lane promises.

use std::env;

use crate::terraform::{Product, cli};

#[test]
fn the_cli_is_the_version_that_was_asked_for() {
    let asked = env::var("TERRAFORM_VERSION").unwrap_or_default();
    let found = cli();
    let is_that = found.product == Product::Terraform
        && format!("{}.", found.version).starts_with(&format!("{asked}."));
    assert!(asked.is_empty() || is_that, "TERRAFORM_VERSION is {asked}, the CLI is {found}");
}
