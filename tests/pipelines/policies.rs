//! The policies, over plans of a real Terraform.

use std::fs;

use regorus::{Engine, Value};
use serde_json::json;

use crate::{
    sandbox::{DEFAULT_TOKEN, Sandbox},
    terraform::Terraform,
};

#[test]
fn a_plan_that_keeps_all_rules_passes() {
    let team = Team::new();
    team.declare(&[("support", SUPPORT, WRITE_ONLY)]);
    assert_eq!(team.verdict(), [""; 0]);
    team.apply();
    assert_eq!(team.verdict(), [""; 0]);
}

#[test]
fn a_pin_that_is_stored_is_refused_and_not_shown() {
    let team = Team::new();
    team.declare(&[("support", SUPPORT, "pin = \"483920\"")]);
    let stored = format!("{ADDRESS}: pin is stored in the state. Use pin_wo.");
    assert_eq!(team.verdict(), [stored, format!("{ADDRESS}: pin_wo is missing.")]);
}

#[test]
fn a_pin_that_is_known_only_at_the_apply_is_refused_as_well() {
    let team = Team::new();
    team.declare(&[("support", SUPPORT, "pin = terraform_data.pin.output")]);
    team.terraform
        .write("pin.tf", "resource \"terraform_data\" \"pin\" {\n  input = \"483920\"\n}\n");
    assert!(
        team.verdict().contains(&format!("{ADDRESS}: pin is stored in the state. Use pin_wo."))
    );
}

#[test]
fn a_number_may_stay_off_only_if_it_is_listed() {
    let mut team = Team::new();
    let off = format!("{WRITE_ONLY}\n  keep_enabled = false");
    team.declare(&[("support", SUPPORT, &off)]);
    let refused = "keep_enabled = false is not allowed for phone number ID";
    assert_eq!(team.verdict(), [format!("{ADDRESS}: {refused} {SUPPORT}.")]);
    team.settings["may_be_off"] = json!([SUPPORT]);
    assert_eq!(team.verdict(), [""; 0]);
}

#[test]
fn a_number_leaves_terraform_only_if_it_is_listed() {
    let mut team = Team::new();
    team.declare(&[("support", SUPPORT, WRITE_ONLY), ("sales", SALES, WRITE_ONLY)]);
    team.apply();

    let would_leave = format!("{SALES_ADDRESS}: phone number ID {SALES} would leave Terraform.");
    team.declare(&[("support", SUPPORT, WRITE_ONLY)]);
    assert_eq!(team.verdict(), std::slice::from_ref(&would_leave), "a destroy");
    team.terraform.write("removed.tf", FORGOTTEN);
    assert_eq!(team.verdict(), [would_leave], "a removed block, which destroys nothing");

    team.settings["may_leave"] = json!([SALES]);
    assert_eq!(team.verdict(), [""; 0]);
}

#[test]
fn a_number_that_is_exchanged_for_another_leaves_terraform_too() {
    let mut team = Team::new();
    team.settings["must_be_declared"] = json!([]);
    team.declare(&[("support", SUPPORT, WRITE_ONLY)]);
    team.apply();
    team.declare(&[("support", SALES, WRITE_ONLY)]);
    assert_eq!(
        team.verdict(),
        [format!("{ADDRESS}: phone number ID {SUPPORT} would leave Terraform.")]
    );
}

#[test]
fn numbers_that_have_to_be_declared_are_missed() {
    let team = Team::new();
    team.declare(&[("sales", SALES, WRITE_ONLY)]);
    assert_eq!(team.verdict(), [format!("Phone number ID {SUPPORT} has to be declared.")]);
}

#[test]
fn without_settings_nothing_is_allowed_that_needs_a_list() {
    let mut team = Team::new();
    let off = format!("{WRITE_ONLY}\n  keep_enabled = false");
    team.declare(&[("support", SUPPORT, &off)]);
    team.settings = json!({});
    assert_eq!(team.verdict().len(), 1);
}

/// A configuration, what its state knows, and the settings of the policies.
struct Team {
    terraform: Terraform,
    settings: serde_json::Value,
    _api: Sandbox,
}

impl Team {
    /// With the settings of the example.
    fn new() -> Self {
        let api = Sandbox::start();
        let terraform = Terraform::new()
            .env("TERRAFORM_VERSION", "1.15")
            .env("WHATSAPP_BASE_URL", api.base_url())
            .env("WHATSAPP_ACCESS_TOKEN", DEFAULT_TOKEN);
        let settings: serde_json::Value =
            serde_json::from_str(&policy("settings.json")).expect("the settings are JSON");
        Self { terraform, settings: settings["two_step_verification"].clone(), _api: api }
    }

    /// Declares these numbers and no others, as name, ID and further arguments.
    fn declare(&self, numbers: &[(&str, &str, &str)]) {
        let resource = |(name, number, arguments): &(&str, &str, &str)| {
            format!(
                "resource \"whatsapp_two_step_verification\" \"{name}\" {{\n  \
                 phone_number_id = \"{number}\"\n  {arguments}\n}}\n"
            )
        };
        let resources: String = numbers.iter().map(resource).collect();
        self.terraform.write("main.tf", &format!("{REQUIREMENT}{resources}"));
    }

    fn apply(&self) {
        self.terraform.run(["apply", "-auto-approve"]).expect_success();
    }

    /// What the policies have against the next plan, sorted.
    fn verdict(&self) -> Vec<String> {
        self.terraform.run(["plan", "-out=plan.bin"]).expect_success();
        let plan = self.terraform.run(["show", "-json", "plan.bin"]).expect_success().stdout;
        let settings = json!({ "two_step_verification": self.settings }).to_string();

        let mut engine = Engine::new();
        let file = "two_step_verification.rego";
        engine.add_policy(file.to_owned(), policy(file)).expect("the policies are valid");
        engine.add_data_json(&settings).expect("the settings are an object");
        engine.set_input_json(&plan).expect("a plan is JSON");
        let denied = engine.eval_rule("data.main.deny".to_owned()).expect("the policies end");
        let denied = denied.as_set().expect("deny is a set");
        denied.iter().map(text).collect()
    }
}

fn text(message: &Value) -> String {
    message.as_string().expect("a message is text").to_string()
}

fn policy(file: &str) -> String {
    let path = format!("{}/examples/policies/{file}", env!("CARGO_MANIFEST_DIR"));
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

const SUPPORT: &str = "106540352242922";
const SALES: &str = "106540352242923";
const ADDRESS: &str = "whatsapp_two_step_verification.support";
const SALES_ADDRESS: &str = "whatsapp_two_step_verification.sales";

const WRITE_ONLY: &str = "pin_wo          = \"483920\"\n  pin_wo_version  = \"1\"";

const REQUIREMENT: &str = r#"
terraform {
  required_providers {
    whatsapp = { source = "waba/whatsapp" }
  }
}
"#;

const FORGOTTEN: &str = r#"
removed {
  from = whatsapp_two_step_verification.sales

  lifecycle {
    destroy = false
  }
}
"#;
