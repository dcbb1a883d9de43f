//! From create to destroy: what is planned, what is sent, and what is kept.

use serde_json::json;

use crate::{
    sandbox::{DEFAULT_NUMBER, Sandbox},
    stage::{Stage, support},
};

#[test]
fn a_pin_is_set_then_changed_in_place_then_a_new_number_replaces_the_old_one() {
    let stage = Stage::new();
    stage.configure(&support(DEFAULT_NUMBER, "058213"));
    stage.plan(&[&format!("create {SUPPORT}")]).expect_silence();
    assert_eq!(stage.api.calls(), 0, "a plan of something new asks nobody");
    stage.apply_saved().expect_silence();
    assert_eq!(stage.calls(), [format!("POST {DEFAULT_NUMBER}")]);
    assert_eq!(stage.api.pin(DEFAULT_NUMBER).as_deref(), Some("058213"));
    let state = &stage.state()["support"];
    assert_eq!(state["id"], DEFAULT_NUMBER);
    let set_at = state["last_set_at"].as_str().expect("it was set").to_owned();
    assert!(humantime::parse_rfc3339(&set_at).is_ok(), "{set_at}");
    stage.expect_nothing_to_do();
    assert_eq!(stage.calls(), [format!("GET {DEFAULT_NUMBER}")]);

    stage.configure(&support(DEFAULT_NUMBER, "730164"));
    stage.plan(&[&format!("update {SUPPORT}")]).expect_silence();
    stage.apply_saved().expect_silence();
    let one_of_each = [format!("GET {DEFAULT_NUMBER}"), format!("POST {DEFAULT_NUMBER}")];
    assert_eq!(stage.calls(), one_of_each);
    assert_eq!(stage.api.pin(DEFAULT_NUMBER).as_deref(), Some("730164"));

    stage.configure(&support(OTHER_NUMBER, "730164"));
    let warning = stage.plan(&[&format!("replace {SUPPORT}")]).expect_warning(STAYS_ON);
    assert!(warning.detail.contains(DEFAULT_NUMBER), "{warning:?}");
    stage.calls();
    stage.apply_saved().expect_warning(STAYS_ON);
    assert_eq!(stage.calls(), [format!("POST {OTHER_NUMBER}")], "nothing is sent for the old one");
    assert_eq!(stage.api.pin(DEFAULT_NUMBER).as_deref(), Some("730164"), "it keeps its PIN");
    assert_eq!(stage.api.pin(OTHER_NUMBER).as_deref(), Some("730164"));
    stage.expect_nothing_to_do();
}

#[test]
fn destroying_sends_nothing_needs_no_token_and_warns() {
    let mut stage = Stage::new();
    stage.configure(&two_numbers());
    stage.apply().expect_silence();
    stage.calls();

    stage.configure(&support(DEFAULT_NUMBER, "058213"));
    stage.plan(&["delete whatsapp_two_step_verification.sales"]).expect_warning(STAYS_ON);
    stage.apply_saved().expect_warning(STAYS_ON);
    assert!(stage.calls().iter().all(|call| call.starts_with("GET ")), "the refresh reads");

    stage.terraform.unset_env("WHATSAPP_ACCESS_TOKEN");
    let refused = stage.terraform.run(["plan", "-json", "-destroy"]).expect_failure();
    let error = refused.expect_error("Access Token Missing");
    assert!(error.detail.contains("-refresh=false"), "the refresh reads: {error:?}");
    let plan = stage.plan_with(&["-destroy", "-refresh=false"]);
    assert_eq!(plan.changes(), [format!("delete {SUPPORT}")]);
    plan.expect_warning(STAYS_ON);
    let warning = stage.apply_saved().expect_warning(STAYS_ON);
    assert!(warning.detail.contains("nothing is sent to Meta"), "{warning:?}");
    assert!(warning.detail.contains(DEFAULT_NUMBER), "{warning:?}");
    assert!(stage.state().is_empty());
    assert_eq!(stage.api.calls(), 0);
    assert_eq!(stage.api.pins().len(), 2, "both numbers keep their PINs");
}

#[test]
fn a_pin_switched_off_behind_terraforms_back_is_set_again() {
    let stage = Stage::new();
    stage.configure(&support(DEFAULT_NUMBER, "058213"));
    stage.apply();
    stage.api.switch_pin_off(DEFAULT_NUMBER);

    // So soon after our own POST it may be Meta that lags.
    let warning = stage.plan(&[]).expect_warning("Two-Step Verification Not Shown as On Yet");
    assert!(warning.detail.contains("less than two minutes ago"), "{warning:?}");

    stage.edit_state(|attributes| {
        attributes.insert("last_set_at".to_owned(), json!("2026-01-01T00:00:00Z"));
    });
    let plan = stage.plan(&[&format!("update {SUPPORT}")]);
    let warning = plan.expect_warning("Two-Step Verification Is Off");
    assert!(warning.detail.contains("sets its PIN and turns it on"), "{warning:?}");
    assert_eq!(stage.api.pin(DEFAULT_NUMBER), None, "a plan changes nothing");
    stage.apply_saved().expect_silence();
    assert_eq!(stage.api.pin(DEFAULT_NUMBER).as_deref(), Some("058213"));
    stage.expect_nothing_to_do();
}

#[test]
fn a_saved_plan_carries_the_pin_to_the_process_that_applies_it() {
    let stage = Stage::new();
    stage.configure(
        r#"
variable "pin" {
  type      = string
  sensitive = true
}

resource "whatsapp_two_step_verification" "support" {
  phone_number_id = "106540352242922"
  pin             = var.pin
}
"#,
    );
    assert_eq!(stage.plan_with(&["-var=pin=058213"]).changes(), [format!("create {SUPPORT}")]);
    stage.apply_saved().expect_silence();
    assert_eq!(stage.api.pin(DEFAULT_NUMBER).as_deref(), Some("058213"));
}

#[test]
fn fifty_numbers_get_each_its_own_pin() {
    let stage = Stage::with(Sandbox::builder().numbers(50).start());
    stage.configure(
        r#"
locals {
  pins = { for i in range(50) : tostring(200000000000001 + i) => format("%06d", 40961 + 7919 * i) }
}

resource "whatsapp_two_step_verification" "fleet" {
  for_each        = local.pins
  phone_number_id = each.key
  pin             = each.value
}
"#,
    );
    stage.apply().expect_silence();
    assert_eq!(stage.calls().len(), 50);
    let expected = |i: u64| (Sandbox::number_id(i), format!("{:06}", 40_961 + 7_919 * i));
    assert_eq!(stage.api.pins(), (0..50).map(expected).collect());
    assert_eq!(stage.state().len(), 50);
    stage.expect_nothing_to_do();
    assert_eq!(stage.calls().len(), 50, "one read for each number");
}

#[test]
fn values_known_after_apply_are_planned_and_checked_once_known() {
    let stage = Stage::new();
    let later = |input: &str| {
        format!(
            r#"
resource "terraform_data" "later" {{
  input = "{input}"
}}

resource "whatsapp_two_step_verification" "support" {{
  phone_number_id = substr(terraform_data.later.output, 0, 15)
  pin             = substr(terraform_data.later.output, 16, 6)
}}
"#
        )
    };
    let create = format!("create {SUPPORT}");
    stage.configure(&later(&format!("{DEFAULT_NUMBER} 05821x first")));
    stage.plan(&["create terraform_data.later", &create]).expect_silence();
    let error = stage.try_to_apply_saved().expect_failure().expect_error("Invalid PIN");
    assert!(error.code().starts_with("resource "), "not the line with the PIN: {error:?}");
    assert_eq!(stage.api.calls(), 0);

    stage.configure(&later(&format!("{DEFAULT_NUMBER} 058213 second")));
    stage.plan(&["update terraform_data.later", &create]).expect_silence();
    stage.apply_saved().expect_silence();
    assert_eq!(stage.calls(), [format!("POST {DEFAULT_NUMBER}")]);
    stage.expect_nothing_to_do();
}

#[test]
fn a_pin_known_after_apply_that_turns_out_the_same_is_not_sent_again() {
    let stage = Stage::new();
    let later = |input: &str| {
        let resource = support(DEFAULT_NUMBER, "058213");
        let pin = "substr(terraform_data.later.output, 0, 6)";
        let later = format!("resource \"terraform_data\" \"later\" {{\n  input = \"{input}\"\n}}");
        format!("{later}\n{}", resource.replace("\"058213\"", pin))
    };
    stage.configure(&later("058213 first"));
    stage.apply();
    let before = stage.state();
    stage.calls();
    stage.configure(&later("058213 second"));
    stage.plan(&["update terraform_data.later", &format!("update {SUPPORT}")]);
    stage.apply_saved().expect_silence();
    assert_eq!(stage.calls(), [format!("GET {DEFAULT_NUMBER}")]);
    assert_eq!(stage.state(), before);
}

#[test]
fn a_forced_replacement_sends_the_same_pin_again() {
    let stage = Stage::new();
    stage.configure(&support(DEFAULT_NUMBER, "058213"));
    stage.apply();
    stage.calls();
    let replace = format!("-replace={SUPPORT}");
    let plan = stage.plan_with(&[&replace, "-refresh=false"]);
    assert_eq!(plan.changes(), [format!("replace {SUPPORT}")]);
    stage.apply_saved().expect_warning(STAYS_ON);
    assert_eq!(stage.calls(), [format!("POST {DEFAULT_NUMBER}")]);
    stage.expect_nothing_to_do();
}

#[test]
fn a_renamed_resource_is_moved_and_nothing_is_sent() {
    let stage = Stage::new();
    stage.configure(&support(DEFAULT_NUMBER, "058213"));
    stage.apply();
    stage.calls();
    let renamed = support(DEFAULT_NUMBER, "058213").replace("\"support\"", "\"help\"");
    stage.configure(&format!(
        r#"{renamed}
moved {{
  from = whatsapp_two_step_verification.support
  to   = whatsapp_two_step_verification.help
}}
"#
    ));
    stage.apply().expect_silence();
    assert_eq!(stage.state().into_keys().collect::<Vec<_>>(), ["help"]);
    assert_eq!(stage.calls(), [format!("GET {DEFAULT_NUMBER}")]);
}

#[test]
fn a_state_without_some_attributes_or_with_foreign_ones_is_understood() {
    let stage = Stage::new();
    stage.configure(&support(DEFAULT_NUMBER, "058213"));
    stage.apply();
    stage.edit_state(|attributes| {
        attributes.retain(|name, _| name == "phone_number_id" || name == "pin" || name == "id");
        attributes.insert("of_a_later_version".to_owned(), json!({ "deep": [1, null] }));
    });
    stage.expect_nothing_to_do();

    stage.configure(&support(DEFAULT_NUMBER, "730164"));
    stage.apply().expect_silence();
    assert!(stage.state()["support"]["last_set_at"].is_string());
}

fn two_numbers() -> String {
    let sales = support(OTHER_NUMBER, "730164").replace("\"support\"", "\"sales\"");
    format!("{}{sales}", support(DEFAULT_NUMBER, "058213"))
}

const SUPPORT: &str = "whatsapp_two_step_verification.support";
const OTHER_NUMBER: &str = "106540352242923";
const STAYS_ON: &str = "Two-Step Verification Stays On";
