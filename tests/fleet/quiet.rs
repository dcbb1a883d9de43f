//! 250 numbers that all meet the same are told of in few lines: what is true of all of them is said
//! once, and a failure is explained with the first number that meets it.

use crate::{
    lane,
    sandbox::{DEFAULT_ACCOUNT, Fault, GraphError, Sandbox},
    terraform::{Finished, Terraform},
};

#[test]
fn destroying_250_numbers_warns_once_in_the_plan_and_once_in_the_apply() {
    let (_api, terraform) = fleet();
    terraform.run(["plan", "-destroy", "-out=saved"]).expect_success();
    let applied = terraform.run(["apply", "saved"]).expect_success();
    assert_eq!(applied.stdout.matches("Two-Step Verification Stays On").count(), 1, "{applied}");

    let (_api, terraform) = fleet();
    terraform.write("main.tf", REQUIREMENT);
    let applied = terraform.run(["apply", "-auto-approve"]).expect_success();
    let warnings = applied.stdout.matches("Two-Step Verification Stays On").count();
    assert_eq!(warnings, 2, "one of the plan and one of the apply: {applied}");
}

#[test]
fn an_expired_token_is_explained_once_for_250_numbers() {
    let (_api, mut terraform) = fleet();
    terraform.set_env("WHATSAPP_ACCESS_TOKEN", "expired");
    let refused = terraform.run(["plan"]).expect_failure();
    explained_once(&refused, "Make a new token for a system user");
    terraform.write("main.tf", &numbers(2));
    let refused = terraform.run(["apply", "-auto-approve", "-refresh=false"]).expect_failure();
    explained_once(&refused, "Make a new token for a system user");
}

#[test]
fn an_outage_is_explained_once_for_250_numbers() {
    let (api, terraform) = fleet();
    let terraform = terraform.env("WHATSAPP_MAX_RETRIES", "0");
    api.inject(Fault::Error(GraphError::new(503, 2, "Service temporarily unavailable")));
    explained_once(&terraform.run(["plan"]).expect_failure(), "metastatus.com");
    terraform.write("main.tf", &numbers(2));
    let refused = terraform.run(["apply", "-auto-approve", "-refresh=false"]).expect_failure();
    explained_once(&refused, "metastatus.com");
}

/// What to do stands there once, and a number that failed takes no more lines than a title, what
/// Terraform adds to say where, and two lines of text.
#[track_caller]
fn explained_once(refused: &Finished, advice: &str) {
    let said = &refused.stderr;
    let unwrapped = said.split_whitespace().collect::<Vec<_>>().join(" ");
    assert_eq!(unwrapped.matches(advice).count(), 1, "{refused}");
    let lines = said.lines().count();
    assert!(lines < 50 + 250 * 10, "{lines} lines for 250 numbers: {refused}");
}

/// 250 numbers that have a PIN.
fn fleet() -> (Sandbox, Terraform) {
    let api = Sandbox::builder().account(DEFAULT_ACCOUNT).numbers(250).start();
    let terraform = lane::newest(&api);
    terraform.write("main.tf", &numbers(1));
    terraform.run(["apply", "-auto-approve", "-parallelism=50"]).expect_success();
    (api, terraform)
}

fn numbers(version: u32) -> String {
    format!(
        r#"{REQUIREMENT}
resource "whatsapp_two_step_verification" "fleet" {{
  count           = 250
  phone_number_id = tostring(200000000000001 + count.index)
  pin_wo          = "016253"
  pin_wo_version  = "{version}"
}}
"#
    )
}

const REQUIREMENT: &str = r#"
terraform {
  required_providers {
    whatsapp = {
      source = "waba/whatsapp"
    }
  }
}
"#;
