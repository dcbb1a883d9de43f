//! The CLI itself is what the lane promises.

use std::env;

use crate::terraform::{Cli, Terraform};

#[test]
fn the_cli_is_the_version_that_was_asked_for() {
    let asked = env::var("TERRAFORM_VERSION").unwrap_or_default();
    let found = &Cli::get().version;
    assert!(
        asked.is_empty() || format!("{found}.").starts_with(&format!("{asked}.")),
        "TERRAFORM_VERSION is {asked}, the CLI says {found}"
    );
}

#[test]
fn a_builtin_resource_lives_a_whole_life() {
    let terraform = Terraform::new();
    terraform.write("main.tf", BUILTIN_RESOURCE);

    assert!(terraform.run(["validate", "-json"]).expect_success().diagnostics().is_empty());
    terraform.run(["plan", "-out=saved", "-detailed-exitcode"]).expect_exit_code(2);
    terraform.run(["apply", "saved"]).expect_success();
    terraform.run(["plan", "-detailed-exitcode"]).expect_success();
    assert_eq!(terraform.state()["values"]["outputs"]["greeting"]["value"], "hello");

    terraform.run(["destroy", "-auto-approve"]).expect_success();
    assert!(terraform.state()["values"].is_null());
}

const BUILTIN_RESOURCE: &str = r#"
resource "terraform_data" "greeting" {
  input = "hello"
}

output "greeting" {
  value = terraform_data.greeting.output
}
"#;
