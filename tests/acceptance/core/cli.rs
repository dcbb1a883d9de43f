//! The CLI itself is what the lane promises.

use std::env;

use crate::terraform::Cli;

#[test]
fn the_cli_is_the_version_that_was_asked_for() {
    let asked = env::var("TERRAFORM_VERSION").unwrap_or_default();
    let found = &Cli::get().version;
    assert!(
        asked.is_empty() || format!("{found}.").starts_with(&format!("{asked}.")),
        "TERRAFORM_VERSION is {asked}, the CLI says {found}"
    );
}
