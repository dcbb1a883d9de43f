//! Modules are tested without an API, as the guide about modules says.

use std::path::Path;

use crate::{lane, sandbox::Sandbox, terraform::cli};

#[test]
fn a_module_is_tested_with_a_mocked_provider_and_no_call_is_made() {
    let api = Sandbox::start();
    let terraform = lane::newest(&api);
    lane::copy(&Path::new("examples/guides").join("test-a-module"), &terraform);
    let finished = terraform.run(["test"]).expect_success();
    assert!(finished.stdout.contains("2 passed, 0 failed"), "{finished}");
    assert_eq!(api.calls(), 0);
}

/// What a mock makes up is text, and what the provider refuses of that is refused in a test too.
#[test]
fn an_id_that_a_mock_makes_up_is_refused_by_the_providers_own_checks() {
    let told = refused(MODULE);
    assert!(told.contains("Invalid Phone Number ID"), "{told}");
}

#[test]
fn an_ephemeral_pin_cannot_be_mocked() {
    let ephemeral = MODULE.replace("var.pin\n", "ephemeral.whatsapp_pin.it.pin\n");
    let told = refused(&format!("{ephemeral}\nephemeral \"whatsapp_pin\" \"it\" {{}}\n"));
    // OpenTofu mocks it with letters, which are no PIN.
    let reasons = ["does not yet support ephemeral resource types", "Invalid PIN"];
    assert!(reasons.iter().any(|reason| told.contains(reason)), "{}: {told}", cli());
}

/// What is said of a module's test with a mock that makes up the ID.
fn refused(main: &str) -> String {
    let api = Sandbox::start();
    let terraform = lane::newest(&api);
    terraform.write("main.tf", main);
    let tests = MODULE_TESTS.split_once("variables {").expect("the tests set variables").1;
    let (variables, _) = tests.split_once("\nrun ").expect("the tests have runs");
    terraform.write("it.tftest.hcl", &format!("{MOCK}variables {{{variables}\nrun \"it\" {{}}\n"));
    let refused = terraform.run(["test"]).expect_failure();
    let said = format!("{}\n{}", refused.stdout, refused.stderr);
    said.split_whitespace().filter(|word| *word != "│").collect::<Vec<_>>().join(" ")
}

const MODULE: &str = include_str!("../../examples/guides/test-a-module/main.tf");
const MODULE_TESTS: &str = include_str!("../../examples/guides/test-a-module/module.tftest.hcl");

const MOCK: &str = r#"
mock_provider "whatsapp" {
  mock_data "whatsapp_phone_number" {
    defaults = {
      status = "CONNECTED"
    }
  }
}

"#;
